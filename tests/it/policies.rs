//! Policies, and records to hold against them.

use ciborium::Value;
use hcert::Limits;
use hcert::format::hc1::cose::CoseSign1;
use hcert::issue::Validity;
use hcert::record::{Record, Recovery, Test, TestKind, TestResult, Vaccination};
use hcert::rules::{Acceptance, Arrival, Decision, IssuerFacts, Recognition};
use hcert::verify::{Verified, Verifier};
use hcert::{Date, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, Raw, cwt, holder_only, with};

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// A policy of XX for 2021 to 2023 that recognises whoever is trusted.
pub fn policy(clauses: &str) -> Recognition {
    Recognition::from_toml(&format!(
        "name = 'P'\nversion = '7'\ncountry = 'XX'\nvalid_from = 2021-01-01\n\
         valid_until = 2023-12-31\nissuers = 'any-trusted'\n{clauses}"
    ))
    .unwrap()
}

/// Whether a record is accepted if it is authentic and of an issuer of XX.
pub fn would(policy: &Recognition, record: &Record, at: Timestamp) -> Acceptance {
    let issuer = IssuerFacts::default().with_country("XX");
    policy.evaluate_unverified(record, &issuer, &Arrival::new("XX", at))
}

#[track_caller]
pub fn accepted(policy: &Recognition, record: &Record, at: &str) {
    let acceptance = would(policy, record, time(at));
    assert!(acceptance.is_accepted(), "{acceptance:#?}");
    assert_eq!(acceptance.results().len(), 3);
}

/// Refused with these failed results.
#[track_caller]
pub fn refused(policy: &Recognition, record: &Record, at: &str, failed: &[&str]) {
    let acceptance = would(policy, record, time(at));
    assert_eq!(acceptance.decision(), Decision::Refused, "{acceptance:#?}");
    let found: Vec<_> = acceptance.failed().map(|r| r.identifier()).collect();
    assert_eq!(found, failed);
}

pub fn tested(kind: TestKind<'_>, result: TestResult<'_>) -> Record {
    let test = match kind {
        TestKind::RapidAntigen => Test::builder().device("1232"),
        _ => Test::builder().centre("Testing centre 1"),
    };
    let test = test
        .kind(kind)
        .sampled_at(time("2021-06-10T10:00:00Z"))
        .result(result)
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci());
    Record::new(holder(), test.build().unwrap()).unwrap()
}

pub fn negative(kind: TestKind<'_>) -> Record {
    tested(kind, TestResult::Negative)
}

pub fn vaccinated(product: &str, dose: u32, of: u32) -> Record {
    let dose = Vaccination::builder()
        .vaccine("1119349007")
        .product(product)
        .manufacturer("ORG-100030215")
        .dose(dose, of)
        .date(date("2021-06-10"))
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci());
    Record::new(holder(), dose.build().unwrap()).unwrap()
}

pub fn recovered() -> Record {
    let recovery = Recovery::builder()
        .first_positive(date("2021-06-10"))
        .valid(date("2021-06-21"), date("2021-12-07"))
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci());
    Record::new(holder(), recovery.build().unwrap()).unwrap()
}

/// Verified at this time, and issued before what it speaks of, as a careless
/// issuer does: a policy has to look at each date by itself.
pub fn verified(record: &Record, at: Timestamp) -> Verified {
    let dsc = dsc("a", &[]);
    let late = Validity {
        issued_at: time("2021-06-12T00:00:00Z"),
        ..VALIDITY
    };
    let issued = issuer("a", &[]).issue(record, late).unwrap();
    let cose = CoseSign1::parse(issued.cose().to_vec(), &Limits::default(), &mut vec![]).unwrap();
    let claims: Value = ciborium::from_reader(cose.unverified_payload()).unwrap();
    let claims = with(claims, 6, Some(ISSUED.seconds().into()));
    let raw = Raw::new(dsc.kid().as_bytes()).payload(claims);
    let text = raw::text(&raw.sign(&signer("a")));
    let verdict = Verifier::new(trust(&[&dsc])).verify(&text, at);
    verdict.into_verified().unwrap()
}

/// A DCC with that group, as the tolerant reader reads it.
pub fn read(group: &str, entry: Value) -> Option<Record> {
    read_all(with(holder_only(), group, Some(Value::Array(vec![entry]))))
}

pub fn read_all(dcc: Value) -> Option<Record> {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(cwt(dcc));
    let text = raw::text(&raw.sign(&signer("a")));
    let verdict = Verifier::new(trust(&[&dsc("a", &[])])).verify(&text, NOW);
    verdict.signed_record().cloned()
}

pub fn policy_of_tests() -> Recognition {
    policy("[[tests]]\nkinds = ['naat', 'antigen']\nmax_age_hours = 48")
}
