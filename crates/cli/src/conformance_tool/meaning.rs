//! What each key of `EXPECTEDRESULTS` asks, after the README of dgc-testdata.

use hcert::format::Unverified;
use hcert::format::hc1::cwt::{Claims, TimeClaim};
use hcert::format::hc1::{Deviation, payload, schema, text, zlib};
use hcert::record::ProductCatalogue;
use hcert::trust::{Dsc, KeyUsage, Kid, TrustStore, Usage};
use hcert::verify::{Reason, Step, StepResult, Verifier};
use hcert::{Date, Limits, Timestamp};
use hcert_testkit::time::Plus as _;
use serde_json::Value;

use super::vector::Vector;

/// What came out for one key of one vector.
pub struct Finding {
    /// `None` if the vector lacks what the key needs.
    pub actual: Option<bool>,
    /// Why: stable codes, with the place in the payload but no content.
    pub causes: Vec<String>,
}

impl Finding {
    fn yes() -> Self {
        Self {
            actual: Some(true),
            causes: Vec::new(),
        }
    }

    fn no(cause: impl Into<String>) -> Self {
        Self {
            actual: Some(false),
            causes: vec![cause.into()],
        }
    }

    pub fn not_applicable(why: impl Into<String>) -> Self {
        Self {
            actual: None,
            causes: vec![why.into()],
        }
    }

    fn of(result: Result<(), String>) -> Self {
        result.map_or_else(Self::no, |()| Self::yes())
    }
}

/// The vector lacks a field; why the rest can't be judged.
type Lacking = &'static str;

/// Looks into a vector for one key; `None` if the format has no such key.
pub fn look(vector: &Vector, key: &str) -> Option<Finding> {
    let finding = match key.to_ascii_uppercase().as_str() {
        "EXPECTEDVALIDOBJECT" => valid_object(vector),
        "EXPECTEDSCHEMAVALIDATION" => schema_validation(vector),
        "EXPECTEDENCODE" => encode(vector),
        "EXPECTEDDECODE" => decode(vector),
        "EXPECTEDVERIFY" => verify(vector),
        "EXPECTEDUNPREFIX" => unprefix(vector),
        "EXPECTEDVALIDJSON" => valid_json(vector),
        "EXPECTEDCOMPRESSION" => compression(vector),
        "EXPECTEDB45DECODE" => b45_decode(vector),
        "EXPECTEDPICTUREDECODE" => picture_decode(vector),
        "EXPECTEDEXPIRATIONCHECK" => expiration(vector),
        "EXPECTEDKEYUSAGE" => key_usage(vector),
        _ => return None,
    };
    Some(finding.unwrap_or_else(Finding::not_applicable))
}

/// JSON is valid for the schema of its own version.
fn valid_object(vector: &Vector) -> Result<Finding, Lacking> {
    let json = vector.json().ok_or("no JSON")?;
    // The schema asks for one group from 1.3.0 on.
    let asks_for_group = json
        .get("ver")
        .and_then(Value::as_str)
        .and_then(|version| version.split('.').nth(1)?.parse().ok())
        .is_none_or(|minor: u16| minor >= 3);
    let departures = schema::check_json(&json.to_string()).map_err(|_| "JSON that is none")?;
    let departures = departures
        .iter()
        .filter(|d| asks_for_group || d.code() != "schema-groups");
    Ok(judge_schema(departures, &json, vector.clock()))
}

/// What the certificate holds is valid for the schema of its own version,
/// has one group, and no CBOR tag where the schema has a text.
fn schema_validation(vector: &Vector) -> Result<Finding, Lacking> {
    let mut sources = vec![chain(vector), cose(vector).map(|c| c.and_then(claims_of))];
    sources.push(cbor(vector));
    let mut sources = sources.into_iter().flatten().peekable();
    let first = match sources.peek() {
        None => return Err("no PREFIX, COSE or CBOR"),
        Some(first) => first.as_ref().err().cloned().unwrap_or_default(),
    };
    let Some(claims) = sources.find_map(Result::ok) else {
        return Ok(Finding::no(first));
    };
    let mut departures = Vec::new();
    if let Err(error) =
        payload::read_unverified(&claims, &ProductCatalogue::builtin(), &mut departures)
        && departures.is_empty()
    {
        return Ok(Finding::no(error.code()));
    }
    let json = payload_of(claims).unwrap_or_default();
    Ok(judge_schema(departures.iter(), &json, vector.clock()))
}

fn judge_schema<'a>(
    departures: impl Iterator<Item = &'a Deviation>,
    json: &Value,
    clock: Option<Timestamp>,
) -> Finding {
    // JSON schema takes `format` for a remark and 1.0 for an integer, and
    // does not know which versions were published.
    let (remarks, departures): (Vec<_>, Vec<_>) = departures
        .partition(|d| ["schema-format", "schema-version", "schema-float"].contains(&d.code()));
    let actual = departures.is_empty();
    let list = if actual { remarks } else { departures };
    let mut causes: Vec<_> = list
        .iter()
        .map(|d| format!("{} {}", d.code(), d.at()).trim_end().to_owned())
        .collect();
    if actual {
        causes.extend(beyond_the_schema(json, clock).map(str::to_owned));
    }
    Finding {
        actual: Some(actual),
        causes,
    }
}

/// Oddities that the schema lets pass and that some vectors mean by
/// "not valid".
fn beyond_the_schema(json: &Value, clock: Option<Timestamp>) -> impl Iterator<Item = &'static str> {
    let text = |pointer| json.pointer(pointer).and_then(Value::as_str);
    let born = text("/dob").and_then(|dob| Date::parse(dob).ok());
    let unborn = born.zip(clock).is_some_and(|(born, t)| born.midnight() > t);
    let unwritten = [("/nam/fn", "/nam/fnt"), ("/nam/gn", "/nam/gnt")]
        .into_iter()
        .any(|(name, standard)| {
            text(name).is_some_and(|n| !n.is_empty()) && text(standard) == Some("")
        });
    [
        unborn.then_some("born-after-clock"),
        unwritten.then_some("standard-name-empty"),
    ]
    .into_iter()
    .flatten()
}

/// JSON and CBOR say the same.
fn encode(vector: &Vector) -> Result<Finding, Lacking> {
    let json = vector.json().ok_or("no JSON")?;
    let cbor = cbor(vector).ok_or("no CBOR")?;
    Ok(Finding::of(cbor.and_then(payload_of).and_then(|payload| {
        same("CBOR and JSON", &payload, &json)
    })))
}

/// COSE and CBOR can be read and say the same, which is JSON.
fn decode(vector: &Vector) -> Result<Finding, Lacking> {
    let cose = cose(vector).map(|c| c.and_then(claims_of));
    let mut sources = [("COSE", cose), ("CBOR", cbor(vector))]
        .into_iter()
        .filter_map(|(name, source)| Some((name, source?)))
        .collect::<Vec<_>>();
    if sources.is_empty() {
        sources.push(("PREFIX", chain(vector).ok_or("no COSE, CBOR or PREFIX")?));
    }
    Ok(Finding::of(all_say(sources, vector.json())))
}

/// The whole way from PREFIX leads to JSON, and so does CBOR.
fn valid_json(vector: &Vector) -> Result<Finding, Lacking> {
    let json = vector.json().ok_or("no JSON")?;
    let sources = [("PREFIX", chain(vector)), ("CBOR", cbor(vector))]
        .into_iter()
        .filter_map(|(name, source)| Some((name, source?)))
        .collect::<Vec<_>>();
    if sources.is_empty() {
        return Err("no PREFIX or CBOR");
    }
    Ok(Finding::of(all_say(sources, Some(json))))
}

fn all_say(
    sources: Vec<(&str, Result<Claims, String>)>,
    json: Option<Value>,
) -> Result<(), String> {
    let mut reference = json.map(|json| ("JSON", json));
    for (name, claims) in sources {
        let payload = claims.and_then(payload_of)?;
        match &reference {
            Some((other, expected)) => same(&format!("{name} and {other}"), &payload, expected)?,
            None => reference = Some((name, payload)),
        }
    }
    Ok(())
}

/// The certificate of the context signed COSE, and the kid leads to it.
fn verify(vector: &Vector) -> Result<Finding, Lacking> {
    let signer = signer(vector)?;
    let unverified = signed(vector)?;
    Ok(Finding::of(signer.and_then(|signer| {
        let unverified = unverified?;
        let now = vector.clock().unwrap_or(Timestamp::from_seconds(0));
        let verdict = signer.verifier.verify_parsed(&unverified, now);
        if verdict.step(Step::Signature) == &StepResult::Passed {
            return Ok(());
        }
        Err(match verdict.reason() {
            Some(Reason::AlgKeyMismatch { algorithm, key }) => {
                format!("alg-key-mismatch {algorithm} {key}")
            }
            Some(Reason::UnknownKey { .. })
                if unverified.authenticate(signer.dsc.public_key()).is_ok() =>
            {
                "unknown-key signature-good".to_owned()
            }
            reason => reason.map_or("unknown", Reason::code).to_owned(),
        })
    })))
}

/// PREFIX is HC1: and BASE45.
fn unprefix(vector: &Vector) -> Result<Finding, Lacking> {
    let ends = ['\r', '\n'];
    let prefix = vector.text("PREFIX").ok_or("no PREFIX")?.trim_matches(ends);
    let Some(body) = prefix.strip_prefix(text::PREFIX) else {
        return Ok(Finding::no("prefix"));
    };
    Ok(match vector.text("BASE45") {
        Some(base45) if base45.trim_matches(ends) != body => {
            Finding::no("differs: PREFIX and BASE45")
        }
        _ => Finding::yes(),
    })
}

/// BASE45 decodes to COMPRESSED, or what inflates to COSE.
fn b45_decode(vector: &Vector) -> Result<Finding, Lacking> {
    let decoded = decoded_text(vector).ok_or("no BASE45 or PREFIX")?;
    Ok(Finding::of(decoded.and_then(|decoded| {
        if let Some(compressed) = vector.bytes("COMPRESSED") {
            return same_bytes("BASE45 and COMPRESSED", &decoded, &compressed?);
        }
        match vector.bytes("COSE") {
            Some(cose) => same_bytes("BASE45 and COSE", &inflate(&decoded)?, &cose?),
            None => Ok(()),
        }
    })))
}

/// COMPRESSED, or what BASE45 or PREFIX hold, inflates to COSE.
fn compression(vector: &Vector) -> Result<Finding, Lacking> {
    let compressed = vector
        .bytes("COMPRESSED")
        .map(|c| c.map_err(str::to_owned))
        .or_else(|| decoded_text(vector))
        .ok_or("no COMPRESSED, BASE45 or PREFIX")?;
    Ok(Finding::of(compressed.and_then(|compressed| {
        let inflated = inflate(&compressed)?;
        match vector.bytes("COSE") {
            Some(cose) => same_bytes("COMPRESSED and COSE", &inflated, &cose?),
            None => Ok(()),
        }
    })))
}

#[cfg(not(feature = "scan"))]
fn picture_decode(vector: &Vector) -> Result<Finding, Lacking> {
    vector.picture().ok_or("no 2DCODE")?.ok();
    Err("built without the feature scan")
}

/// 2DCODE shows PREFIX.
#[cfg(feature = "scan")]
fn picture_decode(vector: &Vector) -> Result<Finding, Lacking> {
    use hcert::qr::{ScanLimits, scan};
    let picture = vector.picture().ok_or("no 2DCODE")?;
    let prefix = match (vector.text("PREFIX"), vector.text("BASE45")) {
        (Some(prefix), _) => Some(prefix.to_owned()),
        (None, base45) => base45.map(|b| text::PREFIX.to_owned() + b),
    };
    let codes = picture.map_err(str::to_owned).and_then(|picture| {
        scan(&picture, &ScanLimits::default()).map_err(|e| e.code().to_owned())
    });
    Ok(Finding::of(codes.and_then(|codes| match prefix {
        _ if codes.is_empty() => Err("no-code-in-picture".to_owned()),
        Some(prefix) if codes.iter().all(|code| code.text() != prefix) => {
            Err("differs: 2DCODE and PREFIX".to_owned())
        }
        _ => Ok(()),
    })))
}

/// At the clock of the context the claims and the signer are in time.
fn expiration(vector: &Vector) -> Result<Finding, Lacking> {
    let unverified = signed(vector)?;
    let now = vector
        .clock()
        .ok_or("no VALIDATIONCLOCK that can be read")?;
    let signer = signer(vector).ok();
    Ok(Finding::of(unverified.and_then(|unverified| {
        let signer = signer.transpose()?;
        if let Some(signer) = &signer {
            let verdict = signer.verifier.verify_parsed(&unverified, now);
            if verdict.step(Step::Signature) == &StepResult::Passed {
                step(verdict.step(Step::KeyValidity))?;
                return step(verdict.step(Step::Time));
            }
        }
        // The key speaks of the time alone, so it is judged without the
        // signature, too.
        in_time(&claims_of(unverified)?, signer.map(|s| s.dsc).as_ref(), now)
    })))
}

fn in_time(claims: &Claims, dsc: Option<&Dsc>, now: Timestamp) -> Result<(), String> {
    let verdict = match (claims.expires_at(), claims.issued_at(), dsc) {
        (TimeClaim::Absent, ..) => "exp-missing",
        (TimeClaim::Unusable, ..) => "exp-unusable",
        (TimeClaim::At(exp), ..) if now > exp => "expired",
        (_, TimeClaim::At(iat), _) if iat > now.plus(60) => "issued-in-future",
        (_, _, Some(dsc)) if now < dsc.not_before() => "dsc-not-yet-valid",
        (_, _, Some(dsc)) if now > dsc.not_after() => "dsc-expired",
        _ => return Ok(()),
    };
    Err(verdict.to_owned())
}

/// The certificate's key may sign each group of the payload.
fn key_usage(vector: &Vector) -> Result<Finding, Lacking> {
    let signer = signer(vector)?;
    let unverified = signed(vector)?;
    let is_unlimited = matches!(&signer, Ok(s) if s.dsc.usage() == KeyUsage::ANY);
    let mut finding = Finding::of(signer.and_then(|signer| {
        let unverified = unverified?;
        let now = vector.clock().unwrap_or(Timestamp::from_seconds(0));
        let verdict = signer.verifier.verify_parsed(&unverified, now);
        if verdict.step(Step::Signature) == &StepResult::Passed {
            return step(verdict.step(Step::KeyUsage));
        }
        let payload = payload_of(claims_of(unverified)?)?;
        let stated = [
            ("v", Usage::Vaccination),
            ("t", Usage::Test),
            ("r", Usage::Recovery),
        ]
        .into_iter()
        .filter(|(group, _)| {
            let entries = payload.get(group).and_then(Value::as_array);
            entries.is_some_and(|entries| !entries.is_empty())
        });
        let mut usages = stated.map(|(_, usage)| usage);
        if usages.all(|usage| signer.dsc.usage().allows(usage)) {
            Ok(())
        } else {
            Err("key-usage".to_owned())
        }
    }));
    if is_unlimited && finding.actual == Some(true) {
        finding.causes.push("usage-any".to_owned());
    }
    Ok(finding)
}

fn step(result: &StepResult) -> Result<(), String> {
    match result {
        StepResult::Passed => Ok(()),
        other => Err(other.code().unwrap_or("not-reached").to_owned()),
    }
}

/// The certificate of the context, and a verifier that trusts it alone.
struct Signer {
    dsc: Dsc,
    verifier: Verifier,
}

fn signer(vector: &Vector) -> Result<Result<Signer, String>, Lacking> {
    let der = vector.certificate().ok_or("no TESTCTX.CERTIFICATE")?;
    let build = |der: Vec<u8>| {
        let dsc = Dsc::from_der(&der).map_err(|e| e.code().to_owned())?;
        let mut builder = TrustStore::builder();
        builder
            .add_certificate_der_as("TESTCTX", Kid::of_certificate(&der), &der)
            .map_err(|e| e.code().to_owned())?;
        Ok(Signer {
            dsc,
            verifier: Verifier::new(builder.build().0),
        })
    };
    Ok(der.map_err(str::to_owned).and_then(build))
}

/// COSE, or the way to it from PREFIX.
fn signed(vector: &Vector) -> Result<Result<Unverified, String>, Lacking> {
    cose(vector)
        .or_else(|| parsed(vector))
        .ok_or("no COSE or PREFIX")
}

fn cose(vector: &Vector) -> Option<Result<Unverified, String>> {
    let parse =
        |bytes| Unverified::from_cose(bytes, &Limits::default()).map_err(|e| e.code().to_owned());
    Some(vector.bytes("COSE")?.map_err(str::to_owned).and_then(parse))
}

fn parsed(vector: &Vector) -> Option<Result<Unverified, String>> {
    let text = vector.text("PREFIX")?;
    Some(Unverified::parse(text, &Limits::default()).map_err(|e| e.code().to_owned()))
}

/// The claims at the end of the way from PREFIX.
fn chain(vector: &Vector) -> Option<Result<Claims, String>> {
    Some(parsed(vector)?.and_then(claims_of))
}

fn claims_of(unverified: Unverified) -> Result<Claims, String> {
    let (content, _) = unverified.unverified_content(&ProductCatalogue::builtin());
    let claims = content.claims().cloned();
    claims.map_err(|e| e.code().to_owned())
}

/// CBOR, which holds the EU DCC or a whole set of claims.
fn cbor(vector: &Vector) -> Option<Result<Claims, String>> {
    /// `{-260: {1:`
    const CLAIM: &[u8] = &[0xa1, 0x39, 0x01, 0x03, 0xa1, 0x01];
    let read = |bytes: Vec<u8>| {
        let parse = |b: &[u8]| Claims::parse_unverified(b, &Limits::default(), &mut Vec::new());
        match parse(&bytes) {
            Ok(claims) if claims.payload_json().is_ok() => Ok(claims),
            _ => parse(&[CLAIM, &bytes].concat()).map_err(|e| e.code().to_owned()),
        }
    };
    Some(vector.bytes("CBOR")?.map_err(str::to_owned).and_then(read))
}

fn payload_of(claims: Claims) -> Result<Value, String> {
    let json = claims.payload_json().map_err(|e| e.code().to_owned())?;
    serde_json::from_str(&json).map_err(|e| e.to_string())
}

/// What BASE45 stands for, or PREFIX where there is no BASE45.
fn decoded_text(vector: &Vector) -> Option<Result<Vec<u8>, String>> {
    let code = match vector.text("BASE45") {
        Some(base45) => text::PREFIX.to_owned() + base45,
        None => vector.text("PREFIX")?.to_owned(),
    };
    let decoded = text::decode(&code, &Limits::default(), &mut Vec::new());
    Some(decoded.map_err(|e| e.code().to_owned()))
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    zlib::inflate(bytes, &Limits::default()).map_err(|e| e.code().to_owned())
}

fn same_bytes(names: &str, a: &[u8], b: &[u8]) -> Result<(), String> {
    if a == b {
        Ok(())
    } else {
        Err(format!("differs: {names}"))
    }
}

fn same(names: &str, a: &Value, b: &Value) -> Result<(), String> {
    match difference(a, b, String::new()) {
        None => Ok(()),
        Some(at) => Err(format!("differs: {names} at {at}")),
    }
}

/// The place of the first difference. 1 and 1.0 are one number, and an instant
/// is the same one in every time zone.
fn difference(a: &Value, b: &Value, at: String) -> Option<String> {
    let same = match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let names = a
                .keys()
                .chain(b.keys().filter(|name| !a.contains_key(*name)));
            let mut differences = names.filter_map(|name| {
                let at = format!("{at}.{name}");
                match (a.get(name), b.get(name)) {
                    (Some(a), Some(b)) => difference(a, b, at),
                    _ => Some(at),
                }
            });
            return differences.next();
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            return pairs.find_map(|(i, (a, b))| difference(a, b, format!("{at}[{i}]")));
        }
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => a == b || is_same_instant(a, b),
        _ => a == b,
    };
    (!same).then_some(if at.is_empty() { "root".into() } else { at })
}

/// Two spellings of one date-time: `Z` and `+00:00`, `10:00+02:00` and `08:00Z`.
fn is_same_instant(a: &str, b: &str) -> bool {
    let read = |text: &str| {
        let fraction = text.split_once('.').map(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let digits = rest.get(..end.unwrap_or(rest.len()));
            digits.unwrap_or_default().trim_end_matches('0').to_owned()
        });
        let time = text.contains('T').then(|| Timestamp::parse(text).ok())??;
        Some((time, fraction.unwrap_or_default()))
    };
    read(a).is_some_and(|a| read(b) == Some(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_two_spellings_is_no_difference() {
        let differ = |a: &str, b: &str| {
            let json = |sc: &str| serde_json::json!({"t": [{"sc": sc}]});
            difference(&json(a), &json(b), String::new())
        };
        for (a, b) in [
            ("2021-06-30T12:34:56+00:00", "2021-06-30T12:34:56Z"),
            ("2021-06-30T14:34:56+02:00", "2021-06-30T12:34:56Z"),
            ("2021-06-30T12:34:56.000Z", "2021-06-30T12:34:56Z"),
            ("2021-06-30T12:34:56.50Z", "2021-06-30T12:34:56.5+00:00"),
        ] {
            assert_eq!(differ(a, b), None, "{a} {b}");
        }
        let at = Some(".t[0].sc".to_owned());
        for (a, b) in [
            ("2021-06-30T12:34:56+02:00", "2021-06-30T12:34:56Z"),
            ("2021-06-30T12:34:56.5Z", "2021-06-30T12:34:56Z"),
            ("2021-06-30T12:34:57Z", "2021-06-30T12:34:56Z"),
            ("2021-06-30", "2021-06-30T00:00:00Z"),
            ("x", "y"),
        ] {
            assert_eq!(differ(a, b), at, "{a} {b}");
        }
    }
}
