//! What the WHO's DDCC states beyond the EU's certificate
//! (WorldHealthOrganization/ddcc, `DDCCCoreDataSet`).

use super::details::{CertificateDetails, Extra, TestDetails};
use super::entry::{Test, TestBuilder, Vaccination, VaccinationBuilder};
use super::{Coding, When};
use crate::{Date, Timestamp};
use alloc::borrow::ToOwned;
use alloc::string::String;

static NO_CODING: Coding = Coding::EMPTY;
static NO_CERTIFICATE: CertificateDetails = CertificateDetails::EMPTY;

impl Vaccination {
    /// The disease or agent with its code system.
    pub fn disease_coding(&self) -> &Coding {
        &self.disease
    }

    /// The vaccine or prophylaxis with its code system.
    pub fn vaccine_coding(&self) -> &Coding {
        &self.vaccine
    }

    /// The product (DDCC: `brand`) with its code system.
    pub fn product_coding(&self) -> &Coding {
        &self.product
    }

    /// The manufacturer with its code system; in a DDCC not the marketing
    /// authorisation holder.
    pub fn manufacturer_coding(&self) -> &Coding {
        &self.manufacturer
    }

    /// The marketing authorisation holder (DDCC: `maholder`); empty in a DCC.
    pub fn authorisation_holder(&self) -> &Coding {
        let details = self.details.get();
        details.map_or(&NO_CODING, |details| &details.authorisation_holder)
    }

    /// The country with its code system.
    pub fn country_coding(&self) -> &Coding {
        &self.country
    }

    /// Batch or lot number (DDCC: `lot`).
    pub fn batch(&self) -> Option<&str> {
        self.details.get()?.batch.as_deref()
    }

    /// The administering centre (DDCC: `centre`).
    pub fn centre(&self) -> Option<&str> {
        self.details.get()?.centre.as_deref()
    }

    /// The identifier of the health worker (DDCC: `practitioner`).
    pub fn practitioner(&self) -> Option<&str> {
        self.details.get()?.practitioner.as_deref()
    }

    /// From when on the vaccination counts (DDCC: `validFrom`). The verifier
    /// does not judge it: what a vaccination is good for is a matter of rules.
    pub fn valid_from(&self) -> Option<Date> {
        self.details.get()?.valid_from
    }

    /// When the next dose is due (DDCC: `nextDose`).
    pub fn next_dose(&self) -> Option<Date> {
        self.details.get()?.next_dose
    }

    /// What a DDCC states about the certificate; empty in a DCC.
    pub fn certificate(&self) -> &CertificateDetails {
        let details = self.details.get();
        details.map_or(&NO_CERTIFICATE, |details| &details.certificate)
    }

    /// Whether an EU DCC would lose a part of it.
    pub(super) fn is_beyond_dcc(&self) -> bool {
        let codings = [
            &self.disease,
            &self.vaccine,
            &self.product,
            &self.manufacturer,
            &self.country,
        ];
        self.details != Extra::default() || !codings.into_iter().all(Coding::is_bare)
    }
}

impl Test {
    /// The disease or agent (DDCC: `pathogen`) with its code system.
    pub fn disease_coding(&self) -> &Coding {
        &self.disease
    }

    /// The kind of the test with its code system.
    pub fn kind_coding(&self) -> &Coding {
        &self.kind
    }

    /// The result with its code system.
    pub fn result_coding(&self) -> &Coding {
        &self.result
    }

    /// The centre with its code system (DDCC).
    pub fn centre_coding(&self) -> Option<&Coding> {
        self.centre.as_ref()
    }

    /// The country with its code system.
    pub fn country_coding(&self) -> &Coding {
        &self.country
    }

    /// The brand of the test (DDCC: `brand`); empty in a DCC.
    pub fn brand(&self) -> &Coding {
        let details = self.details.get();
        details.map_or(&NO_CODING, |details| &details.brand)
    }

    /// The manufacturer of the test (DDCC: `manufacturer`); empty in a DCC.
    pub fn manufacturer(&self) -> &Coding {
        let details = self.details.get();
        details.map_or(&NO_CODING, |details| &details.manufacturer)
    }

    /// Where the sample was taken from (DDCC: `origin`); empty in a DCC.
    pub fn origin(&self) -> &Coding {
        let details = self.details.get();
        details.map_or(&NO_CODING, |details| &details.origin)
    }

    /// The day of sampling, in UTC where the time is known. A DDCC may state
    /// the day alone; then there is no [`sampled_at`](Self::sampled_at).
    pub fn sampled_on(&self) -> Option<Date> {
        let known = self.sampled_at.and_then(Timestamp::date);
        known.or_else(|| self.details.get()?.sampled_on)
    }

    /// What a DDCC states about the certificate; empty in a DCC.
    pub fn certificate(&self) -> &CertificateDetails {
        let details = self.details.get();
        details.map_or(&NO_CERTIFICATE, |details| &details.certificate)
    }

    /// Whether an EU DCC would lose a part of it.
    pub(super) fn is_beyond_dcc(&self) -> bool {
        let codings = [&self.disease, &self.kind, &self.result, &self.country];
        self.details != Extra::default()
            || !codings.into_iter().chain(&self.centre).all(Coding::is_bare)
    }
}

impl VaccinationBuilder {
    /// The marketing authorisation holder, where it is not the manufacturer;
    /// for a DDCC.
    pub fn authorisation_holder(mut self, code: impl Into<Coding>) -> Self {
        self.0.details.edit().authorisation_holder = code.into();
        self
    }

    /// Batch or lot number; for a DDCC.
    pub fn batch(mut self, number: &str) -> Self {
        self.0.details.edit().batch = stated(number);
        self
    }

    /// The administering centre; for a DDCC.
    pub fn centre(mut self, name: &str) -> Self {
        self.0.details.edit().centre = stated(name);
        self
    }

    /// The identifier of the health worker; for a DDCC.
    pub fn practitioner(mut self, id: &str) -> Self {
        self.0.details.edit().practitioner = stated(id);
        self
    }

    /// Which dose it is, where the number of doses is not known; for a DDCC.
    pub fn dose_number(mut self, number: u32) -> Self {
        (self.0.dose_number, self.0.dose_total) = (Some(number), None);
        self
    }

    /// From when on the vaccination counts; for a DDCC.
    pub fn valid_from(mut self, date: Date) -> Self {
        self.0.details.edit().valid_from = Some(date);
        self
    }

    /// When the next dose is due; for a DDCC.
    pub fn next_dose(mut self, date: Date) -> Self {
        self.0.details.edit().next_dose = Some(date);
        self
    }
}

impl TestBuilder {
    /// The kind of the test by a code of any system; for a DDCC.
    pub fn kind_coding(mut self, code: impl Into<Coding>) -> Self {
        self.0.kind = code.into();
        self
    }

    /// The result by a code of any system; for a DDCC.
    pub fn result_coding(mut self, code: impl Into<Coding>) -> Self {
        self.0.result = code.into();
        self
    }

    /// The brand of the test; for a DDCC.
    pub fn brand(mut self, code: impl Into<Coding>) -> Self {
        self.0.details.edit().brand = code.into();
        self
    }

    /// The manufacturer of the test; for a DDCC.
    pub fn manufacturer(mut self, code: impl Into<Coding>) -> Self {
        self.0.details.edit().manufacturer = code.into();
        self
    }

    /// Where the sample was taken from; for a DDCC.
    pub fn origin(mut self, code: impl Into<Coding>) -> Self {
        self.0.details.edit().origin = code.into();
        self
    }

    /// The day on which the sample was taken, where the time is not known;
    /// for a DDCC.
    pub fn sampled_on(mut self, date: Date) -> Self {
        self.0.sampled_at = None;
        self.0.details.edit().sampled_on = Some(date);
        self
    }
}

macro_rules! ddcc_builder {
    ($($builder:ident makes $entry:ident;)*) => {$(
        impl $builder {
            /// The health certificate identifier (HCID), of any form; for a DDCC.
            pub fn hcid(mut self, id: &str) -> Self {
                self.0.id = id.into();
                self
            }

            /// The identifier of the DDCC (`ddccid`).
            pub fn ddcc_id(mut self, id: &str) -> Self {
                self.0.details.edit().certificate.ddcc_id = stated(id);
                self
            }

            /// From when until when the certificate holds; for a DDCC.
            pub fn certificate_period(
                mut self,
                from: impl Into<Option<When>>,
                until: impl Into<Option<When>>,
            ) -> Self {
                let certificate = &mut self.0.details.edit().certificate;
                certificate.valid_from = from.into();
                certificate.valid_until = until.into();
                self
            }
        }
    )*};
}

ddcc_builder! {
    VaccinationBuilder makes Vaccination;
    TestBuilder makes Test;
}

impl TestDetails {
    /// A time of sampling is known, so no day stands in its place.
    pub(super) fn forget_day(details: &mut Extra<Self>) {
        if details.get().is_some() {
            details.edit().sampled_on = None;
        }
    }
}

/// An empty text says nothing.
fn stated(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
