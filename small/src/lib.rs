//! What the machine does, wherever it runs.

#![no_std]
#![forbid(unsafe_code)]

use hcert::crypto::PublicKey;
use hcert::format::Unverified;
use hcert::trust::{Anchor, SnapshotView};
use hcert::verify::{Outcome, Verdict, Verifier};
use hcert::{Limits, Timestamp};

/// Written to flash by an update.
pub const SNAPSHOT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/snapshot"));
/// Whose snapshots are trusted, built in.
pub const MAKER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/maker.spki"));
/// What a scanner reads.
pub const CERTIFICATE: &str = include_str!(concat!(env!("OUT_DIR"), "/certificate"));
/// The same with another name.
pub const TAMPERED: &str = include_str!(concat!(env!("OUT_DIR"), "/tampered"));

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
    let unverified = Unverified::parse(text, &Limits::default()).ok()?;
    let store = snapshot.store_for(&unverified).ok()?;
    Some(Verifier::new(store).verify_parsed(&unverified, now))
}

/// Codes, when they are shown, and what comes out.
pub const CASES: [(&str, &str, Timestamp, Outcome); 3] = [
    ("valid", CERTIFICATE, NOW, Outcome::Valid),
    ("tampered", TAMPERED, NOW, Outcome::Invalid),
    ("expired", CERTIFICATE, LATER, Outcome::Expired),
];
