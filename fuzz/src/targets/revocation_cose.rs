//! A CBOR map of kids and hashes: the same entries as ciborium reads, signed
//! as well as unsigned; what is on the list is found.

use std::collections::BTreeSet;

use ciborium::Value;
use hcert::Timestamp;
use hcert::revocation::{Answer, Identifier, RevocationList, RevocationSource};
use hcert::trust::SignedDocument;
use crate::lists::{complains_well, sign::LIST};

/// `kid ‖ type byte` and hash.
fn theirs(value: &Value) -> BTreeSet<(Vec<u8>, Vec<u8>)> {
    let groups = value.as_map().unwrap().iter();
    let pairs = groups.flat_map(|(key, hashes)| {
        let hashes = hashes.as_array().unwrap().iter();
        let key = key.as_bytes().unwrap();
        hashes.map(|hash| (key.clone(), hash.as_bytes().unwrap().clone()))
    });
    pairs.collect()
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let unsigned = RevocationList::trust_unsigned("fuzz", data);
    let list = match &unsigned {
        Ok(list) => list,
        Err(error) => return complains_well(error, error.code()),
    };
    let cose = matches!(data, [0xd2, 0x84, ..]);
    if !cose && matches!(data, [0xa0..=0xbf, ..]) {
        let value: Value = ciborium::from_reader(data).unwrap();
        let ours = list.entries().map(|(kid, kind, hash)| {
            let key = [kid.unwrap(), &[kind.type_byte()]].concat();
            (key, hash.to_vec())
        });
        assert_eq!(ours.collect::<BTreeSet<_>>(), theirs(&value));
    }
    for (kid, kind, hash) in list.entries() {
        let mut whole = [0x5a; 32];
        whole[..hash.len()].copy_from_slice(hash);
        if let Some(kid) = kid {
            let found = list.answer(kid, None, &Identifier::new(kind, whole));
            assert_eq!(found, Answer::Listed);
        }
    }
    if !cose {
        let made = Timestamp::from_seconds(1_622_505_600);
        let file = SignedDocument::sign("revocation", data, made, None, LIST.signer()).unwrap();
        let signed = RevocationList::open("fuzz", &file, &LIST.anchor()).unwrap();
        assert!(signed.entries().eq(list.entries()));
    }
}

