//! Whether what somebody signed some time ago can be relied upon now: the same
//! for trust lists and for documents.

use core::time::Duration;

use crate::Timestamp;

/// Why a list or a document can't be relied upon at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stale {
    /// It says that it has expired.
    #[error("it expired at {expires_at}; it is {now}")]
    Expired {
        /// The last instant at which it was valid.
        expires_at: Timestamp,
        /// The time of use.
        now: Timestamp,
    },
    /// It is older than allowed.
    #[error("it is dated {dated}, older than the allowed {} s; it is {now}", .max_age.as_secs())]
    TooOld {
        /// When it was made or fetched.
        dated: Timestamp,
        /// What is allowed.
        max_age: Duration,
        /// The time of use.
        now: Timestamp,
    },
    /// Its age is limited, and nothing says how old it is.
    #[error("it is undated, but its age is limited to {} s: say when it was fetched", .max_age.as_secs())]
    Undated {
        /// What is allowed.
        max_age: Duration,
    },
    /// It was made after the time of use.
    #[error("it is dated {dated}, after the present time {now}: check the clock")]
    FromFuture {
        /// When it was made or fetched.
        dated: Timestamp,
        /// The time of use.
        now: Timestamp,
    },
}

impl Stale {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "stale-expired",
            Self::TooOld { .. } => "stale-too-old",
            Self::Undated { .. } => "stale-undated",
            Self::FromFuture { .. } => "stale-from-future",
        }
    }
}

/// How far a clock may be wrong.
#[derive(Clone, Copy)]
pub(crate) struct Skew {
    /// How far a date may lie in the future.
    pub(crate) slow: Duration,
    /// How long ago something may have expired.
    pub(crate) fast: Duration,
}

impl Skew {
    /// As a verifier has it if nothing is said.
    pub(crate) const DEFAULT: Self = Self {
        slow: Duration::from_secs(60),
        fast: Duration::ZERO,
    };
}

#[derive(Clone, Copy)]
pub(crate) struct Dates {
    /// It did not exist before, or was not at hand.
    pub(crate) made_at: Option<Timestamp>,
    /// What its age counts from.
    pub(crate) counted_from: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Dates {
    pub(crate) fn check(
        &self,
        max_age: Option<Duration>,
        skew: Skew,
        now: Timestamp,
    ) -> Result<(), Stale> {
        if let Some(dated) = self.made_at
            && now + skew.slow < dated
        {
            return Err(Stale::FromFuture { dated, now });
        }
        if let Some(expires_at) = self.expires_at
            && now > expires_at + skew.fast
        {
            return Err(Stale::Expired { expires_at, now });
        }
        let Some(max_age) = max_age else {
            return Ok(());
        };
        let dated = self.counted_from.ok_or(Stale::Undated { max_age })?;
        if dated < now - max_age {
            return Err(Stale::TooOld {
                dated,
                max_age,
                now,
            });
        }
        Ok(())
    }
}
