//! `trust inspect`: what is in a list.

use std::collections::BTreeMap;

use hcert::trust::{GdhcnOrigin, LoadReport, TrustStore, TrustedKey};
use serde_json::{Map, Value, json};

use super::facts::{self, Counts};
use super::load::{Files, List, Loaded, Refusal};
use super::verify::unsigned_entries;
use super::{Error, Options, line, print};
use crate::cli::{self, printable, short_name};
use crate::json::Line;

pub const HELP: &str = "\
Shows what is in trust lists.

Usage: hcert trust inspect [--anchor KEY]… [--trust-env ENV] [--at TIME] [--all]
                           [--json] FILE…

  --anchor KEY     check the signature with this certificate or public key; may
                   be repeated
  --trust-env ENV  prod, uat or dev: check that the WHO's network signed the
                   list in that environment
  --at TIME        count the keys that are in date at this time (RFC 3339,
                   2026-08-22T12:00:00Z) instead of now
  --all            list every remark about an entry instead of counting them
  --json           print one JSON object a line for each list: input, format,
                   authenticated, reason (null, or why it is refused), what the
                   list says of itself, entries, and counts of the keys; with
                   --all report, as docs/json.md has it
  --help           print this

A file of Switzerland's or of the EU gateway's list counts as fetched when it
was last written, unless that is later than TIME: copy it with its time.

Without --anchor or --trust-env a list is shown WITHOUT A LOOK AT ITS SIGNATURE:
anybody can have written it. With one of them a file whose signature does not
hold under it, or that has none, is refused and nothing of it is shown.

Exit status: 0 all are shown, 1 some are refused, 2 wrong usage, or a file that
can't be read or is no list.
";

pub fn run(options: &Options, files: &Files) -> Result<u8, Error> {
    let mut bad = false;
    for list in &files.lists {
        let result = list.read(options);
        bad |= result.is_err();
        print(&match options.json {
            true => json_line(options, list, &result),
            false => words(options, list, &result),
        })?;
    }
    match files.lists.iter().all(List::is_recognised) {
        true => Ok(files.status(bad)),
        false => Ok(cli::EXIT_UNREADABLE),
    }
}

type CountBy = fn(&TrustedKey) -> String;

/// What is counted over all keys: the name in JSON, in words, and of what.
const COUNTED: [(&str, &str, CountBy); 4] = [
    ("countries", "Countries", facts::country),
    ("usages", "May sign", |key| {
        key.usage().to_string().replace(", ", "+")
    }),
    ("algorithms", "Kind of key", |key| {
        key.public_key().kind().to_string()
    }),
    ("chains", "Chain", |key| key.chain().code().into()),
];

type CountByOrigin = fn(&GdhcnOrigin) -> String;

const OF_THE_NETWORK: [(&str, &str, CountByOrigin); 4] = [
    ("environments", "Environment", |listed| {
        listed.environment().to_string()
    }),
    ("domains", "Domains", |listed| listed.domain().into()),
    ("participants", "Participants", |listed| {
        listed.participant().into()
    }),
    ("roles", "Listed as", |listed| listed.usage().to_string()),
];

/// The counts that only the WHO's network has.
fn of_the_network(store: &TrustStore, by: CountByOrigin) -> Counts {
    let mut counts = Counts::new();
    for listed in store.iter().filter_map(TrustedKey::gdhcn) {
        *counts.entry(by(listed)).or_default() += 1;
    }
    counts
}

/// How many kids several keys share.
fn shared_kids(store: &TrustStore) -> usize {
    let kids = facts::count(store, |key| key.kid().to_string());
    kids.values().filter(|keys| **keys > 1).count()
}

/// Remarks by code: how many, how many of them about entries that were left
/// out, and the first one.
fn remarks(report: &LoadReport) -> BTreeMap<&'static str, (usize, usize, String)> {
    let mut remarks = BTreeMap::new();
    for problem in &report.problems {
        let remark = remarks
            .entry(problem.problem.code())
            .or_insert_with(|| (0, 0, problem.problem.to_string()));
        remark.0 += 1;
        remark.1 += usize::from(!problem.kept);
    }
    remarks
}

fn words(options: &Options, list: &List, result: &Result<Loaded, Refusal>) -> String {
    let label = short_name(&list.label);
    let (store, report) = match result {
        Ok(loaded) => loaded,
        Err(refusal) => return format!("REFUSED  {label}\n  {refusal}\n\n"),
    };
    let mut out = format!("{label}\n");
    for info in store.lists() {
        let signature = match unsigned_entries(report) {
            _ if !info.is_authenticated() => match info.format().anchor_hint() {
                Some(_) => "NOT CHECKED: anybody can have written this".into(),
                None => "NONE: the form has no signature, so anybody can have written this".into(),
            },
            0 => "checked, and holds".into(),
            n => format!("checked entry by entry; {n} are left out for theirs"),
        };
        line(&mut out, "Signature", &signature);
        facts::describe_list(&mut out, info);
    }
    line(&mut out, "Entries", &facts::entries(report));
    let dates = facts::count(store, |key| facts::validity(key, options.at).into());
    line(
        &mut out,
        "Validity",
        &format!("{} at {}", in_words(&dates), options.at),
    );
    for (_, label, by) in OF_THE_NETWORK {
        let counts = of_the_network(store, by);
        if !counts.is_empty() {
            line(&mut out, label, &in_words(&counts));
        }
    }
    for (_, label, by) in COUNTED {
        line(&mut out, label, &in_words(&facts::count(store, by)));
    }
    line(
        &mut out,
        "Shared kids",
        &format!("{} of several keys", shared_kids(store)),
    );
    if !report.problems.is_empty() {
        out += "\n  Remarks\n";
    }
    if options.all {
        for problem in &report.problems {
            out += &format!("    {}\n", printable(&problem.to_string()));
        }
    } else {
        for (code, (count, left_out, first)) in remarks(report) {
            let first = printable(&first);
            let such = if count > 1 { ", such as" } else { ":" };
            out += &format!("    {code}: {count}, {left_out} left out{such} {first}\n");
        }
    }
    out + "\n"
}

/// Most frequent first.
fn in_words(counts: &Counts) -> String {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let parts: Vec<_> = sorted
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    match parts.is_empty() {
        true => "none".into(),
        false => parts.join(", "),
    }
}

fn json_line(options: &Options, list: &List, result: &Result<Loaded, Refusal>) -> String {
    let loaded = result.as_ref().ok();
    let store = loaded.map(|(store, _)| store);
    let mut members = vec![
        ("input", list.label.as_str().into()),
        ("format", list.format.map(|format| format.code()).into()),
        (
            "authenticated",
            store.is_some_and(facts::is_authenticated).into(),
        ),
        ("reason", result.as_ref().err().map(Refusal::json).into()),
    ];
    members.extend(facts::list_json(store));
    if let Some((store, report)) = loaded {
        members.push((
            "entries",
            json!({
                "total": report.total,
                "loaded": report.loaded,
                "rejected": report.rejected,
                "duplicates": report.duplicates,
                "unsigned": unsigned_entries(report),
            }),
        ));
        members.push(("at", options.at.to_string().into()));
        let validity = facts::count(store, |key| facts::validity(key, options.at).into());
        members.push(("validity", json!(validity)));
        for (name, _, by) in COUNTED {
            members.push((name, json!(facts::count(store, by))));
        }
        let network: Map<String, Value> = OF_THE_NETWORK
            .into_iter()
            .map(|(name, _, by)| (name.into(), json!(of_the_network(store, by))))
            .collect();
        let listed = store.iter().any(|key| key.gdhcn().is_some());
        members.push(("gdhcn", listed.then_some(network).into()));
        members.push(("shared_kids", shared_kids(store).into()));
        let remarks = remarks(report)
            .into_iter()
            .map(|(code, (count, left_out, _))| {
                (code.into(), json!({"count": count, "left_out": left_out}))
            });
        members.push(("remarks", Value::Object(remarks.collect())));
    }
    let add = |line: Line, (name, value)| line.with(name, value);
    let line = members.into_iter().fold(Line::default(), add);
    match loaded.filter(|_| options.all) {
        Some((_, report)) => line.with_json("report", &report.to_json()).end(),
        None => line.end(),
    }
}
