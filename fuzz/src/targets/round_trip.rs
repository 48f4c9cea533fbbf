//! Any record that the builders let pass can be issued, and any certificate
//! that is issued verifies and says what was put in.
//!
//! The input is turned into members that mostly are right, so that most runs
//! reach the signature; raw texts get in as well.

use arbitrary::{Arbitrary, Unstructured};
use hcert_testkit::time::Plus as _;
use hcert::issue::{IssueError, Validity};
use hcert::record::{
    Entry, Holder, Record, RecordError, Recovery, Test, TestKind, TestResult, Uvci, Vaccination,
};
use hcert::{Date, PartialDate, Timestamp};
use crate::{ISSUER, VERIFIER};

const LETTERS: &[char] = &[
    'A', 'B', 'É', 'ß', 'Ø', 'ñ', 'ł', '-', ' ', '\'', 'Γ', 'ύ', 'Щ', 'ї', 'z', 'ə', '王', '1',
];

#[derive(Debug, Arbitrary)]
enum Words<'a> {
    Made(&'a [u8]),
    Raw(&'a str),
}

impl Words<'_> {
    fn text(&self) -> String {
        match self {
            // The last two have no transliteration: they come up rarely.
            Self::Made(bytes) => {
                let usual = LETTERS.len() - 2;
                let letter = |b: &u8| {
                    LETTERS[if *b == 255 {
                        usual + 1
                    } else {
                        *b as usize % usual
                    }]
                };
                bytes.iter().take(90).map(letter).collect()
            }
            Self::Raw(text) => (*text).to_owned(),
        }
    }

    /// The same, never empty.
    fn some(&self) -> String {
        let text = self.text();
        if text.is_empty() { "X".into() } else { text }
    }
}

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    family: Words<'a>,
    given: Words<'a>,
    standard: Option<(Words<'a>, Words<'a>)>,
    born: (u8, Day),
    disease: Option<Words<'a>>,
    kind: Kind<'a>,
    country: [u8; 2],
    issuer: Words<'a>,
    id: &'a [u8],
    issued_at: u32,
    lasts: u32,
}

type Day = (u8, u8, u8);

#[derive(Debug, Arbitrary)]
enum Kind<'a> {
    Vaccination([Words<'a>; 3], (u8, u8), Day),
    Test([Words<'a>; 2], [Option<Words<'a>>; 3], u32),
    Recovery(Day, Day, Day),
}

fn date((year, month, day): Day) -> Date {
    Date::new(1900 + u16::from(year % 200), 1 + month % 12, 1 + day % 28).expect("in every month")
}

fn partial((form, day): (u8, Day)) -> PartialDate {
    let text = date(day).to_string();
    let known = [0, 4, 7, 10][usize::from(form % 4)];
    PartialDate::parse(&text[..known]).expect("a date or the front of one")
}

fn holder(input: &Input<'_>) -> Option<Holder> {
    let (family, given, born) = (input.family.some(), input.given.text(), partial(input.born));
    match &input.standard {
        Some((standard_family, standard_given)) => {
            let (f, g) = (standard_family.text(), standard_given.text());
            Some(Holder::with_standard_names(
                (&family, &f),
                (&given, &g),
                born,
            ))
        }
        None => Holder::new(&family, &given, born).ok(),
    }
}

fn entry(input: &Input<'_>) -> Option<Result<Entry, RecordError>> {
    let opaque = |b: &u8| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[*b as usize % 36]);
    let id: String = input.id.iter().take(40).map(opaque).collect();
    let id = Uvci::from_opaque("XX", &id).ok()?;
    let country: String = input
        .country
        .iter()
        .map(|b| char::from(b'A' + b % 26))
        .collect();
    macro_rules! finish {
        ($builder:expr) => {{
            let mut builder = $builder
                .country(&country)
                .issuer(&input.issuer.some())
                .id(&id);
            if let Some(code) = &input.disease {
                builder = builder.disease(&code.some());
            }
            builder.build().map(Entry::from)
        }};
    }
    Some(match &input.kind {
        Kind::Vaccination([vaccine, product, manufacturer], (number, total), day) => finish!(
            Vaccination::builder()
                .vaccine(&vaccine.some())
                .product(&product.some())
                .manufacturer(&manufacturer.some())
                .dose((*number).into(), (*total).into())
                .date(date(*day))
        ),
        Kind::Test([kind, result], [name, device, centre], sampled_at) => {
            let mut builder = Test::builder()
                .kind(TestKind::Other(&kind.some()))
                .result(match result.some().len() % 3 {
                    0 => TestResult::Negative,
                    1 => TestResult::Positive,
                    _ => TestResult::Inconclusive,
                })
                .sampled_at(Timestamp::from_seconds((*sampled_at).into()));
            if let Some(name) = name {
                builder = builder.name(&name.text());
            }
            if let Some(device) = device {
                builder = builder.device(&device.text());
            }
            if let Some(centre) = centre {
                builder = builder.centre(&centre.text());
            }
            finish!(builder)
        }
        Kind::Recovery(first, from, until) => finish!(
            Recovery::builder()
                .first_positive(date(*first))
                .valid(date(*from), date(*until))
        ),
    })
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let (Some(holder), Some(Ok(entry))) = (holder(&input), entry(&input)) else {
        return;
    };
    let Ok(record) = Record::new(holder, entry) else {
        return;
    };
    let (first, last) = (ISSUER.dsc().not_before(), ISSUER.dsc().not_after());
    let room = last.seconds() - first.seconds();
    let issued_at = first.plus(i64::from(input.issued_at) % room - 10);
    let expires_at = issued_at.plus(i64::from(input.lasts) % room - 10);
    let validity = Validity {
        issued_at,
        expires_at,
    };
    let right = expires_at > issued_at && issued_at >= first && expires_at <= last;
    let issued = ISSUER.issue(&record, validity);
    // What the schema lets pass may contradict the specification or the clock.
    if let Err(
        IssueError::TooLong { .. } | IssueError::Departure(_) | IssueError::EntryAfterIssue { .. },
    ) = issued
    {
        return;
    }
    assert_eq!(issued.is_ok(), right);
    let Ok(issued) = issued else { return };
    for now in [issued_at, expires_at] {
        let verdict = VERIFIER.verify(issued.text(), now);
        assert_eq!(verdict.deviations(), []);
        let verified = verdict.verified().expect("what is issued verifies");
        assert!(verified.record() == &record);
    }
    let late = VERIFIER.verify(issued.text(), expires_at.plus(1));
    assert!(late.verified().is_none());
}

