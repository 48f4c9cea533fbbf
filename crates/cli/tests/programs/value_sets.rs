//! Who goes by value sets: the words, the linter, the programs.

use hcert::lint::Linter;
use hcert::record::{Coding, Holder, Record, Vaccination, ValueSets};
use hcert::words::{Language, describe, describe_with};
use hcert::{Date, PartialDate};
use hcert_testkit::fixtures::issued;
use hcert_testkit::programs::{self, Files};
use serde_json::{Map, Value, json};

/// A set of active codes.
fn document(id: &str, date: &str, codes: &[(&str, &str)]) -> Value {
    let values = codes.iter().map(|(code, display)| {
        let value = json!({"display": display, "lang": "en", "active": true, "system": "s", "version": "1"});
        ((*code).to_owned(), value)
    });
    let values: Map<_, _> = values.collect();
    json!({"valueSetId": id, "valueSetDate": date, "valueSetValues": values})
}

fn bytes(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

fn vaccination(changed: &[(&str, &str)]) -> Record {
    let mut entry = json!({"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528",
        "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": "2021-05-29", "co": "AT",
        "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813"});
    for (member, value) in changed {
        entry[member] = json!(value);
    }
    let record = json!({"nam": {"fnt": "MUSTERFRAU"}, "dob": "1998-02-26", "v": [entry]});
    Record::from_json(&record.to_string()).unwrap()
}

fn rapid_test(device: &str) -> Record {
    let record = json!({"nam": {"fnt": "MUSTERFRAU"}, "dob": "1998-02-26", "t": [
        {"tg": "840539006", "tt": "LP217198-3", "ma": device, "sc": "2021-05-30T10:12:22Z",
        "tr": "260415000", "tc": "Centre", "co": "AT", "is": "Ministry of Health",
        "ci": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813"}]});
    Record::from_json(&record.to_string()).unwrap()
}

/// The text under a label, in the words of these sets.
fn said(record: &Record, label: &str, sets: &ValueSets) -> String {
    let lines = describe_with(record, Language::English, sets).into_iter();
    let mut found = lines.filter(|line| line.label == label);
    found.next().unwrap().text
}

#[test]
fn words_name_the_codes_of_the_sets_and_guess_none() {
    let sets = ValueSets::builtin();
    let usual = vaccination(&[]);
    assert_eq!(
        describe(&usual, Language::English),
        describe_with(&usual, Language::English, &sets)
    );
    assert_eq!(said(&usual, "Country", &sets), "Austria (AT)");
    for (member, code, label, text) in [
        (
            "vp",
            "J07BX03",
            "Vaccine",
            "covid-19 vaccines (deprecated) (J07BX03)",
        ),
        ("vp", "J07BX04", "Vaccine", "code J07BX04"),
        ("mp", "CoronaVac", "Product", "CoronaVac (CoronaVac)"),
        ("mp", "EU/1/20/9999", "Product", "code EU/1/20/9999"),
        // A code of another member's set.
        ("mp", "ORG-100030215", "Product", "code ORG-100030215"),
        ("ma", "Fiocruz", "Manufacturer", "Fiocruz (Fiocruz)"),
        ("co", "XX", "Country", "XX"),
    ] {
        assert_eq!(said(&vaccination(&[(member, code)]), label, &sets), text);
    }
    let device = "Abbott Rapid Diagnostics, Panbio COVID-19 Ag Rapid Test (1232)";
    assert_eq!(said(&rapid_test("1232"), "Device", &sets), device);
    assert_eq!(said(&rapid_test("9999"), "Device", &sets), "code 9999");

    let none = ValueSets::new();
    for (label, text) in [
        ("Product", "code EU/1/20/1528"),
        ("Vaccination", "against code 840539006, dose 2 of 2"),
        ("Country", "AT"),
    ] {
        assert_eq!(said(&usual, label, &none), text);
    }
    let own = document(
        ValueSets::PRODUCT,
        "2030-01-01",
        &[("EU/1/20/1528", "Own name")],
    );
    let own = sets.with_json(&bytes(&own)).unwrap();
    assert_eq!(said(&usual, "Product", &own), "Own name (EU/1/20/1528)");
}

#[test]
fn a_code_of_another_system_is_not_taken_for_the_one_of_the_set() {
    let of = |system: &str| {
        let entry = Vaccination::builder()
            .vaccine(Coding::new("1119349007").with_system(system))
            .product("EU/1/20/1528")
            .manufacturer("ORG-100030215")
            .dose_number(1)
            .date(Date::parse("2021-07-08").unwrap())
            .issuer("Ministry of Health")
            .batch("PT123F")
            .country("XXX")
            .hcid("XX0001")
            .build_ddcc();
        let born = PartialDate::parse("1998-02-26").unwrap();
        let holder = Holder::with_full_name("Gabriele Musterfrau", born);
        let record = Record::ddcc(holder, entry.unwrap()).unwrap();
        said(&record, "Vaccine", &ValueSets::builtin())
    };
    let named = "SARS-CoV-2 mRNA vaccine (1119349007)";
    assert_eq!(of("http://snomed.info/sct"), named);
    assert_eq!(of("http://snomed.info/sct/900000000000207008"), named);
    assert_eq!(of("http://example.org/own-codes"), "code 1119349007");
}

fn findings(linter: &Linter, record: &Record) -> Vec<String> {
    let report = linter.code(issued("a", record).text());
    let findings = report
        .findings()
        .iter()
        .filter(|f| f.code().starts_with("value-"));
    findings
        .map(|f| format!("{} {}", f.code(), f.at()))
        .collect()
}

#[test]
fn the_linter_judges_each_member_by_its_set() {
    let linter = Linter::new();
    assert_eq!(findings(&linter, &vaccination(&[])), [""; 0]);
    for (member, code, expected) in [
        ("tg", "840539007", Some("value-unknown v[0].tg")),
        ("vp", "J07BX03", Some("value-inactive v[0].vp")),
        ("vp", "1119349008", Some("value-unknown v[0].vp")),
        ("mp", "VLA2001", Some("value-inactive v[0].mp")),
        ("mp", "Comirnaty", Some("value-unknown v[0].mp")),
        ("ma", "ORG-1", Some("value-unknown v[0].ma")),
        ("co", "EL", Some("value-unknown v[0].co")),
        ("co", "XK", None),
        // Left to its users by ISO 3166-1.
        ("co", "XX", None),
        ("co", "QQ", None),
    ] {
        let found = findings(&linter, &vaccination(&[(member, code)]));
        assert_eq!(found.first().map(String::as_str), expected, "{code}");
    }
    // The list of devices that is built in is known to be a part of it.
    assert_eq!(findings(&linter, &rapid_test("9999")), [""; 0]);
    let devices = document(ValueSets::TEST_DEVICE, "2021-07-01", &[("1232", "Panbio")]);
    let sets = ValueSets::builtin().with_json(&bytes(&devices)).unwrap();
    let linter = linter.with_value_sets(sets);
    assert_eq!(findings(&linter, &rapid_test("1232")), [""; 0]);
    assert_eq!(
        findings(&linter, &rapid_test("9999")),
        ["value-unknown t[0].ma"]
    );
    // Without a set there is nothing to judge by.
    let linter = Linter::new().with_value_sets(ValueSets::new());
    assert_eq!(
        findings(&linter, &vaccination(&[("mp", "Comirnaty")])),
        [""; 0]
    );
}

#[test]
fn programs_take_directories_and_files() {
    let code = issued("a", &vaccination(&[("mp", "EU/1/99/9999")]));
    let files = Files::new("value-sets");
    let product = |date, display| {
        document(ValueSets::PRODUCT, date, &[("EU/1/99/9999", display)]).to_string()
    };
    let (directory, newer) = (
        files.0.to_str().unwrap().to_owned(),
        product("2030-01-02", "Newer"),
    );
    let named = files.write("b.json", &newer);
    files.write("a.txt", "no JSON");

    for program in ["inspect", "verify", "lint"] {
        let run =
            |arguments: &[&str]| programs::run(program, &[arguments, &[code.text()]].concat());
        let without = run(&[]);
        let with = run(&["--value-sets", &named]);
        assert_eq!(without.status, with.status, "{}", with.err);
        let shown = match program {
            "lint" => {
                assert!(without.out.contains("[value-unknown]"));
                !with.out.contains("[value-unknown]")
            }
            // What a certificate says is not shown before its signature holds.
            "verify" => true,
            _ => {
                with.out.contains("Newer (EU/1/99/9999)")
                    && without.out.contains("code EU/1/99/9999")
            }
        };
        assert!(shown, "{program}: {}", with.out);
        assert_eq!(run(&["--value-sets", &directory]).out, with.out);
    }

    // Beside it an older edition, and a document that is no value set.
    files.write("c.json", product("2030-01-01", "Older"));
    files.write("d.json", r#"{"Identifier": "GR-XX-0001"}"#);
    let inspect =
        |arguments: &[&str]| programs::run("inspect", &[arguments, &[code.text()]].concat());
    let ran = inspect(&["--value-sets", &directory]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("Newer (EU/1/99/9999)"));
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.err);
    assert!(lines[0].contains("c.json") && lines[0].contains("2030-01-02"));
    assert!(lines[1].contains("d.json") && lines[1].contains("no value set"));

    // Two of one date: neither is taken for the right one.
    let other = files.write("e.json", product("2030-01-02", "Other"));
    for arguments in [
        &["--value-sets", directory.as_str()][..],
        &["--value-sets", &named, "--value-sets", &other],
        &["--value-sets", "no-such-file"],
        &["--value-sets"],
    ] {
        let ran = inspect(arguments);
        assert_eq!(
            (ran.status, ran.out.as_str()),
            (2, ""),
            "{arguments:?}: {}",
            ran.err
        );
    }
    let empty = Files::new("value-sets-empty");
    let wrong = empty.write("wrong.json", "{}");
    for path in [empty.0.to_str().unwrap(), &wrong] {
        let ran = inspect(&["--value-sets", path]);
        assert_eq!(ran.status, 2, "{path}");
        assert!(ran.err.contains("no value set"), "{}", ran.err);
    }
}
