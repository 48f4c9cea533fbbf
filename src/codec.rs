//! Notations: bytes to trees and back, one reader of each. Nothing here knows
//! what a certificate is.

pub mod cbor;
pub(crate) mod cbor_json;
pub(crate) mod der;
pub(crate) mod detcbor;
pub(crate) mod instant;
pub(crate) mod item;
pub(crate) mod json;
pub(crate) mod names;
pub(crate) mod protobuf;
pub(crate) mod text;
pub mod zlib;
