//! Is it authentic? Signed by a key of the trust list, in time, not revoked,
//! and the key allowed for this kind of record.
//!
//! [`Verifier::verify`] goes through the [steps](Step) in order and gives a
//! [`Verdict`]. Up to the signature each step gates the next one; after it
//! all the others run, so that one look shows everything that is wrong.

#[cfg(feature = "std")]
mod batch;
mod domains;
mod freshness;
mod json;
mod outcome;
mod policy;
mod reason;
mod report;
mod revocation;
mod verifier;

pub use domains::TrustDomains;
pub use outcome::Outcome;
pub use policy::{Policy, RevocationPolicy};
pub use reason::{Reason, SkipReason};
pub use report::{Rejected, Step, StepResult, Verdict, Verified};
pub use verifier::Verifier;
