//! `docs/failures.md` and the tests that are named after its rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::specification_clauses::{quoted, tests};

const PAGE: &str = include_str!("../../docs/failures.md");

/// Each row's id, and the tests that it names.
fn rows() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut rows = BTreeMap::new();
    for line in PAGE.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, evidence, named] = cells[..] else {
            panic!("{line}");
        };
        if id == "id" || id == "---" {
            continue;
        }
        assert!(!evidence.is_empty(), "{id}");
        let found = quoted(named).collect::<BTreeSet<_>>();
        assert_eq!(found.is_empty(), named == "none", "{id}");
        assert!(rows.insert(id.to_owned(), found).is_none(), "{id} twice");
    }
    rows
}

/// The ids that a test's name begins with: `c1_c5_…` has two.
fn ids(test: &str) -> Vec<String> {
    let is_id = |part: &&str| {
        let (letter, number) = part.split_at(part.len().min(1));
        matches!(letter, "a" | "b" | "c" | "d" | "e")
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    };
    let parts = test.split('_').take_while(is_id);
    parts.map(str::to_uppercase).collect()
}

#[test]
fn every_test_named_after_a_failure_is_in_its_row() {
    let rows = rows();
    let mut named = 0;
    for test in tests() {
        for id in ids(&test) {
            let row = rows.get(&id);
            assert!(row.is_some_and(|r| r.contains(&*test)), "{id}: {test}");
            named += 1;
        }
    }
    assert!(named > 50, "{named}");
}

#[test]
fn every_test_of_a_row_exists() {
    let tests = tests();
    let rows = rows();
    assert!(rows.len() > 25, "{}", rows.len());
    for (id, named) in &rows {
        let missing: Vec<_> = named
            .iter()
            .filter(|name| !tests.contains(**name))
            .collect();
        assert!(missing.is_empty(), "{id}: {missing:?}");
    }
}
