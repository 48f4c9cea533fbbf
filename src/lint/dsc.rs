//! The document signer certificate and its key (hcert-spec 1.0.8 §5).

use alloc::string::{String, ToString};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::KeyUsage as KeyUsageBits;

use super::Report;
use crate::Timestamp;
use crate::crypto::{KeyKind, PublicKey};
use crate::trust::{Dsc, KeyUsage, PublishedKey, TrustedKey};

const MIN_RSA_BITS: usize = 2048;
const SUBJECT_KEY: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const AUTHORITY_KEY: &str = "2.5.29.35";
/// sha1WithRSAEncryption (RFC 3279 §2.2.1) and ecdsa-with-SHA1 (§2.2.3).
const SHA1: [&str; 2] = ["1.2.840.113549.1.1.5", "1.2.840.10045.4.1"];
const ARC: &str = "1.3.6.1.4.1.1847.2021.1.";
const OLDER_ARC: &str = "1.3.6.1.4.1.0.1847.2021.1.";

/// A key that may have signed.
pub(super) struct Signer<'a> {
    pub key: &'a PublicKey,
    pub dsc: Option<&'a Dsc>,
    pub usage: KeyUsage,
    pub country: Option<&'a str>,
    pub validity: Option<(Timestamp, Timestamp)>,
}

impl<'a> From<&'a Dsc> for Signer<'a> {
    fn from(dsc: &'a Dsc) -> Self {
        Self {
            key: dsc.public_key(),
            dsc: Some(dsc),
            usage: dsc.usage(),
            country: dsc.country(),
            validity: Some((dsc.not_before(), dsc.not_after())),
        }
    }
}

impl<'a> From<&'a TrustedKey> for Signer<'a> {
    fn from(key: &'a TrustedKey) -> Self {
        Self {
            key: key.public_key(),
            dsc: key.certificate(),
            usage: key.usage(),
            country: key.country(),
            validity: key.validity(),
        }
    }
}

pub(super) fn lint_key(key: &PublicKey, report: &mut Report) {
    report.fact("key", key.kind());
    match key.kind() {
        KeyKind::P256 => {}
        KeyKind::Rsa { bits } if *bits < MIN_RSA_BITS => report.find("dsc-key-length", "dsc"),
        KeyKind::Rsa { .. } => {}
        KeyKind::Unsupported { .. } => report.find("dsc-key-type", "dsc"),
    }
    if PublishedKey::of(key).is_some_and(|known| known.is_private_key_published()) {
        report.find("dsc-published-key", "dsc");
    }
}

pub(super) fn lint(dsc: &Dsc, now: Option<Timestamp>, report: &mut Report) {
    lint_key(dsc.public_key(), report);
    report.fact("usage", dsc.usage());
    match dsc.extended_key_usage() {
        None => report.find("dsc-eku-none", "dsc"),
        Some([]) => report.find("dsc-eku-empty", "dsc"),
        Some(oids) => purposes(oids, report),
    }
    if dsc.country().is_none() {
        report.find("dsc-country", "dsc");
    }
    if dsc.is_ca() {
        report.find("dsc-ca", "dsc");
    }
    if now.is_some_and(|now| now > dsc.not_after()) {
        report.find("dsc-expired", "dsc");
    }
    if now.is_some_and(|now| now < dsc.not_before()) {
        report.find("dsc-not-yet-valid", "dsc");
    }
    if let Ok(certificate) = Certificate::from_der(dsc.der()) {
        details(&certificate, report);
    }
}

fn purposes(oids: &[String], report: &mut Report) {
    let health = |arc: &str, oid: &str| matches!(oid.strip_prefix(arc), Some("1" | "2" | "3"));
    if oids.iter().any(|oid| health(OLDER_ARC, oid)) {
        report.find("dsc-eku-legacy", "dsc");
    }
    if oids
        .iter()
        .any(|oid| !health(ARC, oid) && !health(OLDER_ARC, oid))
    {
        report.find("dsc-eku-other", "dsc");
    }
}

/// What [`Dsc`] does not keep.
fn details(certificate: &Certificate, report: &mut Report) {
    let algorithm = certificate.signature_algorithm().oid.to_string();
    if SHA1.contains(&algorithm.as_str()) {
        report.find("dsc-signature-sha1", "dsc");
    }
    let tbs = certificate.tbs_certificate();
    let extension = |oid: &str| {
        let oid = ObjectIdentifier::new(oid).ok()?;
        let mut extensions = tbs.extensions().into_iter().flatten();
        let found = extensions.find(|extension| extension.extn_id == oid)?;
        Some(found.extn_value.as_bytes())
    };
    // SEQUENCE { BOOLEAN FALSE, … }
    if let Some([0x30, _, 1, 1, 0, ..]) = extension(BASIC_CONSTRAINTS) {
        report.find("dsc-basic-constraints", "dsc");
    }
    let usage = extension(KEY_USAGE).map(KeyUsageBits::from_der);
    if matches!(usage, Some(Ok(usage)) if !usage.digital_signature()) {
        report.find("dsc-key-usage", "dsc");
    }
    if tbs.issuer() != tbs.subject() && extension(AUTHORITY_KEY).is_none() {
        report.find("dsc-authority-key", "dsc");
    }
    if extension(SUBJECT_KEY).is_none() {
        report.find("dsc-subject-key", "dsc");
    }
}
