//! Why what a certificate says can't be read.

use core::fmt;

use super::payload::PayloadKind;
use crate::codec::cbor::CborError;

/// Why the signed content can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The CBOR is not acceptable.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The payload of the COSE_Sign1 is not a map of claims.
    #[error("the payload is not a map of CWT claims")]
    NotClaims,
    /// A claim has a type that its definition does not allow, or a name of such
    /// a type: a byte string.
    #[error("the claim {name} or its name has the wrong type")]
    ClaimType {
        /// `iss`, `exp`, `nbf`, `iat` or `hcert`.
        name: &'static str,
    },
    /// There is no hcert claim (-260).
    #[error("there is no hcert claim (-260)")]
    NoHcert,
    /// A duplicate claim, once under its number and once under a text.
    #[error("duplicate claim")]
    ClaimTwice,
    /// The hcert claim holds no payload that is known.
    #[error("the hcert claim holds no payload of a known kind")]
    UnknownPayload,
    /// The hcert claim holds several payloads. Each verifier could show
    /// another one.
    #[error("the hcert claim holds several payloads: {first} and {second}", first = first.code(), second = second.code())]
    SeveralPayloads {
        /// One of them.
        first: PayloadKind,
        /// Another one.
        second: PayloadKind,
    },
    /// A payload does not have the shape of its kind.
    #[error("the payload is not a {kind}", kind = .0.code())]
    NotPayload(PayloadKind),
    /// A payload states nothing.
    #[error("the {kind} is empty", kind = .0.code())]
    Empty(PayloadKind),
    /// A payload that is one of its kind stands there several times, each
    /// with a holder of its own.
    #[error("the hcert claim holds several of the kind {kind}", kind = .0.code())]
    SeveralRecords(PayloadKind),
    /// A member stands there under two names.
    #[error("a member stands there under two names")]
    MemberTwice,
    /// The period of validity of the record can't be read. It is never taken
    /// for "no limit".
    #[error("the period of validity that the record states can't be read")]
    Period,
    /// A health link can't be read.
    #[error(transparent)]
    HealthLink(#[from] HealthLinkError),
    /// The EU DCC is not a map.
    #[error("the EU DCC is not a map with text keys")]
    NotDcc,
    /// The EU DCC has no entry.
    #[error("the certificate states no vaccination, test or recovery")]
    NoEntry,
    /// The entries of the EU DCC stand in a group that no schema knows, such as
    /// a national one. What it states can't be told, nor whether the key may
    /// sign it.
    #[error("the certificate states what is of a kind not known here: the group `{0}`")]
    UnknownGroup(GroupName),
    /// A group of entries is neither an array nor null. What stands in it
    /// could be neither read nor held against the key's usage.
    #[error("a group of entries of the certificate is not an array")]
    NotGroup,
    /// An entry of the EU DCC is not a map.
    #[error("an entry of the certificate is not a map")]
    NotEntry,
    /// A yellow card states no dose.
    #[error("the yellow card states no dose")]
    NoDose,
    /// A yellow card states several doses, where each has a card of its own
    /// (smart-icvp, REQ-CC-03).
    #[error("the yellow card states several doses, and may state one")]
    SeveralDoses,
    /// A yellow card of 2026 states two days of vaccination, `dv` and `dt`.
    #[error("the yellow card states two days of vaccination")]
    TwoDates,
}

impl ContentError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cbor(e) => e.code(),
            Self::NotClaims => "cwt-not-claims",
            Self::ClaimType { .. } => "cwt-claim-type",
            Self::NoHcert => "hcert-missing",
            Self::ClaimTwice => "cwt-claim-twice",
            Self::UnknownPayload => "hcert-unknown-payload",
            Self::SeveralPayloads { .. } => "hcert-several-payloads",
            Self::NotPayload(_) => "payload-shape",
            Self::Empty(_) => "payload-empty",
            Self::SeveralRecords(_) => "hcert-several-records",
            Self::MemberTwice => "payload-member-twice",
            Self::Period => "payload-period",
            Self::HealthLink(e) => e.code(),
            Self::NotDcc => "dcc-not-a-map",
            Self::NoEntry => "dcc-no-entry",
            Self::UnknownGroup(_) => "dcc-group-unknown",
            Self::NotGroup => "dcc-group-not-an-array",
            Self::NotEntry => "dcc-entry-not-a-map",
            Self::NoDose => "card-no-dose",
            Self::SeveralDoses => "card-several-doses",
            Self::TwoDates => "card-two-dates",
        }
    }
}

/// The name of a group of entries that no schema knows.
///
/// National groups have names of one letter. What is longer could be about a
/// person, and stands as `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(char);

impl GroupName {
    /// `None` for a name that is no text.
    pub(crate) fn new(name: Option<&str>) -> Self {
        match name.map(str::as_bytes) {
            Some([letter]) if letter.is_ascii_alphabetic() => Self(char::from(*letter)),
            _ => Self('?'),
        }
    }

    /// The letter, such as `e`; or `?`.
    pub const fn letter(self) -> char {
        self.0
    }

    /// Whether it is shown.
    pub(crate) fn is_known(self) -> bool {
        self.0 != '?'
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Why a text is no health link that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthLinkError {
    /// Neither `shlink:/` nor `vhlink:/`. It may be a link of another
    /// protocol, so a certificate with it can't be ascertained.
    #[error("the health link has a scheme that is not known")]
    Scheme,
    /// What follows the scheme is not base64url.
    #[error("the health link is not base64url")]
    Base64,
    /// It holds no JSON object.
    #[error("the health link holds no JSON object")]
    Json,
    /// A duplicate member: each reader could take another one.
    #[error("duplicate member in the health link")]
    MemberTwice,
    /// There is no URL, or it is none of `https` or `http`.
    #[error("the health link has no https URL")]
    Url,
    /// `exp` is no second count. It is never taken for "no limit".
    #[error(
        "the time of expiry of the health link is not a valid time (seconds since 1970, up to the year 9999)"
    )]
    Expiry,
}

impl HealthLinkError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Scheme => "link-scheme-unknown",
            Self::Base64 => "link-base64",
            Self::Json => "link-json",
            Self::MemberTwice => "link-member-twice",
            Self::Url => "link-url-missing",
            Self::Expiry => "link-exp",
        }
    }
}
