//! The DCC value sets: which codes there are, and what they stand for.

mod builtin;
mod error;
mod read;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use crate::Date;
use crate::lazy::Lazy;

pub use error::ValueSetError;

/// How many sets [`ValueSets`] may hold.
const MAX_SETS: usize = 64;

/// Value sets by their id: the codes that a certificate's members may have
/// (eHealth Network, "Value Sets for EU Digital COVID Certificates"). Cheap to
/// clone.
///
/// [`builtin`](Self::builtin) knows the eight sets of the DCC as of the
/// [date](ValueSet::date) of each; newer editions are loaded from the JSON
/// documents that the EU gateway and the member states publish:
///
/// ```
/// use hcert::record::ValueSets;
/// let sets = ValueSets::builtin();
/// let products = sets.get(ValueSets::PRODUCT).unwrap();
/// assert_eq!(products.get("EU/1/20/1528").unwrap().display(), "Comirnaty");
/// assert!(!products.contains("EU/1/99/9999"));
///
/// let newer = br#"{"valueSetId": "vaccines-covid-19-names", "valueSetDate": "2031-01-01",
///     "valueSetValues": {"EU/1/99/9999": {"display": "Novum", "lang": "en", "active": true,
///     "system": "https://ec.europa.eu/health/documents/community-register/html/", "version": ""}}}"#;
/// let sets = sets.with_json(newer)?;
/// assert!(sets.get(ValueSets::PRODUCT).unwrap().contains("EU/1/99/9999"));
/// # Ok::<(), hcert::record::ValueSetError>(())
/// ```
///
/// # Editions
/// A set of an id that is there already takes its place if its date is later.
/// An earlier one, and one of the same date that says something else, are
/// refused; [`replace`](Self::replace) takes them anyway. A built-in set
/// gives way to the document of its own date.
///
/// # In rules
/// CertLogic rules see value sets as `external.valueSets`: the id, and an array
/// of all [`codes`](ValueSet::codes). Inactive ones are among them, as the
/// EU's reference apps have it and as the form leaves no room to tell them
/// apart (eu-dcc-business-rules, issue 25): a code becomes inactive when new
/// certificates are to use another one, and the old certificates hold on.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ValueSets(Arc<BTreeMap<String, ValueSet>>);

/// One value set: an edition of the codes of a member. Cheap to clone.
#[derive(Clone)]
pub struct ValueSet(Arc<Set>);

struct Set {
    id: String,
    date: Date,
    entries: BTreeMap<Box<str>, ValueSetEntry>,
    /// Made from what is compiled in: the document itself knows better.
    builtin: bool,
}

/// What a value set says of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSetEntry {
    display: Box<str>,
    language: Option<Arc<str>>,
    active: bool,
    system: Option<Arc<str>>,
    version: Option<Arc<str>>,
}

impl ValueSets {
    /// The id of the set of `co`: ISO 3166-1 alpha-2, and XK.
    pub const COUNTRY: &'static str = "country-2-codes";
    /// The id of the set of `tg` (SNOMED CT).
    pub const DISEASE: &'static str = "disease-agent-targeted";
    /// The id of the set of a test's `ma`: rapid antigen tests by their number
    /// in the list of the EU's Joint Research Centre.
    pub const TEST_DEVICE: &'static str = "covid-19-lab-test-manufacturer-and-name";
    /// The id of the set of `tr` (SNOMED CT).
    pub const TEST_RESULT: &'static str = "covid-19-lab-result";
    /// The id of the set of `tt` (LOINC).
    pub const TEST_TYPE: &'static str = "covid-19-lab-test-type";
    /// The id of the set of a vaccination's `ma`: who is authorised to market
    /// the vaccine, or makes it.
    pub const MANUFACTURER: &'static str = "vaccines-covid-19-auth-holders";
    /// The id of the set of `mp`: vaccines by their authorisation or name.
    pub const PRODUCT: &'static str = "vaccines-covid-19-names";
    /// The id of the set of `vp`: vaccines by what they hold (SNOMED CT).
    pub const VACCINE: &'static str = "sct-vaccines-covid-19";

    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// The eight sets of the DCC, compiled in: all codes of the editions of
    /// their dates. Of [`TEST_DEVICE`](Self::TEST_DEVICE) there are the 88
    /// devices of the published example of 2021-07-01 alone: the list itself
    /// stands on the gateway.
    pub fn builtin() -> Self {
        // A test reads the table; without it every code would be unknown.
        static BUILTIN: Lazy<ValueSets> =
            Lazy::new(|| builtin::read(include_str!("value_sets.tsv")).unwrap_or_default());
        BUILTIN.clone()
    }

    /// With the set of this document, too: [`ValueSet::from_json`], then
    /// [`with`](Self::with).
    pub fn with_json(&self, json: &[u8]) -> Result<Self, ValueSetError> {
        self.with(ValueSet::from_json(json)?)
    }

    /// With this set, too; it must not be an [older edition](Self#editions) of
    /// one that is there.
    ///
    /// Fails with [`Older`](ValueSetError::Older),
    /// [`Conflict`](ValueSetError::Conflict) or
    /// [`TooManySets`](ValueSetError::TooManySets).
    pub fn with(&self, set: ValueSet) -> Result<Self, ValueSetError> {
        match self.get(set.id()) {
            Some(known) if set.date() < known.date() => Err(ValueSetError::Older {
                id: set.id().to_owned(),
                found: set.date(),
                known: known.date(),
            }),
            Some(known) if set.date() == known.date() && !known.0.builtin && set != *known => {
                Err(ValueSetError::Conflict {
                    id: set.id().to_owned(),
                    date: set.date(),
                })
            }
            _ => self.replace(set),
        }
    }

    /// With this set in the place of whatever edition is there: who can choose
    /// the document can bring back codes that were taken out.
    ///
    /// Fails with [`TooManySets`](ValueSetError::TooManySets).
    pub fn replace(&self, set: ValueSet) -> Result<Self, ValueSetError> {
        let mut sets = BTreeMap::clone(&self.0);
        sets.insert(set.id().to_owned(), set);
        if sets.len() > MAX_SETS {
            return Err(ValueSetError::TooManySets { max: MAX_SETS });
        }
        Ok(Self(Arc::new(sets)))
    }

    /// The set of that id.
    pub fn get(&self, id: &str) -> Option<&ValueSet> {
        self.0.get(id)
    }

    /// The set of a member of a DCC, by its path: `v.mp`, `t.0.ma`, `r[0].co`.
    /// Without the group it would be open whose `ma` is meant.
    ///
    /// | group | member |
    /// |---|---|
    /// | `v`, `t`, `r` | `tg`, `co` |
    /// | `v` | `vp`, `mp`, `ma` |
    /// | `t` | `tt`, `tr`, `ma` |
    ///
    /// ```
    /// use hcert::record::ValueSets;
    /// let sets = ValueSets::builtin();
    /// let holders = sets.for_field("v.0.ma").unwrap();
    /// assert_eq!(holders.get("ORG-100001699").unwrap().display(), "AstraZeneca AB");
    /// assert_eq!(sets.for_field("t[0].ma").unwrap().id(), ValueSets::TEST_DEVICE);
    /// assert!(sets.for_field("v.0.dt").is_none());
    /// ```
    pub fn for_field(&self, path: &str) -> Option<&ValueSet> {
        let (group, _) = path.split_once(['.', '['])?;
        let (_, member) = path.rsplit_once('.')?;
        self.get(match (group, member) {
            ("v" | "t" | "r", "tg") => Self::DISEASE,
            ("v" | "t" | "r", "co") => Self::COUNTRY,
            ("v", "vp") => Self::VACCINE,
            ("v", "mp") => Self::PRODUCT,
            ("v", "ma") => Self::MANUFACTURER,
            ("t", "tt") => Self::TEST_TYPE,
            ("t", "tr") => Self::TEST_RESULT,
            ("t", "ma") => Self::TEST_DEVICE,
            _ => return None,
        })
    }

    /// All sets, by id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ValueSet> {
        self.0.values()
    }
}

impl fmt::Debug for ValueSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl ValueSet {
    /// The longest document that is read, in bytes: 2 MiB. The longest of the
    /// sets, the rapid antigen tests, takes some 250 bytes a code.
    pub const MAX_BYTES: usize = 2 << 20;

    /// Reads the document of a value set (eu-dcc-valuesets; the EU gateway's
    /// `/valuesets/{id}`): UTF-8 JSON of at most 2 MiB and 10,000 codes,
    ///
    /// ```text
    /// {"valueSetId": text, "valueSetDate": "YYYY-MM-DD", "valueSetValues": {
    ///   code: {"display": text, "active": boolean, "lang": text, "system": text, "version": text}, …}}
    /// ```
    ///
    /// where `lang`, `system` and `version` may be empty or missing, and other
    /// members are passed over. No member may stand twice in an object. A
    /// document whose values are not codes with their display, such as
    /// `vaccines-covid-19-encoding-instructions`, is no value set in this
    /// sense and refused ([`Entry`](ValueSetError::Entry)).
    ///
    /// ```
    /// use hcert::record::{ValueSet, ValueSetError};
    /// let set = ValueSet::from_json(br#"{"valueSetId": "colours", "valueSetDate": "2026-05-01",
    ///     "valueSetValues": {"r": {"display": "Red", "active": false}}}"#)?;
    /// assert_eq!((set.id(), set.date().to_string()), ("colours", "2026-05-01".to_owned()));
    /// assert!(!set.get("r").unwrap().is_active());
    /// let error = ValueSet::from_json(b"[]").unwrap_err();
    /// assert_eq!(error.code(), "value-set-member");
    /// # Ok::<(), ValueSetError>(())
    /// ```
    pub fn from_json(json: &[u8]) -> Result<Self, ValueSetError> {
        read::document(json)
    }

    /// Its id, such as [`ValueSets::COUNTRY`].
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The day that names the edition.
    pub fn date(&self) -> Date {
        self.0.date
    }

    /// How many codes it has; at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether it has that code, active or not. Codes are compared to the
    /// letter.
    pub fn contains(&self, code: &str) -> bool {
        self.get(code).is_some()
    }

    /// What it says of that code.
    pub fn get(&self, code: &str) -> Option<&ValueSetEntry> {
        self.0.entries.get(code)
    }

    /// All its codes, active or not, in the order of their bytes.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.entries.keys().map(|code| &**code)
    }

    /// All its codes with what it says of them, in the same order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &ValueSetEntry)> {
        let entries = self.0.entries.iter();
        entries.map(|(code, entry)| (&**code, entry))
    }

    /// Whether it is known to hold all codes of its edition: the built-in set
    /// of the devices does not.
    pub(crate) fn is_whole(&self) -> bool {
        !self.0.builtin || self.id() != ValueSets::TEST_DEVICE
    }
}

impl PartialEq for ValueSet {
    /// The same edition with the same codes, wherever it comes from.
    fn eq(&self, other: &Self) -> bool {
        let parts = |set: &Self| (set.0.id.clone(), set.0.date);
        Arc::ptr_eq(&self.0, &other.0)
            || (parts(self) == parts(other) && self.0.entries == other.0.entries)
    }
}

impl Eq for ValueSet {}

impl fmt::Debug for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Set { id, date, .. } = &*self.0;
        write!(f, "ValueSet({id:?}, {date}, {} codes)", self.len())
    }
}

impl ValueSetEntry {
    /// The code in words. Codes that are not to be used any more often say so
    /// there, too.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The language of the words (BCP 47), where it is stated.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Whether new certificates may use the code. Certificates that have an
    /// inactive one are no worse for it.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The code system that the code is of, mostly a URI, where it is stated.
    pub fn system(&self) -> Option<&str> {
        self.system.as_deref()
    }

    /// The version of the code system, in whatever form it has, where it is
    /// stated.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}
