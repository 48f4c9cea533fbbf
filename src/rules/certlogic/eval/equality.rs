//! Equality, of `===` and `in`.

use super::Result;
use crate::rules::certlogic::error::{EvalError, EvalFault};
use crate::rules::certlogic::value::Value;

/// `===`: without coercion. What the specification leaves open is an error.
#[inline]
pub(super) fn same(l: &Value, r: &Value) -> Result<bool> {
    match (l, r) {
        (Value::String(l), Value::String(r)) => Ok(same_text(l, r)),
        (Value::Int(l), Value::Int(r)) => Ok(l == r),
        (Value::Bool(l), Value::Bool(r)) => Ok(l == r),
        (Value::Null, Value::Null) => Ok(true),
        (Value::Number(l), Value::Number(r)) => Ok(l == r),
        (Value::Array(_), Value::Array(_)) => Err(open("arrays")),
        (Value::Object(_), Value::Object(_)) => Err(open("objects")),
        (Value::DateTime(_), Value::DateTime(_)) => Err(open("date-times")),
        _ => Ok(false),
    }
}

/// Codes of the same length differ in the last byte more often than in the
/// first, and are short: a call of memcmp is saved.
#[inline]
fn same_text(l: &str, r: &str) -> bool {
    l.len() == r.len() && l.as_bytes().last() == r.as_bytes().last() && l == r
}

pub(super) fn contains<'v>(
    items: impl IntoIterator<Item = &'v Value>,
    member: &Value,
) -> Result<bool> {
    let mut items = items.into_iter();
    if let Value::String(text) = member {
        return Ok(items.any(|i| matches!(i, Value::String(item) if same_text(item, text))));
    }
    for item in items {
        if same(member, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cold]
fn open(kind: &'static str) -> EvalError {
    EvalFault::Equality { kind }.into()
}
