//! Claims, and why a certificate can't be read, as JSON.

use super::{Claims, ContentError, DecodeError, Deviation, TimeClaim};
use crate::codec::cbor::CborError;
use crate::codec::json::write::{Object, Why, WriteJson, object};
use crate::codec::zlib::ZlibError;
use crate::envelope::cose::CoseError;
use crate::format::hc1::text::TextError;
use alloc::string::String;

impl WriteJson for Deviation {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("code", self.code());
            object.put("at", self.at());
            object.put("message", self.kind().words());
        });
    }
}

impl WriteJson for TimeClaim {
    /// What is there and is no time is never taken for none.
    fn write_json(&self, out: &mut String) {
        match self {
            Self::Absent => out.push_str("null"),
            Self::At(time) => match time.date() {
                Some(_) => time.write_json(out),
                None => "unusable".write_json(out),
            },
            Self::Unusable => "unusable".write_json(out),
        }
    }
}

impl Claims {
    pub(crate) fn write_members(&self, object: &mut Object<'_>) {
        object.put("issuer", &self.issuer());
        object.put("issued_at", &self.issued_at());
        object.put("not_before", &self.not_before());
        object.put("expires_at", &self.expires_at());
        let kind = self.payload_kind().ok();
        object.put("payload", &kind.map(|kind| kind.code()));
    }
}

impl Why for DecodeError {
    fn code(&self) -> &'static str {
        self.code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::Text(error) => match error {
                TextError::TooLong { found, limit } => {
                    values.put("found", found);
                    values.put("max", limit);
                }
                TextError::PrefixVersion(version) => values.text("version", version),
                TextError::Character { at } => values.put("at", at),
                TextError::Prefix | TextError::Group => {}
            },
            Self::Zlib(error) => match error {
                ZlibError::TooLarge { limit } => values.put("max", limit),
                ZlibError::Trailing { count } => values.put("count", count),
                ZlibError::Header
                | ZlibError::Dictionary
                | ZlibError::Damaged
                | ZlibError::CutOff => {}
            },
            Self::Cose(error) => match error {
                CoseError::Cbor(error) => of_cbor(error, values),
                CoseError::Tag(tag) => values.put("tag", tag),
                CoseError::HeaderType { name } => values.put("name", *name),
                CoseError::Structure(_)
                | CoseError::Claims
                | CoseError::ContentType
                | CoseError::Critical => {}
            },
        }
    }
}

fn of_cbor(error: &CborError, values: &mut Object<'_>) {
    match error {
        CborError::CutOff { at }
        | CborError::Malformed { at }
        | CborError::DuplicateKey { at }
        | CborError::KeyType { at } => values.put("at", at),
        CborError::TooDeep { limit } | CborError::TooMany { limit } => values.put("max", limit),
        CborError::Trailing { count } => values.put("count", count),
    }
}

impl Why for ContentError {
    fn code(&self) -> &'static str {
        (*self).code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::Cbor(error) => of_cbor(error, values),
            Self::ClaimType { name } => values.put("name", *name),
            Self::SeveralPayloads { first, second } => {
                values.list("payloads", [first.code(), second.code()]);
            }
            Self::NotPayload(kind) | Self::Empty(kind) | Self::SeveralRecords(kind) => {
                values.put("payload", kind.code());
            }
            Self::UnknownGroup(group) => values.text("group", group),
            Self::NotClaims
            | Self::NoHcert
            | Self::ClaimTwice
            | Self::UnknownPayload
            | Self::MemberTwice
            | Self::Period
            | Self::HealthLink(_)
            | Self::NotDcc
            | Self::NoEntry
            | Self::NotGroup
            | Self::NotEntry
            | Self::NoDose
            | Self::SeveralDoses
            | Self::TwoDates => {}
        }
    }
}
