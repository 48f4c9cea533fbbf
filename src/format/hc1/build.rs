//! Records that are built: one is correct if what it is written as reads back
//! without a departure.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use ciborium::Value;

use super::{eu_dcc, payload as wire, payload::refuse_departures, schema, yellow_card as card};
use crate::codec::item;
use crate::deviation::{Deviation, DeviationCode};
use crate::record::error::RecordError;
use crate::record::unreadable::ContentError;
use crate::record::{
    Entry, HealthLink, Holder, Medication, PayloadKind, ProductCatalogue, Record, Recovery,
    RecoveryBuilder, Test, TestBuilder, Vaccination, VaccinationBuilder, YellowCard,
    YellowCardBuilder, translit,
};
use crate::{Date, PartialDate};

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
    /// assert_eq!(record.entries()[0].disease(), Some("840539006"));
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

    /// The same with a custom catalogue for the yellow card.
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

macro_rules! builds {
    ($($builder:ident makes $entry:ident;)*) => {$(
        impl $builder {
            #[doc = concat!("The finished [`", stringify!($entry), "`].")]
            ///
            /// # Errors
            /// A required member is missing, or one departs from the schema.
            pub fn build(self) -> Result<$entry, RecordError> {
                Entry::from(self.0.clone()).check_alone()?;
                Ok(self.0)
            }
        }
    )*};
}

builds! {
    VaccinationBuilder makes Vaccination;
    TestBuilder makes Test;
    RecoveryBuilder makes Recovery;
}

macro_rules! builds_ddcc {
    ($($builder:ident makes $entry:ident;)*) => {$(
        impl $builder {
            #[doc = concat!("The finished [`", stringify!($entry), "`] for a DDCC.")]
            ///
            /// # Errors
            /// A member that the core data set requires is missing, or one
            /// departs from it.
            pub fn build_ddcc(self) -> Result<$entry, RecordError> {
                let holder = Holder::with_full_name("X", PartialDate::Unknown);
                Record::ddcc(holder, Entry::from(self.0.clone()))?;
                Ok(self.0)
            }
        }
    )*};
}

builds_ddcc! {
    VaccinationBuilder makes Vaccination;
    TestBuilder makes Test;
}

impl YellowCardBuilder {
    /// The finished card, its product out of the built-in catalogue.
    ///
    /// # Errors
    /// A required member is missing, or the product is not in the catalogue.
    pub fn build(self) -> Result<YellowCard, RecordError> {
        self.build_with(&ProductCatalogue::builtin())
    }

    /// The same with a custom catalogue.
    pub fn build_with(mut self, products: &ProductCatalogue) -> Result<YellowCard, RecordError> {
        self.0.resolve(products);
        Entry::from(self.0.clone()).check_alone()?;
        Ok(self.0)
    }
}

impl Entry {
    fn check_alone(self) -> Result<(), RecordError> {
        let holder = match self.payload() {
            PayloadKind::YellowCard => {
                let born = Date::new(2000, 1, 1).map(PartialDate::Day);
                Holder::with_full_name("X", born.unwrap_or_default())
                    .with_sex("unknown")
                    .with_nationality("XXX")
            }
            _ => Holder::with_standard_names(("", "X"), ("", ""), PartialDate::Unknown),
        };
        Record::new(holder, self).map(drop)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::record::Uvci;
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::String;

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
