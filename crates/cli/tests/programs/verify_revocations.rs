//! `verify --revocations`, as a user runs it: a list, the set that
//! `revocation build` makes of it, and what is refused.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::revocation::IdentifierKind;
use hcert::verify::Verifier;
use hcert_testkit::fixtures::{dsc, issued, trust, vaccination};
use hcert_testkit::programs::{Files, Ran, run};
use hcert_testkit::text::hex;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde_json::{Value, json};

const NOW: &str = "2021-07-01T00:00:00Z";

fn verify(files: &Files, more: &[&str]) -> Ran {
    let store = files.write("trust.der", dsc("alpha", &[]).der());
    let code = issued("alpha", &vaccination()).text().to_owned();
    let fixed = ["--json", "--trust-key", &store, "--at", NOW];
    run("verify", &[&fixed, more, &[&code]].concat())
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
        (&line["outcome"], &line["reason"]["code"]),
        (&"revoked".into(), &"revoked".into())
    );
    assert_eq!(line["revocation"]["lists"][0]["label"], naming.as_str());
    assert_eq!(
        line["revocation"]["lists"][0]["dated"],
        "2021-06-30T23:00:00Z"
    );
    assert_eq!(line["revocation"]["lists"][0]["authenticated"], false);

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
    assert_eq!(ran.line()["reason"]["code"], "revocation-stale");
    let other = set(&files, "other.set", "3132333435363738\n", &at);
    let ran = verify(
        &files,
        &["--revocations", &other, "--require-revocations", "2h"],
    );
    assert_eq!(ran.line()["reason"]["code"], "revocation-missing");
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
    assert_eq!(ran.line()["revocation"]["lists"][0]["authenticated"], true);
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

/// A chunk of Italy's list that names the certificate, or nobody.
fn chunk(number: u64, last: u64, names_it: bool) -> String {
    let lines = naming_it();
    let hash = lines.split_whitespace().last().unwrap();
    let hash: Vec<u8> = (0..hash.len() / 2)
        .map(|n| u8::from_str_radix(&hash[2 * n..2 * n + 2], 16).unwrap())
        .collect();
    let listed = names_it.then(|| BASE64_STANDARD.encode(hash));
    let listed: Vec<_> = listed.into_iter().collect();
    json!({"version": 5, "chunk": number, "lastChunk": last, "revokedUcvi": listed}).to_string()
}

#[test]
fn the_chunks_of_italy_s_list_are_joined_in_whatever_order_they_come() {
    let files = Files::new("verify-italian");
    let first = files.write("first.json", chunk(1, 2, false));
    let second = files.write("second.json", chunk(2, 2, true));
    let covering = set(&files, "covering.set", &covering_it(), &["--at", NOW]);
    let at = ["--at", NOW];
    for order in [[&first, &second], [&second, &first]] {
        let [a, b] = order.map(String::as_str);
        // Other lists may stand between them.
        let given = [
            "--revocations",
            a,
            "--revocations",
            &covering,
            "--revocations",
            b,
        ];
        let ran = verify(&files, &given);
        assert_eq!(ran.status, 1, "{}", ran.err);
        assert_eq!(ran.line()["outcome"], "revoked");
        let made = files.0.join("italian.set").to_str().unwrap().to_owned();
        let build = [&["build", "--out", &made][..], &at, &[a, b]].concat();
        let ran = run("revocation", &build);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let ran = verify(&files, &["--revocations", &made]);
        assert_eq!(ran.line()["outcome"], "revoked", "{}", ran.err);
    }
    for (given, missing) in [(&first, "chunk 2 of 2"), (&second, "chunk 1 of 2")] {
        let ran = verify(&files, &["--revocations", given]);
        assert_eq!(ran.status, 2, "{}", ran.out);
        assert!(ran.err.contains(missing), "{}", ran.err);
        let out = files.0.join("no.set").to_str().unwrap().to_owned();
        let ran = run("revocation", &["build", "--out", &out, given]);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(missing), "{}", ran.err);
    }
    // A later change, and one that doesn't belong to it.
    let hash = chunk(1, 1, true);
    let hash: Value = serde_json::from_str(&hash).unwrap();
    let change = |from: u64| {
        json!({"fromVersion": from, "version": from + 1, "chunk": 1, "lastChunk": 1,
            "delta": {"insertions": [], "deletions": hash["revokedUcvi"]}})
        .to_string()
    };
    let change = [5, 6, 8].map(|from| files.write(&format!("{from}.json"), change(from)));
    let with = |changes: &[&String]| {
        let mut given = Vec::new();
        for file in changes.iter().copied().chain([&first, &second]) {
            given.extend(["--revocations", file.as_str()]);
        }
        verify(&files, &given)
    };
    let ran = with(&[&change[1], &change[0]]);
    assert_eq!(
        (ran.status, &ran.line()["outcome"]),
        (0, &"valid".into()),
        "{}",
        ran.err
    );
    let ran = with(&[&change[2]]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("another version"), "{}", ran.err);
}

/// Germany's list in several maps: what is on any of them is revoked.
#[test]
fn a_list_in_several_kid_maps_counts_as_a_whole() {
    let files = Files::new("verify-kid-maps");
    let lines = naming_it();
    let mut words = lines.split_whitespace();
    let bytes = |text: &str| -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    };
    let (kid, hash) = (bytes(words.next().unwrap()), bytes(words.nth(1).unwrap()));
    let map =
        |kid: &[u8], hash: &[u8]| [&[0xa1, 0x49][..], kid, &[0x0b, 0x81, 0x50], hash].concat();
    let naming = files.write("naming.cbor", map(&kid, &hash));
    let other = files.write("other.cbor", map(b"87654321", &hash));
    for [a, b] in [[&naming, &other], [&other, &naming]] {
        let ran = verify(&files, &["--revocations", a, "--revocations", b]);
        assert_eq!(ran.line()["outcome"], "revoked", "{}", ran.err);
    }
}

#[test]
fn an_older_map_is_refused_after_a_set_of_the_same_signer() {
    let files = Files::new("verify-rollback");
    let [private, public] = keys(&files);
    let pem = std::fs::read_to_string(&private).unwrap();
    let signer = hcert::issue::P256Signer::from_pkcs8_pem(&pem).unwrap();
    let made = hcert::Timestamp::parse("2021-06-29T00:00:00Z").unwrap();
    let map = hcert::trust::SignedDocument::sign("revocation", &[0xa0], made, None, &signer);
    let map = files.write("map.cose", map.unwrap());
    let newer = ["--at", "2021-06-30T00:00:00Z", "--key", &private];
    let set = set(&files, "newer.set", &covering_it(), &newer);
    for [first, second] in [[&set, &map], [&map, &set]] {
        let state = files.0.join("state.json");
        let _ = std::fs::remove_file(&state);
        let state = state.to_str().unwrap();
        let ran = |list: &str| {
            let options = ["--revocation-anchor", &public, "--state", state];
            verify(&files, &[&options[..], &["--revocations", list]].concat())
        };
        assert_eq!(ran(first).status, 0);
        let again = ran(second);
        let refused = second == &map;
        assert_eq!(again.status, if refused { 2 } else { 0 }, "{}", again.err);
        assert_eq!(again.err.contains("older"), refused, "{}", again.err);
    }
}

#[test]
fn the_headline_says_that_the_set_has_ended() {
    let files = Files::new("verify-ended");
    let ends = [
        "--at",
        "2021-06-29T00:00:00Z",
        "--expires",
        "2021-06-30T00:00:00Z",
    ];
    let ended = set(&files, "ended.set", &covering_it(), &ends);
    let store = files.write("trust.der", dsc("alpha", &[]).der());
    let code = issued("alpha", &vaccination()).text().to_owned();
    let shown = |at: &str| {
        let options = [
            "--trust-key",
            &store,
            "--at",
            at,
            "--revocations",
            &ended,
            &code,
        ];
        run("verify", &options)
    };
    let ran = shown(NOW);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let head: Vec<_> = ran.out.lines().take(2).collect();
    assert!(
        head[0].starts_with("VALID, REVOCATION LIST EXPIRED"),
        "{head:?}"
    );
    assert!(
        head[1].contains("expired at 2021-06-30T00:00:00Z"),
        "{head:?}"
    );
    let ran = shown("2021-06-30T00:00:00Z");
    assert!(ran.out.starts_with("VALID  "), "{}", ran.out);
    // To machines, the step says so.
    let line = verify(&files, &["--revocations", &ended]).line();
    let step = result(&line);
    assert_eq!(step["reason"]["code"], "revocation-data-stale");
    assert!(
        step["reason"]["message"]
            .as_str()
            .unwrap()
            .contains("expired at"),
        "{step}"
    );
}

/// In whatever order they are given, and however often.
#[test]
fn two_signed_lists_of_one_signer_have_one_date() {
    let files = Files::new("verify-two-lists");
    let [private, public] = keys(&files);
    let made = |name: &str, at: &str| {
        let options = ["--at", at, "--key", &private];
        set(&files, name, &covering_it(), &options)
    };
    let older = made("older.set", "2021-06-29T00:00:00Z");
    let newer = made("newer.set", "2021-06-30T00:00:00Z");
    let again = made("again.set", "2021-06-30T00:00:00Z");
    let state = files.0.join("state.json").to_str().unwrap().to_owned();
    let both = |a: &str, b: &str| {
        let fixed = ["--revocation-anchor", &public, "--state", &state];
        verify(
            &files,
            &[&fixed[..], &["--revocations", a, "--revocations", b]].concat(),
        )
    };
    for _ in 0..2 {
        for [a, b] in [[&older, &newer], [&newer, &older]] {
            let ran = both(a, b);
            assert_eq!(ran.status, 2, "{}", ran.out);
            assert!(ran.err.contains("one list for each signer"), "{}", ran.err);
        }
    }
    for [a, b] in [[&again, &newer], [&newer, &again]] {
        assert_eq!(both(a, b).status, 0);
    }
}

/// Batches that are together all there are say of no certificate more than the
/// oldest of them does: a set of both is as old as that.
#[test]
fn batches_that_are_all_together_are_as_old_as_the_oldest() {
    let files = Files::new("verify-all-batches");
    let kid = BASE64_STANDARD.encode(dsc("alpha", &[]).kid().as_bytes());
    let batch = |kid: &str, n: u8| {
        let hash = BASE64_STANDARD.encode([n; 16]);
        json!({"country": "XX", "expires": "2022-01-01T00:00:00Z", "kid": kid,
            "hashType": "SIGNATURE", "entries": [{"hash": hash}]})
        .to_string()
    };
    let now = hcert::Timestamp::parse(NOW).unwrap();
    let aged = |name: &str, content: String, days: u64| {
        let path = files.write(name, content);
        let seconds = u64::try_from(now.seconds()).unwrap() - days * 86_400;
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(time)
            .unwrap();
        path
    };
    let new = aged("new.json", batch(&kid, 1), 0);
    let old = aged("old.json", batch("UNKNOWN_KID", 2), 30);
    let recent = aged("recent.json", batch("UNKNOWN_KID", 2), 6);
    let valid = (0, json!("valid"), Value::Null);
    let stale = (1, json!("unascertained"), json!("revocation-stale"));
    let required = ["--all-batches", "--require-revocations", "7d"];
    for (given, expected) in [
        (vec![&new], &valid),
        (vec![&new, &old], &stale),
        (vec![&old, &new], &stale),
        (vec![&new, &recent], &valid),
        (vec![&recent, &new, &old], &stale),
    ] {
        let mut more = required.to_vec();
        for file in &given {
            more.extend(["--revocations", file.as_str()]);
        }
        let ran = verify(&files, &more);
        let line = ran.line();
        let found = (
            ran.status,
            line["outcome"].clone(),
            result(&line)["reason"]["code"].clone(),
        );
        assert_eq!(&found, expected, "{given:?} {}", ran.out);
    }
}
