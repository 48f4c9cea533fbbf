//! What a list says about itself.

use super::ListFormat;
use crate::Timestamp;
use crate::trust::Anchor;
use crate::trust::edition::Edition;
use alloc::string::String;
use alloc::vec::Vec;

/// What is asked of a list's signatures.
#[derive(Clone, Copy)]
pub(in crate::trust) enum Check<'a> {
    /// Each that there is has to be good under one of these.
    Anchors(&'a [Anchor]),
    /// They are not looked at.
    Unsigned,
}

/// What a list says about itself and its time, for whoever decides whether it
/// is recent enough. Loading a list judges none of it: no clock is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListInfo {
    pub(in crate::trust) label: String,
    pub(in crate::trust) format: ListFormat,
    pub(in crate::trust) authenticated: bool,
    pub(in crate::trust) fetched_at: Option<Timestamp>,
    pub(in crate::trust) claims: Claims,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::trust) struct Claims {
    pub(in crate::trust) identity: Option<String>,
    /// What it would be under the other anchors of the call.
    pub(in crate::trust) also: Vec<String>,
    pub(in crate::trust) issuer: Option<String>,
    pub(in crate::trust) issued_at: Option<Timestamp>,
    pub(in crate::trust) expires_at: Option<Timestamp>,
    pub(in crate::trust) valid_for: Option<u64>,
    pub(in crate::trust) newest_entry: Option<Timestamp>,
    pub(in crate::trust) sequence: Option<u64>,
    pub(in crate::trust) snapshot_made_at: Option<Timestamp>,
    pub(in crate::trust) signer_dates: SignerDates,
}

impl Claims {
    /// What one call pins together is one signer, who may be changing the key.
    pub(in crate::trust) fn pinned(mut self, format: ListFormat, check: Check<'_>) -> Self {
        if let (Some(own), Check::Anchors(anchors)) = (&self.identity, check) {
            let identities = anchors.iter().map(|anchor| anchor.identifies(format));
            self.also = identities.filter(|other| other != own).collect();
        }
        self
    }
}

/// Whether the dates of the certificates between a list's signatures and the
/// anchor were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignerDates {
    /// There are no such certificates, or nothing is known of them.
    #[default]
    None,
    /// Each of them was valid when the list was fetched.
    Judged,
    /// The time at which the list was fetched is not known
    /// ([`ListBytes::with_fetched_at`](super::ListBytes::with_fetched_at)): they may have
    /// expired.
    NotJudged,
}

impl SignerDates {
    /// A stable identifier.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Judged => "judged",
            Self::NotJudged => "not-judged",
        }
    }

    pub(in crate::trust) fn at(fetched_at: Option<Timestamp>) -> Self {
        match fetched_at {
            Some(_) => Self::Judged,
            None => Self::NotJudged,
        }
    }
}

impl ListInfo {
    /// Whether it is another edition of the same list, and a later one.
    pub(in crate::trust) fn is_newer_than(&self, other: &Self) -> bool {
        let is = |list: &Self, identity| list.identities().any(|known| Some(known) == identity);
        let same = is(self, other.identity()) || is(other, self.identity());
        same && self.authenticated
            && other.authenticated
            && Edition::of(other).is_before(&Edition::of(self))
    }

    /// The label that the caller gave.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The list's form.
    pub fn format(&self) -> ListFormat {
        self.format
    }

    /// Whether the signatures of the list were checked against an anchor. If
    /// not, everything else here is only said.
    pub fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// Which list it is, the same for all its editions: the name of the
    /// document (GDHCN), or the form and the fingerprint of the anchor that
    /// signed it. `None` for a list that nobody signed as a whole.
    pub fn identity(&self) -> Option<&str> {
        self.claims.identity.as_deref()
    }

    /// The same, and what it would be by the anchors that were pinned with it.
    pub(in crate::trust) fn identities(&self) -> impl Iterator<Item = &str> {
        let also = self.claims.also.iter().map(String::as_str);
        self.identity().into_iter().chain(also)
    }

    /// Who made the list, in its own words.
    pub fn issuer(&self) -> Option<&str> {
        self.claims.issuer.as_deref()
    }

    /// When it was made, or from when on it counts.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.claims.issued_at
    }

    /// Until when it counts: as it says, and no longer than
    /// [`valid_for`](Self::valid_for) after it was fetched, if that is known. (Of a list in a
    /// [snapshot](crate::trust::SnapshotView) it is that it was fetched before.)
    pub fn expires_at(&self) -> Option<Timestamp> {
        let lasts = self.claims.valid_for.map(i64::try_from);
        // The maker of a snapshot had it at hand.
        let fetched_at = self.fetched_at.or(self.claims.snapshot_made_at);
        let counted = fetched_at.zip(lasts);
        let counted = counted.map(|(at, lasts)| at.plus(lasts.unwrap_or(i64::MAX)));
        let ends = [self.claims.expires_at, counted];
        ends.into_iter().flatten().min()
    }

    /// When the caller fetched it ([`ListBytes::with_fetched_at`](super::ListBytes::with_fetched_at)).
    pub fn fetched_at(&self) -> Option<Timestamp> {
        self.fetched_at
    }

    /// For how many seconds it counts after it was fetched (Switzerland's).
    pub fn valid_for(&self) -> Option<u64> {
        self.claims.valid_for
    }

    /// The time of the newest entry, where entries have one: the list is not
    /// older than that.
    pub fn newest_entry(&self) -> Option<Timestamp> {
        self.claims.newest_entry
    }

    /// A number that grows with every edition, where a form has one.
    pub fn sequence(&self) -> Option<u64> {
        self.claims.sequence
    }

    /// Whether the certificates between its signatures and the anchor were
    /// valid: for the forms that have such ([`ListFormat::Swiss`],
    /// [`ListFormat::Gateway`]). A snapshot does not keep it.
    pub fn signer_dates(&self) -> SignerDates {
        self.claims.signer_dates
    }

    /// For a list out of a [snapshot](crate::trust::SnapshotView): when that was
    /// made. All else here is as it was where the snapshot was made.
    pub fn snapshot_made_at(&self) -> Option<Timestamp> {
        self.claims.snapshot_made_at
    }
}

impl Edition {
    pub(in crate::trust) fn of(list: &ListInfo) -> Self {
        Self {
            sequence: list.sequence(),
            issued_at: list.issued_at(),
            newest_entry: list.newest_entry(),
            expires_at: list.claims.expires_at,
        }
    }
}
