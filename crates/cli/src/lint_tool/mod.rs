//! From inputs to reports, and reports to text and JSON.

use hcert::lint::{Linter, Report, Severity};
use x509_cert::der::pem;

use crate::cli::{printable, short_name};
use crate::input::{self, Job};
use crate::json::Line;

/// What there is to say about an input.
pub enum Found {
    Report {
        input: String,
        report: Box<Report>,
    },
    /// The input can't be read; or, as a `note`, something in it was passed
    /// over.
    Problem {
        input: String,
        message: String,
        note: bool,
    },
}

/// The reports of a piece of work. A picture gives one for each certificate in
/// it, its symbol included.
pub fn reports(linter: &Linter, job: Job) -> Vec<Found> {
    #[cfg(feature = "scan")]
    if let Job::Picture { input, reader } = job {
        return picture(linter, input, reader);
    }
    let found = job.codes().into_iter();
    let report = |found| match found {
        input::Found::Code { input, text } => Found::Report {
            report: Box::new(linter.code(&text)),
            input,
        },
        input::Found::Problem {
            input,
            message,
            note,
        } => Found::Problem {
            input,
            message,
            note,
        },
    };
    found.map(report).collect()
}

#[cfg(feature = "scan")]
fn picture(linter: &Linter, input: String, reader: impl std::io::Read) -> Vec<Found> {
    use hcert::qr::{ScanLimits, scan};
    use std::io::Read as _;
    let problem = |message: String, note| Found::Problem {
        input: input.clone(),
        message,
        note,
    };
    let limits = ScanLimits::default();
    let mut bytes = Vec::new();
    // A byte more than the limit, so that `scan` sees that it is passed.
    let mut reader = reader.take(limits.max_bytes as u64 + 1);
    if let Err(error) = reader.read_to_end(&mut bytes) {
        return vec![problem(error.to_string(), false)];
    }
    let codes = match scan(&bytes, &limits) {
        Ok(codes) => codes,
        Err(error) => return vec![problem(error.to_string(), false)],
    };
    if codes.is_empty() {
        let report = Box::new(linter.no_symbol());
        return vec![Found::Report { input, report }];
    }
    // Paper carries other codes, too.
    let is_certificate = |code: &&hcert::qr::ScannedCode| {
        code.text().starts_with("HC") || crate::cli::is_code(code.text())
    };
    let certificates = codes.iter().filter(is_certificate).count();
    let chosen: Vec<_> = match certificates {
        0 => codes.iter().collect(),
        _ => codes.iter().filter(is_certificate).collect(),
    };
    let mut found = Vec::new();
    for (n, code) in chosen.iter().enumerate() {
        found.push(Found::Report {
            input: match chosen.len() {
                1 => input.clone(),
                _ => format!("{input}#{}", n + 1),
            },
            report: Box::new(linter.code(code.text()).with(linter.symbol(code))),
        });
    }
    let others = codes.len() - chosen.len();
    if others > 0 {
        let message = format!("passed over {others} other QR code(s), which are no certificates");
        found.push(problem(message, true));
    }
    found
}

/// A certificate in DER or PEM as DER; `None` if the PEM is malformed.
pub fn der(file: &[u8]) -> Option<Vec<u8>> {
    match file.trim_ascii_start().starts_with(b"-----BEGIN") {
        true => Some(pem::decode_vec(file.trim_ascii()).ok()?.1),
        false => Some(file.to_vec()),
    }
}

pub fn in_words(input: &str, report: &Report) -> String {
    let mut out = format!("{}\n", short_name(input));
    if !report.facts().is_empty() {
        let facts = report.facts().iter();
        let facts: Vec<_> = facts
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        out += &format!("  {}\n", printable(&facts.join(", ")));
    }
    for finding in report.findings() {
        let at = match finding.at() {
            "" => String::new(),
            at => format!("{}: ", printable(at)),
        };
        out += &format!(
            "  {:<7}  {at}{} [{}]\n           {}; {}\n",
            finding.severity().name(),
            printable(finding.message()),
            finding.code(),
            finding.clause(),
            finding.help(),
        );
    }
    let [errors, warnings, notes] = counts(report);
    out + &format!("  errors: {errors}, warnings: {warnings}, notes: {notes}\n\n")
}

fn counts(report: &Report) -> [usize; 3] {
    [Severity::Error, Severity::Warning, Severity::Note].map(|severity| report.count(severity))
}

/// The text of a code is personal data, so that an input that is one is cut
/// off here, too.
pub fn json_line(input: &str, report: &Report) -> String {
    let line = Line::default().with("input", short_name(input));
    line.with_members(&report.to_json()).end()
}
