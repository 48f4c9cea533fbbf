//! National business rules with their tests
//! (eu-digital-green-certificates/dgc-business-rules-testdata): in the folder of
//! a rule its JSON, and below `tests` a file for each test.

use std::path::{Path, PathBuf};

use hcert::rules::certlogic::{EvalLimits, Value};
use hcert::rules::{RuleOutcome, RuleSet};
use serde_json::Value as Json;

use super::files::{Listed, list, relative};

/// One test of a rule.
pub struct RuleTest {
    /// The file, relative to the directory.
    pub path: String,
    /// Its `name`, if it has one.
    pub name: Option<String>,
    /// Its `expected`; null if it has none.
    pub expected: Json,
    /// What the rule says; the code of the reason where it says nothing.
    pub actual: Json,
    /// Why it says nothing.
    pub reason: String,
}

impl RuleTest {
    /// Whether the rule says what the test expects.
    pub fn agrees(&self) -> bool {
        self.expected.is_boolean() && self.expected == self.actual
    }

    /// For `--json`.
    pub fn to_json(&self) -> Json {
        serde_json::json!({
            "path": self.path,
            "name": self.name,
            "expected": self.expected,
            "actual": self.actual,
        })
    }
}

/// What a directory holds.
#[derive(Default)]
pub struct Found {
    /// In the order of their paths.
    pub tests: Vec<RuleTest>,
    /// How many files are neither a rule nor a test of one.
    pub passed_over: usize,
}

/// Runs the tests of all rules below a directory: a rule's own folder, a
/// state's, or the whole clone.
pub fn run(directory: &Path) -> Result<Found, String> {
    let mut found = Found::default();
    walk(directory, directory, &mut found)?;
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Found) -> Result<(), String> {
    let Listed {
        json,
        folders,
        other_files,
    } = list(folder)?;
    found.passed_over += other_files;
    let tests = folder.join("tests");
    let rule = match folders.contains(&tests) {
        true => rule_file(&json),
        false => None,
    };
    for below in folders {
        match below == tests && rule.is_some() {
            true => {}
            // A schema, or tests of which the rule is missing.
            false if below == tests => orphans(root, &below, found)?,
            false => walk(root, &below, found)?,
        }
    }
    let Some((file, bytes)) = rule else {
        found.passed_over += json.len();
        return Ok(());
    };
    found.passed_over += json.len() - 1;
    let mut builder = RuleSet::builder();
    let built = builder.add_json(&relative(root, file), &bytes).map(|_| ());
    let built = built.and_then(|()| builder.build());
    let rules = match &built {
        Ok(rules) if rules.iter().count() == 1 => Ok(rules),
        Ok(_) => Err((
            "several-rules",
            "the file has not one rule, whose tests these could be".into(),
        )),
        Err(error) => Err((error.code(), error.to_string())),
    };
    let mut left = vec![tests];
    while let Some(folder) = left.pop() {
        let listed = list(&folder)?;
        found.passed_over += listed.other_files;
        left.extend(listed.folders.into_iter().rev());
        for file in listed.json {
            found.tests.push(test(root, &file, &rules)?);
        }
    }
    Ok(())
}

/// What lies in a folder `tests` with no rule beside it. Tests that lost their
/// rule are no reason to say that all agree.
fn orphans(root: &Path, folder: &Path, found: &mut Found) -> Result<(), String> {
    let listed = list(folder)?;
    found.passed_over += listed.other_files;
    for file in listed.json {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let json = serde_json::from_slice::<Json>(&bytes).unwrap_or_default();
        let is_test = ["payload", "expected"]
            .iter()
            .all(|m| json.get(m).is_some());
        match is_test {
            true => {
                let none = Err(("no-rule", "there is no rule beside `tests`".into()));
                found.tests.push(test(root, &file, &none)?);
            }
            false => found.passed_over += 1,
        }
    }
    listed
        .folders
        .iter()
        .try_for_each(|f| orphans(root, f, found))
}

/// `rule.json`, or else the one file that has a `Logic`.
fn rule_file(files: &[PathBuf]) -> Option<(&PathBuf, Vec<u8>)> {
    let read = |file| Some((file, std::fs::read(file).ok()?));
    let named = files.iter().find(|f| f.ends_with("rule.json"));
    named.and_then(read).or_else(|| {
        let mut rules = files.iter().filter_map(read).filter(|(_, bytes)| {
            let json = serde_json::from_slice::<Json>(bytes);
            json.is_ok_and(|json| json.get("Logic").is_some())
        });
        rules.next().filter(|_| rules.next().is_none())
    })
}

/// What can't be read is a test, too, and disagrees.
fn test(
    root: &Path,
    file: &Path,
    rules: &Result<&RuleSet, (&'static str, String)>,
) -> Result<RuleTest, String> {
    let path = relative(root, file);
    let bytes = std::fs::read(file).map_err(|e| format!("{path}: {e}"))?;
    let case = match serde_json::from_slice::<Json>(&bytes) {
        Ok(case) => case,
        Err(error) => {
            return Ok(RuleTest {
                path,
                name: None,
                expected: Json::Null,
                actual: Json::from("not-json"),
                reason: error.to_string(),
            });
        }
    };
    let (actual, reason) = match rules {
        Ok(rules) => evaluate(rules, &case),
        Err((code, message)) => (Json::from(*code), message.clone()),
    };
    Ok(RuleTest {
        path,
        name: case.get("name").and_then(Json::as_str).map(Into::into),
        expected: case.get("expected").cloned().unwrap_or_default(),
        actual,
        reason,
    })
}

/// The clock, the value sets and all else are those of the test's `external`,
/// as they stand there.
fn evaluate(rules: &RuleSet, case: &Json) -> (Json, String) {
    let part = |name| case.get(name).map(|part| (name, part.clone()));
    let parts = [part("payload"), part("external")].into_iter().flatten();
    let data: serde_json::Map<_, _> = parts.map(|(name, part)| (name.into(), part)).collect();
    let data = match Value::parse(&Json::from(data).to_string()) {
        Ok(data) => data,
        Err(error) => return (Json::from(error.code()), error.to_string()),
    };
    let limits = EvalLimits::default();
    match rules
        .iter()
        .next()
        .map(|rule| rule.evaluate(&data, &limits))
    {
        Some(RuleOutcome::Passed) => (Json::Bool(true), String::new()),
        Some(RuleOutcome::Failed) => (Json::Bool(false), String::new()),
        Some(RuleOutcome::Open(reason)) => (Json::from(reason.code()), reason.to_string()),
        _ => (Json::Null, "no rule".into()),
    }
}
