//! All hashes as they are, sorted: for each table the number of entries before
//! each kid, and then the hashes, kid by kid.

use alloc::vec::Vec;
use core::ops::Range;

use super::bytes::{lower_bound, u32_at};
use super::table::Table;

/// Ten million hashes are off by 1,600 on average, 20, and two then.
const STEPS: usize = 3;
const REACH: u64 = 8;

/// Of a table, in bytes.
pub(super) fn length(kids: u64, table: &Table) -> Option<u64> {
    let starts = kids.checked_add(1)?.checked_mul(4)?;
    starts.checked_add(table.entries.checked_mul(table.length as u64)?)
}

/// Whether the table that begins there has this hash under the kid at `place`.
pub(super) fn contains(
    bytes: &[u8],
    start: usize,
    (kids, place): (u64, u64),
    table: &Table,
    hash: &[u8],
) -> bool {
    let bound = |place: u64| u64::from(u32_at(bytes, start + place as usize * 4));
    let run = bound(place)..bound(place + 1).min(table.entries);
    let hashes = start + (kids as usize + 1) * 4;
    let get = |n: u64| {
        let at = hashes + n as usize * table.length;
        bytes.get(at..at + table.length)
    };
    if run.is_empty() {
        return false;
    }
    let found = lower_bound(narrowed(run.clone(), hash, &get), |n| get(n) < Some(hash));
    found < run.end && get(found) == Some(hash)
}

/// Hashes are spread evenly, so that one of them tells where it stands, but for
/// the root of the distance. Where they aren't, halving goes on with what is
/// left.
fn narrowed<'a>(
    run: Range<u64>,
    hash: &[u8],
    get: &impl Fn(u64) -> Option<&'a [u8]>,
) -> Range<u64> {
    let count = u128::from(run.end - run.start);
    let scaled = |hash| ((u128::from(number(hash)) * count) >> 64) as i64;
    let wanted = run.start as i64 + scaled(hash);
    let inside = |place: i64| (place.max(run.start as i64) as u64).min(run.end - 1);
    let mut guess = inside(wanted);
    for _ in 0..STEPS {
        let found = run.start as i64 + get(guess).map_or(0, scaled);
        guess = inside(guess as i64 + wanted - found);
    }
    let low = guess.saturating_sub(REACH).max(run.start);
    let high = (guess + REACH).min(run.end);
    let low_fits = low == run.start || get(low) < Some(hash);
    let high_fits = high == run.end || get(high) >= Some(hash);
    match (low_fits, high_fits) {
        (true, true) => low..high,
        (true, false) => high..run.end,
        (false, _) => run.start..low,
    }
}

/// The first eight bytes.
fn number(hash: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(hash) {
        *to = *from;
    }
    u64::from_be_bytes(first)
}

/// Writes a table of entries of (place of the kid, hash), sorted.
pub(super) fn write<'a>(
    kids: u64,
    entries: impl Iterator<Item = (u32, &'a [u8])> + Clone,
    out: &mut Vec<u8>,
) {
    let mut rest = entries.clone().peekable();
    let mut before = 0u32;
    for kid in 0..=kids {
        out.extend(before.to_le_bytes());
        while rest
            .next_if(|(place, _)| u64::from(*place) == kid)
            .is_some()
        {
            before += 1;
        }
    }
    for (_, hash) in entries {
        out.extend(hash);
    }
}
