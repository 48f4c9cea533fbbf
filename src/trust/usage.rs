//! What a key may sign.

use alloc::string::String;
use core::fmt;

use super::Dsc;
use crate::record::usage::Usage;

/// What a key may sign: anything but light certificates, or a set of [`Usage`].
///
/// ```
/// use hcert::trust::{KeyUsage, Usage};
/// let usage = KeyUsage::only([Usage::Vaccination, Usage::Test]);
/// assert!(usage.allows(Usage::Test));
/// assert!(!usage.allows(Usage::Recovery));
/// assert_eq!(usage.to_string(), "test, vaccination");
/// assert!(KeyUsage::ANY.allows(Usage::Recovery));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyUsage(pub(super) Option<u8>);

impl KeyUsage {
    /// No limit but that of [`Usage::Light`], which has to be named.
    pub const ANY: Self = Self(None);

    /// Nothing but these; with none, nothing at all.
    pub fn only(usages: impl IntoIterator<Item = Usage>) -> Self {
        Self(Some(
            usages.into_iter().fold(0, |set, usage| set | usage.bit()),
        ))
    }

    /// Reads the object identifiers of an extended key usage extension, in
    /// dotted form. With none of the health OIDs
    /// `1.3.6.1.4.1.1847.2021.1.{1,2,3}` there is no limit; the older
    /// arc `1.3.6.1.4.1.0.1847.2021.1` means the same. Another OID of these
    /// arcs, and an arc itself, is a limit, too, and allows none of the kinds that
    /// are known.
    pub fn from_oids<'a>(oids: impl IntoIterator<Item = &'a str>) -> Self {
        const ARCS: [&str; 2] = ["1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1"];
        let below = |oid: &'a str, arc: &str| {
            let rest = oid.strip_prefix(arc)?;
            (rest.is_empty() || rest.starts_with('.')).then_some(rest)
        };
        oids.into_iter()
            .filter_map(|oid| {
                let mut arcs = ARCS.into_iter();
                Some(match arcs.find_map(|arc| below(oid, arc))? {
                    ".1" => Usage::Test,
                    ".2" => Usage::Vaccination,
                    ".3" => Usage::Recovery,
                    _ => Usage::Other,
                })
            })
            .fold(Self::ANY, |Self(set), usage| {
                Self(Some(set.unwrap_or(0) | usage.bit()))
            })
    }

    /// Whether the key may sign records of this kind.
    pub const fn allows(self, usage: Usage) -> bool {
        match self.0 {
            None => !matches!(usage, Usage::Light),
            Some(set) => set & usage.bit() != 0,
        }
    }

    /// What both allow.
    pub(crate) const fn both(self, other: Self) -> Self {
        match (self.0, other.0) {
            (None, limit) | (limit, None) => Self(limit),
            (Some(a), Some(b)) => Self(Some(a & b)),
        }
    }

    pub(super) const fn to_bits(self) -> Option<u8> {
        self.0
    }

    pub(super) const fn from_bits(set: u8) -> Option<Self> {
        if set < 16 {
            Some(Self(Some(set)))
        } else {
            None
        }
    }

    /// Whether the key is limited. A limited key signs no record that is
    /// outside the kinds of [`Usage`].
    pub const fn is_limited(self) -> bool {
        self.0.is_some()
    }
}

impl FromIterator<Usage> for KeyUsage {
    fn from_iter<T: IntoIterator<Item = Usage>>(usages: T) -> Self {
        Self::only(usages)
    }
}

impl From<Usage> for KeyUsage {
    fn from(usage: Usage) -> Self {
        Self::only([usage])
    }
}

impl fmt::Display for KeyUsage {
    /// `any`, `none`, or the kinds: `test, vaccination`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => return f.write_str("any"),
            Some(0) => return f.write_str("none"),
            Some(_) => {}
        }
        let allowed = Usage::ALL.into_iter().filter(|usage| self.allows(*usage));
        for (n, usage) in allowed.enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            f.write_str(usage.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyUsage({self})")
    }
}

impl Dsc {
    /// What the certificate lets its key sign: see [`KeyUsage::from_oids`].
    pub fn usage(&self) -> KeyUsage {
        let oids = self.extended_key_usage().unwrap_or_default();
        KeyUsage::from_oids(oids.iter().map(String::as_str))
    }
}
