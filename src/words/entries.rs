//! The kinds of entries.

use super::{Text, Words};
use crate::record::{
    AntibodyClass, CertificateDetails, HealthLink, HealthLinkKind, Medication, PayloadKind,
    ProductCatalogue, Recovery, Test, TestKind, TestResult, Vaccination, ValueSets, YellowCard,
};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

impl Words<'_> {
    pub(super) fn vaccination(&mut self, entry: &Vaccination) {
        let disease = self.coding_in(ValueSets::DISEASE, entry.disease_coding());
        let number = entry.dose_number().map(|n| n.to_string());
        let total = entry.dose_total().map(|n| n.to_string());
        let what = match (&number, &total) {
            (Some(number), Some(total)) => {
                self.say(Text::VaccinationDose, &[&disease, number, total])
            }
            // The number of doses is open in a DDCC.
            (Some(number), None) if self.payload != PayloadKind::EuDcc => {
                self.say(Text::VaccinationDoseOpen, &[&disease, number])
            }
            _ => self.say(Text::VaccinationDoseUnknown, &[&disease]),
        };
        self.line(Text::Vaccination, what);
        self.required(Text::GivenOn, entry.date());
        self.coded(Text::Vaccine, ValueSets::VACCINE, entry.vaccine_coding());
        self.coded(Text::Product, ValueSets::PRODUCT, entry.product_coding());
        self.coded(
            Text::Manufacturer,
            ValueSets::MANUFACTURER,
            entry.manufacturer_coding(),
        );
        let holder = entry.authorisation_holder();
        if !holder.is_empty() {
            self.line(
                Text::AuthorisationHolder,
                self.coding_in(ValueSets::MANUFACTURER, holder),
            );
        }
        self.optional(Text::Batch, entry.batch());
        self.optional(Text::Centre, entry.centre());
        self.optional(Text::Clinician, entry.practitioner());
        self.optional(Text::CountsFrom, entry.valid_from());
        self.optional(Text::NextDose, entry.next_dose());
        self.certificate(entry.certificate());
    }

    /// The period of a DDCC.
    fn certificate(&mut self, certificate: &CertificateDetails) {
        self.optional(Text::HoldsFrom, certificate.valid_from());
        self.optional(Text::HoldsUntil, certificate.valid_until());
    }

    pub(super) fn test(&mut self, entry: &Test) {
        let disease = self.coding_in(ValueSets::DISEASE, entry.disease_coding());
        let kind = entry.kind();
        let result = match entry.result() {
            TestResult::Negative => Text::Negative,
            TestResult::Positive => Text::Positive,
            TestResult::NotDetected => Text::NotDetected,
            TestResult::Detected => Text::Detected,
            TestResult::Inconclusive => Text::Inconclusive,
            TestResult::AntibodiesDetected => Text::AntibodiesDetected,
            TestResult::AntibodiesNotDetected => Text::AntibodiesNotDetected,
            TestResult::Other(_) => Text::OtherResult,
        };
        let result = self.say(
            result,
            &[&self.coding_in(ValueSets::TEST_RESULT, entry.result_coding())],
        );
        let kind = match kind {
            TestKind::Antibody(class) => {
                let what = self.say(Text::TestForAntibodies, &[&disease, &result]);
                self.line(Text::Test, what);
                self.line(Text::Meaning, self.say(Text::AntibodyMeaning, &[]));
                let class = match class {
                    AntibodyClass::IgA => "IgA".to_owned(),
                    AntibodyClass::IgG => "IgG".to_owned(),
                    AntibodyClass::IgM => "IgM".to_owned(),
                    AntibodyClass::Total => self.say(Text::AntibodyTotal, &[]),
                    AntibodyClass::Panel => self.say(Text::AntibodyPanel, &[]),
                };
                self.say(Text::KindAntibody, &[&class, entry.kind_code()])
            }
            TestKind::Other(_) => {
                let what = self.say(Text::TestOfUnknownKind, &[&disease, &result]);
                self.line(Text::Test, what);
                self.line(Text::Meaning, self.say(Text::UnknownKindMeaning, &[]));
                self.coding_in(ValueSets::TEST_TYPE, entry.kind_coding())
            }
            TestKind::Naat | TestKind::RapidAntigen | TestKind::Antigen => {
                let what = self.say(Text::TestFor, &[&disease, &result]);
                self.line(Text::Test, what);
                self.say(
                    match kind {
                        TestKind::RapidAntigen => Text::KindRapidAntigen,
                        TestKind::Antigen => Text::KindAntigen,
                        _ => Text::KindNaat,
                    },
                    &[],
                )
            }
        };
        self.line(Text::Kind, kind);
        self.optional(Text::TestName, entry.name());
        self.optional(
            Text::Device,
            entry
                .device()
                .map(|code| self.coding_in(ValueSets::TEST_DEVICE, &code.into())),
        );
        for (label, coding) in [
            (Text::Product, entry.brand()),
            (Text::Manufacturer, entry.manufacturer()),
            (Text::SampleOf, entry.origin()),
        ] {
            if !coding.is_empty() {
                self.line(label, self.coding(coding));
            }
        }
        match (entry.sampled_at(), entry.sampled_on()) {
            (None, Some(day)) => self.line(Text::SampledOn, day.to_string()),
            (time, _) => self.required(Text::SampledAt, time),
        }
        self.optional(Text::ResultAt, entry.resulted_at());
        self.optional(Text::Centre, entry.centre());
        self.certificate(entry.certificate());
    }

    pub(super) fn recovery(&mut self, entry: &Recovery) {
        let disease = self.coding_in(ValueSets::DISEASE, &entry.disease().into());
        self.line(Text::Recovery, self.say(Text::RecoveryFrom, &[&disease]));
        self.required(Text::FirstPositive, entry.first_positive());
        self.required(Text::HoldsFrom, entry.valid_from());
        self.required(Text::HoldsUntil, entry.valid_until());
    }

    pub(super) fn yellow_card(&mut self, entry: &YellowCard) {
        let what = match entry.disease() {
            Some(disease) => self.say(Text::VaccinationAgainst, &[&self.code(disease)]),
            None => self.say(Text::VaccinationOrProphylaxis, &[]),
        };
        self.line(Text::YellowCard, what);
        let products = ProductCatalogue::builtin();
        let known = products.get(entry.product());
        let name = entry
            .product_name()
            .or(known.map(|product| product.vaccine_name()));
        let product = match name {
            Some(name) => self.say(Text::NamedCode, &[name, entry.product()]),
            None => self.code(entry.product()),
        };
        self.line(Text::Product, product);
        self.optional(Text::TradeItem, entry.trade_item());
        self.optional(Text::Manufacturer, entry.manufacturer());
        self.required(Text::GivenOn, entry.date());
        self.optional(Text::Dose, entry.dose());
        self.required(Text::Batch, Some(entry.batch()));
        self.optional(Text::Clinician, entry.clinician());
        self.optional(Text::Centre, entry.centre());
        let days =
            [entry.valid_from(), entry.valid_until()].map(|day| day.map(|day| day.to_string()));
        let valid = match days.each_ref().map(Option::as_deref) {
            [Some(from), Some(until)] => self.say(Text::ValidFromUntil, &[from, until]),
            [Some(from), None] if entry.holds_for_life() => self.say(Text::ValidForLife, &[from]),
            [Some(from), None] => self.say(Text::ValidWithoutEnd, &[from]),
            [None, Some(until)] => self.say(Text::ValidUntil, &[until]),
            [None, None] => self.say(Text::Unreadable, &[]),
        };
        self.line(Text::Valid, valid);
        self.optional(Text::IssuedOn, entry.issued_on());
        let generation = entry.generation().code();
        let form = match entry.template() {
            Some(template) => self.say(Text::FormTemplate, &[generation, template]),
            None => self.say(Text::FormOf, &[generation]),
        };
        self.line(Text::Form, form);
    }

    pub(super) fn medication(&mut self, entry: &Medication) {
        self.line(Text::Medicine, self.code(entry.medicine()));
        self.optional(Text::Dosage, entry.dosage());
        self.optional(Text::Reason, entry.reason());
        self.optional(Text::Adherence, entry.adherence());
        self.optional(Text::TakenFrom, entry.effective_from());
        self.optional(Text::TakenUntil, entry.effective_until());
        self.optional(Text::AssertedOn, entry.asserted_on());
    }

    pub(super) fn health_link(&mut self, entry: &HealthLink) {
        let what = self.say(Text::HealthLinkMeaning, &[]);
        self.line(Text::HealthLink, what);
        self.optional(Text::HealthLinkLabel, entry.label());
        let kind = match entry.kind() {
            HealthLinkKind::Smart => Text::HealthLinkSmart,
            HealthLinkKind::Verifiable => Text::HealthLinkVerifiable,
        };
        self.line(Text::Kind, self.say(kind, &[]));
        self.required(Text::HeldAt, origin(entry.url()));
        self.optional(Text::Viewer, entry.viewer().and_then(origin));
        let access = match (entry.needs_passcode(), entry.kind()) {
            (true, _) => Text::AccessPasscode,
            (false, HealthLinkKind::Smart) => Text::AccessCode,
            (false, HealthLinkKind::Verifiable) => Text::AccessNetwork,
        };
        self.line(Text::Access, self.say(access, &[]));
        self.optional(Text::HoldsUntil, entry.expires_at());
    }
}

/// Scheme and host: the rest of a link's URL is as good as a password, and so
/// is what stands before an `@`.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    Some(format!("{scheme}://{host}"))
}
