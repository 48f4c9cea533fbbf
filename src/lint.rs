//! For issuers: every departure of a certificate, its QR symbol and its
//! document signer certificate from the specification, by clause, with what
//! to do about it.
//!
//! ```
//! use hcert::lint::{Linter, Severity};
//! let report = Linter::new().code("hc1:6BF");
//! let first = &report.findings()[0];
//! assert_eq!((first.code(), first.severity()), ("prefix", Severity::Error));
//! assert_eq!(first.clause(), "hcert-spec §4.2.2");
//! ```
//!
//! A linter reads what nothing vouches for: it says nothing about who issued a
//! code, and is no verifier. Findings name places and codes, never what stands
//! there: reports of real certificates can be kept.

mod cbor;
mod code;
mod dcc;
mod dsc;
mod json;
mod rules;
#[cfg(feature = "scan")]
mod symbol;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::format::{Deviation, DeviationCode};
use crate::issue::{Departure, DepartureCode};
use crate::record::{PayloadKind, ProductCatalogue, ValueSets};
use crate::trust::{Dsc, TrustStore};
use crate::{Limits, Timestamp};

/// How grave a finding is; the gravest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Breaks what the specification demands; some verifiers, or all of them,
    /// refuse it.
    Error,
    /// Departs from the specification or from what it recommends; most
    /// verifiers read it.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One departure. It holds no value of the certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    severity: Severity,
    code: &'static str,
    at: String,
    message: String,
    clause: &'static str,
    help: &'static str,
}

impl Finding {
    /// How grave it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// A stable identifier: that of the deviation or error where reading gives
    /// one.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The clause that it is about, such as `hcert-spec §3.3.2` (of 1.0.8),
    /// `dcc-schema required` (of 1.3.3), `DCC JSON specification 1.3.0, t/ma`
    /// or a section of an RFC.
    pub fn clause(&self) -> &'static str {
        self.clause
    }

    /// Where: a layer, a header, a claim, or a path in the payload such as
    /// `v[0].dt`. May be empty.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What is wrong, in English.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, in English.
    pub fn help(&self) -> &'static str {
        self.help
    }
}

/// What there is to say about a code, a symbol or a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
    facts: Vec<(&'static str, String)>,
}

impl Report {
    /// The departures, the gravest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How the thing is made, departure or not: names and values, such as
    /// `alg` and `ES256`, `tags` and `18`. None of them is about a person.
    pub fn facts(&self) -> &[(&'static str, String)] {
        &self.facts
    }

    /// How many findings are of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings.filter(|f| f.severity == severity).count()
    }

    /// Both reports in one: of a code and of the symbol that holds it.
    pub fn with(mut self, other: Self) -> Self {
        self.facts.extend(other.facts);
        self.findings.extend(other.findings);
        self.sorted()
    }

    fn sorted(mut self) -> Self {
        self.findings.sort();
        self.findings.dedup();
        self
    }

    fn fact(&mut self, name: &'static str, value: impl ToString) {
        self.facts.push((name, value.to_string()));
    }

    /// A finding of the linter's own.
    fn find(&mut self, code: &'static str, at: impl Into<String>) {
        let words = rules::rule(code).map_or(code, |rule| rule.words);
        self.push(code, at.into(), words.into(), Severity::Warning);
    }

    /// An error of the library, which carries places and sizes, no values.
    fn error(&mut self, code: &'static str, at: &str, error: impl fmt::Display) {
        self.push(code, at.into(), error.to_string(), Severity::Error);
    }

    fn deviation(&mut self, deviation: &Deviation) {
        let words = deviation.kind().words().to_owned();
        let at = deviation.at().into();
        self.push(deviation.code(), at, words, Severity::Warning);
    }

    /// The schema's deviations are used by every payload.
    fn deviation_of(&mut self, kind: Option<PayloadKind>, deviation: &Deviation) {
        self.deviation(deviation);
        if let (Some(kind), Some(last)) = (kind, self.findings.last_mut())
            && kind != PayloadKind::EuDcc
            && last.clause.starts_with("dcc-schema")
        {
            last.clause = rules::specification(kind);
        }
    }

    /// A departure that the issuer knows, too. What came with version 1.3.0
    /// of the specification is worth a note in an earlier certificate.
    fn departure(&mut self, departure: &Departure, is_earlier: bool) {
        let code = departure.kind();
        let severity = match code {
            code if is_earlier && code.is_of_1_3_0() => Severity::Note,
            code if code.is_refused() => Severity::Error,
            DepartureCode::CountryOrganisation | DepartureCode::TestResultInconclusive => {
                Severity::Note
            }
            _ => Severity::Warning,
        };
        self.findings.push(Finding {
            severity,
            code: code.code(),
            at: departure.at().into(),
            message: code.words().into(),
            clause: code.clause(),
            help: code.help(),
        });
    }

    fn note_deviation(&mut self, code: DeviationCode, at: &str) {
        self.deviation(&Deviation::new(code, at));
    }

    /// `otherwise` is for codes that the table does not know.
    fn push(&mut self, code: &'static str, at: String, message: String, otherwise: Severity) {
        let rule = rules::rule(code);
        self.findings.push(Finding {
            severity: rule.map_or(otherwise, |rule| rule.severity),
            code,
            at,
            message,
            clause: rule.map_or("the specification of the payload", |rule| rule.clause),
            help: rule.map_or("write it as the specification has it", |rule| rule.help),
        });
    }
}

/// Looks for departures from the specification.
///
/// ```no_run
/// use hcert::lint::{Linter, Severity};
/// use hcert::trust::Dsc;
/// let dsc = Dsc::from_der(&std::fs::read("signer.der")?)?;
/// let text = std::fs::read_to_string("code.txt")?;
/// let report = Linter::new().with_dsc(dsc).code(text.trim_end());
/// for finding in report.findings() {
///     println!("{}: {} [{}]", finding.at(), finding.message(), finding.clause());
/// }
/// assert_eq!(report.count(Severity::Error), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Linter {
    limits: Limits,
    products: Option<ProductCatalogue>,
    value_sets: Option<ValueSets>,
    dsc: Option<Dsc>,
    trust: Option<TrustStore>,
    now: Option<Timestamp>,
}

impl Linter {
    /// Without a key and without a clock: the signature is not checked, and
    /// nothing is said to be expired.
    pub fn new() -> Self {
        Self::default()
    }

    /// The certificate of the key that is to have signed the codes, whatever
    /// kid they name.
    pub fn with_dsc(mut self, dsc: Dsc) -> Self {
        self.dsc = Some(dsc);
        self
    }

    /// Where the key is looked up by the code's kid, unless a
    /// [`with_dsc`](Self::with_dsc) is given.
    pub fn with_trust(mut self, trust: TrustStore) -> Self {
        self.trust = Some(trust);
        self
    }

    /// Judges times as of then.
    pub fn at_time(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// The products that a yellow card may name; by default those that are
    /// compiled in.
    pub fn with_products(mut self, catalogue: ProductCatalogue) -> Self {
        self.products = Some(catalogue);
        self
    }

    /// The codes that an EU DCC may use; by default those that are compiled in.
    /// Of these the devices of rapid tests are not judged by: the list on the
    /// gateway is longer.
    pub fn with_value_sets(mut self, sets: ValueSets) -> Self {
        self.value_sets = Some(sets);
        self
    }

    /// The budgets for reading.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What the text of a code departs in, and where its key is known the
    /// document signer certificate, too.
    pub fn code(&self, text: &str) -> Report {
        let mut report = Report::default();
        code::lint(self, text, &mut report);
        report.sorted()
    }

    /// The same of a COSE_Sign1 that comes without text and compression
    /// (hcert-spec §4.1).
    pub fn cose(&self, bytes: &[u8]) -> Report {
        let mut report = Report::default();
        code::lint_cose(self, bytes, &mut report);
        report.sorted()
    }

    /// What a document signer certificate departs in, given in DER.
    pub fn certificate(&self, der: &[u8]) -> Report {
        let mut report = Report::default();
        match Dsc::from_der(der) {
            Ok(dsc) => dsc::lint(&dsc, self.now, &mut report),
            Err(error) => report.error(error.code(), "dsc", &error),
        }
        report.sorted()
    }

    /// What a QR symbol departs in; of its text see [`code`](Self::code).
    #[cfg(feature = "scan")]
    pub fn symbol(&self, symbol: &crate::qr::ScannedCode) -> Report {
        let mut report = Report::default();
        symbol::lint(symbol, &mut report);
        report.sorted()
    }

    /// The report of a picture in which no QR symbol can be read.
    pub fn no_symbol(&self) -> Report {
        let mut report = Report::default();
        report.find("qr-none", "");
        report
    }
}

/// The name of a member, as far as it looks like one: who swaps names and
/// values writes of a person.
fn member_name(name: &str) -> &str {
    match crate::format::hc1::schema::is_member_name(name) {
        true => name,
        false => "?",
    }
}
