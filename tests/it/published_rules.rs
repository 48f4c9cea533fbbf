//! The rules of nine states: each loads without a refusal, agrees with all of
//! its tests, and is found and evaluated in one set of all.

use std::collections::BTreeMap;

use hcert::Timestamp;
use hcert::record::ValueSets;
use hcert::rules::{Arrival, Decision, RuleOutcome, RuleSet, Subject};
use hcert_testkit::published;
use hcert_testkit::time::Plus as _;
use serde_json::{Value as Json, json};

use crate::conformance::business_rules;

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn each_test_of_each_rule_agrees() {
    let folder = published::find("business-rules");
    let tests = business_rules::run(&folder).unwrap().tests;
    for test in tests.iter().filter(|t| !t.agrees()) {
        println!("{}: {}: {}", test.path, test.actual, test.reason);
    }
    assert!(tests.iter().all(|t| t.agrees()));
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for test in &tests {
        *states.entry(&test.path[..2]).or_default() += 1;
    }
    let expected = [
        ("CH", 114),
        ("CZ", 62),
        ("DE", 68),
        ("ES", 87),
        ("FI", 145),
        ("HR", 68),
        ("LU", 88),
        ("NL", 4),
        ("RO", 46),
    ];
    assert_eq!(states, expected.into());
    assert_eq!(tests.iter().filter(|t| t.name.is_none()).count(), 61);
}

/// All rules in one set, each document once, and with them the tests that have
/// a payload.
fn all() -> (RuleSet, Vec<(String, Json)>) {
    let folder = published::find("business-rules");
    let (mut builder, mut tests) = (RuleSet::builder(), Vec::new());
    for file in published::json_files(&folder) {
        let path = file.strip_prefix(&folder).unwrap().display().to_string();
        if path.ends_with("rule.json") {
            let bytes = std::fs::read(&file).unwrap();
            builder.add_json(&path, &bytes).unwrap();
        } else {
            tests.push((path, published::read_json(&file).unwrap()));
        }
    }
    (builder.build().unwrap(), tests)
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn all_rules_make_one_set() {
    let (rules, _) = all();
    assert_eq!(rules.len(), 103);
    let states = ["CH", "CZ", "DE", "ES", "FI", "HR", "LU", "NL", "RO"];
    assert!(rules.countries().eq(states));
    assert!(rules.iter().all(|rule| rule.expression().is_ok()));
    for problem in rules.problems() {
        println!("{problem}");
    }
    assert!(rules.problems().is_empty());
}

/// In the set of all rules, a rule says of a payload what its tests expect,
/// where the set selects it; and nothing is accepted that a rule refuses.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_set_says_what_its_rules_say() {
    let (rules, tests) = all();
    let (mut compared, mut refused, mut accepted) = (0, 0, 0);
    for (path, case) in &tests {
        let [country, identifier] = [0, 1].map(|at| path.split('/').nth(at).unwrap());
        let Some(mut payload) = case.get("payload").cloned() else {
            continue;
        };
        // Some tests leave it out.
        if let Some(members) = payload.as_object_mut() {
            members.entry("ver").or_insert("1.3.0".into());
        }
        let Ok(subject) = Subject::unverified(&payload.to_string()) else {
            continue;
        };
        let external = &case["external"];
        let rule = rules.iter().find(|r| r.identifier() == identifier).unwrap();
        let clock = external["validationClock"].as_str();
        // Two have no offset.
        let clock = clock.map(|clock| match clock.len() {
            19 => format!("{clock}Z"),
            _ => clock.to_owned(),
        });
        let at = clock.map_or(rule.valid_from().plus(86_400), |clock| {
            Timestamp::parse(&clock).unwrap()
        });
        let value_sets = external["valueSets"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let sets = value_sets
            .iter()
            .fold(ValueSets::new(), |sets, (id, codes)| {
                let values = codes.as_array().into_iter().flatten();
                let values = values.map(|code| {
                    (
                        code.as_str().unwrap().to_owned(),
                        json!({"display": "-", "active": true}),
                    )
                });
                let set = json!({
                    "valueSetId": id,
                    "valueSetDate": "2021-01-01",
                    "valueSetValues": values.collect::<serde_json::Map<_, _>>(),
                });
                sets.with_json(set.to_string().as_bytes()).unwrap()
            });
        let rules = rules.clone().with_value_sets(&sets);
        let acceptance = rules.evaluate(&subject, &Arrival::new(country, at));
        match acceptance.decision() {
            Decision::Accepted => accepted += 1,
            Decision::Refused => refused += 1,
            _ => {}
        }
        let mut results = acceptance.results().iter();
        let Some(result) = results.find(|r| r.identifier() == identifier) else {
            continue;
        };
        compared += 1;
        let expected = case["expected"].as_bool().unwrap();
        let outcome = match expected {
            true => RuleOutcome::Passed,
            false => RuleOutcome::Failed,
        };
        assert_eq!(*result.outcome(), outcome, "{path}");
        assert!(expected || acceptance.decision() == Decision::Refused);
    }
    println!("{compared} compared: {accepted} accepted, {refused} refused");
    assert!(compared > 250 && accepted > 50 && refused > 100);
}
