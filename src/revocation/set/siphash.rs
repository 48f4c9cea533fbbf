//! SipHash with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast
//! short-input PRF", 2012, and the authors' reference implementation), of
//! messages of whole words of eight bytes, with the rounds of SipHash-1-3.

/// The state, with so many rounds a word and before each half of the output.
pub(super) struct SipHash<const C: usize, const D: usize> {
    v: [u64; 4],
    words: u64,
}

/// That of a filter's hashes, which are found by nobody but who has the key.
pub(super) type Sip = SipHash<1, 3>;

impl<const C: usize, const D: usize> SipHash<C, D> {
    pub fn new(key: &[u8; 16]) -> Self {
        let [k0, k1] = [word(key, 0), word(key, 8)];
        let v = [
            k0 ^ 0x736f_6d65_7073_6575,
            k1 ^ 0x646f_7261_6e64_6f6d ^ 0xee,
            k0 ^ 0x6c79_6765_6e65_7261,
            k1 ^ 0x7465_6462_7974_6573,
        ];
        Self { v, words: 0 }
    }

    #[inline(always)]
    pub fn word(&mut self, word: u64) {
        self.v[3] ^= word;
        rounds::<C>(&mut self.v);
        self.v[0] ^= word;
        self.words += 1;
    }

    /// The bytes in little-endian words, the last one filled up with zeros.
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            self.word(u64::from_le_bytes(last));
        }
    }

    /// The output's two halves, as its bytes are in little-endian.
    #[inline(always)]
    pub fn finish(mut self) -> [u64; 2] {
        self.word((self.words * 8) << 56);
        let mut v = self.v;
        let output = |v: &mut [u64; 4]| {
            rounds::<D>(v);
            v[0] ^ v[1] ^ v[2] ^ v[3]
        };
        v[2] ^= 0xee;
        let first = output(&mut v);
        v[1] ^= 0xdd;
        [first, output(&mut v)]
    }
}

#[inline(always)]
fn word(bytes: &[u8; 16], at: usize) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.get(at / 8).map_or(0, |w| u64::from_le_bytes(*w))
}

#[inline(always)]
fn rounds<const N: usize>(v: &mut [u64; 4]) {
    for _ in 0..N {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
}

#[cfg(test)]
mod tests {
    use super::SipHash;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn shown<const C: usize, const D: usize>(length: u8) -> String {
        let mut hash = SipHash::<C, D>::new(&core::array::from_fn(|n| n as u8));
        hash.bytes(&(0..length).collect::<Vec<_>>());
        let [a, b] = hash.finish();
        let bytes = a.to_le_bytes().into_iter().chain(b.to_le_bytes());
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    /// SipHash-2-4, of which the authors have `vectors_sip128`: key 00 01 … 0f,
    /// messages 00 01 ….
    #[test]
    fn agrees_with_the_reference() {
        for (length, expected) in [
            (0, "a3817f04ba25a8e66df67214c7550293"),
            (8, "3b62a9ba6258f5610f83e264f31497b4"),
            (16, "6ee2a4ca67b054bbfd3315bf85230577"),
            (56, "1938f2cf72d54ee97e94166fa91d2a36"),
        ] {
            assert_eq!(shown::<2, 4>(length), expected);
        }
        // Another implementation of the same; and one with zeros behind.
        assert_eq!(shown::<1, 3>(16), "d0a8d95715518eebb513b0f83d9e1793");
        let mut padded = SipHash::<1, 3>::new(&[7; 16]);
        padded.bytes(&[1, 2, 3]);
        let mut words = SipHash::<1, 3>::new(&[7; 16]);
        words.word(0x03_02_01);
        assert_eq!(padded.finish(), words.finish());
    }
}
