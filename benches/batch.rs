//! `Verifier::verify_all` and `Issuer::issue_all`: what a second and a third
//! core bring, and the memory that a long stream takes.
//!
//! `cargo bench --bench batch [-- COUNT]`, with COUNT texts in the stream whose
//! memory is looked at (default 1,000,000; where /proc/self/status has it). The
//! certificates are fictitious, of 71 issuers.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use hcert::issue::{Compression, Issuer, P256Signer, Validity};
use hcert::record::{Holder, Record, Uvci, Vaccination};
use hcert::trust::{Dsc, TrustStore};
use hcert::verify::{Outcome, Verifier};
use hcert::{Date, PartialDate, Timestamp};
use hcert_testkit::pki::{self, CertificateSpec, TestKey};

const ISSUERS: u32 = 71;
/// Texts in one measured run.
const RUN: usize = 3000;
/// How much faster two cores have to be than one.
const BAR: f64 = 1.9;

type Error = Box<dyn std::error::Error>;

const VALIDITY: Validity = Validity {
    issued_at: Timestamp::from_seconds(1_622_505_600),
    expires_at: Timestamp::from_seconds(1_638_316_800),
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("batch: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let count = arguments.find_map(|argument| argument.parse().ok());
    let (verifier, texts) = made()?;
    let rounds = if measured { 25 } else { 1 };
    let cores = std::thread::available_parallelism()?.get();
    let all: Vec<_> = (1..=cores.max(2)).collect();
    let mut times = vec![Vec::new(); all.len()];
    for _ in 0..rounds {
        for (threads, times) in all.iter().zip(&mut times) {
            let run = texts.iter().cycle().take(RUN);
            times.push(timed(&verifier, *threads, run)?);
        }
    }
    let one = times.first().cloned().map_or(Duration::ZERO, fastest);
    for (threads, times) in all.iter().zip(times) {
        let time = fastest(times);
        let ratio = one.as_secs_f64() / time.as_secs_f64();
        let verdict = match (*threads, ratio >= BAR) {
            (2, true) => format!(" (bar {BAR}: met)"),
            (2, false) => format!(" (bar {BAR}: missed)"),
            _ => String::new(),
        };
        let a_second = RUN as f64 / time.as_secs_f64();
        println!("{threads} threads: {a_second:8.0} a second, {ratio:.2} ×{verdict}");
    }
    issuing(if measured { 5 } else { 1 }, &all)?;
    if !measured {
        return Ok(());
    }
    let count = count.unwrap_or(1_000_000);
    for count in [count / 100, count / 10, count] {
        let time = timed(&verifier, cores, texts.iter().cycle().take(count))?;
        let peak = peak().unwrap_or_else(|| "not known".into());
        println!("{count} in a stream: {time:.1?}, peak memory since the start {peak}");
    }
    Ok(())
}

fn timed<'a>(
    verifier: &Verifier,
    threads: usize,
    texts: impl Iterator<Item = &'a String>,
) -> Result<Duration, Error> {
    let start = Instant::now();
    let end = verifier.verify_all_on(
        threads,
        texts,
        VALIDITY.issued_at,
        |_, verdict| match verdict.outcome() {
            Outcome::Valid => ControlFlow::Continue(()),
            other => ControlFlow::Break(other),
        },
    );
    match end {
        ControlFlow::Continue(()) => Ok(start.elapsed()),
        ControlFlow::Break(other) => Err(format!("a certificate is {other}").into()),
    }
}

fn issuing(rounds: usize, all: &[usize]) -> Result<(), Error> {
    let (issuer, _) = issuer(0)?;
    for (compression, run) in [(Compression::Fast, 400), (Compression::Smallest, 16)] {
        let issuer = issuer.clone().with_compression(compression);
        let run = if rounds > 1 { run } else { 2 };
        let records: Vec<_> = (0..run).map(record).collect::<Result<_, _>>()?;
        let mut times = vec![Vec::new(); all.len()];
        for _ in 0..rounds {
            for (threads, times) in all.iter().zip(&mut times) {
                let start = Instant::now();
                let end = issuer.issue_all_on(*threads, &records, VALIDITY, |_, issued| {
                    issued.map_or_else(ControlFlow::Break, |_| ControlFlow::Continue(()))
                });
                if let ControlFlow::Break(error) = end {
                    return Err(error.into());
                }
                times.push(start.elapsed());
            }
        }
        for (threads, times) in all.iter().zip(times) {
            let a_second = f64::from(run) / fastest(times).as_secs_f64();
            println!("{threads} threads: {a_second:8.1} issued a second, {compression:?}");
        }
    }
    Ok(())
}

/// Of the round that was disturbed least: what else the machine does takes
/// one of two cores away, and of one none.
fn fastest(times: Vec<Duration>) -> Duration {
    times.into_iter().min().unwrap_or_default()
}

fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}

fn made() -> Result<(Verifier, Vec<String>), Error> {
    let mut builder = TrustStore::builder();
    let mut texts = Vec::new();
    for serial in 0..ISSUERS {
        let (issuer, der) = issuer(serial)?;
        builder.add_certificate_der("benchmark", &der)?;
        for n in 0..7 {
            texts.push(issuer.issue(&record(n)?, VALIDITY)?.text().to_owned());
        }
    }
    Ok((Verifier::new(builder.build().0), texts))
}

fn issuer(serial: u32) -> Result<(Issuer<P256Signer>, Vec<u8>), Error> {
    let key = TestKey::new(&format!("issuer {serial}"));
    let spec = CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: serial + 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z")?,
        not_after: Timestamp::parse("2023-01-01T00:00:00Z")?,
        eku: &[],
        ca: false,
    };
    let der = pki::certificate(&spec, &key, &TestKey::new("csca"))?;
    let signer = P256Signer::from_pkcs8_pem(&key.pkcs8_pem()?)?;
    let issuer = Issuer::new(Dsc::from_der(&der)?, signer)?.with_compression(Compression::Fast);
    Ok((issuer, der))
}

fn record(n: u32) -> Result<Record, Error> {
    let born = PartialDate::parse("1998-02-26")?;
    let holder = Holder::new("Musterfrau-Gößinger", "Gabriele", born)?;
    let vaccination = Vaccination::builder()
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(Date::parse("2021-05-29")?)
        .country("XX")
        .issuer("Ministry of Health")
        .id(&Uvci::from_opaque("XX", &format!("B5921A35D6A0D69642{n}"))?)
        .build()?;
    Ok(Record::new(holder, vaccination)?)
}
