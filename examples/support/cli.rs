//! What the programs share: how they fail, and how they print what others wrote.

use std::error::Error;
use std::io::{self, Write as _};

use hcert::format::hc1::text;
use serde_json::Value;

/// Wrong usage, or an input that can't be read.
pub const EXIT_UNREADABLE: u8 = 2;

/// Says why the program can't go on, and gives its exit status. A reader of
/// our output that has gone away (`| head`) needs no message.
pub fn failed(program: &str, error: &(dyn Error + 'static)) -> u8 {
    let gone = error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
    if !gone {
        complain(program, &error.to_string());
        if error.is::<lexopt::Error>() {
            complain(program, "--help shows what it takes");
        }
    }
    EXIT_UNREADABLE
}

/// One message on stderr.
pub fn complain(program: &str, message: &str) {
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "{program}: {}", printable(message));
}

/// Text of unknown origin, fit for a terminal: what would move the cursor or
/// turn the direction of writing is escaped.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether an input is a code itself, by how it begins.
pub fn is_code(input: &str) -> bool {
    input.starts_with(text::PREFIX) || input.starts_with(text::BASE64_START)
}

/// How an input is named to people: a code is long, and personal data.
pub fn short_name(input: &str) -> String {
    match input.char_indices().nth(24) {
        Some((end, _)) if is_code(input) => printable(input.get(..end).unwrap_or_default()) + "…",
        _ => printable(input),
    }
}

/// A JSON object on one line, its members in the given order.
pub fn object(members: &[(&str, Value)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(*name)))
        .collect();
    format!("{{{}}}", members.join(","))
}
