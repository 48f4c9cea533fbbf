//! Seeds for CertLogic: ours, the specification's suite, and national rules
//! with their tests.

use std::path::Path;

use serde_json::Value;

use super::{Corpus, Error, files};

const OURS: [(&str, &str); 5] = [
    (
        r#"{"if":[{"var":"a.0"},{">=":[{"var":"a.0.dn"},2]},true]}"#,
        r#"{"a":[{"dn":2}]}"#,
    ),
    (
        r#"{"not-after":[{"plusTime":[{"var":"dt"},14,"day"]},{"plusTime":["2021-07-01",-1,"month"]}]}"#,
        r#"{"dt":"2021-06-01T12:00:00+02:00"}"#,
    ),
    (
        r#"{"after":[{"dccDateOfBirth":[{"var":""}]},{"plusTime":["2021",-18,"year"]}]}"#,
        r#""2004-02""#,
    ),
    (
        r#"{"reduce":[{"var":""},[{"var":"accumulator"},{"var":"current"}],0]}"#,
        "[1,[2],3]",
    ),
    (
        r#"{"and":[{"in":[{"extractFromUVCI":[{"var":""},1]},["XX"]]},{"!":[{"===":[1,"1"]}]}]}"#,
        r#""URN:UVCI:01:XX:A/B#C""#,
    ),
];

pub fn ours(corpus: &mut Corpus) -> Result<(), Error> {
    let seed =
        |(expression, data)| corpus.add("certlogic", format!("{expression}\n{data}").as_bytes());
    OURS.into_iter().try_for_each(seed)
}

pub fn published(corpus: &mut Corpus, directory: &Path) -> Result<(), Error> {
    let read = |path: &Path| -> Result<Value, Error> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    };
    let mut seed = |expression: &Value, data: &Value| {
        corpus.add("certlogic", format!("{expression}\n{data}").as_bytes())
    };
    let none = Vec::new();
    for path in files(&directory.join("certlogic/testSuite"))? {
        let suite = read(&path)?;
        for case in suite["cases"].as_array().unwrap_or(&none) {
            for assertion in case["assertions"].as_array().unwrap_or(&none) {
                let own = assertion.get("certLogicExpression");
                seed(
                    own.unwrap_or(&case["certLogicExpression"]),
                    &assertion["data"],
                )?;
            }
        }
    }
    for path in files(&directory.join("business-rules"))? {
        if path.file_name().is_none_or(|name| name != "rule.json") {
            continue;
        }
        let logic = read(&path)?["Logic"].take();
        // One test; its value sets would outweigh everything else.
        if let Some(test) = files(&path.with_file_name("tests"))?.into_iter().min() {
            let mut data = read(&test)?;
            data["external"]["valueSets"].take();
            let data =
                serde_json::json!({"payload": data["payload"], "external": data["external"]});
            seed(&logic, &data)?;
        }
    }
    Ok(())
}
