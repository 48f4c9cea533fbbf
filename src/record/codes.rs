//! Codes that the DCC value sets name (eHealth Network, "Value Sets for EU
//! Digital COVID Certificates", 1.14).

/// COVID-19 (SNOMED CT), for `tg`.
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

/// Whether that is a country or an organisation (dcc-schema, `co`).
pub(crate) fn is_country_or_organisation(code: &str) -> bool {
    (1..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_uppercase())
}
