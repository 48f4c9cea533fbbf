//! Lists of our own making, signed by the key `list` where nothing else is said.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ciborium::cbor;
use hcert::issue::Signer;
use hcert::trust::Dsc;
use hcert_testkit::pki::{self, CertificateSpec, TestKey};
use hcert_testkit::{fixtures, raw};
use p256::pkcs8::LineEnding;
use rsa::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use hcert_testkit::lists::spec;

pub fn sign(label: &str, message: &[u8]) -> Vec<u8> {
    fixtures::signer(label).sign(message).unwrap()
}

pub fn kid(dsc: &Dsc) -> String {
    BASE64_STANDARD.encode(dsc.kid())
}

pub fn entry(dsc: &Dsc, country: &str) -> Value {
    json!({
        "kid": kid(dsc), "rawData": BASE64_STANDARD.encode(dsc.der()), "country": country,
        "certificateType": "DSC", "timestamp": "2021-06-01T00:00:00Z",
    })
}

pub fn german(entries: &[Value]) -> String {
    let content = json!({"certificates": entries}).to_string();
    let signature = BASE64_STANDARD.encode(sign("list", content.as_bytes()));
    format!("{signature}\n{content}")
}

pub fn jws(header: &Value, payload: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (header, payload) = (header.to_string(), payload.to_string());
    let signed = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let signature = encode(&sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

pub fn swedish() -> String {
    swedish_of(1_622_505_600)
}

/// Made at that second.
pub fn swedish_of(made_at: i64) -> String {
    let dsc = fixtures::dsc("alpha", &[]);
    let name = "CN=List,C=XX";
    let key = TestKey::new("list");
    let signer = pki::certificate(&spec(name, name, false), &key, &key).unwrap();
    let header = json!({"typ": "JOSE", "alg": "ES256", "x5c": [BASE64_STANDARD.encode(signer)]});
    let payload = json!({
        "iss": "https://example.org", "iat": made_at, "exp": 1_622_592_000,
        "dsc_trust_list": {"XX": {"eku": {}, "keys": [
            {"kid": kid(&dsc), "kty": "EC", "x5c": [BASE64_STANDARD.encode(dsc.der())]},
        ]}},
    });
    jws(&header, &payload, |m| sign("list", m))
}

/// The list and its signature.
pub fn austrian() -> [Vec<u8>; 2] {
    austrian_of("alpha")
}

/// With the key of that label.
pub fn austrian_of(key: &str) -> [Vec<u8>; 2] {
    let encode = |value: &ciborium::Value| {
        let mut out = Vec::new();
        ciborium::into_writer(value, &mut out).unwrap();
        out
    };
    let bytes = |bytes: &[u8]| ciborium::Value::Bytes(bytes.to_vec());
    let dsc = fixtures::dsc(key, &[]);
    let id = bytes(dsc.kid().as_bytes());
    let list = encode(&cbor!({"c" => [{"i" => id, "c" => bytes(dsc.der())}]}).unwrap());
    let protected = encode(&cbor!({42 => 2, 4 => bytes(b"12345678"), 1 => -7}).unwrap());
    let digest = bytes(&Sha256::digest(&list));
    let payload = encode(&cbor!({2 => digest, 4 => 1_622_592_000, 5 => 1_622_505_600}).unwrap());
    let to_sign = cbor!(["Signature1", bytes(&protected), bytes(&[]), bytes(&payload)]);
    let signature = bytes(&sign("list", &encode(&to_sign.unwrap())));
    let cose = cbor!([bytes(&protected), {}, bytes(&payload), signature]).unwrap();
    [list, encode(&ciborium::Value::Tag(18, Box::new(cose)))]
}

pub fn rsa_certificate(
    rsa: &raw::RsaSigner,
    spec: &CertificateSpec<'_>,
    issuer: &TestKey,
) -> Vec<u8> {
    let der = rsa.spki_der();
    let info = rsa::pkcs8::SubjectPublicKeyInfoRef::try_from(&der[..]).unwrap();
    let key = rsa::PublicKey::try_from(info).unwrap();
    let pem = key.to_public_key_pem(LineEnding::LF).unwrap();
    pki::certificate_over_pem(spec, &pem, issuer).unwrap()
}

/// The keys, the ids of the active ones, and the root.
pub fn swiss() -> [Vec<u8>; 3] {
    let rsa = raw::RsaSigner::new(2048);
    let (root, leaf) = ("CN=Root,C=XX", "CN=CH01-AppContentCertificate,C=XX");
    let key = TestKey::new("root");
    let leaf = rsa_certificate(&rsa, &spec(leaf, root, false), &key);
    let header = json!({"alg": "RS256", "x5c": [BASE64_STANDARD.encode(leaf)]});
    let id = "AAAAAAAAAAE=";
    let certs = json!({"certs": [
        {"keyId": id, "use": "sig", "alg": "RS256",
            "subjectPublicKeyInfo": BASE64_STANDARD.encode(rsa.spki_der())},
    ]});
    let active = json!({"activeKeyIds": [id], "validDuration": 172_800_000});
    let signed = |payload: &Value| jws(&header, payload, |m| rsa.sign_rs256(m)).into_bytes();
    let root = pki::certificate(&spec(root, root, true), &key, &key).unwrap();
    [signed(&certs), signed(&active), root]
}

/// A list in the form of the WHO's network, whose signature is nobody's.
pub fn gdhcn(host: &str, environment: &str, entries: &[Value]) -> String {
    let list = format!("did:web:{host}:v2:trustlist");
    let suffix = match environment {
        "prod" => String::new(),
        other => format!("-{}", other.to_uppercase()),
    };
    json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            format!("https://smart.who.int/trust/tng-context/v1{suffix}.jsonld"),
        ],
        "id": list,
        "controller": list,
        "verificationMethod": entries,
        "proof": {
            "type": "JsonWebSignature2020",
            "created": "2021-06-15T00:00:00Z",
            "nonce": "AAAA",
            "proofPurpose": "assertionMethod",
            "verificationMethod": format!(
                "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-{environment}:main:WHO:signing:DID"
            ),
            "jws": format!(
                "{}..AAAA",
                BASE64_URL_SAFE_NO_PAD.encode(r#"{"b64":false,"crit":["b64"],"alg":"ES256"}"#)
            ),
        },
    })
    .to_string()
}

pub fn gdhcn_entry(host: &str, dsc: &Dsc) -> Value {
    let list = format!("did:web:{host}:v2:trustlist");
    json!({
        "id": format!("{list}:DCC:XXA:DSC#{}", kid(dsc)),
        "type": "JsonWebKey2020",
        "controller": list,
        "publicKeyJwk": {
            "kty": "EC", "kid": kid(dsc), "x5c": [BASE64_STANDARD.encode(dsc.der())],
            "crv": "P-256", "x": "x", "y": "y",
        },
        "domain": {"code": "#DCC"},
        "participant": {"code": "#XXA"},
        "keyusage": {"code": "#DSC"},
    })
}

pub const DEV: &str = "tng-cdn-dev.who.int";
