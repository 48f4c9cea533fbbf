//! Why a revocation list was refused.

use crate::codec::cbor::CborError;
use crate::codec::instant::Unreadable;
use crate::codec::json::JsonFault;
use crate::envelope::cose::CoseError;
use crate::trust::{DocumentError, KidError};
use alloc::string::String;

/// Why a revocation list, or a part of one, was refused as a whole. The texts
/// name no hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// More bytes than [`RevocationLimits::input_bytes`](super::RevocationLimits::input_bytes),
    /// or, of JSON, than [`RevocationLimits::json_bytes`](super::RevocationLimits::json_bytes).
    #[error("the input has {bytes} bytes, more than {max}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// More hashes than [`RevocationLimits::entries`](super::RevocationLimits::entries).
    #[error("the list has more than {max} entries")]
    TooManyEntries {
        /// The limit.
        max: usize,
    },
    /// None of the forms of [`RevocationFormat`](super::RevocationFormat).
    #[error("not a revocation list of a known form")]
    Unrecognised,
    /// The CBOR is not acceptable.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The COSE_Sign1 is not acceptable.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The document was not opened: its signature, its form, or its purpose.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Not JSON.
    #[error("not JSON (line {line}, column {column})")]
    Json {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1.
        column: usize,
    },
    /// A duplicate member in a JSON object.
    #[error("duplicate member in a JSON object (line {line}, column {column})")]
    DuplicateMember {
        /// The line where it was found, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Not of the form that was expected.
    #[error("not {expected}")]
    Form {
        /// What was expected.
        expected: &'static str,
    },
    /// A member is absent or not what it has to be.
    #[error("the member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A kid that is none.
    #[error(transparent)]
    Kid(#[from] KidError),
    /// A hash of a kind that is not known. Whoever is on the list under it
    /// would pass.
    #[error("hashes of the unknown kind {kind}")]
    UnknownKind {
        /// The type byte, or the name, at most 64 characters.
        kind: String,
    },
    /// A hash that is too short to name one certificate, or longer than
    /// SHA-256.
    #[error("a hash of {bytes} bytes, where {least} to 32 name a certificate")]
    HashLength {
        /// Its length.
        bytes: usize,
        /// The shortest that is read.
        least: usize,
    },
    /// Of a version that this crate does not know.
    #[error("version {found} is not {expected}")]
    Version {
        /// The version found.
        found: u64,
        /// The version known.
        expected: u64,
    },
    /// A part does not belong to the parts before it.
    #[error("the part does not belong here: {fault}")]
    Part {
        /// What is wrong.
        fault: &'static str,
    },
    /// A chunk of a list in several ones is not there.
    #[error("chunk {missing} of {last} is missing: fetch all parts again")]
    ChunkMissing {
        /// The first that is missing, from 1.
        missing: u64,
        /// How many there are.
        last: u64,
    },
    /// A duplicate chunk.
    #[error("duplicate chunk {chunk}: fetch all parts again")]
    ChunkTwice {
        /// Which one, from 1.
        chunk: u64,
    },
    /// The list has another number of entries than it says.
    #[error("{found} entries, where the list says that it has {declared}: fetch all parts again")]
    Count {
        /// The entries that there are.
        found: usize,
        /// What the list says.
        declared: u64,
    },
    /// Older than the edition before.
    #[error("version {found} is older than the one before, {seen}")]
    Rollback {
        /// The version of this one.
        found: u64,
        /// The version before.
        seen: u64,
    },
}

impl RevocationError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "revocation-input-too-large",
            Self::TooManyEntries { .. } => "revocation-too-many-entries",
            Self::Unrecognised => "revocation-format-unrecognised",
            Self::Cbor(error) => error.code(),
            Self::Cose(error) => error.code(),
            Self::Document(error) => error.code(),
            Self::Json { .. } => "revocation-json",
            Self::DuplicateMember { .. } => "revocation-duplicate-member",
            Self::Form { .. } => "revocation-form",
            Self::Member { .. } => "revocation-member",
            Self::Kid(error) => error.code(),
            Self::UnknownKind { .. } => "revocation-unknown-kind",
            Self::HashLength { .. } => "revocation-hash-length",
            Self::Version { .. } => "revocation-version",
            Self::Part { .. } => "revocation-part",
            Self::ChunkMissing { .. } => "revocation-part",
            Self::ChunkTwice { .. } => "revocation-part",
            Self::Count { .. } => "revocation-count",
            Self::Rollback { .. } => "revocation-rollback",
        }
    }
}

impl From<JsonFault> for RevocationError {
    fn from(fault: JsonFault) -> Self {
        match fault {
            JsonFault::Syntax { line, column } => Self::Json { line, column },
            JsonFault::DuplicateMember { line, column } => Self::DuplicateMember { line, column },
            // Hashes and times are longer: nobody's list has so much in so few bytes.
            JsonFault::TooDense { .. } => Self::Unrecognised,
        }
    }
}

impl From<Unreadable> for RevocationError {
    fn from(Unreadable { name, expected }: Unreadable) -> Self {
        Self::Member { name, expected }
    }
}
