//! `trust lint`: what a list's maker, or who embeds it, should know.

use std::collections::BTreeMap;

use hcert::Timestamp;
use hcert::crypto::KeyFingerprint;
use hcert::crypto::KeyKind;
use hcert::trust::{
    Chain, EntryProblem, Environment, ListInfo, LoadReport, ProblemKind, TrustStore, TrustedKey,
};
use serde_json::json;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::load::{Files, List, Loaded, Refusal, what_to_pass};
use super::{Error, Options, facts, print};
use crate::cli::{printable, short_name};
use crate::json;

pub const HELP: &str = "\
Says what is wrong with trust lists, or remarkable: for those who make them and
those who embed them.

Usage: hcert trust lint [--anchor KEY]… [--trust-env ENV] [--at TIME] [--all]
                        [--json] FILE…

  --anchor KEY     check the signature with this certificate or public key; may
                   be repeated
  --trust-env ENV  prod, uat or dev: check that the WHO's network signed the
                   list in that environment
  --at TIME        judge dates as of this time (RFC 3339, 2026-08-22T12:00:00Z)
                   instead of now
  --all            name every finding instead of counting those of one kind
  --json           print one JSON object a line for each list: input, format,
                   authenticated, errors, warnings, notes, findings [{severity,
                   code, kid, position, message}] (position: the entry's place,
                   from 0, where one entry is meant; kid in base64)
  --help           print this

  error    nobody should trust the list as it is
  warning  a key that doesn't work, or a claim that nothing backs
  note     worth knowing

Exit status: 0 no error is found, 1 one is, 2 wrong usage, or a file that can't
be read.
";

pub fn run(options: &Options, files: &Files) -> Result<u8, Error> {
    let mut bad = false;
    let mut environments: Vec<Environment> = Vec::new();
    for list in &files.lists {
        let result = list.read(options);
        let mut findings = findings(options, &result);
        if let Ok((store, _)) = &result {
            let listed = store.iter().filter_map(TrustedKey::gdhcn).next();
            environments.extend(listed.map(|listed| listed.environment()));
        }
        if environments.iter().any(|e| environments.first() != Some(e)) {
            findings.push(Finding::of_list(
                Severity::Error,
                "gdhcn-mixed-environments",
                "of another environment than a list before it: they never mix".into(),
            ));
            environments.truncate(1);
        }
        findings.sort_by_key(|finding| (finding.severity, finding.code));
        bad |= findings.iter().any(|f| f.severity == Severity::Error);
        print(&match options.json {
            true => json_line(list, &result, &findings),
            false => words(options, list, &findings),
        })?;
    }
    Ok(files.status(bad))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

struct Finding {
    severity: Severity,
    code: &'static str,
    /// The kid, if it is about a key or an entry.
    kid: Option<String>,
    position: Option<usize>,
    message: String,
}

impl Finding {
    fn of_list(severity: Severity, code: &'static str, message: String) -> Self {
        Self {
            severity,
            code,
            kid: None,
            position: None,
            message,
        }
    }

    fn of_key(severity: Severity, code: &'static str, key: &TrustedKey, message: String) -> Self {
        Self {
            kid: Some(facts::kid(key.kid())),
            ..Self::of_list(severity, code, message)
        }
    }
}

fn findings(options: &Options, result: &Result<Loaded, Refusal>) -> Vec<Finding> {
    let (store, report) = match result {
        Ok(loaded) => loaded,
        Err(refusal) => {
            let message = refusal.message.clone();
            return vec![Finding::of_list(Severity::Error, refusal.code, message)];
        }
    };
    let mut findings: Vec<_> = report.problems.iter().map(of_entry).collect();
    for info in store.lists() {
        findings.extend(of_list(info, options.at));
    }
    findings.extend(of_content(store, report));
    for key in store.iter() {
        findings.extend(of_key(key, options.at));
    }
    findings.extend(collisions(store));
    findings
}

fn of_entry(entry: &EntryProblem) -> Finding {
    let code = entry.problem.code();
    // By code: a library that finds more should not need another program.
    let severity = match code {
        "published-key" | "jwk-private-key" | "entry-id-mismatch" => Severity::Error,
        "anchor-signature" | "not-issued" | "not-uploaded" | "upload-signature"
        | "gateway-role" | "not-for-signatures" | "signer-not-in-date" => Severity::Error,
        "not-a-document-signer" | "key-inactive" | "jwk-use" | "jwk-algorithm" => Severity::Note,
        "jwk-key-type" => Severity::Warning,
        "reference" => match entry.problem {
            ProblemKind::Reference {
                elsewhere: true, ..
            } => Severity::Warning,
            _ => Severity::Note,
        },
        _ if entry.kept => Severity::Warning,
        // What can't be read.
        _ => Severity::Error,
    };
    Finding {
        kid: entry.kid.clone(),
        position: Some(entry.position),
        ..Finding::of_list(severity, code, entry.problem.to_string())
    }
}

fn of_list(info: &ListInfo, at: Timestamp) -> Vec<Finding> {
    use Severity::{Error, Warning};
    let mut findings = Vec::new();
    let mut found = |severity, code, message| {
        findings.push(Finding::of_list(severity, code, message));
    };
    match (info.is_authenticated(), info.format().anchor_hint()) {
        (true, _) => {}
        (false, Some(_)) => found(
            Warning,
            "signature-not-checked",
            format!(
                "the signature was not looked at; {}",
                what_to_pass(info.format())
            ),
        ),
        (false, None) => found(
            Warning,
            "trust-unsigned",
            "the form carries no signature: nothing shows who made the list".into(),
        ),
    }
    if info.issued_at().or(info.newest_entry()).is_none() {
        let message = "nothing says when the list was made: an old one passes for new";
        found(Warning, "list-undated", message.into());
    }
    if let Some(until) = info.expires_at().filter(|until| at > *until) {
        found(Error, "list-expired", format!("expired at {until}"));
    }
    if let Some(made) = info.issued_at().filter(|made| at < *made) {
        found(Error, "list-from-future", format!("made at {made}"));
    }
    findings
}

fn of_content(store: &TrustStore, report: &LoadReport) -> Vec<Finding> {
    use Severity::{Note, Warning};
    let mut findings = Vec::new();
    let mut found = |severity, code, message| {
        findings.push(Finding::of_list(severity, code, message));
    };
    if store.is_empty() {
        let message = "no key is in the list: everything it is asked about is unascertained";
        found(Warning, "list-empty", message.into());
    }
    if report.duplicates > 0 {
        let message = format!("entries that equal an earlier one: {}", report.duplicates);
        found(Warning, "entry-duplicate", message);
    }
    let unchecked = store.iter().filter(|k| k.chain() == Chain::NotChecked);
    match unchecked.count() {
        0 => {}
        n => {
            let message = format!("of {n} keys nothing shows who issued the certificate");
            found(Note, "chain-not-checked", message);
        }
    }
    let environment = store
        .iter()
        .find_map(|key| Some(key.gdhcn()?.environment()));
    if let Some(environment) = environment.filter(|e| *e != Environment::Prod) {
        let message = format!("of the environment {environment}: for tests, not for travellers");
        found(Warning, "environment-for-tests", message);
    }
    findings
}

fn of_key(key: &TrustedKey, at: Timestamp) -> Vec<Finding> {
    use Severity::{Error, Note, Warning};
    let mut findings = Vec::new();
    let mut found = |severity, code, message| {
        findings.push(Finding::of_key(severity, code, key, message));
    };
    if let Some((from, until)) = key.validity() {
        match facts::validity(key, at) {
            facts::EXPIRED => found(Warning, "key-expired", format!("expired at {until}")),
            facts::NOT_YET_VALID => found(Note, "key-not-yet-valid", format!("valid from {from}")),
            _ => {}
        }
    }
    if let KeyKind::Rsa { bits } = key.public_key().kind()
        && *bits < 2048
    {
        let message = format!("RSA with {bits} bits, where 2048 are the least");
        found(Error, "key-weak-rsa", message);
    }
    if signed_with_sha1(key) {
        let message = "the certificate is signed with SHA-1, which proves nothing any more";
        found(Warning, "certificate-sha1", message.into());
    }
    match key.chain() {
        Chain::NoAuthority => found(
            Warning,
            "chain-no-authority",
            "no authority of the participant in this list issued the certificate".into(),
        ),
        Chain::Unsupported => found(
            Note,
            "chain-unsupported",
            "the issuer's signature is of a kind that is not verified here".into(),
        ),
        _ => {}
    }
    findings
}

/// sha1WithRSAEncryption (RFC 3279 §2.2.1) or ecdsa-with-SHA1 (§2.2.3).
fn signed_with_sha1(key: &TrustedKey) -> bool {
    let certificate = key
        .certificate()
        .map(|dsc| Certificate::from_der(dsc.der()));
    let Some(Ok(certificate)) = certificate else {
        return false;
    };
    let algorithm = certificate.signature_algorithm().oid.to_string();
    ["1.2.840.113549.1.1.5", "1.2.840.10045.4.1"].contains(&algorithm.as_str())
}

/// Several keys under one kid, and one key under several.
fn collisions(store: &TrustStore) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut kids_of: BTreeMap<KeyFingerprint, Vec<&TrustedKey>> = BTreeMap::new();
    for key in store.iter() {
        let listed = kids_of.entry(key.public_key().fingerprint()).or_default();
        if listed.iter().all(|other| other.kid() != key.kid()) {
            listed.push(key);
        }
        let under = store.candidates(key.kid());
        let first = under.first().map(TrustedKey::public_key);
        let others = under.iter().filter(|k| Some(k.public_key()) != first);
        // Once for each kid.
        if first == Some(key.public_key()) && under.first().is_some_and(|k| std::ptr::eq(k, key)) {
            let others = others.count();
            if others > 0 {
                let message = format!("{} keys share the kid: each has to be tried", others + 1);
                findings.push(Finding::of_key(
                    Severity::Warning,
                    "kid-collision",
                    key,
                    message,
                ));
            }
        }
    }
    for listed in kids_of.values().filter(|listed| listed.len() > 1) {
        let kids: Vec<_> = listed.iter().map(|key| facts::kid(key.kid())).collect();
        if let Some(key) = listed.first() {
            let message = format!("the same key is listed as {}", kids.join(", "));
            let note = Finding::of_key(Severity::Note, "key-listed-twice", key, message);
            findings.push(note);
        }
    }
    findings
}

fn counted(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|f| f.severity == severity).count()
}

fn words(options: &Options, list: &List, findings: &[Finding]) -> String {
    let form = list.format.map_or("unknown form", |format| format.code());
    let mut out = format!("{} ({form})\n", short_name(&list.label));
    for group in findings.chunk_by(|a, b| (a.severity, a.code) == (b.severity, b.code)) {
        let shown = if options.all { group.len() } else { 3 };
        for finding in group.iter().take(shown) {
            let place = finding.position.map(|position| format!("entry {position}"));
            let kid = finding
                .kid
                .as_ref()
                .map(|kid| format!("kid {}", printable(kid)));
            let place: Vec<_> = place.into_iter().chain(kid).collect();
            let place = match place.is_empty() {
                true => String::new(),
                false => format!("{}: ", place.join(", ")),
            };
            out += &format!(
                "  {:<7} {place}{} [{}]\n",
                finding.severity.name(),
                printable(&finding.message),
                finding.code
            );
        }
        if group.len() > shown {
            let more = group.len() - shown;
            out += &format!("          and {more} more of these; --all names them\n");
        }
    }
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|s| counted(findings, s));
    out + &format!("  errors: {errors}, warnings: {warnings}, notes: {notes}\n\n")
}

fn json_line(list: &List, result: &Result<Loaded, Refusal>, findings: &[Finding]) -> String {
    let loaded = result.as_ref().ok();
    let authenticated = loaded.is_some_and(|(store, _)| facts::is_authenticated(store));
    let listed = findings.iter().map(|finding| {
        json!({
            "severity": finding.severity.name(),
            "code": finding.code,
            "kid": finding.kid,
            "position": finding.position,
            "message": finding.message,
        })
    });
    json::object(&[
        ("input", list.label.as_str().into()),
        ("format", list.format.map(|format| format.code()).into()),
        ("authenticated", authenticated.into()),
        ("errors", counted(findings, Severity::Error).into()),
        ("warnings", counted(findings, Severity::Warning).into()),
        ("notes", counted(findings, Severity::Note).into()),
        ("findings", listed.collect()),
    ]) + "\n"
}
