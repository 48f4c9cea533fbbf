//! The DDCC, under its keys and beside the claims (`src/payloads.rs`).
#![no_main]

use hcert::record::PayloadKind;
use hcert_fuzz::payloads;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    payloads::run(&[PayloadKind::DdccVaccination, PayloadKind::DdccTest], data);
});
