//! CWT claims (RFC 8392 §3.1; hcert-spec 1.0.8 §3.3.1): the payload of the
//! COSE_Sign1.

use ciborium::Value;
use core::fmt;

use super::claims::{CLAIM_EXP, CLAIM_HCERT, CLAIM_IAT, CLAIM_ISS, CLAIM_NBF, CLAIMS, claim_named};
use super::{Deviation, DeviationCode, ddcc, ends, members};
use crate::codec::cbor;
use crate::codec::item::{self, Item};
use crate::codec::names;
use crate::record::PayloadKind;
use crate::time::LAST_SECOND;
use crate::{Limits, Timestamp};

/// Audience (RFC 8392 §3.1.3): who is not in it has to refuse. And confirmation
/// (RFC 8747 §3.1): it holds for who proves to have a key.
const RESTRICTIONS: [(i128, &str); 2] = [(3, "aud"), (8, "cnf")];
/// The number after it: 1978-01-11T21:31:40.800Z in milliseconds.
const FIRST_MILLISECOND: i64 = LAST_SECOND + 1;
/// The last millisecond of the year 9999.
const LAST_MILLISECOND: i64 = LAST_SECOND * 1000 + 999;

pub use crate::record::unreadable::{ContentError, GroupName};

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
    bytes: Box<[u8]>,
    /// Where in them its text stands.
    issuer: Option<usize>,
    issued_at: TimeClaim,
    not_before: TimeClaim,
    expires_at: TimeClaim,
    payload: Result<Payload, ContentError>,
}

#[derive(Debug, Clone, Copy)]
struct Payload {
    kind: PayloadKind,
    /// Where in the claims it stands: at 0, if it stands beside them.
    at: usize,
}

impl Claims {
    /// Reads the payload of a COSE_Sign1, whoever signed it, if anybody did.
    pub fn parse_unverified(
        payload: &[u8],
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, ContentError> {
        let shape = cbor::check(payload, limits)?;
        if shape.indefinite {
            deviations.push(Deviation::new(DeviationCode::CborIndefinite, "cwt"));
        }
        let bytes = match item::plain(payload, shape)? {
            Some(plain) => plain.into(),
            None => payload.into(),
        };
        let mut claims = Self {
            bytes,
            issuer: None,
            issued_at: TimeClaim::Absent,
            not_before: TimeClaim::Absent,
            expires_at: TimeClaim::Absent,
            payload: Err(ContentError::NoHcert),
        };
        let Item::Map(members) = Item::read(&claims.bytes) else {
            return Err(ContentError::NotClaims);
        };
        let mut seen = CLAIMS.map(|_| false);
        for (name, bytes) in members.iter() {
            if let Item::Bytes(name) = name
                && let Some(name) = claim_in_bytes(name)
            {
                return Err(ContentError::ClaimType { name });
            }
            if let Some(claim) = restriction(name) {
                deviations.push(Deviation::new(DeviationCode::ClaimRestricts, claim));
            }
            let Some(key) = claim_key(name, &CLAIMS, deviations) else {
                continue;
            };
            let mut claim = CLAIMS.iter().zip(&mut seen);
            let Some((_, seen)) = claim.find(|(claim, _)| **claim == key) else {
                continue;
            };
            // A text beside the number: a reader could take either.
            if core::mem::replace(seen, true) {
                return Err(ContentError::ClaimTwice);
            }
            let at = claims.bytes.len() - bytes.len();
            let value = Item::read(bytes);
            match key {
                CLAIM_ISS if value.is_text() => claims.issuer = Some(at),
                CLAIM_ISS => return Err(ContentError::ClaimType { name: "iss" }),
                CLAIM_EXP => claims.expires_at = time_claim("exp", value, deviations)?,
                CLAIM_NBF => claims.not_before = time_claim("nbf", value, deviations)?,
                CLAIM_IAT => claims.issued_at = time_claim("iat", value, deviations)?,
                CLAIM_HCERT => claims.payload = hcert(value, claims.bytes.len(), deviations)?,
                _ => {}
            }
        }
        claims.payload_at_root(deviations);
        // Beside a payload that stands here itself its reader looks for them.
        let root = Item::read(&claims.bytes);
        if claims.payload.is_ok() && !claims.is_at_root() && ends::is_beside_claims(root) {
            return Err(ContentError::Period);
        }
        if claims.issued_at == TimeClaim::Absent {
            deviations.push(Deviation::new(DeviationCode::IatMissing, "iat"));
        }
        if let Some(issuer) = claims.issuer()
            && !(issuer.len() == 2 && issuer.bytes().all(|b| b.is_ascii_uppercase()))
        {
            deviations.push(Deviation::new(DeviationCode::IssForm, "iss"));
        }
        Ok(claims)
    }

    /// The early issuers of the DDCC put it beside the claims. With an hcert
    /// claim there would be two payloads, of which each verifier could show
    /// another one.
    fn payload_at_root(&mut self, deviations: &mut Vec<Deviation>) {
        // No member of a DDCC has the name of a claim.
        let root = members::Map::new(Item::read(&self.bytes), "");
        let kind = match ddcc::at_root(&root) {
            Ok(None) => return,
            Ok(Some(kind)) => Ok(kind),
            Err(why) => Err(why),
        };
        self.payload = match (&self.payload, kind) {
            (Err(ContentError::NoHcert), Ok(kind)) => {
                deviations.push(Deviation::new(DeviationCode::HcertAtRoot, ""));
                Ok(Payload { kind, at: 0 })
            }
            (Ok(Payload { kind: first, .. }), Ok(second)) => {
                let first = *first;
                Err(ContentError::SeveralPayloads { first, second })
            }
            (_, Err(why)) => Err(why),
            (Err(why), Ok(_)) => Err(*why),
        };
    }

    /// `iss`: who issued, ISO 3166-1 alpha-2 by the specification.
    pub fn issuer(&self) -> Option<&str> {
        Item::read(self.bytes.get(self.issuer?..)?).as_text()
    }

    /// `iat`: when it was issued.
    pub fn issued_at(&self) -> TimeClaim {
        self.issued_at
    }

    /// `nbf`: from when on it holds. HCERT does not use it; where it is, it counts.
    pub fn not_before(&self) -> TimeClaim {
        self.not_before
    }

    /// `exp`: the last instant at which it holds.
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

fn time_claim(
    name: &'static str,
    value: Item<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<TimeClaim, ContentError> {
    let seconds = match value {
        Item::Integer(n) => match i64::try_from(n) {
            // iat is so in the WHO's network. What begins a validity after the
            // year 9999 can only be milliseconds of 1978 to 9999. exp decides
            // how long a certificate is relied upon, and large numbers have
            // been meant as "no end" there: none is guessed at.
            Ok(n @ FIRST_MILLISECOND..=LAST_MILLISECOND) if name != "exp" => {
                deviations.push(Deviation::new(DeviationCode::ClaimMilliseconds, name));
                Some(n / 1000)
            }
            n => n.ok(),
        },
        Item::Float(n) => {
            deviations.push(Deviation::new(DeviationCode::ClaimFloat, name));
            // The cast saturates; NaN fails the comparison.
            (n >= 0.0 && n <= LAST_SECOND as f64).then_some(n as i64)
        }
        Item::Tag(tagged) if !tagged.item().is_tag() => {
            deviations.push(Deviation::new(DeviationCode::ClaimTagged, name));
            let time = time_claim(name, tagged.item(), deviations)?;
            // Tag 1 is one of seconds (RFC 8949 §3.4.2). Others are of days, of
            // fractions, of texts: the number means something else.
            return Ok(match tagged.tag() {
                1 => time,
                _ => TimeClaim::Unusable,
            });
        }
        _ => return Err(ContentError::ClaimType { name }),
    };
    Ok(match seconds {
        Some(n @ 0..=LAST_SECOND) => TimeClaim::At(Timestamp::from_seconds(n)),
        _ => TimeClaim::Unusable,
    })
}

/// The number of a claim, or of a payload in the hcert claim, if it is one of
/// `known`. Some issuers of the WHO's network write it as a text, as JSON
/// would; it means the same, and nothing else has such a name.
fn claim_key(key: Item<'_>, known: &[i128], deviations: &mut Vec<Deviation>) -> Option<i128> {
    match key {
        Item::Integer(key) => Some(key),
        Item::Text(text) => {
            let of_claim = || claim_named(text).filter(|_| known.contains(&CLAIM_HCERT));
            let digits = || {
                known
                    .iter()
                    .find(|known| known.to_string() == text)
                    .copied()
            };
            let number = of_claim().or_else(digits)?;
            let at = number.to_string();
            deviations.push(Deviation::new(DeviationCode::ClaimKeyText, at));
            Some(number)
        }
        _ => None,
    }
}

/// The name of the claim that a byte string stands for: its text, its number,
/// or the number as an item of CBOR.
fn claim_in_bytes(name: &[u8]) -> Option<&'static str> {
    let by_text = core::str::from_utf8(name).ok().and_then(claim_named);
    let claim = by_text.or_else(|| match (name, Item::read(name)) {
        ([_] | [0x18..=0x1b | 0x38..=0x3b, ..], Item::Integer(number)) => Some(number),
        _ => None,
    });
    Some(match claim? {
        CLAIM_ISS => "iss",
        CLAIM_EXP => "exp",
        CLAIM_NBF => "nbf",
        CLAIM_IAT => "iat",
        CLAIM_HCERT => "hcert",
        _ => return None,
    })
}

/// The name of the registered claim that restricts for whom a certificate
/// holds, however it is written.
fn restriction(key: Item<'_>) -> Option<&'static str> {
    let mut all = RESTRICTIONS.into_iter();
    let found = match key {
        Item::Integer(number) => all.find(|(claim, _)| *claim == number),
        key => {
            let text = names::text_of(key)?;
            all.find(|(claim, name)| {
                names::is_like(text, &[name]) || text.trim().parse() == Ok(*claim)
            })
        }
    };
    found.map(|(_, name)| name)
}

/// The payload in the hcert claim, in claims of that many bytes.
fn hcert(
    value: Item<'_>,
    size: usize,
    deviations: &mut Vec<Deviation>,
) -> Result<Result<Payload, ContentError>, ContentError> {
    let Item::Map(members) = value else {
        return Err(ContentError::ClaimType { name: "hcert" });
    };
    if members.len() > 1 {
        deviations.push(Deviation::new(DeviationCode::HcertExtra, "hcert"));
    }
    if ends::is_beside(value, &[]) {
        return Ok(Err(ContentError::Period));
    }
    let payloads = PayloadKind::ALL.map(|kind| i128::from(kind.claim_key()));
    let mut found = Err(ContentError::UnknownPayload);
    for (key, bytes) in members.iter() {
        let key = claim_key(key, &payloads, deviations);
        let mut kinds = PayloadKind::ALL.into_iter();
        let Some(kind) = kinds.find(|kind| Some(i128::from(kind.claim_key())) == key) else {
            continue;
        };
        if let Ok(Payload { kind: first, .. }) = found {
            let second = kind;
            return Ok(Err(ContentError::SeveralPayloads { first, second }));
        }
        let at = size - bytes.len();
        found = Ok(Payload { kind, at });
    }
    Ok(found)
}

/// JSON in the place of CBOR, for people and for tools that compare.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    use base64::Engine as _;
    use serde_json::Value as Json;
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Integer(n) => {
            let n = i128::from(*n);
            i64::try_from(n)
                .map(Json::from)
                .or_else(|_| u64::try_from(n).map(Json::from))
                .unwrap_or_else(|_| Json::String(n.to_string()))
        }
        Value::Float(n) => serde_json::Number::from_f64(*n).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.clone()),
        Value::Bytes(bytes) => Json::String(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(members) => {
            // The texts come last, so that no number and no bytes hide the
            // member whose name they look like.
            let (texts, others): (Vec<_>, Vec<_>) = members.iter().partition(|m| m.0.is_text());
            let named = others.into_iter().chain(texts).map(|(key, value)| {
                let key = match to_json(key) {
                    Json::String(text) => text,
                    other => other.to_string(),
                };
                (key, to_json(value))
            });
            Json::Object(named.collect())
        }
        Value::Tag(_, inner) => to_json(inner),
        _ => Json::Null,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ciborium::cbor;

    #[test]
    fn a_member_is_not_hidden_behind_a_key_that_looks_like_it() {
        let text = |key: &str| (Value::from(key), Value::from("text"));
        // base64url of b6 is tg.
        let others = [Value::from(1), Value::Bytes(vec![0xb6])].map(|key| (key, Value::Null));
        for members in [
            [others.as_slice(), &[text("1"), text("tg")]].concat(),
            [&[text("1"), text("tg")], others.as_slice()].concat(),
        ] {
            let shown = to_json(&Value::Map(members));
            assert_eq!(shown, serde_json::json!({"1": "text", "tg": "text"}));
        }
        let shown = to_json(&cbor!({1 => "x"}).unwrap());
        assert_eq!(shown, serde_json::json!({"1": "x"}));
    }
}
