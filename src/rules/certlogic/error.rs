//! Why an expression is none, or has no value. No text of these repeats
//! anything of the data, which is about a person.

use super::operator::Operator;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

/// A text that is not JSON, or that two readers could read differently.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The values would need far more memory than the text is long.
    #[error("JSON that would need more than {max} bytes of memory, as no honest text does")]
    TooDense {
        /// The limit: 10 times the length of the text, and 512 KiB.
        max: usize,
    },
    /// Not JSON, or nested deeper than 127 levels.
    #[error("not JSON, or nested too deeply (line {line}, column {column})")]
    Syntax {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1.
        column: usize,
    },
    /// A duplicate member in an object (RFC 8259 §4).
    #[error("duplicate member in a JSON object (line {line}, column {column})")]
    DuplicateMember {
        /// The line where it was found, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

impl JsonError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "json-syntax",
            Self::TooDense { .. } => "json-too-dense",
            Self::DuplicateMember { .. } => "json-duplicate-member",
        }
    }
}

/// A fault, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Located<F> {
    path: String,
    fault: F,
}

impl<F> Located<F> {
    fn new(fault: F) -> Box<Self> {
        let path = String::new();
        Box::new(Self { path, fault })
    }
}

/// Not an expression of CertLogic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {}: {}", place(&.0.path), .0.fault)]
pub struct ExpressionError(Box<Located<ExpressionFault>>);

impl ExpressionError {
    /// Where: the JSON Pointer (RFC 6901) of the part that is no expression;
    /// empty for the whole.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong.
    pub fn fault(&self) -> &ExpressionFault {
        &self.0.fault
    }

    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        self.fault().code()
    }

    /// What has the error is operand `index` of `operator`.
    pub(super) fn within(mut self, operator: Operator, index: usize) -> Self {
        self.0.path = format!("/{operator}/{index}{}", self.0.path);
        self
    }

    /// What has the error is item `index` of an array.
    pub(super) fn item(mut self, index: usize) -> Self {
        self.0.path = format!("/{index}{}", self.0.path);
        self
    }
}

impl From<ExpressionFault> for ExpressionError {
    fn from(fault: ExpressionFault) -> Self {
        Self(Located::new(fault))
    }
}

/// What an expression offends against.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpressionFault {
    /// Longer than [`Expression::MAX_BYTES`](super::Expression::MAX_BYTES).
    #[error("{bytes} bytes, more than {max}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Not JSON.
    #[error(transparent)]
    Json(JsonError),
    /// Nested deeper than [`Expression::MAX_DEPTH`](super::Expression::MAX_DEPTH).
    #[error("nested deeper than {max} levels")]
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// A literal that is neither a boolean, an integer, a string nor an array.
    #[error("{found} is no literal")]
    Literal {
        /// What it is.
        found: &'static str,
    },
    /// An object with more or less than one member.
    #[error("an operation is an object with one member, not {members}")]
    Members {
        /// How many it has.
        members: usize,
    },
    /// The member's value is no array.
    #[error("the operands are no array")]
    OperandsNotArray,
    /// No operation has this id.
    #[error("unknown operation")]
    UnknownOperation,
    /// Too many operands, or too few.
    #[error("{operator} does not take {found} operands")]
    OperandCount {
        /// The operation.
        operator: Operator,
        /// How many there are.
        found: usize,
    },
    /// The operand of `var` is no string.
    #[error("the operand of var is no string")]
    VarOperand,
    /// The path of `var` has an empty fragment.
    #[error("the path of var has an empty fragment")]
    VarPath,
    /// The amount of `plusTime` or the index of `extractFromUVCI` is no integer.
    #[error("operand {operand} of {operator} is no integer")]
    NotInteger {
        /// The operation.
        operator: Operator,
        /// Which operand, from 0.
        operand: usize,
    },
    /// The time unit of `plusTime` is none.
    #[error("operand 2 of plusTime is none of year, month, day, hour")]
    TimeUnit,
}

impl ExpressionFault {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "expression-too-long",
            Self::Json(error) => error.code(),
            Self::TooDeep { .. } => "expression-too-deep",
            Self::Literal { .. } => "expression-literal",
            Self::Members { .. } => "expression-members",
            Self::OperandsNotArray => "expression-operands-not-array",
            Self::UnknownOperation => "expression-unknown-operation",
            Self::OperandCount { .. } => "expression-operand-count",
            Self::VarOperand => "expression-var-operand",
            Self::VarPath => "expression-var-path",
            Self::NotInteger { .. } => "expression-not-integer",
            Self::TimeUnit => "expression-time-unit",
        }
    }
}

/// A valid expression without a value for the data at hand. It is neither
/// true nor false.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {}: {}", place(&.0.path), .0.fault)]
pub struct EvalError(Box<Located<EvalFault>>);

impl EvalError {
    /// Where: the JSON Pointer (RFC 6901) of the part of the expression whose
    /// value is wrong; empty for the whole.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong.
    pub fn fault(&self) -> &EvalFault {
        &self.0.fault
    }

    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        self.fault().code()
    }

    /// What has the error is operand `index` of `operator`.
    #[cold]
    pub(super) fn within(mut self, operator: Operator, index: usize) -> Self {
        self.0.path = format!("/{operator}/{index}{}", self.0.path);
        self
    }

    /// What has the error is item `index` of an array.
    #[cold]
    pub(super) fn item(mut self, index: usize) -> Self {
        self.0.path = format!("/{index}{}", self.0.path);
        self
    }
}

impl From<EvalFault> for EvalError {
    #[cold]
    fn from(fault: EvalFault) -> Self {
        Self(Located::new(fault))
    }
}

/// Why an evaluation ended without a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvalFault {
    /// A value of a type that the operation does not take.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What the operation takes.
        expected: &'static str,
        /// The type that was found.
        found: &'static str,
    },
    /// A string that is none of the permitted dates and date-times.
    #[error("the string is not {expected}")]
    NotADate {
        /// What was expected.
        expected: &'static str,
    },
    /// A date-time further than 100,000,000 days from 1970.
    #[error("the date-time is out of range")]
    DateRange,
    /// A sum beyond 64 bits.
    #[error("the sum is out of range")]
    Overflow,
    /// Two values whose equality the specification leaves open.
    #[error("equality is not defined between values that are {kind}")]
    Equality {
        /// The type of both.
        kind: &'static str,
    },
    /// More steps than [`EvalLimits::max_steps`](super::EvalLimits::max_steps).
    #[error("more than {max} steps")]
    TooManySteps {
        /// The limit.
        max: u64,
    },
    /// A value nested too deeply.
    #[error("a value nested deeper than {max} levels")]
    TooDeep {
        /// The limit.
        max: usize,
    },
}

impl EvalFault {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Type { .. } => "certlogic-type",
            Self::NotADate { .. } => "certlogic-not-a-date",
            Self::DateRange => "certlogic-date-range",
            Self::Overflow => "certlogic-overflow",
            Self::Equality { .. } => "certlogic-equality",
            Self::TooManySteps { .. } => "certlogic-too-many-steps",
            Self::TooDeep { .. } => "certlogic-too-deep",
        }
    }
}

fn place(path: &str) -> &str {
    if path.is_empty() { "the root" } else { path }
}
