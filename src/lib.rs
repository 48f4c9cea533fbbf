//! Offline-verifiable signed travel certificates.

pub mod crypto;
pub mod format;
mod limits;
pub mod record;
mod time;
pub mod trust;
pub mod verify;

pub use limits::Limits;
pub use time::{Date, PartialDate, TimeError, Timestamp};
