//! Why an input was refused.

use super::list::ListFormat;
use super::list::gdhcn::GdhcnError;
use super::snapshot::SnapshotFormError;
use crate::codec::detcbor::FormError;
use crate::codec::instant::Unreadable;
use crate::codec::json::JsonFault;
use crate::crypto::published::PublishedKey;
use crate::trust::edition::Edition;
use alloc::boxed::Box;
use alloc::string::String;

/// Why an input as a whole was refused. Nothing of it is in the store then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// More bytes than [`LoadLimits::input_bytes`](super::LoadLimits::input_bytes).
    #[error("the input has {bytes} bytes, more than {max}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// With this input the store would exceed [`LoadLimits::entries`](super::LoadLimits::entries).
    #[error("{entries} entries, more than {max}")]
    TooManyEntries {
        /// The entries, at least.
        entries: usize,
        /// The limit.
        max: usize,
    },
    /// The JSON has far more values than the permitted entries could need.
    #[error("the JSON has more than {max} values")]
    TooComplex {
        /// The limit: 96 for each of [`LoadLimits::entries`](super::LoadLimits::entries), and some. An array
        /// counts as 4 values and an object as 8.
        max: usize,
    },
    /// The JSON would need far more memory than its own length.
    #[error("the JSON would need more than {max} bytes of memory, as no honest list does")]
    TooDense {
        /// The limit: 10 times the length of the text, and 512 KiB.
        max: usize,
    },
    /// None of the forms of [`ListFormat`].
    #[error(
        "neither a certificate or public key (DER, PEM), nor a JWK or JWK set, nor a trust list or \
         snapshot of a known form"
    )]
    Unrecognised,
    /// The marks of two forms, which have different signers, or none: to take
    /// it for one of them would be a guess.
    #[error("the input shows the marks of two forms, {} and {}; a list has those of one", .first.code(), .second.code())]
    Ambiguous {
        /// One of them.
        first: ListFormat,
        /// The other one.
        second: ListFormat,
    },
    /// Something else that this crate signs, such as a revocation set.
    #[error("signed as {found}, which is no trust list")]
    NotAList {
        /// The content type in its header, at most 64 characters.
        found: String,
    },
    /// Not JSON.
    #[error("not JSON (line {line}, column {column})")]
    Json {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1.
        column: usize,
    },
    /// Signed JSON with a duplicate member (RFC 8259 §4): two readers
    /// could take another one each.
    #[error("duplicate member in a JSON object (line {line}, column {column})")]
    DuplicateMember {
        /// The line where it was found, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A signed form, and nothing to check the signature with.
    #[error(
        "the list ({}) is signed, and no anchor was given: pass {pass}", .format.code()
    )]
    AnchorMissing {
        /// The form.
        format: ListFormat,
        /// What to pass.
        pass: &'static str,
    },
    /// A form that carries no signature, where one was to be checked, or
    /// without the word that this is known.
    #[error("the list ({}) carries no signature: to trust it as it is, say so (trust_unsigned_list)", .format.code())]
    Unsigned {
        /// The form.
        format: ListFormat,
    },
    /// The form consists of two documents and one was given, or the other way
    /// round.
    #[error("the list ({}) needs as second document: {pass}", .format.code())]
    Companion {
        /// The form.
        format: ListFormat,
        /// What to pass.
        pass: &'static str,
    },
    /// The signature names another algorithm than the form has.
    #[error("the signature is not declared as {expected}, which this form has")]
    Algorithm {
        /// The form's algorithm.
        expected: &'static str,
    },
    /// The certificates beside the signature don't lead to the anchor.
    #[error("{fault}")]
    Chain {
        /// What is wrong.
        fault: &'static str,
    },
    /// Anybody can sign with a key that is pinned or leads to the pinned one, or
    /// its maker has it for examples alone:
    /// [`PublishedKey::of`](super::PublishedKey::of).
    #[error("{}, so its signatures prove nothing: {name}", if *private { "the private key of this signer is published" } else { "the signer's key is an example" })]
    PublishedKey {
        /// Whose key it is.
        name: &'static str,
        /// Whether the private half is published.
        private: bool,
    },
    /// The signature is by another key than the anchor's, or over other bytes.
    #[error("the signature does not verify with the anchor")]
    Signature,
    /// Not of the form that the caller named.
    #[error("not {expected}")]
    Form {
        /// What was expected.
        expected: &'static str,
    },
    /// A member that is there and can't be read, such as a time of another
    /// type than a number of seconds. It is never taken for an absent one.
    #[error("the member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// Older than the edition that the [`TrustState`](super::TrustState)
    /// remembers.
    #[error(
        "the edition {found} of {identity} is older than the one seen before, {seen}, or it is another list of the same signer"
    )]
    Rollback {
        /// Which list.
        identity: String,
        /// The edition seen before.
        seen: Box<Edition>,
        /// The edition of this one.
        found: Box<Edition>,
    },
    /// A snapshot that can't be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotFormError),
    /// A list of the WHO's network that can't be relied upon.
    #[error(transparent)]
    Gdhcn(#[from] GdhcnError),
}

impl LoadError {
    /// Refuses an input of more than `max` bytes.
    pub(super) fn check_size(input: &[u8], max: usize) -> Result<(), Self> {
        match input.len() {
            bytes if bytes > max => Err(Self::TooLarge { bytes, max }),
            _ => Ok(()),
        }
    }

    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "trust-input-too-large",
            Self::TooManyEntries { .. } => "trust-too-many-entries",
            Self::TooComplex { .. } => "trust-too-complex",
            Self::TooDense { .. } => "trust-too-dense",
            Self::Unrecognised => "trust-format-unrecognised",
            Self::Ambiguous { .. } => "trust-ambiguous",
            Self::NotAList { .. } => "trust-not-a-list",
            Self::Json { .. } => "trust-json",
            Self::DuplicateMember { .. } => "trust-duplicate-member",
            Self::AnchorMissing { .. } => "trust-anchor-missing",
            Self::Unsigned { .. } => "trust-unsigned",
            Self::Companion { .. } => "trust-companion",
            Self::Algorithm { .. } => "trust-algorithm",
            Self::Chain { .. } => "trust-chain",
            Self::PublishedKey { .. } => "trust-published-key",
            Self::Signature => "trust-signature",
            Self::Form { .. } => "trust-form",
            Self::Member { .. } => "trust-member",
            Self::Rollback { .. } => "trust-rollback",
            Self::Snapshot(error) => error.code(),
            Self::Gdhcn(error) => error.code(),
        }
    }
}

impl From<JsonFault> for LoadError {
    fn from(fault: JsonFault) -> Self {
        match fault {
            JsonFault::DuplicateMember { line, column } => Self::DuplicateMember { line, column },
            JsonFault::Syntax { line, column } => Self::Json { line, column },
            JsonFault::TooDense { max } => Self::TooDense { max },
        }
    }
}

impl From<FormError> for LoadError {
    fn from(error: FormError) -> Self {
        Self::Snapshot(error.into())
    }
}

impl From<Unreadable> for LoadError {
    fn from(Unreadable { name, expected }: Unreadable) -> Self {
        Self::Member { name, expected }
    }
}

impl From<&'static PublishedKey> for LoadError {
    fn from(known: &'static PublishedKey) -> Self {
        Self::PublishedKey {
            name: known.name,
            private: known.private,
        }
    }
}
