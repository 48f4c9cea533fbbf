//! COSE_Sign1 (RFC 9052 §4.2) in deterministic CBOR: how this crate signs
//! snapshots, documents and revocation sets, and how it reads them in place.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::Anchor;
use super::error::LoadError;
use super::list::at;
use super::snapshot::SnapshotFormError;
use crate::codec::detcbor::{Reader, Writer};
use crate::codec::instant::{self, Claims};
use crate::crypto::Algorithm;
#[cfg(feature = "issue")]
use crate::crypto::signer::Signer;
use crate::crypto::signer::SignerError;
use crate::envelope::cose::{CoseSign1, TAG_COSE_SIGN1};
use crate::envelope::signature::is_signed;
use crate::{Limits, Timestamp};

/// A content type of this crate's begins so. Only it can make one, so that no
/// other signer's content is taken for ours.
pub(super) const OWN_TYPES: &str = "application/x.hcert-";

type Result<T> = core::result::Result<T, SnapshotFormError>;

const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Ps256];

/// Header parameters and claims.
mod label {
    /// RFC 9052 §3.1.
    pub const ALG: u64 = 1;
    pub const CONTENT_TYPE: u64 = 3;
    /// CWT claims in a header (RFC 9597 §2).
    pub const CLAIMS: u64 = 15;
    /// RFC 8392 §4.
    pub const EXP: u64 = 4;
    pub const IAT: u64 = 6;
}

/// Why something was not signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The signer could not sign.
    #[error("the signer: {0}")]
    Signer(#[from] SignerError),
    /// ES256 signatures have 64 bytes, `r‖s`; PS256 signatures have some.
    #[error("the signer returned {bytes} bytes, not an {algorithm} signature")]
    SignatureLength {
        /// The signer's algorithm.
        algorithm: Algorithm,
        /// What it returned.
        bytes: usize,
    },
}

impl SigningError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Signer(error) => error.code(),
            Self::SignatureLength { .. } => "signature-length",
        }
    }
}

/// What a protected header says of the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Dates {
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl From<Claims> for Dates {
    fn from(claims: Claims) -> Self {
        Self {
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
        }
    }
}

/// The content type that only this crate gives, however the COSE_Sign1 around
/// it is written.
pub(super) fn own_type(bytes: &[u8]) -> Option<String> {
    // Tag 18, in a short head or a longer one.
    if !matches!(bytes, [0xd2, ..] | [0xd8, 0x12, ..]) {
        return None;
    }
    let limits = Limits::default();
    let cose = CoseSign1::parse(bytes.to_vec(), &limits, &mut Vec::new()).ok()?;
    let header = at::parse(cose.protected(), &limits)?;
    let named = at::number(&header, i128::from(label::CONTENT_TYPE))?.as_text()?;
    named.starts_with(OWN_TYPES).then(|| named.to_owned())
}

#[derive(Default)]
pub(super) struct Header<'a> {
    algorithm: Option<i64>,
    pub(super) content_type: Option<&'a str>,
    pub(super) dates: Option<Dates>,
}

/// COSE_Sign1 up to its payload: the protected header, as it stands and read.
pub(super) fn header<'a>(reader: &mut Reader<'a>) -> Result<(&'a [u8], Header<'a>)> {
    let at = reader.at();
    let expected = "a COSE_Sign1: tag 18, an array of four";
    let unexpected = SnapshotFormError::Unexpected { at, expected };
    if reader.tag()? != TAG_COSE_SIGN1 || reader.array()? != 4 {
        return Err(unexpected);
    }
    let within = "the protected header";
    let (bytes, mut inner) = reader.embedded()?;
    let mut header = Header::default();
    let mut members = inner.map()?;
    while let Some(name) = members.next(&mut inner)? {
        match name {
            label::ALG => header.algorithm = Some(inner.int()?),
            label::CONTENT_TYPE => header.content_type = Some(inner.text()?),
            label::CLAIMS => header.dates = Some(claims(&mut inner)?),
            // `crit`, too.
            label => return Err(SnapshotFormError::UnknownMember { within, label }),
        }
    }
    inner.finish()?;
    Ok((bytes, header))
}

fn claims(inner: &mut Reader<'_>) -> Result<Dates> {
    let within = "the claims";
    let mut dates = Dates::default();
    let mut claims = inner.map()?;
    while let Some(name) = claims.next(inner)? {
        let date = match name {
            label::EXP => &mut dates.expires_at,
            label::IAT => &mut dates.issued_at,
            label => return Err(SnapshotFormError::UnknownMember { within, label }),
        };
        *date = Some(Timestamp::from_seconds(inner.int()?));
    }
    Ok(dates)
}

pub(crate) struct Signed<'a> {
    header: &'a [u8],
    algorithm: Algorithm,
    pub(super) content_type: Option<&'a str>,
    pub(super) dates: Dates,
    pub(super) payload: &'a [u8],
    /// Reads the payload.
    pub(super) reader: Reader<'a>,
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> core::result::Result<Self, LoadError> {
        let mut reader = Reader::new(bytes);
        let (header, named) = header(&mut reader)?;
        let algorithm = named.algorithm.map(i128::from);
        let algorithm = algorithm.and_then(Algorithm::from_cose_id);
        let algorithm = algorithm.ok_or(LoadError::Algorithm {
            expected: "ES256 or PS256",
        })?;
        if let Some(label) = reader.map()?.next(&mut reader)? {
            let within = "the unprotected header";
            return Err(SnapshotFormError::UnknownMember { within, label }.into());
        }
        let dates = named.dates.unwrap_or_default();
        instant::check("exp", dates.expires_at)?;
        instant::check("iat", dates.issued_at)?;
        let (payload, inner) = reader.embedded()?;
        let signature = reader.bytes()?;
        reader.finish()?;
        Ok(Self {
            header,
            algorithm,
            content_type: named.content_type,
            dates,
            payload,
            reader: inner,
            signature,
        })
    }

    /// Where the payload stands in the input.
    pub(crate) fn payload_range(&self) -> Range<usize> {
        let start = self.reader.at();
        start..start + self.payload.len()
    }

    /// Whether its header is that of [`sign`] without dates.
    pub(crate) fn is_undated(&self, content_type: &str) -> bool {
        self.header == write_header(self.algorithm, content_type, None)
    }

    pub(crate) fn verify<'k>(
        &self,
        anchors: &'k [Anchor],
    ) -> core::result::Result<&'k Anchor, LoadError> {
        anchors.iter().try_for_each(Anchor::check)?;
        let heads = sig_structure(self.header, self.payload);
        let message = [&heads[0][..], self.header, &heads[1], self.payload];
        let signs = |anchor: &&Anchor| {
            let key = anchor.public_key();
            is_signed(key, self.algorithm, &message, self.signature)
        };
        anchors.iter().find(signs).ok_or(LoadError::Signature)
    }
}

/// Whether it begins like what [`sign`] makes of such a content without dates.
pub(crate) fn begins(bytes: &[u8], content_type: &str) -> bool {
    let header = header(&mut Reader::new(bytes));
    let written = |algorithm| write_header(algorithm, content_type, None);
    let is_ours = |header| ALGORITHMS.into_iter().any(|a| written(a) == header);
    header.is_ok_and(|(header, _)| is_ours(header))
}

/// Signs a payload. Without dates the header has no claims.
#[cfg(feature = "issue")]
pub(crate) fn sign(
    content_type: &str,
    dates: Option<Dates>,
    payload: &[u8],
    signer: &(impl Signer + ?Sized),
) -> core::result::Result<Vec<u8>, SigningError> {
    let algorithm = signer.algorithm();
    let header = write_header(algorithm, content_type, dates);
    let [start, middle] = sig_structure(&header, payload);
    let message = [&start, &header[..], &middle, payload].concat();
    let signature = signer.sign(&message)?;
    match (algorithm, signature.len()) {
        (Algorithm::Es256, 64) | (Algorithm::Ps256, 1..) => {}
        (_, bytes) => return Err(SigningError::SignatureLength { algorithm, bytes }),
    }
    let mut out = Writer::default();
    out.tag(TAG_COSE_SIGN1).array(4);
    out.bytes(&header).map(0).bytes(payload).bytes(&signature);
    Ok(out.finish())
}

fn write_header(algorithm: Algorithm, content_type: &str, dates: Option<Dates>) -> Vec<u8> {
    let mut out = Writer::default();
    out.map(2 + usize::from(dates.is_some()));
    out.uint(label::ALG).int(algorithm.cose_id());
    out.uint(label::CONTENT_TYPE).text(content_type);
    if let Some(dates) = dates {
        let claims = [
            (label::EXP, dates.expires_at),
            (label::IAT, dates.issued_at),
        ];
        let claims = claims
            .into_iter()
            .filter_map(|(name, time)| Some((name, time?)));
        out.uint(label::CLAIMS).map(claims.clone().count());
        for (name, time) in claims {
            out.uint(name).int(time.seconds());
        }
    }
    out.finish()
}

/// What stands before the header and before the payload in a Sig_structure
/// (RFC 9052 §4.4).
fn sig_structure(header: &[u8], payload: &[u8]) -> [Vec<u8>; 2] {
    let (mut start, mut middle) = (Writer::default(), Writer::default());
    start.array(4).text("Signature1").bytes_head(header);
    middle.bytes(&[]).bytes_head(payload);
    [start.finish(), middle.finish()]
}
