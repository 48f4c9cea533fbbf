//! Evaluation. Whatever the specification calls an error is one, and none of
//! them becomes a value on the way up.

mod equality;
mod place;
mod steps;

pub use steps::EvalLimits;

use super::date_time::DateTime;
use super::error::{EvalError, EvalFault};
use super::expression::{Expression, Node, Test, Time};
use super::operator::Operator;
use super::value::Value;
use alloc::vec::Vec;
use equality::{contains, same};
use place::{Context, Got, Items, NULL, var};

type Result<T> = core::result::Result<T, EvalError>;

impl Expression {
    /// Its value for this data (the data context). An error is neither true
    /// nor false.
    pub fn evaluate(&self, data: &Value, limits: &EvalLimits) -> Result<Value> {
        Evaluation::new(limits).run(&self.0, data)
    }
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

    #[inline]
    pub(super) fn run(&mut self, node: &Node, data: &Value) -> Result<Value> {
        let context = Context {
            current: data,
            accumulator: None,
        };
        let value = self.eval(node, context)?;
        self.own(value)
    }

    #[inline(always)]
    fn eval<'a>(&mut self, node: &'a Node, context: Context<'a>) -> Result<Got<'a>> {
        self.spend(1)?;
        let found = match node {
            Node::Literal(value) => Some(value),
            Node::Var(path) => var(path, context),
            _ => None,
        };
        match found {
            Some(value) => Ok(Got::Ref(value)),
            None => self.build(node, context),
        }
    }

    /// A value that does not stand anywhere already.
    #[inline(never)]
    fn build<'a>(&mut self, node: &'a Node, context: Context<'a>) -> Result<Got<'a>> {
        match node {
            Node::Literal(value) => Ok(Got::Ref(value)),
            Node::Array(items) => self.array(items, context),
            Node::Var(_) => self.fold_context(context),
            Node::If(operands) => {
                let (chosen, at) = self.branch(operands, context)?;
                self.operand(chosen, Operator::If, at, context)
            }
            Node::And(operands) => self.and(operands, context),
            Node::Plus(operands) => self.plus(operands, context),
            Node::Test(test) => Ok(bool(self.test(test, context)?)),
            Node::Time(time) => Ok(Got::own(Value::DateTime(self.time(time, context)?))),
            Node::Reduce(operands) => self.reduce(operands, context),
            Node::ExtractFromUvci(uvci, index) => self.extract_from_uvci(uvci, *index, context),
        }
    }

    fn test<'a>(&mut self, test: &'a Test, context: Context<'a>) -> Result<bool> {
        match test {
            Test::Equal(operands) => {
                let [l, r] = self.both(operands, Operator::Equal, context)?;
                self.read(text(&l))?;
                same(&l, &r)
            }
            Test::In(operands) => self.is_in(operands, context),
            Test::Compare(operator, operands) => self.compare(*operator, operands, context),
            Test::Not(operand) => Ok(!self.truth(operand, Operator::Not, 0, context)?),
        }
    }

    fn time<'a>(&mut self, time: &'a Time, context: Context<'a>) -> Result<DateTime> {
        match time {
            Time::Plus(date, amount, unit) => {
                let start = self.date(date, Operator::PlusTime, DateTime::parse, context)?;
                Ok(start.plus(*amount, *unit)?)
            }
            Time::DateOfBirth(date) => {
                let parse = DateTime::parse_date;
                self.date(date, Operator::DccDateOfBirth, parse, context)
            }
        }
    }

    #[inline]
    fn operand<'a>(
        &mut self,
        node: &'a Node,
        operator: Operator,
        index: usize,
        context: Context<'a>,
    ) -> Result<Got<'a>> {
        self.eval(node, context)
            .map_err(|e| e.within(operator, index))
    }

    #[inline]
    fn both<'a>(
        &mut self,
        [l, r]: &'a [Node; 2],
        operator: Operator,
        context: Context<'a>,
    ) -> Result<[Got<'a>; 2]> {
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
    ) -> Result<bool> {
        let truth = match node {
            Node::Test(test) => self.spend(1).and_then(|()| self.test(test, context)),
            _ => self.eval(node, context).and_then(|v| truth_of(&v)),
        };
        truth.map_err(|e| e.within(operator, index))
    }

    /// The items of an array that is only looked at, and so needn't be built.
    fn items<'a>(
        &mut self,
        node: &'a Node,
        operator: Operator,
        context: Context<'a>,
    ) -> Result<Items<'a>> {
        let at = usize::from(operator == Operator::In);
        if let Node::Array(nodes) = node {
            let mut items = Vec::with_capacity(nodes.len());
            for (item, node) in nodes.iter().enumerate() {
                let value = self.eval(node, context);
                items.push(value.map_err(|e| e.item(item).within(operator, at))?);
            }
            return Ok(Items::Each(items));
        }
        let value = self.operand(node, operator, at, context)?;
        match (&*value, operator) {
            (Value::Array(_), _) | (Value::Null, Operator::Reduce) => Ok(Items::All(value)),
            (other, Operator::Reduce) => Err(wrong("an array or null", other)),
            (other, _) => Err(wrong("an array", other)),
        }
        .map_err(|e: EvalError| e.within(operator, at))
    }

    fn array<'a>(&mut self, items: &'a [Node], context: Context<'a>) -> Result<Got<'a>> {
        let mut out = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let mut each = || {
                let value = self.eval(item, context)?;
                self.weigh(&value, 1)?;
                Ok(match value {
                    Got::Ref(value) => value.clone(),
                    Got::Own(value) => *value,
                })
            };
            out.push(each().map_err(|e: EvalError| e.item(at))?);
        }
        Ok(Got::own(Value::Array(out)))
    }

    /// The context of a lambda as a whole: `{"var": ""}`.
    fn fold_context<'a>(&mut self, context: Context<'a>) -> Result<Got<'a>> {
        let Context {
            current,
            accumulator,
        } = context;
        let Some(accumulator) = accumulator else {
            return Ok(Got::Ref(current));
        };
        self.weigh(accumulator, 1)?;
        self.weigh(current, 1)?;
        Ok(Got::own(Value::object([
            ("accumulator", accumulator.clone()),
            ("current", current.clone()),
        ])))
    }

    /// The operand that an `if` goes on with, and which one it is.
    #[inline]
    fn branch<'a>(
        &mut self,
        [guard, then, other]: &'a [Node; 3],
        context: Context<'a>,
    ) -> Result<(&'a Node, usize)> {
        Ok(match self.truth(guard, Operator::If, 0, context)? {
            true => (then, 1),
            false => (other, 2),
        })
    }

    /// The first falsy operand, or the last one; the rest isn't evaluated.
    fn and<'a>(&mut self, operands: &'a [Node], context: Context<'a>) -> Result<Got<'a>> {
        let mut last = bool(true);
        for (at, operand) in operands.iter().enumerate() {
            let value = self.operand(operand, Operator::And, at, context)?;
            let truth = truth_of(&value);
            last = value;
            if !truth.map_err(|e| e.within(Operator::And, at))? {
                break;
            }
        }
        Ok(last)
    }

    fn is_in<'a>(&mut self, [l, r]: &'a [Node; 2], context: Context<'a>) -> Result<bool> {
        let member = self.operand(l, Operator::In, 0, context)?;
        let items = self.items(r, Operator::In, context)?;
        let each = 1 + text(&member).len() / 16;
        self.spend(each.saturating_mul(items.len()) as u64)?;
        match &items {
            Items::All(array) => contains(array.as_array().unwrap_or_default(), &member),
            Items::Each(items) => contains(items.iter().map(|item| &**item), &member),
        }
    }

    fn plus<'a>(&mut self, operands: &'a [Node; 2], context: Context<'a>) -> Result<Got<'a>> {
        let [l, r] = self.both(operands, Operator::Plus, context)?;
        let integer = |value: &Value, at| {
            let wrong = || wrong("an integer", value).within(Operator::Plus, at);
            value.as_int().ok_or_else(wrong)
        };
        let sum = integer(&l, 0)?.checked_add(integer(&r, 1)?);
        Ok(Got::own(Value::Int(sum.ok_or(EvalFault::Overflow)?)))
    }

    /// All operands are evaluated, whatever the first pair says.
    fn compare<'a>(
        &mut self,
        operator: Operator,
        operands: &'a [Node],
        context: Context<'a>,
    ) -> Result<bool> {
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
            let mut number = || {
                if let (Node::Time(time), true) = (operand, dates) {
                    self.spend(1)?;
                    return Ok(self.time(time, context)?.milliseconds());
                }
                let value = self.eval(operand, context)?;
                match (&*value, dates) {
                    (Value::Int(number), false) => Ok(*number),
                    (Value::DateTime(time), true) => Ok(time.milliseconds()),
                    (other, true) => Err(wrong("a date-time", other)),
                    (other, false) => Err(wrong("an integer", other)),
                }
            };
            let number = number().map_err(|e: EvalError| e.within(operator, at))?;
            all &= before.is_none_or(|before| holds(before, number));
            before = Some(number);
        }
        Ok(all)
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
            EvalError::from(EvalFault::NotADate { expected }).within(operator, 0)
        })
    }

    /// A missing array is an empty one.
    fn reduce<'a>(
        &mut self,
        [operand, lambda, initial]: &'a [Node; 3],
        context: Context<'a>,
    ) -> Result<Got<'a>> {
        let items = self.items(operand, Operator::Reduce, context)?;
        let mut accumulator = self.operand(initial, Operator::Reduce, 2, context)?;
        for at in 0..items.len() {
            let Some(current) = items.get(at) else { break };
            let inner = Context {
                current,
                accumulator: Some(&accumulator),
            };
            let next = self.operand(lambda, Operator::Reduce, 1, inner)?;
            accumulator = Got::own(self.own(next)?);
        }
        Ok(accumulator)
    }

    /// The fragment between the separators `/`, `#`, `:`, the prefix not counted.
    fn extract_from_uvci<'a>(
        &mut self,
        uvci: &'a Node,
        index: i64,
        context: Context<'a>,
    ) -> Result<Got<'a>> {
        let value = self.operand(uvci, Operator::ExtractFromUvci, 0, context)?;
        let text = match &*value {
            Value::Null => return Ok(Got::Ref(&NULL)),
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
        Ok(fragment.map_or(Got::Ref(&NULL), |fragment| Got::own(fragment.into())))
    }
}

#[inline]
fn truth_of(value: &Value) -> Result<bool> {
    value
        .truth()
        .ok_or_else(|| wrong("a truthy or falsy value", value))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn bool<'a>(value: bool) -> Got<'a> {
    static BOOLEANS: [Value; 2] = [Value::Bool(false), Value::Bool(true)];
    let [no, yes] = &BOOLEANS;
    Got::Ref(if value { yes } else { no })
}

#[cold]
fn wrong(expected: &'static str, value: &Value) -> EvalError {
    let found = value.kind();
    EvalFault::Type { expected, found }.into()
}
