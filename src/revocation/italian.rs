//! Italy's list: SHA-256 of UCIs in base64, in chunks, and its changes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::codec::json::Lean as Value;

use super::list::batch::parse;
use super::table::{Counter, HashTable, LEAST};
use super::{
    Answer, Identifier, IdentifierKind, RevocationError, RevocationFormat, RevocationInfo,
    RevocationLimits, RevocationSource,
};
use crate::Timestamp;
use crate::codec::instant;
use crate::codec::text::decode_base64;

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

const NO_VERSION_BEFORE: RevocationError = RevocationError::Part {
    fault: "a delta, and there is no version before it",
};

/// What all chunks of a version say.
#[derive(Clone, PartialEq, Eq)]
struct Head {
    version: u64,
    from_version: Option<u64>,
    /// As many as the list has then.
    total: Option<u64>,
    last_chunk: u64,
    /// Without `delta`: all of the list.
    whole: bool,
}

/// All chunks of one version.
struct Chunks {
    head: Head,
    created_at: Option<Timestamp>,
    /// What is on the list then, and what is no longer, by the chunk with the
    /// last word.
    changes: BTreeMap<Vec<u8>, (u64, bool)>,
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
        if !chunks.head.whole {
            return Err(NO_VERSION_BEFORE);
        }
        list.take(chunks)?;
        Ok(list)
    }

    /// Reads all chunks of a version, and of changes to it, in whatever order
    /// they come: the files that a folder holds.
    ///
    /// ```
    /// use hcert::revocation::ItalianList;
    /// let chunk = |chunk| {
    ///     format!(r#"{{"version": 7, "chunk": {chunk}, "lastChunk": 2, "revokedUcvi": []}}"#)
    /// };
    /// let (first, second) = (chunk(1), chunk(2));
    /// let delta = r#"{"fromVersion": 7, "version": 8, "chunk": 1, "lastChunk": 1,
    ///     "delta": {"insertions": ["ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="]}}"#;
    /// let files = [delta.as_bytes(), second.as_bytes(), first.as_bytes()];
    /// let list = ItalianList::trust_unsigned_files("IT", &files)?;
    /// assert_eq!((list.version(), list.len()), (8, 1));
    /// let error = ItalianList::trust_unsigned_files("IT", &files[..2]).unwrap_err();
    /// assert_eq!(error.to_string(), "chunk 1 of 2 is missing: fetch all parts again");
    /// # Ok::<(), hcert::revocation::RevocationError>(())
    /// ```
    pub fn trust_unsigned_files(label: &str, files: &[&[u8]]) -> Result<Self, RevocationError> {
        Self::trust_unsigned_files_with(label, files, &RevocationLimits::default())
    }

    /// The same within other limits.
    pub fn trust_unsigned_files_with(
        label: &str,
        files: &[&[u8]],
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        let (mut whole, mut changes) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for file in files {
            limits.check_size(file)?;
            let head = Head::read(&parse(file, limits)?)?;
            match head.whole {
                true => whole.push(*file),
                false => changes.entry(head.version).or_default().push(*file),
            }
        }
        if whole.is_empty() && !changes.is_empty() {
            return Err(NO_VERSION_BEFORE);
        }
        let mut list = Self::trust_unsigned_with(label, &whole, limits)?;
        for chunks in changes.values() {
            list.apply(chunks)?;
        }
        Ok(list)
    }

    /// Goes to a later version: by all chunks of its `delta`, or of the whole
    /// list. If anything is wrong with one of them, the list stays as it is.
    pub fn apply(&mut self, chunks: &[&[u8]]) -> Result<(), RevocationError> {
        let chunks = Chunks::read(chunks, &self.limits)?;
        let (found, seen) = (chunks.head.version, self.version);
        if found < seen {
            return Err(RevocationError::Rollback { found, seen });
        }
        if !chunks.head.whole && found == seen {
            return Err(RevocationError::Part {
                fault: "this version is at hand already",
            });
        }
        let from = chunks.head.from_version;
        if !chunks.head.whole && from.ok_or(not_number("fromVersion"))? != seen {
            return Err(RevocationError::Part {
                fault: "a delta to another version than the one at hand: fetch the whole list",
            });
        }
        self.take(chunks)
    }

    fn take(&mut self, chunks: Chunks) -> Result<(), RevocationError> {
        let mut hashes = HashTable::default();
        if !chunks.head.whole {
            for kept in self.hashes.iter() {
                if !chunks.changes.contains_key(kept) {
                    hashes.push(kept, LEAST)?;
                }
            }
        }
        for (hash, (_, listed)) in &chunks.changes {
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
        if let Some(declared) = chunks.head.total.filter(|total| *total != found as u64) {
            return Err(RevocationError::Count { found, declared });
        }
        self.hashes = hashes;
        self.version = chunks.head.version;
        self.info.sequence = Some(chunks.head.version);
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
    pub fn with_fetched_at(mut self, time: Timestamp) -> Self {
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

impl Head {
    fn read(chunk: &Value) -> Result<Self, RevocationError> {
        Ok(Self {
            version: number(chunk, "version")?,
            from_version: optional(chunk, "fromVersion")?,
            total: optional(chunk, "totalNumberUCVI")?,
            last_chunk: number(chunk, "lastChunk")?,
            whole: chunk.get("delta").is_none_or(Value::is_null),
        })
    }
}

impl Chunks {
    fn read(chunks: &[&[u8]], limits: &RevocationLimits) -> Result<Self, RevocationError> {
        let fault = |fault| RevocationError::Part { fault };
        let mut read: Option<Self> = None;
        let mut places = BTreeSet::new();
        let mut counter = Counter::new(limits);
        for chunk in chunks {
            limits.check_size(chunk)?;
            // Dropped before the next one is parsed.
            let chunk = parse(chunk, limits)?;
            let head = Head::read(&chunk)?;
            let read = read.get_or_insert_with(|| Self {
                head: head.clone(),
                created_at: None,
                changes: BTreeMap::new(),
            });
            if read.head != head {
                return Err(fault("chunks of several versions: fetch all parts again"));
            }
            let place = number(&chunk, "chunk")?;
            if !(1..=head.last_chunk).contains(&place) {
                return Err(fault("the number of a chunk is not 1 to `lastChunk`"));
            }
            if !places.insert(place) {
                return Err(RevocationError::ChunkTwice { chunk: place });
            }
            read.take(&chunk, place, &mut counter)?;
        }
        let read = read.ok_or(fault("there is no chunk"))?;
        let last = read.head.last_chunk;
        match (1..=last).find(|place| !places.contains(place)) {
            Some(missing) => Err(RevocationError::ChunkMissing { missing, last }),
            None => Ok(read),
        }
    }

    fn take(
        &mut self,
        chunk: &Value,
        place: u64,
        counter: &mut Counter,
    ) -> Result<(), RevocationError> {
        let created_at = instant::text(chunk, "creationDate")?;
        if place == 1 {
            self.created_at = created_at;
        }
        let delta = chunk.get("delta").filter(|_| !self.head.whole);
        let has = |object: &Value, name| object.get(name).is_some_and(|of| !of.is_null());
        if let Some(delta) = delta {
            // Hashes that nobody would read.
            if has(chunk, "revokedUcvi") {
                return Err(RevocationError::Member {
                    name: "revokedUcvi",
                    expected: "absent where there is a `delta`",
                });
            }
            let members = delta.as_object().into_iter().flat_map(|all| all.iter());
            let names = members.map(|(name, _)| name);
            let is_known = |name: &str| name == "insertions" || name == "deletions";
            let is_empty = !has(delta, "insertions") && !has(delta, "deletions");
            if is_empty || !names.into_iter().all(is_known) {
                return Err(RevocationError::Member {
                    name: "delta",
                    expected: "an object with `insertions` and `deletions`, and no other member",
                });
            }
        }
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
                // In the order of the chunks, in whatever order they come.
                let change = self.changes.entry(hash).or_insert((place, listed));
                if change.0 <= place {
                    *change = (place, listed);
                }
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
