use core::fmt;

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
    pub(crate) code: String,
    pub(crate) system: Option<String>,
    pub(crate) display: Option<String>,
}

impl Coding {
    /// A code without its system.
    pub fn new(code: &str) -> Self {
        code.into()
    }

    /// Adds the URI of the code system.
    #[must_use]
    pub fn with_system(mut self, uri: &str) -> Self {
        self.system = Some(uri.to_owned()).filter(|uri| !uri.is_empty());
        self
    }

    /// Adds the meaning in words.
    #[must_use]
    pub fn with_display(mut self, words: &str) -> Self {
        self.display = Some(words.to_owned()).filter(|words| !words.is_empty());
        self
    }

    /// The code; empty where the certificate has none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The URI of the code system.
    pub fn system(&self) -> Option<&str> {
        self.system.as_deref()
    }

    /// The meaning in words.
    pub fn display(&self) -> Option<&str> {
        self.display.as_deref()
    }

    /// Whether it is a code of that system, which an EU DCC does not name. The
    /// same code of another system means something else.
    pub(crate) fn is_of(&self, system: &str) -> bool {
        let rest = self.system().map(|uri| uri.strip_prefix(system));
        rest.is_none_or(|rest| rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is a code alone.
    pub(super) fn is_bare(&self) -> bool {
        self.system.is_none() && self.display.is_none()
    }
}

impl From<String> for Coding {
    fn from(code: String) -> Self {
        Self {
            code,
            ..Self::default()
        }
    }
}

impl From<&str> for Coding {
    fn from(code: &str) -> Self {
        code.to_owned().into()
    }
}

impl From<&String> for Coding {
    fn from(code: &String) -> Self {
        code.clone().into()
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
