//! CWT claims, against coset's.

use ciborium::Value;
use coset::{AsCborValue, cwt};
use hcert::Limits;
use hcert::format::hc1::cwt::{Claims, TimeClaim};
use crate::{conceals, error_conceals};

const LAST_SECOND: i64 = 253_402_300_799;

fn same(ours: TimeClaim, theirs: Option<cwt::Timestamp>) {
    let seconds = match theirs {
        None => return assert_eq!(ours, TimeClaim::Absent),
        Some(cwt::Timestamp::WholeSeconds(n)) => n as f64,
        Some(cwt::Timestamp::FractionalSeconds(n)) => n,
    };
    let in_range = seconds >= 0.0 && seconds <= LAST_SECOND as f64;
    let expected = in_range.then_some(seconds as i64);
    assert_eq!(ours.timestamp().map(|t| t.seconds()), expected);
}

/// Whole milliseconds are read in what begins a validity.
fn begin(theirs: Option<cwt::Timestamp>) -> Option<cwt::Timestamp> {
    match theirs {
        Some(cwt::Timestamp::WholeSeconds(n)) if n > LAST_SECOND && n / 1000 <= LAST_SECOND => {
            Some(cwt::Timestamp::WholeSeconds(n / 1000))
        }
        other => other,
    }
}

/// Names the claims by numbers alone: coset does not look at others.
fn numbered(claims: &mut Value) {
    for (name, _) in claims.as_map_mut().into_iter().flatten() {
        if let Some(number) = name.as_text().and_then(number_of) {
            *name = Value::from(number);
        }
    }
}

/// The number of a claim that a text writes: by its name or in digits.
fn number_of(text: &str) -> Option<i64> {
    let text = text.trim();
    let names = [("iss", 1), ("exp", 4), ("nbf", 5), ("iat", 6)];
    let named = names
        .iter()
        .find(|(name, _)| text.eq_ignore_ascii_case(name));
    named.map(|(_, number)| *number).or_else(|| {
        let number: f64 = text.parse().ok()?;
        [1, 4, 5, 6]
            .into_iter()
            .find(|claim| *claim as f64 == number)
    })
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let mut deviations = Vec::new();
    let claims = match Claims::parse_unverified(data, &Limits::default(), &mut deviations) {
        Ok(claims) => claims,
        Err(error) => return error_conceals(&error),
    };
    conceals(&deviations);
    if let Err(error) = claims.payload_json() {
        error_conceals(&error);
    }
    let mut value: Value = ciborium::from_reader(data).expect("claims are CBOR");
    numbered(&mut value);
    // coset reads no tagged times, and refuses claims that HCERT does not use
    // if their type is wrong.
    if let Ok(theirs) = cwt::ClaimsSet::from_cbor_value(value) {
        assert_eq!(claims.issuer(), theirs.issuer.as_deref());
        same(claims.expires_at(), theirs.expiration_time);
        same(claims.not_before(), begin(theirs.not_before));
        same(claims.issued_at(), begin(theirs.issued_at));
    }
}

