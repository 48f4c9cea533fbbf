//! Which rules apply, and when nothing is accepted though no rule forbids it.

use hcert::record::ValueSets;
use hcert::rules::{Arrival, Decision, OpenReason, RuleOutcome, RuleSet, Subject};
use hcert_testkit::fixtures::{NOW, dsc, test as test_record, vaccination as vaccination_record};
use hcert_testkit::time::Plus as _;
use serde_json::{Value, json};
use std::time::Duration;

use super::{applied, at, code, decision, refusing, rule, set, vaccination, verified, xx};

fn general(members: Value) -> Value {
    let mut all = json!({"Identifier": "GR-XX-0001", "CertificateType": "General"});
    all.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    rule(all)
}

fn invalidation(members: Value) -> Value {
    let mut all = json!({"Identifier": "IR-XX-0001", "Type": "Invalidation"});
    all.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    refusing(all)
}

#[test]
fn an_empty_set_accepts_nothing() {
    let acceptance = set(&[]).evaluate(&vaccination(), &xx());
    assert_eq!(
        (acceptance.decision(), code(&acceptance)),
        (Decision::Open, "no-rules")
    );
    assert_eq!(
        acceptance.reason().unwrap().to_string(),
        "no rule of XX is for a vaccination on 2021-07-01T00:00:00Z"
    );
}

#[test]
fn rules_are_of_the_country_and_for_the_type_of_certificate() {
    let of_tests = json!({"Identifier": "TR-XX-0001", "CertificateType": "Test"});
    let of_recoveries = json!({"Identifier": "RR-XX-0001", "CertificateType": "Recovery"});
    let elsewhere = json!({"Identifier": "VR-YY-0001", "Country": "YY"});
    let rules = set(&[
        rule(json!({})),
        general(json!({})),
        refusing(of_tests),
        refusing(of_recoveries),
        refusing(elsewhere),
    ]);
    assert!(rules.countries().eq(["XX", "YY"]));
    let acceptance = rules.evaluate(&vaccination(), &xx());
    assert_eq!(acceptance.decision(), Decision::Accepted);
    assert!(acceptance.is_accepted());
    assert_eq!(
        applied(&acceptance),
        [("GR-XX-0001", "1.0.0"), ("VR-XX-0001", "1.0.0")]
    );

    let test = Subject::from(&verified(&test_record()));
    let acceptance = rules.evaluate(&test, &xx());
    assert_eq!(
        applied(&acceptance),
        [("GR-XX-0001", "1.0.0"), ("TR-XX-0001", "1.0.0")]
    );
    let lower = rules.evaluate(&vaccination(), &Arrival::new(" yy", NOW));
    assert_eq!(lower.decision(), Decision::Refused);
    let nowhere = rules.evaluate(&vaccination(), &Arrival::new("ZZ", NOW));
    assert_eq!(
        (nowhere.decision(), code(&nowhere)),
        (Decision::Open, "no-rules")
    );
}

#[test]
fn a_certificate_with_several_entries_satisfies_the_rules_for_each() {
    let of_tests = json!({"Identifier": "TR-XX-0001", "CertificateType": "Test"});
    let payload = r#"{"ver": "1.0.0", "v": [{"dn": 2}], "t": [{"tr": "260415000"}], "r": []}"#;
    let both = Subject::unverified(payload).unwrap();
    let rules = [rule(json!({})), refusing(of_tests.clone())];
    assert_eq!(decision(&rules, &both), Decision::Refused);
    assert_eq!(decision(&rules, &vaccination()), Decision::Accepted);
    assert_eq!(
        decision(&[rule(json!({})), rule(of_tests)], &both),
        Decision::Accepted
    );
}

#[test]
fn of_each_identifier_the_latest_version_in_force_counts() {
    let version = |version, from, until| {
        rule(json!({"Version": version, "ValidFrom": from, "ValidTo": until}))
    };
    let rules = set(&[
        version("1.9.0", "2021-06-01T00:00:00Z", "2021-12-01T00:00:00Z"),
        version("1.10.0", "2021-07-01T00:00:00Z", "2021-11-01T00:00:00Z"),
        version("2.0.0", "2021-08-01T00:00:00Z", "2021-09-01T00:00:00Z"),
    ]);
    for (time, expected) in [
        ("2021-05-31T23:59:59Z", None),
        ("2021-06-01T00:00:00Z", Some("1.9.0")),
        ("2021-06-30T23:59:59Z", Some("1.9.0")),
        ("2021-07-01T00:00:00Z", Some("1.10.0")),
        ("2021-08-01T00:00:00Z", Some("2.0.0")),
        ("2021-09-01T00:00:00Z", Some("2.0.0")),
        ("2021-09-01T00:00:01Z", Some("1.10.0")),
        ("2021-12-01T00:00:00Z", Some("1.9.0")),
        ("2021-12-01T00:00:01Z", None),
    ] {
        let acceptance = rules.evaluate(&vaccination(), &xx().at_time(at(time)));
        let found = applied(&acceptance).first().map(|(_, version)| *version);
        assert_eq!(found, expected, "{time}");
        assert_eq!(acceptance.is_accepted(), expected.is_some(), "{time}");
    }
    // The same identifier twice in one result would be two rules.
    assert!(
        rules
            .iter()
            .map(|r| r.version().to_string())
            .eq(["1.9.0", "1.10.0", "2.0.0"])
    );
}

#[test]
fn who_asks_for_a_region_gets_its_rules_alone() {
    let regional = json!({"Identifier": "VR-XX-0002", "Region": "BY"});
    let rules = set(&[rule(json!({})), refusing(regional)]);
    assert_eq!(
        rules.evaluate(&vaccination(), &xx()).decision(),
        Decision::Accepted
    );
    let acceptance = rules.evaluate(&vaccination(), &xx().in_region("by"));
    assert_eq!(applied(&acceptance), [("VR-XX-0002", "1.0.0")]);
    assert_eq!(acceptance.decision(), Decision::Refused);
    let acceptance = rules.evaluate(&vaccination(), &xx().in_region("NW"));
    assert_eq!(
        (acceptance.decision(), code(&acceptance)),
        (Decision::Open, "no-rules")
    );
    assert!(acceptance.reason().unwrap().to_string().contains("XX, NW"));
    // An empty region is none.
    let none = set(&[rule(json!({"Region": ""}))]);
    assert!(
        none.evaluate(&vaccination(), &xx().in_region(" "))
            .is_accepted()
    );
}

#[test]
fn the_issuing_country_withdraws_its_certificates_everywhere() {
    let accepting = rule(json!({"Identifier": "VR-YY-0001", "Country": "YY"}));
    let rules = [accepting, invalidation(json!({"Region": "BY"}))];
    let yy = Arrival::new("YY", NOW);
    let of = |issuer| set(&rules).evaluate(&vaccination().with_issuer(issuer), &yy);
    let acceptance = of("xx");
    assert_eq!(acceptance.decision(), Decision::Refused);
    assert_eq!(
        applied(&acceptance),
        [("VR-YY-0001", "1.0.0"), ("IR-XX-0001", "1.0.0")]
    );
    assert!(of("YY").is_accepted());
    // On arrival in XX, its rule concerns its own certificates alone.
    let there = set(&rules).evaluate(&vaccination().with_issuer("YY"), &xx());
    assert_eq!(
        (there.decision(), code(&there)),
        (Decision::Open, "no-rules")
    );

    // A verified certificate says who issued it.
    let subject = Subject::from(&verified(&vaccination_record()));
    assert_eq!(
        set(&rules).evaluate(&subject, &yy).decision(),
        Decision::Refused
    );

    // If nothing says who did, any invalidation rule may be meant.
    let acceptance = set(&rules).evaluate(&vaccination(), &yy);
    assert_eq!(
        (acceptance.decision(), code(&acceptance)),
        (Decision::Open, "rule-no-issuer")
    );
}

#[test]
fn invalidation_rules_alone_accept_nothing() {
    let passing =
        json!({"Logic": {"===": [1, 1]}, "Identifier": "IR-XX-0002", "Type": "Invalidation"});
    let subject = vaccination().with_issuer("XX");
    let acceptance = set(&[rule(passing.clone())]).evaluate(&subject, &xx());
    assert_eq!(
        (acceptance.decision(), code(&acceptance)),
        (Decision::Open, "no-rules")
    );
    assert_eq!(*acceptance.results()[0].outcome(), RuleOutcome::Passed);
    let refused = [rule(passing), invalidation(json!({}))];
    assert_eq!(decision(&refused, &subject), Decision::Refused);
}

#[test]
fn a_rule_for_another_schema_is_open() {
    let subject =
        |ver: &str| Subject::unverified(&format!(r#"{{{ver} "v": [{{"dn": 2}}]}}"#)).unwrap();
    for (wanted, ver, expected) in [
        ("1.0.0", r#""ver": "1.0.0","#, Decision::Accepted),
        ("1.0.0", r#""ver": "1.3.0","#, Decision::Accepted),
        ("1.3.0", r#""ver": "1.3.0","#, Decision::Accepted),
        ("1.3.0", r#""ver": "1.2.1","#, Decision::Open),
        ("1.0.0", r#""ver": "2.0.0","#, Decision::Open),
        ("2.0.0", r#""ver": "1.3.0","#, Decision::Open),
        ("1.0.0", "", Decision::Open),
        ("1.0.0", r#""ver": 1,"#, Decision::Open),
        ("1.0.0", r#""ver": "1.3","#, Decision::Open),
    ] {
        // A rule that would refuse does not, either: it is not about this one.
        for rule in [
            rule(json!({"SchemaVersion": wanted})),
            refusing(json!({"SchemaVersion": wanted})),
        ] {
            let acceptance = set(&[rule]).evaluate(&subject(ver), &xx());
            if expected == Decision::Open {
                assert_eq!(code(&acceptance), "rule-schema-version", "{wanted} {ver}");
            } else {
                assert_ne!(acceptance.decision(), Decision::Open, "{wanted} {ver}");
            }
        }
    }
}

#[test]
fn a_certificate_that_will_have_expired_is_not_accepted() {
    let rules = set(&[rule(json!({}))]);
    let subject = Subject::from(&verified(&vaccination_record()));
    assert!(subject.is_verified());
    for (time, expected) in [
        ("2021-05-31T23:59:59Z", "no-rules"),
        ("2021-06-01T00:00:00Z", ""),
        ("2021-12-01T00:00:00Z", ""),
        ("2021-12-01T00:00:01Z", "expired-on-arrival"),
    ] {
        let acceptance = rules.evaluate(&subject, &xx().at_time(at(time)));
        assert_eq!(code(&acceptance), expected, "{time}");
        assert_eq!(acceptance.is_accepted(), expected.is_empty(), "{time}");
    }
    let early = vaccination().with_issued_at(NOW.plus(1));
    let acceptance = rules.evaluate(&early, &xx());
    let starts_at = NOW.plus(1);
    assert_eq!(
        acceptance.reason(),
        Some(&OpenReason::NotYetValid { starts_at, at: NOW })
    );
    // What a rule refuses is refused, whatever the time.
    let late = vaccination().with_expires_at(NOW.plus(-1));
    assert_eq!(decision(&[rule(json!({}))], &late), Decision::Open);
    assert_eq!(decision(&[refusing(json!({}))], &late), Decision::Refused);
}

/// The verifier's policy decides at the time for which it was asked.
#[test]
fn a_tolerance_of_the_verifier_holds() {
    use hcert::verify::{Policy, Verifier};
    let policy = Policy::default().expiry_skew(Duration::from_secs(3600));
    let verifier = Verifier::with_policy(super::trust(&[&dsc("a", &[])]), policy);
    let late = at("2021-12-01T00:30:00Z");
    let text = super::issued("a", &vaccination_record());
    let verified = verifier.verify(text.text(), late).into_verified().unwrap();
    let rules = set(&[rule(json!({}))]);
    let subject = Subject::from(&verified);
    assert!(rules.evaluate(&subject, &xx().at_time(late)).is_accepted());
    let later = rules.evaluate(&subject, &xx().at_time(late.plus(1)));
    assert_eq!(code(&later), "expired-on-arrival");
}

#[test]
fn value_sets_are_what_the_caller_gives() {
    let logic = json!({"in": [{"var": "payload.v.0.mp"},
                              {"var": "external.valueSets.vaccines-covid-19-names"}]});
    let rules = set(&[rule(json!({"Logic": logic}))]);
    let with = |sets: &ValueSets| {
        let rules = rules.clone().with_value_sets(sets);
        rules.evaluate(&vaccination(), &xx()).decision()
    };
    let names = |codes: &[&str]| {
        let values = codes
            .iter()
            .map(|c| (c.to_string(), json!({"display": "-", "active": true})));
        let document = json!({
            "valueSetId": "vaccines-covid-19-names",
            "valueSetDate": "2021-06-01",
            "valueSetValues": values.collect::<serde_json::Map<_, _>>(),
        });
        let document = document.to_string();
        ValueSets::new().with_json(document.as_bytes()).unwrap()
    };
    // Those that are compiled in.
    let decision = rules.evaluate(&vaccination(), &xx()).decision();
    assert_eq!(decision, Decision::Accepted);
    assert_eq!(with(&ValueSets::new()), Decision::Open);
    assert_eq!(with(&names(&["EU/1/20/1528"])), Decision::Accepted);
    assert_eq!(with(&names(&["EU/1/20/1507"])), Decision::Refused);
}

#[test]
fn a_kind_of_entry_that_no_rule_looks_at_is_open() {
    let rules = set(&[rule(json!({}))]);
    let both = r#"{"ver": "1.3.0", "v": [{"dn": 2, "sd": 2, "mp": "EU/1/20/1528"}],
                  "t": [{"tr": "260373001"}]}"#;
    let acceptance = rules.evaluate(&Subject::unverified(both).unwrap(), &xx());
    assert_eq!(code(&acceptance), "no-rules");
    // Rules look at the first one.
    let two = r#"{"ver": "1.3.0", "v": [{"dn": 2, "sd": 2}, {"dn": 1, "sd": 2}]}"#;
    let acceptance = rules.evaluate(&Subject::unverified(two).unwrap(), &xx());
    assert_eq!(code(&acceptance), "too-many-entries");
}

#[test]
fn a_rule_with_a_misspelt_identifier_is_not_passed_over() {
    let mut misspelt = rule(json!({}));
    let members = misspelt.as_object_mut().unwrap();
    let identifier = members.remove("Identifier").unwrap();
    members.insert("identifier".into(), identifier);
    let error = RuleSet::from_json(misspelt.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.code(), "rule-member");
}

#[test]
fn a_subject_that_was_changed_by_hand_is_not_verified() {
    let subject = Subject::from(&verified(&vaccination_record()));
    assert!(subject.is_verified());
    assert!(!subject.clone().with_issuer("XY").is_verified());
    assert!(
        !subject
            .with_expires_at(at("2031-01-01T00:00:00Z"))
            .is_verified()
    );
}
