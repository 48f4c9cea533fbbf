//! What holds for every list.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::revocation::{
    Answer, BloomFilter, Identifier, IdentifierKind, ItalianList, PartialHashes, RevocationList,
    RevocationSource,
};
use proptest::prelude::*;
use serde_json::json;

use super::{batch, bloom, delta, italian, kid_map, partial};

type Groups = BTreeMap<(Vec<u8>, IdentifierKind), BTreeSet<Vec<u8>>>;

fn kind() -> impl Strategy<Value = IdentifierKind> {
    prop::sample::select(vec![
        IdentifierKind::Signature,
        IdentifierKind::Uci,
        IdentifierKind::CountryCodeUci,
    ])
}

fn hash() -> impl Strategy<Value = Vec<u8>> {
    // Few values, so that hashes meet.
    prop::collection::vec(0..3u8, 8..=32)
}

fn groups() -> impl Strategy<Value = Groups> {
    // Not empty, and in base64 no hex digits alone.
    let kid = prop::collection::vec(1..3u8, 1..12);
    prop::collection::btree_map(
        (kid, kind()),
        prop::collection::btree_set(hash(), 0..20),
        0..6,
    )
}

/// Whether one of the hashes is a prefix.
fn names(hashes: Option<&BTreeSet<Vec<u8>>>, hash: &[u8; 32]) -> bool {
    hashes.is_some_and(|hashes| hashes.iter().any(|short| hash.starts_with(short)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_kid_map_names_whom_it_names(groups in groups(), asked: Vec<[u8; 32]>) {
        let slices: Vec<_> = groups
            .iter()
            .map(|((kid, kind), hashes)| {
                (kid, kind, hashes.iter().map(Vec::as_slice).collect::<Vec<_>>())
            })
            .collect();
        let slices: Vec<_> = slices
            .iter()
            .map(|(kid, kind, hashes)| (kid.as_slice(), **kind, hashes.as_slice()))
            .collect();
        let list = RevocationList::trust_unsigned("x", &kid_map(&slices)).unwrap();
        prop_assert_eq!(list.len(), groups.values().map(BTreeSet::len).sum::<usize>());
        let mut asked = asked;
        for hash in groups.values().flatten() {
            let mut whole = [1; 32];
            whole[..hash.len()].copy_from_slice(hash);
            asked.push(whole);
        }
        for ((kid, kind), hashes) in &groups {
            for hash in &asked {
                let expected = match names(Some(hashes), hash) {
                    true => Answer::Listed,
                    false => Answer::NotListed,
                };
                let id = Identifier::new(*kind, *hash);
                prop_assert_eq!(list.answer(kid, None, &id), expected);
            }
        }
    }

    #[test]
    fn batches_name_the_same_as_a_kid_map(groups in groups()) {
        let mut batches = Vec::new();
        for ((kid, kind), hashes) in &groups {
            let name = match kind {
                IdentifierKind::Signature => "SIGNATURE",
                IdentifierKind::Uci => "UCI",
                _ => "COUNTRYCODEUCI",
            };
            // One hash a batch: they add up.
            batches.push(batch(&BASE64_STANDARD.encode(kid), name, &[]));
            for hash in hashes {
                batches.push(batch(&BASE64_STANDARD.encode(kid), name, &[hash]));
            }
        }
        prop_assume!(!batches.is_empty());
        let list = RevocationList::trust_unsigned("x", json!(batches).to_string().as_bytes());
        let list = list.unwrap();
        let found: Vec<_> = list
            .entries()
            .map(|(kid, kind, hash)| (kid.unwrap().to_vec(), kind, hash.to_vec()))
            .collect();
        let found: BTreeSet<_> = found.into_iter().collect();
        let expected = groups.iter().flat_map(|((kid, kind), hashes)| {
            hashes.iter().map(|hash| (kid.clone(), *kind, hash.clone()))
        });
        prop_assert_eq!(found, expected.collect::<BTreeSet<_>>());
    }

    /// Against a set that is changed one by one.
    #[test]
    fn changes_add_up(
        first in prop::collection::btree_set(hash(), 0..20),
        changes in prop::collection::vec(
            (prop::collection::vec(hash(), 0..6), prop::collection::vec(hash(), 0..6)),
            0..6,
        ),
    ) {
        let slices = |hashes: &mut dyn Iterator<Item = &Vec<u8>>| {
            hashes.cloned().collect::<Vec<_>>()
        };
        let all = slices(&mut first.iter());
        let all: Vec<_> = all.iter().map(Vec::as_slice).collect();
        let whole = italian(1, 1, 1, &all).to_string();
        let mut list = ItalianList::trust_unsigned("x", &[whole.as_bytes()]).unwrap();
        let mut model = first;
        for (version, (added, removed)) in (1..).zip(changes) {
            let (a, r): (Vec<_>, Vec<_>) = (
                added.iter().map(Vec::as_slice).collect(),
                removed.iter().map(Vec::as_slice).collect(),
            );
            let change = delta(version, version + 1, &a, &r).to_string();
            list.apply(&[change.as_bytes()]).unwrap();
            model.extend(added);
            model.retain(|hash| !removed.contains(hash));
        }
        let found: BTreeSet<_> = list.hashes().map(<[u8]>::to_vec).collect();
        prop_assert_eq!(list.len(), found.len());
        prop_assert_eq!(found, model);
    }

    #[test]
    fn filters_never_lose_anybody(hashes: Vec<[u8; 32]>, length in 4..=32u8, functions in 1..20u8) {
        let elements: Vec<_> = hashes.iter().map(|hash| &hash[..16]).collect();
        let filter = BloomFilter::from_bytes(&bloom(functions, 64, &elements)).unwrap();
        for element in elements {
            prop_assert!(filter.might_contain(element));
        }
        let whole: Vec<_> = hashes.iter().map(|hash| &hash[..]).collect();
        let list = PartialHashes::from_bytes(&partial(length, &whole)).unwrap();
        for hash in &hashes {
            prop_assert!(list.might_contain(hash));
        }
    }
}
