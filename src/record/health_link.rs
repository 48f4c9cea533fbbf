//! Health links: where a record can be fetched by whom who has the key.
//! Nothing is ever fetched here.
//!
//! SMART Health Links (HL7 smart-health-cards-and-links 1.0.0, links
//! specification) are `shlink:/`, Verifiable Health Links (IHE ITI VHL,
//! ITI-YY3) `vhlink:/`; both are followed by JSON in base64url.

mod payload;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;

use super::error::RecordError;
use super::unreadable::{ContentError, HealthLinkError};
use crate::Timestamp;
use crate::deviation::{Deviation, DeviationCode};
use payload::{BASE64URL, Payload};

/// Which protocol a health link follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum HealthLinkKind {
    /// A SMART Health Link: the URL gives a manifest of encrypted files.
    #[default]
    Smart,
    /// A Verifiable Health Link: the URL is a FHIR search, and the receiver
    /// authenticates itself with a key of the trust network.
    Verifiable,
}

impl HealthLinkKind {
    /// The scheme of its URI, the colon and the slash included.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Smart => "shlink:/",
            Self::Verifiable => "vhlink:/",
        }
    }

    /// A stable identifier.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Smart => "shlink",
            Self::Verifiable => "vhlink",
        }
    }
}

/// The key to the files behind a health link: 32 bytes for A256GCM. Who has
/// it can read them; `Debug` does not print it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct HealthLinkKey([u8; 32]);

impl HealthLinkKey {
    /// A key of 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for HealthLinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HealthLinkKey(redacted)")
    }
}

/// A link to a record. The URL and the key together are the record, so
/// neither is in the `Debug`.
///
/// ```
/// use hcert::Timestamp;
/// use hcert::record::{HealthLink, HealthLinkKey, HealthLinkKind, Record};
/// let link = HealthLink::builder(
///     HealthLinkKind::Verifiable,
///     "https://ehr.example.org/List?_id=7f3a",
///     HealthLinkKey::new([7; 32]),
/// )
/// .passcode()
/// .expires_at(Timestamp::parse("2027-01-01T00:00:00Z")?)
/// .label("Patient summary")
/// .build()?;
/// assert!(link.uri().starts_with("vhlink:/"));
/// assert_eq!(HealthLink::parse(link.uri())?, link);
/// let record = Record::health_links(vec![link])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct HealthLink {
    uri: String,
    kind: HealthLinkKind,
    viewer: Option<String>,
    payload: Payload,
}

impl HealthLink {
    /// Begins a link to `url` (https), with a key that the files are
    /// encrypted with.
    pub fn builder(kind: HealthLinkKind, url: &str, key: HealthLinkKey) -> HealthLinkBuilder {
        HealthLinkBuilder {
            kind,
            payload: Payload {
                url: url.into(),
                key: Some(key),
                version: Some(1),
                ..Payload::default()
            },
        }
    }

    /// Reads a link: `shlink:/…` or `vhlink:/…`, alone or behind a viewer's
    /// URL and `#`.
    ///
    /// # Errors
    /// [`HealthLinkError`]: it can't be read, or is ambiguous.
    pub fn parse(text: &str) -> Result<Self, HealthLinkError> {
        Self::parse_noting(text, "", &mut Vec::new())
    }

    pub(crate) fn parse_noting(
        text: &str,
        at: &str,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, HealthLinkError> {
        let (viewer, link) = match text.split_once('#') {
            Some((viewer, link)) => (Some(viewer.to_owned()), link),
            None => (None, text),
        };
        // It is opened, as the URL of the record is.
        let is_web = |viewer: &String| {
            let is = |scheme: &str| {
                let start = viewer.get(..scheme.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            };
            is("https://") || is("http://")
        };
        if viewer.as_ref().is_some_and(|viewer| !is_web(viewer)) {
            return Err(HealthLinkError::Url);
        }
        let kinds = [HealthLinkKind::Smart, HealthLinkKind::Verifiable];
        let known = |kind: HealthLinkKind| Some((kind, link.strip_prefix(kind.scheme())?));
        let (kind, encoded) = kinds
            .into_iter()
            .find_map(known)
            .ok_or(HealthLinkError::Scheme)?;
        // No base64url begins so, and issuers write it as in https://.
        let encoded = match encoded.strip_prefix('/') {
            Some(rest) => {
                deviations.push(Deviation::new(DeviationCode::LinkScheme, at));
                rest
            }
            None => encoded,
        };
        Ok(Self {
            uri: text.to_owned(),
            kind,
            viewer,
            payload: Payload::decode(encoded, at, deviations)?,
        })
    }

    /// The link as it is written: what an application that fetches the record
    /// wants, and what nobody else should see.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Which protocol it follows, by its scheme.
    pub fn kind(&self) -> HealthLinkKind {
        self.kind
    }

    /// The URL of the viewer that stands in front of the link.
    pub fn viewer(&self) -> Option<&str> {
        self.viewer.as_deref()
    }

    /// Where the record is (`url`), https or http.
    pub fn url(&self) -> &str {
        &self.payload.url
    }

    /// The key to it (`key`), if it is one.
    pub fn key(&self) -> Option<&HealthLinkKey> {
        self.payload.key.as_ref()
    }

    /// When the link expires (`exp`). The specification calls it a hint; it
    /// stands under the issuer's signature, so a certificate whose link has
    /// expired is expired for the verifier.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.payload.expires_at
    }

    /// The flags as they are written (`flag`).
    pub fn flags(&self) -> &str {
        &self.payload.flags
    }

    /// Whether it is for long-term use, and its content may change (`L`).
    pub fn is_long_term(&self) -> bool {
        self.flags().contains('L')
    }

    /// Whether a passcode is asked for (`P`).
    pub fn needs_passcode(&self) -> bool {
        self.flags().contains('P')
    }

    /// Whether the URL gives one encrypted file instead of a manifest (`U`).
    pub fn is_direct_file(&self) -> bool {
        self.flags().contains('U')
    }

    /// What is behind it, in words (`label`), at most 80 characters.
    pub fn label(&self) -> Option<&str> {
        self.payload.label.as_deref()
    }

    /// The version of the protocol (`v`), 1 where none is written; `None`
    /// where it is no number.
    pub fn version(&self) -> Option<u32> {
        self.payload.version
    }
}

impl fmt::Debug for HealthLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HealthLink({}, redacted)", self.kind.code())
    }
}

/// Builds a [`HealthLink`].
#[derive(Clone)]
#[must_use]
pub struct HealthLinkBuilder {
    kind: HealthLinkKind,
    payload: Payload,
}

impl fmt::Debug for HealthLinkBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HealthLinkBuilder(redacted)")
    }
}

impl HealthLinkBuilder {
    /// For long-term use; the content may change (`L`).
    pub fn long_term(self) -> Self {
        self.flag('L')
    }

    /// A passcode is asked for (`P`).
    pub fn passcode(self) -> Self {
        self.flag('P')
    }

    /// The URL gives one encrypted file (`U`); not with a passcode.
    pub fn direct_file(self) -> Self {
        self.flag('U')
    }

    fn flag(mut self, flag: char) -> Self {
        let mut flags: Vec<char> = self.payload.flags.chars().collect();
        flags.push(flag);
        flags.sort_unstable();
        flags.dedup();
        self.payload.flags = flags.into_iter().collect();
        self
    }

    /// When the link expires.
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.payload.expires_at = Some(time);
        self
    }

    /// What is behind it, in words, at most 80 characters. It is read before
    /// anybody asks for a passcode.
    pub fn label(mut self, words: &str) -> Self {
        self.payload.label = Some(words.to_owned()).filter(|words| !words.is_empty());
        self
    }

    /// The finished link.
    ///
    /// # Errors
    /// The URL is not https, or a member departs from the specification.
    pub fn build(self) -> Result<HealthLink, RecordError> {
        let json = self.payload.to_json();
        let uri = format!("{}{}", self.kind.scheme(), BASE64URL.encode(json));
        let mut deviations = Vec::new();
        let link =
            HealthLink::parse_noting(&uri, "u", &mut deviations).map_err(ContentError::from)?;
        match deviations.into_iter().next() {
            Some(first) => Err(RecordError::Schema(first)),
            None => Ok(link),
        }
    }
}
