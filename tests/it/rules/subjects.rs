//! What rules see of a certificate, and what a result shows of it.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ciborium::cbor;
use hcert::rules::{Arrival, CertificateType, Decision, Recognition, RuleOutcome, Subject};
use hcert::trust::{KeyUsage, Kid, TrustStore};
use hcert::verify::Verifier;
use hcert_testkit::fixtures::{
    EXPIRES, ISSUED, NOW, dsc, issued, signer, test, trust, vaccination as record,
};
use hcert_testkit::raw::{self, Raw};
use serde_json::{Value, json};

use super::{at, code, decision, refusing, rule, set, vaccination, verified, xx};

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

/// `UK` and `EL` are the EU's codes for the United Kingdom and Greece, which
/// ISO 3166-1 reserves and does not give: in whatever place either is written,
/// both are one country.
#[test]
fn the_eus_codes_of_two_countries_are_those_of_iso() {
    for [one, other] in [["UK", "GB"], ["GB", "UK"], ["el", "GR"], ["GR", "EL"]] {
        let mut builder = TrustStore::builder();
        let own = dsc("a", &[]);
        let key = own.public_key().clone();
        builder
            .add_public_key("x", own.kid(), key, Some(one), KeyUsage::ANY)
            .unwrap();
        let verifier = Verifier::new(builder.build().0);
        let verdict = verifier.verify(issued("a", &record()).text(), NOW);
        let verified = verdict.into_verified().unwrap();
        let withdrawing = refusing(json!({
            "Identifier": format!("IR-{other}-0001"), "Country": other,
            "Type": "Invalidation", "CertificateType": "General",
        }));
        let rules = [rule(json!({})), withdrawing];
        let subjects = [Subject::from(&verified), vaccination().with_issuer(one)];
        for subject in &subjects {
            assert_eq!(
                decision(&rules, subject),
                Decision::Refused,
                "{one} {other}"
            );
        }
        // The place of arrival.
        let here = rule(
            json!({"Identifier": format!("VR-{}-0001", one.to_uppercase()),
            "Country": one.to_uppercase()}),
        );
        let found = set(&[here]).evaluate(&vaccination(), &Arrival::new(other, NOW));
        assert_eq!(found.decision(), Decision::Accepted, "{one} {other}");
        // A policy that doesn't recognise the country, and one that does.
        let policy = |list: &str, codes: &str| {
            let issuers = match list {
                "issuers" => json!([{"countries": [codes]}]),
                _ => json!("any-trusted"),
            };
            let mut policy = json!({
                "name": "P", "version": "1", "country": "XX", "valid_from": "2021-01-01",
                "valid_until": "2022-12-31", "issuers": issuers,
                "vaccinations": [{"any_product": true, "from_day": 0, "until_day": 270}],
            });
            if list != "issuers" {
                policy[list] = json!([{"countries": [codes]}]);
            }
            let policy = Recognition::from_json(policy.to_string().as_bytes()).unwrap();
            policy.evaluate(&verified, &xx()).decision()
        };
        let other = other.to_uppercase();
        assert_eq!(policy("not_recognised", &other), Decision::Refused, "{one}");
        assert_eq!(policy("issuers", &other), Decision::Accepted, "{one}");
        assert_eq!(policy("not_recognised", "FR"), Decision::Accepted, "{one}");
        assert_eq!(policy("issuers", "FR"), Decision::Refused, "{one}");
    }
}

/// Nobody signs a kid in every form of list, so that a key can stand in one under
/// any number of them. A rule that looks at none is asked once.
#[test]
fn a_rule_that_looks_at_kids_is_open_for_a_key_with_too_many() {
    let subject = |kids: u32, countries: &[&str]| {
        let own = dsc("a", &[]);
        let mut builder = TrustStore::builder();
        for kid in 0..kids {
            let kid = Kid::new(kid.to_be_bytes()).unwrap();
            builder.add_certificate_der_as("x", kid, own.der()).unwrap();
        }
        for country in countries {
            let key = own.public_key().clone();
            builder
                .add_public_key("x", own.kid(), key, Some(country), KeyUsage::ANY)
                .unwrap();
        }
        builder.add_certificate_der("x", own.der()).unwrap();
        let verifier = Verifier::new(builder.build().0);
        let verdict = verifier.verify(issued("a", &record()).text(), NOW);
        Subject::from(&verdict.into_verified().unwrap())
    };
    let of_kids = rule(json!({"Logic": {"!": [{"in": [{"var": "external.kid"}, ["x"]]}]}}));
    let of_all = rule(json!({"Logic": {"!": [{"!": [{"var": "external"}]}]}}));
    let of_issuer = rule(json!({"Logic": {"!": [{"in": [
        {"var": "external.issuerCountryCode"}, ["ZZ"]]}]}}));
    for (kids, expected) in [
        (15, Decision::Accepted),
        (16, Decision::Open),
        (3000, Decision::Open),
    ] {
        let subject = subject(kids, &[]);
        for rule in [&of_kids, &of_all] {
            let found = set(std::slice::from_ref(rule)).evaluate(&subject, &xx());
            assert_eq!(found.decision(), expected, "{kids}");
            let reason = if expected == Decision::Open {
                "too-many-names"
            } else {
                ""
            };
            assert_eq!(code(&found), reason);
        }
        assert_eq!(
            decision(std::slice::from_ref(&of_issuer), &subject),
            Decision::Accepted
        );
        // Refused beside it is refused.
        let refusing = refusing(json!({"Identifier": "VR-XX-0009"}));
        let found = decision(&[of_kids.clone(), refusing], &subject);
        assert_eq!(found, Decision::Refused);
    }
    let codes: Vec<String> = (b'A'..=b'Z')
        .map(|c| format!("Q{}", char::from(c)))
        .collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let subject = subject(1, &codes);
    assert_eq!(decision(&[of_issuer], &subject), Decision::Open);
    assert_eq!(decision(&[rule(json!({}))], &subject), Decision::Accepted);
}
