//! Ends and begins of a validity that stand where nobody reads them: under
//! another spelling of a name, in another map, or under a byte string.

use super::cwt::claim_named;
use crate::codec::item::Item;

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

/// Whether a map states an end or a begin of a validity beside the members
/// `read`. Null and an empty text state none.
pub(super) fn is_beside(map: Item<'_>, read: &[&str]) -> bool {
    is_stated(map, |name| read.contains(&name))
}

/// The same of a map in which claims by their names stand, which are read.
pub(super) fn is_beside_claims(map: Item<'_>) -> bool {
    is_stated(map, |name| claim_named(name).is_some())
}

/// The same of one in which a payload stands beside such claims.
pub(super) fn is_beside_both(map: Item<'_>, read: &[&str]) -> bool {
    is_stated(map, |name| {
        read.contains(&name) || claim_named(name).is_some()
    })
}

fn is_stated(map: Item<'_>, is_read: impl Fn(&str) -> bool) -> bool {
    let members = map.as_map().into_iter().flat_map(|map| map.iter());
    members
        .filter(|(key, _)| !key.as_text().is_some_and(&is_read))
        .filter(|(key, _)| text_of(*key).is_some_and(is_name))
        .any(|(_, value)| {
            let value = Item::read(value).untagged();
            !value.is_null() && value.as_text() != Some("")
        })
}

/// Whether a map has a member with another spelling of that name.
pub(super) fn is_misspelt(map: Item<'_>, name: &str) -> bool {
    let mut members = map.as_map().into_iter().flat_map(|map| map.iter());
    members.any(|(key, _)| {
        key.as_text() != Some(name) && text_of(key).is_some_and(|found| is_like(found, &[name]))
    })
}
