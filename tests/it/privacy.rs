//! Nothing about the holder is in what gets logged: `Debug` and `Display` of
//! verdicts, errors and records, whatever the certificate looks like.

use std::fmt::Debug;
use std::sync::LazyLock;

use ciborium::Value;
use hcert::format::Unverified;
use hcert::format::hc1::schema;
use hcert::issue::{Issuer, Validity};
use hcert::record::ProductCatalogue;
use hcert::record::{Entry, Holder, Record, Uvci};
use hcert::verify::{Outcome, Policy, Step, Verdict, Verifier};
use hcert::{Date, Limits, PartialDate, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::pki;
use hcert_testkit::raw::{self, Raw, cwt, dcc, with};
use proptest::prelude::*;

/// What is about the holder, in pieces that nothing else in here has.
const SECRETS: [&str; 9] = [
    "Zyxwvut",
    "ZYXWVUT",
    "Quorra",
    "QUORRA",
    "1957-03-19",
    "SECRETID",
    "2021-05-29",
    "EU/1/20/1528",
    "ORG-100030215",
];

/// The year of birth, which the hexadecimal digits of a kid may hold by chance.
const YEAR: &str = "1957";

#[track_caller]
fn assert_silent(text: &str) {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    assert!(words.all(|word| word != YEAR), "{YEAR} in: {text}");
    for secret in SECRETS {
        let folded = text.to_lowercase();
        assert!(
            !folded.contains(&secret.to_lowercase()),
            "{secret} in: {text}"
        );
        // Nor as the numbers of a byte array.
        let bytes = format!("{:?}", secret.as_bytes());
        assert!(
            !text.contains(bytes.trim_matches(['[', ']'])),
            "{secret} in: {text}"
        );
    }
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}")
}

/// All that a verdict shows of itself.
fn everything(verdict: &Verdict) -> String {
    let mut text = shown(verdict);
    for (step, result) in verdict.steps() {
        text += &format!(
            "{step} {:?} {:?} {:?}\n",
            result,
            result.code(),
            result.detail()
        );
    }
    for deviation in verdict.deviations() {
        text += &format!("{deviation:?} {deviation}\n");
    }
    text += &format!("{:?}", verdict.reason().map(ToString::to_string));
    text += &shown(&verdict.signed_claims());
    text += &shown(&verdict.signed_record());
    text += &shown(&verdict.verified());
    text += &shown(&verdict.signer());
    if let Some(record) = verdict.signed_record() {
        text += &shown(record.holder());
        text += &shown(&record.holder().born());
        for entry in record.entries() {
            text += &shown(entry);
            text += &match entry {
                Entry::Vaccination(e) => shown(e),
                Entry::Test(e) => shown(e),
                Entry::Recovery(e) => shown(e),
                _ => String::new(),
            };
        }
    }
    text
}

fn secret_dcc() -> Value {
    let names = [
        ("fn", "Zyxwvut"),
        ("fnt", "ZYXWVUT"),
        ("gn", "Quorra"),
        ("gnt", "QUORRA"),
    ];
    let names = names.map(|(k, v)| (Value::from(k), Value::from(v)));
    let id = Some(Value::from("URN:UVCI:01:XX:SECRETID#7"));
    let group = |entry| Some(Value::Array(vec![with(entry, "ci", id.clone())]));
    let dcc = with(dcc(), "nam", Some(Value::Map(names.to_vec())));
    let dcc = with(dcc, "dob", Some(Value::from("1957-03-19")));
    let dcc = with(dcc, "v", group(raw::v()));
    let dcc = with(dcc, "t", group(raw::t()));
    with(dcc, "r", group(raw::r()))
}

static RAW: LazyLock<Raw> =
    LazyLock::new(|| Raw::new(dsc("a", &[]).kid().as_bytes()).payload(cwt(secret_dcc())));
static VERIFIERS: LazyLock<[Verifier; 2]> = LazyLock::new(|| {
    [Policy::default(), Policy::default().strict()]
        .map(|policy| Verifier::with_policy(trust(&[&dsc("a", &[])]), policy))
});

/// Shows all there is of a text, and says how it was judged by default.
fn assert_all_silent(text: &str) -> Verdict {
    match Unverified::parse(text, &Limits::default()) {
        Ok(unverified) => {
            assert_silent(&shown(&unverified));
            assert_silent(&shown(
                &unverified.unverified_content(&ProductCatalogue::builtin()),
            ));
        }
        Err(error) => assert_silent(&format!("{}{error}", shown(&error))),
    }
    let [plain, strict] = VERIFIERS.each_ref().map(|v| v.verify(text, NOW));
    assert_silent(&everything(&plain));
    assert_silent(&everything(&strict));
    plain
}

#[test]
fn verdicts_of_all_outcomes_say_nothing_about_the_holder() {
    let good = raw::text(&RAW.sign(&signer("a")));
    let verdict = assert_all_silent(&good);
    assert_eq!(verdict.outcome(), Outcome::Valid);
    // The accessors give what the printing withholds.
    let record = verdict.signed_record().unwrap();
    assert_eq!(record.holder().family_name(), Some("Zyxwvut"));
    assert_eq!(record.entries().len(), 3);
    assert_silent(&shown(&verdict.clone().into_verified().map_err(drop)));

    let claims = || cwt(secret_dcc());
    for (claims, outcome) in [
        (
            with(claims(), 4, Some(ISSUED.seconds().into())),
            Outcome::Expired,
        ),
        (
            with(claims(), 6, Some(EXPIRES.seconds().into())),
            Outcome::NotYetValid,
        ),
        (with(claims(), 4, None), Outcome::Invalid),
        (
            with(claims(), -260, Some(raw::holder_only())),
            Outcome::Unascertained,
        ),
    ] {
        let text = raw::text(&RAW.clone().payload(claims).sign(&signer("a")));
        assert_eq!(assert_all_silent(&text).outcome(), outcome);
    }
    let forged = raw::text(&RAW.sign(&signer("b")));
    assert_eq!(assert_all_silent(&forged).outcome(), Outcome::Invalid);
    let unknown = Raw::new(&[1; 8]).payload(cwt(secret_dcc()));
    let verdict = assert_all_silent(&raw::text(&unknown.sign(&signer("a"))));
    assert_eq!(verdict.outcome(), Outcome::Unascertained);
}

#[test]
fn what_is_wrong_with_a_member_is_said_without_its_value() {
    let member = |name: &str, value: Value| with(secret_dcc(), name, Some(value));
    let entry = |name: &str, value: Value| {
        let entry = with(raw::v(), name, Some(value));
        member("v", Value::Array(vec![entry]))
    };
    for dcc in [
        member("ver", Value::from("Zyxwvut")),
        member("nam", Value::from("Zyxwvut Quorra")),
        member("nam", raw::holder_only()),
        member("dob", Value::from("19 March 1957-03-19")),
        member("Zyxwvut", Value::Null),
        member("v", Value::from("Zyxwvut")),
        member("v", Value::Array(vec![Value::from("Zyxwvut")])),
        entry("ci", Value::from("SECRETID".repeat(20))),
        entry("dt", Value::from("1957-03-19 Zyxwvut")),
        entry("dn", Value::from("SECRETID")),
        entry("co", Value::from("quorra")),
        entry("tg", Value::Bytes(b"Zyxwvut".to_vec())),
        Value::from("Zyxwvut"),
        Value::Array(vec![Value::from("Zyxwvut")]),
    ] {
        let text = raw::text(&RAW.clone().payload(cwt(dcc)).sign(&signer("a")));
        let verdict = assert_all_silent(&text);
        assert_eq!(verdict.step(Step::Signature).word(), "passed");
    }
    // Keys that stand twice, and texts that are not UTF-8.
    let mut broken = RAW.clone();
    let at = broken.payload.windows(7).position(|w| w == b"Zyxwvut");
    broken.payload[at.unwrap() + 3] = 0xff;
    let verdict = assert_all_silent(&raw::text(&broken.sign(&signer("a"))));
    assert_eq!(verdict.step(Step::Content).code(), Some("cbor-malformed"));
}

#[test]
fn issuing_says_nothing_about_the_holder() {
    let born = PartialDate::parse("1957-03-19").unwrap();
    let holder = Holder::new("Zyxwvut", "Quorra", born).unwrap();
    let id = Uvci::from_opaque("XX", "SECRETID").unwrap();
    let Entry::Vaccination(entry) = vaccination().entries()[0].clone() else {
        panic!("not a vaccination")
    };
    let record = Record::new(holder.clone(), entry.clone()).unwrap();
    let issued = issuer("a", &[]).issue(&record, VALIDITY).unwrap();
    for text in [
        shown(&record),
        shown(&holder),
        shown(&entry),
        shown(&born),
        shown(&Date::parse("1957-03-19").ok().map(PartialDate::Day)),
        shown(&issued),
        shown(&issuer("a", &[])),
        shown(&signer("a")),
        shown(&issued.qr().map(drop)),
    ] {
        assert_silent(&text);
    }
    assert_silent(&shown(&id));

    // What the errors say.
    let reversed = Validity {
        issued_at: EXPIRES,
        expires_at: ISSUED,
    };
    let late = Validity {
        issued_at: ISSUED,
        expires_at: Timestamp::from_seconds(i64::MAX),
    };
    for (eku, validity) in [
        (&[][..], reversed),
        (&[], late),
        (&[pki::EKU_TEST], VALIDITY),
    ] {
        let error = issuer("a", eku).issue(&record, validity).unwrap_err();
        assert_silent(&format!("{}{error}", shown(&error)));
    }
    let other = Issuer::new(dsc("a", &[]), signer("b")).unwrap();
    let error = other.issue(&record, VALIDITY).unwrap_err();
    assert_silent(&format!("{}{error}", shown(&error)));
    for (family, given) in [("Zyxwvut王", "Quorra"), ("Zyxwvut", "Quorra\u{1F600}")] {
        let error = Holder::new(family, given, born).unwrap_err();
        assert_silent(&format!("{}{error}", shown(&error)));
    }
    for text in ["1957-03-1919", "Zyxwvut", "1957-13-19"] {
        for error in [
            PartialDate::parse(text).err(),
            Date::parse(text).err(),
            Timestamp::parse(text).err(),
        ] {
            assert_silent(&format!("{}{}", shown(&error), error.unwrap()));
        }
    }
}

#[test]
fn json_records_that_are_refused_are_not_repeated() {
    let json = serde_json::json!({
        "nam": {"fn": "Zyxwvut", "gn": "Quorra"},
        "dob": "1957-03-19",
        "v": [{
            "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
            "dn": 2, "sd": 2, "dt": "2021-05-29", "co": "XX", "is": "Ministry",
            "ci": "URN:UVCI:01:XX:SECRETID",
        }],
    });
    let good = json.to_string();
    assert_silent(&shown(&Record::from_json(&good)));
    assert!(Record::from_json(&good).is_ok());
    for end in 0..good.len() {
        if let Some(cut) = good.get(..end) {
            let error = Record::from_json(cut).unwrap_err();
            assert_silent(&format!("{}{error}", shown(&error)));
        }
    }
    for (pointer, value) in [
        ("/dob", "1957-03-19T"),
        ("/nam/fn", "Zyxwvut王"),
        ("/v/0/dt", "1957-03-19 Zyxwvut"),
        ("/v/0/co", "Quorra"),
        ("/v/0/dn", "SECRETID"),
        ("/v/0", "SECRETID"),
        ("/v", "Zyxwvut"),
        ("/nam", "Zyxwvut"),
    ] {
        let mut wrong = json.clone();
        *wrong.pointer_mut(pointer).unwrap() = value.into();
        let error = Record::from_json(&wrong.to_string()).unwrap_err();
        assert_silent(&format!("{}{error}", shown(&error)));
        for deviation in schema::check_json(&wrong.to_string()).unwrap() {
            assert_silent(&format!("{deviation:?}{deviation}"));
        }
    }
}

/// One change to some bytes.
fn changed(mut bytes: Vec<u8>, (at, with, how): (prop::sample::Index, u8, u8)) -> Vec<u8> {
    // The changes before may have left nothing.
    if bytes.is_empty() {
        bytes.push(with);
    }
    let at = at.index(bytes.len());
    match how {
        0 => bytes[at] = with,
        1 => bytes[at] ^= 1 << (with % 8),
        2 => bytes.insert(at, with),
        3 => drop(bytes.remove(at)),
        _ => bytes.truncate(at + 1),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// In each layer; the inner ones are signed as they are, so that the
    /// later steps have something to talk about.
    #[test]
    fn mutated_certificates_say_nothing_about_the_holder(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..5), 1..4),
        layer in 0u8..5,
    ) {
        let change = |bytes: Vec<u8>| changes.iter().fold(bytes, |bytes, c| changed(bytes, *c));
        let mut raw = RAW.clone();
        let cose = |raw: &Raw| raw.sign(&signer("a"));
        let text = match layer {
            0 => String::from_utf8_lossy(&change(raw::text(&cose(&raw)).into_bytes())).into_owned(),
            1 => hcert::format::hc1::text::encode(&change(raw::zlib(&cose(&raw)))),
            2 => raw::text(&change(cose(&raw))),
            3 => {
                raw.protected = change(raw.protected);
                raw::text(&cose(&raw))
            }
            _ => {
                raw.payload = change(raw.payload);
                raw::text(&cose(&raw))
            }
        };
        let _ = assert_all_silent(&text);
    }
}
