//! Snapshots of published lists: nothing is lost that a verdict needs.

use hcert::format::Unverified;
use hcert::trust::{Anchor, GdhcnAnchor, ListFormat, SnapshotView, TrustStore, TrustedKey};
use hcert::verify::{Policy, Step, StepResult, Verifier};
use hcert::{Limits, Timestamp};
use hcert_testkit::fixtures::at;
use hcert_testkit::time::Plus as _;
use hcert_testkit::{fixtures, published};
use serde_json::Value;
use std::time::Duration;

/// A store again, by way of its signed snapshot, and how long that is.
fn again(store: &TrustStore, made_at: Timestamp) -> (TrustStore, usize) {
    let maker = fixtures::signer("maker");
    let file = store.to_signed_snapshot(made_at, &maker).unwrap();
    let mut builder = TrustStore::builder();
    let anchors = [Anchor::Key(maker.public_key().unwrap())];
    builder
        .add_signed_list("snapshot", ListFormat::Snapshot, &file, &anchors)
        .unwrap();
    let (copy, report) = builder.build();
    assert_eq!((report.loaded, report.rejected), (store.len(), 0));
    assert_eq!(copy.to_signed_snapshot(made_at, &maker).unwrap(), file);
    (copy, file.len())
}

fn assert_same(origin: &TrustStore, copy: &TrustStore) {
    assert_eq!(origin.len(), copy.len());
    for (origin, key) in origin.iter().zip(copy.iter()) {
        let all = |key: &TrustedKey| {
            let certificate = (key.validity(), key.certificate_digest());
            let listed = (key.gdhcn().cloned(), key.chain(), key.origin().to_owned());
            let country = key.country().map(str::to_owned);
            let key = (key.kid().clone(), key.public_key().clone(), key.usage());
            (key, certificate, country, listed)
        };
        assert_eq!(all(origin), all(key));
    }
    for (origin, list) in origin.lists().iter().zip(copy.lists()) {
        assert_eq!(origin.identity(), list.identity());
        assert_eq!(origin.issued_at(), list.issued_at());
    }
}

/// How many verdicts of the vectors hold, all of them the same from both.
fn same_verdicts(
    origin: &TrustStore,
    copy: &TrustStore,
    vectors: &[Value],
    now: Timestamp,
) -> usize {
    let mut signed = 0;
    for policy in [
        Policy::default(),
        Policy::default().retrospective(),
        Policy::default().max_list_age(Duration::from_secs(86_400)),
    ] {
        let verifier = |store: &TrustStore| Verifier::with_policy(store.clone(), policy.clone());
        let file = copy.to_snapshot(now).unwrap();
        let view = SnapshotView::trust_unsigned("in place", &file).unwrap();
        let mut builder = TrustStore::builder();
        builder
            .trust_unsigned_list("in place", ListFormat::Snapshot, &file)
            .unwrap();
        let loaded = verifier(&builder.build().0);
        let (origin, copy) = (verifier(origin), verifier(copy));
        for vector in vectors {
            let Ok(unverified) =
                Unverified::parse(vector["PREFIX"].as_str().unwrap(), &Limits::default())
            else {
                continue;
            };
            let (origin, copy) = (
                origin.verify_parsed(&unverified, now),
                copy.verify_parsed(&unverified, now),
            );
            let in_place = verifier(&view.store_for(&unverified).unwrap());
            let in_place = in_place.verify_parsed(&unverified, now);
            let loaded = loaded.verify_parsed(&unverified, now);
            assert_eq!(in_place.outcome(), loaded.outcome());
            assert!(in_place.steps().eq(loaded.steps()));
            assert_eq!(origin.outcome(), copy.outcome());
            assert!(origin.steps().eq(copy.steps()));
            assert_eq!(origin.deviations(), copy.deviations());
            signed += usize::from(origin.step(Step::Signature) == &StepResult::Passed);
        }
    }
    signed
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn production_of_the_network() {
    let (list, vectors) = (
        published::find("gdhcn/PROD/v2/trustlist/did.json"),
        published::find("dgc-testdata/ES/2DCode/raw"),
    );
    let mut builder = TrustStore::builder();
    let list = std::fs::read(list).unwrap();
    builder
        .add_gdhcn("WHO", &list, &GdhcnAnchor::prod())
        .unwrap();
    let (store, _) = builder.build();
    let made_at = store.lists()[0].issued_at().unwrap();
    let (copy, bytes) = again(&store, made_at);
    println!("{} keys in {bytes} bytes", store.len());
    assert_eq!(store.len(), 499);
    assert!(bytes < 120_000);
    assert_same(&store, &copy);
    let vector = |n: u32| published::read_json(&vectors.join(format!("{n}.json"))).unwrap();
    let vectors = [201, 202, 203].map(vector);
    for now in [at("2021-05-11T12:00:00Z"), made_at, made_at.plus(172_800)] {
        assert_eq!(same_verdicts(&store, &copy, &vectors, now), 9);
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_acceptance_environment() {
    let (list, root) = (
        published::find("trust-lists/acc-union.json"),
        published::find("dgc-testdata"),
    );
    let mut builder = TrustStore::builder();
    builder
        .add_bytes("acc-union.json", &std::fs::read(list).unwrap())
        .unwrap();
    let (store, _) = builder.build();
    let made_at = at("2021-06-01T00:00:00Z");
    let (copy, bytes) = again(&store, made_at);
    println!("{} keys in {bytes} bytes", store.len());
    assert_eq!(store.len(), 756);
    assert_same(&store, &copy);

    let second = std::fs::read_to_string(root.join("second-opinion.jsonl")).unwrap();
    let mut vectors = Vec::new();
    for line in second.lines() {
        let opinion: Value = serde_json::from_str(line).unwrap();
        if opinion["results"]["EXPECTEDVERIFY"]["oracle"] == true {
            vectors.extend(published::read_json(
                &root.join(opinion["path"].as_str().unwrap()),
            ));
        }
    }
    let signed = same_verdicts(&store, &copy, &vectors, at("2021-06-20T00:00:00Z"));
    println!(
        "{} vectors, {signed} good signatures under three policies",
        vectors.len()
    );
    assert!(signed > 100);
}
