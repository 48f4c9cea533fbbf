//! The programs `verify` and `inspect`, as a user runs them.

use std::io::Write as _;
use std::process::Stdio;

use hcert_testkit::fixtures::{self, dsc, issued, issuer};
use hcert_testkit::programs::{Files, Ran, program, run, run_with_stdin};
use serde_json::Value;

const NOW: &str = "2021-07-01T00:00:00Z";

fn verify_at(time: &str, files: &Files, more: &[&str]) -> Ran {
    let trust = files.trust();
    let fixed = ["--json", "--trust-key", &trust, "--at", time];
    run("verify", &[&fixed, more].concat())
}

fn valid() -> String {
    issued("alpha", &fixtures::vaccination()).text().to_owned()
}

/// A hand scanner types a line and waits; a line of garbage is answered, too.
#[test]
fn a_stream_is_answered_line_by_line() {
    use std::io::BufReader;
    let files = Files::new("stream");
    let trust = files.trust();
    let mut child = program("verify")
        .args(["--json", "--trust-key", &trust, "--at", NOW, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut send = |line: &[u8]| {
        stdin.write_all(line).unwrap();
        stdin.flush().unwrap();
    };
    let line = |from: &mut dyn std::io::BufRead| -> Value {
        let mut line = String::new();
        from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    };
    let mut head = String::new();
    std::io::BufRead::read_line(&mut err, &mut head).unwrap();
    assert!(head.starts_with("hcert verify: trust: 1 key"), "{head}");
    // Nothing follows, and the answer comes: without it this test never ends.
    for n in 1..=3 {
        send(format!("{}\n", valid()).as_bytes());
        let answer = line(&mut out);
        assert_eq!(answer["outcome"], "valid");
        assert_eq!(answer["input"], format!("-#{}", 2 * n - 1));
        send(b"\xff\xfe garbage\n");
        let problem = line(&mut err);
        let words = format!("line {} is not UTF-8", 2 * n);
        assert!(problem["error"].as_str().unwrap().starts_with(&words));
    }
    send(&[&vec![b'A'; 3 << 20][..], b"\n"].concat());
    assert!(
        line(&mut err)["error"]
            .as_str()
            .unwrap()
            .contains("longer than")
    );
    send(b"HC1:\n");
    assert_eq!(line(&mut out)["outcome"], "invalid");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

/// The same certificate with one bit of the signature changed.
fn tampered() -> String {
    let mut cose = issued("alpha", &fixtures::vaccination()).cose().to_vec();
    *cose.last_mut().unwrap() ^= 1;
    code_around(&cose)
}

/// A code around any bytes in the place of the COSE structure.
fn code_around(bytes: &[u8]) -> String {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(bytes).unwrap();
    hcert::format::hc1::text::encode(&zlib.finish().unwrap())
}

fn result_of<'a>(line: &'a Value, step: &str) -> &'a Value {
    let steps = line["steps"].as_array().unwrap();
    steps.iter().find(|s| s["step"] == step).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort();
    keys
}

#[test]
fn a_valid_certificate_gives_status_0_and_all_members() {
    let files = Files::new("valid");
    let code = valid();
    let ran = verify_at(NOW, &files, &[&code]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let line = ran.line();
    let all = [
        "claims",
        "deviations",
        "format",
        "input",
        "kid",
        "kid_base64",
        "listings",
        "other_listings",
        "outcome",
        "reason",
        "record",
        "revocation",
        "signed_record",
        "signer",
        "steps",
        "verified_at",
        "version",
    ];
    assert_eq!(keys(&line), all);
    // A code is personal data, and is not repeated.
    let input = line["input"].as_str().unwrap();
    assert!(
        input.starts_with("argument ") && input.ends_with(" characters)"),
        "{input}"
    );
    assert_eq!(line["outcome"], "valid");
    assert_eq!(line["reason"], Value::Null);
    assert_eq!(line["format"], "hc1");
    assert_eq!(line["deviations"], serde_json::json!([]));
    assert_eq!(
        line["record"]["holder"]["standard_family_name"],
        "MUSTERFRAU<GOESSINGER"
    );
    assert_eq!(line["record"]["entries"][0]["dose_number"], 2);
    let claims = serde_json::json!({
        "issuer": "XX", "issued_at": fixtures::ISSUED.to_string(), "not_before": null,
        "expires_at": fixtures::EXPIRES.to_string(), "payload": "eu-dcc",
    });
    assert_eq!(line["claims"], claims);
    let signer = &line["signer"];
    assert_eq!(line["listings"], serde_json::json!([signer]));
    assert_eq!(signer["kid"], dsc("alpha", &[]).kid().to_string());
    assert_eq!(signer["country"], "XX");
    assert_eq!(signer["not_before"], "2021-01-01T00:00:00Z");
    assert_eq!(signer["not_after"], "2023-01-01T00:00:00Z");
    assert_eq!(line["steps"].as_array().unwrap().len(), 11);
    for step in line["steps"].as_array().unwrap() {
        assert_eq!(keys(step), ["reason", "result", "step"]);
    }
    assert_eq!(result_of(&line, "signature")["result"], "passed");
    assert_eq!(result_of(&line, "revocation")["result"], "skipped");
    assert_eq!(
        result_of(&line, "revocation")["reason"]["code"],
        "no-revocation-data"
    );
}

#[test]
fn an_expired_certificate_still_says_what_it_states() {
    let files = Files::new("expired");
    let ran = verify_at("2022-01-01T00:00:00Z", &files, &[&valid()]);
    assert_eq!(ran.status, 1);
    let line = ran.line();
    assert_eq!(
        (&line["outcome"], &line["reason"]["code"]),
        (&"expired".into(), &"expired".into())
    );
    assert_eq!(result_of(&line, "time")["result"], "failed");
    assert_eq!(line["signed_record"]["holder"]["born"], "1998-02-26");
}

#[test]
fn before_the_signature_holds_nothing_of_the_content_is_shown() {
    let files = Files::new("unsigned");
    let stranger = issued("beta", &fixtures::vaccination()).text().to_owned();
    for (code, outcome, reason, step) in [
        (tampered(), "invalid", "bad-signature", "signature"),
        (stranger, "unascertained", "unknown-key", "key"),
    ] {
        let ran = verify_at(NOW, &files, &[&code]);
        assert_eq!(ran.status, 1);
        let line = ran.line();
        assert_eq!(
            (&line["outcome"], &line["reason"]["code"]),
            (&outcome.into(), &reason.into())
        );
        assert_eq!(result_of(&line, step)["result"], "failed");
        assert_eq!(result_of(&line, "time")["result"], "not-reached");
        for hidden in ["signer", "claims", "record", "signed_record"] {
            assert_eq!(line[hidden], Value::Null, "{hidden}");
        }
        let trust = files.trust();
        let words = run("verify", &["--trust-key", &trust, "--at", NOW, &code]);
        assert!(
            words.out.starts_with(&outcome.to_uppercase()),
            "{}",
            words.out
        );
        for secret in ["Musterfrau", "MUSTERFRAU", "1998-02-26", "Comirnaty"] {
            assert!(!words.out.contains(secret) && !words.err.contains(secret));
        }
    }
}

#[test]
fn without_a_trust_list_nothing_is_ascertained_and_stderr_says_why() {
    let ran = run("verify", &["--json", "--at", NOW, &valid()]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.line()["outcome"], "unascertained");
    assert!(ran.err.contains("--trust"), "{}", ran.err);
}

#[test]
fn codes_of_one_file_are_numbered_and_keep_their_order() {
    let files = Files::new("several");
    let (good, bad) = (valid(), tampered());
    let mut text = format!("\u{feff}{good}\r\n\n{bad}\n");
    for _ in 0..100 {
        text += &format!("{good}\n");
    }
    let several = files.write("several.txt", text);
    let single = files.write("single.txt", format!("{good}\n"));
    let ran = verify_at(NOW, &files, &[&several, &single]);
    assert_eq!(ran.status, 1);
    let lines = ran.lines();
    assert_eq!(lines.len(), 103);
    for (n, line) in lines.iter().enumerate() {
        let input = match n {
            102 => single.clone(),
            _ => format!("{several}#{}", n + 1),
        };
        assert_eq!(line["input"], input.as_str());
        let outcome = if n == 1 { "invalid" } else { "valid" };
        assert_eq!(line["outcome"], outcome, "{n}");
    }
}

#[test]
fn standard_input_is_read() {
    let files = Files::new("stdin");
    let trust = files.trust();
    let arguments = ["--json", "--trust-key", &trust, "--at", NOW, "-"];
    let ran = run_with_stdin("verify", &arguments, valid().as_bytes());
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.line()["input"], "-#1");
    let ran = run_with_stdin("verify", &arguments, b"");
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
}

#[test]
fn a_picture_is_scanned_or_the_missing_feature_is_named() {
    let files = Files::new("picture");
    let certificate = issued("alpha", &fixtures::vaccination());
    let png = certificate.qr().unwrap().to_png(4).unwrap();
    let picture = files.write("certificate.png", &png);
    let ran = verify_at(NOW, &files, &[&picture]);
    let trust = files.trust();
    let arguments = ["--json", "--trust-key", &trust, "--at", NOW, "-"];
    let piped = run_with_stdin("verify", &arguments, &png);
    let cut = files.write("cut.png", &png[..png.len() / 2]);
    let cut = verify_at(NOW, &files, &[&cut]);
    assert_eq!((cut.status, cut.out.as_str()), (2, ""));
    if cfg!(feature = "scan") {
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(ran.line()["input"], picture.as_str());
        assert_eq!(ran.line()["outcome"], "valid");
        assert_eq!(piped.line()["input"], "-");
        assert_eq!(piped.line()["outcome"], "valid");
    } else {
        assert_eq!((ran.status, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("--features scan"), "{}", ran.err);
    }
}

#[test]
fn an_unreadable_input_gives_status_2_and_the_others_still_run() {
    let files = Files::new("unreadable");
    let empty = files.write("empty.txt", "\n \n");
    let binary = files.write("binary", [0x80, 0xff, 0, 1, 2]);
    let directory = files.0.to_str().unwrap();
    let good = valid();
    for wrong in [empty.as_str(), &binary, directory, "/no/such/file"] {
        let ran = verify_at(NOW, &files, &[wrong, &good]);
        assert_eq!(ran.status, 2, "{wrong}");
        assert_eq!(ran.line()["outcome"], "valid");
        let error = ran.err.lines().find(|line| line.starts_with('{')).unwrap();
        let error: Value = serde_json::from_str(error).unwrap();
        assert_eq!(keys(&error), ["error", "input"]);
        assert_eq!(error["input"], wrong);
    }
}

#[test]
fn garbage_is_invalid_and_never_a_crash() {
    let files = Files::new("garbage");
    for (text, reason, format) in [
        ("hello".to_owned(), "prefix", Value::Null),
        ("HC2:6BF".into(), "prefix-version", Value::Null),
        ("HC1:ab".into(), "base45-character", "hc1".into()),
        ("HC1:6BF".into(), "zlib-cut-off", "hc1".into()),
        (
            "HC1:".to_owned() + &"0".repeat(900_000),
            "text-too-long",
            "hc1".into(),
        ),
    ] {
        let file = files.write("garbage.txt", &text);
        let ran = verify_at(NOW, &files, &[&file]);
        assert_eq!(ran.status, 1, "{reason}");
        let line = ran.line();
        assert_eq!(line["reason"]["code"], reason);
        assert_eq!(line["format"], format, "{reason}");
        assert_eq!(result_of(&line, "decode")["result"], "failed");
    }
    // Longer than any line that is read.
    let file = files.write("long.txt", "HC1:".to_owned() + &"0".repeat(3_000_000));
    let ran = verify_at(NOW, &files, &[&file]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
}

/// The certificate as base64 of `61(18(…))`.
fn in_base64() -> String {
    use base64::Engine as _;
    let cose = issued("alpha", &fixtures::vaccination()).cose().to_vec();
    base64::prelude::BASE64_STANDARD.encode([&[0xd8, 0x3d], &cose[..]].concat())
}

#[test]
fn a_code_in_base64_is_read_as_an_hcert() {
    let files = Files::new("base64");
    let file = files.write("card.txt", in_base64() + "\n");
    for input in [in_base64(), file] {
        let ran = verify_at(NOW, &files, &[&input]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let line = ran.line();
        assert_eq!(line["format"], "hc1");
        let deviations = line["deviations"].as_array().unwrap().iter();
        let codes: Vec<_> = deviations.map(|d| d["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["text-base64", "cose-cwt-tag"]);
    }
    // A code is personal data, and is not repeated.
    let words = run("verify", &["--at", NOW, &in_base64()]);
    assert!(!words.out.contains(&in_base64()), "{}", words.out);
    // A text that only begins so is not valid, and named as what it is.
    let ran = verify_at(NOW, &files, &["2D3S"]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.line()["reason"]["code"], "cbor-cut-off");
}

#[test]
fn inspect_shows_base64_in_the_place_of_base45_and_zlib() {
    let line = run("inspect", &["--json", &in_base64()]).line();
    assert_eq!(line["error"], Value::Null);
    assert_eq!(line["text"]["deviations"][0]["code"], "text-base64");
    let names: Vec<_> = keys(&line);
    let layers = ["base64", "cose", "cwt", "payload", "text"];
    assert!(layers.iter().all(|name| names.contains(name)), "{names:?}");
    assert!(!names.contains(&"base45") && !names.contains(&"zlib"));
    assert_eq!(line["cose"]["tags"], "61 18");
}

#[test]
fn strict_refuses_what_is_otherwise_noted() {
    let files = Files::new("strict");
    let trust = files.trust();
    let blank = files.write("blank.txt", format!(" {}", valid()));
    let lenient = verify_at(NOW, &files, &[&blank]);
    assert_eq!(lenient.status, 0);
    assert_eq!(lenient.line()["deviations"][0]["code"], "text-surroundings");
    let strict = [
        "--strict",
        "--json",
        "--trust-key",
        &trust,
        "--at",
        NOW,
        &blank,
    ];
    let strict = run("verify", &strict);
    assert_eq!(strict.status, 1);
    assert_eq!(strict.line()["reason"]["code"], "strict");
}

#[test]
fn wrong_usage_gives_status_2_and_help_status_0() {
    for (name, arguments) in [
        ("verify", &[][..]),
        ("verify", &["--no-such-option"]),
        ("verify", &["--at", "yesterday", "HC1:"]),
        ("verify", &["--trust", "/no/such/file", "HC1:"]),
        ("inspect", &[]),
        ("inspect", &["--no-such-option"]),
    ] {
        let ran = run(name, arguments);
        assert_eq!(ran.status, 2, "{name} {arguments:?}");
        assert_eq!(ran.out, "");
        assert!(
            ran.err.starts_with(&format!("hcert {name}: ")),
            "{}",
            ran.err
        );
    }
    for name in ["verify", "inspect"] {
        let ran = run(name, &["--help"]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("Usage:") && ran.out.contains("Exit status:"));
    }
}

#[test]
fn what_is_wrong_with_a_trust_list_is_named_unless_quiet() {
    let files = Files::new("trust");
    let list = r#"{"certificates":[{"kid":"AAECAwQFBgc=","rawData":"AAAA"}]}"#;
    let list = files.write("list.json", list);
    let loud = run("verify", &["--trust", &list, "--json", &valid()]);
    assert!(loud.err.contains("AAECAwQFBgc="), "{}", loud.err);
    assert!(loud.err.contains("0 keys of 1 entry;"), "{}", loud.err);
    let quiet = run("verify", &["--trust", &list, "--json", "--quiet", &valid()]);
    assert!(!quiet.err.contains("AAECAwQFBgc="), "{}", quiet.err);
    let no_list = files.write("no-list", "neither DER nor JSON");
    assert_eq!(run("verify", &["--trust", &no_list, &valid()]).status, 2);
}

#[test]
fn in_words_the_verdict_comes_first_and_unknown_codes_stay_codes() {
    let files = Files::new("words");
    let trust = files.trust();
    let words = |time, record| {
        let code = issuer("alpha", &[])
            .issue(&record, fixtures::VALIDITY)
            .unwrap();
        run(
            "verify",
            &["--trust-key", &trust, "--at", time, code.text()],
        )
        .out
    };
    let out = words(NOW, fixtures::vaccination());
    assert!(out.starts_with("VALID  "), "{out}");
    for part in [
        "Gabriele Musterfrau-Gößinger",
        "1998-02-26",
        "dose 2 of 2",
        "Comirnaty (EU/1/20/1528)",
        "2021-05-29",
        "revocation not checked",
        "entry rules not asked",
        "CN=DSC",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(!out.contains('\x1b'), "no colours where no terminal is");
    assert!(words(NOW, fixtures::test()).contains("negative (not detected)"));
    assert!(words(NOW, fixtures::recovery()).contains("from COVID-19"));
    let later = words("2021-11-01T00:00:00Z", fixtures::recovery());
    assert!(
        later.starts_with("VALID, ITS PERIOD HAS ENDED  "),
        "{later}"
    );

    let stranger = issued("beta", &fixtures::vaccination());
    let unknown = run(
        "verify",
        &["--trust-key", &trust, "--at", NOW, stranger.text()],
    )
    .out;
    assert!(unknown.starts_with("UNASCERTAINED  "), "{unknown}");
    for part in [
        "it claims, and nothing proves,",
        "of XX (eu-dcc)",
        "likely causes: 1.",
    ] {
        assert!(unknown.contains(part), "{part} in {unknown}");
    }
    assert!(!unknown.contains("Musterfrau"), "{unknown}");
    let expired = words("2022-01-01T00:00:00Z", fixtures::vaccination());
    assert!(expired.starts_with("EXPIRED  "), "{expired}");
    assert!(expired.contains("NOT A VALID CERTIFICATE"), "{expired}");

    let json = r#"{"nam":{"fn":"Muster","gn":"Max"},"dob":"1950","v":[{
        "tg":"840539006","vp":"1","mp":"EU/0/00/0000","ma":"ORG-0","dn":1,"sd":1,
        "dt":"2021-05-29","co":"XX","is":"\u001b[31mMinistry\u202e",
        "ci":"URN:UVCI:01:XX:B5921A35D6A0D696421B3E2462178297"}]}"#;
    let strange = words(NOW, hcert::record::Record::from_json(json).unwrap());
    assert!(strange.contains("code EU/0/00/0000"), "{strange}");
    assert!(strange.contains("1950 (month and day are not known)"));
    assert!(
        !strange.contains(['\x1b', '\u{202e}']),
        "nothing steers the terminal"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let files = Files::new("pipe");
    let many = files.write("many.txt", format!("{}\n", tampered()).repeat(2000));
    let trust = files.trust();
    for name in ["verify", "inspect"] {
        let arguments: &[&str] = match name {
            "verify" => &["--trust-key", &trust, "--quiet", &many],
            _ => &[&many],
        };
        let mut child = program(name)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ran = Ran::new(child.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.err.as_str()), (2, ""), "{name}");
    }
}

#[test]
fn inspect_shows_every_layer_and_says_that_nothing_is_verified() {
    let ran = run("inspect", &[&tampered()]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.starts_with("NOT VERIFIED"));
    for part in [
        "\ntext\n",
        "\nbase45\n",
        "\nzlib\n",
        "\ncose\n",
        "\ncwt\n",
        "\npayload\n",
        "ES256",
        "-260: {",
        "\"fnt\": \"MUSTERFRAU<GOESSINGER\"",
        "1622505600 (2021-06-01T00:00:00Z)",
    ] {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    let line = run("inspect", &["--json", &tampered()]).line();
    assert_eq!(line["verified"], false);
    assert_eq!(line["error"], Value::Null);
    assert_eq!(line["cose"]["tags"], "18");
    assert_eq!(line["cose"]["signature_bytes"], 64);
    assert_eq!(line["cose"]["kid"], dsc("alpha", &[]).kid().to_string());
}

#[test]
fn inspect_stops_at_the_layer_that_fails() {
    let whole = valid();
    let twice = code_around(&[0xd2, 0x84, 0x40, 0xa2, 4, 0x40, 4, 0x40, 0x40, 0x40]);
    for (code, layer, reason, seen) in [
        ("hc1:6BF", "text", "prefix", "text"),
        ("HC1:6bf", "base45", "base45-character", "text"),
        (&whole[..whole.len() - 6], "zlib", "zlib-cut-off", "base45"),
        (&twice, "cose", "cbor-duplicate-key", "cose"),
        (
            &code_around(b"\xd2\x84\x40\xa0\x41\x01\x40"),
            "cwt",
            "cwt-not-claims",
            "cwt",
        ),
    ] {
        let ran = run_with_stdin("inspect", &["--json", "-"], code.as_bytes());
        assert_eq!(ran.status, 1, "{reason}");
        let line = ran.line();
        assert_eq!(line["error"]["layer"], layer, "{reason}");
        assert_eq!(line["error"]["code"], reason);
        assert!(line.get(seen).is_some(), "{reason}");
        let words = run_with_stdin("inspect", &["-"], code.as_bytes());
        assert!(words.out.contains(&format!("STOPPED at {layer}")));
    }
}

#[test]
fn cbor_is_written_in_diagnostic_notation() {
    // Appendix A of RFC 8949, and heads that are longer than need be.
    for (hex, notation) in [
        ("00", "0"),
        ("1bffffffffffffffff", "18446744073709551615"),
        ("3bffffffffffffffff", "-18446744073709551616"),
        ("3903e7", "-1000"),
        ("f90000", "0.0"),
        ("f98000", "-0.0"),
        ("f93c00", "1.0"),
        ("fb3ff199999999999a", "1.1"),
        ("f93e00", "1.5"),
        ("f97bff", "65504.0"),
        ("fa47c35000", "100000.0"),
        ("fb7e37e43c8800759c", "1e300"),
        ("f90001", "5.960464477539063e-8"),
        ("f90400", "6.103515625e-5"),
        ("f97c00", "Infinity"),
        ("f97e00", "NaN"),
        ("f9fc00", "-Infinity"),
        ("f4", "false"),
        ("f6", "null"),
        ("f7", "undefined"),
        ("f0", "simple(16)"),
        ("f8ff", "simple(255)"),
        ("c11a514b67b0", "1(1363896240)"),
        ("4401020304", "h'01020304'"),
        ("62225c", r#""\"\\""#),
        ("62c3bc", "\"ü\""),
        ("8301820203820405", "[1, [2, 3], [4, 5]]"),
        ("a26161016162820203", r#"{"a": 1, "b": [2, 3]}"#),
        ("5f42010243030405ff", "(_ h'0102', h'030405')"),
        ("9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]"),
        ("bf61610161629f0203ffff", r#"{_ "a": 1, "b": [_ 2, 3]}"#),
        ("190001", "1_1"),
        ("fb3ff8000000000000", "1.5_3"),
        ("fa3fc00000", "1.5_2"),
        // Two bytes of a character of three.
        ("62e280", ""),
        ("64e280ae0a", r#""\u202e\u000a""#),
        ("980101", "[_0 1]"),
    ] {
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
            .collect();
        let shown = diagnostic::Item::parse(&bytes).map(|item| item.line());
        let wanted = Some(notation.to_owned()).filter(|text| !text.is_empty());
        assert_eq!(shown, wanted, "{hex}");
    }
    let deep = [vec![0x81; 100_000], vec![0]].concat();
    for wrong in [
        &b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\x00\x00",
        b"\xff",
        b"",
        &deep,
    ] {
        assert!(diagnostic::Item::parse(wrong).is_none());
    }
}

#[allow(dead_code)]
#[path = "../../src/diagnostic.rs"]
mod diagnostic;

#[test]
fn a_signed_list_is_refused_without_its_anchor_and_with_another_one() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use hcert::issue::Signer;
    let files = Files::new("signed-list");
    let (signer, other) = (fixtures::signer("list"), fixtures::signer("another"));
    let dsc = dsc("alpha", &[]);
    let body = serde_json::json!({"certificates": [{
        "certificateType": "DSC",
        "country": "XX",
        "kid": BASE64_STANDARD.encode(dsc.kid().as_bytes()),
        "rawData": BASE64_STANDARD.encode(dsc.der()),
    }]});
    let body = body.to_string();
    let signature = BASE64_STANDARD.encode(signer.sign(body.as_bytes()).unwrap());
    let list = files.write("list.json", format!("{signature}\n{body}"));
    let anchor = |name: &str, signer: &hcert::issue::P256Signer| {
        let der = signer.public_key().unwrap().spki_der().to_vec();
        let der = BASE64_STANDARD.encode(der);
        files.write(
            name,
            format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n"),
        )
    };
    let (right, wrong) = (anchor("right.pem", &signer), anchor("wrong.pem", &other));
    let at = ["--json", "--at", "2021-07-01T00:00:00Z", "--trust", &list];
    let verify = |more: &[&str]| run("verify", &[&at[..], more, &[&valid()]].concat());
    assert_eq!(verify(&["--anchor", &right]).line()["outcome"], "valid");
    let without = verify(&[]);
    assert_eq!((without.status, without.out.as_str()), (2, ""));
    assert!(without.err.contains("--anchor"), "{}", without.err);
    assert_eq!(verify(&["--anchor", &wrong]).status, 2);
}
