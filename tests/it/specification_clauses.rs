//! The table of clauses in `docs/` tells of tests and codes that there are.

use std::collections::BTreeSet;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/specification-clauses.md");
const COLUMNS: usize = 7;

/// The Rust sources below a folder.
fn sources(folder: &str) -> String {
    fn read(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => read(&path, out),
                Some(ending) if ending == "rs" => {
                    *out += &std::fs::read_to_string(&path).unwrap();
                }
                _ => {}
            }
        }
    }
    let mut out = String::new();
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut out,
    );
    out
}

/// The names of the functions that follow `#[test]`.
pub(crate) fn tests() -> BTreeSet<String> {
    let all = ["src", "tests", "crates/cli/tests"].map(sources).concat();
    let mut tests = BTreeSet::new();
    for after in all.split("#[test]").skip(1) {
        // Attributes and comments may stand between.
        let name = after.split("fn ").nth(1).unwrap_or_default();
        let name: String = name
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        tests.insert(name);
    }
    tests
}

/// Whatever stands between backticks.
pub(crate) fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The cells of the rows, without heads and rules.
fn rows() -> Vec<Vec<&'static str>> {
    let lines = PAGE.lines().filter(|line| line.starts_with('|'));
    let rows = lines.map(|line| -> Vec<_> {
        let line = line.trim_matches('|');
        line.split(" | ").map(str::trim).collect()
    });
    let rows = rows.filter(|row| row[0] != "clause" && !row[0].starts_with("---"));
    rows.collect()
}

#[test]
fn every_test_of_the_table_exists() {
    let tests = tests();
    assert!(tests.len() > 500, "{}", tests.len());
    let mut missing = Vec::new();
    for row in rows() {
        assert_eq!(row.len(), COLUMNS, "{row:?}");
        let named: Vec<_> = quoted(row[COLUMNS - 1]).collect();
        let is_checked = row[2..COLUMNS - 1].iter().any(|cell| *cell != "–");
        assert_eq!(!named.is_empty(), is_checked, "{row:?}");
        if !is_checked {
            assert_eq!(row[COLUMNS - 1], "none", "{row:?}");
        }
        missing.extend(named.into_iter().filter(|name| !tests.contains(*name)));
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(!tests.contains("every_test_of_the_table"));
}

#[test]
fn every_code_of_the_table_exists() {
    let sources = sources("src");
    let is_code = |text: &&str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let (mut known, mut missing) = (0, Vec::new());
    for row in rows() {
        for cell in &row[2..COLUMNS - 1] {
            for code in quoted(cell).filter(is_code) {
                match sources.contains(&format!("\"{code}\"")) {
                    true => known += 1,
                    false => missing.push(code),
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(known > 80, "{known}");
}

#[test]
fn every_departure_that_the_issuer_knows_is_in_the_table() {
    use hcert::issue::DepartureCode;
    let cells: Vec<_> = rows()
        .into_iter()
        .flat_map(|row| row[2..6].to_vec())
        .collect();
    for code in DepartureCode::ALL {
        let wanted = code.code();
        assert!(
            cells
                .iter()
                .any(|cell| quoted(cell).any(|named| named == wanted)),
            "{wanted}"
        );
    }
}

#[test]
fn every_clause_without_a_check_is_listed() {
    let (_, list) = PAGE.split_once("## Clauses without a check").unwrap();
    let listed = list.lines().filter(|line| line.starts_with("- "));
    let listed: Vec<_> = listed.collect();
    for row in rows() {
        if row[2..COLUMNS - 1].iter().any(|cell| *cell != "–") {
            continue;
        }
        let found = listed.iter().any(|line| line.contains(row[0]));
        assert!(found, "{row:?}");
    }
}
