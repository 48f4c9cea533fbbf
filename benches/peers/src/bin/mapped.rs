//! A revocation set in a mapped file: what opening it and looking into it
//! brings into memory.
//!
//! `cargo run --release --bin mapped [ENTRIES]`, ten million if nothing is
//! said. The crate itself has no `unsafe` code, and so no mapping.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::time::Instant;

use hcert::Timestamp;
use hcert::revocation::{IdentifierKind, RevocationSet, SetBuilder, SetOptions};
use memmap2::Mmap;

const KID: &[u8] = b"12345678";
const KIND: IdentifierKind = IdentifierKind::Uci;
const LOOK_UPS: u64 = 1_000_000;

/// SplitMix64, twice.
fn hash(n: u64) -> [u8; 32] {
    let mix = |n: u64| {
        let z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut hash = [0; 32];
    for (part, n) in hash.chunks_exact_mut(8).zip([2 * n, 2 * n + 1]) {
        part.copy_from_slice(&mix(n).to_le_bytes());
    }
    hash
}

/// Private memory of this process, in KiB: what a mapping of a file is not.
fn memory() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no RssAnon")?.parse()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(Ok(10_000_000), |n| n.parse())?;
    let path = std::env::temp_dir().join(format!("hcert-mapped-{}.set", std::process::id()));
    {
        let mut builder = SetBuilder::new(SetOptions::default());
        for n in 0..count {
            builder.add(KID, KIND, &hash(n)[..16])?;
        }
        std::fs::write(&path, builder.build(Timestamp::from_seconds(0))?)?;
    }
    let before = memory()?;
    let start = Instant::now();
    // SAFETY: the file is this program's own, and nobody writes to it.
    let map = unsafe { Mmap::map(&File::open(&path)?)? };
    let bytes = map.len();
    let set = RevocationSet::trust_unsigned(map)?;
    println!(
        "{count} entries in {bytes} bytes, mapped and opened in {:?}",
        start.elapsed()
    );
    let start = Instant::now();
    let missing = (0..count.min(LOOK_UPS))
        .filter(|n| !set.contains(KID, KIND, &hash(*n)))
        .count();
    let found = (count..count + LOOK_UPS)
        .filter(|n| set.contains(black_box(KID), KIND, &hash(*n)))
        .count();
    println!(
        "{} look-ups in {:?}: {missing} false negatives, {found} false positives",
        count.min(LOOK_UPS) + LOOK_UPS,
        start.elapsed()
    );
    println!(
        "private memory: {before} KiB before, {} KiB after",
        memory()?
    );
    std::fs::remove_file(&path)?;
    match missing {
        0 => Ok(()),
        _ => Err("an entry is missing".into()),
    }
}
