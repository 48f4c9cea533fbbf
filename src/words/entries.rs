//! The kinds of entries.

use super::{Text, Words};
use crate::record::{
    AntibodyClass, HealthLink, Medication, ProductCatalogue, Recovery, Test, TestKind, TestResult,
    Vaccination, YellowCard,
};

impl Words {
    pub(super) fn vaccination(&mut self, entry: &Vaccination) {
        let disease = self.code(entry.disease());
        let what = match (entry.dose_number(), entry.dose_total()) {
            (Some(number), Some(total)) => {
                let (number, total) = (number.to_string(), total.to_string());
                self.say(Text::VaccinationDose, &[&disease, &number, &total])
            }
            _ => self.say(Text::VaccinationDoseUnknown, &[&disease]),
        };
        self.line(Text::Vaccination, what);
        self.required(Text::GivenOn, entry.date());
        self.line(Text::Vaccine, self.code(entry.vaccine()));
        self.line(Text::Product, self.code(entry.product()));
        self.line(Text::Manufacturer, self.code(entry.manufacturer()));
    }

    pub(super) fn test(&mut self, entry: &Test) {
        let disease = self.code(entry.disease());
        let kind = entry.kind();
        // Negative and positive are words about the virus, so they need a
        // kind that is known to look for it.
        let known = matches!(kind, TestKind::Naat | TestKind::RapidAntigen);
        let result = match entry.result() {
            TestResult::Negative if known => Text::Negative,
            TestResult::Positive if known => Text::Positive,
            TestResult::Negative => Text::NotDetected,
            TestResult::Positive => Text::Detected,
            TestResult::Inconclusive => Text::Inconclusive,
            TestResult::AntibodiesDetected => Text::AntibodiesDetected,
            TestResult::AntibodiesNotDetected => Text::AntibodiesNotDetected,
            TestResult::Other(_) => Text::OtherResult,
        };
        let result = self.say(result, &[&self.code(entry.result().code())]);
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
                };
                self.say(Text::KindAntibody, &[&class, entry.kind_code()])
            }
            kind => {
                let what = self.say(Text::TestFor, &[&disease, &result]);
                self.line(Text::Test, what);
                match kind {
                    TestKind::Naat => self.say(Text::KindNaat, &[]),
                    TestKind::RapidAntigen => self.say(Text::KindRapidAntigen, &[]),
                    _ => self.code(entry.kind_code()),
                }
            }
        };
        self.line(Text::Kind, kind);
        self.optional(Text::TestName, entry.name());
        self.optional(Text::Device, entry.device().map(|code| self.code(code)));
        self.required(Text::SampledAt, entry.sampled_at());
        self.optional(Text::ResultAt, entry.resulted_at());
        self.optional(Text::Centre, entry.centre());
    }

    pub(super) fn recovery(&mut self, entry: &Recovery) {
        let disease = self.code(entry.disease());
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
        self.required(Text::Medicine, Some(entry.medicine()));
    }

    pub(super) fn health_link(&mut self, entry: &HealthLink) {
        let what = self.say(Text::HealthLinkMeaning, &[]);
        self.line(Text::HealthLink, what);
        self.required(Text::Address, Some(entry.url()));
    }
}
