//! The vectors, step by step.

use serde_json::{Value, json};

use super::material::{Material, Signer, base64};
use super::{Case, Fields, Part};

const DAY: u64 = 86_400;
const NO_ANCHOR: [&str; 0] = [];

/// Loads a list that has to be taken.
fn load<const N: usize>(list: &str, anchors: [&str; N]) -> Fields {
    loading(list, &anchors, false, None, None)
}

/// Loads a list that has to be refused.
fn refuse<const N: usize>(list: &str, anchors: [&str; N], code: &str) -> Fields {
    loading(list, &anchors, false, None, Some(code))
}

/// Loads a list of which the caller says that nobody signed it.
fn unsigned(list: &str) -> Fields {
    loading(list, &[], true, None, None)
}

fn fetched<const N: usize>(list: &str, anchors: [&str; N], time: &str) -> Fields {
    loading(list, &anchors, false, Some(time), None)
}

fn loading(
    list: &str,
    anchors: &[&str],
    unsigned: bool,
    fetched_at: Option<&str>,
    expected: Option<&str>,
) -> Fields {
    vec![
        ("do", json!("load")),
        ("list", json!(list)),
        ("anchors", json!(anchors)),
        ("unsigned", json!(unsigned)),
        ("fetched_at", json!(fetched_at)),
        ("expected", json!(expected)),
    ]
}

fn deny_with(list: &str, expected: Option<&str>) -> Fields {
    vec![
        ("do", json!("deny")),
        ("list", json!(list)),
        ("expected", json!(expected)),
    ]
}

/// Adds a certificate that the caller vouches for.
fn by_hand(kid: &str, signer: &Signer) -> Fields {
    vec![
        ("do", json!("add")),
        ("kid", json!(kid)),
        ("certificate", base64(signer.dsc.der())),
    ]
}

fn saw(time: &str) -> Fields {
    vec![("do", json!("saw-time")), ("time", json!(time))]
}

fn restart() -> Fields {
    vec![("do", json!("restart"))]
}

/// Ends the loading: keys and duplicates, and the kids of the store.
fn build(duplicates: usize, kids: &[&str]) -> Fields {
    built(duplicates, kids, &[])
}

/// The same with the problems of entries: list, position, code, kept.
fn built(duplicates: usize, kids: &[&str], problems: &[(&str, usize, &str, bool)]) -> Fields {
    let rejected = problems.iter().filter(|problem| !problem.3).count();
    let problems: Vec<_> = problems
        .iter()
        .map(|(list, position, code, kept)| {
            json!({"list": list, "position": position, "code": code, "kept": kept})
        })
        .collect();
    vec![
        ("do", json!("build")),
        (
            "expected",
            json!({
                "loaded": kids.len(), "duplicates": duplicates, "rejected": rejected,
                "kids": kids, "problems": problems,
            }),
        ),
    ]
}

/// A verification in the making; the default is `valid`.
struct Verify {
    certificate: &'static str,
    time: &'static str,
    policy: Value,
    outcome: &'static str,
    decides: Option<(&'static str, &'static str)>,
    also: Vec<(&'static str, &'static str)>,
    skipped: Vec<(&'static str, &'static str)>,
}

fn verify(certificate: &'static str, time: &'static str) -> Verify {
    Verify {
        certificate,
        time,
        policy: json!({
            "max_list_age": null, "retrospective": false, "accept_expired_lists": false,
        }),
        outcome: "valid",
        decides: None,
        also: Vec::new(),
        skipped: Vec::new(),
    }
}

impl Verify {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.policy[name] = value.into();
        self
    }

    fn gives(mut self, outcome: &'static str, step: &'static str, code: &'static str) -> Self {
        (self.outcome, self.decides) = (outcome, Some((step, code)));
        self
    }

    /// The list is what keeps it from being valid.
    fn unascertained(self, code: &'static str) -> Self {
        self.gives("unascertained", "trust-list", code)
    }

    fn revoked(self) -> Self {
        self.gives("revoked", "revocation", "key-denied")
    }

    fn also(mut self, step: &'static str, code: &'static str) -> Self {
        self.also.push((step, code));
        self
    }

    fn skips(mut self, step: &'static str, code: &'static str) -> Self {
        self.skipped.push((step, code));
        self
    }

    fn undated(self) -> Self {
        self.skips("trust-list", "undated-list")
    }

    fn done(self) -> Fields {
        let steps = |list: &[(&str, &str)]| -> Vec<_> {
            let steps = list.iter();
            steps
                .map(|(step, code)| json!({"step": step, "code": code}))
                .collect()
        };
        let (step, code) = self.decides.unzip();
        vec![
            ("do", json!("verify")),
            ("certificate", json!(self.certificate)),
            ("time", json!(self.time)),
            ("policy", self.policy),
            (
                "expected",
                json!({
                    "outcome": self.outcome, "step": step, "code": code,
                    "also": steps(&self.also), "skipped": steps(&self.skipped),
                }),
            ),
        ]
    }
}

/// The deny lists, in the form of this project.
pub fn deny(material: &Material) -> Part {
    let dsc = &material.dsc;
    let kid = base64(dsc.kid.as_bytes());
    let key = hex(&dsc.dsc.public_key().fingerprint());
    let twin = hex(&material.twin.dsc.public_key().fingerprint());
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
    super::super::hex(bytes)
}

pub fn all(material: &Material) -> Vec<Case> {
    let kid = material.dsc.kid.to_string();
    let mut cases = Vec::new();
    signatures(&kid, &mut cases);
    network(&kid, &mut cases);
    editions(&kid, &mut cases);
    freshness(&kid, material, &mut cases);
    denials(&kid, material, &mut cases);
    cases
}

/// Shortly after the first edition, and before the others.
const SOON: &str = "2021-06-10T12:00:00Z";
const NOW: &str = "2021-07-01T12:00:00Z";

fn add(
    cases: &mut Vec<Case>,
    id: &'static str,
    description: &'static str,
    flags: &'static [&'static str],
    steps: Part,
) {
    cases.push(Case {
        id,
        description,
        flags,
        steps,
    });
}

/// Who signed a list, and what of it.
fn signatures(kid: &str, cases: &mut Vec<Case>) {
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

/// The traps of the WHO's network.
fn network(kid: &str, cases: &mut Vec<Case>) {
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

/// Older lists than the ones before.
fn editions(kid: &str, cases: &mut Vec<Case>) {
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

/// Lists that age, and clocks.
fn freshness(kid: &str, material: &Material, cases: &mut Vec<Case>) {
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

/// A deny list beats every trust list.
fn denials(kid: &str, material: &Material, cases: &mut Vec<Case>) {
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
