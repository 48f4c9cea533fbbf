//! Ends and begins of a validity that stand where nobody reads them: under
//! another spelling of a name, in another map, or under a byte string.

use super::claims::claim_named;
use crate::codec::item::Item;
use crate::codec::names::{is_like, is_name, text_of};

/// Whether a map states an end or a begin of a validity beside the members
/// `read`. Null and an empty text state none.
pub(in crate::format) fn is_beside(map: Item<'_>, read: &[&str]) -> bool {
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
