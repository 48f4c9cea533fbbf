//! Each layer against another implementation: the field against `fiat-crypto`,
//! the rest against `p256`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use alloc::vec::Vec;
use alloc::{format, vec};

use fiat_crypto::p256_64 as fiat;
use p256::elliptic_curve::ff::{Field, PrimeField};
use p256::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
use p256::{AffinePoint, NonZeroScalar, ProjectivePoint, Sec1Point};
use proptest::prelude::*;

use super::field::add_words;
use super::point::Point;
use super::*;

type Fiat = fiat::fiat_p256_montgomery_domain_field_element;

/// Words with long runs of the same bit in them, where carries go wrong.
fn words() -> impl Strategy<Value = Words> {
    let word = prop_oneof![
        any::<u64>(),
        prop::sample::select(vec![0, 1, u64::MAX, u64::MAX - 1, 1 << 63, 0xffff_ffff]),
        any::<u32>().prop_map(|low| u64::from(low) << 32),
    ];
    let near =
        (prop::sample::select(vec![P, N, [0; 4], P_MINUS_N]), 0..4u64).prop_map(|(words, more)| {
            sub_words(&add_words(&words, &[more, 0, 0, 0]).0, &[2, 0, 0, 0]).0
        });
    prop_oneof![4 => prop::array::uniform4(word), 1 => near]
}

fn below(limit: Words) -> impl Strategy<Value = Words> {
    words().prop_filter("below the modulus", move |w| sub_words(w, &limit).1 == 1)
}

fn bytes(words: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(words.iter().rev()) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

fn scalar(words: &Words) -> Scalar {
    Scalar::from_repr(bytes(words).into()).unwrap()
}

fn in_fiat(operation: impl Fn(&mut Fiat)) -> Words {
    let mut result = fiat::fiat_p256_montgomery_domain_field_element([0; 4]);
    operation(&mut result);
    result.0
}

/// Of a point that `p256` knows.
fn ours(point: &ProjectivePoint) -> Point {
    let point = point.to_affine().to_sec1_point(false);
    let Some((x, y)) = point.x().zip(point.y()) else {
        return Point::IDENTITY;
    };
    Point::from(&Affine {
        x: Element::from_words(&words_from_be(&(*x).into())),
        y: Element::from_words(&words_from_be(&(*y).into())),
    })
}

fn affine(point: &ProjectivePoint) -> Affine {
    Point::to_affine(&[ours(point)])[0]
}

/// Equal as points; `None` for the identity.
fn coordinates(point: &Point) -> Option<(Element, Element)> {
    if point.is_identity() {
        return None;
    }
    Point::to_affine(&[*point]).first().map(|p| (p.x, p.y))
}

#[track_caller]
fn same(point: &Point, expected: &ProjectivePoint) {
    assert_eq!(coordinates(point), coordinates(&ours(expected)));
}

fn non_zero(words: &Words) -> NonZeroScalar {
    Option::from(NonZeroScalar::new(scalar(words))).unwrap()
}

#[track_caller]
fn scalar_inverse(words: &Words) {
    let a = non_zero(words);
    assert_eq!(Some(scalar::invert(&a)), Option::from(Scalar::invert(&a)));
    // Not by way of the fallback.
    let (inverse, k, negative) = scalar::almost_inverse(words);
    let inverse = if negative {
        -scalar(&inverse)
    } else {
        scalar(&inverse)
    };
    assert_eq!(
        *a * inverse,
        Field::pow_vartime(&Scalar::from(2u64), [k as u64])
    );
    assert!(k <= 512);
}

/// With whole words of zeros, of either sign, and ended at once.
#[test]
fn scalar_inversion_at_the_edges() {
    for words in [
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 1 << 63],
        sub_words(&N, &[1, 0, 0, 0]).0,
        sub_words(&N, &[2, 0, 0, 0]).0,
    ] {
        scalar_inverse(&words);
    }
    let signs = |words: [Words; 3]| words.map(|words| scalar::almost_inverse(&words).2);
    let some = signs([[1, 0, 0, 0], [3, 0, 0, 0], sub_words(&N, &[1, 0, 0, 0]).0]);
    assert!(some.contains(&true) && some.contains(&false));
}

/// What would be wrong is not taken.
#[test]
fn no_scalar_inverse_but_the_right_one() {
    let a = non_zero(&[7, 0, 5, 0]);
    let (t, k, negative) = scalar::almost_inverse(&scalar::words(&a));
    assert!(scalar::multiplied_out(&a, (t, k, negative)).is_some());
    for wrong in [
        (add_words(&t, &[1, 0, 0, 0]).0, k, negative),
        (t, k + 1, negative),
        (t, k, !negative),
        (t, 513, negative),
        (N, k, negative),
        ([u64::MAX; 4], k, negative),
    ] {
        assert_eq!(scalar::multiplied_out(&a, wrong), None);
    }
}

#[test]
fn field_at_the_edges() {
    let one = Element::ONE;
    let minus_one = Element::ZERO.sub(&one);
    assert!(minus_one.add(&one).is_zero() && one.add(&minus_one).is_zero());
    assert!(Element::ZERO.invert().is_zero());
    assert!(Element::ZERO.neg_if(true).is_zero() && Element::ZERO.neg_if(false).is_zero());
    assert!(Element::from_words(&P).is_zero());
    let most = Element::from_words(&[u64::MAX; 4]);
    assert!(most == Element::from_words(&sub_words(&[u64::MAX; 4], &P).0));
    let table = Table::new(&GENERATOR, KEY_LAYOUT);
    assert_eq!(
        format!("{:?}", PreparedKey(table)),
        format!("PreparedKey({} bytes)", PreparedKey::MEMORY)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Any words, points of the curve, and these with p added to a coordinate.
    #[test]
    fn points(x in words(), y in words(), even in any::<bool>()) {
        let agree = |x: &Words, y: &Words| {
            let point = [bytes(x), bytes(y)].concat();
            let theirs = p256::PublicKey::from_sec1_bytes(&[&[4], &point[..]].concat()).is_ok();
            let ours = PublicKey::from_coordinates(point[..].try_into().unwrap());
            (ours.is_ok(), theirs)
        };
        let (ours, theirs) = agree(&x, &y);
        prop_assert_eq!(ours, theirs);
        let compressed = [&[2 + u8::from(even)], &bytes(&x)[..]].concat();
        if let Ok(key) = PublicKey::from_sec1_bytes(&compressed) {
            let (halves, _) = key.coordinates().as_chunks();
            let [x, y] = [halves[0], halves[1]].map(|half| words_from_be(&half));
            prop_assert_eq!(agree(&x, &y), (true, true));
            for (x, y) in [
                (x, sub_words(&y, &[1, 0, 0, 0]).0),
                (sub_words(&x, &[1, 0, 0, 0]).0, y),
                (add_words(&x, &P).0, y),
                (x, add_words(&y, &P).0),
                (y, x),
            ] {
                let (ours, theirs) = agree(&x, &y);
                prop_assert_eq!(ours, theirs);
            }
        }
    }

    #[test]
    fn field(a in below(P), b in below(P)) {
        let (x, y) = (Element::from_montgomery(a), Element::from_montgomery(b));
        let wrap = fiat::fiat_p256_montgomery_domain_field_element;
        let (f, g) = (wrap(a), wrap(b));
        prop_assert_eq!(x.mul(&y).montgomery(), in_fiat(|r| fiat::fiat_p256_mul(r, &f, &g)));
        prop_assert_eq!(x.square().montgomery(), in_fiat(|r| fiat::fiat_p256_square(r, &f)));
        prop_assert_eq!(x.add(&y).montgomery(), in_fiat(|r| fiat::fiat_p256_add(r, &f, &g)));
        prop_assert_eq!(x.sub(&y).montgomery(), in_fiat(|r| fiat::fiat_p256_sub(r, &f, &g)));
        prop_assert_eq!(x.neg_if(true).montgomery(), in_fiat(|r| fiat::fiat_p256_opp(r, &f)));
        prop_assert_eq!(x.neg_if(false), x);
        let plain = fiat::fiat_p256_non_montgomery_domain_field_element(a);
        let converted = in_fiat(|r| fiat::fiat_p256_to_montgomery(r, &plain));
        prop_assert_eq!(Element::from_words(&a).montgomery(), converted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn field_inversion(a in below(P)) {
        let x = Element::from_montgomery(a);
        let one = if x.is_zero() { Element::ZERO } else { Element::ONE };
        prop_assert_eq!(x.mul(&x.invert()), one);
    }

    #[test]
    fn scalar_inversion(a in below(N)) {
        prop_assume!(a != [0; 4]);
        scalar_inverse(&a);
    }

    #[test]
    fn group_law(a in below(N), b in below(N), z in below(P)) {
        let (a, b) = (scalar(&a), scalar(&b));
        prop_assume!(b != Scalar::ZERO && !Element::from_words(&z).is_zero());
        let z = Element::from_words(&z);
        let p = ProjectivePoint::GENERATOR * a;
        let q = ProjectivePoint::GENERATOR * b;
        let (other, minus) = (affine(&q), affine(&q).neg_if(true));
        let p2 = ours(&p).scaled(&z);
        same(&p2.add(&other), &(p + q));
        same(&p2.add(&minus), &(p - q));
        same(&p2.double(), &(p + p));
        let q2 = ours(&q).scaled(&z);
        same(&q2.add(&other), &(q + q));
        same(&q2.add(&minus), &ProjectivePoint::IDENTITY);
        same(&Point::IDENTITY.add(&other), &q);
    }

    #[test]
    fn digits(a in words(), width in 2..=8usize) {
        let digits = Layout { width, stride: 1 }.digits(&a);
        let half = 1 << (width - 1);
        prop_assert!(digits.iter().all(|digit| (1 - half..=half).contains(digit)));
        // Horner; and it does end within the windows.
        let mut sum = [0u64; 4];
        for digit in digits.iter().take(256 / width + 1).rev() {
            for _ in 0..width {
                sum = add_words(&sum, &sum).0;
            }
            let size = [u64::from(digit.unsigned_abs()), 0, 0, 0];
            sum = if *digit < 0 { sub_words(&sum, &size).0 } else { add_words(&sum, &size).0 };
        }
        prop_assert_eq!(sum, a);
        prop_assert!(digits.iter().skip(256 / width + 1).all(|digit| *digit == 0));
    }
}

#[test]
fn doubling_the_identity() {
    same(&Point::IDENTITY.double(), &ProjectivePoint::IDENTITY);
    assert!(!Point::IDENTITY.has_x(&Element::ONE));
    assert!(!Point::IDENTITY.has_x(&Element::ZERO));
}

#[test]
fn constants() {
    let generator = affine(&ProjectivePoint::GENERATOR);
    assert!(generator.x == GENERATOR.x && generator.y == GENERATOR.y);
    let order = scalar(&sub_words(&N, &[1, 0, 0, 0]).0);
    assert_eq!(order + Scalar::ONE, Scalar::ZERO);
    assert_eq!(add_words(&P_MINUS_N, &N), (P, 0));
}

/// Every layout gives the same multiples, of keys and with scalars at which
/// partial sums meet what is added to them.
#[test]
fn multiples() {
    let top = sub_words(&N, &[1, 0, 0, 0]).0;
    let scalars: Vec<Words> = [[0; 4], [1, 0, 0, 0], top]
        .into_iter()
        .chain((0..256).step_by(5).flat_map(|bit| {
            let mut power = [0; 4];
            power[bit / 64] = 1 << (bit % 64);
            [power, sub_words(&power, &[1, 0, 0, 0]).0]
        }))
        .collect();
    for (width, stride) in [
        (5, 4),
        (7, 1),
        (2, 1),
        (3, 5),
        (8, 1),
        (8, 3),
        (6, 43),
        (5, 52),
    ] {
        let layout = Layout { width, stride };
        for key in [1, 3, 1 << 20] {
            let key = ProjectivePoint::GENERATOR * Scalar::from(key as u64);
            let table = Table::new(&affine(&key), layout);
            assert_eq!(table.memory(), layout.memory());
            for scalar in &scalars {
                let multiple = key * self::scalar(scalar);
                same(&table.multiply(scalar), &multiple);
                if stride == 1 {
                    // Meets its own multiples, and ends in the identity.
                    same(
                        &table.add_multiple(ours(&multiple), scalar),
                        &(multiple + multiple),
                    );
                    let minus = ours(&-multiple);
                    same(
                        &table.add_multiple(minus, scalar),
                        &ProjectivePoint::IDENTITY,
                    );
                }
            }
        }
    }
}

/// A point with x = 0: r = p − n must not pass for it, though r + n is 0
/// modulo p.
#[test]
fn x_is_zero() {
    let encoded = Sec1Point::from_bytes([&[2][..], &[0; 32]].concat()).unwrap();
    let zero: AffinePoint = Option::from(AffinePoint::from_sec1_point(&encoded)).unwrap();
    let r = scalar(&P_MINUS_N);
    // R = uG + vQ.
    let (u, v) = (Scalar::from(5u64), Scalar::from(7u64));
    let q = (ProjectivePoint::from(zero) - ProjectivePoint::GENERATOR * u) * v.invert().unwrap();
    let s = r * v.invert().unwrap();
    let e = u * s;
    let key = PreparedKey(Table::new(&affine(&q), KEY_LAYOUT));
    let signature = [r.to_bytes(), s.to_bytes()].concat();
    assert_eq!(
        key.verify_digest(&e.to_bytes().into(), &signature),
        Err(BadSignature)
    );
}
