//! Regenerates `test-vectors/`, the published vectors of this project.
//!
//! Two runs give the same bytes. Nothing is written when the verifier of this
//! crate disagrees with what the vectors declare.

mod vectors;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, ValueExt as _};
use serde_json::{Value, json};
use vectors::{Error, Suite, revocation, trust_lists, verdicts};

const HELP: &str = "\
Regenerates the published test vectors.

Usage: make-vectors [--check] [--out DIR] [--json]

  --check    write nothing; compare, list what differs, exit with 1 if anything does
  --out DIR  where the files are (default: test-vectors)
  --json     one line of JSON on stdout in the place of text
  --help     this text

Exit status: 0 done, or no difference; 1 a difference, or the verifier
disagrees with a vector; 2 wrong usage, or a file can't be read or written.
";

struct Options {
    check: bool,
    json: bool,
    out: PathBuf,
}

fn main() -> ExitCode {
    match options().and_then(|options| options.map_or(Ok(ExitCode::SUCCESS), |o| run(&o))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("make-vectors: {error}");
            ExitCode::from(2)
        }
    }
}

fn options() -> Result<Option<Options>, Error> {
    let mut options = Options {
        check: false,
        json: false,
        out: "test-vectors".into(),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("check") => options.check = true,
            Long("json") => options.json = true,
            Long("out") => options.out = parser.value()?.parse()?,
            Short('h') | Long("help") => {
                print(HELP)?;
                return Ok(None);
            }
            other => return Err(format!("{}; see --help", other.unexpected()).into()),
        }
    }
    Ok(Some(options))
}

fn run(options: &Options) -> Result<ExitCode, Error> {
    let suite = Suite::make()?;
    let of_lists = trust_lists::to_json(&suite)?;
    let of_revocation = revocation::to_json(&suite)?;
    let mut disagreements = suite.disagreements()?;
    disagreements.extend(trust_lists::disagreements(&of_lists)?);
    disagreements.extend(revocation::disagreements(&of_revocation)?);
    if !disagreements.is_empty() {
        for line in &disagreements {
            eprintln!("{line}");
        }
        eprintln!(
            "{} disagreements, nothing is written: correct the verifier, or the vector if it is wrong",
            disagreements.len()
        );
        return Ok(ExitCode::from(1));
    }
    let count = suite.len() + trust_lists::len(&of_lists)? + revocation::len(&of_revocation)?;
    let of_verdicts = verdicts::to_json(&suite, &of_lists, &of_revocation)?;
    let files = [
        ("hcert.json", suite.to_json()),
        ("trust.json", of_lists),
        ("revocation.json", of_revocation),
        ("verdicts.json", of_verdicts),
    ];
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let mut differences = Vec::new();
    for (name, text) in &files {
        let path = options.out.join(name);
        let old = match std::fs::read_to_string(&path) {
            Ok(old) if old == *text => continue,
            Ok(old) => Some(old),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(at(&path, &error)),
        };
        let found = differences_of(old.as_deref(), text)?;
        differences.extend(found.into_iter().map(|line| format!("{name}: {line}")));
        if !options.check {
            std::fs::create_dir_all(&options.out).map_err(|error| at(&options.out, &error))?;
            std::fs::write(&path, text).map_err(|error| at(&path, &error))?;
        }
    }
    for (name, bytes) in vectors::demo::files()? {
        let path = options.out.join(name);
        if std::fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        differences.push(format!("{name} differs"));
        if !options.check {
            std::fs::create_dir_all(options.out.join("demo")).map_err(|e| at(&path, &e))?;
            std::fs::write(&path, &bytes).map_err(|e| at(&path, &e))?;
        }
    }
    if options.json {
        let line = json!({"vectors": count, "bytes": bytes, "differences": differences});
        print(&format!("{line}\n"))?;
    } else {
        for line in &differences {
            print(&format!("{line}\n"))?;
        }
        print(&format!(
            "{}: {count} vectors, {bytes} bytes, {} differences{}\n",
            options.out.display(),
            differences.len(),
            if options.check || differences.is_empty() {
                ""
            } else {
                ", written"
            }
        ))?;
    }
    Ok(ExitCode::from(u8::from(
        options.check && !differences.is_empty(),
    )))
}

/// On stdout. That its reader has gone away (`| head`) is no failure.
fn print(text: &str) -> Result<(), Error> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("stdout: {error}").into())
        }
        _ => Ok(()),
    }
}

fn at(path: &Path, error: &std::io::Error) -> Error {
    format!("{}: {error}", path.display()).into()
}

/// What differs between the file and what would be written, by id.
fn differences_of(old: Option<&str>, new: &str) -> Result<Vec<String>, Error> {
    let Some(old) = old else {
        return Ok(vec!["the file is missing".into()]);
    };
    let Ok(old) = serde_json::from_str::<Value>(old) else {
        return Ok(vec!["the file is not JSON".into()]);
    };
    let new: Value = serde_json::from_str(new)?;
    let mut found = Vec::new();
    for part in [
        "keys",
        "trust",
        "anchors",
        "lists",
        "deny",
        "certificates",
        "vectors",
    ] {
        let by_id = |file: &Value| -> BTreeMap<String, Value> {
            let items = file
                .get(part)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let id = |item: &Value| item.get("id").map(Value::to_string).unwrap_or_default();
            items.map(|item| (id(item), item.clone())).collect()
        };
        let (old, new) = (by_id(&old), by_id(&new));
        for (id, item) in &new {
            match old.get(id) {
                None => found.push(format!("{part}: {id} is new")),
                Some(before) if before != item => found.push(format!("{part}: {id} differs")),
                Some(_) => {}
            }
        }
        let gone = old.keys().filter(|id| !new.contains_key(*id));
        found.extend(gone.map(|id| format!("{part}: {id} is gone")));
    }
    if found.is_empty() {
        found.push("the head of the file, its order or its layout differs".into());
    }
    Ok(found)
}
