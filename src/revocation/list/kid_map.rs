//! `{ h'kid ‖ type byte': [h'hash', …], … }`, CBOR.

use super::{Hashes, Keys, RevocationLimits};
use crate::Limits;
use crate::codec::cbor::{CborError, Key, Walk, major};
use crate::revocation::scope;
use crate::revocation::table::{Counter, HashTable, LEAST};
use crate::revocation::{IdentifierKind, RevocationError};
use alloc::format;

const NOT_MAP: RevocationError = RevocationError::Form {
    expected: "a CBOR map of byte strings to arrays of byte strings",
};

/// Whether a CBOR map stands there.
pub(in crate::revocation) fn is(content: &[u8]) -> bool {
    matches!(content, [0xa0..=0xbb | 0xbf, ..])
}

/// Whether the first value is an array of byte strings, in a map that isn't
/// empty.
pub(super) fn is_of_arrays(content: &[u8]) -> Option<bool> {
    let limits = Limits::default();
    let mut walk = Walk::new(content, &limits);
    if walk.head().ok()?.argument == Some(0) {
        return Some(true);
    }
    let head = walk.head().ok()?;
    if head.major != major::BYTES {
        return None;
    }
    walk.string(head).ok()?;
    let array = walk.head().ok()?;
    let first = walk.head();
    Some(
        array.major == major::ARRAY
            && (array.argument == Some(0) || first.is_ok_and(|first| first.major == major::BYTES)),
    )
}

pub(super) fn read(content: &[u8], limits: &RevocationLimits) -> Result<Hashes, RevocationError> {
    let limits_of_cbor = cbor_limits(limits);
    let mut walk = Walk::new(content, &limits_of_cbor);
    let head = walk.head()?;
    if head.major != major::MAP {
        return Err(NOT_MAP);
    }
    let mut hashes = Hashes::new();
    let mut counter = Counter::new(limits);
    let mut fault = None;
    // An error of ours ends the walk, too.
    let ended = CborError::Malformed { at: 0 };
    let walked = walk.map(head, 0, 0, |walk, key, _| {
        read_group(walk, key, content, &mut hashes, &mut counter).map_err(|error| match error {
            RevocationError::Cbor(error) => error,
            error => {
                fault = Some(error);
                ended
            }
        })
    });
    if let Some(error) = fault {
        return Err(error);
    }
    walked?;
    match walk.remaining() {
        0 => Ok(hashes),
        count => Err(CborError::Trailing { count }.into()),
    }
}

fn read_group(
    walk: &mut Walk<'_>,
    key: &Key,
    content: &[u8],
    hashes: &mut Hashes,
    counter: &mut Counter,
) -> Result<(), RevocationError> {
    let Key::Bytes(key) = key else {
        return Err(NOT_MAP);
    };
    let (kind, kid) = key.split_last().ok_or(NOT_MAP)?;
    let kind =
        IdentifierKind::from_type_byte(*kind).ok_or_else(|| RevocationError::UnknownKind {
            kind: format!("{kind:#04x}"),
        })?;
    let kid = scope::kid(kid)?.as_bytes().to_vec();
    let mut table = HashTable::default();
    read_hashes(walk, content, &mut table, counter)?;
    hashes.insert((Keys::Kid(kid), kind), table);
    Ok(())
}

/// An array of hashes and nothing else.
pub(in crate::revocation) fn read_array(
    content: &[u8],
    limits: &RevocationLimits,
) -> Result<HashTable, RevocationError> {
    let limits_of_cbor = cbor_limits(limits);
    let mut walk = Walk::new(content, &limits_of_cbor);
    let mut table = HashTable::default();
    read_hashes(&mut walk, content, &mut table, &mut Counter::new(limits))?;
    match walk.remaining() {
        0 => Ok(table),
        count => Err(CborError::Trailing { count }.into()),
    }
}

fn cbor_limits(limits: &RevocationLimits) -> Limits {
    Limits {
        // One for each hash, array and key.
        max_items: limits.entries.saturating_mul(3).saturating_add(3),
        ..Limits::default()
    }
}

/// An array of byte strings.
fn read_hashes(
    walk: &mut Walk<'_>,
    content: &[u8],
    table: &mut HashTable,
    counter: &mut Counter,
) -> Result<(), RevocationError> {
    let array = walk.head()?;
    if array.major != major::ARRAY {
        return Err(NOT_MAP);
    }
    let mut fault = None;
    let ended = CborError::Malformed { at: walk.at };
    let walked = walk.counted(array.argument, |walk| {
        let head = walk.head()?;
        let hash = match head.major {
            major::BYTES => walk.string(head)?,
            _ => {
                fault = Some(NOT_MAP);
                return Err(ended);
            }
        };
        let pushed = table.push(hash.of(content), LEAST);
        pushed.and_then(|()| counter.count()).map_err(|error| {
            fault = Some(error);
            ended
        })
    });
    if let Some(error) = fault {
        return Err(error);
    }
    walked?;
    table.sort();
    Ok(())
}
