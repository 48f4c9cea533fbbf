use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::Text;

/// A code, the code system that it is of, and its meaning in words (FHIR R4
/// `Coding`). In an EU DCC the code stands alone: its system is fixed.
///
/// ```
/// use hcert::record::Coding;
/// let coding = Coding::new("XN109")
///     .with_system("http://id.who.int/icd11/mms")
///     .with_display("SARS-CoV-2");
/// assert_eq!((coding.code(), coding.display()), ("XN109", Some("SARS-CoV-2")));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Coding {
    code: Text,
    /// Boxed: most codes stand alone, and a certificate may hold many.
    more: Option<Box<More>>,
}

#[derive(Clone, PartialEq, Eq, Default)]
struct More {
    system: Option<String>,
    display: Option<String>,
}

impl Coding {
    /// A code without its system.
    pub fn new(code: &str) -> Self {
        code.into()
    }

    pub(crate) const EMPTY: Self = Self {
        code: Text::EMPTY,
        more: None,
    };

    pub(crate) fn from_parts(code: Text, system: Option<String>, display: Option<String>) -> Self {
        let stated = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (system, display) = (stated(system), stated(display));
        let more = (system.is_some() || display.is_some()).then_some(More { system, display });
        Self {
            code,
            more: more.map(Box::new),
        }
    }

    /// Adds the URI of the code system.
    #[must_use]
    pub fn with_system(self, uri: &str) -> Self {
        let More { display, .. } = self.more.map(|more| *more).unwrap_or_default();
        Self::from_parts(self.code, Some(uri.to_owned()), display)
    }

    /// Adds the meaning in words.
    #[must_use]
    pub fn with_display(self, words: &str) -> Self {
        let More { system, .. } = self.more.map(|more| *more).unwrap_or_default();
        Self::from_parts(self.code, system, Some(words.to_owned()))
    }

    /// The code; empty where the certificate has none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The URI of the code system.
    pub fn system(&self) -> Option<&str> {
        self.more.as_ref()?.system.as_deref()
    }

    /// The meaning in words.
    pub fn display(&self) -> Option<&str> {
        self.more.as_ref()?.display.as_deref()
    }

    /// Whether it is a code of that system, which an EU DCC does not name. The
    /// same code of another system means something else.
    pub(crate) fn is_of(&self, system: &str) -> bool {
        let rest = self.system().map(|uri| uri.strip_prefix(system));
        rest.is_none_or(|rest| rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// Whether it is a code alone.
    pub(super) fn is_bare(&self) -> bool {
        self.more.is_none()
    }
}

impl From<String> for Coding {
    fn from(code: String) -> Self {
        code.as_str().into()
    }
}

impl From<&str> for Coding {
    fn from(code: &str) -> Self {
        let code = code.into();
        Self { code, more: None }
    }
}

impl From<&String> for Coding {
    fn from(code: &String) -> Self {
        code.as_str().into()
    }
}

impl AsRef<str> for Coding {
    fn as_ref(&self) -> &str {
        &self.code
    }
}

impl fmt::Debug for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coding(redacted)")
    }
}
