//! What a certificate says, in whichever format it came.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use ciborium::Value;

use super::hc1::claims::claim_named;
use crate::Timestamp;
use crate::codec::cbor_json::to_json;
use crate::codec::item::{self, Item};
use crate::record::identifier::Identifier;
use crate::record::unreadable::ContentError;
use crate::record::{PayloadKind, Record};

/// The signed content, as far as it can be read.
#[derive(Clone)]
pub struct Content {
    pub(crate) claims: Result<Claims, ContentError>,
    pub(crate) record: Result<Record, ContentError>,
    pub(crate) identifiers: Vec<Identifier>,
}

impl Content {
    /// Who issued, when, and until when it holds.
    pub fn claims(&self) -> Result<&Claims, ContentError> {
        self.claims.as_ref().map_err(|why| *why)
    }

    /// What it says.
    pub fn record(&self) -> Result<&Record, ContentError> {
        self.record.as_ref().map_err(|why| *why)
    }

    /// What revocation lists name the certificate by.
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("claims", &self.claims)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

/// A time claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeClaim {
    /// The claim is not there.
    Absent,
    /// A second count; a fraction is cut off.
    At(Timestamp),
    /// A number, but no second count of the years 1970–9999: NaN, infinite,
    /// negative or beyond. It is never taken for "no limit". (`iat` and `nbf`
    /// in milliseconds are read.)
    Unusable,
}

impl TimeClaim {
    /// The instant, where there is one.
    pub fn timestamp(self) -> Option<Timestamp> {
        match self {
            Self::At(t) => Some(t),
            _ => None,
        }
    }
}

/// The claims of a certificate.
///
/// `Debug` leaves the payload out.
#[derive(Clone)]
pub struct Claims {
    /// The claims, in the form that [`Item`] reads.
    pub(in crate::format) bytes: Box<[u8]>,
    /// Where in them its text stands.
    pub(in crate::format) issuer: Option<usize>,
    pub(in crate::format) issued_at: TimeClaim,
    pub(in crate::format) not_before: TimeClaim,
    pub(in crate::format) expires_at: TimeClaim,
    /// Whether it holds no longer at `exp` itself (RFC 8392 §3.1.4).
    pub(in crate::format) ends_before: bool,
    pub(in crate::format) payload: Result<Payload, ContentError>,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::format) struct Payload {
    pub(in crate::format) kind: PayloadKind,
    /// Where in the claims it stands: at 0, if it stands beside them.
    pub(in crate::format) at: usize,
}

impl Claims {
    /// `iss`: who issued, ISO 3166-1 alpha-2 by the specification.
    pub fn issuer(&self) -> Option<&str> {
        Item::read(self.bytes.get(self.issuer?..)?).as_text()
    }

    /// The country of `iss`. A light certificate names an office beside it
    /// (`CH BAG`).
    pub(crate) fn issuer_country(&self) -> Option<&str> {
        let issuer = self.issuer()?;
        match self.payload_kind() {
            Ok(PayloadKind::Light) => issuer.split(' ').next(),
            _ => Some(issuer),
        }
    }

    /// `iat`: when it was issued.
    pub fn issued_at(&self) -> TimeClaim {
        self.issued_at
    }

    /// `nbf`: from when on it holds. HCERT does not use it; where it is, it counts.
    pub fn not_before(&self) -> TimeClaim {
        self.not_before
    }

    /// Whether `exp` is over at that time. hcert-spec §3.3.5 speaks of expiry
    /// after exp, where RFC 8392 §3.1.4 has "on or after"; published vectors of
    /// HC1 are verified at exp itself.
    pub(crate) fn is_over(&self, expires_at: Timestamp, now: Timestamp) -> bool {
        match self.ends_before {
            true => now >= expires_at,
            false => now > expires_at,
        }
    }

    /// `exp`: the last instant at which it holds; of a light certificate the first
    /// at which it does not.
    pub fn expires_at(&self) -> TimeClaim {
        self.expires_at
    }

    pub(crate) fn payload(&self) -> Result<(PayloadKind, Item<'_>), ContentError> {
        let Payload { kind, at } = self.payload?;
        Ok((kind, Item::read(self.bytes.get(at..).unwrap_or_default())))
    }

    /// Whether the payload stands beside the claims.
    pub(crate) fn is_at_root(&self) -> bool {
        matches!(self.payload, Ok(Payload { at: 0, .. }))
    }

    /// The same for those who look at all of it.
    pub(crate) fn payload_value(&self) -> Result<(PayloadKind, Value), ContentError> {
        let Payload { kind, at } = self.payload?;
        let mut value = item::value(self.bytes.get(at..).unwrap_or_default());
        if let (0, Value::Map(members)) = (at, &mut value) {
            let is_claim = |key: &Value| match key {
                Value::Integer(_) => true,
                Value::Text(text) => claim_named(text).is_some(),
                _ => false,
            };
            members.retain(|(key, _)| !is_claim(key));
        }
        Ok((kind, value))
    }

    /// The kind of the payload, or why there is none.
    pub fn payload_kind(&self) -> Result<PayloadKind, ContentError> {
        self.payload.map(|payload| payload.kind)
    }

    /// The payload as JSON, or why there is none. Byte strings become
    /// base64url, tags are dropped.
    pub fn payload_json(&self) -> Result<String, ContentError> {
        let (_, value) = self.payload_value()?;
        Ok(to_json(&value).to_string())
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("issuer", &self.issuer())
            .field("issued_at", &self.issued_at)
            .field("not_before", &self.not_before)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
