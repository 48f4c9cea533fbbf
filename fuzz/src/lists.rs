//! What the targets of the trust lists share: what holds for every list, keys
//! of our own to sign with, and a list of each form.
//!
//! Bytes that a fuzzer makes never have a good signature. So the first byte of
//! an input of a signed form says what the rest is: the list as it stands, or
//! a part of it, which the target signs.

pub mod gdhcn;
pub mod samples;
pub mod sign;

use std::collections::{BTreeSet, HashMap};

use hcert::trust::{
    Anchor, ListBytes, ListFormat, LoadError, LoadLimits, LoadReport, TrustStore,
    TrustStoreBuilder, TrustedKey,
};
use serde_json::Value;

pub type Loaded = Result<(TrustStore, LoadReport), LoadError>;

/// Loads one input. A refused one leaves nothing; of another one every entry
/// is counted once, and what is loaded is found.
pub fn load(
    add: impl FnOnce(&mut TrustStoreBuilder) -> Result<&mut TrustStoreBuilder, LoadError>,
) -> Loaded {
    let mut builder = TrustStore::builder();
    if let Err(error) = add(&mut builder) {
        let (store, report) = builder.build();
        assert!(store.is_empty() && report == LoadReport::default());
        is_printable(&error.to_string());
        assert!(is_code(error.code()));
        return Err(error);
    }
    let (store, report) = builder.build();
    let counted = report.loaded + report.duplicates + report.rejected;
    assert_eq!(counted, report.total);
    let left_out = report.problems.iter().filter(|problem| !problem.kept);
    assert_eq!(left_out.count(), report.rejected);
    for problem in &report.problems {
        assert!(problem.position < report.total);
        is_printable(&problem.to_string());
        assert!(is_code(problem.problem.code()));
    }
    assert_eq!(store.len(), report.loaded);
    let mut kids = HashMap::new();
    for key in store.iter() {
        *kids.entry(key.kid()).or_insert(0) += 1;
    }
    assert_eq!(kids.values().sum::<usize>(), report.loaded);
    for (kid, count) in kids {
        assert_eq!(store.candidates(kid).len(), count);
    }
    Ok((store, report))
}

/// An error that may go to a terminal, with a code.
pub fn complains_well(error: &impl std::fmt::Display, code: &str) {
    is_printable(&error.to_string());
    assert!(is_code(code));
}

/// What is said about a hostile list goes to a terminal.
fn is_printable(text: &str) {
    assert!(text.len() < 2000 && !text.contains(char::is_control));
}

fn is_code(code: &str) -> bool {
    code.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Loads a list against anchors.
pub fn signed<'a>(
    format: ListFormat,
    bytes: impl Into<ListBytes<'a>>,
    anchors: &[Anchor],
) -> Loaded {
    let bytes = bytes.into();
    let loaded = load(|builder| builder.add_signed_list("fuzz", format, bytes, anchors));
    if let Ok((_, report)) = &loaded {
        assert!(report.lists.iter().all(|list| list.is_authenticated()));
    }
    loaded
}

/// Loads a list that nobody signed. Twice is not more than once, and too many
/// entries are refused.
pub fn unsigned<'a>(format: ListFormat, bytes: impl Into<ListBytes<'a>>) -> Loaded {
    let bytes = bytes.into();
    let loaded = load(|builder| builder.trust_unsigned_list("fuzz", format, bytes));
    let Ok((_, report)) = &loaded else {
        return loaded;
    };
    assert!(report.lists.iter().all(|list| !list.is_authenticated()));
    let (_, twice) = load(|builder| {
        builder.trust_unsigned_list("fuzz", format, bytes)?;
        builder.trust_unsigned_list("fuzz", format, bytes)
    })
    .unwrap();
    assert_eq!(twice.loaded, report.loaded);
    assert_eq!(twice.total, 2 * report.total);
    if let Some(entries) = report.total.checked_sub(1) {
        let mut limits = LoadLimits::default();
        limits.entries = entries;
        let mut builder = TrustStore::builder().with_limits(limits);
        let refused = builder.trust_unsigned_list("fuzz", format, bytes);
        assert!(refused.is_err(), "{} entries in {entries}", report.total);
    }
    loaded
}

/// With a good signature a list holds what it holds without a look at it.
pub fn agree(signed: &Loaded, unsigned: &Loaded) {
    match (signed, unsigned) {
        (Ok((signed, a)), Ok((unsigned, b))) => {
            assert_eq!(keys(signed), keys(unsigned));
            assert_eq!(a.problems, b.problems);
            assert_eq!((a.total, a.duplicates), (b.total, b.duplicates));
        }
        (Err(a), Err(b)) => assert_eq!(a, b),
        _ => panic!("{signed:?} signed, {unsigned:?} unsigned"),
    }
}

/// Nobody but us makes a signature that holds: what loads against our anchor
/// is our sample.
pub fn is_sample(loaded: &Loaded, sample: &Loaded) {
    let (expected, all) = sample.as_ref().unwrap();
    assert!(all.loaded > 0);
    if let Ok((store, report)) = loaded {
        assert_eq!(keys(store), keys(expected), "a forged list");
        assert_eq!(report, all, "a forged list");
    }
}

/// What each key of a store is, and for whom.
pub fn keys(store: &TrustStore) -> BTreeSet<String> {
    let describe = |key: &TrustedKey| {
        format!(
            "{} {:?} {} {:?} {:02x?}",
            key.kid(),
            key.country(),
            key.usage(),
            key.gdhcn().map(ToString::to_string),
            key.public_key().spki_der(),
        )
    };
    store.iter().map(describe).collect()
}

/// The JSON as another reader sees it, with or without a byte order mark.
pub fn json(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).ok()
}
