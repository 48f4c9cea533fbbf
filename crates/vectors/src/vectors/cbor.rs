//! Writes CBOR (RFC 8949), well-formed or not: each function gives the bytes
//! of one item, and nothing stops you from putting any items together.

use serde_json::Value;

/// A head: major type and argument, in the shortest form.
pub fn head(major: u8, argument: u64) -> Vec<u8> {
    let be = argument.to_be_bytes();
    let (info, width) = match argument {
        0..24 => return vec![major << 5 | argument as u8],
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    let mut out = vec![major << 5 | info];
    out.extend(be.iter().skip(8 - width));
    out
}

/// A head whose argument takes eight bytes, however small it is.
pub fn long_head(major: u8, argument: u64) -> Vec<u8> {
    [&[major << 5 | 27][..], &argument.to_be_bytes()].concat()
}

pub fn int(n: i64) -> Vec<u8> {
    match u64::try_from(n) {
        Ok(n) => head(0, n),
        Err(_) => head(1, n.unsigned_abs() - 1),
    }
}

pub fn float(n: f64) -> Vec<u8> {
    [&[0xfb][..], &n.to_be_bytes()].concat()
}

pub fn bytes(content: &[u8]) -> Vec<u8> {
    [&head(2, content.len() as u64), content].concat()
}

pub fn text(content: &str) -> Vec<u8> {
    [&head(3, content.len() as u64), content.as_bytes()].concat()
}

pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len() as u64), items.concat()].concat()
}

/// A map with its members in the given order.
pub fn map(members: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut out = head(5, members.len() as u64);
    for (key, value) in members {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    out
}

pub fn tag(number: u64, item: &[u8]) -> Vec<u8> {
    [&head(6, number), item].concat()
}

/// The items between the start byte of an indefinite item and its break.
pub fn indefinite(start: u8, items: &[Vec<u8>]) -> Vec<u8> {
    [&[start][..], &items.concat(), &[0xff]].concat()
}

/// A byte string in two chunks.
pub fn chunked(content: &[u8]) -> Vec<u8> {
    let (a, b) = content.split_at(content.len() / 2);
    indefinite(0x5f, &[bytes(a), bytes(b)])
}

pub const NULL: u8 = 0xf6;

/// JSON as CBOR, with sorted maps (RFC 8949 §4.2.1). A float stays one, and
/// `{"$tag": [0, x]}` is `0(x)`.
pub fn json(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => vec![NULL],
        Value::Bool(b) => vec![0xf4 + u8::from(*b)],
        Value::Number(n) => match n.as_i64() {
            Some(n) => int(n),
            None => float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(s) => text(s),
        Value::Array(items) => array(&items.iter().map(json).collect::<Vec<_>>()),
        Value::Object(members) => {
            if let Some([number, item]) = members
                .get("$tag")
                .and_then(Value::as_array)
                .map(Vec::as_slice)
            {
                return tag(number.as_u64().unwrap_or_default(), &json(item));
            }
            let mut members: Vec<_> = members.iter().map(|(k, v)| (text(k), json(v))).collect();
            members.sort();
            map(&members)
        }
    }
}
