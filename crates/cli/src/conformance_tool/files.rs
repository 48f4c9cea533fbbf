//! Folders of a published suite, or of the whole clone that it stands in.

use std::path::{Path, PathBuf};

/// What lies in a folder, each kind in the order of the names.
#[derive(Default)]
pub struct Listed {
    pub json: Vec<PathBuf>,
    pub folders: Vec<PathBuf>,
    /// How many files have no name of JSON.
    pub other_files: usize,
}

/// Lists a folder. Folders whose names begin with a dot (`.git`) are left out,
/// and those behind links, which could lead in a circle.
pub fn list(folder: &Path) -> Result<Listed, String> {
    let named = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut listed = Listed::default();
    for entry in std::fs::read_dir(folder).map_err(named)? {
        let entry = entry.map_err(named)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(named)?);
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if kind.is_dir() {
            if !hidden {
                listed.folders.push(path);
            }
        } else if !path.is_file() {
        } else if path.extension().is_some_and(|e| e == "json") {
            listed.json.push(path);
        } else {
            listed.other_files += 1;
        }
    }
    listed.json.sort();
    listed.folders.sort();
    Ok(listed)
}

/// The path below the folder that was named.
pub fn relative(root: &Path, file: &Path) -> String {
    let below = file.strip_prefix(root).unwrap_or(file);
    below.display().to_string()
}
