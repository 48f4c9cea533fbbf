//! exp, iat, nbf and the document signer certificate's validity (RFC 8392
//! §3.1; hcert-spec 1.0.8 §3.3.1). The clock is an argument.

use ciborium::Value;
use hcert::Timestamp;
use hcert::trust::{Dsc, KeyUsage, TrustStore};
use hcert::verify::{Outcome, Policy, Step, Verdict, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::pki::{self, CertificateSpec, EKU_TEST, TestKey};
use hcert_testkit::raw::{self, Raw, cwt, dcc, with};
use hcert_testkit::time::Plus as _;
use std::time::Duration;

const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;

/// A text whose claim is `value`, or is not there.
fn claim(key: i64, value: Option<Value>) -> String {
    let kid = dsc("a", &[]).kid();
    let raw = Raw::new(kid.as_bytes()).payload(with(cwt(dcc()), key, value));
    raw::text(&raw.sign(&signer("a")))
}

fn verify_under(policy: Policy, text: &str) -> Verdict {
    Verifier::with_policy(trust(&[&dsc("a", &[])]), policy).verify(text, NOW)
}

/// Outcome, code of the time step, deviations; under the default policy.
fn judged(key: i64, value: Value) -> (Outcome, Option<&'static str>, Vec<&'static str>) {
    let verdict = verify_under(Policy::default(), &claim(key, Some(value)));
    assert_eq!(verdict.step(Step::Signature).word(), "passed");
    let deviations = verdict.deviations().iter().map(|d| d.code()).collect();
    (
        verdict.outcome(),
        verdict.step(Step::Time).code(),
        deviations,
    )
}

fn at(offset: i64) -> Value {
    Value::from(NOW.seconds() + offset)
}

#[test]
fn c1_c5_exp_is_the_last_second_at_which_it_holds() {
    for (offset, outcome, code) in [
        (1, Outcome::Valid, None),
        (0, Outcome::Valid, None),
        (-1, Outcome::Expired, Some("expired")),
    ] {
        assert_eq!(judged(EXP, at(offset)), (outcome, code, vec![]), "{offset}");
    }
    let (outcome, code, deviations) = judged(EXP, Value::from(0));
    assert_eq!((outcome, code), (Outcome::Expired, Some("expired")));
    assert_eq!(deviations, ["exp-outside-dsc"]);
    // 9999-12-31T23:59:59Z is the last second count that is taken for one.
    let last = Value::from(253_402_300_799_i64);
    assert_eq!(judged(EXP, last).2, ["exp-outside-dsc"]);
}

#[test]
fn expiry_skew_moves_that_second() {
    let policy = || Policy::default().expiry_skew(Duration::from_secs(60));
    for (offset, outcome) in [
        (-59, Outcome::Valid),
        (-60, Outcome::Valid),
        (-61, Outcome::Expired),
    ] {
        let verdict = verify_under(policy(), &claim(EXP, Some(at(offset))));
        assert_eq!(verdict.outcome(), outcome, "{offset}");
    }
}

#[test]
fn c5_iat_and_nbf_may_lie_a_minute_ahead() {
    for (claim, code) in [(IAT, "issued-in-future"), (NBF, "not-before")] {
        for (offset, outcome, code) in [
            (-1, Outcome::Valid, None),
            (0, Outcome::Valid, None),
            (60, Outcome::Valid, None),
            (61, Outcome::NotYetValid, Some(code)),
        ] {
            assert_eq!(
                judged(claim, at(offset)),
                (outcome, code, vec![]),
                "{offset}"
            );
        }
        let none = Policy::default().issue_skew(Duration::from_secs(0));
        let text = self::claim(claim, Some(at(1)));
        assert_eq!(verify_under(none, &text).outcome(), Outcome::NotYetValid);
    }
}

#[test]
fn c3_a_missing_exp_is_refused_unless_the_policy_lets_it_pass() {
    let text = claim(EXP, None);
    let verdict = verify_under(Policy::default(), &text);
    assert_eq!(verdict.outcome(), Outcome::Invalid);
    assert_eq!(verdict.reason().unwrap().code(), "exp-missing");

    let weak = || Policy::default().dangerously_accept_missing_expiry();
    let verdict = verify_under(weak(), &text);
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(verdict.deviations()[0].code(), "exp-missing");
    let verdict = verify_under(weak().strict(), &text);
    assert_eq!(verdict.step(Step::Policy).code(), Some("strict"));

    // The weaker policy is about absence, not about nonsense.
    for value in [
        Value::Float(f64::NAN),
        Value::from(-1),
        Value::from(u64::MAX),
    ] {
        let verdict = verify_under(weak(), &claim(EXP, Some(value)));
        assert_eq!(verdict.reason().unwrap().code(), "exp-unusable");
    }
    for value in [Value::Null, Value::from(""), at(-1)] {
        let verdict = verify_under(weak(), &claim(EXP, Some(value)));
        assert_ne!(verdict.outcome(), Outcome::Valid);
    }
}

#[test]
fn a_missing_iat_is_reported() {
    let verdict = verify_under(Policy::default(), &claim(IAT, None));
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(verdict.deviations()[0].code(), "iat-missing");
}

#[test]
fn b7_float_times_are_cut_to_the_second_and_reported() {
    let now = NOW.seconds() as f64;
    let float = vec!["claim-float"];
    for (value, outcome, code) in [
        (now + 1.0, Outcome::Valid, None),
        (now + 1.999, Outcome::Valid, None),
        (now + 0.999, Outcome::Valid, None),
        (now, Outcome::Valid, None),
        (now - 0.001, Outcome::Expired, Some("expired")),
    ] {
        let expected = (outcome, code, float.clone());
        assert_eq!(judged(EXP, Value::Float(value)), expected, "{value}");
    }
    assert_eq!(judged(IAT, Value::Float(now + 60.9)).0, Outcome::Valid);
    assert_eq!(
        judged(IAT, Value::Float(now + 61.0)).0,
        Outcome::NotYetValid
    );
}

#[test]
fn b7_a_number_that_is_no_second_count_is_never_taken_for_no_limit() {
    let wrong = [
        Value::Float(f64::NAN),
        Value::Float(f64::INFINITY),
        Value::Float(f64::NEG_INFINITY),
        Value::Float(1e300),
        Value::Float(253_402_300_800.0),
        Value::Float(-1.0),
        Value::Float(-0.5),
        Value::from(-1),
        Value::from(i64::MIN),
        Value::from(i64::MAX),
        Value::from(u64::MAX),
        Value::from(9_223_372_036_854_775_i64),
        // Milliseconds; as an integer they are read in iat and nbf.
        Value::Float(EXPIRES.seconds() as f64 * 1000.0),
        Value::Tag(1, Box::new(Value::Float(f64::NAN))),
        Value::Tag(1, Box::new(Value::from(-1))),
    ];
    for value in wrong {
        for (claim, code) in [
            (EXP, "exp-unusable"),
            (IAT, "start-unusable"),
            (NBF, "start-unusable"),
        ] {
            let (outcome, found, _) = judged(claim, value.clone());
            assert_eq!(
                (outcome, found),
                (Outcome::Invalid, Some(code)),
                "{value:?}"
            );
        }
    }
}

#[test]
fn b7_short_floats_mean_the_same_as_long_ones() {
    // A payload of one claim more, written by hand: 4 => half, single.
    for (bytes, code) in [
        (&[0xf9, 0x7e, 0x00][..], "exp-unusable"),
        (&[0xf9, 0x7c, 0x00], "exp-unusable"),
        (&[0xf9, 0xfc, 0x00], "exp-unusable"),
        (&[0xf9, 0x00, 0x00], "expired"),
        (&[0xfa, 0x7f, 0xc0, 0x00, 0x00], "exp-unusable"),
        (&[0xfa, 0x7f, 0x80, 0x00, 0x00], "exp-unusable"),
        (&[0xfa, 0x42, 0x28, 0x00, 0x00], "expired"),
        (&[0x18, 0x2a], "expired"),
    ] {
        let kid = dsc("a", &[]).kid();
        let mut raw = Raw::new(kid.as_bytes()).payload(with(cwt(dcc()), EXP, None));
        assert_eq!(raw.payload[0], 0xa3);
        raw.payload[0] = 0xa4;
        raw.payload.push(4);
        raw.payload.extend(bytes);
        let verdict = verify_under(Policy::default(), &raw::text(&raw.sign(&signer("a"))));
        assert_eq!(verdict.step(Step::Time).code(), Some(code), "{bytes:02x?}");
    }
}

#[test]
fn b7_tagged_times_are_read_and_reported() {
    let tag = |tag, value| Value::Tag(tag, Box::new(value));
    let (outcome, code, deviations) = judged(EXP, tag(1, at(1)));
    assert_eq!((outcome, code), (Outcome::Valid, None));
    assert_eq!(deviations, ["claim-tagged"]);
    let (outcome, _, deviations) = judged(EXP, tag(1, Value::Float(NOW.seconds() as f64 - 1.0)));
    assert_eq!(outcome, Outcome::Expired);
    assert_eq!(deviations, ["claim-tagged", "claim-float"]);
    // A bignum that is no bigger than an integer counts as one.
    let big = |t: hcert::Timestamp| tag(2, Value::Bytes(t.seconds().to_be_bytes().to_vec()));
    assert_eq!(judged(EXP, big(EXPIRES)).0, Outcome::Valid);
    assert_eq!(judged(EXP, big(NOW.plus(-1))).0, Outcome::Expired);
}

#[test]
fn b7_claims_that_are_no_numbers_are_refused() {
    let tag = |tag, value| Value::Tag(tag, Box::new(value));
    for value in [
        Value::from("2021-12-01T00:00:00Z"),
        Value::Null,
        Value::Bool(true),
        Value::Bytes(vec![1]),
        Value::Array(vec![at(1)]),
        Value::Map(vec![]),
        tag(0, Value::from("2021-12-01T00:00:00Z")),
        tag(1, tag(1, at(1))),
        tag(2, Value::Bytes(vec![0xff; 16])),
        tag(2, Value::Bytes(vec![0xff; 17])),
        tag(3, Value::Bytes(vec![0xff; 16])),
        tag(4, Value::Array(vec![Value::from(0), at(1)])),
    ] {
        for claim in [EXP, IAT, NBF] {
            let text = self::claim(claim, Some(value.clone()));
            let verdict = verify_under(Policy::default(), &text);
            assert_eq!(verdict.outcome(), Outcome::Invalid, "{value:?}");
            let (time, content) = (verdict.step(Step::Time), verdict.step(Step::Content));
            match time.word() {
                // A bignum may be read as the number that it is.
                "failed" => assert!(time.code().unwrap().ends_with("-unusable"), "{value:?}"),
                _ => {
                    assert_eq!(time.code(), Some("no-content"));
                    let code = content.code().unwrap();
                    // The decoder has no number for a bignum below -2^127.
                    let expected = ["cwt-claim-type", "cbor-malformed"];
                    assert!(expected.contains(&code), "{value:?}: {code}");
                }
            }
        }
    }
}

#[test]
fn the_heaviest_of_several_times_decides() {
    let kid = dsc("a", &[]).kid();
    let claims = with(cwt(dcc()), EXP, Some(at(-1)));
    for (iat, code) in [
        (at(61), "expired"),
        (Value::Float(f64::NAN), "start-unusable"),
    ] {
        let raw = Raw::new(kid.as_bytes()).payload(with(claims.clone(), IAT, Some(iat)));
        let verdict = verify_under(Policy::default(), &raw::text(&raw.sign(&signer("a"))));
        assert_eq!(verdict.step(Step::Time).code(), Some(code));
    }
}

const NOT_BEFORE: i64 = ISSUED.seconds() + 86_400;
const NOT_AFTER: i64 = EXPIRES.seconds() - 86_400;

/// A signer whose window lies inside that of the certificate.
fn narrow(eku: &[&str]) -> Dsc {
    let spec = CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 2,
        not_before: Timestamp::from_seconds(NOT_BEFORE),
        not_after: Timestamp::from_seconds(NOT_AFTER),
        eku,
        ca: false,
    };
    let der = pki::certificate(&spec, &TestKey::new("a"), &TestKey::new("csca")).unwrap();
    Dsc::from_der(&der).unwrap()
}

#[test]
fn a11_the_signer_is_judged_at_the_time_of_verification() {
    let dsc = narrow(&[]);
    let verifier = Verifier::new(trust(&[&dsc]));
    let text = raw::text(&Raw::new(dsc.kid().as_bytes()).sign(&signer("a")));
    for (now, outcome, code) in [
        (
            NOT_BEFORE - 1,
            Outcome::NotYetValid,
            Some("dsc-not-yet-valid"),
        ),
        (NOT_BEFORE, Outcome::Valid, None),
        (NOT_AFTER, Outcome::Valid, None),
        (NOT_AFTER + 1, Outcome::Expired, Some("dsc-expired")),
    ] {
        let verdict = verifier.verify(&text, Timestamp::from_seconds(now));
        assert_eq!(verdict.outcome(), outcome, "{now}");
        assert_eq!(verdict.step(Step::KeyValidity).code(), code);
        assert_eq!(verdict.step(Step::Time).word(), "passed");
        // iat and exp lie outside of the window at any time.
        let deviations: Vec<_> = verdict.deviations().iter().map(|d| d.code()).collect();
        assert_eq!(deviations, ["iat-outside-dsc", "exp-outside-dsc"]);
    }
}

#[test]
fn a_bare_key_has_no_window() {
    let dsc = narrow(&[]);
    let key = dsc.public_key().clone();
    let mut builder = TrustStore::builder();
    builder
        .add_public_key("test", dsc.kid(), key, None, KeyUsage::ANY)
        .unwrap();
    let text = raw::text(&Raw::new(dsc.kid().as_bytes()).sign(&signer("a")));
    let now = Timestamp::from_seconds(NOT_AFTER + 1);
    let verdict = Verifier::new(builder.build().0).verify(&text, now);
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(verdict.step(Step::KeyValidity).code(), Some("bare-key"));
    assert_eq!(verdict.deviations(), []);
}

#[test]
fn one_look_shows_everything_that_is_wrong() {
    let dsc = narrow(&[EKU_TEST]);
    let verifier = Verifier::with_policy(trust(&[&dsc]), Policy::default().strict());
    let text = raw::text(&Raw::new(dsc.kid().as_bytes()).sign(&signer("a")));
    let verdict = verifier.verify(&text, Timestamp::from_seconds(EXPIRES.seconds() + 1));
    let steps: Vec<_> = verdict.steps().map(|(s, r)| (s.code(), r.code())).collect();
    assert_eq!(
        steps,
        [
            ("decode", None),
            ("key", None),
            ("algorithm", None),
            ("signature", None),
            ("trust-list", Some("no-list")),
            ("key-validity", Some("dsc-expired")),
            ("key-usage", Some("key-usage")),
            ("time", Some("expired")),
            ("revocation", Some("no-revocation-data")),
            ("content", None),
            ("policy", Some("strict")),
        ]
    );
    // What is false weighs more than what is over.
    assert_eq!(verdict.outcome(), Outcome::Invalid);
    assert_eq!(verdict.reason().unwrap().code(), "key-usage");
    assert!(verdict.verified().is_none());
    assert!(verdict.signed_record().is_some());
}

#[test]
fn the_ends_of_the_clock_neither_wrap_nor_panic() {
    let verifier = Verifier::with_policy(
        trust(&[&dsc("a", &[])]),
        Policy::default()
            .expiry_skew(Duration::MAX)
            .issue_skew(Duration::MAX),
    );
    let text = claim(NBF, Some(at(0)));
    for (now, outcome) in [
        (i64::MIN, Outcome::NotYetValid),
        (i64::MAX, Outcome::Expired),
    ] {
        let verdict = verifier.verify(&text, Timestamp::from_seconds(now));
        assert_eq!(verdict.outcome(), outcome);
        let _ = format!("{verdict:?} {:?}", verdict.reason().map(|r| r.to_string()));
    }
}
