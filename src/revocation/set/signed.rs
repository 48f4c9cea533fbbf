//! The envelope of a signed set: the COSE_Sign1 that snapshots and documents
//! have, too, with the set as it is inside.

#[cfg(feature = "issue")]
use alloc::vec::Vec;
use core::ops::Range;

#[cfg(feature = "issue")]
use super::SetError;
use super::layout::MAGIC;
use super::{Layout, SetBuilder, SetFormError};
#[cfg(feature = "issue")]
use crate::crypto::signer::Signer;
use crate::trust::signed::{self, Signed};
use crate::trust::{Anchor, LoadError};

impl SetBuilder {
    /// The content type in the protected header of a signed set (COSE header
    /// parameter 3): a key that signs other things as well signs none that could
    /// be taken for a revocation set.
    pub const CONTENT_TYPE: &str = "application/x.hcert-revocation-set";

    /// Signs a set. It can be used in place in the result
    /// ([`RevocationSet::open`](super::RevocationSet::open)).
    #[cfg(feature = "issue")]
    pub fn sign(set: &[u8], signer: &(impl Signer + ?Sized)) -> Result<Vec<u8>, SetError> {
        Layout::read(set)?;
        Ok(signed::sign(Self::CONTENT_TYPE, None, set, signer)?)
    }
}

/// The tag 18, which no set begins with.
const TAG: u8 = 0xd2;

/// Whether it begins like a COSE_Sign1, cut off or not.
pub(super) fn detect(bytes: &[u8]) -> bool {
    bytes.first() == Some(&TAG)
}

/// Whether the bytes begin like a set, signed or not.
pub(in crate::revocation) fn is_set(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || is_signed(bytes)
}

pub(super) fn is_signed(bytes: &[u8]) -> bool {
    signed::begins(bytes, SetBuilder::CONTENT_TYPE)
}

/// The envelope that [`SetBuilder::sign`] writes, and no other one.
pub(super) fn read(bytes: &[u8]) -> Result<Signed<'_>, SetFormError> {
    if !detect(bytes) {
        // Of a set alone it is known what it is.
        return Err(match Layout::read(bytes) {
            Ok(_) => SetFormError::Unsigned,
            Err(error) => error,
        });
    }
    let signed = Signed::read(bytes).ok();
    let signed = signed.filter(|signed| signed.is_undated(SetBuilder::CONTENT_TYPE));
    signed.ok_or(SetFormError::Envelope)
}

/// Checks the signature, and says by whom it is and where the set stands.
pub(super) fn verify(
    bytes: &[u8],
    anchors: &[Anchor],
) -> Result<(Anchor, Range<usize>), SetFormError> {
    let signed = read(bytes)?;
    let anchor = signed.verify(anchors).map_err(|error| match error {
        LoadError::PublishedKey { .. } => SetFormError::PublishedKey,
        _ => SetFormError::Signature,
    })?;
    Ok((anchor.clone(), signed.payload_range()))
}
