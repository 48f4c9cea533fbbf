//! The envelope of a signed set: COSE_Sign1 (RFC 9052 §4.2), in the one
//! encoding that [`sign`] writes, with the set as it is inside.

use core::ops::Range;

use super::layout::MAGIC;
use super::{Layout, SetError, SetFormError};
use crate::crypto::{Algorithm, KeyKind};
use crate::format::hc1::cbor::{major, write_head};
use crate::format::hc1::cose::TAG_COSE_SIGN1;
use crate::issue::Signer;
use crate::trust::Anchor;

/// The content type in the protected header of a signed set (COSE header
/// parameter 3): a key that signs other things as well signs none that could
/// be taken for a revocation set.
pub const CONTENT_TYPE: &str = "application/x.hcert-revocation-set";

const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Ps256];
/// Shorter RSA keys sign nothing here.
const MIN_RSA_BITS: usize = 2048;

/// Signs a set. It can be used in place in the result
/// ([`RevocationSet::open`](super::RevocationSet::open)).
pub fn sign(set: &[u8], signer: &(impl Signer + ?Sized)) -> Result<Vec<u8>, SetError> {
    Layout::read(set)?;
    let algorithm = signer.algorithm();
    let header = header(algorithm);
    let message = message(&header, set.len());
    let signature = signer.sign(&[&message, set].concat())?;
    match (algorithm, signature.len()) {
        (Algorithm::Es256, 64) | (Algorithm::Ps256, 1..) => {}
        (_, bytes) => return Err(SetError::SignatureLength { algorithm, bytes }),
    }
    let mut out = before(&header);
    write_head(&mut out, major::BYTES, set.len() as u64);
    out.extend_from_slice(set);
    write_head(&mut out, major::BYTES, signature.len() as u64);
    out.extend(signature);
    Ok(out)
}

/// Whether it begins like the envelope of a set.
pub(super) fn detect(bytes: &[u8]) -> bool {
    // Cut off in it, too.
    is_signed(bytes) || bytes.first() == before(&[]).first()
}

/// Whether the bytes begin like a set, signed or not.
pub(in crate::revocation) fn is_set(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || is_signed(bytes)
}

pub(super) fn is_signed(bytes: &[u8]) -> bool {
    let starts = |algorithm| bytes.starts_with(&before(&header(algorithm)));
    ALGORITHMS.into_iter().any(starts)
}

/// A signed set, as it stands.
pub(super) struct Signed<'a> {
    bytes: &'a [u8],
    algorithm: Algorithm,
    pub payload: Range<usize>,
    signature: Range<usize>,
}

impl<'a> Signed<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, SetFormError> {
        if !detect(bytes) {
            // Of a set alone it is known what it is.
            return Err(match Layout::read(bytes) {
                Ok(_) => SetFormError::Unsigned,
                Err(error) => error,
            });
        }
        let read = |algorithm| {
            let before = before(&header(algorithm));
            let payload = byte_string(bytes, bytes.starts_with(&before).then_some(before.len())?)?;
            let signature = byte_string(bytes, payload.end)?;
            (signature.end == bytes.len()).then_some(Self {
                bytes,
                algorithm,
                payload,
                signature,
            })
        };
        let signed = ALGORITHMS.into_iter().find_map(read);
        signed.ok_or(SetFormError::Envelope)
    }

    pub fn verify<'k>(&self, anchors: &'k [Anchor]) -> Result<&'k Anchor, SetFormError> {
        let part = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        let (payload, signature) = (part(&self.payload), part(&self.signature));
        let message = message(&header(self.algorithm), payload.len());
        let signs = |anchor: &&Anchor| {
            let key = anchor.public_key();
            let strong = !matches!(key.kind(), KeyKind::Rsa { bits } if *bits < MIN_RSA_BITS);
            strong
                && key.algorithm() == Some(self.algorithm)
                && key.verify(&[&message, payload], signature).is_ok()
        };
        anchors.iter().find(signs).ok_or(SetFormError::Signature)
    }
}

/// The protected header: `{1: alg, 3: content type}`.
fn header(algorithm: Algorithm) -> Vec<u8> {
    let mut out = Vec::new();
    write_head(&mut out, major::MAP, 2);
    write_head(&mut out, major::UNSIGNED, 1);
    write_head(&mut out, major::NEGATIVE, !algorithm.cose_id() as u64);
    write_head(&mut out, major::UNSIGNED, 3);
    write_head(&mut out, major::TEXT, CONTENT_TYPE.len() as u64);
    out.extend(CONTENT_TYPE.as_bytes());
    out
}

/// What stands before the payload: tag, protected header, no unprotected one.
fn before(header: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_head(&mut out, major::TAG, TAG_COSE_SIGN1);
    write_head(&mut out, major::ARRAY, 4);
    write_head(&mut out, major::BYTES, header.len() as u64);
    out.extend(header);
    write_head(&mut out, major::MAP, 0);
    out
}

/// The Sig_structure (RFC 9052 §4.4) up to the payload.
fn message(header: &[u8], payload: usize) -> Vec<u8> {
    let mut out = Vec::new();
    write_head(&mut out, major::ARRAY, 4);
    write_head(&mut out, major::TEXT, 10);
    out.extend(b"Signature1");
    write_head(&mut out, major::BYTES, header.len() as u64);
    out.extend(header);
    write_head(&mut out, major::BYTES, 0);
    write_head(&mut out, major::BYTES, payload as u64);
    out
}

/// The content of the byte string there, whose head is the shortest.
fn byte_string(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    let info = rest.first()? & 0x1f;
    let used = match info {
        24..=27 => 1usize << (info - 24),
        _ => 0,
    };
    let argument = rest.get(1..1 + used)?;
    let argument = argument.iter().fold(0, |n, b| n << 8 | u64::from(*b));
    let length = if used == 0 { info.into() } else { argument };
    let mut head = Vec::new();
    write_head(&mut head, major::BYTES, length);
    let start = at + head.len();
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    (rest.starts_with(&head) && end <= bytes.len()).then_some(start..end)
}
