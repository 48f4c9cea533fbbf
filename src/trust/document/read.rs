//! Opens a document: its signature first.

use std::borrow::Cow;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::detect::{self, Cms};
use super::{
    Beside, DocumentBytes, DocumentError, DocumentFormat, OWN_TYPES, SignedDocument, content_type,
    identity,
};
use crate::Timestamp;
use crate::crypto::{Algorithm, PublicKey};
use crate::format::hc1::cose::CoseSign1;
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::list::cms::{CmsError, SignedData};
use crate::trust::list::jws::{self, Profile};
use crate::trust::list::{at, de, json};
use crate::trust::signature::{Hash, Scheme, is_signed, is_strong};
use crate::trust::signed::{Dates, Signed};
use crate::trust::source::LoadLimits;
use crate::trust::text::{decode_base64, hex, shown};

type Result<T> = core::result::Result<T, DocumentError>;

/// What is read of a document, its signature checked.
type Opened<'a> = (Cow<'a, [u8]>, Dates);

pub(super) fn open<'a>(
    purpose: &str,
    bytes: DocumentBytes<'a>,
    anchor: &Anchor,
    common_name: Option<&str>,
) -> Result<SignedDocument<'a>> {
    let expected = content_type(purpose)?;
    let format = bytes.format().ok_or(DocumentError::Unrecognised)?;
    let reader = Reader {
        expected,
        anchor,
        common_name,
        at: bytes.fetched_at,
        limits: LoadLimits::default(),
    };
    if !is_strong(anchor.public_key()) {
        return Err(LoadError::Signature.into());
    }
    let (content, dates) = reader.read(format, &bytes)?;
    Ok(SignedDocument {
        content,
        format,
        identity: identity(purpose, anchor, common_name),
        issued_at: dates.issued_at,
        expires_at: dates.expires_at,
        fetched_at: bytes.fetched_at,
    })
}

struct Reader<'k> {
    /// The content type for the purpose.
    expected: String,
    anchor: &'k Anchor,
    common_name: Option<&'k str>,
    /// When certificates have to be valid.
    at: Option<Timestamp>,
    limits: LoadLimits,
}

const NOT_DOCUMENT: LoadError = LoadError::Form {
    expected: "a signed document in deterministic CBOR",
};
const NOT_DETERMINISTIC: LoadError = LoadError::Form {
    expected: "in deterministic CBOR (shortest heads, keys in order), as what this crate signs has \
               to be: have its maker sign it anew",
};
const NOT_COSE: LoadError = LoadError::Form {
    expected: "a COSE_Sign1 with a protected header",
};
const NOT_TIME: LoadError = LoadError::Form {
    expected: "a document whose dates are numbers of seconds",
};

impl Reader<'_> {
    fn read<'a>(&self, format: DocumentFormat, bytes: &DocumentBytes<'a>) -> Result<Opened<'a>> {
        use DocumentFormat as F;
        let chained = matches!(format, F::Jws | F::Cms | F::CmsBeside | F::CmsInJson);
        if self.common_name.is_some() && !chained {
            let fault = "a signature of this form brings no certificates";
            return Err(LoadError::Chain { fault }.into());
        }
        let content = bytes.content;
        let beside = match bytes.beside {
            Some(Beside::Content(beside) | Beside::Digest(beside)) => beside,
            None => &[],
        };
        match format {
            F::Hcert => self.own(content),
            F::CoseSign1 => self.cose(content),
            F::CoseOfDigest => {
                let anchors = core::slice::from_ref(self.anchor);
                let (claims, _) = at::verify(content, beside, anchors)?;
                let dates = Dates {
                    issued_at: claims.issued_at,
                    expires_at: claims.expires_at,
                };
                Ok((content.into(), dates))
            }
            F::Jws => self.jws(content),
            F::SignatureLine => {
                let (signature, rest) = de::split(content).ok_or(DocumentError::Unrecognised)?;
                let signed = de::signed_part(rest, &signature, self.anchor);
                let content = signed.ok_or(LoadError::Signature)?;
                Ok((content.into(), Dates::default()))
            }
            F::Cms => self.cms(content),
            F::CmsBeside => {
                let cms = detect::cms(beside).ok_or(DocumentError::Unrecognised)?;
                let dates = self.cms_over(cms.bytes(), content)?;
                Ok((content.into(), dates))
            }
            F::CmsInJson => {
                let members = detect::payload_and_signature(content);
                let [payload, cms] = members.ok_or(DocumentError::Unrecognised)?;
                let dates = self.cms_over(&cms, &payload)?;
                Ok((payload.into(), dates))
            }
            F::Signature => {
                self.verify(content, beside)?;
                Ok((content.into(), Dates::default()))
            }
            F::SignatureOfDigest => {
                let digest = hex(&Sha256::digest(content));
                let signs = |text: &str| self.verify(text.as_bytes(), beside);
                signs(&digest).or_else(|_| signs(as_number(&digest)))?;
                Ok((content.into(), Dates::default()))
            }
        }
    }

    fn own<'a>(&self, bytes: &'a [u8]) -> Result<Opened<'a>> {
        let signed = Signed::read(bytes).map_err(|error| match error {
            LoadError::Snapshot(_) => NOT_DOCUMENT,
            other => other,
        })?;
        signed.verify(core::slice::from_ref(self.anchor))?;
        let found = signed.content_type.unwrap_or_default();
        if found != self.expected {
            return Err(self.other_purpose(found));
        }
        if signed.dates.issued_at.is_none() {
            return Err(NOT_DOCUMENT.into());
        }
        Ok((signed.payload.into(), signed.dates))
    }

    fn cose<'a>(&self, bytes: &[u8]) -> Result<Opened<'a>> {
        let limits = crate::Limits::default();
        let cose =
            CoseSign1::parse(bytes.to_vec(), &limits, &mut Vec::new()).map_err(|_| NOT_COSE)?;
        let header = at::parse(cose.protected(), &limits).ok_or(NOT_COSE)?;
        // The unprotected header is not signed.
        if at::int(&header, 1)
            .and_then(Algorithm::from_cose_id)
            .is_none()
        {
            let expected = "ES256 or PS256";
            return Err(LoadError::Algorithm { expected }.into());
        }
        let key = self.anchor.public_key();
        cose.verify(key).map_err(|_| LoadError::Signature)?;
        if let Some(found) = at::number(&header, 3) {
            // Of our own type, and not in our own form.
            if found
                .as_text()
                .is_some_and(|name| name.starts_with(OWN_TYPES))
            {
                return Err(NOT_DETERMINISTIC.into());
            }
            // Of the registered numbers of CoAP (RFC 7252 §12.3) these say
            // nothing of a purpose: octets, JSON, CBOR, CWT.
            let general = match found.as_text() {
                Some(name) => is_general(name),
                None => matches!(at::int(&header, 3), Some(42 | 50 | 60 | 61)),
            };
            if !general {
                let number = at::int(&header, 3).map(|number| number.to_string());
                let found = found.as_text().map(Into::into).or(number);
                return Err(self.other_purpose(&found.unwrap_or_default()));
            }
        }
        let payload = cose.unverified_payload();
        let mut claims = at::number(&header, 15).cloned();
        if claims.is_none() && matches!(bytes, [0xd8, 0x3d, ..]) {
            let max_items = self.limits.entries.saturating_mul(8);
            let limits = crate::Limits {
                max_items,
                ..limits
            };
            claims = Some(at::parse(payload, &limits).ok_or(NOT_COSE)?);
        }
        let time = |name| match claims.as_ref().and_then(|claims| at::number(claims, name)) {
            None => Ok(None),
            Some(value) => {
                let seconds = value.as_integer().and_then(|n| i64::try_from(n).ok());
                seconds
                    .map(Timestamp::from_seconds)
                    .map(Some)
                    .ok_or(NOT_TIME)
            }
        };
        let dates = Dates {
            issued_at: time(6)?,
            expires_at: time(4)?,
        };
        Ok((payload.to_vec().into(), dates))
    }

    fn jws<'a>(&self, text: &[u8]) -> Result<Opened<'a>> {
        let profile = Profile {
            algorithm: None,
            chain_to: self.common_name,
            at: self.at,
        };
        let anchors = core::slice::from_ref(self.anchor);
        let jws = jws::verify(text, &profile, anchors, &self.limits)?;
        for (name, general) in [("typ", is_jose as fn(&str) -> bool), ("cty", is_general)] {
            if let Some(found) = jws.header.get(name) {
                let found = found.as_str().unwrap_or_default();
                if !general(found) {
                    return Err(self.other_purpose(found));
                }
            }
        }
        let mut dates = Dates::default();
        if jws.payload.trim_ascii_start().starts_with(b"{") {
            let payload = json::parse(&jws.payload, &self.limits)?;
            dates.issued_at = numeric_date(&payload, "iat")?.or(numeric_date(&payload, "nbf")?);
            dates.expires_at = numeric_date(&payload, "exp")?;
        }
        Ok((jws.payload.into(), dates))
    }

    fn cms<'a>(&self, bytes: &'a [u8]) -> Result<Opened<'a>> {
        let cms = detect::cms(bytes).ok_or(DocumentError::Unrecognised)?;
        let dates = {
            let parsed = SignedData::parse(cms.bytes())?;
            // A signature without its content, which has to be given beside it.
            let content = parsed.content().ok_or(CmsError::Content)?;
            self.verify_cms(&parsed, content)?
        };
        let missing = DocumentError::Cms(CmsError::Content);
        let content = match cms {
            Cms::Ber(bytes) => SignedData::parse(bytes)?.into_content(),
            Cms::Base64(bytes) => {
                let content = SignedData::parse(&bytes)?.into_content();
                content.map(|content| content.into_owned().into())
            }
        };
        Ok((content.ok_or(missing)?, dates))
    }

    fn cms_over(&self, cms: &[u8], content: &[u8]) -> Result<Dates> {
        self.verify_cms(&SignedData::parse(cms)?, content)
    }

    fn verify_cms(&self, cms: &SignedData<'_>, content: &[u8]) -> Result<Dates> {
        let chain = match self.common_name {
            Some(_) => cms.claimed_chain(),
            None => Vec::new(),
        };
        if self.common_name.is_some() && chain.is_empty() {
            return Err(CmsError::SignerMissing.into());
        }
        let key = jws::signer(self.anchor, &chain, self.common_name, self.at)?;
        cms.verify(content, key)?;
        Ok(Dates {
            issued_at: cms.signing_time()?,
            expires_at: None,
        })
    }

    /// A signature that stands beside what it is over.
    fn verify(&self, message: &[u8], beside: &[u8]) -> Result<()> {
        let is_text =
            |b: &u8| b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"+/=-_".contains(b);
        let decoded = match beside.iter().all(is_text) {
            true => decode_base64(beside).ok_or(LoadError::Signature)?,
            false => beside.to_vec(),
        };
        match is_signature(self.anchor.public_key(), message, &decoded) {
            true => Ok(()),
            false => Err(LoadError::Signature.into()),
        }
    }

    fn other_purpose(&self, found: &str) -> DocumentError {
        DocumentError::Purpose {
            found: shown(found),
            expected: self.expected.clone(),
        }
    }
}

fn is_signature(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let scheme = match key.algorithm() {
        Some(Algorithm::Es256) if signature.len() == 64 => {
            return is_signed(key, Algorithm::Es256, &[message], signature);
        }
        Some(Algorithm::Es256) => Scheme::Ecdsa(Hash::Sha256),
        Some(Algorithm::Ps256) => Scheme::Pkcs1(Hash::Sha256),
        None => return false,
    };
    scheme.verify(key, message, signature).is_ok()
}

/// How the EU's service writes a digest: as a number, so without zeros at its
/// beginning; one zero comes back, if it is the only one.
fn as_number(digest: &str) -> &str {
    let number = digest.trim_start_matches('0');
    match number.len() {
        63 => digest,
        _ => number,
    }
}

/// A type of content that says nothing of what it is for. JOSE leaves the
/// `application/` out (RFC 7515 §4.1.10).
fn is_general(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("application/").unwrap_or(&name);
    matches!(name, "json" | "cbor" | "cwt" | "octet-stream")
}

fn is_jose(name: &str) -> bool {
    ["JOSE", "JWT"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// RFC 7519 §2; a fraction is cut off.
fn numeric_date(payload: &Value, name: &str) -> Result<Option<Timestamp>> {
    match payload.get(name) {
        None => Ok(None),
        Some(value) => {
            let whole = value.as_f64().filter(|n| n.is_finite());
            let seconds = value.as_i64().or(whole.map(|n| n.floor() as i64));
            let time = seconds.map(Timestamp::from_seconds);
            Ok(Some(time.ok_or(NOT_TIME)?))
        }
    }
}
