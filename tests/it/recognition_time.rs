//! Recognition policies: nothing is accepted without its date, and time has one
//! direction.

use ciborium::Value;
use hcert::Timestamp;
use hcert::record::{Entry, Record, Test, TestKind, TestResult, Vaccination};
use hcert::rules::{Decision, IssuerFacts, Period};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{r, t, v, with};
use hcert_testkit::time::Plus as _;
use proptest::prelude::*;

use crate::policies::*;

#[test]
fn what_is_missing_is_never_satisfied() {
    let all = policy(
        "[[tests]]\nkinds = ['naat']\nmax_age_hours = 100000\n\
         [[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 'unlimited'\n\
         [[recoveries]]\nfrom_day = 0\nuntil_day = 'unlimited'\n",
    );
    let needed = [
        ("t", t(), &["tg", "tt", "tr", "sc"][..]),
        ("v", v(), &["tg", "mp", "dn", "sd", "dt"]),
        ("r", r(), &["tg", "fr", "df", "du"]),
    ];
    for (group, entry, members) in needed {
        let record = read(group, entry.clone()).unwrap();
        assert!(would(&all, &record, NOW).is_accepted(), "{group}");
        for member in members {
            let wrong = [
                None,
                Some(Value::from("")),
                Some(Value::from("2021")),
                Some(Value::from(-1)),
                Some(Value::from(1.5)),
                Some(Value::Null),
                Some(Value::Array(vec![])),
            ];
            for wrong in wrong {
                // Any text is a product where any product is.
                if *member == "mp" && wrong == Some(Value::from("2021")) {
                    continue;
                }
                let found = read(group, with(entry.clone(), *member, wrong.clone()));
                assert!(found.is_some() || wrong.is_some(), "{group}.{member}");
                let Some(record) = found else { continue };
                let acceptance = would(&all, &record, NOW);
                assert_eq!(
                    acceptance.decision(),
                    Decision::Refused,
                    "{group}.{member} {wrong:?}"
                );
                assert!(
                    all.periods_unverified(&record, &IssuerFacts::default())
                        .is_empty()
                );
            }
        }
    }
}

#[test]
fn periods_of_several_clauses_are_joined() {
    let policy = policy(
        "[[vaccinations]]\nany_product = true\nfrom_day = 10\nuntil_day = 19\n\
         [[vaccinations]]\nany_product = true\nfrom_day = 20\nuntil_day = 29\n\
         [[vaccinations]]\nany_product = true\nfrom_day = 31\nuntil_day = 'unlimited'\n",
    );
    let record = vaccinated("X", 1, 1);
    let periods = policy.periods_unverified(&record, &IssuerFacts::default());
    let day = |text| date(text).midnight();
    let expected = [
        Period {
            from: day("2021-06-20"),
            until: day("2021-07-10"),
        },
        Period {
            from: day("2021-07-11"),
            until: day("2024-01-01"),
        },
    ];
    assert_eq!(periods, expected);
}

proptest! {
    /// Evaluation and periods say the same, before an event nothing is
    /// accepted, and a test that has become too old stays so.
    #[test]
    fn time_has_one_direction(
        sampled in 0i64..40_000_000, age in 0i64..200, offset in -1_000_000i64..3_000_000,
        from_day in 0i64..40, length in 0i64..400,
    ) {
        let start = time("2021-06-01T00:00:00Z");
        let sampled = start.plus(sampled);
        let test = Test::builder().kind(TestKind::Naat).sampled_at(sampled)
            .result(TestResult::Negative).country("XX").issuer("M").id(&uvci()).build().unwrap();
        let dose = Vaccination::builder().vaccine("1").product("X").manufacturer("Y").dose(1, 1)
            .date(sampled.date().unwrap()).country("XX").issuer("M").id(&uvci()).build().unwrap();
        let policy = policy(&format!(
            "[[tests]]\nkinds = ['naat']\nmax_age_hours = {age}\n\
             [[vaccinations]]\nany_product = true\nfrom_day = {from_day}\nuntil_day = {}",
            from_day + length
        ));
        for entry in [Entry::from(test), dose.into()] {
            let record = Record::new(holder(), entry).unwrap();
            let periods = policy.periods_unverified(&record, &IssuerFacts::default());
            let inside = |at| periods.iter().any(|p| p.contains(at));
            let mut instants = vec![sampled.plus(offset), sampled.plus(-1), sampled];
            for p in &periods {
                instants.extend([p.from.plus(-1), p.from, p.until.plus(-1), p.until]);
            }
            for at in instants {
                let is_accepted = would(&policy, &record, at).is_accepted();
                prop_assert_eq!(is_accepted, inside(at));
                prop_assert!(!is_accepted || sampled.date().unwrap().midnight() <= at);
            }
            prop_assert!(periods.len() <= 1);
        }
    }

    /// Whatever a group of a certificate holds, nothing is accepted when the
    /// date that its clause counts from is missing.
    #[test]
    fn nothing_without_its_date(
        group in prop::sample::select(vec!["t", "v", "r"]),
        drop in prop::collection::vec(any::<bool>(), 12),
        at in 1_500_000_000i64..1_700_000_000,
    ) {
        let (entry, date) = match group {
            "t" => (t(), "sc"),
            "v" => (v(), "dt"),
            _ => (r(), "fr"),
        };
        let mut members = entry.into_map().unwrap();
        let mut drop = drop.into_iter();
        members.retain(|(name, _)| {
            let name = name.as_text().unwrap();
            name != date && !drop.next().unwrap_or(false)
        });
        let policy = policy(
            "[[tests]]\nkinds = ['naat']\nmax_age_hours = 800000\n\
             [[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 'unlimited'\n\
             [[recoveries]]\nfrom_day = 0\nuntil_day = 'unlimited'\nignore_stated_validity = true\n",
        );
        if let Some(record) = read(group, Value::Map(members)) {
            let acceptance = would(&policy, &record, Timestamp::from_seconds(at));
            prop_assert!(!acceptance.is_accepted());
        }
    }
}
