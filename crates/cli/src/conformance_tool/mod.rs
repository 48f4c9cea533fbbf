//! Published test suites, run against this crate.

pub mod business_rules;
pub mod certlogic;
pub mod dgc_testdata;
mod files;
pub mod known;
mod meaning;
pub mod vector;
