//! Validation, and the form in which an expression is kept.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::date_time::TimeUnit;
use super::error::{ExpressionError, ExpressionFault};
use super::operator::Operator;
use super::value::Value;
use super::value::json;
use super::value::object::Name;

/// A valid expression: every rule of the specification holds that can be
/// checked without data.
///
/// `Display` prints it as JSON, from which the same expression is read.
#[derive(Clone, PartialEq)]
pub struct Expression(pub(super) Node);

/// A part of an expression. Operands whose number is fixed are arrays.
#[derive(Clone, PartialEq)]
pub(super) enum Node {
    /// A boolean, an integer, a string, or an array of literals.
    Literal(Value),
    Array(Vec<Node>),
    Var(Path),
    If(Box<[Node; 3]>),
    And(Vec<Node>),
    Plus(Box<[Node; 2]>),
    Test(Test),
    Time(Time),
    Reduce(Box<[Node; 3]>),
    ExtractFromUvci(Box<Node>, i64),
}

/// The operations whose value is a boolean.
#[derive(Clone, PartialEq)]
pub(super) enum Test {
    Equal(Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    /// Two or three operands.
    Compare(Operator, Vec<Node>),
    Not(Box<Node>),
}

/// The operations whose value is a date-time.
#[derive(Clone, PartialEq)]
pub(super) enum Time {
    Plus(Box<Node>, i64, TimeUnit),
    DateOfBirth(Box<Node>),
}

/// The path of `var`: none for the whole context.
#[derive(Clone, PartialEq)]
pub(super) struct Path {
    pub text: Box<str>,
    pub fragments: Box<[Fragment]>,
    pub lambda: Option<Lambda>,
}

/// What the first fragment means in the lambda of a `reduce`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Lambda {
    Accumulator,
    Current,
}

#[derive(Clone, PartialEq)]
pub(super) enum Fragment {
    /// A member of an object.
    Name(Name),
    /// An item of an array; `None` for one that no array has, such as -1.
    Index(Option<usize>),
}

impl Expression {
    /// Longest JSON, in bytes. Published rules have less than 1,000.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Deepest nesting of operations and arrays. Published rules have less
    /// than 10.
    pub const MAX_DEPTH: usize = 48;

    /// Reads and validates an expression.
    pub fn parse(json: &str) -> Result<Self, ExpressionError> {
        if json.len() > Self::MAX_BYTES {
            return Err(ExpressionFault::TooLong {
                bytes: json.len(),
                max: Self::MAX_BYTES,
            }
            .into());
        }
        Self::from_value(&json::parse(json).map_err(ExpressionFault::Json)?)
    }

    /// Validates an expression that is a part of other JSON.
    pub fn from_value(value: &Value) -> Result<Self, ExpressionError> {
        node(value, Self::MAX_DEPTH).map(Self)
    }

    /// The paths of all `var` operations, in order, repeated ones included;
    /// those in the lambda of a `reduce` begin with `current` or `accumulator`.
    pub fn paths(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.0.paths(&mut found);
        found
    }
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(json: &str) -> Result<Self, ExpressionError> {
        Self::parse(json)
    }
}

fn node(value: &Value, depth: usize) -> Result<Node, ExpressionError> {
    let deeper = depth.checked_sub(1).ok_or(ExpressionFault::TooDeep {
        max: Expression::MAX_DEPTH,
    })?;
    match value {
        Value::Bool(_) | Value::Int(_) | Value::String(_) => Ok(Node::Literal(value.clone())),
        Value::Array(items) => {
            let each = |(at, item)| node(item, deeper).map_err(|e: ExpressionError| e.item(at));
            let nodes = items.iter().enumerate().map(each);
            let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
            let literal = nodes.iter().all(|n| matches!(n, Node::Literal(_)));
            Ok(if literal {
                Node::Literal(value.clone())
            } else {
                Node::Array(nodes)
            })
        }
        Value::Object(object) => {
            let mut members = object.iter();
            match (members.next(), object.len()) {
                (Some((id, operands)), 1) => operation(id, operands, deeper),
                (_, members) => Err(ExpressionFault::Members { members }.into()),
            }
        }
        Value::Null | Value::Number(_) | Value::DateTime(_) => Err(ExpressionFault::Literal {
            found: value.kind(),
        }
        .into()),
    }
}

fn operation(id: &str, operands: &Value, depth: usize) -> Result<Node, ExpressionError> {
    let operator = Operator::from_id(id);
    if operator == Some(Operator::Var) {
        return Ok(Node::Var(Path::parse(operands)?));
    }
    let operands = operands
        .as_array()
        .ok_or(ExpressionFault::OperandsNotArray)?;
    let operator = operator.ok_or(ExpressionFault::UnknownOperation)?;
    let count = ExpressionFault::OperandCount {
        operator,
        found: operands.len(),
    };
    if !operator.operands().contains(&operands.len()) {
        return Err(count.into());
    }
    let one = |at: usize, operand| {
        node(operand, depth).map_err(|e: ExpressionError| e.within(operator, at))
    };
    let all = || -> Result<Vec<Node>, _> {
        let each = |(at, operand)| one(at, operand);
        operands.iter().enumerate().map(each).collect()
    };
    let integer = |operand, value: &Value| {
        let fault = ExpressionFault::NotInteger { operator, operand };
        value.as_int().ok_or(fault)
    };
    Ok(match (operator, operands) {
        (Operator::If, [guard, then, other]) => {
            Node::If(Box::new([one(0, guard)?, one(1, then)?, one(2, other)?]))
        }
        (Operator::And, _) => Node::And(all()?),
        (Operator::Equal, [l, r]) => Node::Test(Test::Equal(Box::new([one(0, l)?, one(1, r)?]))),
        (Operator::In, [l, r]) => Node::Test(Test::In(Box::new([one(0, l)?, one(1, r)?]))),
        (Operator::Plus, [l, r]) => Node::Plus(Box::new([one(0, l)?, one(1, r)?])),
        (Operator::Not, [operand]) => Node::Test(Test::Not(Box::new(one(0, operand)?))),
        (Operator::PlusTime, [date, amount, unit]) => {
            let date = Box::new(one(0, date)?);
            let amount = integer(1, amount)?;
            let unit = unit.as_str().and_then(TimeUnit::from_id);
            Node::Time(Time::Plus(
                date,
                amount,
                unit.ok_or(ExpressionFault::TimeUnit)?,
            ))
        }
        (Operator::DccDateOfBirth, [operand]) => {
            Node::Time(Time::DateOfBirth(Box::new(one(0, operand)?)))
        }
        (Operator::Reduce, [operand, lambda, initial]) => Node::Reduce(Box::new([
            one(0, operand)?,
            one(1, lambda)?,
            one(2, initial)?,
        ])),
        (Operator::ExtractFromUvci, [operand, index]) => {
            Node::ExtractFromUvci(Box::new(one(0, operand)?), integer(1, index)?)
        }
        (
            Operator::Less
            | Operator::Greater
            | Operator::LessOrEqual
            | Operator::GreaterOrEqual
            | Operator::Before
            | Operator::After
            | Operator::NotAfter
            | Operator::NotBefore,
            _,
        ) => Node::Test(Test::Compare(operator, all()?)),
        // The number of operands has been checked.
        _ => return Err(count.into()),
    })
}

impl Path {
    fn parse(operand: &Value) -> Result<Self, ExpressionFault> {
        let text = operand.as_str().ok_or(ExpressionFault::VarOperand)?;
        let mut fragments = Vec::new();
        if !text.is_empty() {
            for fragment in text.split('.') {
                fragments.push(match fragment {
                    "" => return Err(ExpressionFault::VarPath),
                    _ if is_integer(fragment) => Fragment::Index(fragment.parse().ok()),
                    _ => Fragment::Name(Box::<str>::from(fragment).into()),
                });
            }
        }
        let lambda = match text.split('.').next() {
            Some("accumulator") => Some(Lambda::Accumulator),
            Some("current") => Some(Lambda::Current),
            _ => None,
        };
        Ok(Self {
            lambda,
            text: text.into(),
            fragments: fragments.into(),
        })
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

impl Node {
    fn paths<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Literal(_) => {}
            Self::Var(path) => found.push(&path.text),
            _ => self.operands().iter().for_each(|n| n.paths(found)),
        }
    }

    /// The operands that are expressions themselves; of an array, the items.
    fn operands(&self) -> &[Self] {
        match self {
            Self::Literal(_) | Self::Var(_) => &[],
            Self::Array(all) | Self::And(all) | Self::Test(Test::Compare(_, all)) => all,
            Self::If(three) | Self::Reduce(three) => three.as_slice(),
            Self::Plus(two) | Self::Test(Test::Equal(two) | Test::In(two)) => two.as_slice(),
            Self::Test(Test::Not(one))
            | Self::Time(Time::Plus(one, ..) | Time::DateOfBirth(one))
            | Self::ExtractFromUvci(one, _) => core::slice::from_ref(one),
        }
    }

    fn to_value(&self) -> Value {
        let operator = match self {
            Self::Literal(value) => return value.clone(),
            Self::Array(items) => return Value::Array(items.iter().map(Self::to_value).collect()),
            Self::Var(path) => {
                return Value::object([(Operator::Var.id(), (&*path.text).into())]);
            }
            Self::If(_) => Operator::If,
            Self::And(_) => Operator::And,
            Self::Test(Test::Equal(_)) => Operator::Equal,
            Self::Test(Test::In(_)) => Operator::In,
            Self::Plus(_) => Operator::Plus,
            Self::Test(Test::Compare(operator, _)) => *operator,
            Self::Test(Test::Not(_)) => Operator::Not,
            Self::Time(Time::Plus(..)) => Operator::PlusTime,
            Self::Time(Time::DateOfBirth(_)) => Operator::DccDateOfBirth,
            Self::Reduce(_) => Operator::Reduce,
            Self::ExtractFromUvci(..) => Operator::ExtractFromUvci,
        };
        let mut operands: Vec<_> = self.operands().iter().map(Self::to_value).collect();
        match self {
            Self::Time(Time::Plus(_, amount, unit)) => {
                operands.extend([Value::Int(*amount), unit.id().into()]);
            }
            Self::ExtractFromUvci(_, index) => operands.push(Value::Int(*index)),
            _ => {}
        }
        Value::object([(operator.id(), Value::Array(operands))])
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_value().to_json())
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({self})")
    }
}
