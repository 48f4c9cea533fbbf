//! The commands of `hcert`, as a user runs them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod conformance;
mod issue;
mod lint;
mod privacy;
mod published_network;
mod revocation;
mod rules;
mod trust;
mod value_sets;
mod verify;
mod verify_revocations;
