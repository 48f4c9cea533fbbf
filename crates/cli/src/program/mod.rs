//! The commands.

pub mod conformance;
pub mod inspect;
pub mod issue;
pub mod journey;
pub mod lint;
pub mod revocation;
pub mod trust;
pub mod verify;
