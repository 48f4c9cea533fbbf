//! The vectors of `test-vectors/trust.json`: trust lists, loaded in an order,
//! and what a verifier should make of them then.
//!
//! As with the others, every expectation is declared by hand.

mod cases;
mod material;

use hcert_testkit::pki::TestKey;
use hcert_testkit::vectors::trust_lists as run;
use serde_json::{Value, json};

use super::{Error, Fields, Suite, link_to, object, private_key};
use material::Material;

type Part = Vec<Fields>;

/// What the flags mean, and where the failure was seen.
const FLAGS: &[(&str, &str, &[&str])] = &[
    (
        "choice",
        "No specification says it; the answer is this project's choice.",
        &[],
    ),
    ("signature", "Who signed a list, and what of it.", &[]),
    (
        "unsigned",
        "A list that nobody signed.",
        &["Digitaler-Impfnachweis/covpass-ios#13"],
    ),
    (
        "gdhcn",
        "The lists of the WHO's network: statements are signed, not bytes.",
        &[],
    ),
    (
        "environment",
        "Test keys in production, or the other way round.",
        &["eu-digital-green-certificates/dgca-verifier-app-ios#97"],
    ),
    (
        "rollback",
        "An old list, which the signature of its maker still holds for.",
        &[],
    ),
    (
        "freshness",
        "A list that is over, or that nobody refreshed.",
        &["Federal-Ministry-of-Health-AT/green-pass-overview#8"],
    ),
    (
        "unreadable",
        "A time or a limit of another type or spelling: read, or refused, and never taken for none.",
        &[],
    ),
    ("clock", "A clock that can't be right.", &[]),
    (
        "kid-collision",
        "Two keys under one kid, which is a truncated hash.",
        &[
            "eu-digital-green-certificates/dgca-verifier-app-android#35",
            "eu-digital-green-certificates/dgca-verifier-service#30",
        ],
    ),
    (
        "listings",
        "One key that several lists, participants or domains list: none of its listings is the one that counts.",
        &[],
    ),
    (
        "snapshot",
        "A store's content in the format of this project (docs/snapshot.md).",
        &[],
    ),
    (
        "deny",
        "Keys that are listed and must not be relied upon: validly signed fakes.",
        &[
            "ehn-dcc-development/eu-dcc-hcert-spec#103",
            "ministero-salute/it-dgc-verificaC19-android#180",
        ],
    ),
];

/// One vector.
struct Case {
    id: &'static str,
    description: &'static str,
    flags: &'static [&'static str],
    steps: Part,
}

/// The text of `trust.json`.
pub fn to_json(suite: &Suite) -> Result<String, Error> {
    let material = Material::make(suite)?;
    let (deny, cases) = (cases::deny(&material), cases::all(&material));
    let list = |items: &mut dyn Iterator<Item = String>| {
        let items: Vec<_> = items.map(|item| format!("    {item}")).collect();
        items.join(",\n")
    };
    let part = |part: &Part| list(&mut part.iter().map(|fields| object(fields)));
    let flags = FLAGS.iter().map(|(flag, meaning, links)| {
        let links: Vec<_> = links.iter().map(|link| link_to(link)).collect();
        let value = object(&[("description", json!(meaning)), ("links", json!(links))]);
        format!("{}: {value}", json!(flag))
    });
    let sections = [
        ("keys", part(&keys(suite)?)),
        ("anchors", part(&material.anchors)),
        ("lists", part(&material.lists)),
        ("deny", part(&deny)),
        ("certificates", part(&material.certificates)),
        ("vectors", list(&mut cases.iter().map(case_json))),
    ];
    let sections = sections.map(|(name, items)| format!("  {}: [\n{items}\n  ]", json!(name)));
    Ok(format!(
        "{{\n  \"$schema\": \"trust-schema.json\",\n  \"generator\": {},\n  \"flags\": {{\n{}\n  }},\n{}\n}}\n",
        object(&[
            ("name", json!("hcert-vectors")),
            ("version", json!(env!("CARGO_PKG_VERSION"))),
        ]),
        list(&mut flags.into_iter()),
        sections.join(",\n"),
    ))
}

/// Asks this crate; gives a line for each disagreement.
pub fn disagreements(text: &str) -> Result<Vec<String>, Error> {
    let file: Value = serde_json::from_str(text)?;
    let mut found = Vec::new();
    for vector in file["vectors"].as_array().into_iter().flatten() {
        found.extend(run::disagreements(&file, vector)?);
    }
    Ok(found)
}

pub fn len(text: &str) -> Result<usize, Error> {
    let file: Value = serde_json::from_str(text)?;
    Ok(file["vectors"].as_array().map_or(0, Vec::len))
}

fn keys(suite: &Suite) -> Result<Part, Error> {
    let mut keys = Part::new();
    for id in ["csca", "ec-1", "ec-2", "rsa-2048"] {
        let known = suite.pki.key(id)?;
        keys.push(private_key(
            id,
            known.kind,
            known.algorithm_name(),
            &known.pem,
        ));
    }
    for id in material::SIGNERS {
        let pem = TestKey::new(&format!("hcert test vectors {id}")).pkcs8_pem()?;
        keys.push(private_key(id, "P-256", Some("ES256"), &pem));
    }
    Ok(keys)
}

fn case_json(case: &Case) -> String {
    let steps: Vec<_> = case
        .steps
        .iter()
        .map(|step| format!("        {}", object(step)))
        .collect();
    format!(
        "{{\n      \"id\": {},\n      \"description\": {},\n      \"flags\": {},\n      \"steps\": [\n{}\n      ]\n    }}",
        json!(case.id),
        json!(case.description),
        json!(case.flags),
        steps.join(",\n"),
    )
}
