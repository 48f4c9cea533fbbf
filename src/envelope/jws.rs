//! JWS in compact form (RFC 7515 §3.1).

use alloc::vec::Vec;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::codec::instant::{Claims, Unreadable};
use crate::codec::text::decode_base64;
use crate::crypto::{Algorithm, PublicKey};
use crate::envelope::signature::{Hash, Scheme, is_signed};
use crate::envelope::x509::{Dsc, MAX_CHAIN};

/// The signatures that are verified (RFC 7518 §3.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum JwsAlgorithm {
    Es256,
    Rs256,
    Ps256,
}

impl JwsAlgorithm {
    pub(crate) const fn name(self) -> &'static str {
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

/// Why a JWS is not read.
pub(crate) enum JwsFault {
    /// What was expected.
    Form(&'static str),
    Unreadable(Unreadable),
    /// `x5c` is not an array of a few certificates.
    Certificates,
}

const NOT_COMPACT: JwsFault = JwsFault::Form("a JWS in compact form: three parts in base64url");

/// Three parts in base64url, which nothing vouches for.
#[derive(Clone, Copy)]
pub(crate) struct Jws<'a> {
    signed: &'a [u8],
    header: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Jws<'a> {
    pub(crate) fn split(text: &'a [u8]) -> Result<Self, JwsFault> {
        Self::parts(text.trim_ascii()).ok_or(NOT_COMPACT)
    }

    fn parts(text: &'a [u8]) -> Option<Self> {
        let mut parts = text.split(|byte| *byte == b'.');
        let [header, payload, signature] = [parts.next()?, parts.next()?, parts.next()?];
        let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let is_base64url = |part: &[u8]| !part.is_empty() && part.iter().all(is_digit);
        let all = [header, payload, signature].into_iter().all(is_base64url);
        (all && parts.next().is_none()).then_some(Self {
            signed: text.get(..header.len() + 1 + payload.len())?,
            header,
            payload,
            signature,
        })
    }

    /// JSON, which is not parsed yet.
    pub(crate) fn header(&self) -> Result<Vec<u8>, JwsFault> {
        decode(self.header)
    }

    pub(crate) fn payload(&self) -> Result<Vec<u8>, JwsFault> {
        decode(self.payload)
    }

    pub(crate) fn signature(&self) -> Result<Vec<u8>, JwsFault> {
        decode(self.signature)
    }

    pub(crate) fn is_signed_by(
        &self,
        key: &PublicKey,
        algorithm: JwsAlgorithm,
        signature: &[u8],
    ) -> bool {
        algorithm.verify(key, self.signed, signature)
    }
}

fn decode(part: &[u8]) -> Result<Vec<u8>, JwsFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| NOT_COMPACT)
}

/// The protected header, of a JWS that is what it looks like.
pub(crate) struct Header(Value);

impl Header {
    pub(crate) fn new(header: Value) -> Result<Self, JwsFault> {
        // RFC 7515 §4.1.11: extensions that must be understood. The other two
        // say that the payload is another one than it looks (RFC 7797, RFC 7516
        // §4.1.3), whether or not `crit` names them.
        let changes = ["crit", "b64", "zip"];
        if changes.iter().any(|name| header.get(name).is_some()) {
            return Err(JwsFault::Form("a JWS without `crit`, `b64` and `zip`"));
        }
        // They are read in the payload alone.
        if claims(&header)? != Claims::default() {
            return Err(JwsFault::Form("a JWS whose claims are in its payload"));
        }
        Ok(Self(header))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// `x5c`: standard base64, the signer first (RFC 7515 §4.1.6).
    pub(crate) fn certificates(&self, max_bytes: usize) -> Result<Vec<Dsc>, JwsFault> {
        let Some(chain) = self.get("x5c") else {
            return Ok(Vec::new());
        };
        let texts = chain.as_array().filter(|texts| texts.len() <= MAX_CHAIN);
        let certificate = |text: &Value| {
            let der = decode_base64(text.as_str()?)?;
            (der.len() <= max_bytes)
                .then(|| Dsc::from_der(&der).ok())
                .flatten()
        };
        texts
            .and_then(|texts| texts.iter().map(certificate).collect())
            .ok_or(JwsFault::Certificates)
    }
}

/// The algorithm that a header names.
pub(crate) fn algorithm(header: &Value) -> Option<JwsAlgorithm> {
    JwsAlgorithm::from_name(header.get("alg")?.as_str()?)
}

/// What a header or a payload says of its time.
pub(crate) fn claims(object: &Value) -> Result<Claims, JwsFault> {
    match object.as_object() {
        Some(claims) => Claims::of_json(claims).map_err(JwsFault::Unreadable),
        None => Err(JwsFault::Form("a JWS over a JSON object")),
    }
}
