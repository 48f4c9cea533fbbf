//! Kinds of tests, which are told apart by a table of codes.

use ciborium::Value;
use hcert::PartialDate;
use hcert::record::{AntibodyClass, Coding, Entry, Holder, Record, Test, TestKind, TestResult};
use hcert::rules::{Decision, Recognition};
use hcert::words::{Language, describe};
use hcert_testkit::raw::{t, with};

use crate::policies::{negative, policy, read, time, would};

fn with_exemption(never: &str) -> Recognition {
    Recognition::from_toml(&format!(
        "name = 'P'\nversion = '7'\ncountry = 'XX'\nvalid_from = 2021-01-01\n\
         valid_until = 2023-12-31\nissuers = 'any-trusted'\nnever = {never}\n\
         [[exemptions]]\nunder_years = 99"
    ))
    .unwrap()
}

fn ddcc(kind: Coding) -> Record {
    let entry = Test::builder()
        .kind_coding(kind)
        .sampled_at(time("2021-05-30T10:12:22Z"))
        .result_coding(Coding::new(Coding::NOT_DETECTED).with_system(Coding::SNOMED_CT))
        .country("XXX")
        .issuer("Ministry of Health")
        .hcid("XX0001")
        .build_ddcc();
    let born = PartialDate::parse("1998-02-26").unwrap();
    Record::ddcc(Holder::with_full_name("G Musterfrau", born), entry.unwrap()).unwrap()
}

fn dcc(tt: &str, tr: &str) -> Record {
    let entry = with(t(), "tt", Some(Value::from(tt)));
    read("t", with(entry, "tr", Some(Value::from(tr)))).unwrap()
}

fn of(record: &Record) -> &Test {
    match &record.entries()[0] {
        Entry::Test(test) => test,
        other => panic!("{other:?}"),
    }
}

const AT: &str = "2021-06-01T00:00:00Z";

#[test]
fn an_exemption_never_overrides_what_is_never_accepted() {
    for (never, tts) in [
        (
            "['antibody']",
            &[
                "94504-8",
                "94503-0",
                "96118-5",
                "94563-4",
                "94505-5",
                "94661-6",
                "95411-5",
                "medical-exemption",
                "unknown",
                "",
                " LP6464-4",
                "lp6464-4",
                "LP6464-4 ",
                "LP6464-4\u{200b}",
            ][..],
        ),
        (
            "['naat']",
            &[
                "94500-6",
                "94309-2",
                "94531-1",
                "LP6464-4",
                "medical-exemption",
                "x",
            ],
        ),
        (
            "['antigen']",
            &[
                "94558-4",
                "97097-0",
                "96119-3",
                "95209-3",
                "LP217198-3",
                "medical-exemption",
                "x",
            ],
        ),
    ] {
        let policy = with_exemption(never);
        for tt in tts {
            let acceptance = would(&policy, &dcc(tt, Coding::NOT_DETECTED), time(AT));
            assert_eq!(acceptance.decision(), Decision::Refused, "{never} {tt:?}");
        }
    }
    // What is known and not named passes.
    let policy = with_exemption("['antibody']");
    for tt in ["LP6464-4", "LP217198-3", "94500-6", "94558-4"] {
        assert!(
            would(&policy, &dcc(tt, Coding::NOT_DETECTED), time(AT)).is_accepted(),
            "{tt}"
        );
    }
}

#[test]
fn a_test_of_an_unknown_kind_satisfies_no_clause_and_no_exemption() {
    let exemption = policy("[[exemptions]]\nunder_years = 99");
    let clauses = policy("[[tests]]\nkinds = ['naat', 'antigen']\nmax_age_hours = 9999");
    let antibodies = policy(
        "[[tests]]\nkinds = ['antibody']\nresult = 'antibodies-not-detected'\nmax_age_hours = 9999",
    );
    for tt in ["medical-exemption", "unknown", "LP6464", "94563", ""] {
        for policy in [&exemption, &clauses, &antibodies] {
            let acceptance = would(policy, &dcc(tt, Coding::NOT_DETECTED), time(AT));
            assert_eq!(acceptance.decision(), Decision::Refused, "{tt}");
        }
    }
    // Nor does a known code of another code system.
    let other = Coding::new(Coding::NAAT).with_system("http://example.org/codes");
    for policy in [&exemption, &clauses] {
        let acceptance = would(policy, &ddcc(other.clone()), time(AT));
        assert_eq!(acceptance.decision(), Decision::Refused);
    }
    // A policy that names the code knows what it stands for.
    let named = policy("[[tests]]\ncodes = ['medical-exemption']\nmax_age_hours = 9999");
    assert!(
        would(
            &named,
            &dcc("medical-exemption", Coding::NOT_DETECTED),
            time(AT)
        )
        .is_accepted()
    );
}

#[test]
fn a_result_of_an_unknown_kind_is_neither_negative_nor_positive() {
    for (tr, never) in [
        (Coding::NOT_DETECTED, TestResult::Negative),
        (Coding::DETECTED, TestResult::Positive),
    ] {
        for tt in ["medical-exemption", "unknown", ""] {
            let record = dcc(tt, tr);
            assert_ne!(of(&record).result(), never, "{tt}");
            assert_eq!(of(&record).result().code(), tr);
        }
    }
}

#[test]
fn single_assays_and_panels_are_of_their_kind() {
    use AntibodyClass::{IgA, IgG, IgM, Total};
    for (tt, kind) in [
        ("94500-6", TestKind::Naat),
        ("94309-2", TestKind::Naat),
        ("94531-1", TestKind::Naat),
        ("94306-8", TestKind::Naat),
        ("94558-4", TestKind::RapidAntigen),
        ("97097-0", TestKind::RapidAntigen),
        ("94505-5", TestKind::Antibody(IgG)),
        ("94506-3", TestKind::Antibody(IgM)),
        ("94720-0", TestKind::Antibody(IgA)),
        ("94661-6", TestKind::Antibody(Total)),
        ("95411-5", TestKind::Antibody(Total)),
    ] {
        let record = dcc(tt, Coding::NOT_DETECTED);
        assert_eq!(of(&record).kind(), kind, "{tt}");
        assert_eq!(of(&record).kind_code(), tt);
    }
    let clauses = policy("[[tests]]\nkinds = ['naat']\nmax_age_hours = 9999");
    assert!(would(&clauses, &dcc("94500-6", Coding::NOT_DETECTED), time(AT)).is_accepted());
    assert!(
        would(
            &clauses,
            &negative(TestKind::Naat),
            time("2021-06-10T12:00:00Z")
        )
        .is_accepted()
    );
}

#[test]
fn words_say_what_is_not_known() {
    let lines = |record: &Record| {
        let lines = describe(record, Language::English).into_iter();
        lines
            .map(|line| format!("{}: {}", line.label, line.text))
            .collect::<Vec<_>>()
    };
    let panel = lines(&dcc("94504-8", Coding::DETECTED));
    let found = |lines: &[String], text: &str| {
        assert!(lines.iter().any(|line| line.contains(text)), "{lines:#?}");
    };
    found(
        &panel,
        "Test: for antibodies, COVID-19 (840539006): antibodies detected",
    );
    found(
        &panel,
        "Kind: antibody test, panel of several classes (94504-8)",
    );
    found(
        &panel,
        "tells neither that there is an infection nor that there is none",
    );

    for tt in ["medical-exemption", "unknown"] {
        let unknown = lines(&dcc(tt, Coding::DETECTED));
        assert!(
            !unknown
                .iter()
                .any(|line| line.starts_with("Test: for COVID-19")),
            "{unknown:#?}"
        );
        found(
            &unknown,
            "Test: of an unknown kind, COVID-19 (840539006): detected",
        );
        found(&unknown, "Meaning: what this test looks for is not known");
        found(&unknown, tt);
    }
}
