//! Keys that no trust list can vouch for.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use super::error::LoadError;
use super::json;
use crate::Timestamp;
use crate::codec::json::LeanMembers as Members;
use crate::codec::json::write::{WriteJson, object};
use crate::codec::text::unhex;
use crate::crypto::kid::Kid;
use crate::crypto::kid::KidError;
use crate::crypto::{CertificateDigest, KeyFingerprint, PublicKey};
use crate::time::LAST_SECOND;
use crate::trust::limits::LoadLimits;

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
    /// The member `kid` is base64, and this one consists of hexadecimal digits,
    /// as messages print a kid. Taken for base64 it would deny nothing.
    #[error(
        "entry {position}: the member `kid` is base64, and this one may be hexadecimal: name it as `kidHex`, or add the padding"
    )]
    AmbiguousKid {
        /// The entry's place, from 0.
        position: usize,
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
            Self::AmbiguousKid { .. } => "deny-kid-ambiguous",
            Self::NothingNamed { .. } => "deny-nothing-named",
        }
    }
}

/// One entry of a [`DenyList`]: which keys, and which of their signatures.
///
/// A key or certificate is named by SHA-256. All that an entry says has to
/// apply to one key: a kid next to a certificate means a key that has both.
///
/// A key that is named is denied in **all its listings**. It has these names:
/// its [fingerprint](PublicKey::fingerprint); each certificate under which a
/// list has it; each kid under which a list has it, the kids of these
/// certificates ([`Kid::of_certificate`]), and [`Kid::of_public_key`]. Which of
/// its listings a certificate leads to proves nothing: in some lists nobody
/// signed the kid, and in some certificates neither.
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
    key: Option<KeyFingerprint>,
    certificate: Option<CertificateDigest>,
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
    pub fn of_fingerprint(fingerprint: KeyFingerprint) -> Self {
        Self {
            key: Some(fingerprint),
            ..Self::of_nothing()
        }
    }

    /// All that the key of this certificate signs, by SHA-256 over its DER:
    /// under any kid, and in other certificates as well, as no signature tells
    /// which of them was meant. The store has to have the certificate, or its
    /// SHA-256 from a snapshot: to deny a key whatever a list says of it, deny
    /// [the key](Self::of_key).
    pub fn of_certificate(digest: CertificateDigest) -> Self {
        Self {
            certificate: Some(digest),
            ..Self::of_nothing()
        }
    }

    /// What any key with this kid signs. Other issuers may have the same kid:
    /// narrow it [to a key](Self::only_key) where the key is known. A kid that a
    /// list alone gives to a key, and no certificate, is gone with the list:
    /// name the key where you can.
    pub fn of_kid(kid: Kid) -> Self {
        Self {
            kid: Some(kid),
            ..Self::of_nothing()
        }
    }

    /// Only if the key has this kid, among others.
    pub fn only_kid(mut self, kid: Kid) -> Self {
        self.kid = Some(kid);
        self
    }

    /// Only this key, by its [`PublicKey::fingerprint`].
    pub fn only_key(mut self, fingerprint: KeyFingerprint) -> Self {
        self.key = Some(fingerprint);
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

    /// Whether this speaks of the key at all.
    fn is_of(&self, names: &Names) -> bool {
        let kid = self.kid.as_ref();
        let certificate = self.certificate.as_ref();
        kid.is_none_or(|kid| names.kids.contains(kid))
            && self.key.is_none_or(|key| key == names.key)
            && certificate.is_none_or(|digest| names.certificates.contains(digest))
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

impl fmt::Display for Denial {
    /// What it names: `kid 4637a77bc42f4700, key 03ba…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            ("kid", self.kid.as_ref().map(|kid| kid.to_string())),
            ("key", self.key.map(|key| key.to_string())),
            ("certificate", self.certificate.map(|of| of.to_string())),
        ];
        let named = named
            .into_iter()
            .filter_map(|(what, name)| Some((what, name?)));
        for (n, (what, name)) in named.enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            write!(f, "{comma}{what} {name}")?;
        }
        Ok(())
    }
}

impl WriteJson for Denial {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("kid", &self.kid);
            object.put("key", &self.key.map(|key| key.to_string()));
            let certificate = self.certificate.map(|of| of.to_string());
            object.put("certificate", &certificate);
            object.put("signed_after", &self.after);
            object.put("signed_before", &self.before);
            object.put("why", &self.reason());
        });
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
/// (base64) or `kidHex` (hexadecimal, as messages print a kid): at least one of
/// these; `signedAfter`, `signedBefore` (RFC 3339, or a number of seconds since
/// 1970), `why` (text). A `kid` that could be hexadecimal is refused
/// ([`DenyError::AmbiguousKid`]).
///
/// What names no key of a store is in
/// [`LoadReport::unmatched_denials`](super::LoadReport::unmatched_denials).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DenyList(Vec<Denial>);

impl DenyList {
    /// A list without entries.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Reads the JSON form, up to 64 MiB and 100,000 entries.
    pub fn from_json(json: &[u8]) -> Result<Self, DenyError> {
        let limits = LoadLimits::default();
        LoadError::check_size(json, limits.input_bytes)?;
        let value = json::parse_lean_into::<Denial>(json, &limits)?;
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
        let mut denials = Vec::with_capacity(entries.len());
        for (position, entry) in entries.iter().enumerate() {
            let entry = entry.as_object().ok_or(DenyError::Form)?;
            denials.push(read_entry(position, entry)?);
        }
        Ok(Self(denials))
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
    Timestamp::from_seconds(time.seconds().clamp(-1, LAST_SECOND + 1))
}

/// All names of a key.
pub(super) struct Names {
    pub(super) key: KeyFingerprint,
    pub(super) kids: Vec<Kid>,
    pub(super) certificates: Vec<CertificateDigest>,
}

/// The entries by what they name, as there may be many, and many keys.
pub(super) struct DenyIndex {
    denials: Vec<(Arc<Denial>, bool)>,
    by_digest: BTreeMap<[u8; 32], Vec<usize>>,
    by_kid: BTreeMap<Kid, Vec<usize>>,
}

impl DenyIndex {
    pub(super) fn new(list: DenyList) -> Self {
        let (mut by_digest, mut by_kid) =
            (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for (place, denial) in list.0.iter().enumerate() {
            let key = denial.key.map(|key| *key.as_bytes());
            let certificate = denial.certificate.map(|of| *of.as_bytes());
            match (key.or(certificate), &denial.kid) {
                (Some(digest), _) => by_digest.entry(digest).or_default().push(place),
                (None, Some(kid)) => by_kid.entry(kid.clone()).or_default().push(place),
                (None, None) => {}
            }
        }
        let denials = list.0.into_iter().map(|denial| (Arc::new(denial), false));
        Self {
            denials: denials.collect(),
            by_digest,
            by_kid,
        }
    }

    /// The entries that speak of the key, in their order.
    pub(super) fn naming(&mut self, names: &Names) -> Vec<Arc<Denial>> {
        let certificates = names.certificates.iter().map(CertificateDigest::as_bytes);
        let digests = certificates.chain([names.key.as_bytes()]);
        let by_digest = digests.filter_map(|digest| self.by_digest.get(digest));
        let by_kid = names.kids.iter().filter_map(|kid| self.by_kid.get(kid));
        let places: BTreeSet<usize> = by_digest.chain(by_kid).flatten().copied().collect();
        let mut naming = Vec::new();
        for place in places {
            if let Some((denial, matched)) = self.denials.get_mut(place)
                && denial.is_of(names)
            {
                *matched = true;
                naming.push(denial.clone());
            }
        }
        naming
    }

    /// The entries that spoke of no key.
    pub(super) fn unmatched(self) -> Vec<Denial> {
        let unmatched = self.denials.into_iter().filter(|(_, matched)| !matched);
        unmatched.map(|(denial, _)| (*denial).clone()).collect()
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

fn read_entry(position: usize, entry: &Members) -> Result<Denial, DenyError> {
    let mut denial = Denial::of_nothing();
    for (name, value) in entry.iter() {
        let text = value.as_str();
        let wrong = |name, expected| DenyError::Member {
            position,
            name,
            expected,
        };
        const DIGEST: &str = "a SHA-256, 64 hexadecimal digits";
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
        match name {
            "key" => {
                let key = text.and_then(|text| text.parse().ok());
                denial.key = Some(key.ok_or(wrong("key", DIGEST))?);
            }
            "certificate" => {
                let certificate = text.and_then(|text| text.parse().ok());
                denial.certificate = Some(certificate.ok_or(wrong("certificate", DIGEST))?);
            }
            "kid" | "kidHex" if denial.kid.is_some() => {
                return Err(wrong("kidHex", "the only kid of its entry"));
            }
            "kid" if text.is_some_and(may_be_hex) => {
                return Err(DenyError::AmbiguousKid { position });
            }
            "kid" => {
                let kid = text.ok_or(KidError::Base64).and_then(Kid::from_base64);
                denial.kid = Some(kid.map_err(|_| wrong("kid", "base64 of at most 255 bytes"))?);
            }
            "kidHex" => {
                let bytes = text.and_then(unhex);
                let kid = bytes.and_then(|bytes| Kid::new(bytes).ok());
                let expected = "pairs of hexadecimal digits, of at most 255 bytes";
                denial.kid = Some(kid.ok_or(wrong("kidHex", expected))?);
            }
            "signedAfter" => denial.after = Some(time("signedAfter")?),
            "signedBefore" => denial.before = Some(time("signedBefore")?),
            "why" => denial.reason = Some(text.ok_or(wrong("why", "a text"))?.into()),
            other => {
                return Err(DenyError::UnknownMember {
                    position,
                    name: crate::codec::text::shown(other),
                });
            }
        }
    }
    // Between such bounds no signature lies, and the entry would deny nothing.
    if let (Some(after), Some(before)) = (denial.after, denial.before)
        && before <= after.plus(1)
    {
        let (name, expected) = (
            "signedBefore",
            "later than `signedAfter` by two seconds or more",
        );
        return Err(DenyError::Member {
            position,
            name,
            expected,
        });
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
    put("key", denial.key.map(|key| key.to_string()));
    put("certificate", denial.certificate.map(|of| of.to_string()));
    let (mut kid, mut kid_hex) = (denial.kid.as_ref().map(base64), None);
    if kid.as_deref().is_some_and(may_be_hex) {
        kid = None;
        kid_hex = denial.kid.as_ref().map(Kid::to_string);
    }
    put("kid", kid);
    put("kidHex", kid_hex);
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

/// Whether somebody may have meant hexadecimal digits by it, however they were
/// grouped. No kid in use has fewer than 3 bytes.
fn may_be_hex(text: &str) -> bool {
    let is_separator = |c: char| c.is_ascii_whitespace() || matches!(c, '-' | '_' | ':');
    let text = text.trim();
    let text = ["0x", "0X", "x"]
        .into_iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let mut digits = text.chars().filter(|c| !is_separator(*c)).peekable();
    let is_hex = digits.peek().is_some() && digits.clone().all(|c| c.is_ascii_hexdigit());
    is_hex && digits.count() >= 6
}
