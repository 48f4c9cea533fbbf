//! The keys, and the entries of trust lists over them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hcert_testkit::pki::TestKey;
use p256::pkcs8::der::Document;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Error, der, hex, keys, object, sign};

/// A published private key.
pub struct Key {
    pub id: &'static str,
    pub kind: &'static str,
    /// The COSE algorithm that fits it.
    pub algorithm: i64,
    pub pem: String,
    pub spki: Vec<u8>,
}

impl Key {
    pub fn algorithm_name(&self) -> Option<&'static str> {
        match self.algorithm {
            -7 => Some("ES256"),
            -37 => Some("PS256"),
            _ => None,
        }
    }
}

/// An entry of a trust list.
pub struct Trusted {
    id: String,
    comment: &'static str,
    pub key: &'static str,
    pub kid: Vec<u8>,
    /// A certificate, or SubjectPublicKeyInfo if it is bare.
    pub der: Vec<u8>,
    pub bare: bool,
    validity: Option<(&'static str, &'static str)>,
    usage: Option<Vec<&'static str>>,
}

impl Trusted {
    pub fn to_json(&self) -> String {
        let der = json!(BASE64_STANDARD.encode(&self.der));
        let (certificate, spki) = if self.bare {
            (json!(null), der)
        } else {
            (der, json!(null))
        };
        let (not_before, not_after) = self.validity.unzip();
        object(&[
            ("id", json!(self.id)),
            ("comment", json!(self.comment)),
            ("key", json!(self.key)),
            ("kid", json!(hex(&self.kid))),
            ("certificate", certificate),
            ("spki", spki),
            ("country", json!((!self.bare).then_some("XX"))),
            ("not_before", json!(not_before.map(rfc3339))),
            ("not_after", json!(not_after.map(rfc3339))),
            ("usage", json!(self.usage)),
        ])
    }
}

/// `210101000000Z` as `2021-01-01T00:00:00Z`.
fn rfc3339(utc_time: &str) -> String {
    let pairs: Vec<_> = utc_time
        .as_bytes()
        .chunks(2)
        .map(String::from_utf8_lossy)
        .collect();
    match pairs.as_slice() {
        [y, m, d, h, min, s, ..] => format!("20{y}-{m}-{d}T{h}:{min}:{s}Z"),
        _ => String::new(),
    }
}

pub struct Pki {
    pub keys: Vec<Key>,
    pub trust: Vec<Trusted>,
}

const START: &str = "210101000000Z";
const END: &str = "230101000000Z";
const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";

/// The extended key usages of the matrix: their name, their object
/// identifiers, and the records that they allow (nothing: any).
pub const USAGES: &[(&str, &[&str], &[&str])] = &[
    ("empty", &[], &[]),
    ("other", &[CODE_SIGNING], &[]),
    ("t", &["1.3.6.1.4.1.1847.2021.1.1"], &["t"]),
    ("v", &["1.3.6.1.4.1.1847.2021.1.2"], &["v"]),
    ("r", &["1.3.6.1.4.1.1847.2021.1.3"], &["r"]),
    ("legacy-t", &["1.3.6.1.4.1.0.1847.2021.1.1"], &["t"]),
    ("legacy-v", &["1.3.6.1.4.1.0.1847.2021.1.2"], &["v"]),
    ("legacy-r", &["1.3.6.1.4.1.0.1847.2021.1.3"], &["r"]),
    (
        "other-t",
        &[CODE_SIGNING, "1.3.6.1.4.1.1847.2021.1.1"],
        &["t"],
    ),
    (
        "v-t",
        &["1.3.6.1.4.1.1847.2021.1.2", "1.3.6.1.4.1.1847.2021.1.1"],
        &["v", "t"],
    ),
];

impl Pki {
    pub fn make() -> Result<Self, Error> {
        let mut pki = Self {
            keys: Vec::new(),
            trust: Vec::new(),
        };
        for id in ["csca", "ec-1", "ec-2"] {
            let key = TestKey::new(&format!("hcert test vectors {id}"));
            let (pem, spki) = (key.pkcs8_pem()?, key.spki_der()?);
            pki.keys.push(Key {
                id,
                kind: "P-256",
                algorithm: -7,
                pem,
                spki,
            });
        }
        for (id, kind, pem) in [
            ("rsa-2048", "RSA-2048", keys::RSA_2048),
            ("rsa-1024", "RSA-1024", keys::RSA_1024),
        ] {
            let spki = sign::rsa_spki(pem)?;
            pki.keys.push(Key {
                id,
                kind,
                algorithm: -37,
                pem: pem.into(),
                spki,
            });
        }
        let (_, spki) = Document::from_pem(keys::P_384_PUBLIC)?;
        pki.keys.push(Key {
            id: "p-384",
            kind: "P-384",
            algorithm: -35,
            pem: keys::P_384.into(),
            spki: spki.into_vec(),
        });

        let any = |common_name| Spec {
            common_name,
            ..Spec::default()
        };
        pki.certificate("dsc", "the usual document signer", "ec-1", &any("DSC 1"))?;
        pki.certificate(
            "dsc-2",
            "another document signer with another key",
            "ec-2",
            &any("DSC 2"),
        )?;
        pki.certificate(
            "rsa-2048",
            "a document signer for PS256",
            "rsa-2048",
            &any("DSC 3"),
        )?;
        pki.certificate(
            "rsa-1024",
            "an RSA key that is too short",
            "rsa-1024",
            &any("DSC 4"),
        )?;
        pki.certificate(
            "p-384",
            "a key that no HCERT algorithm uses",
            "p-384",
            &any("DSC 5"),
        )?;
        let ended = Spec {
            not_after: "210801000000Z",
            ..any("DSC 6")
        };
        pki.certificate("ended", "valid until 2021-08-01", "ec-1", &ended)?;
        let to_come = Spec {
            not_before: "210801000000Z",
            ..any("DSC 7")
        };
        pki.certificate("to-come", "valid from 2021-08-01 on", "ec-1", &to_come)?;
        let explicit = Spec {
            explicit_ca_false: true,
            ..any("DSC 8")
        };
        let comment =
            "BasicConstraints writes its default, cA FALSE, which DER leaves out (X.690 §11.5)";
        pki.certificate("ca-false", comment, "ec-1", &explicit)?;
        for (name, oids, allowed) in USAGES {
            let spec = Spec {
                usage: Some((oids, allowed)),
                ..any("DSC for some records")
            };
            pki.certificate(
                &format!("usage-{name}"),
                "extended key usage",
                "ec-1",
                &spec,
            )?;
        }

        let kid = pki.trusted("dsc")?.kid.clone();
        pki.alias("dsc-2-as-dsc", "dsc-2 under the kid of dsc", "dsc-2", &kid)?;
        pki.alias(
            "rsa-2048-as-dsc",
            "rsa-2048 under the kid of dsc",
            "rsa-2048",
            &kid,
        )?;
        pki.alias("ended-as-dsc", "ended under the kid of dsc", "ended", &kid)?;
        pki.alias(
            "kid-ascii",
            "dsc under a kid of 6 ASCII characters",
            "dsc",
            b"KEY-01",
        )?;
        pki.alias("kid-short", "dsc under a kid of 3 bytes", "dsc", &[1, 2, 3])?;
        pki.alias("kid-long", "dsc under a kid of 32 bytes", "dsc", &[7; 32])?;
        let spki = pki.key("ec-1")?.spki.clone();
        pki.trust.push(Trusted {
            id: "bare".into(),
            comment: "the key of dsc without a certificate, under the kid of dsc",
            key: "ec-1",
            kid,
            der: spki,
            bare: true,
            validity: None,
            usage: None,
        });
        Ok(pki)
    }

    pub fn key(&self, id: &str) -> Result<&Key, Error> {
        let found = self.keys.iter().find(|key| key.id == id);
        found.ok_or_else(|| format!("no key is named {id}").into())
    }

    pub fn trusted(&self, id: &str) -> Result<&Trusted, Error> {
        let found = self.trust.iter().find(|entry| entry.id == id);
        found.ok_or_else(|| format!("no trust entry is named {id}").into())
    }

    /// Signs by the algorithm that fits the key.
    pub fn sign(&self, id: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.key(id)?;
        match key.algorithm {
            -7 => sign::es256(&key.pem, message),
            -37 => sign::pss(&key.pem, message, 32),
            _ => Err(format!("nothing is signed with {id}").into()),
        }
    }

    fn certificate(
        &mut self,
        id: &str,
        comment: &'static str,
        key: &'static str,
        spec: &Spec,
    ) -> Result<(), Error> {
        let certificate = der::Certificate {
            common_name: spec.common_name,
            serial: u8::try_from(self.trust.len() + 1)?,
            not_before: spec.not_before,
            not_after: spec.not_after,
            usage: spec.usage.map(|(oids, _)| oids),
            explicit_ca_false: spec.explicit_ca_false,
            spki: &self.key(key)?.spki,
        };
        let to_be_signed = certificate.to_be_signed();
        let signature = der::ecdsa_signature(&self.sign("csca", &to_be_signed)?);
        let der = der::certificate(to_be_signed, &signature);
        self.trust.push(Trusted {
            id: id.into(),
            comment,
            key,
            // hcert-spec appendix A.
            kid: Sha256::digest(&der).iter().copied().take(8).collect(),
            der,
            bare: false,
            validity: Some((spec.not_before, spec.not_after)),
            usage: spec
                .usage
                .map(|(_, allowed)| allowed.to_vec())
                .filter(|allowed| !allowed.is_empty()),
        });
        Ok(())
    }

    /// The certificate of another entry under another kid.
    fn alias(
        &mut self,
        id: &str,
        comment: &'static str,
        of: &str,
        kid: &[u8],
    ) -> Result<(), Error> {
        let other = self.trusted(of)?;
        let alias = Trusted {
            id: id.into(),
            comment,
            key: other.key,
            kid: kid.to_vec(),
            der: other.der.clone(),
            bare: false,
            validity: other.validity,
            usage: other.usage.clone(),
        };
        self.trust.push(alias);
        Ok(())
    }
}

/// What differs between the certificates.
struct Spec {
    common_name: &'static str,
    not_before: &'static str,
    not_after: &'static str,
    usage: Option<(&'static [&'static str], &'static [&'static str])>,
    explicit_ca_false: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            common_name: "DSC",
            not_before: START,
            not_after: END,
            usage: None,
            explicit_ca_false: false,
        }
    }
}
