//! A long stream takes no more memory than a short one. A process of its own,
//! as its peak is what is looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use core::ops::ControlFlow;

use hcert::verify::{Outcome, Verifier};
use hcert_testkit::fixtures::*;

/// The most memory that this process has had so far, in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc")]
fn the_peak_of_a_long_stream_is_that_of_a_short_one() {
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let text = issued("a", &vaccination()).text().to_owned();
    let stream = |count: usize| {
        let texts = std::iter::repeat_n(text.as_str(), count);
        let end = verifier.verify_all_on(2, texts, NOW, |_, verdict| match verdict.outcome() {
            Outcome::Valid => ControlFlow::Continue(()),
            other => ControlFlow::Break(other),
        });
        assert_eq!(end, ControlFlow::Continue(()));
    };
    stream(5_000);
    let short = peak().unwrap();
    stream(100_000);
    let long = peak().unwrap();
    println!("{short} KiB at the peak of 5,000, {long} KiB of 100,000 more");
    // Kept all together, the verdicts take 600 MiB and more.
    assert!(long < short + 16 * 1024, "{short} KiB, then {long} KiB");
}
