//! What form the bytes are of.

use super::{Detached, DocumentBytes, DocumentFormat, OWN_TYPES};
use crate::codec::detcbor::Reader;
use crate::codec::text::decode_base64;
use crate::envelope::jws::Jws;
use crate::trust::json;
use crate::trust::limits::LoadLimits;
use crate::trust::list::de;
use crate::trust::signed;
use alloc::vec::Vec;

pub(super) fn format(bytes: &DocumentBytes<'_>) -> Option<DocumentFormat> {
    match bytes.detached {
        Some(Detached::Digest(_)) => Some(DocumentFormat::SignatureOfDigest),
        Some(Detached::Content(detached)) => Some(match () {
            () if is_cose(detached) => DocumentFormat::CoseOfDigest,
            () if cms(detached).is_some() => DocumentFormat::CmsDetached,
            () => DocumentFormat::Signature,
        }),
        None => {
            let content = bytes.content;
            Some(match () {
                () if is_own(content) => DocumentFormat::Hcert,
                () if is_cose(content) => DocumentFormat::CoseSign1,
                () if cms(content).is_some() => DocumentFormat::Cms,
                () if Jws::split(content).is_ok() => DocumentFormat::Jws,
                () if de::split(content).is_some() => DocumentFormat::SignatureLine,
                () if payload_and_signature(content).is_some() => DocumentFormat::CmsInJson,
                () => return None,
            })
        }
    }
}

/// COSE_Sign1 with its tag, under that of a CWT as well.
fn is_cose(bytes: &[u8]) -> bool {
    matches!(bytes, [0xd2, 0x84, ..] | [0xd8, 0x3d, 0xd2, 0x84, ..])
}

fn is_own(bytes: &[u8]) -> bool {
    let header = signed::header(&mut Reader::new(bytes));
    let named = header.ok().and_then(|(_, header)| header.content_type);
    named.is_some_and(|name| name.starts_with(OWN_TYPES))
}

/// A CMS SignedData as it stands or out of base64, by its first bytes.
pub(super) fn cms(bytes: &[u8]) -> Option<Cms<'_>> {
    if is_cms(bytes) {
        return Some(Cms::Ber(bytes));
    }
    // The base64 of a SEQUENCE begins so.
    if !bytes.trim_ascii_start().starts_with(b"M") {
        return None;
    }
    let decoded = decode_base64(bytes)?;
    is_cms(&decoded).then_some(Cms::Base64(decoded))
}

pub(super) enum Cms<'a> {
    Ber(&'a [u8]),
    Base64(Vec<u8>),
}

impl Cms<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Ber(bytes) => bytes,
            Self::Base64(bytes) => bytes,
        }
    }
}

/// A SEQUENCE of any length that begins with the identifier of SignedData
/// (RFC 5652 §5.1).
fn is_cms(bytes: &[u8]) -> bool {
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let inside = match bytes {
        [0x30, 0..=0x80, rest @ ..] => Some(rest),
        [0x30, n @ 0x81..=0x84, rest @ ..] => rest.get(usize::from(n & 0x7f)..),
        _ => None,
    };
    inside.is_some_and(|inside| inside.starts_with(SIGNED_DATA))
}

/// The two members of the Netherlands' JSON, decoded. A JWS in JSON has the
/// same ones, and a header.
pub(super) fn payload_and_signature(bytes: &[u8]) -> Option<[Vec<u8>; 2]> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let json = json::parse(bytes, &LoadLimits::default()).ok()?;
    let object = json.as_object().filter(|object| object.len() == 2)?;
    let member = |name| decode_base64(object.get(name)?.as_str()?);
    Some([member("payload")?, member("signature")?])
}
