//! The program `trust`, as a user runs it.

mod convert;
mod diff;
mod inspect;
mod lint;
mod lists;
mod pinned;
mod published_lists;
mod sign;
mod unsigned;
mod verify;

use hcert_testkit::programs::{self, Ran};

fn run(arguments: &[&str]) -> Ran {
    programs::run("trust", arguments)
}
