//! JSON Web Keys (RFC 7517; parameters of RFC 7518 §6).

use alloc::vec;
use alloc::vec::Vec;
use serde_json::Value;
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::error::LoadError;
use super::source::{Entry, Found, Source, declared_kid};
use crate::codec::instant;
use crate::codec::json::Members;
use crate::codec::text::{decode_base64, shown};
use crate::crypto::kid::Kid;
use crate::crypto::{Algorithm, KeyError, PublicKey};
use crate::trust::problem::ProblemKind;

pub(super) fn read_set(source: &Source, set: &Value) -> Result<Vec<Entry>, LoadError> {
    let keys = set
        .get("keys")
        .and_then(Value::as_array)
        .ok_or(LoadError::Form {
            expected: "a JWK set: an object with an array `keys`",
        })?;
    source.check_count(keys.len())?;
    Ok(keys.iter().map(|key| read(source, key)).collect())
}

pub(super) fn read_one(source: &Source, key: &Value) -> Result<Vec<Entry>, LoadError> {
    if key.get("kty").is_none() {
        return Err(LoadError::Form {
            expected: "a JWK: an object with `kty`",
        });
    }
    Ok(vec![read(source, key)])
}

pub(super) fn read(source: &Source, jwk: &Value) -> Entry {
    Entry {
        kid: jwk.get("kid").and_then(Value::as_str).map(Into::into),
        outcome: read_key(source, jwk),
    }
}

fn read_key(source: &Source, jwk: &Value) -> Result<Found, ProblemKind> {
    if !jwk.is_object() {
        return Err(ProblemKind::Member {
            name: "keys",
            expected: "an array of objects",
        });
    }
    if jwk.get("d").is_some() || jwk.get("k").is_some() {
        return Err(ProblemKind::JwkPrivateKey);
    }
    let kid = declared_kid(jwk)?.map(text_kid).transpose()?;
    let mut found = match first_certificate(jwk)? {
        Some(der) => source.listed_certificate(kid, &der)?,
        None => {
            let (key, note) = bare_key(jwk)?;
            source.check_size(key.spki_der())?;
            let mut found = source.public_key(kid, key);
            found.notes.extend(note);
            found
        }
    };
    check_use(jwk)?;
    found.notes.extend(mismatches(jwk, found.key.public_key()));
    Ok(found)
}

/// See `TrustStoreBuilder::add_jwk`.
fn text_kid(text: &str) -> Result<Kid, ProblemKind> {
    Ok(match decode_base64(text) {
        Some(bytes) if !bytes.is_empty() => Kid::new(bytes)?,
        _ => Kid::new(text)?,
    })
}

/// `x5c` holds standard base64 (RFC 7517 §4.7), the leaf first.
fn first_certificate(jwk: &Value) -> Result<Option<Vec<u8>>, ProblemKind> {
    let chain = match jwk.get("x5c") {
        None | Some(Value::Null) => return Ok(None),
        Some(chain) => chain,
    };
    let leaf = match chain.as_array().map(Vec::as_slice) {
        Some([]) => return Ok(None),
        Some([leaf, ..]) => leaf.as_str(),
        None => None,
    };
    let text = leaf.ok_or(ProblemKind::Member {
        name: "x5c",
        expected: "an array of texts",
    })?;
    decode_base64(text)
        .map(Some)
        .ok_or(ProblemKind::Base64 { name: "x5c" })
}

fn bare_key(jwk: &Value) -> Result<(PublicKey, Option<ProblemKind>), ProblemKind> {
    let kty = text(jwk, "kty")?;
    let crv = jwk.get("crv").and_then(Value::as_str);
    match (kty, crv) {
        ("RSA", _) => {
            let key = PublicKey::from_rsa_components(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?;
            Ok((key, None))
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
            let note = (x.len() != 32 || y.len() != 32).then_some({
                ProblemKind::JwkCoordinateLength {
                    x: x.len(),
                    y: y.len(),
                }
            });
            let key = PublicKey::from_p256_coordinates(&fit(&x)?, &fit(&y)?)?;
            Ok((key, note))
        }
        ("EC", Some(crv)) if unusable_curve(crv).is_some() => {
            let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
            Ok((other_curve(crv, &x, &y)?, None))
        }
        _ => Err(ProblemKind::JwkKeyType {
            kty: shown(kty),
            crv: crv.map(shown),
        }),
    }
}

/// An unsigned number of 32 bytes, whatever zeros were put before it or taken
/// away.
pub(super) fn fit(number: &[u8]) -> Result<[u8; 32], ProblemKind> {
    let start = number.iter().take_while(|b| **b == 0).count();
    let digits = number.get(start..).unwrap_or_default();
    let mut out = [0; 32];
    let place = 32usize
        .checked_sub(digits.len())
        .and_then(|gap| out.get_mut(gap..))
        .ok_or(KeyError::Point)?;
    place.copy_from_slice(digits);
    Ok(out)
}

/// The curves of the registry "JSON Web Key Elliptic Curve" that no HCERT
/// algorithm uses.
fn unusable_curve(crv: &str) -> Option<&'static str> {
    Some(match crv {
        "P-384" => "1.3.132.0.34",
        "P-521" => "1.3.132.0.35",
        "secp256k1" => "1.3.132.0.10",
        _ => return None,
    })
}

fn other_curve(crv: &str, x: &[u8], y: &[u8]) -> Result<PublicKey, KeyError> {
    let oid = |text| ObjectIdentifier::new(text).map_err(|_| KeyError::Encoding);
    let curve = oid(unusable_curve(crv).ok_or(KeyError::Encoding)?)?;
    let curve = curve.to_der().map_err(|_| KeyError::Encoding)?;
    let point = [&[4], x, y].concat();
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: oid("1.2.840.10045.2.1")?,
            parameters: Some(AnyRef::from_der(&curve).map_err(|_| KeyError::Encoding)?),
        },
        subject_public_key: BitStringRef::from_bytes(&point).map_err(|_| KeyError::Encoding)?,
    };
    PublicKey::from_spki_der(&info.to_der().map_err(|_| KeyError::Encoding)?)
}

/// A JWK, in whatever tree.
pub(super) trait Jwk: Members {
    /// The texts of the array of that name; `Some(None)` for a member that is
    /// none.
    fn texts(&self, name: &str) -> Option<Option<Vec<&str>>>;
}

impl Jwk for Value {
    fn texts(&self, name: &str) -> Option<Option<Vec<&str>>> {
        let member = self.get(name)?.as_array();
        Some(member.and_then(|all| all.iter().map(Self::as_str).collect()))
    }
}

/// What a key may be used for (RFC 7517 §4.2, §4.3). A word that is not known,
/// or operations without `verify`, allow no signature. `enc` is known: it is
/// noted, and stands at keys of real lists that sign certificates.
pub(super) fn check_use(jwk: &impl Jwk) -> Result<(), ProblemKind> {
    let known = |declared: Option<&str>| matches!(declared, Some("sig" | "enc"));
    let of_use = jwk.text("use").is_some_and(|declared| !known(declared));
    if of_use || instant::is_misspelt(jwk, "use") {
        return Err(ProblemKind::Member {
            name: "use",
            expected: "`sig` or `enc`",
        });
    }
    // Of the registry "JSON Web Key Parameters": a key that ended, or will.
    for name in ["exp", "nbf", "revoked"] {
        if jwk.text(name).is_some() || instant::is_misspelt(jwk, name) {
            return Err(ProblemKind::Member {
                name,
                expected: "absent: a key's own period is not read here",
            });
        }
    }
    let verifies = |operations: Option<Vec<&str>>| {
        operations.is_some_and(|operations| operations.contains(&"verify"))
    };
    let of_operations = jwk.texts("key_ops").is_some_and(|all| !verifies(all));
    if of_operations || instant::is_misspelt(jwk, "key_ops") {
        return Err(ProblemKind::Member {
            name: "key_ops",
            expected: "an array of texts, one of them `verify`",
        });
    }
    Ok(())
}

/// `use` and `alg` decide nothing more here: the key's kind fixes the algorithm.
fn mismatches(jwk: &Value, key: &PublicKey) -> impl Iterator<Item = ProblemKind> {
    let member = |name| jwk.get(name).and_then(Value::as_str);
    let not_sig = member("use")
        .filter(|declared| *declared != "sig")
        .map(|declared| ProblemKind::JwkUse {
            declared: shown(declared),
        });
    let other_alg = key
        .algorithm()
        .zip(member("alg"))
        .filter(|(algorithm, declared)| algorithm.name() != *declared)
        .map(|(_, declared): (Algorithm, _)| ProblemKind::JwkAlgorithm {
            declared: shown(declared),
        });
    not_sig.into_iter().chain(other_alg)
}

fn text<'a>(jwk: &'a Value, name: &'static str) -> Result<&'a str, ProblemKind> {
    jwk.get(name)
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name,
            expected: "a text",
        })
}

fn bytes(jwk: &Value, name: &'static str) -> Result<Vec<u8>, ProblemKind> {
    decode_base64(text(jwk, name)?).ok_or(ProblemKind::Base64 { name })
}
