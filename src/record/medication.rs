//! The medication overview (smart-trust 1.7.0).

use core::fmt;

/// A medicine that the holder takes.
#[derive(Clone, PartialEq, Default)]
pub struct Medication {
    pub(crate) medicine: String,
}

impl Medication {
    /// The medicine (`m`), as it is written.
    pub fn medicine(&self) -> &str {
        &self.medicine
    }
}

impl fmt::Debug for Medication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Medication(redacted)")
    }
}
