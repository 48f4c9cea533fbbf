//! The DDCC, under its keys and beside the claims (`src/payloads.rs`).

use hcert::record::PayloadKind;
use crate::payloads;

/// Checks one input.
pub fn run(data: &[u8]) {
    payloads::run(&[PayloadKind::DdccVaccination, PayloadKind::DdccTest], data);
}

