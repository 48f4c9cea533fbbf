//! Asks whether a country accepts a certificate at the time of arrival:
//! `rules TRUST CERTIFICATE COUNTRY ARRIVAL [RULES]`, such as
//! `rules trust.json vaccination.txt XX 2026-12-24T12:00:00Z`.
//!
//! Exit status: 0 accepted; 1 refused, open or not valid, or an error.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::rules::{Arrival, RuleOutcome, RuleSet, Subject};
use hcert::trust::TrustStore;
use hcert::verify::Verifier;
use hcert::words::printable;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (trust_path, path, country, at, rules_path) = match arguments.as_slice() {
        [trust, path, country, at] => (trust, path, country, at, "examples/rules.json"),
        [trust, path, country, at, rules] => (trust, path, country, at, rules.as_str()),
        _ => return Err("usage: rules TRUST CERTIFICATE COUNTRY ARRIVAL [RULES]".into()),
    };
    let at = Timestamp::parse(at).map_err(|e| format!("ARRIVAL {at}: {e}"))?;
    let arrival = Arrival::new(country, at);
    let read = |path: &str| fs::read(path).map_err(|e| format!("{path}: {e}"));

    // Rules are as good as where they come from: you vouch for this file.
    let rules = RuleSet::from_json(&read(rules_path)?);
    let rules = rules.map_err(|e| format!("{rules_path}: {e}"))?;
    let mut builder = TrustStore::builder();
    let added = builder.add_bytes(trust_path, &read(trust_path)?);
    added.map_err(|e| format!("{trust_path}: {e}"))?;
    let verifier = Verifier::new(builder.build().0);
    let code = fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;

    // Verify as of now, and ask the rules as of the arrival.
    let verdict = verifier.verify(&code, SystemTime::now().into());
    let mut out = io::stdout().lock();
    let verified = match verdict.result() {
        Ok(verified) => verified,
        // What is not valid is accepted nowhere, so no rule is asked.
        Err(reason) => {
            let reason = reason.to_string();
            writeln!(out, "{}: {}", verdict.outcome(), printable(&reason))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let acceptance = rules.evaluate(&Subject::from(verified), &arrival);
    let (decision, country) = (acceptance.decision(), printable(arrival.country()));
    writeln!(out, "{decision} in {country}, arrival {at}")?;
    // Open is not accepted: a rule can't be evaluated, or there is none.
    if let Some(reason) = acceptance.reason() {
        writeln!(out, "  open: {}", printable(&reason.to_string()))?;
    }
    for result in acceptance.results() {
        let mark = match result.outcome() {
            RuleOutcome::Passed => continue,
            RuleOutcome::Failed => "failed",
            _ => "open",
        };
        let (rule, text) = (result.identifier(), result.description().get("en"));
        writeln!(out, "  {mark}: {} ({})", printable(text), printable(rule))?;
    }
    Ok(match acceptance.is_accepted() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
