//! Finds published test data, which is not part of this repository.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A certificate of the data set, as the issuer says that it reads.
pub struct Published {
    /// Path in the data set.
    pub path: String,
    /// The payload: `ver`, `nam`, `dob` and the groups.
    pub payload: Value,
}

/// The certificates of github.com/eu-digital-green-certificates/dgc-testdata, by path;
/// `None`, with a word on stdout, if the data is not there.
pub fn dgc_testdata() -> Option<Vec<Published>> {
    let root = match std::env::var_os("HCERT_VECTORS") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
    }
    .join("dgc-testdata");
    if !root.is_dir() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "no published test data: set HCERT_VECTORS to the directory that holds dgc-testdata"
        );
        println!("skipped: set HCERT_VECTORS to the directory that holds a clone of dgc-testdata");
        return None;
    }
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "dgc-testdata holds no certificate");
    Some(found)
}

fn collect(root: &Path, directory: &Path, found: &mut Vec<Published>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Some files begin with a byte order mark.
        let Ok(mut file) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}'))
        else {
            continue;
        };
        let payload = file["JSON"].take();
        if payload.is_object() {
            let path = path.strip_prefix(root).unwrap().display().to_string();
            found.push(Published { path, payload });
        }
    }
}
