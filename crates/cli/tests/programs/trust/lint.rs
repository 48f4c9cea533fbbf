//! `trust lint`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::trust::Dsc;
use hcert_testkit::pki::{self, TestKey};
use hcert_testkit::programs::Files;
use hcert_testkit::{fixtures, raw};
use serde_json::{Value, json};

use super::lists::*;
use super::run;

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

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
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
    let list = german(&[entry(&fixtures::dsc("alpha", &[]), "XX")]);
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
    let [alpha, beta] = ["alpha", "beta"].map(|label| fixtures::dsc(label, &[]));
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
            1,
            &[("error", "trust-unsigned")],
        ),
        (
            "unpinned",
            jwk(json!({})),
            &[],
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
fn lint_knows_keys_that_anybody_can_sign_with() {
    let files = Files::new("lint-published");
    // RFC 7515, appendix A.3.1.
    let key = json!({
        "kty": "EC", "crv": "P-256", "kid": "A.3",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let list = files.write("keys.json", json!({"keys": [key]}).to_string());
    let (status, found) = lint(&[&list]);
    assert_eq!((status, pairs(&found)[0]), (1, ("error", "published-key")));
}

#[test]
fn lint_judges_keys_at_the_time_that_is_named() {
    let files = Files::new("lint-keys");
    let own = files.anchor("list");
    let key = TestKey::new("csca");
    let spec = spec("CN=DSC,C=XX", "CN=CSCA,C=XX", false);
    let weak = rsa_certificate(&raw::RsaSigner::new(1024), &spec, &key);
    let weak = Dsc::from_der(&weak).unwrap();
    let alpha = fixtures::dsc("alpha", &[]);
    // Another certificate for the same key.
    let again = fixtures::dsc("alpha", &[pki::EKU_TEST]);
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
        .map(|label| entry(&fixtures::dsc(label, &[]), "XX"))
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
    let dsc = fixtures::dsc("alpha", &[]);
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
