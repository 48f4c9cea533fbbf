//! The filters of the EU's libraries.

use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

use super::table::{Counter, HashTable};
use super::{RevocationError, RevocationLimits};

/// How much of a certificate's SHA-256 goes into a filter: what the gateway's
/// batches have.
const HASH_BYTES: usize = 16;

/// With fewer bytes a list of shortened hashes would name people who are not
/// meant.
const LEAST_PARTIAL: usize = 4;

/// The Bloom filter of `eu-digital-green-certificates/dgc-bloomfilter`
/// (`BloomFilterImpl.java`), which the EU's distribution service puts hashes
/// of 16 bytes into.
///
/// Big endian: version (`u16`, 1), number of hash functions *k* (`u8`), hash
/// function (`u8`, 0: SHA-256), the intended rate of false positives (`f32`),
/// the number of elements it was made for and that it has (`u32` each), the
/// number of words (`u32`), and the words (`u32` each). Bit 0 is the highest of
/// the first word. The bit of function *i* is SHA-256 over the element and the
/// byte *i*, as a signed number, modulo the number of bits.
///
/// **It names some who are not meant**, at the rate that its maker chose.
#[derive(Clone, PartialEq)]
pub struct BloomFilter {
    functions: u8,
    bits: u64,
    words: Vec<u32>,
    rate: f32,
}

const NOT_BLOOM: RevocationError = RevocationError::Form {
    expected: "a Bloom filter with as many words as it says, and with SHA-256",
};

impl BloomFilter {
    /// Reads the form above. Nothing may follow it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RevocationError> {
        let mut rest = bytes;
        let version = u16::from_be_bytes(take(&mut rest).ok_or(NOT_BLOOM)?);
        if version != 1 {
            return Err(RevocationError::Version {
                found: version.into(),
                expected: 1,
            });
        }
        let [functions, hash] = take(&mut rest).ok_or(NOT_BLOOM)?;
        let rate = f32::from_be_bytes(take(&mut rest).ok_or(NOT_BLOOM)?);
        let [_, elements, count] = [take(&mut rest), take(&mut rest), take(&mut rest)];
        let count = u32::from_be_bytes(count.ok_or(NOT_BLOOM)?);
        let words = rest.as_chunks::<4>();
        let is_empty = rest.iter().all(|byte| *byte == 0);
        if elements != Some([0; 4]) && is_empty {
            return Err(NOT_BLOOM);
        }
        if hash != 0 || !words.1.is_empty() || words.0.len() as u64 != u64::from(count) {
            return Err(NOT_BLOOM);
        }
        let words = words.0.iter().map(|word| u32::from_be_bytes(*word));
        let mut filter = Self::new(functions, u64::from(count) * 32, words.collect())?;
        filter.rate = rate;
        Ok(filter)
    }

    /// Whether the bytes begin like one: SHA-256, and a rate. In a list of
    /// shortened hashes the rate stands two bytes before that.
    fn is(bytes: &[u8]) -> bool {
        let Some((&[0, 1, 1..=127, 0], rest)) = bytes.split_first_chunk() else {
            return false;
        };
        let rate = rest.first_chunk().copied().map(f32::from_be_bytes);
        rate.is_some_and(|rate| rate.is_normal() && rate > 0.0 && rate < 1.0)
    }

    /// A filter of *k* functions over the first `bits` bits of these words,
    /// the highest bit of a word first.
    pub fn new(functions: u8, bits: u64, words: Vec<u32>) -> Result<Self, RevocationError> {
        // Java reads it as a signed byte.
        if !(1..=127).contains(&functions) || bits == 0 || bits.div_ceil(32) != words.len() as u64 {
            return Err(NOT_BLOOM);
        }
        Ok(Self {
            functions,
            bits,
            words,
            rate: f32::NAN,
        })
    }

    /// Whether the element was put in; sometimes also if it was not.
    pub fn might_contain(&self, element: &[u8]) -> bool {
        (0..self.functions).all(|function| {
            let hash = Sha256::new_with_prefix(element).chain_update([function]);
            let bit = modulo(&hash.finalize().into(), self.bits);
            let word = usize::try_from(bit / 32).ok();
            let word = word.and_then(|word| self.words.get(word));
            word.is_some_and(|word| word & (1 << (31 - bit % 32)) != 0)
        })
    }

    /// The rate of false positives that its maker intended, if it says so.
    pub fn intended_rate(&self) -> Option<f32> {
        Some(self.rate).filter(|rate| (0.0..=1.0).contains(rate))
    }
}

impl fmt::Debug for BloomFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BloomFilter")
            .field("functions", &self.functions)
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}

/// A signed number of 256 bits, big endian, modulo a positive one; the result
/// is not negative.
fn modulo(hash: &[u8; 32], by: u64) -> u64 {
    let by = u128::from(by);
    let mut value = 0;
    for byte in hash {
        value = ((value << 8) | u128::from(*byte)) % by;
    }
    if hash.first().is_some_and(|first| first & 0x80 != 0) {
        // 2^256 less.
        let mut power = 1 % by;
        for _ in 0..32 {
            power = (power << 8) % by;
        }
        value = (value + by - power) % by;
    }
    u64::try_from(value).unwrap_or_default()
}

/// The list of shortened hashes of
/// `eu-digital-green-certificates/dgca-partialvarhashfilter`
/// (`PartialVariableHashFilter.java`).
///
/// Big endian: version (`u16`, 1), the intended rate of false positives
/// (`f32`), the number of elements it was made for (`u32`), the length of a
/// hash (`u8`), and the hashes. An older form is the length and the hashes
/// alone. Lengths of 4 to 32 bytes are read; hashes of 2 bytes (the service's
/// `HASHLIST`) are refused, as they name one certificate in some thousands.
#[derive(Clone)]
pub struct PartialHashes(HashTable);

const NOT_PARTIAL: RevocationError = RevocationError::Form {
    expected: "a list of shortened hashes, each of the length that it says",
};

impl PartialHashes {
    /// Reads either form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RevocationError> {
        Self::from_bytes_with(bytes, &RevocationLimits::default())
    }

    fn from_bytes_with(bytes: &[u8], limits: &RevocationLimits) -> Result<Self, RevocationError> {
        let (length, hashes) = match bytes {
            [0, 1, header @ ..] => {
                let [length, hashes @ ..] = header.get(8..).unwrap_or_default() else {
                    return Err(NOT_PARTIAL);
                };
                (length, hashes)
            }
            [0, version, ..] => {
                return Err(RevocationError::Version {
                    found: (*version).into(),
                    expected: 1,
                });
            }
            [length, hashes @ ..] => (length, hashes),
            [] => return Err(NOT_PARTIAL),
        };
        Self::of_rows(hashes, usize::from(*length), limits)
    }

    fn of_rows(
        rows: &[u8],
        length: usize,
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        if length == 0 || !rows.len().is_multiple_of(length) {
            return Err(NOT_PARTIAL);
        }
        let mut table = HashTable::default();
        let mut counter = Counter::new(limits);
        for hash in rows.chunks_exact(length) {
            counter.count()?;
            table.push(hash, LEAST_PARTIAL)?;
        }
        table.sort();
        Ok(Self(table))
    }

    /// Whether the beginning of this SHA-256 is there.
    pub fn might_contain(&self, hash: &[u8; 32]) -> bool {
        self.0.contains(hash)
    }

    /// How many hashes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shortened hashes, in order.
    pub fn hashes(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter()
    }
}

impl fmt::Debug for PartialHashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialHashes({})", self.len())
    }
}

/// A slice of the EU's distribution service.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Slice {
    /// `BLOOMFILTER`.
    Bloom(BloomFilter),
    /// `VARHASHLIST`, or hexadecimal digits of whole hashes, one behind the
    /// other.
    Hashes(PartialHashes),
}

impl Slice {
    /// Reads a slice by its content: hexadecimal digits, 64 a hash (in the
    /// app's mock data, dgca-verifier-app-android), a Bloom filter, or a list
    /// of shortened hashes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RevocationError> {
        let limits = RevocationLimits::default();
        limits.check_size(bytes)?;
        if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_hexdigit) {
            let hashes = unhex(bytes).ok_or(NOT_PARTIAL)?;
            return Ok(Self::Hashes(PartialHashes::of_rows(&hashes, 32, &limits)?));
        }
        // Both begin with version 1. What shows the marks of a filter is one,
        // or it is damaged: as hashes it would name nobody.
        match BloomFilter::from_bytes(bytes) {
            Ok(filter) => Ok(Self::Bloom(filter)),
            Err(error) if BloomFilter::is(bytes) => Err(error),
            Err(_) => Ok(Self::Hashes(PartialHashes::from_bytes(bytes)?)),
        }
    }

    /// Reads a slice of the type that the service's metadata name.
    pub(super) fn of_type(
        name: &str,
        bytes: &[u8],
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        limits.check_size(bytes)?;
        match name {
            "BLOOMFILTER" | "Bloom" => Ok(Self::Bloom(BloomFilter::from_bytes(bytes)?)),
            "VARHASHLIST" => Ok(Self::Hashes(PartialHashes::from_bytes_with(bytes, limits)?)),
            _ => Err(RevocationError::Member {
                name: "type",
                expected: "BLOOMFILTER or VARHASHLIST",
            }),
        }
    }

    /// Whether a certificate with this SHA-256 is in it. Both kinds also name
    /// some who are not meant.
    pub fn might_contain(&self, hash: &[u8; 32]) -> bool {
        match self {
            Self::Bloom(filter) => {
                let element = hash.get(..HASH_BYTES).unwrap_or_default();
                filter.might_contain(element)
            }
            Self::Hashes(hashes) => hashes.might_contain(hash),
        }
    }
}

/// Hexadecimal digits in pairs.
fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    pairs.iter().map(byte).collect()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}
