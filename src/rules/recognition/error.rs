//! Why a document is no policy. The texts name members, and show a document
//! nowhere but in the name of a member that is not known.

use alloc::string::String;

/// Why a recognition policy can't be taken. A policy is taken as a whole or
/// not at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecognitionError {
    /// The document is longer than allowed.
    #[error("the policy has {bytes} bytes, more than {max}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The most that is read.
        max: usize,
    },
    /// Neither JSON nor TOML, whichever was asked for; also a member that
    /// stands twice, and nesting without end.
    #[error("not {format}: {problem} (line {line}, column {column})")]
    Syntax {
        /// `JSON` or `TOML`.
        format: &'static str,
        /// What is wrong.
        problem: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A member that policies don't have; a typo must not weaken one.
    #[error("{at}: no such member; known are {}", .known.join(", "))]
    UnknownMember {
        /// Its path, such as `tests[0].max_hours`.
        at: String,
        /// The members that may stand there.
        known: &'static [&'static str],
    },
    /// A member that has to be there.
    #[error("{at}: missing")]
    Missing {
        /// Its path.
        at: String,
    },
    /// A value of another type.
    #[error("{at}: expected {expected}, found {found}")]
    Type {
        /// Its path.
        at: String,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A value of the right type that can't stand there.
    #[error("{at}: not {expected}")]
    Value {
        /// Its path.
        at: String,
        /// What belongs there.
        expected: String,
    },
    /// A list without items, or a table without conditions.
    #[error("{at}: empty")]
    Empty {
        /// Its path; empty for a policy that accepts nothing.
        at: String,
    },
    /// The same thing twice.
    #[error("{at}: duplicate")]
    Duplicate {
        /// The path of the second one.
        at: String,
    },
    /// More items than allowed.
    #[error("{at}: more than {max} items")]
    TooMany {
        /// The path.
        at: String,
        /// The most that is allowed.
        max: usize,
    },
    /// Conditions that exclude each other.
    #[error("{at}: {problem}")]
    Contradiction {
        /// The path.
        at: String,
        /// What excludes what.
        problem: &'static str,
    },
}

impl RecognitionError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "recognition-too-large",
            Self::Syntax { .. } => "recognition-syntax",
            Self::UnknownMember { .. } => "recognition-unknown-member",
            Self::Missing { .. } => "recognition-missing",
            Self::Type { .. } => "recognition-type",
            Self::Value { .. } => "recognition-value",
            Self::Empty { .. } => "recognition-empty",
            Self::Duplicate { .. } => "recognition-duplicate",
            Self::TooMany { .. } => "recognition-too-many",
            Self::Contradiction { .. } => "recognition-contradiction",
        }
    }

    /// The path of the member, such as `tests[0].max_age_hours`; `None` where
    /// the document can't be read at all.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::TooLarge { .. } | Self::Syntax { .. } => None,
            Self::UnknownMember { at, .. }
            | Self::Missing { at }
            | Self::Type { at, .. }
            | Self::Value { at, .. }
            | Self::Empty { at }
            | Self::Duplicate { at }
            | Self::TooMany { at, .. }
            | Self::Contradiction { at, .. } => Some(at),
        }
    }
}
