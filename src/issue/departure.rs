//! What a record states against the specification, beyond its schema.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::record::{
    Coding, Entry, Holder, PayloadKind, Record, Recovery, Test, TestKind, TestResult, Vaccination,
    ValueSets, is_country_or_organisation,
};
use crate::{Date, Timestamp};

/// A departure of a record from what its specification demands beyond the
/// schema, or a date that can't be.
///
/// `at` names the place (`t[0].ma`), never a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Departure {
    code: DepartureCode,
    at: String,
}

impl Departure {
    /// Which departure.
    pub fn kind(&self) -> DepartureCode {
        self.code
    }

    /// The stable identifier of the departure.
    pub fn code(&self) -> &'static str {
        self.code.code()
    }

    /// Where: a path in the payload.
    pub fn at(&self) -> &str {
        &self.at
    }
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, clause) = (self.code.words(), self.code.clause());
        write!(f, "{}: {words} ({clause})", self.at)
    }
}

macro_rules! departures {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $refused:literal, $clause:literal,
        $words:literal, $help:literal;)*) => {
        /// The departures that are known.
        ///
        /// ```
        /// use hcert::issue::DepartureCode;
        /// for code in DepartureCode::ALL {
        ///     println!("{}: {} [{}]", code.code(), code.words(), code.clause());
        /// }
        /// assert!(DepartureCode::RapidTestDevice.is_refused());
        /// assert!(!DepartureCode::Age.is_refused());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DepartureCode {
            $($(#[$doc])* $name,)*
        }

        impl DepartureCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable identifier.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whether such a record is not issued: the specification says
            /// MUST, or it can't be true. Of the others the issuer warns.
            pub const fn is_refused(self) -> bool {
                match self { $(Self::$name => $refused,)* }
            }

            /// The clause that it is about.
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)* }
            }

            /// What it means, in English.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// What to do about it, in English.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }
        }
    };
}

departures! {
    /// A nucleic acid amplification test with a device identifier.
    NaatDevice = "naat-device", true, "DCC JSON specification 1.3.0, t/ma",
        "a nucleic acid amplification test names a device", "leave ma out: it is for rapid antigen tests alone";
    /// A nucleic acid amplification test without its centre.
    NaatCentre = "naat-centre", true, "DCC JSON specification 1.3.0, t/tc",
        "a nucleic acid amplification test names no testing centre", "write who conducted the test";
    /// A rapid antigen test without its device identifier.
    RapidTestDevice = "rat-device", true, "DCC JSON specification 1.3.0, t/ma",
        "a rapid antigen test names no device", "write the device's identifier in the list of the Health Security Committee";
    /// A rapid antigen test with a test name.
    RapidTestName = "rat-name", false, "DCC JSON specification 1.3.0, t/nm",
        "a rapid antigen test has a name of its own", "leave nm out: the device identifier names the test";
    /// A result that no value set has.
    TestResult = "test-result", true, "DCC JSON specification 1.3.0, t/tr",
        "the result is not in the value set", "write 260415000 (not detected) or 260373001 (detected)";
    /// An inconclusive result, which the value set does not have.
    TestResultInconclusive = "test-result-inconclusive", false, "DCC JSON specification 1.3.0, t/tr",
        "an inconclusive result is not in the value set", "issue a certificate once there is a result";
    /// A recovery that holds earlier than 11 days after the first positive test.
    RecoveryFrom = "recovery-from", true, "DCC JSON specification 1.3.0, r/df",
        "holds earlier than 11 days after the first positive test", "let df be fr + 11 days or later";
    /// A recovery that holds longer than 180 days after the first positive test.
    RecoveryUntil = "recovery-until", true, "DCC JSON specification 1.3.0, r/du",
        "holds longer than 180 days after the first positive test", "let du be fr + 180 days or earlier";
    /// Born after what the entry states.
    BirthAfterEvent = "birth-after-event", true, "plausibility, dates in order",
        "the holder is born after what the certificate states", "compare both dates with their sources";
    /// An event before the disease was known.
    DateTooEarly = "date-too-early", false, "plausibility, dates",
        "a date before 2020 for COVID-19, or before 1900", "compare the date with its source";
    /// A holder of more than 130 years.
    Age = "age", false, "plausibility, dates",
        "the holder is older than 130 years", "compare the date of birth with its source";
    /// A text of blanks and invisible characters, or a standardised name of fillers.
    TextBlank = "text-blank", true, "DCC JSON specification 1.3.0, non-empty fields",
        "a text of blanks alone", "write the value, or leave an optional member out";
    /// An organisation in the place of the country.
    CountryOrganisation = "country-organisation", false, "DCC JSON specification 1.3.0, co",
        "an organisation stands in the place of a country", "write the alpha-2 code of ISO 3166-1 where it is a country";
    /// A code that the value set does not have.
    ValueUnknown = "value-unknown", false, "DCC value sets",
        "a code that is not in the value set", "write a code of the value set, or check against its newest edition";
    /// A code that the value set keeps for earlier certificates.
    ValueInactive = "value-inactive", false, "DCC value sets",
        "a code that the value set keeps for earlier certificates alone", "write an active code";
}

impl DepartureCode {
    /// Whether the clause came with version 1.3.0 of the specification.
    pub(crate) const fn is_of_1_3_0(self) -> bool {
        matches!(
            self,
            Self::NaatDevice
                | Self::NaatCentre
                | Self::RapidTestDevice
                | Self::RapidTestName
                | Self::RecoveryFrom
                | Self::RecoveryUntil
        )
    }
}

/// When the first cases were reported, no certificate is about an earlier day.
const COVID_19_KNOWN: (u16, u8, u8) = (2020, 1, 1);
const EARLIEST: (u16, u8, u8) = (1900, 1, 1);
/// Nobody has been as old.
const OLDEST: u16 = 130;
/// A day begins up to 14 hours earlier than in UTC, and ends 12 hours later.
const EASTERNMOST: i64 = 14 * 3600;
const WESTERNMOST: i64 = -12 * 3600;

/// The latest day that it is anywhere at that time.
pub(super) fn latest_day(time: Timestamp) -> Option<Date> {
    time.plus(EASTERNMOST).date()
}

/// The first place that states something of the time after the issue.
pub(super) fn after_issue(record: &Record, issued_at: Timestamp) -> Option<String> {
    let today = latest_day(issued_at);
    let later = places(record).into_iter().find_map(|(at, entry)| {
        let member = event(entry, record.payload)?.member;
        let is_later = match entry {
            Entry::Test(test) => match test.sampled_at() {
                Some(time) => time > issued_at,
                None => test.sampled_on() > today,
            },
            // Of a card the day of issue is its own.
            Entry::YellowCard(card) => card.date() > today || card.issued_on() > today,
            Entry::Vaccination(dose) => dose.date() > today,
            Entry::Recovery(recovery) => recovery.first_positive() > today,
            _ => false,
        };
        is_later.then(|| path(&at, member))
    });
    later.or_else(|| {
        let (first, _) = record.holder.born().range()?;
        (Some(first) > today).then(|| birth_member(record.payload).to_owned())
    })
}

/// All departures of a record, where `issued_at` is known as of then.
pub(crate) fn departures(
    record: &Record,
    issued_at: Option<Timestamp>,
    sets: &ValueSets,
) -> Vec<Departure> {
    let mut look = Look {
        sets,
        found: Vec::new(),
        at: String::new(),
    };
    let is_dcc = record.payload == PayloadKind::EuDcc;
    if is_dcc {
        look.names(&record.holder);
    }
    for (at, entry) in places(record) {
        look.at = at;
        if is_dcc {
            look.dcc(entry);
        }
        look.dates(entry, record, issued_at);
    }
    look.found
}

/// What happened, and when at the earliest and the latest.
struct Event {
    member: &'static str,
    first: Option<Date>,
    last: Option<Date>,
}

fn event(entry: &Entry, payload: PayloadKind) -> Option<Event> {
    let is_dcc = payload == PayloadKind::EuDcc;
    let member = |dcc| if is_dcc { dcc } else { "date" };
    let day = |member, day| Event {
        member,
        first: day,
        last: day,
    };
    Some(match entry {
        Entry::Vaccination(dose) => day(member("dt"), dose.date()),
        Entry::Test(test) => match test.sampled_at() {
            Some(time) => Event {
                member: member("sc"),
                first: time.plus(WESTERNMOST).date(),
                last: latest_day(time),
            },
            None => day(member("sc"), test.sampled_on()),
        },
        Entry::Recovery(recovery) => day("fr", recovery.first_positive()),
        Entry::YellowCard(card) => day("dv", card.date()),
        _ => return None,
    })
}

fn birth_member(payload: PayloadKind) -> &'static str {
    match payload {
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => "birthDate",
        _ => "dob",
    }
}

/// The entries with the places in which they stand.
fn places(record: &Record) -> Vec<(String, &Entry)> {
    let (mut v, mut t, mut r) = (0, 0, 0_usize);
    let mut places = Vec::with_capacity(record.entries.len());
    for entry in &record.entries {
        let (group, count) = match (record.payload, entry) {
            (PayloadKind::EuDcc, Entry::Vaccination(_)) => ("v", &mut v),
            (PayloadKind::EuDcc, Entry::Test(_)) => ("t", &mut t),
            (PayloadKind::EuDcc, Entry::Recovery(_)) => ("r", &mut r),
            (payload, _) => {
                let only = match payload {
                    PayloadKind::DdccVaccination => "vaccination",
                    PayloadKind::DdccTest => "test",
                    PayloadKind::YellowCard => "vx",
                    _ => "",
                };
                places.push((only.to_owned(), entry));
                continue;
            }
        };
        places.push((format!("{group}[{count}]"), entry));
        *count += 1;
    }
    places
}

fn path(at: &str, member: &str) -> String {
    match at.is_empty() {
        true => member.to_owned(),
        false => format!("{at}.{member}"),
    }
}

struct Look<'a> {
    sets: &'a ValueSets,
    found: Vec<Departure>,
    /// The place of the entry.
    at: String,
}

impl Look<'_> {
    fn find(&mut self, code: DepartureCode, member: &str) {
        let at = path(&self.at, member);
        self.found.push(Departure { code, at });
    }

    fn names(&mut self, holder: &Holder) {
        let standard = |name: Option<&str>| name.is_some_and(|n| is_blank(n.trim_matches('<')));
        let plain = |name: Option<&str>| name.is_some_and(is_blank);
        for (member, blank) in [
            ("nam.fn", plain(holder.family_name())),
            ("nam.gn", plain(holder.given_name())),
            ("nam.fnt", standard(holder.standard_family_name())),
            ("nam.gnt", standard(holder.standard_given_name())),
        ] {
            if blank {
                self.find(DepartureCode::TextBlank, member);
            }
        }
    }

    fn dcc(&mut self, entry: &Entry) {
        match entry {
            Entry::Vaccination(dose) => self.vaccination(dose),
            Entry::Test(test) => self.test(test),
            Entry::Recovery(recovery) => self.recovery(recovery),
            _ => return,
        }
        for (member, text) in [
            ("tg", entry.disease()),
            ("is", entry.issuer()),
            ("ci", entry.id()),
        ] {
            self.blank(member, text.unwrap_or_default());
        }
        self.value("tg", entry.disease().unwrap_or_default());
        let country = entry.country().unwrap_or_default();
        if country.len() != 2 && is_country_or_organisation(country) {
            self.find(DepartureCode::CountryOrganisation, "co");
        }
    }

    fn vaccination(&mut self, dose: &Vaccination) {
        for (member, code) in [
            ("vp", dose.vaccine()),
            ("mp", dose.product()),
            ("ma", dose.manufacturer()),
        ] {
            self.blank(member, code);
            self.value(member, code);
        }
    }

    fn test(&mut self, test: &Test) {
        let states = |text: Option<&str>| text.is_some_and(|text| !is_blank(text));
        match test.kind() {
            TestKind::Naat => {
                if test.device().is_some() {
                    self.find(DepartureCode::NaatDevice, "ma");
                }
                if !states(test.centre()) {
                    self.find(DepartureCode::NaatCentre, "tc");
                }
            }
            TestKind::RapidAntigen => {
                if !states(test.device()) {
                    self.find(DepartureCode::RapidTestDevice, "ma");
                }
                if test.name().is_some() {
                    self.find(DepartureCode::RapidTestName, "nm");
                }
            }
            _ => {}
        }
        let results = self.sets.get(ValueSets::TEST_RESULT);
        match test.result() {
            TestResult::Other("") => {}
            TestResult::Other(code) if results.is_some_and(|set| set.contains(code)) => {}
            TestResult::Other(_) => self.find(DepartureCode::TestResult, "tr"),
            TestResult::Inconclusive => self.find(DepartureCode::TestResultInconclusive, "tr"),
            _ => {}
        }
        for (member, text) in [
            ("tt", Some(test.kind_code())),
            ("nm", test.name()),
            ("ma", test.device()),
            ("tc", test.centre()),
        ] {
            self.blank(member, text.unwrap_or_default());
        }
        self.value("tt", test.kind_code());
        if let (TestKind::RapidAntigen, Some(device)) = (test.kind(), test.device()) {
            self.value("ma", device);
        }
    }

    fn recovery(&mut self, recovery: &Recovery) {
        let Some(first) = recovery.first_positive() else {
            return;
        };
        // A day beyond the calendar is later than all that can be stated.
        let from = first.plus_days(11);
        if recovery
            .valid_from()
            .is_some_and(|day| from.is_none_or(|from| day < from))
        {
            self.find(DepartureCode::RecoveryFrom, "df");
        }
        let until = first.plus_days(180);
        if recovery
            .valid_until()
            .is_some_and(|day| until.is_some_and(|until| day > until))
        {
            self.find(DepartureCode::RecoveryUntil, "du");
        }
    }

    fn dates(&mut self, entry: &Entry, record: &Record, issued_at: Option<Timestamp>) {
        let Some(event) = event(entry, record.payload) else {
            return;
        };
        let day = |(year, month, day)| Date::new(year, month, day).ok();
        let known = match entry.disease() {
            Some(Coding::COVID_19) => day(COVID_19_KNOWN),
            _ => day(EARLIEST),
        };
        if event.last.is_some() && event.last < known {
            self.find(DepartureCode::DateTooEarly, event.member);
        }
        let Some((earliest, latest)) = record.holder.born().range() else {
            return;
        };
        let born = birth_member(record.payload);
        let at = |code| Departure {
            code,
            at: born.to_owned(),
        };
        if event.last.is_some_and(|last| earliest > last) {
            self.found.push(at(DepartureCode::BirthAfterEvent));
        }
        let then = issued_at.and_then(Timestamp::date).or(event.first);
        let age = |day: Date| (day.year(), day.month(), day.day());
        let (year, month, day) = age(latest);
        if then.is_some_and(|then| (year.saturating_add(OLDEST), month, day) < age(then)) {
            self.found.push(at(DepartureCode::Age));
        }
    }

    fn blank(&mut self, member: &str, text: &str) {
        // An empty text is a member that is missing.
        if !text.is_empty() && is_blank(text) {
            self.find(DepartureCode::TextBlank, member);
        }
    }

    fn value(&mut self, member: &str, code: &str) {
        let set = self.sets.for_field(&path(&self.at, member));
        let Some(set) = set.filter(|set| set.is_whole() && !is_blank(code)) else {
            return;
        };
        match set.get(code) {
            Some(entry) if entry.is_active() => {}
            Some(_) => self.find(DepartureCode::ValueInactive, member),
            None => self.find(DepartureCode::ValueUnknown, member),
        }
    }
}

/// Nothing that could be seen on paper.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
    })
}
