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
/// of a second time.
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
