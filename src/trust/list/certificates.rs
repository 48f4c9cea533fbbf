//! `{"certificates": [{"kid": base64, "rawData": base64 DER}]}`.

use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::Value;

use crate::codec::instant;
use crate::codec::text::{decode_base64, shown};
use crate::crypto::kid::Kid;
use crate::trust::error::LoadError;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source, declared_kid};

pub(super) fn read(source: &Source, list: &Value) -> Result<Vec<Entry>, LoadError> {
    let entries = list
        .get("certificates")
        .and_then(Value::as_array)
        .ok_or(LoadError::Form {
            expected: "an object with an array `certificates`",
        })?;
    source.check_count(entries.len())?;
    let read = |entry| read_certificate_entry(source, entry, false);
    Ok(entries.iter().map(read).collect())
}

/// An entry `{kid, rawData, country?, certificateType?, thumbprint?}`, which
/// two forms share.
pub(super) fn read_certificate_entry(source: &Source, entry: &Value, typed: bool) -> Entry {
    Entry {
        kid: entry.get("kid").and_then(Value::as_str).map(Into::into),
        outcome: read_found(source, entry, typed),
    }
}

fn read_found(source: &Source, entry: &Value, typed: bool) -> Result<Found, ProblemKind> {
    let member = |name| entry.get(name).filter(|value| !value.is_null());
    match member("certificateType") {
        None if !typed => {}
        Some(Value::String(kind)) if kind == "DSC" => {}
        Some(Value::String(kind)) => {
            return Err(ProblemKind::NotADocumentSigner {
                certificate_type: shown(kind),
            });
        }
        _ => {
            return Err(ProblemKind::Member {
                name: "certificateType",
                expected: "a text",
            });
        }
    }
    let kid = declared_kid(entry)?.map(Kid::from_base64).transpose()?;
    let raw = member("rawData")
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name: "rawData",
            expected: "a text",
        })?;
    let der = decode_base64(raw).ok_or(ProblemKind::Base64 { name: "rawData" })?;
    let mut found = source.listed_certificate(kid, &der)?;
    let text = |name| match member(name).map(Value::as_str) {
        Some(None) => Err(ProblemKind::Member {
            name,
            expected: "a text",
        }),
        text => Ok(text.flatten()),
    };
    instant::text(entry, "timestamp")?;
    if let Some(country) = text("country")?
        && !country.is_empty()
    {
        found.key.country = Some(shown(country).into());
    }
    if let Some(thumbprint) = text("thumbprint")?
        && let Some(certificate) = found.key.certificate()
        && !thumbprint.eq_ignore_ascii_case(&certificate.digest().to_string())
    {
        found.notes.push(ProblemKind::ThumbprintMismatch);
    }
    Ok(found)
}
