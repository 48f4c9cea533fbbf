//! The QR pictures of the member states' published test data scan to the texts
//! published with them.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hcert::qr::{ScanLimits, scan};
use hcert_testkit::published;
use serde_json::Value;

/// Vectors whose picture differs from their text, by an upstream slip: the
/// pictures hold other certificates.
const OTHER_TEXT: [&str; 2] = ["ES/2DCode/raw/501.json", "ES/2DCode/raw/502.json"];

/// A vector whose picture is no picture, on purpose.
const NO_PICTURE: [&str; 1] = ["common/2DCode/raw/Q1.json"];

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_published_picture_scans_to_its_text() {
    let root = published::find("dgc-testdata");
    let files = published::json_files(&root);

    let mut failures = Vec::new();
    let mut scanned = 0;
    let mut seen_exceptions = 0;
    let mut versions = std::collections::BTreeMap::<u8, usize>::new();
    let (mut total, mut slowest) = (Duration::ZERO, (Duration::ZERO, String::new()));
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        let json = std::fs::read_to_string(file).unwrap();
        let json: Value = serde_json::from_str(json.trim_start_matches('\u{feff}')).unwrap();
        let Some(picture) = json.get("2DCODE").and_then(Value::as_str) else {
            continue;
        };
        let picture = STANDARD.decode(picture.trim()).unwrap();
        let text = json.get("PREFIX").and_then(Value::as_str).unwrap();

        let start = Instant::now();
        let result = scan(&picture, &ScanLimits::default());
        let took = start.elapsed();

        if NO_PICTURE.contains(&name.as_str()) {
            seen_exceptions += 1;
            if result.is_ok() {
                failures.push(format!("{name}: is a picture after all"));
            }
            continue;
        }
        let codes = match result {
            Ok(codes) => codes,
            Err(error) => {
                failures.push(format!("{name}: {}", error.code()));
                continue;
            }
        };
        let [code] = codes.as_slice() else {
            failures.push(format!("{name}: {} codes", codes.len()));
            continue;
        };
        scanned += 1;
        total += took;
        *versions.entry(code.version()).or_default() += 1;
        if took > slowest.0 {
            slowest = (took, name.clone());
        }
        let other = OTHER_TEXT.contains(&name.as_str());
        seen_exceptions += usize::from(other);
        if (code.text() == text) == other {
            failures.push(format!(
                "{name}: text equal to the published one: {}",
                !other
            ));
        }
    }

    println!(
        "{scanned} pictures, {:.2?} each, slowest {:.2?} ({}), versions {versions:?}",
        total / scanned.max(1),
        slowest.0,
        slowest.1
    );
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(scanned > 0);
    assert_eq!(seen_exceptions, OTHER_TEXT.len() + NO_PICTURE.len());
}
