//! zlib (RFC 1950 and 1951; hcert-spec 1.0.8 §4.2.1).

use crate::Limits;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// Why bytes are not a zlib stream, or not one that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZlibError {
    /// The two bytes in front are no zlib header (RFC 1950 §2.2).
    #[error("no zlib header")]
    Header,
    /// The stream wants a preset dictionary (RFC 1950 §2.2, FDICT).
    #[error("the zlib stream wants a preset dictionary")]
    Dictionary,
    /// The compressed data are wrong, or the Adler-32 checksum is.
    #[error("the zlib stream is damaged")]
    Damaged,
    /// The stream ends early.
    #[error("the zlib stream is cut off")]
    CutOff,
    /// Inflates to more than [`Limits::max_inflated`].
    #[error("the zlib stream inflates to more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Bytes follow the stream.
    #[error("{count} bytes follow the zlib stream")]
    Trailing {
        /// How many.
        count: usize,
    },
}

impl ZlibError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Header => "zlib-header",
            Self::Dictionary => "zlib-dictionary",
            Self::Damaged => "zlib-damaged",
            Self::CutOff => "zlib-cut-off",
            Self::TooLarge { .. } => "zlib-too-large",
            Self::Trailing { .. } => "zlib-trailing",
        }
    }
}

/// Inflates one zlib stream, never to more than the limit.
pub fn inflate(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ZlibError> {
    let [cmf, flags, ..] = *bytes else {
        return Err(ZlibError::Header);
    };
    let header = u16::from_be_bytes([cmf, flags]);
    if cmf & 0x0f != 8 || cmf >> 4 > 7 || header % 31 != 0 {
        return Err(ZlibError::Header);
    }
    if flags & 0x20 != 0 {
        return Err(ZlibError::Dictionary);
    }
    let limit = limits.max_inflated;
    match inflate_usual(bytes, limit) {
        Some(out) => Ok(out),
        None => inflate_any(bytes, limit),
    }
}

/// A good stream of ordinary size, in half the time that `miniz_oxide` takes.
/// Nothing that is refused is decided here.
#[cfg(feature = "std")]
fn inflate_usual(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    use zlib_rs::{Inflate, InflateFlush};
    const WINDOW_BITS: u8 = 15;
    let room = bytes.len().saturating_mul(3).clamp(1024, limit.max(1024));
    let mut out = vec![0; room];
    let mut inflater = Inflate::new(true, WINDOW_BITS);
    let status = inflater.decompress(bytes, &mut out, InflateFlush::Finish);
    let size = usize::try_from(inflater.total_out()).ok()?;
    let whole = inflater.total_in() == bytes.len() as u64 && size <= limit;
    if !whole || status != Ok(zlib_rs::Status::StreamEnd) {
        return None;
    }
    out.truncate(size);
    Some(out)
}

#[cfg(not(feature = "std"))]
fn inflate_usual(_: &[u8], _: usize) -> Option<Vec<u8>> {
    None
}

/// Any stream, and why it is refused. What is inflated is the window, so that
/// no other one is needed.
fn inflate_any(bytes: &[u8], limit: usize) -> Result<Vec<u8>, ZlibError> {
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER
        | TINFL_FLAG_COMPUTE_ADLER32
        | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut inflater = Box::<DecompressorOxide>::default();
    let mut out = vec![0; bytes.len().saturating_mul(2).clamp(64, limit.max(64))];
    let (mut taken, mut made) = (0, 0);
    loop {
        let rest = bytes.get(taken..).unwrap_or_default();
        let (status, read, written) = decompress(&mut inflater, rest, &mut out, made, flags);
        (taken, made) = (taken + read, made + written);
        if matches!(status, TINFLStatus::Failed | TINFLStatus::Adler32Mismatch) {
            return Err(ZlibError::Damaged);
        }
        if made > limit {
            return Err(ZlibError::TooLarge { limit });
        }
        match status {
            TINFLStatus::Done => {
                out.truncate(made);
                return match bytes.len() - taken {
                    0 => Ok(out),
                    count => Err(ZlibError::Trailing { count }),
                };
            }
            // One byte past the limit is room enough to see that it is passed.
            TINFLStatus::HasMoreOutput => {
                let room = limit.saturating_add(1).saturating_sub(out.len());
                let more = out.len().clamp(1, room.max(1));
                // No more than that: `resize` alone may take twice as much.
                out.reserve_exact(more);
                out.resize(out.len() + more, 0);
            }
            _ => return Err(ZlibError::CutOff),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deflate(data: &[u8], level: u32) -> Vec<u8> {
        let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
        z.write_all(data).unwrap();
        z.finish().unwrap()
    }

    /// By the stream of flate2, with a window of its own.
    fn by_flate2(bytes: &[u8], limit: usize) -> Result<Vec<u8>, ZlibError> {
        use flate2::{Decompress, FlushDecompress, Status};
        let mut inflater = Decompress::new(true);
        let mut out = Vec::with_capacity(64);
        loop {
            let before = (inflater.total_in(), inflater.total_out());
            let rest = &bytes[before.0 as usize..];
            let status = inflater
                .decompress_vec(rest, &mut out, FlushDecompress::None)
                .map_err(|_| ZlibError::Damaged)?;
            if out.len() > limit {
                return Err(ZlibError::TooLarge { limit });
            }
            match status {
                Status::StreamEnd => {
                    return match bytes.len() - inflater.total_in() as usize {
                        0 => Ok(out),
                        count => Err(ZlibError::Trailing { count }),
                    };
                }
                _ if out.len() == out.capacity() => out.reserve(out.len()),
                _ if (inflater.total_in(), inflater.total_out()) == before => {
                    return Err(ZlibError::CutOff);
                }
                _ => {}
            }
        }
    }

    fn inflated(bytes: &[u8]) -> Result<Vec<u8>, ZlibError> {
        inflate(bytes, &Limits::default())
    }

    #[test]
    fn d6_output_at_the_limit_passes_and_one_more_byte_does_not() {
        let limits = Limits {
            max_inflated: 1000,
            ..Limits::default()
        };
        assert_eq!(
            inflate(&deflate(&[7; 1000], 9), &limits).unwrap(),
            [7; 1000]
        );
        let limit = 1000;
        for size in [1001, 1002, 4000, 1_000_000] {
            let bomb = deflate(&vec![0; size], 9);
            assert_eq!(
                inflate(&bomb, &limits),
                Err(ZlibError::TooLarge { limit }),
                "{size}"
            );
        }
        let all = Limits {
            max_inflated: usize::MAX,
            ..Limits::default()
        };
        let bomb = deflate(&vec![0; 1_000_000], 9);
        assert_eq!(inflate(&bomb, &all).unwrap().len(), 1_000_000);
        let none = Limits {
            max_inflated: 0,
            ..Limits::default()
        };
        assert_eq!(inflate(&deflate(&[], 9), &none), Ok(vec![]));
        assert_eq!(
            inflate(&deflate(&[1], 9), &none),
            Err(ZlibError::TooLarge { limit: 0 })
        );
    }

    #[test]
    fn d7_only_a_whole_zlib_stream_is_read() {
        let good = deflate(b"a certificate", 6);
        assert_eq!(inflated(&good).unwrap(), b"a certificate");
        assert_eq!(inflated(b"a certificate"), Err(ZlibError::Header));
        assert_eq!(inflated(&good[2..]), Err(ZlibError::Header), "raw deflate");
        assert_eq!(inflated(&[]), Err(ZlibError::Header));
        for end in 2..good.len() {
            assert_eq!(
                inflated(&good[..end]),
                Err(ZlibError::CutOff),
                "cut at {end}"
            );
        }
        let mut long = good.clone();
        long.push(0);
        assert_eq!(inflated(&long), Err(ZlibError::Trailing { count: 1 }));
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        assert_eq!(inflated(&bad), Err(ZlibError::Damaged), "Adler-32");
        // FDICT set, with a header checksum that fits.
        assert_eq!(
            inflated(&[0x78, 0x20, 0, 0, 0, 0, 3, 0]),
            Err(ZlibError::Dictionary)
        );
    }

    proptest::proptest! {
        /// Good streams, cut and changed ones; of one repeated byte, too.
        #[test]
        fn both_ways_agree(
            data: Vec<u8>,
            times in 1..200_usize,
            level in 0..=9_u32,
            change in proptest::option::of((proptest::prelude::any::<proptest::sample::Index>(), 1..=u8::MAX)),
            limit in 0..20_000_usize,
        ) {
            let mut stream = deflate(&data.repeat(times), level);
            if let Some((at, bits)) = change {
                let at = at.index(stream.len());
                stream[at] ^= bits;
            }
            let any = inflate_any(&stream, limit);
            if let Some(out) = inflate_usual(&stream, limit) {
                proptest::prop_assert_eq!(&any, &Ok(out));
            }
            match (&any, by_flate2(&stream, limit)) {
                // Of what is both, that comes first up to which each has looked.
                (Err(ZlibError::TooLarge { .. }), Err(ZlibError::Damaged))
                | (Err(ZlibError::Damaged), Err(_)) => {}
                // flate2 takes what lies before the stream for zeros.
                (Err(ZlibError::Damaged), Ok(_)) => {
                    proptest::prop_assert!(inflate_usual(&stream, 1 << 20).is_none());
                }
                (any, flate2) => proptest::prop_assert_eq!(any, &flate2),
            }
        }
    }

    #[test]
    fn d7_every_level_and_window_that_zlib_writes_is_read() {
        for level in 0..=9 {
            assert_eq!(inflated(&deflate(b"x", level)).unwrap(), b"x");
        }
        for header in [
            [0x08, 0x1d],
            [0x18, 0x19],
            [0x48, 0x89],
            [0x78, 0x01],
            [0x78, 0xda],
        ] {
            let mut stream = deflate(b"x", 6);
            stream[..2].copy_from_slice(&header);
            assert_eq!(inflated(&stream).unwrap(), b"x", "{header:02x?}");
            assert_eq!(inflate_any(&stream, 1).unwrap(), b"x", "{header:02x?}");
        }
    }

    /// One copy of three bytes from before the stream, which a window of zeros
    /// would have, with the checksum of three zeros.
    #[test]
    fn nothing_is_before_the_stream() {
        let stream = [0x78, 0x9c, 0x03, 0x02, 0x00, 0x00, 0x03, 0x00, 0x01];
        assert_eq!(by_flate2(&stream, 64), Ok(vec![0; 3]));
        assert_eq!(
            inflate(&stream, &Limits::default()),
            Err(ZlibError::Damaged)
        );
        assert_eq!(inflate_any(&stream, 64), Err(ZlibError::Damaged));
    }
}
