//! Says whether a certificate is valid, offline: `verify TRUST CERTIFICATE`.
//!
//! CERTIFICATE is a text file (`HC1:…`) or, with `--features scan`, a picture.
//! Exit status: 0 valid, 1 not valid, 2 not read or wrong usage, 3 unascertained.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::SystemTime;

use hcert::trust::TrustStore;
use hcert::verify::{Outcome, Step, Verifier};
use hcert::words::{Language, describe, printable};

fn main() -> ExitCode {
    match run() {
        Ok(Outcome::Valid) => ExitCode::SUCCESS,
        Ok(Outcome::Unascertained) => ExitCode::from(3),
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("verify: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<Outcome, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [trust_path, path] = arguments.as_slice() else {
        return Err("usage: verify TRUST CERTIFICATE".into());
    };
    // With `add_bytes` you vouch for the file. A list that somebody signs goes
    // through `add_signed_list` or `add_gdhcn`: see the example `gate`.
    let mut builder = TrustStore::builder();
    let added = builder.add_bytes(trust_path, &read(trust_path)?);
    added.map_err(|e| format!("{trust_path}: {e}"))?;
    let (trust, report) = builder.build();
    for problem in &report.problems {
        eprintln!("verify: {}", printable(&problem.to_string()));
    }
    let code = code(read(path)?).map_err(|e| format!("{path}: {e}"))?;
    // The library reads no clock. The program does, once.
    let verdict = Verifier::new(trust).verify(&code, SystemTime::now().into());

    let mut out = io::stdout().lock();
    match verdict.result() {
        Err(reason) => {
            let reason = reason.to_string();
            writeln!(out, "{}: {}", verdict.outcome(), printable(&reason))?;
        }
        Ok(verified) => {
            writeln!(out, "valid: compare the holder with an identity document")?;
            // Strangers wrote these texts, so they may hold control characters.
            for line in describe(verified.record(), Language::English) {
                writeln!(out, "  {:<15} {}", line.label, printable(&line.text))?;
            }
            if let Some(why) = verdict.step(Step::Revocation).detail() {
                writeln!(out, "  (revocation {why})")?;
            }
        }
    }
    Ok(verdict.outcome())
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{path}: {e}"))
}

fn code(bytes: Vec<u8>) -> Result<String, Box<dyn Error>> {
    #[cfg(feature = "scan")]
    match hcert::qr::scan(&bytes, &Default::default()) {
        Err(hcert::qr::ScanError::UnknownFormat) => {} // Then it is a text.
        codes => {
            let ours = codes?.into_iter().find(|c| c.text().starts_with("HC1:"));
            return Ok(ours.ok_or("no certificate is in it")?.text().into());
        }
    }
    Ok(String::from_utf8(bytes).map_err(|_| "neither a text nor a picture that can be read")?)
}
