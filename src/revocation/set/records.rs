//! Entries on their way into a set.

use super::bytes::write_at;
use super::key;
use super::table::Table;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Kind, length of the hash, place of the kid, and room for the hash: the
/// order of the bytes is that of the entries in a set.
const PLACE: usize = 2;
const HASH: usize = PLACE + 4;
pub(super) type Short = [u8; HASH + 16];
pub(super) type Long = [u8; HASH + 32];

/// An entry, under the number of its kid.
pub(super) fn record<const N: usize>(head: [u8; 2], place: [u8; 4], hash: &[u8]) -> [u8; N] {
    let mut record = [0; N];
    write_at(&mut record, 0, &head);
    write_at(&mut record, PLACE, &place);
    write_at(&mut record, HASH, hash);
    record
}

/// Gives the kid another number.
pub(super) fn renumber(record: &mut [u8], places: &[u32]) {
    let new = places.get(place(record) as usize).copied();
    write_at(record, PLACE, &new.unwrap_or_default().to_be_bytes());
}

/// Ordered as the bytes are.
pub(super) fn integers(record: &Short) -> (u64, u128) {
    let mut head = [0; 8];
    for (to, from) in head.iter_mut().skip(8 - HASH).zip(record) {
        *to = *from;
    }
    let hash = record.last_chunk().copied().unwrap_or_default();
    (u64::from_be_bytes(head), u128::from_be_bytes(hash))
}

fn place(record: &[u8]) -> u32 {
    let bytes = record.get(PLACE..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// The sorted entries, table by table.
pub(super) struct Runs<'a>(pub Vec<Run<'a>>);

pub(super) struct Run<'a> {
    pub table: Table,
    records: &'a [u8],
    stride: usize,
}

impl<'a> Runs<'a> {
    pub fn of(short: &'a [Short], long: &'a [Long]) -> Self {
        let mut runs = Vec::new();
        split(short, &mut runs);
        split(long, &mut runs);
        runs.sort_by_key(|run| (run.table.kind, run.table.length));
        Self(runs)
    }

    pub fn hashes(&self, seed: &[u8; 16], kids: &[Box<[u8]>]) -> Vec<[u64; 2]> {
        let entries = self.0.iter().map(|run| run.table.entries).sum::<u64>();
        let mut hashes = Vec::with_capacity(entries as usize);
        for run in &self.0 {
            hashes.extend(run.entries().map(|(place, hash)| {
                let kid = kids.get(place as usize).map_or(&[][..], |kid| kid);
                key(seed, kid, run.table.kind, hash)
            }));
        }
        hashes
    }
}

fn split<'a, const N: usize>(records: &'a [[u8; N]], runs: &mut Vec<Run<'a>>) {
    let same = |a: &[u8; N], b: &[u8; N]| a.first_chunk::<PLACE>() == b.first_chunk::<PLACE>();
    for records in records.chunk_by(same) {
        let [kind, length] = (records.first())
            .and_then(|record| record.first_chunk())
            .copied()
            .unwrap_or_default();
        runs.push(Run {
            table: Table {
                kind,
                length: length.into(),
                entries: records.len() as u64,
            },
            records: records.as_flattened(),
            stride: N,
        });
    }
}

impl<'a> Run<'a> {
    /// The place of the kid, and the hash.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &'a [u8])> + Clone + use<'a> {
        let length = self.table.length;
        self.records.chunks_exact(self.stride).map(move |record| {
            let hash = record.get(HASH..HASH + length).unwrap_or_default();
            (place(record), hash)
        })
    }
}
