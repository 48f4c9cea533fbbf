//! Where values stand: in the data, in the expression, or by themselves.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Deref;

use crate::rules::certlogic::expression::{Fragment, Lambda, Path};
use crate::rules::certlogic::value::Value;

pub(super) static NULL: Value = Value::Null;

/// What `var` looks into. Two words, so that it is passed in registers.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// The data, or a lambda's `current`.
    pub current: &'a Value,
    /// In a lambda, whose context is `{"accumulator": …, "current": …}`.
    pub accumulator: Option<&'a Value>,
}

/// A value. Two words, so that it is passed in registers.
pub(super) enum Got<'a> {
    /// It stands in the data or in the expression.
    Ref(&'a Value),
    /// It was computed.
    Own(Box<Value>),
}

impl Got<'_> {
    pub(super) fn own(value: Value) -> Self {
        Self::Own(Box::new(value))
    }
}

impl Deref for Got<'_> {
    type Target = Value;

    #[inline]
    fn deref(&self) -> &Value {
        match self {
            Self::Ref(value) => value,
            Self::Own(value) => value,
        }
    }
}

/// An array whose items are looked at.
pub(super) enum Items<'a> {
    /// An array, or null for an empty one.
    All(Got<'a>),
    /// The items by themselves.
    Each(Vec<Got<'a>>),
}

impl Items<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(array) => array.as_array().map_or(0, <[Value]>::len),
            Self::Each(items) => items.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&Value> {
        match self {
            Self::All(array) => array.as_array()?.get(index),
            Self::Each(items) => items.get(index).map(|item| &**item),
        }
    }
}

/// Section “Data access”: what isn't there is `null`. None for the whole
/// context of a lambda, which stands nowhere.
#[inline(never)]
pub(super) fn var<'a>(path: &'a Path, context: Context<'a>) -> Option<&'a Value> {
    let mut fragments = &*path.fragments;
    let mut value = context.current;
    if let Some(accumulator) = context.accumulator {
        fragments = fragments.split_first()?.1;
        value = match path.lambda {
            Some(Lambda::Accumulator) => accumulator,
            Some(Lambda::Current) => value,
            None => &NULL,
        };
    }
    for fragment in fragments {
        let part = match (fragment, value) {
            (Fragment::Name(name), Value::Object(object)) => object.find(name),
            (Fragment::Index(Some(index)), Value::Array(items)) => items.get(*index),
            _ => None,
        };
        match part {
            Some(part) => value = part,
            None => return Some(&NULL),
        }
    }
    Some(value)
}
