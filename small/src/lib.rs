//! What the machine does, wherever it runs.

#![no_std]
#![forbid(unsafe_code)]

use hcert::crypto::PublicKey;
use hcert::format::Unverified;
use hcert::trust::{Anchor, SnapshotView, TrustStore};
use hcert::verify::{Outcome, Policy, Verdict, Verifier};
use hcert::{Limits, Timestamp};

/// Written to flash by an update.
pub const SNAPSHOT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/snapshot"));
/// Whose snapshots are trusted, built in.
pub const MAKER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/maker.spki"));
/// What a scanner reads.
pub const CERTIFICATE: &str = include_str!(concat!(env!("OUT_DIR"), "/certificate"));
/// The same with another name.
pub const TAMPERED: &str = include_str!(concat!(env!("OUT_DIR"), "/tampered"));
/// A text that would inflate to more than the heap holds.
pub const BOMB: &str = include_str!(concat!(env!("OUT_DIR"), "/bomb"));

/// 2021-07-01, in time; and a year later.
pub const NOW: Timestamp = Timestamp::from_seconds(1_625_097_600);
pub const LATER: Timestamp = Timestamp::from_seconds(1_656_633_600);

/// Checks the snapshot's signature, once, when the machine starts.
pub fn open() -> Option<SnapshotView<'static>> {
    let maker = Anchor::Key(PublicKey::from_spki_der(MAKER).ok()?);
    SnapshotView::open_signed("flash", SNAPSHOT, &[maker]).ok()
}

/// The verdict on the text of a code.
pub fn verify(snapshot: &SnapshotView<'_>, text: &str, now: Timestamp) -> Option<Verdict> {
    // Anybody may show a code, and what it inflates to has to find room.
    let mut limits = Limits::default();
    limits.max_text = 4 << 10;
    limits.max_inflated = 8 << 10;
    let store = match Unverified::parse(text, &limits) {
        Ok(unverified) => snapshot.store_for(&unverified).ok()?,
        Err(_) => TrustStore::builder().build().0,
    };
    let policy = Policy::default().limits(limits);
    Some(Verifier::with_policy(store, policy).verify(text, now))
}

/// Codes, when they are shown, and what comes out.
pub const CASES: [(&str, &str, Timestamp, Outcome); 4] = [
    ("valid", CERTIFICATE, NOW, Outcome::Valid),
    ("tampered", TAMPERED, NOW, Outcome::Invalid),
    ("expired", CERTIFICATE, LATER, Outcome::Expired),
    ("bomb", BOMB, NOW, Outcome::Invalid),
];
