//! The medication overview (smart-trust 1.7.0, `MedicationOverviewMin`).

use ciborium::{Value, cbor};
use hcert::PartialDate;
use hcert::record::{Entry, Holder, IdentityDocument, Medication, PayloadKind, Record};
use hcert::verify::{Outcome, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::payload::*;
use hcert_testkit::pki;
use hcert_testkit::raw::{self, with};
use proptest::prelude::*;

const KEY: i64 = -7;

fn date(text: &str) -> PartialDate {
    PartialDate::parse(text).unwrap()
}

fn person() -> Holder {
    Holder::with_full_name("Quorra Zyxwvut", date("1957-03-19")).with_sex("female")
}

fn line() -> Medication {
    let line = Medication::builder("L02BG03").effective_from(date("2015-03-01"));
    line.dosage("1 tablet once daily").build().unwrap()
}

fn overview() -> Value {
    cbor!({
        "n" => "Quorra Zyxwvut", "dob" => "1957-03-19", "s" => "female", "nt" => "AUT",
        "id" => "SECRETID1", "dt" => "NI",
        "m" => [
            {"m" => "L02BG03", "es" => "2015-03-01", "ee" => "2030-03", "da" => "2015-03-15",
             "d" => "1 tablet once daily", "r" => "a reason", "a" => "active"},
            {"m" => "G02CX04", "es" => "2016", "d" => "as directed"},
        ],
    })
    .unwrap()
}

fn with_lines(lines: Vec<Value>) -> Value {
    with(overview(), "m", Some(Value::Array(lines)))
}

fn short() -> Value {
    cbor!({"m" => "L02BG03"}).unwrap()
}

#[test]
fn the_short_names_are_read() {
    let verified = valid(claims(KEY, overview()), &[]);
    let record = verified.record();
    assert_eq!(record.payload(), PayloadKind::Medication);
    let holder = record.holder();
    assert_eq!(holder.full_name(), Some("Quorra Zyxwvut"));
    assert_eq!(holder.born(), date("1957-03-19"));
    assert_eq!(
        (holder.sex(), holder.nationality()),
        (Some("female"), Some("AUT"))
    );
    let document = holder.document().unwrap();
    assert_eq!(
        (document.number(), document.kind()),
        ("SECRETID1", Some("NI"))
    );
    let [Entry::Medication(first), Entry::Medication(second)] = record.entries() else {
        panic!();
    };
    assert_eq!(first.medicine(), "L02BG03");
    assert_eq!(first.effective_from(), Some(date("2015-03-01")));
    assert_eq!(first.effective_until(), Some(date("2030-03")));
    assert_eq!(first.asserted_on(), Some(date("2015-03-15")));
    assert_eq!(first.dosage(), Some("1 tablet once daily"));
    assert_eq!(
        (first.reason(), first.adherence()),
        (Some("a reason"), Some("active"))
    );
    assert_eq!(second.effective_from(), Some(date("2016")));
    assert_eq!((second.reason(), second.adherence()), (None, None));
}

#[test]
fn what_departs_is_read_and_noted() {
    let text = |text: &str| Some(Value::from(text));
    for (name, value, expected) in [
        ("dob", None, "schema-missing dob"),
        ("dob", text("1957-03-19T00:00:00Z"), "schema-format dob"),
        ("dob", Some(Value::Null), "schema-type dob"),
        ("s", None, "schema-missing s"),
        (
            "s",
            Some(cbor!({"code" => "female"}).unwrap()),
            "schema-type s",
        ),
        ("nt", Some(Value::from(40)), "schema-type nt"),
        ("id", None, "schema-missing id"),
        ("m", Some(short()), "schema-type m"),
    ] {
        valid(claims(KEY, with(overview(), name, value)), &[expected]);
    }
    for (name, value, expected) in [
        ("m", None, "schema-missing m[0].m"),
        ("m", Some(Value::from(7)), "schema-type m[0].m"),
        ("es", text("2015-03-01T08:00:00Z"), "schema-format m[0].es"),
        ("ee", text("soon"), "schema-format m[0].ee"),
        ("ee", text("2015-13"), "schema-format m[0].ee"),
        ("da", Some(Value::from(2015)), "schema-type m[0].da"),
        ("d", Some(Value::Array(vec![])), "schema-type m[0].d"),
        (
            "r",
            Some(Value::Tag(0, Box::new("x".into()))),
            "schema-tag m[0].r",
        ),
    ] {
        let payload = with_lines(vec![with(short(), name, value)]);
        valid(claims(KEY, payload), &[expected]);
    }
    let array = Value::Array(vec![overview()]);
    valid(claims(KEY, array), &["payload-array "]);
}

#[test]
fn one_to_three_lines_belong_in_it() {
    for count in 1..=3 {
        let record = Record::medication(person(), vec![line(); count]).unwrap();
        round_trip(&record);
        valid(claims(KEY, with_lines(vec![short(); count])), &[]);
    }
    // Every line counts, those beyond the third, too.
    let verified = valid(
        claims(KEY, with_lines(vec![short(); 4])),
        &["schema-entries m"],
    );
    assert_eq!(verified.record().entries().len(), 4);
    let error = Record::medication(person(), vec![line(); 4]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "m: a group has too few or too many entries"
    );
    for payload in [
        with_lines(vec![]),
        with(overview(), "m", None),
        with(overview(), "m", Some(Value::Null)),
    ] {
        refused(claims(KEY, payload), Outcome::Invalid, "payload-empty");
    }
    let error = Record::medication(person(), vec![]).unwrap_err();
    assert_eq!(error.code(), "payload-empty");
}

#[test]
fn what_is_no_overview_is_refused() {
    let several = Value::Array(vec![overview(), overview()]);
    for (payload, code) in [
        (several, "hcert-several-records"),
        (Value::Array(vec![]), "payload-empty"),
        (Value::from("m"), "payload-shape"),
        (
            with(overview(), "m", Some("L02BG03".into())),
            "payload-shape",
        ),
        (with_lines(vec![short(), Value::Null]), "payload-shape"),
    ] {
        refused(claims(KEY, payload), Outcome::Invalid, code);
    }
}

#[test]
fn it_needs_an_exp_and_the_end_of_a_treatment_is_none() {
    let verdict = verify(with(claims(KEY, overview()), 4, None));
    assert_eq!(verdict.reason().map(|r| r.code()), Some("exp-missing"));
    // A treatment that has ended is a fact, and no reason to refuse.
    let ended = with(short(), "ee", Some("2016-01-01".into()));
    valid(claims(KEY, with_lines(vec![ended])), &[]);
}

#[test]
fn a_key_for_tests_or_vaccinations_does_not_sign_it() {
    for eku in [pki::EKU_TEST, pki::EKU_VACCINATION] {
        let dsc = dsc("a", &[eku]);
        let raw = raw::Raw::new(dsc.kid().as_bytes()).payload(claims(KEY, overview()));
        let text = raw::text(&raw.sign(&signer("a")));
        let verdict = Verifier::new(trust(&[&dsc])).verify(&text, NOW);
        assert_eq!(verdict.reason().map(|r| r.code()), Some("key-usage"));
    }
}

#[test]
fn what_the_model_requires_is_required_to_issue() {
    let code = |result: Result<Record, hcert::record::RecordError>| result.unwrap_err().to_string();
    let missing = |at: &str| format!("{at}: a required member is missing");
    let unnamed = Holder::with_full_name("", date("1957")).with_sex("female");
    assert_eq!(code(Record::new(unnamed, line())), missing("n"));
    let unborn = Holder::with_full_name("X", PartialDate::Unknown).with_sex("female");
    assert_eq!(code(Record::new(unborn, line())), missing("dob"));
    let sexless = Holder::with_full_name("X", date("1957"));
    assert_eq!(code(Record::new(sexless, line())), missing("s"));
    let nameless = Medication::builder("").build().unwrap_err();
    assert_eq!(nameless.to_string(), missing("m[0].m"));
    let backwards = Medication::builder("L02BG03").effective_from(date("2016"));
    let backwards = backwards.effective_until(date("2015-12")).build();
    assert_eq!(backwards.unwrap_err().code(), "record-period");
    // What the overview has no place for.
    let guarded = Record::new(person().with_guardian("Y"), line()).unwrap_err();
    assert_eq!(guarded.code(), "record-lost");
}

#[test]
fn nothing_about_the_holder_is_printed() {
    let secrets = [
        "Zyxwvut",
        "Quorra",
        "1957-03-19",
        "SECRETID",
        "L02BG03",
        "tablet",
    ];
    let record = Record::medication(person(), vec![line()]).unwrap();
    let builder = Medication::builder("L02BG03").dosage("1 tablet");
    silent(&[&record, &line(), &builder], &secrets);
    for payload in [
        overview(),
        with_lines(vec![with(short(), "es", Some("1 tablet".into()))]),
        with(overview(), "m", Some("1 tablet".into())),
    ] {
        let verdict = read(KEY, payload);
        let reason = verdict.reason().map(ToString::to_string);
        silent(&[&verdict, &reason, &departures(&verdict)], &secrets);
    }
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 :/À-ž-]{1,20}"
}

/// Before the issue.
fn birth() -> impl Strategy<Value = PartialDate> {
    "(19[0-9]{2}|20[01][0-9])(-0[1-9](-[12][0-8])?)?".prop_map(|text| date(&text))
}

fn any_date() -> impl Strategy<Value = PartialDate> {
    "(19|20)[0-9]{2}(-0[1-9](-[12][0-8])?)?".prop_map(|text| date(&text))
}

prop_compose! {
    fn any_line()(
        code in text(), from in prop::option::of(any_date()), until in prop::option::of(any_date()),
        at in prop::option::of(any_date()), words in prop::collection::vec(prop::option::of(text()), 3),
    ) -> Option<Medication> {
        let word = |n: usize| words[n].clone().unwrap_or_default();
        let builder = Medication::builder(&code)
            .effective_from(from.unwrap_or_default()).effective_until(until.unwrap_or_default())
            .asserted_on(at.unwrap_or_default())
            .dosage(&word(0)).reason(&word(1)).adherence(&word(2));
        builder.build().ok()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_overview_comes_back(
        (name, sex, born) in (text().prop_map(|text| format!("N{text}")), text(), birth()),
        document in prop::option::of((text(), prop::option::of(text()))),
        lines in prop::collection::vec(any_line(), 1..=3),
    ) {
        let lines: Vec<_> = lines.into_iter().flatten().collect();
        prop_assume!(!lines.is_empty());
        let holder = Holder::with_full_name(&name, born).with_sex(&sex).with_nationality("AUT");
        let holder = match document {
            Some((number, kind)) => holder.with_document(IdentityDocument::new(&number, kind.as_deref())),
            None => holder,
        };
        round_trip(&Record::medication(holder, lines).unwrap());
    }

    #[test]
    fn no_member_makes_it_panic(
        member in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        inner in any::<bool>(),
    ) {
        let value: Value = ciborium::from_reader(&bytes[..]).unwrap_or(Value::Bytes(bytes));
        let map = if inner { overview().as_map().unwrap()[6].1.as_array().unwrap()[0].clone() } else { overview() };
        let (name, _) = map.as_map().unwrap()[member.index(map.as_map().unwrap().len())].clone();
        let map = with(map, name, Some(value));
        let verdict = read(KEY, if inner { with_lines(vec![map]) } else { map });
        prop_assert!(verdict.signed_record().is_some() || verdict.reason().is_some());
    }
}
