//! What the rules of a country cost for one certificate, next to one bare
//! signature verification.
//!
//! `cargo bench --bench certlogic`. The rules are those of the country that
//! has most of them, and the certificate is of one of their tests:
//! `HCERT_VECTORS` names the directory that holds `business-rules/`. Beside
//! JsonLogic, CertLogic is measured in `benches/peers`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use hcert::rules::certlogic::{EvalLimits, Expression, Value};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::Value as Json;

/// How much of a signature verification the rules may cost.
const BAR: f64 = 0.25;

type Error = Box<dyn std::error::Error>;

struct Sample {
    country: String,
    logic: Vec<String>,
    rules: Vec<Expression>,
    payload: String,
    clock: String,
    value_sets: Value,
    data: Value,
    key: VerifyingKey,
    signature: Signature,
}

static SAMPLE: LazyLock<Option<Sample>> = LazyLock::new(|| match sample() {
    Ok(sample) => sample,
    Err(error) => {
        eprintln!("certlogic: {error}");
        std::process::exit(1)
    }
});

const DIGEST: [u8; 32] = [7; 32];

fn sample() -> Result<Option<Sample>, Error> {
    let folder = std::env::var_os("HCERT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
        PathBuf::from,
    );
    let mut countries: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder.join("business-rules")) else {
        return Ok(None);
    };
    for country in entries {
        let country = country?;
        for rule in std::fs::read_dir(country.path())? {
            let rule = rule?.path();
            if rule.join("rule.json").is_file() {
                let name = country.file_name().to_string_lossy().into_owned();
                countries.entry(name).or_default().push(rule);
            }
        }
    }
    let Some((country, mut rules)) = countries.into_iter().max_by_key(|(_, r)| r.len()) else {
        return Ok(None);
    };
    rules.sort();
    let read = |path: PathBuf| -> Result<Json, Error> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    };
    let member = |json: &Json, name: &str| json.get(name).cloned().ok_or("a member is missing");
    let logic = rules
        .iter()
        .map(|rule| Ok(member(&read(rule.join("rule.json"))?, "Logic")?.to_string()))
        .collect::<Result<Vec<_>, Error>>()?;
    // The one with most in it.
    let mut payload = Json::Null;
    let mut external = Json::Null;
    for rule in &rules {
        for test in std::fs::read_dir(rule.join("tests"))? {
            let test = read(test?.path())?;
            let with = |pointer| test.pointer(pointer).is_some();
            let Some(found) = test.get("payload") else {
                continue;
            };
            if with("/external/valueSets")
                && with("/external/validationClock")
                && found.to_string().len() > payload.to_string().len()
            {
                (payload, external) = (found.clone(), member(&test, "external")?);
            }
        }
    }
    let clock = member(&external, "validationClock")?;
    let clock = clock.as_str().ok_or("no validationClock")?.to_owned();
    let value_sets = Value::parse(&member(&external, "valueSets")?.to_string())?;
    let payload = payload.to_string();
    let secret = SigningKey::from_slice(&[7; 32])?;
    Ok(Some(Sample {
        country,
        rules: parse(&logic).ok_or("a rule is invalid")?,
        logic,
        data: data(&payload, &clock, &value_sets)?,
        payload,
        clock,
        value_sets,
        key: *secret.verifying_key(),
        signature: secret.sign_prehash(&DIGEST)?,
    }))
}

fn parse(logic: &[String]) -> Option<Vec<Expression>> {
    logic.iter().map(|l| Expression::parse(l).ok()).collect()
}

fn data(payload: &str, clock: &str, value_sets: &Value) -> Result<Value, Error> {
    let external = Value::object([
        ("validationClock", clock.into()),
        ("valueSets", value_sets.clone()),
    ]);
    Ok(Value::object([
        ("payload", Value::parse(payload)?),
        ("external", external),
    ]))
}

/// How many rules have a boolean.
fn evaluate(rules: &[Expression], data: &Value) -> usize {
    let limits = EvalLimits::default();
    let value = |rule: &Expression| rule.evaluate(data, &limits).ok()?.as_bool();
    rules.iter().filter_map(value).count()
}

fn raw(sample: &Sample) -> bool {
    let verified = sample.key.verify_prehash(&DIGEST, &sample.signature);
    verified.is_ok()
}

/// From the certificate's payload to the results.
fn whole(sample: &Sample) -> bool {
    let data = data(&sample.payload, &sample.clock, &sample.value_sets);
    data.is_ok_and(|data| evaluate(&sample.rules, &data) == sample.rules.len())
}

#[divan::bench]
fn parse_rules(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| parse(black_box(&sample.logic)));
    }
}

#[divan::bench]
fn read_payload(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        let sets = &sample.value_sets;
        bencher.bench(|| data(black_box(&sample.payload), &sample.clock, sets).is_ok());
    }
}

#[divan::bench]
fn evaluate_rules(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| evaluate(&sample.rules, black_box(&sample.data)));
    }
}

#[divan::bench]
fn raw_signature(bencher: Bencher) {
    if let Some(sample) = &*SAMPLE {
        bencher.bench(|| raw(black_box(sample)));
    }
}

/// One after the other, so that what else the machine does hits both.
fn ratio(sample: &Sample, rounds: usize) {
    let timed = |f: fn(&Sample) -> bool| {
        let start = Instant::now();
        let good = f(black_box(sample));
        let took = start.elapsed();
        assert!(black_box(good), "what is measured does not work");
        took
    };
    let (mut raws, mut wholes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        raws.push(timed(raw));
        wholes.push(timed(whole));
    }
    let (raw, whole) = (median(raws), median(wholes));
    let ratio = whole.as_secs_f64() / raw.as_secs_f64();
    let verdict = if ratio <= BAR { "met" } else { "missed" };
    println!(
        "{} rules of {}: raw p256 {raw:.1?}, payload read and all rules {whole:.1?}, ratio {ratio:.3} (bar {BAR}: {verdict}; median of {rounds} interleaved rounds)",
        sample.rules.len(),
        sample.country
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() {
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|arg| arg == "--bench");
    match &*SAMPLE {
        Some(sample) => ratio(sample, if measured { 3000 } else { 1 }),
        None => println!("skipped: set HCERT_VECTORS to the directory that holds business-rules"),
    }
    divan::main();
}
