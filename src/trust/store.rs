//! The store.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::key::TrustedKey;
use super::list::ListInfo;
use crate::Timestamp;
use crate::crypto::{Es256Verifier, KeyError, KeyFingerprint, PublicKey, Tables};
use crate::format::{Format, SignerRef};

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
///
/// # Prepared keys
///
/// A [`Verifier`](crate::verify::Verifier) sees few keys and many certificates.
/// So the store keeps multiples of the P-256 keys that are used most
/// ([`PreparedEs256`](crate::crypto::PreparedEs256)), from a key's second use on,
/// and verification with those takes a third of the time. They take up to
/// [`DEFAULT_TABLE_BUDGET`](Self::DEFAULT_TABLE_BUDGET) bytes; clones and
/// [selections](Self::select) of a store share them.
#[derive(Clone, Default)]
pub struct TrustStore {
    /// In [`TrustedKey::order`].
    pub(super) keys: Arc<Vec<TrustedKey>>,
    pub(super) several: Arc<Several>,
    pub(super) lists: Arc<[Arc<ListInfo>]>,
    pub(super) latest_time: Option<Timestamp>,
    pub(super) tables: Arc<Tables>,
}

/// The listings of the keys that have several, by
/// [`PublicKey::fingerprint`], in [`TrustedKey::order`].
pub(super) type Several = BTreeMap<KeyFingerprint, Listings>;

/// All listings of a key.
#[derive(Clone, Default)]
pub(crate) struct Listings {
    pub(crate) kept: Vec<TrustedKey>,
    /// Those that a selection left out. They vouch for nothing, and what they
    /// say against a key still holds.
    pub(crate) left_out: Vec<TrustedKey>,
}

pub(super) fn several(keys: &[TrustedKey]) -> Several {
    let listing = |key| (TrustedKey::public_key(key).fingerprint(), key);
    let mut all: Vec<(KeyFingerprint, &TrustedKey)> = keys.iter().map(listing).collect();
    // Stable: the listings of a key stay in their order.
    all.sort_by_key(|(fingerprint, _)| *fingerprint);
    let listings = all.chunk_by(|(one, _), (next, _)| one == next);
    let several = listings.filter_map(|listings| match listings {
        [(fingerprint, _), _, ..] => {
            let kept = listings.iter().map(|(_, key)| TrustedKey::clone(key));
            let kept = kept.collect();
            let left_out = Vec::new();
            Some((*fingerprint, Listings { kept, left_out }))
        }
        _ => None,
    });
    several.collect()
}

impl TrustStore {
    /// All keys under a kid. None is better than another: try each. Their order
    /// doesn't depend on that in which they were added.
    pub fn candidates(&self, kid: impl AsRef<[u8]>) -> &[TrustedKey] {
        let kid = kid.as_ref();
        let start = self.keys.partition_point(|key| key.kid.as_bytes() < kid);
        let from = self.keys.get(start..).unwrap_or_default();
        let count = from.partition_point(|key| key.kid.as_bytes() == kid);
        from.get(..count).unwrap_or_default()
    }

    /// The keys that could be the one that a certificate of that format names as
    /// its signer.
    pub(crate) fn named(&self, format: Format, signer: &SignerRef<'_>) -> &[TrustedKey] {
        match (format, signer) {
            (_, SignerRef::Kid { kid, .. }) => self.candidates(kid),
        }
    }

    /// A store of those listings that `keep` says yes to.
    ///
    /// A key may have others. Those that are left out vouch for nothing any
    /// more; but what is denied or revoked under their kids stays so, and a
    /// recognition policy that refuses their participant or country refuses the
    /// key.
    pub fn select(&self, keep: impl Fn(&TrustedKey) -> bool) -> Self {
        let kept: Vec<_> = self.iter().filter(|key| keep(key)).cloned().collect();
        let divided = self.several.iter().map(|(fingerprint, listings)| {
            let (kept, mut left_out): (Vec<_>, Vec<_>) =
                listings.kept.iter().cloned().partition(&keep);
            left_out.extend(listings.left_out.iter().cloned());
            left_out.sort_by(|a, b| a.order().cmp(&b.order()));
            (*fingerprint, Listings { kept, left_out })
        });
        let several = divided.filter(|(_, listings)| !listings.kept.is_empty());
        Self {
            several: Arc::new(several.collect()),
            keys: Arc::new(kept),
            lists: self.lists.clone(),
            latest_time: self.latest_time,
            tables: self.tables.clone(),
        }
    }

    /// How many bytes the multiples of keys may take by default: 4 MiB, which
    /// is enough for 315 keys.
    pub const DEFAULT_TABLE_BUDGET: usize = Tables::DEFAULT_BUDGET;

    /// The same store with another limit for the bytes that the multiples of
    /// its keys take; 0 for none at all. It starts anew; but a key that a clone
    /// of the store has prepared is prepared for both.
    ///
    /// ```
    /// # let store = hcert::trust::TrustStore::default();
    /// // A gate that verifies cards of a handful of issuers.
    /// let store = store.with_table_budget(256 << 10);
    /// let prepared = store.prepare();
    /// println!("{prepared} keys prepared");
    /// ```
    #[must_use]
    pub fn with_table_budget(self, bytes: usize) -> Self {
        Self {
            tables: Arc::new(Tables::new(bytes)),
            ..self
        }
    }

    /// The same store, for whose P-256 keys another library verifies ES256. An
    /// error if it refuses one of the keys. It doesn't reach the keys that sign
    /// lists: those of anchors are the caller's
    /// ([`PublicKey::with_es256_verifier`]), and others come and go with a list.
    pub fn with_es256_verifier(
        self,
        verifier: &'static dyn Es256Verifier,
    ) -> Result<Self, KeyError> {
        // A key with several listings is prepared once for all of them.
        let mut known = BTreeMap::new();
        let mut keys = Vec::with_capacity(self.keys.len());
        for listing in self.iter() {
            let key = match known.entry(listing.public_key().fingerprint()) {
                Entry::Occupied(entry) => PublicKey::clone(entry.get()),
                Entry::Vacant(entry) => {
                    let key = listing.public_key().with_es256_verifier(verifier)?;
                    entry.insert(key).clone()
                }
            };
            keys.push(TrustedKey {
                key,
                ..listing.clone()
            });
        }
        let anew = |listing: &TrustedKey| TrustedKey {
            key: known
                .get(&listing.public_key().fingerprint())
                .unwrap_or(&listing.key)
                .clone(),
            ..listing.clone()
        };
        let several = self.several.iter().map(|(fingerprint, listings)| {
            let kept = listings.kept.iter().map(anew).collect();
            let left_out = listings.left_out.iter().map(anew).collect();
            (*fingerprint, Listings { kept, left_out })
        });
        let several = several.collect();
        Ok(Self {
            keys: Arc::new(keys),
            several: Arc::new(several),
            tables: Arc::new(self.tables.anew()),
            ..self
        })
    }

    /// Prepares keys ahead of their use, in the order of [`iter`](Self::iter)
    /// and within the budget, at about two plain verifications each. Says how
    /// many keys of the store are prepared then. To prefer some,
    /// [`select`](Self::select) them first and prepare those.
    pub fn prepare(&self) -> usize {
        self.tables.prepare(self.iter().map(TrustedKey::public_key))
    }

    /// Records a use, before the key verifies.
    pub(crate) fn note_use(&self, key: &TrustedKey) {
        self.tables.note_use(key.public_key());
    }

    /// Records a success.
    pub(crate) fn note_success(&self, key: &TrustedKey) {
        self.tables.note_success(key.public_key());
    }

    /// The listings of a key, if it has several.
    pub(crate) fn several(&self, key: &PublicKey) -> Option<&Listings> {
        match self.several.is_empty() {
            true => None,
            false => self.several.get(&key.fingerprint()),
        }
    }

    /// Also of those that selections left out, of the keys that are left.
    pub(crate) fn all_listings(&self) -> impl Iterator<Item = &TrustedKey> {
        let left_out = self.several.values();
        self.iter()
            .chain(left_out.flat_map(|listings| &listings.left_out))
    }

    /// All keys, by kid and then by what is said of them.
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
