//! Austria's list (hcert-kotlin, version 2): CBOR, and beside it a COSE_Sign1
//! over its digest.

use alloc::vec::Vec;
use ciborium::Value;
use sha2::{Digest, Sha256};

use super::{Check, Claims, Content, ListFormat};
use crate::codec::cbor;
use crate::codec::instant;
use crate::codec::text::hex;
use crate::crypto::Algorithm;
use crate::crypto::kid::Kid;
use crate::envelope::cose::CoseSign1;
use crate::envelope::signature::check_key;
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Source};

/// The header parameter in which version 2 says so.
const VERSION: (i128, i128) = (42, 2);

const NOT_LIST: LoadError = LoadError::Form {
    expected: "a CBOR map with an array `c` of maps",
};
const NOT_SIGNATURE: LoadError = LoadError::Form {
    expected: "a COSE_Sign1 of version 2 over a map with the list's digest and dates",
};

pub(super) fn read(
    source: &Source,
    list: &[u8],
    signature: Option<&[u8]>,
    check: Check<'_>,
) -> Result<Content, LoadError> {
    let claims = match check {
        Check::Anchors(anchors) => {
            let (claims, anchor) = verify(list, signature.unwrap_or_default(), anchors)?;
            Claims {
                identity: Some(anchor.identifies(ListFormat::Austrian)),
                ..claims
            }
        }
        Check::Unsigned => match signature {
            Some(signature) => parts(signature)?.claims,
            None => Claims::default(),
        },
    };
    let limits = crate::Limits {
        max_items: source.limits.entries.saturating_mul(8).saturating_add(8),
        ..crate::Limits::default()
    };
    let list = parse(list, &limits).ok_or(NOT_LIST)?;
    let entries = member(&list, "c")
        .and_then(Value::as_array)
        .ok_or(NOT_LIST)?;
    source.check_count(entries.len())?;
    let entries = entries.iter().map(|entry| read_entry(source, entry));
    Ok(Content {
        entries: entries.collect(),
        claims,
    })
}

fn read_entry(source: &Source, entry: &Value) -> Entry {
    let kid = member(entry, "i").and_then(Value::as_bytes);
    Entry {
        kid: kid.map(|kid| hex(kid.get(..kid.len().min(32)).unwrap_or_default())),
        outcome: (|| {
            let kid = kid.map(Kid::new).transpose()?;
            let der = member(entry, "c")
                .and_then(Value::as_bytes)
                .ok_or(ProblemKind::Member {
                    name: "c",
                    expected: "a byte string",
                })?;
            source.listed_certificate(kid, der)
        })(),
    }
}

/// Whether the bytes are a COSE_Sign1 of version 2, whoever made it.
pub(super) fn is_signature(bytes: &[u8]) -> bool {
    let limits = crate::Limits::default();
    let cose = CoseSign1::parse(bytes.to_vec(), &limits, &mut Vec::new());
    cose.ok()
        .and_then(|cose| parse(cose.protected(), &limits))
        .is_some_and(|header| int(&header, VERSION.0) == Some(VERSION.1))
}

/// The COSE_Sign1 beside a content, taken apart.
struct Parts {
    cose: CoseSign1,
    digest: Vec<u8>,
    claims: Claims,
}

fn parts(signature: &[u8]) -> Result<Parts, LoadError> {
    let limits = crate::Limits::default();
    let cose = CoseSign1::parse(signature.to_vec(), &limits, &mut Vec::new())
        .map_err(|_| NOT_SIGNATURE)?;
    let header = parse(cose.protected(), &limits).ok_or(NOT_SIGNATURE)?;
    if int(&header, VERSION.0) != Some(VERSION.1) {
        return Err(NOT_SIGNATURE);
    }
    // The unprotected header is not signed.
    if int(&header, 1) != Some(Algorithm::Es256.cose_id().into()) {
        return Err(LoadError::Algorithm { expected: "ES256" });
    }
    let payload = parse(cose.unverified_payload(), &limits).ok_or(NOT_SIGNATURE)?;
    let digest = number(&payload, 2).and_then(Value::as_bytes);
    let digest = digest.ok_or(NOT_SIGNATURE)?.clone();
    let dates = instant::Claims::of_cbor(cose.unverified_payload())?;
    let dates = dates.filter(|dates| dates.expires_at.is_some());
    let dates = dates.ok_or(NOT_SIGNATURE)?;
    let claims = Claims {
        expires_at: dates.expires_at,
        issued_at: dates.issued_at,
        ..Claims::default()
    };
    Ok(Parts {
        cose,
        digest,
        claims,
    })
}

/// Checks the COSE_Sign1 beside a content, and reads the dates in it.
pub(in crate::trust) fn verify<'a>(
    list: &[u8],
    signature: &[u8],
    anchors: &'a [Anchor],
) -> Result<(Claims, &'a Anchor), LoadError> {
    let parts = parts(signature)?;
    let signed = |anchor: &&Anchor| {
        let key = anchor.public_key();
        let fits = key.algorithm() == Some(Algorithm::Es256) && check_key(key).is_ok();
        fits && parts.cose.verify(key).is_ok()
    };
    let anchor = anchors.iter().find(signed).ok_or(LoadError::Signature)?;
    if parts.digest[..] != Sha256::digest(list)[..] {
        return Err(LoadError::Signature);
    }
    Ok((parts.claims, anchor))
}

/// CBOR behind the guard.
pub(in crate::trust) fn parse(bytes: &[u8], limits: &crate::Limits) -> Option<Value> {
    cbor::check(bytes, limits).ok()?;
    ciborium::from_reader(bytes).ok()
}

pub(super) fn member<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    let (_, value) = map
        .as_map()?
        .iter()
        .find(|(key, _)| key.as_text() == Some(name))?;
    Some(value)
}

pub(in crate::trust) fn number(map: &Value, name: i128) -> Option<&Value> {
    let is = |key: &Value| key.as_integer().map(i128::from) == Some(name);
    let (_, value) = map.as_map()?.iter().find(|(key, _)| is(key))?;
    Some(value)
}

pub(in crate::trust) fn int(map: &Value, name: i128) -> Option<i128> {
    number(map, name)?.as_integer().map(i128::from)
}
