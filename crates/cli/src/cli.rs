//! What the programs share: how they fail, and how they print what others wrote.

use std::error::Error;
use std::io::{self, Write as _};

use hcert::format::Format;
use hcert::format::hc1::text;
use hcert::words;

/// Wrong usage, or an input that can't be read.
pub const EXIT_UNREADABLE: u8 = 2;

/// Says why the program can't go on, and gives its exit status. A reader of
/// our output that has gone away (`| head`) needs no message.
pub fn failed(program: &str, error: &(dyn Error + 'static)) -> u8 {
    let gone = error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
    if !gone {
        complain(program, &error.to_string());
        if error.is::<lexopt::Error>() {
            complain(program, "--help shows what it takes");
        }
    }
    EXIT_UNREADABLE
}

/// One message on stderr.
pub fn complain(program: &str, message: &str) {
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "{program}: {}", printable(message));
}

/// Text of unknown origin, fit for a terminal.
pub fn printable(text: &str) -> String {
    words::printable(text).into_owned()
}

/// Whether an input is a code itself, by how it begins.
pub fn is_code(input: &str) -> bool {
    let mut formats = Format::ALL.iter();
    formats.any(|format| input.starts_with(format.prefix()))
        || input.starts_with(text::BASE64_START)
}

/// How an input is named to people. A certificate is no name: see `arguments`.
pub fn short_name(input: &str) -> String {
    printable(input)
}
