//! Documents in the form of the WHO's network (GDHCN, version 2).

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use hcert::crypto::PublicKey;
use hcert::trust::{Dsc, Environment, GdhcnAnchor};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use p256::pkcs8::DecodePrivateKey as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::pki::TestKey;

/// The header of the proof.
pub const HEADER: &str = r#"{"b64":false,"crit":["b64"],"alg":"ES256"}"#;

/// What differs between the environments.
#[derive(Clone, Copy)]
pub struct Names {
    /// The environment itself.
    pub environment: Environment,
    /// Whose documents they are.
    pub host: &'static str,
    /// What follows the names of value sets.
    pub suffix: &'static str,
    /// What the repository of the participants ends in.
    pub participants: &'static str,
    /// When the list is made.
    pub created: &'static str,
    /// The label of the key that signs.
    pub key: &'static str,
}

/// Production.
pub const PROD: Names = Names {
    environment: Environment::Prod,
    host: "tng-cdn.who.int",
    suffix: "",
    participants: "prod",
    created: "2026-08-22T17:05:21Z",
    key: "network",
};
/// Development.
pub const DEV: Names = Names {
    environment: Environment::Dev,
    host: "tng-cdn-dev.who.int",
    suffix: "-DEV",
    participants: "dev",
    created: "2026-08-22T17:05:21Z",
    key: "network",
};
/// Acceptance.
pub const UAT: Names = Names {
    environment: Environment::Uat,
    host: "tng-cdn-uat.who.int",
    suffix: "-UAT",
    participants: "uat",
    created: "2026-08-22T17:05:21Z",
    key: "network",
};

impl Names {
    /// The key that signs here, as an anchor.
    pub fn anchor(&self) -> GdhcnAnchor {
        let spki = TestKey::new(self.key).spki_der().unwrap();
        GdhcnAnchor::new(self.environment, PublicKey::from_spki_der(&spki).unwrap())
    }

    /// The identifier of the whole list.
    pub fn list(&self) -> String {
        format!("did:web:{}:v2:trustlist", self.host)
    }

    /// A document with these entries, not signed yet.
    pub fn document(&self, entries: &[Value]) -> Value {
        json!({
            "@context": [
                "https://www.w3.org/ns/did/v1",
                "https://w3id.org/security/suites/jws-2020/v1",
                format!("https://smart.who.int/trust/tng-context/v1{}.jsonld", self.suffix),
            ],
            "id": self.list(),
            "controller": self.list(),
            "verificationMethod": entries,
        })
    }

    /// `place` is such as `DCC:XXA:DSC`.
    pub fn entry(&self, place: &str, dsc: &Dsc) -> Value {
        let [domain, participant, usage] = place.split(':').collect::<Vec<_>>()[..] else {
            panic!("{place}");
        };
        let kid = BASE64_STANDARD.encode(dsc.kid());
        let usage = usage.replace("SCA", "CSCA");
        json!({
            "id": format!("{}:{place}#{kid}", self.list()),
            "type": "JsonWebKey2020",
            "controller": self.list(),
            "publicKeyJwk": {
                "kty": "EC",
                "kid": kid,
                "x5c": [BASE64_STANDARD.encode(dsc.der())],
                "crv": "P-256",
                "x": "nobody",
                "y": "looks \"here\" \\ \u{e9}\n",
            },
            "domain": {"code": format!("#{domain}")},
            "participant": {"code": format!("#{participant}")},
            "keyusage": {"code": format!("#{usage}")},
        })
    }

    /// The proof without its signature.
    pub fn proof(&self) -> Value {
        json!({
            "type": "JsonWebSignature2020",
            "created": self.created,
            "nonce": "zZbRkAWtLUcLb7SMJXFDdE8znsjNBbll",
            "proofPurpose": "assertionMethod",
            "verificationMethod": format!(
                "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-{}:main:WHO:signing:DID",
                self.participants
            ),
        })
    }

    /// The statements of a document, as its author would write them down.
    pub fn statements(&self, document: &Value) -> String {
        let set = |name| {
            format!(
                "https://smart.who.int/trust/ValueSet-{name}{}.jsonld",
                self.suffix
            )
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut lines = Vec::new();
        let mut say = |subject: &str, predicate: &str, object: String| {
            lines.push(format!("<{subject}> <{predicate}> {object} .\n"));
        };
        let id = text(&document["id"]);
        let controller = "https://w3id.org/security#controller";
        say(
            &id,
            controller,
            format!("<{}>", text(&document["controller"])),
        );
        for entry in document["verificationMethod"].as_array().unwrap() {
            let method = "https://w3id.org/security#verificationMethod";
            if let Some(reference) = entry.as_str() {
                say(&id, method, format!("<{reference}>"));
                continue;
            }
            let key = text(&entry["id"]);
            say(&id, method, format!("<{key}>"));
            say(
                &key,
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
                "<https://w3id.org/security#JsonWebKey2020>".into(),
            );
            say(
                &key,
                controller,
                format!("<{}>", text(&entry["controller"])),
            );
            for (member, name) in [
                ("domain", "Domains"),
                ("participant", "Participants"),
                ("keyusage", "KeyUsage"),
            ] {
                let code = text(&entry[member]["code"]);
                say(&key, &set(name), format!("<{}{code}>", set(name)));
            }
            // serde_json sorts members and writes no spaces.
            let jwk = entry["publicKeyJwk"].to_string();
            let literal = jwk.replace('\\', "\\\\").replace('"', "\\\"");
            say(
                &key,
                "https://w3id.org/security#publicKeyJwk",
                format!("\"{literal}\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"),
            );
        }
        lines.sort();
        lines.concat()
    }

    /// The bytes that the signature is over.
    pub fn signing_input(&self, document: &Value, header: &str) -> Vec<u8> {
        let proof = self.proof();
        let word = |name: &str| proof[name].as_str().unwrap().to_owned();
        let options = format!(
            "_:c14n0 <http://purl.org/dc/terms/created> \"{}\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
             _:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#JsonWebSignature2020> .\n\
             _:c14n0 <https://w3id.org/security#nonce> \"{}\" .\n\
             _:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n\
             _:c14n0 <https://w3id.org/security#verificationMethod> <{}> .\n",
            word("created"),
            word("nonce"),
            word("verificationMethod"),
        );
        [
            BASE64_URL_SAFE_NO_PAD.encode(header).as_bytes(),
            b".",
            &Sha256::digest(options),
            &Sha256::digest(self.statements(document)),
        ]
        .concat()
    }

    /// The document with its proof.
    pub fn signed(&self, mut document: Value) -> Value {
        let signature = self.sign(&self.signing_input(&document, HEADER));
        let header = BASE64_URL_SAFE_NO_PAD.encode(HEADER);
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.to_der());
        document["proof"] = self.proof();
        document["proof"]["jws"] = format!("{header}..{signature}").into();
        document
    }

    /// Signs with the key of the network.
    pub fn sign(&self, message: &[u8]) -> Signature {
        let pem = TestKey::new(self.key).pkcs8_pem().unwrap();
        SigningKey::from_pkcs8_pem(&pem).unwrap().sign(message)
    }
}

/// The certificate for the key of that label.
pub fn certificate(key: &str, issuer: &str, ca: bool) -> Dsc {
    let names = [key, issuer].map(|name| format!("CN={name},C=XX"));
    let der = super::certificate(&names[0], key, &names[1], issuer, ca);
    Dsc::from_der(&der).unwrap()
}
