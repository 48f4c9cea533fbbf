//! A clause in English, where the policy has no words of its own.

use super::clause::{
    Ages, Asks, Days, Doses, Products, RecoveryClause, TestClause, VaccinationClause,
    YellowCardClause,
};
use super::names::DiseaseCodes;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// `a, b or c`
fn any_of<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Few are named, many are counted.
fn listed<S: AsRef<str>>(items: &[S], what: &str) -> String {
    match items.len() {
        0..=8 => any_of(items),
        count => format!("one of {count} {what}"),
    }
}

fn diseases(diseases: &[DiseaseCodes]) -> String {
    let words: Vec<&str> = diseases.iter().map(|disease| &*disease.words).collect();
    listed(&words, "diseases")
}

fn window(days: Days, after: &str) -> String {
    match days {
        Days {
            from: 0,
            until: None,
        } => "without end".into(),
        Days { from, until: None } => format!("from day {from} after {after} without end"),
        Days {
            from,
            until: Some(until),
        } => format!("from day {from} to day {until} after {after}"),
    }
}

pub(super) fn describe(asks: &Asks, ages: &Ages) -> String {
    let what = match asks {
        Asks::Test(clause) => test(clause),
        Asks::Vaccination(clause) => vaccination(clause),
        Asks::Recovery(clause) => recovery(clause),
        Asks::YellowCard(clause) => yellow_card(clause),
        Asks::Nothing => "exempt".into(),
    };
    match (ages.from, ages.under) {
        (None, None) => what,
        (Some(from), None) => format!("{what}; holder of {from} years or more"),
        (None, Some(under)) => format!("{what}; holder under {under} years"),
        (Some(from), Some(under)) => format!("{what}; holder of {from} to under {under} years"),
    }
}

fn test(clause: &TestClause) -> String {
    let (before, after) = clause.result.words();
    let mut kinds: Vec<String> = clause
        .kinds
        .iter()
        .map(|kind| kind.words().into())
        .collect();
    kinds.extend(clause.codes.iter().map(|code| code.code.clone()));
    let kinds = listed(&kinds, "kinds");
    let age = match clause.min_age {
        0 => format!("at most {} h old", clause.max_age),
        least => format!("at least {least} h and at most {} h old", clause.max_age),
    };
    let disease = match &*clause.diseases {
        [one] if one.words == "COVID-19" => String::new(),
        other => format!(" for {}", diseases(other)),
    };
    let devices = match clause.devices.len() {
        0 => String::new(),
        _ => format!(", device {}", listed(&clause.devices, "devices")),
    };
    format!("{before}{kinds} test{disease}{after} {age}{devices}")
}

fn doses(doses: &Doses) -> String {
    let mut out = window(doses.days, "the last dose");
    if let Some(least) = doses.min_doses {
        out.push_str(&format!(", at least dose {least}"));
    }
    if let Some(booster) = doses.booster {
        out.push_str(&format!(", boosters {}", window(booster.days, "the dose")));
    }
    out
}

fn vaccination(clause: &VaccinationClause) -> String {
    let complete = |doses: &Doses| match doses.complete {
        true => "complete vaccination",
        false => "vaccination",
    };
    let products = match &clause.products {
        Products::Any => "any product".into(),
        Products::Of(groups, codes) => {
            let groups = groups
                .iter()
                .map(|group| format!("a {} product", group.words));
            let mut all: Vec<String> = groups.collect();
            let codes: Vec<&str> = codes.iter().map(|code| &*code.code).collect();
            if !codes.is_empty() {
                all.push(listed(&codes, "products"));
            }
            all.join(" or ")
        }
    };
    let mut out = format!(
        "{} against {} with {products}, {}",
        complete(&clause.doses),
        diseases(&clause.diseases),
        doses(&clause.doses),
    );
    for (codes, exception) in &clause.exceptions {
        let codes: Vec<&str> = codes.iter().map(|code| &*code.code).collect();
        let codes = listed(&codes, "products");
        let complete = complete(exception);
        out.push_str(&format!("; with {codes}: {complete}, {}", doses(exception)));
    }
    out
}

fn recovery(clause: &RecoveryClause) -> String {
    let stated = match clause.ignore_stated {
        true => "",
        false => ", within the validity that it states",
    };
    let window = window(clause.days, "the first positive test");
    format!(
        "recovery from {}, {window}{stated}",
        diseases(&clause.diseases)
    )
}

fn yellow_card(clause: &YellowCardClause) -> String {
    let products = match clause.products.len() {
        0 => String::new(),
        _ => format!(" with {}", listed(&clause.products, "products")),
    };
    let days = match clause.days {
        Days {
            from: 0,
            until: None,
        } => String::new(),
        days => format!(", {}", window(days, "the vaccination")),
    };
    let diseases = diseases(&clause.diseases);
    format!("yellow card against {diseases}{products}, within its own validity{days}")
}

/// What the identifiers of such clauses begin with.
pub(super) const fn section(asks: &Asks) -> &'static str {
    match asks {
        Asks::Test(_) => "test",
        Asks::Vaccination(_) => "vaccination",
        Asks::Recovery(_) => "recovery",
        Asks::YellowCard(_) => "yellow-card",
        Asks::Nothing => "exemption",
    }
}
