//! A file with revoked certificates, in whatever form it is.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hcert::Timestamp;
use hcert::revocation::{
    ItalianList, NamedSet, RevocationFormat, RevocationInfo, RevocationLimits, RevocationList,
    RevocationPart, RevocationSet, RevocationSource as _,
};
use hcert::trust::{Anchor, DocumentBytes, SignedDocument, TrustState};

type Error = Box<dyn std::error::Error>;

pub enum RevocationFile {
    Hashes(Box<RevocationList>),
    /// A chunk of Italy's list, which the others belong to.
    Italian(Vec<u8>),
    Set(Box<NamedSet<Vec<u8>>>),
}

/// Which editions a call takes. Of each signer one: of two that differ, one
/// would pass for older or not by the order in which they are given.
pub struct Editions<'s> {
    state: &'s mut TrustState,
    taken: Vec<(String, RevocationInfo)>,
}

impl<'s> Editions<'s> {
    pub fn new(state: &'s mut TrustState) -> Self {
        let taken = Vec::new();
        Self { state, taken }
    }

    fn accept(&mut self, label: &str, list: &RevocationInfo) -> Result<(), Error> {
        let dates = |list: &RevocationInfo| (list.sequence(), list.issued_at(), list.expires_at());
        let same = |(_, other): &&(String, RevocationInfo)| other.identity() == list.identity();
        if let Some((first, other)) = self.taken.iter().find(same)
            && dates(other) != dates(list)
        {
            let why = format!(
                "signed by the same key as {first}, and of another date: give one list for each \
                 signer"
            );
            return Err(why.into());
        }
        self.state.accept_revocations(list)?;
        self.taken.push((label.to_owned(), list.clone()));
        Ok(())
    }
}

/// The files of Italy's list, which are one list, in whatever order they come.
#[derive(Default)]
pub struct ItalianFiles {
    labels: Vec<String>,
    files: Vec<Vec<u8>>,
    /// As old as the oldest; unknown if that of one is.
    fetched_at: Option<Timestamp>,
}

impl ItalianFiles {
    pub fn add(&mut self, label: &str, file: Vec<u8>, fetched_at: Option<Timestamp>) {
        self.fetched_at = match self.files.is_empty() {
            true => fetched_at,
            false => self.fetched_at.zip(fetched_at).map(|(a, b)| a.min(b)),
        };
        self.labels.push(label.to_owned());
        self.files.push(file);
    }

    /// None if there were no files.
    pub fn join(mut self) -> Result<Option<ItalianList>, Error> {
        self.labels.sort();
        let label = match self.labels.as_slice() {
            [] => return Ok(None),
            [first, rest @ ..] if rest.len() > 2 => format!("{first} and {} more", rest.len()),
            labels => labels.join(" + "),
        };
        let files: Vec<&[u8]> = self.files.iter().map(Vec::as_slice).collect();
        let list = ItalianList::trust_unsigned_files(&label, &files);
        let list = list.map_err(|e| format!("{label}: {e}"))?;
        Ok(Some(match self.fetched_at {
            Some(time) => list.with_fetched_at(time),
            None => list,
        }))
    }
}

impl RevocationFile {
    /// Opens it with one of the anchors. Without anchors nothing is taken that
    /// is signed, as its signer was forgotten then, and with them nothing that
    /// isn't. Older editions than the state knows are refused.
    pub fn open(
        label: &str,
        bytes: Vec<u8>,
        fetched_at: Option<Timestamp>,
        anchors: &[Anchor],
        editions: &mut Editions<'_>,
    ) -> Result<Self, Error> {
        // A signed set is not of the documents, as it is used where it stands.
        let form = RevocationFormat::detect(&bytes);
        let is_signed = match form {
            Some(RevocationFormat::Set) => RevocationSet::is_signed(&bytes),
            _ => DocumentBytes::from(&bytes).format().is_some(),
        };
        match (form, is_signed) {
            (_, true) if anchors.is_empty() => {
                Err("a signed list; name its signer with --revocation-anchor FILE".into())
            }
            (_, false) if !anchors.is_empty() => {
                Err("nobody signed it, where --revocation-anchor says who does".into())
            }
            (Some(RevocationFormat::Set), true) => {
                let set = RevocationSet::open(bytes, anchors)?.named(label);
                editions.accept(label, set.info())?;
                Ok(Self::Set(Box::new(set)))
            }
            (Some(RevocationFormat::Set), false) => Ok(Self::Set(Box::new(
                RevocationSet::trust_unsigned(bytes)?.named(label),
            ))),
            (_, true) => Self::signed(label, &bytes, fetched_at, anchors, editions),
            (Some(RevocationFormat::Italian), false) => Ok(Self::Italian(bytes)),
            (None, false) => Self::unsigned(label, &bytes, fetched_at)
                .map_err(|e| format!("no revocation list of a known form: {e}").into()),
            (Some(_), false) => Self::unsigned(label, &bytes, fetched_at),
        }
    }

    fn signed(
        label: &str,
        bytes: &[u8],
        fetched_at: Option<Timestamp>,
        anchors: &[Anchor],
        editions: &mut Editions<'_>,
    ) -> Result<Self, Error> {
        let mut refused = Vec::new();
        for anchor in anchors {
            let document = match SignedDocument::open("revocation", bytes, anchor) {
                Ok(document) => document,
                Err(error) => {
                    refused.push(error.to_string());
                    continue;
                }
            };
            let mut part = RevocationPart::of_document(&document)?;
            if let Some(time) = fetched_at {
                part = part.with_fetched_at(time);
            }
            let list = RevocationList::read(label, part.pinned_with(anchors))?;
            editions.accept(label, list.info())?;
            return Ok(Self::Hashes(Box::new(list)));
        }
        // Each anchor may be the right one; what all say is said once.
        refused.dedup();
        Err(refused.join("; ").into())
    }

    /// Whoever gives such a file vouches for it.
    fn unsigned(label: &str, bytes: &[u8], fetched_at: Option<Timestamp>) -> Result<Self, Error> {
        let mut list = RevocationList::trust_unsigned(label, bytes)?;
        if let Some(time) = fetched_at {
            list = list.with_fetched_at(time);
        }
        Ok(Self::Hashes(Box::new(list)))
    }
}

/// Who signs the lists.
pub fn anchors(paths: &[OsString]) -> Result<Vec<Anchor>, Error> {
    let anchor = |path: &OsString| {
        let label = path.to_string_lossy();
        let bytes = read("--revocation-anchor", path)?;
        Anchor::from_bytes(&bytes).map_err(|e| format!("--revocation-anchor {label}: {e}").into())
    };
    paths.iter().map(anchor).collect()
}

pub use crate::list_files::modified;

pub fn read(option: &str, path: &OsString) -> Result<Vec<u8>, Error> {
    let wrong = |e: io::Error| format!("{option} {}: {e}", Path::new(path).display());
    let file = File::open(path).map_err(wrong)?;
    check_length(&file).map_err(wrong)?;
    Ok(read_from(file).map_err(wrong)?)
}

/// Before anything of it is read.
pub fn check_length(file: &File) -> io::Result<()> {
    let max = RevocationLimits::default().input_bytes as u64;
    match file.metadata()?.len() > max {
        true => Err(io::Error::other(format!("more than {max} bytes"))),
        false => Ok(()),
    }
}

/// No more than what is too much for a list.
pub fn read_from(source: impl Read) -> io::Result<Vec<u8>> {
    let max = RevocationLimits::default().input_bytes;
    let mut bytes = Vec::new();
    let mut chunk = source.take(max as u64 + 1);
    chunk.read_to_end(&mut bytes)?;
    match bytes.len() > max {
        true => Err(io::Error::other(format!("more than {max} bytes"))),
        false => Ok(bytes),
    }
}
