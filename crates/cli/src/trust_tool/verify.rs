//! `trust verify`: whether the signatures of lists hold.

use hcert::trust::{LoadReport, ProblemKind};

use super::load::{Files, List, Loaded, Refusal, complain};
use super::{Error, Options, facts, line, print};
use crate::trust_files::counted;
use crate::{cli, json};

pub const HELP: &str = "\
Says whether the signatures of trust lists hold under what you trust.

Usage: hcert trust verify [--anchor KEY]… [--trust-env ENV] [--json] FILE…
       hcert trust verify --purpose NAME --anchor KEY [--signature FILE]
                          [--json] FILE…

  --anchor KEY     who signs the lists: a certificate or a public key (DER, PEM,
                   JWK); may be repeated. Have it from the list's maker over
                   another way than the list.
  --trust-env ENV  prod (if nothing is said), uat or dev: the environment of the
                   WHO's network, whose signer is known here. With --anchor it
                   has to be said: no anchor signs the WHO's lists
  --gateway-role ROLE:SHA256
                   what a certificate of the EU gateway is that doesn't show it
                   by itself: upload or csca; may be repeated
  --json           print one JSON object a line for each list: input, format,
                   verified, reason (null if verified, else {code, message,
                   values}), entries (how many the list has; null if it is
                   refused). What to do about it is on stderr, as lines
                   {\"input\", \"error\"}.
  --purpose NAME   FILE is no trust list but a signed document of that purpose:
                   rules, revocation or what its signer calls it
  --signature FILE
                   what stands beside the document and signs it: a signature, a
                   CMS or a COSE_Sign1
  --x-signature FILE
                   the same, as the EU's business rule service sends it in the
                   header X-SIGNATURE
  --help           print this

A list in two files takes both, in any order; the line is that of the list. Of
several such lists the second files come in the order of the first ones. A
list without a signature is not verified, whoever it is from. In a list of the
EU gateway each entry is signed: one that is not, and the list is not verified.
No clock is read: whether a list is too old, or a certificate between it and the
anchor has expired, is another question.

Exit status: 0 all are verified, 1 some are not, 2 wrong usage, or a file that
can't be read.
";

pub fn run(options: &Options, files: &Files) -> Result<u8, Error> {
    let mut bad = false;
    for list in &files.lists {
        let result = list.check(options).and_then(every_entry);
        bad |= result.is_err();
        match options.json {
            true => {
                print(&json_line(list, &result))?;
                if let Err(refusal) = &result {
                    complain(true, &list.label, "error", &refusal.message);
                }
            }
            false => print(&words(list, &result))?,
        }
    }
    Ok(files.status(bad))
}

/// Where the entries are signed one by one, a list without the refused ones is
/// of use, but not what its maker is said to have signed.
fn every_entry(loaded: Loaded) -> Result<Loaded, Refusal> {
    let problems = || loaded.1.problems.iter().filter(|p| unsigned(&p.problem));
    match problems().next() {
        None => Ok(loaded),
        Some(first) => Err(Refusal {
            code: first.problem.code(),
            message: format!(
                "not signed as they should be: {} of {}; the first is {first}",
                problems().count(),
                counted(loaded.1.total, "entry", "entries")
            ),
        }),
    }
}

/// Whether the entry was left out for its own signature.
fn unsigned(problem: &ProblemKind) -> bool {
    matches!(
        problem,
        ProblemKind::AnchorSignature { .. }
            | ProblemKind::NotIssued
            | ProblemKind::NotUploaded
            | ProblemKind::UploadSignature { .. }
            | ProblemKind::GatewayRole { .. }
            | ProblemKind::NotForSignatures
            | ProblemKind::SignerNotInDate { .. }
    )
}

/// How many entries of a list were left out for their own signature.
pub fn unsigned_entries(report: &LoadReport) -> usize {
    let problems = report.problems.iter();
    problems.filter(|p| unsigned(&p.problem)).count()
}

fn json_line(list: &List, result: &Result<Loaded, Refusal>) -> String {
    let report = result.as_ref().ok().map(|(_, report)| report);
    json::object(&[
        ("input", list.label.as_str().into()),
        ("format", list.format.map(|format| format.code()).into()),
        ("verified", result.is_ok().into()),
        ("reason", result.as_ref().err().map(Refusal::json).into()),
        ("entries", report.map(|report| report.total).into()),
    ]) + "\n"
}

fn words(list: &List, result: &Result<Loaded, Refusal>) -> String {
    let label = cli::short_name(&list.label);
    match result {
        Err(refusal) => format!("NOT VERIFIED  {label}\n  {refusal}\n\n"),
        Ok((store, report)) => {
            let mut out = format!("VERIFIED  {label}\n");
            for info in store.lists() {
                facts::describe_list(&mut out, info);
            }
            line(&mut out, "Entries", &facts::entries(report));
            out + "\n"
        }
    }
}
