//! `hcert`: issues, verifies and looks into signed travel certificates, offline.

mod age;
mod arguments;
mod bounded;
mod cli;
mod commands;
mod conformance_tool;
mod demo;
mod diagnostic;
mod headline;
mod input;
mod json;
mod lint_tool;
mod list_files;
mod program;
mod revocation_file;
mod revocation_tool;
mod revocations;
mod rules;
mod trust_files;
mod trust_tool;
mod value_sets;

use std::io::{self, Write as _};
use std::process::ExitCode;

use cli::{EXIT_UNREADABLE, complain};

const PROGRAM: &str = "hcert";

const HELP: &str = "\
Issues, verifies and looks into signed travel certificates, offline.

Usage: hcert COMMAND [OPTION]… [INPUT]…

  verify       whether certificates are valid, and what they say
  inspect      what a certificate is made of, layer by layer
  issue        signs certificates, and draws them as QR codes
  lint         where a certificate departs from the specification
  journey      which countries accept a traveller's certificates, and when
  trust        looks into trust lists, and makes snapshots of them
  revocation   makes revocation sets, and looks into them
  conformance  runs published test suites

  --help       print this; after a COMMAND, what it takes
  --version    print the version

Every command gives exit status 2 for wrong usage and for files that can't be
read; its help names the others.
";

type Command = (&'static str, fn() -> ExitCode);

const COMMANDS: [Command; 8] = [
    ("verify", program::verify::main),
    ("inspect", program::inspect::main),
    ("issue", program::issue::main),
    ("lint", program::lint::main),
    ("journey", program::journey::main),
    ("trust", program::trust::main),
    ("revocation", program::revocation::main),
    ("conformance", program::conformance::main),
];

fn main() -> ExitCode {
    match arguments::command().as_deref() {
        Some("--help" | "-h" | "help") => print(HELP),
        Some("--version" | "-V") => print(concat!("hcert ", env!("CARGO_PKG_VERSION"), "\n")),
        Some(name) => match COMMANDS.iter().find(|(known, _)| *known == name) {
            Some((_, run)) => run(),
            None => wrong(&format!("there is no command {name:?}")),
        },
        None => wrong("no command is given"),
    }
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::failed(PROGRAM, &error).into(),
    }
}

fn wrong(message: &str) -> ExitCode {
    complain(PROGRAM, message);
    complain(PROGRAM, "--help shows the commands");
    EXIT_UNREADABLE.into()
}
