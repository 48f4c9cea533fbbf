//! The program `trust`, as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;
mod published;
#[path = "common/raw.rs"]
mod raw;

#[path = "programs_trust/convert.rs"]
mod convert;
#[path = "programs_trust/diff.rs"]
mod diff;
#[path = "programs_trust/inspect.rs"]
mod inspect;
#[path = "programs_trust/lint.rs"]
mod lint;
#[path = "programs_trust/lists.rs"]
mod lists;
#[path = "programs_trust/pinned.rs"]
mod pinned;
#[path = "programs_trust/published_lists.rs"]
mod published_lists;
#[path = "programs_trust/unsigned.rs"]
mod unsigned;
#[path = "programs_trust/verify.rs"]
mod verify;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::pki::TestKey;
use serde_json::Value;

/// `cargo test` builds the examples beside the test programs.
fn program() -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("trust{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: cargo build --examples",
        path.display()
    );
    Command::new(path)
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Ran {
    fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap();
        self.out.lines().map(parse).collect()
    }

    fn line(&self) -> Value {
        let [line] = <[Value; 1]>::try_from(self.lines()).unwrap();
        line
    }
}

fn run(arguments: &[&str]) -> Ran {
    let output = program()
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        status: output.status.code().expect("ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory of a test's own, removed at its end.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let directory = format!("hcert-trust-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(directory);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The public key of that label.
    fn anchor(&self, label: &str) -> String {
        let der = TestKey::new(label).spki_der().unwrap();
        self.write(&format!("{label}.anchor"), der)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
