//! What is wrong with a document of rules, or remarkable about it.

use alloc::format;
use alloc::string::String;
use core::fmt;

use super::acceptance::OpenReason;
use super::certlogic::JsonError;
use super::rule::CertificateType;
use super::version::Version;
use crate::Timestamp;

/// Why no rule set can be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleSetError {
    /// Longer than [`RuleLimits::max_bytes`](super::RuleLimits::max_bytes).
    #[error("{document}: {bytes} bytes, more than {max}")]
    TooLong {
        /// The label of the document.
        document: String,
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// More rules than [`RuleLimits::max_rules`](super::RuleLimits::max_rules).
    #[error("{document}: with its rules there are more than {max}")]
    TooManyRules {
        /// The label of the document.
        document: String,
        /// The limit.
        max: usize,
    },
    /// Not UTF-8.
    #[error("{document}: not UTF-8")]
    NotUtf8 {
        /// The label of the document.
        document: String,
    },
    /// Not JSON.
    #[error("{document}: {error}")]
    Json {
        /// The label of the document.
        document: String,
        /// What is wrong.
        error: JsonError,
    },
    /// JSON, but no document of rules.
    #[error(
        "{document}: neither a rule, nor an array of rules, nor an object with the array `rules`"
    )]
    NotRules {
        /// The label of the document.
        document: String,
    },
    /// The list of the rules that there are, as the gateway and national
    /// services give it: names and hashes, and nothing to evaluate.
    #[error(
        "{document}: an index of {entries} rules, `[{{identifier, version, country, hash}}]`, \
         without the rules themselves: fetch each of them (`/rules/{{country}}/{{hash}}` of the same \
         service), and give these"
    )]
    Index {
        /// The label of the document.
        document: String,
        /// How many rules it names.
        entries: usize,
    },
    /// A rule of which nobody can say whom it concerns. None of the document
    /// is taken.
    #[error("{document}: rule {number}{}: {fault}", identifier.as_ref().map(|i| format!(" ({i})")).unwrap_or_default())]
    Rule {
        /// The label of the document.
        document: String,
        /// Which rule, from 1.
        number: usize,
        /// Its identifier, if that can be read.
        identifier: Option<String>,
        /// What is wrong.
        fault: RuleFault,
    },
    /// Two rules that differ have the same identifier and version.
    #[error("duplicate rule {identifier} {version}, with different content")]
    Conflict {
        /// Their identifier.
        identifier: String,
        /// Their version.
        version: Version,
    },
}

impl RuleSetError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "rules-too-long",
            Self::TooManyRules { .. } => "rules-too-many",
            Self::NotUtf8 { .. } => "rules-not-utf8",
            Self::Json { error, .. } => error.code(),
            Self::NotRules { .. } => "rules-not-rules",
            Self::Index { .. } => "rules-index",
            Self::Rule { fault, .. } => fault.code(),
            Self::Conflict { .. } => "rules-conflict",
        }
    }
}

/// Why it can't be said whom a rule concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleFault {
    /// Not a JSON object.
    #[error("not an object")]
    NotObject,
    /// A member is absent or not what it has to be.
    #[error("the member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// Germany's notes to holders (`BNR-DE-…`), which say nothing of whom a
    /// country accepts.
    #[error(
        "a booster notification rule: it tells the holder when another dose is due, and not who is \
         accepted; give acceptance and invalidation rules"
    )]
    BoosterNotification,
    /// The identifier names another country.
    #[error("`Identifier` and `Country` disagree")]
    Country,
    /// The identifier of an invalidation rule begins with `IR`, and no other.
    #[error("`Identifier` and `Type` disagree")]
    Kind,
    /// It is never in force.
    #[error("`ValidFrom` ({valid_from}) is not before `ValidTo` ({valid_to})")]
    Period {
        /// From when.
        valid_from: Timestamp,
        /// Until when.
        valid_to: Timestamp,
    },
}

impl RuleFault {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotObject => "rule-not-object",
            Self::Member { .. } => "rule-member",
            Self::BoosterNotification => "rule-booster-notification",
            Self::Country => "rule-country",
            Self::Kind => "rule-kind",
            Self::Period { .. } => "rule-period",
        }
    }
}

/// Something remarkable about a rule that was loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleProblem {
    pub(super) document: String,
    pub(super) identifier: String,
    pub(super) version: Version,
    pub(super) kind: RuleProblemKind,
}

impl RuleProblem {
    /// The label of the document.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The rule, such as `VR-CH-0001`.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// What it is.
    pub fn kind(&self) -> &RuleProblemKind {
        &self.kind
    }

    /// A stable identifier of the kind.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            identifier,
            version,
            kind,
        } = self;
        write!(f, "{document}: {identifier} {version}: {kind}")
    }
}

/// What is remarkable about a rule. It was loaded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleProblemKind {
    /// It can't be evaluated: where it applies, nothing is accepted.
    #[error("{0}")]
    Unusable(OpenReason),
    /// The identifier begins as that of a rule for other certificates.
    #[error("the identifier is not one of a rule for {}", .certificate_type.code())]
    Prefix {
        /// What it is for by its `CertificateType`, which counts.
        certificate_type: CertificateType,
    },
    /// There is no description in English, or a description can't be read.
    #[error("the description lacks English, or can't be read")]
    Description,
    /// The affected fields are absent, or can't be read.
    #[error("the affected fields are absent, or can't be read")]
    AffectedFields,
    /// A member that the format does not have.
    #[error("the unknown member `{name}`")]
    UnknownMember {
        /// Its name, shortened.
        name: String,
    },
    /// The same rule was there already.
    #[error("duplicate rule")]
    Repeated,
}

impl RuleProblemKind {
    /// A stable identifier of the kind.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unusable(reason) => reason.code(),
            Self::Prefix { .. } => "rule-prefix",
            Self::Description => "rule-description",
            Self::AffectedFields => "rule-affected-fields",
            Self::UnknownMember { .. } => "rule-unknown-member",
            Self::Repeated => "rule-repeated",
        }
    }
}
