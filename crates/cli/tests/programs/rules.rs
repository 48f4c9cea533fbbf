//! The programs `verify` and `journey` with rules: accepted here?

use hcert::Timestamp;
use hcert::issue::P256Signer;
use hcert::record::Record;
use hcert::trust::SignedDocument;
use hcert_testkit::fixtures::{self, dsc, test, vaccination};
use hcert_testkit::programs::{Files, Ran, run};
use hcert_testkit::time::Plus as _;
use hcert_testkit::{pki, raw};
use serde_json::{Value, json};

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/rules.json");
const NOW: &str = "2021-06-01T12:00:00Z";

fn verify(files: &Files, record: &Record, more: &[&str]) -> Ran {
    let (trust, certificate) = (files.trust(), files.certificate("certificate.txt", record));
    let fixed = ["--quiet", "--at", NOW, "--trust-key", &trust];
    run("verify", &[&fixed, more, &[&certificate]].concat())
}

fn journey(files: &Files, records: &[&Record], more: &[&str]) -> Ran {
    let trust = files.trust();
    let certificates: Vec<_> = (1..)
        .zip(records)
        .map(|(n, record)| files.certificate(&format!("{n}.txt"), record))
        .collect();
    let fixed = ["--quiet", "--at", NOW, "--trust-key", &trust];
    let certificates: Vec<_> = certificates.iter().map(String::as_str).collect();
    run("journey", &[&fixed, more, &certificates].concat())
}

fn rules_of(acceptance: &Value) -> Vec<(&str, &str)> {
    let rules = acceptance["rules"].as_array().unwrap().iter();
    rules
        .map(|r| (r["rule"].as_str().unwrap(), r["outcome"].as_str().unwrap()))
        .collect()
}

#[test]
fn verify_says_whether_a_country_accepts_what_is_valid() {
    let files = Files::new("verify");
    let arrival = |time: &str| {
        let rules = [
            "--json",
            "--rules",
            RULES,
            "--country",
            "xx",
            "--arrival",
            time,
        ];
        let ran = verify(&files, &vaccination(), &rules);
        (ran.status, ran.line())
    };
    // The last dose was given on 2021-05-29: 14 days.
    let (status, line) = arrival("2021-06-12T00:00:00Z");
    assert_eq!((status, &line["outcome"]), (0, &json!("valid")), "{line}");
    let acceptance = &line["acceptance"];
    assert_eq!(acceptance["decision"], "accepted", "{line}");
    assert_eq!(acceptance["country"], "XX");
    assert_eq!(
        rules_of(acceptance),
        ["GR-XX-0001", "VR-XX-0001", "VR-XX-0002"].map(|rule| (rule, "passed"))
    );

    let (status, line) = arrival("2021-06-11T23:59:59Z");
    assert_eq!((status, &line["outcome"]), (1, &json!("valid")), "{line}");
    let acceptance = &line["acceptance"];
    assert_eq!(acceptance["decision"], "refused", "{line}");
    assert_eq!(rules_of(acceptance)[2], ("VR-XX-0002", "failed"));
    let affected = &acceptance["rules"][2]["affected"][0];
    assert_eq!(affected, &json!({"field": "v.0.dt", "value": "2021-05-29"}));
}

#[test]
fn a_refusal_is_said_in_words_of_the_language_that_was_asked_for() {
    let files = Files::new("words");
    let rules = ["--rules", RULES, "--country", "XX", "--language", "de-AT"];
    let ran = verify(&files, &vaccination(), &rules);
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("VALID, REFUSED  "), "{}", ran.out);
    let line = "✗ VR-XX-0002: Die letzte Dosis muss 14 bis 270 Tage vor der Ankunft \
                verabreicht worden sein. [v.0.dt 2021-05-29]";
    assert!(ran.out.contains(line), "{}", ran.out);
}

#[test]
fn a_country_without_rules_accepts_nothing() {
    let files = Files::new("none");
    let rules = ["--json", "--rules", RULES, "--country", "ZZ"];
    let ran = verify(&files, &vaccination(), &rules);
    assert_eq!(ran.status, 1);
    let acceptance = &ran.line()["acceptance"];
    assert_eq!(
        (&acceptance["decision"], &acceptance["reason"]["code"]),
        (&json!("open"), &json!("no-rules"))
    );

    // A region has no rules but its own.
    let region = [
        "--json",
        "--rules",
        RULES,
        "--country",
        "XX",
        "--region",
        "North",
    ];
    let acceptance = &verify(&files, &vaccination(), &region).line()["acceptance"];
    assert_eq!(acceptance["reason"]["code"], "no-rules");
}

#[test]
fn what_is_not_valid_is_not_asked_about() {
    let files = Files::new("invalid");
    let rules = ["--json", "--rules", RULES, "--country", "XX"];
    let late = ["--at", "2031-01-01T00:00:00Z"];
    let ran = verify(&files, &vaccination(), &[&rules[..], &late].concat());
    assert_eq!(ran.status, 1);
    assert_eq!(ran.line()["acceptance"], Value::Null);
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_not_passed_over() {
    let files = Files::new("broken");
    let mut rules: Value = serde_json::from_slice(&std::fs::read(RULES).unwrap()).unwrap();
    rules["rules"][1]["Logic"] = json!({"resembles": [1, 2]});
    let path = files.write("rules.json", rules.to_string());
    let arrival = ["--country", "XX", "--arrival", "2021-07-01T00:00:00Z"];
    let ran = verify(
        &files,
        &vaccination(),
        &[&["--json", "--rules", &path][..], &arrival].concat(),
    );
    assert_eq!(ran.status, 1, "{}", ran.err);
    let acceptance = &ran.line()["acceptance"];
    assert_eq!(
        (&acceptance["decision"], &acceptance["reason"]["code"]),
        (&json!("open"), &json!("rule-logic"))
    );
    assert!(ran.err.contains("VR-XX-0001"), "{}", ran.err);

    // Nobody can say whom this one concerns.
    rules["rules"][1]["Country"] = Value::Null;
    let path = files.write("rules.json", rules.to_string());
    let ran = verify(
        &files,
        &vaccination(),
        &[&["--rules", &path][..], &arrival].concat(),
    );
    assert_eq!(ran.status, 2);
    assert!(
        ran.err.contains("VR-XX-0001") && ran.err.contains("Country"),
        "{}",
        ran.err
    );
}

#[test]
fn signed_rules_are_opened_by_their_anchor_alone() {
    let files = Files::new("signed");
    let key = pki::TestKey::new("rules");
    let anchor = files.write("anchor.der", key.spki_der().unwrap());
    let signer = P256Signer::from_pkcs8_pem(&key.pkcs8_pem().unwrap()).unwrap();
    let content = std::fs::read(RULES).unwrap();
    let made_at = Timestamp::parse(NOW).unwrap();
    let mut signed = SignedDocument::sign("rules", &content, made_at, None, &signer).unwrap();
    let path = files.write("rules.cose", &signed);
    let country = [
        "--json",
        "--country",
        "XX",
        "--arrival",
        "2021-07-01T00:00:00Z",
    ];
    let with = |path: &str, anchor: &[&str]| {
        let rules = [&country[..], &["--rules", path], anchor].concat();
        verify(&files, &vaccination(), &rules)
    };
    let pinned = ["--rules-anchor", anchor.as_str()];
    let ran = with(&path, &pinned);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.line()["acceptance"]["decision"], "accepted");

    let ran = with(&path, &[]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--rules-anchor"), "{}", ran.err);

    // Nobody signed this one.
    let ran = with(RULES, &pinned);
    assert_eq!(ran.status, 2, "{}", ran.out);

    let middle = signed.len() / 2;
    signed[middle] ^= 1;
    let ran = with(&files.write("tampered.cose", &signed), &pinned);
    assert_eq!(ran.status, 2, "{}", ran.out);
}

#[test]
fn journey_asks_each_country_about_each_certificate() {
    let files = Files::new("journey");
    let (test, vaccination) = (test(), vaccination());
    let rules = [
        "--json",
        "--rules",
        RULES,
        "--arrival",
        "2021-06-02T10:12:22Z",
    ];
    let ran = journey(&files, &[&test, &vaccination], &rules);
    // XY has no rule for tests, and takes the vaccination.
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines = ran.lines();
    let decided: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["country"].as_str().unwrap(),
                line["decision"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("XX", "accepted"),
        ("XX", "refused"),
        ("XY", "open"),
        ("XY", "accepted"),
    ];
    assert_eq!(decided, expected);

    // 72 hours from the sample on, but not before the certificate was issued.
    let period = &lines[0]["periods"][0];
    assert_eq!(period["until"], "2021-06-02T10:12:23Z", "{period}");
    // From the 14th day on, before the certificate expires.
    let period = &lines[1]["periods"][0];
    assert_eq!(period["from"], "2021-06-12T00:00:00Z", "{period}");
}

#[test]
fn journey_says_from_when_a_refused_certificate_would_be_accepted() {
    let files = Files::new("when");
    let ran = journey(
        &files,
        &[&vaccination()],
        &["--rules", RULES, "--country", "XX"],
    );
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(ran.out.contains("XX  REFUSED"), "{}", ran.out);
    assert!(ran.out.contains("VR-XX-0002: The last dose"), "{}", ran.out);
    assert!(
        ran.out
            .contains("accepted from 2021-06-12T00:00:00Z until "),
        "{}",
        ran.out
    );
}

#[test]
fn journey_goes_without_trust_list_where_the_user_says_so() {
    let files = Files::new("unverified");
    let certificate = files.certificate("1.txt", &vaccination());
    let asked = [
        "--rules",
        RULES,
        "--country",
        "XX",
        "--arrival",
        "2021-07-01T00:00:00Z",
    ];
    let ran = run("journey", &[&asked[..], &[&certificate]].concat());
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--unverified"), "{}", ran.err);
    let ran = run(
        "journey",
        &[&asked[..], &["--unverified", &certificate]].concat(),
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("unverified: vaccination"), "{}", ran.out);
}

#[test]
fn rules_and_a_recognition_policy_have_to_agree() {
    let files = Files::new("both");
    let policy = json!({
        "name": "Entry", "version": "1", "country": "XX",
        "valid_from": "2021-05-01", "valid_until": "2021-12-31", "issuers": "any-trusted",
        "tests": [{"id": "naat", "kinds": ["naat"], "max_age_hours": 48}],
    });
    let policy = files.write("policy.json", policy.to_string());
    let both = ["--rules", RULES, "--recognition", &policy, "--json"];
    let arrival = |time: &str| {
        let ran = journey(
            &files,
            &[&test()],
            &[&both[..], &["--country", "XX", "--arrival", time]].concat(),
        );
        let line = ran.line();
        (line["decision"].clone(), line["periods"].clone())
    };
    let (decision, periods) = arrival("2021-06-01T10:12:22Z");
    assert_eq!(decision, "accepted");
    assert_eq!(periods[0]["until"], "2021-06-01T10:12:23Z");
    let (decision, _) = arrival("2021-06-01T10:12:23Z");
    assert_eq!(decision, "refused");
}

#[test]
fn wrong_usage_says_what_to_pass() {
    for (program, arguments, hint) in [
        ("verify", &["--rules", RULES, "HC1:"][..], "--country"),
        ("verify", &["--country", "XX", "HC1:"], "--rules"),
        ("verify", &["--country", "XXX", "HC1:"], "two letters"),
        ("journey", &["--unverified", "HC1:"], "--rules"),
        ("journey", &["--rules", RULES, "--unverified"], "INPUT"),
        (
            "journey",
            &["--rules", "/nowhere", "--unverified", "HC1:"],
            "/nowhere",
        ),
        ("journey", &["--wrong"], "--wrong"),
    ] {
        let ran = run(program, arguments);
        assert_eq!(ran.status, 2, "{program} {arguments:?}");
        assert!(
            ran.err.contains(hint),
            "{program} {arguments:?}: {}",
            ran.err
        );
        assert_eq!(ran.out, "");
    }
}

#[test]
fn an_invalidation_rule_counts_where_a_country_has_only_a_policy() {
    let files = Files::new("withdrawn");
    let policy = json!({
        "name": "Entry", "version": "1", "country": "XZ",
        "valid_from": "2021-05-01", "valid_until": "2021-12-31", "issuers": "any-trusted",
        "vaccinations": [{"id": "any", "any_product": true, "from_day": 0, "until_day": "unlimited"}],
    });
    let policy = files.write("policy.json", policy.to_string());
    let mut rules: Value = serde_json::from_slice(&std::fs::read(RULES).unwrap()).unwrap();
    let verify_with = |rules: &str| {
        let options = [
            "--json",
            "--country",
            "XZ",
            "--recognition",
            &policy,
            "--rules",
            rules,
        ];
        verify(&files, &vaccination(), &options).line()["acceptance"]["decision"].clone()
    };
    assert_eq!(verify_with(RULES), "accepted");
    let rule = &mut rules["rules"][1];
    rule["Identifier"] = json!("IR-XX-0001");
    rule["Type"] = json!("Invalidation");
    rule["Logic"] = json!({"===": [1, 2]});
    assert_eq!(
        verify_with(&files.write("rules.json", rules.to_string())),
        "refused"
    );
}

#[test]
fn signed_rules_that_have_expired_or_are_older_are_refused() {
    let files = Files::new("aged");
    let key = pki::TestKey::new("rules");
    let anchor = files.write("anchor.der", key.spki_der().unwrap());
    let signer = P256Signer::from_pkcs8_pem(&key.pkcs8_pem().unwrap()).unwrap();
    let content = std::fs::read(RULES).unwrap();
    let now = Timestamp::parse(NOW).unwrap();
    let bundle = |name: &str, made_at: Timestamp, expires_at| {
        let signed = SignedDocument::sign("rules", &content, made_at, expires_at, &signer);
        files.write(name, signed.unwrap())
    };
    let state = files.write("unused", "");
    let state = format!("{state}.state");
    let with = |bundle: &str| {
        let rules = [
            "--country",
            "XX",
            "--arrival",
            "2021-07-01T00:00:00Z",
            "--state",
            &state,
            "--rules-anchor",
            &anchor,
            "--rules",
            bundle,
        ];
        verify(&files, &vaccination(), &rules)
    };
    let expired = bundle("expired", now.plus(-100), Some(now.plus(-1)));
    let ran = with(&expired);
    assert_eq!(ran.status, 2, "{}", ran.out);
    assert!(ran.err.contains("expired"), "{}", ran.err);
    assert_eq!(with(&bundle("new", now.plus(-10), None)).status, 0);
    let ran = with(&bundle("old", now.plus(-20), None));
    assert_eq!(ran.status, 2, "{}", ran.out);
}

#[test]
fn two_dates_of_one_signer_are_refused_in_whatever_order_and_run() {
    let files = Files::new("rule-editions");
    let key = pki::TestKey::new("rules");
    let anchor = files.write("anchor.der", key.spki_der().unwrap());
    let signer = fixtures::signer("rules");
    let content = std::fs::read(RULES).unwrap();
    let now = Timestamp::parse(NOW).unwrap();
    let bundle = |name: &str, seconds: i64| {
        let made_at = now.plus(-seconds);
        let signed = SignedDocument::sign("rules", &content, made_at, None, &signer);
        files.write(name, signed.unwrap())
    };
    let (old, new) = (bundle("old.json", 20), bundle("new.json", 10));
    for (n, order) in [[&old, &new], [&new, &old]].into_iter().enumerate() {
        let state = format!("{}.{n}.state", files.write("unused", ""));
        for _ in 0..2 {
            let ran = verify(
                &files,
                &vaccination(),
                &[
                    "--country",
                    "XX",
                    "--arrival",
                    "2021-07-01T00:00:00Z",
                    "--state",
                    &state,
                    "--rules-anchor",
                    &anchor,
                    "--rules",
                    order[0],
                    "--rules",
                    order[1],
                ],
            );
            assert_eq!(ran.status, 2, "{}", ran.out);
            assert!(ran.err.contains("of another date"), "{}", ran.err);
        }
    }
}

#[test]
fn older_rules_by_a_key_that_is_pinned_beside_the_newer_ones_are_refused() {
    let files = Files::new("rollover");
    let content = std::fs::read(RULES).unwrap();
    let now = Timestamp::parse(NOW).unwrap();
    let anchor = |label: &str| {
        let key = pki::TestKey::new(label);
        files.write(&format!("{label}.der"), key.spki_der().unwrap())
    };
    let bundle = |name: &str, made_at: Timestamp, label: &str| {
        let signer = fixtures::signer(label);
        let signed = SignedDocument::sign("rules", &content, made_at, None, &signer);
        files.write(name, signed.unwrap())
    };
    let (old_key, new_key) = (anchor("old"), anchor("new"));
    let old = bundle("old.cose", now.plus(-20), "old");
    let new = bundle("new.cose", now.plus(-10), "new");
    for (n, keys) in [[&old_key, &new_key], [&new_key, &old_key]]
        .into_iter()
        .enumerate()
    {
        let state = format!("{}.{n}.state", files.write("unused", ""));
        let with = |bundle: &str| {
            let rules = [
                "--country",
                "XX",
                "--arrival",
                "2021-07-01T00:00:00Z",
                "--state",
                &state,
                "--rules-anchor",
                keys[0],
                "--rules-anchor",
                keys[1],
                "--rules",
                bundle,
            ];
            verify(&files, &vaccination(), &rules)
        };
        assert_eq!(with(&old).status, 0);
        assert_eq!(with(&new).status, 0);
        let ran = with(&old);
        assert_eq!(ran.status, 2, "{}", ran.out);
        assert!(ran.err.contains("older"), "{}", ran.err);
        assert_eq!(with(&new).status, 0);
    }
}

#[test]
fn what_nobody_was_asked_about_is_open() {
    let files = Files::new("nobody");
    let none = files.write("rules.json", "[]");
    let ran = journey(&files, &[&vaccination()], &["--rules", &none]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("no country"), "{}", ran.err);

    // What is not valid is not refused: nobody was asked.
    let late = [
        "--at",
        "2031-01-01T00:00:00Z",
        "--rules",
        RULES,
        "--country",
        "XX",
    ];
    let ran = journey(&files, &[&vaccination()], &late);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("XX  OPEN"), "{}", ran.out);
    assert!(ran.out.contains("revoked is not looked at"), "{}", ran.out);
}

#[test]
fn an_unverified_certificate_is_accepted_while_it_is_valid_alone() {
    let files = Files::new("validity");
    let policy = json!({
        "name": "Entry", "version": "1", "country": "XZ",
        "valid_from": "2021-05-01", "valid_until": "2035-12-31", "issuers": "any-trusted",
        "vaccinations": [{"id": "any", "any_product": true, "from_day": 0, "until_day": "unlimited"}],
    });
    let policy = files.write("policy.json", policy.to_string());
    let certificate = files.certificate("1.txt", &vaccination());
    let at = |time: Timestamp| {
        let time = time.to_string();
        let asked = [
            "--unverified",
            "--json",
            "--recognition",
            &policy,
            "--arrival",
            &time,
        ];
        run("journey", &[&asked[..], &[&certificate]].concat()).status
    };
    assert_eq!(at(fixtures::EXPIRES), 0);
    assert_eq!(at(fixtures::EXPIRES.plus(1)), 1);
}

/// The issuer withdraws what it issued, and says so by a rule. With two entries
/// the rule can't be asked, and that is no consent.
#[test]
fn a_rule_of_the_issuer_that_can_not_be_asked_leaves_it_open() {
    let files = Files::new("unasked");
    let rules = json!([{
        "Identifier": "IR-XX-0001", "Type": "Invalidation", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
        "CertificateType": "General", "Description": [{"lang": "en", "desc": "withdrawn"}],
        "ValidFrom": "2020-01-01T00:00:00Z", "ValidTo": "2099-01-01T00:00:00Z",
        "AffectedFields": ["v.0.tg"], "Logic": {"===": [1, 2]},
    }]);
    let rules = files.write("rules.json", rules.to_string());
    let policy = json!({
        "name": "P", "version": "1", "country": "CH", "valid_from": "2021-01-01",
        "valid_until": "2022-12-31", "issuers": "any-trusted",
        "vaccinations": [{"any_product": true, "from_day": 0, "until_day": 270}],
    });
    let policy = files.write("policy.json", policy.to_string());
    let trust = files.trust();
    let asked = |name: &str, entries: usize, more: &[&str]| {
        let group = ciborium::Value::Array(vec![raw::v(); entries]);
        let claims = raw::cwt(raw::with(raw::dcc(), "v", Some(group)));
        let raw = raw::Raw::new(dsc("alpha", &[]).kid().as_bytes()).payload(claims);
        let code = raw::text(&raw.sign(&fixtures::signer("alpha")));
        let code = files.write(name, code);
        let fixed = [
            "--quiet",
            "--json",
            "--at",
            NOW,
            "--trust-key",
            &trust,
            "--recognition",
            &policy,
            "--country",
            "CH",
        ];
        let ran = run("verify", &[&fixed, more, &[&code]].concat());
        let acceptance = ran.line()["acceptance"].clone();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let reason = word(&acceptance["reason"]["code"]);
        (ran.status, word(&acceptance["decision"]), reason)
    };
    let found = |status, decision: &str, reason: &str| (status, decision.into(), reason.into());
    for entries in [1, 2] {
        let alone = asked("alone.txt", entries, &[]);
        assert_eq!(alone, found(0, "accepted", ""), "{entries}");
    }
    let rules = ["--rules", &rules];
    assert_eq!(asked("one.txt", 1, &rules), found(1, "refused", ""));
    let open = found(1, "open", "too-many-entries");
    assert_eq!(asked("two.txt", 2, &rules), open);
}
