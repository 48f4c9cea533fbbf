//! Any record that the builders let pass can be issued, and any certificate
//! that is issued verifies and says what was put in.
#![no_main]

use arbitrary::Arbitrary;
use hcert::issue::Validity;
use hcert::record::{
    Entry, Holder, Record, RecordError, Recovery, Test, TestKind, TestResult, Uvci, Vaccination,
};
use hcert::verify::Outcome;
use hcert::{Date, PartialDate, Timestamp};
use hcert_fuzz::{ISSUER, VERIFIER};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    family: (&'a str, Option<&'a str>),
    given: (&'a str, Option<&'a str>),
    born: (u8, Day),
    disease: Option<&'a str>,
    entry: Kind<'a>,
    country: Option<[u8; 2]>,
    issuer: &'a str,
    id: &'a str,
    issued_at: i32,
    lasts: i32,
}

type Day = (u8, u8, u8);

#[derive(Debug, Arbitrary)]
enum Kind<'a> {
    Vaccination([&'a str; 3], (u8, u8), Day),
    Test([&'a str; 2], [Option<&'a str>; 3], u32),
    Recovery(Day, Day, Day),
}

fn date((year, month, day): Day) -> Option<Date> {
    Date::new(1900 + u16::from(year), 1 + month % 12, 1 + day % 31).ok()
}

fn partial((form, day): (u8, Day)) -> Option<PartialDate> {
    let text = date(day)?.to_string();
    PartialDate::parse(match form % 4 {
        0 => "",
        1 => &text[..4],
        2 => &text[..7],
        _ => &text,
    })
    .ok()
}

fn holder(input: &Input<'_>) -> Option<Holder> {
    let born = partial(input.born)?;
    let ((family, standard_family), (given, standard_given)) = (input.family, input.given);
    if let (Some(standard_family), Some(standard_given)) = (standard_family, standard_given) {
        let (family, given) = ((family, standard_family), (given, standard_given));
        return Some(Holder::with_standard_names(family, given, born));
    }
    Holder::new(family, given, born).ok()
}

fn entry(input: &Input<'_>) -> Option<Result<Entry, RecordError>> {
    let id = Uvci::from_opaque("XX", input.id)
        .or_else(|_| Uvci::parse(input.id))
        .ok()?;
    let country = input.country.unwrap_or(*b"XX");
    let country = std::str::from_utf8(&country).ok()?;
    macro_rules! finish {
        ($builder:expr) => {{
            let mut builder = $builder.country(country).issuer(input.issuer).id(&id);
            if let Some(code) = input.disease {
                builder = builder.disease(code);
            }
            builder.build().map(Entry::from)
        }};
    }
    Some(match input.entry {
        Kind::Vaccination([vaccine, product, manufacturer], (number, total), day) => finish!(
            Vaccination::builder()
                .vaccine(vaccine)
                .product(product)
                .manufacturer(manufacturer)
                .dose(number.into(), total.into())
                .date(date(day)?)
        ),
        Kind::Test([kind, result], [name, device, centre], sampled_at) => {
            let mut builder = Test::builder()
                .kind(TestKind::Other(kind))
                .result(TestResult::Other(result))
                .sampled_at(Timestamp::from_seconds(sampled_at.into()));
            if let Some(name) = name {
                builder = builder.name(name);
            }
            if let Some(device) = device {
                builder = builder.device(device);
            }
            if let Some(centre) = centre {
                builder = builder.centre(centre);
            }
            finish!(builder)
        }
        Kind::Recovery(first, from, until) => finish!(
            Recovery::builder()
                .first_positive(date(first)?)
                .valid(date(from)?, date(until)?)
        ),
    })
}

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    let (Some(holder), Some(Ok(entry))) = (holder(&input), entry(&input)) else {
        return;
    };
    let Ok(record) = Record::new(holder, entry) else {
        return;
    };
    let issued_at = ISSUER.dsc().not_before().plus(input.issued_at.into());
    let expires_at = issued_at.plus(input.lasts.into());
    let validity = Validity {
        issued_at,
        expires_at,
    };
    let right = expires_at > issued_at
        && issued_at >= ISSUER.dsc().not_before()
        && expires_at <= ISSUER.dsc().not_after();
    let issued = ISSUER.issue(&record, validity);
    assert_eq!(issued.is_ok(), right);
    let Ok(issued) = issued else { return };
    let verdict = VERIFIER.verify(issued.text(), issued_at);
    assert_eq!(verdict.deviations(), []);
    let verified = verdict.verified().expect("what is issued verifies");
    assert!(verified.record() == &record);
    let late = VERIFIER.verify(issued.text(), expires_at.plus(1));
    assert_eq!(late.outcome(), Outcome::Expired);
});
