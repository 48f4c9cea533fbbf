//! INPUT: a text, a file with one code a line, a picture, or standard input.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::iter;
use std::path::Path;

use hcert::format::hc1::text;

use crate::arguments;
use crate::cli::is_code;

/// A line longer than this is no code, and no reason to fill the memory.
const MAX_LINE: u64 = 1024 * 1024;

type Reader = BufReader<Box<dyn Read + Send>>;

/// What an input holds.
pub enum Found {
    /// The text of a code.
    Code { input: String, text: String },
    /// The input, or the rest of it, can't be read; or, as a `note`,
    /// something in it was passed over.
    Problem {
        input: String,
        message: String,
        note: bool,
    },
}

/// A piece of work: a picture is not looked at before [`Job::codes`].
pub enum Job {
    Found(Found),
    Picture { input: String, reader: Reader },
}

impl Job {
    pub fn codes(self) -> Vec<Found> {
        match self {
            Self::Found(found) => vec![found],
            Self::Picture { input, reader } => picture(input, reader),
        }
    }
}

/// Opens an input. The lines of a text are read as the iterator goes.
pub fn open(argument: &OsStr) -> Box<dyn Iterator<Item = Job> + Send> {
    let input = argument.to_string_lossy().into_owned();
    let veiled = arguments::unveiled(argument);
    let text = veiled.unwrap_or(argument).to_string_lossy();
    let path = Path::new(argument);
    let source: Box<dyn Read + Send> = if argument == "-" {
        Box::new(io::stdin())
    } else if is_code(&text) && !path.exists() {
        let text = text.into_owned();
        return one(Found::Code { input, text });
    } else if veiled.is_some() {
        return one(unreadable(input, no_code(&text)));
    } else {
        match File::open(path) {
            Ok(file) => Box::new(file),
            Err(error) => {
                let hint = match error.kind() {
                    io::ErrorKind::NotFound => "; a code given as a text begins with \"HC1:\"",
                    _ => "",
                };
                return one(unreadable(input, format!("{error}{hint}")));
            }
        }
    };
    // Each line of a stream is answered when it is there, and whatever it is,
    // the next one counts again: a scanner or a camera writes them.
    let is_stream = argument == "-";
    match peek(source) {
        Ok((start, reader)) if is_picture(&start) => {
            Box::new(iter::once(Job::Picture { input, reader }))
        }
        Ok((_, reader)) => {
            let texts = lines(reader, is_stream);
            Box::new(numbered(input, texts, is_stream).map(Job::Found))
        }
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            one(unreadable(input, "is a directory; name the files in it"))
        }
        Err(error) => one(unreadable(input, error)),
    }
}

/// What a text is that is neither a code nor the name of a file.
fn no_code(text: &str) -> &'static str {
    let small = text.to_lowercase();
    let prefix = text::PREFIX.to_lowercase();
    if is_code(text.trim_start()) {
        "a code with white space in front: take it off"
    } else if small.trim_start().starts_with(&prefix) {
        "a code in other letters: it begins with \"HC1:\", in capitals"
    } else if small.contains(&prefix) {
        "a code with something in front: it begins with \"HC1:\""
    } else {
        "there is no file of this name; a code given as a text begins with \"HC1:\""
    }
}

fn unreadable(input: String, message: impl ToString) -> Found {
    Found::Problem {
        input,
        message: message.to_string(),
        note: false,
    }
}

fn one(found: Found) -> Box<dyn Iterator<Item = Job> + Send> {
    Box::new(iter::once(Job::Found(found)))
}

/// The first bytes, and a reader that still gives all of them. No picture has an
/// end of line among them, and a stream that begins with one may wait for us.
fn peek(mut source: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Reader)> {
    let mut start = Vec::new();
    while start.len() < 4 && !start.ends_with(b"\n") {
        if (&mut source).take(1).read_to_end(&mut start)? == 0 {
            break;
        }
    }
    let whole = io::Cursor::new(start.clone()).chain(source);
    Ok((start, BufReader::new(Box::new(whole))))
}

fn is_picture(start: &[u8]) -> bool {
    let magic: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"];
    magic.iter().any(|magic| start.starts_with(magic))
}

/// The lines that are not blank. What is no text ends a file, and not a stream.
fn lines(
    mut reader: Reader,
    is_stream: bool,
) -> impl Iterator<Item = Result<String, String>> + Send {
    let mut number = 0u64;
    let mut ended = false;
    iter::from_fn(move || {
        while !ended {
            number += 1;
            let line = match next_line(&mut reader) {
                Ok(Some(line)) => text_of(line, number),
                Ok(None) => {
                    ended = true;
                    return None;
                }
                Err(error) => {
                    ended = true;
                    Err(error.to_string())
                }
            };
            match line {
                Ok(line) if line.trim().is_empty() => {}
                line => {
                    ended |= line.is_err() && !is_stream;
                    return Some(line);
                }
            }
        }
        None
    })
}

/// The bytes up to the next end of a line, of which no more are kept than can
/// be a code.
fn next_line(reader: &mut Reader) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = (&mut *reader)
        .take(MAX_LINE + 1)
        .read_until(b'\n', &mut line)?;
    if is_too_long(&line) {
        reader.skip_until(b'\n')?;
    }
    Ok((read > 0).then_some(line))
}

fn is_too_long(line: &[u8]) -> bool {
    line.len() as u64 > MAX_LINE && !line.ends_with(b"\n")
}

fn text_of(line: Vec<u8>, number: u64) -> Result<String, String> {
    if is_too_long(&line) {
        return Err(format!(
            "line {number} is longer than {MAX_LINE} bytes; a file holds one code a line"
        ));
    }
    let line = String::from_utf8(line).map_err(|_| {
        format!(
            "line {number} is not UTF-8; a file holds one code a line in UTF-8 (not UTF-16), \
             or is a PNG, JPEG, GIF or WebP picture"
        )
    })?;
    // A blank at the end belongs to the code.
    let line = line.trim_end_matches(['\n', '\r']);
    Ok(line.trim_start_matches('\u{feff}').to_owned())
}

/// Names the codes: by the input alone if it holds one, else `INPUT#N`. Whether
/// it holds one, a stream does not wait to see.
fn numbered(
    input: String,
    texts: impl Iterator<Item = Result<String, String>> + Send,
    is_stream: bool,
) -> impl Iterator<Item = Found> + Send {
    let mut texts = texts.peekable();
    let mut count = 0usize;
    iter::from_fn(move || match texts.next() {
        Some(Ok(text)) => {
            count += 1;
            let alone = count == 1 && !is_stream && !matches!(texts.peek(), Some(Ok(_)));
            let input = match alone {
                true => input.clone(),
                false => format!("{input}#{count}"),
            };
            Some(Found::Code { input, text })
        }
        Some(Err(error)) => {
            count += 1;
            Some(unreadable(input.clone(), error))
        }
        None if count == 0 => {
            count += 1;
            Some(unreadable(input.clone(), "holds no code"))
        }
        None => None,
    })
}

/// Of large pictures one at a time, so that what they need doesn't grow with
/// the cores.
#[cfg(feature = "scan")]
fn scan_in_turn(
    bytes: &[u8],
    limits: &hcert::qr::ScanLimits,
) -> Result<Vec<hcert::qr::ScannedCode>, hcert::qr::ScanError> {
    use std::sync::{Mutex, PoisonError};

    static TURN: Mutex<()> = Mutex::new(());
    let mut small = limits.clone();
    small.max_pixels = 1_000_000;
    match hcert::qr::scan(bytes, &small) {
        // Before anything of it is decoded.
        Err(hcert::qr::ScanError::TooManyPixels { .. }) => {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            hcert::qr::scan(bytes, limits)
        }
        result => result,
    }
}

#[cfg(feature = "scan")]
fn picture(input: String, reader: Reader) -> Vec<Found> {
    use hcert::qr::ScanLimits;
    let limits = ScanLimits::default();
    let mut bytes = Vec::new();
    // A byte more than the limit, so that `scan` sees that it is passed.
    let read = reader
        .take(limits.max_bytes as u64 + 1)
        .read_to_end(&mut bytes);
    let scanned = match read {
        Ok(_) => scan_in_turn(&bytes, &limits).map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let codes = match scanned {
        Ok(codes) if codes.is_empty() => Err("no QR code is found in the picture".to_owned()),
        other => other,
    };
    let codes = match codes {
        Ok(codes) => codes,
        Err(error) => return vec![unreadable(input, error)],
    };
    let all_read = codes.len() < limits.max_codes;
    // Paper carries other codes, too: links, tickets. They say nothing about
    // the certificate beside them.
    let (health, other): (Vec<_>, Vec<_>) = codes
        .into_iter()
        .partition(|code| code.text().starts_with("HC") || is_code(code.text()));
    let (codes, passed_over) = match health.len() {
        0 => (other, 0),
        _ => (health, other.len()),
    };
    let texts = codes.iter().map(|code| Ok(code.text().to_owned()));
    let mut found: Vec<_> =
        numbered(input.clone(), texts.collect::<Vec<_>>().into_iter(), false).collect();
    if !all_read {
        found.push(Found::Problem {
            input: input.clone(),
            message: format!(
                "has {} QR codes or more; no others were read",
                limits.max_codes
            ),
            note: false,
        });
    }
    if passed_over > 0 {
        found.push(Found::Problem {
            input,
            message: format!(
                "passed over {passed_over} other QR code(s), which are no certificates"
            ),
            note: true,
        });
    }
    found
}

#[cfg(not(feature = "scan"))]
fn picture(input: String, _: Reader) -> Vec<Found> {
    let message = "is a picture, and this program was built without its feature scan, which \
                   reads them";
    vec![unreadable(input, message)]
}
