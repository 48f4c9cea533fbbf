//! Files of which no more is read than they may have.

use std::io::{self, Read};
use std::path::Path;

/// More than any record, key, certificate or state of these programs has.
const MAX: u64 = 64 << 20;

/// The content of a file.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    read_from(std::fs::File::open(path)?)
}

/// What a source holds.
pub fn read_from(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX {
        true => Err(io::Error::other("more than 64 MiB")),
        false => Ok(bytes),
    }
}
