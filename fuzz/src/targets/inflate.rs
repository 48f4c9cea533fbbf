//! zlib, against flate2's reader.

use std::io::Read;

use flate2::{Decompress, FlushDecompress, Status, bufread::ZlibDecoder};
use hcert::Limits;
use hcert::format::hc1::zlib::{ZlibError, inflate};

/// A stream with the right header and checksum around the raw deflate stream
/// (RFC 1951) at the start of the data, if there is one.
fn mended(data: &[u8], room: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut inflater = Decompress::new(false);
    let mut out = Vec::with_capacity(room);
    let status = inflater.decompress_vec(data, &mut out, FlushDecompress::Finish);
    if !matches!(status, Ok(Status::StreamEnd)) {
        return None;
    }
    let (a, b) = out.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    let raw = &data[..inflater.total_in() as usize];
    let stream = [&[0x78, 0x9c], raw, &(b << 16 | a).to_be_bytes()].concat();
    Some((stream, out))
}

/// Whether zlib would read it: flate2's reader takes what lies before the stream
/// for zeros, where a distance reaches there.
fn is_whole(data: &[u8]) -> bool {
    let mut out = vec![0; 1 << 20];
    let mut inflater = zlib_rs::Inflate::new(true, 15);
    let status = inflater.decompress(data, &mut out, zlib_rs::InflateFlush::Finish);
    status == Ok(zlib_rs::Status::StreamEnd)
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let mut limits = Limits::default();
    limits.max_inflated = 4096;
    let limit = limits.max_inflated;
    let ours = inflate(data, &limits);

    let mut reader = ZlibDecoder::new(data);
    let mut theirs = Vec::new();
    let read = (&mut reader)
        .take(limit as u64 + 1)
        .read_to_end(&mut theirs);
    let whole = read.is_ok() && reader.total_in() == data.len() as u64;
    match ours {
        Ok(out) => assert!(out.len() <= limit && read.is_ok() && out == theirs),
        // flate2 fills a window first, and may find damage behind the limit.
        Err(ZlibError::TooLarge { .. }) => assert!(theirs.len() > limit || read.is_err()),
        Err(_) => assert!(!whole || theirs.len() > limit || !is_whole(data)),
    }

    if let Some((stream, out)) = mended(data, limit + 1) {
        let expected = if out.len() > limit {
            Err(ZlibError::TooLarge { limit })
        } else {
            Ok(out)
        };
        assert!(inflate(&stream, &limits) == expected || !is_whole(&stream));
    }
}

