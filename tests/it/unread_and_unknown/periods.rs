//! Ends that can't be read are no "no end".

use ciborium::{Value, cbor};
use hcert::record::{Entry, Record};
use hcert::rules::Decision;
use hcert::verify::{Outcome, Verdict, Verifier};
use hcert_testkit::card::{POLIO, ROTAVIRUS, card_2024, card_2025, cwt, dose, text};
use hcert_testkit::fixtures::at;
use hcert_testkit::raw::{holder_only, r, t, with};

use super::{code, deviations, listed, signed};
use crate::policies::{date, policy, would};

/// A card of either form with a vaccine for which the Regulations set no
/// period.
fn stated() -> [Value; 2] {
    [
        dose(card_2024(), "tg", text("1F03")),
        dose(card_2025(), "vp", text(ROTAVIRUS)),
    ]
    .map(|card| dose(card, "vls", None))
}

/// By a key that has no end itself.
fn verify(card: Value, now: &str) -> Verdict {
    let claims = with(cwt(card), 6, Some(Value::from(1_400_000_000)));
    Verifier::new(listed(Some("XX"))).verify(&signed(claims), at(now))
}

/// What is neither a day nor a month nor a year.
fn unreadable() -> Vec<Value> {
    let texts = [
        "30.06.2022",
        "2022-06-31",
        "2022-13",
        "2022-00",
        "2022-06-",
        "2022-6-30",
        "22-06-30",
        "20220630",
        "2022-W26",
        "2022-06-30 or later",
        "2022-06-30Tomorrow",
        "2022-06-30T",
        "June 2022",
        "lifetime",
        " ",
        " 2022-06-30",
        "2022-06-30\u{200b}",
        "２０２２-06-30",
        "1656547200",
        "+2022-06-30",
    ];
    let others = [
        Value::from(2022),
        Value::from(1_656_547_200),
        Value::from(1_656_547_200.0),
        Value::Float(f64::NAN),
        Value::Bool(false),
        Value::Bytes(b"2022-06-30".to_vec()),
        Value::Tag(1, Box::new(Value::from(1_656_547_200))),
        // Days since 1970 (RFC 8943).
        Value::Tag(100, Box::new(Value::from(19_173))),
        Value::Tag(0, Box::new(Value::from("soon"))),
        Value::Array(vec![Value::from("2022-06-30")]),
        Value::Array(vec![]),
        cbor!({"end" => "2022-06-30"}).unwrap(),
    ];
    texts.into_iter().map(Value::from).chain(others).collect()
}

#[test]
fn a_card_whose_end_or_begin_cannot_be_read_is_refused() {
    for card in stated() {
        for member in ["vle", "vls"] {
            for value in unreadable() {
                let verdict = verify(
                    dose(card.clone(), member, Some(value.clone())),
                    "2030-01-01T00:00:00Z",
                );
                assert_eq!(
                    (verdict.outcome(), code(&verdict)),
                    (Outcome::Invalid, Some("payload-period")),
                    "{member} {value:?}"
                );
            }
        }
    }
}

#[test]
fn a_month_or_a_year_ends_with_its_last_day_and_begins_with_its_first() {
    for card in stated() {
        for (end, last) in [
            ("2022-06", "2022-06-30"),
            ("2022", "2022-12-31"),
            ("2024-02", "2024-02-29"),
            ("2022-06-30", "2022-06-30"),
            ("2022-06-30T10:00:00Z", "2022-06-30"),
            ("2022-06-30T10:00:00", "2022-06-30"),
        ] {
            let card = dose(card.clone(), "vle", text(end));
            let verdict = verify(card.clone(), &format!("{last}T23:59:59Z"));
            assert_eq!(verdict.outcome(), Outcome::Valid, "{end} {verdict:?}");
            let next = date(last).plus_days(1).unwrap();
            let verdict = verify(card, &format!("{next}T00:00:00Z"));
            assert_eq!(code(&verdict), Some("record-expired"), "{end}");
        }
        for (begin, first) in [("2022-06", "2022-06-01"), ("2022", "2022-01-01")] {
            let card = dose(card.clone(), "vls", text(begin));
            let before = date(first).plus_days(-1).unwrap();
            let verdict = verify(card.clone(), &format!("{before}T23:59:59Z"));
            assert_eq!(code(&verdict), Some("record-not-yet-valid"), "{begin}");
            let verdict = verify(card, &format!("{first}T00:00:00Z"));
            assert_eq!(verdict.outcome(), Outcome::Valid, "{begin}");
            let noted = deviations(&verdict).into_iter();
            assert!(
                noted
                    .map(|(code, _)| code)
                    .any(|code| code == "schema-format")
            );
        }
    }
}

#[test]
fn what_says_nothing_is_no_end() {
    for card in stated() {
        for value in [None, text(""), Some(Value::Null)] {
            let verdict = verify(dose(card.clone(), "vle", value), "2030-01-01T00:00:00Z");
            assert_eq!(verdict.outcome(), Outcome::Valid);
        }
    }
}

#[test]
fn where_the_regulations_set_the_period_a_stated_one_that_cannot_be_read_is_noted() {
    // Theirs counts, whatever the card states.
    for card in [
        card_2024(),
        card_2025(),
        dose(card_2025(), "vp", text(POLIO)),
    ] {
        for (value, noted) in [
            (text("2022-06-31"), "schema-format"),
            (Some(Value::from(2022)), "schema-type"),
        ] {
            let card = dose(card.clone(), "vle", value);
            let verdict = verify(card.clone(), "2030-01-01T00:00:00Z");
            assert_eq!(verdict.outcome(), Outcome::Valid);
            assert!(
                deviations(&verdict).contains(&(noted, "v.vle")),
                "{verdict:?}"
            );
            assert_eq!(code(&super::strictly(cwt(card))), Some("strict"));
        }
    }
}

#[test]
fn a_ddcc_period_and_the_day_from_which_a_dose_counts_are_read_or_refused() {
    let ddcc = |period: Value, from: Option<Value>| {
        let mut dose = cbor!({
            "vaccine" => {"code" => "1119349007"}, "brand" => {"code" => "EU/1/20/1528"},
            "manufacturer" => {"code" => "ORG-100030215"}, "lot" => "1", "dose" => 1,
            "date" => "2021-05-29", "country" => {"code" => "XXX"},
        })
        .unwrap();
        if let Some(from) = from {
            dose = with(dose, "validFrom", Some(from));
        }
        let certificate = cbor!({
            "issuer" => {"identifier" => {"value" => "X"}}, "hcid" => {"value" => "1"},
            "version" => "RC2", "period" => period,
        });
        let payload = cbor!({"name" => "A Person", "certificate" => certificate.unwrap(), "vaccination" => dose});
        cbor!({1 => "XX", 4 => 1_900_000_000, 6 => 1_400_000_000, -260 => {3 => payload.unwrap()}})
            .unwrap()
    };
    let verifier = Verifier::new(listed(Some("XX")));
    let open = cbor!({}).unwrap();
    for value in unreadable() {
        for name in ["start", "end"] {
            let period = Value::Map(vec![(name.into(), value.clone())]);
            let verdict = verifier.verify(&signed(ddcc(period, None)), at("2022-01-01T00:00:00Z"));
            assert_eq!(code(&verdict), Some("payload-period"), "{name} {value:?}");
        }
        let claims = ddcc(open.clone(), Some(value.clone()));
        let verdict = verifier.verify(&signed(claims), at("2022-01-01T00:00:00Z"));
        assert_eq!(
            code(&verdict),
            Some("payload-period"),
            "validFrom {value:?}"
        );
    }
    // A dose that doesn't count yet satisfies no clause.
    let policy = policy(
        "[[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 'unlimited'\ncomplete = false\nmin_doses = 1",
    );
    for (from, day, accepted) in [
        ("2022-02-01", "2022-01-31T23:59:59Z", false),
        ("2022-02-01", "2022-02-01T00:00:00Z", true),
        ("2022-02", "2022-01-31T23:59:59Z", false),
        ("2022-02", "2022-02-01T00:00:00Z", true),
    ] {
        let claims = ddcc(open.clone(), text(from));
        let claims = with_disease(claims);
        let verdict = verifier.verify(&signed(claims), at("2021-06-01T00:00:00Z"));
        let record = verdict
            .signed_record()
            .unwrap_or_else(|| panic!("{verdict:?}"));
        assert_eq!(
            would(&policy, record, at(day)).is_accepted(),
            accepted,
            "{from} {day}"
        );
    }
}

/// The vaccination of the DDCC is against COVID-19.
fn with_disease(claims: Value) -> Value {
    let mut claims = claims;
    let hcert = &mut claims.as_map_mut().unwrap()[3].1;
    let payload = &mut hcert.as_map_mut().unwrap()[0].1;
    let dose = &mut payload.as_map_mut().unwrap()[2].1;
    let disease = cbor!({"code" => "840539006", "system" => "http://snomed.info/sct"}).unwrap();
    dose.as_map_mut().unwrap().push(("disease".into(), disease));
    claims
}

fn of(group: &str, entry: Value) -> Record {
    let dcc = with(holder_only(), group, Some(Value::Array(vec![entry])));
    let verdict = super::verify(hcert_testkit::raw::cwt(dcc));
    verdict.signed_record().unwrap().clone()
}

#[test]
fn a_recovery_or_a_sample_whose_time_cannot_be_read_satisfies_no_clause() {
    let policy = policy(
        "[[recoveries]]\nfrom_day = 0\nuntil_day = 'unlimited'\n\
         [[tests]]\nkinds = ['naat']\nmax_age_hours = 9999",
    );
    let now = at("2021-06-01T00:00:00Z");
    assert!(would(&policy, &of("r", r()), now).is_accepted());
    assert!(would(&policy, &of("t", t()), now).is_accepted());
    for value in unreadable() {
        for (group, member) in [("r", "fr"), ("r", "df"), ("r", "du"), ("t", "sc")] {
            let entry = if group == "r" { r() } else { t() };
            let record = of(group, with(entry, member, Some(value.clone())));
            let acceptance = would(&policy, &record, now);
            assert_eq!(
                acceptance.decision(),
                Decision::Refused,
                "{member} {value:?}"
            );
        }
    }
}

#[test]
fn a_link_whose_end_cannot_be_read_is_refused() {
    use base64::Engine as _;
    for exp in [
        "\"2022-06-30\"",
        "\"\"",
        "\"1e9\"",
        "\"-1\"",
        "-1",
        "1e300",
        "true",
        "[]",
        "{}",
        "[1656547200]",
    ] {
        let json = format!(r#"{{"url": "https://example.org/x", "exp": {exp}}}"#);
        let link = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json);
        let uri = format!("shlink:/{link}");
        let claims = cbor!({1 => "XX", 4 => 1_900_000_000, 6 => 1_400_000_000, -260 => {5 => [{"u" => uri}]}});
        let verdict = super::verify(claims.unwrap());
        assert_eq!(verdict.outcome(), Outcome::Invalid, "{exp} {verdict:?}");
    }
}

#[test]
fn a_day_of_a_certificate_is_no_day_with_anything_behind_it() {
    for (written, read) in [
        ("2021-05-29", true),
        ("2021-05-29T00:00:00", true),
        ("2021-05-29T00:00:00.000+02:00", true),
        ("2021-05-29 12:00", true),
        ("2021-05-29T", false),
        ("2021-05-29Tomorrow", false),
        ("2021-05-29 or so", false),
    ] {
        let entry = with(hcert_testkit::raw::v(), "dt", Some(Value::from(written)));
        let record = of("v", entry);
        let Entry::Vaccination(dose) = &record.entries()[0] else {
            panic!("a vaccination");
        };
        assert_eq!(dose.date().is_some(), read, "{written}");
    }
}

#[test]
fn claims_whose_start_cannot_be_read_hold_at_no_time() {
    use hcert::format::hc1::cwt::Claims;
    use hcert::rules::{Arrival, RuleSet, Subject};
    let rules = RuleSet::from_json(
        br#"{"Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0", "CertificateType": "General",
        "Description": [], "ValidFrom": "2020-01-01T00:00:00Z", "ValidTo": "2099-01-01T00:00:00Z",
        "AffectedFields": [], "Logic": {"===": [1, 1]}}"#,
    )
    .unwrap();
    let arrival = Arrival::new("XX", at("2021-07-01T00:00:00Z"));
    for claim in [5, 6] {
        for value in [Value::Float(f64::NAN), Value::from(-1), Value::Float(1e300)] {
            let claims = with(
                hcert_testkit::raw::cwt(hcert_testkit::raw::dcc()),
                claim,
                Some(value),
            );
            let bytes = hcert_testkit::raw::encode(&claims);
            let claims =
                Claims::parse_unverified(&bytes, &hcert::Limits::default(), &mut Vec::new());
            let subject = Subject::unverified_claims(&claims.unwrap());
            let acceptance = rules.evaluate(&subject, &arrival);
            assert_eq!(
                acceptance.reason().map(|r| r.code()),
                Some("not-valid-on-arrival")
            );
        }
    }
}

#[test]
fn an_end_of_a_certificate_counts_under_whatever_name_of_the_claim() {
    let card = card_2025();
    for name in ["exp", "Exp", "EXP", " exp", "4", "04", "+4", "4.0", "4e0"] {
        let claims = with(cwt(card.clone()), name, Some(Value::from(1_600_000_000)));
        let verdict = super::verify(claims);
        assert_eq!(code(&verdict), Some("expired"), "{name:?}");
        assert!(deviations(&verdict).contains(&("claim-key-text", "4")));
        // Twice: a reader could take either.
        let claims = with(cwt(card.clone()), 4, Some(Value::from(1_900_000_000)));
        let claims = with(claims, name, Some(Value::from(1_600_000_000)));
        assert_eq!(
            code(&super::verify(claims)),
            Some("cwt-claim-twice"),
            "{name:?}"
        );
    }
    for name in ["nbf", "5", "05"] {
        let claims = with(cwt(card.clone()), name, Some(Value::from(1_900_000_000)));
        assert_eq!(code(&super::verify(claims)), Some("not-before"), "{name:?}");
    }
    // The names of claims are none of payloads.
    let payload = with(cbor!({}).unwrap(), "iss", Some(hcert_testkit::raw::dcc()));
    let claims = with(
        hcert_testkit::raw::cwt(hcert_testkit::raw::dcc()),
        -260,
        Some(payload),
    );
    assert_eq!(code(&super::verify(claims)), Some("hcert-unknown-payload"));
}

#[test]
fn claims_in_a_header_are_not_overlooked() {
    use hcert_testkit::fixtures::{dsc, signer, trust};
    use hcert_testkit::raw::{self, Raw};
    let past = cbor!({4 => 1_600_000_000}).unwrap();
    let kid = dsc("a", &[]).kid();
    let header = raw::header(Some(raw::ES256), Some(kid.as_bytes()));
    let raw = Raw::new(kid.as_bytes()).payload(cwt(card_2025()));
    for raw in [
        raw.clone().protected(with(header, 15, Some(past.clone()))),
        raw.unprotected(with(cbor!({}).unwrap(), 15, Some(past))),
    ] {
        let text = raw::text(&raw.sign(&signer("a")));
        let verdict = Verifier::new(trust(&[&dsc("a", &[])])).verify(&text, super::NOW);
        assert_eq!(code(&verdict), Some("cose-header-claims"));
    }
}

#[test]
fn an_end_of_a_ddcc_under_another_name_is_not_overlooked() {
    let ddcc = |certificate: Value, root: Option<Value>| {
        let payload = cbor!({
            "name" => "A Person",
            "test" => {"pathogen" => {"code" => "840539006"}, "type" => {"code" => "LP6464-4"},
                "date" => "2021-05-30", "country" => {"code" => "XXX"}},
        });
        let payload = with(payload.unwrap(), "certificate", Some(certificate));
        let payload = with(payload, "period", root);
        let claims =
            cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600, -260 => {4 => payload}});
        super::verify(claims.unwrap())
    };
    let of = |name: &str| {
        let period = Value::Map(vec![(name.into(), "2021-06-02".into())]);
        cbor!({"issuer" => {"identifier" => {"value" => "X"}}, "hcid" => {"value" => "1"},
            "version" => "RC2", "period" => period})
        .unwrap()
    };
    assert_eq!(code(&ddcc(of("start"), None)), None);
    assert_eq!(code(&ddcc(of("end"), None)), Some("record-expired"));
    for name in ["End", "END", "ends", "until", "end ", "to", ""] {
        assert_eq!(
            code(&ddcc(of(name), None)),
            Some("payload-period"),
            "{name}"
        );
    }
    let root = cbor!({"end" => "2021-06-02"}).unwrap();
    assert_eq!(code(&ddcc(of("start"), Some(root))), Some("payload-period"));
}
