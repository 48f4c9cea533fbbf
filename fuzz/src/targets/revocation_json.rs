//! The gateway's batches, Italy's chunks and the EU's lists and partitions. A
//! list that refuses a part stays as it was.

use hcert::revocation::{
    Identifier, IdentifierKind, ItalianList, PartitionedList, RevocationList, RevocationPart,
    RevocationSource,
};
use crate::lists::complains_well;

/// What every Italian list begins with here.
const FIRST: &[u8] = br#"{"version": 1, "chunk": 1, "lastChunk": 1, "revokedUcvi":
    ["ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="]}"#;

/// Checks one input.
pub fn run(data: &[u8]) {
    match RevocationList::trust_unsigned("fuzz", data) {
        Ok(list) => assert_eq!(list.entries().count(), list.len()),
        Err(error) => complains_well(&error, error.code()),
    }

    let mut parts = data.splitn(3, |byte| *byte == 0);
    let parts: Vec<_> = parts.by_ref().collect();
    match ItalianList::trust_unsigned("fuzz", &parts) {
        Ok(list) => assert_eq!(list.hashes().count(), list.len()),
        Err(error) => complains_well(&error, error.code()),
    }
    let mut list = ItalianList::trust_unsigned("fuzz", &[FIRST]).unwrap();
    let before: Vec<_> = list.hashes().map(<[u8]>::to_vec).collect();
    match list.apply(&parts) {
        Ok(()) => assert!(list.version() >= 1),
        Err(error) => {
            complains_well(&error, error.code());
            assert_eq!(list.version(), 1);
            assert!(list.hashes().eq(before.iter().map(Vec::as_slice)));
        }
    }

    let part = |data| RevocationPart::trust_unsigned(data).ok();
    let [Some(lists), rest @ ..] = &parts.iter().map(|data| part(*data)).collect::<Vec<_>>()[..]
    else {
        return;
    };
    match PartitionedList::from_lists("fuzz", lists.clone()) {
        Err(error) => complains_well(&error, error.code()),
        Ok(mut list) => {
            let kid = [0xf5, 0xc5, 0x97, 0x0c, 0x30, 0x39, 0xd8, 0x54];
            for partitions in rest.iter().flatten() {
                if let Err(error) = list.add_partitions(&kid, partitions.clone()) {
                    complains_well(&error, error.code());
                }
            }
            let id = Identifier::of(IdentifierKind::Uci, data);
            let _ = (list.answer(&kid, None, &id), list.missing_slices().count());
        }
    }
}

