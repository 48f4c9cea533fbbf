//! The medication overview: the payload at -260/-7 (smart-trust 1.7.0;
//! smart-ph4h, logical models `MedicationOverviewMin` and
//! `MedicationTreatmentLineMin`, 0.9.9).

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use ciborium::Value;

use super::cwt::ContentError;
use super::eu_dcc::{members, stated};
use super::members::{Map, Reader, check_written, list, single};
use super::{Deviation, DeviationCode, ends};
use crate::PartialDate;
use crate::codec::item::Item;
use crate::record::{
    Entry, Holder, IdentityDocument, Medication, PayloadKind, Record, RecordError, Text,
};

/// The most lines, so that the code stays small (`MedicationOverviewMin-TreatmentLines`).
const MOST_LINES: usize = 3;

/// Reads the payload.
///
/// The model allows an overview without a line. It would state nothing, and
/// nothing could be held against the key's usage: it is refused.
pub(crate) fn read(
    value: Item<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    const KIND: PayloadKind = PayloadKind::Medication;
    let root = Map::new(single(KIND, value, deviations)?, "");
    let lines = root.get("m").ok_or(ContentError::Empty(KIND))?;
    let lines = list(KIND, lines, "m", deviations)?;
    let is_beside = |map: &Map<'_>| ends::is_beside(map.value, &[]);
    if is_beside(&root) || lines.iter().any(is_beside) {
        return Err(ContentError::Period);
    }
    let mut reader = Reader(deviations);
    if lines.len() > MOST_LINES {
        reader.note(DeviationCode::SchemaEntries, "m");
    }
    let holder = holder(&mut reader, &root);
    let entries = lines
        .iter()
        .map(|line| Entry::Medication(medication(&mut reader, line)));
    Ok(Record {
        holder,
        entries: entries.collect(),
        schema_version: Text::EMPTY,
        version_unread: false,
        payload: KIND,
    })
}

fn holder(reader: &mut Reader<'_>, root: &Map<'_>) -> Holder {
    let full_name = reader.required(root, "n", Reader::text);
    let (born, born_text) = reader.born(root, "dob", true);
    let kind = reader.text(root, "dt");
    let number = if kind.is_some() {
        reader.required(root, "id", Reader::text)
    } else {
        reader.text(root, "id")
    };
    Holder {
        full_name,
        born,
        born_text: born_text.into(),
        sex: reader.required(root, "s", Reader::text),
        nationality: reader.text(root, "nt"),
        document: number.map(|number| IdentityDocument::new(&number, kind.as_deref())),
        ..Holder::default()
    }
}

fn medication(reader: &mut Reader<'_>, line: &Map<'_>) -> Medication {
    let medicine = reader.required(line, "m", Reader::text);
    Medication {
        medicine: medicine.unwrap_or_default(),
        effective_from: reader.partial_date(line, "es"),
        effective_until: reader.partial_date(line, "ee"),
        asserted_on: reader.partial_date(line, "da"),
        dosage: reader.text(line, "d"),
        reason: reader.text(line, "r"),
        adherence: reader.text(line, "a"),
    }
}

/// The record as a certificate holds it.
pub(crate) fn write(record: &Record) -> Value {
    let holder = &record.holder;
    let document = holder.document.as_ref();
    let lines = record.entries.iter().filter_map(|entry| match entry {
        Entry::Medication(line) => Some(write_line(line)),
        _ => None,
    });
    members([
        ("n", optional(holder.full_name.as_deref())),
        ("dob", stated(&holder.born_text)),
        ("s", optional(holder.sex.as_deref())),
        ("nt", optional(holder.nationality.as_deref())),
        ("id", optional(document.map(|d| d.number.as_str()))),
        ("dt", optional(document.and_then(|d| d.kind.as_deref()))),
        ("m", Some(Value::Array(lines.collect()))),
    ])
}

fn write_line(line: &Medication) -> Value {
    let date = |date: Option<PartialDate>| stated(date?.to_string());
    members([
        ("m", stated(&line.medicine)),
        ("es", date(line.effective_from)),
        ("ee", date(line.effective_until)),
        ("da", date(line.asserted_on)),
        ("d", optional(line.dosage.as_deref())),
        ("r", optional(line.reason.as_deref())),
        ("a", optional(line.adherence.as_deref())),
    ])
}

fn optional(text: Option<&str>) -> Option<Value> {
    text.and_then(stated)
}

/// Whether it may be issued.
pub(crate) fn check(record: &Record) -> Result<(), RecordError> {
    check_written(record, &write(record), read)?;
    for (n, entry) in record.entries.iter().enumerate() {
        if let Entry::Medication(line) = entry {
            line.check(&format!("m[{n}]"))?;
        }
    }
    Ok(())
}
