//! The trust lists of the WHO's Global Digital Health Certification Network:
//! DID documents with a JsonWebSignature2020 proof.
//!
//! The proof signs RDF statements, not bytes. What a JSON-LD processor would
//! make of the document is computed here for the few contexts that the
//! network uses, and whatever these contexts do not define is refused: it
//! would be unsigned.

mod canonical;
mod countries;
mod document;
pub(in crate::trust) mod error;
mod json;
mod nquads;
pub(in crate::trust) mod origin;
mod unsigned;

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use self::document::{Document, ListedKey, Method, Proof};
pub use self::error::GdhcnError;
use self::json::Node;
use self::origin::host;
pub use self::origin::{Environment, GdhcnOrigin, GdhcnUsage};
pub(super) use self::unsigned::read as read_unsigned;
use super::{Claims, ListFormat, ListInfo};
use crate::codec::json::Shape;
use crate::codec::json::check;
use crate::codec::text::{decode_base64, shown};
use crate::crypto::kid::Kid;
use crate::crypto::{self, Algorithm, KeyError, PublicKey};
use crate::envelope::signature::is_signed;
use crate::envelope::x509::Dsc;
use crate::trust::chain::ChainLink;
use crate::trust::error::LoadError;
use crate::trust::json::{check_weight, without_bom};
use crate::trust::jwk;
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};

/// The header of every proof: `{"b64":false,"crit":["b64"],"alg":"ES256"}`
/// (RFC 7797, detached as of RFC 7515 appendix F).
const JWS_HEADER: &str = "eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9";

/// Who has to have signed the lists of an environment.
///
/// The document in which the network publishes its signer's key is itself
/// unsigned, so the key is pinned: [`prod`](Self::prod), [`uat`](Self::uat)
/// and [`dev`](Self::dev) are the keys in use in August 2026. After a change
/// of keys, which the WHO would announce, [`new`](Self::new) takes another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GdhcnAnchor {
    environment: Environment,
    key: PublicKey,
    list: Option<Box<str>>,
}

// Affine coordinates, base64url as published.
const PROD_XY: [&str; 2] = [
    "ZlMwokmcS8vx0c3mc38eLVUMEVV2BXjdMpvBeueeWZw",
    "8CGiSXsauiFAbDxvOcmFxyswM07Ld85-ELRcoTbO9Z4",
];
const UAT_XY: [&str; 2] = [
    "VgS8MAfbsTcXnfKr-dRjnfumq7UP91ntO1cOlQ4hmrI",
    "2ryjnUatlK3kwDE_LHK7vFiQRJKPxKn31-KjYZlGrIE",
];
const DEV_XY: [&str; 2] = [
    "mB9T6oJ57ZKlC1f150-34M3JkxN22Ld1BQVPqJfgH6k",
    "vW7GmCn5eNzbjdjI8PYWvanovWIIYoqv0ZE_lvuD2d8",
];

impl GdhcnAnchor {
    /// The lists of an environment, signed by this P-256 key.
    pub fn new(environment: Environment, key: PublicKey) -> Self {
        let list = None;
        Self {
            environment,
            key,
            list,
        }
    }

    /// Takes the list of this name alone
    /// ([`ListInfo::identity`]), such as
    /// `did:web:tng-cdn.who.int:v2:trustlist`, which is all of production.
    ///
    /// One key signs all lists of an environment. Without this, whoever serves
    /// them can answer with another one than the one asked for, and with an old
    /// edition of it: a [`TrustState`](crate::trust::TrustState) that has seen
    /// no edition of that list doesn't notice.
    #[must_use]
    pub fn for_list(mut self, name: &str) -> Self {
        self.list = Some(name.into());
        self
    }

    /// The pinned key of an environment.
    pub fn pinned(environment: Environment) -> Self {
        let [x, y] = match environment {
            Environment::Prod => PROD_XY,
            Environment::Uat => UAT_XY,
            Environment::Dev => DEV_XY,
        };
        match coordinates(x, y) {
            Ok(key) => Self::new(environment, key),
            // The tests read all three.
            Err(_) => unreachable!("the pinned keys are on the curve"),
        }
    }

    /// The signer of production: `tng-participants-prod`, as published in
    /// WorldHealthOrganization/tng-cdn@3575a71.
    pub fn prod() -> Self {
        Self::pinned(Environment::Prod)
    }

    /// The signer of the acceptance tests: `tng-participants-uat`, published
    /// in the WHO's repository of that name under `WHO/signing/DID`.
    pub fn uat() -> Self {
        Self::pinned(Environment::Uat)
    }

    /// The signer of the development environment: `tng-participants-dev`, as
    /// published in WorldHealthOrganization/tng-cdn-dev@946c88c.
    pub fn dev() -> Self {
        Self::pinned(Environment::Dev)
    }

    /// The environment.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The signer's key.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }
}

fn coordinates(x: &str, y: &str) -> Result<PublicKey, KeyError> {
    let bytes = |text| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        bytes.and_then(|b| <[u8; 32]>::try_from(b).ok())
    };
    match (bytes(x), bytes(y)) {
        (Some(x), Some(y)) => PublicKey::from_p256_coordinates(&x, &y),
        _ => Err(KeyError::Encoding),
    }
}

/// Verifies the document, and then reads its entries.
pub(in crate::trust) fn read(
    source: &Source,
    bytes: &[u8],
    anchor: &GdhcnAnchor,
) -> Result<(Vec<Entry>, ListInfo), LoadError> {
    let root = parse(source, bytes)?;
    document::check_kind(&root)?;
    let document = Document::read(&root, anchor.environment)?;
    if let Some(expected) = anchor.list.as_deref()
        && expected != document.id
    {
        let (expected, found) = (expected.into(), shown(document.id));
        return Err(GdhcnError::OtherList { expected, found }.into());
    }
    let proof = Proof::read(&root, anchor.environment)?;
    source.check_count(document.methods.len())?;
    verify(&document, &proof, anchor)?;

    let entries = read_entries(source, &document, anchor.environment);
    let info = ListInfo {
        label: source.label.to_string(),
        format: ListFormat::Gdhcn,
        authenticated: true,
        fetched_at: None,
        claims: Claims {
            identity: Some(document.id.into()),
            issued_at: Some(proof.issued_at),
            ..Claims::default()
        },
    };
    Ok((entries, info))
}

fn parse<'a>(source: &Source, bytes: &'a [u8]) -> Result<Node<'a>, LoadError> {
    check_weight(bytes, &source.limits)?;
    check(bytes, Shape::BORROWED)?;
    let bytes = without_bom(bytes);
    let parsed = match core::str::from_utf8(bytes) {
        // UTF-8 is checked faster at once than text by text.
        Ok(text) => serde_json::from_str(text),
        // This says where it ends.
        Err(_) => serde_json::from_slice(bytes),
    };
    parsed.map_err(|error| LoadError::Json {
        line: error.line(),
        column: error.column(),
    })
}

fn verify(
    document: &Document<'_>,
    proof: &Proof<'_>,
    anchor: &GdhcnAnchor,
) -> Result<(), GdhcnError> {
    let signature = proof
        .jws
        .strip_prefix(JWS_HEADER)
        .and_then(|rest| rest.strip_prefix(".."))
        .ok_or(GdhcnError::Header)?;
    // DER, where a JWS should have 64 bytes (RFC 7518 §3.4).
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .ok()
        .and_then(|der| crypto::es256_from_der(&der))
        .ok_or(GdhcnError::Signature)?;
    let options: [u8; 32] = Sha256::digest(nquads::of_proof(proof)).into();
    let mut content = Sha256::new();
    nquads::of_document(document, anchor.environment, |lines| content.update(lines))?;
    let content: [u8; 32] = content.finalize().into();
    let message = [JWS_HEADER.as_bytes(), b".", &options, &content];
    match is_signed(&anchor.key, Algorithm::Es256, &message, &signature) {
        true => Ok(()),
        false => Err(GdhcnError::Signature),
    }
}

fn read_entries(source: &Source, document: &Document<'_>, environment: Environment) -> Vec<Entry> {
    let mut entries: Vec<_> = document
        .methods
        .iter()
        .map(|method| read_method(source, method, environment))
        .collect();
    link_chains(&mut entries);
    entries
}

fn read_method(source: &Source, method: &Method<'_>, environment: Environment) -> Entry {
    match method {
        Method::Reference(to) => Entry::from(Err(reference(to, environment))),
        Method::Key(key) => Entry {
            kid: key.jwk.get("kid").and_then(Node::as_text).map(Into::into),
            outcome: read_key(source, key, environment),
        },
    }
}

fn reference(to: &str, environment: Environment) -> ProblemKind {
    ProblemKind::Reference {
        to: shown(to),
        elsewhere: host(to) != environment.host(),
    }
}

fn read_key(
    source: &Source,
    key: &ListedKey<'_>,
    environment: Environment,
) -> Result<Found, ProblemKind> {
    if host(key.id) != environment.host() {
        return Err(reference(key.id, environment));
    }
    let usage = GdhcnUsage::from_code(key.usage).ok_or(ProblemKind::NotADocumentSigner {
        certificate_type: shown(key.usage),
    })?;
    let (list, fragment) = key.id.split_once('#').unwrap_or_default();
    let origin = GdhcnOrigin {
        environment,
        domain: key.domain.into(),
        participant: key.participant.into(),
        usage,
    };
    let text = key.jwk.get("kid").and_then(Node::as_text);
    // `…:DCC:ESP:DSC`
    let place = [usage.name(), key.participant, key.domain].map(Some);
    let mut named = list.rsplit(':');
    if place.map(|_| named.next()) != place || text != Some(fragment) {
        return Err(ProblemKind::IdMismatch);
    }
    read_certificate(source, key.jwk, fragment, origin)
}

/// The key is that of the certificate: three of four `x` and `y` in the
/// network's lists are not of the right length.
fn read_certificate(
    source: &Source,
    jwk: &Node<'_>,
    kid: &str,
    origin: GdhcnOrigin,
) -> Result<Found, ProblemKind> {
    let kid = Kid::from_base64(kid)?;
    let leaf = jwk
        .get("x5c")
        .and_then(Node::as_array)
        .and_then(|chain| chain.first()?.as_text())
        .ok_or(ProblemKind::Member {
            name: "x5c",
            expected: "an array of texts",
        })?;
    let der = decode_base64(leaf).ok_or(ProblemKind::Base64 { name: "x5c" })?;
    let mut found = source.listed_certificate(Some(kid), &der)?;
    // Listed as what it is.
    if origin.usage == GdhcnUsage::SigningAuthority {
        let notes = &mut found.notes;
        notes.retain(|note| *note != ProblemKind::CertificatesAlone);
    }
    if jwk.get("d").is_some() || jwk.get("k").is_some() {
        return Err(ProblemKind::JwkPrivateKey);
    }
    jwk::check_use(jwk)?;
    // The network vouches for the participant. What country its certificate
    // names, a participant writes itself.
    let named = found.key.country.take();
    let own = countries::alpha_2(&origin.participant);
    let differs = named.as_deref().is_some_and(|named| match own {
        Some(own) => !own.eq_ignore_ascii_case(named),
        None => countries::is_country(named),
    });
    if let Some(named) = named.as_deref().filter(|_| differs) {
        found.notes.push(ProblemKind::ParticipantCountry {
            participant: origin.participant.to_string(),
            certificate: shown(named),
        });
    }
    found.key.country = match own {
        Some(own) => Some(own.into()),
        None => named.filter(|_| !differs),
    };
    found.key.gdhcn = Some(Arc::new(origin));
    Ok(found)
}

/// Gives each key the authorities that its participant has in the list.
fn link_chains(entries: &mut [Entry]) {
    let keys = |entries: &'_ [Entry]| -> BTreeMap<Box<str>, Vec<Dsc>> {
        let mut out: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for found in entries.iter().filter_map(|e| e.outcome.as_ref().ok()) {
            if let (Some(origin), Some(certificate)) = (&found.key.gdhcn, &found.key.certificate)
                && origin.usage == GdhcnUsage::SigningAuthority
            {
                let all = out.entry(origin.participant.clone()).or_default();
                all.push(certificate.clone());
            }
        }
        out
    };
    let authorities: BTreeMap<Box<str>, Arc<[Dsc]>> = keys(entries)
        .into_iter()
        .map(|(participant, all)| (participant, all.into()))
        .collect();
    for found in entries.iter_mut().filter_map(|e| e.outcome.as_mut().ok()) {
        if let Some(origin) = &found.key.gdhcn {
            let listed = authorities.get(&origin.participant).cloned();
            let authority = origin.usage == GdhcnUsage::SigningAuthority;
            found.key.chain = Some(Arc::new(ChainLink::new(
                authority,
                listed.unwrap_or_default(),
            )));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn the_pinned_keys_are_on_the_curve() {
        for environment in Environment::ALL {
            let anchor = GdhcnAnchor::pinned(environment);
            assert_eq!(anchor.environment(), environment);
            assert_eq!(
                Environment::from_name(environment.name()),
                Some(environment)
            );
        }
        assert_ne!(GdhcnAnchor::prod().key, GdhcnAnchor::dev().key);
        assert_ne!(GdhcnAnchor::uat().key, GdhcnAnchor::dev().key);
    }

    /// The folder with the published data.
    fn published() -> PathBuf {
        let vectors = std::env::var_os("HCERT_VECTORS").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
            PathBuf::from,
        );
        let path = vectors.join("gdhcn");
        assert!(
            path.exists(),
            "{} is not there: set HCERT_VECTORS",
            path.display()
        );
        path
    }

    #[test]
    #[ignore = "needs HCERT_VECTORS"]
    fn the_worked_examples_are_reproduced_byte_for_byte() {
        let folder = published();
        let read = |path: String| std::fs::read_to_string(folder.join(path)).unwrap();
        for (name, path) in [
            ("dcc-bra-dsc", "trustlist/DCC/BRA/DSC"),
            ("ref-root", "trustlist-ref"),
        ] {
            let json = read(format!("PROD/v2/{path}/did.json"));
            let root: Node<'_> = serde_json::from_str(&json).unwrap();
            let document = Document::read(&root, Environment::Prod).unwrap();
            let proof = Proof::read(&root, Environment::Prod).unwrap();
            let proof = nquads::of_proof(&proof);
            assert_eq!(proof, read(format!("canonical/{name}.proof.nq")));
            let mut lines = String::new();
            let write = |part: &str| lines.push_str(part);
            nquads::of_document(&document, Environment::Prod, write).unwrap();
            assert_eq!(lines, read(format!("canonical/{name}.doc.nq")));
            let digest = |text| crate::codec::text::hex(&Sha256::digest(text));
            let digests = digest(proof) + &digest(lines);
            let expected = read(format!("canonical/{name}.verifydata.hex"));
            assert_eq!(digests, expected.trim());
        }
    }
}
