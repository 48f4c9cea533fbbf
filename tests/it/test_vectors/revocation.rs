//! `revocation.json`.

use std::collections::{BTreeMap, BTreeSet};

use hcert::issue::P256Signer;
use serde_json::Value;

use super::run_revocation as run;
use super::{codes_in, directory, file, list, string, strings, unhex, validate};

#[test]
fn every_vector_of_revocation_gets_what_it_declares() {
    let file = file("revocation.json");
    let mut wrong = Vec::new();
    for vector in list(&file, "vectors") {
        wrong.extend(run::disagreements(&file, vector).unwrap());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The check itself finds what is wrong.
    let vectors = list(&file, "vectors").iter();
    let mut with_list = vectors.filter(|vector| !list(vector, "lists").is_empty());
    let vector = with_list.next().unwrap();
    for (pointer, value) in [
        ("/expected/outcome", "valid"),
        ("/expected/code", "revocation-missing"),
        ("/expected/why", "stale-undated"),
        ("/expected/identifier", "jti"),
        ("/expected/lists/0", "another"),
        ("/lists/0/expected", "trust-signature"),
        ("/certificate", "italian"),
    ] {
        let mut changed = vector.clone();
        *changed.pointer_mut(pointer).unwrap() = value.into();
        let found = run::disagreements(&file, &changed).unwrap();
        assert_eq!(found.len(), 1, "{pointer}: {found:#?}");
    }
    for member in ["issued_at", "expires_at", "as_of"] {
        let mut changed = file.clone();
        for list in changed["lists"].as_array_mut().unwrap() {
            list[member] = "2021-01-01T00:00:00Z".into();
        }
        let found = run::disagreements(&changed, vector).unwrap();
        assert_eq!(found.len(), 1, "{member}: {found:#?}");
    }
}

#[test]
fn every_certificate_has_the_identifiers_that_it_declares() {
    let file = file("revocation.json");
    let certificates = list(&file, "certificates");
    for certificate in certificates {
        let wrong = run::identifier_disagreements(&file, certificate).unwrap();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        // A text is hashed as it is, and of a signature nothing but itself.
        for identifier in list(certificate, "identifiers") {
            let preimage = unhex(string(identifier, "preimage"));
            match string(identifier, "of") {
                "r" => assert_eq!(preimage.len(), 32),
                "signature" => assert_eq!(preimage.len(), 256),
                _ => assert!(String::from_utf8(preimage).is_ok_and(|text| text.is_ascii())),
            }
        }
    }
    // The check itself finds what is wrong.
    let mut changed = certificates[0].clone();
    changed["identifiers"][0]["kind"] = "uci".into();
    let found = run::identifier_disagreements(&file, &changed).unwrap();
    assert_eq!(found.len(), 1, "{found:#?}");
    changed["identifiers"][1]["preimage"] = "00".into();
    let found = run::identifier_disagreements(&file, &changed).unwrap();
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn the_published_keys_are_those_of_the_entries() {
    let file = file("revocation.json");
    let signer = |id: &str| {
        let mut keys = list(&file, "keys").iter();
        let key = keys.find(|key| key["id"] == id).unwrap();
        (key["algorithm"] == "ES256")
            .then(|| P256Signer::from_pkcs8_pem(string(key, "pkcs8")).unwrap())
    };
    for entry in list(&file, "trust") {
        let id = &entry["id"];
        let store = run::store(&file, std::slice::from_ref(id)).unwrap();
        let key = store.iter().next().unwrap();
        assert_eq!(key.country(), entry["country"].as_str(), "{id}");
        if let Some(signer) = signer(string(entry, "key")) {
            assert_eq!(&signer.public_key().unwrap(), key.public_key(), "{id}");
        }
    }
    for anchor in list(&file, "anchors") {
        let id = string(anchor, "id");
        let key = run::anchor(&file, id).unwrap();
        let signer = signer(id).unwrap().public_key().unwrap();
        assert_eq!(&signer, key.public_key(), "{id}");
    }
}

#[test]
fn every_reason_of_revocation_has_a_vector_and_an_explanation() {
    let file = file("revocation.json");
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut use_of = |part, id| used.entry(part).or_default().insert(id);
    let (mut refusals, mut seen, mut ids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut named = BTreeSet::new();
    for vector in list(&file, "vectors") {
        let id = string(vector, "id");
        assert!(ids.insert(id), "{id} is there twice");
        use_of("certificates", string(vector, "certificate"));
        strings(vector, "flags").into_iter().for_each(|flag| {
            use_of("flags", flag);
        });
        strings(vector, "trust").into_iter().for_each(|key| {
            use_of("trust", key);
        });
        for given in list(vector, "lists") {
            use_of("lists", string(given, "list"));
            if let Some(anchor) = given["anchor"].as_str() {
                use_of("anchors", anchor);
            }
            refusals.extend(given["expected"].as_str());
        }
        let expected = &vector["expected"];
        seen.extend(expected["code"].as_str());
        seen.extend(expected["why"].as_str());
        if let Some(kind) = expected["identifier"].as_str() {
            let by = strings(expected, "lists")[0];
            let mut lists = list(&file, "lists").iter();
            let by = lists.find(|list| list["id"] == by).unwrap();
            named.insert((string(by, "form"), by["signer"].is_null(), kind));
        }
    }
    for part in ["lists", "anchors", "trust", "certificates"] {
        let all: BTreeSet<_> = list(&file, part).iter().map(|i| string(i, "id")).collect();
        assert_eq!(all.len(), list(&file, part).len(), "{part}: an id twice");
        assert_eq!(used[part], all, "{part}: the used ones, and all of them");
    }
    let flags = file["flags"].as_object().unwrap().keys();
    assert_eq!(used["flags"], flags.map(String::as_str).collect());

    // Each kind of identifier in each form, signed and unsigned.
    for kind in ["signature", "uci", "country-code-uci"] {
        for form in ["kid-map", "batch", "set"] {
            for unsigned in [true, false] {
                assert!(named.contains(&(form, unsigned, kind)), "{form} {kind}");
            }
        }
    }
    assert!(named.contains(&("it", true, "uci")));
    for code in codes_in(&["trust/freshness.rs"]) {
        assert!(seen.contains(code.as_str()), "{code}");
    }

    let codes = codes_in(&["revocation/error.rs", "revocation/set.rs"]);
    assert!(codes.len() > 20, "{codes:?}");
    let without = [
        // Budgets, whose size is everybody's own matter.
        "revocation-input-too-large",
        "revocation-too-many-entries",
        // Which keys are published, everybody knows another part of.
        "revocation-set-published-key",
        // Lists in parts and slices, and Italy's changes, which no vector has.
        "revocation-version",
        "revocation-rollback",
        // The caller of a vector says which form it has.
        "revocation-format-unrecognised",
    ];
    for code in &codes {
        assert_ne!(
            refusals.contains(code.as_str()),
            without.contains(&code.as_str()),
            "{code}: with a vector, or named here"
        );
    }
    let readme = std::fs::read_to_string(directory().join("README.md")).unwrap();
    for code in refusals.iter().chain(&seen) {
        assert!(
            readme.contains(&format!("| `{code}` |")),
            "README.md does not explain {code}"
        );
    }
}

#[test]
fn the_file_of_revocation_follows_its_schema() {
    let (schema, mut file) = (file("revocation-schema.json"), file("revocation.json"));
    let wrong = |file: &Value| {
        let mut wrong = Vec::new();
        validate(&schema, &schema, file, "revocation.json", &mut wrong);
        wrong
    };
    assert!(wrong(&file).is_empty(), "{}", wrong(&file).join("\n"));
    // The check itself finds what is wrong.
    file["certificates"][0]["identifiers"][0]["sha256"] = "0".into();
    file["lists"][0]["form"] = "xx".into();
    file["lists"][1]["parts"][0] = "*".into();
    file["vectors"][0]["policy"]["max_age"] = "1".into();
    file["vectors"][1]["expected"]["lists"] = Value::Null;
    file["vectors"][2]["lists"][0]["held"] = Value::Null;
    assert_eq!(wrong(&file).len(), 6, "{:#?}", wrong(&file));
}
