//! Revocation lists in each form, around hashes.

use hcert::Timestamp;
use hcert::issue::P256Signer;
use hcert::revocation::{IdentifierKind, Precision, SetBuilder, SetOptions};
use hcert::trust::SignedDocument;
use hcert_testkit::lists::{certificate, cms::Cms};
use hcert_testkit::pki::TestKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::{Error, Message, alg, cbor, object, sign as sign_with};
use super::certificates::Identifier;
use super::lists::{base64, label};

/// A hash as a list has it.
#[derive(Clone)]
pub struct Entry {
    pub kind: IdentifierKind,
    pub hash: Vec<u8>,
}

impl Entry {
    /// The first bytes of an identifier, as many as the gateway takes.
    pub fn of(identifier: &Identifier) -> Self {
        Self::with_length(identifier, 16)
    }

    pub fn with_length(identifier: &Identifier, length: usize) -> Self {
        let mut hash = identifier.hash();
        hash.truncate(length);
        Self {
            kind: identifier.kind,
            hash,
        }
    }

    /// Of certificates that are in no vector.
    pub fn others(kind: IdentifierKind, count: u8) -> Vec<Self> {
        let hash = |n| Sha256::digest([&b"another revoked certificate "[..], &[n]].concat());
        let entry = |n| Self {
            kind,
            hash: hash(n)[..16].to_vec(),
        };
        (0..count).map(entry).collect()
    }

    fn gateway_name(&self) -> &'static str {
        match self.kind {
            IdentifierKind::Uci => "UCI",
            IdentifierKind::CountryCodeUci => "COUNTRYCODEUCI",
            _ => "SIGNATURE",
        }
    }
}

/// `{h'kid ‖ type byte': [h'hash', …]}` with a group for each entry's kind.
pub fn kid_map(kid: &[u8], entries: &[Entry]) -> Vec<u8> {
    let kinds = [0x0a, 0x0b, 0x0c];
    let group = |byte: &u8| {
        let of_kind = entries.iter().filter(|e| e.kind.type_byte() == *byte);
        let hashes: Vec<_> = of_kind.map(|e| cbor::bytes(&e.hash)).collect();
        let key = cbor::bytes(&[kid, &[*byte]].concat());
        (!hashes.is_empty()).then(|| (key, cbor::array(&hashes)))
    };
    cbor::map(&kinds.iter().filter_map(group).collect::<Vec<_>>())
}

/// The same in a COSE_Sign1, as a state signs it: without a date.
pub fn cose(map: &[u8], signer: &str) -> Result<Vec<u8>, Error> {
    cose_with(&[alg(-7)], map, signer)
}

/// The same with claims in its protected header (RFC 9597).
pub fn cose_with_claims(claims: &[u8], map: &[u8], signer: &str) -> Result<Vec<u8>, Error> {
    cose_with(&[alg(-7), (cbor::int(15), claims.to_vec())], map, signer)
}

fn cose_with(header: &[(Vec<u8>, Vec<u8>)], map: &[u8], signer: &str) -> Result<Vec<u8>, Error> {
    let message = Message::new(cbor::map(header), map.to_vec());
    let pem = TestKey::new(&label(signer)).pkcs8_pem()?;
    let signature = sign_with::es256(&pem, &message.to_be_signed())?;
    Ok(message.with_signature(signature).bytes())
}

/// The same with `exp` in its header, and nothing that says when it was made.
pub fn cose_until(map: &[u8], signer: &str, expires_at: &str) -> Result<Vec<u8>, Error> {
    let expires_at = Timestamp::parse(expires_at)?.seconds();
    let claims = cbor::map(&[(cbor::int(4), cbor::int(expires_at))]);
    let header = cbor::map(&[alg(-7), (cbor::int(15), claims)]);
    let message = Message::new(header, map.to_vec());
    let pem = TestKey::new(&label(signer)).pkcs8_pem()?;
    let signature = sign_with::es256(&pem, &message.to_be_signed())?;
    Ok(message.with_signature(signature).bytes())
}

fn signer(id: &str) -> Result<P256Signer, Error> {
    Ok(P256Signer::from_pkcs8_pem(
        &TestKey::new(&label(id)).pkcs8_pem()?,
    )?)
}

/// A document of this project (docs/signed-documents.md), with its dates.
pub fn document(
    purpose: &str,
    content: &[u8],
    made_at: &str,
    expires_at: Option<&str>,
) -> Result<Vec<u8>, Error> {
    let expires_at = expires_at.map(Timestamp::parse).transpose()?;
    let made_at = Timestamp::parse(made_at)?;
    let signer = signer("revocation")?;
    Ok(SignedDocument::sign(
        purpose, content, made_at, expires_at, &signer,
    )?)
}

/// Batches of the gateway: each entry in one of its own, in an array if there
/// are several.
pub fn batch(country: &str, kid: Option<&[u8]>, entries: &[Entry]) -> String {
    let kid = kid.map_or(json!("UNKNOWN_KID"), base64);
    let batch = |entry: &Entry| {
        object(&[
            ("country", json!(country)),
            ("expires", json!("2022-06-01T00:00:00Z")),
            ("kid", kid.clone()),
            ("hashType", json!(entry.gateway_name())),
            ("entries", json!([{"hash": base64(&entry.hash)}])),
        ])
    };
    let batches: Vec<_> = entries.iter().map(batch).collect();
    match batches.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// In the CMS of the member state's upload key.
pub fn cms(batch: &str) -> Vec<u8> {
    let (upload, name) = (label("upload"), "CN=Test UPLOAD,O=hcert test vectors,C=XX");
    let own = certificate(name, &upload, name, &upload, false);
    let form = Cms {
        content: true,
        signing_time: Some("210701060000Z"),
        ..Cms::USUAL
    };
    form.sign(batch.as_bytes(), &own, &upload)
}

/// A chunk of Italy's list.
pub fn italian(chunk: u8, last: u8, total: Option<usize>, entries: &[Entry]) -> String {
    let hashes: Vec<_> = entries.iter().map(|entry| base64(&entry.hash)).collect();
    let mut members: Vec<(&str, Value)> = vec![
        ("version", json!(7)),
        ("chunk", json!(chunk)),
        ("lastChunk", json!(last)),
        ("creationDate", json!("2021-07-01T05:00:00Z")),
        ("revokedUcvi", json!(hashes)),
    ];
    if let Some(total) = total {
        members.push(("totalNumberUCVI", json!(total)));
    }
    object(&members)
}

/// What goes into a set.
pub struct SetOf<'a> {
    pub filter: bool,
    pub kid: Option<&'a [u8]>,
    pub entries: &'a [Entry],
    pub made_at: &'a str,
    pub expires_at: Option<&'a str>,
    pub of_list: Option<&'a str>,
}

/// The set. A filter has further entries, as few would be held exactly.
pub fn set(of: &SetOf<'_>) -> Result<Vec<u8>, Error> {
    let mut options = SetOptions::default();
    if !of.filter {
        options.precision = Precision::Exact;
    }
    options.expires_at = of.expires_at.map(Timestamp::parse).transpose()?;
    let mut builder = SetBuilder::new(options);
    match of.kid {
        Some(kid) => builder.covers(kid)?,
        None => builder.covers_any_kid(),
    };
    let more = if of.filter { 60 } else { 0 };
    let kinds = of.entries.first().map(|entry| entry.kind);
    let more = kinds.map_or(vec![], |kind| Entry::others(kind, more));
    for entry in of.entries.iter().chain(&more) {
        builder.add(of.kid.unwrap_or(b"any kid"), entry.kind, &entry.hash)?;
    }
    if let Some(dated) = of.of_list {
        builder.source("a list", Some(Timestamp::parse(dated)?))?;
    }
    let set = builder.build(Timestamp::parse(of.made_at)?)?;
    match set.get(12) == Some(&u8::from(of.filter)) {
        true => Ok(set),
        false => Err("the set is not held as asked for".into()),
    }
}

/// An exact set of entries that count under every kid.
pub fn set_of_any_kid(entries: &[Entry], made_at: &str) -> Result<Vec<u8>, Error> {
    let mut options = SetOptions::default();
    options.precision = Precision::Exact;
    let mut builder = SetBuilder::new(options);
    for entry in entries {
        builder.add_for_any_kid(entry.kind, &entry.hash)?;
    }
    Ok(builder.build(Timestamp::parse(made_at)?)?)
}

pub fn signed_set(set: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(SetBuilder::sign(set, &signer("revocation")?)?)
}
