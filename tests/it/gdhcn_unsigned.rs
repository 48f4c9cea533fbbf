//! Lists of the WHO's network that the caller trusts without their proof:
//! those of version 1, whose signer can't be resolved, and those of version 2.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::Timestamp;
use hcert::trust::{
    Chain, Dsc, Environment, GdhcnAnchor, GdhcnUsage, ListFormat, LoadError, LoadLimits,
    LoadReport, TrustStore, TrustStoreBuilder,
};
use hcert::verify::{Outcome, Verifier};
use hcert_testkit::{fixtures, published};
use serde_json::{Value, json};

const PROD: &str = "tng-cdn.who.int";
const DEV: &str = "tng-cdn-dev.who.int";

fn kid(dsc: &Dsc) -> String {
    BASE64_STANDARD.encode(dsc.kid())
}

/// As version 1 writes it: without `kid`, `domain`, `participant`, `keyusage`.
fn old_entry(host: &str, participant: &str, dsc: &Dsc) -> Value {
    json!({
        "id": format!("did:web:{host}:trustlist:{participant}#{}", kid(dsc)),
        "type": "JsonWebKey2020",
        "controller": format!("did:web:{host}:trustlist:{participant}"),
        "publicKeyJwk": {
            "kty": "EC",
            "x5c": [BASE64_STANDARD.encode(dsc.der())],
            "crv": "P-256",
            "x": "AA==",
            "y": "AA==",
        },
    })
}

/// The header of its signature has the algorithm `EC`.
fn old_list(host: &str, entries: &[Value]) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
        ],
        "id": format!("did:web:{host}:trustlist"),
        "controller": format!("did:web:{host}:trustlist"),
        "verificationMethod": entries,
        "proof": {
            "type": "JsonWebSignature2020",
            "created": "2025-08-30T19:40:38Z",
            "nonce": "",
            "proofPurpose": "assertionMethod",
            "verificationMethod": format!("did:web:{host}:trustlist:signerinfo"),
            "jws": "eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFQyJ9..AAAA",
        },
    })
}

fn new_list(host: &str, suffix: &str, dsc: &Dsc) -> Value {
    let list = format!("did:web:{host}:v2:trustlist");
    json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            format!("https://smart.who.int/trust/tng-context/v1{suffix}.jsonld"),
        ],
        "id": list,
        "controller": list,
        "verificationMethod": [{
            "id": format!("{list}:DCC:XXA:DSC#{}", kid(dsc)),
            "type": "JsonWebKey2020",
            "controller": list,
            "publicKeyJwk": {
                "kty": "EC",
                "kid": kid(dsc),
                "x5c": [BASE64_STANDARD.encode(dsc.der())],
                "crv": "P-256",
            },
            "domain": {"code": "#DCC"},
            "participant": {"code": "#XXA"},
            "keyusage": {"code": "#DSC"},
        }],
    })
}

fn add(builder: &mut TrustStoreBuilder, list: &Value) -> Result<(), LoadError> {
    let bytes = list.to_string();
    let added = builder.trust_unsigned_list("list", ListFormat::Gdhcn, &bytes);
    added.map(|_| ())
}

fn load(list: &Value) -> Result<(TrustStore, LoadReport), LoadError> {
    let mut builder = TrustStore::builder();
    add(&mut builder, list)?;
    Ok(builder.build())
}

fn refusal(list: &Value) -> &'static str {
    load(list).err().map_or("loaded", |error| error.code())
}

fn problems(report: &LoadReport) -> Vec<(usize, &'static str, bool)> {
    let all = report.problems.iter();
    all.map(|p| (p.position, p.problem.code(), p.kept))
        .collect()
}

#[test]
fn version_1_is_read_if_the_caller_says_so() {
    let dsc = fixtures::dsc("a", &[]);
    let list = old_list(PROD, &[old_entry(PROD, "xxa", &dsc)]);
    let (store, report) = load(&list).unwrap();
    assert_eq!((report.total, report.loaded), (1, 1));
    assert!(report.problems.is_empty(), "{report:?}");

    let key = &store.candidates(dsc.kid())[0];
    assert_eq!(key.public_key(), dsc.public_key());
    assert_eq!(key.origin(), "list");
    assert_eq!(key.chain(), Chain::NotChecked);
    let listed = key.gdhcn().unwrap();
    assert_eq!(listed.environment(), Environment::Prod);
    assert_eq!(listed.participant(), "XXA");
    assert_eq!(listed.usage(), GdhcnUsage::DocumentSigner);
    // It names none, and so is in none that somebody selects.
    assert_eq!(listed.domain(), "-");
    assert_eq!(listed.to_string(), "-:XXA:DSC");

    let info = &store.lists()[0];
    assert!(!info.is_authenticated());
    assert_eq!(info.format(), ListFormat::Gdhcn);
    let created = Timestamp::parse("2025-08-30T19:40:38Z").unwrap();
    assert_eq!(info.issued_at(), Some(created));
}

#[test]
fn a_certificate_verifies_with_a_list_of_version_1() {
    let dsc = fixtures::dsc("a", &[]);
    let mut list = old_list(PROD, &[old_entry(PROD, "xxa", &dsc)]);
    list["proof"]["created"] = json!("2021-06-15T00:00:00Z");
    let (store, _) = load(&list).unwrap();
    let issued = fixtures::issued("a", &fixtures::vaccination());
    let verdict = Verifier::new(store).verify(issued.text(), fixtures::NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
}

#[test]
fn the_signed_way_still_refuses_version_1() {
    let dsc = fixtures::dsc("a", &[]);
    let old = old_list(PROD, &[old_entry(PROD, "xxa", &dsc)]).to_string();
    let mut builder = TrustStore::builder();
    let error = builder
        .add_gdhcn("list", old.as_bytes(), &GdhcnAnchor::prod())
        .unwrap_err();
    assert_eq!(error.code(), "gdhcn-old-version");
    let new = new_list(PROD, "", &dsc).to_string();
    let error = builder
        .add_gdhcn("list", new.as_bytes(), &GdhcnAnchor::prod())
        .unwrap_err();
    assert_eq!(error.code(), "gdhcn-unsigned");
    // Nor does any way in whose name doesn't say it.
    for list in [&old, &new] {
        let format = ListFormat::Gdhcn;
        let error = builder.add_signed_list("list", format, list, &[]);
        assert_eq!(error.unwrap_err().code(), "trust-anchor-missing");
        let error = builder.add_list("list", format, list.as_bytes());
        assert_eq!(error.unwrap_err().code(), "trust-anchor-missing");
    }
    let error = builder.add_bytes("list", old.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "trust-anchor-missing");
    assert!(builder.build().0.is_empty());
}

#[test]
fn version_2_is_read_with_a_bad_proof_or_none() {
    let dsc = fixtures::dsc("a", &[]);
    let mut list = new_list(PROD, "", &dsc);
    for proof in [
        Value::Null,
        json!("none"),
        json!({"created": "2026-08-22T17:05:21Z", "jws": "A..B", "other": 1}),
    ] {
        let (store, report) = load(&list).unwrap();
        assert_eq!((report.total, report.loaded), (1, 1), "{report:?}");
        assert!(!store.lists()[0].is_authenticated());
        let key = store.iter().next().unwrap();
        assert_eq!(key.gdhcn().unwrap().to_string(), "DCC:XXA:DSC");
        list["proof"] = proof;
    }
    let (store, _) = load(&list).unwrap();
    assert!(store.lists()[0].issued_at().is_some());
}

/// All but the proof is as strict as with it.
#[test]
fn version_2_is_refused_for_what_could_not_be_signed() {
    let dsc = fixtures::dsc("a", &[]);
    let list = new_list(PROD, "", &dsc);
    assert_eq!(refusal(&list), "loaded");
    let changed = |change: fn(&mut Value)| {
        let mut list = list.clone();
        change(&mut list);
        refusal(&list)
    };
    let context = changed(|list| list["@context"][2] = json!("https://example.com"));
    assert_eq!(context, "gdhcn-context");
    let member = changed(|list| list["note"] = json!("x"));
    assert_eq!(member, "gdhcn-unknown-member");
    let member = changed(|list| list["verificationMethod"][0]["note"] = json!("x"));
    assert_eq!(member, "gdhcn-unknown-member");
    let number = changed(|list| list["verificationMethod"][0]["publicKeyJwk"]["n"] = json!(1));
    assert_eq!(number, "gdhcn-member");
    let twice = changed(|list| {
        let entry = list["verificationMethod"][0].clone();
        list["verificationMethod"] = json!([entry, entry]);
    });
    assert_eq!(twice, "gdhcn-repeated-id");
    // Another environment's contexts.
    assert_eq!(refusal(&new_list(PROD, "-DEV", &dsc)), "gdhcn-context");
}

#[test]
fn environments_never_mix() {
    let dsc = fixtures::dsc("a", &[]);
    let lists = [
        (PROD, old_list(PROD, &[old_entry(PROD, "xxa", &dsc)])),
        (PROD, new_list(PROD, "", &dsc)),
        (DEV, old_list(DEV, &[old_entry(DEV, "xxa", &dsc)])),
        (DEV, new_list(DEV, "-DEV", &dsc)),
    ];
    for (first, one) in &lists {
        for (second, other) in &lists {
            let mut builder = TrustStore::builder();
            add(&mut builder, one).unwrap();
            let added = add(&mut builder, other);
            if first == second {
                added.unwrap();
            } else {
                assert_eq!(added.unwrap_err().code(), "gdhcn-mixed-environments");
                let (store, report) = builder.build();
                assert_eq!((store.len(), report.total), (1, 1));
                assert_eq!(report.lists.len(), 1);
            }
        }
        // Nor does a signed list of another environment come in after it.
        let mut builder = TrustStore::builder();
        add(&mut builder, one).unwrap();
        let error = builder
            .add_gdhcn("x", b"{}", &GdhcnAnchor::uat())
            .unwrap_err();
        assert_eq!(error.code(), "gdhcn-mixed-environments");
    }
}

#[test]
fn an_entry_of_another_host_stays_out() {
    let dsc = fixtures::dsc("a", &[]);
    let list = old_list(
        PROD,
        &[
            old_entry(DEV, "xxa", &dsc),
            json!(format!("did:web:{DEV}:trustlist")),
            json!(format!("did:web:{PROD}:trustlist:xxa")),
            old_entry(PROD, "xxa", &dsc),
        ],
    );
    let (store, report) = load(&list).unwrap();
    assert_eq!(store.len(), 1);
    assert_eq!(
        problems(&report),
        [
            (0, "reference", false),
            (1, "reference", false),
            (2, "reference", false),
        ]
    );
}

#[test]
fn an_entry_of_version_1_that_cannot_be_used_is_named() {
    let dsc = fixtures::dsc("a", &[]);
    let good = old_entry(PROD, "xxa", &dsc);
    let with = |member: &str, value: Value| {
        let mut entry = good.clone();
        entry[member] = value;
        entry
    };
    let id = |id: &str| with("id", format!("did:web:{PROD}:{id}").into());
    let jwk = |member: &str, value: Value| {
        let mut entry = good.clone();
        entry["publicKeyJwk"][member] = value;
        entry
    };
    for (entry, code) in [
        (json!(1), "entry-member"),
        (json!({}), "entry-member"),
        (with("id", json!(1)), "entry-member"),
        (id("trustlist:xxa"), "entry-member"),
        (id("trustlist:signerinfo#AAAA"), "entry-member"),
        (id("trustlist:DCC:XXA:DSC#AAAA"), "entry-member"),
        (id("trustlist:x%a#AAAA"), "entry-member"),
        (id("v2:trustlist:xxa#AAAA"), "entry-member"),
        (id("trustlist:xxa#not base64"), "kid-base64"),
        (with("type", json!("JsonWebKey2099")), "entry-member"),
        (with("publicKeyJwk", Value::Null), "entry-member"),
        (jwk("x5c", json!([])), "entry-member"),
        (jwk("x5c", json!(["!"])), "entry-base64"),
        (jwk("x5c", json!(["AAAA"])), "certificate-encoding"),
        (jwk("kid", json!("AAAA")), "entry-id-mismatch"),
    ] {
        let (store, report) = load(&old_list(PROD, &[entry.clone(), good.clone()])).unwrap();
        assert_eq!(store.len(), 1, "{entry}");
        assert_eq!(problems(&report), [(0, code, false)], "{entry}");
    }
    // Kept, as in version 2.
    let (store, report) = load(&old_list(PROD, &[id("trustlist:xxa#AAAA")])).unwrap();
    assert_eq!(store.len(), 1);
    assert_eq!(problems(&report), [(0, "kid-mismatch", true)]);
}

#[test]
fn other_documents_are_refused() {
    let dsc = fixtures::dsc("a", &[]);
    let mut list = old_list(PROD, &[old_entry(PROD, "xxa", &dsc)]);
    for id in [
        json!("did:web:example.com:trustlist"),
        json!("did:web:tng-cdn.who.int.example.com:trustlist"),
        json!("https://tng-cdn.who.int/trustlist"),
        json!(1),
        Value::Null,
    ] {
        list["id"] = id;
        assert_eq!(refusal(&list), "gdhcn-not-a-trust-list", "{list}");
    }
    for id in ["v3:trustlist", "anything", "v2:other"] {
        let mut list = new_list(PROD, "", &dsc);
        list["id"] = json!(format!("did:web:{PROD}:{id}"));
        assert_eq!(refusal(&list), "gdhcn-not-a-trust-list", "{list}");
    }
    let mut list = old_list(PROD, &[]);
    list["verificationMethod"] = json!({});
    assert_eq!(refusal(&list), "gdhcn-member");
    assert_eq!(refusal(&json!([])), "gdhcn-not-a-trust-list");
    let mut builder = TrustStore::builder();
    let error = builder
        .trust_unsigned_list("x", ListFormat::Gdhcn, b"{")
        .unwrap_err();
    assert_eq!(error.code(), "trust-json");
}

#[test]
fn limits_hold() {
    let dsc = fixtures::dsc("a", &[]);
    let entry = old_entry(PROD, "xxa", &dsc);
    let mut limits = LoadLimits::default();
    limits.entries = 1;
    let mut builder = TrustStore::builder().with_limits(limits);
    let error = add(&mut builder, &old_list(PROD, &[entry.clone(), entry])).unwrap_err();
    assert_eq!(error.code(), "trust-too-many-entries");
}

/// A list that nobody signed must not make a signed one look old.
#[test]
fn the_date_of_an_unsigned_list_is_not_remembered() {
    let dsc = fixtures::dsc("a", &[]);
    let mut list = old_list(PROD, &[old_entry(PROD, "xxa", &dsc)]);
    list["proof"]["created"] = json!("2099-01-01T00:00:00Z");
    let (_, report) = load(&list).unwrap();
    assert_eq!(report.state.latest_time(), None);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn published_lists_give_the_same_keys_with_and_without_their_proof() {
    for (folder, anchor) in [("PROD", GdhcnAnchor::prod()), ("DEV", GdhcnAnchor::dev())] {
        let path = published::find(&format!("gdhcn/{folder}/v2/trustlist/did.json"));
        let bytes = std::fs::read(path).unwrap();
        let mut builder = TrustStore::builder();
        builder.add_gdhcn("list", &bytes, &anchor).unwrap();
        let (signed, signed_report) = builder.build();
        let mut builder = TrustStore::builder();
        builder
            .trust_unsigned_list("list", ListFormat::Gdhcn, &bytes)
            .unwrap();
        let (unsigned, report) = builder.build();
        assert!(!unsigned.is_empty());
        assert_eq!(report.problems, signed_report.problems);
        let keys = |store: &TrustStore| -> Vec<_> {
            let all = store.iter();
            all.map(|key| (key.kid().clone(), key.gdhcn().cloned()))
                .collect()
        };
        assert_eq!(keys(&unsigned), keys(&signed));
        assert!(signed.lists()[0].is_authenticated());
        assert!(!unsigned.lists()[0].is_authenticated());
        let [one, other] = [&unsigned, &signed].map(|store| store.lists()[0].issued_at());
        assert_eq!(one, other);
    }
}
