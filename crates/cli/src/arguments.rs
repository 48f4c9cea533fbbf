//! The words of the command line, of which no program prints one that may be a
//! certificate: it gets a veil in its place.
//!
//! Whatever fails later, in whatever part, can print no more than the veil.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::OnceLock;

use hcert::format::hc1::text::BASE64_START;

/// Longer words are no names that somebody types; the shortest certificates
/// have twice as many characters.
const MAX_SHOWN: usize = 80;

/// A file that is to be written may have a longer name, if it says what it is.
const MAX_FILE_NAME: usize = 200;
const ENDINGS: [&str; 24] = [
    "bin", "cbor", "cer", "cose", "crt", "der", "gif", "jpeg", "jpg", "json", "jsonl", "jwk",
    "jws", "key", "log", "lst", "ndjson", "pem", "png", "pub", "set", "svg", "toml", "txt",
];

/// What stands in codes, wherever it stands, in small letters: of this
/// project's, and of others that a traveller carries.
const MARKS: [&str; 8] = [
    "lt1:", "shc:/", "shlink:/", "nzcp:/", "\"nam\"", "\"dob\"", "\"fn\"", "{\"",
];

/// What is behind a veil, as it was given.
static VEILED: OnceLock<Vec<(OsString, OsString)>> = OnceLock::new();

/// The first word, which says what is to be done; in a veil if it needs one.
pub fn command() -> Option<String> {
    let word = std::env::args_os().nth(1)?;
    let veil = veil(1, word, &mut Vec::new());
    Some(veil.to_string_lossy().into_owned())
}

/// The arguments of the command, in veils where they need one.
pub fn parser() -> lexopt::Parser {
    let mut veiled = Vec::new();
    let mut given = std::env::args_os();
    let program = given.next().unwrap_or_default();
    let mut arguments = vec![program];
    given.next();
    for (n, argument) in given.enumerate() {
        arguments.push(veil(n + 1, argument, &mut veiled));
    }
    // The command line is read once.
    let _ = VEILED.set(veiled);
    lexopt::Parser::from_iter(arguments)
}

/// The text behind a veil.
pub fn unveiled(argument: &OsStr) -> Option<&'static OsStr> {
    let veiled = VEILED.get()?;
    let (_, text) = veiled.iter().find(|(veil, _)| veil == argument)?;
    Some(text)
}

fn veil(number: usize, argument: OsString, veiled: &mut Vec<(OsString, OsString)>) -> OsString {
    let lossy = argument.to_string_lossy();
    // `--trust=FILE`: the option stays, so that its value is read as one.
    let (option, value) = match lossy.split_once('=') {
        Some((option, value)) if is_option(option) => (format!("{option}="), value),
        _ if is_option(&lossy) => return argument,
        _ => (String::new(), &*lossy),
    };
    if may_be_shown(value) {
        return argument;
    }
    let count = value.chars().count();
    let characters = if count == 1 {
        "character"
    } else {
        "characters"
    };
    // With the stroke no file is made of that name, where one is to be written.
    let veil = format!("argument {number} (a code/text of {count} {characters})");
    let behind = match option.is_empty() {
        true => argument.clone(),
        false => value.into(),
    };
    veiled.push((veil.clone().into(), behind));
    (option + &veil).into()
}

fn is_option(text: &str) -> bool {
    let name = text.strip_prefix("--").unwrap_or_default();
    let plain = |b: u8| b.is_ascii_lowercase() || b == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(plain)
}

/// Names of files, numbers, words: what a user has to see in a message. That
/// there is a file of that name, or a directory for it, makes it one.
fn may_be_shown(text: &str) -> bool {
    let path = Path::new(text);
    if path.symlink_metadata().is_ok() {
        return true;
    }
    // A digest, with or without a word in front (`csca:…`), is no code.
    let digest = text.rsplit(':').next().unwrap_or_default();
    if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        return text.len() <= 80;
    }
    let small = text.to_lowercase();
    let start = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    if MARKS.iter().any(|mark| small.contains(mark))
        || has_prefix(&small)
        || start.starts_with(BASE64_START)
    {
        return false;
    }
    let is_short = |text: &str, max: usize| text.chars().count() <= max && !is_encoded(text);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let max_name = match ENDINGS.contains(&&*ending) {
        true => MAX_FILE_NAME,
        false => MAX_SHOWN,
    };
    // A bare name is one in the current directory.
    let parent = path
        .parent()
        .filter(|parent| parent.as_os_str().is_empty() || parent.is_dir());
    is_short(text, MAX_SHOWN) || (parent.is_some() && is_short(&name, max_name))
}

/// `hc1:`, or that of another version of the container.
fn has_prefix(small: &str) -> bool {
    small.match_indices("hc").any(|(at, mark)| {
        let mut rest = small.get(at + mark.len()..).unwrap_or_default().chars();
        rest.next().is_some_and(char::is_alphanumeric) && rest.next() == Some(':')
    })
}

/// A part of a code, without its beginning: a long stretch of nothing but the
/// characters of base45, as capitals.
fn is_encoded(text: &str) -> bool {
    const SIGNS: &str = " $%*+-./:";
    let base45 = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || SIGNS.contains(c);
    text.split(|c| !base45(c)).any(|part| part.len() >= 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_codes_are_not() {
        for name in [
            "certificate.txt",
            "/no/such/file",
            "./a b.png",
            "-",
            "2021-06-01T12:00:00Z",
            "did:web:tng-cdn.who.int:v2:trustlist",
            "/tmp",
            "/tmp/codes of 2021/none.png",
            &format!("{}.png", "certificate-of-erika-".repeat(8)),
        ] {
            assert!(may_be_shown(name), "{name}");
        }
        let code = "6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BGJLFX3R3VHXK";
        for text in [
            format!("HC1:{code}"),
            format!(" HC1:{code}"),
            format!("\u{feff}HC1:{code}"),
            format!("hc1:{}", code.to_lowercase()),
            format!("Hc1:{code}"),
            format!("QR-Code:HC1:{code}"),
            "hc1:6BF".into(),
            "HC2:6BF".into(),
            " hcZ:6bf".into(),
            code.into(),
            format!("/{code}"),
            format!("/tmp/{code}"),
            format!("/tmp/{}", code.to_lowercase().repeat(3)),
            code.to_lowercase().repeat(2),
            "shc:/5676290952432060346029243740446031222959532654603460292540772804336028".into(),
            "NZCP:/1/2KCEVIQEIVVWK".into(),
            "LT1:6BF".into(),
            r#"{"nam":{"fn":"Muster"}}"#.into(),
            r#"{ "dob": "1964-08-12" }"#.into(),
            "2D3ShEOhASag".into(),
            "\u{200b}2D3ShEOhASag".into(),
            "https://example.com/#shlink:/eyJ".into(),
        ] {
            assert!(!may_be_shown(&text), "{text}");
        }
    }

    #[test]
    fn an_option_keeps_its_name() {
        let mut veiled = Vec::new();
        let mut veil = |text: &str| veil(3, text.into(), &mut veiled);
        assert_eq!(
            veil("--trust=HC1:6BF"),
            "--trust=argument 3 (a code/text of 7 characters)"
        );
        assert_eq!(veil("--trust=list.json"), "--trust=list.json");
        assert_eq!(veil("--json"), "--json");
        assert_eq!(
            veil("--HC1:6BF"),
            "argument 3 (a code/text of 9 characters)"
        );
        assert_eq!(
            veil("-xHC1:6BF"),
            "argument 3 (a code/text of 9 characters)"
        );
        let behind: Vec<_> = veiled.iter().map(|(_, text)| text.to_str()).collect();
        assert_eq!(
            behind,
            [Some("HC1:6BF"), Some("--HC1:6BF"), Some("-xHC1:6BF")]
        );
    }
}
