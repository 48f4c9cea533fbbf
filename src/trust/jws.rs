//! A JWS that an anchor, or a signer under it, made.

use alloc::vec::Vec;
use serde_json::Value;

use crate::Timestamp;
use crate::codec::instant::Claims;
use crate::crypto::PublicKey;
use crate::envelope::chain::{ChainFault, signer_under};
use crate::envelope::jws::{self, Header, Jws, JwsAlgorithm, JwsFault};
use crate::envelope::x509::Dsc;
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::json;
use crate::trust::limits::LoadLimits;

/// What a form fixes, whatever a header says.
pub(super) struct Profile<'a> {
    /// `None`: any of these, by a key that it is for.
    pub(super) algorithm: Option<JwsAlgorithm>,
    /// Under a pinned root certificate: the common name that the signer must
    /// have. `None`: the signer itself is pinned, and there are no chains.
    pub(super) chain_to: Option<&'a str>,
    /// When the certificates of a chain have to be valid, if a time is known.
    pub(super) at: Option<Timestamp>,
}

impl From<JwsFault> for LoadError {
    fn from(fault: JwsFault) -> Self {
        match fault {
            JwsFault::Form(expected) => Self::Form { expected },
            JwsFault::Unreadable(unreadable) => unreadable.into(),
            JwsFault::Certificates => Self::Chain {
                fault: "x5c is not an array of a few certificates",
            },
        }
    }
}

impl From<ChainFault> for LoadError {
    fn from(fault: ChainFault) -> Self {
        match fault {
            ChainFault::Broken(fault) => Self::Chain { fault },
            ChainFault::Published(known) => known.into(),
        }
    }
}

/// What the payload says of its time.
pub(super) fn dates(payload: &Value) -> Result<Claims, LoadError> {
    Ok(jws::claims(payload)?)
}

/// The payload's JSON, whoever signed it.
pub(super) fn unverified_payload(text: &[u8], limits: &LoadLimits) -> Result<Value, LoadError> {
    json::parse(&Jws::split(text)?.payload()?, limits)
}

/// The payload's JSON after its signature has been checked, and the anchor
/// that it was checked with.
pub(super) fn verified_payload<'a>(
    text: &[u8],
    profile: &Profile<'_>,
    anchors: &'a [Anchor],
    limits: &LoadLimits,
) -> Result<(Value, &'a Anchor), LoadError> {
    let verified = verify(text, profile, anchors, limits)?;
    Ok((json::parse(&verified.payload, limits)?, verified.anchor))
}

/// A JWS whose signature is the anchor's, or that of a signer under it.
pub(super) struct Verified<'a> {
    pub(super) header: Header,
    pub(super) payload: Vec<u8>,
    pub(super) anchor: &'a Anchor,
}

pub(super) fn verify<'a>(
    text: &[u8],
    profile: &Profile<'_>,
    anchors: &'a [Anchor],
    limits: &LoadLimits,
) -> Result<Verified<'a>, LoadError> {
    let jws = Jws::split(text)?;
    let signature = jws.signature()?;
    let header = json::parse(&jws.header()?, limits)?;
    // An algorithm that the form does not have is said before anything else.
    let algorithm = match (jws::algorithm(&header), profile.algorithm) {
        (named, None) => named,
        (named, fixed) => fixed.filter(|fixed| named == Some(*fixed)),
    };
    let expected = profile.algorithm;
    let algorithm = algorithm.ok_or(LoadError::Algorithm {
        expected: expected.map_or("ES256, RS256 or PS256", JwsAlgorithm::name),
    })?;
    let header = Header::new(header)?;
    let chain = header.certificates(limits.certificate_bytes)?;
    let mut fault = LoadError::Signature;
    for anchor in anchors {
        match signer(anchor, &chain, profile.chain_to, profile.at) {
            Ok(key) if jws.is_signed_by(key, algorithm, &signature) => {
                let payload = jws.payload()?;
                return Ok(Verified {
                    header,
                    payload,
                    anchor,
                });
            }
            Ok(_) => fault = LoadError::Signature,
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

/// The key that may sign under this anchor.
pub(super) fn signer<'a>(
    anchor: &'a Anchor,
    chain: &'a [Dsc],
    chain_to: Option<&str>,
    at: Option<Timestamp>,
) -> Result<&'a PublicKey, LoadError> {
    let chain_fault = |fault| Err(LoadError::Chain { fault });
    let Some(common_name) = chain_to else {
        return match (anchor, chain.first()) {
            (Anchor::Certificate(pinned), Some(leaf)) if leaf != pinned => {
                chain_fault("the signer's certificate is not the pinned one")
            }
            _ => Ok(anchor.public_key()),
        };
    };
    let Anchor::Certificate(pinned) = anchor else {
        return chain_fault("signers under a root need its certificate pinned, not a key");
    };
    Ok(signer_under(pinned, chain, common_name, at)?.public_key())
}
