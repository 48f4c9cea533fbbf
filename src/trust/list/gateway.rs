//! The array of the EU Digital COVID Certificate Gateway (DGCG), which the
//! WHO's network took over for its own interface. The CMS signatures of the
//! entries are not checked.

use serde_json::Value;

use super::read_certificate_entry;
use crate::trust::store::{Entry, LoadError, Source};

pub(super) fn read(source: &Source, list: &Value) -> Result<Vec<Entry>, LoadError> {
    let entries = list.as_array().ok_or(LoadError::Form {
        expected: "an array of certificates",
    })?;
    source.check_count(entries.len())?;
    // Document signers stand beside other types, so the type has to be there.
    let read = |entry| read_certificate_entry(source, entry, true);
    Ok(entries.iter().map(read).collect())
}
