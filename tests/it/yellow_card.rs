//! The yellow card: its three forms, and the rules of the International Health
//! Regulations.

use ciborium::Value;
use hcert::format::Unverified;
use hcert::record::{Generation, PayloadKind, ProductCatalogue, YellowCard};
use hcert::trust::KeyUsage;
use hcert::verify::{Outcome, Policy, Step, Verifier};
use hcert::{Limits, PartialDate};
use hcert_testkit::card::*;
use hcert_testkit::fixtures::{NOW, VALIDITY, at, dsc, issuer, signer, trust};
use hcert_testkit::raw::{self, Raw, encode, with};
use proptest::prelude::*;

#[test]
fn the_three_generations_read_to_their_last_member() {
    let verdict = verify(card_2024());
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
    assert_eq!(deviations(&verdict), []);
    let record = verdict.verified().unwrap().record();
    assert_eq!(record.payload(), PayloadKind::YellowCard);
    let person = record.holder();
    assert_eq!(person.full_name(), Some("Aulo Agerio"));
    assert_eq!(person.born(), PartialDate::Day(day("1975-08-23")));
    assert_eq!(
        (person.sex(), person.nationality()),
        (Some("M"), Some("CL"))
    );
    assert_eq!(person.document().unwrap().number(), "16337361-9");
    assert_eq!(person.document().unwrap().kind(), None);
    assert_eq!(person.guardian(), Some("Juan Medina"));
    let found = read(&verdict);
    assert_eq!(found.generation(), Generation::Dvc2024);
    assert_eq!((found.product(), found.disease()), ("XM0N24", Some("1D47")));
    assert_eq!((found.dose(), found.batch()), (Some("Primary"), "123"));
    assert_eq!(found.manufacturer(), Some("A maker"));
    assert_eq!(found.manufacturer_id(), Some("25"));
    assert_eq!(found.trade_item(), Some("1"));
    assert_eq!(found.product_name(), None);
    assert_eq!(found.date(), Some(day("2015-01-28")));
    assert_eq!(found.clinician(), Some("A clinician"));
    assert_eq!(found.centre(), Some("An authority"));
    let stated = (Some(day("2015-02-07")), None);
    assert_eq!(found.stated_validity(), stated);
    assert_eq!((found.valid_from(), found.valid_until()), stated);
    assert_eq!((found.template(), found.issued_on()), (None, None));

    let bare = match &card_2025().as_map().unwrap().last().unwrap().1 {
        Value::Array(doses) => with(card_2025(), "v", Some(doses[0].clone())),
        _ => unreachable!(),
    };
    for card in [card_2025(), bare] {
        let verdict = verify(card);
        assert_eq!(verdict.outcome(), Outcome::Valid);
        assert_eq!(deviations(&verdict), []);
        let document = verdict.signed_record().unwrap().holder().document();
        assert_eq!(document.unwrap().kind(), Some("NI"));
        let found = read(&verdict);
        assert_eq!(found.generation(), Generation::Icvp2025);
        assert_eq!(found.product(), YELLOW_FEVER);
        assert_eq!(found.disease(), Some("1D47"));
        assert!(found.manufacturer().unwrap().starts_with("Chumakov"));
        assert_eq!(found.stated_validity(), stated);
        assert_eq!((found.dose(), found.template()), (None, None));
    }

    let verdict = verify(card_2026());
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(deviations(&verdict), []);
    assert!(*verdict.signed_record().unwrap() == self::record());
    let found = read(&verdict);
    assert_eq!(found.generation(), Generation::Icvp2026);
    assert_eq!(
        found.product_name(),
        Some("Stabilized Yellow Fever Vaccine")
    );
    assert_eq!(found.manufacturer(), Some("Institut Pasteur de Dakar"));
    assert_eq!(found.template(), Some("0.1.0"));
    assert_eq!(found.issued_on(), Some(day("2021-05-31")));
}

#[test]
fn yellow_fever_holds_from_the_tenth_day_on_for_life() {
    for card in [card_2024(), card_2025(), card_2026()] {
        for (now, outcome, reason) in [
            (
                "2015-02-06T23:59:59Z",
                Outcome::NotYetValid,
                Some("record-not-yet-valid"),
            ),
            ("2015-02-07T00:00:00Z", Outcome::Valid, None),
            ("2099-01-01T00:00:00Z", Outcome::Valid, None),
        ] {
            // A key without a certificate has no end.
            let mut builder = hcert::trust::TrustStore::builder();
            let dsc = dsc("a", &[]);
            let key = dsc.public_key().clone();
            let any = KeyUsage::ANY;
            builder
                .add_public_key("test", dsc.kid().clone(), key, None, any)
                .unwrap();
            let verifier = Verifier::new(builder.build().0);
            let claims = with(cwt(card.clone()), 6, Some(Value::from(1_400_000_000)));
            let verdict = verifier.verify(&signed(claims), at(now));
            assert_eq!(
                (verdict.outcome(), code(&verdict)),
                (outcome, reason),
                "{now}"
            );
        }
    }
    // Whatever the card states.
    for (member, stated) in [("vls", "2015-01-28"), ("vle", "2016-01-28")] {
        for card in [card_2024(), card_2025()] {
            let at = format!("v.{member}");
            let verdict = verify(dose(card, member, text(stated)));
            assert_eq!(verdict.outcome(), Outcome::Valid);
            assert_eq!(deviations(&verdict), [("card-validity", at.as_str())]);
        }
    }
}

#[test]
fn polio_holds_without_bound_and_others_as_they_state() {
    let polio = dose(card_2025(), "vp", text(POLIO));
    let polio = dose(polio, "vle", text("2016-01-28"));
    let verdict = verify(polio.clone());
    assert_eq!(verdict.outcome(), Outcome::Valid);
    let found = read(&verdict);
    let period = (found.valid_from(), found.valid_until());
    assert_eq!(period, (Some(day("2015-01-28")), None));
    assert_eq!(found.disease(), Some("1C81"));
    // Nobody was vaccinated tomorrow.
    let tomorrow = dose(polio, "dt", text("2021-07-02"));
    assert_eq!(code(&verify(tomorrow)), Some("record-not-yet-valid"));

    let other = dose(card_2025(), "vp", text(ROTAVIRUS));
    assert_eq!(verify(other.clone()).outcome(), Outcome::Valid);
    let over = dose(other.clone(), "vle", text("2021-06-30"));
    let verdict = verify(over);
    assert_eq!(verdict.outcome(), Outcome::Expired);
    assert_eq!(code(&verdict), Some("record-expired"));
    let last_day = dose(other.clone(), "vle", text("2021-07-01"));
    assert_eq!(verify(last_day).outcome(), Outcome::Valid);
    let later = dose(other, "vls", text("2021-07-02"));
    assert_eq!(code(&verify(later)), Some("record-not-yet-valid"));
}

#[test]
fn a_card_without_day_or_disease_cannot_be_ascertained() {
    for card in [
        dose(card_2024(), "dt", None),
        dose(card_2025(), "dt", text("2015-13-01")),
        dose(card_2025(), "dt", text("2015-01")),
        dose(card_2026(), "dv", Some(Value::from(20_150_128))),
        dose(card_2024(), "tg", None),
        dose(dose(card_2025(), "vp", text(POLIO)), "dt", None),
    ] {
        let verdict = verify(card);
        assert_eq!(verdict.outcome(), Outcome::Unascertained);
        assert_eq!(code(&verdict), Some("record-undated"));
        assert!(!deviations(&verdict).is_empty());
    }
}

#[test]
fn a_product_outside_of_the_catalogue_is_refused() {
    for card in [
        dose(card_2025(), "vp", text("YellowFeverProduct0")),
        dose(card_2026(), "vp", text(&YELLOW_FEVER_2026.to_lowercase())),
        dose(card_2026(), "vp", None),
    ] {
        let verdict = verify(card);
        assert_eq!(verdict.outcome(), Outcome::Invalid);
        assert_eq!(code(&verdict), Some("product-unknown"));
        assert_eq!(verdict.step(Step::Content).code(), Some("product-unknown"));
        // An inspector sees what it says.
        assert_eq!(read(&verdict).batch(), "123");
    }
    let own = "catalogue\t2026\town\ndisease\t1D47\tx\nvaccine\tV\tx\t1D47\nproduct\tA\ts\tV\t\t\n";
    let own = ProductCatalogue::from_tsv(own).unwrap();
    let policy = || Policy::default().products(own.clone());
    let card = dose(card_2026(), "vp", text("A"));
    assert_eq!(verify_with(policy(), card, NOW).outcome(), Outcome::Valid);
    let verdict = verify_with(policy(), card_2026(), NOW);
    assert_eq!(code(&verdict), Some("product-unknown"));
}

#[test]
fn an_unknown_template_cannot_be_ascertained() {
    for (version, note) in [
        (text("2"), None),
        (None, Some("schema-missing")),
        (Some(Value::from(1)), Some("schema-type")),
    ] {
        let card = with(card_2026(), "v", version);
        let verdict = verify(card.clone());
        assert_eq!(verdict.outcome(), Outcome::Unascertained);
        assert_eq!(code(&verdict), Some("template-unknown"));
        let noted: Vec<_> = note.into_iter().map(|code| (code, "v")).collect();
        assert_eq!(deviations(&verdict), noted);
        let known = verify_with(Policy::default().known_template("2"), card, NOW);
        assert_eq!(known.outcome() == Outcome::Valid, note.is_none());
    }
    let verdict = verify(with(card_2026(), "v", text("1")));
    assert_eq!(verdict.outcome(), Outcome::Valid);
    // An unknown product weighs more.
    let both = dose(with(card_2026(), "v", text("2")), "vp", text("A"));
    assert_eq!(code(&verify(both)), Some("product-unknown"));
}

#[test]
fn one_dose_is_read_and_no_other_number() {
    let one = dose(card_2025(), "bo", text("1"));
    let one = one.as_map().unwrap().last().unwrap().1.clone();
    let v = |v: Value| with(card_2025(), "v", Some(v));
    let vx = |v: Value| with(card_2026(), "vx", Some(v));
    for (card, reason) in [
        (v(Value::Array(vec![])), "card-no-dose"),
        (
            v(Value::Array(vec![one.clone(), one.clone()])),
            "card-several-doses",
        ),
        (v(Value::Array(vec![Value::Null])), "payload-shape"),
        (v(Value::from("1")), "payload-shape"),
        (with(card_2025(), "v", None), "payload-shape"),
        (vx(Value::Array(vec![])), "card-no-dose"),
        (vx(Value::Null), "payload-shape"),
        (
            with(card_2026(), "v", Some(one.clone())),
            "card-several-doses",
        ),
        (
            dose(card_2026(), "dt", text("2015-01-29")),
            "card-two-dates",
        ),
        (Value::Null, "payload-shape"),
        (Value::Array(vec![card_2026()]), "payload-shape"),
    ] {
        let verdict = verify(card);
        assert_eq!(verdict.outcome(), Outcome::Invalid, "{reason}");
        assert_eq!(code(&verdict), Some(reason));
        assert!(verdict.signed_record().is_none());
    }
    let verdict = verify(vx(Value::Array(vec![dose_of(card_2026())])));
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(deviations(&verdict), [("schema-type", "vx")]);
}

fn dose_of(card: Value) -> Value {
    let mut members = card.into_map().unwrap().into_iter();
    members
        .find(|(key, _)| key.as_text() == Some("vx"))
        .unwrap()
        .1
}

#[test]
fn departures_are_noted_and_a_strict_policy_refuses_them() {
    let tagged = |text: &str| Some(Value::Tag(0, Box::new(Value::from(text))));
    let neither = |card| dose(dose(card, "cn", None), "is", text(""));
    let old_name = dose(dose(card_2026(), "dv", None), "dt", text("2015-01-28"));
    for (card, noted) in [
        (neither(card_2024()), ("card-issuer", "v")),
        (neither(card_2025()), ("card-issuer", "v")),
        (neither(card_2026()), ("card-issuer", "vx")),
        (old_name, ("card-date-name", "vx.dt")),
        (
            dose(card_2026(), "dt", text("2015-01-28")),
            ("card-date-name", "vx.dt"),
        ),
        (
            dose(card_2026(), "dv", text("2015-01-28T10:00:00Z")),
            ("schema-format", "vx.dv"),
        ),
        (
            dose(card_2026(), "dv", tagged("2015-01-28")),
            ("schema-tag", "vx.dv"),
        ),
        (dose(card_2026(), "bo", None), ("schema-missing", "vx.bo")),
        (
            dose(card_2026(), "bo", Some(Value::from(5))),
            ("schema-type", "vx.bo"),
        ),
        (
            dose(card_2026(), "vls", text("2015-02-07")),
            ("member-unknown", "vx.vls"),
        ),
        (
            dose(card_2025(), "mp", text("1")),
            ("member-unknown", "v.mp"),
        ),
        (
            dose(card_2025(), "vls", text("soon")),
            ("schema-format", "v.vls"),
        ),
        (
            dose(card_2024(), "ma", text("")),
            ("schema-missing", "v.ma"),
        ),
        (
            with(card_2026(), "nid", text("1")),
            ("member-unknown", "nid"),
        ),
        (with(card_2026(), 1, text("1")), ("member-unknown", "?")),
        (
            with(card_2026(), "Aulo Agerio", text("n")),
            ("member-unknown", "?"),
        ),
        (with(card_2026(), "s", None), ("schema-missing", "s")),
        (
            with(card_2026(), "s", Some(Value::Null)),
            ("schema-type", "s"),
        ),
        (
            with(card_2026(), "nt", text("CL")),
            ("schema-pattern", "nt"),
        ),
        (
            with(card_2026(), "dob", text("1975-08")),
            ("schema-format", "dob"),
        ),
        (
            with(card_2026(), "d", text("2015-01-27")),
            ("card-dates", "d"),
        ),
    ] {
        let verdict = verify(card.clone());
        assert_eq!(verdict.outcome(), Outcome::Valid, "{noted:?}");
        assert_eq!(deviations(&verdict), [noted]);
        let strict = Policy::default().strict();
        assert_eq!(code(&verify_with(strict, card, NOW)), Some("strict"));
    }
    // As before 2026, where these may be left out.
    for member in ["s", "ntl", "nid", "ndt", "gn"] {
        assert_eq!(deviations(&verify(with(card_2025(), member, None))), []);
    }
}

#[test]
fn no_exp_is_no_expiry_and_a_wrong_one_is_never_that() {
    let claims = |exp: Option<Value>| with(cwt(card_2026()), 4, exp);
    let verdict = |exp, policy| verifier(policy).verify(&signed(claims(exp)), NOW);
    let missing = verdict(None, Policy::default());
    assert_eq!(missing.outcome(), Outcome::Valid);
    let noted = missing.deviations().iter().map(|d| d.code());
    assert_eq!(noted.collect::<Vec<_>>(), ["exp-missing"]);
    assert_eq!(
        verdict(None, Policy::default().strict()).outcome(),
        Outcome::Valid
    );
    for exp in [
        Value::from(f64::NAN),
        Value::from(f64::INFINITY),
        Value::from(9_223_372_036_854_775_i64),
        Value::from(-1),
    ] {
        let verdict = verdict(Some(exp), Policy::default());
        assert_eq!(verdict.outcome(), Outcome::Invalid);
        assert_eq!(code(&verdict), Some("exp-unusable"));
    }
    let null = verdict(Some(Value::Null), Policy::default());
    assert_eq!(code(&null), Some("cwt-claim-type"));
    let over = verdict(Some(Value::from(NOW.seconds() - 1)), Policy::default());
    assert_eq!(code(&over), Some("expired"));
}

#[test]
fn a_key_for_tests_signs_no_yellow_card() {
    let tests_only = "1.3.6.1.4.1.1847.2021.1.1";
    let vaccinations = "1.3.6.1.4.1.1847.2021.1.2";
    let dscs = [tests_only, vaccinations].map(|oid| dsc("a", &[oid]));
    for (dsc, outcome) in dscs.iter().zip([Outcome::Invalid, Outcome::Valid]) {
        let raw = Raw::new(dsc.kid().as_bytes()).payload(cwt(card_2026()));
        let text = raw::text(&raw.sign(&signer("a")));
        let verdict = Verifier::new(trust(&[dsc])).verify(&text, NOW);
        assert_eq!(verdict.outcome(), outcome);
        if outcome == Outcome::Invalid {
            assert_eq!(code(&verdict), Some("key-usage"));
        }
    }
    let refused = issuer("a", &[tests_only]).issue(&record(), VALIDITY);
    assert_eq!(refused.unwrap_err().code(), "key-usage");
}

#[test]
fn nothing_of_the_holder_is_shown() {
    let verdicts = [
        verify(card_2024()),
        verify(card_2026()),
        verify(dose(card_2026(), "vp", text("Secret"))),
        verify(dose(card_2026(), "Agerio Aulo", text("Secret"))),
        verify(dose(card_2025(), "vp", text(ROTAVIRUS))),
        verify_with(Policy::default(), card_2025(), at("2021-01-01T00:00:00Z")),
    ];
    let mut shown = format!("{:?} {:?}", record(), record().entries());
    for verdict in &verdicts {
        shown += &format!(
            "{verdict:?} {:?} {:?}",
            read(verdict),
            verdict.signed_record()
        );
        for (_, result) in verdict.steps() {
            shown += &result.detail().unwrap_or_default();
        }
        for deviation in verdict.deviations() {
            shown += &deviation.to_string();
        }
    }
    shown += &format!("{:?}", YellowCard::builder().product(POLIO).batch("123"));
    for secret in [
        "Aulo",
        "Agerio",
        "1975",
        "16337361",
        "Medina",
        "2015-01-28",
        "2015-02-07",
        "clinician\"",
        "A clinician",
        "An authority",
        "Secret",
        YELLOW_FEVER_2026,
        POLIO,
        "XM0N24",
        "1D47",
    ] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_card_that_nothing_vouches_for_reads_the_same() {
    let raw = Raw::new(b"whatever").payload(cwt(card_2024()));
    let unverified = Unverified::parse(&raw::text(&raw.sign(&signer("a"))), &Limits::default());
    let unverified = unverified.unwrap();
    let (content, _) = unverified.unverified_content(&ProductCatalogue::builtin());
    assert_eq!(
        content.claims().unwrap().payload_kind(),
        Ok(PayloadKind::YellowCard)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cbor_at_the_key_reads_or_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let value: Value = ciborium::from_reader(bytes.as_slice()).unwrap_or(Value::Null);
        for card in [
            value.clone(),
            with(card_2026(), "vx", Some(value.clone())),
            with(card_2025(), "v", Some(value.clone())),
            dose(card_2024(), "dt", Some(value)),
        ] {
            let bytes = encode(&cwt(card));
            prop_assert!(bytes.len() < 1000);
            let raw = Raw { payload: bytes, ..Raw::new(dsc("a", &[]).kid().as_bytes()) };
            let text = raw::text(&raw.sign(&signer("a")));
            let verdict = verifier(Policy::default()).verify(&text, NOW);
            prop_assert_eq!(verdict.step(Step::Signature).word(), "passed");
        }
    }
}
