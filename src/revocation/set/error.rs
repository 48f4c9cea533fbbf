//! Why no set was made.

use super::SetFormError;
use super::layout::{MAX_IDENTITY, MAX_KID, MAX_SOURCES, MIN_HASH, SEEDS};
use crate::Timestamp;
use crate::trust::SigningError;

/// Why no set was made. The texts name no hash.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// Kids have 1 to 255 bytes.
    #[error("a kid of {bytes} bytes, not 1 to {MAX_KID}")]
    KidLength {
        /// Its length.
        bytes: usize,
    },
    /// Entries have 4 to 32 bytes of a SHA-256: fewer would name people who are
    /// not meant.
    #[error("a hash of {bytes} bytes, not {MIN_HASH} to 32")]
    HashLength {
        /// Its length.
        bytes: usize,
    },
    /// More entries than a set can hold.
    #[error("more than {max} entries")]
    TooManyEntries {
        /// The limit.
        max: u64,
    },
    /// Sources have names of at most 1024 bytes of printable text, and there
    /// are at most 255.
    #[error(
        "a source's name is not 1 to {MAX_IDENTITY} bytes of printable text, or it is the {MAX_SOURCES}th"
    )]
    Source,
    /// The rate asked for is none, or smaller than a filter can have.
    #[error(
        "a false-positive rate of {rate:e} is not possible: take one from 2^-50 to 1/2, or an exact set"
    )]
    Rate {
        /// What was asked for.
        rate: f64,
    },
    /// The list has no date: neither was it made nor fetched at a time.
    #[error("the list has no date: say when it was fetched")]
    Undated,
    /// A part of the list is not at hand: whoever it names would pass.
    #[error("a part of the list is missing")]
    Incomplete,
    /// The list has a Bloom filter, out of which no hash can be read.
    #[error("hashes can't be recovered from a Bloom filter; use the list itself")]
    Filter,
    /// No seed gives a filter, which does not happen by chance.
    #[error("no filter was found with {SEEDS} seeds")]
    Seeds,
    /// It would have ended before it was made: its own end, or that of a list
    /// in it.
    #[error("the set would have ended at {expires_at}, before it is made at {made_at}")]
    Ended {
        /// Until when it would count.
        expires_at: Timestamp,
        /// When it is made.
        made_at: Timestamp,
    },
    /// The time can't be written.
    #[error("the time is out of range")]
    Time,
    /// What is to be signed is not a set.
    #[error(transparent)]
    Form(#[from] SetFormError),
    /// Nothing was signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl SetError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KidLength { .. } => "revocation-set-kid-length",
            Self::HashLength { .. } => "revocation-set-hash-length",
            Self::TooManyEntries { .. } => "revocation-set-too-many-entries",
            Self::Source => "revocation-set-source",
            Self::Rate { .. } => "revocation-set-rate",
            Self::Undated => "revocation-set-undated",
            Self::Incomplete => "revocation-set-incomplete",
            Self::Filter => "revocation-set-filter",
            Self::Seeds => "revocation-set-seeds",
            Self::Ended { .. } => "revocation-set-ended",
            Self::Time => "revocation-set-time",
            Self::Form(error) => error.code(),
            Self::Signing(SigningError::Signer(error)) => error.code(),
            Self::Signing(SigningError::SignatureLength { .. }) => {
                "revocation-set-signature-length"
            }
        }
    }
}
