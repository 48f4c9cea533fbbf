//! JSON of lists, documents and states.

use serde_json::Value;

use crate::codec::json::{self, Lean, Shape, weight};
use crate::trust::error::LoadError;
use crate::trust::limits::LoadLimits;

/// Parses JSON within limits; duplicate members are refused.
pub(super) fn parse(bytes: &[u8], limits: &LoadLimits) -> Result<Value, LoadError> {
    check_weight(bytes, limits)?;
    Ok(json::parse(bytes)?)
}

/// The same in less memory, for elements that are each read into a `T`.
pub(super) fn parse_lean_into<T>(bytes: &[u8], limits: &LoadLimits) -> Result<Lean, LoadError> {
    check_weight(bytes, limits)?;
    Ok(json::parse_lean_into::<T>(bytes)?)
}

pub(super) fn check_weight(bytes: &[u8], limits: &LoadLimits) -> Result<(), LoadError> {
    // Parsed, `{"":0},` takes eighty times its room.
    let max = limits.entries.saturating_add(10).saturating_mul(96);
    if weight(bytes) > max {
        return Err(LoadError::TooComplex { max });
    }
    Ok(())
}

pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Parses JSON within limits. Of members with the same name the last one
/// counts: good enough for lists that nobody signed.
pub(super) fn parse_json(bytes: &[u8], limits: &LoadLimits) -> Result<Value, LoadError> {
    let bytes = without_bom(bytes);
    check_weight(bytes, limits)?;
    json::check(bytes, Shape::TREE)?;
    serde_json::from_slice(bytes).map_err(|error| LoadError::Json {
        line: error.line(),
        column: error.column(),
    })
}
