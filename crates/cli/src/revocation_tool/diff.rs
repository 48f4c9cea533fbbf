//! `revocation diff`: how two sets differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Error, Options, Set, facts, grouped, kind_name, print};
use crate::commands::hex;
use crate::json;

pub const HELP: &str = "\
Says how two revocation sets differ.

Usage: hcert revocation diff [--anchor KEY]… [--json] OLD NEW

  --anchor KEY  check the signatures with this certificate or public key; may be
                repeated
  --json        print one JSON object: old, new (what the sets say of themselves),
                same_content, kids_added, kids_removed
  --help        print this

Which certificates a set holds can't be read out of it: entries are counted by
kind, and said to be the same or not. Without --anchor the signatures are not
looked at.

Exit status: 0 the same signers and entries, 1 other ones, or it can't be told, 2 wrong usage, or a
set that can't be read or is refused.
";

pub fn run(options: &Options) -> Result<u8, Error> {
    let [old, new] = options.values.as_slice() else {
        return Err(lexopt::Error::from("two sets are needed: OLD NEW").into());
    };
    let (old, new) = (options.open_or_fail(old)?, options.open_or_fail(new)?);
    let same = old.content_id() == new.content_id();
    let (before, after): (BTreeSet<_>, BTreeSet<_>) = (old.kids().collect(), new.kids().collect());
    let added: Vec<_> = after.difference(&before).map(|kid| hex(kid)).collect();
    let removed: Vec<_> = before.difference(&after).map(|kid| hex(kid)).collect();
    print(&match options.json {
        true => {
            let object = |set| Value::from_iter(facts(set));
            json::object(&[
                ("old", object(&old)),
                ("new", object(&new)),
                ("same_content", json!(same)),
                ("kids_added", json!(added)),
                ("kids_removed", json!(removed)),
            ]) + "\n"
        }
        false => words((&old, &new), same, &added, &removed),
    })?;
    Ok((!same).into())
}

fn words((old, new): (&Set, &Set), same: bool, added: &[String], removed: &[String]) -> String {
    let mut out = format!("made at {} → {}\n", old.made_at(), new.made_at());
    if new.made_at() < old.made_at() {
        out += "the second set is older than the first\n";
    }
    out += match same {
        true => "the same signers and entries\n",
        false if old.is_exact() != new.is_exact() => {
            "one is exact and one is not: whether they have the same entries can't be told\n"
        }
        false => "other signers or entries\n",
    };
    let tables = |set: &Set| -> BTreeMap<_, _> {
        let tables = set.tables().map(|(kind, length, n)| ((kind, length), n));
        tables.collect()
    };
    let (before, after) = (tables(old), tables(new));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name @ (kind, length) in names {
        let count =
            |tables: &BTreeMap<_, u64>| grouped(tables.get(name).copied().unwrap_or_default());
        let (from, to) = (count(&before), count(&after));
        out += &format!(
            "  {}, {length} bytes: {from} → {to} entries\n",
            kind_name(*kind)
        );
    }
    for (sign, kids) in [('+', added), ('-', removed)] {
        for kid in kids {
            out += &format!("{sign} {kid}\n");
        }
    }
    out
}
