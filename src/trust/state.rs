//! What an app remembers of its lists from one loading to the next.

use core::cmp::Ordering;
use core::fmt;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::SignedDocument;
use super::error::LoadError;
use super::list::gdhcn::Environment;
use super::list::{ListInfo, json};
use super::source::LoadLimits;
use crate::Timestamp;
use crate::revocation::RevocationInfo;

/// Which edition of a list it is: what grows from one to the next.
///
/// Compared by the first of the three that both editions have and that differs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edition {
    /// The list's own number ([`ListInfo::sequence`]).
    pub sequence: Option<u64>,
    /// When it was made ([`ListInfo::issued_at`]).
    pub issued_at: Option<Timestamp>,
    /// The time of its newest entry ([`ListInfo::newest_entry`]). A list that
    /// only withdraws its newest entry looks older than it is.
    pub newest_entry: Option<Timestamp>,
}

impl Edition {
    pub(super) fn of(list: &ListInfo) -> Self {
        Self {
            sequence: list.sequence(),
            issued_at: list.issued_at(),
            newest_entry: list.newest_entry(),
        }
    }

    pub(super) fn is_before(&self, other: &Self) -> bool {
        fn ordered<T: Ord>(this: Option<T>, other: Option<T>) -> Option<Ordering> {
            Some(this?.cmp(&other?))
        }
        let compared = [
            ordered(self.sequence, other.sequence),
            ordered(self.issued_at, other.issued_at),
            ordered(self.newest_entry, other.newest_entry),
        ];
        let decides = compared.into_iter().flatten().find(|o| o.is_ne());
        match decides {
            Some(order) => order.is_lt(),
            // An edition that lost its date can't be told from an old one.
            None => {
                (other.sequence.is_some() && self.sequence.is_none())
                    || (other.issued_at.is_some() && self.issued_at.is_none())
                    || (other.newest_entry.is_some() && self.newest_entry.is_none())
            }
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.sequence, self.issued_at.or(self.newest_entry)) {
            (Some(sequence), Some(time)) => write!(f, "{sequence} of {time}"),
            (Some(sequence), None) => sequence.fmt(f),
            (None, Some(time)) => time.fmt(f),
            (None, None) => f.write_str("without a date"),
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
    /// Not JSON, or a member stands twice.
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
}

impl TrustStateError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Version { .. } => "trust-state-version",
            Self::Member { .. } => "trust-state-member",
        }
    }
}

const VERSION: u64 = 1;

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

    /// The newest edition of a list, by [`ListInfo::identity`].
    pub fn edition(&self, identity: &str) -> Option<&Edition> {
        self.lists.get(identity)
    }

    /// Forgets a list, so that any edition of it is taken again: for a list
    /// whose maker did start anew.
    pub fn forget(&mut self, identity: &str) -> Option<Edition> {
        self.lists.remove(identity)
    }

    /// Forgets the latest time, which a list with a wrong date may have set
    /// too late.
    pub fn forget_time(&mut self) {
        self.latest_time = None;
    }

    /// Adds what another state knows: of each list the newer edition.
    pub(super) fn merge(&mut self, other: &Self) {
        for (identity, edition) in &other.lists {
            let known = self.lists.entry(identity.clone()).or_insert(*edition);
            if known.is_before(edition) {
                *known = *edition;
            }
        }
        self.latest_time = self.latest_time.max(other.latest_time);
    }

    /// Refuses an older edition than the one seen before.
    pub(super) fn check(&self, list: &ListInfo) -> Result<(), LoadError> {
        match list.identity().filter(|_| list.is_authenticated()) {
            Some(identity) => self.check_edition(identity, Edition::of(list)),
            None => Ok(()),
        }
    }

    fn check_edition(&self, identity: &str, found: Edition) -> Result<(), LoadError> {
        if let Some(seen) = self.lists.get(identity)
            && found.is_before(seen)
        {
            return Err(LoadError::Rollback {
                identity: identity.to_owned(),
                seen: *seen,
                found,
            });
        }
        Ok(())
    }

    /// Refuses a [document](SignedDocument) that is older than the one of the
    /// same [identity](SignedDocument::identity) before, and takes note of it
    /// otherwise.
    ///
    /// Call it when the content has been read: a document that nobody could
    /// make use of is better not remembered. One without a date is never an
    /// older one, unless the one before had a date.
    pub fn accept(&mut self, document: &SignedDocument<'_>) -> Result<(), LoadError> {
        let edition = Edition {
            issued_at: document.issued_at(),
            ..Edition::default()
        };
        self.check_edition(document.identity(), edition)?;
        self.note(document.identity(), edition);
        Ok(())
    }

    /// The same for a signed revocation list or set, by what it says about
    /// itself. One that is not signed is not remembered.
    pub fn accept_revocations(&mut self, list: &RevocationInfo) -> Result<(), LoadError> {
        let Some(identity) = list.identity() else {
            return Ok(());
        };
        let edition = Edition {
            issued_at: list.issued_at(),
            sequence: list.sequence(),
            ..Edition::default()
        };
        self.check_edition(identity, edition)?;
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

    fn note(&mut self, identity: &str, edition: Edition) {
        if edition != Edition::default() {
            self.lists.insert(identity.to_owned(), edition);
        }
        for time in [edition.issued_at, edition.newest_entry] {
            self.latest_time = self.latest_time.max(time);
        }
    }

    /// The text to store: JSON, with `version` 1, `latestTime` and `lists`, an
    /// object of `{sequence, issuedAt, newestEntry}` by identity, as far as
    /// each is known. Times are seconds since 1970-01-01T00:00:00Z.
    pub fn to_json(&self) -> String {
        let lists = self.lists.iter().map(|(identity, edition)| {
            let mut object = Map::new();
            if let Some(sequence) = edition.sequence {
                object.insert("sequence".into(), sequence.into());
            }
            put_time(&mut object, "issuedAt", edition.issued_at);
            put_time(&mut object, "newestEntry", edition.newest_entry);
            (identity.clone(), Value::Object(object))
        });
        let mut object = Map::new();
        object.insert("version".into(), VERSION.into());
        put_time(&mut object, "latestTime", self.latest_time);
        object.insert("lists".into(), Value::Object(lists.collect()));
        Value::Object(object).to_string()
    }

    /// Reads what [`to_json`](Self::to_json) wrote. A damaged state is an
    /// error: to start without one is the app's decision, which lets an older
    /// list in.
    pub fn from_json(json: &[u8]) -> Result<Self, TrustStateError> {
        let member = |name, expected| TrustStateError::Member { name, expected };
        let value = json::parse(json, &LoadLimits::default())?;
        let version = value.get("version").and_then(Value::as_u64);
        match version.ok_or(member("version", "a number"))? {
            VERSION => {}
            found => {
                let expected = VERSION;
                return Err(TrustStateError::Version { found, expected });
            }
        }
        // Ignored, a misspelt member would let an older list in.
        let knows = |object: &Value, known: &[&str]| {
            let mut names = object.as_object().into_iter().flat_map(Map::keys);
            names.all(|name| known.contains(&name.as_str()))
        };
        if !knows(&value, &["version", "latestTime", "lists"]) {
            return Err(member(
                "(another)",
                "one of `version`, `latestTime`, `lists`",
            ));
        }
        let object = value.get("lists").and_then(Value::as_object);
        let object = object.ok_or(member("lists", "an object"))?;
        let mut lists = BTreeMap::new();
        for (identity, edition) in object {
            if !edition.is_object() {
                return Err(member("lists", "an object of objects"));
            }
            if !knows(edition, &["sequence", "issuedAt", "newestEntry"]) {
                let expected = "one of `sequence`, `issuedAt`, `newestEntry`";
                return Err(member("(another)", expected));
            }
            let sequence = match edition.get("sequence") {
                None => None,
                Some(number) => Some(number.as_u64().ok_or(member("sequence", "a number"))?),
            };
            let edition = Edition {
                sequence,
                issued_at: get_time(edition, "issuedAt")?,
                newest_entry: get_time(edition, "newestEntry")?,
            };
            lists.insert(identity.clone(), edition);
        }
        Ok(Self {
            lists,
            latest_time: get_time(&value, "latestTime")?,
        })
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
