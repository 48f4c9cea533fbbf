//! Old lists that their signer did sign: refused whatever form they have, and
//! whatever was loaded before.

use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::revocation::{
    NamedSet, RevocationInfo, RevocationList, RevocationPart, RevocationSet, RevocationSource,
    SetBuilder, SetOptions, SplitList,
};
use hcert::trust::{SignedDocument, TrustState, TrustStore};
use hcert_testkit::fixtures::{NOW, signer};
use hcert_testkit::lists::detached;
use hcert_testkit::raw::encode;
use hcert_testkit::time::Plus as _;

use super::forms::chunk_cbor;
use super::{KID, SIGNATURE, UCI, bytes, key, kid_map};

const DAY: i64 = 86_400;

/// A signed set that names nobody, of so many days from now.
fn set(days: i64) -> NamedSet<Vec<u8>> {
    let mut builder = SetBuilder::new(SetOptions::default());
    builder.covers(KID).unwrap();
    let bytes = builder.build(NOW.plus(days * DAY)).unwrap();
    let file = SetBuilder::sign(&bytes, &signer("list")).unwrap();
    let set = RevocationSet::open(file, &[key("list")]).unwrap();
    set.named("x")
}

/// A kid map in a document that has this date.
fn dated_map(days: i64) -> Vec<u8> {
    let map = kid_map(&[(KID, UCI, &[])]);
    let made = NOW.plus(days * DAY);
    SignedDocument::sign("revocation", &map, made, None, &signer("list")).unwrap()
}

/// The same in a COSE_Sign1 of somebody, with these claims in its header.
fn map_with(claims: &[(i64, i64)]) -> Vec<u8> {
    let value: Value = ciborium::from_reader(&kid_map(&[(KID, UCI, &[])])[..]).unwrap();
    let claims = claims.iter().map(|(k, v)| ((*k).into(), (*v).into()));
    let header = match claims.len() {
        0 => cbor!({1 => -7}).unwrap(),
        _ => cbor!({1 => -7, 15 => Value::Map(claims.collect())}).unwrap(),
    };
    detached(&header, &value, "list")
}

fn info(file: &[u8]) -> RevocationInfo {
    let list = RevocationList::open("x", file, &key("list")).unwrap();
    list.info().clone()
}

/// As the two ways to accept a document do.
fn accept(state: &mut TrustState, file: &[u8]) -> &'static str {
    let document = SignedDocument::open("revocation", file, &key("list")).unwrap();
    RevocationPart::of_document(&document).unwrap();
    let mut other = state.clone();
    let by_info = other.accept_revocations(&info(file)).err();
    let by_document = state.accept(&document).err();
    assert_eq!(by_info, by_document);
    assert_eq!(*state, other);
    by_document.map_or("accepted", |error| error.code())
}

fn reloaded(state: &TrustState) -> TrustState {
    TrustState::from_json(state.to_json().as_bytes()).unwrap()
}

#[test]
fn an_older_kid_map_is_refused_after_a_set_of_the_same_signer() {
    let mut state = TrustState::default();
    state.accept_revocations(set(0).info()).unwrap();
    for mut state in [reloaded(&state), state] {
        assert_eq!(accept(&mut state, &dated_map(-1)), "trust-rollback");
        assert_eq!(accept(&mut state, &map_with(&[])), "trust-rollback");
        assert_eq!(accept(&mut state, &dated_map(1)), "accepted");
    }
}

#[test]
fn an_older_set_is_refused_after_a_kid_map_of_the_same_signer() {
    let mut state = TrustState::default();
    assert_eq!(accept(&mut state, &dated_map(0)), "accepted");
    for mut state in [reloaded(&state), state] {
        let error = state.accept_revocations(set(-1).info()).unwrap_err();
        assert_eq!(error.code(), "trust-rollback");
        state.accept_revocations(set(0).info()).unwrap();
        state.accept_revocations(set(1).info()).unwrap();
        assert_eq!(accept(&mut state, &dated_map(0)), "trust-rollback");
    }
}

#[test]
fn a_set_and_a_kid_map_of_one_signer_are_editions_of_one_list() {
    assert_eq!(set(0).info().identity(), info(&dated_map(0)).identity());
}

/// `exp` is then the only date that there is.
#[test]
fn an_edition_that_ends_earlier_is_older_where_nothing_else_dates_it() {
    let ends = |days: i64| map_with(&[(4, NOW.plus(days * DAY).seconds())]);
    let mut state = TrustState::default();
    assert_eq!(accept(&mut state, &ends(2)), "accepted");
    let mut state = reloaded(&state);
    assert_eq!(accept(&mut state, &ends(1)), "trust-rollback");
    assert_eq!(accept(&mut state, &map_with(&[])), "trust-rollback");
    assert_eq!(accept(&mut state, &ends(2)), "accepted");
    assert_eq!(accept(&mut state, &ends(3)), "accepted");
    // Nor can an edition with another kind of date be told from an old one.
    assert_eq!(accept(&mut state, &dated_map(0)), "trust-rollback");
    // Where both say when they were made, their ends decide nothing.
    let both = |made: i64, ends: i64| {
        let at = |days: i64| NOW.plus(days * DAY).seconds();
        map_with(&[(6, at(made)), (4, at(ends))])
    };
    let mut state = TrustState::default();
    for (made, ends) in [(0, 9), (1, 5), (1, 4), (2, 3)] {
        assert_eq!(accept(&mut state, &both(made, ends)), "accepted");
    }
    assert_eq!(accept(&mut state, &ends(9)), "trust-rollback");
}

/// What the version before wrote: sets under a name of their own.
#[test]
fn a_stored_state_of_the_version_before_still_protects() {
    let identity = info(&dated_map(0)).identity().unwrap().to_owned();
    let key = identity.rsplit(':').next().unwrap();
    let stored = |set: i64, document: Option<i64>| {
        let at = |days: i64| NOW.plus(days * DAY).seconds();
        let mut lists = serde_json::json!({
            format!("revocation-set:{key}"): {"issuedAt": at(set)},
        });
        if let Some(days) = document {
            lists[&identity] = serde_json::json!({"issuedAt": at(days)});
        }
        let text = serde_json::json!({"version": 1, "lists": lists}).to_string();
        TrustState::from_json(text.as_bytes()).unwrap()
    };
    for state in [stored(0, None), stored(0, Some(-5)), stored(-5, Some(0))] {
        for mut state in [reloaded(&state), state] {
            assert_eq!(accept(&mut state, &dated_map(-1)), "trust-rollback");
            let error = state.accept_revocations(set(-1).info()).unwrap_err();
            assert_eq!(error.code(), "trust-rollback");
            assert_eq!(accept(&mut state, &dated_map(0)), "accepted");
        }
    }
}

fn place(time: Timestamp, count: u64) -> Value {
    Value::Array(vec![
        time.seconds().into(),
        count.into(),
        Value::Map(vec![]),
    ])
}

/// A list in parts: kids, an index of that time, a chunk, each dated so many
/// days from now, or not at all.
fn split(dates: [Option<i64>; 3], newest: i64) -> SplitList {
    let kids = Value::Map(vec![(bytes(&[0x0a]), Value::from(1))]);
    let kids = encode(&Value::Map(vec![(bytes(KID), kids)]));
    let at = NOW.plus(newest * DAY);
    let index = encode(&Value::Map(vec![(bytes(&[0xaa]), place(at, 1))]));
    let chunk = chunk_cbor(&[&[0xaa; 16]]);
    let parts = [kids, index, chunk];
    let mut files = parts.iter().zip(dates).map(|(content, days)| match days {
        Some(days) => {
            let made = NOW.plus(days * DAY);
            SignedDocument::sign("revocation", content, made, None, &signer("list")).unwrap()
        }
        None => {
            let value: Value = ciborium::from_reader(&content[..]).unwrap();
            detached(&cbor!({1 => -7}).unwrap(), &value, "list")
        }
    });
    let [kids, index, chunk] = [(); 3].map(|()| files.next().unwrap());
    let part = |file| RevocationPart::open(file, &key("list")).unwrap();
    let mut list = SplitList::from_kids("x", part(&kids)).unwrap();
    list.add_index(KID, SIGNATURE, part(&index)).unwrap();
    list.add_chunk(KID, SIGNATURE, 0xaa, None, part(&chunk))
        .unwrap();
    list
}

#[test]
fn an_older_part_is_refused_though_another_part_is_older_still() {
    let mut state = TrustState::default();
    let accept = |state: &mut TrustState, list: &SplitList| {
        let refused = state.accept_revocations(list.info()).err();
        refused.map_or("accepted", |error| error.code())
    };
    // The list of kids is old and stays; index and chunk are new.
    let dates = |index, chunk| [Some(-9), Some(index), Some(chunk)];
    assert_eq!(accept(&mut state, &split(dates(0, 0), 0)), "accepted");
    let mut state = reloaded(&state);
    assert_eq!(accept(&mut state, &split(dates(0, 0), 0)), "accepted");
    for older in [dates(-1, 0), dates(0, -1)] {
        assert_eq!(accept(&mut state, &split(older, 0)), "trust-rollback");
    }
    assert_eq!(accept(&mut state, &split(dates(1, 0), 0)), "accepted");
}

/// In CovPass's form nothing but the times in an index says of when it is.
#[test]
fn an_index_whose_newest_entry_went_back_is_refused() {
    let list = |newest| split([None; 3], newest);
    let mut state = TrustState::default();
    state.accept_revocations(list(0).info()).unwrap();
    let mut state = reloaded(&state);
    let error = state.accept_revocations(list(-1).info()).unwrap_err();
    assert_eq!(error.code(), "trust-rollback");
    state.accept_revocations(list(0).info()).unwrap();
    state.accept_revocations(list(1).info()).unwrap();
}

#[test]
fn of_two_states_the_newer_editions_stay() {
    let identity = set(0).info().identity().unwrap().to_owned();
    let state = |days: i64| {
        let mut state = TrustState::default();
        state.accept_revocations(set(days).info()).unwrap();
        state
    };
    for [first, second] in [[0, 1], [1, 0], [1, 1]] {
        let builder = TrustStore::builder()
            .with_state(&state(first))
            .with_state(&state(second));
        let joined = builder.build().1.state;
        let made = NOW.plus(DAY);
        assert_eq!(joined.edition(&identity).unwrap().issued_at, Some(made));
        assert_eq!(joined.latest_time(), Some(made));
    }
    // What can't be compared is joined, so that neither is lost.
    let stored = |edition: &str| {
        let json = format!(r#"{{"version":1,"lists":{{"a":{edition}}}}}"#);
        TrustState::from_json(json.as_bytes()).unwrap()
    };
    let states = [
        stored(r#"{"sequence":5}"#),
        stored(r#"{"issuedAt":7}"#),
        stored(r#"{}"#),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let builder = order.iter().fold(TrustStore::builder(), |builder, at| {
            builder.with_state(&states[*at])
        });
        let joined = builder.build().1.state;
        let edition = joined.edition("a").unwrap();
        assert_eq!(
            (edition.sequence, edition.issued_at),
            (Some(5), Some(Timestamp::from_seconds(7))),
            "{order:?}"
        );
    }
}

/// A misspelt member would be an edition without its date.
#[test]
fn a_stored_state_with_unknown_members_is_refused() {
    for json in [
        r#"{"version":1,"lists":{},"latesttime":1}"#,
        r#"{"version":1,"lists":{},"more":null}"#,
        r#"{"version":1,"lists":{"a":{"issuedat":1}}}"#,
        r#"{"version":1,"lists":{"a":{"issuedAt":1,"issued_at":2}}}"#,
    ] {
        let error = TrustState::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "trust-state-unknown-member", "{json}");
    }
}

#[test]
fn several_lists_of_one_signer_are_told_apart_by_a_name_that_the_caller_gives() {
    let mut state = TrustState::default();
    let as_list = |state: &mut TrustState, name: &str, list: &RevocationInfo| {
        let refused = state.dangerously_accept_revocations_as(name, list).err();
        refused.map_or("accepted", |error| error.code())
    };
    assert_eq!(as_list(&mut state, "tests", set(0).info()), "accepted");
    let older = set(-1);
    assert_eq!(
        as_list(&mut state, "vaccinations", older.info()),
        "accepted"
    );
    let mut state = reloaded(&state);
    assert_eq!(as_list(&mut state, "tests", older.info()), "trust-rollback");
    assert_eq!(
        as_list(&mut state, "vaccinations", set(-2).info()),
        "trust-rollback"
    );
    // In whatever form.
    let file = dated_map(-1);
    let document = SignedDocument::open("revocation", &file, &key("list")).unwrap();
    let refused = state.dangerously_accept_as("tests", &document).unwrap_err();
    assert_eq!(refused.code(), "trust-rollback");
    state
        .dangerously_accept_as("vaccinations", &document)
        .unwrap();
    for name in ["", "Tests", "a b", "a/b", "a#b", "ä", &"a".repeat(65)] {
        assert_eq!(
            as_list(&mut state, name, set(9).info()),
            "trust-form",
            "{name:?}"
        );
    }
    // One that nobody signed is nobody's edition.
    let before = state.clone();
    let unsigned = RevocationList::trust_unsigned("x", &[0xa0]).unwrap();
    assert_eq!(as_list(&mut state, "tests", unsigned.info()), "accepted");
    assert_eq!(state, before);
}

#[test]
fn a_forgotten_list_is_forgotten_with_its_parts() {
    let list = split([Some(0); 3], 0);
    let identity = list.info().identity().unwrap().to_owned();
    let mut state = TrustState::default();
    state.accept_revocations(list.info()).unwrap();
    let older = split([Some(-1); 3], -1);
    assert!(state.accept_revocations(older.info()).is_err());
    assert!(state.forget(&identity).is_some());
    state.accept_revocations(older.info()).unwrap();
}

/// What is pinned together is one signer, who changes the key.
#[test]
fn old_bytes_by_the_old_key_are_refused_after_a_change_of_keys() {
    let pinned = [key("list"), key("new")];
    let set = |label: &str, days: i64| {
        let mut builder = SetBuilder::new(SetOptions::default());
        builder.covers(KID).unwrap();
        let bytes = builder.build(NOW.plus(days * DAY)).unwrap();
        let file = SetBuilder::sign(&bytes, &signer(label)).unwrap();
        let set = RevocationSet::open(file, &pinned).unwrap();
        set.named("x").info().clone()
    };
    let map = |label: &str, days: i64| {
        let map = kid_map(&[(KID, UCI, &[])]);
        let made = NOW.plus(days * DAY);
        let file = SignedDocument::sign("revocation", &map, made, None, &signer(label)).unwrap();
        let part = RevocationPart::open(&file, &key(label)).unwrap();
        let list = RevocationList::read("x", part.pinned_with(&pinned)).unwrap();
        list.info().clone()
    };
    for (old, new) in [
        (set("list", -1), set("new", 0)),
        (map("list", -1), set("new", 0)),
        (set("list", -1), map("new", 0)),
        (map("list", -1), map("new", 0)),
    ] {
        let mut state = TrustState::default();
        state.accept_revocations(&old).unwrap();
        state.accept_revocations(&new).unwrap();
        let mut state = reloaded(&state);
        let error = state.accept_revocations(&old).unwrap_err();
        assert_eq!(error.code(), "trust-rollback");
        state.accept_revocations(&new).unwrap();
        let error = state
            .dangerously_accept_revocations_as("x", &new)
            .and_then(|()| state.dangerously_accept_revocations_as("x", &old))
            .unwrap_err();
        assert_eq!(error.code(), "trust-rollback");
    }
}
