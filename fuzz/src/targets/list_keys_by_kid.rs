//! Keys by kid, as Italy's and France's lists are mirrored.
#![no_main]

use hcert::trust::ListFormat::KeysByKid;
use hcert_fuzz::lists;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok((store, report)) = lists::unsigned(KeysByKid, data) {
        let json = lists::json(data).unwrap();
        assert_eq!(report.total, json.as_object().unwrap().len());
        assert!(store.iter().all(|key| key.certificate().is_none()));
    }
});
