//! What the rules of a place say of a certificate.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::certlogic::EvalError;
use super::version::Version;
use crate::Timestamp;

/// Whether a certificate is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// At least one rule applies, and all that apply are satisfied.
    Accepted,
    /// A rule is not satisfied.
    Refused,
    /// No rule is broken, and it can't be shown that the certificate is
    /// accepted: a rule could not be evaluated, or none applies.
    Open,
}

impl Decision {
    /// `accepted`, `refused` or `open`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Open => "open",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why nothing can be said, of one rule or of the whole.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenReason {
    /// The rule set has no rule for such a certificate there and then.
    #[error("no rule of {country}{} is for a {certificate} on {at}", region.as_ref().map(|r| format!(", {r}")).unwrap_or_default())]
    NoRules {
        /// The country of arrival.
        country: String,
        /// The region of it that was asked for.
        region: Option<String>,
        /// The type of certificate.
        certificate: &'static str,
        /// The time that was asked for.
        at: Timestamp,
    },
    /// The rule's expression fails on this certificate.
    #[error("the rule can't be evaluated: {0}")]
    Evaluation(EvalError),
    /// The rule's expression gives something else than true or false.
    #[error("the rule gives {found}, not true or false")]
    NotBoolean {
        /// The type of the result.
        found: &'static str,
    },
    /// The rule needs another engine, or a later version, than this one.
    #[error("the rule needs {engine} {version}; this crate supports {known}")]
    Engine {
        /// The rule's engine.
        engine: String,
        /// Its version.
        version: String,
        /// What is known here.
        known: &'static str,
    },
    /// The rule's logic is not an expression.
    #[error("the rule can't be read: {0}")]
    Logic(super::certlogic::ExpressionError),
    /// The EU's rules are for the EU DCC.
    #[error("the rules are for an eu-dcc, not for a {found}")]
    Payload {
        /// The kind of the payload.
        found: &'static str,
    },
    /// The rule is written for another version of the schema than that of the
    /// certificate.
    #[error("the rule is written for schema {wanted}, the certificate has {}", found.map_or("none that can be read".into(), |v| v.to_string()))]
    SchemaVersion {
        /// The rule's.
        wanted: Version,
        /// The certificate's (`ver`), if it can be read.
        found: Option<Version>,
    },
    /// Nothing says who issued the certificate, and so whether the rule
    /// withdraws it.
    #[error("the issuing country is not known")]
    NoIssuer,
    /// The certificate will have expired.
    #[error("the certificate expires at {expires_at}, before {at}")]
    Expired {
        /// The last instant at which it holds.
        expires_at: Timestamp,
        /// The time that was asked for.
        at: Timestamp,
    },
    /// The certificate does not hold yet.
    #[error("the certificate holds from {starts_at}, after {at}")]
    NotYetValid {
        /// When it was issued, or from when it holds.
        starts_at: Timestamp,
        /// The time that was asked for.
        at: Timestamp,
    },
    /// A recognition policy is for another country, or for certain regions.
    #[error("the policy is for {country}{}", if regions.is_empty() { String::new() } else { format!(", {}", regions.join(", ")) })]
    OtherPlace {
        /// The policy's country.
        country: String,
        /// Its regions; with none it is for all of the country.
        regions: Vec<String>,
    },
    /// A recognition policy is for another time.
    #[error("the policy is for arrivals from {} until before {}, not for {at}", .period.from, .period.until)]
    NotInForce {
        /// The times that it is for.
        period: super::Period,
        /// The time that was asked for.
        at: Timestamp,
    },
    /// What tells whether the issuer is recognised is not known.
    #[error("the {fact} of the issuer is not known")]
    IssuerUnknown {
        /// `domain`, `participant`, `country` or `authority`.
        fact: &'static str,
    },
    /// The certificate has more entries than are looked at.
    #[error("the certificate has {entries} entries, more than {max}")]
    TooManyEntries {
        /// How many it has.
        entries: usize,
        /// The most that are looked at.
        max: usize,
    },
    /// A record that nobody verified is of a version that is not known: it
    /// could mean something else.
    #[error("the record is of a version that is not known")]
    UnknownVersion,
    /// A record that nobody verified is about nobody.
    #[error("the record names nobody: there is no name to compare with")]
    HolderUnnamed,
    /// The signer's key is listed under more kids, or by more countries, than a
    /// rule that looks at them is asked about.
    #[error("the signer's key has {found} {of}, more than {max}")]
    TooManyNames {
        /// `kids` or `countries`.
        of: &'static str,
        /// How many it has.
        found: usize,
        /// The most that are looked at.
        max: usize,
    },
    /// The certificate has no entry.
    #[error("the certificate has no entry")]
    NothingStated,
}

impl OpenReason {
    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRules { .. } => "no-rules",
            Self::Evaluation(_) => "rule-evaluation",
            Self::NotBoolean { .. } => "rule-not-boolean",
            Self::Engine { .. } => "rule-engine",
            Self::Logic(_) => "rule-logic",
            Self::Payload { .. } => "rules-payload",
            Self::SchemaVersion { .. } => "rule-schema-version",
            Self::NoIssuer => "rule-no-issuer",
            Self::Expired { .. } => "expired-on-arrival",
            Self::NotYetValid { .. } => "not-valid-on-arrival",
            Self::OtherPlace { .. } => "policy-other-place",
            Self::NotInForce { .. } => "policy-not-in-force",
            Self::IssuerUnknown { .. } => "issuer-unknown",
            Self::TooManyEntries { .. } => "too-many-entries",
            Self::UnknownVersion => "record-version-unknown",
            Self::HolderUnnamed => "record-holder-unnamed",
            Self::TooManyNames { .. } => "too-many-names",
            Self::NothingStated => "nothing-stated",
        }
    }
}

/// How one rule ended.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RuleOutcome {
    /// The certificate satisfies it.
    Passed,
    /// The certificate does not.
    Failed,
    /// It can't be said.
    Open(OpenReason),
}

impl RuleOutcome {
    /// `passed`, `failed` or `open`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Open(_) => "open",
        }
    }
}

/// A text in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts(Arc<[(String, String)]>);

impl Texts {
    /// From pairs of a language (BCP 47) and a text.
    pub(crate) fn new(texts: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(texts.into_iter().collect())
    }

    /// The text in that language (BCP 47; a text in `de` serves who asks for
    /// `de-CH`), else in English, else the first; empty if there is none.
    pub fn get(&self, language: &str) -> &str {
        let primary = |tag: &str| tag.split('-').next().map(str::to_ascii_lowercase);
        let exact = |wanted: &str| {
            let found = self.0.iter().find(|(l, _)| l.eq_ignore_ascii_case(wanted));
            let near = || self.0.iter().find(|(l, _)| primary(l) == primary(wanted));
            found.or_else(near)
        };
        let found = exact(language).or_else(|| exact("en"));
        found.or(self.0.first()).map_or("", |(_, text)| text)
    }

    /// All of them: language and text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(l, t)| (l.as_str(), t.as_str()))
    }
}

/// A member of the certificate that a rule looks at, and what it says there.
///
/// `Debug` leaves out the value, which is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct AffectedValue {
    pub(crate) field: String,
    pub(crate) value: Option<String>,
}

impl AffectedValue {
    /// The path in the payload, such as `v.0.dn`; `signer.country` and the like
    /// for what the trust list says of the key.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What the certificate says there; `None` if it says nothing.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl fmt::Debug for AffectedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AffectedValue({}, redacted)", self.field)
    }
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleResult {
    pub(crate) identifier: String,
    pub(crate) version: Option<String>,
    pub(crate) description: Texts,
    pub(crate) outcome: RuleOutcome,
    pub(crate) affected: Vec<AffectedValue>,
}

impl RuleResult {
    /// The rule, such as `VR-CH-0001`.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Its version, if it has one.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// What the rule asks for, in the languages that its maker wrote.
    pub fn description(&self) -> &Texts {
        &self.description
    }

    /// How it ended.
    pub fn outcome(&self) -> &RuleOutcome {
        &self.outcome
    }

    /// What the rule looks at, with what the certificate says there.
    pub fn affected(&self) -> &[AffectedValue] {
        &self.affected
    }
}

/// Whether a certificate is accepted in one place at one time, and what each
/// rule says.
///
/// `Debug` shows nothing about the holder.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Acceptance {
    decision: Decision,
    reason: Option<OpenReason>,
    results: Vec<RuleResult>,
}

impl Acceptance {
    /// The rules hold together: each has to be satisfied.
    pub(crate) fn of(results: Vec<RuleResult>, none: impl FnOnce() -> OpenReason) -> Self {
        let failed = |r: &RuleResult| r.outcome == RuleOutcome::Failed;
        let open = results.iter().find_map(|result| match &result.outcome {
            RuleOutcome::Open(reason) => Some(reason.clone()),
            _ => None,
        });
        let (decision, reason) = match open {
            _ if results.iter().any(failed) => (Decision::Refused, None),
            Some(reason) => (Decision::Open, Some(reason)),
            None if results.is_empty() => (Decision::Open, Some(none())),
            None => (Decision::Accepted, None),
        };
        Self {
            decision,
            reason,
            results,
        }
    }

    /// The same, but open where it would be accepted, if there is a reason.
    pub(crate) fn unless(mut self, reason: Option<OpenReason>) -> Self {
        if self.decision == Decision::Accepted && reason.is_some() {
            (self.decision, self.reason) = (Decision::Open, reason);
        }
        self
    }

    /// Nothing can be said at all.
    pub(crate) fn open(reason: OpenReason) -> Self {
        Self {
            decision: Decision::Open,
            reason: Some(reason),
            results: Vec::new(),
        }
    }

    pub(crate) fn into_results(self) -> Vec<RuleResult> {
        self.results
    }

    /// Where two ask: both have to accept.
    ///
    /// ```
    /// # use hcert::{Timestamp, rules::{Arrival, Decision, RuleSet, Subject}};
    /// # let subject = Subject::unverified(r#"{"ver": "1.3.0", "v": [{"dn": 2, "sd": 2}]}"#)?;
    /// # let arrival = Arrival::new("XX", Timestamp::parse("2021-10-01T12:00:00Z")?);
    /// # let (rules, more) = (RuleSet::from_json(b"[]")?, RuleSet::from_json(b"[]")?);
    /// let both = rules.evaluate(&subject, &arrival).and(more.evaluate(&subject, &arrival));
    /// assert_eq!(both.decision(), Decision::Open, "neither has a rule");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn and(mut self, other: Self) -> Self {
        let either = |decision| self.decision == decision || other.decision == decision;
        let decisions = [Decision::Refused, Decision::Open];
        self.decision = decisions
            .into_iter()
            .find(|decision| either(*decision))
            .unwrap_or(Decision::Accepted);
        self.reason = match self.decision {
            Decision::Open => self.reason.or(other.reason),
            _ => None,
        };
        self.results.extend(other.results);
        self
    }

    /// Accepted, refused, or open.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Whether it is accepted: an open question is no.
    pub fn is_accepted(&self) -> bool {
        self.decision == Decision::Accepted
    }

    /// Why the question is open: of several reasons the first.
    pub fn reason(&self) -> Option<&OpenReason> {
        self.reason.as_ref()
    }

    /// Each rule that applies, and what it says.
    pub fn results(&self) -> &[RuleResult] {
        &self.results
    }

    /// The rules that are not satisfied.
    pub fn failed(&self) -> impl Iterator<Item = &RuleResult> {
        let failed = |r: &&RuleResult| r.outcome == RuleOutcome::Failed;
        self.results.iter().filter(failed)
    }
}
