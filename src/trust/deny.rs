//! Keys that no trust list can vouch for.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::LoadError;
use super::key::{Kid, KidError, TrustedKey};
use super::list::json;
use super::source::LoadLimits;
use super::text::hex;
use crate::Timestamp;
use crate::crypto::PublicKey;

/// Why a text is not a [`DenyList`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DenyError {
    /// Not JSON, too large, or a member stands twice.
    #[error(transparent)]
    Json(#[from] LoadError),
    /// Not `{"deny": […]}`.
    #[error("not an object with one member, `deny`, which is an array of objects")]
    Form,
    /// A member that no entry has. Ignored, a misspelt word would deny less
    /// than its writer meant.
    #[error("entry {position}: the unknown member `{name}`")]
    UnknownMember {
        /// The entry's place, from 0.
        position: usize,
        /// The member's name.
        name: String,
    },
    /// A member is not what it has to be.
    #[error("entry {position}: the member `{name}` is not {expected}")]
    Member {
        /// The entry's place, from 0.
        position: usize,
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// Neither key, nor certificate, nor kid.
    #[error("entry {position} names neither `key` nor `certificate` nor `kid`")]
    NothingNamed {
        /// The entry's place, from 0.
        position: usize,
    },
}

impl DenyError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Form => "deny-form",
            Self::UnknownMember { .. } => "deny-unknown-member",
            Self::Member { .. } => "deny-member",
            Self::NothingNamed { .. } => "deny-nothing-named",
        }
    }
}

/// One entry of a [`DenyList`]: which keys, and which of their signatures.
///
/// A key or certificate is named by SHA-256. All that an entry says has to
/// apply: a kid next to a key narrows it to the key under that kid.
///
/// ```
/// use hcert::Timestamp;
/// use hcert::trust::Denial;
/// # use p256::pkcs8::EncodePublicKey;
/// # let der = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key().to_public_key_der().unwrap();
/// # let key = hcert::crypto::PublicKey::from_spki_der(der.as_bytes()).unwrap();
/// let leaked = Denial::of_key(&key)
///     .signed_after(Timestamp::parse("2021-10-26T00:00:00Z")?)
///     .because("the key leaked");
/// assert_eq!(leaked.reason(), Some("the key leaked"));
/// # Ok::<(), hcert::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Denial {
    kid: Option<Kid>,
    key: Option<[u8; 32]>,
    certificate: Option<[u8; 32]>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    reason: Option<String>,
}

impl Denial {
    const fn of_nothing() -> Self {
        Self {
            kid: None,
            key: None,
            certificate: None,
            after: None,
            before: None,
            reason: None,
        }
    }

    /// All that this key signs, under any kid and certificate.
    pub fn of_key(key: &PublicKey) -> Self {
        Self::of_fingerprint(key.fingerprint())
    }

    /// All that the key with this [`PublicKey::fingerprint`] signs: SHA-256
    /// over its SubjectPublicKeyInfo, a P-256 point uncompressed.
    pub fn of_fingerprint(sha256: [u8; 32]) -> Self {
        Self {
            key: Some(sha256),
            ..Self::of_nothing()
        }
    }

    /// What is verified with this certificate, by SHA-256 over its DER. The
    /// same key under another kid is not meant: to deny a key that leaked,
    /// deny [the key](Self::of_key).
    pub fn of_certificate(sha256: [u8; 32]) -> Self {
        Self {
            certificate: Some(sha256),
            ..Self::of_nothing()
        }
    }

    /// What any key under this kid signs. Other issuers may have the same kid:
    /// narrow it [to a key](Self::only_key) where the key is known. Keys that
    /// are listed under other kids as well are denied under these, too, as a
    /// kid that is not in the protected header can be exchanged for another.
    pub fn of_kid(kid: Kid) -> Self {
        Self {
            kid: Some(kid),
            ..Self::of_nothing()
        }
    }

    /// Only under this kid. It is no defence where issuers put the kid into the
    /// unprotected header and the key is listed under another one as well.
    pub fn only_kid(mut self, kid: Kid) -> Self {
        self.kid = Some(kid);
        self
    }

    /// Only this key, by its [`PublicKey::fingerprint`].
    pub fn only_key(mut self, sha256: [u8; 32]) -> Self {
        self.key = Some(sha256);
        self
    }

    /// Only signatures later than this, by the certificate's `iat`; one
    /// without a usable `iat` counts as later. **Whoever holds a leaked key
    /// can write an earlier date**: this spares the certificates of honest
    /// holders, and stops no careful forger.
    pub fn signed_after(mut self, time: Timestamp) -> Self {
        self.after = Some(within_reach(time));
        self
    }

    /// Only signatures earlier than this, by the certificate's `iat`; one
    /// without a usable `iat` counts as earlier.
    pub fn signed_before(mut self, time: Timestamp) -> Self {
        self.before = Some(within_reach(time));
        self
    }

    /// Says why, for those who read the verdict. Don't name a person here.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Why, if it says so.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    pub(super) fn is_of_kid_alone(&self) -> bool {
        self.key.is_none() && self.certificate.is_none()
    }

    /// Whether this speaks of the key at all.
    fn names(&self, key: &TrustedKey, fingerprint: &[u8; 32]) -> bool {
        let fits = |named: &Option<[u8; 32]>, has: Option<&[u8; 32]>| {
            named.as_ref().is_none_or(|named| Some(named) == has)
        };
        self.kid.as_ref().is_none_or(|kid| kid == key.kid())
            && fits(&self.key, Some(fingerprint))
            && fits(&self.certificate, key.certificate_sha256())
    }

    /// Whether this speaks of a signature of that date.
    pub(crate) fn covers(&self, issued_at: Option<Timestamp>) -> bool {
        let within = |bound: Option<Timestamp>, past: fn(Timestamp, Timestamp) -> bool| match (
            bound, issued_at,
        ) {
            (Some(bound), Some(at)) => past(at, bound),
            _ => true,
        };
        within(self.after, |at, bound| at > bound) && within(self.before, |at, bound| at < bound)
    }
}

/// Keys and certificates that are not to be relied upon, whatever trust lists
/// hold them: the verdict is [`Revoked`](crate::verify::Outcome::Revoked).
///
/// As JSON, for [`from_json`](Self::from_json):
///
/// ```
/// use hcert::trust::{DenyList, TrustStore};
/// let list = DenyList::from_json(br#"{"deny": [
///     {"kid": "Rjene8QvRwA=", "why": "its private key is published"},
///     {"key": "03ba204e50d126e4674c005e04d82e84c21366780af1f43bd54a37816b6ab340",
///      "signedAfter": "2021-10-26T00:00:00Z"}
/// ]}"#)?;
/// assert_eq!(list.len(), 2);
/// let mut builder = TrustStore::builder();
/// builder.deny(list);
/// # Ok::<(), hcert::trust::DenyError>(())
/// ```
///
/// Members of an entry: `key` (SHA-256 over the SubjectPublicKeyInfo, 64
/// hexadecimal digits), `certificate` (SHA-256 over its DER, likewise), `kid`
/// (base64): at least one of the three; `signedAfter`, `signedBefore` (RFC
/// 3339, or a number of seconds since 1970), `why` (text).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DenyList(Vec<Denial>);

impl DenyList {
    /// A list without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the JSON form, up to 64 MiB and 100,000 entries.
    pub fn from_json(json: &[u8]) -> Result<Self, DenyError> {
        let limits = LoadLimits::default();
        if json.len() > limits.input_bytes {
            return Err(DenyError::Json(LoadError::TooLarge {
                bytes: json.len(),
                max: limits.input_bytes,
            }));
        }
        let value = json::parse(json, &limits)?;
        let entries = value.as_object().filter(|object| object.len() == 1);
        let entries = entries
            .and_then(|object| object.get("deny")?.as_array())
            .ok_or(DenyError::Form)?;
        if entries.len() > limits.entries {
            return Err(DenyError::Json(LoadError::TooManyEntries {
                entries: entries.len(),
                max: limits.entries,
            }));
        }
        let read = |(position, entry): (usize, &Value)| {
            let entry = entry.as_object().ok_or(DenyError::Form)?;
            read_entry(position, entry)
        };
        let entries = entries.iter().enumerate().map(read);
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// Writes the JSON form.
    pub fn to_json(&self) -> String {
        let entries: Vec<Value> = self.0.iter().map(write_entry).collect();
        let mut object = Map::new();
        object.insert("deny".into(), entries.into());
        Value::Object(object).to_string()
    }

    /// Adds an entry.
    pub fn push(&mut self, denial: Denial) {
        self.0.push(denial);
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &Denial> {
        self.0.iter()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A certificate is issued in the years 1970 to 9999, if at all: bounds beyond
/// say the same as their ends.
fn within_reach(time: Timestamp) -> Timestamp {
    const AFTER_LAST: i64 = 253_402_300_800;
    Timestamp::from_seconds(time.seconds().clamp(-1, AFTER_LAST))
}

/// The entries by what they name, as there may be many, and many keys.
pub(super) struct DenyIndex {
    by_digest: HashMap<[u8; 32], Vec<Arc<Denial>>>,
    by_kid: HashMap<Kid, Vec<Arc<Denial>>>,
}

impl DenyIndex {
    pub(super) fn new(list: DenyList) -> Self {
        let (mut by_digest, mut by_kid) =
            (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for denial in list.0 {
            let denial = Arc::new(denial);
            match (denial.key.or(denial.certificate), &denial.kid) {
                (Some(digest), _) => by_digest.entry(digest).or_default().push(denial),
                (None, Some(kid)) => by_kid.entry(kid.clone()).or_default().push(denial),
                (None, None) => {}
            }
        }
        Self { by_digest, by_kid }
    }

    /// The entries that speak of the key.
    pub(super) fn naming(&self, key: &TrustedKey) -> Vec<Arc<Denial>> {
        let fingerprint = key.public_key().fingerprint();
        let digests = [Some(&fingerprint), key.certificate_sha256()];
        let by_digest = digests.into_iter().flatten();
        let by_digest = by_digest.filter_map(|digest| self.by_digest.get(digest));
        let candidates = by_digest.chain(self.by_kid.get(key.kid())).flatten();
        let naming = candidates.filter(|d| d.names(key, &fingerprint));
        naming.cloned().collect()
    }
}

impl FromIterator<Denial> for DenyList {
    fn from_iter<T: IntoIterator<Item = Denial>>(denials: T) -> Self {
        Self(denials.into_iter().collect())
    }
}

impl Extend<Denial> for DenyList {
    fn extend<T: IntoIterator<Item = Denial>>(&mut self, denials: T) {
        self.0.extend(denials);
    }
}

fn read_entry(position: usize, entry: &Map<String, Value>) -> Result<Denial, DenyError> {
    let mut denial = Denial::of_nothing();
    for (name, value) in entry {
        let text = value.as_str();
        let wrong = |name, expected| DenyError::Member {
            position,
            name,
            expected,
        };
        let digest = |name| {
            let digest = text.and_then(unhex);
            digest.ok_or(wrong(name, "a SHA-256, 64 hexadecimal digits"))
        };
        let time = |name| {
            let seconds = value.as_i64().map(Timestamp::from_seconds);
            let time = seconds.or_else(|| Timestamp::parse(text?).ok());
            // Milliseconds, which would deny nothing, are beyond that.
            let time = time.filter(|time| within_reach(*time) == *time);
            time.ok_or(wrong(
                name,
                "an RFC 3339 date and time, or seconds since 1970",
            ))
        };
        match name.as_str() {
            "key" => denial.key = Some(digest("key")?),
            "certificate" => denial.certificate = Some(digest("certificate")?),
            "kid" => {
                let kid = text.ok_or(KidError::Base64).and_then(Kid::from_base64);
                denial.kid = Some(kid.map_err(|_| wrong("kid", "base64 of at most 255 bytes"))?);
            }
            "signedAfter" => denial.after = Some(time("signedAfter")?),
            "signedBefore" => denial.before = Some(time("signedBefore")?),
            "why" => denial.reason = Some(text.ok_or(wrong("why", "a text"))?.into()),
            other => {
                return Err(DenyError::UnknownMember {
                    position,
                    name: super::text::shown(other),
                });
            }
        }
    }
    match (&denial.key, &denial.certificate, &denial.kid) {
        (None, None, None) => Err(DenyError::NothingNamed { position }),
        _ => Ok(denial),
    }
}

fn write_entry(denial: &Denial) -> Value {
    use base64::Engine;
    let mut entry = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            entry.insert(name.into(), value.into());
        }
    };
    let base64 = |kid: &Kid| base64::engine::general_purpose::STANDARD.encode(kid.as_bytes());
    put("key", denial.key.map(|digest| hex(&digest)));
    put("certificate", denial.certificate.map(|digest| hex(&digest)));
    put("kid", denial.kid.as_ref().map(base64));
    put("why", denial.reason.clone());
    for (name, time) in [
        ("signedAfter", denial.after),
        ("signedBefore", denial.before),
    ] {
        if let Some(time) = time {
            // RFC 3339 ends with the year 9999.
            let value = match Timestamp::parse(&time.to_string()) {
                Ok(_) => time.to_string().into(),
                Err(_) => time.seconds().into(),
            };
            entry.insert(name.into(), value);
        }
    }
    entry.into()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}
