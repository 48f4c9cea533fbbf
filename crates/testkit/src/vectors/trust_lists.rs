//! Performs the steps of a vector of `trust.json` through the public API.

use hcert::crypto::PublicKey;
use hcert::trust::{
    Anchor, DenyList, Environment, GdhcnAnchor, Kid, ListBytes, ListFormat, LoadError, LoadReport,
    TrustState, TrustStore, TrustStoreBuilder,
};
use hcert::verify::{Policy, StepResult, Verdict, Verifier};
use serde_json::{Value, json};
use std::time::Duration;

use super::fields::{array, bytes, text, time, unhex};

type Error = Box<dyn std::error::Error>;

/// The forms that a list of the file may have.
pub const FORMS: &[ListFormat] = &[
    ListFormat::Certificates,
    ListFormat::Gateway,
    ListFormat::German,
    ListFormat::Swedish,
    ListFormat::Swiss,
    ListFormat::Austrian,
    ListFormat::Dutch,
    ListFormat::Gdhcn,
    ListFormat::Snapshot,
];

/// A line for each step that gives something else than the vector declares.
pub fn disagreements(file: &Value, vector: &Value) -> Result<Vec<String>, Error> {
    let mut run = Run::new(file);
    let mut found = Vec::new();
    for (n, step) in array(vector, "steps")?.iter().enumerate() {
        let expected = step.get("expected").unwrap_or(&Value::Null);
        let actual = run.step(step)?;
        if actual != *expected {
            let id = text(vector, "id")?;
            found.push(format!(
                "{id}, step {n}: declared {expected}, this crate says {actual}"
            ));
        }
    }
    Ok(found)
}

/// What the library says in a vector.
#[derive(Default)]
pub struct Said {
    /// Each with the step that asked.
    pub verdicts: Vec<(usize, Verdict)>,
    /// Of the lists that were loaded.
    pub reports: Vec<LoadReport>,
}

/// What the library says of a vector, without comparing it.
pub fn said(file: &Value, vector: &Value) -> Result<Said, Error> {
    let mut run = Run::new(file);
    for (n, step) in array(vector, "steps")?.iter().enumerate() {
        let before = run.said.verdicts.len();
        run.step(step)?;
        for (step, _) in run.said.verdicts.iter_mut().skip(before) {
            *step = n;
        }
    }
    Ok(run.said)
}

struct Run<'a> {
    file: &'a Value,
    builder: TrustStoreBuilder,
    store: TrustStore,
    state: TrustState,
    said: Said,
}

impl<'a> Run<'a> {
    fn new(file: &'a Value) -> Self {
        Self {
            file,
            builder: TrustStore::builder(),
            store: TrustStore::default(),
            state: TrustState::default(),
            said: Said::default(),
        }
    }

    fn step(&mut self, step: &Value) -> Result<Value, Error> {
        match text(step, "do")? {
            "load" => {
                let code = self.load(step)?.err().map(|error| error.code());
                return Ok(json!(code));
            }
            "add" => {
                let (kid, der) = (unhex(text(step, "kid")?)?, bytes(step, "certificate")?);
                let builder = &mut self.builder;
                builder.add_certificate_der_as("own", Kid::new(kid)?, &der)?;
            }
            "deny" => {
                let json = text(self.find("deny", text(step, "list")?)?, "json")?;
                return Ok(match DenyList::from_json(json.as_bytes()) {
                    Ok(list) => {
                        self.builder.deny(list);
                        Value::Null
                    }
                    Err(error) => json!(error.code()),
                });
            }
            "build" => return Ok(self.build()),
            "saw-time" => self.state.saw_time(time(step, "time")?),
            "restart" => {
                self.builder = TrustStore::builder().with_state(&self.state);
                self.store = TrustStore::default();
            }
            "verify" => {
                let input = text(
                    self.find("certificates", text(step, "certificate")?)?,
                    "input",
                )?;
                let policy = policy(step.get("policy").unwrap_or(&Value::Null));
                let verifier = Verifier::with_policy(self.store.clone(), policy);
                let verdict = verifier.verify(input, time(step, "time")?);
                let summary = summary(&verdict);
                self.said.verdicts.push((0, verdict));
                return Ok(summary);
            }
            other => return Err(format!("no step is named {other}").into()),
        }
        Ok(Value::Null)
    }

    fn find(&self, part: &str, id: &str) -> Result<&Value, Error> {
        let found = array(self.file, part)?.iter().find(|item| item["id"] == id);
        found.ok_or_else(|| format!("{part}: {id} is missing").into())
    }

    fn load(&mut self, step: &Value) -> Result<Result<(), LoadError>, Error> {
        let label = text(step, "list")?;
        let list = self.find("lists", label)?;
        let form = text(list, "form")?;
        let form = FORMS.iter().find(|known| known.code() == form);
        let form = *form.ok_or_else(|| format!("{label}: the form is unknown"))?;
        let content = bytes(list, "bytes")?;
        let companion = match list["companion"].is_null() {
            true => None,
            false => Some(bytes(list, "companion")?),
        };
        let mut both = ListBytes::from(&content);
        if let Some(companion) = &companion {
            both = both.with_companion(companion);
        }
        if !step["fetched_at"].is_null() {
            both = both.with_fetched_at(time(step, "fetched_at")?);
        }
        let (mut anchors, mut network) = (Vec::new(), None);
        for id in array(step, "anchors")? {
            let anchor = self.find("anchors", id.as_str().unwrap_or_default())?;
            let der = bytes(anchor, "der")?;
            match text(anchor, "kind")? {
                "gdhcn" => {
                    let name = text(anchor, "environment")?;
                    let name = Environment::from_name(name).ok_or("no such environment")?;
                    let key = PublicKey::from_spki_der(&der)?;
                    network = Some(GdhcnAnchor::new(name, key));
                }
                _ => anchors.push(Anchor::from_bytes(&der)?),
            }
        }
        let builder = &mut self.builder;
        let loaded = match (step["unsigned"] == true, network) {
            (true, _) => builder.trust_unsigned_list(label, form, both),
            (false, Some(network)) => builder.add_gdhcn(label, &content, &network),
            (false, None) if anchors.is_empty() => builder.add_bytes(label, &content),
            (false, None) => builder.add_signed_list(label, form, both, &anchors),
        };
        Ok(loaded.map(drop))
    }

    fn build(&mut self) -> Value {
        let (store, report) = std::mem::take(&mut self.builder).build();
        let problems = report.problems.iter().map(|problem| {
            json!({
                "list": problem.label, "position": problem.position,
                "code": problem.problem.code(), "kept": problem.kept,
            })
        });
        let kids = store.iter().map(|key| json!(key.kid().to_string()));
        let built = json!({
            "loaded": report.loaded, "duplicates": report.duplicates,
            "rejected": report.rejected, "kids": kids.collect::<Value>(),
            "problems": problems.collect::<Value>(),
        });
        (self.store, self.state) = (store, report.state.clone());
        self.said.reports.push(report);
        built
    }
}

fn policy(declared: &Value) -> Policy {
    let mut policy = Policy::default();
    if let Some(seconds) = declared["max_list_age"].as_u64() {
        policy = policy.max_list_age(Duration::from_secs(seconds));
    }
    if declared["retrospective"] == true {
        policy = policy.retrospective();
    }
    if declared["accept_expired_lists"] == true {
        policy = policy.dangerously_accept_expired_lists();
    }
    policy
}

fn summary(verdict: &Verdict) -> Value {
    let steps = |failed: bool| {
        let fits = move |result: &StepResult| match result {
            StepResult::Failed(_) => failed,
            StepResult::Skipped(why) => !failed && why.code() != "no-revocation-data",
            _ => false,
        };
        let steps = verdict.steps().filter(move |(_, result)| fits(result));
        steps.map(|(step, result)| json!({"step": step.code(), "code": result.code()}))
    };
    let code = verdict.reason().map(|reason| reason.code());
    let decides = |step: &Value| step["code"] == json!(code);
    json!({
        "outcome": verdict.outcome().code(),
        "step": steps(true).find(decides).map(|step| step["step"].clone()),
        "code": code,
        "also": steps(true).filter(|step| !decides(step)).collect::<Value>(),
        "skipped": steps(false).collect::<Value>(),
    })
}
