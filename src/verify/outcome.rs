use core::fmt;

/// What a certificate is, in the words of the WHO (smart-icvp, functional
/// requirements).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Authentic and in time.
    Valid,
    /// False: changed, malformed, or signed by a key that must not sign it.
    Invalid,
    /// Authentic once, and withdrawn.
    Revoked,
    /// Authentic, and its time or that of its signer's certificate is over.
    Expired,
    /// Authentic, and its time has not come.
    NotYetValid,
    /// Not shown to be false, and it can't be shown to be authentic: the
    /// key is unknown, or needed data are missing.
    Unascertained,
}

impl Outcome {
    /// The word: `valid`, `invalid`, `revoked`, `expired`, `not-yet-valid`,
    /// `unascertained`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Unascertained => "unascertained",
        }
    }

    /// Precedence when several steps fail: the most severe outcome wins.
    pub(super) const fn weight(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Unascertained => 1,
            Self::NotYetValid => 2,
            Self::Expired => 3,
            Self::Invalid => 4,
            Self::Revoked => 5,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
