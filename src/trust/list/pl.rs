//! Poland's list: `[{identyfikator, identyfikatorKlucza, certyfikat}]`: the
//! certificate's SHA-256 in hexadecimal, its kid, and itself in base64.

use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::Value;

use super::Content;
use crate::codec::text::decode_base64;
use crate::crypto::kid::Kid;
use crate::trust::error::LoadError;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};

pub(super) const KID: &str = "identyfikatorKlucza";
const CERTIFICATE: &str = "certyfikat";

pub(super) fn read(source: &Source, list: &Value) -> Result<Content, LoadError> {
    let entries = list.as_array().ok_or(LoadError::Form {
        expected: "an array of certificates",
    })?;
    source.check_count(entries.len())?;
    let entries: Vec<_> = entries
        .iter()
        .map(|entry| Entry {
            kid: entry.get(KID).and_then(Value::as_str).map(Into::into),
            outcome: read_certificate(source, entry),
        })
        .collect();
    Ok(entries.into())
}

fn read_certificate(source: &Source, entry: &Value) -> Result<Found, ProblemKind> {
    let text = |name| {
        entry
            .get(name)
            .and_then(Value::as_str)
            .ok_or(ProblemKind::Member {
                name,
                expected: "a text",
            })
    };
    let kid = Kid::from_base64(text(KID)?)?;
    let name = CERTIFICATE;
    let der = decode_base64(text(name)?).ok_or(ProblemKind::Base64 { name })?;
    let mut found = source.listed_certificate(Some(kid), &der)?;
    if entry.get("identyfikator").is_some()
        && let declared = text("identyfikator")?
        && let Some(certificate) = found.key.certificate()
        && !declared.eq_ignore_ascii_case(&certificate.digest().to_string())
    {
        found.notes.push(ProblemKind::ThumbprintMismatch);
    }
    Ok(found)
}
