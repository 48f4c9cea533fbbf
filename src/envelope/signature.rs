//! Signatures on certificates, CMS and JWS: more algorithms than HCERT has.
//!
//! SHA-1 is refused, and so is whatever else isn't listed here.

use crate::codec::der::read_tlv;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::{DecodeRsaPublicKey, RsaPssParams};
use rsa::{pkcs1v15, pss};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::signing::{KEY_CERT_SIGN, SIGNATURES, limits, path_length};
use super::x509::{Dsc, RawExtension};
use crate::crypto::published::published_key;
use crate::crypto::{Algorithm, KeyKind, PublicKey};

/// Shorter RSA keys sign nothing here (RFC 8017 leaves the length open).
const MIN_RSA_BITS: usize = 2048;

/// Why a signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// Unknown, too weak, or not one for this kind of key.
    #[error("the signature algorithm is not accepted, or does not fit the key")]
    Algorithm,
    #[error("anybody can sign with the key, or it is an example")]
    PublishedKey,
    #[error("the signature does not verify")]
    Signature,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Some(match oid.to_string().as_str() {
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// Whether signatures by a key count: it is strong enough, and not everybody
/// can make them. The one place that says so, for lists, documents, certificates
/// and what is beside them.
///
/// The strength of a document signer is the verifier's policy.
pub(crate) fn check_key(key: &PublicKey) -> Result<(), Fault> {
    if published_key(key).is_some() {
        return Err(Fault::PublishedKey);
    }
    let is_strong = match key.kind() {
        KeyKind::P256 => true,
        KeyKind::Rsa { bits } => *bits >= MIN_RSA_BITS,
        // Some national roots sign with it.
        KeyKind::Unsupported { name } => name == "P-384",
    };
    is_strong.then_some(()).ok_or(Fault::Algorithm)
}

/// Whether a key that counts, of that algorithm, signed the message.
pub(crate) fn is_signed(
    key: &PublicKey,
    algorithm: Algorithm,
    message: &[&[u8]],
    signature: &[u8],
) -> bool {
    check_key(key).is_ok()
        && key.algorithm() == Some(algorithm)
        && key.verify(message, signature).is_ok()
}

/// How a signature is made; ECDSA values are DER (RFC 3279 §2.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ecdsa(Hash),
    Pkcs1(Hash),
    Pss(Hash, usize),
}

impl Scheme {
    /// Reads an AlgorithmIdentifier. CMS may leave the hash to its own field
    /// (RFC 3370 §3.2), which a certificate doesn't have.
    pub(crate) fn from_der(identifier: &[u8], cms: Option<Hash>) -> Result<Self, Fault> {
        let identifier =
            AlgorithmIdentifierRef::from_der(identifier).map_err(|_| Fault::Algorithm)?;
        let scheme = match identifier.oid.to_string().as_str() {
            "1.2.840.113549.1.1.1" => Self::Pkcs1(cms.ok_or(Fault::Algorithm)?),
            "1.2.840.113549.1.1.11" => Self::Pkcs1(Hash::Sha256),
            "1.2.840.113549.1.1.12" => Self::Pkcs1(Hash::Sha384),
            "1.2.840.113549.1.1.13" => Self::Pkcs1(Hash::Sha512),
            "1.2.840.10045.4.3.2" => Self::Ecdsa(Hash::Sha256),
            "1.2.840.10045.4.3.3" => Self::Ecdsa(Hash::Sha384),
            "1.2.840.10045.4.3.4" => Self::Ecdsa(Hash::Sha512),
            "1.2.840.113549.1.1.10" => Self::pss(&identifier).ok_or(Fault::Algorithm)?,
            _ => return Err(Fault::Algorithm),
        };
        match cms {
            Some(hash) if hash != scheme.hash() => Err(Fault::Algorithm),
            _ => Ok(scheme),
        }
    }

    /// RFC 4055 §3.1; the defaults mean SHA-1.
    fn pss(identifier: &AlgorithmIdentifierRef<'_>) -> Option<Self> {
        let parameters = identifier.parameters?.to_der().ok()?;
        let parameters = RsaPssParams::<Any>::from_der(&parameters).ok()?;
        let hash = Hash::from_oid(parameters.hash.oid)?;
        let mask = parameters.mask_gen;
        let mask_hash = Hash::from_oid(mask.parameters?.oid)?;
        (mask.oid.to_string() == "1.2.840.113549.1.1.8" && mask_hash == hash)
            .then_some(Self::Pss(hash, usize::from(parameters.salt_len)))
    }

    const fn hash(self) -> Hash {
        match self {
            Self::Ecdsa(hash) | Self::Pkcs1(hash) | Self::Pss(hash, _) => hash,
        }
    }

    pub(crate) fn verify(
        self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Fault> {
        check_key(key)?;
        let info =
            SubjectPublicKeyInfoRef::from_der(key.spki_der()).map_err(|_| Fault::Algorithm)?;
        let bits = info.subject_public_key.as_bytes().ok_or(Fault::Algorithm)?;
        let curve = info.algorithm.parameters_oid().map(|oid| oid.to_string());
        let verified = match (info.algorithm.oid.to_string().as_str(), self) {
            ("1.2.840.10045.2.1", Self::Ecdsa(hash)) => match curve.as_deref() {
                Ok("1.2.840.10045.3.1.7") => {
                    use p256::ecdsa::{DerSignature, VerifyingKey};
                    let key = VerifyingKey::from_sec1_bytes(bits).map_err(|_| Fault::Algorithm)?;
                    let signature =
                        DerSignature::from_bytes(signature).map_err(|_| Fault::Signature)?;
                    key.verify_prehash(&hash.digest(message), &signature)
                }
                #[cfg(feature = "trust-lists")]
                Ok("1.3.132.0.34") => {
                    use p384::ecdsa::{DerSignature, VerifyingKey};
                    let key = VerifyingKey::from_sec1_bytes(bits).map_err(|_| Fault::Algorithm)?;
                    let signature =
                        DerSignature::from_bytes(signature).map_err(|_| Fault::Signature)?;
                    key.verify_prehash(&hash.digest(message), &signature)
                }
                _ => return Err(Fault::Algorithm),
            },
            ("1.2.840.113549.1.1.1", Self::Pkcs1(hash)) if !key.is_for_pss_alone() => {
                let key = rsa_key(bits)?;
                let signature =
                    pkcs1v15::Signature::try_from(signature).map_err(|_| Fault::Signature)?;
                match hash {
                    Hash::Sha256 => {
                        pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, &signature)
                    }
                    Hash::Sha384 => {
                        pkcs1v15::VerifyingKey::<Sha384>::new(key).verify(message, &signature)
                    }
                    Hash::Sha512 => {
                        pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(message, &signature)
                    }
                }
            }
            ("1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10", Self::Pss(hash, salt)) => {
                let key = rsa_key(bits)?;
                let signature =
                    pss::Signature::try_from(signature).map_err(|_| Fault::Signature)?;
                match hash {
                    Hash::Sha256 => pss::VerifyingKey::<Sha256>::new_with_salt_len(key, salt)
                        .verify(message, &signature),
                    Hash::Sha384 => pss::VerifyingKey::<Sha384>::new_with_salt_len(key, salt)
                        .verify(message, &signature),
                    Hash::Sha512 => pss::VerifyingKey::<Sha512>::new_with_salt_len(key, salt)
                        .verify(message, &signature),
                }
            }
            _ => return Err(Fault::Algorithm),
        };
        verified.map_err(|_| Fault::Signature)
    }
}

fn rsa_key(bits: &[u8]) -> Result<rsa::PublicKey, Fault> {
    rsa::PublicKey::from_pkcs1_der(bits).map_err(|_| Fault::Algorithm)
}

/// The encoded parts of a certificate (RFC 5280 §4.1) that links are made of.
pub(crate) struct Parts<'a> {
    signed: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
    /// The serial number's content.
    pub(crate) serial: &'a [u8],
    /// The Name, with its tag.
    pub(crate) issuer: &'a [u8],
    /// The Name, with its tag.
    pub(crate) subject: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(crate) fn of(certificate: &'a Dsc) -> Option<Self> {
        let (0x30, mut outer, []) = read_tlv(certificate.der())? else {
            return None;
        };
        let signed = take(&mut outer, 0x30)?;
        let algorithm = take(&mut outer, 0x30)?;
        let (3, [0, signature @ ..], []) = read_tlv(outer)? else {
            return None;
        };
        let (_, mut tbs, _) = read_tlv(signed)?;
        let _version = take(&mut tbs, 0xa0);
        let serial = take(&mut tbs, 2)?;
        let (_, serial, _) = read_tlv(serial)?;
        let inner_algorithm = take(&mut tbs, 0x30)?;
        let issuer = take(&mut tbs, 0x30)?;
        let _validity = take(&mut tbs, 0x30)?;
        let subject = take(&mut tbs, 0x30)?;
        // RFC 5280 §4.1.1.2: the two must be the same.
        (inner_algorithm == algorithm).then_some(Self {
            signed,
            algorithm,
            signature,
            serial,
            issuer,
            subject,
        })
    }
}

/// Takes an element off, tag included, if it has that tag.
fn take<'a>(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (found, _, after) = read_tlv(rest)?;
    let whole = rest.get(..rest.len() - after.len())?;
    (found == tag).then(|| {
        *rest = after;
        whole
    })
}

/// Why one certificate was not issued by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkFault {
    #[error("the issuer's name is another one")]
    Name,
    #[error("the issuer's certificate is not one of an authority")]
    NotAnAuthority,
    #[error(transparent)]
    Signature(#[from] Fault),
}

/// Whether `issuer`, an authority, issued `certificate`, with `below`
/// authorities under it on the way to the end of the chain (RFC 5280 §6.1,
/// without dates: whoever knows a time judges those).
pub(crate) fn issued_by(certificate: &Dsc, issuer: &Dsc, below: usize) -> Result<(), LinkFault> {
    let link = Parts::of(certificate).ok_or(Fault::Algorithm)?;
    let authority = Parts::of(issuer).ok_or(Fault::Algorithm)?;
    if link.issuer != authority.subject {
        return Err(LinkFault::Name);
    }
    if !Purposes::of(issuer).is_some_and(|purposes| purposes.may_issue(below)) {
        return Err(LinkFault::NotAnAuthority);
    }
    Scheme::from_der(link.algorithm, None)?.verify(
        issuer.public_key(),
        link.signed,
        link.signature,
    )?;
    Ok(())
}

/// What a certificate lets its key do, by its extensions (RFC 5280 §4.2.1).
pub(crate) struct Purposes {
    is_authority: bool,
    path_length: Option<usize>,
    /// The first octet of the key usage.
    usage: Option<u8>,
    extended: Vec<String>,
}

impl Purposes {
    /// serverAuth, clientAuth, anyExtendedKeyUsage (RFC 5280 §4.2.1.12).
    const TLS: [&str; 3] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];

    /// `None` if they can't be known: an extension that counts here can't be
    /// read or occurs twice, or one that has to be understood isn't.
    pub(crate) fn of(certificate: &Dsc) -> Option<Self> {
        let extensions = certificate.extensions();
        let (constraints, usage) = limits(&extensions)?;
        Some(Self {
            is_authority: certificate.is_ca(),
            path_length: match constraints {
                Some(value) => path_length(value)?,
                None => None,
            },
            usage,
            extended: certificate
                .extended_key_usage()
                .unwrap_or_default()
                .to_vec(),
        })
    }

    /// With `below` authorities between this one and the end of the chain.
    fn may_issue(&self, below: usize) -> bool {
        self.is_authority
            && self.usage.is_none_or(|bits| bits & KEY_CERT_SIGN != 0)
            && self.path_length.is_none_or(|most| below <= most)
    }

    /// Whether the key may sign something that is no certificate.
    pub(crate) fn may_sign(&self) -> bool {
        self.usage.is_none_or(|bits| bits & SIGNATURES != 0)
    }

    /// Whether it is an authority's, and nothing but that.
    pub(crate) fn is_of_authority_alone(&self) -> bool {
        self.may_issue(0) && self.usage.is_some() && !self.may_sign()
    }

    /// Whether it is for signatures, and neither an authority's nor one that
    /// TLS could be authenticated with.
    pub(crate) fn is_of_signer_alone(&self) -> bool {
        let tls = |oid: &String| Self::TLS.contains(&oid.as_str());
        !self.is_authority
            && self.usage.is_some()
            && self.may_sign()
            && !self.extended.iter().any(tls)
    }
}

/// The issuer of a certificate among authorities, by what the certificate
/// says of it, so that one signature has to be checked and not one for each
/// of them. Of those that come into question it is the newest.
pub(crate) fn issuer_of<'a>(
    certificate: &Dsc,
    authorities: impl IntoIterator<Item = &'a Dsc>,
) -> Option<&'a Dsc> {
    let link = Parts::of(certificate)?;
    let named: Vec<&Dsc> = authorities
        .into_iter()
        .filter(|authority| Parts::of(authority).is_some_and(|p| p.subject == link.issuer))
        .collect();
    let key = authority_key_identifier(certificate);
    let of_key = |authority: &&Dsc| key.is_some() && subject_key_identifier(authority) == key;
    let identified: Vec<&Dsc> = named.iter().copied().filter(of_key).collect();
    let candidates = match identified.is_empty() {
        true => named,
        false => identified,
    };
    candidates
        .into_iter()
        .max_by_key(|authority| (authority.not_before(), authority.digest()))
}

/// RFC 5280 §4.2.1.2.
pub(crate) fn subject_key_identifier(certificate: &Dsc) -> Option<Vec<u8>> {
    match read_tlv(&extension(certificate, 14)?)? {
        (4, id, []) => Some(id.to_vec()),
        _ => None,
    }
}

/// The key identifier of RFC 5280 §4.2.1.1.
fn authority_key_identifier(certificate: &Dsc) -> Option<Vec<u8>> {
    let value = extension(certificate, 35)?;
    let (0x30, content, []) = read_tlv(&value)? else {
        return None;
    };
    match read_tlv(content)? {
        (0x80, id, _) => Some(id.to_vec()),
        _ => None,
    }
}

/// The value of `2.5.29.<last>`.
fn extension(certificate: &Dsc, last: u8) -> Option<Vec<u8>> {
    let wanted = |extension: &RawExtension<'_>| extension.oid == [0x55, 0x1d, last];
    let extensions = certificate.extensions();
    Some(extensions.into_iter().find(wanted)?.value.to_vec())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use p256::elliptic_curve::common::getrandom::SysRng;
    use rsa::pkcs1::RsaPssParamsRef;
    use rsa::pkcs8::EncodePublicKey;
    use rsa::signature::{RandomizedSigner, SignatureEncoding};
    use x509_cert::der::AnyRef;

    use super::*;

    fn identifier(parameters: &[u8]) -> Vec<u8> {
        let identifier = AlgorithmIdentifierRef {
            oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"),
            parameters: Some(AnyRef::from_der(parameters).unwrap()),
        };
        identifier.to_der().unwrap()
    }

    #[test]
    fn pss_takes_its_hash_and_salt_from_its_parameters() {
        let private = rsa::PrivateKey::new(&mut SysRng, 2048).unwrap();
        let spki = private.to_public_key().to_public_key_der().unwrap();
        let key = PublicKey::from_spki_der(spki.as_bytes()).unwrap();
        let signer = pss::SigningKey::<Sha384>::new_with_salt_len(private, 20);
        let signature = signer.try_sign_with_rng(&mut SysRng, b"message");
        let signature = signature.unwrap().to_vec();

        let parameters = RsaPssParamsRef::new::<Sha384>(20).to_der().unwrap();
        let scheme = Scheme::from_der(&identifier(&parameters), None).unwrap();
        assert_eq!(scheme, Scheme::Pss(Hash::Sha384, 20));
        scheme.verify(&key, b"message", &signature).unwrap();
        assert_eq!(
            scheme.verify(&key, b"massage", &signature),
            Err(Fault::Signature)
        );
        for other in [
            Scheme::Pss(Hash::Sha384, 32),
            Scheme::Pss(Hash::Sha256, 20),
            Scheme::Pkcs1(Hash::Sha384),
        ] {
            assert!(other.verify(&key, b"message", &signature).is_err());
        }
        let ecdsa = Scheme::Ecdsa(Hash::Sha384).verify(&key, b"message", &signature);
        assert_eq!(ecdsa, Err(Fault::Algorithm));
        // The defaults: SHA-1.
        let defaults = identifier(&[0x30, 0]);
        assert_eq!(Scheme::from_der(&defaults, None), Err(Fault::Algorithm));
    }

    #[test]
    fn a_short_rsa_key_signs_nothing() {
        let private = rsa::PrivateKey::new(&mut SysRng, 1024).unwrap();
        let spki = private.to_public_key().to_public_key_der().unwrap();
        let key = PublicKey::from_spki_der(spki.as_bytes()).unwrap();
        let padding = rsa::Pkcs1v15Sign::new::<Sha256>();
        let signature = private.sign(padding, &Sha256::digest(b"m")).unwrap();
        let scheme = Scheme::Pkcs1(Hash::Sha256);
        assert_eq!(scheme.verify(&key, b"m", &signature), Err(Fault::Algorithm));
    }
}
