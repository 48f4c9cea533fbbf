//! What expressions compute with.

pub(super) mod json;
pub(super) mod object;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::date_time::DateTime;
use super::error::JsonError;
use object::Object;

/// A value: JSON, and the date-times that `plusTime` and `dccDateOfBirth` make.
///
/// Its `Debug` shows types and sizes alone, as it may be about a person;
/// [`Value::to_json`] shows it all.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    /// `null`, and whatever is missing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer; `42.0` in JSON is one, too.
    Int(i64),
    /// A number that is no integer of at most 64 bits. No operation takes it
    /// but `===` and `in`.
    Number(f64),
    /// A string. Only `plusTime` and `dccDateOfBirth` make a date-time of it.
    String(String),
    /// An instant.
    DateTime(DateTime),
    /// An array.
    Array(Vec<Value>),
    /// An object. Of two members of the same name the first counts.
    Object(Object),
}

impl Value {
    /// Reads JSON (RFC 8259) without duplicate members in an object.
    pub fn parse(json: &str) -> Result<Self, JsonError> {
        json::parse(json)
    }

    /// An object of these members.
    pub fn object<N: Into<Box<str>>>(members: impl IntoIterator<Item = (N, Value)>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// As JSON, without white space; a date-time becomes its text, and a
    /// [`Value::Number`] that JSON can't express `null`.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        json::print(self, &mut out);
        out
    }

    /// The member of that name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(value) => Some(value),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The date-time, if it is one.
    pub const fn as_date_time(&self) -> Option<DateTime> {
        match self {
            Self::DateTime(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is truthy or falsy; `None` if it is neither, as date-times
    /// and numbers with a fraction are (section “Truthy and falsy values”).
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Int(value) => Some(*value != 0),
            Self::String(value) => Some(!value.is_empty()),
            Self::Array(items) => Some(!items.is_empty()),
            Self::Object(members) => Some(!members.is_empty()),
            Self::Number(_) | Self::DateTime(_) => None,
        }
    }

    /// A number: an integer where it is one without doubt.
    pub(in crate::rules) fn from_f64(value: f64) -> Self {
        /// Up to here a double holds every integer.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value % 1.0 == 0.0 && value.abs() <= EXACT {
            Self::Int(value as i64)
        } else {
            Self::Number(value)
        }
    }

    /// The type in words, for messages.
    pub(in crate::rules) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Number(_) => "a number that is no integer",
            Self::String(_) => "a string",
            Self::DateTime(_) => "a date-time",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(_) => f.write_str("Bool(redacted)"),
            Self::Int(_) => f.write_str("Int(redacted)"),
            Self::Number(_) => f.write_str("Number(redacted)"),
            Self::String(_) => f.write_str("String(redacted)"),
            Self::DateTime(_) => f.write_str("DateTime(redacted)"),
            Self::Array(items) => write!(f, "Array({} items)", items.len()),
            Self::Object(members) => members.fmt(f),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items)
    }
}
