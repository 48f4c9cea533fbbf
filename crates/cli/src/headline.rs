//! What a guard has to see first: the outcome, and what keeps a valid
//! certificate from being good news.

use hcert::Date;
use hcert::record::{Entry, Record, TestResult};
use hcert::rules::Decision;
use hcert::verify::Outcome;

/// As terminals number them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colour {
    Red = 31,
    Green = 32,
    Yellow = 33,
}

/// Words for the headline, and how bad they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Caveat {
    pub words: &'static str,
    colour: Colour,
}

impl Caveat {
    const fn new(colour: Colour, words: &'static str) -> Self {
        Self { words, colour }
    }
}

/// What an authentic record says that a guard must not overlook.
pub fn caveats(record: &Record, today: Option<Date>) -> Vec<Caveat> {
    use Colour::{Red, Yellow};
    let mut caveats = Vec::new();
    for entry in record.entries() {
        let caveat = match entry {
            Entry::Test(test) => match test.result() {
                TestResult::Positive => Some(Caveat::new(Red, "POSITIVE TEST")),
                TestResult::Inconclusive => Some(Caveat::new(Yellow, "TEST INCONCLUSIVE")),
                TestResult::Negative
                | TestResult::AntibodiesDetected
                | TestResult::AntibodiesNotDetected => None,
                // A kind or a result that is not known, now or later.
                _ => Some(Caveat::new(Yellow, "TEST RESULT NOT KNOWN")),
            },
            Entry::Recovery(recovery) => {
                let over = recovery
                    .valid_until()
                    .zip(today)
                    .map(|(end, now)| end < now);
                let early = recovery
                    .valid_from()
                    .zip(today)
                    .map(|(begin, now)| begin > now);
                match (over, early) {
                    (Some(true), _) => Some(Caveat::new(Yellow, "ITS PERIOD HAS ENDED")),
                    (_, Some(true)) => Some(Caveat::new(Yellow, "ITS PERIOD HAS NOT BEGUN")),
                    _ => None,
                }
            }
            _ => None,
        };
        caveats.extend(caveat.filter(|caveat| !caveats.contains(caveat)));
    }
    caveats
}

/// Green is for what a guard can let pass without reading on.
pub fn colour(outcome: Outcome, decision: Option<Decision>, caveats: &[Caveat]) -> Colour {
    match (outcome, decision) {
        (Outcome::Valid, None | Some(Decision::Accepted)) => {
            let of = |colour| caveats.iter().any(|caveat| caveat.colour == colour);
            match (of(Colour::Red), caveats.is_empty()) {
                (true, _) => Colour::Red,
                (false, false) => Colour::Yellow,
                (false, true) => Colour::Green,
            }
        }
        (Outcome::Unascertained | Outcome::NotYetValid, _) | (_, Some(Decision::Open)) => {
            Colour::Yellow
        }
        _ => Colour::Red,
    }
}

/// A list of revoked certificates that can't be relied upon.
pub const LIST_EXPIRED: Caveat = Caveat::new(Colour::Yellow, "REVOCATION LIST EXPIRED");
pub const LIST_NOT_USABLE: Caveat = Caveat::new(Colour::Yellow, "REVOCATION LIST NOT USABLE");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use hcert::Timestamp;
    use hcert::record::{Test, TestKind};
    use hcert_testkit::fixtures;

    fn test(result: TestResult<'_>) -> Record {
        let test = Test::builder()
            .kind(TestKind::Naat)
            .name("A PCR test")
            .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
            .result(result)
            .centre("Testing centre 1")
            .country("XX")
            .issuer("Ministry of Health")
            .id(&fixtures::uvci())
            .build();
        Record::new(fixtures::holder(), test.unwrap()).unwrap()
    }

    #[test]
    fn no_result_but_a_negative_one_is_green() {
        for (result, words, expected) in [
            (TestResult::Negative, None, Colour::Green),
            (TestResult::Positive, Some("POSITIVE TEST"), Colour::Red),
            (
                TestResult::Inconclusive,
                Some("TEST INCONCLUSIVE"),
                Colour::Yellow,
            ),
            (
                TestResult::Other("1234567"),
                Some("TEST RESULT NOT KNOWN"),
                Colour::Yellow,
            ),
        ] {
            let caveats = caveats(&test(result), None);
            assert_eq!(caveats.first().map(|c| c.words), words, "{words:?}");
            for decision in [None, Some(Decision::Accepted)] {
                let colour = colour(Outcome::Valid, decision, &caveats);
                assert_eq!(colour, expected, "{words:?}");
            }
        }
    }

    #[test]
    fn a_recovery_counts_in_its_period() {
        let record = fixtures::recovery();
        let Some(Entry::Recovery(recovery)) = record.entries().first() else {
            panic!("a recovery");
        };
        let (from, until) = (
            recovery.valid_from().unwrap(),
            recovery.valid_until().unwrap(),
        );
        for (day, words) in [
            (from.plus_days(-1), Some("ITS PERIOD HAS NOT BEGUN")),
            (Some(from), None),
            (Some(until), None),
            (until.plus_days(1), Some("ITS PERIOD HAS ENDED")),
        ] {
            let caveats = caveats(&record, day);
            assert_eq!(caveats.first().map(|c| c.words), words, "{day:?}");
        }
    }

    #[test]
    fn what_is_not_valid_is_never_green() {
        for outcome in [
            Outcome::Invalid,
            Outcome::Revoked,
            Outcome::Expired,
            Outcome::NotYetValid,
            Outcome::Unascertained,
        ] {
            assert_ne!(colour(outcome, None, &[]), Colour::Green);
        }
        for decision in [Decision::Refused, Decision::Open] {
            assert_ne!(colour(Outcome::Valid, Some(decision), &[]), Colour::Green);
        }
    }
}
