//! Certificates for demos, tests and vectors: a national root (CSCA) and the
//! document signers (DSC) under it. Nothing here is for production: keys that
//! come from labels are known to everybody.

use std::str::FromStr;
use std::time::Duration;

use hcert::Timestamp;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::elliptic_curve::Generate;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use sha2::{Digest, Sha256};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::der::{DecodePem, Encode, asn1::UtcTime};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{ObjectIdentifier, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// Whatever goes wrong in making one.
pub type Error = Box<dyn std::error::Error>;

/// Extended key usage of a document signer (hcert-spec 1.0.8, annex A).
pub const EKU_TEST: &str = "1.3.6.1.4.1.1847.2021.1.1";
/// The usage of who signs vaccinations.
pub const EKU_VACCINATION: &str = "1.3.6.1.4.1.1847.2021.1.2";
/// The usage of who signs recoveries.
pub const EKU_RECOVERY: &str = "1.3.6.1.4.1.1847.2021.1.3";

/// The label of a key whose private half is published: that of COSE's examples
/// (RFC 9052, appendix C.7.2).
pub const PUBLISHED: &str = "published";
const PUBLISHED_SCALAR: [u8; 32] = [
    0x57, 0xc9, 0x20, 0x77, 0x66, 0x41, 0x46, 0xe8, 0x76, 0x76, 0x0c, 0x95, 0x20, 0xd0, 0x54, 0xaa,
    0x93, 0xc3, 0xaf, 0xb0, 0x4e, 0x30, 0x67, 0x05, 0xdb, 0x60, 0x90, 0x30, 0x85, 0x07, 0xb4, 0xd3,
];

/// A P-256 key.
pub struct TestKey(SigningKey);

impl TestKey {
    /// A fresh key from the operating system's random numbers.
    pub fn random() -> Self {
        Self(SigningKey::generate())
    }

    /// The key that follows from a label.
    #[allow(clippy::expect_used)]
    pub fn new(label: &str) -> Self {
        // A digest is a scalar of P-256 with overwhelming probability; the
        // counter covers the rest.
        let key = (0u8..).find_map(|n| {
            let digest = match label {
                PUBLISHED => PUBLISHED_SCALAR.into(),
                _ => Sha256::digest([label.as_bytes(), &[n]].concat()),
            };
            SigningKey::from_slice(&digest).ok()
        });
        Self(key.expect("one of the first digests is a scalar"))
    }

    /// The private key as PKCS#8 in PEM.
    pub fn pkcs8_pem(&self) -> Result<String, Error> {
        Ok(self.0.to_pkcs8_pem(LineEnding::LF)?.to_string())
    }

    /// The public key as SubjectPublicKeyInfo in DER.
    pub fn spki_der(&self) -> Result<Vec<u8>, Error> {
        Ok(self.0.verifying_key().to_public_key_der()?.into_vec())
    }

    fn spki(&self) -> Result<SubjectPublicKeyInfoOwned, Error> {
        Ok(SubjectPublicKeyInfoOwned::from_key(self.0.verifying_key())?)
    }
}

/// What is to be written into a certificate.
pub struct CertificateSpec<'a> {
    /// RFC 4514, such as `CN=DSC 1,O=Example,C=XX`.
    pub subject: &'a str,
    /// In the same form.
    pub issuer: &'a str,
    /// The serial number.
    pub serial: u32,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Dotted object identifiers of the extended key usage; none leaves the
    /// extension out.
    pub eku: &'a [&'a str],
    /// Whether it may sign certificates.
    pub ca: bool,
}

/// A certificate over the key of `subject_key`, in DER.
pub fn certificate(
    spec: &CertificateSpec<'_>,
    subject_key: &TestKey,
    issuer_key: &TestKey,
) -> Result<Vec<u8>, Error> {
    certificate_over(spec, subject_key.spki()?, issuer_key)
}

/// The same over any public key, given as SubjectPublicKeyInfo in PEM.
pub fn certificate_over_pem(
    spec: &CertificateSpec<'_>,
    spki_pem: &str,
    issuer_key: &TestKey,
) -> Result<Vec<u8>, Error> {
    certificate_over(
        spec,
        SubjectPublicKeyInfoOwned::from_pem(spki_pem)?,
        issuer_key,
    )
}

fn certificate_over(
    spec: &CertificateSpec<'_>,
    spki: SubjectPublicKeyInfoOwned,
    issuer_key: &TestKey,
) -> Result<Vec<u8>, Error> {
    let names = Names {
        issuer: Name::from_str(spec.issuer)?,
        subject: Name::from_str(spec.subject)?,
    };
    let validity = Validity::new(time(spec.not_before)?, time(spec.not_after)?);
    let serial = SerialNumber::from(spec.serial);
    let mut builder = CertificateBuilder::new(names, serial, validity, spki)?;
    let usage = if spec.ca {
        KeyUsages::KeyCertSign.into()
    } else {
        KeyUsages::DigitalSignature.into()
    };
    builder.add_extension(&KeyUsage(usage))?;
    if spec.ca {
        builder.add_extension(&BasicConstraints {
            ca: true,
            path_len_constraint: Some(0),
        })?;
    }
    if !spec.eku.is_empty() {
        let oids: Result<Vec<_>, _> = spec
            .eku
            .iter()
            .map(|oid| ObjectIdentifier::new(oid))
            .collect();
        builder.add_extension((true, &ExtendedKeyUsage(oids?)))?;
    }
    let certificate = builder.build::<_, DerSignature>(&issuer_key.0)?;
    Ok(certificate.to_der()?)
}

/// Sets the names, and leaves the extensions to the caller.
struct Names {
    issuer: Name,
    subject: Name,
}

impl BuilderProfile for Names {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(Vec::new())
    }
}

fn time(at: Timestamp) -> Result<Time, Error> {
    let since_epoch = Duration::from_secs(u64::try_from(at.seconds())?);
    Ok(Time::UtcTime(UtcTime::from_unix_duration(since_epoch)?))
}
