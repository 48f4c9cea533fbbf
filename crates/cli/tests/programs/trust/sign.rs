//! `trust sign`, and `trust verify` of what comes of it.

use hcert_testkit::pki::TestKey;
use hcert_testkit::programs::Files;
use serde_json::{Value, json};

use super::lists::*;
use super::run;

const MADE: &str = "2021-06-01T00:00:00Z";
const ENDS: &str = "2021-07-01T00:00:00Z";

fn private_key(files: &Files) -> String {
    files.write("key.pem", TestKey::new("maker").pkcs8_pem().unwrap())
}

#[test]
fn what_is_signed_verifies_for_its_purpose() {
    let files = Files::new("sign");
    let (rules, out) = (files.write("rules", "[]"), files.write("out", ""));
    let (key, anchor, other) = (
        private_key(&files),
        files.anchor("maker"),
        files.anchor("list"),
    );
    let arguments = [
        "sign",
        "--purpose",
        "rules",
        "--key",
        &key,
        "--at",
        MADE,
        "--expires",
        ENDS,
        "--out",
        &out,
        &rules,
    ];
    let ran = run(&arguments);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("2 bytes signed as rules"), "{}", ran.err);
    let first = std::fs::read(&out).unwrap();
    run(&arguments);
    assert_eq!(std::fs::read(&out).unwrap(), first, "the same bytes");

    let verify = |purpose: &str, anchor: &str| {
        let ran = run(&[
            "verify",
            "--json",
            "--purpose",
            purpose,
            "--anchor",
            anchor,
            &out,
        ]);
        let line = ran.line();
        let identity = line["identity"].as_str().unwrap_or_default();
        assert!(line["identity"].is_null() || identity.starts_with("document:rules:"));
        let named = [
            "format",
            "verified",
            "reason",
            "issued_at",
            "expires_at",
            "bytes",
        ];
        let value = |name: &str| match name {
            "reason" => line["reason"]["code"].clone(),
            _ => line[name].clone(),
        };
        (ran.status, named.map(value))
    };
    let form = Value::from("hcert-document");
    let good = json!([form, true, null, MADE, ENDS, 2]);
    assert_eq!(verify("rules", &anchor).0, 0);
    assert_eq!(json!(verify("rules", &anchor).1), good);
    for (purpose, anchor, reason) in [
        ("revocation", &anchor, "document-purpose"),
        ("rules", &other, "trust-signature"),
    ] {
        let (status, line) = verify(purpose, anchor);
        assert_eq!(status, 1);
        assert_eq!(json!(line), json!([form, false, reason, null, null, null]));
    }
    let ran = run(&[
        "verify",
        "--purpose",
        "rules",
        "--anchor",
        &other,
        "--anchor",
        &anchor,
        &out,
    ]);
    assert_eq!(ran.status, 0);
    assert!(
        ran.out.starts_with("VERIFIED") && ran.out.contains(MADE),
        "{}",
        ran.out
    );
    let ran = run(&["verify", "--purpose", "rules", "--anchor", &anchor, &rules]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("[document-unrecognised]"), "{}", ran.out);
}

#[test]
fn a_signature_may_stand_beside() {
    let files = Files::new("sign-beside");
    let (rules, anchor) = (files.write("rules", "[]"), files.anchor("list"));
    let signature = files.write("signature", sign("list", b"[]"));
    let status = |option: &str| {
        let arguments = [
            "verify",
            "--purpose",
            "rules",
            "--anchor",
            &anchor,
            option,
            &signature,
            &rules,
        ];
        run(&arguments).status
    };
    assert_eq!(status("--signature"), 0);
    // It is not over the digest.
    assert_eq!(status("--x-signature"), 1);
}

#[test]
fn wrong_usage_is_named() {
    let files = Files::new("sign-usage");
    let (rules, key) = (files.write("rules", "[]"), private_key(&files));
    let (out, anchor) = (files.write("out", "old"), files.anchor("list"));
    for (arguments, word) in [
        (
            vec!["sign", "--key", &key, "--out", &out, &rules],
            "--purpose",
        ),
        (
            vec!["sign", "--purpose", "rules", "--out", &out, &rules],
            "--key",
        ),
        (
            vec!["sign", "--purpose", "rules", "--key", &key, &rules],
            "--out",
        ),
        (
            vec!["sign", "--purpose", "rules", "--key", &key, "--out", &out],
            "FILE",
        ),
        (
            vec![
                "sign",
                "--purpose",
                "Rules",
                "--key",
                &key,
                "--out",
                &out,
                &rules,
            ],
            "a-z",
        ),
        (
            vec![
                "sign",
                "--purpose",
                "rules",
                "--key",
                &rules,
                "--out",
                &out,
                &rules,
            ],
            "--key",
        ),
        (vec!["sign", "--trust-env", "prod", &rules], "--trust-env"),
        (vec!["verify", "--purpose", "rules", &rules], "--anchor"),
        (
            vec!["verify", "--anchor", &anchor, "--signature", &rules, &rules],
            "--purpose",
        ),
        (
            vec!["lint", "--purpose", "rules", &rules],
            "verify and sign",
        ),
    ] {
        let ran = run(&arguments);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(word), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(std::fs::read(&out).unwrap(), b"old");
    let help = run(&["sign", "--help"]);
    assert!(help.status == 0 && help.out.contains("Usage: hcert trust sign"));
    assert!(help.out.lines().all(|line| line.chars().count() <= 80));
}
