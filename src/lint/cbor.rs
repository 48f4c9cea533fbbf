//! Departures from the deterministic encoding (RFC 8949 §4.2.1).

/// What departs in an item, anywhere in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// A head in more bytes than it needs.
    pub longer: bool,
    /// A float that a narrower one would hold.
    pub longer_float: bool,
    /// A map whose keys are not in bytewise order.
    pub unsorted: bool,
}

/// Looks at one item that [`check`](crate::codec::cbor::check) has let
/// pass, which bounds its depth; stops quietly where it is malformed all the
/// same.
pub(super) fn style(bytes: &[u8]) -> Style {
    let mut style = Style::default();
    let _ = item(bytes, &mut style);
    style
}

const BREAK: u8 = 0xff;

/// Goes over an item and gives what follows it.
fn item<'a>(bytes: &'a [u8], style: &mut Style) -> Option<&'a [u8]> {
    let (&first, mut rest) = bytes.split_first()?;
    let (major, info) = (first >> 5, first & 0x1f);
    let width = match info {
        0..=23 => 0,
        24..=27 => 1 << (info - 24),
        31 => return indefinite(major, rest, style),
        _ => return None,
    };
    let argument;
    (argument, rest) = rest.split_at_checked(width)?;
    let value = match width {
        0 => u64::from(info),
        _ => argument.iter().fold(0, |n, b| n << 8 | u64::from(*b)),
    };
    let least = match width {
        0 => 0,
        1 => 24,
        2 => 0x100,
        4 => 0x1_0000,
        _ => 0x1_0000_0000,
    };
    if major == 7 {
        style.longer_float |= match width {
            4 => fits_half(f64::from(f32::from_bits(value as u32))),
            8 => {
                let n = f64::from_bits(value);
                n.is_nan() || f64::from(n as f32) == n
            }
            _ => false,
        };
        return Some(rest);
    }
    style.longer |= value < least;
    match major {
        2 | 3 => rest.get(usize::try_from(value).ok()?..),
        4 => (0..value).try_fold(rest, |rest, _| item(rest, style)),
        5 => {
            let mut last: &[u8] = &[];
            for _ in 0..value {
                rest = member(rest, &mut last, style)?;
            }
            Some(rest)
        }
        6 => item(rest, style),
        _ => Some(rest),
    }
}

fn indefinite<'a>(major: u8, mut rest: &'a [u8], style: &mut Style) -> Option<&'a [u8]> {
    let mut last: &[u8] = &[];
    while *rest.first()? != BREAK {
        rest = match major {
            5 => member(rest, &mut last, style)?,
            2..=4 => item(rest, style)?,
            _ => return None,
        };
    }
    rest.get(1..)
}

/// A key and its value.
fn member<'a>(bytes: &'a [u8], last: &mut &'a [u8], style: &mut Style) -> Option<&'a [u8]> {
    let after = item(bytes, style)?;
    let key = bytes.get(..bytes.len() - after.len())?;
    style.unsorted |= key < *last;
    *last = key;
    item(after, style)
}

/// Whether a half-precision float holds the number.
fn fits_half(n: f64) -> bool {
    let eleven_bits = n.to_bits().trailing_zeros() >= 42;
    let multiple = (n * f64::powi(2.0, 24)).fract() == 0.0;
    n == 0.0 || !n.is_finite() || (eleven_bits && multiple && n.abs() <= 65504.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_departure_is_seen_at_any_depth() {
        let none = Style::default();
        let longer = Style {
            longer: true,
            ..none
        };
        let longer_float = Style {
            longer_float: true,
            ..none
        };
        let unsorted = Style {
            unsorted: true,
            ..none
        };
        for (bytes, expected) in [
            // {1: 2, 4: 3, -1: [0], "a": 24}
            (
                &[0xa4, 1, 2, 4, 3, 0x20, 0x81, 0, 0x61, b'a', 0x18, 24][..],
                none,
            ),
            (&[0x18, 23], longer),
            (&[0x81, 0xc1, 0x19, 0, 255], longer),
            (&[0x58, 1, 7], longer),
            (&[0xb8, 1, 1, 1], longer),
            (&[0xa2, 4, 3, 1, 2], unsorted),
            // Bytewise: -1 comes after 24, and a long text after a short one.
            (&[0xa2, 0x18, 24, 0, 0x20, 0], none),
            (&[0xa2, 0x62, b'a', b'a', 0, 0x61, b'b', 0], unsorted),
            (&[0x81, 0xbf, 2, 0, 1, 0, 0xff], unsorted),
            // 1.5 in 4 bytes, 0.1 in 8, 1.5 in 8, 1.5 in 2.
            (&[0xfa, 0x3f, 0xc0, 0, 0], longer_float),
            (
                &[0xfb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a],
                none,
            ),
            (&[0xfb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], longer_float),
            (&[0xf9, 0x3e, 0], none),
            // null is no float.
            (&[0xf6], none),
        ] {
            assert_eq!(style(bytes), expected, "{bytes:02x?}");
        }
    }
}
