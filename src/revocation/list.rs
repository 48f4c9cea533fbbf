//! Revocation lists: one file a form, and how to tell the forms apart.

pub(super) mod batch;
pub(super) mod kid_map;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::table::HashTable;
use super::{
    Answer, Identifier, IdentifierKind, RevocationError, RevocationFormat, RevocationInfo,
    RevocationLimits, RevocationPart, RevocationSource, set,
};
use crate::Timestamp;
use crate::trust::{Anchor, DocumentBytes};

impl RevocationFormat {
    /// The form of which the content shows the marks: what was signed, or the
    /// bytes of a list that nobody signed. (A signed [set](Self::Set) shows them
    /// itself.) This doesn't say that all of it can
    /// be read as such. Protobuf has no marks.
    ///
    /// ```
    /// use hcert::revocation::RevocationFormat;
    /// let json = br#"{"version": 7, "chunk": 1, "lastChunk": 1, "revokedUcvi": []}"#;
    /// assert_eq!(RevocationFormat::detect(json), Some(RevocationFormat::Italian));
    /// assert_eq!(RevocationFormat::detect(b"hello"), None);
    /// ```
    pub fn detect(content: &[u8]) -> Option<Self> {
        if set::is_set(content) {
            return Some(Self::Set);
        }
        if kid_map::is(content) {
            return Some(match kid_map::is_of_arrays(content)? {
                true => Self::KidMap,
                false => Self::Split,
            });
        }
        let json = batch::parse(content, &RevocationLimits::default()).ok()?;
        let first = json.as_array().and_then(|array| array.first());
        let object = first.unwrap_or(&json);
        let has = |names: &[&str]| names.iter().all(|name| object.get(name).is_some());
        Some(match () {
            () if has(&["entries", "hashType"]) => Self::Batch,
            () if has(&["mode", "kid"]) => Self::Partitioned,
            () if has(&["lastChunk", "version"]) => Self::Italian,
            () => return None,
        })
    }
}

/// A list of hashes: [`KidMap`](RevocationFormat::KidMap) or
/// [`Batch`](RevocationFormat::Batch), by its content.
///
/// `Debug` shows no hash.
#[derive(Clone)]
pub struct RevocationList {
    info: RevocationInfo,
    hashes: Hashes,
    /// The keys that are not on the list have no revoked certificate.
    whole: bool,
    /// The keys that are on it have no other ones.
    complete: bool,
}

/// Sorted hashes by whose they are, and of what.
type Hashes = BTreeMap<(Keys, IdentifierKind), HashTable>;

/// The keys whose certificates a hash may name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Keys {
    Kid(Vec<u8>),
    /// In capital letters.
    Country(String),
}

impl Keys {
    fn of_country(country: &str) -> Self {
        Self::Country(country.to_ascii_uppercase())
    }
}

impl RevocationList {
    /// Checks the signature of a list, and reads it. What it is worth is told
    /// by [`RevocationPart`], and so is how to refuse older editions.
    pub fn open<'a>(
        label: &str,
        bytes: impl Into<DocumentBytes<'a>>,
        anchor: &Anchor,
    ) -> Result<Self, RevocationError> {
        Self::read(label, RevocationPart::open(bytes, anchor)?)
    }

    /// Reads a list that nobody vouches for but the caller
    /// ([`RevocationPart::trust_unsigned`]).
    pub fn trust_unsigned(label: &str, bytes: &[u8]) -> Result<Self, RevocationError> {
        Self::read(label, RevocationPart::trust_unsigned(bytes)?)
    }

    /// Reads a list.
    pub fn read(label: &str, part: RevocationPart<'_>) -> Result<Self, RevocationError> {
        Self::read_with(label, part, &RevocationLimits::default())
    }

    /// The same within other limits.
    pub fn read_with(
        label: &str,
        part: RevocationPart<'_>,
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        let content = &*part.content;
        limits.check_size(content)?;
        let whole = kid_map::is(content);
        let (format, hashes) = match whole {
            true => (RevocationFormat::KidMap, kid_map::read(content, limits)),
            false => (RevocationFormat::Batch, batch::read(content, limits)),
        };
        let hashes = hashes.map_err(|error| match (&error, reader(content)) {
            (
                RevocationError::Form { .. }
                | RevocationError::Member { .. }
                | RevocationError::UnknownKind { .. },
                Some(expected),
            ) => RevocationError::Form { expected },
            _ => error,
        })?;
        let mut info = RevocationInfo::new(label, format);
        part.describe(&mut info);
        Ok(Self {
            info,
            hashes,
            whole,
            complete: whole,
        })
    }

    /// With the time at which the caller fetched it, as
    /// [`RevocationPart::with_fetched_at`].
    #[must_use]
    pub fn with_fetched_at(mut self, time: Timestamp) -> Self {
        self.info.fetched_at = Some(time);
        self
    }

    /// Says that there are no further batches for the keys that these name: the
    /// caller has fetched all, and gives the time with
    /// [`with_fetched_at`](Self::with_fetched_at). A certificate of such a key that they
    /// don't name is not revoked then; otherwise the list does not cover it.
    ///
    /// Where several lists of one signer, or several unsigned ones, are all of
    /// them together, each is as old as the oldest one, and undated if one of
    /// them is: [`Revocations::add`](super::Revocations::add) sees to that.
    #[must_use]
    pub fn with_all_batches(mut self) -> Self {
        self.info.is_one_of_all = !self.complete;
        self.complete = true;
        self
    }

    /// Says that the list counts only together with others, of which the oldest
    /// is of that date: its own age counts no later than from then on
    /// ([`RevocationInfo::as_of`]).
    ///
    /// ```
    /// # use hcert::Timestamp;
    /// # use hcert::revocation::{RevocationList, RevocationSource as _};
    /// # let batch = br#"{"country": "XX", "expires": "2027-01-01T00:00:00Z", "kid": "MTIzNDU2Nzg=",
    /// #     "hashType": "UCI", "entries": [{"hash": "AAECAwQFBgcICQoLDA0ODw=="}]}"#;
    /// let old = Timestamp::parse("2026-08-01T12:00:00Z")?;
    /// let list = RevocationList::trust_unsigned("new", batch)?
    ///     .with_all_batches()
    ///     .with_fetched_at(Timestamp::parse("2026-08-22T12:00:00Z")?)
    ///     .as_old_as(old);
    /// assert_eq!(list.info().dated(), Some(old));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn as_old_as(mut self, oldest: Timestamp) -> Self {
        let dates = [self.info.as_of, Some(oldest)];
        self.info.as_of = dates.into_iter().flatten().min();
        self
    }

    /// How many hashes it has, each one counted once.
    pub fn len(&self) -> usize {
        self.hashes.values().map(HashTable::len).sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All hashes, with the kid and the kind under which they stand; without a
    /// kid they are for all keys of a country.
    pub fn entries(&self) -> impl Iterator<Item = (Option<&[u8]>, IdentifierKind, &[u8])> {
        self.hashes.iter().flat_map(|((keys, kind), hashes)| {
            let kid = match keys {
                Keys::Kid(kid) => Some(kid.as_slice()),
                Keys::Country(_) => None,
            };
            hashes.iter().map(move |hash| (kid, *kind, hash))
        })
    }

    /// The kids and kinds under which hashes stand, and how many.
    pub fn groups(&self) -> impl Iterator<Item = (Option<&[u8]>, IdentifierKind, usize)> {
        self.hashes.iter().map(|((keys, kind), hashes)| match keys {
            Keys::Kid(kid) => (Some(kid.as_slice()), *kind, hashes.len()),
            Keys::Country(_) => (None, *kind, hashes.len()),
        })
    }

    /// The countries for all keys of which there are hashes.
    pub(super) fn countries(&self) -> impl Iterator<Item = &str> {
        self.hashes.keys().filter_map(|(keys, _)| match keys {
            Keys::Country(country) => Some(country.as_str()),
            Keys::Kid(_) => None,
        })
    }

    /// Of the keys that are on it.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// The hashes for all keys of countries, which stand behind those of kids.
    fn of_countries(&self) -> impl Iterator<Item = (&(Keys, IdentifierKind), &HashTable)> {
        let first = (Keys::Country(String::new()), IdentifierKind::Signature);
        self.hashes.range(first..)
    }

    fn covers(&self, keys: &Keys) -> bool {
        let first = (keys.clone(), IdentifierKind::Signature);
        let mut from = self.hashes.range(first..);
        from.next().is_some_and(|((found, _), _)| found == keys)
    }
}

/// Who reads it, if it is of another form.
fn reader(content: &[u8]) -> Option<&'static str> {
    Some(match RevocationFormat::detect(content)? {
        RevocationFormat::Split => "a kid map or a batch: SplitList reads this form",
        RevocationFormat::Partitioned => "a kid map or a batch: PartitionedList reads this form",
        RevocationFormat::Italian => "a kid map or a batch: ItalianList reads this form",
        RevocationFormat::Set => "a kid map or a batch: RevocationSet reads this form",
        _ => return None,
    })
}

impl RevocationSource for RevocationList {
    fn info(&self) -> &RevocationInfo {
        &self.info
    }

    fn answer(&self, kid: &[u8], country: Option<&str>, identifier: &Identifier) -> Answer {
        let own = Keys::Kid(kid.into());
        let named = |hashes: &HashTable| hashes.contains(identifier.hash());
        // Not every trusted key has a country, or the one that its certificate
        // would have: whom a batch names for a country is named for all.
        let mut of_countries = self
            .of_countries()
            .filter(|((_, kind), _)| *kind == identifier.kind());
        let of_kid = self.hashes.get(&(own.clone(), identifier.kind()));
        if of_kid.is_some_and(named) || of_countries.any(|(_, hashes)| named(hashes)) {
            return Answer::Listed;
        }
        let of_country = || country.is_some_and(|own| self.covers(&Keys::of_country(own)));
        match self.whole || (self.complete && (self.covers(&own) || of_country())) {
            true => Answer::NotListed,
            false => Answer::NotCovered,
        }
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationList")
            .field("info", &self.info)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
