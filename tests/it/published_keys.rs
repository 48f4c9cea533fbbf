//! Keys that anybody can sign with come into no store.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hcert::trust::{LoadReport, PublishedKey, TrustStore, TrustStoreBuilder};
use serde_json::{Value, json};

/// The example issuer of the NZ COVID Pass specification.
fn nzcp() -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": "key-1",
        "x": "zRR-XGsCp12Vvbgui4DD6O6cqmhfPuXMhi1OxPl8760",
        "y": "Iv5SU6FuW-TRYh5_GOrJlcV_gpF_GpFQhCOD8LSk3T0"
    })
}

/// RFC 7515, appendix A.3.1.
fn rfc7515() -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": "A.3",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    })
}

/// A key that is in no specification.
fn other() -> Value {
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
    let point = p256::Sec1Point::from(key);
    let base64 = |part: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(part.unwrap());
    json!({
        "kty": "EC", "crv": "P-256", "kid": "other",
        "x": base64(point.x()), "y": base64(point.y())
    })
}

fn load(mut builder: TrustStoreBuilder, keys: &[Value]) -> (TrustStore, LoadReport) {
    let set = json!({ "keys": keys }).to_string();
    builder.add_jwk("set", set.as_bytes()).unwrap();
    builder.build()
}

#[test]
fn the_table_is_sorted_and_each_entry_says_what_it_is() {
    let keys = PublishedKey::all();
    assert!(keys.is_sorted_by(|a, b| a.fingerprint() < b.fingerprint()));
    for key in keys {
        let digits = key.fingerprint().bytes();
        assert!(digits.clone().count() == 64, "{key:?}");
        assert!(
            digits
                .clone()
                .all(|d| matches!(d, b'0'..=b'9' | b'a'..=b'f')),
            "{key:?}"
        );
        let (_, at) = key.source().split_once(['@', ' ']).unwrap();
        assert!(!at.is_empty() && !key.name().is_empty(), "{key:?}");
    }
}

#[test]
fn a4_a_published_key_is_refused_and_reported() {
    let (store, report) = load(TrustStore::builder(), &[nzcp(), other(), rfc7515()]);
    assert_eq!((report.total, report.rejected, report.loaded), (3, 2, 1));
    assert_eq!(store.len(), 1);
    let problems: Vec<_> = report
        .problems
        .iter()
        .filter(|problem| !problem.kept)
        .map(|problem| {
            (
                problem.position,
                problem.problem.code(),
                problem.to_string(),
            )
        })
        .collect();
    let text = |key: usize, of: &str| format!("set, entry {key} ({of}; left out");
    assert_eq!(
        problems,
        [
            (
                0,
                "published-key",
                text(
                    0,
                    "key-1): the key is an example: NZ COVID Pass, example issuer did:web:nzcp.covid19.health.nz, key-1"
                )
            ),
            (
                2,
                "published-key",
                text(
                    2,
                    "A.3): the private key of this key is published: JWS, example key of ES256"
                )
            ),
        ]
    );
}

#[test]
fn a_test_may_ask_for_published_keys() {
    let builder = TrustStore::builder().dangerously_accept_published_keys();
    let (store, report) = load(builder, &[nzcp(), other(), rfc7515()]);
    assert_eq!((report.total, report.rejected, report.loaded), (3, 0, 3));
    let known = store
        .iter()
        .filter_map(|key| PublishedKey::of(key.public_key()));
    let private: Vec<_> = known
        .map(|known| known.is_private_key_published())
        .collect();
    assert_eq!(private.len(), 2);
    assert!(private.contains(&false) && private.contains(&true));
}
