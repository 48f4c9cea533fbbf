//! The JSON inside a health link (`ShlPayload`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{HealthLinkError, HealthLinkKey};
use crate::Timestamp;
use crate::codec::names;
use crate::deviation::{Deviation, DeviationCode};
use crate::time::LAST_SECOND;

/// Written without padding, read with it.
pub(super) const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest label, in characters.
const LONGEST_LABEL: usize = 80;

#[derive(Clone, PartialEq, Default)]
pub(super) struct Payload {
    pub url: String,
    pub key: Option<HealthLinkKey>,
    pub expires_at: Option<Timestamp>,
    pub flags: String,
    pub label: Option<String>,
    pub version: Option<u32>,
}

impl Payload {
    pub fn decode(
        encoded: &str,
        at: &str,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, HealthLinkError> {
        let mut note = |code| deviations.push(Deviation::new(code, at));
        if encoded.ends_with('=') {
            note(DeviationCode::LinkPadding);
        }
        let json = BASE64URL
            .decode(encoded)
            .map_err(|_| HealthLinkError::Base64)?;
        let Members {
            members,
            other_end,
            other_version,
        } = serde_json::from_slice(&json).map_err(|error| {
            // The visitor refuses a second member, and nothing else of an object.
            if error.is_data() && json.trim_ascii_start().starts_with(b"{") {
                HealthLinkError::MemberTwice
            } else {
                HealthLinkError::Json
            }
        })?;
        if other_end || members.get("exp").is_some_and(Value::is_null) {
            return Err(HealthLinkError::Expiry);
        }
        let mut member = |name: &str| match members.get(name) {
            Some(Value::Null) => {
                deviations.push(Deviation::new(DeviationCode::SchemaType, path(at, name)));
                None
            }
            other => other,
        };
        let (url, key, exp) = (member("url"), member("key"), member("exp"));
        let (flag, label, version) = (member("flag"), member("label"), member("v"));
        let mut read = Reader { at, deviations };
        if other_version {
            read.note(DeviationCode::LinkVersion, "v");
        }
        Ok(Self {
            url: read.url(url)?,
            key: read.key(key),
            expires_at: exp.map(|exp| read.expiry(exp)).transpose()?,
            flags: read.flags(flag),
            label: read.label(label),
            version: version
                .map_or(Some(1), |version| read.version(version))
                .filter(|_| !other_version),
        })
    }

    pub fn to_json(&self) -> String {
        let key = self.key.as_ref();
        let members = [
            ("url", Some(Value::from(self.url.as_str()))),
            ("key", key.map(|k| BASE64URL.encode(k.as_bytes()).into())),
            ("exp", self.expires_at.map(|exp| exp.seconds().into())),
            ("flag", stated(&self.flags)),
            ("label", self.label.as_deref().and_then(stated)),
        ];
        let present = members.into_iter();
        let present = present.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(present.collect()).to_string()
    }
}

fn stated(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| text.into())
}

fn path(at: &str, name: &str) -> String {
    format!("{at}.{name}").trim_start_matches('.').to_owned()
}

struct Reader<'a> {
    at: &'a str,
    deviations: &'a mut Vec<Deviation>,
}

impl Reader<'_> {
    fn note(&mut self, code: DeviationCode, name: &str) {
        self.deviations
            .push(Deviation::new(code, path(self.at, name)));
    }

    fn text<'v>(&mut self, value: Option<&'v Value>, name: &str) -> Option<&'v str> {
        let text = value?.as_str();
        if text.is_none() {
            self.note(DeviationCode::SchemaType, name);
        }
        text.filter(|text| !text.is_empty())
    }

    /// A URL that would be opened as a program or a file of the reader's is
    /// none.
    fn url(&mut self, value: Option<&Value>) -> Result<String, HealthLinkError> {
        let url = value
            .and_then(Value::as_str)
            .filter(|url| !url.contains(|c: char| c.is_control() || c.is_whitespace()))
            .ok_or(HealthLinkError::Url)?;
        let host = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(host), _) => host,
            (_, Some(host)) => {
                self.note(DeviationCode::LinkUrl, "url");
                host
            }
            _ => return Err(HealthLinkError::Url),
        };
        if host.is_empty() {
            return Err(HealthLinkError::Url);
        }
        Ok(url.to_owned())
    }

    fn key(&mut self, value: Option<&Value>) -> Option<HealthLinkKey> {
        if value.is_none() {
            self.note(DeviationCode::SchemaMissing, "key");
        }
        let text = self.text(value, "key")?;
        if text.ends_with('=') {
            self.note(DeviationCode::LinkPadding, "key");
        }
        let key = BASE64URL.decode(text).ok();
        let key: Option<[u8; 32]> = key.and_then(|key| key.try_into().ok());
        if key.is_none() {
            self.note(DeviationCode::LinkKey, "key");
        }
        key.map(HealthLinkKey::new)
    }

    /// A number (`ShlPayload`), or digits in a text (smart-trust's
    /// `HealthLinkPayload`). Beyond the year 9999 no second count is meant:
    /// issuers write milliseconds.
    fn expiry(&mut self, value: &Value) -> Result<Timestamp, HealthLinkError> {
        const LAST: f64 = LAST_SECOND as f64;
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                self.note(DeviationCode::SchemaType, "exp");
                digits.parse().ok()
            }
            _ => None,
        };
        let seconds = match number.ok_or(HealthLinkError::Expiry)? {
            // NaN and infinity are in no range.
            seconds if (0.0..=LAST).contains(&seconds) => seconds,
            millis if (LAST..=LAST * 1000.0).contains(&millis) => {
                self.note(DeviationCode::LinkMilliseconds, "exp");
                millis / 1000.0
            }
            _ => return Err(HealthLinkError::Expiry),
        };
        Ok(Timestamp::from_seconds(seconds as i64))
    }

    fn flags(&mut self, value: Option<&Value>) -> String {
        let flags = self.text(value, "flag").unwrap_or_default();
        let known = flags.chars().all(|flag| matches!(flag, 'L' | 'P' | 'U'));
        if !known || (flags.contains('P') && flags.contains('U')) {
            self.note(DeviationCode::LinkFlags, "flag");
        }
        flags.to_owned()
    }

    fn label(&mut self, value: Option<&Value>) -> Option<String> {
        let label = self.text(value, "label")?;
        if label.chars().count() > LONGEST_LABEL {
            self.note(DeviationCode::SchemaLength, "label");
        }
        Some(label.to_owned())
    }

    fn version(&mut self, value: &Value) -> Option<u32> {
        let number = match value {
            Value::String(digits) => {
                self.note(DeviationCode::SchemaType, "v");
                digits.parse().ok()
            }
            other => other.as_u64(),
        };
        if number != Some(1) {
            self.note(DeviationCode::LinkVersion, "v");
        }
        number.and_then(|number: u64| u32::try_from(number).ok())
    }
}

/// The members that are known, each once; `serde_json::Value` would take the
/// last of two.
#[derive(Default)]
struct Members {
    members: Map<String, Value>,
    /// Whether an end or a begin stands there under another name than `exp`.
    other_end: bool,
    /// Whether a version stands there under another spelling than `v`.
    other_version: bool,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members, A::Error> {
        let mut read = Members::default();
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "url" | "key" | "exp" | "flag" | "label" | "v" => {
                    let value = members.next_value()?;
                    if read.members.insert(name, value).is_some() {
                        return Err(A::Error::custom("duplicate member"));
                    }
                }
                _ => {
                    read.other_end |= names::is_name(&name);
                    read.other_version |= names::is_like(&name, &["v"]);
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}
