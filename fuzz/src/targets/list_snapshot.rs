//! Snapshots: nobody makes one in our name, and what is read is written the
//! same again.

use std::sync::LazyLock;

use hcert::Timestamp;
use hcert::trust::ListFormat::{self, Snapshot};
use hcert::trust::LoadError;
use crate::lists::{self, Loaded, keys, load, samples, sign};
use libfuzzer_sys::Corpus;

static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(samples::snapshot);
static HEADER: LazyLock<Vec<u8>> = LazyLock::new(sign::snapshot_header);
static SAMPLE: LazyLock<Loaded> = LazyLock::new(|| signed(&sign::cose(&HEADER, &PAYLOAD)));

fn signed(file: &[u8]) -> Loaded {
    let anchors = [sign::LIST.anchor()];
    load(|builder| builder.add_signed_list("fuzz", Snapshot, file, &anchors))
}

/// And not a signed one.
fn is_snapshot(payload: &[u8]) -> bool {
    payload.first() != Some(&0xd2) && ListFormat::detect(payload) == Some(Snapshot)
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    match data.split_first() {
        // So long a text may be in an error.
        _ if data.len() > 1500 => return Corpus::Reject,
        // A file as it stands.
        Some((b'f', file)) => {
            let loaded = signed(file);
            lists::is_sample(&loaded, &SAMPLE);
            let unsigned = lists::unsigned(Snapshot, file);
            if loaded.is_ok() || unsigned.is_ok() {
                assert_eq!(ListFormat::detect(file), Some(Snapshot));
            }
        }
        Some((b'h', header)) => {
            if signed(&sign::cose(header, &PAYLOAD)).is_ok() {
                assert_eq!(header, &HEADER[..]);
            }
        }
        Some((b'p', payload)) => match (
            signed(&sign::cose(&HEADER, payload)),
            lists::unsigned(Snapshot, payload),
        ) {
            (Ok((store, a)), Ok((unsigned, b))) => {
                assert_eq!(keys(&store), keys(&unsigned));
                assert_eq!(a.problems, b.problems);
                let made_at = Timestamp::from_seconds(0);
                let written = store.to_snapshot(made_at).unwrap();
                let (again, _) = signed(&sign::cose(&HEADER, &written)).unwrap();
                assert_eq!(keys(&store), keys(&again));
                assert_eq!(again.to_snapshot(made_at).unwrap(), written);
            }
            // Nobody remembers the editions of what is not authenticated.
            (Err(LoadError::Rollback { .. }), _) => {}
            (Err(a), Err(b)) if is_snapshot(payload) => assert_eq!(a.code(), b.code()),
            (Err(_), _) if !is_snapshot(payload) => {}
            other => panic!("signed and unsigned: {other:?}"),
        },
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

