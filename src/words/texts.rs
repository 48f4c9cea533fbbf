//! The texts, in one place.

/// A language of [`describe`](super::describe).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
}

/// Gives each text its words in each language: a column more is a language
/// more, and the compiler asks for every word of it.
macro_rules! texts {
    ($($name:ident: $english:literal;)*) => {
        /// A label, or a sentence with `{0}`, `{1}` where values belong.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Text { $($name),* }

        impl Text {
            pub(super) const fn in_language(self, language: Language) -> &'static str {
                match language {
                    Language::English => match self { $(Self::$name => $english),* },
                }
            }

            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

texts! {
    // Payloads.
    EuDcc: "EU DCC";
    DdccVaccination: "WHO vaccination certificate (DDCC)";
    DdccTest: "WHO test certificate (DDCC)";
    HealthLinkCode: "health link";
    YellowCardCode: "digital yellow card (ICVP)";
    MedicationCode: "medication overview";
    LightCertificate: "light certificate";

    // Values.
    Unreadable: "not stated, or not readable";
    Code: "code {0}";
    NamedCode: "{0} ({1})";

    // The holder.
    Holder: "Holder";
    InPassports: "In passports";
    Born: "Born";
    BornDayUnknown: "{0} (the day is not known)";
    BornMonthUnknown: "{0} (month and day are not known)";
    BornUnknown: "not known";
    BornNoDate: "{0}, which is no date";
    Sex: "Sex";
    Nationality: "Nationality";
    Document: "Document";
    Guardian: "Guardian";

    // What all entries have.
    Country: "Country";
    CertifiedBy: "Certified by";
    Identifier: "Identifier";
    Manufacturer: "Manufacturer";
    GivenOn: "Given on";
    Product: "Product";
    Batch: "Batch";
    Centre: "Centre";
    HoldsFrom: "Holds from";
    HoldsUntil: "Holds until";

    // Vaccination.
    Vaccination: "Vaccination";
    VaccinationDose: "against {0}, dose {1} of {2}";
    VaccinationDoseOpen: "against {0}, dose {1}";
    VaccinationDoseUnknown: "against {0}, dose not stated, or not readable";
    Vaccine: "Vaccine";
    AuthorisationHolder: "Authorised to";
    CountsFrom: "Counts from";
    NextDose: "Next dose";

    // Test.
    Test: "Test";
    TestFor: "for {0}: {1}";
    TestForAntibodies: "for antibodies, {0}: {1}";
    TestOfUnknownKind: "of an unknown kind, {0}: {1}";
    UnknownKindMeaning: "what this test looks for is not known, so it tells neither that there is an infection nor that there is none";
    Negative: "negative (not detected)";
    Positive: "POSITIVE (detected)";
    Inconclusive: "inconclusive";
    Detected: "detected";
    NotDetected: "not detected";
    AntibodiesDetected: "antibodies detected";
    AntibodiesNotDetected: "no antibodies detected";
    OtherResult: "result {0}";
    Meaning: "Meaning";
    AntibodyMeaning: "this test tells neither that there is an infection nor that there is none";
    Kind: "Kind";
    KindNaat: "nucleic acid amplification, such as PCR";
    KindRapidAntigen: "rapid antigen test";
    KindAntigen: "antigen test of a laboratory";
    KindAntibody: "antibody test, {0} ({1})";
    AntibodyTotal: "of any class";
    AntibodyPanel: "panel of several classes";
    TestName: "Name";
    Device: "Device";
    SampleOf: "Sample of";
    SampledAt: "Sampled at";
    SampledOn: "Sampled on";
    ResultAt: "Result at";

    // Recovery.
    Recovery: "Recovery";
    RecoveryFrom: "from {0}";
    FirstPositive: "First positive";

    // Yellow card.
    YellowCard: "Yellow card";
    VaccinationAgainst: "vaccination against {0}";
    VaccinationOrProphylaxis: "vaccination or prophylaxis";
    Dose: "Dose";
    Clinician: "Clinician";
    Valid: "Valid";
    ValidForLife: "from {0} on, for life";
    ValidFromUntil: "from {0} until {1}";
    ValidUntil: "until {0}";
    ValidWithoutEnd: "from {0} on, without an end";
    IssuedOn: "Issued on";
    TradeItem: "Trade item";
    Form: "Form";
    FormOf: "of {0}";
    FormTemplate: "of {0}, template {1}";

    // Medication.
    Medicine: "Medicine";
    Dosage: "Dosage";
    Reason: "Reason";
    Adherence: "Adherence";
    TakenFrom: "Taken from";
    TakenUntil: "Taken until";
    AssertedOn: "Asserted on";

    // Health link.
    HealthLink: "Health link";
    HealthLinkMeaning: "points to a record elsewhere; nothing is fetched, and its key is not shown";
    HealthLinkLabel: "Label";
    HealthLinkSmart: "SMART Health Link";
    HealthLinkVerifiable: "Verifiable Health Link";
    HeldAt: "Held at";
    Viewer: "Viewer";
    Access: "Access";
    AccessPasscode: "with this code and a passcode";
    AccessCode: "whoever has this code";
    AccessNetwork: "with this code, for participants of the trust network";
}
