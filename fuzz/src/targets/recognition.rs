//! Recognition policies: `t` and a document in TOML, or `j` and one in JSON,
//! held against records.

use hcert_testkit::time::Plus as _;
use hcert::Timestamp;
use hcert::rules::{Arrival, IssuerFacts, Period, Recognition, RecognitionError, RuleOutcome};
use crate::{NOW, RECORDS, conceals};

fn is_shown(error: &RecognitionError) {
    let text = error.to_string();
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(text.len() < 16_384 && format!("{error:?}").len() < 32_768);
}

fn is_consistent(policy: &Recognition, periods: &[Period], index: usize, at: Timestamp) {
    let (record, issuer) = (&RECORDS[index], issuer());
    let mut arrival = Arrival::new(policy.country(), at);
    if let Some(region) = policy.regions().first() {
        arrival = arrival.in_region(region);
    }
    let acceptance = policy.evaluate_unverified(record, &issuer, &arrival);
    conceals(&acceptance);
    let is_inside = periods.iter().any(|period| period.contains(at));
    assert_eq!(acceptance.is_accepted(), is_inside, "{at}");
    assert!(policy.valid().contains(at) || acceptance.results().is_empty());
    if acceptance.is_accepted() {
        let results = acceptance.results();
        assert_eq!(results.len(), 3);
        assert!(results.iter().all(|r| *r.outcome() == RuleOutcome::Passed));
        let clause = results[2].identifier();
        assert!(policy.clauses().any(|(identifier, _)| identifier == clause));
    }
    for result in acceptance.results() {
        assert!(!result.description().get("en").contains(char::is_control));
    }
    let elsewhere = Arrival::new("ZZ", at);
    let acceptance = policy.evaluate_unverified(record, &issuer, &elsewhere);
    assert!(policy.country() == "ZZ" || !acceptance.is_accepted());
}

fn issuer() -> IssuerFacts<'static> {
    let facts = IssuerFacts::default().with_country("XX");
    facts.with_participant("DCC", "ESP")
}

/// Checks one input.
pub fn run(bytes: &[u8]) {
    let Some((form, document)) = bytes.split_first() else {
        return;
    };
    let loaded = match (form, std::str::from_utf8(document)) {
        (b't', Ok(text)) => Recognition::from_toml(text),
        _ => Recognition::from_json(document),
    };
    let policy = match loaded {
        Ok(policy) => policy,
        Err(error) => return is_shown(&error),
    };
    assert!(!policy.valid().is_empty());
    assert!(policy.clauses().next().is_some());
    for (identifier, words) in policy.clauses() {
        assert!(identifier.is_ascii() && !words.get("en").is_empty());
    }
    let _ = format!("{policy:?}");
    for (index, record) in RECORDS.iter().enumerate() {
        let periods = policy.periods_unverified(record, &issuer());
        assert!(periods.windows(2).all(|pair| pair[0].until < pair[1].from));
        let mut instants = vec![NOW, policy.valid().from, policy.valid().until];
        for period in &periods {
            assert!(!period.is_empty());
            instants.extend([period.from, period.until]);
        }
        for at in instants {
            is_consistent(&policy, &periods, index, at.plus(-1));
            is_consistent(&policy, &periods, index, at);
        }
    }
}

