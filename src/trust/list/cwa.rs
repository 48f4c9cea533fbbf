//! The Corona-Warn-App's list, protobuf:
//! `message { repeated message { bytes kid = 1; bytes data = 2; } = 1; }`.

use super::Content;
use crate::codec::protobuf::field;
use crate::codec::text::hex;
use crate::crypto::kid::Kid;
use crate::trust::error::LoadError;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Source};
use alloc::vec::Vec;

const NOT_LIST: LoadError = LoadError::Form {
    expected: "a protobuf of entries with a kid and a certificate",
};

/// Whether a first entry with a kid and DER stands there.
pub(super) fn is(bytes: &[u8]) -> bool {
    let mut list = bytes;
    let Some((1, mut entry)) = field(&mut list) else {
        return false;
    };
    matches!(
        (field(&mut entry), field(&mut entry)),
        (Some((1, _)), Some((2, [0x30, ..])))
    )
}

pub(super) fn read(source: &Source, mut list: &[u8]) -> Result<Content, LoadError> {
    let mut entries = Vec::new();
    while !list.is_empty() {
        match field(&mut list) {
            Some((1, entry)) => entries.push(read_entry(source, entry)),
            _ => return Err(NOT_LIST),
        }
        source.check_count(entries.len())?;
    }
    Ok(entries.into())
}

fn read_entry(source: &Source, mut entry: &[u8]) -> Entry {
    let (mut kid, mut data, mut wrong) = (None, None, false);
    while !entry.is_empty() && !wrong {
        wrong = match field(&mut entry) {
            Some((1, bytes)) => kid.replace(bytes).is_some(),
            Some((2, bytes)) => data.replace(bytes).is_some(),
            _ => true,
        };
    }
    Entry {
        kid: kid.map(|kid| hex(kid.get(..kid.len().min(32)).unwrap_or_default())),
        outcome: match data {
            Some(der) if !wrong => kid
                .filter(|kid| !kid.is_empty())
                .map(Kid::new)
                .transpose()
                .map_err(ProblemKind::from)
                .and_then(|kid| source.listed_certificate(kid, der)),
            _ => Err(ProblemKind::Member {
                name: "data",
                expected: "there, once, beside one kid",
            }),
        },
    }
}
