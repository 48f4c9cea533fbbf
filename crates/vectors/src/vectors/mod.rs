//! The vectors of `test-vectors/hcert.json`: what they are made of, what is
//! expected of each, and how they are written.
//!
//! Every expectation is declared here by hand. The verifier of this crate is
//! only asked whether it agrees.
// The JSON that is indexed is made here, and serde_json inserts what is missing.
#![allow(clippy::indexing_slicing)]

mod cbor;
mod claims;
mod cose;
mod dcc;
pub mod demo;
mod der;
mod field;
mod keys;
mod payloads;
mod pki;
pub mod revocation;
mod sign;
mod signature;
mod text;
mod trust;
pub mod trust_lists;
pub mod verdicts;

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use hcert::Timestamp;
use hcert::trust::{Kid, TrustStore};
use hcert::verify::{Policy, StepResult, Verdict, Verifier};
use serde_json::{Value, json};

use pki::Pki;

pub type Error = Box<dyn std::error::Error>;

/// 2021-06-01T00:00:00Z, the time of issue.
const IAT: i64 = 1_622_505_600;
/// 2021-12-01T00:00:00Z, the time of expiry.
const EXP: i64 = 1_638_316_800;
/// The time of verification where nothing else is said.
const NOW: &str = "2021-07-01T12:00:00Z";
const NOW_SECONDS: i64 = 1_625_140_800;

/// What the flags mean, and where the failure was seen.
const FLAGS: &[(&str, &str, &[&str])] = &[
    (
        "tolerance",
        "The input departs from the specification and this project reads it, because issuers emit it; each departure is in `deviations`. A stricter reader may refuse it.",
        &[],
    ),
    (
        "choice",
        "The specification leaves the answer open, or to a policy; the expected one is this project's choice.",
        &[],
    ),
    (
        "limit",
        "The answer follows from a budget of this project (README, Limits). Any verifier needs some budget; its size is its own matter.",
        &[],
    ),
    ("unpublished", "No published HCERT vector covers this.", &[]),
    (
        "kid-collision",
        "Two keys under one kid, which is a truncated hash.",
        &[
            "eu-digital-green-certificates/dgca-verifier-app-android#35",
            "eu-digital-green-certificates/dgca-verifier-service#30",
        ],
    ),
    (
        "key-usage",
        "Extended key usage of the document signer against the kind of record.",
        &[
            "ehn-dcc-development/hcert-dotnet#15",
            "eu-digital-green-certificates/dgca-verifier-app-android#91",
            "eu-digital-green-certificates/dgc-testdata#152",
            "ehn-dcc-development/eu-dcc-hcert-spec#80",
        ],
    ),
    (
        "header-source",
        "kid or alg in the unprotected header, or in both.",
        &[
            "ehn-dcc-development/eu-dcc-hcert-spec#32",
            "eu-digital-green-certificates/dgca-verifier-app-ios#50",
            "TimothyClaeys/pycose#140",
            "veraison/go-cose#32",
        ],
    ),
    (
        "algorithm-confusion",
        "The algorithm that the message names does not fit the key.",
        &[],
    ),
    (
        "header-type",
        "A header, or a parameter in it, of the wrong type.",
        &[],
    ),
    ("cose-tag", "The CBOR tags around COSE_Sign1.", &[]),
    (
        "signature-form",
        "The encoding, length or range of a signature.",
        &[],
    ),
    (
        "malleability",
        "The twin (r, n − s) of an ECDSA signature, which verifies as well.",
        &[],
    ),
    (
        "claim-type",
        "A claim of an unusual type or value.",
        &["ehn-dcc-development/dcc-quality-assurance#69"],
    ),
    (
        "field",
        "A departure that certificates of the WHO's network have.",
        &[],
    ),
    (
        "cbor-form",
        "CBOR that is not deterministic, not well-formed, or a bomb.",
        &[],
    ),
    (
        "expiry",
        "The certificate's own times.",
        &[
            "ehn-dcc-development/hcert-kotlin#1",
            "eu-digital-green-certificates/dgca-verifier-app-ios#52",
            "eu-digital-green-certificates/dgca-validation-service#7",
        ],
    ),
    (
        "boundary",
        "The last instant, length or value on one side of a limit.",
        &[],
    ),
    (
        "base45-overflow",
        "Characters that stand for more than the bytes can hold.",
        &[
            "eu-digital-green-certificates/dgca-app-core-android#57",
            "ehn-dcc-development/base45-java#4",
        ],
    ),
    (
        "alphabet",
        "A character outside the base45 alphabet, which has no lower case.",
        &["ehn-dcc-development/base45-java#5"],
    ),
    ("prefix", "The context identifier in front.", &[]),
    (
        "white-space",
        "White space and escapes in and around the text.",
        &[
            "ehn-dcc-development/eu-dcc-hcert-spec#64",
            "ehn-dcc-development/eu-dcc-hcert-spec#72",
        ],
    ),
    (
        "zip-bomb",
        "A short input that inflates to a long one.",
        &[
            "admin-ch/CovidCertificate-App-Android#56",
            "ehn-dcc-development/hcert-kotlin#8",
        ],
    ),
    ("compression", "The zlib stream.", &[]),
    (
        "entries",
        "None, several or mixed entries in one certificate.",
        &[],
    ),
    (
        "payload",
        "Another payload than the DCC: a yellow card, a DDCC, a medication overview or a health link. A verifier of the DCC alone takes none of them.",
        &[],
    ),
    ("value", "A value that a later stage may misread.", &[]),
];

/// A COSE_Sign1 in the making (RFC 9052 §4.2). The fields hold contents; how
/// they are wrapped is the business of [`bytes`](Self::bytes).
#[derive(Clone)]
struct Message {
    tags: Vec<u8>,
    protected: Vec<u8>,
    unprotected: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl Message {
    fn new(protected: Vec<u8>, payload: Vec<u8>) -> Self {
        Self {
            tags: vec![0xd2],
            protected,
            unprotected: cbor::map(&[]),
            payload,
            signature: Vec::new(),
        }
    }

    fn unprotected(mut self, members: &[(Vec<u8>, Vec<u8>)]) -> Self {
        self.unprotected = cbor::map(members);
        self
    }

    fn tags(mut self, tags: &[u8]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    fn with_signature(mut self, signature: Vec<u8>) -> Self {
        self.signature = signature;
        self
    }

    /// The Sig_structure (RFC 9052 §4.4).
    fn to_be_signed(&self) -> Vec<u8> {
        cbor::array(&[
            cbor::text("Signature1"),
            cbor::bytes(&self.protected),
            cbor::bytes(b""),
            cbor::bytes(&self.payload),
        ])
    }

    /// The four members, each wrapped as it belongs.
    fn members(&self) -> [Vec<u8>; 4] {
        [
            cbor::bytes(&self.protected),
            self.unprotected.clone(),
            cbor::bytes(&self.payload),
            cbor::bytes(&self.signature),
        ]
    }

    fn bytes(&self) -> Vec<u8> {
        [self.tags.clone(), cbor::array(&self.members())].concat()
    }
}

/// The claims of a CWT, in their order.
#[derive(Clone)]
struct Claims(Vec<(i64, Vec<u8>)>);

impl Claims {
    /// Those of a usual certificate around a DCC.
    fn of(dcc: &Value) -> Self {
        Self::around(cbor::map(&[(cbor::int(1), cbor::json(dcc))]))
    }

    /// The same around any hcert claim.
    fn around(hcert: Vec<u8>) -> Self {
        Self(vec![
            (1, cbor::text("XX")),
            (4, cbor::int(EXP)),
            (6, cbor::int(IAT)),
            (-260, hcert),
        ])
    }

    fn set(mut self, claim: i64, value: Vec<u8>) -> Self {
        match self.0.iter_mut().find(|(key, _)| *key == claim) {
            Some(member) => member.1 = value,
            None => self.0.push((claim, value)),
        }
        self
    }

    fn without(mut self, claim: i64) -> Self {
        self.0.retain(|(key, _)| *key != claim);
        self
    }

    fn members(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let members = self.0.iter();
        members
            .map(|(key, value)| (cbor::int(*key), value.clone()))
            .collect()
    }

    fn bytes(&self) -> Vec<u8> {
        cbor::map(&self.members())
    }
}

/// The bytes of each stage, as far as they were made.
#[derive(Clone, Default)]
struct Stages {
    compressed: Option<Vec<u8>>,
    cose: Option<Vec<u8>>,
    protected: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

/// One vector.
struct Case {
    id: String,
    description: String,
    flags: Vec<&'static str>,
    input: String,
    stages: Stages,
    trust: Vec<String>,
    time: String,
    policy: &'static str,
    outcome: &'static str,
    step: Option<&'static str>,
    code: Option<&'static str>,
    deviations: Vec<&'static str>,
    also: Vec<(&'static str, &'static str)>,
    skipped: Vec<(&'static str, &'static str)>,
}

impl Case {
    /// From the text alone.
    fn text(
        id: impl Into<String>,
        description: impl Into<String>,
        input: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            description: description.into(),
            flags: Vec::new(),
            input: input.into(),
            stages: Stages::default(),
            trust: vec!["dsc".into()],
            time: NOW.into(),
            policy: "default",
            outcome: "valid",
            step: None,
            code: None,
            deviations: Vec::new(),
            also: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// From a zlib stream.
    fn compressed(id: impl Into<String>, description: impl Into<String>, stream: Vec<u8>) -> Self {
        let mut case = Self::text(id, description, prefixed(&stream));
        case.stages.compressed = Some(stream);
        case
    }

    /// From the bytes of a COSE_Sign1, or of what stands in its place.
    fn cose(
        id: impl Into<String>,
        description: impl Into<String>,
        cose: Vec<u8>,
    ) -> Result<Self, Error> {
        let mut case = Self::compressed(id, description, deflate(&cose, 9)?);
        case.stages.cose = Some(cose);
        Ok(case)
    }

    /// From a message.
    fn new(
        id: impl Into<String>,
        description: impl Into<String>,
        message: &Message,
    ) -> Result<Self, Error> {
        Self::written(id, description, message, message.bytes())
    }

    /// From a message that is written in another way than the usual one.
    fn written(
        id: impl Into<String>,
        description: impl Into<String>,
        message: &Message,
        cose: Vec<u8>,
    ) -> Result<Self, Error> {
        let mut case = Self::cose(id, description, cose)?;
        case.stages.protected = Some(message.protected.clone());
        case.stages.payload = Some(message.payload.clone());
        case.stages.signature = Some(message.signature.clone());
        Ok(case)
    }

    fn named(mut self, id: impl Into<String>, description: impl Into<String>) -> Self {
        (self.id, self.description) = (id.into(), description.into());
        self
    }

    /// The same certificate as another text.
    fn input(mut self, input: impl Into<String>) -> Self {
        self.input = input.into();
        self
    }

    /// The same COSE_Sign1 in another zlib stream.
    fn stream(mut self, stream: Vec<u8>) -> Self {
        self.input = prefixed(&stream);
        self.stages.compressed = Some(stream);
        self
    }

    fn flags(mut self, flags: &[&'static str]) -> Self {
        self.flags.extend(flags);
        self
    }

    fn trust(mut self, trust: &[&str]) -> Self {
        self.trust = trust.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    fn at(mut self, time: impl Into<String>) -> Self {
        self.time = time.into();
        self
    }

    fn policy(mut self, policy: &'static str) -> Self {
        self.policy = policy;
        self
    }

    fn fails(mut self, outcome: &'static str, step: &'static str, code: &'static str) -> Self {
        (self.outcome, self.step, self.code) = (outcome, Some(step), Some(code));
        self
    }

    fn invalid(self, step: &'static str, code: &'static str) -> Self {
        self.fails("invalid", step, code)
    }

    /// The departures that are read all the same. They make it a tolerance.
    fn deviates(mut self, codes: &[&'static str]) -> Self {
        self.deviations.extend(codes);
        if self.outcome == "valid" && !self.flags.contains(&"tolerance") {
            self.flags.push("tolerance");
        }
        self
    }

    /// Another step that fails without deciding.
    fn also(mut self, step: &'static str, code: &'static str) -> Self {
        self.also.push((step, code));
        self
    }

    fn skips(mut self, step: &'static str, code: &'static str) -> Self {
        self.skipped.push((step, code));
        self
    }

    /// The content can't be read, so nothing can be compared with it.
    fn without_content(self) -> Self {
        self.skips("key-usage", "no-content")
    }

    /// Not even the claims can.
    fn without_claims(self) -> Self {
        self.without_content().skips("time", "no-content")
    }

    /// The expected stages: those before the one that fails.
    fn reached(&self) -> Stages {
        let mut stages = self.stages.clone();
        let (at_decode, code) = (self.step == Some("decode"), self.code.unwrap_or_default());
        // The message is read, and is no certificate.
        if at_decode && !["cose-header-claims", "cose-content-type"].contains(&code) {
            (stages.protected, stages.payload, stages.signature) = (None, None, None);
            if !code.starts_with("cose-") && !code.starts_with("cbor-") {
                stages.cose = None;
                if !code.starts_with("zlib-") {
                    stages.compressed = None;
                }
            }
        }
        stages
    }
}

/// The vectors with the keys and trust entries that they refer to.
pub struct Suite {
    pki: Pki,
    cases: Vec<Case>,
}

impl Suite {
    /// Makes all of them.
    pub fn make() -> Result<Self, Error> {
        let mut suite = Self {
            pki: Pki::make()?,
            cases: Vec::new(),
        };
        text::add(&mut suite)?;
        cose::add(&mut suite)?;
        signature::add(&mut suite)?;
        trust::add(&mut suite)?;
        claims::add(&mut suite)?;
        dcc::add(&mut suite)?;
        field::add(&mut suite)?;
        payloads::add(&mut suite)?;
        for case in &mut suite.cases {
            case.deviations.sort_unstable();
        }
        Ok(suite)
    }

    pub fn len(&self) -> usize {
        self.cases.len()
    }

    fn push(&mut self, case: Case) {
        self.cases.push(case);
    }

    /// The usual message: alg and kid protected, signed by that trust entry's key.
    fn message(&self, trust: &str, payload: Vec<u8>) -> Result<Message, Error> {
        let header = self.header(trust)?;
        self.signed(trust, Message::new(header, payload))
    }

    /// The usual protected header of a trust entry.
    fn header(&self, trust: &str) -> Result<Vec<u8>, Error> {
        let entry = self.pki.trusted(trust)?;
        Ok(protected(self.pki.key(entry.key)?.algorithm, &entry.kid))
    }

    /// Signs with the key of a trust entry, by the algorithm of that key.
    fn signed(&self, trust: &str, message: Message) -> Result<Message, Error> {
        let entry = self.pki.trusted(trust)?;
        let signature = self.pki.sign(entry.key, &message.to_be_signed())?;
        Ok(message.with_signature(signature))
    }

    /// A usual certificate around a DCC.
    fn certificate(&self, dcc: &Value) -> Result<Message, Error> {
        self.message("dsc", Claims::of(dcc).bytes())
    }

    /// Asks this crate's verifier; gives a line for each disagreement.
    pub fn disagreements(&self) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let mut ids = std::collections::BTreeSet::new();
        for case in &self.cases {
            if !ids.insert(&case.id) {
                found.push(format!("{}: the id is given twice", case.id));
            }
            if let Some(flag) = case
                .flags
                .iter()
                .find(|f| FLAGS.iter().all(|known| known.0 != **f))
            {
                found.push(format!("{}: the flag {flag} is not explained", case.id));
            }
            let verifier = Verifier::with_policy(self.store(&case.trust)?, policy(case.policy)?);
            let verdict = verifier.verify(&case.input, Timestamp::parse(&case.time)?);
            let (expected, actual) = (expectation(case), summary(&verdict));
            if expected != actual {
                found.push(format!(
                    "{}: declared {expected}, the verifier says {actual}",
                    case.id
                ));
            }
        }
        for (flag, ..) in FLAGS {
            if !self.cases.iter().any(|case| case.flags.contains(flag)) {
                found.push(format!("the flag {flag} is not used"));
            }
        }
        Ok(found)
    }

    fn store(&self, names: &[String]) -> Result<TrustStore, Error> {
        let mut builder = TrustStore::builder();
        for name in names {
            let entry = self.pki.trusted(name)?;
            let kid = Kid::new(&entry.kid)?;
            if entry.bare {
                builder.add_spki_der(name, kid, &entry.der)?;
            } else {
                builder.add_certificate_der_as(name, kid, &entry.der)?;
            }
        }
        let (store, report) = builder.build();
        match report.problems.iter().find(|problem| !problem.kept) {
            Some(problem) => Err(problem.to_string().into()),
            None => Ok(store),
        }
    }

    /// The file. Members stand in the order in which one reads them.
    pub fn to_json(&self) -> String {
        let flags = FLAGS.iter().map(|(flag, meaning, links)| {
            let links: Vec<_> = links.iter().map(|link| link_to(link)).collect();
            let value = object(&[("description", json!(meaning)), ("links", json!(links))]);
            format!("{}: {value}", json!(flag))
        });
        let keys = self.pki.keys.iter().map(|key| {
            let algorithm = key.algorithm_name();
            object(&private_key(key.id, key.kind, algorithm, &key.pem))
        });
        let trust = self.pki.trust.iter().map(pki::Trusted::to_json);
        let vectors = self.cases.iter().map(case_json);
        let list = |items: &mut dyn Iterator<Item = String>| {
            let items: Vec<_> = items.map(|item| format!("    {item}")).collect();
            items.join(",\n")
        };
        let mut vectors: Vec<_> = vectors.collect();
        let joined = list(&mut vectors.drain(..));
        format!(
            "{{\n  \"$schema\": \"schema.json\",\n  \"generator\": {},\n  \"specifications\": {},\n  \"flags\": {{\n{}\n  }},\n  \"keys\": [\n{}\n  ],\n  \"trust\": [\n{}\n  ],\n  \"vectors\": [\n{joined}\n  ]\n}}\n",
            object(&[
                ("name", json!("hcert-vectors")),
                ("version", json!(env!("CARGO_PKG_VERSION")))
            ]),
            object(&[
                ("hcert", json!("eu-dcc-hcert-spec 1.0.8")),
                ("dcc", json!("ehn-dcc-schema 1.0.0 to 1.3.3")),
                (
                    "yellow-card",
                    json!("smart-icvp 0.3.0 and ICVPMin of 2026, DVCMin of 2024")
                ),
                ("ddcc", json!("WHO DDCC core data set, RC2")),
                (
                    "medication",
                    json!("smart-ph4h 0.9.9, MedicationOverviewMin")
                ),
                (
                    "health-link",
                    json!("smart-health-cards-and-links 1.0.0, IHE ITI VHL")
                ),
                ("cose", json!("RFC 9052, RFC 9053, RFC 8230")),
                ("cwt", json!("RFC 8392")),
                ("cbor", json!("RFC 8949")),
                ("base45", json!("RFC 9285")),
                ("zlib", json!("RFC 1950, RFC 1951")),
            ]),
            list(&mut flags.into_iter()),
            list(&mut keys.into_iter()),
            list(&mut trust.into_iter()),
        )
    }
}

fn case_json(case: &Case) -> String {
    let stages = case.reached();
    let hex = |stage: &Option<Vec<u8>>| json!(stage.as_deref().map(hex));
    let stages = object_lines(
        &[
            ("compressed", hex(&stages.compressed)),
            ("cose", hex(&stages.cose)),
            ("protected", hex(&stages.protected)),
            ("payload", hex(&stages.payload)),
            ("signature", hex(&stages.signature)),
        ],
        8,
    );
    let field = |name: &str, value: String| format!("      {}: {value}", json!(name));
    let fields = [
        field("id", json!(case.id).to_string()),
        field("description", json!(case.description).to_string()),
        field("flags", json!(case.flags).to_string()),
        field("input", json!(case.input).to_string()),
        field("stages", stages),
        field("trust", json!(case.trust).to_string()),
        field("time", json!(case.time).to_string()),
        field("policy", json!(case.policy).to_string()),
        field("expected", expectation_json(case)),
    ];
    format!("{{\n{}\n    }}", fields.join(",\n"))
}

fn expectation_json(case: &Case) -> String {
    let steps = |list: &[(&str, &str)]| {
        Value::Array(
            list.iter()
                .map(|(step, code)| json!({"step": step, "code": code}))
                .collect(),
        )
    };
    object_lines(
        &[
            ("outcome", json!(case.outcome)),
            ("step", json!(case.step)),
            ("code", json!(case.code)),
            ("deviations", json!(case.deviations)),
            ("also", steps(&case.also)),
            ("skipped", steps(&case.skipped)),
        ],
        8,
    )
}

/// What is compared with the verdict.
fn expectation(case: &Case) -> String {
    let mut skipped = case.skipped.clone();
    skipped.sort_unstable();
    format!(
        "{} {:?} {:?} deviations {:?} also {:?} skipped {skipped:?}",
        case.outcome, case.step, case.code, case.deviations, case.also
    )
}

fn summary(verdict: &Verdict) -> String {
    let mut failed: Vec<_> = verdict
        .steps()
        .filter(|(_, result)| matches!(result, StepResult::Failed(_)))
        .map(|(step, result)| (step.code(), result.code().unwrap_or_default()))
        .collect();
    let decided = verdict.reason().and_then(|reason| {
        let at = failed.iter().position(|(_, code)| *code == reason.code())?;
        Some(failed.remove(at))
    });
    let mut skipped: Vec<_> = verdict
        .steps()
        .filter(|(_, result)| matches!(result, StepResult::Skipped(_)))
        .map(|(step, result)| (step.code(), result.code().unwrap_or_default()))
        // The same in all vectors; README.md says so.
        .filter(|(_, code)| !matches!(*code, "no-revocation-data" | "no-list"))
        .collect();
    skipped.sort_unstable();
    let mut deviations: Vec<_> = verdict.deviations().iter().map(|d| d.code()).collect();
    deviations.sort_unstable();
    deviations.dedup();
    format!(
        "{} {:?} {:?} deviations {deviations:?} also {failed:?} skipped {skipped:?}",
        verdict.outcome(),
        decided.map(|(step, _)| step),
        decided.map(|(_, code)| code),
    )
}

fn policy(name: &str) -> Result<Policy, Error> {
    let policy = Policy::default();
    Ok(match name {
        "default" => policy,
        "strict" => policy.strict(),
        "accept-missing-expiry" => policy.dangerously_accept_missing_expiry(),
        "accept-rsa-1024" => policy.dangerously_accept_rsa_1024(),
        other => return Err(format!("no policy is named {other}").into()),
    })
}

/// A JSON object on one line.
fn object(members: &[(&str, Value)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(k, v)| format!("{}: {v}", json!(k)))
        .collect();
    format!("{{{}}}", members.join(", "))
}

/// A JSON object with a line for each member.
fn object_lines(members: &[(&str, Value)], indent: usize) -> String {
    let (inner, outer) = (" ".repeat(indent), " ".repeat(indent - 2));
    let members: Vec<_> = members
        .iter()
        .map(|(k, v)| format!("{inner}{}: {v}", json!(k)))
        .collect();
    format!("{{\n{}\n{outer}}}", members.join(",\n"))
}

fn link_to(reference: &str) -> String {
    match reference.split_once('#') {
        Some((repository, number)) => format!("https://github.com/{repository}/issues/{number}"),
        None => reference.to_owned(),
    }
}

/// The members of a JSON object, in the order in which one reads them.
type Fields = Vec<(&'static str, Value)>;

fn private_key(id: &str, kind: &str, algorithm: Option<&str>, pem: &str) -> Fields {
    let warning = "published test key, never trust in production";
    vec![
        ("id", json!(id)),
        ("warning", json!(warning)),
        ("kind", json!(kind)),
        ("algorithm", json!(algorithm)),
        ("pkcs8", json!(pem)),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A protected header with alg and kid.
fn protected(algorithm: i64, kid: &[u8]) -> Vec<u8> {
    cbor::map(&[alg(algorithm), kid_member(kid)])
}

/// The header parameter alg.
fn alg(algorithm: i64) -> (Vec<u8>, Vec<u8>) {
    (cbor::int(1), cbor::int(algorithm))
}

/// The header parameter kid.
fn kid_member(kid: &[u8]) -> (Vec<u8>, Vec<u8>) {
    (cbor::int(4), cbor::bytes(kid))
}

fn deflate(bytes: &[u8], level: u32) -> Result<Vec<u8>, Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The character of the base45 alphabet (RFC 9285 §4.2) with that value.
fn symbol(value: usize) -> char {
    ALPHABET.get(value % 45).map_or('0', |b| char::from(*b))
}

fn prefixed(bytes: &[u8]) -> String {
    let mut text = String::from("HC1:");
    for pair in bytes.chunks(2) {
        let n = pair.iter().fold(0, |n, b| n << 8 | usize::from(*b));
        text.extend([symbol(n), symbol(n / 45)]);
        if pair.len() == 2 {
            text.push(symbol(n / 2025));
        }
    }
    text
}

/// The DCC around entries, such as `{"v": […]}`, of schema 1.3.0.
fn dcc_of(groups: &Value) -> Value {
    let mut dcc = json!({
        "ver": "1.3.0",
        "nam": {"fn": "Musterfrau", "fnt": "MUSTERFRAU", "gn": "Gabriele", "gnt": "GABRIELE"},
        "dob": "1998-02-26",
    });
    for (name, entries) in groups.as_object().into_iter().flatten() {
        dcc[name] = entries.clone();
    }
    dcc
}

fn vaccination() -> Value {
    json!({
        "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
        "dn": 2, "sd": 2, "dt": "2021-05-29", "co": "XX", "is": "Ministry",
        "ci": "URN:UVCI:01:XX:TESTVECTOR1"
    })
}

fn test() -> Value {
    json!({
        "tg": "840539006", "tt": "LP6464-4", "nm": "A PCR test", "sc": "2021-05-30T10:12:22Z",
        "tr": "260415000", "tc": "Testing centre 1", "co": "XX", "is": "Ministry",
        "ci": "URN:UVCI:01:XX:TESTVECTOR2"
    })
}

fn recovery() -> Value {
    json!({
        "tg": "840539006", "fr": "2021-04-21", "co": "XX", "is": "Ministry",
        "df": "2021-05-01", "du": "2021-10-21", "ci": "URN:UVCI:01:XX:TESTVECTOR3"
    })
}

fn v() -> Value {
    dcc_of(&json!({"v": [vaccination()]}))
}

fn t() -> Value {
    dcc_of(&json!({"t": [test()]}))
}

fn r() -> Value {
    dcc_of(&json!({"r": [recovery()]}))
}
