//! The vectors of `test-vectors/revocation.json`: certificates, lists of
//! revoked ones, and what a verifier should make of both.
//!
//! As with the others, every expectation is declared by hand.

mod cases;
mod certificates;
mod forms;
mod lists;

use hcert_testkit::pki::TestKey;
use hcert_testkit::vectors::revocation as run;
use serde_json::{Value, json};

use super::{Error, Fields, Suite, link_to, object, object_lines, private_key};
use cases::Case;
use certificates::Certificates;
use lists::Lists;

/// What the flags mean, and where the failure was seen.
const FLAGS: &[(&str, &str, &[&str])] = &[
    (
        "choice",
        "No specification says it; the answer is this project's choice.",
        &[],
    ),
    (
        "form",
        "A form of list, and what names a certificate in it.",
        &[],
    ),
    (
        "identifier",
        "What is hashed, of which certificate, and how much of the hash counts.",
        &[
            "https://github.com/eu-digital-green-certificates/dgca-verifier-app-android",
            "https://github.com/corona-warn-app/cwa-app-android",
        ],
    ),
    (
        "malleability",
        "The twin (r, n − s) of an ECDSA signature, which verifies as well.",
        &[],
    ),
    ("entries", "Several entries in one certificate.", &[]),
    (
        "kid",
        "One key under several kids, or with and without a country.",
        &[],
    ),
    (
        "coverage",
        "Of whom a list says that they are not revoked, and of whom nothing.",
        &[],
    ),
    (
        "freshness",
        "A list that is over, or that nobody refreshed.",
        &[],
    ),
    ("signature", "Who signed a list, and what of it.", &[]),
    (
        "rollback",
        "An old list, which the signature of its maker still holds for.",
        &[],
    ),
    ("damage", "A list that can't be read as a whole.", &[]),
    (
        "set",
        "The compact set of this project (docs/revocation-set.md).",
        &[],
    ),
];

/// The text of `revocation.json`.
pub fn to_json(suite: &Suite) -> Result<String, Error> {
    let certificates = Certificates::make(suite)?;
    let lists = Lists::make(&certificates)?;
    let part = |items: Vec<String>| {
        let items: Vec<_> = items.iter().map(|item| format!("    {item}")).collect();
        items.join(",\n")
    };
    let lines = |rows: Vec<Fields>| part(rows.iter().map(|row| object(row)).collect());
    let flags = FLAGS.iter().map(|(flag, meaning, links)| {
        let links: Vec<_> = links.iter().map(|link| link_to(link)).collect();
        let value = object(&[("description", json!(meaning)), ("links", json!(links))]);
        format!("{}: {value}", json!(flag))
    });
    let sections = [
        ("keys", lines(keys(suite)?)),
        ("trust", lines(certificates.trust.clone())),
        ("anchors", lines(anchors()?)),
        (
            "certificates",
            part(certificates.all.iter().map(certificates::to_json).collect()),
        ),
        ("lists", lines(lists.0)),
        (
            "vectors",
            part(cases::all().iter().map(case_json).collect()),
        ),
    ];
    let sections = sections.map(|(name, items)| format!("  {}: [\n{items}\n  ]", json!(name)));
    Ok(format!(
        "{{\n  \"$schema\": \"revocation-schema.json\",\n  \"generator\": {},\n  \"flags\": {{\n{}\n  }},\n{}\n}}\n",
        object(&[
            ("name", json!("hcert-vectors")),
            ("version", json!(env!("CARGO_PKG_VERSION"))),
        ]),
        part(flags.collect()),
        sections.join(",\n"),
    ))
}

/// Asks this crate; gives a line for each disagreement.
pub fn disagreements(text: &str) -> Result<Vec<String>, Error> {
    let file: Value = serde_json::from_str(text)?;
    let part = |name: &str| file[name].as_array().into_iter().flatten();
    let mut found = Vec::new();
    for certificate in part("certificates") {
        found.extend(run::identifier_disagreements(&file, certificate)?);
    }
    for vector in part("vectors") {
        found.extend(run::disagreements(&file, vector)?);
    }
    Ok(found)
}

/// How many certificates and vectors there are.
pub fn len(text: &str) -> Result<usize, Error> {
    let file: Value = serde_json::from_str(text)?;
    let count = |part: &str| file[part].as_array().map_or(0, Vec::len);
    Ok(count("certificates") + count("vectors"))
}

fn keys(suite: &Suite) -> Result<Vec<Fields>, Error> {
    let mut keys = Vec::new();
    for id in ["ec-1", "ec-2", "rsa-2048"] {
        let known = suite.pki.key(id)?;
        keys.push(private_key(
            id,
            known.kind,
            known.algorithm_name(),
            &known.pem,
        ));
    }
    for (id, _) in lists::SIGNERS {
        let pem = TestKey::new(&lists::label(id)).pkcs8_pem()?;
        keys.push(private_key(id, "P-256", Some("ES256"), &pem));
    }
    Ok(keys)
}

fn anchors() -> Result<Vec<Fields>, Error> {
    let anchor = |(id, comment): &(&str, &str)| -> Result<Fields, Error> {
        let der = TestKey::new(&lists::label(id)).spki_der()?;
        Ok(vec![
            ("id", json!(id)),
            ("comment", json!(comment)),
            ("der", lists::base64(der)),
        ])
    };
    lists::SIGNERS.iter().map(anchor).collect()
}

fn case_json(case: &Case) -> String {
    let lists: Vec<_> = case
        .lists
        .iter()
        .map(|given| format!("        {}", object(given)))
        .collect();
    let lists = match lists.is_empty() {
        true => "[]".to_owned(),
        false => format!("[\n{}\n      ]", lists.join(",\n")),
    };
    let field = |name: &str, value: String| format!("      {}: {value}", json!(name));
    let fields = [
        field("id", json!(case.id).to_string()),
        field("description", json!(case.description).to_string()),
        field("flags", json!(case.flags).to_string()),
        field("certificate", json!(case.certificate).to_string()),
        field("trust", json!(case.trust).to_string()),
        field("lists", lists),
        field("policy", object(&case.policy)),
        field("time", json!(case.time).to_string()),
        field("expected", object_lines(&case.expected(), 8)),
    ];
    format!("{{\n{}\n    }}", fields.join(",\n"))
}
