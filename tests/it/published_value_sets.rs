//! The published value sets load, and the built-in ones say the same.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use std::collections::BTreeSet;

use hcert::record::{ValueSet, ValueSetError, ValueSets};
use hcert_testkit::published;

/// Codes whose built-in display is not the published one, and why.
const CORRECTED: &[(&str, &str, &str)] = &[
    ("country-2-codes", "CI", "its apostrophe is doubled"),
    ("country-2-codes", "KP", "its apostrophe is doubled"),
    ("country-2-codes", "LA", "its apostrophe is doubled"),
    ("country-2-codes", "VI", "cut off after the comma"),
];

/// Documents that are no sets of codes with their display.
const OTHERS: &[&str] = &["vaccine-encoding-instructions.json"];

fn sets() -> Vec<ValueSet> {
    let mut sets = Vec::new();
    let mut others = Vec::new();
    for path in published::json_files(&published::find("value-sets")) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match ValueSet::from_json(&std::fs::read(&path).unwrap()) {
            Ok(set) => sets.push(set),
            Err(error) => {
                let expected = ValueSetError::Entry {
                    code: "Comirnaty".into(),
                    member: "display",
                };
                assert_eq!(error, expected, "{name}");
                others.push(name);
            }
        }
    }
    assert_eq!(others, OTHERS);
    sets
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_built_in_sets_hold_what_the_published_ones_do() {
    let sets = sets();
    let builtin = ValueSets::builtin();
    assert_eq!(sets.len(), builtin.iter().len());
    let mut corrected = BTreeSet::new();
    for set in &sets {
        let ours = builtin.get(set.id()).unwrap();
        assert_eq!(ours.date(), set.date(), "{}", set.id());
        assert!(ours.codes().eq(set.codes()), "{}", set.id());
        for (code, entry) in set.iter() {
            let own = ours.get(code).unwrap();
            if own.display() != entry.display() {
                println!(
                    "{code}: {:?}, published {:?}",
                    own.display(),
                    entry.display()
                );
                corrected.insert((set.id(), code));
            }
            assert_eq!(own.is_active(), entry.is_active(), "{code}");
            assert_eq!(own.language(), entry.language(), "{code}");
            assert_eq!(own.system(), entry.system(), "{code}");
            assert_eq!(own.version(), entry.version(), "{code}");
        }
        let inactive = set.iter().filter(|(_, entry)| !entry.is_active()).count();
        println!(
            "{}: {}, {} codes, {inactive} inactive",
            set.id(),
            set.date(),
            set.len()
        );
    }
    let known = CORRECTED.iter().map(|(set, code, _)| (*set, *code));
    assert_eq!(corrected, known.collect());
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_published_sets_take_the_place_of_the_built_in_ones() {
    let published = sets();
    let mut sets = ValueSets::builtin();
    // The second time they are there already.
    for set in published.iter().chain(&published) {
        sets = sets.with(set.clone()).unwrap();
        assert_eq!(sets.get(set.id()), Some(set));
    }
    assert_eq!(sets.iter().len(), published.len());
}

/// The value sets that national rules were tested with are of 2021: every code
/// in them is still there, but for devices that were taken from the list.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn codes_of_the_rules_tests_are_known() {
    let folder = published::find("business-rules");
    let builtin = ValueSets::builtin();
    let (mut files, mut gone) = (0, BTreeSet::new());
    for path in published::json_files(&folder) {
        let json = published::read_json(&path).unwrap_or_default();
        let Some(sets) = json["external"]["valueSets"].as_object() else {
            continue;
        };
        files += 1;
        assert_eq!(sets.len(), builtin.iter().len());
        for (id, codes) in sets {
            let ours = builtin.get(id).unwrap();
            for code in codes.as_array().unwrap() {
                let code = code.as_str().unwrap();
                if !ours.contains(code) {
                    gone.insert((id.clone(), code.to_owned()));
                }
            }
        }
    }
    println!("{files} tests with value sets");
    let device = |code: &str| (ValueSets::TEST_DEVICE.to_owned(), code.to_owned());
    assert_eq!(gone, BTreeSet::from([device("1246"), device("1256")]));
}
