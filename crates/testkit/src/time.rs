//! Times that tests count from.

use hcert::Timestamp;

/// A time that is moved to either side.
pub trait Plus {
    /// Stops at the ends of the range.
    #[must_use]
    fn plus(self, seconds: i64) -> Self;
}

impl Plus for Timestamp {
    fn plus(self, seconds: i64) -> Self {
        Self::from_seconds(self.seconds().saturating_add(seconds))
    }
}
