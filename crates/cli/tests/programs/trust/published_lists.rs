//! The program over lists as they were published.

use std::path::Path;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use hcert_testkit::programs::Files;
use hcert_testkit::published;
use serde_json::{Value, json};

use super::run;
use super::verify::{reason, verify};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_networks_documents_verify_in_their_environment() {
    let folder = published::find("gdhcn");
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
                .all(|line| line["reason"]["code"] == "gdhcn-environment")
        );
        // Production is meant where nothing is said.
        let status = verify(&paths).0;
        assert_eq!(status, i32::from(environment != "prod"));
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
#[ignore = "needs HCERT_VECTORS"]
fn the_production_list_is_shown_as_it_is() {
    let list = published::find("gdhcn/PROD/v2/trustlist/did.json");
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
#[ignore = "needs HCERT_VECTORS"]
fn the_member_states_lists_verify_with_their_keys() {
    let folder = published::find("trust-lists");
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
        // A bare key has no certificates under it.
        let expected = match form {
            "ch" => "trust-chain",
            _ => "trust-signature",
        };
        assert_eq!((status, &lines[0]["reason"]["code"]), (1, &expected.into()));
        assert_eq!(
            verify(&paths).1[0]["reason"]["code"],
            "trust-anchor-missing"
        );

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
