//! Why a document is no value set, or not taken.

use crate::Date;
use alloc::string::String;

/// Why a document is not a value set, or is not taken beside the ones that are
/// there. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueSetError {
    /// Longer than 2 MiB.
    #[error("the value set has {found} bytes, more than {max}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
        /// The most that is read.
        max: usize,
    },
    /// More values than any value set has.
    #[error("the JSON holds more values than a value set of {max} codes")]
    TooComplex {
        /// The most codes that are read.
        max: usize,
    },
    /// Not JSON (RFC 8259).
    #[error("not JSON at line {line}, column {column}")]
    Json {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A duplicate member in an object, so that two readers could each take
    /// another one.
    #[error("duplicate member in an object, at line {line}, column {column}")]
    DuplicateMember {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// Not an object with that member, of the right type and not empty.
    #[error(
        "no value set: a value set is an object with valueSetId, valueSetDate (YYYY-MM-DD) and \
         valueSetValues; see {member}"
    )]
    Member {
        /// The first one that is missing or wrong.
        member: &'static str,
    },
    /// A code without a display or without its active flag, or with a member
    /// of another type.
    #[error(
        "{code:?}: no value of a value set, which has display (text), active (true or false), \
         lang, system and version (texts); see {member}"
    )]
    Entry {
        /// The code, its end cut off if it is long.
        code: String,
        /// The first member that is missing or wrong.
        member: &'static str,
    },
    /// More than 10,000 codes.
    #[error("{found} codes, more than {max}")]
    TooManyCodes {
        /// How many there are.
        found: usize,
        /// The most that are read.
        max: usize,
    },
    /// No code: each would be unknown.
    #[error("the value set has no code")]
    Empty,
    /// More than 64 value sets.
    #[error("more than {max} value sets")]
    TooManySets {
        /// The most that are held.
        max: usize,
    },
    /// An edition of a later date is there already.
    #[error("{id:?}: the edition of {found} is older than the loaded one of {known}")]
    Older {
        /// The id of the set.
        id: String,
        /// The date of the one that is refused.
        found: Date,
        /// The date of the one that stays.
        known: Date,
    },
    /// An edition of the same date is there already, and says something else.
    #[error("{id:?}: another one of the same date, {date}, is there already")]
    Conflict {
        /// The id of the set.
        id: String,
        /// The date of both.
        date: Date,
    },
}

impl ValueSetError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "value-set-too-long",
            Self::TooComplex { .. } => "value-set-too-complex",
            Self::Json { .. } => "value-set-json",
            Self::DuplicateMember { .. } => "value-set-duplicate-member",
            Self::Member { .. } => "value-set-member",
            Self::Entry { .. } => "value-set-entry",
            Self::TooManyCodes { .. } => "value-set-too-many-codes",
            Self::Empty => "value-set-empty",
            Self::TooManySets { .. } => "value-set-too-many",
            Self::Older { .. } => "value-set-older",
            Self::Conflict { .. } => "value-set-conflict",
        }
    }
}
