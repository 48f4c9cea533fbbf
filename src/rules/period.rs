use crate::Timestamp;
use alloc::vec::Vec;

/// A stretch of time, in whole seconds.
///
/// ```
/// use hcert::{Timestamp, rules::Period};
/// let at = Timestamp::from_seconds;
/// let period = Period { from: at(10), until: at(20) };
/// assert!(period.contains(at(10)) && period.contains(at(19)));
/// assert!(!period.contains(at(20)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first second of it.
    pub from: Timestamp,
    /// The first second that is not of it any more.
    pub until: Timestamp,
}

impl Period {
    pub(crate) const ALWAYS: Self = Self {
        from: Timestamp::from_seconds(i64::MIN),
        until: Timestamp::from_seconds(i64::MAX),
    };

    /// Whether the instant lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether no instant lies in it.
    pub fn is_empty(&self) -> bool {
        self.until <= self.from
    }

    /// What lies in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        }
    }

    /// The same instants, in order, without overlaps and empty periods.
    pub(crate) fn union(mut periods: Vec<Self>) -> Vec<Self> {
        periods.retain(|period| !period.is_empty());
        periods.sort_by_key(|period| period.from);
        let mut out: Vec<Self> = Vec::new();
        for period in periods {
            match out.last_mut() {
                Some(last) if period.from <= last.until => {
                    last.until = last.until.max(period.until)
                }
                _ => out.push(period),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_union_is_in_order_and_without_gaps_of_nothing() {
        let period = |from, until| Period {
            from: Timestamp::from_seconds(from),
            until: Timestamp::from_seconds(until),
        };
        let union = |periods: &[(i64, i64)]| {
            Period::union(
                periods
                    .iter()
                    .map(|(from, until)| period(*from, *until))
                    .collect(),
            )
        };
        assert_eq!(
            union(&[(5, 9), (1, 3), (3, 4), (6, 7), (9, 9), (8, 2)]),
            [period(1, 4), period(5, 9)]
        );
        assert!(union(&[(3, 3)]).is_empty());
    }
}
