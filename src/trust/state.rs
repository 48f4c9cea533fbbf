//! What an app remembers of its lists from one loading to the next.

use alloc::borrow::Cow;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use super::document::SignedDocument;
use super::edition::Edition;
use super::error::LoadError;
use super::json;
use super::list::ListInfo;
use super::list::gdhcn::Environment;
use crate::Timestamp;
use crate::codec::text::shown;
use crate::trust::limits::LoadLimits;

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.sequence, self.issued_at.or(self.newest_entry)) {
            (Some(sequence), Some(time)) => write!(f, "{sequence} of {time}"),
            (Some(sequence), None) => sequence.fmt(f),
            (None, Some(time)) => time.fmt(f),
            (None, None) => match self.expires_at {
                Some(time) => write!(f, "without a date, until {time},"),
                None => f.write_str("without a date"),
            },
        }
    }
}

/// The newest editions of the authenticated lists that an app has seen, and
/// the latest time that it knows has come.
///
/// An app stores it ([`to_json`](Self::to_json)) where nobody else can write,
/// and hands it back at the next loading
/// ([`with_state`](super::TrustStoreBuilder::with_state)). Then a list older
/// than the one before is refused ([`LoadError::Rollback`]), lists of another
/// environment of the WHO's network don't follow, and a clock that was set
/// back is noticed.
///
/// A loading that fails changes nothing: the state is a value, and the new
/// one comes with the [`LoadReport`](super::LoadReport).
///
/// ```
/// use hcert::Timestamp;
/// use hcert::trust::{TrustState, TrustStore};
/// let mut state = TrustState::default();
/// state.saw_time(Timestamp::parse("2026-08-22T12:00:00Z")?);
/// let stored = state.to_json();
///
/// let builder = TrustStore::builder().with_state(&TrustState::from_json(stored.as_bytes())?);
/// // builder.add_gdhcn(…)?
/// let (store, report) = builder.build();
/// assert_eq!(report.state, state);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustState {
    lists: BTreeMap<String, Edition>,
    latest_time: Option<Timestamp>,
}

/// Why bytes are not a stored [`TrustState`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustStateError {
    /// Not JSON, or with a duplicate member.
    #[error(transparent)]
    Json(#[from] LoadError),
    /// Of a version that this crate does not know.
    #[error("the stored state is of the version {found}, not {expected}")]
    Version {
        /// The version found.
        found: u64,
        /// The version known.
        expected: u64,
    },
    /// A member is absent or not what it has to be.
    #[error("the stored state's member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A member that no state has. A misspelt one would be a date that got
    /// lost.
    #[error("the stored state has the unknown member `{name}`")]
    UnknownMember {
        /// Its name, at most 64 characters.
        name: String,
    },
}

impl TrustStateError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Version { .. } => "trust-state-version",
            Self::Member { .. } => "trust-state-member",
            Self::UnknownMember { .. } => "trust-state-unknown-member",
        }
    }
}

/// In version 1 signed revocation sets had an identity of their own.
const VERSION: u64 = 2;
const OLD_SETS: &str = "revocation-set:";

/// An identity as it is now.
fn current(identity: &str) -> Cow<'_, str> {
    match identity.strip_prefix(OLD_SETS) {
        Some(key) => format!("document:revocation:{key}").into(),
        None => identity.into(),
    }
}

/// One of several lists of a signer, by the caller's word.
pub(crate) fn named(identity: &str, name: &str) -> Result<String, LoadError> {
    let token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match (1..=64).contains(&name.len()) && name.bytes().all(token) {
        true => Ok(format!("{identity}#{name}")),
        false => Err(LoadError::Form {
            expected: "a name of 1 to 64 lower-case letters, digits and hyphens",
        }),
    }
}

impl TrustState {
    /// Notes that this time has come: the present by a clock that the app
    /// relies upon. An earlier one changes nothing.
    pub fn saw_time(&mut self, time: Timestamp) {
        self.latest_time = self.latest_time.max(Some(time));
    }

    /// The latest time that is known to have come.
    pub fn latest_time(&self) -> Option<Timestamp> {
        self.latest_time
    }

    /// The newest edition of a list, by [`ListInfo::identity`] (or
    /// [`SignedDocument::identity`], [`RevocationInfo::identity`](crate::revocation::RevocationInfo::identity)).
    pub fn edition(&self, identity: &str) -> Option<&Edition> {
        self.lists.get(&*current(identity))
    }

    /// Forgets a list with all its parts, so that any edition of it is taken
    /// again: for a list whose maker did start anew.
    pub fn forget(&mut self, identity: &str) -> Option<Edition> {
        let identity = current(identity);
        let parts = format!("{identity}{PART}");
        self.lists.retain(|of, _| !of.starts_with(&parts));
        self.lists.remove(&*identity)
    }

    /// Forgets the latest time, which a list with a wrong date may have set
    /// too late.
    pub fn forget_time(&mut self) {
        self.latest_time = None;
    }

    /// Adds what another state knows: of each list the newer edition.
    pub(super) fn merge(&mut self, other: &Self) {
        for (identity, edition) in &other.lists {
            self.join(identity, *edition);
        }
        self.latest_time = self.latest_time.max(other.latest_time);
    }

    fn join(&mut self, identity: &str, edition: Edition) {
        let known = self.lists.entry(identity.to_owned()).or_insert(edition);
        *known = known.joined(edition);
    }

    /// Refuses an older edition than the one seen before.
    pub(super) fn check(&self, list: &ListInfo) -> Result<(), LoadError> {
        if !list.is_authenticated() {
            return Ok(());
        }
        let edition = Edition::of(list);
        let mut identities = list.identities();
        identities.try_for_each(|identity| self.check_edition(identity, edition))
    }

    pub(crate) fn check_edition(&self, identity: &str, found: Edition) -> Result<(), LoadError> {
        if let Some(seen) = self.lists.get(identity)
            && found.is_before(seen)
        {
            return Err(LoadError::Rollback {
                identity: identity.to_owned(),
                seen: Box::new(*seen),
                found: Box::new(found),
            });
        }
        Ok(())
    }

    /// Refuses a [document](SignedDocument) that is older than the one of the
    /// same [identity](SignedDocument::identity) before, and takes note of it
    /// otherwise. What can't be compared with the one before is refused.
    ///
    /// Call it when the content has been read: a document that nobody could
    /// make use of is better not remembered. One without any date is never an
    /// older one, unless the one before had a date.
    ///
    /// While a signer changes the key and both are pinned, say so
    /// ([`SignedDocument::pinned_with`]): otherwise each key has editions of its
    /// own, and an old one by the old key is taken after a newer one.
    ///
    /// All documents of a purpose and a signer are editions of one: where a
    /// signer keeps several side by side, see
    /// [`dangerously_accept_as`](Self::dangerously_accept_as).
    pub fn accept(&mut self, document: &SignedDocument<'_>) -> Result<(), LoadError> {
        self.accept_document(document.identity(), document.identities_beside(), document)
    }

    /// The same for one of several documents that one signer keeps side by
    /// side under one purpose, such as a list for each kind of certificate: by
    /// a name that the caller gives it (1 to 64 lower-case letters, digits and
    /// hyphens), it is compared with what came under that name alone.
    ///
    /// **Nothing that is signed says which of them it is**: whoever can put one
    /// in the place of another is not noticed, and neither is an old one that
    /// comes under a new name. A key for each document is better.
    ///
    /// ```
    /// # use hcert::Timestamp;
    /// # use hcert::issue::P256Signer;
    /// use hcert::trust::{Anchor, SignedDocument, TrustState};
    /// # use p256::pkcs8::{EncodePrivateKey, LineEnding};
    /// # let key = p256::SecretKey::from_slice(&[7; 32])?.to_pkcs8_pem(LineEnding::LF)?;
    /// # let signer = P256Signer::from_pkcs8_pem(&key)?;
    /// # let made_at = Timestamp::parse("2026-08-22T12:00:00Z")?;
    /// # let hour = core::time::Duration::from_secs(3600);
    /// # let anchor = Anchor::Key(signer.public_key()?);
    /// let tests = SignedDocument::sign("revocation", &[0xa0], made_at, None, &signer)?;
    /// let older = SignedDocument::sign("revocation", &[0xa0], made_at - hour, None, &signer)?;
    ///
    /// let mut state = TrustState::default();
    /// let tests = SignedDocument::open("revocation", &tests, &anchor)?;
    /// state.dangerously_accept_as("tests", &tests)?;
    /// let vaccinations = SignedDocument::open("revocation", &older, &anchor)?;
    /// state.dangerously_accept_as("vaccinations", &vaccinations)?;
    /// let refused = state.dangerously_accept_as("tests", &vaccinations).unwrap_err();
    /// assert_eq!(refused.code(), "trust-rollback");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dangerously_accept_as(
        &mut self,
        name: &str,
        document: &SignedDocument<'_>,
    ) -> Result<(), LoadError> {
        let beside = document.identities_beside().iter();
        let beside: Result<Vec<_>, _> = beside.map(|other| named(other, name)).collect();
        self.accept_document(&named(document.identity(), name)?, &beside?, document)
    }

    fn accept_document(
        &mut self,
        identity: &str,
        beside: &[String],
        document: &SignedDocument<'_>,
    ) -> Result<(), LoadError> {
        let edition = Edition {
            issued_at: document.issued_at(),
            expires_at: document.expires_at(),
            ..Edition::default()
        };
        self.check_edition(identity, edition)?;
        for other in beside {
            self.check_edition(other, edition)?;
        }
        self.note(identity, edition);
        Ok(())
    }

    /// The environment of the WHO's network that the lists seen are of.
    pub fn environment(&self) -> Option<Environment> {
        let mut identities = self.lists.keys();
        identities.find_map(|identity| Environment::of_list(identity))
    }

    /// Takes note of a list that was loaded.
    pub(super) fn saw(&mut self, list: &ListInfo) {
        if let Some(identity) = list.identity().filter(|_| list.is_authenticated()) {
            self.note(identity, Edition::of(list));
        }
    }

    pub(crate) fn note(&mut self, identity: &str, edition: Edition) {
        if edition != Edition::default() {
            self.lists.insert(identity.to_owned(), edition);
        }
        for time in [edition.issued_at, edition.newest_entry] {
            self.latest_time = self.latest_time.max(time);
        }
    }

    /// The text to store: JSON, with `version` 2, `latestTime` and `lists`, an
    /// object of `{sequence, issuedAt, newestEntry, expiresAt}` by identity, as
    /// far as each is known. Times are seconds since 1970-01-01T00:00:00Z.
    pub fn to_json(&self) -> String {
        let lists = self.lists.iter().map(|(identity, edition)| {
            let mut object = Map::new();
            if let Some(sequence) = edition.sequence {
                object.insert("sequence".into(), sequence.into());
            }
            put_time(&mut object, "issuedAt", edition.issued_at);
            put_time(&mut object, "newestEntry", edition.newest_entry);
            put_time(&mut object, "expiresAt", edition.expires_at);
            (identity.clone(), Value::Object(object))
        });
        let mut object = Map::new();
        object.insert("version".into(), VERSION.into());
        put_time(&mut object, "latestTime", self.latest_time);
        object.insert("lists".into(), Value::Object(lists.collect()));
        Value::Object(object).to_string()
    }

    /// Reads what [`to_json`](Self::to_json) wrote, also as version 1, whose
    /// editions count as they did. A damaged state is an error, and so is one
    /// with members that are not known: to start without one is the app's
    /// decision, which lets an older list in.
    pub fn from_json(json: &[u8]) -> Result<Self, TrustStateError> {
        let member = |name, expected| TrustStateError::Member { name, expected };
        let value = json::parse(json, &LoadLimits::default())?;
        let version = value.get("version").and_then(Value::as_u64);
        match version.ok_or(member("version", "a number"))? {
            1 | VERSION => {}
            found => {
                let expected = VERSION;
                return Err(TrustStateError::Version { found, expected });
            }
        }
        has_only(&value, &["version", "latestTime", "lists"])?;
        let object = value.get("lists").and_then(Value::as_object);
        let object = object.ok_or(member("lists", "an object"))?;
        let mut state = Self {
            lists: BTreeMap::new(),
            latest_time: get_time(&value, "latestTime")?,
        };
        for (identity, edition) in object {
            if !edition.is_object() {
                return Err(member("lists", "an object of objects"));
            }
            has_only(
                edition,
                &["sequence", "issuedAt", "newestEntry", "expiresAt"],
            )?;
            let sequence = match edition.get("sequence") {
                None => None,
                Some(number) => Some(number.as_u64().ok_or(member("sequence", "a number"))?),
            };
            let edition = Edition {
                sequence,
                issued_at: get_time(edition, "issuedAt")?,
                newest_entry: get_time(edition, "newestEntry")?,
                expires_at: get_time(edition, "expiresAt")?,
            };
            state.join(&current(identity), edition);
        }
        Ok(state)
    }
}

/// Between a list's identity and what names a part of it.
pub(crate) const PART: char = '/';

fn has_only(object: &Value, known: &[&str]) -> Result<(), TrustStateError> {
    let mut names = object.as_object().into_iter().flat_map(Map::keys);
    match names.find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(TrustStateError::UnknownMember { name: shown(name) }),
        None => Ok(()),
    }
}

fn put_time(object: &mut Map<String, Value>, name: &str, time: Option<Timestamp>) {
    if let Some(time) = time {
        object.insert(name.into(), time.seconds().into());
    }
}

fn get_time(object: &Value, name: &'static str) -> Result<Option<Timestamp>, TrustStateError> {
    let expected = "a number of seconds";
    let wrong = TrustStateError::Member { name, expected };
    match object.get(name) {
        None => Ok(None),
        Some(value) => {
            let seconds = value.as_i64().ok_or(wrong)?;
            Ok(Some(Timestamp::from_seconds(seconds)))
        }
    }
}
