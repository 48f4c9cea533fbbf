//! Telling the forms of trusted keys apart: what is loaded without a word
//! about its form is what detection says.

use hcert::trust::{Anchor, ListFormat, LoadError};
use crate::lists::{agree, load};

/// Checks one input.
pub fn run(data: &[u8]) {
    let _ = ListFormat::detect_companion(data);
    let format = ListFormat::detect(data);
    let loaded = load(|builder| builder.add_bytes("fuzz", data));
    match (format, &loaded) {
        (None, Ok(_)) => panic!("loaded without a form"),
        (None, Err(_)) => {}
        (Some(format), Err(LoadError::AnchorMissing { format: named, .. })) => {
            assert_eq!(format, *named);
            assert!(format.anchor_hint().is_some());
        }
        (Some(format), Err(LoadError::Unsigned { format: named })) => {
            assert_eq!(format, *named);
            // A snapshot is signed or is not.
            assert!(format.anchor_hint().is_none() || format == ListFormat::Snapshot);
        }
        (Some(format), loaded) => {
            assert!(format.anchor_hint().is_none(), "a signed list, unchecked");
            let same = load(|builder| builder.add_list("fuzz", format, data));
            agree(loaded, &same);
        }
    }
    if let Ok(anchor) = Anchor::from_bytes(data) {
        let (store, report) = loaded.unwrap();
        assert_eq!((store.len(), report.total), (1, 1));
        let key = store.iter().next().unwrap();
        assert_eq!(key.public_key(), anchor.public_key());
    }
}

