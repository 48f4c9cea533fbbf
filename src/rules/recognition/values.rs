//! What a result shows of the certificate: members and their values.

use super::clause::{Asks, Clause};
use super::names::Sort;
use crate::record::{Entry, Generation, PayloadKind, Record};
use crate::rules::AffectedValue;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

/// One of the record's entries, with its number among those of its kind.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub record: &'a Record,
    pub entry: &'a Entry,
    number: usize,
}

pub(super) fn places(record: &Record) -> impl Iterator<Item = Place<'_>> {
    record.entries().iter().enumerate().map(move |(at, entry)| {
        let before = record.entries().iter().take(at);
        let number = before
            .filter(|other| Sort::of(other) == Sort::of(entry))
            .count();
        Place {
            record,
            entry,
            number,
        }
    })
}

pub(super) fn affected(field: String, value: Option<impl ToString>) -> AffectedValue {
    let value = value
        .map(|value| value.to_string())
        .filter(|value| !value.is_empty());
    AffectedValue { field, value }
}

/// A member of an entry, whatever its payload calls it.
#[derive(Clone, Copy)]
pub(super) enum Member {
    Disease,
    Kind,
    Result,
    Sampled,
    Device,
    Product,
    Dose,
    Total,
    Date,
    FirstPositive,
    Issuer,
    From,
    Until,
    Born,
}

impl Member {
    /// In the EU's certificate.
    const fn in_dcc(self) -> &'static str {
        match self {
            Self::Disease => "tg",
            Self::Kind => "tt",
            Self::Result => "tr",
            Self::Sampled => "sc",
            Self::Device => "ma",
            Self::Product => "mp",
            Self::Dose => "dn",
            Self::Total => "sd",
            Self::Date => "dt",
            Self::FirstPositive => "fr",
            Self::From => "df",
            Self::Until => "du",
            Self::Issuer => "is",
            Self::Born => "dob",
        }
    }

    /// In the WHO's DDCC.
    const fn in_ddcc(self) -> &'static str {
        match self {
            Self::Disease => "disease",
            Self::Kind => "type",
            Self::Result => "result",
            Self::Product | Self::Device => "brand",
            Self::Dose => "dose",
            Self::Total => "totalDoses",
            Self::Issuer => "certificate.issuer",
            Self::Born => "birthDate",
            _ => "date",
        }
    }

    /// In the yellow card.
    const fn in_card(self, generation: Generation) -> &'static str {
        match (self, generation) {
            (Self::Product, Generation::Icvp2026) => "vx.vp",
            (Self::Date, Generation::Icvp2026) => "vx.dv",
            (Self::Issuer, Generation::Icvp2026) => "vx.is",
            (Self::Product, _) => "v.vp",
            (Self::Date, _) => "v.dt",
            (Self::Issuer, _) => "v.is",
            _ => self.in_dcc(),
        }
    }
}

impl Place<'_> {
    pub fn path(&self, member: Member) -> String {
        let is_dcc = self.record.payload() == PayloadKind::EuDcc;
        let group = match self.entry {
            Entry::YellowCard(card) => return member.in_card(card.generation()).into(),
            _ if is_dcc && matches!(member, Member::Born) => return member.in_dcc().into(),
            _ if !is_dcc && matches!(member, Member::Born | Member::Issuer) => {
                return member.in_ddcc().into();
            }
            Entry::Test(_) if is_dcc => "t",
            Entry::Recovery(_) if is_dcc => "r",
            _ if is_dcc => "v",
            Entry::Test(_) if matches!(member, Member::Disease) => return "test.pathogen".into(),
            Entry::Test(_) => "test",
            _ => "vaccination",
        };
        match is_dcc {
            true => format!("{group}.{}.{}", self.number, member.in_dcc()),
            false => format!("{group}.{}", member.in_ddcc()),
        }
    }

    fn value(&self, member: Member, value: Option<impl ToString>) -> AffectedValue {
        affected(self.path(member), value)
    }
}

/// What a result says that there is no clause for.
pub(super) fn kind_value(place: Place<'_>) -> Vec<AffectedValue> {
    match place.entry {
        Entry::Test(test) => vec![place.value(Member::Kind, Some(test.kind_code()))],
        _ => Vec::new(),
    }
}

/// What a clause looks at.
pub(super) fn values(place: Place<'_>, clause: &Clause) -> Vec<AffectedValue> {
    use Member::*;
    let mut out = Vec::new();
    match (&clause.asks, place.entry) {
        (Asks::Test(asks), Entry::Test(test)) => {
            out.push(place.value(Disease, Some(test.disease())));
            out.push(place.value(Kind, Some(test.kind_code())));
            out.push(place.value(Result, Some(test.result_coding().code())));
            out.push(place.value(Sampled, test.sampled_at()));
            if !asks.devices.is_empty() {
                out.push(place.value(Device, test.device()));
            }
        }
        (Asks::Vaccination(_), Entry::Vaccination(dose)) => {
            out.push(place.value(Disease, Some(dose.disease())));
            out.push(place.value(Product, Some(dose.product())));
            out.push(place.value(Dose, dose.dose_number()));
            out.push(place.value(Total, dose.dose_total()));
            out.push(place.value(Date, dose.date()));
        }
        (Asks::Recovery(asks), Entry::Recovery(entry)) => {
            out.push(place.value(Disease, Some(entry.disease())));
            out.push(place.value(FirstPositive, entry.first_positive()));
            if !asks.ignore_stated {
                out.push(place.value(From, entry.valid_from()));
                out.push(place.value(Until, entry.valid_until()));
            }
        }
        (Asks::YellowCard(_), Entry::YellowCard(card)) => {
            out.push(place.value(Product, Some(card.product())));
            out.push(place.value(Date, card.date()));
        }
        _ => {}
    }
    if !clause.ages.is_any() {
        let born = place.record.holder().born_text();
        out.push(place.value(Born, Some(born)));
    }
    out
}
