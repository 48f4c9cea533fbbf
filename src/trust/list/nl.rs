//! The Netherlands' public keys: `{kid: [{subjectPk, keyUsage}]}`, bare or
//! under `eu_keys`, bare or as the `payload` of `{payload, signature}`.

use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value};

use super::{Content, parse_json};
use crate::codec::instant;
use crate::codec::text::decode_base64;
use crate::crypto::kid::Kid;
use crate::record::usage::Usage;
use crate::trust::error::LoadError;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};
use crate::trust::usage::KeyUsage;

pub(super) fn is(object: &Map<String, Value>) -> bool {
    let envelope = object.get("payload").is_some_and(Value::is_string)
        && object.get("signature").is_some_and(Value::is_string);
    let keys = object.get("eu_keys").and_then(Value::as_object);
    envelope
        || keys.unwrap_or(object).values().any(|keys| {
            let keys = keys.as_array().into_iter().flatten();
            keys.take(8).any(|key| key.get("subjectPk").is_some())
        })
}

pub(super) fn read(source: &Source, list: &Value) -> Result<Content, LoadError> {
    let decoded;
    let list = match list.get("payload").and_then(Value::as_str) {
        Some(payload) => {
            let bytes = decode_base64(payload).ok_or(NOT_LIST)?;
            decoded = parse_json(&bytes, &source.limits)?;
            &decoded
        }
        None => list,
    };
    let list = list.get("eu_keys").unwrap_or(list);
    let list = list.as_object().ok_or(NOT_LIST)?;
    let mut entries = Vec::new();
    for (kid, keys) in list {
        let keys = keys.as_array().map(Vec::as_slice).unwrap_or_default();
        if keys.is_empty() {
            entries.push(Entry {
                kid: Some(kid.clone()),
                outcome: Err(ProblemKind::Member {
                    name: "(kid)",
                    expected: "an array of keys",
                }),
            });
        }
        source.check_count(entries.len().saturating_add(keys.len()))?;
        entries.extend(keys.iter().map(|key| Entry {
            kid: Some(kid.clone()),
            outcome: read_key(source, kid, key),
        }));
    }
    Ok(entries.into())
}

const NOT_LIST: LoadError = LoadError::Form {
    expected: "an object of arrays of keys, by kid",
};

fn read_key(source: &Source, kid: &str, key: &Value) -> Result<Found, ProblemKind> {
    let kid = Kid::from_base64(kid)?;
    let name = "subjectPk";
    let text = key
        .get(name)
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name,
            expected: "a text",
        })?;
    let der = decode_base64(text).ok_or(ProblemKind::Base64 { name })?;
    let mut found = source.spki(Some(kid), &der)?;
    found.key.usage = usage(key).ok_or(ProblemKind::Member {
        name: "keyUsage",
        expected: "an array of t, v, r",
    })?;
    Ok(found)
}

/// No letters, no limit: most keys have an empty array.
fn usage(key: &Value) -> Option<KeyUsage> {
    let letters = match key.get("keyUsage") {
        _ if instant::is_misspelt(key, "keyUsage") => return None,
        None => return Some(KeyUsage::ANY),
        Some(letters) => letters.as_array()?,
    };
    if letters.is_empty() {
        return Some(KeyUsage::ANY);
    }
    letters
        .iter()
        .map(|letter| match letter.as_str()? {
            "t" => Some(Usage::Test),
            "v" => Some(Usage::Vaccination),
            "r" => Some(Usage::Recovery),
            _ => None,
        })
        .collect()
}
