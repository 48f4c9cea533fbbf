//! JSON and TOML to one tree, and the members of its tables with their paths.

#[cfg(feature = "toml")]
mod toml;

#[cfg(feature = "toml")]
pub(super) use self::toml::read as toml;
use super::error::RecognitionError as Error;
use crate::rules::Texts;
use crate::rules::certlogic::{JsonError, Object, Value};
use crate::{Date, Timestamp};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The longest document, in bytes.
pub(super) const MAX_BYTES: usize = 1 << 20;
/// The most clauses, and the most rows of issuers.
const MAX_TABLES: usize = 128;
/// The most items of a list of codes.
const MAX_ITEMS: usize = 10_000;
/// The longest text, in bytes.
const MAX_TEXT: usize = 2_000;
/// The longest time, in days: a century and more.
const MAX_DAYS: i64 = 40_000;

fn check_size(bytes: usize) -> Result<(), Error> {
    let max = MAX_BYTES;
    if bytes > max {
        return Err(Error::TooLarge { bytes, max });
    }
    Ok(())
}

/// Line and column of a byte, from 1.
fn place(text: &[u8], at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |n| n + 1);
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default();
    let column = String::from_utf8_lossy(column).chars().count() + 1;
    (line, column)
}

pub(super) fn json(bytes: &[u8]) -> Result<Value, Error> {
    check_size(bytes.len())?;
    let syntax = |problem: &str, (line, column)| Error::Syntax {
        format: "JSON",
        problem: problem.into(),
        line,
        column,
    };
    let text = core::str::from_utf8(bytes)
        .map_err(|e| syntax("not UTF-8", place(bytes, e.valid_up_to())))?;
    Value::parse(text).map_err(|error| match error {
        JsonError::Syntax { line, column } => syntax("malformed", (line, column)),
        JsonError::TooDense { .. } => syntax("more values than a policy has", (1, 1)),
        JsonError::DuplicateMember { line, column } => syntax("duplicate member", (line, column)),
    })
}

/// An object and where it stands.
pub(super) struct Table<'a> {
    at: String,
    members: &'a Object,
}

impl<'a> Table<'a> {
    /// An object with no other members than those.
    pub fn new(
        value: &'a Value,
        at: String,
        known: &'static [&'static str],
    ) -> Result<Self, Error> {
        let table = Self {
            members: object(value, &at)?,
            at,
        };
        let mut names = table.members.iter().map(|(name, _)| name);
        match names.find(|name| !known.contains(name)) {
            Some(name) => Err(Error::UnknownMember {
                at: table.at(name),
                known,
            }),
            None => Ok(table),
        }
    }

    /// The path of a member.
    pub fn at(&self, name: &str) -> String {
        join(&self.at, name)
    }

    /// The path of the table.
    pub fn path(&self) -> &str {
        &self.at
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn missing(&self, name: &str) -> Error {
        Error::Missing { at: self.at(name) }
    }

    pub fn contradiction(&self, name: &str, problem: &'static str) -> Error {
        let at = self.at(name);
        Error::Contradiction { at, problem }
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        self.get(name)
            .map(|value| text(value, &self.at(name)))
            .transpose()
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        let flag = |value: &Value| {
            let found = value.as_bool();
            found.ok_or_else(|| mistyped(value, &self.at(name), "true or false"))
        };
        self.get(name).map(flag).transpose()
    }

    /// A whole number from `least` to `most`.
    pub fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, Error> {
        let number = |value: &Value| {
            let at = self.at(name);
            let found = value
                .as_int()
                .ok_or_else(|| mistyped(value, &at, "a whole number"))?;
            match (least..=most).contains(&found) {
                true => Ok(found),
                false => Err(Error::Value {
                    at,
                    expected: format!("from {least} to {most}"),
                }),
            }
        };
        self.get(name).map(number).transpose()
    }

    pub fn hours(&self, name: &str) -> Result<Option<i64>, Error> {
        self.number(name, 0, MAX_DAYS * 24)
    }

    pub fn day(&self, name: &str) -> Result<Option<i64>, Error> {
        self.number(name, 0, MAX_DAYS)
    }

    /// The number of a day, or `"unlimited"`, which is `Some(None)`.
    pub fn last_day(&self, name: &str) -> Result<Option<Option<i64>>, Error> {
        match self.get(name) {
            Some(Value::String(text)) if text == "unlimited" => Ok(Some(None)),
            Some(Value::String(_)) => Err(Error::Value {
                at: self.at(name),
                expected: "a number of days or \"unlimited\"".into(),
            }),
            _ => Ok(self.day(name)?.map(Some)),
        }
    }

    /// Years of age.
    pub fn years(&self, name: &str) -> Result<Option<u16>, Error> {
        let years = self.number(name, 1, 150)?;
        Ok(years.and_then(|years| years.try_into().ok()))
    }

    /// A list with at least one item, of texts that `read` takes; each once.
    pub fn list<T: PartialEq>(
        &self,
        name: &str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, Error> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let mut seen = alloc::collections::BTreeSet::new();
        let mut out = Vec::new();
        for (at, item) in items(value, self.at(name), MAX_ITEMS)? {
            let item = text(item, &at)?;
            if !seen.insert(item) {
                return Err(Error::Duplicate { at });
            }
            match read(item) {
                Some(item) => out.push(item),
                None => {
                    let expected = expected.into();
                    return Err(Error::Value { at, expected });
                }
            }
        }
        Ok(Some(out))
    }

    /// A list of tables; with none, nothing.
    pub fn tables(
        &self,
        name: &str,
        known: &'static [&'static str],
    ) -> Result<Vec<Table<'a>>, Error> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let items = items(value, self.at(name), MAX_TABLES)?;
        items
            .into_iter()
            .map(|(at, item)| Table::new(item, at, known))
            .collect()
    }

    /// A day or an instant: a date, or a date and time with its offset.
    pub fn time(&self, name: &str) -> Result<DayOrInstant, Error> {
        let value = self.get(name).ok_or_else(|| self.missing(name))?;
        let at = self.at(name);
        let found = text(value, &at)?;
        let day = Date::parse(found).map(DayOrInstant::Day);
        let instant = || Timestamp::parse(found).map(DayOrInstant::Instant);
        day.or_else(|_| instant()).map_err(|_| Error::Value {
            at,
            expected: "a date, or a date and time with its offset".into(),
        })
    }

    /// `{ "en": "…", "de": "…" }`
    pub fn texts(&self, name: &str) -> Result<Vec<(String, String)>, Error> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let at = self.at(name);
        let members = object(value, &at)?;
        if members.is_empty() {
            return Err(Error::Empty { at });
        }
        if members.len() > MAX_TABLES {
            return Err(Error::TooMany {
                at,
                max: MAX_TABLES,
            });
        }
        let one = |(language, value): (&str, &Value)| {
            let at = join(&at, language);
            let is_tag = (2..=35).contains(&language.len())
                && language
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !is_tag {
                let expected = "a language (BCP 47)".into();
                return Err(Error::Value { at, expected });
            }
            Ok((language.to_owned(), text(value, &at)?.to_owned()))
        };
        members.iter().map(one).collect()
    }
}

/// What `valid_from` and `valid_until` may be.
pub(super) enum DayOrInstant {
    Day(Date),
    Instant(Timestamp),
}

/// The texts of the policy, and ours where it has none in English.
pub(super) fn with_english(mut own: Vec<(String, String)>, english: String) -> Texts {
    let is_english = |(tag, _): &(String, String)| {
        tag.split('-')
            .next()
            .is_some_and(|primary| primary.eq_ignore_ascii_case("en"))
    };
    if !own.iter().any(is_english) {
        own.push(("en".into(), english));
    }
    Texts::new(own)
}

/// Names that nobody wrote for a policy can have any length and any letters.
fn join(at: &str, name: &str) -> String {
    let is_plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let shown: String = match is_plain && !name.is_empty() && name.len() <= 64 {
        true => name.to_owned(),
        false => format!(
            "\"{}\"",
            name.chars()
                .take(64)
                .flat_map(char::escape_debug)
                .collect::<String>()
        ),
    };
    if at.is_empty() {
        shown
    } else {
        format!("{at}.{shown}")
    }
}

fn mistyped(value: &Value, at: &str, expected: &'static str) -> Error {
    let (at, found) = (at.to_owned(), value.kind());
    Error::Type {
        at,
        expected,
        found,
    }
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Object, Error> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(mistyped(other, at, "a table (an object)")),
    }
}

/// The items of a list, with their paths: at least one.
fn items(value: &Value, at: String, max: usize) -> Result<Vec<(String, &Value)>, Error> {
    let items = value
        .as_array()
        .ok_or_else(|| mistyped(value, &at, "a list (an array)"))?;
    if items.is_empty() {
        return Err(Error::Empty { at });
    }
    if items.len() > max {
        return Err(Error::TooMany { at, max });
    }
    let items = items.iter().enumerate();
    Ok(items
        .map(|(n, item)| (format!("{at}[{n}]"), item))
        .collect())
}

/// A text of one line with something in it.
fn text<'a>(value: &'a Value, at: &str) -> Result<&'a str, Error> {
    let text = value
        .as_str()
        .ok_or_else(|| mistyped(value, at, "a text"))?;
    let at = || at.to_owned();
    if text.is_empty() {
        return Err(Error::Empty { at: at() });
    }
    let is_line = text.trim() == text && text.len() <= MAX_TEXT && !text.contains(char::is_control);
    match is_line {
        true => Ok(text),
        false => Err(Error::Value {
            at: at(),
            expected: format!(
                "a text of one line of at most {MAX_TEXT} bytes, without blanks at its ends"
            ),
        }),
    }
}
