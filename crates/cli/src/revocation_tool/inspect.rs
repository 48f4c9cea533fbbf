//! `revocation inspect`: what a set says of itself.

use super::{Error, Options, Set, facts, grouped, kind_name, print};
use crate::cli::{self, printable};
use crate::commands::hex;
use crate::json;

pub const HELP: &str = "\
Shows what a revocation set says of itself: its dates, how many entries and
signers it has, how often it is wrong, and what it was made of.

Usage: hcert revocation inspect [--anchor KEY]… [--json] SET

  --anchor KEY  check the signature with this certificate or public key; may be
                repeated
  --json        print one JSON object
  --help        print this

Without --anchor the signature is not looked at.

Exit status: 0 shown, 1 the set is refused, 2 wrong usage, or a file that can't
be read.
";

pub fn run(options: &Options) -> Result<u8, Error> {
    let [path] = options.values.as_slice() else {
        return Err(lexopt::Error::from("one SET is needed").into());
    };
    let set = match options.open(path)? {
        Ok(set) => set,
        Err(error) => {
            let label = path.to_string_lossy();
            match options.json {
                true => {
                    let error = json::why(error.code(), error);
                    print(&(json::object(&[("error", error)]) + "\n"))?;
                }
                false => cli::complain(
                    super::PROGRAM,
                    &format!("{label}: {error} [{}]", error.code()),
                ),
            }
            return Ok(1);
        }
    };
    print(&match options.json {
        true => json::object(&facts(&set)) + "\n",
        false => words(&set),
    })?;
    Ok(0)
}

fn words(set: &Set) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        out += &format!("{label:<16} {}\n", printable(value));
    };
    line("made at", &set.made_at().to_string());
    if let Some(expires_at) = set.expires_at() {
        line("expires at", &expires_at.to_string());
    }
    line(
        "signature",
        match set.signed_by() {
            Some(_) => "checked",
            None => "not checked (--anchor)",
        },
    );
    line("entries", &grouped(set.len() as u64));
    for (kind, length, entries) in set.tables() {
        let text = format!("{}, {length} bytes: {}", kind_name(kind), grouped(entries));
        line("", &text);
    }
    let kids = grouped(set.kids().count() as u64);
    match set.covers_any_kid() {
        true => line("signers", &format!("all ({kids} by name)")),
        false => line("signers", &kids),
    }
    match set.is_exact() {
        true => line("false positives", "none"),
        false => {
            let rate = set.false_positive_rate();
            line(
                "false positives",
                &format!("{rate:.2e} (2^{:.1})", rate.log2()),
            );
        }
    }
    let bits = set.bytes() as f64 * 8.0 / set.len().max(1) as f64;
    let bytes = grouped(set.bytes() as u64);
    line("bytes", &format!("{bytes} ({bits:.1} bits an entry)"));
    line("content", &hex(&set.content_id()));
    for source in set.sources() {
        let dated = source
            .dated
            .map(|t| format!(", of {t}"))
            .unwrap_or_default();
        line("made of", &format!("{}{dated}", source.identity));
    }
    out
}
