//! A deny list beats every trust list.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ciborium::Value as Cbor;
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::crypto::{CertificateDigest, KeyFingerprint};
use hcert::trust::{
    Anchor, Denial, DenyError, DenyList, Dsc, Kid, ListFormat, TrustStore, TrustStoreBuilder,
};
use hcert::verify::{Outcome, Policy, Reason, Step, Verdict, Verifier};
use hcert_testkit::fixtures::{self, ISSUED, NOW, dsc, issued, vaccination};
use hcert_testkit::lists::gdhcn::{Names, PROD};
use hcert_testkit::pki::TestKey;
use hcert_testkit::time::Plus as _;
use hcert_testkit::{lists, raw};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::time::Duration;

fn one(denial: Denial) -> DenyList {
    DenyList::from_iter([denial])
}

fn digest(der: &[u8]) -> CertificateDigest {
    CertificateDigest::new(sha256(der))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A store of the usual document signer.
fn builder() -> TrustStoreBuilder {
    let mut builder = TrustStore::builder();
    builder
        .add_certificate_der("own", dsc("dsc", &[]).der())
        .unwrap();
    builder
}

fn verify(store: &TrustStore, text: &str) -> Verdict {
    Verifier::new(store.clone()).verify(text, NOW)
}

/// A vaccination, signed by the key of that label under the kid of `dsc`.
fn signed_as(kid: &Kid, label: &str) -> String {
    let raw = raw::Raw::new(kid.as_bytes());
    raw::text(&raw.sign(&fixtures::signer(label)))
}

fn outcome(builder: TrustStoreBuilder, text: &str) -> Outcome {
    verify(&builder.build().0, text).outcome()
}

fn denied(denial: Denial) -> Outcome {
    let mut builder = builder();
    builder.deny(one(denial));
    outcome(builder, issued("dsc", &vaccination()).text())
}

/// Each way to name the usual document signer's key.
fn ways() -> [(&'static str, Denial); 6] {
    let dsc = dsc("dsc", &[]);
    let key = dsc.public_key().fingerprint();
    [
        ("key", Denial::of_key(dsc.public_key())),
        ("fingerprint", Denial::of_fingerprint(key)),
        ("certificate", Denial::of_certificate(digest(dsc.der()))),
        ("kid", Denial::of_kid(dsc.kid())),
        ("kid and key", Denial::of_kid(dsc.kid()).only_key(key)),
        (
            "key and kid",
            Denial::of_fingerprint(key).only_kid(dsc.kid()),
        ),
    ]
}

#[test]
fn a_denied_key_is_revoked_with_its_own_code_and_the_lists_words() {
    let text = issued("dsc", &vaccination());
    assert_eq!(outcome(builder(), text.text()), Outcome::Valid);
    for (way, denial) in ways() {
        for why in [None, Some("its private key is published")] {
            let denial = match why {
                Some(why) => denial.clone().because(why),
                None => denial.clone(),
            };
            let mut builder = builder();
            builder.deny(one(denial));
            let verdict = verify(&builder.build().0, text.text());
            assert_eq!(verdict.outcome(), Outcome::Revoked, "{way}");
            assert_eq!(verdict.outcome().code(), "revoked");
            let kid = dsc("dsc", &[]).kid();
            let expected = Reason::KeyDenied {
                kid: kid.clone(),
                why: why.map(Into::into),
            };
            assert_eq!(verdict.reason(), Some(&expected));
            assert_eq!(expected.code(), "key-denied");
            assert_eq!(verdict.step(Step::Revocation).code(), Some("key-denied"));
            let words = verdict.reason().unwrap().to_string();
            assert!(words.contains(&kid.to_string()), "{words}");
            assert!(why.is_none_or(|why| words.contains(why)), "{words}");
            assert!(verdict.verified().is_none() && verdict.into_verified().is_err());
        }
    }
}

#[test]
fn denying_first_or_last_is_the_same() {
    let text = issued("dsc", &vaccination());
    for (way, denial) in ways() {
        let mut first = TrustStore::builder();
        first.deny(one(denial.clone()));
        first
            .add_certificate_der("own", dsc("dsc", &[]).der())
            .unwrap();
        assert_eq!(outcome(first, text.text()), Outcome::Revoked, "{way}");
        // A second list takes nothing back.
        let mut twice = builder();
        twice.deny(one(denial)).deny(DenyList::new());
        assert_eq!(outcome(twice, text.text()), Outcome::Revoked, "{way}");
    }
}

#[test]
fn a_deny_list_beats_every_form_of_trust_list() {
    let dsc = dsc("dsc", &[]);
    let listed = [(dsc.kid(), dsc.der())];
    let anchor = {
        let der = TestKey::new("list").spki_der().unwrap();
        Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
    };
    let (iat, exp) = (ISSUED.seconds(), NOW.seconds() + 1000);
    let german = lists::german(
        &lists::certificates(&listed, "2021-06-01T00:00:00Z"),
        "list",
    );
    let swedish = lists::swedish(&listed, iat, exp, "list");
    let austrian = lists::austrian(&listed);
    let signature = lists::austrian_signature(&austrian, iat, exp, "list");
    let network = Names {
        created: "2021-06-01T00:00:00Z",
        ..PROD
    };
    let who = network.signed(network.document(&[network.entry("DCC:XXA:DSC", &dsc)]));
    let spki = dsc.public_key().spki_der().to_vec();
    let text = issued("dsc", &vaccination());
    type Add<'a> = Box<dyn Fn(&mut TrustStoreBuilder) + 'a>;
    let adds: Vec<(&str, Add)> = vec![
        (
            "de",
            Box::new(|b| {
                let anchors = std::slice::from_ref(&anchor);
                b.add_signed_list("de", ListFormat::German, &german, anchors)
                    .unwrap();
            }),
        ),
        (
            "se",
            Box::new(|b| {
                let anchors = std::slice::from_ref(&anchor);
                b.add_signed_list("se", ListFormat::Swedish, &swedish, anchors)
                    .unwrap();
            }),
        ),
        (
            "at",
            Box::new(|b| {
                let both = hcert::trust::ListBytes::from(&austrian).with_companion(&signature);
                let anchors = std::slice::from_ref(&anchor);
                b.add_signed_list("at", ListFormat::Austrian, both, anchors)
                    .unwrap();
            }),
        ),
        (
            "gdhcn",
            Box::new(|b| {
                b.add_gdhcn("who", who.to_string().as_bytes(), &network.anchor())
                    .unwrap();
            }),
        ),
        (
            "unsigned",
            Box::new(|b| {
                b.trust_unsigned_list("de", ListFormat::German, &german)
                    .unwrap();
            }),
        ),
        (
            "by hand",
            Box::new(|b| {
                b.add_certificate_der("own", dsc.der()).unwrap();
            }),
        ),
        (
            "bare",
            Box::new(|b| {
                b.add_spki_der("own", dsc.kid(), &spki).unwrap();
            }),
        ),
    ];
    for (name, add) in &adds {
        for (way, denial) in ways() {
            let mut builder = TrustStore::builder();
            add(&mut builder);
            builder.deny(one(denial));
            // A bare key has no certificate that could be named.
            let expected = match (*name, way) {
                ("bare", "certificate") => Outcome::Valid,
                _ => Outcome::Revoked,
            };
            assert_eq!(outcome(builder, text.text()), expected, "{name}, {way}");
        }
    }
    // All of them together don't outvote it.
    let mut all = TrustStore::builder();
    for (_, add) in &adds {
        add(&mut all);
    }
    all.deny(one(Denial::of_key(dsc.public_key())));
    assert_eq!(outcome(all, text.text()), Outcome::Revoked);
}

#[test]
fn selecting_keys_keeps_what_is_denied() {
    let text = issued("dsc", &vaccination());
    for (way, denial) in ways() {
        let mut builder = builder();
        let other = dsc("other", &[]);
        builder.add_certificate_der("own", other.der()).unwrap();
        builder.deny(one(denial));
        let store = builder.build().0;
        let kid = dsc("dsc", &[]).kid();
        for selected in [
            store.select(|_| true),
            store.select(|key| *key.kid() == kid),
            store.select(|_| true).select(|_| true).clone(),
        ] {
            assert_eq!(
                verify(&selected, text.text()).outcome(),
                Outcome::Revoked,
                "{way}"
            );
            let key = selected.iter().find(|key| *key.kid() == kid).unwrap();
            assert_eq!(key.denials().len(), 1);
        }
    }
}

#[test]
fn what_is_named_otherwise_is_left_alone() {
    let dsc = dsc("dsc", &[]);
    let key = dsc.public_key().fingerprint();
    let other = fixtures::dsc("other", &[]);
    for denial in [
        Denial::of_key(other.public_key()),
        Denial::of_certificate(digest(other.der())),
        Denial::of_kid(other.kid()),
        // All that an entry says has to apply.
        Denial::of_kid(other.kid()).only_key(key),
        Denial::of_kid(dsc.kid()).only_key(other.public_key().fingerprint()),
        Denial::of_certificate(digest(dsc.der())).only_kid(other.kid()),
        Denial::of_certificate(digest(dsc.der())).only_key(KeyFingerprint::new([0; 32])),
        // A prefix, as a kid would be one.
        Denial::of_kid(Kid::new(&dsc.kid().as_bytes()[..7]).unwrap()),
        // The hash of the certificate is not that of the key.
        Denial::of_fingerprint(KeyFingerprint::new(sha256(dsc.der()))),
        Denial::of_certificate(CertificateDigest::new(*key.as_bytes())),
    ] {
        assert_eq!(denied(denial.clone()), Outcome::Valid, "{denial:?}");
    }
}

#[test]
fn of_two_keys_under_one_kid_only_the_named_one_is_denied() {
    let (first, second) = (dsc("dsc", &[]), dsc("other", &[]));
    let kid = first.kid();
    let [by_first, by_second] = ["dsc", "other"].map(|label| signed_as(&kid, label));
    let certificate = digest(second.der());
    for (denial, expected) in [
        (
            Denial::of_kid(kid.clone()).only_key(second.public_key().fingerprint()),
            [Outcome::Valid, Outcome::Revoked],
        ),
        (
            Denial::of_key(second.public_key()),
            [Outcome::Valid, Outcome::Revoked],
        ),
        (
            Denial::of_certificate(certificate),
            [Outcome::Valid, Outcome::Revoked],
        ),
        (
            Denial::of_key(first.public_key()).only_kid(kid.clone()),
            [Outcome::Revoked, Outcome::Valid],
        ),
        // By kid alone both are meant.
        (
            Denial::of_kid(kid.clone()),
            [Outcome::Revoked, Outcome::Revoked],
        ),
    ] {
        for order in [[&first, &second], [&second, &first]] {
            let mut builder = TrustStore::builder();
            for dsc in order {
                builder
                    .add_certificate_der_as("own", kid.clone(), dsc.der())
                    .unwrap();
            }
            builder.deny(one(denial.clone()));
            let store = builder.build().0;
            let found = [&by_first, &by_second].map(|text| verify(&store, text).outcome());
            assert_eq!(found, expected, "{denial:?}");
        }
    }
}

#[test]
fn a_denied_entry_is_not_saved_by_another_one_over_the_same_key() {
    let usual = dsc("dsc", &[]);
    // The same key, in a certificate that was renewed.
    let renewed = {
        let der = lists::certificate("CN=Renewed,C=XX", "dsc", "CN=CSCA,C=XX", "csca", false);
        Dsc::from_der(&der).unwrap()
    };
    assert_eq!(renewed.public_key(), usual.public_key());
    let text = issued("dsc", &vaccination());
    let add = |builder: &mut TrustStoreBuilder, which: &str| {
        let (kid, key) = (usual.kid(), usual.public_key().spki_der());
        match which {
            "usual" => builder.add_certificate_der_as("usual", kid, usual.der()),
            "renewed" => builder.add_certificate_der_as("renewed", kid, renewed.der()),
            _ => builder.add_spki_der("bare", kid, key),
        }
        .unwrap();
    };
    let orders = [
        ["usual", "renewed", "bare"],
        ["renewed", "usual", "bare"],
        ["bare", "renewed", "usual"],
    ];
    for order in orders {
        for dated in [false, true] {
            let mut denial = Denial::of_certificate(digest(usual.der()));
            if dated {
                denial = denial.signed_after(ISSUED.plus(-1));
            }
            let mut builder = TrustStore::builder();
            for which in order {
                add(&mut builder, which);
            }
            builder.deny(one(denial));
            let store = builder.build().0;
            let verdict = verify(&store, text.text());
            assert_eq!(verdict.outcome(), Outcome::Revoked, "{order:?}");
            // Nor by leaving out the entries that are denied.
            let rest = store.select(|key| key.denials().is_empty());
            assert!(rest.is_empty(), "{order:?}");
        }
    }
    // Without it, any of the other two vouches.
    let mut builder = TrustStore::builder();
    add(&mut builder, "renewed");
    add(&mut builder, "bare");
    builder.deny(one(Denial::of_certificate(digest(usual.der()))));
    assert_eq!(outcome(builder, text.text()), Outcome::Valid);
}

// ------------------------------------------------------------------- by date

/// A certificate with this `iat`.
fn dated(iat: Option<Cbor>) -> String {
    let kid = dsc("dsc", &[]).kid();
    let payload = raw::with(raw::cwt(raw::dcc()), 6, iat);
    let raw = raw::Raw::new(kid.as_bytes()).payload(payload);
    raw::text(&raw.sign(&fixtures::signer("dsc")))
}

fn seconds(time: Timestamp) -> Option<Cbor> {
    Some(Cbor::from(time.seconds()))
}

#[test]
fn a_date_divides_the_signatures_of_a_key() {
    let turn = ISSUED;
    let key = || Denial::of_key(dsc("dsc", &[]).public_key());
    let after = key().signed_after(turn);
    let before = key().signed_before(turn);
    let between = key()
        .signed_after(turn.plus(-10))
        .signed_before(turn.plus(10));
    let (revoked, valid) = (Outcome::Revoked, Outcome::Valid);
    for (offset, expected) in [
        (-11, [valid, revoked, valid]),
        (-10, [valid, revoked, valid]),
        (-1, [valid, revoked, revoked]),
        // Neither later nor earlier.
        (0, [valid, valid, revoked]),
        (1, [revoked, valid, revoked]),
        (10, [revoked, valid, valid]),
    ] {
        let text = dated(seconds(turn.plus(offset)));
        for (denial, expected) in [&after, &before, &between].into_iter().zip(expected) {
            let mut builder = builder();
            builder.deny(one(denial.clone()));
            assert_eq!(outcome(builder, &text), expected, "{offset} {denial:?}");
        }
    }
    // Nobody can say that a signature without a usable date is an old one.
    for iat in [
        None,
        Some(Cbor::from(-1)),
        Some(Cbor::from(u64::MAX)),
        Some(Cbor::Float(f64::NAN)),
        Some(Cbor::Text("2021-06-01".into())),
    ] {
        let text = dated(iat.clone());
        for denial in [&after, &before, &between] {
            let mut builder = builder();
            builder.deny(one(denial.clone()));
            assert_eq!(outcome(builder, &text), revoked, "{iat:?} {denial:?}");
        }
    }
    // A claim in the future is not spared by any date.
    let mut far = builder();
    far.deny(one(key().signed_after(NOW)));
    let verdict = verify(&far.build().0, &dated(seconds(NOW.plus(3600))));
    assert_eq!(verdict.outcome(), revoked);
}

#[test]
fn of_several_entries_one_that_applies_is_enough() {
    let key = || Denial::of_key(dsc("dsc", &[]).public_key());
    let text = dated(seconds(ISSUED));
    let never = key().signed_after(NOW).because("never");
    let applies = key().signed_after(ISSUED.plus(-1)).because("applies");
    for order in [[&never, &applies], [&applies, &never]] {
        let mut builder = builder();
        builder.deny(order.into_iter().cloned().collect());
        let verdict = verify(&builder.build().0, &text);
        let words = verdict.reason().unwrap().to_string();
        assert!(words.contains("applies") && !words.contains("never"));
    }
}

#[test]
fn dates_at_the_ends_of_their_range_neither_wrap_nor_panic() {
    let text = dated(seconds(ISSUED));
    let times = [i64::MIN, -1, 0, i64::MAX].map(Timestamp::from_seconds);
    for time in times {
        let key = || Denial::of_key(dsc("dsc", &[]).public_key());
        for (denial, expected) in [
            (key().signed_after(time), ISSUED > time),
            (key().signed_before(time), ISSUED < time),
        ] {
            let mut builder = builder();
            builder.deny(one(denial));
            let store = builder.build().0;
            let verdict = verify(&store, &text);
            assert_eq!(verdict.outcome() == Outcome::Revoked, expected, "{time}");
            for now in times {
                let policy = Policy::default().issue_skew(Duration::MAX);
                let verdict = Verifier::with_policy(store.clone(), policy).verify(&text, now);
                assert_ne!(verdict.outcome(), Outcome::Valid, "{now}");
                let _ = format!("{verdict:?}");
            }
        }
    }
}

// ------------------------------------------------------------ what else fails

/// eu-dcc-hcert-spec#103: certificates for "Adolf Hitler" that verified, made
/// with the issuer's own key. Signature, dates and content are in order; only
/// a deny list tells.
#[test]
fn a_validly_signed_fake_is_revoked_by_its_key() {
    let kid = dsc("dsc", &[]).kid();
    let text = signed_as(&kid, "dsc");
    assert_eq!(outcome(builder(), &text), Outcome::Valid);
    let mut builder = builder();
    let json = format!(
        r#"{{"deny":[{{"kid":"{}","why":"abused for fakes"}}]}}"#,
        BASE64_STANDARD.encode(kid.as_bytes())
    );
    builder.deny(DenyList::from_json(json.as_bytes()).unwrap());
    let verdict = verify(&builder.build().0, &text);
    assert_eq!(verdict.outcome(), Outcome::Revoked);
    let failed: Vec<_> = verdict
        .steps()
        .filter(|(_, result)| result.word() == "failed")
        .map(|(step, _)| step)
        .collect();
    assert_eq!(failed, [Step::Revocation]);
}

#[test]
fn a_denied_key_outweighs_whatever_else_is_wrong() {
    let mut builder = builder();
    builder.deny(one(Denial::of_key(dsc("dsc", &[]).public_key())));
    let store = builder.build().0;
    let text = issued("dsc", &vaccination());
    for now in [
        fixtures::EXPIRES.plus(1),
        ISSUED.plus(-3600),
        Timestamp::parse("2024-01-01T00:00:00Z").unwrap(),
    ] {
        let verdict = Verifier::new(store.clone()).verify(text.text(), now);
        assert_eq!(verdict.outcome(), Outcome::Revoked, "{now}");
        assert_eq!(verdict.reason().map(Reason::code), Some("key-denied"));
    }
    // But a signature that nobody made is no signature of the key's.
    let forged = signed_as(&dsc("dsc", &[]).kid(), "other");
    let verdict = verify(&store, &forged);
    assert_eq!(verdict.outcome(), Outcome::Invalid);
    assert_eq!(verdict.reason().map(Reason::code), Some("bad-signature"));
}

// ---------------------------------------------------------------------- JSON

#[test]
fn a_faulty_list_is_refused_with_the_place_of_the_fault() {
    let digest = "0".repeat(64);
    let entry = |entry: &str| {
        let good = format!(r#"{{"key":"{digest}"}}"#);
        format!(r#"{{"deny":[{good},{good},{entry}]}}"#)
    };
    for (text, expected) in [
        (
            r#"{"kid":"AAAA","signedafter":"2021-01-01T00:00:00Z"}"#,
            "deny-unknown-member",
        ),
        (r#"{"kid":"AAAA","reason":"x"}"#, "deny-unknown-member"),
        (r#"{"kid":"AAAA","":null}"#, "deny-unknown-member"),
        ("{}", "deny-nothing-named"),
        (
            r#"{"signedAfter":"2021-01-01T00:00:00Z"}"#,
            "deny-nothing-named",
        ),
        (r#"{"why":"all of them"}"#, "deny-nothing-named"),
        (r#"{"key":""}"#, "deny-member"),
        (r#"{"key":"00"}"#, "deny-member"),
        (r#"{"key":null}"#, "deny-member"),
        (r#"{"key":7}"#, "deny-member"),
        (r#"{"certificate":"zz"}"#, "deny-member"),
        (r#"{"kid":"?"}"#, "deny-member"),
        (r#"{"kid":["AAAA"]}"#, "deny-member"),
        (r#"{"kid":null}"#, "deny-member"),
        (r#"{"kid":"AAAA","signedAfter":"yesterday"}"#, "deny-member"),
        (
            r#"{"kid":"AAAA","signedAfter":"2021-01-01"}"#,
            "deny-member",
        ),
        (
            r#"{"kid":"AAAA","signedBefore":1622505600.5}"#,
            "deny-member",
        ),
        (r#"{"kid":"AAAA","signedBefore":null}"#, "deny-member"),
        // Milliseconds would deny nothing.
        (
            r#"{"kid":"AAAA","signedAfter":1622505600000}"#,
            "deny-member",
        ),
        (r#"{"kid":"AAAA","why":["x"]}"#, "deny-member"),
    ] {
        let error = DenyList::from_json(entry(text).as_bytes()).unwrap_err();
        assert_eq!(error.code(), expected, "{text}: {error}");
        let position = match &error {
            DenyError::UnknownMember { position, .. }
            | DenyError::Member { position, .. }
            | DenyError::NothingNamed { position } => *position,
            other => panic!("{other:?}"),
        };
        assert_eq!(position, 2, "{text}");
        assert!(error.to_string().contains("entry 2"), "{error}");
    }
    for (wrong, name) in [
        (digest.replacen('0', "+", 1), "a sign"),
        (digest.replacen('0', "é", 1), "two bytes"),
        (digest.replacen("00", "é", 1), "64 bytes, 63 characters"),
        (digest.replacen('0', "g", 1), "no digit"),
        (format!("{digest}0"), "65 digits"),
        (digest[1..].to_owned(), "63 digits"),
        (format!(" {}", &digest[1..]), "a blank"),
    ] {
        for member in ["key", "certificate"] {
            let text = entry(&format!(r#"{{"{member}":"{wrong}"}}"#));
            let error = DenyList::from_json(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "deny-member", "{name}");
        }
    }
    for (text, code) in [
        ("", "trust-json"),
        ("{", "trust-json"),
        (r#"{"deny":[]}x"#, "trust-json"),
        (r#"{"deny":[],"deny":[]}"#, "trust-duplicate-member"),
        (
            r#"{"deny":[{"kid":"AAAA","kid":"AAAB"}]}"#,
            "trust-duplicate-member",
        ),
        (
            r#"{"deny":[{"kid":"AAAA","k\u0069d":"AAAB"}]}"#,
            "trust-duplicate-member",
        ),
        ("[]", "deny-form"),
        ("null", "deny-form"),
        ("{}", "deny-form"),
        (r#"{"deny":{}}"#, "deny-form"),
        (r#"{"deny":null}"#, "deny-form"),
        (r#"{"deny":["AAAA"]}"#, "deny-form"),
        (r#"{"deny":[],"version":1}"#, "deny-form"),
        (r#"{"denied":[]}"#, "deny-form"),
    ] {
        let error = DenyList::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(error.code(), code, "{text}: {error}");
    }
    let deep = "[".repeat(100_000);
    assert!(DenyList::from_json(deep.as_bytes()).is_err());
    let entry = format!(r#"{{"kid":"d919375fc1e7b6b2","why":"{}"}}"#, "x".repeat(60));
    let many = format!(r#"{{"deny":[{}]}}"#, vec![entry; 100_001].join(","));
    let error = DenyList::from_json(many.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "trust-too-many-entries");
    let dense = format!(r#"{{"deny":[{}]}}"#, vec!["{}"; 100_001].join(","));
    let error = DenyList::from_json(dense.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "trust-too-dense");
}

#[test]
fn each_member_of_an_entry_does_what_it_says() {
    let dsc = dsc("dsc", &[]);
    let hex = |digest: [u8; 32]| -> String { digest.map(|b| format!("{b:02X}")).concat() };
    let kid = BASE64_STANDARD.encode(dsc.kid().as_bytes());
    let key = dsc.public_key().fingerprint().to_string();
    let certificate = hex(sha256(dsc.der()));
    let text = issued("dsc", &vaccination());
    for (entry, expected) in [
        (format!(r#""kid":"{kid}""#), Outcome::Revoked),
        (
            format!(r#""kid":"{}""#, kid.trim_end_matches('=')),
            Outcome::Revoked,
        ),
        (format!(r#""key":"{key}""#), Outcome::Revoked),
        (
            format!(r#""key":"{}""#, key.to_lowercase()),
            Outcome::Revoked,
        ),
        (
            format!(r#""certificate":"{certificate}""#),
            Outcome::Revoked,
        ),
        (format!(r#""certificate":"{key}""#), Outcome::Valid),
        (format!(r#""kid":"AAAA","key":"{key}""#), Outcome::Valid),
        (
            format!(r#""key":"{key}","signedAfter":"2021-05-31T23:59:59Z""#),
            Outcome::Revoked,
        ),
        (
            format!(r#""key":"{key}","signedAfter":"2021-06-01T02:00:00+02:00""#),
            Outcome::Valid,
        ),
        (
            format!(r#""key":"{key}","signedBefore":"2021-06-01T00:00:01Z""#),
            Outcome::Revoked,
        ),
        (
            format!(r#""key":"{key}","signedBefore":"2021-06-01T00:00:00Z""#),
            Outcome::Valid,
        ),
    ] {
        let json = format!(r#"{{"deny":[{{{entry}}}]}}"#);
        let mut builder = builder();
        builder.deny(DenyList::from_json(json.as_bytes()).unwrap());
        assert_eq!(outcome(builder, text.text()), expected, "{entry}");
    }
}

/// Messages print a kid in hexadecimal, and nearly every text of hexadecimal
/// digits is base64 of other bytes, too.
#[test]
fn a_kid_in_hexadecimal_is_told_from_base64() {
    let kid = dsc("dsc", &[]).kid();
    let hex = kid.to_string();
    let text = issued("dsc", &vaccination());
    let pairs: Vec<_> = hex.as_bytes().chunks(2).collect();
    let joined = |by: &str| -> String {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|p| std::str::from_utf8(p).unwrap())
            .collect();
        pairs.join(by)
    };
    for spelt in [
        hex.clone(),
        hex.to_uppercase(),
        format!("0x{hex}"),
        format!(" {hex}\n"),
        joined(" "),
        joined("-"),
        joined(":"),
        hex[1..].to_owned(),
        hex[..6].to_owned(),
    ] {
        let json = serde_json::json!({"deny": [{"kid": spelt}]}).to_string();
        let error = DenyList::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "deny-kid-ambiguous", "{spelt}");
        assert!(error.to_string().contains("`kidHex`"), "{error}");
    }
    for spelt in [hex.clone(), hex.to_uppercase()] {
        let json = serde_json::json!({"deny": [{"kidHex": spelt}]}).to_string();
        let list = DenyList::from_json(json.as_bytes()).unwrap();
        assert_eq!(list, one(Denial::of_kid(kid.clone())));
        let mut builder = builder();
        builder.deny(list);
        assert_eq!(outcome(builder, text.text()), Outcome::Revoked, "{spelt}");
    }
    for wrong in ["0", "0g", "00 00", "0x00", &"0".repeat(512)] {
        let json = serde_json::json!({"deny": [{"kidHex": wrong}]}).to_string();
        let error = DenyList::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "deny-member", "{wrong}");
    }
    let both = r#"{"deny": [{"kid": "Rjene8QvRwA=", "kidHex": "4637a77bc42f4700"}]}"#;
    let error = DenyList::from_json(both.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "deny-member");
    // Base64 that can't be meant otherwise: padded, of other letters, or too
    // short for a kid in hexadecimal.
    for (base64, bytes) in [
        (
            "Rjene8QvRwA=",
            &[0x46, 0x37, 0xa7, 0x7b, 0xc4, 0x2f, 0x47, 0][..],
        ),
        (
            "Rjene8QvRwA",
            &[0x46, 0x37, 0xa7, 0x7b, 0xc4, 0x2f, 0x47, 0],
        ),
        ("AAAAAAAAAAA=", &[0; 8]),
        ("AAAA", &[0; 3]),
        ("VUtOSFMx", b"UKNHS1"),
    ] {
        let json = serde_json::json!({"deny": [{"kid": base64}]}).to_string();
        let list = DenyList::from_json(json.as_bytes()).unwrap();
        assert_eq!(
            list,
            one(Denial::of_kid(Kid::new(bytes).unwrap())),
            "{base64}"
        );
    }
    // What is written is read again as it was meant.
    let zero = one(Denial::of_kid(Kid::new([0; 6]).unwrap()));
    assert!(zero.to_json().contains(r#""kidHex":"000000000000""#));
    assert_eq!(DenyList::from_json(zero.to_json().as_bytes()), Ok(zero));
}

#[test]
fn a_denial_between_bounds_that_exclude_each_other_is_refused() {
    let entry = |after: i64, before: i64| {
        let entry =
            serde_json::json!({"kid": "AAAA", "signedAfter": after, "signedBefore": before});
        DenyList::from_json(serde_json::json!({"deny": [entry]}).to_string().as_bytes())
    };
    for (after, before) in [(10, 9), (10, 10), (10, 11), (1_000_000, 0)] {
        let error = entry(after, before).unwrap_err();
        assert_eq!(error.code(), "deny-member");
        assert!(error.to_string().contains("later than"), "{error}");
    }
    assert!(entry(10, 12).is_ok());
}

#[test]
fn a_denial_that_names_no_key_is_reported() {
    let dsc = dsc("dsc", &[]);
    let key = dsc.public_key().fingerprint();
    let missed = [
        Denial::of_kid(Kid::new(b"strange!").unwrap()).because("a typing error"),
        Denial::of_fingerprint(KeyFingerprint::new([7; 32])),
        Denial::of_certificate(CertificateDigest::new([7; 32])),
        Denial::of_fingerprint(key).only_kid(Kid::new(b"strange!").unwrap()),
    ];
    let mut all = missed.to_vec();
    all.insert(1, Denial::of_fingerprint(key));
    all.insert(3, Denial::of_kid(dsc.kid()).signed_after(NOW));
    let mut builder = builder();
    builder.deny(all.iter().cloned().collect());
    let report = builder.build().1;
    assert_eq!(report.unmatched_denials, missed);
    let words: Vec<_> = missed.iter().map(Denial::to_string).collect();
    assert_eq!(words[0], "kid 737472616e676521");
    assert_eq!(words[2], format!("certificate {}", "07".repeat(32)));
    assert!(words[3].starts_with("kid 737472616e676521, key "));
    let mut empty = TrustStore::builder();
    empty.deny(all.iter().cloned().collect());
    assert_eq!(empty.build().1.unmatched_denials, all);
    assert!(self::builder().build().1.unmatched_denials.is_empty());
}

fn denials() -> impl Strategy<Value = Denial> {
    let digest = || proptest::option::of(any::<[u8; 32]>());
    // What RFC 3339 can name.
    let time = || proptest::option::of(-62_135_596_800i64..253_402_207_200);
    let kid = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..=255));
    let why = proptest::option::of(".*");
    let parts = (digest(), digest(), kid, time(), time(), why);
    parts.prop_filter_map(
        "names nothing",
        |(key, certificate, kid, after, before, why)| {
            let kid = kid.map(|kid| Kid::new(kid).unwrap());
            let mut denial = match (certificate, key, &kid) {
                (Some(certificate), key, _) => {
                    let denial = Denial::of_certificate(CertificateDigest::new(certificate));
                    match key {
                        Some(key) => denial.only_key(KeyFingerprint::new(key)),
                        None => denial,
                    }
                }
                (None, Some(key), _) => Denial::of_fingerprint(KeyFingerprint::new(key)),
                (None, None, Some(kid)) => Denial::of_kid(kid.clone()),
                (None, None, None) => return None,
            };
            if let Some(kid) = kid {
                denial = denial.only_kid(kid);
            }
            if let Some(time) = after {
                denial = denial.signed_after(Timestamp::from_seconds(time));
            }
            if let Some(time) = before {
                denial = denial.signed_before(Timestamp::from_seconds(time));
            }
            // Between other bounds no signature lies.
            if let (Some(after), Some(before)) = (after, before)
                && before.max(-1) <= after.max(-1) + 1
            {
                return None;
            }
            Some(match why {
                Some(why) => denial.because(why),
                None => denial,
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_list_comes_back_as_it_was_written(denials in proptest::collection::vec(denials(), 0..6)) {
        let list: DenyList = denials.iter().cloned().collect();
        let json = list.to_json();
        let again = DenyList::from_json(json.as_bytes()).unwrap();
        prop_assert_eq!(&again, &list);
        prop_assert_eq!(again.to_json(), json);
        prop_assert_eq!((again.len(), again.is_empty()), (denials.len(), denials.is_empty()));
        prop_assert!(again.iter().eq(&denials));
    }

    #[test]
    fn any_bytes_are_a_list_or_an_error(bytes in any::<Vec<u8>>(), text in r#"\{"deny":\[[{}:,"a-zA-Z0-9]*\]\}"#) {
        let _ = DenyList::from_json(&bytes).map_err(|error| error.to_string());
        let _ = DenyList::from_json(text.as_bytes()).map_err(|error| error.to_string());
    }
}

#[test]
fn dates_that_no_text_can_name_survive_the_json_form() {
    for seconds in [i64::MIN, -1, 0, i64::MAX] {
        let time = Timestamp::from_seconds(seconds);
        let kid = Kid::new([1]).unwrap();
        let list: DenyList = [Denial::of_kid(kid).signed_after(time)]
            .into_iter()
            .collect();
        let json = list.to_json();
        assert_eq!(DenyList::from_json(json.as_bytes()), Ok(list), "{json}");
    }
}
