//! What the library writes as JSON follows `test-vectors/verdict-schema.json`,
//! for all vectors, and every member of the schema occurs.

use std::collections::BTreeSet;
use std::path::Path;

use hcert::crypto::{CertificateDigest, KeyFingerprint, KeyKind};
use hcert::lint::Linter;
use hcert::record::{
    Coding, HealthLink, HealthLinkKey, HealthLinkKind, Holder, IdentityDocument, Medication,
    Record, Test, TestKind, TestResult, Uvci, Vaccination, When, YellowCard,
};
use hcert::rules::{Arrival, IssuerFacts, Recognition, RuleSet, Subject};
use hcert::trust::{Denial, DenyList, Kid, LoadReport, ProblemKind, TrustStore};
use hcert::verify::{Outcome, Policy, Verdict, Verifier};
use hcert::{Date, PartialDate, Timestamp};
use hcert_testkit::time::Plus as _;
use hcert_testkit::vectors::fields::{array, bytes, text, time, unhex};
use hcert_testkit::vectors::revocation as run_revocation;
use hcert_testkit::vectors::trust_lists as run;
use serde_json::{Value, json};

fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors");
    serde_json::from_slice(&std::fs::read(path.join(name)).unwrap()).unwrap()
}

fn vectors(file: &Value) -> &[Value] {
    array(file, "vectors").unwrap()
}

fn policy(name: &str) -> Policy {
    let policy = Policy::default();
    match name {
        "default" => policy,
        "strict" => policy.strict(),
        "accept-missing-expiry" => policy.dangerously_accept_missing_expiry(),
        "accept-rsa-1024" => policy.dangerously_accept_rsa_1024(),
        other => panic!("no policy is named {other}"),
    }
}

/// The verdict on a vector of `hcert.json`.
fn verdict(file: &Value, vector: &Value) -> Verdict {
    let mut builder = TrustStore::builder();
    for name in array(vector, "trust").unwrap() {
        let mut entries = array(file, "trust").unwrap().iter();
        let entry = entries.find(|entry| entry["id"] == *name).unwrap();
        let kid = Kid::new(unhex(text(entry, "kid").unwrap()).unwrap()).unwrap();
        let name = name.as_str().unwrap();
        match entry["certificate"].is_null() {
            true => builder.add_spki_der(name, kid, &bytes(entry, "spki").unwrap()),
            false => {
                builder.add_certificate_der_as(name, kid, &bytes(entry, "certificate").unwrap())
            }
        }
        .unwrap();
    }
    let policy = policy(text(vector, "policy").unwrap());
    let verifier = Verifier::with_policy(builder.build().0, policy);
    let input = text(vector, "input").unwrap();
    verifier.verify(input, time(vector, "time").unwrap())
}

/// The verdicts of all vectors of all files, each with the file, the vector and
/// the step; and the reports on the lists.
fn all() -> (Vec<(String, Verdict)>, Vec<LoadReport>) {
    let (mut verdicts, mut reports) = (Vec::new(), Vec::new());
    let certificates = file("hcert.json");
    for vector in vectors(&certificates) {
        let name = format!("hcert.json {} null", text(vector, "id").unwrap());
        verdicts.push((name, verdict(&certificates, vector)));
    }
    let lists = file("trust.json");
    for vector in vectors(&lists) {
        let id = text(vector, "id").unwrap();
        let said = run::said(&lists, vector).unwrap();
        for (step, verdict) in said.verdicts {
            verdicts.push((format!("trust.json {id} {step}"), verdict));
        }
        reports.extend(said.reports);
    }
    let revocations = file("revocation.json");
    for vector in vectors(&revocations) {
        let name = format!("revocation.json {} null", text(vector, "id").unwrap());
        let verdict = run_revocation::verdict(&revocations, vector).unwrap();
        verdicts.push((name, verdict));
    }
    (verdicts, reports)
}

/// The schema, and which of its members occurred with a value.
struct Schema {
    root: Value,
    seen: BTreeSet<String>,
}

impl Schema {
    fn new() -> Self {
        Self {
            root: file("verdict-schema.json"),
            seen: BTreeSet::new(),
        }
    }

    /// The document of that name; its text is one line.
    fn check(&mut self, name: &str, text: &str, what: &str) -> Value {
        assert!(!text.contains(['\n', '\r']), "{what}: {text}");
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(value["version"], 1, "{what}: {text}");
        let at = format!("/$defs/{name}");
        let mut seen = BTreeSet::new();
        if let Err(wrong) = self.validate(&at, &value, "", &mut seen) {
            panic!("{what}: {wrong}\n{text}");
        }
        self.seen.extend(seen);
        value
    }

    /// The part of JSON Schema that the file uses; an unknown keyword fails.
    fn validate(
        &self,
        schema: &str,
        value: &Value,
        at: &str,
        seen: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        let rules = self.root.pointer(schema).unwrap();
        for (keyword, rule) in rules.as_object().unwrap() {
            let inner = format!("{schema}/{keyword}");
            let is = |right: bool| match right {
                true => Ok(()),
                false => Err(format!("{at}: {keyword} {rule}, found {value}")),
            };
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" => {}
                "$ref" => {
                    let target = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.validate(target, value, at, seen)?;
                }
                "type" => {
                    let kind = match value {
                        Value::Null => "null",
                        Value::Bool(_) => "boolean",
                        // A number that is not whole has no type here.
                        Value::Number(n) if n.is_u64() || n.is_i64() => "integer",
                        Value::Number(_) => "number",
                        Value::String(_) => "string",
                        Value::Array(_) => "array",
                        Value::Object(_) => "object",
                    };
                    is(rule == kind
                        || rule
                            .as_array()
                            .is_some_and(|all| all.contains(&kind.into())))?;
                }
                "const" => is(rule == value)?,
                "enum" => is(rule.as_array().unwrap().contains(value))?,
                "minimum" => is(value.as_i64().is_none_or(|n| Some(n) >= rule.as_i64()))?,
                "pattern" => is(value
                    .as_str()
                    .is_none_or(|text| fits(rule.as_str().unwrap(), text)))?,
                "anyOf" => {
                    let mut wrong = Vec::new();
                    let mut fits = false;
                    for n in 0..rule.as_array().unwrap().len() {
                        let mut inside = BTreeSet::new();
                        match self.validate(&format!("{inner}/{n}"), value, at, &mut inside) {
                            Ok(()) => {
                                seen.extend(inside);
                                fits = true;
                                break;
                            }
                            Err(why) => wrong.push(why),
                        }
                    }
                    if !fits {
                        return Err(wrong.join("; "));
                    }
                }
                "required" => {
                    for name in rule.as_array().unwrap() {
                        is(!value.is_object() || value.get(name.as_str().unwrap()).is_some())?;
                    }
                }
                "properties" => {
                    for name in rule.as_object().unwrap().keys() {
                        let Some(member) = value.get(name) else {
                            continue;
                        };
                        let place = format!("{inner}/{name}");
                        self.validate(&place, member, &format!("{at}/{name}"), seen)?;
                        if !member.is_null() {
                            seen.insert(place);
                        }
                    }
                }
                "additionalProperties" => {
                    for (name, member) in value.as_object().into_iter().flatten() {
                        if rules["properties"].get(name).is_none() {
                            let at = format!("{at}/{name}");
                            match rule {
                                Value::Bool(false) => return Err(format!("{at} is unknown")),
                                _ => self.validate(&inner, member, &at, seen)?,
                            }
                        }
                    }
                }
                "items" => {
                    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.validate(&inner, item, &format!("{at}/{n}"), seen)?;
                    }
                }
                other => panic!("this check does not know the keyword {other}"),
            }
        }
        Ok(())
    }

    /// The members that the schema names in all its documents.
    fn members(&self) -> BTreeSet<String> {
        fn walk(value: &Value, at: &str, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(members) => {
                    for (name, inner) in members {
                        let place = format!("{at}/{name}");
                        if at.ends_with("/properties") {
                            found.insert(place.clone());
                        }
                        walk(inner, &place, found);
                    }
                }
                Value::Array(items) => {
                    for (n, inner) in items.iter().enumerate() {
                        walk(inner, &format!("{at}/{n}"), found);
                    }
                }
                _ => {}
            }
        }
        let mut found = BTreeSet::new();
        walk(&self.root["$defs"], "/$defs", &mut found);
        found
    }
}

/// The regular expressions of the schema, by hand.
fn fits(pattern: &str, text: &str) -> bool {
    let hex = |text: &str| text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let like = |shape: &str| {
        let same = |(a, b): (char, char)| if a == '0' { b.is_ascii_digit() } else { a == b };
        shape.len() == text.len() && shape.chars().zip(text.chars()).all(same)
    };
    match pattern {
        "^[a-z0-9]+(-[a-z0-9]+)*$" => text
            .split('-')
            .all(|part| !part.is_empty() && part.chars().all(lower)),
        "^([0-9a-f]{2})*$" => text.len().is_multiple_of(2) && hex(text),
        "^[0-9a-f]{64}$" => text.len() == 64 && hex(text),
        "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$" => {
            use base64::Engine as _;
            base64::prelude::BASE64_STANDARD.decode(text).is_ok()
        }
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" => like("0000-00-00T00:00:00Z"),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => like("0000-00-00"),
        "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" => {
            like("0000-00-00") || like("0000-00") || like("0000")
        }
        "^(/[a-z0-9_]+)+$" => text.strip_prefix('/').is_some_and(|rest| {
            rest.split('/')
                .all(|part| !part.is_empty() && part.chars().all(|c| lower(c) || c == '_'))
        }),
        other => panic!("this check does not know the pattern {other}"),
    }
}

/// Every verdict follows the schema, and shows of a person what may be shown.
fn check_verdict(schema: &mut Schema, name: &str, verdict: &Verdict) {
    let value = schema.check("verdict", &verdict.to_json(), name);
    let is_valid = verdict.outcome() == Outcome::Valid;
    assert_eq!(value["record"].is_null(), !is_valid, "{name}");
    let signed = verdict.signed_record().is_some() && !is_valid;
    assert_eq!(value["signed_record"].is_null(), !signed, "{name}");
    assert_eq!(value["reason"].is_null(), is_valid, "{name}");
    assert_eq!(
        value["signer"].is_null(),
        verdict.signer().is_none(),
        "{name}"
    );

    let report = schema.check("verdict", &verdict.report_json(), name);
    let mut without = value;
    let members = without.as_object_mut().unwrap();
    members.remove("record");
    members.remove("signed_record");
    let revocation = members["revocation"].as_object_mut().unwrap();
    revocation.remove("identifiers");
    assert_eq!(report, without, "{name}");
}

#[test]
fn every_document_follows_the_schema_and_every_member_occurs() {
    let mut schema = Schema::new();
    let (verdicts, reports) = all();
    assert!(verdicts.len() > 700, "{}", verdicts.len());
    for (name, verdict) in &verdicts {
        check_verdict(&mut schema, name, verdict);
        if let Some(record) = verdict.signed_record() {
            schema.check("record", &record.to_json(), name);
        }
    }
    for report in &reports {
        schema.check("trust_report", &report.to_json(), "a report");
    }
    for (what, report) in problems(&reports) {
        schema.check("trust_report", &report.to_json(), &what);
    }
    let certificates = file("hcert.json");
    for vector in vectors(&certificates) {
        let report = Linter::new().code(text(vector, "input").unwrap());
        schema.check("lint", &report.to_json(), text(vector, "id").unwrap());
    }
    acceptances(&mut schema);
    for record in wide_records() {
        schema.check("record", &record.to_json(), "a wide record");
    }
    let missing: Vec<_> = schema.members().difference(&schema.seen).cloned().collect();
    assert_eq!(missing, NULL_HERE);
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_the_same_documents_in_any_format() {
    let (verdicts, reports) = all();
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap();
    for (name, verdict) in &verdicts {
        let json = read(&verdict.to_json());
        assert_eq!(serde_json::to_value(verdict).unwrap(), json, "{name}");
        let mut cbor = Vec::new();
        ciborium::into_writer(verdict, &mut cbor).unwrap();
        assert_eq!(
            ciborium::from_reader::<Value, _>(&cbor[..]).unwrap(),
            json,
            "{name}"
        );
        if let Some(record) = verdict.signed_record() {
            assert_eq!(
                serde_json::to_value(record).unwrap(),
                read(&record.to_json())
            );
        }
    }
    for report in &reports {
        assert_eq!(
            serde_json::to_value(report).unwrap(),
            read(&report.to_json())
        );
    }
}

/// What no vector states and no builder writes: null in all that is checked.
const NULL_HERE: [&str; 6] = [
    "/$defs/test/properties/certificate_kid",
    "/$defs/test/properties/resulted_at",
    "/$defs/trust_list/properties/sequence",
    "/$defs/vaccination/properties/certificate_kid",
    "/$defs/yellow_card/properties/manufacturer_id",
    "/$defs/yellow_card/properties/trade_item",
];

/// Records that state what the vectors don't.
fn wide_records() -> Vec<Record> {
    let born = PartialDate::parse("1998-02-26").unwrap();
    let date = |text: &str| Date::parse(text).unwrap();
    let (from, until) = (date("2021-05-01"), date("2022-05-01"));
    let person = || Holder::with_full_name("Gabriele Musterfrau", born).with_sex("female");
    let vaccination = Vaccination::builder()
        .disease("XN109")
        .vaccine(Coding::new("1119349007").with_display("an mRNA vaccine"))
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .batch("A1")
        .dose(1, 2)
        .date(date("2021-05-29"))
        .country("SGP")
        .issuer("Ministry of Health")
        .hcid("1")
        .ddcc_id("2")
        .centre("Centre 1")
        .practitioner("H1")
        .valid_from(date("2021-06-12"))
        .next_dose(date("2021-07-12"))
        .certificate_period(When::from(from), When::from(until))
        .build_ddcc()
        .unwrap();
    let test = Test::builder()
        .disease("XN109")
        .kind(TestKind::Naat)
        .sampled_on(date("2021-05-30"))
        .result(TestResult::Negative)
        .brand("a brand")
        .manufacturer("a maker")
        .origin("a swab")
        .country("SGP")
        .issuer("Ministry of Health")
        .hcid("1")
        .ddcc_id("2")
        .certificate_period(When::from(from), When::from(until))
        .build_ddcc()
        .unwrap();
    let card = YellowCard::builder()
        .product("YellowFeverProductd2c75a15ed309658b3968519ddb31690")
        .date(date("2026-05-04"))
        .batch("A123")
        .clinician("Dr. A. Doctor")
        .build()
        .unwrap();
    let traveller = person()
        .with_nationality("CHL")
        .with_document(IdentityDocument::new("X1", Some("PPN")))
        .with_guardian("Erika Musterfrau");
    let day = PartialDate::Day(from);
    let medicine = Medication::builder("L02BG03")
        .effective_from(day)
        .effective_until(PartialDate::Day(until))
        .asserted_on(day)
        .dosage("1 tablet")
        .reason("a reason")
        .adherence("active")
        .build()
        .unwrap();
    let key = HealthLinkKey::new([7; 32]);
    let link = HealthLink::builder(HealthLinkKind::Verifiable, "https://example.org/1", key);
    let link = link.label("Patient summary").build().unwrap();
    vec![
        Record::ddcc(person(), vaccination).unwrap(),
        Record::ddcc(person(), test).unwrap(),
        Record::new(traveller, card).unwrap(),
        Record::medication(person(), vec![medicine]).unwrap(),
        Record::health_links(vec![link]).unwrap(),
    ]
}

/// Reports with each kind of problem that has values, and with denials.
fn problems(reports: &[LoadReport]) -> Vec<(String, LoadReport)> {
    let with_one = reports.iter().find(|report| !report.problems.is_empty());
    let with_one = with_one.expect("a vector has a problem");
    let kid = || Kid::new([1, 2]).unwrap();
    let now = Timestamp::from_seconds(0);
    let own = String::from;
    let kinds = [
        ProblemKind::TooLarge { bytes: 2, max: 1 },
        ProblemKind::Member {
            name: "kid",
            expected: "a text",
        },
        ProblemKind::Base64 { name: "kid" },
        ProblemKind::NotADocumentSigner {
            certificate_type: own("UPLOAD"),
        },
        ProblemKind::TooManyKids { max: 1 },
        ProblemKind::UnusableKey {
            kind: KeyKind::Rsa { bits: 512 },
        },
        ProblemKind::KidMismatch {
            declared: kid(),
            computed: kid(),
        },
        ProblemKind::KidMissing { computed: kid() },
        ProblemKind::GatewayRole {
            listed: "UPLOAD",
            digest: CertificateDigest::new([0; 32]),
        },
        ProblemKind::SignerNotInDate {
            from: now,
            until: now,
        },
        ProblemKind::CountryMismatch {
            declared: own("XX"),
            issuer: own("XY"),
        },
        ProblemKind::ParticipantCountry {
            participant: own("XXA"),
            certificate: own("XY"),
        },
        ProblemKind::Reference {
            to: own("did:web:x"),
            elsewhere: true,
        },
        ProblemKind::JwkKeyType {
            kty: own("EC"),
            crv: Some(own("P-521")),
        },
        ProblemKind::JwkUse {
            declared: own("enc"),
        },
        ProblemKind::JwkAlgorithm {
            declared: own("ES384"),
        },
        ProblemKind::JwkCoordinateLength { x: 31, y: 32 },
        ProblemKind::PublishedKey {
            name: "a test",
            private: true,
        },
        ProblemKind::PemLabel {
            label: own("X\u{202e}"),
        },
        ProblemKind::Certificate(hcert::trust::CertificateError::Extension { oid: "2.5.29.15" }),
    ];
    let mut found = Vec::new();
    for kind in kinds {
        let mut report = with_one.clone();
        report.problems.truncate(1);
        report.problems[0].problem = kind;
        found.push((report.problems[0].to_string(), report));
    }
    let mut builder = TrustStore::builder();
    let mut deny = DenyList::new();
    let denial = Denial::of_kid(kid())
        .only_key(KeyFingerprint::new([1; 32]))
        .because("it leaked");
    deny.push(denial.signed_after(now).signed_before(now.plus(1)));
    deny.push(Denial::of_certificate(CertificateDigest::new([2; 32])));
    builder.deny(deny);
    found.push(("a denial".into(), builder.build().1));
    found
}

/// Each reason of rules that has values, and answers of each kind.
fn acceptances(schema: &mut Schema) {
    let rules = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/rules.json")).unwrap();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let arrival = Arrival::new("XX", at("2021-07-01T00:00:00Z"));
    let payload =
        r#"{"ver": "1.3.0", "v": [{"tg": "840539006", "dn": 2, "sd": 2, "dt": "2021-05-29"}]}"#;
    let subject = Subject::unverified(payload).unwrap();
    let mut codes = BTreeSet::new();
    let mut check = |what: &str, json: &str| {
        let value = schema.check("acceptance", json, what);
        let rules = value["rules"].as_array().unwrap().iter();
        let reasons = rules.map(|rule| rule["reason"].clone());
        for reason in reasons.chain([value["reason"].clone()]) {
            codes.extend(reason["code"].as_str().map(str::to_owned));
        }
    };
    let set = RuleSet::from_json(&rules).unwrap();
    check("accepted", &set.evaluate(&subject, &arrival).to_json());
    let elsewhere = Arrival::new("ZZ", arrival.at()).in_region("North");
    check("no rules", &set.evaluate(&subject, &elsewhere).to_json());
    let first: Value = serde_json::from_slice(&rules).unwrap();
    for (member, value) in [
        ("Logic", json!({"plusTime": ["2021-01-01", "x", "day"]})),
        ("Logic", json!({"+": [{"var": "payload.v.0.dt"}, 1]})),
        ("Logic", json!({">": [1]})),
        ("Logic", json!({"resembles": [1, 2]})),
        ("Logic", json!(1)),
        ("Engine", json!("OTHER")),
        ("SchemaVersion", json!("2.0.0")),
    ] {
        let mut rule = first["rules"][0].clone();
        rule[member] = value.clone();
        let set = RuleSet::from_json(json!([rule]).to_string().as_bytes()).unwrap();
        check(
            &value.to_string(),
            &set.evaluate(&subject, &arrival).to_json(),
        );
    }
    let policy = |more: Value| {
        let mut policy = json!({
            "name": "Entry", "version": "1", "country": "XX", "regions": ["North"],
            "valid_from": "2021-05-01", "valid_until": "2021-12-31",
            "issuers": [{"domains": ["DCC"]}],
            "vaccinations": [{"id": "any", "any_product": true, "from_day": 0, "until_day": 90}],
        });
        for (name, value) in more.as_object().unwrap() {
            policy[name] = value.clone();
        }
        Recognition::from_json(policy.to_string().as_bytes()).unwrap()
    };
    let record = record();
    let north = arrival.clone().in_region("North");
    let facts = IssuerFacts::default().with_country("XX");
    let policy = policy(json!({}));
    for (what, arrival) in [
        ("other place", &arrival),
        (
            "not in force",
            &north.clone().at_time(at("2025-01-01T00:00:00Z")),
        ),
        ("unknown issuer", &north),
    ] {
        let answer = policy.evaluate_unverified(&record, &facts, arrival);
        check(what, &answer.to_json());
    }
    for known in [
        "no-rules",
        "rule-evaluation",
        "rule-logic",
        "rule-not-boolean",
        "rule-engine",
        "rule-schema-version",
        "policy-other-place",
        "policy-not-in-force",
        "issuer-unknown",
    ] {
        assert!(codes.contains(known), "{known}: {codes:?}");
    }
    let period = hcert::rules::Period {
        from: arrival.at(),
        until: arrival.at().plus(1),
    };
    let value: Value = serde_json::from_str(&period.to_json()).unwrap();
    let mut seen = BTreeSet::new();
    schema
        .validate("/$defs/period", &value, "", &mut seen)
        .unwrap();
    schema.seen.extend(seen);
}

fn record() -> Record {
    let born = hcert::PartialDate::parse("1998-02-26").unwrap();
    let holder = Holder::new("Muster\u{202e}frau", "Gabriele \"G\"", born).unwrap();
    let entry = Vaccination::builder()
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(hcert::Date::parse("2021-05-29").unwrap())
        .country("XX")
        .issuer("Ministry of Health")
        .id(&Uvci::from_opaque("XX", "1").unwrap())
        .build()
        .unwrap();
    Record::new(holder, entry).unwrap()
}

#[test]
fn what_cannot_be_seen_is_escaped() {
    let json = record().to_json();
    assert!(json.contains(r"Muster\u202efrau"), "{json}");
    assert!(json.contains(r#"Gabriele \"G\""#), "{json}");
    assert_eq!(json, record().to_json());
}

#[test]
fn the_published_verdicts_are_those_of_the_library() {
    let published = file("verdicts.json");
    let (verdicts, _) = all();
    let (mut outcomes, mut payloads) = (BTreeSet::new(), BTreeSet::new());
    for item in array(&published, "verdicts").unwrap() {
        let [file, vector] = ["file", "vector"].map(|name| text(item, name).unwrap());
        let name = format!("{file} {vector} {}", item["step"]);
        let (_, verdict) = verdicts.iter().find(|(known, _)| *known == name).unwrap();
        let ours: Value = serde_json::from_str(&verdict.to_json()).unwrap();
        assert_eq!(ours, item["verdict"], "{name}");
        outcomes.extend(ours["outcome"].as_str().map(str::to_owned));
        payloads.extend(ours["record"]["payload"].as_str().map(str::to_owned));
    }
    assert_eq!(
        (outcomes.len(), payloads.len()),
        (6, 7),
        "{outcomes:?} {payloads:?}"
    );
    let schema = Schema::new();
    let checked = schema.validate("", &published, "", &mut BTreeSet::new());
    assert_eq!(checked, Ok(()));
}

/// What a certificate states and can't be read is never as good as absent.
#[test]
fn what_cannot_be_read_is_named() {
    let certificates = file("hcert.json");
    let shown = |id: &str| {
        let vector = vectors(&certificates).iter().find(|v| v["id"] == id);
        let json = verdict(&certificates, vector.unwrap()).to_json();
        serde_json::from_str::<Value>(&json).unwrap()
    };
    let value = shown("value-dose-text");
    assert_eq!(value["record"]["entries"][0]["dose_number"], Value::Null);
    assert_eq!(
        value["record"]["unreadable"],
        json!(["/entries/0/dose_number"])
    );
    assert_eq!(
        shown("valid-vaccination")["record"]["unreadable"],
        json!([])
    );
    let value = shown("exp-unusable-nan");
    assert_eq!(value["claims"]["expires_at"], "unusable");
    assert_eq!(value["outcome"], "invalid");
}
