use alloc::format;
use alloc::string::String;
use core::fmt;

use super::details::{Extra, TestDetails, VaccinationDetails};
use super::is_country_or_organisation;
use super::usage::Usage;
use super::{
    Coding, HealthLink, Medication, PayloadKind, RecordError, TestKind, TestKinds, Text, Uvci,
    YellowCard,
};
use crate::{Date, Timestamp};

/// One thing that happened, or that a certificate points to.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Entry {
    /// A dose of a vaccine.
    Vaccination(Vaccination),
    /// A test and its result.
    Test(Test),
    /// Recovery from an infection.
    Recovery(Recovery),
    /// A vaccination or prophylaxis of the yellow card.
    YellowCard(YellowCard),
    /// A medicine that the holder takes.
    Medication(Medication),
    /// A link to a record elsewhere.
    HealthLink(HealthLink),
}

impl Entry {
    /// What a document signer must be allowed to sign for this entry. A
    /// yellow card is a vaccination; the kinds without a usage of their own
    /// are [`Other`](Usage::Other).
    pub fn usage(&self) -> Usage {
        match self {
            Self::Vaccination(_) | Self::YellowCard(_) => Usage::Vaccination,
            Self::Test(_) => Usage::Test,
            Self::Recovery(_) => Usage::Recovery,
            Self::Medication(_) | Self::HealthLink(_) => Usage::Other,
        }
    }

    /// Country code of where it happened (`co`), as it is written; `None` where
    /// the record has none, as with all texts.
    pub fn country(&self) -> Option<&str> {
        text(match self {
            Self::Vaccination(entry) => entry.country(),
            Self::Test(entry) => entry.country(),
            Self::Recovery(entry) => &entry.country,
            _ => return None,
        })
    }

    /// The body that issued the certificate (`is`).
    pub fn issuer(&self) -> Option<&str> {
        text(match self {
            Self::Vaccination(entry) => &entry.issuer,
            Self::Test(entry) => &entry.issuer,
            Self::Recovery(entry) => &entry.issuer,
            _ => return None,
        })
    }

    /// The unique certificate identifier (`ci`), as it is written.
    pub fn id(&self) -> Option<&str> {
        text(match self {
            Self::Vaccination(entry) => &entry.id,
            Self::Test(entry) => &entry.id,
            Self::Recovery(entry) => &entry.id,
            _ => return None,
        })
    }

    /// The code of the disease or agent (`tg`).
    pub fn disease(&self) -> Option<&str> {
        text(match self {
            Self::Vaccination(entry) => entry.disease(),
            Self::Test(entry) => entry.disease(),
            Self::Recovery(entry) => &entry.disease,
            Self::YellowCard(entry) => entry.disease.as_deref()?,
            _ => return None,
        })
    }

    /// The payload in which [`Record::new`](super::Record::new) puts it.
    pub(crate) const fn payload(&self) -> PayloadKind {
        match self {
            Self::Vaccination(_) | Self::Test(_) | Self::Recovery(_) => PayloadKind::EuDcc,
            Self::YellowCard(_) => PayloadKind::YellowCard,
            Self::Medication(_) => PayloadKind::Medication,
            Self::HealthLink(_) => PayloadKind::HealthLink,
        }
    }

    /// The first and the last instant at which it holds, where it states them
    /// for the verifier to judge. Whether a recovery of the EU DCC is still
    /// accepted is a question of rules.
    pub(super) fn period(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::Vaccination(entry) => entry.certificate().period(),
            Self::Test(entry) => entry.certificate().period(),
            Self::YellowCard(entry) => (
                entry.valid_from.map(Date::midnight),
                entry.valid_until.map(Date::last_second),
            ),
            Self::HealthLink(link) => (None, link.expires_at()),
            _ => (None, None),
        }
    }

    /// Whether it can't be held against the time, although it has to be.
    pub(super) fn is_undated(&self) -> bool {
        match self {
            // Without its disease and its day a yellow card has no first day.
            Self::YellowCard(entry) => entry.valid_from.is_none(),
            _ => false,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Vaccination(_) => "Vaccination",
            Self::Test(_) => "Test",
            Self::Recovery(_) => "Recovery",
            Self::YellowCard(_) => "YellowCard",
            Self::Medication(_) => "Medication",
            Self::HealthLink(_) => "HealthLink",
        }
    }

    /// What the DCC schema does not say and an issuer must still get right.
    pub(crate) fn check(&self) -> Result<(), RecordError> {
        let group = match self {
            Self::Vaccination(_) => "v[0]",
            Self::Test(_) => "t[0]",
            Self::Recovery(_) => "r[0]",
            _ => return Ok(()),
        };
        let country = self.country().unwrap_or_default();
        if !is_country_or_organisation(country) {
            return Err(RecordError::Country {
                at: format!("{group}.co"),
            });
        }
        let lost = match self {
            Self::Vaccination(entry) => entry.is_beyond_dcc(),
            Self::Test(entry) => entry.is_beyond_dcc(),
            _ => false,
        };
        if lost {
            return Err(RecordError::Lost(PayloadKind::EuDcc));
        }
        match self {
            Self::Recovery(Recovery {
                valid_from: Some(from),
                valid_until: Some(until),
                ..
            }) if until < from => Err(RecordError::Period { at: group.into() }),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(redacted)", self.name())
    }
}

/// Gives an entry its `Debug`, its conversion, and a builder with the
/// setters that all kinds share.
macro_rules! entry {
    ($entry:ident, $builder:ident, $code:ty) => {
        impl fmt::Debug for $entry {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($entry), "(redacted)"))
            }
        }

        impl From<$entry> for Entry {
            fn from(entry: $entry) -> Self {
                Self::$entry(entry)
            }
        }

        #[doc = concat!("Builds a [`", stringify!($entry), "`]; members without a default have to be set.")]
        #[derive(Debug, Clone)]
        #[must_use]
        pub struct $builder(pub(crate) $entry);

        impl $entry {
            /// Begins an entry, about COVID-19 unless another disease is set.
            pub fn builder() -> $builder {
                let mut entry = Self::default();
                entry.disease = Coding::COVID_19.into();
                $builder(entry)
            }

            /// The code of the disease or agent (`tg`).
            pub fn disease(&self) -> &str {
                self.disease.as_ref()
            }

            /// Country code of where it happened (`co`).
            pub fn country(&self) -> &str {
                self.country.as_ref()
            }

            /// The body that issued the certificate (`is`).
            pub fn issuer(&self) -> &str {
                &self.issuer
            }

            /// The unique certificate identifier (`ci`), as it is written.
            pub fn id(&self) -> &str {
                &self.id
            }
        }

        impl $builder {
            /// The SNOMED CT code of the disease or agent.
            pub fn disease(mut self, code: $code) -> Self {
                self.0.disease = code.into();
                self
            }

            /// Where it happened, ISO 3166-1 alpha-2; of an international
            /// organisation its name, such as `UNHCR`.
            pub fn country(mut self, code: $code) -> Self {
                self.0.country = code.into();
                self
            }

            /// The body that issues the certificate, at most 80 characters.
            pub fn issuer(mut self, name: &str) -> Self {
                self.0.issuer = name.into();
                self
            }

            /// The unique certificate identifier.
            pub fn id(mut self, id: &Uvci) -> Self {
                self.0.id = id.as_str().into();
                self
            }
        }
    };
}

macro_rules! other_entries {
    ($($entry:ident),*) => {$(
        impl From<$entry> for Entry {
            fn from(entry: $entry) -> Self {
                Self::$entry(entry)
            }
        }
    )*};
}

other_entries!(YellowCard, Medication, HealthLink);

/// A dose of a vaccine (dcc-schema, `vaccination_entry`).
#[derive(Clone, PartialEq, Default)]
pub struct Vaccination {
    pub(crate) disease: Coding,
    pub(crate) vaccine: Coding,
    pub(crate) product: Coding,
    pub(crate) manufacturer: Coding,
    pub(crate) dose_number: Option<u32>,
    pub(crate) dose_total: Option<u32>,
    pub(crate) date: Option<Date>,
    pub(crate) country: Coding,
    pub(crate) issuer: String,
    pub(crate) id: String,
    pub(crate) details: Extra<VaccinationDetails>,
}

entry!(Vaccination, VaccinationBuilder, impl Into<Coding>);

impl Vaccination {
    /// The code of the vaccine or prophylaxis (`vp`).
    pub fn vaccine(&self) -> &str {
        self.vaccine.code()
    }

    /// The code of the medicinal product (`mp`).
    pub fn product(&self) -> &str {
        self.product.code()
    }

    /// The code of the marketing authorisation holder or manufacturer (`ma`).
    pub fn manufacturer(&self) -> &str {
        match self.manufacturer.code() {
            "" => self.authorisation_holder().code(),
            code => code,
        }
    }

    /// Which dose it is (`dn`), if it is a whole number.
    pub fn dose_number(&self) -> Option<u32> {
        self.dose_number
    }

    /// How many doses the series has (`sd`), if it is a whole number. Issuers
    /// write a booster above it: 2 of 1, 3 of 2, 3 of 3.
    pub fn dose_total(&self) -> Option<u32> {
        self.dose_total
    }

    /// The day (`dt`), if it could be read.
    pub fn date(&self) -> Option<Date> {
        self.date
    }
}

impl VaccinationBuilder {
    /// The code of the vaccine or prophylaxis, such as `1119349007`.
    pub fn vaccine(mut self, code: impl Into<Coding>) -> Self {
        self.0.vaccine = code.into();
        self
    }

    /// The code of the medicinal product, such as `EU/1/20/1528`.
    pub fn product(mut self, code: impl Into<Coding>) -> Self {
        self.0.product = code.into();
        self
    }

    /// The code of the marketing authorisation holder, such as `ORG-100030215`.
    pub fn manufacturer(mut self, code: impl Into<Coding>) -> Self {
        self.0.manufacturer = code.into();
        self
    }

    /// The dose's number and the number of doses of the series.
    pub fn dose(mut self, number: u32, total: u32) -> Self {
        (self.0.dose_number, self.0.dose_total) = (Some(number), Some(total));
        self
    }

    /// The day of the vaccination.
    pub fn date(mut self, date: Date) -> Self {
        self.0.date = Some(date);
        self
    }
}

/// A text that is there.
fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The result of a test. A code that is none of the three is never taken for
/// negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestResult<'a> {
    /// Not detected.
    Negative,
    /// Detected.
    Positive,
    /// Neither of the two could be said.
    Inconclusive,
    /// An antibody test found antibodies: no word about an infection now.
    AntibodiesDetected,
    /// An antibody test found none: no negative test for the virus.
    AntibodiesNotDetected,
    /// A test of an unknown kind found what it looks for: no positive test for
    /// the virus.
    Detected,
    /// A test of an unknown kind did not find what it looks for: no negative
    /// test for the virus.
    NotDetected,
    /// Any other code.
    Other(&'a str),
}

impl<'a> TestResult<'a> {
    /// The SNOMED CT code.
    pub fn code(self) -> &'a str {
        match self {
            Self::Negative | Self::AntibodiesNotDetected | Self::NotDetected => {
                Coding::NOT_DETECTED
            }
            Self::Positive | Self::AntibodiesDetected | Self::Detected => Coding::DETECTED,
            Self::Inconclusive => Coding::INCONCLUSIVE,
            Self::Other(code) => code,
        }
    }
}

/// A test and its result (dcc-schema, `test_entry`).
#[derive(Clone, PartialEq, Default)]
pub struct Test {
    pub(crate) disease: Coding,
    pub(crate) kind: Coding,
    pub(crate) name: Option<Text>,
    pub(crate) device: Option<Text>,
    pub(crate) sampled_at: Option<Timestamp>,
    pub(crate) resulted_at: Option<Timestamp>,
    pub(crate) result: Coding,
    pub(crate) centre: Option<Coding>,
    pub(crate) country: Coding,
    pub(crate) issuer: String,
    pub(crate) id: String,
    pub(crate) details: Extra<TestDetails>,
}

entry!(Test, TestBuilder, impl Into<Coding>);

impl Test {
    /// The kind of the test (`tt`), by the
    /// [built-in table](TestKinds::builtin).
    pub fn kind(&self) -> TestKind<'_> {
        self.kind_by(TestKinds::compiled_in())
    }

    /// The same by another table.
    pub fn kind_by(&self, kinds: &TestKinds) -> TestKind<'_> {
        kinds.kind_of(&self.kind)
    }

    /// The code of the kind (`tt`), as it is written.
    pub fn kind_code(&self) -> &str {
        self.kind.code()
    }

    /// The name of the test (`nm`), for NAAT.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The device identifier of the test (`ma`), for rapid antigen tests.
    pub fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    /// When the sample was taken (`sc`), if it could be read.
    pub fn sampled_at(&self) -> Option<Timestamp> {
        self.sampled_at
    }

    /// When the result was there (`dr`, schemas before 1.2.0).
    pub fn resulted_at(&self) -> Option<Timestamp> {
        self.resulted_at
    }

    /// The result (`tr`). What the codes mean follows from the kind of the
    /// test: antibodies of an antibody test, and of a kind that is not known
    /// neither the virus nor antibodies.
    pub fn result(&self) -> TestResult<'_> {
        self.result_by(TestKinds::compiled_in())
    }

    /// The same with the kinds of another table.
    pub fn result_by(&self, kinds: &TestKinds) -> TestResult<'_> {
        if !self.result.is_of(Coding::SNOMED_CT) {
            return TestResult::Other(self.result.code());
        }
        let of = |virus, antibodies, unknown| match self.kind_by(kinds) {
            TestKind::Naat | TestKind::RapidAntigen | TestKind::Antigen => virus,
            TestKind::Antibody(_) => antibodies,
            TestKind::Other(_) => unknown,
        };
        use TestResult::{
            AntibodiesDetected, AntibodiesNotDetected, Detected, Negative, NotDetected, Positive,
        };
        match self.result.code() {
            Coding::NOT_DETECTED => of(Negative, AntibodiesNotDetected, NotDetected),
            Coding::DETECTED => of(Positive, AntibodiesDetected, Detected),
            Coding::INCONCLUSIVE => TestResult::Inconclusive,
            other => TestResult::Other(other),
        }
    }

    /// The centre where the test was made (`tc`); in words, where the record
    /// has a code and words.
    pub fn centre(&self) -> Option<&str> {
        let centre = self.centre.as_ref()?;
        Some(centre.display().unwrap_or(centre.code()))
    }
}

/// An empty text says nothing.
fn stated(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| text.into())
}

impl TestBuilder {
    /// The kind of the test.
    pub fn kind(mut self, kind: TestKind<'_>) -> Self {
        self.0.kind = kind.code().into();
        self
    }

    /// The name of the test; for NAAT.
    pub fn name(mut self, name: &str) -> Self {
        self.0.name = stated(name);
        self
    }

    /// The device identifier in the list of the Health Security Committee;
    /// for rapid antigen tests.
    pub fn device(mut self, code: &str) -> Self {
        self.0.device = stated(code);
        self
    }

    /// When the sample was taken.
    pub fn sampled_at(mut self, time: Timestamp) -> Self {
        self.0.sampled_at = Some(time);
        TestDetails::forget_day(&mut self.0.details);
        self
    }

    /// The result. What it means follows from the kind of the test.
    pub fn result(mut self, result: TestResult<'_>) -> Self {
        self.0.result = result.code().into();
        self
    }

    /// The centre where the test was made, at most 80 characters.
    pub fn centre(mut self, name: impl Into<Coding>) -> Self {
        self.0.centre = Some(name.into()).filter(|centre| !centre.is_empty());
        self
    }
}

/// Recovery from an infection (dcc-schema, `recovery_entry`).
#[derive(Clone, PartialEq, Default)]
pub struct Recovery {
    pub(crate) disease: Text,
    pub(crate) first_positive: Option<Date>,
    pub(crate) country: Text,
    pub(crate) issuer: String,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_until: Option<Date>,
    pub(crate) id: String,
}

entry!(Recovery, RecoveryBuilder, &str);

impl Recovery {
    /// The day of the first positive test (`fr`), if it could be read.
    pub fn first_positive(&self) -> Option<Date> {
        self.first_positive
    }

    /// The first day of validity (`df`), if it could be read.
    pub fn valid_from(&self) -> Option<Date> {
        self.valid_from
    }

    /// The last day of validity (`du`), if it could be read.
    pub fn valid_until(&self) -> Option<Date> {
        self.valid_until
    }
}

impl RecoveryBuilder {
    /// The day of the first positive test.
    pub fn first_positive(mut self, date: Date) -> Self {
        self.0.first_positive = Some(date);
        self
    }

    /// The first and the last day of validity.
    pub fn valid(mut self, from: Date, until: Date) -> Self {
        (self.0.valid_from, self.0.valid_until) = (Some(from), Some(until));
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_is_none_in_a_test() {
        let entry = Test::builder()
            .kind(TestKind::Naat)
            .name("")
            .device("")
            .centre("")
            .sampled_at(Timestamp::from_seconds(1_622_369_542))
            .result(TestResult::Negative)
            .country("XX")
            .issuer("Ministry of Health")
            .id(&super::super::Uvci::from_opaque("XX", "1").unwrap())
            .build()
            .unwrap();
        assert_eq!(
            (entry.name(), entry.device(), entry.centre()),
            (None, None, None)
        );
    }
}
