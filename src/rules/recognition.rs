//! Recognition policies: what a place accepts, in a document that is written
//! by hand.

mod clause;
mod document;
mod error;
mod evaluate;
mod issuers;
mod names;
mod read;
mod validity;
mod values;
mod words;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use error::RecognitionError;
pub use issuers::IssuerFacts;

use self::clause::{Calendar, Clause, Never};
use self::issuers::{Issuers, Row};
use super::{Acceptance, Arrival, Period, Texts};
use crate::record::{Record, TestKinds};
use crate::verify::Verified;

/// A recognition policy: the issuers, tests, vaccinations, recoveries and
/// yellow cards that a place accepts, and for how long. Cheap to clone.
///
/// It says what the EU's rules can't, above all whom the place recognises, and
/// it gives the same [`Acceptance`]. The reference of the document, with its
/// boundaries, is in `docs/recognition.md`.
///
/// ```
/// use hcert::record::Record;
/// use hcert::rules::{Arrival, IssuerFacts, Recognition};
/// use hcert::Timestamp;
///
/// let policy = Recognition::from_json(br#"{
///     "name": "Entry by air", "version": "1", "country": "XX",
///     "valid_from": "2021-05-01", "valid_until": "2021-12-31",
///     "issuers": [{"countries": ["XY", "XZ"]}],
///     "tests": [{"id": "naat", "kinds": ["naat"], "max_age_hours": 72}]
/// }"#)?;
/// let record = Record::from_json(r#"{"nam": {"fn": "Musterfrau"}, "dob": "1964-08-12",
///     "t": [{"tg": "840539006", "tt": "LP6464-4", "sc": "2021-05-30T10:00:00Z", "tr": "260415000",
///     "co": "XY", "is": "Ministry of Health", "ci": "URN:UVCI:01:XY:0#0"}]}"#)?;
/// let issuer = IssuerFacts::default().with_country("XY");
///
/// // With a certificate at hand: policy.evaluate(&verified, &arrival).
/// let arrival = Arrival::new("XX", Timestamp::parse("2021-06-02T10:00:00Z")?);
/// let acceptance = policy.evaluate_unverified(&record, &issuer, &arrival);
/// assert!(acceptance.is_accepted());
///
/// let later = arrival.at_time(Timestamp::parse("2021-06-02T10:00:01Z")?);
/// let acceptance = policy.evaluate_unverified(&record, &issuer, &later);
/// let failed = acceptance.failed().next().unwrap();
/// assert_eq!(failed.identifier(), "test.naat");
/// assert_eq!(failed.description().get("en"), "negative NAAT test at most 72 h old");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Recognition(Arc<Policy>);

#[derive(Debug)]
struct Policy {
    name: String,
    version: String,
    description: Texts,
    country: String,
    /// None is the whole country.
    regions: Vec<String>,
    calendar: Calendar,
    kinds: TestKinds,
    valid: Period,
    /// `None` is whoever is trusted.
    issuers: Option<Vec<Row>>,
    not_recognised: Vec<Row>,
    never: Vec<Never>,
    clauses: Vec<Clause>,
}

impl Recognition {
    /// The longest document that is read, in bytes.
    pub const MAX_BYTES: usize = read::MAX_BYTES;

    /// Reads a policy in JSON (RFC 8259, UTF-8).
    ///
    /// # Errors
    /// The document is no JSON, or says anything that a policy can't: members
    /// that are not known, values of another type, bounds that contradict each
    /// other. The error names the member.
    pub fn from_json(document: &[u8]) -> Result<Self, RecognitionError> {
        Self::from_json_with(document, TestKinds::compiled_in())
    }

    /// The same with a custom table, which says what kind of test a code
    /// stands for.
    ///
    /// # Errors
    /// As of [`from_json`](Self::from_json).
    pub fn from_json_with(document: &[u8], kinds: &TestKinds) -> Result<Self, RecognitionError> {
        document::read(&read::json(document)?, kinds).map(|policy| Self(Arc::new(policy)))
    }

    /// Reads a policy in TOML 1.1. Dates may be TOML's or texts.
    ///
    /// # Errors
    /// As of [`from_json`](Self::from_json).
    #[cfg(feature = "toml")]
    pub fn from_toml(document: &str) -> Result<Self, RecognitionError> {
        Self::from_toml_with(document, TestKinds::compiled_in())
    }

    /// The same with a custom table, which says what kind of test a code
    /// stands for.
    ///
    /// ```
    /// use hcert::record::TestKinds;
    /// use hcert::rules::Recognition;
    /// let kinds = TestKinds::from_tsv(
    ///     "kinds\t2026-05-01\tMinistry of Health\n\
    ///      test\thttp://loinc.org\tLP6464-4\tnaat\n\
    ///      test\thttp://example.org/tests\tPCR\tnaat\n",
    /// )?;
    /// let policy = Recognition::from_toml_with(
    ///     r#"
    ///     name = "Entry"
    ///     version = "1"
    ///     country = "XX"
    ///     valid_from = 2026-01-01
    ///     valid_until = 2026-12-31
    ///     issuers = "any-trusted"
    ///     tests = [{ kinds = ["naat"], max_age_hours = 72 }]
    ///     "#,
    ///     &kinds,
    /// )?;
    /// # let _ = policy;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As of [`from_json`](Self::from_json).
    #[cfg(feature = "toml")]
    pub fn from_toml_with(document: &str, kinds: &TestKinds) -> Result<Self, RecognitionError> {
        document::read(&read::toml(document)?, kinds).map(|policy| Self(Arc::new(policy)))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// What it says of itself; its name where it says nothing.
    pub fn description(&self) -> &Texts {
        &self.0.description
    }

    /// The country that it is of.
    pub fn country(&self) -> &str {
        &self.0.country
    }

    /// The regions of the country that it is for; with none, for all of it.
    pub fn regions(&self) -> &[String] {
        &self.0.regions
    }

    /// The times of arrival that it is for.
    pub fn valid(&self) -> Period {
        self.0.valid
    }

    /// The alternatives that it accepts: the identifier of each, such as
    /// `test.naat`, and what it asks for.
    pub fn clauses(&self) -> impl Iterator<Item = (&str, &Texts)> {
        let clauses = self.0.clauses.iter();
        clauses.map(|clause| (clause.identifier.as_str(), &clause.description))
    }

    /// Whether the certificate is accepted on that arrival.
    ///
    /// Each clause for the kind of record is an alternative. If one is
    /// satisfied, and the issuer is recognised, and the certificate is still
    /// valid on arrival, then it is accepted; the results are these three. Else
    /// the results are all that were tried.
    ///
    /// A key that several lists, participants or domains list is judged by all
    /// of its listings. Each that [vouches](Verified::listings) for the
    /// certificate can make its issuer recognised; and each at all, those that a
    /// selection left out included, can make it one that is not recognised.
    ///
    /// What the clause asks for and the certificate does not state, or states
    /// unreadably, is not satisfied. For another place, before the policy and
    /// after it, and where it isn't known whether the issuer is recognised, the
    /// question is open.
    pub fn evaluate(&self, verified: &Verified, arrival: &Arrival) -> Acceptance {
        let issuers = Issuers::of(verified);
        self.0.evaluate(verified.record(), &issuers, arrival)
    }

    /// The same of a record that **nobody has verified**: what the policy
    /// would say if it were authentic and its issuer as given. Of one that names
    /// nobody or is of a version that is not known, of which a
    /// verifier ascertains nothing, the question is open.
    pub fn evaluate_unverified(
        &self,
        record: &Record,
        issuer: &IssuerFacts<'_>,
        arrival: &Arrival,
    ) -> Acceptance {
        if let Some(reason) = evaluate::unascertained(record) {
            return Acceptance::open(reason);
        }
        let valid = evaluate::unverified(record, issuer);
        self.0
            .evaluate(record, &Issuers::one(*issuer, valid), arrival)
    }

    /// When the certificate is accepted on arrival in the policy's place: the
    /// instants at which [`evaluate`](Self::evaluate) says so, in order.
    pub fn periods(&self, verified: &Verified) -> Vec<Period> {
        self.0.periods(verified.record(), &Issuers::of(verified))
    }

    /// The same of a record that **nobody has verified**.
    pub fn periods_unverified(&self, record: &Record, issuer: &IssuerFacts<'_>) -> Vec<Period> {
        if evaluate::unascertained(record).is_some() {
            return Vec::new();
        }
        let valid = evaluate::unverified(record, issuer);
        self.0.periods(record, &Issuers::one(*issuer, valid))
    }
}
