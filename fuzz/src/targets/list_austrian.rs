//! Austria's list and its signature.

use std::sync::LazyLock;

use ciborium::Value;
use hcert::trust::{ListBytes, ListFormat::Austrian};
use crate::lists::{self, Loaded, samples, sign};
use libfuzzer_sys::Corpus;
use sha2::{Digest, Sha256};

static LIST: LazyLock<Vec<u8>> = LazyLock::new(samples::austrian);
static SIGNATURE: LazyLock<Vec<u8>> =
    LazyLock::new(|| sign::cose(&sign::austrian_header(), &sign::austrian_claims(&LIST)));
static SAMPLE: LazyLock<Loaded> = LazyLock::new(|| signed(&LIST, &SIGNATURE));

fn signed(list: &[u8], signature: &[u8]) -> Loaded {
    let both = ListBytes::from(list).with_companion(signature);
    lists::signed(Austrian, both, &[sign::LIST.anchor()])
}

fn member(map: &[u8], name: i64) -> Option<Value> {
    let map: Value = ciborium::from_reader(map).unwrap();
    let mut members = map.into_map().unwrap().into_iter();
    Some(members.find(|(key, _)| *key == Value::from(name))?.1)
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    match data.split_first() {
        // Each of the two as it stands, beside the good other one.
        Some((b'l', list)) => lists::is_sample(&signed(list, &SIGNATURE), &SAMPLE),
        Some((b's', signature)) => lists::is_sample(&signed(&LIST, signature), &SAMPLE),
        // A list that is signed.
        Some((b'c', list)) => {
            let signature = sign::cose(&sign::austrian_header(), &sign::austrian_claims(list));
            let loaded = lists::unsigned(Austrian, list);
            lists::agree(&signed(list, &signature), &loaded);
            if let Ok((store, _)) = loaded {
                for key in store.iter() {
                    let der = key.certificate().unwrap().der();
                    assert!(list.windows(der.len()).any(|part| part == der));
                }
            }
        }
        // The protected header and the payload of the signature.
        Some((b'h', header)) => {
            let signature = sign::cose(header, &sign::austrian_claims(&LIST));
            if let Ok(loaded) = signed(&LIST, &signature) {
                lists::is_sample(&Ok(loaded), &SAMPLE);
                assert_eq!(member(header, 42), Some(Value::from(2)));
                assert_eq!(member(header, 1), Some(Value::from(-7)));
            }
        }
        Some((b'p', claims)) => {
            let signature = sign::cose(&sign::austrian_header(), claims);
            if let Ok((_, report)) = signed(&LIST, &signature) {
                let digest = Value::Bytes(Sha256::digest(&*LIST).to_vec());
                assert_eq!(member(claims, 2), Some(digest));
                let expiry = report.lists[0].expires_at().unwrap().seconds();
                assert_eq!(member(claims, 4), Some(Value::from(expiry)));
            }
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

