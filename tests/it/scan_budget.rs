//! What a hostile picture may need of memory, by the shapes that cost the most
//! in the decoders and in the search. `cargo bench --bench scan` tells their
//! time.

use allocation_counter::measure;
use hcert::qr::{ScanLimits, scan};
use hcert_testkit::pictures::{self, Picture};

/// Bytes that a picture may need at once, besides its own.
const MEMORY: u64 = 128 << 20;

/// The smallest, the largest that no kind shrinks, and what nothing takes.
const SIDES: [u32; 3] = [700, 3400, 7071];

#[track_caller]
fn all_within(pictures: impl IntoIterator<Item = Picture>) {
    let mut beyond = Vec::new();
    for (name, picture) in pictures {
        let mut result = None;
        let used = measure(|| result = Some(scan(&picture, &ScanLimits::default())));
        let found = match result.unwrap() {
            Ok(codes) => format!("{} codes", codes.len()),
            Err(error) => error.code().to_owned(),
        };
        let line = format!("{name}: {} MiB, {found}", used.bytes_max >> 20);
        println!("{line}");
        beyond.extend((used.bytes_max > MEMORY).then_some(line));
    }
    assert!(beyond.is_empty(), "beyond the budget: {beyond:#?}");
}

#[test]
fn pictures_of_nothing_in_every_form_stay_within_the_budget() {
    all_within(pictures::nothing(&SIDES));
}

#[test]
fn photographs_of_nothing_stay_within_the_budget() {
    all_within(pictures::photographs(&SIDES));
}

#[test]
fn scans_of_a_progressive_picture_are_counted() {
    all_within(pictures::progressive());
}

#[test]
fn corners_of_symbols_everywhere_stay_within_the_budget() {
    all_within(pictures::corners().into_iter().step_by(4));
}

#[test]
fn symbols_that_none_can_read_stay_within_the_budget() {
    all_within(pictures::broken_symbols().into_iter().step_by(3));
}

#[test]
fn noise_and_stripes_stay_within_the_budget() {
    all_within(pictures::noise_and_stripes().into_iter().step_by(5));
}
