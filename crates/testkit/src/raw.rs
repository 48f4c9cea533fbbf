//! Certificates built from raw parts, so that each part can be wrong by
//! itself while the signature over it holds.

use ciborium::{Value, cbor};
use hcert::crypto::{Algorithm, PublicKey};
use hcert::format::hc1::text;
use hcert::issue::{Signer, SignerError};
use rsa::pkcs8::EncodePublicKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::io::Write;

use crate::fixtures::{EXPIRES, ISSUED};

/// ECDSA with SHA-256 and P-256.
pub const ES256: i64 = -7;
/// RSASSA-PSS with SHA-256.
pub const PS256: i64 = -37;

/// A COSE_Sign1 (RFC 9052 §4.2) in the making. All members are CBOR bytes, but
/// for `protected` and `payload`, which are what their byte strings hold.
#[derive(Clone)]
pub struct Raw {
    /// What stands before the array: its tags.
    pub tags: Vec<u8>,
    /// What the byte string of the protected header holds.
    pub protected: Vec<u8>,
    /// The unprotected header.
    pub unprotected: Vec<u8>,
    /// What the byte string of the payload holds.
    pub payload: Vec<u8>,
    /// What stands after the signature.
    pub suffix: Vec<u8>,
}

impl Raw {
    /// As the specification wants it, with a vaccination.
    pub fn new(kid: &[u8]) -> Self {
        Self {
            tags: vec![0xd2],
            protected: encode(&header(Some(ES256), Some(kid))),
            unprotected: vec![0xa0],
            payload: encode(&cwt(dcc())),
            suffix: vec![],
        }
    }

    /// With that protected header.
    pub fn protected(mut self, header: Value) -> Self {
        self.protected = encode(&header);
        self
    }

    /// With that unprotected header.
    pub fn unprotected(mut self, header: Value) -> Self {
        self.unprotected = encode(&header);
        self
    }

    /// With that payload.
    pub fn payload(mut self, payload: Value) -> Self {
        self.payload = encode(&payload);
        self
    }

    /// The Sig_structure (RFC 9052 §4.4).
    pub fn to_be_signed(&self) -> Vec<u8> {
        encode(&Value::Array(vec![
            Value::from("Signature1"),
            Value::Bytes(self.protected.clone()),
            Value::Bytes(vec![]),
            Value::Bytes(self.payload.clone()),
        ]))
    }

    /// The whole, signed.
    pub fn sign(&self, signer: &impl Signer) -> Vec<u8> {
        self.with_signature(&signer.sign(&self.to_be_signed()).unwrap())
    }

    /// The whole around any signature.
    pub fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        let bytes = |b: &[u8]| encode(&Value::Bytes(b.to_vec()));
        [
            self.tags.clone(),
            vec![0x84],
            bytes(&self.protected),
            self.unprotected.clone(),
            bytes(&self.payload),
            bytes(signature),
            self.suffix.clone(),
        ]
        .concat()
    }
}

/// A value as CBOR.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// A header with these members.
pub fn header(alg: Option<i64>, kid: Option<&[u8]>) -> Value {
    let mut members = Vec::new();
    members.extend(alg.map(|alg| (Value::from(1), Value::from(alg))));
    members.extend(kid.map(|kid| (Value::from(4), Value::Bytes(kid.to_vec()))));
    Value::Map(members)
}

/// Claims in time around an EU DCC.
pub fn cwt(dcc: Value) -> Value {
    cbor!({
        1 => "XX",
        4 => EXPIRES.seconds(),
        6 => ISSUED.seconds(),
        -260 => {1 => dcc},
    })
    .unwrap()
}

/// `map` with `key` set to `value`, or without it.
pub fn with(mut map: Value, key: impl Into<Value>, value: Option<Value>) -> Value {
    let key = key.into();
    let members = map.as_map_mut().unwrap();
    members.retain(|(k, _)| *k != key);
    members.extend(value.map(|value| (key, value)));
    map
}

/// A DCC without its groups.
pub fn holder_only() -> Value {
    cbor!({
        "ver" => "1.3.0",
        "nam" => {"fn" => "Musterfrau", "fnt" => "MUSTERFRAU", "gn" => "Gabriele", "gnt" => "GABRIELE"},
        "dob" => "1998-02-26",
    })
    .unwrap()
}

/// A DCC with a vaccination.
pub fn dcc() -> Value {
    with(holder_only(), "v", Some(Value::Array(vec![v()])))
}

/// The entry of a vaccination.
pub fn v() -> Value {
    cbor!({
        "tg" => "840539006", "vp" => "1119349007", "mp" => "EU/1/20/1528",
        "ma" => "ORG-100030215", "dn" => 2, "sd" => 2, "dt" => "2021-05-29",
        "co" => "XX", "is" => "Ministry of Health", "ci" => "URN:UVCI:01:XX:VACCINATION#E",
    })
    .unwrap()
}

/// The entry of a negative PCR test.
pub fn t() -> Value {
    cbor!({
        "tg" => "840539006", "tt" => "LP6464-4", "nm" => "A PCR test",
        "sc" => "2021-05-30T10:12:22Z", "tr" => "260415000", "tc" => "Testing centre 1",
        "co" => "XX", "is" => "Ministry of Health", "ci" => "URN:UVCI:01:XX:TEST#M",
    })
    .unwrap()
}

/// The entry of a recovery.
pub fn r() -> Value {
    cbor!({
        "tg" => "840539006", "fr" => "2021-04-21", "df" => "2021-05-02", "du" => "2021-10-18",
        "co" => "XX", "is" => "Ministry of Health", "ci" => "URN:UVCI:01:XX:RECOVERY#1",
    })
    .unwrap()
}

/// Compresses.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The text of a QR symbol around COSE bytes.
pub fn text(cose: &[u8]) -> String {
    text::encode(&zlib(cose))
}

/// PS256 with a key that follows from its length, so everybody knows it.
pub struct RsaSigner(rsa::PrivateKey);

impl RsaSigner {
    /// The key of that length. Making one takes a while.
    pub fn new(bits: usize) -> Self {
        Self(rsa::PrivateKey::new(&mut Counter(0), bits).unwrap())
    }

    /// The public key as SubjectPublicKeyInfo in DER.
    pub fn spki_der(&self) -> Vec<u8> {
        self.0
            .to_public_key()
            .to_public_key_der()
            .unwrap()
            .into_vec()
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_spki_der(&self.spki_der()).unwrap()
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, which HCERT does not allow.
    pub fn sign_rs256(&self, message: &[u8]) -> Vec<u8> {
        let padding = rsa::Pkcs1v15Sign::new::<Sha256>();
        self.0.sign(padding, &Sha256::digest(message)).unwrap()
    }
}

impl Signer for RsaSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Ps256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let key = rsa::pss::SigningKey::<Sha256>::new(self.0.clone());
        Ok(key.sign_with_rng(&mut Counter(1 << 32), message).to_vec())
    }
}

/// SHA-256 over a counter: numbers that are the same each time.
struct Counter(u64);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            let digest = Sha256::digest(self.0.to_be_bytes());
            self.0 += 1;
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
        Ok(())
    }
}

/// Not for secrets: everybody knows these keys.
impl TryCryptoRng for Counter {}
