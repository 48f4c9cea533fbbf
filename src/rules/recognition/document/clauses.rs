//! What the tables of clauses ask for.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use super::super::clause::{
    Asks, Booster, Days, Doses, Products, RecoveryClause, TestClause, VaccinationClause,
    YellowCardClause,
};
use super::super::error::RecognitionError as Error;
use super::super::names::{Code, DiseaseCodes, Group, Kind, Wanted};
use super::super::read::Table;
use crate::record::{TestKind, TestKinds};

pub(super) const TEST: &[&str] = &[
    "id",
    "description",
    "holder_from_years",
    "holder_under_years",
    "diseases",
    "kinds",
    "codes",
    "result",
    "min_age_hours",
    "max_age_hours",
    "devices",
];
pub(super) const VACCINATION: &[&str] = &[
    "id",
    "description",
    "holder_from_years",
    "holder_under_years",
    "diseases",
    "products",
    "product_groups",
    "any_product",
    "from_day",
    "until_day",
    "complete",
    "min_doses",
    "booster",
    "exceptions",
];
const EXCEPTION: &[&str] = &[
    "products",
    "from_day",
    "until_day",
    "complete",
    "min_doses",
    "booster",
];
const BOOSTER: &[&str] = &["from_day", "until_day", "three_of_three"];
pub(super) const RECOVERY: &[&str] = &[
    "id",
    "description",
    "holder_from_years",
    "holder_under_years",
    "diseases",
    "from_day",
    "until_day",
    "ignore_stated_validity",
];
pub(super) const YELLOW_CARD: &[&str] = &[
    "id",
    "description",
    "holder_from_years",
    "holder_under_years",
    "diseases",
    "products",
    "from_day",
    "until_day",
];
const CODE: &str = "a code, or a code system and a code as in http://snomed.info/sct|840539006";

fn diseases(table: &Table<'_>) -> Result<Option<Vec<DiseaseCodes>>, Error> {
    let expected = "covid-19, yellow-fever, poliomyelitis, or a code";
    table.list("diseases", expected, DiseaseCodes::parse)
}

/// Certificates are about COVID-19 unless a policy says otherwise.
fn diseases_or_covid(table: &Table<'_>) -> Result<Vec<DiseaseCodes>, Error> {
    let covid = || DiseaseCodes::parse("covid-19").into_iter().collect();
    Ok(diseases(table)?.unwrap_or_else(covid))
}

fn days(table: &Table<'_>) -> Result<Days, Error> {
    let from = table
        .day("from_day")?
        .ok_or_else(|| table.missing("from_day"))?;
    let until = table
        .last_day("until_day")?
        .ok_or_else(|| table.missing("until_day"))?;
    in_order(table, Days { from, until })
}

fn in_order(table: &Table<'_>, days: Days) -> Result<Days, Error> {
    match days.until {
        Some(until) if until < days.from => {
            Err(table.contradiction("until_day", "before from_day"))
        }
        _ => Ok(days),
    }
}

pub(super) fn test(table: &Table<'_>, known: &TestKinds) -> Result<Asks, Error> {
    let kinds = table
        .list("kinds", Kind::EXPECTED, Kind::parse)?
        .unwrap_or_default();
    let codes = table.list("codes", CODE, Code::parse)?.unwrap_or_default();
    if kinds.is_empty() && codes.is_empty() {
        return Err(table.missing("kinds"));
    }
    let result = match table.text("result")? {
        None => Wanted::Negative,
        Some(text) => Wanted::parse(text).ok_or_else(|| Error::Value {
            at: table.at("result"),
            expected: Wanted::EXPECTED.into(),
        })?,
    };
    let of_antibodies = |code: &Code| {
        let coding = code.coding();
        matches!(known.kind_of(&coding), TestKind::Antibody(_))
    };
    let mut antibody = kinds.iter().map(|kind| kind.is_antibody());
    let mut by_code = codes.iter().map(of_antibodies);
    if antibody.any(|is| is != result.is_of_antibodies())
        || by_code.any(|is| is != result.is_of_antibodies())
    {
        let problem = "antibody tests have antibodies detected or not detected, and the others are negative or positive: no test can meet this";
        return Err(table.contradiction("result", problem));
    }
    let max_age = table.hours("max_age_hours")?;
    let clause = TestClause {
        diseases: diseases_or_covid(table)?,
        kinds,
        codes,
        devices: table
            .list("devices", "a device", |text| Some(text.to_owned()))?
            .unwrap_or_default(),
        result,
        min_age: table.hours("min_age_hours")?.unwrap_or(0),
        max_age: max_age.ok_or_else(|| table.missing("max_age_hours"))?,
    };
    if clause.max_age < clause.min_age {
        return Err(table.contradiction("max_age_hours", "less than min_age_hours"));
    }
    Ok(Asks::Test(clause))
}

fn products(table: &Table<'_>) -> Result<Option<Vec<Code>>, Error> {
    table.list("products", CODE, Code::parse)
}

fn booster(table: &Table<'_>) -> Result<Option<Booster>, Error> {
    let Some(value) = table.get("booster") else {
        return Ok(None);
    };
    let table = Table::new(value, table.at("booster"), BOOSTER)?;
    Ok(Some(Booster {
        days: days(&table)?,
        three_of_three: table.flag("three_of_three")?.unwrap_or(false),
    }))
}

pub(super) fn vaccination(table: &Table<'_>) -> Result<Asks, Error> {
    let codes = products(table)?;
    let groups = table.list("product_groups", Group::EXPECTED, Group::parse)?;
    let products = match (table.flag("any_product")?, codes, groups) {
        (Some(true), None, None) => Products::Any,
        (Some(true), ..) => {
            return Err(table.contradiction("any_product", "beside products that are named"));
        }
        (_, None, None) => return Err(table.missing("products")),
        (_, codes, groups) => Products::Of(groups.unwrap_or_default(), codes.unwrap_or_default()),
    };
    let doses = Doses {
        days: days(table)?,
        complete: table.flag("complete")?.unwrap_or(true),
        min_doses: table.number("min_doses", 1, 99)?,
        booster: booster(table)?,
    };
    let mut known = BTreeSet::new();
    let mut exceptions = Vec::new();
    for table in table.tables("exceptions", EXCEPTION)? {
        exceptions.push(exception(&table, &products, &doses, &mut known)?);
    }
    counted(table, &doses)?;
    Ok(Asks::Vaccination(VaccinationClause {
        diseases: diseases_or_covid(table)?,
        products,
        doses,
        exceptions,
    }))
}

/// Where a series needn't be complete, it has to be said how many doses do.
fn counted(table: &Table<'_>, doses: &Doses) -> Result<(), Error> {
    match !doses.complete && doses.min_doses.is_none() {
        true => Err(table.missing("min_doses")),
        false => Ok(()),
    }
}

/// What an exception leaves out is as in its clause.
fn exception(
    table: &Table<'_>,
    covered: &Products,
    clause: &Doses,
    known: &mut BTreeSet<Code>,
) -> Result<(Vec<Code>, Doses), Error> {
    let codes = products(table)?.ok_or_else(|| table.missing("products"))?;
    for (n, code) in codes.iter().enumerate() {
        let at = format!("{}[{n}]", table.at("products"));
        // With a typo here the product would fall under the clause itself.
        let is_covered = match covered {
            Products::Any => {
                let problem =
                    "no product can be excepted from any product: name those that are accepted";
                return Err(Error::Contradiction { at, problem });
            }
            Products::Of(groups, codes) => {
                let mut listed = groups.iter().flat_map(|group| group.products);
                let is_listed = code.system.is_none() && listed.any(|listed| *listed == code.code);
                is_listed || codes.contains(code)
            }
        };
        if !is_covered {
            let problem = "not among the products of the clause";
            return Err(Error::Contradiction { at, problem });
        }
        if !known.insert(code.clone()) {
            return Err(Error::Duplicate { at });
        }
    }
    if !EXCEPTION
        .iter()
        .any(|name| *name != "products" && table.has(name))
    {
        let at = table.path().to_owned();
        return Err(Error::Empty { at });
    }
    let days = Days {
        from: table.day("from_day")?.unwrap_or(clause.days.from),
        until: table.last_day("until_day")?.unwrap_or(clause.days.until),
    };
    let doses = Doses {
        days: in_order(table, days)?,
        complete: table.flag("complete")?.unwrap_or(clause.complete),
        min_doses: table.number("min_doses", 1, 99)?.or(clause.min_doses),
        booster: booster(table)?.or(clause.booster),
    };
    counted(table, &doses)?;
    Ok((codes, doses))
}

pub(super) fn recovery(table: &Table<'_>) -> Result<Asks, Error> {
    Ok(Asks::Recovery(RecoveryClause {
        diseases: diseases_or_covid(table)?,
        days: days(table)?,
        ignore_stated: table.flag("ignore_stated_validity")?.unwrap_or(false),
    }))
}

/// The period of a yellow card is its own (International Health Regulations,
/// annexes 6 and 7); a policy can narrow it.
pub(super) fn yellow_card(table: &Table<'_>) -> Result<Asks, Error> {
    let days = Days {
        from: table.day("from_day")?.unwrap_or(0),
        until: table.last_day("until_day")?.flatten(),
    };
    let products = table.list("products", "a product", |text| Some(text.to_owned()))?;
    Ok(Asks::YellowCard(YellowCardClause {
        diseases: diseases(table)?.ok_or_else(|| table.missing("diseases"))?,
        products: products.unwrap_or_default(),
        days: in_order(table, days)?,
    }))
}
