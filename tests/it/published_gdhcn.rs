//! The lists of the WHO's network (GDHCN) as they were published.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use std::collections::BTreeMap;

use hcert::Timestamp;
use hcert::trust::{
    Chain, GdhcnAnchor, GdhcnError, GdhcnUsage, Kid, LoadError, LoadReport, ProblemKind, TrustStore,
};
use hcert::verify::{Outcome, Step, Verifier};
use hcert_testkit::published;
use serde_json::Value;

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

fn chains(store: &TrustStore) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for key in store.iter() {
        let usage = key.gdhcn().unwrap().usage().name();
        *counts.entry((usage, key.chain().code())).or_default() += 1;
    }
    counts
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_document_verifies_with_the_pinned_key_of_its_environment_and_no_other() {
    let folder = published::find("gdhcn");
    let anchors = [
        ("PROD", GdhcnAnchor::prod()),
        ("UAT", GdhcnAnchor::uat()),
        ("DEV", GdhcnAnchor::dev()),
    ];
    let mut verified = 0;
    for (name, own) in &anchors {
        let v2 = folder.join(name).join("v2");
        let found = v2.is_dir().then(|| published::json_files(&v2));
        for path in found.unwrap_or_default() {
            let json = std::fs::read(&path).unwrap();
            let (_, report) =
                load(&json, own).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_eq!(report.lists.len(), 1);
            assert!(report.lists[0].issued_at().is_some());
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
#[ignore = "needs HCERT_VECTORS"]
fn the_documents_of_the_signers_are_unsigned() {
    let folder = published::find("gdhcn");
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
#[ignore = "needs HCERT_VECTORS"]
fn the_production_list_loads_entry_by_entry() {
    let path = published::find("gdhcn/PROD/v2/trustlist/did.json");
    let (store, report) = load(&std::fs::read(path).unwrap(), &GdhcnAnchor::prod()).unwrap();
    assert_eq!((report.total, report.duplicates), (501, 0));
    assert_eq!((report.loaded, report.rejected), (499, 2));
    // Two keys for the exchange of data, and four on curves of no use here. IOM
    // is no country, and its certificates name one (IO).
    // That all kids are those of the certificates goes without a note.
    assert_eq!(
        problems(&report),
        BTreeMap::from([
            (("not-a-document-signer", false), 2),
            (("key-unusable", true), 4),
            (("participant-country", true), 4),
        ])
    );
    assert!(store.iter().all(|k| k.certificate().is_some()));
    // 61 authorities; SHA-1 (5) and a P-521 authority (2) are not verified.
    assert_eq!(
        chains(&store),
        BTreeMap::from([
            (("DSC", Chain::Checked.code()), 431),
            (("DSC", Chain::Unsupported.code()), 7),
            (("SCA", Chain::Authority.code()), 61),
        ])
    );
    let info = &report.lists[0];
    assert_eq!(
        info.identity(),
        Some("did:web:tng-cdn.who.int:v2:trustlist")
    );
    let issued_at = Timestamp::parse("2026-08-22T17:05:01Z").unwrap();
    assert_eq!(
        (info.format().code(), info.issued_at()),
        ("gdhcn", Some(issued_at))
    );
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_development_list_loads_with_its_fake_kid_noted() {
    let path = published::find("gdhcn/DEV/v2/trustlist/did.json");
    let (store, report) = load(&std::fs::read(path).unwrap(), &GdhcnAnchor::dev()).unwrap();
    assert_eq!((report.total, report.duplicates), (255, 0));
    assert_eq!((report.loaded, report.rejected), (248, 7));
    assert_eq!(
        problems(&report),
        BTreeMap::from([
            (("not-a-document-signer", false), 7),
            (("kid-mismatch", true), 1),
            (("key-unusable", true), 2),
            // An authority listed as a document signer (PH4H, NIC).
            (("certificates-alone", true), 1),
            (("participant-country", true), 2),
        ])
    );
    let noted = report
        .problems
        .iter()
        .find(|p| p.problem.code() == "kid-mismatch");
    assert_eq!(noted.unwrap().kid.as_deref(), Some("ABCDEFGH"));
    assert_eq!(
        chains(&store),
        BTreeMap::from([
            (("DSC", Chain::Checked.code()), 107),
            (("DSC", Chain::NoAuthority.code()), 1),
            (("DSC", Chain::Unsupported.code()), 1),
            (("SCA", Chain::Authority.code()), 139),
        ])
    );
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn references_are_reported_and_never_followed() {
    let path = published::find("gdhcn/PROD/v2/trustlist-ref/did.json");
    let (store, report) = load(&std::fs::read(path).unwrap(), &GdhcnAnchor::prod()).unwrap();
    assert!(store.is_empty());
    let found: Vec<_> = report
        .problems
        .iter()
        .map(|p| match &p.problem {
            ProblemKind::Reference { to, elsewhere } => (to.as_str(), *elsewhere),
            other => panic!("{other}"),
        })
        .collect();
    // Production does name a list of the development environment.
    assert_eq!(
        found,
        [
            ("did:web:tng-cdn.who.int:v2:trustlist-ref:-", false),
            ("did:web:tng-cdn.who.int:v2:trustlist-ref:DCC", false),
            ("did:web:tng-cdn-dev.who.int:trustlist", true),
        ]
    );
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_part_of_the_list_gives_the_same_keys() {
    let folder = published::find("gdhcn/PROD/v2/trustlist");
    let mut paths = published::json_files(&folder.join("DCC"));
    let mut builder = TrustStore::builder();
    // With the whole list first, the parts bring nothing new.
    paths.insert(0, folder.join("did.json"));
    for path in &paths {
        let json = std::fs::read(path).unwrap();
        builder
            .add_gdhcn("part", &json, &GdhcnAnchor::prod())
            .unwrap();
    }
    let (store, report) = builder.build();
    assert_eq!((store.len(), report.loaded), (499, 499));
    assert_eq!(report.lists.len(), paths.len());
    assert!(report.duplicates > 0);
}

/// Three of four P-256 keys of production have an x or y that is not of 32
/// bytes; the certificates are right.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn keys_come_from_the_certificates() {
    let path = published::find("gdhcn/PROD/v2/trustlist/did.json");
    let json = std::fs::read(path).unwrap();
    let (store, _) = load(&json, &GdhcnAnchor::prod()).unwrap();
    for key in store.iter() {
        assert_eq!(
            Some(key.public_key()),
            key.certificate().map(|c| c.public_key())
        );
    }
    let list: Value = serde_json::from_slice(&json).unwrap();
    let wrong = list["verificationMethod"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["publicKeyJwk"])
        .filter(|jwk| jwk["crv"] == "P-256")
        .filter(|jwk| {
            ["x", "y"]
                .iter()
                .any(|n| jwk[n].as_str().unwrap().len() != 43)
        })
        .count();
    assert_eq!(wrong, 374);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_change_of_a_published_list_is_noticed() {
    let folder = published::find("gdhcn/PROD/v2");
    // Each character of a small document, and samples of the great one.
    for (path, step) in [
        ("trustlist-ref/did.json", 1),
        ("trustlist/DCC/BRA/DSC/did.json", 1),
        ("trustlist/did.json", 15_013),
    ] {
        let json = std::fs::read(folder.join(path)).unwrap();
        let mut tried = 0;
        for at in (0..json.len()).step_by(step) {
            let mut changed = json.clone();
            // Stays JSON inside of a text, and keeps base64 base64.
            changed[at] = if json[at] == b'A' { b'B' } else { b'A' };
            assert!(
                load(&changed, &GdhcnAnchor::prod()).is_err(),
                "{path}, byte {at}"
            );
            tried += 1;
        }
        assert!(tried >= 100, "{path}: {tried}");
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn certificates_of_dgc_testdata_verify_with_a_key_of_the_production_list() {
    let (list, testdata) = (
        published::find("gdhcn/PROD/v2/trustlist/did.json"),
        published::find("dgc-testdata/ES/2DCode/raw"),
    );
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
