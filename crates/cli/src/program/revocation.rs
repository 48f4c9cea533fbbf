//! Makes revocation sets for an app to embed, and looks into them.

use std::process::ExitCode;

use crate::{cli, commands, revocation_tool};
use revocation_tool::{Command, PROGRAM};

const HELP: &str = "\
Makes compact revocation sets, offline, and looks into them.

Usage: hcert revocation COMMAND [OPTION]… FILE…

  build FILE…                    a set out of lists of revoked certificates
  identify INPUT…                what lists name a certificate by, as lines for build
  inspect SET                    what a set says of itself
  check SET KID KIND HASH        whether a certificate is in it
  diff OLD NEW                   how two sets differ

  --help                         print this; after a COMMAND, what it takes

Exit status: 0 all is well, 1 not (inspect: the set is refused; check: it is
revoked; diff: the sets differ), 2 wrong usage, a file that can't be read or
used, or output that can't be written, 3 (check) the set doesn't speak of it.
";

pub fn main() -> ExitCode {
    run()
        .unwrap_or_else(|error| cli::failed(PROGRAM, &*error))
        .into()
}

fn run() -> Result<u8, revocation_tool::Error> {
    match commands::first(HELP)? {
        Some((name, parser)) => revocation_tool::run(Command::from_name(&name)?, parser),
        None => Ok(0),
    }
}
