//! The vectors.

mod coverage;
mod freshness;
mod identifiers;
mod refused;

use serde_json::{Value, json};

use super::super::NOW;
use super::Fields;
use super::lists::TODAY;

const DAY: u64 = 86_400;

/// One vector; by default nothing is revoked.
pub struct Case {
    pub id: String,
    pub description: String,
    pub flags: &'static [&'static str],
    pub certificate: &'static str,
    pub trust: Vec<&'static str>,
    pub lists: Vec<Fields>,
    pub policy: Fields,
    pub time: &'static str,
    outcome: &'static str,
    code: Option<&'static str>,
    why: Option<&'static str>,
    identifier: Option<&'static str>,
    /// The lists that the verdict relies upon.
    relied: Vec<String>,
}

impl Case {
    fn new(id: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            description: description.into(),
            flags: &[],
            certificate: "vaccination",
            trust: vec!["dsc"],
            lists: Vec::new(),
            policy: vec![
                ("revocation", json!("best-effort")),
                ("max_age", Value::Null),
            ],
            time: NOW,
            outcome: "valid",
            code: None,
            why: None,
            identifier: None,
            relied: Vec::new(),
        }
    }

    fn flags(mut self, flags: &'static [&'static str]) -> Self {
        self.flags = flags;
        self
    }

    fn of(mut self, certificate: &'static str) -> Self {
        self.certificate = certificate;
        self
    }

    fn trust(mut self, trust: &[&'static str]) -> Self {
        self.trust = trust.to_vec();
        self
    }

    fn given(mut self, list: Given) -> Self {
        self.lists.push(list.0);
        self
    }

    /// A list, signed or not, without anything else said.
    fn list(self, id: &str) -> Self {
        self.given(given(id))
    }

    fn require(mut self, max_age: u64) -> Self {
        self.policy = vec![
            ("revocation", json!("require")),
            ("max_age", json!(max_age)),
        ];
        self
    }

    fn skip(mut self) -> Self {
        self.policy = vec![("revocation", json!("skip")), ("max_age", Value::Null)];
        self.skipped("revocation-skipped")
    }

    fn at(mut self, time: &'static str) -> Self {
        self.time = time;
        self
    }

    fn revoked(mut self, identifier: &'static str, list: &str) -> Self {
        (self.outcome, self.code) = ("revoked", Some("revoked"));
        self.identifier = Some(identifier);
        self.relied(&[list])
    }

    fn relied(mut self, lists: &[&str]) -> Self {
        self.relied = lists.iter().map(|list| (*list).to_owned()).collect();
        self
    }

    fn skipped(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn missing(mut self) -> Self {
        (self.outcome, self.code) = ("unascertained", Some("revocation-missing"));
        self
    }

    fn stale(mut self, why: &'static str) -> Self {
        (self.outcome, self.code) = ("unascertained", Some("revocation-stale"));
        self.why = Some(why);
        self
    }

    pub fn expected(&self) -> Fields {
        vec![
            ("outcome", json!(self.outcome)),
            ("code", json!(self.code)),
            ("why", json!(self.why)),
            ("identifier", json!(self.identifier)),
            ("lists", json!(self.relied)),
        ]
    }
}

/// A list that is given to the verifier.
struct Given(Fields);

/// Nobody's signature is checked.
fn given(list: &str) -> Given {
    Given(vec![
        ("list", json!(list)),
        ("anchor", Value::Null),
        ("fetched_at", Value::Null),
        ("all_batches", json!(false)),
        ("countries", Value::Null),
        ("held", json!(true)),
        ("expected", Value::Null),
    ])
}

/// Its signature is checked with the key that signs the lists.
fn signed(list: &str) -> Given {
    given(list).anchor("revocation")
}

/// Fetched today.
fn fetched(list: &str) -> Given {
    given(list).at(TODAY)
}

impl Given {
    fn set(mut self, name: &str, value: Value) -> Self {
        if let Some(member) = self.0.iter_mut().find(|(own, _)| *own == name) {
            member.1 = value;
        }
        self
    }

    fn anchor(self, id: &str) -> Self {
        self.set("anchor", json!(id))
    }

    fn at(self, time: &str) -> Self {
        self.set("fetched_at", json!(time))
    }

    /// There are no further batches for the keys that these name.
    fn all(self) -> Self {
        self.set("all_batches", json!(true))
    }

    fn of_countries(self, countries: &[&str]) -> Self {
        self.set("countries", json!(countries))
    }

    /// Taken before the app was started again: only what is remembered of it counts.
    fn remembered(self) -> Self {
        self.set("held", json!(false))
    }

    fn refused(self, code: &str) -> Self {
        self.set("expected", json!(code))
    }
}

pub fn all() -> Vec<Case> {
    [
        identifiers::all(),
        coverage::all(),
        freshness::all(),
        refused::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
