//! The fixed parts of a set, and where everything stands. docs/revocation-set.md
//! has the same as tables.

use alloc::boxed::Box;
use core::ops::Range;

use super::bytes::{i64_at, lower_bound, u8_at, u32_at, u64_at};
use super::table::{TABLE, Table};
use super::{SetFormError, SetSource, filter};
use crate::Timestamp;
use crate::codec::instant;
use crate::revocation::IdentifierKind;

type Result<T> = core::result::Result<T, SetFormError>;

pub(super) const MAGIC: [u8; 8] = *b"hcert-rs";
pub(super) const VERSION: u32 = 1;
pub(super) const HEADER: usize = 88;
/// Where the flags stand in the header.
pub(super) const FLAGS: usize = 15;
/// The one flag there is.
pub(super) const COVERS_ALL: u8 = 1;
/// Where the length of all stands in the header.
pub(super) const LENGTH: usize = 16;
pub(super) const SEED: usize = 40;
pub(super) const GROUP: usize = 8;
pub(super) const SOURCE: usize = 10;
/// Zeros at the end, so that eight bytes can be read at each place before.
pub(super) const PADDING: usize = 8;
pub(super) const MAX_TABLES: usize = 255;
pub(super) const MAX_SOURCES: usize = 255;
pub(super) const MAX_IDENTITY: usize = 1024;
pub(super) const MAX_KID: usize = 255;
/// With fewer bytes a hash would name people who are not meant.
pub(super) const MIN_HASH: usize = 4;
pub(super) const MAX_ENTRIES: u64 = 1 << 28;
/// How many seeds are tried. One fails by chance now and then, and nobody can
/// choose entries for it: the seeds follow from all of them.
pub(super) const SEEDS: u8 = 64;
/// Stands for a time that isn't there.
pub(super) const NO_TIME: i64 = i64::MIN;

/// How the entries are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Exact,
    Filter(filter::Shape),
}

/// Where everything stands in a set, from its first byte.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub mode: Mode,
    pub made_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub seed: [u8; 16],
    pub entries: u64,
    pub kids: u64,
    /// It speaks of the certificates of every kid.
    pub covers_all: bool,
    /// Some entries are of every kid: there is an empty one.
    pub any_kid: bool,
    tables: Range<usize>,
    table_list: Box<[Table]>,
    pub groups: Range<usize>,
    pub sources: Range<usize>,
    pub kid_bytes: Range<usize>,
    pub data: usize,
}

/// The kids of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub length: usize,
    pub kids: u64,
}

impl Layout {
    /// Checks the fixed parts and the length. The work is bounded by the
    /// limits of tables, groups and sources, whatever the length.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let header: &[u8; HEADER] = bytes.first_chunk().ok_or(not_set(bytes))?;
        if !header.starts_with(&MAGIC) {
            return Err(SetFormError::Unrecognised);
        }
        let (found, known) = (u32_at(header, 8), VERSION);
        if found != known {
            return Err(SetFormError::Version { found, known });
        }
        let expected = u64_at(header, LENGTH);
        if expected != bytes.len() as u64 {
            let found = bytes.len() as u64;
            return Err(SetFormError::Length { expected, found });
        }
        let [mode, width, log2, flags] = [12, 13, 14, FLAGS].map(|at| u8_at(header, at));
        let mode = match (mode, filter::Shape::new(width, log2, u32_at(header, 80))) {
            (0, _) if [width, log2] == [0, 0] && u32_at(header, 80) == 0 => Mode::Exact,
            (1, Some(shape)) => Mode::Filter(shape),
            _ => return Err(fault("the mode")),
        };
        let entries = u64_at(header, 56);
        if flags & !COVERS_ALL != 0 || u32_at(header, 84) != 0 || entries > MAX_ENTRIES {
            return Err(fault("the header"));
        }
        let [tables, groups, sources, source_bytes] =
            [64, 68, 72, 76].map(|at| u32_at(header, at) as usize);
        let names = sources.saturating_mul(SOURCE + MAX_IDENTITY);
        if tables > MAX_TABLES
            || groups > MAX_KID + 1
            || sources > MAX_SOURCES
            || source_bytes > names
        {
            return Err(fault("the header"));
        }
        let mut at = HEADER;
        let mut take = |length: usize| {
            let range = at..at.checked_add(length)?;
            at = range.end;
            bytes.get(range.clone()).map(|_| range)
        };
        let cut_off = || fault("the length of a part");
        let tables = take(tables * TABLE).ok_or_else(cut_off)?;
        let groups = take(groups * GROUP).ok_or_else(cut_off)?;
        let sources_range = take(source_bytes).ok_or_else(cut_off)?;
        let (kids, kid_length) = check_groups(part(bytes, &groups))?;
        let kid_bytes = take(usize::try_from(kid_length).unwrap_or(usize::MAX));
        let kid_bytes = kid_bytes.ok_or_else(cut_off)?;
        let layout = Self {
            mode,
            made_at: Timestamp::from_seconds(i64_at(header, 24)),
            expires_at: time(i64_at(header, 32)),
            seed: core::array::from_fn(|n| u8_at(header, SEED + n)),
            entries,
            kids,
            covers_all: flags & COVERS_ALL != 0,
            any_kid: bytes.get(groups.start) == Some(&0) && !groups.is_empty(),
            table_list: {
                let (records, _) = part(bytes, &tables).as_chunks::<TABLE>();
                records.iter().map(Table::read).collect()
            },
            tables,
            groups,
            sources: sources_range,
            data: kid_bytes.end,
            kid_bytes,
        };
        if !in_reach(Some(layout.made_at)) || !in_reach(layout.expires_at) {
            return Err(fault("a time"));
        }
        layout.check_tables(bytes)?;
        if layout.sources(bytes).count() != sources
            || layout
                .sources(bytes)
                .any(|source| !source.is_some_and(|s| in_reach(s.dated)))
        {
            return Err(fault("a source"));
        }
        let data = match layout.mode {
            Mode::Exact => layout.exact_length(),
            Mode::Filter(shape) => shape.length(),
        };
        let end = data.and_then(|data| data.checked_add(layout.data as u64 + PADDING as u64));
        match end == Some(bytes.len() as u64) {
            true => Ok(layout),
            false => Err(fault("the length of the entries")),
        }
    }

    /// The tables, those of a kind and the lengths of a kind ascending.
    pub fn tables(&self) -> impl Iterator<Item = Table> {
        self.table_list.iter().copied()
    }

    fn groups<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = Group> + use<'a> {
        groups(part(bytes, &self.groups))
    }

    /// `None` is a source that can't be read, the last item then.
    pub fn sources<'a>(
        &self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = Option<SetSource<'a>>> + use<'a> {
        let mut rest = part(bytes, &self.sources);
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let source = read_source(&mut rest);
            if source.is_none() {
                rest = &[];
            }
            Some(source)
        })
    }

    /// The kids, in their order.
    pub fn kids<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = part(bytes, &self.kid_bytes);
        self.groups(bytes).flat_map(move |group| {
            let length = usize::try_from(group.kids).unwrap_or(usize::MAX);
            let kids = rest.split_at_checked(length.saturating_mul(group.length));
            let (kids, after) = kids.unwrap_or_default();
            rest = after;
            // The empty one is not a kid.
            kids.chunks_exact(group.length.max(1))
        })
    }

    /// The place of a kid among all, which are sorted by length and then
    /// bytewise.
    pub fn kid_place(&self, bytes: &[u8], kid: &[u8]) -> Option<u64> {
        let all = part(bytes, &self.kid_bytes);
        let (mut before, mut start) = (0, 0usize);
        for group in self.groups(bytes) {
            if group.length == kid.len() {
                let get = |n: u64| {
                    let at = start.checked_add(usize::try_from(n).ok()?.checked_mul(kid.len())?)?;
                    all.get(at..at.checked_add(kid.len())?)
                };
                let place = lower_bound(0..group.kids, |n| get(n) < Some(kid));
                return (get(place) == Some(kid) && place < group.kids).then_some(before + place);
            }
            before += group.kids;
            start = start.saturating_add(usize::try_from(group.kids).ok()? * group.length);
        }
        None
    }

    fn check_tables(&self, bytes: &[u8]) -> Result<()> {
        let mut last = None;
        let mut entries = 0u64;
        for table in self.tables() {
            let name = Some((table.kind, table.length));
            let fits = (MIN_HASH..=32).contains(&table.length)
                && (1..=self.entries).contains(&table.entries);
            // Whoever is in it under a kind that is not known would pass.
            let known = IdentifierKind::from_type_byte(table.kind).is_some();
            if !fits || !known || name <= last {
                return Err(fault("a table of hashes"));
            }
            last = name;
            entries = entries.saturating_add(table.entries);
        }
        let reserved = |record: &[u8; TABLE]| record.iter().skip(2).take(6).any(|b| *b != 0);
        let (records, _) = part(bytes, &self.tables).as_chunks();
        match entries == self.entries && !records.iter().any(reserved) {
            true => Ok(()),
            false => Err(fault("a table of hashes")),
        }
    }

    fn exact_length(&self) -> Option<u64> {
        let mut tables = self.tables();
        tables.try_fold(0u64, |sum, table| {
            sum.checked_add(super::exact::length(self.kids, &table)?)
        })
    }
}

/// How many kids, and of how many bytes together.
fn check_groups(records: &[u8]) -> Result<(u64, u64)> {
    let (mut last, mut kids, mut bytes) = (None, 0u64, 0u64);
    for (group, record) in groups(records).zip(records.chunks(GROUP)) {
        let reserved = record.iter().skip(1).take(3).any(|b| *b != 0);
        let alone = group.length > 0 || group.kids == 1;
        if Some(group.length) <= last || group.kids == 0 || reserved || !alone {
            return Err(fault("a group of kids"));
        }
        last = Some(group.length);
        kids += group.kids;
        bytes += group.kids * group.length as u64;
    }
    Ok((kids, bytes))
}

fn groups(records: &[u8]) -> impl Iterator<Item = Group> {
    let (records, _) = records.as_chunks::<GROUP>();
    records.iter().map(|record| Group {
        length: u8_at(record, 0).into(),
        kids: u32_at(record, 4).into(),
    })
}

fn read_source<'a>(rest: &mut &'a [u8]) -> Option<SetSource<'a>> {
    let (head, after) = rest.split_at_checked(SOURCE)?;
    let [low, high] = [u8_at(head, 8), u8_at(head, 9)];
    let length = usize::from(u16::from_le_bytes([low, high]));
    let (identity, after) = after.split_at_checked(length)?;
    let identity = core::str::from_utf8(identity).ok()?;
    *rest = after;
    (length <= MAX_IDENTITY).then_some(SetSource {
        identity,
        dated: time(i64_at(head, 0)),
    })
}

fn time(seconds: i64) -> Option<Timestamp> {
    (seconds != NO_TIME).then_some(Timestamp::from_seconds(seconds))
}

/// Of the years 1970 to 9999, or not there.
pub(super) fn in_reach(time: Option<Timestamp>) -> bool {
    time.is_none_or(|time| instant::in_reach(time).is_some())
}

fn fault(what: &'static str) -> SetFormError {
    SetFormError::Part { what }
}

fn not_set(bytes: &[u8]) -> SetFormError {
    match bytes.starts_with(&MAGIC) {
        true => SetFormError::Length {
            expected: HEADER as u64,
            found: bytes.len() as u64,
        },
        false => SetFormError::Unrecognised,
    }
}

fn part<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    bytes.get(range.clone()).unwrap_or_default()
}
