//! The store.

use core::fmt;
use std::sync::Arc;

use super::builder::TrustStoreBuilder;
use super::key::TrustedKey;
use super::list::ListInfo;
use crate::Timestamp;

/// The keys that a verifier trusts. It doesn't change, and cloning is cheap.
///
/// ```
/// use hcert::crypto::PublicKey;
/// use hcert::trust::{KeyUsage, Kid, TrustStore, Usage};
/// # use p256::pkcs8::EncodePublicKey;
/// # let der = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key().to_public_key_der().unwrap();
/// # let spki_der = der.as_bytes();
/// let key = PublicKey::from_spki_der(spki_der).unwrap();
/// let kid = Kid::from_base64("tCM87WnaaQE=").unwrap();
/// let mut builder = TrustStore::builder();
/// builder.add_public_key("by hand", kid.clone(), key, Some("ES"), Usage::Test.into())?;
/// let (store, _) = builder.build();
///
/// let found = &store.candidates(&kid)[0];
/// assert_eq!(found.country(), Some("ES"));
/// assert_eq!(found.usage().to_string(), "test");
/// # Ok::<(), hcert::trust::LoadError>(())
/// ```
#[derive(Clone, Default)]
pub struct TrustStore {
    /// By kid, and under one kid in the order in which they were added.
    pub(super) keys: Arc<Vec<TrustedKey>>,
    pub(super) lists: Arc<[Arc<ListInfo>]>,
    pub(super) latest_time: Option<Timestamp>,
}

impl TrustStore {
    /// A builder without keys.
    pub fn builder() -> TrustStoreBuilder {
        TrustStoreBuilder::default()
    }

    /// All keys under a kid, in the order in which they were added. None is
    /// better than another: try each.
    pub fn candidates(&self, kid: impl AsRef<[u8]>) -> &[TrustedKey] {
        let kid = kid.as_ref();
        let start = self.keys.partition_point(|key| key.kid.as_bytes() < kid);
        let from = self.keys.get(start..).unwrap_or_default();
        let count = from.partition_point(|key| key.kid.as_bytes() == kid);
        from.get(..count).unwrap_or_default()
    }

    /// A store of those keys that `keep` says yes to.
    pub fn select(&self, keep: impl Fn(&TrustedKey) -> bool) -> Self {
        let kept: Vec<_> = self.iter().filter(|key| keep(key)).cloned().collect();
        Self {
            keys: Arc::new(kept),
            lists: self.lists.clone(),
            latest_time: self.latest_time,
        }
    }

    /// All keys, by kid and then in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &TrustedKey> {
        self.keys.iter()
    }

    /// What the lists that went in say about themselves.
    pub fn lists(&self) -> &[Arc<ListInfo>] {
        &self.lists
    }

    /// The latest time that is known to have come when the store was built: by
    /// the dates of its authenticated lists, and by
    /// [`TrustState::latest_time`](super::TrustState::latest_time).
    pub fn latest_time(&self) -> Option<Timestamp> {
        self.latest_time
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids = self.keys.chunk_by(|a, b| a.kid == b.kid).count();
        write!(f, "TrustStore({} keys, {kids} kids)", self.len())
    }
}
