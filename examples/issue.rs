//! Issues a vaccination certificate for somebody who does not exist:
//! `issue KEY.pem DSC OUT.svg` prints the text and draws the QR code.
//!
//! KEY.pem is a P-256 key (PKCS #8), DSC the document signer certificate of that
//! key (PEM or DER). `hcert issue --demo DIR` makes both.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::time::{Duration, SystemTime};

use hcert::issue::{Issuer, P256Signer, Validity};
use hcert::record::{Holder, Record, Uvci, Vaccination};
use hcert::trust::{Dsc, TrustStore};
use hcert::{PartialDate, Timestamp};

const DAY: u64 = 86_400;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, dsc, svg] = arguments.as_slice() else {
        return Err("usage: issue KEY.pem DSC OUT.svg".into());
    };
    let pem = fs::read_to_string(key).map_err(|e| format!("{key}: {e}"))?;
    // A hardware module implements `Signer` instead.
    let signer = P256Signer::from_pkcs8_pem(&pem).map_err(|e| format!("{key}: {e}"))?;
    let issuer = Issuer::new(read_dsc(dsc)?, signer).map_err(|e| format!("{dsc}: {e}"))?;

    let now = Timestamp::from(SystemTime::now());
    let record = record(&issuer, now)?;
    // A certificate may not outlive that of its signer.
    let a_year = now + Duration::from_secs(365 * DAY);
    let validity = Validity {
        issued_at: now,
        expires_at: a_year.min(issuer.dsc().not_after()),
    };
    let issued = issuer.issue(&record, validity);
    let issued = issued.map_err(|e| format!("{key} and {dsc}: {e}"))?;
    // Allowed, but hardly meant: look at it before you hand it over.
    for warning in issued.warnings() {
        eprintln!("issue: {warning}");
    }
    let picture = issued.qr()?.to_svg(&Default::default());
    fs::write(svg, picture).map_err(|e| format!("{svg}: {e}"))?;
    writeln!(io::stdout(), "{}", issued.text())?;
    Ok(())
}

fn record(issuer: &Issuer<P256Signer>, now: Timestamp) -> Result<Record, Box<dyn Error>> {
    let country = issuer.dsc().country().unwrap_or("XX");
    let given = now.date().and_then(|today| today.plus_days(-30));
    let dose = Vaccination::builder()
        .disease("840539006") // COVID-19, by SNOMED CT
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(given.ok_or("the clock is wrong")?)
        .country(country)
        .issuer("Example Ministry of Health")
        // Take a new random one for each certificate: it can be revoked by it.
        .id(&Uvci::issued(country, "DEMO", "B5921A35D6A0D696")?)
        .build()?;
    let holder = Holder::new("Musterfrau", "Erika", PartialDate::parse("1998-02-26")?)?;
    Ok(Record::new(holder, dose)?)
}

/// The certificate in the file. The store reads DER as well as PEM.
fn read_dsc(path: &str) -> Result<Dsc, Box<dyn Error>> {
    let bytes = fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    let mut builder = TrustStore::builder();
    let added = builder.add_bytes(path, &bytes);
    added.map_err(|e| format!("{path}: {e}"))?;
    let (store, report) = builder.build();
    // An entry that can't be used is left out, and the report says why.
    let first = store.iter().find_map(|key| key.certificate());
    let why = report.problems.first().map(ToString::to_string);
    let why = why.unwrap_or(format!("{path}: no certificate"));
    Ok(first.ok_or(why)?.clone())
}
