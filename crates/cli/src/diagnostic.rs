//! CBOR diagnostic notation (RFC 8949 §8), from bytes.
//!
//! Heads that are longer than need be carry an encoding indicator (§8.1), so
//! that what an encoder did stays visible: `10_1` is 10 in three bytes.

use std::fmt::Write as _;

use hcert::words;

/// Deeper nesting is given up: the notation is for people.
const MAX_DEPTH: usize = 64;
/// A map or array that fits into so many characters stays on one line.
const LINE: usize = 72;

/// How the head of an item is written.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    Shortest,
    /// 1, 2, 4 or 8 bytes (0 to 3) where fewer would do.
    Longer(u8),
    Indefinite,
}

/// A data item.
pub struct Item {
    head: Head,
    kind: Kind,
}

pub enum Kind {
    Int(i128),
    Bytes(Vec<u8>),
    Text(String),
    /// A string of indefinite length, in its pieces.
    Pieces(Vec<Item>),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
    Tag(u64, Box<Item>),
    Float(f64),
    Simple(u8),
}

impl Item {
    /// Reads exactly one well-formed item.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let item = read(&mut rest, 0)?;
        rest.is_empty().then_some(item)
    }

    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// On one line.
    pub fn line(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// With an indented line for each member of what is long.
    pub fn pretty(&self, indent: usize) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(indent));
        out
    }

    fn write(&self, out: &mut String, indent: Option<usize>) {
        let open = match self.head {
            Head::Shortest => String::new(),
            Head::Longer(n) => format!("_{n}"),
            Head::Indefinite => "_".to_owned(),
        };
        // Writing to a String can't fail.
        let _ = match &self.kind {
            Kind::Int(n) => write!(out, "{n}{open}"),
            Kind::Bytes(bytes) => write!(out, "h'{}'{open}", hex(bytes)),
            Kind::Text(text) => write!(out, "{}{open}", quoted(text)),
            Kind::Pieces(pieces) => {
                let pieces: Vec<_> = pieces.iter().map(|piece| vec![piece]).collect();
                group(out, '(', &open, &pieces, ')', indent);
                Ok(())
            }
            Kind::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| vec![item]).collect();
                group(out, '[', &open, &items, ']', indent);
                Ok(())
            }
            Kind::Map(members) => {
                let members: Vec<_> = members.iter().map(|(k, v)| vec![k, v]).collect();
                group(out, '{', &open, &members, '}', indent);
                Ok(())
            }
            Kind::Tag(tag, item) => {
                let _ = write!(out, "{tag}{open}(");
                item.write(out, indent);
                out.write_char(')')
            }
            Kind::Float(n) => {
                let text = if n.is_nan() {
                    "NaN".into()
                } else if n.is_infinite() {
                    let sign = if *n < 0.0 { "-" } else { "" };
                    format!("{sign}Infinity")
                } else {
                    format!("{n:?}")
                };
                write!(out, "{text}{open}")
            }
            Kind::Simple(20) => out.write_str("false"),
            Kind::Simple(21) => out.write_str("true"),
            Kind::Simple(22) => out.write_str("null"),
            Kind::Simple(23) => out.write_str("undefined"),
            Kind::Simple(n) => write!(out, "simple({n})"),
        };
    }
}

/// Members of one or two items (key and value), between brackets.
fn group(
    out: &mut String,
    open: char,
    indicator: &str,
    members: &[Vec<&Item>],
    close: char,
    indent: Option<usize>,
) {
    out.push(open);
    out.push_str(indicator);
    let lines: Vec<_> = members
        .iter()
        .map(|member| {
            member
                .iter()
                .map(|i| i.line())
                .collect::<Vec<_>>()
                .join(": ")
        })
        .collect();
    let flat = lines.join(", ");
    let broken = indent.filter(|_| flat.len() > LINE);
    let Some(indent) = broken else {
        if !indicator.is_empty() && !flat.is_empty() {
            out.push(' ');
        }
        out.push_str(&flat);
        out.push(close);
        return;
    };
    let inner = indent + 2;
    for (n, member) in members.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n{:inner$}", "");
        for (n, item) in member.iter().enumerate() {
            if n > 0 {
                out.push_str(": ");
            }
            item.write(out, Some(inner));
        }
    }
    let _ = write!(out, "\n{:indent$}{close}", "");
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// As in JSON; what a terminal would act upon or hide is escaped, too.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    let mut buffer = [0; 4];
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if words::printable(c.encode_utf8(&mut buffer)).len() > c.len_utf8() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn read(rest: &mut &[u8], depth: usize) -> Option<Item> {
    if depth > MAX_DEPTH {
        return None;
    }
    let (major, width, argument) = read_head(rest)?;
    let mut head = match (width, argument) {
        (_, None) => Head::Indefinite,
        (Some(width), Some(n)) if n < least(width) => Head::Longer(width),
        _ => Head::Shortest,
    };
    let next = |rest: &mut &[u8]| read(rest, depth + 1);
    let kind = match (major, argument) {
        (0, Some(n)) => Kind::Int(n.into()),
        (1, Some(n)) => Kind::Int(-1 - i128::from(n)),
        (2, Some(n)) => Kind::Bytes(take(rest, n)?.to_vec()),
        (3, Some(n)) => Kind::Text(std::str::from_utf8(take(rest, n)?).ok()?.to_owned()),
        (2 | 3, None) => {
            let pieces = series(rest, None, next)?;
            let fits = |piece: &Item| {
                matches!(
                    (major, piece.head, &piece.kind),
                    (2, Head::Shortest | Head::Longer(_), Kind::Bytes(_))
                        | (3, Head::Shortest | Head::Longer(_), Kind::Text(_))
                )
            };
            Kind::Pieces(pieces.iter().all(fits).then_some(pieces)?)
        }
        (4, count) => Kind::Array(series(rest, count, next)?),
        (5, count) => Kind::Map(series(rest, count, |rest| {
            Some((next(rest)?, next(rest)?))
        })?),
        (6, Some(tag)) => Kind::Tag(tag, Box::new(next(rest)?)),
        (7, Some(bits)) => match width {
            Some(0) if bits < 32 => return None,
            Some(width @ 1..) => {
                let n = float(width, bits);
                head = match shortest_float(n) < width {
                    true => Head::Longer(width),
                    false => Head::Shortest,
                };
                Kind::Float(n)
            }
            _ => {
                head = Head::Shortest;
                Kind::Simple(u8::try_from(bits).ok()?)
            }
        },
        _ => return None,
    };
    Some(Item { head, kind })
}

/// Major type, how many bytes the argument has (as 0 to 3 for 1 to 8; `None`
/// inside the first byte) and the argument; `None` is indefinite.
fn read_head(rest: &mut &[u8]) -> Option<(u8, Option<u8>, Option<u64>)> {
    let first = *take(rest, 1)?.first()?;
    let major = first >> 5;
    Some(match first & 0x1f {
        n @ 0..24 => (major, None, Some(n.into())),
        n @ 24..28 => {
            let width = n - 24;
            let bytes = take(rest, 1 << width)?;
            let argument = bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
            (major, Some(width), Some(argument))
        }
        31 => (major, None, None),
        _ => return None,
    })
}

/// The least argument that needs so many bytes.
fn least(width: u8) -> u64 {
    match width {
        0 => 24,
        1 => 1 << 8,
        2 => 1 << 16,
        _ => 1 << 32,
    }
}

fn take<'a>(rest: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = left;
    Some(taken)
}

/// So many items, or all up to the break.
fn series<T>(
    rest: &mut &[u8],
    count: Option<u64>,
    next: impl Fn(&mut &[u8]) -> Option<T>,
) -> Option<Vec<T>> {
    let mut all = Vec::new();
    let mut left = count;
    loop {
        match &mut left {
            Some(0) => return Some(all),
            Some(n) => *n -= 1,
            None if rest.first() == Some(&0xff) => {
                take(rest, 1)?;
                return Some(all);
            }
            None => {}
        }
        all.push(next(rest)?);
    }
}

/// A half, single or double precision number (widths 1, 2, 3).
fn float(width: u8, bits: u64) -> f64 {
    match width {
        1 => {
            let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
            let (exponent, fraction) = (bits >> 10 & 0x1f, (bits & 0x3ff) as f64);
            sign * match exponent {
                0 => fraction * f64::powi(2.0, -24),
                31 if fraction == 0.0 => f64::INFINITY,
                31 => f64::NAN,
                e => (1024.0 + fraction) * f64::powi(2.0, e as i32 - 25),
            }
        }
        2 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

/// The least width that holds the number exactly.
fn shortest_float(n: f64) -> u8 {
    let eleven_bits = n.to_bits().trailing_zeros() >= 42;
    let multiple = (n * f64::powi(2.0, 24)).fract() == 0.0;
    if n == 0.0 || !n.is_finite() || (eleven_bits && multiple && n.abs() <= 65504.0) {
        1
    } else if f64::from(n as f32) == n {
        2
    } else {
        3
    }
}
