//! Signatures on certificates (RFC 5280 §4.1.1.3), with the keys that this
//! crate can verify with.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::pkcs8::DecodePublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::SignatureScheme;
use rsa::{Pkcs1v15Sign, Pss};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::der::{Any, Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::{KeyKind, PublicKey};

/// Whether a certificate bears its issuer's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Yes,
    No,
    /// The key or the algorithm is none that this crate verifies with.
    Unsupported,
}

enum Scheme {
    Ecdsa,
    Pkcs1,
    Pss,
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
    let (scheme, hash) = match algorithm.oid.to_string().as_str() {
        "1.2.840.10045.4.3.2" => (Scheme::Ecdsa, Hash::Sha256),
        "1.2.840.10045.4.3.3" => (Scheme::Ecdsa, Hash::Sha384),
        "1.2.840.10045.4.3.4" => (Scheme::Ecdsa, Hash::Sha512),
        "1.2.840.113549.1.1.11" => (Scheme::Pkcs1, Hash::Sha256),
        "1.2.840.113549.1.1.12" => (Scheme::Pkcs1, Hash::Sha384),
        "1.2.840.113549.1.1.13" => (Scheme::Pkcs1, Hash::Sha512),
        "1.2.840.113549.1.1.10" => match pss_hash(algorithm.parameters.as_ref()) {
            Some(hash) => (Scheme::Pss, hash),
            None => return Signed::Unsupported,
        },
        _ => return Signed::Unsupported,
    };
    let digest = hash.digest(tbs);
    let verified = match (issuer.kind(), scheme) {
        (KeyKind::P256, Scheme::Ecdsa) => ecdsa(issuer, &digest, signature),
        (KeyKind::Rsa { .. }, Scheme::Pkcs1) => {
            let scheme = match hash {
                Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
            };
            rsa(issuer, scheme, &digest, signature)
        }
        (KeyKind::Rsa { .. }, Scheme::Pss) => {
            let scheme = match hash {
                Hash::Sha256 => Pss::new::<Sha256>(),
                Hash::Sha384 => Pss::new::<Sha384>(),
                Hash::Sha512 => Pss::new::<Sha512>(),
            };
            rsa(issuer, scheme, &digest, signature)
        }
        (KeyKind::Unsupported { .. }, _) => return Signed::Unsupported,
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

fn rsa(
    issuer: &PublicKey,
    scheme: impl SignatureScheme,
    digest: &[u8],
    signature: &[u8],
) -> Option<bool> {
    // Not `from_public_key_der`, which wants a NULL beside rsaEncryption.
    let info = SubjectPublicKeyInfoRef::from_der(issuer.spki_der()).ok()?;
    let bits = info.subject_public_key.as_bytes()?;
    let key = rsa::RsaPublicKey::from_pkcs1_der(bits).ok()?;
    Some(key.verify(scheme, digest, signature).is_ok())
}

/// RSASSA-PSS with one hash for all, and a salt as long as its digest (RFC
/// 4055 §3.1); the hash's parameters are NULL or absent.
fn pss_hash(parameters: Option<&Any>) -> Option<Hash> {
    let parameters = parameters?.to_der().ok()?;
    [(1, Hash::Sha256), (2, Hash::Sha384), (3, Hash::Sha512)]
        .into_iter()
        .find_map(|(arc, hash)| {
            let written = |null: bool| pss_parameters(arc, null, hash.digest(b"").len());
            (written(true) == parameters || written(false) == parameters).then_some(hash)
        })
}

fn pss_parameters(arc: u8, null: bool, salt: usize) -> Vec<u8> {
    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        // All of it is far below 128 bytes.
        [&[tag, content.len() as u8], content.as_slice()].concat()
    }
    // 2.16.840.1.101.3.4.2.x and id-mgf1.
    let sha2 = [0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc];
    let mgf1 = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
    let hash = tlv(0x30, &[&sha2, if null { &[5, 0] } else { &[] }]);
    let mask = tlv(0x30, &[&mgf1, &hash]);
    let salt = tlv(0x02, &[&[salt as u8]]);
    tlv(
        0x30,
        &[
            &tlv(0xa0, &[&hash]),
            &tlv(0xa1, &[&mask]),
            &tlv(0xa2, &[&salt]),
        ],
    )
}
