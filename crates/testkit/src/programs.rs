//! The commands of `hcert`, as a user runs them.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use hcert::record::Record;
use serde_json::Value;

use crate::fixtures::{dsc, issued};
use crate::pki::TestKey;

/// `hcert NAME`. `cargo test` builds the program beside the tests of its package.
pub fn program(name: &str) -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push(format!("hcert{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: cargo build -p hcert-cli",
        path.display()
    );
    let mut program = Command::new(path);
    program.arg(name);
    program
}

/// What a program left behind.
pub struct Ran {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The output of a program that ended by itself, in UTF-8.
    pub fn new(output: Output) -> Self {
        Self {
            status: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output as a JSON value in each line.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap();
        self.out.lines().map(parse).collect()
    }

    /// The only line.
    pub fn line(&self) -> Value {
        let [line] = <[Value; 1]>::try_from(self.lines()).unwrap();
        line
    }
}

/// Runs a command with nothing on standard input.
pub fn run(name: &str, arguments: &[&str]) -> Ran {
    let mut program = program(name);
    program.args(arguments).stdin(Stdio::null());
    Ran::new(program.output().unwrap())
}

/// Runs a command with these bytes on standard input.
pub fn run_with_stdin(name: &str, arguments: &[&str], stdin: &[u8]) -> Ran {
    let mut child = program(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    Ran::new(child.wait_with_output().unwrap())
}

/// A directory of a test's own, removed at its end.
pub struct Files(pub PathBuf);

impl Files {
    /// An empty directory, of this call alone.
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = format!("hcert-programs-{name}-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(directory);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A trust list with the document signer `alpha`.
    pub fn trust(&self) -> String {
        self.write("trust.der", dsc("alpha", &[]).der())
    }

    /// A certificate that `alpha` signed.
    pub fn certificate(&self, name: &str, record: &Record) -> String {
        self.write(name, issued("alpha", record).text())
    }

    /// The public key of that label.
    pub fn anchor(&self, label: &str) -> String {
        let der = TestKey::new(label).spki_der().unwrap();
        self.write(&format!("{label}.anchor"), der)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
