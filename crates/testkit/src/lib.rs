//! What the tests, fuzz targets, benches and vectors of `hcert` share:
//! fictitious issuers, certificates and trust lists, right or wrong in one
//! place, and the way to the published data and to the example programs.
//!
//! Nothing here is for production. Keys follow from labels, so everybody
//! knows them, and what can't be had panics.
#![forbid(unsafe_code)]

pub mod card;
pub mod fixtures;
pub mod lists;
pub mod payload;
#[cfg(feature = "pictures")]
pub mod pictures;
pub mod pki;
pub mod programs;
pub mod published;
pub mod raw;
pub mod text;
pub mod time;
pub mod vectors;
