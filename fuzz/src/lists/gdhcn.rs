//! Lists of the WHO's network: their statements as N-Quads, written down
//! once more, and the proof over them.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use hcert::trust::{Environment, GdhcnAnchor};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::samples::{CSCA, base64};
use super::sign::NETWORK;
use crate::ISSUER;

const HEADER: &str = r#"{"b64":false,"crit":["b64"],"alg":"ES256"}"#;
const LIST: &str = "did:web:tng-cdn.who.int:v2:trustlist";

pub fn anchor() -> GdhcnAnchor {
    GdhcnAnchor::new(Environment::Prod, NETWORK.public_key())
}

/// A list without its proof.
pub fn document() -> String {
    let entry = |usage: &str, code: &str, dsc: &hcert::trust::Dsc| {
        let kid = base64(dsc.kid());
        json!({
            "id": format!("{LIST}:DCC:XXA:{usage}#{kid}"),
            "type": "JsonWebKey2020",
            "controller": LIST,
            "publicKeyJwk": {
                "kty": "EC", "kid": kid, "x5c": [base64(dsc.der())], "crv": "P-256",
                "x": "AAAA", "y": "\"\\ \u{e9}\n\u{1}",
                // UTF-16 puts them the other way round than UTF-8.
                "\u{1f600}": [], "\u{fb33}": {"\"": ""},
            },
            "domain": {"code": "#DCC"},
            "participant": {"code": "#XXA"},
            "keyusage": {"code": code},
        })
    };
    json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            "https://smart.who.int/trust/tng-context/v1.jsonld",
        ],
        "id": LIST,
        "controller": LIST,
        "verificationMethod": [
            entry("DSC", "#DSC", ISSUER.dsc()),
            entry("SCA", "#CSCA", &CSCA),
            format!("{LIST}:PH4H"),
        ],
    })
    .to_string()
}

/// A proof without its signature.
pub fn proof() -> String {
    json!({
        "type": "JsonWebSignature2020",
        "created": "2026-08-22T17:05:21Z",
        "nonce": "zZbRkAWtLUcLb7SMJXFDdE8znsjNBbll",
        "proofPurpose": "assertionMethod",
        "verificationMethod": "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-prod:main:WHO:signing:DID",
    })
    .to_string()
}

/// A document with a proof that we sign; `None` if one of the two says
/// nothing that could be signed.
pub fn signed(document: &str, proof: &str) -> Option<String> {
    let options = proof_statements(&serde_json::from_str(proof).ok()?)?;
    let content = statements(&serde_json::from_str(document).ok()?)?;
    let header = BASE64_URL_SAFE_NO_PAD.encode(HEADER);
    let message = [
        header.as_bytes(),
        b".",
        &Sha256::digest(options),
        &Sha256::digest(content),
    ];
    let signature = BASE64_URL_SAFE_NO_PAD.encode(NETWORK.sign_der(&message.concat()));
    let jws = format!("\"{header}..{signature}\"");
    let proof = with_member(proof, "jws", &jws)?;
    with_member(document, "proof", &proof)
}

/// An object with one more member, as a text: what the object says twice, it
/// goes on to say twice.
pub fn with_member(object: &str, name: &str, value: &str) -> Option<String> {
    let rest = object.trim_ascii_start().strip_prefix('{')?;
    Some(format!("{{\"{name}\":{value},{rest}"))
}

fn proof_statements(proof: &Value) -> Option<String> {
    let word = |name: &str| proof.get(name)?.as_str();
    Some(format!(
        "_:c14n0 <http://purl.org/dc/terms/created> \"{}\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
         _:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#JsonWebSignature2020> .\n\
         _:c14n0 <https://w3id.org/security#nonce> \"{}\" .\n\
         _:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n\
         _:c14n0 <https://w3id.org/security#verificationMethod> <{}> .\n",
        word("created")?,
        word("nonce")?,
        word("verificationMethod")?,
    ))
}

/// A line for each statement, sorted.
fn statements(document: &Value) -> Option<String> {
    let controller = "https://w3id.org/security#controller";
    let mut lines = Vec::new();
    let mut say = |subject: &str, predicate: &str, object: String| {
        lines.push(format!("<{subject}> <{predicate}> {object} .\n"));
    };
    let id = document.get("id")?.as_str()?;
    if let Some(by) = document.get("controller") {
        say(id, controller, format!("<{}>", by.as_str()?));
    }
    let methods = match document.get("verificationMethod") {
        Some(methods) => methods.as_array()?.as_slice(),
        None => &[],
    };
    for entry in methods {
        let name = entry.as_str().or_else(|| entry.get("id")?.as_str())?;
        let method = "https://w3id.org/security#verificationMethod";
        say(id, method, format!("<{name}>"));
        if entry.is_string() {
            continue;
        }
        let kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
        let key = "<https://w3id.org/security#JsonWebKey2020>";
        say(name, kind, key.into());
        let by = entry.get("controller")?.as_str()?;
        say(name, controller, format!("<{by}>"));
        for (member, set) in [
            ("domain", "Domains"),
            ("participant", "Participants"),
            ("keyusage", "KeyUsage"),
        ] {
            let set = format!("https://smart.who.int/trust/ValueSet-{set}.jsonld");
            let code = entry.get(member)?.get("code")?.as_str()?;
            say(name, &set, format!("<{set}{code}>"));
        }
        let jwk = canonical(entry.get("publicKeyJwk")?)?;
        let literal = jwk.replace('\\', "\\\\").replace('"', "\\\"");
        let json = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
        let object = format!("\"{literal}\"^^<{json}>");
        say(name, "https://w3id.org/security#publicKeyJwk", object);
    }
    lines.sort();
    Some(lines.concat())
}

/// RFC 8785; what serde_json escapes in texts is what it asks for.
fn canonical(value: &Value) -> Option<String> {
    let joined = |parts: Option<Vec<String>>| Some(parts?.join(","));
    Some(match value {
        Value::String(_) => value.to_string(),
        Value::Array(items) => {
            format!("[{}]", joined(items.iter().map(canonical).collect())?)
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            let member = |(name, value): (&String, _)| {
                Some(format!(
                    "{}:{}",
                    Value::from(name.as_str()),
                    canonical(value)?
                ))
            };
            let members = members.into_iter().map(member).collect();
            format!("{{{}}}", joined(members)?)
        }
        _ => return None,
    })
}
