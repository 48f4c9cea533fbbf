//! The program `revocation`, as a user runs it.

use std::fs;
use std::path::Path;

use hcert::issue::P256Signer;
use hcert_testkit::programs::{self, Files, Ran};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

const PROGRAM: &str = "revocation";
const LIST: &str = "\
# two signers, one without an entry
3132333435363738 uci 000102030405060708090a0b0c0d0e0f
3132333435363738 UCI 101112131415161718191a1b1c1d1e1f

3132333435363738 0a 000102030405060708090A0B0C0D0E0F
6162636465666768
";
const HASH: &str = "000102030405060708090a0b0c0d0e0f";
const KID: &str = "3132333435363738";

fn run(arguments: &[&str]) -> Ran {
    programs::run(PROGRAM, arguments)
}

fn path(files: &Files, name: &str) -> String {
    files.0.join(name).to_str().unwrap().to_owned()
}

fn write(files: &Files, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = path(files, name);
    fs::write(&path, content).unwrap();
    path
}

/// Writes the list as a set, and gives its path.
fn built(files: &Files, list: &str, name: &str, options: &[&str]) -> String {
    let input = write(files, "list.txt", list);
    let out = path(files, name);
    let fixed = ["build", "--at", "2026-08-22T12:00:00Z", "--out", &out];
    let ran = run(&[&fixed, options, &[&input]].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    out
}

/// A private and a public key in PEM.
fn keys(files: &Files) -> [String; 2] {
    let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let private = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
    P256Signer::from_pkcs8_pem(&private).unwrap();
    let public = secret
        .public_key()
        .to_public_key_pem(LineEnding::LF)
        .unwrap();
    [
        write(files, "private.pem", private.as_bytes()),
        write(files, "public.pem", public),
    ]
}

#[test]
fn builds_inspects_and_checks() {
    let files = Files::new("revocation-check");
    for options in [&[][..], &["--exact"], &["--false-positive-rate", "2^-40"]] {
        let set = built(&files, LIST, "set", options);
        let shown = run(&["inspect", &set]);
        assert_eq!(shown.status, 0);
        for text in [
            "2026-08-22T12:00:00Z",
            "uci, 16 bytes: 2",
            "list.txt",
            "not checked",
        ] {
            assert!(shown.out.contains(text), "{text}: {}", shown.out);
        }
        let shown = run(&["inspect", "--json", &set]).line();
        assert_eq!((&shown["entries"], &shown["kids"]), (&3.into(), &2.into()));
        assert_eq!(shown["sources"][0]["identity"], "list.txt");

        let check = |kid, kind, hash| run(&["check", &set, kid, kind, hash]);
        assert_eq!(check(KID, "uci", HASH).status, 1);
        let whole = format!("{HASH}{HASH}");
        assert_eq!(check(KID, "signature", &whole).status, 1);
        assert_eq!(check(KID, "country-code-uci", HASH).status, 3);
        assert_eq!(check("6162636465666768", "uci", HASH).status, 0);
        assert_eq!(check("ff", "uci", HASH).status, 3);
        let checked = run(&["check", "--json", &set, KID, "uci", HASH]).line();
        assert_eq!(checked["status"], "revoked");
        assert_eq!(checked["made_at"], "2026-08-22T12:00:00Z");
        for wrong in [[KID, "uci", "00"], [KID, "name", HASH], ["x", "uci", HASH]] {
            let ran = check(wrong[0], wrong[1], wrong[2]);
            assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{wrong:?}");
        }
    }
}

#[test]
fn a_signature_is_checked_where_an_anchor_is_given() {
    let files = Files::new("revocation-signed");
    let [private, public] = keys(&files);
    let set = built(&files, LIST, "set", &["--key", &private]);
    let shown = run(&["inspect", "--anchor", &public, "--json", &set]).line();
    assert_eq!(shown["signature_checked"], true);
    let checked = run(&["check", "--anchor", &public, &set, KID, "uci", HASH]);
    assert_eq!((checked.status, checked.err.as_str()), (1, ""));

    let unsigned = built(&files, LIST, "unsigned", &[]);
    let ran = run(&["inspect", "--anchor", &public, &unsigned]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("[revocation-set-unsigned]"), "{}", ran.err);
    assert_eq!(
        run(&["check", "--anchor", &public, &unsigned, KID, "uci", HASH]).status,
        2
    );

    let mut bytes = fs::read(&set).unwrap();
    bytes[300] ^= 1;
    let changed = write(&files, "changed", &bytes);
    let ran = run(&["inspect", "--json", "--anchor", &public, &changed]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.line()["error"]["code"], "revocation-set-signature");
    assert_eq!(run(&["inspect", &changed]).status, 0);
}

#[test]
fn says_how_sets_differ() {
    let files = Files::new("revocation-diff");
    let old = built(&files, LIST, "old", &[]);
    let more = format!("{LIST}ff uci {HASH}\n");
    let new = built(&files, &more, "new", &[]);
    let ran = run(&["diff", &old, &new]);
    assert_eq!(ran.status, 1);
    for text in [
        "uci, 16 bytes: 2 → 3 entries",
        "+ ff",
        "other signers or entries",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    let line = run(&["diff", "--json", &new, &old]).line();
    assert_eq!(line["same_content"], false);
    assert_eq!(line["kids_removed"][0], "ff");
    assert_eq!(line["old"]["entries"], 4);
    // The same entries in another order, and more often.
    let turned: Vec<_> = LIST.lines().chain(LIST.lines()).rev().collect();
    let same = built(
        &files,
        &turned.join("\n"),
        "same",
        &["--expires", "2026-09-01T00:00:00Z"],
    );
    assert_eq!(run(&["diff", &old, &same]).status, 0);
}

#[test]
fn refuses_what_it_cannot_take() {
    let files = Files::new("revocation-wrong");
    let out = path(&files, "out");
    for (line, message) in [
        ("31 uci", "line 1: not KID"),
        ("31 uci 00 00", "line 1: not KID"),
        ("3 uci 00", "line 1: the kid"),
        ("# fine\n31 name 00", "line 2: the kind"),
        ("31 uci 0", "line 1: the hash is not hex"),
        ("31 uci ", "line 1: not KID"),
    ] {
        let list = write(&files, "list.txt", line);
        let ran = run(&["build", "--out", &out, &list]);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(message), "{line}: {}", ran.err);
    }
    let long = write(&files, "list.txt", format!("31 uci {}", "00".repeat(33)));
    let ran = run(&["build", "--out", &out, &long]);
    assert!(ran.err.contains("33 bytes, not 4 to 32"), "{}", ran.err);
    assert!(!Path::new(&out).exists());

    let list = write(&files, "list.txt", LIST);
    for arguments in [
        &["build", &list][..],
        &["build", "--out", &out],
        &[
            "build",
            "--out",
            &out,
            "--exact",
            "--false-positive-rate",
            "0.1",
            &list,
        ],
        &["build", "--out", &out, "--false-positive-rate", "2", &list],
        &["build", "--out", &out, "no such file"],
        &["build", "--out", &out, "--key", &list, &list],
        &["inspect"],
        &["inspect", "no such file"],
        &["check", &list, KID, "uci", HASH],
        &["diff", &list],
        &["other"],
        &[],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.starts_with("hcert revocation: "), "{}", ran.err);
    }
    let not_set = run(&["inspect", &list]);
    assert_eq!(not_set.status, 1);
    assert!(not_set.err.contains("[revocation-set-unrecognised]"));
    for command in ["--help", "build", "inspect", "check", "diff"] {
        let help = ["--help"].into_iter().filter(|_| command != "--help");
        let ran = run(&[command].into_iter().chain(help).collect::<Vec<_>>());
        assert_eq!(ran.status, 0);
        assert!(ran.out.contains("Usage: hcert revocation"));
    }
}

#[test]
fn reads_standard_input() {
    let files = Files::new("revocation-stdin");
    let out = path(&files, "set");
    let list = format!("* uci {HASH}\n");
    let ran = programs::run_with_stdin(PROGRAM, &["build", "--out", &out, "-"], list.as_bytes());
    assert_eq!(ran.status, 0, "{}", ran.err);
    // Found under every kid; of other certificates nothing is said.
    assert_eq!(run(&["check", &out, "ff", "uci", HASH]).status, 1);
    let other = HASH.replace('0', "1");
    assert_eq!(run(&["check", &out, "ff", "uci", &other]).status, 3);
    assert_eq!(run(&["inspect", "--json", &out]).line()["any_kid"], false);
    let list = format!("*\n{list}");
    let ran = programs::run_with_stdin(PROGRAM, &["build", "--out", &out, "-"], list.as_bytes());
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(run(&["check", &out, "ff", "uci", &other]).status, 0);
    assert_eq!(run(&["inspect", "--json", &out]).line()["any_kid"], true);
}

const BATCH: &str = r#"{"country": "XX", "expires": "2022-11-01T00:00:00Z",
    "kid": "MTIzNDU2Nzg=", "hashType": "UCI",
    "entries": [{"hash": "AAECAwQFBgcICQoLDA0ODw=="}]}"#;

/// The forms that `verify` reads are read here as well.
#[test]
fn makes_a_set_of_the_gateway_s_batches() {
    let files = Files::new("revocation-batches");
    let (batch, out) = (files.write("batch.json", BATCH), path(&files, "set"));
    let other = HASH.replace('0', "1");
    for (options, covered) in [(&[][..], 3), (&["--all-batches"], 0)] {
        let ran = run(&[&["build", "--out", &out], options, &[&batch]].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(run(&["check", &out, KID, "uci", HASH]).status, 1);
        assert_eq!(run(&["check", &out, KID, "uci", &other]).status, covered);
    }
    let line = run(&["inspect", "--json", &out]).line();
    assert_eq!(line["sources"][0]["identity"], "batch.json");
    // Undated, so it counts from when the file was written.
    assert!(line["sources"][0]["dated"].is_string(), "{line}");

    let [_, public] = keys(&files);
    let ran = run(&[
        "build",
        "--out",
        &out,
        "--revocation-anchor",
        &public,
        &batch,
    ]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("nobody signed it"), "{}", ran.err);
    let ran = run(&["build", "--out", &path(&files, "again"), &out]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err.contains("give the lists that it was made of"),
        "{}",
        ran.err
    );
}

/// Such as a download that failed: whoever would have been on it would pass.
#[test]
fn an_empty_file_is_no_list() {
    let files = Files::new("revocation-empty");
    let [_, public] = keys(&files);
    let out = path(&files, "set");
    for content in ["", "\n", "# nothing\n"] {
        let empty = files.write("empty", content);
        for options in [&[][..], &["--revocation-anchor", &public]] {
            let ran = run(&[&["build", "--out", &out], options, &[&empty]].concat());
            assert_eq!(ran.status, 2, "{content:?}");
            assert!(ran.err.contains("empty"), "{}", ran.err);
        }
    }
}

/// Whoever embeds it would have no list at all, and believe to have one.
#[test]
fn an_end_in_the_past_is_refused() {
    let files = Files::new("revocation-ended");
    let list = write(&files, "list.txt", LIST);
    let out = path(&files, "set");
    let build =
        |options: &[&str]| run(&[&["build", "--out", &out][..], options, &[&list]].concat());
    for options in [
        &["--expires", "2021-01-01T00:00:00Z"][..],
        &[
            "--expires",
            "2021-01-01T00:00:00Z",
            "--at",
            "2021-01-01T00:00:01Z",
        ],
    ] {
        let ran = build(options);
        assert_eq!(ran.status, 2, "{options:?}: {}", ran.err);
        assert!(ran.err.contains("2021-01-01T00:00:00Z"), "{}", ran.err);
        assert!(!Path::new(&out).exists());
    }
    let ran = build(&[
        "--expires",
        "2021-01-02T00:00:00Z",
        "--at",
        "2021-01-01T00:00:00Z",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("has ended"), "{}", ran.err);
    let ran = build(&["--expires", "2999-01-02T00:00:00Z"]);
    assert!(!ran.err.contains("has ended"), "{}", ran.err);
}

/// Whoever can write the signed list could write lines in its place.
#[test]
fn lines_do_not_stand_in_for_a_signed_list() {
    let files = Files::new("revocation-lines");
    let [_, public] = keys(&files);
    let (all, list) = (write(&files, "all", "*"), write(&files, "list.txt", LIST));
    let out = path(&files, "set");
    let build = |more: &[&str]| {
        let fixed = ["build", "--out", &out, "--revocation-anchor", &public];
        run(&[&fixed[..], more].concat())
    };
    for file in [&all, &list] {
        let ran = build(&[file]);
        assert_eq!(ran.status, 2, "{}", ran.err);
        assert!(ran.err.contains("nobody signed it"), "{}", ran.err);
        let ran = build(&["--lines", &list, file]);
        assert_eq!(ran.status, 2, "{}", ran.err);
        assert!(!Path::new(&out).exists());
    }
    let ran = build(&["--lines", &list]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let empty = write(&files, "empty", "# nothing\n");
    let ran = build(&["--lines", &empty]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("empty"), "{}", ran.err);
}
