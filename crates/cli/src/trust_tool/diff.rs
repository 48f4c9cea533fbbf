//! `trust diff`: which keys came, went and changed.

use std::collections::{BTreeMap, BTreeSet};

use hcert::crypto::KeyFingerprint;
use hcert::trust::{Kid, TrustStore, TrustedKey};
use serde_json::{Value, json};

use super::load::{Files, List, Refusal, complain};
use super::{Error, Options, facts, print};
use crate::cli::{self, printable, short_name};
use crate::json;
use crate::trust_files::counted;

pub const HELP: &str = "\
Says which keys a trust list has gained, lost and changed.

Usage: hcert trust diff [--anchor KEY]… [--trust-env ENV] [--json] OLD NEW

  --anchor KEY     check the signatures with this certificate or public key; may
                   be repeated
  --trust-env ENV  prod, uat or dev: check that the WHO's network signed the
                   lists in that environment
  --json           print one JSON object: old, new (what the lists say of
                   themselves), same, added, removed, changed, unchanged
  --help           print this

A key, shown by its kid in base64, is the same if kid and public key are; its
country, usage, validity, certificate and place in the WHO's network may change.
Of lists in two files give OLD's before NEW's. Without --anchor or --trust-env
the signatures are not looked at.

Exit status: 0 the same keys, 1 other ones, 2 wrong usage, or a list that can't
be read or is refused.
";

pub fn run(options: &Options, files: &Files) -> Result<u8, Error> {
    if files.unreadable {
        return Ok(cli::EXIT_UNREADABLE);
    }
    let [old, new] = files.lists.as_slice() else {
        return Err(lexopt::Error::from("two lists are needed: OLD NEW").into());
    };
    let mut stores = Vec::new();
    for list in [old, new] {
        match list.read(options) {
            Ok((store, report)) => {
                if !facts::is_authenticated(&store) {
                    complain(options.json, &list.label, "note", "signature not checked");
                }
                if report.rejected > 0 {
                    let left_out = format!("entries left out: {}", report.rejected);
                    complain(options.json, &list.label, "note", &left_out);
                }
                stores.push(store);
            }
            Err(Refusal { code, message }) => {
                let message = format!("{message} [{code}]");
                complain(options.json, &list.label, "error", &message);
            }
        }
    }
    let [old_store, new_store] = stores.as_slice() else {
        return Ok(cli::EXIT_UNREADABLE);
    };
    let lists = [(old, old_store), (new, new_store)];
    let difference = Difference::between(old_store, new_store);
    if let (Some(old), Some(new_made)) = (made(old_store), made(new_store))
        && new_made < old
    {
        complain(options.json, &new.label, "note", "older than the other one");
    }
    print(&match options.json {
        true => json_line(lists, &difference),
        false => words(lists, &difference),
    })?;
    Ok((!difference.is_none()).into())
}

/// When a list was made, as far as it says so.
fn made(store: &TrustStore) -> Option<hcert::Timestamp> {
    let info = facts::info(store)?;
    info.issued_at().or(info.newest_entry())
}

/// What makes a key the same in both lists.
type Name<'a> = (&'a Kid, KeyFingerprint);

/// What may change about it, by name.
type Facts = BTreeMap<&'static str, String>;

struct Difference<'a> {
    added: Vec<(Name<'a>, Facts)>,
    removed: Vec<(Name<'a>, Facts)>,
    changed: Vec<(Name<'a>, Facts, Facts)>,
    unchanged: usize,
}

impl<'a> Difference<'a> {
    fn between(old: &'a TrustStore, new: &'a TrustStore) -> Self {
        let (mut old, mut new) = (by_name(old), by_name(new));
        let names: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
        let mut difference = Self {
            added: Vec::new(),
            removed: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
        };
        for name in names {
            let (mut before, mut after) = (
                old.remove(&name).unwrap_or_default(),
                new.remove(&name).unwrap_or_default(),
            );
            // A key may be listed several times: in two domains, or with two
            // certificates.
            before.retain(|facts| match after.iter().position(|f| f == facts) {
                Some(place) => {
                    after.remove(place);
                    difference.unchanged += 1;
                    false
                }
                None => true,
            });
            let both = before.len().min(after.len());
            let changed = before.drain(..both).zip(after.drain(..both));
            let changed = changed.map(|(before, after)| (name, before, after));
            difference.changed.extend(changed);
            let removed = before.into_iter().map(|facts| (name, facts));
            difference.removed.extend(removed);
            let added = after.into_iter().map(|facts| (name, facts));
            difference.added.extend(added);
        }
        difference
    }

    fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

fn by_name(store: &TrustStore) -> BTreeMap<Name<'_>, Vec<Facts>> {
    let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for key in store.iter() {
        let name = (key.kid(), key.public_key().fingerprint());
        names.entry(name).or_default().push(facts_of(key));
    }
    for facts in names.values_mut() {
        facts.sort();
    }
    names
}

fn facts_of(key: &TrustedKey) -> Facts {
    let mut facts = Facts::from([
        ("country", facts::country(key)),
        ("usage", key.usage().to_string()),
    ]);
    if let Some((from, until)) = key.validity() {
        facts.insert("not_before", from.to_string());
        facts.insert("not_after", until.to_string());
    }
    if let Some(certificate) = key.certificate() {
        facts.insert("certificate_sha256", certificate.digest().to_string());
    }
    if let Some(listed) = key.gdhcn() {
        facts.insert("listed", format!("{} {listed}", listed.environment()));
    }
    facts
}

/// The members that differ, with what they were and are.
fn changes<'a>(
    before: &'a Facts,
    after: &'a Facts,
) -> impl Iterator<Item = (&'static str, Option<&'a String>, Option<&'a String>)> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    names
        .into_iter()
        .map(|name| (name, before.get(name), after.get(name)))
        .filter(|(_, before, after)| before != after)
}

fn words(lists: [(&List, &TrustStore); 2], difference: &Difference<'_>) -> String {
    let mut out = String::new();
    for ((list, store), sign) in lists.into_iter().zip(["---", "+++"]) {
        let made = made(store).map(|at| format!(", of {at}"));
        out += &format!(
            "{sign} {}: {}{}\n",
            short_name(&list.label),
            counted(store.len(), "key", "keys"),
            made.unwrap_or_default()
        );
    }
    for (sign, keys) in [("-", &difference.removed), ("+", &difference.added)] {
        for ((kid, _), facts) in keys {
            let facts: Vec<_> = facts
                .iter()
                .filter(|(name, _)| **name != "certificate_sha256")
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            out += &format!(
                "{sign} {}  {}\n",
                facts::kid(kid),
                printable(&facts.join("; "))
            );
        }
    }
    for ((kid, _), before, after) in &difference.changed {
        out += &format!("! {}\n", facts::kid(kid));
        for (name, before, after) in changes(before, after) {
            let shown = |value: Option<&String>| value.map_or("nothing".into(), |v| printable(v));
            out += &format!("    {name}: {} -> {}\n", shown(before), shown(after));
        }
    }
    out + &format!(
        "{} added, {} removed, {} changed, {} the same\n",
        difference.added.len(),
        difference.removed.len(),
        difference.changed.len(),
        difference.unchanged
    )
}

fn named((kid, fingerprint): Name<'_>, member: &str, value: Value) -> Value {
    json!({"kid": facts::kid(kid), "fingerprint": fingerprint.to_string(), member: value})
}

fn json_line(lists: [(&List, &TrustStore); 2], difference: &Difference<'_>) -> String {
    let [old, new] = lists.map(|(list, store)| {
        let mut members = serde_json::Map::from_iter([
            ("input".into(), list.label.as_str().into()),
            ("format".into(), list.format.map(|f| f.code()).into()),
            (
                "authenticated".into(),
                facts::is_authenticated(store).into(),
            ),
            ("keys".into(), store.len().into()),
        ]);
        let said = facts::list_json(Some(store)).into_iter();
        members.extend(said.map(|(name, value)| (name.into(), value)));
        Value::from(members)
    });
    let listed = |keys: &[(Name<'_>, Facts)]| -> Value {
        let keys = keys.iter();
        keys.map(|(name, facts)| named(*name, "facts", json!(facts)))
            .collect()
    };
    let changed = difference.changed.iter().map(|(name, before, after)| {
        let changes = changes(before, after)
            .map(|(name, before, after)| json!({"member": name, "old": before, "new": after}));
        named(*name, "changes", changes.collect())
    });
    json::object(&[
        ("old", old),
        ("new", new),
        ("same", difference.is_none().into()),
        ("added", listed(&difference.added)),
        ("removed", listed(&difference.removed)),
        ("changed", changed.collect()),
        ("unchanged", difference.unchanged.into()),
    ]) + "\n"
}
