use super::Coding;

/// The antibodies that a test looks for.
///
/// # Antibody tests in certificates
///
/// An antibody test says that the body has met the virus or a vaccine, at some
/// time. It says neither that there is an infection nor that there is none, so
/// its results are [results of their own](super::TestResult::AntibodiesDetected)
/// here, and no code that asks for a negative or a positive test meets them.
///
/// What is standardised:
/// - LOINC has a code for each kind of antibody test; those that are issued here
///   are the qualitative ones (HL7, COVID-19 FHIR Profile Library 1.0.0).
///   Detected and not detected are SNOMED CT codes, the same as for other tests.
/// - The DCC schema takes any code in `tt`, so such a certificate departs from
///   no rule of the format.
///
/// What is not:
/// - The DCC value set of `tt` (covid-19-lab-test-type) holds NAAT and the rapid
///   antigen test alone, and Regulation (EU) 2021/953 knows test certificates of
///   these two and antibody tests for none. ECDC and JRC advised against them
///   ("The use of antibody tests for SARS-CoV-2 in the context of Digital Green
///   Certificates", 10 May 2021). Verifiers that follow the rules of an EU member
///   refuse such a certificate, rightly.
/// - China's International Travel Health Certificate (March 2021) showed
///   nucleic acid and antibody results (IgG or IgM, as reports differ) beside
///   vaccinations. The content of its QR code was never published; nothing
///   here is compatible with it but the meaning.
/// - Quantities (titres, units): `tr` is a code and has no room for a number.
///
/// IgG and IgM of one sample are two results. A DCC has one entry (schema 1.3.0
/// and later), so each is issued in a certificate of its own, with the same time
/// of sampling. The panel codes (94503-0, 94504-8) name the order of both;
/// Switzerland's antibody certificates have one with a single result, which is
/// read as [`Panel`](Self::Panel). [`Total`](Self::Total) is one result for a
/// test that doesn't tell the classes apart. Where a certificate has several
/// entries anyway, each is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AntibodyClass {
    /// Immunoglobulin A.
    IgA,
    /// Immunoglobulin G.
    IgG,
    /// Immunoglobulin M.
    IgM,
    /// Several classes, or all, that the test doesn't tell apart.
    Total,
    /// Several classes with a result for each: a panel, of which a certificate
    /// states one result and doesn't say for which class.
    Panel,
}

impl AntibodyClass {
    /// The LOINC code of the laboratory's immunoassay for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::IgA => Coding::ANTIBODY_IGA,
            Self::IgG => Coding::ANTIBODY_IGG,
            Self::IgM => Coding::ANTIBODY_IGM,
            Self::Total => Coding::ANTIBODY_TOTAL,
            Self::Panel => Coding::ANTIBODY_PANEL,
        }
    }
}
