//! The WHO's DDCC, vaccination status and test result
//! (WorldHealthOrganization/ddcc, `DDCCCoreDataSet`).

use ciborium::{Value, cbor};
use hcert::record::{
    Coding, Entry, Holder, IdentityDocument, PayloadKind, Record, Test, TestBuilder, TestKind,
    TestResult, Vaccination, VaccinationBuilder, When,
};
use hcert::verify::{Outcome, Policy, Verifier};
use hcert::{Date, PartialDate, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::payload::*;
use hcert_testkit::pki;
use hcert_testkit::raw::{self, with};
use proptest::prelude::*;

const VACCINATION: i64 = 3;
const TEST: i64 = 4;

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn sct(code: &str) -> Coding {
    Coding::new(code).with_system("http://snomed.info/sct")
}

fn person() -> Holder {
    Holder::with_full_name("Quorra Zyxwvut", PartialDate::parse("1957-03-19").unwrap())
        .with_sex("female")
        .with_document(IdentityDocument::new("SECRETID1", None))
}

fn vaccination_builder() -> VaccinationBuilder {
    Vaccination::builder()
        .disease(sct("840539006").with_display("COVID-19"))
        .vaccine(sct("1119349007"))
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .batch("PT123F")
        .dose(1, 2)
        .date(date("2021-05-29"))
        .country(Coding::new("AUT").with_system("urn:iso:std:iso:3166"))
        .issuer("Ministry of Health")
        .hcid("XX111222333444")
}

fn test_builder() -> TestBuilder {
    Test::builder()
        .disease(Coding::new("XN109").with_system("http://id.who.int/icd11/mms"))
        .kind(TestKind::Naat)
        .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
        .result(TestResult::Negative)
        .country("SGP")
        .issuer("Ministry of Health")
        .hcid("URN:UVCI:01:XX:1")
}

fn record(entry: impl Into<Entry>) -> Record {
    Record::ddcc(person(), entry).unwrap()
}

/// The core data set as its model has it.
fn core(event: &str, value: Value) -> Value {
    let root = cbor!({
        "name" => "Quorra Zyxwvut", "birthDate" => "1957-03-19", "sex" => "female",
        "identifier" => {"value" => "SECRETID1"},
        "certificate" => {
            "issuer" => {"identifier" => {"value" => "Ministry of Health"}},
            "hcid" => {"value" => "XX111222333444"}, "version" => "RC2",
        },
    })
    .unwrap();
    with(root, event, Some(value))
}

fn dose() -> Value {
    cbor!({
        "vaccine" => {"system" => "http://snomed.info/sct", "code" => "1119349007"},
        "brand" => {"code" => "EU/1/20/1528"}, "manufacturer" => {"code" => "ORG-100030215"},
        "lot" => "PT123F", "date" => "2021-05-29", "dose" => 1, "totalDoses" => 2,
        "country" => {"code" => "AUT", "system" => "urn:iso:std:iso:3166"},
        "disease" => {"system" => "http://snomed.info/sct", "code" => "840539006", "display" => "COVID-19"},
    })
    .unwrap()
}

fn pcr() -> Value {
    cbor!({
        "pathogen" => {"code" => "XN109", "system" => "http://id.who.int/icd11/mms", "display" => "SARS-CoV-2"},
        "type" => {"code" => "LP6464-4", "system" => "http://loinc.org"},
        "date" => "2021-05-30T10:12:22Z",
        "result" => {"code" => "260415000", "system" => "http://snomed.info/sct"},
        "country" => {"code" => "SGP"},
    })
    .unwrap()
}

/// A vaccination beside the claims, all members side by side, as the early
/// issuers wrote it.
fn early() -> Value {
    let coding = |code: &str| cbor!({"code" => code, "system" => "http://example.org"}).unwrap();
    cbor!({
        "name" => "Quorra Zyxwvut", "birthDate" => "1957-03-19", "identifier" => "SECRETID1",
        "sex" => coding("female"), "hcid" => "XX1", "pha" => "wA69g8VD512TfTTdkTNSsG",
        "valid_from" => "2021-05-29", "valid_until" => "2022-05-29",
        "vaccine" => coding("1119349007"), "brand" => coding("B"), "ma_holder" => coding("H"),
        "lot" => "PT123F", "date" => "2021-05-29", "dose" => 1, "total_doses" => 2,
        "centre" => "Site 1", "hw" => "http://example.org/23", "country" => coding("AUT"),
        "disease" => coding("840539006"), "due_date" => "2021-07-29", "vaccine_valid" => "2021-06-12",
    })
    .unwrap()
}

fn early_pcr() -> Value {
    cbor!({"name" => "Quorra Zyxwvut", "birthDate" => "1957-03-19", "test" => pcr()}).unwrap()
}

/// The members of both.
fn merged(a: Value, b: Value) -> Value {
    Value::Map([a.into_map().unwrap(), b.into_map().unwrap()].concat())
}

fn no_hcert() -> Value {
    cbor!({1 => "XX", 4 => EXPIRES.seconds(), 6 => ISSUED.seconds()}).unwrap()
}

fn set(map: Value, path: &[&str], value: Option<Value>) -> Value {
    let [name, rest @ ..] = path else { panic!() };
    if rest.is_empty() {
        return with(map, *name, value);
    }
    let inner = map.as_map().unwrap().iter();
    let mut inner = inner.filter(|(key, _)| key.as_text() == Some(*name));
    let inner = inner.next().unwrap().1.clone();
    with(map, *name, Some(set(inner, rest, value)))
}

#[test]
fn a_vaccination_reads_like_that_of_a_dcc() {
    let verified = valid(claims(VACCINATION, core("vaccination", dose())), &[]);
    let record = verified.record();
    assert_eq!(record.payload(), PayloadKind::DdccVaccination);
    assert_eq!(record.schema_version(), "RC2");
    let holder = record.holder();
    assert_eq!(holder.full_name(), Some("Quorra Zyxwvut"));
    assert_eq!(holder.born_text(), "1957-03-19");
    assert_eq!(holder.sex(), Some("female"));
    assert_eq!(holder.document().map(|d| d.number()), Some("SECRETID1"));
    let entry = entry(record);
    assert_eq!(
        (entry.disease(), entry.country(), entry.issuer(), entry.id()),
        (
            Some("840539006"),
            Some("AUT"),
            Some("Ministry of Health"),
            Some("XX111222333444")
        )
    );
    let Entry::Vaccination(entry) = entry else {
        panic!("{entry:?}");
    };
    assert_eq!(entry.vaccine(), "1119349007");
    assert_eq!(entry.product(), "EU/1/20/1528");
    assert_eq!(entry.manufacturer(), "ORG-100030215");
    assert_eq!(
        (entry.dose_number(), entry.dose_total()),
        (Some(1), Some(2))
    );
    assert_eq!(entry.date(), Some(date("2021-05-29")));
    assert_eq!(entry.batch(), Some("PT123F"));
    assert_eq!(entry.disease_coding().display(), Some("COVID-19"));
    assert_eq!(entry.vaccine_coding(), &sct("1119349007"));
}

#[test]
fn a_test_reads_like_that_of_a_dcc() {
    let verified = valid(claims(TEST, core("test", pcr())), &[]);
    assert_eq!(verified.record().payload(), PayloadKind::DdccTest);
    let Entry::Test(entry) = entry(verified.record()) else {
        panic!();
    };
    assert_eq!((entry.disease(), entry.country()), ("XN109", "SGP"));
    assert_eq!(entry.kind(), TestKind::Naat);
    assert_eq!(entry.result(), TestResult::Negative);
    assert_eq!(entry.disease_coding().display(), Some("SARS-CoV-2"));
    assert_eq!(entry.kind_coding().system(), Some("http://loinc.org"));
    assert_eq!(entry.sampled_on(), Some(date("2021-05-30")));
    assert_eq!((entry.centre(), entry.brand()), (None, &Coding::default()));
}

#[test]
fn all_that_a_ddcc_states_comes_back() {
    let vaccination = vaccination_builder()
        .authorisation_holder(Coding::new("H").with_display("A holder"))
        .centre("Site 1")
        .practitioner("23")
        .valid_from(date("2021-06-12"))
        .next_dose(date("2021-07-29"))
        .ddcc_id("D1")
        .certificate_period(When::from(date("2021-05-29")), When::parse("2022").unwrap());
    round_trip(&record(vaccination.build_ddcc().unwrap()));
    let test = test_builder()
        .kind_coding(Coding::new("94558-4").with_system("http://loinc.org"))
        .result_coding(Coding::new("260373001").with_display("Detected"))
        .brand("B")
        .manufacturer(Coding::new("M").with_system("urn:x"))
        .origin(sct("258500001").with_display("Nasopharyngeal swab"))
        .centre(Coding::new("21M0386").with_display("Testing centre 1"))
        .sampled_on(date("2021-05-30"));
    let record = record(test.build_ddcc().unwrap());
    let Entry::Test(test) = entry(&record) else {
        panic!();
    };
    assert_eq!(test.sampled_on(), Some(date("2021-05-30")));
    assert_eq!(
        (test.sampled_at(), test.centre()),
        (None, Some("Testing centre 1"))
    );
    round_trip(&record);
}

/// What issuers write in another shape, and where it departs.
#[test]
fn what_departs_is_read_and_noted() {
    let text = |text: &str| Some(Value::from(text));
    for (path, value, expected) in [
        (
            &["birthDate"][..],
            text("1957-03-19T00:00:00Z"),
            "schema-format birthDate",
        ),
        (&["birthDate"], text("19.3.1957"), "schema-format birthDate"),
        (&["birthDate"], Some(Value::Null), "schema-type birthDate"),
        (
            &["sex"],
            Some(cbor!({"code" => "female"}).unwrap()),
            "schema-type sex",
        ),
        (&["identifier"], text("SECRETID1"), "schema-type identifier"),
        (
            &["certificate", "hcid"],
            text("XX1"),
            "schema-type certificate.hcid",
        ),
        (
            &["certificate", "issuer"],
            text("Ministry"),
            "schema-type certificate.issuer",
        ),
        (
            &["certificate", "issuer"],
            None,
            "schema-missing certificate.issuer",
        ),
        (
            &["certificate", "version"],
            None,
            "schema-missing certificate.version",
        ),
        (
            &["vaccination", "manufacturer"],
            text("Organization/973"),
            "schema-type vaccination.manufacturer",
        ),
        (
            &["vaccination", "manufacturer"],
            None,
            "schema-missing vaccination.manufacturer",
        ),
        (
            &["vaccination", "vaccine"],
            Some(cbor!({"display" => "x"}).unwrap()),
            "schema-missing vaccination.vaccine.code",
        ),
        (
            &["vaccination", "brand"],
            None,
            "schema-missing vaccination.brand",
        ),
        (
            &["vaccination", "lot"],
            Some(Value::from(7)),
            "schema-type vaccination.lot",
        ),
        (
            &["vaccination", "date"],
            Some(Value::Null),
            "schema-type vaccination.date",
        ),
        (
            &["vaccination", "date"],
            text("2021-05"),
            "schema-format vaccination.date",
        ),
        (
            &["vaccination", "date"],
            Some(Value::Tag(0, Box::new("2021-05-29".into()))),
            "schema-tag vaccination.date",
        ),
        (
            &["vaccination", "dose"],
            Some(Value::Float(1.0)),
            "schema-float vaccination.dose",
        ),
        (
            &["vaccination", "dose"],
            Some(Value::from(0)),
            "schema-range vaccination.dose",
        ),
        (
            &["vaccination", "dose"],
            Some(Value::from(1u64 << 40)),
            "schema-range vaccination.dose",
        ),
        (
            &["vaccination", "totalDoses"],
            text("2"),
            "schema-type vaccination.totalDoses",
        ),
        (
            &["vaccination", "country"],
            text("AUT"),
            "schema-type vaccination.country",
        ),
    ] {
        let payload = set(core("vaccination", dose()), path, value);
        valid(claims(VACCINATION, payload), &[expected]);
    }
    for (name, value, expected) in [
        ("pathogen", None, "schema-missing test.pathogen"),
        ("type", text("LP6464-4"), "schema-type test.type"),
        ("date", text("2021-05"), "schema-format test.date"),
        ("date", text("yesterday"), "schema-format test.date"),
        (
            "centre",
            text("Testing centre 1"),
            "schema-type test.centre",
        ),
        ("result", Some(Value::from(1)), "schema-type test.result"),
    ] {
        let payload = set(core("test", pcr()), &["test", name], value);
        valid(claims(TEST, payload), &[expected]);
    }
}

/// `total_doses` is what the WHO's validator reads in a nested vaccination.
#[test]
fn a_name_of_the_early_form_is_read_in_todays_and_never_beside_it() {
    let payload = set(
        core("vaccination", dose()),
        &["vaccination", "totalDoses"],
        None,
    );
    let payload = set(payload, &["vaccination", "total_doses"], Some(3.into()));
    let verified = valid(
        claims(VACCINATION, payload.clone()),
        &["ddcc-early-form vaccination.total_doses"],
    );
    let Entry::Vaccination(entry) = entry(verified.record()) else {
        panic!();
    };
    assert_eq!(entry.dose_total(), Some(3));
    let both = set(payload, &["vaccination", "totalDoses"], Some(2.into()));
    refused(
        claims(VACCINATION, both),
        Outcome::Invalid,
        "payload-member-twice",
    );
    let both = set(
        core("vaccination", dose()),
        &["valid_until"],
        Some("2030-01-01".into()),
    );
    refused(
        claims(VACCINATION, both),
        Outcome::Invalid,
        "payload-member-twice",
    );
}

#[test]
fn an_array_of_one_is_read_and_several_are_not() {
    let core = core("vaccination", dose());
    let array = |all: &[&Value]| Value::Array(all.iter().map(|v| (*v).clone()).collect());
    valid(claims(VACCINATION, array(&[&core])), &["payload-array "]);
    for (payload, code) in [
        (array(&[&core, &core]), "hcert-several-records"),
        (array(&[]), "payload-empty"),
        (array(&[&1.into()]), "payload-shape"),
        (Value::from(1), "payload-shape"),
        (Value::Null, "payload-shape"),
        (with(core.clone(), "vaccination", None), "payload-shape"),
        (
            with(core.clone(), "vaccination", Some("x".into())),
            "payload-shape",
        ),
        (
            with(core.clone(), "vaccination", Some(array(&[]))),
            "payload-empty",
        ),
        (
            with(core.clone(), "vaccination", Some(array(&[&1.into()]))),
            "payload-shape",
        ),
        (
            with(core.clone(), "test", Some(pcr())),
            "hcert-several-payloads",
        ),
    ] {
        refused(claims(VACCINATION, payload), Outcome::Invalid, code);
    }
    refused(claims(TEST, core), Outcome::Invalid, "payload-shape");
}

/// The core data set of 2021 allowed several doses, each with all that stands
/// around them.
#[test]
fn a_dose_in_an_array_is_read_and_none_of_several_is_lost() {
    let doses = |doses: Vec<Value>| core("vaccination", Value::Array(doses));
    let verified = valid(
        claims(VACCINATION, doses(vec![dose()])),
        &["schema-type vaccination"],
    );
    assert_eq!(verified.record().entries().len(), 1);
    let second = with(dose(), "dose", Some(2.into()));
    refused(
        claims(VACCINATION, doses(vec![dose(), second])),
        Outcome::Invalid,
        "hcert-several-records",
    );
}

#[test]
fn the_early_form_beside_the_claims_is_read() {
    let expected = [
        "hcert-at-root ",
        "ddcc-early-form ",
        "schema-type identifier",
        "schema-type sex",
    ];
    let verified = valid(merged(no_hcert(), early()), &expected);
    let record = verified.record();
    assert_eq!(record.payload(), PayloadKind::DdccVaccination);
    assert_eq!(record.holder().sex(), Some("female"));
    let entry = entry(record);
    assert_eq!(
        (entry.id(), entry.issuer()),
        (Some("XX1"), Some("wA69g8VD512TfTTdkTNSsG"))
    );
    let Entry::Vaccination(entry) = entry else {
        panic!();
    };
    assert_eq!((entry.product(), entry.manufacturer()), ("B", "H"));
    assert_eq!(entry.dose_total(), Some(2));
    assert_eq!(entry.practitioner(), Some("http://example.org/23"));
    assert_eq!(entry.next_dose(), Some(date("2021-07-29")));
    assert_eq!(entry.valid_from(), Some(date("2021-06-12")));
    assert_eq!(
        entry.certificate().valid_until(),
        Some(When::from(date("2022-05-29")))
    );

    let verified = valid(merged(no_hcert(), early_pcr()), &["hcert-at-root "]);
    assert_eq!(verified.record().payload(), PayloadKind::DdccTest);
    // And under its key.
    valid(claims(VACCINATION, early()), &expected[1..]);
    let nested = merged(no_hcert(), core("vaccination", dose()));
    valid(nested, &["hcert-at-root "]);
}

/// JavaScript's `undefined` stands for what is not known.
#[test]
fn undefined_is_no_value() {
    let mut claims = raw::encode(&merged(
        no_hcert(),
        with(early(), "date", Some("UNDEFINED".into())),
    ));
    let needle: Vec<u8> = [&[0x69][..], b"UNDEFINED"].concat();
    let at = claims.windows(10).position(|w| w == needle).unwrap();
    claims.splice(at..at + 10, [0xf7]);
    let mut raw = raw::Raw::new(dsc("a", &[]).kid().as_bytes());
    raw.payload = claims;
    let verdict = verifier().verify(&raw::text(&raw.sign(&signer("a"))), NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
    assert!(departures(&verdict).contains(&"schema-type date".to_owned()));
}

#[test]
fn a_payload_beside_the_claims_is_recognised_strictly() {
    for (name, value) in [
        ("name", None),
        ("name", Some(Value::from(1))),
        ("test", None),
        ("test", Some("positive".into())),
    ] {
        let claims = merged(no_hcert(), with(early_pcr(), name, value));
        refused(claims, Outcome::Invalid, "hcert-missing");
    }
}

#[test]
fn two_payloads_are_refused_wherever_they_stand() {
    let dcc = raw::cwt(raw::dcc());
    let other =
        cbor!({1 => "XX", 4 => EXPIRES.seconds(), 6 => ISSUED.seconds(), -260 => {99 => 1}});
    for (claims, outcome, code) in [
        (
            merged(dcc, early()),
            Outcome::Invalid,
            "hcert-several-payloads",
        ),
        (
            merged(claims(TEST, core("test", pcr())), early_pcr()),
            Outcome::Invalid,
            "hcert-several-payloads",
        ),
        (
            merged(no_hcert(), with(early(), "test", Some(pcr()))),
            Outcome::Invalid,
            "hcert-several-payloads",
        ),
        (
            merged(other.unwrap(), early()),
            Outcome::Unascertained,
            "hcert-unknown-payload",
        ),
    ] {
        refused(claims, outcome, code);
    }
}

fn with_period(start: Option<&str>, end: Option<&str>) -> Value {
    let mut period = Value::Map(vec![]);
    period = with(period, "start", start.map(Value::from));
    period = with(period, "end", end.map(Value::from));
    set(
        core("vaccination", dose()),
        &["certificate", "period"],
        Some(period),
    )
}

#[test]
fn the_period_is_judged_to_the_second() {
    let at = |text: &str| Timestamp::parse(text).unwrap();
    for (start, end, now, outcome) in [
        (
            None,
            Some("2021-06-30"),
            "2021-06-30T23:59:59Z",
            Outcome::Valid,
        ),
        (
            None,
            Some("2021-06-30"),
            "2021-07-01T00:00:00Z",
            Outcome::Expired,
        ),
        (
            None,
            Some("2021-06"),
            "2021-06-30T23:59:59Z",
            Outcome::Valid,
        ),
        (
            None,
            Some("2021-06-30T10:00:00Z"),
            "2021-06-30T10:00:00Z",
            Outcome::Valid,
        ),
        (
            None,
            Some("2021-06-30T10:00:00Z"),
            "2021-06-30T10:00:01Z",
            Outcome::Expired,
        ),
        (
            None,
            Some("2021-06-30T10:00:00+02:00"),
            "2021-06-30T08:00:01Z",
            Outcome::Expired,
        ),
        (
            Some("2021-07-01"),
            None,
            "2021-06-30T23:59:59Z",
            Outcome::NotYetValid,
        ),
        (
            Some("2021-07-01"),
            None,
            "2021-07-01T00:00:00Z",
            Outcome::Valid,
        ),
    ] {
        let text = signed(claims(VACCINATION, with_period(start, end)));
        let verdict = verifier().verify(&text, at(now));
        assert_eq!(verdict.outcome(), outcome, "{start:?} {end:?} {now}");
    }
}

/// hcert-spec §6.1 wants a limit: the period's end is one.
#[test]
fn without_exp_the_period_has_to_end() {
    let without_exp = |payload| with(claims(VACCINATION, payload), 4, None);
    valid(
        without_exp(with_period(None, Some("2022-01-01"))),
        &["exp-missing exp"],
    );
    for payload in [
        core("vaccination", dose()),
        with_period(Some("2021-01-01"), None),
    ] {
        let verdict = verify(without_exp(payload));
        assert_eq!(verdict.reason().map(|r| r.code()), Some("exp-missing"));
        assert_eq!(verdict.outcome(), Outcome::Invalid);
    }
    let policy = Policy::default().dangerously_accept_missing_expiry();
    let lenient = Verifier::with_policy(trust(&[&dsc("a", &[])]), policy);
    let verdict = lenient.verify(&signed(with(merged(no_hcert(), early_pcr()), 4, None)), NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
    // An exp that is unusable is not an exp that is missing.
    let unusable = with(
        claims(VACCINATION, with_period(None, Some("2022-01-01"))),
        4,
        Some(f64::NAN.into()),
    );
    assert_eq!(
        verify(unusable).reason().map(|r| r.code()),
        Some("exp-unusable")
    );
}

#[test]
fn a_period_that_cant_be_read_is_no_missing_period() {
    for period in [
        Value::from("2022"),
        cbor!({"end" => "soon"}).unwrap(),
        cbor!({"end" => 2022}).unwrap(),
        cbor!({"end" => ""}).unwrap(),
        cbor!({"start" => "2021-13-01"}).unwrap(),
    ] {
        let payload = set(
            core("vaccination", dose()),
            &["certificate", "period"],
            Some(period),
        );
        refused(
            claims(VACCINATION, payload),
            Outcome::Invalid,
            "payload-period",
        );
    }
    let payload = with(core("vaccination", dose()), "certificate", Some("x".into()));
    refused(
        claims(VACCINATION, payload),
        Outcome::Invalid,
        "payload-period",
    );
    let early = merged(
        no_hcert(),
        with(early(), "valid_until", Some("never".into())),
    );
    refused(early, Outcome::Invalid, "payload-period");
    // Null is no end, as it is no value anywhere.
    for (path, at) in [
        (&["certificate", "period"][..], "certificate.period"),
        (&["certificate"], "certificate"),
    ] {
        let payload = set(core("vaccination", dose()), path, Some(Value::Null));
        valid(
            claims(VACCINATION, payload),
            &[&format!("schema-type {at}")],
        );
    }
    let open = set(
        with_period(None, Some("2022-01-01")),
        &["certificate", "period", "start"],
        Some(Value::Null),
    );
    valid(
        claims(VACCINATION, open),
        &["schema-type certificate.period.start"],
    );
}

#[test]
fn the_keys_usage_is_held_against_it() {
    for (eku, key, payload, outcome) in [
        (
            pki::EKU_TEST,
            VACCINATION,
            core("vaccination", dose()),
            Outcome::Invalid,
        ),
        (
            pki::EKU_VACCINATION,
            VACCINATION,
            core("vaccination", dose()),
            Outcome::Valid,
        ),
        (
            pki::EKU_VACCINATION,
            TEST,
            core("test", pcr()),
            Outcome::Invalid,
        ),
        (pki::EKU_TEST, TEST, core("test", pcr()), Outcome::Valid),
    ] {
        let dsc = dsc("a", &[eku]);
        let raw = raw::Raw::new(dsc.kid().as_bytes()).payload(claims(key, payload));
        let text = raw::text(&raw.sign(&signer("a")));
        let verdict = Verifier::new(trust(&[&dsc])).verify(&text, NOW);
        assert_eq!(verdict.outcome(), outcome, "{verdict:#?}");
    }
}

#[test]
fn what_the_core_data_set_requires_is_required_to_issue() {
    let refused = |builder: VaccinationBuilder| builder.build_ddcc().unwrap_err().to_string();
    let missing = |at: &str| format!("{at}: a required member is missing");
    let empty = Vaccination::builder();
    assert_eq!(refused(empty), missing("certificate.issuer"));
    for (builder, at) in [
        (vaccination_builder().vaccine(""), "vaccination.vaccine"),
        (vaccination_builder().product(""), "vaccination.brand"),
        (
            vaccination_builder().manufacturer(""),
            "vaccination.manufacturer",
        ),
        (vaccination_builder().batch(""), "vaccination.lot"),
        (vaccination_builder().country(""), "vaccination.country"),
        (vaccination_builder().issuer(""), "certificate.issuer"),
        (vaccination_builder().hcid(""), "certificate.hcid"),
        (
            vaccination_builder().vaccine(sct("")),
            "vaccination.vaccine.code",
        ),
    ] {
        assert_eq!(refused(builder), missing(at));
    }
    // One of the two suffices.
    let holder = vaccination_builder()
        .manufacturer("")
        .authorisation_holder("H");
    assert_eq!(holder.build_ddcc().unwrap().manufacturer(), "H");
    // Not every dose is of a known series.
    round_trip(&record(
        vaccination_builder().dose_number(3).build_ddcc().unwrap(),
    ));
    for (builder, at) in [
        (test_builder().disease(""), "test.pathogen"),
        (test_builder().kind_coding(""), "test.type"),
        (test_builder().country(""), "test.country"),
    ] {
        assert_eq!(builder.build_ddcc().unwrap_err().to_string(), missing(at));
    }
    let code = |builder: VaccinationBuilder| builder.build_ddcc().unwrap_err().code();
    assert_eq!(
        code(vaccination_builder().country("Austria")),
        "record-country"
    );
    assert_eq!(code(vaccination_builder().dose(0, 2)), "schema-range");
    let (from, until) = (
        When::from(date("2021-07-01")),
        When::from(date("2021-06-30")),
    );
    assert_eq!(
        code(vaccination_builder().certificate_period(from, until)),
        "record-period"
    );
    let unnamed = Holder::new("Zyxwvut", "Quorra", PartialDate::Unknown).unwrap();
    let entry = vaccination_builder().build_ddcc().unwrap();
    assert_eq!(
        Record::ddcc(unnamed, entry).unwrap_err().code(),
        "schema-missing"
    );
}

#[test]
fn what_the_payload_has_no_place_for_is_not_issued() {
    let lost = |result: Result<Record, hcert::record::RecordError>| {
        assert_eq!(result.unwrap_err().code(), "record-lost");
    };
    let national = person().with_nationality("AT");
    lost(Record::ddcc(
        national,
        vaccination_builder().build_ddcc().unwrap(),
    ));
    let passport = person().with_document(IdentityDocument::new("P1", Some("PPN")));
    lost(Record::ddcc(passport, test_builder().build_ddcc().unwrap()));
    let named = test_builder().name("A PCR test");
    assert_eq!(named.build_ddcc().unwrap_err().code(), "record-lost");
    // An EU DCC knows neither batch nor code system.
    lost(Record::new(
        holder(),
        vaccination_builder().country("AT").build_ddcc().unwrap(),
    ));
    let dcc = Vaccination::builder()
        .disease(sct("840539006"))
        .vaccine("1119349007");
    let dcc = dcc
        .product("P")
        .manufacturer("M")
        .dose(1, 1)
        .date(date("2021-05-29"));
    let dcc = dcc.country("XX").issuer("X").id(&uvci());
    assert_eq!(dcc.build().unwrap_err().code(), "record-lost");
    // A recovery is not a part of the DDCC.
    let recovery = entry(&recovery()).clone();
    lost(Record::ddcc(person(), recovery));
}

#[test]
fn what_was_read_is_issued_anew() {
    let early = valid(
        merged(no_hcert(), early()),
        &[
            "hcert-at-root ",
            "ddcc-early-form ",
            "schema-type identifier",
            "schema-type sex",
        ],
    );
    let issued = issuer("a", &[]).issue(early.record(), VALIDITY).unwrap();
    let verdict = verifier().verify(issued.text(), NOW);
    assert_eq!(departures(&verdict), [""; 0]);
    let again = verdict.into_verified().unwrap();
    assert!(again.record().entries() == early.record().entries());
    assert!(again.record().holder() == early.record().holder());
    assert_eq!(again.record().schema_version(), "RC2");
}

#[test]
fn nothing_about_the_holder_is_printed() {
    let secrets = [
        "Zyxwvut",
        "Quorra",
        "1957-03-19",
        "SECRETID",
        "PT123F",
        "XX1112",
        "2021-05-29",
    ];
    let record = record(vaccination_builder().build_ddcc().unwrap());
    let Entry::Vaccination(vaccination) = entry(&record) else {
        panic!();
    };
    let shown: [&dyn std::fmt::Debug; 6] = [
        &record,
        vaccination,
        vaccination.certificate(),
        vaccination.vaccine_coding(),
        &vaccination_builder(),
        &When::from(date("2021-05-29")),
    ];
    silent(&shown, &secrets);
    for payload in [core("vaccination", dose()), early()] {
        let names: Vec<_> = payload
            .as_map()
            .unwrap()
            .iter()
            .map(|(key, _)| key.clone())
            .collect();
        for name in names {
            for value in [
                None,
                Some(Value::from("Zyxwvut")),
                Some(Value::Array(vec!["Quorra".into()])),
            ] {
                let verdict = read(VACCINATION, with(payload.clone(), name.clone(), value));
                let reason = verdict.reason().map(ToString::to_string);
                silent(&[&verdict, &reason, &departures(&verdict)], &secrets);
            }
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 :/À-ž-]{1,20}"
}

/// With a letter: nobody is named by blanks.
fn named() -> impl Strategy<Value = String> {
    text().prop_map(|text| format!("N{text}"))
}

prop_compose! {
    fn coding()(code in text(), system in prop::option::of(text()), display in prop::option::of(text())) -> Coding {
        Coding::new(&code)
            .with_system(&system.unwrap_or_default())
            .with_display(&display.unwrap_or_default())
    }
}

fn any_date() -> impl Strategy<Value = Date> {
    (1900u16..2100, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

/// Before the issue, and after every birth here.
fn past_date() -> impl Strategy<Value = Date> {
    (2020u16..2021, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn past_time() -> impl Strategy<Value = Timestamp> {
    (1_577_923_200..ISSUED.seconds()).prop_map(Timestamp::from_seconds)
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0i64..4_102_444_800).prop_map(Timestamp::from_seconds)
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        any_date().prop_map(When::from),
        time().prop_map(When::from),
        "(19|20)[0-9]{2}(-0[1-9])?".prop_map(|text| When::parse(&text).unwrap()),
    ]
}

prop_compose! {
    fn any_holder()(name in named(), born in "|(19[0-9]{2}|20[01][0-9])(-0[1-9](-[12][0-8])?)?", sex in text(), id in prop::option::of(text())) -> Holder {
        let holder = Holder::with_full_name(&name, PartialDate::parse(&born).unwrap()).with_sex(&sex);
        match id {
            Some(id) => holder.with_document(IdentityDocument::new(&id, None)),
            None => holder,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_vaccination_comes_back(
        holder in any_holder(),
        codes in prop::collection::vec(coding(), 5),
        (batch, centre, worker) in (text(), prop::option::of(text()), prop::option::of(text())),
        (day, from, next) in (past_date(), prop::option::of(any_date()), prop::option::of(any_date())),
        (dose, total) in (1u32..=u32::MAX, prop::option::of(1u32..=u32::MAX)),
        (start, end) in (prop::option::of(when()), prop::option::of(when())),
        (issuer, hcid) in (text(), text()),
    ) {
        let builder = Vaccination::builder()
            .disease(codes[0].clone()).vaccine(codes[1].clone()).product(codes[2].clone())
            .manufacturer(codes[3].clone()).authorisation_holder(codes[4].clone())
            .batch(&batch).centre(&centre.unwrap_or_default())
            .practitioner(&worker.unwrap_or_default()).date(day)
            .country("AUT").issuer(&issuer).hcid(&hcid).certificate_period(start, end);
        let builder = match total {
            Some(total) => builder.dose(dose, total),
            None => builder.dose_number(dose),
        };
        let builder = from.map_or(builder.clone(), |from| builder.valid_from(from));
        let builder = next.map_or(builder.clone(), |next| builder.next_dose(next));
        let backwards = start.and_then(When::first).zip(end.and_then(When::last));
        match builder.build_ddcc() {
            Ok(entry) => {
                round_trip(&Record::ddcc(holder, entry).unwrap());
            }
            Err(error) => {
                prop_assert_eq!(error.code(), "record-period");
                prop_assert!(backwards.is_some_and(|(from, until)| until < from));
            }
        }
    }

    #[test]
    fn any_test_comes_back(
        holder in any_holder(),
        codes in prop::collection::vec(coding(), 7),
        (at, on) in (prop::option::of(past_time()), past_date()),
        (issuer, hcid) in (text(), text()),
    ) {
        let builder = Test::builder()
            .disease(codes[0].clone()).kind_coding(codes[1].clone()).result_coding(codes[2].clone())
            .brand(codes[3].clone()).manufacturer(codes[4].clone()).origin(codes[5].clone())
            .centre(codes[6].clone()).country("SG").issuer(&issuer).hcid(&hcid);
        let builder = match at {
            Some(at) => builder.sampled_at(at),
            None => builder.sampled_on(on),
        };
        round_trip(&Record::ddcc(holder, builder.build_ddcc().unwrap()).unwrap());
    }

    /// Whatever stands in a member's place is read, noted or refused.
    #[test]
    fn no_member_makes_it_panic(
        member in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        early_form in any::<bool>(),
        inner in any::<bool>(),
    ) {
        let value: Value = ciborium::from_reader(&bytes[..]).unwrap_or(Value::Bytes(bytes));
        let payload = if early_form { early() } else { core("vaccination", dose()) };
        let payload = if inner && !early_form {
            let dose = dose();
            let names = dose.as_map().unwrap();
            let (name, _) = names[member.index(names.len())].clone();
            with(payload, "vaccination", Some(with(dose, name, Some(value))))
        } else {
            let names = payload.as_map().unwrap();
            let (name, _) = names[member.index(names.len())].clone();
            with(payload, name, Some(value))
        };
        let verdict = read(VACCINATION, payload);
        prop_assert!(verdict.signed_record().is_some() || verdict.reason().is_some());
    }
}
