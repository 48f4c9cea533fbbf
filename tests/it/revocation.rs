//! Revocation: what names a certificate, the forms of lists, and what the
//! verdict makes of them.

mod forms;
mod hostile;
mod names;
mod parity;
mod properties;
mod rollback;
mod scope;
mod sets;
mod verdicts;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ciborium::Value;
use hcert::crypto::PublicKey;
use hcert::revocation::{Answer, Identifier, IdentifierKind, RevocationPart, RevocationSource};
use hcert::trust::Anchor;
use hcert_testkit::pki::TestKey;
use hcert_testkit::raw::encode;
use serde_json::json;

const KID: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8];
const SIGNATURE: IdentifierKind = IdentifierKind::Signature;
const UCI: IdentifierKind = IdentifierKind::Uci;

fn key(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

/// The identifier whose SHA-256 is this byte 32 times.
fn id(kind: IdentifierKind, byte: u8) -> Identifier {
    Identifier::new(kind, [byte; 32])
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

/// Kid, kind and hashes.
type Group<'a> = (&'a [u8], IdentifierKind, &'a [&'a [u8]]);

/// A CBOR map of them.
fn kid_map(groups: &[Group<'_>]) -> Vec<u8> {
    let groups = groups.iter().map(|(kid, kind, hashes)| {
        let hashes = hashes.iter().map(|hash| bytes(hash)).collect();
        let key = [kid, &[kind.type_byte()][..]].concat();
        (Value::Bytes(key), Value::Array(hashes))
    });
    encode(&Value::Map(groups.collect()))
}

/// A batch of the gateway.
fn batch(kid: &str, kind: &str, hashes: &[&[u8]]) -> serde_json::Value {
    let entries: Vec<_> = hashes
        .iter()
        .map(|hash| json!({"hash": BASE64_STANDARD.encode(hash)}))
        .collect();
    json!({
        "country": "XX", "expires": "2022-11-01T00:00:00Z", "kid": kid,
        "hashType": kind, "entries": entries,
    })
}

/// A chunk of Italy's list.
fn italian(version: u64, chunk: u64, last: u64, hashes: &[&[u8]]) -> serde_json::Value {
    let hashes: Vec<_> = hashes.iter().map(|h| BASE64_STANDARD.encode(h)).collect();
    json!({"id": "x", "version": version, "chunk": chunk, "lastChunk": last, "revokedUcvi": hashes})
}

/// A chunk of its changes.
fn delta(from: u64, to: u64, added: &[&[u8]], removed: &[&[u8]]) -> serde_json::Value {
    let text = |hashes: &[&[u8]]| {
        let texts = hashes.iter().map(|h| BASE64_STANDARD.encode(h));
        texts.collect::<Vec<_>>()
    };
    json!({
        "fromVersion": from, "version": to, "chunk": 1, "lastChunk": 1,
        "delta": {"insertions": text(added), "deletions": text(removed)},
    })
}

/// `version ‖ k ‖ 0 ‖ rate ‖ n ‖ n ‖ words`, of `count` words.
fn bloom(functions: u8, count: usize, elements: &[&[u8]]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut bits = vec![0u8; count * 4];
    for element in elements {
        for function in 0..functions {
            let hash = Sha256::digest([element, &[function][..]].concat());
            // For a power of two, the sign of the number changes nothing.
            assert!((count * 32).is_power_of_two());
            let low = u64::from_be_bytes(hash[24..].try_into().unwrap());
            let bit = usize::try_from(low % (count as u64 * 32)).unwrap();
            bits[bit / 8] |= 0x80 >> (bit % 8);
        }
    }
    let mut filter = vec![0, 1, functions, 0];
    filter.extend(1e-6f32.to_be_bytes());
    for number in [elements.len(), elements.len(), count] {
        filter.extend(u32::try_from(number).unwrap().to_be_bytes());
    }
    filter.extend(bits);
    filter
}

/// A list of shortened hashes, with its header.
fn partial(length: u8, hashes: &[&[u8]]) -> Vec<u8> {
    let mut list = vec![0, 1];
    list.extend(1e-12f32.to_be_bytes());
    list.extend(u32::try_from(hashes.len()).unwrap().to_be_bytes());
    list.push(length);
    for hash in hashes {
        list.extend(&hash[..usize::from(length)]);
    }
    list
}

fn unsigned(bytes: &[u8]) -> RevocationPart<'_> {
    RevocationPart::trust_unsigned(bytes).unwrap()
}

fn answer(source: &impl RevocationSource, id: &Identifier) -> Answer {
    source.answer(KID, Some("XX"), id)
}
