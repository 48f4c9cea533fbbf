//! How much is read of a list.

/// What a builder accepts at most.
///
/// ```
/// use hcert::trust::{LoadLimits, TrustStore};
/// let mut limits = LoadLimits::default();
/// limits.entries = 1_000;
/// let builder = TrustStore::builder().with_limits(limits);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadLimits {
    /// Bytes of one input. 64 MiB by default.
    pub input_bytes: usize,
    /// Entries of the whole store, good and bad. 100,000 by default.
    pub entries: usize,
    /// Bytes of one DER certificate or public key. 64 KiB by default.
    pub certificate_bytes: usize,
}

impl Default for LoadLimits {
    fn default() -> Self {
        Self {
            input_bytes: 64 << 20,
            entries: 100_000,
            certificate_bytes: 64 << 10,
        }
    }
}
