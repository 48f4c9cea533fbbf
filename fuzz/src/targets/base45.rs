//! Prefix and base45, against RFC 9285 written down once more.

use hcert::Limits;
use hcert::format::hc1::text::{decode, encode};

/// RFC 9285 §4.3, for text that has only characters of the alphabet.
fn reference(body: &str) -> Option<Vec<u8>> {
    let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let values: Option<Vec<_>> = body.chars().map(|c| alphabet.find(c)).collect();
    let mut bytes = Vec::new();
    for group in values?.chunks(3) {
        match *group {
            [c, d, e] => bytes.extend(u16::try_from(c + 45 * d + 2025 * e).ok()?.to_be_bytes()),
            [c, d] => bytes.push(u8::try_from(c + 45 * d).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let limits = Limits::default();
    let decode = |text: &str| decode(text, &limits, &mut Vec::new());
    assert_eq!(
        decode(&encode(data)).is_ok(),
        encode(data).len() <= limits.max_text
    );
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for text in [text.to_owned(), format!("HC1:{text}")] {
        let body = text
            .trim_start_matches(['\r', '\n', '\t', ' '])
            .trim_end_matches(['\r', '\n', '\t'])
            .strip_prefix("HC1:")
            .filter(|_| text.len() <= limits.max_text);
        let decoded = decode(&text).ok();
        assert_eq!(decoded, body.and_then(reference));
        if let Some(decoded) = decoded {
            // One certificate has one spelling.
            assert_eq!(encode(&decoded).strip_prefix("HC1:"), body);
        }
    }
}

