//! Rules of the EU's format, and which of them apply.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::acceptance::{Acceptance, OpenReason, RuleOutcome};
use super::arrival::Arrival;
use super::certlogic::{EvalLimits, Value};
use super::problem::{RuleProblem, RuleProblemKind, RuleSetError};
use super::read;
use super::rule::{CertificateType, Rule, RuleKind};
use super::subject::{Data, Dcc, Subject};
use super::version::Version;
use crate::record::{ValueSet, ValueSets};

/// Budgets for documents of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleLimits {
    /// Longest document, in bytes. The rules of all states together had less
    /// than 2 MB.
    pub max_bytes: usize,
    /// Most rules in a set.
    pub max_rules: usize,
    /// How much work one rule may be.
    pub evaluation: EvalLimits,
}

impl Default for RuleLimits {
    fn default() -> Self {
        Self {
            max_bytes: 4 * 1024 * 1024,
            max_rules: 5_000,
            evaluation: EvalLimits::default(),
        }
    }
}

/// The business rules of countries, as the EU's gateway distributed them.
///
/// ```
/// use hcert::Timestamp;
/// use hcert::rules::{Arrival, Decision, RuleSet, Subject};
///
/// let rules = RuleSet::from_json(br#"{
///     "Identifier": "VR-XX-0001", "Type": "Acceptance", "Country": "XX",
///     "Version": "1.0.0", "SchemaVersion": "1.0.0",
///     "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
///     "CertificateType": "Vaccination",
///     "Description": [{"lang": "en", "desc": "All doses must have been given."}],
///     "ValidFrom": "2021-07-01T00:00:00Z", "ValidTo": "2030-01-01T00:00:00Z",
///     "AffectedFields": ["v.0.dn", "v.0.sd"],
///     "Logic": {">=": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}]}
/// }"#)?;
/// let arrival = Arrival::new("XX", Timestamp::parse("2021-10-01T12:00:00Z")?);
///
/// // `Subject::from(&verified)` for a certificate that was verified.
/// let subject = Subject::unverified(r#"{"ver": "1.3.0", "v": [{"dn": 1, "sd": 2}]}"#)?;
/// let acceptance = rules.evaluate(&subject, &arrival);
/// assert_eq!(acceptance.decision(), Decision::Refused);
/// let failed = acceptance.failed().next().unwrap();
/// assert_eq!(failed.description().get("en"), "All doses must have been given.");
/// assert_eq!(failed.affected()[0].value(), Some("1"));
///
/// let elsewhere = Arrival::new("YY", arrival.at());
/// assert_eq!(rules.evaluate(&subject, &elsewhere).decision(), Decision::Open);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Which rules apply
///
/// As in the reference implementations (eu-digital-green-certificates,
/// `dgc-certlogic-android` and `-ios`), a rule applies if
///
/// - it is an acceptance rule of the country of arrival, or an invalidation
///   rule of the issuing country: that of `iss`, and that of the signer's key,
///   which whoever holds a leaked key can't choose; where the key's is not
///   known, of any country;
/// - it is for the type of certificate, or for all of them;
/// - it is in force at the time of arrival, `ValidFrom` and `ValidTo` included;
/// - of an acceptance rule, its region is the one asked for, in any case of
///   letters: who asks for none gets the rules without a region, and **who
///   asks for a region gets its rules alone**. An invalidation rule applies
///   whatever its region;
/// - of its identifier, no later version satisfies all that.
///
/// The issuing country that a rule sees (`external.issuerCountryCode`) is that
/// of the signer's key: see [`Subject`]. Where it is not known, a rule that
/// looks at it is open.
///
/// A rule whose `SchemaVersion` has another first number than the `ver` of the
/// certificate, or is later, is open: the references call it open, or not
/// satisfied.
///
/// # When a certificate is accepted
///
/// When every rule that applies is satisfied, an acceptance rule looks at each
/// kind of entry that it has (a general one suffices where the place has no
/// others), and the certificate and its signer's hold at the time of arrival.
/// Rules look at the first entry of a kind, and which one is first says
/// nothing: of a certificate with two of one kind no rule is asked, and the
/// question is open.
#[derive(Clone)]
pub struct RuleSet {
    /// By country, identifier and version.
    rules: Vec<Rule>,
    problems: Vec<RuleProblem>,
    value_sets: Value,
    evaluation: EvalLimits,
}

/// Collects rules from documents.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct RuleSetBuilder {
    limits: RuleLimits,
    rules: Vec<Rule>,
    problems: Vec<RuleProblem>,
}

impl RuleSetBuilder {
    /// Sets the budgets; for the documents that are added from then on.
    pub fn with_limits(mut self, limits: RuleLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a document: a rule, an array of rules, or an object whose one member
    /// `rules` is that array. The label says in messages where it is from.
    ///
    /// A rule of which nobody can say whom it concerns refuses the document,
    /// of which then nothing is added. A rule whose logic can't be used is
    /// added, and open wherever it applies.
    pub fn add_json(&mut self, label: &str, json: &[u8]) -> Result<&mut Self, RuleSetError> {
        let document = || label.to_owned();
        let (bytes, max) = (json.len(), self.limits.max_bytes);
        if bytes > max {
            let document = document();
            return Err(RuleSetError::TooLong {
                document,
                bytes,
                max,
            });
        }
        let text = core::str::from_utf8(json).map_err(|_| RuleSetError::NotUtf8 {
            document: document(),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value = Value::parse(text).map_err(|error| RuleSetError::Json {
            document: document(),
            error,
        })?;
        if let Some(entries) = read::index(&value) {
            let document = document();
            return Err(RuleSetError::Index { document, entries });
        }
        let found = read::document(&value).ok_or_else(|| RuleSetError::NotRules {
            document: document(),
        })?;
        let max = self.limits.max_rules;
        if self.rules.len().saturating_add(found.len()) > max {
            let document = document();
            return Err(RuleSetError::TooManyRules { document, max });
        }
        let (mut rules, mut problems) = (Vec::new(), Vec::new());
        for (at, value) in found.iter().enumerate() {
            let (rule, kinds) = read::rule(value).map_err(|fault| RuleSetError::Rule {
                document: document(),
                number: at + 1,
                identifier: read::identifier(value).map(str::to_owned),
                fault,
            })?;
            problems.extend(kinds.into_iter().map(|kind| problem(label, &rule, kind)));
            rules.push(rule);
        }
        self.rules.append(&mut rules);
        self.problems.append(&mut problems);
        Ok(self)
    }

    /// The set. Two rules of the same identifier and version have to be the
    /// same.
    pub fn build(self) -> Result<RuleSet, RuleSetError> {
        let mut problems = self.problems;
        let mut kept: BTreeMap<(String, String, Version), Rule> = BTreeMap::new();
        for rule in self.rules {
            let key = (rule.country.clone(), rule.identifier.clone(), rule.version);
            match kept.entry(key) {
                Entry::Vacant(place) => _ = place.insert(rule),
                Entry::Occupied(same) if *same.get() == rule => {
                    problems.push(problem("", &rule, RuleProblemKind::Repeated));
                }
                Entry::Occupied(_) => {
                    return Err(RuleSetError::Conflict {
                        identifier: rule.identifier,
                        version: rule.version,
                    });
                }
            }
        }
        Ok(RuleSet {
            rules: kept.into_values().collect(),
            problems,
            value_sets: value_sets(&ValueSets::builtin()),
            evaluation: self.limits.evaluation,
        })
    }
}

fn problem(document: &str, rule: &Rule, kind: RuleProblemKind) -> RuleProblem {
    RuleProblem {
        document: document.to_owned(),
        identifier: rule.identifier.clone(),
        version: rule.version,
        kind,
    }
}

impl RuleSet {
    /// An empty builder.
    pub fn builder() -> RuleSetBuilder {
        RuleSetBuilder::default()
    }

    /// The rules of one document, see [`RuleSetBuilder::add_json`].
    pub fn from_json(json: &[u8]) -> Result<Self, RuleSetError> {
        let mut builder = Self::builder();
        builder.add_json("rules", json)?;
        builder.build()
    }

    /// The value sets that rules refer to as `external.valueSets`; by default
    /// those that are [compiled in](ValueSets::builtin). A rule that needs
    /// another one is open.
    pub fn with_value_sets(mut self, sets: &ValueSets) -> Self {
        self.value_sets = value_sets(sets);
        self
    }

    /// All rules, by country, identifier and version.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The countries that have acceptance rules, in order.
    pub fn countries(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        let acceptance = self.rules.iter().filter(|r| r.kind == RuleKind::Acceptance);
        acceptance.filter_map(move |rule| {
            let country = rule.country.as_str();
            (last.replace(country) != Some(country)).then_some(country)
        })
    }

    /// What was remarkable about the rules.
    pub fn problems(&self) -> &[RuleProblem] {
        &self.problems
    }

    /// Whether the certificate is accepted there and then, and what each rule
    /// that applies says.
    pub fn evaluate(&self, subject: &Subject, arrival: &Arrival) -> Acceptance {
        let dcc = match subject.dcc() {
            Ok(dcc) => dcc,
            Err(reason) => return Acceptance::open(reason),
        };
        if let Some(reason) = dcc.not_one_entry() {
            return Acceptance::open(reason);
        }
        let selected = self.selected(dcc, subject, arrival);
        let data = subject.data(&selected, dcc, arrival, &self.value_sets);
        let results = selected.iter().map(|rule| {
            let outcome = self.outcome(rule, dcc, subject, &data);
            rule.result(outcome, &dcc.payload)
        });
        let obstacle = self.obstacle(&selected, dcc, subject, arrival);
        let none = || {
            no_rules(
                dcc.types.first().map_or("certificate", |t| t.code()),
                arrival,
            )
        };
        Acceptance::of(results.collect(), none).unless(obstacle)
    }

    /// The same as [`evaluate`](Self::evaluate), without the reasons.
    pub(super) fn accepts(&self, subject: &Subject, arrival: &Arrival) -> bool {
        let Ok(dcc) = subject.dcc() else {
            return false;
        };
        if dcc.not_one_entry().is_some() {
            return false;
        }
        let selected = self.selected(dcc, subject, arrival);
        if self.obstacle(&selected, dcc, subject, arrival).is_some() {
            return false;
        }
        let data = subject.data(&selected, dcc, arrival, &self.value_sets);
        let outcome = |rule: &&Rule| self.outcome(rule, dcc, subject, &data);
        selected
            .iter()
            .all(|rule| outcome(rule) == RuleOutcome::Passed)
    }

    /// Under several kids the outcome that is the worst.
    fn outcome(&self, rule: &Rule, dcc: &Dcc, subject: &Subject, data: &[Data]) -> RuleOutcome {
        if let Some(reason) = dcc.obstacle(rule, subject) {
            return RuleOutcome::Open(reason);
        }
        let mut worst = RuleOutcome::Passed;
        for data in data.iter().filter(|data| data.counts_for(rule)) {
            match rule.evaluate(&data.value, &self.evaluation) {
                RuleOutcome::Failed => return RuleOutcome::Failed,
                RuleOutcome::Passed => {}
                open if worst == RuleOutcome::Passed => worst = open,
                _ => {}
            }
        }
        worst
    }

    /// What forbids to accept the certificate though no rule does.
    fn obstacle(
        &self,
        selected: &[&Rule],
        dcc: &Dcc,
        subject: &Subject,
        arrival: &Arrival,
    ) -> Option<OpenReason> {
        if let Some(certificate) = self.unasked(selected, dcc, arrival) {
            return Some(no_rules(certificate, arrival));
        }
        subject.out_of_time(arrival.at())
    }

    /// What the certificate states and no acceptance rule looks at. A general
    /// rule suffices, unless the place has rules for it that are not in force.
    fn unasked(&self, selected: &[&Rule], dcc: &Dcc, arrival: &Arrival) -> Option<&'static str> {
        let of_place = |rule: &&Rule| {
            rule.kind == RuleKind::Acceptance
                && rule.country == arrival.country()
                && same_region(rule.region(), arrival.region())
        };
        let mut asked = selected.iter().copied().filter(|rule| of_place(rule));
        let general = CertificateType::General;
        let has_general = asked.clone().any(|rule| rule.certificate_type == general);
        let unasked = |wanted: &CertificateType| {
            let is = |rule: &Rule| rule.certificate_type == *wanted;
            let is_asked = asked.clone().any(is);
            let has_own = || self.rules.iter().filter(of_place).any(is);
            !is_asked && (!has_general || has_own())
        };
        match dcc.types.iter().find(|wanted| unasked(wanted)) {
            Some(wanted) => Some(wanted.code()),
            None => asked.next().is_none().then_some("certificate"),
        }
    }

    /// The rules that apply, acceptance rules first, by identifier.
    fn selected(&self, dcc: &Dcc, subject: &Subject, arrival: &Arrival) -> Vec<&Rule> {
        let applies = |rule: &&Rule| {
            let of_type = rule.certificate_type == CertificateType::General
                || dcc.types.contains(&rule.certificate_type);
            let of_place = match rule.kind {
                RuleKind::Acceptance => {
                    rule.country == arrival.country()
                        && same_region(rule.region(), arrival.region())
                }
                RuleKind::Invalidation => subject.may_be_issued_by(&rule.country),
            };
            of_type && of_place && rule.is_in_force(arrival.at())
        };
        let mut newest: Vec<&Rule> = Vec::new();
        // The versions of an identifier follow each other, the latest last.
        for rule in self.rules.iter().filter(applies) {
            match newest.last_mut() {
                Some(last) if last.identifier == rule.identifier => *last = rule,
                _ => newest.push(rule),
            }
        }
        newest.sort_by_key(|rule| rule.kind == RuleKind::Invalidation);
        newest
    }

    /// The instants at which a rule comes into force or ceases to be.
    pub(super) fn edges(&self) -> impl Iterator<Item = crate::Timestamp> {
        self.rules
            .iter()
            .flat_map(|r| [r.valid_from, r.valid_to.plus(1)])
    }
}

fn value_sets(sets: &ValueSets) -> Value {
    let codes = |set: &ValueSet| set.codes().map(Value::from).collect();
    Value::object(sets.iter().map(|set| (set.id(), Value::Array(codes(set)))))
}

fn same_region(one: Option<&str>, other: Option<&str>) -> bool {
    one.unwrap_or_default()
        .eq_ignore_ascii_case(other.unwrap_or_default())
}

fn no_rules(certificate: &'static str, arrival: &Arrival) -> OpenReason {
    OpenReason::NoRules {
        country: arrival.country().to_owned(),
        region: arrival.region().map(str::to_owned),
        certificate,
        at: arrival.at(),
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleSet({} rules)", self.rules.len())
    }
}
