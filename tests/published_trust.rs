//! Published trust lists and certificates, loaded without a loss.
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

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hcert::trust::{Dsc, KeyUsage, LoadReport, TrustStore};
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

fn summary(report: &LoadReport) -> BTreeMap<(&'static str, bool), usize> {
    let mut counts = BTreeMap::new();
    for problem in &report.problems {
        *counts
            .entry((problem.problem.code(), problem.kept))
            .or_default() += 1;
    }
    counts
}

#[test]
fn the_acceptance_environment_loads_without_a_loss() {
    let Some(path) = vectors("trust-lists/acc-union.json") else {
        return;
    };
    let mut builder = TrustStore::builder();
    builder
        .add_bytes("acc-union.json", &std::fs::read(path).unwrap())
        .unwrap();
    let (store, report) = builder.build();
    assert_eq!((report.loaded, report.total, store.len()), (756, 756, 756));
    assert_eq!((report.duplicates, report.rejected), (0, 0));
    // Two keys write out the parameters of their curve.
    let noted = summary(&report);
    assert_eq!(noted, BTreeMap::from([(("key-unusable", true), 2)]));
    let limited = store.iter().filter(|k| k.usage() != KeyUsage::ANY).count();
    assert_eq!(limited, 421);
    for key in store.iter() {
        assert!(key.country().is_some_and(|c| c.len() == 2), "{key:?}");
        assert_eq!(store.candidates(key.kid()).len(), 1);
    }
}

fn json_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
}

#[test]
fn every_certificate_of_dgc_testdata_loads() {
    let Some(folder) = vectors("dgc-testdata") else {
        return;
    };
    let mut files = Vec::new();
    json_files(&folder, &mut files);
    files.sort();
    let mut builder = TrustStore::builder();
    let (mut added, mut legacy, mut empty) = (0, 0, 0);
    for file in &files {
        let text = std::fs::read(file).unwrap();
        let Ok(vector) = serde_json::from_slice::<Value>(&text) else {
            println!("{} is not JSON", file.display());
            continue;
        };
        let Some(certificate) = vector
            .pointer("/TESTCTX/CERTIFICATE")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
        else {
            continue;
        };
        let name = file.display().to_string();
        let der = STANDARD.decode(certificate.trim()).expect(&name);
        added += 1;
        let dsc = Dsc::from_der(&der).unwrap_or_else(|error| panic!("{name}: {error}"));
        match dsc.extended_key_usage() {
            Some([]) => {
                empty += 1;
                assert_eq!(dsc.usage(), KeyUsage::ANY, "{name}");
            }
            Some(oids) if oids.iter().any(|o| o.starts_with("1.3.6.1.4.1.0.1847")) => {
                legacy += 1;
                assert_ne!(dsc.usage(), KeyUsage::ANY, "{name}");
            }
            _ => {}
        }
        builder.add_certificate_der(&name, &der).unwrap();
    }
    let (_, report) = builder.build();
    assert_eq!((added, legacy, empty), (316, 219, 1));
    // Spain's P-384, vectors 402 and 403.
    let noted = summary(&report);
    assert_eq!(noted, BTreeMap::from([(("key-unusable", true), 2)]));
    assert_eq!((report.rejected, report.total), (0, added));
}
