//! What an evaluation may cost.

use super::place::Got;
use super::{Evaluation, Result};
use crate::rules::certlogic::error::EvalFault;
use crate::rules::certlogic::value::Value;

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

impl Evaluation {
    #[inline]
    pub(super) fn spend(&mut self, steps: u64) -> Result<()> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(EvalFault::TooManySteps { max: self.max }.into()),
        }
    }

    pub(super) fn read(&mut self, text: &str) -> Result<()> {
        self.spend(text.len() as u64 / 16)
    }

    #[inline]
    pub(super) fn own(&mut self, value: Got<'_>) -> Result<Value> {
        match value {
            Got::Ref(Value::Bool(value)) => Ok(Value::Bool(*value)),
            Got::Ref(value) => {
                self.weigh(value, 0)?;
                Ok(value.clone())
            }
            Got::Own(value) => Ok(*value),
        }
    }

    /// Pays for a copy, before it is made.
    pub(super) fn weigh(&mut self, value: &Value, depth: usize) -> Result<()> {
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
