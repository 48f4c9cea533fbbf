//! COSE_Sign1 (RFC 9052 §4.2), read in place; hcert-spec 1.0.8 §3.3.

use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::Limits;
use crate::codec::cbor::{self, CborError, Head, Key, Span, Walk, major};
use crate::codec::names;
use crate::crypto::kid::Kid;
use crate::crypto::{Algorithm, BadSignature, PublicKey};
use crate::deviation::{Deviation, DeviationCode};

/// CBOR tag of COSE_Sign1 (RFC 9052 §2).
pub const TAG_COSE_SIGN1: u64 = 18;
/// CBOR tag of a CBOR Web Token (RFC 8392 §6).
pub const TAG_CWT: u64 = 61;

const LABEL_ALG: i128 = 1;
const LABEL_CRIT: i128 = 2;
const LABEL_CONTENT_TYPE: i128 = 3;
const LABEL_KID: i128 = 4;
const LABEL_CLAIMS: i128 = 15;
/// RFC 9596.
const LABEL_TYPE: i128 = 16;
/// What others call the parameters that can refuse a certificate.
const NAMES: [(&str, i128); 9] = [
    ("2", LABEL_CRIT),
    ("crit", LABEL_CRIT),
    ("3", LABEL_CONTENT_TYPE),
    ("contenttype", LABEL_CONTENT_TYPE),
    ("cty", LABEL_CONTENT_TYPE),
    ("15", LABEL_CLAIMS),
    ("cwtclaims", LABEL_CLAIMS),
    ("16", LABEL_TYPE),
    ("typ", LABEL_TYPE),
];

/// Claims by their names (RFC 7519 §4.1) that are no end and no begin.
const CLAIMS: [&str; 4] = ["iat", "issuedat", "aud", "audience"];

/// Why bytes are not a COSE_Sign1 structure that HCERT allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoseError {
    /// The CBOR is not acceptable.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Another CBOR tag than 18, or 61 around it.
    #[error("CBOR tag {0} is not that of COSE_Sign1 (18)")]
    Tag(u64),
    /// Not an array of two headers, a payload and a signature.
    #[error("not the four members of a COSE_Sign1: {0}")]
    Structure(&'static str),
    /// A header parameter has a type that its definition does not allow.
    #[error("the header parameter {name} has the wrong type")]
    HeaderType {
        /// `alg`, `kid` or `crit`.
        name: &'static str,
    },
    /// A header holds claims (RFC 9597, label 15, or its name), where a
    /// certificate has them in its payload: an end that stood there would be
    /// overlooked.
    #[error("a header holds claims, which belong into the payload")]
    Claims,
    /// The protected header says that the payload, or the whole, is something
    /// else than a CWT: a document of another kind is no certificate.
    #[error("the header says that this is something else than a certificate")]
    ContentType,
    /// The message names header parameters that a reader must understand
    /// (RFC 9052 §3.1, `crit`).
    #[error("unsupported critical header parameters (crit)")]
    Critical,
}

impl CoseError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cbor(e) => e.code(),
            Self::Tag(_) => "cose-tag",
            Self::Structure(_) => "cose-structure",
            Self::HeaderType { .. } => "cose-header-type",
            Self::Claims => "cose-header-claims",
            Self::ContentType => "cose-content-type",
            Self::Critical => "cose-critical",
        }
    }
}

/// The algorithm that a header names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeclaredAlgorithm {
    /// One that HCERT allows.
    Known(Algorithm),
    /// Any other number of the registry, or a private one.
    Other(i128),
    /// An algorithm named by a text.
    Text,
}

impl fmt::Display for DeclaredAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(algorithm) => algorithm.fmt(f),
            Self::Other(id) => write!(f, "COSE algorithm {id}"),
            Self::Text => f.write_str("an algorithm named by a text"),
        }
    }
}

/// One header map, as far as it matters here.
#[derive(Debug, Default)]
struct Header {
    algorithm: Option<DeclaredAlgorithm>,
    kid: Option<Kid>,
    kid_text: bool,
    critical: bool,
    claims: bool,
    /// Whether it names a type that no certificate has.
    other_type: bool,
    /// Whether a text stands for the number of a parameter, or for a claim.
    by_name: bool,
}

/// A COSE_Sign1 structure over one buffer.
#[derive(Clone)]
pub struct CoseSign1 {
    bytes: Vec<u8>,
    protected: Span,
    payload: Span,
    signature: Span,
    algorithm: Option<DeclaredAlgorithm>,
    kid: Option<Kid>,
    claims_in_header: bool,
    other_type: bool,
    by_name: bool,
    is_kid_signed: bool,
}

impl CoseSign1 {
    /// Takes the structure apart and reads `alg` and `kid`, the protected
    /// ones first.
    pub fn parse(
        bytes: Vec<u8>,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, CoseError> {
        let mut walk = Walk::new(&bytes, limits);
        let members = untag(&mut walk, deviations)?;
        if members.major != major::ARRAY {
            return Err(CoseError::Structure("not an array"));
        }
        if members.argument.is_some_and(|count| count != 4) {
            return Err(CoseError::Structure("not four members"));
        }
        let protected = bytes_member(&mut walk, "the protected header is not a byte string")?;
        let unprotected = {
            let at = walk.at;
            let head = walk.head()?;
            if head.major != major::MAP {
                return Err(CoseError::Structure("the unprotected header is not a map"));
            }
            header(&mut walk, &bytes, head, at)?
        };
        let payload = bytes_member(&mut walk, "the payload is not a byte string")?;
        let signature = bytes_member(&mut walk, "the signature is not a byte string")?;
        if members.argument.is_none() {
            match bytes.get(walk.at) {
                Some(0xff) => walk.at += 1,
                _ => return Err(CoseError::Structure("not four members")),
            }
        }
        match walk.remaining() {
            0 => {}
            count => return Err(CborError::Trailing { count }.into()),
        }
        let mut indefinite = walk.shape.indefinite;

        let protected_header = match protected.of(&bytes) {
            // RFC 9052 §3: the empty map is written as an empty byte string.
            [] => Header::default(),
            map => {
                indefinite |= cbor::check(map, limits)?.indefinite;
                let mut walk = Walk::new(map, limits);
                let head = walk.head()?;
                if head.major != major::MAP {
                    return Err(CoseError::Structure("the protected header holds no map"));
                }
                header(&mut walk, map, head, 0)?
            }
        };
        if protected_header.critical || unprotected.critical {
            return Err(CoseError::Critical);
        }
        if indefinite {
            deviations.push(Deviation::new(DeviationCode::CborIndefinite, "cose"));
        }
        let algorithm = match (protected_header.algorithm, unprotected.algorithm) {
            (Some(protected), other) => {
                if other.is_some_and(|other| other != protected) {
                    deviations.push(Deviation::new(DeviationCode::AlgDiffers, "alg"));
                }
                Some(protected)
            }
            (None, Some(algorithm)) => {
                deviations.push(Deviation::new(DeviationCode::AlgUnprotected, "alg"));
                Some(algorithm)
            }
            (None, None) => None,
        };
        let is_kid_signed = protected_header.kid.is_some();
        let kid = match (protected_header.kid, unprotected.kid) {
            (Some(protected), other) => {
                if other.is_some_and(|other| other != protected) {
                    deviations.push(Deviation::new(DeviationCode::KidDiffers, "kid"));
                }
                Some(protected)
            }
            (None, Some(kid)) => {
                deviations.push(Deviation::new(DeviationCode::KidUnprotected, "kid"));
                Some(kid)
            }
            (None, None) => None,
        };
        if protected_header.kid_text || unprotected.kid_text {
            deviations.push(Deviation::new(DeviationCode::KidText, "kid"));
        }
        if kid.as_ref().is_some_and(|kid| kid.as_bytes().len() != 8) {
            deviations.push(Deviation::new(DeviationCode::KidLength, "kid"));
        }
        Ok(Self {
            bytes,
            protected,
            payload,
            signature,
            algorithm,
            kid,
            claims_in_header: protected_header.claims || unprotected.claims,
            // Nobody signed the other header.
            other_type: protected_header.other_type,
            by_name: protected_header.by_name,
            is_kid_signed,
        })
    }

    /// The structure of a certificate, which has its claims in its payload, and
    /// no type of anything else.
    pub(crate) fn of_certificate(self) -> Result<Self, CoseError> {
        match (self.claims_in_header, self.other_type) {
            // An end that stood in a header would be overlooked.
            (true, _) => Err(CoseError::Claims),
            (_, true) => Err(CoseError::ContentType),
            _ => Ok(self),
        }
    }

    /// Whether the protected header writes by its name, or as a text, what has a
    /// number: claims, types and `crit`, or a claim itself.
    pub(crate) fn has_parameters_by_name(&self) -> bool {
        self.by_name
    }

    /// `alg`, from the protected header if it is there.
    pub fn algorithm(&self) -> Option<&DeclaredAlgorithm> {
        self.algorithm.as_ref()
    }

    /// `kid`, from the protected header if it is there.
    pub fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// Whether the signature is over `kid`.
    pub(crate) fn is_kid_signed(&self) -> bool {
        self.is_kid_signed
    }

    /// The whole structure.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The protected header as it was signed: a map, or nothing.
    pub fn protected(&self) -> &[u8] {
        self.protected.of(&self.bytes)
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        self.signature.of(&self.bytes)
    }

    /// The payload. Nothing vouches for it before [`verify`](Self::verify).
    pub fn unverified_payload(&self) -> &[u8] {
        self.payload.of(&self.bytes)
    }

    /// Verifies the signature over the Sig_structure (RFC 9052 §4.4), which
    /// is hashed piece by piece and never put together. A key that `alg` is
    /// not for verifies nothing.
    pub fn verify(&self, key: &PublicKey) -> Result<(), BadSignature> {
        match (self.algorithm(), key.algorithm()) {
            (Some(DeclaredAlgorithm::Known(declared)), Some(own)) if *declared == own => {}
            _ => return Err(BadSignature),
        }
        match self.protected() {
            // RFC 9052 §3: a header without parameters is signed as an empty
            // string, also where a map stands in it. Some sign what they send.
            sent @ ([0xa0] | [0xbf, 0xff]) => self
                .verify_with(key, &[])
                .or_else(|_| self.verify_with(key, sent)),
            sent => self.verify_with(key, sent),
        }
    }

    fn verify_with(&self, key: &PublicKey, protected: &[u8]) -> Result<(), BadSignature> {
        let payload = self.unverified_payload();
        let head = |bytes: &[u8]| cbor::head(major::BYTES, bytes.len() as u64);
        let ((protected_head, used), (payload_head, taken)) = (head(protected), head(payload));
        key.verify(
            &[
                b"\x84\x6aSignature1",
                protected_head.get(..used).unwrap_or_default(),
                protected,
                b"\x40",
                payload_head.get(..taken).unwrap_or_default(),
                payload,
            ],
            self.signature(),
        )
    }
}

impl fmt::Debug for CoseSign1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoseSign1")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Takes the tags off and reads the head of the array behind them.
fn untag(walk: &mut Walk<'_>, deviations: &mut Vec<Deviation>) -> Result<Head, CoseError> {
    let mut head = walk.head()?;
    if head.major == major::TAG && head.argument == Some(TAG_CWT) {
        deviations.push(Deviation::new(DeviationCode::CoseCwtTag, "cose"));
        head = walk.head()?;
    }
    match (head.major, head.argument) {
        (major::TAG, Some(TAG_COSE_SIGN1)) => head = walk.head()?,
        (major::TAG, tag) => return Err(CoseError::Tag(tag.unwrap_or_default())),
        _ => deviations.push(Deviation::new(DeviationCode::CoseUntagged, "cose")),
    }
    Ok(head)
}

fn bytes_member(walk: &mut Walk<'_>, otherwise: &'static str) -> Result<Span, CoseError> {
    let head = walk.head()?;
    if head.major != major::BYTES {
        return Err(CoseError::Structure(otherwise));
    }
    Ok(walk.string(head)?)
}

/// Reads a header map whose head was read.
fn header(walk: &mut Walk<'_>, bytes: &[u8], head: Head, at: usize) -> Result<Header, CoseError> {
    let mut header = Header::default();
    let mut wrong = None;
    walk.map(head, at, 1, |walk, key, depth| {
        let at = walk.at;
        let head = walk.head()?;
        let label = label(key);
        header.by_name |= label.is_some() && matches!(key, Key::Text(_) | Key::Bytes(_));
        match (label, head.major, head.argument) {
            (Some(LABEL_ALG), major::UNSIGNED, Some(n)) => {
                header.algorithm = Some(known(i128::from(n)));
            }
            (Some(LABEL_ALG), major::NEGATIVE, Some(n)) => {
                header.algorithm = Some(known(-1 - i128::from(n)));
            }
            (Some(LABEL_ALG), major::TEXT, _) => {
                header.algorithm = Some(DeclaredAlgorithm::Text);
            }
            (Some(LABEL_ALG), ..) => wrong = Some("alg"),
            (Some(LABEL_KID), major::BYTES | major::TEXT, _) => {
                let span = walk.string(head)?;
                header.kid_text = head.major == major::TEXT;
                header.kid = match header.kid_text {
                    false => Kid::new(span.of(bytes)).ok(),
                    true => text_kid(span.of(bytes)),
                };
                if header.kid.is_none() {
                    wrong = Some("kid");
                }
                return Ok(());
            }
            (Some(LABEL_KID), ..) => wrong = Some("kid"),
            (Some(LABEL_CRIT), ..) => header.critical = true,
            (Some(LABEL_CLAIMS), ..) => header.claims = true,
            (Some(label @ (LABEL_CONTENT_TYPE | LABEL_TYPE)), major::TEXT, _) => {
                let name = walk.string(head)?;
                header.other_type |= !is_type_name(label, name.of(bytes));
                return Ok(());
            }
            (Some(label @ (LABEL_CONTENT_TYPE | LABEL_TYPE)), major, number) => {
                header.other_type |= major != major::UNSIGNED || !is_type(label, number);
            }
            _ => {}
        }
        walk.body(head, at, depth)
    })?;
    match wrong {
        Some(name) => Err(CoseError::HeaderType { name }),
        None => Ok(header),
    }
}

/// The number of a parameter. A text or a byte string stands for one that can
/// refuse a certificate; it never brings an algorithm or a kid.
fn label(key: &Key<'_>) -> Option<i128> {
    let (Key::Text(name) | Key::Bytes(name)) = key else {
        return key.integer();
    };
    let name = core::str::from_utf8(name).ok()?.trim();
    // 015 is 15.
    let digits = match name.bytes().all(|b| b.is_ascii_digit()) {
        true => name.trim_start_matches('0'),
        false => name,
    };
    let mut names = NAMES.iter();
    let named = names.find(|(known, _)| names::is_like(digits, &[known]));
    match named {
        Some((_, label)) => Some(*label),
        // An end, a begin or another claim that lies in the header itself.
        None if names::is_name(name) || names::is_like(name, &CLAIMS) => Some(LABEL_CLAIMS),
        None => None,
    }
}

/// The registered numbers of CoAP (RFC 7252 §12.3) for octets, CBOR and a CWT,
/// which the field writes; for the whole those of a COSE_Sign1 and a CWT.
fn is_type(label: i128, number: Option<u64>) -> bool {
    match label {
        LABEL_TYPE => matches!(number, Some(18 | 61)),
        _ => matches!(number, Some(42 | 60 | 61)),
    }
}

/// The same by their names.
fn is_type_name(label: i128, name: &[u8]) -> bool {
    let name = core::str::from_utf8(name).unwrap_or_default();
    let name = name.trim().to_ascii_lowercase();
    let name = name.strip_prefix("application/").unwrap_or(&name);
    match label {
        LABEL_TYPE => {
            let of_cose = name.strip_prefix("cose").map(str::trim_start);
            let is_sign1 = |rest: &str| rest.is_empty() || rest.contains("cose-sign1");
            let of_cose = of_cose.filter(|rest| rest.is_empty() || rest.starts_with(';'));
            name == "cwt" || of_cose.is_some_and(is_sign1)
        }
        _ => matches!(name, "cwt" | "cbor" | "octet-stream"),
    }
}

/// Issuers of the WHO's network write the kid as trust lists do. Reading it is
/// safe, as a kid only leads to keys that are trusted anyway; it is read in that
/// one spelling, so that no text stands for two kids.
fn text_kid(text: &[u8]) -> Option<Kid> {
    Kid::new(BASE64_STANDARD.decode(text).ok()?).ok()
}

fn known(id: i128) -> DeclaredAlgorithm {
    Algorithm::from_cose_id(id).map_or(DeclaredAlgorithm::Other(id), DeclaredAlgorithm::Known)
}
