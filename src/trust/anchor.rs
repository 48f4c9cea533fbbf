//! What a list's signature is checked against.

use super::error::LoadError;
use super::list::format::ListFormat;
use crate::crypto::PublicKey;
use crate::crypto::published::refuse_published;
use crate::envelope::cms::{CmsError, SignedData};
use crate::envelope::x509::Dsc;
use crate::trust::problem::ProblemKind;
use alloc::format;
use alloc::string::String;

/// A key or certificate that the caller pinned: whoever signs with it may say
/// who is trusted. Get it from the list's maker through another channel than the list
/// itself, and keep it in the program. One of the
/// [keys that anybody can sign with](super::PublishedKey) is refused wherever
/// it is used ([`LoadError::PublishedKey`]).
///
/// ```
/// use hcert::trust::Anchor;
/// let pem = "-----BEGIN PUBLIC KEY-----
/// MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETHfi8foQF4UtSNVxSFxeu7W+gMxd
/// SGElhdo7825SD3Lyb+Sqh4G6Kra0ro1BdrM6Qx+hsUx4Qwdby7QY0pzxyA==
/// -----END PUBLIC KEY-----";
/// assert!(matches!(Anchor::from_bytes(pem.as_bytes())?, Anchor::Key(_)));
/// # Ok::<(), hcert::trust::AnchorError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Anchor {
    /// The key that signs.
    Key(PublicKey),
    /// A certificate: the one whose key signs, or, for a form whose signers
    /// come and go ([`ListFormat::Swiss`](super::ListFormat::Swiss)), the
    /// root of their chain. Its dates are not looked at: it is trusted because
    /// it is pinned.
    Certificate(Dsc),
}

/// Why bytes are not an [`Anchor`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// Not a certificate or a public key, in DER, PEM or as JWK.
    #[error("not a certificate or a public key, in DER, PEM or as JWK")]
    Unrecognised,
    /// Which of them is meant?
    #[error("{count} keys or certificates, where one is needed")]
    Several {
        /// How many.
        count: usize,
    },
    /// It can't be read.
    #[error(transparent)]
    Unreadable(#[from] ProblemKind),
}

impl AnchorError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unrecognised => "anchor-unrecognised",
            Self::Several { .. } => "anchor-several",
            Self::Unreadable(problem) => problem.code(),
        }
    }
}

impl Anchor {
    /// The pinned key, or the certificate's.
    pub fn public_key(&self) -> &PublicKey {
        match self {
            Self::Key(key) => key,
            Self::Certificate(certificate) => certificate.public_key(),
        }
    }

    /// Refuses one that everybody can sign with.
    pub(super) fn check(&self) -> Result<(), LoadError> {
        refuse_published(self.public_key())
    }

    /// Names the lists of a form that this anchor vouches for, whichever
    /// edition.
    pub(super) fn identifies(&self, format: ListFormat) -> String {
        format!("{}:{}", format.code(), self.public_key().fingerprint())
    }

    /// Checks a CMS signature (RFC 5652) by this anchor's key over `content`,
    /// which the CMS may hold as well or leave out.
    ///
    /// The gateway's trust anchor signs the certificates of the member
    /// states' roots this way.
    pub fn verify_cms(&self, cms: &[u8], content: &[u8]) -> Result<(), CmsError> {
        SignedData::parse(cms)?.verify(content, self.public_key())
    }
}
