//! What can't be read is never "none": times and restrictions of lists and
//! documents, in whatever type, spelling and place they are written.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ciborium::{Value as Cbor, cbor};
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::revocation::{ItalianList, PartitionedList, RevocationPart};
use hcert::trust::{
    Anchor, Dsc, KeyUsage, ListBytes, ListFormat, LoadReport, SignedDocument, TrustState,
    TrustStore, Usage,
};
use hcert_testkit::lists::{bytes, certificate, detached, encode, german, jws, kid, sign, spec};
use hcert_testkit::pki::{self, TestKey};
use hcert_testkit::time::Plus as _;
use hcert_testkit::{fixtures, raw};
use p256::pkcs8::LineEnding;
use rsa::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MADE: Timestamp = Timestamp::from_seconds(1_622_505_600);
const ENDS: Timestamp = Timestamp::from_seconds(1_625_097_600);
/// Years after.
const LATE: Timestamp = Timestamp::from_seconds(1_900_000_000);

static RSA: LazyLock<raw::RsaSigner> = LazyLock::new(|| raw::RsaSigner::new(2048));

/// JSON that is no instant, wherever one is meant.
const NOT_TIMES: [&str; 18] = [
    "null",
    "true",
    r#""1625097600""#,
    r#""2021-07-01T00:00:00Z""#,
    "[1625097600]",
    r#"{"seconds": 1625097600}"#,
    "-1",
    "-1625097600.5",
    "1625097600000",
    "1625097600000.0",
    "1.6250976e12",
    "253402300800",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e300",
    "-1e300",
    r#""""#,
];

/// [`ENDS`], in each form that means it.
const TIMES: [&str; 5] = [
    "1625097600",
    "1625097600.0",
    "1625097600.9",
    "1.6250976e9",
    "16250976E+2",
];

fn key(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

fn dsc() -> Dsc {
    fixtures::dsc("dsc", &[])
}

fn load<'a>(
    format: ListFormat,
    bytes: impl Into<ListBytes<'a>>,
    anchor: &Anchor,
) -> Result<(TrustStore, LoadReport), &'static str> {
    let mut builder = TrustStore::builder();
    builder
        .add_signed_list("list", format, bytes, std::slice::from_ref(anchor))
        .map_err(|error| error.code())?;
    Ok(builder.build())
}

fn codes(report: &LoadReport) -> Vec<&'static str> {
    report.problems.iter().map(|p| p.problem.code()).collect()
}

// --------------------------------------------------------------------- Sweden

fn swedish(group: &str, claims: &str) -> Vec<u8> {
    let payload = format!(r#"{{"dsc_trust_list": {{"XX": {group}}}{claims}}}"#);
    jws(r#"{"alg":"ES256"}"#, &payload, |m| sign("list", m))
}

fn keys_of(all: &[&Dsc]) -> String {
    let keys = all.iter().map(
        |dsc| json!({"kid": kid(dsc.der()), "kty": "EC", "x5c": [STANDARD.encode(dsc.der())]}),
    );
    Value::from(keys.collect::<Vec<_>>()).to_string()
}

fn swedish_claims(claims: &str) -> Result<(TrustStore, LoadReport), &'static str> {
    let group = format!(r#"{{"keys": {}}}"#, keys_of(&[&dsc()]));
    let list = swedish(&group, &format!(", {claims}"));
    load(ListFormat::Swedish, &list, &key("list"))
}

#[test]
fn swedens_times_that_are_no_numbers_of_seconds_refuse_the_list() {
    for name in ["exp", "iat", "nbf"] {
        for value in NOT_TIMES {
            let loaded = swedish_claims(&format!(r#""{name}": {value}"#));
            assert!(loaded.is_err(), "{name}: {value}");
        }
    }
    assert_eq!(swedish_claims(r#""exp": "x""#).err(), Some("trust-member"));
    // Whoever writes zero for "no end" has written 1970.
    assert_eq!(swedish_claims(r#""exp": 0"#).err(), Some("trust-member"));
    for name in ["Exp", "EXP", " exp", "IAT", "Nbf"] {
        let loaded = swedish_claims(&format!(r#""{name}": 1625097600"#));
        assert_eq!(loaded.err(), Some("trust-member"), "{name}");
    }
    assert_eq!(
        swedish_claims(r#""exp": 1625097600, "exp": 1925097600"#).err(),
        Some("trust-duplicate-member")
    );
}

#[test]
fn swedens_times_in_any_number_form_count() {
    for value in TIMES {
        let (store, _) = swedish_claims(&format!(r#""exp": {value}, "iat": {value}"#)).unwrap();
        let info = &store.lists()[0];
        let dates = (info.expires_at(), info.issued_at());
        assert_eq!(dates, (Some(ENDS), Some(ENDS)), "{value}");
    }
    let (store, _) = swedish_claims(r#""iat": 1622505600, "nbf": 1900000000"#).unwrap();
    assert_eq!(store.lists()[0].issued_at(), Some(LATE));
    let (store, _) = swedish_claims(r#""iss": "x""#).unwrap();
    assert_eq!(store.lists()[0].expires_at(), None);
}

const TESTS_ALONE: &str = r#"["1.3.6.1.4.1.1847.2021.1.1"]"#;

/// What the keys may sign that are in the store, and the report.
fn limited_by(eku: &str) -> (Vec<(String, KeyUsage)>, LoadReport) {
    let two = [dsc(), fixtures::dsc("other", &[])];
    let group = format!(
        r#"{{"keys": {}, "eku": {eku}}}"#,
        keys_of(&[&two[0], &two[1]])
    );
    let list = swedish(&group, "");
    let (store, report) = load(ListFormat::Swedish, &list, &key("list")).unwrap();
    let usages = store.iter().map(|key| (key.kid().to_string(), key.usage()));
    (usages.collect(), report)
}

#[test]
fn swedens_limits_count_whatever_spelling_the_kid_has() {
    let id = dsc().kid();
    let standard = STANDARD.encode(id.as_bytes());
    let spaced = format!("{} {}", &standard[..4], &standard[4..]);
    for name in [
        standard.clone(),
        standard.trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(id.as_bytes()),
        base64::engine::general_purpose::URL_SAFE.encode(id.as_bytes()),
        spaced,
    ] {
        let (usages, _) = limited_by(&format!("{{{}: {TESTS_ALONE}}}", json!(name)));
        let of_dsc = usages.iter().find(|(kid, _)| *kid == id.to_string());
        assert_eq!(of_dsc.unwrap().1, KeyUsage::only([Usage::Test]), "{name:?}");
        assert_eq!(usages.len(), 2, "the other one has no limit");
    }
    // Both spellings: what both allow.
    let unpadded = standard.trim_end_matches('=');
    let vaccinations = r#"["1.3.6.1.4.1.1847.2021.1.2"]"#;
    let (usages, _) = limited_by(&format!(
        r#"{{"{standard}": {TESTS_ALONE}, "{unpadded}": {vaccinations}}}"#
    ));
    let of_dsc = usages.iter().find(|(kid, _)| *kid == id.to_string());
    assert_eq!(of_dsc.unwrap().1, KeyUsage::only([]));
}

#[test]
fn swedens_limits_that_cant_be_read_allow_nothing() {
    let name = kid(dsc().der());
    for limit in [
        "null",
        "5",
        "true",
        "{}",
        "[]",
        r#""1.3.6.1.4.1.1847.2021.1.1""#,
        "[5]",
        "[null]",
        r#"[["1.3.6.1.4.1.1847.2021.1.1"]]"#,
        r#"["t"]"#,
        r#"[""]"#,
        r#"["urn:oid:1.3.6.1.4.1.1847.2021.1.1"]"#,
        r#"[" 1.3.6.1.4.1.1847.2021.1.1"]"#,
        r#"[".1.3.6.1.4.1.1847.2021.1.1"]"#,
        r#"["1.3.6.1.4.1.1847.2021.1."]"#,
    ] {
        let (usages, report) = limited_by(&format!(r#"{{"{name}": {limit}}}"#));
        assert_eq!(usages.len(), 1, "{limit}");
        assert_ne!(usages[0].0, dsc().kid().to_string(), "{limit}");
        assert_eq!(codes(&report), ["entry-member"], "{limit}");
    }
    // An identifier of the health arc that nobody knows is no other kind's.
    for oid in ["1.3.6.1.4.1.1847.2021.1.9", "1.3.6.1.4.1.1847.2021.1.1.0"] {
        let (usages, _) = limited_by(&format!(r#"{{"{name}": ["{oid}"]}}"#));
        let of_dsc = usages
            .iter()
            .find(|(kid, _)| *kid == dsc().kid().to_string());
        assert_eq!(of_dsc.unwrap().1, KeyUsage::only([]), "{oid}");
    }
}

#[test]
fn swedens_limits_of_no_key_leave_no_key_without_limit() {
    for eku in [
        "5".to_owned(),
        "null".into(),
        r#"["1.3.6.1.4.1.1847.2021.1.1"]"#.into(),
        r#""1.3.6.1.4.1.1847.2021.1.1""#.into(),
        // In hexadecimal digits, which are base64 of something else.
        format!(r#"{{"{}": {TESTS_ALONE}}}"#, dsc().kid()),
        format!(r#"{{"no base64!": {TESTS_ALONE}}}"#),
        format!(r#"{{"": {TESTS_ALONE}}}"#),
    ] {
        let (usages, report) = limited_by(&eku);
        assert_eq!(usages, [], "{eku}");
        assert!(codes(&report).contains(&"entry-member"), "{eku}");
    }
}

#[test]
fn a_jwk_that_is_for_something_else_is_left_out() {
    let der = dsc();
    let jwk = |name: &str, value: Value| {
        let mut jwk = json!({"kty": "EC", "x5c": [STANDARD.encode(der.der())]});
        jwk[name] = value;
        let mut builder = TrustStore::builder();
        builder.add_jwk("jwk", jwk.to_string().as_bytes()).unwrap();
        builder.build().0.len()
    };
    for (name, value) in [
        ("Use", json!("enc")),
        ("Key_Ops", json!(["encrypt"])),
        ("use", json!(5)),
        ("use", json!(null)),
        ("use", json!("")),
        ("use", json!(["sig"])),
        ("use", json!("SIG ")),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!("verify")),
        ("key_ops", json!([])),
        ("key_ops", json!(["verify", 5])),
        ("key_ops", json!(null)),
        ("exp", json!(1)),
        ("revoked", json!({"revoked_at": 1})),
    ] {
        assert_eq!(jwk(name, value.clone()), 0, "{name}: {value}");
    }
    assert_eq!(jwk("use", json!("sig")), 1);
    assert_eq!(jwk("key_ops", json!(["sign", "verify"])), 1);
}

#[test]
fn an_unknown_health_identifier_in_a_certificate_is_a_limit() {
    let usage = KeyUsage::from_oids(["1.3.6.1.4.1.1847.2021.1.4"]);
    assert!(usage.is_limited() && !usage.allows(Usage::Vaccination));
    let usage = KeyUsage::from_oids(["1.3.6.1.4.1.0.1847.2021.1.4", pki::EKU_TEST]);
    assert_eq!(usage, KeyUsage::only([Usage::Test]));
    assert_eq!(KeyUsage::from_oids(["1.3.6.1.5.5.7.3.2"]), KeyUsage::ANY);
}

// ---------------------------------------------------------------- Switzerland

const SWISS_KEY: &str = "AAAAAAAAAAE=";

fn swiss(payload: &str) -> Vec<u8> {
    let leaf = {
        let rsa = rsa::PublicKey::try_from(
            rsa::pkcs8::SubjectPublicKeyInfoRef::try_from(&RSA.spki_der()[..]).unwrap(),
        );
        let pem = rsa.unwrap().to_public_key_pem(LineEnding::LF).unwrap();
        let names = spec("CN=CH01-AppContentCertificate,C=XX", "CN=Root,C=XX", false);
        pki::certificate_over_pem(&names, &pem, &TestKey::new("root")).unwrap()
    };
    let header = json!({"alg": "RS256", "x5c": [STANDARD.encode(leaf)]});
    jws(&header.to_string(), payload, |m| RSA.sign_rs256(m))
}

/// With more members of the key, and of each of the two documents.
fn load_swiss(
    of_key: &str,
    of_keys: &str,
    of_ids: &str,
    fetched_at: Option<Timestamp>,
) -> Result<(TrustStore, LoadReport), &'static str> {
    let spki = STANDARD.encode(RSA.spki_der());
    let keys = swiss(&format!(
        r#"{{"certs": [{{"keyId": "{SWISS_KEY}", "alg": "RS256",
            "subjectPublicKeyInfo": "{spki}"{of_key}}}]{of_keys}}}"#
    ));
    let ids = swiss(&format!(r#"{{"activeKeyIds": ["{SWISS_KEY}"]{of_ids}}}"#));
    let root = certificate("CN=Root,C=XX", "root", "CN=Root,C=XX", "root", true);
    let anchor = Anchor::from_bytes(&root).unwrap();
    let mut both = ListBytes::from(&keys).with_companion(&ids);
    if let Some(time) = fetched_at {
        both = both.with_fetched_at(time);
    }
    load(ListFormat::Swiss, both, &anchor)
}

#[test]
fn switzerlands_duration_in_any_number_form_ends_the_list() {
    for value in ["172800000", "172800000.0", "1.728e8", "1728E5"] {
        let of_ids = format!(r#", "validDuration": {value}"#);
        let (store, _) = load_swiss("", "", &of_ids, Some(MADE)).unwrap();
        let info = &store.lists()[0];
        assert_eq!(info.valid_for(), Some(172_800), "{value}");
        assert_eq!(info.expires_at(), Some(MADE.plus(172_800)), "{value}");
    }
    assert_eq!(
        load_swiss("", "", "", Some(MADE)).unwrap().0.lists()[0].expires_at(),
        None
    );
}

#[test]
fn a_limit_by_another_spelling_of_its_name_is_not_passed_over() {
    let eku = format!(r#"{{"{}": {TESTS_ALONE}}}"#, kid(dsc().der()));
    for name in ["EKU", "Eku", "eku "] {
        let group = format!(r#"{{"keys": {}, "{name}": {eku}}}"#, keys_of(&[&dsc()]));
        let list = swedish(&group, "");
        let (store, report) = load(ListFormat::Swedish, &list, &key("list")).unwrap();
        assert_eq!(
            (store.len(), codes(&report)),
            (0, vec!["entry-member"]),
            "{name}"
        );
    }
    let (store, _) = load_swiss(r#", "Use": "v""#, "", "", None).unwrap();
    assert_eq!(store.len(), 0);
    let duration = r#", "ValidDuration": 1"#;
    let loaded = load_swiss("", "", duration, Some(MADE));
    assert_eq!(loaded.err(), Some("trust-member"));
}

#[test]
fn switzerlands_duration_that_is_none_refuses_the_list() {
    for value in [
        "null",
        "true",
        r#""172800000""#,
        "[172800000]",
        "{}",
        "0",
        "-1",
        "-0.0",
        "0.0",
        "1e300",
        "18446744073709551615",
        r#""48h""#,
    ] {
        let of_ids = format!(r#", "validDuration": {value}"#);
        let loaded = load_swiss("", "", &of_ids, Some(MADE));
        assert_eq!(loaded.err(), Some("trust-member"), "{value}");
    }
}

#[test]
fn switzerlands_claims_count_in_both_documents() {
    for value in NOT_TIMES {
        let claim = format!(r#", "exp": {value}"#);
        assert!(load_swiss("", &claim, "", None).is_err(), "{value}");
        assert!(load_swiss("", "", &claim, None).is_err(), "{value}");
    }
    let exp = r#", "exp": 1625097600"#;
    for [keys, ids] in [[exp, ""], ["", exp], [exp, r#", "exp": 1900000000"#]] {
        let (store, _) = load_swiss("", keys, ids, None).unwrap();
        assert_eq!(store.lists()[0].expires_at(), Some(ENDS));
    }
    // The earlier of its two ends.
    let both = r#", "exp": 1625097600, "validDuration": 1000"#;
    let (store, _) = load_swiss("", "", both, Some(MADE)).unwrap();
    assert_eq!(store.lists()[0].expires_at(), Some(MADE.plus(1)));
}

#[test]
fn switzerlands_use_that_cant_be_read_allows_nothing() {
    for value in [
        r#""""#,
        "null",
        "5",
        "true",
        r#"["v"]"#,
        "{}",
        r#""V""#,
        r#""vx""#,
        r#""sig ""#,
        r#""Sig""#,
    ] {
        let of_key = format!(r#", "use": {value}"#);
        let (store, report) = load_swiss(&of_key, "", "", None).unwrap();
        assert_eq!(
            (store.len(), codes(&report)),
            (0, vec!["entry-member"]),
            "{value}"
        );
    }
    let usage = |of_key: &str| {
        let (store, _) = load_swiss(of_key, "", "", None).unwrap();
        store.iter().next().unwrap().usage()
    };
    assert_eq!(
        usage(r#", "use": "v""#),
        KeyUsage::only([Usage::Vaccination])
    );
    assert_eq!(usage(r#", "use": "l""#), KeyUsage::only([Usage::Light]));
    assert_eq!(usage(r#", "use": "sig""#), KeyUsage::ANY);
}

#[test]
fn a_duration_counts_in_a_snapshot_too() {
    // Nobody said when it was fetched: before the snapshot was made.
    let of_ids = r#", "validDuration": 172800000"#;
    let (store, _) = load_swiss("", "", of_ids, None).unwrap();
    let signer = fixtures::signer("list");
    let snapshot = store.to_signed_snapshot(MADE, &signer).unwrap();
    let (store, _) = load(ListFormat::Snapshot, &snapshot, &key("list")).unwrap();
    let ends: Vec<_> = store.lists().iter().map(|list| list.expires_at()).collect();
    assert!(ends.contains(&Some(MADE.plus(172_800))), "{ends:?}");
    let late = store.to_snapshot(Timestamp::from_seconds(MADE.seconds() * 1000));
    assert_eq!(late.unwrap_err().code(), "snapshot-time");
}

// -------------------------------------------------------------------- Austria

fn load_austrian(claims: Vec<(Cbor, Cbor)>) -> Result<(TrustStore, LoadReport), &'static str> {
    let id = bytes(dsc().kid().as_bytes());
    let list = encode(&cbor!({"c" => [{"i" => id, "c" => bytes(dsc().der())}]}).unwrap());
    let digest = (2.into(), bytes(&Sha256::digest(&list)));
    let claims = Cbor::Map([vec![digest], claims].concat());
    let header = cbor!({42 => 2, 1 => -7}).unwrap();
    let signature = detached(&header, &claims, "list");
    let both = ListBytes::from(&list).with_companion(&signature);
    load(ListFormat::Austrian, both, &key("list"))
}

fn tag(number: u64, value: Cbor) -> Cbor {
    Cbor::Tag(number, Box::new(value))
}

/// CBOR that is no instant.
fn not_times() -> Vec<Cbor> {
    let ends = ENDS.seconds();
    vec![
        Cbor::Null,
        true.into(),
        "1625097600".into(),
        tag(0, "2021-07-01T00:00:00Z".into()),
        tag(1, "1625097600".into()),
        tag(1, (ends * 1000).into()),
        tag(2, bytes(&ends.to_be_bytes())),
        tag(100, 18_000.into()),
        bytes(&ends.to_be_bytes()),
        cbor!([ends]).unwrap(),
        cbor!({1 => ends}).unwrap(),
        (-1).into(),
        (-ends).into(),
        (ends * 1000).into(),
        253_402_300_800_i64.into(),
        i64::MAX.into(),
        u64::MAX.into(),
        f64::NAN.into(),
        f64::INFINITY.into(),
        f64::NEG_INFINITY.into(),
        1e300.into(),
        (ends as f64 * 1000.0).into(),
        (-0.5).into(),
    ]
}

fn times() -> Vec<Cbor> {
    let ends = ENDS.seconds();
    vec![
        ends.into(),
        (ends as f64).into(),
        (ends as f64 + 0.5).into(),
        tag(1, ends.into()),
        tag(1, (ends as f64).into()),
    ]
}

#[test]
fn austrias_times_are_read_or_refuse_the_list() {
    let entry = |name: i32, value: &Cbor| (Cbor::from(name), value.clone());
    let ends = Cbor::from(ENDS.seconds());
    for value in not_times() {
        for name in [4, 5, 6] {
            let mut claims = vec![entry(name, &value)];
            if name != 4 {
                claims.push(entry(4, &ends));
            }
            assert!(load_austrian(claims).is_err(), "{name}: {value:?}");
        }
    }
    for value in times() {
        let (store, _) = load_austrian(vec![entry(4, &value), entry(5, &value)]).unwrap();
        let info = &store.lists()[0];
        let dates = (info.expires_at(), info.issued_at());
        assert_eq!(dates, (Some(ENDS), Some(ENDS)), "{value:?}");
    }
    for name in ["exp", "nbf", "iat", "EXP"] {
        let by_name = (name.into(), 1_600_000_000.into());
        let loaded = load_austrian(vec![entry(4, &ends), by_name]);
        assert_eq!(loaded.err(), Some("trust-member"), "{name}");
    }
    assert_eq!(load_austrian(vec![]).err(), Some("trust-form"));
}

// ------------------------------------------------------------ times as texts

#[test]
fn an_entry_of_which_a_member_cant_be_read_is_left_out() {
    let dsc = dsc();
    let list = |name: &str, value: &Value| {
        let mut entry = json!({"kid": kid(dsc.der()), "rawData": STANDARD.encode(dsc.der()),
            "country": "XX", "certificateType": "DSC", "timestamp": "2021-06-01T02:00:00+02:00"});
        entry[name] = value.clone();
        let list = german(&json!({"certificates": [entry]}).to_string(), "list");
        load(ListFormat::German, &list, &key("list")).unwrap()
    };
    for (name, value) in [
        ("timestamp", json!(null)),
        ("timestamp", json!(1_622_505_600)),
        ("timestamp", json!("")),
        ("timestamp", json!("2021-06-01")),
        ("timestamp", json!("1622505600")),
        ("timestamp", json!("01.06.2021 02:00")),
        ("timestamp", json!("-001000-06-01T02:00:00Z")),
        ("thumbprint", json!(5)),
        ("thumbprint", json!(["x"])),
        ("country", json!(5)),
    ] {
        let (store, report) = list(name, &value);
        let found = (store.len(), codes(&report));
        assert_eq!(found, (0, vec!["entry-member"]), "{name}: {value}");
    }
    let (store, report) = list("country", &json!("XY"));
    assert_eq!((store.len(), codes(&report).len()), (1, 0));
    assert_eq!(store.lists()[0].newest_entry(), Some(MADE));
}

#[test]
fn a_dutch_key_usage_of_null_allows_nothing() {
    let kid = STANDARD.encode([7; 8]);
    let spki = STANDARD.encode(TestKey::new("nl").spki_der().unwrap());
    let list = |usage: Value| {
        let list = json!({&kid: [{"subjectPk": spki, "keyUsage": usage}]}).to_string();
        let mut builder = TrustStore::builder();
        let added = builder.trust_unsigned_list("nl", ListFormat::Dutch, list.as_bytes());
        added.unwrap();
        builder.build().0.len()
    };
    for usage in [
        json!(null),
        json!("v"),
        json!({}),
        json!(["x"]),
        json!([null]),
        json!([5]),
    ] {
        assert_eq!(list(usage.clone()), 0, "{usage}");
    }
    assert_eq!(list(json!([])), 1);
    assert_eq!(list(json!(["v"])), 1);
}

#[test]
fn a_network_lists_proof_has_a_time_or_is_refused() {
    let list = |created: Value| {
        let list = json!({"id": "did:web:tng-cdn.who.int:trustlist",
            "verificationMethod": [], "proof": {"created": created}});
        let mut builder = TrustStore::builder();
        let text = list.to_string();
        let added = builder.trust_unsigned_list("who", ListFormat::Gdhcn, text.as_bytes());
        added.map(drop).map_err(|error| error.code())
    };
    assert_eq!(list(json!("2026-08-22T17:05:01Z")), Ok(()));
    for created in [
        json!(null),
        json!(1_622_505_600),
        json!("2026-08-22"),
        json!(""),
    ] {
        assert_eq!(list(created.clone()), Err("gdhcn-member"), "{created}");
    }
}

// ------------------------------------------------------------------ documents

const RULES: &[u8] = br#"[{"Identifier": "GR-XX-0001", "Version": "1.0.0"}]"#;

fn open(bytes: &[u8]) -> Result<SignedDocument<'_>, &'static str> {
    SignedDocument::open("rules", bytes, &key("list")).map_err(|error| error.code())
}

fn cose(header: &Cbor, payload: &[u8]) -> Vec<u8> {
    let header = encode(header);
    let to_sign = cbor!(["Signature1", bytes(&header), bytes(&[]), bytes(payload)]).unwrap();
    let signature = sign("list", &encode(&to_sign));
    let cose = cbor!([bytes(&header), {}, bytes(payload), bytes(&signature)]).unwrap();
    encode(&tag(18, cose))
}

/// The two bytes that nobody signs.
fn tagged(cose: &[u8]) -> Vec<u8> {
    [&[0xd8, 0x3d], cose].concat()
}

fn untyped() -> Cbor {
    cbor!({1 => -7}).unwrap()
}

#[test]
fn a_tag_that_nobody_signed_decides_nothing() {
    let claims = encode(&cbor!({4 => ENDS.seconds(), 6 => MADE.seconds(), -1 => "rules"}).unwrap());
    for header in [
        untyped(),
        cbor!({1 => -7, 3 => 60}).unwrap(),
        cbor!({1 => -7, 3 => 61}).unwrap(),
        cbor!({1 => -7, 3 => "application/cwt"}).unwrap(),
        cbor!({1 => -7, 3 => "application/CBOR"}).unwrap(),
        cbor!({1 => -7, 16 => 61}).unwrap(),
    ] {
        let bare = cose(&header, &claims);
        for file in [tagged(&bare), bare] {
            let document = open(&file).unwrap();
            let dates = (document.issued_at(), document.expires_at());
            assert_eq!(dates, (Some(MADE), Some(ENDS)), "{header:?}");
            let stale = document.check_age(ENDS.plus(1), None).unwrap_err();
            assert_eq!(stale.code(), "stale-expired");
        }
    }
}

#[test]
fn claims_of_a_time_that_cant_be_read_refuse_the_document() {
    for value in not_times() {
        for name in [4, 5, 6] {
            let claims = Cbor::Map(vec![(name.into(), value.clone())]);
            let bare = cose(&untyped(), &encode(&claims));
            assert!(open(&bare).is_err(), "{name}: {value:?}");
            assert!(open(&tagged(&bare)).is_err(), "{name}: {value:?}");
            let header = cbor!({1 => -7, 15 => claims}).unwrap();
            assert!(open(&cose(&header, RULES)).is_err(), "{name}: {value:?}");
        }
    }
    for value in times() {
        let claims = Cbor::Map(vec![(4.into(), value.clone())]);
        let header = cbor!({1 => -7, 15 => claims.clone()}).unwrap();
        for file in [cose(&untyped(), &encode(&claims)), cose(&header, RULES)] {
            assert_eq!(open(&file).unwrap().expires_at(), Some(ENDS), "{value:?}");
        }
    }
}

#[test]
fn claims_by_name_or_in_another_shape_refuse_the_document() {
    let past = cbor!({4 => 1_600_000_000}).unwrap();
    for payload in [
        cbor!({"exp" => 1_600_000_000}).unwrap(),
        cbor!({4 => ENDS.seconds(), "exp" => 1_600_000_000}).unwrap(),
        cbor!({"Exp" => 1_600_000_000}).unwrap(),
        Cbor::Map(vec![(bytes(b"exp"), 1_600_000_000.into())]),
        cbor!([past.clone()]).unwrap(),
        cbor!([[past.clone()]]).unwrap(),
        bytes(&encode(&past)),
        bytes(&encode(&cbor!([past.clone()]).unwrap())),
        tag(61, past.clone()),
        tag(24, bytes(&encode(&past))),
    ] {
        let bare = cose(&untyped(), &encode(&payload));
        assert!(open(&bare).is_err(), "{payload:?}");
        assert!(open(&tagged(&bare)).is_err(), "{payload:?}");
    }
    // A CWT, by its tag or its type, that has no map.
    for payload in [
        &b"\"exp\""[..],
        RULES,
        b"",
        &encode(&cbor!([1, 2]).unwrap()),
        b"\x01",
    ] {
        assert!(open(&tagged(&cose(&untyped(), payload))).is_err());
        let typed = cose(&cbor!({1 => -7, 3 => 61}).unwrap(), payload);
        assert!(open(&typed).is_err());
    }
    for claims in [
        cbor!([{4 => 1_600_000_000}]).unwrap(),
        cbor!({"4" => 1_600_000_000}).unwrap(),
        cbor!({"04" => 1_600_000_000}).unwrap(),
        cbor!({"exp" => 1_600_000_000}).unwrap(),
        bytes(&encode(&past)),
        tag(61, past.clone()),
        "x".into(),
        Cbor::Null,
    ] {
        let header = cbor!({1 => -7, 15 => claims.clone()}).unwrap();
        assert!(open(&cose(&header, RULES)).is_err(), "{claims:?}");
    }
    // Two ends, of which one would have to be believed.
    let header = cbor!({1 => -7, 15 => {4 => LATE.seconds()}}).unwrap();
    assert_eq!(
        open(&cose(&header, &encode(&past))).err(),
        Some("trust-member")
    );
}

#[test]
fn content_that_is_no_claims_has_no_dates_and_opens() {
    let map = encode(&Cbor::Map(vec![(
        bytes(&[7; 9]),
        Cbor::Array(vec![bytes(&[1; 16])]),
    )]));
    let many = encode(&Cbor::Array(vec![cbor!({4 => "x"}).unwrap(); 2]));
    for payload in [RULES, &map, &many, b"PK\x03\x04", b"{\"exp\": 1}"] {
        let file = cose(&untyped(), payload);
        let document = open(&file).unwrap();
        assert_eq!((document.issued_at(), document.expires_at()), (None, None));
        assert_eq!(document.content(), payload);
    }
    // As its signer says, these are octets.
    let octets = cbor!({1 => -7, 3 => 42}).unwrap();
    let file = cose(&octets, &encode(&cbor!({4 => "x"}).unwrap()));
    assert_eq!(open(&file).unwrap().expires_at(), None);
    // What begins like a map is one.
    assert!(open(&cose(&untyped(), b"\xa1\x04")).is_err());
    assert!(
        open(&cose(
            &untyped(),
            &encode(&cbor!({4 => 1}).unwrap()).repeat(2)
        ))
        .is_err()
    );
}

#[test]
fn the_type_of_a_whole_cose_names_no_purpose() {
    for other in [
        Cbor::from("application/x.hcert-document; purpose=revocation"),
        "application/vnd.example.revocation".into(),
        98.into(),
        Cbor::Null,
    ] {
        let header = cbor!({1 => -7, 16 => other.clone()}).unwrap();
        assert_eq!(
            open(&cose(&header, RULES)).err(),
            Some("document-purpose"),
            "{other:?}"
        );
    }
}

#[test]
fn nothing_counts_before_its_nbf() {
    let header = cbor!({1 => -7, 15 => {5 => LATE.seconds(), 6 => MADE.seconds()}}).unwrap();
    let in_cose = cose(&header, RULES);
    let in_jws = jws_of(
        r#"{"alg":"ES256"}"#,
        r#"{"iat": 1622505600, "nbf": 1900000000}"#,
    );
    for file in [in_cose, in_jws] {
        let document = open(&file).unwrap();
        let stale = document.check_age(MADE.plus(100), None).unwrap_err();
        assert_eq!(stale.code(), "stale-from-future");
    }
}

fn jws_of(header: &str, payload: &str) -> Vec<u8> {
    jws(header, payload, |message| sign("list", message))
}

#[test]
fn a_jws_says_when_it_ends_or_is_refused() {
    let header = r#"{"alg":"ES256"}"#;
    for value in NOT_TIMES {
        for name in ["exp", "nbf", "iat"] {
            let file = jws_of(header, &format!(r#"{{"rules": [], "{name}": {value}}}"#));
            assert!(open(&file).is_err(), "{name}: {value}");
        }
    }
    for value in TIMES {
        // A mark of the byte order is no content.
        for start in ["", " \n", "\u{feff}"] {
            let file = jws_of(header, &format!(r#"{start}{{"exp": {value}}}"#));
            let document = open(&file).map(|document| document.expires_at());
            assert!(
                document.is_err() || document == Ok(Some(ENDS)),
                "{start}{value}"
            );
        }
    }
    for payload in [
        r#"{"Exp": 1625097600}"#,
        r#"[{"exp": 1625097600}]"#,
        r#"[[{"exp": 1625097600}]]"#,
        r#""{\"exp\": 1625097600}""#,
        r#"["{\"exp\": 1625097600}"]"#,
    ] {
        assert!(open(&jws_of(header, payload)).is_err(), "{payload}");
    }
    // A JWT is an object (RFC 7519 §3).
    let jwt = r#"{"alg":"ES256","typ":"JWT"}"#;
    for payload in ["[]", "1", r#""x""#, "eyJ", r#"[{"exp": 1}, {}]"#] {
        assert!(open(&jws_of(jwt, payload)).is_err(), "{payload}");
    }
    // Lists of content are none of claims.
    let rules = std::str::from_utf8(RULES).unwrap();
    for payload in [
        rules,
        "[]",
        r#"[{"a": 1}, {"exp": 1}]"#,
        "text",
        "[not JSON",
    ] {
        let file = jws_of(header, payload);
        assert_eq!(open(&file).unwrap().expires_at(), None, "{payload}");
    }
}

#[test]
fn a_jws_whose_payload_is_another_than_it_looks_is_refused() {
    for member in [
        r#""b64":false"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
        r#""zip":null"#,
        r#""crit":["exp"]"#,
        r#""exp":1625097600"#,
        r#""nbf":"x""#,
        r#""Exp":1"#,
    ] {
        let header = format!(r#"{{"alg":"ES256",{member}}}"#);
        assert!(open(&jws_of(&header, "{}")).is_err(), "{member}");
        let group = format!(r#"{{"keys": {}}}"#, keys_of(&[&dsc()]));
        let payload = format!(r#"{{"dsc_trust_list": {{"XX": {group}}}}}"#);
        let list = jws_of(&header, &payload);
        assert!(
            load(ListFormat::Swedish, &list, &key("list")).is_err(),
            "{member}"
        );
    }
}

#[test]
fn our_own_documents_have_dates_of_these_centuries() {
    let signer = fixtures::signer("list");
    let sign = |made, ends| SignedDocument::sign("rules", RULES, made, ends, &signer);
    let at = Timestamp::from_seconds;
    for (made, ends) in [
        (at(-1), None),
        (at(MADE.seconds() * 1000), None),
        (MADE, Some(at(ENDS.seconds() * 1000))),
        (MADE, Some(at(i64::MAX))),
    ] {
        assert_eq!(sign(made, ends).unwrap_err().code(), "document-date");
    }
    // As another writer makes them.
    let own = |claims: Cbor| {
        let like = "application/x.hcert-document; purpose=rules";
        cose(&cbor!({1 => -7, 3 => like, 15 => claims}).unwrap(), RULES)
    };
    let made = MADE.seconds();
    open(&own(cbor!({4 => ENDS.seconds(), 6 => made}).unwrap())).unwrap();
    for claims in [
        cbor!({4 => ENDS.seconds() * 1000, 6 => made}).unwrap(),
        cbor!({4 => i64::MAX, 6 => made}).unwrap(),
        cbor!({4 => 1e300, 6 => made}).unwrap(),
        cbor!({4 => "x", 6 => made}).unwrap(),
        cbor!({6 => made * 1000}).unwrap(),
        cbor!({6 => -1}).unwrap(),
    ] {
        assert!(open(&own(claims.clone())).is_err(), "{claims:?}");
    }
}

// ---------------------------------------------------------------- revocations

#[test]
fn a_date_of_a_revocation_list_is_read_or_refuses_it() {
    let italian = |date: &str| {
        let chunk =
            format!(r#"{{"version": 7, "chunk": 1, "lastChunk": 1, "revokedUcvi": []{date}}}"#);
        ItalianList::trust_unsigned("IT", &[chunk.as_bytes()]).map_err(|error| error.code())
    };
    let lists = |date: &str| {
        let lists =
            format!(r#"[{{"kid": "9cWXDDA52FQ=", "mode": "POINT", "hashTypes": ["UCI"]{date}}}]"#);
        let part = RevocationPart::trust_unsigned(lists.as_bytes()).unwrap();
        PartitionedList::from_lists("EU", part).map_err(|error| error.code())
    };
    for value in [
        "null",
        "1622505600",
        "[]",
        r#""""#,
        r#""2021-06-01""#,
        r#""soon""#,
        "true",
    ] {
        let date = format!(r#", "creationDate": {value}"#);
        assert_eq!(italian(&date).err(), Some("revocation-member"), "{value}");
        for name in ["lastUpdated", "expires"] {
            let date = format!(r#", "{name}": {value}"#);
            assert_eq!(
                lists(&date).err(),
                Some("revocation-member"),
                "{name}: {value}"
            );
        }
    }
    italian(r#", "creationDate": "2022-06-01T10:00:00.123Z""#).unwrap();
    italian("").unwrap();
    lists(r#", "lastUpdated": "2022-06-01T10:00:00+01:00""#).unwrap();
    lists("").unwrap();
}

// -------------------------------------------------------- forms of our own

#[test]
fn a_stored_state_with_a_misspelt_member_is_refused() {
    let mut state = TrustState::default();
    state.saw_time(MADE);
    let stored: Value = serde_json::from_str(&state.to_json()).unwrap();
    let read = |state: &Value| TrustState::from_json(state.to_string().as_bytes());
    assert_eq!(read(&stored).unwrap(), state);
    let mut misspelt = stored.clone();
    misspelt["LatestTime"] = json!(1);
    assert!(read(&misspelt).is_err());
    let mut misspelt = stored;
    misspelt["lists"] = json!({"x": {"issued_at": 1_622_505_600}});
    assert!(read(&misspelt).is_err());
}

#[test]
fn rules_beside_another_spelling_are_refused() {
    use hcert::rules::RuleSet;
    for document in [
        r#"{"rules": [], "Rules": []}"#,
        r#"{"Rules": []}"#,
        r#"{"rules": [], "more": 1}"#,
    ] {
        let set = RuleSet::from_json(document.as_bytes());
        assert_eq!(set.unwrap_err().code(), "rules-not-rules", "{document}");
    }
}
