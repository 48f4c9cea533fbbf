//! Fast verification of ECDSA signatures with P-256 and SHA-256 (ES256).
//!
//! ```
//! use p256_verify::{PreparedKey, PublicKey};
//! # use p256::ecdsa::{Signature, SigningKey, signature::Signer};
//! # use sha2::{Digest, Sha256};
//! # let secret = SigningKey::from_slice(&[7; 32])?;
//! # let point = secret.verifying_key().to_sec1_point(false);
//! # let signature: Signature = secret.sign(b"Hello, Ada");
//! # let (point, signature) = (point.as_bytes(), signature.to_bytes());
//! let key = PublicKey::from_sec1_bytes(point)?;
//! let digest = Sha256::digest(b"Hello, Ada").into();
//! assert!(key.verify_digest(&digest, &signature).is_ok());
//!
//! // A key that verifies again and again is worth a table.
//! let prepared = PreparedKey::new(&key);
//! assert!(prepared.verify_digest(&digest, &signature).is_ok());
//! assert_eq!(prepared.memory(), 13_312);
//!
//! let other = Sha256::digest(b"Hello, Bob").into();
//! assert!(prepared.verify_digest(&other, &signature).is_err());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! **Nothing here is constant time.** Time varies with the key, the digest and
//! the signature, which are public in a verification. Never let this code touch
//! a secret: it can't sign, and must not be made to.
//!
//! # Features
//!
//! `std`, on by default: 280 KB of tables that all keys share are made at their
//! first use and kept for the whole process. Without it the crate needs `alloc`
//! alone, keeps nothing between calls, and takes about half as long again.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod field;
mod point;
mod scalar;
mod table;
#[cfg(test)]
mod tests;

use core::fmt;
#[cfg(feature = "std")]
use std::sync::LazyLock;

use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{FieldBytes, NonZeroScalar, Scalar};

use self::field::{Element, P, Words, sub_words, words_from_be};
use self::point::{Affine, Point};
use self::scalar::N;
use self::table::{Layout, Table};

/// 13 KB a key. Twice or seven times as much saves 8 or 18 % of a
/// verification as long as the tables fit into the processor's cache.
const KEY_LAYOUT: Layout = Layout {
    width: 5,
    stride: 4,
};
/// One row, and a doubling for every bit: for a point that is multiplied once.
const ONCE_LAYOUT: Layout = Layout {
    width: 5,
    stride: 52,
};
#[cfg(feature = "std")]
const GENERATOR_LAYOUT: Layout = Layout {
    width: 8,
    stride: 1,
};

/// The base point (SP 800-186 §3.2.1.3).
const GENERATOR: Affine = Affine {
    x: Element::from_words(&[
        0xf4a1_3945_d898_c296,
        0x7703_7d81_2deb_33a0,
        0xf8bc_e6e5_63a4_40f2,
        0x6b17_d1f2_e12c_4247,
    ]),
    y: Element::from_words(&[
        0xcbb6_4068_37bf_51f5,
        0x2bce_3357_6b31_5ece,
        0x8ee7_eb4a_7c0f_9e16,
        0x4fe3_42e2_fe1a_7f9b,
    ]),
};

/// 264 KB for the whole process, made in a millisecond.
#[cfg(feature = "std")]
static GENERATOR_TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new(&GENERATOR, GENERATOR_LAYOUT));

/// p − n: for an `r` below it, `r + n` is an x coordinate, too.
const P_MINUS_N: Words = sub_words(&P, &N).0;

/// The bytes are not a public key: no form of SEC 1 §2.3.3, a point that is not
/// on the curve, or the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidKey;

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a point of the curve P-256")
    }
}

impl core::error::Error for InvalidKey {}

/// The signature does not verify under the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadSignature;

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not verify")
    }
}

impl core::error::Error for BadSignature {}

/// A P-256 public key: a point of the curve that is not the identity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 64]);

impl PublicKey {
    /// Reads a point, compressed or not (SEC 1 §2.3.4).
    pub fn from_sec1_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        if let [4, coordinates @ ..] = bytes {
            let coordinates = coordinates.try_into().map_err(|_| InvalidKey)?;
            return Self::from_coordinates(coordinates);
        }
        let key = p256::PublicKey::from_sec1_bytes(bytes).map_err(|_| InvalidKey)?;
        let encoded = key.to_sec1_point(false);
        let coordinates = encoded.as_bytes().last_chunk().ok_or(InvalidKey)?;
        Ok(Self(*coordinates))
    }

    /// Reads affine coordinates, `x‖y`, big endian.
    pub fn from_coordinates(coordinates: &[u8; 64]) -> Result<Self, InvalidKey> {
        // A list has hundreds of keys, and each is checked as it is read.
        let (words, _) = coordinates.as_chunks();
        let is_below_p = |bytes| sub_words(&words_from_be(bytes), &P).1 == 1;
        let key = Self(*coordinates);
        let is_point = words.iter().all(is_below_p) && key.affine().is_on_curve();
        is_point.then_some(key).ok_or(InvalidKey)
    }

    /// The affine coordinates, `x‖y`, big endian.
    pub fn coordinates(&self) -> &[u8; 64] {
        &self.0
    }

    /// Verifies `signature`, `r‖s` of 64 bytes, of a message whose SHA-256 is
    /// `digest`. An `s` above n/2 is as good as n − s.
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &[u8]) -> Result<(), BadSignature> {
        // A kilobyte of multiples, made in a sixth of the time that verifying
        // with them takes.
        let table = Table::new(&self.affine(), ONCE_LAYOUT);
        verify(&table, digest, signature)
    }

    fn affine(&self) -> Affine {
        let (x, y) = self.0.split_at(32);
        let coordinate = |bytes: &[u8]| {
            let bytes = bytes.first_chunk().copied().unwrap_or_default();
            Element::from_words(&words_from_be(&bytes))
        };
        Affine {
            x: coordinate(x),
            y: coordinate(y),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for byte in self.0.iter().take(8) {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("…)")
    }
}

/// A public key with a table of multiples of it, with which verification takes
/// a third of the time. Making the table takes about as long as two
/// verifications without it.
pub struct PreparedKey(Table);

impl PreparedKey {
    /// Bytes that the table of any key takes.
    pub const MEMORY: usize = KEY_LAYOUT.memory();

    /// Computes the table.
    pub fn new(key: &PublicKey) -> Self {
        Self(Table::new(&key.affine(), KEY_LAYOUT))
    }

    /// Bytes that the table takes.
    pub fn memory(&self) -> usize {
        self.0.memory()
    }

    /// Like [`PublicKey::verify_digest`], and says the same.
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &[u8]) -> Result<(), BadSignature> {
        verify(&self.0, digest, signature)
    }
}

impl fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedKey({} bytes)", self.memory())
    }
}

/// FIPS 186-5 §6.4.2.
fn verify(key: &Table, digest: &[u8; 32], signature: &[u8]) -> Result<(), BadSignature> {
    // Step 1: 0 < r, s < n.
    let (r, s) = r_s(signature).ok_or(BadSignature)?;
    // Steps 2 to 5.
    let e = <Scalar as Reduce<FieldBytes>>::reduce(&(*digest).into());
    let inverse = scalar::invert(&s);
    let (u, v) = (
        scalar::words(&(e * inverse)),
        scalar::words(&(*r * inverse)),
    );
    // Steps 6 and 7: R = uG + vQ. The key's doublings come first.
    let point = add_multiple_of_generator(key.multiply(&v), &u);
    // Steps 8 and 9, without dividing: x(R) = r modulo n. As p < 2n, x(R)
    // is r or r + n. The identity has no x.
    let r = scalar::words(&r);
    let (_, below) = sub_words(&r, &P_MINUS_N);
    let x = Element::from_words(&r);
    let also = x.add(const { &Element::from_words(&N) });
    if point.has_x(&x) || below == 1 && point.has_x(&also) {
        Ok(())
    } else {
        Err(BadSignature)
    }
}

fn r_s(signature: &[u8]) -> Option<(NonZeroScalar, NonZeroScalar)> {
    let signature: &[u8; 64] = signature.try_into().ok()?;
    let scalar = |bytes: &[u8; 32]| NonZeroScalar::from_repr((*bytes).into()).into();
    let r: Option<_> = scalar(signature.first_chunk()?);
    Some((r?, scalar(signature.last_chunk()?)?))
}

#[cfg(feature = "std")]
fn add_multiple_of_generator(point: Point, scalar: &Words) -> Point {
    GENERATOR_TABLE.add_multiple(point, scalar)
}

#[cfg(not(feature = "std"))]
fn add_multiple_of_generator(point: Point, scalar: &Words) -> Point {
    let multiple = Table::new(&GENERATOR, ONCE_LAYOUT).multiply(scalar);
    if multiple.is_identity() {
        return point;
    }
    let affine = Point::to_affine(&[multiple]);
    affine.first().map_or(point, |multiple| point.add(multiple))
}
