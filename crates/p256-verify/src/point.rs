//! The group law of y² = x³ − 3x + b over the field of P-256.
//!
//! Formulas are those of the Explicit-Formulas Database for short Weierstrass
//! curves, <https://hyperelliptic.org/EFD/g1p/auto-shortw-xyzz.html>. They
//! hold where they divide by nothing that is zero; every other case is told
//! apart before they are used, with a branch: the inputs are public.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::field::Element;

/// A point that is not the identity, in affine coordinates. Aligned to a line
/// of the cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Affine {
    pub(super) x: Element,
    pub(super) y: Element,
}

/// The coefficient b of the curve (SEC 2 §2.4.2), in little-endian words.
const B: Element = Element::from_words(&[
    0x3bce_3c3e_27d2_604b,
    0x651d_06b0_cc53_b0f6,
    0xb3eb_bd55_7698_86bc,
    0x5ac6_35d8_aa3a_93e7,
]);

impl Affine {
    /// Whether y² = x³ − 3x + b.
    pub(super) fn is_on_curve(&self) -> bool {
        let three_x = self.x.double().add(&self.x);
        let right = self.x.square().mul(&self.x).sub(&three_x).add(&B);
        self.y.square() == right
    }

    /// Some of its memory, to have all of it near.
    #[inline(always)]
    pub(super) fn a_word(&self) -> u64 {
        self.x.a_word()
    }

    #[inline(always)]
    pub(super) fn neg_if(&self, negative: bool) -> Self {
        Self {
            x: self.x,
            y: self.y.neg_if(negative),
        }
    }
}

/// A point (X/ZZ, Y/ZZZ) where ZZ³ = ZZZ² ("XYZZ"); the identity has ZZ = 0.
/// No other coordinates add an affine point with fewer multiplications that
/// needn't be undone: 8M + 2S.
#[derive(Clone, Copy)]
pub(super) struct Point {
    x: Element,
    y: Element,
    zz: Element,
    zzz: Element,
}

impl From<&Affine> for Point {
    fn from(point: &Affine) -> Self {
        Self {
            x: point.x,
            y: point.y,
            zz: Element::ONE,
            zzz: Element::ONE,
        }
    }
}

impl Point {
    pub(super) const IDENTITY: Self = Self {
        x: Element::ONE,
        y: Element::ONE,
        zz: Element::ZERO,
        zzz: Element::ZERO,
    };

    pub(super) fn is_identity(&self) -> bool {
        self.zz.is_zero()
    }

    /// `self + other`, complete: for a point of the curve there are no cases
    /// beside these four.
    #[inline]
    pub(super) fn add(&self, other: &Affine) -> Self {
        if self.is_identity() {
            return other.into();
        }
        // madd-2008-s. `p` is zero where both have the same x, that is
        // where other = ±self, and `r` where both have the same y.
        let p = other.x.mul(&self.zz).sub(&self.x);
        let r = other.y.mul(&self.zzz).sub(&self.y);
        if p.is_zero() {
            return if r.is_zero() {
                Self::from(other).double()
            } else {
                Self::IDENTITY
            };
        }
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        let x = r.square().sub(&ppp).sub(&q.double());
        Self {
            x,
            y: r.mul(&q.sub(&x)).sub(&self.y.mul(&ppp)),
            zz: self.zz.mul(&pp),
            zzz: self.zzz.mul(&ppp),
        }
    }

    /// `2 · self`, complete: the formula makes the identity of the identity,
    /// and there is no point with y = 0, for the group's order is odd.
    #[inline]
    pub(super) fn double(&self) -> Self {
        // dbl-2008-s-1 with a = −3: 3X² + a·ZZ² = 3(X − ZZ)(X + ZZ). 7M + 2S.
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        let m = self.x.sub(&self.zz).mul(&self.x.add(&self.zz));
        let m = m.double().add(&m);
        let x = m.square().sub(&s.double());
        Self {
            x,
            y: m.mul(&s.sub(&x)).sub(&w.mul(&self.y)),
            zz: v.mul(&self.zz),
            zzz: w.mul(&self.zzz),
        }
    }

    /// Whether this is not the identity and has the x coordinate `x`.
    pub(super) fn has_x(&self, x: &Element) -> bool {
        !self.is_identity() && x.mul(&self.zz) == self.x
    }

    /// The affine coordinates of points that are not the identity, with one
    /// inversion (Montgomery's trick).
    pub(super) fn to_affine(points: &[Self]) -> Box<[Affine]> {
        if points.is_empty() {
            return Box::default();
        }
        let mut product = Element::ONE;
        let before: Vec<_> = points
            .iter()
            .map(|point| {
                let before = product;
                product = product.mul(&point.zzz);
                before
            })
            .collect();
        // 1 / (the product of all ZZZ up to the point, itself included).
        let mut inverse = product.invert();
        let mut affine: Box<[_]> = points
            .iter()
            .zip(&before)
            .rev()
            .map(|(point, before)| {
                let zzz = inverse.mul(before);
                inverse = inverse.mul(&point.zzz);
                // ZZ / ZZZ = 1 / Z.
                let z = point.zz.mul(&zzz);
                Affine {
                    x: point.x.mul(&z.square()),
                    y: point.y.mul(&zzz),
                }
            })
            .collect();
        affine.reverse();
        affine
    }

    /// The same point with other coordinates.
    #[cfg(test)]
    pub(super) fn scaled(&self, z: &Element) -> Self {
        let (zz, zzz) = (z.square(), z.square().mul(z));
        Self {
            x: self.x.mul(&zz),
            y: self.y.mul(&zzz),
            zz: self.zz.mul(&zz),
            zzz: self.zzz.mul(&zzz),
        }
    }
}
