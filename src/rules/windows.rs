//! When a certificate would be accepted.

use alloc::vec::Vec;
use core::ops::Range;

use super::arrival::Arrival;
use super::period::Period;
use super::set::RuleSet;
use super::subject::Subject;
use crate::Timestamp;

/// One hour: rules count in hours at the least.
const STEP: i64 = 3_600;

/// In hours more than three years.
const MOST_STEPS: i64 = 30_000;

impl RuleSet {
    /// When the certificate is accepted, between two instants, if it arrives
    /// there. The time of the arrival does not matter.
    ///
    /// The question is asked for each hour, and for each instant at which a
    /// rule comes into force or ceases to be; where two neighbouring answers
    /// differ, the second is found at which they begin to. What changes and
    /// changes back within an hour is not seen. Beyond 30,000 hours (more than
    /// three years) the steps become longer, so that there are never more.
    ///
    /// ```
    /// # use hcert::Timestamp;
    /// # use hcert::rules::{Arrival, RuleSet, Subject};
    /// # let rules = RuleSet::from_json(br#"{"Identifier": "TR-XX-0001", "Type": "Acceptance",
    /// #   "Country": "XX", "Version": "1.0.0", "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC",
    /// #   "EngineVersion": "1.0.0", "CertificateType": "Test", "Description": [],
    /// #   "ValidFrom": "2021-07-01T00:00:00Z", "ValidTo": "2030-01-01T00:00:00Z",
    /// #   "AffectedFields": ["t.0.sc"], "Logic": {"not-after": [{"plusTime": [
    /// #   {"var": "external.validationClock"}, 0, "hour"]}, {"plusTime": [
    /// #   {"var": "payload.t.0.sc"}, 72, "hour"]}]}}"#)?;
    /// // A rule that accepts a test until 72 hours after the sample.
    /// let subject = Subject::unverified(
    ///     r#"{"ver": "1.3.0", "t": [{"sc": "2021-10-01T10:12:22Z"}]}"#)?;
    /// let from = Timestamp::parse("2021-10-01T00:00:00Z")?;
    /// let arrival = Arrival::new("XX", from);
    /// let month = core::time::Duration::from_secs(30 * 86_400);
    /// let periods = rules.periods(&subject, &arrival, from..from + month);
    /// assert_eq!(periods.len(), 1);
    /// assert_eq!(periods[0].until.to_string(), "2021-10-04T10:12:23Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn periods(
        &self,
        subject: &Subject,
        arrival: &Arrival,
        within: Range<Timestamp>,
    ) -> Vec<Period> {
        let accepts = |at: i64| {
            let arrival = arrival.clone().at_time(Timestamp::from_seconds(at));
            self.accepts(subject, &arrival)
        };
        let probes = self.probes(subject, &within);
        let Some(&first) = probes.first() else {
            return Vec::new();
        };
        let mut periods = Vec::new();
        let period = |from, until| Period {
            from: Timestamp::from_seconds(from),
            until: Timestamp::from_seconds(until),
        };
        let (mut before, mut accepted) = (first, accepts(first));
        let mut since = first;
        for &probe in probes.iter().skip(1) {
            if accepts(probe) != accepted {
                let change = first_change(before, probe, |at| accepts(at) != accepted);
                if accepted {
                    periods.push(period(since, change));
                }
                (since, accepted) = (change, !accepted);
            }
            before = probe;
        }
        if accepted {
            periods.push(period(since, within.end.seconds()));
        }
        periods
    }

    /// The instants that are asked about, in order.
    fn probes(&self, subject: &Subject, within: &Range<Timestamp>) -> Vec<i64> {
        let (start, end) = (within.start.seconds(), within.end.seconds());
        if start >= end {
            return Vec::new();
        }
        let span = end.saturating_sub(start);
        let step = STEP.max(span / MOST_STEPS);
        let mut probes: Vec<i64> = (0..=span / step)
            .map(|n| start.saturating_add(n * step))
            .chain(self.edges().chain(subject.edges()).map(Timestamp::seconds))
            .chain([end - 1])
            .filter(|at| (start..end).contains(at))
            .collect();
        probes.sort_unstable();
        probes.dedup();
        probes
    }
}

/// The first second after `before` at which it has changed, which it has at
/// `after`.
fn first_change(mut before: i64, mut after: i64, changed: impl Fn(i64) -> bool) -> i64 {
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if changed(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}
