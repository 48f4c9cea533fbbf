//! Where this crate and a published vector are known to differ, and why.
//!
//! An entry names a path, or a pattern of paths together with the causes that
//! it excuses. What it does not name is a disagreement.

use serde_json::Value;

const DATA: &str = include_str!("known-divergences.json");

/// A list of known divergences.
pub struct Known(Vec<Divergence>);

struct Divergence {
    path: String,
    key: String,
    expected: bool,
    /// Patterns, each cause of the finding has to match one of them; `None`
    /// where the path says it all.
    causes: Option<Vec<String>>,
    reason: String,
}

/// What the list says of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed<'a> {
    No,
    /// With the reason.
    Yes(&'a str),
    /// The vector is named, and agrees all the same.
    InVain(&'a str),
}

impl Known {
    /// The list for dgc-testdata that belongs to this program.
    pub fn dgc_testdata() -> Result<Self, String> {
        let data: Value = serde_json::from_str(DATA).map_err(|e| e.to_string())?;
        let entries = data.get("dgc-testdata").and_then(Value::as_array);
        let entries = entries.ok_or("no list \"dgc-testdata\"")?;
        let read = |(i, entry)| {
            Divergence::read(entry).ok_or(format!("entry {i} of \"dgc-testdata\" is malformed"))
        };
        entries
            .iter()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Looks a result up.
    pub fn look_up(
        &self,
        path: &str,
        key: &str,
        expected: bool,
        actual: bool,
        causes: &[String],
    ) -> Listed<'_> {
        let mut candidates = self
            .0
            .iter()
            .filter(|d| d.key == key && d.expected == expected && matches(&d.path, path));
        if expected == actual {
            // A pattern of paths does not promise that each of them differs.
            return candidates
                .find(|d| d.path == path)
                .map_or(Listed::No, |d| Listed::InVain(&d.reason));
        }
        candidates
            .find(|d| d.excuses(causes))
            .map_or(Listed::No, |d| Listed::Yes(&d.reason))
    }
}

impl Divergence {
    fn read(entry: &Value) -> Option<Self> {
        let text = |name| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let causes = match entry.get("causes") {
            None => None,
            Some(list) => Some(
                list.as_array()?
                    .iter()
                    .map(|c| c.as_str().map(str::to_owned))
                    .collect::<Option<_>>()?,
            ),
        };
        Some(Self {
            path: text("path")?,
            key: text("key")?,
            expected: entry.get("expected")?.as_bool()?,
            causes,
            reason: text("reason")?,
        })
    }

    fn excuses(&self, causes: &[String]) -> bool {
        self.causes.as_ref().is_none_or(|patterns| {
            !causes.is_empty()
                && causes
                    .iter()
                    .all(|cause| patterns.iter().any(|pattern| matches(pattern, cause)))
        })
    }
}

/// Whether `pattern`, in which `*` stands for any text, matches all of `text`.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    text.char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .any(|at| text.get(at..).is_some_and(|tail| matches(rest, tail)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("PL/*/7.json", "PL/1.3.0/raw/7.json", true),
            ("PL/*/7.json", "PL/1.3.0/raw/17.json", false),
            ("schema-pattern *.co", "schema-pattern t[0].co", true),
            ("schema-pattern dob", "schema-pattern dob2", false),
            ("ES/*", "EE/1.json", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    fn list() -> Known {
        let entry = |path: &str, causes: Option<&str>| Divergence {
            path: path.into(),
            key: "K".into(),
            expected: true,
            causes: causes.map(|c| vec![c.into()]),
            reason: "why".into(),
        };
        Known(vec![
            entry("a/1.json", None),
            entry("b/*", Some("schema-tag *")),
        ])
    }

    #[test]
    fn only_the_listed_causes_are_excused() {
        let list = list();
        let look = |path, actual, causes: &[&str]| {
            let causes: Vec<_> = causes.iter().map(|c| (*c).to_owned()).collect();
            list.look_up(path, "K", true, actual, &causes)
        };
        assert_eq!(
            look("b/1.json", false, &["schema-tag v[0].dt"]),
            Listed::Yes("why")
        );
        assert_eq!(look("b/1.json", false, &[]), Listed::No);
        assert_eq!(
            look("b/1.json", false, &["schema-tag dob", "x"]),
            Listed::No
        );
        assert_eq!(look("c/1.json", false, &["schema-tag dob"]), Listed::No);
        assert_eq!(look("a/1.json", false, &["anything"]), Listed::Yes("why"));
    }

    #[test]
    fn a_named_vector_that_agrees_is_in_vain() {
        let list = list();
        assert_eq!(
            list.look_up("a/1.json", "K", true, true, &[]),
            Listed::InVain("why")
        );
        assert_eq!(list.look_up("b/1.json", "K", true, true, &[]), Listed::No);
        assert_eq!(list.look_up("a/1.json", "K", false, false, &[]), Listed::No);
    }

    /// Of the whole clone, of which the files at hand may be a part: an entry
    /// whose vector isn't there says nothing.
    #[test]
    fn slips_of_the_whole_clone_are_listed() {
        let list = Known::dgc_testdata().unwrap();
        let is_known = |path: &str, key: &str, expected: bool, cause: &str| {
            let look = list.look_up(path, key, expected, !expected, &[cause.to_owned()]);
            matches!(look, Listed::Yes(_))
        };
        for version in ["1.0.0", "1.2.1", "1.3.0"] {
            let path = format!("PL/{version}/2DCode/raw/8.json");
            assert!(
                is_known(&path, "EXPECTEDSCHEMAVALIDATION", false, ""),
                "{path}"
            );
        }
        for (file, at) in [("1", ".dob"), ("5", ".nam.fn")] {
            let path = format!("PL/1.3.0/2DCode/raw/{file}.json");
            for (key, source) in [("EXPECTEDDECODE", "COSE"), ("EXPECTEDVALIDJSON", "PREFIX")] {
                let cause = |at: &str| format!("differs: {source} and JSON at {at}");
                assert!(is_known(&path, key, true, &cause(at)), "{path} {key}");
                assert!(!is_known(&path, key, true, &cause(".ver")), "{path} {key}");
            }
        }
    }

    #[test]
    fn the_list_is_well_formed() {
        assert!(!Known::dgc_testdata().unwrap().0.is_empty());
    }
}
