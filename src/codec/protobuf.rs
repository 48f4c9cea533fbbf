//! Protobuf (proto3), as far as fields of bytes go: the Corona-Warn-App's lists.

/// Takes a field of bytes off (wire type 2): its number and content.
pub(crate) fn field<'a>(rest: &mut &'a [u8]) -> Option<(u64, &'a [u8])> {
    let tag = varint(rest)?;
    let length = usize::try_from(varint(rest)?).ok()?;
    let (content, after) = rest.split_at_checked(length)?;
    *rest = after;
    (tag & 7 == 2).then_some((tag >> 3, content))
}

/// At most five bytes, which is more than any length here.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for n in 0..5 {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
