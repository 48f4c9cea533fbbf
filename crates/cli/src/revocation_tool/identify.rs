//! `revocation identify`: what lists name a certificate by.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::SystemTime;

use hcert::revocation::{Identifier, IdentifierKind};
use hcert::verify::Verifier;

use super::{Error, PROGRAM, kind, print};
use crate::cli;
use crate::commands::hex;
use crate::input::{self, Found};
use crate::trust_files::TrustOptions;

pub const HELP: &str = "\
Prints what revocation lists name a certificate by, as lines KID KIND HASH, which
revocation build takes: whoever opens a set of them finds the certificate revoked.

Usage: hcert revocation identify --trust FILE… [OPTION]… INPUT…

  --trust FILE  who signed the certificate, with --anchor, --trust-env and the
                other options of verify. One that none of them signed is not named:
                anybody could have chosen its identifiers
  --kind KIND   signature (this certificate alone), uci or country-code-uci (also
                what was issued anew under the same UVCI); may be repeated. All
                if nothing is said
  --quiet       don't name what is wrong with entries of the trust lists
  --help        print this

INPUT is what verify takes. Each line is a hash of 32 bytes, and names a person to
whoever has the certificate.

Exit status: 0 all were named, 1 some were not, 2 wrong usage, or an input that
can't be read.
";

#[derive(Default)]
struct Options {
    trust: TrustOptions,
    kinds: Vec<IdentifierKind>,
    quiet: bool,
    inputs: Vec<OsString>,
}

pub fn run(parser: lexopt::Parser) -> Result<u8, Error> {
    let Some(options) = options(parser)? else {
        io::stdout().write_all(HELP.as_bytes())?;
        return Ok(0);
    };
    let now = SystemTime::now().into();
    let verifier = Verifier::new(options.trust.store(PROGRAM, options.quiet, None)?);
    let mut status = 0;
    let inputs = options.inputs.iter().flat_map(|input| input::open(input));
    for found in inputs.flat_map(input::Job::codes) {
        match found {
            // Also one that has expired: lists hold it until then, and longer.
            Found::Code { input, text } => match verifier.verify(&text, now) {
                verdict if verdict.identifiers().is_empty() => {
                    let why = verdict.reason().map(|why| format!(": {why}"));
                    let why = why.unwrap_or_default();
                    let input = cli::short_name(&input);
                    cli::complain(PROGRAM, &format!("{input}: not named{why}"));
                    status = status.max(1);
                }
                verdict => {
                    let kid = verdict.signer().map(|signer| signer.kid().as_bytes());
                    let kid = hex(kid.unwrap_or_default());
                    let lines = lines(&kid, verdict.identifiers(), &options.kinds);
                    if lines.is_empty() {
                        let input = cli::short_name(&input);
                        let why = "it has no identifier of this --kind; each has a signature";
                        cli::complain(PROGRAM, &format!("{input}: not named: {why}"));
                        status = status.max(1);
                    }
                    print(&lines)?;
                }
            },
            Found::Problem {
                input,
                message,
                note,
            } => {
                let input = cli::short_name(&input);
                cli::complain(PROGRAM, &format!("{input}: {message}"));
                status = status.max(if note { 0 } else { 2 });
            }
        }
    }
    Ok(status)
}

fn lines(kid: &str, identifiers: &[Identifier], kinds: &[IdentifierKind]) -> String {
    let mut out = String::new();
    let asked = |id: &&Identifier| kinds.is_empty() || kinds.contains(&id.kind());
    for id in identifiers.iter().filter(asked) {
        let _ = writeln!(out, "{kid} {} {}", id.kind(), hex(id.hash()));
    }
    out
}

fn options(mut parser: lexopt::Parser) -> Result<Option<Options>, Error> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    options.trust.option = "--trust ";
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("kind") => {
                let name = parser.value()?.string()?;
                let kind = kind(&name).ok_or("--kind is signature, uci or country-code-uci")?;
                options.kinds.push(kind);
            }
            Long("quiet") => options.quiet = true,
            Long(name) => {
                let name = name.to_owned();
                if !options.trust.take(&name, &mut parser)? {
                    return Err(lexopt::Error::UnexpectedOption(format!("--{name}")).into());
                }
            }
            Value(input) => options.inputs.push(input),
            _ => return Err(argument.unexpected().into()),
        }
    }
    match options.inputs.is_empty() {
        true => Err(lexopt::Error::from("no INPUT is given").into()),
        false => Ok(Some(options)),
    }
}
