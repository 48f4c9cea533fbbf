use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// Prefix of a UVCI as a URN (Annex 2).
const PREFIX: &str = "URN:UVCI:";

/// The version that this crate writes (Annex 2).
const VERSION: &str = "01";

/// Characters of the check sum in the order of their values (Annex 2; eu-dcc-schema,
/// `examples/Luhn-Mod-N`).
const CHARSET: &[u8; 38] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:";

/// A part of a UVCI, named in errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UvciPart {
    /// The whole text.
    Whole,
    /// The country.
    Country,
    /// The issuing entity (options 1 and 3).
    Issuer,
    /// The vaccine (option 1).
    Vaccine,
    /// The opaque unique string.
    Opaque,
}

impl fmt::Display for UvciPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "UVCI",
            Self::Country => "country of the UVCI",
            Self::Issuer => "issuing entity of the UVCI",
            Self::Vaccine => "vaccine of the UVCI",
            Self::Opaque => "opaque string of the UVCI",
        })
    }
}

/// Why a UVCI cannot be read or made.
///
/// Carries positions and lengths, no part of the identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UvciError {
    /// A part that must not be empty is.
    #[error("the {part} is empty")]
    Empty {
        /// Which part.
        part: UvciPart,
    },
    /// A character that the part cannot hold.
    #[error("the {part} has a wrong character at position {position}")]
    Character {
        /// Which part.
        part: UvciPart,
        /// Index in the part, counted in `char`s from 0.
        position: usize,
    },
    /// The part has a fixed length and this is another one.
    #[error("the {part} has {length} characters instead of {expected}")]
    Length {
        /// Which part.
        part: UvciPart,
        /// Its length in `char`s.
        length: usize,
        /// The length that it must have.
        expected: usize,
    },
    /// The UVCI is longer than allowed.
    #[error("the UVCI has {length} characters, more than {maximum}")]
    TooLong {
        /// Its length in `char`s.
        length: usize,
        /// The limit.
        maximum: usize,
    },
}

impl UvciError {
    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "uvci-empty",
            Self::Character { .. } => "uvci-character",
            Self::Length { .. } => "uvci-length",
            Self::TooLong { .. } => "uvci-too-long",
        }
    }
}

/// What the check character of a UVCI says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UvciCheck {
    /// The check character is the right one.
    Match,
    /// The check character is another one: mistyped, or an issuer with its own rule.
    Mismatch {
        /// The check character that the text asks for.
        expected: char,
        /// The check character that is written.
        found: char,
    },
    /// There is no `#`.
    Absent,
    /// There is a `#`, but what stands before or after it is outside of the 38
    /// characters for which the check sum is defined (small letters, mostly).
    NotApplicable,
}

/// A unique vaccination certificate identifier: UVCI, the field `ci` of the EU DCC
/// (eHealth Network, *Guidelines on verifiable vaccination certificates - basic
/// interoperability elements*, release 2, Annex 2).
///
/// ```text
/// URN:UVCI:01:SE:EHM/V12907267LAJW#E
/// |        |  |  |   |             check character
/// |        |  |  |   opaque unique string
/// |        |  |  issuing entity
/// |        |  country, ISO 3166-1
/// |        version
/// prefix
/// ```
///
/// After the country come, by option: (1) issuing entity, vaccine and opaque string;
/// (2) the opaque string alone; (3) issuing entity and opaque string.
///
/// Read ones are kept exactly as they stand in the certificate: revocation hashes are
/// made of that text. Made ones follow Annex 2 to the letter.
///
/// It identifies a person, so its `Debug` shows the country alone and it has no
/// `Display`.
///
/// ```
/// use hcert::record::{Uvci, UvciCheck};
///
/// let read = Uvci::parse("URN:UVCI:01:SE:EHM/V12907267LAJW#E")?;
/// assert_eq!(read.country(), Some("SE"));
/// assert_eq!(read.issuer(), Some("EHM"));
/// assert_eq!(read.opaque(), Some("V12907267LAJW"));
/// assert_eq!(read.check(), UvciCheck::Match);
///
/// let made = Uvci::issued("SE", "EHM", "V12907267LAJW")?;
/// assert_eq!(made, read);
/// # Ok::<(), hcert::record::UvciError>(())
/// ```
///
/// # What the check character covers
///
/// Everything before the `#`, prefix `URN:UVCI:` included, in upper case (the answer of
/// the schema's maintainers in eu-digital-green-certificates/dgc-testdata issue 55):
/// Luhn mod N over the 38 characters `A`-`Z`, `0`-`9`, `/`, `:` in this order. The `#`
/// is not among them (ehn-dcc-development/eu-dcc-schema issue 63).
///
/// Issuers differ. dgc-testdata has 80 distinct identifiers with a `#`: 32 agree with
/// this rule, 29 do not, and to 19 it does not apply (small letters, `##`, two check
/// characters). Where the prefix stands in capitals it is 31, 12 and 4. Where it is left
/// out or in small letters, no reading explains the check characters: taken in capitals,
/// 1 of 31 fits with the prefix and 3 without it. Hence a mismatch is a hint for whoever
/// typed an identifier off paper, and no reason to refuse a signed certificate.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Uvci {
    text: String,
}

impl Uvci {
    /// Longest UVCI that this crate writes, in characters.
    ///
    /// Annex 2 allows 72 and leaves open whether the prefix counts; here it does, so that
    /// what is written also fits into the field.
    pub const MAX_LENGTH: usize = 72;

    /// Longest UVCI that the field `ci` may hold, in characters (dcc-schema, `certificate_id`).
    pub const MAX_FIELD_LENGTH: usize = 80;

    /// Longest UVCI that is read, in characters. Thailand has issued some of 81
    /// (corona-warn-app/cwa-app-android issue 5033), so this is a bound and no rule.
    pub const MAX_READ_LENGTH: usize = 256;

    /// Keeps `text` as it is.
    ///
    /// Tolerant, because the field is: issuers leave the prefix out or write it in small
    /// letters, separate with `/` or not at all, and some use no UVCI form at all. Refused
    /// are only an empty text and one of more than [`Self::MAX_READ_LENGTH`] characters.
    /// [`conformance`](Self::conformance) tells whether the text keeps to the rules.
    pub fn parse(text: &str) -> Result<Self, UvciError> {
        if text.is_empty() {
            return Err(UvciError::Empty {
                part: UvciPart::Whole,
            });
        }
        let length = text.chars().count();
        if length > Self::MAX_READ_LENGTH {
            return Err(UvciError::TooLong {
                length,
                maximum: Self::MAX_READ_LENGTH,
            });
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// Makes a UVCI of option 2: country and an opaque unique string, with prefix and
    /// check character.
    ///
    /// ```
    /// use hcert::record::Uvci;
    ///
    /// let uvci = Uvci::from_opaque("NL", "DADFCC47C7334E45A906DB12FD859FB7")?;
    /// assert_eq!(uvci.as_str(), "URN:UVCI:01:NL:DADFCC47C7334E45A906DB12FD859FB7#1");
    /// # Ok::<(), hcert::record::UvciError>(())
    /// ```
    pub fn from_opaque(country: &str, opaque: &str) -> Result<Self, UvciError> {
        Self::build(country, &[(UvciPart::Opaque, opaque)])
    }

    /// Makes a UVCI of option 3: country, issuing entity and an opaque unique string,
    /// with prefix and check character.
    pub fn issued(country: &str, issuer: &str, opaque: &str) -> Result<Self, UvciError> {
        Self::build(
            country,
            &[(UvciPart::Issuer, issuer), (UvciPart::Opaque, opaque)],
        )
    }

    /// Makes a UVCI of option 1: country, issuing entity, vaccine and an opaque unique
    /// string, with prefix and check character.
    pub fn with_vaccine(
        country: &str,
        issuer: &str,
        vaccine: &str,
        opaque: &str,
    ) -> Result<Self, UvciError> {
        Self::build(
            country,
            &[
                (UvciPart::Issuer, issuer),
                (UvciPart::Vaccine, vaccine),
                (UvciPart::Opaque, opaque),
            ],
        )
    }

    fn build(country: &str, parts: &[(UvciPart, &str)]) -> Result<Self, UvciError> {
        check_part(UvciPart::Country, country, |c| c.is_ascii_uppercase())?;
        // Annex 2 keeps longer country codes for future use.
        if country.len() != 2 {
            return Err(UvciError::Length {
                part: UvciPart::Country,
                length: country.len(),
                expected: 2,
            });
        }
        let mut text = format!("{PREFIX}{VERSION}:{country}");
        for (index, (part, value)) in parts.iter().enumerate() {
            // `/` and `:` separate, so no part can hold them.
            check_part(*part, value, |c| {
                c.is_ascii_uppercase() || c.is_ascii_digit()
            })?;
            text.push(if index == 0 { ':' } else { '/' });
            text.push_str(value);
        }
        let check = check_character(&text)?;
        text.push('#');
        text.push(check);
        if text.len() > Self::MAX_LENGTH {
            return Err(UvciError::TooLong {
                length: text.len(),
                maximum: Self::MAX_LENGTH,
            });
        }
        Ok(Self { text })
    }

    /// The text, exactly as read or made.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The version: two digits, or `V` and a digit as a few issuers write it. `None` if
    /// the text has no such form, and then every part but the check character is `None`.
    pub fn version(&self) -> Option<&str> {
        Some(self.parts()?.version)
    }

    /// The country, as written (some issuers use small letters).
    ///
    /// What the text says; the country that vouches for the certificate is the one of the
    /// key that signed it.
    pub fn country(&self) -> Option<&str> {
        Some(self.parts()?.country)
    }

    /// The issuing entity, in options 1 and 3.
    pub fn issuer(&self) -> Option<&str> {
        self.parts()?.issuer
    }

    /// The vaccine, in option 1.
    pub fn vaccine(&self) -> Option<&str> {
        self.parts()?.vaccine
    }

    /// The opaque unique string.
    pub fn opaque(&self) -> Option<&str> {
        let opaque = self.parts()?.opaque;
        (!opaque.is_empty()).then_some(opaque)
    }

    /// The character after the `#`, if there is exactly one.
    pub fn check_character(&self) -> Option<char> {
        let (_, check) = self.text.split_once('#')?;
        let mut chars = check.chars();
        let first = chars.next()?;
        chars.next().is_none().then_some(first)
    }

    /// The check character of `text`: Luhn mod 38 (Annex 2), over `A` to `Z`, `0` to `9`, `/`
    /// and `:`.
    ///
    /// `text` is all that stands before the `#`, the prefix `URN:UVCI:` included. A character
    /// outside of the set is an error, the `#` too.
    ///
    /// ```
    /// use hcert::record::Uvci;
    ///
    /// assert_eq!(Uvci::check_character_of("URN:UVCI:01:NL:DADFCC47C7334E45A906DB12FD859FB7")?, '1');
    /// # Ok::<(), hcert::record::UvciError>(())
    /// ```
    pub fn check_character_of(text: &str) -> Result<char, UvciError> {
        check_character(text)
    }

    /// Compares the check character with the text before it.
    ///
    /// The prefix counts even where it is left out, as on paper: the sum is over the whole
    /// UVCI (see [`Uvci`]).
    ///
    /// ```
    /// use hcert::record::{Uvci, UvciCheck};
    ///
    /// let typed = Uvci::parse("URN:UVCI:01:SE:EHM/V12907627LAJW#E")?;
    /// assert_eq!(typed.check(), UvciCheck::Mismatch { expected: 'A', found: 'E' });
    /// # Ok::<(), hcert::record::UvciError>(())
    /// ```
    pub fn check(&self) -> UvciCheck {
        let Some((body, _)) = self.text.split_once('#') else {
            return UvciCheck::Absent;
        };
        let found = match self.check_character() {
            Some(c) if value_of(c).is_some() => c,
            _ => return UvciCheck::NotApplicable,
        };
        let expected = if strip_prefix(body).is_some() {
            check_character(body)
        } else {
            check_character(&format!("{PREFIX}{body}"))
        };
        match expected {
            Ok(expected) if expected == found => UvciCheck::Match,
            Ok(expected) => UvciCheck::Mismatch { expected, found },
            Err(_) => UvciCheck::NotApplicable,
        }
    }

    /// Whether the text has only the characters of Annex 2 (`A`-`Z`, `0`-`9`, `/`, `:`,
    /// `#`) and fits into [`Self::MAX_FIELD_LENGTH`]. Gives the first departure.
    pub fn conformance(&self) -> Result<(), UvciError> {
        check_part(UvciPart::Whole, &self.text, |c| {
            c == '#' || value_of(c).is_some()
        })?;
        // All characters are ASCII by now.
        if self.text.len() > Self::MAX_FIELD_LENGTH {
            return Err(UvciError::TooLong {
                length: self.text.len(),
                maximum: Self::MAX_FIELD_LENGTH,
            });
        }
        Ok(())
    }

    fn parts(&self) -> Option<Parts<'_>> {
        let body = match self.text.split_once('#') {
            Some((body, _)) => body,
            None => &self.text,
        };
        let rest = strip_prefix(body).unwrap_or(body);
        let (version, rest) = rest.split_at_checked(2)?;
        match version.as_bytes() {
            [b'0'..=b'9' | b'V' | b'v', b'0'..=b'9'] => {}
            _ => return None,
        }
        let separated = rest.strip_prefix(SEPARATORS);
        let rest = separated.unwrap_or(rest);

        // Two letters; or three and more if separators tell where they end, as the longer
        // codes that Annex 2 foresees (`UNHCR`).
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let ends = rest
            .get(letters..)
            .is_some_and(|after| after.starts_with(SEPARATORS));
        let length = match letters {
            0 | 1 => return None,
            3..=5 if separated.is_some() && ends => letters,
            3 if ends => 3,
            _ => 2,
        };
        let (country, rest) = rest.split_at_checked(length)?;
        let rest = rest.strip_prefix(SEPARATORS).unwrap_or(rest);

        let mut fields = rest.splitn(3, '/');
        let (issuer, vaccine, opaque) = match (fields.next(), fields.next(), fields.next()) {
            (Some(issuer), Some(vaccine), Some(opaque)) => (Some(issuer), Some(vaccine), opaque),
            (Some(issuer), Some(opaque), None) => (Some(issuer), None, opaque),
            (opaque, _, _) => (None, None, opaque.unwrap_or_default()),
        };
        Some(Parts {
            version,
            country,
            issuer,
            vaccine,
            opaque,
        })
    }
}

impl core::str::FromStr for Uvci {
    type Err = UvciError;

    fn from_str(text: &str) -> Result<Self, UvciError> {
        Self::parse(text)
    }
}

/// Shows the country only: the rest identifies a person.
impl fmt::Debug for Uvci {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uvci")
            .field("country", &self.country())
            .finish_non_exhaustive()
    }
}

/// What stands between version, country and the rest in the field: `:` as in Annex 2,
/// `/` (LU, PT), a space (IS).
const SEPARATORS: [char; 3] = [':', '/', ' '];

struct Parts<'a> {
    version: &'a str,
    country: &'a str,
    issuer: Option<&'a str>,
    vaccine: Option<&'a str>,
    opaque: &'a str,
}

fn strip_prefix(text: &str) -> Option<&str> {
    let (prefix, rest) = text.split_at_checked(PREFIX.len())?;
    prefix.eq_ignore_ascii_case(PREFIX).then_some(rest)
}

fn check_part(
    part: UvciPart,
    value: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), UvciError> {
    if value.is_empty() {
        return Err(UvciError::Empty { part });
    }
    match value.chars().position(|c| !allowed(c)) {
        Some(position) => Err(UvciError::Character { part, position }),
        None => Ok(()),
    }
}

fn value_of(c: char) -> Option<usize> {
    CHARSET.iter().position(|&b| char::from(b) == c)
}

fn check_character(text: &str) -> Result<char, UvciError> {
    check_part(UvciPart::Whole, text, |c| value_of(c).is_some())?;
    let n = CHARSET.len();
    let sum: usize = text
        .chars()
        .rev()
        .filter_map(value_of)
        .enumerate()
        .map(|(index, value)| {
            // Every second character, from the last one on, counts twice, and the two
            // digits of the product in base N are added up.
            let addend = if index % 2 == 0 { 2 * value } else { value };
            addend / n + addend % n
        })
        .fold(0, |sum, addend| (sum + addend) % n);
    let check = CHARSET.get((n - sum) % n).copied().unwrap_or(b'A');
    Ok(char::from(check))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Uvci {
        Uvci::parse(text).unwrap()
    }

    #[test]
    fn published_check_characters() {
        for text in [
            "URN:UVCI:01:AT:B5921A35D6A0D696421B3E2462178297#I",
            "URN:UVCI:01:DK:1D6DAB71F99A5C87A657D6D904558001#R",
            "URN:UVCI:01:FR:Y4996KBJ4Q3Q#:",
            "URN:UVCI:01:SM:112#N",
            "URN:UVCI:01:SE:EHM/V12907267LAJW#E",
            // The prefix left out, as on paper.
            "01:SE:EHM/V12907267LAJW#E",
        ] {
            assert_eq!(read(text).check(), UvciCheck::Match, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_checked_is_not_called_wrong() {
        for text in [
            "urn:uvci:01:BG:UFR5PLGKU8WDSZK7#0",
            "URN:UVCI:01:IE:52d0dc929c884cf8998a7987f0b9d863#2",
            "URN:UVCI:01:FI:AELZ0DC71KA2SJWUETRTAFEL2##",
            "01/LU/3EAVT1OE74KK3#6B",
            "01 IS/ABC4556#8",
            "01:NL:A#",
            "01:NL:A#b",
        ] {
            assert_eq!(read(text).check(), UvciCheck::NotApplicable, "{text}");
        }
        assert_eq!(read("01:NL:A").check(), UvciCheck::Absent);
        assert_eq!(
            read("URN:UVCI:01:SE:EHM/V12916227TJJ#Q").check(),
            UvciCheck::Mismatch {
                expected: 'H',
                found: 'Q'
            }
        );
    }

    #[test]
    fn parts_of_the_forms_in_the_field() {
        type Row<'a> = (
            &'a str,
            Option<(
                &'a str,
                &'a str,
                Option<&'a str>,
                Option<&'a str>,
                Option<&'a str>,
            )>,
        );
        let rows: [Row; 16] = [
            (
                "URN:UVCI:01:AT:B5921A#I",
                Some(("01", "AT", None, None, Some("B5921A"))),
            ),
            (
                "urn:uvci:01:lv:9ad7",
                Some(("01", "lv", None, None, Some("9ad7"))),
            ),
            (
                "01:SE:EHM/C878/123ABC#B",
                Some(("01", "SE", Some("EHM"), Some("C878"), Some("123ABC"))),
            ),
            (
                "URN:UVCI:01:PL:3/6E4B",
                Some(("01", "PL", Some("3"), None, Some("6E4B"))),
            ),
            (
                "URN:UVCI:01DE/IZ12345A/5CWL#W",
                Some(("01", "DE", Some("IZ12345A"), None, Some("5CWL"))),
            ),
            (
                "01BEVLX5DWMA5UJ31#O",
                Some(("01", "BE", None, None, Some("VLX5DWMA5UJ31"))),
            ),
            (
                "01ITA65E2BD3#1",
                Some(("01", "IT", None, None, Some("A65E2BD3"))),
            ),
            (
                "01/LU/3EAVT1#6B",
                Some(("01", "LU", None, None, Some("3EAVT1"))),
            ),
            (
                "01LUX/18737512422923",
                Some(("01", "LUX", None, None, Some("18737512422923"))),
            ),
            (
                "01 IS/ABC4556#8",
                Some(("01", "IS", None, None, Some("ABC4556"))),
            ),
            (
                "urn:uvci:01/PT/SPMS/TRC01#1",
                Some(("01", "PT", Some("SPMS"), None, Some("TRC01"))),
            ),
            (
                "URN:UVCI:V1:CY:PYE1",
                Some(("V1", "CY", None, None, Some("PYE1"))),
            ),
            ("01:UNHCR:A1", Some(("01", "UNHCR", None, None, Some("A1")))),
            ("01:NL", Some(("01", "NL", None, None, None))),
            ("dgci:V1:CY:GRHC:89", None),
            ("6fhkn4275xt78", None),
        ];
        for (text, expected) in rows {
            let uvci = read(text);
            assert_eq!(uvci.as_str(), text);
            let found = uvci.version().map(|version| {
                (
                    version,
                    uvci.country().unwrap(),
                    uvci.issuer(),
                    uvci.vaccine(),
                    uvci.opaque(),
                )
            });
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(read("01/LU/3EAVT1#6B").check_character(), None);
        assert_eq!(read("01:NL:A#7").check_character(), Some('7'));
    }

    #[test]
    fn made_ones_follow_annex_2() {
        let uvci = Uvci::with_vaccine("SE", "EHM", "C878", "123456789ABC").unwrap();
        assert!(
            uvci.as_str()
                .starts_with("URN:UVCI:01:SE:EHM/C878/123456789ABC#")
        );
        assert_eq!(uvci.vaccine(), Some("C878"));

        let part = UvciPart::Country;
        assert_eq!(
            Uvci::from_opaque("se", "A"),
            Err(UvciError::Character { part, position: 0 })
        );
        assert_eq!(
            Uvci::from_opaque("SWE", "A"),
            Err(UvciError::Length {
                part,
                length: 3,
                expected: 2
            })
        );
        assert_eq!(Uvci::from_opaque("", "A"), Err(UvciError::Empty { part }));
        assert_eq!(
            Uvci::issued("SE", "E:M", "A"),
            Err(UvciError::Character {
                part: UvciPart::Issuer,
                position: 1
            })
        );
        assert_eq!(
            Uvci::issued("SE", "EHM", "AÅ"),
            Err(UvciError::Character {
                part: UvciPart::Opaque,
                position: 1
            })
        );
        assert_eq!(
            Uvci::with_vaccine("SE", "EHM", "", "A"),
            Err(UvciError::Empty {
                part: UvciPart::Vaccine
            })
        );
        // 15 characters before the opaque string, 2 after it.
        assert_eq!(
            Uvci::from_opaque("SE", &"A".repeat(55))
                .unwrap()
                .as_str()
                .len(),
            72
        );
        assert_eq!(
            Uvci::from_opaque("SE", &"A".repeat(56)),
            Err(UvciError::TooLong {
                length: 73,
                maximum: 72
            })
        );
    }

    #[test]
    fn reading_refuses_only_empty_and_overlong() {
        assert_eq!(
            Uvci::parse(""),
            Err(UvciError::Empty {
                part: UvciPart::Whole
            })
        );
        assert!(Uvci::parse(&"é".repeat(256)).is_ok());
        assert_eq!(
            Uvci::parse(&"é".repeat(257)),
            Err(UvciError::TooLong {
                length: 257,
                maximum: 256
            })
        );
        assert!(read("01:NL:A#7").conformance().is_ok());
        assert_eq!(
            read("01:nl:A").conformance(),
            Err(UvciError::Character {
                part: UvciPart::Whole,
                position: 3
            })
        );
        assert!(read(&"A".repeat(80)).conformance().is_ok());
        assert_eq!(
            read(&"A".repeat(81)).conformance(),
            Err(UvciError::TooLong {
                length: 81,
                maximum: 80
            })
        );
    }

    #[test]
    fn debug_shows_the_country_only() {
        let uvci = read("URN:UVCI:01:SE:EHM/V12907267LAJW#E");
        assert_eq!(format!("{uvci:?}"), "Uvci { country: Some(\"SE\"), .. }");
    }

    proptest! {
        #[test]
        fn any_text_is_kept_or_refused(text in any::<String>()) {
            if let Ok(uvci) = Uvci::parse(&text) {
                prop_assert_eq!(uvci.as_str(), text.as_str());
                let _ = (uvci.version(), uvci.country(), uvci.issuer(), uvci.vaccine());
                let _ = (uvci.opaque(), uvci.check_character(), uvci.check(), uvci.conformance());
            }
        }

        #[test]
        fn texts_like_a_uvci_do_not_panic(text in "(URN:UVCI:|urn:uvci:)?[0-9V]{0,2}[:/ ]?[A-Za-zé]{0,6}[:/ ]?[A-Z0-9/:#é]{0,20}") {
            if let Ok(uvci) = Uvci::parse(&text) {
                let _ = (uvci.version(), uvci.opaque(), uvci.check(), uvci.conformance());
            }
        }

        #[test]
        fn made_ones_check_and_conform(country in "[A-Z]{2}", issuer in "[A-Z0-9]{1,10}", vaccine in "[A-Z0-9]{1,10}", opaque in "[A-Z0-9]{1,32}") {
            for uvci in [
                Uvci::from_opaque(&country, &opaque).unwrap(),
                Uvci::issued(&country, &issuer, &opaque).unwrap(),
                Uvci::with_vaccine(&country, &issuer, &vaccine, &opaque).unwrap(),
            ] {
                prop_assert_eq!(uvci.check(), UvciCheck::Match);
                prop_assert!(uvci.conformance().is_ok());
                prop_assert_eq!(uvci.country(), Some(country.as_str()));
                prop_assert_eq!(uvci.opaque(), Some(opaque.as_str()));
                prop_assert_eq!(&Uvci::parse(uvci.as_str()).unwrap(), &uvci);
            }
        }

        #[test]
        fn one_wrong_character_is_always_found(text in "[A-Z0-9/:]{1,70}", at in any::<prop::sample::Index>(), other in 0usize..38) {
            let mut changed = text.clone().into_bytes();
            let at = at.index(changed.len());
            prop_assume!(changed[at] != CHARSET[other]);
            changed[at] = CHARSET[other];
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_ne!(check_character(&text), check_character(&changed));
        }
    }
}
