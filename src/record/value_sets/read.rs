//! A value set from its JSON document.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use super::{Set, ValueSet, ValueSetEntry, ValueSetError};
use crate::Date;
use crate::codec::json::{self, JsonFault, Lean, LeanMembers};

const MAX_BYTES: usize = ValueSet::MAX_BYTES;
const MAX_CODES: usize = 10_000;
/// What a code weighs with its five members (13), and room for other ones.
const WEIGHT_OF_A_CODE: usize = 20;
/// The longest id, and what is shown of a code.
const MAX_NAME: usize = 100;

pub(super) fn document(bytes: &[u8]) -> Result<ValueSet, ValueSetError> {
    if bytes.len() > MAX_BYTES {
        return Err(ValueSetError::TooLong {
            found: bytes.len(),
            max: MAX_BYTES,
        });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if json::weight(bytes) > (MAX_CODES + 1) * WEIGHT_OF_A_CODE {
        return Err(ValueSetError::TooComplex { max: MAX_CODES });
    }
    let json = json::parse_lean(bytes).map_err(|fault| match fault {
        JsonFault::Syntax { line, column } => ValueSetError::Json { line, column },
        JsonFault::DuplicateMember { line, column } => {
            ValueSetError::DuplicateMember { line, column }
        }
        JsonFault::TooDense { .. } => ValueSetError::TooComplex { max: MAX_CODES },
    })?;
    let member = |member| ValueSetError::Member { member };
    let text = |name| json.get(name).and_then(Lean::as_str).ok_or(member(name));
    let id = text("valueSetId")?;
    if id.is_empty() || id.len() > MAX_NAME {
        return Err(member("valueSetId"));
    }
    let date = Date::parse(text("valueSetDate")?).map_err(|_| member("valueSetDate"))?;
    let values = json.get("valueSetValues").and_then(Lean::as_object);
    let values = values.ok_or(member("valueSetValues"))?;
    if values.len() == 0 {
        return Err(ValueSetError::Empty);
    }
    if values.len() > MAX_CODES {
        return Err(ValueSetError::TooManyCodes {
            found: values.len(),
            max: MAX_CODES,
        });
    }
    let mut texts = Texts::default();
    let mut entries = BTreeMap::new();
    for (code, value) in values.iter() {
        let read = match code.is_empty() {
            true => Err("the code"),
            false => entry(value, &mut texts),
        };
        let read = read.map_err(|member| ValueSetError::Entry {
            code: code.chars().take(MAX_NAME).collect(),
            member,
        })?;
        entries.insert(code.into(), read);
    }
    Ok(ValueSet(Arc::new(Set {
        id: id.into(),
        date,
        entries,
        builtin: false,
    })))
}

/// The texts that most codes of a set share: language, system, version.
#[derive(Default)]
struct Texts([Option<Arc<str>>; 3]);

/// Fails with the member that is missing or wrong.
fn entry(value: &Lean, texts: &mut Texts) -> Result<ValueSetEntry, &'static str> {
    let value = value.as_object().ok_or("the value")?;
    let [lang, system, version] = &mut texts.0;
    Ok(ValueSetEntry {
        display: value
            .get("display")
            .and_then(Lean::as_str)
            .filter(|text| !text.is_empty())
            .ok_or("display")?
            .into(),
        active: value
            .get("active")
            .and_then(Lean::as_bool)
            .ok_or("active")?,
        language: optional(value, "lang", lang)?,
        system: optional(value, "system", system)?,
        version: optional(value, "version", version)?,
    })
}

fn optional(
    value: &LeanMembers,
    name: &'static str,
    last: &mut Option<Arc<str>>,
) -> Result<Option<Arc<str>>, &'static str> {
    let text = match value.get(name) {
        None => return Ok(None),
        Some(value) => value.as_str().ok_or(name)?,
    };
    if text.is_empty() {
        return Ok(None);
    }
    if last.as_deref() != Some(text) {
        *last = Some(text.into());
    }
    Ok(last.clone())
}
