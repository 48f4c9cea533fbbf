//! JSON in little more memory than its own length, for lists of millions of
//! entries.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{JsonFault, Shape, check, fault};

/// A value; as [`serde_json::Value`], but objects are slices.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Lean {
    Null,
    Bool(bool),
    Number(Number),
    String(Box<str>),
    Array(Box<[Lean]>),
    Object(Members),
}

/// The members of an object, in their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Members(Box<[(Box<str>, Lean)]>);

impl Members {
    /// Members are few where anything looks for one.
    pub(crate) fn get(&self, name: &str) -> Option<&Lean> {
        let found = self.0.iter().find(|(n, _)| **n == *name)?;
        Some(&found.1)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Lean)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Lean> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl Lean {
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    pub(crate) fn as_object(&self) -> Option<&Members> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    pub(crate) fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// Parses JSON.
pub(crate) fn parse_lean(bytes: &[u8]) -> Result<Lean, JsonFault> {
    parse_shaped(bytes, Shape::LEAN)
}

/// Parses JSON whose elements are each read into a `T` afterwards.
pub(crate) fn parse_lean_into<T>(bytes: &[u8]) -> Result<Lean, JsonFault> {
    parse_shaped(bytes, Shape::lean_into::<T>())
}

fn parse_shaped(bytes: &[u8], shape: Shape) -> Result<Lean, JsonFault> {
    check(bytes, shape)?;
    serde_json::from_slice(bytes).map_err(|error| fault(&error))
}

impl<'de> Deserialize<'de> for Lean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LeanVisitor)
    }
}

struct LeanVisitor;

impl<'de> Visitor<'de> for LeanVisitor {
    type Value = Lean;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Lean, E> {
        Ok(Lean::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Lean, E> {
        Ok(Lean::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Lean, E> {
        Ok(Lean::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Lean, E> {
        Ok(Lean::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Lean, E> {
        // JSON has no number that is none.
        Ok(Number::from_f64(value).map_or(Lean::Null, Lean::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Lean, E> {
        Ok(Lean::String(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Lean, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Lean::Array(array.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Lean, A::Error> {
        let mut object: Vec<(Box<str>, Lean)> = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        let object: Box<[_]> = object.into();
        match is_twice(&object) {
            true => Err(A::Error::custom("duplicate member")),
            false => Ok(Lean::Object(Members(object))),
        }
    }
}

/// Whether a name is there twice.
fn is_twice(members: &[(Box<str>, Lean)]) -> bool {
    // Few are compared faster than sorted into a set.
    if members.len() <= 16 {
        let mut rest = members;
        while let [(name, _), others @ ..] = rest {
            if others.iter().any(|(other, _)| other == name) {
                return true;
            }
            rest = others;
        }
        return false;
    }
    let mut names = BTreeSet::new();
    !members.iter().all(|(name, _)| names.insert(&**name))
}
