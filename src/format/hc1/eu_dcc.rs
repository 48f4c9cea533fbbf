//! The EU DCC: the payload at -260/1 (dcc-schema 1.0.0 to 1.3.3).

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use ciborium::Value;

use super::cwt::{ContentError, GroupName};
use super::dates::{birth_date, day_of};
use super::schema;
use super::{Deviation, DeviationCode, ends};
use crate::codec::item::Item;
use crate::record::{Entry, Holder, PayloadKind, Record, Recovery, Test, Text, Vaccination};
use crate::{Date, PartialDate, Timestamp};

/// Reads what the certificate says, and notes each departure from the schema.
///
/// A member that can't be read is left out of the record and named among the
/// deviations. A group or an entry that can't be read is an error, as is a
/// certificate without any entry: nothing that it states goes unseen. A group
/// that no schema knows is named.
pub(crate) fn read(dcc: Item<'_>, deviations: &mut Vec<Deviation>) -> Result<Record, ContentError> {
    schema::check(dcc, deviations);
    let record = read_item(dcc)?;
    if let Some(group) = unknown_group(dcc) {
        deviations.push(Deviation::new(
            DeviationCode::GroupUnknown,
            group.to_string(),
        ));
    }
    Ok(record)
}

/// What stands beside the members that the schema knows and holds something of
/// the form of entries, such as `e` of Italy's exemptions and `d` of the United
/// Kingdom's domestic passes. A map is one under such a short name alone: some
/// issuers have details of their own there (Singapore's `meta`). Of several,
/// the name that comes first in the alphabet.
fn unknown_group(dcc: Item<'_>) -> Option<GroupName> {
    let holds_entry = |name: GroupName, value: Item<'_>| match value.untagged() {
        Item::Map(entry) => entry.len() > 0 && name.is_known(),
        Item::Array(entries) => entries.iter().any(|entry| entry.untagged().is_map()),
        _ => false,
    };
    let members = dcc.as_map().into_iter().flat_map(|map| map.iter());
    let groups = members.filter_map(|(name, value)| match name {
        Item::Text("ver" | "nam" | "dob" | "v" | "t" | "r") => None,
        name => {
            let name = GroupName::new(name.as_text());
            holds_entry(name, Item::read(value)).then_some(name)
        }
    });
    groups.min()
}

pub(crate) fn read_item(dcc: Item<'_>) -> Result<Record, ContentError> {
    if !dcc.is_map() {
        return Err(ContentError::NotDcc);
    }
    // What a recovery states, `df` and `du`, is for rules to judge. Any other
    // end is of no schema.
    if ends::is_beside(dcc, &[]) {
        return Err(ContentError::Period);
    }
    // One is what the specification wants.
    let mut entries = Vec::with_capacity(1);
    for (group, read) in [
        (
            "v",
            (|e| Entry::Vaccination(vaccination(e))) as fn(Item<'_>) -> Entry,
        ),
        ("t", |e| Entry::Test(test(e))),
        ("r", |e| Entry::Recovery(recovery(e))),
    ] {
        let group = match dcc.get(group) {
            Some(Item::Array(entries)) => entries,
            // Null groups beside the full one are in the field.
            None | Some(Item::Null) => continue,
            Some(_) => return Err(ContentError::NotGroup),
        };
        for entry in group.iter() {
            if !entry.is_map() {
                return Err(ContentError::NotEntry);
            }
            if ends::is_beside(entry, &[]) {
                return Err(ContentError::Period);
            }
            entries.push(read(entry));
        }
    }
    if entries.is_empty() {
        return Err(unknown_group(dcc).map_or(ContentError::NoEntry, ContentError::UnknownGroup));
    }
    let holder = holder(dcc);
    Ok(Record {
        holder,
        entries,
        schema_version: text(dcc, "ver").unwrap_or_default(),
        version_unread: is_unread_version(dcc),
        payload: PayloadKind::EuDcc,
    })
}

/// Whom `nam` and `dob` name.
pub(in crate::format) fn holder(dcc: Item<'_>) -> Holder {
    let names = dcc.get("nam").unwrap_or(Item::Null);
    let born: Option<Text> = text(dcc, "dob");
    Holder {
        family_name: text(names, "fn"),
        standard_family_name: text(names, "fnt"),
        given_name: text(names, "gn"),
        standard_given_name: text(names, "gnt"),
        born: born.as_deref().map_or(PartialDate::Unknown, birth_date),
        born_text: born.unwrap_or_default(),
        ..Holder::default()
    }
}

/// Whether a version is stated that can't be read, or under another spelling of
/// its name. An empty text states none.
pub(in crate::format) fn is_unread_version(dcc: Item<'_>) -> bool {
    let is_other = match dcc.get("ver").map(Item::untagged) {
        None | Some(Item::Text(_)) => false,
        // Of version 1, of whatever type.
        Some(Item::Integer(number)) => number != 1,
        Some(Item::Float(number)) => !(1.0..2.0).contains(&number),
        Some(_) => true,
    };
    is_other || ends::is_misspelt(dcc, "ver")
}

fn vaccination(entry: Item<'_>) -> Vaccination {
    Vaccination {
        disease: required(entry, "tg"),
        vaccine: required(entry, "vp"),
        product: required(entry, "mp"),
        manufacturer: required(entry, "ma"),
        dose_number: number(entry, "dn"),
        dose_total: number(entry, "sd"),
        date: date(entry, "dt"),
        country: required(entry, "co"),
        issuer: required(entry, "is"),
        id: required(entry, "ci"),
        ..Vaccination::default()
    }
}

fn test(entry: Item<'_>) -> Test {
    Test {
        disease: required(entry, "tg"),
        kind: required(entry, "tt"),
        name: text(entry, "nm"),
        device: text(entry, "ma"),
        sampled_at: time(entry, "sc"),
        resulted_at: time(entry, "dr"),
        result: required(entry, "tr"),
        centre: text(entry, "tc"),
        country: required(entry, "co"),
        issuer: required(entry, "is"),
        id: required(entry, "ci"),
        ..Test::default()
    }
}

fn recovery(entry: Item<'_>) -> Recovery {
    Recovery {
        disease: required(entry, "tg"),
        first_positive: date(entry, "fr"),
        country: required(entry, "co"),
        issuer: required(entry, "is"),
        valid_from: date(entry, "df"),
        valid_until: date(entry, "du"),
        id: required(entry, "ci"),
    }
}

/// A text that says something: an empty one is as good as none, and is
/// written as none.
pub(in crate::format) fn text<'a, T: From<&'a str>>(map: Item<'a>, name: &str) -> Option<T> {
    let text = map.get(name)?.untagged().as_text()?;
    (!text.is_empty()).then(|| text.into())
}

fn required<'a, T: From<&'a str>>(map: Item<'a>, name: &str) -> T {
    text(map, name).unwrap_or_else(|| T::from(""))
}

fn number(map: Item<'_>, name: &str) -> Option<u32> {
    match map.get(name)?.untagged() {
        Item::Integer(n) => u32::try_from(n).ok(),
        // Ireland and others write 1.0; 1.5 is no dose.
        Item::Float(n) if n % 1.0 == 0.0 && (0.0..=1e9).contains(&n) => Some(n as u32),
        _ => None,
    }
}

/// A day, also where a time follows it.
fn date(map: Item<'_>, name: &str) -> Option<Date> {
    day_of(map.get(name)?.untagged().as_text()?)
}

fn time(map: Item<'_>, name: &str) -> Option<Timestamp> {
    Timestamp::parse(map.get(name)?.untagged().as_text()?).ok()
}

/// The record as the certificate holds it, version [`schema::CURRENT`].
pub(crate) fn write(record: &Record) -> Value {
    let holder = &record.holder;
    let names = members([
        ("fn", holder.family_name.as_deref().map(Value::from)),
        (
            "fnt",
            holder.standard_family_name.as_deref().map(Value::from),
        ),
        ("gn", holder.given_name.as_deref().map(Value::from)),
        (
            "gnt",
            holder.standard_given_name.as_deref().map(Value::from),
        ),
    ]);
    let mut groups: [(&str, Vec<Value>); 3] = [("v", vec![]), ("t", vec![]), ("r", vec![])];
    let [v, t, r] = &mut groups;
    for entry in &record.entries {
        match entry {
            Entry::Vaccination(entry) => v.1.push(write_vaccination(entry)),
            Entry::Test(entry) => t.1.push(write_test(entry)),
            Entry::Recovery(entry) => r.1.push(write_recovery(entry)),
            // Of another payload: `Record` never puts them here.
            _ => {}
        }
    }
    let mut dcc = vec![
        (Value::from("ver"), Value::from(schema::CURRENT)),
        (Value::from("nam"), names),
        (Value::from("dob"), Value::from(holder.born.to_string())),
    ];
    for (name, entries) in groups {
        if !entries.is_empty() {
            dcc.push((Value::from(name), Value::Array(entries)));
        }
    }
    Value::Map(dcc)
}

/// A map of the members that have a value.
pub(super) fn members<const N: usize>(all: [(&str, Option<Value>); N]) -> Value {
    let present = |(name, value): (&str, Option<Value>)| Some((Value::from(name), value?));
    Value::Map(all.into_iter().filter_map(present).collect())
}

pub(super) fn stated(text: impl AsRef<str>) -> Option<Value> {
    let text = text.as_ref();
    (!text.is_empty()).then(|| Value::from(text))
}

pub(super) fn day(date: Option<Date>) -> Option<Value> {
    date.map(|date| Value::from(date.to_string()))
}

fn instant(time: Option<Timestamp>) -> Option<Value> {
    time.map(|time| Value::from(time.to_string()))
}

fn write_vaccination(entry: &Vaccination) -> Value {
    members([
        ("tg", stated(&entry.disease)),
        ("vp", stated(&entry.vaccine)),
        ("mp", stated(&entry.product)),
        ("ma", stated(&entry.manufacturer)),
        ("dn", entry.dose_number.map(Value::from)),
        ("sd", entry.dose_total.map(Value::from)),
        ("dt", day(entry.date)),
        ("co", stated(&entry.country)),
        ("is", stated(&entry.issuer)),
        ("ci", stated(&entry.id)),
    ])
}

fn write_test(entry: &Test) -> Value {
    members([
        ("tg", stated(&entry.disease)),
        ("tt", stated(&entry.kind)),
        ("nm", entry.name.as_deref().and_then(stated)),
        ("ma", entry.device.as_deref().and_then(stated)),
        ("sc", instant(entry.sampled_at)),
        ("tr", stated(&entry.result)),
        ("tc", entry.centre().and_then(stated)),
        ("co", stated(&entry.country)),
        ("is", stated(&entry.issuer)),
        ("ci", stated(&entry.id)),
    ])
}

fn write_recovery(entry: &Recovery) -> Value {
    members([
        ("tg", stated(&entry.disease)),
        ("fr", day(entry.first_positive)),
        ("co", stated(&entry.country)),
        ("is", stated(&entry.issuer)),
        ("df", day(entry.valid_from)),
        ("du", day(entry.valid_until)),
        ("ci", stated(&entry.id)),
    ])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::codec::item;

    #[test]
    fn an_empty_text_is_written_and_read_as_none() {
        let record = Record::from_json(
            r#"{"nam": {"fn": "Musterfrau", "fnt": "MUSTERFRAU", "gn": "", "gnt": ""}, "dob": "",
                "t": [{"tg": "840539006", "tt": "LP6464-4", "nm": "", "ma": "", "tc": "",
                "sc": "2021-05-30T10:12:22Z", "tr": "260415000", "co": "XX",
                "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}]}"#,
        )
        .unwrap();
        assert_eq!(record.holder().given_name(), None);
        let written = item::encoded(&write(&record));
        assert!(read_item(Item::read(&written)).unwrap() == record);
    }
}
