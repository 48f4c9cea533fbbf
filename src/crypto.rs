//! ES256 and PS256 (RFC 9053 §2.1, RFC 8230 §2): the two signature
//! algorithms of HCERT.
//!
//! Everything that verifies goes through [`PublicKey`]; nothing else in the
//! crate knows which library does the arithmetic. For ES256 that is an
//! [`Es256Verifier`].

mod backend;
mod digest;
pub(crate) mod kid;
#[cfg(not(feature = "std"))]
mod no_tables;
mod ps256;
pub(crate) mod published;
pub(crate) mod signer;
#[cfg(feature = "std")]
mod tables;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;

use rsa::pkcs1::RsaPssParams;
use sha2::{Digest, Sha256};
use x509_cert::der::asn1::{Any, AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoRef;

pub use self::backend::{Es256Verifier, PreparedEs256};
pub use self::digest::{CertificateDigest, DigestError, KeyFingerprint};
#[cfg(not(feature = "std"))]
use self::no_tables::Slot;
#[cfg(not(feature = "std"))]
pub(crate) use self::no_tables::Tables;
use self::ps256::RsaKey;
#[cfg(feature = "std")]
use self::tables::Slot;
#[cfg(feature = "std")]
pub(crate) use self::tables::Tables;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const PRIME256V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// What stands before `x‖y` in the SubjectPublicKeyInfo of a P-256 key: the
/// algorithm, and a point that is not compressed (RFC 5480 §2).
const P256_SPKI_PREFIX: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// A COSE signature algorithm that HCERT allows (hcert-spec 1.0.8 §3.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256, COSE -7. The signature is `r‖s`, 64 bytes.
    Es256,
    /// RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes, COSE -37.
    Ps256,
}

impl Algorithm {
    /// The number in the IANA registry "COSE Algorithms".
    pub const fn cose_id(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Ps256 => -37,
        }
    }

    /// The algorithm with that COSE number, if HCERT allows it.
    pub const fn from_cose_id(id: i128) -> Option<Self> {
        match id {
            -7 => Some(Self::Es256),
            -37 => Some(Self::Ps256),
            _ => None,
        }
    }

    /// `ES256` or `PS256`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a key is, as far as HCERT is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// NIST P-256: for ES256.
    P256,
    /// RSA: for PS256.
    Rsa {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// A key that no HCERT algorithm can use, such as P-384. It is kept so
    /// that a verdict can say so, where "unknown key" would mislead.
    Unsupported {
        /// The algorithm or curve: its name, or its object identifier.
        name: String,
    },
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::P256 => f.write_str("P-256"),
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::Unsupported { name } => f.write_str(name),
        }
    }
}

/// Why bytes are not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    #[error("not a DER SubjectPublicKeyInfo")]
    Encoding,
    /// The point is not on P-256, or is the identity.
    #[error("the point is not on the curve P-256")]
    Point,
    /// Not a usable RSA key: even modulus, exponent of 1, or more than 4096 bits.
    #[error("not an RSA public key of at most 4096 bits")]
    Rsa,
}

impl KeyError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Encoding => "key-encoding",
            Self::Point => "key-point",
            Self::Rsa => "key-rsa",
        }
    }
}

/// The signature does not verify under the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl BadSignature {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        "bad-signature"
    }
}

/// A public key that can verify signatures of the one algorithm that fits it.
///
/// ```
/// use hcert::crypto::{KeyKind, PublicKey};
/// # use p256::pkcs8::EncodePublicKey;
/// # let der = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key().to_public_key_der().unwrap();
/// # let spki_der = der.as_bytes();
/// let key = PublicKey::from_spki_der(spki_der)?;
/// assert_eq!(*key.kind(), KeyKind::P256);
/// # Ok::<(), hcert::crypto::KeyError>(())
/// ```
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

/// All of a P-256 key in one piece of memory: a store holds hundreds.
enum Inner {
    P256 {
        spki: [u8; P256_SPKI_PREFIX.len() + 64],
        verifier: &'static dyn Es256Verifier,
        slot: Slot,
    },
    Rsa {
        key: RsaKey,
        kind: KeyKind,
        spki: Box<[u8]>,
        /// By its own word (RFC 4055 §1.2). It is the same key all the same.
        pss_alone: bool,
    },
    Unsupported {
        kind: KeyKind,
        spki: Box<[u8]>,
    },
}

impl Inner {
    /// The key with these affine coordinates, `x‖y`, which are on the curve.
    fn p256(point: &[u8; 64], verifier: &'static dyn Es256Verifier) -> Self {
        let mut spki = [0; P256_SPKI_PREFIX.len() + 64];
        let (prefix, coordinates) = spki.split_at_mut(P256_SPKI_PREFIX.len());
        prefix.copy_from_slice(&P256_SPKI_PREFIX);
        coordinates.copy_from_slice(point);
        Self::P256 {
            spki,
            verifier,
            slot: Slot::default(),
        }
    }

    fn rsa(key: RsaKey, spki: Box<[u8]>, pss_alone: bool) -> Self {
        Self::Rsa {
            kind: KeyKind::Rsa { bits: key.bits() },
            spki,
            key,
            pss_alone,
        }
    }
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7; RFC 5480 for EC,
    /// where the curve must be named; RFC 4055 for RSA).
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::Encoding)?;
        Self::from_spki(der, &info)
    }

    /// The same of a SubjectPublicKeyInfo that has been decoded.
    pub(crate) fn from_spki(
        der: &[u8],
        info: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Self, KeyError> {
        let bits = info
            .subject_public_key
            .as_bytes()
            .ok_or(KeyError::Encoding)?;
        let curve = info.algorithm.parameters_oid().ok();
        let oid = info.algorithm.oid;
        Ok(Self(Arc::new(match oid {
            EC_PUBLIC_KEY if curve == Some(PRIME256V1) => {
                let point = backend::DEFAULT.parse_key(bits).ok_or(KeyError::Point)?;
                Inner::p256(&point, backend::DEFAULT)
            }
            // RFC 4055 §3.3: a signature has to fit the key's parameters.
            RSASSA_PSS if !info.algorithm.parameters.is_none_or(fits_ps256) => Inner::Unsupported {
                kind: KeyKind::Unsupported {
                    name: "RSASSA-PSS with other parameters than those of PS256".into(),
                },
                spki: der.into(),
            },
            RSA_ENCRYPTION | RSASSA_PSS => {
                let (key, spki) = RsaKey::from_pkcs1(bits)?;
                Inner::rsa(key, spki, oid == RSASSA_PSS)
            }
            _ => {
                let name = match curve {
                    Some(curve) => curve_name(curve),
                    // Even if they are those of P-256 (CVE-2020-0601).
                    None if oid == EC_PUBLIC_KEY => "EC with explicit parameters".into(),
                    None => oid.to_string(),
                };
                Inner::Unsupported {
                    kind: KeyKind::Unsupported { name },
                    spki: der.into(),
                }
            }
        })))
    }

    /// The P-256 key with these affine coordinates, 32 bytes each, big endian.
    pub fn from_p256_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, KeyError> {
        let mut point = [0; 64];
        let (left, right) = point.split_at_mut(32);
        left.copy_from_slice(x);
        right.copy_from_slice(y);
        Self::from_p256_point(&point)
    }

    /// The P-256 key with these affine coordinates, `x‖y`.
    pub(crate) fn from_p256_point(point: &[u8; 64]) -> Result<Self, KeyError> {
        Self::from_checked_by(point, backend::DEFAULT)
    }

    fn from_checked_by(
        point: &[u8; 64],
        verifier: &'static dyn Es256Verifier,
    ) -> Result<Self, KeyError> {
        let mut encoded = [4; 65];
        let (_, coordinates) = encoded.split_at_mut(1);
        coordinates.copy_from_slice(point);
        let point = verifier.parse_key(&encoded).filter(|read| read == point);
        let point = point.ok_or(KeyError::Point)?;
        Ok(Self(Arc::new(Inner::p256(&point, verifier))))
    }

    /// The same key, for which another library verifies ES256. A key that is
    /// not of P-256 stays as it is; one that the library refuses is an error.
    pub fn with_es256_verifier(
        &self,
        verifier: &'static dyn Es256Verifier,
    ) -> Result<Self, KeyError> {
        match self.p256_point() {
            Some(point) => Self::from_checked_by(point, verifier),
            None => Ok(self.clone()),
        }
    }

    /// `x‖y` of a P-256 key.
    pub(crate) fn p256_point(&self) -> Option<&[u8; 64]> {
        match &*self.0 {
            Inner::P256 { spki, .. } => spki.last_chunk(),
            Inner::Rsa { .. } | Inner::Unsupported { .. } => None,
        }
    }

    /// The RSA key with this modulus and exponent, big endian.
    pub fn from_rsa_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (key, spki) = RsaKey::from_components(modulus, exponent)?;
        Ok(Self(Arc::new(Inner::rsa(key, spki, false))))
    }

    /// What the key is.
    pub fn kind(&self) -> &KeyKind {
        match &*self.0 {
            Inner::P256 { .. } => &KeyKind::P256,
            Inner::Rsa { kind, .. } | Inner::Unsupported { kind, .. } => kind,
        }
    }

    /// The algorithm that the key is for, if HCERT has one for it.
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self.kind() {
            KeyKind::P256 => Some(Algorithm::Es256),
            KeyKind::Rsa { .. } => Some(Algorithm::Ps256),
            KeyKind::Unsupported { .. } => None,
        }
    }

    /// The DER SubjectPublicKeyInfo. A P-256 or RSA key has one form,
    /// however it was written: the point uncompressed (RFC 5480 §2.2), the
    /// algorithm `rsaEncryption` (RFC 3279 §2.3.1).
    pub fn spki_der(&self) -> &[u8] {
        match &*self.0 {
            Inner::P256 { spki, .. } => spki,
            Inner::Rsa { spki, .. } | Inner::Unsupported { spki, .. } => spki,
        }
    }

    /// SHA-256 of [`spki_der`](Self::spki_der): names the key whatever
    /// certificate, kid or spelling it came with.
    pub fn fingerprint(&self) -> KeyFingerprint {
        KeyFingerprint::new(Sha256::digest(self.spki_der()).into())
    }

    /// Verifies `signature` over the concatenation of `message`, with the
    /// key's own algorithm. Time varies with the key, the message and the
    /// signature.
    pub fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
        let slot = self.slot();
        if let Some(found) = slot.and_then(|slot| slot.verify(message, signature)) {
            return found;
        }
        match &*self.0 {
            Inner::P256 { spki, verifier, .. } => {
                let point = spki.last_chunk().ok_or(BadSignature)?;
                verifier.verify(point, message, signature)
            }
            Inner::Rsa { key, .. } => key.verify_digest(&digest(message), signature),
            Inner::Unsupported { .. } => Err(BadSignature),
        }
    }

    /// What makes the next verifications faster, if anything does.
    fn prepare(&self) -> Option<Box<dyn PreparedEs256>> {
        match &*self.0 {
            Inner::P256 { spki, verifier, .. } => verifier.prepare(spki.last_chunk()?),
            Inner::Rsa { .. } | Inner::Unsupported { .. } => None,
        }
    }

    /// Whether an RSA key says that it is for RSASSA-PSS and nothing else.
    pub(crate) fn is_for_pss_alone(&self) -> bool {
        matches!(
            &*self.0,
            Inner::Rsa {
                pss_alone: true,
                ..
            }
        )
    }

    fn slot(&self) -> Option<&Slot> {
        match &*self.0 {
            Inner::P256 { slot, .. } => Some(slot),
            Inner::Rsa { .. } | Inner::Unsupported { .. } => None,
        }
    }
}

/// SHA-256 of the concatenation.
fn digest(message: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in message {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Whether the parameters of a key let it sign PS256 (RFC 8230 §2): SHA-256,
/// MGF1 with SHA-256, and no longer salt than PS256 has.
/// NULL says as little as none.
fn fits_ps256(parameters: AnyRef<'_>) -> bool {
    if parameters.is_null() {
        return true;
    }
    let der = parameters.to_der().unwrap_or_default();
    RsaPssParams::<Any>::from_der(&der).is_ok_and(|parameters| {
        let mask = parameters.mask_gen;
        parameters.hash.oid == SHA_256
            && mask.oid == MGF1
            && mask.parameters.is_some_and(|hash| hash.oid == SHA_256)
            && parameters.salt_len <= 32
    })
}

/// `r‖s` of an ECDSA signature with P-256 in DER (RFC 3279 §2.2.3).
pub(crate) fn es256_from_der(der: &[u8]) -> Option<[u8; 64]> {
    let signature = p256::ecdsa::Signature::from_der(der).ok()?;
    Some(signature.to_bytes().into())
}

fn curve_name(oid: ObjectIdentifier) -> String {
    match oid.to_string().as_str() {
        "1.3.132.0.34" => "P-384".into(),
        "1.3.132.0.35" => "P-521".into(),
        "1.3.132.0.10" => "secp256k1".into(),
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1".into(),
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1".into(),
        "1.3.36.3.3.2.8.1.1.13" => "brainpoolP512r1".into(),
        other => other.into(),
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki_der() == other.spki_der()
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, ", self.kind())?;
        for byte in self.fingerprint().as_bytes().iter().take(8) {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use rsa::pkcs1::RsaPssParamsRef;
    use rsa::pkcs8::EncodePublicKey;
    use x509_cert::der::Encode;
    use x509_cert::der::asn1::{AnyRef, BitStringRef};
    use x509_cert::spki::AlgorithmIdentifierRef;

    fn spki(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, bits: &[u8]) -> Vec<u8> {
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef { oid, parameters },
            subject_public_key: BitStringRef::from_bytes(bits).unwrap(),
        };
        info.to_der().unwrap()
    }

    #[test]
    fn a_key_for_other_parameters_signs_no_ps256() {
        let mut modulus = [0xff; 256];
        modulus[0] = 0xc0;
        let plain = PublicKey::from_rsa_components(&modulus, &[1, 0, 1]).unwrap();
        let info = SubjectPublicKeyInfoRef::from_der(plain.spki_der()).unwrap();
        let bits = info.subject_public_key.as_bytes().unwrap();
        let read = |parameters: Option<RsaPssParamsRef<'static>>| {
            let der = parameters.map(|parameters| parameters.to_der().unwrap());
            let parameters = der.as_deref().map(|der| AnyRef::from_der(der).unwrap());
            PublicKey::from_spki_der(&spki(RSASSA_PSS, parameters, bits)).unwrap()
        };
        let fits = |salt| Some(RsaPssParamsRef::new::<Sha256>(salt));
        for parameters in [None, fits(20), fits(32)] {
            let key = read(parameters);
            assert!(key.algorithm() == Some(Algorithm::Ps256) && key.is_for_pss_alone());
            assert_eq!(key.fingerprint(), plain.fingerprint());
        }
        let long = Some(RsaPssParamsRef::new::<sha2::Sha512>(64));
        // The defaults mean SHA-1.
        for parameters in [long, fits(33), Some(RsaPssParamsRef::default())] {
            let key = read(parameters);
            assert_eq!(key.algorithm(), None, "{:?}", key.kind());
        }
        assert!(!plain.is_for_pss_alone());
    }

    /// A key on a list of leaked ones must not get by in another spelling.
    #[test]
    fn one_key_has_one_fingerprint() {
        let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
        let plain = PublicKey::from_spki_der(key.to_public_key_der().unwrap().as_bytes()).unwrap();
        let point = p256::Sec1Point::from(key).compress();
        let curve = PRIME256V1.to_der().unwrap();
        let curve = AnyRef::from_der(&curve).unwrap();
        let compressed = spki(EC_PUBLIC_KEY, Some(curve), point.as_bytes());
        let compressed = PublicKey::from_spki_der(&compressed).unwrap();
        assert_eq!(compressed.fingerprint(), plain.fingerprint());
        assert!(compressed == plain);
        let point = plain.p256_point().unwrap();
        let from_point = PublicKey::from_p256_point(point).unwrap();
        assert_eq!(from_point.fingerprint(), plain.fingerprint());
        assert_eq!(PublicKey::from_p256_point(&[1; 64]), Err(KeyError::Point));

        let mut modulus = [0xff; 256];
        modulus[0] = 0xc0;
        let plain = PublicKey::from_rsa_components(&modulus, &[1, 0, 1]).unwrap();
        let info = SubjectPublicKeyInfoRef::from_der(plain.spki_der()).unwrap();
        let bits = info.subject_public_key.as_bytes().unwrap();
        for (oid, parameters) in [(RSASSA_PSS, None), (RSA_ENCRYPTION, None)] {
            let other = PublicKey::from_spki_der(&spki(oid, parameters, bits)).unwrap();
            assert_eq!(other.fingerprint(), plain.fingerprint());
        }
    }
}
