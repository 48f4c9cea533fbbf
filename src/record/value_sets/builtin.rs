//! The value sets that are compiled in.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Set, ValueSet, ValueSetEntry, ValueSets};
use crate::Date;

/// Reads our own table, whose head tells its form.
pub(super) fn read(table: &str) -> Option<ValueSets> {
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    let mut current = None;
    let (mut language, mut system, mut version) = (None, None, None);
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let fields: Vec<_> = row.split('\t').collect();
        match *fields.as_slice() {
            ["set", id, date, lang] => {
                (language, system, version) = (stated(lang), None, None);
                let set = Set {
                    id: id.into(),
                    date: Date::parse(date).ok()?,
                    entries: BTreeMap::new(),
                    builtin: true,
                };
                if sets.insert(id.into(), set).is_some() {
                    return None;
                }
                current = Some(id);
            }
            ["system", uri, edition] => (system, version) = (stated(uri), stated(edition)),
            [state @ ("active" | "inactive"), code, display] => {
                let entry = ValueSetEntry {
                    display: display.into(),
                    language: language.clone(),
                    active: state == "active",
                    system: system.clone(),
                    version: version.clone(),
                };
                let entries = &mut sets.get_mut(current?)?.entries;
                if entries.insert(code.into(), entry).is_some() {
                    return None;
                }
            }
            _ => return None,
        }
    }
    let sets = sets.into_iter();
    let sets = sets.map(|(id, set)| (id, ValueSet(Arc::new(set))));
    Some(ValueSets(Arc::new(sets.collect())))
}

fn stated(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    use alloc::format;

    #[test]
    fn the_table_is_read_to_its_last_line() {
        let table = include_str!("../value_sets.tsv");
        let sets = read(table).unwrap();
        assert_eq!(sets, ValueSets::builtin());
        let rows = |kind: &str| table.lines().filter(|row| row.starts_with(kind)).count();
        assert_eq!(sets.iter().len(), rows("set\t"));
        let codes = sets.iter().map(ValueSet::len).sum::<usize>();
        assert_eq!(codes, rows("active\t") + rows("inactive\t"));
        for (set, count) in [
            (ValueSets::COUNTRY, 250),
            (ValueSets::DISEASE, 1),
            (ValueSets::TEST_DEVICE, 88),
            (ValueSets::TEST_RESULT, 2),
            (ValueSets::TEST_TYPE, 2),
            (ValueSets::MANUFACTURER, 31),
            (ValueSets::PRODUCT, 39),
            (ValueSets::VACCINE, 9),
        ] {
            assert_eq!(sets.get(set).map(ValueSet::len), Some(count), "{set}");
        }
        for (code, entry) in sets.iter().flat_map(ValueSet::iter) {
            assert!(
                !entry.display().is_empty() && entry.system().is_some(),
                "{code}"
            );
        }
    }

    #[test]
    fn a_damaged_table_is_not_read_in_part() {
        let good = "set\ta\t2026-01-01\ten\nsystem\ts\t\nactive\tx\tX\n";
        assert_eq!(read(good).unwrap().iter().len(), 1);
        for bad in [
            "active\tx\tX\n".to_owned(),
            format!("{good}active\tx\tX\n"),
            format!("{good}set\ta\t2026-01-01\ten\n"),
            format!("{good}gone\ty\tY\n"),
            good.replace("2026-01-01", "2026"),
        ] {
            assert!(read(&bad).is_none(), "{bad:?}");
        }
    }
}
