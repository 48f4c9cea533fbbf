//! What is published is what the generator writes.
#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn the_published_files_are_those_that_are_made() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test-vectors");
    let mut program = Command::new(env!("CARGO_BIN_EXE_make-vectors"));
    let ran = program.args(["--check", "--out", files]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}");
    assert!(said.contains("0 differences"), "{said}");
}
