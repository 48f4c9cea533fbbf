//! What all rules of a country cost for one certificate, next to one bare
//! signature verification.
//!
//! `cargo bench --bench rules`. The certificate is a fictitious vaccination.
//! `HCERT_VECTORS` names the directory that holds `business-rules/`, of which
//! Switzerland has the most rules.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use hcert::issue::{Compression, Issuer, P256Signer, Validity};
use hcert::record::{Holder, Record, Uvci, Vaccination};
use hcert::rules::{Arrival, Decision, RuleSet, Subject};
use hcert::trust::{Dsc, TrustStore};
use hcert::verify::{Verified, Verifier};
use hcert::{Date, PartialDate, Timestamp};
use hcert_testkit::pki::{self, CertificateSpec, Error, TestKey};
use hcert_testkit::time::Plus as _;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

/// How much of a signature verification the rules may cost.
const BAR: f64 = 0.25;
const DIGEST: [u8; 32] = [7; 32];

struct Sample {
    verified: Verified,
    subject: Subject,
    arrival: Arrival,
    /// Of the country alone.
    rules: RuleSet,
    /// Of all countries at hand.
    all: RuleSet,
    key: VerifyingKey,
    signature: Signature,
}

static SAMPLE: LazyLock<Option<Sample>> = LazyLock::new(|| match sample() {
    Ok(sample) => sample,
    Err(error) => {
        eprintln!("rules: {error}");
        std::process::exit(1)
    }
});

fn sample() -> Result<Option<Sample>, Error> {
    let folder = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
        PathBuf::from,
    );
    let folder = folder.join("business-rules");
    if !folder.is_dir() {
        return Ok(None);
    }
    let (rules, all) = (load(&folder.join("CH"))?, load(&folder)?);
    let at = Timestamp::parse("2021-10-15T12:00:00Z")?;
    let verified = certificate(at)?;
    let secret = SigningKey::from_slice(&[7; 32])?;
    let sample = Sample {
        subject: Subject::from(&verified),
        verified,
        arrival: Arrival::new("CH", at),
        rules,
        all,
        key: *secret.verifying_key(),
        signature: secret.sign_prehash(&DIGEST)?,
    };
    let decision = sample.rules.evaluate(&sample.subject, &sample.arrival);
    if decision.decision() != Decision::Accepted {
        return Err(format!("the certificate to measure is {}", decision.decision()).into());
    }
    Ok(Some(sample))
}

/// The rules in a folder; not their tests, which have no `Logic`.
fn load(folder: &Path) -> Result<RuleSet, Error> {
    let mut builder = RuleSet::builder();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                left.push(path);
            } else if path.ends_with("rule.json") {
                builder.add_json(&path.display().to_string(), &std::fs::read(&path)?)?;
            }
        }
    }
    Ok(builder.build()?)
}

fn certificate(at: Timestamp) -> Result<Verified, Error> {
    let spec = CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z")?,
        not_after: Timestamp::parse("2023-01-01T00:00:00Z")?,
        eku: &[],
        ca: false,
    };
    let key = TestKey::new("benchmark");
    let der = pki::certificate(&spec, &key, &TestKey::new("csca"))?;
    let signer = P256Signer::from_pkcs8_pem(&key.pkcs8_pem()?)?;
    let issuer = Issuer::new(Dsc::from_der(&der)?, signer)?.with_compression(Compression::Fast);
    let entry = Vaccination::builder()
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(Date::parse("2021-05-29")?)
        .country("XX")
        .issuer("Ministry of Health")
        .id(&Uvci::from_opaque(
            "XX",
            "B5921A35D6A0D696421B3E2462178297",
        )?)
        .build()?;
    let born = PartialDate::parse("1998-02-26")?;
    let record = Record::new(Holder::new("Musterfrau-Gößinger", "Gabriele", born)?, entry)?;
    let validity = Validity {
        issued_at: Timestamp::parse("2021-06-01T00:00:00Z")?,
        expires_at: Timestamp::parse("2022-06-01T00:00:00Z")?,
    };
    let issued = issuer.issue(&record, validity)?;
    let mut builder = TrustStore::builder();
    builder.add_certificate_der("benchmark", &der)?;
    let verdict = Verifier::new(builder.build().0).verify(issued.text(), at);
    Ok(verdict
        .into_verified()
        .map_err(|rejected| rejected.to_string())?)
}

fn raw(sample: &Sample) -> bool {
    let verified = sample.key.verify_prehash(&DIGEST, &sample.signature);
    verified.is_ok()
}

/// From the certificate to the results.
fn whole(sample: &Sample) -> bool {
    let subject = Subject::from(&sample.verified);
    let acceptance = sample.rules.evaluate(&subject, &sample.arrival);
    acceptance.is_accepted()
}

#[divan::bench]
fn make_subject(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| Subject::from(black_box(&sample.verified)));
    }
}

#[divan::bench]
fn evaluate_country(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| {
            sample
                .rules
                .evaluate(black_box(&sample.subject), &sample.arrival)
        });
    }
}

#[divan::bench]
fn evaluate_among_all(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| {
            sample
                .all
                .evaluate(black_box(&sample.subject), &sample.arrival)
        });
    }
}

/// A month, hour by hour.
#[divan::bench(sample_count = 20)]
fn periods_of_a_month(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        let from = sample.arrival.at();
        let month = from..from.plus(30 * 86_400);
        let rules = &sample.all;
        bencher.bench(|| rules.periods(&sample.subject, &sample.arrival, month.clone()));
    }
}

#[divan::bench]
fn raw_signature(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| raw(black_box(sample)));
    }
}

/// One after the other, so that what else the machine does hits both.
fn ratio(sample: &Sample, rounds: usize) {
    let timed = |f: fn(&Sample) -> bool| {
        let start = Instant::now();
        let good = f(black_box(sample));
        let took = start.elapsed();
        assert!(black_box(good), "what is measured does not work");
        took
    };
    let (mut raws, mut wholes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        raws.push(timed(raw));
        wholes.push(timed(whole));
    }
    let (raw, whole) = (median(raws), median(wholes));
    let ratio = whole.as_secs_f64() / raw.as_secs_f64();
    let verdict = if ratio <= BAR { "met" } else { "missed" };
    let applied = sample.rules.evaluate(&sample.subject, &sample.arrival);
    println!(
        "{} rules of CH, {} apply: raw p256 {raw:.1?}, subject and all rules {whole:.1?}, ratio {ratio:.3} (bar {BAR}: {verdict}; median of {rounds} interleaved rounds)",
        sample.rules.len(),
        applied.results().len(),
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() {
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|arg| arg == "--bench");
    match &*SAMPLE {
        Some(sample) => ratio(sample, if measured { 3000 } else { 1 }),
        None => println!("skipped: set HCERT_VECTORS to the directory that holds business-rules"),
    }
    divan::main();
}
