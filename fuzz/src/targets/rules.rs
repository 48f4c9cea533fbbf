//! Documents of rules: what loads is all of it, and nothing is accepted unless
//! each rule that applies is satisfied.

use std::sync::LazyLock;

use hcert_testkit::time::Plus as _;
use hcert::Timestamp;
use hcert::rules::{
    Acceptance, Arrival, Decision, RuleKind, RuleLimits, RuleOutcome, RuleProblemKind, RuleSet,
    Subject,
};
use serde_json::Value;

static SUBJECTS: LazyLock<[Subject; 2]> = LazyLock::new(|| {
    let payload = r#"{"ver": "1.3.0", "nam": {"fnt": "MUSTERFRAU<GOESSINGER"}, "dob": "1998-02-26",
        "v": [{"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
               "dn": 2, "sd": 2, "dt": "2021-05-29", "co": "XX", "is": "Ministry of Health",
               "ci": "URN:UVCI:01:XX:B5921A35D6A0D696421B3E2462178297#I"}],
        "t": [{"tg": "840539006", "tt": "LP6464-4", "sc": "2021-05-30T10:12:22Z",
               "tr": "260415000"}]}"#;
    let subject = Subject::unverified(payload).unwrap();
    [subject.clone().with_issuer("XX"), subject]
});

/// How many rules another reader finds.
fn count(document: &[u8]) -> Option<usize> {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let value: Value = serde_json::from_slice(document).ok()?;
    Some(match &value {
        Value::Array(rules) => rules.len(),
        Value::Object(members) if members.contains_key("Identifier") => 1,
        _ => value.get("rules")?.as_array()?.len(),
    })
}

fn clean(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}

fn check(rules: &RuleSet, acceptance: &Acceptance, arrival: &Arrival) {
    let results = acceptance.results();
    let all = |outcome: RuleOutcome| results.iter().all(|r| *r.outcome() == outcome);
    let failed = acceptance.failed().count() > 0;
    assert_eq!(acceptance.decision() == Decision::Refused, failed);
    assert_eq!(
        acceptance.decision() == Decision::Open,
        acceptance.reason().is_some()
    );
    if let Some(reason) = acceptance.reason() {
        clean(&reason.to_string());
    }
    for result in results {
        result
            .description()
            .iter()
            .for_each(|(_, text)| clean(text));
        result.affected().iter().for_each(|a| clean(a.field()));
    }
    if acceptance.is_accepted() {
        assert!(all(RuleOutcome::Passed));
        // At least one is a rule of the country.
        let of_country = |identifier: &str| {
            rules.iter().any(|rule| {
                rule.identifier() == identifier
                    && rule.kind() == RuleKind::Acceptance
                    && rule.country() == arrival.country()
                    && rule.is_in_force(arrival.at())
                    && rule.expression().is_ok()
            })
        };
        assert!(results.iter().any(|r| of_country(r.identifier())));
    }
}

/// Checks one input.
pub fn run(document: &[u8]) {
    let mut limits = RuleLimits::default();
    limits.max_rules = 16;
    limits.evaluation.max_steps = 2_000;
    let mut builder = RuleSet::builder().with_limits(limits);
    if let Err(error) = builder.add_json("rules", document) {
        clean(&error.to_string());
        assert!(builder.build().unwrap().is_empty());
        return;
    }
    let rules = match builder.build() {
        Ok(rules) => rules,
        Err(error) => return clean(&error.to_string()),
    };
    let problems = rules.problems();
    problems.iter().for_each(|p| clean(&p.to_string()));
    let repeated = problems
        .iter()
        .filter(|p| *p.kind() == RuleProblemKind::Repeated);
    // Numbers that another reader refuses are no reason to stop.
    if let Some(count) = count(document) {
        assert_eq!(rules.len() + repeated.count(), count);
    }

    let mut arrivals = vec![Arrival::new("XX", Timestamp::from_seconds(1_630_000_000))];
    for rule in rules.iter() {
        let region = rule.region().unwrap_or_default();
        let there = Arrival::new(rule.country(), rule.valid_from()).in_region(region);
        let after = there.clone().at_time(rule.valid_to().plus(1));
        arrivals.extend([there, after]);
    }
    for subject in &*SUBJECTS {
        for arrival in &arrivals {
            let acceptance = rules.evaluate(subject, arrival);
            check(&rules, &acceptance, arrival);
            // An empty set in its place accepts nothing.
            let none = RuleSet::builder().build().unwrap();
            assert_eq!(none.evaluate(subject, arrival).decision(), Decision::Open);
        }
        for arrival in arrivals.iter().take(2) {
            let from = arrival.at().plus(-3_600);
            let periods = rules.periods(subject, arrival, from..arrival.at().plus(3_600));
            let inside = periods
                .iter()
                .any(|p| (p.from..p.until).contains(&arrival.at()));
            assert_eq!(inside, rules.evaluate(subject, arrival).is_accepted());
        }
    }
}

