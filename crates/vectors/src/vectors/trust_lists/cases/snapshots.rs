//! Snapshots of a trust store (`docs/snapshot.md`).

use super::super::{Case, Fields};
use super::{NO_ANCHOR, SOON, add, build, load, loading, refuse, restart, unsigned, verify};

pub fn add_all(kid: &str, cases: &mut Vec<Case>) {
    let flags: &[&str] = &["snapshot"];
    let dsc = || verify("dsc", SOON);
    let none = |step: Fields| vec![step, build(0, &[])];
    let garbage = |list, code| none(loading(list, &[], true, None, Some(code)));
    for (id, description, steps) in [
        (
            "snapshot",
            "A snapshot of Sweden's list, signed by its maker; the original list's dates count",
            vec![
                load("snapshot-1", ["list"]),
                build(0, &[kid]),
                dsc().done(),
                verify("dsc", "2021-07-11T00:00:00Z")
                    .unascertained("list-expired")
                    .done(),
            ],
        ),
        (
            "snapshot-wrong-anchor",
            "Signed by another key than the pinned one",
            none(refuse("snapshot-1", ["other"], "trust-signature")),
        ),
        (
            "snapshot-changed",
            "One bit is changed",
            none(refuse("snapshot-changed", ["list"], "trust-signature")),
        ),
        (
            "snapshot-without-anchor",
            "A signed snapshot, and nothing to check it with",
            none(refuse("snapshot-1", NO_ANCHOR, "trust-anchor-missing")),
        ),
        (
            "snapshot-unsigned-with-anchor",
            "A snapshot without signature, where one is asked for",
            none(refuse("snapshot-unsigned", ["list"], "trust-unsigned")),
        ),
        (
            "snapshot-unsigned-said",
            "A snapshot without signature, and the caller says that nobody signed it",
            vec![
                unsigned("snapshot-unsigned"),
                build(0, &[kid]),
                dsc().done(),
            ],
        ),
        (
            "snapshot-rollback",
            "An older snapshot by the same key",
            vec![
                load("snapshot-2", ["list"]),
                build(0, &[kid]),
                restart(),
                refuse("snapshot-1", ["list"], "trust-rollback"),
                build(0, &[]),
            ],
        ),
        (
            "snapshot-of-older-list",
            "A new snapshot of an old edition: the list was seen newer before",
            vec![
                load("se-2", ["list"]),
                build(0, &[kid]),
                restart(),
                refuse("snapshot-late", ["list"], "trust-rollback"),
                build(0, &[]),
            ],
        ),
        (
            "snapshot-version",
            "A version that is not known",
            garbage("snapshot-version", "snapshot-version"),
        ),
        (
            "snapshot-trailing",
            "A byte follows",
            garbage("snapshot-trailing", "snapshot-trailing"),
        ),
        (
            "snapshot-cut",
            "The last byte is missing",
            garbage("snapshot-cut", "snapshot-cut-off"),
        ),
        (
            "snapshot-name",
            "Another format's name",
            garbage("snapshot-name", "trust-form"),
        ),
        (
            "snapshot-longer-head",
            "A number in a longer form than needed: two spellings of one snapshot",
            garbage("snapshot-longer-head", "snapshot-not-deterministic"),
        ),
    ] {
        add(cases, id, description, flags, steps);
    }
}
