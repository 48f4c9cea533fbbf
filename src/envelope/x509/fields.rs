//! The fields of a certificate, in place (RFC 5280 §4.1, in DER: X.690 §10).
//!
//! x509-cert's `Certificate` copies every field, attribute and extension out
//! of readers that nest: more than half of the time that a list took to load.
//! What it refuses is refused here, and what both read is the same; the tests
//! hold the two against each other. Refused besides are names of absurd size, an
//! attribute twice at one level of a name, and tags that no certificate has.

use crate::codec::der::read_tlv;
use alloc::string::String;
use alloc::vec::Vec;
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use x509_cert::der::{Decode, Tag, TagNumber};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::time::Validity;

use super::{COUNTRY, attribute, printable};

/// Most attributes of one relative distinguished name: three are many, and
/// x509-cert sorts them in quadratic time.
const MAX_ATTRIBUTES: usize = 16;

/// What is needed of a certificate.
pub(super) struct Fields<'a> {
    pub(super) issuer: NameRef<'a>,
    pub(super) subject: NameRef<'a>,
    pub(super) validity: Validity,
    /// The encoded SubjectPublicKeyInfo, and its parts.
    pub(super) spki: &'a [u8],
    pub(super) key: SubjectPublicKeyInfoRef<'a>,
    pub(super) extensions: Vec<RawExtension<'a>>,
}

/// An extension as it stands.
pub(crate) struct RawExtension<'a> {
    /// The identifier's content.
    pub(crate) oid: &'a [u8],
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

impl<'a> Fields<'a> {
    /// `None` if these are not the bytes of one certificate.
    pub(super) fn read(certificate: &'a [u8]) -> Option<Self> {
        let mut outer = Der(certificate);
        let mut certificate = outer.sequence()?;
        outer.end()?;
        let fields = Self::read_tbs(certificate.sequence()?)?;
        certificate.algorithm()?;
        bit_string(certificate.next(Tag::BitString)?.content)?;
        certificate.end()?;
        Some(fields)
    }

    fn read_tbs(mut tbs: Der<'a>) -> Option<Self> {
        match tbs.tagged(0, true)? {
            // An INTEGER, 0 to 2.
            None | Some([2, 1, 0..=2]) => {}
            Some(_) => return None,
        }
        match tbs.next(Tag::Integer)?.content {
            // As RFC 5280 §4.1.2.2, and one octet longer.
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => return None,
            serial if serial.len() > 21 => return None,
            _ => {}
        }
        tbs.algorithm()?;
        let issuer = NameRef::read(tbs.next(Tag::Sequence)?)?;
        let validity = Validity::from_der(tbs.next(Tag::Sequence)?.whole).ok()?;
        let subject = NameRef::read(tbs.next(Tag::Sequence)?)?;
        let spki = tbs.next(Tag::Sequence)?;
        let key = {
            let mut spki = Der(spki.content);
            let algorithm = spki.algorithm()?;
            let subject_public_key = bit_string(spki.next(Tag::BitString)?.content)?;
            spki.end()?;
            SubjectPublicKeyInfoRef {
                algorithm,
                subject_public_key,
            }
        };
        for unique_id in [1, 2] {
            if let Some(bits) = tbs.tagged(unique_id, false)? {
                bit_string(bits)?;
            }
        }
        let extensions = match tbs.tagged(3, true)? {
            Some(list) => read_extensions(Der(list))?,
            None => Vec::new(),
        };
        tbs.end()?;
        Some(Self {
            issuer,
            subject,
            validity,
            spki: spki.whole,
            key,
            extensions,
        })
    }
}

fn read_extensions(mut outer: Der<'_>) -> Option<Vec<RawExtension<'_>>> {
    let mut list = outer.sequence()?;
    outer.end()?;
    let mut extensions = Vec::with_capacity(12);
    while !list.0.is_empty() {
        let mut extension = list.sequence()?;
        let oid = extension.oid()?;
        // Critical or not, the default written out or not.
        let critical = match extension.0.first() {
            Some(1) => match extension.next(Tag::Boolean)?.content {
                [0] => false,
                [0xff] => true,
                _ => return None,
            },
            _ => false,
        };
        let value = extension.next(Tag::OctetString)?.content;
        extension.end()?;
        extensions.push(RawExtension {
            oid,
            critical,
            value,
        });
    }
    Some(extensions)
}

/// A well-formed Name (RFC 5280 §4.1.2.4).
pub(super) struct NameRef<'a> {
    pub(super) der: &'a [u8],
    pub(super) country: Option<String>,
}

impl<'a> NameRef<'a> {
    fn read(name: Element<'a>) -> Option<Self> {
        let der = name.whole;
        let mut rdns = Der(name.content);
        let (mut country, mut several) = (None, false);
        while !rdns.0.is_empty() {
            let mut rdn = Der(rdns.next(Tag::Set)?.content);
            let mut count = 0;
            // X.501 §9.3: no attribute occurs twice at one level.
            let mut seen: [&[u8]; MAX_ATTRIBUTES] = [&[]; MAX_ATTRIBUTES];
            while !rdn.0.is_empty() {
                let attribute = rdn.next(Tag::Sequence)?;
                if seen
                    .iter()
                    .take(count)
                    .any(|other| *other == attribute.whole)
                {
                    return None;
                }
                *seen.get_mut(count)? = attribute.whole;
                let mut parts = Der(attribute.content);
                let (oid, value) = (parts.oid()?, parts.any()?);
                parts.end()?;
                if oid == COUNTRY.as_bytes() && country.is_none() {
                    country = Some(printable(value.tag, value.content));
                }
                count += 1;
            }
            several |= count > 1;
        }
        let country = match several {
            // They have an order.
            true => attribute(&Name::from_der(der).ok()?, COUNTRY),
            false => country.flatten(),
        };
        Some(Self { der, country })
    }
}

#[derive(Clone, Copy)]
struct Element<'a> {
    tag: Tag,
    content: &'a [u8],
    whole: &'a [u8],
}

/// Elements that follow one another.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next element, of a tag that der knows and of the shortest length.
    fn any(&mut self) -> Option<Element<'a>> {
        let (tag, content, rest) = read_tlv(self.0)?;
        let whole = self.0.get(..self.0.len() - rest.len())?;
        let octets = match content.len() {
            0..=0x7f => 1,
            0x80..=0xff => 2,
            0x100..=0xffff => 3,
            0x1_0000..=0xff_ffff => 4,
            0x100_0000..=0xfff_ffff => 5,
            _ => return None,
        };
        if whole.len() - content.len() != 1 + octets {
            return None;
        }
        self.0 = rest;
        Some(Element {
            tag: known(tag)?,
            content,
            whole,
        })
    }

    fn next(&mut self, tag: Tag) -> Option<Element<'a>> {
        self.any().filter(|element| element.tag == tag)
    }

    fn sequence(&mut self) -> Option<Der<'a>> {
        Some(Der(self.next(Tag::Sequence)?.content))
    }

    /// The content of a context-specific element, if that is what comes next.
    fn tagged(&mut self, number: u8, constructed: bool) -> Option<Option<&'a [u8]>> {
        match self.0.first() {
            Some(first) if first & 0xdf == 0x80 | number => {
                let fits = (first & 0x20 != 0) == constructed;
                fits.then_some(Some(self.any()?.content))
            }
            _ => Some(None),
        }
    }

    /// The content of an OBJECT IDENTIFIER.
    fn oid(&mut self) -> Option<&'a [u8]> {
        let content = self.next(Tag::ObjectIdentifier)?.content;
        // `2.5.4` and `2.5.29`: nearly all, and easily seen to be right.
        let common = matches!(content, [0x55, 4 | 29, 0..=0x7f]);
        (common || ObjectIdentifier::from_bytes(content).is_ok()).then_some(content)
    }

    fn algorithm(&mut self) -> Option<AlgorithmIdentifierRef<'a>> {
        let mut parts = self.sequence()?;
        let oid = ObjectIdentifier::from_bytes(parts.next(Tag::ObjectIdentifier)?.content).ok()?;
        let parameters = if parts.0.is_empty() {
            None
        } else {
            let element = parts.any()?;
            Some(AnyRef::new(element.tag, element.content).ok()?)
        };
        parts.end()?;
        Some(AlgorithmIdentifierRef { oid, parameters })
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// The tags that certificates have. der knows RELATIVE-OID, GeneralString and
/// longer tags as well.
fn known(octet: u8) -> Option<Tag> {
    let constructed = octet & 0x20 != 0;
    let number = TagNumber(u32::from(octet & 0x1f));
    Some(match octet {
        _ if octet & 0x1f == 0x1f => return None,
        0x01 => Tag::Boolean,
        0x02 => Tag::Integer,
        0x03 => Tag::BitString,
        0x04 => Tag::OctetString,
        0x05 => Tag::Null,
        0x06 => Tag::ObjectIdentifier,
        0x09 => Tag::Real,
        0x0a => Tag::Enumerated,
        0x0c => Tag::Utf8String,
        0x12 => Tag::NumericString,
        0x13 => Tag::PrintableString,
        0x14 => Tag::TeletexString,
        0x15 => Tag::VideotexString,
        0x16 => Tag::Ia5String,
        0x17 => Tag::UtcTime,
        0x18 => Tag::GeneralizedTime,
        0x1a => Tag::VisibleString,
        0x1e => Tag::BmpString,
        0x30 => Tag::Sequence,
        0x31 => Tag::Set,
        0x40..=0x7f => Tag::Application {
            constructed,
            number,
        },
        0x80..=0xbf => Tag::ContextSpecific {
            constructed,
            number,
        },
        0xc0..=0xff => Tag::Private {
            constructed,
            number,
        },
        _ => return None,
    })
}

fn bit_string(content: &[u8]) -> Option<BitStringRef<'_>> {
    let (unused, bits) = content.split_first()?;
    BitStringRef::new(*unused, bits).ok()
}
