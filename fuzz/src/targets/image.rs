//! Pictures: the decoders of the `image` crate, and the QR detector.

use std::sync::Once;

use hcert::qr::{ScanLimits, scan};
use crate::conceals;

/// `scan` catches panics of rxing and answers with an error, so they are no
/// findings; those of all other code are.
fn let_rxing_unwind() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map(|place| place.file())
            .unwrap_or_default();
        if !place.contains("/rxing") {
            abort(panic);
        }
    }));
}

/// Checks one input.
pub fn run(data: &[u8]) {
    static INIT: Once = Once::new();
    INIT.call_once(let_rxing_unwind);
    let mut limits = ScanLimits::default();
    limits.max_pixels = 10_000;
    match scan(data, &limits) {
        Ok(codes) => {
            assert!(codes.len() <= limits.max_codes);
            conceals(&codes);
            for code in &codes {
                assert!((1..=40).contains(&code.version()));
                let _ = (code.text(), code.position());
            }
        }
        Err(error) => {
            let _ = (error.to_string(), error.code());
        }
    }
}

