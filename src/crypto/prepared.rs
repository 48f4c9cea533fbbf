//! ECDSA verification with P-256 for public data, with precomputed multiples.

mod field;
mod point;
mod scalar;
mod table;

use core::fmt;
use std::sync::LazyLock;

use p256::elliptic_curve::ops::Reduce;
use p256::{AffinePoint, EncodedPoint, Scalar, U256};
use p256::elliptic_curve::sec1::ToEncodedPoint;

use self::field::{Element, Words, add_words, words_from_be};
use self::point::{Affine, Point};
use self::table::{Layout, Table};
use super::{BadSignature, PublicKey};

const KEY_LAYOUT: Layout = Layout { width: 5, stride: 2 };
const GENERATOR_LAYOUT: Layout = Layout { width: 7, stride: 1 };

/// Multiples of the generator: 148 KB for the whole process.
static GENERATOR: LazyLock<Option<Table>> = LazyLock::new(|| {
    let point = affine(&AffinePoint::GENERATOR.to_encoded_point(false))?;
    Some(Table::new(&point, GENERATOR_LAYOUT))
});

fn affine(point: &EncodedPoint) -> Option<Affine> {
    let coordinate = |bytes: Option<&p256::FieldBytes>| {
        let words = words_from_be(&(*bytes?).into());
        Some(Element::from_words(&words))
    };
    Some(Affine {
        x: coordinate(point.x())?,
        y: coordinate(point.y())?,
    })
}

pub struct PreparedKey(Table);

impl PreparedKey {
    pub fn new(key: &PublicKey) -> Option<Self> {
        let point = p256::EncodedPoint::from_untagged_bytes(key.p256_point()?.try_into().ok().map(|p: &[u8; 64]| p.into())?);
        Some(Self(Table::new(&affine(&point)?, KEY_LAYOUT)))
    }
    #[doc(hidden)]
    pub fn with_layout(key: &PublicKey, width: usize, stride: usize) -> Option<Self> {
        let point = p256::EncodedPoint::from_untagged_bytes(key.p256_point()?.try_into().ok().map(|p: &[u8; 64]| p.into())?);
        Some(Self(Table::new(&affine(&point)?, Layout { width, stride })))
    }
    pub fn memory(&self) -> usize { self.0.memory() }
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = p256::ecdsa::Signature::from_slice(signature).map_err(|_| BadSignature)?;
        let (r, s) = signature.split_scalars();
        let e = <Scalar as Reduce<U256>>::reduce_bytes(digest.into());
        let w = scalar::invert(&s).ok_or(BadSignature)?;
        let (u1, u2) = (e * w, *r * w);
        let sum = self.0.multiply_add(Point::IDENTITY, &scalar::words(&u2));
        let sum = GENERATOR.as_ref().ok_or(BadSignature)?.multiply_add(sum, &scalar::words(&u1));
        if sum.has_x(&Element::from_words(&scalar::words(&r))) { Ok(()) } else { Err(BadSignature) }
    }
}
