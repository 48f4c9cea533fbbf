//! `hcert issue`, as a user runs it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::record::Record;
use hcert::trust::TrustStore;
use hcert::verify::{Outcome, Verdict, Verifier};
use hcert_testkit::programs;
use serde_json::Value;

fn program() -> Command {
    programs::program("issue")
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Input and output are longer than what the pipes hold.
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A program that ends before it reads closes the pipe.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().unwrap()
    })
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A fresh directory that the program can make.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

struct Demo(PathBuf);

impl Demo {
    fn new(name: &str) -> Self {
        let directory = fresh(name);
        let output = run(&["--demo", directory.to_str().unwrap()]);
        assert!(output.status.success(), "{}", stderr(&output));
        Self(directory)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn verify(&self, text: &str) -> Verdict {
        let mut builder = TrustStore::builder();
        let list = self.read("trust.json");
        builder.add_bytes("trust.json", list.as_bytes()).unwrap();
        let (store, report) = builder.build();
        assert_eq!((report.loaded, report.problems), (1, vec![]));
        Verifier::new(store).verify(text, SystemTime::now().into())
    }

    /// The arguments that name the key, and more.
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let own = [
            "--dsc",
            &self.path("dsc.pem"),
            "--key",
            &self.path("key.pem"),
        ];
        let all = own.iter().chain(more);
        all.map(|argument| argument.to_string()).collect()
    }

    fn run(&self, more: &[&str], input: &str) -> Output {
        let arguments = self.arguments(more);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        run_with_input(&arguments, input.as_bytes())
    }
}

const EXPECTED: [(&str, Outcome, Option<&str>); 7] = [
    ("vaccination", Outcome::Valid, None),
    ("naat-test", Outcome::Valid, None),
    ("antigen-test", Outcome::Valid, None),
    ("antibody-test", Outcome::Valid, None),
    ("recovery", Outcome::Valid, None),
    ("tampered", Outcome::Invalid, Some("bad-signature")),
    ("expired", Outcome::Expired, Some("expired")),
];

#[test]
fn the_demo_verifies_as_its_names_say() {
    let demo = Demo::new("issue demo");
    for (name, outcome, reason) in EXPECTED {
        let text = demo.read(&format!("{name}.txt"));
        let verdict = demo.verify(text.trim_end());
        assert_eq!(verdict.outcome(), outcome, "{name}: {verdict:?}");
        assert_eq!(verdict.reason().map(|r| r.code()), reason, "{name}");
        assert_eq!(verdict.deviations(), [], "{name}");
        assert!(demo.read(&format!("{name}.svg")).starts_with("<svg"));
        if outcome == Outcome::Valid {
            let record = Record::from_json(&demo.read(&format!("{name}.json"))).unwrap();
            assert!(verdict.signed_record() == Some(&record), "{name}");
        }
    }
    let csca = demo.read("csca.pem");
    assert!(csca.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[cfg(feature = "scan")]
#[test]
fn the_pictures_of_the_demo_hold_its_texts() {
    let demo = Demo::new("issue pictures");
    for (name, ..) in EXPECTED {
        let png = fs::read(demo.0.join(format!("{name}.png"))).unwrap();
        let codes = hcert::qr::scan(&png, &Default::default()).unwrap();
        let texts: Vec<_> = codes.iter().map(|code| code.text()).collect();
        assert_eq!(texts, [demo.read(&format!("{name}.txt")).trim_end()]);
    }
}

#[test]
fn the_demo_overwrites_nothing_and_hides_its_key() {
    let demo = Demo::new("issue demo twice");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(demo.0.join("key.pem")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
    let before = demo.read("key.pem");
    let again = run(&["--demo", demo.0.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        stderr(&again).contains("choose another directory"),
        "{}",
        stderr(&again)
    );
    assert_eq!(demo.read("key.pem"), before);

    // One file of ours among others is enough to stop it.
    let directory = fresh("issue demo beside");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("expired.svg"), "mine").unwrap();
    let output = run(&["--demo", directory.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);

    let other = Demo::new("issue demo other");
    assert_ne!(other.read("key.pem"), before, "the keys are fresh");
}

#[test]
fn the_demo_tells_what_to_do_next() {
    let directory = fresh("issue demo next");
    let output = run(&["--demo", directory.to_str().unwrap()]);
    let text = stdout(&output);
    assert!(text.contains("hcert verify --trust '"), "{text}");
    assert!(text.contains("not for production"), "{text}");

    let directory = fresh("issue-demo-json");
    let output = run(&["--json", "--demo", directory.to_str().unwrap()]);
    let object: Value = serde_json::from_str(stdout(&output)).unwrap();
    for file in object["files"].as_array().unwrap() {
        assert!(Path::new(file.as_str().unwrap()).is_file());
    }
    assert_eq!(object["kid"].as_str().unwrap().len(), 16);
}

#[test]
fn a_record_becomes_a_text_or_a_picture() {
    let demo = Demo::new("issue forms");
    // Before the time at which it is issued here.
    let mut early: Value = serde_json::from_str(&demo.read("recovery.json")).unwrap();
    for (member, day) in [
        ("fr", "2025-11-01"),
        ("df", "2025-11-12"),
        ("du", "2026-04-30"),
    ] {
        early["r"][0][member] = day.into();
    }
    let record = demo.path("early.json");
    std::fs::write(&record, early.to_string()).unwrap();
    let times = [
        "--issued-at",
        "2026-01-01T00:00:00Z",
        "--days",
        "1",
        "--country",
        "YY",
    ];
    let arguments = |more: &[&str]| {
        let all = demo.arguments(&[&times, more].concat());
        let output = program().args(all).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        output
    };
    // Its document signer is not older than two years.
    let text = stdout(&arguments(&[&record])).trim_end().to_owned();
    let verdict = demo.verify(&text);
    let claims = verdict.signed_claims().expect("the signature holds");
    assert_eq!(claims.issuer(), Some("YY"));
    let expected = Timestamp::parse("2026-01-02T00:00:00Z").unwrap();
    assert_eq!(claims.expires_at().timestamp(), Some(expected));

    let object: Value = serde_json::from_str(stdout(&arguments(&["--json", &record]))).unwrap();
    assert_eq!(object["text"], *text);
    assert_eq!(object["expires_at"], "2026-01-02T00:00:00Z");
    assert_eq!(object["qr"]["level"], "Q");
    assert!(stdout(&arguments(&["--out", "svg", &record])).starts_with("<svg"));
    let terminal = arguments(&["--out", "terminal", &record]);
    assert!(stdout(&terminal).contains('█'));
    let low = arguments(&["--json", "--level", "L", &record]);
    let low: Value = serde_json::from_str(stdout(&low)).unwrap();
    assert!(low["qr"]["version"].as_u64() < object["qr"]["version"].as_u64());

    // The ending of the file decides where nothing else does.
    let svg = demo.path("own.svg");
    arguments(&["--output", &svg, &record]);
    assert!(demo.read("own.svg").starts_with("<svg"));
    let png = arguments(&["--out", "png", &record]);
    assert!(png.stdout.starts_with(b"\x89PNG"));

    let piped = demo.run(&["-"], &demo.read("recovery.json"));
    assert!(stdout(&piped).starts_with("HC1:"), "{}", stderr(&piped));
}

#[test]
fn a_dense_symbol_is_warned_of() {
    let demo = Demo::new("issue dense");
    let mut record: Value = serde_json::from_str(&demo.read("naat-test.json")).unwrap();
    for (member, start) in [("is", 'A'), ("tc", 'B'), ("nm", 'C')] {
        // Little of it repeats.
        let text: String = (0..80_u32)
            .map(|n| char::from_u32(0x4e00 + n * 83 + start as u32 * 7).unwrap())
            .collect();
        record["t"][0][member] = text.into();
    }
    let output = demo.run(&["--json", "-"], &record.to_string());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("warning: QR version"),
        "{}",
        stderr(&output)
    );
    let object: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(object["qr"]["warning"], "qr-modules-too-small");
}

#[test]
fn a_record_that_is_hardly_true_is_warned_of() {
    let demo = Demo::new("issue warnings");
    let mut record: Value = serde_json::from_str(&demo.read("vaccination.json")).unwrap();
    record["v"][0]["dt"] = "2019-12-31".into();
    record["v"][0]["co"] = "UNHCR".into();
    let output = demo.run(&["--json", "-"], &record.to_string());
    assert!(output.status.success(), "{}", stderr(&output));
    for place in [
        "hcert issue: warning: v[0].dt: ",
        "hcert issue: warning: v[0].co: ",
        "DCC JSON specification",
    ] {
        assert!(stderr(&output).contains(place), "{}", stderr(&output));
    }
    let object: Value = serde_json::from_str(stdout(&output)).unwrap();
    let codes = |object: &Value| -> Vec<_> {
        let warnings = object["warnings"].as_array().unwrap().iter();
        warnings
            .map(|warning| warning["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes(&object), ["country-organisation", "date-too-early"]);
    let good = demo.run(&["--json", "-"], &demo.read("vaccination.json"));
    let good: Value = serde_json::from_str(stdout(&good)).unwrap();
    assert_eq!(codes(&good), [""; 0]);

    let output = demo.run(&["--batch", "-"], &record.to_string());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let line: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(codes(&line), ["country-organisation", "date-too-early"]);
    let said = stderr(&output);
    assert!(said.contains("line 1: warning: v[0].dt: "), "{said}");
    assert!(
        !said.contains("2019-12-31") && !said.contains("UNHCR"),
        "{said}"
    );

    record["v"][0]["dt"] = "2099-01-01".into();
    let refused = demo.run(&["-"], &record.to_string());
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("v[0].dt: after its issue"),
        "{}",
        stderr(&refused)
    );
}

fn one_line(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap();
    value.to_string()
}

#[test]
fn a_batch_issues_the_good_lines_and_reports_the_bad_ones() {
    let demo = Demo::new("issue batch");
    let good = one_line(&demo.read("vaccination.json"));
    let mut lines = vec![good; 40];
    lines[2] = lines[0].replace("\"dn\":2", "\"dn\":\"Secret\"");
    lines[3] = String::new();
    lines[35] = "{".into();
    let output = demo.run(&["--batch", "-"], &lines.join("\n"));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("37 issued, 2 refused"),
        "{}",
        stderr(&output)
    );
    let objects = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let objects: Vec<_> = objects.collect();
    let numbers: Vec<_> = objects
        .iter()
        .map(|o| o["line"].as_u64().unwrap())
        .collect();
    let expected: Vec<_> = (1..=40).filter(|n| *n != 4).collect();
    assert_eq!(numbers, expected, "in order, the empty line left out");
    for object in &objects {
        match object["line"].as_u64().unwrap() {
            3 => {
                let message = object["error"]["message"].as_str().unwrap();
                assert!(message.contains("v[0].dn"), "{message}");
                assert!(!message.contains("Secret"), "{message}");
            }
            36 => assert_eq!(object["error"]["code"], "record-json"),
            _ => {
                let verdict = demo.verify(object["text"].as_str().unwrap());
                assert_eq!(verdict.outcome(), Outcome::Valid);
            }
        }
    }
    let output = demo.run(&["--batch", "-"], "");
    assert_eq!(output.status.code(), Some(0));
    let not_text = demo.run(&["--batch", "--out", "png", "-"], "");
    assert_eq!(not_text.status.code(), Some(2));
}

#[test]
fn a_bad_record_is_named_by_its_member_and_not_by_its_value() {
    let demo = Demo::new("issue bad record");
    let good = one_line(&demo.read("vaccination.json"));
    let changes = [
        ("\"dob\":\"1998-02-26\"", "\"dob\":\"Secret\"", "dob"),
        ("\"co\":\"XX\"", "\"co\":\"secret\"", "v[0].co"),
        ("\"dt\":\"20", "\"dt\":\"Secret", "v[0].dt"),
        ("\"dn\":2", "\"dn\":0", "v[0].dn"),
        ("\"fn\":\"Muster", "\"fn\":\"王Secret", "nam.fn"),
        ("\"gn\":\"Gab", "\"gn\":\"4Secret", "nam.gn"),
        ("\"mp\":", "\"mpp\":", "v[0].mp"),
    ];
    for (old, new, member) in changes {
        assert!(good.contains(old), "{old}");
        let output = demo.run(&["-"], &good.replace(old, new));
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(member), "{member}: {message}");
        for value in ["ecret", "王", "Muster", "Gabriele", "1998"] {
            assert!(!message.contains(value), "{message}");
        }
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn keys_and_times_that_do_not_fit_are_refused_with_advice() {
    let (demo, other) = (Demo::new("issue wrong key"), Demo::new("issue other key"));
    let record = demo.path("vaccination.json");
    let (dsc, key) = (demo.path("dsc.pem"), demo.path("key.pem"));
    let other_key = other.path("key.pem");
    let good = ["--dsc", dsc.as_str(), "--key", key.as_str()];
    let with = |more: &[&'static str]| [&good[..], more, &[record.as_str()]].concat();
    let cases: [(Vec<&str>, i32, &str); 9] = [
        (
            vec!["--dsc", &dsc, "--key", &other_key, &record],
            2,
            "give the key that belongs to it",
        ),
        (
            vec!["--dsc", &key, "--key", &key, &record],
            2,
            "give --dsc a certificate",
        ),
        (
            vec!["--dsc", &dsc, "--key", &dsc, &record],
            2,
            "openssl pkcs8",
        ),
        (vec!["--key", &key, &record], 2, "--dsc FILE"),
        (vec!["--dsc", &dsc, &record], 2, "--key FILE"),
        (
            vec!["--dsc", "absent.pem", "--key", &key, &record],
            2,
            "absent.pem",
        ),
        (with(&["--days", "1000"]), 1, "fewer --days"),
        (
            with(&["--issued-at", "2001-01-01T00:00:00Z"]),
            1,
            "a later --issued-at",
        ),
        (
            with(&["--expires-at", "2001-01-01T00:00:00Z"]),
            1,
            "a later --expires-at",
        ),
    ];
    for (arguments, code, advice) in cases {
        let output = run(&arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(message.contains(advice), "{advice}: {message}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "issue --help"),
        (&["--nonsense"], "--nonsense"),
        (&["a.json", "b.json"], "b.json"),
        (&["--out", "gif", "a.json"], "svg, png"),
        (&["--level", "X", "a.json"], "L, M, Q and H"),
        (&["--country", "xx", "a.json"], "two capital letters"),
        (&["--issued-at", "today", "a.json"], "RFC 3339"),
        (
            &[
                "--days",
                "1",
                "--expires-at",
                "2030-01-01T00:00:00Z",
                "a.json",
            ],
            "one of",
        ),
        (&["--demo", "x", "--batch"], "alone"),
    ];
    for (arguments, advice) in cases {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = stderr(&output);
        assert!(message.contains(advice), "{arguments:?}: {message}");
    }
}

#[test]
fn help_goes_to_stdout() {
    for option in ["--help", "-h"] {
        let output = run(&[option]);
        assert!(output.status.success());
        assert!(stdout(&output).contains("--demo DIR"));
        assert!(output.stderr.is_empty());
    }
}
