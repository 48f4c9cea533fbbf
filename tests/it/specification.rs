//! What the EU's JSON specification demands beyond its schema: issued by the
//! letter, read by the strict policy, and named by the linter with its clause.

use ciborium::Value;
use hcert::issue::Validity;
use hcert::lint::{Finding, Linter, Report, Severity};
use hcert::record::Record;
use hcert::verify::{Outcome, Policy, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, Raw, cwt, dcc, holder_only, r, t, v, with};
use serde_json::json;

/// Spellings of one hour that the specification allows (t/sc).
const OFFSETS: [&str; 8] = [
    "Z", "+02", "+0200", "+02:00", "-05", "-0530", "-03:30", "+14:00",
];

/// Times that are none, or that no clause allows.
const NO_TIMES: [&str; 16] = [
    "2021-05-30",
    "2021-05-30T10:12:22",
    "2021-05-30T10:12Z",
    "2021-05-30 10:12:22Z",
    "2021-05-30T10:12:22+2",
    "2021-05-30T10:12:22+020",
    "2021-05-30T10:12:22+02:0",
    "2021-05-30T10:12:22+02:00:00",
    "2021-05-30T10:12:22+24:00",
    "2021-05-30T10:12:22+0260",
    "2021-02-29T10:12:22+02",
    "2021-13-01T10:12:22+0200",
    "2021-05-00T10:12:22Z",
    "2021-05-30T24:00:00Z",
    "2021-05-30T10:60:22+02",
    "2021-05-30T10:12:22+02[Europe/Berlin]",
];

fn raw_of(payload: Value) -> String {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(cwt(payload));
    raw::text(&raw.sign(&signer("a")))
}

fn with_entry(group: &str, entry: Value) -> Value {
    with(holder_only(), group, Some(Value::Array(vec![entry])))
}

fn lint(text: &str) -> Report {
    Linter::new()
        .with_dsc(dsc("a", &[]))
        .at_time(NOW)
        .code(text)
}

/// `code place` of what the linter says of this payload and not of the
/// conforming one.
fn linted(payload: Value) -> Vec<String> {
    let of = |payload| -> Vec<String> {
        let report = lint(&raw_of(payload));
        // The identifiers of the entries have check characters of their own.
        let other = |f: &&Finding| f.at() != "dsc" && f.code() != "uvci-check";
        let findings = report.findings().iter().filter(other);
        findings
            .map(|f| format!("{} {}", f.code(), f.at()))
            .collect()
    };
    let before = of(dcc());
    let mut after = of(payload);
    after.retain(|finding| !before.contains(finding));
    after
}

/// Whether the strict policy takes the code, and what the default one notes.
fn strict(text: &str) -> (bool, Vec<String>) {
    let store = trust(&[&dsc("a", &[])]);
    let verdict = Verifier::new(store.clone()).verify(text, NOW);
    let noted = verdict.deviations().iter().map(|d| d.to_string());
    let noted: Vec<_> = noted.collect();
    let strict = Verifier::with_policy(store, Policy::default().strict()).verify(text, NOW);
    (strict.outcome() == Outcome::Valid, noted)
}

/// A record with one entry, in JSON, that conforms.
fn json_of(group: &str) -> serde_json::Value {
    let entry = match group {
        "v" => json!({
            "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
            "dn": 2, "sd": 2, "dt": "2021-05-29",
        }),
        "t" => json!({
            "tg": "840539006", "tt": "LP6464-4", "nm": "A PCR test", "sc": "2021-05-30T10:12:22Z",
            "tr": "260415000", "tc": "Testing centre 1",
        }),
        "rat" => json!({
            "tg": "840539006", "tt": "LP217198-3", "ma": "1232", "sc": "2021-05-30T10:12:22Z",
            "tr": "260415000",
        }),
        _ => json!({
            "tg": "840539006", "fr": "2021-04-21", "df": "2021-05-02", "du": "2021-10-18",
        }),
    };
    let mut entry = entry;
    for (name, value) in [
        ("co", "XX"),
        ("is", "Ministry of Health"),
        ("ci", "URN:UVCI:01:XX:ABC#R"),
    ] {
        entry[name] = value.into();
    }
    let group = if group == "rat" { "t" } else { group };
    json!({
        "nam": {"fn": "Musterfrau", "gn": "Gabriele"}, "dob": "1998-02-26", group: [entry],
    })
}

/// The record with members of its entry set, or left out where `null` stands.
fn changed(group: &str, members: &[(&str, serde_json::Value)]) -> serde_json::Value {
    let mut record = json_of(group);
    let group = if group == "rat" { "t" } else { group };
    let entry = record[group][0].as_object_mut().unwrap();
    for (name, value) in members {
        match value {
            serde_json::Value::Null => drop(entry.remove(*name)),
            value => drop(entry.insert((*name).to_owned(), value.clone())),
        }
    }
    record
}

/// What becomes of a record that is issued: the code of the error, or `ok`.
fn issue(record: &serde_json::Value) -> String {
    issue_at(record, VALIDITY)
}

fn issue_at(record: &serde_json::Value, validity: Validity) -> String {
    let record = match Record::from_json(&record.to_string()) {
        Ok(record) => record,
        Err(error) => return error.code().to_owned(),
    };
    match issuer("a", &[]).issue(&record, validity) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn what_conforms_is_issued_and_linted_without_a_word() {
    for group in ["v", "t", "rat", "r"] {
        assert_eq!(issue(&json_of(group)), "ok", "{group}");
    }
    let conforming = with(t(), "tt", Some("LP217198-3".into()));
    let conforming = with(conforming, "nm", None);
    let rapid = with(conforming, "ma", Some("1232".into()));
    for (group, entry) in [("t", t()), ("t", rapid), ("v", v()), ("r", r())] {
        assert_eq!(linted(with_entry(group, entry)), [""; 0], "{group}");
    }
}

#[test]
fn every_offset_of_the_specification_is_one_for_issuer_strict_and_linter() {
    for offset in OFFSETS {
        let time = format!("2021-05-30T10:12:22{offset}");
        let record = changed("t", &[("sc", time.as_str().into())]);
        assert_eq!(issue(&record), "ok", "{offset}");
        for version in ["1.0.0", "1.1.0", "1.2.1", "1.3.0", "1.3.3"] {
            let entry = with(t(), "sc", Some(time.as_str().into()));
            let payload = with(with_entry("t", entry), "ver", Some(version.into()));
            let (taken, noted) = strict(&raw_of(payload.clone()));
            assert!(taken, "{offset}, {version}: {noted:?}");
            let about_sc = linted(payload).into_iter().find(|f| f.ends_with(".sc"));
            assert_eq!(about_sc, None, "{offset}, {version}");
        }
    }
}

#[test]
fn what_is_no_time_with_a_zone_departs() {
    for time in NO_TIMES {
        let record = changed("t", &[("sc", time.into())]);
        assert_eq!(issue(&record), "schema-format", "{time}");
        let text = raw_of(with_entry("t", with(t(), "sc", Some(time.into()))));
        let (taken, noted) = strict(&text);
        assert!(!taken, "{time}: {noted:?}");
        let about = lint(&text);
        let about = about.findings().iter().find(|f| f.at() == "t[0].sc");
        assert_eq!(about.map(|f| f.code()), Some("schema-format"), "{time}");
    }
}

#[test]
fn an_organisation_stands_in_the_place_of_a_country() {
    for (group, entry) in [("v", v()), ("t", t()), ("r", r())] {
        for organisation in ["UNHCR", "WHO", "ABCDEFGHIJ", "X"] {
            let record = changed(group, &[("co", organisation.into())]);
            assert_eq!(issue(&record), "ok", "{group} {organisation}");
            let payload = with_entry(group, with(entry.clone(), "co", Some(organisation.into())));
            let (taken, noted) = strict(&raw_of(payload.clone()));
            assert!(taken, "{group} {organisation}: {noted:?}");
            let report = lint(&raw_of(payload));
            let about: Vec<_> = report
                .findings()
                .iter()
                .filter(|f| f.at() == format!("{group}[0].co") || f.code() == "uvci-country")
                .map(|f| (f.code(), f.severity()))
                .collect();
            assert_eq!(about, [("country-organisation", Severity::Note)]);
        }
    }
}

#[test]
fn what_is_neither_country_nor_organisation_is_refused() {
    for code in [
        "unhcr",
        "Unhcr",
        "xx",
        "X1",
        "UN HCR",
        "ABCDEFGHIJK",
        "ÄÖ",
        "XX ",
    ] {
        let record = changed("v", &[("co", code.into())]);
        let refused = issue(&record);
        assert!(
            ["record-country", "schema-pattern"].contains(&refused.as_str()),
            "{code}: {refused}"
        );
        let found = linted(with_entry("v", with(v(), "co", Some(code.into()))));
        assert!(
            found.contains(&"country-form v[0].co".to_owned()),
            "{code}: {found:?}"
        );
    }
}

/// Kind and members of a test, and what issuer and linter say.
#[test]
fn a_test_has_the_members_of_its_kind() {
    let null = serde_json::Value::Null;
    for (group, members, code, at) in [
        ("t", vec![("ma", json!("1232"))], "naat-device", "t[0].ma"),
        ("t", vec![("ma", json!(" "))], "naat-device", "t[0].ma"),
        ("t", vec![("tc", null.clone())], "naat-centre", "t[0].tc"),
        ("t", vec![("tc", json!(""))], "naat-centre", "t[0].tc"),
        ("t", vec![("tc", json!("  "))], "naat-centre", "t[0].tc"),
        ("rat", vec![("ma", null.clone())], "rat-device", "t[0].ma"),
        ("rat", vec![("ma", json!(""))], "rat-device", "t[0].ma"),
        ("rat", vec![("ma", json!("\t"))], "rat-device", "t[0].ma"),
    ] {
        let record = changed(group, &members);
        assert_eq!(issue(&record), code, "{members:?}");
        let mut entry = with(
            t(),
            "tt",
            Some(record["t"][0]["tt"].as_str().unwrap().into()),
        );
        for name in ["nm", "ma", "tc"] {
            let value = record["t"][0][name].as_str();
            entry = with(entry, name, value.map(Value::from));
        }
        let found = linted(with_entry("t", entry));
        assert!(found.contains(&format!("{code} {at}")), "{found:?}");
    }
    // Optional members.
    for (group, name) in [("t", "nm"), ("rat", "tc")] {
        assert_eq!(issue(&changed(group, &[(name, null.clone())])), "ok");
    }
    let named = [("tc", json!("Testing centre 1"))];
    assert_eq!(issue(&changed("rat", &named)), "ok");
}

#[test]
fn a_recovery_holds_from_day_11_to_day_180() {
    // 2021-04-21 and 11, 180 days: 2021-05-02, 2021-10-18.
    for (from, until, code) in [
        ("2021-05-02", "2021-10-18", "ok"),
        ("2021-05-02", "2021-05-02", "ok"),
        ("2021-10-18", "2021-10-18", "ok"),
        ("2021-05-01", "2021-10-18", "recovery-from"),
        ("2021-04-21", "2021-10-18", "recovery-from"),
        ("2020-12-31", "2021-10-18", "recovery-from"),
        ("0001-01-01", "2021-10-18", "recovery-from"),
        ("2021-05-02", "2021-10-19", "recovery-until"),
        ("2021-05-02", "9999-12-31", "recovery-until"),
        ("2021-05-03", "2021-05-02", "record-period"),
        ("2021-05-02", "0001-01-01", "record-period"),
    ] {
        let record = changed("r", &[("df", from.into()), ("du", until.into())]);
        assert_eq!(issue(&record), code, "{from} {until}");
        let entry = with(r(), "df", Some(from.into()));
        let entry = with(entry, "du", Some(until.into()));
        let found = linted(with_entry("r", entry));
        let wanted = match code {
            "ok" => None,
            "record-period" => Some("period r[0].du".to_owned()),
            "recovery-from" => Some("recovery-from r[0].df".to_owned()),
            code => Some(format!("{code} r[0].du")),
        };
        match wanted {
            None => assert_eq!(found, [""; 0], "{from} {until}"),
            Some(wanted) => assert!(found.contains(&wanted), "{from} {until}: {found:?}"),
        }
    }
}

#[test]
fn a_certificate_of_an_earlier_schema_has_notes_of_later_clauses() {
    let entry = with(t(), "tt", Some("LP217198-3".into()));
    for (version, severity) in [
        ("1.0.0", Severity::Note),
        ("1.2.1", Severity::Note),
        ("1.3.0", Severity::Error),
        ("1.3.3", Severity::Error),
        ("x", Severity::Error),
    ] {
        let payload = with(
            with_entry("t", entry.clone()),
            "ver",
            Some(Value::from(version)),
        );
        let report = lint(&raw_of(payload));
        let found = report.findings().iter().find(|f| f.code() == "rat-device");
        let found = found.unwrap();
        assert_eq!(found.severity(), severity, "{version}");
        assert!(found.clause().contains("t/ma"), "{}", found.clause());
    }
}

#[test]
fn a_date_after_the_issue_is_not_issued() {
    // Issued at 2021-06-01T00:00:00Z, when it is the same day up to +14:00.
    for (group, name, value, code) in [
        ("v", "dt", "2021-06-01", "ok"),
        ("v", "dt", "2021-06-02", "issue-entry-after-issue"),
        ("v", "dt", "2099-01-01", "issue-entry-after-issue"),
        ("t", "sc", "2021-06-01T00:00:00Z", "ok"),
        ("t", "sc", "2021-06-01T02:00:00+02", "ok"),
        ("t", "sc", "2021-06-01T00:00:01Z", "issue-entry-after-issue"),
        (
            "rat",
            "sc",
            "2099-01-01T00:00:00+0200",
            "issue-entry-after-issue",
        ),
    ] {
        let record = changed(group, &[(name, value.into())]);
        assert_eq!(issue(&record), code, "{name} {value}");
    }
    let later = [
        ("fr", json!("2021-06-02")),
        ("df", json!("2021-06-20")),
        ("du", json!("2021-07-20")),
    ];
    assert_eq!(issue(&changed("r", &later)), "issue-entry-after-issue");
    // From when on it holds may well come later.
    let soon = [
        ("fr", json!("2021-05-31")),
        ("df", json!("2021-06-20")),
        ("du", json!("2021-07-20")),
    ];
    assert_eq!(issue(&changed("r", &soon)), "ok");
}

#[test]
fn a_birth_after_the_event_or_the_issue_is_not_issued() {
    for group in ["v", "t", "rat", "r"] {
        for dob in [
            "2099-01-01",
            "2099-01",
            "2099",
            "2021-06-02",
            "2021-07",
            "2022",
        ] {
            let mut record = json_of(group);
            record["dob"] = dob.into();
            assert_eq!(issue(&record), "issue-entry-after-issue", "{group} {dob}");
        }
        for (dob, code) in [
            // The day of issue where it begins first, and after each event.
            ("2021-06-01", "birth-after-event"),
            ("2021-06", "birth-after-event"),
            // Which day of the month or year is not known.
            (
                "2021-05",
                if group == "r" {
                    "birth-after-event"
                } else {
                    "ok"
                },
            ),
            ("2021", "ok"),
            ("", "ok"),
        ] {
            let mut record = json_of(group);
            record["dob"] = dob.into();
            assert_eq!(issue(&record), code, "{group} {dob}");
        }
    }
    for (group, entry) in [("v", v()), ("t", t()), ("r", r())] {
        let payload = with(with_entry(group, entry), "dob", Some("2021-06-01".into()));
        assert!(linted(payload).contains(&"birth-after-event dob".to_owned()));
    }
    // 2021-05-30T10:12:22Z, when it is the next day in the east.
    for (dob, code) in [("2021-05-31", "ok"), ("2021-05-30", "ok")] {
        let mut record = json_of("t");
        record["dob"] = dob.into();
        assert_eq!(issue(&record), code, "{dob}");
    }
    // The day of a dose is the day of the birth.
    let mut record = json_of("v");
    record["dob"] = "2021-05-29".into();
    assert_eq!(issue(&record), "ok");
}

#[test]
fn a_result_that_no_value_set_has_is_not_issued() {
    for (code, outcome) in [
        ("260415000", "ok"),
        ("260373001", "ok"),
        // Inconclusive, as the international patient summary has it.
        ("419984006", "ok"),
        ("99", "test-result"),
        ("260415000 ", "test-result"),
        ("negative", "test-result"),
        ("26041500", "test-result"),
    ] {
        for group in ["t", "rat"] {
            let record = changed(group, &[("tr", code.into())]);
            assert_eq!(issue(&record), outcome, "{code}");
        }
        let found = linted(with_entry("t", with(t(), "tr", Some(code.into()))));
        let said = found.contains(&"test-result t[0].tr".to_owned());
        assert_eq!(said, outcome != "ok", "{code}: {found:?}");
    }
}

#[test]
fn blanks_are_no_text() {
    for (group, name) in [
        ("v", "is"),
        ("v", "ci"),
        ("v", "mp"),
        ("v", "vp"),
        ("v", "ma"),
        ("v", "tg"),
        ("t", "nm"),
        ("t", "tt"),
        ("rat", "tc"),
        ("r", "is"),
        ("r", "tg"),
    ] {
        for blank in [" ", "\t", "\u{a0}", "\u{3000} "] {
            let record = changed(group, &[(name, blank.into())]);
            assert_eq!(issue(&record), "text-blank", "{group} {name} {blank:?}");
        }
    }
    let mut record = json_of("v");
    record["nam"]["fn"] = " ".into();
    record["nam"]["fnt"] = "X".into();
    assert_eq!(issue(&record), "text-blank");
    let found = linted(with_entry("v", with(v(), "is", Some(" ".into()))));
    assert_eq!(found, ["text-blank v[0].is"]);
}

#[test]
fn a_date_of_birth_that_is_no_date_departs() {
    for (dob, is_date) in [
        ("1990", true),
        ("1990-12", true),
        ("1992-02-29", true),
        ("", true),
        ("1990-13", false),
        ("1990-00", false),
        ("1990-99", false),
        ("1990-02-30", false),
        ("1990-02-29", false),
        ("1990-00-01", false),
        ("1990-01-00", false),
        ("1990-13-01", false),
        ("1990-04-31", false),
        ("1900-02-29", false),
    ] {
        for version in ["1.1.0", "1.2.1", "1.3.0", "1.3.3"] {
            if dob.is_empty() && version < "1.3.0" {
                continue;
            }
            let payload = with(
                with(dcc(), "dob", Some(dob.into())),
                "ver",
                Some(version.into()),
            );
            let (taken, noted) = strict(&raw_of(payload.clone()));
            assert_eq!(taken, is_date, "{dob} {version}: {noted:?}");
            let found = linted(payload).contains(&"schema-format dob".to_owned());
            assert_eq!(found, !is_date, "{dob} {version}");
        }
    }
}

#[test]
fn dates_that_no_calendar_has_depart() {
    for (group, entry, name) in [
        ("v", v(), "dt"),
        ("r", r(), "fr"),
        ("r", r(), "df"),
        ("r", r(), "du"),
    ] {
        for date in [
            "2021-02-29",
            "2021-13-01",
            "2021-00-10",
            "2021-04-31",
            "2021-05-00",
            "2021-5-1",
            "2021-05",
            "2021",
            "",
            "20210501",
            "2021-05-29T00:00:00Z",
            " 2021-05-29",
        ] {
            let text = raw_of(with_entry(
                group,
                with(entry.clone(), name, Some(date.into())),
            ));
            let (taken, noted) = strict(&text);
            assert!(!taken, "{name} {date}: {noted:?}");
            let record = changed(group, &[(name, date.into())]);
            let refused = issue(&record);
            assert!(refused.starts_with("schema-"), "{name} {date}: {refused}");
        }
    }
}

#[test]
fn fillers_at_the_end_of_a_part_are_none_of_the_name() {
    use hcert::words::{Language, describe};
    for (family, given, passport) in [
        ("MUSTER", "ERIKA", "MUSTER<<ERIKA"),
        ("MUSTER<<<<<", "ERIKA<", "MUSTER<<ERIKA"),
        ("MUSTER", "ERIKA<<<<<<<<", "MUSTER<<ERIKA"),
        ("<MUSTER<", "<<ERIKA<MARIA<", "MUSTER<<ERIKA<MARIA"),
        ("MUSTER<MANN", "", "MUSTER<MANN"),
        ("", "ERIKA<", "ERIKA"),
        ("<<<", "ERIKA", "ERIKA"),
        ("MUSTER<<<<<<<ERIKA<", "", "MUSTER<<ERIKA"),
    ] {
        let holder = hcert::record::Holder::with_standard_names(
            ("Muster", family),
            ("Erika", given),
            hcert::PartialDate::Unknown,
        );
        assert_eq!(holder.passport_name().as_deref(), Some(passport));
        let record = match Record::new(holder, vaccination().entries()[0].clone()) {
            Ok(record) => record,
            Err(error) => panic!("{error}"),
        };
        let lines = describe(&record, Language::English);
        let said = lines.iter().find(|line| line.label == "In passports");
        assert_eq!(said.unwrap().text, passport);
    }
}

#[test]
fn a_duplicate_member_is_not_issued() {
    let good = json_of("t").to_string();
    for (member, twice) in [
        (
            r#""dob":"1998-02-26""#,
            r#""dob":"1990-01-01","dob":"1998-02-26""#,
        ),
        (
            r#""dob":"1998-02-26""#,
            r#""d\u006fb":"1990-01-01","dob":"1998-02-26""#,
        ),
        (
            r#""fn":"Musterfrau""#,
            r#""fn":"Mustermann","fn":"Musterfrau""#,
        ),
        (
            r#""tr":"260415000""#,
            r#""tr":"260373001","tr":"260415000""#,
        ),
        (
            r#""tr":"260415000""#,
            r#""tr":"260415000","tr":"260415000""#,
        ),
        (r#""t":["#, r#""t":[],"t":["#),
    ] {
        assert!(good.contains(member), "{good}");
        let text = good.replace(member, twice);
        let code = Record::from_json(&text).map(drop).map_err(|e| e.code());
        assert_eq!(code, Err("record-json"), "{twice}");
        assert!(hcert::format::hc1::schema::check_json(&text).is_err());
    }
}

/// The codes and places of what an issued certificate is warned of.
fn warned(record: &serde_json::Value, validity: Validity) -> Vec<String> {
    let record = Record::from_json(&record.to_string()).unwrap();
    let issued = issuer("a", &[]).issue(&record, validity).unwrap();
    let warnings = issued.warnings().iter();
    warnings
        .map(|w| format!("{} {}", w.code(), w.at()))
        .collect()
}

#[test]
fn what_can_hardly_be_is_warned_of() {
    for (group, members, at) in [
        ("v", vec![("dt", json!("2019-12-31"))], "v[0].dt"),
        ("v", vec![("dt", json!("0001-01-01"))], "v[0].dt"),
        ("v", vec![("dt", json!("0000-01-01"))], "v[0].dt"),
        ("t", vec![("sc", json!("2019-12-30T23:59:59Z"))], "t[0].sc"),
        (
            "r",
            vec![
                ("fr", json!("2019-12-31")),
                ("df", json!("2020-01-11")),
                ("du", json!("2020-02-01")),
            ],
            "r[0].fr",
        ),
    ] {
        let mut record = changed(group, &members);
        record["dob"] = "".into();
        assert_eq!(warned(&record, VALIDITY), [format!("date-too-early {at}")]);
        let mut entry = match group {
            "v" => v(),
            "t" => t(),
            _ => r(),
        };
        for (name, value) in &members {
            entry = with(entry, *name, value.as_str().map(Value::from));
        }
        let found = linted(with_entry(group, entry));
        assert!(found.contains(&format!("date-too-early {at}")), "{found:?}");
    }
    // It may have been 2020 where the sample was taken.
    let record = changed("t", &[("sc", json!("2019-12-31T12:00:00Z"))]);
    assert_eq!(warned(&record, VALIDITY), [""; 0]);
    // Another disease, of which a value set has nothing.
    let record = changed(
        "v",
        &[("dt", json!("2019-12-31")), ("tg", json!("6142004"))],
    );
    assert_eq!(warned(&record, VALIDITY), ["value-unknown v[0].tg"]);

    // The age is that of the day of issue.
    let at = |text| hcert::Timestamp::parse(text).unwrap();
    for (dob, issued, is_old) in [
        ("1900-06-01", "2022-06-01T00:00:00Z", false),
        ("1900", "2022-06-01T00:00:00Z", false),
        ("1900-06-01", "2030-06-01T00:00:00Z", false),
        ("1900-05-31", "2030-06-01T00:00:00Z", true),
        ("1900-05", "2030-06-01T00:00:00Z", true),
        ("1900", "2030-06-01T00:00:00Z", false),
        ("1900", "2031-01-01T00:00:00Z", true),
    ] {
        let mut payload = with(dcc(), "dob", Some(dob.into()));
        payload = with(cwt(payload), 6, Some(at(issued).seconds().into()));
        let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(payload);
        let report = lint(&raw::text(&raw.sign(&signer("a"))));
        let found = report.findings().iter().any(|f| f.code() == "age");
        assert_eq!(found, is_old, "{dob} {issued}");
    }
}

#[test]
fn what_is_advised_against_is_warned_of() {
    let record = changed("rat", &[("nm", json!("A rapid test"))]);
    assert_eq!(warned(&record, VALIDITY), ["rat-name t[0].nm"]);
    let record = changed("t", &[("tr", json!("419984006"))]);
    assert_eq!(
        warned(&record, VALIDITY),
        ["test-result-inconclusive t[0].tr"]
    );
    let record = changed("r", &[("co", json!("WHO"))]);
    assert_eq!(warned(&record, VALIDITY), ["country-organisation r[0].co"]);
}

#[test]
fn codes_that_no_value_set_has_are_warned_of() {
    for (group, name) in [
        ("v", "tg"),
        ("v", "vp"),
        ("v", "mp"),
        ("v", "ma"),
        ("t", "tg"),
        ("t", "tt"),
        ("r", "tg"),
    ] {
        let record = changed(group, &[(name, json!("99"))]);
        let at = format!("value-unknown {group}[0].{name}");
        assert_eq!(warned(&record, VALIDITY), [at]);
    }
    // Another way to write a code of the set is another code.
    let record = changed("v", &[("vp", json!("J07BX03"))]);
    assert_eq!(warned(&record, VALIDITY), ["value-inactive v[0].vp"]);
    let record = changed("v", &[("mp", json!("eu/1/20/1528"))]);
    assert_eq!(warned(&record, VALIDITY), ["value-unknown v[0].mp"]);
    // The list of devices on the gateway is longer than the one here.
    let record = changed("rat", &[("ma", json!("99999"))]);
    assert_eq!(warned(&record, VALIDITY), [""; 0]);
}
