//! Input that nobody well-meaning writes, through the whole chain: a typed
//! error or an honest reading each, and no panic.

use std::sync::LazyLock;

use ciborium::Value;
use hcert::PartialDate;
use hcert::format::hc1::text;
use hcert::record::{Entry, TestKind, TestResult, Vaccination};
use hcert::verify::{Outcome, Step, Verdict, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, Raw, cwt, dcc, holder_only, t, v, with, zlib};
use proptest::prelude::*;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier::new(trust(&[&dsc("a", &[])])));
static GOOD: LazyLock<String> = LazyLock::new(|| issued("a", &vaccination()).text().to_owned());

/// The verdict, after all of it has been looked at.
fn verify(text: &str) -> Verdict {
    let verdict = VERIFIER.verify(text, NOW);
    for (step, result) in verdict.steps() {
        let _ = (step.to_string(), result.code(), result.detail());
    }
    let claims = verdict.signed_claims().map(|c| c.payload_json());
    let _ = format!("{verdict:?} {claims:?}");
    // What the verdict says of itself holds together.
    assert_eq!(
        verdict.outcome() == Outcome::Valid,
        verdict.reason().is_none()
    );
    assert_eq!(
        verdict.outcome() == Outcome::Valid,
        verdict.verified().is_some()
    );
    let signed = verdict.step(Step::Signature).word() == "passed";
    assert_eq!(signed, verdict.signer().is_some());
    assert!(signed || verdict.signed_record().is_none());
    verdict
}

/// The code of the decode step, which has to fail.
#[track_caller]
fn refused(text: &str) -> &'static str {
    let verdict = verify(text);
    assert_eq!(verdict.outcome(), Outcome::Invalid);
    verdict.step(Step::Decode).code().unwrap()
}

fn signed(dcc: Value) -> Verdict {
    let kid = dsc("a", &[]).kid();
    let raw = Raw::new(kid.as_bytes()).payload(cwt(dcc));
    let verdict = verify(&raw::text(&raw.sign(&signer("a"))));
    assert_eq!(verdict.step(Step::Signature).word(), "passed");
    verdict
}

fn codes(verdict: &Verdict) -> Vec<(&'static str, &str)> {
    verdict
        .deviations()
        .iter()
        .map(|d| (d.code(), d.at()))
        .collect()
}

#[test]
fn d2_every_character_in_every_place_gives_a_verdict() {
    let (good, original) = (GOOD.as_str(), verify(&GOOD));
    let middle = good.len() / 2;
    for at in [0, 1, 2, 3, 4, 5, 6, middle, good.len() - 1, good.len()] {
        for c in (0..=0xff).filter_map(char::from_u32) {
            let inserted = format!("{}{c}{}", &good[..at], &good[at..]);
            let replaced = match good.get(at + 1..) {
                Some(rest) => format!("{}{c}{rest}", &good[..at]),
                None => continue,
            };
            for text in [inserted, replaced] {
                let verdict = verify(&text);
                if verdict.verified().is_some() {
                    assert!(verdict.signed_record() == original.signed_record());
                    // Nothing but white space around the code changes no thing.
                    let blank = [' ', '\t', '\r', '\n'].contains(&c);
                    assert!(text == good || blank, "{c:?} at {at}");
                } else {
                    assert_eq!(verdict.step(Step::Decode).word(), "failed");
                }
            }
        }
    }
}

#[test]
fn d2_texts_of_all_byte_values_are_refused() {
    let all: String = (0..=0xff).filter_map(char::from_u32).collect();
    assert_eq!(refused(&all), "prefix");
    assert_eq!(refused(&format!("HC1:{all}")), "base45-character");
    assert_eq!(refused(&format!("{}{all}", *GOOD)), "base45-character");
    for c in (0..=0xff).filter_map(char::from_u32) {
        refused(&c.to_string());
        refused(&format!("HC1:{c}"));
        refused(&format!("HC1:{c}{c}{c}"));
        refused(&format!("HC{c}:U5"));
    }
    for c in [
        "\u{212a}", "ß", "ﬁ", "１", "\u{feff}", "😀", "\u{a0}", "\u{2028}",
    ] {
        assert_eq!(refused(&format!("{}{c}", *GOOD)), "base45-character");
        assert_eq!(refused(&format!("{c}{}", *GOOD)), "prefix");
    }
    assert_eq!(refused(&GOOD.to_lowercase()), "prefix");
    let lower = format!("HC1:{}", GOOD[4..].to_lowercase());
    assert_eq!(refused(&lower), "base45-character");
}

#[test]
fn d4_other_prefixes_are_refused() {
    let body = &GOOD[4..];
    for prefix in [
        "", "HC1", "hc1:", "XHC1:", "xHC1:", "HC1;", "HC 1:", "lt1:", "LT2:", "shc:/",
    ] {
        assert_eq!(refused(&format!("{prefix}{body}")), "prefix", "{prefix}");
    }
    for prefix in ["HC0:", "HC2:", "HC9:", "HCA:", "HCZ:"] {
        assert_eq!(refused(&format!("{prefix}{body}")), "prefix-version");
    }
    // A format of its own, in which a full certificate is none.
    let light = verify(&format!("LT1:{body}"));
    assert_eq!(light.reason().unwrap().code(), "payload-shape");
    for prefix in ["HC1:HC1:", "HC1:LT1:", "HC1: ", "HC1:X"] {
        assert!(verify(&format!("{prefix}{body}")).verified().is_none());
    }
}

#[test]
fn d5_white_space_around_is_dropped_and_inside_is_not() {
    for text in [format!("{}\n", *GOOD), format!("\t {}\r\n\r\n", *GOOD)] {
        let verdict = verify(&text);
        assert_eq!(verdict.outcome(), Outcome::Valid);
        assert_eq!(codes(&verdict), [("text-surroundings", "")]);
    }
    let (front, back) = GOOD.split_at(20);
    for inside in ["\n", "\r\n", "\t", "\u{a0}"] {
        assert_eq!(
            refused(&format!("{front}{inside}{back}")),
            "base45-character"
        );
    }
    // A blank is base45: what loses or gains one is another text.
    assert!(verify(&format!("{front} {back}")).verified().is_none());
    let blank = (0..500)
        .find_map(|n| {
            let mut raw = Raw::new(dsc("a", &[]).kid().as_bytes());
            raw.unprotected = raw::encode(&Value::Map(vec![(99.into(), Value::from(n))]));
            let text = raw::text(&raw.sign(&signer("a")));
            text.contains(' ').then_some(text)
        })
        .unwrap();
    assert_eq!(verify(&blank).outcome(), Outcome::Valid);
    for other in ["%20", "", "+"] {
        assert!(verify(&blank.replace(' ', other)).verified().is_none());
    }
}

#[test]
fn d7_uncompressed_and_doubly_compressed_certificates_are_refused() {
    let cose = issued("a", &vaccination()).cose().to_vec();
    assert_eq!(refused(&text::encode(&cose)), "zlib-header");
    assert_eq!(
        refused(&text::encode(&zlib(&zlib(&cose)))),
        "cose-structure"
    );
    let raw_deflate = &zlib(&cose)[2..];
    assert_eq!(refused(&text::encode(raw_deflate)), "zlib-header");
    let mut damaged = zlib(&cose);
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&text::encode(&damaged)), "zlib-damaged");
    let stream = zlib(&cose);
    for end in 0..stream.len() {
        let code = refused(&text::encode(&stream[..end]));
        assert!(["zlib-header", "zlib-cut-off"].contains(&code), "{code}");
    }
    // Stored and fixed blocks, and every level, say the same.
    for level in 0..=9 {
        let level = flate2::Compression::new(level);
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
        std::io::Write::write_all(&mut encoder, &cose).unwrap();
        let text = text::encode(&encoder.finish().unwrap());
        assert_eq!(verify(&text).outcome(), Outcome::Valid);
    }
}

#[test]
fn every_cut_of_every_layer_is_refused() {
    for end in 0..GOOD.len() {
        assert!(verify(&GOOD[..end]).verified().is_none());
    }
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes());
    let cose = raw.sign(&signer("a"));
    for end in 0..cose.len() {
        assert_eq!(refused(&raw::text(&cose[..end])), "cbor-cut-off");
    }
    for end in 0..raw.payload.len() {
        let mut cut = raw.clone();
        cut.payload.truncate(end);
        let verdict = verify(&raw::text(&cut.sign(&signer("a"))));
        assert_eq!(verdict.step(Step::Content).code(), Some("cbor-cut-off"));
        assert_eq!(verdict.outcome(), Outcome::Invalid);
    }
}

fn vaccinated(entry: Value) -> (Verdict, Vaccination) {
    let verdict = signed(with(holder_only(), "v", Some(Value::Array(vec![entry]))));
    let entry = verdict.signed_record().unwrap().entries()[0].clone();
    let Entry::Vaccination(entry) = entry else {
        panic!("not a vaccination")
    };
    (verdict, entry)
}

#[test]
fn e2_dose_numbers_are_read_as_they_are_and_never_guessed() {
    let number = |n: i64| Value::from(n);
    let tag = |value| Value::Tag(1, Box::new(value));
    for (value, read, code) in [
        (number(3), Some(3), None),
        (number(0), Some(0), Some("schema-range")),
        (number(-1), None, Some("schema-range")),
        (number(10), Some(10), None),
        (number(1 << 40), None, Some("schema-range")),
        (Value::from("2"), None, Some("schema-type")),
        (Value::Float(2.0), Some(2), Some("schema-float")),
        (Value::Float(1.5), None, Some("schema-type")),
        (Value::Float(f64::NAN), None, Some("schema-type")),
        (Value::Null, None, Some("schema-type")),
        (Value::Bool(true), None, Some("schema-type")),
        (tag(number(2)), Some(2), Some("schema-tag")),
    ] {
        for name in ["dn", "sd"] {
            let (verdict, entry) = vaccinated(with(v(), name, Some(value.clone())));
            assert_eq!(verdict.outcome(), Outcome::Valid);
            let found = match name {
                "dn" => entry.dose_number(),
                _ => entry.dose_total(),
            };
            assert_eq!(found, read, "{name} {value:?}");
            let at = format!("v[0].{name}");
            let expected: Vec<_> = code.iter().map(|code| (*code, at.as_str())).collect();
            assert_eq!(codes(&verdict), expected, "{name} {value:?}");
        }
    }
    // More doses than the series has are said as such.
    let entry = with(with(v(), "dn", Some(number(5))), "sd", Some(number(2)));
    let (verdict, entry) = vaccinated(entry);
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(
        (entry.dose_number(), entry.dose_total()),
        (Some(5), Some(2))
    );
    for name in ["dn", "sd"] {
        let (verdict, entry) = vaccinated(with(v(), name, None));
        assert!(entry.dose_number().is_none() || entry.dose_total().is_none());
        assert_eq!(codes(&verdict)[0].0, "schema-missing");
    }
}

#[test]
fn e2_unknown_codes_are_kept_and_are_neither_negative_nor_known() {
    for code in [
        "",
        "26041500",
        "260415000 ",
        "0260415000",
        "negative",
        "2604150000",
    ] {
        let entry = with(t(), "tr", Some(Value::from(code)));
        let verdict = signed(with(holder_only(), "t", Some(Value::Array(vec![entry]))));
        let record = verdict.signed_record().unwrap();
        let Entry::Test(test) = &record.entries()[0] else {
            panic!("not a test")
        };
        assert_eq!(test.result(), TestResult::Other(code));
    }
    for wrong in [
        Value::from(260_415_000),
        Value::Null,
        Value::Array(vec!["260415000".into()]),
    ] {
        let entry = with(t(), "tr", Some(wrong));
        let verdict = signed(with(holder_only(), "t", Some(Value::Array(vec![entry]))));
        let record = verdict.signed_record().unwrap();
        let Entry::Test(test) = &record.entries()[0] else {
            panic!("not a test")
        };
        assert_eq!(test.result(), TestResult::Other(""));
        assert_eq!(test.kind(), TestKind::Naat);
        assert_eq!(codes(&verdict), [("schema-type", "t[0].tr")]);
    }
    let (verdict, entry) = vaccinated(with(v(), "vp", Some(Value::from("no such vaccine"))));
    assert_eq!(entry.vaccine(), "no such vaccine");
    assert_eq!(codes(&verdict), []);
}

#[test]
fn e2_dates_of_birth_mean_no_more_than_they_say() {
    let day = |t| PartialDate::parse(t).unwrap();
    for (text, born) in [
        ("1950-06-15", day("1950-06-15")),
        ("1950", day("1950")),
        ("1950-06", day("1950-06")),
        ("1950-06-XX", day("1950-06")),
        ("1950-XX-XX", day("1950")),
        ("1950-00-00", day("1950")),
        ("1950-06-15T00:00:00", day("1950-06-15")),
        ("", PartialDate::Unknown),
        ("XX", PartialDate::Unknown),
        ("1950-13", PartialDate::Unknown),
        ("1950-02-30", PartialDate::Unknown),
        ("15.06.1950", PartialDate::Unknown),
        ("1950-06-15x", PartialDate::Unknown),
        ("१९५०", PartialDate::Unknown),
    ] {
        let verdict = signed(with(dcc(), "dob", Some(Value::from(text))));
        let record = verdict.signed_record().unwrap();
        assert!(record.holder().born() == born, "{text}");
        assert_eq!(record.holder().born_text(), text);
        assert_eq!(verdict.outcome(), Outcome::Valid);
    }
    for wrong in [None, Some(Value::from(1950)), Some(Value::Null)] {
        let verdict = signed(with(dcc(), "dob", wrong));
        let record = verdict.signed_record().unwrap();
        assert!(record.holder().born() == PartialDate::Unknown);
        assert_eq!(codes(&verdict)[0].1, "dob");
    }
}

/// CBOR of any shape, the shallow ones more often.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::Float),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        proptest::collection::vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
        "[a-z0-9-]{0,12}".prop_map(Value::Text),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![
            (-9i64..9).prop_map(Value::from),
            "[a-z]{1,2}".prop_map(Value::Text)
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((key, inner.clone()), 0..4).prop_map(Value::Map),
            (0u64..99, inner).prop_map(|(tag, value)| Value::Tag(tag, Box::new(value))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_gives_a_verdict(text in "\\PC{0,200}") {
        let _ = verify(&text);
        let _ = verify(&format!("HC1:{text}"));
    }

    #[test]
    fn any_bytes_in_any_layer_give_a_verdict(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = verify(&text::encode(&bytes));
        let _ = verify(&raw::text(&bytes));
        let kid = dsc("a", &[]).kid();
        let mut raw = Raw::new(kid.as_bytes());
        raw.payload = bytes.clone();
        let _ = verify(&raw::text(&raw.sign(&signer("a"))));
        let mut raw = Raw::new(kid.as_bytes());
        raw.protected = bytes.clone();
        let _ = verify(&raw::text(&raw.with_signature(&bytes)));
    }

    #[test]
    fn any_member_of_any_type_gives_a_verdict(value in any_value(), at in 0usize..40) {
        let dcc_names = ["ver", "nam", "dob", "v", "t", "r"];
        let entry_names = ["tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"];
        let claims: [i64; 5] = [1, 4, 5, 6, -260];
        let names = ["fn", "fnt", "gn", "gnt"];
        let list = |entry| Some(Value::Array(vec![entry]));
        let whole = value.clone();
        let value = Some(value);
        let claims = match at {
            0..5 => with(cwt(dcc()), claims[at], value),
            5..11 => cwt(with(dcc(), dcc_names[at - 5], value)),
            11..21 => cwt(with(dcc(), "v", list(with(v(), entry_names[at - 11], value)))),
            21..25 => {
                let names = with(Value::Map(vec![]), names[at - 21], value);
                cwt(with(dcc(), "nam", Some(names)))
            }
            25..30 => cwt(whole),
            _ => whole,
        };
        let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims);
        let verdict = verify(&raw::text(&raw.sign(&signer("a"))));
        prop_assert_eq!(verdict.step(Step::Signature).word(), "passed");
    }
}
