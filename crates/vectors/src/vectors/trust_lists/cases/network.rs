//! The traps of the WHO's network.

use super::super::{Case, Fields};
use super::{NO_ANCHOR, SOON, add, build, built, load, refuse, restart, verify};

pub fn add_all(kid: &str, cases: &mut Vec<Case>) {
    let dsc = || verify("dsc", SOON);
    let flags: &[&str] = &["gdhcn", "signature"];
    let env: &[&str] = &["gdhcn", "environment"];
    add(
        cases,
        "gdhcn",
        "JsonWebSignature2020 over RDF statements, by the pinned key of the environment",
        flags,
        vec![load("gdhcn-1", ["prod"]), build(0, &[kid]), dsc().done()],
    );
    let one = |step: Fields| vec![step, build(0, &[])];
    for (id, description, flags, steps) in [
        (
            "gdhcn-wrong-anchor",
            "Signed by another key than the pinned one",
            flags,
            one(refuse("gdhcn-1", ["other-prod"], "gdhcn-signature")),
        ),
        (
            "gdhcn-changed",
            "One letter of a certificate is changed",
            flags,
            one(refuse("gdhcn-changed", ["prod"], "gdhcn-signature")),
        ),
        (
            "gdhcn-member-of-document",
            "A member that no context defines is not signed",
            flags,
            one(refuse(
                "gdhcn-member-of-document",
                ["prod"],
                "gdhcn-unknown-member",
            )),
        ),
        (
            "gdhcn-member-of-entry",
            "A member that no context defines is not signed: in an entry",
            flags,
            one(refuse(
                "gdhcn-member-of-entry",
                ["prod"],
                "gdhcn-unknown-member",
            )),
        ),
        (
            "gdhcn-member-of-proof",
            "A member that no context defines is not signed: in the proof",
            flags,
            one(refuse(
                "gdhcn-member-of-proof",
                ["prod"],
                "gdhcn-unknown-member",
            )),
        ),
        (
            "gdhcn-context",
            "An inline context gives members another meaning",
            flags,
            one(refuse("gdhcn-context", ["prod"], "gdhcn-context")),
        ),
        (
            "gdhcn-other-context",
            "The contexts of another environment",
            env,
            one(refuse("gdhcn-other-context", ["prod"], "gdhcn-context")),
        ),
        (
            "gdhcn-type",
            "Another type than the network's",
            flags,
            one(refuse("gdhcn-type", ["prod"], "gdhcn-member")),
        ),
        (
            "gdhcn-twice",
            "A member that stands twice",
            flags,
            one(refuse("gdhcn-twice", ["prod"], "gdhcn-repeated-member")),
        ),
        (
            "gdhcn-same-name",
            "Two keys of one name: the statements don't say which member belongs to which",
            flags,
            one(refuse("gdhcn-same-name", ["prod"], "gdhcn-repeated-id")),
        ),
        (
            "gdhcn-signer",
            "The document names its own signer, and the signer's document is unsigned: pin the key",
            flags,
            one(refuse("gdhcn-signer", ["prod"], "gdhcn-signer")),
        ),
        (
            "gdhcn-header",
            "The JWS header of another kind of signature (RFC 7797 §6)",
            flags,
            one(refuse("gdhcn-header", ["prod"], "gdhcn-header")),
        ),
        (
            "gdhcn-raw",
            "The network signs in DER; r‖s is another signature",
            &["gdhcn", "signature", "choice"],
            one(refuse("gdhcn-raw", ["prod"], "gdhcn-signature")),
        ),
        (
            "gdhcn-no-proof",
            "Without a proof, as the signers' documents are",
            flags,
            one(refuse("gdhcn-no-proof", ["prod"], "gdhcn-unsigned")),
        ),
        (
            "gdhcn-v1",
            "Lists of version 1 have a signer that can't be resolved",
            flags,
            one(refuse("gdhcn-v1", ["prod"], "gdhcn-old-version")),
        ),
        (
            "gdhcn-host",
            "A host whose name begins like the network's",
            flags,
            one(refuse("gdhcn-host", ["prod"], "gdhcn-not-a-trust-list")),
        ),
        (
            "gdhcn-dev-as-prod",
            "A list of DEV, though the anchor has the same key",
            env,
            one(refuse("gdhcn-dev", ["prod"], "gdhcn-environment")),
        ),
        (
            "gdhcn-prod-as-dev",
            "A list of PROD under the anchor of DEV",
            env,
            one(refuse("gdhcn-1", ["dev"], "gdhcn-environment")),
        ),
    ] {
        add(cases, id, description, flags, steps);
    }
    add(
        cases,
        "gdhcn-without-anchor",
        "Not even an environment is named",
        flags,
        vec![
            refuse("gdhcn-1", NO_ANCHOR, "trust-anchor-missing"),
            build(0, &[]),
        ],
    );
    add(
        cases,
        "gdhcn-widths",
        "x or y of another length than 32, as 374 of 473 keys of PROD have: the key is that of x5c[0]",
        &["gdhcn"],
        vec![
            load("gdhcn-widths", ["prod"]),
            build(0, &[kid]),
            dsc().done(),
        ],
    );
    add(
        cases,
        "gdhcn-coordinates",
        "x and y of another key: the key is that of x5c[0]",
        &["gdhcn"],
        vec![
            load("gdhcn-coordinates", ["prod"]),
            build(0, &[kid]),
            dsc().done(),
        ],
    );
    add(
        cases,
        "gdhcn-references",
        "References are not followed, least of all to another host",
        &["gdhcn", "environment"],
        vec![
            load("gdhcn-references", ["prod"]),
            built(
                0,
                &[],
                &[
                    ("gdhcn-references", 0, "reference", false),
                    ("gdhcn-references", 1, "reference", false),
                ],
            ),
        ],
    );
    add(
        cases,
        "gdhcn-elsewhere",
        "Signed for PROD, and the entry is of DEV's host",
        &["gdhcn", "environment"],
        vec![
            load("gdhcn-elsewhere", ["prod"]),
            built(0, &[], &[("gdhcn-elsewhere", 0, "reference", false)]),
        ],
    );
    add(
        cases,
        "gdhcn-moved",
        "An entry whose name and members contradict each other",
        &["gdhcn"],
        vec![
            load("gdhcn-moved", ["prod"]),
            built(0, &[], &[("gdhcn-moved", 0, "entry-id-mismatch", false)]),
        ],
    );
    for (id, description) in [
        (
            "gdhcn-use",
            "A key whose use is unknown is none for signatures",
        ),
        (
            "gdhcn-key-ops",
            "A key whose operations don't include verify is none for signatures",
        ),
        ("gdhcn-key-exp", "A key with an end of its own is left out"),
    ] {
        add(
            cases,
            id,
            description,
            &["gdhcn", "unreadable"],
            vec![
                load(id, ["prod"]),
                built(0, &[], &[(id, 0, "entry-member", false)]),
            ],
        );
    }
    add(
        cases,
        "gdhcn-authority",
        "Some participants sign with the certificate that is listed as SCA",
        &["gdhcn"],
        vec![
            load("gdhcn-authority", ["prod"]),
            build(0, &[kid]),
            dsc().done(),
        ],
    );
    add(
        cases,
        "gdhcn-domains",
        "One certificate under two domains is two entries",
        &["gdhcn"],
        vec![
            load("gdhcn-domains", ["prod"]),
            build(0, &[kid, kid]),
            dsc().done(),
        ],
    );
    for (id, list, description) in [
        (
            "gdhcn-two-domains",
            "gdhcn-two-domains",
            "Of two domains the one that allows the payload suffices",
        ),
        (
            "gdhcn-two-domains-turned",
            "gdhcn-two-domains-turned",
            "The order of entries is signed by nobody, and decides nothing",
        ),
    ] {
        add(
            cases,
            id,
            description,
            &["gdhcn", "listings"],
            vec![load(list, ["prod"]), build(0, &[kid, kid]), dsc().done()],
        );
    }
    add(
        cases,
        "gdhcn-other-domain",
        "A key that is listed for one domain signs a payload of another",
        &["gdhcn", "choice", "listings"],
        vec![
            load("gdhcn-other-domain", ["prod"]),
            build(0, &[kid]),
            dsc().gives("invalid", "key-usage", "domain-payload").done(),
        ],
    );
    for (id, list, kids) in [
        ("gdhcn-strange-domain", "gdhcn-strange-domain", 1),
        ("gdhcn-wrong-domains", "gdhcn-wrong-domains", 2),
        (
            "gdhcn-wrong-domains-turned",
            "gdhcn-wrong-domains-turned",
            2,
        ),
    ] {
        add(
            cases,
            id,
            "Listed for a domain of which it is not known what it is for",
            &["gdhcn", "choice", "listings"],
            vec![
                load(list, ["prod"]),
                build(0, &[kid, kid][..kids]),
                dsc()
                    .gives("unascertained", "key-usage", "domain-unknown")
                    .done(),
            ],
        );
    }
    add(
        cases,
        "gdhcn-other-domain-and-list",
        "A list that names no domain vouches by itself",
        &["gdhcn", "choice", "listings"],
        vec![
            load("gdhcn-other-domain", ["prod"]),
            load("se-1", ["list"]),
            build(0, &[kid, kid]),
            dsc().done(),
        ],
    );
    add(
        cases,
        "gdhcn-mixed",
        "Lists of two environments never go into one store",
        env,
        vec![
            load("gdhcn-1", ["prod"]),
            refuse("gdhcn-dev", ["dev"], "gdhcn-mixed-environments"),
            build(0, &[kid]),
        ],
    );
    add(
        cases,
        "gdhcn-mixed-later",
        "Lists of one environment don't follow those of another from one start to the next",
        env,
        vec![
            load("gdhcn-dev", ["dev"]),
            build(0, &[kid]),
            restart(),
            refuse("gdhcn-1", ["prod"], "gdhcn-mixed-environments"),
            build(0, &[]),
        ],
    );
}
