//! The mirrors of Italy's and France's lists: `{kid: {…, publicKeyPem}}`,
//! where `publicKeyPem` is the base64 of a SubjectPublicKeyInfo without the
//! lines around it.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::Content;
use crate::codec::text::{decode_base64, shown};
use crate::crypto::kid::Kid;
use crate::trust::error::LoadError;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};

const KEY: &str = "publicKeyPem";

pub(super) fn is(object: &Map<String, Value>) -> bool {
    object.values().any(|entry| entry.get(KEY).is_some())
}

pub(super) fn read(source: &Source, list: &Value) -> Result<Content, LoadError> {
    let entries = list.as_object().ok_or(LoadError::Form {
        expected: "an object of keys, by kid",
    })?;
    source.check_count(entries.len())?;
    let entries: Vec<_> = entries
        .iter()
        .map(|(kid, entry)| Entry {
            kid: Some(kid.clone()),
            outcome: read_key(source, kid, entry),
        })
        .collect();
    Ok(entries.into())
}

fn read_key(source: &Source, kid: &str, entry: &Value) -> Result<Found, ProblemKind> {
    let kid = Kid::from_base64(kid)?;
    let text = entry
        .get(KEY)
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name: KEY,
            expected: "a text",
        })?;
    let der = decode_base64(text).ok_or(ProblemKind::Base64 { name: KEY })?;
    let mut found = source.spki(Some(kid), &der)?;
    found.key.country = entry
        .get("subject")
        .and_then(Value::as_str)
        .and_then(country)
        .or_else(|| {
            entry
                .get("issuer")
                .and_then(Value::as_str)
                .and_then(country)
        });
    Ok(found)
}

/// `C=AD, ST=…`
fn country(name: &str) -> Option<Arc<str>> {
    let mut attributes = name.split(',');
    let country = attributes.find_map(|attribute| attribute.trim().strip_prefix("C="))?;
    (!country.is_empty()).then(|| shown(&country.to_ascii_uppercase()).into())
}
