//! `verify --revocations`, as a user runs it: a list, the set that
//! `revocation build` makes of it, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;
#[path = "common/programs.rs"]
mod programs;

use common::{dsc, issued, trust, vaccination};
use hcert::revocation::IdentifierKind;
use hcert::verify::Verifier;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use programs::{Files, Ran, run};
use serde_json::Value;

const NOW: &str = "2021-07-01T00:00:00Z";

fn verify(files: &Files, more: &[&str]) -> Ran {
    let store = files.write("trust.der", dsc("alpha", &[]).der());
    let code = issued("alpha", &vaccination()).text().to_owned();
    let fixed = ["--json", "--trust-key", &store, "--at", NOW];
    run("verify", &[&fixed, more, &[&code]].concat())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lines for `revocation build` that name the certificate by its UVCI.
fn naming_it() -> String {
    let text = issued("alpha", &vaccination()).text().to_owned();
    let now = hcert::Timestamp::parse(NOW).unwrap();
    let verdict = Verifier::new(trust(&[&dsc("alpha", &[])])).verify(&text, now);
    let mut ids = verdict.identifiers().iter();
    let uci = ids.find(|id| id.kind() == IdentifierKind::Uci).unwrap();
    let kid = hex(dsc("alpha", &[]).kid().as_bytes());
    format!("{kid} uci {}\n", hex(&uci.hash()[..16]))
}

fn covering_it() -> String {
    format!("{}\n", hex(dsc("alpha", &[]).kid().as_bytes()))
}

/// A set of these lines, made at that time.
fn set(files: &Files, name: &str, lines: &str, more: &[&str]) -> String {
    let lines = files.write("lines.txt", lines);
    let out = files.0.join(name).to_str().unwrap().to_owned();
    let ran = run(
        "revocation",
        &[&["build", "--out", &out], more, &[&lines]].concat(),
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    out
}

fn keys(files: &Files) -> [String; 2] {
    let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let private = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
    let public = secret.public_key().to_public_key_pem(LineEnding::LF);
    [
        files.write("private.pem", private.as_bytes()),
        files.write("public.pem", public.unwrap()),
    ]
}

fn result(line: &Value) -> &Value {
    let steps = line["steps"].as_array().unwrap();
    steps
        .iter()
        .find(|step| step["step"] == "revocation")
        .unwrap()
}

/// From the certificate to the set that revokes it, with the programs alone.
#[test]
fn whoever_has_a_certificate_can_revoke_it() {
    let files = Files::new("verify-identify");
    let store = files.write("trust.der", dsc("alpha", &[]).der());
    let code = issued("alpha", &vaccination()).text().to_owned();
    for (kinds, count) in [(&[][..], 3), (&["--kind", "uci"], 1)] {
        let ran = run(
            "revocation",
            &[&["identify", "--trust-key", &store], kinds, &[&code]].concat(),
        );
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(ran.out.lines().count(), count);
        let set = set(&files, "revoked.set", &ran.out, &["--at", NOW]);
        let ran = verify(&files, &["--revocations", &set]);
        assert_eq!(ran.line()["outcome"], "revoked");
    }
    let no_uci = ["identify", "--trust-key", &store, "--kind", "jti", &code];
    let ran = run("revocation", &no_uci);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("no identifier of this --kind"),
        "{}",
        ran.err
    );
    // Nobody is revoked by a certificate that somebody made up.
    let forged = issued("beta", &vaccination()).text().to_owned();
    let ran = run("revocation", &["identify", "--trust-key", &store, &forged]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.err);
    assert!(ran.err.contains("not named"), "{}", ran.err);
    assert!(!ran.err.contains(&forged), "{}", ran.err);
}

#[test]
fn a_set_names_it_or_covers_it() {
    let files = Files::new("verify-set");
    let at = ["--at", "2021-06-30T23:00:00Z"];
    let naming = set(&files, "naming.set", &naming_it(), &at);
    let ran = verify(&files, &["--revocations", &naming]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let line = ran.line();
    assert_eq!(
        (&line["outcome"], &line["reason"]),
        (&"revoked".into(), &"revoked".into())
    );
    assert_eq!(line["revocation_lists"][0]["list"], naming.as_str());
    assert_eq!(line["revocation_lists"][0]["dated"], "2021-06-30T23:00:00Z");
    assert_eq!(line["revocation_lists"][0]["authenticated"], false);

    let covering = set(&files, "covering.set", &covering_it(), &at);
    let required = |age| {
        verify(
            &files,
            &["--revocations", &covering, "--require-revocations", age],
        )
    };
    let ran = required("2h");
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(result(&ran.line())["result"], "passed");
    let ran = required("59m");
    assert_eq!(ran.line()["reason"], "revocation-stale");
    let other = set(&files, "other.set", "3132333435363738\n", &at);
    let ran = verify(
        &files,
        &["--revocations", &other, "--require-revocations", "2h"],
    );
    assert_eq!(ran.line()["reason"], "revocation-missing");
}

#[test]
fn a_signed_set_is_taken_from_its_signer_alone_and_not_from_the_past() {
    let files = Files::new("verify-signed-set");
    let [private, public] = keys(&files);
    let made = |name: &str, at: &str| {
        let options = ["--at", at, "--key", &private];
        set(&files, name, &covering_it(), &options)
    };
    let older = made("older.set", "2021-06-29T00:00:00Z");
    let newer = made("newer.set", "2021-06-30T00:00:00Z");
    let ran = verify(&files, &["--revocations", &newer]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err.contains("name its signer with --revocation-anchor"),
        "{}",
        ran.err
    );

    let state = files.0.join("state.json").to_str().unwrap().to_owned();
    let with_state = |set: &str| {
        let options = [
            "--revocation-anchor",
            &public,
            "--state",
            &state,
            "--revocations",
            set,
        ];
        verify(&files, &options)
    };
    let ran = with_state(&newer);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.line()["revocation_lists"][0]["authenticated"], true);
    let ran = with_state(&older);
    assert_eq!(ran.status, 2, "{}", ran.out);
    assert!(ran.err.contains("older"), "{}", ran.err);

    let unsigned = set(&files, "unsigned.set", &covering_it(), &[]);
    let ran = verify(
        &files,
        &["--revocation-anchor", &public, "--revocations", &unsigned],
    );
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("nobody signed it"), "{}", ran.err);
    let mut bytes = std::fs::read(&newer).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = files.write("changed.set", &bytes);
    let ran = verify(
        &files,
        &["--revocation-anchor", &public, "--revocations", &changed],
    );
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("signature"), "{}", ran.err);
    let cut = files.write("cut.set", &bytes[..20]);
    let ran = verify(&files, &["--revocations", &cut]);
    assert_eq!(ran.status, 2, "{}", ran.out);
}
