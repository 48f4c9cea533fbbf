//! Signatures on certificates (RFC 5280 §4.1.1.3), with the keys that this
//! crate can verify with.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::pkcs8::DecodePublicKey;
use rsa::Pkcs1v15Sign;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::{KeyKind, PublicKey};

/// Whether a certificate bears its issuer's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Yes,
    No,
    /// The key or the algorithm is none that this crate verifies with.
    Unsupported,
}

#[derive(Clone, Copy)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

/// Whether `issuer` signed the certificate. `tbs` are the signed bytes of it.
/// SHA-1 is unsupported on purpose.
pub(crate) fn verify_certificate(der: &[u8], tbs: &[u8], issuer: &PublicKey) -> Signed {
    let Ok(certificate) = Certificate::from_der(der) else {
        return Signed::No;
    };
    let algorithm = &certificate.signature_algorithm;
    if certificate.tbs_certificate.signature != *algorithm {
        return Signed::No;
    }
    let Some(signature) = certificate.signature.as_bytes() else {
        return Signed::No;
    };
    let (ec, hash) = match algorithm.oid.to_string().as_str() {
        "1.2.840.10045.4.3.2" => (true, Hash::Sha256),
        "1.2.840.10045.4.3.3" => (true, Hash::Sha384),
        "1.2.840.10045.4.3.4" => (true, Hash::Sha512),
        "1.2.840.113549.1.1.11" => (false, Hash::Sha256),
        "1.2.840.113549.1.1.12" => (false, Hash::Sha384),
        "1.2.840.113549.1.1.13" => (false, Hash::Sha512),
        _ => return Signed::Unsupported,
    };
    let verified = match issuer.kind() {
        KeyKind::P256 if ec => ecdsa(issuer, &hash.digest(tbs), signature),
        KeyKind::Rsa { .. } if !ec => pkcs1(issuer, hash, tbs, signature),
        KeyKind::Unsupported { .. } => return Signed::Unsupported,
        // The algorithm does not fit the key.
        _ => return Signed::No,
    };
    if verified == Some(true) {
        Signed::Yes
    } else {
        Signed::No
    }
}

fn ecdsa(issuer: &PublicKey, digest: &[u8], signature: &[u8]) -> Option<bool> {
    let key = p256::ecdsa::VerifyingKey::from_public_key_der(issuer.spki_der()).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
    Some(key.verify_prehash(digest, &signature).is_ok())
}

fn pkcs1(issuer: &PublicKey, hash: Hash, tbs: &[u8], signature: &[u8]) -> Option<bool> {
    let key = rsa::RsaPublicKey::from_public_key_der(issuer.spki_der()).ok()?;
    let scheme = match hash {
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    let digest = hash.digest(tbs);
    Some(key.verify(scheme, &digest, signature).is_ok())
}
