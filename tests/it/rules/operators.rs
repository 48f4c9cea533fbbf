//! No operator makes "accepted" of a value of the wrong type.

use hcert::rules::certlogic::Operator;
use hcert::rules::{Decision, RuleOutcome, Subject};
use serde_json::{Value, json};

use super::{rule, set, xx};

/// Of each type one value, as the payload has it or `plusTime` makes it.
const TYPES: [&str; 9] = [
    "null", "false", "true", "int", "number", "text", "date", "array", "object",
];

fn subject() -> Subject {
    let entry = json!({
        "false": false, "true": true, "int": 1, "number": 1.5, "text": "x",
        "date": "2021-06-01", "array": [[1]], "object": {"a": 1},
    });
    Subject::unverified(&json!({"ver": "1.3.0", "v": [entry]}).to_string()).unwrap()
}

/// An operand of that type; "time" is a date-time.
fn operand(kind: &str) -> Value {
    match kind {
        "time" => json!({"plusTime": ["2021-06-01", 0, "day"]}),
        kind => json!({"var": format!("payload.v.0.{kind}")}),
    }
}

fn types() -> Vec<&'static str> {
    [TYPES.as_slice(), &["time"]].concat()
}

/// All pairs, each with whether the operator takes it.
fn pairs(right: impl Fn(&str, &str) -> bool) -> Vec<(Vec<Value>, bool)> {
    let types = types();
    let pairs = types
        .iter()
        .flat_map(|l| types.iter().map(move |r| (*l, *r)));
    pairs
        .map(|(l, r)| (vec![operand(l), operand(r)], right(l, r)))
        .collect()
}

/// All types for one operand among others, each with whether it is taken.
fn one(taken: &[&str], operands: impl Fn(Value) -> Vec<Value>) -> Vec<(Vec<Value>, bool)> {
    let types = types().into_iter();
    types
        .map(|t| (operands(operand(t)), taken.contains(&t)))
        .collect()
}

/// Operands of each type, with whether the operator takes them.
fn operands(operator: Operator) -> Vec<(Vec<Value>, bool)> {
    let truthy = [
        "null", "false", "true", "int", "text", "date", "array", "object",
    ];
    match operator {
        Operator::Var => Vec::new(),
        Operator::If => one(&truthy, |guard| vec![guard, json!(true), json!(true)]),
        Operator::And => [
            one(&truthy, |first| vec![first, json!(true)]),
            one(&truthy, |second| vec![json!(true), second]),
        ]
        .concat(),
        Operator::Not => one(&truthy, |operand| vec![operand]),
        Operator::Equal => pairs(|l, r| l != r || !["array", "object", "time"].contains(&l)),
        Operator::In => pairs(|_, r| r == "array")
            .into_iter()
            .filter(|(operands, _)| operands[0] != operand("array"))
            .collect(),
        Operator::Plus => pairs(|l, r| (l, r) == ("int", "int")),
        Operator::Less | Operator::Greater | Operator::LessOrEqual | Operator::GreaterOrEqual => {
            pairs(|l, r| (l, r) == ("int", "int"))
        }
        Operator::Before | Operator::After | Operator::NotAfter | Operator::NotBefore => {
            pairs(|l, r| (l, r) == ("time", "time"))
        }
        Operator::PlusTime => one(&["date", "time"], |date| vec![date, json!(1), json!("day")]),
        Operator::DccDateOfBirth => one(&["date"], |date| vec![date]),
        Operator::Reduce => one(&["null", "array"], |items| {
            vec![items, json!({"var": "current"}), json!(true)]
        }),
        Operator::ExtractFromUvci => one(&["null", "text", "date"], |id| vec![id, json!(0)]),
        _ => panic!("no wrong types for {operator}"),
    }
}

#[test]
fn an_operator_on_wrong_types_accepts_nothing() {
    let subject = subject();
    for operator in Operator::ALL {
        let (mut wrong, mut open) = (0, 0);
        for (operands, taken) in operands(*operator) {
            let operation = json!({operator.id(): operands});
            // The error is an error wherever it stands.
            for logic in [
                operation.clone(),
                json!({"!": [operation]}),
                json!({"!": [{"!": [operation]}]}),
                json!({"if": [operation, true, true]}),
                json!({"and": [true, operation, true]}),
                json!({"in": [operation, [true, false]]}),
                json!({"===": [operation, operation]}),
            ] {
                let rules = set(&[rule(json!({"Logic": logic}))]);
                let acceptance = rules.evaluate(&subject, &xx());
                let outcome = acceptance.results()[0].outcome();
                let is_open = matches!(outcome, RuleOutcome::Open(_));
                if !taken {
                    wrong += 1;
                    assert!(is_open, "{logic}: {outcome:?}");
                    assert_eq!(acceptance.decision(), Decision::Open, "{logic}");
                }
                open += usize::from(is_open);
                // Accepted is true and nothing else.
                let passed = *outcome == RuleOutcome::Passed;
                assert_eq!(acceptance.is_accepted(), passed, "{logic}");
            }
        }
        assert!(
            *operator == Operator::Var || (wrong > 0 && open >= wrong),
            "{operator}"
        );
    }
}

#[test]
fn what_is_not_true_is_not_accepted() {
    let subject = subject();
    for kind in types() {
        let rules = set(&[rule(json!({"Logic": operand(kind)}))]);
        let acceptance = rules.evaluate(&subject, &xx());
        let expected = match kind {
            "true" => Decision::Accepted,
            "false" => Decision::Refused,
            _ => Decision::Open,
        };
        assert_eq!(acceptance.decision(), expected, "{kind}");
    }
}
