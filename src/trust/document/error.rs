//! Why a document was not opened, or not signed.

use crate::Timestamp;
use crate::codec::instant::Unreadable;
use crate::envelope::cms::CmsError;
use crate::trust::error::LoadError;
use crate::trust::signed::SigningError;
use alloc::string::String;

/// Why a document was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// None of the forms of [`DocumentFormat`](super::DocumentFormat).
    #[error("not a signed document of a known form, or its signature is missing")]
    Unrecognised,
    /// A purpose is named by 1 to 64 lower-case letters, digits and hyphens,
    /// and begins with a letter.
    #[error("the purpose is not 1 to 64 of a-z, 0-9 and -, beginning with a letter")]
    PurposeName,
    /// Signed for another purpose, or the content is of a type that doesn't
    /// fit.
    #[error("the document is signed as {found}, not as {expected}")]
    Purpose {
        /// The type that it names, at most 64 characters.
        found: String,
        /// The type for the purpose.
        expected: String,
    },
    /// The CMS is not acceptable.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// As for a trust list: its signature, chain, algorithm or form.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl DocumentError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unrecognised => "document-unrecognised",
            Self::PurposeName => "document-purpose-name",
            Self::Purpose { .. } => "document-purpose",
            Self::Cms(error) => error.code(),
            Self::Load(error) => error.code(),
        }
    }
}

impl From<Unreadable> for DocumentError {
    fn from(fault: Unreadable) -> Self {
        Self::Load(fault.into())
    }
}

/// Why a document was not signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentSigningError {
    /// As in [`DocumentError::PurposeName`].
    #[error("the purpose is not 1 to 64 of a-z, 0-9 and -, beginning with a letter")]
    PurposeName,
    /// It would expire before it is made.
    #[error("it would expire at {expires_at}, before it is made at {issued_at}")]
    Dates {
        /// When it is made.
        issued_at: Timestamp,
        /// When it would expire.
        expires_at: Timestamp,
    },
    /// No reader takes a date outside of the years 1970 to 9999.
    #[error("the date {date} is not of the years 1970 to 9999")]
    Date {
        /// The date.
        date: Timestamp,
    },
    /// Nothing was signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl DocumentSigningError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PurposeName => "document-purpose-name",
            Self::Dates { .. } => "document-dates",
            Self::Date { .. } => "document-date",
            Self::Signing(error) => error.code(),
        }
    }
}
