//! What codes stand for that are in no value set.

use super::Language;

/// What neither a value set nor the catalogue of products has.
const ENGLISH: &[(&str, &str)] = &[
    // SNOMED CT.
    ("16541001", "Yellow fever"),
    ("398102009", "Poliomyelitis"),
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
