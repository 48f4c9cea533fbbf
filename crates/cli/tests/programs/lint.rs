//! The program `lint`, as a user runs it.

use hcert_testkit::fixtures::{dsc, issued, vaccination};
use hcert_testkit::programs::{self, Files, Ran};
use serde_json::Value;

const AT: [&str; 2] = ["--at", "2021-07-01T00:00:00Z"];

fn lint(arguments: &[&str]) -> Ran {
    programs::run("lint", arguments)
}

fn lint_at(arguments: &[&str]) -> Ran {
    lint(&[&AT, arguments].concat())
}

fn code() -> String {
    issued("alpha", &vaccination()).text().to_owned()
}

/// Two bytes of a zlib stream.
fn faulty() -> String {
    "HC1:6BF".to_owned()
}

#[test]
fn the_status_follows_the_level_asked_for() {
    let (good, bad) = (code(), faulty());
    let files = Files::new("status");
    let dsc = files.write("dsc.der", dsc("alpha", &[]).der());
    for (arguments, status) in [
        (&[good.as_str()][..], 0),
        (&["--fail-on", "note", &good], 0),
        // The certificate has no extended key usage.
        (&["--fail-on", "warning", "--dsc", &dsc, &good], 0),
        (&["--fail-on", "note", "--dsc", &dsc, &good], 1),
        (&[&bad], 1),
        (&[&good, &bad], 1),
        (&["--fail-on", "fatal", &good], 2),
        (&["--dsc", "a", "--trust", "b", &good], 2),
        (&["--wrong", &good], 2),
        (&["no-such-file"], 2),
        (&["--dsc", "no-such-file", &good], 2),
        (&[&bad, "no-such-file"], 2),
        (&[], 2),
    ] {
        let ran = lint_at(arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}{}", ran.out, ran.err);
        assert_eq!(
            ran.status == 2,
            !ran.err.is_empty(),
            "{arguments:?}: {}",
            ran.err
        );
    }
    let help = lint(&["--help"]);
    assert!(help.status == 0 && help.out.starts_with("Tells issuers"));
}

#[test]
fn json_has_a_line_for_each_code_with_all_members() {
    let files = Files::new("json");
    let dsc = files.write("dsc.der", dsc("alpha", &[]).der());
    let codes = files.write("codes.txt", format!("{}\n{}\n", code(), faulty()));
    let ran = lint_at(&["--json", "--dsc", &dsc, &codes]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let [good, bad] = <[Value; 2]>::try_from(ran.lines()).unwrap();
    assert_eq!(good["input"], format!("{codes}#1"));
    assert_eq!(good["errors"], 0);
    assert_eq!(good["warnings"], 0);
    assert_eq!(good["facts"]["alg"], "ES256");
    assert_eq!(good["facts"]["signature"], "verifies");
    assert_eq!(good["facts"]["key"], "P-256");
    let finding = &good["findings"][0];
    assert_eq!(finding["severity"], "note");
    let mut members: Vec<_> = finding.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        ["at", "clause", "code", "help", "message", "severity"]
    );
    assert_eq!(bad["errors"], 1);
    assert_eq!(bad["findings"][0]["code"], "zlib-cut-off");
    assert_eq!(bad["findings"][0]["clause"], "RFC 1950 §2.2");
}

#[test]
fn a_certificate_alone_and_one_that_did_not_sign() {
    let files = Files::new("dsc");
    let alpha = files.write("alpha.der", dsc("alpha", &[]).der());
    let beta = dsc("beta", &[]);
    let pem = x509_cert::der::pem::encode_string("CERTIFICATE", Default::default(), beta.der());
    let beta = files.write("beta.pem", pem.unwrap());
    let alone = lint_at(&["--json", "--dsc", &beta]).lines();
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0]["facts"]["usage"], "any");
    let code = code();
    let codes = |arguments: &[&str]| {
        let ran = lint_at(&[&["--json"], arguments].concat());
        let line = ran.lines().remove(0);
        let findings = line["findings"].as_array().unwrap().clone();
        let codes = findings
            .iter()
            .map(|f| f["code"].as_str().unwrap().to_owned());
        (ran.status, codes.collect::<Vec<_>>())
    };
    let (status, found) = codes(&["--dsc", &beta, &code]);
    assert!(status == 1 && found.contains(&"signature".to_owned()));
    let (status, found) = codes(&["--trust-key", &beta, &code]);
    assert!(status == 0 && found.contains(&"key-unknown".to_owned()));
    let (status, found) = codes(&["--trust-key", &beta, "--trust-key", &alpha, &code]);
    assert!(status == 0 && found.contains(&"dsc-eku-none".to_owned()));
    let garbage = files.write("garbage", b"no certificate");
    assert_eq!(
        codes(&["--dsc", &garbage]),
        (1, vec!["certificate-encoding".to_owned()])
    );
    assert_eq!(lint_at(&["--dsc", &garbage, &code]).status, 2);
}

#[test]
fn nothing_about_the_holder_is_printed() {
    let code = code();
    for arguments in [
        &[code.as_str()][..],
        &["--json", &code],
        &["--fail-on", "note", &code],
    ] {
        let ran = lint_at(arguments);
        let printed = ran.out + &ran.err;
        for secret in [
            "Musterfrau",
            "Gabriele",
            "1998",
            "2021-05-29",
            "B5921A35",
            "1528",
            &code[..60],
        ] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }
}

#[cfg(feature = "scan")]
#[test]
fn a_picture_is_looked_at_as_a_symbol_too() {
    use hcert::qr::{EcLevel, QrSymbol};
    let files = Files::new("picture");
    let symbol = QrSymbol::encode(&code(), EcLevel::L).unwrap();
    let picture = files.write("code.png", symbol.to_png(4).unwrap());
    let ran = lint_at(&["--json", "--fail-on", "warning", &picture]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let line = ran.lines().remove(0);
    assert_eq!(line["facts"]["qr-mode"], "alphanumeric");
    assert_eq!(line["facts"]["qr-level"], "L");
    assert_eq!(line["facts"]["alg"], "ES256");
    assert_eq!(line["findings"][0]["code"], "qr-level");

    let mut white = std::io::Cursor::new(Vec::new());
    let image = image::GrayImage::from_pixel(100, 100, image::Luma([255]));
    image.write_to(&mut white, image::ImageFormat::Png).unwrap();
    let white = files.write("white.png", white.into_inner());
    let ran = lint_at(&["--json", &white]);
    assert_eq!(ran.lines()[0]["findings"][0]["code"], "qr-none");
    assert_eq!(ran.status, 1);
    let cut = files.write("cut.png", &std::fs::read(&picture).unwrap()[..100]);
    assert_eq!(lint_at(&[&cut]).status, 2);
}
