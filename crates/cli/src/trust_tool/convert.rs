//! `trust convert`: lists into a snapshot that an app embeds.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::issue::P256Signer;
use hcert::trust::ProblemKind;

use super::{Error, PROGRAM};
use crate::cli;
use crate::trust_files::{TrustOptions, complain_unmatched, counted};

pub const HELP: &str = "\
Writes the keys of trust lists as one snapshot: what verification needs of
them, with the lists' own names and dates (docs/snapshot.md).

Usage: hcert trust convert [OPTION]… --out SNAPSHOT FILE…

  --out FILE          where to write the snapshot
  --key FILE          sign it with this P-256 private key (PKCS #8 PEM); whoever
                      loads it pins the public half. Without it the snapshot is
                      worth what its transport is worth
  --trust-key FILE    a certificate, a public key (DER, PEM) or a JWK or JWK set
                      that you vouch for in person: nothing checks where it is
                      from; may be repeated
  --anchor FILE       who signs the lists: a certificate or a public key; may be
                      repeated. Of one form of list several are one signer, who
                      changes the key
  --trust-env ENV     prod (if nothing is said), uat or dev: the environment of
                      the WHO's network. With --anchor it has to be said.
                      With either a list without a signature is refused
  --gateway-role ROLE:SHA256
                      what a certificate of the EU gateway is that doesn't show
                      it by itself: upload or csca; may be repeated
  --list NAME         of the WHO's lists take this one alone, and miss it if it
                      isn't there (did:web:tng-cdn.who.int:v2:trustlist); may be
                      repeated
  --participant CODE  of the WHO's lists keep this participant's keys alone (ESP
                      or DCC:ESP); may be repeated
  --deny FILE         leave out the keys that this deny list names; may be
                      repeated
  --dangerously-trust-unsigned
                      don't look at the signatures of the lists, and take lists
                      that have none
  --at TIME           when the snapshot is made (RFC 3339); by default now
  --quiet             don't name what is wrong with entries
  --help              print this

Exit status: 0 written, 2 not.
";

#[derive(Default)]
struct Options {
    trust: TrustOptions,
    out: Option<OsString>,
    key: Option<OsString>,
    at: Option<Timestamp>,
    quiet: bool,
}

pub fn run(parser: lexopt::Parser) -> Result<u8, Error> {
    let Some(options) = options(parser)? else {
        io::stdout().write_all(HELP.as_bytes())?;
        return Ok(0);
    };
    let out = options.out.ok_or(lexopt::Error::from(
        "say where to write the snapshot: --out FILE",
    ))?;
    let signer = options.key.as_deref().map(read_key).transpose()?;
    let at = options.at.unwrap_or_else(|| SystemTime::now().into());
    let (store, report) = options.trust.load(None, at)?;
    complain_unmatched(PROGRAM, &report);
    if !options.quiet {
        for problem in &report.problems {
            cli::complain(PROGRAM, &problem.to_string());
        }
    }
    // A snapshot holds no denials, so these keys must not be in it.
    let kept = store.select(|key| key.denials().is_empty());
    let denied = store.len() - kept.len();
    if kept.is_empty() {
        return Err(match store.is_empty() {
            true => options.trust.no_key(),
            false => "all keys are denied: none is left to write".into(),
        }
        .into());
    }
    let snapshot = match &signer {
        Some(signer) => kept.to_signed_snapshot(at, signer)?,
        None => kept.to_snapshot(at)?,
    };
    fs::write(&out, &snapshot).map_err(|e| format!("{}: {e}", out.to_string_lossy()))?;
    let signed = match signer {
        Some(_) => "signed",
        None => "not signed (--key)",
    };
    let published = report
        .problems
        .iter()
        .filter(|p| matches!(p.problem, ProblemKind::PublishedKey { .. }))
        .count();
    let mut line = format!(
        "{}: {} of {}, {} bytes, made at {at}, {signed}; {} left out",
        out.to_string_lossy(),
        counted(kept.len(), "key", "keys"),
        counted(kept.lists().len(), "list", "lists"),
        snapshot.len(),
        counted(report.rejected, "entry", "entries"),
    );
    if denied > 0 {
        line += &format!(", {} denied", counted(denied, "key", "keys"));
    }
    if published > 0 {
        line += &format!(" ({published} of them because their private keys are published)");
    }
    cli::complain(PROGRAM, &line);
    Ok(0)
}

pub fn read_key(path: &std::ffi::OsStr) -> Result<P256Signer, Error> {
    let label = path.to_string_lossy();
    let pem = fs::read_to_string(path).map_err(|e| format!("--key {label}: {e}"))?;
    Ok(P256Signer::from_pkcs8_pem(&pem).map_err(|e| format!("--key {label}: {e}"))?)
}

fn options(mut parser: lexopt::Parser) -> Result<Option<Options>, Error> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("out") => options.out = Some(parser.value()?),
            Long("key") => options.key = Some(parser.value()?),
            Long(
                name @ ("anchor"
                | "trust-key"
                | "gateway-role"
                | "trust-env"
                | "list"
                | "participant"
                | "deny"
                | "dangerously-trust-unsigned"),
            ) => {
                let name = name.to_owned();
                options.trust.take(&name, &mut parser)?;
            }
            Long("at") => options.at = Some(parser.value()?.parse_with(Timestamp::parse)?),
            Long("quiet") => options.quiet = true,
            Value(file) => options.trust.files.push(file),
            _ => return Err(super::unexpected(argument).into()),
        }
    }
    match options.trust.are_given() {
        false => Err(lexopt::Error::from("no FILE is given").into()),
        true => Ok(Some(options)),
    }
}
