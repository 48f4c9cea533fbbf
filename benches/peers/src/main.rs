//! CertLogic of hcert beside the JsonLogic of datalogic-rs, both compiled, on
//! data that is parsed before.
//!
//! `cargo run --release` in benches/peers. The expressions are the national
//! rules under `business-rules/` in the directory that `HCERT_VECTORS` names,
//! each with the data of its tests, as far as JsonLogic can run them: no
//! date-times, no identifiers. Without that directory, three of our own.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use datalogic_rs::{Engine, Logic, ParsedData, Session};
use hcert::rules::certlogic::{EvalLimits, Expression, Value};
use serde_json::{Value as Json, json};

/// How long ours may take, with theirs as 1.
const BAR: f64 = 1.0;

/// Evaluations between two looks at the clock.
const REPEATS: u32 = 16;

/// Operations that JsonLogic lacks or means otherwise.
const OURS_ALONE: [&str; 7] = [
    "plusTime",
    "dccDateOfBirth",
    "after",
    "before",
    "not-after",
    "not-before",
    "extractFromUVCI",
];

struct Case {
    ours: Expression,
    our_data: Value,
    theirs: Logic,
    their_data: ParsedData,
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new();
    let limits = EvalLimits::default();
    let mut session = engine.session();
    let vectors = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let mut pairs = Vec::new();
    published(&vectors.join("business-rules"), &mut pairs)?;
    let origin = if pairs.is_empty() {
        "our own"
    } else {
        "national rules"
    };
    if pairs.is_empty() {
        pairs = own();
    }
    let mut cases = Vec::new();
    let mut differing = 0;
    for (logic, data) in &pairs {
        let case = Case {
            ours: Expression::parse(&logic.to_string())?,
            our_data: Value::parse(&data.to_string())?,
            theirs: engine
                .compile(logic.to_string().as_str())
                .map_err(|e| e.to_string())?,
            their_data: ParsedData::from_json(&data.to_string()).map_err(|e| e.to_string())?,
        };
        let ours = case
            .ours
            .evaluate(&case.our_data, &limits)
            .ok()
            .and_then(|v| v.as_bool());
        if ours.is_some() && ours == theirs(&mut session, &case) {
            cases.push(case);
        } else {
            differing += 1;
        }
        session.reset();
    }
    println!(
        "{} evaluations of {origin} with the same result ({differing} with another one left out)",
        cases.len()
    );

    let (mut ours, mut their) = (Duration::ZERO, Duration::ZERO);
    for case in &cases {
        let (mut best_ours, mut best_theirs) = (Duration::MAX, Duration::MAX);
        for _ in 0..200 {
            let start = Instant::now();
            for _ in 0..REPEATS {
                let value = black_box(&case.ours).evaluate(black_box(&case.our_data), &limits);
                black_box(value.ok().and_then(|v| v.as_bool()));
            }
            best_ours = best_ours.min(start.elapsed());
            let start = Instant::now();
            for _ in 0..REPEATS {
                black_box(theirs(&mut session, black_box(case)));
                session.reset();
            }
            best_theirs = best_theirs.min(start.elapsed());
        }
        ours += best_ours;
        their += best_theirs;
    }
    let count = f64::from(REPEATS) * cases.len() as f64;
    let each = |sum: Duration| sum.as_nanos() as f64 / count;
    let ratio = ours.as_secs_f64() / their.as_secs_f64();
    println!("hcert        {:8.1} ns an evaluation", each(ours));
    println!("datalogic-rs {:8.1} ns an evaluation", each(their));
    println!("ratio        {ratio:8.2} (bar {BAR})");
    if ratio > BAR {
        return Err("slower than datalogic-rs".into());
    }
    Ok(())
}

fn theirs(session: &mut Session<'_>, case: &Case) -> Option<bool> {
    session
        .eval_borrowed(&case.theirs, &case.their_data)
        .ok()?
        .as_bool()
}

fn published(folder: &Path, pairs: &mut Vec<(Json, Json)>) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<_> = match std::fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|e| e.map(|e| e.path()))
            .collect::<Result<_, _>>()?,
        Err(_) => return Ok(()),
    };
    paths.sort();
    for path in paths {
        let rule = path.join("rule.json");
        if !rule.is_file() {
            published(&path, pairs)?;
            continue;
        }
        let rule: Json = serde_json::from_slice(&std::fs::read(rule)?)?;
        if !shared(&rule["Logic"]) {
            continue;
        }
        for test in std::fs::read_dir(path.join("tests"))? {
            let test: Json = serde_json::from_slice(&std::fs::read(test?.path())?)?;
            let data = json!({"payload": test["payload"], "external": test["external"]});
            pairs.push((rule["Logic"].clone(), data));
        }
    }
    Ok(())
}

fn shared(logic: &Json) -> bool {
    match logic {
        Json::Array(items) => items.iter().all(shared),
        Json::Object(members) => members
            .iter()
            .all(|(id, operands)| !OURS_ALONE.contains(&id.as_str()) && shared(operands)),
        _ => true,
    }
}

fn own() -> Vec<(Json, Json)> {
    let data = json!({"payload": {"v": [{"tg": "840539006", "mp": "EU/1/20/1528", "dn": 2, "sd": 2}]},
        "external": {"valueSets": {"vaccines": ["EU/1/20/1507", "EU/1/20/1528"]}}});
    let dose = json!({"if": [{"var": "payload.v.0"},
        {">=": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}]}, true]});
    let product =
        json!({"in": [{"var": "payload.v.0.mp"}, {"var": "external.valueSets.vaccines"}]});
    let one = json!({"and": [{"===": [{"var": "payload.v.0.tg"}, "840539006"]},
        {"!": [{"var": "payload.v.1"}]}, {"!": [{"var": "payload.t.0"}]}]});
    [dose, product, one]
        .map(|logic| (logic, data.clone()))
        .into()
}
