//! Key identifiers.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};

use super::PublicKey;
use crate::codec::json::write::WriteJson;
use crate::codec::text::{decode_base64, hex};

/// A key identifier (COSE header 4): bytes of any length up to 255.
///
/// hcert-spec 1.0.8 §3.3.3 makes it the first 8 bytes of SHA-256 over the DER
/// certificate, but 3, 6, 7 and 9 bytes are in use as well. It is a hint for
/// finding a key and proves nothing.
///
/// ```
/// use hcert::trust::Kid;
/// let kid = Kid::from_base64("tCM87WnaaQE=")?;
/// assert_eq!(kid, Kid::from_base64("tCM87WnaaQE")?);
/// assert_eq!(kid.to_string(), "b4233ced69da6901");
/// assert_eq!(kid.as_bytes().len(), 8);
/// # Ok::<(), hcert::trust::KidError>(())
/// ```
#[derive(Clone)]
pub struct Kid(Bytes);

/// Nearly every kid has 8 bytes, and a store is full of them.
#[derive(Clone)]
enum Bytes {
    Short(u8, [u8; Bytes::SHORT]),
    Long(Arc<[u8]>),
}

impl Bytes {
    const SHORT: usize = 22;
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        let mut short = [0; Self::SHORT];
        match short.get_mut(..bytes.len()) {
            Some(start) => {
                start.copy_from_slice(bytes);
                Self::Short(bytes.len() as u8, short)
            }
            None => Self::Long(bytes.into()),
        }
    }
}

/// Why something is not a kid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KidError {
    /// Neither standard nor URL-safe base64.
    #[error("the kid is not base64")]
    Base64,
    /// More bytes than [`Kid::MAX_LEN`].
    #[error("the kid has {bytes} bytes, more than {max}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most that is allowed.
        max: usize,
    },
}

impl KidError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Base64 => "kid-base64",
            Self::TooLong { .. } => "kid-too-long",
        }
    }
}

impl Kid {
    /// The greatest length in bytes.
    pub const MAX_LEN: usize = 255;

    /// The kid with these bytes.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, KidError> {
        let bytes = bytes.as_ref();
        if bytes.len() > Self::MAX_LEN {
            return Err(KidError::TooLong {
                bytes: bytes.len(),
                max: Self::MAX_LEN,
            });
        }
        Ok(Self(bytes.into()))
    }

    /// Reads base64 in the standard or the URL-safe alphabet (RFC 4648 §4,
    /// §5), with or without padding.
    pub fn from_base64(text: &str) -> Result<Self, KidError> {
        Self::new(decode_base64(text).ok_or(KidError::Base64)?)
    }

    /// The kid that the specification gives to a certificate: the first 8
    /// bytes of SHA-256 over its DER (hcert-spec 1.0.8 §3.3.3).
    pub fn of_certificate(der: &[u8]) -> Self {
        Self::prefix(&Sha256::digest(der).into())
    }

    /// A kid for a key that has neither certificate nor kid: the first 8 bytes
    /// of [`PublicKey::fingerprint`]. This is a convention of this crate.
    pub fn of_public_key(key: &PublicKey) -> Self {
        Self::prefix(key.fingerprint().as_bytes())
    }

    pub(crate) fn prefix(digest: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *digest;
        Self([a, b, c, d, e, f, g, h].as_slice().into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short(length, bytes) => bytes.get(..(*length).into()).unwrap_or_default(),
            Bytes::Long(bytes) => bytes,
        }
    }
}

impl PartialEq for Kid {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Kid {}

impl PartialOrd for Kid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Kid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl AsRef<[u8]> for Kid {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

// Sound: Hash, Eq and Ord are those of the bytes.
impl core::borrow::Borrow<[u8]> for Kid {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl WriteJson for Kid {
    fn write_json(&self, out: &mut String) {
        self.to_string().write_json(out);
    }
}

impl fmt::Display for Kid {
    /// Lower-case hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.as_bytes()))
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}
