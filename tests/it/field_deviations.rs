//! What issuers of the WHO's network write beside the specification: read
//! with a deviation where it is safe, refused where it is not.

use base64::Engine as _;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use ciborium::{Value, cbor};
use hcert::Limits;
use hcert::format::Unverified;
use hcert::format::hc1::text;
use hcert::trust::Kid;
use hcert::verify::{Outcome, Policy, Step, Verdict, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, ES256, Raw, cwt, dcc, header, with};

const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;

fn kid() -> Kid {
    dsc("a", &[]).kid()
}

fn raw() -> Raw {
    Raw::new(kid().as_bytes())
}

fn verify_under(policy: Policy, text: &str) -> Verdict {
    Verifier::with_policy(trust(&[&dsc("a", &[])]), policy).verify(text, NOW)
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    verdict.deviations().iter().map(|d| d.code()).collect()
}

/// Read by default with these deviations, refused by the strict policy.
#[track_caller]
fn assert_read(text: &str, deviations: &[&str]) {
    drop(read(text, deviations));
}

#[track_caller]
fn read(text: &str, deviations: &[&str]) -> Verdict {
    let verdict = verify_under(Policy::default(), text);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
    assert_eq!(codes(&verdict), deviations);
    let strict = verify_under(Policy::default().strict(), text);
    assert_eq!(strict.outcome(), Outcome::Invalid);
    assert_eq!(strict.step(Step::Policy).code(), Some("strict"));
    verdict
}

#[track_caller]
fn assert_refused(text: &str, step: Step, code: &str) {
    let verdict = verify_under(Policy::default(), text);
    assert_eq!(verdict.step(step).code(), Some(code), "{verdict:#?}");
    assert_ne!(verdict.outcome(), Outcome::Valid);
}

fn sign(raw: &Raw) -> String {
    raw::text(&raw.sign(&signer("a")))
}

fn with_claims(claims: Value) -> String {
    sign(&raw().payload(claims))
}

// Text keys of claims.

/// The claims under other keys.
fn renamed(keys: &[(i64, &str)]) -> Value {
    let Value::Map(mut members) = cwt(dcc()) else {
        panic!("claims are a map");
    };
    for (key, _) in &mut members {
        let name = keys.iter().find(|(number, _)| *key == Value::from(*number));
        if let Some((_, name)) = name {
            *key = Value::from(*name);
        }
    }
    Value::Map(members)
}

#[test]
fn claims_named_by_texts_mean_the_same() {
    let all = renamed(&[(1, "1"), (4, "4"), (6, "6"), (-260, "-260")]);
    let verdict = read(&with_claims(all), &["claim-key-text"; 4]);
    let places: Vec<_> = verdict.deviations().iter().map(|d| d.at()).collect();
    assert_eq!(places, ["1", "4", "6", "-260"]);
    let claims = verdict.signed_claims().unwrap();
    assert_eq!(claims.issuer(), Some("XX"));
    assert_eq!(claims.expires_at().timestamp(), Some(EXPIRES));
    // The payload's key within the claim.
    let inside = with(cwt(dcc()), -260, Some(cbor!({"1" => dcc()}).unwrap()));
    assert_read(&with_claims(inside), &["claim-key-text"]);
}

#[test]
fn an_exp_named_by_a_text_still_expires() {
    let past = NOW.seconds() - 1;
    let claims = with(cwt(dcc()), EXP, None);
    let text = with_claims(with(claims, "4", Some(Value::from(past))));
    assert_refused(&text, Step::Time, "expired");
}

#[test]
fn a_claim_that_stands_there_under_number_and_text_is_refused() {
    for (number, value) in [
        (1, Value::from("XX")),
        (EXP, Value::from(EXPIRES.seconds() * 2)),
        (IAT, Value::from(ISSUED.seconds())),
        (-260, cbor!({1 => dcc()}).unwrap()),
    ] {
        let twice = with(cwt(dcc()), number.to_string(), Some(value));
        assert_refused(&with_claims(twice), Step::Content, "cwt-claim-twice");
    }
    let hcert = cbor!({1 => dcc(), "1" => dcc()}).unwrap();
    let twice = with(cwt(dcc()), -260, Some(hcert));
    assert_refused(&with_claims(twice), Step::Content, "hcert-several-payloads");
}

#[test]
fn a_text_that_is_another_spelling_of_a_claim_is_that_claim() {
    for name in ["04", "+4", "4.0", " 4", "exp", "EXP"] {
        assert_read(&with_claims(renamed(&[(4, name)])), &["claim-key-text"]);
        let past = Value::from(NOW.seconds() - 1);
        let claims = with(with(cwt(dcc()), EXP, None), name, Some(past));
        assert_refused(&with_claims(claims), Step::Time, "expired");
    }
    for name in ["٤", "e", "four"] {
        let text = with_claims(renamed(&[(4, name)]));
        assert_refused(&text, Step::Time, "exp-missing");
    }
    // An end, and of no claim.
    let text = with_claims(renamed(&[(4, "expires")]));
    assert_refused(&text, Step::Content, "payload-period");
    let text = with_claims(renamed(&[(-260, "hcert")]));
    assert_refused(&text, Step::Content, "hcert-missing");
}

// A kid as a text.

fn text_kid(text: &str) -> Value {
    cbor!({1 => ES256, 4 => text}).unwrap()
}

#[test]
fn a_kid_as_padded_base64_leads_to_the_same_key() {
    let text = BASE64_STANDARD.encode(kid().as_bytes());
    let inside = raw().protected(text_kid(&text));
    let verdict = read(&sign(&inside), &["kid-text"]);
    assert_eq!(verdict.kid(), Some(&kid()));
    let mut outside = raw().protected(header(Some(ES256), None));
    outside.unprotected = raw::encode(&cbor!({4 => text.as_str()}).unwrap());
    assert_read(&sign(&outside), &["kid-unprotected", "kid-text"]);
    // The same kid as bytes and as a text.
    let both = raw().unprotected(text_kid(&text));
    assert_read(&sign(&both), &["kid-text"]);
    let both = raw()
        .protected(text_kid(&text))
        .unprotected(header(None, Some(kid().as_bytes())));
    assert_read(&sign(&both), &["kid-text"]);
}

#[test]
fn a_kid_in_pieces_is_one_text() {
    let text = BASE64_STANDARD.encode(kid().as_bytes());
    let (a, b) = text.split_at(5);
    let pieces = [a, b].map(|part| raw::encode(&Value::from(part))).concat();
    let mut raw = raw();
    raw.protected = [&[0xa2, 1, 0x26, 4, 0x7f], &pieces[..], &[0xff]].concat();
    assert_read(&sign(&raw), &["cbor-indefinite-length", "kid-text"]);
}

#[test]
fn of_two_kids_the_protected_one_is_used_whatever_its_form() {
    let own = BASE64_STANDARD.encode(kid().as_bytes());
    let other = BASE64_STANDARD.encode([7; 8]);
    let known = raw().protected(text_kid(&own));
    let known = known.unprotected(header(None, Some(&[7; 8])));
    assert_read(&sign(&known), &["kid-differs", "kid-text"]);
    let known = raw().unprotected(text_kid(&other));
    assert_read(&sign(&known), &["kid-differs", "kid-text"]);
    let unknown = raw().protected(text_kid(&other));
    let unknown = unknown.unprotected(header(None, Some(kid().as_bytes())));
    let verdict = verify_under(Policy::default(), &sign(&unknown));
    assert_eq!(verdict.outcome(), Outcome::Unascertained);
    assert_eq!(verdict.step(Step::Key).code(), Some("unknown-key"));
    assert_eq!(codes(&verdict), ["kid-differs", "kid-text"]);
}

#[test]
fn a_text_kid_of_another_key_proves_nothing() {
    let text = BASE64_STANDARD.encode(kid().as_bytes());
    let forged = raw().protected(text_kid(&text)).sign(&signer("b"));
    assert_refused(&raw::text(&forged), Step::Signature, "bad-signature");
}

#[test]
fn a_kid_of_another_text_is_refused_in_either_header() {
    let bytes = kid().as_bytes().to_vec();
    let padded = BASE64_STANDARD.encode(&bytes);
    let wrong = [
        // The bytes in other spellings.
        BASE64_STANDARD_NO_PAD.encode(&bytes),
        padded.replace('=', "=="),
        format!(" {padded}"),
        format!("{padded}\n"),
        // Alphabet of URLs.
        "-_-_-_-_-_8=".into(),
        // The unused bits are set.
        "AQIDBAUGBwh=".into(),
        "kid".into(),
        "ä".into(),
        // 256 bytes, more than a kid has; and 30,000.
        BASE64_STANDARD.encode([9; 256]),
        BASE64_STANDARD.encode([9; 30_000]),
    ];
    assert_eq!(wrong.len(), 10);
    for text in wrong {
        for raw in [
            raw().protected(text_kid(&text)),
            raw().unprotected(text_kid(&text)),
        ] {
            assert_refused(&sign(&raw), Step::Decode, "cose-header-type");
        }
    }
    // Hexadecimal is base64 of other bytes, and leads to no key.
    let hex = text_kid(&kid().to_string());
    let verdict = verify_under(Policy::default(), &sign(&raw().protected(hex)));
    assert_eq!(verdict.step(Step::Key).code(), Some("unknown-key"));
    // As long as a kid may be, it is looked for.
    let long = text_kid(&BASE64_STANDARD.encode([9; 255]));
    let verdict = verify_under(Policy::default(), &sign(&raw().protected(long)));
    assert_eq!(verdict.step(Step::Key).code(), Some("unknown-key"));
    assert_eq!(codes(&verdict), ["kid-text", "kid-length"]);
}

// Milliseconds.

fn timed(claim: i64, value: impl Into<Value>) -> String {
    with_claims(with(cwt(dcc()), claim, Some(value.into())))
}

#[test]
fn iat_and_nbf_in_milliseconds_are_the_same_instant() {
    for claim in [IAT, NBF] {
        let text = timed(claim, ISSUED.seconds() * 1000 + 999);
        let verdict = read(&text, &["claim-milliseconds"]);
        assert_eq!(
            verdict.deviations()[0].at(),
            ["iat", "nbf"][(claim == NBF) as usize]
        );
        let claims = verdict.signed_claims().unwrap();
        let time = match claim {
            NBF => claims.not_before(),
            _ => claims.issued_at(),
        };
        assert_eq!(time.timestamp(), Some(ISSUED));
    }
    let tagged = Value::Tag(1, Box::new(Value::from(ISSUED.seconds() * 1000)));
    assert_read(&timed(IAT, tagged), &["claim-tagged", "claim-milliseconds"]);
}

#[test]
fn a_begin_in_milliseconds_is_waited_for() {
    let soon = (NOW.seconds() + 61) * 1000;
    assert_refused(&timed(IAT, soon), Step::Time, "issued-in-future");
    assert_refused(&timed(NBF, soon), Step::Time, "not-before");
    assert_read(&timed(NBF, soon - 1), &["claim-milliseconds"]);
    assert_read(&timed(IAT, soon - 1), &["claim-milliseconds"]);
}

#[test]
fn milliseconds_are_those_of_1978_to_9999_and_whole() {
    let last_second = 253_402_300_799_i64;
    let step = |claim, value: Value| {
        let verdict = verify_under(Policy::default(), &timed(claim, value));
        (verdict.step(Step::Time).code(), codes(&verdict))
    };
    // The last second count, and after it the first count of milliseconds.
    let seconds = (Some("issued-in-future"), vec!["iat-outside-dsc"]);
    assert_eq!(step(IAT, last_second.into()), seconds);
    let first = (None, vec!["claim-milliseconds", "iat-outside-dsc"]);
    assert_eq!(step(IAT, (last_second + 1).into()), first);
    let last = (
        Some("issued-in-future"),
        vec!["claim-milliseconds", "iat-outside-dsc"],
    );
    assert_eq!(step(IAT, (last_second * 1000 + 999).into()), last);
    for (value, deviations) in [
        (Value::from(last_second * 1000 + 1000), vec![]),
        (Value::from(i64::MAX), vec![]),
        (Value::from(u64::MAX), vec![]),
        // Microseconds.
        (Value::from(ISSUED.seconds() * 1_000_000), vec![]),
        (Value::from(-ISSUED.seconds() * 1000), vec![]),
        (
            Value::Float(ISSUED.seconds() as f64 * 1000.0),
            vec!["claim-float"],
        ),
    ] {
        for claim in [IAT, NBF] {
            let unusable = (Some("start-unusable"), deviations.clone());
            assert_eq!(step(claim, value.clone()), unusable, "{value:?}");
        }
    }
}

#[test]
fn no_number_in_exp_means_that_there_is_no_expiry() {
    for value in [
        Value::from(EXPIRES.seconds() * 1000),
        Value::from(253_402_300_800_i64),
        Value::from(9_223_372_036_854_775_i64),
        Value::from(i64::MAX),
        Value::from(u64::MAX),
        Value::from(-1),
        Value::Float(f64::NAN),
        Value::Float(f64::INFINITY),
        Value::Float(f64::NEG_INFINITY),
    ] {
        let text = timed(EXP, value);
        for policy in [
            Policy::default(),
            Policy::default().dangerously_accept_missing_expiry(),
        ] {
            let verdict = verify_under(policy, &text);
            assert_eq!(verdict.outcome(), Outcome::Invalid);
            assert_eq!(verdict.step(Step::Time).code(), Some("exp-unusable"));
            let claims = verdict.signed_claims().unwrap();
            assert_eq!(claims.expires_at().timestamp(), None);
        }
    }
}

// iss.

#[test]
fn an_iss_of_another_form_is_read_and_compared() {
    for iss in [
        "XXX",
        "XCL",
        "xx",
        "X",
        "",
        "WHO",
        "Ministry of Health",
        "CNAM",
    ] {
        let text = with_claims(with(cwt(dcc()), 1, Some(Value::from(iss))));
        let verdict = read(&text, &["iss-form", "iss-country"]);
        let signed = verdict.signed_claims().unwrap();
        assert_eq!(signed.issuer(), Some(iss));
    }
    let other = with_claims(with(cwt(dcc()), 1, Some(Value::from("YY"))));
    assert_read(&other, &["iss-country"]);
    let number = with_claims(with(cwt(dcc()), 1, Some(Value::from(1))));
    assert_refused(&number, Step::Content, "cwt-claim-type");
}

// Base64 without prefix, base45 and zlib.

/// `61(18(…))`, signed by `a`.
fn tagged() -> Vec<u8> {
    let mut raw = raw();
    raw.tags = vec![0xd8, 0x3d, 0xd2];
    raw.sign(&signer("a"))
}

const BARE: [&str; 2] = ["text-base64", "cose-cwt-tag"];

#[test]
fn base64_of_a_tagged_cose_sign1_is_read_in_its_four_spellings() {
    for engine in [
        BASE64_STANDARD,
        BASE64_STANDARD_NO_PAD,
        BASE64_URL_SAFE,
        BASE64_URL_SAFE_NO_PAD,
    ] {
        let text = engine.encode(tagged());
        assert!(text.starts_with(text::BASE64_START));
        let verdict = read(&text, &BARE);
        assert_eq!(verdict.verified().unwrap().record().entries().len(), 1);
    }
    let around = format!(" \r\n{}\n", BASE64_STANDARD.encode(tagged()));
    let expected = ["text-base64", "text-surroundings", "cose-cwt-tag"];
    assert_read(&around, &expected);
}

#[test]
fn base64_gives_no_more_trust_than_any_code() {
    let mut changed = tagged();
    *changed.last_mut().unwrap() ^= 1;
    let text = BASE64_STANDARD.encode(changed);
    assert_refused(&text, Step::Signature, "bad-signature");
    let mut expired = raw().payload(with(cwt(dcc()), EXP, Some(Value::from(NOW.seconds() - 1))));
    expired.tags = vec![0xd8, 0x3d, 0xd2];
    let text = BASE64_STANDARD.encode(expired.sign(&signer("a")));
    assert_refused(&text, Step::Time, "expired");
}

#[test]
fn no_other_base64_is_taken_for_a_certificate() {
    let cose = tagged();
    let good = BASE64_STANDARD.encode(&cose);
    let with_tags = |tags: &[u8]| {
        let mut raw = raw();
        raw.tags = tags.to_vec();
        BASE64_STANDARD.encode(raw.sign(&signer("a")))
    };
    let damaged = |change: fn(&mut Vec<u8>)| {
        let mut text = good.clone().into_bytes();
        change(&mut text);
        String::from_utf8(text).unwrap()
    };
    for wrong in [
        // Other tags, none, or a longer spelling of these.
        with_tags(&[0xd2]),
        with_tags(&[]),
        with_tags(&[0xd8, 0x3d]),
        with_tags(&[0xd8, 0x3d, 0xd1]),
        with_tags(&[0xd8, 0x3d, 0xd8, 0x12]),
        with_tags(&[0xd9, 0, 0x3d, 0xd2]),
        // Compressed, which nobody does.
        BASE64_STANDARD.encode(raw::zlib(&cose)),
        // No base64: a foreign character, a line end inside, too much padding,
        // both alphabets, a character too many.
        damaged(|text| text[40] = b'*'),
        damaged(|text| text[40] = b'%'),
        damaged(|text| text.insert(40, b'\n')),
        damaged(|text| text.insert(40, b' ')),
        damaged(|text| text.insert(40, b'=')),
        damaged(|text| text.extend(b"====")),
        damaged(|text| text[40..42].copy_from_slice(b"+-")),
        damaged(|text| text.splice(..0, *b"x").for_each(drop)),
        good.replace("2D3S", "2d3s"),
        format!("data:;base64,{good}"),
    ] {
        assert_refused(&wrong, Step::Decode, "prefix");
    }
    // After the prefix base45 is expected, and nothing else.
    let prefixed = format!("HC1:{good}");
    let verdict = verify_under(Policy::default(), &prefixed);
    assert_eq!(verdict.step(Step::Decode).code(), Some("base45-character"));
}

#[test]
fn what_base64_holds_is_judged_as_the_cose_that_it_is() {
    let cose = tagged();
    let cut = BASE64_STANDARD.encode(&cose[..cose.len() - 1]);
    assert_refused(&cut, Step::Decode, "cbor-cut-off");
    let longer = BASE64_STANDARD.encode([&cose[..], &[0]].concat());
    assert_refused(&longer, Step::Decode, "cbor-trailing");
    assert_refused("2D3S", Step::Decode, "cbor-cut-off");
    assert_refused("2D3SAA", Step::Decode, "cose-structure");
}

#[test]
fn limits_hold_for_base64() {
    let cose = tagged();
    let text = BASE64_STANDARD.encode(&cose);
    let code = |change: fn(&mut Limits, usize), size: usize| {
        let mut limits = Limits::default();
        change(&mut limits, size);
        Unverified::parse(&text, &limits).map_or_else(|e| e.code(), |_| "")
    };
    let max_text: fn(&mut Limits, usize) = |limits, size| limits.max_text = size;
    assert_eq!(code(max_text, text.len()), "");
    assert_eq!(code(max_text, text.len() - 1), "text-too-long");
    let max_inflated: fn(&mut Limits, usize) = |limits, size| limits.max_inflated = size;
    assert_eq!(code(max_inflated, cose.len()), "");
    assert_eq!(code(max_inflated, cose.len() - 1), "text-too-long");
    let huge = format!("2D3S{}", "A".repeat(20_000_000));
    assert_refused(&huge, Step::Decode, "text-too-long");
}

#[test]
fn all_deviations_of_one_card_together() {
    // As the network's cards combine them.
    let mut raw = raw()
        .protected(text_kid(&BASE64_STANDARD.encode(kid().as_bytes())))
        .payload(with(
            with(renamed(&[(-260, "-260")]), IAT, None),
            "6",
            Some(Value::from(ISSUED.seconds() * 1000)),
        ));
    raw.tags = vec![0xd8, 0x3d, 0xd2];
    let text = BASE64_STANDARD.encode(raw.sign(&signer("a")));
    let expected = [
        "text-base64",
        "cose-cwt-tag",
        "kid-text",
        "claim-key-text",
        "claim-key-text",
        "claim-milliseconds",
    ];
    assert_read(&text, &expected);
}
