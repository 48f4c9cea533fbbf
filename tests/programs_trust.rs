//! The program `trust`, as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;
#[path = "common/programs.rs"]
mod programs;
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
#[path = "programs_trust/sign.rs"]
mod sign;
#[path = "programs_trust/unsigned.rs"]
mod unsigned;
#[path = "programs_trust/verify.rs"]
mod verify;

use common::pki::TestKey;
use programs::{Files, Ran};

fn run(arguments: &[&str]) -> Ran {
    programs::run("trust", arguments)
}

impl Files {
    /// The public key of that label.
    fn anchor(&self, label: &str) -> String {
        let der = TestKey::new(label).spki_der().unwrap();
        self.write(&format!("{label}.anchor"), der)
    }
}
