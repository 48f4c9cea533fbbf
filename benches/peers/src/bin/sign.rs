//! What a signature alone takes, beside which issuing is measured: aws-lc-rs
//! with random nonces, and hcert's signer, which is deterministic (RFC 6979).
//!
//! `cargo run --release --bin sign [ROUNDS]` in benches/peers.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use hcert::issue::{P256Signer, Signer};

const MESSAGE: [u8; 300] = [7; 300];

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(400), |n| n.parse())?;
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random)?;
    let theirs = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref())?;
    let ours = P256Signer::from_pkcs8_der(pkcs8.as_ref())?;
    let (mut their_times, mut our_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let start = Instant::now();
        black_box(theirs.sign(&random, black_box(&MESSAGE))?);
        their_times.push(start.elapsed());
        let start = Instant::now();
        black_box(ours.sign(black_box(&MESSAGE))?);
        our_times.push(start.elapsed());
    }
    for (name, times) in [("aws-lc-rs", their_times), ("hcert", our_times)] {
        let time = median(times);
        let a_second = 1.0 / time.as_secs_f64();
        println!("{name:<10} {time:>9.1?} a signature, {a_second:>7.0} a second");
    }
    println!("medians of {rounds} interleaved rounds");
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
