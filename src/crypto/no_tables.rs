//! Without `std` there are no locks, and so no cache: each verification goes the
//! plain way.

use super::{BadSignature, PublicKey};

/// Nothing is kept.
#[derive(Default)]
pub(super) struct Slot {}

impl Slot {
    pub(super) fn verify(&self, _: &[&[u8]], _: &[u8]) -> Option<Result<(), BadSignature>> {
        None
    }
}

#[derive(Default)]
pub(crate) struct Tables;

impl Tables {
    pub(crate) const DEFAULT_BUDGET: usize = 0;

    pub(crate) fn new(_budget: usize) -> Self {
        Self
    }

    pub(crate) fn anew(&self) -> Self {
        Self
    }

    pub(crate) fn note_use(&self, _key: &PublicKey) {}

    pub(crate) fn note_success(&self, _key: &PublicKey) {}

    pub(crate) fn prepare<'a>(&self, _keys: impl Iterator<Item = &'a PublicKey>) -> usize {
        0
    }
}
