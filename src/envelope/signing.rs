//! Whether the extensions of a certificate let its key sign.

use super::x509::RawExtension;
use crate::codec::der::read_tlv;

/// digitalSignature and nonRepudiation (RFC 5280 §4.2.1.3).
pub(crate) const SIGNATURES: u8 = 0xc0;
pub(crate) const KEY_CERT_SIGN: u8 = 0x04;

/// The basic constraints and the first octet of the key usage, as far as there
/// are any. `None` if they can't be known: one of them can't be read or occurs
/// twice, or an extension that has to be understood isn't.
pub(crate) fn limits<'a>(
    extensions: &[RawExtension<'a>],
) -> Option<(Option<&'a [u8]>, Option<u8>)> {
    let (mut constraints, mut usage) = (None, None);
    for extension in extensions {
        let seen = match extension.oid {
            [0x55, 0x1d, 19] => &mut constraints,
            [0x55, 0x1d, 15] => &mut usage,
            // Extended key usage and certificate policies limit no
            // signing of certificates or lists.
            [0x55, 0x1d, 37 | 32] => continue,
            _ if extension.critical => return None,
            _ => continue,
        };
        if seen.replace(extension.value).is_some() {
            return None;
        }
    }
    let usage = match usage {
        Some(value) => Some(first_octet(value)?),
        None => None,
    };
    Some((constraints, usage))
}

/// Whether a document signer's certificate lets its key sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signing {
    Allowed,
    /// Certificates alone. Some issuers sign health certificates with such a
    /// key.
    CertificatesAlone,
    /// Or in a way that is not known.
    Excluded,
}

impl Signing {
    pub(crate) fn of(extensions: &[RawExtension<'_>]) -> Self {
        match limits(extensions) {
            None => Self::Excluded,
            Some((_, None)) => Self::Allowed,
            Some((_, Some(bits))) if bits & SIGNATURES != 0 => Self::Allowed,
            Some((_, Some(bits))) if bits & KEY_CERT_SIGN != 0 => Self::CertificatesAlone,
            Some(_) => Self::Excluded,
        }
    }
}

/// The path length of basic constraints; `None` if they can't be read.
pub(crate) fn path_length(value: &[u8]) -> Option<Option<usize>> {
    // SEQUENCE { BOOLEAN OPTIONAL, INTEGER OPTIONAL }
    let (0x30, mut rest, []) = read_tlv(value)? else {
        return None;
    };
    if let Some((1, _, after)) = read_tlv(rest) {
        rest = after;
    }
    match rest {
        [] => Some(None),
        _ => match read_tlv(rest)? {
            (2, [limit @ 0..=0x7f], []) => Some(Some(usize::from(*limit))),
            _ => None,
        },
    }
}

/// BIT STRING: the number of unused bits, then the bits.
pub(crate) fn first_octet(value: &[u8]) -> Option<u8> {
    match read_tlv(value)? {
        (3, [0..=7, bits, ..], []) => Some(*bits),
        _ => None,
    }
}
