//! TODO

use ciborium::Value;

use super::Deviation;
use super::cwt::ContentError;
use crate::record::{ProductCatalogue, Record, RecordError};

/// Reads the payload.
pub(crate) fn read(
    _value: &Value,
    _: &ProductCatalogue,
    _: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    Err(ContentError::UnknownPayload)
}

pub(crate) fn write(_: &Record) -> Value {
    Value::Null
}

pub(crate) fn check(_: &Record) -> Result<(), RecordError> {
    Err(ContentError::UnknownPayload.into())
}
