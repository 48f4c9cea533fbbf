//! A gate that asks no rules: it answers each line on standard input at once.
//! `gate SNAPSHOT ANCHOR STATE`; `hcert trust convert --key` makes a snapshot.

use std::time::{Duration, SystemTime};
use std::{fs, io, io::prelude::*};

use hcert::trust::{Anchor, ListFormat, TrustState, TrustStore};
use hcert::verify::{Policy, Verifier};
use hcert::{Timestamp, words};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list, anchor, state_path] = arguments.as_slice() else {
        return Err("usage: gate SNAPSHOT ANCHOR STATE".into());
    };
    // Pinned: it comes another way than the list, and is never read again.
    let pinned = Anchor::from_bytes(&fs::read(anchor).map_err(of(anchor))?);
    let pinned = [pinned.map_err(of(anchor))?];
    let mut state = match fs::read(state_path) {
        // The first start. Who removes the file later lets older lists in.
        Err(e) if e.kind() == io::ErrorKind::NotFound => TrustState::default(),
        json => TrustState::from_json(&json.map_err(of(state_path))?).map_err(of(state_path))?,
    };
    // Takes the list as it is now, or changes nothing.
    let mut load = |now| -> Result<Verifier, String> {
        let bytes = fs::read(list).map_err(of(list))?;
        let mut builder = TrustStore::builder().with_state(&state);
        // The form is named, so that no other form can stand in for it.
        let added = builder.add_signed_list(list, ListFormat::Snapshot, &bytes, &pinned);
        added.map_err(of(list))?;
        let (trust, mut report) = builder.build();
        report.state.saw_time(now);
        store(state_path, &report.state).map_err(of(state_path))?;
        state = report.state;
        // Whoever holds new lists back stops the gate after a week.
        let policy = Policy::default().max_list_age(Duration::from_secs(7 * 86_400));
        Ok(Verifier::with_policy(trust, policy))
    };
    let modified = || fs::metadata(list).and_then(|file| file.modified()).ok();
    let mut seen = modified(); // Before the content: what comes between is seen.
    let mut verifier = load(SystemTime::now().into())?;
    let (mut input, mut out, mut line) = (io::stdin().lock(), io::stdout(), Vec::new());
    while input.by_ref().take(1 << 15).read_until(b'\n', &mut line)? > 0 {
        if !line.ends_with(b"\n") {
            input.skip_until(b'\n')?; // No code is so long, and memory is short.
        }
        let now = Timestamp::from(SystemTime::now()); // Anew: a gate runs for days.
        if std::mem::replace(&mut seen, modified()) != seen
            && let Err(why) = load(now).map(|new| verifier = new)
        {
            eprintln!("gate: {why}; the list before stays");
        }
        let verdict = verifier.verify(&String::from_utf8_lossy(&line), now);
        let answer = match verdict.result() {
            Err(reason) => format!("{}: {reason}", verdict.outcome()),
            Ok(verified) => words::describe(verified.record(), words::Language::English)
                .iter()
                .fold("authentic".to_owned(), |all, l| {
                    all + "; " + l.label + ": " + &l.text
                }),
        };
        writeln!(out, "{}", words::printable(&answer))?;
        out.flush()?; // Somebody waits for it.
        line.clear();
    }
    Ok(())
}

fn of<E: std::fmt::Display>(path: &str) -> impl Fn(E) -> String {
    move |error| format!("{path}: {error}")
}

/// A loss of power leaves the old state or the new one.
fn store(path: &str, state: &TrustState) -> io::Result<()> {
    let new = format!("{path}.new");
    let mut file = fs::File::create(&new)?;
    file.write_all(state.to_json().as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}
