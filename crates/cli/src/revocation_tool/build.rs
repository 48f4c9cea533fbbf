//! `revocation build`: lists into a set that an app embeds.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use hcert::Timestamp;
use hcert::issue::P256Signer;
use hcert::revocation::{
    Precision, RevocationSet, RevocationSource as _, SetBuilder, SetOptions, Stage,
};
use hcert::trust::TrustStore;

use super::{Error, PROGRAM, grouped, input};
use crate::cli;
use crate::revocation_file::{self, Editions, ItalianFiles, RevocationFile};
use crate::trust_files::TrustOptions;

pub const HELP: &str = "\
Makes a revocation set out of lists of revoked certificates
(docs/revocation-set.md).

Usage: hcert revocation build [OPTION]… --out SET FILE…

  --out SET           where to write the set
  --key FILE          sign it with this P-256 private key (PKCS #8 PEM); whoever
                      opens it pins the public half. Without it the set is worth
                      what its transport is worth
  --exact             hold the hashes as they are: no false positives, 16 bytes
                      an entry
  --false-positive-rate RATE
                      at most so often a certificate is taken for a revoked one
                      (2^-32 if nothing is said; 1e-6)
  --revocation-anchor FILE
                      who signs the FILEs: a certificate or a public key; may be
                      repeated. Then no FILE is taken that is not signed. One
                      list for each signer: put several batches of one into an
                      array
  --lines FILE        lines of text (below) that you vouch for yourself; may be
                      repeated. With --revocation-anchor lines are taken so alone
  --all-batches       the gateway's batches in the FILEs are all there are for the
                      keys that they name, so that the set speaks of these keys
  --trust FILE        the signers' keys, with --anchor, --trust-env and the other
                      options of verify. Hashes for all keys of a country, and
                      Italy's, are found under every kid; the set speaks of those
                      keys of the country that are in FILE
  --expires TIME      until when the set counts (RFC 3339), not before --at
  --at TIME           when it is made (RFC 3339); by default now
  --quiet             don't say how far it is
  --help              print this

FILE is a list as verify takes it with --revocations (the chunks of Italy's list
in any order), or, without --revocation-anchor, has lines KID KIND HASH: the
signer's kid in hex, or * where the list names no signer; signature, uci or
country-code-uci; 4 to 32 bytes of the SHA-256 in hex. A line KID says that the
set speaks of that signer, even if it has no entry; a line * that it speaks of all
signers. Lines that are empty or begin with # are passed over. - is standard
input, with such lines. They count as of when the set is made; lists have dates of
their own, or that of their file, and the set is as old as the oldest of them.

Exit status: 0 written, 2 not.
";

struct Options {
    set: SetOptions,
    out: Option<OsString>,
    key: Option<OsString>,
    at: Option<Timestamp>,
    quiet: bool,
    files: Vec<OsString>,
    /// Lines that the user vouches for.
    lines: Vec<OsString>,
    anchors: Vec<OsString>,
    all_batches: bool,
    trust: TrustOptions,
}

pub fn run(parser: lexopt::Parser) -> Result<u8, Error> {
    let Some(options) = options(parser)? else {
        io::stdout().write_all(HELP.as_bytes())?;
        return Ok(0);
    };
    let out = options
        .out
        .ok_or(lexopt::Error::from("say where to write the set: --out SET"))?;
    let signer = options.key.as_deref().map(read_key).transpose()?;
    let at = options.at.unwrap_or_else(|| SystemTime::now().into());
    let mut said = Said::new(options.quiet);
    let anchors = revocation_file::anchors(&options.anchors)?;
    let trust = match !options.trust.are_given() {
        true => TrustStore::default(),
        false => options.trust.store(PROGRAM, options.quiet, options.at)?,
    };
    let mut state = options.trust.read_state()?;
    let mut editions = Editions::new(&mut state);
    let expires_at = options.set.expires_at;
    if let Some(ends) = expires_at.filter(|ends| *ends < at) {
        // Before hours of work.
        let why = format!("--expires {ends} is before the set is made, {at}");
        return Err(lexopt::Error::from(why).into());
    }
    let mut builder = SetBuilder::new(options.set);
    let mut italian = ItalianFiles::default();
    let vouched = options.lines.iter().map(|path| (path, true));
    let given = options.files.iter().map(|path| (path, false));
    for (path, is_vouched) in vouched.chain(given) {
        let label = path.to_string_lossy();
        let wrong = |error: &dyn std::fmt::Display| format!("{label}: {error}");
        let name = Path::new(path).file_name().unwrap_or(path);
        let name = name.to_string_lossy();
        let source: Box<dyn Read> = match path.to_str() {
            Some("-") => Box::new(io::stdin()),
            _ => Box::new(File::open(path).map_err(|e| wrong(&e))?),
        };
        let mut source = BufReader::with_capacity(1 << 16, source);
        let start = source.fill_buf().map_err(|e| wrong(&e))?;
        let are_lines = input::are_lines(start);
        // Whoever can write a signed list could write lines instead.
        if is_vouched || (anchors.is_empty() && (path == "-" || are_lines)) {
            if !are_lines {
                return Err(wrong(&"no lines KID KIND HASH; is it empty?").into());
            }
            let each =
                |entries| said.now_and_then(|| format!("{label}: {} entries", grouped(entries)));
            input::read(source, &label, &mut builder, each)?;
            builder.source(&name, None)?;
            continue;
        }
        if path != "-" {
            let length = File::open(path).and_then(|file| revocation_file::check_length(&file));
            length.map_err(|e| wrong(&e))?;
        }
        let bytes = revocation_file::read_from(source).map_err(|e| wrong(&e))?;
        let fetched_at = revocation_file::modified(path);
        let file = RevocationFile::open(&name, bytes, fetched_at, &anchors, &mut editions);
        match file.map_err(|e| wrong(&e))? {
            RevocationFile::Hashes(list) => {
                let list = if options.all_batches {
                    list.with_all_batches()
                } else {
                    *list
                };
                builder.add_list(&list, &trust)
            }
            RevocationFile::Italian(file) => {
                italian.add(&name, file, fetched_at);
                continue;
            }
            RevocationFile::Set(set) => {
                let why = format!(
                    "a set of {}; give the lists that it was made of",
                    set.set().made_at()
                );
                return Err(wrong(&why).into());
            }
        }
        .map_err(|e| wrong(&e))?;
    }
    if let Some(list) = italian.join()? {
        let added = builder.add_italian(&list, &trust);
        added.map_err(|e| format!("{}: {e}", list.info().label()))?;
    }
    let set = builder.build_with(at, |progress| {
        let entries = grouped(progress.entries);
        said.at_once(match progress.stage {
            Stage::Sorting => format!("sorting {entries} entries"),
            Stage::Hashing => format!("hashing {entries} entries, attempt {}", progress.attempt),
            _ => format!("writing {entries} entries"),
        });
    })?;
    let file = match &signer {
        Some(signer) => SetBuilder::sign(&set, signer)?,
        None => set,
    };
    fs::write(&out, &file).map_err(|e| format!("{}: {e}", out.to_string_lossy()))?;
    // What went into no set was not loaded.
    options.trust.write_state(&state)?;
    let set = RevocationSet::open_unverified(&file[..])?;
    let signed = match signer {
        Some(_) => "signed",
        None => "not signed (--key)",
    };
    let line = format!(
        "{}: {} entries under {} kids, {} bytes, made at {at}, {signed}",
        out.to_string_lossy(),
        grouped(set.len() as u64),
        grouped(set.kids().count() as u64),
        grouped(file.len() as u64),
    );
    cli::complain(PROGRAM, &line);
    let now = Timestamp::from(SystemTime::now());
    if let Some(ends) = set.expires_at().filter(|ends| *ends < now) {
        let ended = format!("the set has ended by now, at {ends}: it covers nobody");
        cli::complain(PROGRAM, &ended);
    }
    Ok(0)
}

/// What is said of the progress: nothing of what is soon done.
struct Said {
    quiet: bool,
    start: Instant,
    last: Instant,
}

impl Said {
    const PATIENCE: Duration = Duration::from_secs(2);

    fn new(quiet: bool) -> Self {
        let start = Instant::now();
        Self {
            quiet,
            start,
            last: start,
        }
    }

    fn now_and_then(&mut self, text: impl FnOnce() -> String) {
        if !self.quiet && self.last.elapsed() > Self::PATIENCE {
            self.last = Instant::now();
            cli::complain(PROGRAM, &text());
        }
    }

    fn at_once(&self, text: String) {
        if !self.quiet && self.start.elapsed() > Self::PATIENCE {
            cli::complain(PROGRAM, &text);
        }
    }
}

fn read_key(path: &OsStr) -> Result<P256Signer, Error> {
    let label = path.to_string_lossy();
    let pem = fs::read_to_string(path).map_err(|e| format!("--key {label}: {e}"))?;
    Ok(P256Signer::from_pkcs8_pem(&pem).map_err(|e| format!("--key {label}: {e}"))?)
}

/// `2^-32` or a number such as `1e-6`.
fn rate(text: &str) -> Result<f64, &'static str> {
    let power = text.strip_prefix("2^-").and_then(|bits| bits.parse().ok());
    match power {
        Some(bits) => Ok(0.5f64.powi(bits)),
        None => text.parse().map_err(|_| "not a rate such as 2^-32 or 1e-6"),
    }
}

fn options(mut parser: lexopt::Parser) -> Result<Option<Options>, Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        set: SetOptions::default(),
        out: None,
        key: None,
        at: None,
        quiet: false,
        files: Vec::new(),
        lines: Vec::new(),
        anchors: Vec::new(),
        all_batches: false,
        trust: TrustOptions::default(),
    };
    options.trust.option = "--trust ";
    let (mut exact, mut false_positives) = (false, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("out") => options.out = Some(parser.value()?),
            Long("key") => options.key = Some(parser.value()?),
            Long("exact") => exact = true,
            Long("false-positive-rate") => {
                false_positives = Some(parser.value()?.parse_with(rate)?);
            }
            Long("expires") => {
                options.set.expires_at = Some(parser.value()?.parse_with(Timestamp::parse)?);
            }
            Long("at") => options.at = Some(parser.value()?.parse_with(Timestamp::parse)?),
            Long("lines") => options.lines.push(parser.value()?),
            Long("all-batches") => options.all_batches = true,
            Long("quiet") => options.quiet = true,
            Long("revocation-anchor") => options.anchors.push(parser.value()?),
            Long(name) => {
                let name = name.to_owned();
                if !options.trust.take(&name, &mut parser)? {
                    return Err(lexopt::Error::UnexpectedOption(format!("--{name}")).into());
                }
            }
            Value(file) => options.files.push(file),
            _ => return Err(argument.unexpected().into()),
        }
    }
    options.set.precision = match (exact, false_positives) {
        (true, Some(_)) => {
            let both = "--exact has no false positives: leave out --false-positive-rate";
            return Err(lexopt::Error::from(both).into());
        }
        (true, None) => Precision::Exact,
        (false, Some(rate)) => Precision::FalsePositives(rate),
        (false, None) => options.set.precision,
    };
    match options.files.is_empty() && options.lines.is_empty() {
        true => Err(lexopt::Error::from("no FILE is given").into()),
        false => Ok(Some(options)),
    }
}
