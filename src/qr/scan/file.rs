//! What it costs to decode a file, before that is done.

use alloc::vec::Vec;
use image::{ColorType, ImageFormat};

/// Bytes that decoding a picture may need.
const MAX_BYTES: u64 = 110_000_000;

/// What a decoder may allocate for itself. Of a PNG that is beside the pixels:
/// its colour profile inflates to any length.
pub(super) fn max_alloc(format: ImageFormat) -> u64 {
    match format {
        ImageFormat::Png => 4 << 20,
        _ => MAX_BYTES,
    }
}

/// How many pixels a picture of this kind may have.
pub(super) fn max_pixels(format: ImageFormat, color: ColorType, bytes: &[u8]) -> u64 {
    let pixel = u64::from(color.bytes_per_pixel());
    let (fixed, sixteenths) = match format {
        ImageFormat::Png => (0, 16 * pixel),
        // The decoder copies the file.
        ImageFormat::Jpeg => (bytes.len() as u64, 16 * pixel + coefficients(bytes)),
        // The canvas, and a frame that may be smaller.
        ImageFormat::Gif => (0, 16 * 2 * pixel),
        // Of an animation also the frame before, and its background.
        _ if is_animated_webp(bytes) => (0, 16 * 12),
        // Planes of other forms than the pixels.
        _ => (0, 16 * (pixel + 5)),
    };
    MAX_BYTES.saturating_sub(fixed) * 16 / sixteenths.max(1)
}

/// The extended header has a flag for it.
fn is_animated_webp(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
}

/// Sixteenths of a byte that a progressive JPEG needs for each pixel until all
/// scans are read: two bytes for each sample of each component.
fn coefficients(bytes: &[u8]) -> u64 {
    let whole = 16 * 2 * 4;
    let Some((marker, frame)) = frame_header(bytes) else {
        return whole;
    };
    if marker != 0xc2 {
        return 0;
    }
    let count = usize::from(frame.get(5).copied().unwrap_or(4));
    let sampling = frame
        .get(6..)
        .unwrap_or_default()
        .chunks_exact(3)
        .take(count);
    let factors: Vec<(u64, u64)> = sampling
        .filter_map(|component| component.get(1))
        .map(|factors| (u64::from(factors >> 4), u64::from(factors & 15)))
        .collect();
    let across = factors.iter().map(|f| f.0).max().unwrap_or_default();
    let down = factors.iter().map(|f| f.1).max().unwrap_or_default();
    match across * down {
        0 => whole,
        block => {
            let samples: u64 = factors.iter().map(|(x, y)| x * y).sum();
            (16 * 2 * samples).div_ceil(block)
        }
    }
}

/// The marker and the content of the first frame header (ITU-T T.81, B.2.2).
fn frame_header(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, tail @ ..] = rest else {
            return None;
        };
        rest = match marker {
            // Fill bytes, and markers without a length.
            0xff => rest.get(1..)?,
            0x01 | 0xd0..=0xd8 => tail,
            _ => {
                let [high, low, ..] = tail else { return None };
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let content = tail.get(2..length)?;
                if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                    return Some((*marker, content));
                }
                tail.get(length..)?
            }
        };
    }
}
