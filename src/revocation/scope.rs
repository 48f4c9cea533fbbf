//! Whose certificates a hash is for. Where that can't be read, the hash would
//! be asked for nobody, and so the list is refused.

use super::RevocationError;
use crate::trust::Kid;
use alloc::string::String;

/// The kid of batches for whatever key of the country.
pub(super) const ANY_KID: &str = "UNKNOWN_KID";

const NO_KID: RevocationError = RevocationError::Member {
    name: "kid",
    expected: "a kid of 1 to 255 bytes",
};

/// A kid that stands in a list as bytes.
pub(super) fn kid(bytes: &[u8]) -> Result<Kid, RevocationError> {
    match bytes {
        [] => Err(NO_KID),
        _ => Ok(Kid::new(bytes)?),
    }
}

/// A kid in base64. Other spellings are base64 as well, of a kid that no key
/// has: hex digits, and those of [`ANY_KID`].
pub(super) fn kid_of_text(text: &str) -> Result<Kid, RevocationError> {
    let found = Kid::from_base64(text)?;
    let is_digit = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let is_padded = padding == 0 || (padding < 3 && text.len().is_multiple_of(4));
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_any = bare.eq_ignore_ascii_case("UNKNOWNKID");
    let hex = bare.strip_prefix("0x").unwrap_or(&bare);
    let is_hex = hex.len() >= 12
        && hex.len().is_multiple_of(2)
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.chars().all(is_digit) && is_padded && !is_any && !is_hex {
        true => kid(found.as_bytes()),
        false => Err(RevocationError::Member {
            name: "kid",
            expected: "base64 of a kid",
        }),
    }
}

/// A country as the gateway writes it.
pub(super) fn country(text: &str) -> Result<&str, RevocationError> {
    match text.as_bytes() {
        [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(text),
        _ => Err(RevocationError::Member {
            name: "country",
            expected: "two capital letters (ISO 3166-1)",
        }),
    }
}
