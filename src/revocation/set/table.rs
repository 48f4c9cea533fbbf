use super::bytes::u64_at;

/// Of a record, in bytes.
pub(super) const TABLE: usize = 16;

/// The hashes of one kind and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    pub kind: u8,
    pub length: usize,
    pub entries: u64,
}

impl Table {
    pub(super) fn read(record: &[u8; TABLE]) -> Self {
        let [kind, length, ..] = *record;
        Self {
            kind,
            length: length.into(),
            entries: u64_at(record, 8),
        }
    }
}
