//! What a record says, in words for people: dates and codes resolved.
//!
//! ```
//! use hcert::record::Record;
//! use hcert::words::{Language, describe};
//! let record = Record::from_json(r#"{"nam": {"fn": "Musterfrau", "gn": "Erika"}, "dob": "1964-08-12",
//!     "t": [{"tg": "840539006", "tt": "LP6464-4", "sc": "2021-05-30T10:12:22Z", "tr": "260415000",
//!     "co": "XX", "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}]}"#)?;
//! let lines = describe(&record, Language::English);
//! let test = lines.iter().find(|line| line.label == "Test").unwrap();
//! assert_eq!(test.text, "for COVID-19 (840539006): negative (not detected)");
//! # Ok::<(), hcert::record::RecordError>(())
//! ```
//!
//! The texts are written by issuers: a program that prints them on a terminal
//! passes them through [`printable`] first.

mod codes;
mod entries;
mod texts;

use alloc::borrow::Cow;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::PartialDate;
use crate::record::{
    Coding, Entry, Holder, PayloadKind, ProductCatalogue, Record, ValueSetEntry, ValueSets,
};
use texts::Text;

pub use texts::Language;

/// Text of strangers, fit for a terminal or a log: characters that move the
/// cursor, turn the direction of writing or can't be seen are escaped.
///
/// ```
/// use hcert::words::printable;
/// assert_eq!(printable("Erika\u{200b}\u{1b}[2J"), "Erika\\u{200b}\\u{1b}[2J");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    crate::codec::text::printable(text)
}

/// A label and what belongs to it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// The same for every record of the kind.
    pub label: &'static str,
    /// What this record says there.
    pub text: String,
}

impl fmt::Debug for Line {
    /// Leaves out the text, which is about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({}, redacted)", self.label)
    }
}

/// The lines of a record: the holder first, then each entry.
///
/// What the record leaves out is left out, but for what a certificate of its
/// kind has to say. The key of a health link is never among them. Codes are
/// named as in the [built-in value sets](ValueSets::builtin).
pub fn describe(record: &Record, language: Language) -> Vec<Line> {
    describe_with(record, language, &ValueSets::builtin())
}

/// The same with the names of these value sets, in whatever language they
/// have. A code that the set of its member doesn't know is shown as it is.
///
/// ```
/// # use hcert::record::{Record, ValueSets};
/// # use hcert::words::{Language, describe_with};
/// # let record = Record::from_json(r#"{"nam": {"fn": "Musterfrau"}, "dob": "1964-08-12",
/// #     "r": [{"tg": "840539006", "fr": "2021-05-30", "df": "2021-06-10", "du": "2021-11-26",
/// #     "co": "AT", "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:0#0"}]}"#)?;
/// let sets = ValueSets::builtin().with_json(br#"{"valueSetId": "country-2-codes",
///     "valueSetDate": "2026-01-01", "valueSetValues": {"AT": {"display": "\u00d6sterreich", "active": true}}}"#)?;
/// let lines = describe_with(&record, Language::English, &sets);
/// assert!(lines.iter().any(|line| line.label == "Country" && line.text == "Österreich (AT)"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn describe_with(record: &Record, language: Language, sets: &ValueSets) -> Vec<Line> {
    let mut words = Words {
        language,
        sets,
        payload: record.payload(),
        lines: Vec::new(),
    };
    words.holder(record.holder());
    for entry in record.entries() {
        words.entry(entry);
    }
    words.lines
}

/// What a payload is called.
pub fn payload_name(kind: PayloadKind, language: Language) -> &'static str {
    let text = match kind {
        PayloadKind::EuDcc => Text::EuDcc,
        PayloadKind::DdccVaccination => Text::DdccVaccination,
        PayloadKind::DdccTest => Text::DdccTest,
        PayloadKind::HealthLink => Text::HealthLinkCode,
        PayloadKind::YellowCard => Text::YellowCardCode,
        PayloadKind::Medication => Text::MedicationCode,
        PayloadKind::Light => Text::LightCertificate,
    };
    text.in_language(language)
}

/// Lines in the making.
struct Words<'a> {
    language: Language,
    sets: &'a ValueSets,
    payload: PayloadKind,
    lines: Vec<Line>,
}

impl Words<'_> {
    fn line(&mut self, label: Text, text: impl Into<String>) {
        let (label, text) = (label.in_language(self.language), text.into());
        self.lines.push(Line { label, text });
    }

    /// A line that is left out where nothing is stated.
    fn optional(&mut self, label: Text, value: Option<impl ToString>) {
        let text = value.map(|value| value.to_string());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.line(label, text);
        }
    }

    /// A line that says so where nothing is stated.
    fn required(&mut self, label: Text, value: Option<impl ToString>) {
        let text = value.map(|value| value.to_string());
        let text = text.filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| self.say(Text::Unreadable, &[]));
        self.line(label, text);
    }

    /// The text with the values in their places.
    fn say(&self, text: Text, values: &[&str]) -> String {
        fill(text.in_language(self.language), values)
    }

    /// The name of a code with the code, or the code as it stands.
    fn code(&self, code: &str) -> String {
        let products = ProductCatalogue::builtin();
        let known = codes::name(code, self.language).or_else(|| match self.language {
            Language::English => products.disease_name(code),
        });
        match known {
            Some(name) => self.say(Text::NamedCode, &[name, code]),
            None if code.is_empty() => self.say(Text::Unreadable, &[]),
            None => self.say(Text::Code, &[code]),
        }
    }

    /// The same for a code that may bring the issuer's words along.
    fn coding(&self, coding: &Coding) -> String {
        match coding.display() {
            Some(words) if coding.code().is_empty() => words.to_owned(),
            Some(words) => self.say(Text::NamedCode, &[words, coding.code()]),
            None => self.code(coding.code()),
        }
    }

    /// The same for a code that may be in that value set.
    fn coding_in(&self, set: &str, coding: &Coding) -> String {
        let is_meant = |known: &&ValueSetEntry| {
            coding.display().is_none() && known.system().is_none_or(|system| coding.is_of(system))
        };
        match self.entry_of(set, coding.code()).filter(is_meant) {
            Some(known) => self.say(Text::NamedCode, &[known.display(), coding.code()]),
            None => self.coding(coding),
        }
    }

    fn entry_of(&self, set: &str, code: &str) -> Option<&ValueSetEntry> {
        self.sets.get(set)?.get(code)
    }

    /// A line that only an EU DCC has to have.
    fn coded(&mut self, label: Text, set: &str, coding: &Coding) {
        if self.payload == PayloadKind::EuDcc || !coding.is_empty() {
            self.line(label, self.coding_in(set, coding));
        }
    }

    /// The name of a country with its code, or what stands there.
    fn country(&self, code: &str) -> String {
        match self.entry_of(ValueSets::COUNTRY, code) {
            Some(entry) => self.say(Text::NamedCode, &[entry.display(), code]),
            None => code.to_owned(),
        }
    }

    fn holder(&mut self, holder: &Holder) {
        let payload = self.payload;
        let name = match holder.full_name.as_deref() {
            Some(name) => name.to_owned(),
            None => {
                let names = [holder.given_name(), holder.family_name()];
                let names: Vec<_> = names.into_iter().flatten().collect();
                names.join(" ")
            }
        };
        // A link has no holder but the one of the record behind it.
        if payload == PayloadKind::HealthLink && name.is_empty() {
            return;
        }
        self.required(Text::Holder, Some(name));
        let standard = holder.passport_name().unwrap_or_default();
        match payload {
            PayloadKind::EuDcc => self.required(Text::InPassports, Some(standard)),
            _ => self.optional(Text::InPassports, Some(standard)),
        }
        let born = self.birth(holder.born(), holder.born_text());
        self.line(Text::Born, born);
        self.optional(Text::Sex, holder.sex.as_deref());
        self.optional(Text::Nationality, holder.nationality.as_deref());
        let document = holder.document.as_ref().map(|document| {
            let number = document.number();
            match document.kind() {
                Some(kind) => {
                    let kind = codes::name(kind, self.language).unwrap_or(kind);
                    self.say(Text::NamedCode, &[number, kind])
                }
                None => number.to_owned(),
            }
        });
        self.optional(Text::Document, document);
        self.optional(Text::Guardian, holder.guardian.as_deref());
    }

    fn birth(&self, born: PartialDate, written: &str) -> String {
        let date = born.to_string();
        match born {
            PartialDate::Day(_) => date,
            PartialDate::Month { .. } => self.say(Text::BornDayUnknown, &[&date]),
            PartialDate::Year(_) => self.say(Text::BornMonthUnknown, &[&date]),
            PartialDate::Unknown if written.is_empty() => self.say(Text::BornUnknown, &[]),
            PartialDate::Unknown => self.say(Text::BornNoDate, &[&format!("{written:?}")]),
        }
    }

    fn entry(&mut self, entry: &Entry) {
        match entry {
            Entry::Vaccination(entry) => self.vaccination(entry),
            Entry::Test(entry) => self.test(entry),
            Entry::Recovery(entry) => self.recovery(entry),
            Entry::YellowCard(entry) => return self.yellow_card(entry),
            Entry::Medication(entry) => return self.medication(entry),
            Entry::HealthLink(entry) => return self.health_link(entry),
        }
        let country = entry.country().map(|code| self.country(code));
        match self.payload {
            // The core data set leaves them open.
            PayloadKind::DdccVaccination | PayloadKind::DdccTest => {
                self.optional(Text::Country, country);
                self.optional(Text::CertifiedBy, entry.issuer());
            }
            _ => {
                self.required(Text::Country, country);
                self.required(Text::CertifiedBy, entry.issuer());
            }
        }
        self.required(Text::Identifier, entry.id());
    }
}

/// Puts the values in the places `{0}`, `{1}` of the text. What stands in a
/// value is no place.
fn fill(text: &str, values: &[&str]) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or_default();
        let place = place.parse::<usize>().ok();
        let value = place.and_then(|place| values.get(place));
        out.push_str(value.unwrap_or(&""));
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_places_and_are_not_looked_into() {
        assert_eq!(fill("{1} of {0}", &["a", "b"]), "b of a");
        assert_eq!(fill("{0}, {1}", &["{1}", "{0}"]), "{1}, {0}");
        assert_eq!(fill("none", &["a"]), "none");
    }

    #[test]
    fn every_text_has_places_that_can_be_filled() {
        for text in Text::ALL {
            let words = text.in_language(Language::English);
            assert!(!words.is_empty());
            let places = words.matches('{').count();
            let filled = fill(words, &["<0>", "<1>", "<2>"]);
            assert!(!filled.contains(['{', '}']), "{words}");
            assert_eq!(filled.matches('<').count(), places, "{words}");
        }
    }
}
