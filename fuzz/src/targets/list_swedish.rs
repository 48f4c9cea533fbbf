//! Sweden's list.

use std::sync::LazyLock;

use hcert::trust::{Anchor, ListFormat::Swedish};
use crate::lists::{self, Loaded, samples, sign};
use libfuzzer_sys::Corpus;

static ANCHOR: LazyLock<Anchor> = LazyLock::new(samples::swedish_anchor);
static HEADER: LazyLock<String> = LazyLock::new(samples::swedish_header);
static PAYLOAD: LazyLock<String> = LazyLock::new(samples::swedish_payload);
static SAMPLE: LazyLock<Loaded> =
    LazyLock::new(|| signed(&sign::jws_es256(HEADER.as_bytes(), PAYLOAD.as_bytes())));

fn signed(list: &[u8]) -> Loaded {
    lists::signed(Swedish, list, std::slice::from_ref(&*ANCHOR))
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    match data.split_first() {
        // A list as it stands.
        Some((b'r', list)) => {
            lists::is_sample(&signed(list), &SAMPLE);
            let _ = lists::unsigned(Swedish, list);
        }
        Some((b'c', payload)) => {
            let list = sign::jws_es256(HEADER.as_bytes(), payload);
            let loaded = signed(&list);
            lists::agree(&loaded, &lists::unsigned(Swedish, &list));
            if let Ok((_, report)) = loaded {
                let json = lists::json(payload).unwrap();
                let countries = json["dsc_trust_list"].as_object().unwrap().values();
                let keys = |country: &serde_json::Value| {
                    let keys = country.get("keys").and_then(|keys| keys.as_array());
                    // What is no array is one problem.
                    keys.map_or(1, Vec::len)
                };
                let limits = |country: &serde_json::Value| {
                    let limits = country.get("eku").and_then(|eku| eku.as_object());
                    limits.map_or(0, serde_json::Map::len)
                };
                let least = countries.clone().map(keys).sum::<usize>();
                // A limit that is of no key is a problem of its own.
                let most = least + countries.map(limits).sum::<usize>();
                assert!((least..=most).contains(&report.total));
                // A number with a fraction or an exponent means an instant, too.
                let time = |name: &str| {
                    let time = json.get(name)?;
                    let floored = || time.as_f64().map(|time| time.floor() as i64);
                    time.as_i64().or_else(floored)
                };
                let info = &report.lists[0];
                assert_eq!(info.issued_at().map(|at| at.seconds()), time("iat"));
                assert_eq!(info.expires_at().map(|at| at.seconds()), time("exp"));
            }
        }
        Some((b'h', header)) => {
            if let Ok(loaded) = signed(&sign::jws_es256(header, PAYLOAD.as_bytes())) {
                lists::is_sample(&Ok(loaded), &SAMPLE);
                let header = lists::json(header).unwrap();
                assert_eq!(header["alg"], "ES256");
                assert!(header.get("crit").is_none());
            }
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

