//! JWS in compact form (RFC 7515 §3.1) with the signer's chain in `x5c`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::json;
use crate::Timestamp;
use crate::codec::instant::Claims;
use crate::codec::text::decode_base64;
use crate::crypto::published::refuse_published;
use crate::crypto::{Algorithm, PublicKey};
use crate::envelope::signature::{Hash, Purposes, Scheme, is_signed, issued_by};
use crate::envelope::x509::{Dsc, MAX_CHAIN};
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::limits::LoadLimits;

/// What a form fixes, whatever a header says.
pub(in crate::trust) struct Profile<'a> {
    /// `None`: any of these, by a key that it is for.
    pub(in crate::trust) algorithm: Option<JwsAlgorithm>,
    /// Under a pinned root certificate: the common name that the signer must
    /// have. A root may have thousands of other certificates under it. `None`:
    /// the signer itself is pinned, and there are no chains.
    pub(in crate::trust) chain_to: Option<&'a str>,
    /// When the certificates of a chain have to be valid, if a time is known.
    pub(in crate::trust) at: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::trust) enum JwsAlgorithm {
    Es256,
    Rs256,
    Ps256,
}

impl JwsAlgorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let known = [Self::Es256, Self::Rs256, Self::Ps256];
        known.into_iter().find(|known| known.name() == name)
    }

    fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        match self {
            // r‖s (RFC 7518 §3.4), by P-256 alone.
            Self::Es256 => is_signed(key, Algorithm::Es256, &[message], signature),
            Self::Ps256 => is_signed(key, Algorithm::Ps256, &[message], signature),
            Self::Rs256 => Scheme::Pkcs1(Hash::Sha256)
                .verify(key, message, signature)
                .is_ok(),
        }
    }
}

/// Header, payload, signature.
pub(in crate::trust) fn split(text: &[u8]) -> Option<[&[u8]; 3]> {
    let mut parts = text.trim_ascii().split(|byte| *byte == b'.');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let base64url = |part: &[u8]| {
        !part.is_empty()
            && part
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    (parts.next().is_none() && three.iter().all(|part| base64url(part))).then_some(three)
}

/// What the payload says of its time.
pub(super) fn dates(payload: &Value) -> Result<Claims, LoadError> {
    match payload.as_object() {
        Some(claims) => Ok(Claims::of_json(claims)?),
        None => Err(LoadError::Form {
            expected: "a JWS over a JSON object",
        }),
    }
}

/// The payload's JSON, whoever signed it.
pub(super) fn unverified_payload(text: &[u8], limits: &LoadLimits) -> Result<Value, LoadError> {
    let [_, payload, _] = split(text).ok_or(NOT_JWS)?;
    json::parse(&decode(payload)?, limits)
}

const NOT_JWS: LoadError = LoadError::Form {
    expected: "a JWS in compact form: three parts in base64url",
};

fn decode(part: &[u8]) -> Result<Vec<u8>, LoadError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| NOT_JWS)
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

/// A JWS whose signature holds.
pub(in crate::trust) struct Verified<'a> {
    pub(in crate::trust) header: Value,
    pub(in crate::trust) payload: Vec<u8>,
    pub(in crate::trust) anchor: &'a Anchor,
}

pub(in crate::trust) fn verify<'a>(
    text: &[u8],
    profile: &Profile<'_>,
    anchors: &'a [Anchor],
    limits: &LoadLimits,
) -> Result<Verified<'a>, LoadError> {
    let text = text.trim_ascii();
    let [header, payload, signature] = split(text).ok_or(NOT_JWS)?;
    let signed = text
        .get(..header.len() + 1 + payload.len())
        .unwrap_or_default();
    let signature = decode(signature)?;
    let header = json::parse(&decode(header)?, limits)?;
    let named = header.get("alg").and_then(Value::as_str);
    let named = named.and_then(JwsAlgorithm::from_name);
    let algorithm = match profile.algorithm {
        None => named,
        fixed => fixed.filter(|fixed| named == Some(*fixed)),
    };
    let expected = profile.algorithm;
    let algorithm = algorithm.ok_or(LoadError::Algorithm {
        expected: expected.map_or("ES256, RS256 or PS256", JwsAlgorithm::name),
    })?;
    // RFC 7515 §4.1.11: extensions that must be understood. The other two say
    // that the payload is another one than it looks (RFC 7797, RFC 7516
    // §4.1.3), whether or not `crit` names them.
    if ["crit", "b64", "zip"]
        .iter()
        .any(|name| header.get(name).is_some())
    {
        return Err(LoadError::Form {
            expected: "a JWS without `crit`, `b64` and `zip`",
        });
    }
    // They are read in the payload alone.
    if dates(&header)? != Claims::default() {
        return Err(LoadError::Form {
            expected: "a JWS whose claims are in its payload",
        });
    }
    let chain = read_chain(&header, limits)?;
    let mut fault = LoadError::Signature;
    for anchor in anchors {
        match signer(anchor, &chain, profile.chain_to, profile.at) {
            Ok(key) if algorithm.verify(key, signed, &signature) => {
                let payload = decode(payload)?;
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

/// `x5c`: standard base64, the signer first (RFC 7515 §4.1.6).
fn read_chain(header: &Value, limits: &LoadLimits) -> Result<Vec<Dsc>, LoadError> {
    let broken = LoadError::Chain {
        fault: "x5c is not an array of a few certificates",
    };
    let Some(chain) = header.get("x5c") else {
        return Ok(Vec::new());
    };
    let texts = chain.as_array().filter(|texts| texts.len() <= MAX_CHAIN);
    let certificate = |text: &Value| {
        let der = decode_base64(text.as_str()?)?;
        (der.len() <= limits.certificate_bytes)
            .then(|| Dsc::from_der(&der).ok())
            .flatten()
    };
    texts
        .and_then(|texts| texts.iter().map(certificate).collect())
        .ok_or(broken)
}

/// The key that may sign under this anchor.
pub(in crate::trust) fn signer<'a>(
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
    // The root signs for whoever it issued certificates to, not for itself.
    let Some(leaf) = chain.first().filter(|leaf| *leaf != pinned) else {
        return chain_fault("no certificate of a signer under the pinned one is there");
    };
    if leaf.common_name() != Some(common_name) {
        return chain_fault("the signer's certificate has another common name");
    }
    // The root itself may be sent along.
    let sent = chain.strip_suffix(core::slice::from_ref(pinned));
    let path = sent.unwrap_or(chain);
    for certificate in path.iter().chain([pinned]) {
        refuse_published::<LoadError>(certificate.public_key())?;
    }
    let issuers = path.iter().skip(1).chain([pinned]);
    for (below, (certificate, issuer)) in path.iter().zip(issuers).enumerate() {
        if issued_by(certificate, issuer, below).is_err() {
            return chain_fault("x5c does not lead to the pinned certificate");
        }
    }
    if !Purposes::of(leaf).is_some_and(|purposes| purposes.may_sign()) {
        return chain_fault("the signer's certificate is not for signatures");
    }
    // The pinned one is trusted because it is pinned.
    if at.is_some_and(|at| path.iter().any(|certificate| !certificate.is_valid_at(at))) {
        return chain_fault("a certificate of the chain was not valid when this was fetched");
    }
    Ok(leaf.public_key())
}
