//! A deny list beats every trust list.

use serde_json::{Value, json};

use super::super::material::{Material, base64};
use super::super::{Case, Fields, Part};
use super::{NOW, SOON, add, build, built, by_hand, deny_with, load, verify};

/// The deny lists, in the form of this project.
pub fn deny(material: &Material) -> Part {
    let dsc = &material.dsc;
    let kid = base64(dsc.kid.as_bytes());
    let key = dsc.dsc.public_key().fingerprint().to_string();
    let twin = material.twin.dsc.public_key().fingerprint().to_string();
    let certificate = {
        use sha2::Digest as _;
        hex(&sha2::Sha256::digest(dsc.dsc.der()))
    };
    let list = |id: &str, comment: &str, entry: Value| -> Fields {
        let json = json!({"deny": [entry]}).to_string();
        vec![
            ("id", json!(id)),
            ("comment", json!(comment)),
            ("json", json!(json)),
        ]
    };
    let turn = "2021-06-01T00:00:00Z";
    let mut lists = vec![
        list(
            "by-key",
            "the key of dsc",
            json!({"key": key, "why": "its private key is published"}),
        ),
        list(
            "by-certificate",
            "the certificate of dsc",
            json!({"certificate": certificate}),
        ),
        list("by-kid", "any key under the kid", json!({"kid": kid})),
        list(
            "by-kid-and-key",
            "the key of dsc under the kid",
            json!({"kid": kid, "key": key}),
        ),
        list(
            "twin-by-kid-and-key",
            "the other key under the kid",
            json!({"kid": kid, "key": twin}),
        ),
        list(
            "other-kid",
            "the key of dsc under another kid",
            json!({"kid": "AAAA", "key": key}),
        ),
        list(
            "after",
            "signed after 2021-06-01T00:00:00Z",
            json!({"key": key, "signedAfter": turn}),
        ),
        list(
            "before",
            "signed before 2021-06-01T00:00:00Z",
            json!({"key": key, "signedBefore": turn}),
        ),
        list(
            "misspelt",
            "a member of another name",
            json!({"key": key, "signedafter": turn}),
        ),
        list(
            "by-kid-hex",
            "any key under the kid, in hexadecimal",
            json!({"kidHex": dsc.kid.to_string()}),
        ),
        list(
            "hex-as-base64",
            "the kid in hexadecimal, where base64 is expected",
            json!({"kid": dsc.kid.to_string()}),
        ),
        list(
            "by-renamed-kid",
            "any key under the kid that a list alone gives",
            json!({"kidHex": hex(b"renamed!")}),
        ),
        list(
            "by-key-kid",
            "any key with this kid of the key's own digest",
            json!({"kidHex": &key[..16]}),
        ),
        list("nothing", "names no key", json!({"why": "all of them"})),
        list(
            "digest",
            "a digest that is cut off",
            json!({"key": &key[..62]}),
        ),
    ];
    lists.push(vec![
        ("id", json!("twice")),
        ("comment", json!("a member that stands twice")),
        ("json", json!(r#"{"deny":[{"kid":"AAAA","kid":"AAAB"}]}"#)),
    ]);
    lists.push(vec![
        ("id", json!("no-object")),
        ("comment", json!("an array")),
        ("json", json!("[]")),
    ]);
    lists
}

fn hex(bytes: &[u8]) -> String {
    super::super::super::hex(bytes)
}

/// Two kids in the order of a store.
fn twice<'a>(a: &'a str, b: &'a str) -> [&'a str; 2] {
    [a.min(b), a.max(b)]
}

pub fn add_all(kid: &str, material: &Material, cases: &mut Vec<Case>) {
    let flags: &[&str] = &["deny"];
    for (id, first, description, list) in [
        (
            "deny-by-key",
            "deny-first-by-key",
            "The key, by SHA-256 over its SubjectPublicKeyInfo",
            "by-key",
        ),
        (
            "deny-by-certificate",
            "deny-first-by-certificate",
            "The certificate, by SHA-256 over its DER",
            "by-certificate",
        ),
        (
            "deny-by-kid",
            "deny-first-by-kid",
            "All that is under the kid",
            "by-kid",
        ),
        (
            "deny-by-kid-and-key",
            "deny-first-by-kid-and-key",
            "The key under that kid",
            "by-kid-and-key",
        ),
    ] {
        add(
            cases,
            id,
            description,
            flags,
            vec![
                load("se-1", ["list"]),
                deny_with(list, None),
                build(0, &[kid]),
                verify("dsc", SOON).revoked().done(),
            ],
        );
        add(
            cases,
            first,
            "Denied before the lists are loaded, of which there are two",
            flags,
            vec![
                deny_with(list, None),
                load("se-1", ["list"]),
                load("gdhcn-1", ["prod"]),
                build(0, &[kid, kid]),
                verify("dsc", SOON).revoked().done(),
            ],
        );
    }
    add(
        cases,
        "deny-other-kid",
        "All that an entry says has to apply",
        flags,
        vec![
            load("se-1", ["list"]),
            deny_with("other-kid", None),
            build(0, &[kid]),
            verify("dsc", SOON).done(),
        ],
    );
    for (id, lists) in [
        ("deny-collision", ["se-1", "at-twin-3"]),
        ("deny-collision-reversed", ["at-twin-3", "se-1"]),
    ] {
        add(
            cases,
            id,
            "Of two keys under one kid the one that is named, and not the other",
            &["deny", "kid-collision"],
            vec![
                load(lists[0], ["list"]),
                load(lists[1], ["list"]),
                deny_with("twin-by-kid-and-key", None),
                built(0, &[kid, kid], &[("at-twin-3", 0, "kid-mismatch", true)]),
                verify("dsc", NOW).done(),
                verify("twin", NOW).revoked().done(),
            ],
        );
    }
    add(
        cases,
        "deny-collision-by-kid",
        "Of two keys under one kid both, if the kid alone is named",
        &["deny", "kid-collision"],
        vec![
            load("se-1", ["list"]),
            load("at-twin-3", ["list"]),
            deny_with("by-kid", None),
            built(0, &[kid, kid], &[("at-twin-3", 0, "kid-mismatch", true)]),
            verify("dsc", NOW).revoked().done(),
            verify("twin", NOW).revoked().done(),
        ],
    );
    add(
        cases,
        "deny-signed-after",
        "A leaked key: what was signed later, by iat, is out; without iat it counts as later",
        &["deny", "choice"],
        vec![
            load("se-1", ["list"]),
            deny_with("after", None),
            build(0, &[kid]),
            verify("earlier", SOON).done(),
            verify("dsc", SOON).done(),
            verify("later", SOON).revoked().done(),
            verify("undated", SOON).revoked().done(),
        ],
    );
    add(
        cases,
        "deny-signed-before",
        "What was signed earlier, by iat, is out; without iat it counts as earlier",
        &["deny", "choice"],
        vec![
            load("se-1", ["list"]),
            deny_with("before", None),
            build(0, &[kid]),
            verify("earlier", SOON).revoked().done(),
            verify("dsc", SOON).done(),
            verify("later", SOON).done(),
            verify("undated", SOON).revoked().done(),
        ],
    );
    add(
        cases,
        "deny-outweighs",
        "Revoked weighs more than expired, and more than a list that is over",
        flags,
        vec![
            load("se-1", ["list"]),
            deny_with("by-key", None),
            build(0, &[kid]),
            verify("dsc", "2021-12-01T00:00:01Z")
                .revoked()
                .also("trust-list", "list-expired")
                .also("time", "expired")
                .done(),
        ],
    );
    for (id, renewed_first) in [
        ("deny-one-of-two", false),
        ("deny-one-of-two-reversed", true),
    ] {
        let mut steps = vec![load("se-1", ["list"]), by_hand(kid, &material.renewed)];
        if renewed_first {
            steps.reverse();
        }
        steps.extend([
            deny_with("by-certificate", None),
            built(0, &[kid, kid], &[("own", 0, "kid-mismatch", true)]),
            verify("dsc", SOON).revoked().done(),
        ]);
        add(
            cases,
            id,
            "One key in two certificates under one kid, of which one is denied: the other one doesn't save it",
            &["deny", "choice"],
            steps,
        );
    }
    let renamed = "72656e616d656421";
    let gateway = |position, code, kept| ("gateway-renamed", position, code, kept);
    for (id, deny, denied) in [
        ("deny-renamed", "by-kid", true),
        ("deny-renamed-hex", "by-kid-hex", true),
        ("deny-renamed-by-it", "by-renamed-kid", true),
        ("deny-renamed-certificate", "by-certificate", true),
        ("deny-renamed-key-kid", "by-key-kid", true),
        ("deny-renamed-other", "twin-by-kid-and-key", false),
    ] {
        let verified = verify("renamed", SOON);
        let verified = match denied {
            true => verified.revoked(),
            false => verified,
        };
        add(
            cases,
            id,
            "The kid of the gateway's array is signed by nobody: a key is denied by each of its names",
            &["deny", "listings"],
            vec![
                load("gateway-renamed", ["ta"]),
                deny_with(deny, None),
                built(
                    0,
                    &[renamed],
                    &[
                        gateway(0, "kid-mismatch", true),
                        gateway(1, "not-a-document-signer", false),
                        gateway(2, "not-a-document-signer", false),
                    ],
                ),
                verified.undated().done(),
            ],
        );
    }
    for (id, deny) in [
        ("deny-listed-twice", "by-renamed-kid"),
        ("deny-listed-twice-certificate", "by-certificate"),
    ] {
        add(
            cases,
            id,
            "One key under two kids, denied by one of its names: the other kid doesn't save it",
            &["deny", "listings"],
            vec![
                load("se-1", ["list"]),
                by_hand(renamed, &material.renewed),
                deny_with(deny, None),
                // In the order of kids.
                built(0, &twice(kid, renamed), &[("own", 0, "kid-mismatch", true)]),
                verify("dsc", SOON).revoked().done(),
                verify("renamed", SOON).revoked().done(),
            ],
        );
    }
    add(
        cases,
        "deny-hex",
        "A kid in hexadecimal is told from base64, or refused",
        &["deny", "choice"],
        vec![
            load("se-1", ["list"]),
            deny_with("hex-as-base64", Some("deny-kid-ambiguous")),
            deny_with("by-kid-hex", None),
            build(0, &[kid]),
            verify("dsc", SOON).revoked().done(),
        ],
    );
    add(
        cases,
        "deny-faulty",
        "A deny list that can't be read as it was meant is refused as a whole",
        &["deny", "choice"],
        vec![
            load("se-1", ["list"]),
            deny_with("misspelt", Some("deny-unknown-member")),
            deny_with("nothing", Some("deny-nothing-named")),
            deny_with("digest", Some("deny-member")),
            deny_with("twice", Some("trust-duplicate-member")),
            deny_with("no-object", Some("deny-form")),
            build(0, &[kid]),
            verify("dsc", SOON).done(),
        ],
    );
}
