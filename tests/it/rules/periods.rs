//! When a certificate would be accepted.

use hcert::Timestamp;
use hcert::rules::{RuleSet, Subject};
use hcert_testkit::fixtures::{EXPIRES, ISSUED, vaccination as record};
use hcert_testkit::time::Plus as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{at, rule, set, vaccination, verified, xx};

/// From so many days to so many days after the vaccination.
fn days(from: i64, until: i64) -> Value {
    let plus = |days| json!({"plusTime": [{"var": "payload.v.0.dt"}, days, "day"]});
    let clock = json!({"plusTime": [{"var": "external.validationClock"}, 0, "day"]});
    json!({"not-after": [plus(from), clock, plus(until)]})
}

fn found(rules: &RuleSet, subject: &Subject, from: &str, until: &str) -> Vec<(String, String)> {
    let periods = rules.periods(subject, &xx(), at(from)..at(until));
    let shown = |p: &hcert::rules::Period| (p.from.to_string(), p.until.to_string());
    periods.iter().map(shown).collect()
}

fn text(periods: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(from, until): &(&str, &str)| (from.to_string(), until.to_string());
    periods.iter().map(owned).collect()
}

#[test]
fn a_period_is_exact_to_the_second() {
    let rules = set(&[rule(json!({"Logic": days(14, 270)}))]);
    assert_eq!(
        found(
            &rules,
            &vaccination(),
            "2021-06-01T00:17:00Z",
            "2022-12-01T00:00:00Z"
        ),
        text(&[("2021-06-12T00:00:00Z", "2022-02-23T00:00:01Z")])
    );
    // Cut at the ends of the question.
    assert_eq!(
        found(
            &rules,
            &vaccination(),
            "2021-07-01T00:00:00Z",
            "2021-07-02T00:00:00Z"
        ),
        text(&[("2021-07-01T00:00:00Z", "2021-07-02T00:00:00Z")])
    );
    // More than three years.
    assert_eq!(
        found(
            &rules,
            &vaccination(),
            "2021-06-01T00:00:00Z",
            "2039-01-01T00:00:00Z"
        ),
        text(&[("2021-06-12T00:00:00Z", "2022-02-23T00:00:01Z")])
    );
}

#[test]
fn there_may_be_none_or_several() {
    let never = set(&[rule(json!({"Logic": {"===": [1, 2]}}))]);
    let year = ("2021-07-01T00:00:00Z", "2022-07-01T00:00:00Z");
    assert_eq!(found(&never, &vaccination(), year.0, year.1), []);
    assert_eq!(found(&set(&[]), &vaccination(), year.0, year.1), []);
    let rules = set(&[rule(json!({}))]);
    assert_eq!(found(&rules, &vaccination(), year.1, year.0), []);
    assert_eq!(found(&rules, &vaccination(), year.0, year.0), []);
    assert_eq!(found(&rules, &vaccination(), year.0, year.1), text(&[year]));

    let either = json!({"if": [days(14, 20), true, days(40, 50)]});
    let rules = set(&[rule(json!({"Logic": either}))]);
    assert_eq!(
        found(
            &rules,
            &vaccination(),
            year.0.replace("07", "06").as_str(),
            year.1
        ),
        text(&[
            ("2021-06-12T00:00:00Z", "2021-06-18T00:00:01Z"),
            ("2021-07-08T00:00:00Z", "2021-07-18T00:00:01Z"),
        ])
    );
}

/// A stricter version is in force for ten minutes, between two whole hours.
#[test]
fn what_comes_into_force_between_the_hours_is_seen() {
    let strict = json!({"Version": "1.0.1", "Logic": {"===": [1, 2]},
        "ValidFrom": "2021-08-01T10:12:22Z", "ValidTo": "2021-08-01T10:22:21Z"});
    let rules = set(&[rule(json!({})), rule(strict)]);
    assert_eq!(
        found(
            &rules,
            &vaccination(),
            "2021-08-01T00:00:00Z",
            "2021-08-02T00:00:00Z"
        ),
        text(&[
            ("2021-08-01T00:00:00Z", "2021-08-01T10:12:22Z"),
            ("2021-08-01T10:22:22Z", "2021-08-02T00:00:00Z"),
        ])
    );
}

#[test]
fn the_time_of_the_certificate_ends_it() {
    let rules = set(&[rule(json!({"ValidFrom": "2021-01-01T00:00:00Z"}))]);
    let subject = Subject::from(&verified(&record()));
    let wide = at("2021-02-01T00:00:00Z")..at("2022-02-01T00:00:00Z");
    let periods = rules.periods(&subject, &xx(), wide);
    let [period] = periods.as_slice() else {
        panic!("{periods:?}")
    };
    assert_eq!((period.from, period.until), (ISSUED, EXPIRES.plus(1)));
}

#[test]
fn the_ends_of_time_neither_wrap_nor_panic() {
    let rules = set(&[rule(json!({"Logic": days(14, 270)}))]);
    let [first, last] = [i64::MIN, i64::MAX].map(Timestamp::from_seconds);
    for range in [
        first..last,
        first..first.plus(1),
        last.plus(-1)..last,
        last..first,
    ] {
        let _ = rules.periods(&vaccination(), &xx(), range);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// At the ends of each period the answer changes, as `evaluate` gives it.
    #[test]
    fn the_periods_are_what_evaluate_says(
        from in 0i64..60, length in 0i64..60, offset in 0i64..86_400, span in 1i64..120 * 86_400,
    ) {
        let rules = set(&[rule(json!({"Logic": days(from, from + length)}))]);
        let start = at("2021-05-20T00:00:00Z").plus(offset);
        let end = start.plus(span);
        let periods = rules.periods(&vaccination(), &xx(), start..end);
        let accepted = |t| rules.evaluate(&vaccination(), &xx().at_time(t)).is_accepted();
        for period in &periods {
            prop_assert!(start <= period.from && period.from < period.until && period.until <= end);
            prop_assert!(accepted(period.from) && accepted(period.until.plus(-1)));
            prop_assert!(period.from == start || !accepted(period.from.plus(-1)));
            prop_assert!(period.until == end || !accepted(period.until));
        }
        for part in 0..50 {
            let time = start.plus(span * part / 50);
            let inside = periods.iter().any(|p| (p.from..p.until).contains(&time));
            prop_assert_eq!(accepted(time), inside);
        }
    }
}
