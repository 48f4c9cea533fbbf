//! Opens a document: its signature first.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::detect::{self, Cms};
use super::{
    Detached, DocumentBytes, DocumentError, DocumentFormat, OWN_TYPES, SignedDocument,
    content_type, identity,
};
use crate::Timestamp;
use crate::codec::instant::{self, Claims};
use crate::codec::text::{decode_base64, hex, shown};
use crate::crypto::{Algorithm, PublicKey};
use crate::envelope::cms::{CmsError, SignedData};
use crate::envelope::cose::CoseSign1;
use crate::envelope::signature::{Hash, Scheme, check_key, is_signed};
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::json;
use crate::trust::jws::{self, Profile};
use crate::trust::limits::LoadLimits;
use crate::trust::list::{at, de};
use crate::trust::signed::{Dates, Signed};

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
    anchor.check()?;
    check_key(anchor.public_key()).map_err(|_| LoadError::Signature)?;
    let (content, dates) = reader.read(format, &bytes)?;
    Ok(SignedDocument {
        content,
        format,
        identity: identity(purpose, anchor, common_name),
        also: Vec::new(),
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
               to be: have its maker sign it again",
};
const NOT_COSE: LoadError = LoadError::Form {
    expected: "a COSE_Sign1 with a protected header",
};
const NOT_CLAIMS: LoadError = LoadError::Form {
    expected: "a document whose claims are one map, and nothing around it",
};
const BY_NAME: LoadError = LoadError::Form {
    expected: "a COSE_Sign1 whose protected header names claims, types and crit by their \
               registered numbers alone",
};
const AUDIENCE: LoadError = LoadError::Form {
    expected: "a document for everyone: this one says whom it is for (aud), and others must \
               not take it",
};

impl Reader<'_> {
    fn read<'a>(&self, format: DocumentFormat, bytes: &DocumentBytes<'a>) -> Result<Opened<'a>> {
        use DocumentFormat as F;
        let chained = matches!(format, F::Jws | F::Cms | F::CmsDetached | F::CmsInJson);
        if self.common_name.is_some() && !chained {
            let fault = "a signature of this form brings no certificates";
            return Err(LoadError::Chain { fault }.into());
        }
        let content = bytes.content;
        let detached = match bytes.detached {
            Some(Detached::Content(detached) | Detached::Digest(detached)) => detached,
            None => &[],
        };
        match format {
            F::Hcert => self.own(content),
            F::CoseSign1 => self.cose(content),
            F::CoseOfDigest => {
                let anchors = core::slice::from_ref(self.anchor);
                let (claims, _) = at::verify(content, detached, anchors)?;
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
            F::CmsDetached => {
                let cms = detect::cms(detached).ok_or(DocumentError::Unrecognised)?;
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
                self.verify(content, detached)?;
                Ok((content.into(), Dates::default()))
            }
            F::SignatureOfDigest => {
                let digest = hex(&Sha256::digest(content));
                let signs = |text: &str| self.verify(text.as_bytes(), detached);
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
        let own = at::number(&header, 3).and_then(|found| found.as_text());
        // Of our own type, and not in our own form.
        if own.is_some_and(|name| name.starts_with(OWN_TYPES)) {
            return Err(NOT_DETERMINISTIC.into());
        }
        let content = match at::number(&header, 3) {
            None => Content::Any,
            Some(found) => Content::of_type(found).ok_or_else(|| {
                let number = at::int(&header, 3).map(|number| number.to_string());
                let found = found.as_text().map(Into::into).or(number);
                self.other_purpose(&found.unwrap_or_default())
            })?,
        };
        // RFC 9596: what the whole is. Nothing of a purpose, either.
        let content = match at::number(&header, 16) {
            None => content,
            Some(found) => match (found.as_text(), at::int(&header, 16)) {
                (_, Some(61)) => Content::Claims,
                (Some(name), _) if name.eq_ignore_ascii_case("application/cwt") => Content::Claims,
                (_, Some(18)) => content,
                (name, number) => {
                    let number = number.map(|number| number.to_string());
                    let found = name.map(Into::into).or(number);
                    return Err(self.other_purpose(&found.unwrap_or_default()));
                }
            },
        };
        let claims = cose_claims(&cose, content, bytes)?;
        Ok((cose.unverified_payload().to_vec().into(), dates(claims)?))
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
        let is_jwt = jws.header.get("typ").and_then(Value::as_str);
        let is_jwt = is_jwt.is_some_and(|name| name.eq_ignore_ascii_case("JWT"));
        let claims = self.json_claims(&jws.payload, is_jwt)?;
        Ok((jws.payload.into(), dates(claims)?))
    }

    /// Those of a JSON object. Where the header says that there are claims, or
    /// an array of one or a text hides them, nothing else is opened.
    fn json_claims(&self, payload: &[u8], is_jwt: bool) -> Result<Claims> {
        let text = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload);
        let read = json::parse(text, &self.limits);
        match (text.trim_ascii_start().first(), read) {
            (_, Ok(Value::Object(claims))) => Ok(Claims::of_json(&claims)?),
            (_, Ok(other)) if is_jwt || hides_claims(&other, 0) => Err(NOT_CLAIMS.into()),
            (Some(b'{'), Err(error)) => Err(error.into()),
            (_, Err(error)) if is_jwt => Err(error.into()),
            // Content of another kind: a list of rules, for instance.
            _ => Ok(Claims::default()),
        }
    }

    fn cms<'a>(&self, bytes: &'a [u8]) -> Result<Opened<'a>> {
        let cms = detect::cms(bytes).ok_or(DocumentError::Unrecognised)?;
        let dates = {
            let parsed = SignedData::parse(cms.bytes())?;
            // A signature without its content, which has to be given with it.
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

    /// A detached signature.
    fn verify(&self, message: &[u8], detached: &[u8]) -> Result<()> {
        let is_text =
            |b: &u8| b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"+/=-_".contains(b);
        let decoded = match detached.iter().all(is_text) {
            true => decode_base64(detached).ok_or(LoadError::Signature)?,
            false => detached.to_vec(),
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
    matches!(
        without_application(&name),
        "json" | "cbor" | "cwt" | "octet-stream"
    )
}

fn without_application(name: &str) -> &str {
    name.strip_prefix("application/").unwrap_or(name)
}

fn is_jose(name: &str) -> bool {
    ["JOSE", "JWT"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// What a signed header says that a payload is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Nothing, or that it is CBOR: a CWT has no type as a rule.
    Any,
    Claims,
    /// Text or octets, which have no claims in numbers.
    Other,
}

impl Content {
    /// Types that say nothing of a purpose; in COSE also the registered numbers
    /// of CoAP (RFC 7252 §12.3).
    fn of_type(found: &ciborium::Value) -> Option<Self> {
        let number = found.as_integer().map(i128::from);
        let name = found.as_text().map(str::to_ascii_lowercase);
        let name = name.as_deref().filter(|name| is_general(name));
        match (number, name.map(without_application)) {
            (Some(60), _) | (_, Some("cbor")) => Some(Self::Any),
            (Some(61), _) | (_, Some("cwt")) => Some(Self::Claims),
            (Some(42 | 50), _) | (_, Some(_)) => Some(Self::Other),
            _ => None,
        }
    }
}

/// Claims of a document that names nobody as its reader (RFC 7519 §4.1.3).
fn dates(claims: Claims) -> Result<Dates> {
    match claims.audience {
        true => Err(AUDIENCE.into()),
        false => Ok(claims.into()),
    }
}

fn cose_claims(cose: &CoseSign1, content: Content, bytes: &[u8]) -> Result<Claims> {
    if cose.has_parameters_by_name() {
        return Err(BY_NAME.into());
    }
    let in_header = match instant::member(cose.protected(), 15) {
        None => Claims::default(),
        Some(claims) => Claims::of_cbor(claims)?.ok_or(NOT_CLAIMS)?,
    };
    // Nobody signed the tag: it may have been taken away or put there. So it
    // makes nothing a CWT, and what it contradicts is not opened.
    let tagged = matches!(bytes, [0xd8, 0x3d, ..]);
    let in_payload = cbor_claims(cose.unverified_payload(), content, tagged)?;
    Ok(in_header.and(in_payload)?)
}

/// What a COSE_Sign1 says of its time of which nobody checks the signature: it
/// ends all the same.
#[cfg(feature = "revocation")]
pub(crate) fn unverified_dates(cose: &CoseSign1) -> Result<Dates> {
    let header = at::parse(cose.protected(), &crate::Limits::default()).ok_or(NOT_COSE)?;
    let content = match at::number(&header, 3) {
        None => Content::Any,
        Some(found) => Content::of_type(found).unwrap_or(Content::Other),
    };
    dates(cose_claims(cose, content, &[])?)
}

/// What a payload in CBOR says of its time. `tagged`: as an unsigned tag has
/// it, it is a CWT.
fn cbor_claims(payload: &[u8], content: Content, tagged: bool) -> Result<Claims> {
    match (payload.first(), content) {
        (_, Content::Other) if !tagged => Ok(Claims::default()),
        (_, Content::Other) => Err(NOT_CLAIMS.into()),
        (Some(0xa0..=0xbb | 0xbf), _) => {
            let claims = Claims::of_cbor(payload)?;
            Ok(claims.ok_or(NOT_CLAIMS)?)
        }
        _ if tagged || content == Content::Claims || instant::hides_claims(payload) => {
            Err(NOT_CLAIMS.into())
        }
        _ => Ok(Claims::default()),
    }
}

/// Claims of a time in an array of one, or as a text.
fn hides_claims(value: &Value, layer: u8) -> bool {
    match value {
        Value::Object(claims) => Claims::of_json(claims).map_or(true, |c| !c.is_empty()),
        // Nobody wraps content so often.
        Value::Array(_) | Value::String(_) if layer > 8 => true,
        Value::Array(all) => matches!(&all[..], [one] if hides_claims(one, layer + 1)),
        Value::String(text) => {
            let read = crate::codec::json::parse(text.as_bytes());
            read.is_ok_and(|inside| hides_claims(&inside, layer + 1))
        }
        _ => false,
    }
}
