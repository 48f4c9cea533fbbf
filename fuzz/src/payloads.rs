//! What the targets of the WHO's payloads share: certificates of each
//! generation, ways to change one, and what holds for whatever is read.
//!
//! An input that begins like a CBOR array or map is the payload. The health
//! links take JSON, too, which becomes a link. Any other input says how to
//! change one of the samples, so that the member names stay in use.

pub mod samples;

use arbitrary::{Result, Unstructured};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ciborium::{Value, cbor};
use hcert::Limits;
use hcert::format::hc1::cose::CoseSign1;
use hcert::format::hc1::cwt::Claims;
use hcert::format::hc1::payload;
use hcert::record::{Entry, PayloadKind, ProductCatalogue, Record};

use crate::{ISSUER, MARKER, VALIDITY, conceals, error_conceals};

/// The target of the payload under `kinds`.
pub fn run(kinds: &[PayloadKind], data: &[u8]) {
    let is_ddcc = kinds.contains(&PayloadKind::DdccTest);
    let links = kinds.contains(&PayloadKind::HealthLink);
    let payload = match data {
        [0x80..=0xbf, ..] => data.to_vec(),
        [b'{', ..] if links => encode(&linked(data)),
        _ => match changed(kinds, &mut Unstructured::new(data)) {
            Ok(payload) => encode(&payload),
            Err(_) => return,
        },
    };
    for kind in kinds {
        // {-260: {kind: payload}}
        let head = [&[0xa1, 0x39, 0x01, 0x03, 0xa1], &*integer(*kind)].concat();
        read(&[&head, &*payload].concat(), &payload);
    }
    if is_ddcc {
        // Beside the claims, as the early issuers have it.
        read(&payload, &payload);
    }
}

fn integer(kind: PayloadKind) -> Vec<u8> {
    encode(&Value::from(kind.claim_key()))
}

/// The CBOR of a value.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("a value is written");
    bytes
}

fn read(claims: &[u8], payload: &[u8]) {
    let mut deviations = Vec::new();
    let claims = match Claims::parse_unverified(claims, &Limits::default(), &mut deviations) {
        Ok(claims) => claims,
        Err(error) => return error_conceals(&error),
    };
    let value: Value = ciborium::from_reader(payload).expect("claims are CBOR");
    let record = payload::read_unverified(&claims, &ProductCatalogue::builtin(), &mut deviations);
    // A departure names the member, and a mutation may give it any name.
    if !names_marker(&value) {
        conceals(&deviations);
        deviations.iter().for_each(error_conceals);
    }
    let record = match record {
        Ok(record) => record,
        Err(error) => return error_conceals(&error),
    };
    conceals((&record, record.holder(), record.entries()));
    assert_eq!(Ok(record.payload()), claims.payload_kind());
    complete(&record, &value);
    if let Ok(json) = claims.payload_json()
        && let Ok(again) = Record::from_json(&json)
    {
        conceals(&again);
    }
    // A signature costs more than all the rest.
    if payload.iter().fold(0u8, |sum, byte| sum ^ byte) % 4 == 0 {
        issue(&record);
    }
}

fn names_marker(value: &Value) -> bool {
    let has = |key: &Value| {
        format!("{key:?}")
            .to_ascii_lowercase()
            .contains("quxmarker")
    };
    match value {
        Value::Map(members) => members.iter().any(|(k, v)| has(k) || names_marker(v)),
        Value::Array(items) => items.iter().any(names_marker),
        Value::Tag(_, inner) => names_marker(inner),
        _ => false,
    }
}

/// Nothing that the payload lists is left out, or in another place.
fn complete(record: &Record, payload: &Value) {
    let root = match payload {
        Value::Array(one) if record.payload() != PayloadKind::HealthLink => &one[0],
        other => other,
    };
    let listed = match record.payload() {
        PayloadKind::HealthLink => Some(root),
        PayloadKind::Medication => get(root, "m"),
        PayloadKind::DdccTest => get(root, "test"),
        PayloadKind::YellowCard => get(root, "vx").or_else(|| get(root, "v")),
        _ => get(root, "vaccination").filter(|event| !event.is_null()),
    };
    // The early DDCC has its one vaccination beside the rest.
    let listed = match listed.unwrap_or(root) {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    assert_eq!(record.entries().len(), listed.len(), "an entry is lost");
    for (entry, stated) in record.entries().iter().zip(listed) {
        let text = |name| get(stated, name).and_then(Value::as_text);
        match entry {
            Entry::YellowCard(card) => same(text("vp"), card.product()),
            Entry::Medication(line) => same(text("m"), line.medicine()),
            Entry::HealthLink(link) => same(stated.as_text().or(text("u")), link.uri()),
            _ => {}
        }
    }
}

fn same(stated: Option<&str>, read: &str) {
    assert!(stated.is_none_or(|stated| stated == read), "not as stated");
}

fn get<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = map.as_map()?.iter();
    Some(&members.find(|(key, _)| key.as_text() == Some(name))?.1)
}

/// What a certificate with departures says may not be issued. If it may, what
/// is issued says the same, without a departure.
fn issue(record: &Record) {
    let issued = match ISSUER.issue(record, VALIDITY) {
        Ok(issued) => issued,
        Err(error) => return error_conceals(&error),
    };
    let limits = Limits::default();
    let mut deviations = Vec::new();
    let cose = CoseSign1::parse(issued.cose().to_vec(), &limits, &mut deviations).unwrap();
    let claims =
        Claims::parse_unverified(cose.unverified_payload(), &limits, &mut deviations).unwrap();
    let back =
        payload::read_unverified(&claims, &ProductCatalogue::builtin(), &mut deviations).unwrap();
    assert!(deviations.is_empty(), "{deviations:?}");
    assert!(back.payload() == record.payload());
    assert!(back.holder() == record.holder(), "another holder");
    assert!(back.entries() == record.entries(), "other entries");
}

/// A health link with this JSON in it.
fn linked(json: &[u8]) -> Value {
    let uri = format!("shlink:/{}", BASE64_URL_SAFE_NO_PAD.encode(json));
    cbor!([{"u" => uri}]).unwrap()
}

/// One of the samples, changed in up to eight places.
fn changed(kinds: &[PayloadKind], u: &mut Unstructured<'_>) -> Result<Value> {
    let mut samples = samples::of(kinds);
    let words = Words::of(&samples);
    let mut value = samples.swap_remove(u.choose_index(samples.len())?);
    if kinds.contains(&PayloadKind::HealthLink) && u.arbitrary()? {
        let mut json = samples::link_json();
        let words = Words::of(&[json.clone()]);
        for _ in 0..u.int_in_range(0..=8)? {
            words.change(&mut json, u)?;
        }
        value = linked(&serde_json::to_vec(&json).unwrap_or_default());
    }
    for _ in 0..u.int_in_range(0..=8)? {
        words.change(&mut value, u)?;
    }
    Ok(value)
}

/// The member names and texts of the samples.
#[derive(Default)]
struct Words {
    names: Vec<Value>,
    texts: Vec<Value>,
}

impl Words {
    fn of(samples: &[Value]) -> Self {
        let mut words = Self::default();
        samples.iter().for_each(|sample| words.collect(sample));
        words.names.extend(samples::NAMES.map(Value::from));
        words.texts.extend(samples::TEXTS.map(Value::from));
        words
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Text(_) => self.texts.push(value.clone()),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Map(members) => {
                for (name, value) in members {
                    self.names.push(name.clone());
                    self.collect(value);
                }
            }
            _ => {}
        }
    }

    fn value(&self, u: &mut Unstructured<'_>, depth: u8) -> Result<Value> {
        Ok(match u.int_in_range(0..=if depth < 3 { 11 } else { 8 })? {
            0 => Value::Null,
            1 => Value::Bool(u.arbitrary()?),
            2 => Value::from(u.arbitrary::<i64>()?),
            3 => Value::from(u.int_in_range(0..=9)?),
            4 => Value::Float(u.arbitrary()?),
            5 => Value::Bytes(u.arbitrary()?),
            6 => Value::Text(format!("{MARKER} {}", u.arbitrary::<&str>()?)),
            7 | 8 => u.choose(&self.texts)?.clone(),
            9 => Value::Tag(u.arbitrary()?, Box::new(self.value(u, depth + 1)?)),
            10 => {
                let mut items = Vec::new();
                for _ in 0..u.int_in_range(0..=4)? {
                    items.push(self.value(u, depth + 1)?);
                }
                Value::Array(items)
            }
            _ => {
                let mut members = Vec::new();
                for _ in 0..u.int_in_range(0..=6)? {
                    members.push((u.choose(&self.names)?.clone(), self.value(u, depth + 1)?));
                }
                Value::Map(members)
            }
        })
    }

    /// Changes one place at any depth.
    fn change(&self, value: &mut Value, u: &mut Unstructured<'_>) -> Result<()> {
        let inside = u.ratio(7, 8)?;
        match value {
            Value::Map(members) if inside && !members.is_empty() => {
                let n = u.choose_index(members.len())?;
                match u.int_in_range(0..=7)? {
                    0 => drop(members.remove(n)),
                    1 => members[n].0 = u.choose(&self.names)?.clone(),
                    2 => members.push((u.choose(&self.names)?.clone(), self.value(u, 0)?)),
                    _ => self.change(&mut members[n].1, u)?,
                }
            }
            Value::Array(items) if inside && !items.is_empty() => {
                let n = u.choose_index(items.len())?;
                match u.int_in_range(0..=5)? {
                    0 => drop(items.remove(n)),
                    1 => items.push(items[n].clone()),
                    2 => items.push(self.value(u, 0)?),
                    _ => self.change(&mut items[n], u)?,
                }
            }
            other => {
                let old = std::mem::replace(other, Value::Null);
                *other = match u.int_in_range(0..=5)? {
                    0 => Value::Tag(u.arbitrary()?, Box::new(old)),
                    1 => Value::Array(vec![old]),
                    _ => self.value(u, 0)?,
                };
            }
        }
        Ok(())
    }
}
