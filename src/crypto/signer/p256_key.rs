//! A private key in memory.

use alloc::vec::Vec;
use core::fmt;

use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::{DecodePrivateKey, EncodePublicKey};

use super::super::{Algorithm, PublicKey};
use super::{Signer, SignerError};

/// Why bytes are not a private key that can sign here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerKeyError {
    /// Not a P-256 private key in PKCS#8.
    #[error("not a P-256 private key in PKCS#8 (RFC 5208), unencrypted")]
    Pkcs8,
}

impl SignerKeyError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Pkcs8 => "signer-key-pkcs8",
        }
    }
}

/// ES256 with a private key in memory. Deterministic (RFC 6979); the key is
/// wiped when it is dropped.
///
/// ```
/// use hcert::issue::{P256Signer, Signer};
/// # use p256::pkcs8::{EncodePrivateKey, LineEnding};
/// # let pem = p256::SecretKey::from_slice(&[7; 32])?.to_pkcs8_pem(LineEnding::LF)?;
/// let signer = P256Signer::from_pkcs8_pem(&pem)?;
/// assert_eq!(signer.sign(b"message")?, signer.sign(b"message")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct P256Signer(p256::ecdsa::SigningKey);

impl P256Signer {
    /// Reads `-----BEGIN PRIVATE KEY-----`.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, SignerKeyError> {
        let key = p256::ecdsa::SigningKey::from_pkcs8_pem(pem);
        key.map(Self).map_err(|_| SignerKeyError::Pkcs8)
    }

    /// Reads DER PrivateKeyInfo.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, SignerKeyError> {
        let key = p256::ecdsa::SigningKey::from_pkcs8_der(der);
        key.map(Self).map_err(|_| SignerKeyError::Pkcs8)
    }

    /// The public key to it.
    pub fn public_key(&self) -> Result<PublicKey, SignerKeyError> {
        let der = self
            .0
            .verifying_key()
            .to_public_key_der()
            .map_err(|_| SignerKeyError::Pkcs8)?;
        PublicKey::from_spki_der(der.as_bytes()).map_err(|_| SignerKeyError::Pkcs8)
    }
}

impl Signer for P256Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let signature: p256::ecdsa::Signature =
            self.0.try_sign(message).map_err(SignerError::new)?;
        Ok(signature.to_bytes().to_vec())
    }
}

impl fmt::Debug for P256Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P256Signer(redacted)")
    }
}
