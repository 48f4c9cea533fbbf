//! What rules say, as JSON.

use super::acceptance::{Acceptance, AffectedValue, OpenReason, RuleOutcome};
use super::certlogic::{EvalFault, ExpressionFault};
use super::period::Period;
use crate::codec::json::write::{Object, Why, WriteJson, document, object};
use alloc::string::{String, ToString};

impl Acceptance {
    /// The answer as JSON, on one line: the document `acceptance` of
    /// `test-vectors/verdict-schema.json`, which `docs/json.md` explains.
    ///
    /// `affected` repeats what the certificate says: personal data.
    ///
    /// ```
    /// # use hcert::{Timestamp, rules::{Arrival, RuleSet, Subject}};
    /// # let subject = Subject::unverified(r#"{"ver": "1.3.0", "v": [{"dn": 2, "sd": 2}]}"#)?;
    /// # let arrival = Arrival::new("XX", Timestamp::parse("2021-10-01T12:00:00Z")?);
    /// # let rules = RuleSet::from_json(b"[]")?;
    /// let json = rules.evaluate(&subject, &arrival).to_json();
    /// assert!(json.starts_with(r#"{"version":1,"decision":"open","reason":{"code":"no-rules","#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> String {
        document(|object| {
            object.put("decision", self.decision().code());
            object.why("reason", self.reason());
            object.objects("rules", self.results(), |object, result| {
                object.put("rule", result.identifier());
                object.put("version", &result.version());
                object.put("outcome", result.outcome().word());
                let reason = match result.outcome() {
                    RuleOutcome::Open(reason) => Some(reason),
                    RuleOutcome::Passed | RuleOutcome::Failed => None,
                };
                object.why("reason", reason);
                let texts = result.description().iter();
                object.objects("descriptions", texts, |object, (language, text)| {
                    object.put("language", language);
                    object.put("text", text);
                });
                object.list("affected", result.affected());
            });
        })
    }
}

crate::codec::json::write::serialize_as_json!(Acceptance);

impl WriteJson for AffectedValue {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("field", self.field());
            object.put("value", &self.value());
        });
    }
}

impl Period {
    /// The period as JSON, for an array of them: `from`, and `until`, which is
    /// exclusive. Either is null where there is no such bound.
    ///
    /// ```
    /// use hcert::{Timestamp, rules::Period};
    /// let at = Timestamp::from_seconds;
    /// let period = Period { from: at(0), until: at(i64::MAX) };
    /// assert_eq!(period.to_json(), r#"{"from":"1970-01-01T00:00:00Z","until":null}"#);
    /// ```
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        object(&mut out, |object| self.write_members(object));
        out
    }

    fn write_members(&self, object: &mut Object<'_>) {
        object.put("from", &self.from);
        object.put("until", &self.until);
    }
}

crate::codec::json::write::serialize_as_json!(Period);

impl Why for OpenReason {
    fn code(&self) -> &'static str {
        self.code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::NoRules {
                country,
                region,
                certificate,
                at,
            } => {
                values.put("country", country);
                values.put("region", region);
                values.put("certificate", *certificate);
                values.put("arrival", at);
            }
            Self::Evaluation(error) => {
                values.put("cause", error.code());
                values.put("path", error.path());
                match error.fault() {
                    EvalFault::Type { expected, found } => {
                        values.put("expected", *expected);
                        values.put("type", *found);
                    }
                    EvalFault::NotADate { expected } => values.put("expected", *expected),
                    EvalFault::Equality { kind } => values.put("type", *kind),
                    EvalFault::TooManySteps { max } => values.put("max", max),
                    EvalFault::TooDeep { max } => values.put("max", max),
                    EvalFault::DateRange | EvalFault::Overflow => {}
                }
            }
            Self::Logic(error) => {
                values.put("cause", error.code());
                values.put("path", error.path());
                of_expression(error.fault(), values);
            }
            Self::NotBoolean { found } => values.put("type", *found),
            Self::Engine {
                engine,
                version,
                known,
            } => {
                values.put("engine", engine);
                values.put("wanted_version", version);
                values.put("known_version", *known);
            }
            Self::Payload { found } => values.put("payload", *found),
            Self::SchemaVersion { wanted, found } => {
                values.text("wanted_version", wanted);
                values.put("schema_version", &found.map(|version| version.to_string()));
            }
            Self::Expired { expires_at, at } => {
                values.put("expires_at", expires_at);
                values.put("arrival", at);
            }
            Self::NotYetValid { starts_at, at } => {
                values.put("not_before", starts_at);
                values.put("arrival", at);
            }
            Self::OtherPlace { country, regions } => {
                values.put("country", country);
                values.list("regions", regions);
            }
            Self::NotInForce { period, at } => {
                period.write_members(values);
                values.put("arrival", at);
            }
            Self::IssuerUnknown { fact } => values.put("fact", *fact),
            Self::TooManyEntries { entries, max } => {
                values.put("found", entries);
                values.put("max", max);
            }
            Self::TooManyNames { of, found, max } => {
                values.put("name", *of);
                values.put("found", found);
                values.put("max", max);
            }
            Self::NoIssuer | Self::UnknownVersion | Self::HolderUnnamed | Self::NothingStated => {}
        }
    }
}

fn of_expression(fault: &ExpressionFault, values: &mut Object<'_>) {
    match fault {
        ExpressionFault::TooLong { bytes, max } => {
            values.put("found", bytes);
            values.put("max", max);
        }
        ExpressionFault::TooDeep { max } => values.put("max", max),
        ExpressionFault::Literal { found } => values.put("type", *found),
        ExpressionFault::Members { members } => values.put("found", members),
        ExpressionFault::OperandCount { operator, found } => {
            values.text("operator", operator);
            values.put("found", found);
        }
        ExpressionFault::NotInteger { operator, operand } => {
            values.text("operator", operator);
            values.put("operand", operand);
        }
        // What a rule is read from was JSON before.
        ExpressionFault::Json(_)
        | ExpressionFault::OperandsNotArray
        | ExpressionFault::UnknownOperation
        | ExpressionFault::VarOperand
        | ExpressionFault::VarPath
        | ExpressionFault::TimeUnit => {}
    }
}
