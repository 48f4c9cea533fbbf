use alloc::boxed::Box;
use alloc::string::String;
use core::ops::Deref;

/// A text that takes no memory of its own if it is short, as most codes and
/// names are: a certificate is read with few allocations.
#[derive(Clone)]
pub(crate) struct Text(Form);

#[derive(Clone)]
enum Form {
    /// The length, and the bytes of a text with zeros after it.
    Short(u8, [u8; Text::SHORT]),
    Long(Box<str>),
}

impl Text {
    const SHORT: usize = 22;

    pub const EMPTY: Self = Self(Form::Short(0, [0; Self::SHORT]));

    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Short(length, bytes) => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                // It was made from a text.
                core::str::from_utf8(text).unwrap_or_default()
            }
            Form::Long(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; Self::SHORT];
        match bytes.get_mut(..text.len()) {
            Some(start) => {
                start.copy_from_slice(text.as_bytes());
                Self(Form::Short(text.len() as u8, bytes))
            }
            None => Self(Form::Long(text.into())),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_kept() {
        assert!(Text::EMPTY.is_empty() && size_of::<Option<Text>>() <= 24);
        for length in 0..100 {
            for letter in ["x", "ß", "王", "💉"] {
                let text = letter.repeat(length);
                assert_eq!(Text::from(text.as_str()).as_str(), text);
            }
        }
    }
}
