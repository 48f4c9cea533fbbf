//! What codes stand for.

use super::Language;
use crate::record::codes;

/// The codes that most certificates carry (eHealth Network, "Value Sets for EU
/// Digital COVID Certificates"); the names of products and companies are the
/// same in all languages.
const ENGLISH: &[(&str, &str)] = &[
    (codes::COVID_19, "COVID-19"),
    ("16541001", "Yellow fever"),
    ("398102009", "Poliomyelitis"),
    ("1119349007", "SARS-CoV-2 mRNA vaccine"),
    ("1119305005", "SARS-CoV-2 antigen vaccine"),
    ("J07BX03", "COVID-19 vaccine"),
    ("EU/1/20/1507", "Spikevax"),
    ("EU/1/20/1525", "Jcovden"),
    ("EU/1/20/1528", "Comirnaty"),
    ("EU/1/21/1529", "Vaxzevria"),
    ("EU/1/21/1618", "Nuvaxovid"),
    ("ORG-100001417", "Janssen-Cilag International"),
    ("ORG-100001699", "AstraZeneca AB"),
    ("ORG-100030215", "Biontech Manufacturing GmbH"),
    ("ORG-100031184", "Moderna Biotech Spain S.L."),
    ("ORG-100032020", "Novavax CZ a.s."),
    // HL7 v2 table 0203.
    ("PPN", "passport"),
    ("NI", "national identifier"),
];

/// What the code stands for. A code that is not known stays a code: nothing is
/// guessed.
pub(super) fn name(code: &str, language: Language) -> Option<&'static str> {
    let table = match language {
        Language::English => ENGLISH,
    };
    let found = table.iter().find(|(known, _)| *known == code);
    found.map(|(_, name)| *name)
}
