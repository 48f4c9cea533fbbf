//! Names that somebody meant, whatever their letters.

use super::item::Item;

/// What ends and begins of a validity are called, in small letters and without
/// what stands between words.
const NAMES: [&str; 33] = [
    "exp",
    "expire",
    "expires",
    "expiresat",
    "expireson",
    "expiry",
    "expirydate",
    "expiration",
    "expirationdate",
    "expirationtime",
    "nbf",
    "notbefore",
    "notafter",
    "valid",
    "validfrom",
    "validto",
    "validtill",
    "validthru",
    "validthrough",
    "validuntil",
    "validity",
    "validityperiod",
    "validperiod",
    "vaccinevalid",
    "period",
    "periods",
    "vls",
    "vle",
    "start",
    "end",
    "until",
    "startdate",
    "enddate",
];

/// Whether a name is one of an end or a begin of a validity, whatever its
/// letters and whatever stands around and between them.
pub(crate) fn is_name(name: &str) -> bool {
    is_like(name, &NAMES)
}

/// Whether a name is one of `names` but for its case and what is neither a
/// letter nor a digit.
pub(crate) fn is_like(name: &str, names: &[&str]) -> bool {
    let letters = || {
        let found = name.chars().filter(|c| c.is_alphanumeric());
        found.map(|c| c.to_ascii_lowercase())
    };
    names.iter().any(|known| letters().eq(known.chars()))
}

/// The text of a key: a byte string is one that somebody meant as its text.
pub(crate) fn text_of(key: Item<'_>) -> Option<&str> {
    match key {
        Item::Text(text) => Some(text),
        Item::Bytes(bytes) => core::str::from_utf8(bytes).ok(),
        _ => None,
    }
}
