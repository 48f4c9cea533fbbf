//! A list without a signature where the user says who signs: whoever can
//! replace the file would decide what is valid.

use hcert::trust::TrustStore;
use serde_json::json;

use crate::common::{self, pki::TestKey};
use crate::convert::{NOW, verify};
use crate::lists::*;
use crate::{Files, run};

const UNSIGNED: &str = "--dangerously-trust-unsigned";

/// Unsigned lists with the key that verifies the certificate.
fn unsigned_lists(files: &Files) -> Vec<String> {
    let dsc = common::dsc("alpha", &[]);
    let certificates = json!({"certificates": [entry(&dsc, "XX")]}).to_string();
    let mut builder = TrustStore::builder();
    builder.add_bytes("a", certificates.as_bytes()).unwrap();
    let made_at = hcert::Timestamp::parse(NOW).unwrap();
    let snapshot = builder.build().0.to_snapshot(made_at).unwrap();
    let [spki, certificate] = [
        TestKey::new("alpha").spki_der().unwrap(),
        common::dsc("alpha", &[]).der().to_vec(),
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

#[test]
fn a_certificate_or_key_beside_an_anchor_is_the_users_word() {
    let files = Files::new("own-word");
    let anchor = files.anchor("list");
    let dsc = common::dsc("alpha", &[]);
    let der = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, dsc.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
    let jwk = json!({"kty": "EC", "kid": kid(&dsc), "x5c": [der]}).to_string();
    for file in [
        files.write("der", dsc.der()),
        files.write("pem", pem),
        files.write("jwk", jwk),
        files.write("spki", TestKey::new("alpha").spki_der().unwrap()),
    ] {
        let ran = verify(&["--trust", &file, "--anchor", &anchor, "--at", NOW]);
        assert_ne!(ran.status, 2, "{}", ran.err);
        // A bare key has a kid of its own, which no certificate names.
        let known = !file.ends_with("spki");
        assert_eq!(ran.line()["outcome"] == "valid", known, "{file}");
    }
}
