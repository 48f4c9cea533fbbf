//! The RDF statements that a document makes, in canonical N-Quads
//! (RDFC-1.0). Every subject has a name, so there are no blank nodes to
//! label, and the canonical form is the sorted lines.

use core::ops::Range;

use sha2::{Digest, Sha256};

use super::canonical;
use super::document::{Document, Method};
use super::{Environment, GdhcnError};

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const RDF_JSON: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
const CONTROLLER: &str = "https://w3id.org/security#controller";
const VERIFICATION_METHOD: &str = "https://w3id.org/security#verificationMethod";
const PUBLIC_KEY_JWK: &str = "https://w3id.org/security#publicKeyJwk";

/// Statements in one buffer, a line each.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    lines: Vec<Range<usize>>,
}

impl Lines {
    /// `<subject> <predicate> <object> .`
    fn iri(&mut self, subject: &str, predicate: &str, object: &[&str]) {
        self.line(subject, predicate, |out| {
            out.push('<');
            object.iter().for_each(|part| out.push_str(part));
            out.push('>');
        });
    }

    fn line<T>(
        &mut self,
        subject: &str,
        predicate: &str,
        object: impl FnOnce(&mut String) -> T,
    ) -> T {
        let out = &mut self.text;
        let start = out.len();
        for part in ["<", subject, "> <", predicate, "> "] {
            out.push_str(part);
        }
        let result = object(out);
        out.push_str(" .\n");
        self.lines.push(start..out.len());
        result
    }

    fn sorted(&self) -> Vec<&str> {
        let line = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        let mut lines: Vec<_> = self.lines.iter().map(line).collect();
        lines.sort_unstable();
        lines
    }

    pub(super) fn sha256(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for line in self.sorted() {
            hash.update(line);
        }
        hash.finalize().into()
    }
}

/// The statements of a document without its proof.
pub(super) fn of_document(
    document: &Document<'_>,
    environment: Environment,
) -> Result<Lines, GdhcnError> {
    // The context of each environment has its own value sets.
    let set = |name: &str| {
        let suffix = environment.context_suffix();
        format!("https://smart.who.int/trust/ValueSet-{name}{suffix}.jsonld")
    };
    let (domains, participants, usages) = (set("Domains"), set("Participants"), set("KeyUsage"));
    let mut lines = Lines::default();
    if let Some(controller) = document.controller {
        lines.iri(document.id, CONTROLLER, &[controller]);
    }
    for method in &document.methods {
        lines.iri(document.id, VERIFICATION_METHOD, &[method.id()]);
        let Method::Key(key) = method else { continue };
        lines.iri(
            key.id,
            RDF_TYPE,
            &["https://w3id.org/security#JsonWebKey2020"],
        );
        lines.iri(key.id, CONTROLLER, &[key.controller]);
        lines.iri(key.id, &domains, &[&domains, "#", key.domain]);
        lines.iri(
            key.id,
            &participants,
            &[&participants, "#", key.participant],
        );
        lines.iri(key.id, &usages, &[&usages, "#", key.usage]);
        lines.line(key.id, PUBLIC_KEY_JWK, |out| {
            out.push('"');
            canonical::write_literal(out, key.jwk)?;
            for part in ["\"^^<", RDF_JSON, ">"] {
                out.push_str(part);
            }
            Ok(())
        })?;
    }
    Ok(lines)
}

/// The statements of the proof without its signature.
pub(super) fn of_proof(document: &Document<'_>) -> String {
    let proof = &document.proof;
    // The one blank node of all; the lines are in their order.
    format!(
        "_:c14n0 <http://purl.org/dc/terms/created> \"{}\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
         _:c14n0 <{RDF_TYPE}> <https://w3id.org/security#JsonWebSignature2020> .\n\
         _:c14n0 <https://w3id.org/security#nonce> \"{}\" .\n\
         _:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n\
         _:c14n0 <{VERIFICATION_METHOD}> <{}> .\n",
        proof.created, proof.nonce, proof.signer
    )
}

#[cfg(test)]
impl core::fmt::Display for Lines {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.sorted().iter().try_for_each(|line| f.write_str(line))
    }
}
