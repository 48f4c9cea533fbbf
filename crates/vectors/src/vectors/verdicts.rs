//! The verdicts of `test-vectors/verdicts.json`: what the library writes of some
//! vectors of the other files, of every outcome and every kind of payload.

use serde_json::{Value, json};

use super::{Error, Suite, object, policy};
use hcert::Timestamp;
use hcert::verify::Verifier;
use hcert_testkit::vectors::fields::{array, text};

/// Of `hcert.json`.
const OF_CERTIFICATES: [&str; 16] = [
    "valid-vaccination",
    "valid-test-naat",
    "valid-recovery",
    "ddcc-vaccination",
    "ddcc-test",
    "card-2026",
    "card-2024",
    "medication",
    "link",
    // Read, with a member that can't be.
    "value-dose-text",
    "expiry-second-after",
    "iat-after-skew",
    "signature-payload-changed",
    "zlib-cut-off-last-byte",
    "key-unknown",
    "usage-t-v",
];

/// Of `trust.json`, and the step that verifies.
const OF_LISTS: [(&str, usize); 1] = [("ch-light", 2)];

const OF_REVOCATION: [&str; 2] = ["map-names-uci", "map-names-signature"];

/// The file, from the other files.
pub fn to_json(suite: &Suite, lists: &str, revocations: &str) -> Result<String, Error> {
    let mut lines = Vec::new();
    let mut add = |file: &str, vector: &str, step: Option<usize>, verdict: &str| {
        let named = object(&[
            ("file", json!(file)),
            ("vector", json!(vector)),
            ("step", json!(step)),
        ]);
        let named = named.trim_end_matches('}');
        lines.push(format!("    {named}, \"verdict\": {verdict}}}"));
    };
    for id in OF_CERTIFICATES {
        let case = suite.cases.iter().find(|case| case.id == id);
        let case = case.ok_or_else(|| format!("hcert.json: {id} is missing"))?;
        let store = suite.store(&case.trust)?;
        let verifier = Verifier::with_policy(store, policy(case.policy)?);
        let verdict = verifier.verify(&case.input, Timestamp::parse(&case.time)?);
        add("hcert.json", id, None, &verdict.to_json());
    }
    let file: Value = serde_json::from_str(lists)?;
    for (id, step) in OF_LISTS {
        let said = hcert_testkit::vectors::trust_lists::said(&file, find(&file, id)?)?;
        let verdict = said.verdicts.iter().find(|(n, _)| *n == step);
        let (_, verdict) = verdict.ok_or_else(|| format!("{id}: step {step} verifies nothing"))?;
        add("trust.json", id, Some(step), &verdict.to_json());
    }
    let file: Value = serde_json::from_str(revocations)?;
    for id in OF_REVOCATION {
        let verdict = hcert_testkit::vectors::revocation::verdict(&file, find(&file, id)?)?;
        add("revocation.json", id, None, &verdict.to_json());
    }
    let generator = object(&[
        ("name", json!("hcert-vectors")),
        ("version", json!(env!("CARGO_PKG_VERSION"))),
    ]);
    let lines = lines.join(",\n");
    Ok(format!(
        "{{\n  \"$schema\": \"verdict-schema.json\",\n  \"generator\": {generator},\n  \"verdicts\": [\n{lines}\n  ]\n}}\n"
    ))
}

fn find<'a>(file: &'a Value, id: &str) -> Result<&'a Value, Error> {
    for vector in array(file, "vectors")? {
        if text(vector, "id")? == id {
            return Ok(vector);
        }
    }
    Err(format!("{id} is missing").into())
}
