//! One key, several listings: under other kids, in other certificates, for other
//! participants, domains and countries. None of them is the one that counts.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ciborium::{Value as Cbor, cbor};
use hcert::Timestamp;
use hcert::revocation::{Identifier, IdentifierKind, RevocationList, Revocations};
use hcert::rules::{Arrival, Decision, Recognition};
use hcert::trust::{
    Denial, DenyList, Dsc, KeyUsage, Kid, ListFormat, TrustStore, TrustStoreBuilder, Usage,
};
use hcert::verify::{Outcome, Policy, RevocationPolicy, Verdict, Verifier};
use hcert_testkit::fixtures::{self, ISSUED, NOW, dsc, signer};
use hcert_testkit::lists::gdhcn::{Names, PROD};
use hcert_testkit::raw::{self, Raw, dcc};
use hcert_testkit::time::Plus as _;
use hcert_testkit::{card, lists, pki};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Before [`NOW`].
const NETWORK: Names = Names {
    created: "2021-06-01T00:00:00Z",
    ..PROD
};

fn own() -> Dsc {
    dsc("a", &[])
}

/// The same key in another certificate.
fn renewed() -> Dsc {
    let der = lists::certificate("CN=Renewed,C=XX", "a", "CN=CSCA,C=XX", "csca", false);
    Dsc::from_der(&der).unwrap()
}

fn kid(text: &str) -> Kid {
    Kid::new(text).unwrap()
}

fn signed_under(kid: &Kid) -> String {
    raw::text(&Raw::new(kid.as_bytes()).sign(&signer("a")))
}

/// With the kid where nobody signs it.
fn shown_under(kid: &Kid) -> String {
    let raw = Raw::new(&[]).protected(raw::header(Some(raw::ES256), None));
    let unprotected = cbor!({4 => Cbor::Bytes(kid.as_bytes().to_vec())}).unwrap();
    raw::text(&raw.unprotected(unprotected).sign(&signer("a")))
}

fn signed(payload: i64, content: Cbor) -> String {
    let claims = cbor!({
        1 => "XX", 4 => fixtures::EXPIRES.seconds(), 6 => ISSUED.seconds(),
        -260 => {payload => content},
    });
    let raw = Raw::new(own().kid().as_bytes()).payload(claims.unwrap());
    raw::text(&raw.sign(&signer("a")))
}

fn built(add: impl FnOnce(&mut TrustStoreBuilder)) -> TrustStore {
    let mut builder = TrustStore::builder();
    add(&mut builder);
    builder.build().0
}

fn add_network(builder: &mut TrustStoreBuilder, entries: &[Value]) {
    let list = NETWORK.signed(NETWORK.document(entries)).to_string();
    builder
        .add_gdhcn("WHO", list.as_bytes(), &NETWORK.anchor())
        .unwrap();
}

/// A list of the network in which the key stands at these places.
fn network(places: &[&str]) -> TrustStore {
    built(|builder| {
        let entries = places.iter().map(|place| NETWORK.entry(place, &own()));
        add_network(builder, &entries.collect::<Vec<_>>());
    })
}

fn verify(store: &TrustStore, text: &str) -> Verdict {
    Verifier::new(store.clone()).verify(text, NOW)
}

fn summary(verdict: &Verdict) -> (Outcome, Option<&'static str>) {
    (
        verdict.outcome(),
        verdict.reason().map(|reason| reason.code()),
    )
}

const VALID: (Outcome, Option<&str>) = (Outcome::Valid, None);
const DENIED: (Outcome, Option<&str>) = (Outcome::Revoked, Some("key-denied"));

// ------------------------------------------------------------ denied by any name

/// Every form of list in which a kid stands beside a certificate, with another
/// kid than the certificate's.
fn renamed(builder: &mut TrustStoreBuilder, form: &str, kid: &Kid) {
    let own = own();
    let text = BASE64_STANDARD.encode(kid.as_bytes());
    let raw = BASE64_STANDARD.encode(own.der());
    let listed = [(kid.clone(), own.der())];
    match form {
        "by hand" => {
            builder
                .add_certificate_der_as("own", kid.clone(), own.der())
                .unwrap();
        }
        "gateway" => {
            let list = json!([{"kid": text, "rawData": raw, "certificateType": "DSC"}]);
            let form = ListFormat::GatewaySignaturesIgnored;
            builder
                .add_list("list", form, list.to_string().as_bytes())
                .unwrap();
        }
        "certificates" => {
            let list = lists::certificates(&listed, "2021-06-01T00:00:00Z");
            builder
                .add_list("list", ListFormat::Certificates, list.as_bytes())
                .unwrap();
        }
        "jwk" => {
            let jwk = json!({"kty": "EC", "kid": text, "x5c": [raw]});
            builder.add_jwk("list", jwk.to_string().as_bytes()).unwrap();
        }
        "at" => {
            let list = lists::austrian(&listed);
            builder
                .trust_unsigned_list("list", ListFormat::Austrian, &list)
                .unwrap();
        }
        "pl" => {
            let list =
                json!([{"identyfikator": "", "identyfikatorKlucza": text, "certyfikat": raw}]);
            builder
                .trust_unsigned_list("list", ListFormat::Polish, list.to_string().as_bytes())
                .unwrap();
        }
        "snapshot" => {
            let store = built(|builder| renamed(builder, "by hand", kid));
            let snapshot = store.to_snapshot(ISSUED).unwrap();
            builder
                .trust_unsigned_list("list", ListFormat::Snapshot, &snapshot)
                .unwrap();
        }
        _ => unreachable!("{form}"),
    }
}

const FORMS: [&str; 7] = [
    "by hand",
    "gateway",
    "certificates",
    "jwk",
    "at",
    "pl",
    "snapshot",
];

/// The kid in these lists is signed by nobody.
#[test]
fn a_renamed_kid_does_not_lead_around_a_denial_of_the_certificates_own() {
    let other = kid("another!");
    let text = signed_under(&other);
    for form in FORMS {
        let store = built(|builder| renamed(builder, form, &other));
        assert_eq!(summary(&verify(&store, &text)), VALID, "{form}");
        for deny_first in [true, false] {
            for dated in [true, false] {
                let mut denial = Denial::of_kid(own().kid());
                if dated {
                    denial = denial.signed_after(ISSUED.plus(-1));
                }
                let list = DenyList::from_iter([denial]);
                let store = built(|builder| {
                    if deny_first {
                        builder.deny(list.clone());
                    }
                    renamed(builder, form, &other);
                    if !deny_first {
                        builder.deny(list.clone());
                    }
                });
                for text in [signed_under(&other), shown_under(&other)] {
                    assert_eq!(summary(&verify(&store, &text)), DENIED, "{form}");
                }
            }
        }
    }
}

#[test]
fn a_denial_by_any_name_denies_the_key_in_each_listing() {
    // Under two kids, in two certificates, and bare under a third kid.
    let names = [own().kid(), kid("first"), kid("second"), kid("bare")];
    let store = |denial: Denial| {
        built(|builder| {
            builder
                .add_certificate_der("own", own().der())
                .unwrap()
                .add_certificate_der_as("own", kid("first"), own().der())
                .unwrap()
                .add_certificate_der_as("renewed", kid("second"), renewed().der())
                .unwrap()
                .add_spki_der("bare", kid("bare"), own().public_key().spki_der())
                .unwrap();
            builder.deny(DenyList::from_iter([denial]));
        })
    };
    let key = own().public_key().fingerprint();
    let denials = [
        Denial::of_kid(own().kid()),
        Denial::of_kid(kid("first")),
        Denial::of_kid(kid("second")),
        Denial::of_kid(kid("bare")),
        // Nobody lists it under this one.
        Denial::of_kid(renewed().kid()),
        Denial::of_kid(Kid::of_public_key(own().public_key())),
        Denial::of_fingerprint(key),
        Denial::of_certificate(own().digest()),
        Denial::of_certificate(renewed().digest()),
        // All that it says is true of the key, if not of one listing.
        Denial::of_certificate(own().digest()).only_kid(kid("bare")),
        Denial::of_certificate(renewed().digest()).only_kid(kid("first")),
        Denial::of_kid(kid("bare")).only_key(key),
    ];
    for denial in denials {
        let store = store(denial.clone());
        assert!(store.iter().all(|key| key.denials().len() == 1));
        for name in &names {
            for text in [signed_under(name), shown_under(name)] {
                assert_eq!(summary(&verify(&store, &text)), DENIED, "{denial:?} {name}");
            }
        }
        // Nor does leaving listings out.
        for name in &names {
            let selected = store.select(|key| key.kid() == name);
            let verdict = verify(&selected, &shown_under(name));
            assert_eq!(summary(&verdict), DENIED, "{denial:?} {name}");
        }
    }
    let strange = Denial::of_certificate(own().digest()).only_kid(kid("strange"));
    for name in &names {
        let verdict = verify(&store(strange.clone()), &signed_under(name));
        assert_eq!(summary(&verdict), VALID);
    }
}

#[test]
fn a_bare_key_is_denied_by_the_kid_of_its_digest() {
    let store = built(|builder| {
        let key = own().public_key().clone();
        builder
            .add_public_key("own", kid("bare"), key, None, KeyUsage::ANY)
            .unwrap();
        let denial = Denial::of_kid(Kid::of_public_key(own().public_key()));
        builder.deny(DenyList::from_iter([denial]));
    });
    let verdict = verify(&store, &signed_under(&kid("bare")));
    assert_eq!(summary(&verdict), DENIED);
}

// ----------------------------------------------------------- revoked by any name

fn revoked_under(kid: &Kid, id: &Identifier) -> RevocationList {
    let list = json!({
        "country": "XX", "expires": "2031-01-01T00:00:00Z", "hashType": "UCI",
        "kid": BASE64_STANDARD.encode(kid.as_bytes()),
        "entries": [{"hash": BASE64_STANDARD.encode(&id.hash()[..16])}],
    });
    RevocationList::trust_unsigned("list", list.to_string().as_bytes()).unwrap()
}

fn outcome_with(store: &TrustStore, list: RevocationList, text: &str) -> Outcome {
    let mut revocations = Revocations::new();
    revocations.add(list);
    let policy = Policy::default().revocation(RevocationPolicy::BestEffort);
    let verifier = Verifier::with_policy(store.clone(), policy).with_revocations(revocations);
    verifier.verify(text, NOW).outcome()
}

fn uci(store: &TrustStore, text: &str) -> Identifier {
    let verdict = verify(store, text);
    let mut all = verdict.identifiers().iter();
    *all.find(|id| id.kind() == IdentifierKind::Uci).unwrap()
}

#[test]
fn what_is_revoked_under_a_listing_that_was_left_out_stays_revoked() {
    let store = built(|builder| {
        builder
            .add_certificate_der_as("own", kid("first"), own().der())
            .unwrap()
            .add_spki_der("bare", kid("second"), own().public_key().spki_der())
            .unwrap();
    });
    let selected = store.select(|key| *key.kid() == kid("second"));
    assert_eq!(selected.len(), 1);
    let text = shown_under(&kid("second"));
    for name in [kid("first"), kid("second"), own().kid()] {
        for store in [&store, &selected, &selected.select(|_| true)] {
            let list = revoked_under(&name, &uci(store, &text));
            assert_eq!(outcome_with(store, list, &text), Outcome::Revoked, "{name}");
        }
    }
}

#[test]
fn what_is_revoked_under_the_kid_of_the_keys_digest_is_revoked() {
    let store = built(|builder| {
        let key = own().public_key().spki_der().to_vec();
        builder.add_spki_der("bare", kid("bare"), &key).unwrap();
    });
    let text = signed_under(&kid("bare"));
    let name = Kid::of_public_key(own().public_key());
    let list = revoked_under(&name, &uci(&store, &text));
    assert_eq!(outcome_with(&store, list, &text), Outcome::Revoked);
}

// ------------------------------------------------------------------ recognition

fn policy(issuers: &str) -> Recognition {
    Recognition::from_toml(&format!(
        "name = 'P'\nversion = '1'\ncountry = 'XX'\nvalid_from = 2021-01-01\n\
         valid_until = 2023-12-31\n{issuers}\n[[vaccinations]]\nany_product = true\n\
         from_day = 0\nuntil_day = 'unlimited'\n"
    ))
    .unwrap()
}

fn decision(store: &TrustStore, text: &str, policy: &Recognition) -> Decision {
    let verdict = verify(store, text);
    let verified = verdict.verified().expect("valid");
    policy
        .evaluate(verified, &Arrival::new("XX", NOW))
        .decision()
}

/// The order of the entries of a list of the network is signed by nobody.
#[test]
fn the_order_of_entries_recognises_nobody() {
    let text = signed_under(&own().kid());
    let any = "issuers = 'any-trusted'";
    let not = |rows: &str| policy(&format!("{any}\nnot_recognised = [{rows}]"));
    let only = |rows: &str| policy(&format!("issuers = [{rows}]"));
    for places in [
        ["DCC:XXA:DSC", "DCC:XXB:DSC"],
        ["DCC:XXB:DSC", "DCC:XXA:DSC"],
    ] {
        let store = network(&places);
        for (policy, expected) in [
            (not("{ participants = ['XXA'] }"), Decision::Refused),
            (not("{ participants = ['XXB'] }"), Decision::Refused),
            (not("{ participants = ['XXC'] }"), Decision::Accepted),
            (only("{ participants = ['XXA'] }"), Decision::Accepted),
            (only("{ participants = ['XXB'] }"), Decision::Accepted),
            (only("{ participants = ['XXC'] }"), Decision::Refused),
        ] {
            assert_eq!(decision(&store, &text, &policy), expected, "{places:?}");
        }
        // What refuses wins.
        let both = policy(
            "issuers = [{ participants = ['XXA'] }]\nnot_recognised = [{ participants = ['XXB'] }]",
        );
        assert_eq!(decision(&store, &text, &both), Decision::Refused);
        assert!(
            both.periods(verify(&store, &text).verified().unwrap())
                .is_empty()
        );
        // Also where the application has left that listing out.
        let selected = store.select(|key| key.gdhcn().unwrap().participant() == "XXA");
        assert_eq!(decision(&selected, &text, &both), Decision::Refused);
    }
}

#[test]
fn all_of_a_row_holds_of_one_listing() {
    let text = signed_under(&own().kid());
    // XXA is listed for DCC, XXB for another domain.
    let store = network(&["DCC:XXA:DSC", "DDCC:XXB:DSC"]);
    for (domain, participant, expected) in [
        ("DCC", "XXA", Decision::Accepted),
        ("DDCC", "XXB", Decision::Accepted),
        ("DCC", "XXB", Decision::Refused),
        ("DDCC", "XXA", Decision::Refused),
    ] {
        let row = format!("{{ domains = ['{domain}'], participants = ['{participant}'] }}");
        let policy = policy(&format!("issuers = [{row}]"));
        assert_eq!(decision(&store, &text, &policy), expected, "{row}");
    }
}

/// A listing that vouches for nothing recognises nobody either.
#[test]
fn a_listing_for_another_domain_does_not_recognise() {
    let text = signed_under(&own().kid());
    for places in [
        ["DCC:XXA:DSC", "ICVP:XXB:DSC"],
        ["ICVP:XXB:DSC", "DCC:XXA:DSC"],
    ] {
        let store = network(&places);
        let only = |participant| {
            policy(&format!(
                "issuers = [{{ participants = ['{participant}'] }}]"
            ))
        };
        assert_eq!(decision(&store, &text, &only("XXA")), Decision::Accepted);
        assert_eq!(decision(&store, &text, &only("XXB")), Decision::Refused);
        let not = policy("issuers = 'any-trusted'\nnot_recognised = [{ participants = ['XXB'] }]");
        assert_eq!(decision(&store, &text, &not), Decision::Refused);
    }
}

#[test]
fn the_country_of_a_bare_listing_refuses_what_another_one_recognises() {
    let text = signed_under(&own().kid());
    let add_network = |builder: &mut TrustStoreBuilder| {
        add_network(builder, &[NETWORK.entry("DCC:XXA:DSC", &own())]);
    };
    let add_bare = |builder: &mut TrustStoreBuilder| {
        let key = own().public_key().clone();
        builder
            .add_public_key("bare", own().kid(), key, Some("YY"), KeyUsage::ANY)
            .unwrap();
    };
    for order in [true, false] {
        let store = built(|builder| match order {
            true => {
                add_network(builder);
                add_bare(builder);
            }
            false => {
                add_bare(builder);
                add_network(builder);
            }
        });
        let not = |row: &str| {
            policy(&format!(
                "issuers = 'any-trusted'\nnot_recognised = [{row}]"
            ))
        };
        for (row, expected) in [
            ("{ countries = ['YY'] }", Decision::Refused),
            ("{ countries = ['XX'] }", Decision::Refused),
            ("{ countries = ['ZZ'] }", Decision::Accepted),
            // The bare listing tells no participant; the other one does.
            ("{ participants = ['XXA'] }", Decision::Refused),
            ("{ participants = ['XXB'] }", Decision::Accepted),
        ] {
            assert_eq!(decision(&store, &text, &not(row)), expected, "{row}");
        }
    }
}

/// The network vouches for the participant; the country in its certificate a
/// participant writes itself.
#[test]
fn the_country_of_a_key_of_the_network_is_its_participants() {
    let named = |country: &str| {
        let (subject, issuer) = (
            format!("CN=DSC,C={country}"),
            format!("CN=CSCA,C={country}"),
        );
        Dsc::from_der(&lists::certificate(&subject, "a", &issuer, "csca", false)).unwrap()
    };
    for (participant, certificate, expected, noted) in [
        ("DEU", "DE", Some("DE"), false),
        ("DEU", "de", Some("DE"), false),
        ("DEU", "FR", Some("DE"), true),
        ("DEU", "XX", Some("DE"), true),
        ("SVN", "SI", Some("SI"), false),
        // Codes that are no country's: nothing makes them one.
        ("XCL", "FR", None, true),
        ("IOM", "IO", None, true),
        ("XCL", "XL", Some("XL"), false),
        ("XXA", "XX", Some("XX"), false),
    ] {
        let dsc = named(certificate);
        let place = format!("DCC:{participant}:DSC");
        let mut builder = TrustStore::builder();
        add_network(&mut builder, &[NETWORK.entry(&place, &dsc)]);
        let (store, report) = builder.build();
        let key = store.iter().next().unwrap();
        assert_eq!(key.country(), expected, "{participant} {certificate}");
        let codes: Vec<_> = report
            .problems
            .iter()
            .map(|p| (p.problem.code(), p.kept))
            .collect();
        let note = [("participant-country", true)];
        assert_eq!(
            codes,
            note[..usize::from(noted)],
            "{participant} {certificate}"
        );
    }
    let dsc = named("FR");
    let store = built(|builder| add_network(builder, &[NETWORK.entry("DCC:DEU:DSC", &dsc)]));
    let text = signed_under(&dsc.kid());
    for (issuers, expected) in [
        ("issuers = [{ countries = ['FR'] }]", Decision::Refused),
        ("issuers = [{ countries = ['DE'] }]", Decision::Accepted),
        (
            "issuers = 'any-trusted'\nnot_recognised = [{ countries = ['DE'] }]",
            Decision::Refused,
        ),
    ] {
        assert_eq!(
            decision(&store, &text, &policy(issuers)),
            expected,
            "{issuers}"
        );
    }
}

/// Rules see one kid. Of a key that has several the holder may choose it.
#[test]
fn a_rule_that_refuses_a_kid_is_asked_about_each_of_the_key() {
    let store = built(|builder| {
        for name in ["first", "second"] {
            let der = own();
            builder
                .add_certificate_der_as("own", kid(name), der.der())
                .unwrap();
        }
    });
    let rules = |name: &str| {
        let rule = json!([{
            "Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
            "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
            "CertificateType": "General", "Description": [{"lang": "en", "desc": "not that kid"}],
            "ValidFrom": "2021-01-01T00:00:00Z", "ValidTo": "2030-01-01T00:00:00Z",
            "AffectedFields": [],
            "Logic": {"!": [{"in": [{"var": "external.kid"}, [name]]}]},
        }]);
        hcert::rules::RuleSet::from_json(rule.to_string().as_bytes()).unwrap()
    };
    for shown in ["first", "second"] {
        let verdict = verify(&store, &shown_under(&kid(shown)));
        let subject = hcert::rules::Subject::from(verdict.verified().unwrap());
        for (name, expected) in [
            ("first", Decision::Refused),
            ("second", Decision::Refused),
            ("third", Decision::Accepted),
        ] {
            let name = BASE64_STANDARD.encode(name);
            let found = rules(&name).evaluate(&subject, &Arrival::new("XX", NOW));
            assert_eq!(found.decision(), expected, "{shown} {name}");
        }
    }
}

/// The kid that leads to a listing may be the holder's choice.
#[test]
fn the_kid_does_not_choose_the_listing_that_judges() {
    for order in [["first", "second"], ["second", "first"]] {
        let store = built(|builder| {
            for name in order {
                let usage = match name {
                    "first" => Usage::Test.into(),
                    _ => KeyUsage::ANY,
                };
                let key = own().public_key().clone();
                builder
                    .add_public_key("own", kid(name), key, None, usage)
                    .unwrap();
            }
        });
        for name in ["first", "second"] {
            assert_eq!(summary(&verify(&store, &shown_under(&kid(name)))), VALID);
        }
    }
}

// ----------------------------------------------------------------------- domains

#[test]
fn a_key_signs_what_its_domain_is_for() {
    let card = card::card_2026();
    let link = cbor!([{"u" => "shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnL3FyIiwia2V5IjoiV2xwYVdscGFXbHBhV2xwYVdscGFXbHBhV2xwYVdscGFXbHBhV2xwYVdsbyJ9"}]).unwrap();
    let texts = [signed(1, dcc()), signed(-6, card), signed(5, link)];
    let (yes, no) = (VALID, (Outcome::Invalid, Some("domain-payload")));
    let unknown = (Outcome::Unascertained, Some("domain-unknown"));
    for (domain, expected) in [
        ("DCC", [yes, no, no]),
        ("DDCC", [yes, no, no]),
        ("ICVP", [no, yes, no]),
        ("RACSEL-DDVC", [no, yes, no]),
        ("PH4H", [no, yes, yes]),
        ("IPS-PILGRIMAGE", [no, no, yes]),
        ("IPS", [unknown, unknown, unknown]),
        ("dcc", [unknown, unknown, unknown]),
        ("XYZ", [unknown, unknown, unknown]),
    ] {
        for usage in ["DSC", "SCA"] {
            let store = network(&[&format!("{domain}:XXA:{usage}")]);
            let found = texts.each_ref().map(|text| {
                let verdict = verify(&store, text);
                summary(&verdict)
            });
            assert_eq!(found, expected, "{domain}");
        }
    }
}

#[test]
fn a_reason_names_the_domain_and_the_payload() {
    for (place, words) in [("ICVP:XXA:DSC", "ICVP"), ("XYZ:XXA:DSC", "XYZ")] {
        let verdict = verify(&network(&[place]), &signed(1, dcc()));
        let reason = verdict.reason().unwrap().to_string();
        assert!(
            reason.contains(words) && reason.contains("eu-dcc"),
            "{reason}"
        );
        assert!(verdict.verified().is_none());
    }
}

#[test]
fn of_several_domains_one_that_allows_it_suffices_in_any_order() {
    let text = signed(1, dcc());
    let no = (Outcome::Invalid, Some("domain-payload"));
    let unknown = (Outcome::Unascertained, Some("domain-unknown"));
    for (places, expected) in [
        (["DCC:XXA:DSC", "ICVP:XXA:DSC"], VALID),
        (["DCC:XXA:DSC", "XYZ:XXA:DSC"], VALID),
        (["ICVP:XXA:DSC", "PH4H:XXA:DSC"], no),
        // That one may be for it.
        (["ICVP:XXA:DSC", "XYZ:XXA:DSC"], unknown),
    ] {
        let turned = [places[1], places[0]];
        for places in [places, turned] {
            assert_eq!(summary(&verify(&network(&places), &text)), expected);
        }
    }
    // A list that names no domain limits the key to none, and another list does
    // not widen that of a domain: each listing speaks for itself.
    let store = built(|builder| {
        add_network(builder, &[NETWORK.entry("ICVP:XXA:DSC", &own())]);
        let list = lists::certificates(&[(own().kid(), own().der())], "2021-06-01T00:00:00Z");
        builder
            .add_list("list", ListFormat::Certificates, list.as_bytes())
            .unwrap();
    });
    assert_eq!(summary(&verify(&store, &text)), VALID);
    let network = store.select(|key| key.gdhcn().is_some());
    assert_eq!(summary(&verify(&network, &text)), no);
}

/// Fresh for one domain, and stale for the other: no authorisation is mended by
/// that of another listing.
#[test]
fn one_listing_has_to_hold_in_all_respects() {
    let fresh = NETWORK.signed(NETWORK.document(&[NETWORK.entry("ICVP:XXA:DSC", &own())]));
    let old = lists::swedish(
        &[(own().kid(), own().der())],
        ISSUED.seconds(),
        NOW.seconds() - 1,
        "list",
    );
    let store = built(|builder| {
        let fresh = fresh.to_string();
        builder
            .add_gdhcn("fresh", fresh.as_bytes(), &NETWORK.anchor())
            .unwrap()
            .trust_unsigned_list("old", ListFormat::Swedish, &old)
            .unwrap();
    });
    let verdict = verify(&store, &signed(1, dcc()));
    assert_eq!(
        summary(&verdict),
        (Outcome::Unascertained, Some("list-expired"))
    );
}

// --------------------------------------------- certificates beside a bare listing

/// What a certificate limits, a list without certificates doesn't lift; the
/// caller's own word does.
#[test]
fn a_list_of_bare_keys_does_not_lift_the_limits_of_a_certificate() {
    let of_tests = dsc("a", &["1.3.6.1.4.1.1847.2021.1.1"]);
    let late = Timestamp::parse("2023-06-01T00:00:00Z").unwrap();
    let spki = BASE64_STANDARD.encode(own().public_key().spki_der());
    let bare = json!({"bare": [{"subjectPk": spki}]});
    // base64 of other bytes, which is all the same for a kid.
    let name = Kid::from_base64("bare").unwrap();
    let text = shown_under(&name);
    let claims = raw::with(raw::cwt(dcc()), 4, Some(Cbor::from(late.seconds() + 1000)));
    let long = raw::text(&Raw::new(name.as_bytes()).payload(claims).sign(&signer("a")));
    let add_bare = |builder: &mut TrustStoreBuilder| {
        builder
            .trust_unsigned_list("nl", ListFormat::Dutch, bare.to_string().as_bytes())
            .unwrap();
    };
    let alone = built(add_bare);
    assert_eq!(summary(&verify(&alone, &text)), VALID);
    let at_last = |store: &TrustStore| {
        let verdict = Verifier::new(store.clone()).verify(&long, late);
        summary(&verdict)
    };
    assert_eq!(at_last(&alone), VALID);

    let both = built(|builder| {
        add_bare(builder);
        builder.add_certificate_der("own", of_tests.der()).unwrap();
    });
    let usage = (Outcome::Invalid, Some("key-usage"));
    assert_eq!(summary(&verify(&both, &text)), usage);
    assert_eq!(at_last(&both).0, Outcome::Invalid);
    let both = built(|builder| {
        builder.add_certificate_der("own", own().der()).unwrap();
        add_bare(builder);
    });
    assert_eq!(summary(&verify(&both, &text)), VALID);
    let expired = (Outcome::Expired, Some("dsc-expired"));
    assert_eq!(at_last(&both), expired);
    // Nor where the certificate is left out of the store.
    let selected = both.select(|key| key.validity().is_none());
    assert_eq!(at_last(&selected), expired);
    // The caller's own word.
    let vouched = built(|builder| {
        let key = own().public_key().clone();
        builder.add_certificate_der("own", own().der()).unwrap();
        builder
            .add_public_key("hand", name.clone(), key, None, Usage::Vaccination.into())
            .unwrap();
    });
    assert_eq!(at_last(&vouched), VALID);
}

/// The Netherlands' form of the key, under the kid of the certificate.
fn add_dutch(builder: &mut TrustStoreBuilder, of: &Dsc, usage: &[&str]) {
    let name = BASE64_STANDARD.encode(of.kid().as_bytes());
    let spki = BASE64_STANDARD.encode(of.public_key().spki_der());
    let list = json!({name: [{"subjectPk": spki, "keyUsage": usage}]}).to_string();
    builder
        .trust_unsigned_list("nl", ListFormat::Dutch, list.as_bytes())
        .unwrap();
}

/// A certificate of the same key for that long and for these records.
fn certified(until: &str, eku: &[&str]) -> Dsc {
    let mut spec = lists::spec("CN=DSC,C=XX", "CN=CSCA,C=XX", false);
    (spec.not_after, spec.eku) = (Timestamp::parse(until).unwrap(), eku);
    let keys = [pki::TestKey::new("a"), pki::TestKey::new("csca")];
    Dsc::from_der(&pki::certificate(&spec, &keys[0], &keys[1]).unwrap()).unwrap()
}

fn add_certificates(builder: &mut TrustStoreBuilder, all: &[&Dsc]) {
    let listed: Vec<_> = all.iter().map(|of| (of.kid(), of.der())).collect();
    let list = lists::certificates(&listed, "2021-06-01T00:00:00Z");
    builder
        .add_list("list", ListFormat::Certificates, list.as_bytes())
        .unwrap();
}

/// A list that says what the bare key may sign widens no certificate's usage.
#[test]
fn the_usages_of_a_bare_listing_come_on_top_of_a_certificates() {
    let of_tests = certified("2023-01-01T00:00:00Z", &[pki::EKU_TEST]);
    let refused = (Outcome::Invalid, Some("key-usage"));
    let any = certified("2023-01-01T00:00:00Z", &[]);
    for (certificate, usage, expected) in [
        (&of_tests, &["t", "v", "r"][..], refused),
        (&of_tests, &["v"], refused),
        (&of_tests, &["t"], refused),
        (&any, &["v"], VALID),
        (&any, &["t"], VALID),
    ] {
        let store = built(|builder| {
            add_certificates(builder, &[certificate]);
            add_dutch(builder, certificate, usage);
        });
        let found = verify(&store, &signed_under(&certificate.kid()));
        assert_eq!(summary(&found), expected, "{usage:?}");
    }
}

/// One is for vaccinations and has ended, the other is for tests.
#[test]
fn a_bare_listing_does_not_join_two_certificates() {
    let ended = certified("2021-06-15T00:00:00Z", &[pki::EKU_VACCINATION]);
    let of_tests = certified("2023-01-01T00:00:00Z", &[pki::EKU_TEST]);
    for bare in [false, true] {
        let store = built(|builder| {
            add_certificates(builder, &[&ended, &of_tests]);
            if bare {
                add_dutch(builder, &of_tests, &[]);
            }
        });
        for kid in [ended.kid(), of_tests.kid()] {
            let verdict = verify(&store, &signed_under(&kid));
            let expected = (Outcome::Expired, Some("dsc-expired"));
            assert_eq!(summary(&verdict), expected, "{bare}");
        }
    }
}

/// Verified today, and asked for an arrival after the certificate's end.
#[test]
fn a_bare_listing_does_not_lift_the_end_for_an_arrival() {
    let ends = certified("2021-08-01T00:00:00Z", &[]);
    let policy = Recognition::from_json(
        json!({
            "name": "P", "version": "1", "country": "XX", "valid_from": "2021-01-01",
            "valid_until": "2022-12-31", "issuers": "any-trusted",
            "vaccinations": [{"any_product": true, "from_day": 0, "until_day": 270}],
        })
        .to_string()
        .as_bytes(),
    )
    .unwrap();
    let rules = hcert::rules::RuleSet::from_json(
        json!([{
            "Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
            "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
            "CertificateType": "General", "Description": [], "ValidFrom": "2020-01-01T00:00:00Z",
            "ValidTo": "2099-01-01T00:00:00Z", "AffectedFields": [], "Logic": {"===": [1, 1]},
        }])
        .to_string()
        .as_bytes(),
    )
    .unwrap();
    let later = Arrival::new("XX", Timestamp::parse("2021-10-01T00:00:00Z").unwrap());
    for bare in [false, true] {
        let store = built(|builder| {
            add_certificates(builder, &[&ends]);
            if bare {
                add_dutch(builder, &ends, &[]);
            }
        });
        let verdict = verify(&store, &signed_under(&ends.kid()));
        // Strictly, too, the end is that of the certificate.
        let departures = verdict.deviations().iter().map(|d| d.code());
        assert_eq!(departures.collect::<Vec<_>>(), ["exp-outside-dsc"]);
        let verified = verdict.into_verified().unwrap();
        let asked = policy.evaluate(&verified, &later);
        assert_eq!(asked.decision(), Decision::Refused, "{bare}");
        let end = policy.periods(&verified)[0].until;
        assert_eq!(end.to_string(), "2021-08-01T00:00:01Z", "{bare}");
        let asked = rules.evaluate(&hcert::rules::Subject::from(&verified), &later);
        assert_eq!(asked.decision(), Decision::Open, "{bare}");
    }
}

// ------------------------------------------------------------------- every order

/// What is added, each in one way that a listing of the key can differ.
fn part(n: usize) -> Box<dyn Fn(&mut TrustStoreBuilder)> {
    let add_list = |builder: &mut TrustStoreBuilder, list: String| {
        builder
            .add_list("list", ListFormat::Certificates, list.as_bytes())
            .unwrap();
    };
    match n {
        0 => Box::new(|b| {
            add_network(
                b,
                &[
                    NETWORK.entry("DCC:XXA:DSC", &own()),
                    NETWORK.entry("ICVP:XXB:DSC", &own()),
                ],
            )
        }),
        1 => Box::new(|b| {
            let entries = ["ICVP:XXB:DSC", "XYZ:XXC:SCA"].map(|place| NETWORK.entry(place, &own()));
            let list = NETWORK.signed(NETWORK.document(&entries)).to_string();
            b.trust_unsigned_list("other", ListFormat::Gdhcn, &list)
                .unwrap();
        }),
        2 => Box::new(|b| {
            b.add_certificate_der_as("renewed", own().kid(), renewed().der())
                .unwrap();
        }),
        3 => Box::new(|b| {
            let spki = own().public_key().spki_der().to_vec();
            b.add_spki_der("bare", kid("bare"), &spki).unwrap();
        }),
        4 => Box::new(move |b| {
            add_list(b, json!({"certificates": [
            {"kid": BASE64_STANDARD.encode(own().kid().as_bytes()), "rawData": BASE64_STANDARD.encode(own().der()), "country": "YY"},
        ]}).to_string())
        }),
        _ => Box::new(|b| {
            let tests = dsc("a", &["1.3.6.1.4.1.1847.2021.1.1"]);
            b.add_certificate_der_as("tests", own().kid(), tests.der())
                .unwrap();
        }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// The verdict, all that it says, and what a policy makes of it.
    #[test]
    fn no_order_changes_anything(
        parts in proptest::sample::subsequence((0..6usize).collect::<Vec<_>>(), 1..=6),
        seed in any::<u64>(),
        denied in 0..4u8,
    ) {
        let mut shuffled = parts.clone();
        // Fisher and Yates.
        let mut state = seed | 1;
        for n in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(n, (state >> 33) as usize % (n + 1));
        }
        let store = |parts: &[usize]| built(|builder| {
            for n in parts {
                part(*n)(builder);
            }
            let kid = match denied {
                0 => kid("bare"),
                1 => renewed().kid(),
                _ => return,
            };
            builder.deny(DenyList::from_iter([Denial::of_kid(kid)]));
        });
        let (a, b) = (store(&parts), store(&shuffled));
        let policies = [
            policy("issuers = [{ participants = ['XXA'] }]"),
            policy("issuers = [{ countries = ['YY'] }]"),
            policy("issuers = 'any-trusted'\nnot_recognised = [{ participants = ['XXB'] }]"),
            policy("issuers = 'any-trusted'\nnot_recognised = [{ countries = ['YY'] }]"),
        ];
        for text in [signed_under(&own().kid()), shown_under(&own().kid()), shown_under(&kid("bare"))] {
            let [x, y] = [&a, &b].map(|store| verify(store, &text));
            prop_assert_eq!(format!("{x:?}"), format!("{y:?}"));
            let name = |verdict: &Verdict| verdict.signer().map(|key| {
                (key.kid().clone(), key.gdhcn().cloned(), key.country().map(str::to_owned), key.certificate_digest())
            });
            prop_assert_eq!(name(&x), name(&y));
            if let (Some(x), Some(y)) = (x.verified(), y.verified()) {
                for policy in &policies {
                    let arrival = Arrival::new("XX", NOW);
                    let [x, y] = [x, y].map(|v| (policy.evaluate(v, &arrival), policy.periods(v)));
                    prop_assert_eq!(format!("{x:?}"), format!("{y:?}"));
                }
            }
        }
    }
}
