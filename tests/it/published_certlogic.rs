//! The suites of CertLogic 1.3.3, and national rules: all assertions that
//! aren't marked `skip` agree.

use hcert::rules::certlogic::{EvalLimits, Expression, Value};
use hcert_testkit::published;

use crate::conformance::certlogic;
use crate::conformance::dgc_testdata::Standing;

fn counts(suite: &str) -> [usize; 3] {
    let directory = published::find("certlogic");
    let assertions = certlogic::run(&directory).unwrap().assertions;
    let count = |standing: Standing| {
        let of_suite = assertions.iter().filter(|a| a.path.starts_with(suite));
        let mut matching = of_suite.filter(|a| a.standing == standing);
        let shown = matching.clone().map(|a| (&a.path, &a.name, &a.reason));
        if standing == Standing::Disagrees {
            shown.for_each(|a| println!("{a:?}"));
        }
        matching.by_ref().count()
    };
    [
        Standing::Agrees,
        Standing::Disagrees,
        Standing::NotApplicable,
    ]
    .map(count)
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_evaluation_suite_agrees() {
    assert_eq!(counts("testSuite"), [218, 0, 14]);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_validation_suite_agrees() {
    assert_eq!(counts("validation-testSuite"), [23, 0, 0]);
}

/// Each rule is valid, reads back the same, and answers its tests without an
/// error and as they say.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn national_rules_are_valid_and_agree_with_their_tests() {
    let directory = published::find("business-rules");
    let (mut rules, mut tests, mut wrong) = (0, 0, Vec::new());
    for file in published::json_files(&directory) {
        let rule = published::read_json(&file).unwrap();
        let Some(logic) = rule.get("Logic") else {
            continue;
        };
        let expression = Expression::parse(&logic.to_string()).unwrap();
        let again: serde_json::Value = serde_json::from_str(&expression.to_string()).unwrap();
        assert_eq!(&again, logic, "{}", file.display());
        rules += 1;
        let folder = file.parent().unwrap().join("tests");
        if !folder.is_dir() {
            continue;
        }
        for test in published::json_files(&folder) {
            let case = published::read_json(&test).unwrap();
            let data = serde_json::json!({
                "payload": case["payload"],
                "external": case["external"],
            });
            let data = Value::parse(&data.to_string()).unwrap();
            let actual = expression.evaluate(&data, &EvalLimits::default());
            tests += 1;
            if actual.ok().and_then(|v| v.as_bool()) != case["expected"].as_bool() {
                wrong.push(test);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    println!("{rules} rules, {tests} tests");
    assert_eq!(rules, 103);
    assert!(tests > 500);
}
