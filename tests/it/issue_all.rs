//! Issuing many at once gives what issuing one by one gives.

use core::cell::Cell;
use core::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hcert::crypto::Algorithm;
use hcert::issue::{Compression, Issuer, P256Signer, Signer, SignerError};
use hcert::record::{Holder, Record};
use hcert::verify::{Outcome, Verifier};
use hcert::{PartialDate, Timestamp};
use hcert_testkit::fixtures::*;
use proptest::prelude::*;

const VACCINATIONS: &str = "1.3.6.1.4.1.1847.2021.1.2";

fn record(name: &str, kind: u8) -> Record {
    let born = PartialDate::parse("1998-02-26").unwrap();
    let template = match kind {
        0 => test(),
        1 => recovery(),
        _ => vaccination(),
    };
    let entry = template.entries()[0].clone();
    Record::new(Holder::new(name, "Gabriele", born).unwrap(), entry).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Some of the records are refused: the key is for vaccinations.
    #[test]
    fn any_number_of_threads_gives_the_certificates_of_one_by_one(
        records in prop::collection::vec(("[A-Za-zäß]{1,40}", 0..4_u8), 0..70),
        threads in 0..9_usize,
    ) {
        let issuer = issuer("a", &[VACCINATIONS]).with_compression(Compression::Fast);
        let records: Vec<_> = records.iter().map(|(name, kind)| record(name, *kind)).collect();
        let one = |record| format!("{:?}", issuer.issue(record, VALIDITY).map(|i| i.text().to_owned()));
        let expected: Vec<_> = records.iter().map(one).collect();
        let (mut found, mut order) = (Vec::new(), Vec::new());
        let all = issuer.issue_all_on(threads, &records, VALIDITY, |record, issued| {
            order.push(record);
            found.push(format!("{:?}", issued.map(|i| i.text().to_owned())));
            ControlFlow::<()>::Continue(())
        });
        prop_assert_eq!(all, ControlFlow::Continue(()));
        prop_assert!(order.into_iter().eq(&records));
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_smallest_symbols_are_the_same_too_and_verify() {
    let issuer = issuer("a", &[]);
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let records = [vaccination(), test(), recovery()];
    let mut texts = Vec::new();
    let all = issuer.issue_all(records.clone(), VALIDITY, |_: Record, issued| {
        texts.push(issued.unwrap().text().to_owned());
        ControlFlow::<()>::Continue(())
    });
    assert_eq!(all, ControlFlow::Continue(()));
    for (text, record) in texts.iter().zip(&records) {
        assert_eq!(text, issuer.issue(record, VALIDITY).unwrap().text());
        assert_eq!(verifier.verify(text, NOW).outcome(), Outcome::Valid);
    }
    assert_eq!(texts.len(), 3);
}

#[test]
fn it_can_be_ended_and_reads_a_little_ahead() {
    let issuer = issuer("a", &[]).with_compression(Compression::Fast);
    let good = vaccination();
    for threads in [1, 3] {
        let read = Cell::new(0);
        let stream = std::iter::repeat_with(|| {
            read.set(read.get() + 1);
            &good
        });
        let (mut count, mut most) = (0, 0);
        let end = issuer.issue_all_on(threads, stream, VALIDITY, |_, issued| {
            assert!(issued.is_ok());
            count += 1;
            most = most.max(read.get() - count);
            match count {
                100 => ControlFlow::Break(count),
                _ => ControlFlow::Continue(()),
            }
        });
        assert_eq!(end, ControlFlow::Break(100));
        assert!(most <= 32 * threads, "{most} ahead with {threads} threads");
    }
}

/// Fails for one message in three, or panics.
struct Unreliable {
    signer: P256Signer,
    panics: bool,
}

impl Signer for Unreliable {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        assert!(!self.panics, "as a test wants it");
        match message.iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3 {
            0 => Err(SignerError::new("the module is busy")),
            _ => self.signer.sign(message),
        }
    }
}

#[test]
fn a_signer_that_fails_now_and_then_spoils_no_other_certificate() {
    let records: Vec<_> = ('A'..='Z').map(|c| record(&c.to_string(), 3)).collect();
    let unreliable = |panics| {
        let signer = signer("a");
        let issuer = Issuer::new(dsc("a", &[]), Unreliable { signer, panics }).unwrap();
        issuer.with_compression(Compression::Fast)
    };
    let issuer = unreliable(false);
    let codes = |threads| {
        let mut codes = Vec::new();
        let _ = issuer.issue_all_on(threads, &records, VALIDITY, |_, issued| {
            codes.push(issued.map(|_| ()).map_err(|e| e.code()));
            ControlFlow::<()>::Continue(())
        });
        codes
    };
    let expected = codes(1);
    assert!(expected.contains(&Err("signer")) && expected.contains(&Ok(())));
    assert_eq!(codes(4), expected);

    let issuer = unreliable(true);
    for threads in [1, 4] {
        let each = |_: &Record, _| ControlFlow::<()>::Continue(());
        let run = || issuer.issue_all_on(threads, &records, VALIDITY, each);
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    }
}

#[test]
fn a_wrong_time_refuses_all() {
    let issuer = issuer("a", &[]).with_compression(Compression::Fast);
    let mut validity = VALIDITY;
    validity.expires_at = Timestamp::from_seconds(0);
    let mut codes = Vec::new();
    let _ = issuer.issue_all([vaccination()], validity, |_, issued| {
        codes.push(issued.map_err(|e| e.code()).err());
        ControlFlow::<()>::Continue(())
    });
    assert_eq!(codes, [Some("issue-period")]);
}
