//! Yellow cards as they are issued: built or out of JSON, and what is refused.

use ciborium::Value;
use hcert::PartialDate;
use hcert::issue::Validity;
use hcert::record::{Holder, IdentityDocument, ProductCatalogue, Record, YellowCard};
use hcert::verify::{Outcome, Policy};
use hcert_testkit::card::*;
use hcert_testkit::fixtures::{ISSUED, NOW, VALIDITY, at, issuer, vaccination};
use hcert_testkit::raw::Raw;
use hcert_testkit::time::Plus as _;
use proptest::prelude::*;

#[test]
fn issued_cards_verify_to_the_same_record() {
    let issuer = issuer("a", &[]);
    for product in [YELLOW_FEVER, YELLOW_FEVER_2026, POLIO, ROTAVIRUS] {
        let record = Record::new(holder(), card(product)).unwrap();
        let with_exp = issuer.issue(&record, VALIDITY).unwrap();
        let without = issuer.issue_without_expiry(&record, ISSUED).unwrap();
        for (issued, policy) in [
            (with_exp, Policy::default().strict()),
            (without, Policy::default()),
        ] {
            let verdict = verifier(policy).verify(issued.text(), NOW);
            assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
            assert_eq!(deviations(&verdict), []);
            assert!(*verdict.verified().unwrap().record() == record);
        }
    }
    let issued = issuer.issue_without_expiry(&record(), ISSUED).unwrap();
    let raw = Raw::new(issued.kid().as_bytes()).payload(cwt(card_2026()));
    assert_eq!(
        raw.payload.len(),
        payload_length(&issued),
        "and not a byte more"
    );
}

fn payload_length(issued: &hcert::issue::Issued) -> usize {
    let cose: Value = ciborium::from_reader(issued.cose()).unwrap();
    let Value::Tag(18, members) = cose else {
        panic!()
    };
    members.as_array().unwrap()[2].as_bytes().unwrap().len()
}

#[test]
fn what_a_verifier_refuses_is_not_issued() {
    let builder = || {
        let card = YellowCard::builder().product(POLIO).batch("123");
        card.date(day("2021-06-01")).centre("XXX")
    };
    let refused = |built: Result<YellowCard, hcert::record::RecordError>| {
        let error = built.unwrap_err();
        (error.code(), error.to_string())
    };
    for (card, code, at) in [
        (builder().product("A"), "product-unknown", "vx.vp"),
        (builder().product(""), "schema-missing", "vx.vp"),
        (builder().batch(""), "schema-missing", "vx.bo"),
        (builder().centre(""), "card-issuer", "vx"),
        (builder().template(""), "schema-missing", "v"),
        (builder().issued_on(day("2021-05-31")), "card-dates", "d"),
        (
            YellowCard::builder().product(POLIO).batch("1").centre("X"),
            "schema-missing",
            "vx.dv",
        ),
    ] {
        let (found, words) = refused(card.build());
        assert_eq!(found, code);
        assert!(words.starts_with(at), "{words}");
    }
    let born = |text| PartialDate::parse(text).unwrap();
    let full = || Holder::with_full_name("X", born("2000-01-01"));
    let both = Holder::with_standard_names(("", "X"), ("", ""), born("2000-01-01"));
    for (holder, code) in [
        (full().with_nationality("CHL"), "schema-missing"),
        (full().with_sex("male"), "schema-missing"),
        (
            full().with_sex("male").with_nationality("CL"),
            "schema-pattern",
        ),
        (
            both.with_sex("male").with_nationality("CHL"),
            "schema-missing",
        ),
        (
            Holder::with_full_name("X", born("2000"))
                .with_sex("male")
                .with_nationality("CHL"),
            "schema-format",
        ),
    ] {
        let error = Record::new(holder, builder().build().unwrap()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }

    let issuer = issuer("a", &[]);
    let tomorrow = builder().date(day("2021-06-02")).build().unwrap();
    let tomorrow = Record::new(holder(), tomorrow).unwrap();
    let error = issuer.issue_without_expiry(&tomorrow, ISSUED).unwrap_err();
    assert_eq!(error.code(), "issue-entry-after-issue");
    // It is tomorrow already in the east.
    let evening = ISSUED.plus(10 * 3600);
    assert!(issuer.issue_without_expiry(&tomorrow, evening).is_ok());
    let error = issuer.issue_without_expiry(&record(), at("2023-01-02T00:00:00Z"));
    assert_eq!(error.unwrap_err().code(), "iat-after-dsc");
    let error = issuer.issue_without_expiry(&vaccination(), ISSUED);
    assert_eq!(error.unwrap_err().code(), "issue-expiry-required");
    let early = Validity {
        issued_at: ISSUED,
        expires_at: ISSUED,
    };
    assert_eq!(
        issuer.issue(&record(), early).unwrap_err().code(),
        "issue-period"
    );

    // A card that was read in an earlier form would lose what it states.
    for card in [card_2024(), card_2025()] {
        let verdict = verify(card);
        let record = verdict.signed_record().unwrap();
        let error = issuer.issue_without_expiry(record, ISSUED).unwrap_err();
        assert_eq!(error.code(), "card-generation");
    }
}

#[test]
fn json_with_vx_is_a_yellow_card() {
    let json = |changes: &[(&str, &str)]| {
        let mut text = r#"{"n": "Aulo Agerio", "dob": "1975-08-23", "s": "male", "nt": "CHL",
            "id": "16337361-9", "dt": "NI", "gn": "Juan Medina", "d": "2021-05-31",
            "vx": {"vp": "a3K3X000006MihuUAC", "dv": "2015-01-28", "bo": "123",
            "cn": "A clinician", "is": "An authority"}}"#
            .to_owned();
        for (from, to) in changes {
            assert!(text.contains(from));
            text = text.replace(from, to);
        }
        Record::from_json(&text)
    };
    assert!(json(&[]).unwrap() == record());
    for (from, to, code) in [
        (
            r#""cn": "A clinician", "is": "An authority""#,
            r#""cn": """#,
            "card-issuer",
        ),
        ("a3K3X000006MihuUAC", "a3K3X", "product-unknown"),
        (r#""gn""#, r#""guardian""#, "record-unknown-member"),
        (r#""dv""#, r#""dt""#, "schema-missing"),
        ("2015-01-28", "2015-01", "schema-format"),
        (r#""n": "Aulo Agerio", "#, "", "schema-missing"),
    ] {
        let error = json(&[(from, to)]).unwrap_err();
        let code = if to == r#""dt""# {
            "card-date-name"
        } else {
            code
        };
        assert_eq!(error.code(), code, "{to}");
        assert!(!error.to_string().contains("Agerio"));
    }
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-zÀ-ÿ王 .'-]{1,30}"
}

fn option(strategy: impl Strategy<Value = String>) -> impl Strategy<Value = Option<String>> {
    proptest::option::of(strategy)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_card_comes_back_as_it_was_issued(
        (name, sex, nationality) in (words().prop_map(|text| format!("N{text}")), words(), "[A-Z]{3}"),
        (number, kind, guardian) in (option(words()), option(words()), option(words())),
        (product, batch, clinician, centre) in
            (any::<prop::sample::Index>(), words(), option(words()), words()),
        (born, vaccinated, issued_on) in (0..29_000, 0..7_000, proptest::option::of(0..7_000_i32)),
    ) {
        let first = day("1920-01-01");
        let mut holder = Holder::with_full_name(&name, PartialDate::Day(first.plus_days(born).unwrap()))
            .with_sex(&sex)
            .with_nationality(&nationality);
        if let Some(number) = number {
            holder = holder.with_document(IdentityDocument::new(&number, kind.as_deref()));
        }
        if let Some(guardian) = guardian {
            holder = holder.with_guardian(&guardian);
        }
        let products = ProductCatalogue::builtin();
        let products: Vec<_> = products.iter().collect();
        let date = day("2000-01-01").plus_days(vaccinated).unwrap();
        let mut card = YellowCard::builder().product(product.get(&products).id()).date(date).batch(&batch);
        card = match &clinician {
            Some(name) => card.clinician(name),
            None => card.centre(&centre),
        };
        if let Some(days) = issued_on {
            card = card.issued_on(day("2000-01-01").plus_days(days.max(vaccinated)).unwrap());
        }
        let record = Record::new(holder, card.build().unwrap()).unwrap();
        let issued = issuer("a", &[]).issue_without_expiry(&record, ISSUED).unwrap();
        let verdict = verifier(Policy::default()).verify(issued.text(), NOW);
        prop_assert_eq!(verdict.outcome(), Outcome::Valid);
        prop_assert_eq!(deviations(&verdict), []);
        prop_assert!(verdict.verified().unwrap().record() == &record);
    }
}
