//! What rules see of a certificate, and what a result shows of it.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ciborium::cbor;
use hcert::rules::{CertificateType, Decision, RuleOutcome, Subject};
use hcert::verify::Verifier;
use serde_json::{Value, json};

use super::common::{EXPIRES, ISSUED, NOW, dsc, signer, test, trust, vaccination as record};
use super::raw::{self, Raw};
use super::{at, code, refusing, rule, set, vaccination, verified, xx};

fn holds(subject: &Subject, path: &str, expected: Value) {
    let logic = json!({"===": [{"var": path}, expected]});
    let rules = set(&[rule(json!({"Logic": logic, "CertificateType": "General"}))]);
    let arrival = xx().in_region("");
    let acceptance = rules.evaluate(subject, &arrival);
    assert_eq!(
        *acceptance.results()[0].outcome(),
        RuleOutcome::Passed,
        "{path}"
    );
}

#[test]
fn rules_see_the_payload_and_what_is_known_besides() {
    let subject = Subject::from(&verified(&record()));
    assert_eq!(subject.certificate_types(), [CertificateType::Vaccination]);
    holds(&subject, "payload.ver", json!(record().schema_version()));
    holds(&subject, "payload.v.0.dn", json!(2));
    holds(&subject, "payload.v.0.dt", json!("2021-05-29"));
    holds(&subject, "payload.nam.fnt", json!("MUSTERFRAU<GOESSINGER"));
    holds(
        &subject,
        "external.validationClock",
        json!("2021-07-01T00:00:00Z"),
    );
    holds(&subject, "external.countryCode", json!("XX"));
    holds(&subject, "external.issuerCountryCode", json!("XX"));
    holds(&subject, "external.iat", json!(ISSUED.to_string()));
    holds(&subject, "external.exp", json!(EXPIRES.to_string()));
    holds(&subject, "external.region", json!(""));
    let kid = BASE64_STANDARD.encode(dsc("a", &[]).kid().as_bytes());
    holds(&subject, "external.kid", json!(kid));

    let bare = vaccination();
    for path in ["iat", "exp", "kid", "issuerCountryCode"] {
        let logic = json!({"!": [{"var": format!("external.{path}")}]});
        let rules = set(&[rule(json!({"Logic": logic}))]);
        assert!(rules.evaluate(&bare, &xx()).is_accepted(), "{path}");
    }
    let known = bare
        .with_issuer(" at ")
        .with_kid(dsc("a", &[]).kid().clone())
        .with_issued_at(ISSUED)
        .with_expires_at(EXPIRES);
    holds(&known, "external.issuerCountryCode", json!("AT"));
    holds(&known, "external.kid", json!(kid));
    holds(&known, "external.exp", json!("2021-12-01T00:00:00Z"));
}

#[test]
fn the_country_of_the_key_stands_in_for_a_missing_issuer() {
    let claims = cbor!({4 => EXPIRES.seconds(), 6 => ISSUED.seconds(), -260 => {1 => raw::dcc()}});
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims.unwrap());
    let text = raw::text(&raw.sign(&signer("a")));
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let verdict = verifier.verify(&text, NOW);
    let verified = verdict.verified().unwrap();
    assert_eq!(verified.claims().issuer(), None);
    holds(
        &Subject::from(verified),
        "external.issuerCountryCode",
        json!("XX"),
    );
}

#[test]
fn claims_of_an_expired_certificate_can_be_asked_about() {
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let issued = super::issued("a", &record());
    let verdict = verifier.verify(issued.text(), at("2022-01-01T00:00:00Z"));
    let subject = Subject::unverified_claims(verdict.signed_claims().unwrap());
    assert!(!subject.is_verified());
    let rules = set(&[rule(json!({}))]);
    assert!(rules.evaluate(&subject, &xx()).is_accepted());
    let late = xx().at_time(at("2022-01-01T00:00:00Z"));
    assert_eq!(code(&rules.evaluate(&subject, &late)), "expired-on-arrival");
}

#[test]
fn other_payloads_have_no_eu_rules() {
    let link = json!([{"u": "shlink:/eyJ1IjoieCJ9"}]);
    let claims = [
        cbor!({1 => "XX", 6 => ISSUED.seconds(), -260 => {-6 => {"n" => "Erika Musterfrau"}}}),
        cbor!({1 => "XX", 4 => EXPIRES.seconds(), -260 => {5 => link}}),
    ];
    for claims in claims {
        let payload = raw::encode(&claims.unwrap());
        let parsed = hcert::format::hc1::cwt::Claims::parse_unverified(
            &payload,
            &hcert::Limits::default(),
            &mut Vec::new(),
        );
        let subject = Subject::unverified_claims(&parsed.unwrap());
        assert!(subject.certificate_types().is_empty());
        let rules = set(&[rule(json!({"CertificateType": "General"}))]);
        let acceptance = rules.evaluate(&subject, &xx());
        assert_eq!(
            (acceptance.decision(), code(&acceptance)),
            (Decision::Open, "rules-payload")
        );
        assert!(rules.periods(&subject, &xx(), NOW..EXPIRES).is_empty());
    }
}

#[test]
fn a_payload_without_an_entry_is_none() {
    for (payload, expected) in [
        ("", "json-syntax"),
        (r#"{"v": [1], "v": []}"#, "json-duplicate-member"),
        ("null", "dcc-no-entry"),
        ("[]", "dcc-no-entry"),
        (r#"{"v": [], "t": null, "r": {"0": {}}}"#, "dcc-no-entry"),
    ] {
        assert_eq!(Subject::unverified(payload).unwrap_err().code(), expected);
    }
}

#[test]
fn a_result_shows_what_the_rule_looks_at() {
    let fields = json!([
        "v.0", "v.0.dn", "v.0.mp", "v.0.xx", "v.1.dn", "dob", "v", "nam.fn", "v.x", ""
    ]);
    let rules = set(&[refusing(json!({"AffectedFields": fields}))]);
    let acceptance = rules.evaluate(&vaccination(), &xx());
    let result = acceptance.failed().next().unwrap();
    assert_eq!(
        result.description().get("en"),
        "There has to be a vaccination."
    );
    let affected: Vec<_> = result
        .affected()
        .iter()
        .map(|a| (a.field(), a.value()))
        .collect();
    let expected = [
        ("v.0.dn", Some("2")),
        ("v.0.mp", Some("EU/1/20/1528")),
        ("v.0.xx", None),
        ("v.1.dn", None),
        ("dob", Some("1998-02-26")),
        ("nam.fn", None),
        ("v.x", None),
        ("", None),
    ];
    assert_eq!(affected, expected);
}

#[test]
fn nothing_about_the_holder_is_in_a_debug_or_a_message() {
    let fields = json!(["dob", "nam.fn", "nam.gnt", "t.0.sc", "t.0.ci"]);
    let types =
        |logic| json!({"AffectedFields": fields, "Logic": logic, "CertificateType": "General"});
    for logic in [
        json!({"===": [1, 2]}),
        json!({"plusTime": [{"var": "payload.nam.fn"}, 1, "day"]}),
        json!({"+": [{"var": "payload.dob"}, 1]}),
        json!({"var": "payload.nam"}),
    ] {
        let subject = Subject::from(&verified(&test()));
        let acceptance = set(&[rule(types(logic))]).evaluate(&subject, &xx());
        assert!(!acceptance.is_accepted());
        let reason = acceptance.reason().map(ToString::to_string);
        let shown = format!("{subject:?} {acceptance:?} {reason:?}");
        for personal in [
            "Gabriele", "GABRIELE", "ssinger", "1998", "10:12:22", "B5921A35",
        ] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
}
