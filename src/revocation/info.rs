//! What a list says about itself.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::RevocationFormat;
use crate::Timestamp;
use crate::trust::Edition;

/// Which list it is, and of when. No clock is read: whether it is recent
/// enough is asked at every verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationInfo {
    pub(super) label: String,
    pub(super) format: RevocationFormat,
    pub(super) identity: Option<String>,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) newest_entry: Option<Timestamp>,
    pub(super) fetched_at: Option<Timestamp>,
    pub(super) as_of: Option<Timestamp>,
    pub(super) sequence: Option<u64>,
    /// What its identity would be by the other anchors that were pinned with
    /// its signer's.
    pub(super) also: Vec<String>,
    /// Of what it consists, where that is several documents.
    pub(super) parts: BTreeMap<String, Edition>,
    /// Whether it is one of several lists that are all batches together.
    pub(super) is_one_of_all: bool,
    /// Whether nobody knows of when another of these is.
    pub(super) is_undated_together: bool,
}

impl RevocationInfo {
    /// A list of that label, without a date or a signer.
    pub fn new(label: &str, format: RevocationFormat) -> Self {
        Self {
            label: label.into(),
            format,
            identity: None,
            issued_at: None,
            expires_at: None,
            newest_entry: None,
            fetched_at: None,
            as_of: None,
            sequence: None,
            also: Vec::new(),
            parts: BTreeMap::new(),
            is_one_of_all: false,
            is_undated_together: false,
        }
    }

    /// The label that the caller gave: a file name or whatever names the
    /// source to the user.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its form.
    pub fn format(&self) -> RevocationFormat {
        self.format
    }

    /// Whether a signature was checked. If not, all else here is only said.
    pub fn is_authenticated(&self) -> bool {
        self.identity.is_some()
    }

    /// For a signed list: which one it is, the same for all its editions, and
    /// for lists and sets of one signer in whatever form.
    pub fn identity(&self) -> Option<&str> {
        self.identity.as_deref()
    }

    /// When it says that it was made.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// Until when it says that it counts.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// The time of its newest entry, where entries have one: the list is not
    /// older than that.
    pub fn newest_entry(&self) -> Option<Timestamp> {
        self.newest_entry
    }

    /// When the caller fetched it.
    pub fn fetched_at(&self) -> Option<Timestamp> {
        self.fetched_at
    }

    /// A number that grows with every edition, where a form has one.
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// For what was made of other lists, or of several parts: the date of the
    /// oldest of them.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// Its date: when it was made, or, where nothing says so, when it was
    /// fetched, and no later than the [oldest](Self::as_of) of its lists or parts.
    /// What its age counts from.
    pub fn dated(&self) -> Option<Timestamp> {
        if self.is_undated_together {
            return None;
        }
        let own = self.issued_at.or(self.fetched_at);
        [own, self.as_of].into_iter().flatten().min()
    }

    /// Under which identities an edition may be known that it has to be no
    /// older than.
    pub(crate) fn identities_beside(&self) -> &[String] {
        &self.also
    }

    /// The editions of its parts, by what tells them apart.
    pub(crate) fn parts(&self) -> &BTreeMap<String, Edition> {
        &self.parts
    }

    /// It did not exist before, or was not at hand.
    pub(crate) fn made_at(&self) -> Option<Timestamp> {
        let dates = [self.issued_at, self.newest_entry, self.fetched_at];
        dates.into_iter().max().flatten()
    }
}
