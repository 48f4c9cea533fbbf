use crate::codec::detcbor::FormError;
use crate::crypto::KeyError;

/// Why bytes are not a snapshot that can be read. Offsets count from the
/// first byte of the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotFormError {
    /// The bytes end inside an item, or a declared length passes their end.
    #[error("the snapshot ends early, or declares more than there is, at byte {at}")]
    CutOff {
        /// Offset in bytes.
        at: usize,
    },
    /// A longer head than needed, an indefinite length, or keys of a map that
    /// don't ascend, so that one may stand twice (RFC 8949 §4.2.1).
    #[error("the snapshot is not in deterministic CBOR at byte {at}")]
    NotDeterministic {
        /// Offset in bytes.
        at: usize,
    },
    /// Of another type, or outside the values that there are.
    #[error("not {expected}, at byte {at} of the snapshot")]
    Unexpected {
        /// Offset in bytes.
        at: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// A member that has to be there is not.
    #[error("{within} without {name}")]
    Missing {
        /// The map.
        within: &'static str,
        /// The member.
        name: &'static str,
    },
    /// A member that version 1 does not have. Each may change what a key is
    /// good for, so none is skipped.
    #[error("the unknown member {label} in {within}")]
    UnknownMember {
        /// The map.
        within: &'static str,
        /// The member's key.
        label: u64,
    },
    /// Of a version that this crate does not know.
    #[error("a snapshot of the version {found}, not {known}")]
    Version {
        /// The version found.
        found: u64,
        /// The version known.
        known: u64,
    },
    /// A key that can't be read, such as a point that is not on its curve.
    #[error("the key at byte {at} of the snapshot: {error}")]
    Key {
        /// Offset in bytes.
        at: usize,
        /// What is wrong.
        error: KeyError,
    },
    /// Bytes follow the snapshot.
    #[error("{count} bytes follow the snapshot")]
    Trailing {
        /// How many.
        count: usize,
    },
}

impl From<FormError> for SnapshotFormError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::CutOff { at } => Self::CutOff { at },
            FormError::NotDeterministic { at } => Self::NotDeterministic { at },
            FormError::Unexpected { at, expected } => Self::Unexpected { at, expected },
            FormError::Trailing { count } => Self::Trailing { count },
        }
    }
}

impl SnapshotFormError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CutOff { .. } => "snapshot-cut-off",
            Self::NotDeterministic { .. } => "snapshot-not-deterministic",
            Self::Unexpected { .. } => "snapshot-unexpected",
            Self::Missing { .. } => "snapshot-missing-member",
            Self::UnknownMember { .. } => "snapshot-unknown-member",
            Self::Version { .. } => "snapshot-version",
            Self::Key { error, .. } => error.code(),
            Self::Trailing { .. } => "snapshot-trailing",
        }
    }
}
