//! Recognition policies: each sentence of the sample at its boundaries, whom a
//! policy recognises, and what it says of verified certificates.

use ciborium::Value;
use hcert::Timestamp;
use hcert::record::{AntibodyClass, Coding, TestKind, TestResult};
use hcert::rules::{Arrival, Decision, IssuerFacts, Period, Recognition, RuleOutcome};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{holder_only, t, v, with};
use hcert_testkit::time::Plus as _;

use crate::policies::*;

const SAMPLE: &str = include_str!("../../examples/recognition.toml");

fn sample() -> Recognition {
    Recognition::from_toml(SAMPLE).unwrap()
}

// The sample, sentence by sentence.

#[test]
fn negative_naat_at_most_72_hours() {
    let (policy, record) = (sample(), negative(TestKind::Naat));
    accepted(&policy, &record, "2021-06-10T10:00:00Z");
    accepted(&policy, &record, "2021-06-13T10:00:00Z");
    refused(&policy, &record, "2021-06-13T10:00:01Z", &["test.naat"]);
    // A sample that is yet to be taken.
    refused(&policy, &record, "2021-06-10T09:59:59Z", &["test.naat"]);
    for result in [
        TestResult::Positive,
        TestResult::Inconclusive,
        TestResult::Other("1240591000000102"),
    ] {
        let record = tested(TestKind::Naat, result);
        refused(&policy, &record, "2021-06-10T12:00:00Z", &["test.naat"]);
    }
    // The offset of the time of sampling counts.
    let entry = with(t(), "sc", Some(Value::from("2021-06-10T12:00:00+02:00")));
    assert!(
        policy
            .evaluate_unverified(
                &read("t", entry).unwrap(),
                &IssuerFacts::default().with_country("XX"),
                &Arrival::new("XX", time("2021-06-13T10:00:00Z")),
            )
            .is_accepted()
    );
}

#[test]
fn antigen_at_most_24_hours() {
    let (policy, record) = (sample(), negative(TestKind::RapidAntigen));
    accepted(&policy, &record, "2021-06-11T10:00:00Z");
    refused(&policy, &record, "2021-06-11T10:00:01Z", &["test.antigen"]);
    let clause = would(&policy, &record, time("2021-06-12T00:00:00Z"));
    let failed = clause.failed().next().unwrap();
    let (en, de) = (
        failed.description().get("en"),
        failed.description().get("de-CH"),
    );
    assert_eq!(en, "negative rapid antigen test at most 24 h old");
    assert_eq!(
        de,
        "Negativer Antigen-Schnelltest, höchstens 24 Stunden alt"
    );
    assert_eq!(failed.version(), Some("2021-06-01"));
    let fields: Vec<_> = failed
        .affected()
        .iter()
        .map(|a| (a.field(), a.value()))
        .collect();
    let expected = [
        ("t.0.tg", Some("840539006")),
        ("t.0.tt", Some("LP217198-3")),
        ("t.0.tr", Some("260415000")),
        ("t.0.sc", Some("2021-06-10T10:00:00Z")),
    ];
    assert_eq!(fields, expected);
    assert!(
        !format!("{clause:?}").contains("LP217198-3"),
        "Debug shows values"
    );
}

#[test]
fn full_vaccination_from_day_14_to_day_270() {
    let (policy, record) = (sample(), vaccinated("EU/1/20/1528", 2, 2));
    // 2021-06-10 and 14 days; and 270 days.
    refused(
        &policy,
        &record,
        "2021-06-23T23:59:59Z",
        &["vaccination.full"],
    );
    accepted(&policy, &record, "2021-06-24T00:00:00Z");
    accepted(&policy, &record, "2022-03-07T23:59:59Z");
    refused(
        &policy,
        &record,
        "2022-03-08T00:00:00Z",
        &["vaccination.full"],
    );
    // Not full.
    let record = vaccinated("EU/1/20/1528", 1, 2);
    refused(
        &policy,
        &record,
        "2021-07-01T00:00:00Z",
        &["vaccination.full"],
    );
    for (dose, of) in [(1, 1), (2, 1), (3, 2), (3, 3)] {
        let record = vaccinated("EU/1/20/1528", dose, of);
        accepted(&policy, &record, "2021-07-01T00:00:00Z");
    }
}

#[test]
fn who_listed_products() {
    let policy = sample();
    for product in [
        "EU/1/20/1528",
        "EU/1/21/1529",
        "EU/1/20/1525",
        "EU/1/20/1507",
        "EU/1/21/1618",
        "Covishield",
        "BBIBP-CorV",
        "CoronaVac",
        "Covaxin",
        "Covovax",
        "Convidecia",
    ] {
        accepted(&policy, &vaccinated(product, 2, 2), "2021-07-01T00:00:00Z");
    }
    for product in [
        "Sputnik-V",
        "EU/1/21/1624",
        "Abdala",
        "eu/1/20/1528",
        "EU/1/20/15280",
    ] {
        let record = vaccinated(product, 2, 2);
        refused(
            &policy,
            &record,
            "2021-07-01T00:00:00Z",
            &["vaccination.full"],
        );
    }
}

#[test]
fn antibody_tests_never() {
    let policy = sample();
    for code in [
        "94562-6", "94563-4", "94564-2", "94762-2", "94507-1", "95416-4",
    ] {
        for result in [TestResult::Negative, TestResult::AntibodiesDetected] {
            let record = tested(TestKind::Other(code), result);
            refused(&policy, &record, "2021-06-10T12:00:00Z", &["test"]);
        }
    }
    let record = tested(
        TestKind::Antibody(AntibodyClass::IgG),
        TestResult::AntibodiesNotDetected,
    );
    let acceptance = would(&policy, &record, time("2021-06-10T12:00:00Z"));
    let words = acceptance
        .failed()
        .next()
        .unwrap()
        .description()
        .get("en")
        .to_owned();
    assert_eq!(words, "no antibody test is ever accepted");
    // Nor what no clause is for.
    refused(&policy, &recovered(), "2021-07-10T12:00:00Z", &["recovery"]);
    let record = negative(TestKind::Other("medical-exemption"));
    refused(&policy, &record, "2021-06-10T12:00:00Z", &["test"]);
}

#[test]
fn issuers_that_the_sample_recognises() {
    let (policy, record) = (sample(), negative(TestKind::Naat));
    let arrival = Arrival::new("XX", time("2021-06-10T12:00:00Z"));
    let decide = |issuer: IssuerFacts<'_>| policy.evaluate_unverified(&record, &issuer, &arrival);
    let facts = IssuerFacts::default;
    for issuer in [
        facts().with_country("XX"),
        facts().with_country("xy"),
        facts().with_country("CH").with_participant("DCC", "CHE"),
    ] {
        assert!(decide(issuer).is_accepted(), "{issuer:?}");
    }
    for issuer in [
        facts().with_country("CH").with_participant("DCC", "DEU"),
        facts().with_country("CH").with_participant("PH4H", "CHE"),
    ] {
        let acceptance = decide(issuer);
        assert_eq!(acceptance.decision(), Decision::Refused, "{issuer:?}");
        assert_eq!(acceptance.failed().next().unwrap().identifier(), "issuer");
    }
    // What isn't known can't be held against anybody, nor for anybody.
    for (issuer, fact) in [
        (facts(), "domain"),
        (
            facts().with_country("Spain").with_participant("-", "ESP"),
            "domain",
        ),
    ] {
        let acceptance = decide(issuer);
        assert_eq!(acceptance.decision(), Decision::Open, "{issuer:?}");
        let reason = acceptance.reason().unwrap();
        assert_eq!(reason.code(), "issuer-unknown");
        assert!(reason.to_string().contains(fact), "{issuer:?} {reason}");
    }
    // What is not recognised beats what is, and is for tests alone.
    let not = |entry: Value, group| {
        let named = with(entry, "is", Some(Value::from("Institute of Example Tests")));
        let record = read(group, named).unwrap();
        let issuer = facts().with_country("XY");
        let arrival = Arrival::new("XX", time("2021-06-20T00:00:00Z"));
        let entry = policy.evaluate_unverified(&record, &issuer, &arrival);
        entry.results()[0].outcome().clone()
    };
    assert_eq!(not(t(), "t"), RuleOutcome::Failed);
    assert_eq!(not(v(), "v"), RuleOutcome::Passed);
    // Whose country isn't known may be that one.
    let entry = with(t(), "is", Some(Value::from("Institute of Example Tests")));
    let issuer = facts().with_participant("DCC", "CHE");
    let acceptance = policy.evaluate_unverified(
        &read("t", entry).unwrap(),
        &issuer,
        &Arrival::new("XX", NOW),
    );
    let outcome = acceptance.results()[0].outcome();
    assert!(matches!(outcome, RuleOutcome::Open(reason) if reason.to_string().contains("country")));
}

#[test]
fn a_policy_is_for_its_place_and_time() {
    let (policy, record) = (sample(), negative(TestKind::Naat));
    let at = time("2021-06-10T12:00:00Z");
    let issuer = IssuerFacts::default().with_country("XX");
    let open = |policy: &Recognition, arrival: Arrival| {
        let acceptance = policy.evaluate_unverified(&record, &issuer, &arrival);
        assert!(acceptance.results().is_empty());
        assert_eq!(acceptance.decision(), Decision::Open);
        acceptance.reason().unwrap().code()
    };
    assert_eq!(open(&policy, Arrival::new("XY", at)), "policy-other-place");
    for at in ["2021-05-31T23:59:59Z", "2023-01-01T00:00:00Z"] {
        assert_eq!(
            open(&policy, Arrival::new("XX", time(at))),
            "policy-not-in-force"
        );
    }
    let in_region = Arrival::new("xx", at).in_region("XX-1");
    assert!(
        policy
            .evaluate_unverified(&record, &issuer, &in_region)
            .is_accepted()
    );

    let regional = SAMPLE.replace("country = \"XX\"", "country = \"XX\"\nregions = [\"XX-1\"]");
    let regional = Recognition::from_toml(&regional).unwrap();
    assert!(
        regional
            .evaluate_unverified(&record, &issuer, &in_region)
            .is_accepted()
    );
    assert_eq!(
        open(&regional, Arrival::new("XX", at)),
        "policy-other-place"
    );
    let other = Arrival::new("XX", at).in_region("XX-2");
    assert_eq!(open(&regional, other), "policy-other-place");
}

// Verified certificates.

#[test]
fn a_certificate_has_to_be_valid_on_arrival() {
    // Issued 2021-06-01, expires 2021-12-01.
    let record = vaccinated("EU/1/20/1528", 2, 2);
    let certificate = verified(&record, time("2021-07-01T00:00:00Z"));
    let policy = sample();
    let decide = |at: Timestamp| policy.evaluate(&certificate, &Arrival::new("XX", at));
    assert!(decide(EXPIRES).is_accepted());
    let late = decide(EXPIRES.plus(1));
    let failed: Vec<_> = late.failed().map(|r| r.identifier()).collect();
    assert_eq!(failed, ["certificate"]);
    assert_eq!(late.decision(), Decision::Refused);
    // The periods say the same.
    let expected = Period {
        from: time("2021-06-24T00:00:00Z"),
        until: EXPIRES.plus(1),
    };
    assert_eq!(policy.periods(&certificate), [expected]);

    // The verifier's tolerance for clocks is not taken back.
    let early = verified(&negative(TestKind::Naat), ISSUED.plus(-30));
    let policy = policy_of_tests();
    let at = |at| {
        policy.evaluate(&early, &Arrival::new("XX", at)).results()[1]
            .outcome()
            .clone()
    };
    assert_eq!(at(ISSUED.plus(-30)), RuleOutcome::Passed);
    assert_eq!(at(ISSUED.plus(-31)), RuleOutcome::Failed);
}

#[test]
fn the_signer_is_that_of_the_trust_list() {
    let certificate = verified(&negative(TestKind::Naat), NOW);
    let arrival = Arrival::new("XX", time("2021-06-10T12:00:00Z"));
    for (issuers, decision) in [
        ("'any-trusted'", Decision::Accepted),
        ("[{ countries = ['XX'] }]", Decision::Accepted),
        ("[{ countries = ['XY'] }]", Decision::Refused),
        ("[{ participants = ['XXX'] }]", Decision::Open),
        (
            "[{ countries = ['XX'], authorities = ['Ministry of Health'] }]",
            Decision::Accepted,
        ),
        (
            "[{ authorities = ['ministry of health'] }]",
            Decision::Refused,
        ),
        (
            "[{ countries = ['XX'], records = ['vaccination'] }]",
            Decision::Refused,
        ),
    ] {
        let policy = Recognition::from_toml(&format!(
            "name = 'P'\nversion = '7'\ncountry = 'XX'\nvalid_from = 2021-01-01\n\
             valid_until = 2023-12-31\nissuers = {issuers}\n\
             [[tests]]\nkinds = ['naat']\nmax_age_hours = 48"
        ));
        let policy = policy.unwrap();
        let acceptance = policy.evaluate(&certificate, &arrival);
        assert_eq!(acceptance.decision(), decision, "{issuers}");
        assert_eq!(
            policy.periods(&certificate).is_empty(),
            decision != Decision::Accepted
        );
    }
}

#[test]
fn every_entry_has_to_be_accepted() {
    let old = with(t(), "sc", Some(Value::from("2021-01-01T00:00:00Z")));
    let positive = with(t(), "tr", Some(Value::from(Coding::DETECTED)));
    let antibodies = with(t(), "tt", Some(Value::from("94563-4")));
    let (policy, at) = (policy_of_tests(), time("2021-05-31T00:00:00Z"));
    let both = |entries: Vec<Value>| {
        let dcc = with(holder_only(), "t", Some(Value::Array(entries)));
        read_all(dcc).unwrap()
    };
    for other in [&old, &positive, &antibodies] {
        for entries in [vec![other.clone(), t()], vec![t(), other.clone()]] {
            let record = both(entries);
            let acceptance = would(&policy, &record, at);
            assert_eq!(acceptance.decision(), Decision::Refused);
            let issuer = IssuerFacts::default().with_country("XX");
            let periods = policy.periods_unverified(&record, &issuer);
            assert!(periods.iter().all(|period| !period.contains(at)));
        }
    }
    let record = both(vec![t(), t()]);
    let acceptance = would(&policy, &record, at);
    assert!(acceptance.is_accepted());
    let fields: Vec<_> = acceptance
        .results()
        .iter()
        .flat_map(|r| r.affected())
        .collect();
    for field in ["t.0.sc", "t.1.sc"] {
        assert!(fields.iter().any(|a| a.field() == field), "{field}");
    }

    let dcc = with(
        holder_only(),
        "t",
        Some(Value::Array(vec![old.clone(), old])),
    );
    let acceptance = would(&policy, &read_all(dcc).unwrap(), at);
    assert_eq!(acceptance.decision(), Decision::Refused);
    assert_eq!(acceptance.failed().count(), 2);

    let many = Value::Array(vec![t(); 65]);
    let acceptance = would(
        &policy,
        &read_all(with(holder_only(), "t", Some(many))).unwrap(),
        at,
    );
    assert_eq!(
        acceptance.reason().map(|r| r.code()),
        Some("too-many-entries")
    );
}
