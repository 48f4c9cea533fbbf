//! What the pictures that cost the most take to scan: time on one core, and
//! memory. `cargo bench --bench scan -- corners` takes those of one kind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::time::{Duration, Instant};

use allocation_counter::measure;
use hcert::qr::{ScanLimits, scan};
use hcert_testkit::pictures;
use pictures::Picture;

type Kind = (&'static str, fn() -> Vec<Picture>);

const KINDS: [Kind; 6] = [
    ("nothing", || pictures::nothing(&pictures::SIDES)),
    ("photographs", || pictures::photographs(&pictures::SIDES)),
    ("progressive", pictures::progressive),
    ("corners", pictures::corners),
    ("broken symbols", pictures::broken_symbols),
    ("noise and stripes", pictures::noise_and_stripes),
];

fn main() {
    let wanted: Vec<_> = std::env::args().skip(1).collect();
    let wanted: Vec<_> = wanted
        .iter()
        .filter(|word| !word.starts_with('-'))
        .collect();
    for (kind, pictures) in KINDS {
        if !wanted.is_empty() && !wanted.iter().any(|word| kind.contains(word.as_str())) {
            continue;
        }
        let (mut slowest, mut largest) = ((Duration::ZERO, String::new()), (0, String::new()));
        let pictures = pictures();
        let count = pictures.len();
        for (name, picture) in pictures {
            let start = Instant::now();
            let mut result = None;
            let used = measure(|| result = Some(scan(&picture, &ScanLimits::default())));
            let took = start.elapsed();
            let found = match result.unwrap() {
                Ok(codes) => format!("{} codes", codes.len()),
                Err(error) => error.code().to_owned(),
            };
            let (bytes, mebibytes) = (picture.len() / 1000, used.bytes_max >> 20);
            let seconds = took.as_secs_f32();
            println!("{kind}, {name}: {bytes} KB, {mebibytes} MiB, {seconds:.2} s, {found}");
            if took > slowest.0 {
                slowest = (took, name.clone());
            }
            if used.bytes_max > largest.0 {
                largest = (used.bytes_max, name);
            }
        }
        println!(
            "{kind}: {count} pictures, at most {:.2} s ({}) and {} MiB ({})",
            slowest.0.as_secs_f32(),
            slowest.1,
            largest.0 >> 20,
            largest.1
        );
    }
}
