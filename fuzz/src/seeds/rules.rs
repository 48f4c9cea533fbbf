//! Seeds for rule sets: ours, and national rules.

use std::path::Path;

use serde_json::{Value, json};

use super::{Corpus, Error, files};

fn rule(identifier: &str, kind: &str, certificate_type: &str, logic: Value) -> Value {
    json!({
        "Identifier": identifier, "Type": kind, "Country": &identifier[3..5],
        "Version": "1.0.0", "SchemaVersion": "1.0.0",
        "Engine": "CERTLOGIC", "EngineVersion": "0.7.5",
        "CertificateType": certificate_type,
        "Description": [{"lang": "en", "desc": "This is a rule of a test."}],
        "ValidFrom": "2021-07-01T00:00:00Z", "ValidTo": "2030-06-01T00:00:00Z",
        "AffectedFields": ["v.0.dn", "v.0"], "Logic": logic,
    })
}

pub fn ours(corpus: &mut Corpus) -> Result<(), Error> {
    let doses = json!({">=": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}]});
    let product = json!({"in": [{"var": "payload.v.0.mp"},
        {"var": "external.valueSets.vaccines-covid-19-names"}]});
    let issuer = json!({"!": [{"in": [{"var": "external.kid"}, ["AAAAAAAAAAA="]]}]});
    let mut regional = rule("VR-XX-0003", "Acceptance", "Vaccination", doses.clone());
    regional["Region"] = "BY".into();
    let mut newer = rule(
        "VR-XX-0001",
        "Acceptance",
        "Vaccination",
        json!({"===": [1, 2]}),
    );
    newer["Version"] = "1.10.0".into();
    let mut broken = rule("VR-XX-0004", "Acceptance", "Vaccination", json!({"or": []}));
    broken["EngineVersion"] = "2.0.0".into();
    let rules = [
        rule("VR-XX-0001", "Acceptance", "Vaccination", doses),
        rule("GR-XX-0002", "Acceptance", "General", product),
        rule("IR-XX-0001", "Invalidation", "Vaccination", issuer),
        regional,
        newer,
        broken,
    ];
    for rule in &rules {
        corpus.add("rules", rule.to_string().as_bytes())?;
    }
    corpus.add("rules", Value::from(rules.to_vec()).to_string().as_bytes())?;
    corpus.add("rules", json!({"rules": rules[..2]}).to_string().as_bytes())
}

pub fn published(corpus: &mut Corpus, directory: &Path) -> Result<(), Error> {
    for path in files(&directory.join("business-rules"))? {
        if path.file_name().is_some_and(|name| name == "rule.json") {
            corpus.add("rules", &std::fs::read(&path)?)?;
        }
    }
    Ok(())
}
