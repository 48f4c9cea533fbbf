//! Offline-verifiable signed travel certificates.

pub mod crypto;
pub mod format;
pub mod issue;
mod limits;
pub mod qr;
pub mod record;
mod time;
pub mod trust;
pub mod verify;

pub use limits::Limits;
pub use time::{Date, PartialDate, TimeError, Timestamp};
