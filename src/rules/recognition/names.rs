//! The words and codes that a policy names things with.

use crate::record::{AntibodyClass, Coding, Entry, TestKind, TestResult};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

const ICD_11: [&str; 2] = [
    "http://id.who.int/icd/release/11/mms",
    "http://id.who.int/icd11/mms",
];
const PRODUCTS: [&str; 2] = [
    "https://ec.europa.eu/health/documents/community-register/html/",
    "http://ec.europa.eu/temp/vaccineproductname",
];

/// What a code is about: the code systems that it is of where neither the
/// certificate nor the policy names one.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Disease,
    TestKind,
    Product,
}

impl About {
    const fn systems(self) -> &'static [&'static str] {
        match self {
            Self::Disease => &[Coding::SNOMED_CT, ICD_11[0], ICD_11[1]],
            Self::TestKind => &[Coding::LOINC],
            Self::Product => &PRODUCTS,
        }
    }

    /// Whether the code is of one of them.
    fn is_usual(self, found: &Coding) -> bool {
        self.systems().iter().any(|system| found.is_of(system))
    }
}

/// A code, of the systems that are usual or of another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Code {
    pub system: Option<String>,
    pub code: String,
}

impl Code {
    /// `code` or `system|code`, as in FHIR's searches.
    pub fn parse(text: &str) -> Option<Self> {
        let (system, code) = match text.rsplit_once('|') {
            Some((system, code)) => (Some(system), code),
            None => (None, text),
        };
        let is_code = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        (is_code(code) && system.is_none_or(is_code)).then(|| Self {
            system: system.map(Into::into),
            code: code.into(),
        })
    }

    /// The same as a certificate would have it.
    pub fn coding(&self) -> Coding {
        let coding = Coding::new(&self.code);
        match &self.system {
            Some(system) => coding.with_system(system),
            None => coding,
        }
    }

    /// Whether the certificate has it. The same code of another system means
    /// something else.
    pub fn is(&self, found: &Coding, about: About) -> bool {
        let same_system = match &self.system {
            None => about.is_usual(found),
            Some(system) => match found.system() {
                Some(_) => found.is_of(system),
                None => about.systems().contains(&system.as_str()),
            },
        };
        self.code == found.code() && same_system
    }
}

/// A disease by its name, with the codes that certificates have for it.
struct Disease {
    name: &'static str,
    words: &'static str,
    codes: &'static [&'static str],
}

/// SNOMED CT (EU DCC), and ICD-11, disease and agent (DDCC, yellow card).
const DISEASES: [Disease; 3] = [
    Disease {
        name: "covid-19",
        words: "COVID-19",
        codes: &[Coding::COVID_19, "RA01", "RA01.0", "RA01.1", "XN109"],
    },
    Disease {
        name: "yellow-fever",
        words: "yellow fever",
        codes: &["16541001", Coding::YELLOW_FEVER],
    },
    Disease {
        name: "poliomyelitis",
        words: "poliomyelitis",
        codes: &["398102009", Coding::POLIOMYELITIS],
    },
];

/// One of the diseases that a policy lists.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DiseaseCodes {
    pub words: String,
    codes: Vec<Code>,
}

impl DiseaseCodes {
    /// By its name or by a code. A name that is not known would be a code that
    /// no certificate has, so codes have no small letters.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(known) = DISEASES.iter().find(|disease| disease.name == text) {
            let codes = known.codes.iter().filter_map(|code| Code::parse(code));
            return Some(Self {
                words: known.words.into(),
                codes: codes.collect(),
            });
        }
        let code = Code::parse(text)?;
        let is_name = code.code.contains(|c: char| c.is_ascii_lowercase());
        (!is_name).then(|| Self {
            words: text.into(),
            codes: vec![code],
        })
    }

    pub fn is(&self, found: &Coding) -> bool {
        self.codes.iter().any(|code| code.is(found, About::Disease))
    }
}

/// A kind of test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Naat,
    Antigen,
    /// Of that class, or of any.
    Antibody(Option<AntibodyClass>),
}

impl Kind {
    pub const EXPECTED: &'static str = "naat, antigen, antibody, antibody-iga, antibody-igg, antibody-igm, antibody-total or antibody-panel";

    pub fn parse(text: &str) -> Option<Self> {
        use AntibodyClass::{IgA, IgG, IgM, Panel, Total};
        Some(match text {
            "naat" => Self::Naat,
            "antigen" => Self::Antigen,
            "antibody" => Self::Antibody(None),
            "antibody-iga" => Self::Antibody(Some(IgA)),
            "antibody-igg" => Self::Antibody(Some(IgG)),
            "antibody-igm" => Self::Antibody(Some(IgM)),
            "antibody-total" => Self::Antibody(Some(Total)),
            "antibody-panel" => Self::Antibody(Some(Panel)),
            _ => return None,
        })
    }

    pub fn is(self, found: TestKind<'_>) -> bool {
        match (self, found) {
            (Self::Naat, TestKind::Naat) | (Self::Antigen, TestKind::RapidAntigen) => true,
            (Self::Antibody(class), TestKind::Antibody(found)) => class.is_none_or(|c| c == found),
            _ => false,
        }
    }

    /// Whether a policy that never accepts this kind excludes the test: an
    /// antigen test of a laboratory is one, too.
    pub fn excludes(self, found: TestKind<'_>) -> bool {
        self.is(found) || (self, found) == (Self::Antigen, TestKind::Antigen)
    }

    /// Whether a test can be of both.
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::Antibody(a), Self::Antibody(b)) => a.is_none() || b.is_none() || a == b,
            _ => self == other,
        }
    }

    pub const fn is_antibody(self) -> bool {
        matches!(self, Self::Antibody(_))
    }

    pub const fn words(self) -> &'static str {
        use AntibodyClass::{IgA, IgG, IgM, Panel, Total};
        match self {
            Self::Naat => "NAAT",
            Self::Antigen => "rapid antigen",
            Self::Antibody(None) => "antibody",
            Self::Antibody(Some(IgA)) => "IgA antibody",
            Self::Antibody(Some(IgG)) => "IgG antibody",
            Self::Antibody(Some(IgM)) => "IgM antibody",
            Self::Antibody(Some(Total)) => "total antibody",
            Self::Antibody(Some(Panel)) => "antibody panel",
        }
    }
}

/// The result that a test has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Negative,
    Positive,
    AntibodiesDetected,
    AntibodiesNotDetected,
}

impl Wanted {
    pub const EXPECTED: &'static str =
        "negative, positive, antibodies-detected or antibodies-not-detected";

    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "negative" => Self::Negative,
            "positive" => Self::Positive,
            "antibodies-detected" => Self::AntibodiesDetected,
            "antibodies-not-detected" => Self::AntibodiesNotDetected,
            _ => return None,
        })
    }

    /// Whether the result is that, of a test of a known kind.
    pub fn is(self, found: TestResult<'_>) -> bool {
        match self {
            Self::Negative => found == TestResult::Negative,
            Self::Positive => found == TestResult::Positive,
            Self::AntibodiesDetected => found == TestResult::AntibodiesDetected,
            Self::AntibodiesNotDetected => found == TestResult::AntibodiesNotDetected,
        }
    }

    /// The same of a test whose code the policy names, so that it knows the
    /// kind.
    pub fn is_of_named(self, found: TestResult<'_>) -> bool {
        let unknown = match self {
            Self::Negative => found == TestResult::NotDetected,
            Self::Positive => found == TestResult::Detected,
            _ => false,
        };
        unknown || self.is(found)
    }

    pub const fn is_of_antibodies(self) -> bool {
        matches!(self, Self::AntibodiesDetected | Self::AntibodiesNotDetected)
    }

    /// Before and after the kind of test.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Negative => ("negative ", ""),
            Self::Positive => ("positive ", ""),
            Self::AntibodiesDetected => ("", " with antibodies detected"),
            Self::AntibodiesNotDetected => ("", " with no antibodies detected"),
        }
    }
}

/// A kind of record that a policy speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Test,
    Vaccination,
    Recovery,
    YellowCard,
}

impl Sort {
    pub const EXPECTED: &'static str = "test, vaccination, recovery or yellow-card";

    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Test,
            Self::Vaccination,
            Self::Recovery,
            Self::YellowCard,
        ];
        all.into_iter().find(|sort| sort.name() == text)
    }

    pub fn of(entry: &Entry) -> Option<Self> {
        match entry {
            Entry::Test(_) => Some(Self::Test),
            Entry::Vaccination(_) => Some(Self::Vaccination),
            Entry::Recovery(_) => Some(Self::Recovery),
            Entry::YellowCard(_) => Some(Self::YellowCard),
            Entry::Medication(_) | Entry::HealthLink(_) => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Vaccination => "vaccination",
            Self::Recovery => "recovery",
            Self::YellowCard => "yellow-card",
        }
    }
}

/// A group of products that a policy can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub name: &'static str,
    pub words: &'static str,
    pub products: &'static [&'static str],
}

/// The COVID-19 vaccines with a WHO emergency use listing on 2 December 2022
/// (WHO, "COVID-19 vaccines with WHO Emergency Use Listing": eleven, the last
/// one of 19 May 2022), by the codes of the DCC value set
/// vaccines-covid-19-names of 2022-11-30.
///
/// Not among them, as the listing is of a product and its sites: the codes of
/// AstraZeneca's licensees R-COVI and `Covid-19-recombinant`, and
/// `Inactivated-SARS-CoV-2-Vero-Cell`, which two manufacturers share.
const WHO_LISTED: Group = Group {
    name: "who-listed",
    words: "WHO-listed",
    products: &[
        "EU/1/20/1528",
        "EU/1/21/1529",
        "Covishield",
        "EU/1/20/1525",
        "EU/1/20/1507",
        "BBIBP-CorV",
        "CoronaVac",
        "Covaxin",
        "Covovax",
        "EU/1/21/1618",
        // Nuvaxovid before it had its number.
        "NVX-CoV2373",
        "Convidecia",
    ],
};

impl Group {
    pub const EXPECTED: &'static str = "a known group of products (who-listed)";

    pub fn parse(text: &str) -> Option<Self> {
        (text == WHO_LISTED.name).then_some(WHO_LISTED)
    }

    pub fn has(&self, product: &Coding) -> bool {
        self.products.contains(&product.code()) && About::Product.is_usual(product)
    }
}
