//! `{"certificates": […]}`.

use hcert::trust::ListFormat::Certificates;
use crate::lists::{self, agree, load};

/// Checks one input.
pub fn run(data: &[u8]) {
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
}

