//! Numbers in little-endian order, at their places.

use core::ops::Range;

/// The first of `range` for which `is_before` is false, if it is true up to
/// there and false from there on; some place of the range otherwise.
pub(super) fn lower_bound(range: Range<u64>, is_before: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        match is_before(middle) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

// What would stand behind the end is zero.

pub(super) fn u8_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    word.map_or(0, |word| u32::from_le_bytes(*word))
}

#[inline]
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    word.map_or(0, |word| u64::from_le_bytes(*word))
}

pub(super) fn i64_at(bytes: &[u8], at: usize) -> i64 {
    u64_at(bytes, at) as i64
}

pub(super) fn write_at(out: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(part) = out.get_mut(at..at + bytes.len()) {
        part.copy_from_slice(bytes);
    }
}
