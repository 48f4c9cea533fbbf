//! A list of each form, of fictitious countries.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ciborium::cbor;
use hcert::Timestamp;
use hcert::trust::{Anchor, Dsc, Kid, ListFormat, TrustStore, Usage};
use p256::pkcs8::der::{Decode, Encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::gdhcn;
use super::sign::{self, Key, LIST, TRUST_ANCHOR, UPLOADER};
use crate::ISSUER;
use hcert_testkit::pki::{self, CertificateSpec, TestKey};

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

// --------------------------------------------------------------- certificates

const CSCA_KEY: &str = "fuzz csca";
const ROOT_KEY: &str = "fuzz root";
const SERIAL: u8 = 7;

fn spec<'a>(subject: &'a str, issuer: &'a str, ca: bool) -> CertificateSpec<'a> {
    CertificateSpec {
        subject,
        issuer,
        serial: SERIAL.into(),
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku: &[],
        ca,
    }
}

fn self_signed(name: &str, key: &str, ca: bool) -> Dsc {
    let key = TestKey::new(key);
    let der = pki::certificate(&spec(name, name, ca), &key, &key).unwrap();
    Dsc::from_der(&der).unwrap()
}

/// The issuer of [`ISSUER`]'s certificate.
pub static CSCA: LazyLock<Dsc> =
    LazyLock::new(|| self_signed("CN=CSCA,O=Example,C=XX", CSCA_KEY, true));
static UPLOAD: LazyLock<Dsc> =
    LazyLock::new(|| self_signed("CN=UPLOAD,O=Example,C=XX", UPLOADER.label, false));
static ANCHOR: LazyLock<Dsc> =
    LazyLock::new(|| self_signed("CN=TA,C=EU", TRUST_ANCHOR.label, false));
static LIST_SIGNER: LazyLock<Dsc> =
    LazyLock::new(|| self_signed("CN=List,C=XX", LIST.label, false));
static ROOT: LazyLock<Dsc> = LazyLock::new(|| self_signed("CN=Root,C=XX", ROOT_KEY, true));

// ------------------------------------------------------ Germany and its content

/// `{"certificates": […]}`.
pub fn certificates() -> String {
    let entry = json!({
        "kid": base64(ISSUER.dsc().kid()), "rawData": base64(ISSUER.dsc().der()),
        "country": "XX", "certificateType": "DSC", "timestamp": "2021-06-01T02:00:00+02:00",
        "thumbprint": ISSUER.dsc().digest().to_string(),
    });
    json!({"certificates": [entry, {"rawData": base64(CSCA.der()), "kid": ""}]}).to_string()
}

// --------------------------------------------------------------------- Sweden

pub fn swedish_anchor() -> Anchor {
    Anchor::Certificate(LIST_SIGNER.clone())
}

pub fn swedish_header() -> String {
    json!({"typ": "JOSE", "alg": "ES256", "x5c": [base64(LIST_SIGNER.der())]}).to_string()
}

pub fn swedish_payload() -> String {
    let kid = base64(ISSUER.dsc().kid());
    json!({
        "iss": "https://example.org", "iat": 1_622_505_600, "exp": 1_622_592_000,
        "dsc_trust_list": {
            "XX": {"eku": {&kid: [pki::EKU_VACCINATION]}, "keys": [
                {"kid": kid, "kty": "EC", "x5c": [base64(ISSUER.dsc().der())]},
            ]},
            "YY": {"eku": {}, "keys": [jwk_ec()]},
        },
    })
    .to_string()
}

fn point() -> [String; 2] {
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
    let point = p256::Sec1Point::from(key);
    let (_, coordinates) = point.as_bytes().split_first().unwrap();
    let (x, y) = coordinates.split_at(32);
    [x, y].map(base64)
}

// ------------------------------------------------------------------------ JWK

pub fn jwk_ec() -> Value {
    let [x, y] = point();
    json!({"kty": "EC", "crv": "P-256", "kid": "AAECAwQFBgc=", "use": "sig", "alg": "ES256",
        "x": x, "y": y})
}

pub fn jwk_set() -> String {
    let rsa: Value = serde_json::from_str(&crate::rsa_jwk()).unwrap();
    let mut private = jwk_ec();
    private["d"] = "AAAA".into();
    json!({"keys": [
        jwk_ec(),
        rsa,
        {"kty": "EC", "crv": "P-256", "kid": "", "x5c": [base64(ISSUER.dsc().der())]},
        private,
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-384", "kid": "k", "x": base64([1; 48]), "y": base64([2; 48])},
    ]})
    .to_string()
}

// ---------------------------------------------------------------- Switzerland

pub fn swiss_anchor() -> Anchor {
    Anchor::Certificate(ROOT.clone())
}

pub fn swiss_header() -> String {
    let spec = spec("CN=CH01-AppContentCertificate,C=XX", "CN=Root,C=XX", false);
    let root = TestKey::new(ROOT_KEY);
    let leaf = pki::certificate_over_pem(&spec, &sign::rsa_spki_pem(), &root).unwrap();
    json!({"alg": "RS256", "x5c": [base64(leaf), base64(ROOT.der())]}).to_string()
}

pub fn swiss_keys() -> String {
    let [x, y] = point();
    let ec = |id: &str, letters: &str| {
        json!({"keyId": id, "use": letters, "alg": "ES256", "crv": "P-256", "x": x, "y": y,
            "n": null, "e": null, "subjectPublicKeyInfo": null})
    };
    let spki = sign::rsa_spki_pem();
    let spki: String = spki.lines().filter(|line| !line.contains('-')).collect();
    json!({"certs": [
        ec("AAAAAAAAAAE=", "sig"),
        ec("AAAAAAAAAAI=", "tv"),
        ec("AAAAAAAAAAM=", "l"),
        ec("AAAAAAAAAAQ=", "x"),
        {"keyId": "AAAAAAAAAAU=", "use": "r", "alg": "RS256", "subjectPublicKeyInfo": spki},
    ]})
    .to_string()
}

pub fn swiss_active() -> String {
    let ids = [
        "AAAAAAAAAAE=",
        "AAAAAAAAAAI=",
        "AAAAAAAAAAQ=",
        "AAAAAAAAAAU=",
    ];
    json!({"activeKeyIds": ids, "validDuration": 172_800_000}).to_string()
}

// -------------------------------------------------------------------- Austria

pub fn austrian() -> Vec<u8> {
    let bytes = |bytes: &[u8]| ciborium::Value::Bytes(bytes.to_vec());
    let (kid, der) = (bytes(ISSUER.dsc().kid().as_bytes()), ISSUER.dsc().der());
    let list = cbor!({"c" => [{"i" => kid, "c" => bytes(der)}, {"c" => bytes(CSCA.der())}]});
    sign::cbor_bytes(&list.unwrap())
}

// ------------------------------------------------------------------- snapshots

/// Of a list of the WHO's network, one without signature, and a key by hand.
pub fn snapshot() -> Vec<u8> {
    let mut builder = TrustStore::builder();
    let list = gdhcn::signed(&gdhcn::document(), &gdhcn::proof()).unwrap();
    let list = builder.add_gdhcn("WHO", list.as_bytes(), &gdhcn::anchor());
    list.map(drop).unwrap();
    let list = builder.add_list("acc", ListFormat::Certificates, certificates().as_bytes());
    list.map(drop).unwrap();
    let (kid, usage) = (Kid::new(b"by hand").unwrap(), Usage::Test.into());
    let added = builder.add_public_key("key", kid, LIST.public_key(), Some("XX"), usage);
    added.map(drop).unwrap();
    let (store, _) = builder.build();
    let made_at = Timestamp::parse("2021-07-01T00:00:00Z").unwrap();
    store.to_snapshot(made_at).unwrap()
}

// ----------------------------------------------------------------- the gateway

/// An entry that waits for its signature.
fn unsigned_entry(kind: &str, der: &[u8]) -> Value {
    json!({
        "kid": base64(&Sha256::digest(der)[..8]), "country": "XX", "certificateType": kind,
        "timestamp": "2021-06-01T00:00:00Z", "rawData": base64(der),
    })
}

/// Attributes, signed by whoever has to sign an entry of that type.
pub fn cms_with(kind: &str, attributes: &[u8]) -> Vec<u8> {
    let (key, owner): (&Key, &Dsc) = match kind {
        "CSCA" | "UPLOAD" => (&TRUST_ANCHOR, &ANCHOR),
        _ => (&UPLOADER, &UPLOAD),
    };
    let certificate = x509_cert::Certificate::from_der(owner.der()).unwrap();
    let issuer = certificate.tbs_certificate().issuer().to_der().unwrap();
    sign::cms(attributes, key, owner.der(), &issuer, SERIAL)
}

/// The signature of an entry.
pub fn cms(kind: &str, der: &[u8]) -> Vec<u8> {
    cms_with(kind, &sign::attributes(der))
}

/// Beside a document, by [`sign::LIST`].
pub fn document_cms(attributes: &[u8]) -> Vec<u8> {
    let certificate = x509_cert::Certificate::from_der(UPLOAD.der()).unwrap();
    let issuer = certificate.tbs_certificate().issuer().to_der().unwrap();
    sign::cms(attributes, &sign::LIST, UPLOAD.der(), &issuer, SERIAL)
}

/// An entry with its signature.
pub fn entry(kind: &str, der: &[u8]) -> Value {
    let mut entry = unsigned_entry(kind, der);
    entry["signature"] = base64(cms(kind, der)).into();
    entry
}

/// Authority, uploader, document signer: type and DER.
pub fn gateway_certificates() -> [(&'static str, &'static [u8]); 3] {
    [
        ("CSCA", CSCA.der()),
        ("UPLOAD", UPLOAD.der()),
        ("DSC", ISSUER.dsc().der()),
    ]
}

pub static GATEWAY: LazyLock<[Value; 3]> =
    LazyLock::new(|| gateway_certificates().map(|(kind, der)| entry(kind, der)));

/// The same without signatures.
pub fn gateway_unsigned() -> [Value; 3] {
    gateway_certificates().map(|(kind, der)| unsigned_entry(kind, der))
}

// ------------------------------------------------------- forms without signature

fn varint(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2], &varint(content.len())[..], content].concat()
}

/// Kids and certificates as the Corona-Warn-App writes them.
pub fn protobuf<'a>(entries: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Vec<u8> {
    let entry = |(kid, der): (&[u8], &[u8])| field(1, &[field(1, kid), field(2, der)].concat());
    entries.into_iter().flat_map(entry).collect()
}

pub fn cwa() -> Vec<u8> {
    let (kid, der) = (ISSUER.dsc().kid(), ISSUER.dsc().der());
    protobuf([
        (kid.as_bytes(), der),
        (b"", CSCA.der()),
        (b"longer kid", der),
    ])
}

fn spki() -> String {
    base64(LIST.public_key().spki_der())
}

pub fn dutch() -> String {
    json!({"eu_keys": {
        "AAAAAAAAAAE=": [{"subjectPk": spki(), "keyUsage": []}],
        "AAAAAAAAAAI=": [{"subjectPk": spki(), "keyUsage": ["v", "t"], "ian": "C=XX"}, {}],
        "AAAAAAAAAAM=": [],
    }})
    .to_string()
}

pub fn keys_by_kid() -> String {
    json!({
        "AAAAAAAAAAE=": {"publicKeyPem": spki(), "subject": "C=xx, O=Example"},
        "AAAAAAAAAAI=": {"publicKeyPem": spki(), "subject": "O=Example", "issuer": "C=YY"},
    })
    .to_string()
}

pub fn polish() -> String {
    let entry = |dsc: &Dsc| {
        json!({"identyfikator": dsc.digest().to_string(), "identyfikatorKlucza": base64(dsc.kid()),
            "certyfikat": base64(dsc.der())})
    };
    json!([entry(ISSUER.dsc()), entry(&CSCA)]).to_string()
}

/// A PEM block.
pub fn pem(label: &str, der: &[u8]) -> String {
    let body = base64(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}
