//! Evaluation. Whatever the specification calls an error is one, and none of
//! them becomes a value on the way up.

use std::borrow::Cow;

use super::date_time::DateTime;
use super::error::{EvalError, EvalFault, Within};
use super::expression::{Fragment, Node, Path};
use super::operator::Operator;
use super::value::Value;

/// How much work an evaluation may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvalLimits {
    /// Most steps: one for each operation, for each item that `in` looks at,
    /// for each value that is copied, and for each 16 bytes of text that are
    /// copied or looked into.
    pub max_steps: u64,
}

impl Default for EvalLimits {
    fn default() -> Self {
        Self { max_steps: 100_000 }
    }
}

/// Deepest nesting of a value that an expression may build.
const MAX_VALUE_DEPTH: usize = 128;

type Result<T> = core::result::Result<T, Box<EvalError>>;

/// What `var` looks into.
#[derive(Clone, Copy)]
enum Context<'a> {
    Data(&'a Value),
    /// The context of a lambda: `{"accumulator": …, "current": …}`.
    Fold {
        accumulator: &'a Value,
        current: &'a Value,
    },
}

pub(super) struct Evaluation {
    left: u64,
    max: u64,
}

impl Evaluation {
    pub(super) fn new(limits: &EvalLimits) -> Self {
        Self {
            left: limits.max_steps,
            max: limits.max_steps,
        }
    }

    pub(super) fn run(&mut self, node: &Node, data: &Value) -> Result<Value> {
        let value = self.eval(node, Context::Data(data))?;
        self.own(value)
    }

    fn eval<'a>(&mut self, node: &'a Node, context: Context<'a>) -> Result<Cow<'a, Value>> {
        self.spend(1)?;
        match node {
            Node::Literal(value) => Ok(Cow::Borrowed(value)),
            Node::Array(items) => self.array(items, context),
            Node::Var(path) => self.var(path, context),
            Node::If(operands) => self.if_then_else(operands, context),
            Node::And(operands) => self.and(operands, context),
            Node::Equal(operands) => {
                let [l, r] = self.both(operands, Operator::Equal, context)?;
                self.same(&l, &r).map(bool)
            }
            Node::In(operands) => self.is_in(operands, context),
            Node::Plus(operands) => self.plus(operands, context),
            Node::Compare(operator, operands) => self.compare(*operator, operands, context),
            Node::Not(operand) => {
                let truth = self.truth(operand, Operator::Not, 0, context)?.1;
                Ok(bool(!truth))
            }
            Node::PlusTime(date, amount, unit) => {
                let start = self.date(date, Operator::PlusTime, DateTime::parse, context)?;
                let moved = start.plus(*amount, *unit)?;
                Ok(Cow::Owned(Value::DateTime(moved)))
            }
            Node::DccDateOfBirth(date) => {
                let parse = DateTime::parse_date;
                let date = self.date(date, Operator::DccDateOfBirth, parse, context)?;
                Ok(Cow::Owned(Value::DateTime(date)))
            }
            Node::Reduce(operands) => self.reduce(operands, context),
            Node::ExtractFromUvci(uvci, index) => self.extract_from_uvci(uvci, *index, context),
        }
    }

    fn operand<'a>(
        &mut self,
        node: &'a Node,
        operator: Operator,
        index: usize,
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        self.eval(node, context)
            .map_err(|e| e.within(operator, index))
    }

    fn both<'a>(
        &mut self,
        [l, r]: &'a [Node; 2],
        operator: Operator,
        context: Context<'a>,
    ) -> Result<[Cow<'a, Value>; 2]> {
        let l = self.operand(l, operator, 0, context)?;
        Ok([l, self.operand(r, operator, 1, context)?])
    }

    /// An operand that has to be truthy or falsy.
    fn truth<'a>(
        &mut self,
        node: &'a Node,
        operator: Operator,
        index: usize,
        context: Context<'a>,
    ) -> Result<(Cow<'a, Value>, bool)> {
        let value = self.operand(node, operator, index, context)?;
        match value.truth() {
            Some(truth) => Ok((value, truth)),
            None => Err(wrong("a truthy or falsy value", &value).within(operator, index)),
        }
    }

    fn array<'a>(&mut self, items: &'a [Node], context: Context<'a>) -> Result<Cow<'a, Value>> {
        let mut out = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let mut each = || {
                let value = self.eval(item, context)?;
                self.weigh(&value, 1)?;
                Ok(value.into_owned())
            };
            out.push(each().map_err(|e: Box<EvalError>| e.item(at))?);
        }
        Ok(Cow::Owned(Value::Array(out)))
    }

    /// Section “Data access”: what isn't there is `null`.
    fn var<'a>(&mut self, path: &'a Path, context: Context<'a>) -> Result<Cow<'a, Value>> {
        let mut fragments = path.fragments.as_slice();
        let mut value = match context {
            Context::Data(data) => Some(data),
            Context::Fold {
                accumulator,
                current,
            } => {
                let Some((first, rest)) = fragments.split_first() else {
                    self.weigh(accumulator, 1)?;
                    self.weigh(current, 1)?;
                    return Ok(Cow::Owned(Value::object([
                        ("accumulator", accumulator.clone()),
                        ("current", current.clone()),
                    ])));
                };
                fragments = rest;
                match first {
                    Fragment::Name(name) if &**name == "accumulator" => Some(accumulator),
                    Fragment::Name(name) if &**name == "current" => Some(current),
                    _ => None,
                }
            }
        };
        for fragment in fragments {
            value = match (fragment, value) {
                (Fragment::Name(name), Some(value)) => value.get(name),
                (Fragment::Index(Some(index)), Some(Value::Array(items))) => items.get(*index),
                _ => None,
            };
        }
        Ok(value.map_or(Cow::Owned(Value::Null), Cow::Borrowed))
    }

    fn if_then_else<'a>(
        &mut self,
        [guard, then, other]: &'a [Node; 3],
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        if self.truth(guard, Operator::If, 0, context)?.1 {
            self.operand(then, Operator::If, 1, context)
        } else {
            self.operand(other, Operator::If, 2, context)
        }
    }

    /// The first falsy operand, or the last one; the rest isn't evaluated.
    fn and<'a>(&mut self, operands: &'a [Node], context: Context<'a>) -> Result<Cow<'a, Value>> {
        let mut last = bool(true);
        for (at, operand) in operands.iter().enumerate() {
            let (value, truth) = self.truth(operand, Operator::And, at, context)?;
            last = value;
            if !truth {
                break;
            }
        }
        Ok(last)
    }

    fn is_in<'a>(
        &mut self,
        operands: &'a [Node; 2],
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        let [member, array] = self.both(operands, Operator::In, context)?;
        let Value::Array(items) = &*array else {
            return Err(wrong("an array", &array).within(Operator::In, 1));
        };
        for item in items {
            self.spend(1)?;
            if self.same(&member, item)? {
                return Ok(bool(true));
            }
        }
        Ok(bool(false))
    }

    fn plus<'a>(
        &mut self,
        operands: &'a [Node; 2],
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        let [l, r] = self.both(operands, Operator::Plus, context)?;
        let integer = |value: &Value, at| {
            let wrong = || wrong("an integer", value).within(Operator::Plus, at);
            value.as_int().ok_or_else(wrong)
        };
        let sum = integer(&l, 0)?.checked_add(integer(&r, 1)?);
        Ok(Cow::Owned(Value::Int(sum.ok_or(EvalFault::Overflow)?)))
    }

    /// All operands are evaluated, whatever the first pair says.
    fn compare<'a>(
        &mut self,
        operator: Operator,
        operands: &'a [Node],
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        let dates = matches!(
            operator,
            Operator::Before | Operator::After | Operator::NotAfter | Operator::NotBefore
        );
        let holds = |l: i64, r: i64| match operator {
            Operator::Less | Operator::Before => l < r,
            Operator::Greater | Operator::After => l > r,
            Operator::LessOrEqual | Operator::NotAfter => l <= r,
            _ => l >= r,
        };
        let (mut before, mut all) = (None, true);
        for (at, operand) in operands.iter().enumerate() {
            let value = self.operand(operand, operator, at, context)?;
            let number = match (&*value, dates) {
                (Value::Int(number), false) => *number,
                (Value::DateTime(time), true) => time.milliseconds(),
                (other, true) => return Err(wrong("a date-time", other).within(operator, at)),
                (other, false) => return Err(wrong("an integer", other).within(operator, at)),
            };
            all &= before.is_none_or(|before| holds(before, number));
            before = Some(number);
        }
        Ok(bool(all))
    }

    fn date<'a>(
        &mut self,
        node: &'a Node,
        operator: Operator,
        parse: fn(&str) -> Option<DateTime>,
        context: Context<'a>,
    ) -> Result<DateTime> {
        let value = self.operand(node, operator, 0, context)?;
        let Value::String(text) = &*value else {
            return Err(wrong("a string", &value).within(operator, 0));
        };
        self.read(text)?;
        parse(text).ok_or_else(|| {
            let expected = match operator {
                Operator::PlusTime => "a date or date-time in a format of plusTime",
                _ => "a date, a month or a year",
            };
            Box::<EvalError>::from(EvalFault::NotADate { expected }).within(operator, 0)
        })
    }

    /// A missing array is an empty one.
    fn reduce<'a>(
        &mut self,
        [operand, lambda, initial]: &'a [Node; 3],
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        let array = self.operand(operand, Operator::Reduce, 0, context)?;
        let items = match &*array {
            Value::Null => &[],
            Value::Array(items) => items.as_slice(),
            other => {
                let expected = "an array or null";
                return Err(wrong(expected, other).within(Operator::Reduce, 0));
            }
        };
        let mut accumulator = self.operand(initial, Operator::Reduce, 2, context)?;
        for current in items {
            let inner = Context::Fold {
                accumulator: &accumulator,
                current,
            };
            let next = self.operand(lambda, Operator::Reduce, 1, inner)?;
            accumulator = Cow::Owned(self.own(next)?);
        }
        Ok(accumulator)
    }

    /// The fragment between the separators `/`, `#`, `:`, the prefix not counted.
    fn extract_from_uvci<'a>(
        &mut self,
        uvci: &'a Node,
        index: i64,
        context: Context<'a>,
    ) -> Result<Cow<'a, Value>> {
        let value = self.operand(uvci, Operator::ExtractFromUvci, 0, context)?;
        let text = match &*value {
            Value::Null => return Ok(Cow::Owned(Value::Null)),
            Value::String(text) => text,
            other => {
                let expected = "a string or null";
                return Err(wrong(expected, other).within(Operator::ExtractFromUvci, 0));
            }
        };
        self.read(text)?;
        let text = text.strip_prefix("URN:UVCI:").unwrap_or(text);
        let fragment = usize::try_from(index)
            .ok()
            .and_then(|index| text.split(['/', '#', ':']).nth(index));
        Ok(Cow::Owned(fragment.map_or(Value::Null, Value::from)))
    }

    /// `===`: without coercion. What the specification leaves open is an error.
    fn same(&mut self, l: &Value, r: &Value) -> Result<bool> {
        match (l, r) {
            (Value::Null, Value::Null) => Ok(true),
            (Value::Bool(l), Value::Bool(r)) => Ok(l == r),
            (Value::Int(l), Value::Int(r)) => Ok(l == r),
            (Value::Number(l), Value::Number(r)) => Ok(l == r),
            (Value::String(l), Value::String(r)) if l.len() == r.len() => {
                self.read(l)?;
                Ok(l == r)
            }
            (Value::Array(_), Value::Array(_)) => Err(open("arrays")),
            (Value::Object(_), Value::Object(_)) => Err(open("objects")),
            (Value::DateTime(_), Value::DateTime(_)) => Err(open("date-times")),
            _ => Ok(false),
        }
    }

    fn spend(&mut self, steps: u64) -> Result<()> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(EvalFault::TooManySteps { max: self.max }.into()),
        }
    }

    fn read(&mut self, text: &str) -> Result<()> {
        self.spend(text.len() as u64 / 16)
    }

    fn own(&mut self, value: Cow<'_, Value>) -> Result<Value> {
        if let Cow::Borrowed(value) = value {
            self.weigh(value, 0)?;
        }
        Ok(value.into_owned())
    }

    /// Pays for a copy, before it is made.
    fn weigh(&mut self, value: &Value, depth: usize) -> Result<()> {
        if depth > MAX_VALUE_DEPTH {
            let max = MAX_VALUE_DEPTH;
            return Err(EvalFault::TooDeep { max }.into());
        }
        self.spend(1)?;
        match value {
            Value::String(text) => self.read(text),
            Value::Array(items) => items.iter().try_for_each(|v| self.weigh(v, depth + 1)),
            Value::Object(members) => members.iter().try_for_each(|(name, v)| {
                self.read(name)?;
                self.weigh(v, depth + 1)
            }),
            _ => Ok(()),
        }
    }
}

fn bool<'a>(value: bool) -> Cow<'a, Value> {
    Cow::Owned(Value::Bool(value))
}

fn wrong(expected: &'static str, value: &Value) -> Box<EvalError> {
    let found = value.kind();
    EvalFault::Type { expected, found }.into()
}

fn open(kind: &'static str) -> Box<EvalError> {
    EvalFault::Equality { kind }.into()
}
