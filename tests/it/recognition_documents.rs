//! Documents of recognition policies: what is no policy is refused, with the
//! path of the member, and JSON and TOML are the same.

use hcert::Timestamp;
use hcert::rules::{Recognition, RecognitionError};
use serde_json::{Value, json};

/// A policy that says a little of everything.
fn document() -> Value {
    json!({
        "name": "P", "version": "1", "country": "XX",
        "description": {"en": "A policy", "de": "Eine Regelung"},
        "regions": ["XX-1"], "utc_offset": "+02:00",
        "valid_from": "2021-06-01", "valid_until": "2021-12-31",
        "issuers": [{"domains": ["DCC"], "participants": ["ESP"]},
                    {"countries": ["XY"], "authorities": ["M"], "records": ["test"]}],
        "not_recognised": [{"countries": ["XZ"]}],
        "never": ["antibody"],
        "tests": [{"id": "naat", "kinds": ["naat"], "min_age_hours": 1, "max_age_hours": 72,
                   "devices": ["1232"], "diseases": ["covid-19"], "result": "negative",
                   "holder_from_years": 6, "holder_under_years": 18}],
        "vaccinations": [{"product_groups": ["who-listed"], "products": ["Abdala"],
                          "from_day": 14, "until_day": 270, "min_doses": 1,
                          "booster": {"from_day": 0, "until_day": "unlimited", "three_of_three": true},
                          "exceptions": [{"products": ["EU/1/20/1525"], "from_day": 28}]}],
        "recoveries": [{"from_day": 11, "until_day": 180, "ignore_stated_validity": true}],
        "yellow_cards": [{"diseases": ["yellow-fever"], "description": {"en": "Yellow card"}}],
        "exemptions": [{"id": "children", "under_years": 6}],
    })
}

fn load(document: &Value) -> Result<Recognition, RecognitionError> {
    Recognition::from_json(document.to_string().as_bytes())
}

/// The document with the member at a JSON Pointer set or taken away.
fn changed(pointer: &str, value: Option<Value>) -> Value {
    let mut document = document();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name.into(), value)),
        (Value::Object(members), None) => drop(members.remove(name).unwrap()),
        (Value::Array(items), Some(value)) if name == "-" => items.push(value),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    document
}

#[track_caller]
fn refused(document: &Value, code: &str, path: &str) {
    let error = load(document).map(drop).unwrap_err();
    assert_eq!((error.code(), error.path()), (code, Some(path)), "{error}");
    assert!(error.to_string().starts_with(path), "{error}");
}

#[test]
fn the_document_is_a_policy() {
    let policy = load(&document()).unwrap();
    assert_eq!((policy.name(), policy.version()), ("P", "1"));
    assert_eq!(
        (policy.country(), policy.regions()),
        ("XX", &["XX-1".to_owned()][..])
    );
    assert_eq!(policy.description().get("de"), "Eine Regelung");
    assert_eq!(
        policy.valid().from,
        Timestamp::parse("2021-05-31T22:00:00Z").unwrap()
    );
    assert_eq!(
        policy.valid().until,
        Timestamp::parse("2021-12-31T22:00:00Z").unwrap()
    );
    let clauses: Vec<_> = policy
        .clauses()
        .map(|(id, words)| (id, words.get("fr")))
        .collect();
    let expected = [
        (
            "test.naat",
            "negative NAAT test at least 1 h and at most 72 h old, device 1232; holder of 6 to under 18 years",
        ),
        (
            "vaccination.0",
            "complete vaccination against COVID-19 with a WHO-listed product or Abdala, from day 14 to day 270 after the last dose, at least dose 1, boosters without end; with EU/1/20/1525: complete vaccination, from day 28 to day 270 after the last dose, at least dose 1, boosters without end",
        ),
        (
            "recovery.0",
            "recovery from COVID-19, from day 11 to day 180 after the first positive test",
        ),
        ("yellow-card.0", "Yellow card"),
        ("exemption.children", "exempt; holder under 6 years"),
    ];
    assert_eq!(clauses, expected);
}

#[test]
fn a_member_that_is_not_known_is_refused_everywhere() {
    for (table, path) in [
        ("", "max_age"),
        ("/issuers/1", "issuers[1].max_age"),
        ("/not_recognised/0", "not_recognised[0].max_age"),
        ("/tests/0", "tests[0].max_age"),
        ("/vaccinations/0", "vaccinations[0].max_age"),
        ("/vaccinations/0/booster", "vaccinations[0].booster.max_age"),
        (
            "/vaccinations/0/exceptions/0",
            "vaccinations[0].exceptions[0].max_age",
        ),
        ("/recoveries/0", "recoveries[0].max_age"),
        ("/yellow_cards/0", "yellow_cards[0].max_age"),
        ("/exemptions/0", "exemptions[0].max_age"),
    ] {
        let document = changed(&format!("{table}/max_age"), Some(json!(1)));
        refused(&document, "recognition-unknown-member", path);
    }
    // A name of any letters and length.
    let document = changed(&format!("/{}\u{1b}[31m", "x".repeat(500)), Some(json!(1)));
    let error = load(&document).map(drop).unwrap_err().to_string();
    assert!(
        error.len() < 500 && !error.contains(char::is_control),
        "{error}"
    );
}

#[test]
fn a_member_that_is_missing_is_named() {
    for (pointer, path) in [
        ("/name", "name"),
        ("/version", "version"),
        ("/country", "country"),
        ("/valid_from", "valid_from"),
        ("/valid_until", "valid_until"),
        ("/issuers", "issuers"),
        ("/tests/0/kinds", "tests[0].kinds"),
        ("/tests/0/max_age_hours", "tests[0].max_age_hours"),
        ("/vaccinations/0/from_day", "vaccinations[0].from_day"),
        ("/vaccinations/0/until_day", "vaccinations[0].until_day"),
        (
            "/vaccinations/0/booster/from_day",
            "vaccinations[0].booster.from_day",
        ),
        (
            "/vaccinations/0/booster/until_day",
            "vaccinations[0].booster.until_day",
        ),
        (
            "/vaccinations/0/exceptions/0/products",
            "vaccinations[0].exceptions[0].products",
        ),
        ("/recoveries/0/from_day", "recoveries[0].from_day"),
        ("/recoveries/0/until_day", "recoveries[0].until_day"),
        ("/yellow_cards/0/diseases", "yellow_cards[0].diseases"),
        ("/exemptions/0/under_years", "exemptions[0].under_years"),
    ] {
        refused(&changed(pointer, None), "recognition-missing", path);
    }
    let mut document = changed("/vaccinations/0/products", None);
    let dose = document.pointer_mut("/vaccinations/0").unwrap();
    dose.as_object_mut().unwrap().remove("product_groups");
    dose.as_object_mut().unwrap().remove("exceptions");
    refused(&document, "recognition-missing", "vaccinations[0].products");
    let mut document = changed("/vaccinations/0/complete", Some(json!(false)));
    assert!(load(&document).is_ok());
    document["vaccinations"][0]
        .as_object_mut()
        .unwrap()
        .remove("min_doses");
    refused(
        &document,
        "recognition-missing",
        "vaccinations[0].exceptions[0].min_doses",
    );
}

#[test]
fn a_value_of_another_type_is_refused() {
    for pointer in [
        "/name",
        "/version",
        "/country",
        "/regions",
        "/regions/0",
        "/utc_offset",
        "/valid_from",
        "/valid_until",
        "/issuers",
        "/issuers/0",
        "/issuers/0/domains",
        "/issuers/0/participants/0",
        "/issuers/1/countries",
        "/issuers/1/authorities",
        "/issuers/1/records",
        "/not_recognised",
        "/never",
        "/never/0",
        "/description",
        "/description/en",
        "/tests",
        "/tests/0",
        "/tests/0/id",
        "/tests/0/kinds",
        "/tests/0/codes",
        "/tests/0/result",
        "/tests/0/min_age_hours",
        "/tests/0/max_age_hours",
        "/tests/0/devices",
        "/tests/0/diseases",
        "/tests/0/holder_from_years",
        "/tests/0/description",
        "/vaccinations/0/products",
        "/vaccinations/0/product_groups",
        "/vaccinations/0/any_product",
        "/vaccinations/0/from_day",
        "/vaccinations/0/until_day",
        "/vaccinations/0/complete",
        "/vaccinations/0/min_doses",
        "/vaccinations/0/booster",
        "/vaccinations/0/booster/three_of_three",
        "/vaccinations/0/exceptions",
        "/vaccinations/0/exceptions/0",
        "/recoveries/0/ignore_stated_validity",
        "/yellow_cards/0/products",
        "/exemptions/0/under_years",
    ] {
        for wrong in [json!(null), json!(1.5), json!([[]]), json!({"": 1})] {
            let document = changed(pointer, Some(wrong.clone()));
            let error = load(&document).map(drop).unwrap_err();
            let path = error.path().unwrap();
            let leads = pointer.trim_start_matches('/').replace("/", ".");
            let flat = path.replace('[', ".").replace(']', "");
            assert!(flat.starts_with(&leads), "{pointer} {wrong}: {error}");
            let is_container = wrong.is_array() || wrong.is_object();
            assert!(
                error.code() == "recognition-type" || is_container,
                "{pointer} {wrong}: {error}"
            );
        }
    }
    refused(&json!([]), "recognition-type", "");
    // Not "true", and not 1.
    refused(
        &changed("/vaccinations/0/complete", Some(json!("false"))),
        "recognition-type",
        "vaccinations[0].complete",
    );
    refused(
        &changed("/vaccinations/0/any_product", Some(json!(1))),
        "recognition-type",
        "vaccinations[0].any_product",
    );
}

#[test]
fn a_value_that_cannot_be_is_refused() {
    for (pointer, value, path) in [
        ("/name", json!("P\u{7}"), "name"),
        ("/name", json!(" P"), "name"),
        ("/country", json!("xx"), "country"),
        ("/country", json!("XXX"), "country"),
        ("/utc_offset", json!("+2:00"), "utc_offset"),
        ("/utc_offset", json!("02:00"), "utc_offset"),
        ("/utc_offset", json!("+15:00"), "utc_offset"),
        ("/utc_offset", json!("+02:60"), "utc_offset"),
        ("/utc_offset", json!("Europe/Zurich"), "utc_offset"),
        ("/valid_from", json!("2021-02-30"), "valid_from"),
        ("/valid_from", json!("2021-06-01T00:00:00"), "valid_from"),
        ("/valid_until", json!("unlimited"), "valid_until"),
        ("/issuers", json!("any"), "issuers"),
        ("/issuers/0/domains", json!(["-"]), "issuers[0].domains[0]"),
        (
            "/issuers/0/participants",
            json!(["ES"]),
            "issuers[0].participants[0]",
        ),
        (
            "/issuers/1/countries",
            json!(["XY", "xz"]),
            "issuers[1].countries[1]",
        ),
        (
            "/issuers/1/records",
            json!(["tests"]),
            "issuers[1].records[0]",
        ),
        ("/never", json!(["antibodies"]), "never[0]"),
        ("/description", json!({"e": "x"}), "description.e"),
        ("/tests/0/id", json!("1"), "tests[0].id"),
        ("/tests/0/id", json!("a b"), "tests[0].id"),
        ("/tests/0/kinds", json!(["pcr"]), "tests[0].kinds[0]"),
        ("/tests/0/result", json!("Negative"), "tests[0].result"),
        ("/tests/0/codes", json!(["a b"]), "tests[0].codes[0]"),
        ("/tests/0/codes", json!(["|a"]), "tests[0].codes[0]"),
        (
            "/tests/0/diseases",
            json!(["covid19"]),
            "tests[0].diseases[0]",
        ),
        (
            "/tests/0/max_age_hours",
            json!(-1),
            "tests[0].max_age_hours",
        ),
        (
            "/tests/0/max_age_hours",
            json!(1_000_000_000),
            "tests[0].max_age_hours",
        ),
        (
            "/tests/0/holder_from_years",
            json!(0),
            "tests[0].holder_from_years",
        ),
        (
            "/vaccinations/0/product_groups",
            json!(["who"]),
            "vaccinations[0].product_groups[0]",
        ),
        (
            "/vaccinations/0/until_day",
            json!("forever"),
            "vaccinations[0].until_day",
        ),
        (
            "/vaccinations/0/min_doses",
            json!(0),
            "vaccinations[0].min_doses",
        ),
        (
            "/exemptions/0/under_years",
            json!(200),
            "exemptions[0].under_years",
        ),
    ] {
        refused(&changed(pointer, Some(value)), "recognition-value", path);
    }
}

#[test]
fn nothing_is_empty_and_nothing_twice() {
    for (pointer, value, path) in [
        ("/name", json!(""), "name"),
        ("/regions", json!([]), "regions"),
        ("/issuers", json!([]), "issuers"),
        ("/issuers/0", json!({}), "issuers[0]"),
        ("/issuers/0", json!({"records": ["test"]}), "issuers[0]"),
        ("/issuers/0/domains", json!([]), "issuers[0].domains"),
        ("/never", json!([]), "never"),
        ("/description", json!({}), "description"),
        ("/tests", json!([]), "tests"),
        ("/tests/0/kinds", json!([]), "tests[0].kinds"),
        ("/tests/0/kinds", json!([""]), "tests[0].kinds[0]"),
        (
            "/vaccinations/0/exceptions",
            json!([]),
            "vaccinations[0].exceptions",
        ),
        (
            "/vaccinations/0/exceptions/0",
            json!({"products": ["Abdala"]}),
            "vaccinations[0].exceptions[0]",
        ),
    ] {
        refused(&changed(pointer, Some(value)), "recognition-empty", path);
    }
    let mut nothing = document();
    for section in [
        "tests",
        "vaccinations",
        "recoveries",
        "yellow_cards",
        "exemptions",
    ] {
        nothing.as_object_mut().unwrap().remove(section);
    }
    refused(&nothing, "recognition-empty", "");

    let test = document()["tests"][0].clone();
    refused(
        &changed("/tests/-", Some(test)),
        "recognition-duplicate",
        "tests[1].id",
    );
    for (pointer, value, path) in [
        (
            "/tests/0/kinds",
            json!(["naat", "naat"]),
            "tests[0].kinds[1]",
        ),
        (
            "/vaccinations/0/exceptions/-",
            json!({"products": ["EU/1/20/1525"], "from_day": 1}),
            "vaccinations[0].exceptions[1].products[0]",
        ),
    ] {
        refused(
            &changed(pointer, Some(value)),
            "recognition-duplicate",
            path,
        );
    }
}

#[test]
fn contradictions_are_refused() {
    for (pointer, value, path) in [
        ("/valid_until", json!("2021-05-31"), "valid_until"),
        ("/tests/0/max_age_hours", json!(0), "tests[0].max_age_hours"),
        (
            "/tests/0/holder_under_years",
            json!(6),
            "tests[0].holder_under_years",
        ),
        (
            "/tests/0/result",
            json!("antibodies-detected"),
            "tests[0].result",
        ),
        ("/tests/0/codes", json!(["94563-4"]), "tests[0].result"),
        (
            "/tests/-",
            json!({"kinds": ["antibody"], "max_age_hours": 1}),
            "tests[1].result",
        ),
        (
            "/tests/-",
            json!({"kinds": ["antibody-igg"], "result": "antibodies-detected", "max_age_hours": 1}),
            "tests[1]",
        ),
        (
            "/tests/-",
            json!({"codes": ["94563-4"], "result": "antibodies-detected", "max_age_hours": 1}),
            "tests[1]",
        ),
        ("/never", json!(["test"]), "tests[0]"),
        ("/never", json!(["naat"]), "tests[0]"),
        ("/never", json!(["vaccination"]), "vaccinations[0]"),
        ("/never", json!(["recovery"]), "recoveries[0]"),
        ("/never", json!(["yellow-card"]), "yellow_cards[0]"),
        (
            "/vaccinations/0/until_day",
            json!(13),
            "vaccinations[0].until_day",
        ),
        (
            "/vaccinations/0/any_product",
            json!(true),
            "vaccinations[0].any_product",
        ),
        (
            "/vaccinations/0/booster",
            json!({"from_day": 2, "until_day": 1}),
            "vaccinations[0].booster.until_day",
        ),
        (
            "/vaccinations/0/exceptions/0/from_day",
            json!(271),
            "vaccinations[0].exceptions[0].until_day",
        ),
        // A typo would leave the product to the clause.
        (
            "/vaccinations/0/exceptions/0/products",
            json!(["EU/1/20/1526"]),
            "vaccinations[0].exceptions[0].products[0]",
        ),
        (
            "/recoveries/0/until_day",
            json!(10),
            "recoveries[0].until_day",
        ),
    ] {
        refused(
            &changed(pointer, Some(value)),
            "recognition-contradiction",
            path,
        );
    }
    let mut any = changed("/vaccinations/0/any_product", Some(json!(true)));
    let dose = any["vaccinations"][0].as_object_mut().unwrap();
    dose.remove("products");
    dose.remove("product_groups");
    refused(
        &any,
        "recognition-contradiction",
        "vaccinations[0].exceptions[0].products[0]",
    );
}

#[test]
fn documents_have_a_most() {
    let many = |value: Value, count| Value::Array(vec![value; count]);
    refused(
        &changed("/tests", Some(many(json!({}), 129))),
        "recognition-too-many",
        "tests",
    );
    refused(
        &changed("/issuers", Some(many(json!({}), 129))),
        "recognition-too-many",
        "issuers",
    );
    let devices: Vec<_> = (0..10_001).map(|n| n.to_string()).collect();
    refused(
        &changed("/tests/0/devices", Some(json!(devices))),
        "recognition-too-many",
        "tests[0].devices",
    );
    assert!(load(&changed("/tests/0/devices", Some(json!(devices[1..])))).is_ok());
    let long = "x".repeat(2_001);
    refused(
        &changed("/name", Some(json!(long))),
        "recognition-value",
        "name",
    );

    let mut bytes = document().to_string().into_bytes();
    bytes.resize(Recognition::MAX_BYTES, b' ');
    assert!(Recognition::from_json(&bytes).is_ok());
    bytes.push(b' ');
    let error = Recognition::from_json(&bytes).unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        ("recognition-too-large", None)
    );
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for (bytes, message) in [
        (
            &b"{\n  \"name\": P}"[..],
            "not JSON: malformed (line 2, column 11)",
        ),
        (
            b"{\"name\": 1,\n \"name\": 2}",
            "not JSON: duplicate member (line 2, column 11)",
        ),
        (b"{\n\"\xff\"}", "not JSON: not UTF-8 (line 2, column 2)"),
        (b"", "not JSON: malformed (line 1, column 0)"),
    ] {
        let error = Recognition::from_json(bytes).unwrap_err();
        assert_eq!(error.code(), "recognition-syntax");
        assert_eq!(error.to_string(), message);
    }
    let deep = "[".repeat(100_000);
    assert_eq!(
        Recognition::from_json(deep.as_bytes()).unwrap_err().code(),
        "recognition-syntax"
    );
}

#[cfg(feature = "toml")]
mod toml {
    use super::*;

    const SAMPLE: &str = include_str!("../../examples/recognition.toml");

    #[test]
    fn toml_and_json_are_the_same() {
        let toml = r#"
            name = "P"
            version = "1"
            country = "XX"
            description = { en = "A policy", de = "Eine Regelung" }
            regions = ["XX-1"]
            utc_offset = "+02:00"
            valid_from = 2021-06-01
            valid_until = "2021-12-31"
            issuers = [{ domains = ["DCC"], participants = ["ESP"] },
                       { countries = ["XY"], authorities = ["M"], records = ["test"] }]
            not_recognised = [{ countries = ["XZ"] }]
            never = ["antibody"]

            [[tests]]
            id = "naat"
            kinds = ["naat"]
            min_age_hours = 1
            max_age_hours = 0x48
            devices = ["1232"]
            diseases = ["covid-19"]
            result = "negative"
            holder_from_years = 6
            holder_under_years = 18

            [[vaccinations]]
            product_groups = ["who-listed"]
            products = ["Abdala"]
            from_day = 14
            until_day = 270
            min_doses = 1
            booster = { from_day = 0, until_day = "unlimited", three_of_three = true }
            [[vaccinations.exceptions]]
            products = ["EU/1/20/1525"]
            from_day = 28

            [[recoveries]]
            from_day = 11
            until_day = 180
            ignore_stated_validity = true

            [[yellow_cards]]
            diseases = ["yellow-fever"]
            description.en = "Yellow card"

            [[exemptions]]
            id = "children"
            under_years = 6
        "#;
        let (toml, json) = (
            Recognition::from_toml(toml).unwrap(),
            load(&document()).unwrap(),
        );
        assert_eq!(sorted(&toml), sorted(&json));
    }

    /// All that a policy holds; a table of TOML is in the order of its names.
    fn sorted(policy: &Recognition) -> Vec<String> {
        let shown = format!("{policy:#?}");
        let mut lines: Vec<_> = shown.lines().map(|line| line.trim().to_owned()).collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn instants_have_an_offset() {
        let load = |from: &str, until: &str| {
            let toml = SAMPLE
                .replace("valid_from = 2021-06-01", &format!("valid_from = {from}"))
                .replace(
                    "valid_until = 2022-12-31",
                    &format!("valid_until = {until}"),
                );
            Recognition::from_toml(&toml)
        };
        let policy = load("2021-06-01T12:00:00+02:00", "'2021-06-30T23:59:59Z'").unwrap();
        assert_eq!(
            policy.valid().from,
            Timestamp::parse("2021-06-01T10:00:00Z").unwrap()
        );
        assert_eq!(
            policy.valid().until,
            Timestamp::parse("2021-07-01T00:00:00Z").unwrap()
        );
        for from in ["2021-06-01T12:00:00", "12:00:00", "'June'"] {
            let error = load(from, "2021-12-31").unwrap_err();
            assert_eq!(
                (error.code(), error.path()),
                ("recognition-value", Some("valid_from"))
            );
        }
        let error = load("2021.5", "2021-12-31").unwrap_err();
        assert_eq!(
            (error.code(), error.path()),
            ("recognition-type", Some("valid_from"))
        );
    }

    #[test]
    fn a_typo_in_the_sample_is_refused() {
        for (line, typo, code, path) in [
            (
                "max_age_hours = 24",
                "max_age_hour = 24",
                "recognition-unknown-member",
                "tests[1].max_age_hour",
            ),
            (
                "max_age_hours = 24",
                "max_age_hours = \"24\"",
                "recognition-type",
                "tests[1].max_age_hours",
            ),
            (
                "max_age_hours = 24",
                "max_age_hours = 99999999999999999999",
                "recognition-type",
                "tests[1].max_age_hours",
            ),
            (
                "kinds = [\"antigen\"]",
                "kinds = [\"antibody\"]",
                "recognition-contradiction",
                "tests[1].result",
            ),
            (
                "[[not_recognised]]",
                "[[not_recognized]]",
                "recognition-unknown-member",
                "not_recognized",
            ),
        ] {
            let toml = SAMPLE.replace(line, typo);
            assert_ne!(toml, SAMPLE, "{line}");
            let error = Recognition::from_toml(&toml).unwrap_err();
            assert_eq!((error.code(), error.path()), (code, Some(path)), "{error}");
        }
        for (text, line) in [
            (
                SAMPLE.replace("until_day = 270", "until_day = 270\nuntil_day = 2700"),
                52,
            ),
            (SAMPLE.replace("country = \"XX\"", "country = XX"), 11),
        ] {
            let error = Recognition::from_toml(&text).unwrap_err();
            assert_eq!(error.code(), "recognition-syntax");
            let shown = error.to_string();
            assert!(
                shown.contains(&format!("(line {line}, ")) && !shown.contains('\n'),
                "{shown}"
            );
        }
    }
}
