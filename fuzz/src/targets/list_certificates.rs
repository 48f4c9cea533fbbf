//! `{"certificates": […]}`.
#![no_main]

use hcert::trust::ListFormat::Certificates;
use hcert_fuzz::lists::{self, agree, load};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let loaded = lists::unsigned(Certificates, data);
    if let Ok((_, report)) = &loaded {
        let json = lists::json(data).unwrap();
        assert_eq!(report.total, json["certificates"].as_array().unwrap().len());
        agree(&load(|builder| builder.add_bytes("fuzz", data)), &loaded);
    }
    agree(
        &load(|builder| builder.add_list("fuzz", Certificates, data)),
        &loaded,
    );
});
