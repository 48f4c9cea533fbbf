//! Switzerland's two documents.
#![no_main]

use std::sync::LazyLock;

use hcert::trust::{Anchor, ListBytes, ListFormat::Swiss};
use hcert_fuzz::lists::{self, Loaded, samples, sign};
use libfuzzer_sys::Corpus;

static ANCHOR: LazyLock<Anchor> = LazyLock::new(samples::swiss_anchor);
static HEADER: LazyLock<String> = LazyLock::new(samples::swiss_header);
static KEYS: LazyLock<Vec<u8>> = LazyLock::new(|| document(PAYLOAD.as_bytes()));
static PAYLOAD: LazyLock<String> = LazyLock::new(samples::swiss_keys);
static ACTIVE: LazyLock<Vec<u8>> = LazyLock::new(|| document(samples::swiss_active().as_bytes()));
static SAMPLE: LazyLock<Loaded> = LazyLock::new(|| signed(&KEYS, &ACTIVE));

fn document(payload: &[u8]) -> Vec<u8> {
    sign::jws_rs256(HEADER.as_bytes(), payload)
}

fn signed(keys: &[u8], active: &[u8]) -> Loaded {
    let both = ListBytes::from(keys).with_companion(active);
    lists::signed(Swiss, both, std::slice::from_ref(&*ANCHOR))
}

fn unsigned(keys: &[u8], active: &[u8]) -> Loaded {
    lists::unsigned(Swiss, ListBytes::from(keys).with_companion(active))
}

/// RSA takes its time, so that one of eight is signed.
fn both_ways(payload: &[u8], make: impl Fn(&dyn Fn(&[u8]) -> Vec<u8>) -> [Vec<u8>; 2]) -> Loaded {
    let [keys, active] = make(&|payload| sign::jws_es256(b"{}", payload));
    let loaded = unsigned(&keys, &active);
    if payload.len() % 8 == 0 {
        let [keys, active] = make(&document);
        lists::agree(&signed(&keys, &active), &loaded);
    }
    loaded
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Corpus {
    match data.split_first() {
        // Each document as it stands, beside the good other one.
        Some((b'k', keys)) => {
            lists::is_sample(&signed(keys, &ACTIVE), &SAMPLE);
            let _ = unsigned(keys, &ACTIVE);
        }
        Some((b'a', active)) => {
            lists::is_sample(&signed(&KEYS, active), &SAMPLE);
            let _ = unsigned(&KEYS, active);
        }
        // The payload of each.
        Some((b'K', payload)) => {
            if let Ok((_, report)) = both_ways(payload, |sign| [sign(payload), ACTIVE.clone()]) {
                let json = lists::json(payload).unwrap();
                assert_eq!(report.total, json["certs"].as_array().unwrap().len());
            }
        }
        Some((b'A', payload)) => {
            if let Ok((_, report)) = both_ways(payload, |sign| [KEYS.clone(), sign(payload)]) {
                let json = lists::json(payload).unwrap();
                let ids = json["activeKeyIds"].as_array().unwrap();
                assert!(report.loaded <= ids.len());
            }
        }
        Some((b'h', header)) => {
            // The header of the keys; the right signature is worth the time
            // where it could pass.
            let json = lists::json(header);
            let passes = json.as_ref().is_some_and(|json| json["alg"] == "RS256");
            let sign = if passes {
                sign::jws_rs256
            } else {
                sign::jws_es256
            };
            if let Ok(loaded) = signed(&sign(header, PAYLOAD.as_bytes()), &ACTIVE) {
                lists::is_sample(&Ok(loaded), &SAMPLE);
                assert!(passes && json.unwrap().get("crit").is_none());
            }
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
});
