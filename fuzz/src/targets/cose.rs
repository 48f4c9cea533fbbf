//! COSE_Sign1, against ciborium's view of the same bytes and against coset.
//!
//! What coset refuses and we read: header values that it types more strictly
//! (unregistered `alg`, empty kid, wrong types of parameters that HCERT does not
//! use) and labels that are byte strings. What coset reads and we refuse is
//! listed in the code.

use ciborium::Value;
use coset::{AsCborValue, CoseSign1 as Theirs, RegisteredLabelWithPrivate};
use hcert::Limits;
use hcert::format::hc1::cbor;
use hcert::format::hc1::cose::{CoseError, CoseSign1, DeclaredAlgorithm};
use hcert::trust::Kid;
use crate::{conceals, error_conceals};

fn member(map: &Value, label: i64) -> Option<&Value> {
    let mut members = map.as_map().expect("a header is a map").iter();
    Some(&members.find(|(key, _)| *key == Value::from(label))?.1)
}

/// Both ways of reading the bytes with a CBOR decoder that we did not write.
fn check(ours: &CoseSign1, value: &Value) {
    let [protected, unprotected, payload, signature] = value.as_array().unwrap().as_slice() else {
        panic!("not four members")
    };
    assert_eq!(protected.as_bytes().unwrap(), ours.protected());
    assert_eq!(payload.as_bytes().unwrap(), ours.unverified_payload());
    assert_eq!(signature.as_bytes().unwrap(), ours.signature());
    let empty = Value::Map(Vec::new());
    let protected = match ours.protected() {
        [] => empty,
        map => match ciborium::from_reader(map) {
            Ok(map) => map,
            Err(_) => return, // a simple value that ciborium has no type for
        },
    };
    let stated = |label| member(&protected, label).or_else(|| member(unprotected, label));
    match (stated(4), ours.kid()) {
        (None, None) => {}
        (Some(Value::Bytes(kid)), Some(ours)) => assert_eq!(kid, ours.as_bytes()),
        // base64, which is read leniently here and strictly there.
        (Some(Value::Text(kid)), Some(ours)) => {
            assert_eq!(Kid::from_base64(kid).as_ref(), Ok(ours));
        }
        (theirs, ours) => panic!("kid {ours:?} of {theirs:?}"),
    }
    match (stated(1), ours.algorithm()) {
        (None, None) | (Some(Value::Text(_)), Some(DeclaredAlgorithm::Text)) => {}
        (Some(Value::Integer(id)), Some(DeclaredAlgorithm::Other(n))) => {
            assert_eq!(i128::from(*id), *n);
        }
        (Some(Value::Integer(id)), Some(DeclaredAlgorithm::Known(known))) => {
            assert_eq!(i128::from(*id), i128::from(known.cose_id()));
        }
        (theirs, ours) => panic!("alg {ours:?} of {theirs:?}"),
    }
    if let Ok(theirs) = Theirs::from_cbor_value(value.clone()) {
        assert_eq!(theirs.payload.as_deref(), Some(ours.unverified_payload()));
        assert_eq!(theirs.signature, ours.signature());
        let (first, second) = (&theirs.protected.header, &theirs.unprotected);
        let kid = [first, second].map(|h| &h.key_id).into_iter();
        assert_eq!(
            kid.filter(|kid| !kid.is_empty()).map(Vec::as_slice).next(),
            ours.kid().map(|kid| kid.as_bytes()),
        );
        let known = match first.alg.as_ref().or(second.alg.as_ref()) {
            Some(RegisteredLabelWithPrivate::Assigned(coset::iana::Algorithm::ES256)) => "ES256",
            Some(RegisteredLabelWithPrivate::Assigned(coset::iana::Algorithm::PS256)) => "PS256",
            _ => "",
        };
        let ours = match ours.algorithm() {
            Some(DeclaredAlgorithm::Known(known)) => known.to_string(),
            _ => String::new(),
        };
        assert_eq!(ours, known);
    }
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let limits = Limits::default();
    let ours = CoseSign1::parse(data.to_vec(), &limits, &mut Vec::new());
    let guarded = cbor::check(data, &limits).is_ok();
    let mut value = match ciborium::from_reader::<Value, _>(data) {
        Ok(value) if guarded => value,
        // What ciborium reads is not CBOR to the guard, or has simple values.
        _ => return,
    };
    for tag in [61, 18] {
        if let Value::Tag(found, _) = &value
            && *found == tag
            && let Value::Tag(_, inner) = value
        {
            value = *inner;
        }
    }
    match &ours {
        Ok(ours) => {
            conceals(ours);
            check(ours, &value);
        }
        Err(error) => {
            error_conceals(error);
            let Ok(theirs) = Theirs::from_cbor_value(value) else {
                return;
            };
            let headers = [&theirs.protected.header, &theirs.unprotected];
            match error {
                // The guard on the protected header.
                CoseError::Cbor(_) => {
                    let map = theirs.protected.original_data.unwrap_or_default();
                    assert!(cbor::check(&map, &limits).is_err());
                }
                CoseError::Critical => assert!(headers.iter().any(|h| !h.crit.is_empty())),
                // HCERT has no detached payload.
                CoseError::Structure(_) => assert!(theirs.payload.is_none()),
                CoseError::HeaderType { name: "kid" } => {
                    assert!(headers.iter().any(|h| h.key_id.len() > 255));
                }
                // ciborium takes a small bignum (RFC 8949 §3.4.3) for an integer,
                // which `alg` must be (RFC 9052 §1.4, `int`).
                CoseError::HeaderType { name: "alg" } => {
                    assert!(data.iter().any(|b| matches!(b, 0xc2 | 0xc3 | 0xd8..=0xdb)));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

