//! Two entries in one certificate: what is said of it does not follow from
//! their order.

use ciborium::Value;
use hcert::record::Record;
use hcert::rules::{Acceptance, Arrival, Decision, RuleSet, Subject};
use hcert::verify::Verdict;
use hcert::words::{Language, describe};
use hcert_testkit::raw::{cwt, holder_only, r, t, v, with};
use hcert_testkit::time::Plus as _;
use proptest::prelude::*;

use super::{NOW, verify};
use crate::policies::{policy, would};

fn rules() -> RuleSet {
    let rule = |id: &str, kind: &str, logic: &str| {
        format!(
            r#"{{"Identifier": "{id}", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
            "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
            "CertificateType": "{kind}", "Description": [], "ValidFrom": "2020-01-01T00:00:00Z",
            "ValidTo": "2099-01-01T00:00:00Z", "AffectedFields": [], "Logic": {logic}}}"#
        )
    };
    let same =
        |path: &str, value: &str| format!(r#"{{"===": [{{"var": "payload.{path}"}}, {value}]}}"#);
    let all = [
        rule("VR-XX-0001", "Vaccination", &same("v.0.dn", "2")),
        rule("TR-XX-0001", "Test", &same("t.0.tr", "\"260415000\"")),
        rule("RR-XX-0001", "Recovery", &same("r.0.co", "\"XX\"")),
    ];
    RuleSet::from_json(format!("[{}]", all.join(",")).as_bytes()).unwrap()
}

fn claims(vs: &[Value], ts: &[Value], rs: &[Value]) -> Value {
    let mut dcc = holder_only();
    for (name, group) in [("v", vs), ("t", ts), ("r", rs)] {
        if !group.is_empty() {
            dcc = with(dcc, name, Some(Value::Array(group.to_vec())));
        }
    }
    cwt(dcc)
}

fn subject(verdict: &Verdict) -> Subject {
    Subject::from(verdict.verified().unwrap())
}

/// All that is said, but for the numbers of the entries.
fn said(acceptance: &Acceptance) -> (Decision, Option<&'static str>, Vec<(String, &'static str)>) {
    let results = acceptance.results().iter();
    let mut results: Vec<_> = results
        .map(|r| (r.identifier().to_owned(), r.outcome().word()))
        .collect();
    results.sort();
    (
        acceptance.decision(),
        acceptance.reason().map(|r| r.code()),
        results,
    )
}

fn recognised(record: &Record) -> Acceptance {
    let policy = policy(
        "[[vaccinations]]\nid = 'full'\nany_product = true\nfrom_day = 0\nuntil_day = 'unlimited'\n\
         [[tests]]\nid = 'naat'\nkinds = ['naat']\nmax_age_hours = 9999\n\
         [[recoveries]]\nid = 'r'\nfrom_day = 0\nuntil_day = 100\n\
         [[exemptions]]\nid = 'child'\nunder_years = 12",
    );
    would(&policy, record, NOW)
}

fn dose(number: u32) -> Value {
    with(v(), "dn", Some(Value::from(number)))
}

#[test]
fn rules_of_the_eu_are_not_asked_about_the_first_of_two() {
    let arrival = Arrival::new("XX", NOW);
    let mut found = Vec::new();
    for doses in [[dose(2), dose(1)], [dose(1), dose(2)]] {
        let verdict = verify(claims(&doses, &[], &[]));
        let acceptance = rules().evaluate(&subject(&verdict), &arrival);
        assert!(!acceptance.is_accepted());
        found.push(said(&acceptance));
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(
        (found[0].0, found[0].1),
        (Decision::Open, Some("too-many-entries"))
    );
}

#[test]
fn one_entry_of_each_kind_is_asked_about() {
    let arrival = Arrival::new("XX", NOW);
    let of = |number| {
        let verdict = verify(claims(&[dose(number)], &[t()], &[r()]));
        rules().evaluate(&subject(&verdict), &arrival).decision()
    };
    assert_eq!((of(2), of(1)), (Decision::Accepted, Decision::Refused));
}

fn entries() -> impl Strategy<Value = [Vec<Value>; 3]> {
    let detected = |is: bool| if is { "260373001" } else { "260415000" };
    let vs = prop::collection::vec(
        (1u32..4, prop::sample::select(vec!["840539006", "1D47"]))
            .prop_map(|(n, tg)| with(dose(n), "tg", Some(Value::from(tg)))),
        0..4,
    );
    let ts = prop::collection::vec(
        (
            any::<bool>(),
            prop::sample::select(vec!["LP6464-4", "94504-8", "x"]),
        )
            .prop_map(move |(is, tt)| {
                let test = with(t(), "tr", Some(Value::from(detected(is))));
                with(test, "tt", Some(Value::from(tt)))
            }),
        0..4,
    );
    let rs = prop::collection::vec(
        prop::sample::select(vec!["XX", "YY"])
            .prop_map(|co| with(r(), "co", Some(Value::from(co)))),
        0..3,
    );
    (vs, ts, rs).prop_map(|(vs, ts, rs)| [vs, ts, rs])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_said_does_not_follow_from_the_order(
        (groups, shuffled) in entries().prop_flat_map(|groups| {
            let [vs, ts, rs] = groups.clone();
            let shuffled = (Just(vs).prop_shuffle(), Just(ts).prop_shuffle(), Just(rs).prop_shuffle());
            (Just(groups), shuffled)
        })
    ) {
        let [vs, ts, rs] = &groups;
        prop_assume!(!vs.is_empty() || !ts.is_empty() || !rs.is_empty());
        let one = verify(claims(vs, ts, rs));
        let other = verify(claims(&shuffled.0, &shuffled.1, &shuffled.2));
        prop_assert_eq!(one.outcome(), other.outcome());
        let arrival = Arrival::new("XX", NOW);
        let rules = rules();
        let asked = |verdict: &Verdict| said(&rules.evaluate(&subject(verdict), &arrival));
        prop_assert_eq!(asked(&one), asked(&other));
        let periods = |verdict: &Verdict| {
            rules.periods(&subject(verdict), &arrival, NOW..NOW.plus(7200))
        };
        prop_assert_eq!(periods(&one), periods(&other));
        let (one, other) = (one.signed_record().unwrap(), other.signed_record().unwrap());
        prop_assert_eq!(said(&recognised(one)), said(&recognised(other)));
        let lines = |record: &Record| {
            let lines = describe(record, Language::English).into_iter();
            let mut lines: Vec<_> = lines.map(|line| (line.label, line.text)).collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(lines(one), lines(other));
    }
}
