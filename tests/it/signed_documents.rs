//! Signed documents: each form is opened under the key that signed it, and no
//! other bytes are.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::crypto::{Algorithm, PublicKey};
use hcert::issue::{Signer, SignerError};
use hcert::revocation::{RevocationList, RevocationPart, RevocationSource as _};
use hcert::trust::{
    Anchor, DocumentBytes, DocumentError, DocumentFormat, Edition, SignedDocument, SnapshotView,
    TrustState,
};
use hcert_testkit::lists::{
    self, bytes, certificate, cms::Cms, detached, encode, german, jws, sign,
};
use hcert_testkit::pki::TestKey;
use hcert_testkit::time::Plus as _;
use hcert_testkit::{fixtures, raw};
use p256::ecdsa::Signature;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const RULES: &[u8] = br#"[{"Identifier": "GR-XX-0001", "Version": "1.0.0"}]"#;
const MADE: Timestamp = Timestamp::from_seconds(1_622_505_600);
const ENDS: Timestamp = Timestamp::from_seconds(1_625_097_600);
/// [`MADE`] in a CMS.
const MADE_UTC: &str = "210601000000Z";

static RSA: LazyLock<raw::RsaSigner> = LazyLock::new(|| raw::RsaSigner::new(2048));

fn key(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

fn der(signature: &[u8]) -> Vec<u8> {
    let signature = Signature::from_slice(signature).unwrap();
    signature.to_der().as_bytes().to_vec()
}

fn code<T: std::fmt::Debug>(result: Result<T, DocumentError>) -> &'static str {
    result.unwrap_err().code()
}

fn open<'a>(bytes: impl Into<DocumentBytes<'a>>) -> Result<SignedDocument<'a>, DocumentError> {
    SignedDocument::open("rules", bytes, &key("list"))
}

fn signer_certificate() -> Vec<u8> {
    certificate("CN=Rules,C=XX", "list", "CN=Rules,C=XX", "list", false)
}

/// A COSE_Sign1 with that protected header.
fn cose(header: &Value, payload: &[u8]) -> Vec<u8> {
    let header = encode(header);
    let to_sign = cbor!(["Signature1", bytes(&header), bytes(&[]), bytes(payload)]).unwrap();
    let signature = sign("list", &encode(&to_sign));
    let cose = cbor!([bytes(&header), {}, bytes(payload), bytes(&signature)]).unwrap();
    encode(&Value::Tag(18, Box::new(cose)))
}

fn claims() -> Vec<u8> {
    encode(&cbor!({4 => ENDS.seconds(), 6 => MADE.seconds(), -1 => [1, 2]}).unwrap())
}

fn cwt() -> Vec<u8> {
    [
        &[0xd8, 0x3d][..],
        &cose(&cbor!({1 => -7}).unwrap(), &claims()),
    ]
    .concat()
}

fn ours() -> Vec<u8> {
    SignedDocument::sign("rules", RULES, MADE, Some(ENDS), &fixtures::signer("list")).unwrap()
}

fn jws_of(header: &str, payload: &str) -> Vec<u8> {
    jws(header, payload, |message| sign("list", message))
}

fn cms(inside: bool, indefinite: bool) -> Vec<u8> {
    let form = Cms {
        content: inside,
        indefinite,
        signing_time: Some(MADE_UTC),
        ..Cms::USUAL
    };
    form.sign(RULES, &signer_certificate(), "list")
}

const PAYLOAD: &str = r#"{"rules": [], "iat": 1622505600, "exp": 1625097600.5}"#;

/// One document of a form.
struct Sample {
    format: DocumentFormat,
    bytes: Vec<u8>,
    beside: Option<Vec<u8>>,
    content: Vec<u8>,
    dates: [Option<Timestamp>; 2],
    /// Whether all bytes are signed or have one spelling, so that no other
    /// ones are the same document.
    one_spelling: bool,
}

impl Sample {
    fn new(format: DocumentFormat, bytes: &[u8]) -> Self {
        Self {
            format,
            bytes: bytes.to_vec(),
            beside: None,
            content: RULES.to_vec(),
            dates: [None, None],
            one_spelling: true,
        }
    }

    fn beside(self, beside: Vec<u8>) -> Self {
        Self {
            beside: Some(beside),
            ..self
        }
    }

    fn content(self, content: &[u8]) -> Self {
        let content = content.to_vec();
        Self { content, ..self }
    }

    fn dated(self, dates: [Option<Timestamp>; 2]) -> Self {
        Self { dates, ..self }
    }

    fn spellings(self) -> Self {
        Self {
            one_spelling: false,
            ..self
        }
    }

    fn with<'a>(&self, bytes: &'a [u8], beside: Option<&'a [u8]>) -> DocumentBytes<'a> {
        let document = DocumentBytes::from(bytes);
        match (self.format, beside) {
            (_, None) => document,
            (DocumentFormat::SignatureOfDigest, Some(beside)) => document.with_x_signature(beside),
            (_, Some(beside)) => document.with_signature(beside),
        }
    }

    fn given(&self) -> DocumentBytes<'_> {
        self.with(&self.bytes, self.beside.as_deref())
    }

    /// Nothing but the same document is opened.
    fn assert_same_or_refused(&self, bytes: &[u8], beside: Option<&[u8]>, what: &str) {
        match open(self.with(bytes, beside)) {
            Err(_) => {}
            Ok(document) => {
                assert!(!self.one_spelling, "{what} of {:?}", self.format);
                assert_eq!(document.content(), self.content, "{what}");
                let dates = [document.issued_at(), document.expires_at()];
                assert_eq!(dates, self.dates, "{what}");
            }
        }
    }
}

fn samples() -> Vec<Sample> {
    use DocumentFormat as F;
    let text = std::str::from_utf8(RULES).unwrap();
    let digest: String = Sha256::digest(RULES)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let in_json = format!(
        r#"{{"payload": "{}", "signature": "{}"}}"#,
        STANDARD.encode(RULES),
        STANDARD.encode(cms(false, false))
    );
    let generic = cbor!({1 => -7, 3 => "application/json", 15 => {6 => MADE.seconds()}}).unwrap();
    let version_2 = cbor!({42 => 2, 1 => -7}).unwrap();
    let austrian =
        cbor!({2 => bytes(&Sha256::digest(RULES)), 4 => ENDS.seconds(), 5 => MADE.seconds()});
    let austrian = detached(&version_2, &austrian.unwrap(), "list");
    let made = [Some(MADE), None];
    let both = [Some(MADE), Some(ENDS)];
    vec![
        Sample::new(F::Hcert, &ours()).dated(both),
        Sample::new(F::CoseSign1, &cose(&cbor!({1 => -7}).unwrap(), RULES)),
        Sample::new(F::CoseSign1, &cose(&generic, RULES)).dated(made),
        Sample::new(F::CoseSign1, &cwt())
            .content(&claims())
            .dated(both),
        Sample::new(F::CoseOfDigest, RULES)
            .beside(austrian)
            .dated(both),
        Sample::new(F::Jws, &jws_of(r#"{"alg":"ES256"}"#, text)),
        Sample::new(
            F::Jws,
            &jws_of(r#"{"alg":"ES256","typ":"JOSE","cty":"json"}"#, PAYLOAD),
        )
        .content(PAYLOAD.as_bytes())
        .dated(both),
        Sample::new(F::SignatureLine, &german(text, "list")),
        // The certificates and versions in a CMS are not signed, and base64 and
        // JSON have spellings.
        Sample::new(F::Cms, &cms(true, true))
            .dated(made)
            .spellings(),
        Sample::new(F::Cms, &cms(true, false))
            .dated(made)
            .spellings(),
        Sample::new(F::Cms, STANDARD.encode(cms(true, true)).as_bytes())
            .dated(made)
            .spellings(),
        Sample::new(F::CmsDetached, RULES)
            .beside(cms(false, true))
            .dated(made)
            .spellings(),
        Sample::new(F::CmsInJson, in_json.as_bytes())
            .dated(made)
            .spellings(),
        Sample::new(F::Signature, RULES).beside(sign("list", RULES)),
        Sample::new(F::Signature, RULES).beside(der(&sign("list", RULES))),
        Sample::new(F::Signature, RULES)
            .beside(STANDARD.encode(der(&sign("list", RULES))).into_bytes())
            .spellings(),
        Sample::new(F::SignatureOfDigest, RULES)
            .beside(
                STANDARD
                    .encode(der(&sign("list", digest.as_bytes())))
                    .into_bytes(),
            )
            .spellings(),
    ]
}

#[test]
fn each_form_is_opened_under_its_key() {
    let mut codes = std::collections::BTreeSet::new();
    for sample in samples() {
        let given = sample.given();
        assert_eq!(given.format(), Some(sample.format));
        let document = open(given).unwrap();
        assert_eq!(document.content(), sample.content);
        assert_eq!(document.format(), sample.format);
        assert_eq!([document.issued_at(), document.expires_at()], sample.dates);
        let certificate = Anchor::from_bytes(&signer_certificate()).unwrap();
        let same = SignedDocument::open("rules", given, &certificate).unwrap();
        assert_eq!(same, document);
        codes.insert(document.format().code());

        let other = SignedDocument::open("rules", given, &key("other"));
        assert!(other.is_err(), "{:?}", sample.format);
        let rsa = SignedDocument::open("rules", given, &Anchor::Key(RSA.public_key()));
        assert!(rsa.is_err(), "{:?}", sample.format);
        let debug = format!("{document:?}");
        assert!(
            !debug.contains("GR-XX") && debug.contains("bytes: "),
            "{debug}"
        );
    }
    assert_eq!(codes.len(), 10);
}

#[test]
fn no_changed_byte_makes_another_document() {
    for sample in samples() {
        let beside = sample.beside.clone();
        // Every byte, and of a text its case as well.
        let bits = |at: usize| [1 << (at % 8), 0x20];
        for at in 0..sample.bytes.len() {
            for bit in bits(at) {
                let mut twin = sample.bytes.clone();
                twin[at] ^= bit;
                let what = format!("byte {at} ^ {bit}");
                match &beside {
                    None => sample.assert_same_or_refused(&twin, None, &what),
                    // It signs every byte of the content.
                    Some(beside) => {
                        assert!(open(sample.with(&twin, Some(beside))).is_err(), "{what}");
                    }
                }
            }
        }
        for at in 0..beside.as_ref().map_or(0, Vec::len) {
            for bit in bits(at) {
                let mut twin = beside.clone().unwrap();
                twin[at] ^= bit;
                let what = format!("byte {at} ^ {bit} beside");
                sample.assert_same_or_refused(&sample.bytes, Some(&twin), &what);
            }
        }
    }
}

#[test]
fn a_cut_document_is_refused_at_every_length() {
    for sample in samples() {
        for length in 0..sample.bytes.len() {
            let cut = sample.with(&sample.bytes[..length], sample.beside.as_deref());
            assert!(open(cut).is_err(), "{length} of {:?}", sample.format);
        }
        // Base64 is read without its padding, too.
        let beside = sample.beside.as_deref().unwrap_or_default();
        let padding = beside
            .iter()
            .rev()
            .take_while(|byte| **byte == b'=')
            .count();
        for length in 0..beside.len() - padding {
            let cut = sample.with(&sample.bytes, Some(&beside[..length]));
            assert!(open(cut).is_err(), "{length} beside {:?}", sample.format);
        }
    }
}

#[test]
fn nothing_follows_a_document() {
    for sample in samples() {
        let longer = [&sample.bytes[..], b"\0"].concat();
        let opened = open(sample.with(&longer, sample.beside.as_deref()));
        assert!(opened.is_err(), "{:?}", sample.format);
    }
    // White space behind a line's content and a JWS was not signed, and is not
    // part of the content.
    for bytes in [
        german(std::str::from_utf8(RULES).unwrap(), "list"),
        jws_of(r#"{"alg":"ES256"}"#, std::str::from_utf8(RULES).unwrap()),
    ] {
        let longer = [&bytes[..], b"\r\n"].concat();
        assert_eq!(open(&longer).unwrap().content(), RULES);
    }
}

#[test]
fn rsa_signs_too() {
    let anchor = Anchor::Key(RSA.public_key());
    let open = |bytes: DocumentBytes<'_>| {
        let document = SignedDocument::open("rules", bytes, &anchor)?;
        assert_eq!(document.content(), RULES);
        Ok::<_, DocumentError>(document.format())
    };
    let pkcs1 = RSA.sign_rs256(RULES);
    let beside = DocumentBytes::from(RULES).with_signature(&pkcs1);
    assert_eq!(open(beside), Ok(DocumentFormat::Signature));
    let text = std::str::from_utf8(RULES).unwrap();
    let rs256 = jws(r#"{"alg":"RS256"}"#, text, |m| RSA.sign_rs256(m));
    assert_eq!(open((&rs256).into()), Ok(DocumentFormat::Jws));
    let ps256 = jws(r#"{"alg":"PS256"}"#, text, |m| RSA.sign(m).unwrap());
    assert_eq!(open((&ps256).into()), Ok(DocumentFormat::Jws));
    let own = SignedDocument::sign("rules", RULES, MADE, None, &*RSA).unwrap();
    assert_eq!(open((&own).into()), Ok(DocumentFormat::Hcert));

    // The padding that the header doesn't name.
    let mixed = jws(r#"{"alg":"PS256"}"#, text, |m| RSA.sign_rs256(m));
    assert_eq!(code(open((&mixed).into())), "trust-signature");

    let short = raw::RsaSigner::new(1024);
    let own = SignedDocument::sign("rules", RULES, MADE, None, &short).unwrap();
    let weak = Anchor::Key(short.public_key());
    let refused = SignedDocument::open("rules", &own, &weak);
    assert_eq!(code(refused), "trust-signature");
}

#[test]
fn a_signed_purpose_is_the_only_one() {
    let file = ours();
    let other = SignedDocument::open("revocation", &file, &key("list")).unwrap_err();
    assert_eq!(other.code(), "document-purpose");
    let message = other.to_string();
    assert!(message.contains("purpose=rules") && message.contains("purpose=revocation"));
    // Another key's document is refused for its signature first.
    let both = SignedDocument::open("revocation", &file, &key("other"));
    assert_eq!(code(both), "trust-signature");

    for wrong in [
        "",
        "Rules",
        "rules;x",
        "9",
        "-",
        "a b",
        "é",
        &"a".repeat(65),
    ] {
        let opened = SignedDocument::open(wrong, &file, &key("list"));
        assert_eq!(code(opened), "document-purpose-name", "{wrong}");
        let signed = SignedDocument::sign(wrong, RULES, MADE, None, &fixtures::signer("list"));
        assert_eq!(signed.unwrap_err().code(), "document-purpose-name");
    }
    let longest = "a".repeat(64);
    let signed = SignedDocument::sign(&longest, RULES, MADE, None, &fixtures::signer("list"));
    SignedDocument::open(&longest, &signed.unwrap(), &key("list")).unwrap();
}

#[test]
fn other_types_of_content_do_not_pass() {
    let typed = |content_type: Value| cose(&cbor!({1 => -7, 3 => content_type}).unwrap(), RULES);
    for general in [
        Value::from("application/octet-stream"),
        Value::from("application/cbor"),
        Value::from(50),
        Value::from(60),
    ] {
        open(&typed(general)).unwrap();
    }
    for other in [
        Value::from(SnapshotView::CONTENT_TYPE),
        Value::from("application/x.hcert-document; purpose=revocation"),
        Value::from("application/vnd.example.revocation"),
        Value::from(""),
        Value::from(0),
        Value::from(98),
        Value::Null,
    ] {
        assert_eq!(
            code(open(&typed(other.clone()))),
            "document-purpose",
            "{other:?}"
        );
    }
    // Our own type, with a header of somebody else's.
    let like = "application/x.hcert-document; purpose=rules";
    let foreign = cose(&cbor!({1 => -7, 3 => like, 99 => 1}).unwrap(), RULES);
    assert_eq!(code(open(&foreign)), "trust-form");
    let undated = cose(&cbor!({1 => -7, 3 => like}).unwrap(), RULES);
    assert_eq!(code(open(&undated)), "trust-form");

    for header in [
        r#"{"alg":"ES256","cty":"vnd.example.revocation+json"}"#,
        r#"{"alg":"ES256","cty":"JWT"}"#,
        r#"{"alg":"ES256","typ":"vc+jwt"}"#,
        r#"{"alg":"ES256","typ":1}"#,
    ] {
        assert_eq!(
            code(open(&jws_of(header, "{}"))),
            "document-purpose",
            "{header}"
        );
    }
}

#[test]
fn what_a_header_must_not_say() {
    for (header, expected) in [
        (r#"{}"#, "trust-algorithm"),
        (r#"{"alg":"none"}"#, "trust-algorithm"),
        (r#"{"alg":"HS256"}"#, "trust-algorithm"),
        (r#"{"alg":"RS256"}"#, "trust-signature"),
        (r#"{"alg":"PS256"}"#, "trust-signature"),
        (
            r#"{"alg":"ES256","crit":["b64"],"b64":false}"#,
            "trust-form",
        ),
        (r#"{"alg":"ES256","alg":"ES256"}"#, "trust-duplicate-member"),
    ] {
        assert_eq!(code(open(&jws_of(header, "{}"))), expected, "{header}");
    }
    for (payload, expected) in [
        (r#"{"iat": "now"}"#, "trust-member"),
        (r#"{"exp": null}"#, "trust-member"),
        (r#"{"exp": 1, "exp": 2}"#, "trust-duplicate-member"),
        (r#"{"exp": 1"#, "trust-json"),
    ] {
        let document = jws_of(r#"{"alg":"ES256"}"#, payload);
        assert_eq!(code(open(&document)), expected, "{payload}");
    }
    for (header, expected) in [
        (cbor!({}), "trust-algorithm"),
        (cbor!({1 => -8}), "trust-algorithm"),
        (cbor!({1 => -37}), "trust-signature"),
        (cbor!({1 => -7, 2 => [99]}), "trust-form"),
        (cbor!({1 => -7, 15 => {6 => "now"}}), "trust-member"),
        (cbor!({1 => -7, 15 => [{6 => 1}]}), "trust-form"),
    ] {
        let header = header.unwrap();
        assert_eq!(code(open(&cose(&header, RULES))), expected, "{header:?}");
    }
}

#[test]
fn a_header_that_names_its_parameters_is_not_opened() {
    let text = |name: &str| Value::Text(name.into());
    let past = || cbor!({4 => 1_600_000_000}).unwrap();
    for (name, value) in [
        (text("15"), past()),
        (text("015"), past()),
        (text("CWT Claims"), past()),
        (text("cwt_claims"), past()),
        (Value::Bytes(b"CWT Claims".to_vec()), past()),
        (text("exp"), 1_600_000_000.into()),
        (text("Expires At"), 1_600_000_000.into()),
        (text("nbf"), 1_900_000_000.into()),
        (text("iat"), 1_900_000_000.into()),
        (text("aud"), text("Elsewhere")),
        (text("content type"), text("application/cwt")),
        (text("typ"), text("application/cwt")),
    ] {
        let shown = format!("{name:?}");
        let header = Value::Map(vec![(1.into(), (-7).into()), (name, value)]);
        assert_eq!(code(open(&cose(&header, RULES))), "trust-form", "{shown}");
    }
    // What no reader needs to know.
    let header = cbor!({1 => -7, "note" => "x", 99 => 1}).unwrap();
    open(&cose(&header, RULES)).unwrap();
}

#[test]
fn a_document_for_somebody_else_is_not_opened() {
    let claims = cbor!({3 => "Elsewhere", 4 => 4_000_000_000_i64}).unwrap();
    let in_header = cbor!({1 => -7, 15 => claims}).unwrap();
    let typed = cbor!({1 => -7, 3 => 61}).unwrap();
    let plain = cbor!({1 => -7}).unwrap();
    for bytes in [
        jws_of(r#"{"alg":"ES256"}"#, r#"{"aud":"Elsewhere","rules":[]}"#),
        cose(&in_header, RULES),
        cose(&typed, &encode(&claims)),
        cose(&plain, &encode(&claims)),
    ] {
        let error = open(&bytes).unwrap_err();
        assert_eq!(error.code(), "trust-form");
        assert!(error.to_string().contains("(aud)"), "{error}");
    }
}

#[test]
fn unsigned_bytes_are_not_opened() {
    for bytes in [
        &b""[..],
        RULES,
        b"{}",
        br#"{"payload": "AA==", "signature": "AA==", "protected": "AA=="}"#,
        br#"{"payload": 1, "signature": 2}"#,
        b"\n{}",
        b"a.b",
        &signer_certificate(),
        // A CMS that isn't there, and a COSE_Sign1 cut to its tag.
        b"MEUCIQ==",
        &[0xd2],
    ] {
        assert_eq!(DocumentBytes::from(bytes).format(), None);
        assert_eq!(code(open(bytes)), "document-unrecognised");
    }
    // The content of the CMS is missing.
    assert_eq!(code(open(&cms(false, true))), "cms-content");
    // The content inside is not the one beside.
    let inside = cms(true, true);
    let beside = DocumentBytes::from(b"[]").with_signature(&inside);
    assert_eq!(code(open(beside)), "cms-content");
}

#[test]
fn signers_under_a_root_bring_their_chain() {
    const ROOT: &str = "CN=Root,C=XX";
    let root = certificate(ROOT, "root", ROOT, "root", true);
    let issued = |name: &str, by: &str| certificate(name, "list", ROOT, by, false);
    let leaf = issued("CN=Rules,C=XX", "root");
    let forged = issued("CN=Rules,C=XX", "other");
    let mail = issued("CN=Mail,C=XX", "root");
    let anchor = Anchor::from_bytes(&root).unwrap();
    let open = |bytes: &[u8], name: &str| {
        let document = SignedDocument::open_under_root("rules", bytes, &anchor, name)?;
        assert!(document.identity().ends_with(name));
        assert_eq!(document.content(), RULES);
        Ok::<_, DocumentError>(document.format())
    };
    let text = std::str::from_utf8(RULES).unwrap();
    let with_x5c = |chain: &[&[u8]]| {
        let x5c: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        let header = serde_json::json!({"alg": "ES256", "x5c": x5c}).to_string();
        jws_of(&header, text)
    };
    let form = Cms {
        content: true,
        ..Cms::USUAL
    };
    let cms = |certificate: &[u8]| form.sign(RULES, certificate, "list");
    for good in [with_x5c(&[&leaf]), with_x5c(&[&leaf, &root]), cms(&leaf)] {
        open(&good, "Rules").unwrap();
        assert_eq!(code(open(&good, "Mail")), "trust-chain");
    }
    for bad in [
        with_x5c(&[&mail]),
        with_x5c(&[&forged]),
        with_x5c(&[&mail, &leaf]),
        cms(&mail),
        cms(&forged),
        ours(),
        german(text, "list"),
    ] {
        assert_eq!(code(open(&bad, "Rules")), "trust-chain");
    }
    // Without a certificate there is no name.
    assert_eq!(code(open(&with_x5c(&[]), "Rules")), "trust-chain");
    // Signers of a root are its signers by that method alone.
    let pinned = with_x5c(&[&leaf]);
    let pinned = SignedDocument::open("rules", &pinned, &anchor);
    assert_eq!(code(pinned), "trust-chain");
    let pinned = cms(&leaf);
    let pinned = SignedDocument::open("rules", &pinned, &anchor);
    assert_eq!(code(pinned), "cms-signature");
}

#[test]
fn an_older_edition_is_refused_in_any_form() {
    let signer = fixtures::signer("list");
    let at = |purpose: &str, made: Timestamp| {
        SignedDocument::sign(purpose, RULES, made, None, &signer).unwrap()
    };
    let (first, second) = (at("rules", MADE), at("rules", ENDS));
    let (first, second) = (open(&first).unwrap(), open(&second).unwrap());
    let mut state = TrustState::default();
    state.accept(&first).unwrap();
    state.accept(&second).unwrap();
    state.accept(&second).unwrap();
    let known = state.clone();
    assert_eq!(known.latest_time(), Some(ENDS));
    let edition = known.edition(second.identity()).unwrap();
    assert_eq!(edition.issued_at, Some(ENDS));
    assert_eq!(
        *edition,
        Edition {
            issued_at: Some(ENDS),
            ..Edition::default()
        }
    );

    assert_eq!(state.accept(&first).unwrap_err().code(), "trust-rollback");
    // Nor in another form, nor without its date.
    let dated = jws_of(r#"{"alg":"ES256"}"#, PAYLOAD);
    let undated = german("[]", "list");
    for bytes in [&dated, &undated] {
        let error = state.accept(&open(bytes).unwrap()).unwrap_err();
        assert_eq!(error.code(), "trust-rollback");
    }
    assert_eq!(state, known, "what is refused changes nothing");
    let stored = TrustState::from_json(state.to_json().as_bytes()).unwrap();
    assert_eq!(stored, known);

    // Another purpose, and another signer.
    let other = at("revocation", MADE);
    let other = SignedDocument::open("revocation", &other, &key("list")).unwrap();
    state.accept(&other).unwrap();
    let signer = fixtures::signer("other");
    let other = SignedDocument::sign("rules", RULES, MADE, None, &signer).unwrap();
    let other = SignedDocument::open("rules", &other, &key("other")).unwrap();
    state.accept(&other).unwrap();
    // For a signer who starts anew.
    state.forget(first.identity()).unwrap();
    state.accept(&first).unwrap();
    // Without any date there is nothing to remember.
    let mut state = TrustState::default();
    state.accept(&open(&undated).unwrap()).unwrap();
    assert_eq!(state, TrustState::default());
}

#[test]
fn what_is_pinned_together_is_one_signer_in_any_form() {
    const ROOT: &str = "CN=Root,C=XX";
    let own = |label: &str, made: Timestamp| {
        SignedDocument::sign("rules", RULES, made, None, &fixtures::signer(label)).unwrap()
    };
    let jws = |label: &str, x5c: &[Vec<u8>], made: Timestamp| {
        let x5c: Vec<_> = x5c.iter().map(|der| STANDARD.encode(der)).collect();
        let header = match x5c.is_empty() {
            true => serde_json::json!({"alg": "ES256"}),
            false => serde_json::json!({"alg": "ES256", "x5c": x5c}),
        };
        let payload = format!(r#"{{"iat":{}}}"#, made.seconds());
        lists::jws(&header.to_string(), &payload, |m| lists::sign(label, m))
    };
    let refused = |old: &SignedDocument<'_>, new: &SignedDocument<'_>| {
        assert_ne!(old.identity(), new.identity());
        let mut state = TrustState::default();
        state.accept(old).unwrap();
        state.accept(new).unwrap();
        let mut state = TrustState::from_json(state.to_json().as_bytes()).unwrap();
        assert_eq!(state.accept(old).unwrap_err().code(), "trust-rollback");
        state.accept(new).unwrap();
        state.dangerously_accept_as("a", new).unwrap();
        let named = state.dangerously_accept_as("a", old).unwrap_err();
        assert_eq!(named.code(), "trust-rollback");
        // Another name is another document.
        state.dangerously_accept_as("b", old).unwrap();
    };
    for pinned in [[key("old"), key("new")], [key("new"), key("old")]] {
        let open = |bytes: &[u8], label: &str| {
            let bytes = bytes.to_vec().leak();
            let document = SignedDocument::open("rules", &*bytes, &key(label)).unwrap();
            document.pinned_with(&pinned)
        };
        for old in [own("old", MADE), jws("old", &[], MADE)] {
            for new in [own("new", ENDS), jws("new", &[], ENDS)] {
                refused(&open(&old, "old"), &open(&new, "new"));
            }
        }
    }
    // Two roots, one of which takes the place of the other.
    let root = |key: &str| certificate(ROOT, key, ROOT, key, true);
    let roots = ["first", "second"].map(|key| Anchor::from_bytes(&root(key)).unwrap());
    let open = |root: usize, key: &str, made: Timestamp| {
        let leaf = certificate("CN=Rules,C=XX", "list", ROOT, key, false);
        let bytes = jws("list", &[leaf], made).leak();
        SignedDocument::open_under_root("rules", &*bytes, &roots[root], "Rules")
            .unwrap()
            .pinned_with(&roots)
    };
    refused(&open(0, "first", MADE), &open(1, "second", ENDS));
    // A revocation list knows as much as its document.
    let revoked = |label: &str, made: Timestamp| {
        SignedDocument::sign("revocation", &[0xa0], made, None, &fixtures::signer(label)).unwrap()
    };
    let pinned = [key("old"), key("new")];
    let (old, new) = (revoked("old", MADE), revoked("new", ENDS));
    let mut state = TrustState::default();
    for (bytes, label, expected) in [(&new, "new", None), (&old, "old", Some("trust-rollback"))] {
        let document = SignedDocument::open("revocation", bytes, &key(label)).unwrap();
        let document = document.pinned_with(&pinned);
        let part = RevocationPart::of_document(&document).unwrap();
        let list = RevocationList::read("x", part).unwrap();
        let accepted = state.accept_revocations(list.info());
        assert_eq!(accepted.err().map(|error| error.code()), expected);
    }
}

#[test]
fn its_age_is_asked_at_the_time_of_use() {
    let file = ours();
    let document = open(&file).unwrap();
    let check = |now: Timestamp, max_age: Option<u64>| {
        let max_age = max_age.map(Duration::from_secs);
        let stale = document.check_age(now, max_age).err();
        stale.map_or("fresh", |stale| stale.code())
    };
    assert_eq!(check(MADE, None), "fresh");
    assert_eq!(check(MADE.plus(-60), None), "fresh");
    assert_eq!(check(MADE.plus(-61), None), "stale-from-future");
    assert_eq!(check(ENDS, None), "fresh");
    assert_eq!(check(ENDS.plus(1), None), "stale-expired");
    assert_eq!(check(MADE.plus(100), Some(100)), "fresh");
    assert_eq!(check(MADE.plus(101), Some(100)), "stale-too-old");
    assert_eq!(check(ENDS, Some(u64::MAX)), "fresh");

    let file = german("[]", "list");
    let undated = open(&file).unwrap();
    undated.check_age(MADE, None).unwrap();
    let stale = undated.check_age(MADE, Some(Duration::MAX)).unwrap_err();
    assert_eq!(stale.code(), "stale-undated");
    let fetched = open(DocumentBytes::from(&file).with_fetched_at(MADE)).unwrap();
    assert_eq!(
        (fetched.fetched_at(), fetched.issued_at()),
        (Some(MADE), None)
    );
    fetched
        .check_age(MADE.plus(100), Some(Duration::from_secs(100)))
        .unwrap();
    let stale = fetched
        .check_age(MADE.plus(101), Some(Duration::from_secs(100)))
        .unwrap_err();
    assert_eq!(stale.code(), "stale-too-old");
    assert!(stale.to_string().contains("2021-06-01T00:00:00Z"));
}

/// The digest is a number in hexadecimal, of which one zero at the beginning
/// is put back and others are not.
#[test]
fn the_digest_of_an_x_signature_may_lack_zeros() {
    let hex = |content: &[u8]| -> String {
        let digest = Sha256::digest(content);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let find = |zeros: &str, not: &str| {
        let mut contents = (0..).map(|n| format!("[{n}]"));
        let found = contents
            .find(|c| hex(c.as_bytes()).starts_with(zeros) && !hex(c.as_bytes()).starts_with(not));
        found.unwrap()
    };
    for (content, sent, opens) in [
        (find("0", "00"), 0, true),
        (find("0", "00"), 1, false),
        (find("00", "000"), 0, true),
        (find("00", "000"), 1, false),
        (find("00", "000"), 2, true),
    ] {
        let signature = der(&sign("list", &hex(content.as_bytes()).as_bytes()[sent..]));
        let signature = STANDARD.encode(signature);
        let given = DocumentBytes::from(&content).with_x_signature(signature.as_bytes());
        assert_eq!(open(given).is_ok(), opens, "{content} {sent}");
        // It is not a signature of the content, nor the other way round.
        let plain = DocumentBytes::from(&content).with_signature(signature.as_bytes());
        assert_eq!(code(open(plain)), "trust-signature");
        let plain = sign("list", content.as_bytes());
        let given = DocumentBytes::from(&content).with_x_signature(&plain);
        assert_eq!(code(open(given)), "trust-signature");
    }
}

#[test]
fn our_form_has_one_spelling_and_lends_its_content() {
    let file = ours();
    assert_eq!(file, ours());
    let document = open(&file).unwrap();
    assert!(matches!(document.into_content(), Cow::Borrowed(content) if content == RULES));
    // The bytes of docs/signed-documents.md.
    let name = b"application/x.hcert-document; purpose=rules";
    let header = [
        b"\xa3\x01\x26\x03\x78\x2b",
        &name[..],
        b"\x0f\xa2\x04\x1a\x60\xdd\x05\x80\x06\x1a\x60\xb5\x78\x80",
    ]
    .concat();
    let start = [
        b"\xd2\x84\x58",
        &[header.len() as u8][..],
        &header,
        b"\xa0\x58",
    ]
    .concat();
    assert_eq!(file[..start.len()], start);
    let expected = start.len() + 1 + RULES.len() + 2 + 64;
    assert_eq!(file.len(), expected);
}

#[test]
fn what_is_not_signed() {
    let signer = fixtures::signer("list");
    let early = SignedDocument::sign("rules", RULES, ENDS, Some(MADE), &signer).unwrap_err();
    assert_eq!(early.code(), "document-dates");
    SignedDocument::sign("rules", RULES, MADE, Some(MADE), &signer).unwrap();

    struct Broken(Option<usize>);
    impl Signer for Broken {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignerError> {
            self.0
                .map(|length| vec![1; length])
                .ok_or(SignerError::new("gone"))
        }
    }
    for (signer, expected) in [
        (Broken(None), "signer"),
        (Broken(Some(71)), "signature-length"),
    ] {
        let error = SignedDocument::sign("rules", RULES, MADE, None, &signer).unwrap_err();
        assert_eq!(error.code(), expected);
    }
}

proptest! {
    #[test]
    fn what_is_signed_is_opened(
        content in proptest::collection::vec(any::<u8>(), 0..300),
        made in 0..249_107_333_504i64,
        lasts in proptest::option::of(any::<u32>()),
        purpose in "[a-z][a-z0-9-]{0,63}",
    ) {
        let made = Timestamp::from_seconds(made);
        let ends = lasts.map(|seconds| made.plus(seconds.into()));
        let signer = fixtures::signer("list");
        let file = SignedDocument::sign(&purpose, &content, made, ends, &signer).unwrap();
        let document = SignedDocument::open(&purpose, &file, &key("list")).unwrap();
        prop_assert_eq!(document.content(), &content[..]);
        prop_assert_eq!((document.issued_at(), document.expires_at()), (Some(made), ends));
    }

    #[test]
    fn any_bytes_are_refused(
        content in proptest::collection::vec(any::<u8>(), 0..200),
        beside in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..100)),
    ) {
        let mut given = DocumentBytes::from(&content);
        if let Some(beside) = &beside {
            given = given.with_signature(beside);
        }
        prop_assert!(open(given).is_err());
    }
}
