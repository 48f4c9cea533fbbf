//! Writes a document.

use super::{DocumentSigningError, SignedDocument, content_type};
use crate::Timestamp;
use crate::codec::instant;
use crate::crypto::signer::Signer;
use crate::trust::signed::{self, Dates};
use alloc::vec::Vec;

impl SignedDocument<'static> {
    /// Signs a content for a purpose, in this crate's own form
    /// ([`DocumentFormat::Hcert`](super::DocumentFormat::Hcert),
    /// `docs/signed-documents.md`). The same arguments give the same bytes, if
    /// the signer's signatures are deterministic.
    ///
    /// # Errors
    /// [`DocumentSigningError`]: the purpose is no name, the dates are the
    /// wrong way round or not of the years 1970 to 9999, or the signer did not sign.
    pub fn sign(
        purpose: &str,
        content: &[u8],
        issued_at: Timestamp,
        expires_at: Option<Timestamp>,
        signer: &(impl Signer + ?Sized),
    ) -> Result<Vec<u8>, DocumentSigningError> {
        let content_type = content_type(purpose).map_err(|_| DocumentSigningError::PurposeName)?;
        if let Some(expires_at) = expires_at.filter(|end| *end < issued_at) {
            return Err(DocumentSigningError::Dates {
                issued_at,
                expires_at,
            });
        }
        let mut all = [Some(issued_at), expires_at].into_iter().flatten();
        if let Some(date) = all.find(|date| instant::in_reach(*date).is_none()) {
            return Err(DocumentSigningError::Date { date });
        }
        let dates = Dates {
            issued_at: Some(issued_at),
            expires_at,
        };
        Ok(signed::sign(&content_type, Some(dates), content, signer)?)
    }
}
