//! What a certificate says: a holder, and what happened.
//!
//! A value made by this module's builders is correct: [`Record`]s that come
//! from them satisfy the DCC schema. A record that was *read* from a
//! certificate holds what could be read, so its dates are `Option`s; what was
//! wrong with it stands among the deviations of the verdict.
//!
//! Everything here is personal data: `Debug` prints the kind and nothing else.

pub mod codes;
mod coding;
mod ddcc;
mod entry;
mod health_link;
mod holder;
mod medication;
mod payload;
mod products;
mod serology;
mod test_kinds;
mod text;
pub mod translit;
pub(crate) mod usage;
pub mod uvci;
mod value_sets;
mod when;
mod yellow_card;

use core::fmt;

pub use coding::Coding;
pub use ddcc::CertificateDetails;
pub(crate) use ddcc::{Extra, TestDetails, VaccinationDetails};
pub use entry::{
    Entry, Recovery, RecoveryBuilder, Test, TestBuilder, TestKind, TestResult, Vaccination,
    VaccinationBuilder,
};
pub use health_link::{
    HealthLink, HealthLinkBuilder, HealthLinkError, HealthLinkKey, HealthLinkKind,
};
pub use holder::{Holder, IdentityDocument};
pub use medication::{Medication, MedicationBuilder};
pub use payload::PayloadKind;
pub use products::{CatalogueError, Product, ProductCatalogue};
pub use serology::AntibodyClass;
pub use test_kinds::{TestKinds, TestKindsError};
pub(crate) use text::Text;
pub use translit::TransliterationError;
pub use uvci::{Uvci, UvciError};
pub use value_sets::{ValueSet, ValueSetEntry, ValueSetError, ValueSets};
pub use when::When;
pub(crate) use yellow_card::TEMPLATE;
pub use yellow_card::{Generation, YellowCard, YellowCardBuilder};

use crate::codec::item;
use crate::format::hc1::cwt::ContentError;
use crate::format::hc1::{
    Deviation, DeviationCode, eu_dcc, payload as wire, schema, yellow_card as card,
};
use crate::{PartialDate, Timestamp};
use ciborium::Value;

/// Why a record can't be made. The errors name members, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A member departs from the DCC schema.
    #[error("{0}")]
    Schema(Deviation),
    /// Neither a country (ISO 3166-1 alpha-2) nor an organisation of at most
    /// ten capital letters, such as `UNHCR`.
    #[error(
        "{at}: neither a country code of two capital letters (ISO 3166-1 alpha-2) nor an organisation of up to ten"
    )]
    Country {
        /// The member.
        at: String,
    },
    /// A period ends before it begins.
    #[error("{at}: ends before it begins")]
    Period {
        /// The entry.
        at: String,
    },
    /// A name has no known transliteration.
    #[error("{at}: {source}")]
    Name {
        /// `nam.fn` or `nam.gn`.
        at: &'static str,
        /// Why.
        source: TransliterationError,
    },
    /// The JSON is malformed, or has a duplicate member.
    #[error("not a record in JSON: {problem} at line {line}, column {column}")]
    Json {
        /// The kind of problem.
        problem: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A member that the schema does not know; it would be lost.
    #[error("{at}: the schema knows no such member")]
    UnknownMember {
        /// The member; `?` for a name that is not of small letters.
        at: String,
    },
    /// A yellow card names a product that is not in the catalogue.
    #[error("vx.vp: the catalogue has no such product")]
    UnknownProduct,
    /// A yellow card of an earlier form, of which none are issued any more.
    #[error("a yellow card of the form of {}, where that of 2026 is issued", .found.code())]
    Generation {
        /// Its form.
        found: Generation,
    },
    /// The record states what its payload has no place for.
    #[error("a {kind} has no place for all that the record states", kind = .0.code())]
    Lost(PayloadKind),
    /// The value is not shaped as its payload at all.
    #[error(transparent)]
    Content(#[from] ContentError),
}

impl RecordError {
    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Schema(deviation) => deviation.code(),
            Self::Country { .. } => "record-country",
            Self::Period { .. } => "record-period",
            Self::Name { source, .. } => source.code(),
            Self::Json { .. } => "record-json",
            Self::UnknownMember { .. } => "record-unknown-member",
            Self::UnknownProduct => "product-unknown",
            Self::Generation { .. } => "card-generation",
            Self::Lost(_) => "record-lost",
            Self::Content(e) => e.code(),
        }
    }
}

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
    /// A record of one entry, as the specification wants (hcert-spec, DCC
    /// schema 1.3.0 and later): a vaccination, a test or a recovery as an EU
    /// DCC, any other entry as the payload of its kind.
    pub fn new(holder: Holder, entry: impl Into<Entry>) -> Result<Self, RecordError> {
        let entry = entry.into();
        let payload = entry.payload();
        Self::checked(holder, vec![entry], payload)
    }

    /// A vaccination or a test as the WHO's DDCC. The holder has the name in
    /// one piece.
    ///
    /// ```
    /// use hcert::{Date, PartialDate};
    /// use hcert::record::{Coding, Holder, PayloadKind, Record, Vaccination};
    /// let sct = |code| Coding::new(code).with_system("http://snomed.info/sct");
    /// let vaccination = Vaccination::builder()
    ///     .disease(sct("840539006"))
    ///     .vaccine(sct("1119349007"))
    ///     .product("EU/1/20/1528")
    ///     .manufacturer("ORG-100030215")
    ///     .batch("PT123F")
    ///     .dose(1, 2)
    ///     .date(Date::parse("2021-07-08")?)
    ///     .country(Coding::new("AUT").with_system("urn:iso:std:iso:3166"))
    ///     .issuer("Ministry of Health")
    ///     .hcid("AT111222333444")
    ///     .build_ddcc()?;
    /// let holder = Holder::with_full_name("Gabriele Musterfrau", PartialDate::parse("1998-02-26")?);
    /// let record = Record::ddcc(holder, vaccination)?;
    /// assert_eq!(record.payload(), PayloadKind::DdccVaccination);
    /// assert_eq!(record.entries()[0].disease(), "840539006");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ddcc(holder: Holder, entry: impl Into<Entry>) -> Result<Self, RecordError> {
        let entry = entry.into();
        let payload = match entry {
            Entry::Test(_) => PayloadKind::DdccTest,
            _ => PayloadKind::DdccVaccination,
        };
        Self::checked(holder, vec![entry], payload)
    }

    /// A medication overview of one to three medicines.
    pub fn medication(holder: Holder, medicines: Vec<Medication>) -> Result<Self, RecordError> {
        let entries = medicines.into_iter().map(Entry::from).collect();
        Self::checked(holder, entries, PayloadKind::Medication)
    }

    /// Health links. They have no holder.
    pub fn health_links(links: Vec<HealthLink>) -> Result<Self, RecordError> {
        let entries = links.into_iter().map(Entry::from).collect();
        Self::checked(Holder::default(), entries, PayloadKind::HealthLink)
    }

    fn checked(
        holder: Holder,
        entries: Vec<Entry>,
        payload: PayloadKind,
    ) -> Result<Self, RecordError> {
        let record = Self {
            holder,
            entries,
            schema_version: wire::version(payload).into(),
            version_unread: false,
            payload,
        };
        record.check()?;
        Ok(record)
    }

    /// Reads a DCC in JSON form:
    /// `{"nam": {"fn", "gn", "fnt"?, "gnt"?}, "dob", "v"|"t"|"r": [{…}]}`.
    ///
    /// Standard names that are missing are produced from the names. The
    /// schema is applied in its current version, whatever `ver` says.
    ///
    /// An object with `vx` is a yellow card in the form of 2026:
    /// `{"n", "dob", "s", "nt", "id"?, "dt"?, "gn"?, "vx": {"vp", "dv", "cn"?,
    /// "is"?, "bo"}, "v"?, "d"?}`, its product in the built-in catalogue. `v`
    /// is set if it is not there.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        Self::from_json_with(text, &ProductCatalogue::builtin())
    }

    /// The same with a catalogue of one's own for the yellow card.
    pub fn from_json_with(text: &str, products: &ProductCatalogue) -> Result<Self, RecordError> {
        let mut dcc = schema::parse_json(text)?;
        let is_card = |(key, _): &(Value, Value)| key.as_text() == Some("vx");
        if dcc
            .as_map()
            .is_some_and(|members| members.iter().any(is_card))
        {
            return card::from_json(dcc, products);
        }
        let Value::Map(members) = &mut dcc else {
            return Err(ContentError::NotDcc.into());
        };
        members.retain(|(key, _)| key.as_text() != Some("ver"));
        members.push((Value::from("ver"), Value::from(schema::CURRENT)));
        for (key, value) in members {
            if let ("nam", Value::Map(names)) = (key.as_text().unwrap_or_default(), value) {
                complete_names(names)?;
            }
        }
        let bytes = item::encoded(&dcc);
        let written = item::Item::read(&bytes);
        if let Some(at) = schema::unknown_members(written).into_iter().next() {
            return Err(RecordError::UnknownMember { at });
        }
        refuse_departures(&dcc)?;
        let mut record = eu_dcc::read_item(written)?;
        record.check()?;
        // 1963-00 is the year alone, and is written so.
        record.holder.born_text = record.holder.born.to_string().into();
        Ok(record)
    }

    /// Who it is about.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// What happened: one entry in a certificate after the specification.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
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

    /// Whether an EU DCC is of another major version than those that were
    /// published, which are all 1, or states one that can't be read. Without
    /// one it is of version 1.
    pub(crate) fn is_of_unknown_version(&self) -> bool {
        let version = self.schema_version.trim();
        let major = version.split('.').next().unwrap_or_default();
        let is_number = major.bytes().all(|b| b.is_ascii_digit());
        let is_known = self.schema_version.is_empty() || (is_number && major.parse() == Ok(1u8));
        self.payload == PayloadKind::EuDcc && (self.version_unread || !is_known)
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

    /// Whether the record may be issued: no departure from the current
    /// schema of its payload, and consistent in itself.
    pub(crate) fn check(&self) -> Result<(), RecordError> {
        let Holder {
            born, born_text, ..
        } = &self.holder;
        // The schema's pattern lets 1963-13 pass, in a text, where it would
        // be lost, and as a month that a caller put together.
        let lost = *born == PartialDate::Unknown && !born_text.is_empty();
        if lost || PartialDate::parse(&born.to_string()) != Ok(*born) {
            let format = Deviation::new(DeviationCode::SchemaFormat, "dob");
            return Err(RecordError::Schema(format));
        }
        wire::check(self)?;
        if self.payload == PayloadKind::EuDcc {
            self.entries.iter().try_for_each(Entry::check)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

pub(crate) fn refuse_departures(dcc: &Value) -> Result<(), RecordError> {
    let mut found = Vec::new();
    schema::check(item::Item::read(&item::encoded(dcc)), &mut found);
    // A whole number as 1.0 is one in JSON, and is written as an integer.
    found.retain(|d| d.kind() != DeviationCode::SchemaFloat);
    found
        .into_iter()
        .next()
        .map_or(Ok(()), |first| Err(RecordError::Schema(first)))
}

fn complete_names(names: &mut Vec<(Value, Value)>) -> Result<(), RecordError> {
    for (name, standard, at) in [("fn", "fnt", "nam.fn"), ("gn", "gnt", "nam.gn")] {
        let find = |wanted: &str| {
            names
                .iter()
                .find(|(key, _)| key.as_text() == Some(wanted))
                .map(|(_, value)| value)
        };
        if find(standard).is_none()
            && let Some(Value::Text(text)) = find(name)
            // As good as none, as everywhere.
            && !text.is_empty()
        {
            let made =
                translit::transliterate(text).map_err(|source| RecordError::Name { at, source })?;
            names.push((Value::from(standard), Value::from(made)));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn born(dob: &str) -> Result<String, RecordError> {
        let json = format!(
            r#"{{"nam": {{"fn": "Musterfrau"}}, "dob": "{dob}", "r": [{{"tg": "840539006",
                "fr": "2021-04-21", "df": "2021-05-01", "du": "2021-10-21", "co": "XX",
                "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}}]}}"#
        );
        let record = Record::from_json(&json)?;
        let written = item::encoded(&eu_dcc::write(&record));
        assert!(eu_dcc::read_item(item::Item::read(&written)).unwrap() == record);
        Ok(record.holder().born_text().to_owned())
    }

    #[test]
    fn a_date_of_birth_in_json_is_kept_or_refused() {
        for dob in ["", "1963", "1963-02", "1963-02-28"] {
            assert_eq!(born(dob).as_deref(), Ok(dob));
        }
        assert_eq!(born("1963-00").unwrap_err().code(), "schema-format");
        assert_eq!(born("1963-02-00").unwrap_err().code(), "schema-format");
        assert_eq!(born("1963-13").unwrap_err().code(), "schema-format");
        assert_eq!(born("1963-02-29").unwrap_err().code(), "schema-format");
    }

    #[test]
    fn a_member_that_would_be_lost_is_named_if_its_name_is_one() {
        for (name, shown) in [
            ("nickname", "nam.nickname"),
            ("Erika Musterfrau", "nam.?"),
            ("\\u001b[2J", "nam.?"),
            ("Musterfrau_Musterfrau_", "nam.?"),
        ] {
            let json = format!(r#"{{"nam": {{"fnt": "X", "{name}": "y"}}, "dob": "", "r": []}}"#);
            let at = shown.to_owned();
            assert!(Record::from_json(&json) == Err(RecordError::UnknownMember { at }));
        }
    }

    #[test]
    fn an_empty_name_in_json_is_as_good_as_none() {
        let json = r#"{"nam": {"fn": "Musterfrau", "gn": ""}, "dob": "", "r": [{"tg": "840539006",
            "fr": "2021-04-21", "df": "2021-05-01", "du": "2021-10-21", "co": "XX",
            "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}]}"#;
        let record = Record::from_json(json).unwrap();
        let holder = Holder::new("Musterfrau", "", PartialDate::Unknown).unwrap();
        assert!(*record.holder() == holder);
    }

    #[test]
    fn a_date_of_birth_that_is_none_is_not_issued() {
        let recovery = |born| {
            let holder = Holder::with_standard_names(("", "X"), ("", ""), born);
            let date = |text| crate::Date::parse(text).unwrap();
            let built = Recovery::builder()
                .first_positive(date("2021-04-21"))
                .valid(date("2021-05-01"), date("2021-10-21"))
                .country("XX")
                .issuer("Ministry of Health")
                .id(&Uvci::from_opaque("XX", "0").unwrap())
                .build()
                .unwrap();
            Record::new(holder, built)
        };
        let month = |month| PartialDate::Month { year: 1963, month };
        assert!(recovery(month(12)).is_ok());
        for born in [month(13), month(0), PartialDate::Year(19_630)] {
            assert_eq!(recovery(born).unwrap_err().code(), "schema-format");
        }
        // As a certificate may have it, which is then issued anew.
        let mut read = recovery(PartialDate::Unknown).unwrap();
        read.holder.born_text = "1963-13".into();
        assert_eq!(read.check().unwrap_err().code(), "schema-format");
    }
}
