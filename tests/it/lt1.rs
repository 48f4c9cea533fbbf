//! Switzerland's light certificates: a holder, a day or two, and a key that is
//! for them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ciborium::{Value, cbor};
use hcert::format::{Format, Unverified};
use hcert::record::PayloadKind;
use hcert::rules::{Arrival, Decision, RuleSet, Subject};
use hcert::trust::{ListBytes, ListFormat, TrustStore};
use hcert::verify::{Outcome, Policy, RevocationPolicy, Verdict, Verifier};
use hcert::{Limits, Timestamp};
use hcert_testkit::fixtures::{NOW, signer};
use hcert_testkit::pki::TestKey;
use hcert_testkit::published;
use hcert_testkit::raw::{self, Raw, with};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

const KID: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const ISSUED: i64 = NOW.seconds() - 3600;
const DAY: i64 = 86_400;

/// A list in Switzerland's form that nobody signed.
fn swiss(keys: serde_json::Value) -> TrustStore {
    let ids: Vec<_> = keys
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["keyId"].clone())
        .collect();
    let document = |payload: serde_json::Value| {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.AAAA",
            part(r#"{"alg":"RS256"}"#),
            part(&payload.to_string())
        )
    };
    let updates = document(json!({"certs": keys}));
    let active = document(json!({"activeKeyIds": ids, "validDuration": 172_800_000}));
    let both = ListBytes::from(&updates).with_companion(active.as_bytes());
    let mut builder = TrustStore::builder();
    builder
        .trust_unsigned_list("ch", ListFormat::Swiss, both)
        .unwrap();
    let (store, report) = builder.build();
    assert_eq!(report.loaded, ids.len(), "{:?}", report.problems);
    store
}

fn key_for(uses: &str) -> TrustStore {
    let spki = TestKey::new("a").spki_der().unwrap();
    let [x, y] = [&spki[27..59], &spki[59..]].map(|part| STANDARD.encode(part));
    swiss(
        json!([{"keyId": STANDARD.encode(KID), "use": uses, "alg": "ES256", "crv": "P-256", "x": x, "y": y}]),
    )
}

fn light() -> Value {
    cbor!({
        "ver" => "1.0.0",
        "nam" => {"fn" => "Musterfrau", "fnt" => "MUSTERFRAU", "gn" => "Gabriele", "gnt" => "GABRIELE"},
        "dob" => "1998-02-26",
    })
    .unwrap()
}

fn claims(light: Value) -> Value {
    cbor!({1 => "CH BAG", 4 => ISSUED + 2 * DAY, 6 => ISSUED, -250 => {1 => light}}).unwrap()
}

fn text_of(claims: Value) -> String {
    let cose = Raw::new(&KID).payload(claims).sign(&signer("a"));
    raw::text(&cose).replacen("HC1:", "LT1:", 1)
}

fn verify(text: &str, trust: TrustStore) -> Verdict {
    Verifier::new(trust).verify(text, NOW)
}

fn is(verdict: &Verdict, outcome: Outcome, code: Option<&str>) {
    let found = (
        verdict.outcome(),
        verdict.reason().map(|reason| reason.code()),
    );
    assert_eq!(found, (outcome, code), "{verdict:?}");
}

#[test]
fn a_light_certificate_states_its_holder_and_nothing_else() {
    let text = text_of(claims(light()));
    let unverified = Unverified::parse(&text, &Limits::default()).unwrap();
    assert_eq!(unverified.format(), Format::Lt1);
    let verdict = verify(&text, key_for("l"));
    is(&verdict, Outcome::Valid, None);
    assert_eq!(verdict.deviations(), []);
    let verified = verdict.verified().unwrap();
    assert_eq!(verified.record().payload(), PayloadKind::Light);
    assert_eq!(verified.record().holder().family_name(), Some("Musterfrau"));
    assert_eq!(verified.record().holder().born().to_string(), "1998-02-26");
    assert!(verified.record().entries().is_empty());
    assert!(verified.identifiers().is_empty());
    assert_eq!(verified.claims().issuer(), Some("CH BAG"));
    let strict = Verifier::with_policy(key_for("l"), Policy::default().strict());
    is(&strict.verify(&text, NOW), Outcome::Valid, None);
}

#[test]
fn a_key_signs_light_certificates_only_where_its_list_says_so() {
    let text = text_of(claims(light()));
    for uses in ["l", "lvtr", "tl"] {
        is(&verify(&text, key_for(uses)), Outcome::Valid, None);
    }
    for uses in ["sig", "v", "vtr"] {
        is(
            &verify(&text, key_for(uses)),
            Outcome::Invalid,
            Some("key-usage"),
        );
    }
    // And it signs nothing else.
    let full = Raw::new(&KID)
        .payload(raw::cwt(raw::dcc()))
        .sign(&signer("a"));
    is(
        &verify(&raw::text(&full), key_for("l")),
        Outcome::Invalid,
        Some("key-usage"),
    );
}

#[test]
fn what_is_not_a_light_certificate_is_not_read_as_one() {
    let full = claims(light());
    let dcc = cbor!({1 => raw::dcc()}).unwrap();
    for (case, claims) in [
        (
            "a full certificate alone",
            with(with(full.clone(), -250, None), -260, Some(dcc.clone())),
        ),
        (
            "a full certificate beside it",
            with(full.clone(), -260, Some(dcc)),
        ),
        ("no payload", with(full.clone(), -250, None)),
        (
            "another key",
            with(full.clone(), -250, Some(cbor!({2 => light()}).unwrap())),
        ),
        (
            "without the inner map",
            with(full.clone(), -250, Some(light())),
        ),
        ("text", with(full.clone(), -250, Some("x".into()))),
        ("no date of birth", self::claims(with(light(), "dob", None))),
        (
            "an empty one",
            self::claims(with(light(), "dob", Some("".into()))),
        ),
        ("no name", self::claims(with(light(), "nam", None))),
        (
            "a name that is none",
            self::claims(with(light(), "nam", Some("x".into()))),
        ),
    ] {
        let verdict = verify(&text_of(claims), key_for("l"));
        assert_eq!(verdict.outcome(), Outcome::Invalid, "{case}: {verdict:?}");
        assert_eq!(verdict.reason().unwrap().code(), "payload-shape", "{case}");
    }
    // Nor is one under the other prefix.
    let text = text_of(full).replacen("LT1:", "HC1:", 1);
    is(
        &verify(&text, key_for("l")),
        Outcome::Invalid,
        Some("hcert-missing"),
    );
    // Nor under both.
    let text = format!("HC1:{}", text_of(claims(light())));
    assert_eq!(verify(&text, key_for("l")).outcome(), Outcome::Invalid);
}

#[test]
fn one_without_an_end_counts_for_two_days() {
    let text = text_of(with(claims(light()), 4, None));
    let verifier = Verifier::new(key_for("l"));
    let at = |seconds: i64| verifier.verify(&text, Timestamp::from_seconds(ISSUED + seconds));
    let codes: Vec<_> = at(0).deviations().iter().map(|d| d.code()).collect();
    assert_eq!(codes, ["exp-missing"]);
    is(&at(2 * DAY - 1), Outcome::Valid, None);
    is(&at(2 * DAY), Outcome::Expired, Some("expired"));
    is(&at(-3600), Outcome::NotYetValid, Some("issued-in-future"));
    // Without a begin there is no end either.
    let text = text_of(with(with(claims(light()), 4, None), 6, None));
    is(
        &verify(&text, key_for("l")),
        Outcome::Invalid,
        Some("exp-missing"),
    );
    let strict = Policy::default().strict();
    let text = text_of(with(claims(light()), 4, None));
    let verdict = Verifier::with_policy(key_for("l"), strict).verify(&text, NOW);
    is(&verdict, Outcome::Invalid, Some("strict"));
}

#[test]
fn what_is_unknown_in_it_is_never_harmless() {
    let verdict = verify(
        &text_of(claims(with(light(), "ver", Some("2.0.0".into())))),
        key_for("l"),
    );
    is(
        &verdict,
        Outcome::Unascertained,
        Some("dcc-version-unknown"),
    );
    let nameless = cbor!({"fn" => "", "gn" => ""}).unwrap();
    let verdict = verify(
        &text_of(claims(with(light(), "nam", Some(nameless)))),
        key_for("l"),
    );
    is(&verdict, Outcome::Unascertained, Some("holder-unnamed"));
    let until = with(light(), "validUntil", Some("2021-06-01".into()));
    let verdict = verify(&text_of(claims(until)), key_for("l"));
    is(&verdict, Outcome::Invalid, Some("payload-period"));
    // A fact of a full certificate is no fact of this one.
    let dose = cbor!([{"dn" => 2}]).unwrap();
    let verdict = verify(
        &text_of(claims(with(light(), "v", Some(dose)))),
        key_for("l"),
    );
    is(&verdict, Outcome::Valid, None);
    assert_eq!(verdict.deviations().len(), 1);
    assert!(verdict.verified().unwrap().record().entries().is_empty());
}

#[test]
fn no_revocation_list_names_one() {
    let policy = Policy::default().revocation(RevocationPolicy::Require {
        max_age: Duration::from_secs(86_400),
    });
    let verdict =
        Verifier::with_policy(key_for("l"), policy).verify(&text_of(claims(light())), NOW);
    is(&verdict, Outcome::Unascertained, Some("revocation-missing"));
}

/// That its holder met some rules once is no fact that others can ask for.
#[test]
fn no_rule_is_answered_by_a_light_certificate() {
    let rule = json!([{
        "Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "0.7.5",
        "CertificateType": "General", "Description": [{"lang": "en", "desc": "Anything goes."}],
        "ValidFrom": "2021-01-01T00:00:00Z", "ValidTo": "2030-06-01T00:00:00Z",
        "AffectedFields": ["dob"], "Logic": {"===": [1, 1]},
    }]);
    let rules = RuleSet::from_json(rule.to_string().as_bytes()).unwrap();
    let verdict = verify(&text_of(claims(light())), key_for("l"));
    let verified = verdict.verified().unwrap();
    let arrival = Arrival::new("XX", NOW);
    let acceptance = rules.evaluate(&Subject::from(verified), &arrival);
    assert_eq!(acceptance.decision(), Decision::Open, "{acceptance:?}");
    #[cfg(feature = "toml")]
    {
        let policy = hcert::rules::Recognition::from_toml(
            "name = 'P'\nversion = '7'\ncountry = 'XX'\nvalid_from = 2021-01-01\n\
             valid_until = 2023-12-31\nissuers = 'any-trusted'\n[[tests]]\nkinds = ['naat']\nmax_age_hours = 48\n",
        );
        let acceptance = policy.unwrap().evaluate(verified, &arrival);
        assert_eq!(acceptance.decision(), Decision::Open, "{acceptance:?}");
    }
}

#[test]
fn nothing_that_a_light_certificate_says_is_in_an_error_or_debug() {
    let text = text_of(claims(light()));
    for trust in [key_for("l"), key_for("v"), TrustStore::builder().build().0] {
        let verdict = verify(&text, trust);
        let shown = format!(
            "{verdict:?} {:?}",
            verdict.reason().map(ToString::to_string)
        );
        assert!(
            !shown.contains("Muster") && !shown.contains("1998"),
            "{shown}"
        );
    }
}

/// The published example and those made of its description.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn published_light_certificates() {
    let folder = published::find("formats/lt1");
    let lines = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let mut checked = 0;
    for line in lines.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        if entry["kind"] != "qr-text" {
            continue;
        }
        let read = |name: &str| {
            let name = name.strip_prefix("lt1/").unwrap();
            std::fs::read_to_string(folder.join(name)).unwrap()
        };
        let keys: serde_json::Value =
            serde_json::from_str(&read(entry["trust"]["keys"].as_str().unwrap())).unwrap();
        let keys = match keys.get("certs") {
            Some(certs) => certs.clone(),
            None => json!([{"keyId": keys["kid_b64"], "use": keys["use"], "alg": "ES256",
                "crv": keys["crv"], "x": keys["x_b64"], "y": keys["y_b64"]}]),
        };
        let verifier = Verifier::new(swiss(keys));
        let text = read(entry["file"].as_str().unwrap());
        for check in entry["checks"].as_array().unwrap() {
            let at = Timestamp::parse(check["at"].as_str().unwrap()).unwrap();
            let verdict = verifier.verify(text.trim_end(), at);
            let found = verdict.outcome().code();
            let or = check["or"].as_array().into_iter().flatten();
            let mut allowed = or.chain([&check["outcome"]]);
            assert!(
                allowed.any(|outcome| outcome == found),
                "{}: {verdict:?}",
                entry["file"]
            );
            checked += 1;
            let Some(verified) = verdict.verified() else {
                continue;
            };
            let (holder, expected) = (verified.record().holder(), &entry["record"]["holder"]);
            assert_eq!(holder.family_name(), expected["family"].as_str());
            assert_eq!(holder.given_name(), expected["given"].as_str());
            assert_eq!(
                Some(&*holder.born().to_string()),
                expected["birth_date"].as_str()
            );
        }
    }
    assert_eq!(checked, 15);
}

proptest! {
    #[test]
    fn no_change_of_a_byte_is_valid(at in 0_usize..400, byte: u8) {
        let cose = Raw::new(&KID).payload(claims(light())).sign(&signer("a"));
        let mut changed = cose.clone();
        let length = changed.len();
        changed[at % length] = byte;
        prop_assume!(changed != cose);
        let text = raw::text(&changed).replacen("HC1:", "LT1:", 1);
        let verdict = verify(&text, key_for("l"));
        // The tags around the message are signed by nobody.
        prop_assert!(verdict.outcome() != Outcome::Valid || at % length < 3, "{verdict:?}");
    }

    #[test]
    fn nothing_makes_it_panic(text in "LT1:[0-9A-Z $%*+./:-]{0,200}") {
        let _ = verify(&text, key_for("l"));
    }
}
