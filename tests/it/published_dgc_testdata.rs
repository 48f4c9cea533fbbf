//! The EU's test vectors, against what their issuers expect and against what
//! an independent implementation computed.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use std::collections::BTreeMap;
use std::path::Path;

use hcert_testkit::published;
use serde_json::Value;

use crate::conformance::dgc_testdata::{Outcome, Standing, run};
use crate::conformance::known::Known;
use crate::conformance::vector;

/// The keys that are held against the second opinion alone: issuers expect
/// other versions of the schema, or more than a schema can say.
const SCHEMA_KEYS: [&str; 2] = ["EXPECTEDVALIDOBJECT", "EXPECTEDSCHEMAVALIDATION"];

fn outcomes(root: &Path) -> Vec<Outcome> {
    let found = vector::find(root).unwrap();
    assert!(!found.vectors.is_empty(), "no vector in {}", root.display());
    run(&found.vectors, &Known::dgc_testdata().unwrap(), &|_| {})
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_published_vector_agrees_or_is_a_known_divergence() {
    let root = published::find("dgc-testdata");
    let outcomes = outcomes(&root);
    let mut counts = BTreeMap::<_, usize>::new();
    for outcome in &outcomes {
        *counts.entry(outcome.standing).or_default() += 1;
    }
    println!("{counts:?}");
    let wrong: Vec<_> = outcomes
        .iter()
        .filter(|o| o.standing == Standing::Disagrees)
        .map(|o| o.to_json().to_string())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Were the data or the keys not found, all would be well, too. Pictures,
    // a tenth of it, need the feature `scan`.
    let agreeing = counts.get(&Standing::Agrees).copied().unwrap_or_default();
    assert!(agreeing * 10 > outcomes.len() * 8);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn where_issuers_are_contradicted_an_independent_implementation_does_so_too() {
    let root = published::find("dgc-testdata");
    let second = published::find("dgc-testdata/second-opinion.jsonl");
    let second = std::fs::read_to_string(second).unwrap();
    let second: BTreeMap<String, Value> = second
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|v| (v["path"].as_str().unwrap().to_owned(), v["results"].clone()))
        .collect();
    let outcomes = outcomes(&root);
    let expectations: usize = second.values().map(|r| r.as_object().unwrap().len()).sum();
    assert_eq!(outcomes.len(), expectations);

    let (mut alone, mut same, mut schema) = (Vec::new(), 0, 0);
    for o in &outcomes {
        let other = &second[&o.path][&o.key];
        let oracle = other["oracle"].as_bool();
        assert_eq!(o.expected, other["expected"].as_bool(), "{}", o.path);
        if SCHEMA_KEYS.contains(&o.key.as_str()) {
            schema += 1;
            same += usize::from(o.actual == oracle);
            continue;
        }
        let needs_scan = o.key == "EXPECTEDPICTUREDECODE" && !cfg!(feature = "scan");
        if o.actual != o.expected && oracle == o.expected && !needs_scan {
            alone.push(o.to_json().to_string());
        }
    }
    println!(
        "{} expectations; schema: {same} of {schema} as the second opinion",
        outcomes.len()
    );
    assert!(alone.is_empty(), "{alone:#?}");
    assert!(
        schema > 0 && same * 100 >= schema * 99,
        "{same} of {schema}"
    );
}
