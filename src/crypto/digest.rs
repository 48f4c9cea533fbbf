//! Digests that name something. Two types, so that one of a key is never taken
//! for one of a certificate.

use core::fmt;
use core::str::FromStr;

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest: 64 hexadecimal digits")]
pub struct DigestError;

impl DigestError {
    /// A stable identifier.
    pub const fn code(&self) -> &'static str {
        "digest"
    }
}

fn parse(text: &str) -> Result<[u8; 32], DigestError> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|digit| digit as u8);
    let mut digest = [0; 32];
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return Err(DigestError);
    };
    if pairs.len() != digest.len() {
        return Err(DigestError);
    }
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        let (high, low) = digit(*high).zip(digit(*low)).ok_or(DigestError)?;
        *byte = high << 4 | low;
    }
    Ok(digest)
}

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// It is written and read as 64 hexadecimal digits.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// From the digest itself.
            pub const fn new(sha256: [u8; 32]) -> Self {
                Self(sha256)
            }

            /// The digest itself.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                parse(text).map(Self)
            }
        }
    };
}

digest! {
    /// SHA-256 over a key's SubjectPublicKeyInfo in DER, a P-256 point
    /// uncompressed: [`PublicKey::fingerprint`](super::PublicKey::fingerprint).
    ///
    /// ```
    /// use hcert::crypto::KeyFingerprint;
    /// let text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    /// let fingerprint: KeyFingerprint = text.parse()?;
    /// assert_eq!(fingerprint.to_string(), text);
    /// # Ok::<(), hcert::crypto::DigestError>(())
    /// ```
    KeyFingerprint
}

digest! {
    /// SHA-256 over a certificate in DER, which lists call its thumbprint:
    /// [`Dsc::digest`](crate::trust::Dsc::digest).
    ///
    /// ```
    /// use hcert::crypto::CertificateDigest;
    /// let digest = CertificateDigest::new([7; 32]);
    /// assert_eq!(digest.as_bytes(), &[7; 32]);
    /// ```
    CertificateDigest
}
