//! Canonical JSON (RFC 8785) of a JWK, as the content of an N-Quads literal.
//!
//! Texts, arrays and objects alone. RFC 8785 writes a number as the nearest
//! double, so several numbers share one canonical form and their difference
//! would be unsigned; no JWK has a number (RFC 7517 §4, RFC 7518 §6), and one
//! that has is refused.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::GdhcnError;
use super::json::Node;

/// Appends the literal without its quotes: each `"` and `\` of the JSON gets
/// a backslash (RDF 1.1 N-Quads, STRING_LITERAL_QUOTE).
pub(super) fn write_literal(out: &mut String, value: &Node<'_>) -> Result<(), GdhcnError> {
    match value {
        Node::Text(text) => write_text(out, text)?,
        Node::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                out.push(if n == 0 { '[' } else { ',' });
                write_literal(out, item)?;
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Node::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            let mut last: Option<&Cow<'_, str>> = None;
            for (name, value) in sorted {
                if last == Some(name) {
                    return Err(GdhcnError::RepeatedMember {
                        within: "publicKeyJwk",
                    });
                }
                out.push(if last.is_none() { '{' } else { ',' });
                last = Some(name);
                write_text(out, name)?;
                out.push(':');
                write_literal(out, value)?;
            }
            out.push_str(if members.is_empty() { "{}" } else { "}" });
        }
        Node::Other => {
            return Err(GdhcnError::Member {
                name: "publicKeyJwk",
                expected: "an object of texts",
            });
        }
    }
    Ok(())
}

fn write_text(out: &mut String, text: &str) -> Result<(), GdhcnError> {
    out.push_str("\\\"");
    let special = |b: u8| (b < 0x20) | (b == b'"') | (b == b'\\') | (b == 0x7f);
    // Looking at all of them is faster than stopping at the first.
    if !text.bytes().fold(false, |any, b| any | special(b)) {
        out.push_str(text);
    } else {
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\\\\\""),
                '\\' => out.push_str("\\\\\\\\"),
                '\u{8}' => out.push_str("\\\\b"),
                '\t' => out.push_str("\\\\t"),
                '\n' => out.push_str("\\\\n"),
                '\u{c}' => out.push_str("\\\\f"),
                '\r' => out.push_str("\\\\r"),
                // Writing to a String cannot fail.
                c if c < ' ' => drop(write!(out, "\\\\u{:04x}", u32::from(c))),
                // RDFC-1.0 escapes it, URDNA2015 before it didn't.
                '\u{7f}' => {
                    return Err(GdhcnError::Member {
                        name: "publicKeyJwk",
                        expected: "free of the character U+007F",
                    });
                }
                c => out.push(c),
            }
        }
    }
    out.push_str("\\\"");
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;

    fn canonical(json: &str) -> Result<String, GdhcnError> {
        let mut out = String::new();
        write_literal(&mut out, &serde_json::from_str(json).unwrap())?;
        // Undoes the escapes of N-Quads.
        Ok(serde_json::from_str(&format!("\"{out}\"")).unwrap())
    }

    #[test]
    fn members_are_sorted_by_utf16_and_texts_escaped_as_rfc_8785_says() {
        // The names of RFC 8785 §3.2.3.
        let json = r#"{ "\u20ac": "1", "\r": "2", "\ufb33": "3", "1": "4",
            "\ud83d\ude00": "5", "\u0080": "6", "\u00f6": "7" }"#;
        assert_eq!(
            canonical(json).unwrap(),
            "{\"\\r\":\"2\",\"1\":\"4\",\"\u{80}\":\"6\",\"ö\":\"7\",\"€\":\"1\",\"😀\":\"5\",\"\u{fb33}\":\"3\"}"
        );
        // The text of RFC 8785 §3.2.2.2.
        let json = r#"["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", {}, []]"#;
        assert_eq!(
            canonical(json).unwrap(),
            r#"["€$\u000f\nA'B\"\\\\\"/",{},[]]"#
        );
    }

    #[test]
    fn what_would_be_ambiguous_is_refused() {
        for json in ["1", "[null]", r#"{"a":true}"#, r#""\u007f""#] {
            assert!(matches!(canonical(json), Err(GdhcnError::Member { .. })));
        }
        for json in [r#"{"a":"1","a":"1"}"#, r#"[{"\u0061":"1","a":"2"}]"#] {
            assert!(matches!(
                canonical(json),
                Err(GdhcnError::RepeatedMember { .. })
            ));
        }
    }
}
