//! Poland's list.
#![no_main]

use hcert::trust::ListFormat::Polish;
use hcert_fuzz::lists;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok((store, report)) = lists::unsigned(Polish, data) {
        let json = lists::json(data).unwrap();
        assert_eq!(report.total, json.as_array().unwrap().len());
        assert!(store.iter().all(|key| key.certificate().is_some()));
    }
});
