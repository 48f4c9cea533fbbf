//! Value sets: what is read, and which edition holds.

use std::collections::BTreeMap;

use hcert::Date;
use hcert::record::{ValueSet, ValueSetError, ValueSets};
use proptest::prelude::*;
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

fn read(document: &Value) -> Result<ValueSet, ValueSetError> {
    ValueSet::from_json(&bytes(document))
}

fn refused(json: impl AsRef<[u8]>) -> ValueSetError {
    let error = ValueSet::from_json(json.as_ref()).unwrap_err();
    let shown = format!("{error}{error:?}");
    assert!(
        !shown.contains(char::is_control) && shown.len() < 1000,
        "{shown}"
    );
    error
}

#[test]
fn the_built_in_sets_name_codes_active_or_not() {
    let sets = ValueSets::builtin();
    for (field, code, display, active) in [
        ("v.tg", "840539006", "COVID-19", true),
        (
            "t.tt",
            "LP6464-4",
            "Nucleic acid amplification with probe detection",
            true,
        ),
        ("t.tr", "260373001", "Detected", true),
        ("v.vp", "J07BX03", "covid-19 vaccines (deprecated)", false),
        ("v.mp", "NVX-CoV2373", "NVX-CoV2373 (deprecated)", false),
        ("v.ma", "ORG-100031184", "Moderna Biotech Spain S.L.", true),
        (
            "t.ma",
            "1065",
            "Becton Dickinson, BD Veritor™ System for Rapid Detection of SARS CoV 2",
            false,
        ),
        ("r.co", "XK", "Kosovo, Republic of", true),
        ("r.co", "CI", "Côte d'Ivoire", true),
    ] {
        let entry = sets.for_field(field).unwrap().get(code).unwrap();
        assert_eq!(
            (entry.display(), entry.is_active()),
            (display, active),
            "{code}"
        );
        assert_eq!(entry.language(), Some("en"));
    }
    let product = sets.get(ValueSets::PRODUCT).unwrap();
    assert_eq!(product.date(), Date::parse("2022-11-30").unwrap());
    let spikevax = product.get("EU/1/20/1507").unwrap();
    let system = "https://ec.europa.eu/health/documents/community-register/html/";
    assert_eq!(
        (spikevax.system(), spikevax.version()),
        (Some(system), None)
    );
    // Codes are compared to the letter, and only in the set of their member.
    for code in ["eu/1/20/1507", " EU/1/20/1507", "", "ORG-100031184"] {
        assert!(!product.contains(code));
    }
    for field in [
        "", "v", "v.", ".mp", "mp", "x.mp", "r.mp", "t.mp", "v.0", "v[0]", "nam.fn",
    ] {
        assert!(sets.for_field(field).is_none(), "{field}");
    }
    assert_eq!(sets.iter().len(), 8);
    let ids: Vec<_> = sets.iter().map(ValueSet::id).collect();
    assert!(ids.is_sorted());
}

#[test]
fn a_document_is_a_value_set_or_refused_with_its_reason() {
    let good = document("x", "2026-01-01", &[("a", "A"), ("b", "B")]);
    let set = read(&good).unwrap();
    assert_eq!(set.codes().collect::<Vec<_>>(), ["a", "b"]);
    let entries: Vec<_> = set.iter().map(|(code, e)| (code, e.display())).collect();
    assert_eq!(entries, [("a", "A"), ("b", "B")]);

    let with = |path: &str, value: Option<Value>| {
        let mut changed = good.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = changed
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap();
        parent.remove(name);
        parent.extend(value.map(|value| (name.to_owned(), value)));
        changed
    };
    let long = "x".repeat(101);
    for (path, wrong) in [
        (
            "/valueSetId",
            vec![json!(""), json!(1), json!(null), json!(long)],
        ),
        (
            "/valueSetDate",
            vec![
                json!("2026"),
                json!("2026-02-30"),
                json!("2026-01-01T00:00:00Z"),
                json!(20260101),
            ],
        ),
        (
            "/valueSetValues",
            vec![json!([]), json!(["a"]), json!("a"), json!(null)],
        ),
    ] {
        for value in wrong.into_iter().map(Some).chain([None]) {
            let error = refused(bytes(&with(path, value)));
            let member = ValueSetError::Member {
                member: ["valueSetId", "valueSetDate", "valueSetValues"]
                    .into_iter()
                    .find(|member| path.ends_with(member))
                    .unwrap(),
            };
            assert_eq!(error, member);
        }
    }
    for (path, wrong, member) in [
        (
            "/valueSetValues/a",
            vec![json!("A"), json!([]), json!(null)],
            "the value",
        ),
        (
            "/valueSetValues/a/display",
            vec![json!(""), json!(1), json!(null)],
            "display",
        ),
        (
            "/valueSetValues/a/active",
            vec![json!("true"), json!(1), json!(null)],
            "active",
        ),
        (
            "/valueSetValues/a/lang",
            vec![json!(1), json!(null)],
            "lang",
        ),
        (
            "/valueSetValues/a/system",
            vec![json!([]), json!(null)],
            "system",
        ),
        (
            "/valueSetValues/a/version",
            vec![json!(1.0), json!(null)],
            "version",
        ),
    ] {
        for value in wrong {
            let error = refused(bytes(&with(path, Some(value))));
            let entry = ValueSetError::Entry {
                code: "a".into(),
                member,
            };
            assert_eq!(error, entry);
        }
    }
    for path in ["/valueSetValues/a/display", "/valueSetValues/a/active"] {
        assert_eq!(refused(bytes(&with(path, None))).code(), "value-set-entry");
    }
    let unnamed = json!({"display": "A", "active": true});
    let unnamed = refused(bytes(&with("/valueSetValues/", Some(unnamed))));
    assert_eq!(unnamed.code(), "value-set-entry");
    let empty = refused(bytes(&with("/valueSetValues", Some(json!({})))));
    assert_eq!(empty, ValueSetError::Empty);

    // What may be missing or empty, and what is passed over.
    for member in ["lang", "system", "version"] {
        let path = format!("/valueSetValues/b/{member}");
        for value in [None, Some(json!(""))] {
            let set = read(&with(&path, value)).unwrap();
            let entry = set.get("b").unwrap();
            let stated = [entry.language(), entry.system(), entry.version()];
            assert_eq!(stated.iter().flatten().count(), 2, "{member}");
        }
    }
    for path in ["/more", "/valueSetValues/a/more"] {
        assert_eq!(read(&with(path, Some(json!({"x": [1]})))).unwrap(), set);
    }
    let marked = [b"\xef\xbb\xbf".as_slice(), &bytes(&good)].concat();
    assert_eq!(ValueSet::from_json(&marked).unwrap(), set);
}

#[test]
fn hostile_bytes_are_refused_before_they_cost_much() {
    for json in [
        "",
        " ",
        "{",
        "nul",
        "{}x",
        "\u{0}",
        "{\"valueSetId\": \"x\",}",
    ] {
        assert_eq!(refused(json).code(), "value-set-json", "{json:?}");
    }
    for json in ["[]", "{}", "1", "null", "\"x\"", "true"] {
        let error = ValueSetError::Member {
            member: "valueSetId",
        };
        assert_eq!(refused(json), error);
    }
    assert_eq!(
        refused(b"{\"valueSetId\": \"\xff\"}").code(),
        "value-set-json"
    );
    assert_eq!(refused("[".repeat(10_000)).code(), "value-set-json");

    let good = bytes(&document("x", "2026-01-01", &[("a", "A")]));
    let good = String::from_utf8(good).unwrap();
    for (part, twice) in [
        (
            "\"valueSetId\":\"x\"",
            "\"valueSetId\":\"x\",\"valueSetId\":\"y\"",
        ),
        ("\"active\":true", "\"active\":true,\"active\":false"),
        ("\"a\":{", "\"a\":{},\"a\":{"),
        ("\"a\":{", "\"\\u0061\":{},\"a\":{"),
    ] {
        assert!(good.contains(part));
        let doubled = good.replace(part, twice);
        assert_eq!(
            refused(doubled).code(),
            "value-set-duplicate-member",
            "{twice}"
        );
    }

    let spaces = " ".repeat(ValueSet::MAX_BYTES - good.len());
    assert!(ValueSet::from_json(format!("{good}{spaces}").as_bytes()).is_ok());
    let error = refused(format!("{good}{spaces} "));
    assert_eq!(error.code(), "value-set-too-long");
    assert_eq!(
        refused("[0,".repeat(500_000)).code(),
        "value-set-too-complex"
    );
    assert_eq!(
        refused("{\"\":".repeat(400_000)).code(),
        "value-set-too-complex"
    );

    let many = |n: usize| {
        let codes: Vec<_> = (0..n).map(|n| n.to_string()).collect();
        let codes: Vec<_> = codes.iter().map(|code| (code.as_str(), "x")).collect();
        bytes(&document("x", "2026-01-01", &codes))
    };
    assert_eq!(ValueSet::from_json(&many(10_000)).unwrap().len(), 10_000);
    let error = ValueSetError::TooManyCodes {
        found: 10_001,
        max: 10_000,
    };
    assert_eq!(refused(many(10_001)), error);

    // A message shows as much of a code as it has room for.
    let long = format!("{}\u{7}", "ä\n".repeat(500_000));
    let mut wrong = document("x", "2026-01-01", &[(&long, "A")]);
    wrong["valueSetValues"][&long]["active"] = json!(1);
    assert_eq!(refused(bytes(&wrong)).code(), "value-set-entry");
}

#[test]
fn a_later_edition_holds_and_an_earlier_one_is_refused() {
    let x = |date: &str, display: &str| read(&document("x", date, &[("a", display)])).unwrap();
    let first = ValueSets::new().with(x("2026-01-02", "first")).unwrap();
    let shown = |sets: &ValueSets| {
        sets.get("x")
            .unwrap()
            .get("a")
            .unwrap()
            .display()
            .to_owned()
    };

    let later = first.with(x("2026-01-03", "later")).unwrap();
    assert_eq!(
        (shown(&later), shown(&first)),
        ("later".into(), "first".into())
    );
    assert_eq!(first.with(x("2026-01-02", "first")), Ok(first.clone()));

    let date = |text| Date::parse(text).unwrap();
    let older = ValueSetError::Older {
        id: "x".into(),
        found: date("2026-01-02"),
        known: date("2026-01-03"),
    };
    assert_eq!(later.with(x("2026-01-02", "first")), Err(older));
    let conflict = ValueSetError::Conflict {
        id: "x".into(),
        date: date("2026-01-02"),
    };
    assert_eq!(first.with(x("2026-01-02", "other")), Err(conflict.clone()));
    assert!(conflict.to_string().contains("2026-01-02"));
    // Whoever wants them has to say so.
    let back = later.replace(x("2026-01-02", "other")).unwrap();
    assert_eq!(shown(&back), "other");
    assert_eq!(back.iter().len(), 1);
}

#[test]
fn a_built_in_set_gives_way_to_the_document_of_its_date_once() {
    let country = |date: &str, display: &str| {
        ValueSets::builtin().with_json(&bytes(&document(
            ValueSets::COUNTRY,
            date,
            &[("AT", display)],
        )))
    };
    let error = country("2019-10-31", "Austria").unwrap_err();
    assert_eq!(error.code(), "value-set-older");
    let same = country("2019-11-01", "Austria").unwrap();
    assert_eq!(same.get(ValueSets::COUNTRY).unwrap().len(), 1);
    assert_eq!(same.iter().len(), 8);
    let other = document(ValueSets::COUNTRY, "2019-11-01", &[("AT", "Other")]);
    assert_eq!(
        same.with_json(&bytes(&other)).unwrap_err().code(),
        "value-set-conflict"
    );
    let builtin = ValueSets::builtin();
    assert_eq!(builtin.get(ValueSets::COUNTRY).unwrap().len(), 250);
}

#[test]
fn no_more_than_64_sets_are_held() {
    let mut sets = ValueSets::new();
    let set = |n: usize, date: &str| read(&document(&n.to_string(), date, &[("a", "A")])).unwrap();
    for n in 0..64 {
        sets = sets.with(set(n, "2026-01-01")).unwrap();
    }
    let error = sets.with(set(64, "2026-01-01")).unwrap_err();
    assert_eq!(error.code(), "value-set-too-many");
    assert_eq!(sets.replace(set(64, "2026-01-01")), Err(error));
    assert_eq!(sets.with(set(5, "2026-01-02")).unwrap().iter().len(), 64);
}

#[test]
fn what_is_read_stays_within_bounds() {
    let long = "x".repeat(180);
    let codes: Vec<_> = (0..8_000).map(|n| n.to_string()).collect();
    let codes: Vec<_> = codes
        .iter()
        .map(|code| (code.as_str(), long.as_str()))
        .collect();
    for (name, json) in [
        ("codes", bytes(&document("x", "2026-01-01", &codes))),
        (
            "objects",
            format!("[{}{{}}]", "{},".repeat(22_000)).into_bytes(),
        ),
        (
            "members",
            format!("[{}0]", "{\"\":0},".repeat(22_000)).into_bytes(),
        ),
        (
            "numbers",
            format!("[{}0]", "0,".repeat(199_000)).into_bytes(),
        ),
        (
            "arrays",
            format!("[{}0]", "[0],".repeat(39_000)).into_bytes(),
        ),
    ] {
        let mut result = None;
        let used = allocation_counter::measure(|| result = Some(ValueSet::from_json(&json)));
        println!(
            "{name}: {} KiB of JSON, {} KiB at most",
            json.len() / 1024,
            used.bytes_max / 1024
        );
        let code = result.unwrap().err().map(|error| error.code());
        assert_eq!(
            code,
            (name != "codes").then_some("value-set-too-complex"),
            "{name}"
        );
        assert!(
            used.bytes_max < (512 << 10) + 12 * json.len() as u64,
            "{name}"
        );
    }
}

#[test]
fn copies_share_what_they_hold() {
    let sets = ValueSets::builtin();
    let again = allocation_counter::measure(|| {
        let copies = [ValueSets::builtin(), sets.clone()];
        assert!(copies.iter().all(|copy| copy.iter().len() == 8));
        drop(sets.get(ValueSets::COUNTRY).cloned());
    });
    assert_eq!(again.count_total, 0);
    let debug = format!("{sets:?}");
    assert!(debug.contains("ValueSet(\"country-2-codes\", 2019-11-01, 250 codes)"));
    assert!(debug.len() < 1000, "{debug}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_a_document_says_is_what_the_set_says(
        values in proptest::collection::btree_map(
            "\\PC{1,12}",
            ("\\PC{1,20}", any::<bool>(), proptest::option::of("[a-z:/]{0,8}")),
            1..20,
        ),
        days in 0u16..4000,
    ) {
        let date = Date::new(2020 + days / 372, (days / 31 % 12 + 1) as u8, (days % 28 + 1) as u8).unwrap();
        let codes: BTreeMap<_, _> = values
            .iter()
            .map(|(code, (display, active, system))| {
                let mut value = json!({"display": display, "active": active});
                if let Some(system) = system {
                    value["system"] = json!(system);
                }
                (code.clone(), value)
            })
            .collect();
        let document = json!({"valueSetId": "x", "valueSetDate": date.to_string(), "valueSetValues": codes});
        let set = read(&document).unwrap();
        prop_assert_eq!(set.date(), date);
        prop_assert!(set.codes().eq(values.keys().map(String::as_str)));
        for (code, (display, active, system)) in &values {
            let entry = set.get(code).unwrap();
            prop_assert_eq!(entry.display(), display);
            prop_assert_eq!(entry.is_active(), *active);
            prop_assert_eq!(entry.system(), system.as_deref().filter(|s| !s.is_empty()));
        }
        // In whatever order two editions come, the later one holds.
        let mut later = document.clone();
        later["valueSetDate"] = json!("2040-01-01");
        let other = read(&later).unwrap();
        let one = ValueSets::new().with(set.clone()).unwrap();
        let two = ValueSets::new().with(other.clone()).unwrap();
        let [a, b] = [one.with(other), two.with(set)];
        let held = |sets: Result<ValueSets, _>, known: ValueSets| sets.unwrap_or(known);
        prop_assert_eq!(held(a, one), held(b, two));
    }

    #[test]
    fn a_changed_document_is_read_or_refused(at in 0usize..400, byte: u8) {
        let mut json = bytes(&document("x", "2026-01-01", &[("a", "A"), ("b", "B")]));
        let at = at % json.len();
        json[at] = byte;
        if let Ok(set) = ValueSet::from_json(&json) {
            let again: Value = serde_json::from_slice(&json).unwrap();
            prop_assert_eq!(set.len(), again["valueSetValues"].as_object().unwrap().len());
        }
    }
}
