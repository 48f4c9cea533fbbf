//! CertLogic 1.3.3, the language of the EU's business rules: a subset of
//! JsonLogic with date-times (ehn-dcc-development/eu-dcc-business-rules,
//! `certlogic/specification`).
//!
//! An [`Expression`] is validated once and evaluated often, over a [`Value`]
//! that holds the certificate's payload and what is known besides it:
//!
//! ```
//! use hcert::rules::certlogic::{EvalLimits, Expression, Value};
//!
//! let fully_vaccinated = Expression::parse(
//!     r#"{"if": [{"var": "payload.v.0"},
//!                {">=": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}]},
//!                true]}"#,
//! )?;
//! let data = Value::parse(
//!     r#"{"payload": {"v": [{"dn": 1, "sd": 2}]},
//!         "external": {"validationClock": "2021-07-01T00:00:00Z"}}"#,
//! )?;
//! let limits = EvalLimits::default();
//! assert_eq!(fully_vaccinated.evaluate(&data, &limits)?, Value::Bool(false));
//!
//! let broken = Expression::parse(r#"{">=": [{"var": "payload.v"}, 2]}"#)?;
//! let error = broken.evaluate(&data, &limits).unwrap_err();
//! assert_eq!(error.code(), "certlogic-type");
//! assert_eq!(error.to_string(), "at />=/0: expected an integer, found an array");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is settled here
//!
//! The specification leaves some results to the platform. An expression whose
//! result would depend on the implementation is an error here:
//!
//! - `===` and `in` between two arrays, two objects or two date-times: the
//!   reference implementations disagree (identity or content).
//! - A text that is no date of the calendar (`2021-02-30`), which some
//!   platforms move to the next month (1.3.3 wants ISO 8601).
//! - A sum beyond 64 bits, a date-time beyond ECMAScript's range.
//!
//! A fragment of a path that is an integer indexes arrays and nothing else. A
//! number with a fraction is neither truthy nor falsy.
//!
//! # Why no JsonLogic crate
//!
//! JsonLogic coerces where CertLogic wants an error: in `datalogic-rs` (5.4),
//! `{">": ["2", 1]}` and `{">=": [<missing>, 0]}` are true and a missing array
//! holds nothing; `jsonlogic-rs` and `jsonlogic` follow JavaScript in the same
//! way. Their date operators, where there are any, have neither ECMAScript's
//! month arithmetic nor partial dates of birth, so that next to nothing but
//! the tree would remain of such a crate, evaluated without a budget.

mod date_time;
mod error;
mod eval;
mod expression;
mod operator;
mod value;

pub use date_time::DateTime;
#[doc(hidden)]
pub use date_time::TimeUnit;
pub use error::{EvalError, EvalFault, ExpressionError, ExpressionFault, JsonError};
pub use eval::EvalLimits;
pub use expression::Expression;
#[doc(hidden)]
pub use operator::Operator;
pub use value::Value;
#[doc(hidden)]
pub use value::object::Object;
