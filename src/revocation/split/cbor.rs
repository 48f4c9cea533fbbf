//! The documents in CBOR, as CovPass reads them.

use alloc::vec::Vec;
use ciborium::Value;

use super::{Branch, Index, Kids, kind_of};
use crate::codec::cbor;
use crate::codec::instant;
use crate::revocation::{RevocationError, scope};
use crate::{Limits, Timestamp};

/// Every kid has an index, and an index 65,536 places.
const MAX_ITEMS: usize = 1 << 19;

const NOT_KIDS: RevocationError = RevocationError::Form {
    expected: "a list of kids: {h'kid': {h'type byte': count}}",
};
const NOT_INDEX: RevocationError = RevocationError::Form {
    expected: "an index: {h'first byte': [time, count, {h'second byte': [time, count]}]}",
};

fn map(content: &[u8], otherwise: RevocationError) -> Result<Vec<(Value, Value)>, RevocationError> {
    let limits = Limits {
        max_items: MAX_ITEMS,
        ..Limits::default()
    };
    cbor::check(content, &limits)?;
    match ciborium::from_reader(content) {
        Ok(Value::Map(map)) => Ok(map),
        _ => Err(otherwise),
    }
}

pub(super) fn kids(content: &[u8]) -> Result<Kids, RevocationError> {
    let mut kids = Kids::new();
    for (kid, kinds) in map(content, NOT_KIDS)? {
        let kid = scope::kid(kid.as_bytes().ok_or(NOT_KIDS)?)?;
        let counts = kinds.as_map().ok_or(NOT_KIDS)?;
        let of_kid = kids.entry(kid.as_bytes().to_vec()).or_default();
        for (kind, count) in counts {
            let kind = kind_of(kind.as_bytes().ok_or(NOT_KIDS)?)?;
            let count = number(count).ok_or(NOT_KIDS)?;
            if count > 0 {
                of_kid.insert(kind, Some(count));
            }
        }
    }
    Ok(kids)
}

pub(super) fn index(content: &[u8]) -> Result<Index, RevocationError> {
    let mut index = Index::default();
    for (first, place) in map(content, NOT_INDEX)? {
        let place = place.as_array().map(Vec::as_slice);
        let Some([time, count, second]) = place else {
            return Err(NOT_INDEX);
        };
        index.newest = index.newest.max(Some(timestamp(time)?));
        let mut branch = Branch {
            count: Some(number(count).ok_or(NOT_INDEX)?),
            ..Branch::default()
        };
        for (second, place) in second.as_map().ok_or(NOT_INDEX)? {
            let Some([time, count]) = place.as_array().map(Vec::as_slice) else {
                return Err(NOT_INDEX);
            };
            index.newest = index.newest.max(Some(timestamp(time)?));
            let count = number(count).ok_or(NOT_INDEX)?;
            branch.second.insert(byte(second)?, Some(count));
        }
        index.first.insert(byte(&first)?, branch);
    }
    Ok(index)
}

fn byte(value: &Value) -> Result<u8, RevocationError> {
    match value.as_bytes().map(Vec::as_slice) {
        Some([byte]) => Ok(*byte),
        _ => Err(NOT_INDEX),
    }
}

fn number(value: &Value) -> Option<u64> {
    u64::try_from(i128::from(value.as_integer()?)).ok()
}

fn timestamp(value: &Value) -> Result<Timestamp, RevocationError> {
    instant::instant(value).ok_or(NOT_INDEX)
}
