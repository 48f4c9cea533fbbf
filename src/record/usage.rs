use core::fmt;

/// A kind of record that a key can be limited to, by the extended key usage of
/// its certificate (hcert-spec 1.0.8, extended key usage identifiers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Usage {
    /// Test results: OID `….1847.2021.1.1`.
    Test,
    /// Vaccinations: OID `….1847.2021.1.2`.
    Vaccination,
    /// Statements of recovery: OID `….1847.2021.1.3`.
    Recovery,
    /// Light certificates, which state no more than who holds them. No OID names
    /// them: a key signs them only where its list says so.
    Light,
    /// Any other record: no OID names one, so a limited key signs none.
    Other,
}

impl Usage {
    pub(crate) const ALL: [Self; 4] = [Self::Test, Self::Vaccination, Self::Recovery, Self::Light];

    pub(crate) const fn bit(self) -> u8 {
        match self {
            Self::Test => 1,
            Self::Vaccination => 2,
            Self::Recovery => 4,
            Self::Light => 8,
            Self::Other => 0,
        }
    }

    /// `test`, `vaccination`, `recovery`, `light` or `other`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Vaccination => "vaccination",
            Self::Recovery => "recovery",
            Self::Light => "light",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
