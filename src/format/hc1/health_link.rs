//! Health links: the payload at -260/5, 0..* links. smart-trust's models have
//! had a link as `{"u": URI}` (`SmartHealthLink`, which the WHO's validator
//! reads) and as a text; both are read, the first is written.

use alloc::vec::Vec;
use alloc::{format, vec};
use ciborium::Value;

use super::cwt::ContentError;
use super::eu_dcc::members;
use super::members::check_written;
use super::{Deviation, DeviationCode, ends};
use crate::codec::item::Item;
use crate::record::{
    Entry, HealthLink, HealthLinkError, Holder, PayloadKind, Record, RecordError, Text,
};

const KIND: PayloadKind = PayloadKind::HealthLink;

/// Reads the payload. A link that can't be read is an error: there is nothing
/// else that the certificate would state.
pub(crate) fn read(
    value: Item<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<Record, ContentError> {
    let links: Vec<_> = match value {
        Item::Array(links) => links.iter().collect(),
        one => {
            deviations.push(Deviation::new(DeviationCode::SchemaType, ""));
            vec![one]
        }
    };
    if links.is_empty() {
        return Err(ContentError::Empty(KIND));
    }
    let entries = links.into_iter().enumerate().map(|(n, link)| {
        let (uri, at) = match link {
            Item::Text(uri) => (uri, format!("[{n}]")),
            // An end belongs into the link, where it would count.
            link if ends::is_beside(link, &[]) => return Err(HealthLinkError::Expiry.into()),
            link => match link.get("u") {
                Some(Item::Text(uri)) => (uri, format!("[{n}].u")),
                _ => return Err(ContentError::NotPayload(KIND)),
            },
        };
        let link = HealthLink::parse_noting(uri, &at, deviations)?;
        Ok(Entry::HealthLink(link))
    });
    Ok(Record {
        holder: Holder::default(),
        entries: entries.collect::<Result<_, _>>()?,
        schema_version: Text::EMPTY,
        version_unread: false,
        payload: KIND,
    })
}

/// The record as a certificate holds it.
pub(crate) fn write(record: &Record) -> Value {
    let links = record.entries.iter().filter_map(|entry| match entry {
        Entry::HealthLink(link) => Some(members([("u", Some(Value::from(link.uri())))])),
        _ => None,
    });
    Value::Array(links.collect())
}

/// Whether it may be issued.
pub(crate) fn check(record: &Record) -> Result<(), RecordError> {
    check_written(record, &write(record), read)
}
