//! HCERT, the EU's and the WHO network's container (hcert-spec 1.0.8):
//! `HC1:` + base45( zlib( COSE_Sign1( CWT ) ) ).
//!
//! Each stage has its module, from the text inwards: [`text`], [`zlib`],
//! [`cose`], [`cwt`], and the [`payload`] of whichever kind. Headers are parsed before
//! the signature holds, the payload after (hcert-spec §6.3).

mod build;
mod claims;
pub mod cwt;
mod dates;
pub(crate) mod ddcc;
pub(crate) mod ends;
pub(crate) mod eu_dcc;
mod health_link;
mod medication;
mod members;
pub mod payload;
pub mod schema;
pub mod text;
pub(crate) mod yellow_card;

use core::fmt;

pub use crate::codec::{cbor, zlib};
pub use crate::deviation::{Deviation, DeviationCode};
pub use crate::envelope::cose;
use crate::{Limits, crypto::BadSignature, crypto::PublicKey, crypto::kid::Kid};
use cose::{CoseError, CoseSign1, DeclaredAlgorithm};
use cwt::{Claims, ContentError};

/// Why a text is not an HCERT. The errors carry positions and sizes, never
/// content.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The prefix or the base45 is wrong.
    #[error(transparent)]
    Text(#[from] text::TextError),
    /// The zlib stream is wrong, or inflates to too much.
    #[error(transparent)]
    Zlib(#[from] zlib::ZlibError),
    /// The COSE_Sign1 structure or a header is wrong.
    #[error(transparent)]
    Cose(#[from] CoseError),
}

impl DecodeError {
    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text(e) => e.code(),
            Self::Zlib(e) => e.code(),
            Self::Cose(e) => e.code(),
        }
    }
}

/// A certificate that has been parsed as far as a key can be looked up, and
/// that nothing vouches for yet.
///
/// ```
/// use hcert::{Limits, format::hc1::Unverified};
/// let error = Unverified::parse("HC2:…", &Limits::default()).unwrap_err();
/// assert_eq!(error.code(), "prefix-version");
/// ```
#[derive(Clone)]
pub struct Unverified {
    cose: CoseSign1,
    deviations: Vec<Deviation>,
    limits: Limits,
}

impl Unverified {
    /// Takes the text of a QR symbol as far as the COSE headers.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, DecodeError> {
        let mut deviations = Vec::new();
        let bytes = match text::decode_base64(text, limits, &mut deviations)? {
            Some(cose) => cose,
            None => zlib::inflate(&text::decode(text, limits, &mut deviations)?, limits)?,
        };
        Self::from_cose_with(bytes, limits, deviations)
    }

    /// The same from the bytes of the COSE_Sign1, for codes that come by
    /// another way than a text.
    pub fn from_cose(bytes: Vec<u8>, limits: &Limits) -> Result<Self, DecodeError> {
        Self::from_cose_with(bytes, limits, Vec::new())
    }

    fn from_cose_with(
        bytes: Vec<u8>,
        limits: &Limits,
        mut deviations: Vec<Deviation>,
    ) -> Result<Self, DecodeError> {
        let cose = CoseSign1::parse(bytes, limits, &mut deviations)?.of_certificate()?;
        Ok(Self {
            cose,
            deviations,
            limits: limits.clone(),
        })
    }

    /// The key identifier that the headers name.
    pub fn kid(&self) -> Option<&Kid> {
        self.cose.kid()
    }

    /// The algorithm that the headers name.
    pub fn algorithm(&self) -> Option<&DeclaredAlgorithm> {
        self.cose.algorithm()
    }

    /// The COSE_Sign1 structure, as it came out of the zlib stream.
    pub fn cose_bytes(&self) -> &[u8] {
        self.cose.bytes()
    }

    /// The signature, as in the COSE_Sign1 structure.
    pub fn signature(&self) -> &[u8] {
        self.cose.signature()
    }

    /// Departures from the specification seen so far.
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Whether `key` made the signature (RFC 9052 §4.4), with the algorithm
    /// that the headers name.
    pub fn verify_signature(&self, key: &PublicKey) -> Result<(), BadSignature> {
        self.cose.verify(key)
    }

    /// The claims, which **nothing vouches for**: anybody can write them.
    /// For people who debug, not for decisions.
    pub fn unverified_claims(&self) -> Result<(Claims, Vec<Deviation>), ContentError> {
        let mut deviations = Vec::new();
        let claims = self.claims(&self.limits, &mut deviations)?;
        Ok((claims, deviations))
    }

    /// For the verifier, which calls it once the signature holds.
    pub(crate) fn claims(
        &self,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Claims, ContentError> {
        Claims::parse_unverified(self.cose.unverified_payload(), limits, deviations)
    }
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified")
            .field("kid", &self.kid())
            .field("algorithm", &self.algorithm())
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}
