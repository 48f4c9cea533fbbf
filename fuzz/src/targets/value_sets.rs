//! A value set: JSON.

use hcert::record::{Record, ValueSet, ValueSetError, ValueSets};
use hcert::words::{Language, describe_with};
use serde_json::Value;

/// Checks one input.
pub fn run(json: &[u8]) {
    let set = match ValueSet::from_json(json) {
        Ok(set) => set,
        Err(error) => {
            let shown = format!("{error}{error:?}");
            assert!(!shown.contains(char::is_control) && shown.len() < 8192);
            return;
        }
    };
    // Another reader finds the same.
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let document: Value = serde_json::from_slice(json).unwrap();
    assert_eq!(document["valueSetId"], set.id());
    assert_eq!(document["valueSetDate"], set.date().to_string());
    let values = document["valueSetValues"].as_object().unwrap();
    assert!(set.len() > 0 && set.len() == values.len());
    for (code, entry) in set.iter() {
        let value = &values[code];
        assert_eq!(value["display"], entry.display());
        assert_eq!(value["active"], entry.is_active());
        for (name, text) in [
            ("lang", entry.language()),
            ("system", entry.system()),
            ("version", entry.version()),
        ] {
            assert_eq!(
                value[name].as_str().unwrap_or_default(),
                text.unwrap_or_default()
            );
        }
    }

    let builtin = ValueSets::builtin();
    let known = builtin.get(set.id()).map(ValueSet::date);
    let sets = match builtin.with(set.clone()) {
        Ok(sets) => {
            assert!(known.is_none_or(|known| known <= set.date()));
            sets
        }
        Err(ValueSetError::Older { .. }) => {
            assert!(known.is_some_and(|known| known > set.date()));
            builtin.replace(set.clone()).unwrap()
        }
        Err(error) => panic!("{error}"),
    };
    assert_eq!(sets.get(set.id()), Some(&set));

    // What has a name keeps its code, and nothing is lost.
    let code = set.codes().next().unwrap();
    let record = serde_json::json!({"nam": {"fnt": "MUSTERFRAU"}, "dob": "1998-02-26",
        "v": [{"tg": code, "vp": code, "mp": code, "ma": code, "dn": 1, "sd": 1,
        "dt": "2021-05-29", "co": "XX", "is": "x", "ci": "URN:UVCI:01:XX:A"}]});
    if let Ok(record) = Record::from_json(&record.to_string()) {
        let lines = describe_with(&record, Language::English, &sets);
        let coded = lines.iter().filter(|line| line.text.contains(code)).count();
        assert!(coded >= 4);
    }
}

