//! Sweden's list (DIGG): a JWS, ES256, whose one certificate in `x5c` is the
//! one to pin.

use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

use super::{Check, Claims, Content, ListFormat, named};
use crate::codec::instant;
use crate::codec::text::{decode_base64, shown};
use crate::envelope::jws::JwsAlgorithm;
use crate::trust::error::LoadError;
use crate::trust::jwk;
use crate::trust::jws::{self, Profile};
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Source};
use crate::trust::usage::KeyUsage;

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
    let dates = jws::dates(&list)?;
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
        entries.extend(read_country(source, country, group, keys));
    }
    Ok(Content {
        entries,
        claims: Claims {
            identity: anchor.map(|anchor| anchor.identifies(ListFormat::Swedish)),
            issuer: list.get("iss").and_then(Value::as_str).map(shown),
            issued_at: dates.issued_at,
            expires_at: dates.expires_at,
            ..Claims::default()
        },
    })
}

/// `eku` of a country limits its keys by kid, beside what their certificates
/// say: only what both allow is allowed. A limit that can't be read, or that is
/// of no key of the country, may be meant for any key that has no other one, so
/// that these are left out.
struct Limits<'a> {
    limits: Vec<Limit<'a>>,
    all_readable: bool,
}

struct Limit<'a> {
    /// As the list spells it.
    name: &'a str,
    kid: Vec<u8>,
    usage: Option<KeyUsage>,
    used: bool,
}

const NOT_LIMITS: ProblemKind = ProblemKind::Member {
    name: "eku",
    expected: "an object of arrays of object identifiers, by the kids of the country's keys",
};

impl<'a> Limits<'a> {
    fn read(group: &'a Value) -> Self {
        let none = Self {
            limits: Vec::new(),
            all_readable: true,
        };
        if group.get("eku").is_none() && !instant::is_misspelt(group, "eku") {
            return none;
        }
        let eku = group
            .get("eku")
            .filter(|_| !instant::is_misspelt(group, "eku"));
        let Some(eku) = eku.and_then(Value::as_object) else {
            return Self {
                all_readable: false,
                ..none
            };
        };
        let limit = |(name, oids): (&'a String, &Value)| {
            let kid = decode_base64(name).filter(|kid| !kid.is_empty())?;
            let (usage, used) = (read_oids(oids), false);
            Some(Limit {
                name,
                kid,
                usage,
                used,
            })
        };
        let limits: Vec<_> = eku.iter().filter_map(limit).collect();
        Self {
            all_readable: limits.len() == eku.len(),
            limits,
        }
    }

    /// Applies those of the key, under each name that it has.
    fn apply(&mut self, entry: &mut Entry) -> bool {
        let listed = entry.kid.as_deref().and_then(decode_base64);
        let mut names: Vec<_> = listed.into_iter().collect();
        if let Ok(found) = &entry.outcome {
            names.push(found.key.kid.as_bytes().to_vec());
            let certificate = found.key.certificate();
            names.extend(certificate.map(|of| of.kid().as_bytes().to_vec()));
        }
        let mut limited = false;
        for limit in self.limits.iter_mut().filter(|l| names.contains(&l.kid)) {
            (limit.used, limited) = (true, true);
            match (&mut entry.outcome, limit.usage) {
                (Ok(found), Some(usage)) => found.key.usage = found.key.usage.both(usage),
                (Ok(_), None) => entry.outcome = Err(NOT_LIMITS),
                (Err(_), _) => {}
            }
        }
        limited
    }
}

/// Dotted identifiers, one at least. A number has one spelling, without a zero
/// in front.
fn read_oids(oids: &Value) -> Option<KeyUsage> {
    let is_oid = |text: &&str| {
        let digits = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        let number = |n: &str| digits(n) && (n == "0" || !n.starts_with('0'));
        text.contains('.') && text.split('.').all(number)
    };
    let oids = oids.as_array().filter(|oids| !oids.is_empty())?;
    let oids = oids.iter().map(|oid| oid.as_str().filter(is_oid));
    oids.collect::<Option<Vec<_>>>().map(KeyUsage::from_oids)
}

fn read_country(source: &Source, country: &str, group: &Value, keys: &[Value]) -> Vec<Entry> {
    let mut limits = Limits::read(group);
    let mut read: Vec<_> = (keys.iter())
        .map(|key| {
            let mut entry = jwk::read(source, key);
            // It stands beside the keys. In one it is a limit all the same.
            if key.get("eku").is_some() || instant::is_misspelt(key, "eku") {
                entry.outcome = entry.outcome.and(Err(NOT_LIMITS));
            }
            let limited = limits.apply(&mut entry);
            (named(entry, Some(country)), limited)
        })
        .collect();
    let unused = limits.limits.iter().filter(|limit| !limit.used);
    let unused: Vec<_> = unused
        .map(|limit| Entry {
            kid: Some(limit.name.into()),
            outcome: Err(NOT_LIMITS),
        })
        .collect();
    if !unused.is_empty() || !limits.all_readable {
        for (entry, _) in read.iter_mut().filter(|(_, limited)| !limited) {
            if entry.outcome.is_ok() {
                entry.outcome = Err(NOT_LIMITS);
            }
        }
    }
    let entries = read.into_iter().map(|(entry, _)| entry);
    entries.chain(unused).collect()
}
