//! Versions of rules, schemas and engines.

use core::fmt;

/// A version `x.y.z`, ordered by its numbers: 1.10.0 is later than 1.9.0.
///
/// ```
/// use hcert::rules::Version;
/// let (old, new) = (Version::parse("1.9.0"), Version::parse("1.10.0"));
/// assert!(old < new && old.is_some());
/// assert_eq!(Version::parse("1.0"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u32; 3]);

impl Version {
    pub(crate) const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self([major, minor, patch])
    }

    /// Reads three decimal numbers with dots between them, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| {
            let digits = part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        });
        let found = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self(found))
    }

    /// The first number.
    pub const fn major(self) -> u32 {
        let [major, ..] = self.0;
        major
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}
