//! How a symbol that was read is made: its modes, and what surrounds it.

use alloc::vec::Vec;
use rxing::common::{BitMatrix, BitSource};
use rxing::qrcode::common::{Mode, VersionRef};
use rxing::qrcode::cpp_port::decoder::CorrectErrors;
use rxing::qrcode::decoder::{BitMatrixParser, DataBlock};

use super::Luma;

/// The mode of a segment of a QR symbol (ISO/IEC 18004:2015 §7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QrMode {
    /// Digits, mode indicator 0001.
    Numeric,
    /// Digits, capitals and nine signs, mode indicator 0010: the one that
    /// hcert-spec §4.2.2 demands.
    Alphanumeric,
    /// Bytes, mode indicator 0100.
    Byte,
    /// Any other: kanji, hanzi, ECI, FNC1 or structured append.
    Other,
}

impl QrMode {
    /// `numeric`, `alphanumeric`, `byte` or `other`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::Alphanumeric => "alphanumeric",
            Self::Byte => "byte",
            Self::Other => "other",
        }
    }
}

/// The modes of the segments, in their order; empty where they can't be told.
///
/// rxing decodes the segments to a text and keeps nothing of them. Its parts
/// for the codewords are public, so they run once more on the sampled symbol.
pub(super) fn modes(matrix: &BitMatrix, is_mirrored: bool) -> Vec<QrMode> {
    read_modes(matrix, is_mirrored).unwrap_or_default()
}

fn read_modes(matrix: &BitMatrix, is_mirrored: bool) -> Option<Vec<QrMode>> {
    let mut parser = BitMatrixParser::new(matrix.clone()).ok()?;
    if is_mirrored {
        parser.mirror();
    }
    let version = parser.readVersion().ok()?;
    let level = parser.readFormatInformation().ok()?.error_correction_level;
    let codewords = parser.readCodewords().ok()?;
    let mut data = Vec::new();
    for block in DataBlock::getDataBlocks(&codewords, version, level).ok()? {
        let count = block.getNumDataCodewords();
        let mut codewords = block.getCodewords().to_vec();
        CorrectErrors(&mut codewords, count).ok()?;
        data.extend_from_slice(codewords.get(..count as usize)?);
    }
    segments(&data, version)
}

fn segments(data: &[u8], version: VersionRef) -> Option<Vec<QrMode>> {
    let mut bits = BitSource::new(data);
    let mut modes = Vec::new();
    while bits.available() >= 4 {
        let indicator = u8::try_from(bits.readBits(4).ok()?).ok()?;
        let (mode, length): (_, fn(usize) -> usize) = match indicator {
            0 => break,
            1 => (QrMode::Numeric, |n| {
                n / 3 * 10 + [0, 4, 7].get(n % 3).unwrap_or(&0)
            }),
            2 => (QrMode::Alphanumeric, |n| n / 2 * 11 + n % 2 * 6),
            4 => (QrMode::Byte, |n| n * 8),
            // What follows has other forms, and one of these says enough.
            _ => {
                modes.push(QrMode::Other);
                break;
            }
        };
        let width = Mode::forBits(indicator)
            .ok()?
            .getCharacterCountBits(version);
        let mut rest = length(bits.readBits(width.into()).ok()? as usize);
        while rest > 0 {
            let some = rest.min(32);
            bits.readBits(some).ok()?;
            rest -= some;
        }
        modes.push(mode);
    }
    Some(modes)
}

/// Light modules that a symbol needs around it (ISO/IEC 18004:2015 §6.3.8).
const QUIET_ZONE: u8 = 4;

/// So many samples of a ring may be dark: a speck, or a corner that is not
/// exactly where the decoder says.
const DARK_OF_100: usize = 2;

/// Pixels of a module below which the surroundings can't be told.
const SMALLEST_MODULE: f32 = 1.5;

/// What the picture shows around a symbol.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Surroundings {
    /// Rings of light modules, one module wide each, 0 to 4.
    pub quiet_zone: u8,
    /// The symbol is light on dark.
    pub is_reversed: bool,
}

/// Looks at the picture with the corners (top left, top right, bottom right,
/// bottom left) of a symbol of `side` modules.
pub(super) fn surroundings(
    picture: &Luma,
    corners: [(f32, f32); 4],
    side: u16,
) -> Option<Surroundings> {
    let grid = Grid {
        picture,
        corners,
        side: f32::from(side),
    };
    let far = grid.side;
    let [tl, tr, _, bl] = corners;
    let module = |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).hypot(a.1 - b.1) / far;
    // The decoder's corners are not exact to the pixel.
    if module(tl, tr).min(module(tl, bl)) < SMALLEST_MODULE {
        return None;
    }
    // The centres of the finder patterns, and the light rings in them.
    let mean = |ring: f32| {
        let points = [(ring, ring), (far - ring, ring), (ring, far - ring)];
        let sum: Option<u32> = points.map(|(u, v)| grid.luma(u, v)).into_iter().sum();
        Some(sum? / 3)
    };
    let (dark, light) = (mean(3.5)?, mean(1.5)?);
    let middle = dark.midpoint(light);
    let is_reversed = dark > light;
    let is_dark = |luma: Option<u32>| luma.is_none_or(|luma| (luma < middle) != is_reversed);
    let is_free = |ring: u8| {
        let out = f32::from(ring) + 0.5;
        let (mut count, mut dark) = (0_usize, 0_usize);
        for step in 0..=2 * (side + 2 * u16::from(ring) + 1) {
            let along = f32::from(step) / 2.0 - out;
            for (u, v) in [
                (along, -out),
                (along, far + out),
                (-out, along),
                (far + out, along),
            ] {
                count += 1;
                dark += usize::from(is_dark(grid.luma(u, v)));
            }
        }
        dark * 100 <= count * DARK_OF_100
    };
    let free = (0..QUIET_ZONE).take_while(|ring| is_free(*ring));
    Some(Surroundings {
        quiet_zone: free.count() as u8,
        is_reversed,
    })
}

/// The modules of a symbol, and beyond its edges those that would follow.
struct Grid<'a> {
    picture: &'a Luma,
    corners: [(f32, f32); 4],
    side: f32,
}

impl Grid<'_> {
    /// The luminance at a place in modules from the top left corner; `None`
    /// outside the picture.
    fn luma(&self, u: f32, v: f32) -> Option<u32> {
        let [tl, tr, br, bl] = self.corners;
        let (s, t) = (u / self.side, v / self.side);
        let between = |a: f32, b: f32, c: f32, d: f32| {
            let top = a + (b - a) * s;
            let bottom = d + (c - d) * s;
            top + (bottom - top) * t
        };
        let x = between(tl.0, tr.0, br.0, bl.0).floor();
        let y = between(tl.1, tr.1, br.1, bl.1).floor();
        // A cast of what is negative or no number would give the edge.
        if !(x >= 0.0 && y >= 0.0 && x < self.picture.width as f32) {
            return None;
        }
        let at = (y as usize).checked_mul(self.picture.width)?;
        let luma = self.picture.pixels.get(at.checked_add(x as usize)?)?;
        Some(u32::from(*luma))
    }
}
