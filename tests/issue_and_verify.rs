//! What is issued verifies, and says what was put in.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::*;
use hcert::verify::{Outcome, Verifier};

#[test]
fn an_issued_certificate_verifies_and_says_what_was_put_in() {
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    for record in [vaccination(), test(), recovery()] {
        let issued = issued("a", &record);
        let verdict = verifier.verify(issued.text(), NOW);
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
        assert_eq!(verdict.deviations(), []);
        let verified = verdict.into_verified().unwrap();
        assert!(verified.record() == &record);
        assert_eq!(verified.claims().issuer(), Some("XX"));
        assert_eq!(verified.claims().expires_at().timestamp(), Some(EXPIRES));
    }
}

#[test]
fn issuing_is_deterministic() {
    let texts: Vec<_> = (0..3)
        .map(|_| issued("a", &test()).text().to_owned())
        .collect();
    assert!(texts.iter().all(|text| *text == texts[0]));
}
