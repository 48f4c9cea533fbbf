//! Light certificates: an input is their claims, or their COSE_Sign1. A key for
//! full certificates signs none of them, and nothing of the holder shows.

use hcert::Limits;
use hcert::format::{Format, Unverified};
use hcert::record::{PayloadKind, ProductCatalogue};
use hcert::verify::Outcome;
use crate::{NOW, VERIFIER, conceals, error_conceals, sign, wrap};

/// Checks one input.
pub fn run(data: &[u8]) {
    let cose = match data {
        [0xa0..=0xbf, ..] => sign(data),
        _ => data.to_vec(),
    };
    let text = wrap(&cose).replacen("HC1:", "LT1:", 1);
    let unverified = match Unverified::parse(&text, &Limits::default()) {
        Ok(unverified) => unverified,
        Err(error) => return error_conceals(&error),
    };
    assert_eq!(unverified.format(), Format::Lt1);
    let (content, deviations) = unverified.unverified_content(&ProductCatalogue::builtin());
    let long = |iss: &str| iss.len() > 2;
    if !content
        .claims()
        .is_ok_and(|claims| claims.issuer().is_some_and(long))
    {
        conceals((&content, deviations));
    }
    if let Ok(record) = content.record() {
        assert_eq!(record.payload(), PayloadKind::Light);
        assert!(record.entries().is_empty());
    }
    let verdict = VERIFIER.verify(&text, NOW);
    assert_ne!(
        verdict.outcome(),
        Outcome::Valid,
        "not a key for light certificates"
    );
}

