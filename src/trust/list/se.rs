//! Sweden's list (DIGG): a JWS, ES256, whose one certificate in `x5c` is the
//! one to pin.

use serde_json::Value;

use super::jws::{self, JwsAlgorithm, Profile};
use super::{Check, Claims, Content, ListFormat, named};
use crate::Timestamp;
use crate::trust::error::LoadError;
use crate::trust::jwk;
use crate::trust::key::KeyUsage;
use crate::trust::report::ProblemKind;
use crate::trust::source::{Entry, Source};
use crate::trust::text::shown;

const PROFILE: Profile<'_> = Profile {
    algorithm: Some(JwsAlgorithm::Es256),
    chain_to: None,
    at: None,
};

pub(super) fn read(source: &Source, bytes: &[u8], check: Check<'_>) -> Result<Content, LoadError> {
    let (list, anchor) = match check {
        Check::Anchors(anchors) => {
            let (list, anchor) = jws::verified_payload(bytes, &PROFILE, anchors, &source.limits)?;
            (list, Some(anchor))
        }
        Check::Unsigned => (jws::unverified_payload(bytes, &source.limits)?, None),
    };
    let countries = list
        .get("dsc_trust_list")
        .and_then(Value::as_object)
        .ok_or(LoadError::Form {
            expected: "a payload with an object `dsc_trust_list`",
        })?;
    let mut entries = Vec::new();
    for (country, group) in countries {
        let Some(keys) = group.get("keys").and_then(Value::as_array) else {
            entries.push(Entry::from(Err(ProblemKind::Member {
                name: "keys",
                expected: "an array",
            })));
            continue;
        };
        source.check_count(entries.len().saturating_add(keys.len()))?;
        entries.extend(keys.iter().map(|key| read_key(source, country, group, key)));
    }
    let time = |name| {
        let seconds = list.get(name).and_then(Value::as_i64)?;
        Some(Timestamp::from_seconds(seconds))
    };
    Ok(Content {
        entries,
        claims: Claims {
            identity: anchor.map(|anchor| anchor.identifies(ListFormat::Swedish)),
            issuer: list.get("iss").and_then(Value::as_str).map(shown),
            issued_at: time("iat"),
            expires_at: time("exp"),
            ..Claims::default()
        },
    })
}

/// `eku` of the country limits its keys by kid, beside what the certificate
/// says: only what both allow is allowed.
fn read_key(source: &Source, country: &str, group: &Value, key: &Value) -> Entry {
    let mut entry = jwk::read(source, key);
    let limit = entry
        .kid
        .as_deref()
        .and_then(|kid| group.get("eku")?.get(kid));
    if let (Some(limit), Ok(found)) = (limit, &mut entry.outcome) {
        let oids = limit
            .as_array()
            .and_then(|oids| oids.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        match oids {
            Some(oids) => {
                let listed = KeyUsage::from_oids(oids);
                found.key.usage = found.key.usage.both(listed);
            }
            None => {
                entry.outcome = Err(ProblemKind::Member {
                    name: "eku",
                    expected: "arrays of texts by kid",
                });
            }
        }
    }
    named(entry, Some(country))
}
