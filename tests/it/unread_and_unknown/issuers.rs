//! The country of a certificate is that of its key.

use ciborium::Value;
use hcert::rules::{Arrival, Decision, IssuerFacts, RuleSet, Subject};
use hcert::trust::TrustStore;
use hcert::verify::Verifier;
use hcert_testkit::raw::{cwt, dcc, with};
use serde_json::{Value as Json, json};

use super::{NOW, dsc, listed, signed, trust};

fn subject(store: TrustStore, iss: Option<&str>) -> Subject {
    let claims = with(cwt(dcc()), 1, iss.map(Value::from));
    let verdict = Verifier::new(store).verify(&signed(claims), NOW);
    Subject::from(verdict.verified().unwrap_or_else(|| panic!("{verdict:?}")))
}

fn rule(members: Json) -> Json {
    let mut rule = json!({
        "Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
        "CertificateType": "General", "Description": [], "ValidFrom": "2020-01-01T00:00:00Z",
        "ValidTo": "2099-01-01T00:00:00Z", "AffectedFields": [], "Logic": {"===": [1, 1]},
    });
    rule.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    rule
}

fn set(rules: &[Json]) -> RuleSet {
    RuleSet::from_json(Json::from(rules).to_string().as_bytes()).unwrap()
}

fn issuer() -> Json {
    json!({"var": "external.issuerCountryCode"})
}

/// What a rule says that accepts the certificates of that country alone.
fn only(country: &str, subject: &Subject) -> Decision {
    let rules = set(&[rule(json!({"Logic": {"in": [issuer(), [country]]}}))]);
    rules.evaluate(subject, &Arrival::new("XX", NOW)).decision()
}

/// The same of one that accepts all but those of that country.
fn all_but(country: &str, subject: &Subject) -> Decision {
    let rules = set(&[rule(
        json!({"Logic": {"!": [{"in": [issuer(), [country]]}]}}),
    )]);
    rules.evaluate(subject, &Arrival::new("XX", NOW)).decision()
}

use Decision::{Accepted, Open, Refused};

#[test]
fn a_certificate_does_not_choose_its_country() {
    for iss in ["DE", "de", " DE ", "DEU", "XY", "GG", "CNAM", "", "Germany"] {
        for store in [
            trust(&[&dsc("a", &[])]),
            listed(Some("XX")),
            listed(Some("xx")),
        ] {
            let subject = subject(store, Some(iss));
            assert_eq!(only("DE", &subject), Refused, "{iss}");
            assert_eq!(only("XX", &subject), Accepted, "{iss}");
            assert_eq!(all_but("XX", &subject), Refused, "{iss}");
        }
    }
}

#[test]
fn an_issuer_of_another_country_is_known_by_a_table() {
    // Crown dependencies and Gibraltar use keys of the United Kingdom.
    for iss in ["GG", "JE", "GI", "IM"] {
        let of_uk = subject(listed(Some("GB")), Some(iss));
        assert_eq!(only(iss, &of_uk), Accepted, "{iss}");
        assert_eq!(only("DE", &of_uk), Refused);
        let other = subject(listed(Some("FR")), Some(iss));
        assert_eq!(
            (only(iss, &other), only("FR", &other)),
            (Refused, Accepted),
            "{iss}"
        );
    }
    // The issuer's name in place of its country.
    for (iss, country) in [("CNAM", "FR"), ("CH BAG", "CH")] {
        let subject = subject(listed(Some(country)), Some(iss));
        assert_eq!(only(country, &subject), Accepted, "{iss}");
    }
}

#[test]
fn codes_of_three_letters_are_those_of_two() {
    for (listing, country) in [("PRT", "PT"), ("ESP", "ES"), ("DEU", "DE"), (" prt ", "PT")] {
        let subject = subject(listed(Some(listing)), Some("XY"));
        assert_eq!(only(country, &subject), Accepted, "{listing}");
        let facts = IssuerFacts::default().with_country(listing);
        assert_eq!(facts.country(), Some(country), "{listing}");
    }
    // Codes of the WHO's network, and what is no code at all.
    for listing in ["XCL", "XXA", "XXX", "QQQ", "Portugal", "P", "P1", "ＰＴ"] {
        assert_eq!(
            IssuerFacts::default().with_country(listing).country(),
            None,
            "{listing}"
        );
    }
}

#[test]
fn a_key_of_no_known_country_leaves_the_question_open() {
    for listing in [None, Some("XCL"), Some("Portugal"), Some("")] {
        for iss in [Some("DE"), Some("CNAM"), None] {
            let subject = subject(listed(listing), iss);
            for country in ["DE", "FR", "XX"] {
                assert_eq!(only(country, &subject), Open, "{listing:?} {iss:?}");
                assert_eq!(all_but(country, &subject), Open, "{listing:?} {iss:?}");
            }
            // All that is external is no way around.
            let all = json!({"!": [{"var": "external"}]});
            let rules = set(&[rule(json!({"Logic": {"!": [all]}}))]);
            let acceptance = rules.evaluate(&subject, &Arrival::new("XX", NOW));
            assert_eq!(acceptance.decision(), Open);
            // What doesn't ask who issued it is answered.
            let rules = set(&[rule(json!({}))]);
            let acceptance = rules.evaluate(&subject, &Arrival::new("XX", NOW));
            assert!(acceptance.is_accepted());
            assert!(subject.is_verified());
        }
    }
}

#[test]
fn any_country_may_have_withdrawn_what_nobody_is_known_to_have_issued() {
    let withdrawn = |country: &str| {
        rule(
            json!({"Identifier": format!("IR-{country}-0001"), "Type": "Invalidation", "Country": country, "Logic": {"===": [1, 2]}}),
        )
    };
    let said = |subject: &Subject, country| {
        let rules = set(&[rule(json!({})), withdrawn(country)]);
        rules.evaluate(subject, &Arrival::new("XX", NOW)).decision()
    };
    for iss in [Some("DE"), None] {
        let subject = subject(listed(None), iss);
        for country in ["DE", "FR"] {
            assert_ne!(said(&subject, country), Accepted, "{iss:?} {country}");
        }
    }
    // That of `iss` and that of the key, where they differ.
    let subject = subject(listed(Some("XX")), Some("DE"));
    assert_eq!(
        (
            said(&subject, "DE"),
            said(&subject, "XX"),
            said(&subject, "FR")
        ),
        (Refused, Refused, Accepted)
    );
}

#[test]
fn a_caller_can_take_the_word_of_a_certificate_whose_key_has_no_country() {
    let believed = subject(listed(None), Some("DE")).dangerously_believe_issuer();
    assert_eq!(
        (only("DE", &believed), only("FR", &believed)),
        (Accepted, Refused)
    );
    assert!(believed.is_verified());
    // Where the key has one, the word is not asked for.
    let known = subject(listed(Some("XX")), Some("DE")).dangerously_believe_issuer();
    assert_eq!(
        (only("DE", &known), only("XX", &known)),
        (Refused, Accepted)
    );
    let silent = subject(listed(None), None).dangerously_believe_issuer();
    assert_eq!(only("DE", &silent), Open);
}

#[test]
fn an_authority_that_is_not_recognised_is_not_in_another_spelling() {
    use crate::policies::{policy, time};
    use hcert_testkit::raw::v;
    let of = |clause: &str, is: &str| {
        let entry = with(v(), "is", Some(Value::from(is)));
        let record = crate::policies::read("v", entry).unwrap();
        let policy = policy(&format!(
            "{clause}\n[[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 'unlimited'"
        ));
        crate::policies::would(&policy, &record, time("2021-07-01T00:00:00Z")).decision()
    };
    let none = "not_recognised = [{ authorities = ['Ministère 1'] }]";
    for is in [
        "Ministère 1",
        "Ministe\u{300}re 1",
        "MINISTÈRE 1",
        "ministere 1",
        "Ministère 1 ",
        "Ministère\u{a0}1",
        "Minis\u{200b}tère 1",
        "Ministère  1",
        "Ministère-1",
    ] {
        assert_eq!(of(none, is), Refused, "{is:?}");
    }
    for is in ["Ministère 2", "Ministère", "Ministry 1", "保健省"] {
        assert_eq!(of(none, is), Accepted, "{is:?}");
    }
    let none = "not_recognised = [{ authorities = ['保健省'] }]";
    assert_eq!((of(none, "保健省 "), of(none, "保健")), (Refused, Accepted));
}
