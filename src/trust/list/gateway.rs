//! The array of the EU Digital COVID Certificate Gateway (DGCG), which the
//! WHO's network took over for its own interface.
//!
//! The trust anchor signs the UPLOAD and CSCA certificates of a state; a CSCA
//! issues the document signers; an UPLOAD certificate signs each of them on
//! its way to the gateway.

use std::collections::HashSet;

use serde_json::Value;

use super::{Check, Claims, Content, de, json, parse_json, read_certificate_entry};
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::list::cms::SignedData;
use crate::trust::report::ProblemKind;
use crate::trust::signature::issued_by;
use crate::trust::source::{Entry, Found, Source};
use crate::trust::text::{decode_base64, shown};
use crate::trust::x509::Dsc;

/// Without a look at the CMS signatures.
pub(super) fn read(source: &Source, list: &Value) -> Result<Vec<Entry>, LoadError> {
    let entries = list.as_array().ok_or(NOT_LIST)?;
    source.check_count(entries.len())?;
    // Document signers stand beside other types, so the type has to be there.
    let read = |entry| read_certificate_entry(source, entry, true);
    Ok(entries.iter().map(read).collect())
}

const NOT_LIST: LoadError = LoadError::Form {
    expected: "an array of certificates",
};

pub(super) fn read_list(
    source: &Source,
    bytes: &[u8],
    check: Check<'_>,
) -> Result<Content, LoadError> {
    let (list, entries) = match check {
        Check::Unsigned => {
            let list = parse_json(bytes, &source.limits)?;
            let entries = read(source, &list)?;
            (list, entries)
        }
        Check::Anchors(anchors) => {
            let list = json::parse(bytes, &source.limits)?;
            let entries = read_signed(source, &list, anchors)?;
            (list, entries)
        }
    };
    Ok(Content {
        entries,
        claims: Claims {
            newest_entry: de::newest(Some(&list)),
            ..Claims::default()
        },
    })
}

/// What the trust anchor signed, each certificate once. Nothing signs the
/// array, so whoever serves it can repeat an entry, and every document signer
/// would be held against every repetition.
#[derive(Default)]
struct Authorities {
    roots: Vec<Dsc>,
    uploaders: Vec<Dsc>,
    seen: HashSet<(&'static str, [u8; 32])>,
}

impl Authorities {
    fn add_root(&mut self, root: Dsc) {
        if self.seen.insert(("CSCA", root.sha256())) {
            self.roots.push(root);
        }
    }

    fn add_uploader(&mut self, uploader: Dsc) {
        if self.seen.insert(("UPLOAD", uploader.sha256())) {
            self.uploaders.push(uploader);
        }
    }
}

fn read_signed(source: &Source, list: &Value, anchors: &[Anchor]) -> Result<Vec<Entry>, LoadError> {
    let list = list.as_array().ok_or(NOT_LIST)?;
    source.check_count(list.len())?;
    let mut authorities = Authorities::default();
    let mut checked = Vec::with_capacity(list.len());
    for entry in list {
        let kind = entry.get("certificateType").and_then(Value::as_str);
        checked.push(match kind {
            Some("CSCA") => authority(source, entry, anchors)
                .map(|root| authorities.add_root(root))
                .err(),
            Some("UPLOAD") => authority(source, entry, anchors)
                .map(|uploader| authorities.add_uploader(uploader))
                .err(),
            _ => None,
        });
    }
    let mut entries = Vec::with_capacity(list.len());
    for (entry, problem) in list.iter().zip(checked) {
        let mut read = read_certificate_entry(source, entry, true);
        if let Some(problem) = problem {
            read.outcome = Err(problem);
        } else if let Ok(found) = read.outcome {
            read.outcome = signer(&authorities, entry, found);
        }
        entries.push(read);
    }
    Ok(entries)
}

/// A CSCA or UPLOAD certificate that an anchor signed by CMS.
fn authority(source: &Source, entry: &Value, anchors: &[Anchor]) -> Result<Dsc, ProblemKind> {
    let der = member(entry, "rawData")?;
    source.check_size(&der)?;
    let cms = member(entry, "signature")?;
    source.check_size(&cms)?;
    let mut outcome = Ok(());
    for anchor in anchors {
        outcome = anchor.verify_cms(&cms, &der);
        if outcome.is_ok() {
            return Ok(Dsc::from_der(&der)?);
        }
    }
    Err(match outcome {
        Err(error) => ProblemKind::AnchorSignature { error },
        Ok(()) => ProblemKind::NotIssued,
    })
}

/// A document signer that a listed CSCA issued and a listed UPLOAD
/// certificate of the same country signed.
fn signer(
    authorities: &Authorities,
    entry: &Value,
    mut found: Found,
) -> Result<Found, ProblemKind> {
    let der = member(entry, "rawData")?;
    let certificate = Dsc::from_der(&der)?;
    let root = authorities
        .roots
        .iter()
        .find(|root| issued_by(&certificate, root, 0).is_ok())
        .ok_or(ProblemKind::NotIssued)?;
    // The country that the entry declares is not signed; the one in a
    // certificate that the trust anchor signed is.
    let country = root.country();
    let cms = member(entry, "signature")?;
    let cms = SignedData::parse(&cms).map_err(|error| ProblemKind::UploadSignature { error })?;
    let mut outcome = Err(ProblemKind::NotUploaded);
    for uploader in &authorities.uploaders {
        if uploader.country() == country && cms.names(uploader) {
            match cms.verify(&der, uploader.public_key()) {
                Ok(()) => {
                    outcome = Ok(());
                    break;
                }
                Err(error) => outcome = Err(ProblemKind::UploadSignature { error }),
            }
        }
    }
    outcome?;
    if let (Some(declared), Some(country)) = (found.key.country.as_deref(), country)
        && declared != country
    {
        found.notes.push(ProblemKind::CountryMismatch {
            declared: declared.into(),
            issuer: shown(country),
        });
    }
    found.key.country = country.map(|country| shown(country).into());
    Ok(found)
}

fn member(entry: &Value, name: &'static str) -> Result<Vec<u8>, ProblemKind> {
    let text = entry
        .get(name)
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name,
            expected: "a text",
        })?;
    decode_base64(text).ok_or(ProblemKind::Base64 { name })
}
