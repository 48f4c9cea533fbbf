//! `--revocations FILE`s into what a verifier looks certificates up in.

use std::ffi::OsString;
use std::time::Duration;

use hcert::revocation::{RevocationFormat, RevocationSource as _, Revocations};
use hcert::trust::TrustState;
use hcert::verify::RevocationPolicy;

use crate::age;
use crate::revocation_file::{self, Editions, ItalianFiles, RevocationFile};

type Error = Box<dyn std::error::Error>;

/// What the user says about revocation.
#[derive(Default)]
pub struct RevocationOptions {
    pub files: Vec<OsString>,
    /// Who signs the files; none if nobody does.
    pub anchors: Vec<OsString>,
    /// Nothing is valid without data that are at most so old, in seconds.
    pub required: Option<Duration>,
    /// The batches in the files are all there are.
    pub all_batches: bool,
}

impl RevocationOptions {
    /// Takes the option of that name, without its hyphens, if it is one of
    /// these.
    pub fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
        use lexopt::ValueExt as _;
        match name {
            "revocations" => self.files.push(parser.value()?),
            "all-batches" => self.all_batches = true,
            "revocation-anchor" => self.anchors.push(parser.value()?),
            "require-revocations" => {
                self.required = Some(parser.value()?.parse_with(age::parse)?);
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
        let anchors = revocation_file::anchors(&self.anchors)?;
        let mut revocations = Revocations::new();
        let mut italian = ItalianFiles::default();
        let mut editions = Editions::new(state);
        for path in &self.files {
            let label = path.to_string_lossy();
            let bytes = revocation_file::read("--revocations", path)?;
            let fetched_at = revocation_file::modified(path);
            let file = RevocationFile::open(&label, bytes, fetched_at, &anchors, &mut editions);
            match file.map_err(|e| format!("--revocations {label}: {e}"))? {
                RevocationFile::Hashes(list)
                    if self.all_batches && list.info().format() == RevocationFormat::Batch =>
                {
                    revocations.add(list.with_all_batches())
                }
                RevocationFile::Hashes(list) => revocations.add(*list),
                RevocationFile::Italian(file) => {
                    italian.add(&label, file, fetched_at);
                    continue;
                }
                RevocationFile::Set(set) => revocations.add(*set),
            };
        }
        let italian = italian.join().map_err(|e| format!("--revocations {e}"))?;
        if let Some(list) = italian {
            revocations.add(list);
        }
        Ok(revocations)
    }
}
