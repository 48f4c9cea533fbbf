//! Switzerland's light certificate: `LT1:` + base45( zlib( COSE_Sign1( CWT ) ) ),
//! as HC1 has it, with a holder in a claim of its own and no medical fact. An
//! office made it of a full certificate, for a day or two
//! (admin-ch/CovidCertificate-SDK-Kotlin, `CwtHeaderKeys.kt`;
//! admin-ch/Light-Certificate-Generation-Service, `CBORService.java`).

use super::hc1::cwt::Container;
use super::hc1::{DecodeError, ends, eu_dcc, text};
use super::{Claims, Content, ContentError, InCose, Reading, TimeClaim};
use crate::Limits;
use crate::codec::item::Item;
use crate::codec::zlib;
use crate::deviation::{Deviation, DeviationCode};
use crate::envelope::cose::CoseSign1;
use crate::record::{PayloadKind, Record};
use alloc::vec::Vec;

/// How its text begins.
pub(super) const PREFIX: &str = "LT1:";

const NOT_LIGHT: ContentError = ContentError::NotPayload(PayloadKind::Light);

const CONTAINER: Container = Container {
    claim: -250,
    kinds: &[PayloadKind::Light],
    missing: NOT_LIGHT,
    unknown: NOT_LIGHT,
    is_hcert: false,
};

/// The claim of a full certificate.
const HCERT: i128 = -260;

/// How long one counts that states no end: as long as the office made them for.
const LONGEST: i64 = 48 * 3600;

const MEMBERS: [&str; 3] = ["ver", "nam", "dob"];

/// The COSE_Sign1 of a light certificate.
#[derive(Clone)]
pub(super) struct Lt1(CoseSign1);

impl InCose for Lt1 {
    fn parse(
        text: &str,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, DecodeError> {
        let deflated = text::decode_after(PREFIX, text, limits, deviations)?;
        let cose = CoseSign1::parse(zlib::inflate(&deflated, limits)?, limits, deviations)?;
        Ok(Self(cose.of_certificate()?))
    }

    fn message(&self) -> &CoseSign1 {
        &self.0
    }

    fn content(&self, with: &Reading<'_>, deviations: &mut Vec<Deviation>) -> Content {
        let payload = self.0.unverified_payload();
        let claims = Claims::parse_in(&CONTAINER, payload, with.limits, deviations);
        let claims = claims.and_then(|claims| limited(claims, deviations));
        let record = match &claims {
            Ok(claims) => claims
                .payload()
                .and_then(|(_, light)| read(light, deviations)),
            Err(error) => Err(*error),
        };
        Content {
            claims,
            record,
            // Nothing names the full certificate, nor revokes this one.
            identifiers: Vec::new(),
        }
    }
}

/// A full certificate beside it is none of an office. One without an end has
/// that which offices give.
fn limited(mut claims: Claims, deviations: &mut Vec<Deviation>) -> Result<Claims, ContentError> {
    if has_hcert(Item::read(&claims.bytes)) {
        return Err(NOT_LIGHT);
    }
    claims.ends_before = true;
    if let (TimeClaim::Absent, TimeClaim::At(issued_at)) = (claims.expires_at, claims.issued_at) {
        claims.expires_at = TimeClaim::At(issued_at.plus(LONGEST));
        deviations.push(Deviation::new(DeviationCode::ExpMissing, "exp"));
    }
    Ok(claims)
}

fn has_hcert(claims: Item<'_>) -> bool {
    let mut members = claims.as_map().into_iter().flat_map(|map| map.iter());
    members.any(|(name, _)| matches!(name, Item::Integer(HCERT)))
}

fn read(light: Item<'_>, deviations: &mut Vec<Deviation>) -> Result<Record, ContentError> {
    let Some(members) = light.as_map() else {
        return Err(NOT_LIGHT);
    };
    if ends::is_beside(light, &[]) {
        return Err(ContentError::Period);
    }
    let born = light.get("dob").and_then(Item::as_text);
    let is_named = light.get("nam").is_some_and(Item::is_map);
    if !is_named || born.is_none_or(str::is_empty) {
        return Err(NOT_LIGHT);
    }
    let is_known = |name: Item<'_>| name.as_text().is_some_and(|name| MEMBERS.contains(&name));
    if members.iter().any(|(name, _)| !is_known(name)) {
        deviations.push(Deviation::new(DeviationCode::MemberUnknown, ""));
    }
    let record = Record {
        holder: eu_dcc::holder(light),
        entries: Vec::new(),
        schema_version: eu_dcc::text(light, "ver").unwrap_or_default(),
        version_unread: eu_dcc::is_unread_version(light),
        payload: PayloadKind::Light,
    };
    if !record.names_holder() {
        deviations.push(Deviation::new(DeviationCode::HolderUnnamed, "nam"));
    }
    Ok(record)
}
