//! Which keys of a trust store are kept prepared.
//!
//! Each P-256 key has a [`Slot`] for its table; [`Tables`] decides whose
//! slot is filled. Whoever verifies never waits: it takes a slot's lock for
//! reading if it is free to be read, which is one atomic operation on memory of
//! that key alone, and goes the plain way if not, as it does while the slot is
//! empty. Writers hold a slot only while they set a pointer, and take it only
//! while nobody reads.
//!
//! Kids are public, so anybody can have a key asked. A signature that doesn't
//! hold takes no other key's place, and counts as no use.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};

use super::{BadSignature, PreparedEs256, PublicKey};

/// The use of a key, from its first on, that has it prepared. Once is no sign
/// of a second time, and preparing takes twice what a plain verification does.
const PREPARED_AT_USE: u8 = 2;

/// Where a prepared key is, if it has been made.
#[derive(Default)]
pub(super) struct Slot {
    prepared: RwLock<Option<Box<dyn PreparedEs256>>>,
    /// Whether `prepared` is filled, to be asked without the lock.
    is_prepared: AtomicBool,
    /// How often the key was used of late, up to a limit at which nothing is
    /// written any more. Threads may miss each other's steps: it is an estimate.
    uses: AtomicU8,
    /// The round of contests in which `uses` faded last.
    round: AtomicU8,
}

impl Slot {
    /// By the prepared key, if there is one.
    pub(super) fn verify(
        &self,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Option<Result<(), BadSignature>> {
        let prepared = self.read()?;
        let prepared = prepared.as_ref()?;
        Some(prepared.verify(message, signature))
    }

    /// What is in it; `None` also where that is being changed.
    fn read(&self) -> Option<RwLockReadGuard<'_, Option<Box<dyn PreparedEs256>>>> {
        if !self.is_prepared.load(Relaxed) {
            return None;
        }
        self.prepared.try_read().ok()
    }

    /// Whether that could be done: not while the key verifies.
    fn set(&self, prepared: Option<Box<dyn PreparedEs256>>) -> bool {
        let Ok(mut slot) = self.prepared.try_write() else {
            return false;
        };
        // Another store with the same key was first.
        if slot.is_some() && prepared.is_some() {
            return false;
        }
        self.is_prepared.store(prepared.is_some(), Relaxed);
        let before = core::mem::replace(&mut *slot, prepared);
        drop(slot);
        drop(before);
        true
    }

    /// Empties it, and waits for whoever verifies with it.
    fn clear(&self) {
        let mut slot = self
            .prepared
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.is_prepared.store(false, Relaxed);
        *slot = None;
    }

    fn count_use(&self) {
        let uses = self.uses.load(Relaxed);
        if let Some(more) = uses.checked_add(1) {
            self.uses.store(more, Relaxed);
        }
    }

    fn halve_uses(&self) {
        self.uses.store(self.uses.load(Relaxed) / 2, Relaxed);
    }

    /// Halves the uses once for each round that has begun since the last time.
    fn fade(&self, round: u8) {
        let rounds = round.wrapping_sub(self.round.swap(round, Relaxed));
        let uses = self.uses.load(Relaxed).checked_shr(rounds.into());
        self.uses.store(uses.unwrap_or_default(), Relaxed);
    }
}

/// Keeps prepared the keys that are used most, within a budget of memory.
pub(crate) struct Tables {
    /// In bytes.
    budget: usize,
    /// Whether there is no room for another key, to be asked without the lock.
    is_full: AtomicBool,
    residents: Mutex<Residents>,
}

#[derive(Default)]
struct Residents {
    keys: Vec<Resident>,
    /// What all of them take.
    bytes: usize,
    /// What the last one takes that was prepared: as much as the next one, so
    /// far as anybody knows.
    last: usize,
    /// The one whose place is contested next.
    hand: usize,
    /// How often every place has been contested, modulo 256.
    round: u8,
}

struct Resident {
    key: PublicKey,
    bytes: usize,
}

impl Tables {
    /// Enough for 315 keys.
    pub(crate) const DEFAULT_BUDGET: usize = 4 << 20;

    /// A cache whose tables take at most `budget` bytes.
    pub(crate) fn new(budget: usize) -> Self {
        Self {
            budget,
            is_full: AtomicBool::new(budget == 0),
            residents: Mutex::default(),
        }
    }

    /// An empty one with the same budget.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.budget)
    }

    /// Records a use: the key is about to verify. It is prepared if there is
    /// room.
    pub(crate) fn note_use(&self, key: &PublicKey) {
        let Some(slot) = key.slot() else { return };
        let is_first = slot.uses.load(Relaxed) < PREPARED_AT_USE - 1;
        if is_first || slot.is_prepared.load(Relaxed) || self.is_full.load(Relaxed) {
            return;
        }
        // While another key is being prepared this one goes the plain way.
        if let Some(mut residents) = self.try_lock() {
            self.prepare_within(&mut residents, key, slot);
        }
    }

    /// Records a success: a signature by the key is valid. It may take the place
    /// of a key that is used less.
    pub(crate) fn note_success(&self, key: &PublicKey) {
        let Some(slot) = key.slot() else { return };
        slot.count_use();
        if slot.is_prepared.load(Relaxed)
            || slot.uses.load(Relaxed) < PREPARED_AT_USE
            || self.budget == 0
        {
            return;
        }
        if let Some(mut residents) = self.try_lock()
            && !slot.is_prepared.load(Relaxed)
            && (residents.have_room(self.budget) || residents.evict_for(slot))
        {
            self.prepare_within(&mut residents, key, slot);
        }
    }

    /// Prepares keys as long as there is room. Says how many of these are
    /// prepared then.
    pub(crate) fn prepare<'a>(&self, keys: impl Iterator<Item = &'a PublicKey>) -> usize {
        let mut residents = self.lock();
        let mut prepared = 0;
        for key in keys {
            let Some(slot) = key.slot() else { continue };
            self.prepare_within(&mut residents, key, slot);
            prepared += usize::from(slot.is_prepared.load(Relaxed));
        }
        prepared
    }

    fn prepare_within(&self, residents: &mut Residents, key: &PublicKey, slot: &Slot) {
        // Asked again, under the lock: another thread may have done it.
        if residents.have_room(self.budget)
            && !slot.is_prepared.load(Relaxed)
            && let Some(prepared) = key.prepare()
        {
            let bytes = prepared.memory();
            residents.last = bytes;
            if residents.have_room(self.budget) && slot.set(Some(prepared)) {
                residents.bytes += bytes;
                residents.keys.push(Resident {
                    key: key.clone(),
                    bytes,
                });
            }
        }
        let is_full = !residents.have_room(self.budget);
        self.is_full.store(is_full, Relaxed);
    }

    // Whatever panicked: the keys in the list are still keys.
    fn lock(&self) -> MutexGuard<'_, Residents> {
        self.residents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Residents>> {
        match self.residents.try_lock() {
            Ok(residents) => Some(residents),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new(Self::DEFAULT_BUDGET)
    }
}

impl Drop for Tables {
    /// A key may outlive the store that paid for its multiples.
    fn drop(&mut self) {
        for resident in self.lock().keys.drain(..) {
            if let Some(slot) = resident.key.slot() {
                slot.clear();
            }
        }
    }
}

impl Residents {
    fn have_room(&self, budget: usize) -> bool {
        self.bytes.saturating_add(self.last) <= budget
    }

    /// Makes room for the key of `slot` if it was used more than the resident
    /// under the hand. If not, that resident loses half of its uses: one that is
    /// used no more gives way in the end. Those of who asks fade once a round,
    /// so that keys that come by in turns don't drive each other out, however
    /// many they are, and one that is used more than others gets in.
    fn evict_for(&mut self, slot: &Slot) -> bool {
        self.hand = (self.hand + 1) % self.keys.len().max(1);
        if self.hand == 0 {
            self.round = self.round.wrapping_add(1);
        }
        slot.fade(self.round);
        let Some(Resident { key, bytes }) = self.keys.get(self.hand) else {
            return false;
        };
        let Some(resident) = key.slot() else {
            return false;
        };
        if resident.uses.load(Relaxed) >= slot.uses.load(Relaxed) {
            resident.halve_uses();
            return false;
        }
        let evicted = resident.set(None);
        if evicted {
            resident.uses.store(0, Relaxed);
            self.bytes -= bytes;
            self.keys.swap_remove(self.hand);
        }
        evicted
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::crypto::backend::DEFAULT;
    use crate::crypto::{BadSignature, Es256Verifier};
    use p256::ecdsa::signature::Signer;
    use p256::ecdsa::{Signature, SigningKey};

    const MEMORY: usize = 13_312;

    /// Prepares keys, whatever the features are, and makes nothing faster.
    struct Preparing;

    struct Prepared([u8; 64]);

    impl Es256Verifier for Preparing {
        fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]> {
            DEFAULT.parse_key(point)
        }

        fn verify(
            &self,
            key: &[u8; 64],
            message: &[&[u8]],
            signature: &[u8],
        ) -> Result<(), BadSignature> {
            DEFAULT.verify(key, message, signature)
        }

        fn prepare(&self, key: &[u8; 64]) -> Option<Box<dyn PreparedEs256>> {
            Some(Box::new(Prepared(*key)))
        }
    }

    impl PreparedEs256 for Prepared {
        fn memory(&self) -> usize {
            MEMORY
        }

        fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
            DEFAULT.verify(&self.0, message, signature)
        }
    }

    fn key(n: u8) -> (SigningKey, PublicKey) {
        let secret = SigningKey::from_slice(&[n; 32]).unwrap();
        let point = secret.verifying_key().to_sec1_point(false);
        let point = point.as_bytes().last_chunk().unwrap();
        let key = PublicKey::from_p256_point(point).unwrap();
        (secret, key.with_es256_verifier(&Preparing).unwrap())
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
            tables.note_success(key);
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
            tables.note_success(&key);
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
        assert_eq!(Tables::DEFAULT_BUDGET / MEMORY, 315);
        let none = Tables::new(MEMORY - 1);
        use_times(&none, &a, 9);
        assert_eq!(
            (is_prepared(&a), none.prepare([&a].into_iter())),
            (false, 0)
        );
        let tables = Tables::new(2 * MEMORY);
        assert_eq!(tables.prepare([&a, &b, &c].into_iter()), 2);
        assert_eq!([&a, &b, &c].map(is_prepared), [true, true, false]);
        // Once more changes nothing.
        assert_eq!(tables.prepare([&c, &b, &a].into_iter()), 2);
        assert_eq!([&a, &b, &c].map(is_prepared), [true, true, false]);
        assert_eq!(tables.lock().bytes, 2 * MEMORY);
        let [d] = keys();
        let one_less = Tables::new(2 * MEMORY - 1);
        assert_eq!(one_less.prepare([&c, &d].into_iter()), 1);
    }

    #[test]
    fn who_is_used_less_gives_way() {
        let [a, b, c] = keys();
        let tables = Tables::new(2 * MEMORY);
        use_times(&tables, &a, 200);
        use_times(&tables, &b, 3);
        use_times(&tables, &c, 20);
        assert_eq!([&a, &b, &c].map(is_prepared), [true, false, true]);
        // a is used no more.
        let places = |used: [&PublicKey; 2]| {
            for _ in 0..100 {
                used.iter().for_each(|key| use_times(&tables, key, 1));
            }
            [&a, &b, &c].map(is_prepared)
        };
        assert_eq!(places([&b, &c]), [false, true, true]);
    }

    /// How often the residents changed in so many rounds in turn.
    fn changes(tables: &Tables, keys: &[PublicKey], rounds: usize) -> usize {
        let prepared = || keys.iter().map(is_prepared).collect::<Vec<_>>();
        let (mut changes, mut before) = (0, prepared());
        for _ in 0..rounds {
            keys.iter().for_each(|key| use_times(tables, key, 1));
            changes += usize::from(prepared() != before);
            before = prepared();
        }
        assert_eq!(
            before.iter().filter(|prepared| **prepared).count(),
            tables.budget / MEMORY
        );
        assert!(tables.lock().bytes <= tables.budget);
        changes
    }

    #[test]
    fn in_turns_none_drives_the_others_out() {
        let keys: [_; 64] = keys();
        for count in [9, 12, 17, 32, 64] {
            let tables = Tables::new(8 * MEMORY);
            changes(&tables, &keys[..count], 40);
            assert_eq!(changes(&tables, &keys[..count], 100), 0, "{count} keys");
        }
    }

    #[test]
    fn a_key_that_is_used_more_gets_in() {
        let keys: [_; 33] = keys();
        let tables = Tables::new(8 * MEMORY);
        changes(&tables, &keys[1..], 40);
        for _ in 0..40 {
            keys[1..].iter().for_each(|key| use_times(&tables, key, 1));
            use_times(&tables, &keys[0], 10);
        }
        assert!(is_prepared(&keys[0]));
    }

    /// Kids are public: anybody can have keys asked for signatures that nobody
    /// made.
    #[test]
    fn who_signs_nothing_takes_no_place() {
        let [a, b] = keys();
        let tables = Tables::new(MEMORY);
        (0..500).for_each(|_| tables.note_use(&a));
        assert!(!is_prepared(&a));
        use_times(&tables, &b, 2);
        assert!(is_prepared(&b));
        (0..500).for_each(|_| tables.note_use(&a));
        use_times(&tables, &b, 1);
        assert!(is_prepared(&b) && !is_prepared(&a));
        assert_eq!(a.slot().unwrap().uses.load(Relaxed), 0);
        // Uses are counted up to a limit.
        use_times(&tables, &b, 1000);
        assert_eq!(b.slot().unwrap().uses.load(Relaxed), u8::MAX);
    }

    #[test]
    fn keys_without_multiples_are_passed_over() {
        let der = |key: &PublicKey| key.spki_der().to_vec();
        let [a] = keys();
        assert_eq!(PublicKey::from_spki_der(&der(&a)).unwrap(), a);
        let rsa = PublicKey::from_rsa_components(&[0xff; 256], &[1, 0, 1]).unwrap();
        let tables = Tables::default();
        use_times(&tables, &rsa, 3);
        assert_eq!(tables.prepare([&rsa, &a].into_iter()), 1);
        assert_eq!(tables.lock().keys.len(), 1);
    }

    #[test]
    fn a_key_in_two_stores_has_one_owner() {
        let [a, b] = keys();
        let (first, second) = (Tables::default(), Tables::default());
        assert_eq!(first.prepare([&a].into_iter()), 1);
        // It is prepared already, and so nothing to do.
        assert_eq!(second.prepare([&a].into_iter()), 1);
        use_times(&second, &a, 5);
        assert_eq!((first.lock().keys.len(), second.lock().keys.len()), (1, 0));
        // Also where both have computed it at the same time.
        let slot = b.slot().unwrap();
        assert!(slot.set(b.prepare()));
        assert!(!slot.set(b.prepare()));
        drop(second);
        assert!(is_prepared(&a));
        drop(first);
        assert!(!is_prepared(&a));
    }

    #[test]
    fn whoever_holds_the_places_is_not_waited_for() {
        let [a, b] = keys();
        let tables = Tables::default();
        let held = tables.lock();
        use_times(&tables, &a, 5);
        assert!(!is_prepared(&a));
        drop(held);
        use_times(&tables, &a, 1);
        assert!(is_prepared(&a));

        // A slot that is read is not filled, and one that is written not read.
        let slot = b.slot().unwrap();
        let reading = slot.prepared.read().unwrap();
        use_times(&tables, &b, 5);
        assert!(!slot.is_prepared.load(Relaxed));
        assert_eq!(tables.lock().keys.len(), 1);
        drop(reading);
        use_times(&tables, &b, 1);
        let writing = slot.prepared.write().unwrap();
        assert!(slot.is_prepared.load(Relaxed) && slot.read().is_none());
        drop(writing);
        assert!(is_prepared(&b));
    }

    #[test]
    fn a_store_that_goes_takes_its_multiples_along() {
        let [a, b] = keys();
        let tables = Tables::default();
        assert_eq!(tables.prepare([&a].into_iter()), 1);
        let clone = a.clone();
        std::thread::scope(|scope| {
            let reading = clone.slot().unwrap().read().unwrap();
            let dropping = scope.spawn(move || drop(tables));
            assert!(reading.is_some());
            drop(reading);
            dropping.join().unwrap();
        });
        assert!(!is_prepared(&a));

        let tables = Tables::default();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _held = tables.lock();
            panic!("with the places held");
        }));
        assert!(panicked.is_err());
        use_times(&tables, &b, 2);
        assert!(is_prepared(&b));
        drop(tables);
        assert!(!is_prepared(&b));
    }

    #[test]
    fn a_key_that_verifies_keeps_its_place() {
        let [a, b] = keys();
        let tables = Tables::new(MEMORY);
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
        let tables = Tables::new(3 * MEMORY);
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
                        tables.note_success(key);
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
