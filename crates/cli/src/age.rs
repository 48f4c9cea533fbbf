//! Ages on the command line.

use std::time::Duration;

/// `90`, `90s`, `15m`, `36h` or `7d`.
pub fn parse(text: &str) -> Result<Duration, &'static str> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..) {
        Some("" | "s") => 1,
        Some("m") => 60,
        Some("h") => 3600,
        Some("d") => 86_400,
        _ => return Err("an age is a number with s, m, h or d: 7d"),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "an age is a whole number: 36h")?;
    let seconds = number.checked_mul(unit);
    seconds
        .map(Duration::from_secs)
        .ok_or("that age is beyond counting")
}
