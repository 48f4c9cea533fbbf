//! The field of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3), integers modulo
//! p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1.
//!
//! An element `a` is kept in Montgomery form, as the integer `a · 2²⁵⁶ mod p`
//! in four words, the least first. It is always below p, so that equal
//! elements have equal words. Tests hold every operation against
//! `fiat-crypto`, whose field is proven correct; its multiplication takes 1.5
//! times as long.

/// Four words, the least first.
pub(super) type Words = [u64; 4];

/// p.
pub(super) const P: Words = [u64::MAX, 0xffff_ffff, 0, 0xffff_ffff_0000_0001];
/// 2⁵¹² mod p.
const R2: Words = [
    3,
    0xffff_fffb_ffff_ffff,
    0xffff_ffff_ffff_fffe,
    0x0000_0004_ffff_fffd,
];

/// `acc + a · b + carry`: at most (2⁶⁴ − 1)² + 2 (2⁶⁴ − 1) = 2¹²⁸ − 1.
#[inline(always)]
const fn mac(acc: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = acc as u128 + a as u128 * b as u128 + carry as u128;
    (sum as u64, (sum >> 64) as u64)
}

#[inline(always)]
const fn adc(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = a as u128 + b as u128 + carry as u128;
    (sum as u64, (sum >> 64) as u64)
}

#[inline(always)]
const fn sbb(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let difference = (a as u128).wrapping_sub(b as u128 + borrow as u128);
    (difference as u64, (difference >> 64) as u64 & 1)
}

/// `a + b` and the carry.
#[inline(always)]
pub(super) const fn add_words(a: &Words, b: &Words) -> (Words, u64) {
    let (w0, carry) = adc(a[0], b[0], 0);
    let (w1, carry) = adc(a[1], b[1], carry);
    let (w2, carry) = adc(a[2], b[2], carry);
    let (w3, carry) = adc(a[3], b[3], carry);
    ([w0, w1, w2, w3], carry)
}

/// `a − b` modulo 2²⁵⁶, and the borrow.
#[inline(always)]
pub(super) const fn sub_words(a: &Words, b: &Words) -> (Words, u64) {
    let (w0, borrow) = sbb(a[0], b[0], 0);
    let (w1, borrow) = sbb(a[1], b[1], borrow);
    let (w2, borrow) = sbb(a[2], b[2], borrow);
    let (w3, borrow) = sbb(a[3], b[3], borrow);
    ([w0, w1, w2, w3], borrow)
}

/// Four words, big endian.
pub(super) fn words_from_be(bytes: &[u8; 32]) -> Words {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

/// An element of the field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Element(Words);

impl Element {
    pub(super) const ZERO: Self = Self([0; 4]);
    pub(super) const ONE: Self = Self::from_words(&[1, 0, 0, 0]);

    /// The element of an integer below 2²⁵⁶.
    pub(super) const fn from_words(words: &Words) -> Self {
        Self(*words).mul(&Self(R2))
    }

    #[inline(always)]
    pub(super) const fn a_word(&self) -> u64 {
        self.0[0]
    }

    pub(super) fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// `carry · 2²⁵⁶ + words`, below 2p, brought below p.
    #[inline(always)]
    const fn subtract_p_once(words: Words, carry: u64) -> Self {
        let (less, borrow) = sub_words(&words, &P);
        // The integer was below p if there is a borrow and no carry to pay it.
        let (_, below) = sbb(carry, 0, borrow);
        Self::select(below == 1, &Self(words), &Self(less))
    }

    #[inline(always)]
    pub(super) const fn add(&self, other: &Self) -> Self {
        let (sum, carry) = add_words(&self.0, &other.0);
        Self::subtract_p_once(sum, carry)
    }

    #[inline(always)]
    pub(super) const fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    pub(super) const fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = sub_words(&self.0, &other.0);
        // Below zero: p more, and the carry out of 2²⁵⁶ pays the borrow.
        let mask = 0u64.wrapping_sub(borrow);
        let p = [P[0] & mask, P[1] & mask, P[2] & mask, P[3] & mask];
        Self(add_words(&difference, &p).0)
    }

    #[inline(always)]
    const fn select(condition: bool, yes: &Self, no: &Self) -> Self {
        let (yes, no, mask) = (&yes.0, &no.0, 0u64.wrapping_sub(condition as u64));
        Self([
            yes[0] & mask | no[0] & !mask,
            yes[1] & mask | no[1] & !mask,
            yes[2] & mask | no[2] & !mask,
            yes[3] & mask | no[3] & !mask,
        ])
    }

    /// `-self` or `self`, without a branch: half of them would be mispredicted.
    #[inline(always)]
    pub(super) const fn neg_if(&self, negative: bool) -> Self {
        Self::select(negative, &Self::ZERO.sub(self), self)
    }

    /// `self · other / 2²⁵⁶`: the whole product, then the reduction.
    #[inline(always)]
    pub(super) const fn mul(&self, other: &Self) -> Self {
        let (a, b) = (&self.0, &other.0);
        let (t0, carry) = mac(0, a[0], b[0], 0);
        let (t1, carry) = mac(0, a[0], b[1], carry);
        let (t2, carry) = mac(0, a[0], b[2], carry);
        let (t3, t4) = mac(0, a[0], b[3], carry);
        let (t1, carry) = mac(t1, a[1], b[0], 0);
        let (t2, carry) = mac(t2, a[1], b[1], carry);
        let (t3, carry) = mac(t3, a[1], b[2], carry);
        let (t4, t5) = mac(t4, a[1], b[3], carry);
        let (t2, carry) = mac(t2, a[2], b[0], 0);
        let (t3, carry) = mac(t3, a[2], b[1], carry);
        let (t4, carry) = mac(t4, a[2], b[2], carry);
        let (t5, t6) = mac(t5, a[2], b[3], carry);
        let (t3, carry) = mac(t3, a[3], b[0], 0);
        let (t4, carry) = mac(t4, a[3], b[1], carry);
        let (t5, carry) = mac(t5, a[3], b[2], carry);
        let (t6, t7) = mac(t6, a[3], b[3], carry);
        Self::reduce([t0, t1, t2, t3], [t4, t5, t6, t7])
    }

    /// `self · self / 2²⁵⁶`.
    #[inline(always)]
    pub(super) const fn square(&self) -> Self {
        let a = &self.0;
        // The products of two different words, which count twice.
        let (t1, carry) = mac(0, a[0], a[1], 0);
        let (t2, carry) = mac(0, a[0], a[2], carry);
        let (t3, t4) = mac(0, a[0], a[3], carry);
        let (t3, carry) = mac(t3, a[1], a[2], 0);
        let (t4, t5) = mac(t4, a[1], a[3], carry);
        let (t5, t6) = mac(t5, a[2], a[3], 0);
        let t7 = t6 >> 63;
        let t6 = t6 << 1 | t5 >> 63;
        let t5 = t5 << 1 | t4 >> 63;
        let t4 = t4 << 1 | t3 >> 63;
        let t3 = t3 << 1 | t2 >> 63;
        let t2 = t2 << 1 | t1 >> 63;
        let t1 = t1 << 1;
        // The squares of the words. No carry out: the square has eight words.
        let (t0, carry) = mac(0, a[0], a[0], 0);
        let (t1, carry) = adc(t1, carry, 0);
        let (t2, carry) = mac(t2, a[1], a[1], carry);
        let (t3, carry) = adc(t3, carry, 0);
        let (t4, carry) = mac(t4, a[2], a[2], carry);
        let (t5, carry) = adc(t5, carry, 0);
        let (t6, carry) = mac(t6, a[3], a[3], carry);
        let (t7, _) = adc(t7, carry, 0);
        Self::reduce([t0, t1, t2, t3], [t4, t5, t6, t7])
    }

    /// Montgomery reduction: `(low + high · 2²⁵⁶) / 2²⁵⁶` of the product of
    /// two elements.
    ///
    /// After the four steps, `low` is (low + m·p) / 2²⁵⁶ for some m below
    /// 2²⁵⁶, so at most p. `high` is at most (p − 1)² / 2²⁵⁶ < p − 1. Their sum
    /// is below 2p.
    #[inline(always)]
    const fn reduce(low: Words, high: Words) -> Self {
        let low = Self::reduce_word(low);
        let low = Self::reduce_word(low);
        let low = Self::reduce_word(low);
        let low = Self::reduce_word(low);
        let (sum, carry) = add_words(&low, &high);
        Self::subtract_p_once(sum, carry)
    }

    /// `(t + k·p) / 2⁶⁴` with the k below 2⁶⁴ that makes it an integer: as
    /// −1/p = 1 modulo 2⁶⁴, that is t's lowest word. Since
    /// p = P₃·2¹⁹² + 2⁹⁶ − 1, t + k·p is (t − k) + k·2⁹⁶ + k·P₃·2¹⁹², whose
    /// lowest word is zero. It is below 2²⁵⁶ + 2⁶⁴·p < 2³²⁰, so that what is
    /// returned has four words.
    #[inline(always)]
    const fn reduce_word(t: Words) -> Words {
        let k = t[0];
        let (t1, carry) = adc(t[1], k << 32, 0);
        let (t2, carry) = adc(t[2], k >> 32, carry);
        let (t3, t4) = mac(t[3], k, P[3], carry);
        [t1, t2, t3, t4]
    }

    /// `self^(p−2)`, which is `1 / self` (Fermat); 0 gives 0.
    ///
    /// p − 2 is, in bits: 32 ones; 31 zeros and a one; 96 zeros and 94 ones;
    /// a zero and a one.
    pub(super) fn invert(&self) -> Self {
        let squared = |power: Self, times| (0..times).fold(power, |power, _| power.square());
        // `self` to the power of 2, 4, … 32 ones.
        let x2 = squared(*self, 1).mul(self);
        let x4 = squared(x2, 2).mul(&x2);
        let x8 = squared(x4, 4).mul(&x4);
        let x16 = squared(x8, 8).mul(&x8);
        let x32 = squared(x16, 16).mul(&x16);
        let rest = [
            (32, self),
            (128, &x32),
            (32, &x32),
            (16, &x16),
            (8, &x8),
            (4, &x4),
            (2, &x2),
            (2, self),
        ];
        let more = |power, (zeros, ones)| squared(power, zeros).mul(ones);
        rest.into_iter().fold(x32, more)
    }

    #[cfg(test)]
    pub(super) fn from_montgomery(words: Words) -> Self {
        Self(words)
    }

    #[cfg(test)]
    pub(super) fn montgomery(&self) -> Words {
        self.0
    }
}
