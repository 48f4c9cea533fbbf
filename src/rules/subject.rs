//! The certificate that rules are asked about.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ciborium::Value as Cbor;

use super::acceptance::OpenReason;
use super::arrival::Arrival;
use super::certlogic::{JsonError, Value};
use super::country;
use super::rule::{Asks, CertificateType, Rule, RuleKind};
use super::version::Version;
use crate::Timestamp;
use crate::format::{Claims, TimeClaim};
use crate::record::PayloadKind;
use crate::trust::Kid;
use crate::verify::Verified;

/// A certificate in the form in which rules look at it: made once, asked about
/// often.
///
/// Rules see the payload, the issuing country, `iat`, `exp` and the key
/// identifier. `Debug` shows nothing of them.
///
/// A key that is listed under several kids, or by several countries, is shown
/// under each to the rules that look at them, and the worst outcome counts. Beyond
/// 16 such a rule is open
/// ([`TooManyNames`](super::OpenReason::TooManyNames)).
///
/// # The issuing country
///
/// Of a verified certificate it is the country of the signer's key, which the
/// trust list gives, in alpha-2 also where the list has alpha-3 (in the WHO's
/// network that of the participant); never what the certificate claims. A
/// different `iss` is taken for an issuer of its own where a table has it for
/// keys of that country: `GG` (Guernsey) under a key of `GB`. `UK` and `EL`, as
/// the EU writes them, are `GB` and `GR` wherever a country is named. Of a key
/// whose country is not known nobody can say, so that rules that look at the country are open, and those with which any country
/// withdraws its certificates, too
/// ([`dangerously_believe_issuer`](Self::dangerously_believe_issuer)).
#[derive(Clone)]
#[must_use]
pub struct Subject {
    /// Or the kind of payload that no EU rule is for.
    dcc: Result<Dcc, PayloadKind>,
    /// `iss`, if it is a country.
    claimed: Option<String>,
    issuer: Issuer,
    /// When the signer's certificate is valid.
    signer_valid: Option<(Timestamp, Timestamp)>,
    issued_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    /// Each under which the signer's key is listed: which of them a certificate
    /// states, its holder may have chosen.
    kids: Vec<Kid>,
    verified_at: Option<Timestamp>,
}

/// What is known of who issued it.
#[derive(Clone, PartialEq)]
enum Issuer {
    /// Nothing is, and nobody verified the certificate.
    Unstated,
    /// A country, by the caller's word or by the claims of a certificate that
    /// nobody verified.
    Stated(String),
    /// The signer's key is of no known country.
    Unknown,
    /// Of the key's country by the listings that vouch for it, or the issuers
    /// that use it there; and each country of any of its listings.
    Key {
        issuers: Vec<String>,
        countries: Vec<String>,
    },
}

#[derive(Clone)]
pub(super) struct Dcc {
    pub payload: Value,
    /// Of the groups that have an entry; one by the specification.
    pub types: Vec<CertificateType>,
    /// Of the group that has most; one by the specification.
    pub entries: usize,
    /// `ver`, if it can be read.
    schema_version: Option<Version>,
}

/// Why a payload is none that rules can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectError {
    /// Not JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Neither of the groups `v`, `t` and `r` is an array with an entry.
    #[error("the payload states no vaccination, test or recovery")]
    NoEntry,
}

impl SubjectError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::NoEntry => "dcc-no-entry",
        }
    }
}

impl From<&Verified> for Subject {
    fn from(verified: &Verified) -> Self {
        let mut subject = Self::unverified_claims(verified.claims());
        let all = || verified.listings().chain(verified.other_listings());
        let iss = verified.claims().issuer().unwrap_or_default();
        let issuer_of = |country: String| {
            let issuer = country::issuer_under(iss, &country).map(str::to_owned);
            issuer.unwrap_or(country)
        };
        let sorted = |mut names: Vec<String>| {
            names.sort_unstable();
            names.dedup();
            names
        };
        let vouching = verified.listings().filter_map(country::of_key);
        let issuers = sorted(vouching.map(issuer_of).collect());
        subject.issuer = match issuers.is_empty() {
            true => Issuer::Unknown,
            false => {
                let countries = sorted(all().filter_map(country::of_key).collect());
                Issuer::Key { issuers, countries }
            }
        };
        // Each of these held when the certificate was verified: no gap between.
        let valid = verified.listings().map(|key| verified.validity_of(key));
        let whole = |a: Option<_>, b: Option<_>| {
            let ((first, last), (other_first, other_last)) = a.zip(b)?;
            let (first, last): (Timestamp, Timestamp) = (first, last);
            Some((first.min(other_first), last.max(other_last)))
        };
        subject.signer_valid = valid.reduce(whole).flatten();
        subject.kids = all().map(|key| key.kid().clone()).collect();
        subject.kids.sort_unstable();
        subject.kids.dedup();
        subject.verified_at = Some(verified.verified_at());
        subject
    }
}

impl Subject {
    /// A payload in JSON form (`{"ver", "nam", "dob", "v"|"t"|"r": […]}`) that
    /// **nobody has verified**, without claims. What is accepted of it is
    /// accepted if it is authentic.
    ///
    /// ```
    /// use hcert::rules::Subject;
    /// let payload = r#"{"ver": "1.3.0", "v": [{"dn": 2, "sd": 2}]}"#;
    /// let subject = Subject::unverified(payload)?.with_issuer("CH");
    /// assert!(!subject.is_verified());
    /// assert_eq!(Subject::unverified("{}").unwrap_err().code(), "dcc-no-entry");
    /// # Ok::<(), hcert::rules::SubjectError>(())
    /// ```
    pub fn unverified(payload_json: &str) -> Result<Self, SubjectError> {
        let dcc = Dcc::new(Value::parse(payload_json)?);
        if dcc.types.is_empty() {
            return Err(SubjectError::NoEntry);
        }
        Ok(Self {
            dcc: Ok(dcc),
            claimed: None,
            issuer: Issuer::Unstated,
            signer_valid: None,
            issued_at: None,
            not_before: None,
            expires_at: None,
            kids: Vec::new(),
            verified_at: None,
        })
    }

    /// Claims that **need not be verified**, such as those of a certificate
    /// that has expired.
    pub fn unverified_claims(claims: &Claims) -> Self {
        let dcc = match claims.payload_value() {
            Ok((PayloadKind::EuDcc, payload)) => Ok(Dcc::new(value(&payload))),
            Ok((kind, _)) => Err(kind),
            Err(_) => Ok(Dcc::new(Value::Null)),
        };
        // What is no time must not be taken for "no limit".
        let time = |claim, never| match claim {
            TimeClaim::Absent => None,
            TimeClaim::At(time) => Some(time),
            TimeClaim::Unusable => Some(Timestamp::from_seconds(never)),
        };
        let claimed = claims.issuer().and_then(country::alpha_2);
        Self {
            dcc,
            issuer: claimed.clone().map_or(Issuer::Unstated, Issuer::Stated),
            claimed,
            signer_valid: None,
            issued_at: time(claims.issued_at(), i64::MAX),
            not_before: time(claims.not_before(), i64::MAX),
            expires_at: time(claims.expires_at(), i64::MIN),
            kids: Vec::new(),
            verified_at: None,
        }
    }

    /// The issuing country (`iss`), whose invalidation rules apply.
    pub fn with_issuer(mut self, issuer: &str) -> Self {
        self.issuer = Issuer::Stated(country::own_code(issuer));
        self.verified_at = None;
        self
    }

    /// Where nothing says whose the signer's key is, takes the certificate's
    /// word for it (`iss`): whoever holds such a key chooses by whose rules the
    /// certificate is judged.
    pub fn dangerously_believe_issuer(mut self) -> Self {
        if let (Issuer::Unknown, Some(claimed)) = (&self.issuer, &self.claimed) {
            self.issuer = Issuer::Stated(claimed.clone());
        }
        self
    }

    /// When it was issued (`iat`).
    pub fn with_issued_at(mut self, issued_at: Timestamp) -> Self {
        self.issued_at = Some(issued_at);
        self.verified_at = None;
        self
    }

    /// The last instant at which it holds (`exp`).
    pub fn with_expires_at(mut self, expires_at: Timestamp) -> Self {
        self.expires_at = Some(expires_at);
        self.verified_at = None;
        self
    }

    /// The key identifier.
    pub fn with_kid(mut self, kid: Kid) -> Self {
        self.kids = vec![kid];
        self.verified_at = None;
        self
    }

    /// Whether a verifier found it valid.
    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }

    /// What it states; empty for another payload than the EU's.
    pub fn certificate_types(&self) -> &[CertificateType] {
        self.dcc.as_ref().map_or(&[], |dcc| &dcc.types)
    }

    pub(super) fn dcc(&self) -> Result<&Dcc, OpenReason> {
        self.dcc
            .as_ref()
            .map_err(|kind| OpenReason::Payload { found: kind.code() })
    }

    /// The countries that can have issued it, as far as they are known: one,
    /// but for a key that several countries list.
    fn issuers(&self) -> &[String] {
        match &self.issuer {
            Issuer::Unstated | Issuer::Unknown => &[],
            Issuer::Stated(country) => core::slice::from_ref(country),
            Issuer::Key { issuers, .. } => issuers,
        }
    }

    /// Whether the country's invalidation rules apply: those of `iss` and those
    /// of the signer, as who holds a leaked key chooses `iss`. Where the signer
    /// is not known, each country's may.
    pub(super) fn may_be_issued_by(&self, country: &str) -> bool {
        match &self.issuer {
            Issuer::Unstated | Issuer::Unknown => true,
            Issuer::Stated(known) => known == country,
            Issuer::Key { issuers, countries } => {
                let known = issuers.iter().chain(countries).chain(&self.claimed);
                known.into_iter().any(|known| known == country)
            }
        }
    }

    /// Why the certificate itself does not hold then.
    ///
    /// At the time for which it was verified it holds, whatever tolerance the
    /// verifier's policy has.
    pub(super) fn out_of_time(&self, at: Timestamp) -> Option<OpenReason> {
        if self.verified_at == Some(at) {
            return None;
        }
        match self.holds() {
            (_, Some(expires_at)) if at > expires_at => {
                Some(OpenReason::Expired { expires_at, at })
            }
            (Some(starts_at), _) if at < starts_at => {
                Some(OpenReason::NotYetValid { starts_at, at })
            }
            _ => None,
        }
    }

    /// From when to when it holds, by its claims and its signer's certificate.
    fn holds(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let (first, last) = self.signer_valid.unzip();
        let ends = [self.expires_at, last].into_iter().flatten();
        (self.issued_at.max(self.not_before).max(first), ends.min())
    }

    /// The instants at which [`out_of_time`](Self::out_of_time) changes.
    pub(super) fn edges(&self) -> impl Iterator<Item = Timestamp> {
        let (starts_at, expires_at) = self.holds();
        let verified = self.verified_at.map(|t| [t, t.plus(1)]);
        let ends = [starts_at, expires_at.map(|t| t.plus(1))];
        ends.into_iter()
            .flatten()
            .chain(verified.into_iter().flatten())
    }

    /// What these rules look at, under each kid and each country of the signer's
    /// key that they ask for.
    pub(super) fn data(
        &self,
        rules: &[&Rule],
        dcc: &Dcc,
        arrival: &Arrival,
        value_sets: &Value,
    ) -> Vec<Data> {
        let asked = |asks: fn(&Asks) -> bool, names: usize| {
            let is_asked = rules.iter().any(|rule| asks(&rule.asks));
            if is_asked && names <= MAX_NAMES {
                names
            } else {
                1
            }
        };
        let issuers = or_none(self.issuers());
        let kids = or_none(&self.kids);
        let some_issuers = asked(|asks| asks.issuer, issuers.len());
        let some_kids = asked(|asks| asks.kid, kids.len());
        let mut out = Vec::new();
        for (nth_issuer, issuer) in issuers.into_iter().take(some_issuers).enumerate() {
            for (nth_kid, kid) in kids.iter().take(some_kids).enumerate() {
                let issuer = issuer.map(String::as_str);
                out.push(Data {
                    value: self.data_under(issuer, *kid, dcc, arrival, value_sets),
                    differs: Asks {
                        issuer: nth_issuer > 0,
                        kid: nth_kid > 0,
                    },
                });
            }
        }
        out
    }

    /// Why a rule can't be asked under each name of the signer's key.
    fn too_many_names(&self, asks: Asks) -> Option<OpenReason> {
        let names = [
            ("kids", self.kids.len(), asks.kid),
            ("countries", self.issuers().len(), asks.issuer),
        ];
        let mut names = names.into_iter();
        let (of, found, _) = names.find(|(_, found, asked)| *asked && *found > MAX_NAMES)?;
        let max = MAX_NAMES;
        Some(OpenReason::TooManyNames { of, found, max })
    }

    /// `{"payload", "external"}`, the latter as the reference engine's
    /// `ExternalParameter` (eu-digital-green-certificates/dgc-certlogic-android).
    fn data_under(
        &self,
        issuer: Option<&str>,
        kid: Option<&Kid>,
        dcc: &Dcc,
        arrival: &Arrival,
        value_sets: &Value,
    ) -> Value {
        let text = |text: &str| Value::from(text);
        let time = |time: Option<Timestamp>| match time {
            Some(time) => Value::from(time.to_string()),
            None => Value::Null,
        };
        let kid = kid.map(|kid| BASE64_STANDARD.encode(kid.as_bytes()));
        let external = Value::object([
            ("validationClock", time(Some(arrival.at()))),
            ("valueSets", value_sets.clone()),
            ("countryCode", text(arrival.country())),
            ("exp", time(self.expires_at)),
            ("iat", time(self.issued_at)),
            ("issuerCountryCode", issuer.map_or(Value::Null, text)),
            ("kid", kid.map_or(Value::Null, Value::from)),
            ("region", text(arrival.region().unwrap_or_default())),
        ]);
        Value::object([("payload", dcc.payload.clone()), ("external", external)])
    }
}

/// Under how many kids, and how many countries, a rule is asked at most. Who
/// writes a list that nobody signs can list a key under any number.
const MAX_NAMES: usize = 16;

/// What a rule looks at.
pub(super) struct Data {
    pub value: Value,
    /// From the first one.
    differs: Asks,
}

impl Data {
    /// Whether the rule can say of it what it doesn't say of the first one.
    pub fn counts_for(&self, rule: &Rule) -> bool {
        let Asks { issuer, kid } = self.differs;
        (!issuer || rule.asks.issuer) && (!kid || rule.asks.kid)
    }
}

/// Each of them, or once none.
fn or_none<T>(all: &[T]) -> Vec<Option<&T>> {
    match all {
        [] => vec![None],
        all => all.iter().map(Some).collect(),
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("certificate_types", &self.certificate_types())
            .field("is_verified", &self.is_verified())
            .finish_non_exhaustive()
    }
}

impl Dcc {
    fn new(payload: Value) -> Self {
        let groups = [
            ("v", CertificateType::Vaccination),
            ("t", CertificateType::Test),
            ("r", CertificateType::Recovery),
        ];
        let some = |name| {
            payload
                .get(name)
                .and_then(Value::as_array)
                .is_some_and(|g| !g.is_empty())
        };
        let count = |(name, _)| {
            let group = payload.get(name).and_then(Value::as_array);
            group.map_or(0, <[_]>::len)
        };
        let entries = groups.into_iter().map(count).max().unwrap_or_default();
        let types = groups.into_iter().filter(|(name, _)| some(name));
        Self {
            entries,
            types: types
                .map(|(_, certificate_type)| certificate_type)
                .collect(),
            schema_version: payload
                .get("ver")
                .and_then(Value::as_str)
                .and_then(Version::parse),
            payload,
        }
    }

    /// Why no rule can be asked: it has no entry, or several of a kind. Rules
    /// look at the first one, and which one is first says nothing.
    pub fn not_one_entry(&self) -> Option<OpenReason> {
        let (entries, max) = (self.entries, 1);
        match entries {
            0 => Some(OpenReason::NothingStated),
            1 => None,
            _ => Some(OpenReason::TooManyEntries { entries, max }),
        }
    }

    /// What keeps a rule that applies from being evaluated.
    pub fn obstacle(&self, rule: &Rule, subject: &Subject) -> Option<OpenReason> {
        // Which of the issuers' rules apply can't be said, so that each may.
        let is_invalidation = rule.kind == RuleKind::Invalidation;
        let asks = || is_invalidation || rule.asks.issuer;
        let is_open = match subject.issuer {
            Issuer::Unstated => is_invalidation,
            Issuer::Unknown => asks(),
            Issuer::Stated(_) | Issuer::Key { .. } => false,
        };
        if is_open {
            return Some(OpenReason::NoIssuer);
        }
        if let Some(reason) = subject.too_many_names(rule.asks) {
            return Some(reason);
        }
        let wanted = rule.schema_version;
        let found = self.schema_version;
        let fits = found.is_some_and(|v| v.major() == wanted.major() && v >= wanted);
        (!fits).then_some(OpenReason::SchemaVersion { wanted, found })
    }
}

/// The same as [`Claims::payload_json`] read as JSON, without the members
/// whose names are no texts: no path leads to them.
fn value(cbor: &Cbor) -> Value {
    match cbor {
        Cbor::Bool(value) => Value::Bool(*value),
        Cbor::Integer(number) => {
            let number = i128::from(*number);
            match (i64::try_from(number), u64::try_from(number)) {
                (Ok(number), _) => Value::Int(number),
                (_, Ok(number)) => Value::Number(number as f64),
                _ => Value::String(number.to_string()),
            }
        }
        Cbor::Float(number) if number.is_finite() => Value::from_f64(*number),
        Cbor::Text(text) => Value::String(text.clone()),
        Cbor::Bytes(bytes) => Value::String(BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        Cbor::Array(items) => Value::Array(items.iter().map(value).collect()),
        Cbor::Map(members) => Value::object(
            members
                .iter()
                .filter_map(|(key, member)| Some((key.as_text()?, value(member)))),
        ),
        Cbor::Tag(_, inner) => value(inner),
        _ => Value::Null,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::codec::cbor_json::to_json;
    use alloc::boxed::Box;
    use ciborium::cbor;

    #[test]
    fn the_payload_is_the_same_as_through_json() {
        let mut payload = cbor!({
            "ver" => "1.3.0", "text" => "äöü\n\"", "null" => null, "yes" => true,
            "numbers" => [0, -1, i64::MAX, i64::MIN, u64::MAX, 1.0, 1.5, 1e300, -0.0],
            "nested" => {"a" => [{"b" => {}}, []], "" => ""},
        })
        .unwrap();
        if let Cbor::Map(members) = &mut payload {
            let lowest = Cbor::Integer((-1 - i128::from(u64::MAX)).try_into().unwrap());
            let others = [
                Cbor::Bytes(vec![0xfb, 0xef, 0xff]),
                Cbor::Tag(0, Box::new(Cbor::from("2021-05-30T10:12:22Z"))),
                Cbor::Float(f64::NAN),
                Cbor::Float(f64::INFINITY),
                lowest,
            ];
            members.push((Cbor::from("others"), Cbor::Array(others.into())));
        }
        let json = to_json(&payload).to_string();
        // The order of the members is another one.
        let sorted = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
        assert_eq!(
            sorted(&value(&payload).to_json()),
            sorted(&Value::parse(&json).unwrap().to_json())
        );
    }

    #[test]
    fn a_member_is_not_hidden_behind_a_key_that_looks_like_it() {
        let members = [
            (Cbor::from(1), Cbor::Null),
            (Cbor::from("1"), Cbor::from(2)),
        ];
        let value = value(&Cbor::Map(members.into()));
        assert_eq!(value.get("1"), Some(&Value::Int(2)));
    }
}
