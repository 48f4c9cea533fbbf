//! Keys that everybody knows, and the envelopes of the signed forms.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::issue::{P256Signer, Signer};
use hcert::trust::{Anchor, SignedDocument};
use p256::ecdsa::Signature;
use p256::pkcs8::ObjectIdentifier;
use p256::pkcs8::der::Encode;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey};
use sha2::{Digest, Sha256};

use hcert_testkit::pki::TestKey;

/// A P-256 key that follows from its label.
pub struct Key {
    pub label: &'static str,
    signer: LazyLock<P256Signer>,
    public: LazyLock<PublicKey>,
}

macro_rules! key {
    ($label:literal) => {
        Key {
            label: $label,
            signer: LazyLock::new(|| {
                P256Signer::from_pkcs8_pem(&TestKey::new($label).pkcs8_pem().unwrap()).unwrap()
            }),
            public: LazyLock::new(|| {
                PublicKey::from_spki_der(&TestKey::new($label).spki_der().unwrap()).unwrap()
            }),
        }
    };
}

/// Signs the lists of Germany, Sweden and Austria.
pub static LIST: Key = key!("fuzz list");
/// The gateway's trust anchor.
pub static TRUST_ANCHOR: Key = key!("fuzz trust anchor");
/// Signs the uploads of the country XX.
pub static UPLOADER: Key = key!("fuzz upload");
/// Signs the lists of the WHO's network.
pub static NETWORK: Key = key!("fuzz network");

impl Key {
    pub fn signer(&self) -> &P256Signer {
        &self.signer
    }

    /// `r‖s`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign(message).unwrap()
    }

    pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        let signature = Signature::from_slice(&self.sign(message)).unwrap();
        signature.to_der().as_bytes().to_vec()
    }

    pub fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    pub fn anchor(&self) -> Anchor {
        Anchor::Key(self.public_key())
    }
}

/// RSA with 2048 bits, of the two largest primes that have 1024.
static RSA: LazyLock<PrivateKey> = LazyLock::new(|| {
    let below = |gap: u8| {
        let mut bytes = [0xff; 128];
        bytes[127] -= gap - 1;
        BoxedUint::from_be_slice_vartime(&bytes)
    };
    PrivateKey::from_p_q(below(105), below(179), BoxedUint::from(65_537u32)).unwrap()
});

pub fn rsa_spki_pem() -> String {
    let key = RSA.to_public_key();
    key.to_public_key_pem(LineEnding::LF).unwrap()
}

/// Line 1 is the signature of the rest.
pub fn german(content: &[u8]) -> Vec<u8> {
    let signature = BASE64_STANDARD.encode(LIST.sign(content));
    [signature.as_bytes(), b"\n", content].concat()
}

/// A JWS with ES256, by [`LIST`].
pub fn jws_es256(header: &[u8], payload: &[u8]) -> Vec<u8> {
    jws(header, payload, |message| LIST.sign(message))
}

/// A JWS with RS256.
pub fn jws_rs256(header: &[u8], payload: &[u8]) -> Vec<u8> {
    jws(header, payload, |message| {
        let padding = Pkcs1v15Sign::new::<Sha256>();
        RSA.sign(padding, &Sha256::digest(message)).unwrap()
    })
}

fn jws(header: &[u8], payload: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let encode = |part| BASE64_URL_SAFE_NO_PAD.encode(part);
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature = encode(&sign(signed.as_bytes()));
    format!("{signed}.{signature}").into_bytes()
}

pub fn cbor_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}

/// A COSE_Sign1 by [`LIST`], whatever its header and payload are.
pub fn cose(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    let (header, content) = (bytes(protected), bytes(payload));
    let to_sign = cbor!(["Signature1", header, bytes(&[]), content]).unwrap();
    let signature = bytes(&LIST.sign(&cbor_bytes(&to_sign)));
    let array = cbor!([bytes(protected), {}, bytes(payload), signature]).unwrap();
    cbor_bytes(&Value::Tag(18, Box::new(array)))
}

/// The claims of Austria's signature: digest, expiry, beginning.
pub fn austrian_claims(list: &[u8]) -> Vec<u8> {
    let digest = Value::Bytes(Sha256::digest(list).to_vec());
    cbor_bytes(&cbor!({2 => digest, 4 => 1_622_592_000, 5 => 1_622_505_600}).unwrap())
}

/// Version 2, ES256.
pub fn austrian_header() -> Vec<u8> {
    let kid = Value::Bytes(b"12345678".to_vec());
    cbor_bytes(&cbor!({42 => 2, 4 => kid, 1 => -7}).unwrap())
}

/// Rules in this crate's own form, of 2021-06-01, by [`LIST`].
pub fn document(content: &[u8]) -> Vec<u8> {
    let made_at = Timestamp::from_seconds(1_622_505_600);
    SignedDocument::sign("rules", content, made_at, None, &*LIST.signer).unwrap()
}

/// Of a snapshot.
pub fn snapshot_header() -> Vec<u8> {
    cbor_bytes(&cbor!({1 => -7, 3 => hcert::trust::SnapshotView::CONTENT_TYPE}).unwrap())
}

// ------------------------------------------------------------------------ CMS

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let length = &length[zeros.min(length.len() - 1)..];
    let head = match length {
        [short @ 0..=0x7f] => vec![tag, *short],
        long => [&[tag, 0x80 | long.len() as u8], long].concat(),
    };
    [head, content].concat()
}

/// Of indefinite length, as the gateway's uploads are.
fn ber(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], &parts.concat()[..], &[0, 0]].concat()
}

fn oid(dotted: &str) -> Vec<u8> {
    ObjectIdentifier::new(dotted).unwrap().to_der().unwrap()
}

const DATA: &str = "1.2.840.113549.1.7.1";

/// What a CMS signs (RFC 5652 §5.4): the type and the digest of its content.
pub fn attributes(content: &[u8]) -> Vec<u8> {
    let attribute = |name, value: &[u8]| tlv(0x30, &[&oid(name), &tlv(0x31, &[value])]);
    [
        attribute("1.2.840.113549.1.9.3", &oid(DATA)),
        attribute("1.2.840.113549.1.9.4", &tlv(4, &[&Sha256::digest(content)])),
    ]
    .concat()
}

/// A CMS SignedData (RFC 5652) without its content, by the owner of a
/// certificate with that issuer (DER) and serial number.
pub fn cms(attributes: &[u8], key: &Key, certificate: &[u8], issuer: &[u8], serial: u8) -> Vec<u8> {
    let algorithm = |dotted| tlv(0x30, &[&oid(dotted)]);
    let sha256 = algorithm("2.16.840.1.101.3.4.2.1");
    let signer = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x30, &[issuer, &[2, 1, serial]]),
            &sha256,
            &tlv(0xa0, &[attributes]),
            &algorithm("1.2.840.10045.4.3.2"),
            &tlv(4, &[&key.sign_der(&tlv(0x31, &[attributes]))]),
        ],
    );
    let data = ber(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x31, &[&sha256]),
            &ber(0x30, &[&oid(DATA)]),
            &ber(0xa0, &[certificate]),
            &tlv(0x31, &[&signer]),
        ],
    );
    ber(0x30, &[&oid("1.2.840.113549.1.7.2"), &ber(0xa0, &[&data])])
}
