//! A list without a signature where the user says who signs: whoever can
//! replace the file would decide what is valid.

use hcert::trust::TrustStore;
use hcert_testkit::programs::Files;
use hcert_testkit::{fixtures, pki::TestKey};
use serde_json::json;

use super::convert::{NOW, verify};
use super::lists::*;
use super::run;

const UNSIGNED: &str = "--dangerously-trust-unsigned";

/// Unsigned lists with the key that verifies the certificate.
fn unsigned_lists(files: &Files) -> Vec<String> {
    let dsc = fixtures::dsc("alpha", &[]);
    let certificates = json!({"certificates": [entry(&dsc, "XX")]}).to_string();
    let mut builder = TrustStore::builder();
    builder.add_bytes("a", certificates.as_bytes()).unwrap();
    let made_at = hcert::Timestamp::parse(NOW).unwrap();
    let snapshot = builder.build().0.to_snapshot(made_at).unwrap();
    let [spki, certificate] = [
        TestKey::new("alpha").spki_der().unwrap(),
        fixtures::dsc("alpha", &[]).der().to_vec(),
    ]
    .map(|der| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, der));
    let jwks = json!({"keys": [{"kty": "EC", "kid": kid(&dsc), "x5c": [certificate]}]});
    let by_kid = json!({kid(&dsc): {"publicKeyPem": spki}});
    let dutch = json!({"eu_keys": {kid(&dsc): [{"subjectPk": spki, "keyUsage": ["v"]}]}});
    vec![
        files.write("certificates", certificates),
        files.write("jwk-set", jwks.to_string()),
        files.write("keys-by-kid", by_kid.to_string()),
        files.write("nl", dutch.to_string()),
        files.write("snapshot", snapshot),
    ]
}

#[test]
fn a_list_without_a_signature_does_not_take_the_place_of_a_signed_one() {
    let files = Files::new("downgrade");
    let anchor = files.anchor("list");
    let out = files.0.join("out").to_str().unwrap().to_owned();
    for list in unsigned_lists(&files) {
        let trust = ["--trust", &list, "--at", NOW];
        // Without a word on who signs, the user vouches for the file.
        assert_eq!(verify(&trust).line()["outcome"], "valid", "{list}");
        for signer in [["--anchor", &anchor], ["--trust-env", "prod"]] {
            let ran = verify(&[&trust[..], &signer].concat());
            assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{list}");
            assert!(ran.err.contains(&list), "{}", ran.err);
            assert!(ran.err.contains(UNSIGNED), "{}", ran.err);
            let ran = verify(&[&trust[..], &signer, &[UNSIGNED]].concat());
            assert_eq!(ran.line()["outcome"], "valid", "{list}");

            let convert = [&["convert", "--out", &out][..], &signer, &[&list]].concat();
            let ran = run(&convert);
            assert_eq!(ran.status, 2, "{list}");
            assert!(ran.err.contains(UNSIGNED), "{}", ran.err);
            assert!(!std::path::Path::new(&out).exists());
        }
    }
}

/// The key of that label as a certificate in three spellings, and bare; the
/// last one has a kid of its own, which no certificate names.
fn key_files(files: &Files, label: &str) -> [String; 5] {
    let dsc = fixtures::dsc(label, &[]);
    let der = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, dsc.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
    let jwk = json!({"kty": "EC", "kid": kid(&dsc), "x5c": [der]});
    [
        files.write("der", dsc.der()),
        files.write("pem", pem),
        files.write("jwk", jwk.to_string()),
        files.write("jwk-set", json!({"keys": [jwk]}).to_string()),
        files.write("spki", TestKey::new(label).spki_der().unwrap()),
    ]
}

#[test]
fn a_certificate_or_key_does_not_take_the_place_of_a_list() {
    let files = Files::new("swapped-for-a-key");
    let anchor = files.anchor("list");
    let out = files.0.join("out").to_str().unwrap().to_owned();
    let maker = files.write("maker.pem", TestKey::new("maker").pkcs8_pem().unwrap());
    let pins = [
        vec![],
        vec!["--anchor", &anchor],
        vec!["--trust-env", "prod"],
        vec!["--anchor", &anchor, "--trust-env", "prod"],
        vec![UNSIGNED],
        vec!["--anchor", &anchor, UNSIGNED],
    ];
    for file in key_files(&files, "alpha") {
        let is_set = file.ends_with("jwk-set");
        for pin in &pins {
            // An unsigned list is one where nothing is pinned.
            let taken = is_set && (pin.is_empty() || pin.contains(&UNSIGNED));
            let trust = ["--trust", &file, "--at", NOW];
            let ran = verify(&[&trust[..], pin].concat());
            let convert = ["convert", "--out", &out, "--key", &maker, "--at", NOW];
            let converted = run(&[&convert[..], pin, &[&file]].concat());
            if taken {
                assert_eq!((ran.status, converted.status), (0, 0), "{file} {pin:?}");
                std::fs::remove_file(&out).unwrap();
                continue;
            }
            assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{file} {pin:?}");
            assert_eq!(converted.status, 2, "{file} {pin:?}");
            assert!(!std::path::Path::new(&out).exists(), "{file} {pin:?}");
            for err in [&ran.err, &converted.err] {
                assert!(err.contains(&file), "{err}");
                let pointer = if is_set { UNSIGNED } else { "--trust-key" };
                assert!(err.contains(pointer), "{err}");
            }
        }
    }
}

#[test]
fn keys_that_the_user_vouches_for_have_an_option_of_their_own() {
    let files = Files::new("own-word");
    let anchor = files.anchor("list");
    for file in key_files(&files, "alpha") {
        let known = !file.ends_with("spki");
        for pin in [&[][..], &["--anchor", &anchor], &["--trust-env", "prod"]] {
            let trust = ["--trust-key", &file, "--at", NOW];
            let ran = verify(&[&trust[..], pin].concat());
            assert_ne!(ran.status, 2, "{}", ran.err);
            assert_eq!(ran.line()["outcome"] == "valid", known, "{file}");
        }
        let out = files.write("out", "");
        let ran = run(&["convert", "--trust-key", &file, "--at", NOW, "--out", &out]);
        assert_eq!(ran.status, 0, "{}", ran.err);
    }
    // It is for keys alone.
    let mut lists = unsigned_lists(&files);
    lists.retain(|list| !list.ends_with("jwk-set"));
    lists.push(files.write("se", swedish()));
    let entry = gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]));
    lists.push(files.write("did.json", gdhcn(DEV, "dev", &[entry])));
    lists.push(files.write("nothing", "neither DER nor JSON"));
    for list in lists {
        let ran = verify(&["--trust-key", &list, "--at", NOW]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{list}");
        assert!(ran.err.contains("--trust-key"), "{}", ran.err);
    }
}

#[test]
fn a_signed_list_is_replaced_by_nothing_that_another_pin_vouches_for() {
    let files = Files::new("another-pin");
    let anchor = files.anchor("list");
    let out = files.0.join("out").to_str().unwrap().to_owned();
    let dsc = fixtures::dsc("alpha", &[]);
    let genuine = gdhcn(DEV, "dev", &[gdhcn_entry(DEV, &dsc)]);
    let mut disguised: serde_json::Value = serde_json::from_str(&genuine).unwrap();
    disguised["kty"] = "EC".into();
    let did = files.write("did.json", genuine);
    let jwk = files.write("jwk.json", disguised.to_string());
    let se = files.write("se", swedish());
    for (list, pin, says) in [
        // A list of the network, which the anchor has not signed.
        (&did, &["--anchor", &anchor][..], "--trust-env"),
        (&jwk, &["--anchor", &anchor], "two forms"),
        (&jwk, &["--trust-env", "dev"], "two forms"),
        (&jwk, &[], "two forms"),
        // A list of a state, which the network has not signed.
        (&se, &["--trust-env", "prod"], "--anchor"),
    ] {
        let ran = verify(&[&["--trust", list, "--at", NOW], pin].concat());
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{list} {pin:?}");
        assert!(ran.err.contains(says), "{}", ran.err);
        let ran = run(&[&["convert", "--out", &out], pin, &[list]].concat());
        assert_eq!(ran.status, 2, "{list} {pin:?}");
        assert!(ran.err.contains(says), "{}", ran.err);
        let ran = run(&[&["verify", "--json"], pin, &[list]].concat());
        assert_eq!(ran.line()["verified"], false, "{list} {pin:?}");
    }
    // With both, each list has its own pin.
    let both = ["--anchor", &anchor, "--trust-env", "prod"];
    let ran = verify(&[&["--trust", &se, "--at", NOW], &both[..]].concat());
    assert_eq!(ran.line()["outcome"], "valid");
    let ran = verify(&[&["--trust", &did, "--at", NOW], &both[..]].concat());
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("dev"), "{}", ran.err);
}

#[test]
fn the_tools_show_nothing_of_a_file_that_the_pin_does_not_vouch_for() {
    let files = Files::new("tools-pinned");
    let anchor = files.anchor("list");
    let entry = gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]));
    let mut swapped = unsigned_lists(&files);
    swapped.extend(key_files(&files, "alpha"));
    swapped.push(files.write("did.json", gdhcn(DEV, "dev", &[entry])));
    for file in &swapped {
        let json = ["inspect", "--json", file];
        let shown = run(&json);
        assert_eq!(
            (shown.status, &shown.line()["reason"]["code"]),
            (0, &serde_json::Value::Null)
        );
        for pin in [["--anchor", &anchor], ["--trust-env", "prod"]] {
            let ran = run(&[&json[..], &pin].concat());
            assert_eq!(ran.status, 1, "{file} {pin:?}: {}", ran.err);
            assert_ne!(ran.line()["reason"]["code"], serde_json::Value::Null);
            assert_eq!(ran.line()["entries"], serde_json::Value::Null);
            let ran = run(&[&["diff", file, file][..], &pin].concat());
            assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{file} {pin:?}");
            let ran = run(&[&["lint", "--json", file][..], &pin].concat());
            assert_eq!(ran.line()["errors"], 1, "{file} {pin:?}");
            assert_eq!(ran.line()["authenticated"], false);
        }
    }
    // Of documents, an environment says nothing.
    let ran = run(&[
        "verify",
        "--purpose",
        "rules",
        "--trust-env",
        "prod",
        "--anchor",
        &anchor,
        &anchor,
    ]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--trust-env"), "{}", ran.err);
}

#[test]
fn a_state_that_knows_the_networks_lists_pins_them() {
    let files = Files::new("state-pins");
    let state = |lists: &str| {
        files.write(
            "state.json",
            format!(r#"{{"version": 1, "lists": {{{lists}}}}}"#),
        )
    };
    let network = r#""did:web:tng-cdn.who.int:v2:trustlist": {"issuedAt": 1600000000}"#;
    for list in unsigned_lists(&files) {
        let trust = ["--trust", &list, "--at", NOW, "--state"];
        let ran = verify(&[&trust[..], &[&state("")]].concat());
        assert_eq!(ran.line()["outcome"], "valid", "{list}");
        let ran = verify(&[&trust[..], &[&state(network)]].concat());
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{list}");
        assert!(ran.err.contains("--state"), "{}", ran.err);
    }
}

#[test]
fn what_is_no_trust_list_is_named_and_where_it_goes() {
    let files = Files::new("no-trust-list");
    let key = files.write("maker.pem", TestKey::new("list").pkcs8_pem().unwrap());
    let text = files.write("rules.json", r#"[{"Identifier": "GR-XX-0001"}]"#);
    let rules = files.write("rules.signed", "");
    let sign = [
        "sign",
        "--purpose",
        "rules",
        "--key",
        &key,
        "--at",
        NOW,
        "--out",
        &rules,
        &text,
    ];
    assert_eq!(run(&sign).status, 0);
    let batch = r#"{"country":"XX","expires":"2030-01-01T00:00:00Z","kid":"AAAA","hashType":"SIGNATURE","entries":[]}"#;
    let batch = files.write("batch.json", batch);
    for (file, says) in [
        (&rules, "a signed document (hcert-document)"),
        (&batch, "--revocations"),
    ] {
        for pin in [&[][..], &["--trust-env", "prod"]] {
            let ran = verify(&[&["--trust", file, "--at", NOW], pin].concat());
            assert_eq!(ran.status, 2);
            assert!(ran.err.contains(says), "{}", ran.err);
            assert!(!ran.err.contains("second file"), "{}", ran.err);
        }
        let ran = run(&["verify", "--json", file]);
        assert_eq!(ran.line()["reason"]["code"], "trust-not-a-list");
    }
}

#[test]
fn a_certificate_of_the_gateway_is_what_the_user_says() {
    let ran = verify(&["--gateway-role", "upload:00", "--trust", "x"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("upload:SHA256"), "{}", ran.err);
    for wrong in [
        "upload",
        "dsc:",
        &format!("dsc:{}", "00".repeat(32)),
        &format!("upload:{}", "é".repeat(32)),
    ] {
        assert_eq!(verify(&["--gateway-role", wrong]).status, 2, "{wrong}");
    }
    let role = format!("csca:{}", "0A".repeat(32));
    let ran = verify(&["--gateway-role", &role, "--at", NOW]);
    assert_eq!(ran.status, 1, "{}", ran.err);
}
