//! Signed documents: nobody makes one in our name, and what we sign is opened
//! as it was signed.

use ciborium::cbor;
use hcert::trust::{DocumentBytes, DocumentError, SignedDocument};
use crate::lists::{samples, sign};
use libfuzzer_sys::Corpus;

/// The content of the only document of the corpus that is signed.
const CONTENT: &[u8] = b"[]";

fn open(bytes: DocumentBytes<'_>) -> Result<Vec<u8>, DocumentError> {
    let format = bytes.format();
    match SignedDocument::open("rules", bytes, &sign::LIST.anchor()) {
        Ok(document) => {
            assert_eq!(Some(document.format()), format);
            Ok(document.content().to_vec())
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < 2000 && !text.contains(char::is_control));
            assert_eq!(format.is_none(), error == DocumentError::Unrecognised);
            Err(error)
        }
    }
}

/// Nobody but us makes a signature that holds.
fn is_ours(opened: Result<Vec<u8>, DocumentError>) {
    if let Ok(content) = opened {
        assert_eq!(content, CONTENT);
    }
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    match data.split_first() {
        // A document as it stands, and what stands beside one.
        Some((b'd', document)) => is_ours(open(document.into())),
        Some((b'b', beside)) => {
            is_ours(open(DocumentBytes::from(CONTENT).with_signature(beside)));
            is_ours(open(DocumentBytes::from(CONTENT).with_x_signature(beside)));
        }
        // A protected header.
        Some((b'h', header)) => {
            if let Ok(content) = open((&sign::cose(header, CONTENT)).into()) {
                assert_eq!(content, CONTENT);
            }
        }
        // What a CMS signs of its content, and when.
        Some((b'a', attributes)) => {
            let cms = samples::document_cms(attributes);
            is_ours(open(DocumentBytes::from(CONTENT).with_signature(&cms)));
        }
        // The header and the payload of a JWS, of which only the dates are read.
        Some((b'j', header)) => is_ours(open((&sign::jws_es256(header, CONTENT)).into())),
        Some((b'p', payload)) => {
            let signed = sign::jws_es256(br#"{"alg":"ES256"}"#, payload);
            if let Ok(content) = open((&signed).into()) {
                assert_eq!(content, payload);
            }
        }
        // Any content, in the forms that don't look at it.
        Some((b'c', content)) => {
            let header = |header| sign::cbor_bytes(&header);
            // 42: bytes of any kind, which are not searched for claims.
            let bytes = header(cbor!({1 => -7, 3 => 42}).unwrap());
            for signed in [sign::document(content), sign::cose(&bytes, content)] {
                assert_eq!(open((&signed).into()), Ok(content.to_vec()));
            }
            // What may be claims has to be readable as such.
            let untyped = header(cbor!({1 => -7}).unwrap());
            if let Ok(opened) = open((&sign::cose(&untyped, content)).into()) {
                assert_eq!(opened, content);
            }
            let line = sign::german(content);
            assert_eq!(open((&line).into()), Ok(content.to_vec()));
            let signature = sign::LIST.sign_der(content);
            let beside = DocumentBytes::from(content).with_signature(&signature);
            assert_eq!(open(beside), Ok(content.to_vec()));
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

