//! The program `trust`, as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;
mod published;
#[path = "common/raw.rs"]
mod raw;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ciborium::cbor;
use common::pki::{self, CertificateSpec, TestKey};
use hcert::Timestamp;
use hcert::issue::Signer;
use hcert::trust::Dsc;
use p256::pkcs8::LineEnding;
use rsa::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// `cargo test` builds the examples beside the test programs.
fn program() -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("trust{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: cargo build --examples",
        path.display()
    );
    Command::new(path)
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Ran {
    fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap();
        self.out.lines().map(parse).collect()
    }

    fn line(&self) -> Value {
        let [line] = <[Value; 1]>::try_from(self.lines()).unwrap();
        line
    }
}

fn run(arguments: &[&str]) -> Ran {
    let output = program()
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        status: output.status.code().expect("ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory of a test's own, removed at its end.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let directory = format!("hcert-trust-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(directory);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The public key of that label.
    fn anchor(&self, label: &str) -> String {
        let der = TestKey::new(label).spki_der().unwrap();
        self.write(&format!("{label}.anchor"), der)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

// ------------------------------------------------------------------ the lists

fn sign(label: &str, message: &[u8]) -> Vec<u8> {
    common::signer(label).sign(message).unwrap()
}

fn spec<'a>(subject: &'a str, issuer: &'a str, ca: bool) -> CertificateSpec<'a> {
    CertificateSpec {
        subject,
        issuer,
        serial: 7,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku: &[],
        ca,
    }
}

fn kid(dsc: &Dsc) -> String {
    BASE64_STANDARD.encode(dsc.kid())
}

fn entry(dsc: &Dsc, country: &str) -> Value {
    json!({
        "kid": kid(dsc), "rawData": BASE64_STANDARD.encode(dsc.der()), "country": country,
        "certificateType": "DSC", "timestamp": "2021-06-01T00:00:00Z",
    })
}

fn german(entries: &[Value]) -> String {
    let content = json!({"certificates": entries}).to_string();
    let signature = BASE64_STANDARD.encode(sign("list", content.as_bytes()));
    format!("{signature}\n{content}")
}

fn jws(header: &Value, payload: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (header, payload) = (header.to_string(), payload.to_string());
    let signed = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let signature = encode(&sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn swedish() -> String {
    let dsc = common::dsc("alpha", &[]);
    let name = "CN=List,C=XX";
    let key = TestKey::new("list");
    let signer = pki::certificate(&spec(name, name, false), &key, &key).unwrap();
    let header = json!({"typ": "JOSE", "alg": "ES256", "x5c": [BASE64_STANDARD.encode(signer)]});
    let payload = json!({
        "iss": "https://example.org", "iat": 1_622_505_600, "exp": 1_622_592_000,
        "dsc_trust_list": {"XX": {"eku": {}, "keys": [
            {"kid": kid(&dsc), "kty": "EC", "x5c": [BASE64_STANDARD.encode(dsc.der())]},
        ]}},
    });
    jws(&header, &payload, |m| sign("list", m))
}

/// The list and its signature.
fn austrian() -> [Vec<u8>; 2] {
    let encode = |value: &ciborium::Value| {
        let mut out = Vec::new();
        ciborium::into_writer(value, &mut out).unwrap();
        out
    };
    let bytes = |bytes: &[u8]| ciborium::Value::Bytes(bytes.to_vec());
    let dsc = common::dsc("alpha", &[]);
    let id = bytes(dsc.kid().as_bytes());
    let list = encode(&cbor!({"c" => [{"i" => id, "c" => bytes(dsc.der())}]}).unwrap());
    let protected = encode(&cbor!({42 => 2, 4 => bytes(b"12345678"), 1 => -7}).unwrap());
    let digest = bytes(&Sha256::digest(&list));
    let payload = encode(&cbor!({2 => digest, 4 => 1_622_592_000, 5 => 1_622_505_600}).unwrap());
    let to_sign = cbor!(["Signature1", bytes(&protected), bytes(&[]), bytes(&payload)]);
    let signature = bytes(&sign("list", &encode(&to_sign.unwrap())));
    let cose = cbor!([bytes(&protected), {}, bytes(&payload), signature]).unwrap();
    [list, encode(&ciborium::Value::Tag(18, Box::new(cose)))]
}

fn rsa_certificate(rsa: &raw::RsaSigner, spec: &CertificateSpec<'_>, issuer: &TestKey) -> Vec<u8> {
    let der = rsa.spki_der();
    let info = rsa::pkcs8::SubjectPublicKeyInfoRef::try_from(&der[..]).unwrap();
    let key = rsa::RsaPublicKey::try_from(info).unwrap();
    let pem = key.to_public_key_pem(LineEnding::LF).unwrap();
    pki::certificate_over_pem(spec, &pem, issuer).unwrap()
}

/// The keys, the ids of the active ones, and the root.
fn swiss() -> [Vec<u8>; 3] {
    let rsa = raw::RsaSigner::new(2048);
    let (root, leaf) = ("CN=Root,C=XX", "CN=CH01-AppContentCertificate,C=XX");
    let key = TestKey::new("root");
    let leaf = rsa_certificate(&rsa, &spec(leaf, root, false), &key);
    let header = json!({"alg": "RS256", "x5c": [BASE64_STANDARD.encode(leaf)]});
    let id = "AAAAAAAAAAE=";
    let certs = json!({"certs": [
        {"keyId": id, "use": "sig", "alg": "RS256",
            "subjectPublicKeyInfo": BASE64_STANDARD.encode(rsa.spki_der())},
    ]});
    let active = json!({"activeKeyIds": [id], "validDuration": 172_800_000});
    let signed = |payload: &Value| jws(&header, payload, |m| rsa.sign_rs256(m)).into_bytes();
    let root = pki::certificate(&spec(root, root, true), &key, &key).unwrap();
    [signed(&certs), signed(&active), root]
}

/// A list in the form of the WHO's network, whose signature is nobody's.
fn gdhcn(host: &str, environment: &str, entries: &[Value]) -> String {
    let list = format!("did:web:{host}:v2:trustlist");
    let suffix = match environment {
        "prod" => String::new(),
        other => format!("-{}", other.to_uppercase()),
    };
    json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            format!("https://smart.who.int/trust/tng-context/v1{suffix}.jsonld"),
        ],
        "id": list,
        "controller": list,
        "verificationMethod": entries,
        "proof": {
            "type": "JsonWebSignature2020",
            "created": "2021-06-15T00:00:00Z",
            "nonce": "AAAA",
            "proofPurpose": "assertionMethod",
            "verificationMethod": format!(
                "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-{environment}:main:WHO:signing:DID"
            ),
            "jws": format!(
                "{}..AAAA",
                BASE64_URL_SAFE_NO_PAD.encode(r#"{"b64":false,"crit":["b64"],"alg":"ES256"}"#)
            ),
        },
    })
    .to_string()
}

fn gdhcn_entry(host: &str, dsc: &Dsc) -> Value {
    let list = format!("did:web:{host}:v2:trustlist");
    json!({
        "id": format!("{list}:DCC:XXA:DSC#{}", kid(dsc)),
        "type": "JsonWebKey2020",
        "controller": list,
        "publicKeyJwk": {
            "kty": "EC", "kid": kid(dsc), "x5c": [BASE64_STANDARD.encode(dsc.der())],
            "crv": "P-256", "x": "x", "y": "y",
        },
        "domain": {"code": "#DCC"},
        "participant": {"code": "#XXA"},
        "keyusage": {"code": "#DSC"},
    })
}

const DEV: &str = "tng-cdn-dev.who.int";

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

// --------------------------------------------------------------------- verify

/// One line a list, of exactly these members.
fn verify(arguments: &[&str]) -> (i32, Vec<Value>) {
    let ran = run(&[&["verify", "--json"], arguments].concat());
    let lines = ran.lines();
    for line in &lines {
        assert_eq!(
            keys(line),
            ["entries", "format", "input", "reason", "verified"]
        );
        let verified = line["verified"].as_bool().unwrap();
        assert_eq!(line["reason"].is_null(), verified, "{line}");
        assert_eq!(line["entries"].is_number(), verified, "{line}");
    }
    (ran.status, lines)
}

fn reason(arguments: &[&str]) -> (i32, Value) {
    let (status, lines) = verify(arguments);
    let [line] = <[Value; 1]>::try_from(lines).unwrap();
    (status, line["reason"].clone())
}

#[test]
fn a_list_verifies_with_its_anchor_alone() {
    let files = Files::new("verify");
    let entries = [entry(&common::dsc("alpha", &[]), "XX")];
    let [keys, active, root] = swiss();
    let [list, signature] = austrian();
    let own = files.anchor("list");
    let root = files.write("root.der", root);
    let other = files.anchor("other");
    for (form, files, anchor) in [
        ("de", vec![files.write("de", german(&entries))], &own),
        ("se", vec![files.write("se", swedish())], &own),
        (
            "at",
            // In any order.
            vec![files.write("sig", signature), files.write("at", list)],
            &own,
        ),
        (
            "ch",
            vec![files.write("ch", keys), files.write("active", active)],
            &root,
        ),
    ] {
        let paths: Vec<&str> = files.iter().map(String::as_str).collect();
        let with = |more: &[&str]| verify(&[more, &paths].concat());
        let (status, lines) = with(&["--anchor", anchor]);
        assert_eq!((status, lines.len()), (0, 1), "{form}");
        let input = paths.iter().find(|path| path.ends_with(form)).unwrap();
        let expected = json!({
            "input": input, "format": form, "verified": true, "reason": null, "entries": 1,
        });
        assert_eq!(lines[0], expected);
        // One of several anchors will do.
        assert_eq!(with(&["--anchor", &other, "--anchor", anchor]).0, 0);
        let (status, lines) = with(&["--anchor", &other]);
        assert_eq!(status, 1);
        assert_eq!(
            (&lines[0]["reason"], &lines[0]["format"]),
            (&"trust-signature".into(), &form.into())
        );

        // Nothing is found out without an anchor, and the user learns what to pass.
        let ran = run(&[&["verify"], &paths[..]].concat());
        assert_eq!(ran.status, 1);
        assert!(ran.out.starts_with("NOT VERIFIED"), "{}", ran.out);
        assert!(ran.out.contains("--anchor FILE: "), "{}", ran.out);
        let (_, lines) = with(&[]);
        assert_eq!(lines[0]["reason"], "trust-anchor-missing");
    }
}

#[test]
fn a_tampered_list_is_not_verified() {
    let files = Files::new("tampered");
    let own = files.anchor("list");
    let good = german(&[entry(&common::dsc("alpha", &[]), "XX")]);
    let bad = good.replace("\"XX\"", "\"XY\"");
    assert_ne!(good, bad);
    let (good, bad) = (files.write("good", good), files.write("bad", bad));
    let anchor = ["--anchor", own.as_str()];
    assert_eq!(
        reason(&[&anchor[..], &[&bad]].concat()),
        (1, "trust-signature".into())
    );
    // One that doesn't verify spoils the status, not the other lines.
    let (status, lines) = verify(&[&anchor[..], &[&good, &bad, &good]].concat());
    let verified: Vec<_> = lines.iter().map(|line| &line["verified"]).collect();
    assert_eq!(
        (status, verified),
        (1, vec![&json!(true), &json!(false), &json!(true)])
    );
}

#[test]
fn the_second_file_of_a_list_goes_with_the_first_or_is_left_over() {
    let files = Files::new("pairs");
    let own = files.anchor("list");
    let [list, signature] = austrian();
    let [list, signature] = [
        files.write("list", list),
        files.write("signature", signature),
    ];
    let anchor = ["--anchor", own.as_str()];
    assert_eq!(
        reason(&[&anchor[..], &[&list]].concat()),
        (1, "trust-companion".into())
    );
    assert_eq!(
        reason(&[&anchor[..], &[&signature]].concat()),
        (1, "trust-companion".into())
    );
    let (status, lines) = verify(&[&anchor[..], &[&signature, &list, &signature]].concat());
    let inputs: Vec<_> = lines
        .iter()
        .map(|line| line["input"].as_str().unwrap())
        .collect();
    assert_eq!((status, inputs), (1, vec![list.as_str(), &signature]));
    assert_eq!(lines[0]["verified"], true);
    // Two lists with a signature each.
    let both = [&list, &list, &signature, &signature].map(String::as_str);
    let (status, lines) = verify(&[&anchor[..], &both].concat());
    assert_eq!((status, lines.len()), (0, 2));
}

#[test]
fn a_form_without_a_signature_is_not_verified() {
    let files = Files::new("unsigned");
    let own = files.anchor("list");
    let dsc = common::dsc("alpha", &[]);
    for (form, list) in [
        ("certificate-der", dsc.der().to_vec()),
        (
            "certificates",
            json!({"certificates": [entry(&dsc, "XX")]})
                .to_string()
                .into(),
        ),
        ("jwk-set", json!({"keys": []}).to_string().into()),
    ] {
        let list = files.write(form, list);
        for more in [&[][..], &["--anchor", &own], &["--trust-env", "prod"]] {
            let (status, lines) = verify(&[more, &[&list]].concat());
            assert_eq!((status, &lines[0]["format"]), (1, &form.into()));
            assert_eq!(lines[0]["reason"], "trust-unsigned");
        }
    }
}

#[test]
fn a_list_of_the_network_needs_its_environment() {
    let files = Files::new("network");
    let entry = gdhcn_entry(DEV, &common::dsc("alpha", &[]));
    let list = files.write("did.json", gdhcn(DEV, "dev", &[entry]));
    let own = files.anchor("list");
    for (more, expected) in [
        (&[][..], "trust-anchor-missing"),
        (&["--anchor", &own], "trust-anchor-missing"),
        (&["--trust-env", "prod"], "gdhcn-environment"),
        (&["--trust-env", "uat"], "gdhcn-environment"),
        (&["--trust-env", "dev"], "gdhcn-signature"),
    ] {
        assert_eq!(reason(&[more, &[&list]].concat()), (1, expected.into()));
    }
    let ran = run(&["verify", "--json", &list]);
    assert!(ran.err.contains("--trust-env"), "{}", ran.err);
    assert!(run(&["verify", &list]).out.contains("--trust-env"));
}

#[test]
fn a_gateways_list_is_verified_if_each_entry_is_signed() {
    let files = Files::new("gateway");
    let own = files.anchor("list");
    let mut dsc = entry(&common::dsc("alpha", &[]), "XX");
    dsc["signature"] = "AAAA".into();
    let list = files.write("gateway.json", json!([dsc]).to_string());
    assert_eq!(reason(&["--anchor", &own, &list]), (1, "not-issued".into()));
    assert_eq!(reason(&[&list]), (1, "trust-anchor-missing".into()));
    // What is left of it is shown, and by how much.
    let line = run(&["inspect", "--json", "--anchor", &own, &list]).line();
    assert_eq!(line["entries"]["unsigned"], 1);
    assert_eq!(line["entries"]["loaded"], 0);

    let Some(folder) = published::find("gdhcn/cms") else {
        return;
    };
    let item = std::fs::read(folder.join("PROD-PRT-TNG_TA.signed.SCA.json")).unwrap();
    let item: Value = serde_json::from_slice(&item).unwrap();
    let root = json!({
        "certificateType": "CSCA", "country": "PT",
        "rawData": item["certificateRawData"], "signature": item["trustAnchorSignature"],
    });
    let chain = std::fs::read_to_string(folder.join("PROD-TNG_TA.chain.pem")).unwrap();
    let end = "-----END CERTIFICATE-----\n";
    let anchor = files.write("ta.pem", chain.split_inclusive(end).next().unwrap());
    let signed = files.write("signed.json", json!([root]).to_string());
    let (status, lines) = verify(&["--anchor", &anchor, &signed]);
    assert_eq!((status, &lines[0]["entries"]), (0, &1.into()));
    let mixed = files.write("mixed.json", json!([root, dsc]).to_string());
    assert_eq!(
        reason(&["--anchor", &anchor, &mixed]),
        (1, "not-issued".into())
    );
    assert_eq!(
        reason(&["--anchor", &own, &signed]),
        (1, "anchor-signature".into())
    );
}

#[test]
fn garbage_is_refused_with_its_reason() {
    let files = Files::new("garbage");
    for (content, expected) in [
        (&b""[..], "trust-format-unrecognised"),
        (b"hello", "trust-format-unrecognised"),
        (b"{\"hello\": 1}", "trust-format-unrecognised"),
        (b"{\"certificates\": [", "trust-json"),
        (&[0xff; 100], "trust-format-unrecognised"),
    ] {
        let file = files.write("garbage", content);
        assert_eq!(reason(&[&file]), (1, expected.into()));
        assert_eq!(run(&["inspect", &file]).status, 1);
        assert_eq!(run(&["lint", &file]).status, 1);
        assert_eq!(run(&["diff", &file, &file]).status, 2);
    }
}

#[test]
fn a_file_that_cannot_be_read_gives_status_2_and_the_others_still_run() {
    let files = Files::new("unreadable");
    let own = files.anchor("list");
    let good = files.write("good", german(&[entry(&common::dsc("alpha", &[]), "XX")]));
    let directory = files.0.to_str().unwrap();
    for wrong in [directory, "/no/such/file"] {
        let ran = run(&["verify", "--json", "--anchor", &own, wrong, &good]);
        assert_eq!(ran.status, 2);
        assert_eq!(ran.line()["verified"], true);
        let error: Value = serde_json::from_str(ran.err.trim()).unwrap();
        assert_eq!(error["input"], wrong);
        for command in ["inspect", "lint"] {
            assert_eq!(run(&[command, wrong, &good]).status, 2);
        }
        let ran = run(&["diff", wrong, &good]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    }
}

#[test]
fn wrong_usage_gives_status_2_and_help_status_0() {
    let files = Files::new("usage");
    let list = files.write("list", b"{\"keys\": []}");
    for arguments in [
        &[][..],
        &["no-such-command"],
        &["--no-such-option"],
        &["verify"],
        &["verify", "--no-such-option", &list],
        &["verify", "--at", "2021-06-01T00:00:00Z", &list],
        &["verify", "--trust-env", "test", &list],
        &["verify", "--anchor", "/no/such/file", &list],
        &["verify", "--anchor", &list, &list],
        &["inspect", "--at", "yesterday", &list],
        &["diff", &list],
        &["diff", &list, &list, &list],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.starts_with("trust: "), "{}", ran.err);
    }
    for command in [&[][..], &["inspect"], &["verify"], &["diff"], &["lint"]] {
        let ran = run(&[command, &["--help"]].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("Usage: trust") && ran.out.contains("Exit status:"));
        assert!(ran.out.lines().all(|line| line.chars().count() <= 80));
    }
}

#[test]
fn a_certificate_given_by_mistake_is_not_shown() {
    let code = common::issued("alpha", &common::vaccination());
    let ran = run(&["verify", code.text()]);
    assert_eq!(ran.status, 2);
    assert!(!ran.err.contains(code.text()), "{}", ran.err);
}

// -------------------------------------------------------------------- inspect

#[test]
fn inspect_counts_what_is_in_the_list() {
    let files = Files::new("inspect");
    let own = files.anchor("list");
    let vaccination = common::dsc("beta", &[pki::EKU_VACCINATION]);
    let mut wrong_kid = entry(&common::dsc("gamma", &[]), "XY");
    wrong_kid["kid"] = kid(&vaccination).into();
    let list = german(&[
        entry(&common::dsc("alpha", &[]), "XX"),
        entry(&vaccination, "XX"),
        wrong_kid,
        json!({"kid": "AAAA", "rawData": "AAAA"}),
    ]);
    let list = files.write("de.json", list);
    let inspect = |more: &[&str]| run(&[&["inspect"], more, &[&list]].concat());

    let ran = inspect(&["--json", "--anchor", &own, "--at", "2022-01-01T00:00:00Z"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let line = ran.line();
    assert_eq!(line["authenticated"], true);
    assert_eq!(
        line["entries"],
        json!({"total": 4, "loaded": 3, "rejected": 1, "duplicates": 0, "unsigned": 0})
    );
    assert_eq!(line["countries"], json!({"XX": 2, "XY": 1}));
    assert_eq!(line["usages"], json!({"any": 2, "vaccination": 1}));
    assert_eq!(line["algorithms"], json!({"P-256": 3}));
    assert_eq!(line["chains"], json!({"not-checked": 3}));
    assert_eq!(line["validity"], json!({"in-date": 3}));
    assert_eq!(line["newest_entry"], "2021-06-01T00:00:00Z");
    assert_eq!(
        (&line["gdhcn"], &line["shared_kids"]),
        (&Value::Null, &1.into())
    );
    assert_eq!(
        line["remarks"],
        json!({
            "kid-mismatch": {"count": 1, "left_out": 0},
            "certificate-encoding": {"count": 1, "left_out": 1},
        })
    );
    for (at, expected) in [
        ("2020-12-31T23:59:59Z", "not-yet-valid"),
        ("2021-01-01T00:00:00Z", "in-date"),
        ("2023-01-01T00:00:00Z", "in-date"),
        ("2023-01-01T00:00:01Z", "expired"),
    ] {
        let line = inspect(&["--json", "--at", at]).line();
        assert_eq!(line["validity"], json!({expected: 3}), "{at}");
    }

    let words = inspect(&["--anchor", &own]).out;
    assert!(words.contains("checked, and holds"), "{words}");
    assert!(words.contains("kid-mismatch: 1, 0 left out"), "{words}");
    let all = inspect(&["--all"]).out;
    assert!(all.contains("entry 3 (AAAA): "), "{all}");
    let all = inspect(&["--all", "--json"]).line();
    assert_eq!(all["all_remarks"].as_array().unwrap().len(), 2);
}

#[test]
fn inspect_says_when_it_did_not_look_at_the_signature() {
    let files = Files::new("unchecked");
    let own = files.anchor("list");
    let good = german(&[entry(&common::dsc("alpha", &[]), "XX")]);
    let bad = files.write("bad", good.replace("\"XX\"", "\"XY\""));
    let ran = run(&["inspect", &bad]);
    assert_eq!(ran.status, 0);
    assert!(ran.out.contains("NOT CHECKED"), "{}", ran.out);
    assert_eq!(
        run(&["inspect", "--json", &bad]).line()["authenticated"],
        false
    );
    // With an anchor it is refused, and nothing of it is shown.
    let ran = run(&["inspect", "--anchor", &own, &bad]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("REFUSED"), "{}", ran.out);
    assert!(!ran.out.contains("XY"), "{}", ran.out);
    let line = run(&["inspect", "--json", "--anchor", &own, &bad]).line();
    assert_eq!(
        (&line["reason"], &line["countries"]),
        (&"trust-signature".into(), &Value::Null)
    );

    let plain = json!({"certificates": [entry(&common::dsc("alpha", &[]), "XX")]});
    let plain = files.write("plain", plain.to_string());
    let ran = run(&["inspect", "--anchor", &own, &plain]);
    assert!(ran.out.contains("NONE"), "{}", ran.out);

    let entry = gdhcn_entry(DEV, &common::dsc("alpha", &[]));
    let list = files.write("did.json", gdhcn(DEV, "dev", &[entry]));
    assert!(run(&["inspect", &list]).out.contains("NOT CHECKED"));
    let line = run(&["inspect", "--json", &list]).line();
    let counts = json!({
        "environments": {"dev": 1}, "domains": {"DCC": 1},
        "participants": {"XXA": 1}, "roles": {"DSC": 1},
    });
    assert_eq!(line["gdhcn"], counts);
    assert_eq!(line["chains"], json!({"no-authority": 1}));
    assert_eq!(run(&["inspect", "--trust-env", "dev", &list]).status, 1);
}

#[test]
fn what_a_list_says_does_not_steer_the_terminal() {
    let files = Files::new("terminal");
    let dsc = common::dsc("alpha", &[]);
    let mut strange = entry(&dsc, "\u{1b}[31mX\u{202e}");
    strange["kid"] = "\u{1b}[31m!".into();
    let list = json!({"certificates": [strange, entry(&dsc, "\u{1b}[31mX")]});
    let list = files.write("list\u{1b}[31m", list.to_string());
    let none = files.write("none.json", json!({"certificates": []}).to_string());
    for arguments in [
        &["inspect", "--all", &list][..],
        &["inspect", &list],
        &["verify", &list],
        &["diff", &none, &list],
        &["lint", "--all", &list],
    ] {
        let ran = run(arguments);
        assert_ne!(ran.out, "");
        let steers = |text: &str| text.contains(['\u{1b}', '\u{202e}']);
        assert!(!steers(&ran.out) && !steers(&ran.err), "{}", ran.out);
    }
}

// ----------------------------------------------------------------------- diff

#[test]
fn diff_names_keys_that_came_went_and_changed() {
    let files = Files::new("diff");
    let own = files.anchor("list");
    let [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(|label| common::dsc(label, &[]));
    let old = files.write("old", german(&[entry(&alpha, "XX"), entry(&beta, "XX")]));
    let new = files.write("new", german(&[entry(&gamma, "XX"), entry(&beta, "XY")]));
    let ran = run(&["diff", "--json", "--anchor", &own, &old, &new]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    let line = ran.line();
    assert_eq!(line["added"][0]["kid"], kid(&gamma));
    assert_eq!(line["removed"][0]["kid"], kid(&alpha));
    assert_eq!(line["changed"][0]["kid"], kid(&beta));
    let change = json!([{"member": "country", "old": "XX", "new": "XY"}]);
    assert_eq!(line["changed"][0]["changes"], change);
    for (name, count) in [("added", 1), ("removed", 1), ("changed", 1)] {
        assert_eq!(line[name].as_array().unwrap().len(), count);
    }
    assert_eq!(
        (&line["same"], &line["unchanged"]),
        (&false.into(), &0.into())
    );
    assert_eq!(line["old"]["authenticated"], true);

    let words = run(&["diff", "--anchor", &own, &old, &new]).out;
    for part in [
        format!("- {}", kid(&alpha)),
        format!("+ {}", kid(&gamma)),
        format!("! {}", kid(&beta)),
        "country: XX -> XY".into(),
    ] {
        assert!(words.contains(&part), "{part} in {words}");
    }

    // Another order, form and envelope make no other keys.
    let plain = json!({"certificates": [entry(&beta, "XX"), entry(&alpha, "XX")]});
    let plain = files.write("plain", plain.to_string());
    let ran = run(&["diff", "--json", &old, &plain]);
    assert_eq!((ran.status, &ran.line()["unchanged"]), (0, &2.into()));
    assert!(ran.err.contains("signature not checked"), "{}", ran.err);
    // The same key with another certificate, which moves its kid.
    let limited = common::dsc("beta", &[pki::EKU_TEST]);
    let limited = files.write(
        "limited",
        german(&[entry(&alpha, "XX"), entry(&limited, "XX")]),
    );
    let line = run(&["diff", "--json", &old, &limited]).line();
    assert_eq!(line["added"].as_array().unwrap().len(), 1);
    // A list that is refused is compared with nothing.
    let other = files.anchor("other");
    let ran = run(&["diff", "--anchor", &other, &old, &new]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("trust-signature"), "{}", ran.err);
}

#[test]
fn diff_says_when_the_new_list_is_older() {
    let files = Files::new("older");
    let alpha = common::dsc("alpha", &[]);
    let mut late = entry(&alpha, "XX");
    late["timestamp"] = "2021-06-02T00:00:00Z".into();
    let early = files.write("early", german(&[entry(&alpha, "XX")]));
    let late = files.write("late", german(&[late]));
    let ran = run(&["diff", &late, &early]);
    assert_eq!(ran.status, 0);
    assert!(ran.err.contains("older than"), "{}", ran.err);
    assert!(!run(&["diff", &early, &late]).err.contains("older than"));
}

// ----------------------------------------------------------------------- lint

/// The findings as (severity, code), without repetitions.
fn lint(arguments: &[&str]) -> (i32, Vec<(String, String)>) {
    let ran = run(&[&["lint", "--json"], arguments].concat());
    let mut found = Vec::new();
    for line in ran.lines() {
        for finding in line["findings"].as_array().unwrap() {
            let text = |name: &str| finding[name].as_str().unwrap().to_owned();
            found.push((text("severity"), text("code")));
            assert!(!text("message").is_empty());
        }
        for (severity, count) in [
            ("error", "errors"),
            ("warning", "warnings"),
            ("note", "notes"),
        ] {
            let findings = line["findings"].as_array().unwrap().iter();
            let counted = findings.filter(|f| f["severity"] == severity).count();
            assert_eq!(line[count], counted);
        }
    }
    found.dedup();
    (ran.status, found)
}

fn pairs<'a>(found: &'a [(String, String)]) -> Vec<(&'a str, &'a str)> {
    found
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect()
}

const IN_TIME: [&str; 2] = ["--at", "2021-07-01T00:00:00Z"];

#[test]
fn lint_has_nothing_against_a_clean_list() {
    let files = Files::new("clean");
    let own = files.anchor("list");
    let list = german(&[entry(&common::dsc("alpha", &[]), "XX")]);
    let list = files.write("list", list);
    let (status, found) = lint(&[&IN_TIME[..], &["--anchor", &own, &list]].concat());
    assert_eq!(
        (status, pairs(&found)),
        (0, vec![("note", "chain-not-checked")])
    );
}

#[test]
fn lint_finds_what_is_wrong_with_a_list() {
    let files = Files::new("lint");
    let own = files.anchor("list");
    let [alpha, beta] = ["alpha", "beta"].map(|label| common::dsc(label, &[]));
    let mut other_kid = entry(&beta, "XX");
    other_kid["kid"] = kid(&alpha).into();
    other_kid["thumbprint"] = "00".into();
    let jwk = |more: Value| {
        let mut jwk = json!({"kty": "EC", "crv": "P-256", "kid": "a2V5", "use": "enc",
            "x5c": [BASE64_STANDARD.encode(alpha.der())]});
        let members = more.as_object().unwrap().clone();
        jwk.as_object_mut().unwrap().extend(members);
        json!({"keys": [jwk]}).to_string()
    };
    let alpha_twice = [entry(&alpha, "XX"), entry(&alpha, "XX")];
    let mut unreadable = entry(&alpha, "XX");
    unreadable["rawData"] = "AAAA".into();
    let mut upload = entry(&alpha, "XX");
    upload["certificateType"] = "UPLOAD".into();
    let anchored = ["--anchor", own.as_str()];
    for (name, list, options, status, expected) in [
        (
            "collision",
            german(&[entry(&alpha, "XX"), other_kid]),
            &anchored[..],
            0,
            &[
                ("warning", "kid-collision"),
                ("warning", "kid-mismatch"),
                ("warning", "thumbprint-mismatch"),
            ][..],
        ),
        (
            "twice",
            german(&alpha_twice),
            &anchored,
            0,
            &[("warning", "entry-duplicate")],
        ),
        (
            "unreadable",
            german(&[unreadable]),
            &anchored,
            1,
            &[("error", "certificate-encoding"), ("warning", "list-empty")],
        ),
        (
            "other-type",
            german(&[upload]),
            &anchored,
            0,
            &[("note", "not-a-document-signer")],
        ),
        (
            "unchecked",
            german(&[entry(&alpha, "XX")]),
            &[],
            0,
            &[("warning", "signature-not-checked")],
        ),
        (
            "other-anchor",
            german(&[entry(&alpha, "XX")]).replace("XX", "XY"),
            &anchored,
            1,
            &[("error", "trust-signature")],
        ),
        (
            "unsigned",
            jwk(json!({})),
            &anchored,
            0,
            &[
                ("warning", "trust-unsigned"),
                ("warning", "list-undated"),
                ("note", "jwk-use"),
            ],
        ),
        (
            "private",
            jwk(json!({"d": "AAAA"})),
            &[],
            1,
            &[("error", "jwk-private-key")],
        ),
        (
            "other-curve",
            jwk(json!({"crv": "X", "x5c": null})),
            &[],
            0,
            &[("warning", "jwk-key-type")],
        ),
        (
            "swedish",
            swedish(),
            &anchored,
            1,
            &[("error", "list-expired")],
        ),
    ] {
        let list = files.write(name, list);
        let (found_status, found) = lint(&[&IN_TIME[..], options, &[&list]].concat());
        let found = pairs(&found);
        assert_eq!(found_status, status, "{name}: {found:?}");
        for finding in expected {
            assert!(found.contains(finding), "{name}: {finding:?} in {found:?}");
        }
    }
}

#[test]
fn lint_judges_keys_at_the_time_that_is_named() {
    let files = Files::new("lint-keys");
    let own = files.anchor("list");
    let key = TestKey::new("csca");
    let spec = spec("CN=DSC,C=XX", "CN=CSCA,C=XX", false);
    let weak = rsa_certificate(&raw::RsaSigner::new(1024), &spec, &key);
    let weak = Dsc::from_der(&weak).unwrap();
    let alpha = common::dsc("alpha", &[]);
    // Another certificate for the same key.
    let again = common::dsc("alpha", &[pki::EKU_TEST]);
    let list = german(&[entry(&weak, "XX"), entry(&alpha, "XX"), entry(&again, "XX")]);
    let list = files.write("list", list);
    let codes = |at: &str| {
        let (status, found) = lint(&["--anchor", &own, "--at", at, &list]);
        assert_eq!(status, 1, "for the weak key");
        found
    };
    let always = [
        ("error", "key-weak-rsa"),
        ("note", "chain-not-checked"),
        ("note", "key-listed-twice"),
    ];
    assert_eq!(pairs(&codes("2021-07-01T00:00:00Z")), always);
    let late = codes("2023-01-01T00:00:01Z");
    assert_eq!(
        pairs(&late),
        [always[0], ("warning", "key-expired"), always[1], always[2]]
    );
    let early = codes("2020-12-31T23:59:59Z");
    assert!(pairs(&early).contains(&("note", "key-not-yet-valid")));

    // In words three of a kind are named, and the rest counted.
    let many: Vec<_> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|label| entry(&common::dsc(label, &[]), "XX"))
        .collect();
    let many = files.write("many", german(&many));
    let lint =
        |more: &[&str]| run(&[&["lint", "--at", "2024-01-01T00:00:00Z"], more, &[&many]].concat());
    let count = |text: &str| text.matches("[key-expired]").count();
    assert_eq!(count(&lint(&[]).out), 3);
    assert!(lint(&[]).out.contains("and 2 more"));
    assert_eq!(count(&lint(&["--all"]).out), 5);
}

#[test]
fn lint_keeps_the_environments_apart() {
    let files = Files::new("lint-network");
    let dsc = common::dsc("alpha", &[]);
    let prod = "tng-cdn.who.int";
    let dev = files.write("dev", gdhcn(DEV, "dev", &[gdhcn_entry(DEV, &dsc)]));
    let prod = files.write("prod", gdhcn(prod, "prod", &[gdhcn_entry(prod, &dsc)]));
    let (status, found) = lint(&[&IN_TIME[..], &[&dev]].concat());
    assert_eq!(status, 0);
    assert_eq!(
        pairs(&found),
        [
            ("warning", "chain-no-authority"),
            ("warning", "environment-for-tests"),
            ("warning", "signature-not-checked"),
        ]
    );
    let (status, found) = lint(&["--at", "2021-06-01T00:00:00Z", &prod]);
    assert_eq!(
        (status, pairs(&found)[0]),
        (1, ("error", "list-from-future"))
    );
    for (lists, expected) in [([&dev, &prod], 1), ([&prod, &dev], 1), ([&dev, &dev], 0)] {
        let lists = lists.map(String::as_str);
        let (status, found) = lint(&[&IN_TIME[..], &lists].concat());
        assert_eq!(status, expected);
        let mixed = ("error", "gdhcn-mixed-environments");
        assert_eq!(pairs(&found).contains(&mixed), expected == 1);
    }
}

// ------------------------------------------------------------- published lists

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_networks_documents_verify_in_their_environment() {
    let Some(folder) = published::find("gdhcn") else {
        return;
    };
    let mut total = 0;
    for (name, environment, other) in [("PROD", "prod", "dev"), ("DEV", "dev", "prod")] {
        let paths = published::json_files(&folder.join(name).join("v2"));
        let paths: Vec<&str> = paths.iter().map(|path| text(path)).collect();
        let (status, lines) = verify(&[&["--trust-env", environment], &paths[..]].concat());
        assert_eq!((status, lines.len()), (0, paths.len()));
        let (status, lines) = verify(&[&["--trust-env", other], &paths[..]].concat());
        assert_eq!(status, 1);
        assert!(
            lines
                .iter()
                .all(|line| line["reason"] == "gdhcn-environment")
        );
        let (status, lines) = verify(&paths);
        assert_eq!(status, 1);
        assert!(
            lines
                .iter()
                .all(|line| line["reason"] == "trust-anchor-missing")
        );
        total += paths.len();
    }
    assert!(total >= 15, "{total}");

    let list = folder.join("PROD/v2/trustlist/did.json");
    let line = &verify(&["--trust-env", "prod", text(&list)]).1[0];
    assert_eq!(line["entries"], 501);
    let files = Files::new("published-tampered");
    let json = std::fs::read_to_string(&list).unwrap();
    for (from, to, expected) in [
        ("#ESP", "#FRA", "gdhcn-signature"),
        ("\"nonce\"", "\"once\"", "gdhcn-unknown-member"),
    ] {
        let tampered = json.replacen(from, to, 1);
        assert_ne!(tampered, json);
        let tampered = files.write("did.json", tampered);
        assert_eq!(
            reason(&["--trust-env", "prod", &tampered]),
            (1, expected.into())
        );
    }
}

#[test]
fn the_production_list_is_shown_as_it_is() {
    let Some(list) = published::find("gdhcn/PROD/v2/trustlist/did.json") else {
        return;
    };
    let options = [
        "--json",
        "--trust-env",
        "prod",
        "--at",
        "2026-08-22T18:00:00Z",
    ];
    let ran = run(&[&["inspect"], &options[..], &[text(&list)]].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    let line = ran.line();
    assert_eq!(line["issued_at"], "2026-08-22T17:05:01Z");
    assert_eq!(
        (&line["entries"]["total"], &line["entries"]["loaded"]),
        (&501.into(), &499.into())
    );
    assert_eq!(line["validity"], json!({"expired": 314, "in-date": 185}));
    assert_eq!(line["gdhcn"]["roles"], json!({"DSC": 438, "SCA": 61}));
    assert_eq!(
        line["chains"],
        json!({"checked": 431, "authority": 61, "unsupported": 7})
    );

    let ran = run(&[&["lint"], &options[..], &[text(&list)]].concat());
    assert_eq!(ran.status, 0, "{}", ran.out);
    let line = ran.line();
    let findings = line["findings"].as_array().unwrap().iter();
    let of = |code: &str| findings.clone().filter(|f| f["code"] == code).count();
    assert_eq!(
        [
            of("certificate-sha1"),
            of("key-expired"),
            of("key-unusable")
        ],
        [5, 314, 4]
    );
    // The whole and a part: what is not in the part is gone.
    let part = list.with_file_name("DCC").join("ESP/did.json");
    let ran = run(&[
        "diff",
        "--json",
        "--trust-env",
        "prod",
        text(&list),
        text(&part),
    ]);
    assert_eq!((ran.status, &ran.line()["unchanged"]), (1, &53.into()));
    let ran = run(&["diff", "--json", text(&part), text(&part)]);
    assert_eq!((ran.status, &ran.line()["same"]), (0, &true.into()));
}

#[test]
fn the_member_states_lists_verify_with_their_keys() {
    let Some(folder) = published::find("trust-lists") else {
        return;
    };
    let files = Files::new("published-states");
    // No key was published beside Sweden's list: the one in its header shows
    // the mechanics, and not who signed.
    let se = folder.join("se/trust-list-2022-05-11.jwt");
    let jws = std::fs::read_to_string(&se).unwrap();
    let header = BASE64_URL_SAFE_NO_PAD.decode(jws.split('.').next().unwrap());
    let header: Value = serde_json::from_slice(&header.unwrap()).unwrap();
    let certificate = header["x5c"][0].as_str().unwrap();
    let swede = files.write("se.der", BASE64_STANDARD.decode(certificate).unwrap());

    for (form, anchor, names, entries) in [
        (
            "de",
            "de-acc/signing-key.pem",
            &["de-acc/demo-dsc-list.json"][..],
            610,
        ),
        (
            "de",
            "de-prod/signing-key.pem",
            &["de-prod/prod-dsc-list.json"],
            829,
        ),
        ("se", &swede, &["se/trust-list-2022-05-11.jwt"], 456),
        (
            "ch",
            "ch/root.crt",
            &["ch/keylist.jwt", "ch/updates.jwt"],
            131,
        ),
        (
            "at",
            "at/anchor.der",
            &["at/trustlist.cbor", "at/trustlist.sig.cose"],
            2,
        ),
    ] {
        let paths: Vec<_> = names.iter().map(|name| folder.join(name)).collect();
        let paths: Vec<&str> = paths.iter().map(|path| text(path)).collect();
        // An absolute path stays as it is.
        let anchor = folder.join(anchor);
        let (status, lines) = verify(&[&["--anchor", text(&anchor)], &paths[..]].concat());
        assert_eq!((status, lines.len()), (0, 1), "{form}");
        assert_eq!(lines[0]["format"], form);
        assert_eq!(lines[0]["entries"], entries);
        let other = files.anchor("other");
        let (status, lines) = verify(&[&["--anchor", &other], &paths[..]].concat());
        assert_eq!(
            (status, &lines[0]["reason"]),
            (1, &"trust-signature".into())
        );
        assert_eq!(verify(&paths).1[0]["reason"], "trust-anchor-missing");

        // A bit in the middle of each file.
        for wrong in 0..paths.len() {
            let mut twins: Vec<String> = Vec::new();
            for (n, path) in paths.iter().enumerate() {
                let mut bytes = std::fs::read(path).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= u8::from(n == wrong);
                twins.push(files.write(&format!("twin-{n}"), bytes));
            }
            let twins: Vec<&str> = twins.iter().map(String::as_str).collect();
            let (status, lines) = verify(&[&["--anchor", text(&anchor)], &twins[..]].concat());
            assert_eq!(
                (status, &lines[0]["verified"]),
                (1, &false.into()),
                "{form}"
            );
        }
    }
}
