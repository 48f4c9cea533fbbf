//! The DID document: exactly the members that the contexts define and the
//! network uses, so that nothing in it is unsigned.

use super::origin::host;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use super::json::Node;
use super::{Environment, GdhcnError};
use crate::Timestamp;
use crate::codec::instant;
use crate::codec::text::shown;

const DID_CONTEXT: &str = "https://www.w3.org/ns/did/v1";
const JWS_CONTEXT: &str = "https://w3id.org/security/suites/jws-2020/v1";

pub(super) struct Document<'a> {
    pub(super) id: &'a str,
    pub(super) controller: Option<&'a str>,
    pub(super) methods: Vec<Method<'a>>,
}

pub(super) enum Method<'a> {
    /// The name of another document.
    Reference(&'a str),
    Key(ListedKey<'a>),
}

pub(super) struct ListedKey<'a> {
    pub(super) id: &'a str,
    pub(super) controller: &'a str,
    pub(super) jwk: &'a Node<'a>,
    pub(super) domain: &'a str,
    pub(super) participant: &'a str,
    pub(super) usage: &'a str,
}

pub(super) struct Proof<'a> {
    pub(super) created: &'a str,
    pub(super) issued_at: Timestamp,
    pub(super) nonce: &'a str,
    pub(super) signer: &'a str,
    pub(super) jws: &'a str,
}

/// What can't be verified, whatever else is in it: "unknown member" would be
/// a poor reason for another kind of document.
pub(super) fn check_kind(root: &Node<'_>) -> Result<(), GdhcnError> {
    if version(name(root)) == Some(1) {
        return Err(GdhcnError::OldVersion);
    }
    match root.get("proof") {
        Some(_) => Ok(()),
        None => Err(GdhcnError::Unsigned),
    }
}

/// What a document calls itself.
pub(super) fn name<'a>(root: &'a Node<'_>) -> &'a str {
    root.get("id").and_then(Node::as_text).unwrap_or_default()
}

impl Method<'_> {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Reference(id) => id,
            Self::Key(key) => key.id,
        }
    }
}

impl<'a> Document<'a> {
    /// A list of version 2. Its proof, which may be absent, is not looked at.
    pub(super) fn read(root: &'a Node<'a>, environment: Environment) -> Result<Self, GdhcnError> {
        let [context, id, controller, methods, _proof] = members(
            root,
            "document",
            [
                "@context",
                "id",
                "controller",
                "verificationMethod",
                "proof",
            ],
        )?;
        let id = did(id, "id")?;
        check_host(id, environment)?;
        if version(id) != Some(2) || id.contains('#') {
            return Err(GdhcnError::NotATrustList { id: shown(id) });
        }
        check_context(context, environment)?;
        let controller = match controller {
            Some(controller) => Some(did(Some(controller), "controller")?),
            None => None,
        };
        let methods: Vec<_> = match methods {
            None => Vec::new(),
            Some(methods) => methods
                .as_array()
                .ok_or(GdhcnError::Member {
                    name: "verificationMethod",
                    expected: "an array",
                })?
                .iter()
                .map(Method::read)
                .collect::<Result<_, _>>()?,
        };
        // Two keys of one name would be one subject: the signature would not
        // say which domain goes with which key.
        let mut seen = BTreeSet::new();
        if let Some(method) = methods.iter().find(|method| !seen.insert(method.id())) {
            let id = shown(method.id());
            return Err(GdhcnError::RepeatedId { id });
        }
        Ok(Self {
            id,
            controller,
            methods,
        })
    }
}

impl<'a> Method<'a> {
    fn read(node: &'a Node<'a>) -> Result<Self, GdhcnError> {
        if let Node::Text(_) = node {
            return Ok(Self::Reference(did(Some(node), "verificationMethod")?));
        }
        let [id, kind, controller, jwk, domain, participant, usage] = members(
            node,
            "verificationMethod",
            [
                "id",
                "type",
                "controller",
                "publicKeyJwk",
                "domain",
                "participant",
                "keyusage",
            ],
        )?;
        exactly(kind, "type", "JsonWebKey2020")?;
        let id = did(id, "id")?;
        let jwk = jwk.filter(|jwk| matches!(jwk, Node::Object(_)));
        if !id.contains('#') {
            return Err(GdhcnError::Member {
                name: "id",
                expected: "a did:web with a fragment",
            });
        }
        Ok(Self::Key(ListedKey {
            id,
            controller: did(controller, "controller")?,
            jwk: jwk.ok_or(GdhcnError::Member {
                name: "publicKeyJwk",
                expected: "an object",
            })?,
            domain: code(domain, "domain")?,
            participant: code(participant, "participant")?,
            usage: code(usage, "keyusage")?,
        }))
    }
}

impl<'a> Proof<'a> {
    pub(super) fn read(root: &'a Node<'a>, environment: Environment) -> Result<Self, GdhcnError> {
        let [kind, created, nonce, purpose, signer, jws] = members(
            root.get("proof").ok_or(GdhcnError::Unsigned)?,
            "proof",
            [
                "type",
                "created",
                "nonce",
                "proofPurpose",
                "verificationMethod",
                "jws",
            ],
        )?;
        exactly(kind, "type", "JsonWebSignature2020")?;
        exactly(purpose, "proofPurpose", "assertionMethod")?;
        let signer = did(signer, "verificationMethod")?;
        if signer != environment.signer() {
            return Err(GdhcnError::Signer {
                found: shown(signer),
            });
        }
        // Neither of these has characters that a literal would escape.
        let created = text(created, "created")?;
        let plain = |b: u8| b.is_ascii_digit() || b"TZ:.+-".contains(&b);
        let issued_at = instant::of_text(created)
            .filter(|_| created.bytes().all(plain))
            .ok_or(GdhcnError::Member {
                name: "created",
                expected: "a time",
            })?;
        let nonce = text(nonce, "nonce")?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b);
        if !nonce.bytes().all(plain) {
            return Err(GdhcnError::Member {
                name: "nonce",
                expected: "of letters and digits",
            });
        }
        Ok(Self {
            created,
            issued_at,
            nonce,
            signer,
            jws: text(jws, "jws")?,
        })
    }
}

/// The members of these names, at most one of each, and no other.
fn members<'a, const N: usize>(
    node: &'a Node<'a>,
    within: &'static str,
    names: [&'static str; N],
) -> Result<[Option<&'a Node<'a>>; N], GdhcnError> {
    let Node::Object(members) = node else {
        return Err(GdhcnError::Member {
            name: within,
            expected: "an object",
        });
    };
    let mut out = [None; N];
    for (name, value) in members {
        let mut slots = names.iter().zip(&mut out);
        let Some((_, slot)) = slots.find(|(known, _)| **known == *name) else {
            return Err(GdhcnError::UnknownMember {
                within,
                name: shown(name),
            });
        };
        if slot.replace(value).is_some() {
            return Err(GdhcnError::RepeatedMember { within });
        }
    }
    Ok(out)
}

fn text<'a>(node: Option<&'a Node<'a>>, name: &'static str) -> Result<&'a str, GdhcnError> {
    node.and_then(Node::as_text).ok_or(GdhcnError::Member {
        name,
        expected: "a text",
    })
}

fn exactly<'a>(
    node: Option<&'a Node<'a>>,
    name: &'static str,
    expected: &'static str,
) -> Result<(), GdhcnError> {
    (text(node, name)? == expected)
        .then_some(())
        .ok_or(GdhcnError::Member { name, expected })
}

/// A `did:web` of characters that mean the same in JSON-LD and N-Quads.
fn did<'a>(node: Option<&'a Node<'a>>, name: &'static str) -> Result<&'a str, GdhcnError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:%#+/=".contains(&b);
    let did = text(node, name)?;
    let well_formed = did.starts_with("did:web:")
        && did.bytes().all(plain)
        && did.bytes().filter(|b| *b == b'#').count() <= 1;
    well_formed.then_some(did).ok_or(GdhcnError::Member {
        name,
        expected: "a did:web",
    })
}

/// `{"code": "#DCC"}`: a fragment of the value set that the context names.
fn code<'a>(node: Option<&'a Node<'a>>, name: &'static str) -> Result<&'a str, GdhcnError> {
    let expected = "an object with a `code` such as #DCC";
    let wrong = GdhcnError::Member { name, expected };
    let Some(node @ Node::Object(_)) = node else {
        return Err(wrong);
    };
    let [code] = members(node, name, ["code"])?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    text(code, "code")?
        .strip_prefix('#')
        .filter(|code| !code.is_empty() && code.bytes().all(plain))
        .ok_or(wrong)
}

fn check_context(node: Option<&Node<'_>>, environment: Environment) -> Result<(), GdhcnError> {
    let suffix = environment.context_suffix();
    let network = format!("https://smart.who.int/trust/tng-context/v1{suffix}.jsonld");
    let expected = [DID_CONTEXT, JWS_CONTEXT, &network];
    let found = node.and_then(Node::as_array).unwrap_or_default();
    let unknown = found.iter().zip(expected).find_map(|(found, expected)| {
        (found.as_text() != Some(expected)).then(|| shown(found.as_text().unwrap_or("no text")))
    });
    match unknown {
        Some(found) => Err(GdhcnError::Context { found }),
        None if found.len() != expected.len() => Err(GdhcnError::Context {
            found: format!("{} contexts", found.len()),
        }),
        None => Ok(()),
    }
}

fn check_host(id: &str, expected: Environment) -> Result<(), GdhcnError> {
    let host = host(id);
    let mut all = Environment::ALL.into_iter();
    match all.find(|environment| environment.host() == host) {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(GdhcnError::Environment { expected, found }),
        None => Err(GdhcnError::NotATrustList { id: shown(id) }),
    }
}

/// 1 for `did:web:HOST:trustlist…`, 2 for `did:web:HOST:v2:trustlist…` and
/// `did:web:HOST:v2:trustlist-ref…`.
pub(super) fn version(id: &str) -> Option<u8> {
    let rest = id.strip_prefix("did:web:")?;
    let path = rest.strip_prefix(host(id))?.split('#').next()?;
    let mut parts = path.split(':').skip(1);
    match (parts.next()?, parts.next()) {
        ("trustlist" | "trustlist-ref", _) => Some(1),
        ("v2", Some("trustlist" | "trustlist-ref")) => Some(2),
        _ => None,
    }
}
