//! The commands of the program `revocation`, and what they share.

mod build;
mod check;
mod diff;
mod identify;
mod input;
mod inspect;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write as _};

use hcert::revocation::{IdentifierKind, RevocationSet, SetFormError};
use hcert::trust::Anchor;
use serde_json::{Value, json};

use crate::commands::hex;
use crate::revocation_file;

pub const PROGRAM: &str = "hcert revocation";

pub type Error = Box<dyn std::error::Error>;
pub type Set = RevocationSet<Vec<u8>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Build,
    Identify,
    Inspect,
    Check,
    Diff,
}

impl Command {
    pub fn from_name(name: &str) -> Result<Self, lexopt::Error> {
        Ok(match name {
            "build" => Self::Build,
            "identify" => Self::Identify,
            "inspect" => Self::Inspect,
            "check" => Self::Check,
            "diff" => Self::Diff,
            _ => return Err("COMMAND is build, identify, inspect, check or diff".into()),
        })
    }
}

/// Runs a command with the rest of the arguments, and gives the exit status.
pub fn run(command: Command, parser: lexopt::Parser) -> Result<u8, Error> {
    type Run = fn(&Options) -> Result<u8, Error>;
    let (help, read): (_, Run) = match command {
        Command::Build => return build::run(parser),
        Command::Identify => return identify::run(parser),
        Command::Inspect => (inspect::HELP, inspect::run),
        Command::Check => (check::HELP, check::run),
        Command::Diff => (diff::HELP, diff::run),
    };
    match options(parser)? {
        Some(options) => read(&options),
        None => {
            io::stdout().write_all(help.as_bytes())?;
            Ok(0)
        }
    }
}

/// Of the commands that read sets.
#[derive(Default)]
pub struct Options {
    anchors: Vec<Anchor>,
    json: bool,
    values: Vec<OsString>,
}

fn options(mut parser: lexopt::Parser) -> Result<Option<Options>, Error> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("anchor") => {
                let path = parser.value()?;
                let label = path.to_string_lossy();
                let bytes = revocation_file::read("--anchor", &path)?;
                let anchor = Anchor::from_bytes(&bytes);
                (options.anchors).push(anchor.map_err(|e| format!("--anchor {label}: {e}"))?);
            }
            Long("json") => options.json = true,
            Value(value) => options.values.push(value),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Some(options))
}

impl Options {
    /// Whether the signature is looked at is up to the user: without an anchor
    /// a set is shown as it is.
    fn open(&self, path: &OsStr) -> Result<Result<Set, SetFormError>, Error> {
        let bytes = fs::File::open(path).and_then(|file| {
            revocation_file::check_length(&file)?;
            revocation_file::read_from(file)
        });
        let bytes = bytes.map_err(|e| format!("{}: {e}", path.to_string_lossy()))?;
        Ok(match self.anchors.is_empty() {
            true => Set::open_unverified(bytes),
            false => Set::open(bytes, &self.anchors),
        })
    }

    /// The same, where a set that is refused is the end.
    fn open_or_fail(&self, path: &OsStr) -> Result<Set, Error> {
        let label = path.to_string_lossy();
        let set = self.open(path)?;
        let set = set.map_err(|e| format!("{label}: {e} [{}]", e.code()))?;
        if set.signed_by().is_none() {
            crate::cli::complain(
                PROGRAM,
                &format!("{label}: signature not checked (--anchor)"),
            );
        }
        Ok(set)
    }
}

/// What a set says of itself, for machines.
fn facts(set: &Set) -> Vec<(&'static str, Value)> {
    let time = |time: Option<hcert::Timestamp>| json!(time.map(|t| t.to_string()));
    let sources = set.sources();
    let sources = sources.map(|s| json!({"identity": s.identity, "dated": time(s.dated)}));
    let tables = set.tables().map(|(kind, length, entries)| {
        json!({"kind": kind_name(kind), "hash_bytes": length, "entries": entries})
    });
    vec![
        ("made_at", time(Some(set.made_at()))),
        ("expires_at", time(set.expires_at())),
        ("signature_checked", json!(set.signed_by().is_some())),
        ("entries", json!(set.len())),
        ("kids", json!(set.kids().count())),
        ("any_kid", json!(set.covers_any_kid())),
        ("tables", tables.collect()),
        ("exact", json!(set.is_exact())),
        ("false_positive_rate", json!(set.false_positive_rate())),
        ("bytes", json!(set.bytes())),
        ("content_id", json!(hex(&set.content_id()))),
        ("sources", sources.collect()),
    ]
}

fn kind_name(byte: u8) -> String {
    match IdentifierKind::from_type_byte(byte) {
        Some(kind) => kind.code().into(),
        None => format!("{byte:02x}"),
    }
}

/// A kind by its code, the gateway's name, or its type byte in hex.
fn kind(name: &str) -> Option<IdentifierKind> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "");
    let mut kinds = IdentifierKind::ALL.into_iter();
    kinds.find(|kind| {
        plain(kind.code()) == plain(name) || format!("{:02x}", kind.type_byte()) == name
    })
}

/// Hex without separators, in small or capital letters.
fn from_hex(text: &str, out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    let digit = |c: u8| char::from(c).to_digit(16);
    let (pairs, []) = text.as_bytes().as_chunks() else {
        return None;
    };
    for [high, low] in pairs {
        out.push((digit(*high)? << 4 | digit(*low)?) as u8);
    }
    Some(())
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Output that is written at once: a reader that goes away is an error, and
/// nobody's fault.
fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
