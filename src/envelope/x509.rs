//! Document signer certificates (hcert-spec 1.0.8 §5; RFC 5280).
//!
//! Read as the field writes them: extensions with encoded defaults, an empty
//! extended key usage and unknown extensions do not refuse a certificate. The
//! signature on the certificate is not checked here: a trust list is trusted
//! as a whole, and says which certificates belong to it.

mod fields;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use once_cell::race::OnceBox;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier};
use x509_cert::der::{Decode, Tag, Tagged};
use x509_cert::name::Name;
use x509_cert::time::Time;

use self::fields::Fields;
pub(crate) use self::fields::RawExtension;
use super::signing::Signing;
use crate::Timestamp;
use crate::codec::der::read_tlv;
use crate::codec::text::{hex, is_unprintable};
use crate::crypto::kid::Kid;
use crate::crypto::{CertificateDigest, KeyError, PublicKey};

const EXTENDED_KEY_USAGE: Extension = Extension::new("2.5.29.37");
const BASIC_CONSTRAINTS: Extension = Extension::new("2.5.29.19");
/// 2.5.29.16.
const PRIVATE_KEY_PERIOD: &[u8] = &[0x55, 0x1d, 16];
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Why bytes are not a usable document signer certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not a DER X.509 certificate (RFC 5280 §4.1).
    #[error("not a DER X.509 certificate{}", At(*offset))]
    Encoding {
        /// The byte at which reading stopped, if known.
        offset: Option<u32>,
    },
    /// Bytes follow the certificate.
    #[error("{count} bytes follow the certificate")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// An extension that this crate acts upon occurs twice (RFC 5280 §4.2
    /// forbids it).
    #[error("the extension {oid} occurs twice")]
    RepeatedExtension {
        /// Its object identifier.
        oid: &'static str,
    },
    /// An extension that this crate acts upon can't be read. To ignore it
    /// would lift the limit that it sets.
    #[error("the extension {oid} can't be read")]
    Extension {
        /// Its object identifier.
        oid: &'static str,
    },
    /// The key can't be read.
    #[error("the certificate's key: {0}")]
    Key(#[from] KeyError),
}

impl CertificateError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Encoding { .. } => "certificate-encoding",
            Self::TrailingBytes { .. } => "certificate-trailing-bytes",
            Self::RepeatedExtension { .. } => "certificate-repeated-extension",
            Self::Extension { .. } => "certificate-extension",
            Self::Key(error) => error.code(),
        }
    }
}

struct At(Option<u32>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}

/// Most certificates in a chain.
pub(crate) const MAX_CHAIN: usize = 6;

/// A document signer certificate: a key and what its issuer says about it.
///
/// Cloning is cheap.
///
/// ```no_run
/// use hcert::trust::Dsc;
/// let der = std::fs::read("signer.der")?;
/// let dsc = Dsc::from_der(&der)?;
/// println!("{} {} may sign: {}", dsc.kid(), dsc.subject(), dsc.usage());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Dsc(Arc<Parts>);

struct Parts {
    der: Box<[u8]>,
    digest: CertificateDigest,
    country: Option<String>,
    names: OnceBox<Names>,
    not_before: Timestamp,
    not_after: Timestamp,
    key: PublicKey,
    extended_key_usage: Option<Vec<String>>,
    is_ca: bool,
    signing: Signing,
    key_until: Option<Timestamp>,
}

/// For display, and so made when somebody asks.
#[derive(Default)]
struct Names {
    subject: String,
    issuer: String,
    common_name: Option<String>,
}

impl Names {
    fn of(certificate: &[u8]) -> Option<Self> {
        let fields = Fields::read(certificate)?;
        let subject = Name::from_der(fields.subject.der).ok()?;
        let issuer = Name::from_der(fields.issuer.der).ok()?;
        Some(Self {
            subject: show_name(&subject),
            issuer: show_name(&issuer),
            common_name: attribute(&subject, COMMON_NAME),
        })
    }
}

impl Dsc {
    /// Reads a DER X.509 certificate. Bytes after it are refused.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if let Some((0x30, _, rest)) = read_tlv(der)
            && !rest.is_empty()
        {
            return Err(CertificateError::TrailingBytes { count: rest.len() });
        }
        let fields = Fields::read(der).ok_or_else(|| CertificateError::Encoding {
            // It tells where, but takes long for a name of absurd size.
            offset: (der.len() <= 4096)
                .then(|| Certificate::from_der(der).err()?.position())
                .flatten()
                .map(u32::from),
        })?;
        let time = |time: Time| seconds(time.to_unix_duration());
        let extended_key_usage = EXTENDED_KEY_USAGE.read(&fields.extensions, read_oids)?;
        let is_ca = BASIC_CONSTRAINTS.read(&fields.extensions, read_ca_flag)?;
        Ok(Self(Arc::new(Parts {
            der: der.into(),
            digest: CertificateDigest::new(Sha256::digest(der).into()),
            country: fields
                .subject
                .country
                .or(fields.issuer.country)
                .map(|c| c.to_ascii_uppercase()),
            names: OnceBox::new(),
            not_before: time(fields.validity.not_before),
            not_after: time(fields.validity.not_after),
            key: PublicKey::from_spki(fields.spki, &fields.key)?,
            extended_key_usage,
            is_ca: is_ca.unwrap_or(false),
            signing: Signing::of(&fields.extensions),
            key_until: read_key_until(&fields.extensions),
        })))
    }

    // What was read once is read again.
    fn names(&self) -> &Names {
        let make = || Box::new(Names::of(&self.0.der).unwrap_or_default());
        self.0.names.get_or_init(make)
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 over the DER: lists call it the thumbprint.
    pub fn digest(&self) -> CertificateDigest {
        self.0.digest
    }

    /// The kid that the specification derives: the first 8 bytes of
    /// [`digest`](Self::digest). A list may give it another one.
    pub fn kid(&self) -> Kid {
        Kid::prefix(self.0.digest.as_bytes())
    }

    /// The subject for display, in the manner of RFC 4514 (last attribute
    /// first); characters that could disturb a terminal are escaped.
    pub fn subject(&self) -> &str {
        &self.names().subject
    }

    /// The issuer for display, as [`subject`](Self::subject).
    pub fn issuer(&self) -> &str {
        &self.names().issuer
    }

    /// The subject's country, or else the issuer's, in upper case. By rule
    /// ISO 3166-1 alpha-2.
    pub fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// The subject's common name for display.
    pub fn common_name(&self) -> Option<&str> {
        self.names().common_name.as_deref()
    }

    /// The first second of validity.
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// The last second of validity.
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// The subject's key.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.key
    }

    /// The object identifiers of the extended key usage (RFC 5280 §4.2.1.12)
    /// in dotted form; `None` without that extension. An empty list occurs
    /// and sets no limit.
    pub fn extended_key_usage(&self) -> Option<&[String]> {
        self.0.extended_key_usage.as_deref()
    }

    /// All extensions, as they stand.
    pub(crate) fn extensions(&self) -> Vec<RawExtension<'_>> {
        // What was read once is read again.
        Fields::read(&self.0.der).map_or_else(Vec::new, |fields| fields.extensions)
    }

    /// Whether its key may sign health certificates, be it with a note.
    pub(crate) fn lets_its_key_sign(&self) -> bool {
        self.signing() != Signing::Excluded
    }

    /// Whether it lets its key sign.
    pub(crate) fn signing(&self) -> Signing {
        self.0.signing
    }

    /// The last second at which its private key was to sign (RFC 3280
    /// §4.2.1.4), if it says so. Where that can't be read, it is over.
    pub(crate) fn key_until(&self) -> Option<Timestamp> {
        self.0.key_until
    }

    /// Whether it is valid at a time.
    pub(crate) fn is_valid_at(&self, time: Timestamp) -> bool {
        self.not_before() <= time && time <= self.not_after()
    }

    /// Whether the basic constraints say that this is an authority. Some
    /// issuers do sign health certificates with such a key.
    pub fn is_ca(&self) -> bool {
        self.0.is_ca
    }
}

impl PartialEq for Dsc {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Dsc {}

impl fmt::Debug for Dsc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dsc")
            .field("kid", &self.kid())
            .field("subject", &self.subject())
            .field("not_before", &self.not_before())
            .field("not_after", &self.not_after())
            .field("key", self.public_key())
            .finish_non_exhaustive()
    }
}

/// An extension that this crate acts upon.
struct Extension {
    name: &'static str,
    oid: ObjectIdentifier,
}

impl Extension {
    const fn new(name: &'static str) -> Self {
        let oid = ObjectIdentifier::new_unwrap(name);
        Self { name, oid }
    }

    /// What it says, if a certificate has it.
    fn read<T>(
        self,
        extensions: &[RawExtension<'_>],
        read: fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, CertificateError> {
        let wanted = self.oid.as_bytes();
        let mut found = extensions.iter().filter(|e| e.oid == wanted);
        let oid = self.name;
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(extension), None) => match read(extension.value) {
                None => Err(CertificateError::Extension { oid }),
                said => Ok(said),
            },
            _ => Err(CertificateError::RepeatedExtension { oid }),
        }
    }
}

/// The content of the one SEQUENCE that the bytes are.
fn read_sequence(bytes: &[u8]) -> Option<&[u8]> {
    match read_tlv(bytes)? {
        (0x30, content, []) => Some(content),
        _ => None,
    }
}

/// `SEQUENCE OF OBJECT IDENTIFIER`. RFC 5280 wants at least one; an empty one
/// is in the field.
fn read_oids(value: &[u8]) -> Option<Vec<String>> {
    let mut rest = read_sequence(value)?;
    let mut oids = Vec::new();
    while !rest.is_empty() {
        let (tag, content, next) = read_tlv(rest)?;
        oids.push((tag == 6).then(|| dotted(content)).flatten()?);
        rest = next;
    }
    Some(oids)
}

/// `SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLen INTEGER OPTIONAL }`, where
/// FALSE may be written out and a path length may stand beside it.
fn read_ca_flag(value: &[u8]) -> Option<bool> {
    let content = read_sequence(value)?;
    let (ca, rest) = match read_tlv(content) {
        Some((1, [flag], rest)) => (*flag != 0, rest),
        _ => (false, content),
    };
    match read_tlv(rest) {
        None if rest.is_empty() => Some(ca),
        Some((2, _, [])) => Some(ca),
        _ => None,
    }
}

fn seconds(since_1970: core::time::Duration) -> Timestamp {
    Timestamp::from_seconds(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX))
}

/// Of the private key usage period. Where it can't be read or occurs twice, it
/// is over.
fn read_key_until(extensions: &[RawExtension<'_>]) -> Option<Timestamp> {
    let mut periods = extensions.iter().filter(|e| e.oid == PRIVATE_KEY_PERIOD);
    let read = read_period(periods.next()?.value).filter(|_| periods.next().is_none());
    read.unwrap_or(Some(Timestamp::from_seconds(i64::MIN)))
}

/// The end of `SEQUENCE { [0] GeneralizedTime OPTIONAL, [1] GeneralizedTime
/// OPTIONAL }`, one of which has to be there.
fn read_period(value: &[u8]) -> Option<Option<Timestamp>> {
    let mut rest = read_sequence(value)?;
    let mut next = |tag| match read_tlv(rest) {
        Some((found, content, after)) if found == tag => {
            rest = after;
            let length = u8::try_from(content.len()).ok()?;
            let der = [&[0x18, length][..], content].concat();
            let time = GeneralizedTime::from_der(&der).ok()?;
            Some(Some(seconds(time.to_unix_duration())))
        }
        _ => Some(None),
    };
    let (from, until) = (next(0x80)?, next(0x81)?);
    let says = from.is_some() || until.is_some();
    (rest.is_empty() && says).then_some(until)
}

/// X.690 §8.19.
fn dotted(content: &[u8]) -> Option<String> {
    if content.last()? & 0x80 != 0 {
        return None;
    }
    let mut out = String::new();
    let mut arc = 0u128;
    for byte in content {
        arc = arc.checked_mul(128)? | u128::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if out.is_empty() {
            let root = (arc / 40).min(2);
            out = format!("{root}.{}", arc - root * 40);
        } else {
            out.push('.');
            out.push_str(&arc.to_string());
        }
        arc = 0;
    }
    Some(out)
}

fn attributes(name: &Name) -> impl Iterator<Item = &AttributeTypeAndValue> {
    name.iter()
}

fn attribute(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let found = attributes(name).find(|a| a.oid == oid)?;
    printable(found.value.tag(), found.value.value())
}

fn printable(tag: Tag, bytes: &[u8]) -> Option<String> {
    let text = directory_string(tag, bytes)?;
    let text = text.trim();
    (!text.is_empty()).then(|| escape(text, false).into_owned())
}

fn directory_string(tag: Tag, bytes: &[u8]) -> Option<Cow<'_, str>> {
    match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString => {
            core::str::from_utf8(bytes).ok().map(Cow::Borrowed)
        }
        // T.61 in name, Latin-1 in practice.
        Tag::TeletexString => Some(bytes.iter().map(|b| char::from(*b)).collect()),
        Tag::BmpString => {
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
                .collect();
            String::from_utf16(&units).ok().map(Cow::Owned)
        }
        _ => None,
    }
}

/// RFC 4514 §2.4 with `quote`; without it, unprintable characters alone.
fn escape(text: &str, quote: bool) -> Cow<'_, str> {
    let special = |c| matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=');
    let plain = |b: u8| matches!(b, b' '..=b'~') && !(quote && special(char::from(b)));
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) {
            let mut utf8 = [0; 4];
            for byte in c.encode_utf8(&mut utf8).bytes() {
                out.push('\\');
                out.push_str(&hex(&[byte]));
            }
        } else {
            if quote && special(c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn show_name(name: &Name) -> String {
    let mut out = String::with_capacity(128);
    let rdns: Vec<_> = name.iter_rdn().collect();
    for rdn in rdns.iter().rev() {
        for (n, attribute) in rdn.iter().enumerate() {
            match (n, out.is_empty()) {
                (0, true) => {}
                (0, false) => out.push(','),
                _ => out.push('+'),
            }
            match short_name(attribute.oid) {
                Some(name) => out.push_str(name),
                None => out.push_str(&attribute.oid.to_string()),
            }
            out.push('=');
            match directory_string(attribute.value.tag(), attribute.value.value()) {
                Some(text) => out.push_str(&escape(&text, true)),
                None => {
                    out.push('#');
                    out.push_str(&hex(attribute.value.value()));
                }
            }
        }
    }
    out
}

/// RFC 4514 §3, and what else document signers use.
fn short_name(oid: ObjectIdentifier) -> Option<&'static str> {
    const PILOT: &[u8] = &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1];
    const EMAIL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
    // The content octets: 2.5.4.x is 55 04 x.
    Some(match oid.as_bytes() {
        [0x55, 4, 3] => "CN",
        [0x55, 4, 5] => "serialNumber",
        [0x55, 4, 6] => "C",
        [0x55, 4, 7] => "L",
        [0x55, 4, 8] => "ST",
        [0x55, 4, 9] => "STREET",
        [0x55, 4, 10] => "O",
        [0x55, 4, 11] => "OU",
        [0x55, 4, 97] => "organizationIdentifier",
        [start @ .., 1] if start == PILOT => "UID",
        [start @ .., 25] if start == PILOT => "DC",
        bytes if bytes == EMAIL => "emailAddress",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_of_any_length_are_read() {
        for (content, text) in [
            (&[0x55, 0x1d, 0x25][..], "2.5.29.37"),
            (&[0x88, 0x37, 0x03], "2.999.3"),
            (
                &[0x2b, 6, 1, 4, 1, 0, 0x8e, 0x37, 0x8f, 0x65, 1, 2],
                "1.3.6.1.4.1.0.1847.2021.1.2",
            ),
            // 2.25 followed by a UUID of 128 bits.
            (
                &[
                    0x69, 0x83, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
                ],
                "2.25.340282366920938463463374607431768211455",
            ),
        ] {
            assert_eq!(dotted(content).as_deref(), Some(text));
        }
        for wrong in [&[][..], &[0x2b, 0x86], &[0xff; 40]] {
            assert_eq!(dotted(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn attributes_have_the_names_of_rfc_4514() {
        for (oid, name) in [
            ("2.5.4.3", Some("CN")),
            ("2.5.4.97", Some("organizationIdentifier")),
            ("0.9.2342.19200300.100.1.1", Some("UID")),
            ("0.9.2342.19200300.100.1.25", Some("DC")),
            ("1.2.840.113549.1.9.1", Some("emailAddress")),
            ("2.5.4.13", None),
            ("0.9.2342.19200300.100.1.3", None),
        ] {
            let oid = ObjectIdentifier::new(oid).unwrap();
            assert_eq!(short_name(oid), name, "{oid}");
        }
    }

    #[test]
    fn basic_constraints_are_read_as_the_field_writes_them() {
        for (value, ca) in [
            (&[0x30, 0][..], Some(false)),
            (&[0x30, 3, 1, 1, 0xff], Some(true)),
            // The default written out, and a path length beside it.
            (&[0x30, 3, 1, 1, 0], Some(false)),
            (&[0x30, 6, 1, 1, 0, 2, 1, 0], Some(false)),
            (&[0x30, 3, 2, 1, 0], Some(false)),
            (&[0x30, 6, 1, 1, 0xff, 2, 1, 3], Some(true)),
            (&[], None),
            (&[0x30, 3, 1, 1], None),
            (&[0x30, 3, 1, 1, 0, 0], None),
            (&[0x30, 2, 5, 0], None),
        ] {
            assert_eq!(read_ca_flag(value), ca, "{value:?}");
        }
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for wrong in [
            &[0x30][..],
            &[0x30, 1],
            &[0x30, 0x80],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x1f, 1, 0],
        ] {
            assert_eq!(read_tlv(wrong), None, "{wrong:?}");
        }
        assert_eq!(read_tlv(&[4, 0x81, 1, 7, 8]), Some((4, &[7][..], &[8][..])));
    }

    #[test]
    fn names_cannot_disturb_a_terminal() {
        assert_eq!(
            escape("a\u{1b}[2J\n\u{202e}b, c", true),
            "a\\1b[2J\\0a\\e2\\80\\aeb\\, c"
        );
    }
}
