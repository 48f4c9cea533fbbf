//! The payload of the hcert claim, of whichever kind it is.

use alloc::vec::Vec;
use ciborium::Value;

use super::cwt::{Claims, ContentError};
use super::{Deviation, DeviationCode, ddcc, eu_dcc, health_link, medication, schema, yellow_card};
use crate::codec::item;
use crate::record::{PayloadKind, ProductCatalogue, Record, RecordError};

/// Reads what the certificate says, **whoever signed it**, and notes each
/// departure from the payload's specification.
///
/// A yellow card's product is looked up in `products`.
pub fn read_unverified(
    claims: &Claims,
    products: &ProductCatalogue,
    deviations: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    let (kind, value) = claims.payload()?;
    let record = match kind {
        PayloadKind::EuDcc => eu_dcc::read(value, deviations),
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => {
            ddcc::read(kind, value, claims.is_at_root(), deviations)
        }
        PayloadKind::HealthLink => health_link::read(value, deviations),
        PayloadKind::YellowCard => yellow_card::read(value, products, deviations),
        PayloadKind::Medication => medication::read(value, deviations),
        PayloadKind::Light => Err(ContentError::UnknownPayload),
    }?;
    if !record.names_holder() {
        deviations.push(unnamed(kind));
    }
    Ok(record)
}

fn unnamed(kind: PayloadKind) -> Deviation {
    let at = match kind {
        PayloadKind::EuDcc => "nam",
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => "name",
        _ => "n",
    };
    Deviation::new(DeviationCode::HolderUnnamed, at)
}

/// The payload as a certificate holds it.
pub(crate) fn write(record: &Record) -> Value {
    match record.payload() {
        PayloadKind::EuDcc => eu_dcc::write(record),
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => ddcc::write(record),
        PayloadKind::HealthLink => health_link::write(record),
        PayloadKind::YellowCard => yellow_card::write(record),
        PayloadKind::Medication => medication::write(record),
        // Nobody makes one here.
        PayloadKind::Light => Value::Null,
    }
}

/// Whether the record departs from the specification of its payload.
pub(crate) fn check(record: &Record) -> Result<(), RecordError> {
    match record.payload() {
        PayloadKind::EuDcc => refuse_departures(&eu_dcc::write(record)),
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => ddcc::check(record),
        PayloadKind::HealthLink => health_link::check(record),
        PayloadKind::YellowCard => yellow_card::check(record),
        PayloadKind::Medication => medication::check(record),
        PayloadKind::Light => Err(ContentError::UnknownPayload.into()),
    }?;
    match record.names_holder() {
        true => Ok(()),
        false => Err(RecordError::Schema(unnamed(record.payload()))),
    }
}

/// The version that is written; empty where a payload names none.
pub(crate) const fn version(kind: PayloadKind) -> &'static str {
    match kind {
        PayloadKind::EuDcc => schema::CURRENT,
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => ddcc::CURRENT,
        _ => "",
    }
}

pub(crate) fn refuse_departures(dcc: &Value) -> Result<(), RecordError> {
    let mut found = Vec::new();
    schema::check(item::Item::read(&item::encoded(dcc)), &mut found);
    // A whole number as 1.0 is one in JSON, and is written as an integer.
    found.retain(|d| d.kind() != DeviationCode::SchemaFloat);
    found
        .into_iter()
        .next()
        .map_or(Ok(()), |first| Err(RecordError::Schema(first)))
}
