//! What a revocation set takes beside a `HashSet` of the same entries.
//!
//! `cargo bench --bench revocation` with 100,000 entries;
//! `cargo bench --bench revocation -- --entries 10000000` prints the table of
//! docs/revocation-set.md, in some minutes and 1 GiB.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use divan::Bencher;
use hcert::Timestamp;
use hcert::revocation::{
    IdentifierKind, Precision, RevocationSet, SetBuilder, SetError, SetOptions,
};

type Error = Box<dyn std::error::Error>;

const KID: &[u8] = b"12345678";
const KIND: IdentifierKind = IdentifierKind::Uci;
const SMALL: usize = 100_000;
const PROBES: usize = 1_000_000;
const FALSE_POSITIVE_PROBES: u64 = 100_000_000;

/// SplitMix64: entries that take no time to make, and are the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The first half of a SHA-256 that goes on with zeros.
    fn hash(&mut self) -> [u8; 16] {
        let halves = u128::from(self.next()) << 64 | u128::from(self.next());
        halves.to_le_bytes()
    }
}

fn whole(hash: &[u8; 16]) -> [u8; 32] {
    let mut whole = [0; 32];
    if let Some(first) = whole.first_chunk_mut() {
        *first = *hash;
    }
    whole
}

fn hashes(count: usize) -> Vec<[u8; 16]> {
    let mut random = Random(1);
    (0..count).map(|_| random.hash()).collect()
}

fn build(hashes: &[[u8; 16]], precision: Precision) -> Result<Vec<u8>, SetError> {
    let mut options = SetOptions::default();
    options.precision = precision;
    let mut builder = SetBuilder::new(options);
    for hash in hashes {
        builder.add(KID, KIND, hash)?;
    }
    builder.build(Timestamp::from_seconds(0))
}

fn default() -> Precision {
    SetOptions::default().precision
}

/// Members and others, by turns.
fn probes(hashes: &[[u8; 16]]) -> Vec<[u8; 16]> {
    let mut random = Random(2);
    let mut probe = |n: usize| {
        let any = random.hash();
        let place = random.next() as usize % hashes.len().max(1);
        let member = hashes.get(place).filter(|_| n.is_multiple_of(2));
        member.copied().unwrap_or(any)
    };
    (0..PROBES).map(&mut probe).collect()
}

#[divan::bench]
fn look_up_hash_set(bencher: Bencher) {
    let hashes = hashes(SMALL);
    let set: HashSet<_> = hashes.iter().copied().collect();
    let mut probes = probes(&hashes).into_iter().cycle();
    bencher.bench_local(|| probes.next().map(|hash| set.contains(&black_box(hash))));
}

#[divan::bench(args = [false, true])]
fn look_up(bencher: Bencher, exact: bool) {
    let hashes = hashes(SMALL);
    let precision = if exact { Precision::Exact } else { default() };
    let bytes = build(&hashes, precision).unwrap_or_default();
    let Ok(set) = RevocationSet::trust_unsigned(&bytes[..]) else {
        return;
    };
    let mut probes = probes(&hashes).into_iter().cycle();
    bencher.bench_local(|| {
        let hash = probes.next().map(|hash| whole(&hash));
        hash.map(|hash| set.contains(black_box(KID), KIND, &hash))
    });
}

#[divan::bench]
fn sort(bencher: Bencher) {
    let hashes = hashes(SMALL);
    bencher
        .with_inputs(|| hashes.clone())
        .bench_values(|mut hashes| {
            hashes.sort_unstable();
            hashes
        });
}

#[divan::bench]
fn build_set(bencher: Bencher) {
    let hashes = hashes(SMALL);
    bencher.bench(|| build(&hashes, default()).is_ok());
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed(), done)
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2);
    middle.map_or(0.0, Duration::as_secs_f64)
}

fn table(count: usize) -> Result<(), Error> {
    let hashes = hashes(count);
    println!("{count} entries of 16 bytes under one kid");
    // In one run, one after the other, so that what else the machine does hits
    // all alike.
    let (mut sorts, mut builds, mut bytes, mut memory) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        let mut copy = hashes.clone();
        sorts.push(timed(|| copy.sort_unstable()).0);
        drop(black_box(copy));
        let mut built = (Duration::ZERO, Ok(Vec::new()));
        let info = allocation_counter::measure(|| built = timed(|| build(&hashes, default())));
        builds.push(built.0);
        bytes = built.1?;
        memory = info.bytes_max;
    }
    let (sort, build_time) = (median(&mut sorts), median(&mut builds));
    println!("sorting the hashes: {sort:.2} s");
    let ratio = build_time / sort;
    println!(
        "build: {build_time:.2} s, {ratio:.1} times the sorting (bar 10: {}), {} MiB (bar 2048: {})",
        met(ratio <= 10.0),
        memory >> 20,
        met(memory < 2 << 30)
    );
    let bits = bytes.len() as f64 * 8.0 / count as f64;
    println!(
        "size: {} bytes, {bits:.2} bits an entry (bar 40: {})",
        bytes.len(),
        met(bits <= 40.0)
    );
    let exact = build(&hashes, Precision::Exact)?;
    let bits = exact.len() as f64 * 8.0 / count as f64;
    println!(
        "size, exact: {} bytes, {bits:.2} bits an entry",
        exact.len()
    );
    let (opening, set) = timed(|| RevocationSet::trust_unsigned(&bytes[..]));
    let set = set?;
    let exact = RevocationSet::trust_unsigned(&exact[..])?;
    println!("opening: {opening:.1?}");
    look_ups(&hashes, &set, &exact);

    let has = |set: &RevocationSet<&[u8]>, hash: &[u8; 16]| set.contains(KID, KIND, &whole(hash));
    let missing = hashes
        .iter()
        .filter(|hash| !has(&set, hash) || !has(&exact, hash));
    let missing = missing.count();
    println!(
        "false negatives: {missing} of {count} (bar 0: {})",
        met(missing == 0)
    );
    let mut random = Random(3);
    let found = (0..FALSE_POSITIVE_PROBES).filter(|_| has(&set, &random.hash()));
    println!(
        "false positives: {} of {FALSE_POSITIVE_PROBES}, {:.3} expected",
        found.count(),
        set.false_positive_rate() * FALSE_POSITIVE_PROBES as f64
    );
    Ok(())
}

fn look_ups(hashes: &[[u8; 16]], set: &RevocationSet<&[u8]>, exact: &RevocationSet<&[u8]>) {
    let reference: HashSet<_> = hashes.iter().copied().collect();
    let mixed = probes(hashes);
    let members: Vec<_> = mixed.iter().step_by(2).copied().collect();
    let others: Vec<_> = mixed.iter().skip(1).step_by(2).copied().collect();
    for (name, probes) in [("mixed", mixed), ("members", members), ("others", others)] {
        let mut times: [Vec<Duration>; 3] = Default::default();
        for _ in 0..9 {
            let count = |set: &RevocationSet<&[u8]>| {
                let has = |hash: &&_| set.contains(black_box(KID), KIND, &whole(hash));
                probes.iter().filter(has).count()
            };
            let reference = timed(|| {
                probes
                    .iter()
                    .filter(|hash| reference.contains(*hash))
                    .count()
            });
            let (filter, exact) = (timed(|| count(set)), timed(|| count(exact)));
            for (times, (time, found)) in times.iter_mut().zip([reference, filter, exact]) {
                black_box(found);
                times.push(time);
            }
        }
        let [reference, filter, exact] =
            times.map(|mut times| median(&mut times) * 1e9 / probes.len() as f64);
        let ratio = filter / reference;
        println!(
            "look-up, {name}: {filter:.0} ns, {ratio:.2} times the HashSet's {reference:.0} ns \
             (bar 2: {}); exact {exact:.0} ns",
            met(ratio <= 2.0)
        );
    }
}

fn main() -> Result<(), Error> {
    let arguments: Vec<_> = std::env::args().collect();
    let asked = arguments.iter().position(|a| a == "--entries");
    if let Some(count) = asked.and_then(|at| arguments.get(at + 1)) {
        return table(count.parse()?);
    }
    divan::main();
    Ok(())
}
