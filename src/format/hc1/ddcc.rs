//! TODO

use ciborium::Value;

use super::Deviation;
use super::cwt::ContentError;
use crate::record::{PayloadKind, Record, RecordError};

/// Reads the payload.
pub(crate) fn read(
    kind: PayloadKind,
    _value: &Value,
    _: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    let _ = kind;
    Err(ContentError::UnknownPayload)
}

pub(crate) fn write(_: &Record) -> Value {
    Value::Null
}

pub(crate) fn check(_: &Record) -> Result<(), RecordError> {
    Err(ContentError::UnknownPayload.into())
}
