//! One rule of the EU's format.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::acceptance::{AffectedValue, OpenReason, RuleOutcome, RuleResult, Texts};
use super::certlogic::{EvalLimits, Expression, Value};
use super::version::Version;
use crate::Timestamp;

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuleKind {
    /// What the country of arrival asks for.
    Acceptance,
    /// What the issuing country withdrew, wherever the certificate is shown.
    Invalidation,
}

impl RuleKind {
    /// `acceptance` or `invalidation`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Invalidation => "invalidation",
        }
    }
}

/// The certificates that a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateType {
    /// All of them.
    General,
    /// Vaccinations.
    Vaccination,
    /// Tests.
    Test,
    /// Recoveries.
    Recovery,
}

impl CertificateType {
    /// `general`, `vaccination`, `test` or `recovery`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Vaccination => "vaccination",
            Self::Test => "test",
            Self::Recovery => "recovery",
        }
    }
}

/// A rule of a country: the members of the EU gateway's
/// `validation-rule.schema.json`.
#[derive(Clone, PartialEq)]
pub struct Rule {
    pub(super) identifier: String,
    pub(super) version: Version,
    pub(super) kind: RuleKind,
    pub(super) country: String,
    pub(super) region: Option<String>,
    pub(super) certificate_type: CertificateType,
    pub(super) schema_version: Version,
    pub(super) valid_from: Timestamp,
    pub(super) valid_to: Timestamp,
    pub(super) description: Texts,
    pub(super) affected_fields: Vec<String>,
    /// Or why it can't be evaluated.
    pub(super) logic: Result<Expression, OpenReason>,
    pub(super) asks: Asks,
}

/// At what a rule looks of which a certificate may have several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asks {
    pub issuer: bool,
    pub kid: bool,
}

impl Asks {
    /// Of these, or of something in which they stand.
    pub fn of(logic: &Expression) -> Self {
        let any = |name: &str| {
            let holds = |path: &str| matches!(path, "" | "external") || path.starts_with(name);
            logic.paths().into_iter().any(holds)
        };
        Self {
            issuer: any("external.issuerCountryCode"),
            kid: any("external.kid"),
        }
    }
}

impl Rule {
    /// What it is called in all its versions, such as `VR-CH-0001`.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Which version it is.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Acceptance or invalidation.
    pub fn kind(&self) -> RuleKind {
        self.kind
    }

    /// The country whose rule it is (ISO 3166-1 alpha-2, in capitals).
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The region of the country, if it is for one alone.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The certificates that it is for.
    pub fn certificate_type(&self) -> CertificateType {
        self.certificate_type
    }

    /// The version of the DCC schema that it is written for.
    pub fn schema_version(&self) -> Version {
        self.schema_version
    }

    /// The first instant at which it is in force.
    pub fn valid_from(&self) -> Timestamp {
        self.valid_from
    }

    /// The last instant at which it is in force.
    pub fn valid_to(&self) -> Timestamp {
        self.valid_to
    }

    /// Whether it is in force then, both ends included.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        (self.valid_from..=self.valid_to).contains(&at)
    }

    /// What it asks for, in the languages that its maker wrote; control
    /// characters are escaped.
    pub fn description(&self) -> &Texts {
        &self.description
    }

    /// The members of the payload that it looks at, such as `v.0.dn`.
    pub fn affected_fields(&self) -> impl Iterator<Item = &str> {
        self.affected_fields.iter().map(String::as_str)
    }

    /// Its logic, or why it can't be evaluated.
    pub fn expression(&self) -> Result<&Expression, &OpenReason> {
        self.logic.as_ref()
    }

    /// What its logic says of this data, `{"payload": …, "external": …}`,
    /// whatever the country, the time and the type of certificate.
    /// [`RuleSet::evaluate`](super::RuleSet::evaluate) puts the data together
    /// and takes the rules that apply.
    pub fn evaluate(&self, data: &Value, limits: &EvalLimits) -> RuleOutcome {
        let expression = match &self.logic {
            Ok(expression) => expression,
            Err(reason) => return RuleOutcome::Open(reason.clone()),
        };
        match expression.evaluate(data, limits) {
            Ok(Value::Bool(true)) => RuleOutcome::Passed,
            Ok(Value::Bool(false)) => RuleOutcome::Failed,
            Ok(other) => RuleOutcome::Open(OpenReason::NotBoolean {
                found: other.kind(),
            }),
            Err(error) => RuleOutcome::Open(OpenReason::Evaluation(error)),
        }
    }

    pub(super) fn result(&self, outcome: RuleOutcome, payload: &Value) -> RuleResult {
        let affected = self.affected_fields.iter();
        RuleResult {
            identifier: self.identifier.clone(),
            version: Some(self.version.to_string()),
            description: self.description.clone(),
            outcome,
            affected: affected
                .filter_map(|f| affected_value(f, payload))
                .collect(),
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} {})", self.identifier, self.version)
    }
}

/// What stands at a path such as `v.0.dn`. `None` for a group or an entry,
/// which is more than a value.
fn affected_value(field: &str, payload: &Value) -> Option<AffectedValue> {
    let found = field.split('.').try_fold(payload, |at, name| match at {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => at.get(name),
    });
    let value = match found.unwrap_or(&Value::Null) {
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => return None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_json()),
    };
    let field = field.to_owned();
    Some(AffectedValue { field, value })
}
