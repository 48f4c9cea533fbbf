//! What is in a trust list, who signed it, and what is wrong with it.

use std::process::ExitCode;

use crate::{cli, commands, trust_tool};
use trust_tool::{Command, PROGRAM};

const HELP: &str = "\
Looks into trust lists, offline: what they hold, who signed them, how two of
them differ, and what is wrong with them.

Usage: hcert trust COMMAND [OPTION]… FILE…

  inspect FILE…   what is in a list
  verify FILE…    whether its signature holds
  diff OLD NEW    which keys came, went and changed
  lint FILE…      what a list's maker, or who embeds it, should know
  convert FILE…   one snapshot out of lists, to embed in an app
  sign FILE       a signed document out of rules or a revocation list

  --help          print this; after a COMMAND, what it takes

Every form of list is told by its content. FILE is a list of the WHO's network
(GDHCN), of the EU gateway or of a member state, a JWK set, or certificates and
public keys in DER or PEM; - is standard input. A list in two files
(Switzerland's, Austria's) takes both, in any order.

Exit status: 0 all is well, 1 not (inspect and verify: a list is refused; diff:
the lists differ; lint: an error is found), 2 wrong usage, a file that can't be
read, or output that can't be written.
";

pub fn main() -> ExitCode {
    run()
        .unwrap_or_else(|error| cli::failed(PROGRAM, &*error))
        .into()
}

fn run() -> Result<u8, trust_tool::Error> {
    match commands::first(HELP)? {
        Some((name, parser)) => trust_tool::run(Command::from_name(&name)?, parser),
        None => Ok(0),
    }
}
