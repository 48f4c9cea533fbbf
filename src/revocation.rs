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
#[cfg(feature = "revocation")]
mod italian;
mod json;
#[cfg(feature = "revocation")]
mod list;
#[cfg(feature = "revocation")]
mod part;
#[cfg(feature = "revocation")]
mod partitioned;
#[cfg(feature = "revocation")]
mod scope;
#[cfg(feature = "revocation")]
pub(crate) mod set;
#[cfg(feature = "revocation")]
mod slice;
#[cfg(feature = "revocation")]
mod split;
mod state;
mod store;
#[cfg(feature = "revocation")]
mod table;

pub use crate::record::identifier::{Identifier, IdentifierKind};
pub use error::RevocationError;
pub use format::{RevocationFormat, RevocationLimits};
pub use info::RevocationInfo;
#[cfg(feature = "revocation")]
pub use italian::ItalianList;
#[cfg(feature = "revocation")]
pub use list::RevocationList;
#[cfg(feature = "revocation")]
pub use part::RevocationPart;
#[cfg(feature = "revocation")]
pub use partitioned::PartitionedList;
#[cfg(feature = "revocation")]
pub use set::{
    NamedSet, Precision, Progress, RevocationSet, SetBuilder, SetError, SetFormError, SetOptions,
    SetSource, Stage,
};
#[cfg(feature = "revocation")]
#[doc(hidden)]
pub use slice::{BloomFilter, PartialHashes, Slice};
#[cfg(feature = "revocation")]
pub use split::SplitList;
pub use store::{Answer, LookUp, RevocationSource, Revocations, Subject};
