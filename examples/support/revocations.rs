//! `--revocations FILE`s into what a verifier looks certificates up in.

use std::ffi::OsString;
use std::path::Path;

use hcert::Timestamp;
use hcert::revocation::{
    ItalianList, RevocationFormat, RevocationList, RevocationPart, Revocations,
};
use hcert::trust::{Anchor, DocumentBytes, SignedDocument, TrustState};
use hcert::verify::RevocationPolicy;

use crate::age;

type Error = Box<dyn std::error::Error>;

/// What the user says about revocation.
#[derive(Default)]
pub struct RevocationOptions {
    pub files: Vec<OsString>,
    /// Who signs the files; none if nobody does.
    pub anchors: Vec<OsString>,
    /// Nothing is valid without data that are at most so old, in seconds.
    pub required: Option<u64>,
}

impl RevocationOptions {
    /// Takes the option of that name, without its hyphens, if it is one of
    /// these.
    pub fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
        use lexopt::ValueExt as _;
        match name {
            "revocations" => self.files.push(parser.value()?),
            "revocation-anchor" => self.anchors.push(parser.value()?),
            "require-revocations" => {
                self.required = Some(parser.value()?.parse_with(age::seconds)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub fn policy(&self) -> RevocationPolicy {
        match self.required {
            Some(max_age) => RevocationPolicy::Require { max_age },
            None => RevocationPolicy::BestEffort,
        }
    }

    /// The lists of all files. Older editions than the state knows are refused.
    pub fn load(&self, state: &mut TrustState) -> Result<Revocations, Error> {
        let anchors = self.anchors.iter().map(|path| {
            let label = path.to_string_lossy();
            let bytes = read("--revocation-anchor", path)?;
            Anchor::from_bytes(&bytes)
                .map_err(|e| format!("--revocation-anchor {label}: {e}").into())
        });
        let anchors = anchors.collect::<Result<Vec<_>, Error>>()?;
        let mut revocations = Revocations::new();
        for path in &self.files {
            let label = path.to_string_lossy();
            let bytes = read("--revocations", path)?;
            let fetched_at = modified(path);
            let added = match DocumentBytes::from(&bytes).format() {
                Some(_) if anchors.is_empty() => {
                    let why = "a signed list; name its signer with --revocation-anchor FILE";
                    Err(why.into())
                }
                Some(_) => signed(&label, &bytes, fetched_at, &anchors, state),
                None if anchors.is_empty() => unsigned(&label, &bytes, fetched_at),
                None => Err("nobody signed it, where --revocation-anchor says who does".into()),
            };
            match added.map_err(|e: Error| format!("--revocations {label}: {e}"))? {
                List::Hashes(list) => revocations.add(list),
                List::Italian(list) => revocations.add(list),
            };
        }
        Ok(revocations)
    }
}

enum List {
    Hashes(RevocationList),
    Italian(ItalianList),
}

fn signed(
    label: &str,
    bytes: &[u8],
    fetched_at: Option<Timestamp>,
    anchors: &[Anchor],
    state: &mut TrustState,
) -> Result<List, Error> {
    let mut refused = None;
    for anchor in anchors {
        let document = match SignedDocument::open("revocation", bytes, anchor) {
            Ok(document) => document,
            Err(error) => {
                refused = Some(error);
                continue;
            }
        };
        let mut part = RevocationPart::of_document(&document)?;
        if let Some(time) = fetched_at {
            part = part.fetched_at(time);
        }
        let list = RevocationList::read(label, part)?;
        state.accept(&document)?;
        return Ok(List::Hashes(list));
    }
    Err(refused.map_or_else(|| "not signed".into(), Into::into))
}

/// Whoever gives such a file vouches for it.
fn unsigned(label: &str, bytes: &[u8], fetched_at: Option<Timestamp>) -> Result<List, Error> {
    Ok(match RevocationFormat::detect(bytes) {
        Some(RevocationFormat::Italian) => {
            let mut list = ItalianList::trust_unsigned(label, &[bytes])?;
            if let Some(time) = fetched_at {
                list = list.fetched_at(time);
            }
            List::Italian(list)
        }
        _ => {
            let mut list = RevocationList::trust_unsigned(label, bytes)?;
            if let Some(time) = fetched_at {
                list = list.fetched_at(time);
            }
            List::Hashes(list)
        }
    })
}

/// When the file was written, which is when it was fetched at the earliest.
fn modified(path: &OsString) -> Option<Timestamp> {
    let time = std::fs::metadata(path).ok()?.modified().ok()?;
    Some(time.into())
}

fn read(option: &str, path: &OsString) -> Result<Vec<u8>, Error> {
    let path = Path::new(path);
    std::fs::read(path).map_err(|e| format!("{option} {}: {e}", path.display()).into())
}
