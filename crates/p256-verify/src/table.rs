//! Multiples of a point, looked up by the digits of a scalar.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::field::Words;
use super::point::{Affine, Point};

/// How a scalar is cut into windows, and for which of them multiples are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Bits in a window, 2 to 8.
    pub(super) width: usize,
    /// Every how many windows multiples are kept; the ones between need
    /// `width · (stride − 1)` doublings in all.
    pub(super) stride: usize,
}

impl Layout {
    /// Windows of a scalar of 256 bits and the carry out of it: where `width`
    /// divides 256, the last one holds the carry alone.
    const fn windows(self) -> usize {
        256 / self.width + 1
    }

    const fn rows(self) -> usize {
        self.windows().div_ceil(self.stride)
    }

    /// Entries in a row: the digits 1 to 2^(width−1).
    const fn columns(self) -> usize {
        1 << (self.width - 1)
    }

    pub(super) const fn memory(self) -> usize {
        self.rows() * self.columns() * size_of::<Affine>()
    }

    /// The digits of a scalar, the least first and zero after the last: each
    /// more than −2^(width−1) and at most 2^(width−1), and the sum of all
    /// `digit · 2^(width·index)` is the scalar.
    pub(super) fn digits(self, scalar: &Words) -> [i16; 129] {
        let mut digits = [0; 129];
        let word = |index| u128::from(scalar.get(index).copied().unwrap_or_default());
        let mut carry = 0;
        for (index, digit) in digits.iter_mut().take(self.windows()).enumerate() {
            let bit = index * self.width;
            let bits = (word(bit / 64 + 1) << 64 | word(bit / 64)) >> (bit % 64);
            let value = bits as i16 & ((1 << self.width) - 1);
            let value = value + carry;
            carry = i16::from(value > self.columns() as i16);
            *digit = value - (carry << self.width);
        }
        digits
    }
}

/// For a point P, `d · 2^(width·stride·row) · P` for every row and digit d.
pub(super) struct Table {
    layout: Layout,
    /// Row by row. No entry is the identity: neither d nor 2 has a factor in
    /// common with the order of the group, which is prime.
    entries: Box<[Affine]>,
}

impl Table {
    pub(super) fn new(point: &Affine, layout: Layout) -> Self {
        let mut base = Point::from(point);
        let mut others = Vec::with_capacity(layout.rows());
        for _ in 1..layout.rows() {
            for _ in 0..layout.width * layout.stride {
                base = base.double();
            }
            others.push(base);
        }
        let mut entries = Vec::with_capacity(layout.rows() * layout.columns());
        for base in [*point].iter().chain(&Point::to_affine(&others)) {
            let mut multiple = Point::IDENTITY;
            for _ in 0..layout.columns() {
                multiple = multiple.add(base);
                entries.push(multiple);
            }
        }
        Self {
            layout,
            entries: Point::to_affine(&entries),
        }
    }

    /// Bytes that the table takes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.entries)
    }

    /// `scalar · P`.
    pub(super) fn multiply(&self, scalar: &Words) -> Point {
        let digits = self.layout.digits(scalar);
        self.fetch(&digits);
        let mut sum = Point::IDENTITY;
        // Of each group of `stride` windows, the last ones first (Horner).
        for offset in (0..self.layout.stride).rev() {
            sum = self.add_rows(sum, &digits, offset);
            if offset > 0 {
                for _ in 0..self.layout.width {
                    sum = sum.double();
                }
            }
        }
        sum
    }

    /// `point + scalar · P`, from a table that has a row for every window.
    #[cfg(any(feature = "std", test))]
    pub(super) fn add_multiple(&self, point: Point, scalar: &Words) -> Point {
        debug_assert_eq!(self.layout.stride, 1);
        let digits = self.layout.digits(scalar);
        self.fetch(&digits);
        self.add_rows(point, &digits, 0)
    }

    /// Reads a word of each entry that is to be added. The tables of many keys
    /// don't fit into the nearer caches, and an addition takes longer than the
    /// processor looks ahead: left to themselves, the additions would wait for
    /// one entry after the other.
    fn fetch(&self, digits: &[i16; 129]) {
        let mut words = 0;
        let rows = self.entries.chunks_exact(self.layout.columns());
        for (digits, row) in digits.chunks(self.layout.stride).zip(rows) {
            for digit in digits {
                let column = usize::from(digit.unsigned_abs()).wrapping_sub(1);
                words ^= row.get(column).map_or(0, Affine::a_word);
            }
        }
        core::hint::black_box(words);
    }

    /// Adds from each row the multiple for the window `offset` of its group.
    fn add_rows(&self, mut sum: Point, digits: &[i16], offset: usize) -> Point {
        let digits = digits.iter().skip(offset).step_by(self.layout.stride);
        let rows = self.entries.chunks_exact(self.layout.columns());
        for (digit, row) in digits.zip(rows) {
            let column = usize::from(digit.unsigned_abs()).wrapping_sub(1);
            // The digit 0 has no column.
            if let Some(entry) = row.get(column) {
                sum = sum.add(&entry.neg_if(*digit < 0));
            }
        }
        sum
    }
}
