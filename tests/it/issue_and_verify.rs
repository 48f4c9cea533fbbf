//! What is issued verifies, and says what was put in.

use hcert::record::{Record, Test, TestKind, TestResult};
use hcert::verify::{Outcome, Verifier};
use hcert_testkit::fixtures::*;

#[test]
fn an_issued_certificate_verifies_and_says_what_was_put_in() {
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    for record in [vaccination(), test(), recovery()] {
        let issued = issued("a", &record);
        let verdict = verifier.verify(issued.text(), NOW);
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
        assert_eq!(verdict.deviations(), []);
        let verified = verdict.into_verified().unwrap();
        assert!(verified.record() == &record);
        assert_eq!(verified.claims().issuer(), Some("XX"));
        assert_eq!(verified.claims().expires_at().timestamp(), Some(EXPIRES));
    }
}

#[test]
fn issuing_is_deterministic() {
    let texts: Vec<_> = (0..3)
        .map(|_| issued("a", &test()).text().to_owned())
        .collect();
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn what_is_too_long_to_be_read_is_not_issued() {
    // Codes have no limit in the schema.
    let with_code = |code: &str| {
        let entry = Test::builder()
            .kind(TestKind::Other(code))
            .sampled_at(ISSUED)
            .result(TestResult::Negative)
            .country("XX")
            .issuer("Ministry of Health")
            .id(&uvci())
            .build();
        let record = Record::new(holder(), entry.unwrap()).unwrap();
        issuer("a", &[]).issue(&record, VALIDITY)
    };
    // Digits that do not compress below 0.4 bytes each.
    let digits = |count: u64| -> String {
        let mut state = 1_u64;
        let mut next = |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'0' + (state >> 33) as u8 % 10)
        };
        (0..count).map(&mut next).collect()
    };
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let issued = with_code(&digits(10_000)).unwrap();
    assert!(verifier.verify(issued.text(), NOW).verified().is_some());
    for code in [digits(40_000), "1".repeat(70_000)] {
        assert_eq!(with_code(&code).unwrap_err().code(), "issue-too-long");
    }
}
