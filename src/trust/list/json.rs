//! JSON of signed lists.

use serde_json::Value;

use super::check_weight;
use crate::codec::json::{self, Lean};
use crate::trust::error::LoadError;
use crate::trust::source::LoadLimits;

/// Parses JSON within limits; duplicate members are refused.
pub(in crate::trust) fn parse(bytes: &[u8], limits: &LoadLimits) -> Result<Value, LoadError> {
    check_weight(bytes, limits)?;
    Ok(json::parse(bytes)?)
}

/// The same in less memory, for elements that are each read into a `T`.
pub(in crate::trust) fn parse_lean_into<T>(
    bytes: &[u8],
    limits: &LoadLimits,
) -> Result<Lean, LoadError> {
    check_weight(bytes, limits)?;
    Ok(json::parse_lean_into::<T>(bytes)?)
}
