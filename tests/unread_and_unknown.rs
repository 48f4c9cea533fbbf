//! What a record states and this crate can't read, or doesn't know: it is
//! never taken for "none", nor for something harmless. And what a certificate
//! says of itself where its key knows better.
#![cfg(feature = "toml")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "common/card.rs"]
mod card;
mod common;
#[path = "unread_and_unknown/ends.rs"]
mod ends;
#[path = "unread_and_unknown/groups.rs"]
mod groups;
#[path = "unread_and_unknown/issuers.rs"]
mod issuers;
#[path = "unread_and_unknown/names.rs"]
mod names;
#[path = "unread_and_unknown/order.rs"]
mod order;
#[path = "unread_and_unknown/periods.rs"]
mod periods;
#[path = "common/raw.rs"]
mod raw;
#[path = "common/recognition.rs"]
mod recognition;
#[path = "unread_and_unknown/tests.rs"]
mod tests;
#[path = "unread_and_unknown/versions.rs"]
mod versions;

use ciborium::Value;
use hcert::trust::{KeyUsage, TrustStore};
use hcert::verify::{Policy, Verdict, Verifier};

use common::{NOW, dsc, signer, trust};
use raw::Raw;

/// The claims signed by the key of the fictitious country XX.
fn signed(claims: Value) -> String {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims);
    raw::text(&raw.sign(&signer("a")))
}

fn verify(claims: Value) -> Verdict {
    Verifier::new(trust(&[&dsc("a", &[])])).verify(&signed(claims), NOW)
}

fn strictly(claims: Value) -> Verdict {
    let verifier = Verifier::with_policy(trust(&[&dsc("a", &[])]), Policy::default().strict());
    verifier.verify(&signed(claims), NOW)
}

/// The same key, listed with that country and without a certificate.
fn listed(country: Option<&str>) -> TrustStore {
    let dsc = dsc("a", &[]);
    let key = dsc.public_key().clone();
    let mut builder = TrustStore::builder();
    builder
        .add_public_key("test", dsc.kid().clone(), key, country, KeyUsage::ANY)
        .unwrap();
    builder.build().0
}

fn code(verdict: &Verdict) -> Option<&'static str> {
    verdict.reason().map(|reason| reason.code())
}

fn deviations(verdict: &Verdict) -> Vec<(&'static str, &str)> {
    verdict
        .deviations()
        .iter()
        .map(|d| (d.code(), d.at()))
        .collect()
}
