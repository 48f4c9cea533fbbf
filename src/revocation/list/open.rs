//! Takes a list out of what signs it.

use std::borrow::Cow;

use super::{RevocationLimits, check_size};
use crate::format::hc1::cose::CoseSign1;
use crate::revocation::RevocationError;
use crate::trust::Anchor;
use crate::{Limits, Timestamp};

pub(super) struct Opened<'a> {
    pub content: Cow<'a, [u8]>,
    pub identity: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

/// COSE_Sign1 with its tag.
fn is_cose(bytes: &[u8]) -> bool {
    matches!(bytes, [0xd2, 0x84, ..])
}

fn parse_cose(bytes: &[u8]) -> Result<CoseSign1, RevocationError> {
    Ok(CoseSign1::parse(
        bytes.to_vec(),
        &Limits::default(),
        &mut Vec::new(),
    )?)
}

/// The content, once the anchor's signature holds.
pub(super) fn verified<'a>(
    bytes: &'a [u8],
    anchor: &Anchor,
    limits: &RevocationLimits,
) -> Result<Opened<'a>, RevocationError> {
    check_size(bytes, limits)?;
    if !is_cose(bytes) {
        return Err(RevocationError::Unsigned);
    }
    let cose = parse_cose(bytes)?;
    let signed = cose.verify(anchor.public_key());
    signed.map_err(|_| RevocationError::Signature)?;
    Ok(Opened {
        content: cose.unverified_payload().to_vec().into(),
        identity: Some("revocation".into()),
        issued_at: None,
        expires_at: None,
    })
}

/// The content, whoever signed it, if anybody did.
pub(super) fn unverified<'a>(
    bytes: &'a [u8],
    limits: &RevocationLimits,
) -> Result<Opened<'a>, RevocationError> {
    check_size(bytes, limits)?;
    let content = match is_cose(bytes) {
        true => parse_cose(bytes)?.unverified_payload().to_vec().into(),
        false => bytes.into(),
    };
    Ok(Opened {
        content,
        identity: None,
        issued_at: None,
        expires_at: None,
    })
}
