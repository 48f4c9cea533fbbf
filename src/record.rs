//! What a certificate says: a holder, and what happened.
//!
//! A value made by this module's builders is correct: [`Record`]s that come
//! from them satisfy the DCC schema. A record that was *read* from a
//! certificate holds what could be read, so its dates are `Option`s; what was
//! wrong with it stands among the deviations of the verdict.
//!
//! Everything here is personal data: `Debug` prints the kind and nothing else.

mod coding;
mod ddcc;
pub(crate) mod details;
mod entry;
pub(crate) mod error;
mod health_link;
mod holder;
pub(crate) mod identifier;
mod json;
mod medication;
mod payload;
mod products;
mod serology;
mod test_kinds;
mod text;
pub(crate) mod translit;
pub(crate) mod unreadable;
pub(crate) mod usage;
mod uvci;
mod value_sets;
mod when;
mod yellow_card;

use alloc::vec::Vec;
use core::fmt;

pub use coding::Coding;
pub(crate) use coding::is_country_or_organisation;
pub use details::CertificateDetails;
pub(crate) use details::{Extra, TestDetails, VaccinationDetails};
pub use entry::{
    Entry, Recovery, RecoveryBuilder, Test, TestBuilder, TestResult, Vaccination,
    VaccinationBuilder,
};
pub use error::RecordError;
pub use health_link::{HealthLink, HealthLinkBuilder, HealthLinkKey, HealthLinkKind};
pub use holder::{Holder, IdentityDocument};
pub use medication::{Medication, MedicationBuilder};
pub use payload::PayloadKind;
pub use products::{CatalogueError, Product, ProductCatalogue};
pub use serology::AntibodyClass;
pub use test_kinds::{TestKind, TestKinds, TestKindsError};
pub(crate) use text::Text;
pub use translit::{NameLanguage, TransliterationError};
pub use unreadable::HealthLinkError;
pub use uvci::{Uvci, UvciCheck, UvciError, UvciPart};
pub use value_sets::{ValueSet, ValueSetEntry, ValueSetError, ValueSets};
pub use when::When;
pub(crate) use yellow_card::TEMPLATE;
pub use yellow_card::{Generation, YellowCard, YellowCardBuilder};

use self::usage::Usage;
use crate::Timestamp;

/// What one certificate says, whatever payload carries it.
///
/// ```
/// use hcert::{Date, PartialDate};
/// use hcert::record::{Holder, Record, Uvci, Vaccination};
/// let holder = Holder::new("Musterfrau-Gößinger", "Gabriele", PartialDate::parse("1998-02-26")?)?;
/// assert_eq!(holder.standard_family_name(), Some("MUSTERFRAU<GOESSINGER"));
/// let vaccination = Vaccination::builder()
///     .vaccine("1119349007")
///     .product("EU/1/20/1528")
///     .manufacturer("ORG-100030215")
///     .dose(2, 2)
///     .date(Date::parse("2021-05-29")?)
///     .country("AT")
///     .issuer("Ministry of Health")
///     .id(&Uvci::from_opaque("AT", "10807843F94AEE0EE5093FBC254BD813")?)
///     .build()?;
/// let record = Record::new(holder, vaccination)?;
/// assert_eq!(record.entries().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Record {
    pub(crate) holder: Holder,
    pub(crate) entries: Vec<Entry>,
    pub(crate) schema_version: Text,
    /// Whether the certificate states a version that can't be read.
    pub(crate) version_unread: bool,
    pub(crate) payload: PayloadKind,
}

impl Record {
    /// Who it is about.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// What happened: one entry in a certificate after the specification.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What a key has to be for to sign it: the kind of each entry, or of the
    /// certificate as a whole.
    pub(crate) fn usages(&self) -> impl Iterator<Item = Usage> {
        let light = (self.payload == PayloadKind::Light).then_some(Usage::Light);
        let entries = self.entries.iter().map(Entry::usage);
        light.into_iter().chain(entries)
    }

    /// The kind of payload that carries it.
    pub fn payload(&self) -> PayloadKind {
        self.payload
    }

    /// The schema version that the certificate names (`ver`).
    pub fn schema_version(&self) -> &str {
        &self.schema_version
    }

    /// The first and the last instant at which it holds by what it states
    /// itself, beside the times of the certificate.
    pub(crate) fn period(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let periods = self.entries.iter().map(Entry::period);
        periods.fold((None, None), |(from, until), (f, u)| {
            (from.max(f), until.into_iter().chain(u).min())
        })
    }

    /// Whether it states nothing to tell whether it holds at any time.
    pub(crate) fn is_undated(&self) -> bool {
        self.entries.iter().any(Entry::is_undated)
    }

    /// Whether anybody can be compared with it. A health link has no holder but
    /// that of the record behind it.
    pub(crate) fn names_holder(&self) -> bool {
        self.payload == PayloadKind::HealthLink || self.holder.is_named()
    }

    /// Whether an EU DCC or a light certificate is of another major version than
    /// those that were published, which are all 1, or states one that can't be read. Without
    /// one it is of version 1.
    pub(crate) fn is_of_unknown_version(&self) -> bool {
        let version = self.schema_version.trim();
        let major = version.split('.').next().unwrap_or_default();
        let is_number = major.bytes().all(|b| b.is_ascii_digit());
        let is_known = self.schema_version.is_empty() || (is_number && major.parse() == Ok(1u8));
        matches!(self.payload, PayloadKind::EuDcc | PayloadKind::Light)
            && (self.version_unread || !is_known)
    }

    /// Whether a DDCC states another version than those, or one that can't be
    /// read. The early ones state none.
    pub(crate) fn is_of_other_version(&self, known: &[impl AsRef<str>]) -> bool {
        let version = self.schema_version();
        let is_known = version.is_empty() || known.iter().any(|known| known.as_ref() == version);
        let is_ddcc = matches!(
            self.payload,
            PayloadKind::DdccVaccination | PayloadKind::DdccTest
        );
        is_ddcc && (self.version_unread || !is_known)
    }

    /// Whether a health link is of a version whose protocol is not known.
    pub(crate) fn has_link_of_unknown_version(&self) -> bool {
        let is_unknown =
            |entry: &Entry| matches!(entry, Entry::HealthLink(link) if link.version() != Some(1));
        self.entries.iter().any(is_unknown)
    }

    /// Whether the certificate needs a time of expiry (exp). hcert-spec §3.3.5
    /// asks for one to force a limit of the validity (§6.1), and WHO's
    /// `CWTPayload` does not: a DDCC that states the end of its period is
    /// limited as well, and the early ones have no exp at all.
    pub(crate) fn needs_expiry(&self) -> bool {
        let is_ddcc = matches!(
            self.payload,
            PayloadKind::DdccVaccination | PayloadKind::DdccTest
        );
        self.payload.needs_expiry() && !(is_ddcc && self.period().1.is_some())
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}
