//! Attacks on the promises of SECURITY.md. Each test prints what it saw.
#![cfg(feature = "toml")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code
)]

#[path = "common/card.rs"]
mod card;
mod common;
#[path = "../examples/support/lists/mod.rs"]
mod lists;
#[path = "common/payload.rs"]
mod payload;
#[path = "common/programs.rs"]
mod programs;
#[path = "common/raw.rs"]
mod raw;
#[path = "common/recognition.rs"]
mod recognition;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ciborium::{Value as Cbor, cbor};
use common::pki::{self, CertificateSpec, EKU_TEST, TestKey};
use common::{ISSUED, NOW, dsc, signer, trust};
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::revocation::*;
use hcert::rules::{Arrival, Recognition, RuleSet, Subject};
use hcert::trust::*;
use hcert::verify::{Policy, RevocationPolicy, Verdict, Verifier};
use lists::gdhcn::{Names, PROD};
use raw::{Raw, cwt, dcc, with};
use serde_json::{Value, json};

fn anchor(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

fn key(label: &str) -> PublicKey {
    PublicKey::from_spki_der(&TestKey::new(label).spki_der().unwrap()).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn signed(claims: Cbor) -> String {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims);
    raw::text(&raw.sign(&signer("a")))
}

fn verify(claims: Cbor) -> Verdict {
    Verifier::new(trust(&[&dsc("a", &[])])).verify(&signed(claims), NOW)
}

fn said(verdict: &Verdict) -> String {
    let code = verdict.reason().map(|r| r.code()).unwrap_or("-");
    let all: Vec<_> = verdict
        .deviations()
        .iter()
        .map(|d| format!("{}@{}", d.code(), d.at()))
        .collect();
    format!("{:?} {code} {}", verdict.outcome(), all.join(" "))
}

fn b64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

const PAST: i64 = 1_600_000_000;

#[test]
fn p01_tags_of_times() {
    for tag in [0u64, 1, 4, 100, 1001, 1004, 260] {
        for (name, days) in [(5, 30_000i64), (6, 30_000), (4, 30_000)] {
            let claims = with(
                cwt(dcc()),
                name,
                Some(Cbor::Tag(tag, Box::new(days.into()))),
            );
            println!("tag {tag} claim {name}: {}", said(&verify(claims)));
        }
    }
}

#[test]
fn p02_bytes_as_claim_names() {
    for name in [&b"exp"[..], b"4", b"\x04", b"EXP"] {
        let mut claims = card::cwt(card::card_2026());
        claims
            .as_map_mut()
            .unwrap()
            .push((Cbor::Bytes(name.to_vec()), PAST.into()));
        println!("{name:?}: {}", said(&verify(claims)));
    }
    for name in ["exp", "expires", "expiry", "exp\u{200b}", "e", "0x4", "４"] {
        let mut claims = card::cwt(card::card_2026());
        claims
            .as_map_mut()
            .unwrap()
            .push((name.into(), PAST.into()));
        println!("{name:?}: {}", said(&verify(claims)));
    }
}

#[test]
fn p03_yellow_card_ends_elsewhere() {
    let rota = |card| card::dose(card, "vp", card::text(card::ROTAVIRUS));
    let c26 = rota(card::card_2026());
    println!("2026 plain: {}", said(&card::verify(c26.clone())));
    for name in ["vle", "VLE", "vls"] {
        let value = match name {
            "vls" => "2030-01-01",
            _ => "2016-01-01",
        };
        let c = card::dose(c26.clone(), name, card::text(value));
        println!("2026 vx.{name}: {}", said(&card::verify(c)));
        let c = with(c26.clone(), name, card::text(value));
        println!("2026 {name}: {}", said(&card::verify(c)));
    }
    let c25 = rota(card::card_2025());
    println!("2025 plain: {}", said(&card::verify(c25.clone())));
    let c = card::dose(c25.clone(), "vle", card::text("2016-01-01"));
    println!("2025 v.vle: {}", said(&card::verify(c)));
    for name in ["VLE", "vle ", "valid_until"] {
        let c = card::dose(c25.clone(), name, card::text("2016-01-01"));
        println!("2025 v.{name:?}: {}", said(&card::verify(c)));
    }
    let c = with(c25.clone(), "vle", card::text("2016-01-01"));
    println!("2025 vle: {}", said(&card::verify(c)));
    let mut c = c25.clone();
    if let Cbor::Map(m) = &mut c {
        for (k, v) in m.iter_mut() {
            if k.as_text() == Some("v")
                && let Cbor::Array(a) = v
                && let Cbor::Map(d) = &mut a[0]
            {
                d.push((Cbor::Bytes(b"vle".to_vec()), "2016-01-01".into()));
            }
        }
    }
    println!("2025 v.h'vle': {}", said(&card::verify(c)));
}

fn ddcc(
    extra_cert: &[(&str, Cbor)],
    extra_event: &[(&str, Cbor)],
    extra_root: &[(&str, Cbor)],
) -> Cbor {
    let mut cert = cbor!({
        "issuer" => {"identifier" => {"value" => "X"}}, "hcid" => {"value" => "H"},
        "version" => "RC2",
    })
    .unwrap();
    let mut event = cbor!({
        "vaccine" => {"system" => "s", "code" => "c"}, "brand" => {"system" => "s", "code" => "b"},
        "manufacturer" => {"system" => "s", "code" => "m"}, "lot" => "1", "date" => "2021-05-01",
        "dose" => 1, "country" => {"system" => "s", "code" => "XXA"},
    })
    .unwrap();
    for (n, v) in extra_cert {
        cert = with(cert, *n, Some(v.clone()));
    }
    for (n, v) in extra_event {
        event = with(event, *n, Some(v.clone()));
    }
    let mut root = cbor!({"name" => "A B", "birthDate" => "1990-01-01", "certificate" => cert, "vaccination" => event}).unwrap();
    for (n, v) in extra_root {
        root = with(root, *n, Some(v.clone()));
    }
    root
}

#[test]
fn p04_ddcc_ends_elsewhere() {
    let period = || cbor!({"end" => "2021-05-10"}).unwrap();
    let show = |what: &str, payload: Cbor| println!("{what}: {}", said(&payload::read(3, payload)));
    show("plain", ddcc(&[], &[], &[]));
    show(
        "certificate.period",
        ddcc(&[("period", period())], &[], &[]),
    );
    for name in [
        "Period",
        "end",
        "valid_until",
        "validUntil",
        "periods",
        "exp",
        "validPeriod",
    ] {
        let value = match name {
            "Period" | "periods" | "validPeriod" => period(),
            _ => "2021-05-10".into(),
        };
        show(
            &format!("certificate.{name}"),
            ddcc(&[(name, value)], &[], &[]),
        );
    }
    for name in ["period", "validUntil", "validTo", "valid_until", "expiry"] {
        let value = match name {
            "period" => period(),
            _ => "2021-05-10".into(),
        };
        show(
            &format!("vaccination.{name}"),
            ddcc(&[], &[(name, value)], &[]),
        );
    }
    for name in ["Period", "validUntil", "valid_until", "end"] {
        let value = match name {
            "Period" => period(),
            _ => "2021-05-10".into(),
        };
        show(&format!("root.{name}"), ddcc(&[], &[], &[(name, value)]));
    }
    for version in ["RC2", "RC9", "2.0.0", "9", ""] {
        show(
            &format!("version {version}"),
            ddcc(&[("version", version.into())], &[], &[]),
        );
    }
    show("version 5", ddcc(&[("version", 5.into())], &[], &[]));
}

#[test]
fn p05_links() {
    let link = |json: Value| {
        format!(
            "shlink:/{}",
            BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
        )
    };
    let base = |more: Value| {
        let mut m =
            json!({"url": "https://x.org/a", "key": BASE64_URL_SAFE_NO_PAD.encode([7; 32])});
        m.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        m
    };
    let show = |what: &str, item: Cbor| {
        println!(
            "{what}: {}",
            said(&payload::read(5, Cbor::Array(vec![item])))
        )
    };
    let u = |uri: String| cbor!({"u" => uri}).unwrap();
    show("plain", u(link(base(json!({})))));
    show("exp", u(link(base(json!({"exp": PAST})))));
    for name in ["Exp", "EXP", " exp", "expires", "nbf", "crit"] {
        show(name, u(link(base(json!({name: PAST})))));
    }
    show("V", u(link(base(json!({"V": 2})))));
    show("v 1.0", u(link(base(json!({"v": 1.0})))));
    show("flag X", u(link(base(json!({"flag": "X"})))));
    let beside = with(u(link(base(json!({})))), "exp", Some(PAST.into()));
    show("exp beside u", beside);
    let both = with(u(link(base(json!({})))), "U", Some("shlink:/x".into()));
    show("U beside u", both);
}

#[test]
fn p06_versions() {
    let show = |what: &str, ver: Option<Cbor>| {
        let verdict = verify(cwt(with(dcc(), "ver", ver)));
        println!("{what}: {}", said(&verdict));
    };
    show("absent", None);
    show("null", Some(Cbor::Null));
    show("2", Some(2.into()));
    show("2.0", Some(Cbor::Float(2.0)));
    show("[2.0.0]", Some(Cbor::Array(vec!["2.0.0".into()])));
    show("bytes", Some(Cbor::Bytes(b"2.0.0".to_vec())));
    for text in [
        "2.0.0", " 2.0.0", "v2.0.0", "2,0,0", "2-0-0", "２.0.0", "x", "+2.0.0", "2", "02.0.0",
        "1.9.0", "1", "2_0", "V2", "256.0.0", "257.0.0", "01.0.0",
    ] {
        show(text, Some(text.into()));
    }
    let tagged = Cbor::Tag(0, Box::new("2.0.0".into()));
    show("tagged", Some(tagged));
    let mut d = dcc();
    d.as_map_mut().unwrap().push(("Ver".into(), "2.0.0".into()));
    println!("Ver beside: {}", said(&verify(cwt(d))));
}

// ---------------------------------------------------------------- silent listings

fn dutch(kid: &Kid, label: &str, usage: Value) -> Vec<u8> {
    let spki = TestKey::new(label).spki_der().unwrap();
    let mut key = json!({"subjectPk": b64(&spki)});
    if !usage.is_null() {
        key["keyUsage"] = usage;
    }
    json!({b64(kid.as_bytes()): [key]}).to_string().into_bytes()
}

fn with_dutch(dsc: &Dsc, usage: Value) -> TrustStore {
    let mut builder = TrustStore::builder();
    builder
        .add_list(
            "certs",
            ListFormat::Certificates,
            lists::certificates(&[(dsc.kid().clone(), dsc.der())], "2021-06-01T00:00:00Z")
                .as_bytes(),
        )
        .unwrap();
    builder
        .trust_unsigned_list("nl", ListFormat::Dutch, &dutch(&dsc.kid(), "a", usage))
        .unwrap();
    builder.build().0
}

#[test]
fn p07_bare_listing_lifts_the_end_on_arrival() {
    let short = {
        let spec = CertificateSpec {
            subject: "CN=DSC,C=XX",
            issuer: "CN=CSCA,C=XX",
            serial: 1,
            not_before: at("2021-01-01T00:00:00Z"),
            not_after: at("2021-08-01T00:00:00Z"),
            eku: &[],
            ca: false,
        };
        let der = pki::certificate(&spec, &TestKey::new("a"), &TestKey::new("csca")).unwrap();
        Dsc::from_der(&der).unwrap()
    };
    let text = raw::text(&Raw::new(short.kid().as_bytes()).sign(&signer("a")));
    let policy = recognition::policy(
        "[[vaccinations]]\nproduct_groups = ['who-listed']\nfrom_day = 0\nuntil_day = 270",
    );
    let rule = json!([{
        "Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
        "CertificateType": "General", "Description": [], "ValidFrom": "2020-01-01T00:00:00Z",
        "ValidTo": "2099-01-01T00:00:00Z", "AffectedFields": [], "Logic": {"===": [1, 1]},
    }]);
    let rules = RuleSet::from_json(rule.to_string().as_bytes()).unwrap();
    let later = at("2021-10-01T00:00:00Z");
    for (what, store) in [
        ("cert", trust(&[&short])),
        ("cert+bare", with_dutch(&short, Value::Null)),
    ] {
        let verdict = Verifier::new(store.clone()).verify(&text, NOW);
        println!("{what}: now {}", said(&verdict));
        println!(
            "{what}: later {}",
            said(&Verifier::new(store).verify(&text, later))
        );
        let verified = verdict.into_verified().unwrap();
        let arrival = Arrival::new("XX", later);
        println!(
            "{what}: recognition {:?}",
            policy.evaluate(&verified, &arrival).decision()
        );
        println!("{what}: periods {:?}", policy.periods(&verified));
        println!(
            "{what}: rules {:?}",
            rules
                .evaluate(&Subject::from(&verified), &arrival)
                .decision()
        );
    }
}

#[test]
fn p24_bare_listing_with_all_usages_lifts_the_eku() {
    let limited = dsc("a", &[EKU_TEST]);
    let text = raw::text(&Raw::new(limited.kid().as_bytes()).sign(&signer("a")));
    println!(
        "cert: {}",
        said(&Verifier::new(trust(&[&limited])).verify(&text, NOW))
    );
    for usage in [
        Value::Null,
        json!([]),
        json!(["t", "v", "r"]),
        json!(["v"]),
        json!(["t"]),
    ] {
        let store = with_dutch(&limited, usage.clone());
        println!(
            "{usage}: {}",
            said(&Verifier::new(store).verify(&text, NOW))
        );
    }
}

// ---------------------------------------------------------------- builder and state

fn snapshot_made(made: &str, labels: &[&str]) -> Vec<u8> {
    let all: Vec<_> = labels.iter().map(|l| dsc(l, &[])).collect();
    let store = trust(&all.iter().collect::<Vec<_>>());
    store
        .to_signed_snapshot(at(made), &signer("maker"))
        .unwrap()
}

#[test]
fn p08_environment_forgets_the_snapshot() {
    let (old, new) = (
        snapshot_made("2021-06-01T00:00:00Z", &["a", "b"]),
        snapshot_made("2021-06-20T00:00:00Z", &["b"]),
    );
    let add = |b: &mut TrustStoreBuilder, s: &[u8]| {
        b.add_signed_list("s", ListFormat::Snapshot, s, &[anchor("maker")])
            .map(drop)
    };
    let mut b = TrustStore::builder();
    add(&mut b, &new).unwrap();
    println!(
        "plain, then old: {:?}",
        add(&mut b, &old).map_err(|e| e.code())
    );
    let mut b = TrustStore::builder();
    add(&mut b, &new).unwrap();
    let mut b = b.with_environment(Environment::Prod);
    println!(
        "with_environment, then old: {:?}",
        add(&mut b, &old).map_err(|e| e.code())
    );
    let (store, report) = b.build();
    println!("keys {} state {}", store.len(), report.state.to_json());
    let mut b = TrustStore::builder();
    add(&mut b, &new).unwrap();
    let mut state = TrustState::default();
    state = {
        let names = Names {
            created: "2021-06-01T00:00:00Z",
            ..PROD
        };
        let list = names
            .signed(names.document(&[names.entry("DCC:XXA:DSC", &dsc("c", &[]))]))
            .to_string();
        let mut b = TrustStore::builder().with_state(&state);
        b.add_gdhcn("WHO", list.as_bytes(), &names.anchor())
            .unwrap();
        b.build().1.state
    };
    let mut b = b.with_state(&state);
    println!(
        "with_state, then old: {:?}",
        add(&mut b, &old).map_err(|e| e.code())
    );
    println!("state {}", b.build().1.state.to_json());
}

#[test]
fn p09_snapshot_of_a_snapshot() {
    let spki = key("a");
    let point = spki.spki_der()[27..].to_vec();
    let updates = json!({"certs": [{"keyId": "AAAAAAAAAAE=", "alg": "ES256", "crv": "P-256",
        "x": b64(&point[..32]), "y": b64(&point[32..]), "use": "sig"}]});
    let active = json!({"activeKeyIds": ["AAAAAAAAAAE="], "validDuration": 172_800_000});
    let jws = |v: &Value| lists::jws(r#"{"alg":"RS256"}"#, &v.to_string(), |_| vec![0; 256]);
    let (u, a) = (jws(&updates), jws(&active));
    let mut b = TrustStore::builder();
    b.trust_unsigned_list(
        "ch",
        ListFormat::Swiss,
        ListBytes::from(&u).with_companion(&a),
    )
    .unwrap();
    let store = b.build().0;
    let mut made = at("2021-06-01T00:00:00Z");
    let mut snap = store.to_snapshot(made).unwrap();
    for _ in 0..3 {
        let mut b = TrustStore::builder();
        b.trust_unsigned_list("s", ListFormat::Snapshot, &snap)
            .unwrap();
        let store = b.build().0;
        let list = store
            .lists()
            .iter()
            .find(|l| l.format() == ListFormat::Swiss)
            .unwrap()
            .clone();
        println!(
            "made {made} expires {:?} fetched {:?}",
            list.expires_at(),
            list.fetched_at()
        );
        made = made.plus(86_400);
        snap = store.to_snapshot(made).unwrap();
    }
}

#[test]
fn p10_a_signer_that_begins_to_date() {
    let doc = |claims: &[(i64, i64)]| {
        let map = Cbor::Map(
            claims
                .iter()
                .map(|(a, b)| (Cbor::from(*a), Cbor::from(*b)))
                .collect(),
        );
        let header = cbor!({1 => -7, 15 => map}).unwrap();
        lists::detached(&header, &cbor!({}).unwrap(), "rev")
    };
    let mut state = TrustState::default();
    for claims in [
        vec![(4, 1_700_000_000)],
        vec![(4, 1_700_000_000), (6, 1_625_000_000)],
        vec![(6, 1_625_000_000)],
    ] {
        let bytes = doc(&claims);
        let list = RevocationList::open("l", &bytes, &anchor("rev")).unwrap();
        println!(
            "{claims:?}: {:?}",
            state.accept_revocations(list.info()).map_err(|e| e.code())
        );
    }
}

// ---------------------------------------------------------------- set and list

#[test]
fn p15_a_set_covers_a_key_of_two_countries() {
    let d = dsc("a", &[]);
    let mut b = TrustStore::builder();
    for country in ["XX", "YY"] {
        b.add_public_key(
            "k",
            d.kid().clone(),
            d.public_key().clone(),
            Some(country),
            KeyUsage::ANY,
        )
        .unwrap();
    }
    let store = b.build().0;
    let batch = json!({"country": "XX", "expires": "2022-01-01T00:00:00Z", "kid": "UNKNOWN_KID",
        "hashType": "SIGNATURE", "entries": [{"hash": b64(&[9; 16])}]})
    .to_string();
    let list = || {
        RevocationList::trust_unsigned("b", batch.as_bytes())
            .unwrap()
            .with_all_batches()
            .fetched_at(NOW)
    };
    let mut sb = SetBuilder::new(SetOptions::default());
    sb.add_list(&list(), &store).unwrap();
    let set = sb.build(NOW).unwrap();
    let set = RevocationSet::trust_unsigned(set).unwrap().named("set");
    let text = raw::text(&Raw::new(d.kid().as_bytes()).sign(&signer("a")));
    let policy = Policy::default().revocation(RevocationPolicy::Require { max_age: 86_400 });
    for (what, r) in [
        ("list", {
            let mut r = Revocations::new();
            r.add(list());
            r
        }),
        ("set", {
            let mut r = Revocations::new();
            r.add(set);
            r
        }),
    ] {
        let v = Verifier::with_policy(store.clone(), policy.clone()).with_revocations(r);
        println!("{what}: {}", said(&v.verify(&text, NOW)));
    }
}

#[test]
fn p50_content_types_of_certificates() {
    for (what, header) in [
        ("plain", cbor!({1 => -7})),
        (
            "3 document",
            cbor!({1 => -7, 3 => "application/x.hcert-document; purpose=rules"}),
        ),
        (
            "3 snapshot",
            cbor!({1 => -7, 3 => "application/x.hcert-trust-snapshot"}),
        ),
        ("3 json", cbor!({1 => -7, 3 => "application/json"})),
        (
            "16 typ",
            cbor!({1 => -7, 16 => "application/x.hcert-document; purpose=revocation"}),
        ),
        ("99", cbor!({1 => -7, 99 => "x"})),
        ("text exp", cbor!({1 => -7, "exp" => PAST})),
        ("4 exp", cbor!({1 => -7, "15" => {4 => PAST}})),
        ("b15", cbor!({1 => -7, "CWT Claims" => {4 => PAST}})),
    ] {
        let header = with(
            header.unwrap(),
            4,
            Some(Cbor::Bytes(dsc("a", &[]).kid().as_bytes().to_vec())),
        );
        let raw = Raw::new(&[]).protected(header);
        let text = raw::text(&raw.sign(&signer("a")));
        let v = Verifier::new(trust(&[&dsc("a", &[])])).verify(&text, NOW);
        println!("{what}: {}", said(&v));
    }
}

// ---------------------------------------------------------------- programs

#[test]
fn p60_invalidation_rules_beside_a_policy() {
    let files = programs::Files::new("hunt2-p60");
    let rule = json!([{
        "Identifier": "IR-XX-0001", "Type": "Invalidation", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
        "CertificateType": "General", "Description": [{"lang": "en", "desc": "withdrawn"}], "ValidFrom": "2020-01-01T00:00:00Z",
        "ValidTo": "2099-01-01T00:00:00Z", "AffectedFields": [], "Logic": {"===": [1, 2]},
    }]);
    let rules = files.write("rules.json", rule.to_string());
    let policy = files.write(
        "policy.toml",
        "name = 'P'\nversion = '7'\ncountry = 'CH'\nvalid_from = 2021-01-01\nvalid_until = 2023-12-31\nissuers = 'any-trusted'\n[[vaccinations]]\nproduct_groups = ['who-listed']\nfrom_day = 0\nuntil_day = 270",
    );
    let trust = files.write("dsc.der", dsc("a", &[]).der());
    let two = with(dcc(), "v", Some(Cbor::Array(vec![raw::v(), raw::v()])));
    let at = NOW.to_string();
    for (what, d) in [("one", dcc()), ("two", two)] {
        let code = signed(cwt(d));
        let file = files.write(what, &code);
        let ran = programs::run(
            "verify",
            &[
                "--trust-key",
                &trust,
                "--rules",
                &rules,
                "--recognition",
                &policy,
                "--country",
                "CH",
                "--at",
                &at,
                "--quiet",
                &file,
            ],
        );
        println!("{what}: status {}\n{}\n{}", ran.status, ran.out, ran.err);
    }
}

// ---------------------------------------------------------------- second round

fn short(label: &str, until: &str, eku: &[&str], serial: u64) -> Dsc {
    let spec = CertificateSpec {
        subject: "CN=DSC,C=XX",
        issuer: "CN=CSCA,C=XX",
        serial: serial as _,
        not_before: at("2021-01-01T00:00:00Z"),
        not_after: at(until),
        eku,
        ca: false,
    };
    let der = pki::certificate(&spec, &TestKey::new(label), &TestKey::new("csca")).unwrap();
    Dsc::from_der(&der).unwrap()
}

#[test]
fn p118_bare_listing_joins_two_certificates() {
    let tests = short("a", "2023-01-01T00:00:00Z", &[EKU_TEST], 1);
    let old = short("a", "2021-06-15T00:00:00Z", &[pki::EKU_VACCINATION], 2);
    let text = |kid: &Kid| raw::text(&Raw::new(kid.as_bytes()).sign(&signer("a")));
    let listed = [
        (tests.kid().clone(), tests.der()),
        (old.kid().clone(), old.der()),
    ];
    let build = |bare: bool| {
        let mut b = TrustStore::builder();
        b.add_list(
            "certs",
            ListFormat::Certificates,
            lists::certificates(&listed, "2021-06-01T00:00:00Z").as_bytes(),
        )
        .unwrap();
        if bare {
            b.trust_unsigned_list(
                "nl",
                ListFormat::Dutch,
                &dutch(&tests.kid(), "a", Value::Null),
            )
            .unwrap();
        }
        b.build().0
    };
    for bare in [false, true] {
        println!(
            "bare {bare}: {}",
            said(&Verifier::new(build(bare)).verify(&text(&tests.kid()), NOW))
        );
    }
}

#[test]
fn p62_gdhcn_jwk_restrictions() {
    let names = Names {
        created: "2021-06-01T00:00:00Z",
        ..PROD
    };
    let d = dsc("a", &[]);
    let text = raw::text(&Raw::new(d.kid().as_bytes()).sign(&signer("a")));
    for (what, more) in [
        ("plain", json!({})),
        ("use enc", json!({"use": "enc"})),
        ("use x", json!({"use": "x"})),
        ("use []", json!({"use": ["sig"]})),
        ("key_ops", json!({"key_ops": ["encrypt"]})),
        ("revoked", json!({"revoked": {"revoked_at": "2020"}})),
        ("exp text", json!({"exp": "1600000000"})),
        ("Use", json!({"Use": "enc"})),
    ] {
        let mut entry = names.entry("DCC:XXA:DSC", &d);
        entry["publicKeyJwk"]
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let list = names.signed(names.document(&[entry])).to_string();
        let mut b = TrustStore::builder();
        let added = b
            .add_gdhcn("WHO", list.as_bytes(), &names.anchor())
            .map(drop)
            .map_err(|e| e.to_string());
        let (store, report) = b.build();
        let problems: Vec<_> = report.problems.iter().map(|p| p.problem.code()).collect();
        println!(
            "{what}: {added:?} {problems:?} {}",
            said(&Verifier::new(store).verify(&text, NOW))
        );
    }
}

#[test]
fn p64_names_in_small_letters() {
    for name in [
        "musterfrau",
        "Musterfrau",
        "gabriele_musterfrau",
        "vle",
        "valid_until",
    ] {
        let c = with(card::card_2026(), name, card::text("x"));
        println!("card {name}: {}", said(&card::verify(c)));
        let d = with(dcc(), name, Some("x".into()));
        println!("dcc {name}: {}", said(&verify(cwt(d))));
        let json = format!(r#"{{"nam": {{"fnt": "X", "{name}": "y"}}, "dob": "", "r": []}}"#);
        println!(
            "from_json {name}: {:?}",
            hcert::record::Record::from_json(&json).map_err(|e| e.to_string())
        );
    }
}

fn rule(members: Value) -> Value {
    let mut rule = json!({
        "Identifier": "GR-XX-0001", "Type": "Acceptance", "Country": "XX", "Version": "1.0.0",
        "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC", "EngineVersion": "1.0.0",
        "CertificateType": "General", "Description": [], "ValidFrom": "2020-01-01T00:00:00Z",
        "ValidTo": "2099-01-01T00:00:00Z", "AffectedFields": [], "Logic": {"===": [1, 1]},
    });
    rule.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    rule
}

fn verified() -> hcert::verify::Verified {
    let text = signed(cwt(dcc()));
    Verifier::new(trust(&[&dsc("a", &[])]))
        .verify(&text, NOW)
        .into_verified()
        .unwrap()
}

#[test]
fn p67_misspelt_members_of_rules() {
    let subject = Subject::from(&verified());
    for more in [
        json!({}),
        json!({"Region": "BY"}),
        json!({"region": "BY"}),
        json!({"REGION": "BY"}),
        json!({"validTo": "2020-06-01T00:00:00Z"}),
        json!({"Region ": "BY"}),
    ] {
        let rules = RuleSet::from_json(json!([rule(more.clone())]).to_string().as_bytes());
        let rules = match rules {
            Ok(r) => r,
            Err(e) => {
                println!("{more}: {e}");
                continue;
            }
        };
        println!(
            "{more}: {:?} {:?}",
            rules
                .evaluate(&subject, &Arrival::new("XX", NOW))
                .decision(),
            rules
                .problems()
                .iter()
                .map(|p| p.to_string())
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn p66_duplicates() {
    let dup = r#"[{"Identifier":"GR-XX-0001","Identifier":"GR-XX-0002"}]"#;
    println!(
        "rules {:?}",
        RuleSet::from_json(dup.as_bytes())
            .map(drop)
            .map_err(|e| e.code())
    );
    let vs = r#"{"valueSetId":"disease-agent-targeted","valueSetDate":"2030-01-01","valueSetValues":{"840539006":{"display":"a","active":false,"active":true,"version":"1","system":"s"}}}"#;
    println!(
        "value set {:?}",
        hcert::record::ValueSet::from_json(vs.as_bytes())
            .map(|s| s.get("840539006").map(|e| e.is_active()))
            .map_err(|e| e.to_string())
    );
    let vs = r#"{"valueSetId":"disease-agent-targeted","valueSetDate":"2030-01-01","valueSetValues":{"840539006":{"display":"a","active":"false","version":"1","system":"s"}}}"#;
    println!(
        "value set active text {:?}",
        hcert::record::ValueSet::from_json(vs.as_bytes())
            .map(|s| s.get("840539006").map(|e| e.is_active()))
            .map_err(|e| e.to_string())
    );
}

#[test]
fn p70_unverified_of_unknown_versions() {
    let policy = recognition::policy(
        "[[vaccinations]]\nproduct_groups = ['who-listed']\nfrom_day = 0\nuntil_day = 270",
    );
    for (what, d) in [
        ("plain", dcc()),
        ("2.0.0", with(dcc(), "ver", Some("2.0.0".into()))),
        ("unnamed", with(dcc(), "nam", Some(cbor!({}).unwrap()))),
    ] {
        let record = recognition::read_all(d);
        println!(
            "{what}: {:?}",
            record.map(|r| recognition::would(&policy, &r, NOW).decision())
        );
    }
}

#[test]
fn p71_coverage_by_kind() {
    let d = dsc("a", &[]);
    let mut b = TrustStore::builder();
    b.add_public_key(
        "k",
        d.kid().clone(),
        d.public_key().clone(),
        Some("IT"),
        KeyUsage::ANY,
    )
    .unwrap();
    let store = b.build().0;
    let italy = json!({"id": "1", "version": 1, "chunk": 1, "lastChunk": 1, "totalNumberUCVI": 1,
        "creationDate": "2021-06-30T00:00:00Z", "revokedUcvi": [b64(&[8; 32])]})
    .to_string();
    let batch = json!({"country": "YY", "expires": "2022-01-01T00:00:00Z", "kid": b64(&[3; 8]),
        "hashType": "SIGNATURE", "entries": [{"hash": b64(&[9; 16])}]})
    .to_string();
    let italian = || {
        ItalianList::trust_unsigned("it", &[italy.as_bytes()])
            .unwrap()
            .fetched_at(NOW)
    };
    let list = || {
        RevocationList::trust_unsigned("b", batch.as_bytes())
            .unwrap()
            .with_all_batches()
            .fetched_at(NOW)
    };
    let mut sb = SetBuilder::new(SetOptions::default());
    sb.add_list(&list(), &store).unwrap();
    sb.add_italian(&italian(), &store).unwrap();
    let set = RevocationSet::trust_unsigned(sb.build(NOW).unwrap())
        .unwrap()
        .named("set");
    let no_id = with(
        dcc(),
        "v",
        Some(Cbor::Array(vec![with(raw::v(), "ci", None)])),
    );
    let text = raw::text(
        &Raw::new(d.kid().as_bytes())
            .payload(cwt(no_id))
            .sign(&signer("a")),
    );
    let policy = Policy::default().revocation(RevocationPolicy::Require {
        max_age: 86_400 * 30,
    });
    let mut lists = Revocations::new();
    lists.add(list()).add(italian());
    let mut sets = Revocations::new();
    sets.add(set);
    for (what, r) in [("lists", lists), ("set", sets)] {
        let v = Verifier::with_policy(store.clone(), policy.clone()).with_revocations(r);
        println!("{what}: {}", said(&v.verify(&text, NOW)));
    }
}

#[test]
fn p92_many_listings_of_one_key() {
    let d = dsc("a", &[]);
    let rules = RuleSet::from_json(json!([rule(json!({}))]).to_string().as_bytes()).unwrap();
    for n in [1000u32, 2000, 4000] {
        let mut b = TrustStore::builder();
        b.add_certificate_der("k", d.der()).unwrap();
        for i in 0..n {
            b.add_certificate_der_as("k", Kid::new(i.to_be_bytes()).unwrap(), d.der())
                .unwrap();
        }
        let store = b.build().0;
        let t = std::time::Instant::now();
        let v = Verifier::new(store.clone()).with_revocations(Revocations::new());
        let build = t.elapsed();
        let t = std::time::Instant::now();
        let verdict = v.verify(&signed(cwt(dcc())), NOW);
        let one = t.elapsed();
        let verified = verdict.into_verified().unwrap();
        let subject = Subject::from(&verified);
        let t = std::time::Instant::now();
        let _ = rules.evaluate(&subject, &Arrival::new("XX", NOW));
        println!(
            "{n}: with_revocations {build:?}, verify {one:?}, evaluate {:?}",
            t.elapsed()
        );
    }
}

#[test]
fn p117_audience() {
    for (n, v) in [
        (3i64, Cbor::from("domestic use only")),
        (2, "x".into()),
        (8, Cbor::Map(vec![])),
        (9, "z".into()),
    ] {
        println!("claim {n}: {}", said(&verify(with(cwt(dcc()), n, Some(v)))));
    }
}

#[test]
fn p72_uk_and_el() {
    let policy = |refuse: &str| {
        recognition::policy(&format!(
            "[[not_recognised]]\ncountries = ['{refuse}']\n[[vaccinations]]\nproduct_groups = ['who-listed']\nfrom_day = 0\nuntil_day = 270"
        ))
    };
    let d = dsc("a", &[]);
    for (listed, refuse) in [("GB", "GB"), ("UK", "GB"), ("EL", "GR"), ("GR", "EL")] {
        let mut b = TrustStore::builder();
        b.add_public_key(
            "k",
            d.kid().clone(),
            d.public_key().clone(),
            Some(listed),
            KeyUsage::ANY,
        )
        .unwrap();
        let v = Verifier::new(b.build().0)
            .verify(&signed(cwt(dcc())), NOW)
            .into_verified()
            .unwrap();
        let rules = RuleSet::from_json(json!([rule(json!({})), rule(json!({"Identifier": format!("IR-{refuse}-0001"), "Country": refuse, "Type": "Invalidation", "Logic": {"===": [1, 2]}}))]).to_string().as_bytes()).unwrap();
        println!(
            "key {listed}, {refuse}: recognition {:?}, invalidation {:?}",
            policy(refuse)
                .evaluate(&v, &Arrival::new("XX", NOW))
                .decision(),
            rules
                .evaluate(&Subject::from(&v), &Arrival::new("XX", NOW))
                .decision()
        );
    }
}

#[test]
fn p63_extremes() {
    let rules = RuleSet::from_json(json!([rule(json!({}))]).to_string().as_bytes()).unwrap();
    let subject = Subject::from(&verified());
    let (min, max) = (
        Timestamp::from_seconds(i64::MIN),
        Timestamp::from_seconds(i64::MAX),
    );
    for now in [min, max, Timestamp::from_seconds(0)] {
        println!(
            "{}",
            said(&Verifier::new(trust(&[&dsc("a", &[])])).verify(&signed(cwt(dcc())), now))
        );
        let _ = rules.evaluate(&subject, &Arrival::new("XX", now));
        let policy = recognition::policy(
            "[[vaccinations]]\nproduct_groups = ['who-listed']\nfrom_day = 0\nuntil_day = 270",
        );
        let _ = policy.evaluate(&verified(), &Arrival::new("XX", now));
    }
    let t = std::time::Instant::now();
    let p = rules.periods(&subject, &Arrival::new("XX", NOW), min..max);
    println!("{p:?} {:?}", t.elapsed());
}

// ---------------------------------------------------------------- third round

fn add_snap(b: &mut TrustStoreBuilder, s: &[u8]) -> Result<(), LoadError> {
    b.add_signed_list("s", ListFormat::Snapshot, s, &[anchor("maker")])
        .map(drop)
}

#[test]
fn p120_a_vouched_key_in_a_snapshot() {
    let old = short("a", "2021-06-15T00:00:00Z", &[], 2);
    let text = raw::text(&Raw::new(old.kid().as_bytes()).sign(&signer("a")));
    let mut b = TrustStore::builder();
    b.add_public_key(
        "own",
        old.kid().clone(),
        old.public_key().clone(),
        Some("XX"),
        KeyUsage::ANY,
    )
    .unwrap();
    b.add_list(
        "certs",
        ListFormat::Certificates,
        lists::certificates(&[(old.kid().clone(), old.der())], "2021-06-01T00:00:00Z").as_bytes(),
    )
    .unwrap();
    let store = b.build().0;
    println!(
        "store {}",
        said(&Verifier::new(store.clone()).verify(&text, NOW))
    );
    let snap = store.to_signed_snapshot(ISSUED, &signer("maker")).unwrap();
    let mut b = TrustStore::builder();
    add_snap(&mut b, &snap).unwrap();
    println!(
        "snapshot {}",
        said(&Verifier::new(b.build().0).verify(&text, NOW))
    );
}

#[test]
fn p121_state_after_an_old_snapshot() {
    let (old, new) = (
        snapshot_made("2021-06-01T00:00:00Z", &["a", "b"]),
        snapshot_made("2021-06-20T00:00:00Z", &["b"]),
    );
    let mut b = TrustStore::builder();
    add_snap(&mut b, &new).unwrap();
    let state = b.build().1.state;
    let mut b = TrustStore::builder().with_state(&state);
    println!(
        "state, then old: {:?}",
        add_snap(&mut b, &old).map_err(|e| e.code())
    );
    let mut b = TrustStore::builder();
    add_snap(&mut b, &old).unwrap();
    let (store, report) = b.with_state(&state).build();
    println!(
        "old, then state: keys {} superseded {}",
        store.len(),
        report.superseded
    );
    // The same with a list of Sweden.
    let se = |at: i64, l: &[&str]| {
        let all: Vec<_> = l.iter().map(|l| dsc(l, &[])).collect();
        let listed: Vec<_> = all.iter().map(|d| (d.kid().clone(), d.der())).collect();
        lists::swedish(&listed, at, at + 1_000_000_000, "maker")
    };
    let mut b = TrustStore::builder();
    b.add_signed_list(
        "se",
        ListFormat::Swedish,
        &se(2000, &["b"]),
        &[anchor("maker")],
    )
    .unwrap();
    let state = b.build().1.state;
    let mut b = TrustStore::builder();
    b.add_signed_list(
        "se",
        ListFormat::Swedish,
        &se(1000, &["a", "b"]),
        &[anchor("maker")],
    )
    .unwrap();
    let (store, report) = b.with_state(&state).build();
    println!(
        "se old, then state: keys {} superseded {}",
        store.len(),
        report.superseded
    );
}

#[test]
fn p122_two_snapshots_of_one_signer() {
    let (old, new) = (
        snapshot_made("2021-06-01T00:00:00Z", &["a", "b"]),
        snapshot_made("2021-06-20T00:00:00Z", &["b"]),
    );
    let mut b = TrustStore::builder();
    add_snap(&mut b, &old).unwrap();
    add_snap(&mut b, &new).unwrap();
    println!("old, new: keys {}", b.build().0.len());
    let mut b = TrustStore::builder();
    add_snap(&mut b, &new).unwrap();
    println!(
        "new, old: {:?}",
        add_snap(&mut b, &old).map_err(|e| e.code())
    );
}

#[test]
fn p126_a_snapshot_of_a_selection() {
    let limited = dsc("a", &[EKU_TEST]);
    let text = raw::text(&Raw::new(limited.kid().as_bytes()).sign(&signer("a")));
    let store = with_dutch(&limited, Value::Null).select(|k| k.origin() == "nl");
    println!(
        "selection {}",
        said(&Verifier::new(store.clone()).verify(&text, NOW))
    );
    let snap = store.to_signed_snapshot(ISSUED, &signer("maker")).unwrap();
    let mut b = TrustStore::builder();
    add_snap(&mut b, &snap).unwrap();
    println!(
        "its snapshot {}",
        said(&Verifier::new(b.build().0).verify(&text, NOW))
    );
}

#[test]
fn p140_diseases_of_2024() {
    for (member, value) in [
        ("tg", "1D47"),
        ("tg", "NOPE"),
        ("tg", "1D47.Z"),
        ("tg", " 1D47"),
        ("tg", "A95"),
        ("vp", "NOPE"),
    ] {
        let c = card::dose(card::card_2024(), "vls", None);
        let c = card::dose(c, "dt", card::text("2021-06-28"));
        let c = card::dose(c, member, card::text(value));
        println!("{member} {value:?}: {}", said(&card::verify(c)));
    }
}

#[test]
fn p145_recoveries() {
    for du in ["2021-10-18", "2021-06-15", "2021-13-01", "", "18.10.2021"] {
        let r = with(raw::r(), "du", Some(du.into()));
        let d = with(raw::holder_only(), "r", Some(Cbor::Array(vec![r])));
        println!("du {du:?}: {}", said(&verify(cwt(d))));
    }
}

fn swedish_group(group: Value) -> Vec<u8> {
    let payload = json!({"iss": "x", "iat": 1_600_000_000, "exp": 1_900_000_000, "dsc_trust_list": {"XX": group}});
    lists::jws(
        r#"{"typ":"JOSE","alg":"ES256"}"#,
        &payload.to_string(),
        |m| lists::sign("maker", m),
    )
}

#[test]
fn p150_swedish_corners() {
    let d = dsc("a", &[]);
    let text = raw::text(&Raw::new(d.kid().as_bytes()).sign(&signer("a")));
    let kid = b64(d.kid().as_bytes());
    let key = json!({"kid": kid, "kty": "EC", "x5c": [b64(d.der())]});
    let tests = json!({kid.clone(): ["1.3.6.1.4.1.1847.2021.1.1"]});
    let inside = |name: &str, v: Value| {
        let mut k = key.clone();
        k[name] = v;
        k
    };
    let of_key = b64(&key_kid(&d));
    for (what, group) in [
        ("plain", json!({"keys": [key]})),
        ("eku", json!({"keys": [key], "eku": tests})),
        ("ekus", json!({"keys": [key], "ekus": tests})),
        (
            "eku in key",
            json!({"keys": [inside("eku", json!(["1.3.6.1.4.1.1847.2021.1.1"]))]}),
        ),
        (
            "eku of key fingerprint",
            json!({"keys": [key], "eku": {of_key: ["1.3.6.1.4.1.1847.2021.1.1"]}}),
        ),
        ("exp in group", json!({"keys": [key], "exp": 1_600_000_001})),
        ("nbf in group", json!({"keys": [key], "nbf": 1_900_000_001})),
        ("Exp in key", json!({"keys": [inside("Exp", json!(1))]})),
        ("two keys members", json!({"keys": [key], "Keys": []})),
        (
            "other oid",
            json!({"keys": [key], "eku": {kid.clone(): ["1.3.6.1.5.5.7.3.1"]}}),
        ),
        (
            "old arc",
            json!({"keys": [key], "eku": {kid.clone(): ["1.3.6.1.4.1.0.1847.2021.1.1"]}}),
        ),
        (
            "arc itself",
            json!({"keys": [key], "eku": {kid.clone(): ["1.3.6.1.4.1.1847.2021.1"]}}),
        ),
        (
            "arc 2",
            json!({"keys": [key], "eku": {kid.clone(): ["1.3.6.1.4.1.1847.2021.2.1"]}}),
        ),
        (
            "leading zero",
            json!({"keys": [key], "eku": {kid.clone(): ["1.3.6.1.4.1.01847.2021.1.1"]}}),
        ),
    ] {
        let mut b = TrustStore::builder();
        let added = b
            .add_signed_list(
                "se",
                ListFormat::Swedish,
                &swedish_group(group),
                &[anchor("maker")],
            )
            .map(drop);
        let (store, report) = b.build();
        let problems: Vec<_> = report.problems.iter().map(|p| p.problem.code()).collect();
        println!(
            "{what}: {added:?} {problems:?} {}",
            said(&Verifier::new(store).verify(&text, NOW))
        );
    }
}

fn key_kid(d: &Dsc) -> Vec<u8> {
    Kid::of_public_key(d.public_key()).as_bytes().to_vec()
}

#[test]
fn p151_dutch_swiss_corners() {
    let d = dsc("a", &[]);
    let text = raw::text(&Raw::new(d.kid().as_bytes()).sign(&signer("a")));
    let kid = b64(d.kid().as_bytes());
    let spki = b64(&TestKey::new("a").spki_der().unwrap());
    for (what, key) in [
        ("plain", json!({"subjectPk": spki})),
        ("keyUsage []", json!({"subjectPk": spki, "keyUsage": []})),
        ("keyUsages", json!({"subjectPk": spki, "keyUsages": ["t"]})),
        (
            "ikid",
            json!({"subjectPk": spki, "ikid": "x", "notAfter": 1}),
        ),
    ] {
        let list = json!({kid.clone(): [key]}).to_string();
        let mut b = TrustStore::builder();
        let added = b
            .trust_unsigned_list("nl", ListFormat::Dutch, list.as_bytes())
            .map(drop);
        println!(
            "nl {what}: {added:?} {}",
            said(&Verifier::new(b.build().0).verify(&text, NOW))
        );
    }
    let point = key("a").spki_der()[27..].to_vec();
    let point = &point;
    for (what, use_) in [
        ("sig", json!("sig")),
        ("t", json!("t")),
        ("l", json!("l")),
        ("T", json!("T")),
        ("sig t", json!("sigt")),
        ("enc", json!("enc")),
        ("v,t", json!("v,t")),
    ] {
        let updates = json!({"certs": [{"keyId": kid, "alg": "ES256", "crv": "P-256", "x": b64(&point[..32]), "y": b64(&point[32..]), "use": use_}]});
        let active = json!({"activeKeyIds": [kid], "validDuration": 172_800_000});
        let jws = |v: &Value| lists::jws(r#"{"alg":"RS256"}"#, &v.to_string(), |_| vec![0; 256]);
        let (u, a) = (jws(&updates), jws(&active));
        let mut b = TrustStore::builder();
        b.trust_unsigned_list(
            "ch",
            ListFormat::Swiss,
            ListBytes::from(&u).with_companion(&a).fetched_at(NOW),
        )
        .unwrap();
        println!(
            "ch {what}: {}",
            said(&Verifier::new(b.build().0).verify(&text, NOW))
        );
    }
}

// ---------------------------------------------------------------- fourth round

#[test]
fn p161_gateway_copies_of_one_entry() {
    use lists::cms::item;
    let cert = |subject: &str, key: &str, issuer: &str, by: &str, ca| {
        lists::certificate(subject, key, issuer, by, ca)
    };
    let (csca_name, up_name) = ("CN=CSCA,O=Example,C=XX", "CN=UP,O=Example,C=XX");
    let d = cert("CN=DSC,O=Example,C=XX", "a", csca_name, "csca", false);
    let csca = cert(csca_name, "csca", csca_name, "csca", true);
    let upload = cert(up_name, "upload", up_name, "upload", false);
    let ta = cert("CN=TA,C=EU", "ta", "CN=TA,C=EU", "ta", false);
    let entry = item("DSC", &d, &upload, "upload");
    let rules = RuleSet::from_json(json!([rule(json!({}))]).to_string().as_bytes()).unwrap();
    for n in [1u32, 200, 400] {
        let mut items = vec![
            item("CSCA", &csca, &ta, "ta"),
            item("UPLOAD", &upload, &ta, "ta"),
            entry.clone(),
        ];
        for i in 1..n {
            let mut copy = entry.clone();
            copy["kid"] = b64(&i.to_be_bytes()).into();
            items.push(copy);
        }
        let list = Value::from(items).to_string();
        let mut b = TrustStore::builder();
        b.add_signed_list(
            "gw",
            ListFormat::Gateway,
            &list,
            &[Anchor::from_bytes(&ta).unwrap()],
        )
        .unwrap();
        let (store, report) = b.build();
        let text = raw::text(&Raw::new(Kid::of_certificate(&d).as_bytes()).sign(&signer("a")));
        let v = Verifier::new(store.clone())
            .verify(&text, NOW)
            .into_verified()
            .unwrap();
        let t = std::time::Instant::now();
        let p = rules.periods(
            &Subject::from(&v),
            &Arrival::new("XX", NOW),
            NOW..NOW.plus(86_400 * 365),
        );
        println!(
            "{n}: {} bytes, keys {}, signatures {}, listings {}, periods of a year {:?} ({})",
            list.len(),
            store.len(),
            report.entry_signatures,
            v.listings().count(),
            t.elapsed(),
            p.len()
        );
    }
}

#[test]
fn p170_old_and_new_batches() {
    let d = dsc("a", &[]);
    let mut b = TrustStore::builder();
    b.add_certificate_der("k", d.der()).unwrap();
    let store = b.build().0;
    let batch = |kid: &str, n: u8| {
        json!({"country": "XX", "expires": "2022-01-01T00:00:00Z", "kid": kid,
        "hashType": "SIGNATURE", "entries": [{"hash": b64(&[n; 16])}]})
        .to_string()
    };
    let kid = b64(d.kid().as_bytes());
    let list = |json: &str, at: Timestamp| {
        RevocationList::trust_unsigned("b", json.as_bytes())
            .unwrap()
            .with_all_batches()
            .fetched_at(at)
    };
    let old = NOW.plus(-86_400 * 30);
    let (a, b_) = (batch(&kid, 1), batch("UNKNOWN_KID", 2));
    let text = raw::text(&Raw::new(d.kid().as_bytes()).sign(&signer("a")));
    let policy = Policy::default().revocation(RevocationPolicy::Require {
        max_age: 86_400 * 7,
    });
    let mut both = Revocations::new();
    both.add(list(&a, NOW)).add(list(&b_, old));
    let mut sb = SetBuilder::new(SetOptions::default());
    sb.add_list(&list(&a, NOW), &store).unwrap();
    sb.add_list(&list(&b_, old), &store).unwrap();
    let mut set = Revocations::new();
    set.add(
        RevocationSet::trust_unsigned(sb.build(NOW).unwrap())
            .unwrap()
            .named("set"),
    );
    for (what, r) in [("lists", both), ("set", set)] {
        let v = Verifier::with_policy(store.clone(), policy.clone()).with_revocations(r);
        println!("{what}: {}", said(&v.verify(&text, NOW)));
    }
}

#[test]
fn p162_program_with_two_snapshots() {
    let files = programs::Files::new("hunt2-p162");
    let (old, new) = (
        files.write(
            "old.snap",
            snapshot_made("2021-06-01T00:00:00Z", &["a", "b"]),
        ),
        files.write("new.snap", snapshot_made("2021-06-20T00:00:00Z", &["b"])),
    );
    let anchor = files.write("maker.der", TestKey::new("maker").spki_der().unwrap());
    let code = files.write("code", signed(cwt(dcc())));
    for order in [[&old, &new], [&new, &old]] {
        let ran = programs::run(
            "verify",
            &[
                "--trust",
                order[0],
                "--trust",
                order[1],
                "--anchor",
                &anchor,
                "--at",
                &NOW.to_string(),
                "--quiet",
                &code,
            ],
        );
        println!(
            "status {} {} {}",
            ran.status,
            ran.out.lines().next().unwrap_or_default(),
            ran.err
        );
    }
    // A state that knows the new one, and the old one given.
    let state = files.0.join("state.json").to_str().unwrap().to_owned();
    for file in [&new, &old] {
        let ran = programs::run(
            "verify",
            &[
                "--trust",
                file,
                "--anchor",
                &anchor,
                "--state",
                &state,
                "--at",
                &NOW.to_string(),
                "--quiet",
                &code,
            ],
        );
        println!(
            "state: status {} {} {}",
            ran.status,
            ran.out.lines().next().unwrap_or_default(),
            ran.err
        );
    }
    // The same where --trust-env is said.
    std::fs::remove_file(&state).unwrap();
    for file in [&new, &old] {
        let ran = programs::run(
            "verify",
            &[
                "--trust",
                file,
                "--anchor",
                &anchor,
                "--trust-env",
                "prod",
                "--state",
                &state,
                "--at",
                &NOW.to_string(),
                "--quiet",
                &code,
            ],
        );
        println!(
            "state and env: status {} {} {}",
            ran.status,
            ran.out.lines().next().unwrap_or_default(),
            ran.err
        );
    }
}

#[test]
fn p160_issue_strict_lint() {
    use hcert::lint::{Linter, Severity};
    use hcert::record::*;
    let strict = Verifier::with_policy(trust(&[&dsc("a", &[])]), Policy::default().strict());
    let json = |group: &str, entry: Value| {
        json!({"nam": {"fn": "Müller", "gn": "A"}, "dob": "1990", group: [entry]}).to_string()
    };
    let base = json!({"tg": "840539006", "co": "XX", "is": "M", "ci": "URN:UVCI:01:XX:A#9"});
    let and = |more: Value| {
        let mut b = base.clone();
        b.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        b
    };
    let v = json!({"vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": "2021-05-01"});
    for (what, text) in [
        ("plain", json("v", and(v.clone()))),
        (
            "dn 10",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["dn"] = 10.into();
                    v["sd"] = 10.into();
                    v
                }),
            ),
        ),
        (
            "dn 3/2",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["dn"] = 3.into();
                    v
                }),
            ),
        ),
        (
            "dn 0",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["dn"] = 0.into();
                    v
                }),
            ),
        ),
        (
            "co EUXX",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["co"] = "UNHCR".into();
                    v
                }),
            ),
        ),
        (
            "dt T",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["dt"] = "2021-05-01T00:00:00".into();
                    v
                }),
            ),
        ),
        (
            "ci no prefix",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["ci"] = "01:XX:A#9".into();
                    v
                }),
            ),
        ),
        (
            "ci wrong check",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["ci"] = "URN:UVCI:01:XX:A#1".into();
                    v
                }),
            ),
        ),
        (
            "ci other country",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["ci"] = "URN:UVCI:01:DE:A#9".into();
                    v
                }),
            ),
        ),
        (
            "mp unknown",
            json(
                "v",
                and({
                    let mut v = v.clone();
                    v["mp"] = "X".into();
                    v
                }),
            ),
        ),
        (
            "t naat",
            json(
                "t",
                and(
                    json!({"tt": "LP6464-4", "sc": "2021-05-01T00:00:00.5+02", "tr": "260415000", "tc": "X"}),
                ),
            ),
        ),
        (
            "t other",
            json(
                "t",
                and(
                    json!({"tt": "94504-8", "sc": "2021-05-01T00:00:00Z", "tr": "260415000", "tc": "X"}),
                ),
            ),
        ),
        (
            "r",
            json(
                "r",
                and(json!({"fr": "2021-04-01", "df": "2021-04-12", "du": "2021-09-28"})),
            ),
        ),
        (
            "r reversed",
            json(
                "r",
                and(json!({"fr": "2021-04-01", "df": "2021-05-12", "du": "2021-05-01"})),
            ),
        ),
    ] {
        let record = match Record::from_json(&text) {
            Ok(r) => r,
            Err(e) => {
                println!("{what}: from_json {e}");
                continue;
            }
        };
        match common::issuer("a", &[]).issue(&record, common::VALIDITY) {
            Err(e) => println!("{what}: issue {e}"),
            Ok(issued) => {
                let verdict = strict.verify(issued.text(), NOW);
                let lint = Linter::new().code(issued.text());
                let errors: Vec<_> = lint
                    .findings()
                    .iter()
                    .filter(|f| f.severity() == Severity::Error)
                    .map(|f| f.code())
                    .collect();
                let warnings: Vec<_> = issued.warnings().iter().map(|w| w.code()).collect();
                println!(
                    "{what}: {} lint errors {errors:?} warnings {warnings:?}",
                    said(&verdict)
                );
            }
        }
    }
}

// ---------------------------------------------------------------- fifth round

#[test]
fn p185_lint_of_deep_payloads() {
    use hcert::lint::Linter;
    for (what, byte) in [("arrays", 0x81u8), ("tags", 0xc1), ("maps of", 0xa1)] {
        for n in [1000usize, 10_000, 60_000] {
            let mut raw = Raw::new(dsc("a", &[]).kid().as_bytes());
            raw.payload = match byte {
                0xa1 => [0xa1, 0x01].repeat(n),
                b => vec![b; n],
            };
            let cose = raw.sign(&signer("a"));
            let text = raw::text(&cose);
            println!(
                "{what} {n}: verify {}",
                said(&Verifier::new(trust(&[&dsc("a", &[])])).verify(&text, NOW))
            );
            let report = Linter::new().code(&text);
            println!(
                "{what} {n}: lint {:?}",
                report
                    .findings()
                    .iter()
                    .map(|f| f.code())
                    .collect::<Vec<_>>()
            );
            let report = Linter::new().cose(&cose);
            println!("{what} {n}: cose {:?}", report.findings().len());
        }
    }
}

#[test]
fn p181_deep_documents() {
    for n in [100usize, 10_000, 400_000] {
        let toml = format!("a = {}{}", "[".repeat(n), "]".repeat(n));
        println!(
            "toml arrays {n} {:?}",
            Recognition::from_toml(&toml)
                .map(drop)
                .map_err(|e| e.code())
        );
        let toml = format!("a = {}1{}", "{a=".repeat(n / 2), "}".repeat(n / 2));
        println!(
            "toml tables {n} {:?}",
            Recognition::from_toml(&toml)
                .map(drop)
                .map_err(|e| e.code())
        );
        let toml = format!("{}a = 1", "a.".repeat(n));
        println!(
            "toml dotted {n} {:?}",
            Recognition::from_toml(&toml)
                .map(drop)
                .map_err(|e| e.code())
        );
        let toml = format!("[{}a]\nb=1", "a.".repeat(n));
        println!(
            "toml header {n} {:?}",
            Recognition::from_toml(&toml)
                .map(drop)
                .map_err(|e| e.code())
        );
        let json = format!("{}{}", "[".repeat(n), "]".repeat(n));
        println!(
            "json {n} {:?} {:?} {:?}",
            RuleSet::from_json(json.as_bytes())
                .map(drop)
                .map_err(|e| e.code()),
            DenyList::from_json(json.as_bytes())
                .map(drop)
                .map_err(|e| e.code()),
            TrustStore::builder()
                .add_jwk("x", json.as_bytes())
                .map(drop)
                .map_err(|e| e.code())
        );
    }
}

#[test]
fn p180_set_precision() {
    for rate in [
        f64::NAN,
        0.0,
        -1.0,
        1.0,
        2.0,
        1e-300,
        f64::INFINITY,
        5e-324,
        0.9999,
    ] {
        let mut options = SetOptions::default();
        options.precision = Precision::FalsePositives(rate);
        let mut sb = SetBuilder::new(options);
        sb.add_for_any_kid(IdentifierKind::Uci, &[7; 16]).unwrap();
        let set = sb.build(NOW);
        println!(
            "{rate}: {:?}",
            set.map(|s| RevocationSet::trust_unsigned(s)
                .unwrap()
                .false_positive_rate())
                .map_err(|e| e.to_string())
        );
    }
}

#[test]
fn p186_lint_program() {
    let files = programs::Files::new("hunt2-p186");
    let mut raw = Raw::new(dsc("a", &[]).kid().as_bytes());
    for (name, payload) in [
        ("arrays", vec![0x81; 65_000]),
        ("maps", [0xa1, 0x01].repeat(32_500)),
        ("open", vec![0x9f; 65_000]),
    ] {
        raw.payload = payload;
        let text = raw::text(&raw.sign(&signer("a")));
        let file = files.write(name, &text);
        for program in ["lint", "inspect", "verify"] {
            let out = programs::program(program).args([&file]).output().unwrap();
            println!(
                "{program} {name} ({} characters): {:?} {}",
                text.len(),
                out.status,
                String::from_utf8_lossy(&out.stderr)
                    .lines()
                    .take(2)
                    .collect::<String>()
            );
        }
    }
}

// ---------------------------------------------------------------- sixth round

/// The key as id-RSASSA-PSS, with these parameters.
fn pss_spki(rsa: &raw::RsaSigner, parameters: Option<&[u8]>) -> Vec<u8> {
    use lists::cms::{oid, tlv};
    use x509_cert::der::{Decode, Encode};
    let info = x509_cert::spki::SubjectPublicKeyInfoOwned::from_der(&rsa.spki_der()).unwrap();
    let algorithm = tlv(0x30, &[&oid("1.2.840.113549.1.1.10"), parameters.unwrap_or_default()]);
    tlv(0x30, &[&algorithm, &info.subject_public_key.to_der().unwrap()])
}

#[test]
fn p190_restricted_pss_keys() {
    use lists::cms::{oid, tlv};
    let rsa = raw::RsaSigner::new(2048);
    // RSASSA-PSS-params: SHA-512, MGF1 with SHA-512, a salt of 64 bytes.
    let sha512 = tlv(0x30, &[&oid("2.16.840.1.101.3.4.2.3")]);
    let mgf = tlv(0x30, &[&oid("1.2.840.113549.1.1.8"), &sha512]);
    let params = tlv(0x30, &[&tlv(0xa0, &[&sha512]), &tlv(0xa1, &[&mgf]), &tlv(0xa2, &[&[2, 1, 64]])]);
    for (what, spki) in [("rsaEncryption", rsa.spki_der()), ("PSS", pss_spki(&rsa, None)), ("PSS with SHA-512", pss_spki(&rsa, Some(&params)))] {
        let kid = Kid::new([7; 8]).unwrap();
        let mut b = TrustStore::builder();
        let added = b.add_spki_der("k", kid.clone(), &spki).map(drop);
        let (store, report) = b.build();
        let header = raw::header(Some(raw::PS256), Some(kid.as_bytes()));
        let text = raw::text(&Raw::new(&[]).protected(header).sign(&rsa));
        println!("{what}: {added:?} {:?} {}", report.problems.iter().map(|p| p.problem.code()).collect::<Vec<_>>(), said(&Verifier::new(store).verify(&text, NOW)));
        if let Ok(key) = PublicKey::from_spki_der(&spki) {
            let jws = lists::jws(r#"{"alg":"RS256"}"#, "[]", |m| rsa.sign_rs256(m));
            println!("{what}: RS256 document {:?}", SignedDocument::open("rules", &jws, &Anchor::Key(key)).map(drop).map_err(|e| e.code()));
        }
    }
}

#[test]
fn p192_link_with_two_viewers() {
    let link = |json: Value| format!("shlink:/{}", BASE64_URL_SAFE_NO_PAD.encode(json.to_string()));
    let inner = link(json!({"url": "https://x.org/a", "key": BASE64_URL_SAFE_NO_PAD.encode([7; 32]), "exp": PAST}));
    let fine = link(json!({"url": "https://x.org/a", "key": BASE64_URL_SAFE_NO_PAD.encode([7; 32])}));
    for uri in [format!("https://v#{inner}"), format!("https://v#{fine}#{inner}"), format!("{fine}?exp=1"), format!("javascript:x#{fine}")] {
        println!("{} {}", &uri[..12], said(&payload::read(5, Cbor::Array(vec![uri.clone().into()]))));
    }
}
