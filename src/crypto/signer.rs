use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error::Error;

use super::Algorithm;

#[cfg(feature = "issue")]
mod p256_key;

#[cfg(feature = "issue")]
pub use self::p256_key::{P256Signer, SignerKeyError};

/// Makes signatures. A hardware security module or a remote service is a
/// type that implements this.
///
/// ```
/// use hcert::crypto::Algorithm;
/// use hcert::issue::{Signer, SignerError};
///
/// struct Hsm;
///
/// impl Signer for Hsm {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::Ps256
///     }
///
///     fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
///         // Hash and sign in the module; RSASSA-PSS, SHA-256, salt of 32 bytes.
///         Err(SignerError::new("no module is connected"))
///     }
/// }
/// ```
pub trait Signer {
    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm;

    /// The signature over `message`, which is not hashed yet. ES256: `r‖s`,
    /// 64 bytes. PS256: as long as the modulus.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError>;
}

impl<S: Signer + ?Sized> Signer for &S {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        (**self).sign(message)
    }
}

impl<S: Signer + ?Sized> Signer for Box<S> {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        (**self).sign(message)
    }
}

/// A signer's own error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SignerError(#[source] Box<dyn Error + Send + Sync>);

impl SignerError {
    /// Wraps any error, or a text.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        "signer"
    }
}
