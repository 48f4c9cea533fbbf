//! Which lists a store takes from whom: each form, made here with keys of our
//! own, and what must be refused of it.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ciborium::cbor;
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::trust::{
    Anchor, CmsError, KeyUsage, Kid, ListBytes, ListFormat, LoadError, LoadLimits, LoadReport,
    TrustStore, Usage, cms_claimed_signer,
};
use hcert_testkit::lists::{
    bytes, certificate,
    cms::{Cms, SHA1, item, tlv},
    detached, encode, german, jws, kid, sign, spec,
};
use hcert_testkit::pki::{self, TestKey};
use hcert_testkit::time::Plus as _;
use hcert_testkit::{fixtures, raw};
use p256::pkcs8::LineEnding;
use proptest::prelude::*;
use rsa::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

// ------------------------------------------------------------ what is listed

const CSCA: &str = "CN=CSCA,O=Example,C=XX";
const UPLOAD: &str = "CN=UPLOAD,O=Example,C=XX";

fn dsc() -> Vec<u8> {
    fixtures::dsc("dsc", &[]).der().to_vec()
}

fn key(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

fn load<'a>(
    format: ListFormat,
    bytes: impl Into<ListBytes<'a>>,
    anchor: &Anchor,
) -> Result<(TrustStore, LoadReport), LoadError> {
    let mut builder = TrustStore::builder();
    let result = builder.add_signed_list("list", format, bytes, std::slice::from_ref(anchor));
    let refused = result.map(drop);
    let (store, report) = builder.build();
    if refused.is_err() {
        // All or nothing.
        assert_eq!(report, LoadReport::default());
    }
    refused.map(|()| (store, report))
}

fn unsigned<'a>(format: ListFormat, bytes: impl Into<ListBytes<'a>>) -> (TrustStore, LoadReport) {
    let mut builder = TrustStore::builder();
    builder.trust_unsigned_list("list", format, bytes).unwrap();
    builder.build()
}

fn codes(report: &LoadReport) -> Vec<(usize, &'static str)> {
    let problems = report.problems.iter();
    problems.map(|p| (p.position, p.problem.code())).collect()
}

fn code<T>(result: Result<T, LoadError>) -> &'static str {
    result.err().map_or("loaded", |error| error.code())
}

// -------------------------------------------------------------------- Germany

fn certificates() -> String {
    let dsc = dsc();
    json!({"certificates": [{
        "kid": kid(&dsc), "rawData": STANDARD.encode(&dsc), "country": "XX",
        "certificateType": "DSC", "timestamp": "2021-06-01T02:00:00+02:00",
    }]})
    .to_string()
}

#[test]
fn germany_signs_every_byte_after_the_first_line() {
    let list = german(&certificates(), "list");
    assert_eq!(ListFormat::detect(&list), Some(ListFormat::German));
    let (store, report) = load(ListFormat::German, &list, &key("list")).unwrap();
    assert_eq!((report.loaded, report.total), (1, 1));
    assert_eq!(report.lists, store.lists());
    let info = &store.lists()[0];
    assert_eq!((info.label(), info.format()), ("list", ListFormat::German));
    assert_eq!(
        info.newest_entry(),
        Timestamp::parse("2021-06-01T00:00:00Z").ok()
    );
    for at in 0..list.len() {
        let mut twin = list.clone();
        twin[at] ^= 1;
        assert!(load(ListFormat::German, &twin, &key("list")).is_err());
        assert!(load(ListFormat::German, &list[..at], &key("list")).is_err());
    }
    let trailing = [&list[..], b" \r\n"].concat();
    assert_eq!(
        code(load(ListFormat::German, &trailing, &key("list"))),
        "loaded"
    );
    let other = load(ListFormat::German, &list, &key("other"));
    assert_eq!(code(other), "trust-signature");
    let rsa = Anchor::Key(RSA.public_key());
    assert_eq!(
        code(load(ListFormat::German, &list, &rsa)),
        "trust-signature"
    );
}

#[test]
fn a_signed_member_that_stands_twice_is_refused() {
    for content in [
        r#"{"certificates":[],"certificates":[]}"#,
        r#"{"certificates":[{"kid":"AAAA","k\u0069d":"AAAB"}]}"#,
    ] {
        let list = german(content, "list");
        let error = load(ListFormat::German, &list, &key("list")).unwrap_err();
        assert_eq!(error.code(), "trust-duplicate-member", "{content}");
    }
}

#[test]
fn a_signed_list_without_an_anchor_is_refused_with_what_to_pass() {
    let list = german(&certificates(), "list");
    let mut builder = TrustStore::builder();
    for error in [
        builder.add_bytes("x", &list).unwrap_err(),
        builder
            .add_list("x", ListFormat::German, &list)
            .unwrap_err(),
        builder
            .add_signed_list("x", ListFormat::German, &list, &[])
            .unwrap_err(),
    ] {
        assert_eq!(error.code(), "trust-anchor-missing");
        assert!(error.to_string().contains("signing-key.pem"), "{error}");
    }
    // What the caller vouches for is taken, and marked.
    let (store, report) = unsigned(ListFormat::German, &list);
    assert_eq!(report.loaded, 1);
    assert!(!store.lists()[0].is_authenticated());
    let plain = certificates();
    let error = load(ListFormat::Certificates, &plain, &key("list")).unwrap_err();
    assert_eq!(error.code(), "trust-unsigned");
}

// --------------------------------------------------------------------- Sweden

fn swedish_payload(eku: &Value) -> String {
    swedish_payload_of(&dsc(), eku)
}

fn swedish_payload_of(dsc: &[u8], eku: &Value) -> String {
    json!({
        "iss": "https://example.org", "iat": 1_622_505_600, "exp": 1_622_592_000,
        "dsc_trust_list": {"XY": {"eku": eku, "keys": [
            {"kid": kid(dsc), "kty": "EC", "x5c": [STANDARD.encode(dsc)]},
        ]}},
    })
    .to_string()
}

fn signer_certificate() -> Vec<u8> {
    certificate("CN=List,C=XX", "list", "CN=List,C=XX", "list", false)
}

fn swedish_header() -> Value {
    json!({"typ": "JOSE", "alg": "ES256", "x5c": [STANDARD.encode(signer_certificate())]})
}

fn swedish(header: &Value, payload: &str) -> Vec<u8> {
    jws(&header.to_string(), payload, |m| sign("list", m))
}

#[test]
fn sweden_signs_header_and_payload() {
    let list = swedish(&swedish_header(), &swedish_payload(&json!({})));
    assert_eq!(ListFormat::detect(&list), Some(ListFormat::Swedish));
    let pinned = Anchor::from_bytes(&signer_certificate()).unwrap();
    for anchor in [&pinned, &key("list")] {
        let (store, report) = load(ListFormat::Swedish, &list, anchor).unwrap();
        assert_eq!((report.loaded, codes(&report)), (1, vec![]));
        let found = store.iter().next().unwrap();
        assert_eq!(
            (found.country(), found.usage()),
            (Some("XY"), KeyUsage::ANY)
        );
        let info = &store.lists()[0];
        assert_eq!(info.issuer(), Some("https://example.org"));
        assert_eq!(info.issued_at(), Some(fixtures::ISSUED));
        assert_eq!(info.expires_at(), Some(fixtures::ISSUED.plus(86_400)));
    }
    for at in 0..list.len() {
        let mut twin = list.clone();
        twin[at] = if twin[at] == b'A' { b'B' } else { b'A' };
        assert!(load(ListFormat::Swedish, &twin, &pinned).is_err(), "{at}");
        assert!(load(ListFormat::Swedish, &list[..at], &pinned).is_err());
    }
    assert_eq!(
        code(load(ListFormat::Swedish, &list, &key("other"))),
        "trust-signature"
    );
}

#[test]
fn a_header_decides_neither_algorithm_nor_key() {
    let payload = swedish_payload(&json!({}));
    let pinned = Anchor::from_bytes(&signer_certificate()).unwrap();
    let with = |name: &str, value: Value| {
        let mut header = swedish_header();
        header[name] = value;
        header
    };
    for (header, expected) in [
        (with("alg", json!("none")), "trust-algorithm"),
        (with("alg", json!("HS256")), "trust-algorithm"),
        (with("alg", json!("RS256")), "trust-algorithm"),
        (with("alg", json!("es256")), "trust-algorithm"),
        (with("alg", Value::Null), "trust-algorithm"),
        (with("crit", json!(["exp"])), "trust-form"),
        (with("x5c", json!([STANDARD.encode(dsc())])), "trust-chain"),
        (with("x5c", json!(["AAAA"])), "trust-chain"),
        (with("x5c", json!("AAAA")), "trust-chain"),
        (with("x5c", json!(vec!["AAAA"; 100])), "trust-chain"),
        // The pinned key is used all the same.
        (with("x5c", json!([])), "loaded"),
    ] {
        let list = swedish(&header, &payload);
        assert_eq!(
            code(load(ListFormat::Swedish, &list, &pinned)),
            expected,
            "{header}"
        );
    }
    // HMAC with the public key as the secret is what `alg` was abused for.
    let twice = swedish_header()
        .to_string()
        .replacen('{', r#"{"alg":"none","#, 1);
    let list = jws(&twice, &payload, |m| sign("list", m));
    assert_eq!(
        code(load(ListFormat::Swedish, &list, &pinned)),
        "trust-duplicate-member"
    );
    let list = jws(&swedish_header().to_string(), &payload, |_| vec![]);
    assert_eq!(
        code(load(ListFormat::Swedish, &list, &pinned)),
        "trust-form"
    );
    let list = jws(&swedish_header().to_string(), &payload, |m| {
        sign("other", m)
    });
    assert_eq!(
        code(load(ListFormat::Swedish, &list, &pinned)),
        "trust-signature"
    );
}

#[test]
fn swedens_key_usage_narrows_and_never_widens() {
    let id = kid(&dsc());
    for (eku, expected) in [
        (json!({}), "any"),
        (json!({&id: ["1.3.6.1.4.1.1847.2021.1.2"]}), "vaccination"),
        (json!({&id: ["1.3.6.1.5.5.7.3.2"]}), "any"),
    ] {
        let list = swedish(&swedish_header(), &swedish_payload(&eku));
        let (store, _) = load(ListFormat::Swedish, &list, &key("list")).unwrap();
        assert_eq!(store.iter().next().unwrap().usage().to_string(), expected);
    }
    let limited = fixtures::dsc("dsc", &[pki::EKU_VACCINATION]);
    let id = kid(limited.der());
    for (oids, expected) in [
        (json!([pki::EKU_TEST, pki::EKU_VACCINATION]), "vaccination"),
        (json!([pki::EKU_TEST]), "none"),
    ] {
        let payload = swedish_payload_of(limited.der(), &json!({ &id: oids }));
        let list = swedish(&swedish_header(), &payload);
        let (store, _) = load(ListFormat::Swedish, &list, &key("list")).unwrap();
        assert_eq!(store.iter().next().unwrap().usage().to_string(), expected);
    }
    let id = kid(&dsc());
    let list = swedish(&swedish_header(), &swedish_payload(&json!({&id: "all"})));
    let (_, report) = load(ListFormat::Swedish, &list, &key("list")).unwrap();
    assert_eq!(
        (report.loaded, codes(&report)),
        (0, vec![(0, "entry-member")])
    );
}

// ---------------------------------------------------------------- Switzerland

static RSA: LazyLock<raw::RsaSigner> = LazyLock::new(|| raw::RsaSigner::new(2048));

const ROOT: &str = "CN=Root,C=XX";
const MIDDLE: &str = "CN=Middle,C=XX";
const LEAF: &str = "CN=CH01-AppContentCertificate,C=XX";

fn root() -> Vec<u8> {
    certificate(ROOT, "root", ROOT, "root", true)
}

fn rsa_leaf(subject: &str, issuer: &str, issuer_key: &str) -> Vec<u8> {
    let key = rsa::PublicKey::try_from(
        rsa::pkcs8::SubjectPublicKeyInfoRef::try_from(&RSA.spki_der()[..]).unwrap(),
    )
    .unwrap();
    let pem = key.to_public_key_pem(LineEnding::LF).unwrap();
    pki::certificate_over_pem(
        &spec(subject, issuer, false),
        &pem,
        &TestKey::new(issuer_key),
    )
    .unwrap()
}

fn swiss_header(chain: &[Vec<u8>]) -> String {
    let chain: Vec<String> = chain.iter().map(|der| STANDARD.encode(der)).collect();
    json!({"alg": "RS256", "x5c": chain}).to_string()
}

fn swiss(header: &str, payload: &Value) -> Vec<u8> {
    jws(header, &payload.to_string(), |m| RSA.sign_rs256(m))
}

fn swiss_keys() -> Value {
    let point =
        p256::ecdsa::VerifyingKey::from(&p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap())
            .to_sec1_point(false);
    let ec = |id: &str, letters: &str| {
        json!({"keyId": id, "use": letters, "alg": "ES256", "crv": "P-256",
            "x": STANDARD.encode(point.x().unwrap()), "y": STANDARD.encode(point.y().unwrap()),
            "n": null, "e": null, "subjectPublicKeyInfo": null})
    };
    json!({"certs": [
        ec("AAAAAAAAAAE=", "sig"),
        ec("AAAAAAAAAAI=", "tv"),
        ec("AAAAAAAAAAM=", "l"),
        ec("AAAAAAAAAAQ=", "sig"),
        ec("AAAAAAAAAAU=", "x"),
        {"keyId": "AAAAAAAAAAY=", "use": "r", "alg": "RS256",
            "subjectPublicKeyInfo": STANDARD.encode(RSA.spki_der())},
        {"keyId": "AAAAAAAAAAc=", "use": "r", "alg": "RS256",
            "subjectPublicKeyInfo": STANDARD.encode(TestKey::new("x").spki_der().unwrap())},
        {"keyId": "AAAAAAAAAAg=", "use": "r", "alg": "HS256"},
    ]})
}

fn swiss_active() -> Value {
    let ids: Vec<String> = [1u64, 2, 3, 5, 6, 7, 8]
        .iter()
        .map(|n| STANDARD.encode(n.to_be_bytes()))
        .collect();
    json!({"activeKeyIds": ids, "validDuration": 172_800_000})
}

fn load_swiss(
    keys: &[u8],
    active: &[u8],
    anchor: &Anchor,
) -> Result<(TrustStore, LoadReport), LoadError> {
    let both = ListBytes::from(keys).with_companion(active);
    load(ListFormat::Swiss, both, anchor)
}

#[test]
fn switzerland_trusts_the_active_keys_alone() {
    let header = swiss_header(&[rsa_leaf(LEAF, ROOT, "root")]);
    let keys = swiss(&header, &swiss_keys());
    let active = swiss(&header, &swiss_active());
    assert_eq!(ListFormat::detect(&keys), Some(ListFormat::Swiss));
    assert_eq!(
        ListFormat::detect_companion(&active),
        Some(ListFormat::Swiss)
    );
    let anchor = Anchor::from_bytes(&root()).unwrap();
    let (store, report) = load_swiss(&keys, &active, &anchor).unwrap();
    assert_eq!((report.loaded, report.total), (4, 8));
    assert_eq!(
        codes(&report),
        [
            (3, "key-inactive"),
            (4, "entry-member"),
            (6, "key-rsa"),
            (7, "jwk-key-type")
        ]
    );
    let usages: Vec<_> = store.iter().map(|key| key.usage().to_string()).collect();
    assert_eq!(usages, ["any", "test, vaccination", "light", "recovery"]);
    assert_eq!(store.lists()[0].valid_for(), Some(172_800));

    // The second document is needed, and needs a signature of its own.
    let alone = load(ListFormat::Swiss, &keys, &anchor).unwrap_err();
    assert_eq!(alone.code(), "trust-companion");
    let forged = jws(&header, &swiss_active().to_string(), |_| vec![1; 256]);
    assert_eq!(code(load_swiss(&keys, &forged, &anchor)), "trust-signature");
    assert_eq!(
        code(load_swiss(&forged, &active, &anchor)),
        "trust-signature"
    );
    assert_eq!(code(load_swiss(&active, &keys, &anchor)), "trust-form");
}

#[test]
fn a_chain_has_to_lead_to_the_pinned_root() {
    let anchor = Anchor::from_bytes(&root()).unwrap();
    let with = |chain: &[Vec<u8>], anchor: &Anchor| {
        let header = swiss_header(chain);
        let keys = swiss(&header, &swiss_keys());
        code(load_swiss(&keys, &swiss(&header, &swiss_active()), anchor))
    };
    let leaf = rsa_leaf(LEAF, ROOT, "root");
    let middle = |key: &str, issuer_key: &str, ca| certificate(MIDDLE, key, ROOT, issuer_key, ca);
    let low = rsa_leaf(LEAF, MIDDLE, "middle");
    // Root and leaf alone, the root sent along or not.
    assert_eq!(with(std::slice::from_ref(&leaf), &anchor), "loaded");
    assert_eq!(with(&[leaf.clone(), root()], &anchor), "loaded");
    // The leaf itself pinned, which is no root.
    let own = Anchor::from_bytes(&leaf).unwrap();
    assert_eq!(with(std::slice::from_ref(&leaf), &own), "trust-chain");
    for (chain, why) in [
        (
            vec![rsa_leaf("CN=Mail server,C=XX", ROOT, "root")],
            "another name",
        ),
        (vec![rsa_leaf(LEAF, ROOT, "other")], "signed by another key"),
        (
            vec![rsa_leaf(LEAF, "CN=Rot,C=XX", "root")],
            "another issuer",
        ),
        (vec![low.clone()], "a gap"),
        (
            vec![low.clone(), middle("middle", "root", false)],
            "no authority",
        ),
        (
            vec![low.clone(), middle("middle", "other", true)],
            "a foreign link",
        ),
        (
            vec![low.clone(), middle("other", "root", true)],
            "a foreign key",
        ),
        // The root's path length is 0.
        (vec![low, middle("middle", "root", true)], "too long"),
    ] {
        assert_eq!(with(&chain, &anchor), "trust-chain", "{why}");
    }
    let leaf_as_root = certificate(ROOT, "root", ROOT, "root", false);
    let not_ca = Anchor::from_bytes(&leaf_as_root).unwrap();
    assert_eq!(with(std::slice::from_ref(&leaf), &not_ca), "trust-chain");
    // The same root but for CA:FALSE in its basic constraints.
    let constraints = [0x30, 6, 1, 1, 0xff, 2, 1, 0];
    let mut not_ca = root();
    let at = not_ca.windows(8).position(|w| w == constraints).unwrap();
    not_ca[at + 4] = 0;
    let not_ca = Anchor::from_bytes(&not_ca).unwrap();
    assert_eq!(with(std::slice::from_ref(&leaf), &not_ca), "trust-chain");
    // A root that has the same name and another key.
    let twin = Anchor::from_bytes(&certificate(ROOT, "other", ROOT, "other", true)).unwrap();
    assert_eq!(with(&[leaf], &twin), "trust-chain");
}

// -------------------------------------------------------------------- Austria

fn austrian() -> Vec<u8> {
    let dsc = dsc();
    let id = bytes(Kid::of_certificate(&dsc).as_bytes());
    encode(&cbor!({"c" => [{"i" => id, "c" => bytes(&dsc)}, {"i" => 1}]}).unwrap())
}

fn austrian_claims(list: &[u8]) -> ciborium::Value {
    cbor!({2 => bytes(&Sha256::digest(list)), 4 => 1_622_592_000, 5 => 1_622_505_600}).unwrap()
}

fn austrian_header() -> ciborium::Value {
    cbor!({42 => 2, 4 => bytes(b"12345678"), 1 => -7}).unwrap()
}

fn load_austrian(list: &[u8], signature: &[u8]) -> Result<(TrustStore, LoadReport), LoadError> {
    let both = ListBytes::from(list).with_companion(signature);
    load(ListFormat::Austrian, both, &key("list"))
}

#[test]
fn austria_signs_the_digest_beside_the_list() {
    let list = austrian();
    let signature = detached(&austrian_header(), &austrian_claims(&list), "list");
    assert_eq!(ListFormat::detect(&list), Some(ListFormat::Austrian));
    assert_eq!(
        ListFormat::detect_companion(&signature),
        Some(ListFormat::Austrian)
    );
    let (store, report) = load_austrian(&list, &signature).unwrap();
    assert_eq!(
        (report.loaded, codes(&report)),
        (1, vec![(1, "entry-member")])
    );
    let info = &store.lists()[0];
    assert_eq!(info.issued_at(), Some(fixtures::ISSUED));
    assert_eq!(info.expires_at(), Some(fixtures::ISSUED.plus(86_400)));
    for at in 0..list.len() {
        let mut twin = list.clone();
        twin[at] ^= 1;
        assert_eq!(code(load_austrian(&twin, &signature)), "trust-signature");
        assert_eq!(
            code(load_austrian(&list[..at], &signature)),
            "trust-signature"
        );
    }
    for at in 0..signature.len() {
        let mut twin = signature.clone();
        twin[at] ^= 1;
        assert!(load_austrian(&list, &twin).is_err(), "{at}");
        assert!(load_austrian(&list, &signature[..at]).is_err(), "{at}");
    }
    let alone = load(ListFormat::Austrian, &list, &key("list")).unwrap_err();
    assert_eq!(alone.code(), "trust-companion");
    assert_eq!(unsigned(ListFormat::Austrian, &list).1.loaded, 1);
}

#[test]
fn austrias_signature_has_one_version_and_algorithm() {
    let list = austrian();
    let claims = austrian_claims(&list);
    let digest = bytes(&Sha256::digest(&list));
    let other = bytes(&Sha256::digest(b"another list"));
    let header = austrian_header();
    for (header, claims, signer, expected) in [
        (header.clone(), claims.clone(), "other", "trust-signature"),
        (
            cbor!({42 => 1, 1 => -7}).unwrap(),
            claims.clone(),
            "list",
            "trust-form",
        ),
        (
            cbor!({1 => -7}).unwrap(),
            claims.clone(),
            "list",
            "trust-form",
        ),
        (
            cbor!({42 => 2, 1 => -37}).unwrap(),
            claims.clone(),
            "list",
            "trust-algorithm",
        ),
        (
            cbor!({42 => 2, 1 => 5}).unwrap(),
            claims.clone(),
            "list",
            "trust-algorithm",
        ),
        (cbor!({42 => 2}).unwrap(), claims, "list", "trust-algorithm"),
        (
            header.clone(),
            cbor!({2 => other, 4 => 1}).unwrap(),
            "list",
            "trust-signature",
        ),
        (
            header.clone(),
            cbor!({2 => digest}).unwrap(),
            "list",
            "trust-form",
        ),
        (header, cbor!({4 => 1}).unwrap(), "list", "trust-form"),
    ] {
        let signature = detached(&header, &claims, signer);
        assert_eq!(
            code(load_austrian(&list, &signature)),
            expected,
            "{header:?}"
        );
    }
    // {"c": [], "c": []}: which of them would be signed?
    let twice = [0xa2, 0x61, b'c', 0x80, 0x61, b'c', 0x80];
    let signature = detached(&austrian_header(), &austrian_claims(&twice), "list");
    assert_eq!(code(load_austrian(&twice, &signature)), "trust-form");
}

// --------------------------------------------------------------- the gateway

#[test]
fn a_cms_vouches_for_its_content() {
    let (content, certificate) = (dsc(), signer_certificate());
    let anchor = key("list");
    for n in 0..8 {
        let form = Cms {
            attributes: n & 1 == 0,
            content: n & 2 == 0,
            indefinite: n & 4 == 0,
            ..Cms::USUAL
        };
        let cms = form.sign(&content, &certificate, "list");
        anchor.verify_cms(&cms, &content).unwrap();
        let claimed = cms_claimed_signer(&cms, &content).unwrap();
        assert_eq!(claimed.der(), certificate);
        let error = key("other").verify_cms(&cms, &content).unwrap_err();
        assert_eq!(error, CmsError::Signature);
        // Other content inside than the one that is signed.
        if form.content {
            let at = cms.windows(100).position(|w| w == &content[..100]).unwrap();
            let mut twin = cms.clone();
            twin[at + 50] ^= 1;
            assert_eq!(anchor.verify_cms(&twin, &content), Err(CmsError::Content));
        }
        for at in 0..content.len() {
            let mut twin = content.clone();
            twin[at] ^= 1;
            assert!(anchor.verify_cms(&cms, &twin).is_err());
        }
        for length in 0..cms.len() {
            assert!(anchor.verify_cms(&cms[..length], &content).is_err());
        }
        let longer = [&cms[..], &[0]].concat();
        let error = anchor.verify_cms(&longer, &content).unwrap_err();
        assert_eq!(error, CmsError::Structure);
    }
}

#[test]
fn a_cms_with_a_weak_or_ambiguous_part_is_refused() {
    let (content, certificate) = (dsc(), signer_certificate());
    let usual = Cms::USUAL;
    for (form, expected) in [
        (
            Cms {
                digest: SHA1,
                ..usual
            },
            CmsError::Algorithm,
        ),
        (
            Cms {
                digest: "2.16.840.1.101.3.4.2.3",
                ..usual
            },
            CmsError::Algorithm,
        ),
        // ecdsa-with-SHA1, RSA for a P-256 key.
        (
            Cms {
                algorithm: "1.2.840.10045.4.1",
                ..usual
            },
            CmsError::Algorithm,
        ),
        (
            Cms {
                algorithm: "1.2.840.113549.1.1.11",
                ..usual
            },
            CmsError::Algorithm,
        ),
        (
            Cms {
                digests: 0,
                ..usual
            },
            CmsError::Structure,
        ),
        (
            Cms {
                digests: 2,
                ..usual
            },
            CmsError::Structure,
        ),
        (
            Cms {
                content_type: "1.2.840.113549.1.7.2",
                ..usual
            },
            CmsError::Structure,
        ),
    ] {
        let cms = form.sign(&content, &certificate, "list");
        assert_eq!(key("list").verify_cms(&cms, &content), Err(expected));
    }
    for bomb in [&[0x30, 0x80][..], &[0x24, 0x80], &[0x30, 0x84]] {
        let cms = bomb.repeat(50_000);
        assert_eq!(
            key("list").verify_cms(&cms, &content),
            Err(CmsError::Structure)
        );
    }
    // The signed attributes of one CMS, as the content of another.
    let attributes = tlv(0x31, &[b"signed"]);
    let form = Cms {
        attributes: false,
        ..usual
    };
    let cms = form.sign(&attributes, &certificate, "list");
    let error = key("list").verify_cms(&cms, &attributes);
    assert_eq!(error, Err(CmsError::Structure));
    // A certificate of another key beside the signature.
    let cms = usual.sign(&content, &certificate, "other");
    assert_eq!(cms_claimed_signer(&cms, &content), Err(CmsError::Signature));
}

fn anchor_certificate() -> Vec<u8> {
    certificate("CN=TA,C=EU", "ta", "CN=TA,C=EU", "ta", false)
}

fn csca() -> Vec<u8> {
    certificate(CSCA, "csca", CSCA, "csca", true)
}

fn upload() -> Vec<u8> {
    certificate(UPLOAD, "upload", UPLOAD, "upload", false)
}

fn gateway() -> [Value; 3] {
    [
        item("DSC", &dsc(), &upload(), "upload"),
        item("CSCA", &csca(), &anchor_certificate(), "ta"),
        item("UPLOAD", &upload(), &anchor_certificate(), "ta"),
    ]
}

fn load_gateway(items: &[Value]) -> (TrustStore, LoadReport) {
    let list = Value::from(items).to_string();
    assert_eq!(
        ListFormat::detect(list.as_bytes()),
        Some(ListFormat::Gateway)
    );
    let anchor = Anchor::from_bytes(&anchor_certificate()).unwrap();
    load(ListFormat::Gateway, &list, &anchor).unwrap()
}

#[test]
fn a_document_signer_needs_its_root_and_its_uploader() {
    let other = [(1, "not-a-document-signer"), (2, "not-a-document-signer")];
    let (store, report) = load_gateway(&gateway());
    assert_eq!((report.loaded, &codes(&report)[..]), (1, &other[..]));
    assert_eq!(store.iter().next().unwrap().country(), Some("XX"));
    assert!(store.lists()[0].is_authenticated());

    let [signer, root, uploader] = gateway();
    let refused = |items: &[Value], expected: &[(usize, &str)]| {
        let (_, report) = load_gateway(items);
        assert_eq!((report.loaded, &codes(&report)[..]), (0, expected));
    };
    refused(
        &[signer.clone(), uploader.clone()],
        &[(0, "not-issued"), (1, other[0].1)],
    );
    refused(
        &[signer.clone(), root.clone()],
        &[(0, "not-uploaded"), (1, other[0].1)],
    );
    // The trust anchor did not sign the root, or the uploader.
    let by_itself = item("CSCA", &csca(), &csca(), "csca");
    refused(
        &[signer.clone(), by_itself, uploader.clone()],
        &[(0, "not-issued"), (1, "anchor-signature"), other[1]],
    );
    let by_itself = item("UPLOAD", &upload(), &upload(), "upload");
    refused(
        &[signer.clone(), root.clone(), by_itself],
        &[(0, "not-uploaded"), other[0], (2, "anchor-signature")],
    );
    // A root that is no authority.
    let leaf = certificate(CSCA, "csca", CSCA, "csca", false);
    let leaf = item("CSCA", &leaf, &anchor_certificate(), "ta");
    refused(
        &[signer.clone(), leaf, uploader.clone()],
        &[(0, "not-issued"), (1, "gateway-role"), other[1]],
    );
    // The trust anchor's signature is not an uploader's.
    let by_anchor = item("DSC", &dsc(), &anchor_certificate(), "ta");
    refused(
        &[by_anchor, root.clone(), uploader.clone()],
        &[(0, "not-uploaded"), other[0], other[1]],
    );
    // Signed with another key, under the uploader's name.
    let forged = item("DSC", &dsc(), &upload(), "other");
    refused(
        &[forged, root.clone(), uploader.clone()],
        &[(0, "upload-signature"), other[0], other[1]],
    );
    // Another state's uploader.
    let foreign = "CN=UPLOAD,O=Example,C=YY";
    let foreign = certificate(foreign, "foreign", foreign, "foreign", false);
    refused(
        &[
            item("DSC", &dsc(), &foreign, "foreign"),
            root.clone(),
            item("UPLOAD", &foreign, &anchor_certificate(), "ta"),
        ],
        &[(0, "not-uploaded"), other[0], other[1]],
    );
    // Somebody else's certificate, uploaded in order.
    let stray = certificate("CN=DSC,C=XX", "dsc", CSCA, "other", false);
    refused(
        &[
            item("DSC", &stray, &upload(), "upload"),
            root.clone(),
            uploader.clone(),
        ],
        &[(0, "not-issued"), other[0], other[1]],
    );
    // A CMS of another entry.
    let mut swapped = signer;
    swapped["signature"] = uploader["signature"].clone();
    refused(
        &[swapped, root, uploader],
        &[(0, "not-uploaded"), other[0], other[1]],
    );
}

#[test]
fn an_entrys_own_country_is_not_believed() {
    let mut items = gateway();
    for item in &mut items {
        item["country"] = json!("YY");
    }
    let (store, report) = load_gateway(&items);
    assert_eq!(codes(&report)[0], (0, "country-mismatch"));
    assert_eq!(store.iter().next().unwrap().country(), Some("XX"));
}

#[test]
fn the_gateways_signatures_are_never_ignored_unasked() {
    let list = Value::from(&gateway()[..]).to_string();
    let mut builder = TrustStore::builder();
    let error = builder.add_bytes("x", list.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "trust-anchor-missing");
    assert!(error.to_string().contains("trust anchor"), "{error}");
    assert_eq!(unsigned(ListFormat::Gateway, &list).1.loaded, 1);
}

// ---------------------------------------------------- forms without signature

fn protobuf(entries: &[&[u8]]) -> Vec<u8> {
    entries.iter().flat_map(|entry| field(1, entry)).collect()
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![number << 3 | 2];
    if length < 0x80 {
        out.push(length as u8);
    } else {
        out.extend([(length & 0x7f) as u8 | 0x80, (length >> 7) as u8]);
    }
    [&out[..], content].concat()
}

fn cwa() -> Vec<u8> {
    let dsc = dsc();
    let good = [
        field(1, Kid::of_certificate(&dsc).as_bytes()),
        field(2, &dsc),
    ]
    .concat();
    let twice = [&good[..], &field(2, &dsc)].concat();
    let unknown = [&good[..], &field(3, b"?")].concat();
    let bare = field(1, b"12345678");
    protobuf(&[&good, &twice, &unknown, &bare, &field(2, &dsc)])
}

fn dutch() -> Value {
    let spki = STANDARD.encode(TestKey::new("nl").spki_der().unwrap());
    let key = |letters: Value| json!([{"subjectPk": spki, "keyUsage": letters}]);
    json!({
        "AAAAAAAAAAE=": key(json!([])),
        "AAAAAAAAAAI=": key(json!(["v", "t"])),
        "AAAAAAAAAAM=": key(json!(["x"])),
        "AAAAAAAAAAQ=": [],
        "AAAAAAAAAAU=": [{"subjectPk": "AAAA"}],
    })
}

fn by_kid() -> Value {
    let spki = STANDARD.encode(TestKey::new("it").spki_der().unwrap());
    json!({
        "AAAAAAAAAAE=": {"publicKeyPem": spki, "subject": "C=xx, O=Example"},
        "AAAAAAAAAAI=": {"publicKeyPem": spki, "subject": "O=Example", "issuer": "C=YY"},
        "AAAAAAAAAAM=": {"publicKeyPem": 7},
    })
}

fn polish() -> Value {
    let dsc = dsc();
    let digest: String = Sha256::digest(&dsc)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let entry = |digest: &str| {
        json!({"identyfikator": digest, "identyfikatorKlucza": kid(&dsc),
            "certyfikat": STANDARD.encode(&dsc)})
    };
    json!([entry(&digest), entry("00"), {"identyfikatorKlucza": "AAAA"}])
}

#[test]
fn forms_without_signature_are_read_when_that_is_said() {
    let enveloped = json!({
        "payload": STANDARD.encode(json!({"eu_keys": dutch()}).to_string()),
        "signature": "AAAA",
    });
    let member = "entry-member";
    let dutch_codes = vec![(2, member), (3, member), (4, "key-encoding")];
    for (format, list, loaded, expected) in [
        (
            ListFormat::CwaProtobuf,
            cwa(),
            1,
            vec![(1, member), (2, member), (3, member), (4, "kid-missing")],
        ),
        (
            ListFormat::Dutch,
            dutch().to_string().into(),
            2,
            dutch_codes.clone(),
        ),
        (
            ListFormat::Dutch,
            enveloped.to_string().into(),
            2,
            dutch_codes,
        ),
        (
            ListFormat::KeysByKid,
            by_kid().to_string().into(),
            2,
            vec![(2, member)],
        ),
        (
            ListFormat::Polish,
            polish().to_string().into(),
            1,
            vec![(1, "thumbprint-mismatch"), (2, member)],
        ),
    ] {
        assert_eq!(ListFormat::detect(&list), Some(format));
        let (store, report) = unsigned(format, &list);
        assert_eq!(
            (report.loaded, codes(&report)),
            (loaded, expected),
            "{format:?}"
        );
        assert!(!store.lists()[0].is_authenticated());
        // Neither by accident nor with an anchor that nothing would use.
        let mut builder = TrustStore::builder();
        let error = builder.add_bytes("x", &list).unwrap_err();
        assert_eq!(error.code(), "trust-unsigned");
        assert_eq!(code(load(format, &list, &key("list"))), "trust-unsigned");
    }
    let (store, _) = unsigned(ListFormat::Dutch, &dutch().to_string());
    let usages: Vec<_> = store.iter().map(|key| key.usage()).collect();
    assert_eq!(
        usages,
        [
            KeyUsage::ANY,
            KeyUsage::only([Usage::Test, Usage::Vaccination])
        ]
    );
    let (store, _) = unsigned(ListFormat::KeysByKid, &by_kid().to_string());
    let countries: Vec<_> = store.iter().map(|key| key.country()).collect();
    assert_eq!(countries, [Some("XX"), Some("YY")]);
}

#[test]
fn a_protobuf_that_lies_is_refused_as_a_whole() {
    let good = cwa();
    let mut builder = TrustStore::builder();
    for bad in [
        &good[..good.len() - 1],
        &[0x0a][..],
        &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x08, 0x01],
        &[0x12, 0x00],
    ] {
        let error = builder
            .trust_unsigned_list("x", ListFormat::CwaProtobuf, bad)
            .unwrap_err();
        assert_eq!(error.code(), "trust-form", "{bad:02x?}");
    }
    assert!(builder.build().0.is_empty());
}

// ------------------------------------------------------------------- limits

#[test]
fn limits_hold_for_every_form() {
    let mut limits = LoadLimits::default();
    limits.entries = 1;
    for (format, list) in [
        (ListFormat::CwaProtobuf, cwa()),
        (ListFormat::Dutch, dutch().to_string().into()),
        (ListFormat::KeysByKid, by_kid().to_string().into()),
        (ListFormat::Polish, polish().to_string().into()),
        (
            ListFormat::Gateway,
            Value::from(&gateway()[..]).to_string().into(),
        ),
        (ListFormat::Austrian, austrian()),
    ] {
        let mut builder = TrustStore::builder().with_limits(limits);
        let error = builder.trust_unsigned_list("x", format, &list).unwrap_err();
        assert_eq!(error.code(), "trust-too-many-entries", "{format:?}");
    }
    let mut limits = LoadLimits::default();
    limits.input_bytes = 10;
    let both = ListBytes::from(b"short").with_companion(&[0; 11]);
    let error = TrustStore::builder()
        .with_limits(limits)
        .trust_unsigned_list("x", ListFormat::Swiss, both)
        .unwrap_err();
    assert_eq!(error.code(), "trust-input-too-large");
}

#[test]
fn an_anchor_is_one_key_or_certificate() {
    let pem = |label| {
        let body = STANDARD.encode(TestKey::new(label).spki_der().unwrap());
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    };
    assert_eq!(
        Anchor::from_bytes(pem("list").as_bytes()).unwrap(),
        key("list")
    );
    let two = pem("a") + &pem("b");
    for (bytes, expected) in [
        (two.as_bytes(), "anchor-several"),
        (b"hello", "anchor-unrecognised"),
        (b"{\"keys\":[]}", "anchor-unrecognised"),
        (
            b"-----BEGIN PUBLIC KEY-----\nMAAw\n-----END PUBLIC KEY-----",
            "key-encoding",
        ),
        (b"-----BEGIN PUBLIC KEY-----\nMAAw", "pem-truncated"),
    ] {
        assert_eq!(Anchor::from_bytes(bytes).unwrap_err().code(), expected);
    }
}

// ------------------------------------------------------------ hostile bytes

/// A list and its second document.
type Sample = (ListFormat, Vec<u8>, Vec<u8>);

/// One of each form.
fn samples() -> Vec<Sample> {
    let chain = swiss_header(&[rsa_leaf(LEAF, ROOT, "root")]);
    let list = austrian();
    let signature = detached(&austrian_header(), &austrian_claims(&list), "list");
    let none = Vec::new;
    vec![
        (ListFormat::German, german(&certificates(), "list"), none()),
        (
            ListFormat::Swedish,
            swedish(&swedish_header(), &swedish_payload(&json!({}))),
            none(),
        ),
        (
            ListFormat::Swiss,
            swiss(&chain, &swiss_keys()),
            swiss(&chain, &swiss_active()),
        ),
        (ListFormat::Austrian, list, signature),
        (
            ListFormat::Gateway,
            Value::from(&gateway()[..]).to_string().into(),
            none(),
        ),
        (ListFormat::CwaProtobuf, cwa(), none()),
        (ListFormat::Dutch, dutch().to_string().into(), none()),
        (ListFormat::KeysByKid, by_kid().to_string().into(), none()),
        (ListFormat::Polish, polish().to_string().into(), none()),
    ]
}

static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(samples);

fn try_all(format: ListFormat, list: &[u8], companion: &[u8]) {
    let _ = (
        ListFormat::detect(list),
        ListFormat::detect_companion(companion),
    );
    let both = match companion {
        [] => ListBytes::from(list),
        companion => ListBytes::from(list).with_companion(companion),
    };
    let anchors = [
        key("list"),
        Anchor::from_bytes(&root()).unwrap(),
        Anchor::from_bytes(&anchor_certificate()).unwrap(),
    ];
    let mut builder = TrustStore::builder();
    let _ = builder.add_signed_list("x", format, both, &anchors).is_ok();
    let _ = builder.trust_unsigned_list("x", format, both).is_ok();
    let _ = builder.add_bytes("x", list).is_ok();
    let (store, report) = builder.build();
    assert_eq!(store.len(), report.loaded);
    assert_eq!(
        report.loaded + report.duplicates + report.rejected,
        report.total
    );
    let _ = format!("{store:?} {report:?}");
    for problem in &report.problems {
        let _ = problem.to_string();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn mutated_lists_never_panic(
        sample in 0..9usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        second in any::<bool>(),
    ) {
        let (format, mut list, mut companion) = SAMPLES[sample].clone();
        let changed = if second && !companion.is_empty() { &mut companion } else { &mut list };
        for (at, byte) in changes {
            let at = at.index(changed.len());
            changed[at] = byte;
        }
        let length = cut.index(changed.len() * 2);
        changed.truncate(length);
        try_all(format, &list, &companion);
    }

    #[test]
    fn mutated_cms_never_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let content = dsc();
        let mut cms = Cms::USUAL.sign(&content, &signer_certificate(), "list");
        for (at, byte) in changes {
            let at = at.index(cms.len());
            cms[at] = byte;
        }
        cms.truncate(cut.index(cms.len() * 2));
        let _ = key("list").verify_cms(&cms, &content);
        let _ = cms_claimed_signer(&cms, &content);
    }
}

/// A limit that is spelt otherwise, or stands in the key itself, is one that
/// can't be read, and an arc allows no kind.
#[test]
fn swedens_limits_count_in_any_spelling_and_place() {
    let list_of = |eku: Value, in_key: Value| {
        let mut payload: Value = serde_json::from_str(&swedish_payload(&eku)).unwrap();
        let jwk = &mut payload["dsc_trust_list"]["XY"]["keys"][0];
        let members = in_key.as_object().unwrap().clone();
        jwk.as_object_mut().unwrap().extend(members);
        let list = swedish(&swedish_header(), &payload.to_string());
        load(ListFormat::Swedish, &list, &key("list")).unwrap()
    };
    let id = kid(&dsc());
    for oid in ["1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1"] {
        for (oids, expected) in [
            (json!([oid]), "none"),
            (json!([oid, format!("{oid}.2")]), "vaccination"),
            (json!([format!("{oid}.2")]), "vaccination"),
            (json!([format!("{oid}0")]), "any"),
            (json!([format!("{oid}0.2")]), "any"),
        ] {
            let (store, _) = list_of(json!({ &id: oids }), json!({}));
            let usage = store.iter().next().unwrap().usage();
            assert_eq!(usage.to_string(), expected, "{oids}");
        }
    }
    let refused = (0, vec![(0, "entry-member")]);
    for oid in [
        "1.3.6.1.4.1.01847.2021.1.1",
        "01.3.6.1.4.1.1847.2021.1.1",
        "1.3.6.1.4.1.1847.2021.1.01",
        "1.3.6.1.4.1.00.1847.2021.1.1",
        " 1.3.6.1.4.1.1847.2021.1.1",
        "1.3.6.1.4.1.1847.2021.1.",
    ] {
        let (_, report) = list_of(json!({ &id: [oid] }), json!({}));
        assert_eq!((report.loaded, codes(&report)), refused, "{oid}");
    }
    for members in [
        json!({"eku": [pki::EKU_TEST]}),
        json!({"Eku": [pki::EKU_TEST]}),
        json!({"Exp": 1}),
        json!({"exp ": 1_900_000_000}),
        json!({"NBF": 1}),
        json!({"Revoked": {"revoked_at": 1}}),
    ] {
        let (_, report) = list_of(json!({}), members.clone());
        assert_eq!((report.loaded, codes(&report)), refused, "{members}");
    }
}

/// Nobody signs the kid beside a certificate: of copies that differ in it alone
/// sixteen are kept, the same in any order, and the certificate's own.
#[test]
fn of_the_kids_of_one_certificate_sixteen_are_kept() {
    let [own, csca, upload] = gateway();
    let copies = (0..40u32).map(|n| {
        let mut copy = own.clone();
        copy["kid"] = STANDARD.encode(n.to_be_bytes()).into();
        copy
    });
    let mut items: Vec<Value> = copies.collect();
    items.extend([own.clone(), own.clone(), csca, upload]);
    let mut kept = Vec::new();
    for reverse in [false, true] {
        if reverse {
            items.reverse();
        }
        let (store, report) = load_gateway(&items);
        let too_many = codes(&report)
            .iter()
            .filter(|(_, code)| *code == "too-many-kids")
            .count();
        assert_eq!(too_many, 24);
        // Two of each that is kept, and the two authorities.
        assert_eq!(report.entry_signatures, 2 * (16 + 2) + 2);
        let kids: Vec<_> = store.iter().map(|key| key.kid().to_string()).collect();
        assert_eq!(kids.len(), 17);
        assert!(!store.candidates(Kid::of_certificate(&dsc())).is_empty());
        kept.push(kids);
        let list = Value::from(items.as_slice()).to_string();
        let (store, _) = unsigned(ListFormat::Gateway, &list);
        assert_eq!(store.iter().count(), 17);
    }
    assert_eq!(kept[0], kept[1]);
    // With sixteen none goes.
    let authorities = gateway()[1..].to_vec();
    let few: Vec<Value> = (0..16u32)
        .map(|n| {
            let mut copy = own.clone();
            copy["kid"] = STANDARD.encode(n.to_be_bytes()).into();
            copy
        })
        .chain([own.clone()])
        .chain(authorities)
        .collect();
    let (store, report) = load_gateway(&few);
    assert_eq!(store.iter().count(), 17);
    let has_too_many = codes(&report)
        .iter()
        .any(|(_, code)| *code == "too-many-kids");
    assert!(!has_too_many);
}
