//! Switzerland's two documents.

use std::sync::LazyLock;

use hcert::trust::{Anchor, ListBytes, ListFormat::Swiss, LoadReport};
use crate::lists::{self, Loaded, samples, sign};
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

/// RSA takes its time (0.2 s under the sanitizer), so that few are signed.
fn is_signed(part: &[u8]) -> bool {
    part.len().is_multiple_of(32)
}

/// A payload, unsigned and signed.
fn both_ways(payload: &[u8], make: impl Fn(&dyn Fn(&[u8]) -> Vec<u8>) -> [Vec<u8>; 2]) -> Loaded {
    let [keys, active] = make(&|payload| sign::jws_es256(b"{}", payload));
    let loaded = unsigned(&keys, &active);
    if is_signed(payload) {
        let [keys, active] = make(&document);
        lists::agree(&signed(&keys, &active), &loaded);
    }
    loaded
}

/// A key whose id is not listed as active is left out.
fn active_alone(keys: &[u8], active: &[u8], report: &LoadReport) {
    let [keys, active] = [keys, active].map(|payload| lists::json(payload).unwrap());
    let (keys, ids) = (keys["certs"].as_array().unwrap(), &active["activeKeyIds"]);
    assert_eq!(report.total, keys.len());
    for (position, key) in keys.iter().enumerate() {
        let id = key.get("keyId").filter(|id| id.is_string());
        if !id.is_some_and(|id| ids.as_array().unwrap().contains(id)) {
            let mut problems = report.problems.iter();
            assert!(problems.any(|problem| problem.position == position && !problem.kept));
        }
    }
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
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
                active_alone(payload, samples::swiss_active().as_bytes(), &report);
            }
        }
        Some((b'A', payload)) => {
            if let Ok((_, report)) = both_ways(payload, |sign| [KEYS.clone(), sign(payload)]) {
                active_alone(PAYLOAD.as_bytes(), payload, &report);
            }
        }
        // The header of the keys.
        Some((b'h', header)) => {
            let sign = match is_signed(header) {
                true => sign::jws_rs256,
                false => sign::jws_es256,
            };
            if let Ok(loaded) = signed(&sign(header, PAYLOAD.as_bytes()), &ACTIVE) {
                lists::is_sample(&Ok(loaded), &SAMPLE);
                let json = lists::json(header).unwrap();
                assert!(is_signed(header) && json["alg"] == "RS256");
                assert!(json.get("crit").is_none());
            }
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

