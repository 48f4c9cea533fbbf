//! `--value-sets DIR|FILE`: the built-in value sets, with newer editions.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hcert::record::{ValueSet, ValueSetError, ValueSets};

use crate::cli::complain;

/// The built-in value sets with those of the files, and of the `*.json` of the
/// directories. What is no value set in a directory, or an older edition, is
/// named on stderr and left out; a file that is named itself has to be one.
pub fn load(program: &str, paths: &[OsString]) -> Result<ValueSets, String> {
    let mut sets = ValueSets::builtin();
    for path in paths.iter().map(Path::new) {
        let failed = |path: &Path, why: &dyn ToString| {
            format!("--value-sets {}: {}", path.display(), why.to_string())
        };
        if !path.is_dir() {
            let bytes = content(path).map_err(|error| failed(path, &error))?;
            let with = sets.with_json(&bytes);
            sets = with.map_err(|error| failed(path, &error))?;
            continue;
        }
        let mut found = false;
        for file in json_files(path).map_err(|error| failed(path, &error))? {
            let bytes = content(&file).map_err(|error| failed(&file, &error))?;
            match sets.with_json(&bytes) {
                Ok(with) => (sets, found) = (with, true),
                // Which one of the two holds is not for the file names to say.
                Err(
                    error @ (ValueSetError::Conflict { .. } | ValueSetError::TooManySets { .. }),
                ) => {
                    return Err(failed(&file, &error));
                }
                Err(error) => {
                    found |= matches!(error, ValueSetError::Older { .. });
                    complain(program, &format!("left out: {}", failed(&file, &error)));
                }
            }
        }
        if !found {
            return Err(failed(path, &"no value set in it"));
        }
    }
    Ok(sets)
}

/// By name, so that messages come in the same order on every machine.
fn json_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_json = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("json"));
        if is_json && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// No more than a value set may have, and a byte to see that there is more.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut source = File::open(path)?.take(ValueSet::MAX_BYTES as u64 + 1);
    source.read_to_end(&mut bytes)?;
    Ok(bytes)
}
