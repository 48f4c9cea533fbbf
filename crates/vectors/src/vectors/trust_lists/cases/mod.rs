//! The vectors, step by step.

mod claims;
mod denials;
mod editions;
mod freshness;
mod network;
mod signatures;
mod snapshots;

pub use denials::deny;

use serde_json::{Value, json};

use super::material::{Material, Signer, base64};
use super::{Case, Fields, Part};

const DAY: u64 = 86_400;
const NO_ANCHOR: [&str; 0] = [];

/// Loads a list that has to be taken.
fn load<const N: usize>(list: &str, anchors: [&str; N]) -> Fields {
    loading(list, &anchors, false, None, None)
}

/// Loads a list that has to be refused.
fn refuse<const N: usize>(list: &str, anchors: [&str; N], code: &str) -> Fields {
    loading(list, &anchors, false, None, Some(code))
}

/// Loads a list of which the caller says that nobody signed it.
fn unsigned(list: &str) -> Fields {
    loading(list, &[], true, None, None)
}

fn fetched<const N: usize>(list: &str, anchors: [&str; N], time: &str) -> Fields {
    loading(list, &anchors, false, Some(time), None)
}

fn loading(
    list: &str,
    anchors: &[&str],
    unsigned: bool,
    fetched_at: Option<&str>,
    expected: Option<&str>,
) -> Fields {
    vec![
        ("do", json!("load")),
        ("list", json!(list)),
        ("anchors", json!(anchors)),
        ("unsigned", json!(unsigned)),
        ("fetched_at", json!(fetched_at)),
        ("expected", json!(expected)),
    ]
}

fn deny_with(list: &str, expected: Option<&str>) -> Fields {
    vec![
        ("do", json!("deny")),
        ("list", json!(list)),
        ("expected", json!(expected)),
    ]
}

/// Adds a certificate that the caller vouches for.
fn by_hand(kid: &str, signer: &Signer) -> Fields {
    vec![
        ("do", json!("add")),
        ("kid", json!(kid)),
        ("certificate", base64(signer.dsc.der())),
    ]
}

fn saw(time: &str) -> Fields {
    vec![("do", json!("saw-time")), ("time", json!(time))]
}

fn restart() -> Fields {
    vec![("do", json!("restart"))]
}

/// Ends the loading: keys and duplicates, and the kids of the store.
fn build(duplicates: usize, kids: &[&str]) -> Fields {
    built(duplicates, kids, &[])
}

/// The same with the problems of entries: list, position, code, kept.
fn built(duplicates: usize, kids: &[&str], problems: &[(&str, usize, &str, bool)]) -> Fields {
    let rejected = problems.iter().filter(|problem| !problem.3).count();
    let problems: Vec<_> = problems
        .iter()
        .map(|(list, position, code, kept)| {
            json!({"list": list, "position": position, "code": code, "kept": kept})
        })
        .collect();
    vec![
        ("do", json!("build")),
        (
            "expected",
            json!({
                "loaded": kids.len(), "duplicates": duplicates, "rejected": rejected,
                "kids": kids, "problems": problems,
            }),
        ),
    ]
}

/// A verification in the making; the default is `valid`.
struct Verify {
    certificate: &'static str,
    time: &'static str,
    policy: Value,
    outcome: &'static str,
    decides: Option<(&'static str, &'static str)>,
    also: Vec<(&'static str, &'static str)>,
    skipped: Vec<(&'static str, &'static str)>,
}

fn verify(certificate: &'static str, time: &'static str) -> Verify {
    Verify {
        certificate,
        time,
        policy: json!({
            "max_list_age": null, "retrospective": false, "accept_expired_lists": false,
        }),
        outcome: "valid",
        decides: None,
        also: Vec::new(),
        skipped: Vec::new(),
    }
}

impl Verify {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.policy[name] = value.into();
        self
    }

    fn gives(mut self, outcome: &'static str, step: &'static str, code: &'static str) -> Self {
        (self.outcome, self.decides) = (outcome, Some((step, code)));
        self
    }

    /// The list is what keeps it from being valid.
    fn unascertained(self, code: &'static str) -> Self {
        self.gives("unascertained", "trust-list", code)
    }

    fn revoked(self) -> Self {
        self.gives("revoked", "revocation", "key-denied")
    }

    fn also(mut self, step: &'static str, code: &'static str) -> Self {
        self.also.push((step, code));
        self
    }

    fn skips(mut self, step: &'static str, code: &'static str) -> Self {
        self.skipped.push((step, code));
        self
    }

    fn undated(self) -> Self {
        self.skips("trust-list", "undated-list")
    }

    fn done(self) -> Fields {
        let steps = |list: &[(&str, &str)]| -> Vec<_> {
            let steps = list.iter();
            steps
                .map(|(step, code)| json!({"step": step, "code": code}))
                .collect()
        };
        let (step, code) = self.decides.unzip();
        vec![
            ("do", json!("verify")),
            ("certificate", json!(self.certificate)),
            ("time", json!(self.time)),
            ("policy", self.policy),
            (
                "expected",
                json!({
                    "outcome": self.outcome, "step": step, "code": code,
                    "also": steps(&self.also), "skipped": steps(&self.skipped),
                }),
            ),
        ]
    }
}

pub fn all(material: &Material) -> Vec<Case> {
    let kid = material.dsc.kid.to_string();
    let mut cases = Vec::new();
    signatures::add_all(&kid, &mut cases);
    network::add_all(&kid, &mut cases);
    editions::add_all(&kid, &mut cases);
    freshness::add_all(&kid, material, &mut cases);
    denials::add_all(&kid, material, &mut cases);
    snapshots::add_all(&kid, &mut cases);
    claims::add_all(&kid, &mut cases);
    cases
}

/// Shortly after the first edition, and before the others.
const SOON: &str = "2021-06-10T12:00:00Z";
const NOW: &str = "2021-07-01T12:00:00Z";

fn add(
    cases: &mut Vec<Case>,
    id: &'static str,
    description: &'static str,
    flags: &'static [&'static str],
    steps: Part,
) {
    cases.push(Case {
        id,
        description,
        flags,
        steps,
    });
}
