//! Bloom filters and lists of shortened hashes: an element is in a filter if
//! and only if its bits are, counted another way.

use hcert::revocation::{BloomFilter, PartialHashes, Slice};
use crate::lists::complains_well;
use sha2::{Digest, Sha256};

/// The bit of a function: digit by digit, of a number that may be negative.
fn bit(element: &[u8], function: u8, bits: i64) -> usize {
    let hash = Sha256::digest([element, &[function]].concat());
    let mut value = i64::from(hash[0].cast_signed()).rem_euclid(bits);
    for byte in &hash[1..] {
        value = (value * 256 + i64::from(*byte)).rem_euclid(bits);
    }
    usize::try_from(value).unwrap()
}

/// Checks one input.
pub fn run(data: &[u8]) {
    if let Err(error) = Slice::from_bytes(data) {
        complains_well(&error, error.code());
    }
    if let Ok(filter) = BloomFilter::from_bytes(data) {
        let (functions, words) = (data[2], &data[20..]);
        let bits = i64::try_from(words.len() * 8).unwrap();
        for element in [&[][..], &data[..16], b"an element"] {
            let set = |function| {
                let bit = bit(element, function, bits);
                words[bit / 8] & (0x80 >> (bit % 8)) != 0
            };
            assert_eq!(filter.might_contain(element), (0..functions).all(set));
        }
    }
    if let Ok(list) = PartialHashes::from_bytes(data) {
        assert_eq!(list.hashes().count(), list.len());
        for hash in list.hashes() {
            let mut whole = [0x5a; 32];
            whole[..hash.len()].copy_from_slice(hash);
            assert!(list.might_contain(&whole));
            assert!(data.windows(hash.len()).any(|part| part == hash));
        }
    }
}

