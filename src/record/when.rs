use core::fmt;

use crate::{Date, PartialDate, TimeError, Timestamp};

/// A date or an instant, as exact as it is stated (FHIR R4 `dateTime`).
///
/// `Debug` shows the precision alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// A day, a month or a year; nothing says in which time zone.
    Date(PartialDate),
    /// An instant.
    Instant(Timestamp),
}

impl When {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or RFC 3339.
    ///
    /// ```
    /// use hcert::record::When;
    /// let end = When::parse("2022-07")?;
    /// assert_eq!(end.last().map(|t| t.to_string()).as_deref(), Some("2022-07-31T23:59:59Z"));
    /// # Ok::<(), hcert::TimeError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        match PartialDate::parse(text) {
            Ok(date) if date != PartialDate::Unknown => Ok(Self::Date(date)),
            _ => Timestamp::parse(text).map(Self::Instant),
        }
    }

    /// The first instant that it can mean, in UTC.
    pub fn first(self) -> Option<Timestamp> {
        match self {
            Self::Date(date) => Some(date.range()?.0.midnight()),
            Self::Instant(time) => Some(time),
        }
    }

    /// The last instant that it can mean, in UTC (a FHIR period holds to the
    /// end of the day, month or year that it ends with).
    pub fn last(self) -> Option<Timestamp> {
        match self {
            Self::Date(date) => Some(date.range()?.1.last_second()),
            Self::Instant(time) => Some(time),
        }
    }
}

impl core::str::FromStr for When {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text)
    }
}

impl From<Date> for When {
    fn from(date: Date) -> Self {
        Self::Date(PartialDate::Day(date))
    }
}

impl From<Timestamp> for When {
    fn from(time: Timestamp) -> Self {
        Self::Instant(time)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Instant(time) => time.fmt(f),
        }
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Instant(_) => f.write_str("Instant(redacted)"),
        }
    }
}
