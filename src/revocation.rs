//! Which certificates were withdrawn.
//!
//! A certificate is named on a list by [`Identifier`]s, hashes of its
//! signature or of the identifiers in it, and never by its holder. A
//! [`Verifier`](crate::verify::Verifier) looks up every one of them in the
//! [`Revocations`] that it was given, and its verdict says in which lists.
//! What it does without data, or with data that have aged, is for
//! [`RevocationPolicy`](crate::verify::RevocationPolicy) to say.
//!
//! Lists are read from bytes that the caller already holds; [`RevocationFormat`]
//! says which forms there are, what signs them, and where each was found. A
//! [`RevocationSet`] holds any of them in little space, and answers from a slice
//! or a mapped file.
#![doc = include_str!("../docs/revocation.md")]

mod error;
mod format;
mod info;
mod italian;
mod json;
mod list;
mod part;
mod partitioned;
mod scope;
pub mod set;
mod slice;
mod split;
mod state;
mod store;
mod table;

pub use crate::record::identifier::{Identifier, IdentifierKind};
pub use error::RevocationError;
pub use format::{RevocationFormat, RevocationLimits};
pub use info::RevocationInfo;
pub use italian::ItalianList;
pub use list::RevocationList;
pub use part::RevocationPart;
pub use partitioned::PartitionedList;
pub use set::{
    NamedSet, Precision, Progress, RevocationSet, SetBuilder, SetError, SetFormError, SetOptions,
    SetSource, Stage,
};
pub use slice::{BloomFilter, PartialHashes, Slice};
pub use split::SplitList;
pub use store::{Answer, LookUp, RevocationSource, Revocations, Subject};
