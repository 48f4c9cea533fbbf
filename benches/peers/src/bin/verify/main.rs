//! From the text of a certificate to the verified record: hcert beside the
//! crate `dgc` and beside what is put together of coset, ciborium, flate2 and a
//! crate for signatures.
//!
//! `HCERT_VECTORS=DIR cargo run --release --bin verify [ROUNDS]` in
//! benches/peers, where DIR holds the EU's `dgc-testdata`. All its ES256
//! certificates that every contender takes for good are verified in rotation;
//! the contenders take turns, so that what else the machine does hits all.

mod assembled;
#[path = "../../../../../crates/cli/src/conformance_tool/vector.rs"]
#[allow(dead_code)]
mod vector;

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assembled::{AwsLc, Keys, P256, Ring};
use hcert::crypto::Algorithm;
use hcert::format::Unverified;
use hcert::format::hc1::cose::DeclaredAlgorithm;
use hcert::trust::{Dsc, TrustStore};
use hcert::verify::{Outcome, Verifier};
use hcert::{Limits, Timestamp};

/// How long hcert may take, with the best of the others as 1.
const WARM_BAR: f64 = 0.45;
/// How long it may take for the first certificate of each key, with p256 as 1.
const COLD_BAR: f64 = 1.25;
/// The contender that the second bar is about.
const COLD_PEER: &str = "coset + ciborium + flate2, p256";

type Failure = Box<dyn Error>;
type Contender<'a> = (&'static str, Box<dyn Fn(&Case) -> bool + 'a>);

struct Case {
    text: String,
    now: Timestamp,
    kid: Vec<u8>,
}

fn main() -> Result<(), Failure> {
    let rounds = std::env::args().nth(1).map_or(Ok(60), |n| n.parse())?;
    let vectors = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let folder = vectors.join("dgc-testdata");
    let (found, ders) = published(&folder)?;
    if found.is_empty() {
        let hint = "set HCERT_VECTORS to the directory that holds dgc-testdata";
        return Err(format!("no certificates under {}: {hint}", folder.display()).into());
    }

    let verifier = Verifier::new(store(&ders)?);
    let mut dgc_keys = dgc::TrustList::new();
    let mut points = HashMap::new();
    for der in &ders {
        let dsc = Dsc::from_der(der)?;
        let spki = dsc.public_key().spki_der();
        if dsc.public_key().algorithm() == Some(Algorithm::Es256) {
            // The point is the end of a SubjectPublicKeyInfo.
            let point = spki.get(spki.len() - 65..).ok_or("no point")?.to_vec();
            dgc_keys.add(dsc.kid().as_bytes(), point.clone());
            points.insert(dsc.kid().as_bytes().to_vec(), point);
        }
    }
    let (aws, ring, p256) = (
        Keys::<AwsLc>::new(&points)?,
        Keys::<Ring>::new(&points)?,
        Keys::<P256>::new(&points)?,
    );
    let contenders: Vec<Contender<'_>> = vec![
        (
            "hcert",
            Box::new(|case| verifier.verify(&case.text, case.now).outcome() == Outcome::Valid),
        ),
        (
            "dgc",
            Box::new(|case| {
                let result = dgc::validate(&case.text, &dgc_keys);
                result.is_ok_and(|(record, signature)| {
                    let expires = record.expires_at.as_ref().map(seconds);
                    signature.is_valid()
                        && expires.is_some_and(|exp| exp >= case.now.seconds())
                        && seconds(&record.issued_at) <= case.now.seconds()
                })
            }),
        ),
        (
            "coset + ciborium + flate2, aws-lc-rs",
            Box::new(|case| aws.verify(&case.text, case.now.seconds())),
        ),
        (
            "coset + ciborium + flate2, ring",
            Box::new(|case| ring.verify(&case.text, case.now.seconds())),
        ),
        (
            COLD_PEER,
            Box::new(|case| p256.verify(&case.text, case.now.seconds())),
        ),
    ];

    let mut refused = vec![0; contenders.len()];
    let total = found.len();
    let cases: Vec<_> = found
        .into_iter()
        .filter(|case| {
            let results: Vec<_> = contenders.iter().map(|(_, verify)| verify(case)).collect();
            for (count, good) in refused.iter_mut().zip(&results) {
                *count += usize::from(!good);
            }
            results.iter().all(|good| *good)
        })
        .collect();
    // The first one of each key.
    let firsts: BTreeMap<_, _> = cases.iter().rev().map(|case| (&case.kid, case)).collect();
    println!(
        "{} of {total} ES256 certificates under {} keys; left out, as the contender refuses them:",
        cases.len(),
        firsts.len()
    );
    for ((name, _), count) in contenders.iter().zip(&refused) {
        println!("  {name:<40} {count}");
    }

    for case in &cases {
        let flipped = flipped(case)?;
        for (name, verify) in &contenders {
            if verify(&flipped) {
                return Err(format!("{name} takes a flipped signature for good").into());
            }
        }
    }
    println!("with a flipped bit of the signature each refuses all of them");

    let mut times = vec![Vec::new(); contenders.len()];
    let (mut cold, mut cold_peer) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            let n = (round + turn) % contenders.len();
            let (Some((_, verify)), Some(times)) = (contenders.get(n), times.get_mut(n)) else {
                continue;
            };
            times.push(timed(&cases, |case| verify(case)));
        }
        let fresh = Verifier::new(store(&ders)?);
        let first = firsts.values().copied();
        cold.push(timed(first.clone(), |case| {
            fresh.verify(&case.text, case.now).outcome() == Outcome::Valid
        }));
        cold_peer.push(timed(first, |case| {
            p256.verify(&case.text, case.now.seconds())
        }));
    }

    let medians: Vec<_> = times.into_iter().map(median).collect();
    let ours = *medians.first().ok_or("no times")?;
    println!("\n| from text to record | each | as hcert |\n|---|---|---|");
    for ((name, _), median) in contenders.iter().zip(&medians) {
        let ratio = median.as_secs_f64() / ours.as_secs_f64();
        println!("| {name} | {:.1} µs | {ratio:.2} × |", micros(*median));
    }
    let best = medians.iter().skip(1).zip(contenders.iter().skip(1));
    let best = best.filter(|(_, (name, _))| *name != COLD_PEER);
    let best = best.map(|(time, _)| *time).min().ok_or("no peers")?;
    let (cold, cold_peer) = (median(cold), median(cold_peer));
    let bars = [
        ("hcert / the best of the others", ours, best, WARM_BAR),
        (
            "hcert / p256, first use of a key",
            cold,
            cold_peer,
            COLD_BAR,
        ),
    ];
    println!();
    let mut missed = false;
    for (name, ours, theirs, bar) in bars {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        let word = if ratio <= bar { "met" } else { "missed" };
        missed |= ratio > bar;
        println!(
            "{name:<40} {:.1} / {:.1} µs = {ratio:.2} (bar {bar}: {word})",
            micros(ours),
            micros(theirs)
        );
    }
    println!("medians of {rounds} interleaved rounds");
    match missed {
        true => Err("a bar is missed".into()),
        false => Ok(()),
    }
}

fn seconds(time: &dgc::IntegerOrFloat) -> i64 {
    match time {
        dgc::IntegerOrFloat::Float(n) => *n as i64,
        dgc::IntegerOrFloat::Integer(n) => i64::try_from(*n).unwrap_or(i64::MAX),
    }
}

/// The time for one certificate.
fn timed<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    verify: impl Fn(&Case) -> bool,
) -> Duration {
    let start = Instant::now();
    let mut count = 0;
    let mut good = true;
    for case in cases {
        good &= verify(black_box(case));
        count += 1;
    }
    let took = start.elapsed();
    assert!(black_box(good), "a certificate does not verify any more");
    took / count.max(1)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn store(ders: &[Vec<u8>]) -> Result<TrustStore, Failure> {
    let mut builder = TrustStore::builder();
    for der in ders {
        builder.add_certificate_der("benchmark", der)?;
    }
    Ok(builder.build().0)
}

/// The certificates with an ES256 signature, each with its own clock, and the
/// document signers.
fn published(folder: &Path) -> Result<(Vec<Case>, Vec<Vec<u8>>), Failure> {
    let (mut cases, mut ders) = (Vec::new(), Vec::new());
    for vector in vector::find(folder)?.vectors {
        let (Some(text), Some(Ok(der)), Some(now)) =
            (vector.text("PREFIX"), vector.certificate(), vector.clock())
        else {
            continue;
        };
        let Ok(parsed) = Unverified::parse(text, &Limits::default()) else {
            continue;
        };
        let es256 = DeclaredAlgorithm::Known(Algorithm::Es256);
        if parsed.algorithm() != Some(&es256) || Dsc::from_der(&der).is_err() {
            continue;
        }
        let Some(kid) = parsed.kid() else {
            continue;
        };
        cases.push(Case {
            text: text.to_owned(),
            now,
            kid: kid.as_bytes().to_vec(),
        });
        ders.push(der);
    }
    Ok((cases, ders))
}

/// The same with another bit at the end of the signature.
fn flipped(case: &Case) -> Result<Case, Failure> {
    let base45 = case.text.strip_prefix("HC1:").ok_or("no prefix")?;
    let compressed = base45::decode(base45).map_err(|_| "no base45")?;
    let mut cose = Vec::new();
    flate2::read::ZlibDecoder::new(&compressed[..]).read_to_end(&mut cose)?;
    // The signature is the last of the structure.
    *cose.last_mut().ok_or("empty")? ^= 1;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&cose)?;
    let text = format!("HC1:{}", base45::encode(encoder.finish()?));
    Ok(Case {
        text,
        now: case.now,
        kid: case.kid.clone(),
    })
}
