//! Instants, dates, and the text forms in which certificates carry them.
//!
//! Time is always an argument in this crate: nothing here reads a clock.

use core::fmt;
use core::ops::{Add, Sub};
use core::time::Duration;

use jiff::civil;

/// 9999-12-31T23:59:59Z: what is later is no second count, but
/// milliseconds, a mistake, or an attempt.
pub(crate) const LAST_SECOND: i64 = 253_402_300_799;

/// A text that is not a date or an instant. It does not repeat the text,
/// which may be about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
#[non_exhaustive]
pub struct TimeError {
    /// What was expected, such as `an RFC 3339 date and time`.
    pub expected: &'static str,
}

impl TimeError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        "time-form"
    }
}

/// An instant, in whole seconds since 1970-01-01T00:00:00Z (RFC 8392's
/// `NumericDate` without a fraction).
///
/// ```
/// use hcert::Timestamp;
/// let t = Timestamp::parse("2021-05-11T12:00:00Z")?;
/// assert_eq!(t.seconds(), 1_620_734_400);
/// assert_eq!(t.to_string(), "2021-05-11T12:00:00Z");
/// let day = core::time::Duration::from_secs(86_400);
/// assert_eq!((t + day).to_string(), "2021-05-12T12:00:00Z");
/// # Ok::<(), hcert::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 (`2021-05-11T14:00:00+02:00`), and what certificates
    /// have in its place: ISO 8601 with a blank for `T`, without seconds, with
    /// hours alone in the offset. A fraction of a second is cut off.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>()
            .map(|t| Self(t.as_nanosecond().div_euclid(1_000_000_000) as i64))
            .map_err(|_| TimeError {
                expected: "an RFC 3339 date and time, such as 2021-05-11T12:00:00Z",
            })
    }

    /// Stops at the ends of the range.
    #[must_use]
    pub(crate) const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The calendar day in UTC, if the instant falls into the years 0–9999.
    pub fn date(self) -> Option<Date> {
        let date = self.civil()?.date();
        (date.year() >= 0).then_some(Date(date))
    }

    /// In UTC. An instant of jiff ends a day before the year 9999 does, so that
    /// it has a place in every zone.
    fn civil(self) -> Option<civil::DateTime> {
        if let Ok(instant) = jiff::Timestamp::from_second(self.0) {
            return Some(jiff::tz::Offset::UTC.to_datetime(instant));
        }
        let epoch = civil::date(1970, 1, 1).at(0, 0, 0, 0);
        let since = jiff::SignedDuration::from_secs(self.0);
        epoch.checked_add(since).ok()
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    /// So many whole seconds later; stops at the end of the range.
    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add_unsigned(later.as_secs()))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    /// So many whole seconds earlier; stops at the end of the range.
    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub_unsigned(earlier.as_secs()))
    }
}

#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    /// Rounds towards the past.
    fn from(time: std::time::SystemTime) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_secs()).unwrap_or(i64::MAX)),
            Err(before) => {
                let gap = before.duration();
                let whole = i64::try_from(gap.as_secs()).unwrap_or(i64::MAX);
                Self((-whole).saturating_sub(i64::from(gap.subsec_nanos() > 0)))
            }
        }
    }
}

#[cfg(feature = "std")]
impl From<Timestamp> for std::time::SystemTime {
    /// 1970 where the platform can't tell a time so far away.
    fn from(time: Timestamp) -> Self {
        let (epoch, gap) = (Self::UNIX_EPOCH, Duration::from_secs(time.0.unsigned_abs()));
        let found = match time.0 < 0 {
            true => epoch.checked_sub(gap),
            false => epoch.checked_add(gap),
        };
        found.unwrap_or(epoch)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, or `@seconds` outside the years that it can name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.civil() {
            Some(t) => write!(f, "{t}Z"),
            None => write!(f, "@{}", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A calendar day.
///
/// ```
/// use hcert::Date;
/// let date = Date::parse("2021-02-28")?;
/// assert_eq!(date.plus_days(1).map(|d| d.to_string()), Some("2021-03-01".into()));
/// assert!(Date::parse("2021-02-29").is_err());
/// # Ok::<(), hcert::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The day, if it exists and its year is 0–9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, TimeError> {
        let wrong = TimeError {
            expected: "a day of the calendar",
        };
        let part = |n: u8| i8::try_from(n).map_err(|_| wrong);
        civil::Date::new(
            i16::try_from(year).map_err(|_| wrong)?,
            part(month)?,
            part(day)?,
        )
        .map(Self)
        .map_err(|_| wrong)
    }

    /// Reads ISO 8601 `YYYY-MM-DD`, and nothing else.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let wrong = TimeError {
            expected: "an ISO 8601 date, such as 2021-05-11",
        };
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return Err(wrong);
        };
        let year = number(&[y1, y2, y3, y4]).ok_or(wrong)?;
        let (month, day) = (
            number(&[m1, m2]).ok_or(wrong)?,
            number(&[d1, d2]).ok_or(wrong)?,
        );
        Self::new(year, month as u8, day as u8).map_err(|_| wrong)
    }

    /// The year, 0–9999.
    pub fn year(self) -> u16 {
        self.0.year().unsigned_abs()
    }

    /// The month, 1–12.
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, 1–31.
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// Midnight in UTC at the start of this day.
    pub fn midnight(self) -> Timestamp {
        let epoch = civil::date(1970, 1, 1);
        let days = epoch.until(self.0).map_or(0, |span| span.get_days());
        Timestamp(i64::from(days) * 86_400)
    }

    /// The last second of this day in UTC.
    pub fn last_second(self) -> Timestamp {
        self.midnight().plus(86_399)
    }

    /// The day `days` later (or earlier), within the years 0–9999.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        let moved = self
            .0
            .checked_add(jiff::Span::new().try_days(days).ok()?)
            .ok()?;
        (moved.year() >= 0).then_some(Self(moved))
    }

    /// Days from this day to `other`; negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i32 {
        self.0.until(other.0).map_or(0, |span| span.get_days())
    }
}

/// Decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |n, d| {
        d.is_ascii_digit().then(|| n * 10 + u16::from(d - b'0'))
    })
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A date as birth registers hold it: some people's day or month is unknown
/// (dcc-schema 1.1.0 and later; ICAO Doc 9303-3 §4.8 knows the same).
///
/// Its `Debug` shows the precision alone.
///
/// ```
/// use hcert::PartialDate;
/// assert!(matches!(PartialDate::parse("1950-06")?, PartialDate::Month { year: 1950, month: 6 }));
/// assert_eq!(PartialDate::parse("1950")?.to_string(), "1950");
/// assert_eq!(PartialDate::parse("")?, PartialDate::Unknown);
/// # Ok::<(), hcert::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PartialDate {
    /// Year, month and day.
    Day(Date),
    /// Year and month (`YYYY-MM`).
    Month {
        /// The year, 0–9999.
        year: u16,
        /// The month, 1–12.
        month: u8,
    },
    /// The year alone (`YYYY`).
    Year(u16),
    /// Nothing is known (the empty text).
    #[default]
    Unknown,
}

impl PartialDate {
    /// Reads `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or the empty text.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let wrong = TimeError {
            expected: "a date, a month (1950-06), a year (1950) or nothing",
        };
        match *text.as_bytes() {
            [] => Ok(Self::Unknown),
            [a, b, c, d] => number(&[a, b, c, d]).map(Self::Year).ok_or(wrong),
            [a, b, c, d, b'-', m, n] => {
                let year = number(&[a, b, c, d]).ok_or(wrong)?;
                let month = number(&[m, n]).ok_or(wrong)? as u8;
                if (1..=12).contains(&month) {
                    Ok(Self::Month { year, month })
                } else {
                    Err(wrong)
                }
            }
            _ => Date::parse(text).map(Self::Day).map_err(|_| wrong),
        }
    }

    /// The first and last day that it can mean; `None` when nothing is known.
    pub fn range(self) -> Option<(Date, Date)> {
        match self {
            Self::Day(date) => Some((date, date)),
            Self::Month { year, month } => {
                let first = Date::new(year, month, 1).ok()?;
                Some((first, Date(first.0.last_of_month())))
            }
            Self::Year(year) => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Unknown => Ok(()),
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day(_) => "Day(redacted)",
            Self::Month { .. } => "Month(redacted)",
            Self::Year(_) => "Year(redacted)",
            Self::Unknown => "Unknown",
        })
    }
}

macro_rules! from_str {
    ($($type:ident)*) => {$(
        impl core::str::FromStr for $type {
            type Err = TimeError;

            fn from_str(text: &str) -> Result<Self, TimeError> {
                Self::parse(text)
            }
        }
    )*};
}

from_str!(Timestamp Date PartialDate);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn instants_read_offsets_and_cut_fractions() {
        for (text, seconds) in [
            ("2021-05-11T12:00:00Z", 1_620_734_400),
            ("2021-05-11T14:00:00+02:00", 1_620_734_400),
            ("2021-05-11T12:00:00.999Z", 1_620_734_400),
            ("1969-12-31T23:59:59.5Z", -1),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().seconds(), seconds, "{text}");
        }
        for wrong in ["", "2021-05-11", "2021-05-11T12:00:00", "now", "9999999999"] {
            assert!(Timestamp::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_ends_of_the_range_neither_wrap_nor_panic() {
        for t in [i64::MIN, i64::MAX] {
            let t = Timestamp::from_seconds(t);
            let _ = (t.to_string(), t.date(), t.plus(i64::MAX), t.plus(i64::MIN));
        }
        let last = Date::new(9999, 12, 31).unwrap();
        assert_eq!(last.plus_days(1), None);
        assert_eq!(Date::new(0, 1, 1).unwrap().plus_days(-1), None);
    }

    #[test]
    fn dates_count_days_across_leap_years() {
        let d = |t| Date::parse(t).unwrap();
        assert_eq!(d("2020-02-28").days_until(d("2020-03-01")), 2);
        assert_eq!(d("2021-12-31").days_until(d("2020-12-31")), -365);
        assert_eq!(d("2021-05-11").midnight().seconds(), 1_620_691_200);
        assert_eq!(d("2021-05-11").midnight().date(), Some(d("2021-05-11")));
        for wrong in [
            "2022-17-01",
            "2021-2-3",
            "+2021-02-03",
            "2021-02-30",
            "２021-02-3",
        ] {
            assert!(Date::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn partial_dates_know_what_they_can_mean() {
        let range = |t| PartialDate::parse(t).unwrap().range();
        let d = |t| Date::parse(t).unwrap();
        assert_eq!(range("1952-02"), Some((d("1952-02-01"), d("1952-02-29"))));
        assert_eq!(range("1952"), Some((d("1952-01-01"), d("1952-12-31"))));
        assert_eq!(range(""), None);
        for wrong in ["1963-00", "1963-13", "1950-06-XX", "195", " 1950"] {
            assert!(PartialDate::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            format!("{:?}", PartialDate::parse("1952").unwrap()),
            "Year(redacted)"
        );
    }
}
