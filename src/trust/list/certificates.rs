//! `{"certificates": [{"kid": base64, "rawData": base64 DER}]}`.

use serde_json::Value;

use super::read_certificate_entry;
use crate::trust::error::LoadError;
use crate::trust::source::{Entry, Source};

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
