use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::Text;

/// A code, the code system that it is of, and its meaning in words (FHIR R4
/// `Coding`). In an EU DCC the code stands alone: its system is fixed.
///
/// ```
/// use hcert::record::Coding;
/// let coding = Coding::new("XN109")
///     .with_system("http://id.who.int/icd11/mms")
///     .with_display("SARS-CoV-2");
/// assert_eq!((coding.code(), coding.display()), ("XN109", Some("SARS-CoV-2")));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Coding {
    code: Text,
    /// Boxed: most codes stand alone, and a certificate may hold many.
    more: Option<Box<More>>,
}

#[derive(Clone, PartialEq, Eq, Default)]
struct More {
    system: Option<String>,
    display: Option<String>,
}

/// Codes that the field uses.
impl Coding {
    /// COVID-19 (SNOMED CT), for `tg`. It and those below are of the value sets of
    /// the DCC, 1.14, unless they say otherwise.
    pub const COVID_19: &str = "840539006";
    /// Nucleic acid amplification with probe detection (LOINC part), for `tt`.
    pub const NAAT: &str = "LP6464-4";
    /// Rapid immunoassay, the rapid antigen test (LOINC part), for `tt`.
    pub const RAPID_ANTIGEN: &str = "LP217198-3";
    /// IgA antibodies against SARS-CoV-2 in serum or plasma, immunoassay (LOINC),
    /// for `tt`. No DCC value set holds it, nor the other antibody tests.
    pub const ANTIBODY_IGA: &str = "94562-6";
    /// IgG antibodies, as above.
    pub const ANTIBODY_IGG: &str = "94563-4";
    /// IgM antibodies, as above.
    pub const ANTIBODY_IGM: &str = "94564-2";
    /// Antibodies of any class, as above.
    pub const ANTIBODY_TOTAL: &str = "94762-2";
    /// IgG and IgM antibodies, a panel of immunoassays (LOINC), for `tt`, as
    /// Switzerland's antibody certificates have it.
    pub const ANTIBODY_PANEL: &str = "94504-8";
    /// Antigen of SARS-CoV-2 in an upper respiratory specimen, immunoassay of a
    /// laboratory (LOINC), for `tt`. No DCC value set holds it.
    pub const ANTIGEN: &str = "96119-3";
    /// Not detected (SNOMED CT), for `tr`.
    pub const NOT_DETECTED: &str = "260415000";
    /// Detected (SNOMED CT), for `tr`.
    pub const DETECTED: &str = "260373001";
    /// Inconclusive (SNOMED CT), for `tr`. No DCC value set holds it; it is what
    /// the international patient summary uses.
    pub const INCONCLUSIVE: &str = "419984006";

    /// Yellow fever (ICD-11), as smart-icvp's value set ICVPDiseaseTargeted has it.
    pub const YELLOW_FEVER: &str = "1D47";
    /// Poliomyelitis (ICD-11), as smart-icvp's value set ICVPDiseaseTargeted has it.
    pub const POLIOMYELITIS: &str = "1C81";

    /// The URI of LOINC, the code system of `tt` (FHIR R4).
    pub const LOINC: &str = "http://loinc.org";
    /// The URI of SNOMED CT, the code system of `tr` (FHIR R4). An edition and a
    /// version may follow.
    pub const SNOMED_CT: &str = "http://snomed.info/sct";
}

impl Coding {
    /// A code without its system.
    pub fn new(code: &str) -> Self {
        code.into()
    }

    pub(crate) const EMPTY: Self = Self {
        code: Text::EMPTY,
        more: None,
    };

    pub(crate) fn from_parts(code: Text, system: Option<String>, display: Option<String>) -> Self {
        let stated = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (system, display) = (stated(system), stated(display));
        let more = (system.is_some() || display.is_some()).then_some(More { system, display });
        Self {
            code,
            more: more.map(Box::new),
        }
    }

    /// Adds the URI of the code system.
    #[must_use]
    pub fn with_system(self, uri: &str) -> Self {
        let More { display, .. } = self.more.map(|more| *more).unwrap_or_default();
        Self::from_parts(self.code, Some(uri.to_owned()), display)
    }

    /// Adds the meaning in words.
    #[must_use]
    pub fn with_display(self, words: &str) -> Self {
        let More { system, .. } = self.more.map(|more| *more).unwrap_or_default();
        Self::from_parts(self.code, system, Some(words.to_owned()))
    }

    /// The code; empty where the certificate has none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The URI of the code system.
    pub fn system(&self) -> Option<&str> {
        self.more.as_ref()?.system.as_deref()
    }

    /// The meaning in words.
    pub fn display(&self) -> Option<&str> {
        self.more.as_ref()?.display.as_deref()
    }

    /// Whether it is a code of that system, which an EU DCC does not name. The
    /// same code of another system means something else.
    pub(crate) fn is_of(&self, system: &str) -> bool {
        let rest = self.system().map(|uri| uri.strip_prefix(system));
        rest.is_none_or(|rest| rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// Whether it is a code alone.
    pub(super) fn is_bare(&self) -> bool {
        self.more.is_none()
    }
}

impl From<String> for Coding {
    fn from(code: String) -> Self {
        code.as_str().into()
    }
}

impl From<&str> for Coding {
    fn from(code: &str) -> Self {
        let code = code.into();
        Self { code, more: None }
    }
}

impl From<&String> for Coding {
    fn from(code: &String) -> Self {
        code.as_str().into()
    }
}

impl AsRef<str> for Coding {
    fn as_ref(&self) -> &str {
        &self.code
    }
}

impl fmt::Debug for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coding(redacted)")
    }
}

/// Whether that is a country or an organisation (dcc-schema, `co`).
pub(crate) fn is_country_or_organisation(code: &str) -> bool {
    (1..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_uppercase())
}
