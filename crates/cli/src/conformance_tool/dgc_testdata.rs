//! Runs all vectors and compares.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::known::{Known, Listed};
use super::meaning::{self, Finding};
use super::vector::Vector;

/// How a result stands to what the vector expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Agrees,
    /// Differs for a reason on the list of known divergences.
    Known,
    /// Differs; or agrees although it is listed as a divergence.
    Disagrees,
    /// There is nothing to compare.
    NotApplicable,
}

/// One key of one vector.
pub struct Outcome {
    pub path: String,
    pub key: String,
    pub expected: Option<bool>,
    pub actual: Option<bool>,
    pub standing: Standing,
    pub reason: String,
}

impl Outcome {
    /// For `--json`.
    pub fn to_json(&self) -> Value {
        serde_json::json!({
            "path": self.path,
            "key": self.key,
            "expected": self.expected,
            "actual": self.actual,
            "reason": self.reason,
        })
    }
}

/// Looks into all vectors, on all cores, and calls `progress` with the count
/// of those that are done.
pub fn run(vectors: &[Vector], known: &Known, progress: &(dyn Fn(usize) + Sync)) -> Vec<Outcome> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut outcomes = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(vector) = vectors.get(at) else {
                return outcomes;
            };
            outcomes.push((at, look(vector, known)));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let mut outcomes = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().flat_map(|worker| {
            worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect::<Vec<_>>()
    });
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().flat_map(|(_, list)| list).collect()
}

fn look(vector: &Vector, known: &Known) -> Vec<Outcome> {
    let each = |(key, value): &(String, Value)| {
        let expected = truth(value);
        let finding = match (meaning::look(vector, key), expected) {
            (None, _) => Finding::not_applicable("the format has no such key"),
            (_, None) => Finding::not_applicable("the expectation is not a boolean"),
            (Some(finding), _) => finding,
        };
        let causes = finding.causes.join("; ");
        let (standing, reason) = match (expected, finding.actual) {
            (Some(expected), Some(actual)) => {
                let listed = known.look_up(&vector.path, key, expected, actual, &finding.causes);
                match listed {
                    Listed::Yes(why) if causes.is_empty() => (Standing::Known, why.to_owned()),
                    Listed::Yes(why) => (Standing::Known, format!("{why} ({causes})")),
                    Listed::InVain(why) => (
                        Standing::Disagrees,
                        format!("agrees, but is listed as a known divergence: {why}"),
                    ),
                    Listed::No if expected == actual => (Standing::Agrees, causes),
                    Listed::No => (Standing::Disagrees, causes),
                }
            }
            _ => (Standing::NotApplicable, causes),
        };
        Outcome {
            path: vector.path.clone(),
            key: key.clone(),
            expected,
            actual: finding.actual,
            standing,
            reason,
        }
    };
    vector.expected.iter().map(each).collect()
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}
