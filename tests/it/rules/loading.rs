//! What is refused, what is noted, and what stands in a rule.

use hcert::rules::{
    CertificateType, Decision, RuleKind, RuleLimits, RuleSet, RuleSetError, Version,
};
use serde_json::{Value, json};

use super::{at, code, decision, refusing, rule, set, vaccination, xx};

fn load(json: &Value) -> Result<RuleSet, RuleSetError> {
    RuleSet::from_json(json.to_string().as_bytes())
}

#[test]
fn a_rule_an_array_and_an_object_with_rules_are_read() {
    let one = rule(json!({}));
    let two = rule(json!({"Identifier": "VR-XX-0002"}));
    assert_eq!(load(&one).unwrap().len(), 1);
    assert_eq!(load(&json!([one, two])).unwrap().len(), 2);
    assert_eq!(load(&json!({"rules": [one, two]})).unwrap().len(), 2);
    // Another member beside them may limit them: it is not passed over.
    assert!(load(&json!({"rules": [one, two], "validUntil": "…"})).is_err());
    assert!(load(&json!([])).unwrap().is_empty());
    let marked = format!("\u{feff}{one}");
    assert_eq!(RuleSet::from_json(marked.as_bytes()).unwrap().len(), 1);

    let mut builder = RuleSet::builder();
    builder.add_json("one", one.to_string().as_bytes()).unwrap();
    builder.add_json("two", two.to_string().as_bytes()).unwrap();
    assert_eq!(builder.build().unwrap().len(), 2);
}

#[test]
fn all_members_are_read() {
    let logic = json!({"===": [{"var": "payload.v.0.dn"}, 2]});
    let rules = load(&rule(json!({
        "Identifier": "IR-AT-0123", "Type": "Invalidation", "Country": "AT", "Region": " BY ",
        "Version": "1.12.3", "SchemaVersion": "1.3.0", "CertificateType": "General",
        "Description": [{"lang": "de", "desc": "Zwei Dosen\u{1b}[2J"}, {"lang": "en", "desc": "Two doses"}],
        "ValidFrom": "2021-06-01T02:00:00+02:00", "AffectedFields": ["v.0.dn", "dob"], "Logic": logic,
    })))
    .unwrap();
    let rule = rules.iter().next().unwrap();
    assert_eq!(rule.identifier(), "IR-AT-0123");
    assert_eq!(rule.version(), Version::parse("1.12.3").unwrap());
    assert_eq!(rule.version().to_string(), "1.12.3");
    assert_eq!(rule.kind(), RuleKind::Invalidation);
    assert_eq!((rule.country(), rule.region()), ("AT", Some("BY")));
    assert_eq!(rule.certificate_type(), CertificateType::General);
    assert_eq!(rule.schema_version().to_string(), "1.3.0");
    assert_eq!(rule.valid_from(), at("2021-06-01T00:00:00Z"));
    assert_eq!(rule.valid_to(), at("2030-06-01T00:00:00Z"));
    assert!(rule.affected_fields().eq(["v.0.dn", "dob"]));
    assert_eq!(rule.description().get("de-AT"), "Zwei Dosen\\u{1b}[2J");
    assert_eq!(rule.description().get("fr"), "Two doses");
    let expression = rule.expression().unwrap().to_string();
    assert_eq!(expression, logic.to_string());
    // It is no acceptance rule of any country.
    assert_eq!(rules.countries().count(), 0);
    assert_eq!(
        format!("{rule:?} {rules:?}"),
        "Rule(IR-AT-0123 1.12.3) RuleSet(1 rules)"
    );
}

#[test]
fn what_leaves_open_whom_a_rule_concerns_is_refused() {
    let refused = |json: &str| RuleSet::from_json(json.as_bytes()).unwrap_err().code();
    assert_eq!(
        RuleSet::from_json(b"\xff").unwrap_err().code(),
        "rules-not-utf8"
    );
    assert_eq!(refused("["), "json-syntax");
    assert_eq!(
        refused(r#"[{"Type": 1, "Type": 1}]"#),
        "json-duplicate-member"
    );
    for json in ["1", "null", "{}", r#"{"rules": {}}"#, r#""VR-XX-0001""#] {
        assert_eq!(refused(json), "rules-not-rules", "{json}");
    }
    assert_eq!(refused("[1]"), "rule-not-object");
    // The list that services give first, small letters and all.
    let entry = json!({"identifier": "VR-DE-0001", "version": "1.0.0", "country": "DE",
        "hash": "6821d518570fe9f4417c482ff0d2582a7b6440f243a9034f812e0d71611b611f"});
    for index in [
        json!([entry, entry]),
        json!([entry]),
        json!({"rules": [entry]}),
    ] {
        let error = RuleSet::from_json(index.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.code(), "rules-index", "{index}");
        let words = error.to_string();
        assert!(
            words.contains("an index of") && words.contains("fetch"),
            "{words}"
        );
    }
    // Germany's notes to holders are rules of CertLogic, too.
    for (name, value) in [
        ("Identifier", json!("BNR-DE-0200")),
        ("Identifier", json!("BNR-DE-416")),
        ("Type", json!("BoosterNotification")),
    ] {
        let mut note = rule(json!({}));
        note[name] = value;
        for document in [note.clone(), json!([note])] {
            let error = RuleSet::from_json(document.to_string().as_bytes()).unwrap_err();
            assert_eq!(error.code(), "rule-booster-notification", "{document}");
        }
    }
    // Each member that is absent, or of the wrong type; the three that change
    // no decision are noted.
    for name in [
        "Identifier",
        "Type",
        "Country",
        "Version",
        "SchemaVersion",
        "Engine",
        "EngineVersion",
        "CertificateType",
        "ValidFrom",
        "ValidTo",
    ] {
        for wrong in [Value::Null, json!(1), json!(["VR-XX-0001"])] {
            let mut members = json!({});
            members[name] = wrong;
            let found = load(&json!([rule(members)])).unwrap_err().code();
            let expected = match name {
                "Country" => ["rule-member", "rule-country"].as_slice(),
                _ => &["rule-member"],
            };
            assert!(expected.contains(&found), "{name}: {found}");
        }
    }
    for (members, expected) in [
        (json!({"Identifier": "VR-XX-"}), "rule-member"),
        (json!({"Identifier": "VR-XX-1a"}), "rule-member"),
        (json!({"Identifier": "XR-XX-0001"}), "rule-member"),
        (
            json!({"Identifier": "VR-xx-0001", "Country": "xx"}),
            "rule-member",
        ),
        (json!({"Identifier": "VR-XX-0001\n"}), "rule-member"),
        (json!({"Country": "YY"}), "rule-country"),
        (json!({"Country": "xx"}), "rule-country"),
        (json!({"Type": "Invalidation"}), "rule-kind"),
        (json!({"Identifier": "IR-XX-0001"}), "rule-kind"),
        (json!({"Type": "acceptance"}), "rule-member"),
        (json!({"CertificateType": "Booster"}), "rule-member"),
        (json!({"Region": 1}), "rule-member"),
        (json!({"Region": "a region with blanks"}), "rule-member"),
        (json!({"Version": "1.0"}), "rule-member"),
        (json!({"Version": "1.0.0-rc1"}), "rule-member"),
        (json!({"Version": "1.0.+1"}), "rule-member"),
        (json!({"Version": "1.0.99999999999"}), "rule-member"),
        (json!({"SchemaVersion": "one"}), "rule-member"),
        (json!({"ValidFrom": "2021-06-01"}), "rule-member"),
        (json!({"ValidTo": "never"}), "rule-member"),
        (json!({"ValidTo": "2021-06-01T00:00:00Z"}), "rule-period"),
    ] {
        let error = load(&json!([rule(members)])).unwrap_err();
        assert_eq!(error.code(), expected, "{error}");
    }
}

#[test]
fn of_a_refused_document_nothing_is_taken() {
    let good = rule(json!({}));
    let bad = rule(json!({"Identifier": "VR-XX-0002", "Version": "2"}));
    let mut builder = RuleSet::builder();
    let error = builder.add_json("file", json!([good, bad]).to_string().as_bytes());
    assert_eq!(
        error.unwrap_err().to_string(),
        "file: rule 2 (VR-XX-0002): the member `Version` is not a version x.y.z"
    );
    assert!(builder.build().unwrap().is_empty());
}

#[test]
fn what_changes_no_decision_is_noted() {
    for (members, expected) in [
        (json!({"Description": null}), "rule-description"),
        (json!({"Description": "All"}), "rule-description"),
        (
            json!({"Description": [{"lang": "de", "desc": "Alle"}]}),
            "rule-description",
        ),
        (
            json!({"Description": [{"lang": "en", "desc": "All"}, {"lang": "de"}]}),
            "rule-description",
        ),
        (json!({"AffectedFields": null}), "rule-affected-fields"),
        (json!({"AffectedFields": []}), "rule-affected-fields"),
        (
            json!({"AffectedFields": ["v.0", 1]}),
            "rule-affected-fields",
        ),
        (json!({"Identifier": "TR-XX-0001"}), "rule-prefix"),
        (json!({"Sign\u{202e}ature": "x"}), "rule-unknown-member"),
    ] {
        let rules = set(&[rule(members)]);
        let [problem] = rules.problems() else {
            panic!("{:?}", rules.problems())
        };
        assert_eq!(problem.code(), expected);
        assert!(!problem.to_string().contains(char::is_control));
        assert!(!problem.to_string().contains('\u{202e}'));
        assert_eq!(
            rules.evaluate(&vaccination(), &xx()).decision(),
            Decision::Accepted
        );
    }
    let rules = set(&[rule(json!({})), rule(json!({}))]);
    assert_eq!(
        (rules.len(), rules.problems()[0].code()),
        (1, "rule-repeated")
    );
}

#[test]
fn two_rules_of_one_name_are_refused() {
    let first = rule(json!({}));
    for other in [
        refusing(json!({})),
        rule(json!({"ValidTo": "2030-06-02T00:00:00Z"})),
        rule(json!({"Region": "BY"})),
        rule(json!({"CertificateType": "Test"})),
    ] {
        let error = load(&json!([first, other])).unwrap_err();
        assert_eq!(error.code(), "rules-conflict");
        let shown = error.to_string();
        assert_eq!(
            shown,
            "duplicate rule VR-XX-0001 1.0.0, with different content"
        );
        // From two documents, too.
        let mut builder = RuleSet::builder();
        for rule in [&first, &other] {
            builder
                .add_json("rule", rule.to_string().as_bytes())
                .unwrap();
        }
        assert_eq!(builder.build().unwrap_err().code(), "rules-conflict");
    }
}

#[test]
fn the_budgets_hold() {
    let one = rule(json!({})).to_string();
    let mut limits = RuleLimits::default();
    limits.max_bytes = one.len();
    limits.max_rules = 1;
    let mut builder = RuleSet::builder().with_limits(limits);
    let longer = format!("{one} ");
    let error = builder.add_json("file", longer.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "rules-too-long");
    builder.add_json("file", one.as_bytes()).unwrap();
    let error = builder.add_json("file", one.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "rules-too-many");
    assert_eq!(builder.build().unwrap().len(), 1);

    let mut limits = RuleLimits::default();
    limits.evaluation.max_steps = 2;
    let mut builder = RuleSet::builder().with_limits(limits);
    builder.add_json("file", one.as_bytes()).unwrap();
    let acceptance = builder.build().unwrap().evaluate(&vaccination(), &xx());
    assert_eq!(
        (acceptance.decision(), code(&acceptance)),
        (Decision::Open, "rule-evaluation")
    );
}

/// A rule that can't be evaluated stays in the set, so that nothing is
/// accepted where it applies; elsewhere it does no harm.
#[test]
fn what_a_rule_says_that_cant_be_used_is_open() {
    for (members, expected) in [
        (json!({"Logic": null}), "rule-logic"),
        (json!({"Logic": {"or": [true, true]}}), "rule-logic"),
        (json!({"Logic": {"==": [1, 1]}}), "rule-logic"),
        (json!({"Logic": {}}), "rule-logic"),
        (json!({"Engine": "JSONLOGIC"}), "rule-engine"),
        (json!({"EngineVersion": "1.3.4"}), "rule-engine"),
        (json!({"EngineVersion": "2.0.0"}), "rule-engine"),
        (json!({"EngineVersion": "1.3"}), "rule-engine"),
    ] {
        let other = rule(json!({"Identifier": "GR-XX-0001", "CertificateType": "General"}));
        let broken = rule(members);
        let rules = set(&[broken.clone(), other.clone()]);
        assert_eq!(rules.problems()[0].code(), expected);
        assert!(rules.iter().any(|r| r.expression().is_err()));
        let acceptance = rules.evaluate(&vaccination(), &xx());
        assert_eq!(acceptance.decision(), Decision::Open);
        assert_eq!(code(&acceptance), expected);
        assert_eq!(acceptance.results().len(), 2);
        // What is refused is refused.
        let refusing = refusing(json!({"Identifier": "VR-XX-0003"}));
        assert_eq!(
            decision(&[broken, other, refusing], &vaccination()),
            Decision::Refused
        );
    }
    let accepted = rule(json!({"EngineVersion": "1.3.3"}));
    assert_eq!(decision(&[accepted], &vaccination()), Decision::Accepted);
    let of_tests =
        json!({"Identifier": "TR-XX-0001", "CertificateType": "Test", "Logic": {"or": []}});
    let rules = [rule(json!({})), rule(of_tests)];
    assert_eq!(decision(&rules, &vaccination()), Decision::Accepted);
}

/// Under a name that only resembles its own, a region or an end would restrict
/// nothing.
#[test]
fn a_misspelt_member_is_refused_and_another_one_noted() {
    for (name, value, meant) in [
        ("region", json!("BY"), "Region"),
        ("REGION", json!("BY"), "Region"),
        ("Region ", json!("BY"), "Region"),
        ("\u{a0}Region", json!("BY"), "Region"),
        ("validTo", json!("2021-06-02T00:00:00Z"), "ValidTo"),
        ("valid_to", json!("2021-06-02T00:00:00Z"), "ValidTo"),
        ("Valid-From", json!("2029-06-01T00:00:00Z"), "ValidFrom"),
        ("logic", json!({"===": [1, 2]}), "Logic"),
        ("country", Value::Bool(true), "Country"),
        ("certificateType", json!("General"), "CertificateType"),
    ] {
        let found = load(&json!([rule(json!({name: value}))])).unwrap_err();
        let RuleSetError::Rule { fault, .. } = &found else {
            panic!("{name}: {found}")
        };
        assert_eq!(found.code(), "rule-member", "{name}");
        let text = format!("the member `{meant}` is not spelt so");
        assert_eq!(fault.to_string(), text, "{name}");
    }
    for name in ["Regions", "Hash", "x", "", "Valid"] {
        let rules = load(&json!([rule(json!({name: "BY"}))])).unwrap();
        assert_eq!(rules.problems()[0].code(), "rule-unknown-member", "{name}");
        let found = rules.evaluate(&vaccination(), &xx());
        assert_eq!(found.decision(), Decision::Accepted, "{name}");
    }
}
