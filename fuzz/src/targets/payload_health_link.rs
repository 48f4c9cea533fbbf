//! Health links, and the JSON in one (`src/payloads.rs`).

use hcert::record::PayloadKind;
use crate::payloads;

/// Checks one input.
pub fn run(data: &[u8]) {
    payloads::run(&[PayloadKind::HealthLink], data);
}

