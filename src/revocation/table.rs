//! Hashes, sorted, in as little room as they need.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{RevocationError, RevocationLimits};

/// The shortest hash that a list of hashes may have: with fewer bytes it would
/// name people who are not meant.
pub(super) const LEAST: usize = 8;

/// Hashes, or prefixes of them, of any lengths.
#[derive(Clone, Default)]
pub(super) struct HashTable {
    /// By length: the hashes of it side by side, in order.
    rows: BTreeMap<usize, Vec<u8>>,
}

impl HashTable {
    /// [`sort`](Self::sort) before anything is looked up.
    pub fn push(&mut self, hash: &[u8], least: usize) -> Result<(), RevocationError> {
        let bytes = hash.len();
        if !(least..=32).contains(&bytes) {
            return Err(RevocationError::HashLength { bytes, least });
        }
        self.rows.entry(bytes).or_default().extend_from_slice(hash);
        Ok(())
    }

    /// Puts the hashes in order, each once.
    pub fn sort(&mut self) {
        for (length, bytes) in &mut self.rows {
            let mut rows: Vec<&[u8]> = bytes.chunks_exact(*length).collect();
            if rows.windows(2).any(|pair| pair.first() >= pair.last()) {
                rows.sort_unstable();
                rows.dedup();
                *bytes = rows.concat();
            }
        }
    }

    pub fn contains(&self, hash: &[u8; 32]) -> bool {
        self.rows.iter().any(|(length, bytes)| {
            let sought = hash.get(..*length).unwrap_or_default();
            let row = |n: usize| bytes.get(n * length..(n + 1) * length);
            let (mut low, mut high) = (0, bytes.len() / length);
            while low < high {
                let middle = low.midpoint(high);
                match row(middle).unwrap_or_default().cmp(sought) {
                    core::cmp::Ordering::Less => low = middle + 1,
                    core::cmp::Ordering::Equal => return true,
                    core::cmp::Ordering::Greater => high = middle,
                }
            }
            false
        })
    }

    pub fn len(&self) -> usize {
        self.rows.iter().map(|(n, bytes)| bytes.len() / n).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let rows = self.rows.iter();
        rows.flat_map(|(length, bytes)| bytes.chunks_exact(*length))
    }
}

/// Counts hashes against the limit.
pub(super) struct Counter {
    count: usize,
    max: usize,
}

impl Counter {
    pub const fn new(limits: &RevocationLimits) -> Self {
        Self {
            count: 0,
            max: limits.entries,
        }
    }

    pub fn count(&mut self) -> Result<(), RevocationError> {
        self.count += 1;
        match self.count > self.max {
            true => Err(RevocationError::TooManyEntries { max: self.max }),
            false => Ok(()),
        }
    }
}
