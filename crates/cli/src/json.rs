//! The lines of JSON that programs print: what the library writes of its
//! values, and what a program adds.

use std::fmt::Display;

use serde_json::{Value, json};

/// An object on one line, its members in the order in which they are added.
#[derive(Default)]
pub struct Line(String);

impl Line {
    /// With a member of the program's own.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Self {
        self.with_json(name, &value.into().to_string())
    }

    /// With what the library writes as a member.
    pub fn with_json(mut self, name: &str, json: &str) -> Self {
        self.0 += &format!("{}{}:{json}", self.separator(), Value::from(name));
        self
    }

    /// With all members of an object that the library writes.
    pub fn with_members(mut self, object: &str) -> Self {
        let members = object.strip_prefix('{').and_then(|o| o.strip_suffix('}'));
        if let Some(members) = members.filter(|members| !members.is_empty()) {
            self.0 += self.separator();
            self.0 += members;
        }
        self
    }

    fn separator(&self) -> &'static str {
        if self.0.is_empty() { "" } else { "," }
    }

    /// The object.
    pub fn object(self) -> String {
        format!("{{{}}}", self.0)
    }

    /// The object and the end of its line.
    pub fn end(self) -> String {
        self.object() + "\n"
    }
}

/// An object on one line of members of the program's own.
pub fn object(members: &[(&str, Value)]) -> String {
    let add = |line: Line, (name, value): &(&str, Value)| line.with(name, value.clone());
    members.iter().fold(Line::default(), add).object()
}

/// Why something is so, as the library writes it.
pub fn why(code: &str, message: impl Display) -> Value {
    json!({"code": code, "message": message.to_string(), "values": {}})
}
