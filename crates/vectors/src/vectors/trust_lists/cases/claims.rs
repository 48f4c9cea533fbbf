//! Times and limits of lists, in other types and spellings.

use super::super::{Case, Fields};
use super::{SOON, add, build, built, fetched, load, refuse, verify};

/// Shortly after the end of the first edition.
const OVER: &str = "2021-07-10T00:00:01Z";

pub fn add_all(kid: &str, cases: &mut Vec<Case>) {
    let unreadable: &[&str] = &["unreadable"];
    let ends = |list: &'static str| {
        vec![
            load(list, ["list"]),
            build(0, &[kid]),
            verify("dsc", OVER).unascertained("list-expired").done(),
        ]
    };
    for (id, description, list) in [
        (
            "exp-float",
            "A number is a number: 1625… and 1625….0 are one exp",
            "se-exp-float",
        ),
        (
            "exp-fraction",
            "A fraction of a second is cut off",
            "se-exp-fraction",
        ),
        (
            "exp-exponent",
            "JSON may write a number with an exponent",
            "se-exp-exponent",
        ),
        (
            "exp-cbor-float",
            "An exp in CBOR as a float",
            "at-exp-float",
        ),
        (
            "exp-cbor-tag",
            "An exp in CBOR under tag 1, which says what a number is anyhow",
            "at-exp-tag",
        ),
    ] {
        add(cases, id, description, unreadable, ends(list));
    }
    for (id, description, list) in [
        (
            "exp-text",
            "An exp that is a text ends nothing unless it is read; so the list is refused",
            "se-exp-text",
        ),
        (
            "exp-milliseconds",
            "An exp in milliseconds would end in 50,000 years",
            "se-exp-milliseconds",
        ),
        ("exp-huge", "An exp of 1e300 is no instant", "se-exp-huge"),
        (
            "exp-null",
            "An exp of null is there, and can't be read",
            "se-exp-null",
        ),
        ("exp-array", "An exp in an array", "se-exp-array"),
        (
            "exp-case",
            "Exp is meant as exp, and none of it",
            "se-exp-case",
        ),
        ("nbf-text", "An nbf that is a text", "se-nbf-text"),
        (
            "exp-cbor-milliseconds",
            "An exp in milliseconds, in CBOR",
            "at-exp-milliseconds",
        ),
        (
            "exp-cbor-nan",
            "NaN is before nothing and after nothing",
            "at-exp-nan",
        ),
        (
            "exp-cbor-name",
            "Two readers would take one each: 4 and `exp`",
            "at-exp-name",
        ),
        (
            "nbf-cbor-text",
            "An nbf that is a text, in CBOR",
            "at-nbf-text",
        ),
    ] {
        let steps = vec![refuse(list, ["list"], "trust-member")];
        add(cases, id, description, unreadable, steps);
    }
    add(
        cases,
        "nbf-beside-iat",
        "The list was made, and does not count yet",
        &["unreadable", "clock"],
        vec![
            load("se-nbf", ["list"]),
            build(0, &[kid]),
            verify("dsc", SOON).unascertained("list-from-future").done(),
        ],
    );
    add(
        cases,
        "eku-unpadded",
        "A limit by a kid in base64 without padding is the key's",
        unreadable,
        vec![
            load("se-eku-unpadded", ["list"]),
            build(0, &[kid]),
            verify("dsc", SOON)
                .gives("invalid", "key-usage", "key-usage")
                .undated()
                .done(),
        ],
    );
    let left_out = |list: &'static str, problems: &[(&'static str, usize, &'static str, bool)]| {
        let loading: Fields = load(list, ["list"]);
        vec![loading, built(0, &[], problems)]
    };
    for (id, description, list) in [
        (
            "eku-array",
            "Limits that are no object may be any key's: none of the country's is taken without one",
            "se-eku-array",
        ),
        ("eku-null", "The same with null", "se-eku-null"),
        (
            "eku-text",
            "A limit that is a text in place of an array",
            "se-eku-text",
        ),
        (
            "eku-urn",
            "A limit whose identifier is not in dotted form",
            "se-eku-urn",
        ),
        (
            "eku-zero",
            "A limit whose identifier has a zero in front of a number",
            "se-eku-zero",
        ),
        (
            "eku-in-key",
            "A limit that stands in the key in place of beside it",
            "se-key-eku",
        ),
        (
            "key-exp-case",
            "A key with an end of its own, its name in another spelling",
            "se-key-exp",
        ),
    ] {
        let steps = left_out(list, &[(list, 0, "entry-member", false)]);
        add(cases, id, description, unreadable, steps);
    }
    add(
        cases,
        "eku-arc",
        "A limit by the arc of the kinds of records allows none of them",
        &["unreadable", "choice"],
        vec![
            load("se-eku-arc", ["list"]),
            build(0, &[kid]),
            verify("dsc", SOON)
                .gives("invalid", "key-usage", "key-usage")
                .undated()
                .done(),
        ],
    );
    let list = "se-eku-hex";
    let both = [
        (list, 0, "entry-member", false),
        (list, 1, "entry-member", false),
    ];
    add(
        cases,
        "eku-hex",
        "A limit by a kid in hexadecimal digits is of no key, and so may be any key's",
        &["unreadable", "choice"],
        left_out(list, &both),
    );
    for (id, description, list) in [
        (
            "duration-float",
            "A validDuration that is a float counts like any other",
            "ch-duration-float",
        ),
        (
            "duration-exponent",
            "A validDuration with an exponent, too",
            "ch-duration-exponent",
        ),
    ] {
        add(
            cases,
            id,
            description,
            unreadable,
            vec![
                fetched(list, ["root"], "2021-06-10T00:00:00Z"),
                built(0, &[kid], &[(list, 1, "key-inactive", false)]),
                verify("dsc", "2021-06-12T00:00:01Z")
                    .unascertained("list-expired")
                    .skips("key-validity", "bare-key")
                    .done(),
            ],
        );
    }
    for (id, description, list) in [
        (
            "duration-text",
            "A validDuration that is a text",
            "ch-duration-text",
        ),
        (
            "duration-zero",
            "A validDuration of zero",
            "ch-duration-zero",
        ),
        (
            "duration-array",
            "A validDuration in an array",
            "ch-duration-array",
        ),
        (
            "duration-null",
            "A validDuration of null",
            "ch-duration-null",
        ),
    ] {
        let steps = vec![refuse(list, ["root"], "trust-member")];
        add(cases, id, description, unreadable, steps);
    }
    for (id, description, list) in [
        (
            "use-empty",
            "A use without letters allows nothing",
            "ch-use-empty",
        ),
        (
            "use-array",
            "A use of another type allows nothing",
            "ch-use-array",
        ),
        ("use-null", "A use of null allows nothing", "ch-use-null"),
        (
            "use-unknown",
            "A use with an unknown letter allows nothing",
            "ch-use-unknown",
        ),
    ] {
        let steps = vec![
            load(list, ["root"]),
            built(0, &[], &[(list, 0, "entry-member", false)]),
        ];
        add(cases, id, description, unreadable, steps);
    }
}
