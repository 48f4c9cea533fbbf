//! CWT claims (RFC 8392 §3.1; hcert-spec 1.0.8 §3.3.1): the payload of the
//! COSE_Sign1.

use super::claims::{CLAIM_EXP, CLAIM_HCERT, CLAIM_IAT, CLAIM_ISS, CLAIM_NBF, CLAIMS, claim_named};
use super::{Deviation, DeviationCode, ddcc, ends, members};
use crate::codec::cbor;
use crate::codec::item::{self, Item};
use crate::codec::names;
use crate::format::content::Payload;
pub use crate::format::content::{Claims, TimeClaim};
use crate::record::PayloadKind;
pub use crate::record::unreadable::{ContentError, GroupName};
use crate::time::LAST_SECOND;
use crate::{Limits, Timestamp};
use alloc::string::ToString;
use alloc::vec::Vec;

/// Audience (RFC 8392 §3.1.3): who is not in it has to refuse. And confirmation
/// (RFC 8747 §3.1): it holds for who proves to have a key.
const RESTRICTIONS: [(i128, &str); 2] = [(3, "aud"), (8, "cnf")];
/// The number after it: 1978-01-11T21:31:40.800Z in milliseconds.
const FIRST_MILLISECOND: i64 = LAST_SECOND + 1;
/// The last millisecond of the year 9999.
const LAST_MILLISECOND: i64 = LAST_SECOND * 1000 + 999;

/// The claim in which a format has its payloads.
pub(crate) struct Container {
    pub claim: i128,
    /// What may stand in it.
    pub kinds: &'static [PayloadKind],
    /// Where the claim is not there.
    pub missing: ContentError,
    /// Where no payload that is known stands in it.
    pub unknown: ContentError,
    /// Whether a payload may stand beside the claims instead, and `iss` is two
    /// capital letters.
    pub is_hcert: bool,
}

/// hcert-spec §3.3.7.
const HCERT: Container = Container {
    claim: CLAIM_HCERT,
    kinds: &PayloadKind::ALL,
    missing: ContentError::NoHcert,
    unknown: ContentError::UnknownPayload,
    is_hcert: true,
};

impl Claims {
    /// Reads the payload of a COSE_Sign1, whoever signed it, if anybody did.
    pub fn parse_unverified(
        payload: &[u8],
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, ContentError> {
        Self::parse_in(&HCERT, payload, limits, deviations)
    }

    pub(crate) fn parse_in(
        container: &Container,
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
            ends_before: false,
            payload: Err(container.missing),
        };
        let Item::Map(members) = Item::read(&claims.bytes) else {
            return Err(ContentError::NotClaims);
        };
        let known = CLAIMS.map(|claim| match claim {
            CLAIM_HCERT => container.claim,
            claim => claim,
        });
        let mut seen = known.map(|_| false);
        for (name, bytes) in members.iter() {
            if let Item::Bytes(name) = name
                && let Some(name) = claim_in_bytes(name)
            {
                return Err(ContentError::ClaimType { name });
            }
            if let Some(claim) = restriction(name) {
                deviations.push(Deviation::new(DeviationCode::ClaimRestricts, claim));
            }
            let Some(key) = claim_key(name, known.into_iter(), true, deviations) else {
                continue;
            };
            let mut claim = known.iter().zip(&mut seen);
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
                _ => {
                    let size = claims.bytes.len();
                    claims.payload = payload_in(container, value, size, deviations)?;
                }
            }
        }
        if container.is_hcert {
            claims.payload_at_root(deviations);
        }
        // Beside a payload that stands here itself its reader looks for them.
        let root = Item::read(&claims.bytes);
        if claims.payload.is_ok() && !claims.is_at_root() && ends::is_beside_claims(root) {
            return Err(ContentError::Period);
        }
        if claims.issued_at == TimeClaim::Absent {
            deviations.push(Deviation::new(DeviationCode::IatMissing, "iat"));
        }
        if let Some(issuer) = claims.issuer()
            && container.is_hcert
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

/// The number of a claim, which may be `named`, or of a payload in its claim, if
/// it is one of `known`. Some issuers of the WHO's network write it as a text, as JSON
/// would; it means the same, and nothing else has such a name.
fn claim_key(
    key: Item<'_>,
    mut known: impl Iterator<Item = i128>,
    named: bool,
    deviations: &mut Vec<Deviation>,
) -> Option<i128> {
    match key {
        Item::Integer(key) => Some(key),
        Item::Text(text) => {
            let of_claim = || claim_named(text).filter(|_| named);
            let digits = || known.find(|known| known.to_string() == text);
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

/// The payload in its claim, in claims of that many bytes.
fn payload_in(
    container: &Container,
    value: Item<'_>,
    size: usize,
    deviations: &mut Vec<Deviation>,
) -> Result<Result<Payload, ContentError>, ContentError> {
    let Item::Map(members) = value else {
        return match container.is_hcert {
            true => Err(ContentError::ClaimType { name: "hcert" }),
            false => Ok(Err(container.unknown)),
        };
    };
    if members.len() > 1 {
        deviations.push(Deviation::new(DeviationCode::HcertExtra, "hcert"));
    }
    if ends::is_beside(value, &[]) {
        return Ok(Err(ContentError::Period));
    }
    let mut found = Err(container.unknown);
    for (key, bytes) in members.iter() {
        let keys = container
            .kinds
            .iter()
            .map(|kind| i128::from(kind.claim_key()));
        let key = claim_key(key, keys, false, deviations);
        let mut kinds = container.kinds.iter().copied();
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
