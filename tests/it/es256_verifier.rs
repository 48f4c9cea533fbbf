//! Another library in place of the one that verifies ES256: it is asked, and
//! every verdict stays what it was.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hcert::Timestamp;
use hcert::crypto::{
    Algorithm, BadSignature, Es256Verifier, KeyError, KeyKind, PreparedEs256, PublicKey,
};
use hcert::trust::{Kid, TrustStore};
use hcert::verify::{Outcome, Policy, Verifier};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// `p256`, and how often it was asked.
#[derive(Default)]
struct Plain {
    parsed: AtomicUsize,
    verified: AtomicUsize,
}

fn plain(key: &[u8; 64], message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
    let key = VerifyingKey::from_sec1_bytes(&[&[4], &key[..]].concat()).unwrap();
    let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
    let mut hash = Sha256::new();
    message.iter().for_each(|part| hash.update(part));
    let verified = key.verify_prehash(&hash.finalize(), &signature);
    verified.map_err(|_| BadSignature)
}

impl Es256Verifier for Plain {
    fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]> {
        self.parsed.fetch_add(1, Relaxed);
        let key = VerifyingKey::from_sec1_bytes(point).ok()?;
        key.to_sec1_point(false).as_bytes().last_chunk().copied()
    }

    fn verify(
        &self,
        key: &[u8; 64],
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        self.verified.fetch_add(1, Relaxed);
        plain(key, message, signature)
    }
}

fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/test-vectors/hcert.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn store(file: &Value, vector: &Value) -> TrustStore {
    let mut builder = TrustStore::builder();
    for name in list(vector, "trust") {
        let mut entries = list(file, "trust").iter();
        let entry = entries.find(|entry| entry["id"] == *name).unwrap();
        let digits = text(entry, "kid");
        let kid = (0..digits.len()).step_by(2);
        let kid = kid.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
        let kid = Kid::new(kid.collect::<Vec<_>>()).unwrap();
        let der = |member: &str| BASE64_STANDARD.decode(text(entry, member)).unwrap();
        match entry["certificate"].is_null() {
            true => builder.add_spki_der("vectors", kid, &der("spki")),
            false => builder.add_certificate_der_as("vectors", kid, &der("certificate")),
        }
        .unwrap();
    }
    builder.build().0
}

#[test]
fn every_verdict_stays_what_it_was() {
    static PLAIN: Plain = Plain {
        parsed: AtomicUsize::new(0),
        verified: AtomicUsize::new(0),
    };
    let file = vectors();
    let (mut valid, mut bad) = (0, 0);
    for vector in list(&file, "vectors") {
        let policy = || match text(vector, "policy") {
            "strict" => Policy::default().strict(),
            _ => Policy::default(),
        };
        let now = Timestamp::parse(text(vector, "time")).unwrap();
        let verdict = |store| {
            let verifier = Verifier::with_policy(store, policy());
            verifier.verify(text(vector, "input"), now)
        };
        let before = verdict(store(&file, vector));
        let asked = PLAIN.verified.load(Relaxed);
        let after = verdict(store(&file, vector).with_es256_verifier(&PLAIN).unwrap());
        assert_eq!(
            format!("{after:?}"),
            format!("{before:?}"),
            "{}",
            text(vector, "id")
        );
        let asked = PLAIN.verified.load(Relaxed) > asked;
        valid += usize::from(asked && after.outcome() == Outcome::Valid);
        bad += usize::from(asked && after.reason().is_some_and(|r| r.code() == "bad-signature"));
    }
    assert!(PLAIN.parsed.load(Relaxed) > 0);
    assert!(valid > 50 && bad > 5, "{valid} valid, {bad} bad");
}

fn key_and_signature() -> (PublicKey, [u8; 64]) {
    let secret = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = secret.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let key = PublicKey::from_p256_coordinates(x.try_into().unwrap(), y.try_into().unwrap());
    let signature: Signature = secret.sign(b"Ada");
    (key.unwrap(), signature.to_bytes().into())
}

/// Prepares keys, and says how often those were asked.
struct Preparing;

static BY_TABLE: AtomicUsize = AtomicUsize::new(0);

struct Prepared([u8; 64]);

impl Es256Verifier for Preparing {
    fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]> {
        Plain::default().parse_key(point)
    }

    fn verify(
        &self,
        key: &[u8; 64],
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        plain(key, message, signature)
    }

    fn prepare(&self, key: &[u8; 64]) -> Option<Box<dyn PreparedEs256>> {
        Some(Box::new(Prepared(*key)))
    }
}

impl PreparedEs256 for Prepared {
    fn memory(&self) -> usize {
        1000
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
        BY_TABLE.fetch_add(1, Relaxed);
        plain(&self.0, message, signature)
    }
}

#[test]
fn what_it_prepares_is_kept_within_the_budget_and_used() {
    let (key, signature) = key_and_signature();
    let mut builder = TrustStore::builder();
    let kid = Kid::of_public_key(&key);
    let usage = hcert::trust::KeyUsage::ANY;
    let added = builder.add_public_key("by hand", kid.clone(), key, None, usage);
    added.unwrap();
    let (store, _) = builder.build();
    // The budget stays that of the store.
    let poor = store.clone().with_table_budget(999);
    let poor = poor.with_es256_verifier(&Preparing).unwrap();
    assert_eq!(poor.prepare(), 0);
    let store = poor.with_table_budget(1000);
    let key = store.candidates(&kid)[0].public_key();
    assert!(key.verify(&[b"A", b"da"], &signature).is_ok());
    assert_eq!(BY_TABLE.load(Relaxed), 0);
    assert_eq!(store.prepare(), 1);
    assert!(key.verify(&[b"A", b"da"], &signature).is_ok());
    assert!(key.verify(&[b"Bob"], &signature).is_err());
    assert_eq!(BY_TABLE.load(Relaxed), 2);
}

/// Takes no key, or another one than it was given.
struct Wrong(Option<[u8; 64]>);

impl Es256Verifier for Wrong {
    fn parse_key(&self, _: &[u8]) -> Option<[u8; 64]> {
        self.0
    }

    fn verify(&self, _: &[u8; 64], _: &[&[u8]], _: &[u8]) -> Result<(), BadSignature> {
        Ok(())
    }
}

#[test]
fn a_key_that_it_refuses_or_changes_is_an_error() {
    let (key, _) = key_and_signature();
    for wrong in [&Wrong(None), &Wrong(Some([1; 64]))] {
        assert_eq!(key.with_es256_verifier(wrong), Err(KeyError::Point));
        let mut builder = TrustStore::builder();
        let kid = Kid::of_public_key(&key);
        let usage = hcert::trust::KeyUsage::ANY;
        let added = builder.add_public_key("by hand", kid, key.clone(), None, usage);
        added.unwrap();
        let store = builder.build().0.with_es256_verifier(wrong);
        assert_eq!(store.err(), Some(KeyError::Point));
    }
}

#[test]
fn other_keys_stay_as_they_are() {
    let mut modulus = [0xff; 256];
    modulus[0] = 0xc0;
    let rsa = PublicKey::from_rsa_components(&modulus, &[1, 0, 1]).unwrap();
    let same = rsa.with_es256_verifier(&Wrong(None)).unwrap();
    assert_eq!(same, rsa);
    assert_eq!(same.algorithm(), Some(Algorithm::Ps256));

    let (key, signature) = key_and_signature();
    let same = key.with_es256_verifier(&Preparing).unwrap();
    assert_eq!(same, key);
    assert_eq!(
        (same.kind(), same.fingerprint()),
        (&KeyKind::P256, key.fingerprint())
    );
    assert!(same.verify(&[b"Ada"], &signature).is_ok());
}

#[test]
fn the_default_budget_is_enough_for_315_keys() {
    let keys = TrustStore::DEFAULT_TABLE_BUDGET / p256_verify::PreparedKey::MEMORY;
    assert_eq!(keys, 315);
}
