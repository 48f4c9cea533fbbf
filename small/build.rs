//! Makes what would be in the machine's flash, all of it fictitious: a signed
//! snapshot of 500 keys, who signed it, and a certificate.

use std::error::Error;
use std::path::Path;

use hcert::trust::TrustStore;
use hcert_testkit::{fixtures, raw};

const KEYS: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=memory.x");
    let out = std::env::var("OUT_DIR")?;
    let out = Path::new(&out);

    let mut builder = TrustStore::builder();
    for number in 0..KEYS {
        let signer = fixtures::dsc(&format!("signer {number}"), &[]);
        builder.add_certificate_der("signers", signer.der())?;
    }
    let (store, report) = builder.build();
    assert_eq!((report.loaded, report.problems.len()), (KEYS, 0));
    let maker = fixtures::signer("maker");
    let snapshot = store.to_signed_snapshot(fixtures::ISSUED, &maker)?;
    std::fs::write(out.join("snapshot"), snapshot)?;
    std::fs::write(out.join("maker.spki"), maker.public_key()?.spki_der())?;

    let issued = fixtures::issued("signer 250", &fixtures::vaccination());
    std::fs::write(out.join("certificate"), issued.text())?;
    // Another name: a byte of the payload.
    let mut cose = issued.cose().to_vec();
    let name = b"MUSTERFRAU".as_slice();
    let at = cose.windows(name.len()).position(|part| part == name);
    cose[at.ok_or("no name in the certificate")?] = b'N';
    std::fs::write(out.join("tampered"), raw::text(&cose))?;

    std::fs::write(out.join("bomb"), raw::text(&[0; 40 << 10]))?;

    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        std::fs::copy("memory.x", out.join("memory.x"))?;
        println!("cargo:rustc-link-search={}", out.display());
        println!("cargo:rustc-link-arg-bins=-Tlink.x");
    }
    Ok(())
}
