//! JSON of strangers needs no more than twelve times its own memory, whatever
//! it holds and whoever reads it: before any signature, and after.

use std::hint::black_box;

use allocation_counter::measure;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hcert::record::ValueSet;
use hcert::revocation::{
    ItalianList, PartitionedList, RevocationFormat, RevocationList, RevocationPart,
};
use hcert::rules::certlogic::{Expression, Value};
use hcert::rules::{Recognition, RuleSet};
use hcert::trust::{
    Anchor, DenyList, Environment, GdhcnAnchor, ListFormat, SignedDocument, TrustState, TrustStore,
};
use hcert_testkit::fixtures;

/// So many times its own length may a text need, and so much besides.
const TIMES: u64 = 12;
const BESIDES: u64 = 512 << 10;

const LENGTH: usize = 640 << 10;

/// One element again and again, about [`LENGTH`] bytes of it.
fn repeated(open: &str, element: &str, close: &str) -> String {
    let count = LENGTH / (element.len() + 1);
    let all = vec![element; count].join(",");
    format!("{open}{all}{close}")
}

/// Members with names of their own.
fn members(value: &str) -> String {
    let all: Vec<_> = (0..LENGTH / (value.len() + 9))
        .map(|n| format!("\"{n}\":{value}"))
        .collect();
    format!("{{{}}}", all.join(","))
}

/// Shapes whose values take the most room for their length.
fn shapes() -> Vec<(&'static str, String)> {
    vec![
        ("numbers", repeated("[", "0", "]")),
        ("floats", repeated("[", "1e1", "]")),
        ("nulls", repeated("[", "null", "]")),
        ("empty texts", repeated("[", "\"\"", "]")),
        ("short texts", repeated("[", "\"a\"", "]")),
        ("escapes", repeated("[", "\"\\n\"", "]")),
        ("empty arrays", repeated("[", "[]", "]")),
        ("arrays", repeated("[", "[0]", "]")),
        ("arrays of five", repeated("[", "[0,0,0,0,0]", "]")),
        ("empty objects", repeated("[", "{}", "]")),
        ("objects", repeated("[", "{\"\":0}", "]")),
        ("objects of two", repeated("[", "{\"a\":0,\"b\":0}", "]")),
        (
            "objects in objects",
            repeated("[", "{\"a\":{\"a\":{\"a\":0}}}", "]"),
        ),
        (
            "arrays in arrays",
            repeated("[", &("[".repeat(100) + &"]".repeat(100)), "]"),
        ),
        ("objects, deep", {
            let one = "{\"\":".repeat(100) + "0" + &"}".repeat(100);
            repeated("[", &one, "]")
        }),
        ("members", members("0")),
        ("members of objects", members("{\"\":0}")),
        ("members of arrays", members("[0]")),
        ("open arrays", "[".repeat(LENGTH)),
        ("open objects", "{\"\":".repeat(LENGTH / 4)),
        ("open numbers", "[".to_owned() + &"0,".repeat(LENGTH / 2)),
        (
            "one text of escapes",
            format!("[\"{}\"]", "\\u0041".repeat(LENGTH / 6)),
        ),
        (
            "one open text of escapes",
            format!("[\"{}", "\\n".repeat(LENGTH / 2)),
        ),
        ("one number", format!("[{}]", "1".repeat(LENGTH))),
        ("one fraction", format!("[0.{}]", "1".repeat(LENGTH))),
        ("white space", format!("[{}]", " ".repeat(LENGTH))),
        ("commas", ",".repeat(LENGTH)),
        ("hashes", repeated("[", "{\"hash\":\"\"}", "]")),
        ("kids", repeated("[", "{\"kid\":\"\"}", "]")),
    ]
}

/// A shape in the heads that let readers begin.
fn dressed(shape: &str) -> Vec<String> {
    let batch = r#""country":"XX","expires":"2030-01-01T00:00:00Z","kid":"AAAAAAAAAAA=","hashType":"SIGNATURE""#;
    vec![
        shape.to_owned(),
        format!("{{\"deny\":{shape}}}"),
        format!("{{\"keys\":{shape}}}"),
        format!("{{\"kty\":\"EC\",\"x\":{shape}}}"),
        format!("{{\"rules\":{shape}}}"),
        format!("{{{batch},\"entries\":{shape}}}"),
        format!("[{{{batch},\"entries\":{shape}}}]"),
        format!("{{\"version\":1,\"chunk\":1,\"lastChunk\":1,\"revokedUcvi\":{shape}}}"),
        format!(
            "{{\"valueSetId\":\"a\",\"valueSetDate\":\"2021-01-01\",\"valueSetValues\":{shape}}}"
        ),
        format!(
            "{{\"@context\":[],\"id\":\"did:web:tng-cdn.who.int\",\"verificationMethod\":{shape}}}"
        ),
        format!("{{\"certs\":{shape},\"eu_keys\":{shape}}}"),
    ]
}

#[track_caller]
fn within(what: &str, shape: &str, length: usize, read: impl FnOnce()) -> Option<String> {
    let used = measure(read).bytes_max;
    let most = TIMES * length as u64 + BESIDES;
    (used > most).then(|| {
        format!(
            "{what}, {shape}: {used} bytes for {length}, {} times",
            used / length as u64
        )
    })
}

fn check(read: impl Fn(&[u8])) -> Vec<String> {
    let mut beyond = Vec::new();
    for (shape, text) in shapes() {
        for (n, dressed) in dressed(&text).into_iter().enumerate() {
            let bytes = dressed.into_bytes();
            beyond.extend(within(&n.to_string(), shape, bytes.len(), || read(&bytes)));
        }
    }
    beyond
}

fn anchor() -> Anchor {
    Anchor::Certificate(fixtures::dsc("anchor", &[]))
}

fn formats() -> impl Iterator<Item = ListFormat> {
    let codes = [
        "jwk",
        "jwk-set",
        "certificates",
        "gateway-signatures-ignored",
        "gateway",
        "de",
        "se",
        "ch",
        "at",
        "nl",
        "keys-by-kid",
        "pl",
        "gdhcn",
    ];
    codes
        .into_iter()
        .map(|code| ListFormat::from_code(code).unwrap())
}

#[test]
fn what_a_trust_list_is_is_told_in_bounds() {
    let beyond = check(|bytes| {
        black_box(ListFormat::detect(bytes));
        black_box(ListFormat::detect_companion(bytes));
    });
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn trust_lists_in_json_are_read_in_bounds() {
    let anchors = [anchor()];
    let beyond = check(|bytes| {
        let _ = TrustStore::builder().add_bytes("x", bytes).map(|_| ());
        let gdhcn = GdhcnAnchor::pinned(Environment::Prod);
        let _ = TrustStore::builder()
            .add_gdhcn("x", bytes, &gdhcn)
            .map(|_| ());
        for format in formats() {
            let mut builder = TrustStore::builder();
            let _ = builder.trust_unsigned_list("x", format, bytes).map(|_| ());
            let mut builder = TrustStore::builder();
            let _ = builder
                .add_signed_list("x", format, bytes, &anchors)
                .map(|_| ());
        }
    });
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn signed_lists_and_documents_are_read_in_bounds_before_their_signature_is() {
    let anchors = [anchor()];
    let beyond = check(|bytes| {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (head, body) = (
            encode(br#"{"alg":"ES256","kid":"AAAAAAAAAAA="}"#),
            encode(bytes),
        );
        let proof = encode(&[1; 64]);
        for jws in [
            format!("{head}.{body}.{proof}"),
            format!("{body}.{head}.{proof}"),
        ] {
            for format in formats() {
                let mut builder = TrustStore::builder();
                let _ = builder
                    .add_signed_list("x", format, jws.as_bytes(), &anchors)
                    .map(|_| ());
                let mut builder = TrustStore::builder();
                let _ = builder
                    .trust_unsigned_list("x", format, jws.as_bytes())
                    .map(|_| ());
            }
            let _ = SignedDocument::open("rules", jws.as_bytes(), &anchors[0]).map(|_| ());
        }
        let _ = SignedDocument::open("rules", bytes, &anchors[0]).map(|_| ());
    });
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn denials_and_states_are_read_in_bounds() {
    let beyond = check(|bytes| {
        let _ = black_box(DenyList::from_json(bytes));
        let _ = black_box(TrustState::from_json(bytes));
    });
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn rules_policies_and_value_sets_are_read_in_bounds() {
    let beyond = check(|bytes| {
        let _ = black_box(RuleSet::from_json(bytes));
        let _ = black_box(Recognition::from_json(bytes));
        let _ = black_box(ValueSet::from_json(bytes));
        let text = std::str::from_utf8(bytes).unwrap();
        let _ = black_box(Value::parse(text).map(|_| ()));
        let _ = black_box(Expression::parse(text).map(|_| ()));
    });
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn revocations_are_read_in_bounds() {
    let beyond = check(|bytes| {
        black_box(RevocationFormat::detect(bytes));
        let _ = black_box(RevocationList::trust_unsigned("x", bytes).map(|_| ()));
        let _ = black_box(ItalianList::trust_unsigned("x", &[bytes]).map(|_| ()));
        if let Ok(part) = RevocationPart::trust_unsigned(bytes) {
            let _ = black_box(PartitionedList::from_lists("x", part).map(|_| ()));
        }
    });
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn honest_lists_of_short_entries_are_read() {
    let hash = |n: usize| {
        base64::prelude::BASE64_STANDARD.encode([&n.to_be_bytes()[..], &[7; 8]].concat())
    };
    let entries: Vec<_> = (0..200_000)
        .map(|n| format!("{{\"hash\":\"{}\"}}", hash(n)))
        .collect();
    let batch = format!(
        r#"{{"country":"XX","expires":"2030-01-01T00:00:00Z","kid":"AAAAAAAAAAA=","hashType":"SIGNATURE","entries":[{}]}}"#,
        entries.join(",")
    );
    let beyond = within("batch", "entries", batch.len(), || {
        RevocationList::trust_unsigned("x", batch.as_bytes())
            .map(|_| ())
            .unwrap();
    });
    assert_eq!(beyond, None);
    let hashes: Vec<_> = (0..200_000).map(|n| format!("\"{}\"", hash(n))).collect();
    let chunk = format!(
        r#"{{"version":1,"chunk":1,"lastChunk":1,"totalNumberUCVI":200000,"revokedUcvi":[{}]}}"#,
        hashes.join(",")
    );
    let beyond = within("chunk", "hashes", chunk.len(), || {
        ItalianList::trust_unsigned("x", &[chunk.as_bytes()])
            .map(|_| ())
            .unwrap();
    });
    assert_eq!(beyond, None);
    let keys: Vec<_> = (0..20_000)
        .map(|n| format!("{{\"key\":\"{n:064x}\"}}"))
        .collect();
    let deny = format!("{{\"deny\":[{}]}}", keys.join(","));
    let mut count = 0;
    let beyond = within("deny", "keys", deny.len(), || {
        count = DenyList::from_json(deny.as_bytes()).unwrap().len();
    });
    assert_eq!((beyond, count), (None, 20_000));
    let kids: Vec<_> = (0..200).map(|_| "{\"kid\":\"AAAAAAAAAAA=\"}").collect();
    let deny = format!("{{\"deny\":[{}]}}", kids.join(","));
    assert_eq!(DenyList::from_json(deny.as_bytes()).unwrap().len(), 200);
}
