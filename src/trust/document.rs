//! Bytes that somebody signed: rules, value sets, policies, revocation lists.

mod detect;
mod error;
mod read;
#[cfg(feature = "issue")]
mod sign;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

pub use error::{DocumentError, DocumentSigningError};
#[cfg(feature = "revocation")]
pub(crate) use read::unverified_dates;

use super::Anchor;
use super::freshness::{Dates, Skew, Stale};
use super::signed::OWN_TYPES;
use crate::Timestamp;

/// A form of a signed document.
///
/// What each one signs is in `docs/signed-documents.md`. Only
/// [`Hcert`](Self::Hcert) says what the content is for; in the other forms a
/// key has to be one that signs documents of one purpose alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentFormat {
    /// This crate's own, written by [`SignedDocument::sign`]: a COSE_Sign1
    /// around the content whose protected header names the purpose and has
    /// the dates.
    Hcert,
    /// Any other COSE_Sign1 (tag 18, RFC 9052 §4.2), with ES256 or PS256: its
    /// payload is the content.
    ///
    /// Dates: `iat`, `nbf` and `exp` in the protected header (RFC 9597), or in
    /// the payload if that is a map with these claims (CWT, RFC 8392), whether
    /// or not the tag 61, which nobody signs, stands before it.
    CoseSign1,
    /// A COSE_Sign1 detached from the content, with its SHA-256, `exp` and `nbf`:
    /// Austria's (hcert-kotlin, version 2).
    CoseOfDigest,
    /// A JWS in compact form (RFC 7515 §3.1), with ES256, RS256 or PS256: its
    /// payload is the content.
    ///
    /// Dates: `iat`, `nbf` and `exp`, if the payload is a JSON object.
    Jws,
    /// Line 1 is base64 of `r‖s`, ES256 over all that follows: Germany's
    /// (CovPass). No dates.
    SignatureLine,
    /// CMS SignedData (RFC 5652) in BER or base64, with the content inside:
    /// the rules of the EU's gateway.
    ///
    /// Date: the signed signing time, if there is one.
    Cms,
    /// CMS SignedData with detached content (RFC 5652 §5.2). Date: as for [`Cms`](Self::Cms).
    CmsDetached,
    /// `{"payload": …, "signature": …}`, both base64, the latter CMS over the
    /// decoded payload: the Netherlands' (CoronaCheck).
    CmsInJson,
    /// A detached signature, raw or in base64: ES256 as `r‖s` or in
    /// DER, or RSASSA-PKCS1-v1_5 with SHA-256 (`openssl dgst -sha256 -sign`).
    /// No dates.
    Signature,
    /// The same, but over the SHA-256 of the content in hexadecimal digits:
    /// the header `X-SIGNATURE` of the EU's business rule service.
    SignatureOfDigest,
}

impl DocumentFormat {
    /// A stable identifier of the form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hcert => "hcert-document",
            Self::CoseSign1 => "cose-sign1",
            Self::CoseOfDigest => "cose-of-digest",
            Self::Jws => "jws",
            Self::SignatureLine => "signature-line",
            Self::Cms => "cms",
            Self::CmsDetached => "cms-detached",
            Self::CmsInJson => "cms-in-json",
            Self::Signature => "signature",
            Self::SignatureOfDigest => "signature-of-digest",
        }
    }
}

/// The bytes of a document: one file that holds its signature, or a content
/// and a detached signature.
///
/// ```
/// use hcert::trust::{DocumentBytes, DocumentFormat};
/// let rules = br#"[{"Identifier": "GR-XX-0001"}]"#;
/// let detached = DocumentBytes::from(rules).with_signature(b"MEUCIQ==");
/// assert_eq!(detached.format(), Some(DocumentFormat::Signature));
/// // Nothing shows who made it: not a signed document.
/// assert_eq!(DocumentBytes::from(rules).format(), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct DocumentBytes<'a> {
    content: &'a [u8],
    detached: Option<Detached<'a>>,
    fetched_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
enum Detached<'a> {
    Content(&'a [u8]),
    Digest(&'a [u8]),
}

impl<'a> DocumentBytes<'a> {
    /// With what signs the content and is detached from it: a signature, a CMS or
    /// a COSE_Sign1.
    #[must_use]
    pub fn with_signature(self, signature: &'a [u8]) -> Self {
        Self {
            detached: Some(Detached::Content(signature)),
            ..self
        }
    }

    /// With the value of the header `X-SIGNATURE`, as the EU's business rule
    /// service sends it ([`DocumentFormat::SignatureOfDigest`]). A signature
    /// doesn't show what it is over, so the caller has to say.
    #[must_use]
    pub fn with_x_signature(self, signature: &'a [u8]) -> Self {
        Self {
            detached: Some(Detached::Digest(signature)),
            ..self
        }
    }

    /// With the time at which the caller fetched the document. For a form that
    /// doesn't say when it was made, that is what its age counts from.
    #[must_use]
    pub fn with_fetched_at(self, time: Timestamp) -> Self {
        Self {
            fetched_at: Some(time),
            ..self
        }
    }

    /// Detects the format from its marks. This doesn't say that all of
    /// them can be read as such.
    pub fn format(&self) -> Option<DocumentFormat> {
        detect::format(self)
    }
}

impl<'a, B: AsRef<[u8]> + ?Sized> From<&'a B> for DocumentBytes<'a> {
    fn from(content: &'a B) -> Self {
        Self {
            content: content.as_ref(),
            detached: None,
            fetched_at: None,
        }
    }
}

/// A document whose signature holds under the caller's anchor.
///
/// The **purpose** is a name that the caller gives to a kind of document, such
/// as `rules` or `revocation`: lower-case letters, digits and hyphens, at most
/// 64, beginning with a letter. It is part of what [`sign`](Self::sign) signs,
/// so that no signed rule bundle stands in for a revocation list of the same
/// signer. The forms of others have no such name. Where they name a type of
/// their content, it has to be a general one (JSON, CBOR, octets); otherwise
/// nothing but the key tells documents of one purpose from those of another:
/// pin one key a purpose.
///
/// No clock is read: ask [`check_age`](Self::check_age) when the content is
/// used. That a document isn't older than the one before is what
/// [`TrustState::accept`](super::TrustState::accept) sees to. **A document
/// without a date is not protected against that**:
/// [`issued_at`](Self::issued_at) is `None` then.
///
/// ```
/// use hcert::Timestamp;
/// use hcert::issue::P256Signer;
/// use hcert::trust::{Anchor, SignedDocument, TrustState};
/// # use p256::pkcs8::{EncodePrivateKey, LineEnding};
/// # let key = p256::SecretKey::from_slice(&[7; 32])?.to_pkcs8_pem(LineEnding::LF)?;
/// let made_at = Timestamp::parse("2026-08-22T12:00:00Z")?;
/// let hour = core::time::Duration::from_secs(3600);
/// let signer = P256Signer::from_pkcs8_pem(&key)?;
/// let file = SignedDocument::sign("rules", b"[]", made_at, None, &signer)?;
///
/// // In the app, which has the public key in it:
/// let anchor = Anchor::Key(signer.public_key()?);
/// let document = SignedDocument::open("rules", &file, &anchor)?;
/// assert_eq!(document.content(), b"[]");
/// document.check_age(made_at + hour, Some(24 * hour))?;
///
/// let mut state = TrustState::default();
/// state.accept(&document)?;
/// let older = SignedDocument::sign("rules", b"[]", made_at - hour, None, &signer)?;
/// let older = SignedDocument::open("rules", &older, &anchor)?;
/// assert_eq!(state.accept(&older).unwrap_err().code(), "trust-rollback");
///
/// let error = SignedDocument::open("revocation", &file, &anchor).unwrap_err();
/// assert_eq!(error.code(), "document-purpose");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
#[doc = include_str!("../../docs/signed-documents.md")]
#[derive(Clone, PartialEq, Eq)]
pub struct SignedDocument<'a> {
    content: Cow<'a, [u8]>,
    format: DocumentFormat,
    identity: String,
    /// What it would be under the anchors that were pinned with its own.
    also: Vec<String>,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    fetched_at: Option<Timestamp>,
}

impl<'a> SignedDocument<'a> {
    /// Checks the signature of a document, and opens it. Nothing inside is
    /// looked at before.
    ///
    /// The anchor is the key that signs, or its certificate.
    ///
    /// # Errors
    /// [`DocumentError`]; there is no way to have the content of a document
    /// whose signature doesn't hold.
    pub fn open(
        purpose: &str,
        bytes: impl Into<DocumentBytes<'a>>,
        anchor: &Anchor,
    ) -> Result<Self, DocumentError> {
        read::open(purpose, bytes.into(), anchor, None)
    }

    /// The same for signers that come and go under a pinned root certificate:
    /// the certificates in the document have to lead to it from one with this
    /// common name (a root may have thousands of others under it). For
    /// [`Jws`](DocumentFormat::Jws) with `x5c`, as Switzerland's, and for CMS.
    /// What the root signs itself is not opened, and an [`Anchor::Key`] has no
    /// certificates under it.
    ///
    /// Each of them has to let its key do what it does here, and to be valid
    /// when the document was fetched
    /// ([`DocumentBytes::with_fetched_at`]): **without that time their dates are
    /// not judged**, and their revocation never is.
    pub fn open_under_root(
        purpose: &str,
        bytes: impl Into<DocumentBytes<'a>>,
        root: &Anchor,
        common_name: &str,
    ) -> Result<Self, DocumentError> {
        read::open(purpose, bytes.into(), root, Some(common_name))
    }

    /// Says which anchors the caller pins together with the one that it was
    /// opened with, as while a signer changes the key: then
    /// [`TrustState::accept`](super::TrustState::accept) refuses what is older
    /// than an edition by any of them.
    ///
    /// ```
    /// # use hcert::Timestamp;
    /// # use hcert::issue::P256Signer;
    /// use hcert::trust::{Anchor, SignedDocument, TrustState};
    /// # use p256::pkcs8::{EncodePrivateKey, LineEnding};
    /// # let key = |n| p256::SecretKey::from_slice(&[n; 32])?.to_pkcs8_pem(LineEnding::LF).map_err(Box::<dyn std::error::Error>::from);
    /// # let (old, new) = (P256Signer::from_pkcs8_pem(&key(7)?)?, P256Signer::from_pkcs8_pem(&key(8)?)?);
    /// # let made_at = Timestamp::parse("2026-08-22T12:00:00Z")?;
    /// # let hour = core::time::Duration::from_secs(3600);
    /// let first = SignedDocument::sign("rules", b"[]", made_at, None, &old)?;
    /// let second = SignedDocument::sign("rules", b"[]", made_at + hour, None, &new)?;
    /// let pinned = [Anchor::Key(old.public_key()?), Anchor::Key(new.public_key()?)];
    ///
    /// let mut state = TrustState::default();
    /// let first = SignedDocument::open("rules", &first, &pinned[0])?.pinned_with(&pinned);
    /// let second = SignedDocument::open("rules", &second, &pinned[1])?.pinned_with(&pinned);
    /// state.accept(&first)?;
    /// state.accept(&second)?;
    /// assert_eq!(state.accept(&first).unwrap_err().code(), "trust-rollback");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pinned_with(mut self, anchors: &[Anchor]) -> Self {
        // `document:PURPOSE:KEY`, and the common name under a root.
        let mut parts = self.identity.splitn(4, ':').skip(1);
        let (purpose, _, name) = (parts.next(), parts.next(), parts.next());
        let purpose = purpose.unwrap_or_default();
        let identities = anchors.iter().map(|anchor| identity(purpose, anchor, name));
        self.also = identities.filter(|other| *other != self.identity).collect();
        self
    }

    /// What was signed.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The same, borrowed from the input where the form lets it stand there as
    /// it is ([`Hcert`](DocumentFormat::Hcert), a detached signature, or one before).
    pub fn into_content(self) -> Cow<'a, [u8]> {
        self.content
    }

    /// The form.
    pub fn format(&self) -> DocumentFormat {
        self.format
    }

    /// Which document it is, the same for all its editions: the purpose and
    /// the fingerprint of the anchor, whatever the form, so that nobody goes
    /// back to an older edition in another one.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Under which identities an edition may be known that it has to be no
    /// older than.
    pub(crate) fn identities_beside(&self) -> &[String] {
        &self.also
    }

    /// When it was made, or from when on it counts, by its signed word.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// Until when it counts, by its signed word.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// When the caller fetched it ([`DocumentBytes::with_fetched_at`]).
    pub fn fetched_at(&self) -> Option<Timestamp> {
        self.fetched_at
    }

    /// Whether it can be relied upon at a time: neither expired, nor from the
    /// future (60 seconds are granted to slow clocks), nor, with a `max_age`,
    /// older than that in whole seconds. Its age counts from when it was made, or,
    /// where it does not say so, from when it was fetched; with neither a
    /// limit of its age refuses it. The same rules as for trust lists.
    pub fn check_age(&self, now: Timestamp, max_age: Option<Duration>) -> Result<(), Stale> {
        let dates = Dates {
            made_at: self.issued_at.max(self.fetched_at),
            counted_from: self.issued_at.or(self.fetched_at),
            expires_at: self.expires_at,
        };
        dates.check(max_age, Skew::DEFAULT, now)
    }
}

impl fmt::Debug for SignedDocument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedDocument")
            .field("identity", &self.identity)
            .field("format", &self.format)
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

fn content_type(purpose: &str) -> Result<String, DocumentError> {
    let token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let named = purpose.starts_with(|first: char| first.is_ascii_lowercase())
        && purpose.len() <= 64
        && purpose.bytes().all(token);
    match named {
        true => Ok(format!("{OWN_TYPES}document; purpose={purpose}")),
        false => Err(DocumentError::PurposeName),
    }
}

pub(crate) fn identity(purpose: &str, anchor: &Anchor, common_name: Option<&str>) -> String {
    let key = anchor.public_key().fingerprint().to_string();
    match common_name {
        None => format!("document:{purpose}:{key}"),
        Some(name) => format!("document:{purpose}:{key}:{name}"),
    }
}
