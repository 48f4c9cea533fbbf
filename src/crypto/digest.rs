//! Digests that name something. Two types, so that one of a key is never taken
//! for one of a certificate.

use core::fmt;
use core::str::FromStr;

use crate::codec::text::{hex, unhex};

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
                f.write_str(&hex(&self.0))
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
                let digest = unhex(text).and_then(|bytes| bytes.try_into().ok());
                digest.map(Self).ok_or(DigestError)
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
