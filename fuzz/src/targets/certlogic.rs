//! CertLogic: an expression, a line feed, and the data; both are JSON.

use arbitrary::{Arbitrary, Unstructured};
use std::fmt::Debug;

use hcert::rules::certlogic::{EvalLimits, Expression, Value};

/// A pointer of an error leads into the expression.
fn leads(path: &str, json: &str) {
    // Numbers that another reader refuses are no reason to stop.
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(json) {
        assert!(json.pointer(path).is_some(), "{path}");
    }
}

fn shown(error: &(impl ToString + Debug)) -> String {
    let text = format!("{}{error:?}", error.to_string());
    assert!(!text.contains(char::is_control));
    text
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let Ok(text) = <&str>::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let (json, data) = text.split_once('\n').unwrap_or((text, "null"));
    let data = Value::parse(data).unwrap_or_default();
    let again = Value::parse(&data.to_json()).unwrap();
    assert!(again == data);

    let expression = match Expression::parse(json) {
        Ok(expression) => expression,
        Err(error) => {
            shown(&error);
            return leads(error.path(), json);
        }
    };
    let printed = expression.to_string();
    assert!(Expression::parse(&printed).unwrap() == expression);

    let mut limits = EvalLimits::default();
    let result = expression.evaluate(&data, &limits);
    match &result {
        Ok(value) => assert!(value.to_json().len() < 32 * 100_000),
        Err(error) => {
            let shown = shown(error);
            let data = data.as_str().unwrap_or_default();
            assert!(data.len() < 24 || !shown.contains(data));
            leads(error.path(), &printed);
        }
    }
    // A smaller budget changes the answer to an error alone.
    limits.max_steps = 50;
    match (expression.evaluate(&data, &limits), &result) {
        (Ok(less), Ok(value)) => assert_eq!(less.to_json(), value.to_json()),
        (Ok(_), Err(_)) => panic!("an error became a value"),
        (Err(_), _) => {}
    }
}

