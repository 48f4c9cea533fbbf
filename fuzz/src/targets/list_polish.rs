//! Poland's list.

use hcert::trust::ListFormat::Polish;
use crate::lists;

/// Checks one input.
pub fn run(data: &[u8]) {
    if let Ok((store, report)) = lists::unsigned(Polish, data) {
        let json = lists::json(data).unwrap();
        assert_eq!(report.total, json.as_array().unwrap().len());
        assert!(store.iter().all(|key| key.certificate().is_some()));
    }
}

