//! What a good verifier would refuse is not issued, and what is issued has
//! one form only.

use std::convert::Infallible;
use std::sync::OnceLock;

use ciborium::Value;
use coset::{CborSerializable, CoseSign1, TaggedCborSerializable, iana};
use hcert::crypto::Algorithm;
use hcert::format::Unverified;
use hcert::issue::{IssueError, Issuer, Signer, SignerError, Validity};
use hcert::record::Record;
use hcert::trust::Dsc;
use hcert::verify::{Outcome, Verifier};
use hcert::{Limits, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::pki::{self, CertificateSpec, TestKey};
use hcert_testkit::time::Plus as _;
use p256::ecdsa::signature::{RandomizedSigner, SignatureEncoding};
use p256::pkcs8::{EncodePublicKey, LineEnding};
use rsa::rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// Numbers that follow from a seed, for RSA keys and salts that stay the same.
struct SeededRng {
    seed: Vec<u8>,
    counter: u64,
}

impl SeededRng {
    fn new(seed: &[u8]) -> Self {
        let (seed, counter) = (seed.to_vec(), 0);
        Self { seed, counter }
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.counter += 1;
        let digest = Sha256::digest([&self.seed[..], &self.counter.to_be_bytes()].concat());
        Ok(u64::from_be_bytes(digest[..8].try_into().unwrap()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}

/// PS256, as somebody outside of the crate would add it.
struct RsaSigner(rsa::pss::SigningKey<Sha256>);

impl Signer for RsaSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Ps256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let signature = self
            .0
            .try_sign_with_rng(&mut SeededRng::new(message), message)
            .map_err(SignerError::new)?;
        Ok(signature.to_vec())
    }
}

fn rsa_key(bits: usize) -> rsa::PrivateKey {
    let mut rng = SeededRng::new(format!("RSA {bits}").as_bytes());
    rsa::PrivateKey::new(&mut rng, bits).unwrap()
}

fn rsa_2048() -> &'static rsa::PrivateKey {
    static KEY: OnceLock<rsa::PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| rsa_key(2048))
}

fn rsa_dsc(key: &rsa::PrivateKey) -> Dsc {
    let spec = CertificateSpec {
        subject: "CN=DSC RSA,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 3,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku: &[],
        ca: false,
    };
    let pem = key.to_public_key().to_public_key_pem(LineEnding::LF);
    let der = pki::certificate_over_pem(&spec, &pem.unwrap(), &TestKey::new("csca")).unwrap();
    Dsc::from_der(&der).unwrap()
}

fn rsa_signer(key: &rsa::PrivateKey) -> RsaSigner {
    RsaSigner(rsa::pss::SigningKey::new(key.clone()))
}

#[test]
fn an_expiry_after_that_of_the_document_signer_is_refused() {
    let issuer = issuer("a", &[]);
    let not_after = issuer.dsc().not_after();
    let until = |expires_at| {
        let issued_at = ISSUED;
        issuer.issue(
            &vaccination(),
            Validity {
                issued_at,
                expires_at,
            },
        )
    };
    until(not_after).unwrap();
    let error = until(not_after.plus(1)).unwrap_err();
    assert_eq!(error.code(), "exp-after-dsc");
    let text = error.to_string();
    assert!(text.contains("2023-01-01T00:00:01Z"), "{text}");
    assert!(text.contains("2023-01-01T00:00:00Z"), "{text}");
}

#[test]
fn an_issue_before_the_document_signer_is_refused() {
    let issuer = issuer("a", &[]);
    let not_before = issuer.dsc().not_before();
    // A dose of before that.
    let early = Record::from_json(
        r#"{"nam": {"fn": "Musterfrau"}, "dob": "1998-02-26", "v": [{"tg": "840539006",
        "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 1, "sd": 2,
        "dt": "2020-12-28", "co": "XX", "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}]}"#,
    )
    .unwrap();
    let from = |issued_at| {
        let expires_at = EXPIRES;
        issuer.issue(
            &early,
            Validity {
                issued_at,
                expires_at,
            },
        )
    };
    from(not_before).unwrap();
    assert_eq!(
        from(not_before.plus(-1)).unwrap_err().code(),
        "iat-before-dsc"
    );
}

#[test]
fn an_expiry_that_is_not_after_the_issue_is_refused() {
    for seconds in [0, -1] {
        let validity = Validity {
            issued_at: ISSUED,
            expires_at: ISSUED.plus(seconds),
        };
        let error = issuer("a", &[])
            .issue(&vaccination(), validity)
            .unwrap_err();
        assert_eq!(error.code(), "issue-period");
    }
}

#[test]
fn a_key_usage_that_forbids_the_record_is_refused() {
    let kinds = [
        (pki::EKU_VACCINATION, vaccination()),
        (pki::EKU_TEST, test()),
        (pki::EKU_RECOVERY, recovery()),
    ];
    for (allowed, _) in &kinds {
        let issuer = issuer("a", &[allowed]);
        for (needed, record) in &kinds {
            let result = issuer.issue(record, VALIDITY);
            if allowed == needed {
                result.unwrap();
            } else {
                assert_eq!(result.unwrap_err().code(), "key-usage");
            }
        }
    }
}

#[test]
fn a_key_that_is_not_the_document_signers_is_refused() {
    let issuer = Issuer::new(dsc("a", &[]), signer("b")).unwrap();
    let error = issuer.issue(&vaccination(), VALIDITY).unwrap_err();
    assert!(matches!(error, IssueError::WrongKey), "{error}");
}

/// ES256 in ASN.1, as most modules answer: COSE wants `r‖s`.
struct DerSigner;

impl Signer for DerSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let signature = p256::ecdsa::Signature::from_slice(&signer("a").sign(message)?);
        Ok(signature.map_err(SignerError::new)?.to_der().to_vec())
    }
}

#[test]
fn a_der_signature_is_refused() {
    let issuer = Issuer::new(dsc("a", &[]), DerSigner).unwrap();
    let error = issuer.issue(&vaccination(), VALIDITY).unwrap_err();
    assert!(matches!(error, IssueError::WrongKey), "{error}");
}

struct Broken;

impl Signer for Broken {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignerError> {
        Err(SignerError::new("the module is not connected"))
    }
}

#[test]
fn the_signers_own_error_comes_through() {
    let issuer = Issuer::new(dsc("a", &[]), Broken).unwrap();
    let error = issuer.issue(&vaccination(), VALIDITY).unwrap_err();
    assert_eq!(error.code(), "signer");
    assert!(error.to_string().contains("the module is not connected"));
}

#[test]
fn ps256_is_reachable_through_the_signer() {
    let key = rsa_2048();
    let dsc = rsa_dsc(key);
    let issuer = Issuer::new(dsc.clone(), rsa_signer(key)).unwrap();
    let issued = issuer.issue(&test(), VALIDITY).unwrap();
    let message = CoseSign1::from_tagged_slice(issued.cose()).unwrap();
    let algorithm = coset::RegisteredLabelWithPrivate::Assigned(iana::Algorithm::PS256);
    assert_eq!(message.protected.header.alg, Some(algorithm));
    assert_eq!(message.signature.len(), 256);
    let verdict = Verifier::new(trust(&[&dsc])).verify(issued.text(), NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
    assert_eq!(verdict.deviations(), []);
}

#[test]
fn an_algorithm_that_does_not_fit_the_key_is_refused() {
    let error = Issuer::new(rsa_dsc(rsa_2048()), signer("a")).unwrap_err();
    assert_eq!(error.code(), "alg-key-mismatch");
    let error = Issuer::new(dsc("a", &[]), rsa_signer(rsa_2048()))
        .map(drop)
        .unwrap_err();
    assert_eq!(error.code(), "alg-key-mismatch");
}

#[test]
fn rsa_1024_is_refused() {
    let key = rsa_key(1024);
    let error = Issuer::new(rsa_dsc(&key), rsa_signer(&key))
        .map(drop)
        .unwrap_err();
    assert!(
        matches!(error, IssueError::RsaTooShort { bits: 1024 }),
        "{error}"
    );
}

#[test]
fn a_country_is_two_capital_letters() {
    for wrong in ["", "x", "xx", "XXX", "X1", "ÄÄ"] {
        let issuer = issuer("a", &[]).with_country(wrong);
        let error = issuer.issue(&vaccination(), VALIDITY).unwrap_err();
        assert_eq!(error.code(), "issue-country", "{wrong}");
    }
}

#[test]
fn the_same_input_gives_the_same_text() {
    for record in [vaccination(), test(), recovery()] {
        assert_eq!(issued("a", &record), issued("a", &record));
        assert_ne!(issued("a", &record), issued("b", &record));
    }
}

#[test]
fn the_text_is_the_packed_cose() {
    for record in [vaccination(), test(), recovery()] {
        let issued = issued("a", &record);
        let unverified = Unverified::parse(issued.text(), &Limits::default()).unwrap();
        assert_eq!(unverified.cose_bytes(), issued.cose());
        assert_eq!(unverified.deviations(), []);
    }
}

/// RFC 8949 §4.2.1: keys sorted by their bytes, none twice.
fn assert_sorted(value: &Value) {
    match value {
        Value::Map(members) => {
            let keys = members.iter().map(|(key, _)| key.clone().to_vec().unwrap());
            assert!(keys.collect::<Vec<_>>().is_sorted_by(|a, b| a < b));
            members.iter().for_each(|(_, value)| assert_sorted(value));
        }
        Value::Array(items) => items.iter().for_each(assert_sorted),
        Value::Float(_) => panic!("a number is written as a float"),
        Value::Tag(..) => panic!("a tag is in the payload"),
        _ => {}
    }
}

#[test]
fn the_cbor_is_deterministic() {
    let whole_float = r#"{"nam":{"fn":"Li","gn":"Ada"},"dob":"1990","v":[{"tg":"840539006",
        "vp":"1119349007","mp":"EU/1/20/1528","ma":"ORG-100030215","dn":2.0,"sd":2.0,
        "dt":"2021-03-04","co":"XX","is":"X","ci":"URN:UVCI:01:XX:1"}]}"#;
    let whole_float = Record::from_json(whole_float).unwrap();
    for record in [vaccination(), test(), recovery(), whole_float] {
        let issued = issued("a", &record);
        // Tag 18, an array of 4.
        assert_eq!(issued.cose()[..2], [0xd2, 0x84]);
        let message = CoseSign1::from_tagged_slice(issued.cose()).unwrap();
        // Both libraries write definite lengths and shortest integers, so
        // equal bytes show that nothing else is in there.
        assert_eq!(message.clone().to_tagged_vec().unwrap(), issued.cose());
        assert!(message.unprotected.is_empty());
        assert_eq!(message.protected.header.key_id, issued.kid().as_bytes());
        let header = message.protected.original_data.clone().unwrap();
        let header = Value::from_slice(&header).unwrap();
        assert_eq!(
            header,
            Value::Map(vec![
                (Value::from(1), Value::from(-7)),
                (Value::from(4), Value::Bytes(issued.kid().as_bytes().into())),
            ])
        );
        let payload = message.payload.unwrap();
        let claims = Value::from_slice(&payload).unwrap();
        assert_eq!(claims.clone().to_vec().unwrap(), payload);
        assert_sorted(&claims);
        let claims = claims.into_map().unwrap();
        let keys: Vec<_> = claims.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(keys, [1, 4, 6, -260].map(Value::from));
        assert_eq!(claims[1].1, Value::from(EXPIRES.seconds()));
        assert_eq!(claims[2].1, Value::from(ISSUED.seconds()));
    }
}

#[test]
fn what_no_verifier_reads_for_its_length_is_not_issued() {
    let json = |code: &str| {
        let json = format!(
            r#"{{"nam": {{"fnt": "X"}}, "dob": "", "r": [{{"tg": "{code}", "fr": "2021-04-21",
            "df": "2021-05-02", "du": "2021-10-18", "co": "XX", "is": "Ministry of Health",
            "ci": "URN:UVCI:01:XX:0#0"}}]}}"#
        );
        Record::from_json(&json).unwrap()
    };
    let digits: String = (0..30_000u32)
        .map(|n| char::from(b'a' + Sha256::digest(n.to_be_bytes())[0] % 26))
        .collect();
    for (code, limit) in [
        (digits.as_str(), Limits::default().max_text),
        (&"0".repeat(70_000), Limits::default().max_inflated),
    ] {
        let error = issuer("a", &[]).issue(&json(code), VALIDITY).unwrap_err();
        assert_eq!(error.code(), "issue-too-long");
        let found = matches!(error, IssueError::TooLong { limit: l, .. } if l == limit);
        assert!(found, "{error}");
    }
}
