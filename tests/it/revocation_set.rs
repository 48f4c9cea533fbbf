//! Revocation sets: what is in them is found, what isn't is not, and bytes
//! that nobody made are refused or answer something, but never panic.

use std::collections::BTreeSet;

use hcert::Timestamp;
use hcert::issue::P256Signer;
use hcert::revocation::{
    IdentifierKind, Precision, RevocationSet, SetBuilder, SetError, SetFormError, SetOptions, Stage,
};
use hcert::trust::Anchor;
use hcert_testkit::time::Plus as _;
use p256::pkcs8::EncodePrivateKey;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const KID: &[u8] = b"12345678";
const UCI: IdentifierKind = IdentifierKind::Uci;

fn now() -> Timestamp {
    Timestamp::parse("2026-08-22T12:00:00Z").unwrap()
}

fn hash(n: u64) -> [u8; 32] {
    Sha256::digest(n.to_le_bytes()).into()
}

fn options(precision: Precision) -> SetOptions {
    let mut options = SetOptions::default();
    options.precision = precision;
    options
}

fn signer(scalar: u8) -> P256Signer {
    let secret = p256::SecretKey::from_slice(&[scalar; 32]).unwrap();
    P256Signer::from_pkcs8_der(secret.to_pkcs8_der().unwrap().as_bytes()).unwrap()
}

fn anchor(scalar: u8) -> Anchor {
    Anchor::Key(signer(scalar).public_key().unwrap())
}

/// The first `count` hashes under one kid.
fn numbered(count: u64, precision: Precision) -> Vec<u8> {
    let mut builder = SetBuilder::new(options(precision));
    builder.covers(KID).unwrap();
    for n in 0..count {
        builder.add(KID, UCI, &hash(n)[..16]).unwrap();
    }
    builder.build(now()).unwrap()
}

#[derive(Debug, Clone)]
struct Entry {
    kid: Vec<u8>,
    kind: IdentifierKind,
    hash: [u8; 32],
    length: usize,
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let kid = prop_oneof![
        Just(KID.to_vec()),
        proptest::collection::vec(any::<u8>(), 1..12),
        proptest::collection::vec(any::<u8>(), 255),
    ];
    let kind = proptest::sample::select(&IdentifierKind::ALL[..]);
    let length = prop_oneof![4 => Just(16usize), 1 => 9usize..=32];
    let entry = (kid, kind, any::<[u8; 32]>(), length);
    let entry = entry.prop_map(|(kid, kind, hash, length)| Entry {
        kid,
        kind,
        hash,
        length,
    });
    proptest::collection::vec(entry, 0..200)
}

fn precision() -> impl Strategy<Value = Precision> {
    let bits = (1..=50).prop_map(|bits| Precision::FalsePositives(0.5f64.powi(bits)));
    prop_oneof![Just(Precision::Exact), bits]
}

fn build(entries: &[Entry], precision: Precision) -> Vec<u8> {
    let mut builder = SetBuilder::new(options(precision));
    for entry in entries {
        let hash = &entry.hash[..entry.length];
        builder.add(&entry.kid, entry.kind, hash).unwrap();
    }
    builder.build(now()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_in_a_set_is_found(entries in entries(), precision in precision()) {
        let bytes = build(&entries, precision);
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        for entry in &entries {
            // The certificate's hash goes on behind what the list has.
            let mut hash = entry.hash;
            hash[entry.length..].fill(0x5a);
            prop_assert!(set.contains(&entry.kid, entry.kind, &hash));
            prop_assert!(set.covers(&entry.kid));
        }
        let distinct: BTreeSet<_> = (entries.iter())
            .map(|e| (&e.kid, e.kind, &e.hash[..e.length]))
            .collect();
        prop_assert_eq!(set.len(), distinct.len());
        prop_assert!(!set.covers(b"another kid of 25 bytes.."));
        if let Precision::FalsePositives(rate) = precision {
            prop_assert!(set.false_positive_rate() <= rate);
        }
    }

    #[test]
    fn the_same_entries_give_the_same_bytes(
        (entries, shuffled) in entries()
            .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle())),
        precision in precision(),
    ) {
        let bytes = build(&entries, precision);
        prop_assert_eq!(&bytes, &build(&shuffled, precision));
        let twice = [shuffled, entries].concat();
        prop_assert_eq!(&bytes, &build(&twice, precision));
    }

    #[test]
    fn an_exact_set_finds_nothing_else(entries in entries(), other in any::<[u8; 32]>()) {
        let bytes = build(&entries, Precision::Exact);
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        prop_assert!(set.is_exact() && set.false_positive_rate() == 0.0);
        let kids: BTreeSet<_> = entries.iter().map(|entry| &entry.kid).collect();
        for kid in kids {
            for kind in IdentifierKind::ALL {
                let listed = entries.iter().any(|e| {
                    e.kid == *kid && e.kind == kind && e.hash[..e.length] == other[..e.length]
                });
                prop_assert_eq!(set.contains(kid, kind, &other), listed);
            }
        }
    }

    #[test]
    fn hostile_bytes_answer_or_are_refused(
        entries in entries(),
        precision in precision(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = build(&entries, precision);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(set) = RevocationSet::trust_unsigned(&bytes[..]) {
            for entry in &entries {
                set.contains(&entry.kid, entry.kind, &entry.hash);
                set.covers(&entry.kid);
            }
            let _ = (set.false_positive_rate(), set.sources().count(), set.tables().count());
        }
    }

    #[test]
    fn any_bytes_are_refused_or_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = RevocationSet::open_unverified(&bytes[..]).map(|set| set.contains(KID, UCI, &hash(0)));
        prop_assert!(RevocationSet::open(&bytes[..], &[anchor(1)]).is_err());
    }
}

/// Each number of entries has a filter, and the seeds suffice.
#[test]
fn every_size_is_possible() {
    let rate = Precision::FalsePositives(0.5f64.powi(8));
    for count in (0..1200).chain([5_000, 20_000, 100_000]) {
        let mut seeds = 0;
        let mut builder = SetBuilder::new(options(rate));
        for n in 0..count {
            builder.add(KID, UCI, &hash(n)[..16]).unwrap();
        }
        let bytes = builder
            .build_with(now(), |p| seeds = seeds.max(p.attempt))
            .unwrap();
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert!(
            (0..count).all(|n| set.contains(KID, UCI, &hash(n))),
            "{count}"
        );
        assert!(seeds < 20, "{count}: {seeds} seeds");
    }
}

#[test]
fn small_sets_are_small() {
    for (count, most) in [(0, 120), (1, 170), (2, 190), (10, 320), (1000, 5_800)] {
        let bytes = numbered(count, SetOptions::default().precision);
        assert!(bytes.len() <= most, "{count}: {} bytes", bytes.len());
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert!((0..count).all(|n| set.contains(KID, UCI, &hash(n))));
        assert!(!(count..count + 1000).any(|n| set.contains(KID, UCI, &hash(n))));
    }
}

#[test]
fn false_positives_are_as_many_as_stated() {
    for (bits, lengths) in [(8, &[16][..]), (6, &[9, 16, 20])] {
        let rate = 0.5f64.powi(bits);
        let mut builder = SetBuilder::new(options(Precision::FalsePositives(rate)));
        for n in 0..20_000 {
            let length = lengths[n as usize % lengths.len()];
            builder.add(KID, UCI, &hash(n)[..length]).unwrap();
        }
        let bytes = builder.build(now()).unwrap();
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        let stated = set.false_positive_rate();
        assert!(stated <= rate && stated > rate / 2.0 - f64::EPSILON);
        let probes = 200_000;
        let found = (0..probes)
            .filter(|n| set.contains(KID, UCI, &hash(n + 1_000_000)))
            .count();
        let expected = stated * probes as f64;
        let off = (found as f64 - expected).abs();
        assert!(
            off < 5.0 * expected.sqrt(),
            "{found} found, {expected} expected"
        );
        // Under another kid, and of another kind.
        assert!(!(0..1000).all(|n| set.contains(b"other", UCI, &hash(n))));
        assert!(!(0..1000).any(|n| set.contains(KID, IdentifierKind::Signature, &hash(n))));
    }
}

#[test]
fn entries_are_of_their_kid_or_of_all() {
    for precision in [Precision::Exact, Precision::FalsePositives(1e-9)] {
        let mut builder = SetBuilder::new(options(precision));
        for n in 0..300 {
            builder.add(KID, UCI, &hash(n)[..16]).unwrap();
        }
        let bytes = builder.clone().build(now()).unwrap();
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert!(set.covers(KID) && !set.covers(b"other") && !set.covers(b""));
        assert!(!(0..300).any(|n| set.contains(b"other", UCI, &hash(n))));

        for n in 300..400 {
            builder.add_for_any_kid(UCI, &hash(n)).unwrap();
        }
        let bytes = builder.build(now()).unwrap();
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert!(set.covers(KID) && !set.covers(b"other") && !set.covers(b""));
        assert!((300..400).all(|n| set.contains(b"other", UCI, &hash(n))));
        assert!((0..400).all(|n| set.contains(KID, UCI, &hash(n))));
        assert!(!(0..300).any(|n| set.contains(b"other", UCI, &hash(n))));
        if let Precision::FalsePositives(rate) = precision {
            assert!(set.false_positive_rate() <= rate);
        }
    }
}

#[test]
fn many_kids_with_few_entries() {
    for precision in [Precision::Exact, SetOptions::default().precision] {
        let mut builder = SetBuilder::new(options(precision));
        for n in 0..20_000u64 {
            builder.add(&n.to_be_bytes(), UCI, &hash(n)[..16]).unwrap();
        }
        let bytes = builder.build(now()).unwrap();
        assert!(bytes.len() < 20_000 * (8 + 4 + 16) + 200);
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert_eq!(set.kids().count(), 20_000);
        for n in 0..20_000u64 {
            assert!(set.covers(&n.to_be_bytes()) && set.contains(&n.to_be_bytes(), UCI, &hash(n)));
            assert!(!set.covers(&(n + 20_000).to_be_bytes()));
            assert!(!set.contains(&(n + 1).to_be_bytes(), UCI, &hash(n)));
        }
    }
}

/// Nothing but the filter's own hashes is needed: entries that are no hashes
/// at all do as well.
#[test]
fn entries_that_somebody_chose() {
    for precision in [Precision::Exact, SetOptions::default().precision] {
        let mut builder = SetBuilder::new(options(precision));
        let chosen = |n: u64| {
            let mut hash = [0xff; 32];
            hash[8..16].copy_from_slice(&n.to_be_bytes());
            hash
        };
        for n in 0..5_000 {
            builder.add(KID, UCI, &chosen(n)[..16]).unwrap();
        }
        let bytes = builder.build(now()).unwrap();
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert!((0..5_000).all(|n| set.contains(KID, UCI, &chosen(n))));
        assert!(!(5_000..10_000).any(|n| set.contains(KID, UCI, &chosen(n))));
    }
}

#[test]
fn what_a_set_says_of_itself() {
    let mut options = options(Precision::Exact);
    options.expires_at = Some(now().plus(86_400));
    let mut builder = SetBuilder::new(options);
    builder
        .source("the gateway", Some(now().plus(-60)))
        .unwrap();
    builder.source("another list", None).unwrap();
    builder.add(KID, UCI, &hash(1)[..18]).unwrap();
    builder
        .add(b"nine byte", IdentifierKind::Signature, &hash(2)[..16])
        .unwrap();
    let mut stages = Vec::new();
    let bytes = builder.build_with(now(), |p| stages.push(p.stage)).unwrap();
    assert_eq!(stages, [Stage::Sorting, Stage::Filling]);
    let set = RevocationSet::trust_unsigned(bytes).unwrap();
    assert_eq!(
        (set.made_at(), set.expires_at()),
        (now(), Some(now().plus(86_400)))
    );
    let sources: Vec<_> = set.sources().map(|s| (s.identity, s.dated)).collect();
    assert_eq!(
        sources,
        [
            ("another list", None),
            ("the gateway", Some(now().plus(-60)))
        ]
    );
    assert_eq!(
        set.tables().collect::<Vec<_>>(),
        [(0x0a, 16, 1), (0x0b, 18, 1)]
    );
    assert_eq!((set.len(), set.is_exact()), (2, true));
    assert!(set.kids().eq([KID, b"nine byte"]));
    assert!(set.signed_by().is_none());
}

#[test]
fn what_the_builder_refuses() {
    let mut builder = SetBuilder::new(SetOptions::default());
    let code = |result: Result<&mut SetBuilder, SetError>| result.unwrap_err().code();
    assert_eq!(
        code(builder.add(b"", UCI, &hash(0))),
        "revocation-set-kid-length"
    );
    assert_eq!(code(builder.covers(&[0; 256])), "revocation-set-kid-length");
    for length in [0, 1, 3, 33] {
        let error = builder.add(KID, UCI, &[0; 33][..length]).unwrap_err();
        assert_eq!(error.code(), "revocation-set-hash-length");
        assert!(error.to_string().contains("not 4 to 32"), "{error}");
    }
    for name in ["", "a\nb", &"x".repeat(1025)] {
        assert_eq!(code(builder.source(name, None)), "revocation-set-source");
    }
    assert!(builder.is_empty());
    for rate in [0.0, -1.0, 1.0, f64::NAN, 0.5f64.powi(51)] {
        let builder = SetBuilder::new(options(Precision::FalsePositives(rate)));
        assert_eq!(
            builder.build(now()).unwrap_err().code(),
            "revocation-set-rate"
        );
    }
    let error = SetBuilder::sign(b"something else", &signer(1)).unwrap_err();
    assert_eq!(error.code(), "revocation-set-unrecognised");
}

/// Of either mode, with all parts.
fn samples() -> [Vec<u8>; 2] {
    let modes = [(2, Precision::Exact), (20, SetOptions::default().precision)];
    modes.map(|(count, precision)| {
        let mut options = options(precision);
        options.expires_at = Some(now().plus(86_400));
        let mut builder = SetBuilder::new(options);
        builder.source("a list", Some(now())).unwrap();
        for n in 0..count {
            builder.add(KID, UCI, &hash(n)[..16]).unwrap();
            builder
                .add(b"nine byte", IdentifierKind::Signature, &hash(n)[..18])
                .unwrap();
        }
        let set = builder.build(now()).unwrap();
        let is_exact = RevocationSet::trust_unsigned(&set[..]).unwrap().is_exact();
        assert_eq!(is_exact, precision == Precision::Exact);
        set
    })
}

/// Whoever is in it under a kind that is not known would pass, and one byte
/// of a hash names many.
#[test]
fn tables_that_name_nobody_or_many_are_refused() {
    for set in samples() {
        // The first table follows the header: kind, length.
        for (at, known, wrong) in [(88, 0x0a, &[0, 9][..]), (89, 18, &[0, 1, 3, 33])] {
            assert_eq!(set[at], known);
            for byte in wrong {
                let mut set = set.clone();
                set[at] = *byte;
                let error = RevocationSet::trust_unsigned(&set[..]).unwrap_err();
                assert_eq!(
                    error.to_string(),
                    "malformed revocation set: a table of hashes"
                );
            }
        }
    }
    // Of four bytes they are read.
    for precision in [Precision::Exact, Precision::FalsePositives(0.01)] {
        let mut builder = SetBuilder::new(options(precision));
        builder.add(KID, UCI, &hash(1)[..4]).unwrap();
        let bytes = builder.build(now()).unwrap();
        let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
        assert!(set.contains(KID, UCI, &hash(1)));
    }
}

#[test]
fn a_signed_set_is_read_in_place() {
    for set in samples() {
        let file = SetBuilder::sign(&set, &signer(1)).unwrap();
        assert!(file.len() < set.len() + 150);
        let signed = RevocationSet::open(&file[..], &[anchor(2), anchor(1)]).unwrap();
        assert_eq!(signed.signed_by(), Some(&anchor(1)));
        assert!(signed.contains(KID, UCI, &hash(1)));
        assert_eq!(signed.bytes(), set.len());
        assert!(
            RevocationSet::open_unverified(&file[..])
                .unwrap()
                .contains(KID, UCI, &hash(1))
        );
        let refused = |result: Result<RevocationSet<&[u8]>, SetFormError>| result.unwrap_err();
        let other = refused(RevocationSet::open(&file[..], &[anchor(2)]));
        assert_eq!(other, SetFormError::Signature);
        assert_eq!(
            refused(RevocationSet::open(&file[..], &[])),
            SetFormError::Signature
        );
        assert_eq!(
            refused(RevocationSet::trust_unsigned(&file[..])),
            SetFormError::Signed
        );
        let unsigned = refused(RevocationSet::open(&set[..], &[anchor(1)]));
        assert_eq!(unsigned, SetFormError::Unsigned);
    }
}

#[test]
fn a_flipped_bit_is_refused() {
    for set in samples() {
        let mut file = SetBuilder::sign(&set, &signer(1)).unwrap();
        for at in 0..file.len() {
            for bit in 0..8 {
                file[at] ^= 1 << bit;
                let opened = RevocationSet::open(&file[..], &[anchor(1)]);
                assert!(opened.is_err(), "bit {bit} of byte {at}");
                file[at] ^= 1 << bit;
            }
        }
        assert!(RevocationSet::open(&file[..], &[anchor(1)]).is_ok());
    }
}

#[test]
fn a_cut_off_set_is_refused() {
    for set in samples() {
        let file = SetBuilder::sign(&set, &signer(1)).unwrap();
        for length in 0..set.len() {
            assert!(
                RevocationSet::trust_unsigned(&set[..length]).is_err(),
                "{length}"
            );
        }
        for length in 0..file.len() {
            let cut = &file[..length];
            assert!(RevocationSet::open(cut, &[anchor(1)]).is_err(), "{length}");
            assert!(RevocationSet::open_unverified(cut).is_err(), "{length}");
        }
        for longer in [[&set[..], &[0]].concat(), [&file[..], &[0]].concat()] {
            assert!(RevocationSet::open_unverified(&longer[..]).is_err());
        }
    }
}

#[test]
fn nothing_of_an_entry_is_shown() {
    let mut builder = SetBuilder::new(SetOptions::default());
    builder.add(KID, UCI, &[0xab; 16]).unwrap();
    assert!(!format!("{builder:?}").contains("171"));
    let set = RevocationSet::trust_unsigned(builder.build(now()).unwrap()).unwrap();
    assert!(!format!("{set:?}").contains("171"));
}
