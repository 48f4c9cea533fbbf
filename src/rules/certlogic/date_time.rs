//! Date-times and their arithmetic, which the specification takes from
//! ECMAScript's `Date`: milliseconds since 1970 in the proleptic Gregorian
//! calendar, always in UTC, days that overflow a month running into the next.

use core::fmt;

use super::error::EvalFault;

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

/// An instant, in milliseconds since 1970-01-01T00:00:00Z, at most
/// 100,000,000 days away from it (ECMA-262, “Time Values and Time Range”).
///
/// Its `Debug` is redacted, as it may be a date of birth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

/// What `plusTime` counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// `year`
    Year,
    /// `month`
    Month,
    /// `day`
    Day,
    /// `hour`
    Hour,
}

impl TimeUnit {
    /// The word in the JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    pub(super) fn from_id(id: &str) -> Option<Self> {
        [Self::Year, Self::Month, Self::Day, Self::Hour]
            .into_iter()
            .find(|unit| unit.id() == id)
    }
}

impl DateTime {
    const MAX: i64 = 100_000_000 * DAY;

    /// The instant, if it is in range.
    pub const fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        if -Self::MAX <= milliseconds && milliseconds <= Self::MAX {
            Some(Self(milliseconds))
        } else {
            None
        }
    }

    /// Milliseconds since the epoch.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Reads what `plusTime` takes: `YYYY`, `YYYY-MM` (both the last day that
    /// is meant), `YYYY-MM-DD`, or this with `Thh:mm:ss`, a fraction of any
    /// length and the offset, `Z` or a sign with `h`, `hh`, `hmm`, `hhmm`,
    /// `h:mm` or `hh:mm`; without offset it is UTC. What is beyond the
    /// millisecond is cut off.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            None => return Self::parse_date(text),
            Some((date, time)) => (date, time.as_bytes()),
        };
        let midnight = match date.len() {
            10 => Self::parse_date(date)?.0,
            _ => return None,
        };
        let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = time else {
            return None;
        };
        let time = below(24, &[*h1, *h2])? * HOUR
            + below(60, &[*m1, *m2])? * MINUTE
            + below(60, &[*s1, *s2])? * 1000;
        let (fraction, offset) = fraction(rest)?;
        Self::from_milliseconds(midnight + time + fraction - parse_offset(offset)?)
    }

    /// Reads what `dccDateOfBirth` takes: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`. It
    /// is midnight of the last day that can be meant.
    pub(super) fn parse_date(text: &str) -> Option<Self> {
        let (year, month, day) = match *text.as_bytes() {
            [a, b, c, d] => (digits(&[a, b, c, d])?, 12, 31),
            [a, b, c, d, b'-', m, n] => {
                let (year, month) = (digits(&[a, b, c, d])?, digits(&[m, n])?);
                (year, month, days_in_month(year, month)?)
            }
            [a, b, c, d, b'-', m, n, b'-', e, f] => {
                let (year, month) = (digits(&[a, b, c, d])?, digits(&[m, n])?);
                let day = digits(&[e, f])?;
                let last = days_in_month(year, month)?;
                ((1..=last).contains(&day)).then_some((year, month, day))?
            }
            _ => return None,
        };
        Self::from_milliseconds(days_of(year, month - 1, day) * DAY)
    }

    /// `amount` units later: ECMA-262's `setUTCFullYear`, `setUTCMonth`,
    /// `setUTCDate`, `setUTCHours` with the sum.
    pub(super) fn plus(self, amount: i64, unit: TimeUnit) -> Result<Self, EvalFault> {
        /// No amount beyond it leads back into the range.
        const MOST: u64 = 10_000_000_000;
        if amount.unsigned_abs() > MOST {
            return Err(EvalFault::DateRange);
        }
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let time = self.0.rem_euclid(DAY);
        let moved = match unit {
            TimeUnit::Hour => Some(self.0 + amount * HOUR),
            TimeUnit::Day => Some(self.0 + amount * DAY),
            TimeUnit::Month => days_of(year, month - 1 + amount, day).checked_mul(DAY),
            TimeUnit::Year => days_of(year + amount, month - 1, day).checked_mul(DAY),
        };
        let moved = match unit {
            TimeUnit::Hour | TimeUnit::Day => moved,
            TimeUnit::Month | TimeUnit::Year => moved.and_then(|day| day.checked_add(time)),
        };
        moved
            .and_then(Self::from_milliseconds)
            .ok_or(EvalFault::DateRange)
    }
}

/// Decimal digits and nothing else; at most four come here.
fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |n, d| {
        d.is_ascii_digit().then(|| n * 10 + i64::from(d - b'0'))
    })
}

fn below(end: i64, text: &[u8]) -> Option<i64> {
    digits(text).filter(|n| *n < end)
}

/// The milliseconds of `.S…`, if there is a point, and what follows.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', text @ ..] = text else {
        return Some((0, text));
    };
    let length = text.iter().take_while(|d| d.is_ascii_digit()).count();
    let (decimals, rest) = text.split_at_checked(length).filter(|_| length > 0)?;
    let place = decimals.iter().zip([100, 10, 1]);
    let milliseconds = place.map(|(d, place)| i64::from(d - b'0') * place).sum();
    Some((milliseconds, rest))
}

fn parse_offset(text: &[u8]) -> Option<i64> {
    let (sign, text) = match text {
        [] | [b'Z'] => return Some(0),
        [b'+', text @ ..] => (1, text),
        [b'-', text @ ..] => (-1, text),
        _ => return None,
    };
    let (hours, minutes): (&[u8], [u8; 2]) = match text {
        [_] | [_, _] => (text, *b"00"),
        [hours @ .., b':', m, n] | [hours @ .., m, n] => (hours, [*m, *n]),
        _ => return None,
    };
    if !matches!(hours.len(), 1 | 2) {
        return None;
    }
    Some(sign * (below(24, hours)? * HOUR + below(60, &minutes)? * MINUTE))
}

fn days_in_month(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// ECMA-262's `MakeDay`: days since 1970-01-01, `month` from 0 and, like
/// `day`, of any size.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have the leap day at their end.
    let year = year + month.div_euclid(12);
    let month = (month.rem_euclid(12) + 10) % 12;
    let year = year - i64::from(month >= 10);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month from 1 and day of a count of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let january = i64::from(month >= 10);
    (era * 400 + year + january, month + 3 - 12 * january, day)
}

impl fmt::Display for DateTime {
    /// ECMA-262's date time string: `YYYY-MM-DDThh:mm:ss.sssZ`, with a sign
    /// and six digits for years outside 0–9999.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let time = self.0.rem_euclid(DAY);
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}")?;
        } else {
            write!(f, "{year:+07}")?;
        }
        write!(
            f,
            "-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
            time / HOUR,
            time % HOUR / MINUTE,
            time % MINUTE / 1000,
            time % 1000
        )
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateTime(redacted)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn parsed(text: &str) -> Option<String> {
        DateTime::parse(text).map(|t| t.to_string())
    }

    #[test]
    fn the_formats_of_plus_time() {
        for (text, expected) in [
            ("2004", "2004-12-31T00:00:00.000Z"),
            ("2004-02", "2004-02-29T00:00:00.000Z"),
            ("2021-05-04", "2021-05-04T00:00:00.000Z"),
            ("2021-05-04T13:37:42", "2021-05-04T13:37:42.000Z"),
            ("2021-05-04T13:37:42Z", "2021-05-04T13:37:42.000Z"),
            ("2021-05-04T13:37:42+2", "2021-05-04T11:37:42.000Z"),
            ("2021-05-04T13:37:42-02", "2021-05-04T15:37:42.000Z"),
            ("2021-05-04T13:37:42+130", "2021-05-04T12:07:42.000Z"),
            ("2021-05-04T13:37:42+0130", "2021-05-04T12:07:42.000Z"),
            ("2021-05-04T13:37:42+1:30", "2021-05-04T12:07:42.000Z"),
            ("2021-05-04T00:00:00+01:30", "2021-05-03T22:30:00.000Z"),
            ("2021-05-04T13:37:42.1", "2021-05-04T13:37:42.100Z"),
            ("2021-05-04T13:37:42.0429999Z", "2021-05-04T13:37:42.042Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("0000-01-01", "0000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for wrong in [
            "",
            "T",
            "now",
            "21",
            "2021-",
            "2021-00",
            "2021-13",
            "2021-02-30",
            "2021-09-99",
            "2021-2-3",
            "2021-05-4",
            "2021-05-04 13:37:42Z",
            "2021-05-04t13:37:42z",
            "2021-05-04T13:37",
            "2021-05-04T13:37Z",
            "2021-05-04T24:00:00Z",
            "2021-05-04T13:60:00Z",
            "2021-05-04T23:59:60Z",
            "2021-05-04T13:37:42.Z",
            "2021-05-04T13:37:42,1Z",
            "2021-05-04T13:37:42+",
            "2021-05-04T13:37:42+2:",
            "2021-05-04T13:37:42+:30",
            "2021-05-04T13:37:42+24",
            "2021-05-04T13:37:42+01:60",
            "2021-05-04T13:37:42+001:00",
            "2021-05-04T13:37:42Z ",
            "2021-05T13:37:42Z",
            "2021T13:37:42Z",
            "+2021-05-04",
            "２021-05-04",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
        for wrong in ["", "2021-05-04T00:00:00Z", "2021-02-29", "20210504"] {
            assert!(DateTime::parse_date(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn offsets_overflow_as_in_ecmascript() {
        use TimeUnit::{Day, Hour, Month, Year};
        for (date, amount, unit, expected) in [
            ("2020-02-29", 1, Day, "2020-03-01T00:00:00.000Z"),
            ("2020-02-29", 1, Month, "2020-03-29T00:00:00.000Z"),
            ("2020-02-29", 1, Year, "2021-03-01T00:00:00.000Z"),
            ("2020-02-29", -4, Year, "2016-02-29T00:00:00.000Z"),
            ("2021-01-31", 1, Month, "2021-03-03T00:00:00.000Z"),
            ("2021-03-31", -1, Month, "2021-03-03T00:00:00.000Z"),
            ("2021-12-01", -12, Month, "2020-12-01T00:00:00.000Z"),
            ("2021-06-23", -180, Day, "2020-12-25T00:00:00.000Z"),
            ("2021-06-23", -72, Hour, "2021-06-20T00:00:00.000Z"),
            ("2021-06-23T23:30:00Z", 25, Hour, "2021-06-25T00:30:00.000Z"),
            ("2021-06-23", 8000, Year, "+010021-06-23T00:00:00.000Z"),
            ("0000-01-01", -1, Day, "-000001-12-31T00:00:00.000Z"),
            (
                "1970-01-01",
                100_000_000,
                Day,
                "+275760-09-13T00:00:00.000Z",
            ),
        ] {
            let moved = DateTime::parse(date).unwrap().plus(amount, unit).unwrap();
            assert_eq!(moved.to_string(), expected, "{date} {amount} {unit:?}");
        }
    }

    #[test]
    fn the_range_ends_without_wrapping() {
        use TimeUnit::{Day, Hour, Month, Year};
        let epoch = DateTime::parse("1970-01-01").unwrap();
        for amount in [i64::MIN, -10_000_000_000, 10_000_000_000, i64::MAX] {
            for unit in [Hour, Day, Month, Year] {
                assert_eq!(epoch.plus(amount, unit), Err(EvalFault::DateRange));
            }
        }
        assert_eq!(epoch.plus(100_000_001, Day), Err(EvalFault::DateRange));
    }

    #[test]
    fn days_count_forth_and_back() {
        for days in (-100_000_000..=100_000_000).step_by(9973) {
            let (year, month, day) = civil(days);
            assert_eq!(days_of(year, month - 1, day), days);
        }
    }
}
