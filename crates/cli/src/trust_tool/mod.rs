//! The commands of the program `trust`, and what they share: their options and
//! how their output is written.

mod convert;
mod diff;
mod document;
mod facts;
mod inspect;
mod lint;
mod load;
mod sign;
mod verify;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::trust::{Anchor, Environment, GatewayRoles};

use crate::cli::printable;
use crate::trust_files::gateway_role;
use load::Files;

pub const PROGRAM: &str = "hcert trust";

pub type Error = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Inspect,
    Verify,
    Diff,
    Lint,
    Convert,
    Sign,
}

impl Command {
    pub fn from_name(name: &str) -> Result<Self, lexopt::Error> {
        Ok(match name {
            "inspect" => Self::Inspect,
            "verify" => Self::Verify,
            "diff" => Self::Diff,
            "lint" => Self::Lint,
            "convert" => Self::Convert,
            "sign" => Self::Sign,
            _ => return Err("COMMAND is inspect, verify, diff, lint, convert or sign".into()),
        })
    }

    fn help(self) -> &'static str {
        match self {
            Self::Inspect => inspect::HELP,
            Self::Verify => verify::HELP,
            Self::Diff => diff::HELP,
            Self::Lint => lint::HELP,
            Self::Convert => convert::HELP,
            Self::Sign => sign::HELP,
        }
    }

    /// Whether it looks at single entries, at a time.
    fn looks_at_entries(self) -> bool {
        matches!(self, Self::Inspect | Self::Lint)
    }
}

/// What the user says, the anchors read.
pub struct Options {
    pub anchors: Vec<Anchor>,
    pub environment: Option<Environment>,
    pub gateway: GatewayRoles,
    pub at: Timestamp,
    pub all: bool,
    pub json: bool,
    /// What documents are for: FILEs are such, and no lists.
    pub purpose: Option<String>,
    pub beside: Option<document::Beside>,
}

/// Runs a command with the rest of the arguments, and gives the exit status.
pub fn run(command: Command, parser: lexopt::Parser) -> Result<u8, Error> {
    match command {
        Command::Convert => return convert::run(parser),
        Command::Sign => return sign::run(parser),
        _ => {}
    }
    let Some((options, files)) = options(command, parser)? else {
        io::stdout().write_all(command.help().as_bytes())?;
        return Ok(0);
    };
    if let Some(purpose) = &options.purpose {
        return document::verify(&options, purpose, &files);
    }
    // Elsewhere no time is asked for, and none read.
    let used_at = command.looks_at_entries().then_some(options.at);
    let files = Files::read(&files, used_at, options.json);
    match command {
        Command::Inspect => inspect::run(&options, &files),
        Command::Verify => verify::run(&options, &files),
        Command::Diff => diff::run(&options, &files),
        Command::Lint => lint::run(&options, &files),
        Command::Convert | Command::Sign => Ok(crate::cli::EXIT_UNREADABLE),
    }
}

fn options(
    command: Command,
    mut parser: lexopt::Parser,
) -> Result<Option<(Options, Vec<OsString>)>, Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        anchors: Vec::new(),
        environment: None,
        gateway: GatewayRoles::default(),
        at: SystemTime::now().into(),
        all: false,
        json: false,
        purpose: None,
        beside: None,
    };
    let mut files = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("anchor") => options.anchors.push(load::anchor(&parser.value()?)?),
            Long("trust-env") => {
                let environment = Environment::from_name(&parser.value()?.string()?);
                let wrong = lexopt::Error::from("--trust-env is prod, uat or dev");
                options.environment = Some(environment.ok_or(wrong)?);
            }
            Long("gateway-role") => {
                let roles = std::mem::take(&mut options.gateway);
                let text = parser.value()?.string()?;
                let wrong = lexopt::Error::from("--gateway-role is upload:SHA256 or csca:SHA256");
                options.gateway = gateway_role(roles, &text).ok_or(wrong)?;
            }
            Long("json") => options.json = true,
            Long("at") if command.looks_at_entries() => {
                options.at = parser.value()?.parse_with(Timestamp::parse)?;
            }
            Long("all") if command.looks_at_entries() => options.all = true,
            Long("purpose") if command == Command::Verify => {
                options.purpose = Some(parser.value()?.string()?);
            }
            Long("signature") if command == Command::Verify => {
                options.beside = Some(document::Beside::Content(parser.value()?));
            }
            Long("x-signature") if command == Command::Verify => {
                options.beside = Some(document::Beside::Digest(parser.value()?));
            }
            Value(file) => files.push(file),
            _ => return Err(unexpected(argument).into()),
        }
    }
    if options.purpose.is_some() && options.environment.is_some() {
        let none = "--trust-env is of lists; --purpose goes with --anchor";
        return Err(lexopt::Error::from(none).into());
    }
    if options.beside.is_some() && (options.purpose.is_none() || files.len() > 1) {
        let one = "--signature and --x-signature go with --purpose and one FILE";
        return Err(lexopt::Error::from(one).into());
    }
    match files.is_empty() {
        true => Err(lexopt::Error::from("no FILE is given").into()),
        false => Ok(Some((options, files))),
    }
}

/// An option that other commands have names them.
fn unexpected(argument: lexopt::Arg<'_>) -> lexopt::Error {
    use lexopt::prelude::*;
    let commands = match argument {
        Long("at") => "inspect, lint, convert and sign",
        Long("purpose") => "verify and sign",
        Long("signature" | "x-signature") => "verify",
        Long("expires") => "sign",
        Long("all") => "inspect and lint",
        Long("json") => "inspect, verify, diff and lint",
        Long("out" | "key") => "convert and sign",
        Long(
            "list" | "participant" | "trust-key" | "deny" | "dangerously-trust-unsigned" | "quiet",
        ) => "convert",
        _ => return argument.unexpected(),
    };
    let Long(name) = argument else {
        return argument.unexpected();
    };
    format!("--{name} is not an option of this command, but of {commands}").into()
}

/// Output that is written at once: a reader that goes away is an error, and
/// nobody's fault.
fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// A line of a label and a value that others wrote.
fn line(out: &mut String, label: &str, value: &str) {
    *out += &format!("  {label:<14} {}\n", printable(value));
}
