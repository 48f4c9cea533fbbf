//! Revokes certificates by their identifiers, and verifies one against that:
//! `revocation TRUST CERTIFICATE UCI…`.
//!
//! Exit status: 0 valid, 1 not valid, or an error.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use hcert::Timestamp;
use hcert::revocation::{Identifier, IdentifierKind, RevocationSet, Revocations};
use hcert::revocation::{SetBuilder, SetOptions};
use hcert::trust::TrustStore;
use hcert::verify::{Policy, RevocationPolicy, Verifier};
use hcert::words::printable;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [trust_path, path, revoked @ ..] = arguments.as_slice() else {
        return Err("usage: revocation TRUST CERTIFICATE UCI…".into());
    };
    let list = fs::read(trust_path).map_err(|e| format!("{trust_path}: {e}"))?;
    let mut builder = TrustStore::builder();
    let added = builder.add_bytes(trust_path, &list);
    added.map_err(|e| format!("{trust_path}: {e}"))?;
    let (trust, _) = builder.build();
    let code = fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let now = Timestamp::from(SystemTime::now());

    // The issuer makes the set, once a day say, and publishes the bytes.
    let bytes = make_set(&trust, revoked, now)?;

    // The verifier opens them, and reads them in place. Sign a set that travels
    // (`SetBuilder::sign`), and open it with the signer's key
    // (`RevocationSet::open`): this one has never left the program.
    let set = RevocationSet::trust_unsigned(bytes)?;
    let mut revocations = Revocations::new();
    revocations.add(set.named("today's set"));

    // By default a certificate that no list covers is valid, and the verdict
    // says that it was not checked. Here it is unascertained instead.
    let max_age = Duration::from_secs(2 * 86_400);
    let policy = Policy::default().revocation(RevocationPolicy::Require { max_age });
    let verifier = Verifier::with_policy(trust, policy).with_revocations(revocations);
    let verdict = verifier.verify(&code, now);
    let mut out = io::stdout().lock();
    match verdict.result() {
        Ok(_) => {
            writeln!(out, "valid")?;
            for list in verdict.revocation_lists() {
                writeln!(out, "  not revoked by {}", list.label())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(reason) => {
            let reason = reason.to_string();
            writeln!(out, "{}: {}", verdict.outcome(), printable(&reason))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// A set of these identifiers, which covers all signers in the trust list.
/// It holds hashes: docs/revocation.md says what they tell about people.
fn make_set(trust: &TrustStore, ucis: &[String], now: Timestamp) -> Result<Vec<u8>, String> {
    let mut builder = SetBuilder::new(SetOptions::default());
    for (key, uci) in trust.iter().flat_map(|k| ucis.iter().map(move |u| (k, u))) {
        let hash = Identifier::of(IdentifierKind::Uci, uci.as_bytes());
        let added = builder.add(key.kid().as_bytes(), hash.kind(), hash.hash());
        added.map_err(|e| e.to_string())?;
    }
    for key in trust.iter() {
        let covered = builder.covers(key.kid().as_bytes());
        covered.map_err(|e| e.to_string())?;
    }
    builder.build(now).map_err(|e| e.to_string())
}
