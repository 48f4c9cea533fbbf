//! JSON in the making: one line, the members in the order in which they are
//! put, numbers whole. The same values give the same text.

use alloc::string::{String, ToString};
use core::fmt::{self, Write};

use crate::codec::text::is_unprintable;
use crate::{Date, PartialDate, Timestamp};

/// The version of what is written: `test-vectors/verdict-schema.json`.
const VERSION: u32 = 1;

/// What has a form in JSON.
pub(crate) trait WriteJson {
    fn write_json(&self, out: &mut String);
}

/// `Serialize` of the document that `to_json` writes.
macro_rules! serialize_as_json {
    ($name:ty) => {
        /// The document that `to_json` writes, in any format of serde's.
        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let json = serde_json::from_str::<serde_json::Value>(&self.to_json());
                json.map_err(serde::ser::Error::custom)?
                    .serialize(serializer)
            }
        }
    };
}
pub(crate) use serialize_as_json;

/// Why something is as it is: a stable code, words (`Display`), and what was
/// compared.
pub(crate) trait Why: fmt::Display {
    fn code(&self) -> &'static str;

    /// What was compared, as data.
    fn values(&self, values: &mut Object<'_>);
}

/// An object of its own, which says by what version of the schema it is made.
pub(crate) fn document(fill: impl FnOnce(&mut Object<'_>)) -> String {
    let mut out = String::new();
    object(&mut out, |object| {
        object.put("version", &VERSION);
        fill(object);
    });
    out
}

pub(crate) fn object(out: &mut String, fill: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    fill(&mut Object {
        out,
        is_empty: true,
    });
    out.push('}');
}

/// An object that is being written.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    is_empty: bool,
}

impl Object<'_> {
    fn name(&mut self, name: &str) -> &mut String {
        if !core::mem::take(&mut self.is_empty) {
            self.out.push(',');
        }
        name.write_json(self.out);
        self.out.push(':');
        self.out
    }

    pub(crate) fn put(&mut self, name: &str, value: &(impl WriteJson + ?Sized)) {
        value.write_json(self.name(name));
    }

    /// A text that is made for the purpose.
    pub(crate) fn text(&mut self, name: &str, value: impl fmt::Display) {
        self.put(name, &value.to_string());
    }

    pub(crate) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        object(self.name(name), fill);
    }

    pub(crate) fn list<T: WriteJson>(&mut self, name: &str, items: impl IntoIterator<Item = T>) {
        array(self.name(name), items, |out, item| item.write_json(out));
    }

    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Object<'_>, T),
    ) {
        array(self.name(name), items, |out, item| {
            object(out, |object| fill(object, item));
        });
    }

    /// `{code, message, values}`, or null.
    pub(crate) fn why(&mut self, name: &str, why: Option<&impl Why>) {
        let out = self.name(name);
        match why {
            Some(why) => object(out, |object| object.explain(why)),
            None => out.push_str("null"),
        }
    }

    /// The same as members of this object.
    pub(crate) fn explain(&mut self, why: &impl Why) {
        self.put("code", why.code());
        self.text("message", why);
        self.object("values", |values| why.values(values));
    }
}

fn array<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

impl WriteJson for str {
    /// What can't be seen, or turns the direction of writing, is escaped, too:
    /// whoever prints the JSON prints what stands there.
    fn write_json(&self, out: &mut String) {
        out.push('"');
        for c in self.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                c if is_unprintable(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        // Writing to a String cannot fail.
                        let _ = write!(out, "\\u{unit:04x}");
                    }
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
}

impl WriteJson for String {
    fn write_json(&self, out: &mut String) {
        self.as_str().write_json(out);
    }
}

impl WriteJson for bool {
    fn write_json(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl WriteJson for $number {
            fn write_json(&self, out: &mut String) {
                let _ = write!(out, "{self}");
            }
        }
    )*};
}

whole_numbers!(u32, u64, usize);

impl<T: WriteJson + ?Sized> WriteJson for &T {
    fn write_json(&self, out: &mut String) {
        (**self).write_json(out);
    }
}

impl<T: WriteJson> WriteJson for Option<T> {
    fn write_json(&self, out: &mut String) {
        match self {
            Some(value) => value.write_json(out),
            None => out.push_str("null"),
        }
    }
}

impl<T: WriteJson> WriteJson for [T] {
    fn write_json(&self, out: &mut String) {
        array(out, self, |out, item| item.write_json(out));
    }
}

impl WriteJson for Timestamp {
    /// RFC 3339 in UTC; null outside the years that it can name, which is no
    /// bound of a period.
    fn write_json(&self, out: &mut String) {
        let text = self.date().map(|_| self.to_string());
        text.write_json(out);
    }
}

impl WriteJson for Date {
    fn write_json(&self, out: &mut String) {
        self.to_string().write_json(out);
    }
}

impl WriteJson for PartialDate {
    fn write_json(&self, out: &mut String) {
        let known = Some(self.to_string()).filter(|text| !text.is_empty());
        known.write_json(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_what_it_is_and_nothing_in_it_is_unseen() {
        let mut all: String = (0..0x3000).filter_map(char::from_u32).collect();
        all.push_str("\u{feff}\u{fff9}\u{e0041}\u{1d173}😀");
        let mut out = String::new();
        all.write_json(&mut out);
        let read: Result<String, _> = serde_json::from_str(&out);
        assert_eq!(read.ok(), Some(all));
        assert!(!out.contains(is_unprintable));
        assert!(out.contains("\\u202e") && out.contains("\\udb40\\udc41") && out.contains('😀'));
    }

    #[test]
    fn members_stand_in_the_order_in_which_they_are_put() {
        let text = document(|object| {
            object.put("z", &Some(2_u32));
            object.list("a", ["x", "y\n"]);
            object.objects("b", [true, false], |item, value| item.put("is", &value));
            object.object("none", |_| {});
            object.put("end", &Timestamp::from_seconds(i64::MAX));
            object.put("start", &Timestamp::from_seconds(0));
            object.put("day", &PartialDate::Unknown);
        });
        let expected = concat!(
            r#"{"version":1,"z":2,"a":["x","y\u000a"],"b":[{"is":true},{"is":false}],"#,
            r#""none":{},"end":null,"start":"1970-01-01T00:00:00Z","day":null}"#
        );
        assert_eq!(text, expected);
    }
}
