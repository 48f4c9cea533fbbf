//! The yellow card in its three generations (`src/payloads.rs`).
#![no_main]

use hcert::record::PayloadKind;
use hcert_fuzz::payloads;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    payloads::run(&[PayloadKind::YellowCard], data);
});
