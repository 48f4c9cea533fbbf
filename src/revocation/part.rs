//! One document of a list, out of what signs it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{RevocationError, RevocationInfo};
use crate::trust::document::unverified_dates;
use crate::trust::signed::Dates;
use crate::trust::{Anchor, DocumentBytes, Edition, SignedDocument, document_identity};
use crate::{Limits, Timestamp, format::hc1::cose::CoseSign1};

/// The purpose under which revocation lists are [signed](SignedDocument).
const PURPOSE: &str = "revocation";

/// That of all lists by the key of an anchor, in whatever form.
pub(super) fn identity_of(anchor: &Anchor) -> String {
    document_identity(PURPOSE, anchor, None)
}

/// A document that a list consists of, or is one of several parts of: either
/// its signature holds, or the caller vouches for it.
///
/// ```
/// # use hcert::Timestamp;
/// # use hcert::issue::P256Signer;
/// use hcert::revocation::{RevocationList, RevocationPart};
/// use hcert::trust::{Anchor, SignedDocument, TrustState};
/// # use p256::pkcs8::{EncodePrivateKey, LineEnding};
/// # let key = p256::SecretKey::from_slice(&[7; 32])?.to_pkcs8_pem(LineEnding::LF)?;
/// # let signer = P256Signer::from_pkcs8_pem(&key)?;
/// # let made_at = Timestamp::parse("2026-08-22T12:00:00Z")?;
/// # let mut state = TrustState::default();
/// let list = [0xa0]; // nobody
/// let file = SignedDocument::sign("revocation", &list, made_at, None, &signer)?;
///
/// let anchor = Anchor::Key(signer.public_key()?);
/// let document = SignedDocument::open("revocation", &file, &anchor)?;
/// let list = RevocationList::read("XX", RevocationPart::of_document(&document)?)?;
/// // Refuses an edition that is older than the one before.
/// state.accept(&document)?;
/// assert!(list.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RevocationPart<'a> {
    pub(super) content: Cow<'a, [u8]>,
    identity: Option<String>,
    also: Vec<String>,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    fetched_at: Option<Timestamp>,
}

impl<'a> RevocationPart<'a> {
    /// Checks the signature of a document under the purpose `revocation`; see
    /// [`SignedDocument::open`] for the forms. To have older editions refused,
    /// open it there, and take [`of_document`](Self::of_document).
    pub fn open(
        bytes: impl Into<DocumentBytes<'a>>,
        anchor: &Anchor,
    ) -> Result<Self, RevocationError> {
        let document = SignedDocument::open(PURPOSE, bytes, anchor)?;
        let mut part = Self::dated(&document);
        part.content = document.into_content();
        Ok(part)
    }

    /// A document whose signature holds. It has to have been opened under the
    /// purpose `revocation`.
    pub fn of_document(document: &'a SignedDocument<'_>) -> Result<Self, RevocationError> {
        let purpose = document.identity().split(':').nth(1);
        if purpose != Some(PURPOSE) {
            return Err(RevocationError::Part {
                fault: "the document was opened for another purpose than `revocation`",
            });
        }
        let mut part = Self::dated(document);
        part.content = document.content().into();
        Ok(part)
    }

    fn dated(document: &SignedDocument<'_>) -> Self {
        Self {
            content: Cow::Borrowed(&[]),
            identity: Some(document.identity().into()),
            also: document.identities_beside().to_vec(),
            issued_at: document.issued_at(),
            expires_at: document.expires_at(),
            fetched_at: document.fetched_at(),
        }
    }

    /// A document that nobody vouches for but the caller: one that is not
    /// signed, or a COSE_Sign1 whose signature **is not looked at**. Whoever
    /// can write the bytes decides who is revoked, and who is not.
    pub fn trust_unsigned(bytes: &'a [u8]) -> Result<Self, RevocationError> {
        let (content, dates) = match bytes {
            [0xd2, 0x84, ..] => {
                let cose = CoseSign1::parse(bytes.to_vec(), &Limits::default(), &mut Vec::new())?;
                let dates = unverified_dates(&cose)?;
                (cose.unverified_payload().to_vec().into(), dates)
            }
            _ => (bytes.into(), Dates::default()),
        };
        Ok(Self {
            content,
            identity: None,
            also: Vec::new(),
            issued_at: dates.issued_at,
            expires_at: dates.expires_at,
            fetched_at: None,
        })
    }

    /// With the time at which the caller fetched it. For a form that doesn't
    /// say when it was made, that is what its age counts from.
    #[must_use]
    pub fn with_fetched_at(mut self, time: Timestamp) -> Self {
        self.fetched_at = Some(time);
        self
    }

    /// Says which anchors the caller pins together with the one that it was
    /// opened with, as while a signer changes the key: then
    /// [`accept_revocations`](crate::trust::TrustState::accept_revocations)
    /// refuses what is older than an edition by any of them.
    #[must_use]
    pub fn pinned_with(mut self, anchors: &[Anchor]) -> Self {
        let identities = anchors.iter().map(identity_of);
        self.also = match &self.identity {
            Some(own) => identities.filter(|other| other != own).collect(),
            None => Vec::new(),
        };
        self
    }

    /// What it is, in a list of one document.
    pub(super) fn describe(&self, info: &mut RevocationInfo) {
        info.identity.clone_from(&self.identity);
        info.also.clone_from(&self.also);
        info.issued_at = self.issued_at;
        info.expires_at = self.expires_at;
        info.fetched_at = self.fetched_at;
    }

    /// Which edition of the part it is.
    pub(super) fn edition(&self, newest_entry: Option<Timestamp>) -> Edition {
        Edition {
            issued_at: self.issued_at,
            newest_entry,
            ..Edition::default()
        }
    }

    /// Another part of the same list: all are by one signer, and the list is
    /// as old as the oldest.
    pub(super) fn join(&self, info: &mut RevocationInfo) -> Result<(), RevocationError> {
        if info.identity != self.identity {
            return Err(RevocationError::Part {
                fault: "it is signed by another one than the parts before, or not at all",
            });
        }
        let older = |one: Option<Timestamp>, other| one.zip(other).map(|(a, b)| a.min(b));
        // Where some parts say when they were made and others don't, the dates
        // below get lost.
        info.as_of = older(info.dated(), self.issued_at.or(self.fetched_at));
        info.issued_at = older(info.issued_at, self.issued_at);
        info.fetched_at = older(info.fetched_at, self.fetched_at);
        let both = [info.expires_at, self.expires_at];
        info.expires_at = both.into_iter().flatten().min();
        Ok(())
    }
}

impl fmt::Debug for RevocationPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationPart")
            .field("identity", &self.identity)
            .field("issued_at", &self.issued_at)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}
