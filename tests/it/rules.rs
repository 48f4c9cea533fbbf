//! Rule sets of the EU's format: what is loaded, which rules apply, what is
//! accepted, and when.

mod loading;
mod operators;
mod periods;
mod selection;
mod subjects;

use hcert::record::Record;
use hcert::rules::{Acceptance, Arrival, Decision, RuleSet, Subject};
use hcert::verify::{Verified, Verifier};
use hcert_testkit::fixtures::{NOW, at, dsc, issued, trust};
use serde_json::{Value, json};

/// A rule of XX for vaccinations that all satisfy, with some members replaced
/// or, by null, taken out.
fn rule(members: Value) -> Value {
    let mut rule = json!({
        "Identifier": "VR-XX-0001",
        "Type": "Acceptance",
        "Country": "XX",
        "Version": "1.0.0",
        "SchemaVersion": "1.0.0",
        "Engine": "CERTLOGIC",
        "EngineVersion": "0.7.5",
        "CertificateType": "Vaccination",
        "Description": [{"lang": "en", "desc": "There has to be a vaccination."}],
        "ValidFrom": "2021-06-01T00:00:00Z",
        "ValidTo": "2030-06-01T00:00:00Z",
        "AffectedFields": ["v.0"],
        "Logic": {"!": [{"!": [{"var": "payload.v.0"}]}]},
    });
    for (name, value) in members.as_object().unwrap() {
        let all = rule.as_object_mut().unwrap();
        match value {
            Value::Null => _ = all.remove(name),
            _ => _ = all.insert(name.clone(), value.clone()),
        }
    }
    rule
}

/// A rule that nothing satisfies.
fn refusing(mut members: Value) -> Value {
    let all = members.as_object_mut().unwrap();
    all.insert("Logic".into(), json!({"===": [1, 2]}));
    rule(members)
}

fn set(rules: &[Value]) -> RuleSet {
    RuleSet::from_json(Value::from(rules).to_string().as_bytes()).unwrap()
}

fn xx() -> Arrival {
    Arrival::new("XX", NOW)
}

/// A payload of one vaccination, whom nobody verified.
fn vaccination() -> Subject {
    let payload = json!({"ver": "1.3.0", "dob": "1998-02-26", "v": [{
        "tg": "840539006", "mp": "EU/1/20/1528", "dn": 2, "sd": 2, "dt": "2021-05-29"}]});
    Subject::unverified(&payload.to_string()).unwrap()
}

fn verified(record: &Record) -> Verified {
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let verdict = verifier.verify(issued("a", record).text(), NOW);
    verdict.into_verified().unwrap()
}

fn decision(rules: &[Value], subject: &Subject) -> Decision {
    set(rules).evaluate(subject, &xx()).decision()
}

/// The rules that applied, with their versions.
fn applied(acceptance: &Acceptance) -> Vec<(&str, &str)> {
    let results = acceptance.results().iter();
    results
        .map(|r| (r.identifier(), r.version().unwrap()))
        .collect()
}

fn code(acceptance: &Acceptance) -> &'static str {
    acceptance.reason().map_or("", |reason| reason.code())
}
