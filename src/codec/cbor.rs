//! A guard in front of every CBOR layer (RFC 8949).
//!
//! What comes after it reads in place and looks for no duplicate map keys, nor
//! does ciborium; so one walk over the bytes first proves that the item is
//! well-formed, within its budget, free of duplicate keys, and alone.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use crate::Limits;

/// Why bytes are not one acceptable CBOR item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CborError {
    /// The bytes end inside an item, or a declared length passes their end.
    #[error("the CBOR ends early, or declares more than there is, at byte {at}")]
    CutOff {
        /// Offset in bytes.
        at: usize,
    },
    /// A reserved head, a stray break, a text that is not UTF-8 and the like.
    #[error("the CBOR is malformed at byte {at}")]
    Malformed {
        /// Offset in bytes.
        at: usize,
    },
    /// Nested deeper than [`Limits::max_depth`].
    #[error("the CBOR is nested deeper than {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// More data items than [`Limits::max_items`].
    #[error("the CBOR has more than {limit} items")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// A map holds one key twice.
    #[error("a CBOR map holds a key twice, at byte {at}")]
    DuplicateKey {
        /// Offset of the map in bytes.
        at: usize,
    },
    /// A map key that is neither an integer nor a string.
    #[error("a CBOR map key at byte {at} is neither an integer nor a string")]
    KeyType {
        /// Offset of the key in bytes.
        at: usize,
    },
    /// Bytes follow the item.
    #[error("{count} bytes follow the CBOR item")]
    Trailing {
        /// How many.
        count: usize,
    },
}

impl CborError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CutOff { .. } => "cbor-cut-off",
            Self::Malformed { .. } => "cbor-malformed",
            Self::TooDeep { .. } => "cbor-too-deep",
            Self::TooMany { .. } => "cbor-too-many",
            Self::DuplicateKey { .. } => "cbor-duplicate-key",
            Self::KeyType { .. } => "cbor-key-type",
            Self::Trailing { .. } => "cbor-trailing",
        }
    }
}

/// The walk recurses, and so does the decoder behind it, which stops at 256.
const MAX_DEPTH: usize = 128;

/// What the walk saw besides that all is well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// An array, map or string had indefinite length.
    pub indefinite: bool,
    /// A bignum (RFC 8949 §3.4.3), or a simple value without a meaning here.
    pub(super) special: bool,
}

/// Proves that `bytes` are exactly one well-formed CBOR item within the
/// limits, with no key twice in any map.
///
/// ```
/// use hcert::{Limits, format::hc1::cbor};
/// let twice = [0xa2, 1, 2, 1, 3]; // {1: 2, 1: 3}
/// let error = cbor::check(&twice, &Limits::default()).unwrap_err();
/// assert_eq!(error.code(), "cbor-duplicate-key");
/// ```
pub fn check(bytes: &[u8], limits: &Limits) -> Result<Shape, CborError> {
    let mut walk = Walk::new(bytes, limits);
    walk.item(0)?;
    match bytes.len() - walk.at {
        0 => Ok(walk.shape),
        count => Err(CborError::Trailing { count }),
    }
}

/// Major types (RFC 8949 §3.1).
pub(crate) mod major {
    pub const UNSIGNED: u8 = 0;
    pub const NEGATIVE: u8 = 1;
    pub const BYTES: u8 = 2;
    pub const TEXT: u8 = 3;
    pub const ARRAY: u8 = 4;
    pub const MAP: u8 = 5;
    pub const TAG: u8 = 6;
    pub const SIMPLE: u8 = 7;
}

/// Appends the head of an item in its shortest form.
pub(crate) fn write_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let (bytes, used) = head(major, argument);
    out.extend(bytes.iter().take(used));
}

/// The head of an item in its shortest form (RFC 8949 §4.2.1), and how many of
/// the bytes are it.
pub(crate) fn head(major: u8, argument: u64) -> ([u8; 9], usize) {
    let [a, b, c, d, e, f, g, h] = argument.to_be_bytes();
    let first = |info: u8| major << 5 | info;
    match argument {
        0..24 => ([first(h), 0, 0, 0, 0, 0, 0, 0, 0], 1),
        24..0x100 => ([first(24), h, 0, 0, 0, 0, 0, 0, 0], 2),
        0x100..0x1_0000 => ([first(25), g, h, 0, 0, 0, 0, 0, 0], 3),
        0x1_0000..0x1_0000_0000 => ([first(26), e, f, g, h, 0, 0, 0, 0], 5),
        _ => ([first(27), a, b, c, d, e, f, g, h], 9),
    }
}

/// A head as it is written: major type, additional information and argument
/// (RFC 8949 §3).
pub(crate) struct RawHead {
    pub major: u8,
    pub info: u8,
    /// 0 where the additional information, 28 to 31, has none.
    pub argument: u64,
}

/// The head at the beginning of `bytes`, and what follows it. The one place
/// where heads are taken apart.
#[inline]
pub(crate) fn split_head(bytes: &[u8]) -> Option<(RawHead, &[u8])> {
    let (first, tail) = bytes.split_first()?;
    let (major, info) = (first >> 5, first & 0x1f);
    let (argument, tail) = match info {
        0..24 => (u64::from(info), tail),
        24 => {
            let (argument, tail) = tail.split_first()?;
            (u64::from(*argument), tail)
        }
        25 => {
            let (argument, tail) = tail.split_first_chunk()?;
            (u64::from(u16::from_be_bytes(*argument)), tail)
        }
        26 => {
            let (argument, tail) = tail.split_first_chunk()?;
            (u64::from(u32::from_be_bytes(*argument)), tail)
        }
        27 => {
            let (argument, tail) = tail.split_first_chunk()?;
            (u64::from_be_bytes(*argument), tail)
        }
        _ => (0, tail),
    };
    let head = RawHead {
        major,
        info,
        argument,
    };
    Some((head, tail))
}

/// The head of an item: major type and argument; `None` is indefinite.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub major: u8,
    pub argument: Option<u64>,
}

/// Bytes that lie in the input, or in several pieces of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    Whole(Range<usize>),
    Joined(Vec<u8>),
}

impl Span {
    pub fn of<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Whole(range) => bytes.get(range.clone()).unwrap_or_default(),
            Self::Joined(joined) => joined,
        }
    }

    fn taken_from(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Whole(range) => bytes.get(range).unwrap_or_default().into(),
            Self::Joined(joined) => joined.into(),
        }
    }
}

/// A map key in the one form in which keys are compared, whatever length
/// its head or its chunks have.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    Unsigned(u64),
    /// -1 less it.
    Negative(u64),
    Bytes(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
}

impl Key<'_> {
    /// The number that it is.
    pub fn integer(&self) -> Option<i128> {
        match self {
            Self::Unsigned(n) => Some(i128::from(*n)),
            Self::Negative(n) => Some(-1 - i128::from(*n)),
            _ => None,
        }
    }
}

/// The keys of one map. Those of an ordinary one take no memory of their own.
#[derive(Default)]
struct Keys<'a> {
    few: [Option<Key<'a>>; Keys::FEW],
    count: usize,
    twice: bool,
    many: Vec<Key<'a>>,
}

impl Keys<'_> {
    const FEW: usize = 16;
}

impl<'a> Keys<'a> {
    fn push(&mut self, key: Key<'a>) {
        let key = Some(key);
        if self.count < Self::FEW {
            let (before, after) = self.few.split_at_mut(self.count);
            self.twice |= before.contains(&key);
            if let Some(next) = after.first_mut() {
                *next = key;
            }
        } else {
            let few = self.few.iter_mut().filter_map(Option::take);
            self.many.extend(few.chain(key));
        }
        self.count += 1;
    }

    fn has_twice(mut self) -> bool {
        self.many.sort_unstable();
        let mut pairs = self.many.windows(2);
        self.twice || pairs.any(|pair| matches!(pair, [a, b] if a == b))
    }
}

/// A reader that goes once over the bytes.
pub(crate) struct Walk<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    pub at: usize,
    items: usize,
    pub shape: Shape,
}

impl<'a> Walk<'a> {
    pub fn new(bytes: &'a [u8], limits: &'a Limits) -> Self {
        Self {
            bytes,
            limits,
            at: 0,
            items: 0,
            shape: Shape::default(),
        }
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, count: u64) -> Result<Range<usize>, CborError> {
        let start = self.at;
        let end = usize::try_from(count)
            .ok()
            .and_then(|n| start.checked_add(n));
        match end {
            Some(end) if end <= self.bytes.len() => {
                self.at = end;
                Ok(start..end)
            }
            _ => Err(CborError::CutOff { at: start }),
        }
    }

    /// Whether the next byte is the break of an indefinite item; takes it.
    fn at_break(&mut self) -> bool {
        let found = self.bytes.get(self.at) == Some(&0xff);
        self.at += usize::from(found);
        found
    }

    pub fn head(&mut self) -> Result<Head, CborError> {
        let at = self.at;
        self.items += 1;
        if self.items > self.limits.max_items {
            return Err(CborError::TooMany {
                limit: self.limits.max_items,
            });
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        let Some((head, tail)) = split_head(rest) else {
            // Where its first byte is missing, or its argument.
            let at = at + usize::from(!rest.is_empty());
            return Err(CborError::CutOff { at });
        };
        self.at = self.bytes.len() - tail.len();
        let (major, info) = (head.major, head.info);
        let argument = match info {
            // RFC 8949 §3.3: two-byte simple values below 32 do not exist.
            24 if major == major::SIMPLE && head.argument < 32 => {
                return Err(CborError::Malformed { at });
            }
            0..28 => Some(head.argument),
            31 if (major::BYTES..=major::MAP).contains(&major) => {
                self.shape.indefinite = true;
                None
            }
            _ => return Err(CborError::Malformed { at }),
        };
        self.shape.special |= match major {
            major::TAG => matches!(argument, Some(2 | 3)),
            major::SIMPLE => !matches!(info, 20..=23 | 25..=27),
            _ => false,
        };
        Ok(Head { major, argument })
    }

    fn check_depth(&self, depth: usize) -> Result<(), CborError> {
        let limit = self.limits.max_depth.min(MAX_DEPTH);
        if depth > limit {
            Err(CborError::TooDeep { limit })
        } else {
            Ok(())
        }
    }

    /// Walks over one item with all that is in it.
    pub fn item(&mut self, depth: usize) -> Result<(), CborError> {
        let at = self.at;
        let head = self.head()?;
        self.body(head, at, depth)
    }

    /// Walks over what follows a head that was read at `at`.
    pub fn body(&mut self, head: Head, at: usize, depth: usize) -> Result<(), CborError> {
        self.check_depth(depth)?;
        match head.major {
            major::BYTES | major::TEXT => self.string(head).map(drop),
            major::ARRAY => self.counted(head.argument, |walk| walk.item(depth + 1)),
            major::MAP => self.map(head, at, depth, |walk, _, depth| walk.item(depth)),
            major::TAG => self.item(depth + 1),
            _ => Ok(()),
        }
    }

    /// Runs `each` for every element of a container whose head was read.
    pub fn counted(
        &mut self,
        count: Option<u64>,
        mut each: impl FnMut(&mut Self) -> Result<(), CborError>,
    ) -> Result<(), CborError> {
        match count {
            Some(count) => {
                // Each element is a byte at least; a larger count is a lie.
                if count > self.remaining() as u64 {
                    return Err(CborError::CutOff { at: self.at });
                }
                for _ in 0..count {
                    each(self)?;
                }
            }
            None => {
                while !self.at_break() {
                    each(self)?;
                }
            }
        }
        Ok(())
    }

    /// Goes through a map whose head was read; `value` gets each key and must
    /// consume its value, which lies at the given depth.
    pub fn map(
        &mut self,
        head: Head,
        at: usize,
        depth: usize,
        mut value: impl FnMut(&mut Self, &Key<'a>, usize) -> Result<(), CborError>,
    ) -> Result<(), CborError> {
        let mut keys = Keys::default();
        self.counted(head.argument, |walk| {
            let key = walk.key()?;
            value(walk, &key, depth + 1)?;
            keys.push(key);
            Ok(())
        })?;
        if keys.has_twice() {
            return Err(CborError::DuplicateKey { at });
        }
        Ok(())
    }

    fn key(&mut self) -> Result<Key<'a>, CborError> {
        let at = self.at;
        let head = self.head()?;
        match (head.major, head.argument) {
            (major::UNSIGNED, Some(n)) => Ok(Key::Unsigned(n)),
            (major::NEGATIVE, Some(n)) => Ok(Key::Negative(n)),
            (major::BYTES, _) => Ok(Key::Bytes(self.string(head)?.taken_from(self.bytes))),
            (major::TEXT, _) => Ok(Key::Text(self.string(head)?.taken_from(self.bytes))),
            _ => Err(CborError::KeyType { at }),
        }
    }

    /// The content of a byte or text string whose head was read.
    pub fn string(&mut self, head: Head) -> Result<Span, CborError> {
        let Some(length) = head.argument else {
            let mut joined = Vec::new();
            while !self.at_break() {
                let at = self.at;
                let chunk = self.head()?;
                // RFC 8949 §3.2.3: chunks are definite and of the same type.
                if chunk.major != head.major || chunk.argument.is_none() {
                    return Err(CborError::Malformed { at });
                }
                joined.extend_from_slice(self.string(chunk)?.of(self.bytes));
            }
            return Ok(Span::Joined(joined));
        };
        let range = self.take(length)?;
        if head.major == major::TEXT {
            let text = self.bytes.get(range.clone()).unwrap_or_default();
            if let Err(error) = core::str::from_utf8(text) {
                return Err(CborError::Malformed {
                    at: range.start + error.valid_up_to(),
                });
            }
        }
        Ok(Span::Whole(range))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec;

    fn code(bytes: &[u8]) -> &'static str {
        check(bytes, &Limits::default()).map_or_else(|e| e.code(), |_| "")
    }

    #[test]
    fn b8_duplicate_keys_are_found_in_any_spelling_and_depth() {
        for twice in [
            &[0xa2, 1, 2, 1, 3][..],                              // {1: 2, 1: 3}
            &[0xa2, 1, 2, 0x18, 1, 3],                            // long head
            &[0xa2, 0x61, b'a', 2, 0x7f, 0x61, b'a', 0xff, 3],    // chunked text
            &[0xbf, 0x20, 2, 0x38, 0, 3, 0xff],                   // indefinite map, -1 twice
            &[0x81, 0xa1, 5, 0xc1, 0xa2, 0x41, 9, 0, 0x41, 9, 0], // inside array, map, tag
        ] {
            assert_eq!(code(twice), "cbor-duplicate-key", "{twice:02x?}");
        }
        assert_eq!(
            code(&[0xa2, 1, 2, 0x61, 1, 3]),
            "",
            "integer 1 is not text 01"
        );
        assert_eq!(
            code(&[0xa2, 0x41, 1, 2, 0x61, 1, 3]),
            "",
            "bytes 01 are not text 01"
        );
    }

    #[test]
    fn b8_declared_lengths_cost_nothing() {
        for major in [2u8, 3, 4, 5] {
            for length in [1u64 << 63, u64::MAX, 1 << 32, 100] {
                let mut bytes = vec![major << 5 | 27];
                bytes.extend(length.to_be_bytes());
                assert_eq!(code(&bytes), "cbor-cut-off");
            }
        }
    }

    #[test]
    fn b8_depth_and_item_bombs_are_refused() {
        assert_eq!(code(&[0x81; 100_000]), "cbor-too-deep");
        assert_eq!(code(&[0xc1; 100_000]), "cbor-too-deep");
        assert_eq!(code(&[0x9f; 100_000]), "cbor-too-deep");
        let all = Limits {
            max_depth: usize::MAX,
            max_items: usize::MAX,
            ..Limits::default()
        };
        let limit = MAX_DEPTH;
        for head in [0x81, 0x9f, 0xc1] {
            assert_eq!(
                check(&[head; 1_000_000], &all),
                Err(CborError::TooDeep { limit })
            );
        }
        let mut deepest = [0x81; MAX_DEPTH + 1];
        *deepest.last_mut().unwrap() = 0;
        assert!(check(&deepest, &all).is_ok());
        assert!(ciborium::from_reader::<ciborium::Value, _>(&deepest[..]).is_ok());
        let mut wide = vec![0x9a, 0, 0, 0xff, 0xff];
        wide.extend([0; 0xffff]);
        assert_eq!(code(&wide), "cbor-too-many");
        let mut chunks = vec![0x5f];
        chunks.extend([0x40; 0xffff]);
        assert_eq!(code(&chunks), "cbor-too-many");
    }

    #[test]
    fn malformed_items_are_named_by_kind() {
        for (bytes, expected) in [
            (&[][..], "cbor-cut-off"),
            (&[0x18], "cbor-cut-off"),
            (&[0xff], "cbor-malformed"),
            (&[0x1c], "cbor-malformed"),
            (&[0x1f], "cbor-malformed"),
            (&[0xdf], "cbor-malformed"),
            (&[0xf8, 0x10], "cbor-malformed"),
            (&[0x61, 0xff], "cbor-malformed"),
            (&[0x7f, 0x41, b'a', 0xff], "cbor-malformed"),
            (&[0x7f, 0x7f, 0xff, 0xff], "cbor-malformed"),
            (&[0xbf, 1, 0xff], "cbor-malformed"),
            (&[0xa1, 0xf9, 0x3c, 0, 0], "cbor-key-type"),
            (&[0xa1, 0x80, 0], "cbor-key-type"),
            (&[0x01, 0x01], "cbor-trailing"),
        ] {
            assert_eq!(code(bytes), expected, "{bytes:02x?}");
        }
    }

    proptest::proptest! {
        /// Whatever passes is read by the decoder behind the guard.
        #[test]
        fn what_the_guard_passes_ciborium_reads(bytes: Vec<u8>) {
            let limits = Limits::default();
            if check(&bytes, &limits).is_ok() {
                let value: Result<ciborium::Value, _> = ciborium::from_reader(&bytes[..]);
                // Simple values other than the four named ones are well-formed
                // CBOR that ciborium has no type for.
                if !bytes.iter().any(|b| matches!(b, 0xe0..=0xf3 | 0xf7..=0xf8)) {
                    proptest::prop_assert!(value.is_ok(), "{:02x?}", bytes);
                }
            }
        }
    }
}
