//! Whom a hash is for: where that can't be read, the list is refused. Otherwise
//! the hash would be asked for nobody, and a revoked certificate be valid.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ciborium::Value;
use hcert::revocation::{
    Answer, BloomFilter, ItalianList, PartitionedList, RevocationError, RevocationList,
    RevocationSource, Slice, SplitList,
};
use hcert_testkit::raw::encode;
use serde_json::json;

use super::forms::{lists, sha256};
use super::{KID, UCI, batch, bloom, bytes, delta, id, italian, kid_map, partial, unsigned};

fn read(list: &serde_json::Value) -> Result<RevocationList, RevocationError> {
    RevocationList::trust_unsigned("x", list.to_string().as_bytes())
}

fn code<T>(result: Result<T, RevocationError>) -> &'static str {
    result.err().map_or("read", |error| error.code())
}

#[test]
fn a_country_that_is_not_two_capital_letters_is_refused() {
    let kid = BASE64_STANDARD.encode(KID);
    for kid in ["UNKNOWN_KID", &kid] {
        let mut batch = batch(kid, "UCI", &[&[0xaa; 16]]);
        for country in [
            json!("XX "),
            json!(" XX"),
            json!("XX\n"),
            json!("X\u{200b}X"),
            json!(""),
            json!("X"),
            json!("xx"),
            json!("xX"),
            json!("XXX"),
            json!("DEU"),
            json!("ＸＸ"),
            json!("ΧΧ"),
            json!("X1"),
            json!("*"),
            json!(null),
            json!(7),
            json!(["XX"]),
            json!({"code": "XX"}),
        ] {
            batch["country"] = country;
            assert_eq!(code(read(&batch)), "revocation-member", "{batch}");
        }
        batch.as_object_mut().unwrap().remove("country");
        assert_eq!(code(read(&batch)), "revocation-member");
        batch["country"] = "XX".into();
        assert_eq!(code(read(&batch)), "read");
        // One that can't be read, among others.
        let mut wrong = batch.clone();
        wrong["country"] = "XX ".into();
        assert_eq!(code(read(&json!([batch, wrong]))), "revocation-member");
    }
}

/// `unknown_kid` is base64, too: of eight bytes that no key has.
#[test]
fn a_kid_in_another_spelling_is_refused() {
    for kid in [
        "",
        "unknown_kid",
        "Unknown_Kid",
        "UNKNOWN-KID",
        "UNKNOWNKID",
        "UNKNOWN_KID ",
        " UNKNOWN_KID",
        "UNKNOWN_KID=",
        "UNKNOWN__KID",
        // In hex, which is base64 of twelve bytes.
        "0102030405060708",
        "D919375FC1E7B6B2",
        "d9-19-37-5f-c1-e7-b6-b2",
        "0xd919375fc1e7b6b2",
        // White space and padding where none belongs.
        "AQIDBAUGBwg= ",
        "AQID BAUGBwg=",
        "AQIDBAUGBwg==",
        "AQIDBAUGBwg=\n",
    ] {
        let found = code(read(&batch(kid, "UCI", &[&[0xaa; 16]])));
        assert!(
            matches!(found, "revocation-member" | "kid-base64"),
            "{kid:?}: {found}"
        );
        let mut all: serde_json::Value = serde_json::from_slice(&lists("POINT")).unwrap();
        all[0]["kid"] = kid.into();
        let all = all.to_string();
        let found = code(PartitionedList::from_lists("x", unsigned(all.as_bytes())));
        assert!(
            matches!(found, "revocation-member" | "kid-base64"),
            "{kid:?}: {found}"
        );
    }
    for (kid, bytes) in [
        ("AQIDBAUGBwg=", KID),
        ("AQIDBAUGBwg", KID),
        (
            "-_-_-_-_-_8=",
            &[0xfb, 0xff, 0xbf, 0xfb, 0xff, 0xbf, 0xfb, 0xff][..],
        ),
        (
            "+/+/+/+/+/8=",
            &[0xfb, 0xff, 0xbf, 0xfb, 0xff, 0xbf, 0xfb, 0xff],
        ),
        ("AQID", &[1, 2, 3]),
        ("AQIDBAUGBwgJ", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ] {
        let list = read(&batch(kid, "UCI", &[&[0xaa; 16]])).unwrap();
        let found = list.answer(bytes, None, &id(UCI, 0xaa));
        assert_eq!(found, Answer::Listed, "{kid}");
    }
}

#[test]
fn an_empty_kid_is_refused_in_each_form() {
    let map = kid_map(&[(&[], UCI, &[&[0xaa; 16]])]);
    assert_eq!(
        code(RevocationList::trust_unsigned("x", &map)),
        "revocation-member"
    );
    let kinds = Value::Map(vec![(bytes(&[0x0a]), Value::from(1))]);
    let kids = encode(&Value::Map(vec![(bytes(&[]), kinds)]));
    assert_eq!(
        code(SplitList::from_kids("x", unsigned(&kids))),
        "revocation-member"
    );
    // {items: [{kid: h'', hashTypes: [h'0a']}]}
    let kids = [0x0a, 5, 0x0a, 0, 0x12, 1, 0x0a];
    assert_eq!(
        code(SplitList::from_kids("x", unsigned(&kids))),
        "revocation-member"
    );
}

/// Of a kid without kinds nobody would be looked up.
#[test]
fn kinds_of_hashes_that_cannot_be_read_are_refused() {
    let list = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut all: serde_json::Value = serde_json::from_slice(&lists("POINT")).unwrap();
        change(&mut all[0]);
        code(PartitionedList::from_lists(
            "x",
            unsigned(all.to_string().as_bytes()),
        ))
    };
    assert_eq!(list(&|_| {}), "read");
    assert_eq!(list(&|of| of["hashTypes"] = json!([])), "revocation-member");
    assert_eq!(
        list(&|of| of["hashTypes"] = json!("UCI")),
        "revocation-member"
    );
    assert_eq!(
        list(&|of| of["hashTypes"] = json!(["uci"])),
        "revocation-unknown-kind"
    );
    assert_eq!(
        list(&|of| of["hashTypes"] = json!([7])),
        "revocation-unknown-kind"
    );
    // Two that differ: which one counts is anybody's guess.
    assert_eq!(
        list(&|of| of["hashType"] = json!(["UCI"])),
        "revocation-member"
    );
    assert_eq!(list(&|of| of["mode"] = json!("point")), "revocation-member");
    assert_eq!(
        list(&|of| of["mode"] = json!("POINT ")),
        "revocation-member"
    );
    for kind in ["uci", "UCI ", "COUNTRY_CODE_UCI", ""] {
        let found = code(read(&batch("AQIDBAUGBwg=", kind, &[&[0xaa; 16]])));
        assert_eq!(found, "revocation-unknown-kind", "{kind:?}");
    }
}

/// Whoever is named in the wrong place is never looked up there.
#[test]
fn a_slice_in_the_place_of_another_one_is_refused() {
    let slice = partial(4, &[&[0xbb; 16]]);
    let add = |digit: &str| {
        let all = lists("POINT");
        let mut list = PartitionedList::from_lists("x", unsigned(&all)).unwrap();
        let named = json!({"type": "VARHASHLIST", "version": "1.0", "hash": sha256(&slice)});
        let partitions = json!([{"chunks": {digit: {"2023-01-01T12:00:00Z": named}}}]);
        list.add_partitions(KID, unsigned(partitions.to_string().as_bytes()))
            .unwrap();
        code(list.add_slice(&slice))
    };
    assert_eq!(add("b"), "read");
    assert_eq!(add("a"), "revocation-part");
}

#[test]
fn a_filter_that_says_it_has_elements_has_bits() {
    let good = bloom(20, 16, &[&[0xaa; 16]]);
    assert!(BloomFilter::from_bytes(&good).is_ok());
    let mut empty = good.clone();
    empty[20..].fill(0);
    assert_eq!(code(BloomFilter::from_bytes(&empty)), "revocation-form");
    // Nobody was put in.
    assert!(BloomFilter::from_bytes(&bloom(20, 16, &[])).is_ok());
}

#[test]
fn hashes_that_a_chunk_of_italy_would_hide_are_refused() {
    let read = |chunk: &serde_json::Value| {
        ItalianList::trust_unsigned("IT", &[chunk.to_string().as_bytes()])
    };
    let mut both = italian(5, 1, 1, &[&[0xaa; 32]]);
    let mut list = read(&both).unwrap();
    let mut change = |chunk: serde_json::Value| {
        code(
            list.clone()
                .apply(&[chunk.to_string().as_bytes()])
                .map(|()| &mut list),
        )
    };
    // A whole list and a change at once.
    both["delta"] = json!({"insertions": [], "deletions": []});
    both["fromVersion"] = 5.into();
    both["version"] = 6.into();
    assert_eq!(change(both), "revocation-member");
    let mut nothing = delta(5, 6, &[], &[]);
    for wrong in [
        json!({}),
        json!({"insertion": []}),
        json!({"insertions": [], "deletion": []}),
        json!([{"insertions": []}]),
        json!(false),
        json!([]),
        json!("x"),
        json!(7),
    ] {
        nothing["delta"] = wrong;
        assert_eq!(change(nothing.clone()), "revocation-member", "{nothing}");
    }
    for (chunk, last) in [(0, 1), (2, 1), (1, 0), (1, u64::MAX)] {
        assert_eq!(code(read(&italian(5, chunk, last, &[]))), "revocation-part");
    }
    for (name, value) in [
        ("chunk", json!("1")),
        ("chunk", json!(1.0)),
        ("chunk", json!(-1)),
        ("lastChunk", json!("1")),
        ("version", json!("5")),
        ("version", json!(5.5)),
    ] {
        let mut wrong = italian(5, 1, 1, &[]);
        wrong[name] = value;
        assert_eq!(code(read(&wrong)), "revocation-member", "{wrong}");
    }
}

#[test]
fn a_missing_chunk_of_italy_is_named() {
    let says = |chunks: &[(u64, u64)]| {
        let texts: Vec<_> = chunks
            .iter()
            .map(|(chunk, last)| italian(5, *chunk, *last, &[]).to_string())
            .collect();
        let parts: Vec<_> = texts.iter().map(String::as_bytes).collect();
        let error = ItalianList::trust_unsigned("IT", &parts).unwrap_err();
        assert_eq!(error.code(), "revocation-part");
        error.to_string()
    };
    for (chunks, words) in [
        (&[(1, 2)][..], "chunk 2 of 2 is missing"),
        (&[(2, 2)], "chunk 1 of 2 is missing"),
        (&[(3, 3), (1, 3)], "chunk 2 of 3 is missing"),
        (&[(1, 2), (1, 2)], "duplicate chunk 1"),
        (&[(1, 1), (1, 1)], "duplicate chunk 1"),
    ] {
        let found = says(chunks);
        assert!(found.contains(words), "{chunks:?}: {found}");
    }
}

/// As a list of shortened hashes it would name nobody.
#[test]
fn a_damaged_filter_is_no_list_of_hashes() {
    let elements: Vec<_> = (0..=255u8).map(|n| [n; 16]).collect();
    let elements: Vec<_> = elements.iter().map(|element| &element[..]).collect();
    // The byte where a list of hashes has their length.
    for length in 0..=40u8 {
        let mut filter = bloom(20, 256, &elements);
        filter[10] = length;
        assert!(matches!(Slice::from_bytes(&filter), Ok(Slice::Bloom(_))));
        for cut in 1..40 {
            let damaged = Slice::from_bytes(&filter[..filter.len() - cut]);
            assert!(damaged.is_err(), "{length}, {cut}: {damaged:?}");
            let more = [&filter[..], &vec![0xff; cut]].concat();
            assert!(Slice::from_bytes(&more).is_err(), "{length}, {cut}");
        }
    }
    // And no list of hashes is a filter.
    for rate in [1e-12f32, 0.5, 0.25, 1e-3, 0.1, 1e-9] {
        let mut list = partial(4, &[&[0xaa; 16]]);
        list[2..6].copy_from_slice(&rate.to_be_bytes());
        let read = Slice::from_bytes(&list);
        assert!(matches!(read, Ok(Slice::Hashes(_))), "{rate}: {read:?}");
    }
}
