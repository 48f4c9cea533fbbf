//! Germany's list (CovPass): line 1 is base64 of `r‖s`, ES256 over the rest of
//! the file, which is `{"certificates": […]}`.

use alloc::vec::Vec;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Check, Claims, Content, ListFormat, certificates};
use crate::Timestamp;
use crate::codec::instant;
use crate::crypto::Algorithm;
use crate::envelope::signature::is_signed;
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::json;
use crate::trust::source::Source;

/// The signature and what follows its line.
pub(in crate::trust) fn split(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    let signature = STANDARD.decode(line.trim_ascii()).ok()?;
    (signature.len() == 64).then_some((signature, rest.get(1..)?))
}

/// What the anchor's key signed of it: some copies have white space at the end
/// that was not signed.
pub(in crate::trust) fn signed_part<'a>(
    list: &'a [u8],
    signature: &[u8],
    anchor: &Anchor,
) -> Option<&'a [u8]> {
    let key = anchor.public_key();
    [list, list.trim_ascii_end()]
        .into_iter()
        .find(|list| is_signed(key, Algorithm::Es256, &[list], signature))
}

pub(super) fn read(source: &Source, bytes: &[u8], check: Check<'_>) -> Result<Content, LoadError> {
    let (signature, list) = split(bytes).ok_or(LoadError::Form {
        expected: "a line with a signature of 64 bytes in base64, and JSON after it",
    })?;
    let mut identity = None;
    if let Check::Anchors(anchors) = check {
        let signed = |anchor: &&Anchor| signed_part(list, &signature, anchor).is_some();
        let anchor = anchors.iter().find(signed).ok_or(LoadError::Signature)?;
        identity = Some(anchor.identifies(ListFormat::German));
    }
    let list = json::parse(list, &source.limits)?;
    Ok(Content {
        entries: certificates::read(source, &list)?,
        claims: Claims {
            identity,
            newest_entry: newest(list.get("certificates")),
            ..Claims::default()
        },
    })
}

/// The latest `timestamp` of an array's entries. An entry of which it can't be
/// read is not taken.
fn newest(entries: Option<&Value>) -> Option<Timestamp> {
    let entries = entries?.as_array()?.iter();
    entries
        .filter_map(|entry| instant::text(entry, "timestamp").ok()?)
        .max()
}
