//! Lists in the form of the WHO's network (GDHCN), signed by a key of our
//! own, and everything that must not pass for one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hcert::Timestamp;
use hcert::trust::{
    Chain, Dsc, Environment, GdhcnError, ListFormat, LoadError, LoadReport, ProblemKind, TrustStore,
};
use hcert_testkit::lists;
use hcert_testkit::lists::gdhcn::{DEV, HEADER, Names, PROD, UAT, certificate};
use hcert_testkit::pki::{self, CertificateSpec, TestKey};
use serde_json::{Value, json};

trait Load {
    fn load(&self, json: impl AsRef<[u8]>) -> Result<(TrustStore, LoadReport), LoadError>;
    fn refusal(&self, json: impl AsRef<[u8]>) -> GdhcnError;
}

impl Load for Names {
    fn load(&self, json: impl AsRef<[u8]>) -> Result<(TrustStore, LoadReport), LoadError> {
        let mut builder = TrustStore::builder();
        builder.add_gdhcn("list", json.as_ref(), &self.anchor())?;
        Ok(builder.build())
    }

    fn refusal(&self, json: impl AsRef<[u8]>) -> GdhcnError {
        match self.load(json) {
            Err(LoadError::Gdhcn(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

/// An authority, its document signer, and a reference.
fn small() -> Value {
    PROD.signed(PROD.document(&[
        PROD.entry("DCC:XXA:DSC", &certificate("signer", "authority", false)),
        PROD.entry("DCC:XXA:SCA", &certificate("authority", "authority", true)),
        json!("did:web:tng-cdn.who.int:v2:trustlist:PH4H"),
    ]))
}

#[test]
fn keys_keep_where_they_are_listed() {
    let (store, report) = PROD.load(small().to_string()).unwrap();
    assert_eq!((report.loaded, report.rejected, report.total), (2, 1, 3));
    let listed: Vec<_> = store
        .iter()
        .map(|key| {
            let listed = key.gdhcn().unwrap();
            assert_eq!(listed.environment(), Environment::Prod);
            assert_eq!(key.country(), Some("XX"));
            (listed.to_string(), key.chain())
        })
        .collect();
    for expected in [
        ("DCC:XXA:DSC".to_owned(), Chain::Checked),
        ("DCC:XXA:SCA".to_owned(), Chain::Authority),
    ] {
        assert!(listed.contains(&expected), "{listed:?}");
    }
    let info = &report.lists[0];
    assert_eq!(info.identity(), Some(PROD.list().as_str()));
    assert_eq!((info.format().code(), report.total), ("gdhcn", 3));
    assert!(info.is_authenticated());
    assert_eq!(
        info.issued_at(),
        Some(Timestamp::parse("2026-08-22T17:05:21Z").unwrap())
    );
    for names in [&DEV, &UAT] {
        let entry = names.entry("DCC:XXA:DSC", &certificate("signer", "authority", false));
        let json = names.signed(names.document(&[entry])).to_string();
        let (store, _) = names.load(json).unwrap();
        let key = store.iter().next().unwrap();
        assert_eq!(key.gdhcn().unwrap().environment(), names.environment);
    }
}

#[test]
fn keys_are_selected_by_domain_and_participant() {
    let dsc = certificate("signer", "authority", false);
    let other = certificate("other", "authority", false);
    // One certificate, listed for two domains, is two keys.
    let json = PROD.signed(PROD.document(&[
        PROD.entry("DCC:XXA:DSC", &dsc),
        PROD.entry("PH4H:XXA:DSC", &dsc),
        PROD.entry("DCC:XXB:DSC", &other),
    ]));
    let (store, report) = PROD.load(json.to_string()).unwrap();
    assert_eq!((report.loaded, report.duplicates), (3, 0));
    let select = |domain, participants: &[&str]| {
        store.select(|key| {
            key.gdhcn().is_some_and(|listed| {
                listed.domain() == domain && participants.contains(&listed.participant())
            })
        })
    };
    assert_eq!(select("DCC", &["XXA", "XXB"]).len(), 2);
    assert_eq!(select("PH4H", &["XXA", "XXB"]).len(), 1);
    let none = select("PH4H", &["XXB"]);
    assert!(none.is_empty() && none.candidates(other.kid()).is_empty());
    let one = select("DCC", &["XXB"]);
    assert_eq!(one.candidates(other.kid()).len(), 1);
    assert!(one.candidates(dsc.kid()).is_empty());
}

#[test]
fn chains_stay_within_a_participant_and_are_signatures_not_names() {
    let json = PROD.signed(PROD.document(&[
        PROD.entry("DCC:XXA:SCA", &certificate("authority", "authority", true)),
        PROD.entry("DCC:XXA:DSC", &certificate("own", "authority", false)),
        PROD.entry("DCC:XXB:DSC", &certificate("foreign", "authority", false)),
        // Names its authority, but that one never signed it.
        PROD.entry("DCC:XXA:DSC", &{
            let spec = CertificateSpec {
                subject: "CN=posing,C=XX",
                issuer: "CN=authority,C=XX",
                serial: 1,
                not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
                not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
                eku: &[],
                ca: false,
            };
            let key = TestKey::new("posing");
            Dsc::from_der(&pki::certificate(&spec, &key, &key).unwrap()).unwrap()
        }),
    ]));
    let (store, _) = PROD.load(json.to_string()).unwrap();
    for (name, chain) in [
        ("authority", Chain::Authority),
        ("own", Chain::Checked),
        ("foreign", Chain::NoAuthority),
        ("posing", Chain::NoAuthority),
    ] {
        let key = store
            .iter()
            .find(|k| k.certificate().unwrap().common_name() == Some(name));
        assert_eq!(key.unwrap().chain(), chain, "{name}");
    }
}

/// A list that is only looked at may have thousands of authorities of one name.
#[test]
fn of_authorities_of_one_name_sixteen_are_tried() {
    let name = "CN=authority,C=XX";
    for (others, chain) in [(15, Chain::Checked), (16, Chain::NoAuthority)] {
        let mut entries: Vec<_> = (0..others)
            .map(|n| {
                let key = format!("namesake {n}");
                let der = lists::certificate(name, &key, name, &key, true);
                PROD.entry("DCC:XXA:SCA", &Dsc::from_der(&der).unwrap())
            })
            .collect();
        // One of another name is not counted.
        let other = certificate("another", "another", true);
        entries.insert(0, PROD.entry("DCC:XXA:SCA", &other));
        let authority = certificate("authority", "authority", true);
        entries.push(PROD.entry("DCC:XXA:SCA", &authority));
        let own = certificate("own", "authority", false);
        entries.push(PROD.entry("DCC:XXA:DSC", &own));
        let list = PROD.signed(PROD.document(&entries));
        let (store, _) = PROD.load(list.to_string()).unwrap();
        assert_eq!(store.candidates(own.kid())[0].chain(), chain, "{others}");
    }
}

#[test]
fn the_way_of_writing_is_free() {
    let list = small();
    let pretty = serde_json::to_string_pretty(&list).unwrap();
    assert!(PROD.load(&pretty).is_ok());
    let escaped = list.to_string().replace("did:web", "\\u0064id:web");
    assert!(PROD.load(&escaped).is_ok());
    let mut turned = list.clone();
    let entries = turned["verificationMethod"].as_array_mut().unwrap();
    entries.reverse();
    assert!(PROD.load(turned.to_string()).is_ok());
    assert!(PROD.load(format!("\u{feff}{list}")).is_ok());
}

#[test]
fn every_change_of_a_byte_is_refused() {
    let json = small().to_string();
    assert!(PROD.load(&json).is_ok());
    for at in 0..json.len() {
        let mut changed = json.clone().into_bytes();
        for byte in [b'A', b'0', b'"'] {
            if changed[at] == byte {
                continue;
            }
            let was = std::mem::replace(&mut changed[at], byte);
            assert!(PROD.load(&changed).is_err(), "byte {at} as {byte:#x}");
            changed[at] = was;
        }
        let mut less = json.clone().into_bytes();
        less.remove(at);
        assert!(PROD.load(&less).is_err(), "without byte {at}");
    }
}

/// Every object of a document with its path, and every member's.
fn paths(value: &Value, at: String, objects: &mut Vec<String>, members: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            objects.push(at.clone());
            for (name, value) in map {
                let path = format!("{at}/{}", name.replace('/', "~1"));
                members.push(path.clone());
                paths(value, path, objects, members);
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                let path = format!("{at}/{n}");
                members.push(path.clone());
                paths(value, path, objects, members);
            }
        }
        _ => {}
    }
}

#[test]
fn every_added_member_is_refused_wherever_it_is() {
    let list = small();
    let (mut objects, mut members) = (Vec::new(), Vec::new());
    paths(&list, String::new(), &mut objects, &mut members);
    assert_eq!(objects.len(), 12, "{objects:?}");
    // Some of these the contexts define, for elsewhere or for nobody here.
    let names = [
        "x",
        "",
        "@id",
        "@type",
        "@context",
        "@graph",
        "@language",
        "did:web:x",
        "alsoKnownAs",
        "service",
        "assertionMethod",
        "privateKeyJwk",
        "publicKeyPem",
        "expires",
        "challenge",
        "domain",
        "proof",
        "code",
        "kty",
        "crit",
    ];
    for path in &objects {
        for name in names {
            for value in [
                json!("x"),
                json!({}),
                json!([]),
                json!(null),
                json!({"@language": "en"}),
            ] {
                let mut changed = list.clone();
                let object = changed.pointer_mut(path).unwrap().as_object_mut().unwrap();
                if object.insert(name.into(), value).is_some() {
                    continue;
                }
                assert!(PROD.load(changed.to_string()).is_err(), "{path}: {name}");
            }
        }
    }
    let mut changed = list.clone();
    changed["proof"]["expires"] = "2030-01-01T00:00:00Z".into();
    assert_eq!(
        PROD.refusal(changed.to_string()),
        GdhcnError::UnknownMember {
            within: "proof",
            name: "expires".into()
        }
    );
}

#[test]
fn every_missing_member_and_every_other_type_is_refused() {
    let list = small();
    let (mut objects, mut members) = (Vec::new(), Vec::new());
    paths(&list, String::new(), &mut objects, &mut members);
    for path in &members {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let was = list.pointer(path).unwrap();
        for other in [
            json!(null),
            json!(true),
            json!(0),
            json!(""),
            json!([]),
            json!({}),
            json!([was]),
            json!({"@value": was}),
            json!({"@id": was}),
            json!({"@value": was, "@language": "en"}),
        ] {
            if other == *was {
                continue;
            }
            let mut changed = list.clone();
            *changed.pointer_mut(path).unwrap() = other.clone();
            assert!(PROD.load(changed.to_string()).is_err(), "{path}: {other}");
        }
        let mut changed = list.clone();
        match changed.pointer_mut(parent).unwrap() {
            Value::Object(map) => drop(map.remove(&name.replace("~1", "/"))),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            _ => panic!("{path}"),
        }
        assert!(PROD.load(changed.to_string()).is_err(), "without {path}");
    }
}

#[test]
fn members_that_occur_twice_are_refused_in_both_orders() {
    let json = small().to_string();
    for member in [
        r#""controller":"did:web:tng-cdn.who.int:v2:trustlist""#,
        r#""type":"JsonWebKey2020""#,
        r##""code":"#DCC""##,
        r##""code":"#XXA""##,
        r##""code":"#DSC""##,
        r#""kty":"EC""#,
        r#""crv":"P-256""#,
        r#""proofPurpose":"assertionMethod""#,
        r##""domain":{"code":"#DCC"}"##,
    ] {
        assert!(json.contains(member), "{member}");
        let name = member.split(':').next().unwrap();
        for twice in [
            format!("{member},{member}"),
            format!("{name}:\"other\",{member}"),
            format!("{member},{name}:\"other\""),
        ] {
            let error = PROD.refusal(json.replacen(member, &twice, 1));
            assert_eq!(error.code(), "gdhcn-repeated-member", "{twice}");
        }
    }
}

/// Under one name, two keys would be one subject with two of each, and the
/// signature would not tell which belong together.
#[test]
fn keys_of_the_same_name_are_refused() {
    let (a, b) = (
        certificate("a", "authority", false),
        certificate("b", "authority", false),
    );
    let first = PROD.entry("DCC:XXA:DSC", &a);
    let mut second = PROD.entry("PH4H:XXB:DSC", &b);
    second["id"] = first["id"].clone();
    let list = PROD.signed(PROD.document(&[first.clone(), second.clone()]));
    let error = PROD.refusal(list.to_string());
    assert_eq!(error.code(), "gdhcn-repeated-id");

    // The forgery: the domains change places, the statements stay.
    let mut forged = list.clone();
    forged["verificationMethod"][0]["domain"] = second["domain"].clone();
    forged["verificationMethod"][1]["domain"] = first["domain"].clone();
    assert_eq!(PROD.statements(&forged), PROD.statements(&list));
    assert_eq!(PROD.refusal(forged.to_string()).code(), "gdhcn-repeated-id");

    let mut exact = small();
    let again = exact["verificationMethod"][0].clone();
    exact["verificationMethod"]
        .as_array_mut()
        .unwrap()
        .push(again["id"].clone());
    assert_eq!(PROD.refusal(exact.to_string()).code(), "gdhcn-repeated-id");
}

#[test]
fn other_contexts_are_refused() {
    let list = small();
    let own = list["@context"].as_array().unwrap().clone();
    let inline = json!({"domain": "https://smart.who.int/trust/ValueSet-Participants.jsonld"});
    for contexts in [
        json!(own[0]),
        json!([]),
        json!([own[0], own[1]]),
        json!([own[1], own[0], own[2]]),
        json!([own[0], own[1], own[2], own[2]]),
        json!([own[0], own[1], own[2], inline]),
        json!([own[0], own[1], inline]),
        json!([
            own[0],
            own[1],
            "https://smart.who.int/trust/tng-context/v1-DEV.jsonld"
        ]),
        json!([
            own[0],
            own[1],
            "https://smart.who.int/trust/tng-context/v2.jsonld"
        ]),
    ] {
        let mut changed = list.clone();
        changed["@context"] = contexts.clone();
        let error = PROD.refusal(changed.to_string());
        assert_eq!(error.code(), "gdhcn-context", "{contexts}");
    }
}

#[test]
fn other_signatures_are_refused() {
    let list = small();
    let jws = list["proof"]["jws"].as_str().unwrap();
    let (header, signature) = jws.split_once("..").unwrap();
    let refused = |jws: String| {
        let mut changed = list.clone();
        changed["proof"]["jws"] = jws.into();
        PROD.refusal(changed.to_string())
    };
    let mut unsigned = list.clone();
    unsigned.as_object_mut().unwrap().remove("proof");
    for other in [
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"none"}"#,
        r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#,
        r#"{"b64":true,"crit":["b64"],"alg":"ES256"}"#,
        r#"{"b64":false,"crit":["b64"],"alg":"HS256"}"#,
        r#"{"b64":false,"crit":["b64"],"alg":"ES256"} "#,
    ] {
        // Signed as its own header wants it.
        let signature = PROD.sign(&PROD.signing_input(&unsigned, other)).to_der();
        let [header, signature] =
            [other.as_bytes(), signature.as_bytes()].map(|b| BASE64_URL_SAFE_NO_PAD.encode(b));
        assert_eq!(
            refused(format!("{header}..{signature}")),
            GdhcnError::Header
        );
    }
    for wrong in [
        String::new(),
        "..".into(),
        format!("{header}.{signature}"),
        format!("{header}.e30.{signature}"),
    ] {
        assert_eq!(refused(wrong.clone()), GdhcnError::Header, "{wrong}");
    }
    let raw = PROD.sign(&PROD.signing_input(&unsigned, HEADER)).to_bytes();
    let zero = "30060201000201 00".replace(' ', "");
    for wrong in [
        BASE64_URL_SAFE_NO_PAD.encode(raw),
        String::new(),
        format!("{signature}="),
        format!("{signature}AAAA"),
        format!(".{signature}"),
        BASE64_URL_SAFE_NO_PAD.encode([0x30, 6, 2, 1, 0, 2, 1, 0]),
        zero,
    ] {
        let error = refused(format!("{header}..{wrong}"));
        assert_eq!(error, GdhcnError::Signature, "{wrong}");
    }
}

#[test]
fn environments_never_mix() {
    let dsc = certificate("signer", "authority", false);
    let lists = [&PROD, &UAT, &DEV]
        .map(|names| names.signed(names.document(&[names.entry("DCC:XXA:DSC", &dsc)])));
    for (names, list) in [&PROD, &UAT, &DEV].iter().zip(&lists) {
        for (other, found) in [&PROD, &UAT, &DEV].iter().zip(&lists) {
            let mut builder = TrustStore::builder();
            let json = list.to_string();
            builder
                .add_gdhcn("own", json.as_bytes(), &names.anchor())
                .unwrap();
            let json = found.to_string();
            let added = builder.add_gdhcn("other", json.as_bytes(), &other.anchor());
            if names.environment == other.environment {
                assert!(added.is_ok());
                continue;
            }
            let expected = GdhcnError::MixedEnvironments {
                has: names.environment,
                added: other.environment,
            };
            assert_eq!(added.unwrap_err(), expected.into());
            assert_eq!(names.refusal(json).code(), "gdhcn-environment");
            let (store, report) = builder.build();
            assert_eq!((store.len(), report.total, report.lists.len()), (1, 1, 1));
        }
    }
    // Signed for the environment, but of another one's host: not an entry.
    let (store, report) = PROD
        .load(
            PROD.signed(PROD.document(&[DEV.entry("DCC:XXA:DSC", &dsc)]))
                .to_string(),
        )
        .unwrap();
    assert!(store.is_empty());
    assert!(matches!(
        &report.problems[0].problem,
        ProblemKind::Reference {
            elsewhere: true,
            ..
        }
    ));
}

#[test]
fn other_documents_are_told_what_they_are() {
    let mut list = small();
    for (id, code) in [
        ("did:web:tng-cdn.who.int:trustlist", "gdhcn-old-version"),
        ("did:web:tng-cdn.who.int:trustlist:DCC", "gdhcn-old-version"),
        ("did:web:tng-cdn.who.int:trustlist-ref", "gdhcn-old-version"),
        (
            "did:web:tng-cdn.who.int:v3:trustlist",
            "gdhcn-not-a-trust-list",
        ),
        ("did:web:tng-cdn.who.int:v2", "gdhcn-not-a-trust-list"),
        (
            "did:web:tng-cdn.who.int:v2:trustlists",
            "gdhcn-not-a-trust-list",
        ),
        (
            "did:web:tng-cdn.who.int:v2:trustlist#a",
            "gdhcn-not-a-trust-list",
        ),
        (
            "did:web:tng-cdn.who.int.example.com:v2:trustlist",
            "gdhcn-not-a-trust-list",
        ),
        ("did:web:example.com:v2:trustlist", "gdhcn-not-a-trust-list"),
        (
            "did:web:tng-cdn-dev.who.int:v2:trustlist",
            "gdhcn-environment",
        ),
        ("https://tng-cdn.who.int/v2/trustlist", "gdhcn-member"),
        ("", "gdhcn-member"),
        (
            "did:web:tng-cdn.who.int:v2:trustlist:DCC",
            "gdhcn-signature",
        ),
    ] {
        list["id"] = id.into();
        assert_eq!(PROD.refusal(list.to_string()).code(), code, "{id}");
    }
    let mut unsigned = small();
    unsigned.as_object_mut().unwrap().remove("proof");
    assert_eq!(PROD.refusal(unsigned.to_string()), GdhcnError::Unsigned);
    let mut foreign = small();
    foreign["proof"]["verificationMethod"] = "did:web:example.com".into();
    assert_eq!(PROD.refusal(foreign.to_string()).code(), "gdhcn-signer");
    for json in ["", "[]x", "{", "\u{0}"] {
        assert!(
            matches!(PROD.load(json), Err(LoadError::Json { .. })),
            "{json}"
        );
    }
    for json in ["[]", "1", "\"did:web:x\"", "{}", "null"] {
        assert_eq!(PROD.refusal(json), GdhcnError::Unsigned, "{json}");
    }
    assert!(PROD.load("[".repeat(100_000)).is_err());
}

#[test]
fn entries_that_contradict_themselves_are_left_out_one_by_one() {
    let dsc = certificate("signer", "authority", false);
    let good = || PROD.entry("DCC:XXA:DSC", &dsc);
    for (path, value, code) in [
        ("/domain/code", "#PH4H", "entry-id-mismatch"),
        ("/participant/code", "#XXB", "entry-id-mismatch"),
        ("/keyusage/code", "#CSCA", "entry-id-mismatch"),
        ("/keyusage/code", "#DECA", "not-a-document-signer"),
        ("/keyusage/code", "#DESC", "not-a-document-signer"),
        ("/keyusage/code", "#dsc", "not-a-document-signer"),
        ("/publicKeyJwk/kid", "AAECAwQFBgc=", "entry-id-mismatch"),
        ("/publicKeyJwk/x5c/0", "!", "entry-base64"),
        ("/publicKeyJwk/x5c/0", "AAAA", "certificate-encoding"),
        ("/publicKeyJwk/x5c", "text", "entry-member"),
    ] {
        let mut wrong = good();
        *wrong.pointer_mut(path).unwrap() = value.into();
        let other = PROD.entry("DCC:XXB:DSC", &certificate("other", "authority", false));
        let json = PROD.signed(PROD.document(&[wrong, other])).to_string();
        let (store, report) = PROD.load(json).unwrap();
        assert_eq!((store.len(), report.rejected), (1, 1), "{path}");
        let problem = &report.problems[0];
        assert_eq!(
            (problem.position, problem.problem.code()),
            (0, code),
            "{path}"
        );
        assert!(!problem.kept);
    }
    // A kid that isn't the certificate's is kept, and noted.
    let mut fake = good();
    fake["id"] = format!("{}:DCC:XXA:DSC#ABCDEFGH", PROD.list()).into();
    fake["publicKeyJwk"]["kid"] = "ABCDEFGH".into();
    let json = PROD.signed(PROD.document(&[fake])).to_string();
    let (store, report) = PROD.load(json).unwrap();
    assert_eq!(report.problems[0].problem.code(), "kid-mismatch");
    assert_eq!(store.candidates([0, 16, 131, 16, 81, 135]).len(), 1);
}

#[test]
fn an_unsigned_list_is_of_the_environment_that_it_names_and_is_not_authenticated() {
    let dsc = certificate("dsc", "csca", false);
    let mut list = DEV.signed(DEV.document(&[DEV.entry("DCC:XXA:DSC", &dsc)]));
    // Anybody can write this.
    list["proof"]["nonce"] = "AAAA".into();
    let json = list.to_string();
    assert_eq!(DEV.refusal(&json), GdhcnError::Signature);

    let mut builder = TrustStore::builder();
    builder
        .trust_unsigned_list("dev", ListFormat::Gdhcn, &json)
        .unwrap();
    // The environments don't mix on this way in either.
    let prod = PROD.signed(PROD.document(&[PROD.entry("DCC:XXA:DSC", &dsc)]));
    let prod = prod.to_string();
    let mixed = GdhcnError::MixedEnvironments {
        has: Environment::Dev,
        added: Environment::Prod,
    };
    let error = builder.trust_unsigned_list("prod", ListFormat::Gdhcn, &prod);
    assert_eq!(error.unwrap_err(), LoadError::Gdhcn(mixed.clone()));
    let error = builder.add_gdhcn("prod", prod.as_bytes(), &PROD.anchor());
    assert_eq!(error.unwrap_err(), LoadError::Gdhcn(mixed));

    let (store, report) = builder.build();
    assert_eq!((report.loaded, report.total), (1, 1));
    let info = &store.lists()[0];
    assert!(!info.is_authenticated());
    assert_eq!(info.identity(), Some(DEV.list().as_str()));
    assert!(info.issued_at().is_some());
    let key = store.iter().next().unwrap();
    assert_eq!(key.gdhcn().unwrap().environment(), Environment::Dev);

    let strange = json.replace(DEV.host, "lists.example.org");
    let mut builder = TrustStore::builder();
    let error = builder.trust_unsigned_list("x", ListFormat::Gdhcn, &strange);
    assert_eq!(error.unwrap_err().code(), "gdhcn-not-a-trust-list");
}

/// In whichever order an app says what it takes.
#[test]
fn an_environment_that_is_asked_for_later_takes_keys_of_others_out() {
    let list = |names: &Names| {
        let entry = names.entry("DCC:XXA:DSC", &certificate("signer", "authority", false));
        names.signed(names.document(&[entry])).to_string()
    };
    let add = |names: &Names| {
        let mut builder = TrustStore::builder();
        builder
            .add_gdhcn("list", list(names).as_bytes(), &names.anchor())
            .unwrap();
        builder
    };
    let prod_state = add(&PROD).build().1.state;
    let bare = certificate("bare", "bare", false);
    for asked in ["environment", "state"] {
        let mut builder = add(&DEV);
        builder.add_certificate_der("own", bare.der()).unwrap();
        let mut builder = match asked {
            "environment" => builder.with_environment(Environment::Prod),
            _ => builder.with_state(&prod_state),
        };
        let error = builder
            .add_gdhcn("dev", list(&DEV).as_bytes(), &DEV.anchor())
            .unwrap_err();
        assert_eq!(error.code(), "gdhcn-mixed-environments", "{asked}");
        builder
            .add_gdhcn("prod", list(&PROD).as_bytes(), &PROD.anchor())
            .unwrap();
        let (store, report) = builder.build();
        assert_eq!((store.len(), report.superseded), (2, 1), "{asked}");
        let of = |key: &hcert::trust::TrustedKey| key.gdhcn().map(|listed| listed.environment());
        assert!(store.iter().all(|key| of(key) != Some(Environment::Dev)));
        assert_eq!(report.state.environment(), Some(Environment::Prod));
        assert_eq!(report.lists.len(), 1);
    }
    // Of two states of two environments neither is silently dropped.
    let dev_state = add(&DEV).build().1.state;
    for names in [&PROD, &DEV] {
        let mut builder = TrustStore::builder()
            .with_state(&prod_state)
            .with_state(&dev_state);
        let error = builder
            .add_gdhcn("list", list(names).as_bytes(), &names.anchor())
            .unwrap_err();
        assert_eq!(error.code(), "gdhcn-mixed-environments");
    }
    // What is asked for is what was there.
    let (store, _) = add(&PROD).with_environment(Environment::Prod).build();
    assert_eq!(store.len(), 1);
}

/// What the key of an entry is for, beside its certificate, counts as in any
/// other JWK.
#[test]
fn what_a_jwk_of_the_network_restricts_counts() {
    let dsc = certificate("signer", "authority", false);
    let loaded = |members: Value| {
        let mut entry = PROD.entry("DCC:XXA:DSC", &dsc);
        let jwk = entry["publicKeyJwk"].as_object_mut().unwrap();
        jwk.extend(members.as_object().unwrap().clone());
        let list = PROD.document(&[entry]);
        let signed = PROD.load(PROD.signed(list.clone()).to_string());
        let found = |loaded: Result<(TrustStore, LoadReport), LoadError>| {
            let report = loaded.unwrap().1;
            let codes = report.problems.iter().map(|p| p.problem.code());
            (report.loaded, codes.collect::<Vec<_>>())
        };
        let unsigned = {
            let mut builder = TrustStore::builder();
            let list = list.to_string();
            let added = builder.trust_unsigned_list("x", ListFormat::Gdhcn, list.as_bytes());
            added.map(drop).map(|()| builder.build())
        };
        [found(signed), found(unsigned)]
    };
    for members in [
        json!({}),
        json!({"use": "sig"}),
        json!({"use": "enc"}),
        json!({"key_ops": ["verify"]}),
        json!({"key_ops": ["sign", "verify"]}),
        json!({"usage": "x", "alg": "ES256"}),
    ] {
        for found in loaded(members.clone()) {
            assert_eq!(found, (1, vec![]), "{members}");
        }
    }
    for (members, code) in [
        (json!({"use": "x"}), "entry-member"),
        (json!({"use": ["sig"]}), "entry-member"),
        (json!({"use": {"a": "sig"}}), "entry-member"),
        (json!({"Use": "enc"}), "entry-member"),
        (json!({"use ": "sig"}), "entry-member"),
        (json!({"key_ops": []}), "entry-member"),
        (json!({"key_ops": ["encrypt"]}), "entry-member"),
        (json!({"key_ops": "verify"}), "entry-member"),
        (json!({"key_ops": ["verify", ["x"]]}), "entry-member"),
        (json!({"Key_Ops": ["encrypt"]}), "entry-member"),
        (json!({"revoked": {"revoked_at": "2020"}}), "entry-member"),
        (json!({"exp": "1600000000"}), "entry-member"),
        (json!({"nbf": "1600000000"}), "entry-member"),
        (json!({" Exp": "1600000000"}), "entry-member"),
        (json!({"REVOKED": "true"}), "entry-member"),
        (json!({"d": "AAAA"}), "jwk-private-key"),
    ] {
        for found in loaded(members.clone()) {
            assert_eq!(found, (0, vec![code]), "{members}");
        }
    }
}
