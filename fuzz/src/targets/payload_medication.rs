//! The medication overview (`src/payloads.rs`).
#![no_main]

use hcert::record::PayloadKind;
use hcert_fuzz::payloads;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    payloads::run(&[PayloadKind::Medication], data);
});
