//! The medication overview (smart-trust 1.7.0; smart-ph4h,
//! `MedicationTreatmentLineMin`).

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use super::RecordError;
use crate::PartialDate;
use crate::deviation::{Deviation, DeviationCode};

/// A medicine that the holder takes: a treatment line of the overview. Codes
/// stand without their code system; the published examples use ATC.
///
/// ```
/// use hcert::{PartialDate, record::{Holder, Medication, Record}};
/// let line = Medication::builder("L02BG03")
///     .effective_from(PartialDate::parse("2015-03-01")?)
///     .dosage("1 tablet once daily")
///     .build()?;
/// let holder = Holder::with_full_name("Gabriele Musterfrau", PartialDate::parse("1972-05-01")?)
///     .with_sex("female");
/// let record = Record::medication(holder, vec![line])?;
/// assert_eq!(record.entries().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct Medication {
    pub(crate) medicine: String,
    pub(crate) effective_from: Option<PartialDate>,
    pub(crate) effective_until: Option<PartialDate>,
    pub(crate) asserted_on: Option<PartialDate>,
    pub(crate) dosage: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) adherence: Option<String>,
}

impl Medication {
    /// Begins the line of a medicine, given by the code of its active
    /// ingredient.
    pub fn builder(code: &str) -> MedicationBuilder {
        MedicationBuilder(Self {
            medicine: code.into(),
            ..Self::default()
        })
    }

    /// The code of the active ingredient (`m`); empty where it could not be read.
    pub fn medicine(&self) -> &str {
        &self.medicine
    }

    /// When the treatment began (`es`, effective start).
    pub fn effective_from(&self) -> Option<PartialDate> {
        self.effective_from
    }

    /// When it ended or will end (`ee`, effective end). It is about the
    /// treatment; the verifier does not judge it.
    pub fn effective_until(&self) -> Option<PartialDate> {
        self.effective_until
    }

    /// When it was recorded (`da`, date asserted).
    pub fn asserted_on(&self) -> Option<PartialDate> {
        self.asserted_on
    }

    /// How to take it, in words (`d`, dosage).
    pub fn dosage(&self) -> Option<&str> {
        self.dosage.as_deref()
    }

    /// What it is for, in words (`r`, reason).
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether it is taken (`a`, adherence), a code such as `active` or
    /// `stopped` (FHIR R4 `medication-statement-status`).
    pub fn adherence(&self) -> Option<&str> {
        self.adherence.as_deref()
    }

    pub(crate) fn check(&self, at: &str) -> Result<(), RecordError> {
        let first = self.effective_from.and_then(PartialDate::range);
        let last = self.effective_until.and_then(PartialDate::range);
        match (first, last) {
            (Some((first, _)), Some((_, last))) if last < first => {
                Err(RecordError::Period { at: at.into() })
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Medication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Medication(redacted)")
    }
}

/// Builds a [`Medication`].
#[derive(Debug, Clone)]
#[must_use]
pub struct MedicationBuilder(Medication);

impl MedicationBuilder {
    /// When the treatment began.
    pub fn effective_from(mut self, date: PartialDate) -> Self {
        self.0.effective_from = known(date);
        self
    }

    /// When it ended or will end.
    pub fn effective_until(mut self, date: PartialDate) -> Self {
        self.0.effective_until = known(date);
        self
    }

    /// When it was recorded.
    pub fn asserted_on(mut self, date: PartialDate) -> Self {
        self.0.asserted_on = known(date);
        self
    }

    /// How to take it, in words.
    pub fn dosage(mut self, words: &str) -> Self {
        self.0.dosage = stated(words);
        self
    }

    /// What it is for, in words.
    pub fn reason(mut self, words: &str) -> Self {
        self.0.reason = stated(words);
        self
    }

    /// Whether it is taken, as a code.
    pub fn adherence(mut self, code: &str) -> Self {
        self.0.adherence = stated(code);
        self
    }

    /// The finished line.
    ///
    /// # Errors
    /// It has no code, or ends before it begins.
    pub fn build(self) -> Result<Medication, RecordError> {
        if self.0.medicine.is_empty() {
            let missing = Deviation::new(DeviationCode::SchemaMissing, "m[0].m");
            return Err(RecordError::Schema(missing));
        }
        self.0.check("m[0]")?;
        Ok(self.0)
    }
}

fn known(date: PartialDate) -> Option<PartialDate> {
    Some(date).filter(|date| *date != PartialDate::Unknown)
}

fn stated(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
