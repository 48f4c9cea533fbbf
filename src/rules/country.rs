//! Countries: their codes of two letters, and the issuers that use another
//! country's keys.
//!
//! The table `countries.tsv` has rows of fields between tabs: `source` and what
//! the rows below it were made from; `country`, alpha-2, alpha-3; `issuer`, the
//! text of `iss`, the country of the key, the country that it stands for; `alias`,
//! another code of two letters that is in use, and the country's own.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::lazy::Lazy;
use crate::trust::TrustedKey;

#[derive(Debug, Default)]
struct Table {
    /// Alpha-2 by alpha-3.
    codes: BTreeMap<&'static str, &'static str>,
    /// The country's own code by another one of two letters.
    aliases: BTreeMap<&'static str, &'static str>,
    /// By `iss` and the country of the key.
    issuers: BTreeMap<(&'static str, &'static str), &'static str>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    let mut table = Table::default();
    for row in include_str!("countries.tsv").lines() {
        let mut fields = row.split('\t');
        match [(); 4].map(|()| fields.next()) {
            [Some("country"), Some(two), Some(three), None] => {
                table.codes.insert(three, two);
            }
            [Some("alias"), Some(other), Some(own), None] => {
                table.aliases.insert(other, own);
            }
            [Some("issuer"), Some(iss), Some(of_key), Some(country)] => {
                table.issuers.insert((iss, of_key), country);
            }
            // A test looks at every row.
            _ => {}
        }
    }
    table
});

/// The country that a trust list gives to a key
/// ([`TrustedKey::country`]), in alpha-2.
pub(super) fn of_key(key: &TrustedKey) -> Option<String> {
    key.country().and_then(alpha_2)
}

/// The code of two letters, in capitals.
pub(super) fn alpha_2(text: &str) -> Option<String> {
    code(text).map(capitals)
}

/// The code of two letters, of several the country's own. Three letters are
/// looked up; anything else says nothing of a country.
pub(super) fn code(text: &str) -> Option<&str> {
    let text = text.trim();
    if !text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    match text.len() {
        2 => Some(
            TABLE
                .aliases
                .get(capitals(text).as_str())
                .copied()
                .unwrap_or(text),
        ),
        3 => TABLE.codes.get(capitals(text).as_str()).copied(),
        _ => None,
    }
}

/// The issuer for which `iss` stands under keys of that country.
pub(super) fn issuer_under(iss: &str, of_key: &str) -> Option<&'static str> {
    TABLE.issuers.get(&(iss.trim(), of_key)).copied()
}

/// The code in capitals, of several the country's own. What is no code stays.
pub(super) fn own_code(text: &str) -> String {
    alpha_2(text).unwrap_or_else(|| capitals(text))
}

fn capitals(text: &str) -> String {
    text.trim().to_ascii_uppercase()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn every_row_of_the_table_is_read() {
        let mut counts = [0; 3];
        for row in include_str!("countries.tsv").lines() {
            let fields: Vec<_> = row.split('\t').collect();
            match fields.as_slice() {
                ["source", source] => assert!(!source.is_empty()),
                ["country", two, three] => {
                    assert_eq!(alpha_2(three).as_deref(), Some(*two));
                    counts[0] += 1;
                }
                ["issuer", iss, of_key, country] => {
                    assert_eq!(issuer_under(iss, of_key), Some(*country));
                    counts[1] += 1;
                }
                ["alias", other, own] => {
                    assert_eq!(alpha_2(other).as_deref(), Some(*own));
                    assert!(TABLE.codes.values().any(|known| known == own));
                    assert!(TABLE.codes.values().all(|known| known != other));
                    counts[2] += 1;
                }
                _ => assert!(row.starts_with('#'), "{row}"),
            }
        }
        let found = [TABLE.codes.len(), TABLE.issuers.len(), TABLE.aliases.len()];
        assert_eq!(counts, found);
        // ISO 3166-1 has 249, and one is the WHO's.
        assert_eq!(counts, [250, 6, 2]);
    }
}
