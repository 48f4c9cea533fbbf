//! The keys of the EU's acceptance environment verify the EU's test vectors.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use hcert::format::Unverified;
use hcert::trust::TrustStore;
use hcert::verify::{Step, StepResult, Verifier};
use hcert::{Limits, Timestamp};
use hcert_testkit::published;
use serde_json::Value;

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_vector_of_a_listed_key_verifies_with_the_list() {
    let (list, testdata) = (
        published::find("trust-lists/acc-union.json"),
        published::find("dgc-testdata"),
    );
    let list = std::fs::read(list).unwrap();
    let mut builder = TrustStore::builder();
    builder.add_bytes("acc-union.json", &list).unwrap();
    let (store, report) = builder.build();
    assert_eq!((report.total, report.loaded, store.len()), (756, 756, 756));
    assert_eq!((report.rejected, report.duplicates), (0, 0));
    let verifier = Verifier::new(store);

    let root = testdata;
    let second = std::fs::read_to_string(root.join("second-opinion.jsonl")).unwrap();
    let (mut good, mut listed, mut failed) = (0, 0, Vec::new());
    for line in second.lines() {
        let opinion: Value = serde_json::from_str(line).unwrap();
        if opinion["results"]["EXPECTEDVERIFY"]["oracle"] != true {
            continue;
        }
        good += 1;
        let path = opinion["path"].as_str().unwrap();
        let vector = std::fs::read_to_string(root.join(path)).unwrap();
        let vector: Value = serde_json::from_str(vector.trim_start_matches('\u{feff}')).unwrap();
        let text = vector["PREFIX"].as_str().expect(path);
        let unverified = match Unverified::parse(text, &Limits::default()) {
            Ok(unverified) => unverified,
            Err(error) => {
                failed.push(format!("{path}: {}", error.code()));
                continue;
            }
        };
        let is_listed = unverified
            .kid()
            .is_some_and(|kid| !verifier.trust().candidates(kid).is_empty());
        if !is_listed {
            continue;
        }
        listed += 1;
        let now = Timestamp::parse("2021-06-01T00:00:00Z").unwrap();
        let verdict = verifier.verify_parsed(&unverified, now);
        if verdict.step(Step::Signature) != &StepResult::Passed {
            let code = verdict.reason().map_or("?", |reason| reason.code());
            failed.push(format!("{path}: {code}"));
        }
    }
    println!("{good} good signatures, {listed} of them by listed keys");
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(listed > 0);
}
