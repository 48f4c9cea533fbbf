//! The store.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::builder::TrustStoreBuilder;
use super::key::{Kid, TrustedKey};
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
    pub(super) keys: Arc<BTreeMap<Kid, Vec<TrustedKey>>>,
    pub(super) lists: Arc<[Arc<ListInfo>]>,
    pub(super) latest_time: Option<Timestamp>,
    pub(super) has_denials: bool,
    pub(super) len: usize,
}

impl TrustStore {
    /// A builder without keys.
    pub fn builder() -> TrustStoreBuilder {
        TrustStoreBuilder::default()
    }

    /// All keys under a kid, in the order in which they were added. None is
    /// better than another: try each.
    pub fn candidates(&self, kid: impl AsRef<[u8]>) -> &[TrustedKey] {
        self.keys.get(kid.as_ref()).map_or(&[], Vec::as_slice)
    }

    /// A store of those keys that `keep` says yes to.
    pub fn select(&self, keep: impl Fn(&TrustedKey) -> bool) -> Self {
        let keys: BTreeMap<_, Vec<_>> = self
            .keys
            .iter()
            .map(|(kid, keys)| {
                let kept = keys.iter().filter(|key| keep(key)).cloned();
                (kid.clone(), kept.collect::<Vec<_>>())
            })
            .filter(|(_, keys)| !keys.is_empty())
            .collect();
        Self {
            len: keys.values().map(Vec::len).sum(),
            keys: Arc::new(keys),
            lists: self.lists.clone(),
            latest_time: self.latest_time,
            has_denials: self.has_denials,
        }
    }

    /// All keys, by kid and then in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &TrustedKey> {
        self.keys.values().flatten()
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

    pub(crate) fn has_denials(&self) -> bool {
        self.has_denials
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustStore({} keys, {} kids)", self.len, self.keys.len())
    }
}
