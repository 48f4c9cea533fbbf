//! The lists of the WHO's network (GDHCN) as they were published.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hcert::Timestamp;
use hcert::crypto::KeyKind;
use hcert::trust::{
    Chain, GdhcnAnchor, GdhcnError, GdhcnUsage, KeyUsage, Kid, LoadError, LoadReport, ProblemKind,
    TrustStore,
};
use hcert::verify::{Outcome, Step, Verifier};
use serde_json::Value;

/// The folder with the published data, or a word on stdout why the test does
/// nothing.
fn vectors(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
        PathBuf::from,
    );
    let path = folder.join(part);
    if path.exists() {
        return Some(path);
    }
    let missing = format!("{} is not there: set HCERT_VECTORS", path.display());
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{missing}");
    println!("SKIPPED: {missing}");
    None
}

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn load(json: &[u8], anchor: &GdhcnAnchor) -> Result<(TrustStore, LoadReport), LoadError> {
    let mut builder = TrustStore::builder();
    builder.add_gdhcn("list", json, anchor)?;
    Ok(builder.build())
}

fn refusal(json: &[u8], anchor: &GdhcnAnchor) -> GdhcnError {
    match load(json, anchor) {
        Err(LoadError::Gdhcn(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn problems(report: &LoadReport) -> BTreeMap<(&'static str, bool), usize> {
    let mut counts = BTreeMap::new();
    for problem in &report.problems {
        *counts
            .entry((problem.problem.code(), problem.kept))
            .or_default() += 1;
    }
    counts
}

#[test]
fn every_document_verifies_with_the_pinned_key_of_its_environment_and_no_other() {
    let Some(folder) = vectors("gdhcn") else {
        return;
    };
    let anchors = [
        ("PROD", GdhcnAnchor::prod()),
        ("UAT", GdhcnAnchor::uat()),
        ("DEV", GdhcnAnchor::dev()),
    ];
    let mut verified = 0;
    for (name, own) in &anchors {
        let v2 = folder.join(name).join("v2");
        let mut found = Vec::new();
        if v2.is_dir() {
            documents(&v2, &mut found);
        }
        for path in found {
            let json = std::fs::read(&path).unwrap();
            let (_, report) =
                load(&json, own).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_eq!(report.lists.len(), 1);
            assert_eq!(report.lists[0].entries, report.total);
            assert!(report.lists[0].issued_at.is_some());
            verified += 1;
            for (_, anchor) in anchors.iter().filter(|(other, _)| other != name) {
                let error = refusal(&json, anchor);
                assert_eq!(
                    error,
                    GdhcnError::Environment {
                        expected: anchor.environment(),
                        found: own.environment()
                    }
                );
                // Nor does another environment's key under this one's name.
                let posing = GdhcnAnchor::new(own.environment(), anchor.public_key().clone());
                assert_eq!(refusal(&json, &posing), GdhcnError::Signature);
            }
        }
    }
    println!("{verified} documents");
    assert!(verified >= 15, "{verified}");
}

#[test]
fn the_documents_of_the_signers_are_unsigned() {
    let Some(folder) = vectors("gdhcn") else {
        return;
    };
    for (name, anchor) in [
        ("PROD", GdhcnAnchor::prod()),
        ("UAT", GdhcnAnchor::uat()),
        ("DEV", GdhcnAnchor::dev()),
    ] {
        let json = std::fs::read(folder.join(name).join("signer-did.json")).unwrap();
        assert_eq!(refusal(&json, &anchor), GdhcnError::Unsigned);
        // They are where the pinned keys come from.
        let mut builder = TrustStore::builder();
        let did: Value = serde_json::from_slice(&json).unwrap();
        let jwk = did["verificationMethod"][0]["publicKeyJwk"].to_string();
        builder.add_jwk("signer", jwk.as_bytes()).unwrap();
        let (store, _) = builder.build();
        let key = store.iter().next().unwrap();
        assert_eq!(key.public_key(), anchor.public_key(), "{name}");
    }
}

#[test]
fn the_production_list_loads_entry_by_entry() {
    let Some(path) = vectors("gdhcn/PROD/v2/trustlist/did.json") else {
        return;
    };
    let (store, report) = load(&std::fs::read(path).unwrap(), &GdhcnAnchor::prod()).unwrap();
    println!("{:?}", problems(&report));
    for problem in &report.problems {
        println!("{problem}");
    }
    let mut chains = BTreeMap::<_, usize>::new();
    for key in store.iter() {
        *chains
            .entry((key.gdhcn().unwrap().usage().name(), key.chain().code()))
            .or_default() += 1;
    }
    println!("{chains:?}");
    assert_eq!((report.total, report.duplicates), (501, 0));
    let info = &report.lists[0];
    assert_eq!(info.identity, "did:web:tng-cdn.who.int:v2:trustlist");
    let issued_at = Timestamp::parse("2026-08-22T17:05:01Z").unwrap();
    assert_eq!((info.format, info.issued_at), ("gdhcn", Some(issued_at)));
}

#[test]
fn certificates_of_dgc_testdata_verify_with_a_key_of_the_production_list() {
    let (Some(list), Some(testdata)) = (
        vectors("gdhcn/PROD/v2/trustlist/did.json"),
        vectors("dgc-testdata/ES/2DCode/raw"),
    ) else {
        return;
    };
    let (store, _) = load(&std::fs::read(list).unwrap(), &GdhcnAnchor::prod()).unwrap();
    let spain = store.select(|key| {
        key.gdhcn()
            .is_some_and(|l| l.domain() == "DCC" && l.participant() == "ESP")
    });
    let others = store.select(|key| key.gdhcn().is_some_and(|l| l.participant() != "ESP"));
    assert_eq!(spain.len() + others.len(), store.len());
    let kid = Kid::from_base64("tCM87WnaaQE=").unwrap();
    let now = Timestamp::parse("2021-05-11T12:00:00Z").unwrap();
    for number in [201, 202, 203] {
        let file = std::fs::read(testdata.join(format!("{number}.json"))).unwrap();
        let vector: Value = serde_json::from_slice(&file).unwrap();
        let text = vector["PREFIX"].as_str().unwrap();
        let verdict = Verifier::new(spain.clone()).verify(text, now);
        println!(
            "{number}: {} {:?}",
            verdict.outcome(),
            verdict.reason().map(|r| r.to_string())
        );
        assert_eq!(verdict.step(Step::Signature).word(), "passed", "{number}");
        let unknown = Verifier::new(others.clone()).verify(text, now);
        assert_eq!(unknown.outcome(), Outcome::Unascertained, "{number}");
    }
    let [key] = spain.candidates(&kid) else {
        panic!("one key has this kid");
    };
    let listed = key.gdhcn().unwrap();
    assert_eq!(listed.to_string(), "DCC:ESP:DSC");
    assert_eq!(listed.usage(), GdhcnUsage::DocumentSigner);
    assert_eq!(key.country(), Some("ES"));
}
