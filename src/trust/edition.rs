//! Editions of a list.

use core::cmp::Ordering;

use crate::Timestamp;

/// Which edition of a list it is: what grows from one to the next.
///
/// Compared by the first of the first three that differs, and by the end where
/// the edition before has none of these. An edition that lacks one of them
/// which the edition before has can't be told from an old one, and counts as
/// older.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edition {
    /// The list's own number ([`ListInfo::sequence`](crate::trust::ListInfo::sequence)).
    pub sequence: Option<u64>,
    /// When it was made ([`ListInfo::issued_at`](crate::trust::ListInfo::issued_at)).
    pub issued_at: Option<Timestamp>,
    /// The time of its newest entry ([`ListInfo::newest_entry`](crate::trust::ListInfo::newest_entry)). A list that
    /// only withdraws its newest entry looks older than it is.
    pub newest_entry: Option<Timestamp>,
    /// Until when it counts, by its signed word.
    pub expires_at: Option<Timestamp>,
}

impl Edition {
    /// Whether its end is the only date there is.
    fn is_dated_by_its_end(&self) -> bool {
        let end = self.expires_at;
        *self
            == Self {
                expires_at: end,
                ..Self::default()
            }
    }

    /// Whether it is older than the other one, or can't be told from an older
    /// one.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        fn compared<T: Ord>(this: Option<T>, other: Option<T>) -> Ordering {
            match (this, other) {
                (Some(this), Some(other)) => this.cmp(&other),
                (None, Some(_)) => Ordering::Less,
                (_, None) => Ordering::Equal,
            }
        }
        let order = match other.is_dated_by_its_end() {
            true => compared(self.expires_at, other.expires_at),
            false => compared(self.sequence, other.sequence)
                .then(compared(self.issued_at, other.issued_at))
                .then(compared(self.newest_entry, other.newest_entry)),
        };
        order.is_lt()
    }

    /// The later one. Of two that can't be compared, what either has.
    pub(super) fn joined(self, other: Self) -> Self {
        match (self.is_before(&other), other.is_before(&self)) {
            (_, false) => other,
            (false, true) => self,
            (true, true) => Self {
                sequence: self.sequence.max(other.sequence),
                issued_at: self.issued_at.max(other.issued_at),
                newest_entry: self.newest_entry.max(other.newest_entry),
                expires_at: self.expires_at.max(other.expires_at),
            },
        }
    }
}
