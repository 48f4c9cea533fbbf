//! Makes sets.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::bytes::write_at;
use super::filter::{MAX_WIDTH, Shape};
use super::layout::{
    self, COVERS_ALL, HEADER, LENGTH, MAGIC, MAX_ENTRIES, MAX_IDENTITY, MAX_KID, MAX_SOURCES,
    MIN_HASH, Mode, NO_TIME, SEED, SEEDS, VERSION,
};
use super::records::{Long, Runs, Short, integers, record, renumber};
use super::table::Table;
use super::{Precision, Progress, SetError, SetOptions, Stage, exact, pad, tests};
use crate::Timestamp;
use crate::codec::item::power_of_two;
use crate::revocation::IdentifierKind;

/// Collects entries and makes a [set](super::RevocationSet) of them.
///
/// The same entries, kids, sources, options and time give the same bytes, in
/// whatever order they come and however often.
#[derive(Clone)]
pub struct SetBuilder {
    pub(super) options: SetOptions,
    kids: BTreeMap<Box<[u8]>, u32>,
    covers_all: bool,
    /// Of whose certificates a list without signatures speaks.
    by_uci: BTreeSet<Box<[u8]>>,
    has_other_kinds: bool,
    /// The kid that came last and its number: entries come kid by kid.
    last: Option<(Box<[u8]>, u32)>,
    short: Vec<Short>,
    long: Vec<Long>,
    sources: Vec<(String, Option<Timestamp>)>,
}

impl SetBuilder {
    /// An empty one.
    pub fn new(options: SetOptions) -> Self {
        Self {
            options,
            kids: BTreeMap::new(),
            covers_all: false,
            by_uci: BTreeSet::new(),
            has_other_kinds: false,
            last: None,
            short: Vec::new(),
            long: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// Adds an entry: as many bytes of the SHA-256 as the list has, 4 to 32,
    /// under the signer's kid, which is covered then.
    pub fn add(
        &mut self,
        kid: &[u8],
        kind: IdentifierKind,
        hash: &[u8],
    ) -> Result<&mut Self, SetError> {
        check_kid(kid)?;
        self.insert(kid, kind, hash)
    }

    /// Adds an entry that counts under each kid: some lists name no signers.
    /// Declare which signers the set covers:
    /// [`covers`](Self::covers), [`covers_any_kid`](Self::covers_any_kid).
    pub fn add_for_any_kid(
        &mut self,
        kind: IdentifierKind,
        hash: &[u8],
    ) -> Result<&mut Self, SetError> {
        self.insert(&[], kind, hash)
    }

    /// Says that the set speaks of the certificates of this signer, even if
    /// none is revoked.
    pub fn covers(&mut self, kid: &[u8]) -> Result<&mut Self, SetError> {
        check_kid(kid)?;
        self.place(kid)?;
        Ok(self)
    }

    /// The same for a list that names certificates by their identifier alone. A
    /// set doesn't tell of which kinds it has all entries of a signer, so that
    /// beside entries of other kinds it can't say that a certificate without an
    /// identifier wasn't asked for, and covers none.
    pub(super) fn covers_by_uci(&mut self, kid: &[u8]) -> Result<(), SetError> {
        check_kid(kid)?;
        self.by_uci.insert(kid.into());
        Ok(())
    }

    /// Says that the set speaks of all certificates.
    pub fn covers_any_kid(&mut self) -> &mut Self {
        self.covers_all = true;
        self
    }

    /// Names a list that went into it, and when that list was made.
    pub fn source(
        &mut self,
        identity: &str,
        dated: Option<Timestamp>,
    ) -> Result<&mut Self, SetError> {
        let printable = !identity.is_empty() && !identity.chars().any(char::is_control);
        let fits = identity.len() <= MAX_IDENTITY && self.sources.len() < MAX_SOURCES;
        match printable && fits {
            true => self.sources.push((identity.into(), dated)),
            false => return Err(SetError::Source),
        }
        Ok(self)
    }

    /// How many entries were added, those that stand twice counted twice.
    pub fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// Whether none was added.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes the set, unsigned ([`sign`](Self::sign) signs it).
    pub fn build(self, made_at: Timestamp) -> Result<Vec<u8>, SetError> {
        self.build_with(made_at, |_| {})
    }

    /// The same, and says from time to time how far it is.
    pub fn build_with(
        mut self,
        made_at: Timestamp,
        mut progress: impl FnMut(Progress),
    ) -> Result<Vec<u8>, SetError> {
        let mut report = |stage, entries: usize, attempt| {
            progress(Progress {
                stage,
                entries: entries as u64,
                attempt,
            });
        };
        if let Some(expires_at) = self.options.expires_at
            && expires_at < made_at
        {
            return Err(SetError::Ended {
                expires_at,
                made_at,
            });
        }
        report(Stage::Sorting, self.len(), 1);
        let by_uci = core::mem::take(&mut self.by_uci);
        if !self.has_other_kinds {
            for kid in &by_uci {
                self.place(kid)?;
            }
        }
        let kids = self.sort();
        let runs = Runs::of(&self.short, &self.long);
        let tables: Vec<Table> = runs.0.iter().map(|run| run.table).collect();
        let entries = self.len();
        let shape = self.shape(&tables, &kids)?;
        let mode = shape.map_or(Mode::Exact, Mode::Filter);
        let mut out = self.head(mode, made_at, &tables, &kids)?;
        let digest = self.digest(&kids);
        match shape {
            None => {
                report(Stage::Filling, entries, 1);
                write_at(&mut out, SEED, &seed(&digest, 0));
                for run in &runs.0 {
                    exact::write(kids.len() as u64, run.entries(), &mut out);
                }
            }
            Some(shape) => {
                let start = out.len();
                let mut seeds = 0..SEEDS;
                loop {
                    let attempt = seeds.next().ok_or(SetError::Seeds)?;
                    report(Stage::Hashing, entries, attempt + 1);
                    let seed = seed(&digest, attempt);
                    let hashes = shape.by_segment(runs.hashes(&seed, &kids));
                    report(Stage::Filling, entries, attempt + 1);
                    out.truncate(start);
                    if shape.write(&hashes, &mut out).is_some() {
                        write_at(&mut out, SEED, &seed);
                        break;
                    }
                }
            }
        }
        pad(&mut out);
        let length = out.len() as u64;
        write_at(&mut out, LENGTH, &length.to_le_bytes());
        Ok(out)
    }

    fn insert(
        &mut self,
        kid: &[u8],
        kind: IdentifierKind,
        hash: &[u8],
    ) -> Result<&mut Self, SetError> {
        let length = hash.len();
        if !(MIN_HASH..=32).contains(&length) {
            return Err(SetError::HashLength { bytes: length });
        }
        if self.len() as u64 >= MAX_ENTRIES {
            return Err(SetError::TooManyEntries { max: MAX_ENTRIES });
        }
        let place = self.place(kid)?.to_be_bytes();
        // Whatever has the country before its identifier has the identifier.
        let by_uci = [IdentifierKind::Uci, IdentifierKind::CountryCodeUci];
        self.has_other_kinds |= !by_uci.contains(&kind);
        let head = [kind.type_byte(), length as u8];
        match length {
            ..=16 => self.short.push(record(head, place, hash)),
            _ => self.long.push(record(head, place, hash)),
        }
        Ok(self)
    }

    /// The number of a kid, in the order in which they come.
    fn place(&mut self, kid: &[u8]) -> Result<u32, SetError> {
        if let Some((last, place)) = &self.last
            && **last == *kid
        {
            return Ok(*place);
        }
        let next = self.kids.len();
        if next as u64 >= MAX_ENTRIES {
            return Err(SetError::TooManyEntries { max: MAX_ENTRIES });
        }
        let place = *self.kids.entry(kid.into()).or_insert(next as u32);
        self.last = Some((kid.into(), place));
        Ok(place)
    }

    /// Sorts kids and entries, and gives the kids.
    fn sort(&mut self) -> Vec<Box<[u8]>> {
        let mut kids: Vec<_> = core::mem::take(&mut self.kids).into_iter().collect();
        kids.sort_unstable_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        let mut places = vec![0u32; kids.len()];
        for (place, (_, old)) in kids.iter().enumerate() {
            if let Some(new) = places.get_mut(*old as usize) {
                *new = place as u32;
            }
        }
        for record in &mut self.short {
            renumber(record, &places);
        }
        for record in &mut self.long {
            renumber(record, &places);
        }
        // The same order, and faster.
        self.short.sort_unstable_by_key(integers);
        self.short.dedup();
        self.long.sort_unstable();
        self.long.dedup();
        self.sources.sort();
        self.sources.dedup();
        kids.into_iter().map(|(kid, _)| kid).collect()
    }

    /// That of the filter; `None` is an exact set.
    fn shape(&self, tables: &[Table], kids: &[Box<[u8]>]) -> Result<Option<Shape>, SetError> {
        let Precision::FalsePositives(rate) = self.options.precision else {
            return Ok(None);
        };
        if !(power_of_two(-50)..=0.5).contains(&rate) {
            return Err(SetError::Rate { rate });
        }
        let any_kid = kids.first().is_some_and(|kid| kid.is_empty());
        let (mut width, mut of_tests) = (0, tests(tables, any_kid).max(1) as f64);
        while of_tests > rate {
            of_tests /= 2.0;
            width += 1;
        }
        let shape = Shape::of(self.len(), width).filter(|_| width <= MAX_WIDTH);
        let shape = shape.ok_or(SetError::Rate { rate })?;
        let lengths = tables.iter().map(|t| exact::length(kids.len() as u64, t));
        let exact = lengths.sum::<Option<u64>>();
        let filter_is_smaller = exact.is_none_or(|exact| Some(exact) > shape.length());
        Ok(filter_is_smaller.then_some(shape))
    }

    /// All up to the entries, without length and seed.
    fn head(
        &self,
        mode: Mode,
        made_at: Timestamp,
        tables: &[Table],
        kids: &[Box<[u8]>],
    ) -> Result<Vec<u8>, SetError> {
        let time = |time: Option<Timestamp>| match time.map(Timestamp::seconds) {
            Some(_) if !layout::in_reach(time) => Err(SetError::Time),
            seconds => Ok(seconds.unwrap_or(NO_TIME).to_le_bytes()),
        };
        let mut sources = Vec::new();
        for (identity, dated) in &self.sources {
            sources.extend(time(*dated)?);
            sources.extend((identity.len() as u16).to_le_bytes());
            sources.extend(identity.as_bytes());
        }
        let groups: Vec<_> = kids.chunk_by(|a, b| a.len() == b.len()).collect();
        let (mode, shape) = match mode {
            Mode::Exact => (0, None),
            Mode::Filter(shape) => (1, Some(shape)),
        };
        let [width, log2] = shape.map_or([0, 0], |shape| [shape.width, shape.log2]);
        let counts = [
            tables.len(),
            groups.len(),
            self.sources.len(),
            sources.len(),
        ];

        let mut out = Vec::with_capacity(HEADER);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        let flags = if self.covers_all { COVERS_ALL } else { 0 };
        out.extend([mode, width, log2, flags]);
        out.extend([0; 8]);
        out.extend(time(Some(made_at))?);
        out.extend(time(self.options.expires_at)?);
        out.extend([0; 16]);
        out.extend((self.len() as u64).to_le_bytes());
        for count in counts {
            out.extend((count as u32).to_le_bytes());
        }
        out.extend(shape.map_or(0, |shape| shape.segments).to_le_bytes());
        out.extend([0; 4]);
        for table in tables {
            out.extend([table.kind, table.length as u8, 0, 0, 0, 0, 0, 0]);
            out.extend(table.entries.to_le_bytes());
        }
        for group in groups {
            let length = group.first().map_or(0, |kid| kid.len());
            out.extend([length as u8, 0, 0, 0]);
            out.extend((group.len() as u32).to_le_bytes());
        }
        out.extend(sources);
        out.extend(kids.iter().flat_map(|kid| kid.iter()));
        Ok(out)
    }

    /// Of all entries.
    fn digest(&self, kids: &[Box<[u8]>]) -> Sha256 {
        let mut digest = Sha256::new();
        digest.update([u8::from(self.covers_all)]);
        digest.update((kids.len() as u64).to_le_bytes());
        digest.update((self.short.len() as u64).to_le_bytes());
        for kid in kids {
            digest.update([kid.len() as u8]);
            digest.update(kid);
        }
        digest.update(self.short.as_flattened());
        digest.update(self.long.as_flattened());
        digest
    }
}

impl core::fmt::Debug for SetBuilder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SetBuilder")
            .field("entries", &self.len())
            .field("kids", &self.kids.len())
            .finish_non_exhaustive()
    }
}

fn check_kid(kid: &[u8]) -> Result<(), SetError> {
    match kid.len() {
        1..=MAX_KID => Ok(()),
        bytes => Err(SetError::KidLength { bytes }),
    }
}

fn seed(digest: &Sha256, attempt: u8) -> [u8; 16] {
    let digest = digest.clone().chain_update([attempt]).finalize();
    core::array::from_fn(|n| digest.get(n).copied().unwrap_or_default())
}
