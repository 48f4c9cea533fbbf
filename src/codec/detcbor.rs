//! Deterministic CBOR (RFC 8949 §4.2.1), written and read in place: definite
//! lengths, shortest heads, map keys ascending.

use super::cbor::{major, split_head, write_head};
use alloc::vec::Vec;

/// Why bytes are not what was expected in deterministic CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormError {
    CutOff { at: usize },
    NotDeterministic { at: usize },
    Unexpected { at: usize, expected: &'static str },
    Trailing { count: usize },
}

type Result<T> = core::result::Result<T, FormError>;

const FALSE: u64 = 20;
const TRUE: u64 = 21;

#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    fn head(&mut self, major: u8, argument: u64) -> &mut Self {
        write_head(&mut self.0, major, argument);
        self
    }

    pub fn uint(&mut self, n: u64) -> &mut Self {
        self.head(major::UNSIGNED, n)
    }

    pub fn int(&mut self, n: i64) -> &mut Self {
        match u64::try_from(n) {
            Ok(n) => self.uint(n),
            Err(_) => self.head(major::NEGATIVE, !n as u64),
        }
    }

    /// What stands before the bytes.
    pub fn bytes_head(&mut self, bytes: &[u8]) -> &mut Self {
        self.head(major::BYTES, bytes.len() as u64)
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes_head(bytes);
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.head(major::TEXT, text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn array(&mut self, count: usize) -> &mut Self {
        self.head(major::ARRAY, count as u64)
    }

    pub fn map(&mut self, count: usize) -> &mut Self {
        self.head(major::MAP, count as u64)
    }

    pub fn tag(&mut self, tag: u64) -> &mut Self {
        self.head(major::TAG, tag)
    }

    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.head(major::SIMPLE, if value { TRUE } else { FALSE })
    }
}

/// Reads what [`Writer`] can write, and nothing else. It allocates nothing.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Where `rest` ends in the input.
    end: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            end: bytes.len(),
        }
    }

    /// The byte of the input that is read next.
    pub fn at(&self) -> usize {
        self.end - self.rest.len()
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    pub fn finish(self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(FormError::Trailing { count }),
        }
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8]> {
        let split = usize::try_from(count).ok();
        let split = split.and_then(|count| self.rest.split_at_checked(count));
        let cut_off = FormError::CutOff { at: self.at() };
        let (taken, rest) = split.ok_or(cut_off)?;
        self.rest = rest;
        Ok(taken)
    }

    fn head(&mut self, expected: &'static str) -> Result<(u8, u64)> {
        let at = self.at();
        let Some((head, rest)) = split_head(self.rest) else {
            let at = at + usize::from(!self.rest.is_empty());
            return Err(FormError::CutOff { at });
        };
        self.rest = rest;
        let (major, argument) = (head.major, head.argument);
        let is_simple = major == major::SIMPLE;
        let least = match head.info {
            0..24 => return Ok((major, argument)),
            24 => 24,
            25 => 0x100,
            26 => 0x1_0000,
            27 => 0x1_0000_0000,
            // An indefinite length, or the end of one.
            31 => return Err(FormError::NotDeterministic { at }),
            _ => return Err(FormError::Unexpected { at, expected }),
        };
        match argument >= least {
            // Not a simple value of two bytes, either.
            _ if is_simple => Err(FormError::Unexpected { at, expected }),
            true => Ok((major, argument)),
            false => Err(FormError::NotDeterministic { at }),
        }
    }

    fn argument_of(&mut self, wanted: u8, expected: &'static str) -> Result<u64> {
        let at = self.at();
        match self.head(expected)? {
            (major, argument) if major == wanted => Ok(argument),
            _ => Err(FormError::Unexpected { at, expected }),
        }
    }

    pub fn uint(&mut self) -> Result<u64> {
        self.argument_of(major::UNSIGNED, "an unsigned integer")
    }

    pub fn int(&mut self) -> Result<i64> {
        let at = self.at();
        let expected = "an integer of 64 bits";
        let unexpected = FormError::Unexpected { at, expected };
        let (major, argument) = self.head(expected)?;
        match (major, i64::try_from(argument)) {
            (major::UNSIGNED, Ok(n)) => Ok(n),
            (major::NEGATIVE, Ok(n)) => Ok(!n),
            _ => Err(unexpected),
        }
    }

    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.argument_of(major::BYTES, "a byte string")?;
        self.take(length)
    }

    /// What is in a byte string, to be read in turn.
    pub fn embedded(&mut self) -> Result<(&'a [u8], Self)> {
        let bytes = self.bytes()?;
        let end = self.at();
        Ok((bytes, Self { rest: bytes, end }))
    }

    pub fn array_of<const N: usize>(&mut self, expected: &'static str) -> Result<&'a [u8; N]> {
        let at = self.at();
        let bytes = self.bytes()?.try_into();
        bytes.map_err(|_| FormError::Unexpected { at, expected })
    }

    pub fn text(&mut self) -> Result<&'a str> {
        let at = self.at();
        let expected = "a text in UTF-8";
        let length = self.argument_of(major::TEXT, expected)?;
        let text = core::str::from_utf8(self.take(length)?);
        text.map_err(|_| FormError::Unexpected { at, expected })
    }

    pub fn boolean(&mut self) -> Result<bool> {
        let at = self.at();
        let expected = "a truth value";
        match self.argument_of(major::SIMPLE, expected)? {
            FALSE => Ok(false),
            TRUE => Ok(true),
            _ => Err(FormError::Unexpected { at, expected }),
        }
    }

    /// Passes over an item, in which arrays and maps lie no deeper than
    /// `depth`.
    pub fn skip(&mut self, depth: u8) -> Result<()> {
        let (at, expected) = (self.at(), "an item that is not nested as deep");
        let (major, argument) = self.head("an item")?;
        let inner = match major {
            major::BYTES | major::TEXT => return self.take(argument).map(drop),
            major::ARRAY => argument,
            major::MAP => argument.saturating_mul(2),
            major::TAG => 1,
            _ => return Ok(()),
        };
        let depth = depth.checked_sub(1);
        let depth = depth.ok_or(FormError::Unexpected { at, expected })?;
        (0..self.fitting(inner)?).try_for_each(|_| self.skip(depth))
    }

    /// The tag's number.
    pub fn tag(&mut self) -> Result<u64> {
        self.argument_of(major::TAG, "a tag")
    }

    /// The count of elements, which is no more than the bytes that follow.
    pub fn array(&mut self) -> Result<usize> {
        let count = self.argument_of(major::ARRAY, "an array")?;
        self.fitting(count)
    }

    pub fn map(&mut self) -> Result<Members> {
        let count = self.argument_of(major::MAP, "a map")?;
        Ok(Members {
            left: self.fitting(count)?,
            next: 0,
        })
    }

    fn fitting(&self, count: u64) -> Result<usize> {
        let count = usize::try_from(count).ok();
        let count = count.filter(|count| *count <= self.rest.len());
        count.ok_or(FormError::CutOff { at: self.at() })
    }
}

/// What is left of a map: its keys are unsigned integers and ascend, so none
/// stands twice.
pub(crate) struct Members {
    left: usize,
    next: u64,
}

impl Members {
    /// The next key; its value has to be read then.
    pub fn next(&mut self, reader: &mut Reader<'_>) -> Result<Option<u64>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let at = reader.at();
        let label = reader.uint()?;
        if label < self.next {
            return Err(FormError::NotDeterministic { at });
        }
        self.next = label.saturating_add(1);
        Ok(Some(label))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_one_form() {
        for n in [0, 23, 24, 255, 256, 65_535, 65_536, 1 << 32, u64::MAX] {
            let mut writer = Writer::default();
            let bytes = writer.uint(n).0.clone();
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.uint().unwrap(), n);
            reader.finish().unwrap();
            let (_, cut) = bytes.split_last().unwrap();
            assert!(Reader::new(cut).uint().is_err());
        }
        for n in [0, -1, -24, -25, i64::MIN, i64::MAX] {
            let bytes = Writer::default().int(n).0.clone();
            assert_eq!(Reader::new(&bytes).int().unwrap(), n);
        }
        for long in [
            &[0x18, 23][..],
            &[0x19, 0, 255],
            &[0x1a, 0, 0, 255, 255],
            &[0x1b, 0, 0, 0, 0, 255, 255, 255, 255],
            &[0x1f],
        ] {
            let error = Reader::new(long).uint().unwrap_err();
            assert!(
                matches!(error, FormError::NotDeterministic { .. }),
                "{long:02x?}"
            );
        }
        // Half of 1.0, and a simple value of two bytes.
        for other in [&[0xf9, 0x38, 0][..], &[0xf8, 255], &[0xf7], &[0x1c]] {
            let error = Reader::new(other).boolean().unwrap_err();
            assert!(
                matches!(error, FormError::Unexpected { .. }),
                "{other:02x?}"
            );
        }
        assert!(
            Reader::new(&[0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0])
                .int()
                .is_err()
        );
    }
}
