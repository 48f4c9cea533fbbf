//! The gateway's batches, JSON.

use super::{Hashes, Keys, RevocationLimits};
use crate::codec::instant;
use crate::codec::json::{self, Lean as Value};
use crate::codec::text::{decode_base64, shown};
use crate::revocation::scope::{self, ANY_KID};
use crate::revocation::table::{Counter, HashTable, LEAST};
use crate::revocation::{IdentifierKind, RevocationError};

const NOT_BATCH: RevocationError = RevocationError::Form {
    expected: "a batch `{country, expires, kid, hashType, entries}`, or an array of them",
};

pub(super) fn read(content: &[u8], limits: &RevocationLimits) -> Result<Hashes, RevocationError> {
    let json = parse(content, limits)?;
    let batches = match &json {
        Value::Array(batches) if !batches.is_empty() => &**batches,
        Value::Object(_) => core::slice::from_ref(&json),
        _ => return Err(NOT_BATCH),
    };
    let mut hashes = Hashes::new();
    let mut counter = Counter::new(limits);
    for batch in batches {
        read_batch(batch, &mut hashes, &mut counter)?;
    }
    hashes.values_mut().for_each(HashTable::sort);
    Ok(hashes)
}

fn read_batch(
    batch: &Value,
    hashes: &mut Hashes,
    counter: &mut Counter,
) -> Result<(), RevocationError> {
    if !batch.is_object() {
        return Err(NOT_BATCH);
    }
    // Of a kid's batch as well: one that can't be read is not the gateway's.
    let country = scope::country(text(batch, "country")?)?;
    text(batch, "expires")?;
    instant::text(batch, "expires")?;
    let kind = text(batch, "hashType")?;
    let kind = IdentifierKind::from_gateway_name(kind)
        .ok_or_else(|| RevocationError::UnknownKind { kind: shown(kind) })?;
    let keys = match text(batch, "kid")? {
        ANY_KID => Keys::of_country(country),
        kid => Keys::Kid(scope::kid_of_text(kid)?.as_bytes().to_vec()),
    };
    let entries = batch.get("entries").and_then(Value::as_array);
    let entries = entries.ok_or(RevocationError::Member {
        name: "entries",
        expected: "an array of objects",
    })?;
    let table = hashes.entry((keys, kind)).or_default();
    for entry in entries {
        counter.count()?;
        let hash = decode_base64(text(entry, "hash")?).ok_or(RevocationError::Member {
            name: "hash",
            expected: "base64",
        })?;
        table.push(&hash, LEAST)?;
    }
    Ok(())
}

pub(in crate::revocation) fn text<'a>(
    object: &'a Value,
    name: &'static str,
) -> Result<&'a str, RevocationError> {
    let text = object.get(name).and_then(Value::as_str);
    text.ok_or(RevocationError::Member {
        name,
        expected: "a text",
    })
}

/// What few values may weigh, however short they are.
const FREE: usize = 12_000;

/// JSON within limits: an entry weighs an object with a text in it.
pub(in crate::revocation) fn parse(
    content: &[u8],
    limits: &RevocationLimits,
) -> Result<Value, RevocationError> {
    let (bytes, max) = (content.len(), limits.json_bytes);
    if bytes > max {
        return Err(RevocationError::TooLarge { bytes, max });
    }
    let weight = json::weight(content);
    if weight > limits.entries.saturating_mul(12).saturating_add(FREE) {
        return Err(RevocationError::TooManyEntries {
            max: limits.entries,
        });
    }
    Ok(json::parse_lean(content)?)
}
