//! Runs published test suites and says where this crate differs from them.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::{arguments, conformance_tool as conformance};
use conformance::business_rules::{self, RuleTest};
use conformance::certlogic::{self, Assertion};
use conformance::dgc_testdata::{self, Outcome, Standing};
use conformance::known::Known;
use conformance::vector;

const HELP: &str = "\
Runs a published test suite and says where hcert differs from it.

Usage: hcert conformance SUITE DIR [--json]

Suites:
  dgc-testdata DIR  the EU's test vectors: a clone of
                    github.com/eu-digital-green-certificates/dgc-testdata
  certlogic DIR     the suites of CertLogic 1.3.3: a clone of
                    github.com/ehn-dcc-development/eu-dcc-business-rules, or
                    certlogic/specification in it
  business-rules DIR  national rules with their tests: a clone of
                    github.com/eu-digital-green-certificates/dgc-business-rules-testdata,
                    or the folder of a state or of a rule in it

Of a clone the files that belong to no test are passed over, and counted on
stderr.

Options:
  --json      one object a line for each vector and key, on stdout:
              {\"path\", \"key\", \"expected\", \"actual\", \"reason\"}; `actual` is null
              where the vector lacks what the key needs. For certlogic a line
              an assertion: {\"path\", \"name\", \"expected\", \"actual\",
              \"reason\"}. For business-rules a line a test: {\"path\", \"name\",
              \"expected\", \"actual\"}; `actual` is true, false, or the code of
              why the rule says neither. Summary on stderr.
  -h, --help  this text

Known divergences from dgc-testdata, each with its reason, are in the file
crates/cli/src/conformance_tool/known-divergences.json; from the other suites
there are none.

Exit status: 0 if all agree or differ for a known reason, 1 if one differs
otherwise or agrees although it is listed, 2 for wrong usage or unreadable
input.";

pub fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("hcert conformance: {message}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let usage = |what: String| format!("{what}; see --help");
    let (mut words, mut json) = (Vec::new(), false);
    let mut parser = arguments::parser();
    while let Some(arg) = parser.next().map_err(|e| usage(e.to_string()))? {
        match arg {
            lexopt::Arg::Short('h') | lexopt::Arg::Long("help") => {
                return print_to_end(writeln!(std::io::stdout(), "{HELP}")).map(|()| true);
            }
            lexopt::Arg::Long("json") => json = true,
            lexopt::Arg::Value(word) => words.push(PathBuf::from(word)),
            other => return Err(usage(other.unexpected().to_string())),
        }
    }
    match words.as_slice() {
        [suite, dir] if suite.as_os_str() == "dgc-testdata" => run_dgc_testdata(dir, json),
        [suite, dir] if suite.as_os_str() == "certlogic" => run_certlogic(dir, json),
        [suite, dir] if suite.as_os_str() == "business-rules" => run_business_rules(dir, json),
        [suite, _] => Err(usage(format!("no suite {}", suite.display()))),
        _ => Err(usage("a suite and a directory are needed".into())),
    }
}

fn run_dgc_testdata(dir: &std::path::Path, json: bool) -> Result<bool, String> {
    let known = Known::dgc_testdata().map_err(|e| format!("known-divergences.json: {e}"))?;
    let found = vector::find(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    for (path, why) in &found.skipped {
        eprintln!("note: skipped {path}: {why}");
    }
    if found.other_files > 0 {
        eprintln!("note: skipped {} files that are no JSON", found.other_files);
    }
    if found.vectors.is_empty() {
        return Err(format!(
            "{}: no test vector (a JSON file with EXPECTEDRESULTS) in there",
            dir.display()
        ));
    }
    let total = found.vectors.len();
    let shown = std::io::stderr().is_terminal();
    let progress = |done: usize| {
        if shown && (done.is_multiple_of(16) || done == total) {
            eprint!(
                "\r{done} of {total} vectors{}",
                if done == total { "\n" } else { "" }
            );
        }
    };
    let outcomes = dgc_testdata::run(&found.vectors, &known, &progress);

    let mut out = std::io::stdout().lock();
    let printed = if json {
        outcomes
            .iter()
            .try_for_each(|o| writeln!(out, "{}", o.to_json()))
    } else {
        print_table(&mut out, &outcomes)
    };
    print_to_end(printed)?;
    drop(out);
    let disagreements: Vec<_> = outcomes
        .iter()
        .filter(|o| o.standing == Standing::Disagrees)
        .collect();
    for o in &disagreements {
        eprintln!(
            "disagrees: {} {}: expected {}, found {}: {}",
            o.path,
            o.key,
            word(o.expected),
            word(o.actual),
            o.reason
        );
    }
    let mut sum = Counts::default();
    outcomes.iter().for_each(|o| sum.add(o.standing));
    eprintln!(
        "{total} vectors, {} expectations: {} agree, {} known divergences, {} disagree, {} not applicable",
        outcomes.len(),
        sum.agree,
        sum.known,
        sum.disagree,
        sum.not_applicable
    );
    if sum.not_applicable == outcomes.len() {
        return Err(format!(
            "{}: nothing could be compared; is it a clone of dgc-testdata?",
            dir.display()
        ));
    }
    Ok(disagreements.is_empty())
}

fn run_certlogic(dir: &std::path::Path, json: bool) -> Result<bool, String> {
    let certlogic::Found {
        assertions,
        passed_over,
    } = certlogic::run(dir)?;
    note_passed_over(passed_over, "belong to no suite");
    if assertions.is_empty() {
        return Err(format!(
            "{}: neither testSuite nor validation-testSuite is in there",
            dir.display()
        ));
    }
    let mut out = std::io::stdout().lock();
    let printed = if json {
        assertions
            .iter()
            .try_for_each(|a| writeln!(out, "{}", a.to_json()))
    } else {
        print_files(&mut out, &assertions)
    };
    print_to_end(printed)?;
    drop(out);
    let mut sum = Counts::default();
    for a in &assertions {
        sum.add(a.standing);
        if a.standing == Standing::Disagrees {
            eprintln!(
                "disagrees: {}, {}: expected {}, found {}: {}",
                a.path, a.name, a.expected, a.actual, a.reason
            );
        }
    }
    eprintln!(
        "{} assertions: {} agree, {} disagree, {} marked skip",
        assertions.len(),
        sum.agree,
        sum.disagree,
        sum.not_applicable
    );
    Ok(sum.disagree == 0)
}

/// A row for each file of the suites.
fn print_files(out: &mut impl Write, assertions: &[Assertion]) -> std::io::Result<()> {
    let mut files: BTreeMap<&str, Counts> = BTreeMap::new();
    for a in assertions {
        files.entry(&a.path).or_default().add(a.standing);
    }
    writeln!(
        out,
        "{:<52} {:>6} {:>9} {:>5}",
        "file", "agree", "disagree", "skip"
    )?;
    for (path, c) in files {
        let Counts {
            agree,
            disagree,
            not_applicable,
            ..
        } = c;
        writeln!(
            out,
            "{path:<52} {agree:>6} {disagree:>9} {not_applicable:>5}"
        )?;
    }
    Ok(())
}

fn run_business_rules(dir: &std::path::Path, json: bool) -> Result<bool, String> {
    let business_rules::Found { tests, passed_over } = business_rules::run(dir)?;
    note_passed_over(passed_over, "are neither a rule nor a test of one");
    if tests.is_empty() {
        return Err(format!(
            "{}: no rule with a folder `tests` beside it in there",
            dir.display()
        ));
    }
    let mut out = std::io::stdout().lock();
    let printed = if json {
        tests
            .iter()
            .try_for_each(|t| writeln!(out, "{}", t.to_json()))
    } else {
        print_states(&mut out, &tests)
    };
    print_to_end(printed)?;
    drop(out);
    let differing: Vec<_> = tests.iter().filter(|t| !t.agrees()).collect();
    for t in &differing {
        eprintln!(
            "disagrees: {}: expected {}, found {}: {}",
            t.path, t.expected, t.actual, t.reason
        );
    }
    eprintln!(
        "{} tests: {} agree, {} disagree",
        tests.len(),
        tests.len() - differing.len(),
        differing.len()
    );
    Ok(differing.is_empty())
}

fn note_passed_over(files: usize, why: &str) {
    if files > 0 {
        eprintln!("note: passed over {files} files that {why}");
    }
}

/// A row for each state.
fn print_states(out: &mut impl Write, tests: &[RuleTest]) -> std::io::Result<()> {
    let mut states: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for t in tests {
        let (agree, disagree) = states.entry(country(&t.path)).or_default();
        *(if t.agrees() { agree } else { disagree }) += 1;
    }
    writeln!(out, "{:<16} {:>6} {:>9}", "state", "agree", "disagree")?;
    for (state, (agree, disagree)) in states {
        writeln!(out, "{state:<16} {agree:>6} {disagree:>9}")?;
    }
    Ok(())
}

/// A reader that has seen enough (`| head`) is no fault of the input.
fn print_to_end(printed: std::io::Result<()>) -> Result<(), String> {
    match printed {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("stdout: {error}"))
        }
        _ => Ok(()),
    }
}

fn word(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "nothing",
    }
}

#[derive(Default, Clone, Copy)]
struct Counts {
    agree: usize,
    known: usize,
    disagree: usize,
    not_applicable: usize,
}

impl Counts {
    fn add(&mut self, standing: Standing) {
        *match standing {
            Standing::Agrees => &mut self.agree,
            Standing::Known => &mut self.known,
            Standing::Disagrees => &mut self.disagree,
            Standing::NotApplicable => &mut self.not_applicable,
        } += 1;
    }
}

/// The first directory of the path, by rule ISO 3166-1 alpha-2.
fn country(path: &str) -> &str {
    path.split_once('/').map_or("-", |(first, _)| first)
}

/// For each key a row for each country, and one for all of them.
fn print_table(out: &mut impl Write, outcomes: &[Outcome]) -> std::io::Result<()> {
    let mut keys: BTreeMap<&str, (Counts, BTreeMap<&str, Counts>)> = BTreeMap::new();
    for o in outcomes {
        let (sum, countries) = keys.entry(&o.key).or_default();
        sum.add(o.standing);
        countries
            .entry(country(&o.path))
            .or_default()
            .add(o.standing);
    }
    let mut row = |cells: [&dyn std::fmt::Display; 6]| {
        let [key, country, agree, known, disagree, not_applicable] = cells.map(|c| c.to_string());
        writeln!(
            out,
            "{key:<24} {country:<8} {agree:>6} {known:>6} {disagree:>9} {not_applicable:>5}"
        )
    };
    row([&"key", &"country", &"agree", &"known", &"disagree", &"n/a"])?;
    for (key, (sum, countries)) in &keys {
        for (country, c) in countries.iter().chain([(&"all", sum)]) {
            let counts = [&c.agree, &c.known, &c.disagree, &c.not_applicable];
            let [agree, known, disagree, not_applicable] = counts;
            row([key, country, agree, known, disagree, not_applicable])?;
        }
    }
    Ok(())
}
