//! Whether an authentic certificate is accepted: the rules of a place, which
//! are data like the trust lists.
//!
//! [`certlogic`] is the language that the EU's business rules are written in;
//! a [`Recognition`] policy is written by hand.
//! Whatever asks gets an [`Acceptance`].

mod acceptance;
mod arrival;
pub mod certlogic;
mod country;
mod json;
mod period;
mod problem;
mod read;
mod recognition;
mod rule;
mod set;
mod subject;
mod version;
mod windows;

pub use acceptance::{
    Acceptance, AffectedValue, Decision, OpenReason, RuleOutcome, RuleResult, Texts,
};
pub use arrival::Arrival;
pub use period::Period;
pub use problem::{RuleFault, RuleProblem, RuleProblemKind, RuleSetError};
pub use recognition::{IssuerFacts, Recognition, RecognitionError};
pub use rule::{CertificateType, Rule, RuleKind};
pub use set::{RuleLimits, RuleSet, RuleSetBuilder};
pub use subject::{Subject, SubjectError};
pub use version::Version;
