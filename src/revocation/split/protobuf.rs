//! The documents in protobuf, as the Corona-Warn-App's server writes them:
//! `RevocationKidList { repeated { bytes kid = 1; repeated bytes hashTypes = 2; } items = 1; }`,
//! `RevocationKidTypeIndex { repeated { bytes x = 1; repeated bytes y = 2; } items = 1; }`,
//! `RevocationChunk { repeated bytes hashes = 1; }`.

use super::{Index, Kids, kind_of};
use crate::codec::protobuf::field;
use crate::revocation::table::{Counter, HashTable, LEAST};
use crate::revocation::{RevocationError, RevocationLimits, scope};
use alloc::vec::Vec;

const NOT_PART: RevocationError = RevocationError::Form {
    expected: "a list of kids, an index or a chunk, as protobuf",
};

/// The contents of field 1.
fn items(
    mut message: &[u8],
    mut each: impl FnMut(&[u8]) -> Result<(), RevocationError>,
) -> Result<(), RevocationError> {
    while !message.is_empty() {
        match field(&mut message) {
            Some((1, item)) => each(item)?,
            _ => return Err(NOT_PART),
        }
    }
    Ok(())
}

/// Field 1, once, and the contents of field 2.
fn item(mut item: &[u8]) -> Result<(&[u8], Vec<&[u8]>), RevocationError> {
    let (mut one, mut many) = (None, Vec::new());
    while !item.is_empty() {
        match field(&mut item) {
            Some((1, content)) if one.is_none() => one = Some(content),
            Some((2, content)) => many.push(content),
            _ => return Err(NOT_PART),
        }
    }
    Ok((one.ok_or(NOT_PART)?, many))
}

pub(super) fn kids(content: &[u8], limits: &RevocationLimits) -> Result<Kids, RevocationError> {
    let mut kids = Kids::new();
    let mut counter = Counter::new(limits);
    items(content, |entry| {
        counter.count()?;
        let (kid, kinds) = item(entry)?;
        let kid = scope::kid(kid)?.as_bytes().to_vec();
        let kinds: Result<Vec<_>, _> = kinds.into_iter().map(kind_of).collect();
        let kinds = kinds?.into_iter().map(|kind| (kind, None)).collect();
        match kids.insert(kid, kinds) {
            None => Ok(()),
            Some(_) => Err(NOT_PART),
        }
    })?;
    Ok(kids)
}

pub(super) fn index(content: &[u8]) -> Result<Index, RevocationError> {
    let mut index = Index::default();
    items(content, |entry| {
        let (first, second) = item(entry)?;
        let branch = index.first.entry(byte(first)?).or_default();
        for place in second {
            branch.second.insert(byte(place)?, None);
        }
        Ok(())
    })?;
    Ok(index)
}

fn byte(content: &[u8]) -> Result<u8, RevocationError> {
    match content {
        [byte] => Ok(*byte),
        _ => Err(NOT_PART),
    }
}

pub(super) fn hashes(
    content: &[u8],
    limits: &RevocationLimits,
) -> Result<HashTable, RevocationError> {
    let mut table = HashTable::default();
    let mut counter = Counter::new(limits);
    items(content, |hash| {
        counter.count()?;
        table.push(hash, LEAST)
    })?;
    table.sort();
    Ok(table)
}
