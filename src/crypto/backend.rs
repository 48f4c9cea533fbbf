//! Who does the arithmetic of ES256.

use super::BadSignature;
use alloc::boxed::Box;

/// Verifies ES256 signatures (ECDSA with P-256 and SHA-256): the arithmetic,
/// behind an interface, so that another library can do it.
///
/// The one that every key has at first is `p256-verify`, or `p256` where the
/// feature of that name is off. [`PublicKey::with_es256_verifier`] and
/// [`TrustStore::with_es256_verifier`] put another in its place.
///
/// All must say the same of every signature. In particular `s` above n/2 is as
/// good as n − s.
///
/// [`PublicKey::with_es256_verifier`]: super::PublicKey::with_es256_verifier
/// [`TrustStore::with_es256_verifier`]: crate::trust::TrustStore::with_es256_verifier
///
/// ```
/// use hcert::crypto::{BadSignature, Es256Verifier};
/// use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
/// use sha2::{Digest, Sha256};
///
/// struct PlainP256;
///
/// impl Es256Verifier for PlainP256 {
///     fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]> {
///         let key = VerifyingKey::from_sec1_bytes(point).ok()?;
///         key.to_sec1_point(false).as_bytes().last_chunk().copied()
///     }
///
///     fn verify(
///         &self,
///         key: &[u8; 64],
///         message: &[&[u8]],
///         signature: &[u8],
///     ) -> Result<(), BadSignature> {
///         let key = VerifyingKey::from_sec1_bytes(&[&[4], &key[..]].concat());
///         let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
///         let mut hash = Sha256::new();
///         message.iter().for_each(|part| hash.update(part));
///         let verified = key.and_then(|key| key.verify_prehash(&hash.finalize(), &signature));
///         verified.map_err(|_| BadSignature)
///     }
/// }
///
/// # let store = hcert::trust::TrustStore::default();
/// let store = store.with_es256_verifier(&PlainP256)?;
/// # Ok::<(), hcert::crypto::KeyError>(())
/// ```
pub trait Es256Verifier: Send + Sync {
    /// The affine coordinates of a public key, `x‖y`, big endian. `point` is
    /// in any form of SEC 1 §2.3.3. None for what is no point of P-256, and for
    /// the identity.
    fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]>;

    /// Verifies `signature`, which is to be `r‖s` of 64 bytes, over the
    /// concatenation of `message`. `key` is what [`parse_key`](Self::parse_key)
    /// gave.
    fn verify(
        &self,
        key: &[u8; 64],
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), BadSignature>;

    /// The key with whatever makes its next verifications faster. A trust store
    /// asks for it for keys that it sees often. None, as by default, if nothing
    /// does.
    fn prepare(&self, key: &[u8; 64]) -> Option<Box<dyn PreparedEs256>> {
        let _ = key;
        None
    }
}

/// A P-256 key that is prepared for many verifications. It says the same as the
/// [`Es256Verifier`] that prepared it.
pub trait PreparedEs256: Send + Sync {
    /// Bytes that it takes.
    fn memory(&self) -> usize;

    /// Verifies `signature` over the concatenation of `message`.
    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature>;
}

/// What a key has at first.
pub(super) static DEFAULT: &dyn Es256Verifier = &BuiltIn;

struct BuiltIn;

#[cfg(feature = "p256-verify")]
mod fast {
    use alloc::boxed::Box;
    use p256_verify::{PreparedKey, PublicKey};

    use super::super::digest;
    use super::{BadSignature, BuiltIn, Es256Verifier, PreparedEs256};

    impl Es256Verifier for BuiltIn {
        fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]> {
            let key = PublicKey::from_sec1_bytes(point).ok()?;
            Some(*key.coordinates())
        }

        fn verify(
            &self,
            key: &[u8; 64],
            message: &[&[u8]],
            signature: &[u8],
        ) -> Result<(), BadSignature> {
            let key = PublicKey::from_coordinates(key).map_err(|_| BadSignature)?;
            let verified = key.verify_digest(&digest(message), signature);
            verified.map_err(|_| BadSignature)
        }

        fn prepare(&self, key: &[u8; 64]) -> Option<Box<dyn PreparedEs256>> {
            let key = PublicKey::from_coordinates(key).ok()?;
            Some(Box::new(PreparedKey::new(&key)))
        }
    }

    impl PreparedEs256 for PreparedKey {
        fn memory(&self) -> usize {
            self.memory()
        }

        fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
            let verified = self.verify_digest(&digest(message), signature);
            verified.map_err(|_| BadSignature)
        }
    }
}

#[cfg(not(feature = "p256-verify"))]
mod plain {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    use p256::ecdsa::{Signature, VerifyingKey};

    use super::super::digest;
    use super::{BadSignature, BuiltIn, Es256Verifier};

    impl Es256Verifier for BuiltIn {
        fn parse_key(&self, point: &[u8]) -> Option<[u8; 64]> {
            let key = VerifyingKey::from_sec1_bytes(point).ok()?;
            key.to_sec1_point(false).as_bytes().last_chunk().copied()
        }

        fn verify(
            &self,
            key: &[u8; 64],
            message: &[&[u8]],
            signature: &[u8],
        ) -> Result<(), BadSignature> {
            let point = p256::Sec1Point::from_untagged_bytes(key.into());
            let signature = Signature::from_slice(signature);
            let verified = VerifyingKey::from_sec1_point(&point)
                .and_then(|key| key.verify_prehash(&digest(message), &signature?));
            verified.map_err(|_| BadSignature)
        }
    }
}
