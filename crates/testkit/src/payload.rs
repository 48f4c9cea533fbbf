//! Payloads of the hcert claim, signed by hand, through the whole chain.

use std::fmt::Debug;

use ciborium::{Value, cbor};
use hcert::issue::Issued;
use hcert::record::{Entry, Record};
use hcert::verify::{Outcome, Policy, Step, Verdict, Verified, Verifier};

use crate::fixtures::*;
use crate::raw::{Raw, text};

/// Trusts the key `a`.
pub fn verifier() -> Verifier {
    Verifier::new(trust(&[&dsc("a", &[])]))
}

/// The verdict about claims that the trusted key signed.
pub fn verify(claims: Value) -> Verdict {
    verifier().verify(&signed(claims), NOW)
}

/// The claims, signed by the key `a`.
pub fn signed(claims: Value) -> String {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims);
    text(&raw.sign(&signer("a")))
}

/// Claims in time around a payload.
pub fn claims(key: i64, payload: Value) -> Value {
    cbor!({
        1 => "XX", 4 => EXPIRES.seconds(), 6 => ISSUED.seconds(), -260 => {key => payload},
    })
    .unwrap()
}

/// The verdict about a payload under that key of the claim.
pub fn read(key: i64, payload: Value) -> Verdict {
    verify(claims(key, payload))
}

/// Each departure as `code at`.
pub fn departures(verdict: &Verdict) -> Vec<String> {
    let found = verdict.deviations().iter();
    found.map(|d| format!("{} {}", d.code(), d.at())).collect()
}

/// Valid with those departures, which the strict policy refuses.
#[track_caller]
pub fn valid(claims: Value, expected: &[&str]) -> Verified {
    let verdict = verify(claims.clone());
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
    assert_eq!(departures(&verdict), expected);
    let strict = Verifier::with_policy(trust(&[&dsc("a", &[])]), Policy::default().strict());
    let strict = strict.verify(&signed(claims), NOW);
    assert_eq!(strict.outcome() == Outcome::Valid, expected.is_empty());
    verdict.into_verified().unwrap()
}

/// Refused where the content is read, with that code.
#[track_caller]
pub fn refused(claims: Value, outcome: Outcome, code: &str) {
    let verdict = verify(claims);
    assert_eq!(
        verdict.reason().map(|r| r.code()),
        Some(code),
        "{verdict:#?}"
    );
    assert_eq!(verdict.outcome(), outcome);
    assert!(verdict.signed_record().is_none());
    assert_eq!(verdict.step(Step::Content).word(), "failed");
}

/// Issues, verifies, and finds the same without a departure.
#[track_caller]
pub fn round_trip(record: &Record) -> Issued {
    let issued = issued("a", record);
    let verdict = verifier().verify(issued.text(), NOW);
    assert_eq!(departures(&verdict), [""; 0]);
    let same = verdict.signed_record() == Some(record);
    assert!(same, "another record came back: {verdict:#?}");
    issued
}

/// The only entry.
pub fn entry(record: &Record) -> &Entry {
    let [entry] = record.entries() else {
        panic!("{} entries", record.entries().len());
    };
    entry
}

/// None of the secrets is in what is printed.
#[track_caller]
pub fn silent(shown: &[&dyn Debug], secrets: &[&str]) {
    for value in shown {
        let text = format!("{value:?}\n{value:#?}").to_lowercase();
        for secret in secrets {
            assert!(!text.contains(&secret.to_lowercase()), "{secret}: {text}");
        }
    }
}
