//! The bytes of a snapshot (docs/snapshot.md), written here a second time from
//! the description alone, and everything that must not pass for one.

use std::collections::BTreeSet;

use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::crypto::CertificateDigest;
use hcert::crypto::PublicKey;
use hcert::issue::Signer;
use hcert::trust::{
    Anchor, Chain, GdhcnUsage, ListFormat, LoadError, LoadLimits, LoadReport, SnapshotView,
    TrustStore, Usage,
};
use hcert_testkit::fixtures;
use hcert_testkit::pki::TestKey;
use hcert_testkit::raw::{Raw, RsaSigner, encode};
use proptest::prelude::*;

const MADE_AT: Timestamp = Timestamp::from_seconds(1_787_400_000);

fn point(label: &str) -> Vec<u8> {
    let spki = TestKey::new(label).spki_der().unwrap();
    spki[spki.len() - 64..].to_vec()
}

fn bytes(bytes: impl AsRef<[u8]>) -> Value {
    Value::Bytes(bytes.as_ref().to_vec())
}

fn map(members: &[(i64, Value)]) -> Value {
    let members = members.iter();
    let members = members.map(|(key, value)| (Value::from(*key), value.clone()));
    Value::Map(members.collect())
}

/// A list, a holder, an origin and a country, a place in the network, and a
/// key that has all members.
fn whole() -> [Value; 8] {
    let list = map(&[
        (0, "WHO".into()),
        (1, "gdhcn".into()),
        (2, true.into()),
        (3, "did:web:tng-cdn.who.int:v2:trustlist".into()),
        (4, "WHO".into()),
        (5, 1_787_390_000.into()),
        (6, 1_787_990_000.into()),
        (7, 1_787_395_000.into()),
        (8, 1_787_380_000.into()),
        (9, 172_800.into()),
        (10, 7.into()),
    ]);
    let key = map(&[
        (0, bytes(b"12345678")),
        (1, bytes(point("a"))),
        (3, 0.into()),
        (4, 0.into()),
        (
            5,
            cbor!([Value::Bytes(vec![0xab; 32]), 1_609_459_200, 1_672_531_200]).unwrap(),
        ),
        (6, 1.into()),
        (7, 5.into()),
        (8, 0.into()),
        (9, 1.into()),
    ]);
    [
        "hcert-trust-snapshot".into(),
        1.into(),
        MADE_AT.seconds().into(),
        Value::Array(vec![list]),
        cbor!([[0]]).unwrap(),
        cbor!(["did.json", "ES"]).unwrap(),
        cbor!([["prod", "DCC", "ESP", "DSC"]]).unwrap(),
        Value::Array(vec![key]),
    ]
}

fn with(place: usize, value: Value) -> Vec<u8> {
    let mut whole = whole();
    whole[place] = value;
    encode(&Value::Array(whole.into()))
}

/// The members of the list (3) or the key (7).
fn entry(place: usize) -> Vec<(Value, Value)> {
    let table = whole()[place].as_array().unwrap().clone();
    table[0].as_map().unwrap().clone()
}

/// With another member in the list (3) or the key (7), or without it.
fn with_member(place: usize, key: i64, value: Option<Value>) -> Vec<u8> {
    let mut members = entry(place);
    members.retain(|(known, _)| *known != Value::from(key));
    members.extend(value.map(|value| (Value::from(key), value)));
    members.sort_by_key(|(key, _)| i128::from(key.as_integer().unwrap()));
    with(place, Value::Array(vec![Value::Map(members)]))
}

fn raw(payload: Vec<u8>) -> Raw {
    Raw {
        payload,
        ..Raw::new(b"").protected(cbor!({1 => -7, 3 => SnapshotView::CONTENT_TYPE}).unwrap())
    }
}

fn signed(payload: Vec<u8>) -> Vec<u8> {
    raw(payload).sign(&fixtures::signer("maker"))
}

fn anchor(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

type Loaded = Result<(TrustStore, LoadReport), LoadError>;

fn load_signed_by(anchor: Anchor, file: &[u8]) -> Loaded {
    let mut builder = TrustStore::builder();
    let added = builder.add_signed_list("file", ListFormat::Snapshot, file, &[anchor]);
    let added = added.map(drop);
    let built = builder.build();
    if added.is_err() {
        assert_eq!(built.1, LoadReport::default(), "all or nothing");
    }
    added.map(|()| built)
}

fn load_signed(file: &[u8]) -> Loaded {
    load_signed_by(anchor("maker"), file)
}

fn load_unsigned(file: &[u8]) -> Loaded {
    let mut builder = TrustStore::builder();
    builder.trust_unsigned_list("file", ListFormat::Snapshot, file)?;
    Ok(builder.build())
}

#[track_caller]
fn refused(file: &[u8], code: &str) {
    let error = load_unsigned(file).map(|(_, report)| report).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    // What is signed is no better for it.
    let error = load_signed(&signed(file.to_vec())).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
}

// ------------------------------------------------------------------ what holds

#[test]
fn every_member_is_read() {
    let file = signed(with(1, 1.into()));
    assert_eq!(ListFormat::detect(&file), Some(ListFormat::Snapshot));
    assert_eq!(ListFormat::detect_companion(&file), None);
    let (store, report) = load_signed(&file).unwrap();
    assert!(report.problems.is_empty(), "{report:?}");

    let [list] = store.lists() else {
        panic!("one list")
    };
    let at = |seconds| Some(Timestamp::from_seconds(seconds));
    assert_eq!((list.label(), list.format()), ("WHO", ListFormat::Gdhcn));
    assert!(list.is_authenticated());
    let identity = "did:web:tng-cdn.who.int:v2:trustlist";
    assert_eq!(
        (list.identity(), list.issuer()),
        (Some(identity), Some("WHO"))
    );
    assert_eq!(list.issued_at(), at(1_787_390_000));
    // Two days after it was fetched, before its own end.
    assert_eq!(list.expires_at(), at(1_787_567_800));
    assert_eq!(list.fetched_at(), at(1_787_395_000));
    assert_eq!(list.newest_entry(), at(1_787_380_000));
    assert_eq!(
        (list.valid_for(), list.sequence()),
        (Some(172_800), Some(7))
    );
    assert_eq!(list.snapshot_made_at(), Some(MADE_AT));

    let [key] = store.candidates(b"12345678") else {
        panic!("one key")
    };
    assert_eq!(anchor("a").public_key(), key.public_key());
    assert_eq!(
        key.certificate_digest(),
        Some(CertificateDigest::new([0xab; 32]))
    );
    let validity = (at(1_609_459_200).unwrap(), at(1_672_531_200).unwrap());
    assert_eq!(key.validity(), Some(validity));
    assert_eq!((key.origin(), key.country()), ("did.json", Some("ES")));
    assert_eq!(
        key.usage(),
        [Usage::Test, Usage::Recovery].into_iter().collect()
    );
    let listed = key.gdhcn().unwrap();
    assert_eq!(listed.to_string(), "DCC:ESP:DSC");
    assert_eq!(listed.usage(), GdhcnUsage::DocumentSigner);
    assert_eq!(key.chain(), Chain::Checked);
    assert!(key.lists().eq([&**list]) && !key.is_vouched_for());

    // Nothing that nobody signed is authenticated.
    let (store, report) = load_unsigned(&with(1, 1.into())).unwrap();
    assert!(!store.lists()[0].is_authenticated());
    assert_eq!((report.state, store.latest_time()), Default::default());
}

#[test]
fn ps256_signs_too() {
    let file = |bits| {
        let signer = RsaSigner::new(bits);
        let header = cbor!({1 => -37, 3 => SnapshotView::CONTENT_TYPE}).unwrap();
        let file = raw(with(1, 1.into())).protected(header).sign(&signer);
        load_signed_by(Anchor::Key(signer.public_key()), &file)
    };
    assert!(file(2048).is_ok());
    assert_eq!(file(1024).unwrap_err().code(), "trust-signature");

    let (store, _) = load_unsigned(&with(1, 1.into())).unwrap();
    let signer = RsaSigner::new(2048);
    let ours = store.to_signed_snapshot(MADE_AT, &signer).unwrap();
    load_signed_by(Anchor::Key(signer.public_key()), &ours).unwrap();
}

/// The example of the description.
#[test]
fn the_example_of_the_description_holds() {
    let text = include_str!("../../docs/snapshot.md");
    let block = |start: &str| {
        let (_, block) = text.split_once(start).unwrap();
        let (_, block) = block.split_once("```text\n").unwrap();
        block.split_once("```").unwrap().0
    };
    let payload = encode(&Value::Array(whole().into()));
    let file = signed(payload.clone());
    assert_eq!(block("The payload:"), hex(&payload));
    assert_eq!(block("The file:"), hex(&file));
    let (store, _) = load_signed(&file).unwrap();
    assert_eq!(store.to_snapshot(MADE_AT).unwrap(), payload);
    let ours = store.to_signed_snapshot(MADE_AT, &fixtures::signer("maker"));
    assert_eq!(ours.unwrap(), file);
}

/// In lines of 40 bytes.
fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| {
        line.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    bytes.chunks(40).map(|bytes| line(bytes) + "\n").collect()
}

// ------------------------------------------------- the same bytes from a store

#[derive(Debug, Clone)]
struct AnyKey {
    kid: Vec<u8>,
    label: u8,
    held_by: BTreeSet<usize>,
    origin: String,
    certificate: Option<([u8; 32], i64, i64)>,
    country: Option<String>,
    usage: Option<u8>,
    gdhcn: Option<(String, String, bool)>,
    chain: Option<u8>,
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 ßΩ中-]{0,30}"
}

/// Of the years 1970 to 9999.
fn time() -> std::ops::RangeInclusive<i64> {
    0..=253_402_300_799
}

fn any_list() -> impl Strategy<Value = Vec<(i64, Value)>> {
    const FORMS: [&str; 5] = ["gdhcn", "de", "jwk-set", "snapshot", "gateway"];
    let times = prop::array::uniform4(prop::option::of(time()));
    let numbers = prop::array::uniform2(prop::option::of(any::<u64>()));
    let form = prop::sample::select(&FORMS[..]);
    (
        text(),
        form,
        any::<bool>(),
        prop::option::of(text()),
        times,
        numbers,
    )
        .prop_map(|(label, form, checked, issuer, times, numbers)| {
            let mut members = vec![(0, label.into()), (1, form.into()), (2, checked.into())];
            members.extend(issuer.map(|issuer| (4, Value::from(issuer))));
            let times = (5..)
                .zip(times)
                .filter_map(|(key, time)| Some((key, time?.into())));
            members.extend(times);
            let numbers = (9..).zip(numbers);
            members.extend(numbers.filter_map(|(key, number)| Some((key, number?.into()))));
            members
        })
}

fn any_key(lists: usize) -> impl Strategy<Value = AnyKey> {
    let certificate = prop::option::of((any::<[u8; 32]>(), time(), time()));
    let gdhcn = prop::option::of(("[A-Z]{3}", "[A-Z]{3}", any::<bool>()));
    (
        (prop::collection::vec(any::<u8>(), 0..30), 0u8..6),
        prop::collection::btree_set(0..lists, 1..=lists),
        text(),
        certificate,
        prop::option::of(text()),
        prop::option::of(0u8..8),
        gdhcn,
        prop::option::of(0u8..4),
    )
        .prop_map(
            |((kid, label), held_by, origin, certificate, country, usage, gdhcn, chain)| AnyKey {
                kid,
                label,
                held_by,
                origin,
                certificate,
                country,
                usage,
                gdhcn,
                chain,
            },
        )
}

fn place<T: PartialEq>(table: &mut Vec<T>, item: T) -> Value {
    let found = table.iter().position(|known| *known == item);
    let place = found.unwrap_or_else(|| {
        table.push(item);
        table.len() - 1
    });
    Value::from(place as u64)
}

/// Keys of every kind: of P-256, of RSA, of a curve that HCERT does not use.
fn public_key(label: u8) -> (i64, Value) {
    match label {
        0 => (2, bytes(RSA.spki_der())),
        1 => {
            // id-ecPublicKey, secp384r1 (RFC 5480 §2); whether the point is on
            // the curve nobody asks.
            let prefix = b"0v0\x10\x06\x07*\x86H\xce=\x02\x01\x06\x05+\x81\x04\0\"\x03b\0\x04";
            let der = [&prefix[..], &[9; 96]].concat();
            (2, bytes(der))
        }
        label => (1, bytes(point(&label.to_string()))),
    }
}

static RSA: std::sync::LazyLock<RsaSigner> = std::sync::LazyLock::new(|| RsaSigner::new(2048));

fn written(made_at: i64, lists: Vec<Vec<(i64, Value)>>, mut keys: Vec<AnyKey>) -> Vec<u8> {
    keys.sort_by(|a, b| a.kid.cmp(&b.kid));
    keys.dedup_by(|a, b| a.kid == b.kid && a.label == b.label);
    let (mut holders, mut texts, mut gdhcn) = (vec![], vec![], vec![]);
    let keys = keys.into_iter().map(|key| {
        let held_by = place(&mut holders, key.held_by);
        let mut members = vec![
            (0, bytes(&key.kid)),
            public_key(key.label),
            (3, place(&mut texts, key.origin)),
            (4, held_by),
        ];
        members.extend(key.certificate.map(|(sha256, from, to)| {
            (5, Value::Array(vec![bytes(sha256), from.into(), to.into()]))
        }));
        members.extend(key.country.map(|country| (6, place(&mut texts, country))));
        members.extend(key.usage.map(|usage| (7, usage.into())));
        members.extend(key.gdhcn.map(|listed| (8, place(&mut gdhcn, listed))));
        members.extend(key.chain.map(|chain| (9, chain.into())));
        map(&members)
    });
    let keys: Vec<_> = keys.collect();
    let lists = lists.into_iter().enumerate().map(|(n, mut members)| {
        members.insert(3, (3, format!("list {n}").into()));
        map(&members)
    });
    let places = |set: BTreeSet<usize>| set.into_iter().map(|n| Value::from(n as u64)).collect();
    let gdhcn = gdhcn.into_iter().map(|(domain, participant, signer)| {
        let usage = if signer { "DSC" } else { "SCA" };
        cbor!(["dev", domain, participant, usage]).unwrap()
    });
    encode(&Value::Array(vec![
        "hcert-trust-snapshot".into(),
        1.into(),
        made_at.into(),
        Value::Array(lists.collect()),
        Value::Array(
            holders
                .into_iter()
                .map(|set| Value::Array(places(set)))
                .collect(),
        ),
        Value::Array(texts.into_iter().map(Value::from).collect()),
        Value::Array(gdhcn.collect()),
        Value::Array(keys),
    ]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_snapshot_of_what_was_loaded_has_the_same_bytes(
        made_at in time(),
        (lists, keys) in prop::collection::vec(any_list(), 1..4).prop_flat_map(|lists| {
            let keys = prop::collection::vec(any_key(lists.len()), 0..8);
            (Just(lists), keys)
        }),
    ) {
        let payload = written(made_at, lists, keys);
        let (store, _) = load_signed(&signed(payload.clone())).unwrap();
        let made_at = Timestamp::from_seconds(made_at);
        let again = store.to_snapshot(made_at).unwrap();
        // Those under one kid are written by what they say, in whichever order
        // they came.
        let mut kids: Vec<_> = store.iter().map(|key| key.kid().clone()).collect();
        kids.dedup();
        let counts = store.lists().iter().any(|list| list.valid_for().is_some());
        if kids.len() == store.len() && !counts {
            prop_assert_eq!(hex(&again), hex(&payload));
        }
        let (store, _) = load_signed(&signed(again.clone())).unwrap();
        let twice = store.to_snapshot(made_at).unwrap();
        prop_assert_eq!(hex(&twice), hex(&again));
    }
}

// --------------------------------------------------------------- what is refused

#[test]
fn an_unsigned_one_is_taken_only_by_that_name() {
    let file = with(1, 1.into());
    assert_eq!(ListFormat::detect(&file), Some(ListFormat::Snapshot));
    assert_eq!(load_signed(&file).unwrap_err().code(), "trust-unsigned");
    let mut builder = TrustStore::builder();
    assert_eq!(
        builder.add_bytes("x", &file).unwrap_err().code(),
        "trust-unsigned"
    );
    let file = signed(file);
    assert_eq!(
        builder.add_bytes("x", &file).unwrap_err().code(),
        "trust-anchor-missing"
    );
    let none = builder.add_signed_list("x", ListFormat::Snapshot, &file, &[]);
    assert_eq!(none.unwrap_err().code(), "trust-anchor-missing");
    let two = hcert::trust::ListBytes::from(&file).with_companion(b"");
    let two = builder.add_signed_list("x", ListFormat::Snapshot, two, &[anchor("maker")]);
    assert_eq!(two.unwrap_err().code(), "trust-companion");
}

#[test]
fn every_change_of_a_signed_one_is_refused() {
    let file = signed(with(1, 1.into()));
    load_signed(&file).unwrap();
    for at in 0..file.len() {
        for bit in [1, 0x20, 0x80] {
            let mut twin = file.clone();
            twin[at] ^= bit;
            assert!(load_signed(&twin).is_err(), "byte {at}");
        }
        assert!(load_signed(&file[..at]).is_err());
        assert!(load_unsigned(&file[..at]).is_err());
    }
    let trailing = [&file[..], b"\0"].concat();
    assert_eq!(
        load_signed(&trailing).unwrap_err().code(),
        "snapshot-trailing"
    );
    let other = load_signed_by(anchor("other"), &file).unwrap_err();
    assert_eq!(other.code(), "trust-signature");
    let rsa = Anchor::Key(RSA.public_key());
    assert_eq!(
        load_signed_by(rsa, &file).unwrap_err().code(),
        "trust-signature"
    );
}

#[test]
fn no_part_of_an_unsigned_one_is_one() {
    let file = with(1, 1.into());
    for at in 0..file.len() {
        assert!(load_unsigned(&file[..at]).is_err(), "{at}");
    }
    refused(&[&file[..], b"\0"].concat(), "snapshot-trailing");
}

#[test]
fn other_signatures_are_refused() {
    let payload = || raw(with(1, 1.into()));
    let sign = |raw: Raw| raw.sign(&fixtures::signer("maker"));
    for (header, code) in [
        // The content type is what tells a snapshot.
        (cbor!({1 => -7}), "trust-form"),
        (cbor!({1 => -7, 3 => "application/json"}), "trust-form"),
        (cbor!({3 => SnapshotView::CONTENT_TYPE}), "trust-algorithm"),
        (
            cbor!({1 => -35, 3 => SnapshotView::CONTENT_TYPE}),
            "trust-algorithm",
        ),
        (
            cbor!({1 => -37, 3 => SnapshotView::CONTENT_TYPE}),
            "trust-signature",
        ),
        (
            cbor!({1 => -7, 2 => [3], 3 => SnapshotView::CONTENT_TYPE}),
            "trust-form",
        ),
    ] {
        let file = sign(payload().protected(header.unwrap()));
        assert_eq!(load_signed(&file).unwrap_err().code(), code);
    }
    let file = sign(payload().unprotected(cbor!({4 => 1}).unwrap()));
    assert_eq!(
        load_signed(&file).unwrap_err().code(),
        "snapshot-unknown-member"
    );
    for tags in [vec![], vec![0xd8, 61, 0xd2], vec![0xd1]] {
        let file = sign(Raw { tags, ..payload() });
        assert_eq!(load_signed(&file).unwrap_err().code(), "trust-form");
    }
    // Over the payload alone.
    let signature = fixtures::signer("maker").sign(&payload().payload).unwrap();
    let file = payload().with_signature(&signature);
    assert_eq!(load_signed(&file).unwrap_err().code(), "trust-signature");
}

#[test]
fn other_versions_and_unknown_members_are_refused() {
    let error = load_unsigned(&with(1, 2.into())).unwrap_err();
    assert_eq!(error.to_string(), "a snapshot of the version 2, not 1");
    refused(&with(1, 2.into()), "snapshot-version");
    let mut more = whole().to_vec();
    more.push(Value::from(0));
    refused(&encode(&Value::Array(more.clone())), "snapshot-unexpected");
    // A version to come may have more members.
    more[1] = 2.into();
    refused(&encode(&Value::Array(more)), "snapshot-version");
    for (place, label) in [(3, 11), (3, 24), (7, 10)] {
        let file = with_member(place, label, Some(0.into()));
        refused(&file, "snapshot-unknown-member");
    }
    for (place, label) in [(3, 0), (3, 1), (3, 2), (7, 0), (7, 1), (7, 3), (7, 4)] {
        refused(&with_member(place, label, None), "snapshot-missing-member");
    }
}

#[test]
fn what_is_not_deterministic_is_refused() {
    let file = with(1, 1.into());
    let name = file
        .windows(3)
        .position(|w| w == [0x74, b'h', b'c'])
        .unwrap();
    // The version in two bytes.
    let version = name + 21;
    let long = [&file[..version], &[0x18, 1], &file[version + 1..]].concat();
    refused(&long, "snapshot-not-deterministic");
    // Tables of indefinite length.
    let lists = version + 1 + 5;
    assert_eq!(file[lists], 0x81);
    let endless = [&file[..lists], &[0x9f], &file[lists + 1..]].concat();
    refused(&endless, "snapshot-not-deterministic");
    // A map's keys out of order, and one twice.
    let list = |members: &[(i64, Value)]| with(3, Value::Array(vec![map(members)]));
    let (label, form, checked) = (Value::from("x"), Value::from("de"), Value::from(true));
    let swapped = [(1, form.clone()), (0, label.clone()), (2, checked.clone())];
    refused(&list(&swapped), "snapshot-not-deterministic");
    let twice = [(0, label.clone()), (0, label), (1, form), (2, checked)];
    refused(&list(&twice), "snapshot-not-deterministic");
    refused(
        &with(4, cbor!([[0, 0]]).unwrap()),
        "snapshot-not-deterministic",
    );
    // Keys out of the order of their kids.
    let key = |kid: &[u8]| {
        map(&[
            (0, bytes(kid)),
            (1, bytes(point("a"))),
            (3, 0.into()),
            (4, 0.into()),
        ])
    };
    let ordered = Value::Array(vec![key(b"a"), key(b"aa"), key(b"b")]);
    load_unsigned(&with(7, ordered)).unwrap();
    let unordered = Value::Array(vec![key(b"aa"), key(b"a")]);
    refused(&with(7, unordered), "snapshot-not-deterministic");
}

#[test]
fn values_that_there_are_not_are_refused() {
    let unexpected = |file: Vec<u8>| refused(&file, "snapshot-unexpected");
    let text = |text: &str| Value::from(text);
    // Each member of another type: a float is none of them.
    for place in 2..8 {
        unexpected(with(place, 1.5.into()));
    }
    for label in 0..=10 {
        unexpected(with_member(3, label, Some(1.5.into())));
        if label != 2 && label != 10 {
            unexpected(with_member(7, label, Some(1.5.into())));
        }
    }
    unexpected(with_member(3, 1, Some(text("xx"))));
    unexpected(with_member(3, 0, Some(text("two\nlines"))));
    unexpected(with_member(3, 5, Some(u64::MAX.into())));
    unexpected(with(5, cbor!(["did.json", "E\u{202e}S"]).unwrap()));
    unexpected(with(4, cbor!([[]]).unwrap()));
    unexpected(with(4, cbor!([[1]]).unwrap()));
    for wrong in [
        cbor!([["prod", "DCC", "ESP"]]),
        cbor!([["test", "DCC", "ESP", "DSC"]]),
        cbor!([["prod", "DCC", "ESP", "CSCA"]]),
    ] {
        unexpected(with(6, wrong.unwrap()));
    }
    for (label, above) in [(3, 2), (4, 1), (6, 2), (7, 16), (8, 1), (9, 4)] {
        unexpected(with_member(7, label, Some(above.into())));
    }
    unexpected(with_member(7, 0, Some(bytes([0; 256]))));
    unexpected(with_member(7, 5, Some(cbor!([1, 2]).unwrap())));
    unexpected(with_member(
        7,
        5,
        Some(Value::Array(vec![bytes([0; 31]), 1.into(), 2.into()])),
    ));
    // Keys.
    unexpected(with_member(7, 1, Some(bytes([4; 65]))));
    refused(&with_member(7, 1, Some(bytes([1; 64]))), "key-point");
    unexpected(with_member(7, 2, Some(bytes(RSA.spki_der()))));
    let spki = |der: Vec<u8>| {
        let mut members = entry(7);
        members[1] = (Value::from(2), bytes(der));
        with(7, Value::Array(vec![Value::Map(members)]))
    };
    load_unsigned(&spki(RSA.spki_der())).unwrap();
    // A key of P-256 has its own member.
    unexpected(spki(TestKey::new("a").spki_der().unwrap()));
    refused(&spki(b"\x30\x00".to_vec()), "key-encoding");
    // RSA under the identifier of PSS.
    let mut other = RSA.spki_der();
    let oid = other.windows(3).position(|w| w == [0x0d, 1, 1]).unwrap();
    other[oid + 3] = 0x0a;
    unexpected(spki(other));
}

#[test]
fn environments_never_mix() {
    let listed = |name: &str| cbor!([[name, "DCC", "ESP", "DSC"]]).unwrap();
    let code = "gdhcn-mixed-environments";
    // Between a list and a key, and between keys.
    refused(&with(6, listed("dev")), code);
    let two = cbor!([["prod", "DCC", "ESP", "DSC"], ["uat", "DCC", "ESP", "DSC"]]);
    refused(&with(6, two.unwrap()), code);
    // Between two of them, and with what the caller asks for.
    let mut builder = TrustStore::builder();
    let prod = with(1, 1.into());
    builder
        .trust_unsigned_list("prod", ListFormat::Snapshot, &prod)
        .unwrap();
    let mut dev = whole();
    dev[3] = cbor!([{0 => "x", 1 => "de", 2 => true}]).unwrap();
    dev[6] = listed("dev");
    let dev = encode(&Value::Array(dev.into()));
    let added = builder.trust_unsigned_list("dev", ListFormat::Snapshot, &dev);
    assert_eq!(added.unwrap_err().code(), code);
    assert_eq!(builder.build().1.total, 1);
    let mut builder = TrustStore::builder().with_environment(hcert::trust::Environment::Uat);
    for file in [&prod, &dev] {
        let added = builder.trust_unsigned_list("x", ListFormat::Snapshot, file);
        assert_eq!(added.unwrap_err().code(), code);
    }
    // With a state that remembers production.
    let state = load_signed(&signed(prod)).unwrap().1.state;
    let mut builder = TrustStore::builder().with_state(&state);
    let added = builder.trust_unsigned_list("dev", ListFormat::Snapshot, &dev);
    assert_eq!(added.unwrap_err().code(), code);
}

#[test]
fn declared_lengths_cost_nothing() {
    let file = with(1, 1.into());
    let start: Vec<u8> = file[..file.len() - encode(&whole()[7]).len()].to_vec();
    for head in [0x5b, 0x7b, 0x9b, 0xbb, 0x1b] {
        for length in [100u64, 1 << 16, 1 << 32, u64::MAX] {
            // For the table of keys, for a key, for the table of lists.
            for start in [&start[..], &[&start[..], &[0x81]].concat(), &file[..28]] {
                let mut file = [start, &[head]].concat();
                file.extend(length.to_be_bytes());
                file.extend([0; 64]);
                let cost = allocation_counter::measure(|| drop(load_unsigned(&file)));
                assert!(load_unsigned(&file).is_err());
                assert!(cost.bytes_max < 40_000, "{} bytes", cost.bytes_max);
            }
        }
    }
}

#[test]
fn limits_hold() {
    let mut limits = LoadLimits::default();
    limits.entries = 1;
    let load = |limits, file: &[u8]| {
        let mut builder = TrustStore::builder().with_limits(limits);
        let added = builder.trust_unsigned_list("file", ListFormat::Snapshot, file);
        added.map(drop).map_err(|error| error.code())
    };
    assert_eq!(
        load(limits, &with(1, 1.into())),
        Err("trust-too-many-entries")
    );
    limits.entries = 2;
    assert_eq!(load(limits, &with(1, 1.into())), Ok(()));
    limits.input_bytes = 100;
    assert_eq!(
        load(limits, &with(1, 1.into())),
        Err("trust-input-too-large")
    );
    let list = cbor!({0 => "x", 1 => "de", 2 => true}).unwrap();
    let lists = |count| with(3, Value::Array(vec![list.clone(); count]));
    load_unsigned(&lists(255)).unwrap();
    refused(&lists(256), "snapshot-unexpected");
}

#[test]
fn a_thousand_random_changes_do_no_harm() {
    let file = with(1, 1.into());
    let mut random = 1u64;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % below
    };
    let mut loaded = 0;
    for _ in 0..1000 {
        let mut twin = file.clone();
        for _ in 0..1 + next(3) {
            let at = next(twin.len());
            match next(4) {
                0 => drop(twin.remove(at)),
                1 => twin.insert(at, next(256) as u8),
                2 => twin.truncate(at + 1),
                _ => twin[at] = next(256) as u8,
            }
        }
        if let Ok((store, _)) = load_unsigned(&twin) {
            loaded += 1;
            store.to_snapshot(MADE_AT).unwrap();
        }
        let _ = load_signed(&signed(twin)).map_err(|error| error.to_string());
    }
    assert!(loaded > 10, "{loaded} are snapshots still");
}
