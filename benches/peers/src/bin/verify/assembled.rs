//! A verifier as one writes it of the usual crates: every step of
//! hcert-spec §6.3, and the record in types of its own.

use std::collections::HashMap;
use std::io::Read as _;

use ciborium::Value;
use coset::{CborSerializable as _, CoseSign1, TaggedCborSerializable as _, iana};
use serde::Deserialize;

/// A public key of one of the crates for signatures.
pub trait Key: Sized {
    /// From a point that is not compressed.
    fn new(point: &[u8]) -> Option<Self>;
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;
}

pub struct AwsLc(aws_lc_rs::signature::ParsedPublicKey);

impl Key for AwsLc {
    fn new(point: &[u8]) -> Option<Self> {
        let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED;
        let key = aws_lc_rs::signature::ParsedPublicKey::new(algorithm, point);
        Some(Self(key.ok()?))
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

pub struct Ring(ring::signature::UnparsedPublicKey<Vec<u8>>);

impl Key for Ring {
    fn new(point: &[u8]) -> Option<Self> {
        let algorithm = &ring::signature::ECDSA_P256_SHA256_FIXED;
        let key = ring::signature::UnparsedPublicKey::new(algorithm, point.to_vec());
        Some(Self(key))
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(message, signature).is_ok()
    }
}

pub struct P256(p256::ecdsa::VerifyingKey);

impl Key for P256 {
    fn new(point: &[u8]) -> Option<Self> {
        Some(Self(
            p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?,
        ))
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        use p256::ecdsa::{Signature, signature::Verifier as _};
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

/// What is done with the record is not part of it.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Dcc {
    ver: String,
    nam: Name,
    dob: String,
    v: Option<Vec<Vaccination>>,
    t: Option<Vec<Test>>,
    r: Option<Vec<Recovery>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Name {
    #[serde(rename = "fn")]
    family: Option<String>,
    #[serde(rename = "fnt")]
    standard_family: Option<String>,
    #[serde(rename = "gn")]
    given: Option<String>,
    #[serde(rename = "gnt")]
    standard_given: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Vaccination {
    tg: String,
    vp: String,
    mp: String,
    ma: String,
    dn: u32,
    sd: u32,
    dt: String,
    co: String,
    is: String,
    ci: String,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Test {
    tg: String,
    tt: String,
    nm: Option<String>,
    ma: Option<String>,
    sc: String,
    tr: String,
    tc: Option<String>,
    co: String,
    is: String,
    ci: String,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Recovery {
    tg: String,
    fr: String,
    co: String,
    is: String,
    df: String,
    du: String,
    ci: String,
}

/// Keys by kid.
pub struct Keys<K>(HashMap<Vec<u8>, K>);

impl<K: Key> Keys<K> {
    pub fn new(points: &HashMap<Vec<u8>, Vec<u8>>) -> Result<Self, String> {
        let key = |(kid, point): (&Vec<u8>, &Vec<u8>)| Some((kid.clone(), K::new(point)?));
        let keys: Option<_> = points.iter().map(key).collect();
        Ok(Self(keys.ok_or("a point is not on the curve")?))
    }

    pub fn verify(&self, text: &str, now: i64) -> bool {
        self.record(text, now).is_some()
    }

    fn record(&self, text: &str, now: i64) -> Option<Dcc> {
        const LIMIT: u64 = 64 * 1024;
        let compressed = base45::decode(text.strip_prefix("HC1:")?).ok()?;
        let mut cose = Vec::new();
        let inflated = flate2::read::ZlibDecoder::new(&compressed[..]).take(LIMIT);
        { inflated }.read_to_end(&mut cose).ok()?;
        let message = CoseSign1::from_tagged_slice(&cose);
        let message = message.or_else(|_| CoseSign1::from_slice(&cose)).ok()?;
        let (protected, unprotected) = (&message.protected.header, &message.unprotected);
        let kid = match protected.key_id.is_empty() {
            true => &unprotected.key_id,
            false => &protected.key_id,
        };
        let alg = protected.alg.as_ref().or(unprotected.alg.as_ref())?;
        if *alg != coset::Algorithm::Assigned(iana::Algorithm::ES256) {
            return None;
        }
        let key = self.0.get(kid)?;
        message
            .verify_signature(b"", |signature, data| {
                key.verify(data, signature).then_some(()).ok_or(())
            })
            .ok()?;
        let Value::Map(claims) = ciborium::from_reader(message.payload.as_deref()?).ok()? else {
            return None;
        };
        let (mut expires, mut issued, mut dcc) = (None, None, None);
        for (key, value) in claims {
            match i64::try_from(key.into_integer().ok()?).ok()? {
                4 => expires = seconds(&value),
                6 => issued = seconds(&value),
                -260 => {
                    let mut payloads = value.into_map().ok()?.into_iter();
                    dcc = payloads.find(|(key, _)| *key == Value::from(1));
                }
                _ => {}
            }
        }
        if expires? < now || issued? > now {
            return None;
        }
        dcc?.1.deserialized().ok()
    }
}

fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(n) => i64::try_from(*n).ok(),
        Value::Float(n) => Some(*n as i64),
        Value::Tag(_, inner) => seconds(inner),
        _ => None,
    }
}
