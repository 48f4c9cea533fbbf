//! The DCC schema, versions 1.0.0 to 1.3.3, as rules of our own
//! (ehn-dcc-schema `DCC.combined-schema.json` of each version).
//!
//! A payload is judged by its own `ver`. What the schema leaves open (further
//! members, values outside the value sets) is no departure.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use ciborium::Value;

use super::{Deviation, DeviationCode};
use crate::codec::item::{self, Item};
use crate::codec::json::JsonFault;
use crate::record::RecordError;
use crate::{Date, PartialDate, Timestamp};

/// The schema version that [`Issuer`](crate::issue::Issuer) writes.
pub const CURRENT: &str = "1.3.3";

/// A published version, comparable.
type Version = (u16, u16, u16);

const PUBLISHED: [Version; 9] = [
    (1, 0, 0),
    (1, 0, 1),
    (1, 1, 0),
    (1, 2, 0),
    (1, 2, 1),
    (1, 3, 0),
    (1, 3, 1),
    (1, 3, 2),
    (1, 3, 3),
];
const V1_1_0: Version = (1, 1, 0);
const V1_2_0: Version = (1, 2, 0);
const V1_3_0: Version = (1, 3, 0);
const V1_3_2: Version = (1, 3, 2);
const LATEST: Version = (1, 3, 3);

/// What the schema says of one member of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A text of any length.
    Text,
    /// A text of at most 50 characters, 80 from 1.3.0 on.
    ShortText,
    /// Free before 1.3.0, at most 80 characters since.
    LaterShortText,
    /// A text that contains a capital letter.
    Country,
    /// A positive integer; at most 9 before 1.3.0.
    Dose,
    Date,
    DateTime,
    /// A date-time that 1.2.0 dropped from the schema.
    EarlyDateTime,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
    /// Required before 1.3.0.
    Early,
}

type Member = (&'static str, Kind, Need);

use Kind::{Country, DateTime, Dose, EarlyDateTime, LaterShortText, ShortText, Text};
use Need::{Early, Optional, Required};

const VACCINATION: &[Member] = &[
    ("tg", Text, Required),
    ("vp", Text, Required),
    ("mp", Text, Required),
    ("ma", Text, Required),
    ("dn", Dose, Required),
    ("sd", Dose, Required),
    ("dt", Kind::Date, Required),
    ("co", Country, Required),
    ("is", ShortText, Required),
    ("ci", ShortText, Required),
];
const TEST: &[Member] = &[
    ("tg", Text, Required),
    ("tt", Text, Required),
    ("nm", LaterShortText, Optional),
    ("ma", Text, Optional),
    ("sc", DateTime, Required),
    ("dr", EarlyDateTime, Optional),
    ("tr", Text, Required),
    ("tc", ShortText, Early),
    ("co", Country, Required),
    ("is", ShortText, Required),
    ("ci", ShortText, Required),
];
const RECOVERY: &[Member] = &[
    ("tg", Text, Required),
    ("fr", Kind::Date, Required),
    ("co", Country, Required),
    ("is", ShortText, Required),
    ("df", Kind::Date, Required),
    ("du", Kind::Date, Required),
    ("ci", ShortText, Required),
];

/// The groups of entries: their names and what their entries hold.
const GROUPS: [(&str, &[Member]); 3] = [("v", VACCINATION), ("t", TEST), ("r", RECOVERY)];
const NAMES: [&str; 4] = ["fn", "fnt", "gn", "gnt"];

/// Lists every departure of a DCC, given as JSON, from the schema of its own
/// version.
///
/// ```
/// use hcert::format::hc1::schema;
/// let found = schema::check_json(r#"{"ver": "1.3.0", "nam": {"fnt": "DOE"}, "dob": "1950", "t": []}"#)?;
/// let codes: Vec<_> = found.iter().map(|d| d.code()).collect();
/// assert_eq!(codes, ["schema-entries"]);
/// # Ok::<(), hcert::record::RecordError>(())
/// ```
///
/// # Errors
/// [`RecordError::Json`]: the text is not JSON, or has a duplicate member.
pub fn check_json(dcc: &str) -> Result<Vec<Deviation>, RecordError> {
    let mut check = Check::default();
    check.dcc(Item::read(&item::encoded(&parse_json(dcc)?)));
    Ok(check.found)
}

/// JSON text as the CBOR value that a DCC would hold.
pub(crate) fn parse_json(text: &str) -> Result<Value, RecordError> {
    let json = crate::codec::json::parse(text.as_bytes()).map_err(|fault| {
        let (problem, line, column) = match fault {
            JsonFault::DuplicateMember { line, column } => ("a duplicate member", line, column),
            JsonFault::Syntax { line, column } => {
                let again = serde_json::from_str::<serde::de::IgnoredAny>(text);
                let is_cut_off = again.is_err_and(|error| error.is_eof());
                let problem = if is_cut_off {
                    "the text ends early"
                } else {
                    "malformed"
                };
                (problem, line, column)
            }
            JsonFault::TooDense { .. } => ("more values than such a text may have", 1, 1),
        };
        RecordError::Json {
            problem,
            line,
            column,
        }
    })?;
    Ok(from_json(&json))
}

/// The same for the CBOR of a certificate.
pub(crate) fn check(dcc: Item<'_>, deviations: &mut Vec<Deviation>) {
    let mut check = Check::default();
    check.dcc(dcc);
    deviations.append(&mut check.found);
}

/// Whether it names a version before 1.3.0, when the specification beyond the
/// schema was published.
pub(crate) fn is_before_1_3_0(dcc: Item<'_>) -> bool {
    Check::default().version(dcc) < V1_3_0
}

/// Members that the current schema does not know, as paths; a record that is
/// to be issued must not have any, as they would be lost. A name that is none
/// of a member stands as `?`: who swaps names and values writes of a person.
pub(crate) fn unknown_members(dcc: Item<'_>) -> Vec<String> {
    let mut unknown = Vec::new();
    let mut look = |map: Item<'_>, known: &dyn Fn(&str) -> bool, at: &str| {
        for (key, _) in map.as_map().iter().flat_map(|map| map.iter()) {
            match key {
                Item::Text(name) if known(name) => {}
                Item::Text(name) if is_member_name(name) => unknown.push(format!("{at}{name}")),
                _ => unknown.push(format!("{at}?")),
            }
        }
    };
    let top = |name: &str| {
        ["ver", "nam", "dob"].contains(&name) || GROUPS.iter().any(|(group, _)| *group == name)
    };
    look(dcc, &top, "");
    if let Some(names) = dcc.get("nam") {
        look(names, &|name| NAMES.contains(&name), "nam.");
    }
    for (group, members) in GROUPS {
        let entries = dcc.get(group).and_then(Item::as_array);
        for (i, entry) in entries.iter().flat_map(|all| all.iter()).enumerate() {
            let known = |name: &str| {
                members
                    .iter()
                    .any(|(member, kind, _)| *member == name && *kind != EarlyDateTime)
            };
            look(entry, &known, &format!("{group}[{i}]."));
        }
    }
    unknown
}

/// Whether it looks like the name of a member and not like a value: who swaps
/// the two writes of a person.
pub(crate) fn is_member_name(name: &str) -> bool {
    name.len() <= 16 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(n), _) => Value::from(n),
            (None, Some(n)) => Value::from(n),
            _ => Value::Float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        Json::Object(members) => Value::Map(
            members
                .iter()
                .map(|(key, value)| (Value::Text(key.clone()), from_json(value)))
                .collect(),
        ),
    }
}

#[derive(Default)]
struct Check {
    found: Vec<Deviation>,
}

impl Check {
    fn push(&mut self, code: DeviationCode, at: fmt::Arguments<'_>) {
        self.found.push(Deviation::new(code, at.to_string()));
    }

    /// Takes a tag off: JSON has none, and the field wraps dates (tag 0).
    fn untagged<'a>(&mut self, value: Item<'a>, at: fmt::Arguments<'_>) -> Item<'a> {
        match value {
            Item::Tag(tagged) => {
                self.push(DeviationCode::SchemaTag, at);
                tagged.item()
            }
            other => other,
        }
    }

    fn dcc(&mut self, dcc: Item<'_>) {
        let version = self.version(dcc);
        match dcc.get("nam") {
            None => self.push(DeviationCode::SchemaMissing, format_args!("nam")),
            Some(names) => self.names(names, version),
        }
        match dcc.get("dob") {
            None => self.push(DeviationCode::SchemaMissing, format_args!("dob")),
            Some(value) => self.date_of_birth(value, version),
        }
        let mut present = 0;
        for (group, members) in GROUPS {
            if let Some(entries) = dcc.get(group) {
                present += 1;
                self.group(group, entries, members, version);
            }
        }
        if present != 1 {
            self.push(DeviationCode::SchemaGroups, format_args!(""));
        }
    }

    fn version(&mut self, dcc: Item<'_>) -> Version {
        let Some(value) = dcc.get("ver") else {
            self.push(DeviationCode::SchemaMissing, format_args!("ver"));
            return LATEST;
        };
        let Some(text) = self.untagged(value, format_args!("ver")).as_text() else {
            self.push(DeviationCode::SchemaType, format_args!("ver"));
            return LATEST;
        };
        let mut parts = text.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        });
        let (Some(Some(a)), Some(Some(b)), Some(Some(c)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            self.push(DeviationCode::SchemaPattern, format_args!("ver"));
            return LATEST;
        };
        let version = (a, b, c);
        if !PUBLISHED.contains(&version) {
            self.push(DeviationCode::SchemaVersion, format_args!("ver"));
        }
        let known = PUBLISHED
            .iter()
            .rev()
            .find(|published| **published <= version);
        known.copied().unwrap_or((1, 0, 0))
    }

    fn names(&mut self, names: Item<'_>, version: Version) {
        if !names.is_map() {
            return self.push(DeviationCode::SchemaType, format_args!("nam"));
        }
        let has = |name| names.get(name).is_some();
        let named = has("fnt") || (version >= V1_3_2 && has("gnt"));
        if !named {
            self.push(DeviationCode::SchemaMissing, format_args!("nam.fnt"));
        }
        for name in NAMES {
            let Some(value) = names.get(name) else {
                continue;
            };
            if let Some(text) = self.text(value, format_args!("nam.{name}")) {
                self.length(text, format_args!("nam.{name}"), short(version));
                let standard = text.bytes().all(|b| b.is_ascii_uppercase() || b == b'<');
                if name.ends_with('t') && !standard {
                    self.push(DeviationCode::SchemaPattern, format_args!("nam.{name}"));
                }
            }
        }
    }

    fn date_of_birth(&mut self, value: Item<'_>, version: Version) {
        let Some(text) = self.text(value, format_args!("dob")) else {
            return;
        };
        let right = if version < V1_1_0 {
            // The pattern of 1.0.x is not anchored.
            if text.len() != 10 {
                self.push(DeviationCode::SchemaFormat, format_args!("dob"));
            }
            text.as_bytes().windows(10).any(|w| is_birth_date(w, 2))
        } else {
            (text.is_empty() && version >= V1_3_0)
                || (0..=2).any(|parts| {
                    text.len() == 4 + 3 * parts && is_birth_date(text.as_bytes(), parts)
                })
        };
        if !right {
            self.push(DeviationCode::SchemaPattern, format_args!("dob"));
        } else if (version >= V1_1_0 || text.len() == 10) && PartialDate::parse(text).is_err() {
            // The pattern lets 1990-13 pass, which is no date of ISO 8601.
            self.push(DeviationCode::SchemaFormat, format_args!("dob"));
        }
    }

    fn group(&mut self, group: &str, entries: Item<'_>, members: &[Member], version: Version) {
        let Some(entries) = entries.as_array() else {
            return self.push(DeviationCode::SchemaType, format_args!("{group}"));
        };
        if entries.is_empty() || (version >= V1_3_0 && entries.len() > 1) {
            self.push(DeviationCode::SchemaEntries, format_args!("{group}"));
        }
        for (i, entry) in entries.iter().enumerate() {
            if !entry.is_map() {
                self.push(DeviationCode::SchemaType, format_args!("{group}[{i}]"));
                continue;
            }
            for (name, kind, need) in members {
                let at = format_args!("{group}[{i}].{name}");
                match entry.get(name) {
                    Some(value) => self.member(value, at, *kind, version),
                    None if *need == Required || (*need == Early && version < V1_3_0) => {
                        self.push(DeviationCode::SchemaMissing, at);
                    }
                    None => {}
                }
            }
        }
    }

    fn member(&mut self, value: Item<'_>, at: fmt::Arguments<'_>, kind: Kind, version: Version) {
        if kind == Dose {
            return self.dose(value, at, version);
        }
        // Not in the schema any more, so nothing is said of it.
        if kind == EarlyDateTime && version >= V1_2_0 {
            if value.is_tag() {
                self.push(DeviationCode::SchemaTag, at);
            }
            return;
        }
        let Some(text) = self.text(value, at) else {
            return;
        };
        match kind {
            ShortText => self.length(text, at, short(version)),
            LaterShortText if version >= V1_3_0 => self.length(text, at, 80),
            Country if !text.bytes().any(|b| b.is_ascii_uppercase()) => {
                self.push(DeviationCode::SchemaPattern, at);
            }
            Kind::Date if Date::parse(text).is_err() => {
                self.push(DeviationCode::SchemaFormat, at);
            }
            DateTime | EarlyDateTime if !is_date_time(text) => {
                self.push(DeviationCode::SchemaFormat, at);
            }
            _ => {}
        }
    }

    fn text<'a>(&mut self, value: Item<'a>, at: fmt::Arguments<'_>) -> Option<&'a str> {
        let text = self.untagged(value, at).as_text();
        if text.is_none() {
            self.push(DeviationCode::SchemaType, at);
        }
        text
    }

    fn length(&mut self, text: &str, at: fmt::Arguments<'_>, limit: usize) {
        if text.chars().count() > limit {
            self.push(DeviationCode::SchemaLength, at);
        }
    }

    fn dose(&mut self, value: Item<'_>, at: fmt::Arguments<'_>, version: Version) {
        let number = match self.untagged(value, at) {
            Item::Integer(n) => n,
            Item::Float(n) if n % 1.0 == 0.0 && n.abs() < 1e15 => {
                self.push(DeviationCode::SchemaFloat, at);
                n as i128
            }
            _ => return self.push(DeviationCode::SchemaType, at),
        };
        // 1.3.0 sets no upper limit; what the record can't hold must not
        // vanish without a word.
        let most = if version < V1_3_0 {
            9
        } else {
            i128::from(u32::MAX)
        };
        if !(1..=most).contains(&number) {
            self.push(DeviationCode::SchemaRange, at);
        }
    }
}

/// The longest short text, in characters.
fn short(version: Version) -> usize {
    if version < V1_3_0 { 50 } else { 80 }
}

/// `(19|20)\d\d` and that many times `-\d\d`.
fn is_birth_date(bytes: &[u8], parts: usize) -> bool {
    let two_digits = |b: Option<&[u8]>| b.is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    matches!(bytes.get(..2), Some(b"19" | b"20"))
        && two_digits(bytes.get(2..4))
        && (0..parts).all(|i| {
            let at = 4 + 3 * i;
            bytes.get(at) == Some(&b'-') && two_digits(bytes.get(at + 1..at + 3))
        })
}

/// A date and time with seconds and an offset, in one of the spellings that
/// the specification lists (DCC JSON specification 1.3.0, t/sc): `Z`, `+hh`,
/// `+hhmm` or `+hh:mm`. RFC 3339, the schema's `date-time`, has the first and
/// the last of them, and fractions of a second.
fn is_date_time(text: &str) -> bool {
    let Some((clock, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let is_clock = matches!(
        clock.as_bytes(),
        [
            _,
            _,
            _,
            _,
            b'-',
            _,
            _,
            b'-',
            _,
            _,
            b'T' | b't',
            _,
            _,
            b':',
            _,
            _,
            b':',
            _,
            _
        ]
    );
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if offset.len() == fraction.len() {
                return false;
            }
            offset
        }
    };
    is_clock && is_offset(offset.as_bytes()) && Timestamp::parse(text).is_ok()
}

fn is_offset(offset: &[u8]) -> bool {
    let (hours, minutes) = match offset {
        [b'Z' | b'z'] => return true,
        [b'+' | b'-', h1, h2] => ([*h1, *h2], *b"00"),
        [b'+' | b'-', h1, h2, m1, m2] | [b'+' | b'-', h1, h2, b':', m1, m2] => {
            ([*h1, *h2], [*m1, *m2])
        }
        _ => return false,
    };
    let digits = hours.iter().chain(&minutes).all(u8::is_ascii_digit);
    digits && hours <= *b"23" && minutes <= *b"59"
}
