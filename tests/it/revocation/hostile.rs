//! Lists that are not what they should be.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ciborium::{Value, cbor};
use hcert::revocation::{
    BloomFilter, ItalianList, PartialHashes, PartitionedList, RevocationError, RevocationLimits,
    RevocationList, RevocationSource, SplitList,
};
use hcert::trust::SignedDocument;
use hcert_testkit::fixtures::{NOW, signer};
use hcert_testkit::lists::{certificate, cms::Cms, detached};
use hcert_testkit::raw::encode;
use serde_json::json;

use super::forms::{chunk_cbor, index_cbor, kids_cbor, lists, sha256};
use super::{KID, SIGNATURE, UCI, batch, bloom, bytes, italian, key, kid_map, partial, unsigned};

fn code<T: std::fmt::Debug>(result: Result<T, RevocationError>) -> &'static str {
    result.unwrap_err().code()
}

fn read(bytes: &[u8]) -> Result<RevocationList, RevocationError> {
    RevocationList::trust_unsigned("x", bytes)
}

/// One list of each signed form.
fn signed() -> Vec<Vec<u8>> {
    let map = kid_map(&[(KID, SIGNATURE, &[&[0xaa; 16], &[0xbb; 16]])]);
    let value: Value = ciborium::from_reader(&map[..]).unwrap();
    let json = batch(&BASE64_STANDARD.encode(KID), "UCI", &[&[0xaa; 16]]).to_string();
    let upload = certificate("CN=Upload,C=XX", "list", "CN=Upload,C=XX", "list", false);
    let cms = Cms {
        content: true,
        indefinite: false,
        ..Cms::USUAL
    };
    vec![
        SignedDocument::sign("revocation", &map, NOW, Some(NOW), &signer("list")).unwrap(),
        detached(&cbor!({1 => -7}).unwrap(), &value, "list"),
        cms.sign(json.as_bytes(), &upload, "list"),
    ]
}

/// A bit flipped anywhere: refused, or, where a byte is not signed, the same.
#[test]
fn flipped_bits() {
    for (form, file) in signed().into_iter().enumerate() {
        let good = RevocationList::open("x", &file, &key("list")).unwrap();
        let mut same = 0;
        for (at, bit) in (0..file.len()).zip((0..8).cycle()) {
            let mut flipped = file.clone();
            flipped[at] ^= 1 << bit;
            if let Ok(list) = RevocationList::open("x", &flipped, &key("list")) {
                assert!(list.entries().eq(good.entries()), "form {form}, byte {at}");
                assert_eq!(list.info(), good.info());
                same += 1;
            }
        }
        // The signer's certificate in a CMS is not signed, nor needed.
        assert!(same == 0 || form == 2, "form {form}: {same}");
    }
}

#[test]
fn truncated_at_every_length() {
    for file in signed() {
        for length in 0..file.len() {
            assert!(RevocationList::open("x", &file[..length], &key("list")).is_err());
        }
    }
    let json = batch("AQ==", "UCI", &[&[1; 16]]).to_string();
    let map = kid_map(&[(KID, SIGNATURE, &[&[0xaa; 16]]), (b"b", UCI, &[&[1; 16]])]);
    for list in [json.as_bytes(), &map] {
        assert!(read(list).is_ok());
        for length in 0..list.len() {
            assert!(read(&list[..length]).is_err(), "{length}");
        }
    }
    let filter = bloom(3, 4, &[&[1; 16]]);
    let hashes = partial(5, &[&[1; 16], &[2; 16]]);
    let chunk = italian(1, 1, 1, &[&[1; 32]]).to_string();
    for length in 0..filter.len() {
        assert!(BloomFilter::from_bytes(&filter[..length]).is_err());
    }
    for length in (0..hashes.len()).filter(|length| length % 5 != hashes.len() % 5) {
        assert!(PartialHashes::from_bytes(&hashes[..length]).is_err());
    }
    for length in 0..chunk.len() {
        let cut = &chunk.as_bytes()[..length];
        assert!(ItalianList::trust_unsigned("x", &[cut]).is_err());
    }
}

#[test]
fn kid_maps_that_are_none() {
    let group = |key: Value, value: Value| encode(&Value::Map(vec![(key, value)]));
    let hashes = |hash: Value| Value::Array(vec![hash]);
    let of = |byte: u8| bytes(&[1, 2, byte]);
    let good = || bytes(&[7; 16]);
    for (list, expected) in [
        (group(of(0x0d), hashes(good())), "revocation-unknown-kind"),
        (group(of(0), hashes(good())), "revocation-unknown-kind"),
        (group(bytes(&[]), hashes(good())), "revocation-form"),
        (group(Value::from("a\n"), hashes(good())), "revocation-form"),
        (group(Value::from(10), hashes(good())), "revocation-form"),
        (group(of(0x0a), good()), "revocation-form"),
        (group(of(0x0a), hashes(Value::from(1))), "revocation-form"),
        (group(of(0x0a), hashes(hashes(good()))), "revocation-form"),
        (
            group(of(0x0a), hashes(bytes(&[7; 7]))),
            "revocation-hash-length",
        ),
        (
            group(of(0x0a), hashes(bytes(&[7; 33]))),
            "revocation-hash-length",
        ),
        (group(bytes(&[10; 257]), hashes(good())), "kid-too-long"),
        ([kid_map(&[]), vec![0]].concat(), "cbor-trailing"),
        (vec![0xbb, 0xff, 0, 0, 0, 0, 0, 0, 0], "cbor-cut-off"),
        (
            vec![0xa1, 0x42, 1, 0x0a, 0x9b, 0xff, 0, 0, 0, 0, 0, 0, 0],
            "cbor-cut-off",
        ),
    ] {
        assert_eq!(code(read(&list)), expected, "{list:02x?}");
    }
    // One key in two spellings.
    let twice = [
        &[0xa2][..],
        &[0x42, 1, 0x0a, 0x80],
        &[0x58, 2, 1, 0x0a, 0x80],
    ]
    .concat();
    assert_eq!(code(read(&twice)), "cbor-duplicate-key");
    // Indefinite lengths are read.
    let chunks = [
        0xbf, 0x5f, 0x41, 1, 0x41, 0x0a, 0xff, 0x9f, 0x48, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff,
    ];
    assert_eq!(read(&chunks).unwrap().len(), 1);
}

#[test]
fn batches_that_are_none() {
    let good = || batch("AQ==", "UCI", &[&[1; 16]]);
    let with = |name: &str, value: serde_json::Value| {
        let mut batch = good();
        batch[name] = value;
        batch.to_string()
    };
    let twice = good().to_string().replacen('{', r#"{"kid": "AQ==","#, 1);
    for (list, expected) in [
        (String::from("[]"), "revocation-form"),
        ("7".into(), "revocation-form"),
        ("[7]".into(), "revocation-form"),
        ("{}".into(), "revocation-member"),
        (with("country", json!(1)), "revocation-member"),
        (with("expires", json!("tomorrow")), "revocation-member"),
        (with("hashType", json!("NAME")), "revocation-unknown-kind"),
        (with("kid", json!("???")), "kid-base64"),
        (with("entries", json!({})), "revocation-member"),
        (with("entries", json!(["AQ=="])), "revocation-member"),
        (with("entries", json!([{"hash": "?"}])), "revocation-member"),
        (
            with("entries", json!([{"hash": "AQ=="}])),
            "revocation-hash-length",
        ),
        (twice, "revocation-duplicate-member"),
        (good().to_string() + "]", "revocation-json"),
    ] {
        assert_eq!(code(read(list.as_bytes())), expected, "{list}");
    }
    // A name of their own doesn't reach the terminal as it is.
    let error = read(with("hashType", json!("\u{1b}[2J")).as_bytes()).unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'));
}

#[test]
fn filters_that_are_none() {
    let good = bloom(3, 4, &[&[1; 16]]);
    let with = |at: usize, byte: u8| {
        let mut filter = good.clone();
        filter[at] = byte;
        BloomFilter::from_bytes(&filter)
    };
    assert_eq!(code(with(1, 2)), "revocation-version");
    // No function, too many, another hash, fewer or more words.
    for (at, byte) in [(2, 0), (2, 200), (3, 1), (19, 3), (19, 5), (16, 1)] {
        assert_eq!(code(with(at, byte)), "revocation-form");
    }
    let longer = [&good[..], &[0; 4]].concat();
    assert_eq!(code(BloomFilter::from_bytes(&longer)), "revocation-form");
    assert_eq!(code(BloomFilter::new(1, 33, vec![0])), "revocation-form");
    assert_eq!(code(BloomFilter::new(1, 0, vec![])), "revocation-form");
    let empty = BloomFilter::from_bytes(&bloom(3, 4, &[])).unwrap();
    assert!(!empty.might_contain(&[1; 16]));

    for (list, expected) in [
        (&[][..], "revocation-form"),
        (&[0, 1], "revocation-form"),
        (&[0, 2, 0], "revocation-version"),
        (&[33], ""),
        (&[5, 1, 2, 3], "revocation-form"),
    ] {
        let read = PartialHashes::from_bytes(list);
        assert_eq!(read.map_or_else(|e| e.code(), |_| ""), expected, "{list:?}");
    }
    let long = [&[33][..], &[0; 33]].concat();
    assert_eq!(
        code(PartialHashes::from_bytes(&long)),
        "revocation-hash-length"
    );
}

#[test]
fn limits_hold() {
    let mut limits = RevocationLimits::default();
    limits.entries = 2;
    let three = [[1; 16], [2; 16], [3; 16]];
    let three: Vec<&[u8]> = three.iter().map(|hash| &hash[..]).collect();
    let read_with = |bytes: &[u8]| RevocationList::read_with("x", unsigned(bytes), &limits);
    let map = kid_map(&[(KID, UCI, &three)]);
    assert_eq!(code(read_with(&map)), "revocation-too-many-entries");
    assert!(read_with(&kid_map(&[(KID, UCI, &three[..2])])).is_ok());
    let json = batch("AQ==", "UCI", &three).to_string();
    assert_eq!(
        code(read_with(json.as_bytes())),
        "revocation-too-many-entries"
    );
    let chunk = italian(1, 1, 1, &three).to_string();
    let italian = ItalianList::trust_unsigned_with("x", &[chunk.as_bytes()], &limits);
    assert_eq!(code(italian), "revocation-too-many-entries");
    // Many empty objects weigh much in memory.
    let bomb = format!("[{}{{}}]", "{},".repeat(200_000));
    assert_eq!(
        code(read_with(bomb.as_bytes())),
        "revocation-too-many-entries"
    );

    let mut limits = RevocationLimits::default();
    limits.input_bytes = 10;
    let large = "revocation-input-too-large";
    let list = RevocationList::read_with("x", unsigned(&map), &limits);
    assert_eq!(code(list), large);
    let list = SplitList::from_kids_with("x", unsigned(&map), &limits);
    assert_eq!(code(list), large);
    let list = PartitionedList::from_lists_with("x", unsigned(b"[          ]"), &limits);
    assert_eq!(code(list), large);
}

#[test]
fn limits_hold_for_slices() {
    let mut limits = RevocationLimits::default();
    limits.entries = 2;
    let slices = [3u8, 2].map(|count| {
        let hashes: Vec<_> = (0..count).map(|n| [n; 16]).collect();
        partial(4, &hashes.iter().map(|hash| &hash[..]).collect::<Vec<_>>())
    });
    let named = |slice: &[u8]| json!({"type": "VARHASHLIST", "hash": sha256(slice)});
    let [three, two] = &slices;
    let chunks = json!([{"chunks": {"0": {"t": named(three), "u": named(two)}}}]);
    let lists = lists("POINT");
    let mut list = PartitionedList::from_lists_with("x", unsigned(&lists), &limits).unwrap();
    list.add_partitions(KID, unsigned(chunks.to_string().as_bytes()))
        .unwrap();
    assert_eq!(code(list.add_slice(three)), "revocation-too-many-entries");
    assert!(list.add_slice(two).is_ok());
}

/// Half a MiB and 12 times the bytes, whatever the JSON.
#[test]
fn json_needs_bounded_memory() {
    let of = |start: &str, one: &str, end: &str| {
        let count = (4 << 20) / one.len();
        let ones = vec![one; count].join(",");
        format!("{start}{ones}{end}").into_bytes()
    };
    let hash = BASE64_STANDARD.encode([7; 8]);
    let batch_start = r#"{"country": "XX", "expires": "2022-11-01T00:00:00Z", "kid": "AQ==",
        "hashType": "UCI", "entries": ["#;
    let italian_start = r#"{"version": 1, "chunk": 1, "lastChunk": 1, "revokedUcvi": ["#;
    let entry = json!({"hash": hash}).to_string();
    let whole = json!(BASE64_STANDARD.encode([7; 32])).to_string();
    for (json, expected) in [
        (of(batch_start, &entry, "]}"), ""),
        (of(italian_start, &whole, "]}"), ""),
        (of("[", "0", "]"), ""),
        (of("[", "[0]", "]"), "revocation-format-unrecognised"),
        (of("[", "{}", "]"), "revocation-format-unrecognised"),
        (of("[", r#"{"":0}"#, "]"), "revocation-format-unrecognised"),
        (of("[", r#"{"":0            }"#, "]"), ""),
        (of("[", r#"{"":{"":0                      }}"#, "]"), ""),
        (of("[", r#""", 0  "#, "]"), ""),
        (of("[", "0 ", "]"), ""),
        (of("[", "[0]       ", "]"), ""),
    ] {
        let mut codes = Vec::new();
        let used = allocation_counter::measure(|| {
            let list = RevocationList::trust_unsigned("x", &json);
            codes.extend(list.err().map(|error| error.code()));
            let list = ItalianList::trust_unsigned("x", &[&json, &json]);
            codes.extend(list.err().map(|error| error.code()));
        });
        let most = (512 << 10) + 12 * json.len() as u64;
        let shown = String::from_utf8_lossy(&json[..60]);
        assert!(used.bytes_max <= most, "{shown}: {used:?}");
        if !expected.is_empty() {
            assert_eq!(codes[0], expected, "{shown}");
        }
    }
    // More of it is not parsed.
    let long = of("[", "0                ", "]").repeat(9);
    assert_eq!(code(read(&long)), "revocation-input-too-large");
}

/// What is wrong, and what to do.
#[test]
fn errors_help() {
    let says = |error: RevocationError, words: &str| {
        let text = error.to_string();
        assert!(text.contains(words), "{words}: {text}");
    };
    let mode = lists("HASHTREE");
    says(
        PartitionedList::from_lists("x", unsigned(&mode)).unwrap_err(),
        "the member `mode` is not POINT, VECTOR or COORDINATE",
    );
    let mut list = PartitionedList::from_lists("x", unsigned(&lists("POINT"))).unwrap();
    let slice = json!({"type": "HASHTREE", "hash": sha256(b"slice")});
    let partitions = json!([{"chunks": {"0": {"t": slice}}}]).to_string();
    list.add_partitions(KID, unsigned(partitions.as_bytes()))
        .unwrap();
    says(
        list.add_slice(b"slice").unwrap_err(),
        "the member `type` is not BLOOMFILTER or VARHASHLIST",
    );
    says(
        list.add_slice(b"other").unwrap_err(),
        "fetch all parts again",
    );

    // Of another form: who reads it.
    let chunk = italian(1, 1, 1, &[&[1; 32]]).to_string();
    let file = SignedDocument::sign("revocation", &kids_cbor(), NOW, None, &signer("list"));
    let signed = RevocationList::open("x", &file.unwrap(), &key("list"));
    says(signed.unwrap_err(), "SplitList reads");
    says(read(chunk.as_bytes()).unwrap_err(), "ItalianList reads");
    says(read(&index_cbor()).unwrap_err(), "SplitList reads");
    says(read(&lists("POINT")).unwrap_err(), "PartitionedList reads");

    let mut list = SplitList::from_kids("x", unsigned(&kids_cbor())).unwrap();
    list.add_index(KID, SIGNATURE, unsigned(&index_cbor()))
        .unwrap();
    for hashes in [&[][..], &[&[0xbb; 16][..]]] {
        let chunk = chunk_cbor(hashes);
        let added = list.add_chunk(KID, SIGNATURE, 0xaa, None, unsigned(&chunk));
        says(added.unwrap_err(), "fetch all parts again");
    }
}
