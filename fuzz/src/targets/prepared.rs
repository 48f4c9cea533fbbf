//! `p256-verify` against `p256`, on signatures whose R = uG + vQ is chosen.

use std::cell::RefCell;

use arbitrary::{Arbitrary, Result, Unstructured};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::ff::Field;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
use p256::{AffinePoint, FieldBytes, Sec1Point, ProjectivePoint, Scalar};
use p256_verify::{PreparedKey, PublicKey};

/// Sums of a few ±k·2ⁱ, which have few digits that are not zero, or anything.
#[derive(Debug)]
struct Number(Scalar);

impl<'a> Arbitrary<'a> for Number {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let terms = u.int_in_range(0..=4)?;
        if terms == 0 {
            let bytes: [u8; 32] = u.arbitrary()?;
            return Ok(Self(<Scalar as Reduce<FieldBytes>>::reduce(&bytes.into())));
        }
        let mut sum = Scalar::ZERO;
        for _ in 0..terms {
            let (k, power) = (u.arbitrary::<i8>()?, u.arbitrary::<u8>()?);
            let size = Scalar::from(u64::from(k.unsigned_abs()));
            let term = size * Field::pow_vartime(&Scalar::from(2u64), [power.into()]);
            sum += if k < 0 { -term } else { term };
        }
        Ok(Self(sum))
    }
}

#[derive(Arbitrary, Debug)]
enum Input {
    /// Bytes as they are, for the key dG.
    Raw {
        d: Number,
        digest: [u8; 32],
        signature: Vec<u8>,
    },
    /// R = uG + vQ for Q = dG, where `relation` makes u cancel or double vQ.
    Made {
        d: Number,
        u: Number,
        v: Number,
        relation: u8,
        /// Bits of digest and signature to flip.
        flips: Vec<u16>,
    },
    /// R with this x, below p, and a key that it fits.
    At {
        x: [u8; 32],
        /// Replaced by the first bytes of n.
        high: bool,
        u: Number,
        v: Number,
    },
}

fn x_mod_n(point: &ProjectivePoint) -> Option<Scalar> {
    let point = point.to_affine().to_sec1_point(false);
    point.x().map(<Scalar as Reduce<FieldBytes>>::reduce)
}

/// The digest and the signature for which `r` is to be the x of uG + vQ.
fn signed(r: &Scalar, u: &Scalar, v: &Scalar) -> Option<([u8; 32], Vec<u8>)> {
    let s = r * &Option::<Scalar>::from(v.invert())?;
    let signature = [r.to_bytes(), s.to_bytes()].concat();
    Some(((u * &s).to_bytes().into(), signature))
}

struct Key {
    point: ProjectivePoint,
    plain: VerifyingKey,
    prepared: PreparedKey,
    /// Nobody prepares it.
    once: PublicKey,
}

impl Key {
    fn new(point: ProjectivePoint) -> Option<Self> {
        let plain = VerifyingKey::from_affine(point.to_affine()).ok()?;
        let encoded = plain.to_sec1_point(false);
        let key = PublicKey::from_sec1_bytes(encoded.as_bytes()).expect("on the curve");
        Some(Self {
            point,
            plain,
            prepared: PreparedKey::new(&key),
            once: key,
        })
    }

    fn check(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        let plain = Signature::from_slice(signature)
            .and_then(|signature| self.plain.verify_prehash(digest, &signature))
            .is_ok();
        let prepared = self.prepared.verify_digest(digest, signature).is_ok();
        assert_eq!(prepared, plain);
        assert_eq!(self.once.verify_digest(digest, signature).is_ok(), plain);
        plain
    }
}

thread_local! {
    /// The last key: preparing one takes longer than verifying.
    static LAST: RefCell<Option<(Scalar, Key)>> = const { RefCell::new(None) };
}

fn with_key(d: Scalar, run: impl FnOnce(&Key)) {
    LAST.with_borrow_mut(|last| {
        if last.as_ref().is_none_or(|(known, _)| *known != d) {
            *last = Key::new(ProjectivePoint::GENERATOR * d).map(|key| (d, key));
        }
        if let Some((_, key)) = last {
            run(key);
        }
    });
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    match input {
        Input::Raw {
            d,
            digest,
            signature,
        } => with_key(d.0, |key| {
            key.check(&digest, &signature);
        }),
        Input::Made {
            d,
            u,
            v,
            relation,
            flips,
        } => with_key(d.0, |key| {
            let u = match relation % 4 {
                0 => u.0 - v.0 * d.0,
                1 => u.0 + v.0 * d.0,
                2 => -(v.0 * d.0),
                _ => u.0,
            };
            let point = ProjectivePoint::GENERATOR * u + key.point * v.0;
            let is_identity = x_mod_n(&point).is_none();
            let r = x_mod_n(&point).unwrap_or(v.0);
            let Some((mut digest, mut signature)) = signed(&r, &u, &v.0) else {
                return;
            };
            assert_eq!(
                key.check(&digest, &signature),
                !is_identity && r != Scalar::ZERO
            );
            for bit in flips.iter().take(8) {
                let (byte, bit) = (usize::from(bit / 8) % 96, bit % 8);
                match byte.checked_sub(64) {
                    None => signature[byte] ^= 1 << bit,
                    Some(byte) => digest[byte] ^= 1 << bit,
                }
            }
            key.check(&digest, &signature);
        }),
        Input::At { mut x, high, u, v } => {
            if high {
                // From 2²⁵⁶ − 2²²⁴ on; n and p are there.
                x[..8].copy_from_slice(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
                x[8..16].fill(0xff);
            }
            let bytes = [&[2][..], &x].concat();
            let Ok(encoded) = Sec1Point::from_bytes(bytes) else {
                return;
            };
            let point: Option<AffinePoint> = AffinePoint::from_sec1_point(&encoded).into();
            let inverse: Option<Scalar> = v.0.invert().into();
            let Some((point, inverse)) = point.zip(inverse) else {
                return;
            };
            let q = (ProjectivePoint::from(point) - ProjectivePoint::GENERATOR * u.0) * inverse;
            let r = <Scalar as Reduce<FieldBytes>>::reduce(&x.into());
            if let Some(key) = Key::new(q)
                && let Some((digest, signature)) = signed(&r, &u.0, &v.0)
            {
                assert_eq!(key.check(&digest, &signature), r != Scalar::ZERO);
            }
        }
    }
}

