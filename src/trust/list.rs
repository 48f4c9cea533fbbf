//! Trust lists: one file a form, and how to tell the forms apart.

pub(super) mod at;
mod certificates;
mod ch;
mod cwa;
pub(super) mod de;
pub(super) mod format;
mod gateway;
pub(super) mod gdhcn;
mod info;
mod it_fr;
mod nl;
mod pl;
pub(super) mod roles;
mod se;

pub use format::ListFormat;
pub(super) use info::{Check, Claims};
pub use info::{ListInfo, SignerDates};
pub use roles::GatewayRoles;

use alloc::vec;
use alloc::vec::Vec;
use serde_json::Value;

use super::error::LoadError;
use super::json::{parse_json, without_bom};
use super::signed;
use super::source::{Entry, Source};
use super::{jwk, jws, pem, snapshot};
use crate::Timestamp;
use crate::codec::detcbor::Reader;
use crate::codec::text::shown;
use crate::envelope::jws::Jws;
use crate::trust::limits::LoadLimits;

/// The bytes of a list: one document, or for two forms a second one that
/// belongs to it.
///
/// ```
/// use hcert::trust::ListBytes;
/// let one = ListBytes::from(b"list");
/// let both = ListBytes::from(b"list").with_companion(b"its signature");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ListBytes<'a> {
    pub(super) list: &'a [u8],
    pub(super) companion: Option<&'a [u8]>,
    pub(super) fetched_at: Option<Timestamp>,
}

impl<'a> ListBytes<'a> {
    /// With the second document of [`ListFormat::Swiss`] or
    /// [`ListFormat::Austrian`].
    #[must_use]
    pub fn with_companion(self, companion: &'a [u8]) -> Self {
        Self {
            companion: Some(companion),
            ..self
        }
    }

    /// With the time at which the caller fetched the list. For a form that
    /// doesn't say when it was made, that is what its age counts from.
    #[must_use]
    pub fn with_fetched_at(self, time: Timestamp) -> Self {
        Self {
            fetched_at: Some(time),
            ..self
        }
    }
}

impl<'a, B: AsRef<[u8]> + ?Sized> From<&'a B> for ListBytes<'a> {
    fn from(list: &'a B) -> Self {
        Self {
            list: list.as_ref(),
            companion: None,
            fetched_at: None,
        }
    }
}

impl ListFormat {
    /// Detects the format from its marks. This doesn't say that all of
    /// the bytes can be read as such. What shows the marks of two forms is of
    /// none.
    ///
    /// ```
    /// use hcert::trust::ListFormat;
    /// assert_eq!(ListFormat::detect(br#"{"keys": []}"#), Some(ListFormat::JwkSet));
    /// assert_eq!(ListFormat::detect(b"-----BEGIN CERTIFICATE-----\n"), Some(ListFormat::Pem));
    /// assert_eq!(ListFormat::detect(br#"{"hello": 1}"#), None);
    /// ```
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        let found = detect(bytes, &LoadLimits::default()).ok()??;
        Some(found.0)
    }

    /// The form whose [companion](ListBytes::with_companion) the bytes look like.
    pub fn detect_companion(bytes: &[u8]) -> Option<Self> {
        if at::is_signature(bytes) {
            return Some(Self::Austrian);
        }
        let payload = jws::unverified_payload(bytes, &LoadLimits::default()).ok()?;
        payload.get("activeKeyIds").map(|_| Self::Swiss)
    }
}

/// The form, and the JSON if it had to be parsed.
pub(super) fn detect(
    bytes: &[u8],
    limits: &LoadLimits,
) -> Result<Option<(ListFormat, Option<Value>)>, LoadError> {
    if let Some(format) = detect_der(bytes) {
        return Ok(Some((format, None)));
    }
    if snapshot::detect(bytes).is_some() {
        return Ok(Some((ListFormat::Snapshot, None)));
    }
    check_own(bytes)?;
    if matches!(bytes, [0xa1 | 0xbf, 0x61, b'c', ..]) {
        return Ok(Some((ListFormat::Austrian, None)));
    }
    if cwa::is(bytes) {
        return Ok(Some((ListFormat::CwaProtobuf, None)));
    }
    if let Some((_, list)) = de::split(bytes)
        && list.trim_ascii_start().starts_with(b"{")
    {
        return Ok(Some((ListFormat::German, None)));
    }
    if Jws::split(bytes).is_ok() {
        let payload = jws::unverified_payload(bytes, limits)?;
        let has = |name| payload.get(name).is_some();
        return match (has("dsc_trust_list"), has("certs")) {
            (true, true) => Err(LoadError::Ambiguous {
                first: ListFormat::Swedish,
                second: ListFormat::Swiss,
            }),
            (true, false) => Ok(Some((ListFormat::Swedish, None))),
            (false, true) => Ok(Some((ListFormat::Swiss, None))),
            (false, false) => Ok(None),
        };
    }
    match without_bom(bytes).trim_ascii_start().first() {
        Some(b'{' | b'[') => {
            let value = parse_json(bytes, limits)?;
            Ok(detect_json(&value)?.map(|format| (format, Some(value))))
        }
        _ if pem::has_block(bytes) => Ok(Some((ListFormat::Pem, None))),
        _ => Ok(None),
    }
}

/// In both, a SEQUENCE begins with a SEQUENCE: the one of a certificate begins
/// with its version or serial number, the one of a key with an identifier.
fn detect_der(bytes: &[u8]) -> Option<ListFormat> {
    match enter_sequence(enter_sequence(bytes)?)? {
        [0xa0 | 0x02, ..] => Some(ListFormat::CertificateDer),
        [0x06, ..] => Some(ListFormat::PublicKeyDer),
        _ => None,
    }
}

/// Skips the tag and the length of a SEQUENCE, which may be cut off.
fn enter_sequence(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x30, 0..=0x7f, rest @ ..] => Some(rest),
        [0x30, n @ 0x81..=0x84, rest @ ..] => rest.get(usize::from(n & 0x7f)..),
        _ => None,
    }
}

/// The form of a JSON value. What has the marks of two is of neither.
fn detect_json(value: &Value) -> Result<Option<ListFormat>, LoadError> {
    let found = marks(value);
    match found.as_slice() {
        [] => return Ok(None),
        [_] => {}
        [first, second, ..] => {
            let (first, second) = (*first, *second);
            return Err(LoadError::Ambiguous { first, second });
        }
    }
    // A mark of another type than the form has tells nothing of the form.
    let is = |name: &str, of: fn(&Value) -> bool| value.get(name).is_some_and(of);
    Ok(found.first().copied().filter(|format| match format {
        ListFormat::Certificates => is("certificates", Value::is_array),
        ListFormat::JwkSet => is("keys", Value::is_array),
        ListFormat::Jwk => is("kty", Value::is_string),
        ListFormat::Gdhcn => value.get("proof").is_some() && value.get("@context").is_some(),
        _ => true,
    }))
}

/// The forms of which a JSON value shows something.
fn marks(value: &Value) -> Vec<ListFormat> {
    let mut found = Vec::new();
    let mut mark = |is: bool, format| found.extend(is.then_some(format));
    match value {
        Value::Object(object) => {
            let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
            mark(has(&["certificates"]), ListFormat::Certificates);
            mark(has(&["keys"]), ListFormat::JwkSet);
            mark(has(&["kty"]), ListFormat::Jwk);
            let of_did = has(&["@context", "proof", "verificationMethod"]);
            mark(of_did, ListFormat::Gdhcn);
            mark(it_fr::is(object), ListFormat::KeysByKid);
            mark(nl::is(object), ListFormat::Dutch);
        }
        Value::Array(entries) => {
            let any = |names: &[&str]| {
                let has = |entry: &Value| names.iter().all(|name| entry.get(name).is_some());
                entries.iter().any(has)
            };
            mark(any(&["rawData", "certificateType"]), ListFormat::Gateway);
            mark(any(&[pl::KID]), ListFormat::Polish);
        }
        _ => {}
    }
    found
}

/// JSON of a form that the caller names, without the marks of another one.
pub(super) fn parse_unambiguous(bytes: &[u8], limits: &LoadLimits) -> Result<Value, LoadError> {
    let value = parse_json(bytes, limits)?;
    detect_json(&value)?;
    Ok(value)
}

/// Refuses what this crate signs as something else than a trust list, and a
/// snapshot that is not written as it has to be.
fn check_own(bytes: &[u8]) -> Result<(), LoadError> {
    let Some(found) = signed::own_type(bytes) else {
        return Ok(());
    };
    match signed::header(&mut Reader::new(bytes)) {
        Err(error) if found == snapshot::CONTENT_TYPE => Err(error.into()),
        _ => Err(LoadError::NotAList {
            found: shown(&found),
        }),
    }
}

pub(super) fn read(
    source: &Source,
    format: ListFormat,
    bytes: &[u8],
    json: Option<Value>,
) -> Result<Vec<Entry>, LoadError> {
    let json = || json.map_or_else(|| parse_unambiguous(bytes, &source.limits), Ok);
    match format {
        ListFormat::CertificateDer => Ok(vec![source.certificate(None, bytes).into()]),
        ListFormat::PublicKeyDer => Ok(vec![source.spki(None, bytes).into()]),
        ListFormat::Pem => pem::read(source, bytes),
        ListFormat::Jwk => jwk::read_one(source, &json()?),
        ListFormat::JwkSet => jwk::read_set(source, &json()?),
        ListFormat::Certificates => certificates::read(source, &json()?),
        ListFormat::GatewaySignaturesIgnored => gateway::read(source, &json()?),
        _ => Err(match format.anchor_hint() {
            Some(_) if snapshot::detect(bytes) == Some(false) => LoadError::Unsigned { format },
            Some(pass) => LoadError::AnchorMissing { format, pass },
            None => LoadError::Unsigned { format },
        }),
    }
}

/// A list, read.
pub(super) struct Content {
    pub(super) entries: Vec<Entry>,
    pub(super) claims: Claims,
}

impl From<Vec<Entry>> for Content {
    fn from(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            claims: Claims::default(),
        }
    }
}

/// Whether the form can be checked so, and has as many documents as it needs.
pub(super) fn check_given(
    format: ListFormat,
    bytes: &ListBytes<'_>,
    check: Check<'_>,
) -> Result<(), LoadError> {
    let (signed, companion) = (format.anchor_hint(), format.companion_hint());
    match (check, signed) {
        (Check::Anchors([]), Some(pass)) => {
            return Err(LoadError::AnchorMissing { format, pass });
        }
        (Check::Anchors(_), None) => return Err(LoadError::Unsigned { format }),
        _ => {}
    }
    if let (ListFormat::Gdhcn, Some(pass), Check::Anchors(_)) = (format, signed, check) {
        return Err(LoadError::AnchorMissing { format, pass });
    }
    match (format, bytes.companion) {
        // Without the signature if nobody asks for it.
        (ListFormat::Austrian, None) if matches!(check, Check::Unsigned) => Ok(()),
        (_, None) if companion.is_none() => Ok(()),
        (_, Some(_)) if companion.is_some() => Ok(()),
        (_, _) => Err(LoadError::Companion {
            format,
            pass: companion.unwrap_or("nothing"),
        }),
    }
}

/// Reads a list of any form, its signatures first.
pub(super) fn read_list(
    source: &Source,
    format: ListFormat,
    bytes: ListBytes<'_>,
    check: Check<'_>,
) -> Result<Content, LoadError> {
    check_given(format, &bytes, check)?;
    let list = bytes.list;
    let json = || parse_json(list, &source.limits);
    match format {
        ListFormat::Gateway => gateway::read_list(source, list, bytes.fetched_at, check),
        ListFormat::German => de::read(source, list, check),
        ListFormat::Swedish => se::read(source, list, check),
        ListFormat::Swiss => {
            let companion = bytes.companion.unwrap_or_default();
            ch::read(source, list, companion, bytes.fetched_at, check)
        }
        ListFormat::Austrian => at::read(source, list, bytes.companion, check),
        ListFormat::Dutch => nl::read(source, &json()?),
        ListFormat::CwaProtobuf => cwa::read(source, list),
        ListFormat::KeysByKid => it_fr::read(source, &json()?),
        ListFormat::Polish => pl::read(source, &json()?),
        ListFormat::Gdhcn => gdhcn::read_unsigned(source, list),
        _ => read(source, format, list, None).map(Content::from),
    }
}

/// An entry of a list that names the country itself.
fn named(mut entry: Entry, country: Option<&str>) -> Entry {
    if let (Ok(found), Some(country)) = (&mut entry.outcome, country)
        && !country.is_empty()
    {
        found.key.country = Some(shown(country).into());
    }
    entry
}
