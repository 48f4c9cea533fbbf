//! What a store that comes out of a snapshot says, next to the one that went
//! in: the same verdicts, the same age, nothing that goes backwards.

use hcert::Limits;
use hcert::crypto::{Algorithm, PublicKey};
use hcert::format::Unverified;
use hcert::issue::{Signer, SignerError};
use hcert::record::Record;
use hcert::trust::{
    Anchor, Chain, Denial, DenyList, Dsc, Environment, Kid, ListBytes, ListFormat, LoadError,
    LoadReport, SnapshotError, SnapshotView, TrustState, TrustStore, TrustStoreBuilder, TrustedKey,
};
use hcert::verify::{Outcome, Policy, Reason, SkipReason, Step, StepResult, Verdict, Verifier};
use hcert_testkit::fixtures::{self, at, dsc, recovery, test, vaccination};
use hcert_testkit::lists;
use hcert_testkit::lists::gdhcn::{self, Names, PROD};
use hcert_testkit::pki::{self, EKU_TEST, TestKey};
use hcert_testkit::raw::{self, Raw};
use std::time::Duration;

const DAY: i64 = 86_400;

/// Two editions of a list, and when snapshots of them were made.
const LISTED: [&str; 2] = ["2021-06-10T00:00:00Z", "2021-06-20T00:00:00Z"];

fn anchor(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

/// Of a document signer that may sign tests alone.
fn limited() -> Dsc {
    dsc("limited", &[EKU_TEST])
}

fn add_network(builder: &mut TrustStoreBuilder, edition: usize) -> Result<(), LoadError> {
    let names = Names {
        created: LISTED[edition],
        ..PROD
    };
    let signer = gdhcn::certificate("signer", "authority", false);
    let document = names.document(&[
        names.entry("DCC:XXA:DSC", &dsc("dsc", &[])),
        names.entry("DCC:XXA:DSC", &signer),
        names.entry(
            "DCC:XXA:SCA",
            &gdhcn::certificate("authority", "authority", true),
        ),
    ]);
    let list = names.signed(document).to_string();
    builder
        .add_gdhcn("WHO", list.as_bytes(), &names.anchor())
        .map(drop)
}

/// Whose lists go in, one by one.
#[derive(Debug, Clone, Copy)]
enum Source {
    Network,
    /// With an expiry.
    Swedish,
    /// Undated, but for when it was fetched.
    Unsigned,
    Caller,
}
use Source::{Caller, Network, Swedish, Unsigned};

fn store_of(sources: &[Source]) -> TrustStore {
    let mut builder = TrustStore::builder();
    let both = [dsc("dsc", &[]), limited()];
    let listed = both.each_ref().map(|dsc| (dsc.kid(), dsc.der()));
    for source in sources {
        match source {
            Network => add_network(&mut builder, 0).unwrap(),
            Swedish => {
                let time = at(LISTED[0]).seconds();
                let list = lists::swedish(&listed, time, time + 30 * DAY, "list");
                let list =
                    builder.add_signed_list("SE", ListFormat::Swedish, &list, &[anchor("list")]);
                list.map(drop).unwrap();
            }
            Unsigned => {
                let list = lists::certificates(&listed, LISTED[0]);
                let list = ListBytes::from(&list).with_fetched_at(at(LISTED[0]));
                builder
                    .trust_unsigned_list("unsigned", ListFormat::Certificates, list)
                    .unwrap();
            }
            Caller => {
                let rsa = raw::RsaSigner::new(2048).spki_der();
                // Under a kid that another key has as well.
                builder
                    .add_spki_der("by hand", both[0].kid(), &rsa)
                    .unwrap();
                builder
                    .add_certificate_der("by hand", both[1].der())
                    .unwrap();
            }
        }
    }
    builder.build().0
}

fn add_snapshot(builder: &mut TrustStoreBuilder, file: &[u8]) -> Result<(), LoadError> {
    let anchors = [anchor("maker")];
    let added = builder.add_signed_list("app", ListFormat::Snapshot, file, &anchors);
    added.map(drop)
}

fn snapshot(store: &TrustStore, made_at: &str) -> Vec<u8> {
    store
        .to_signed_snapshot(at(made_at), &fixtures::signer("maker"))
        .unwrap()
}

fn load(file: &[u8]) -> (TrustStore, LoadReport) {
    let mut builder = TrustStore::builder();
    add_snapshot(&mut builder, file).unwrap();
    builder.build()
}

fn again(store: &TrustStore) -> TrustStore {
    let (again, report) = load(&snapshot(store, LISTED[0]));
    assert_eq!((report.loaded, report.total), (store.len(), store.len()));
    again
}

fn by_limited(record: &Record) -> String {
    let issuer = fixtures::issuer("limited", &[EKU_TEST]);
    let issued = issuer.issue(record, fixtures::VALIDITY).unwrap();
    issued.text().to_owned()
}

type Told = (Outcome, Vec<(Step, StepResult)>, String);

fn told(verdict: &Verdict) -> Told {
    let steps = verdict.steps().map(|(step, result)| (step, result.clone()));
    let deviations = format!("{:?}", verdict.deviations());
    (verdict.outcome(), steps.collect(), deviations)
}

/// All that matters of records, clocks and policies.
fn all_told(store: &TrustStore, early: bool) -> Vec<Told> {
    all_told_by(|_| store.clone(), early)
}

/// The same with a store for each text.
fn all_told_by(store: impl Fn(&str) -> TrustStore, early: bool) -> Vec<Told> {
    let by_dsc = |record| fixtures::issued("dsc", &record).text().to_owned();
    let texts = [
        by_dsc(vaccination()),
        by_dsc(test()),
        by_dsc(recovery()),
        by_limited(&test()),
        // It may not sign a vaccination.
        raw::text(&Raw::new(limited().kid().as_bytes()).sign(&fixtures::signer("limited"))),
        fixtures::issued("nobody's", &test()).text().to_owned(),
    ];
    let mut all = Vec::new();
    let policies = [
        Policy::default(),
        Policy::default().strict(),
        Policy::default().retrospective(),
        Policy::default().max_list_age(Duration::from_secs(5 * 86_400)),
        Policy::default().dangerously_accept_expired_lists(),
    ];
    for policy in policies {
        for text in &texts {
            let verifier = Verifier::with_policy(store(text), policy.clone());
            for now in [
                "2021-06-02",
                "2021-06-12",
                "2021-06-18",
                "2021-08-01",
                "2022-06-01",
            ] {
                let now = at(&format!("{now}T00:00:00Z"));
                if now < at(LISTED[0]) && !early {
                    continue;
                }
                all.push(told(&verifier.verify(text, now)));
            }
        }
    }
    all
}

#[test]
fn every_verdict_is_that_of_the_origin() {
    let sets: [&[Source]; 5] = [
        &[Network],
        &[Swedish],
        &[Unsigned],
        &[Unsigned, Swedish, Network],
        &[Network, Unsigned],
    ];
    for sources in sets {
        let store = store_of(sources);
        let copy = again(&store);
        // Before the snapshot was made, a clock is behind, by its signer's word.
        let early = store.latest_time() == copy.latest_time();
        let (origin, told) = (all_told(&store, early), all_told(&copy, early));
        let outcomes = |told: &[Told], outcome| told.iter().filter(|t| t.0 == outcome).count();
        assert!(outcomes(&origin, Outcome::Valid) > 0, "{sources:?}");
        assert!(outcomes(&origin, Outcome::Expired) > 0, "{sources:?}");
        assert!(outcomes(&origin, Outcome::Unascertained) > 0, "{sources:?}");
        let usage = |told: &&Told| {
            told.1.iter().any(|(step, result)| {
                *step == Step::KeyUsage && matches!(result, StepResult::Failed(_))
            })
        };
        let has_limited = !matches!(sources, [Network]);
        assert_eq!(origin.iter().any(|told| usage(&told)), has_limited);
        for (origin, copy) in origin.iter().zip(&told) {
            assert_eq!(origin, copy, "{sources:?}");
        }
        // In place as well.
        let file = snapshot(&store, LISTED[0]);
        let view = SnapshotView::open_signed("app", &file, &[anchor("maker")]).unwrap();
        let of_text = |text: &str| {
            let unverified = Unverified::parse(text, &Limits::default()).unwrap();
            view.store_for(&unverified).unwrap()
        };
        assert_eq!(all_told_by(of_text, early), told);
        // From a snapshot of a snapshot as well.
        assert_eq!(all_told(&again(&copy), early), origin);
    }
}

#[test]
fn a_view_holds_all_listings_of_the_keys_under_a_kid() {
    let store = store_of(&[Network, Unsigned, Caller]);
    let file = store.to_snapshot(at(LISTED[0])).unwrap();
    let view = SnapshotView::trust_unsigned("app", &file).unwrap();
    let issued = fixtures::issued("dsc", &test());
    let unverified = Unverified::parse(issued.text(), &Limits::default()).unwrap();
    let found = view.store_for(&unverified).unwrap();
    // Two of one kid, of which one has a second listing.
    let under: Vec<_> = store.candidates(dsc("dsc", &[]).kid()).iter().collect();
    assert!(under.len() >= 2);
    let keys: Vec<_> = under.iter().map(|key| key.public_key()).collect();
    let expected = store.iter().filter(|key| keys.contains(&key.public_key()));
    let names = |key: &TrustedKey| (key.kid().clone(), key.public_key().clone());
    assert!(found.iter().map(names).eq(expected.map(names)));
    assert!(found.len() < store.len());
    assert_eq!(found.lists().len(), store.lists().len() + 1);

    let nobody = fixtures::issued("nobody's", &test());
    let nobody = Unverified::parse(nobody.text(), &Limits::default()).unwrap();
    assert!(view.store_for(&nobody).unwrap().is_empty());
}

/// Nothing that loading refuses is opened.
#[test]
fn a_view_opens_what_can_be_loaded() {
    let store = store_of(&[Network, Swedish, Unsigned]);
    let unsigned = store.to_snapshot(at(LISTED[0])).unwrap();
    let signed = snapshot(&store, LISTED[0]);
    let anchors = [anchor("maker")];
    let (mut opened, mut refused) = (0, 0);
    for (file, step) in [(&unsigned, 1), (&signed, 97)] {
        for at in (0..file.len()).step_by(step) {
            for change in [1, 0x20, 0x80] {
                let mut file = file.clone();
                file[at] ^= change;
                let mut builder = TrustStore::builder();
                let (loaded, view) = match step {
                    1 => (
                        builder.trust_unsigned_list("app", ListFormat::Snapshot, &file),
                        SnapshotView::trust_unsigned("app", &file),
                    ),
                    _ => (
                        builder.add_signed_list("app", ListFormat::Snapshot, &file, &anchors),
                        SnapshotView::open_signed("app", &file, &anchors),
                    ),
                };
                match (loaded, view) {
                    (Ok(_), Ok(_)) => opened += 1,
                    (Err(loaded), Err(view)) => {
                        assert_eq!(loaded.to_string(), view.to_string());
                        refused += 1;
                    }
                    (loaded, view) => panic!("byte {at}: {:?}, {view:?}", loaded.is_ok()),
                }
            }
        }
    }
    assert!(opened > 100 && refused > 1000, "{opened}, {refused}");
    assert!(SnapshotView::open_signed("app", &unsigned, &anchors).is_err());
    let other = [anchor("list")];
    assert!(SnapshotView::open_signed("app", &signed, &other).is_err());
}

/// What loading compares with a state and an environment, a view does, too.
#[test]
fn a_view_refuses_what_loading_refuses_for_its_state() {
    type Told = Result<(TrustState, Option<hcert::Timestamp>), String>;
    let issued = fixtures::issued("dsc", &test());
    let unverified = Unverified::parse(issued.text(), &Limits::default()).unwrap();
    let anchors = [anchor("maker")];
    let both = |file: &[u8], state: &TrustState, environment: Option<Environment>| {
        let mut builder = TrustStore::builder().with_state(state);
        if let Some(environment) = environment {
            builder = builder.with_environment(environment);
        }
        let loaded: Told = match add_snapshot(&mut builder, file) {
            Err(error) => Err(error.to_string()),
            Ok(()) => {
                let (store, report) = builder.build();
                Ok((report.state, store.latest_time()))
            }
        };
        let view = SnapshotView::open_signed("app", file, &anchors).unwrap();
        let view = view.with_state(state).and_then(|view| match environment {
            Some(environment) => view.with_environment(environment),
            None => Ok(view),
        });
        let view: Told = view.map_err(|error| error.to_string()).map(|view| {
            let store = view.store_for(&unverified).unwrap();
            (view.state().clone(), store.latest_time())
        });
        assert_eq!(view, loaded);
        view.is_ok()
    };

    let mut builder = TrustStore::builder();
    add_network(&mut builder, 1).unwrap();
    let (old, new) = (store_of(&[Network]), builder.build().0);
    let [first, second, third] = [
        snapshot(&old, LISTED[0]),
        snapshot(&new, LISTED[1]),
        // A new snapshot with an old list in it.
        snapshot(&old, "2021-07-01T00:00:00Z"),
    ];
    let none = TrustState::default();
    let seen = load(&second).1.state;
    let mut later = none.clone();
    later.saw_time(at("2021-08-01T00:00:00Z"));
    for file in [&first, &second, &third] {
        assert!(both(file, &none, None));
        assert!(both(file, &later, Some(Environment::Prod)));
        assert!(!both(file, &none, Some(Environment::Uat)));
    }
    assert!(!both(&first, &seen, None));
    assert!(both(&second, &seen, None));
    assert!(!both(&third, &seen, None));

    let view = SnapshotView::open_signed("app", &second, &anchors).unwrap();
    let view = view.with_state(&later).unwrap();
    let verifier = Verifier::new(view.store_for(&unverified).unwrap());
    let verdict = verifier.verify_parsed(&unverified, at("2021-06-25T00:00:00Z"));
    assert_eq!(verdict.reason().unwrap().code(), "clock-behind");
}

#[test]
fn keys_keep_what_is_known_of_them() {
    let store = store_of(&[Network, Swedish, Unsigned, Caller]);
    let copy = again(&store);
    assert_eq!(copy.len(), store.len());
    for (origin, key) in store.iter().zip(copy.iter()) {
        assert_eq!(origin.kid(), key.kid());
        assert_eq!(origin.public_key(), key.public_key());
        assert_eq!(origin.public_key().kind(), key.public_key().kind());
        assert_eq!(origin.validity(), key.validity());
        assert_eq!(origin.certificate_digest(), key.certificate_digest());
        assert_eq!(origin.country(), key.country());
        assert_eq!(origin.usage(), key.usage());
        assert_eq!(origin.origin(), key.origin());
        assert_eq!(origin.gdhcn(), key.gdhcn());
        assert_eq!(origin.chain(), key.chain());
        assert!(key.certificate().is_none() && !key.is_vouched_for());
        let labels = |key: &TrustedKey| -> Vec<_> {
            let labels = key.lists().map(|list| list.label().to_owned());
            labels.filter(|label| label != "snapshot").collect()
        };
        assert_eq!(labels(origin), labels(key));
        assert_eq!(
            key.lists().any(|l| l.label() == "snapshot"),
            origin.is_vouched_for()
        );
    }
    let chains: Vec<_> = copy.iter().map(TrustedKey::chain).collect();
    for known in [
        Chain::Authority,
        Chain::Checked,
        Chain::NoAuthority,
        Chain::NotChecked,
    ] {
        assert!(chains.contains(&known), "{known}");
    }
    for (origin, list) in store.lists().iter().zip(copy.lists()) {
        assert_eq!(origin.label(), list.label());
        assert_eq!(origin.format(), list.format());
        assert_eq!(origin.is_authenticated(), list.is_authenticated());
        assert_eq!(origin.identity(), list.identity());
        assert_eq!(origin.issuer(), list.issuer());
        assert_eq!(origin.issued_at(), list.issued_at());
        assert_eq!(origin.expires_at(), list.expires_at());
        assert_eq!(origin.fetched_at(), list.fetched_at());
        assert_eq!(origin.valid_for(), list.valid_for());
        assert_eq!(origin.newest_entry(), list.newest_entry());
        assert_eq!(origin.sequence(), list.sequence());
        assert_eq!(origin.snapshot_made_at(), None);
        assert_eq!(list.snapshot_made_at(), Some(at(LISTED[0])));
    }
}

/// In the store they are the caller's own word, and no list's age counts.
#[test]
fn what_the_maker_vouched_for_is_a_list_to_others() {
    let store = store_of(&[Caller]);
    assert!(store.lists().is_empty());
    let copy = again(&store);
    let [list] = copy.lists() else {
        panic!("one list")
    };
    assert_eq!(
        (list.label(), list.format()),
        ("snapshot", ListFormat::Snapshot)
    );
    assert_eq!(list.issued_at(), Some(at(LISTED[0])));
    assert!(list.is_authenticated() && list.identity().is_none());
    assert!(copy.iter().all(|key| key.lists().count() == 1));

    let text = by_limited(&test());
    let step = |store: &TrustStore, policy: Policy| {
        let verifier = Verifier::with_policy(store.clone(), policy);
        let verdict = verifier.verify(&text, at("2021-06-20T00:00:00Z"));
        verdict.step(Step::TrustList).clone()
    };
    let week = Policy::default().max_list_age(Duration::from_secs(7 * 86_400));
    assert_eq!(
        step(&store, week.clone()),
        StepResult::Skipped(SkipReason::NoList)
    );
    assert_eq!(step(&copy, Policy::default()), StepResult::Passed);
    let StepResult::Failed(Reason::ListTooOld { dated, .. }) = step(&copy, week) else {
        panic!("ten days are more than seven");
    };
    assert_eq!(dated, at(LISTED[0]));
}

#[test]
fn duplicates_of_two_snapshots_know_both() {
    let mut builder = TrustStore::builder();
    // Of one date: neither is the newer edition.
    add_snapshot(&mut builder, &snapshot(&store_of(&[Swedish]), LISTED[0])).unwrap();
    add_snapshot(&mut builder, &snapshot(&store_of(&[Unsigned]), LISTED[0])).unwrap();
    let (store, report) = builder.build();
    assert_eq!((report.loaded, report.duplicates, report.total), (2, 2, 4));
    assert!(store.iter().all(|key| key.lists().count() == 2));
}

// ------------------------------------------------------------ nothing goes back

#[test]
fn an_older_edition_of_a_list_is_refused_however_new_the_snapshot() {
    let mut builder = TrustStore::builder();
    add_network(&mut builder, 1).unwrap();
    let (newer, report) = builder.build();
    let older = store_of(&[Network]);

    // Seen as the list itself, or in a snapshot.
    let state_of_snapshot = load(&snapshot(&newer, LISTED[1])).1.state;
    for state in [report.state, state_of_snapshot] {
        let mut builder = TrustStore::builder().with_state(&state);
        let error = add_snapshot(&mut builder, &snapshot(&older, "2021-07-01T00:00:00Z"));
        assert_eq!(error.unwrap_err().code(), "trust-rollback");
        // The list itself is no way around.
        assert_eq!(
            add_network(&mut builder, 0).unwrap_err().code(),
            "trust-rollback"
        );
        // What failed left nothing.
        add_snapshot(&mut builder, &snapshot(&newer, LISTED[1])).unwrap();
        let (store, report) = builder.build();
        assert_eq!((store.len(), report.total), (3, 3));
        let edition = report.state.edition(&PROD.list()).unwrap();
        assert_eq!(edition.issued_at, Some(at(LISTED[1])));
    }
}

#[test]
fn an_older_snapshot_of_the_same_signer_is_refused() {
    let store = store_of(&[Unsigned, Caller]);
    let (_, seen) = load(&snapshot(&store, LISTED[1]));
    let mut builder = TrustStore::builder().with_state(&seen.state);
    let error = add_snapshot(&mut builder, &snapshot(&store, LISTED[0])).unwrap_err();
    let LoadError::Rollback { identity, .. } = &error else {
        panic!("{error}");
    };
    assert!(identity.starts_with("snapshot:"), "{identity}");
    let der = TestKey::new("other maker").spki_der().unwrap();
    let other = Anchor::Key(PublicKey::from_spki_der(&der).unwrap());
    let file = store.to_signed_snapshot(at(LISTED[0]), &fixtures::signer("other maker"));
    builder
        .add_signed_list("other", ListFormat::Snapshot, &file.unwrap(), &[other])
        .unwrap();
    // Nobody stands for when an unsigned one was made.
    let unsigned = store.to_snapshot(at(LISTED[0])).unwrap();
    builder
        .trust_unsigned_list("unsigned", ListFormat::Snapshot, &unsigned)
        .unwrap();
    let (_, unsigned) = {
        let mut builder = TrustStore::builder();
        let file = store_of(&[Network]).to_snapshot(at(LISTED[0])).unwrap();
        builder
            .trust_unsigned_list("unsigned", ListFormat::Snapshot, &file)
            .unwrap();
        builder.build()
    };
    assert_eq!(unsigned.state, TrustState::default());
}

/// Of a signer with those keys, made then.
fn edition(made_at: &str, labels: &[&str]) -> Vec<u8> {
    let keys: Vec<_> = labels.iter().map(|label| dsc(label, &[])).collect();
    let store = fixtures::trust(&keys.iter().collect::<Vec<_>>());
    snapshot(&store, made_at)
}

/// What a newer snapshot withdrew is gone, in whatever order the two come, and
/// whatever is called in between.
#[test]
fn no_order_brings_an_older_snapshot_back() {
    let [old, new] = [
        edition(LISTED[0], &["withdrawn", "dsc"]),
        edition(LISTED[1], &["dsc"]),
    ];
    let state = load(&new).1.state;
    let has_withdrawn =
        |store: &TrustStore| !store.candidates(dsc("withdrawn", &[]).kid()).is_empty();
    let network = store_of(&[Network]);
    let of_network = load(&snapshot(&network, LISTED[0])).1.state;

    let mut builder = TrustStore::builder();
    add_snapshot(&mut builder, &old).unwrap();
    add_snapshot(&mut builder, &new).unwrap();
    let (store, report) = builder.build();
    assert!(!has_withdrawn(&store));
    assert_eq!((store.len(), report.superseded), (1, 2));

    let mut builder = TrustStore::builder();
    add_snapshot(&mut builder, &old).unwrap();
    let (store, report) = builder.with_state(&state).build();
    assert_eq!((store.len(), report.superseded), (0, 2));
    assert_eq!(report.state, state);

    type Between<'a> = &'a dyn Fn(TrustStoreBuilder) -> TrustStoreBuilder;
    let between: [Between<'_>; 3] = [
        &|builder| builder,
        &|builder| builder.with_environment(hcert::trust::Environment::Prod),
        &|builder| builder.with_state(&of_network),
    ];
    for (n, between) in between.into_iter().enumerate() {
        let mut builder = TrustStore::builder();
        add_snapshot(&mut builder, &new).unwrap();
        let mut builder = between(builder);
        let error = add_snapshot(&mut builder, &old).unwrap_err();
        assert_eq!(error.code(), "trust-rollback", "{n}");
        let state = builder.build().1.state;
        let mut builder = TrustStore::builder().with_state(&state);
        let error = add_snapshot(&mut builder, &old).unwrap_err();
        assert_eq!(error.code(), "trust-rollback", "{n}");
    }
}

/// A key that the maker vouched for, beside a list in which its certificate has
/// ended.
#[test]
fn a_vouched_key_gives_the_verdict_that_it_gave() {
    let own = dsc("dsc", &[]);
    let mut builder = TrustStore::builder();
    builder
        .add_spki_der("by hand", own.kid(), own.public_key().spki_der())
        .unwrap();
    let listed = [(own.kid(), own.der())];
    let list = lists::certificates(&listed, LISTED[0]);
    let form = ListFormat::Certificates;
    builder.add_list("list", form, list.as_bytes()).unwrap();
    let (store, _) = builder.build();
    let late = at("2023-06-01T00:00:00Z");
    let claims = raw::with(
        raw::cwt(raw::dcc()),
        4,
        Some((late.seconds() + 1000).into()),
    );
    let raw = Raw::new(own.kid().as_bytes()).payload(claims);
    let text = raw::text(&raw.sign(&fixtures::signer("dsc")));
    for store in [again(&store), store] {
        let verdict = Verifier::new(store).verify(&text, late);
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
    }
}

#[test]
fn a_clock_before_the_snapshot_is_behind() {
    let store = store_of(&[Network]);
    let (copy, report) = load(&snapshot(&store, LISTED[1]));
    assert_eq!(report.state.latest_time(), Some(at(LISTED[1])));
    let issued = fixtures::issued("dsc", &test());
    let now = at("2021-06-12T00:00:00Z");
    let verdict = Verifier::new(store).verify(issued.text(), now);
    assert_eq!(verdict.outcome(), Outcome::Valid);
    let verdict = Verifier::new(copy.clone()).verify(issued.text(), now);
    assert_eq!(verdict.reason().map(Reason::code), Some("clock-behind"));
    let verifier = Verifier::with_policy(copy, Policy::default().retrospective());
    assert_eq!(
        verifier.verify(issued.text(), now).outcome(),
        Outcome::Valid
    );
}

// ------------------------------------------------------------------ deny lists

#[test]
fn a_deny_list_beats_a_snapshot() {
    let store = store_of(&[Network]);
    let denied = dsc("dsc", &[]);
    let fingerprint = denied.public_key().fingerprint();
    let issued = fixtures::issued("dsc", &test());
    for denial in [
        Denial::of_certificate(denied.digest()),
        Denial::of_fingerprint(fingerprint),
        Denial::of_kid(denied.kid()),
    ] {
        let mut builder = TrustStore::builder();
        add_snapshot(&mut builder, &snapshot(&store, LISTED[0])).unwrap();
        let denied = DenyList::from_iter([denial]);
        builder.deny(denied.clone());
        let file = store.to_snapshot(at(LISTED[0])).unwrap();
        let view = SnapshotView::trust_unsigned("app", &file).unwrap();
        // What was denied stays so.
        let view = view.with_deny_list(denied).with_deny_list(DenyList::new());
        let unverified = Unverified::parse(issued.text(), &Limits::default()).unwrap();
        for store in [builder.build().0, view.store_for(&unverified).unwrap()] {
            let verifier = Verifier::new(store);
            let verdict = verifier.verify(issued.text(), at("2021-06-12T00:00:00Z"));
            assert_eq!(verdict.outcome(), Outcome::Revoked);
        }
    }
}

#[test]
fn denied_keys_are_not_handed_out_as_trusted() {
    let mut builder = TrustStore::builder();
    add_network(&mut builder, 0).unwrap();
    builder.deny(DenyList::from_iter([Denial::of_kid(dsc("dsc", &[]).kid())]));
    let (store, _) = builder.build();
    let error = store.to_snapshot(at(LISTED[0])).unwrap_err();
    assert!(
        matches!(error, SnapshotError::Denied { keys: 1 }),
        "{error}"
    );
    assert_eq!(error.code(), "snapshot-denied");
    let rest = store.select(|key| key.denials().is_empty());
    let (copy, _) = load(&snapshot(&rest, LISTED[0]));
    assert_eq!((store.len(), copy.len()), (3, 2));
}

// --------------------------------------------------------------------- writing

#[test]
fn foreign_text_is_escaped_where_it_is_written() {
    let mut builder = TrustStore::builder();
    let key = anchor("dsc").public_key().clone();
    let usage = hcert::trust::KeyUsage::ANY;
    let kid = Kid::new(b"kid").unwrap();
    builder
        .add_public_key("a\nb", kid, key, Some("X\u{202e}X"), usage)
        .unwrap();
    let copy = again(&builder.build().0);
    let [key] = copy.candidates(b"kid") else {
        panic!("one key")
    };
    assert_eq!(
        (key.origin(), key.country()),
        ("a\\u{a}b", Some("X\\u{202e}X"))
    );
}

#[test]
fn a_signer_that_answers_something_else_signs_nothing() {
    struct Hsm(Result<usize, &'static str>, Algorithm);
    impl Signer for Hsm {
        fn algorithm(&self) -> Algorithm {
            self.1
        }
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignerError> {
            self.0
                .map(|length| vec![1; length])
                .map_err(SignerError::new)
        }
    }
    let store = store_of(&[Caller]);
    for (answer, algorithm, code) in [
        (Err("not connected"), Algorithm::Es256, "signer"),
        (Ok(71), Algorithm::Es256, "snapshot-signature-length"),
        (Ok(0), Algorithm::Ps256, "snapshot-signature-length"),
    ] {
        let signer: &dyn Signer = &Hsm(answer, algorithm);
        let error = store.to_signed_snapshot(at(LISTED[0]), signer).unwrap_err();
        assert_eq!(error.code(), code);
    }
}

#[test]
fn more_lists_than_can_be_named_are_refused() {
    let dsc = dsc("dsc", &[]);
    let list = lists::certificates(&[(dsc.kid(), dsc.der())], LISTED[0]);
    let mut builder = TrustStore::builder();
    for _ in 0..255 {
        builder
            .trust_unsigned_list("x", ListFormat::Certificates, &list)
            .unwrap();
    }
    // Another one, of what the caller vouches for.
    builder.add_certificate_der("by hand", dsc.der()).unwrap();
    let error = builder.build().0.to_snapshot(at(LISTED[0])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store was made of 256 lists, more than 255"
    );
    assert_eq!(error.code(), "snapshot-too-many-lists");
}

#[test]
fn an_empty_store_has_a_snapshot() {
    let (copy, report) = load(&snapshot(&TrustStore::default(), LISTED[0]));
    assert!(copy.is_empty() && report.total == 0 && copy.lists().is_empty());
}

fn made_of(labels: &[&str], made_at: &str) -> Vec<u8> {
    let mut builder = TrustStore::builder();
    for label in labels {
        builder
            .add_certificate_der(label, dsc(label, &[]).der())
            .unwrap();
    }
    snapshot(&builder.build().0, made_at)
}

#[test]
fn an_older_snapshot_goes_when_a_newer_one_or_the_state_comes() {
    let (old, new) = (
        made_of(&["kept", "withdrawn"], LISTED[0]),
        made_of(&["kept"], LISTED[1]),
    );
    let kid = dsc("withdrawn", &[]).kid();
    let mut builder = TrustStore::builder();
    add_snapshot(&mut builder, &old).unwrap();
    add_snapshot(&mut builder, &new).unwrap();
    let (store, report) = builder.build();
    assert!(store.candidates(&kid).is_empty());
    assert_eq!((store.len(), report.lists.len()), (1, 1));
    assert_eq!(report.superseded, 2);

    let (_, seen) = load(&new);
    let mut builder = TrustStore::builder();
    add_snapshot(&mut builder, &old).unwrap();
    let (store, report) = builder.with_state(&seen.state).build();
    assert!(store.is_empty() && report.lists.is_empty());
    assert_eq!(report.state, seen.state);
}

#[test]
fn no_call_in_between_makes_an_older_snapshot_new() {
    let (old, new) = (
        made_of(&["kept", "withdrawn"], LISTED[0]),
        made_of(&["kept"], LISTED[1]),
    );
    let mut builder = TrustStore::builder();
    add_network(&mut builder, 0).unwrap();
    let network = builder.build().1.state;
    type Between<'a> = Box<dyn Fn(TrustStoreBuilder) -> TrustStoreBuilder + 'a>;
    let calls: [Between<'_>; 3] = [
        Box::new(|builder| builder.with_environment(Environment::Prod)),
        Box::new(|builder| builder.with_state(&network)),
        Box::new(|builder| builder.with_state(&TrustState::default())),
    ];
    for call in calls {
        let mut builder = TrustStore::builder();
        add_snapshot(&mut builder, &new).unwrap();
        let mut builder = call(builder);
        let error = add_snapshot(&mut builder, &old).unwrap_err();
        assert_eq!(error.code(), "trust-rollback");
        let (store, report) = builder.build();
        assert_eq!(store.len(), 1);
        assert!(report.state.latest_time() >= Some(at(LISTED[1])));
    }
}

#[test]
fn the_makers_word_is_taken_as_it_stands() {
    // A key that its caller knows, and whose certificate is over.
    let spec = pki::CertificateSpec {
        subject: "CN=DSC,C=XX",
        issuer: "CN=CSCA,C=XX",
        serial: 1,
        not_before: at("2020-01-01T00:00:00Z"),
        not_after: at("2021-01-01T00:00:00Z"),
        eku: &[],
        ca: false,
    };
    let der = pki::certificate(&spec, &TestKey::new("dsc"), &TestKey::new("csca")).unwrap();
    let ended = Dsc::from_der(&der).unwrap();
    let text = raw::text(&Raw::new(ended.kid().as_bytes()).sign(&fixtures::signer("dsc")));
    let mut builder = TrustStore::builder();
    let list = lists::certificates(&[(ended.kid(), &der)], LISTED[0]);
    builder
        .trust_unsigned_list("list", ListFormat::Certificates, &list)
        .unwrap();
    builder
        .add_spki_der("by hand", ended.kid(), ended.public_key().spki_der())
        .unwrap();
    let store = builder.build().0;
    let now = at("2021-07-01T00:00:00Z");
    for store in [again(&store), store] {
        let verdict = Verifier::new(store).verify(&text, now);
        assert_eq!(verdict.outcome(), Outcome::Valid);
    }
}

#[test]
fn a_selection_does_not_lose_what_limits_a_key() {
    let dsc = limited();
    let mut builder = TrustStore::builder();
    builder
        .trust_unsigned_list(
            "certificates",
            ListFormat::Certificates,
            &lists::certificates(&[(dsc.kid(), dsc.der())], LISTED[0]),
        )
        .unwrap();
    builder
        .trust_unsigned_list("bare", ListFormat::Dutch, &dutch(&dsc))
        .unwrap();
    let store = builder.build().0;
    let bare = store.select(|key| key.origin() == "bare");
    // A vaccination.
    let raw = Raw::new(dsc.kid().as_bytes());
    let text = raw::text(&raw.sign(&fixtures::signer("limited")));
    let verdict = Verifier::new(bare.clone()).verify(&text, at("2021-07-01T00:00:00Z"));
    assert_eq!(verdict.reason().map(Reason::code), Some("key-usage"));
    let error = bare.to_snapshot(at(LISTED[1])).unwrap_err();
    assert_eq!(error.code(), "snapshot-certificate-left-out");
    assert!(matches!(
        error,
        SnapshotError::CertificateLeftOut { keys: 1 }
    ));
    // With the certificate it has what limits it.
    let certified = store.select(|key| key.origin() == "certificates");
    for store in [again(&store), again(&certified)] {
        let verdict = Verifier::new(store).verify(&text, at("2021-07-01T00:00:00Z"));
        assert_eq!(verdict.reason().map(Reason::code), Some("key-usage"));
    }
}

/// The key under the kid of its certificate, without it.
fn dutch(dsc: &Dsc) -> String {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD as BASE64;
    let (kid, spki) = (dsc.kid(), dsc.public_key().spki_der());
    let entry = serde_json::json!([{"subjectPk": BASE64.encode(spki), "keyUsage": []}]);
    serde_json::json!({"eu_keys": {BASE64.encode(kid.as_bytes()): entry}}).to_string()
}
