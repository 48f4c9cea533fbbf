//! Older lists than the ones before.

use super::super::Case;
use super::{add, build, load, refuse, restart, unsigned};

pub fn add_all(kid: &str, cases: &mut Vec<Case>) {
    for (form, anchor, [rollback, again, within]) in [
        (
            "de",
            "list",
            ["rollback-de", "again-de", "rollback-within-de"],
        ),
        (
            "se",
            "list",
            ["rollback-se", "again-se", "rollback-within-se"],
        ),
        (
            "at",
            "list",
            ["rollback-at", "again-at", "rollback-within-at"],
        ),
        (
            "gdhcn",
            "prod",
            ["rollback-gdhcn", "again-gdhcn", "rollback-within-gdhcn"],
        ),
    ] {
        let [first, second] = [1, 2].map(|n| format!("{form}-{n}"));
        add(
            cases,
            rollback,
            "An edition older than the one before, by the date that is signed: refused after a restart",
            &["rollback"],
            vec![
                load(&second, [anchor]),
                build(0, &[kid]),
                restart(),
                refuse(&first, [anchor], "trust-rollback"),
                build(0, &[]),
                // Refusing it changes nothing.
                restart(),
                load(&second, [anchor]),
                build(0, &[kid]),
            ],
        );
        add(
            cases,
            again,
            "The same edition again is no rollback, and a newer one follows",
            &["rollback"],
            vec![
                load(&first, [anchor]),
                build(0, &[kid]),
                restart(),
                load(&first, [anchor]),
                build(0, &[kid]),
                restart(),
                load(&second, [anchor]),
                build(0, &[kid]),
                restart(),
                refuse(&first, [anchor], "trust-rollback"),
                build(0, &[]),
            ],
        );
        add(
            cases,
            within,
            "The older one after the newer, at one start",
            &["rollback"],
            vec![
                load(&second, [anchor]),
                refuse(&first, [anchor], "trust-rollback"),
                build(0, &[kid]),
            ],
        );
    }
    add(
        cases,
        "rollback-lost-date",
        "An edition without a date, after one that had it: it can't be told from an old one",
        &["rollback", "choice"],
        vec![
            load("de-1", ["list"]),
            build(0, &[kid]),
            restart(),
            refuse("de-undated", ["list"], "trust-rollback"),
            build(0, &[]),
        ],
    );
    add(
        cases,
        "rollback-other-signer",
        "A list by another signer is another list: its editions are its own",
        &["rollback"],
        vec![
            load("se-2", ["list"]),
            build(0, &[kid]),
            restart(),
            load("se-other", ["other"]),
            build(0, &[kid]),
            restart(),
            refuse("se-1", ["list"], "trust-rollback"),
            build(0, &[]),
        ],
    );
    add(
        cases,
        "rollback-unsigned",
        "A list that nobody checked is not remembered: anybody could write a date of the future into it",
        &["rollback", "unsigned"],
        vec![
            unsigned("de-2"),
            build(0, &[kid]),
            restart(),
            load("de-1", ["list"]),
            build(0, &[kid]),
        ],
    );
    add(
        cases,
        "rollback-wrong-anchor",
        "A refused list is not remembered",
        &["rollback", "signature"],
        vec![
            refuse("se-2", ["other"], "trust-signature"),
            build(0, &[]),
            restart(),
            load("se-1", ["list"]),
            build(0, &[kid]),
        ],
    );
}
