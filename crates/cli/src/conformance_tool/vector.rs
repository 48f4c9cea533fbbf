//! Files of the dgc-testdata format: finding them in a tree, and reading
//! their fields as differently as member states spell them.

use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hcert::Timestamp;
use serde_json::{Map, Value};

/// No vector is nearly as large; archives in a clone are.
const MAX_FILE: u64 = 16 << 20;

/// One test vector.
pub struct Vector {
    /// Path below the directory that was searched, with `/`.
    pub path: String,
    /// `EXPECTEDRESULTS`: each key as it is spelled, with its value.
    pub expected: Vec<(String, Value)>,
    fields: Map<String, Value>,
    context: Map<String, Value>,
}

/// What a search found, vectors in the order of their paths.
#[derive(Default)]
pub struct Found {
    pub vectors: Vec<Vector>,
    /// JSON files that are no vector: path and why.
    pub skipped: Vec<(String, &'static str)>,
    /// How many files are no JSON at all.
    pub other_files: usize,
}

/// Looks at every file below `root`, whatever its name.
pub fn find(root: &Path) -> std::io::Result<Found> {
    let mut found = Found::default();
    search(root, "", &mut found)?;
    Ok(found)
}

fn search(directory: &Path, above: &str, found: &mut Found) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(directory)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{above}{name}");
        let mut kind = entry.file_type()?;
        // A linked file is read, a linked directory could lead in a circle.
        if kind.is_symlink()
            && let Ok(target) = std::fs::metadata(entry.path())
            && target.is_file()
        {
            kind = target.file_type();
        }
        if kind.is_dir() {
            // .git and the like hold no vectors.
            if !name.starts_with('.') {
                search(&entry.path(), &format!("{path}/"), found)?;
            }
            continue;
        }
        if !kind.is_file() {
            continue;
        }
        let mut bytes = Vec::new();
        std::fs::File::open(entry.path())
            .and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes))
            .map_err(|e| std::io::Error::new(e.kind(), format!("{path}: {e}")))?;
        match Vector::parse(path.clone(), &bytes) {
            Ok(vector) => found.vectors.push(vector),
            Err(None) => found.other_files += 1,
            Err(Some(why)) => found.skipped.push((path, why)),
        }
    }
    Ok(())
}

impl Vector {
    /// Reads a file; the error says why it is no vector, or `None` where it
    /// is not even JSON.
    pub fn parse(path: String, bytes: &[u8]) -> Result<Self, Option<&'static str>> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if !text.starts_with(['{', '[']) {
            return Err(None);
        }
        let json: Value = match serde_json::from_str(text) {
            Ok(json) => json,
            Err(_) if path.to_ascii_lowercase().ends_with(".json") => {
                return Err(Some("is not well-formed JSON"));
            }
            Err(_) => return Err(None),
        };
        let Value::Object(members) = json else {
            return Err(Some("is no JSON object"));
        };
        let mut fields = unified(members);
        let Some(Value::Object(expected)) = fields.remove("EXPECTEDRESULTS") else {
            return Err(Some("has no EXPECTEDRESULTS"));
        };
        let context = match fields.remove("TESTCTX") {
            Some(Value::Object(context)) => unified(context),
            _ => Map::new(),
        };
        Ok(Self {
            expected: expected.into_iter().collect(),
            path,
            fields,
            context,
        })
    }

    /// A text field, exactly as it is: a blank may be base45.
    pub fn text(&self, name: &str) -> Option<&str> {
        filled(&self.fields, name)
    }

    /// A field of bytes in hexadecimal, or base64 where it is not that.
    pub fn bytes(&self, name: &str) -> Option<Result<Vec<u8>, &'static str>> {
        let text: String = self.text(name)?.split_whitespace().collect();
        let bytes = hex(&text).or_else(|| BASE64_STANDARD.decode(&text).ok());
        Some(bytes.ok_or("field-encoding"))
    }

    /// The picture of the code.
    pub fn picture(&self) -> Option<Result<Vec<u8>, &'static str>> {
        let text = self.text("2DCODE")?;
        let data = match text.split_once("base64,") {
            Some((_, data)) if text.starts_with("data:") => data,
            _ => text,
        };
        let data: String = data.split_whitespace().collect();
        Some(BASE64_STANDARD.decode(data).map_err(|_| "field-encoding"))
    }

    /// The payload as JSON.
    pub fn json(&self) -> Option<Value> {
        match self.fields.get("JSON")? {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            json => Some(json.clone()),
        }
    }

    /// The signer's certificate: base64 of DER, or PEM.
    pub fn certificate(&self) -> Option<Result<Vec<u8>, &'static str>> {
        let text = filled(&self.context, "CERTIFICATE")?;
        let body: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("-----"))
            .flat_map(str::split_whitespace)
            .collect();
        Some(BASE64_STANDARD.decode(body).map_err(|_| "field-encoding"))
    }

    /// The time at which to verify.
    pub fn clock(&self) -> Option<Timestamp> {
        ["VALIDATIONCLOCK", "VALIDATIONCLOCKINSTANT"]
            .into_iter()
            .filter_map(|name| self.context.get(name))
            .find_map(instant)
    }
}

/// The members under one spelling: capitals, no underscore in front.
fn unified(members: Map<String, Value>) -> Map<String, Value> {
    let unify = |(name, value): (String, Value)| {
        let name = name.trim().trim_start_matches('_').to_ascii_uppercase();
        (!value.is_null()).then_some((name, value))
    };
    members.into_iter().filter_map(unify).collect()
}

fn filled<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = map.get(name)?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |b: u8| char::from(b).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? << 4 | digit(*low)?) as u8);
    if rest.is_empty() {
        pairs.iter().map(byte).collect()
    } else {
        None
    }
}

/// An instant as RFC 3339, without a zone (UTC, then), as a day, or as
/// seconds or milliseconds since 1970.
fn instant(value: &Value) -> Option<Timestamp> {
    let text = match value {
        Value::Number(n) => n.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if let Ok(n) = text.parse::<i64>() {
        let is_milliseconds = n.unsigned_abs() > 100_000_000_000;
        return Some(Timestamp::from_seconds(if is_milliseconds {
            n.div_euclid(1000)
        } else {
            n
        }));
    }
    ["", "Z", "T00:00:00Z"]
        .into_iter()
        .find_map(|end| Timestamp::parse(&format!("{text}{end}")).ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_in_every_form_of_the_data() {
        for (clock, expected) in [
            ("2021-05-30T13:38:50.164012", "2021-05-30T13:38:50Z"),
            ("2021-05-03T20:00:00+02:00", "2021-05-03T18:00:00Z"),
            ("2021-05-03T20:00:00+0200", "2021-05-03T18:00:00Z"),
            ("2021-05-03T20:00:00.123456789Z", "2021-05-03T20:00:00Z"),
            ("2021-05-03T20:00:00", "2021-05-03T20:00:00Z"),
            ("2021-05-03", "2021-05-03T00:00:00Z"),
            ("1620072000", "2021-05-03T20:00:00Z"),
            ("1620072000123", "2021-05-03T20:00:00Z"),
        ] {
            let found = instant(&clock.into()).unwrap();
            assert_eq!(found.to_string(), expected, "{clock}");
        }
        assert!(instant(&"tomorrow".into()).is_none());
    }

    #[test]
    fn what_is_no_vector_is_named() {
        let parse = |path: &str, bytes: &[u8]| Vector::parse(path.into(), bytes).map(|_| ());
        assert_eq!(parse("a.png", b"\x89PNG"), Err(None));
        assert_eq!(parse("a.json", b"{"), Err(Some("is not well-formed JSON")));
        assert_eq!(parse("a.json", b"[]"), Err(Some("is no JSON object")));
        let none = Err(Some("has no EXPECTEDRESULTS"));
        assert_eq!(parse("a.json", br#"{"JSON":{}}"#), none);
        assert_eq!(parse("a", br#"{"ExpectedResults":{}}"#), Ok(()));
    }

    #[test]
    fn other_spellings_of_a_field_are_read() {
        let bytes = b"\xef\xbb\xbf{\"_2DCODE\":\"AAE=\",\"Cbor\":\"A0 ff\",\"EXPECTEDRESULTS\":{}}";
        let vector = Vector::parse("LV/2DCode/Raw/1.json".into(), bytes).unwrap();
        assert_eq!(vector.picture().unwrap().unwrap(), [0, 1]);
        assert_eq!(vector.bytes("CBOR").unwrap().unwrap(), [0xa0, 0xff]);
        assert!(vector.clock().is_none() && vector.certificate().is_none());
    }
}
