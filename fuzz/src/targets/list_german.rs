//! Germany's list.

use std::sync::LazyLock;

use hcert::trust::ListFormat::German;
use crate::lists::{self, Loaded, samples, sign};
use libfuzzer_sys::Corpus;

static SAMPLE: LazyLock<Loaded> = LazyLock::new(|| {
    let list = sign::german(samples::certificates().as_bytes());
    lists::signed(German, &list, &[sign::LIST.anchor()])
});

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    match data.split_first() {
        // A list as it stands.
        Some((b'r', list)) => {
            let signed = lists::signed(German, list, &[sign::LIST.anchor()]);
            lists::is_sample(&signed, &SAMPLE);
            let _ = lists::unsigned(German, list);
        }
        // What follows the signature.
        Some((b'c', content)) => {
            let list = sign::german(content);
            let signed = lists::signed(German, &list, &[sign::LIST.anchor()]);
            lists::agree(&signed, &lists::unsigned(German, &list));
            if let Ok((_, report)) = signed {
                let json = lists::json(content).unwrap();
                assert_eq!(report.total, json["certificates"].as_array().unwrap().len());
            }
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

