//! JSON of strangers, for all that reads it: a duplicate member is refused,
//! because two readers could each take another one, and what would need far
//! more memory than its own length is refused before anything is built.

mod cost;
mod lean;
pub(crate) mod write;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use memchr::memchr2;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

pub(crate) use cost::{Shape, check};
pub(crate) use lean::{Lean, Members as LeanMembers, parse_lean, parse_lean_into};

/// Why a text is not read. Lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonFault {
    Syntax {
        line: usize,
        column: usize,
    },
    DuplicateMember {
        line: usize,
        column: usize,
    },
    /// It would need more than so many bytes of memory, as no honest text does.
    TooDense {
        max: usize,
    },
}

/// An object, in whatever tree.
pub(crate) trait Members {
    /// The text of that name; `Some(None)` for a member that is none.
    fn text(&self, name: &str) -> Option<Option<&str>>;

    /// Whether the name of a member is one of these.
    fn any_name(&self, is_one: &dyn Fn(&str) -> bool) -> bool;
}

impl Members for Value {
    fn text(&self, name: &str) -> Option<Option<&str>> {
        self.get(name).map(Self::as_str)
    }

    fn any_name(&self, is_one: &dyn Fn(&str) -> bool) -> bool {
        let mut names = self.as_object().into_iter().flat_map(Map::keys);
        names.any(|name| is_one(name))
    }
}

impl Members for Lean {
    fn text(&self, name: &str) -> Option<Option<&str>> {
        self.get(name).map(Self::as_str)
    }

    fn any_name(&self, is_one: &dyn Fn(&str) -> bool) -> bool {
        let mut members = self.as_object().into_iter().flat_map(|all| all.iter());
        members.any(|(name, _)| is_one(name))
    }
}

/// Parses JSON.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, JsonFault> {
    check(bytes, Shape::TREE)?;
    match serde_json::from_slice(bytes) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(fault(&error)),
    }
}

fn fault(error: &serde_json::Error) -> JsonFault {
    let (line, column) = (error.line(), error.column());
    // The visitors take every type, so that nothing else is a data error.
    match error.is_data() {
        true => JsonFault::DuplicateMember { line, column },
        false => JsonFault::Syntax { line, column },
    }
}

/// What the values need in memory when parsed, roughly, in units of a number:
/// each value but the first follows one of `,[{`.
pub(crate) fn weight(json: &[u8]) -> usize {
    let (mut weight, mut rest) = (1, json);
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'"' => rest = after_text(rest),
            b',' => weight += 1,
            b'[' => weight += 4,
            b'{' => weight += 8,
            _ => {}
        }
    }
    weight
}

/// What follows the text whose first quote has been taken.
fn after_text(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', rest) {
        let escaped = rest.get(at) == Some(&b'\\');
        let skipped = at + 1 + usize::from(escaped);
        rest = rest.get(skipped..).unwrap_or_default();
        if !escaped {
            return rest;
        }
    }
    &[]
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(value)) = elements.next_element()? {
            array.push(value);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("duplicate member"));
            }
        }
        Ok(object.into())
    }
}
