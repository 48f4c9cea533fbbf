//! What a revocation list names a certificate by.

/// What a revocation list names a certificate by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum IdentifierKind {
    /// `SIGNATURE`: the first half of an ES256 signature, or a whole PS256 one.
    Signature = 0x0a,
    /// `UCI`: the unique certificate identifier.
    Uci = 0x0b,
    /// `COUNTRYCODEUCI`: the country, and behind it the same text.
    CountryCodeUci = 0x0c,
}

impl IdentifierKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Signature, Self::Uci, Self::CountryCodeUci];

    /// A stable identifier of the kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Uci => "uci",
            Self::CountryCodeUci => "country-code-uci",
        }
    }

    /// The byte that stands behind the kid in a list.
    pub const fn type_byte(self) -> u8 {
        self as u8
    }

    /// The kind with this [`type_byte`](Self::type_byte).
    pub fn from_type_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.type_byte() == byte)
    }
}
