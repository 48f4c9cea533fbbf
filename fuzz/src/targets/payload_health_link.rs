//! Health links, and the JSON in one (`src/payloads.rs`).
#![no_main]

use hcert::record::PayloadKind;
use hcert_fuzz::payloads;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    payloads::run(&[PayloadKind::HealthLink], data);
});
