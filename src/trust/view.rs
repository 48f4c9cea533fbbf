//! A snapshot in which keys are looked up where it lies.

use alloc::string::String;
use core::cell::Cell;
use core::fmt;
use core::ops::Range;

use super::anchor::Anchor;
use super::deny::DenyList;
use super::error::LoadError;
use super::list::Check;
use super::snapshot::{self, Keep};
use super::source::Source;
use super::store::TrustStore;
use crate::codec::detcbor::Reader;
use crate::crypto::kid::Kid;
use crate::format::{SignerRef, Unverified};
use crate::trust::limits::LoadLimits;

/// A [snapshot](super::snapshot) that stays where it lies, in flash or in a
/// mapped file: for a machine that has no room for a [`TrustStore`] of all keys.
///
/// To open it reads every byte once, as loading does, and keeps nothing.
/// [`store_for`](Self::store_for) then gives the store of the keys that a
/// certificate can be signed with: those under its kid, with all other listings
/// of the same keys. A [`Verifier`](crate::verify::Verifier) gives the same
/// verdict with it as with the whole store, because the whole store is asked
/// about nothing else.
///
/// # Who vouches for the bytes
///
/// The signature, with [`open_signed`](Self::open_signed); or whoever wrote the
/// bytes to where they lie, with [`trust_unsigned`](Self::trust_unsigned): that
/// is good for flash that only signed updates reach. Either way they are
/// borrowed, so that they can't change from under the view; for memory that
/// somebody else may write to that is no protection.
///
/// ```
/// use hcert::format::Unverified;
/// use hcert::trust::{SnapshotView, TrustStore};
/// use hcert::verify::{Outcome, Verifier};
/// use hcert::{Limits, Timestamp};
///
/// let made_at = Timestamp::parse("2026-08-22T12:00:00Z")?;
/// # let (store, _) = TrustStore::builder().build();
/// let flash: Vec<u8> = store.to_snapshot(made_at)?;
/// let view = SnapshotView::trust_unsigned("flash", &flash)?;
///
/// # let text = "HC1:NCF";
/// if let Ok(unverified) = Unverified::parse(text, &Limits::default()) {
///     let verifier = Verifier::new(view.store_for(&unverified)?);
///     let verdict = verifier.verify_parsed(&unverified, made_at);
///     assert_eq!(verdict.outcome(), Outcome::Unascertained);
/// }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SnapshotView<'a> {
    label: String,
    bytes: &'a [u8],
    payload: Range<usize>,
    anchor: Option<Anchor>,
    deny: DenyList,
    accept_published: bool,
}

impl<'a> SnapshotView<'a> {
    /// Opens a snapshot that one of `anchors` signed.
    pub fn open_signed(
        label: &str,
        bytes: &'a [u8],
        anchors: &[Anchor],
    ) -> Result<Self, LoadError> {
        Self::open(label, bytes, Check::Anchors(anchors))
    }

    /// Opens a snapshot, signed or not, for which nobody vouches but the
    /// caller. **Whoever can write the bytes decides who is trusted.**
    pub fn trust_unsigned(label: &str, bytes: &'a [u8]) -> Result<Self, LoadError> {
        Self::open(label, bytes, Check::Unsigned)
    }

    fn open(label: &str, bytes: &'a [u8], check: Check<'_>) -> Result<Self, LoadError> {
        let source = Source {
            label: label.into(),
            limits: LoadLimits::default(),
            gateway: Default::default(),
            is_anchor: false,
            signatures: Cell::default(),
        };
        let max = source.limits.input_bytes;
        if bytes.len() > max {
            let bytes = bytes.len();
            return Err(LoadError::TooLarge { bytes, max });
        }
        let (payload, anchor) = snapshot::open(bytes, check)?;
        let start = payload.at();
        let end = start.saturating_add(payload.left());
        snapshot::read_payload(&source, payload, anchor, Keep::Checked)?;
        Ok(Self {
            label: label.into(),
            bytes,
            payload: start..end,
            anchor: anchor.cloned(),
            deny: DenyList::new(),
            accept_published: false,
        })
    }

    /// Denies keys, as [`TrustStoreBuilder::deny`](super::TrustStoreBuilder::deny)
    /// does.
    #[must_use]
    pub fn with_deny_list(mut self, list: DenyList) -> Self {
        self.deny = list;
        self
    }

    /// For tests with the field's sample certificates:
    /// [`TrustStoreBuilder`](super::TrustStoreBuilder::dangerously_accept_published_keys)
    /// says what it does.
    #[must_use]
    pub fn dangerously_accept_published_keys(mut self) -> Self {
        self.accept_published = true;
        self
    }

    /// The store of the keys that the certificate names as its signer. It has no
    /// keys where none is known, and it has the snapshot's lists in any case.
    pub fn store_for(&self, certificate: &Unverified) -> Result<TrustStore, LoadError> {
        let none = Kid::prefix(&[0; 32]);
        let kid = match certificate.signer() {
            Some(SignerRef::Kid { kid, .. }) => kid,
            // No certificate without a signer gets as far as its keys.
            None => &none,
        };
        let payload = self.bytes.get(self.payload.clone()).unwrap_or_default();
        let mut builder = TrustStore::builder();
        if self.accept_published {
            builder = builder.dangerously_accept_published_keys();
        }
        builder.add_view(&self.label, Reader::new(payload), self.anchor.as_ref(), kid)?;
        builder.deny(self.deny.clone());
        Ok(builder.build().0)
    }
}

impl fmt::Debug for SnapshotView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotView")
            .field("label", &self.label)
            .field("bytes", &self.bytes.len())
            .field("is_signed", &self.anchor.is_some())
            .finish_non_exhaustive()
    }
}
