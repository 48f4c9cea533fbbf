//! Who signed a list, and what of it.

use super::super::{Case, Fields};
use super::{NO_ANCHOR, SOON, add, build, built, load, refuse, unsigned, verify};

pub fn add_all(kid: &str, cases: &mut Vec<Case>) {
    let dsc = || verify("dsc", SOON);
    let signature: &[&str] = &["signature"];
    add(
        cases,
        "de",
        "Germany: line 1 is ES256, r‖s in base64, over all that follows",
        signature,
        vec![
            load("de-1", ["list"]),
            build(0, &[kid]),
            dsc().undated().done(),
        ],
    );
    add(
        cases,
        "de-white-space",
        "Some copies end in white space that is not signed",
        &["signature", "choice"],
        vec![load("de-trailing", ["list"]), build(0, &[kid])],
    );
    add(
        cases,
        "se",
        "Sweden: a JWS, ES256",
        signature,
        vec![load("se-1", ["list"]), build(0, &[kid]), dsc().done()],
    );
    add(
        cases,
        "at",
        "Austria: a COSE_Sign1 over the list's SHA-256, beside the list",
        signature,
        vec![load("at-1", ["list"]), build(0, &[kid]), dsc().done()],
    );
    add(
        cases,
        "ch",
        "Switzerland: two JWS, RS256, by a certificate under the root; the key that is not active is left out",
        signature,
        vec![
            load("ch", ["root"]),
            built(0, &[kid], &[("ch", 1, "key-inactive", false)]),
            dsc().undated().skips("key-validity", "bare-key").done(),
            verify("second", SOON)
                .gives("unascertained", "key", "unknown-key")
                .done(),
        ],
    );
    add(
        cases,
        "ch-light",
        "Switzerland: a key for light certificates (use l) signs those and nothing else",
        &["signature"],
        vec![
            load("ch-light", ["root"]),
            built(0, &[kid], &[]),
            verify("light", SOON)
                .undated()
                .skips("key-validity", "bare-key")
                .done(),
            dsc()
                .gives("invalid", "key-usage", "key-usage")
                .undated()
                .skips("key-validity", "bare-key")
                .done(),
            verify("light-full", SOON)
                .gives("invalid", "content", "payload-shape")
                .undated()
                .skips("key-validity", "bare-key")
                .skips("key-usage", "no-content")
                .skips("time", "no-content")
                .done(),
            verify("light-as-hc1", SOON)
                .gives("invalid", "content", "hcert-missing")
                .undated()
                .skips("key-validity", "bare-key")
                .skips("key-usage", "no-content")
                .done(),
        ],
    );
    add(
        cases,
        "ch-not-light",
        "Switzerland: a key that is not for light certificates signs none",
        &["signature"],
        vec![
            load("ch", ["root"]),
            built(0, &[kid], &[("ch", 1, "key-inactive", false)]),
            verify("light", SOON)
                .gives("invalid", "key-usage", "key-usage")
                .undated()
                .skips("key-validity", "bare-key")
                .done(),
        ],
    );
    let others = |extra: Option<(&'static str, usize, &'static str, bool)>, list: &'static str| {
        let mut problems = vec![
            (list, 1, "not-a-document-signer", false),
            (list, 2, "not-a-document-signer", false),
        ];
        problems.splice(0..0, extra);
        problems
    };
    add(
        cases,
        "gateway",
        "The gateway: the trust anchor signed CSCA and uploader, the CSCA issued the document signer, the uploader signed it",
        signature,
        vec![
            load("gateway", ["ta"]),
            built(0, &[kid], &others(None, "gateway")),
            dsc().undated().done(),
        ],
    );
    for (id, description, list, code) in [
        (
            "gateway-no-root",
            "No CSCA that the trust anchor signed issued the document signer",
            "gateway-no-root",
            "not-issued",
        ),
        (
            "gateway-no-uploader",
            "No listed uploader signed the document signer's entry",
            "gateway-no-uploader",
            "not-uploaded",
        ),
        (
            "gateway-forged",
            "The uploader's name, and another key",
            "gateway-forged",
            "upload-signature",
        ),
    ] {
        add(
            cases,
            id,
            description,
            signature,
            vec![
                load(list, ["ta"]),
                built(0, &[], &others(Some((list, 0, code, false)), list)),
            ],
        );
    }
    add(
        cases,
        "gateway-own-root",
        "A CSCA that signed its own entry is none",
        signature,
        vec![
            load("gateway-own-root", ["ta"]),
            built(
                0,
                &[],
                &[
                    ("gateway-own-root", 0, "not-issued", false),
                    ("gateway-own-root", 1, "anchor-signature", false),
                    ("gateway-own-root", 2, "not-a-document-signer", false),
                ],
            ),
        ],
    );
    add(
        cases,
        "gateway-wrong-anchor",
        "Another trust anchor than the pinned one",
        signature,
        vec![
            load("gateway", ["other"]),
            built(
                0,
                &[],
                &[
                    ("gateway", 0, "not-issued", false),
                    ("gateway", 1, "anchor-signature", false),
                    ("gateway", 2, "anchor-signature", false),
                ],
            ),
        ],
    );
    for (id, description, role, code) in [
        (
            "gateway-tls-as-upload",
            "The type of an entry is not signed: what the trust anchor signed for TLS clients uploads nothing",
            2,
            "not-uploaded",
        ),
        (
            "gateway-csca-as-upload",
            "What the trust anchor signed as an authority uploads nothing",
            2,
            "not-uploaded",
        ),
        (
            "gateway-upload-as-csca",
            "What the trust anchor signed for uploads issues nothing",
            1,
            "not-issued",
        ),
    ] {
        let mut problems = others(Some((id, 0, code, false)), id);
        problems[role].2 = "gateway-role";
        add(
            cases,
            id,
            description,
            signature,
            vec![load(id, ["ta"]), built(0, &[], &problems)],
        );
    }
    let one = |step: Fields| vec![step, build(0, &[])];
    for (id, description, flags, steps) in [
        (
            "de-wrong-anchor",
            "Signed by another key than the pinned one",
            signature,
            one(refuse("de-1", ["other"], "trust-signature")),
        ),
        (
            "de-changed",
            "One bit is changed",
            signature,
            one(refuse("de-changed", ["list"], "trust-signature")),
        ),
        (
            "de-companion",
            "The form is one document; what the second one is for is unclear",
            signature,
            one(refuse("de-pair", ["list"], "trust-companion")),
        ),
        (
            "de-line",
            "The first line is no signature",
            signature,
            one(refuse("de-line", ["list"], "trust-form")),
        ),
        (
            "de-no-json",
            "Signed, and not JSON",
            signature,
            one(refuse("de-no-json", ["list"], "trust-json")),
        ),
        (
            "de-twice",
            "A member of signed JSON stands twice, so that two readers may each take another one (RFC 8259 §4)",
            signature,
            one(refuse("de-twice", ["list"], "trust-duplicate-member")),
        ),
        (
            "se-wrong-anchor",
            "Signed by another key than the pinned one",
            signature,
            one(refuse("se-1", ["other"], "trust-signature")),
        ),
        (
            "se-other",
            "Signed by another key than the pinned one",
            signature,
            one(refuse("se-other", ["list"], "trust-signature")),
        ),
        (
            "se-changed",
            "One bit is changed",
            signature,
            one(refuse("se-changed", ["list"], "trust-signature")),
        ),
        (
            "se-none",
            "The header does not choose the algorithm (RFC 8725 §3.1)",
            signature,
            one(refuse("se-none", ["list"], "trust-algorithm")),
        ),
        (
            "se-form",
            "Signed, and not a list",
            signature,
            one(refuse("se-form", ["list"], "trust-form")),
        ),
        (
            "at-wrong-anchor",
            "Signed by another key than the pinned one",
            signature,
            one(refuse("at-1", ["other"], "trust-signature")),
        ),
        (
            "at-changed",
            "One bit of the list is changed",
            signature,
            one(refuse("at-changed", ["list"], "trust-signature")),
        ),
        (
            "at-swapped",
            "A good signature, over another list",
            signature,
            one(refuse("at-swapped", ["list"], "trust-signature")),
        ),
        (
            "at-alone",
            "The signature is missing",
            signature,
            one(refuse("at-alone", ["list"], "trust-companion")),
        ),
        (
            "at-ps256",
            "The header names another algorithm than the form has",
            signature,
            one(refuse("at-ps256", ["list"], "trust-algorithm")),
        ),
        (
            "ch-wrong-anchor",
            "The chain leads to a root of the same name with another key",
            signature,
            one(refuse("ch", ["other-root"], "trust-chain")),
        ),
        (
            "ch-changed",
            "One bit of the second document is changed",
            signature,
            one(refuse("ch-changed", ["root"], "trust-signature")),
        ),
        (
            "ch-swapped",
            "The two documents change places; both are signed",
            signature,
            one(refuse("ch-swapped", ["root"], "trust-form")),
        ),
        (
            "ch-alone",
            "The list of active keys is missing",
            signature,
            one(refuse("ch-alone", ["root"], "trust-companion")),
        ),
        (
            "ch-stranger",
            "Signed with another certificate of the same root, one for a mail server",
            signature,
            one(refuse("ch-stranger", ["root"], "trust-chain")),
        ),
        (
            "signed-without-anchor",
            "A signed list, and nothing to check it with: trust-on-first-use is no check",
            &["signature", "unsigned"],
            one(refuse("de-1", NO_ANCHOR, "trust-anchor-missing")),
        ),
        (
            "unsigned-with-anchor",
            "A form without signature, where one is asked for",
            &["unsigned"],
            one(refuse("plain", ["list"], "trust-unsigned")),
        ),
        (
            "unsigned-unasked",
            "A national form without signature, and nobody said that this is known",
            &["unsigned", "choice"],
            one(refuse("nl", NO_ANCHOR, "trust-unsigned")),
        ),
        (
            "no-list",
            "Bytes that are no list",
            &["unsigned"],
            one(refuse("nothing", NO_ANCHOR, "trust-format-unrecognised")),
        ),
        (
            "two-forms",
            "JSON with the marks of two forms: two readers could take another one each",
            &["unsigned"],
            one(refuse("two-forms", NO_ANCHOR, "trust-ambiguous")),
        ),
        (
            "rules-as-list",
            "A document that is signed as rules, and not as a list",
            signature,
            one(refuse("rules", NO_ANCHOR, "trust-not-a-list")),
        ),
    ] {
        add(cases, id, description, flags, steps);
    }
    add(
        cases,
        "unsigned-said",
        "A national form without signature, and the caller says that nobody signed it",
        &["unsigned"],
        vec![
            unsigned("nl"),
            build(0, &[kid]),
            dsc().undated().skips("key-validity", "bare-key").done(),
        ],
    );
    add(
        cases,
        "refused-leaves-the-rest",
        "What was loaded before a refused list stays",
        signature,
        vec![
            load("se-1", ["list"]),
            refuse("at-changed", ["list"], "trust-signature"),
            build(0, &[kid]),
            dsc().done(),
        ],
    );
}
