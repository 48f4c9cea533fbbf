//! The yellow card: the payload at -260/-6, in its three generations
//! (gdhcn-validator `DvcHCertPayloadModel.kt`; smart-icvp 0.3.0 `ICVPMin`;
//! smart-trust-phw `DVCMin.fsh`@6f74f4f2 with smart-icvp
//! `ICVPMin.fsh`@0f5de0b6).

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use ciborium::Value;

use super::cwt::ContentError;
use super::dates::{birth_date, day_of, days_of};
use super::schema::is_member_name;
use super::{Deviation, DeviationCode, ends};
use crate::codec::item::{self, Item};
use crate::record::{
    Entry, Generation, Holder, IdentityDocument, PayloadKind, ProductCatalogue, Record,
    RecordError, TEMPLATE, Text, YellowCard,
};
use crate::{Date, PartialDate};

/// Reads what the card says, and notes each departure from the specification
/// of its generation.
///
/// The disease and the period are derived with `products`; whether a product
/// or a template is known is for the verifier to judge, so that an inspector
/// sees what the card says.
pub(crate) fn read(
    value: Item<'_>,
    products: &ProductCatalogue,
    deviations: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    let (holder, mut card) = parse(value, deviations)?;
    card.resolve(products);
    // Where the Regulations set the period, theirs counts.
    if card.has_unread_period() && card.relies_on_stated_period() {
        return Err(ContentError::Period);
    }
    if let Some(at) = card.other_period() {
        deviations.push(Deviation::new(DeviationCode::CardValidity, at));
    }
    Ok(record(holder, card))
}

fn record(holder: Holder, card: YellowCard) -> Record {
    Record {
        holder,
        entries: vec![Entry::YellowCard(card)],
        schema_version: Text::EMPTY,
        version_unread: false,
        payload: PayloadKind::YellowCard,
    }
}

fn parse(
    value: Item<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<(Holder, YellowCard), ContentError> {
    let (generation, dose) = dose(value, deviations)?;
    let mut top = Members {
        map: value,
        at: "",
        deviations,
    };
    let is_2026 = generation == Generation::Icvp2026;
    let (nationality, number, kind) = match is_2026 {
        true => ("nt", "id", "dt"),
        false => ("ntl", "nid", "ndt"),
    };
    let number = top.text(number);
    let kind = top.text(kind);
    let document = (number.is_some() || kind.is_some()).then(|| IdentityDocument {
        number: number.unwrap_or_default(),
        kind,
    });
    let born = top.required("dob");
    if born.as_deref().is_some_and(|dob| Date::parse(dob).is_err()) {
        top.note(DeviationCode::SchemaFormat, "dob");
    }
    let holder = Holder {
        full_name: top.required("n"),
        born: born.as_deref().map_or(PartialDate::Unknown, birth_date),
        born_text: born.unwrap_or_default().into(),
        sex: top.text_if(is_2026, "s"),
        nationality: top.text_if(is_2026, nationality),
        document,
        guardian: top.text("gn"),
        ..Holder::default()
    };
    let mut template = None;
    let mut issued_on = None;
    if is_2026 {
        template = top.required("v");
        issued_on = top.date("d");
        top.alpha_3(&holder);
        top.unknown(&["n", "dob", "s", "nt", "id", "dt", "gn", "vx", "v", "d"]);
    } else {
        top.unknown(&["n", "dob", "s", "ntl", "nid", "ndt", "gn", "v"]);
    }

    let mut v = Members {
        map: dose,
        at: if is_2026 { "vx." } else { "v." },
        deviations: top.deviations,
    };
    let mut card = YellowCard {
        generation,
        product: v.required("vp").unwrap_or_default(),
        batch: v.required("bo").unwrap_or_default(),
        clinician: v.text("cn"),
        centre: v.text("is"),
        template,
        issued_on,
        ..YellowCard::default()
    };
    if is_2026 {
        card.date = v.date_of_vaccination()?;
        v.unknown(&["vp", "dv", "dt", "cn", "is", "bo"]);
    } else {
        card.date = v.required_date("dt");
        (card.stated_from, card.unread_from) = v.end("vls", |(first, _)| first);
        (card.stated_until, card.unread_until) = v.end("vle", |(_, last)| last);
        const BOTH: [&str; 7] = ["vp", "dt", "cn", "is", "bo", "vls", "vle"];
        if generation == Generation::Dvc2024 {
            card.disease = v.required("tg");
            card.manufacturer = v.required("ma");
            card.dose = v.required("dn");
            card.trade_item = v.text("mp");
            card.manufacturer_id = v.text("mid");
            v.unknown(&[&BOTH[..], &["tg", "ma", "dn", "mp", "mid"]].concat());
        } else {
            v.unknown(&BOTH);
        }
    }
    // Under another name or in another place an end is one all the same, and
    // can't be read.
    let read: &[&str] = if is_2026 { &[] } else { &["vls", "vle"] };
    card.unread_until |= ends::is_beside(dose, read) || ends::is_beside(value, &[]);
    let at = v.at.trim_end_matches('.');
    // Annex 6, 4 of the Regulations wants one of them. The cards of 2025 that
    // are in the field have neither.
    if card.clinician.is_none() && card.centre.is_none() {
        v.deviations
            .push(Deviation::new(DeviationCode::CardIssuer, at));
    }
    if card.issued_on.is_some() && card.issued_on < card.date {
        v.deviations
            .push(Deviation::new(DeviationCode::CardDates, "d"));
    }
    Ok((holder, card))
}

/// The generation and the one dose. A second dose is never left out: the
/// period and the usage of the key are judged for what the record holds.
fn dose<'a>(
    card: Item<'a>,
    deviations: &mut Vec<Deviation>,
) -> Result<(Generation, Item<'a>), ContentError> {
    let is_group = |value: Item<'_>| value.is_map() || value.is_array();
    match (card.get("vx"), card.get("v")) {
        (Some(_), Some(v)) if is_group(v) => Err(ContentError::SeveralDoses),
        (Some(vx), _) => {
            if vx.is_array() {
                deviations.push(Deviation::new(DeviationCode::SchemaType, "vx"));
            }
            Ok((Generation::Icvp2026, only(vx)?))
        }
        // Both a map and an array of one were specified, at times.
        (None, Some(v)) if is_group(v) => {
            let dose = only(v)?;
            let early = ["tg", "ma", "dn"]
                .iter()
                .any(|name| dose.get(name).is_some());
            Ok(if early {
                (Generation::Dvc2024, dose)
            } else {
                (Generation::Icvp2025, dose)
            })
        }
        _ => Err(ContentError::NotPayload(PayloadKind::YellowCard)),
    }
}

fn only(group: Item<'_>) -> Result<Item<'_>, ContentError> {
    match group {
        Item::Map(_) => Ok(group),
        Item::Array(doses) => match doses.only() {
            Some(dose) if dose.is_map() => Ok(dose),
            Some(_) => Err(ContentError::NotPayload(PayloadKind::YellowCard)),
            None if doses.is_empty() => Err(ContentError::NoDose),
            None => Err(ContentError::SeveralDoses),
        },
        _ => Err(ContentError::NotPayload(PayloadKind::YellowCard)),
    }
}

/// The members of a map, read with a note of each departure.
struct Members<'a> {
    map: Item<'a>,
    at: &'static str,
    deviations: &'a mut Vec<Deviation>,
}

impl Members<'_> {
    fn note(&mut self, code: DeviationCode, name: &str) {
        let at = format!("{}{name}", self.at);
        self.deviations.push(Deviation::new(code, at));
    }

    /// A text that says something; an empty one is as good as none.
    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.map.get(name)?;
        if value.is_tag() {
            self.note(DeviationCode::SchemaTag, name);
        }
        match value.untagged().as_text() {
            Some(text) => (!text.is_empty()).then(|| text.to_owned()),
            None => {
                self.note(DeviationCode::SchemaType, name);
                None
            }
        }
    }

    fn required(&mut self, name: &str) -> Option<String> {
        let says_nothing = |value: Item<'_>| value.untagged().as_text() == Some("");
        if self.map.get(name).is_none_or(says_nothing) {
            self.note(DeviationCode::SchemaMissing, name);
        }
        self.text(name)
    }

    fn text_if(&mut self, is_required: bool, name: &str) -> Option<String> {
        if is_required {
            self.required(name)
        } else {
            self.text(name)
        }
    }

    /// A day, also where a time follows it.
    fn date(&mut self, name: &str) -> Option<Date> {
        let text = self.text(name)?;
        if Date::parse(&text).is_err() {
            self.note(DeviationCode::SchemaFormat, name);
        }
        day_of(&text)
    }

    /// An end of a period: of a month or a year its first or its last day. And
    /// whether there is one that can't be read, which is never taken for "no
    /// end". An empty text and null state none.
    fn end(&mut self, name: &str, pick: fn((Date, Date)) -> Date) -> (Option<Date>, bool) {
        let Some(text) = self.text(name) else {
            let stated = self.map.get(name).map(Item::untagged);
            let is_none = |value: Item<'_>| value.is_null() || value.as_text() == Some("");
            return (None, !stated.is_none_or(is_none));
        };
        if Date::parse(&text).is_err() {
            self.note(DeviationCode::SchemaFormat, name);
        }
        let day = days_of(&text).map(pick);
        (day, day.is_none())
    }

    fn required_date(&mut self, name: &str) -> Option<Date> {
        if self.map.get(name).is_none() {
            self.note(DeviationCode::SchemaMissing, name);
        }
        self.date(name)
    }

    /// `dv`, which DVCMin called `dt` until 2026. Two that differ leave open
    /// when it was.
    fn date_of_vaccination(&mut self) -> Result<Option<Date>, ContentError> {
        let (dv, dt) = (self.map.get("dv"), self.map.get("dt"));
        if dt.is_some() {
            self.note(DeviationCode::CardDateName, "dt");
        }
        match (dv, dt) {
            (Some(dv), Some(dt)) if dv != dt => Err(ContentError::TwoDates),
            (None, Some(_)) => Ok(self.date("dt")),
            _ => Ok(self.required_date("dv")),
        }
    }

    /// smart-icvp, REQ-DE-08.
    fn alpha_3(&mut self, holder: &Holder) {
        let right = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        if holder.nationality().is_some_and(|code| !right(code)) {
            self.note(DeviationCode::SchemaPattern, "nt");
        }
    }

    fn unknown(&mut self, known: &[&str]) {
        let map = self.map;
        for (key, _) in map.as_map().iter().flat_map(|map| map.iter()) {
            match key {
                Item::Text(name) if known.contains(&name) => {}
                Item::Text(name) if is_member_name(name) => {
                    self.note(DeviationCode::MemberUnknown, name);
                }
                // It could be a value.
                _ => self.note(DeviationCode::MemberUnknown, "?"),
            }
        }
    }
}

/// The card in the form of 2026.
pub(crate) fn write(record: &Record) -> Value {
    let holder = &record.holder;
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(Value::from);
    let day = |date: Option<Date>| date.map(|date| Value::from(date.to_string()));
    let map = |members: Vec<(&str, Option<Value>)>| {
        let stated = members.into_iter();
        let stated = stated.filter_map(|(name, value)| Some((Value::from(name), value?)));
        Value::Map(stated.collect())
    };
    let Some(Entry::YellowCard(card)) = record.entries.first() else {
        return Value::Null;
    };
    let dose = map(vec![
        ("vp", text(Some(&card.product))),
        ("dv", day(card.date)),
        ("cn", text(card.clinician())),
        ("is", text(card.centre())),
        ("bo", text(Some(&card.batch))),
    ]);
    let document = holder.document.as_ref();
    map(vec![
        ("n", text(holder.full_name())),
        ("dob", text(Some(&holder.born.to_string()))),
        ("s", text(holder.sex())),
        ("nt", text(holder.nationality())),
        ("id", text(document.map(|document| document.number()))),
        ("dt", text(document.and_then(|document| document.kind()))),
        ("gn", text(holder.guardian())),
        ("vx", Some(dose)),
        ("v", text(card.template())),
        ("d", day(card.issued_on)),
    ])
}

/// Whether the record can be issued: without departure, and without loss.
///
/// A family name and a given name are not put together: the card has the name
/// in the order of the passport (smart-icvp, REQ-DE-01), which is not known.
pub(crate) fn check(record: &Record) -> Result<(), RecordError> {
    let [Entry::YellowCard(card)] = record.entries.as_slice() else {
        return Err(ContentError::NotPayload(PayloadKind::YellowCard).into());
    };
    if card.generation != Generation::Icvp2026 {
        let found = card.generation;
        return Err(RecordError::Generation { found });
    }
    // It could be written without its end alone.
    if card.has_unread_period() {
        let validity = Deviation::new(DeviationCode::CardValidity, "v");
        return Err(RecordError::Schema(validity));
    }
    let mut deviations = Vec::new();
    let (holder, _) = parse(Item::read(&item::encoded(&write(record))), &mut deviations)?;
    if let Some(first) = deviations.into_iter().next() {
        return Err(RecordError::Schema(first));
    }
    if holder != record.holder {
        return Err(RecordError::UnknownMember { at: "nam".into() });
    }
    if card.disease.is_none() {
        return Err(RecordError::UnknownProduct);
    }
    Ok(())
}

/// A card to issue, out of JSON in the form of 2026. `v` may be left out.
pub(crate) fn from_json(
    mut card: Value,
    products: &ProductCatalogue,
) -> Result<Record, RecordError> {
    if let Value::Map(members) = &mut card
        && !members.iter().any(|(key, _)| key.as_text() == Some("v"))
    {
        members.push((Value::from("v"), Value::from(TEMPLATE)));
    }
    let mut deviations = Vec::new();
    let (holder, mut card) = parse(Item::read(&item::encoded(&card)), &mut deviations)?;
    if let Some(first) = deviations.into_iter().next() {
        return Err(match first.kind() {
            DeviationCode::MemberUnknown => RecordError::UnknownMember {
                at: first.at().into(),
            },
            _ => RecordError::Schema(first),
        });
    }
    card.resolve(products);
    let record = record(holder, card);
    record.check()?;
    Ok(record)
}
