//! Keys by kid, as Italy's and France's lists are mirrored.

use hcert::trust::ListFormat::KeysByKid;
use crate::lists;

/// Checks one input.
pub fn run(data: &[u8]) {
    if let Ok((store, report)) = lists::unsigned(KeysByKid, data) {
        let json = lists::json(data).unwrap();
        assert_eq!(report.total, json.as_object().unwrap().len());
        assert!(store.iter().all(|key| key.certificate().is_none()));
    }
}

