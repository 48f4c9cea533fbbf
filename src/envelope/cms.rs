//! CMS SignedData (RFC 5652) with one signer, as the gateways use it.
//!
//! What the member states upload is BER with indefinite lengths and strings
//! in pieces, which the DER libraries don't read. Of its types six are needed,
//! so they are read here, in place.

use crate::codec::der::read_tlv;
use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::time::Time;

use crate::Timestamp;
use crate::crypto::PublicKey;
use crate::envelope::signature::{Fault, Hash, Parts, Scheme, subject_key_identifier};
use crate::envelope::x509::{Dsc, MAX_CHAIN};

const ID_DATA: &str = "1.2.840.113549.1.7.1";
const ID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 16;

/// Why a CMS signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// Not BER, or not a SignedData with one signer over plain data.
    #[error("not a CMS SignedData with one signer")]
    Structure,
    /// The CMS holds other content than the one that it should vouch for, or
    /// its digest is another one.
    #[error("the CMS is about other content")]
    Content,
    /// A hash or signature algorithm that is too weak, unknown, or not one
    /// for the signer's key.
    #[error("the CMS uses an algorithm that is not accepted, or does not fit the key")]
    Algorithm,
    /// Anybody can sign with the signer's key, or its maker has it for examples
    /// alone: [`PublishedKey::of`](crate::trust::PublishedKey::of).
    #[error("anybody can sign with the key of the CMS's signer, or it is an example")]
    PublishedKey,
    /// The signature doesn't verify with the key.
    #[error("the CMS signature does not verify")]
    Signature,
    /// No certificate for the signer is in the CMS.
    #[error("the CMS holds no readable certificate of its signer")]
    SignerMissing,
}

impl CmsError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Structure => "cms-structure",
            Self::Content => "cms-content",
            Self::Algorithm => "cms-algorithm",
            Self::PublishedKey => "cms-published-key",
            Self::Signature => "cms-signature",
            Self::SignerMissing => "cms-signer-missing",
        }
    }
}

impl From<Fault> for CmsError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Algorithm => Self::Algorithm,
            Fault::PublishedKey => Self::PublishedKey,
            Fault::Signature => Self::Signature,
        }
    }
}

/// The certificate inside a CMS whose key made the signature over `content`.
///
/// **This proves nothing about who that is**: anybody can put a certificate
/// there. It tells whom a list entry claims to come from.
pub fn cms_claimed_signer(cms: &[u8], content: &[u8]) -> Result<Dsc, CmsError> {
    let cms = SignedData::parse(cms)?;
    let signer = cms
        .certificates
        .iter()
        .filter_map(|der| Dsc::from_der(der).ok())
        .find(|certificate| cms.names(certificate))
        .ok_or(CmsError::SignerMissing)?;
    cms.verify(content, signer.public_key())?;
    Ok(signer)
}

pub(crate) struct SignedData<'a> {
    content: Option<Cow<'a, [u8]>>,
    certificates: Vec<&'a [u8]>,
    signer: Signer<'a>,
    digest: &'a [u8],
    /// The encoded `[0]` of the signer, DER.
    attributes: Option<&'a [u8]>,
    algorithm: &'a [u8],
    signature: Cow<'a, [u8]>,
}

/// SignerIdentifier (RFC 5652 §5.3).
enum Signer<'a> {
    /// Name with its tag, and the serial number's content.
    IssuerAndSerial(&'a [u8], &'a [u8]),
    KeyIdentifier(&'a [u8]),
}

impl<'a> SignedData<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, CmsError> {
        Self::read(bytes).ok_or(CmsError::Structure)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        // ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT content }
        let mut outer = Reader(bytes);
        let mut info = outer.next(0x30)?.reader();
        outer.end()?;
        info.oid(ID_SIGNED_DATA)?;
        let mut explicit = info.next(0xa0)?.reader();
        info.end()?;
        // SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo,
        //     certificates [0]?, crls [1]?, signerInfos }
        let mut data = explicit.next(0x30)?.reader();
        explicit.end()?;
        data.next(0x02)?;
        data.next(0x31)?;
        let mut encapsulated = data.next(0x30)?.reader();
        encapsulated.oid(ID_DATA)?;
        let content = match encapsulated.optional(0xa0) {
            Some(explicit) => {
                let mut explicit = explicit.reader();
                let content = explicit.octets()?;
                explicit.end()?;
                Some(content)
            }
            None => None,
        };
        encapsulated.end()?;
        let mut certificates = Vec::new();
        if let Some(set) = data.optional(0xa0) {
            let mut set = set.reader();
            while !set.0.is_empty() {
                certificates.push(set.any()?.raw);
            }
        }
        data.optional(0xa1);
        let mut signers = data.next(0x31)?.reader();
        data.end()?;
        // SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm,
        //     signedAttrs [0]?, signatureAlgorithm, signature, unsignedAttrs [1]? }
        let mut info = signers.next(0x30)?.reader();
        signers.end()?;
        info.next(0x02)?;
        let signer = match info.any()? {
            Element {
                tag: 0x80, content, ..
            } => Signer::KeyIdentifier(content),
            sid @ Element { tag: 0x30, .. } => {
                let mut sid = sid.reader();
                let issuer = sid.next(0x30)?.raw;
                let serial = sid.next(0x02)?.content;
                sid.end()?;
                Signer::IssuerAndSerial(issuer, serial)
            }
            _ => return None,
        };
        let digest = info.next(0x30)?.raw;
        let attributes = info.optional(0xa0).map(|attributes| attributes.raw);
        let algorithm = info.next(0x30)?.raw;
        let signature = info.octets()?;
        info.optional(0xa1);
        info.end()?;
        Some(Self {
            content,
            certificates,
            signer,
            digest,
            attributes,
            algorithm,
            signature,
        })
    }

    /// The content, if it is inside.
    pub(crate) fn into_content(self) -> Option<Cow<'a, [u8]>> {
        self.content
    }

    pub(crate) fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The certificates inside from the signer's upwards, as far as they go.
    /// Nothing is checked.
    pub(crate) fn claimed_chain(&self) -> Vec<Dsc> {
        let all = self.certificates.iter();
        let all: Vec<Dsc> = all.filter_map(|der| Dsc::from_der(der).ok()).collect();
        let mut next = all.iter().find(|certificate| self.names(certificate));
        let mut chain: Vec<Dsc> = Vec::new();
        while let Some(certificate) = next.filter(|_| chain.len() < MAX_CHAIN) {
            chain.push(certificate.clone());
            let parts = Parts::of(certificate);
            next = all.iter().find(|other| {
                let subject = Parts::of(other).map(|other| other.subject);
                subject.is_some()
                    && subject == parts.as_ref().map(|parts| parts.issuer)
                    && !chain.contains(other)
            });
        }
        chain
    }

    /// When the signer says that it signed (RFC 5652 §11.3). Ask once the
    /// signature has been checked.
    pub(crate) fn signing_time(&self) -> Result<Option<Timestamp>, CmsError> {
        let Some(attributes) = self.attributes else {
            return Ok(None);
        };
        read_signing_time(attributes).ok_or(CmsError::Structure)
    }

    /// Whether the signer is said to be the owner of this certificate.
    pub(crate) fn names(&self, certificate: &Dsc) -> bool {
        match self.signer {
            Signer::IssuerAndSerial(issuer, serial) => Parts::of(certificate)
                .is_some_and(|parts| parts.issuer == issuer && parts.serial == serial),
            Signer::KeyIdentifier(id) => {
                subject_key_identifier(certificate).is_some_and(|own| own == id)
            }
        }
    }

    /// Whether it is about this content, without a look at the signature.
    pub(crate) fn check_content(&self, content: &[u8]) -> Result<(), CmsError> {
        let hash = self.hash()?;
        Scheme::from_der(self.algorithm, Some(hash))?;
        if self.content.as_ref().is_some_and(|own| **own != *content) {
            return Err(CmsError::Content);
        }
        match self.attributes {
            // Somebody's signed attributes, a SET, could be passed off as content.
            None if content.first() == Some(&0x31) => Err(CmsError::Structure),
            None => Ok(()),
            Some(attributes) => {
                let digest = read_attributes(attributes).ok_or(CmsError::Structure)?;
                match digest == hash.digest(content) {
                    true => Ok(()),
                    false => Err(CmsError::Content),
                }
            }
        }
    }

    fn hash(&self) -> Result<Hash, CmsError> {
        let (0x30, digest, []) = read_tlv(self.digest).ok_or(CmsError::Structure)? else {
            return Err(CmsError::Structure);
        };
        let oid = Reader(digest).next(0x06).ok_or(CmsError::Structure)?;
        ObjectIdentifier::from_bytes(oid.content)
            .ok()
            .and_then(Hash::from_oid)
            .ok_or(CmsError::Algorithm)
    }

    /// RFC 5652 §5.4, §5.6.
    pub(crate) fn verify(&self, content: &[u8], key: &PublicKey) -> Result<(), CmsError> {
        self.check_content(content)?;
        let scheme = Scheme::from_der(self.algorithm, Some(self.hash()?))?;
        let Some(attributes) = self.attributes else {
            return Ok(scheme.verify(key, content, &self.signature)?);
        };
        // The tag of a SET OF is signed, not the `[0]` that stands there.
        let rest = attributes.get(1..).unwrap_or_default();
        let signed = [&[0x31], rest].concat();
        Ok(scheme.verify(key, &signed, &self.signature)?)
    }
}

/// The message digest; the content type has to be plain data, and each of the
/// two must be there once, with one value (RFC 5652 §11.1, §11.2).
fn read_attributes(attributes: &[u8]) -> Option<&[u8]> {
    // The signature is over DER, so that nothing else can be right.
    let (0xa0, content, []) = read_tlv(attributes)? else {
        return None;
    };
    let mut reader = Reader(content);
    let (mut digest, mut content_type) = (None, None);
    while !reader.0.is_empty() {
        let mut attribute = reader.next(0x30)?.reader();
        let oid = attribute.next(0x06)?;
        let mut values = attribute.next(0x31)?.reader();
        attribute.end()?;
        let oid = ObjectIdentifier::from_bytes(oid.content).map(|oid| oid.to_string());
        let (seen, tag) = match oid.as_deref() {
            Ok(CONTENT_TYPE) => (&mut content_type, 0x06),
            Ok(MESSAGE_DIGEST) => (&mut digest, 0x04),
            _ => continue,
        };
        let value = values.next(tag)?.content;
        values.end()?;
        if seen.replace(value).is_some() {
            return None;
        }
    }
    let content_type = ObjectIdentifier::from_bytes(content_type?).ok()?;
    (content_type.to_string() == ID_DATA).then_some(digest?)
}

/// `None`: not one time.
fn read_signing_time(attributes: &[u8]) -> Option<Option<Timestamp>> {
    let (0xa0, content, []) = read_tlv(attributes)? else {
        return None;
    };
    let (mut reader, mut found) = (Reader(content), None);
    while !reader.0.is_empty() {
        let mut attribute = reader.next(0x30)?.reader();
        let oid = ObjectIdentifier::from_bytes(attribute.next(0x06)?.content);
        if oid.is_ok_and(|oid| oid.to_string() == SIGNING_TIME) {
            let mut values = attribute.next(0x31)?.reader();
            let time = Time::from_der(values.any()?.raw).ok()?;
            values.end()?;
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
            if found.replace(Timestamp::from_seconds(seconds)).is_some() {
                return None;
            }
        }
    }
    Some(found)
}

struct Element<'a> {
    tag: u8,
    /// Without the end of an indefinite length.
    content: &'a [u8],
    raw: &'a [u8],
}

impl<'a> Element<'a> {
    const fn reader(&self) -> Reader<'a> {
        Reader(self.content)
    }
}

/// Goes through BER elements (X.690 §8.1).
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn any(&mut self) -> Option<Element<'a>> {
        let (element, rest) = element(self.0, 0)?;
        self.0 = rest;
        Some(element)
    }

    fn next(&mut self, tag: u8) -> Option<Element<'a>> {
        self.any().filter(|element| element.tag == tag)
    }

    fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        (self.0.first() == Some(&tag)).then(|| self.any()).flatten()
    }

    fn oid(&mut self, expected: &str) -> Option<()> {
        let found = ObjectIdentifier::from_bytes(self.next(0x06)?.content).ok()?;
        (found.to_string() == expected).then_some(())
    }

    /// An OCTET STRING, whole or in pieces (X.690 §8.7).
    fn octets(&mut self) -> Option<Cow<'a, [u8]>> {
        match self.any()? {
            Element {
                tag: 0x04, content, ..
            } => Some(Cow::Borrowed(content)),
            pieces @ Element { tag: 0x24, .. } => {
                let mut pieces = pieces.reader();
                let mut joined = Vec::new();
                while !pieces.0.is_empty() {
                    joined.extend_from_slice(pieces.next(0x04)?.content);
                }
                Some(Cow::Owned(joined))
            }
            _ => None,
        }
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

fn element(bytes: &[u8], depth: usize) -> Option<(Element<'_>, &[u8])> {
    let [tag, 0x80, inner @ ..] = bytes else {
        let (tag, content, rest) = read_tlv(bytes)?;
        let raw = bytes.get(..bytes.len() - rest.len())?;
        return Some((Element { tag, content, raw }, rest));
    };
    // Indefinite: the elements inside, then two zeros.
    if tag & 0x20 == 0 || tag & 0x1f == 0x1f || depth >= MAX_DEPTH {
        return None;
    }
    let mut cursor = inner;
    loop {
        if let [0, 0, rest @ ..] = cursor {
            let content = inner.get(..inner.len() - cursor.len())?;
            let raw = bytes.get(..bytes.len() - rest.len())?;
            let tag = *tag;
            return Some((Element { tag, content, raw }, rest));
        }
        (_, cursor) = element(cursor, depth + 1)?;
    }
}
