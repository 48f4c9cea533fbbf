//! Revocation sets, made of lists in the forms of the field, as a verifier
//! looks into them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::Timestamp;
use hcert::revocation::{
    Answer, IdentifierKind, ItalianList, NamedSet, PartitionedList, RevocationFormat,
    RevocationList, RevocationPart, RevocationSet, RevocationSource, Revocations, SetBuilder,
    SetError, SetOptions, SplitList,
};
use hcert::trust::{KeyUsage, Kid, SignedDocument, TrustState, TrustStore};
use hcert::verify::{Outcome, Policy, RevocationPolicy, StepResult, Verifier};
use hcert_testkit::fixtures::{NOW, dsc, issued, signer, trust, vaccination};
use hcert_testkit::time::Plus as _;
use serde_json::json;
use std::time::Duration;

use super::forms::{chunk_cbor, index_cbor, kids_cbor, lists, sha256};
use super::verdicts::step;
use super::{
    KID, SIGNATURE, UCI, answer, batch, bloom, id, italian, key, kid_map, partial, unsigned,
};

const A: &[u8] = &[0xaa; 16];
const B: &[u8] = &[0xbb; 16];

/// The country of `dsc("a")`.
const COUNTRY: &str = "XX";

fn set(
    fill: impl FnOnce(&mut SetBuilder) -> Result<&mut SetBuilder, SetError>,
) -> NamedSet<Vec<u8>> {
    let mut builder = SetBuilder::new(SetOptions::default());
    fill(&mut builder).unwrap();
    let bytes = builder.build(NOW).unwrap();
    assert_eq!(
        RevocationFormat::detect(&bytes),
        Some(RevocationFormat::Set)
    );
    assert!(!RevocationSet::is_signed(&bytes));
    RevocationSet::trust_unsigned(bytes)
        .unwrap()
        .named("today.set")
}

fn dated(bytes: &[u8]) -> RevocationPart<'_> {
    unsigned(bytes).with_fetched_at(NOW)
}

fn keys() -> TrustStore {
    trust(&[&dsc("a", &[])])
}

/// The same answers as the list that it was made of, under these kids.
fn same(list: &impl RevocationSource, set: &NamedSet<Vec<u8>>, kids: &[&[u8]]) {
    for kid in kids {
        for kind in [SIGNATURE, UCI, IdentifierKind::CountryCodeUci] {
            for byte in [0xaa, 0xbb, 0xcc] {
                let id = id(kind, byte);
                let (expected, found) = (
                    list.answer(kid, Some(COUNTRY), &id),
                    set.answer(kid, Some(COUNTRY), &id),
                );
                // Of a kind that it never has, a set says no more than that.
                let alike = found == expected
                    || (found == Answer::OtherKind && expected == Answer::NotListed);
                assert!(alike, "{kind} {byte:x}: {expected:?}, {found:?}");
            }
        }
    }
}

#[test]
fn a_set_of_a_kid_map() {
    let list = kid_map(&[
        (KID, SIGNATURE, &[A, &[0xbb; 18]]),
        (b"nine byte", UCI, &[B]),
    ]);
    let list = RevocationList::trust_unsigned("DE", &list).unwrap();
    let list = list.with_fetched_at(NOW);
    let set = set(|builder| builder.add_list(&list, &TrustStore::default()));
    same(&list, &set, &[KID, b"nine byte", b"nobody"]);
    assert_eq!(answer(&set, &id(SIGNATURE, 0xbb)), Answer::Listed);
    assert_eq!(
        set.answer(b"nobody", None, &id(UCI, 0xbb)),
        Answer::NotListed
    );
    assert!(set.set().covers_any_kid());
}

#[test]
fn a_set_of_batches_covers_their_keys_alone() {
    let kid = BASE64_STANDARD.encode(KID);
    let batches = json!([
        batch(&kid, "SIGNATURE", &[A]),
        batch("UNKNOWN_KID", "COUNTRYCODEUCI", &[B]),
    ]);
    let list = RevocationList::trust_unsigned("EU", batches.to_string().as_bytes()).unwrap();
    let list = list.with_fetched_at(NOW.plus(-60));
    let some = set(|builder| builder.add_list(&list, &keys()));
    assert_eq!(answer(&some, &id(SIGNATURE, 0xaa)), Answer::Listed);
    assert_eq!(answer(&some, &id(SIGNATURE, 0xbb)), Answer::NotCovered);
    assert_eq!(some.set().kids().count(), 0);
    let list = list.with_all_batches();
    let own = dsc("a", &[]).kid();
    for (keys, covered) in [(TrustStore::default(), false), (keys(), true)] {
        let set = set(|builder| builder.add_list(&list, &keys));
        same(&list, &set, &[KID]);
        let ask = |byte| {
            set.answer(
                own.as_bytes(),
                Some(COUNTRY),
                &id(IdentifierKind::CountryCodeUci, byte),
            )
        };
        // Who is named is found; of the country's keys it knows by the trust list.
        assert_eq!(ask(0xbb), Answer::Listed);
        let other = if covered {
            Answer::NotListed
        } else {
            Answer::NotCovered
        };
        assert_eq!(ask(0xaa), other);
        assert_eq!(
            set.answer(b"nobody", Some("YY"), &id(SIGNATURE, 0xaa)),
            Answer::NotCovered
        );
        assert!(!set.set().covers_any_kid());
        let sources: Vec<_> = set.set().sources().map(|s| (s.identity, s.dated)).collect();
        assert_eq!(sources, [("EU", Some(NOW.plus(-60)))]);
    }
}

#[test]
fn a_set_covers_keys_of_a_country_written_small() {
    let key = key("a");
    let mut keys = TrustStore::builder();
    let kid = Kid::new(KID).unwrap();
    keys.add_public_key(
        "a",
        kid,
        key.public_key().clone(),
        Some("xx"),
        KeyUsage::ANY,
    )
    .unwrap();
    let (keys, _) = keys.build();
    let list = batch("UNKNOWN_KID", "COUNTRYCODEUCI", &[B]).to_string();
    let list = RevocationList::trust_unsigned("EU", list.as_bytes())
        .unwrap()
        .with_all_batches();
    let undated = SetBuilder::new(SetOptions::default())
        .add_list(&list, &keys)
        .unwrap_err()
        .code();
    assert_eq!(undated, "revocation-set-undated");
    let list = list.with_fetched_at(NOW);
    assert!(
        set(|builder| builder.add_list(&list, &keys))
            .set()
            .covers(KID)
    );
}

/// It says nothing of the certificates of other countries.
#[test]
fn a_set_of_italy_s_list() {
    let chunk = italian(5, 1, 1, &[&[0xaa; 32]]).to_string();
    let list = ItalianList::trust_unsigned("IT", &[chunk.as_bytes()]).unwrap();
    let list = list.with_fetched_at(NOW);
    let set = set(|builder| builder.add_italian(&list, &keys()));
    let own = dsc("a", &[]).kid();
    for kid in [own.as_bytes(), b"nobody"] {
        assert_eq!(
            set.answer(kid, Some(COUNTRY), &id(UCI, 0xaa)),
            Answer::Listed
        );
        assert_eq!(
            set.answer(kid, Some(COUNTRY), &id(UCI, 0xbb)),
            Answer::NotCovered
        );
        assert_eq!(
            set.answer(kid, Some(COUNTRY), &id(SIGNATURE, 0xaa)),
            Answer::NotCovered
        );
    }
}

#[test]
fn a_set_of_a_list_in_parts_needs_all_of_them() {
    let kids = kids_cbor();
    let mut list = SplitList::from_kids("DE", dated(&kids)).unwrap();
    let refused = |list: &SplitList| {
        let mut builder = SetBuilder::new(SetOptions::default());
        let error = builder.add_split(list).unwrap_err();
        assert_eq!(error.code(), "revocation-set-incomplete");
        assert!(!list.is_complete());
    };
    refused(&list);
    list.add_index(KID, SIGNATURE, dated(&index_cbor()))
        .unwrap();
    refused(&list);
    let chunk = chunk_cbor(&[A]);
    list.add_chunk(KID, SIGNATURE, 0xaa, None, dated(&chunk))
        .unwrap();
    refused(&list);
    let chunk = chunk_cbor(&[B, &[[0xbb; 15].as_slice(), &[1]].concat()]);
    list.add_chunk(KID, SIGNATURE, 0xbb, Some(0xbb), dated(&chunk))
        .unwrap();
    assert!(list.is_complete());
    let set = set(|builder| builder.add_split(&list));
    assert_eq!(set.set().len(), 3);
    same(&list, &set, &[KID, b"nobody"]);
}

#[test]
fn a_set_of_the_eu_s_slices() {
    let (filter, hashes) = (bloom(20, 16, &[A]), partial(4, &[A, B]));
    for (slice, kind, code) in [
        (&hashes, "VARHASHLIST", "revocation-set-incomplete"),
        (&filter, "BLOOMFILTER", "revocation-set-filter"),
    ] {
        let mut list = PartitionedList::from_lists("EU", dated(&lists("POINT"))).unwrap();
        let refused = |list: &PartitionedList, code| {
            let mut builder = SetBuilder::new(SetOptions::default());
            assert_eq!(builder.add_partitioned(list).unwrap_err().code(), code);
        };
        refused(&list, "revocation-set-incomplete");
        let named = json!({"2023-01-01T12:00:00Z": {"type": kind, "version": "1.0", "hash": sha256(slice)}});
        let partitions = json!([{"chunks": {"a": named, "b": named}}]).to_string();
        list.add_partitions(KID, dated(partitions.as_bytes()))
            .unwrap();
        refused(&list, "revocation-set-incomplete");
        list.add_slice(slice).unwrap();
        match kind {
            "VARHASHLIST" => {
                let set = set(|builder| builder.add_partitioned(&list));
                assert_eq!(set.set().tables().collect::<Vec<_>>(), [(0x0a, 4, 2)]);
                same(&list, &set, &[KID, b"nobody"]);
            }
            _ => refused(&list, code),
        }
    }
}

fn verify(set: NamedSet<Vec<u8>>, now: Timestamp) -> (Outcome, StepResult) {
    let mut revocations = Revocations::new();
    revocations.add(set);
    let policy = Policy::default().revocation(RevocationPolicy::Require {
        max_age: Duration::from_secs(3600),
    });
    let verifier = Verifier::with_policy(keys(), policy).with_revocations(revocations);
    let text = issued("a", &vaccination()).text().to_owned();
    let verdict = verifier.verify(&text, now);
    (verdict.outcome(), step(&verdict).clone())
}

#[test]
fn the_verdict_by_a_set_and_its_age() {
    let text = issued("a", &vaccination()).text().to_owned();
    let verified = Verifier::new(keys()).verify(&text, NOW);
    let ids = verified.verified().unwrap().identifiers();
    let own = dsc("a", &[]).kid();
    for id in ids {
        let naming = set(|builder| builder.add(own.as_bytes(), id.kind(), &id.hash()[..16]));
        let (outcome, step) = verify(naming, NOW);
        assert_eq!((outcome, step.code()), (Outcome::Revoked, Some("revoked")));
        let elsewhere = set(|builder| builder.add(b"12345678", id.kind(), &id.hash()[..16]));
        let (outcome, step) = verify(elsewhere, NOW);
        assert_eq!(
            (outcome, step.code()),
            (Outcome::Unascertained, Some("revocation-missing"))
        );
    }
    let fresh = || set(|builder| Ok(builder.covers_any_kid()));
    assert_eq!(verify(fresh(), NOW.plus(3600)).0, Outcome::Valid);
    assert_eq!(
        verify(fresh(), NOW.plus(3601)).1.code(),
        Some("revocation-stale")
    );
    // A set is as old as the oldest of the lists in it, however new it is.
    let of_yesterday = set(|builder| {
        builder.covers_any_kid().source("new", Some(NOW))?;
        builder.source("undated", None)?;
        builder.source("old", Some(NOW.plus(-86_400)))
    });
    assert_eq!(of_yesterday.info().as_of(), Some(NOW.plus(-86_400)));
    assert_eq!(verify(of_yesterday, NOW).1.code(), Some("revocation-stale"));
}

#[test]
fn an_older_signed_set_is_refused() {
    let signed = |days: i64| {
        let builder = SetBuilder::new(SetOptions::default());
        let bytes = builder.build(NOW.plus(days * 86_400)).unwrap();
        let file = SetBuilder::sign(&bytes, &signer("list")).unwrap();
        assert!(RevocationSet::is_signed(&file));
        assert_eq!(RevocationFormat::detect(&file), Some(RevocationFormat::Set));
        RevocationSet::open(file, &[key("list")])
            .unwrap()
            .named("x")
    };
    let mut state = TrustState::default();
    state.accept_revocations(signed(0).info()).unwrap();
    state.accept_revocations(signed(0).info()).unwrap();
    let error = state.accept_revocations(signed(-1).info()).unwrap_err();
    assert_eq!(error.code(), "trust-rollback");
    assert_eq!(
        TrustState::from_json(state.to_json().as_bytes()),
        Ok(state.clone())
    );
    state.accept_revocations(signed(1).info()).unwrap();
    // Of one that nobody signed there is nothing to remember.
    let before = state.clone();
    state
        .accept_revocations(set(|builder| Ok(builder.covers_any_kid())).info())
        .unwrap();
    assert_eq!(state, before);
    assert!(
        !format!("{:?}", signed(0)).contains("Vec"),
        "{:?}",
        signed(0)
    );
}

/// A set counts no longer than the lists in it.
#[test]
fn a_set_ends_with_the_first_of_its_lists() {
    let list = |hours: Option<i64>| {
        let ends = hours.map(|hours| NOW.plus(hours * 3600));
        let file = SignedDocument::sign("revocation", &[0xa0], NOW, ends, &signer("list"));
        RevocationList::open("x", &file.unwrap(), &key("list")).unwrap()
    };
    for (of_set, of_lists, expected) in [
        (None, [None, None], None),
        (None, [Some(2), None], Some(2)),
        (Some(5), [Some(2), Some(3)], Some(2)),
        (Some(1), [Some(2), None], Some(1)),
    ] {
        let at = |hours: Option<i64>| hours.map(|hours| NOW.plus(hours * 3600));
        let mut options = SetOptions::default();
        options.expires_at = at(of_set);
        let mut builder = SetBuilder::new(options);
        for hours in of_lists {
            builder.add_list(&list(hours), &keys()).unwrap();
        }
        let set = RevocationSet::trust_unsigned(builder.build(NOW).unwrap()).unwrap();
        assert_eq!(set.expires_at(), at(expected));
    }
}

/// A hash is found in whichever of the chunks that may have it.
#[test]
fn chunks_of_both_levels_are_looked_into() {
    let kids = kids_cbor();
    let mut list = SplitList::from_kids("DE", dated(&kids)).unwrap();
    list.add_index(KID, SIGNATURE, dated(&index_cbor()))
        .unwrap();
    let other = [[0xbb; 15].as_slice(), &[1]].concat();
    let second = [[0xbb; 15].as_slice(), &[2]].concat();
    for (level, hashes) in [(None, [B, &other]), (Some(0xbb), [&second, &other])] {
        let chunk = chunk_cbor(&hashes);
        list.add_chunk(KID, SIGNATURE, 0xbb, level, dated(&chunk))
            .unwrap();
    }
    for hash in [B, &other, &second] {
        let mut whole = [0; 32];
        whole[..16].copy_from_slice(hash);
        let id = hcert::revocation::Identifier::new(SIGNATURE, whole);
        assert_eq!(answer(&list, &id), Answer::Listed);
    }
}
