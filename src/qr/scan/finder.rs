//! The corners of symbols.
//!
//! As rxing's `FindFinderPatterns`, which compares each place that looks like a
//! corner with all that were found before, and so can't be bounded from outside.

use alloc::vec;
use alloc::vec::Vec;
use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{
    ConcentricPattern, FixedPattern, GetPatternRowTP, IsPattern, LocateConcentricPattern,
    PatternRow, PatternView,
};
use rxing::qrcode::cpp_port::detector::FinderPatternSet;

use super::work::Work;

/// Dark, light, dark, light, dark.
const RUNS: [u16; 5] = [1, 1, 3, 1, 1];
const PATTERN: FixedPattern<5, 7, false> = FixedPattern::new(RUNS);

/// Lines looked at: one pixel a module, of which the middle has three.
const STEP: usize = 3;

/// Comparing a place with a pattern.
const COMPARE: u64 = 4;
/// Following the edges around a place, and for each pixel of its width.
const LOCATE: u64 = 300;
const LOCATE_PIXEL: u64 = 30;

/// The patterns in the order of the lines, and whether these are all.
pub(super) fn patterns(matrix: &BitMatrix, work: &mut Work) -> (Vec<ConcentricPattern>, bool) {
    let mut found = Found::new(matrix);
    let mut row = PatternRow::default();
    for y in (2..matrix.height()).step_by(STEP) {
        GetPatternRowTP(matrix, y, &mut row, false);
        let runs: Vec<u16> = row.into_iter().collect();
        row = PatternRow::default();
        // Runs begin with a light one, which may be of no pixel.
        let (mut rest, mut in_front) = (runs.as_slice(), 0_u32);
        while let [light, dark @ ..] = rest {
            let start = in_front + u32::from(*light);
            let space = match in_front {
                0 => f32::MAX,
                _ => f32::from(*light),
            };
            let Some(&[a, b, c, d, e]) = dark.first_chunk() else {
                break;
            };
            if !is_like(&[a, b, c, d, e], space) {
                in_front = start + u32::from(a);
                rest = dark.get(1..).unwrap_or_default();
                continue;
            }
            let [a, b, c, d, e] = [a, b, c, d, e].map(u32::from);
            let width = a + b + c + d + e;
            let x = (start + a + b) as f32 + c as f32 / 2.0;
            // The last dark run may be the first of another pattern.
            in_front = start + a + b + c;
            rest = dark.get(3..).unwrap_or_default();
            let place = rxing::point(x, y as f32 + 0.5);
            if !work.charge(COMPARE * found.near(place).count() as u64) {
                return (found.all, false);
            }
            if found.is_known(place) {
                continue;
            }
            if !work.charge(LOCATE + LOCATE_PIXEL * u64::from(width)) {
                return (found.all, false);
            }
            // Three times the width, for very skewed samples.
            let range = i32::try_from(3 * width).unwrap_or(i32::MAX);
            if let Some(located) =
                LocateConcentricPattern::<true, 5, 7>(matrix, &RUNS, place, range)
            {
                found.add(located);
            }
        }
    }
    (found.all, true)
}

/// The patterns found, by where a place can be inside of them.
struct Found {
    all: Vec<ConcentricPattern>,
    /// Cells of so many pixels a side, row by row, with the places in `all` of
    /// the patterns that reach into them.
    cells: Vec<Vec<u32>>,
    columns: usize,
}

const CELL: f32 = 64.0;

impl Found {
    fn new(matrix: &BitMatrix) -> Self {
        let cells = |side: u32| (side as f32 / CELL) as usize + 1;
        let columns = cells(matrix.width());
        Self {
            all: Vec::new(),
            cells: vec![Vec::new(); columns * cells(matrix.height())],
            columns,
        }
    }

    fn near(&self, place: rxing::Point) -> impl Iterator<Item = &ConcentricPattern> {
        let (column, row) = ((place.x / CELL) as usize, (place.y / CELL) as usize);
        let cell = self.cells.get(row * self.columns + column);
        let places = cell.into_iter().flatten();
        places.filter_map(|n| self.all.get(*n as usize))
    }

    fn is_known(&self, place: rxing::Point) -> bool {
        self.near(place)
            .any(|known| rxing::Point::distance(place, known.p) < known.size as f32 / 2.0)
    }

    fn add(&mut self, pattern: ConcentricPattern) {
        let reach = pattern.size as f32 / 2.0;
        // A cast of what is below 0 gives 0.
        let span = |at: f32| ((at - reach) / CELL) as usize..=((at + reach) / CELL) as usize;
        let place = self.all.len() as u32;
        for row in span(pattern.p.y) {
            for column in span(pattern.p.x).take_while(|column| *column < self.columns) {
                if let Some(cell) = self.cells.get_mut(row * self.columns + column) {
                    cell.push(place);
                }
            }
        }
        self.all.push(pattern);
    }
}

/// Whether five runs, after so much light, are like those across a pattern.
fn is_like(runs: &[u16; 5], space: f32) -> bool {
    let [a, b, c, d, e] = *runs;
    c >= 3
        && u32::from(c) >= 2 * u32::from(a.max(e))
        && c >= b.max(d)
        && IsPattern::<true, 5, 7, false>(
            &PatternView::from_slice(runs),
            &PATTERN,
            Some(space),
            0.1,
            0.0,
            0.0,
        ) != 0.0
}

/// What it costs to sample and decode the symbol that has these corners, of
/// which nobody knows yet whether it is one.
pub(super) fn cost_of_sampling(set: &FinderPatternSet) -> u64 {
    let sizes = [set.bl.size, set.tl.size, set.tr.size];
    let size = sizes.into_iter().max().unwrap_or_default().max(7) as f64;
    let least = sizes.into_iter().min().unwrap_or_default().max(1) as f64;
    let side = |a: ConcentricPattern| rxing::Point::distance(a.p, set.tl.p);
    let modules = f64::from(side(set.bl).max(side(set.tr))) * 7.0 / least + 7.0;
    let modules = modules.clamp(21.0, 177.0);
    // Alignment patterns stand some 22 modules apart; around each a ring of
    // several modules is followed from nine places.
    let alignments = (modules / 22.0).powi(2);
    (20_000.0 + 40.0 * modules * modules + 1_000.0 * alignments * size / 7.0) as u64
}
