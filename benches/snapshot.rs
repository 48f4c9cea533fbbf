//! What loading a snapshot of a trust list costs, next to the bare parsing of
//! the JSON that it was made of.
//!
//! `cargo bench --bench snapshot`. The list is the WHO's of production:
//! `HCERT_VECTORS` names the directory that holds `gdhcn/PROD`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use hcert::issue::P256Signer;
use hcert::trust::{Anchor, GdhcnAnchor, ListFormat, TrustStore};
use p256::pkcs8::EncodePrivateKey;
use serde_json::Value;

/// How many times as long as parsing the JSON loading may take.
const BAR: f64 = 0.5;
/// How many bytes a snapshot may have.
const MAX_BYTES: usize = 120_000;

struct Inputs {
    json: Vec<u8>,
    unsigned: Vec<u8>,
    signed: Vec<u8>,
    anchor: Anchor,
    keys: usize,
}

static INPUTS: LazyLock<Option<Inputs>> = LazyLock::new(|| {
    let vectors = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
        PathBuf::from,
    );
    let json = std::fs::read(vectors.join("gdhcn/PROD/v2/trustlist/did.json")).ok()?;
    let mut builder = TrustStore::builder();
    let added = builder.add_gdhcn("WHO", &json, &GdhcnAnchor::prod());
    added.ok()?;
    let (store, _) = builder.build();
    let secret = p256::SecretKey::from_slice(&[7; 32]).ok()?;
    let signer = P256Signer::from_pkcs8_der(secret.to_pkcs8_der().ok()?.as_bytes()).ok()?;
    let made_at = store.lists().first()?.issued_at()?;
    Some(Inputs {
        json,
        unsigned: store.to_snapshot(made_at).ok()?,
        signed: store.to_signed_snapshot(made_at, &signer).ok()?,
        anchor: Anchor::Key(signer.public_key().ok()?),
        keys: store.len(),
    })
});

fn parse(inputs: &Inputs) -> bool {
    serde_json::from_slice::<Value>(black_box(&inputs.json)).is_ok()
}

fn load_unsigned(inputs: &Inputs) -> bool {
    let mut builder = TrustStore::builder();
    let bytes = black_box(&inputs.unsigned);
    let added = builder.trust_unsigned_list("benchmark", ListFormat::Snapshot, bytes);
    added.is_ok() && builder.build().0.len() == inputs.keys
}

fn load_signed(inputs: &Inputs) -> bool {
    let mut builder = TrustStore::builder();
    let (bytes, anchors) = (black_box(&inputs.signed), [inputs.anchor.clone()]);
    let added = builder.add_signed_list("benchmark", ListFormat::Snapshot, bytes, &anchors);
    added.is_ok() && builder.build().0.len() == inputs.keys
}

#[divan::bench]
fn json_alone(bencher: Bencher) {
    if let Some(inputs) = &*INPUTS {
        bencher.bench(|| parse(inputs));
    }
}

#[divan::bench]
fn snapshot_unsigned_load(bencher: Bencher) {
    if let Some(inputs) = &*INPUTS {
        bencher.bench(|| load_unsigned(inputs));
    }
}

#[divan::bench]
fn snapshot_signed_load(bencher: Bencher) {
    if let Some(inputs) = &*INPUTS {
        bencher.bench(|| load_signed(inputs));
    }
}

/// One after the other, so that what else the machine does hits all.
fn ratios(inputs: &Inputs, rounds: usize) {
    let timed = |load: fn(&Inputs) -> bool| {
        let start = Instant::now();
        let good = load(black_box(inputs));
        let took = start.elapsed();
        assert!(black_box(good), "what is to be measured does not load");
        took
    };
    let measured: [fn(&Inputs) -> bool; 3] = [parse, load_unsigned, load_signed];
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..rounds {
        for (load, times) in measured.iter().zip(&mut times) {
            times.push(timed(*load));
        }
    }
    let [parse, unsigned, signed] = times.map(median);
    let met = |met: bool| if met { "met" } else { "missed" };
    println!(
        "{} keys; JSON alone: {} bytes, {parse:.1?}; median of {rounds} interleaved rounds",
        inputs.keys,
        inputs.json.len(),
    );
    for (name, bytes, load) in [
        ("unsigned", &inputs.unsigned, unsigned),
        ("signed", &inputs.signed, signed),
    ] {
        let ratio = load.as_secs_f64() / parse.as_secs_f64();
        println!(
            "snapshot, {name}: {} bytes (bar {MAX_BYTES}: {}), {load:.1?}, ratio {ratio:.2} (bar {BAR}: {})",
            bytes.len(),
            met(bytes.len() < MAX_BYTES),
            met(ratio <= BAR),
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() {
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|arg| arg == "--bench");
    match &*INPUTS {
        Some(inputs) => ratios(inputs, if measured { 500 } else { 1 }),
        None => println!("skipped: set HCERT_VECTORS to the directory that holds gdhcn"),
    }
    divan::main();
}
