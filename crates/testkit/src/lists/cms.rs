//! CMS (RFC 5652) as the gateway's members make it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use hcert::trust::Dsc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{kid, sign};

/// A DER element around the parts.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let head = match content.len() {
        n @ 0..=0x7f => vec![tag, n as u8],
        n => vec![tag, 0x82, (n >> 8) as u8, n as u8],
    };
    [head, content].concat()
}

/// Of indefinite length, as the gateway's uploads are.
pub fn ber(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], &parts.concat()[..], &[0, 0]].concat()
}

/// An object identifier in DER.
pub fn oid(dotted: &str) -> Vec<u8> {
    use p256::pkcs8::der::Encode;
    let oid = p256::pkcs8::ObjectIdentifier::new(dotted).unwrap();
    oid.to_der().unwrap()
}

/// How a CMS is to be made.
#[derive(Clone, Copy)]
pub struct Cms {
    /// Whether signed attributes are there, and signed.
    pub attributes: bool,
    /// Whether the content is inside.
    pub content: bool,
    /// Whether lengths are indefinite, as the gateway writes them.
    pub indefinite: bool,
    /// The object identifier of the digest.
    pub digest: &'static str,
    /// The object identifier of the signature.
    pub algorithm: &'static str,
    /// Attributes: how often the digest, and about which type of content.
    pub digests: usize,
    /// The content type among the attributes.
    pub content_type: &'static str,
    /// `YYMMDDhhmmssZ`.
    pub signing_time: Option<&'static str>,
    /// How often the signing time.
    pub signing_times: usize,
}

/// SHA-256.
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
/// SHA-1, which no list may use.
pub const SHA1: &str = "1.3.14.3.2.26";
/// ECDSA with SHA-256.
pub const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
/// Content of no particular type.
pub const DATA: &str = "1.2.840.113549.1.7.1";

impl Cms {
    /// As the gateway signs.
    pub const USUAL: Self = Self {
        attributes: true,
        content: false,
        indefinite: true,
        digest: SHA256,
        algorithm: ECDSA_SHA256,
        digests: 1,
        content_type: DATA,
        signing_time: None,
        signing_times: 1,
    };

    /// The content, signed by the key of that label under the certificate.
    pub fn sign(self, content: &[u8], certificate: &[u8], signer: &str) -> Vec<u8> {
        let wrap = if self.indefinite { ber } else { tlv };
        let algorithm = |dotted| tlv(0x30, &[&oid(dotted)]);
        let digest = tlv(4, &[&Sha256::digest(content)]);
        let attribute = |name, value: &[u8]| tlv(0x30, &[&oid(name), &tlv(0x31, &[value])]);
        let one = attribute("1.2.840.113549.1.9.4", &digest);
        let attributes = [
            attribute("1.2.840.113549.1.9.3", &oid(self.content_type)),
            one.repeat(self.digests),
            self.signing_time.map_or(vec![], |time| {
                let one = attribute("1.2.840.113549.1.9.5", &tlv(0x17, &[time.as_bytes()]));
                one.repeat(self.signing_times)
            }),
        ]
        .concat();
        let signed = match self.attributes {
            true => tlv(0x31, &[&attributes]),
            false => content.to_vec(),
        };
        let signature = p256::ecdsa::Signature::from_slice(&sign(signer, &signed)).unwrap();
        let implicit = match self.attributes {
            true => tlv(0xa0, &[&attributes]),
            false => vec![],
        };
        let pieces: Vec<u8> = content.chunks(100).flat_map(|c| tlv(4, &[c])).collect();
        let inside = match self.content {
            true => wrap(0xa0, &[&wrap(0x24, &[&pieces])]),
            false => vec![],
        };
        let own = Dsc::from_der(certificate).unwrap();
        // The issuer's name and the serial number stand one after the other
        // in a certificate, but for the algorithm between them.
        let name = name_of_issuer(own.der());
        let signer_info = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x30, &[&name, &[2, 1, 7]]),
                &algorithm(self.digest),
                &implicit,
                &algorithm(self.algorithm),
                &tlv(4, &[signature.to_der().as_bytes()]),
            ],
        );
        let data = wrap(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x31, &[&algorithm(self.digest)]),
                &wrap(0x30, &[&oid(DATA), &inside]),
                &wrap(0xa0, &[certificate]),
                &tlv(0x31, &[&signer_info]),
            ],
        );
        wrap(0x30, &[&oid("1.2.840.113549.1.7.2"), &wrap(0xa0, &[&data])])
    }
}

fn name_of_issuer(der: &[u8]) -> Vec<u8> {
    use x509_cert::der::{Decode, Encode};
    let certificate = x509_cert::Certificate::from_der(der).unwrap();
    certificate.tbs_certificate().issuer().to_der().unwrap()
}

/// An entry of the gateway, uploaded with this certificate and key.
pub fn item(kind: &str, der: &[u8], signer: &[u8], key: &str) -> Value {
    json!({
        "kid": kid(der), "country": "XX", "certificateType": kind,
        "timestamp": "2021-06-01T00:00:00Z", "rawData": STANDARD.encode(der),
        "signature": STANDARD.encode(Cms::USUAL.sign(der, signer, key)),
    })
}
