//! What one clause asks of an entry, as the period in which the entry
//! satisfies it.

use super::names::{About, Code, DiseaseCodes, Group, Kind, Sort, Wanted};
use crate::record::{Coding, Entry, Holder, Recovery, Test, TestKinds, Vaccination, YellowCard};
use crate::rules::{Period, Texts};
use crate::{Date, PartialDate, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const DAY: i64 = 86_400;

/// One of the alternatives of a policy.
#[derive(Debug)]
pub(super) struct Clause {
    pub identifier: String,
    pub description: Texts,
    pub asks: Asks,
    pub ages: Ages,
}

#[derive(Debug)]
pub(super) enum Asks {
    Test(TestClause),
    Vaccination(VaccinationClause),
    Recovery(RecoveryClause),
    YellowCard(YellowCardClause),
    /// The holder's age alone.
    Nothing,
}

/// The ages of holders that a clause is for, in completed years.
#[derive(Debug, Default)]
pub(super) struct Ages {
    pub from: Option<u16>,
    pub under: Option<u16>,
}

#[derive(Debug)]
pub(super) struct TestClause {
    pub diseases: Vec<DiseaseCodes>,
    pub kinds: Vec<Kind>,
    pub codes: Vec<Code>,
    pub devices: Vec<String>,
    pub result: Wanted,
    /// In hours.
    pub min_age: i64,
    pub max_age: i64,
}

#[derive(Debug)]
pub(super) struct VaccinationClause {
    pub diseases: Vec<DiseaseCodes>,
    pub products: Products,
    pub doses: Doses,
    pub exceptions: Vec<(Vec<Code>, Doses)>,
}

#[derive(Debug)]
pub(super) enum Products {
    Any,
    Of(Vec<Group>, Vec<Code>),
}

/// From which day on, and until which day: `None` is without end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Days {
    pub from: i64,
    pub until: Option<i64>,
}

/// Which doses count, and how long.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Doses {
    pub days: Days,
    pub complete: bool,
    pub min_doses: Option<i64>,
    pub booster: Option<Booster>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Booster {
    pub days: Days,
    pub three_of_three: bool,
}

#[derive(Debug)]
pub(super) struct RecoveryClause {
    pub diseases: Vec<DiseaseCodes>,
    pub days: Days,
    pub ignore_stated: bool,
}

#[derive(Debug)]
pub(super) struct YellowCardClause {
    pub diseases: Vec<DiseaseCodes>,
    pub products: Vec<String>,
    pub days: Days,
}

/// The days of a policy, whose midnights are those of its offset from UTC.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub offset: i64,
}

impl Calendar {
    /// The first second of the day `days` after that one.
    pub fn start(self, date: Date, days: i64) -> Timestamp {
        let seconds = days.saturating_mul(DAY).saturating_sub(self.offset);
        date.midnight().plus(seconds)
    }

    /// From the first day on through the whole of the last one.
    fn days(self, date: Date, days: Days) -> Period {
        let until = days
            .until
            .map(|last| self.start(date, last.saturating_add(1)));
        Period {
            from: self.start(date, days.from),
            until: until.unwrap_or(Period::ALWAYS.until),
        }
    }

    fn dates(self, from: Date, until: Option<Date>) -> Period {
        let until = until.map(|last| self.start(last, 1));
        Period {
            from: self.start(from, 0),
            until: until.unwrap_or(Period::ALWAYS.until),
        }
    }
}

/// By what a policy counts days, and by what it knows kinds of tests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub calendar: Calendar,
    pub kinds: &'a TestKinds,
}

impl Clause {
    /// Whether it is for entries of that sort, and tests of that kind.
    pub fn is_for(&self, entry: &Entry, kinds: &TestKinds) -> bool {
        match (&self.asks, entry) {
            (Asks::Test(clause), Entry::Test(test)) => clause.is_for(test, kinds),
            (Asks::Vaccination(_), Entry::Vaccination(_))
            | (Asks::Recovery(_), Entry::Recovery(_))
            | (Asks::YellowCard(_), Entry::YellowCard(_)) => true,
            (Asks::Nothing, entry) => Sort::of(entry).is_some(),
            _ => false,
        }
    }

    /// When the entry satisfies it; `None` for never, as of an entry in which
    /// something is missing.
    pub fn period(&self, entry: &Entry, holder: &Holder, terms: Terms<'_>) -> Option<Period> {
        let Terms { calendar, kinds } = terms;
        let period = match (&self.asks, entry) {
            (Asks::Test(clause), Entry::Test(test)) => clause.period(test, kinds)?,
            (Asks::Vaccination(clause), Entry::Vaccination(dose)) => {
                clause.period(dose, calendar)?
            }
            (Asks::Recovery(clause), Entry::Recovery(entry)) => clause.period(entry, calendar)?,
            (Asks::YellowCard(clause), Entry::YellowCard(card)) => clause.period(card, calendar)?,
            // Of an unknown kind it is not negative, whatever its result.
            (Asks::Nothing, Entry::Test(test)) if !Wanted::Negative.is(test.result_by(kinds)) => {
                return None;
            }
            (Asks::Nothing, _) => Period::ALWAYS,
            _ => return None,
        };
        let period = period.and(&self.ages.period(holder.born(), calendar)?);
        (!period.is_empty()).then_some(period)
    }
}

impl Ages {
    pub const fn is_any(&self) -> bool {
        self.from.is_none() && self.under.is_none()
    }

    /// When somebody born then has such an age. Of a date of birth that is
    /// known in part the day counts that is worse for the holder.
    fn period(&self, born: PartialDate, calendar: Calendar) -> Option<Period> {
        if self.is_any() {
            return Some(Period::ALWAYS);
        }
        let (first, last) = born.range()?;
        // Nobody has an age before the day of birth.
        let from = match self.from {
            Some(years) => birthday(last, years, (3, 1))?,
            None => last,
        };
        let until = match self.under {
            Some(years) => calendar.start(birthday(first, years, (2, 28))?, 0),
            None => Period::ALWAYS.until,
        };
        let from = calendar.start(from, 0);
        Some(Period { from, until })
    }
}

/// The day on which somebody completes so many years; that of 29 February in
/// years without it is the other month and day.
fn birthday(born: Date, years: u16, (month, day): (u8, u8)) -> Option<Date> {
    let year = born.year().checked_add(years)?;
    let same = Date::new(year, born.month(), born.day());
    same.or_else(|_| Date::new(year, month, day)).ok()
}

fn names(diseases: &[DiseaseCodes], found: &Coding) -> bool {
    diseases.iter().any(|disease| disease.is(found))
}

impl TestClause {
    fn is_for(&self, test: &Test, kinds: &TestKinds) -> bool {
        let kind = test.kind_by(kinds);
        self.kinds.iter().any(|known| known.is(kind)) || self.names(test)
    }

    /// Whether it names the code of the test.
    fn names(&self, test: &Test) -> bool {
        let found = test.kind_coding();
        self.codes
            .iter()
            .any(|code| code.is(found, About::TestKind))
    }

    fn period(&self, test: &Test, kinds: &TestKinds) -> Option<Period> {
        let device = |device| self.devices.iter().any(|known| known == device);
        let result = test.result_by(kinds);
        let has_result = match self.names(test) {
            true => self.result.is_of_named(result),
            false => self.result.is(result),
        };
        let is_met = self.is_for(test, kinds)
            && has_result
            && names(&self.diseases, test.disease_coding())
            && (self.devices.is_empty() || test.device().is_some_and(device));
        // A sample that is yet to be taken proves nothing: the period begins
        // with the sample at the earliest.
        let sampled = test.sampled_at().filter(|_| is_met)?;
        Some(Period {
            from: sampled.plus(self.min_age.saturating_mul(3600)),
            until: sampled.plus(self.max_age.saturating_mul(3600)).plus(1),
        })
    }
}

impl Products {
    pub fn has(&self, found: &Coding) -> bool {
        match self {
            Self::Any => !found.code().is_empty(),
            Self::Of(groups, codes) => {
                groups.iter().any(|group| group.has(found))
                    || codes.iter().any(|code| code.is(found, About::Product))
            }
        }
    }
}

impl VaccinationClause {
    fn period(&self, dose: &Vaccination, calendar: Calendar) -> Option<Period> {
        let product = dose.product_coding();
        if !names(&self.diseases, dose.disease_coding()) || !self.products.has(product) {
            return None;
        }
        let is_it = |codes: &[Code]| codes.iter().any(|code| code.is(product, About::Product));
        let exception = self.exceptions.iter().find(|(codes, _)| is_it(codes));
        let doses = exception.map_or(&self.doses, |(_, doses)| doses);
        let days = doses.days_of(dose)?;
        let counted = calendar.days(dose.date()?, days);
        // A dose of a DDCC may count from a later day on.
        Some(match dose.valid_from() {
            Some(from) => counted.and(&calendar.dates(from, None)),
            None => counted,
        })
    }
}

impl Doses {
    /// How long this dose counts.
    fn days_of(&self, dose: &Vaccination) -> Option<Days> {
        let number = dose.dose_number().filter(|number| *number > 0)?;
        let total = dose.dose_total().filter(|total| *total > 0);
        let is_complete = total.is_some_and(|total| number >= total);
        let is_enough = self
            .min_doses
            .is_none_or(|least| i64::from(number) >= least);
        if (self.complete && !is_complete) || !is_enough {
            return None;
        }
        let booster = self.booster.filter(|booster| match total {
            Some(total) => {
                number > total || (booster.three_of_three && number == total && number >= 3)
            }
            None => false,
        });
        Some(booster.map_or(self.days, |booster| booster.days))
    }
}

impl RecoveryClause {
    fn period(&self, entry: &Recovery, calendar: Calendar) -> Option<Period> {
        if !names(&self.diseases, &entry.disease().into()) {
            return None;
        }
        let counted = calendar.days(entry.first_positive()?, self.days);
        if self.ignore_stated {
            return Some(counted);
        }
        let stated = calendar.dates(entry.valid_from()?, Some(entry.valid_until()?));
        Some(counted.and(&stated))
    }
}

impl YellowCardClause {
    fn period(&self, card: &YellowCard, calendar: Calendar) -> Option<Period> {
        let product = card.product();
        let is_listed = self.products.is_empty() || self.products.iter().any(|p| p == product);
        if !is_listed || !names(&self.diseases, &card.disease()?.into()) {
            return None;
        }
        let own = calendar.dates(card.valid_from()?, card.valid_until());
        Some(own.and(&calendar.days(card.date()?, self.days)))
    }
}

/// Whether an entry is never accepted, whatever else holds.
pub(super) fn is_never(never: &[Never], entry: &Entry, kinds: &TestKinds) -> bool {
    let is = |never: &Never| match (never, entry) {
        (Never::Tests(kind), Entry::Test(test)) => kind.excludes(test.kind_by(kinds)),
        (Never::All(sort), entry) => Sort::of(entry) == Some(*sort),
        _ => false,
    };
    never.iter().any(is)
}

/// What a policy says that it never accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Never {
    Tests(Kind),
    All(Sort),
}

impl Never {
    pub fn parse(text: &str) -> Option<Self> {
        let kind = Kind::parse(text).map(Self::Tests);
        kind.or_else(|| Sort::parse(text).map(Self::All))
    }

    /// Whether a clause asks for what is never accepted.
    pub fn forbids(self, asks: &Asks, kinds: &TestKinds) -> bool {
        let sort = match asks {
            Asks::Test(clause) => {
                if let Self::Tests(never) = self {
                    let excludes = |code: &Code| never.excludes(kinds.kind_of(&code.coding()));
                    let by_code = clause.codes.iter().any(excludes);
                    return by_code || clause.kinds.iter().any(|kind| kind.overlaps(never));
                }
                Sort::Test
            }
            Asks::Vaccination(_) => Sort::Vaccination,
            Asks::Recovery(_) => Sort::Recovery,
            Asks::YellowCard(_) => Sort::YellowCard,
            Asks::Nothing => return false,
        };
        self == Self::All(sort)
    }
}
