//! Lists in the forms of the field, into a builder.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::{SetBuilder, SetError};
use crate::revocation::italian::COUNTRY;
use crate::revocation::{
    IdentifierKind, ItalianList, PartitionedList, RevocationInfo, RevocationList, RevocationSource,
    SplitList,
};
use crate::trust::{Kid, TrustStore};

/// Each adds the list as a [source](Self::source), under its label, with its
/// date ([`RevocationInfo::dated`]). A list without one is refused
/// ([`SetError::Undated`]), as a set would make it new. The set counts no longer
/// than each list does ([`RevocationInfo::expires_at`]). An error leaves a part
/// of the list in the builder: make no set of it then.
impl SetBuilder {
    /// Adds all of a list. The set speaks of the same signers' certificates.
    ///
    /// Hashes for all keys of a country are found under every kid; the set
    /// covers those keys of the country that the trust store has. So are those of
    /// batches that are [not all](RevocationList::with_all_batches), of which the
    /// set covers no key.
    ///
    /// ```
    /// use hcert::Timestamp;
    /// use hcert::revocation::{IdentifierKind, RevocationList, RevocationSet, SetBuilder, SetOptions};
    /// use hcert::trust::TrustStore;
    /// let batch = br#"{"country": "XX", "expires": "2027-01-01T00:00:00Z", "kid": "MTIzNDU2Nzg=", "hashType": "UCI",
    ///     "entries": [{"hash": "AAECAwQFBgcICQoLDA0ODw=="}]}"#;
    /// let now = Timestamp::parse("2026-08-22T12:00:00Z")?;
    /// let list = RevocationList::trust_unsigned("batch.json", batch)?.with_fetched_at(now);
    /// let mut builder = SetBuilder::new(SetOptions::default());
    /// builder.add_list(&list, &TrustStore::default())?;
    ///
    /// let bytes = builder.build(now)?;
    /// let set = RevocationSet::trust_unsigned(&bytes)?;
    /// let hash: [u8; 32] = core::array::from_fn(|n| n as u8);
    /// assert!(set.contains(b"12345678", IdentifierKind::Uci, &hash));
    /// assert_eq!(set.sources().next().unwrap().identity, "batch.json");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_list(
        &mut self,
        list: &RevocationList,
        keys: &TrustStore,
    ) -> Result<&mut Self, SetError> {
        for (kid, kind, hash) in list.entries() {
            match kid {
                Some(kid) if list.is_complete() => self.add(kid, kind, hash)?,
                _ => self.add_for_any_kid(kind, hash)?,
            };
        }
        // Also those whose batches are empty.
        for (kid, ..) in list.groups().filter(|_| list.is_complete()) {
            kid.map(|kid| self.covers(kid)).transpose()?;
        }
        if list.is_complete() {
            for kid in of_countries(&list.countries().collect::<Vec<_>>(), keys) {
                self.covers(kid.as_bytes())?;
            }
        }
        if list.is_whole() {
            self.covers_any_kid();
        }
        self.of(list.info())
    }

    /// Adds Italy's list. The set covers the keys of Italy that the trust store
    /// has, unless it has hashes of signatures beside: Italy's list says nothing
    /// of a certificate without an identifier, and a set can't tell of which kinds
    /// it has all hashes of a key. Make a set of its own of Italy's list then.
    pub fn add_italian(
        &mut self,
        list: &ItalianList,
        keys: &TrustStore,
    ) -> Result<&mut Self, SetError> {
        for hash in list.hashes() {
            self.add_for_any_kid(IdentifierKind::Uci, hash)?;
        }
        // A set without entries doesn't show of which kind there are none.
        if !list.is_empty() {
            for kid in of_countries(&[COUNTRY], keys) {
                self.covers_by_uci(kid.as_bytes())?;
            }
        }
        self.of(list.info())
    }

    /// Adds a list in parts. They all have to be there
    /// ([`SetError::Incomplete`]).
    pub fn add_split(&mut self, list: &SplitList) -> Result<&mut Self, SetError> {
        if !list.is_complete() {
            return Err(SetError::Incomplete);
        }
        for (kid, kind, hash) in list.entries() {
            self.add(kid, kind, hash)?;
        }
        self.covers_any_kid().of(list.info())
    }

    /// Adds a list in partitions. All slices have to be there
    /// ([`SetError::Incomplete`]), and none be a Bloom filter, out of which no
    /// hash can be read ([`SetError::Filter`]).
    pub fn add_partitioned(&mut self, list: &PartitionedList) -> Result<&mut Self, SetError> {
        for part in list.hashes() {
            let (kid, kinds, hashes) = part?;
            for hash in hashes.hashes() {
                for kind in kinds {
                    self.add(kid, *kind, hash)?;
                }
            }
        }
        self.covers_any_kid().of(list.info())
    }

    fn of(&mut self, list: &RevocationInfo) -> Result<&mut Self, SetError> {
        let dated = list.dated().ok_or(SetError::Undated)?;
        let expires_at = [self.options.expires_at, list.expires_at()];
        self.options.expires_at = expires_at.into_iter().flatten().min();
        self.source(list.label(), Some(dated))
    }
}

/// The kids of keys that are listed under these countries and under no other: a
/// set can't tell of which of them a certificate is.
fn of_countries(countries: &[&str], keys: &TrustStore) -> Vec<Kid> {
    let mut elsewhere = BTreeSet::new();
    let mut here = BTreeSet::new();
    for key in keys.all_listings() {
        let Some(own) = key.country() else { continue };
        let is_here = countries
            .iter()
            .any(|known| known.eq_ignore_ascii_case(own));
        let of = if is_here { &mut here } else { &mut elsewhere };
        of.insert(key.public_key().fingerprint());
    }
    let mut kids: BTreeMap<Kid, bool> = BTreeMap::new();
    for key in keys.iter() {
        let key_is = key.public_key().fingerprint();
        let is_covered = here.contains(&key_is) && !elsewhere.contains(&key_is);
        *kids.entry(key.kid().clone()).or_insert(true) &= is_covered;
    }
    let covered = kids.into_iter().filter(|(_, is_covered)| *is_covered);
    covered.map(|(kid, _)| kid).collect()
}
