use core::fmt;

use super::RevocationSet;
use crate::revocation::part::identity_of;
use crate::revocation::{Answer, Identifier, RevocationFormat, RevocationInfo, RevocationSource};

/// A [`RevocationSet`] with a label, as a
/// [`Verifier`](crate::verify::Verifier) looks into it.
#[derive(Clone)]
pub struct NamedSet<B> {
    info: RevocationInfo,
    set: RevocationSet<B>,
}

impl<B: AsRef<[u8]>> RevocationSet<B> {
    /// The set under a label, a file name or whatever names it to the user, to
    /// be added to [`Revocations`](crate::revocation::Revocations).
    ///
    /// ```
    /// use hcert::Timestamp;
    /// use hcert::revocation::{RevocationSet, Revocations, SetBuilder, SetOptions};
    /// let mut builder = SetBuilder::new(SetOptions::default());
    /// builder.covers(b"kid of 1")?;
    /// let bytes = builder.build(Timestamp::parse("2026-08-22T12:00:00Z")?)?;
    /// let mut revocations = Revocations::new();
    /// revocations.add(RevocationSet::trust_unsigned(bytes)?.named("today.set"));
    /// assert_eq!(revocations.lists().next().unwrap().label(), "today.set");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn named(self, label: &str) -> NamedSet<B> {
        let mut info = RevocationInfo::new(label, RevocationFormat::Set);
        info.issued_at = Some(self.made_at());
        info.as_of = self.sources().filter_map(|source| source.dated).min();
        info.expires_at = self.expires_at();
        // That of the signer's lists in other forms: no older one of them is
        // taken after it.
        info.identity = self.signed_by().map(identity_of);
        info.also.clone_from(&self.pinned_with);
        NamedSet { info, set: self }
    }
}

impl<B> NamedSet<B> {
    /// The set.
    pub fn set(&self) -> &RevocationSet<B> {
        &self.set
    }
}

impl<B: AsRef<[u8]> + Send + Sync> RevocationSource for NamedSet<B> {
    fn info(&self) -> &RevocationInfo {
        &self.info
    }

    fn answer(&self, kid: &[u8], _country: Option<&str>, identifier: &Identifier) -> Answer {
        let set = &self.set;
        let kind = identifier.kind();
        match () {
            () if set.contains(kid, kind, identifier.hash()) => Answer::Listed,
            () if !set.covers(kid) => Answer::NotCovered,
            () if set.is_empty() || set.has_kind(kind) => Answer::NotListed,
            // Its lists may not name certificates so.
            () => Answer::OtherKind,
        }
    }
}

impl<B> fmt::Debug for NamedSet<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamedSet").field(&self.info).finish()
    }
}
