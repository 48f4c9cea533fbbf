//! Lists that are trusted without their proof: those of version 1, whose
//! signer can't be resolved, and those of version 2 if the caller says so.

use super::document::{Document, name, version};
use super::json::Node;
use super::origin::host;
use super::{Environment, GdhcnError, GdhcnOrigin, GdhcnUsage, nquads};
use super::{parse, read_certificate, read_entries, reference};
use crate::codec::instant;
use crate::codec::text::shown;
use crate::trust::error::LoadError;
use crate::trust::list::{Claims, Content};
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};
use alloc::vec::Vec;

/// The environment is that of the document's name.
pub(in crate::trust::list) fn read(source: &Source, bytes: &[u8]) -> Result<Content, LoadError> {
    let root = parse(source, bytes)?;
    let id = name(&root);
    let environment =
        Environment::of_list(id).ok_or_else(|| GdhcnError::NotATrustList { id: shown(id) })?;
    let entries = if version(id) == Some(1) {
        read_version_1(source, &root, environment)?
    } else {
        let document = Document::read(&root, environment)?;
        source.check_count(document.methods.len())?;
        // Refuses what could not be signed.
        nquads::of_document(&document, environment, |_| {})?;
        read_entries(source, &document, environment)
    };
    let created = root.get("proof").and_then(|proof| proof.get("created"));
    let created = created.map(|created| created.as_text().and_then(instant::of_text));
    let issued_at = match created {
        None => None,
        Some(None) => {
            let (name, expected) = ("created", "a time");
            return Err(GdhcnError::Member { name, expected }.into());
        }
        Some(time) => time,
    };
    Ok(Content {
        entries,
        claims: Claims {
            identity: Some(shown(id)),
            issued_at,
            ..Claims::default()
        },
    })
}

/// Entries `{id: "did:web:HOST:trustlist:nld#KID", type, controller,
/// publicKeyJwk: {x5c, …}}`. As nothing vouches for any member, those that
/// are not needed are not looked at.
fn read_version_1(
    source: &Source,
    root: &Node<'_>,
    environment: Environment,
) -> Result<Vec<Entry>, LoadError> {
    let methods = match root.get("verificationMethod") {
        None => &[],
        Some(methods) => methods.as_array().ok_or(GdhcnError::Member {
            name: "verificationMethod",
            expected: "an array",
        })?,
    };
    source.check_count(methods.len())?;
    let read = |method: &Node<'_>| match method {
        Node::Text(to) => Entry::from(Err(reference(to, environment))),
        _ => {
            let id = method.get("id").and_then(Node::as_text).unwrap_or_default();
            Entry {
                kid: id.split_once('#').map(|(_, kid)| kid.into()),
                outcome: read_key(source, method, id, environment),
            }
        }
    };
    Ok(methods.iter().map(read).collect())
}

fn read_key(
    source: &Source,
    method: &Node<'_>,
    id: &str,
    environment: Environment,
) -> Result<Found, ProblemKind> {
    const NAME: ProblemKind = ProblemKind::Member {
        name: "id",
        expected: "did:web:HOST:trustlist:COUNTRY#KID",
    };
    let (list, kid) = id.split_once('#').ok_or(NAME)?;
    if host(id) != environment.host() {
        return Err(reference(id, environment));
    }
    let participant = list
        .strip_prefix("did:web:")
        .and_then(|rest| rest.strip_prefix(environment.host()))
        .and_then(|rest| rest.strip_prefix(":trustlist:"))
        .filter(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphanumeric()))
        .ok_or(NAME)?;
    let member = |name| method.get(name);
    if member("type").and_then(Node::as_text) != Some("JsonWebKey2020") {
        return Err(ProblemKind::Member {
            name: "type",
            expected: "JsonWebKey2020",
        });
    }
    let jwk = member("publicKeyJwk").ok_or(ProblemKind::Member {
        name: "publicKeyJwk",
        expected: "an object",
    })?;
    if jwk
        .get("kid")
        .is_some_and(|text| text.as_text() != Some(kid))
    {
        return Err(ProblemKind::IdMismatch);
    }
    let origin = GdhcnOrigin {
        environment,
        domain: "-".into(),
        participant: participant.to_ascii_uppercase().into(),
        usage: GdhcnUsage::DocumentSigner,
    };
    read_certificate(source, jwk, kid, origin)
}
