//! Published trust lists and certificates, loaded without a loss.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hcert::trust::{Dsc, KeyUsage, LoadReport, TrustStore};
use hcert_testkit::published;
use serde_json::Value;

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
#[ignore = "needs HCERT_VECTORS"]
fn the_acceptance_environment_loads_without_a_loss() {
    let path = published::find("trust-lists/acc-union.json");
    let mut builder = TrustStore::builder();
    builder
        .add_bytes("acc-union.json", &std::fs::read(path).unwrap())
        .unwrap();
    let (store, report) = builder.build();
    assert_eq!((report.loaded, report.total, store.len()), (756, 756, 756));
    assert_eq!((report.duplicates, report.rejected), (0, 0));
    // Two keys write out the parameters of their curve, and two are for signing
    // certificates alone (Malta, Latvia).
    let noted = summary(&report);
    let expected = [
        (("key-unusable", true), 2),
        (("certificates-alone", true), 2),
    ];
    assert_eq!(noted, BTreeMap::from(expected));
    let limited = store.iter().filter(|k| k.usage() != KeyUsage::ANY).count();
    assert_eq!(limited, 421);
    for key in store.iter() {
        assert!(key.country().is_some_and(|c| c.len() == 2), "{key:?}");
        assert_eq!(store.candidates(key.kid()).len(), 1);
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_certificate_of_dgc_testdata_loads() {
    let folder = published::find("dgc-testdata");
    let files = published::json_files(&folder);
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
    // Spain's P-384, vectors 402 and 403; Latvia's signer of 1 to 3, which is
    // for signing certificates alone.
    let noted = summary(&report);
    let expected = [
        (("key-unusable", true), 2),
        (("certificates-alone", true), 3),
    ];
    assert_eq!(noted, BTreeMap::from(expected));
    assert_eq!((report.rejected, report.total), (0, added));
}
