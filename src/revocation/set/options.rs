//! What a builder is told, and what it tells.

use crate::Timestamp;
use crate::codec::item::power_of_two;

/// How a set answers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Precision {
    /// Holds the hashes as they are: 128 bits an entry as a rule.
    Exact,
    /// A look-up finds what is not in the set at most so often, from 2⁻⁵⁰ to
    /// 2⁻¹. 2⁻³² takes 36 bits an entry. Few entries are held exactly, where
    /// that takes no more bytes.
    FalsePositives(f64),
}

/// What kind of set is made.
///
/// ```
/// use hcert::revocation::{Precision, SetOptions};
/// let mut options = SetOptions::default();
/// assert_eq!(options.precision, Precision::FalsePositives(0.5f64.powi(32)));
/// options.precision = Precision::Exact;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SetOptions {
    /// By default at most 2⁻³² false positives.
    pub precision: Precision,
    /// Until when the set counts. By default it says nothing. A set that ends
    /// before it is made is refused ([`SetError::Ended`](super::SetError::Ended)).
    pub expires_at: Option<Timestamp>,
}

impl Default for SetOptions {
    fn default() -> Self {
        Self {
            precision: Precision::FalsePositives(power_of_two(-32)),
            expires_at: None,
        }
    }
}

/// How far the making of a set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is done now.
    pub stage: Stage,
    /// How many entries the set is made of; those that stand twice count once
    /// after they are sorted.
    pub entries: u64,
    /// With which seed, from 1.
    pub attempt: u8,
}

/// A part of the work. Sorting and filling take about half each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// The entries are put in order.
    Sorting,
    /// They are hashed with a seed.
    Hashing,
    /// The filter is filled, or the hashes are written.
    Filling,
}

impl Stage {
    /// A stable identifier of the stage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sorting => "sorting",
            Self::Hashing => "hashing",
            Self::Filling => "filling",
        }
    }
}
