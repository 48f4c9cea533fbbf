//! HCERT, the EU's and the WHO network's container (hcert-spec 1.0.8):
//! `HC1:` + base45( zlib( COSE_Sign1( CWT ) ) ).
//!
//! Each stage has its module, from the text inwards: [`text`], [`zlib`],
//! [`cose`], [`cwt`], and the [`payload`] of whichever kind. Headers are parsed before
//! the signature holds, the payload after (hcert-spec §6.3).

mod build;
pub(super) mod claims;
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

use super::{Claims, Content, InCose, Reading};
use crate::Limits;
pub use crate::codec::{cbor, zlib};
pub use crate::deviation::{Deviation, DeviationCode};
pub use crate::envelope::cose;
use crate::record::identifier::Identifier;
use alloc::vec::Vec;
use cose::{CoseError, CoseSign1, DeclaredAlgorithm};

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

/// The COSE_Sign1 of a certificate.
#[derive(Clone)]
pub(super) struct Hc1(CoseSign1);

impl Hc1 {
    pub(super) fn from_cose(
        bytes: Vec<u8>,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, DecodeError> {
        let cose = CoseSign1::parse(bytes, limits, deviations)?;
        Ok(Self(cose.of_certificate()?))
    }
}

impl InCose for Hc1 {
    fn parse(
        text: &str,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, DecodeError> {
        let bytes = match text::decode_base64(text, limits, deviations)? {
            Some(cose) => cose,
            None => zlib::inflate(&text::decode(text, limits, deviations)?, limits)?,
        };
        Self::from_cose(bytes, limits, deviations)
    }

    fn message(&self) -> &CoseSign1 {
        &self.0
    }

    fn content(&self, with: &Reading<'_>, deviations: &mut Vec<Deviation>) -> Content {
        let payload = self.0.unverified_payload();
        let claims = Claims::parse_unverified(payload, with.limits, deviations);
        let record = match &claims {
            Ok(claims) => payload::read_unverified(claims, with.products, deviations),
            Err(error) => Err(*error),
        };
        let signature = match self.0.algorithm() {
            Some(DeclaredAlgorithm::Known(algorithm)) => Some((*algorithm, self.0.signature())),
            _ => None,
        };
        let issuer = claims.as_ref().ok().and_then(Claims::issuer);
        let identifiers = Identifier::all(signature, issuer, record.as_ref().ok());
        Content {
            claims,
            record,
            identifiers,
        }
    }
}
