//! What a record states and this crate can't read, or doesn't know: it is
//! never taken for "none", nor for something harmless. And what a certificate
//! says of itself where its key knows better.

mod ends;
mod groups;
mod issuers;
mod names;
mod order;
mod periods;
mod tests;
mod versions;

use ciborium::Value;
use hcert::trust::{KeyUsage, TrustStore};
use hcert::verify::{Policy, Verdict, Verifier};
use hcert_testkit::fixtures::{NOW, dsc, signer, trust};
use hcert_testkit::raw::{self, Raw};

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
