//! Finds published test data, which is not part of this repository.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file or folder of the published data: below `HCERT_VECTORS`, or
/// `shared/vectors` beside the repository. A test that calls this is marked
/// `#[ignore = "needs HCERT_VECTORS"]`, so that none passes without the data.
///
/// # Panics
///
/// If it is not there.
#[track_caller]
pub fn find(part: &str) -> PathBuf {
    let folder = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let path = folder.join(part);
    assert!(
        path.exists(),
        "no {part}: set HCERT_VECTORS to the folder that holds it"
    );
    path
}

/// The JSON files below a folder, sorted.
pub fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
}

/// The JSON in a file, if it is JSON. Some files begin with a byte order mark.
pub fn read_json(path: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
}

/// A certificate of the data set, as the issuer says that it reads.
pub struct Published {
    /// Path in the data set.
    pub path: String,
    /// The payload: `ver`, `nam`, `dob` and the groups.
    pub payload: Value,
}

/// The certificates of github.com/eu-digital-green-certificates/dgc-testdata, by path.
pub fn dgc_testdata() -> Vec<Published> {
    let root = find("dgc-testdata");
    let read = |file: PathBuf| {
        let payload = read_json(&file)?.get_mut("JSON")?.take();
        let path = file.strip_prefix(&root).unwrap().display().to_string();
        payload.is_object().then_some(Published { path, payload })
    };
    let found: Vec<_> = json_files(&root).into_iter().filter_map(read).collect();
    assert!(!found.is_empty(), "dgc-testdata holds no certificate");
    found
}
