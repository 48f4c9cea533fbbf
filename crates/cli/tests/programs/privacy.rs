//! No program prints what could be a certificate, whatever place it was given
//! in by mistake.

use hcert_testkit::fixtures::{self, issued};
use hcert_testkit::programs::{Files, Ran, run, run_with_stdin};

fn code() -> String {
    issued("alpha", &fixtures::vaccination()).text().to_owned()
}

/// No stretch of the code, in whatever letters, is in what was printed.
#[track_caller]
fn shows_nothing(ran: &Ran, code: &str, what: &str) {
    let printed = format!("{}{}", ran.out, ran.err).to_lowercase();
    let code = code.trim().to_lowercase();
    let characters: Vec<char> = code.chars().collect();
    for at in (4..characters.len().saturating_sub(12)).step_by(4) {
        let part: String = characters[at..at + 12].iter().collect();
        assert!(!printed.contains(&part), "{what} shows {part:?}: {printed}");
    }
}

/// The ways in which scanners, mails and people change a code.
fn changed(code: &str) -> Vec<String> {
    vec![
        code.to_owned(),
        format!(" {code}"),
        format!("\t{code}"),
        format!("\n{code}"),
        format!("\u{feff}{code}"),
        format!("\u{200b}{code}"),
        code.to_lowercase(),
        format!(" {}", code.to_lowercase()),
        format!("Hc1:{}", &code[4..]),
        format!("QR-Code:{code}"),
        format!("'{code}'"),
        format!("\"{code}\""),
        code[4..].to_owned(),
        code[4..].to_lowercase(),
        format!("HC2:{}", &code[4..]),
        format!("HC1%3A{}", &code[4..]),
        format!("/{code}"),
        format!("/tmp/{}", &code[4..]),
        format!("file://{code}"),
        code[4..70].to_owned(),
        format!("LT1:{}", &code[4..60]),
        format!("shc:/{}", "56762909524320603460".repeat(3)),
        format!("shlink:/eyJ1cmwiOiJodHRwczovL{}", &code[10..40]),
        r#"{"ver":"1.3.0","nam":{"fn":"Musterfrau-Gössinger"},"dob":"1964-08-12"}"#.into(),
        "<Record><Name>MUSTERFRAU GABRIELE</Name></Record>".repeat(3),
    ]
}

#[test]
fn a_changed_code_is_never_echoed_as_an_input() {
    for text in changed(&code()) {
        for (program, options) in [
            ("verify", vec!["--at", "2021-06-01T12:00:00Z"]),
            ("verify", vec!["--json"]),
            ("inspect", vec![]),
            ("lint", vec![]),
            (
                "journey",
                vec!["--unverified", "--rules", "../../examples/rules.json"],
            ),
        ] {
            let mut arguments = options.clone();
            arguments.push(&text);
            let ran = run(program, &arguments);
            // Whatever can be read of a code is shown by inspect, and that alone.
            if program == "inspect" && ran.status == 0 {
                continue;
            }
            let whole = [&ran.out, &ran.err].map(|s| s.to_lowercase()).concat();
            assert!(
                !whole.contains(&text.trim().to_lowercase()),
                "{program}: {whole}"
            );
            if ran.status == 2 {
                shows_nothing(&ran, &text, program);
                let named = format!("argument {} (a code/text of", arguments.len());
                assert!(ran.err.contains(&named), "{program}: {}", ran.err);
            }
        }
    }
}

#[test]
fn a_code_in_the_place_of_a_file_or_an_option_is_never_echoed() {
    let code = code();
    for text in changed(&code) {
        for arguments in [
            vec!["verify", "--trust", &text, "HC1:6BF"],
            vec!["verify", "--anchor", &text, "HC1:6BF"],
            vec!["verify", "--deny", &text, "HC1:6BF"],
            vec!["verify", "--state", &text, "HC1:6BF"],
            vec!["verify", "--revocations", &text, "HC1:6BF"],
            vec!["verify", "--value-sets", &text, "HC1:6BF"],
            vec!["verify", "--at", &text, "HC1:6BF"],
            vec!["verify", "--max-list-age", &text, "HC1:6BF"],
            vec!["verify", "--trust-env", &text, "HC1:6BF"],
            vec!["verify", "--list", &text, "--trust", "README.md", "HC1:6BF"],
            vec!["verify", "--rules", &text, "--country", "CH", "HC1:6BF"],
            vec![
                "verify",
                "--recognition",
                &text,
                "--country",
                "CH",
                "HC1:6BF",
            ],
            vec![
                "verify",
                "--rules",
                "README.md",
                "--country",
                &text,
                "HC1:6BF",
            ],
            vec!["issue", &text],
            vec!["issue", "--key", &text, "README.md"],
            vec!["issue", "README.md", &text],
            vec!["issue", "--days", &text],
            vec!["issue", "--demo", &text, "--batch"],
            vec!["lint", "--dsc", &text],
            vec!["trust", "inspect", &text],
            vec!["trust", &text],
            vec!["revocation", "inspect", &text],
            vec!["revocation", "identify", &text, &text],
            vec!["revocation", &text],
            vec!["conformance", &text],
            vec!["conformance", &text, "."],
            vec!["conformance", "dgc-testdata", &text],
            vec!["conformance", "business-rules", &text],
            vec!["conformance", "certlogic", &text],
        ] {
            let ran = run(arguments[0], &arguments[1..]);
            assert_ne!(ran.status, 0, "{:?}", &arguments[..2]);
            shows_nothing(&ran, &text, &arguments[..2].join(" "));
        }
        for program in [
            "verify",
            "inspect",
            "lint",
            "journey",
            "issue",
            "trust",
            "revocation",
        ] {
            for option in [
                format!("--{text}"),
                format!("--json={text}"),
                format!("-{text}"),
            ] {
                let ran = run(program, &[&option]);
                shows_nothing(&ran, &text, program);
            }
        }
    }
}

#[test]
fn a_code_from_standard_input_is_never_echoed() {
    for text in changed(&code()) {
        for program in ["verify", "inspect", "lint"] {
            let ran = run_with_stdin(program, &["-"], text.as_bytes());
            let whole = [&ran.out, &ran.err].map(|s| s.to_lowercase()).concat();
            assert!(
                !whole.contains(&text.trim().to_lowercase()),
                "{program}: {whole}"
            );
        }
    }
}

#[test]
fn a_file_is_named_whether_it_is_there_or_not() {
    let files = Files::new("named");
    let long = files.write(&format!("{}.txt", "certificates-of-a-day-".repeat(6)), "\n");
    for name in ["/no/such/file", "certificate.png", "./a b.txt", &long] {
        let ran = run("verify", &[name]);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(name), "{}", ran.err);
        let ran = run("verify", &["--trust", name, "HC1:6BF"]);
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn what_is_wrong_with_a_changed_code_is_said() {
    let code = code();
    for (text, why) in [
        (format!(" {code}"), "white space in front"),
        (code.to_lowercase(), "in capitals"),
        (format!("QR-Code:{code}"), "something in front"),
        (code[4..].to_owned(), "no file of this name"),
    ] {
        let ran = run("verify", &[&text]);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(why), "{}", ran.err);
    }
}

#[test]
fn what_nobody_sees_is_escaped_by_library_and_programs_alike() {
    for hidden in [
        '\u{1b}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{180e}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{2028}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e01ef}',
    ] {
        let escaped = hidden.escape_unicode().to_string();
        assert_eq!(
            hcert::words::printable(&format!("a{hidden}b")),
            format!("a{escaped}b")
        );
        let ran = run("verify", &[&format!("no{hidden}file")]);
        assert!(!ran.err.contains(hidden), "{escaped}: {}", ran.err);
        assert!(ran.err.contains(&escaped), "{escaped}: {}", ran.err);
    }
    let seen = "Ünïcödé, 名前, Имя, שם, 👍 <\"\\>";
    assert_eq!(hcert::words::printable(seen), seen);
}
