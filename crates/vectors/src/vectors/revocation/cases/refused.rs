//! Lists that are refused. Nothing of them counts, and what else there is stays.

use super::{Case, DAY, Given, given, signed};

pub fn all() -> Vec<Case> {
    [signatures(), rollback(), damaged(), sets()]
        .into_iter()
        .flatten()
        .collect()
}

fn refused(id: &str, what: &str, flags: &'static [&'static str], list: Given) -> Case {
    let case = Case::new(id, what).flags(flags).given(list);
    case.skipped("no-revocation-data")
}

fn signatures() -> Vec<Case> {
    let case = |id, what, list| refused(id, what, &["signature"], list);
    vec![
        case(
            "cose-by-another",
            "Another key than the anchor signed the list.",
            given("cose-others")
                .anchor("other")
                .refused("trust-signature"),
        ),
        case(
            "cose-changed",
            "A bit of the list was changed.",
            signed("cose-changed").refused("trust-signature"),
        ),
        case(
            "cose-cut",
            "The signature lacks a byte.",
            signed("cose-cut").refused("trust-form"),
        ),
        case(
            "cose-exp-in-milliseconds",
            "The list's end can't be read: it would count for ever.",
            signed("cose-exp-milliseconds").refused("trust-member"),
        ),
        case(
            "cose-exp-is-a-text",
            "The list's end is no number.",
            signed("cose-exp-text").refused("trust-member"),
        ),
        case(
            "cose-exp-is-huge",
            "The list's end is no instant.",
            signed("cose-exp-huge").refused("trust-member"),
        ),
        case(
            "cose-exp-by-name",
            "The list's end by its name, where numbers are registered.",
            signed("cose-exp-name").refused("trust-member"),
        ),
        case(
            "cose-claims-in-an-array",
            "The claims are no map.",
            signed("cose-exp-array").refused("trust-form"),
        ),
        case(
            "document-by-another",
            "Another key than the anchor signed the document; a list is required.",
            given("document-2")
                .anchor("other")
                .refused("trust-signature"),
        )
        .require(DAY)
        .missing(),
        case(
            "document-of-rules",
            "The key signed it, as something else than a revocation list.",
            signed("document-rules").refused("document-purpose"),
        ),
        case(
            "map-unsigned",
            "Nobody signed the list, and it should have been.",
            signed("map-others").refused("document-unrecognised"),
        ),
        case(
            "cms-by-another",
            "Another key than the anchor signed the batch.",
            given("cms-others").anchor("other").refused("cms-signature"),
        ),
        case(
            "cms-changed",
            "A bit of a hash in the batch was changed.",
            given("cms-changed").anchor("upload").refused("cms-content"),
        ),
        case(
            "refused-beside-another",
            "A list was refused; the other one names the certificate.",
            given("cose-others")
                .anchor("other")
                .refused("trust-signature"),
        )
        .list("map-uci")
        .revoked("uci", "map-uci"),
    ]
}

fn rollback() -> Vec<Case> {
    let case = |id: &str, what: &str| Case::new(id, what).flags(&["rollback"]);
    vec![
        case("document-older-edition", "An older edition, after the app was started again: the signature holds, and it is refused; a list is required.")
            .given(signed("document-2").remembered())
            .given(signed("document-1").refused("trust-rollback"))
            .require(2 * DAY).missing(),
        case("document-same-edition", "The same edition again.")
            .given(signed("document-2").remembered()).given(signed("document-2"))
            .require(DAY).relied(&["document-2"]),
        case("document-newer-edition", "A newer edition.")
            .given(signed("document-1").remembered()).given(signed("document-2"))
            .require(DAY).relied(&["document-2"]),
        case("set-older-edition", "An older set of the same signer.")
            .flags(&["rollback", "set"])
            .given(signed("signed-2").remembered())
            .given(signed("signed-1").refused("trust-rollback"))
            .skipped("no-revocation-data"),
        case("set-newer-edition", "A newer one.")
            .flags(&["rollback", "set"])
            .given(signed("signed-1").remembered()).given(signed("signed-2"))
            .require(DAY).relied(&["signed-2"]),
        case("map-older-than-a-set", "A kid map that is older than a set of the same signer, which the app had before: forms don't shield an old list.")
            .flags(&["rollback", "set"])
            .given(signed("signed-2").remembered())
            .given(signed("document-1").refused("trust-rollback"))
            .require(2 * DAY).missing(),
        case("set-older-than-a-map", "A set that is older than a kid map of the same signer.")
            .flags(&["rollback", "set"])
            .given(signed("document-2").remembered())
            .given(signed("signed-1").refused("trust-rollback"))
            .skipped("no-revocation-data"),
        case("undated-after-a-set", "A list without a date after a set, which has one: it can't be told from an old one.")
            .flags(&["rollback", "set"])
            .given(signed("signed-2").remembered())
            .given(signed("cose-others").refused("trust-rollback"))
            .skipped("no-revocation-data"),
        case("undated-after-a-document", "A list without a date after one that has a date.")
            .given(signed("document-1").remembered())
            .given(signed("cose-others").refused("trust-rollback"))
            .skipped("no-revocation-data"),
        case("set-newer-than-a-map", "A newer set of the same signer.")
            .flags(&["rollback", "set"])
            .given(signed("document-1").remembered()).given(signed("signed-2"))
            .require(DAY).relied(&["signed-2"]),
        case("cose-ends-earlier", "Two editions of which nothing but exp is known: the one that ends earlier is refused.")
            .flags(&["rollback", "choice"])
            .given(signed("cose-end-2").remembered())
            .given(signed("cose-end-1").refused("trust-rollback"))
            .skipped("no-revocation-data"),
        case("cose-ends-later", "The one that ends later.")
            .flags(&["rollback", "choice"])
            .given(signed("cose-end-1").remembered()).given(signed("cose-end-2"))
            .relied(&["cose-end-2"]),
        case("cose-undated-edition", "A list without a date: nothing tells an older edition from a newer one, which is why its age counts from when it was fetched.")
            .flags(&["rollback", "choice"])
            .given(signed("cose-uci").remembered()).given(signed("cose-others"))
            .relied(&["cose-others"]),
    ]
}

fn damaged() -> Vec<Case> {
    [
        ("map-cut", "The list lacks its last byte.", "cbor-cut-off"),
        ("map-trailing", "A byte follows the list.", "cbor-trailing"),
        (
            "map-twice",
            "A kid stands twice: of two groups one would be lost.",
            "cbor-duplicate-key",
        ),
        (
            "map-kind",
            "Hashes of an unknown kind: whom they name would pass.",
            "revocation-unknown-kind",
        ),
        (
            "map-hash",
            "A hash too short to name one certificate.",
            "revocation-hash-length",
        ),
        (
            "map-text",
            "The keys of the map are no byte strings.",
            "revocation-form",
        ),
        (
            "batch-cut",
            "The JSON lacks its last character.",
            "revocation-json",
        ),
        ("batch-text", "Neither CBOR nor JSON.", "revocation-json"),
        (
            "batch-twice",
            "A member stands twice, and readers differ in which they take.",
            "revocation-duplicate-member",
        ),
        (
            "batch-kind",
            "An unknown hashType: whom it names would pass.",
            "revocation-unknown-kind",
        ),
        (
            "batch-member",
            "A batch without entries.",
            "revocation-member",
        ),
        (
            "map-no-kid",
            "A hash under an empty kid, which no key has: whom it names would pass.",
            "revocation-member",
        ),
        (
            "batch-country-blank",
            "The country \"XX \": whom the batch names would pass.",
            "revocation-member",
        ),
        (
            "batch-country-small",
            "The country \"xx\".",
            "revocation-member",
        ),
        (
            "batch-country-three",
            "The country \"XXX\".",
            "revocation-member",
        ),
        (
            "batch-country-empty",
            "An empty country.",
            "revocation-member",
        ),
        (
            "batch-country-number",
            "The country is a number.",
            "revocation-member",
        ),
        (
            "batch-kid-small",
            "The kid unknown_kid, which is base64 of a kid that no key has.",
            "revocation-member",
        ),
        (
            "batch-kid-hex",
            "The kid in hexadecimal digits, which is base64 of another one.",
            "revocation-member",
        ),
        ("batch-kid-empty", "An empty kid.", "revocation-member"),
        (
            "batch-none",
            "An empty array is no batch.",
            "revocation-form",
        ),
        (
            "it-chunk-missing",
            "One of two chunks is missing: whom it names would pass.",
            "revocation-part",
        ),
        (
            "it-date",
            "A date that is there and can't be read.",
            "revocation-member",
        ),
        (
            "it-count",
            "Fewer hashes than the list says that it has.",
            "revocation-count",
        ),
    ]
    .map(|(id, what, code)| {
        refused(
            &format!("{id}-refused"),
            what,
            &["damage"],
            given(id).refused(code),
        )
    })
    .into()
}

fn sets() -> Vec<Case> {
    let case = |id, what, list| refused(id, what, &["damage", "set"], list);
    let signature = |id, what, list| refused(id, what, &["signature", "set"], list);
    vec![
        case(
            "set-cut",
            "A set without its last byte.",
            given("set-cut").refused("revocation-set-length"),
        ),
        case(
            "set-version",
            "A set of an unknown version.",
            given("set-version").refused("revocation-set-version"),
        ),
        case(
            "set-name",
            "It does not begin like a set.",
            given("set-name").refused("revocation-set-unrecognised"),
        ),
        case(
            "set-mode",
            "A set that is neither exact nor a filter.",
            given("set-mode").refused("revocation-set-part"),
        ),
        case(
            "set-signed-cut",
            "A signed set without its last byte.",
            signed("signed-cut").refused("revocation-set-envelope"),
        ),
        signature(
            "set-by-another",
            "Another key than the anchor signed the set.",
            given("signed-2")
                .anchor("other")
                .refused("revocation-set-signature"),
        ),
        signature(
            "set-changed",
            "A bit of an entry was changed.",
            signed("signed-changed").refused("revocation-set-signature"),
        ),
        signature(
            "set-unsigned",
            "Nobody signed the set, and it should have been.",
            signed("exact-others").refused("revocation-set-unsigned"),
        ),
        signature(
            "set-without-anchor",
            "A signed set, and nothing to check the signature with: its signer was forgotten.",
            given("signed-2").refused("revocation-set-signed"),
        ),
    ]
}
