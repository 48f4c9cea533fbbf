//! Multiples of a point, looked up by the digits of a scalar.

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

    /// The signed digit of the window `index`, and the carry into the next
    /// one: `value = digit + carry · 2^width`, where −2^(width−1) < digit ≤
    /// 2^(width−1).
    #[inline]
    fn digit(self, scalar: &Words, index: usize, carry: u32) -> (i32, u32) {
        let bit = index * self.width;
        let word = |index| scalar.get(index).copied().unwrap_or_default();
        let wide = u128::from(word(bit / 64 + 1)) << 64 | u128::from(word(bit / 64));
        let mask = (1 << self.width) - 1;
        let value = (wide >> (bit % 64)) as u32 & mask;
        let value = (value + carry) as i32;
        if value > self.columns() as i32 {
            (value - (1 << self.width), 1)
        } else {
            (value, 0)
        }
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
        let mut bases = Vec::with_capacity(layout.rows());
        for row in 0..layout.rows() {
            if row > 0 {
                for _ in 0..layout.width * layout.stride {
                    base = base.double();
                }
            }
            bases.push(base);
        }
        let mut entries = Vec::with_capacity(layout.rows() * layout.columns());
        for base in &Point::to_affine(&bases) {
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

    /// `sum + scalar · P` where the layout has no gaps; else the doublings
    /// between hit `sum`, too, so start with the identity.
    #[inline]
    pub(super) fn multiply_add(&self, sum: Point, scalar: &Words) -> Point {
        let layout = self.layout;
        let mut digits = [0i16; 129];
        let mut carry = 0;
        for (index, slot) in digits.iter_mut().take(layout.windows()).enumerate() {
            let digit;
            (digit, carry) = layout.digit(scalar, index, carry);
            *slot = digit as i16;
        }
        let mut sum = sum;
        for offset in (0..layout.stride).rev() {
            let digits = digits.iter().take(layout.windows()).skip(offset);
            let rows = self.entries.chunks_exact(layout.columns());
            for (digit, row) in digits.step_by(layout.stride).zip(rows) {
                let column = usize::from(digit.unsigned_abs());
                // 0 has no column.
                let Some(entry) = row.get(column.wrapping_sub(1)) else {
                    continue;
                };
                sum = if *digit < 0 {
                    sum.add(&entry.neg())
                } else {
                    sum.add(entry)
                };
            }
            if offset > 0 {
                for _ in 0..layout.width {
                    sum = sum.double();
                }
            }
        }
        sum
    }
}
