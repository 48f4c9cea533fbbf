//! Dates as registers write them.

use crate::{Date, PartialDate};

/// What follows the day has to be of the form of a time, read or not.
pub(super) fn day_of(text: &str) -> Option<Date> {
    let is_time = |rest: &str| {
        let time = rest.strip_prefix(['T', 't', ' ']);
        time.is_some_and(|time| {
            let of_time = |b: u8| b.is_ascii_digit() || b":.,+-Zz ".contains(&b);
            time.starts_with(|c: char| c.is_ascii_digit()) && time.bytes().all(of_time)
        })
    };
    match text.get(10..) {
        Some(rest) if !rest.is_empty() && !is_time(rest) => None,
        _ => Date::parse(text.get(..10)?).ok(),
    }
}

/// The days that a text can mean as one end of a period: a day, also where a
/// time follows it, a month or a year.
pub(super) fn days_of(text: &str) -> Option<(Date, Date)> {
    match day_of(text) {
        Some(day) => Some((day, day)),
        None => PartialDate::parse(text).ok()?.range(),
    }
}

/// A date of birth as registers write it: `-00` and `-XX` stand for an
/// unknown day or month.
pub(super) fn birth_date(text: &str) -> PartialDate {
    if let Some(day) = day_of(text) {
        return PartialDate::Day(day);
    }
    let mut known = text;
    while let Some(rest) = ["-00", "-XX", "-xx"]
        .iter()
        .find_map(|end| known.strip_suffix(end))
    {
        known = rest;
    }
    PartialDate::parse(known).unwrap_or(PartialDate::Unknown)
}
