//! A document, read into clauses and rows. Nothing in it is passed over.

mod clauses;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use self::clauses::{
    RECOVERY, TEST, VACCINATION, YELLOW_CARD, recovery, test, vaccination, yellow_card,
};
use super::clause::{Ages, Asks, Clause, Never};
use super::error::RecognitionError as Error;
use super::issuers::{self, Row};
use super::read::{DayOrInstant, Table, with_english};
use super::words;
use super::{Calendar, Policy};
use crate::record::TestKinds;
use crate::rules::Period;
use crate::rules::certlogic::Value;
use crate::rules::country::own_code;

const POLICY: &[&str] = &[
    "name",
    "version",
    "description",
    "country",
    "regions",
    "valid_from",
    "valid_until",
    "utc_offset",
    "issuers",
    "not_recognised",
    "never",
    "tests",
    "vaccinations",
    "recoveries",
    "yellow_cards",
    "exemptions",
];
const EXEMPTION: &[&str] = &["id", "description", "under_years"];

pub(super) fn read(document: &Value, kinds: &TestKinds) -> Result<Policy, Error> {
    let table = Table::new(document, String::new(), POLICY)?;
    let required = |name| table.text(name)?.ok_or_else(|| table.missing(name));
    let (name, version) = (
        required("name")?.to_owned(),
        required("version")?.to_owned(),
    );
    let country = required("country")?;
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Error::Value {
            at: table.at("country"),
            expected: "two capital letters (ISO 3166-1 alpha-2)".into(),
        });
    }
    let regions = table.list("regions", "a region", |text| Some(text.to_owned()))?;
    let calendar = calendar(&table)?;
    let valid = validity(&table, calendar)?;

    let issuers = match table.get("issuers") {
        None => return Err(table.missing("issuers")),
        Some(Value::String(text)) if text == "any-trusted" => None,
        Some(Value::String(_)) => {
            return Err(Error::Value {
                at: table.at("issuers"),
                expected: "a list of issuers, or \"any-trusted\"".into(),
            });
        }
        Some(_) => Some(rows(&table, "issuers")?),
    };
    let not_recognised = rows(&table, "not_recognised")?;
    let never = table.list("never", "a kind of test or of record", Never::parse)?;
    let never = never.unwrap_or_default();

    let mut clauses = Vec::new();
    type Read<'r> = &'r dyn Fn(&Table<'_>) -> Result<Asks, Error>;
    let mut section = |name, members, read: Read<'_>| {
        let mut ids = BTreeSet::new();
        for (number, table) in table.tables(name, members)?.iter().enumerate() {
            let asks = read(table)?;
            if never.iter().any(|never| never.forbids(&asks, kinds)) {
                let at = table.path().to_owned();
                let problem = "asks for what `never` excludes";
                return Err(Error::Contradiction { at, problem });
            }
            let clause = clause(table, number, asks)?;
            if !ids.insert(clause.identifier.clone()) {
                return Err(Error::Duplicate { at: table.at("id") });
            }
            clauses.push(clause);
        }
        Ok(())
    };
    section("tests", TEST, &|table| test(table, kinds))?;
    section("vaccinations", VACCINATION, &vaccination)?;
    section("recoveries", RECOVERY, &recovery)?;
    section("yellow_cards", YELLOW_CARD, &yellow_card)?;
    section("exemptions", EXEMPTION, &|_| Ok(Asks::Nothing))?;
    if clauses.is_empty() {
        return Err(Error::Empty { at: String::new() });
    }

    Ok(Policy {
        description: with_english(table.texts("description")?, name.clone()),
        name,
        version,
        country: own_code(country),
        regions: regions.unwrap_or_default(),
        calendar,
        kinds: kinds.clone(),
        valid,
        issuers,
        not_recognised,
        never,
        clauses,
    })
}

/// `utc_offset`, such as `+02:00`: the days of the policy begin then.
fn calendar(table: &Table<'_>) -> Result<Calendar, Error> {
    let Some(text) = table.text("utc_offset")? else {
        return Ok(Calendar { offset: 0 });
    };
    let read = || {
        let sign = match text.get(..1)? {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let (hours, minutes) = text.get(1..)?.split_once(':')?;
        let two_digits = |text: &str| {
            let is_number = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i64>().ok().filter(|_| is_number)
        };
        let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
        let offset = hours * 3600 + minutes * 60;
        (minutes < 60 && offset <= 14 * 3600).then_some(sign * offset)
    };
    match read() {
        Some(offset) => Ok(Calendar { offset }),
        None => Err(Error::Value {
            at: table.at("utc_offset"),
            expected: "an offset of at most 14 hours, such as +02:00".into(),
        }),
    }
}

fn validity(table: &Table<'_>, calendar: Calendar) -> Result<Period, Error> {
    let from = match table.time("valid_from")? {
        DayOrInstant::Day(date) => calendar.start(date, 0),
        DayOrInstant::Instant(time) => time,
    };
    let until = match table.time("valid_until")? {
        DayOrInstant::Day(date) => calendar.start(date, 1),
        DayOrInstant::Instant(time) => time.plus(1),
    };
    let valid = Period { from, until };
    match valid.is_empty() {
        true => Err(table.contradiction("valid_until", "before valid_from")),
        false => Ok(valid),
    }
}

fn rows(table: &Table<'_>, name: &str) -> Result<Vec<Row>, Error> {
    let tables = table.tables(name, issuers::MEMBERS)?;
    tables.iter().map(Row::read).collect()
}

/// What all clauses have.
fn clause(table: &Table<'_>, number: usize, asks: Asks) -> Result<Clause, Error> {
    let section = words::section(&asks);
    let identifier = match table.text("id")? {
        Some(id) => {
            let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            // A number would be that of another clause.
            if !id.bytes().all(is_id) || id.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Error::Value {
                    at: table.at("id"),
                    expected: "letters, digits, - and _, and not digits alone".into(),
                });
            }
            format!("{section}.{id}")
        }
        None => format!("{section}.{number}"),
    };
    let ages = match asks {
        Asks::Nothing => Ages {
            from: None,
            under: Some(
                table
                    .years("under_years")?
                    .ok_or_else(|| table.missing("under_years"))?,
            ),
        },
        _ => Ages {
            from: table.years("holder_from_years")?,
            under: table.years("holder_under_years")?,
        },
    };
    if let (Some(from), Some(under)) = (ages.from, ages.under)
        && under <= from
    {
        return Err(table.contradiction("holder_under_years", "not above holder_from_years"));
    }
    let english = words::describe(&asks, &ages);
    Ok(Clause {
        identifier,
        description: with_english(table.texts("description")?, english),
        asks,
        ages,
    })
}
