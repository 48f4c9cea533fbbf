//! Offline-verifiable signed travel certificates.

pub mod crypto;
mod time;

pub use time::{Date, PartialDate, TimeError, Timestamp};
