//! Prefix and base45 (hcert-spec 1.0.8 §4.2.2, RFC 9285).

use alloc::vec;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Deviation, DeviationCode};
use crate::Limits;

/// The context identifier of version 1.
pub const PREFIX: &str = "HC1:";

/// How base64 begins of a COSE_Sign1 in its tags, `61(18(…))`: the bytes
/// `d8 3d d2`.
pub const BASE64_START: &str = "2D3S";

/// Why a text is not `HC1:` and base45.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Longer than [`Limits::max_text`]; or base64 of more than
    /// [`Limits::max_inflated`].
    #[error("the text has {found} bytes, more than {limit}")]
    TooLong {
        /// Length in bytes.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Does not begin with `HC1:`, in capitals.
    #[error("the text does not begin with \"HC1:\"")]
    Prefix,
    /// Begins with `HC` and another version than 1.
    #[error("version {0:?} of the HC prefix is not known")]
    PrefixVersion(char),
    /// A character outside the base45 alphabet, which has no lower case.
    #[error("byte {at} of the text is not in the base45 alphabet")]
    Character {
        /// Its offset in bytes from the start of the given text.
        at: usize,
    },
    /// A group of characters that stands for no bytes: above 65,535 for
    /// three, above 255 for two, or a lone last one.
    #[error("the base45 is malformed: overflow, or a lone last character")]
    Group,
}

impl TextError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "text-too-long",
            Self::Prefix => "prefix",
            Self::PrefixVersion(_) => "prefix-version",
            Self::Character { .. } => "base45-character",
            Self::Group => "base45-group",
        }
    }
}

/// The COSE_Sign1 of a text that is base64 of it, in the standard or the URL
/// alphabet (RFC 4648 §4, §5), padded or not; `None` if the text does not
/// begin with [`BASE64_START`] or is no base64.
///
/// A participant of the WHO's network prints such codes, without compression
/// and prefix. It is safe to read them: the two tags are asked for, so that no
/// other text is taken for one, and all that vouches for a certificate stands
/// inside of them.
pub fn decode_base64(
    text: &str,
    limits: &Limits,
    deviations: &mut Vec<Deviation>,
) -> Result<Option<Vec<u8>>, TextError> {
    let code = text.trim_matches(['\r', '\n', '\t', ' ']);
    if text.len() > limits.max_text || !code.starts_with(BASE64_START) {
        return Ok(None);
    }
    let alphabet = match code.contains(['-', '_']) {
        true => URL_SAFE,
        false => STANDARD,
    };
    let padding = DecodePaddingMode::Indifferent;
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    let Ok(cose) = GeneralPurpose::new(&alphabet, config).decode(code) else {
        return Ok(None);
    };
    if cose.len() > limits.max_inflated {
        return Err(TextError::TooLong {
            found: cose.len(),
            limit: limits.max_inflated,
        });
    }
    deviations.push(Deviation::new(DeviationCode::TextBase64, ""));
    if code.len() != text.len() {
        deviations.push(Deviation::new(DeviationCode::TextSurroundings, ""));
    }
    Ok(Some(cose))
}

/// Removes the prefix and decodes the base45 after it.
///
/// Line ends and tabs around the text are dropped, and blanks before it; a
/// blank after it stays, as it belongs to the base45 alphabet.
pub fn decode(
    text: &str,
    limits: &Limits,
    deviations: &mut Vec<Deviation>,
) -> Result<Vec<u8>, TextError> {
    decode_after(PREFIX, text, limits, deviations)
}

/// The same behind another prefix.
pub(crate) fn decode_after(
    prefix: &str,
    text: &str,
    limits: &Limits,
    deviations: &mut Vec<Deviation>,
) -> Result<Vec<u8>, TextError> {
    if text.len() > limits.max_text {
        return Err(TextError::TooLong {
            found: text.len(),
            limit: limits.max_text,
        });
    }
    let code = text.trim_start_matches(['\r', '\n', '\t', ' ']);
    let start = text.len() - code.len();
    let code = code.trim_end_matches(['\r', '\n', '\t']);
    if code.len() != text.len() {
        deviations.push(Deviation::new(DeviationCode::TextSurroundings, ""));
    }
    let Some(body) = code.strip_prefix(prefix) else {
        let mut rest = code.strip_prefix("HC").unwrap_or_default().chars();
        return Err(match (rest.next(), rest.next()) {
            (Some(version @ ('0'..='9' | 'A'..='Z')), Some(':')) => {
                TextError::PrefixVersion(version)
            }
            _ => TextError::Prefix,
        });
    };
    decode_base45(body.as_bytes()).ok_or_else(|| {
        // A character is named before a group, wherever they stand, for
        // people who repair a damaged text.
        let wrong = body.bytes().position(|byte| value(byte) == NONE);
        wrong.map_or(TextError::Group, |at| TextError::Character {
            at: start + prefix.len() + at,
        })
    })
}

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The value of a byte that is no character of the alphabet.
const NONE: u8 = 0xff;

/// What each byte stands for in base45 (RFC 9285 §4.2).
#[allow(clippy::indexing_slicing)] // While compiling.
static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut rest: &[u8] = ALPHABET;
    let mut value = 0;
    while let [byte, after @ ..] = rest {
        values[*byte as usize] = value;
        value += 1;
        rest = after;
    }
    values
};

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// RFC 9285, ten times as fast as the crate `base45`, which also takes a last
/// pair above 255 for the byte that remains of it: one certificate would have
/// several spellings.
fn decode_base45(text: &[u8]) -> Option<Vec<u8>> {
    let (threes, rest) = text.as_chunks::<3>();
    let mut bytes = vec![0; 2 * threes.len() + rest.len() / 2];
    let (pairs, last) = bytes.as_chunks_mut::<2>();
    // Looked at once, at the end: no value has a bit above 0x3f.
    let (mut characters, mut groups) = (0, 0);
    for (three, pair) in threes.iter().zip(pairs) {
        let [c, d, e] = three.map(value);
        characters |= c | d | e;
        let group = u32::from(c) + 45 * u32::from(d) + 45 * 45 * u32::from(e);
        groups |= group;
        *pair = (group as u16).to_be_bytes();
    }
    match (rest, last) {
        ([], _) => {}
        ([c, d], [byte]) => {
            let (c, d) = (value(*c), value(*d));
            characters |= c | d;
            *byte = u8::try_from(u32::from(c) + 45 * u32::from(d)).ok()?;
        }
        _ => return None,
    }
    (characters <= 0x3f && groups <= 0xffff).then_some(bytes)
}

/// Prefix and base45 of `bytes`.
#[cfg(feature = "issue")]
pub fn encode(bytes: &[u8]) -> alloc::string::String {
    [PREFIX, &base45::encode(bytes)].concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;

    fn body(text: &str) -> Result<Vec<u8>, TextError> {
        decode(&format!("HC1:{text}"), &Limits::default(), &mut Vec::new())
    }

    #[test]
    fn d1_groups_that_overflow_are_refused() {
        assert_eq!(body("FGW").unwrap(), [0xff, 0xff]);
        assert_eq!(body("U5").unwrap(), [0xff]);
        for wrong in [
            "GGW",
            "GGX",
            ":::",
            "V5",
            "W5",
            "::",
            "A",
            "FGWA",
            "FGWFGWGGW",
        ] {
            assert_eq!(body(wrong), Err(TextError::Group), "{wrong}");
        }
    }

    #[test]
    fn d2_d3_characters_outside_the_alphabet_are_named_by_place() {
        for wrong in [
            "ab",
            "Ab",
            "\u{212a}A",
            "ß",
            "１２",
            "\u{80}",
            "A\u{ff}",
            "A\0",
            "A=",
            "A_",
        ] {
            let at = 4 + usize::from(wrong.starts_with('A'));
            assert_eq!(body(wrong), Err(TextError::Character { at }), "{wrong}");
        }
    }

    #[test]
    fn every_byte_value_gives_a_verdict_without_panic() {
        for a in 0..=char::MAX as u32 {
            if let Some(c) = char::from_u32(a) {
                let _ = body(&format!("A{c}"));
            }
            if a == 0x3000 {
                break;
            }
        }
    }

    #[test]
    fn d4_only_the_exact_prefix_opens_a_code() {
        let decode = |t: &str| decode(t, &Limits::default(), &mut Vec::new());
        for wrong in [
            "",
            "HC1",
            "hc1:U5",
            "XHC1:U5",
            "HC",
            "H",
            "HC1U5",
            "HC1;U5",
            "NZCP:/1/A",
        ] {
            assert_eq!(decode(wrong), Err(TextError::Prefix), "{wrong}");
        }
        assert_eq!(decode("HC2:U5"), Err(TextError::PrefixVersion('2')));
        assert_eq!(decode("HC1:"), Ok(vec![]));
    }

    #[test]
    fn d5_line_ends_are_dropped_and_reported_but_a_last_blank_is_data() {
        let mut seen = Vec::new();
        // "U" + blank = 30 + 36·45, above a byte; "0 " = 1620, too; " 0" = 36.
        assert_eq!(
            decode("\u{20}HC1:U5\r\n", &Limits::default(), &mut seen),
            Ok(vec![255])
        );
        assert_eq!(
            seen.iter().map(Deviation::code).collect::<Vec<_>>(),
            ["text-surroundings"]
        );
        assert_eq!(body(" 0"), Ok(vec![36]));
        assert_eq!(body("0 "), Err(TextError::Group));
        assert!(body("U5\u{a0}").is_err());
        // "%20" is three base45 characters, not an escape.
        assert_eq!(body("%20"), Ok(vec![0, 128]));
    }

    proptest::proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(bytes: Vec<u8>) {
            let text = encode(&bytes);
            proptest::prop_assert_eq!(decode(&text, &Limits::default(), &mut Vec::new()), Ok(bytes));
        }

        #[test]
        fn the_crate_base45_reads_the_same(text in "[0-9A-Z $%*+./:-]{0,40}|[ -~]{0,8}") {
            let ours = body(&text);
            match base45::decode(&text) {
                // It leaves the surplus of a last pair out.
                Ok(bytes) if base45::encode(&bytes) == text => {
                    proptest::prop_assert_eq!(ours, Ok(bytes));
                }
                _ => proptest::prop_assert!(ours.is_err(), "{:?}", ours),
            }
        }

        #[test]
        fn a_decoded_text_has_one_spelling(text in "[0-9A-Z $%*+./:-]{0,40}") {
            if let Ok(bytes) = body(&text) {
                proptest::prop_assert_eq!(encode(&bytes), format!("HC1:{text}"));
            }
        }
    }
}
