//! The whole way from a text to a verdict. An input enters where it fits: a
//! text as it is, CWT claims signed by the trusted issuer, and all else as a
//! COSE_Sign1, so that mutations get past base45, checksum and signature.

use hcert::Limits;
use hcert::format::Unverified;
use hcert::record::ProductCatalogue;
use hcert::verify::{Outcome, Step, Verdict};
use serde_json::Value;
use crate::{NOW, RECORDS, VERIFIER, conceals, error_conceals, sign, wrap};

/// Checks one input.
pub fn run(data: &[u8]) {
    let signed = matches!(data, [0xa0..=0xbf, ..]);
    let text = match std::str::from_utf8(data) {
        Ok(text) => text.to_owned(),
        Err(_) if signed => wrap(&sign(data)),
        Err(_) => wrap(data),
    };
    let verdict = VERIFIER.verify(&text, NOW);
    conceals(&verdict);
    for step in Step::ALL {
        conceals((verdict.step(step), verdict.step(step).detail()));
    }
    conceals(verdict.reason().map(|r| (r.code(), r.to_string())));
    let valid = verdict.outcome() == Outcome::Valid;
    assert_eq!(valid, verdict.verified().is_some());
    assert_eq!(valid, verdict.reason().is_none());
    json_conceals(&verdict);
    if let Some(record) = verdict.signed_record() {
        conceals(record);
        // Nobody can sign in the issuer's name.
        assert!(signed || RECORDS.contains(record), "forged");
    }
    match Unverified::parse(&text, &Limits::default()) {
        Err(error) => error_conceals(&error),
        Ok(unverified) => {
            conceals(&unverified);
            let (content, deviations) = unverified.unverified_content(&ProductCatalogue::builtin());
            match content.claims() {
                Err(error) => error_conceals(&error),
                // Its `Debug` shows `iss`, into which a mutation may put anything.
                Ok(claims) if claims.issuer().is_some_and(|iss| iss.len() > 2) => {}
                Ok(_) => conceals((content, deviations)),
            }
        }
    }
}

/// Nothing of the holder is in what may be logged, nor in anything that is
/// written before the signature is known to be good.
fn json_conceals(verdict: &Verdict) {
    let (all, report) = (verdict.to_json(), verdict.report_json());
    let [parsed, logged] = [&all, &report].map(|json| serde_json::from_str::<Value>(json).unwrap());
    // A mutation may put anything into `iss`, and sign it.
    let issuer = logged["claims"]["issuer"].as_str();
    if issuer.is_none_or(|iss| iss.len() <= 2) {
        conceals(&report);
    }
    if verdict.signed_record().is_none() {
        assert!(parsed["record"].is_null() && parsed["signed_record"].is_null());
        if parsed["claims"].is_null() {
            conceals(&all);
        }
    }
}
