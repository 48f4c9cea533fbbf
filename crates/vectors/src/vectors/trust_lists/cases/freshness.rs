//! Lists that age, and clocks.

use super::super::Case;
use super::super::material::Material;
use super::{DAY, NOW, SOON, add, build, built, by_hand, fetched, load, restart, saw, verify};

pub fn add_all(kid: &str, material: &Material, cases: &mut Vec<Case>) {
    let fresh: &[&str] = &["freshness"];
    add(
        cases,
        "expired-at-use",
        "In time when it was loaded, and over by its own word with the same store; the last second counts",
        fresh,
        vec![
            load("se-1", ["list"]),
            build(0, &[kid]),
            verify("dsc", SOON).done(),
            verify("dsc", "2021-07-10T00:00:00Z").done(),
            verify("dsc", "2021-07-10T00:00:01Z")
                .unascertained("list-expired")
                .done(),
            verify("dsc", "2021-07-10T00:00:01Z")
                .with("accept_expired_lists", true)
                .done(),
        ],
    );
    add(
        cases,
        "expired-at-use-at",
        "In time when it was loaded, and over later by the exp beside the list (Austria)",
        fresh,
        vec![
            load("at-1", ["list"]),
            build(0, &[kid]),
            verify("dsc", "2021-07-10T00:00:00Z").done(),
            verify("dsc", "2021-07-10T00:00:01Z")
                .unascertained("list-expired")
                .done(),
        ],
    );
    add(
        cases,
        "expired-and-more",
        "What weighs more than a list that is over decides",
        fresh,
        vec![
            load("se-1", ["list"]),
            build(0, &[kid]),
            verify("dsc", "2021-12-01T00:00:01Z")
                .gives("expired", "time", "expired")
                .also("trust-list", "list-expired")
                .done(),
        ],
    );
    add(
        cases,
        "freeze",
        "The same list, served for ever: it loads, its signature holds, and it grows too old for the policy",
        &["freshness", "choice"],
        vec![
            load("gdhcn-1", ["prod"]),
            build(0, &[kid]),
            verify("dsc", "2021-06-17T00:00:00Z")
                .with("max_list_age", 7 * DAY)
                .done(),
            verify("dsc", "2021-06-17T00:00:01Z")
                .with("max_list_age", 7 * DAY)
                .unascertained("list-too-old")
                .done(),
            restart(),
            load("gdhcn-1", ["prod"]),
            build(0, &[kid]),
            verify("dsc", "2021-06-17T00:00:01Z")
                .with("max_list_age", 7 * DAY)
                .unascertained("list-too-old")
                .done(),
            verify("dsc", "2021-06-17T00:00:01Z").done(),
        ],
    );
    add(
        cases,
        "undated",
        "How old may a list without a date be? Its newest entry says no more than that it is not older",
        &["freshness", "choice"],
        vec![
            load("de-1", ["list"]),
            build(0, &[kid]),
            verify("dsc", SOON).undated().done(),
            verify("dsc", SOON)
                .with("max_list_age", DAY)
                .unascertained("list-undated")
                .done(),
        ],
    );
    add(
        cases,
        "undated-fetched",
        "A list without a date, and the caller knows when it was fetched",
        &["freshness", "choice"],
        vec![
            fetched("de-1", ["list"], "2021-06-10T12:00:00Z"),
            build(0, &[kid]),
            verify("dsc", "2021-06-11T12:00:00Z")
                .with("max_list_age", DAY)
                .done(),
            verify("dsc", "2021-06-11T12:00:01Z")
                .with("max_list_age", DAY)
                .unascertained("list-too-old")
                .done(),
        ],
    );
    add(
        cases,
        "dated-and-fetched",
        "A list that says when it was made is no younger for being fetched late",
        fresh,
        vec![
            fetched("se-1", ["list"], "2021-06-12T12:00:00Z"),
            build(0, &[kid]),
            verify("dsc", "2021-06-12T12:00:00Z")
                .with("max_list_age", DAY)
                .unascertained("list-too-old")
                .done(),
        ],
    );
    add(
        cases,
        "valid-duration",
        "Switzerland's validDuration counts from when the lists were fetched",
        fresh,
        vec![
            fetched("ch", ["root"], "2021-06-10T00:00:00Z"),
            built(0, &[kid], &[("ch", 1, "key-inactive", false)]),
            verify("dsc", "2021-06-12T00:00:00Z")
                .skips("key-validity", "bare-key")
                .done(),
            verify("dsc", "2021-06-12T00:00:01Z")
                .unascertained("list-expired")
                .skips("key-validity", "bare-key")
                .done(),
        ],
    );
    let clock: &[&str] = &["clock", "choice"];
    add(
        cases,
        "from-the-future",
        "The clock is before the list was made: 60 seconds are let pass, as for iat, and looking back is a wish",
        clock,
        vec![
            load("se-2", ["list"]),
            build(0, &[kid]),
            verify("dsc", "2021-06-19T23:59:00Z").done(),
            verify("dsc", "2021-06-19T23:58:59Z")
                .unascertained("list-from-future")
                .done(),
            verify("dsc", "2021-06-19T23:58:59Z")
                .with("retrospective", true)
                .done(),
        ],
    );
    add(
        cases,
        "from-the-future-by-entry",
        "The clock is before the time of the newest entry: the list did not exist then",
        clock,
        vec![
            load("de-2", ["list"]),
            build(0, &[kid]),
            verify("dsc", "2021-06-19T23:59:00Z").undated().done(),
            verify("dsc", "2021-06-19T23:58:59Z")
                .unascertained("list-from-future")
                .done(),
        ],
    );
    add(
        cases,
        "clock-behind",
        "A later time has been before the restart",
        clock,
        vec![
            saw("2021-06-20T00:00:00Z"),
            restart(),
            load("se-1", ["list"]),
            build(0, &[kid]),
            verify("dsc", "2021-06-19T23:59:00Z").done(),
            verify("dsc", "2021-06-19T23:58:59Z")
                .unascertained("clock-behind")
                .done(),
            verify("dsc", "2021-06-19T23:58:59Z")
                .with("retrospective", true)
                .done(),
        ],
    );
    add(
        cases,
        "clock-behind-by-list",
        "The clock is before the date of a list that was there before the restart",
        clock,
        vec![
            load("at-twin-3", ["list"]),
            built(0, &[kid], &[("at-twin-3", 0, "kid-mismatch", true)]),
            restart(),
            load("se-1", ["list"]),
            build(0, &[kid]),
            verify("dsc", NOW).done(),
            verify("dsc", SOON).unascertained("clock-behind").done(),
        ],
    );
    for (id, lists) in [
        ("one-of-two-lists", ["se-1", "at-3"]),
        ("one-of-two-lists-reversed", ["at-3", "se-1"]),
    ] {
        add(
            cases,
            id,
            "A key in two lists of which one is over: one in time suffices",
            fresh,
            vec![
                load(lists[0], ["list"]),
                load(lists[1], ["list"]),
                build(1, &[kid]),
                verify("dsc", "2021-07-20T00:00:00Z").done(),
                verify("dsc", "2021-07-30T00:00:01Z")
                    .unascertained("list-expired")
                    .done(),
            ],
        );
    }
    add(
        cases,
        "by-hand",
        "A key that the caller adds by itself, too: no list's age counts",
        fresh,
        vec![
            load("se-1", ["list"]),
            by_hand(kid, &material.dsc),
            build(1, &[kid]),
            verify("dsc", "2021-08-01T00:00:00Z")
                .with("max_list_age", DAY)
                .skips("trust-list", "no-list")
                .done(),
        ],
    );
    let collision: &[&str] = &["freshness", "kid-collision"];
    for (id, lists) in [
        ("collision-stale", ["se-1", "at-twin-3"]),
        ("collision-stale-reversed", ["at-twin-3", "se-1"]),
    ] {
        add(
            cases,
            id,
            "Two keys under one kid, in two lists: the age of the list that holds the signer's key counts",
            collision,
            vec![
                load(lists[0], ["list"]),
                load(lists[1], ["list"]),
                built(0, &[kid, kid], &[("at-twin-3", 0, "kid-mismatch", true)]),
                verify("dsc", "2021-07-20T00:00:00Z")
                    .unascertained("list-expired")
                    .done(),
                verify("twin", "2021-07-20T00:00:00Z").done(),
            ],
        );
    }
    for (id, lists) in [
        ("collision-fresh", ["se-twin-1", "at-3"]),
        ("collision-fresh-reversed", ["at-3", "se-twin-1"]),
    ] {
        add(
            cases,
            id,
            "Two keys under one kid, in two lists: the list of the other key is over",
            collision,
            vec![
                load(lists[0], ["list"]),
                load(lists[1], ["list"]),
                built(0, &[kid, kid], &[("se-twin-1", 0, "kid-mismatch", true)]),
                verify("dsc", "2021-07-20T00:00:00Z").done(),
                verify("twin", "2021-07-20T00:00:00Z")
                    .unascertained("list-expired")
                    .done(),
            ],
        );
    }
}
