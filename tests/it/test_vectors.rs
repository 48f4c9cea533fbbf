//! The published vectors in `test-vectors/` hold for this crate, follow their
//! schema, and leave no reason, deviation or flag without one.

mod revocation;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hcert::format::hc1::cose::CoseSign1;
use hcert::format::hc1::{DeviationCode, text, zlib};
use hcert::issue::P256Signer;
use hcert::trust::{Kid, TrustStore, TrustedKey, Usage};
use hcert::verify::{Policy, Step, StepResult, Verifier};
use hcert::{Limits, Timestamp};
use hcert_testkit::fixtures::at;
use hcert_testkit::text::unhex;
use hcert_testkit::vectors::revocation as run_revocation;
use hcert_testkit::vectors::trust_lists as run;
use serde_json::Value;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors")
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn file(name: &str) -> Value {
    json(&directory().join(name))
}

/// The files of vectors around a certificate, each with its name. Those of
/// trust lists and of revocation are of other layouts.
fn files() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let other = ["trust.json", "revocation.json", "verdicts.json"].contains(&&*name);
        if name.ends_with(".json") && !name.ends_with("schema.json") && !other {
            found.push((name, json(&path)));
        }
    }
    assert!(!found.is_empty(), "no vectors in {}", directory().display());
    found
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let items = value[name].as_array();
    items.unwrap_or_else(|| panic!("{name} is no array"))
}

fn string<'a>(value: &'a Value, name: &str) -> &'a str {
    let text = value[name].as_str();
    text.unwrap_or_else(|| panic!("{name} is no text in {value}"))
}

fn strings<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    let items = list(value, name).iter();
    items.map(|item| item.as_str().unwrap()).collect()
}

fn store(file: &Value, names: &[&str]) -> TrustStore {
    let mut builder = TrustStore::builder();
    for name in names {
        let mut entries = list(file, "trust").iter();
        let entry = entries.find(|entry| entry["id"] == *name);
        let entry = entry.unwrap_or_else(|| panic!("no trust entry is named {name}"));
        let kid = Kid::new(unhex(string(entry, "kid"))).unwrap();
        let der = |member: &str| BASE64_STANDARD.decode(string(entry, member)).unwrap();
        match entry["certificate"].is_null() {
            true => builder.add_spki_der(name, kid, &der("spki")),
            false => builder.add_certificate_der_as(name, kid, &der("certificate")),
        }
        .unwrap();
    }
    let (store, report) = builder.build();
    assert_eq!(report.loaded, names.len(), "{report:?}");
    store
}

fn policy(name: &str) -> Policy {
    let policy = Policy::default();
    match name {
        "default" => policy,
        "strict" => policy.strict(),
        "accept-missing-expiry" => policy.dangerously_accept_missing_expiry(),
        "accept-rsa-1024" => policy.dangerously_accept_rsa_1024(),
        other => panic!("no policy is named {other}"),
    }
}

#[test]
fn every_vector_gets_the_declared_verdict() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, file) in files() {
        for vector in list(&file, "vectors") {
            count += 1;
            let expected = &vector["expected"];
            let trust = store(&file, &strings(vector, "trust"));
            let verifier = Verifier::with_policy(trust, policy(string(vector, "policy")));
            let verdict = verifier.verify(string(vector, "input"), at(string(vector, "time")));

            let pairs = |member: &str| -> BTreeSet<(String, String)> {
                let items = list(expected, member).iter();
                let pair = |i: &Value| (string(i, "step").into(), string(i, "code").into());
                items.map(pair).collect()
            };
            let (mut failed, mut skipped) = (pairs("also"), pairs("skipped"));
            if let (Some(step), Some(code)) = (expected["step"].as_str(), expected["code"].as_str())
            {
                failed.insert((step.into(), code.into()));
            }
            let mut actual = (BTreeSet::new(), BTreeSet::new());
            for (step, result) in verdict.steps() {
                let code = result.code().unwrap_or_default();
                match result {
                    StepResult::Failed(_) => actual.0.insert((step.code().into(), code.into())),
                    StepResult::Skipped(_) => actual.1.insert((step.code().into(), code.into())),
                    _ => false,
                };
            }
            // The README alone says what is true of all vectors: no revocation
            // data, and keys that no list holds.
            if *verdict.step(Step::Revocation) != StepResult::NotReached {
                skipped.insert(("trust-list".into(), "no-list".into()));
                skipped.insert(("revocation".into(), "no-revocation-data".into()));
            }
            let deviations: BTreeSet<_> = verdict.deviations().iter().map(|d| d.code()).collect();
            let reason = verdict.reason();
            let decides = reason.is_none_or(|reason| {
                let step = verdict
                    .steps()
                    .find(|(_, r)| r.code() == Some(reason.code()));
                step.map(|(step, _)| step.code()) == expected["step"].as_str()
            });
            let same = verdict.outcome().code() == string(expected, "outcome")
                && reason.map(|r| r.code()) == expected["code"].as_str()
                && decides
                && deviations.into_iter().eq(strings(expected, "deviations"))
                && actual == (failed, skipped);
            if !same {
                wrong.push(format!("{name} {}: {verdict:?}", string(vector, "id")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_stage_is_what_the_decoder_gives() {
    let limits = Limits::default();
    for (_, file) in files() {
        for vector in list(&file, "vectors") {
            let id = string(vector, "id");
            let input = string(vector, "input");
            let compressed = text::decode(input, &limits, &mut Vec::new()).ok();
            let inflated = compressed
                .as_ref()
                .and_then(|bytes| zlib::inflate(bytes, &limits).ok());
            let bare = text::decode_base64(input, &limits, &mut Vec::new()).unwrap();
            let cose = inflated.or(bare);
            let parsed = cose
                .as_ref()
                .and_then(|bytes| CoseSign1::parse(bytes.clone(), &limits, &mut Vec::new()).ok());
            let parsed = parsed.as_ref();
            for (stage, actual) in [
                ("compressed", compressed.as_deref()),
                ("cose", cose.as_deref()),
                ("protected", parsed.map(CoseSign1::protected)),
                ("payload", parsed.map(CoseSign1::unverified_payload)),
                ("signature", parsed.map(CoseSign1::signature)),
            ] {
                let expected = vector["stages"][stage].as_str().map(unhex);
                assert_eq!(expected.as_deref(), actual, "{id}, {stage}");
            }
        }
    }
}

#[test]
fn trust_entries_say_what_their_certificates_say() {
    for (_, file) in files() {
        for entry in list(&file, "trust") {
            let id = string(entry, "id");
            let store = store(&file, &[id]);
            let key: &TrustedKey = store.iter().next().unwrap();
            assert_eq!(key.country(), entry["country"].as_str(), "{id}");
            let validity = entry["not_before"]
                .as_str()
                .zip(entry["not_after"].as_str());
            let validity = validity.map(|(from, until)| (at(from), at(until)));
            assert_eq!(key.validity(), validity, "{id}");
            for (name, usage) in [
                ("v", Usage::Vaccination),
                ("t", Usage::Test),
                ("r", Usage::Recovery),
            ] {
                let stated = entry["usage"].as_array();
                let allowed = stated.is_none_or(|usages| usages.contains(&Value::from(name)));
                assert_eq!(key.usage().allows(usage), allowed, "{id} {name}");
            }
            let mut keys = list(&file, "keys").iter();
            let published = keys.find(|k| k["id"] == entry["key"]).unwrap();
            assert_eq!(
                key.public_key().kind().to_string(),
                string(published, "kind"),
                "{id}"
            );
            if published["algorithm"] == "ES256" {
                let signer = P256Signer::from_pkcs8_pem(string(published, "pkcs8")).unwrap();
                assert_eq!(&signer.public_key().unwrap(), key.public_key(), "{id}");
            }
        }
    }
}

/// The codes that the sources define: the right-hand sides of `=> "code"`.
fn codes_in(sources: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in sources {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(source);
        let text = std::fs::read_to_string(&path).unwrap();
        let before: Vec<_> = found.iter().cloned().collect();
        for line in text.lines() {
            let line = line.trim();
            if let Some((left, right)) = line.split_once(" => \"")
                && left.starts_with("Self::")
                && let Some(code) = right.strip_suffix("\",")
            {
                found.insert(code.to_owned());
            }
        }
        assert!(found.len() > before.len(), "{source} defines no code");
    }
    found
}

#[test]
fn every_reason_deviation_and_flag_has_a_vector_and_an_explanation() {
    let reasons = codes_in(&[
        "verify/reason.rs",
        "format/hc1/text.rs",
        "codec/zlib.rs",
        "envelope/cose.rs",
        "codec/cbor.rs",
        "record/unreadable.rs",
    ]);
    assert!(reasons.len() > 60, "{reasons:?}");
    let readme = std::fs::read_to_string(directory().join("README.md")).unwrap();
    let (mut seen, mut deviations, mut steps) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (name, file) in files() {
        let mut flags: BTreeMap<_, _> = file["flags"]
            .as_object()
            .unwrap()
            .keys()
            .map(|k| (k.as_str(), 0))
            .collect();
        let mut ids = BTreeSet::new();
        for vector in list(&file, "vectors") {
            let id = string(vector, "id");
            assert!(ids.insert(id), "{name}: {id} is there twice");
            for flag in strings(vector, "flags") {
                let count = flags.get_mut(flag);
                *count.unwrap_or_else(|| panic!("{id}: {flag} is not explained")) += 1;
            }
            let expected = &vector["expected"];
            seen.extend(expected["code"].as_str().map(str::to_owned));
            steps.extend(expected["step"].as_str().map(|step| (step.to_owned(), ())));
            for member in ["also", "skipped"] {
                seen.extend(
                    list(expected, member)
                        .iter()
                        .map(|i| string(i, "code").to_owned()),
                );
            }
            deviations.extend(
                strings(expected, "deviations")
                    .into_iter()
                    .map(str::to_owned),
            );
        }
        let unused: Vec<_> = flags.iter().filter(|(_, count)| **count == 0).collect();
        assert!(
            unused.is_empty(),
            "{name}: flags without a vector: {unused:?}"
        );
    }
    for vector in list(&file("trust.json"), "vectors") {
        for step in list(vector, "steps").iter().filter(|s| s["do"] == "verify") {
            let expected = &step["expected"];
            seen.extend(expected["code"].as_str().map(str::to_owned));
            steps.extend(expected["step"].as_str().map(|step| (step.to_owned(), ())));
            for skipped in list(expected, "skipped") {
                seen.insert(string(skipped, "code").to_owned());
            }
        }
    }
    for vector in list(&file("revocation.json"), "vectors") {
        seen.extend(vector["expected"]["code"].as_str().map(str::to_owned));
    }
    let missing: Vec<_> = reasons.difference(&seen).collect();
    assert!(missing.is_empty(), "reasons without a vector: {missing:?}");
    let unknown: Vec<_> = seen.difference(&reasons).collect();
    assert!(
        unknown.is_empty(),
        "reasons that the sources don't define: {unknown:?}"
    );

    let all: BTreeSet<_> = DeviationCode::ALL
        .iter()
        .map(|code| code.code().to_owned())
        .collect();
    assert_eq!(deviations, all, "deviations with a vector, and all of them");
    for code in reasons.iter().chain(&all) {
        assert!(
            readme.contains(&format!("| `{code}` |")),
            "README.md does not explain {code}"
        );
    }
    for step in Step::ALL {
        let has = steps.iter().any(|(name, ())| name == step.code());
        assert!(has, "no vector fails at {step}");
    }
}

#[test]
fn every_vector_of_trust_lists_gets_what_it_declares() {
    let file = file("trust.json");
    let mut wrong = Vec::new();
    for vector in list(&file, "vectors") {
        wrong.extend(run::disagreements(&file, vector).unwrap());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The check itself finds what is wrong.
    let mut changed = file.clone();
    let steps = &mut changed["vectors"][0]["steps"];
    steps[0]["expected"] = Value::from("trust-signature");
    steps[1]["expected"]["loaded"] = Value::from(2);
    steps[2]["expected"]["outcome"] = Value::from("invalid");
    let found = run::disagreements(&changed, &changed["vectors"][0]).unwrap();
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn every_reason_to_refuse_a_list_has_a_vector_and_an_explanation() {
    let file = file("trust.json");
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut use_of = |part, id| used.entry(part).or_default().insert(id);
    let (mut seen, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for vector in list(&file, "vectors") {
        let id = string(vector, "id");
        assert!(ids.insert(id), "{id} is there twice");
        for flag in strings(vector, "flags") {
            assert!(file["flags"].get(flag).is_some(), "{id}: {flag}");
            use_of("flags", flag);
        }
        for step in list(vector, "steps") {
            let expected = &step["expected"];
            seen.extend(expected.as_str());
            match string(step, "do") {
                "load" => {
                    use_of("lists", string(step, "list"));
                    for anchor in strings(step, "anchors") {
                        use_of("anchors", anchor);
                    }
                }
                "deny" => drop(use_of("deny", string(step, "list"))),
                "verify" => drop(use_of("certificates", string(step, "certificate"))),
                "build" => {
                    let problems = list(expected, "problems").iter();
                    seen.extend(problems.map(|problem| string(problem, "code")));
                }
                _ => {}
            }
        }
    }
    for part in ["lists", "anchors", "deny", "certificates"] {
        let all: BTreeSet<_> = list(&file, part).iter().map(|i| string(i, "id")).collect();
        assert_eq!(all.len(), list(&file, part).len(), "{part}: an id twice");
        assert_eq!(used[part], all, "{part}: the used ones, and all of them");
    }
    let flags = file["flags"].as_object().unwrap().keys();
    assert_eq!(used["flags"], flags.map(String::as_str).collect());

    let mut codes = codes_in(&["trust/error.rs", "trust/deny.rs"]);
    let network = codes_in(&["trust/list/gdhcn/error.rs"]).into_iter();
    codes.extend(network.filter(|code| code.starts_with("gdhcn-")));
    assert!(codes.len() > 30, "{codes:?}");
    // Budgets, whose size is everybody's own matter.
    let without = [
        "trust-input-too-large",
        "trust-too-many-entries",
        "trust-too-complex",
        "trust-too-dense",
        // Which keys are published, everybody knows another part of.
        "trust-published-key",
        // Which of the network's documents is meant is asked on request alone.
        "gdhcn-other-list",
    ];
    for code in &codes {
        assert_ne!(
            seen.contains(code.as_str()),
            without.contains(&code.as_str()),
            "{code}: with a vector, or named here"
        );
    }
    let readme = std::fs::read_to_string(directory().join("README.md")).unwrap();
    for code in seen {
        assert!(
            readme.contains(&format!("| `{code}` |")),
            "README.md does not explain {code}"
        );
    }
}

#[test]
fn the_files_follow_the_schema() {
    let schema = file("schema.json");
    let of_lists = file("trust-schema.json");
    for (name, file) in files() {
        let mut wrong = Vec::new();
        validate(&schema, &schema, &file, &name, &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    let mut trust = file("trust.json");
    let mut wrong = Vec::new();
    validate(&of_lists, &of_lists, &trust, "trust.json", &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The check itself finds what is wrong.
    let (_, mut file) = files().remove(0);
    file["vectors"][0]["time"] = Value::from("yesterday");
    file["vectors"][1]["expected"]["outcome"] = Value::from("fine");
    file["vectors"][2]["stages"]["cose"] = Value::from("0");
    file["vectors"][3]["note"] = Value::Null;
    file["vectors"][4].as_object_mut().unwrap().remove("policy");
    let mut wrong = Vec::new();
    validate(&schema, &schema, &file, "", &mut wrong);
    assert_eq!(wrong.len(), 5, "{wrong:#?}");
    trust["lists"][0]["form"] = Value::from("xx");
    trust["vectors"][0]["steps"][0]["list"] = Value::Null;
    trust["vectors"][0]["steps"][1]["do"] = Value::from("destroy");
    let mut wrong = Vec::new();
    validate(&of_lists, &of_lists, &trust, "", &mut wrong);
    assert_eq!(wrong.len(), 3, "{wrong:#?}");
}

/// The part of JSON Schema that `schema.json` uses; an unknown keyword fails.
fn validate(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let mut fail = |what: &str| wrong.push(format!("{at}: {what}"));
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                validate(root, &root["$defs"][name], value, at, wrong);
            }
            "type" => {
                let kind = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "number",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                let allowed = rule
                    .as_array()
                    .map_or(rule == kind, |kinds| kinds.contains(&kind.into()));
                if !allowed {
                    fail(&format!("a value of type {kind}"));
                }
            }
            "const" if rule != value => fail("not the constant"),
            "enum" if !rule.as_array().unwrap().contains(value) => fail("not one of the choices"),
            "const" | "enum" => {}
            "anyOf" => {
                let fits = rule.as_array().unwrap().iter().any(|choice| {
                    let mut inner = Vec::new();
                    validate(root, choice, value, at, &mut inner);
                    inner.is_empty()
                });
                if !fits {
                    fail("fits none of the choices");
                }
            }
            "pattern" => {
                if !value
                    .as_str()
                    .is_none_or(|text| fits(rule.as_str().unwrap(), text))
                {
                    fail("does not match the pattern");
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        fail(&format!("{name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, inner) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        validate(root, inner, member, &format!("{at}/{name}"), wrong);
                    }
                }
            }
            "additionalProperties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    if schema["properties"].get(name).is_none() {
                        match rule {
                            Value::Bool(false) => wrong.push(format!("{at}: {name} is unknown")),
                            inner => validate(root, inner, member, &format!("{at}/{name}"), wrong),
                        }
                    }
                }
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    validate(root, rule, item, &format!("{at}/{n}"), wrong);
                }
            }
            other => panic!("this check does not know the keyword {other}"),
        }
    }
}

/// The regular expressions of the schema, by hand.
fn fits(pattern: &str, text: &str) -> bool {
    let words = |separators: &[char]| {
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        text.starts_with(lower)
            && text.ends_with(lower)
            && text.chars().all(|c| lower(c) || separators.contains(&c))
    };
    match pattern {
        "^https://" => text.starts_with("https://"),
        "^-----BEGIN PRIVATE KEY-----\n" => text.starts_with("-----BEGIN PRIVATE KEY-----\n"),
        "^[a-z0-9]+([.-]+[a-z0-9]+)*$" => words(&['.', '-']),
        "^[a-z0-9]+(-[a-z0-9]+)*$" => words(&['-']) && !text.contains("--"),
        "^([0-9a-f]{2})*$" => {
            text.len().is_multiple_of(2) && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
        }
        "^[A-Za-z0-9+/]+={0,2}$" => BASE64_STANDARD.decode(text).is_ok(),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$" => {
            Timestamp::parse(text).is_ok() && matches!(text.len(), 20 | 25)
        }
        other => panic!("this check does not know the pattern {other}"),
    }
}
