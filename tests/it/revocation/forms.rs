//! Each form of list: what is on it is found, and nothing else.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::revocation::{
    Answer, BloomFilter, IdentifierKind, ItalianList, PartialHashes, PartitionedList,
    RevocationFormat, RevocationList, RevocationPart, RevocationSource, Slice, SplitList,
};
use hcert::trust::{SignedDocument, TrustState};
use hcert_testkit::fixtures::{NOW, signer};
use hcert_testkit::lists::{certificate, cms::Cms, detached};
use hcert_testkit::raw::encode;
use hcert_testkit::text::hex;
use hcert_testkit::time::Plus as _;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    KID, SIGNATURE, UCI, answer, batch, bloom, bytes, delta, id, italian, key, kid_map, partial,
    unsigned,
};

const A: &[u8] = &[0xaa; 16];
const B: &[u8] = &[0xbb; 16];

#[test]
fn a_kid_map_is_whole_and_knows_lengths() {
    let long_kid = [9; 12];
    let list = kid_map(&[
        (KID, SIGNATURE, &[A, &[0xbb; 18], &[0xcc; 32], A]),
        (&long_kid, UCI, &[B]),
    ]);
    assert_eq!(
        RevocationFormat::detect(&list),
        Some(RevocationFormat::KidMap)
    );
    let list = RevocationList::trust_unsigned("x", &list).unwrap();
    assert_eq!(list.len(), 4);
    for byte in [0xaa, 0xbb, 0xcc] {
        assert_eq!(answer(&list, &id(SIGNATURE, byte)), Answer::Listed);
        assert_eq!(answer(&list, &id(UCI, byte)), Answer::NotListed);
    }
    assert_eq!(list.answer(&long_kid, None, &id(UCI, 0xbb)), Answer::Listed);
    assert_eq!(
        list.answer(b"nobody", None, &id(UCI, 0xbb)),
        Answer::NotListed
    );
    assert!(!format!("{list:?}").contains("170"), "{list:?}");
}

#[test]
fn a_kid_map_in_a_cose_sign1_of_somebody() {
    let map = kid_map(&[(KID, SIGNATURE, &[A])]);
    let value: Value = ciborium::from_reader(&map[..]).unwrap();
    let file = detached(&cbor!({1 => -7}).unwrap(), &value, "list");
    let list = RevocationList::open("DE", &file, &key("list")).unwrap();
    assert_eq!(answer(&list, &id(SIGNATURE, 0xaa)), Answer::Listed);
    assert_eq!(list.info().issued_at(), None);
    let error = RevocationList::open("DE", &file, &key("another")).unwrap_err();
    assert_eq!(error.code(), "trust-signature");
    let error = RevocationList::open("DE", &map, &key("list")).unwrap_err();
    assert_eq!(error.code(), "document-unrecognised");
}

#[test]
fn older_editions_are_refused() {
    let sign = |days: i64| {
        let made = NOW.plus(days * 86_400);
        SignedDocument::sign("revocation", &[0xa0], made, None, &signer("list")).unwrap()
    };
    let (today, yesterday) = (sign(0), sign(-1));
    let open = |file| SignedDocument::open("revocation", file, &key("list")).unwrap();
    let mut state = TrustState::default();
    let today = open(&today);
    RevocationList::read("x", RevocationPart::of_document(&today).unwrap()).unwrap();
    state.accept(&today).unwrap();
    assert_eq!(
        state.accept(&open(&yesterday)).unwrap_err().code(),
        "trust-rollback"
    );

    // Signed for something else.
    let rules = SignedDocument::sign("rules", &[0xa0], NOW, None, &signer("list")).unwrap();
    let error = RevocationPart::open(&rules, &key("list")).unwrap_err();
    assert_eq!(error.code(), "document-purpose");
    let rules = SignedDocument::open("rules", &rules, &key("list")).unwrap();
    let error = RevocationPart::of_document(&rules).unwrap_err();
    assert_eq!(error.code(), "revocation-part");
}

#[test]
fn batches_of_the_gateway() {
    let kid = BASE64_STANDARD.encode(KID);
    let one = batch(&kid, "SIGNATURE", &[A]);
    let list = RevocationList::trust_unsigned("EU", one.to_string().as_bytes()).unwrap();
    assert_eq!(list.info().format(), RevocationFormat::Batch);
    assert_eq!(answer(&list, &id(SIGNATURE, 0xaa)), Answer::Listed);
    // There may be further batches for the key, unless somebody knows better.
    assert_eq!(answer(&list, &id(UCI, 0xaa)), Answer::NotCovered);
    let list = list.with_all_batches();
    assert_eq!(answer(&list, &id(UCI, 0xaa)), Answer::NotListed);
    // Other keys may have batches that are not here.
    assert_eq!(
        list.answer(b"other", None, &id(SIGNATURE, 0xaa)),
        Answer::NotCovered
    );

    let several = json!([
        one,
        batch("UNKNOWN_KID", "COUNTRYCODEUCI", &[B]),
        batch(&kid, "UCI", &[B])
    ]);
    let several = several.to_string();
    assert_eq!(
        RevocationFormat::detect(several.as_bytes()),
        Some(RevocationFormat::Batch)
    );
    let list = RevocationList::trust_unsigned("EU", several.as_bytes()).unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(answer(&list, &id(UCI, 0xbb)), Answer::Listed);
    let of_country = id(IdentifierKind::CountryCodeUci, 0xbb);
    assert_eq!(list.answer(b"any", Some("XX"), &of_country), Answer::Listed);
    // Whom a batch names is revoked under whatever key.
    for country in [Some("YY"), Some("xx"), None] {
        assert_eq!(list.answer(b"any", country, &of_country), Answer::Listed);
    }
}

#[test]
fn a_batch_in_its_cms() {
    let json = batch(&BASE64_STANDARD.encode(KID), "UCI", &[A]).to_string();
    let upload = certificate("CN=Upload,C=XX", "list", "CN=Upload,C=XX", "list", false);
    let form = Cms {
        content: true,
        signing_time: Some("210601000000Z"),
        ..Cms::USUAL
    };
    let cms = form.sign(json.as_bytes(), &upload, "list");
    let text = BASE64_STANDARD.encode(&cms);
    for file in [&cms[..], text.as_bytes()] {
        let list = RevocationList::open("EU", file, &key("list")).unwrap();
        assert_eq!(answer(&list, &id(UCI, 0xaa)), Answer::Listed);
        assert_eq!(
            list.info().issued_at(),
            Some(Timestamp::parse("2021-06-01T00:00:00Z").unwrap())
        );
        assert!(RevocationList::open("EU", file, &key("another")).is_err());
    }
}

const TIME: i64 = 1_646_129_242;

pub fn kids_cbor() -> Vec<u8> {
    let kinds = Value::Map(vec![
        (bytes(&[0x0a]), Value::from(3)),
        (bytes(&[0x0b]), Value::from(0)),
    ]);
    encode(&Value::Map(vec![(bytes(KID), kinds)]))
}

fn place(count: i64) -> Value {
    Value::Array(vec![Value::from(TIME), Value::from(count)])
}

pub fn index_cbor() -> Vec<u8> {
    let first = |count: i64, second: Vec<(Value, Value)>| {
        Value::Array(vec![TIME.into(), count.into(), Value::Map(second)])
    };
    encode(&Value::Map(vec![
        (bytes(&[0xaa]), first(1, vec![(bytes(&[0xaa]), place(1))])),
        (bytes(&[0xbb]), first(2, vec![(bytes(&[0xbb]), place(2))])),
    ]))
}

pub fn chunk_cbor(hashes: &[&[u8]]) -> Vec<u8> {
    encode(&Value::Array(
        hashes.iter().map(|hash| bytes(hash)).collect(),
    ))
}

#[test]
fn a_split_list_covers_what_is_at_hand() {
    let kids = kids_cbor();
    assert_eq!(
        RevocationFormat::detect(&kids),
        Some(RevocationFormat::Split)
    );
    let mut list = SplitList::from_kids("DE", unsigned(&kids)).unwrap();
    let ids = [0xaa, 0xbb, 0xcc].map(|byte| id(SIGNATURE, byte));
    let answers = |list: &SplitList| ids.map(|id| answer(list, &id));
    use Answer::{Listed, NotCovered, NotListed};
    assert_eq!(answers(&list), [NotCovered; 3]);
    // Neither the kid nor, with no hash of it, the kind.
    assert_eq!(list.answer(b"other", None, &ids[0]), NotListed);
    assert_eq!(answer(&list, &id(UCI, 0xaa)), NotListed);

    list.add_index(KID, SIGNATURE, unsigned(&index_cbor()))
        .unwrap();
    assert_eq!(answers(&list), [NotCovered, NotCovered, NotListed]);
    let newest = list.info().newest_entry().unwrap();
    assert_eq!(newest.seconds(), TIME);
    // The index tells of the second byte, too.
    let mut other = [0xaa; 32];
    other[1] = 0xab;
    let other = hcert::revocation::Identifier::new(SIGNATURE, other);
    assert_eq!(answer(&list, &other), NotListed);

    let chunk = chunk_cbor(&[A]);
    list.add_chunk(KID, SIGNATURE, 0xaa, None, unsigned(&chunk))
        .unwrap();
    assert_eq!(answers(&list), [Listed, NotCovered, NotListed]);
    let mut second = [0xbb; 16];
    second[15] = 1;
    let chunk = chunk_cbor(&[B, &second]);
    list.add_chunk(KID, SIGNATURE, 0xbb, Some(0xbb), unsigned(&chunk))
        .unwrap();
    assert_eq!(answers(&list), [Listed, Listed, NotListed]);
    assert_eq!(list.len(), 3);
    assert_eq!(list.entries().count(), 3);
}

#[test]
fn parts_that_do_not_belong_are_refused() {
    let kids = kids_cbor();
    let mut list = SplitList::from_kids("DE", unsigned(&kids)).unwrap();
    let index = index_cbor();
    let add_index = |list: &mut SplitList, kid, kind, part| {
        list.add_index(kid, kind, part).err().map(|e| e.code())
    };
    for (kid, kind) in [(&b"other"[..], SIGNATURE), (KID, UCI)] {
        let error = add_index(&mut list, kid, kind, unsigned(&index));
        assert_eq!(error, Some("revocation-part"));
    }
    // Signed by another one than the list of kids, which nobody signed.
    let signed = SignedDocument::sign("revocation", &index, NOW, None, &signer("list")).unwrap();
    let signed = RevocationPart::open(&signed, &key("list")).unwrap();
    let error = add_index(&mut list, KID, SIGNATURE, signed);
    assert_eq!(error, Some("revocation-part"));

    let chunk = chunk_cbor(&[A]);
    let add = |list: &mut SplitList, first, second, chunk: &[u8]| {
        let added = list.add_chunk(KID, SIGNATURE, first, second, unsigned(chunk));
        added.err().map(|error| error.code()).unwrap_or_default()
    };
    assert_eq!(
        add(&mut list, 0xaa, None, &chunk),
        "revocation-part",
        "no index"
    );
    assert_eq!(add_index(&mut list, KID, SIGNATURE, unsigned(&index)), None);
    assert_eq!(add(&mut list, 0xcc, None, &chunk), "revocation-part");
    assert_eq!(add(&mut list, 0xaa, Some(0xbb), &chunk), "revocation-part");
    assert_eq!(
        add(&mut list, 0xbb, None, &chunk),
        "revocation-part",
        "of aa"
    );
    assert_eq!(
        add(&mut list, 0xbb, None, &chunk_cbor(&[B])),
        "revocation-count"
    );
    assert_eq!(
        add(&mut list, 0xaa, None, &chunk_cbor(&[])),
        "revocation-count"
    );
    assert_eq!(list.len(), 0);
    assert_eq!(add(&mut list, 0xaa, None, &chunk), "");
}

/// The chunks at hand may lack what the new one counts.
#[test]
fn a_new_index_takes_the_chunks_of_the_old_one_away() {
    let index = |count: i64| {
        let branch = Value::Array(vec![TIME.into(), count.into(), Value::Map(vec![])]);
        encode(&Value::Map(vec![(bytes(&[0xaa]), branch)]))
    };
    let kinds = [0x0a, 0x0b].map(|kind| (bytes(&[kind]), Value::from(1)));
    let kids = encode(&Value::Map(vec![(bytes(KID), Value::Map(kinds.into()))]));
    let mut list = SplitList::from_kids("DE", unsigned(&kids)).unwrap();
    let chunk = chunk_cbor(&[A]);
    for kind in [SIGNATURE, UCI] {
        list.add_index(KID, kind, unsigned(&index(1))).unwrap();
        list.add_chunk(KID, kind, 0xaa, None, unsigned(&chunk))
            .unwrap();
    }
    let mut revoked = [0xaa; 32];
    revoked[15] = 1;
    let revoked = hcert::revocation::Identifier::new(SIGNATURE, revoked);
    assert_eq!(answer(&list, &revoked), Answer::NotListed);

    list.add_index(KID, SIGNATURE, unsigned(&index(1))).unwrap();
    assert_eq!(answer(&list, &revoked), Answer::NotCovered);
    assert!(!list.is_complete());
    // Those of other indexes stay.
    assert_eq!(answer(&list, &id(UCI, 0xaa)), Answer::Listed);
    assert_eq!(list.len(), 1);
}

/// The list of kids says how many hashes there are, and so does the index.
#[test]
fn an_index_has_as_many_hashes_as_the_list_of_kids_says() {
    let kids = kids_cbor();
    for (counts, code) in [
        (&[3][..], ""),
        (&[1, 2], ""),
        (&[2], "revocation-count"),
        (&[2, 2], "revocation-count"),
        (&[], "revocation-count"),
        (&[u64::MAX, 4], "revocation-count"),
    ] {
        let branches = (0xaau8..).zip(counts).map(|(first, count)| {
            let branch = vec![TIME.into(), (*count).into(), Value::Map(vec![])];
            (bytes(&[first]), Value::Array(branch))
        });
        let index = encode(&Value::Map(branches.collect()));
        let mut list = SplitList::from_kids("DE", unsigned(&kids)).unwrap();
        let added = list.add_index(KID, SIGNATURE, unsigned(&index));
        let found = added.err().map(|error| error.code());
        assert_eq!(found.unwrap_or_default(), code, "{counts:?}");
    }
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
    out.extend(content);
    out
}

#[test]
fn the_same_in_protobuf() {
    let item = [field(1, KID), field(2, &[0x0a]), field(2, &[0x0c])].concat();
    let kids = field(1, &item);
    let mut list = SplitList::from_kids("CWA", unsigned(&kids)).unwrap();
    let index = field(1, &[field(1, &[0xaa]), field(2, &[0xaa])].concat());
    list.add_index(KID, SIGNATURE, unsigned(&index)).unwrap();
    let chunk = field(1, A);
    list.add_chunk(KID, SIGNATURE, 0xaa, Some(0xaa), unsigned(&chunk))
        .unwrap();
    assert_eq!(answer(&list, &id(SIGNATURE, 0xaa)), Answer::Listed);
    assert_eq!(answer(&list, &id(SIGNATURE, 0xbb)), Answer::NotListed);
    let country = id(IdentifierKind::CountryCodeUci, 0xaa);
    assert_eq!(answer(&list, &country), Answer::NotCovered);
    assert_eq!(answer(&list, &id(UCI, 0xaa)), Answer::NotListed);
}

#[test]
fn filters_of_the_eu() {
    let filter = BloomFilter::from_bytes(&bloom(20, 16, &[A, B])).unwrap();
    assert!(filter.might_contain(A) && filter.might_contain(B));
    assert!(!filter.might_contain(&[0xcc; 16]));
    assert_eq!(filter.intended_rate(), Some(1e-6));

    let with_header = partial(4, &[A, B]);
    let old = [&[4][..], &A[..4], &B[..4]].concat();
    for list in [&with_header, &old] {
        let list = PartialHashes::from_bytes(list).unwrap();
        assert_eq!(list.len(), 2);
        assert!(list.might_contain(&[0xaa; 32]) && list.might_contain(&[0xbb; 32]));
        assert!(!list.might_contain(&[0xcc; 32]));
    }
    assert!(matches!(
        Slice::from_bytes(&bloom(20, 16, &[A])),
        Ok(Slice::Bloom(_))
    ));
    assert!(matches!(
        Slice::from_bytes(&with_header),
        Ok(Slice::Hashes(_))
    ));
    // Two bytes name one certificate in 65,536.
    let error = PartialHashes::from_bytes(&partial(2, &[A])).unwrap_err();
    assert_eq!(error.code(), "revocation-hash-length");
}

pub fn lists(mode: &str) -> Vec<u8> {
    let kid = BASE64_STANDARD.encode(KID);
    json!([{"kid": kid, "mode": mode, "hashTypes": ["SIGNATURE"],
        "expires": "2023-01-01T12:00:00+01:00", "lastUpdated": "2022-01-01T12:00:00+01:00"}])
    .to_string()
    .into_bytes()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[test]
fn the_eu_s_partitions_lead_to_slices() {
    let (filter, hashes) = (bloom(20, 16, &[A]), partial(4, &[B]));
    for (mode, a, b) in [
        ("POINT", [None, None], [None, None]),
        ("VECTOR", [Some("a"), None], [Some("b"), None]),
        ("COORDINATE", [Some("a"), Some("a")], [Some("b"), Some("b")]),
    ] {
        let lists = lists(mode);
        let mut list = PartitionedList::from_lists("EU", unsigned(&lists)).unwrap();
        let ids = [0xaa, 0xbb, 0xcc].map(|byte| id(SIGNATURE, byte));
        let answers = |list: &PartitionedList| ids.map(|id| answer(list, &id));
        use Answer::{Listed, NotCovered, NotListed};
        assert_eq!(answers(&list), [NotCovered; 3]);
        assert_eq!(answer(&list, &id(UCI, 0xaa)), NotListed);

        let slice = |kind: &str, bytes: &[u8]| json!({"2023-01-01T12:00:00Z": {"type": kind, "version": "1.0", "hash": sha256(bytes)}});
        let (a_slices, b_slices) = (slice("BLOOMFILTER", &filter), slice("VARHASHLIST", &hashes));
        let partitions = match mode {
            "POINT" => json!([{"x": "null", "chunks": {"a": a_slices, "b": b_slices}}]),
            _ => json!([
                {"x": a[0], "y": a[1], "chunks": {"a": a_slices}},
                {"x": b[0], "y": b[1], "chunks": {"b": b_slices}},
            ]),
        };
        let partitions = partitions.to_string();
        list.add_partitions(KID, unsigned(partitions.as_bytes()))
            .unwrap();
        assert_eq!(
            answers(&list),
            [NotCovered, NotCovered, NotListed],
            "{mode}"
        );
        assert_eq!(list.missing_slices().count(), 2);
        list.add_slice(&filter).unwrap();
        assert_eq!(answers(&list), [Listed, NotCovered, NotListed], "{mode}");
        list.add_slice(&hashes).unwrap();
        assert_eq!(answers(&list), [Listed, Listed, NotListed], "{mode}");
        assert_eq!(list.missing_slices().count(), 0);
        let error = list.add_slice(&partial(4, &[A])).unwrap_err();
        assert_eq!(error.code(), "revocation-part", "nobody names it");
    }
}

#[test]
fn partitions_of_another_kid_are_refused() {
    let lists = lists("POINT");
    let mut list = PartitionedList::from_lists("EU", unsigned(&lists)).unwrap();
    let mut add = |kid: serde_json::Value| {
        let partitions = json!([{"kid": kid, "chunks": {}}]).to_string();
        let added = list.add_partitions(KID, unsigned(partitions.as_bytes()));
        added.err().map(|error| error.code())
    };
    let other = BASE64_STANDARD.encode([9; 8]);
    assert_eq!(add(other.into()), Some("revocation-part"));
    assert_eq!(add("?".into()), Some("kid-base64"));
    assert_eq!(add(7.into()), Some("revocation-member"));
    assert_eq!(add(BASE64_STANDARD.encode(KID).into()), None);
    assert_eq!(add(json!(null)), None);
}

#[test]
fn italy_s_list_and_its_changes() {
    let (a, b, c) = ([0xaa; 32], [0xbb; 32], [0xcc; 32]);
    let chunks = [italian(5, 2, 2, &[&b]), italian(5, 1, 2, &[&a])];
    let texts = chunks.map(|chunk| chunk.to_string());
    let parts: Vec<_> = texts.iter().map(|text| text.as_bytes()).collect();
    assert_eq!(
        RevocationFormat::detect(parts[0]),
        Some(RevocationFormat::Italian)
    );
    let mut list = ItalianList::trust_unsigned("IT", &parts).unwrap();
    let ask = |list: &ItalianList, byte| list.answer(b"any", Some("IT"), &id(UCI, byte));
    assert_eq!((list.version(), list.len()), (5, 2));
    assert_eq!(ask(&list, 0xaa), Answer::Listed);
    assert_eq!(ask(&list, 0xcc), Answer::NotListed);
    assert_eq!(
        list.answer(b"any", Some("it"), &id(UCI, 0xcc)),
        Answer::NotListed
    );
    // Of other countries there may be other lists; what is named is named.
    assert_eq!(
        list.answer(b"any", Some("XX"), &id(UCI, 0xcc)),
        Answer::NotCovered
    );
    assert_eq!(
        list.answer(b"any", Some("XX"), &id(UCI, 0xaa)),
        Answer::Listed
    );
    assert_eq!(answer(&list, &id(SIGNATURE, 0xaa)), Answer::OtherKind);

    let apply = |list: &mut ItalianList, chunk: serde_json::Value| {
        let applied = list.apply(&[chunk.to_string().as_bytes()]);
        applied.err().map(|error| error.code())
    };
    assert_eq!(apply(&mut list, delta(5, 6, &[&c], &[&a])), None);
    assert_eq!((list.version(), list.len()), (6, 2));
    assert_eq!(
        [0xaa, 0xbb, 0xcc].map(|byte| ask(&list, byte)),
        [Answer::NotListed, Answer::Listed, Answer::Listed]
    );

    // All or nothing.
    let before: Vec<_> = list.hashes().map(<[u8]>::to_vec).collect();
    let without = |mut chunk: serde_json::Value| {
        chunk.as_object_mut().unwrap().remove("fromVersion");
        chunk
    };
    let counted = |total: u64| {
        let mut chunk = delta(6, 7, &[&a], &[]);
        chunk["totalNumberUCVI"] = total.into();
        chunk
    };
    for (chunk, code) in [
        (delta(5, 6, &[&c], &[&a]), "revocation-part"),
        (delta(4, 5, &[&a], &[]), "revocation-rollback"),
        (italian(5, 1, 1, &[]), "revocation-rollback"),
        (delta(5, 7, &[&a], &[]), "revocation-part"),
        (without(delta(6, 7, &[&a], &[])), "revocation-member"),
        (delta(6, 7, &[&a, &[1; 4]], &[&b]), "revocation-hash-length"),
        (counted(2), "revocation-count"),
        (
            json!({"version": 7, "chunk": 1, "lastChunk": 1}),
            "revocation-member",
        ),
        (italian(7, 1, 2, &[&a]), "revocation-part"),
        (italian(7, 2, 2, &[&a]), "revocation-part"),
    ] {
        assert_eq!(apply(&mut list, chunk), Some(code));
        assert_eq!(list.version(), 6);
        assert!(list.hashes().eq(before.iter().map(Vec::as_slice)));
    }
    assert_eq!(apply(&mut list, counted(3)), None);
    assert_eq!(list.len(), 3);
    // A whole list takes the place of what was there.
    assert_eq!(apply(&mut list, italian(9, 1, 1, &[&c])), None);
    assert_eq!((list.version(), list.len()), (9, 1));
    let first = delta(8, 9, &[&a], &[]).to_string();
    let error = ItalianList::trust_unsigned("IT", &[first.as_bytes()]).unwrap_err();
    assert_eq!(error.code(), "revocation-part");
}

#[test]
fn what_is_wrong_with_a_change_of_italy_s_list() {
    let read = |chunk: serde_json::Value| {
        ItalianList::trust_unsigned("IT", &[chunk.to_string().as_bytes()])
    };
    let mut whole = italian(6, 1, 1, &[&[0xaa; 32]]);
    whole["creationDate"] = "2022-03-01T10:07:22Z".into();
    let mut list = read(whole.clone()).unwrap();
    let apply = |list: &mut ItalianList, chunk: &serde_json::Value| {
        let applied = list.apply(&[chunk.to_string().as_bytes()]);
        applied.unwrap_err().to_string()
    };
    let again = apply(&mut list, &delta(5, 6, &[], &[]));
    assert!(again.contains("at hand already"), "{again}");
    let older = apply(&mut list, &delta(4, 5, &[], &[]));
    assert!(older.contains("older"), "{older}");
    for name in ["insertions", "deletions"] {
        for wrong in [json!(["?"]), json!([7]), json!("AA==")] {
            let mut chunk = delta(6, 7, &[], &[]);
            chunk["delta"][name] = wrong;
            let error = apply(&mut list, &chunk);
            assert!(error.contains(&format!("`{name}`")), "{error}");
        }
    }
    whole["revokedUcvi"] = json!(["?"]);
    let error = read(whole).unwrap_err().to_string();
    assert!(error.contains("`revokedUcvi`"), "{error}");

    // A delta that says nothing of its time takes none away.
    let created = Timestamp::parse("2022-03-01T10:07:22Z").ok();
    assert_eq!(list.info().newest_entry(), created);
    let chunk = delta(6, 7, &[&[0xbb; 32]], &[]).to_string();
    list.apply(&[chunk.as_bytes()]).unwrap();
    assert_eq!(list.info().newest_entry(), created);
}
