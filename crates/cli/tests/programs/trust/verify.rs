//! `trust verify`, and how the program is called.

use hcert_testkit::programs::Files;
use hcert_testkit::{fixtures, published};
use serde_json::{Value, json};

use super::lists::*;
use super::run;

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// One line a list, of exactly these members.
pub fn verify(arguments: &[&str]) -> (i32, Vec<Value>) {
    let ran = run(&[&["verify", "--json"], arguments].concat());
    let lines = ran.lines();
    for line in &lines {
        assert_eq!(
            keys(line),
            ["entries", "format", "input", "reason", "verified"]
        );
        let verified = line["verified"].as_bool().unwrap();
        assert_eq!(line["reason"]["code"].is_null(), verified, "{line}");
        assert_eq!(line["entries"].is_number(), verified, "{line}");
    }
    (ran.status, lines)
}

pub fn reason(arguments: &[&str]) -> (i32, Value) {
    let (status, lines) = verify(arguments);
    let [line] = <[Value; 1]>::try_from(lines).unwrap();
    (status, line["reason"]["code"].clone())
}

#[test]
fn a_list_verifies_with_its_anchor_alone() {
    let files = Files::new("verify");
    let entries = [entry(&fixtures::dsc("alpha", &[]), "XX")];
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
        // A bare key has no certificates under it.
        let expected = match form {
            "ch" => "trust-chain",
            _ => "trust-signature",
        };
        assert_eq!(
            (&lines[0]["reason"]["code"], &lines[0]["format"]),
            (&expected.into(), &form.into())
        );

        // Nothing is found out without an anchor, and the user learns what to pass.
        let ran = run(&[&["verify"], &paths[..]].concat());
        assert_eq!(ran.status, 1);
        assert!(ran.out.starts_with("NOT VERIFIED"), "{}", ran.out);
        assert!(ran.out.contains("--anchor FILE: "), "{}", ran.out);
        let (_, lines) = with(&[]);
        assert_eq!(lines[0]["reason"]["code"], "trust-anchor-missing");
    }
}

#[test]
fn a_tampered_list_is_not_verified() {
    let files = Files::new("tampered");
    let own = files.anchor("list");
    let good = german(&[entry(&fixtures::dsc("alpha", &[]), "XX")]);
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
    let dsc = fixtures::dsc("alpha", &[]);
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
            assert_eq!(lines[0]["reason"]["code"], "trust-unsigned");
        }
    }
}

#[test]
fn a_list_of_the_network_needs_its_environment() {
    let files = Files::new("network");
    let entry = gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]));
    let list = files.write("did.json", gdhcn(DEV, "dev", &[entry]));
    let own = files.anchor("list");
    for (more, expected) in [
        // Production is meant where nothing is said.
        (&[][..], "gdhcn-environment"),
        // No anchor signs the network's lists.
        (&["--anchor", &own], "trust-anchor-missing"),
        (
            &["--anchor", &own, "--trust-env", "prod"],
            "gdhcn-environment",
        ),
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
#[ignore = "needs HCERT_VECTORS"]
fn a_gateways_list_is_verified_if_each_entry_is_signed() {
    let files = Files::new("gateway");
    let own = files.anchor("list");
    let mut dsc = entry(&fixtures::dsc("alpha", &[]), "XX");
    dsc["signature"] = "AAAA".into();
    let list = files.write("gateway.json", json!([dsc]).to_string());
    assert_eq!(reason(&["--anchor", &own, &list]), (1, "not-issued".into()));
    assert_eq!(reason(&[&list]), (1, "trust-anchor-missing".into()));
    // What is left of it is shown, and by how much.
    let line = run(&["inspect", "--json", "--anchor", &own, &list]).line();
    assert_eq!(line["entries"]["unsigned"], 1);
    assert_eq!(line["entries"]["loaded"], 0);

    let folder = published::find("gdhcn/cms");
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
        assert_eq!(run(&["inspect", &file]).status, 2);
        assert_eq!(run(&["lint", &file]).status, 1);
        assert_eq!(run(&["diff", &file, &file]).status, 2);
    }
}

#[test]
fn a_file_that_cannot_be_read_gives_status_2_and_the_others_still_run() {
    let files = Files::new("unreadable");
    let own = files.anchor("list");
    let good = files.write("good", german(&[entry(&fixtures::dsc("alpha", &[]), "XX")]));
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
        assert!(ran.err.starts_with("hcert trust: "), "{}", ran.err);
    }
    for (arguments, names) in [
        (["verify", "--participant=XXA", &list], "of convert"),
        (["verify", "--at=2021-06-01T00:00:00Z", &list], "of inspect"),
        (["diff", "--all", &list], "of inspect and lint"),
        (["convert", "--json", &list], "of inspect, verify"),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(names), "{arguments:?}: {}", ran.err);
    }
    for command in [&[][..], &["inspect"], &["verify"], &["diff"], &["lint"]] {
        let ran = run(&[command, &["--help"]].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("Usage: hcert trust") && ran.out.contains("Exit status:"));
        assert!(ran.out.lines().all(|line| line.chars().count() <= 80));
    }
}

#[test]
fn a_certificate_given_by_mistake_is_not_shown() {
    let code = fixtures::issued("alpha", &fixtures::vaccination());
    let ran = run(&["verify", code.text()]);
    assert_eq!(ran.status, 2);
    assert!(!ran.err.contains(code.text()), "{}", ran.err);
}
