//! `trust sign`: bytes into a signed document.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::trust::SignedDocument;

use super::convert::read_key;
use super::{Error, PROGRAM};
use crate::{cli, list_files};

pub const HELP: &str = "\
Signs rules, value sets, a policy or a revocation list, so that whoever loads
them knows whose they are and how old (docs/signed-documents.md).

Usage: hcert trust sign --purpose NAME --key FILE --out FILE [OPTION]… FILE

  --purpose NAME  what it is for, which is signed as well: rules, revocation, or
                  another name of a-z, 0-9 and -
  --key FILE      the P-256 private key (PKCS #8 PEM); whoever loads the
                  document pins the public half
  --out FILE      where to write the signed document
  --at TIME       when it is made (RFC 3339); by default now
  --expires TIME  until when it counts (RFC 3339); by default without end
  --help          print this

FILE may be - for standard input. `trust verify --purpose NAME` checks what
comes of it.

Exit status: 0 written, 2 not.
";

pub fn run(mut parser: lexopt::Parser) -> Result<u8, Error> {
    use lexopt::prelude::*;
    let (mut purpose, mut key, mut out) = (None, None, None);
    let (mut at, mut expires) = (None, None);
    let mut file: Option<OsString> = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => {
                io::stdout().write_all(HELP.as_bytes())?;
                return Ok(0);
            }
            Long("purpose") => purpose = Some(parser.value()?.string()?),
            Long("key") => key = Some(parser.value()?),
            Long("out") => out = Some(parser.value()?),
            Long("at") => at = Some(parser.value()?.parse_with(Timestamp::parse)?),
            Long("expires") => expires = Some(parser.value()?.parse_with(Timestamp::parse)?),
            Value(path) if file.is_none() => file = Some(path),
            Value(_) => return Err(lexopt::Error::from("one FILE is signed at a time").into()),
            _ => return Err(super::unexpected(argument).into()),
        }
    }
    let missing = |what: &str| lexopt::Error::from(what.to_owned());
    let file = file.ok_or_else(|| missing("no FILE is given"))?;
    let purpose = purpose.ok_or_else(|| missing("say what it is for: --purpose NAME"))?;
    let key = key.ok_or_else(|| missing("say who signs: --key FILE"))?;
    let out = out.ok_or_else(|| missing("say where to write it: --out FILE"))?;
    let label = file.to_string_lossy();
    let content = list_files::content(&file).map_err(|e| format!("{label}: {e}"))?;
    let at = at.unwrap_or_else(|| SystemTime::now().into());
    let document = SignedDocument::sign(&purpose, &content, at, expires, &read_key(&key)?)?;
    fs::write(&out, &document).map_err(|e| format!("{}: {e}", out.to_string_lossy()))?;
    let line = format!(
        "{}: {} bytes signed as {purpose}, made at {at}",
        out.to_string_lossy(),
        content.len()
    );
    cli::complain(PROGRAM, &line);
    Ok(0)
}
