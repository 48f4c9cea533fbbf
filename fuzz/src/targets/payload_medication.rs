//! The medication overview (`src/payloads.rs`).

use hcert::record::PayloadKind;
use crate::payloads;

/// Checks one input.
pub fn run(data: &[u8]) {
    payloads::run(&[PayloadKind::Medication], data);
}

