//! What loading a trust list with its proof costs, next to the bare parsing
//! of the same JSON.
//!
//! `cargo bench --bench trust`. The list is the WHO's of production:
//! `HCERT_VECTORS` names the directory that holds `gdhcn/PROD`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use hcert::trust::{GdhcnAnchor, TrustStore};
use serde_json::Value;

/// How many times as long as parsing the JSON loading may take.
const BAR: f64 = 6.0;

static LIST: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| {
    let vectors = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
        PathBuf::from,
    );
    std::fs::read(vectors.join("gdhcn/PROD/v2/trustlist/did.json")).ok()
});

fn parse(list: &[u8]) -> bool {
    serde_json::from_slice::<Value>(list).is_ok()
}

fn load(list: &[u8]) -> bool {
    let mut builder = TrustStore::builder();
    let added = builder
        .add_gdhcn("benchmark", list, &GdhcnAnchor::prod())
        .is_ok();
    added && !builder.build().0.is_empty()
}

/// With the signatures that the authorities made, which loading leaves out.
fn load_with_chains(list: &[u8]) -> bool {
    let mut builder = TrustStore::builder();
    let added = builder.add_gdhcn("benchmark", list, &GdhcnAnchor::prod());
    let added = added.is_ok();
    let (store, _) = builder.build();
    store.iter().for_each(|key| _ = black_box(key.chain()));
    added
}

#[divan::bench]
fn gdhcn_json_alone(bencher: Bencher) {
    if let Some(list) = &*LIST {
        bencher.bench(|| parse(black_box(list)));
    }
}

#[divan::bench]
fn gdhcn_load(bencher: Bencher) {
    if let Some(list) = &*LIST {
        bencher.bench(|| load(black_box(list)));
    }
}

#[divan::bench(sample_count = 5)]
fn gdhcn_load_with_chains(bencher: Bencher) {
    if let Some(list) = &*LIST {
        bencher.bench(|| load_with_chains(black_box(list)));
    }
}

/// One after the other, so that what else the machine does hits both.
fn ratio(list: &[u8], rounds: usize) {
    let timed = |f: fn(&[u8]) -> bool| {
        let start = Instant::now();
        let good = f(black_box(list));
        let took = start.elapsed();
        assert!(black_box(good), "the list to measure does not load");
        took
    };
    let (mut parses, mut loads) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        parses.push(timed(parse));
        loads.push(timed(load));
    }
    let (parse, load) = (median(parses), median(loads));
    let ratio = load.as_secs_f64() / parse.as_secs_f64();
    let verdict = if ratio <= BAR { "met" } else { "missed" };
    println!(
        "{} bytes: JSON alone {parse:.1?}, load with proof {load:.1?}, ratio {ratio:.2} (bar {BAR}: {verdict}; median of {rounds} interleaved rounds)",
        list.len()
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() {
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|arg| arg == "--bench");
    match &*LIST {
        Some(list) => ratio(list, if measured { 300 } else { 1 }),
        None => println!("skipped: set HCERT_VECTORS to the directory that holds gdhcn"),
    }
    divan::main();
}
