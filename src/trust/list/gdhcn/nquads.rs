//! The RDF statements that a document makes, in canonical N-Quads
//! (RDFC-1.0). Every subject has a name, so there are no blank nodes to
//! label, and the canonical form is the sorted lines.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::canonical;
use super::document::{Document, Method, Proof};
use super::{Environment, GdhcnError};

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const RDF_JSON: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
const JSON_WEB_KEY: &str = "https://w3id.org/security#JsonWebKey2020";
const CONTROLLER: &str = "https://w3id.org/security#controller";
const VERIFICATION_METHOD: &str = "https://w3id.org/security#verificationMethod";
const PUBLIC_KEY_JWK: &str = "https://w3id.org/security#publicKeyJwk";

/// The statements of a document without its proof, in their order, in a few
/// texts of some lines each. `write` gets each when it is ready, as there may
/// be megabytes of them.
pub(super) fn of_document(
    document: &Document<'_>,
    environment: Environment,
    mut write: impl FnMut(&str),
) -> Result<(), GdhcnError> {
    // The context of each environment has its own value sets.
    let set = |name: &str| {
        let suffix = environment.context_suffix();
        format!("https://smart.who.int/trust/ValueSet-{name}{suffix}.jsonld")
    };
    let (domains, participants, usages) = (set("Domains"), set("Participants"), set("KeyUsage"));
    let mut methods: Vec<_> = document.methods.iter().collect();
    methods.sort_unstable_by(|a, b| in_brackets(a.id(), b.id()));

    let mut lines = String::new();
    let about_document = |lines: &mut String| {
        if let Some(controller) = document.controller {
            iri(lines, document.id, CONTROLLER, &[controller]);
        }
        for method in &methods {
            iri(lines, document.id, VERIFICATION_METHOD, &[method.id()]);
        }
    };
    let mut document_is_written = false;
    for method in &methods {
        let Method::Key(key) = method else { continue };
        lines.clear();
        if !document_is_written && in_brackets(document.id, key.id).is_lt() {
            about_document(&mut lines);
            document_is_written = true;
        }
        // In the order of the predicates.
        iri(&mut lines, key.id, RDF_TYPE, &[JSON_WEB_KEY]);
        iri(&mut lines, key.id, &domains, &[&domains, "#", key.domain]);
        iri(&mut lines, key.id, &usages, &[&usages, "#", key.usage]);
        iri(
            &mut lines,
            key.id,
            &participants,
            &[&participants, "#", key.participant],
        );
        iri(&mut lines, key.id, CONTROLLER, &[key.controller]);
        push(&mut lines, &["<", key.id, "> <", PUBLIC_KEY_JWK, "> \""]);
        canonical::write_literal(&mut lines, key.jwk)?;
        push(&mut lines, &["\"^^<", RDF_JSON, "> .\n"]);
        write(&lines);
    }
    if !document_is_written {
        lines.clear();
        about_document(&mut lines);
        write(&lines);
    }
    Ok(())
}

/// `<subject> <predicate> <object> .`
fn iri(lines: &mut String, subject: &str, predicate: &str, object: &[&str]) {
    push(lines, &["<", subject, "> <", predicate, "> <"]);
    push(lines, object);
    push(lines, &["> .\n"]);
}

fn push(lines: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| lines.push_str(part));
}

/// The order of `<a>` and `<b>`.
fn in_brackets(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let common = a.len().min(b.len());
    let [(a, rest_a), (b, rest_b)] = [a, b].map(|text| text.split_at(common));
    let next = |rest: &[u8]| rest.first().copied().unwrap_or(b'>');
    a.cmp(b).then_with(|| next(rest_a).cmp(&next(rest_b)))
}

/// The statements of the proof without its signature.
pub(super) fn of_proof(proof: &Proof<'_>) -> String {
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
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_in_their_brackets() {
        let names = [
            "a", "a#", "a#+", "a#A", "a=", "a:b", "ab", "b", "a#AA=", "a#AA",
        ];
        for a in names {
            for b in names {
                assert_eq!(in_brackets(a, b), format!("<{a}>").cmp(&format!("<{b}>")));
            }
        }
    }
}
