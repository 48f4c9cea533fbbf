//! The WHO's DDCC, vaccination status and test result: the payloads at
//! -260/3 and -260/4 (WorldHealthOrganization/ddcc, logical models
//! `DDCCCoreDataSet.VS` and `DDCCCoreDataSet.TR`, RC2).
//!
//! The early issuers put the core data set at the root of the CWT, a
//! vaccination with all members side by side (WorldHealthOrganization/
//! ddcc-validator, `WHO2FHIR`); that is read wherever it stands.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use ciborium::Value;

use super::cwt::ContentError;
use super::dates::days_of;
use super::eu_dcc::{day, members, stated};
use super::members::{Map, Reader, check_written, single};
use super::{Deviation, DeviationCode, ends};
use crate::codec::item::Item;
use crate::record::{
    CertificateDetails, Coding, Entry, Extra, Holder, IdentityDocument, PayloadKind, Record,
    RecordError, Test, TestDetails, Vaccination, VaccinationDetails, When,
};
use crate::{Date, PartialDate};

/// The version of the core data set that is written.
pub(super) const CURRENT: &str = "RC2";
/// The versions of it that were published.
pub(crate) const PUBLISHED: [&str; 2] = ["RC1", CURRENT];

/// The members that make a certificate of the early form, and that stand in
/// `certificate` today.
const EARLY_CERTIFICATE: [&str; 4] = ["pha", "hcid", "valid_from", "valid_until"];

/// Which core data set stands at the root of the claims, if one does: a name
/// in a text, and what happened in a map.
pub(super) fn at_root(root: &Map<'_>) -> Result<Option<PayloadKind>, ContentError> {
    let is_map = |name| root.get(name).is_some_and(Item::is_map);
    if !root.get("name").is_some_and(Item::is_text) {
        return Ok(None);
    }
    let vaccination = is_map("vaccination") || is_map("vaccine");
    match (vaccination, is_map("test")) {
        (true, true) => Err(SEVERAL),
        (true, false) => Ok(Some(PayloadKind::DdccVaccination)),
        (false, true) => Ok(Some(PayloadKind::DdccTest)),
        (false, false) => Ok(None),
    }
}

const SEVERAL: ContentError = ContentError::SeveralPayloads {
    first: PayloadKind::DdccVaccination,
    second: PayloadKind::DdccTest,
};

/// Reads the payload. Members that the core data set does not know are no
/// departure, and are left out, but for ends and begins of a validity: they
/// would count. Beside the claims (`at_root`) the names of claims are none of
/// members.
pub(crate) fn read(
    kind: PayloadKind,
    value: Item<'_>,
    at_root: bool,
    deviations: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    let root = Map::new(single(kind, value, deviations)?, "");
    let is_test = kind == PayloadKind::DdccTest;
    let has = |name| root.get(name).is_some();
    let vaccinated = has("vaccination") || has("vaccine");
    if vaccinated && has("test") {
        return Err(SEVERAL);
    }
    let name = if is_test { "test" } else { "vaccination" };
    let event = match root.get(name) {
        Some(event @ Item::Map(_)) => Map::new(event, name),
        // 0..* in the model of 2021. One certificate, one event, as in every
        // model since: several are refused rather than shown in part.
        Some(Item::Array(events)) => match events.only() {
            Some(event @ Item::Map(_)) => {
                deviations.push(Deviation::new(DeviationCode::SchemaType, name));
                Map::new(event, name)
            }
            Some(_) => return Err(ContentError::NotPayload(kind)),
            None if events.is_empty() => return Err(ContentError::Empty(kind)),
            None => return Err(ContentError::SeveralRecords(kind)),
        },
        None if vaccinated && !is_test => root.clone(),
        _ => return Err(ContentError::NotPayload(kind)),
    };
    let mut reader = Reader(deviations);
    // Side by side, under names of their own.
    let early = !is_test && !has("vaccination");
    let certificate = Certificate::read(&mut reader, &root)?;
    let of_root: &[&str] = if certificate.early {
        &["valid_from", "valid_until"]
    } else {
        &[]
    };
    let of_event: &[&str] = if is_test {
        &[]
    } else {
        &["validFrom", "vaccine_valid"]
    };
    let is_side_by_side = event.at.is_empty();
    let of_all = [of_root, of_event].concat();
    let of_root = if is_side_by_side { &of_all } else { of_root };
    let other_end = match at_root {
        true => ends::is_beside_both(root.value, of_root),
        false => ends::is_beside(root.value, of_root),
    };
    if other_end || (!is_side_by_side && ends::is_beside(event.value, of_event)) {
        return Err(ContentError::Period);
    }
    if early || certificate.early {
        reader.note(DeviationCode::DdccEarlyForm, "");
    }
    let holder = holder(&mut reader, &root);
    let version = certificate.version.clone();
    let version_unread = certificate.version_unread;
    let entry = if is_test {
        Entry::Test(test(&mut reader, &event, certificate))
    } else {
        Entry::Vaccination(vaccination(&mut reader, &event, certificate)?)
    };
    Ok(Record {
        holder,
        entries: vec![entry],
        schema_version: version.into(),
        version_unread,
        payload: kind,
    })
}

fn holder(reader: &mut Reader<'_>, root: &Map<'_>) -> Holder {
    let full_name = reader.required(root, "name", Reader::text);
    let (born, born_text) = reader.born(root, "birthDate", false);
    let identifier = reader.identifier(root, "identifier");
    Holder {
        full_name,
        born,
        born_text: born_text.into(),
        sex: sex(reader, root),
        document: identifier.map(|number| IdentityDocument::new(&number, None)),
        ..Holder::default()
    }
}

/// A code by the model; the early issuers write a coding.
fn sex(reader: &mut Reader<'_>, root: &Map<'_>) -> Option<String> {
    if !root.get("sex").is_some_and(Item::is_map) {
        return reader.text(root, "sex");
    }
    reader.note(DeviationCode::SchemaType, root.at("sex"));
    let coding = reader.coding(root, "sex")?;
    Some(coding.code().to_owned()).filter(|code| !code.is_empty())
}

/// `certificate`, or what stands for it in the early form.
#[derive(Default)]
struct Certificate {
    early: bool,
    issuer: String,
    id: String,
    version: String,
    version_unread: bool,
    details: CertificateDetails,
}

impl Certificate {
    fn read(reader: &mut Reader<'_>, root: &Map<'_>) -> Result<Self, ContentError> {
        let early = EARLY_CERTIFICATE
            .into_iter()
            .any(|name| root.get(name).is_some());
        let Some(value) = reader.value(root, "certificate") else {
            return if early {
                Self::read_early(reader, root)
            } else {
                Ok(Self::default())
            };
        };
        // Two periods, two identifiers: a reader could take either.
        if early {
            return Err(ContentError::MemberTwice);
        }
        if !value.is_map() {
            return Err(ContentError::Period);
        }
        let map = Map::new(value, root.at("certificate"));
        let period = match reader.value(&map, "period") {
            None => None,
            Some(period @ Item::Map(_)) => Some(Map::new(period, map.at("period"))),
            Some(_) => return Err(ContentError::Period),
        };
        // What stands there under another name could be an end.
        let is_bound = |name: Item<'_>| matches!(name.as_text(), Some("start" | "end"));
        let members = period.as_ref().and_then(|period| period.value.as_map());
        let mut names = members.into_iter().flat_map(|map| map.iter());
        if names.any(|(name, _)| !is_bound(name)) {
            return Err(ContentError::Period);
        }
        if ends::is_beside(value, &["period"]) {
            return Err(ContentError::Period);
        }
        let details = CertificateDetails {
            kid: reader.text(&map, "kid"),
            ddcc_id: reader.identifier(&map, "ddccid"),
            valid_from: bound(reader, period.as_ref(), "start")?,
            valid_until: bound(reader, period.as_ref(), "end")?,
        };
        let version = reader
            .required(&map, "version", Reader::text)
            .unwrap_or_default();
        // An empty text states none, as everywhere.
        let is_stated = map
            .get("version")
            .is_some_and(|version| version.untagged().as_text() != Some(""));
        Ok(Self {
            early: false,
            issuer: reader
                .required(&map, "issuer", reference)
                .unwrap_or_default(),
            id: reader
                .required(&map, "hcid", Reader::identifier)
                .unwrap_or_default(),
            version_unread: (is_stated && version.is_empty())
                || ends::is_misspelt(value, "version"),
            version,
            details,
        })
    }

    fn read_early(reader: &mut Reader<'_>, root: &Map<'_>) -> Result<Self, ContentError> {
        Ok(Self {
            early: true,
            issuer: reader.text(root, "pha").unwrap_or_default(),
            id: reader.text(root, "hcid").unwrap_or_default(),
            version: String::new(),
            version_unread: false,
            details: CertificateDetails {
                valid_from: bound(reader, Some(root), "valid_from")?,
                valid_until: bound(reader, Some(root), "valid_until")?,
                ..CertificateDetails::default()
            },
        })
    }
}

/// An end of the period. One that can't be read is never taken for "no limit".
fn bound(
    reader: &mut Reader<'_>,
    map: Option<&Map<'_>>,
    name: &str,
) -> Result<Option<When>, ContentError> {
    let Some(map) = map else {
        return Ok(None);
    };
    let when = reader.when(map, name);
    match map.get(name) {
        Some(_) => when.map(Some).ok_or(ContentError::Period),
        None => Ok(None),
    }
}

/// The day from which a dose counts, of a month or a year the first. As of the
/// period, what can't be read is never taken for "from the start".
fn counts_from(
    reader: &mut Reader<'_>,
    event: &Map<'_>,
    name: &str,
) -> Result<Option<Date>, ContentError> {
    if event.get(name).is_none() {
        return Ok(reader.date(event, name));
    }
    let days = reader.parsed(event, name, |text| {
        Some((days_of(text)?, Date::parse(text).is_ok()))
    });
    let ((first, _), exact) = days.ok_or(ContentError::Period)?;
    if !exact {
        reader.note(DeviationCode::SchemaFormat, event.at(name));
    }
    Ok(Some(first))
}

/// A FHIR `Reference` to the organization: its identifier, its name, or where
/// it is; or a bare text in its place.
fn reference(reader: &mut Reader<'_>, map: &Map<'_>, name: &str) -> Option<String> {
    let Some(value @ Item::Map(_)) = map.get(name) else {
        return reader.identifier(map, name);
    };
    let map = Map::new(value, map.at(name));
    if map.get("identifier").is_some() {
        return reader.identifier(&map, "identifier");
    }
    let display = reader.text(&map, "display");
    display.or_else(|| reader.required(&map, "reference", Reader::text))
}

/// The name that the event uses; `total_doses` is what the WHO's validator
/// reads in either form.
fn either<'n>(event: &Map<'_>, name: &'n str, early: &'n str) -> Result<&'n str, ContentError> {
    match (event.get(name), event.get(early)) {
        (Some(_), Some(_)) => Err(ContentError::MemberTwice),
        (None, Some(_)) => Ok(early),
        _ => Ok(name),
    }
}

fn vaccination(
    reader: &mut Reader<'_>,
    event: &Map<'_>,
    certificate: Certificate,
) -> Result<Vaccination, ContentError> {
    let holder_name = either(event, "maholder", "ma_holder")?;
    let total_name = either(event, "totalDoses", "total_doses")?;
    let from_name = either(event, "validFrom", "vaccine_valid")?;
    let next_name = either(event, "nextDose", "due_date")?;
    if total_name != "totalDoses" && !event.at.is_empty() {
        reader.note(DeviationCode::DdccEarlyForm, event.at(total_name));
    }
    let practitioner = match either(event, "practitioner", "hw")? {
        "hw" => reader.text(event, "hw"),
        name => reader.identifier(event, name),
    };
    let manufacturer = reader.coding(event, "manufacturer");
    let authorisation_holder = reader.coding(event, holder_name);
    // who-ddcc-data-1: one of the two.
    if manufacturer.is_none() && authorisation_holder.is_none() {
        reader.note(DeviationCode::SchemaMissing, event.at("manufacturer"));
    }
    Ok(Vaccination {
        disease: reader.coding(event, "disease").unwrap_or_default(),
        vaccine: required_coding(reader, event, "vaccine"),
        product: required_coding(reader, event, "brand"),
        manufacturer: manufacturer.unwrap_or_default(),
        dose_number: reader.required(event, "dose", Reader::count),
        dose_total: reader.count(event, total_name),
        date: reader.required(event, "date", Reader::day),
        country: required_coding(reader, event, "country"),
        issuer: certificate.issuer,
        id: certificate.id,
        details: Extra::from(VaccinationDetails {
            certificate: certificate.details,
            authorisation_holder: authorisation_holder.unwrap_or_default(),
            batch: reader.required(event, "lot", Reader::text),
            centre: reader.text(event, "centre"),
            practitioner,
            valid_from: counts_from(reader, event, from_name)?,
            next_dose: reader.date(event, next_name),
        }),
    })
}

fn test(reader: &mut Reader<'_>, event: &Map<'_>, certificate: Certificate) -> Test {
    let sampled = reader.required(event, "date", Reader::when);
    let (sampled_at, sampled_on) = match sampled {
        Some(When::Instant(time)) => (Some(time), None),
        Some(When::Date(PartialDate::Day(day))) => (None, Some(day)),
        // A month or a year is no time of sampling.
        Some(When::Date(_)) => {
            reader.note(DeviationCode::SchemaFormat, event.at("date"));
            (None, None)
        }
        None => (None, None),
    };
    Test {
        disease: required_coding(reader, event, "pathogen"),
        kind: required_coding(reader, event, "type"),
        sampled_at,
        result: reader.coding(event, "result").unwrap_or_default(),
        centre: reader.coding(event, "centre"),
        country: required_coding(reader, event, "country"),
        issuer: certificate.issuer,
        id: certificate.id,
        details: Extra::from(TestDetails {
            certificate: certificate.details,
            brand: reader.coding(event, "brand").unwrap_or_default(),
            manufacturer: reader.coding(event, "manufacturer").unwrap_or_default(),
            origin: reader.coding(event, "origin").unwrap_or_default(),
            sampled_on,
        }),
        ..Test::default()
    }
}

fn required_coding(reader: &mut Reader<'_>, event: &Map<'_>, name: &str) -> Coding {
    let coding = reader.required(event, name, Reader::coding);
    coding.unwrap_or_default()
}

/// The record as a certificate holds it.
pub(crate) fn write(record: &Record) -> Value {
    let holder = &record.holder;
    let certificate = record.entries.first().map(|entry| {
        let details = match entry {
            Entry::Vaccination(entry) => Some(entry.certificate()),
            Entry::Test(entry) => Some(entry.certificate()),
            _ => None,
        };
        write_certificate(entry, &record.schema_version, details)
    });
    let event = record.entries.first().and_then(|entry| match entry {
        Entry::Vaccination(entry) => Some(write_vaccination(entry)),
        Entry::Test(entry) => Some(write_test(entry)),
        _ => None,
    });
    let name = match record.payload {
        PayloadKind::DdccTest => "test",
        _ => "vaccination",
    };
    members([
        ("name", optional(&holder.full_name)),
        ("birthDate", stated(&holder.born_text)),
        ("sex", optional(&holder.sex)),
        (
            "identifier",
            holder.document.as_ref().and_then(|d| identifier(&d.number)),
        ),
        ("certificate", certificate),
        (name, event),
    ])
}

fn write_certificate(entry: &Entry, version: &str, details: Option<&CertificateDetails>) -> Value {
    let version = if version.is_empty() { CURRENT } else { version };
    let issuer = identifier(entry.issuer().unwrap_or_default())
        .map(|id| members([("identifier", Some(id))]));
    let details = details.cloned().unwrap_or_default();
    let time = |when: Option<When>| when.map(|when| Value::from(when.to_string()));
    let period = members([
        ("start", time(details.valid_from)),
        ("end", time(details.valid_until)),
    ]);
    members([
        ("issuer", issuer),
        ("kid", optional(&details.kid)),
        ("hcid", identifier(entry.id().unwrap_or_default())),
        ("ddccid", details.ddcc_id.as_deref().and_then(identifier)),
        ("version", stated(version)),
        (
            "period",
            Some(period).filter(|period| period != &members([])),
        ),
    ])
}

fn optional(text: &Option<String>) -> Option<Value> {
    text.as_deref().and_then(stated)
}

fn identifier(value: &str) -> Option<Value> {
    Some(members([("value", Some(stated(value)?))]))
}

fn coding(coding: &Coding) -> Option<Value> {
    let map = || {
        members([
            ("system", coding.system().and_then(stated)),
            ("code", stated(coding)),
            ("display", coding.display().and_then(stated)),
        ])
    };
    (!coding.is_empty()).then(map)
}

fn write_vaccination(entry: &Vaccination) -> Value {
    members([
        ("vaccine", coding(&entry.vaccine)),
        ("brand", coding(&entry.product)),
        ("manufacturer", coding(&entry.manufacturer)),
        ("maholder", coding(entry.authorisation_holder())),
        ("lot", entry.batch().and_then(stated)),
        ("date", day(entry.date)),
        ("validFrom", day(entry.valid_from())),
        ("dose", entry.dose_number.map(Value::from)),
        ("totalDoses", entry.dose_total.map(Value::from)),
        ("country", coding(&entry.country)),
        ("centre", entry.centre().and_then(stated)),
        ("practitioner", entry.practitioner().and_then(identifier)),
        ("disease", coding(&entry.disease)),
        ("nextDose", day(entry.next_dose())),
    ])
}

fn write_test(entry: &Test) -> Value {
    let sampled = entry.sampled_at.map(|time| Value::from(time.to_string()));
    members([
        ("pathogen", coding(&entry.disease)),
        ("type", coding(&entry.kind)),
        ("brand", coding(entry.brand())),
        ("manufacturer", coding(entry.manufacturer())),
        ("origin", coding(entry.origin())),
        ("date", sampled.or_else(|| day(entry.sampled_on()))),
        ("result", coding(&entry.result)),
        ("centre", entry.centre.as_ref().and_then(coding)),
        ("country", coding(&entry.country)),
    ])
}

/// Whether it may be issued.
pub(crate) fn check(record: &Record) -> Result<(), RecordError> {
    let [entry] = record.entries.as_slice() else {
        let count = Deviation::new(DeviationCode::SchemaEntries, "");
        return Err(RecordError::Schema(count));
    };
    // Preferred are the three letters of ISO 3166-1, the DCC has two.
    let country = entry.country().unwrap_or_default();
    let letters = country.bytes().all(|b| b.is_ascii_uppercase());
    let (name, right) = match record.payload {
        PayloadKind::DdccTest => ("test", matches!(entry, Entry::Test(_))),
        _ => ("vaccination", matches!(entry, Entry::Vaccination(_))),
    };
    if !right {
        return Err(RecordError::Lost(record.payload));
    }
    check_written(record, &write(record), |value, deviations| {
        read(record.payload, value, false, deviations)
    })?;
    if !(matches!(country.len(), 2 | 3) && letters) {
        let at = format!("{name}.country");
        return Err(RecordError::Country { at });
    }
    match record.period() {
        (Some(from), Some(until)) if until < from => Err(RecordError::Period {
            at: "certificate.period".into(),
        }),
        _ => Ok(()),
    }
}
