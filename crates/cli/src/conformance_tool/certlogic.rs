//! The suites of CertLogic's specification: `testSuite` (values) and
//! `validation-testSuite` (which expressions are valid).

use std::path::Path;

use hcert::rules::certlogic::{EvalLimits, Expression, Value};
use serde_json::Value as Json;

use super::dgc_testdata::Standing;
use super::files::{list, relative};

/// One assertion of a suite.
pub struct Assertion {
    /// The file, relative to the directory.
    pub path: String,
    /// The case, the number of the assertion in it from 0, and its message.
    pub name: String,
    /// The value, or the parts that are no expression.
    pub expected: Json,
    /// What was found in its place; the error's code where there is no value.
    pub actual: Json,
    /// Never [`Standing::Known`].
    pub standing: Standing,
    /// Of the suite's `skip`, or the error.
    pub reason: String,
}

impl Assertion {
    /// For `--json`.
    pub fn to_json(&self) -> Json {
        serde_json::json!({
            "path": self.path,
            "name": self.name,
            "expected": self.expected,
            "actual": self.actual,
            "reason": self.reason,
        })
    }
}

/// What a directory holds.
#[derive(Default)]
pub struct Found {
    pub assertions: Vec<Assertion>,
    /// How many files belong to no suite.
    pub passed_over: usize,
}

/// The names of the suites' folders.
const SUITES: [&str; 2] = ["testSuite", "validation-testSuite"];

/// Runs the suites below a directory: one of them, the specification's folder,
/// or the whole clone.
pub fn run(directory: &Path) -> Result<Found, String> {
    let mut found = Found::default();
    walk(directory, directory, true, &mut found)?;
    Ok(found)
}

fn walk(root: &Path, folder: &Path, may_be_suite: bool, found: &mut Found) -> Result<(), String> {
    let listed = list(folder)?;
    found.passed_over += listed.other_files;
    for file in &listed.json {
        let path = relative(root, file);
        let bytes = std::fs::read(file).map_err(|e| format!("{path}: {e}"))?;
        let suite = match serde_json::from_slice::<Json>(&bytes) {
            Ok(json) if may_be_suite => json,
            // A suite that can't be read is no reason to say that all agree.
            Err(error) if may_be_suite && folder != root => {
                return Err(format!("{path}: {error}"));
            }
            _ => Json::Null,
        };
        // Elsewhere a clone has other JSON.
        match suite.get("cases") {
            Some(_) => one_file(&path, &suite, &mut found.assertions)
                .ok_or(format!("{path}: no suite of CertLogic"))?,
            None => found.passed_over += 1,
        }
    }
    for below in &listed.folders {
        let is_suite = SUITES.iter().any(|name| below.ends_with(name));
        walk(root, below, is_suite, found)?;
    }
    Ok(())
}

fn one_file(path: &str, suite: &Json, found: &mut Vec<Assertion>) -> Option<()> {
    let skips = |part: &Json| part.get("directive").and_then(Json::as_str) == Some("skip");
    for (number, case) in suite.get("cases")?.as_array()?.iter().enumerate() {
        let expression = case.get("certLogicExpression");
        if let Some(issues) = case.get("issues") {
            found.push(validation(path, number, expression?, issues.as_array()?));
            continue;
        }
        let case_name = case.get("name")?.as_str()?;
        for (at, assertion) in case.get("assertions")?.as_array()?.iter().enumerate() {
            let expression = assertion.get("certLogicExpression").or(expression)?;
            let expected = assertion.get("expected")?;
            let message = assertion.get("message").and_then(Json::as_str);
            let name = [Some(format!("{case_name} #{at}")), message.map(Into::into)];
            let name = name.into_iter().flatten().collect::<Vec<_>>().join(": ");
            let (actual, reason) = evaluate(expression, assertion.get("data")?);
            let standing = if [suite, case, assertion].into_iter().any(skips) {
                Standing::NotApplicable
            } else if actual.as_ref().ok() == Some(expected) {
                Standing::Agrees
            } else {
                Standing::Disagrees
            };
            found.push(Assertion {
                path: path.into(),
                name,
                expected: expected.clone(),
                actual: actual.unwrap_or_else(Json::from),
                reason: match standing {
                    Standing::NotApplicable => "marked skip in the suite".into(),
                    _ => reason,
                },
                standing,
            });
        }
    }
    Some(())
}

/// The value, or the code of the error; and the error.
fn evaluate(expression: &Json, data: &Json) -> (Result<Json, &'static str>, String) {
    let expression = match Expression::parse(&expression.to_string()) {
        Ok(expression) => expression,
        Err(error) => return (Err(error.code()), error.to_string()),
    };
    let data = match Value::parse(&data.to_string()) {
        Ok(data) => data,
        Err(error) => return (Err(error.code()), error.to_string()),
    };
    match expression.evaluate(&data, &EvalLimits::default()) {
        Ok(value) => match serde_json::from_str(&value.to_json()) {
            Ok(value) => (Ok(value), String::new()),
            Err(error) => (Err("not-json"), error.to_string()),
        },
        Err(error) => (Err(error.code()), error.to_string()),
    }
}

/// Agrees if both find no fault, or both find one in the same part.
fn validation(path: &str, number: usize, expression: &Json, issues: &[Json]) -> Assertion {
    let expected: Vec<_> = issues
        .iter()
        .filter_map(|issue| issue.get("expr"))
        .collect();
    let (actual, reason) = match Expression::parse(&expression.to_string()) {
        Ok(_) => (None, String::new()),
        Err(error) => (expression.pointer(error.path()), error.to_string()),
    };
    let actual: Vec<_> = actual.into_iter().collect();
    let agrees = match (expected.first(), actual.first()) {
        (None, None) => reason.is_empty(),
        (Some(_), Some(found)) => expected.contains(found),
        _ => false,
    };
    Assertion {
        path: path.into(),
        name: format!("case #{number}"),
        expected: serde_json::json!(expected),
        actual: serde_json::json!(actual),
        standing: match agrees {
            true => Standing::Agrees,
            false => Standing::Disagrees,
        },
        reason,
    }
}
