//! What the programs with several commands share.

use std::error::Error;
use std::io::{self, Write as _};

use crate::arguments;

/// The first word of the command line, and the rest. `None` where help was
/// asked for, and is printed.
pub fn first(help: &str) -> Result<Option<(String, lexopt::Parser)>, Box<dyn Error>> {
    use lexopt::prelude::*;
    let mut parser = arguments::parser();
    match parser.next()? {
        Some(Long("help") | Short('h')) => {
            io::stdout().write_all(help.as_bytes())?;
            Ok(None)
        }
        Some(Value(name)) => Ok(Some((name.string()?, parser))),
        Some(other) => Err(other.unexpected().into()),
        None => Err(lexopt::Error::from("no COMMAND is given").into()),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
