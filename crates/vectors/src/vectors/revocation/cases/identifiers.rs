//! What names a certificate: in each form, and of each certificate.

use super::super::lists::KINDS;
use super::{Case, fetched, given, signed};

pub fn all() -> Vec<Case> {
    [forms(), certificates(), kids()]
        .into_iter()
        .flatten()
        .collect()
}

fn forms() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, _) in KINDS {
        for (form, what, anchor, flags) in [
            ("map", "A kid map that nobody signed.", None, &["form"][..]),
            (
                "cose",
                "A kid map in a COSE_Sign1 without a date.",
                Some("revocation"),
                &["form", "signature"],
            ),
            (
                "batch",
                "A batch of the gateway. That there may be further ones matters only to those whom none names.",
                None,
                &["form"],
            ),
            (
                "cms",
                "A batch in CMS, with its signing time.",
                Some("upload"),
                &["form", "signature"],
            ),
            (
                "country",
                "A batch with the kid UNKNOWN_KID: for all keys of its country.",
                None,
                &["form"],
            ),
            (
                "exact",
                "An exact set that nobody signed.",
                None,
                &["form", "set"],
            ),
            (
                "filter",
                "A signed set that is a filter.",
                Some("revocation"),
                &["form", "set", "signature"],
            ),
        ] {
            let list = format!("{form}-{kind}");
            let loaded = match anchor {
                Some(anchor) => given(&list).anchor(anchor),
                None => given(&list),
            };
            cases.push(
                Case::new(
                    format!("{form}-names-{kind}"),
                    format!("{what} It names the certificate by its {kind}."),
                )
                .flags(flags)
                .given(loaded)
                .revoked(kind, &list),
            );
        }
    }
    cases.push(
        Case::new(
            "batches-second",
            "Several batches in an array: the second names the certificate.",
        )
        .flags(&["form"])
        .list("batches")
        .revoked("uci", "batches"),
    );
    cases.push(
        Case::new(
            "it-names-uci",
            "Italy's list: SHA-256 of the UCI, all of it.",
        )
        .flags(&["form"])
        .of("italian")
        .trust(&["it"])
        .given(fetched("it-uci"))
        .revoked("uci", "it-uci"),
    );
    cases.push(
        Case::new(
            "it-names-foreign",
            "Italy's list names a certificate of another country. What is on a list is revoked.",
        )
        .flags(&["form", "coverage", "choice"])
        .list("it-foreign")
        .revoked("uci", "it-foreign"),
    );
    cases.push(
        Case::new(
            "it-chunks",
            "Italy's list in two chunks, which are given in another order than theirs.",
        )
        .flags(&["form"])
        .of("italian")
        .trust(&["it"])
        .list("it-chunks")
        .revoked("uci", "it-chunks"),
    );
    cases.push(
        Case::new(
            "document-names-uci",
            "A kid map in a dated document of this project (docs/signed-documents.md).",
        )
        .flags(&["form", "signature"])
        .given(signed("document-uci"))
        .revoked("uci", "document-uci"),
    );
    cases
}

fn certificates() -> Vec<Case> {
    let case = |id: &str, what: &str, certificate, list: &str| {
        let case = Case::new(id, what).flags(&["identifier"]).of(certificate);
        case.list(list)
    };
    vec![
        case("twin-by-r", "Of an ES256 signature r alone is hashed, so the twin (r, n − s) of a revoked certificate is revoked.", "twin", "map-signature")
            .flags(&["identifier", "malleability"]).revoked("signature", "map-signature"),
        case("es256-whole-signature", "SHA-256 of a whole ES256 signature names nobody.", "vaccination", "map-es256-whole")
            .flags(&["identifier", "malleability"]).relied(&["map-es256-whole"]),
        case("ps256-whole-signature", "Of a PS256 signature all is hashed.", "ps256", "map-ps256")
            .trust(&["rsa-2048"]).revoked("signature", "map-ps256"),
        case("ps256-half-signature", "SHA-256 of half a PS256 signature names nobody.", "ps256", "map-ps256-half")
            .trust(&["rsa-2048"]).relied(&["map-ps256-half"]),
        case("two-entries-second-revoked", "The second of two entries is revoked, and so is the certificate, as it can't be shown without it.", "two-entries", "map-test")
            .flags(&["identifier", "entries", "choice"]).revoked("uci", "map-test"),
        case("two-entries-first-revoked", "The first of two entries is revoked, by country and UCI.", "two-entries", "map-vaccination")
            .flags(&["identifier", "entries", "choice"]).revoked("country-code-uci", "map-vaccination"),
        case("country-of-iss", "COUNTRYCODEUCI with the country of iss, where co is another.", "iss-other-country", "map-iss")
            .revoked("country-code-uci", "map-iss"),
        case("country-of-co", "COUNTRYCODEUCI with the country co, where iss is another. Apps do not agree, so both count.", "iss-other-country", "map-country-code-uci")
            .flags(&["identifier", "choice"]).revoked("country-code-uci", "map-country-code-uci"),
        case("country-in-capitals", "COUNTRYCODEUCI with iss in capitals, where it is in lower case in the certificate.", "iss-lower-case", "map-iss")
            .flags(&["identifier", "choice"]).revoked("country-code-uci", "map-iss"),
        case("country-in-lower-case", "COUNTRYCODEUCI with iss as it stands, in lower case.", "iss-lower-case", "map-iss-lower-case")
            .flags(&["identifier", "choice"]).revoked("country-code-uci", "map-iss-lower-case"),
        case("ci-as-it-stands", "A ci without URN:UVCI: is hashed as it stands.", "ci-plain", "map-ci-plain")
            .flags(&["identifier", "choice"]).revoked("uci", "map-ci-plain"),
        case("ci-with-prefix", "URN:UVCI: is not added before a ci is hashed.", "ci-plain", "map-ci-prefixed")
            .flags(&["identifier", "choice"]).relied(&["map-ci-prefixed"]),
        case("yellow-card-by-signature", "A yellow card has no identifier in it: its signature alone names it.", "yellow-card", "map-yellow-card")
            .flags(&["identifier", "choice"]).revoked("signature", "map-yellow-card"),
        case("ddcc-by-hcid", "Of a DDCC the hcid is hashed.", "ddcc", "map-ddcc")
            .flags(&["identifier", "choice"]).revoked("uci", "map-ddcc"),
        case("unreadable-by-signature", "A revoked certificate whose content can't be read: revoked weighs more than invalid.", "unreadable", "map-unreadable")
            .flags(&["identifier", "choice"]).revoked("signature", "map-unreadable"),
        case("hash-of-8-bytes", "A list has 8 bytes of the hash.", "vaccination", "map-short")
            .flags(&["identifier", "choice"]).revoked("uci", "map-short"),
        case("hash-of-32-bytes", "A list has all of the hash.", "vaccination", "map-long")
            .revoked("uci", "map-long"),
        case("hash-differs-at-the-end", "Of 16 bytes the last differs.", "vaccination", "map-near")
            .relied(&["map-near"]),
        case("kind-confused", "The hash of the UCI stands among those of signatures.", "vaccination", "map-kind-confused")
            .relied(&["map-kind-confused"]),
    ]
}

fn kids() -> Vec<Case> {
    const BOTH: [&str; 2] = ["dsc", "dsc-other-kid"];
    let case = |id: &str, what: &str, certificate, list: &str| {
        Case::new(id, what)
            .flags(&["kid"])
            .of(certificate)
            .list(list)
    };
    vec![
        case("kid-of-another-signer", "The hash stands under another signer's kid: a truncated hash names a certificate together with its kid.", "vaccination", "map-other-kid")
            .relied(&["map-other-kid"]),
        case("kid-unsigned", "The kid stands in the unprotected header.", "kid-unsigned", "map-kid-unsigned")
            .trust(&BOTH).revoked("signature", "map-kid-unsigned"),
        case("kid-exchanged", "Nobody signed the kid: whoever shows a revoked certificate wrote another kid of the same key, under which nothing is listed.", "kid-exchanged", "map-kid-unsigned")
            .trust(&BOTH).revoked("signature", "map-kid-unsigned"),
        case("kid-exchanged-bare", "The same, and the key is trusted without a certificate or country under both kids.", "kid-exchanged", "map-kid-unsigned")
            .trust(&["bare", "bare-other-kid"]).revoked("signature", "map-kid-unsigned"),
        case("kid-of-the-certificate", "The trust list has the key under another kid than its certificate's own, under which the list of revoked ones has it.", "kid-other", "map-uci")
            .trust(&["dsc-other-kid"]).revoked("uci", "map-uci"),
        case("country-first-with", "The key is trusted twice, with a country and without. A batch is for the keys of the country.", "vaccination", "country-uci")
            .trust(&["dsc", "bare"]).revoked("uci", "country-uci"),
        case("country-first-without", "The same in the other order.", "vaccination", "country-uci")
            .trust(&["bare", "dsc"]).revoked("uci", "country-uci"),
        case("country-unknown", "The key is trusted without a country, and a batch for the keys of a country names the certificate: revoked.", "vaccination", "country-uci")
            .flags(&["kid", "choice"]).trust(&["bare"]).revoked("uci", "country-uci"),
        case("country-of-another", "A batch for the keys of another country names the certificate: revoked, as by a set made of it.", "vaccination", "country-yy-uci")
            .flags(&["kid", "choice"]).revoked("uci", "country-yy-uci"),
        case("country-unknown-signature", "The key is trusted without a country, and the batch names the signature.", "vaccination", "country-signature")
            .trust(&["bare"]).revoked("signature", "country-signature"),
        case("country-unknown-set", "The same by a set of the hash, which counts under every kid.", "vaccination", "set-of-country")
            .flags(&["kid", "set"]).trust(&["bare"]).revoked("uci", "set-of-country"),
        Case::new("kid-exchanged-for-a-covered-one", "All batches of KEY-01 are there, and none of the certificate's own kid. As nobody signed the kid, nothing is known.")
            .flags(&["kid", "coverage", "choice"]).of("kid-exchanged").trust(&BOTH)
            .given(given("batch-other-kid").all()).skipped("revocation-not-covered"),
        Case::new("kid-signed-and-covered", "The same with the kid in the protected header: the issuer signed it, and the batches cover it.")
            .flags(&["kid", "coverage", "choice"]).of("kid-other").trust(&BOTH)
            .given(given("batch-other-kid").all()).relied(&["batch-other-kid"]),
    ]
}
