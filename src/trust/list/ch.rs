//! Switzerland's lists (COVID Certificate): two JWS, RS256, under the federal
//! root. The first has the keys, the second says which of them are active.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde_json::Value;

use super::{Check, Claims, Content, ListFormat, SignerDates};
use crate::Timestamp;
use crate::codec::instant;
use crate::codec::text::{decode_base64, shown};
use crate::crypto::kid::Kid;
use crate::crypto::{KeyError, PublicKey};
use crate::envelope::jws::JwsAlgorithm;
use crate::record::usage::Usage;
use crate::trust::error::LoadError;
use crate::trust::jwk::fit;
use crate::trust::jws::{self, Profile};
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};
use crate::trust::usage::KeyUsage;

const COMMON_NAME: &str = "CH01-AppContentCertificate";

pub(super) fn read(
    source: &Source,
    updates: &[u8],
    active: &[u8],
    fetched_at: Option<Timestamp>,
    check: Check<'_>,
) -> Result<Content, LoadError> {
    let profile = Profile {
        algorithm: Some(JwsAlgorithm::Rs256),
        chain_to: Some(COMMON_NAME),
        at: fetched_at,
    };
    let payload = |bytes| -> Result<_, LoadError> {
        match check {
            Check::Anchors(anchors) => {
                let (payload, anchor) =
                    jws::verified_payload(bytes, &profile, anchors, &source.limits)?;
                Ok((payload, Some(anchor)))
            }
            Check::Unsigned => Ok((jws::unverified_payload(bytes, &source.limits)?, None)),
        }
    };
    let ((updates, _), (active, anchor)) = (payload(updates)?, payload(active)?);
    let (of_keys, of_ids) = (jws::dates(&updates)?, jws::dates(&active)?);
    let ends = [of_keys.expires_at, of_ids.expires_at];
    let array = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned();
    let keys = array(&updates, "certs").ok_or(LoadError::Form {
        expected: "a first document with an array `certs`",
    })?;
    let ids = array(&active, "activeKeyIds").ok_or(LoadError::Form {
        expected: "a second document with an array `activeKeyIds`",
    })?;
    source.check_count(keys.len().saturating_add(ids.len()))?;
    let ids: BTreeSet<&str> = ids.iter().filter_map(Value::as_str).collect();
    let entries = keys.iter().map(|key| read_entry(source, &ids, key));
    Ok(Content {
        entries: entries.collect(),
        claims: Claims {
            identity: anchor.map(|anchor| anchor.identifies(ListFormat::Swiss)),
            signer_dates: match anchor {
                Some(_) => SignerDates::at(fetched_at),
                None => SignerDates::None,
            },
            // None of those published has such dates.
            issued_at: of_ids.issued_at.or(of_keys.issued_at),
            newest_entry: of_keys.issued_at,
            expires_at: ends.into_iter().flatten().min(),
            // From when the list was fetched.
            valid_for: instant::milliseconds(&active, "validDuration")?,
            ..Claims::default()
        },
    })
}

fn read_entry(source: &Source, active: &BTreeSet<&str>, entry: &Value) -> Entry {
    let id = entry.get("keyId").and_then(Value::as_str);
    Entry {
        kid: id.map(Into::into),
        outcome: match id {
            Some(id) if active.contains(id) => read_key(source, id, entry),
            Some(_) => Err(ProblemKind::Inactive),
            None => Err(ProblemKind::Member {
                name: "keyId",
                expected: "a text",
            }),
        },
    }
}

fn read_key(source: &Source, id: &str, entry: &Value) -> Result<Found, ProblemKind> {
    let text = |name| entry.get(name).and_then(Value::as_str);
    let bytes = |name| {
        let text = text(name).ok_or(ProblemKind::Member {
            name,
            expected: "a text",
        })?;
        decode_base64(text).ok_or(ProblemKind::Base64 { name })
    };
    let kid = Kid::from_base64(id)?;
    // `RS256` stands at RSA keys, which sign certificates with PS256.
    let (alg, curve) = (text("alg"), text("crv"));
    let key = match (alg, curve) {
        (Some("ES256"), Some("P-256")) => {
            PublicKey::from_p256_coordinates(&fit(&bytes("x")?)?, &fit(&bytes("y")?)?)?
        }
        (Some("RS256" | "PS256"), _) if entry.get("n").is_some_and(Value::is_string) => {
            PublicKey::from_rsa_components(&bytes("n")?, &bytes("e")?)?
        }
        (Some("RS256" | "PS256"), _) => {
            let der = bytes("subjectPublicKeyInfo")?;
            let found = source.spki(None, &der)?;
            match found.key.public_key().algorithm() {
                Some(crate::crypto::Algorithm::Ps256) => found.key.public_key().clone(),
                _ => return Err(KeyError::Rsa.into()),
            }
        }
        _ => {
            return Err(ProblemKind::JwkKeyType {
                kty: shown(alg.unwrap_or("?")),
                crv: curve.map(shown),
            });
        }
    };
    let mut found = source.public_key(Some(kid), key);
    found.key.usage = usage(entry)?;
    Ok(found)
}

/// `sig`, or letters: test, vaccination, recovery, and light certificates.
fn usage(entry: &Value) -> Result<KeyUsage, ProblemKind> {
    let wrong = ProblemKind::Member {
        name: "use",
        expected: "`sig` or letters of t, v, r, l",
    };
    let letters = match entry.get("use") {
        _ if instant::is_misspelt(entry, "use") => None,
        None => return Ok(KeyUsage::ANY),
        Some(letters) => letters.as_str().filter(|letters| !letters.is_empty()),
    };
    if letters == Some("sig") {
        return Ok(KeyUsage::ANY);
    }
    let mut usages = Vec::new();
    for letter in letters.ok_or_else(|| wrong.clone())?.chars() {
        match letter {
            't' => usages.push(Usage::Test),
            'v' => usages.push(Usage::Vaccination),
            'r' => usages.push(Usage::Recovery),
            'l' => usages.push(Usage::Light),
            _ => return Err(wrong),
        }
    }
    Ok(KeyUsage::only(usages))
}
