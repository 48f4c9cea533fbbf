use alloc::vec::Vec;
use core::cell::RefCell;
use core::num::NonZeroU64;

use flate2::{Compress, FlushCompress, Status};

/// Longest input that zopfli gets, whose time grows with it; more fits into
/// no QR symbol anyway.
const MAX_ZOPFLI: usize = 4096;

/// More of them make the stream smaller by a tenth of a byte.
const ITERATIONS: NonZeroU64 = NonZeroU64::new(15).unwrap();

/// How hard an issuer tries to make the text of a certificate short.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// The smallest symbol: tens of milliseconds for each certificate.
    #[default]
    Smallest,
    /// Less than a millisecond, for batches; the symbol is a version larger
    /// in three of four cases.
    Fast,
}

/// A zlib stream of `bytes`; see the measurement in the documentation of
/// `issue`. Both ways are deterministic.
pub(super) fn compress(bytes: &[u8], effort: Compression) -> Vec<u8> {
    let fast = flate2(bytes);
    match effort {
        Compression::Fast => fast,
        Compression::Smallest => match zopfli(bytes) {
            Some(small) if small.len() < fast.len() => small,
            _ => fast,
        },
    }
}

std::thread_local! {
    /// A third of a megabyte, which costs more to make than to use.
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(flate2::Compression::best(), true));
}

fn flate2(bytes: &[u8]) -> Vec<u8> {
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        let mut stream = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let taken = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
            let rest = bytes.get(taken..).unwrap_or_default();
            match deflate.compress_vec(rest, &mut stream, FlushCompress::Finish) {
                // There is no room left.
                Ok(Status::Ok | Status::BufError) => stream.reserve(stream.len().max(64)),
                Ok(Status::StreamEnd) => return stream,
                // In memory it does not fail.
                Err(_) => return Vec::new(),
            }
        }
    })
}

fn zopfli(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > MAX_ZOPFLI {
        return None;
    }
    let options = zopfli::Options {
        iteration_count: ITERATIONS,
        ..zopfli::Options::default()
    };
    let mut stream = Vec::new();
    zopfli::compress(options, zopfli::Format::Zlib, bytes, &mut stream).ok()?;
    Some(stream)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::codec::zlib::inflate;
    use alloc::vec;

    #[test]
    fn what_goes_in_comes_out_and_never_larger_than_flate2_makes_it() {
        let all: Vec<u8> = (0..=255).collect();
        let text = br#"{"co":"XX","dn":2,"dt":"2021-05-29","is":"Ministry of Health"}"#;
        let long = vec![1; MAX_ZOPFLI + 1];
        for bytes in [&b""[..], b"a", &all, text, &all.repeat(4), &long] {
            let stream = compress(bytes, Compression::Smallest);
            assert!(inflate(&stream, &Limits::default()).unwrap() == bytes);
            assert!(stream.len() <= flate2(bytes).len());
            assert_eq!(
                stream,
                compress(bytes, Compression::Smallest),
                "deterministic"
            );
            let fast = compress(bytes, Compression::Fast);
            assert!(inflate(&fast, &Limits::default()).unwrap() == bytes);
        }
    }

    #[test]
    fn text_before_random_bytes_gets_smaller_than_flate2_makes_it() {
        // flate2 stores the whole, for the sake of the bytes at the end.
        let mut bytes = b"ministry of health, test centre at the station ".repeat(2);
        bytes.extend((0..64u8).map(|n| n.wrapping_mul(151) ^ 0xa5));
        assert!(compress(&bytes, Compression::Smallest).len() < flate2(&bytes).len());
    }
}
