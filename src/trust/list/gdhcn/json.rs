//! JSON with nothing lost: `serde_json::Value` keeps the last of two members
//! of the same name and says nothing, which would leave the other one
//! unsigned.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::codec::json::Members;
use crate::trust::jwk::Jwk;

/// A value, its texts borrowed from the input where they have no escapes.
pub(super) enum Node<'a> {
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    /// In the order of the input, repeated names included.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    /// A number, `true`, `false` or `null`: no signed document has any.
    Other,
}

impl Node<'_> {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The first member of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }
}

impl Members for Node<'_> {
    fn text(&self, name: &str) -> Option<Option<&str>> {
        self.only(name).map(|member| member?.as_text())
    }

    fn any_name(&self, is_one: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Object(members) => members.iter().any(|(name, _)| is_one(name)),
            _ => false,
        }
    }
}

impl Jwk for Node<'_> {
    fn texts(&self, name: &str) -> Option<Option<Vec<&str>>> {
        let member = self.only(name)?.and_then(Self::as_array);
        Some(member.and_then(|all| all.iter().map(Self::as_text).collect()))
    }
}

impl Node<'_> {
    /// The member of that name; `Some(None)` for several.
    fn only(&self, name: &str) -> Option<Option<&Self>> {
        let Self::Object(members) = self else {
            return None;
        };
        let mut found = members.iter().filter(|(n, _)| n == name);
        let (_, first) = found.next()?;
        Some(found.next().is_none().then_some(first))
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

/// The name of a member: `Cow<str>` by itself would always copy.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(NodeVisitor)? {
            Node::Text(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("not a name")),
        }
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(text.into())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element()? {
            out.push(item);
        }
        Ok(Node::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while let Some((Name(name), value)) = members.next_entry()? {
            out.push((name, value));
        }
        Ok(Node::Object(out))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }
}
