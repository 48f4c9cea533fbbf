//! Lists of revoked certificates as lines of text.

use std::io::BufRead;

use hcert::revocation::SetBuilder;

use super::{Error, from_hex, kind};

/// Whether a file that begins so has such lines, right or wrong: the first that
/// is neither empty nor a comment is no JSON, no PEM, and no line of base64.
pub fn are_lines(start: &[u8]) -> bool {
    let lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    // A file without any may be a list that never came.
    let Some(line) = lines.next() else {
        return false;
    };
    let is_text = line
        .iter()
        .all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace());
    let is_other = matches!(line, [b'[' | b'{' | b'-', ..]);
    let has_words = line.iter().any(u8::is_ascii_whitespace);
    let is_kid = line == b"*" || line.iter().all(u8::is_ascii_hexdigit);
    is_text && !is_other && (has_words || is_kid)
}

/// Reads lines of `KID KIND HASH`, and gives how many entries there are.
/// `each` is called after each entry.
pub fn read(
    mut lines: impl BufRead,
    label: &str,
    builder: &mut SetBuilder,
    mut each: impl FnMut(u64),
) -> Result<u64, Error> {
    let (mut line, mut kid, mut hash) = (String::new(), Vec::new(), Vec::new());
    let (mut number, mut entries) = (0u64, 0);
    loop {
        line.clear();
        number += 1;
        // The text of a line is about a person; its number is not.
        let wrong = |what: &str| format!("{label}, line {number}: {what}");
        if (lines.read_line(&mut line)).map_err(|e| wrong(&e.to_string()))? == 0 {
            return Ok(entries);
        }
        let mut words = line.split_whitespace();
        let (first, rest) = (words.next(), [words.next(), words.next(), words.next()]);
        let Some(name) = first.filter(|name| !name.starts_with('#')) else {
            continue;
        };
        let any = name == "*";
        if !any {
            from_hex(name, &mut kid).ok_or(wrong("the kid is neither hex nor *"))?;
        }
        let added = match rest {
            [None, ..] if any => Ok(builder.covers_any_kid()),
            [None, ..] => builder.covers(&kid),
            [Some(kind_name), Some(hash_hex), None] => {
                let kind = kind(kind_name).ok_or(wrong(
                    "the kind is not signature, uci, country-code-uci or its byte in hex",
                ))?;
                from_hex(hash_hex, &mut hash).ok_or(wrong("the hash is not hex"))?;
                entries += 1;
                match any {
                    true => builder.add_for_any_kid(kind, &hash),
                    false => builder.add(&kid, kind, &hash),
                }
            }
            _ => return Err(wrong("not KID, nor KID KIND HASH").into()),
        };
        added.map_err(|e| wrong(&e.to_string()))?;
        each(entries);
    }
}
