//! Groups of entries that this crate doesn't know.

use ciborium::{Value, cbor};
use hcert::verify::{Outcome, Step};
use hcert_testkit::pki::EKU_TEST;
use hcert_testkit::raw::{cwt, holder_only, t, v, with};

use super::{code, deviations, dsc, strictly, verify};

fn dcc(groups: &[(&str, Value)]) -> Value {
    let mut dcc = holder_only();
    for (name, group) in groups {
        dcc = with(dcc, *name, Some(group.clone()));
    }
    cwt(dcc)
}

fn exemption() -> Value {
    cbor!([{
        "tg" => "840539006", "es" => "1", "df" => "2021-05-01", "du" => "2099-10-21", "co" => "XX",
        "is" => "Ministry of Health", "fc" => "1", "ci" => "URN:UVCI:01:XX:EXEMPTION#1",
    }])
    .unwrap()
}

#[test]
fn a_national_group_is_authentic_and_of_an_unknown_kind() {
    for (name, group) in [
        ("e", exemption()),
        (
            "d",
            cbor!([{"df" => "2021-05-01T00:00:00Z", "du" => "2099-01-01T00:00:00Z"}]).unwrap(),
        ),
        ("x", exemption()),
        // Not an array: whatever it is, it is not nothing.
        ("e", cbor!({"df" => "2021-05-01"}).unwrap()),
    ] {
        for beside in [None, Some(Value::Null), Some(Value::Array(vec![]))] {
            let mut groups = vec![(name, group.clone())];
            groups.extend(beside.map(|empty| ("v", empty)));
            let verdict = verify(dcc(&groups));
            assert_eq!(
                verdict.outcome(),
                Outcome::Unascertained,
                "{name} {verdict:?}"
            );
            assert_eq!(code(&verdict), Some("dcc-group-unknown"));
            let words = verdict.reason().unwrap().to_string();
            assert!(words.contains(&format!("`{name}`")), "{words}");
            assert!(verdict.verified().is_none());
            assert_eq!(verdict.step(Step::KeyUsage).code(), Some("unknown-kind"));
            assert_eq!(verdict.step(Step::KeyUsage).word(), "skipped");
        }
    }
}

#[test]
fn a_group_that_is_empty_or_none_states_nothing() {
    for group in [
        Value::Null,
        Value::Array(vec![]),
        Value::Map(vec![]),
        Value::from("a text"),
        Value::from(7),
        Value::Bool(true),
    ] {
        let verdict = verify(dcc(&[("e", group)]));
        assert_eq!(
            (verdict.outcome(), code(&verdict)),
            (Outcome::Invalid, Some("dcc-no-entry"))
        );
    }
}

#[test]
fn a_name_that_could_be_a_person_is_not_repeated() {
    for name in [
        "Erika Musterfrau",
        "EM",
        "musterfrau",
        "\u{1b}[2J",
        "",
        "é",
        "e\n",
        "E M",
    ] {
        let verdict = verify(dcc(&[(name, exemption())]));
        assert_eq!(code(&verdict), Some("dcc-group-unknown"), "{name:?}");
        let words = verdict.reason().unwrap().to_string();
        assert!(words.contains("`?`"), "{words}");
        assert!(!format!("{words} {verdict:?}").contains("uster"));
    }
}

#[test]
fn of_several_unknown_groups_the_order_does_not_matter() {
    let one = verify(dcc(&[("d", exemption()), ("e", exemption())]));
    let other = verify(dcc(&[("e", exemption()), ("d", exemption())]));
    assert_eq!(
        one.reason().map(|r| r.to_string()),
        other.reason().map(|r| r.to_string())
    );
}

#[test]
fn an_unknown_group_beside_a_known_one_is_named() {
    for group in [exemption(), cbor!({"df" => "2021-05-01"}).unwrap()] {
        let groups = [("v", Value::Array(vec![v()])), ("e", group)];
        let verdict = verify(dcc(&groups));
        assert_eq!(verdict.outcome(), Outcome::Valid);
        assert_eq!(deviations(&verdict), [("group-unknown", "e")]);
        let verdict = strictly(dcc(&groups));
        assert_eq!(
            (verdict.outcome(), code(&verdict)),
            (Outcome::Invalid, Some("strict"))
        );
    }
    // Further members that are no groups are none.
    let details = cbor!({"reference" => "1", "url" => "https://example.org"}).unwrap();
    for extra in [
        details,
        Value::from("1"),
        Value::Null,
        Value::Array(vec![]),
        Value::Array(vec![Value::from("x")]),
    ] {
        let verdict = verify(dcc(&[("v", Value::Array(vec![v()])), ("meta", extra)]));
        assert_eq!(deviations(&verdict), []);
    }
}

#[test]
fn a_key_for_tests_does_not_sign_an_unknown_group_and_is_not_said_to() {
    use hcert::trust::TrustStore;
    use hcert::verify::Verifier;
    let mut builder = TrustStore::builder();
    let (kid, certificate) = (dsc("a", &[]).kid(), dsc("a", &[EKU_TEST]));
    builder
        .add_certificate_der_as("test", kid, certificate.der())
        .unwrap();
    let verifier = Verifier::new(builder.build().0);
    let text = super::signed(dcc(&[("e", exemption())]));
    let verdict = verifier.verify(&text, super::NOW);
    assert_eq!(verdict.outcome(), Outcome::Unascertained);
    assert_eq!(verdict.step(Step::KeyUsage).code(), Some("unknown-kind"));
    // Beside a test, the rest is named.
    let text = super::signed(dcc(&[("e", exemption()), ("t", Value::Array(vec![t()]))]));
    let verdict = verifier.verify(&text, super::NOW);
    assert_eq!(deviations(&verdict), [("group-unknown", "e")]);
}

#[test]
fn another_major_version_is_not_taken_for_a_known_one() {
    for ver in [
        "2.0.0",
        "9.9.9",
        "0.9.0",
        "2",
        "2.0",
        "10.0.0",
        "99999999999.0.0",
    ] {
        let claims = cwt(with(
            hcert_testkit::raw::dcc(),
            "ver",
            Some(Value::from(ver)),
        ));
        let verdict = verify(claims);
        assert_eq!(
            (verdict.outcome(), code(&verdict)),
            (Outcome::Unascertained, Some("dcc-version-unknown")),
            "{ver}"
        );
    }
    // A minor one adds, by the schema's own rule, and an empty text states none.
    for ver in ["1.0.0", "1.3.3", "1.4.0", "1.3", "1", "01.3.0", ""] {
        let claims = cwt(with(
            hcert_testkit::raw::dcc(),
            "ver",
            Some(Value::from(ver)),
        ));
        assert_eq!(verify(claims).outcome(), Outcome::Valid, "{ver}");
    }
}

#[test]
fn rules_are_not_asked_about_what_states_nothing_that_is_known() {
    use hcert::rules::{Arrival, Decision, RuleSet, Subject};
    let rules = RuleSet::from_json(
        br#"{"Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0", "CertificateType": "General",
        "Description": [], "ValidFrom": "2020-01-01T00:00:00Z", "ValidTo": "2099-01-01T00:00:00Z",
        "AffectedFields": [], "Logic": {"===": [1, 1]}}"#,
    )
    .unwrap();
    for groups in [vec![("e", exemption())], vec![]] {
        let verdict = verify(dcc(&groups));
        let subject = Subject::unverified_claims(verdict.signed_claims().unwrap());
        let acceptance = rules.evaluate(&subject, &Arrival::new("XX", super::NOW));
        assert_eq!(acceptance.decision(), Decision::Open);
        assert_eq!(
            acceptance.reason().map(|r| r.code()),
            Some("nothing-stated")
        );
    }
}
