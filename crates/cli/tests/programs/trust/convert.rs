//! `trust convert`, and `verify` with what comes of it.

use hcert_testkit::fixtures;
use hcert_testkit::pki::TestKey;
use hcert_testkit::programs::{self, Files, Ran};
use serde_json::Value;

use super::lists::*;
use super::run;

pub const NOW: &str = "2021-06-01T12:00:00Z";

pub fn verify(arguments: &[&str]) -> Ran {
    let certificate = fixtures::issued("alpha", &fixtures::vaccination());
    let fixed = ["--json", "--quiet"];
    programs::run(
        "verify",
        &[&fixed, arguments, &[certificate.text()]].concat(),
    )
}

fn verdict(arguments: &[&str]) -> (Value, Value) {
    let line = verify(arguments).line();
    (line["outcome"].clone(), line["reason"]["code"].clone())
}

fn private_key(files: &Files, label: &str) -> String {
    files.write(
        &format!("{label}.pem"),
        TestKey::new(label).pkcs8_pem().unwrap(),
    )
}

#[test]
fn a_snapshot_gives_the_verdicts_of_its_list() {
    let files = Files::new("convert");
    let (list, anchor) = (files.write("se", swedish()), files.anchor("list"));
    let (out, key) = (files.write("out", ""), private_key(&files, "maker"));
    let arguments = [
        "convert", "--anchor", &anchor, "--key", &key, "--at", NOW, "--out", &out, &list,
    ];
    let ran = run(&arguments);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("1 key of 1 list,"), "{}", ran.err);
    let first = std::fs::read(&out).unwrap();
    run(&arguments);
    assert_eq!(std::fs::read(&out).unwrap(), first, "the same bytes");

    let maker = files.anchor("maker");
    let with = |anchor: &str, at: &str| verdict(&["--trust", &out, "--anchor", anchor, "--at", at]);
    assert_eq!(with(&maker, NOW), ("valid".into(), Value::Null));
    // The original list's dates count.
    let (outcome, reason) = with(&maker, "2021-06-03T00:00:00Z");
    assert_eq!(outcome, "unascertained");
    assert_eq!(reason, "list-expired");
    for anchor in [Some(&anchor), None] {
        let mut arguments = vec!["--trust", &out, "--at", NOW];
        arguments.extend(anchor.iter().flat_map(|a| ["--anchor", a.as_str()]));
        let ran = verify(&arguments);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.err);
    }

    let unsigned = files.write("unsigned", "");
    let ran = run(&["convert", "--anchor", &anchor, "--out", &unsigned, &list]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("not signed"), "{}", ran.err);
    // Whoever gives a file without a signature vouches for it.
    let (outcome, _) = verdict(&["--trust", &unsigned, "--at", NOW]);
    assert_eq!(outcome, "valid");
}

#[test]
fn what_the_deny_list_names_is_not_written() {
    let files = Files::new("convert-deny");
    let other = fixtures::dsc("beta", &[]);
    let entries = [
        entry(&fixtures::dsc("alpha", &[]), "XX"),
        entry(&other, "XX"),
    ];
    let (list, anchor) = (files.write("de", german(&entries)), files.anchor("list"));
    let out = files.write("out", "");
    let denied = format!(r#"{{"deny": [{{"kid": "{}"}}]}}"#, kid(&other));
    let deny = files.write("deny.json", denied);
    let ran = run(&[
        "convert", "--anchor", &anchor, "--deny", &deny, "--out", &out, &list,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("1 key of 1 list,"), "{}", ran.err);
    assert!(ran.err.contains("1 key denied"), "{}", ran.err);
}

#[test]
fn without_an_anchor_or_a_place_to_write_nothing_is_written() {
    let files = Files::new("convert-wrong");
    let list = files.write("se", swedish());
    let out = files.0.join("out").to_str().unwrap().to_owned();
    for (arguments, says) in [
        (vec!["--out", &out, &list], "--anchor"),
        (vec![list.as_str()], "--out"),
        (vec!["--out", &out], "FILE"),
        (vec!["--key", &list, "--out", &out, &list], "--key"),
    ] {
        let ran = run(&[&["convert"], &arguments[..]].concat());
        assert_eq!(ran.status, 2, "{arguments:?}");
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        assert!(!std::path::Path::new(&out).exists());
    }
    // Unless it is said in so many words.
    let ran = run(&[
        "convert",
        "--dangerously-trust-unsigned",
        "--out",
        &out,
        &list,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
}

#[test]
fn verify_denies_a_key_whatever_list_holds_it() {
    let files = Files::new("verify-deny");
    let (list, anchor) = (files.write("se", swedish()), files.anchor("list"));
    let deny = files.write(
        "deny.json",
        format!(
            r#"{{"deny": [{{"kid": "{}", "why": "it leaked"}}]}}"#,
            kid(&fixtures::dsc("alpha", &[]))
        ),
    );
    let arguments = [
        "--trust", &list, "--anchor", &anchor, "--at", NOW, "--deny", &deny,
    ];
    assert_eq!(verdict(&arguments), ("revoked".into(), "key-denied".into()));
    let ran = verify(&arguments);
    assert!(!ran.err.contains("--deny"), "{}", ran.err);
    // What denies nothing is said, whatever else is.
    let strange = files.write(
        "strange.json",
        r#"{"deny": [{"kidHex": "0001020304050607"}]}"#,
    );
    let ran = verify(&["--trust", &list, "--anchor", &anchor, "--deny", &strange]);
    let says = "--deny: names no key of the trust lists: kid 0001020304050607";
    assert!(ran.err.contains(says), "{}", ran.err);
    // A kid as messages print it.
    let hex = fixtures::dsc("alpha", &[]).kid().to_string();
    let hex = files.write("hex.json", format!(r#"{{"deny": [{{"kid": "{hex}"}}]}}"#));
    let ran = verify(&["--trust", &list, "--deny", &hex]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("`kidHex`"), "{}", ran.err);
    let wrong = files.write("wrong.json", r#"{"deny": [{"kdi": "AAAA"}]}"#);
    let ran = verify(&["--trust", &list, "--deny", &wrong]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("unknown member `kdi`"), "{}", ran.err);
}

#[test]
fn verify_limits_the_age_of_a_list() {
    let files = Files::new("verify-age");
    let (list, anchor) = (files.write("se", swedish()), files.anchor("list"));
    let at = |age: &str| {
        verdict(&[
            "--trust",
            &list,
            "--anchor",
            &anchor,
            "--at",
            NOW,
            "--max-list-age",
            age,
        ])
    };
    for young in ["12h", "43200", "720m", "1d"] {
        assert_eq!(at(young), ("valid".into(), Value::Null), "{young}");
    }
    let (outcome, reason) = at("43199s");
    assert_eq!(
        (outcome, reason),
        ("unascertained".into(), "list-too-old".into())
    );
    for wrong in [
        "",
        "d",
        "7w",
        "-1",
        "99999999999999999999d",
        "300000000000000000d",
    ] {
        let ran = verify(&["--trust", &list, "--max-list-age", wrong]);
        assert_eq!(ran.status, 2, "{wrong}");
    }
}

#[test]
fn verify_remembers_the_editions_and_refuses_older_ones() {
    let files = Files::new("verify-state");
    let anchor = files.anchor("list");
    let older = files.write("older", swedish());
    let newer = files.write("newer", swedish_of(1_622_505_601));
    let state = files.0.join("state.json").to_str().unwrap().to_owned();
    let with = |list: &str| {
        verify(&[
            "--trust", list, "--anchor", &anchor, "--at", NOW, "--state", &state,
        ])
    };
    assert_eq!(with(&older).status, 0);
    assert_eq!(with(&newer).status, 0);
    let stored = std::fs::read(&state).unwrap();
    let ran = with(&older);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("older than the one seen before"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("or fetch it again"), "{}", ran.err);
    assert_eq!(std::fs::read(&state).unwrap(), stored, "as it was");
    assert_eq!(with(&newer).status, 0);

    std::fs::write(&state, "{}").unwrap();
    let ran = with(&newer);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--state"), "{}", ran.err);
}

#[test]
fn a_time_that_a_wrong_clock_has_set_can_be_forgotten() {
    let files = Files::new("forget-time");
    let anchor = files.anchor("list");
    let older = files.write("older", swedish());
    let newer = files.write("newer", swedish_of(1_622_505_601));
    let state = files.0.join("state.json").to_str().unwrap().to_owned();
    let with = |list: &str, more: &[&str]| {
        let trust = ["--trust", list, "--anchor", &anchor, "--at", NOW];
        verify(&[&trust[..], &["--state", &state], more].concat())
    };
    let ran = with(&newer, &[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let mut stored: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    stored["latestTime"] = 4_102_444_800_u64.into();
    std::fs::write(&state, stored.to_string()).unwrap();
    for _ in 0..2 {
        let ran = with(&newer, &[]);
        assert_eq!(ran.line()["reason"]["code"], "clock-behind");
        assert!(ran.err.contains("--forget-time"), "{}", ran.err);
    }
    let ran = with(&newer, &["--forget-time"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    // Once for good, and the editions stay.
    assert_eq!(with(&newer, &[]).line()["outcome"], "valid");
    assert_eq!(with(&older, &[]).status, 2);
    let ran = verify(&["--trust", &newer, "--forget-time"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--state"), "{}", ran.err);
}

#[test]
fn the_environment_asked_for_is_that_of_snapshots_and_unsigned_lists_too() {
    let files = Files::new("trust-environment");
    let entry = gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]));
    let list = files.write("did.json", gdhcn(DEV, "dev", &[entry]));
    let (out, state) = (files.write("out", ""), files.write("state.json", ""));
    let unsigned = "--dangerously-trust-unsigned";
    let ran = run(&["convert", unsigned, "--out", &out, &list]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    std::fs::remove_file(&state).unwrap();
    for file in [&list, &out] {
        let with = |environment: &str| {
            let environment = ["--trust-env", environment, "--state", &state];
            let file = ["--trust", file, unsigned, "--at", NOW, "--retrospective"];
            verify(&[&environment[..], &file].concat())
        };
        assert_eq!(with("dev").status, 0);
        let ran = with("prod");
        assert_eq!((ran.status, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("environment dev"), "{}", ran.err);
    }
}

#[test]
fn half_a_list_and_an_unknown_participant_are_named() {
    let files = Files::new("trust-wrong");
    let [_, signature] = austrian();
    let signature = files.write("signature", signature);
    let ran = verify(&["--trust", &signature]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    let says = format!("--trust {signature}: the second file of a list (at)");
    assert!(ran.err.contains(&says), "{}", ran.err);

    let entry = gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]));
    let list = files.write("did.json", gdhcn(DEV, "dev", &[entry]));
    let unsigned = "--dangerously-trust-unsigned";
    let out = files.0.join("out").to_str().unwrap().to_owned();
    let convert = ["convert", unsigned, "--out", &out];
    let ran = run(&[&convert[..], &["--participant", "xxa", &list]].concat());
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--participant xxa"), "{}", ran.err);
    // This program has no --trust.
    let ran = run(&[&convert[..], &[&signature]].concat());
    assert_eq!(ran.status, 2);
    assert!(!ran.err.contains("--trust "), "{}", ran.err);
}

#[test]
fn each_of_several_lists_in_two_files_has_its_own_second_file() {
    let files = Files::new("convert-pairs");
    let anchor = files.anchor("list");
    let [one, of_one] = austrian_of("alpha");
    let [two, of_two] = austrian_of("beta");
    let [one, of_one, two, of_two] = [
        files.write("one", one),
        files.write("of-one", of_one),
        files.write("two", two),
        files.write("of-two", of_two),
    ];
    let out = files.0.join("out").to_str().unwrap().to_owned();
    let convert = |lists: &[&str]| {
        let convert = ["convert", "--anchor", &anchor, "--out", &out];
        run(&[&convert[..], lists].concat())
    };
    let ran = convert(&[&one, &two, &of_one, &of_two]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("2 keys of 2 lists"), "{}", ran.err);
    let trust = |files: [&str; 4]| {
        let trust = files.map(|file| ["--trust", file]).concat();
        verify(&[&trust[..], &["--anchor", &anchor, "--at", NOW]].concat())
    };
    let ran = trust([&one, &of_one, &two, &of_two]);
    assert_eq!(ran.line()["outcome"], "valid");
    assert_eq!(trust([&one, &two, &of_two, &of_one]).status, 2);
    // One too many belongs to nothing.
    let ran = convert(&[&one, &of_one, &of_two]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("the second file of a list (at)"));
}

#[test]
fn what_switzerlands_list_leaves_to_its_fetching_counts_from_the_files_time() {
    let files = Files::new("file-time");
    let [keys, active, root] = swiss();
    let [keys, active, root] = [
        files.write("keys", keys),
        files.write("active", active),
        files.write("root", root),
    ];
    let written = |time: &str| {
        let seconds = hcert::Timestamp::parse(time).unwrap().seconds();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds as u64);
        for path in [&keys, &active] {
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(time).unwrap();
        }
    };
    let out = files.0.join("out").to_str().unwrap().to_owned();
    let convert = |at: &str| {
        let options = ["convert", "--anchor", &root, "--at", at, "--out", &out];
        run(&[&options[..], &[&keys, &active]].concat())
    };
    written("2022-01-01T00:00:00Z");
    assert_eq!(convert("2022-01-02T00:00:00Z").status, 0);
    let line = run(&["inspect", "--json", &out]).line();
    // Two days.
    assert_eq!(line["expires_at"], "2022-01-03T00:00:00Z");

    // Its signer's certificate ended with the year 2022.
    written("2024-01-01T00:00:00Z");
    let ran = convert("2024-01-02T00:00:00Z");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("was not valid"), "{}", ran.err);
    // A file that was not there at that time has no time.
    assert_eq!(convert("2022-01-02T00:00:00Z").status, 0);
}
