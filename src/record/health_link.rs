//! Health links (SMART Health Links, Verifiable Health Links): where a record
//! can be fetched, by whom who has the key. Nothing is ever fetched here.

use core::fmt;

/// A link to a record.
#[derive(Clone, PartialEq, Default)]
pub struct HealthLink {
    pub(crate) url: String,
}

impl HealthLink {
    /// Where the record is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for HealthLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HealthLink(redacted)")
    }
}
