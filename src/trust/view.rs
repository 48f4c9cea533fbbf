//! A snapshot in which keys are looked up where it lies.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::anchor::Anchor;
use super::builder::TrustStoreBuilder;
use super::deny::DenyList;
use super::error::LoadError;
use super::list::Check;
use super::list::gdhcn::Environment;
use super::snapshot::{self, Keep};
use super::state::TrustState;
use super::store::TrustStore;
use crate::codec::detcbor::Reader;
use crate::format::{SignerRef, Unverified};
use crate::trust::limits::LoadLimits;

/// A snapshot that stays where it lies, in flash or in a
/// mapped file: for a machine that has no room for a [`TrustStore`] of all keys.
///
/// Opening it checks the signature and reads everything, as loading does, and
/// keeps nothing. [`store_for`](Self::store_for) then gives the store of the keys
/// that a certificate can be signed with: those under its kid, with all other
/// listings of the same keys. A [`Verifier`](crate::verify::Verifier) gives the
/// same verdict with it as with the whole store, because the whole store is asked
/// about nothing else. What a [builder](super::TrustStoreBuilder) is told of
/// states, environments and denied keys, the view is told by the same names.
///
/// A certificate may take as much memory as the [`Limits`](crate::Limits) that it
/// is read with allow: a small machine lowers them.
///
/// # Who vouches for the bytes
///
/// The signature, with [`open_signed`](Self::open_signed); or whoever wrote the
/// bytes to where they lie, with [`trust_unsigned`](Self::trust_unsigned): that
/// is good for flash that only signed updates reach. Either way they are
/// borrowed, so that they can't change from under the view. A mapped file that
/// another process may write to doesn't keep that promise.
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
///
#[doc = include_str!("../../docs/snapshot.md")]
#[derive(Clone)]
pub struct SnapshotView<'a> {
    label: String,
    bytes: &'a [u8],
    payload: Range<usize>,
    /// Who signed it, and what is pinned with that: one signer, as while the key
    /// changes.
    signer: Option<(Anchor, Vec<Anchor>)>,
    given: TrustState,
    environment: Option<Environment>,
    state: TrustState,
    deny: DenyList,
    accept_published: bool,
}

impl<'a> SnapshotView<'a> {
    /// The content type in the protected header of a signed snapshot (COSE header
    /// parameter 3): a key that signs other things as well signs none that could
    /// be taken for a snapshot.
    pub const CONTENT_TYPE: &'static str = snapshot::CONTENT_TYPE;

    /// Opens a snapshot that one of `anchors` signed. What is pinned together is
    /// one signer, as for
    /// [`add_signed_list`](super::TrustStoreBuilder::add_signed_list).
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
        LoadError::check_size(bytes, LoadLimits::default().input_bytes)?;
        let (payload, anchor) = snapshot::open(bytes, check)?;
        let start = payload.at();
        let pinned = match check {
            Check::Anchors(all) => all,
            Check::Unsigned => &[],
        };
        let mut view = Self {
            label: label.into(),
            bytes,
            payload: start..start.saturating_add(payload.left()),
            signer: anchor.map(|anchor| (anchor.clone(), pinned.to_vec())),
            given: TrustState::default(),
            environment: None,
            state: TrustState::default(),
            deny: DenyList::new(),
            accept_published: false,
        };
        view.state = view.builder(Keep::Checked)?.build().1.state;
        Ok(view)
    }

    /// Takes over what the app remembers of its lists: a snapshot that is older
    /// than an edition it knows, or has a list that is, is refused, and so is one
    /// of another environment of the WHO's network. Verdicts then know the
    /// [latest time](TrustState::saw_time) that it has seen.
    pub fn with_state(mut self, state: &TrustState) -> Result<Self, LoadError> {
        self.given.merge(state);
        self.checked()
    }

    /// Refuses a snapshot of another environment of the WHO's network.
    pub fn with_environment(mut self, environment: Environment) -> Result<Self, LoadError> {
        self.environment = Some(environment);
        self.checked()
    }

    /// What to remember, with this snapshot and its lists: for
    /// [`with_state`](Self::with_state) of the next one.
    pub fn state(&self) -> &TrustState {
        &self.state
    }

    /// Denies keys, as [`TrustStoreBuilder::deny`](super::TrustStoreBuilder::deny)
    /// does, with those of earlier calls. A denial that names no key is not told.
    #[must_use]
    pub fn with_deny_list(mut self, list: DenyList) -> Self {
        self.deny.append(list);
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
        // No certificate without a signer gets as far as its keys.
        let kid = certificate.signer().map(|SignerRef::Kid { kid, .. }| kid);
        Ok(self.builder(Keep::Under(kid))?.build().0)
    }

    /// The lists by themselves: what is compared with states and environments.
    fn checked(mut self) -> Result<Self, LoadError> {
        self.state = self.builder(Keep::Under(None))?.build().1.state;
        Ok(self)
    }

    fn builder(&self, keep: Keep<'_>) -> Result<TrustStoreBuilder, LoadError> {
        let payload = self.bytes.get(self.payload.clone()).unwrap_or_default();
        let mut builder = TrustStore::builder().with_state(&self.given);
        if let Some(environment) = self.environment {
            builder = builder.with_environment(environment);
        }
        if self.accept_published {
            builder = builder.dangerously_accept_published_keys();
        }
        let signer = self.signer.as_ref();
        let signer = signer.map(|(anchor, pinned)| (anchor, &pinned[..]));
        builder.add_view(&self.label, Reader::new(payload), signer, keep)?;
        builder.deny(self.deny.clone());
        Ok(builder)
    }
}

impl fmt::Debug for SnapshotView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotView")
            .field("label", &self.label)
            .field("bytes", &self.bytes.len())
            .field("is_signed", &self.signer.is_some())
            .finish_non_exhaustive()
    }
}
