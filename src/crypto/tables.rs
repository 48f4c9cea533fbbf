//! Which keys of a trust store are kept prepared.
//!
//! Each P-256 key has a [`Slot`] for its multiples; [`Tables`] decides whose
//! slot is filled. Whoever verifies never waits: it takes a slot's lock for
//! reading if it is free to be read, which is one atomic operation on memory of
//! that key alone, and goes the plain way if not, as it does while the slot is
//! empty. Writers hold a slot only while they set a pointer, and take it only
//! while nobody reads.

use core::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use super::{PreparedKey, PublicKey};

/// The use of a key, from its first on, that has it prepared. Once is no sign
/// of a second time, and preparing takes twice what a plain verification does.
const PREPARED_AT_USE: u8 = 2;

/// Where a key's multiples are, if they have been made.
#[derive(Default)]
pub(super) struct Slot {
    prepared: RwLock<Option<Box<PreparedKey>>>,
    /// Whether `prepared` is filled, to be asked without the lock.
    is_prepared: AtomicBool,
    /// How often the key was used of late, up to a limit at which nothing is
    /// written any more. Threads may miss each other's steps: it is an estimate.
    uses: AtomicU8,
}

impl Slot {
    /// What is in it; `None` also where that is being changed.
    pub(super) fn read(&self) -> Option<RwLockReadGuard<'_, Option<Box<PreparedKey>>>> {
        if !self.is_prepared.load(Relaxed) {
            return None;
        }
        self.prepared.try_read().ok()
    }

    /// Whether that could be done: not while the key verifies.
    fn set(&self, prepared: Option<Box<PreparedKey>>) -> bool {
        let Ok(mut slot) = self.prepared.try_write() else {
            return false;
        };
        self.is_prepared.store(prepared.is_some(), Relaxed);
        *slot = prepared;
        true
    }

    fn count_use(&self) -> u8 {
        let uses = self.uses.load(Relaxed);
        let more = uses.saturating_add(1);
        if more != uses {
            self.uses.store(more, Relaxed);
        }
        more
    }

    fn halve_uses(&self) {
        self.uses.store(self.uses.load(Relaxed) / 2, Relaxed);
    }
}

/// Keeps prepared the keys that are used most, within a budget of memory.
pub(crate) struct Tables {
    capacity: usize,
    residents: Mutex<Residents>,
}

#[derive(Default)]
struct Residents {
    keys: Vec<PublicKey>,
    /// The one whose place is contested next.
    hand: usize,
}

impl Tables {
    /// A cache whose multiples take at most `budget` bytes.
    pub(crate) fn new(budget: usize) -> Self {
        Self {
            capacity: budget / PreparedKey::MEMORY,
            residents: Mutex::default(),
        }
    }

    /// To be told that the key is about to verify.
    pub(crate) fn note_use(&self, key: &PublicKey) {
        let Some(slot) = key.slot() else { return };
        let uses = slot.count_use();
        if uses < PREPARED_AT_USE || slot.is_prepared.load(Relaxed) || self.capacity == 0 {
            return;
        }
        // While another key is being prepared this one goes the plain way.
        if let Ok(mut residents) = self.residents.try_lock() {
            let has_room = residents.keys.len() < self.capacity;
            if has_room || residents.evict_for(slot) {
                residents.prepare(key, slot);
            }
        }
    }

    /// Prepares keys as long as there is room. Says how many of these are
    /// prepared then.
    pub(crate) fn prepare<'a>(&self, keys: impl Iterator<Item = &'a PublicKey>) -> usize {
        let mut residents = self.lock();
        let mut prepared = 0;
        for key in keys {
            let Some(slot) = key.slot() else { continue };
            if residents.keys.len() < self.capacity {
                residents.prepare(key, slot);
            }
            prepared += usize::from(slot.is_prepared.load(Relaxed));
        }
        prepared
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Residents> {
        // Whatever panicked: the keys in the list are still keys.
        self.residents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new(crate::trust::TrustStore::DEFAULT_TABLE_BUDGET)
    }
}

impl Drop for Tables {
    /// A key may outlive the store that paid for its multiples.
    fn drop(&mut self) {
        for key in self.lock().keys.drain(..) {
            if let Some(slot) = key.slot() {
                slot.set(None);
            }
        }
    }
}

impl Residents {
    fn prepare(&mut self, key: &PublicKey, slot: &Slot) {
        // Asked again, under the lock: another thread may have done it.
        if slot.is_prepared.load(Relaxed) {
            return;
        }
        let prepared = PreparedKey::new(key).map(Box::new);
        if prepared.is_some() && slot.set(prepared) {
            self.keys.push(key.clone());
        }
    }

    /// Makes room for the key of `slot` if it was used more than the resident
    /// under the hand. If not, both lose half of their uses: a resident that is
    /// used no more gives way in the end, and keys that come by in turns don't
    /// drive each other out.
    fn evict_for(&mut self, slot: &Slot) -> bool {
        self.hand = (self.hand + 1) % self.keys.len().max(1);
        let Some(resident) = self.keys.get(self.hand).and_then(PublicKey::slot) else {
            return false;
        };
        if resident.uses.load(Relaxed) >= slot.uses.load(Relaxed) {
            resident.halve_uses();
            slot.halve_uses();
            return false;
        }
        let evicted = resident.set(None);
        if evicted {
            resident.uses.store(0, Relaxed);
            self.keys.swap_remove(self.hand);
        }
        evicted
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Signer;
    use p256::ecdsa::{Signature, SigningKey};

    fn key(n: u8) -> (SigningKey, PublicKey) {
        let secret = SigningKey::from_slice(&[n; 32]).unwrap();
        let point = secret.verifying_key().to_encoded_point(false);
        let point = point.as_bytes().last_chunk().unwrap();
        (secret, PublicKey::from_p256_point(point).unwrap())
    }

    fn keys<const N: usize>() -> [PublicKey; N] {
        core::array::from_fn(|n| key(n as u8 + 1).1)
    }

    fn is_prepared(key: &PublicKey) -> bool {
        let slot = key.slot().unwrap();
        let prepared = slot.read().is_some_and(|slot| slot.is_some());
        assert_eq!(prepared, slot.is_prepared.load(Relaxed));
        prepared
    }

    fn use_times(tables: &Tables, key: &PublicKey, times: usize) {
        for _ in 0..times {
            tables.note_use(key);
        }
    }

    #[test]
    fn the_second_use_prepares() {
        let tables = Tables::default();
        let (secret, key) = key(7);
        let signature: Signature = secret.sign(b"Ada");
        for prepared in [false, true, true] {
            tables.note_use(&key);
            assert_eq!(is_prepared(&key), prepared);
            assert!(key.verify(&[b"A", b"da"], &signature.to_bytes()).is_ok());
            assert!(key.verify(&[b"Bob"], &signature.to_bytes()).is_err());
            assert!(key.verify(&[b"Ada"], b"short").is_err());
        }
        let clone = key.clone();
        drop(tables);
        assert!(!is_prepared(&clone));
        assert!(key.verify(&[b"Ada"], &signature.to_bytes()).is_ok());
    }

    #[test]
    fn the_budget_holds() {
        let [a, b, c] = keys();
        assert_eq!(Tables::default().capacity, 315);
        let none = Tables::new(PreparedKey::MEMORY - 1);
        use_times(&none, &a, 9);
        assert_eq!(
            (is_prepared(&a), none.prepare([&a].into_iter())),
            (false, 0)
        );
        let tables = Tables::new(2 * PreparedKey::MEMORY);
        assert_eq!(tables.prepare([&a, &b, &c].into_iter()), 2);
        assert_eq!([&a, &b, &c].map(is_prepared), [true, true, false]);
        // Once more changes nothing.
        assert_eq!(tables.prepare([&c, &b, &a].into_iter()), 2);
        assert_eq!([&a, &b, &c].map(is_prepared), [true, true, false]);
        let memory = PreparedKey::new(&a).unwrap().memory();
        assert_eq!(memory, PreparedKey::MEMORY);
    }

    #[test]
    fn who_is_used_less_gives_way() {
        let [a, b, c] = keys();
        let tables = Tables::new(2 * PreparedKey::MEMORY);
        use_times(&tables, &a, 200);
        use_times(&tables, &b, 3);
        use_times(&tables, &c, 20);
        assert_eq!([&a, &b, &c].map(is_prepared), [true, false, true]);
        // a is used no more.
        let places = |used: [&PublicKey; 2]| {
            for _ in 0..100 {
                used.iter().for_each(|key| tables.note_use(key));
            }
            [&a, &b, &c].map(is_prepared)
        };
        assert_eq!(places([&b, &c]), [false, true, true]);
    }

    #[test]
    fn in_turns_none_drives_the_others_out() {
        let keys: [_; 12] = keys();
        let tables = Tables::new(8 * PreparedKey::MEMORY);
        let mut changes = 0;
        let mut before = keys.each_ref().map(is_prepared);
        for round in 0..200 {
            keys.iter().for_each(|key| tables.note_use(key));
            let now = keys.each_ref().map(is_prepared);
            changes += usize::from(round > 20 && now != before);
            before = now;
        }
        assert_eq!(before.iter().filter(|prepared| **prepared).count(), 8);
        assert_eq!(changes, 0);
    }

    #[test]
    fn a_key_that_verifies_keeps_its_place() {
        let [a, b] = keys();
        let tables = Tables::new(PreparedKey::MEMORY);
        use_times(&tables, &a, 2);
        let slot = a.slot().unwrap();
        let verifying = slot.read().unwrap();
        use_times(&tables, &b, 20);
        assert_eq!((is_prepared(&a), is_prepared(&b)), (true, false));
        drop(verifying);
        use_times(&tables, &b, 1);
        assert_eq!((is_prepared(&a), is_prepared(&b)), (false, true));
    }

    #[test]
    fn threads_agree() {
        let signed: Vec<_> = (1..=6)
            .map(|n| {
                let (secret, key) = key(n);
                let signature: Signature = secret.sign(&[n]);
                (n, key, signature.to_bytes())
            })
            .collect();
        let tables = Tables::new(3 * PreparedKey::MEMORY);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (signed, tables) = (&signed, &tables);
                scope.spawn(move || {
                    for round in 0..150 {
                        // Each thread has favourites of its own for a while.
                        let at = (round / 10 + thread + round % 2) % signed.len();
                        let (n, key, signature) = &signed[at];
                        tables.note_use(key);
                        assert!(key.verify(&[&[*n]], signature).is_ok());
                        assert!(key.verify(&[&[0]], signature).is_err());
                        assert!(tables.lock().keys.len() <= 3);
                    }
                });
            }
        });
        let prepared = signed.iter().filter(|(_, key, _)| is_prepared(key)).count();
        assert_eq!(prepared, tables.lock().keys.len());
        assert!(prepared > 0);
    }
}
