//! The members of the WHO's payloads. What can be read in another shape than
//! the specification's is read, and each departure noted.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use ciborium::Value;

use super::cwt::ContentError;
use super::dates::{birth_date, day_of};
use super::{Deviation, DeviationCode};
use crate::codec::item::{self, Item};
use crate::record::{Coding, PayloadKind, Record, RecordError, When};
use crate::{Date, PartialDate};

/// A map of the payload, and the path to it.
#[derive(Clone)]
pub(super) struct Map<'a> {
    pub value: Item<'a>,
    pub at: String,
}

impl<'a> Map<'a> {
    pub fn new(value: Item<'a>, at: impl Into<String>) -> Self {
        let at = at.into();
        Self { value, at }
    }

    pub fn at(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    /// The member, unless it says nothing: JavaScript's `undefined` and null
    /// are in the field.
    pub fn get(&self, name: &str) -> Option<Item<'a>> {
        self.value.get(name).filter(|value| !value.is_null())
    }
}

/// Reads members, and notes what departs.
pub(super) struct Reader<'d>(pub &'d mut Vec<Deviation>);

impl Reader<'_> {
    pub fn note(&mut self, code: DeviationCode, at: impl Into<String>) {
        self.0.push(Deviation::new(code, at));
    }

    /// A member that has to be there.
    pub fn required<T>(
        &mut self,
        map: &Map<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &Map<'_>, &str) -> Option<T>,
    ) -> Option<T> {
        let before = self.0.len();
        let value = read(self, map, name);
        if value.is_none() && self.0.len() == before {
            self.note(DeviationCode::SchemaMissing, map.at(name));
        }
        value
    }

    /// The member without tags, of whatever type.
    pub fn value<'a>(&mut self, map: &Map<'a>, name: &str) -> Option<Item<'a>> {
        match map.value.get(name)? {
            Item::Null => {
                self.note(DeviationCode::SchemaType, map.at(name));
                None
            }
            Item::Tag(tagged) => {
                self.note(DeviationCode::SchemaTag, map.at(name));
                Some(tagged.item())
            }
            value => Some(value),
        }
    }

    /// A text that says something: an empty one is as good as none.
    pub fn text(&mut self, map: &Map<'_>, name: &str) -> Option<String> {
        let text = self.value(map, name)?.as_text();
        if text.is_none() {
            self.note(DeviationCode::SchemaType, map.at(name));
        }
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A text that `read` makes something of.
    pub fn parsed<T>(
        &mut self,
        map: &Map<'_>,
        name: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(&self.text(map, name)?);
        if value.is_none() {
            self.note(DeviationCode::SchemaFormat, map.at(name));
        }
        value
    }

    /// A day; a time that follows it is cut off, and noted.
    pub fn date(&mut self, map: &Map<'_>, name: &str) -> Option<Date> {
        let (date, exact) = self.parsed(map, name, |text| {
            Some((day_of(text)?, Date::parse(text).is_ok()))
        })?;
        if !exact {
            self.note(DeviationCode::SchemaFormat, map.at(name));
        }
        Some(date)
    }

    /// The day of a FHIR `dateTime`, as it is written.
    pub fn day(&mut self, map: &Map<'_>, name: &str) -> Option<Date> {
        self.parsed(map, name, |text| {
            When::parse(text).ok()?;
            day_of(text)
        })
    }

    /// A day, a month or a year (FHIR `date`); a time is cut off, and noted.
    pub fn partial_date(&mut self, map: &Map<'_>, name: &str) -> Option<PartialDate> {
        let (date, exact) = self.parsed(map, name, |text| {
            let exact = PartialDate::parse(text);
            let date = exact.unwrap_or_else(|_| birth_date(text));
            (date != PartialDate::Unknown).then_some((date, exact.is_ok()))
        })?;
        if !exact {
            self.note(DeviationCode::SchemaFormat, map.at(name));
        }
        Some(date)
    }

    /// A date of birth, and its text.
    pub fn born(&mut self, map: &Map<'_>, name: &str, required: bool) -> (PartialDate, String) {
        let born = if required {
            self.required(map, name, Self::partial_date)
        } else {
            self.partial_date(map, name)
        };
        let born = born.unwrap_or_default();
        let text = map.get(name).map(Item::untagged).and_then(Item::as_text);
        (born, text.unwrap_or_default().to_owned())
    }

    /// A FHIR `dateTime`.
    pub fn when(&mut self, map: &Map<'_>, name: &str) -> Option<When> {
        self.parsed(map, name, |text| When::parse(text).ok())
    }

    /// A whole number above 0.
    pub fn count(&mut self, map: &Map<'_>, name: &str) -> Option<u32> {
        let (number, code) = match self.value(map, name)? {
            Item::Integer(n) => (u32::try_from(n).ok(), DeviationCode::SchemaRange),
            Item::Float(n) if n % 1.0 == 0.0 && (1.0..=1e9).contains(&n) => {
                self.note(DeviationCode::SchemaFloat, map.at(name));
                (Some(n as u32), DeviationCode::SchemaFloat)
            }
            _ => (None, DeviationCode::SchemaType),
        };
        let number = number.filter(|n| *n > 0);
        if number.is_none() {
            self.note(code, map.at(name));
        }
        number
    }

    /// A coding, or a bare text in its place.
    pub fn coding(&mut self, map: &Map<'_>, name: &str) -> Option<Coding> {
        let value = self.value(map, name)?;
        if let Item::Map(_) = value {
            let coding = Map::new(value, map.at(name));
            let code = self.required(&coding, "code", Self::text);
            let (system, display) = (self.text(&coding, "system"), self.text(&coding, "display"));
            let coding = Coding::from_parts(code.unwrap_or_default().into(), system, display);
            return (!coding.is_empty()).then_some(coding);
        }
        self.note(DeviationCode::SchemaType, map.at(name));
        let text = value.as_text().filter(|text| !text.is_empty());
        text.map(Coding::from)
    }

    /// The value of a FHIR `Identifier`, or a bare text in its place.
    pub fn identifier(&mut self, map: &Map<'_>, name: &str) -> Option<String> {
        let value = self.value(map, name)?;
        if let Item::Map(_) = value {
            return self.required(&Map::new(value, map.at(name)), "value", Self::text);
        }
        self.note(DeviationCode::SchemaType, map.at(name));
        let text = value.as_text().filter(|text| !text.is_empty());
        text.map(str::to_owned)
    }
}

/// The one payload. smart-trust's `HCert` model has 0..* under each of the
/// WHO's keys and so makes it an array in JSON, while the WHO's own validator
/// reads a map. Of two, each has a holder of its own.
pub(super) fn single<'a>(
    kind: PayloadKind,
    value: Item<'a>,
    deviations: &mut Vec<Deviation>,
) -> Result<Item<'a>, ContentError> {
    match value {
        Item::Map(_) => Ok(value),
        Item::Array(all) => match all.only() {
            Some(only @ Item::Map(_)) => {
                deviations.push(Deviation::new(DeviationCode::PayloadArray, ""));
                Ok(only)
            }
            Some(_) => Err(ContentError::NotPayload(kind)),
            None if all.is_empty() => Err(ContentError::Empty(kind)),
            None => Err(ContentError::SeveralRecords(kind)),
        },
        _ => Err(ContentError::NotPayload(kind)),
    }
}

/// The maps of a list; a map alone stands for a list of one.
pub(super) fn list<'a>(
    kind: PayloadKind,
    value: Item<'a>,
    at: &str,
    deviations: &mut Vec<Deviation>,
) -> Result<Vec<Map<'a>>, ContentError> {
    let items: Vec<_> = match value {
        Item::Array(items) => items.iter().collect(),
        one => {
            deviations.push(Deviation::new(DeviationCode::SchemaType, at));
            vec![one]
        }
    };
    if items.is_empty() {
        return Err(ContentError::Empty(kind));
    }
    if items.iter().any(|item| !item.is_map()) {
        return Err(ContentError::NotPayload(kind));
    }
    let indexed = items.into_iter().enumerate();
    Ok(indexed
        .map(|(n, item)| Map::new(item, format!("{at}[{n}]")))
        .collect())
}

/// Whether what is written is without a departure, and says it all.
pub(super) fn check_written(
    record: &Record,
    written: &Value,
    read: impl FnOnce(Item<'_>, &mut Vec<Deviation>) -> Result<Record, ContentError>,
) -> Result<(), RecordError> {
    let mut deviations = Vec::new();
    let back = read(Item::read(&item::encoded(written)), &mut deviations)?;
    if let Some(first) = deviations.into_iter().next() {
        return Err(RecordError::Schema(first));
    }
    if back.holder != record.holder || back.entries != record.entries {
        return Err(RecordError::Lost(record.payload));
    }
    Ok(())
}
