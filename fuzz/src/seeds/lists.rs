//! Seeds for the trust lists: ours, and what is published, cut down to a few
//! entries. The letter before each says what the target takes it for.

use std::fs;
use std::path::Path;

use crate::ISSUER;
use crate::lists::sign::LIST;
use crate::lists::{gdhcn, samples, sign};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use ciborium::cbor;
use serde_json::Value;

use super::{Corpus, Error, files};

fn with(mode: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    [&[mode], content.as_ref()].concat()
}

impl Corpus {
    /// A part of a list, with the letter that says which one.
    fn part(&mut self, target: &str, mode: u8, content: impl AsRef<[u8]>) -> Result<(), Error> {
        self.add(target, &with(mode, content))
    }

    /// A list as it stands, which the target of all forms gets, too.
    fn list(
        &mut self,
        target: &str,
        mode: Option<u8>,
        list: impl AsRef<[u8]>,
    ) -> Result<(), Error> {
        self.add("trust_list", list.as_ref())?;
        match mode {
            Some(mode) => self.part(target, mode, list),
            None => self.add(target, list.as_ref()),
        }
    }
}

/// A list of each form, and its parts.
pub(crate) fn ours(corpus: &mut Corpus) -> Result<(), Error> {
    let content = samples::certificates();
    corpus.list("list_certificates", None, &content)?;
    corpus.list("list_german", Some(b'r'), sign::german(content.as_bytes()))?;
    corpus.part("list_german", b'c', &content)?;

    let (header, payload) = (samples::swedish_header(), samples::swedish_payload());
    let list = sign::jws_es256(header.as_bytes(), payload.as_bytes());
    corpus.list("list_swedish", Some(b'r'), list)?;
    corpus.part("list_swedish", b'c', payload)?;
    corpus.part("list_swedish", b'h', header)?;

    let header = samples::swiss_header();
    for (raw, signed, payload) in [
        (b'k', b'K', samples::swiss_keys()),
        (b'a', b'A', samples::swiss_active()),
    ] {
        let document = sign::jws_rs256(header.as_bytes(), payload.as_bytes());
        corpus.list("list_swiss", Some(raw), document)?;
        corpus.part("list_swiss", signed, padded(payload))?;
    }
    corpus.part("list_swiss", b'h', padded(header))?;

    let list = samples::austrian();
    let (header, claims) = (sign::austrian_header(), sign::austrian_claims(&list));
    corpus.list("list_austrian", Some(b's'), sign::cose(&header, &claims))?;
    corpus.list("list_austrian", Some(b'l'), &list)?;
    corpus.part("list_austrian", b'c', list)?;
    corpus.part("list_austrian", b'h', header)?;
    corpus.part("list_austrian", b'p', claims)?;

    let list = Value::from(samples::GATEWAY.clone()).to_string();
    corpus.list("list_gateway", Some(b'r'), list)?;
    let list = Value::from(samples::gateway_unsigned()).to_string();
    corpus.part("list_gateway", b'c', list)?;
    for (place, (kind, der)) in (b'0'..).zip(samples::gateway_certificates()) {
        corpus.part("list_gateway", place, der)?;
        corpus.part("list_gateway", b's', samples::cms(kind, der))?;
    }
    let attributes = sign::attributes(ISSUER.dsc().der());
    corpus.part("list_gateway", b't', attributes)?;

    let (document, proof) = (gdhcn::document(), gdhcn::proof());
    let list = gdhcn::signed(&document, &proof).ok_or("our list can't be signed")?;
    corpus.list("list_gdhcn", Some(b'r'), list)?;
    corpus.part("list_gdhcn", b'd', document)?;
    corpus.part("list_gdhcn", b'p', proof)?;

    corpus.list("list_dutch", None, samples::dutch())?;
    corpus.list("list_cwa", None, samples::cwa())?;
    corpus.list("list_keys_by_kid", None, samples::keys_by_kid())?;
    corpus.list("list_polish", None, samples::polish())?;
    corpus.list("list_jwk", None, samples::jwk_set())?;
    corpus.list("list_jwk", None, samples::jwk_ec().to_string())?;
    corpus.list("list_jwk", None, crate::rsa_jwk())?;
    let (der, spki) = (ISSUER.dsc().der(), LIST.public_key().spki_der().to_vec());
    let text = samples::pem("CERTIFICATE", der) + &samples::pem("PUBLIC KEY", &spki);
    corpus.list("list_pem_der", None, text)?;
    corpus.list("list_pem_der", None, der)?;
    corpus.list("list_pem_der", None, spki)
}

/// A snapshot, and its parts.
pub(crate) fn snapshots(corpus: &mut Corpus) -> Result<(), Error> {
    let (header, payload) = (sign::snapshot_header(), samples::snapshot());
    corpus.list("list_snapshot", Some(b'f'), sign::cose(&header, &payload))?;
    corpus.list("list_snapshot", Some(b'f'), &payload)?;
    corpus.part("list_snapshot", b'h', header)?;
    corpus.part("list_snapshot", b'p', payload)
}

/// A signed document of each form, and its parts.
pub(crate) fn documents(corpus: &mut Corpus) -> Result<(), Error> {
    const TARGET: &str = "signed_document";
    const CONTENT: &[u8] = b"[]";
    let header =
        sign::cbor_bytes(&cbor!({1 => -7, 3 => "application/json", 15 => {4 => 2, 6 => 1}})?);
    let jws = br#"{"alg":"ES256","typ":"JWT","cty":"json"}"#;
    let (der, cms) = (
        ISSUER.dsc().der(),
        samples::document_cms(&sign::attributes(CONTENT)),
    );
    let in_json = serde_json::json!({
        "payload": BASE64_STANDARD.encode(CONTENT), "signature": BASE64_STANDARD.encode(&cms),
    });
    for document in [
        sign::document(CONTENT),
        sign::cose(&header, CONTENT),
        sign::jws_es256(jws, CONTENT),
        sign::german(CONTENT),
        in_json.to_string().into_bytes(),
        cms.clone(),
    ] {
        corpus.part(TARGET, b'd', document)?;
    }
    let claims = sign::austrian_claims(CONTENT);
    let signature = LIST.sign_der(CONTENT);
    for beside in [
        sign::cose(&sign::austrian_header(), &claims),
        BASE64_STANDARD.encode(&signature).into_bytes(),
        signature,
        LIST.sign(CONTENT),
        cms,
    ] {
        corpus.part(TARGET, b'b', beside)?;
    }
    corpus.part(TARGET, b'h', header)?;
    corpus.part(TARGET, b'h', sign::snapshot_header())?;
    corpus.part(TARGET, b'j', jws)?;
    corpus.part(TARGET, b'p', br#"{"iat": 1, "exp": 2.5}"#)?;
    corpus.part(TARGET, b'a', sign::attributes(CONTENT))?;
    let made_at =
        b"\x30\x1c\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05\x31\x0f\x17\x0d210601000000Z";
    corpus.part(
        TARGET,
        b'a',
        [&sign::attributes(CONTENT)[..], made_at].concat(),
    )?;
    corpus.part(TARGET, b'c', CONTENT)?;
    corpus.part(TARGET, b'c', der)
}

/// The published lists that are there.
pub(crate) fn published(corpus: &mut Corpus, folder: &Path) -> Result<(), Error> {
    for path in files(&folder.join("trust-lists"))? {
        let bytes = fs::read(&path)?;
        let of = path.parent().and_then(Path::file_name);
        let extension = path.extension().and_then(|e| e.to_str());
        match (
            of.and_then(|of| of.to_str()).unwrap_or_default(),
            extension.unwrap_or_default(),
        ) {
            (_, "pem" | "crt" | "der") => corpus.list("list_pem_der", None, bytes)?,
            ("de-acc" | "de-prod", _) => {
                let mut lines = bytes.splitn(2, |byte| *byte == b'\n').skip(1);
                let content = cut(lines.next().unwrap_or_default())?;
                corpus.add("trust_list", &sign::german(content.as_bytes()))?;
                corpus.part("list_german", b'c', content)?;
            }
            ("se", _) => {
                let [header, payload] = jws(&bytes)?;
                corpus.part("list_swedish", b'h', header)?;
                corpus.part("list_swedish", b'c', cut(&payload)?)?;
            }
            ("ch", "jwt") => {
                let [header, payload] = jws(&bytes)?;
                let payload = cut(&payload)?;
                let mode = if payload.contains("activeKeyIds") {
                    b'A'
                } else {
                    b'K'
                };
                corpus.part("list_swiss", mode, padded(payload))?;
                corpus.part("list_swiss", b'h', padded(String::from_utf8(header)?))?;
            }
            ("at", "cose") => corpus.list("list_austrian", Some(b's'), bytes)?,
            ("at", _) => {
                corpus.list("list_austrian", Some(b'l'), &bytes)?;
                corpus.part("list_austrian", b'c', bytes)?;
            }
            ("cwa", _) => corpus.list("list_cwa", None, first_fields(&bytes))?,
            ("nl", _) => corpus.list("list_dutch", None, cut(&bytes)?)?,
            ("it" | "fr", _) => corpus.list("list_keys_by_kid", None, cut(&bytes)?)?,
            ("pl", _) => corpus.list("list_polish", None, cut(&bytes)?)?,
            (_, "json") => corpus.list("list_certificates", None, cut(&bytes)?)?,
            _ => {}
        }
    }
    for path in files(&folder.join("gdhcn"))? {
        let bytes = fs::read(&path)?;
        let name = path.file_name().and_then(|name| name.to_str());
        if name == Some("did.json") {
            if bytes.len() <= 8 * 1024 {
                corpus.list("list_gdhcn", Some(b'r'), &bytes)?;
            }
            let mut document: Value = serde_json::from_slice(&bytes)?;
            let members = document.as_object_mut();
            members.and_then(|members| members.remove("proof"));
            let document = shorter(document).to_string();
            corpus.part("list_gdhcn", b'd', document)?;
        } else if path.extension().is_some_and(|e| e == "pem") {
            corpus.list("list_pem_der", None, bytes)?;
        }
    }
    Ok(())
}

/// The target signs what has a length like that.
fn padded(mut json: String) -> String {
    let length = json.len().next_multiple_of(32);
    json.extend(std::iter::repeat_n(' ', length - json.len()));
    json
}

/// The JSON with a few entries of each array and of each map by kid.
fn cut(json: &[u8]) -> Result<String, Error> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    Ok(shorter(serde_json::from_slice(json)?).to_string())
}

fn shorter(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().take(3).map(shorter).collect(),
        Value::Object(members) => {
            let most = if members.len() > 24 { 3 } else { 24 };
            let members = members.into_iter().take(most);
            members
                .map(|(name, value)| (name, shorter(value)))
                .collect()
        }
        other => other,
    }
}

/// Header and payload.
fn jws(bytes: &[u8]) -> Result<[Vec<u8>; 2], Error> {
    let mut parts = bytes.split(|byte| *byte == b'.');
    let mut decode = || BASE64_URL_SAFE_NO_PAD.decode(parts.next().unwrap_or_default());
    Ok([decode()?, decode()?])
}

/// The first three fields of a protobuf of nothing but bytes.
fn first_fields(protobuf: &[u8]) -> &[u8] {
    let mut end = 0;
    for _ in 0..3 {
        let (mut length, mut at) = (0, end + 1);
        for n in 0.. {
            let byte = protobuf.get(at).copied().unwrap_or_default();
            length |= usize::from(byte & 0x7f) << (7 * n);
            at += 1;
            if byte & 0x80 == 0 || n == 4 {
                break;
            }
        }
        end = at + length;
    }
    protobuf.get(..end).unwrap_or(protobuf)
}
