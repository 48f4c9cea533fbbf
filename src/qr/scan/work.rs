//! How much the search may do, whatever the picture shows.

/// About as many nanoseconds on a machine of 2020; it is counted and not
/// measured, so that one picture has one answer everywhere.
const BUDGET: u64 = 1_200_000_000;

/// What is left for all attempts at a picture.
pub(super) struct Work(u64);

impl Default for Work {
    fn default() -> Self {
        Self(BUDGET)
    }
}

impl Work {
    /// Has an attempt done with a fourth of what is left: one that is lost in
    /// the grain of a picture leaves enough for those that average it away.
    pub(super) fn share<T>(&mut self, attempt: impl FnOnce(&mut Self) -> T) -> T {
        let mut share = Self(self.0 / 4);
        // Before, since an attempt may panic.
        self.0 -= share.0;
        let result = attempt(&mut share);
        self.0 += share.0;
        result
    }

    /// Takes so much of it, and says whether it was there.
    pub(super) fn charge(&mut self, cost: u64) -> bool {
        let enough = self.0 >= cost;
        self.0 = self.0.saturating_sub(cost);
        enough
    }
}
