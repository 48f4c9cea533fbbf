//! The payloads of the hcert claim.

/// The kind of payload that carries a record (claim -260 and the key under it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum PayloadKind {
    /// The EU Digital COVID Certificate (1).
    #[default]
    EuDcc,
    /// The WHO's DDCC, vaccination status (3).
    DdccVaccination,
    /// The WHO's DDCC, test result (4).
    DdccTest,
    /// A health link (5).
    HealthLink,
    /// The yellow card, DVCMin or ICVPMin (-6).
    YellowCard,
    /// The medication overview (-7).
    Medication,
    /// Switzerland's light certificate (1, in a claim of its own): a holder, and
    /// no more.
    Light,
}

impl PayloadKind {
    /// All that stand in the hcert claim.
    pub const ALL: [Self; 6] = [
        Self::EuDcc,
        Self::DdccVaccination,
        Self::DdccTest,
        Self::HealthLink,
        Self::YellowCard,
        Self::Medication,
    ];

    /// The key of the payload in the hcert claim, or in the claim of its own.
    pub const fn claim_key(self) -> i64 {
        match self {
            Self::EuDcc | Self::Light => 1,
            Self::DdccVaccination => 3,
            Self::DdccTest => 4,
            Self::HealthLink => 5,
            Self::YellowCard => -6,
            Self::Medication => -7,
        }
    }

    /// Whether a certificate needs a time of expiry (exp). A yellow card holds
    /// for life, and is issued without in the field. A DDCC needs one unless
    /// it states the end of its period.
    pub const fn needs_expiry(self) -> bool {
        !matches!(self, Self::YellowCard)
    }

    /// A stable identifier.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EuDcc => "eu-dcc",
            Self::DdccVaccination => "ddcc-vaccination",
            Self::DdccTest => "ddcc-test",
            Self::HealthLink => "health-link",
            Self::YellowCard => "yellow-card",
            Self::Medication => "medication",
            Self::Light => "light-certificate",
        }
    }
}
