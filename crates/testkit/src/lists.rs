//! Trust lists of each signed form, made with keys that follow from labels:
//! for tests and vectors.

pub mod cms;
pub mod gdhcn;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD as STANDARD, BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use ciborium::cbor;
use hcert::Timestamp;
use hcert::issue::{P256Signer, Signer as _};
use hcert::trust::Kid;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::pki::{self, CertificateSpec, TestKey};

/// Valid from 2021 to 2023.
pub fn spec<'a>(subject: &'a str, issuer: &'a str, ca: bool) -> CertificateSpec<'a> {
    CertificateSpec {
        subject,
        issuer,
        serial: 7,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku: &[],
        ca,
    }
}

/// A certificate for the key of that label.
pub fn certificate(subject: &str, key: &str, issuer: &str, issuer_key: &str, ca: bool) -> Vec<u8> {
    let spec = spec(subject, issuer, ca);
    pki::certificate(&spec, &TestKey::new(key), &TestKey::new(issuer_key)).unwrap()
}

/// The kid of a certificate in base64.
pub fn kid(der: &[u8]) -> String {
    STANDARD.encode(Kid::of_certificate(der).as_bytes())
}

/// Signs with the key of that label: `r‖s`.
pub fn sign(label: &str, message: &[u8]) -> Vec<u8> {
    let pem = TestKey::new(label).pkcs8_pem().unwrap();
    let signer = P256Signer::from_pkcs8_pem(&pem).unwrap();
    signer.sign(message).unwrap()
}

/// Germany's form around its content.
pub fn german(content: &str, signer: &str) -> Vec<u8> {
    let signature = STANDARD.encode(sign(signer, content.as_bytes()));
    format!("{signature}\n{content}").into_bytes()
}

/// A JWS in compact form.
pub fn jws(header: &str, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let signature = encode(&sign(signed.as_bytes()));
    format!("{signed}.{signature}").into_bytes()
}

/// A value as CBOR.
pub fn encode(value: &ciborium::Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}

/// A CBOR byte string.
pub fn bytes(bytes: &[u8]) -> ciborium::Value {
    ciborium::Value::Bytes(bytes.to_vec())
}

/// The COSE_Sign1 beside Austria's list.
pub fn detached(protected: &ciborium::Value, payload: &ciborium::Value, signer: &str) -> Vec<u8> {
    let (protected, payload) = (encode(protected), encode(payload));
    let to_sign = cbor!(["Signature1", bytes(&protected), bytes(&[]), bytes(&payload)]).unwrap();
    let signature = sign(signer, &encode(&to_sign));
    let cose = cbor!([bytes(&protected), {}, bytes(&payload), bytes(&signature)]).unwrap();
    encode(&ciborium::Value::Tag(18, Box::new(cose)))
}

/// What a list holds: kids and certificates.
pub type Listed<'a> = [(Kid, &'a [u8])];

/// Germany's content, with the same time on each entry.
pub fn certificates(listed: &Listed<'_>, timestamp: &str) -> String {
    let entry = |(kid, der): &(Kid, &[u8])| {
        json!({
            "kid": STANDARD.encode(kid.as_bytes()), "rawData": STANDARD.encode(der), "country": "XX",
            "certificateType": "DSC", "timestamp": timestamp,
        })
    };
    let entries: Vec<Value> = listed.iter().map(entry).collect();
    json!({"certificates": entries}).to_string()
}

/// Sweden's list, without a certificate in its header.
pub fn swedish(listed: &Listed<'_>, iat: i64, exp: i64, signer: &str) -> Vec<u8> {
    let key = |(kid, der): &(Kid, &[u8])| json!({"kid": STANDARD.encode(kid.as_bytes()), "kty": "EC", "x5c": [STANDARD.encode(der)]});
    let keys: Vec<Value> = listed.iter().map(key).collect();
    let payload = json!({
        "iss": "https://example.org", "iat": iat, "exp": exp,
        "dsc_trust_list": {"XX": {"eku": {}, "keys": keys}},
    });
    let header = r#"{"typ":"JOSE","alg":"ES256"}"#;
    jws(header, &payload.to_string(), |message| {
        sign(signer, message)
    })
}

/// Austria's list.
pub fn austrian(listed: &Listed<'_>) -> Vec<u8> {
    let entry =
        |(kid, der): &(Kid, &[u8])| cbor!({"i" => bytes(kid.as_bytes()), "c" => bytes(der)});
    let entries: Vec<_> = listed.iter().map(|e| entry(e).unwrap()).collect();
    encode(&cbor!({"c" => entries}).unwrap())
}

/// What is signed beside it.
pub fn austrian_signature(list: &[u8], nbf: i64, exp: i64, signer: &str) -> Vec<u8> {
    let header = cbor!({42 => 2, 4 => bytes(b"12345678"), 1 => -7}).unwrap();
    let digest = bytes(&Sha256::digest(list));
    let claims = cbor!({2 => digest, 4 => exp, 5 => nbf}).unwrap();
    detached(&header, &claims, signer)
}
