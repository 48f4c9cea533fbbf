//! Objects, whose members are looked up far more often than they are made.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use super::Value;

/// The members of a JSON object, in their order. Clones share them, so that
/// value sets can be put beside each certificate.
#[derive(Clone, PartialEq, Default)]
pub struct Object(Arc<[Member]>);

#[derive(Clone, PartialEq)]
struct Member {
    name: Name,
    value: Value,
}

/// A name with a digest of it, which nearly always settles a comparison.
#[derive(Clone, PartialEq)]
pub(in crate::rules::certlogic) struct Name {
    digest: u64,
    text: Box<str>,
}

impl Name {
    /// Whether the digest is all of the name.
    const fn is_short(&self) -> bool {
        self.text.len() < 8
    }
}

impl From<Box<str>> for Name {
    fn from(text: Box<str>) -> Self {
        let digest = digest(&text);
        Self { digest, text }
    }
}

/// The length, up to 255, and the first seven bytes.
fn digest(text: &str) -> u64 {
    let length = text.len().min(255) as u64;
    let bytes = text.bytes().take(7);
    bytes.fold(length, |digest, byte| digest << 8 | u64::from(byte))
}

impl Object {
    /// The first member of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let digest = digest(name);
        let mut members = self.0.iter();
        let found = members.find(|m| m.name.digest == digest && *m.name.text == *name)?;
        Some(&found.value)
    }

    /// The same, for a name that is looked up often.
    #[inline]
    pub(in crate::rules::certlogic) fn find(&self, name: &Name) -> Option<&Value> {
        let same = |m: &&Member| {
            m.name.digest == name.digest && (name.is_short() || m.name.text == name.text)
        };
        self.0.iter().find(same).map(|m| &m.value)
    }

    /// The names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|m| (&*m.name.text, &m.value))
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Object {
    /// The size alone, as it may be about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} members)", self.len())
    }
}

impl<N: Into<Box<str>>> FromIterator<(N, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(members: I) -> Self {
        let member = |(name, value): (N, Value)| Member {
            name: name.into().into(),
            value,
        };
        Self(members.into_iter().map(member).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn names_are_told_apart() {
        let names = [
            "", "a", "aa", "\0", "\0\0", "abcdefg", "abcdefgh", "abcdefgi", "äöü", "äöüß",
        ];
        let long = ["x".repeat(255), "x".repeat(256), "x".repeat(255) + "y"];
        let names: Vec<&str> = names.into_iter().chain(long.iter().map(|n| &**n)).collect();
        let number = |(at, name): (usize, &&str)| (Box::<str>::from(*name), Value::Int(at as i64));
        let object: Object = names.iter().enumerate().map(number).collect();
        for (at, name) in names.iter().enumerate() {
            let expected = Some(&Value::Int(at as i64));
            assert_eq!(object.get(name), expected);
            assert_eq!(object.find(&Box::<str>::from(*name).into()), expected);
        }
        assert_eq!(object.get("b"), None);
    }
}
