//! Inversion modulo n, the order of P-256, in a quarter of the time that
//! `p256` takes for it with a public value.

#[cfg(feature = "std")]
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::sync::LazyLock;

#[cfg(not(feature = "std"))]
use p256::elliptic_curve::ff::Field;
use p256::elliptic_curve::ff::PrimeField;
use p256::elliptic_curve::ops::Invert;
use p256::{NonZeroScalar, Scalar};

use super::field::{Words, add_words, sub_words, words_from_be};

/// n (SP 800-186 §3.2.1.3).
pub(super) const N: Words = [
    0xf3b9_cac2_fc63_2551,
    0xbce6_faad_a717_9e84,
    u64::MAX,
    0xffff_ffff_0000_0000,
];

/// 2⁻ᵏ mod n for k = 0 to 512.
#[cfg(feature = "std")]
static HALVES: LazyLock<Vec<Scalar>> = LazyLock::new(|| {
    let halves = core::iter::successors(Some(Scalar::ONE), |half| Some(half * &Scalar::TWO_INV));
    halves.take(513).collect()
});

#[cfg(feature = "std")]
fn half_to_the(k: usize) -> Option<Scalar> {
    HALVES.get(k).copied()
}

#[cfg(not(feature = "std"))]
fn half_to_the(k: usize) -> Option<Scalar> {
    (k <= 512).then(|| Field::pow_vartime(&Scalar::TWO_INV, [k as u64]))
}

pub(super) fn words(scalar: &Scalar) -> Words {
    words_from_be(&scalar.to_bytes().into())
}

/// `1 / scalar`. Whatever [`almost_inverse`] may give, what is returned has
/// been multiplied out, or comes from `p256`.
pub(super) fn invert(scalar: &NonZeroScalar) -> Scalar {
    let inverse = multiplied_out(scalar, almost_inverse(&words(scalar)));
    inverse.unwrap_or_else(|| *Invert::invert(scalar))
}

/// `t · ±2⁻ᵏ`, if that is the inverse.
pub(super) fn multiplied_out(
    scalar: &Scalar,
    (words, k, negative): (Words, usize, bool),
) -> Option<Scalar> {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(words.iter().rev()) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    let inverse: Option<Scalar> = Scalar::from_repr(bytes.into()).into();
    let inverse = inverse.and_then(|inverse| Some(inverse * half_to_the(k)?));
    inverse
        .map(|inverse| if negative { -inverse } else { inverse })
        .filter(|inverse| inverse * scalar == Scalar::ONE)
}

/// `(t, k, negative)` with `scalar · t = ±2ᵏ mod n` for a scalar from 1 to
/// n − 1 (with 0 it would not end): phase one of Kaliski's "The Montgomery inverse and its
/// applications" (1995), with all shifts of a run at once.
///
/// What holds in every round: u is odd, u·t + v·r = n, and modulo n
/// scalar·t = ±2ᵏ·v and scalar·r = ∓2ᵏ·u. As n is prime, u = v only if both
/// are 1; so v is never zero, and r and t stay below n. Each shift takes a bit
/// of v, so there are at most 512.
pub(super) fn almost_inverse(scalar: &Words) -> (Words, usize, bool) {
    let (mut u, mut v) = (N, *scalar);
    let (mut r, mut t) = ([0; 4], [1, 0, 0, 0]);
    let (mut k, mut negative) = (0, false);
    loop {
        while v[0] & 1 == 0 {
            let zeros = v[0].trailing_zeros().min(63);
            v = shift_right(&v, zeros);
            r = shift_left(&r, zeros);
            k += zeros as usize;
        }
        if v == [1, 0, 0, 0] {
            return (t, k, negative);
        }
        let (difference, below) = sub_words(&v, &u);
        if below == 0 {
            v = difference;
            t = add_words(&t, &r).0;
        } else {
            (u, v) = (v, sub_words(&u, &v).0);
            (r, t) = (t, add_words(&t, &r).0);
            negative = !negative;
        }
    }
}

/// By 1 to 63 bits.
fn shift_right(a: &Words, bits: u32) -> Words {
    let back = 64 - bits;
    [
        a[0] >> bits | a[1] << back,
        a[1] >> bits | a[2] << back,
        a[2] >> bits | a[3] << back,
        a[3] >> bits,
    ]
}

/// By 1 to 63 bits.
fn shift_left(a: &Words, bits: u32) -> Words {
    let back = 64 - bits;
    [
        a[0] << bits,
        a[1] << bits | a[0] >> back,
        a[2] << bits | a[1] >> back,
        a[3] << bits | a[2] >> back,
    ]
}
