//! What became of each entry.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::deny::Denial;
use super::list::ListInfo;
use super::problem::ProblemKind;
use super::state::TrustState;
use crate::codec::instant::Unreadable;

/// A problem with one entry of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryProblem {
    /// The label of the input, as the caller gave it.
    pub label: String,
    /// The entry's place in the input, from 0.
    pub position: usize,
    /// The kid as the input writes it, unprintable characters escaped.
    pub kid: Option<String>,
    /// What it is.
    pub problem: ProblemKind,
    /// Whether the key is in the store anyway.
    pub kept: bool,
}

impl fmt::Display for EntryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, entry {}", self.label, self.position)?;
        if let Some(kid) = &self.kid {
            write!(f, " ({kid})")?;
        }
        write!(f, ": {}", self.problem)?;
        f.write_str(if self.kept { "; kept" } else { "; left out" })
    }
}

/// What went into a store. Every entry is counted once:
/// `loaded + duplicates + superseded + rejected == total`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadReport {
    /// Keys in the store.
    pub loaded: usize,
    /// Entries equal to an earlier one in kid, key, certificate, country and
    /// usage. The store has the first one, with its origin, and knows of all
    /// lists that hold it.
    pub duplicates: usize,
    /// Keys that were taken out again, as a newer edition of their list came
    /// in.
    pub superseded: usize,
    /// Entries left out, each with one problem that says why.
    pub rejected: usize,
    /// Entries of all inputs.
    pub total: usize,
    /// What was noted, in the order of the entries.
    pub problems: Vec<EntryProblem>,
    /// Entries of the deny lists that name no key of the store, in their order:
    /// of keys that no list holds any more, or a typing error.
    pub unmatched_denials: Vec<Denial>,
    /// What the lists say about themselves. Keys and certificates that were
    /// added by themselves are in none.
    pub lists: Vec<Arc<ListInfo>>,
    /// Signatures that were checked for single entries, in lists that are
    /// signed so ([`ListFormat::Gateway`](super::ListFormat::Gateway)): not
    /// more than two for an entry with one anchor, whatever the list says.
    pub entry_signatures: usize,
    /// What to store and to hand to the next builder
    /// ([`with_state`](super::TrustStoreBuilder::with_state)).
    pub state: TrustState,
}

impl From<Unreadable> for ProblemKind {
    fn from(Unreadable { name, expected }: Unreadable) -> Self {
        Self::Member { name, expected }
    }
}
