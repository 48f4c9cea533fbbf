//! National business rules with their tests
//! (eu-digital-green-certificates/dgc-business-rules-testdata): in the folder of
//! a rule its JSON, and below `tests` a file for each test.

use std::path::{Path, PathBuf};

use hcert::rules::certlogic::{EvalLimits, Value};
use hcert::rules::{RuleOutcome, RuleSet};
use serde_json::Value as Json;

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

/// Runs the tests of all rules below a directory, in the order of their paths.
pub fn run(directory: &Path) -> Result<Vec<RuleTest>, String> {
    let mut found = Vec::new();
    walk(directory, directory, &mut found)?;
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<RuleTest>) -> Result<(), String> {
    let (files, folders) = list(folder)?;
    let tests = folder.join("tests");
    if !folders.contains(&tests) {
        return folders.iter().try_for_each(|f| walk(root, f, found));
    }
    let found_rule = rule_file(&files).map(|(file, bytes)| {
        let mut builder = RuleSet::builder();
        builder.add_json(&relative(root, file), &bytes)?;
        builder.build()
    });
    let rules = match &found_rule {
        Some(Ok(rules)) => Ok(rules),
        Some(Err(error)) => Err((error.code(), error.to_string())),
        None => Err(("no-rule", "there is no rule beside `tests`".into())),
    };
    let mut left = vec![tests];
    while let Some(folder) = left.pop() {
        let (files, folders) = list(&folder)?;
        left.extend(folders.into_iter().rev());
        for file in files {
            found.push(test(root, &file, &rules)?);
        }
    }
    Ok(())
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

fn test(
    root: &Path,
    file: &Path,
    rules: &Result<&RuleSet, (&'static str, String)>,
) -> Result<RuleTest, String> {
    let path = relative(root, file);
    let text = std::fs::read_to_string(file).map_err(|e| format!("{path}: {e}"))?;
    let case: Json = serde_json::from_str(&text).map_err(|e| format!("{path}: {e}"))?;
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

/// The JSON files and the folders in a folder, each sorted.
fn list(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), String> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{shown}: {e}"))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|e| e.map(|e| e.path())).collect();
    let mut paths = paths.map_err(|e| format!("{shown}: {e}"))?;
    paths.sort();
    let (folders, mut files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|p| p.is_dir());
    files.retain(|file| file.extension().is_some_and(|e| e == "json"));
    Ok((files, folders))
}

fn relative(root: &Path, file: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string()
}
