//! SipHash-2-4 with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast
//! short-input PRF", 2012, and the authors' reference implementation).

/// 16 bytes of key; the output's two halves, as its bytes are in little-endian.
pub(super) fn siphash(key: &[u8; 16], message: &[u8]) -> [u64; 2] {
    let [k0, k1] = [word(key, 0), word(key, 8)];
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d ^ 0xee,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, rest) = message.as_chunks::<8>();
    let mut last = (message.len() as u64) << 56;
    for (n, byte) in rest.iter().enumerate() {
        last |= u64::from(*byte) << (8 * n);
    }
    for word in words.iter().map(|w| u64::from_le_bytes(*w)).chain([last]) {
        v[3] ^= word;
        rounds::<2>(&mut v);
        v[0] ^= word;
    }
    let output = |v: &mut [u64; 4]| {
        rounds::<4>(v);
        v[0] ^ v[1] ^ v[2] ^ v[3]
    };
    v[2] ^= 0xee;
    let first = output(&mut v);
    v[1] ^= 0xdd;
    [first, output(&mut v)]
}

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
    use super::siphash;

    /// The authors' `vectors_sip128`: key 00 01 … 0f, messages 00 01 ….
    #[test]
    fn agrees_with_the_reference() {
        let key = core::array::from_fn(|n| n as u8);
        let message: [u8; 64] = core::array::from_fn(|n| n as u8);
        for (length, expected) in [
            (0, "a3817f04ba25a8e66df67214c7550293"),
            (1, "da87c1d86b99af44347659119b22fc45"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
            (16, "6ee2a4ca67b054bbfd3315bf85230577"),
            (63, "5150d1772f50834a503e069a973fbd7c"),
        ] {
            let message = message.get(..length).unwrap_or_default();
            let [a, b] = siphash(&key, message);
            let shown = a.to_le_bytes().into_iter().chain(b.to_le_bytes());
            let shown: String = shown.map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(shown, expected);
        }
    }
}
