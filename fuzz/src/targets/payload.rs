//! The EU DCC: as CBOR in the hcert claim, and as JSON for who issues. What
//! is read from JSON can be issued, and what is issued verifies.

use hcert::Limits;
use hcert::format::hc1::cwt::Claims;
use hcert::format::hc1::{payload, schema};
use hcert::issue::IssueError;
use hcert::record::ProductCatalogue;
use hcert::record::{Record, RecordError};
use hcert::verify::Reason;
use crate::{ISSUER, NOW, VALIDITY, VERIFIER, conceals, error_conceals};

fn read(dcc: &[u8]) {
    // {-260: {1: dcc}}
    let claims = [&[0xa1, 0x39, 0x01, 0x03, 0xa1, 0x01], dcc].concat();
    let mut deviations = Vec::new();
    let claims = match Claims::parse_unverified(&claims, &Limits::default(), &mut deviations) {
        Ok(claims) => claims,
        Err(error) => return error_conceals(&error),
    };
    match payload::read_unverified(&claims, &ProductCatalogue::builtin(), &mut deviations) {
        Ok(record) => {
            conceals((&record, record.holder()));
            assert!(!record.entries().is_empty());
        }
        Err(error) => error_conceals(&error),
    }
    conceals(&deviations);
    if let Ok(json) = claims.payload_json() {
        issue(&json);
    }
}

fn issue(json: &str) {
    if let Ok(found) = schema::check_json(json) {
        conceals(found);
    }
    let record = match Record::from_json(json) {
        Ok(record) => record,
        // The member is named, and a mutation may give it any name.
        Err(RecordError::UnknownMember { .. }) => return,
        Err(error) => return error_conceals(&error),
    };
    conceals(&record);
    let issued = match ISSUER.issue(&record, VALIDITY) {
        Ok(issued) => issued,
        Err(
            IssueError::TooLong { .. }
            | IssueError::EntryAfterIssue { .. }
            | IssueError::Departure(_),
        ) => return,
        Err(error) => panic!("a record is correct: {error}"),
    };
    let verdict = VERIFIER.verify(issued.text(), NOW);
    // A template that is not known here may be known to who reads it.
    if verdict.reason().map(Reason::code) == Some("template-unknown") {
        return;
    }
    assert_eq!(verdict.deviations(), []);
    let verified = verdict.verified().expect("what is issued verifies");
    assert!(verified.record() == &record);
}

/// Checks one input.
pub fn run(data: &[u8]) {
    match std::str::from_utf8(data) {
        Ok(json) => issue(json),
        Err(_) => read(data),
    }
}

