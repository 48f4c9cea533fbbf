//! Tells issuers where their codes depart from the specification.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::lint::{Linter, Severity};
use hcert::trust::Dsc;

use crate::{
    arguments, cli, input, lint_tool as lint, list_files, trust_files as trust, value_sets,
};
use cli::{complain, short_name};
use lint::Found;
use trust::{TrustOptions, complain_unmatched};

const PROGRAM: &str = "hcert lint";

const HELP: &str = "\
Tells issuers where their codes depart from the specification: the certificate,
its QR symbol, and the document signer certificate (DSC). Each finding has a
severity, the clause that it is about, the place, and how to fix it. Nothing of what
a certificate says is printed, so that reports can be kept. This is no
verification: see hcert verify.

Usage: hcert lint [--dsc FILE | --trust FILE… | --trust-key FILE…]
            [--value-sets DIR|FILE]… [--at TIME]
            [--fail-on LEVEL] [--json] INPUT…
       hcert lint --dsc FILE [--at TIME] [--fail-on LEVEL] [--json]

INPUT is a text (HC1:…), a file (a PNG, JPEG, GIF or WebP picture, or a text
with one code a line), or - for standard input.
A code given as a text is personal data: it is named by its place, argument 1.

  --dsc FILE       the certificate of the key that is to have signed the codes,
                   in DER or PEM; without INPUT it is looked at alone
  --trust FILE     a trust list in which the key is looked up by the codes' kid;
                   may be repeated
  --trust-key FILE certificates or public keys in which it is looked up, instead
                   or as well; may be repeated
  --anchor FILE    with --trust: certificate or public key of the signer
  --trust-env ENV  with --trust: prod, uat or dev, the environment of a list of
                   the WHO's network
  --value-sets DIR|FILE
                   judge codes by this value set (JSON with valueSetId), or by
                   all in that directory (*.json), where they are no older than
                   the built-in ones; may be repeated. The devices of rapid
                   tests are judged only by a set that is given
  --at TIME        judge times as of then (RFC 3339) instead of now
  --fail-on LEVEL  the least severity that gives exit status 1: error (default),
                   warning or note
  --json           print one JSON object a line for each code: input, and the
                   report as docs/json.md has it: errors, warnings, notes, facts,
                   findings [{severity, code, clause, at, message, help}]
  --help           print this

  error    breaks what the specification demands; some verifiers, or all of
           them, refuse it
  warning  departs from it, or from what it recommends; most verifiers read it
  note     worth knowing

Exit status: 0 no finding of that level, 1 one is, or a picture holds no QR code
that can be read, 2 wrong usage, or an input that can't be read.
";

type Error = Box<dyn std::error::Error>;

pub fn main() -> ExitCode {
    run().unwrap_or_else(|error| cli::failed(PROGRAM, &*error).into())
}

#[derive(Default)]
struct Options {
    trust: TrustOptions,
    dsc: Option<OsString>,
    value_sets: Vec<OsString>,
    at: Option<Timestamp>,
    fail_on: Option<Severity>,
    json: bool,
    inputs: Vec<OsString>,
}

impl Options {
    /// `None`: the help is asked for.
    fn parse() -> Result<Option<Self>, Error> {
        use lexopt::prelude::*;
        let mut options = Self::default();
        options.trust.option = "--trust ";
        let mut parser = arguments::parser();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("dsc") => options.dsc = Some(parser.value()?),
                Long("value-sets") => options.value_sets.push(parser.value()?),
                Long(name @ ("trust" | "trust-key" | "anchor" | "trust-env" | "gateway-role")) => {
                    let name = name.to_owned();
                    options.trust.take(&name, &mut parser)?;
                }
                Long("at") => {
                    let time = Timestamp::parse(&parser.value()?.string()?);
                    let message = "--at: not a time such as 2026-08-22T12:00:00Z";
                    options.at = Some(time.map_err(|_| usage(message))?);
                }
                Long("fail-on") => {
                    let name = parser.value()?.string()?;
                    let levels = [Severity::Error, Severity::Warning, Severity::Note];
                    let level = levels.into_iter().find(|level| level.name() == name);
                    let message = "--fail-on: error, warning or note";
                    options.fail_on = Some(level.ok_or_else(|| usage(message))?);
                }
                Long("json") => options.json = true,
                Value(input) => options.inputs.push(input),
                _ => return Err(argument.unexpected().into()),
            }
        }
        match (&options.dsc, options.trust.are_given()) {
            (Some(_), true) => Err(usage("--dsc goes with neither --trust nor --trust-key")),
            (None, _) if options.inputs.is_empty() => Err(usage("no INPUT is given")),
            _ => Ok(Some(options)),
        }
    }
}

fn usage(message: &'static str) -> Error {
    Box::new(lexopt::Error::from(message))
}

fn run() -> Result<ExitCode, Error> {
    let mut out = io::stdout().lock();
    let Some(options) = Options::parse()? else {
        out.write_all(HELP.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    let at = options.at.unwrap_or_else(|| SystemTime::now().into());
    let sets = value_sets::load(PROGRAM, &options.value_sets)?;
    let mut linter = Linter::new().at_time(at).with_value_sets(sets);
    let mut reports = Vec::new();
    if let Some(path) = &options.dsc {
        let label = path.to_string_lossy().into_owned();
        let read = std::fs::File::open(path).and_then(list_files::limited);
        let read = read.map_err(|e| format!("--dsc {label}: {e}"))?;
        let der = lint::der(&read).ok_or_else(|| format!("--dsc {label}: malformed PEM"))?;
        match Dsc::from_der(&der) {
            Ok(dsc) => linter = linter.with_dsc(dsc),
            Err(_) if options.inputs.is_empty() => {}
            Err(error) => return Err(format!("--dsc {label}: {error}").into()),
        }
        if options.inputs.is_empty() {
            reports.push((label, linter.certificate(&der)));
        }
    }
    if options.trust.are_given() {
        let (store, problems) = options.trust.load(None, at)?;
        complain_unmatched(PROGRAM, &problems);
        for problem in &problems.problems {
            complain(PROGRAM, &problem.to_string());
        }
        linter = linter.with_trust(store);
    }
    let fail_on = options.fail_on.unwrap_or(Severity::Error);
    let mut status = 0;
    let mut print = |input: &str, report| -> io::Result<u8> {
        let shown = match options.json {
            true => lint::json_line(input, &report),
            false => lint::in_words(input, &report),
        };
        out.write_all(shown.as_bytes())?;
        out.flush()?;
        let mut findings = report.findings().iter();
        Ok(findings.any(|f| f.severity() <= fail_on).into())
    };
    for (label, report) in reports {
        status = status.max(print(&label, report)?);
    }
    for job in options
        .inputs
        .iter()
        .flat_map(|argument| input::open(argument))
    {
        for found in lint::reports(&linter, job) {
            match found {
                Found::Report { input, report } => status = status.max(print(&input, *report)?),
                Found::Problem {
                    input,
                    message,
                    note,
                } => {
                    complain(PROGRAM, &format!("{}: {message}", short_name(&input)));
                    if !note {
                        status = cli::EXIT_UNREADABLE;
                    }
                }
            }
        }
    }
    Ok(status.into())
}
