//! A list and a set that was made of it say the same of each certificate.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::crypto::PublicKey;
use hcert::revocation::{Answer, Identifier};
use hcert::revocation::{
    IdentifierKind, ItalianList, LookUp, NamedSet, Precision, RevocationList, RevocationSet,
    RevocationSource, Revocations, SetBuilder, SetError, SetOptions, Subject,
};
use hcert::trust::{KeyUsage, Kid, TrustStore};
use hcert::verify::{Outcome, Policy, RevocationPolicy, Step, Verifier};
use hcert_testkit::fixtures::{NOW, dsc, issued, vaccination};
use hcert_testkit::pki::TestKey;
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

use super::{KID, UCI, batch, id, italian, kid_map};

fn set(
    fill: impl FnOnce(&mut SetBuilder) -> Result<&mut SetBuilder, SetError>,
) -> NamedSet<Vec<u8>> {
    let mut options = SetOptions::default();
    options.precision = Precision::Exact;
    let mut builder = SetBuilder::new(options);
    fill(&mut builder).unwrap();
    let bytes = builder.build(NOW).unwrap();
    RevocationSet::trust_unsigned(bytes).unwrap().named("set")
}

/// A batch for all keys of XX that names the certificate, whose key is bare.
#[test]
fn a_batch_for_a_country_is_asked_for_a_key_without_one() {
    let text = issued("alpha", &vaccination()).text().to_owned();
    let kid = dsc("alpha", &[]).kid();
    let der = TestKey::new("alpha").spki_der().unwrap();
    let key = PublicKey::from_spki_der(&der).unwrap();
    for country in [None, Some("XX"), Some("YY")] {
        let mut builder = TrustStore::builder();
        builder
            .add_public_key("bare", kid.clone(), key.clone(), country, KeyUsage::ANY)
            .unwrap();
        let (store, _) = builder.build();
        let verdict = Verifier::new(store.clone()).verify(&text, NOW);
        assert_eq!(verdict.outcome(), Outcome::Valid);
        let ids = verdict.identifiers().iter();
        for identifier in ids {
            let name = match identifier.kind() {
                IdentifierKind::Signature => "SIGNATURE",
                IdentifierKind::Uci => "UCI",
                _ => "COUNTRYCODEUCI",
            };
            let batch = batch("UNKNOWN_KID", name, &[&identifier.hash()[..16]]).to_string();
            let list = RevocationList::trust_unsigned("x", batch.as_bytes()).unwrap();
            let list = list.with_fetched_at(NOW);
            let set = set(|builder| builder.add_list(&list, &store));
            let verify = |source: &dyn Fn(&mut Revocations)| {
                let mut revocations = Revocations::new();
                source(&mut revocations);
                let verifier = Verifier::new(store.clone()).with_revocations(revocations);
                verifier.verify(&text, NOW)
            };
            let found = [
                verify(&|to| {
                    to.add(list.clone());
                }),
                verify(&|to| {
                    to.add(set.clone());
                }),
            ];
            for verdict in found {
                assert_eq!(
                    (verdict.outcome(), verdict.step(Step::Revocation).code()),
                    (Outcome::Revoked, Some("revoked")),
                    "{name} {country:?}"
                );
            }
        }
    }
}

fn named(batch: &[u8]) -> RevocationList {
    let list = RevocationList::trust_unsigned("x", batch).unwrap();
    list.with_fetched_at(NOW)
}

const KINDS: [(IdentifierKind, &str); 3] = [
    (IdentifierKind::Signature, "SIGNATURE"),
    (IdentifierKind::Uci, "UCI"),
    (IdentifierKind::CountryCodeUci, "COUNTRYCODEUCI"),
];

/// Few values, so that they meet.
fn kid() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1..3u8, 7..9)
}

fn hash() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..2u8, 8..12)
}

fn country() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![
        None,
        Some("XX"),
        Some("xx"),
        Some("YY"),
        Some("IT"),
        Some("DEU"),
    ])
}

type Row = (Option<Vec<u8>>, usize, &'static str, Vec<Vec<u8>>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let kid = prop::option::weighted(0.6, kid());
    let country = prop::sample::select(vec!["XX", "YY", "IT"]);
    let hashes = prop::collection::vec(hash(), 0..6);
    prop::collection::vec((kid, 0..3usize, country, hashes), 1..6)
}

#[derive(Debug, Clone)]
struct Signer {
    kid: Vec<u8>,
    other_kids: Vec<Vec<u8>>,
    country: Option<&'static str>,
    other_countries: Vec<String>,
    kid_is_signed: bool,
}

fn signer() -> impl Strategy<Value = Signer> {
    let others = prop::collection::vec(kid(), 0..2);
    let countries = prop::collection::vec(country(), 0..2);
    (kid(), others, country(), countries, any::<bool>()).prop_map(
        |(kid, other_kids, country, countries, kid_is_signed)| Signer {
            kid,
            other_kids,
            country,
            other_countries: countries.into_iter().flatten().map(Into::into).collect(),
            kid_is_signed,
        },
    )
}

fn look_up(source: impl RevocationSource + 'static, signer: &Signer, ids: &[Identifier]) -> LookUp {
    let mut revocations = Revocations::new();
    revocations.add(source);
    let mut subject = Subject::new(&signer.kid, ids);
    subject.kid_is_signed = signer.kid_is_signed;
    subject.other_kids = &signer.other_kids;
    subject.country = signer.country;
    subject.other_countries = &signer.other_countries;
    revocations.look_up(&subject)
}

fn word(found: &LookUp) -> &'static str {
    match found {
        LookUp::Revoked { .. } => "revoked",
        LookUp::NotListed { .. } => "not listed",
        _ => "not covered",
    }
}

/// The trust store with this signer, under all its names.
fn store(signer: &Signer) -> TrustStore {
    let der = TestKey::new("alpha").spki_der().unwrap();
    let key = PublicKey::from_spki_der(&der).unwrap();
    let mut builder = TrustStore::builder();
    let kids = [&signer.kid].into_iter().chain(&signer.other_kids);
    for kid in kids {
        builder
            .add_public_key(
                "x",
                Kid::new(kid).unwrap(),
                key.clone(),
                signer.country,
                KeyUsage::ANY,
            )
            .unwrap();
    }
    builder.build().0
}

/// The whole identifiers of which the lists have the beginnings, and others.
fn asked(rows: &[Row], more: &[[u8; 12]]) -> Vec<[u8; 32]> {
    let mut asked = Vec::new();
    let hashes = rows.iter().flat_map(|(.., hashes)| hashes.iter());
    for hash in hashes.map(Vec::as_slice).chain(more.iter().map(|m| &m[..])) {
        let mut whole = [0; 32];
        whole[..hash.len()].copy_from_slice(hash);
        asked.push(whole);
    }
    asked
}

/// What the set may say instead: of a kind that it never has, nothing.
fn alike(list: &LookUp, set: &LookUp, has_kind: bool) -> bool {
    word(list) == word(set)
        || (!has_kind && word(list) == "not listed" && word(set) == "not covered")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn a_set_of_batches_says_what_the_batches_say(
        rows in rows(), all: bool, signer in signer(), more: Vec<[u8; 12]>,
    ) {
        let batches: Vec<_> = rows.iter().map(|(kid, kind, country, hashes)| {
            let kid = kid.as_ref().map_or("UNKNOWN_KID".to_owned(), |kid| BASE64_STANDARD.encode(kid));
            let hashes: Vec<_> = hashes.iter().map(Vec::as_slice).collect();
            let mut batch = batch(&kid, KINDS[*kind].1, &hashes);
            batch["country"] = (*country).into();
            batch
        }).collect();
        let list = named(json!(batches).to_string().as_bytes());
        let list = if all { list.with_all_batches() } else { list };
        let made = set(|builder| builder.add_list(&list, &store(&signer)));
        for whole in asked(&rows, &more) {
            for (kind, _) in KINDS {
                let ids = [Identifier::new(kind, whole)];
                let (by_list, by_set) =
                    (look_up(list.clone(), &signer, &ids), look_up(made.clone(), &signer, &ids));
                let has_kind = made.set().tables().any(|(byte, ..)| byte == kind.type_byte());
                // Batches that may not be all: a set finds their hashes under each kid.
                let wider = !all && word(&by_set) == "revoked" && word(&by_list) == "not covered"
                    && list.entries().any(|(kid, of, hash)| {
                        kid.is_some() && of == kind && whole.starts_with(hash)
                    });
                prop_assert!(
                    wider || alike(&by_list, &by_set, has_kind || made.set().is_empty()),
                    "{:?} {:?} {:?}", by_list, by_set, signer
                );
            }
        }
    }

    #[test]
    fn a_set_of_a_kid_map_says_what_the_map_says(
        rows in rows(), signer in signer(), more: Vec<[u8; 12]>,
    ) {
        let mut groups = std::collections::BTreeMap::<_, Vec<&[u8]>>::new();
        for (kid, kind, _, hashes) in &rows {
            let kid = kid.clone().unwrap_or_else(|| KID.to_vec());
            let group = groups.entry((kid, KINDS[*kind].0)).or_default();
            group.extend(hashes.iter().map(Vec::as_slice));
        }
        let groups: Vec<_> = groups.iter()
            .map(|((kid, kind), hashes)| (kid.as_slice(), *kind, hashes.as_slice()))
            .collect();
        let list = named(&kid_map(&groups));
        let made = set(|builder| builder.add_list(&list, &store(&signer)));
        for whole in asked(&rows, &more) {
            for (kind, _) in KINDS {
                let ids = [Identifier::new(kind, whole)];
                let (by_list, by_set) =
                    (look_up(list.clone(), &signer, &ids), look_up(made.clone(), &signer, &ids));
                let has_kind = made.set().is_empty()
                    || made.set().tables().any(|(byte, ..)| byte == kind.type_byte());
                prop_assert!(alike(&by_list, &by_set, has_kind), "{:?} {:?}", by_list, by_set);
            }
        }
    }

    #[test]
    fn a_set_of_italy_s_list_says_what_the_list_says(
        hashes in prop::collection::vec(hash(), 0..6), mut signer in signer(), more: Vec<[u8; 12]>,
    ) {
        // A key of two countries is covered by whichever of them comes first.
        signer.other_countries.clear();
        let texts: Vec<_> = hashes.iter().map(Vec::as_slice).collect();
        let chunk = italian(1, 1, 1, &texts).to_string();
        let list = ItalianList::trust_unsigned("IT", &[chunk.as_bytes()]).unwrap().with_fetched_at(NOW);
        let made = set(|builder| builder.add_italian(&list, &store(&signer)));
        let rows = [(None, 1, "IT", hashes.clone())];
        for whole in asked(&rows, &more) {
            for (kind, _) in KINDS {
                let ids = [Identifier::new(kind, whole)];
                let (by_list, by_set) =
                    (look_up(list.clone(), &signer, &ids), look_up(made.clone(), &signer, &ids));
                prop_assert!(alike(&by_list, &by_set, !hashes.is_empty()), "{:?} {:?}", by_list, by_set);
            }
        }
    }
}

#[test]
fn a_batch_of_another_country_names_the_same_certificate() {
    let list = named(
        batch("UNKNOWN_KID", "UCI", &[&[0xaa; 16]])
            .to_string()
            .as_bytes(),
    );
    for country in [
        None,
        Some("XX"),
        Some("xx"),
        Some("YY"),
        Some("DEU"),
        Some(""),
    ] {
        assert_eq!(list.answer(b"any", country, &id(UCI, 0xaa)), Answer::Listed);
        // Of whom it doesn't name, the country's keys alone are covered.
        let whole = list.clone().with_all_batches();
        let covered = country.is_some_and(|country| country.eq_ignore_ascii_case("XX"));
        let expected = if covered {
            Answer::NotListed
        } else {
            Answer::NotCovered
        };
        assert_eq!(whole.answer(b"any", country, &id(UCI, 0xbb)), expected);
    }
}

/// A key that is listed under two countries, of which the batches are for one:
/// no certificate of it is covered, by the list or by the set. Nor is it where
/// another country's key has the same kid.
#[test]
fn a_key_of_two_countries_is_covered_by_neither_alone() {
    let batch = batch("UNKNOWN_KID", "SIGNATURE", &[&[9; 16]]).to_string();
    let list = named(batch.as_bytes()).with_all_batches();
    let text = issued("alpha", &vaccination()).text().to_owned();
    let own = dsc("alpha", &[]);
    let policy = Policy::default().revocation(RevocationPolicy::Require {
        max_age: Duration::from_secs(60),
    });
    for (countries, other, expected) in [
        (&[Some("XX")][..], None, Outcome::Valid),
        (&[Some("XX"), None], None, Outcome::Valid),
        (&[Some("XX"), Some("YY")], None, Outcome::Unascertained),
        (&[Some("YY")], None, Outcome::Unascertained),
        (&[None], None, Outcome::Unascertained),
        (&[Some("YY")], Some("XX"), Outcome::Unascertained),
    ] {
        let mut builder = TrustStore::builder();
        let mut add = |key: &PublicKey, country: Option<&str>| {
            let (kid, key) = (own.kid().clone(), key.clone());
            builder
                .add_public_key("x", kid, key, country, KeyUsage::ANY)
                .unwrap();
        };
        for country in countries {
            add(own.public_key(), *country);
        }
        if let Some(country) = other {
            add(dsc("beta", &[]).public_key(), Some(country));
        }
        let (store, _) = builder.build();
        let set = set(|builder| builder.add_list(&list, &store));
        let verify = |source: &dyn Fn(&mut Revocations)| {
            let mut revocations = Revocations::new();
            source(&mut revocations);
            let verifier = Verifier::with_policy(store.clone(), policy.clone());
            let verifier = verifier.with_revocations(revocations);
            verifier.verify(&text, NOW).outcome()
        };
        let of_list = verify(&|to| {
            to.add(list.clone());
        });
        let of_set = verify(&|to| {
            to.add(set.clone());
        });
        let found = (of_list, of_set);
        assert_eq!(found, (expected, expected), "{countries:?} {other:?}");
    }
}

/// Italy's list names certificates by their identifier alone, and says nothing of
/// one without. Beside hashes of signatures a set can't tell the two, and covers
/// no key of Italy; by itself it does.
#[test]
fn italy_s_list_covers_nobody_in_a_set_with_other_kinds() {
    let own = dsc("alpha", &[]);
    let mut builder = TrustStore::builder();
    builder
        .add_public_key(
            "x",
            own.kid(),
            own.public_key().clone(),
            Some("IT"),
            KeyUsage::ANY,
        )
        .unwrap();
    let (store, _) = builder.build();
    let chunk = italian(1, 1, 1, &[&[8; 32]]).to_string();
    let italy = ItalianList::trust_unsigned("IT", &[chunk.as_bytes()])
        .unwrap()
        .with_fetched_at(NOW);
    let kid = BASE64_STANDARD.encode([3; 8]);
    let signature = [id(IdentifierKind::Signature, 0xcc)];
    let both = [signature[0], id(UCI, 0xdd)];
    for kind in ["SIGNATURE", "UCI", "COUNTRYCODEUCI"] {
        let batch = batch(&kid, kind, &[&[9; 16]]).to_string();
        let list = named(batch.as_bytes()).with_all_batches();
        let orders: [NamedSet<Vec<u8>>; 2] = [
            set(|builder| builder.add_list(&list, &store)?.add_italian(&italy, &store)),
            set(|builder| builder.add_italian(&italy, &store)?.add_list(&list, &store)),
        ];
        let ask = |of_set: Option<&NamedSet<Vec<u8>>>, ids: &[Identifier]| {
            let mut revocations = Revocations::new();
            match of_set {
                Some(set) => revocations.add(set.clone()),
                None => revocations.add(list.clone()).add(italy.clone()),
            };
            let kid = own.kid();
            let mut subject = Subject::new(kid.as_bytes(), ids);
            subject.country = Some("IT");
            word(&revocations.look_up(&subject))
        };
        assert_eq!(ask(None, &signature), "not covered", "{kind}");
        assert_eq!(ask(None, &both), "not listed", "{kind}");
        for set in &orders {
            assert_eq!(ask(Some(set), &signature), "not covered", "{kind}");
            let expected = if kind == "SIGNATURE" {
                "not covered"
            } else {
                "not listed"
            };
            assert_eq!(ask(Some(set), &both), expected, "{kind}");
        }
        assert_eq!(orders[0].set().sources().count(), 2);
    }
    // A batch that covers the key for all kinds does so in a set with both.
    let kid = BASE64_STANDARD.encode(own.kid().as_bytes());
    let batch = batch(&kid, "SIGNATURE", &[&[9; 16]]).to_string();
    let list = named(batch.as_bytes()).with_all_batches();
    let made = set(|builder| builder.add_list(&list, &store)?.add_italian(&italy, &store));
    assert!(made.set().covers(own.kid().as_bytes()));
}
