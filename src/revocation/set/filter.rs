//! A binary fuse filter with three places a key (Graf, Lemire: "Binary Fuse
//! Filters: Fast and Smaller Than Xor Filters", 2022).
//!
//! An array of fingerprints, such that the exclusive or of the three at a
//! key's places is the key's own fingerprint. Of another key it is so by
//! chance, once in 2^width.

use super::bytes::u64_at;
use alloc::vec;
use alloc::vec::Vec;

/// A field of 57 bits is in the eight bytes at its first one.
pub(super) const MAX_WIDTH: u8 = 57;
/// The lower two places take 18 bits of a hash each.
const MAX_SEGMENT_LOG2: u8 = 18;

/// The segments, each of which has two to the power of `log2` slots. The first
/// place of a key is in any but the last two, the others in the two behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Of a fingerprint, in bits.
    pub width: u8,
    pub log2: u8,
    /// Without the last two.
    pub segments: u32,
}

impl Shape {
    /// `None` is outside of what the format allows.
    pub fn new(width: u8, log2: u8, segments: u32) -> Option<Self> {
        let shape = Self {
            width,
            log2,
            segments,
        };
        let fits = (1..=MAX_WIDTH).contains(&width) && log2 <= MAX_SEGMENT_LOG2 && segments > 0;
        (fits && shape.slots() <= u64::from(u32::MAX)).then_some(shape)
    }

    /// For so many keys, as the paper has it in its Appendix (there with
    /// logarithms of floating point, which differ from one machine to the next).
    pub fn of(keys: usize, width: u8) -> Option<Self> {
        let keys = (keys as u64).max(2);
        // ⌊log₃.₃₃ n + 2.25⌋
        let (mut log2, mut next) = (2, 2.465);
        while log2 < MAX_SEGMENT_LOG2 && keys as f64 >= next {
            next *= 3.33;
            log2 += 1;
        }
        // The more of them, the closer to 9/8 of a slot a key.
        let log2_of_fourth_power = u64::from(u128::from(keys).pow(4).ilog2());
        let slots = (keys * 9 / 8).max(keys * 7 / 8 + keys * 20 / log2_of_fourth_power);
        let segments = slots.div_ceil(1 << log2).max(3) - 2;
        Self::new(width, log2, u32::try_from(segments).ok()?)
    }

    pub fn slots(&self) -> u64 {
        (u64::from(self.segments) + 2) << self.log2
    }

    /// In bytes.
    pub fn length(&self) -> Option<u64> {
        let bits = self.slots().checked_mul(self.width.into())?;
        Some(bits.div_ceil(8))
    }

    #[inline]
    fn places(&self, hash: u64) -> [u64; 3] {
        let first = u64::from(self.segments) << self.log2;
        let first = ((u128::from(hash) * u128::from(first)) >> 64) as u64;
        let segment = 1 << self.log2;
        let [second, third] = [first + segment, first + 2 * segment];
        [
            first,
            second ^ ((hash >> 18) & (segment - 1)),
            third ^ (hash & (segment - 1)),
        ]
    }

    fn fingerprint(&self, hash: u64) -> u64 {
        hash & ((1 << self.width) - 1)
    }

    /// Whether the filter that begins there holds a key of this hash. Reads
    /// three times eight bytes.
    #[inline]
    pub fn contains(&self, bytes: &[u8], start: usize, [hash, fingerprint]: [u64; 2]) -> bool {
        let field = |place: u64| {
            let bit = place * u64::from(self.width);
            u64_at(bytes, start + (bit / 8) as usize) >> (bit % 8)
        };
        let [a, b, c] = self.places(hash).map(field);
        self.fingerprint(a ^ b ^ c ^ fingerprint) == 0
    }

    /// Keys whose places are near each other, together: what follows needs
    /// less of the memory at a time. Of one segment they keep their order.
    pub fn by_segment(&self, hashes: Vec<[u64; 2]>) -> Vec<[u64; 2]> {
        let segment = |[hash, _]: &[u64; 2]| {
            let [first, ..] = self.places(*hash);
            (first >> self.log2) as usize
        };
        let mut next = vec![0usize; self.segments as usize + 1];
        for hash in &hashes {
            if let Some(count) = next.get_mut(segment(hash) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut next {
            sum += *count;
            *count = sum;
        }
        let mut sorted = vec![[0; 2]; hashes.len()];
        for hash in hashes {
            if let Some(at) = next.get_mut(segment(&hash)) {
                if let Some(to) = sorted.get_mut(*at) {
                    *to = hash;
                }
                *at += 1;
            }
        }
        sorted
    }

    /// Writes the filter that holds these keys, or `None` if there is none:
    /// with other hashes there is one.
    pub fn write(&self, hashes: &[[u64; 2]], out: &mut Vec<u8>) -> Option<()> {
        let order = self.order(hashes)?;
        let mut slots = vec![0u64; usize::try_from(self.slots()).ok()?];
        let get = |slots: &[u64], place: u64| slots.get(place as usize).copied();
        for (key, place) in order.into_iter().rev() {
            let [hash, fingerprint] = *hashes.get(key as usize)?;
            let [a, b, c] = self.places(hash);
            // Its own slot is still zero.
            let others = get(&slots, a)? ^ get(&slots, b)? ^ get(&slots, c)?;
            *slots.get_mut(place as usize)? = self.fingerprint(fingerprint) ^ others;
        }
        let (mut bits, mut used) = (0u128, 0);
        for slot in slots {
            bits |= u128::from(slot) << used;
            used += u32::from(self.width);
            while used >= 8 {
                out.push(bits as u8);
                bits >>= 8;
                used -= 8;
            }
        }
        if used > 0 {
            out.push(bits as u8);
        }
        Some(())
    }

    /// The keys, each with a slot that none of those behind it has.
    fn order(&self, hashes: &[[u64; 2]]) -> Option<Vec<(u32, u32)>> {
        /// The keys that have a place here: how many, and their exclusive or.
        #[derive(Clone, Copy, Default)]
        struct Slot {
            count: u32,
            keys: u32,
        }
        let mut slots = vec![Slot::default(); usize::try_from(self.slots()).ok()?];
        for (key, [hash, _]) in hashes.iter().enumerate() {
            for place in self.places(*hash) {
                let slot = slots.get_mut(place as usize)?;
                slot.count += 1;
                slot.keys ^= key as u32;
            }
        }
        let mut order = Vec::with_capacity(hashes.len());
        let mut alone = Vec::new();
        for start in 0..slots.len() {
            alone.push(start as u32);
            while let Some(place) = alone.pop() {
                let slot = *slots.get(place as usize)?;
                if slot.count != 1 {
                    continue;
                }
                order.push((slot.keys, place));
                let [hash, _] = *hashes.get(slot.keys as usize)?;
                for place in self.places(hash) {
                    let other = slots.get_mut(place as usize)?;
                    other.count -= 1;
                    other.keys ^= slot.keys;
                    if other.count == 1 {
                        alone.push(place as u32);
                    }
                }
            }
        }
        (order.len() == hashes.len()).then_some(order)
    }
}
