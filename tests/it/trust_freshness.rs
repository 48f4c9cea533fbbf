//! Trust lists age in the store, and never go backwards: freshness at the time
//! of use, and what an app remembers from one loading to the next.

use base64::Engine as _;
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::trust::{
    Anchor, GdhcnError, Kid, ListBytes, ListFormat, LoadError, LoadReport, TrustState, TrustStore,
    TrustStoreBuilder,
};
use hcert::verify::{Outcome, Policy, Reason, SkipReason, Step, StepResult, Verdict, Verifier};
use hcert_testkit::fixtures::{self, ISSUED, at, dsc, issued, vaccination};
use hcert_testkit::lists::gdhcn::{DEV, Names, PROD, UAT};
use hcert_testkit::pki::{self, TestKey};
use hcert_testkit::time::Plus as _;
use hcert_testkit::{lists, raw};
use proptest::prelude::*;
use std::time::Duration;

const DAY: i64 = 86_400;

fn base64(bytes: &[u8]) -> String {
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

/// Three editions of a list.
const MADE: [&str; 3] = [
    "2021-06-10T00:00:00Z",
    "2021-06-20T00:00:00Z",
    "2021-06-30T00:00:00Z",
];

fn made(edition: usize) -> Timestamp {
    at(MADE[edition])
}

fn key(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

/// A list with a document signer's certificate under a kid.
#[derive(Clone)]
struct List {
    format: ListFormat,
    bytes: Vec<u8>,
    companion: Option<Vec<u8>>,
    fetched_at: Option<Timestamp>,
    network: Option<Names>,
}

/// The forms that say when they were made, each in its own way.
const DATED: [ListFormat; 4] = [
    ListFormat::German,
    ListFormat::Swedish,
    ListFormat::Austrian,
    ListFormat::Gdhcn,
];

impl List {
    fn of(format: ListFormat, edition: usize, kid: &[u8], label: &str) -> Self {
        let dsc = dsc(label, &[]);
        let listed = [(Kid::new(kid).unwrap(), dsc.der())];
        let time = made(edition).seconds();
        let (mut companion, mut network) = (None, None);
        let bytes = match format {
            ListFormat::German => {
                let content = lists::certificates(&listed, MADE[edition]);
                lists::german(&content, "list")
            }
            ListFormat::Swedish => lists::swedish(&listed, time, time + 30 * DAY, "list"),
            ListFormat::Austrian => {
                let list = lists::austrian(&listed);
                let signature = lists::austrian_signature(&list, time, time + 30 * DAY, "list");
                companion = Some(signature);
                list
            }
            ListFormat::Gdhcn => {
                let names = Names {
                    created: MADE[edition],
                    ..PROD
                };
                let document = names.document(&[names.entry("DCC:XXA:DSC", &dsc)]);
                let bytes = names.signed(document).to_string().into_bytes();
                network = Some(names);
                bytes
            }
            other => panic!("{other:?}"),
        };
        Self {
            format,
            bytes,
            companion,
            fetched_at: None,
            network,
        }
    }

    /// With the usual document signer.
    fn new(format: ListFormat, edition: usize) -> Self {
        Self::of(format, edition, dsc("dsc", &[]).kid().as_bytes(), "dsc")
    }

    fn swedish(edition: usize) -> Self {
        Self::new(ListFormat::Swedish, edition)
    }

    fn german(edition: usize) -> Self {
        Self::new(ListFormat::German, edition)
    }

    fn fetched(mut self, time: Timestamp) -> Self {
        self.fetched_at = Some(time);
        self
    }

    fn as_bytes(&self) -> ListBytes<'_> {
        let mut bytes = ListBytes::from(&self.bytes);
        if let Some(companion) = &self.companion {
            bytes = bytes.with_companion(companion);
        }
        match self.fetched_at {
            Some(time) => bytes.with_fetched_at(time),
            None => bytes,
        }
    }

    fn add_with(&self, builder: &mut TrustStoreBuilder, anchor: &Anchor) -> Result<(), LoadError> {
        let label = self.format.code();
        match &self.network {
            Some(names) => builder.add_gdhcn(label, &self.bytes, &names.anchor()),
            None => builder.add_signed_list(
                label,
                self.format,
                self.as_bytes(),
                std::slice::from_ref(anchor),
            ),
        }
        .map(drop)
    }

    fn add(&self, builder: &mut TrustStoreBuilder) -> Result<(), LoadError> {
        self.add_with(builder, &key("list"))
    }
}

fn load(state: &TrustState, lists: &[&List]) -> Result<(TrustStore, LoadReport), LoadError> {
    let mut builder = TrustStore::builder().with_state(state);
    for list in lists {
        list.add(&mut builder)?;
    }
    Ok(builder.build())
}

fn store(lists: &[&List]) -> TrustStore {
    load(&TrustState::default(), lists).unwrap().0
}

fn verify(store: &TrustStore, policy: Policy, now: Timestamp) -> Verdict {
    let certificate = issued("dsc", &vaccination());
    Verifier::with_policy(store.clone(), policy).verify(certificate.text(), now)
}

fn verdict(store: &TrustStore, now: Timestamp) -> (Outcome, Option<&'static str>) {
    summary(&verify(store, Policy::default(), now))
}

fn summary(verdict: &Verdict) -> (Outcome, Option<&'static str>) {
    (verdict.outcome(), verdict.step(Step::TrustList).code())
}

const VALID: (Outcome, Option<&str>) = (Outcome::Valid, None);
const UNDATED: (Outcome, Option<&str>) = (Outcome::Valid, Some("undated-list"));
const NO_LIST: (Outcome, Option<&str>) = (Outcome::Valid, Some("no-list"));

const fn unascertained(code: &str) -> (Outcome, Option<&str>) {
    (Outcome::Unascertained, Some(code))
}

fn max_age(seconds: u64) -> Policy {
    Policy::default().max_list_age(Duration::from_secs(seconds))
}

// ------------------------------------------------------------------- rollback

#[test]
fn an_older_list_than_the_one_before_is_refused_in_every_form_with_a_date() {
    for format in DATED {
        let [old, new] = [1, 2].map(|edition| List::new(format, edition));
        let (before, report) = load(&TrustState::default(), &[&new]).unwrap();
        let identity = report.lists[0].identity().unwrap().to_owned();

        let mut builder = TrustStore::builder().with_state(&report.state);
        let extra = dsc("extra", &[]);
        builder.add_certificate_der("own", extra.der()).unwrap();
        let error = old.add(&mut builder).unwrap_err();
        let LoadError::Rollback {
            identity: refused,
            seen,
            found,
        } = &error
        else {
            panic!("{format:?}: {error:?}");
        };
        assert_eq!((refused, error.code()), (&identity, "trust-rollback"));
        let date = |edition: &hcert::trust::Edition| edition.issued_at.or(edition.newest_entry);
        assert_eq!((date(seen), date(found)), (Some(made(2)), Some(made(1))));
        for word in ["2021-06-20", "2021-06-30", &identity] {
            assert!(error.to_string().contains(word), "{error}");
        }

        // The builder goes on with what it had, and the old store still serves.
        let (store, after) = builder.build();
        assert_eq!((store.len(), after.total, after.lists.len()), (1, 1, 0));
        assert_eq!(after.state, report.state);
        assert_eq!(verdict(&before, made(2)).0, Outcome::Valid, "{format:?}");
    }
}

#[test]
fn an_older_list_is_refused_within_one_builder_too() {
    for format in DATED {
        let [old, new] = [0, 2].map(|edition| List::new(format, edition));
        let error = load(&TrustState::default(), &[&new, &old]).unwrap_err();
        assert_eq!(error.code(), "trust-rollback", "{format:?}");
        // In their order the second takes the place of the first.
        let (store, report) = load(&TrustState::default(), &[&old, &new]).unwrap();
        assert_eq!((store.len(), report.superseded), (1, 1));
    }
}

/// One key signs all lists of the network, so that an old edition of another
/// one could be served in the place of the list that the state knows.
#[test]
fn another_list_of_the_network_does_not_take_the_place_of_the_one_asked_for() {
    let old = Names {
        created: MADE[0],
        ..PROD
    };
    let mut document = old.document(&[old.entry("DCC:XXA:DSC", &dsc("dsc", &[]))]);
    let name = format!("{}:-:XXA", old.list());
    document["id"] = name.as_str().into();
    let bytes = old.signed(document).to_string();
    let (_, seen) = load(&TrustState::default(), &[&List::new(ListFormat::Gdhcn, 2)]).unwrap();

    let mut builder = TrustStore::builder().with_state(&seen.state);
    let asked = old.anchor().for_list(&old.list());
    let error = builder.add_gdhcn("WHO", bytes.as_bytes(), &asked);
    let error = error.unwrap_err();
    assert_eq!(error.code(), "gdhcn-other-list");
    assert!(error.to_string().contains(&name), "{error}");
    assert_eq!(builder.build().1.state, seen.state);

    for anchor in [old.anchor().for_list(&name), old.anchor()] {
        let mut builder = TrustStore::builder().with_state(&seen.state);
        builder.add_gdhcn("WHO", bytes.as_bytes(), &anchor).unwrap();
    }
}

#[test]
fn the_same_edition_and_a_newer_one_are_taken_again() {
    for format in DATED {
        let [old, new] = [1, 2].map(|edition| List::new(format, edition));
        let (_, first) = load(&TrustState::default(), &[&old]).unwrap();
        let (store, again) = load(&first.state, &[&old]).unwrap();
        assert_eq!((store.len(), &again.state), (1, &first.state), "{format:?}");
        let (_, newer) = load(&again.state, &[&new]).unwrap();
        assert_ne!(newer.state, again.state);
        assert_eq!(newer.state.latest_time(), Some(made(2)));
        assert!(load(&newer.state, &[&old]).is_err());
    }
}

#[test]
fn a_list_that_lost_its_date_is_refused_after_one_that_had_it() {
    let newer = List::german(1);
    let (_, report) = load(&TrustState::default(), &[&newer]).unwrap();
    let mut undated = newer.clone();
    undated.bytes = lists::german(r#"{"certificates":[]}"#, "list");
    let error = load(&report.state, &[&undated]).unwrap_err();
    assert_eq!(error.code(), "trust-rollback");
    assert!(error.to_string().contains("without a date"), "{error}");
    // By number, which no form made here has.
    let identity = report.lists[0].identity().unwrap();
    let numbered = serde_json::json!({"version": 1, "lists": {identity: {"sequence": 7}}});
    let numbered = TrustState::from_json(numbered.to_string().as_bytes()).unwrap();
    let error = load(&numbered, &[&newer]).unwrap_err();
    assert_eq!(error.code(), "trust-rollback");
    assert!(error.to_string().contains("seen before, 7,"), "{error}");
    // Without one before it is just a list.
    assert!(load(&TrustState::default(), &[&undated]).is_ok());
}

#[test]
fn a_signer_may_begin_to_write_when_it_made_its_list() {
    let list = List::new(ListFormat::Swedish, 1);
    let (_, report) = load(&TrustState::default(), &[&list]).unwrap();
    let identity = report.lists[0].identity().unwrap();
    let end = report.lists[0].expires_at().unwrap();
    let ended = |at: Timestamp| {
        let edition = serde_json::json!({"expiresAt": at.seconds()});
        let state = serde_json::json!({"version": 2, "lists": {identity: edition}});
        TrustState::from_json(state.to_string().as_bytes()).unwrap()
    };
    let error = load(&ended(end.plus(1)), &[&list]).unwrap_err();
    assert_eq!(error.code(), "trust-rollback");
    let (_, report) = load(&ended(end), &[&list]).unwrap();
    // From now on by that.
    let error = load(&report.state, &[&List::new(ListFormat::Swedish, 0)]).unwrap_err();
    assert_eq!(error.code(), "trust-rollback");
    assert!(load(&report.state, &[&list]).is_ok());
}

#[test]
fn a_list_by_another_signer_is_another_list() {
    let (_, report) = load(&TrustState::default(), &[&List::swedish(2)]).unwrap();
    let mut foreign = List::swedish(0);
    let dsc = dsc("dsc", &[]);
    let time = made(0).seconds();
    let listed = [(dsc.kid(), dsc.der())];
    foreign.bytes = lists::swedish(&listed, time, time + DAY, "other");
    let mut builder = TrustStore::builder().with_state(&report.state);
    foreign.add_with(&mut builder, &key("other")).unwrap();
    let state = builder.build().1.state;
    // And the first one is still remembered.
    assert!(load(&state, &[&List::swedish(1)]).is_err());
}

/// While a signer changes the key, both are pinned: an old edition by the old
/// one, served again, would trust what the new one withdrew.
#[test]
fn an_older_list_by_a_key_that_is_pinned_beside_the_newer_ones_is_refused() {
    let signed_by = |format: ListFormat, edition: usize, signer: &str| {
        let dsc = dsc(signer, &[]);
        let listed = [(dsc.kid(), dsc.der())];
        let time = made(edition).seconds();
        let mut list = List::new(ListFormat::German, edition);
        list.format = format;
        list.bytes = match format {
            ListFormat::German => {
                lists::german(&lists::certificates(&listed, MADE[edition]), signer)
            }
            ListFormat::Swedish => lists::swedish(&listed, time, time + 30 * DAY, signer),
            ListFormat::Austrian => {
                let bytes = lists::austrian(&listed);
                let signature = lists::austrian_signature(&bytes, time, time + 30 * DAY, signer);
                list.companion = Some(signature);
                bytes
            }
            _ => {
                let mut builder = TrustStore::builder();
                builder.add_certificate_der("dsc", dsc.der()).unwrap();
                let signer = fixtures::signer(signer);
                let store = builder.build().0;
                store.to_signed_snapshot(made(edition), &signer).unwrap()
            }
        };
        list
    };
    let add = |builder: &mut TrustStoreBuilder, list: &List, anchors: &[Anchor]| {
        let added = builder.add_signed_list("list", list.format, list.as_bytes(), anchors);
        added.map(drop).map_err(|error| error.code())
    };
    let (old_key, new_key) = (key("old"), key("new"));
    for format in [
        ListFormat::German,
        ListFormat::Swedish,
        ListFormat::Austrian,
        ListFormat::Snapshot,
    ] {
        for pinned in [
            [old_key.clone(), new_key.clone()],
            [new_key.clone(), old_key.clone()],
        ] {
            let old = signed_by(format, 0, "old");
            let new = signed_by(format, 1, "new");
            let newest = signed_by(format, 2, "old");
            // From one loading to the next.
            let mut state = TrustState::default();
            for list in [&old, &new] {
                let mut builder = TrustStore::builder().with_state(&state);
                add(&mut builder, list, &pinned).unwrap();
                let text = builder.build().1.state.to_json();
                state = TrustState::from_json(text.as_bytes()).unwrap();
            }
            let mut builder = TrustStore::builder().with_state(&state);
            let added = add(&mut builder, &old, &pinned);
            assert_eq!(added, Err("trust-rollback"), "{format:?}");
            assert_eq!(add(&mut builder, &new, &pinned), Ok(()), "{format:?}");
            assert_eq!(add(&mut builder, &newest, &pinned), Ok(()), "{format:?}");
            // Within one builder.
            let mut builder = TrustStore::builder();
            add(&mut builder, &new, &pinned).unwrap();
            let added = add(&mut builder, &old, &pinned);
            assert_eq!(added, Err("trust-rollback"), "{format:?}");
            // Of a snapshot nothing is taken out again.
            if format == ListFormat::Snapshot {
                continue;
            }
            // A state that comes late.
            let mut builder = TrustStore::builder();
            add(&mut builder, &old, &pinned).unwrap();
            assert_eq!(builder.with_state(&state).build().0.len(), 0, "{format:?}");
            let mut builder = TrustStore::builder();
            add(&mut builder, &old, &pinned).unwrap();
            add(&mut builder, &new, &pinned).unwrap();
            let store = builder.build().0;
            let keys: Vec<_> = store.iter().map(|key| key.public_key().clone()).collect();
            assert_eq!(keys, [dsc("new", &[]).public_key().clone()], "{format:?}");
            // Pinned apart, they are two signers.
            let mut builder = TrustStore::builder();
            add(&mut builder, &new, std::slice::from_ref(&new_key)).unwrap();
            add(&mut builder, &old, std::slice::from_ref(&old_key)).unwrap();
            assert_eq!(builder.build().0.len(), 2, "{format:?}");
        }
    }
}

#[test]
fn a_forgotten_list_may_start_anew() {
    let (_, report) = load(&TrustState::default(), &[&List::swedish(2)]).unwrap();
    let identity = report.lists[0].identity().unwrap();
    let mut state = report.state.clone();
    assert_eq!(state.forget("another"), None);
    assert_eq!(
        state.forget(identity).unwrap().issued_at,
        Some(made(2)),
        "what was forgotten"
    );
    assert_eq!(state.edition(identity), None);
    assert!(load(&state, &[&List::swedish(0)]).is_ok());
    // The time that has come is no matter of one list.
    assert_eq!(state.latest_time(), Some(made(2)));
}

#[test]
fn a_broken_new_list_leaves_builder_store_and_state_as_they_were() {
    for format in DATED {
        let (before, report) = load(&TrustState::default(), &[&List::new(format, 0)]).unwrap();
        let new = List::new(format, 1);
        let mut broken = new.clone();
        let middle = broken.bytes.len() / 2;
        broken.bytes[middle] ^= 1;
        let mut cut = new.clone();
        cut.bytes.truncate(middle);
        for bad in [&broken, &cut] {
            let mut builder = TrustStore::builder().with_state(&report.state);
            bad.add(&mut builder).unwrap_err();
            let (store, after) = builder.build();
            assert!(store.is_empty() && after.lists.is_empty());
            assert_eq!(after.state, report.state, "{format:?}");
        }
        assert_eq!(verdict(&before, made(1)).0, Outcome::Valid);
        // The list itself would have been taken.
        assert!(load(&report.state, &[&new]).is_ok());
    }
}

#[test]
fn a_list_by_the_wrong_anchor_is_refused_and_not_remembered() {
    for format in [
        ListFormat::German,
        ListFormat::Swedish,
        ListFormat::Austrian,
    ] {
        let mut builder = TrustStore::builder();
        let error = List::new(format, 2).add_with(&mut builder, &key("other"));
        assert_eq!(error.unwrap_err().code(), "trust-signature", "{format:?}");
        assert_eq!(builder.build().1.state, TrustState::default());
    }
    let list = List::new(ListFormat::Gdhcn, 2);
    let other = Names {
        key: "other",
        ..PROD
    };
    let mut builder = TrustStore::builder();
    let error = builder.add_gdhcn("list", &list.bytes, &other.anchor());
    assert_eq!(error.unwrap_err().code(), "gdhcn-signature");
    assert_eq!(builder.build().1.state, TrustState::default());
}

#[test]
fn lists_that_nobody_signed_as_a_whole_leave_no_trace_in_the_state() {
    let (signed, der) = (List::german(2), dsc("dsc", &[]));
    let mut builder = TrustStore::builder();
    builder
        .trust_unsigned_list("unsigned", ListFormat::German, &signed.bytes)
        .unwrap();
    let content = lists::certificates(&[(der.kid(), der.der())], MADE[2]);
    builder
        .add_list("plain", ListFormat::Certificates, content.as_bytes())
        .unwrap();
    // The gateway's entries are signed one by one, the array is not.
    let ta = lists::certificate("CN=TA,C=EU", "ta", "CN=TA,C=EU", "ta", false);
    let csca = lists::certificate("CN=CSCA,C=XX", "csca", "CN=CSCA,C=XX", "csca", true);
    let item = lists::cms::item("CSCA", &csca, &ta, "ta");
    let gateway = serde_json::json!([item]).to_string();
    builder
        .add_signed_list("gateway", ListFormat::Gateway, &gateway, &[key("ta")])
        .unwrap();
    let (store, report) = builder.build();
    assert_eq!((store.len(), report.lists.len()), (1, 3));
    assert_eq!(report.state, TrustState::default());
    // So their older editions are no rollback, and their dates no clock.
    assert_eq!(verdict(&store, made(0)), UNDATED);
    let mut builder = TrustStore::builder().with_state(&report.state);
    builder
        .trust_unsigned_list("unsigned", ListFormat::German, &List::german(0).bytes)
        .unwrap();
}

// ------------------------------------------------------- environments, wholes

#[test]
fn environments_mix_neither_in_a_builder_nor_across_states() {
    let dsc = dsc("dsc", &[]);
    let networks = [&PROD, &UAT, &DEV].map(|names| {
        let document = names.document(&[names.entry("DCC:XXA:DSC", &dsc)]);
        (names, names.signed(document).to_string())
    });
    for (first, list) in &networks {
        let mut builder = TrustStore::builder();
        builder
            .add_gdhcn("first", list.as_bytes(), &first.anchor())
            .unwrap();
        let (_, report) = builder.build();
        let stored = report.state.to_json();
        let state = TrustState::from_json(stored.as_bytes()).unwrap();
        for (second, list) in &networks {
            let mut builder = TrustStore::builder().with_state(&state);
            let added = builder
                .add_gdhcn("second", list.as_bytes(), &second.anchor())
                .map(drop);
            if first.environment == second.environment {
                assert_eq!(added, Ok(()));
                continue;
            }
            let expected = GdhcnError::MixedEnvironments {
                has: first.environment,
                added: second.environment,
            };
            assert_eq!(added, Err(expected.into()));
            let (store, after) = builder.build();
            assert!(store.is_empty());
            assert_eq!(after.state, state);
        }
        // National lists go with each of them.
        let time = at(first.created).seconds();
        let listed = [(dsc.kid(), dsc.der())];
        let swedish = lists::swedish(&listed, time, time + DAY, "list");
        let mut builder = TrustStore::builder().with_state(&state);
        builder
            .add_signed_list("se", ListFormat::Swedish, &swedish, &[key("list")])
            .unwrap();
    }
}

// --------------------------------------------------------- freshness at use

#[test]
fn one_list_served_for_ever_becomes_too_old_though_it_loads() {
    let age = 7 * DAY;
    for format in DATED {
        let list = match format {
            // Dated by its newest entry alone, which doesn't say how fresh it is.
            ListFormat::German => List::new(format, 0).fetched(made(0)),
            _ => List::new(format, 0),
        };
        let mut state = TrustState::default();
        for day in 0..10 {
            let now = made(0).plus(day * DAY);
            state.saw_time(now);
            let (store, report) = load(&state, &[&list]).unwrap();
            state = report.state;
            let verdict = verify(&store, max_age(age as u64), now);
            let expected = if day <= 7 {
                VALID
            } else {
                unascertained("list-too-old")
            };
            assert_eq!(summary(&verdict), expected, "{format:?}, day {day}");
        }
    }
    let store = store(&[&List::swedish(0)]);
    let now = made(0).plus(age + 1);
    let verdict = verify(&store, max_age(age as u64), now);
    assert_eq!(
        verdict.reason(),
        Some(&Reason::ListTooOld {
            list: "se".into(),
            dated: made(0),
            max_age: Duration::from_secs(age as u64),
            now,
        })
    );
}

#[test]
fn a_list_in_time_when_loaded_expires_in_the_store() {
    for format in [ListFormat::Swedish, ListFormat::Austrian] {
        let store = store(&[&List::new(format, 0)]);
        let end = made(0).plus(30 * DAY);
        assert_eq!(verdict(&store, made(0)), VALID);
        assert_eq!(verdict(&store, end), VALID, "the last second counts");
        let now = end.plus(1);
        let late = verify(&store, Policy::default(), now);
        assert_eq!(summary(&late), unascertained("list-expired"));
        assert_eq!(
            late.reason(),
            Some(&Reason::ListExpired {
                list: format.code().into(),
                expires_at: end,
                now,
            })
        );
        // What the certificate says is there all the same, and not as valid.
        assert!(late.signed_record().is_some() && late.verified().is_none());
        let skewed = Policy::default().expiry_skew(Duration::from_secs(1));
        assert_eq!(summary(&verify(&store, skewed.clone(), now)), VALID);
        assert_eq!(
            summary(&verify(&store, skewed, now.plus(1))),
            unascertained("list-expired")
        );
        let lax = Policy::default().dangerously_accept_expired_lists();
        assert_eq!(summary(&verify(&store, lax.clone(), now)), VALID);
        // Which says nothing about age.
        assert_eq!(
            summary(&verify(
                &store,
                lax.max_list_age(Duration::from_secs(DAY as u64)),
                now
            )),
            unascertained("list-too-old")
        );
    }
}

#[test]
fn a_list_without_a_date_is_dated_by_when_it_was_fetched() {
    let (plain, policy) = (List::german(0), max_age(DAY as u64));
    let now = made(1);
    let undated = store(&[&plain]);
    assert_eq!(verdict(&undated, now), UNDATED);
    let verdict = verify(&undated, policy.clone(), now);
    assert_eq!(
        verdict.reason(),
        Some(&Reason::ListUndated {
            list: "de".into(),
            max_age: Duration::from_secs(DAY as u64),
        })
    );
    assert_eq!(summary(&verdict), unascertained("list-undated"));
    for (age, expected) in [
        (0, VALID),
        (DAY, VALID),
        (DAY + 1, unascertained("list-too-old")),
    ] {
        let store = store(&[&plain.clone().fetched(now.plus(-age))]);
        assert_eq!(
            store.lists()[0].fetched_at(),
            Some(now.plus(-age)),
            "{age} s"
        );
        let verdict = verify(&store, policy.clone(), now);
        assert_eq!(summary(&verdict), expected, "{age} s");
    }
    // A list that says when it was made is no younger for being fetched late.
    let store = store(&[&List::swedish(0).fetched(now)]);
    assert_eq!(
        summary(&verify(&store, policy, now)),
        unascertained("list-too-old")
    );
}

#[test]
fn switzerlands_period_counts_from_when_the_lists_were_fetched() {
    let root = lists::certificate("CN=Root,C=XX", "root", "CN=Root,C=XX", "root", true);
    let rsa = raw::RsaSigner::new(2048);
    let leaf = {
        let body = base64(&rsa.spki_der());
        let lines = body.as_bytes().chunks(64).map(str::from_utf8);
        let body: Vec<&str> = lines.map(Result::unwrap).collect();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            body.join("\n")
        );
        let spec = lists::spec("CN=CH01-AppContentCertificate,C=XX", "CN=Root,C=XX", false);
        pki::certificate_over_pem(&spec, &pem, &TestKey::new("root")).unwrap()
    };
    let header = serde_json::json!({"alg": "RS256", "x5c": [base64(&leaf)]}).to_string();
    let dsc = dsc("dsc", &[]);
    let id = base64(dsc.kid().as_bytes());
    let point = &dsc.public_key().spki_der()[27..];
    let keys = serde_json::json!({"certs": [{
        "keyId": id, "use": "sig", "alg": "ES256", "crv": "P-256",
        "x": base64(&point[..32]), "y": base64(&point[32..]),
    }]});
    let active = serde_json::json!({"activeKeyIds": [id], "validDuration": 172_800_000});
    let jws = |payload: &serde_json::Value| {
        lists::jws(&header, &payload.to_string(), |m| rsa.sign_rs256(m))
    };
    let (keys, active) = (jws(&keys), jws(&active));
    let anchor = Anchor::from_bytes(&root).unwrap();
    let store = |fetched_at: Option<Timestamp>| {
        let mut bytes = ListBytes::from(&keys).with_companion(&active);
        if let Some(time) = fetched_at {
            bytes = bytes.with_fetched_at(time);
        }
        let mut builder = TrustStore::builder();
        builder
            .add_signed_list(
                "ch",
                ListFormat::Swiss,
                bytes,
                std::slice::from_ref(&anchor),
            )
            .unwrap();
        builder.build().0
    };
    let fetched = made(0);
    let known = store(Some(fetched));
    assert_eq!(known.lists()[0].expires_at(), Some(fetched.plus(2 * DAY)));
    assert_eq!(verdict(&known, fetched.plus(2 * DAY)), VALID);
    assert_eq!(
        verdict(&known, fetched.plus(2 * DAY + 1)),
        unascertained("list-expired")
    );
    let unknown = store(None);
    assert_eq!(unknown.lists()[0].expires_at(), None);
    assert_eq!(verdict(&unknown, fetched.plus(9 * DAY)), UNDATED);
    assert_eq!(
        summary(&verify(&unknown, max_age(1), fetched)),
        unascertained("list-undated")
    );

    // In a snapshot from when that was made; a snapshot of the snapshot is no
    // later fetching.
    let mut store = unknown;
    for later in [0, DAY, 2 * DAY] {
        let maker = fixtures::signer("maker");
        let file = store
            .to_signed_snapshot(fetched.plus(later), &maker)
            .unwrap();
        let mut builder = TrustStore::builder();
        builder
            .add_signed_list("app", ListFormat::Snapshot, &file, &[key("maker")])
            .unwrap();
        store = builder.build().0;
        let end = store.lists()[0].expires_at();
        assert_eq!(end, Some(fetched.plus(2 * DAY)), "{later}");
    }
}

// -------------------------------------------------------------------- clocks

#[test]
fn a_clock_before_the_list_was_made_is_taken_to_be_wrong() {
    for format in DATED {
        let store = store(&[&List::new(format, 1)]);
        let outcome = |seconds, policy| summary(&verify(&store, policy, made(1).plus(seconds)));
        // Germany's has a newest entry and no date of its own.
        let expected = match format {
            ListFormat::German => UNDATED,
            _ => VALID,
        };
        assert_eq!(outcome(-60, Policy::default()), expected, "{format:?}");
        assert_eq!(
            outcome(-61, Policy::default()),
            unascertained("list-from-future")
        );
        assert_eq!(
            outcome(-61, Policy::default().issue_skew(Duration::from_secs(61))),
            expected
        );
        assert_eq!(
            outcome(-1, Policy::default().issue_skew(Duration::from_secs(0))),
            unascertained("list-from-future")
        );
        let now = made(1).plus(-61);
        let early = verify(&store, Policy::default(), now);
        assert_eq!(
            early.reason(),
            Some(&Reason::ListFromFuture {
                list: format.code().into(),
                dated: made(1),
                now,
            })
        );
        // Who looks back says so.
        assert_eq!(
            outcome(-5 * DAY, Policy::default().retrospective()),
            expected
        );
    }
}

#[test]
fn a_clock_behind_what_was_seen_is_noticed() {
    let mut state = TrustState::default();
    state.saw_time(made(2));
    state.saw_time(made(0));
    assert_eq!(state.latest_time(), Some(made(2)), "it never goes back");
    let (store, report) = load(&state, &[&List::swedish(0)]).unwrap();
    assert_eq!(report.state.latest_time(), Some(made(2)));
    assert_eq!(verdict(&store, made(2).plus(-60)), VALID);
    let now = made(2).plus(-61);
    let behind = verify(&store, Policy::default(), now);
    assert_eq!(summary(&behind), unascertained("clock-behind"));
    assert_eq!(
        behind.reason(),
        Some(&Reason::ClockBehind { seen: made(2), now })
    );
    let back = Policy::default().retrospective();
    assert_eq!(summary(&verify(&store, back, now)), VALID);

    // By the date of a list that does not even hold the key, and for a key
    // that is in no list.
    let other = List::of(ListFormat::Austrian, 2, b"other", "other");
    let (_, report) = load(&TrustState::default(), &[&other]).unwrap();
    let mut builder = TrustStore::builder().with_state(&report.state);
    let own = dsc("dsc", &[]);
    builder.add_certificate_der("own", own.der()).unwrap();
    let (store, _) = builder.build();
    assert_eq!(verdict(&store, made(2)), NO_LIST);
    assert_eq!(verdict(&store, now), unascertained("clock-behind"));
    // A subset of the store knows it as well.
    let subset = store.select(|_| true);
    assert_eq!(subset.latest_time(), Some(made(2)));
    assert_eq!(verdict(&subset, now), unascertained("clock-behind"));
}

#[test]
fn clocks_and_limits_at_the_ends_of_their_range_neither_wrap_nor_panic() {
    let stores = [
        store(&[&List::swedish(0)]),
        store(&[&List::german(0).fetched(Timestamp::from_seconds(i64::MIN))]),
        store(&[&List::german(0).fetched(Timestamp::from_seconds(i64::MAX))]),
    ];
    let policies = [
        Policy::default(),
        max_age(0),
        max_age(u64::MAX),
        Policy::default()
            .issue_skew(Duration::MAX)
            .expiry_skew(Duration::MAX),
        Policy::default()
            .retrospective()
            .max_list_age(Duration::from_secs(1)),
    ];
    for store in &stores {
        for policy in &policies {
            for seconds in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
                let now = Timestamp::from_seconds(seconds);
                let verdict = verify(store, policy.clone(), now);
                assert_ne!(verdict.outcome(), Outcome::Valid, "{seconds} {policy:?}");
                let _ = format!("{verdict:?} {:?}", verdict.reason().map(|r| r.to_string()));
            }
        }
    }
    // An age without end is none.
    assert_eq!(
        summary(&verify(&stores[0], max_age(u64::MAX), made(1))),
        VALID
    );
    let mut state = TrustState::default();
    for seconds in [i64::MIN, i64::MAX] {
        state.saw_time(Timestamp::from_seconds(seconds));
        let again = TrustState::from_json(state.to_json().as_bytes()).unwrap();
        assert_eq!(again, state);
        let (store, _) = load(&state, &[&List::swedish(0)]).unwrap();
        let _ = verdict(&store, made(0));
    }
}

// --------------------------------------------------------------- several lists

#[test]
fn one_list_in_time_is_enough_for_a_key_in_two() {
    let (old, new) = (List::swedish(0), List::new(ListFormat::Austrian, 2));
    let now = made(0).plus(30 * DAY + 1);
    for order in [[&old, &new], [&new, &old]] {
        let (both, report) = load(&TrustState::default(), &order).unwrap();
        assert_eq!(
            (report.loaded, report.duplicates, report.total),
            (1, 1, 2),
            "{report:?}"
        );
        let key = both.iter().next().unwrap();
        assert_eq!(key.lists().count(), 2);
        assert_eq!(key.origin(), order[0].format.code());
        assert_eq!(verdict(&both, now), VALID);
        // Both of them are over.
        let end = made(2).plus(30 * DAY + 1);
        assert_eq!(verdict(&both, end), unascertained("list-expired"));
    }
    assert_eq!(verdict(&store(&[&old]), now), unascertained("list-expired"));
}

#[test]
fn a_key_that_the_caller_adds_is_of_no_lists_age() {
    let list = List::swedish(0);
    let own = dsc("dsc", &[]);
    let late = made(0).plus(31 * DAY);
    for by_hand_first in [true, false] {
        let mut builder = TrustStore::builder();
        if by_hand_first {
            builder.add_certificate_der("own", own.der()).unwrap();
        }
        list.add(&mut builder).unwrap();
        if !by_hand_first {
            builder.add_certificate_der("own", own.der()).unwrap();
        }
        let (store, report) = builder.build();
        assert_eq!((report.loaded, report.duplicates), (1, 1));
        assert!(store.iter().all(|key| key.is_vouched_for()));
        let verdict = verify(&store, max_age(1), late);
        assert_eq!(summary(&verdict), NO_LIST);
        assert_eq!(
            *verdict.step(Step::TrustList),
            StepResult::Skipped(SkipReason::NoList)
        );
    }
}

#[test]
fn two_keys_under_one_kid_have_their_own_lists_in_both_orders() {
    let shared = dsc("dsc", &[]).kid().as_bytes().to_vec();
    let now = made(0).plus(30 * DAY + 1);
    for (own_is_stale, expected) in [(true, unascertained("list-expired")), (false, VALID)] {
        let (stale, fresh) = if own_is_stale {
            ("dsc", "other")
        } else {
            ("other", "dsc")
        };
        let old = List::of(ListFormat::Swedish, 0, &shared, stale);
        let new = List::of(ListFormat::Austrian, 2, &shared, fresh);
        for order in [[&old, &new], [&new, &old]] {
            let store = store(&order);
            assert_eq!(store.candidates(&shared).len(), 2);
            assert_eq!(verdict(&store, now), expected);
        }
    }
}

#[test]
fn what_weighs_more_than_a_stale_list_decides() {
    let store = store(&[&List::swedish(0)]);
    let late = fixtures::EXPIRES.plus(1);
    let verdict = verify(&store, Policy::default(), late);
    assert_eq!(summary(&verdict), (Outcome::Expired, Some("list-expired")));
    assert_eq!(verdict.reason().map(Reason::code), Some("expired"));
    // The other way round a list from the future excuses nothing.
    let early = ISSUED.plus(-DAY);
    let verdict = verify(&store, Policy::default(), early);
    assert_eq!(
        summary(&verdict),
        (Outcome::NotYetValid, Some("list-from-future"))
    );
}

// --------------------------------------------------------------------- state

#[test]
fn a_damaged_state_is_an_error_with_a_code() {
    let good = load(&TrustState::default(), &[&List::swedish(0)]).unwrap();
    let good = good.1.state.to_json();
    assert!(TrustState::from_json(good.as_bytes()).is_ok());
    for length in 0..good.len() {
        let error = TrustState::from_json(&good.as_bytes()[..length]).unwrap_err();
        assert_eq!(error.code(), "trust-json", "{length}");
    }
    for (json, code) in [
        ("", "trust-json"),
        ("{}x", "trust-json"),
        ("[]", "trust-state-member"),
        ("null", "trust-state-member"),
        (r#"{"lists":{}}"#, "trust-state-member"),
        (r#"{"version":"1","lists":{}}"#, "trust-state-member"),
        (r#"{"version":-1,"lists":{}}"#, "trust-state-member"),
        (r#"{"version":0,"lists":{}}"#, "trust-state-version"),
        (r#"{"version":3,"lists":{}}"#, "trust-state-version"),
        (r#"{"version":1}"#, "trust-state-member"),
        (r#"{"version":1,"lists":[]}"#, "trust-state-member"),
        (r#"{"version":1,"lists":{"a":1}}"#, "trust-state-member"),
        (r#"{"version":1,"lists":{"a":null}}"#, "trust-state-member"),
        (
            r#"{"version":1,"lists":{},"latestTime":null}"#,
            "trust-state-member",
        ),
        (
            r#"{"version":1,"lists":{},"latestTime":1.5}"#,
            "trust-state-member",
        ),
        (
            r#"{"version":1,"lists":{"a":{"sequence":-1}}}"#,
            "trust-state-member",
        ),
        (
            r#"{"version":1,"lists":{"a":{"issuedAt":"2021-06-01T00:00:00Z"}}}"#,
            "trust-state-member",
        ),
        (
            r#"{"version":1,"lists":{"a":{"newestEntry":9223372036854775808}}}"#,
            "trust-state-member",
        ),
        (
            r#"{"version":1,"version":1,"lists":{}}"#,
            "trust-duplicate-member",
        ),
        (
            r#"{"version":1,"lists":{"a":{},"a":{"issuedAt":1}}}"#,
            "trust-duplicate-member",
        ),
    ] {
        let error = TrustState::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.code(), code, "{json}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_state_comes_back_as_it_was_stored(
        latest in any::<Option<i64>>(),
        lists in proptest::collection::btree_map(
            ".*", any::<(Option<u64>, Option<i64>, Option<i64>)>(), 0..5,
        ),
    ) {
        let mut object = serde_json::json!({"version": 1, "lists": {}});
        if let Some(seconds) = latest {
            object["latestTime"] = seconds.into();
        }
        for (identity, (sequence, issued_at, newest)) in &lists {
            let edition = &mut object["lists"][identity];
            *edition = serde_json::json!({});
            if let Some(n) = sequence { edition["sequence"] = (*n).into(); }
            if let Some(n) = issued_at { edition["issuedAt"] = (*n).into(); }
            if let Some(n) = newest { edition["newestEntry"] = (*n).into(); }
        }
        let state = TrustState::from_json(object.to_string().as_bytes()).unwrap();
        prop_assert_eq!(state.latest_time(), latest.map(Timestamp::from_seconds));
        for (identity, (sequence, issued_at, newest)) in &lists {
            let edition = state.edition(identity).unwrap();
            prop_assert_eq!(edition.sequence, *sequence);
            prop_assert_eq!(edition.issued_at, issued_at.map(Timestamp::from_seconds));
            prop_assert_eq!(edition.newest_entry, newest.map(Timestamp::from_seconds));
        }
        let again = TrustState::from_json(state.to_json().as_bytes()).unwrap();
        prop_assert_eq!(&again, &state);
        prop_assert_eq!(again.to_json(), state.to_json());
    }

    #[test]
    fn any_bytes_are_a_state_or_an_error(bytes in any::<Vec<u8>>(), text in r#"[{}\[\]":,0-9a-z]*"#) {
        let _ = TrustState::from_json(&bytes).is_ok();
        let _ = TrustState::from_json(text.as_bytes()).is_ok();
    }
}

// ----------------------------------------------- several editions, one builder

#[test]
fn a_newer_edition_takes_the_place_of_the_older_one() {
    for format in DATED {
        // What the second edition withdrew is out.
        let withdrawn = List::of(format, 0, b"withdrew", "dsc");
        let newer = List::of(format, 1, b"replaced", "other");
        let (store, report) = load(&TrustState::default(), &[&withdrawn, &newer]).unwrap();
        let keys: Vec<_> = store.iter().map(|key| key.public_key().clone()).collect();
        assert_eq!(keys, [dsc("other", &[]).public_key().clone()], "{format:?}");
        assert_eq!(store.lists().len(), 1);
        let counts = (report.loaded, report.superseded, report.total);
        assert_eq!(counts, (1, 1, 2), "{format:?}");
        // A key of another list, or the caller's own, stays.
        let mut builder = TrustStore::builder();
        withdrawn.add(&mut builder).unwrap();
        let kid = Kid::new(b"withdrew").unwrap();
        let own = dsc("dsc", &[]);
        builder
            .add_certificate_der_as("own", kid, own.der())
            .unwrap();
        newer.add(&mut builder).unwrap();
        assert_eq!(builder.build().0.len(), 2, "{format:?}");
    }
}

#[test]
fn a_state_that_comes_late_counts_all_the_same() {
    let (_, report) = load(&TrustState::default(), &[&List::swedish(1)]).unwrap();
    let mut builder = TrustStore::builder();
    List::swedish(0).add(&mut builder).unwrap();
    let (store, after) = builder.with_state(&report.state).build();
    assert!(store.is_empty());
    assert_eq!(after.state, report.state);
    // And one that knows less forgets nothing.
    let mut builder = TrustStore::builder();
    List::swedish(1).add(&mut builder).unwrap();
    let (store, after) = builder.with_state(&TrustState::default()).build();
    assert_eq!(store.len(), 1);
    assert_eq!(after.state, report.state);
}

#[test]
fn a_state_that_knows_an_older_edition_takes_nothing_back() {
    let seen = |edition| load(&TrustState::default(), &[&List::swedish(edition)]).unwrap();
    let ((_, older), (store, newer)) = (seen(0), seen(1));
    // Of two states, in whichever order they come.
    for states in [[&older, &newer], [&newer, &older]] {
        let mut builder = TrustStore::builder();
        for report in states {
            builder = builder.with_state(&report.state);
        }
        let error = List::swedish(0).add(&mut builder).unwrap_err();
        assert_eq!(error.code(), "trust-rollback");
        assert_eq!(builder.build().1.state, newer.state);
    }
    // After the list itself.
    let mut builder = TrustStore::builder();
    List::swedish(1).add(&mut builder).unwrap();
    let (after, report) = builder.with_state(&older.state).build();
    assert_eq!((after.len(), report.state), (store.len(), newer.state));
}

#[test]
fn the_environment_of_the_state_and_that_of_the_caller_both_count() {
    let list = |names: Names| List {
        network: Some(names),
        ..List::new(ListFormat::Gdhcn, 0)
    };
    let (_, report) = load(&TrustState::default(), &[&list(PROD)]).unwrap();
    let dev = dsc("dsc", &[]);
    let document = DEV.document(&[DEV.entry("DCC:XXA:DSC", &dev)]);
    let dev = List {
        bytes: DEV.signed(document).to_string().into_bytes(),
        ..list(DEV)
    };
    for list in [list(PROD), dev] {
        let environment = hcert::trust::Environment::Dev;
        let mut builder = TrustStore::builder()
            .with_state(&report.state)
            .with_environment(environment);
        let error = list.add(&mut builder).unwrap_err();
        assert_eq!(error.code(), "gdhcn-mixed-environments");
    }
}
