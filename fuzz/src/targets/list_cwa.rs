//! The Corona-Warn-App's protobuf: what is loaded can be written down again.

use hcert::trust::ListFormat::CwaProtobuf;
use crate::lists::{self, keys, samples};

/// Checks one input.
pub fn run(data: &[u8]) {
    let Ok((store, _)) = lists::unsigned(CwaProtobuf, data) else {
        return;
    };
    let entries: Vec<_> = store
        .iter()
        .map(|key| (key.kid().as_bytes(), key.certificate().unwrap().der()))
        .collect();
    for (_, der) in &entries {
        assert!(data.windows(der.len()).any(|part| part == *der));
    }
    let (again, report) = lists::unsigned(CwaProtobuf, &samples::protobuf(entries)).unwrap();
    assert_eq!(keys(&again), keys(&store));
    assert_eq!((report.rejected, report.duplicates), (0, 0));
}

