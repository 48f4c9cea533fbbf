//! Italy's list: SHA-256 of UCIs in base64, in chunks, and its changes.

use core::fmt;
use std::collections::BTreeMap;

use serde_json::Value;

use super::list::batch::parse;
use super::table::{Counter, HashTable, LEAST};
use super::{
    Answer, Identifier, IdentifierKind, RevocationError, RevocationFormat, RevocationInfo,
    RevocationLimits, RevocationSource,
};
use crate::Timestamp;
use crate::trust::text::decode_base64;

/// The country whose certificates are on the list.
pub(super) const COUNTRY: &str = "IT";

/// Italy's list ([`RevocationFormat::Italian`]): it names the certificates of
/// Italy by the SHA-256 of their [`Uci`](IdentifierKind::Uci), whatever the
/// key.
///
/// A chunk is JSON: `version` (a number that grows), `chunk` and `lastChunk`
/// (from 1), either `revokedUcvi` (an array of base64) or `delta`
/// (`{insertions, deletions}`) with `fromVersion`, the one that it is applied
/// to, and maybe `totalNumberUCVI` and `creationDate`. The latter is when the
/// list was made, by the word of its first chunk (RFC 3339), and becomes
/// [`newest_entry`](RevocationInfo::newest_entry): nothing signs it, so that
/// the age of the list does not count from it. A delta without it changes
/// nothing there.
///
/// ```
/// use hcert::revocation::ItalianList;
/// let hash = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
/// let chunk = format!(r#"{{"version": 7, "chunk": 1, "lastChunk": 1, "revokedUcvi": ["{hash}"]}}"#);
/// let mut list = ItalianList::trust_unsigned("IT", &[chunk.as_bytes()])?;
/// assert_eq!((list.version(), list.len()), (7, 1));
///
/// let delta = format!(
///     r#"{{"fromVersion": 7, "version": 8, "chunk": 1, "lastChunk": 1,
///         "delta": {{"insertions": [], "deletions": ["{hash}"]}}, "totalNumberUCVI": 0}}"#
/// );
/// list.apply(&[delta.as_bytes()])?;
/// assert_eq!((list.version(), list.len()), (8, 0));
/// # Ok::<(), hcert::revocation::RevocationError>(())
/// ```
#[derive(Clone)]
pub struct ItalianList {
    info: RevocationInfo,
    version: u64,
    hashes: HashTable,
    limits: RevocationLimits,
}

/// All chunks of one version.
struct Chunks {
    version: u64,
    from_version: Option<u64>,
    /// As many as the list has then.
    total: Option<u64>,
    created_at: Option<Timestamp>,
    /// Without `delta`: all of the list.
    whole: bool,
    /// What is on the list then, and what is no longer.
    changes: BTreeMap<Vec<u8>, bool>,
}

impl ItalianList {
    /// Reads all chunks of a version, in any order. Nothing signs them:
    /// whoever can write the bytes decides who is revoked, and who is not.
    pub fn trust_unsigned(label: &str, chunks: &[&[u8]]) -> Result<Self, RevocationError> {
        Self::trust_unsigned_with(label, chunks, &RevocationLimits::default())
    }

    /// The same within other limits.
    pub fn trust_unsigned_with(
        label: &str,
        chunks: &[&[u8]],
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        let mut list = Self {
            info: RevocationInfo::new(label, RevocationFormat::Italian),
            version: 0,
            hashes: HashTable::default(),
            limits: *limits,
        };
        let chunks = Chunks::read(chunks, limits)?;
        if !chunks.whole {
            return Err(RevocationError::Part {
                fault: "a delta, and there is no version before it",
            });
        }
        list.take(chunks)?;
        Ok(list)
    }

    /// Goes to a later version: by all chunks of its `delta`, or of the whole
    /// list. If anything is wrong with one of them, the list stays as it is.
    pub fn apply(&mut self, chunks: &[&[u8]]) -> Result<(), RevocationError> {
        let chunks = Chunks::read(chunks, &self.limits)?;
        let (found, seen) = (chunks.version, self.version);
        if found < seen {
            return Err(RevocationError::Rollback { found, seen });
        }
        if !chunks.whole && found == seen {
            return Err(RevocationError::Part {
                fault: "this version is at hand already",
            });
        }
        let from = chunks.from_version;
        if !chunks.whole && from.ok_or(not_number("fromVersion"))? != seen {
            return Err(RevocationError::Part {
                fault: "a delta to another version than the one at hand",
            });
        }
        self.take(chunks)
    }

    fn take(&mut self, chunks: Chunks) -> Result<(), RevocationError> {
        let mut hashes = HashTable::default();
        if !chunks.whole {
            for kept in self.hashes.iter() {
                if !chunks.changes.contains_key(kept) {
                    hashes.push(kept, LEAST)?;
                }
            }
        }
        for (hash, listed) in &chunks.changes {
            if *listed {
                hashes.push(hash, LEAST)?;
            }
        }
        hashes.sort();
        let found = hashes.len();
        if found > self.limits.entries {
            let max = self.limits.entries;
            return Err(RevocationError::TooManyEntries { max });
        }
        if let Some(declared) = chunks.total.filter(|total| *total != found as u64) {
            return Err(RevocationError::Count { found, declared });
        }
        self.hashes = hashes;
        self.version = chunks.version;
        self.info.sequence = Some(chunks.version);
        self.info.newest_entry = chunks.created_at.or(self.info.newest_entry);
        Ok(())
    }

    /// The version that it is at.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// With the time at which the caller fetched the version, which is what
    /// its age counts from.
    #[must_use]
    pub fn fetched_at(mut self, time: Timestamp) -> Self {
        self.info.fetched_at = Some(time);
        self
    }

    /// How many certificates are on it.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All hashes.
    pub fn hashes(&self) -> impl Iterator<Item = &[u8]> {
        self.hashes.iter()
    }
}

impl Chunks {
    fn read(chunks: &[&[u8]], limits: &RevocationLimits) -> Result<Self, RevocationError> {
        let mut parsed = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            limits.check_size(chunk)?;
            let json = parse(chunk, limits)?;
            parsed.push((number(&json, "chunk")?, json));
        }
        parsed.sort_by_key(|(place, _)| *place);
        let Some((_, first)) = parsed.first() else {
            return Err(RevocationError::Part {
                fault: "there is no chunk",
            });
        };
        let created_at = first.get("creationDate").and_then(Value::as_str);
        let mut read = Self {
            version: number(first, "version")?,
            from_version: optional(first, "fromVersion")?,
            total: optional(first, "totalNumberUCVI")?,
            created_at: created_at.and_then(|date| Timestamp::parse(date).ok()),
            whole: first.get("delta").is_none_or(Value::is_null),
            changes: BTreeMap::new(),
        };
        let mut counter = Counter::new(limits);
        for (place, (number_of_chunk, chunk)) in (1..).zip(&parsed) {
            let same = number(chunk, "version")? == read.version
                && optional(chunk, "fromVersion")? == read.from_version
                && optional(chunk, "totalNumberUCVI")? == read.total
                && chunk.get("delta").is_none_or(Value::is_null) == read.whole;
            if !same {
                return Err(RevocationError::Part {
                    fault: "chunks of several versions",
                });
            }
            let all = number(chunk, "lastChunk")? == parsed.len() as u64;
            if *number_of_chunk != place || !all {
                return Err(RevocationError::Part {
                    fault: "a chunk is missing, or there twice",
                });
            }
            read.take(chunk, &mut counter)?;
        }
        Ok(read)
    }

    fn take(&mut self, chunk: &Value, counter: &mut Counter) -> Result<(), RevocationError> {
        let delta = chunk.get("delta").filter(|_| !self.whole);
        // Within a chunk what is inserted comes first (verificac19-sdk, crl.js).
        let all = match delta {
            Some(delta) => vec![
                ("insertions", hashes(delta, "insertions")?, true),
                ("deletions", hashes(delta, "deletions")?, false),
            ],
            None => {
                let name = "revokedUcvi";
                let texts = hashes(chunk, name)?.ok_or(not_hashes(name))?;
                vec![(name, Some(texts), true)]
            }
        };
        for (name, texts, listed) in all {
            for text in texts.unwrap_or_default() {
                counter.count()?;
                let hash = text.as_str().and_then(decode_base64);
                let hash = hash.ok_or(not_hashes(name))?;
                let bytes = hash.len();
                if !(LEAST..=32).contains(&bytes) {
                    let least = LEAST;
                    return Err(RevocationError::HashLength { bytes, least });
                }
                self.changes.insert(hash, listed);
            }
        }
        Ok(())
    }
}

fn hashes<'a>(
    object: &'a Value,
    name: &'static str,
) -> Result<Option<&'a [Value]>, RevocationError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(texts)) => Ok(Some(texts)),
        Some(_) => Err(not_hashes(name)),
    }
}

fn not_hashes(name: &'static str) -> RevocationError {
    RevocationError::Member {
        name,
        expected: "an array of base64",
    }
}

fn not_number(name: &'static str) -> RevocationError {
    RevocationError::Member {
        name,
        expected: "a number",
    }
}

fn number(object: &Value, name: &'static str) -> Result<u64, RevocationError> {
    optional(object, name)?.ok_or(not_number(name))
}

fn optional(object: &Value, name: &'static str) -> Result<Option<u64>, RevocationError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(not_number(name)),
        },
    }
}

impl RevocationSource for ItalianList {
    fn info(&self) -> &RevocationInfo {
        &self.info
    }

    fn answer(&self, _kid: &[u8], country: Option<&str>, identifier: &Identifier) -> Answer {
        let is_italy = |country: &str| country.eq_ignore_ascii_case(COUNTRY);
        match identifier.kind() {
            IdentifierKind::Uci if self.hashes.contains(identifier.hash()) => Answer::Listed,
            IdentifierKind::Uci if country.is_some_and(is_italy) => Answer::NotListed,
            IdentifierKind::Uci => Answer::NotCovered,
            _ => Answer::OtherKind,
        }
    }
}

impl fmt::Debug for ItalianList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItalianList")
            .field("info", &self.info)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
