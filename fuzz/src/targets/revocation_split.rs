//! A list of kids, an index and a chunk, CBOR and protobuf, each after its
//! length in two bytes. What a chunk holds begins with its bytes, and is found.

use hcert::revocation::{
    Answer, Identifier, IdentifierKind, RevocationError, RevocationPart, RevocationSource,
    SplitList,
};
use crate::lists::complains_well;

const KID: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8];
const KIND: IdentifierKind = IdentifierKind::Signature;

fn next<'a>(data: &mut &'a [u8]) -> &'a [u8] {
    let Some(([high, low], rest)) = data.split_first_chunk() else {
        return core::mem::take(data);
    };
    let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
    let (part, rest) = rest.split_at(length);
    *data = rest;
    part
}

fn read(mut data: &[u8]) -> Result<SplitList, RevocationError> {
    let part = RevocationPart::trust_unsigned;
    let mut list = SplitList::from_kids("fuzz", part(next(&mut data))?)?;
    list.add_index(KID, KIND, part(next(&mut data))?)?;
    let before = list.len();
    let chunk = part(next(&mut data))?;
    if let Err(error) = list.add_chunk(KID, KIND, 0xaa, None, chunk) {
        assert_eq!(list.len(), before);
        complains_well(&error, error.code());
    }
    list.add_chunk(KID, KIND, 0xaa, Some(0xaa), part(next(&mut data))?)?;
    Ok(list)
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let list = match read(data) {
        Ok(list) => list,
        Err(error) => return complains_well(&error, error.code()),
    };
    for (kid, kind, hash) in list.entries() {
        assert_eq!((kid, kind, hash[0]), (KID, KIND, 0xaa));
    }
    let entries = list.entries().map(|(.., hash)| {
        let mut whole = [0x5a; 32];
        whole[..hash.len()].copy_from_slice(hash);
        Identifier::new(KIND, whole)
    });
    let listed = entries.filter(|id| list.answer(KID, None, id) == Answer::Listed);
    // A chunk of one byte stands before one of two.
    assert!(list.is_empty() || listed.count() > 0);
}

