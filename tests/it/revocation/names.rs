//! One key under several kids and countries: what is listed under one of them
//! is revoked.

use ciborium::{Value, cbor};
use hcert::revocation::{
    Answer, Identifier, IdentifierKind, RevocationFormat, RevocationInfo, RevocationList,
    RevocationSource, Revocations,
};
use hcert::trust::{Denial, Dsc, KeyUsage, Kid, ListFormat, TrustStore, TrustStoreBuilder};
use hcert::verify::{Outcome, Policy, RevocationPolicy, Verdict, Verifier};
use hcert_testkit::fixtures::{NOW, dsc, signer};
use hcert_testkit::raw::{self, Raw};
use std::time::Duration;

use super::verdicts::{is_revoked, naming_at, step};
use super::{SIGNATURE, UCI, batch};

/// A certificate by the key `a` with the kid outside of what is signed.
fn shown_under(kid: &[u8]) -> String {
    let raw = Raw::new(&[]).protected(raw::header(Some(raw::ES256), None));
    let unprotected = cbor!({4 => Value::Bytes(kid.to_vec())}).unwrap();
    raw::text(&raw.unprotected(unprotected).sign(&signer("a")))
}

/// With the kid where it is signed.
fn signed_under(kid: &[u8]) -> String {
    raw::text(&Raw::new(kid).sign(&signer("a")))
}

fn own() -> Dsc {
    dsc("a", &[])
}

fn built(add: impl FnOnce(&mut TrustStoreBuilder)) -> TrustStore {
    let mut builder = TrustStore::builder();
    add(&mut builder);
    builder.build().0
}

/// The same key under its own kid and another one.
fn twice() -> TrustStore {
    built(|builder| {
        let other = Kid::new(b"other").unwrap();
        let der = own().der().to_vec();
        builder.add_certificate_der("own", &der).unwrap();
        builder
            .add_certificate_der_as("again", other, &der)
            .unwrap();
    })
}

fn identifier(trust: &TrustStore, text: &str, kind: IdentifierKind) -> Identifier {
    let verdict = Verifier::new(trust.clone()).verify(text, NOW);
    let mut all = verdict.identifiers().iter();
    *all.find(|id| id.kind() == kind).unwrap()
}

fn verify(trust: &TrustStore, list: impl RevocationSource + 'static, text: &str) -> Verdict {
    verify_as(RevocationPolicy::BestEffort, trust, list, text)
}

fn verify_as(
    policy: RevocationPolicy,
    trust: &TrustStore,
    list: impl RevocationSource + 'static,
    text: &str,
) -> Verdict {
    let mut revocations = Revocations::new();
    revocations.add(list);
    let policy = Policy::default().revocation(policy);
    let verifier = Verifier::with_policy(trust.clone(), policy).with_revocations(revocations);
    verifier.verify(text, NOW)
}

/// A kid in the unprotected header is not signed, so whoever shows a revoked
/// certificate can write another one that leads to the same key.
#[test]
fn another_kid_of_the_key_does_not_unrevoke() {
    let trust = twice();
    let honest = shown_under(own().kid().as_bytes());
    let id = identifier(&trust, &honest, UCI);
    let list = || naming_at(own().kid().as_bytes(), &[&id]);
    is_revoked(&verify(&trust, list(), &honest), UCI);
    is_revoked(&verify(&trust, list(), &shown_under(b"other")), UCI);
}

/// The store declares another kid than the certificate's own, also where it
/// has nothing of the certificate but its hash.
#[test]
fn the_kid_of_the_certificate_counts_as_well() {
    let declared = Kid::new(b"declared").unwrap();
    let trust = built(|builder| {
        let der = own().der().to_vec();
        builder
            .add_certificate_der_as("renamed", declared, &der)
            .unwrap();
    });
    let file = trust.to_snapshot(NOW).unwrap();
    let snapshot = built(|builder| {
        builder
            .trust_unsigned_list("snapshot", ListFormat::Snapshot, &file)
            .unwrap();
    });
    assert!(snapshot.iter().all(|key| key.certificate().is_none()));
    let text = signed_under(b"declared");
    for trust in [trust, snapshot] {
        let id = identifier(&trust, &text, SIGNATURE);
        for kid in [own().kid().as_bytes(), b"declared"] {
            is_revoked(&verify(&trust, naming_at(kid, &[&id]), &text), SIGNATURE);
        }
    }
}

/// One list has the key with a certificate, whose country it is, another one
/// without. What is listed for the country is revoked by either entry.
#[test]
fn a_list_without_countries_does_not_unrevoke() {
    let kid = own().kid();
    let text = signed_under(kid.as_bytes());
    for order in [[true, false], [false, true]] {
        let trust = built(|builder| {
            for with_certificate in order {
                let key = own().public_key().clone();
                match with_certificate {
                    true => builder.add_certificate_der("DSC", own().der()),
                    false => builder.add_public_key("key", kid.clone(), key, None, KeyUsage::ANY),
                }
                .unwrap();
            }
        });
        assert_eq!(trust.candidates(&kid).len(), 2);
        let id = identifier(&trust, &text, UCI);
        let json = batch("UNKNOWN_KID", "UCI", &[&id.hash()[..16]]).to_string();
        let list = RevocationList::trust_unsigned("EU", json.as_bytes()).unwrap();
        is_revoked(&verify(&trust, list, &text), UCI);
    }
}

/// Knows of certificates under one kid that nothing is known of them, and of
/// those under others that they are not revoked: a list in parts, one of which
/// is missing.
struct MissingPart(RevocationInfo);

impl RevocationSource for MissingPart {
    fn info(&self) -> &RevocationInfo {
        &self.0
    }

    fn answer(&self, kid: &[u8], _: Option<&str>, _: &Identifier) -> Answer {
        match kid == own().kid().as_bytes() {
            true => Answer::NotCovered,
            false => Answer::NotListed,
        }
    }
}

#[test]
fn another_kid_does_not_lead_around_a_missing_part() {
    let trust = twice();
    let list = || MissingPart(RevocationInfo::new("parts", RevocationFormat::Split));
    let code = |text: &str| {
        let verdict = verify(&trust, list(), text);
        assert_eq!(verdict.outcome(), Outcome::Valid);
        step(&verdict).code()
    };
    assert_eq!(
        code(&shown_under(own().kid().as_bytes())),
        Some("revocation-not-covered")
    );
    assert_eq!(code(&shown_under(b"other")), Some("revocation-not-covered"));
    // Who signed the kid has not exchanged it.
    assert_eq!(code(&signed_under(b"other")), None);
    let policy = RevocationPolicy::Require {
        max_age: Duration::from_secs(60),
    };
    let verdict = verify_as(policy, &trust, list(), &shown_under(b"other"));
    assert_eq!(verdict.outcome(), Outcome::Unascertained);
}

#[test]
fn another_kid_of_the_key_does_not_undeny() {
    let trust = built(|builder| {
        let other = Kid::new(b"other").unwrap();
        builder.add_certificate_der("own", own().der()).unwrap();
        builder
            .add_certificate_der_as("again", other, own().der())
            .unwrap();
        let stranger = dsc("b", &[]);
        builder
            .add_certificate_der("stranger", stranger.der())
            .unwrap();
        builder.deny([Denial::of_kid(own().kid())].into_iter().collect());
    });
    let verifier = Verifier::new(trust);
    for kid in [own().kid().as_bytes(), b"other"] {
        let outcome = verifier.verify(&shown_under(kid), NOW).outcome();
        assert_eq!(outcome, Outcome::Revoked);
    }
    let of_stranger = Raw::new(dsc("b", &[]).kid().as_bytes()).sign(&signer("b"));
    let outcome = verifier.verify(&raw::text(&of_stranger), NOW).outcome();
    assert_eq!(outcome, Outcome::Valid);
}
