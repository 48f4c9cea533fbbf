//! Verifies certificates against trust lists, offline.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::format::{TimeClaim, Unverified};
use hcert::record::{ProductCatalogue, ValueSets};
use hcert::revocation::RevocationInfo;
use hcert::rules::{Acceptance, Arrival, Decision, RuleOutcome};
use hcert::trust::{Stale, TrustedKey};
use hcert::verify::{
    Outcome, Policy, Reason, SkipReason, Step, StepResult, Verdict, Verified, Verifier,
};
use hcert::words::{self, Language, Line};
use hcert::{Limits, Timestamp};

use crate::{
    age, arguments, cli, headline, input, json, revocations, rules, trust_files, value_sets,
};
use cli::{complain, printable, short_name};
use input::{Found, Job};
use revocations::RevocationOptions;
use rules::{Asked, RuleOptions, Rules};
use trust_files::{TrustOptions, counted};

const PROGRAM: &str = "hcert verify";

const HELP: &str = "\
Verifies HCERT certificates (EU DCC), offline.

Usage: hcert verify [--trust FILE]… [--trust-key FILE]… [--anchor FILE]…
                    [--trust-env ENV] [--gateway-role ROLE:SHA256]…
                    [--list NAME]… [--participant CODE]… [--deny FILE]…
                    [--max-list-age AGE] [--state FILE [--forget-time]]
                    [--dangerously-trust-unsigned]
                    [--revocations FILE… [--revocation-anchor FILE]…]
                    [--all-batches] [--require-revocations AGE]
                    [(--rules FILE|DIR | --recognition FILE)… --country CC
                     [--region NAME] [--arrival TIME] [--rules-anchor FILE]…
                     [--language TAG]]
                    [--value-sets DIR|FILE]… [--at TIME] [--retrospective]
                    [--strict] [--json] [--quiet] INPUT…

INPUT is a text (HC1:…), a file (a PNG, JPEG, GIF or WebP picture, or a text
with one code a line), or - for standard input.
A code given as a text is personal data: it is named by its place, argument 1.

  --trust FILE  who may sign: a trust list of the WHO's network, the EU gateway
                or a member state, a JWK set or a snapshot; may be repeated. A
                list in two files takes both. Without --anchor and --trust-env
                a list that has no signature is taken, and whoever can replace
                the file decides who is trusted.
  --trust-key FILE  who may sign, by your own word: a certificate (DER, PEM,
                several in one PEM), a public key (SPKI), a JWK or JWK set.
                Nothing checks where it is from; may be repeated
  --anchor FILE who signs the --trust lists: a certificate or a public key; may
                be repeated. A signed list is refused without it, and with it
                whatever it did not sign. Of one form of list several are one
                signer, who changes the key: an older list by any of them is
                refused after a newer one
  --trust-env ENV  prod, uat or dev: the environment of the WHO's network from
                which a list has to be, whose signer is known here; prod if
                neither this nor --anchor is said. With it, too, a list that has
                no signature is refused.
  --gateway-role ROLE:SHA256  what a certificate of the EU gateway is that does
                not show it by itself: upload or csca, and its SHA-256, which
                you have from elsewhere; may be repeated
  --list NAME   of the WHO's lists take this one alone, and miss it if it isn't
                there (did:web:tng-cdn.who.int:v2:trustlist is all of
                production); may be repeated. One key signs them all, so without
                this one of them can stand in for another.
  --participant CODE  of the WHO's lists take this participant's keys alone
                (ESP, or with its domain DCC:ESP); may be repeated
  --deny FILE   keys that are not to be relied upon, whatever list holds them:
                JSON, {\"deny\": [{\"key\" | \"certificate\": SHA-256 in hex,
                \"kid\": base64 | \"kidHex\": hex, \"signedAfter\",
                \"signedBefore\", \"why\"}]}. An entry that names no key of the
                lists is said
  --max-list-age AGE  nothing is valid by a list older than that: seconds, or
                with a unit (90m, 36h, 7d)
  --state FILE  remember the lists' editions there, and refuse older ones; the
                file is made if it is absent. It holds the latest time that has
                come, too: by an earlier clock nothing is valid (clock-behind)
  --forget-time forget that time, if a clock that was wrong has set it; the
                editions stay
  --dangerously-trust-unsigned
                don't look at the signatures of the lists, and take lists that
                have none: whoever can write them decides what is valid
  --revocations FILE  which certificates are revoked: batches of the EU's
                gateway, Germany's list in a map, a chunk of Italy's (give all,
                in any order), or a compact set that hcert revocation
                makes; may be repeated. Whoever gives a file without a signature
                vouches for it
  --revocation-anchor FILE  who signs them: a certificate or a public key; may
                be repeated. Then nothing is taken that is not signed.
                With --state, and among FILEs, one list for each signer.
                Several anchors are one signer, who changes the key: an older
                list by any of them is refused after a newer one
  --all-batches the gateway's batches in the files are all there are for the keys
                that they name: who is not on them is not revoked, and they are as
                old as the oldest of them. Otherwise nothing is known of whom they
                don't name
  --require-revocations AGE  nothing is valid unless such a list covers it that
                is at most so old; one that does not say when it was made counts
                from when the file was last written, so copy lists with their
                times
  --rules FILE|DIR  ask the rules of a country, too, whether what is valid is
                accepted there: JSON of the EU's format, a rule or an array of
                them; of a directory all *.json below it; may be repeated
  --recognition FILE  the same of a recognition policy (TOML, or JSON by its
                name): docs/recognition.md; may be repeated. All that are given
                for the country have to accept
  --country CC  the country of arrival (CH)
  --region NAME its region, as the rules name it: with it the rules of that
                region are asked, and no others
  --arrival TIME  when (RFC 3339); the time of verification if nothing is said
  --rules-anchor FILE  who signs the --rules files: a certificate or a public
                key; may be repeated. Then none of them is taken that is not
                signed; a signature beside FILE is in FILE.sig. Have one bundle:
                nobody notices that one of several is gone. Several anchors are
                one signer, who changes the key. Policies and value sets are
                believed as they are
  --language TAG  the language of the rules' descriptions (de); English if
                nothing is said, or there is none; --json has all
  --value-sets DIR|FILE  name the codes as this value set has it (JSON with
                valueSetId), or all in that directory (*.json), where they are
                no older than the built-in ones; the rules refer to them, too;
                may be repeated
  --at TIME     verify as of this time (RFC 3339, 2021-06-01T12:00:00Z) instead
                of now
  --retrospective  accept a time before the trust lists were made
  --strict      refuse every departure from the specification
  --json        print one JSON object a line for each code: input, the verdict
                as docs/json.md has it, and where rules are asked acceptance
                (null for what is not valid), with country, region and arrival;
                for an input that can't be read a line {\"input\", \"error\"} on
                stderr
  --quiet       don't name what is wrong with entries of the trust lists
  --help        print this

Exit status: 0 all are valid, and accepted if there are rules; 1 some are not;
2 wrong usage, an input that can't be read, or output that can't be written.
";

#[derive(Default)]
struct Options {
    trust: TrustOptions,
    revocations: RevocationOptions,
    rules: RuleOptions,
    value_sets: Vec<OsString>,
    at: Option<Timestamp>,
    strict: bool,
    retrospective: bool,
    max_list_age: Option<Duration>,
    json: bool,
    quiet: bool,
    inputs: Vec<OsString>,
}

type Error = Box<dyn std::error::Error>;

pub fn main() -> ExitCode {
    run().unwrap_or_else(|error| cli::failed(PROGRAM, &*error).into())
}

fn run() -> Result<ExitCode, Error> {
    let Some(options) = options()? else {
        io::stdout().write_all(HELP.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut policy = Policy::default();
    if options.strict {
        policy = policy.strict();
    }
    if options.retrospective {
        policy = policy.retrospective();
    }
    if let Some(age) = options.max_list_age {
        policy = policy.max_list_age(age);
    }
    policy = policy.revocation(options.revocations.policy());
    let value_sets = value_sets::load(PROGRAM, &options.value_sets)?;
    let rules = match options.rules.countries.first().cloned() {
        None => None,
        Some(country) => {
            let mut state = options.trust.read_state()?;
            let now = options.at.unwrap_or_else(|| SystemTime::now().into());
            let rules = options.rules.load(PROGRAM, &value_sets, now, &mut state)?;
            options.trust.write_state(&state)?;
            Some((country, rules))
        }
    };
    let trust = options.trust.store(PROGRAM, options.quiet, options.at)?;
    let mut state = options.trust.read_state()?;
    let revocations = options.revocations.load(&mut state)?;
    options.trust.write_state(&state)?;
    let work = Work {
        verifier: Verifier::with_policy(trust, policy).with_revocations(revocations),
        value_sets,
        rules,
        at: options.at,
        json: options.json,
        colour: io::stdout().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        has_state: options.trust.state.is_some(),
    };
    let worst = verify_all(&work, &options.inputs);
    Ok(worst.into())
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    options.trust.option = "--trust ";
    let mut parser = arguments::parser();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("max-list-age") => {
                options.max_list_age = Some(parser.value()?.parse_with(age::parse)?);
            }
            Long("value-sets") => options.value_sets.push(parser.value()?),
            Long("at") => options.at = Some(parser.value()?.parse_with(Timestamp::parse)?),
            Long("retrospective") => options.retrospective = true,
            Long("strict") => options.strict = true,
            Long("json") => options.json = true,
            Long("quiet") => options.quiet = true,
            Long(name) => {
                let name = name.to_owned();
                if !options.trust.take(&name, &mut parser)?
                    && !options.revocations.take(&name, &mut parser)?
                    && !options.rules.take(&name, &mut parser)?
                {
                    return Err(lexopt::Error::UnexpectedOption(format!("--{name}")));
                }
            }
            Value(input) => options.inputs.push(input),
            _ => return Err(argument.unexpected()),
        }
    }
    match (options.rules.are_given(), options.rules.countries.len()) {
        (false, 0) | (true, 1) => {}
        (true, 0) => return Err("rules need --country CC, the country of arrival".into()),
        (false, _) => return Err("--country needs --rules FILE or --recognition FILE".into()),
        (true, _) => return Err("one --country at a time; journey asks several".into()),
    }
    match options.inputs.is_empty() {
        true => Err("no INPUT is given".into()),
        false => Ok(Some(options)),
    }
}

/// One job's results, to be printed in order.
struct Done {
    /// Which INPUT it belongs to, from 1.
    position: usize,
    results: Vec<Printed>,
}

enum Printed {
    Verdict {
        text: String,
        valid: bool,
        /// The time in the state may be wrong.
        clock_hint: bool,
    },
    Problem {
        line: String,
        note: bool,
    },
}

/// Runs the jobs on all cores and prints in the order of the inputs. What
/// waits is bounded by the channels: nothing is held back but a few jobs.
fn verify_all(work: &Work, inputs: &[OsString]) -> u8 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let waiting = 16 * cores;
    let (to_printer, in_order) = sync_channel::<Receiver<Done>>(waiting);
    let (to_workers, jobs) = sync_channel::<(usize, Job, SyncSender<Done>)>(waiting);
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        scope.spawn(move || {
            for (place, argument) in inputs.iter().enumerate() {
                for job in input::open(argument) {
                    let (done, result) = sync_channel(1);
                    let sent = to_printer.send(result).is_ok()
                        && to_workers.send((place + 1, job, done)).is_ok();
                    if !sent {
                        return;
                    }
                }
            }
        });
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let next = jobs.lock().ok().and_then(|jobs| jobs.recv().ok());
                    let Some((position, job, done)) = next else {
                        return;
                    };
                    let results = job.codes().into_iter().map(|f| work.print(f)).collect();
                    // The printer may be gone, and the reader sees that, too.
                    let _ = done.send(Done { position, results });
                }
            });
        }
        let mut printer = Printer::new(inputs.len());
        for result in in_order {
            // No result is a worker that panicked.
            let printed = result
                .recv()
                .map_err(|_| io::Error::other("an input could not be processed"))
                .and_then(|done| printer.print(done));
            if let Err(error) = printed {
                // At once: the reader may sit waiting for standard input.
                std::process::exit(cli::failed(PROGRAM, &error).into());
            }
        }
        printer.progress.clear();
        printer.worst
    })
}

/// For the reason `clock-behind`.
const CLOCK_HINT: &str = "clock-behind: set the clock; if it is right and the time that --state \
                          remembers is wrong, run once with --forget-time";

struct Printer {
    out: io::Stdout,
    progress: Progress,
    worst: u8,
    clock_hint_given: bool,
}

impl Printer {
    fn new(inputs: usize) -> Self {
        Self {
            out: io::stdout(),
            progress: Progress::new(inputs),
            worst: 0,
            clock_hint_given: false,
        }
    }

    fn print(&mut self, done: Done) -> io::Result<()> {
        self.progress.position = done.position;
        for printed in done.results {
            match printed {
                Printed::Verdict {
                    text,
                    valid,
                    clock_hint,
                } => {
                    self.progress.before_stdout();
                    let mut out = self.out.lock();
                    out.write_all(text.as_bytes())?;
                    out.flush()?;
                    self.progress.count(valid);
                    self.worst = self.worst.max(u8::from(!valid));
                    if clock_hint && !std::mem::replace(&mut self.clock_hint_given, true) {
                        self.progress.clear();
                        complain(PROGRAM, CLOCK_HINT);
                    }
                }
                Printed::Problem { line, note } => {
                    self.progress.clear();
                    let _ = writeln!(io::stderr(), "{line}");
                    if !note {
                        self.worst = cli::EXIT_UNREADABLE;
                    }
                }
            }
        }
        self.progress.show();
        Ok(())
    }
}

/// A line on the terminal that says how far it is, when there is much to do.
struct Progress {
    on: bool,
    beside_output: bool,
    shown: bool,
    last: Instant,
    inputs: usize,
    position: usize,
    codes: usize,
    not_valid: usize,
}

impl Progress {
    const MUCH: usize = 50;

    fn new(inputs: usize) -> Self {
        Self {
            on: io::stderr().is_terminal(),
            beside_output: io::stdout().is_terminal(),
            shown: false,
            last: Instant::now(),
            inputs,
            position: 0,
            codes: 0,
            not_valid: 0,
        }
    }

    fn count(&mut self, valid: bool) {
        self.codes += 1;
        self.not_valid += usize::from(!valid);
    }

    fn show(&mut self) {
        let much = self.inputs.max(self.codes) > Self::MUCH;
        if self.on && much && self.last.elapsed() >= Duration::from_millis(100) {
            self.last = Instant::now();
            self.shown = true;
            let _ = write!(
                io::stderr(),
                "\r\x1b[K{PROGRAM}: input {} of {}: {}, {} of them not valid",
                self.position,
                self.inputs,
                counted(self.codes, "code", "codes"),
                self.not_valid
            );
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    fn before_stdout(&mut self) {
        if self.beside_output {
            self.clear();
        }
    }
}

/// What all threads share.
struct Work {
    verifier: Verifier,
    value_sets: ValueSets,
    /// The country, and what it asks for.
    rules: Option<(String, Rules)>,
    at: Option<Timestamp>,
    json: bool,
    colour: bool,
    /// Whether the time of an earlier run counts.
    has_state: bool,
}

impl Work {
    fn print(&self, found: Found) -> Printed {
        match found {
            Found::Code { input, text } => {
                // Read anew for each code: a gate's program runs for days.
                let now = self.at.unwrap_or_else(|| SystemTime::now().into());
                let verdict = self.verifier.verify(&text, now);
                let acceptance = verdict.verified().and_then(|v| self.acceptance(v, now));
                let accepted = match &self.rules {
                    Some(_) => acceptance.as_ref().is_some_and(Acceptance::is_accepted),
                    None => true,
                };
                let valid = verdict.outcome() == Outcome::Valid && accepted;
                let clock_behind = matches!(verdict.reason(), Some(Reason::ClockBehind { .. }));
                let text = match self.json {
                    true => {
                        let line = json::Line::default().with("input", input.as_str());
                        let line = line.with_members(&verdict.to_json());
                        self.with_acceptance(line, acceptance.as_ref(), now).end()
                    }
                    false => self.in_words((&input, &text), &verdict, acceptance.as_ref(), now),
                };
                Printed::Verdict {
                    text,
                    valid,
                    clock_hint: clock_behind && self.has_state,
                }
            }
            Found::Problem {
                input,
                message,
                note,
            } => {
                let line = match self.json {
                    true => {
                        let kind = if note { "note" } else { "error" };
                        json::object(&[("input", input.into()), (kind, message.into())])
                    }
                    false => format!("{PROGRAM}: {}: {}", short_name(&input), printable(&message)),
                };
                Printed::Problem { line, note }
            }
        }
    }

    /// Whether the rules of the country accept it; `None` without rules.
    fn acceptance(&self, verified: &Verified, now: Timestamp) -> Option<Acceptance> {
        let (country, rules) = self.rules.as_ref()?;
        let asked = Asked::verified(verified.clone());
        rules.evaluate(&asked, &rules.arrival(country, now))
    }

    /// Null for what is not valid; without rules there is none.
    fn with_acceptance(
        &self,
        line: json::Line,
        acceptance: Option<&Acceptance>,
        now: Timestamp,
    ) -> json::Line {
        let Some((country, rules)) = &self.rules else {
            return line;
        };
        let arrival = rules.arrival(country, now);
        let shown = acceptance.map(|acceptance| {
            let place = rules::arrival_members(&arrival);
            place.with_members(&acceptance.to_json()).object()
        });
        line.with_json("acceptance", shown.as_deref().unwrap_or("null"))
    }

    fn in_words(
        &self,
        (input, text): (&str, &str),
        verdict: &Verdict,
        acceptance: Option<&Acceptance>,
        now: Timestamp,
    ) -> String {
        let mut out = String::new();
        // Writing to a String can't fail.
        let _ = self.write_words(&mut out, (input, text), verdict, acceptance, now);
        out
    }

    fn write_words(
        &self,
        out: &mut String,
        (input, text): (&str, &str),
        verdict: &Verdict,
        acceptance: Option<&Acceptance>,
        now: Timestamp,
    ) -> std::fmt::Result {
        let outcome = verdict.outcome();
        let word = outcome.code().replace('-', " ").to_uppercase();
        let decision = acceptance.map(Acceptance::decision);
        let decided = decision.map(|decision| decision.code().to_uppercase());
        // Valid, and whether it was revoked is not known: no green word alone.
        let over = match verdict.step(Step::Revocation) {
            StepResult::Skipped(SkipReason::RevocationDataStale { why })
                if outcome == Outcome::Valid =>
            {
                Some(*why)
            }
            _ => None,
        };
        let mut caveats: Vec<_> = over
            .iter()
            .map(|why| match why {
                Stale::Expired { .. } => headline::LIST_EXPIRED,
                _ => headline::LIST_NOT_USABLE,
            })
            .collect();
        if let Some(verified) = verdict.verified() {
            caveats.extend(headline::caveats(verified.record(), now.date()));
        }
        let colour = headline::colour(outcome, decision, &caveats) as u8;
        let caveats = caveats.iter().map(|caveat| caveat.words.to_owned());
        let parts = [Some(word.clone()), decided].into_iter().flatten();
        let headline = parts.chain(caveats).collect::<Vec<_>>().join(", ");
        match self.colour {
            true => write!(out, "\x1b[1;{colour}m{headline}\x1b[0m")?,
            false => out.push_str(&headline),
        }
        writeln!(out, "  {}", short_name(input))?;
        match verdict.reason() {
            None => {
                write!(out, "  authentic and in time, as of {now}")?;
                if let Some(why) = over {
                    write!(
                        out,
                        ", but not checked for revocation: the list can't be relied upon, {why}"
                    )?;
                }
                match &self.rules {
                    None => writeln!(out, "; entry rules not asked")?,
                    Some(_) => writeln!(out)?,
                }
            }
            Some(reason) => {
                let words = reason.to_string();
                writeln!(out, "  {} [{}]", printable(&words), reason.code())?;
            }
        }
        if let Some(Reason::UnknownKey { .. }) = verdict.reason() {
            write_claimed(out, text)?;
        }
        match verdict.step(Step::Revocation) {
            StepResult::Skipped(SkipReason::NoContent) => {}
            StepResult::Skipped(why) => writeln!(out, "  revocation {why}")?,
            StepResult::Passed => {
                for list in verdict.revocation_lists() {
                    let label = printable(list.label());
                    let unsigned = match list.is_authenticated() {
                        true => "",
                        false => " (unsigned)",
                    };
                    writeln!(out, "  not revoked by {label}, {}{unsigned}", of_date(list))?;
                }
            }
            _ => {}
        }
        if let (Some(acceptance), Some((country, rules))) = (acceptance, &self.rules) {
            let arrival = rules.arrival(country, now);
            write_acceptance(out, acceptance, &arrival, rules.language())?;
        }

        if let Some(signer) = verdict.signer() {
            writeln!(out, "\n  Issued by")?;
            let country = signer.country().unwrap_or("not stated");
            line(out, "Country", country)?;
            let subject = signer.certificate().map(|dsc| dsc.subject());
            line(
                out,
                "Signer",
                subject.unwrap_or("a key without certificate"),
            )?;
            line(out, "Key", &signer.kid().to_string())?;
            if let Some((from, until)) = signer.validity() {
                line(out, "Key valid", &format!("{from} to {until}"))?;
            }
            line(out, "Listed in", signer.origin())?;
            for name in verdict.listings().filter_map(network_name) {
                line(out, "Listed as", &name)?;
            }
        }
        if let Some(claims) = verdict.signed_claims() {
            line(out, "Issuer", claims.issuer().unwrap_or("not stated"))?;
            line(out, "Issued at", &time(claims.issued_at()))?;
            line(out, "Expires at", &time(claims.expires_at()))?;
        }
        if let Some(record) = verdict.signed_record() {
            match outcome {
                Outcome::Valid => writeln!(
                    out,
                    "\n  It says (compare name and birth date with an identity document)"
                )?,
                _ => writeln!(
                    out,
                    "\n  It says, but is NOT A VALID CERTIFICATE ({}); don't rely on it",
                    word.to_lowercase()
                )?,
            }
            let words = words::describe_with(record, Language::English, &self.value_sets);
            for Line { label, text, .. } in words {
                line(out, label, &text)?;
            }
        }

        writeln!(out, "\n  Steps")?;
        for (step, result) in verdict.steps() {
            let mark = match result {
                StepResult::Passed => "✓",
                StepResult::Failed(_) => "✗",
                StepResult::Skipped(_) => "-",
                _ => "·",
            };
            let why = match result {
                StepResult::NotReached => "not reached".to_owned(),
                result => result.detail().unwrap_or_default(),
            };
            let text = format!("  {mark} {:<13} {}", step.code(), printable(&why));
            writeln!(out, "  {}", text.trim_end())?;
        }
        if !verdict.deviations().is_empty() {
            let read = match verdict.step(Step::Policy) {
                StepResult::Failed(_) => "refused by --strict",
                _ => "read all the same",
            };
            writeln!(out, "\n  Departures from the specification, {read}")?;
            for deviation in verdict.deviations() {
                let text = printable(&deviation.to_string());
                writeln!(out, "    {text} [{}]", deviation.code())?;
            }
        }
        writeln!(out)
    }
}

/// Whose certificate it claims to be, and why its key may be unknown.
fn write_claimed(out: &mut String, text: &str) -> std::fmt::Result {
    let Ok(unverified) = Unverified::parse(text, &Limits::default()) else {
        return Ok(());
    };
    let (content, _) = unverified.unverified_content(&ProductCatalogue::builtin());
    let claims = content.claims().ok();
    let issuer = claims.and_then(|claims| claims.issuer());
    // Anybody can write anything there: only a country code is repeated.
    let is_code = |iss: &&str| iss.len() == 2 && iss.bytes().all(|b| b.is_ascii_uppercase());
    let country = issuer
        .filter(is_code)
        .unwrap_or("a country that it does not name");
    let kind = claims.and_then(|claims| claims.payload_kind().ok());
    let kind = kind.map_or("unknown payload", |kind| kind.code());
    writeln!(
        out,
        "  it claims, and nothing proves, that it is a certificate of {country} ({kind})"
    )?;
    writeln!(
        out,
        "  likely causes: 1. the trust list is old, or leaves that issuer out: fetch it again,\n  \
         or add a list of that issuer; 2. a test environment issued it; 3. it is forged"
    )
}

fn line(out: &mut String, label: &str, text: &str) -> std::fmt::Result {
    writeln!(out, "    {label:<15} {}", printable(text))
}

fn time(claim: TimeClaim) -> String {
    match claim {
        TimeClaim::Absent => "not stated".into(),
        TimeClaim::At(time) => time.to_string(),
        _ => "not a usable time".into(),
    }
}

/// As of when a list tells who is revoked.
fn of_date(list: &RevocationInfo) -> String {
    match list.dated() {
        Some(time) => format!("of {time}"),
        None => "of unknown date".into(),
    }
}

/// What the rules say, those first that are not satisfied.
fn write_acceptance(
    out: &mut String,
    acceptance: &Acceptance,
    arrival: &Arrival,
    language: &str,
) -> std::fmt::Result {
    let country = arrival.country();
    let region = arrival.region();
    let place = region.map_or(country.to_owned(), |r| format!("{country}, {r}"));
    writeln!(
        out,
        "\n  {} in {}, arrival {}",
        acceptance.decision(),
        printable(&place),
        arrival.at()
    )?;
    let (passed, rest): (Vec<_>, Vec<_>) = acceptance
        .results()
        .iter()
        .partition(|result| *result.outcome() == RuleOutcome::Passed);
    if acceptance.decision() == Decision::Open {
        writeln!(
            out,
            "    open: no rule refuses it, but it can't be shown that it is accepted"
        )?;
    }
    if let (Some(reason), true) = (acceptance.reason(), rest.is_empty()) {
        writeln!(
            out,
            "    {} [{}]",
            printable(&reason.to_string()),
            reason.code()
        )?;
    }
    for result in rest.iter().chain(&passed) {
        let mark = match result.outcome() {
            RuleOutcome::Passed => "✓",
            RuleOutcome::Failed => "✗",
            _ => "?",
        };
        let text = rules::in_words(result, language);
        writeln!(out, "    {mark} {text}")?;
    }
    Ok(())
}

/// `DCC:ESP:DSC#tCM87WnaaQE=`, as the WHO's lists name a key.
fn network_name(key: &TrustedKey) -> Option<String> {
    let kid = BASE64_STANDARD.encode(key.kid().as_bytes());
    key.gdhcn().map(|listed| format!("{listed}#{kid}"))
}
