use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::translit::{transliterate, transliterate_as};
use super::{NameLanguage, RecordError, Text, TransliterationError};
use crate::PartialDate;

/// The person whom a certificate is about: what to compare with an identity
/// document, as the certificate carries neither picture nor document number.
#[derive(Clone, PartialEq, Default)]
pub struct Holder {
    pub(crate) family_name: Option<Text>,
    pub(crate) standard_family_name: Option<Text>,
    pub(crate) given_name: Option<Text>,
    pub(crate) standard_given_name: Option<Text>,
    pub(crate) born: PartialDate,
    pub(crate) born_text: Text,
    pub(crate) full_name: Option<String>,
    pub(crate) sex: Option<String>,
    pub(crate) nationality: Option<String>,
    pub(crate) document: Option<IdentityDocument>,
    pub(crate) guardian: Option<String>,
}

/// An identity document or another identifier of the holder: what connects a
/// certificate without names in two parts to a passport.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityDocument {
    pub(crate) number: String,
    pub(crate) kind: Option<String>,
}

impl IdentityDocument {
    /// A document by its number, and the code of its kind if it is known
    /// (HL7 v2 table 0203: `PPN` passport, `NI` national identifier).
    pub fn new(number: &str, kind: Option<&str>) -> Self {
        Self {
            number: number.into(),
            kind: kind.filter(|kind| !kind.is_empty()).map(Into::into),
        }
    }

    /// The number, as it is written.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The code of its kind.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }
}

impl fmt::Debug for IdentityDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityDocument(redacted)")
    }
}

impl Holder {
    /// A holder with the standard names made from the names (ICAO Doc 9303-3
    /// §6). Who has one name alone leaves the other one empty.
    ///
    /// ```
    /// use hcert::{PartialDate, record::Holder};
    /// let holder = Holder::new("d'Červenková Panklová", "Jiřina-Maria Alena", PartialDate::parse("1979-04")?)?;
    /// assert_eq!(holder.standard_family_name(), Some("DCERVENKOVA<PANKLOVA"));
    /// assert_eq!(holder.standard_given_name(), Some("JIRINA<MARIA<ALENA"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        family_name: &str,
        given_name: &str,
        born: PartialDate,
    ) -> Result<Self, RecordError> {
        let standard = |name: &str, at| {
            if name.is_empty() {
                Ok(String::new())
            } else {
                transliterate(name)
            }
            .map_err(|source: TransliterationError| RecordError::Name { at, source })
        };
        let standard_family = standard(family_name, "nam.fn")?;
        let standard_given = standard(given_name, "nam.gn")?;
        Ok(Self::with_standard_names(
            (family_name, &standard_family),
            (given_name, &standard_given),
            born,
        ))
    }

    /// A holder whose standard names (`[A-Z<]`, as in the machine-readable
    /// zone of the passport) are known; each pair is the name and its
    /// standard form. They are checked when the record is made.
    ///
    /// ```
    /// use hcert::{PartialDate, record::Holder};
    /// let born = PartialDate::parse("1990-01-31")?;
    /// let holder = Holder::with_standard_names(("王", "WANG"), ("小明", "XIAOMING"), born);
    /// assert_eq!(holder.family_name(), Some("王"));
    /// # Ok::<(), hcert::TimeError>(())
    /// ```
    pub fn with_standard_names(
        family: (&str, &str),
        given: (&str, &str),
        born: PartialDate,
    ) -> Self {
        let stated = |text: &str| (!text.is_empty()).then(|| text.into());
        Self {
            family_name: stated(family.0),
            standard_family_name: stated(family.1),
            given_name: stated(given.0),
            standard_given_name: stated(given.1),
            born,
            born_text: born.to_string().into(),
            ..Self::default()
        }
    }

    /// A holder with the name in one piece, as the yellow card and the other
    /// records of the WHO have it.
    ///
    /// ```
    /// use hcert::{PartialDate, record::{Holder, IdentityDocument}};
    /// let holder = Holder::with_full_name("Aulo Agerio", PartialDate::parse("1905-08-23")?)
    ///     .with_nationality("CL")
    ///     .with_document(IdentityDocument::new("16337361-9", Some("NI")));
    /// assert_eq!(holder.full_name(), Some("Aulo Agerio"));
    /// # Ok::<(), hcert::TimeError>(())
    /// ```
    pub fn with_full_name(name: &str, born: PartialDate) -> Self {
        Self {
            full_name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            born,
            born_text: born.to_string().into(),
            ..Self::default()
        }
    }

    /// Adds the sex, as a code of the record's form (`male`, `female`, …).
    #[must_use]
    pub fn with_sex(mut self, code: &str) -> Self {
        self.sex = Some(code.to_owned()).filter(|code| !code.is_empty());
        self
    }

    /// Adds the nationality, ISO 3166-1.
    #[must_use]
    pub fn with_nationality(mut self, code: &str) -> Self {
        self.nationality = Some(code.to_owned()).filter(|code| !code.is_empty());
        self
    }

    /// Adds an identity document.
    #[must_use]
    pub fn with_document(mut self, document: IdentityDocument) -> Self {
        self.document = Some(document);
        self
    }

    /// Adds the parent or guardian who signs for a minor.
    #[must_use]
    pub fn with_guardian(mut self, name: &str) -> Self {
        self.guardian = Some(name.to_owned()).filter(|name| !name.is_empty());
        self
    }

    /// The name in one piece, where the record has it so. It is not known
    /// which part of it is the family name.
    pub fn full_name(&self) -> Option<&str> {
        self.full_name.as_deref()
    }

    /// The sex, as it is written.
    pub fn sex(&self) -> Option<&str> {
        self.sex.as_deref()
    }

    /// The nationality, as it is written.
    pub fn nationality(&self) -> Option<&str> {
        self.nationality.as_deref()
    }

    /// The identity document.
    pub fn document(&self) -> Option<&IdentityDocument> {
        self.document.as_ref()
    }

    /// The parent or guardian.
    pub fn guardian(&self) -> Option<&str> {
        self.guardian.as_deref()
    }

    /// Family name (`fn`).
    pub fn family_name(&self) -> Option<&str> {
        self.family_name.as_deref()
    }

    /// Family name in capitals A–Z and `<` (`fnt`).
    pub fn standard_family_name(&self) -> Option<&str> {
        self.standard_family_name.as_deref()
    }

    /// Given name (`gn`).
    pub fn given_name(&self) -> Option<&str> {
        self.given_name.as_deref()
    }

    /// Given name in capitals A–Z and `<` (`gnt`).
    pub fn standard_given_name(&self) -> Option<&str> {
        self.standard_given_name.as_deref()
    }

    /// Both standard names as the machine-readable zone of a passport joins
    /// them, without the fillers at the ends of either; `None` where there is
    /// no letter in them.
    ///
    /// ```
    /// use hcert::{PartialDate, record::Holder};
    /// let names = (("Muster", "MUSTER<<<<<"), ("Erika", "ERIKA<"));
    /// let holder = Holder::with_standard_names(names.0, names.1, PartialDate::Unknown);
    /// assert_eq!(holder.passport_name().as_deref(), Some("MUSTER<<ERIKA"));
    /// ```
    pub fn passport_name(&self) -> Option<String> {
        let parts = [&self.standard_family_name, &self.standard_given_name];
        let parts = parts
            .into_iter()
            .flatten()
            .map(|part| without_fillers(part));
        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join("<<"))
    }

    /// Whether one of the names has a letter or a digit, of whatever script.
    /// White space, fillers (`<<<`), punctuation, control characters and marks
    /// that are not seen name nobody.
    ///
    /// ```
    /// use hcert::{PartialDate, record::Holder};
    /// let born = PartialDate::Unknown;
    /// assert!(Holder::with_full_name("王", born).is_named());
    /// assert!(!Holder::with_standard_names((" ", "<<"), ("", ""), born).is_named());
    /// ```
    pub fn is_named(&self) -> bool {
        let names = [
            self.full_name(),
            self.family_name(),
            self.standard_family_name(),
            self.given_name(),
            self.standard_given_name(),
        ];
        names.into_iter().flatten().any(is_name)
    }

    /// Date of birth as far as it is known and could be read (`dob`).
    pub fn born(&self) -> PartialDate {
        self.born
    }

    /// Date of birth as the certificate writes it.
    pub fn born_text(&self) -> &str {
        &self.born_text
    }

    /// Writes `name` in the alphabet `A`-`Z` and `<` (ICAO Doc 9303 Part 3 §4.6 and §6),
    /// as the DCC fields `fnt` and `gnt` need it.
    ///
    /// Case does not matter, and a name that is already standardised stays as it is. The
    /// result is not cut: the caller checks it against the limit of the field.
    ///
    /// The EU DCC carries every name twice: as the holder writes it (`fn`, `gn`) and
    /// standardised (`fnt`, `gnt`) in the way of the holder's travel document
    /// (Regulation (EU) 2021/953, Annex; dcc-schema, `person_name`). That way is ICAO Doc
    /// 9303 Part 3, *Specifications Common to all MRTDs*.
    ///
    /// | input | rule | source |
    /// |---|---|---|
    /// | Latin letters | Doc 9303 Part 3 §6.A; where it leaves a choice, what DCC issuers chose: `Ä` `AE`, `Å` `AA`, `Ñ` `N`, `Ö` `OE`, `Ø` `OE`, `Ü` `UE` | Doc 9303, DCC test data |
    /// | other Latin letters with marks | the letter without its marks | as §6.A does |
    /// | Cyrillic letters | Doc 9303 Part 3 §6.B, general column; its national notes with [`transliterate_as`](Self::transliterate_as) | Doc 9303 |
    /// | Greek letters | ELOT 743 (ISO 843), as in Greek passports, digraphs included; Doc 9303 has no Greek table | ELOT 743 |
    /// | hyphen, space, comma | `<`, repeated ones once, none at the ends | Doc 9303 Part 3 §4.6 |
    /// | apostrophe, other punctuation | omitted | Doc 9303 Part 3 §4.6 |
    /// | digits, symbols, other scripts | [`TransliterationError`] | |
    ///
    /// Doc 9303 §6.C has a table for Arabic, a reversible letter code (`X` escapes) that
    /// does not give the name that passports print; it is left out on purpose. A caller
    /// who holds the passport's spelling passes that, for any script.
    ///
    /// A name typed as base letters with combining marks gives the same as the same name
    /// in precomposed letters.
    ///
    /// ```
    /// use hcert::record::Holder;
    ///
    /// assert_eq!(Holder::transliterate("Musterfrau-Gößinger")?, "MUSTERFRAU<GOESSINGER");
    /// assert_eq!(Holder::transliterate("d'Červenková Panklová")?, "DCERVENKOVA<PANKLOVA");
    /// assert_eq!(Holder::transliterate("Χαράλαμπος")?, "CHARALAMPOS");
    /// assert_eq!(Holder::transliterate("Иван")?, "IVAN");
    ///
    /// // No table for the script: whoever issues has to know the passport's spelling.
    /// let error = Holder::transliterate("山田").unwrap_err();
    /// assert_eq!(error.code(), "transliteration-no-table");
    /// # Ok::<(), hcert::record::TransliterationError>(())
    /// ```
    pub fn transliterate(name: &str) -> Result<String, TransliterationError> {
        transliterate(name)
    }

    /// Like [`transliterate`](Self::transliterate), with the notes that Doc 9303 Part 3 §6.B has for the Cyrillic
    /// letters of `language`. Latin and Greek letters are not affected.
    ///
    /// ```
    /// use hcert::record::{Holder, NameLanguage};
    ///
    /// assert_eq!(Holder::transliterate("Ганна")?, "GANNA");
    /// assert_eq!(Holder::transliterate_as("Ганна", NameLanguage::Ukrainian)?, "HANNA");
    /// # Ok::<(), hcert::record::TransliterationError>(())
    /// ```
    pub fn transliterate_as(
        name: &str,
        language: NameLanguage,
    ) -> Result<String, TransliterationError> {
        transliterate_as(name, language)
    }
}

/// No fillers at the ends, and two in the place of more: the zone of a
/// passport has two between the parts and fills up with the others.
fn without_fillers(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.trim_matches('<').chars() {
        if c != '<' || !out.ends_with("<<") {
            out.push(c);
        }
    }
    out
}

fn is_name(text: &str) -> bool {
    // Unicode counts them among the letters, and they are blank (HANGUL FILLERs).
    const BLANK: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    text.chars()
        .any(|c| c.is_alphanumeric() && !BLANK.contains(&c))
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder(redacted)")
    }
}
