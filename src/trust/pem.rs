//! PEM (RFC 7468), as people concatenate it: text between the blocks, RFC 1421
//! headers inside, the end missing.

use super::error::LoadError;
use super::source::{Entry, Found, Source};
use crate::codec::text::{decode_base64, shown};
use crate::trust::problem::ProblemKind;
use alloc::string::String;
use alloc::vec::Vec;

/// Whether some line begins a PEM block.
pub(super) fn has_block(text: &[u8]) -> bool {
    lines(text).any(|line| delimiter(line, b"BEGIN").is_some())
}

pub(super) fn read(source: &Source, text: &[u8]) -> Result<Vec<Entry>, LoadError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Option<(&[u8], Vec<u8>)> = None;
    for line in lines(text) {
        if let Some(label) = delimiter(line, b"BEGIN") {
            if open.replace((label, Vec::new())).is_some() {
                entries.push(Err(ProblemKind::PemTruncated).into());
            }
        } else if let Some(end) = delimiter(line, b"END") {
            // An end without a beginning is text between blocks.
            if let Some((label, body)) = open.take() {
                entries.push(block(source, label, end, &body).into());
            }
        } else if let Some((_, body)) = &mut open
            && !line.contains(&b':')
        {
            body.extend_from_slice(line);
        }
        source.check_count(entries.len())?;
    }
    if open.is_some() {
        entries.push(Err(ProblemKind::PemTruncated).into());
    }
    if entries.is_empty() {
        return Err(LoadError::Form {
            expected: "PEM: no line begins a block",
        });
    }
    Ok(entries)
}

fn block(source: &Source, label: &[u8], end: &[u8], body: &[u8]) -> Result<Found, ProblemKind> {
    if label != end {
        return Err(ProblemKind::PemEncoding);
    }
    let der = || decode_base64(body).ok_or(ProblemKind::PemEncoding);
    match label {
        // RFC 7468 §5.1 names the older labels.
        b"CERTIFICATE" | b"X509 CERTIFICATE" | b"X.509 CERTIFICATE" => {
            source.certificate(None, &der()?)
        }
        b"PUBLIC KEY" => source.spki(None, &der()?),
        _ => Err(ProblemKind::PemLabel {
            label: shown(&String::from_utf8_lossy(label)),
        }),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|b| matches!(b, b'\n' | b'\r'))
        .map(<[u8]>::trim_ascii)
}

fn delimiter<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(b"-----")?
        .strip_prefix(word)?
        .strip_prefix(b" ")?
        .strip_suffix(b"-----")
}
