//! Antibody tests: issued, read and told apart from tests for the virus.

use ciborium::Value;
use hcert::record::{AntibodyClass, Coding, Entry, Holder, Record, Test, TestKind, TestResult};
use hcert::trust::TrustStore;
use hcert::verify::{Outcome, Step, Verdict, Verifier};
use hcert::{PartialDate, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::pki::{EKU_TEST, EKU_VACCINATION};
use hcert_testkit::raw::{self, Raw, cwt, holder_only, t, with};

/// The codes that are known, by class; the first of each is issued.
const KNOWN: [(AntibodyClass, &[&str]); 4] = [
    (AntibodyClass::IgA, &["94562-6", "94768-9"]),
    (AntibodyClass::IgG, &["94563-4", "94507-1", "94761-4"]),
    (AntibodyClass::IgM, &["94564-2", "94508-9", "95416-4"]),
    (AntibodyClass::Total, &["94762-2", "94547-7", "95542-7"]),
];

fn serology(kind: TestKind<'_>, result: TestResult<'_>) -> Record {
    let entry = Test::builder()
        .kind(kind)
        .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
        .result(result)
        .centre("Testing centre 1")
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci())
        .build();
    Record::new(holder(), entry.unwrap()).unwrap()
}

fn verify(text: &str) -> Verdict {
    Verifier::new(trust(&[&dsc("a", &[])])).verify(text, NOW)
}

fn tests(verdict: &Verdict) -> Vec<Test> {
    let record = verdict.verified().expect("valid").record();
    let entries = record.entries().iter();
    let test = |entry: &Entry| match entry {
        Entry::Test(test) => test.clone(),
        other => panic!("{other:?}"),
    };
    entries.map(test).collect()
}

#[test]
fn an_antibody_test_is_issued_and_read() {
    for (class, known) in KNOWN {
        for (result, code) in [
            (TestResult::AntibodiesDetected, Coding::DETECTED),
            (TestResult::AntibodiesNotDetected, Coding::NOT_DETECTED),
            (TestResult::Inconclusive, Coding::INCONCLUSIVE),
        ] {
            let record = serology(TestKind::Antibody(class), result);
            let verdict = verify(issued("a", &record).text());
            assert!(verdict.deviations().is_empty());
            let tests = tests(&verdict);
            let [test] = tests.as_slice() else {
                panic!("one entry");
            };
            assert_eq!(test.kind(), TestKind::Antibody(class));
            assert_eq!(test.kind_code(), known[0]);
            assert_eq!(test.result(), result);
            assert_eq!(test.result().code(), code);
        }
    }
}

#[test]
fn a_code_of_the_same_class_is_kept_as_it_is_written() {
    for (class, known) in KNOWN {
        assert_eq!(TestKind::Antibody(class).code(), known[0]);
        for code in known {
            assert_eq!(AntibodyClass::from_code(code), Some(class));
            let record = serology(TestKind::Other(code), TestResult::AntibodiesDetected);
            let verdict = verify(issued("a", &record).text());
            let test = &tests(&verdict)[0];
            assert_eq!(test.kind(), TestKind::Antibody(class), "{code}");
            assert_eq!(test.kind_code(), *code);
        }
    }
}

#[test]
fn no_antibody_result_is_a_negative_or_positive_test() {
    for code in KNOWN.iter().flat_map(|(_, known)| *known) {
        for result in [TestResult::Negative, TestResult::Positive] {
            let record = serology(TestKind::Other(code), result);
            let Entry::Test(test) = &record.entries()[0] else {
                panic!("a test");
            };
            let expected = match result {
                TestResult::Negative => TestResult::AntibodiesNotDetected,
                _ => TestResult::AntibodiesDetected,
            };
            assert_eq!(test.result(), expected, "{code}");
        }
    }
    // A test for the virus gives none of antibodies.
    for kind in [TestKind::Naat, TestKind::RapidAntigen] {
        let record = serology(kind, TestResult::AntibodiesNotDetected);
        let Entry::Test(test) = &record.entries()[0] else {
            panic!("a test");
        };
        assert_eq!(test.result(), TestResult::Negative);
    }
}

#[test]
fn a_panel_a_quantity_or_an_interpretation_is_an_antibody_test() {
    use AntibodyClass::{IgG, IgM, Panel, Total};
    for (code, class) in [
        ("94503-0", Panel),
        ("94504-8", Panel),
        ("94505-5", IgG),
        ("94506-3", IgM),
        ("94769-7", Total),
        ("94661-6", Total),
        ("95411-5", Total),
    ] {
        assert_eq!(AntibodyClass::from_code(code), Some(class), "{code}");
        assert_eq!(TestKind::from_code(code), TestKind::Antibody(class));
    }
    // Other spellings of a code.
    for code in ["94563", "94563-4 ", ""] {
        assert_eq!(AntibodyClass::from_code(code), None, "{code}");
        assert_eq!(TestKind::from_code(code), TestKind::Other(code));
    }
    assert_eq!(TestKind::from_code("LP6464-4"), TestKind::Naat);
    assert_eq!(TestKind::from_code("LP217198-3"), TestKind::RapidAntigen);
}

/// A test as a DDCC, with the code systems that it names.
fn ddcc(kind: Coding, result: Coding) -> Record {
    let entry = Test::builder()
        .kind_coding(kind)
        .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
        .result_coding(result)
        .country("XXX")
        .issuer("Ministry of Health")
        .hcid("XX0001")
        .build_ddcc();
    let born = PartialDate::parse("1998-02-26").unwrap();
    Record::ddcc(Holder::with_full_name("G Musterfrau", born), entry.unwrap()).unwrap()
}

#[test]
fn an_antibody_test_is_issued_and_read_as_a_ddcc() {
    let loinc = |code| Coding::new(code).with_system(Coding::LOINC);
    let snomed = |code| Coding::new(code).with_system(Coding::SNOMED_CT);
    for (class, known) in KNOWN {
        for code in known {
            for (result, meaning) in [
                (Coding::DETECTED, TestResult::AntibodiesDetected),
                (Coding::NOT_DETECTED, TestResult::AntibodiesNotDetected),
            ] {
                let record = ddcc(loinc(code), snomed(result));
                let verdict = verify(issued("a", &record).text());
                let test = &tests(&verdict)[0];
                assert_eq!(test.kind(), TestKind::Antibody(class));
                assert_eq!(test.kind_code(), *code);
                assert_eq!(test.result(), meaning);
            }
        }
    }
}

#[test]
fn a_code_of_another_system_means_nothing_known() {
    let other = "http://example.org/codes";
    let snomed = Coding::new(Coding::NOT_DETECTED).with_system(Coding::SNOMED_CT);
    for code in ["94563-4", Coding::NAAT, Coding::RAPID_ANTIGEN] {
        let record = ddcc(Coding::new(code).with_system(other), snomed.clone());
        let test = &tests(&verify(issued("a", &record).text()))[0];
        assert_eq!(test.kind(), TestKind::Other(code));
    }
    let naat = Coding::new(Coding::NAAT).with_system(Coding::LOINC);
    for (system, known) in [
        (other, false),
        ("http://snomed.info/sctx", false),
        ("http://snomed.info/sct/900000000000207008", true),
    ] {
        let result = Coding::new(Coding::NOT_DETECTED).with_system(system);
        let record = ddcc(naat.clone(), result);
        let test = &tests(&verify(issued("a", &record).text()))[0];
        let expected = match known {
            true => TestResult::Negative,
            false => TestResult::Other(Coding::NOT_DETECTED),
        };
        assert_eq!(test.result(), expected, "{system}");
    }
}

#[test]
fn a_record_in_json_takes_the_code() {
    let json = r#"{"nam": {"fn": "Musterfrau", "gn": "Gabriele"}, "dob": "1998-02-26",
        "t": [{"tg": "840539006", "tt": "94564-2", "sc": "2021-05-30T10:12:22Z",
        "tr": "260373001", "co": "XX", "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}]}"#;
    let verdict = verify(issued("a", &Record::from_json(json).unwrap()).text());
    let test = &tests(&verdict)[0];
    assert_eq!(test.kind(), TestKind::Antibody(AntibodyClass::IgM));
    assert_eq!(test.result(), TestResult::AntibodiesDetected);
}

#[test]
fn several_results_in_one_certificate_are_each_read() {
    // As the traveller's certificates of 2021 showed them: NAAT, IgG and IgM.
    let entry = |code: &str, result: &str| {
        let entry = with(t(), "tt", Some(Value::from(code)));
        with(entry, "tr", Some(Value::from(result)))
    };
    let entries = vec![
        entry("LP6464-4", Coding::NOT_DETECTED),
        entry("94563-4", Coding::DETECTED),
        entry("94564-2", Coding::NOT_DETECTED),
    ];
    let dcc = with(holder_only(), "t", Some(Value::Array(entries)));
    let kid = dsc("a", &[]).kid();
    let raw = Raw::new(kid.as_bytes()).payload(cwt(dcc));
    let verdict = verify(&raw::text(&raw.sign(&signer("a"))));
    let codes: Vec<_> = verdict.deviations().iter().map(|d| d.code()).collect();
    assert_eq!(codes, ["schema-entries"]);
    let read: Vec<_> = tests(&verdict);
    let read: Vec<_> = read.iter().map(|t| (t.kind(), t.result())).collect();
    let antibody = TestKind::Antibody;
    assert_eq!(
        read,
        [
            (TestKind::Naat, TestResult::Negative),
            (antibody(AntibodyClass::IgG), TestResult::AntibodiesDetected),
            (
                antibody(AntibodyClass::IgM),
                TestResult::AntibodiesNotDetected
            ),
        ]
    );
}

#[test]
fn an_unknown_result_stays_a_code() {
    // Positive and reactive (SNOMED CT), which are no codes of a DCC.
    for code in ["10828004", "11214006", "detected"] {
        let entry = with(t(), "tt", Some("94563-4".into()));
        let entry = with(entry, "tr", Some(code.into()));
        let dcc = with(holder_only(), "t", Some(Value::Array(vec![entry])));
        let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(cwt(dcc));
        let test = &tests(&verify(&raw::text(&raw.sign(&signer("a")))))[0];
        assert_eq!(test.kind(), TestKind::Antibody(AntibodyClass::IgG));
        assert_eq!(test.result(), TestResult::Other(code));
    }
}

#[test]
fn a_key_for_tests_signs_antibody_tests_and_no_other_key_does() {
    let kind = TestKind::Antibody(AntibodyClass::IgG);
    let record = serology(kind, TestResult::AntibodiesDetected);
    let text = issued("a", &record).text().to_owned();
    for (eku, code) in [(EKU_TEST, None), (EKU_VACCINATION, Some("key-usage"))] {
        let refused = issuer("a", &[eku]).issue(&record, VALIDITY).err();
        assert_eq!(refused.map(|error| error.code()), code);
        // Signed by a careless program with such a key.
        let mut builder = TrustStore::builder();
        let (kid, dsc) = (dsc("a", &[]).kid(), dsc("a", &[eku]));
        builder
            .add_certificate_der_as("test", kid, dsc.der())
            .unwrap();
        let verdict = Verifier::new(builder.build().0).verify(&text, NOW);
        assert_eq!(verdict.step(Step::KeyUsage).code(), code);
        assert_eq!(verdict.outcome() == Outcome::Valid, code.is_none());
    }
}
