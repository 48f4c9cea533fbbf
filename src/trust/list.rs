//! Trust lists: one file a form, and how to tell the forms apart.

mod certificates;
mod gateway;
pub(super) mod gdhcn;

use memchr::memchr2;
use serde_json::Value;

use super::key::Kid;
use super::store::{Entry, Found, Limits, LoadError, ProblemKind, Source, declared_kid};
use super::text::{decode_base64, hex, shown};
use super::{jwk, pem};

/// A form in which trusted keys are handed around.
///
/// None of these forms proves who made it. The caller has to have it from
/// somebody that it trusts, over a way that nobody else can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListFormat {
    /// One DER certificate (RFC 5280 §4.1).
    CertificateDer,
    /// One DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    PublicKeyDer,
    /// PEM blocks (RFC 7468).
    Pem,
    /// One JSON Web Key (RFC 7517 §4).
    Jwk,
    /// A JWK set, `{"keys": […]}` (RFC 7517 §5).
    JwkSet,
    /// `{"certificates": [{"kid": …, "rawData": …}]}`, both base64: what is
    /// inside Germany's signed list, and how the EU's acceptance environment
    /// was published.
    Certificates,
    /// The array that the EU Digital COVID Certificate Gateway answers with:
    /// `[{"kid", "country", "certificateType", "rawData", "signature", …}]`.
    ///
    /// Each entry carries a CMS signature by its member state. **It is not
    /// looked at here**, so the array is worth what its transport is worth.
    GatewaySignaturesIgnored,
}

impl ListFormat {
    /// A stable identifier of the form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CertificateDer => "certificate-der",
            Self::PublicKeyDer => "public-key-der",
            Self::Pem => "pem",
            Self::Jwk => "jwk",
            Self::JwkSet => "jwk-set",
            Self::Certificates => "certificates",
            Self::GatewaySignaturesIgnored => "gateway-signatures-ignored",
        }
    }
}

/// The form that the bytes show the marks of. This doesn't say that all of
/// the bytes can be read as such.
///
/// ```
/// use hcert::trust::{ListFormat, detect_format};
/// assert_eq!(detect_format(br#"{"keys": []}"#), Some(ListFormat::JwkSet));
/// assert_eq!(detect_format(b"-----BEGIN CERTIFICATE-----\n"), Some(ListFormat::Pem));
/// assert_eq!(detect_format(br#"{"hello": 1}"#), None);
/// ```
pub fn detect_format(bytes: &[u8]) -> Option<ListFormat> {
    let found = detect(bytes, &Limits::default()).ok()??;
    Some(found.0)
}

/// The form, and the JSON if it had to be parsed.
pub(super) fn detect(
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<(ListFormat, Option<Value>)>, LoadError> {
    if let Some(format) = detect_der(bytes) {
        return Ok(Some((format, None)));
    }
    match without_bom(bytes).trim_ascii_start().first() {
        Some(b'{' | b'[') => {
            let value = parse_json(bytes, limits)?;
            Ok(detect_json(&value).map(|format| (format, Some(value))))
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

fn detect_json(value: &Value) -> Option<ListFormat> {
    match value {
        Value::Object(object) => {
            if object.get("certificates").is_some_and(Value::is_array) {
                Some(ListFormat::Certificates)
            } else if object.get("keys").is_some_and(Value::is_array) {
                Some(ListFormat::JwkSet)
            } else if object.get("kty").is_some_and(Value::is_string) {
                Some(ListFormat::Jwk)
            } else {
                None
            }
        }
        Value::Array(entries) => entries
            .iter()
            .any(|entry| entry.get("rawData").is_some() && entry.get("certificateType").is_some())
            .then_some(ListFormat::GatewaySignaturesIgnored),
        _ => None,
    }
}

pub(super) fn read(
    source: &Source,
    format: ListFormat,
    bytes: &[u8],
    json: Option<Value>,
) -> Result<Vec<Entry>, LoadError> {
    let json = || json.map_or_else(|| parse_json(bytes, &source.limits), Ok);
    match format {
        ListFormat::CertificateDer => Ok(vec![source.certificate(None, bytes).into()]),
        ListFormat::PublicKeyDer => Ok(vec![source.spki(None, bytes).into()]),
        ListFormat::Pem => pem::read(source, bytes),
        ListFormat::Jwk => jwk::read_one(source, &json()?),
        ListFormat::JwkSet => jwk::read_set(source, &json()?),
        ListFormat::Certificates => certificates::read(source, &json()?),
        ListFormat::GatewaySignaturesIgnored => gateway::read(source, &json()?),
    }
}

/// Parses JSON within limits. Of members with the same name the last one
/// counts: good enough for lists that nobody signed.
pub(super) fn parse_json(bytes: &[u8], limits: &Limits) -> Result<Value, LoadError> {
    let bytes = without_bom(bytes);
    check_weight(bytes, limits)?;
    serde_json::from_slice(bytes).map_err(|error| LoadError::Json {
        line: error.line(),
        column: error.column(),
    })
}

fn check_weight(bytes: &[u8], limits: &Limits) -> Result<(), LoadError> {
    // Parsed, `{"":0},` takes eighty times its room.
    let max = limits.entries.saturating_add(10).saturating_mul(96);
    if weight(bytes) > max {
        return Err(LoadError::TooComplex { max });
    }
    Ok(())
}

/// What the values need in memory when parsed, roughly, in units of a number:
/// each value but the first follows one of `,[{`.
fn weight(json: &[u8]) -> usize {
    let (mut weight, mut rest) = (1, json);
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'"' => rest = after_text(rest),
            b',' => weight += 1,
            b'[' => weight += 4,
            b'{' => weight += 8,
            _ => {}
        }
    }
    weight
}

/// What follows the text whose first quote has been taken.
fn after_text(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', rest) {
        let escaped = rest.get(at) == Some(&b'\\');
        let skipped = at + 1 + usize::from(escaped);
        rest = rest.get(skipped..).unwrap_or_default();
        if !escaped {
            return rest;
        }
    }
    &[]
}

fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// An entry `{kid, rawData, country?, certificateType?, thumbprint?}`, which
/// two forms share.
fn read_certificate_entry(source: &Source, entry: &Value, typed: bool) -> Entry {
    Entry {
        kid: entry.get("kid").and_then(Value::as_str).map(Into::into),
        outcome: read_found(source, entry, typed),
    }
}

fn read_found(source: &Source, entry: &Value, typed: bool) -> Result<Found, ProblemKind> {
    let member = |name| entry.get(name).filter(|value| !value.is_null());
    match member("certificateType") {
        None if !typed => {}
        Some(Value::String(kind)) if kind == "DSC" => {}
        Some(Value::String(kind)) => {
            return Err(ProblemKind::NotADocumentSigner {
                certificate_type: shown(kind),
            });
        }
        _ => {
            return Err(ProblemKind::Member {
                name: "certificateType",
                expected: "a text",
            });
        }
    }
    let kid = declared_kid(entry)?.map(Kid::from_base64).transpose()?;
    let raw = member("rawData")
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name: "rawData",
            expected: "a text",
        })?;
    let der = decode_base64(raw).ok_or(ProblemKind::Base64 { name: "rawData" })?;
    let mut found = source.listed_certificate(kid, &der)?;
    if let Some(country) = member("country").and_then(Value::as_str)
        && !country.is_empty()
    {
        found.key.country = Some(shown(country).into());
    }
    if let Some(thumbprint) = member("thumbprint").and_then(Value::as_str)
        && let Some(certificate) = found.key.certificate()
        && !thumbprint.eq_ignore_ascii_case(&hex(&certificate.sha256()))
    {
        found.notes.push(ProblemKind::ThumbprintMismatch);
    }
    Ok(found)
}
