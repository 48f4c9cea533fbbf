//! The yellow card in its three generations (`src/payloads.rs`).

use hcert::record::PayloadKind;
use crate::payloads;

/// Checks one input.
pub fn run(data: &[u8]) {
    payloads::run(&[PayloadKind::YellowCard], data);
}

