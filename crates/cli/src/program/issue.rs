//! Issues certificates: from JSON records and a key to texts and QR symbols.

use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use hcert::Timestamp;
use hcert::issue::{
    Compression, Departure, IssueError, Issued, Issuer, P256Signer, Signer, Validity,
};
use hcert::qr::{EcLevel, QrError, QrSymbol, SvgOptions};
use hcert::record::{Record, RecordError};
use hcert::trust::{Dsc, TrustStore};
use json::Line;
use lexopt::prelude::*;
use serde_json::json;

use crate::{arguments, bounded, demo, json};

const HELP: &str = "\
Issues travel certificates (HCERT, EU DCC form).

Usage:
  hcert issue --dsc FILE --key FILE [OPTIONS] RECORD.json|-
  hcert issue --dsc FILE --key FILE [OPTIONS] --batch RECORDS.ndjson|-
  hcert issue --demo DIR

RECORD.json holds one record, - reads it from standard input:
  {\"nam\": {\"fn\": …, \"gn\": …}, \"dob\": \"1998-02-26\", \"v\": [{…}]}
with v (vaccination), t (test) or r (recovery) after the DCC schema. The
standard names fnt and gnt are made from the names where they are missing.

What the specification forbids, what lies in the future and what contradicts
itself is refused. What it advises against and what is hardly true (a dose of
before 2020, a holder of more than 130 years, a code that no value set has) is
issued with a warning; --json has them as \"warnings\".

Options:
  --dsc FILE           document signer certificate, PEM or DER
  --key FILE           its P-256 private key, PKCS#8, PEM or DER
  --country CC         issuing country; default: that of the certificate
  --issued-at TIME     RFC 3339; default: now
  --expires-at TIME    RFC 3339
  --days N             days until it expires; default: 365
  --out FORM           text, svg, png, terminal or json; default: after the
                       ending of --output (.txt, .svg, .png, .json), or text
  --output FILE        write to FILE instead of standard output
  --level L|M|Q|H      error correction of the QR symbol; default: Q
  --fast               compress in a fraction of the time, to symbols that mostly
                       are a version larger; for large batches
  --batch              a record a line in, an object a line out:
                       {\"line\": N, \"text\": \"HC1:…\", \"warnings\"?: […]} or
                       {\"line\": N, \"error\": {\"code\": …, \"message\": …}}
  --json               the same as --out json; with --demo: lists the files
  --demo DIR           make a key, a certificate, a trust list and
                       certificates to play with, and write them into DIR
  -h, --help           this text

Exit status: 0 all issued, 1 some record was refused, 2 wrong usage, or a
file that cannot be read or written.
";

/// What ends the program.
enum Failure {
    /// Exit status 2.
    Usage(String),
    /// Exit status 1.
    Refused(String),
    /// Exit status 2 without a word: the reader of the output has gone away.
    Gone,
}

fn usage(message: impl Display) -> Failure {
    Failure::Usage(message.to_string())
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        usage(format!("{error}; see issue --help"))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text,
    Svg,
    Png,
    Terminal,
    Json,
}

impl Form {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "text" | "txt" => Self::Text,
            "svg" => Self::Svg,
            "png" => Self::Png,
            "terminal" => Self::Terminal,
            "json" => Self::Json,
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Options {
    dsc: Option<PathBuf>,
    key: Option<PathBuf>,
    country: Option<String>,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    days: Option<u16>,
    form: Option<Form>,
    output: Option<PathBuf>,
    level: EcLevel,
    fast: bool,
    batch: bool,
    demo: Option<PathBuf>,
    input: Option<PathBuf>,
}

pub fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(Failure::Refused(message)) => {
            eprintln!("hcert issue: {message}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("hcert issue: {message}");
            ExitCode::from(2)
        }
        Err(Failure::Gone) => ExitCode::from(2),
    }
}

fn run() -> Result<ExitCode, Failure> {
    let Some(options) = parse(arguments::parser())? else {
        return print(HELP.as_bytes()).map(|()| ExitCode::SUCCESS);
    };
    if let Some(directory) = &options.demo {
        return run_demo(directory, options.form == Some(Form::Json));
    }
    let issuer = issuer(&options)?;
    let validity = validity(&options);
    if options.batch {
        return run_batch(&options, &issuer, validity);
    }
    let form = form(&options)?;
    let text = String::from_utf8(read_input(options.input.as_deref())?)
        .map_err(|_| Failure::Refused("the record is not UTF-8".into()))?;
    let record = Record::from_json(text.trim_start_matches('\u{feff}'))
        .map_err(|e| Failure::Refused(record_hint(&e)))?;
    let issued = issuer
        .issue(&record, validity)
        .map_err(|e| Failure::Refused(issue_hint(&e)))?;
    let bytes = draw(&issued, form, &options, validity)?;
    match &options.output {
        Some(path) => std::fs::write(path, bytes).map_err(|e| at(path, e))?,
        None => print(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `None` if help was asked for.
fn parse(mut parser: lexopt::Parser) -> Result<Option<Options>, Failure> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("dsc") => options.dsc = Some(parser.value()?.into()),
            Long("key") => options.key = Some(parser.value()?.into()),
            Long("country") => {
                let country = parser.value()?.string()?;
                if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
                    return Err(usage(
                        "--country wants two capital letters (ISO 3166-1 alpha-2)",
                    ));
                }
                options.country = Some(country);
            }
            Long("issued-at") => options.issued_at = Some(time("--issued-at", &mut parser)?),
            Long("expires-at") => options.expires_at = Some(time("--expires-at", &mut parser)?),
            Long("days") => options.days = Some(parser.value()?.parse()?),
            Long("out") => {
                let name = parser.value()?.string()?;
                let form = Form::parse(&name);
                options.form = Some(form.ok_or_else(|| {
                    usage("--out wants one of text, svg, png, terminal and json")
                })?);
            }
            Long("json") => options.form = Some(Form::Json),
            Long("output") => options.output = Some(parser.value()?.into()),
            Long("fast") => options.fast = true,
            Long("level") => {
                options.level = match parser.value()?.string()?.as_str() {
                    "L" => EcLevel::L,
                    "M" => EcLevel::M,
                    "Q" => EcLevel::Q,
                    "H" => EcLevel::H,
                    _ => return Err(usage("--level wants one of L, M, Q and H")),
                };
            }
            Long("batch") => options.batch = true,
            Long("demo") => options.demo = Some(parser.value()?.into()),
            Value(path) if options.input.is_none() => options.input = Some(path.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.expires_at.is_some() && options.days.is_some() {
        return Err(usage("give one of --expires-at and --days"));
    }
    if options.demo.is_some() {
        let others = [&options.dsc, &options.key, &options.output, &options.input];
        if options.batch || others.iter().any(|other| other.is_some()) {
            return Err(usage("--demo DIR stands alone, or with --json"));
        }
        return Ok(Some(options));
    }
    if options.batch && !matches!(options.form, None | Some(Form::Json)) {
        return Err(usage("--batch writes NDJSON; leave --out away"));
    }
    if options.input.is_none() {
        let what = "no record; give a file, or - for standard input; see issue --help";
        return Err(usage(what));
    }
    Ok(Some(options))
}

fn time(option: &str, parser: &mut lexopt::Parser) -> Result<Timestamp, Failure> {
    let text = parser.value()?.string()?;
    Timestamp::parse(&text).map_err(|e| usage(format!("{option}: {e}")))
}

fn form(options: &Options) -> Result<Form, Failure> {
    let ending = options.output.as_deref().and_then(Path::extension);
    let form = match (options.form, ending) {
        (Some(form), _) => form,
        (None, None) => Form::Text,
        (None, Some(ending)) => {
            let form = Form::parse(&ending.to_string_lossy().to_ascii_lowercase());
            form.ok_or_else(|| {
                usage("--output ends in no form that is known here; name one with --out")
            })?
        }
    };
    if form == Form::Png && options.output.is_none() && io::stdout().is_terminal() {
        return Err(usage(
            "a PNG is no text for the terminal; give --output FILE",
        ));
    }
    Ok(form)
}

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Expires 365 days after its issue, if nothing else was asked for.
fn validity(options: &Options) -> Validity {
    let issued_at = options.issued_at.unwrap_or(SystemTime::now().into());
    let days = u32::from(options.days.unwrap_or(365));
    Validity {
        issued_at,
        expires_at: options.expires_at.unwrap_or(issued_at + DAY * days),
    }
}

fn issuer(options: &Options) -> Result<Issuer<P256Signer>, Failure> {
    let missing = |option, what| usage(format!("no {what}; give it with {option} FILE"));
    let path = options.dsc.as_deref();
    let path = path.ok_or_else(|| missing("--dsc", "document signer certificate"))?;
    let dsc = read_dsc(path)?;
    let path = options.key.as_deref();
    let path = path.ok_or_else(|| missing("--key", "private key"))?;
    let signer = read_key(path)?;
    // The issuer checks each signature; asking first tells the operator once,
    // before any record is read.
    let probe = b"the key belongs to the certificate";
    let fits = signer
        .sign(probe)
        .is_ok_and(|signature| dsc.public_key().verify(&[probe], &signature).is_ok());
    let subject = dsc.subject().to_owned();
    let issuer = Issuer::new(dsc, signer).map_err(usage)?;
    let issuer = issuer.with_compression(if options.fast {
        Compression::Fast
    } else {
        Compression::Smallest
    });
    if !fits {
        return Err(usage(format!(
            "{} is not the key of the certificate {subject}; give the key that belongs to it",
            path.display()
        )));
    }
    let issuer = match &options.country {
        Some(country) => issuer.with_country(country),
        None => issuer,
    };
    Ok(issuer)
}

fn read_dsc(path: &Path) -> Result<Dsc, Failure> {
    let bytes = bounded::read(path).map_err(|e| at(path, e))?;
    let mut builder = TrustStore::builder();
    builder
        .add_bytes(&path.display().to_string(), &bytes)
        .map_err(|e| at(path, e))?;
    let (store, report) = builder.build();
    let mut found = store.iter().filter_map(|key| key.certificate());
    match (found.next(), found.next()) {
        (Some(dsc), None) => Ok(dsc.clone()),
        (Some(_), Some(_)) => Err(at(
            path,
            "several certificates; give the document signer's alone",
        )),
        (None, _) => match report.problems.first() {
            Some(problem) => Err(usage(format!(
                "{problem}; give --dsc a certificate in PEM or DER"
            ))),
            None => Err(at(path, "no certificate; give one in PEM or DER")),
        },
    }
}

fn read_key(path: &Path) -> Result<P256Signer, Failure> {
    let bytes = bounded::read(path).map_err(|e| at(path, e))?;
    let read = match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains("-----BEGIN") => P256Signer::from_pkcs8_pem(text.trim()),
        _ => P256Signer::from_pkcs8_der(&bytes),
    };
    read.map_err(|e| {
        let hint = "openssl pkcs8 -topk8 -nocrypt converts other forms of a P-256 key";
        at(path, format!("{e}; {hint}"))
    })
}

fn read_input(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    match path {
        Some(path) if path != Path::new("-") => bounded::read(path).map_err(|e| at(path, e)),
        _ => {
            let read = bounded::read_from(io::stdin().lock());
            read.map_err(|e| usage(format!("standard input: {e}")))
        }
    }
}

fn at(path: &Path, what: impl Display) -> Failure {
    usage(format!("{}: {what}", path.display()))
}

fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(unwritten)
}

fn unwritten(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Gone,
        _ => usage(format!("the output: {error}")),
    }
}

fn draw(
    issued: &Issued,
    form: Form,
    options: &Options,
    validity: Validity,
) -> Result<Vec<u8>, Failure> {
    let symbol = QrSymbol::encode(issued.text(), options.level).map_err(|e| qr_hint(&e))?;
    let warning = symbol.warning();
    if let Some(warning) = warning {
        eprintln!("hcert issue: warning: {warning}");
    }
    for warning in issued.warnings() {
        eprintln!("hcert issue: warning: {warning}");
    }
    Ok(match form {
        Form::Text => format!("{}\n", issued.text()).into_bytes(),
        Form::Svg => symbol.to_svg(&SvgOptions::default()).into_bytes(),
        Form::Png => png(&symbol)?,
        Form::Terminal => symbol.to_terminal().into_bytes(),
        Form::Json => {
            let qr = json!({
                "version": symbol.version(),
                "level": symbol.level().to_string(),
                "modules": symbol.modules(),
                "warning": warning.map(|warning| warning.code()),
            });
            let line = Line::default()
                .with("text", issued.text())
                .with("kid", issued.kid().to_string())
                .with("issued_at", validity.issued_at.to_string())
                .with("expires_at", validity.expires_at.to_string())
                .with("qr", qr)
                .with("warnings", warnings(issued));
            line.end().into_bytes()
        }
    })
}

/// What is to be looked at in the record.
fn warnings(issued: &Issued) -> serde_json::Value {
    let of = |warning: &Departure| json!({"code": warning.code(), "at": warning.at(), "message": warning.to_string()});
    issued.warnings().iter().map(of).collect()
}

fn png(symbol: &QrSymbol) -> Result<Vec<u8>, Failure> {
    symbol.to_png(8).map_err(|e| qr_hint(&e))
}

fn qr_hint(error: &QrError) -> Failure {
    let hint = match error {
        QrError::TooLong { .. } => "; give a lower --level, or shorten the texts of the record",
        _ => "",
    };
    Failure::Refused(format!("{error}{hint}"))
}

fn issue_hint(error: &IssueError) -> String {
    let hint = match error {
        IssueError::Record(e) => return record_hint(e),
        IssueError::Country => return "the certificate names no country; give --country CC".into(),
        IssueError::Period { .. } => "give a later --expires-at",
        IssueError::ExpAfterDsc { .. } => "give an earlier --expires-at, or fewer --days",
        IssueError::IatBeforeDsc { .. } => "give a later --issued-at",
        IssueError::KeyUsage { .. } => "give the --dsc and --key for that kind",
        _ => return error.to_string(),
    };
    format!("{error}; {hint}")
}

fn record_hint(error: &RecordError) -> String {
    let hint = match error {
        // The standard names are nam.fnt and nam.gnt.
        RecordError::Name { at, .. } => format!(" ({at}t)"),
        _ => String::new(),
    };
    format!("the record was refused: {error}{hint}")
}

fn run_demo(directory: &Path, as_json: bool) -> Result<ExitCode, Failure> {
    let demo = demo::write(directory, SystemTime::now().into()).map_err(usage)?;
    if as_json {
        let files = demo.files.iter().map(|path| path.display().to_string());
        let line = Line::default()
            .with("kid", demo.kid.to_string())
            .with("files", files.collect::<Vec<_>>());
        print(line.end().as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = |name: &str| shell(&directory.join(name));
    // As it was called, so that the lines can be typed where this one was.
    let run = std::env::args_os().next().unwrap_or_else(|| "hcert".into());
    let run = shell(Path::new(&run));
    let (trust, dsc, key) = (path("trust.json"), path("dsc.pem"), path("key.pem"));
    print(
        format!(
            "\
Wrote {count} files into {directory}. The keys are fresh, the country XX does
not exist: for playing, not for production.

An authentic certificate, read from its picture:
  {run} verify --trust {trust} {vaccination}
A changed one, and one whose time is over:
  {run} verify --trust {trust} {tampered} {expired}
One of your own, after editing the record:
  {run} issue --dsc {dsc} --key {key} --out terminal {record}
",
            count = demo.files.len(),
            directory = directory.display(),
            vaccination = path("vaccination.png"),
            tampered = path("tampered.png"),
            expired = path("expired.png"),
            record = path("vaccination.json"),
        )
        .as_bytes(),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The path as a word of a POSIX shell.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Lines that are read before they are worked on, all cores at once.
/// More than any record has, in bytes.
const MAX_LINE: u64 = 1 << 20;

const CHUNK: usize = 32;

fn run_batch(
    options: &Options,
    issuer: &Issuer<P256Signer>,
    validity: Validity,
) -> Result<ExitCode, Failure> {
    let path = options.input.as_deref().filter(|p| *p != Path::new("-"));
    let mut input: Box<dyn BufRead> = match path {
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|e| at(path, e))?;
            Box::new(io::BufReader::new(file))
        }
        None => Box::new(io::stdin().lock()),
    };
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let output_path = options.output.as_deref().and_then(real);
    if output_path.is_some() && path.and_then(real) == output_path {
        return Err(usage("--batch and --output name the same file"));
    }
    let mut output: Box<dyn Write> = match &options.output {
        Some(path) => Box::new(std::fs::File::create(path).map_err(|e| at(path, e))?),
        None => Box::new(io::stdout().lock()),
    };
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let progress = io::stderr().is_terminal();
    let (mut number, mut done, mut refused) = (0_u64, 0_u64, 0_u64);
    loop {
        let mut lines = Vec::new();
        while lines.len() < CHUNK {
            let mut line = Vec::new();
            let read = (&mut input).take(MAX_LINE + 1).read_until(b'\n', &mut line);
            if read.map_err(|e| usage(format!("the records: {e}")))? == 0 {
                break;
            }
            number += 1;
            if line.len() as u64 > MAX_LINE {
                let why = format!("record {number} has more than {MAX_LINE} bytes");
                return Err(usage(why));
            }
            if !line.trim_ascii().is_empty() {
                lines.push((number, line));
            }
        }
        if lines.is_empty() {
            break;
        }
        let share = lines.len().div_ceil(cores);
        let results: Vec<Answer> = std::thread::scope(|scope| {
            let work = lines.chunks(share).map(|lines| {
                scope.spawn(move || {
                    let each = |(number, line): &(u64, Vec<u8>)| {
                        answer(*number, line, issuer, validity, options.level)
                    };
                    lines.iter().map(each).collect::<Vec<_>>()
                })
            });
            // All are spawned before the first is waited for.
            let work: Vec<_> = work.collect();
            work.into_iter()
                .map(|w| w.join())
                .collect::<Result<Vec<_>, _>>()
        })
        .map_err(|_| usage("a thread of the batch failed"))?
        .into_iter()
        .flatten()
        .collect();
        for answer in results {
            done += 1;
            refused += u64::from(answer.refused);
            for warning in answer.warnings {
                eprintln!("hcert issue: {warning}");
            }
            let written = writeln!(output, "{}", answer.json);
            written.map_err(unwritten)?;
        }
        if progress {
            eprint!("\r{done} lines");
        }
    }
    output.flush().map_err(unwritten)?;
    if progress {
        eprint!("\r");
    }
    eprintln!("hcert issue: {} issued, {refused} refused", done - refused);
    Ok(ExitCode::from(u8::from(refused > 0)))
}

struct Answer {
    json: String,
    refused: bool,
    warnings: Vec<String>,
}

fn answer(
    number: u64,
    line: &[u8],
    issuer: &Issuer<P256Signer>,
    validity: Validity,
    level: EcLevel,
) -> Answer {
    let issue = || {
        let text = std::str::from_utf8(line).map_err(|_| ("not-utf8", "not UTF-8".to_owned()))?;
        let record = Record::from_json(text.trim_start_matches('\u{feff}'))
            .map_err(|e| (e.code(), e.to_string()))?;
        let issued = issuer.issue(&record, validity);
        let issued = issued.map_err(|e| (e.code(), issue_hint(&e)))?;
        let symbol = QrSymbol::encode(issued.text(), level);
        let symbol = symbol.map_err(|e| (e.code(), e.to_string()))?;
        Ok((issued, symbol.warning()))
    };
    match issue() {
        Ok((issued, of_symbol)) => {
            let line = Line::default()
                .with("line", number)
                .with("text", issued.text());
            let line = match issued.warnings() {
                [] => line,
                _ => line.with("warnings", warnings(&issued)),
            };
            let of_symbol = of_symbol.iter().map(ToString::to_string);
            let all = of_symbol.chain(issued.warnings().iter().map(ToString::to_string));
            Answer {
                json: line.object(),
                refused: false,
                warnings: all
                    .map(|warning| format!("line {number}: warning: {warning}"))
                    .collect(),
            }
        }
        Err((code, message)) => Answer {
            json: Line::default()
                .with("line", number)
                .with("error", json::why(code, message))
                .object(),
            refused: true,
            warnings: Vec::new(),
        },
    }
}
