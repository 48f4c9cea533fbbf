//! JSON in and out of [`Value`].

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Value;
use crate::codec::json::{JsonFault, Shape, check};
use crate::rules::certlogic::error::JsonError;

pub(in crate::rules::certlogic) fn parse(json: &str) -> Result<Value, JsonError> {
    if let Err(JsonFault::TooDense { max }) = check(json.as_bytes(), Shape::CERTLOGIC) {
        return Err(JsonError::TooDense { max });
    }
    match serde_json::from_str(json) {
        Ok(Read(value)) => Ok(value),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            // The visitor takes every type, so that nothing else is a data error.
            Err(if error.is_data() {
                JsonError::DuplicateMember { line, column }
            } else {
                JsonError::Syntax { line, column }
            })
        }
    }
}

struct Read(Value);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadVisitor).map(Self)
    }
}

struct ReadVisitor;

impl<'de> Visitor<'de> for ReadVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Number(value as f64), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from_f64(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Read(item)) = elements.next_element()? {
            items.push(item);
        }
        items.shrink_to_fit();
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some((name, Read(value))) = entries.next_entry()? {
            members.push((name, value));
        }
        let mut seen = BTreeSet::new();
        if !members.iter().all(|(name, _)| seen.insert(name.as_str())) {
            return Err(A::Error::custom("duplicate member"));
        }
        Ok(Value::object(members))
    }
}

/// Writing to a String cannot fail, so that results are dropped.
pub(in crate::rules::certlogic) fn print(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => drop(write!(out, "{value}")),
        Value::Int(value) => drop(write!(out, "{value}")),
        Value::Number(value) => out.push_str(&serde_json::Value::from(*value).to_string()),
        Value::String(text) => print_text(text, out),
        Value::DateTime(value) => drop(write!(out, "\"{value}\"")),
        Value::Array(items) => print_all(out, ['[', ']'], items, print),
        Value::Object(members) => print_all(out, ['{', '}'], members.iter(), |member, out| {
            print_text(member.0, out);
            out.push(':');
            print(member.1, out);
        }),
    }
}

fn print_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn print_all<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    each: fn(T, &mut String),
) {
    out.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        each(item, out);
    }
    out.push(close);
}
