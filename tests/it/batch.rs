//! Many at once are what they are one by one.

use core::cell::Cell;
use core::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hcert::Timestamp;
use hcert::verify::{Outcome, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::time::Plus as _;

/// Texts of all outcomes that a trust store of one key gives.
fn texts() -> Vec<String> {
    let valid = issued("a", &vaccination()).text().to_owned();
    let unknown = issued("b", &vaccination()).text().to_owned();
    let mut texts = Vec::new();
    for n in 0..40 {
        let mut damaged = valid.clone();
        damaged.replace_range(n + 5..n + 6, "0");
        texts.extend([valid.clone(), damaged, unknown.clone(), "HC2:".into()]);
        texts.push(valid[..n * 4].to_owned());
    }
    texts
}

fn verifier() -> Verifier {
    Verifier::new(trust(&[&dsc("a", &[])]))
}

#[test]
fn any_number_of_threads_gives_the_verdicts_of_one_by_one() {
    let (verifier, texts) = (verifier(), texts());
    let known = |now| {
        let one = |text: &String| {
            let verdict = verifier.verify(text, now);
            let record = verdict.signed_record().cloned();
            (format!("{verdict:?}"), record.is_some())
        };
        texts.iter().map(one).collect::<Vec<_>>()
    };
    for now in [NOW, EXPIRES.plus(1)] {
        let expected = known(now);
        for threads in [0, 1, 2, 3, 8, 64] {
            let mut found = Vec::new();
            let mut order = Vec::new();
            let all = verifier.verify_all_on(threads, &texts, now, |text, verdict| {
                order.push(text);
                let record = verdict.signed_record().is_some();
                found.push((format!("{verdict:?}"), record));
                ControlFlow::<()>::Continue(())
            });
            assert_eq!(all, ControlFlow::Continue(()));
            assert!(order.iter().copied().eq(&texts), "{threads}");
            assert!(found == expected, "{threads}");
        }
    }
    assert!(known(NOW).iter().any(|(_, record)| *record));
}

#[test]
fn nothing_gives_nothing() {
    let none: [&str; 0] = [];
    let all = verifier().verify_all(none, NOW, |_, _| ControlFlow::Break("called"));
    assert_eq!(all, ControlFlow::Continue(()));
}

#[test]
fn an_endless_stream_can_be_ended_and_is_read_a_little_ahead() {
    let verifier = verifier();
    let good = issued("a", &vaccination()).text().to_owned();
    for threads in [1, 2, 4] {
        let read = Cell::new(0);
        let stream = std::iter::repeat_with(|| {
            read.set(read.get() + 1);
            good.as_str()
        });
        let mut count = 0;
        let mut most = 0;
        let end = verifier.verify_all_on(threads, stream, NOW, |_, verdict| {
            assert_eq!(verdict.outcome(), Outcome::Valid);
            count += 1;
            most = most.max(read.get() - count);
            match count {
                500 => ControlFlow::Break(count),
                _ => ControlFlow::Continue(()),
            }
        });
        assert_eq!(end, ControlFlow::Break(500));
        assert!(most <= 128 * threads, "{most} ahead with {threads} threads");
    }
}

/// Such as a queue, which would block, or a terminal.
#[test]
fn an_iterator_is_not_asked_for_more_behind_its_end() {
    let verifier = verifier();
    for (threads, count) in [(1, 40), (2, 40), (4, 0), (4, 32), (usize::MAX, 200)] {
        let (mut left, mut ended) = (count, false);
        let texts = std::iter::from_fn(|| {
            assert!(!ended, "asked again");
            ended = left == 0;
            left = usize::saturating_sub(left, 1);
            (!ended).then_some("HC1:")
        });
        let mut found = 0;
        let _ = verifier.verify_all_on(threads, texts, NOW, |_, _| {
            found += 1;
            ControlFlow::<()>::Continue(())
        });
        assert_eq!(found, count);
    }
}

struct Panics(u32);

impl AsRef<str> for Panics {
    fn as_ref(&self) -> &str {
        assert_ne!(self.0, 700, "as a test wants it");
        "HC1:"
    }
}

/// Neither hangs, nor goes on as if nothing had been.
#[test]
fn a_panic_in_a_thread_or_in_the_caller_reaches_the_caller() {
    let verifier = verifier();
    for threads in [1, 2, 5] {
        let count = Cell::new(0);
        let each = |_: Panics, _| {
            count.set(count.get() + 1);
            ControlFlow::<()>::Continue(())
        };
        let run = || verifier.verify_all_on(threads, (0..5000).map(Panics), NOW, each);
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        assert!(count.get() <= 700);

        let each = |_: Panics, _| -> ControlFlow<()> { panic!("as a test wants it") };
        let run = || verifier.verify_all_on(threads, (0..600).map(Panics), NOW, each);
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    }
}

#[test]
fn the_time_is_an_argument() {
    let text = issued("a", &vaccination()).text().to_owned();
    let mut outcomes = Vec::new();
    for now in [NOW, EXPIRES.plus(1), Timestamp::from_seconds(0)] {
        let _ = Verifier::new(trust(&[&dsc("a", &[])])).verify_all([&text], now, |_, verdict| {
            outcomes.push(verdict.outcome());
            ControlFlow::<()>::Continue(())
        });
    }
    let expected = [Outcome::Valid, Outcome::Expired, Outcome::NotYetValid];
    assert_eq!(outcomes, expected);
}
