//! Why a record can't be made.

use super::payload::PayloadKind;
use super::translit::TransliterationError;
use super::unreadable::ContentError;
use super::yellow_card::Generation;
use crate::deviation::Deviation;
use alloc::string::String;

/// Why a record can't be made. The errors name members, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A member departs from the DCC schema.
    #[error("{0}")]
    Schema(Deviation),
    /// Neither a country (ISO 3166-1 alpha-2) nor an organisation of at most
    /// ten capital letters, such as `UNHCR`.
    #[error(
        "{at}: neither a country code of two capital letters (ISO 3166-1 alpha-2) nor an organisation of up to ten"
    )]
    Country {
        /// The member.
        at: String,
    },
    /// A period ends before it begins.
    #[error("{at}: ends before it begins")]
    Period {
        /// The entry.
        at: String,
    },
    /// A name has no known transliteration.
    #[error("{at}: {source}")]
    Name {
        /// `nam.fn` or `nam.gn`.
        at: &'static str,
        /// Why.
        source: TransliterationError,
    },
    /// The JSON is malformed, or has a duplicate member.
    #[error("not a record in JSON: {problem} at line {line}, column {column}")]
    Json {
        /// The kind of problem.
        problem: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A member that the schema does not know; it would be lost.
    #[error("{at}: the schema knows no such member")]
    UnknownMember {
        /// The member; `?` for a name that is not of small letters.
        at: String,
    },
    /// A yellow card names a product that is not in the catalogue.
    #[error("vx.vp: the catalogue has no such product")]
    UnknownProduct,
    /// A yellow card of an earlier form, of which none are issued any more.
    #[error("a yellow card of the form of {}, where that of 2026 is issued", .found.code())]
    Generation {
        /// Its form.
        found: Generation,
    },
    /// The record states what its payload has no place for.
    #[error("a {kind} has no place for all that the record states", kind = .0.code())]
    Lost(PayloadKind),
    /// The value is not shaped as its payload at all.
    #[error(transparent)]
    Content(#[from] ContentError),
}

impl RecordError {
    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Schema(deviation) => deviation.code(),
            Self::Country { .. } => "record-country",
            Self::Period { .. } => "record-period",
            Self::Name { source, .. } => source.code(),
            Self::Json { .. } => "record-json",
            Self::UnknownMember { .. } => "record-unknown-member",
            Self::UnknownProduct => "product-unknown",
            Self::Generation { .. } => "card-generation",
            Self::Lost(_) => "record-lost",
            Self::Content(e) => e.code(),
        }
    }
}
