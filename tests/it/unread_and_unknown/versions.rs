//! Versions, diseases, types and audiences that are not known are not taken
//! for known ones.

use ciborium::{Value, cbor};
use hcert::record::Record;
use hcert::rules::Decision;
use hcert::verify::{Outcome, Policy, Verdict, Verifier};
use hcert_testkit::card::{card_2024, cwt as card_cwt, dose, text};
use hcert_testkit::fixtures::{NOW, dsc, signer, trust};
use hcert_testkit::raw::{self, Raw, cwt, dcc, with};

use super::{code, deviations, signed, strictly, verify};
use crate::policies::{policy, time, would};

fn is(verdict: &Verdict, outcome: Outcome, reason: &str, what: &str) {
    assert_eq!(
        (verdict.outcome(), code(verdict)),
        (outcome, Some(reason)),
        "{what}"
    );
}

#[test]
fn a_version_of_a_dcc_that_cannot_be_read_is_not_1() {
    let mut versions = vec![
        Value::from(2),
        Value::Float(2.0),
        Value::Null,
        Value::Bool(true),
        Value::Array(vec!["2.0.0".into()]),
        Value::Bytes(b"2.0.0".to_vec()),
        Value::Tag(0, Box::new("2.0.0".into())),
        cbor!({"major" => 2}).unwrap(),
    ];
    versions.extend(
        [
            " 2.0.0", "v2.0.0", "V2", "2,0,0", "2-0-0", "2_0", "+2.0.0", "+1.0.0", "２.0.0", "x",
            "257.0.0", ".1", "1,0", "1a",
        ]
        .map(Value::from),
    );
    for ver in versions {
        let verdict = verify(cwt(with(dcc(), "ver", Some(ver.clone()))));
        let what = format!("{ver:?}");
        is(
            &verdict,
            Outcome::Unascertained,
            "dcc-version-unknown",
            &what,
        );
    }
    for name in ["Ver", "VER", " ver"] {
        for key in [Value::from(name), Value::Bytes(name.as_bytes().to_vec())] {
            let verdict = verify(cwt(with(dcc(), key, text("2.0.0"))));
            is(
                &verdict,
                Outcome::Unascertained,
                "dcc-version-unknown",
                name,
            );
        }
    }
    for ver in ["1.0.0", "1.3.3", "1.4.0", "1", "01.3.0", " 1.3.0", "1.3.0 "] {
        let verdict = verify(cwt(with(dcc(), "ver", text(ver))));
        assert_eq!(verdict.outcome(), Outcome::Valid, "{ver}");
    }
    // Some issuers left it out, or wrote the number.
    for ver in [None, text(""), Some(1.into()), Some(1.2.into())] {
        let verdict = verify(cwt(with(dcc(), "ver", ver)));
        assert_eq!(verdict.outcome(), Outcome::Valid);
    }
}

fn ddcc(version: Option<Value>) -> Value {
    let certificate = cbor!({
        "issuer" => {"identifier" => {"value" => "X"}}, "hcid" => {"value" => "H"},
    });
    let payload = cbor!({
        "name" => "A Person",
        "certificate" => with(certificate.unwrap(), "version", version),
        "test" => {"pathogen" => {"code" => "840539006"}, "type" => {"code" => "LP6464-4"},
            "date" => "2021-05-30", "country" => {"code" => "XXX"}},
    });
    cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600, -260 => {4 => payload.unwrap()}})
        .unwrap()
}

#[test]
fn a_ddcc_of_an_unknown_version_is_not_of_the_known_ones() {
    for version in [
        Value::from("RC9"),
        "RC3".into(),
        "2.0.0".into(),
        "9".into(),
        5.into(),
        2.5.into(),
        Value::Array(vec!["RC2".into()]),
        Value::Bytes(b"RC9".to_vec()),
    ] {
        let verdict = verify(ddcc(Some(version.clone())));
        let what = format!("{version:?}");
        is(
            &verdict,
            Outcome::Unascertained,
            "ddcc-version-unknown",
            &what,
        );
    }
    for version in [Some("RC1"), Some("RC2"), Some(""), None] {
        let verdict = verify(ddcc(version.map(Value::from)));
        assert_eq!(verdict.outcome(), Outcome::Valid, "{version:?}");
    }
    let known = Policy::default().known_ddcc_version("RC3");
    let verifier = Verifier::with_policy(trust(&[&dsc("a", &[])]), known);
    let verdict = verifier.verify(&signed(ddcc(Some("RC3".into()))), NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid);
}

fn with_header(protected: bool, label: impl Into<Value>, value: Value) -> Verdict {
    let kid = dsc("a", &[]).kid();
    let header = raw::header(Some(raw::ES256), Some(kid.as_bytes()));
    let raw = Raw::new(kid.as_bytes());
    let raw = match protected {
        true => raw.protected(with(header, label, Some(value))),
        false => raw.unprotected(with(cbor!({}).unwrap(), label, Some(value))),
    };
    let text = raw::text(&raw.sign(&signer("a")));
    Verifier::new(trust(&[&dsc("a", &[])])).verify(&text, NOW)
}

#[test]
fn what_says_that_it_is_something_else_is_no_certificate() {
    let foreign = [
        "application/x.hcert-document; purpose=rules",
        "application/x.hcert-trust-snapshot",
        "APPLICATION/X.HCERT-TRUST-SNAPSHOT",
        "application/json",
        "application/jose",
        "text/plain",
        "application/vc+cwt",
        "",
    ];
    for label in [
        3.into(),
        16.into(),
        "typ".into(),
        "3".into(),
        Value::from("content type"),
    ] {
        for value in foreign {
            let verdict = with_header(true, label.clone(), value.into());
            is(&verdict, Outcome::Invalid, "cose-content-type", value);
            // What nobody signed decides nothing.
            let verdict = with_header(false, label.clone(), value.into());
            assert_eq!(verdict.outcome(), Outcome::Valid, "{label:?} {value:?}");
        }
        for value in [
            Value::from(50),
            0.into(),
            Value::Bytes(b"cwt".to_vec()),
            Value::Null,
        ] {
            let verdict = with_header(true, label.clone(), value.clone());
            is(
                &verdict,
                Outcome::Invalid,
                "cose-content-type",
                &format!("{value:?}"),
            );
        }
    }
    for protected in [true, false] {
        // 61, which the field writes, and what says no more.
        for (label, value) in [
            (3, Value::from(61)),
            (3, 60.into()),
            (3, "application/cwt".into()),
            (3, "application/cbor".into()),
            (3, " Application/CWT ".into()),
            (16, 61.into()),
            (16, 18.into()),
            (16, "application/cwt".into()),
            (16, "application/cose; cose-type=\"cose-sign1\"".into()),
        ] {
            let verdict = with_header(protected, label, value.clone());
            assert_eq!(verdict.outcome(), Outcome::Valid, "{label} {value:?}");
        }
    }
}

#[test]
fn claims_in_a_header_are_claims_under_its_name_too() {
    let past = cbor!({4 => 1_600_000_000}).unwrap();
    for protected in [true, false] {
        for label in [
            "15",
            " 15",
            "015",
            "CWT Claims",
            "cwt claims",
            "CWT_Claims",
            "cwtClaims",
        ] {
            for key in [Value::from(label), Value::Bytes(label.as_bytes().to_vec())] {
                let verdict = with_header(protected, key, past.clone());
                is(&verdict, Outcome::Invalid, "cose-header-claims", label);
            }
        }
    }
    assert_eq!(with_header(true, "x", past).outcome(), Outcome::Valid);
}

#[test]
fn a_certificate_for_others_is_not_one_without_a_limit() {
    let confirmation = cbor!({1 => 5}).unwrap();
    for (claim, value) in [
        (Value::from(3), Value::from("somebody else")),
        ("3".into(), "somebody else".into()),
        ("aud".into(), "somebody else".into()),
        (" AUD".into(), "somebody else".into()),
        (Value::Bytes(b"aud".to_vec()), "somebody else".into()),
        (3.into(), Value::Array(vec!["a".into(), "b".into()])),
        (8.into(), confirmation.clone()),
        ("cnf".into(), confirmation),
    ] {
        let claims = with(cwt(dcc()), claim.clone(), Some(value));
        let verdict = verify(claims.clone());
        assert_eq!(verdict.outcome(), Outcome::Valid, "{claim:?}");
        let found = deviations(&verdict);
        assert!(
            found.iter().any(|(code, _)| *code == "claim-restricts"),
            "{claim:?}"
        );
        is(&strictly(claims), Outcome::Invalid, "strict", "strict");
    }
    // What names the certificate, and what is private, restricts nothing.
    for claim in [2, 7, 9, 100, -65_540] {
        let verdict = verify(with(cwt(dcc()), claim, text("x")));
        let found = deviations(&verdict);
        assert!(
            found.iter().all(|(code, _)| *code != "claim-restricts"),
            "{claim}"
        );
    }
}

#[test]
fn what_a_verifier_would_not_ascertain_is_not_accepted_unverified() {
    let policy = policy("[[tests]]\nkinds = ['naat']\nmax_age_hours = 480");
    let unverified = |claims: Value| {
        let verdict = verify(claims);
        verdict.signed_record().cloned().unwrap()
    };
    let test = |record: &Record| {
        let acceptance = would(&policy, record, time("2021-06-01T00:00:00Z"));
        (
            acceptance.decision(),
            acceptance.reason().map(|reason| reason.code()),
        )
    };
    let negative = with(hcert_testkit::raw::t(), "sc", text("2021-05-30T10:12:22Z"));
    let of = |ver: &str| {
        let dcc = with(
            hcert_testkit::raw::holder_only(),
            "t",
            Some(Value::Array(vec![negative.clone()])),
        );
        unverified(cwt(with(dcc, "ver", text(ver))))
    };
    assert_eq!(test(&of("1.3.0")), (Decision::Accepted, None));
    assert_eq!(
        test(&of("2.0.0")),
        (Decision::Open, Some("record-version-unknown"))
    );
    let mut nobody = with(
        hcert_testkit::raw::holder_only(),
        "t",
        Some(Value::Array(vec![negative.clone()])),
    );
    nobody = with(
        nobody,
        "nam",
        Some(cbor!({"fn" => "", "fnt" => ""}).unwrap()),
    );
    assert_eq!(
        test(&unverified(cwt(nobody))),
        (Decision::Open, Some("record-holder-unnamed"))
    );
    let of_ddcc = unverified(ddcc(Some("RC9".into())));
    assert_eq!(test(&of_ddcc).1, Some("record-version-unknown"));
    // Nor is there a time at which it would be.
    let issuer = hcert::rules::IssuerFacts::default().with_country("XX");
    assert_eq!(policy.periods_unverified(&of("2.0.0"), &issuer), []);
    assert!(!policy.periods_unverified(&of("1.3.0"), &issuer).is_empty());
}

#[test]
fn a_disease_that_is_not_known_gives_a_card_no_period() {
    let later = |card| dose(dose(card, "dt", text("2021-06-30")), "vls", None);
    for tg in [
        "NOPE",
        "A95",
        "1D47.Z",
        "1D 47",
        "1D47;",
        "840539006",
        "yellow fever",
    ] {
        let verdict = verify(card_cwt(later(dose(card_2024(), "tg", text(tg)))));
        is(&verdict, Outcome::Unascertained, "disease-unknown", tg);
    }
    // In other letters and among blanks it is the same.
    for tg in ["1D47", "1d47", " 1D47", "1D47 ", "16541001", " 16541001"] {
        let verdict = verify(card_cwt(later(dose(card_2024(), "tg", text(tg)))));
        is(&verdict, Outcome::NotYetValid, "record-not-yet-valid", tg);
    }
    for tg in ["1F03", "1f03", "1C81", "398102009"] {
        let verdict = verify(card_cwt(later(dose(card_2024(), "tg", text(tg)))));
        assert_eq!(verdict.outcome(), Outcome::Valid, "{tg}");
    }
}
