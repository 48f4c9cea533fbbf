//! Items of CBOR that were [checked](super::cbor::check), read where they lie.
//!
//! Nothing is copied, and a container is gone through only as far as it is
//! asked for. Bytes that were not checked give items that end early, no panic.

use alloc::vec::Vec;
use ciborium::Value;

use super::cbor::{CborError, RawHead, Shape, major, split_head};

/// One item, in the form that ciborium's `Value` gives it, without what
/// [`plain`] writes anew.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Array<'a>),
    Map(Map<'a>),
    Tag(Tagged<'a>),
}

/// The elements of an array, of definite length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Array<'a> {
    count: u64,
    body: &'a [u8],
}

/// The members of a map, of definite length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Map<'a> {
    count: u64,
    body: &'a [u8],
}

/// What stands inside a tag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tagged<'a> {
    tag: u64,
    body: &'a [u8],
}

impl<'a> Item<'a> {
    /// The item at the beginning of `bytes`.
    pub fn read(bytes: &'a [u8]) -> Self {
        let mut rest = bytes;
        read(&mut rest).unwrap_or(Self::Null)
    }

    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_array(self) -> Option<Array<'a>> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    pub fn as_map(self) -> Option<Map<'a>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn is_text(self) -> bool {
        matches!(self, Self::Text(_))
    }

    pub fn is_array(self) -> bool {
        matches!(self, Self::Array(_))
    }

    pub fn is_map(self) -> bool {
        matches!(self, Self::Map(_))
    }

    pub fn is_tag(self) -> bool {
        matches!(self, Self::Tag(_))
    }

    /// Without the outermost tag.
    pub fn untagged(self) -> Self {
        match self {
            Self::Tag(tagged) => tagged.item(),
            other => other,
        }
    }

    /// The member of a map with that text key.
    pub fn get(self, name: &str) -> Option<Self> {
        self.as_map()?.get(name)
    }
}

/// As of two of ciborium's `Value`s.
impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a.iter().eq(b.iter()),
            (Self::Map(a), Self::Map(b)) => a.pairs().eq(b.pairs()),
            (Self::Tag(a), Self::Tag(b)) => a.tag == b.tag && a.item() == b.item(),
            _ => false,
        }
    }
}

impl<'a> Array<'a> {
    pub fn len(self) -> usize {
        usize::try_from(self.count).unwrap_or(usize::MAX)
    }

    pub fn is_empty(self) -> bool {
        self.count == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Item<'a>> {
        let mut rest = self.body;
        (0..self.count).map_while(move |_| {
            let item = Item::read(rest);
            skip(&mut rest)?;
            Some(item)
        })
    }

    /// The only element.
    pub fn only(self) -> Option<Item<'a>> {
        (self.count == 1).then(|| Item::read(self.body))
    }
}

impl<'a> Map<'a> {
    pub fn len(self) -> usize {
        usize::try_from(self.count).unwrap_or(usize::MAX)
    }

    /// The keys, and the bytes from each value on.
    pub fn iter(self) -> impl Iterator<Item = (Item<'a>, &'a [u8])> {
        let mut rest = self.body;
        (0..self.count).map_while(move |_| {
            let key = read(&mut rest)?;
            let value = rest;
            skip(&mut rest)?;
            Some((key, value))
        })
    }

    fn pairs(self) -> impl Iterator<Item = (Item<'a>, Item<'a>)> {
        self.iter().map(|(key, value)| (key, Item::read(value)))
    }

    /// The member with that text key.
    pub fn get(self, name: &str) -> Option<Item<'a>> {
        let mut rest = self.body;
        for _ in 0..self.count {
            if key_is(&mut rest, name)? {
                return Some(Item::read(rest));
            }
            skip(&mut rest)?;
        }
        None
    }
}

impl<'a> Tagged<'a> {
    pub fn tag(self) -> u64 {
        self.tag
    }

    pub fn item(self) -> Item<'a> {
        Item::read(self.body)
    }
}

/// What `bytes` hold, in a form that [`Item`] reads: lengths that are
/// definite, integers that are no bignums, known simple values. `None` if they
/// are so already, as nearly all are.
pub(crate) fn plain(bytes: &[u8], shape: Shape) -> Result<Option<Vec<u8>>, CborError> {
    if !shape.indefinite && !shape.special {
        return Ok(None);
    }
    let value: Value = ciborium::from_reader(bytes).map_err(|_| CborError::Malformed { at: 0 })?;
    Ok(Some(encoded(&value)))
}

/// A value as bytes that [`Item`] reads.
pub(crate) fn encoded(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = ciborium::into_writer(value, &mut bytes);
    bytes
}

/// The value at the beginning of `bytes`.
pub(crate) fn value(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap_or(Value::Null)
}

#[inline]
fn head(rest: &mut &[u8]) -> Option<RawHead> {
    let (head, tail) = split_head(rest).filter(|(head, _)| head.info < 28)?;
    *rest = tail;
    Some(head)
}

fn take<'a>(rest: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, tail) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = tail;
    Some(taken)
}

/// Reads an item. Of a container it takes the head alone: who goes on after
/// one skips it.
fn read<'a>(rest: &mut &'a [u8]) -> Option<Item<'a>> {
    let RawHead {
        major,
        info,
        argument,
    } = head(rest)?;
    let (count, body) = (argument, *rest);
    Some(match major {
        major::UNSIGNED => Item::Integer(i128::from(argument)),
        major::NEGATIVE => Item::Integer(-1 - i128::from(argument)),
        major::BYTES => Item::Bytes(take(rest, argument)?),
        major::TEXT => Item::Text(core::str::from_utf8(take(rest, argument)?).ok()?),
        major::ARRAY => Item::Array(Array { count, body }),
        major::MAP => Item::Map(Map { count, body }),
        major::TAG => Item::Tag(Tagged {
            tag: argument,
            body,
        }),
        _ => match info {
            20 | 21 => Item::Bool(info == 21),
            25 => Item::Float(half(argument as u16)),
            26 => Item::Float(f32::from_bits(argument as u32).into()),
            27 => Item::Float(f64::from_bits(argument)),
            _ => Item::Null,
        },
    })
}

/// Goes past an item with all that is in it.
#[inline]
fn skip(rest: &mut &[u8]) -> Option<()> {
    let mut open = 1_u64;
    while open > 0 {
        open -= 1;
        // Most are short texts.
        if let Some((first @ 0x60..0x78, tail)) = rest.split_first() {
            *rest = tail.get(usize::from(first & 0x1f)..)?;
            continue;
        }
        let RawHead {
            major, argument, ..
        } = head(rest)?;
        match major {
            major::BYTES | major::TEXT => {
                take(rest, argument)?;
            }
            major::ARRAY => open = open.checked_add(argument)?,
            major::MAP => open = open.checked_add(argument.checked_mul(2)?)?,
            major::TAG => open += 1,
            _ => {}
        }
    }
    Some(())
}

/// Goes past a map key and says whether it is that text.
#[inline]
fn key_is(rest: &mut &[u8], name: &str) -> Option<bool> {
    let RawHead {
        major, argument, ..
    } = head(rest)?;
    Some(match major {
        // Names have few letters, for which a call of memcmp takes long.
        major::TEXT => take(rest, argument)?.iter().eq(name.as_bytes()),
        major::BYTES => {
            take(rest, argument)?;
            false
        }
        _ => false,
    })
}

/// Of exponents from -1022 to 1023, without `std`.
pub(crate) const fn power_of_two(exponent: i16) -> f64 {
    f64::from_bits(((1023 + exponent as i64) as u64) << 52)
}

/// A floating-point number of 16 bits (RFC 8949, appendix D).
fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (bits >> 10 & 0x1f, f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => mantissa * power_of_two(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (mantissa + 1024.0) * power_of_two(i16::from(exponent as u8) - 25),
    };
    if bits >> 15 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::codec::cbor::{check, write_head};
    use alloc::boxed::Box;
    use alloc::{format, vec};
    use proptest::prelude::*;

    fn to_value(item: Item<'_>) -> Value {
        match item {
            Item::Null => Value::Null,
            Item::Bool(is) => Value::Bool(is),
            Item::Integer(n) => Value::Integer(n.try_into().unwrap()),
            Item::Float(n) => Value::Float(n),
            Item::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Item::Text(text) => Value::from(text),
            Item::Array(array) => Value::Array(array.iter().map(to_value).collect()),
            Item::Map(map) => {
                let pairs = map
                    .pairs()
                    .map(|(key, value)| (to_value(key), to_value(value)));
                Value::Map(pairs.collect())
            }
            Item::Tag(tagged) => Value::Tag(tagged.tag, Box::new(to_value(tagged.item()))),
        }
    }

    /// Compares with ciborium; says whether the bytes were read.
    fn agrees(bytes: &[u8]) -> bool {
        let Ok(shape) = check(bytes, &Limits::default()) else {
            return false;
        };
        let oracle: Result<Value, _> = ciborium::from_reader(bytes);
        let Ok(plain) = plain(bytes, shape) else {
            assert!(oracle.is_err(), "{bytes:02x?}");
            return false;
        };
        let item = Item::read(plain.as_deref().unwrap_or(bytes));
        // NaN is not equal to itself.
        let (read, oracle) = (to_value(item), oracle.unwrap());
        assert_eq!(format!("{read:?}"), format!("{oracle:?}"), "{bytes:02x?}");
        let (again, same) = (item, oracle.clone());
        assert_eq!(item == again, oracle == same, "{bytes:02x?}");
        for (key, value) in oracle.as_map().into_iter().flatten() {
            if let Value::Text(name) = key {
                let found = item.get(name).map(to_value);
                assert_eq!(format!("{found:?}"), format!("{:?}", Some(value)));
            }
        }
        assert!(item.get("no such name").is_none());
        true
    }

    /// A head in one of the widths that hold the argument.
    fn head_bytes(major: u8, argument: u64, width: u8) -> Vec<u8> {
        let be = argument.to_be_bytes();
        let mut bytes = Vec::new();
        match width {
            1 if argument < 0x100 => bytes.push(major << 5 | 24),
            2 if argument < 0x1_0000 => bytes.push(major << 5 | 25),
            3 if argument < 0x1_0000_0000 => bytes.push(major << 5 | 26),
            4 => bytes.push(major << 5 | 27),
            _ => {
                write_head(&mut bytes, major, argument);
                return bytes;
            }
        }
        bytes.extend(be.iter().skip(8 - (1 << (width - 1))));
        bytes
    }

    /// Items in every spelling that the guard lets pass, and some that it
    /// does not.
    fn spelled() -> impl Strategy<Value = Vec<u8>> {
        let number = prop_oneof![0..30_u64, any::<u64>()];
        let leaf = prop_oneof![
            (0..2_u8, number, 0..5_u8).prop_map(|(major, n, width)| head_bytes(major, n, width)),
            (2..4_u8, "[a-c]{0,3}|.{0,4}", 0..5_u8).prop_map(|(major, text, width)| {
                [head_bytes(major, text.len() as u64, width), text.into()].concat()
            }),
            any::<u16>().prop_map(|n| [&[0xf9][..], &n.to_be_bytes()].concat()),
            any::<f32>().prop_map(|n| [&[0xfa][..], &n.to_be_bytes()].concat()),
            any::<f64>().prop_map(|n| [&[0xfb][..], &n.to_be_bytes()].concat()),
            (0xe0..=0xf7_u8).prop_map(|byte| vec![byte]),
            any::<u8>().prop_map(|byte| vec![0xf8, byte]),
            // Bignums, also of more than 16 bytes.
            (2..5_u8, 0..20_usize, any::<u8>()).prop_map(|(tag, length, byte)| {
                [vec![0xc0 | tag, 0x40 | length as u8], vec![byte; length]].concat()
            }),
            (2..4_u8, "[a-c]{0,3}").prop_map(|(major, text)| {
                let chunk = [vec![major << 5 | text.len() as u8], text.into()].concat();
                [vec![major << 5 | 31], chunk.repeat(2), vec![0xff]].concat()
            }),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            let key = prop_oneof![
                "[a-d]{1,2}".prop_map(|text| [vec![0x60 | text.len() as u8], text.into()].concat()),
                (0..2_u8, 0..30_u64, 0..5_u8).prop_map(|(major, n, w)| head_bytes(major, n, w)),
            ];
            let container = |major: u8, parts: Vec<Vec<u8>>, indefinite: bool, width: u8| {
                if indefinite {
                    [vec![major << 5 | 31], parts.concat(), vec![0xff]].concat()
                } else {
                    [head_bytes(major, parts.len() as u64, width), parts.concat()].concat()
                }
            };
            prop_oneof![
                (
                    prop::collection::vec(inner.clone(), 0..4),
                    prop::bool::weighted(0.1),
                    0..5_u8
                )
                    .prop_map(move |(parts, open, width)| container(4, parts, open, width)),
                (
                    prop::collection::vec((key, inner.clone()), 0..4),
                    prop::bool::weighted(0.1),
                    0..5_u8
                )
                    .prop_map(move |(pairs, open, width)| {
                        let pairs = pairs.into_iter().map(|(k, v)| [k, v].concat());
                        container(5, pairs.collect(), open, width)
                    }),
                (any::<u64>(), inner)
                    .prop_map(|(tag, item)| [head_bytes(6, tag, 0), item].concat()),
            ]
        })
    }

    #[test]
    fn every_half_is_read_as_ciborium_reads_it() {
        for n in 0..=u16::MAX {
            let [a, b] = n.to_be_bytes();
            assert!(agrees(&[0xf9, a, b]));
        }
        for byte in 0..=u8::MAX {
            agrees(&[byte]);
            agrees(&[0xf8, byte]);
        }
    }

    #[test]
    fn bytes_that_were_not_checked_end_early() {
        let map = [0xa2, 0x61, b'a', 1, 0x61, b'b', 0x82, 1, 2];
        for end in 0..map.len() {
            let item = Item::read(map.get(..end).unwrap());
            assert!(
                item.get("b")
                    .is_none_or(|b| b.as_array().is_none_or(|b| b.iter().count() < 2))
            );
        }
        for bytes in [[0xff; 12], [0x9b; 12], [0xbb; 12], [0xdb; 12], [0x7b; 12]] {
            let item = Item::read(&bytes);
            assert!(item.get("a").is_none() && item.untagged().as_text().is_none());
            assert!(item.as_array().is_none_or(|all| all.iter().count() < 12));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn items_are_read_as_ciborium_reads_them(bytes in spelled()) {
            agrees(&bytes);
        }
    }
}
