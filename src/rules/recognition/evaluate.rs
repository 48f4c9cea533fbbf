//! A policy and a certificate.

use super::Policy;
use super::clause::{Asks, Clause, Terms, is_never};
use super::issuers::{Belongs, IssuerFacts, Issuers, Row, authority};
use super::read::with_english;
use super::validity::stated;
use super::values::{Member, Place, affected, kind_value, places, values};
use crate::Timestamp;
use crate::format::hc1::ddcc;
use crate::record::{Entry, Record};
use crate::rules::{
    Acceptance, AffectedValue, Arrival, Decision, OpenReason, Period, RuleOutcome, RuleResult,
};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

/// The most entries of a record; after the specification it has one.
const MAX_ENTRIES: usize = 64;

/// The same, within the validity that the caller states.
pub(super) fn unverified(record: &Record, issuer: &IssuerFacts<'_>) -> Period {
    stated(record).and(&issuer.validity.unwrap_or(Period::ALWAYS))
}

/// Why no verifier would say that the record is valid, whoever signed it.
pub(super) fn unascertained(record: &Record) -> Option<OpenReason> {
    let is_unknown = record.is_of_unknown_version()
        || record.is_of_other_version(&ddcc::PUBLISHED)
        || record.has_link_of_unknown_version();
    match () {
        () if is_unknown => Some(OpenReason::UnknownVersion),
        () if !record.names_holder() => Some(OpenReason::HolderUnnamed),
        () => None,
    }
}

/// Whether the issuer is recognised.
struct Recognised<'a> {
    outcome: RuleOutcome,
    /// When the certificate is valid, by the listings that are recognised.
    valid: Period,
    /// The listing that decided it.
    by: IssuerFacts<'a>,
}

impl Policy {
    pub fn evaluate(
        &self,
        record: &Record,
        issuers: &Issuers<'_>,
        arrival: &Arrival,
    ) -> Acceptance {
        if let Some(reason) = self.is_elsewhere(arrival) {
            return Acceptance::open(reason);
        }
        let entries = record.entries().len();
        if entries > MAX_ENTRIES {
            return Acceptance::open(OpenReason::TooManyEntries {
                entries,
                max: MAX_ENTRIES,
            });
        }
        // Each entry has to be accepted: a positive test beside a negative one
        // is one that is shown, too. Which of them comes first says nothing.
        let (mut accepted, mut open, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for place in places(record) {
            let results = self.entry(place, issuers, arrival.at());
            let acceptance = Acceptance::of(results, || OpenReason::NothingStated);
            match acceptance.decision() {
                Decision::Accepted => accepted.extend(acceptance.into_results()),
                Decision::Open => open.push(acceptance),
                Decision::Refused => refused.extend(acceptance.into_results()),
            }
        }
        if !refused.is_empty() {
            return Acceptance::of(refused, || OpenReason::NothingStated);
        }
        // Of several open questions the one that another order would name, too.
        open.sort_by_cached_key(|acceptance| self.rank(acceptance));
        let first = open.into_iter().next();
        first.unwrap_or_else(|| Acceptance::of(accepted, || OpenReason::NothingStated))
    }

    /// The place of what was asked among the clauses, and the reason.
    fn rank(&self, acceptance: &Acceptance) -> (Vec<usize>, Option<&'static str>) {
        let place = |result: &RuleResult| {
            let mut clauses = self.clauses.iter();
            let found = clauses.position(|clause| clause.identifier == result.identifier);
            found.unwrap_or(usize::MAX)
        };
        let places = acceptance.results().iter().map(place).collect();
        (places, acceptance.reason().map(OpenReason::code))
    }

    fn is_elsewhere(&self, arrival: &Arrival) -> Option<OpenReason> {
        let is_region = |region: &str| self.regions.iter().any(|known| known == region);
        let is_here = self.country == arrival.country()
            && (self.regions.is_empty() || arrival.region().is_some_and(is_region));
        if !is_here {
            return Some(OpenReason::OtherPlace {
                country: self.country.clone(),
                regions: self.regions.clone(),
            });
        }
        (!self.valid.contains(arrival.at())).then(|| OpenReason::NotInForce {
            period: self.valid,
            at: arrival.at(),
        })
    }

    /// The clauses that are alternatives for an entry.
    fn clauses_for(&self, entry: &Entry) -> impl Iterator<Item = &Clause> {
        let is_excluded = is_never(&self.never, entry, &self.kinds);
        let clauses = self.clauses.iter().filter(move |_| !is_excluded);
        clauses.filter(move |clause| clause.is_for(entry, &self.kinds))
    }

    fn entry(&self, place: Place<'_>, issuers: &Issuers<'_>, at: Timestamp) -> Vec<RuleResult> {
        let entry = place.entry;
        let Recognised { outcome, valid, by } = self.issuer(entry, issuers);
        let mut results = vec![
            self.result(
                "issuer",
                &self.issuer_words(),
                outcome,
                self.issuer_values(place, by),
            ),
            self.result(
                "certificate",
                "the certificate is valid on arrival",
                passed(valid.contains(at)),
                Vec::new(),
            ),
        ];
        let holder = place.record.holder();
        let mut failed = Vec::new();
        let mut is_asked = false;
        for clause in self.clauses_for(entry) {
            is_asked |= !matches!(clause.asks, Asks::Nothing);
            let period = clause.period(entry, holder, self.terms());
            let is_met = period.is_some_and(|period| period.contains(at));
            let result = RuleResult {
                identifier: clause.identifier.clone(),
                version: Some(self.version.clone()),
                description: clause.description.clone(),
                outcome: passed(is_met),
                affected: values(place, clause),
            };
            if is_met {
                results.push(result);
                return results;
            }
            failed.push(result);
        }
        results.append(&mut failed);
        if !is_asked {
            let (name, words) = self.not_asked(entry);
            results.push(self.result(name, &words, RuleOutcome::Failed, kind_value(place)));
        }
        results
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            calendar: self.calendar,
            kinds: &self.kinds,
        }
    }

    /// What is said of an entry that no clause is for.
    fn not_asked(&self, entry: &Entry) -> (&'static str, String) {
        let (name, words) = match entry {
            Entry::Test(test) => {
                use crate::record::TestKind::{Antibody, Antigen, Naat, Other, RapidAntigen};
                let kind = match test.kind_by(&self.kinds) {
                    Naat => "NAAT test",
                    RapidAntigen => "rapid antigen test",
                    Antigen => "antigen test of a laboratory",
                    Antibody(_) => "antibody test",
                    Other(_) => "test of this kind",
                };
                ("test", kind)
            }
            Entry::Vaccination(_) => ("vaccination", "vaccination"),
            Entry::Recovery(_) => ("recovery", "recovery"),
            Entry::YellowCard(_) => ("yellow-card", "yellow card"),
            Entry::Medication(_) => ("medication", "medication overview"),
            Entry::HealthLink(_) => ("health-link", "health link"),
        };
        let never = match is_never(&self.never, entry, &self.kinds) {
            true => "ever ",
            false => "",
        };
        (name, format!("no {words} is {never}accepted"))
    }

    fn result(
        &self,
        identifier: &str,
        english: &str,
        outcome: RuleOutcome,
        affected: Vec<AffectedValue>,
    ) -> RuleResult {
        RuleResult {
            identifier: identifier.into(),
            version: Some(self.version.clone()),
            description: with_english(Vec::new(), english.into()),
            outcome,
            affected,
        }
    }

    fn issuer<'a>(&'a self, entry: &'a Entry, issuers: &Issuers<'a>) -> Recognised<'a> {
        let any = |rows: &'a [Row], has: &dyn Fn(&'a Row) -> Belongs| {
            let mut unknown = None;
            for row in rows {
                match has(row) {
                    Belongs::Yes => return Belongs::Yes,
                    Belongs::Unknown(fact) => unknown = unknown.or(Some(fact)),
                    Belongs::No => {}
                }
            }
            unknown.map_or(Belongs::No, Belongs::Unknown)
        };
        let wanted = |facts: &IssuerFacts<'a>| match self.issuers.as_deref() {
            None => Belongs::Yes,
            Some(rows) => any(rows, &|row| row.has(facts, entry)),
        };
        // Each of these held when the certificate was verified, so that there is
        // no gap between them.
        let whole = |a: Period, b: Period| {
            let mut whole = a;
            (whole.from, whole.until) = (a.from.min(b.from), a.until.max(b.until));
            whole
        };
        let (mut recognised, mut vouched) = (None, None);
        let (mut by, mut unknown) = (None, None);
        for (facts, valid) in &issuers.vouching {
            vouched = Some(vouched.map_or(*valid, |other| whole(other, *valid)));
            match wanted(facts) {
                Belongs::Yes => {
                    recognised = Some(recognised.map_or(*valid, |other| whole(other, *valid)));
                    by = by.or(Some(*facts));
                }
                Belongs::Unknown(fact) => unknown = unknown.or(Some((fact, *facts))),
                Belongs::No => {}
            }
        }
        let refused = |facts: &IssuerFacts<'a>| {
            any(&self.not_recognised, &|row| {
                row.may_have(facts, issuers, entry)
            })
        };
        let refused = issuers.all().map(|facts| (refused(facts), *facts));
        let mut unknown_refusal = None;
        let mut refusal = None;
        for (belongs, facts) in refused {
            match belongs {
                Belongs::Yes => refusal = refusal.or(Some(facts)),
                Belongs::Unknown(fact) => {
                    unknown_refusal = unknown_refusal.or(Some((fact, facts)));
                }
                Belongs::No => {}
            }
        }
        let open = |fact| RuleOutcome::Open(OpenReason::IssuerUnknown { fact });
        let first = issuers.vouching.first().map(|(facts, _)| *facts);
        let (outcome, by) = match (refusal, by, unknown, unknown_refusal) {
            (Some(facts), ..) => (RuleOutcome::Failed, Some(facts)),
            (_, None, None, _) => (RuleOutcome::Failed, first),
            (_, None, Some((fact, facts)), _) | (.., Some((fact, facts))) => {
                (open(fact), Some(facts))
            }
            (_, Some(facts), ..) => (RuleOutcome::Passed, Some(facts)),
        };
        let never = Period {
            until: Period::ALWAYS.from,
            ..Period::ALWAYS
        };
        Recognised {
            outcome,
            valid: recognised.or(vouched).unwrap_or(never),
            by: by.unwrap_or_default(),
        }
    }

    fn issuer_words(&self) -> String {
        let several = |rows: &[Row]| {
            let words: Vec<_> = rows.iter().take(8).map(Row::words).collect();
            match rows.len() {
                0..=8 => words.join("; or "),
                more => format!("{}; or {} others", words.join("; or "), more - 8),
            }
        };
        let mut out = match &self.issuers {
            None => "the issuer is trusted".to_owned(),
            Some(rows) => format!("the issuer is recognised: {}", several(rows)),
        };
        if !self.not_recognised.is_empty() {
            out.push_str(&format!(
                "; not recognised: {}",
                several(&self.not_recognised)
            ));
        }
        out
    }

    fn issuer_values(&self, place: Place<'_>, issuer: IssuerFacts<'_>) -> Vec<AffectedValue> {
        let rows = || self.issuers.iter().flatten().chain(&self.not_recognised);
        let known = [
            ("domain", "signer.domain".to_owned(), issuer.domain()),
            (
                "participant",
                "signer.participant".to_owned(),
                issuer.participant(),
            ),
            ("country", "signer.country".to_owned(), issuer.country()),
            (
                "authority",
                place.path(Member::Issuer),
                authority(place.entry),
            ),
        ];
        let used = known
            .into_iter()
            .filter(|(name, ..)| rows().any(|row| row.looks_at(name)));
        used.map(|(_, field, value)| affected(field, value))
            .collect()
    }

    pub fn periods(&self, record: &Record, issuers: &Issuers<'_>) -> Vec<Period> {
        if record.entries().is_empty() || record.entries().len() > MAX_ENTRIES {
            return Vec::new();
        }
        let mut out = vec![self.valid];
        for Place { entry, .. } in places(record) {
            let issuer = self.issuer(entry, issuers);
            if issuer.outcome != RuleOutcome::Passed {
                return Vec::new();
            }
            let clauses = self.clauses_for(entry);
            let periods = clauses.filter_map(|c| c.period(entry, record.holder(), self.terms()));
            let of_entry = Period::union(periods.map(|period| period.and(&issuer.valid)).collect());
            let both = out
                .iter()
                .flat_map(|one| of_entry.iter().map(|other| one.and(other)));
            out = Period::union(both.collect());
        }
        out
    }
}

fn passed(is_met: bool) -> RuleOutcome {
    match is_met {
        true => RuleOutcome::Passed,
        false => RuleOutcome::Failed,
    }
}
