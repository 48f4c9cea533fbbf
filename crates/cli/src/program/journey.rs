//! Whether a traveller's certificates are accepted, country by country.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::ops::Range;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use hcert::format::{TimeClaim, Unverified};
use hcert::record::ProductCatalogue;
use hcert::rules::{Acceptance, Arrival, Decision, Period, RuleOutcome, Subject};
use hcert::verify::{Policy, Verifier};
use hcert::{Limits, Timestamp};

use crate::{arguments, cli, input, json, revocations, rules, trust_files, value_sets};
use cli::{complain, printable, short_name};
use input::Found;
use revocations::RevocationOptions;
use rules::{Asked, RuleOptions, Rules};
use trust_files::{TrustOptions, counted};

const PROGRAM: &str = "hcert journey";

const HELP: &str = "\
Asks the rules of countries whether a traveller's certificates are accepted,
before the journey and offline.

Usage: hcert journey (--rules FILE|DIR | --recognition FILE)…
                     [--rules-anchor FILE]… [--value-sets DIR|FILE]…
                     [--country CC]… [--region NAME] [--arrival TIME]
                     (--trust FILE… | --trust-key FILE… | --unverified)
                     [--at TIME] [--language TAG] [--json] [--quiet] INPUT…

INPUT is one of the traveller's certificates: a text (HC1:…), a file (a picture,
or a text with one code a line), or - for standard input.

  --rules FILE|DIR  the countries' rules: JSON of the EU's format, a rule or an
                array of them; of a directory all *.json below it; may be
                repeated
  --recognition FILE  the recognition policy of a country (TOML, or JSON by its
                name): docs/recognition.md; may be repeated. Where a country
                has rules, too, both have to accept
  --rules-anchor FILE  who signs the --rules files: a certificate or a public
                key; may be repeated. Then none of them is taken that is not
                signed; a signature beside FILE is in FILE.sig. Have one bundle
                for each signer: nobody notices that one of several is gone.
                Policies and value sets are believed as they are
  --value-sets DIR|FILE  the value sets that the rules refer to (JSON), where
                they are no older than the built-in ones; may be repeated
  --country CC  ask for this country alone (CH); may be repeated
  --region NAME the region of arrival, as the rules name it: with it the rules
                of that region are asked, and no others
  --arrival TIME  when (RFC 3339, 2021-10-01T12:00:00Z); now if nothing is said
  --language TAG  the language of the rules' descriptions (de); English if
                nothing is said, or there is none; --json has all
  --trust FILE  who may sign certificates, with --trust-key, --anchor,
                --trust-env, --gateway-role, --list, --participant, --deny, --state, --forget-time and
                --dangerously-trust-unsigned as for hcert verify. What is
                not valid is not accepted anywhere.
  --revocations FILE  which certificates are revoked, with --revocation-anchor
                and --require-revocations as for verify; without it that is not
                looked at
  --unverified  don't look at signatures: the answers hold if the certificates
                are authentic
  --at TIME     verify as of this time instead of now
  --json        one JSON object a line for each country and certificate:
                country, region, arrival, input, outcome, the acceptance as
                docs/json.md has it, and periods [{from, until}]
  --quiet       don't name what is wrong with entries of the trust lists
  --help        print this

For each certificate it says when it is accepted, from a year before the
arrival to two years after it. A period that reaches an end of that is longer.

Exit status: 0 each country accepts one of the certificates, 1 some don't,
2 wrong usage, or something that can't be read.
";

/// What the periods are looked for in, around the arrival.
const BEFORE: Duration = Duration::from_secs(365 * 86_400);
const AFTER: Duration = Duration::from_secs(730 * 86_400);

#[derive(Default)]
struct Options {
    trust: TrustOptions,
    revocations: RevocationOptions,
    rules: RuleOptions,
    value_sets: Vec<OsString>,
    at: Option<Timestamp>,
    unverified: bool,
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
    let looks_at_revocations = !options.revocations.files.is_empty();
    let value_sets = value_sets::load(PROGRAM, &options.value_sets)?;
    let now = options.at.unwrap_or_else(|| SystemTime::now().into());
    let (certificates, unreadable) = certificates(&options, now)?;
    let mut state = options.trust.read_state()?;
    let rules = options.rules.load(PROGRAM, &value_sets, now, &mut state)?;
    options.trust.write_state(&state)?;
    let countries = rules.countries();
    if countries.is_empty() {
        return Err("the rules are of no country, so nobody was asked".into());
    }
    let mut out = io::stdout().lock();
    if !options.json {
        let arrival = rules.arrival("", now).at();
        out.write_all(heading(&certificates, arrival).as_bytes())?;
        if !looks_at_revocations {
            out.write_all(b"Whether they were revoked is not looked at.\n\n")?;
        }
    }
    let mut all_accept = true;
    let mut answered = Vec::new();
    for (place, country) in countries.iter().enumerate() {
        show_progress(place, countries.len());
        let arrival = rules.arrival(country, now);
        let answers: Vec<_> = certificates
            .iter()
            .map(|certificate| Answer::of(certificate, &rules, &arrival))
            .collect();
        clear_progress();
        all_accept &= answers.iter().any(Answer::is_accepted);
        if options.json {
            for answer in &answers {
                out.write_all(answer.json(&arrival).as_bytes())?;
            }
        }
        answered.push((country.as_str(), answers));
    }
    if !options.json {
        out.write_all(table(&answered).as_bytes())?;
        for (country, answers) in &answered {
            out.write_all(in_words(country, answers, rules.language()).as_bytes())?;
        }
    }
    Ok(match (unreadable, all_accept) {
        (true, _) => cli::EXIT_UNREADABLE.into(),
        (false, accept) => u8::from(!accept).into(),
    })
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    options.trust.option = "--trust ";
    let mut parser = arguments::parser();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("value-sets") => options.value_sets.push(parser.value()?),
            Long("at") => options.at = Some(parser.value()?.parse_with(Timestamp::parse)?),
            Long("unverified") => options.unverified = true,
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
    if options.inputs.is_empty() {
        return Err("no INPUT is given".into());
    }
    if !options.rules.are_given() {
        let why = "no rules are given; name them with --rules FILE, or --recognition FILE";
        return Err(why.into());
    }
    if options.unverified == options.trust.are_given() {
        let why = "say who may sign, with --trust FILE or --trust-key FILE, or --unverified, one of \
                   them";
        return Err(why.into());
    }
    Ok(Some(options))
}

/// A certificate of the traveller's.
struct Certificate {
    input: String,
    /// What it is, in the words of the verifier.
    outcome: &'static str,
    /// Why it is not asked about, or what it certifies.
    detail: String,
    asked: Option<Asked>,
}

/// What the inputs hold, and whether some can't be read.
fn certificates(options: &Options, now: Timestamp) -> Result<(Vec<Certificate>, bool), Error> {
    let verifier = match options.unverified {
        true => None,
        false => {
            let store = options.trust.store(PROGRAM, options.quiet, options.at)?;
            let mut state = options.trust.read_state()?;
            let revocations = options.revocations.load(&mut state)?;
            options.trust.write_state(&state)?;
            let policy = Policy::default().revocation(options.revocations.policy());
            Some(Verifier::with_policy(store, policy).with_revocations(revocations))
        }
    };
    let (mut certificates, mut unreadable) = (Vec::new(), false);
    let inputs = options.inputs.iter().flat_map(|input| input::open(input));
    for found in inputs.flat_map(input::Job::codes) {
        match found {
            Found::Code { input, text } => certificates.push(match &verifier {
                Some(verifier) => verified(verifier, input, &text, now),
                None => unverified(input, &text),
            }),
            Found::Problem {
                input,
                message,
                note,
            } => {
                complain(PROGRAM, &format!("{}: {message}", short_name(&input)));
                unreadable |= !note;
            }
        }
    }
    Ok((certificates, unreadable))
}

fn verified(verifier: &Verifier, input: String, text: &str, now: Timestamp) -> Certificate {
    let verdict = verifier.verify(text, now);
    let outcome = verdict.outcome().code();
    let why = verdict.reason().map(|reason| reason.to_string());
    let asked = verdict.into_verified().ok().map(Asked::verified);
    Certificate {
        input,
        outcome,
        detail: why.or(asked.as_ref().map(what)).unwrap_or_default(),
        asked,
    }
}

fn unverified(input: String, text: &str) -> Certificate {
    let read = || -> Result<Asked, Error> {
        let unverified = Unverified::parse(text, &Limits::default())?;
        let (content, _) = unverified.unverified_content(&ProductCatalogue::builtin());
        let (claims, record) = (content.claims()?, content.record()?.clone());
        let issuer = claims.issuer().map(str::to_owned);
        let always = Period {
            from: Timestamp::from_seconds(i64::MIN),
            until: Timestamp::from_seconds(i64::MAX),
        };
        let starts = [claims.issued_at(), claims.not_before()].into_iter();
        let starts = starts.filter(|claim| *claim != TimeClaim::Absent);
        // What is no time is no start that lies behind.
        let starts = starts.map(|claim| claim.timestamp().unwrap_or(always.until));
        let starts = starts.max();
        let valid = Period {
            from: starts.unwrap_or(always.from),
            until: match claims.expires_at() {
                TimeClaim::Absent => always.until,
                // What is no time is no end that lies ahead.
                claim => claim
                    .timestamp()
                    .map_or(always.from, |t| t + Duration::from_secs(1)),
            },
        };
        let subject = Subject::unverified_claims(claims);
        Ok(Asked::Unverified(Box::new(record), issuer, valid, subject))
    };
    let (outcome, detail, asked) = match read() {
        Ok(asked) => ("unverified", what(&asked), Some(asked)),
        Err(error) => ("invalid", error.to_string(), None),
    };
    Certificate {
        input,
        outcome,
        detail,
        asked,
    }
}

/// `vaccination`, `test` and so on.
fn what(asked: &Asked) -> String {
    let entries = asked.record().entries().iter();
    let mut kinds: Vec<_> = entries.map(|entry| entry.usage().name()).collect();
    kinds.dedup();
    kinds.join(", ")
}

/// What a country says of a certificate.
struct Answer<'a> {
    certificate: &'a Certificate,
    given: Option<(Acceptance, Vec<Period>)>,
}

impl<'a> Answer<'a> {
    fn of(certificate: &'a Certificate, rules: &Rules, arrival: &Arrival) -> Self {
        let given = certificate.asked.as_ref().and_then(|asked| {
            let acceptance = rules.evaluate(asked, arrival)?;
            let within = around(arrival.at());
            Some((acceptance, rules.periods(asked, arrival, within)))
        });
        Self { certificate, given }
    }

    fn is_accepted(&self) -> bool {
        let given = self.given.as_ref();
        given.is_some_and(|(acceptance, _)| acceptance.is_accepted())
    }

    /// Of what is not valid nobody was asked.
    fn decision(&self) -> Decision {
        let given = self.given.as_ref();
        given.map_or(Decision::Open, |(acceptance, _)| acceptance.decision())
    }

    fn json(&self, arrival: &Arrival) -> String {
        let line = rules::arrival_members(arrival)
            .with("input", self.certificate.input.as_str())
            .with("outcome", self.certificate.outcome);
        let Some((acceptance, periods)) = &self.given else {
            let (code, message) = match self.certificate.asked {
                Some(_) => ("no-rules", "no rules of the country are given"),
                None => ("not-valid", self.certificate.detail.as_str()),
            };
            return line
                .with("decision", Decision::Open.code())
                .with("reason", json::why(code, message))
                .with_json("rules", "[]")
                .with_json("periods", "[]")
                .end();
        };
        let periods: Vec<_> = periods.iter().map(Period::to_json).collect();
        line.with_members(&acceptance.to_json())
            .with_json("periods", &format!("[{}]", periods.join(",")))
            .end()
    }
}

fn around(arrival: Timestamp) -> Range<Timestamp> {
    arrival - BEFORE..arrival + AFTER
}

fn heading(certificates: &[Certificate], arrival: Timestamp) -> String {
    let count = counted(certificates.len(), "certificate", "certificates");
    let mut text = format!("Arrival {arrival}, {count}\n");
    for (number, certificate) in (1..).zip(certificates) {
        let name = short_name(&certificate.input);
        let (outcome, detail) = (certificate.outcome, printable(&certificate.detail));
        let separator = if detail.is_empty() { "" } else { ": " };
        text += &format!("  {number:>2}  {name}  {outcome}{separator}{detail}\n");
    }
    text + "\n"
}

/// A row a country, a column a certificate.
fn table(answered: &[(&str, Vec<Answer<'_>>)]) -> String {
    let mut out = String::new();
    for (country, answers) in answered {
        out += &format!("{country}  {:<10}", together(answers).code().to_uppercase());
        for (number, answer) in (1..).zip(answers) {
            out += &format!("  {number}: {:<8}", answer.decision().code());
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out + "\n"
}

/// One that is accepted suffices; refused are they if each of them is.
fn together(answers: &[Answer<'_>]) -> Decision {
    let each = || answers.iter().map(Answer::decision);
    match () {
        () if each().any(|d| d == Decision::Accepted) => Decision::Accepted,
        () if answers.is_empty() || each().any(|d| d == Decision::Open) => Decision::Open,
        () => Decision::Refused,
    }
}

fn in_words(country: &str, answers: &[Answer<'_>], language: &str) -> String {
    let decision = together(answers);
    let mut out = format!("{country}  {}\n", decision.code().to_uppercase());
    for (number, answer) in (1..).zip(answers) {
        // Writing to a String can't fail.
        let _ = write_answer(&mut out, number, answer, language);
    }
    out
}

fn write_answer(
    out: &mut String,
    number: usize,
    answer: &Answer<'_>,
    language: &str,
) -> std::fmt::Result {
    let Some((acceptance, periods)) = &answer.given else {
        return Ok(());
    };
    write!(out, "  {number:>2}  {}", acceptance.decision())?;
    if let Some(reason) = acceptance.reason()
        && !acceptance
            .results()
            .iter()
            .any(|r| matches!(r.outcome(), RuleOutcome::Open(_)))
    {
        write!(out, ": {}", printable(&reason.to_string()))?;
    }
    writeln!(out)?;
    let not_passed = acceptance.results().iter();
    for result in not_passed.filter(|r| *r.outcome() != RuleOutcome::Passed) {
        let text = rules::in_words(result, language);
        writeln!(out, "        {text}")?;
    }
    for period in periods {
        writeln!(
            out,
            "        accepted from {} until {}",
            period.from, period.until
        )?;
    }
    Ok(())
}

fn show_progress(done: usize, of: usize) {
    if io::stderr().is_terminal() {
        let _ = write!(
            io::stderr(),
            "\r\x1b[K{PROGRAM}: country {} of {of}",
            done + 1
        );
    }
}

fn clear_progress() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}
