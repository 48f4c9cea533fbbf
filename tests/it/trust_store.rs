//! What a trust store takes, keeps, merges, refuses and reports.
//!
//! All certificates are fictitious and made here, byte by byte, so that each
//! can be wrong in one place.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hcert::crypto::{KeyKind, PublicKey};
use hcert::trust::{
    Dsc, KeyUsage, Kid, ListFormat, LoadError, LoadLimits, LoadReport, TrustStore,
    TrustStoreBuilder, Usage,
};
use p256::pkcs8::EncodePublicKey;
use proptest::prelude::*;
use serde_json::{Value, json};

// ---------------------------------------------------------------- DER maker

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        n @ 0..=0x7f => out.push(n as u8),
        n @ 0x80..=0xff => out.extend([0x81, n as u8]),
        n @ 0x100..=0xffff => out.extend([0x82, (n >> 8) as u8, n as u8]),
        n => out.extend([0x83, (n >> 16) as u8, (n >> 8) as u8, n as u8]),
    }
    out.extend(content);
    out
}

fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|a| a.parse().unwrap()).collect();
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let mut groups = vec![(arc & 0x7f) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            groups.insert(0, 0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        content.extend(groups);
    }
    tlv(6, &[&content])
}

fn name(attributes: &[(&str, &str)]) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(kind, text)| {
            let value = tlv(0x0c, &[text.as_bytes()]);
            tlv(0x31, &[&tlv(0x30, &[&oid(kind), &value])])
        })
        .collect();
    tlv(0x30, &rdns.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn extension(kind: &str, value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&oid(kind), &tlv(4, &[value])])
}

fn eku(oids: &[&str]) -> Vec<u8> {
    let oids: Vec<Vec<u8>> = oids.iter().map(|o| oid(o)).collect();
    let list = tlv(0x30, &oids.iter().map(Vec::as_slice).collect::<Vec<_>>());
    extension("2.5.29.37", &list)
}

fn p256(seed: u8) -> Vec<u8> {
    let secret = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
    secret.public_key().to_public_key_der().unwrap().into_vec()
}

fn p384() -> Vec<u8> {
    let algorithm = tlv(0x30, &[&oid("1.2.840.10045.2.1"), &oid("1.3.132.0.34")]);
    tlv(0x30, &[&algorithm, &tlv(3, &[&[0, 4], &[9; 96]])])
}

struct Cert {
    spki: Vec<u8>,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    extensions: Vec<Vec<u8>>,
}

impl Cert {
    fn new(seed: u8) -> Self {
        Self {
            spki: p256(seed),
            subject: name(&[("2.5.4.6", "XA"), ("2.5.4.3", &format!("Signer {seed}"))]),
            issuer: name(&[("2.5.4.6", "XB"), ("2.5.4.3", "Authority, of no state")]),
            extensions: Vec::new(),
        }
    }

    fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    fn der(&self) -> Vec<u8> {
        let algorithm = tlv(0x30, &[&oid("1.2.840.10045.4.3.2")]);
        let validity = tlv(
            0x30,
            &[
                &tlv(0x17, &[b"210501000000Z"]),
                &tlv(0x18, &[b"20520501000000Z"]),
            ],
        );
        let list: Vec<&[u8]> = self.extensions.iter().map(Vec::as_slice).collect();
        let extensions = match list.as_slice() {
            [] => Vec::new(),
            list => tlv(0xa3, &[&tlv(0x30, list)]),
        };
        let tbs = tlv(
            0x30,
            &[
                &tlv(0xa0, &[&[2, 1, 2]]),
                &[2, 1, 42],
                &algorithm,
                &self.issuer,
                &validity,
                &self.subject,
                &self.spki,
                &extensions,
            ],
        );
        // Nobody checks this signature.
        tlv(0x30, &[&tbs, &algorithm, &tlv(3, &[&[0], &[7; 64]])])
    }

    fn pem(&self) -> String {
        block("CERTIFICATE", &self.der())
    }
}

fn block(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn entry(cert: &Cert) -> Value {
    let der = cert.der();
    json!({"kid": STANDARD.encode(Kid::of_certificate(&der)), "rawData": STANDARD.encode(der)})
}

fn load(add: impl FnOnce(&mut TrustStoreBuilder)) -> (TrustStore, LoadReport) {
    let mut builder = TrustStore::builder();
    add(&mut builder);
    let (store, report) = builder.build();
    check_sums(&store, &report);
    (store, report)
}

fn load_list(format: ListFormat, list: &Value) -> (TrustStore, LoadReport) {
    let bytes = serde_json::to_vec(list).unwrap();
    // That the signatures are ignored is never guessed.
    let detected = match format {
        ListFormat::GatewaySignaturesIgnored => ListFormat::Gateway,
        format => format,
    };
    assert_eq!(ListFormat::detect(&bytes), Some(detected));
    load(|b| {
        b.add_list("list", format, &bytes).unwrap();
    })
}

fn check_sums(store: &TrustStore, report: &LoadReport) {
    assert_eq!(
        report.loaded + report.duplicates + report.rejected,
        report.total
    );
    assert_eq!(store.len(), report.loaded);
    assert_eq!(store.iter().count(), report.loaded);
    let left_out = report.problems.iter().filter(|p| !p.kept).count();
    assert_eq!(left_out, report.rejected);
}

fn codes(report: &LoadReport) -> Vec<(usize, &'static str, bool)> {
    report
        .problems
        .iter()
        .map(|p| (p.position, p.problem.code(), p.kept))
        .collect()
}

// ------------------------------------------------------------- certificates

#[test]
fn a_certificate_tells_what_its_issuer_says() {
    let cert = Cert::new(1).with(extension("2.5.29.19", &[0x30, 3, 1, 1, 0xff]));
    let der = cert.der();
    let dsc = Dsc::from_der(&der).unwrap();
    assert_eq!(dsc.der(), der);
    assert_eq!(dsc.kid().as_bytes(), &dsc.digest().as_bytes()[..8]);
    assert_eq!(dsc.subject(), "CN=Signer 1,C=XA");
    assert_eq!(dsc.issuer(), "CN=Authority\\, of no state,C=XB");
    assert_eq!(dsc.common_name(), Some("Signer 1"));
    assert_eq!(dsc.country(), Some("XA"));
    assert_eq!(dsc.not_before().to_string(), "2021-05-01T00:00:00Z");
    assert_eq!(dsc.not_after().to_string(), "2052-05-01T00:00:00Z");
    assert_eq!(dsc.public_key().spki_der(), cert.spki);
    assert_eq!(dsc.extended_key_usage(), None);
    assert!(dsc.is_ca());
    assert!(format!("{dsc:?}").contains("CN=Signer 1,C=XA"));
}

#[test]
fn the_country_is_the_issuers_where_the_subject_has_none() {
    let mut cert = Cert::new(1);
    cert.subject = name(&[("2.5.4.3", "Signer")]);
    assert_eq!(Dsc::from_der(&cert.der()).unwrap().country(), Some("XB"));
    cert.issuer = name(&[]);
    assert_eq!(Dsc::from_der(&cert.der()).unwrap().country(), None);
}

#[test]
fn names_in_old_string_types_are_shown_as_text() {
    let attribute =
        |kind, tag, value: &[u8]| tlv(0x31, &[&tlv(0x30, &[&oid(kind), &tlv(tag, &[value])])]);
    let mut cert = Cert::new(1);
    cert.subject = tlv(
        0x30,
        &[
            &attribute("2.5.4.6", 0x13, b"xa"),
            &attribute("2.5.4.10", 0x14, b"B\xf6rse"),
            &attribute("2.5.4.11", 0x1e, &[0x04, 0x10, 0, b'\n']),
            &attribute("2.5.4.3", 0x0c, &[0xff]),
            &attribute("1.2.3.4", 0x04, &[1, 0xab]),
        ],
    );
    let dsc = Dsc::from_der(&cert.der()).unwrap();
    assert_eq!(dsc.subject(), "1.2.3.4=#01ab,CN=#ff,OU=А\\0a,O=Börse,C=xa");
    assert_eq!((dsc.country(), dsc.common_name()), (Some("XA"), None));
}

#[test]
fn what_strict_der_refuses_and_the_field_uses_is_read() {
    let ca_false = extension("2.5.29.19", &[0x30, 3, 1, 1, 0]);
    let path_len = extension("2.5.29.19", &[0x30, 6, 1, 1, 0, 2, 1, 0]);
    let unknown = extension("1.3.6.1.4.1.99999.7", b"not even DER");
    // `critical FALSE` written out.
    let critical = tlv(
        0x30,
        &[&oid("2.5.29.15"), &[1, 1, 0], &tlv(4, &[&[3, 2, 7, 0x80]])],
    );
    for extension in [ca_false, path_len, unknown, critical] {
        let dsc = Dsc::from_der(&Cert::new(1).with(extension).der()).unwrap();
        assert!(!dsc.is_ca());
        assert_eq!(dsc.usage(), KeyUsage::ANY);
    }
}

#[test]
fn bytes_after_a_certificate_are_refused() {
    let mut der = Cert::new(1).der();
    der.extend(b"\n\n");
    let error = Dsc::from_der(&der).unwrap_err();
    assert_eq!(error.code(), "certificate-trailing-bytes");
    assert_eq!(error.to_string(), "2 bytes follow the certificate");
    let cut = &Cert::new(1).der()[..100];
    assert_eq!(
        Dsc::from_der(cut).unwrap_err().code(),
        "certificate-encoding"
    );
    let (store, report) = load(|b| {
        b.add_bytes("a", &der).unwrap();
        b.add_bytes("b", cut).unwrap();
    });
    assert!(store.is_empty());
    assert_eq!(
        codes(&report),
        [
            (0, "certificate-trailing-bytes", false),
            (0, "certificate-encoding", false)
        ]
    );
}

#[test]
fn extended_key_usage_limits_a_key_in_both_arcs() {
    const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
    for arc in ["1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1"] {
        let [t, v, r, other] = [1, 2, 3, 4].map(|n| format!("{arc}.{n}"));
        let (t, v, r) = (t.as_str(), v.as_str(), r.as_str());
        for (oids, usage) in [
            (&[][..], "any"),
            (&[t], "test"),
            (&[v], "vaccination"),
            (&[r], "recovery"),
            (&[r, t], "test, recovery"),
            (&[t, v, r], "test, vaccination, recovery"),
            (&[CODE_SIGNING], "any"),
            (&[CODE_SIGNING, t], "test"),
            (&[CODE_SIGNING, t, v, r], "test, vaccination, recovery"),
            (&[&other], "none"),
            (&[&other, v], "vaccination"),
        ] {
            let dsc = Dsc::from_der(&Cert::new(1).with(eku(oids)).der()).unwrap();
            assert_eq!(dsc.usage().to_string(), usage, "{oids:?}");
            assert_eq!(dsc.extended_key_usage().unwrap(), oids);
            for (kind, id) in [
                (Usage::Test, t),
                (Usage::Vaccination, v),
                (Usage::Recovery, r),
            ] {
                let expected = usage == "any" || oids.contains(&id);
                assert_eq!(dsc.usage().allows(kind), expected, "{oids:?} {kind}");
            }
        }
    }
    // Without the extension.
    let dsc = Dsc::from_der(&Cert::new(1).der()).unwrap();
    assert_eq!(dsc.usage(), KeyUsage::ANY);
}

#[test]
fn a_key_usage_that_cannot_be_read_is_not_taken_for_none() {
    let t = "1.3.6.1.4.1.1847.2021.1.1";
    let broken = extension("2.5.29.37", &[0x30, 2, 6, 9]);
    for (cert, code) in [
        (Cert::new(1).with(broken), "certificate-extension"),
        (
            Cert::new(1).with(eku(&[])).with(eku(&[t])),
            "certificate-repeated-extension",
        ),
    ] {
        assert_eq!(Dsc::from_der(&cert.der()).unwrap_err().code(), code);
    }
}

#[test]
fn a_usage_of_nothing_allows_nothing() {
    let none = KeyUsage::only([]);
    assert_ne!(none, KeyUsage::ANY);
    assert!(none.is_limited() && !none.allows(Usage::Test));
    assert_eq!(none.to_string(), "none");
}

// -------------------------------------------------------------------- store

#[test]
fn two_signers_under_one_kid_both_come_back() {
    let kid = Kid::new(b"same kid").unwrap();
    let (one, two) = (Cert::new(1).der(), Cert::new(2).der());
    for order in [[&one, &two], [&two, &one]] {
        let (store, report) = load(|b| {
            for der in order {
                b.add_certificate_der_as("list", kid.clone(), der).unwrap();
            }
        });
        assert_eq!((report.loaded, report.duplicates), (2, 0));
        let found: Vec<_> = store
            .candidates(&kid)
            .iter()
            .map(|key| key.certificate().unwrap().der())
            .collect();
        // Their order is that of what they say, whatever order they came in.
        let mut expected = order;
        expected.sort_by_key(|der| found.iter().position(|found| found == der));
        assert_eq!(found, expected);
    }
}

#[test]
fn an_exact_duplicate_is_merged_and_counted() {
    let cert = Cert::new(1);
    let der = cert.der();
    let (store, report) = load(|b| {
        b.add_certificate_der("first", &der).unwrap();
        b.add_certificate_der("second", &der).unwrap();
        b.add_pem("third", cert.pem()).unwrap();
        // The same key under another kid, and without a certificate, is
        // something else.
        b.add_certificate_der_as("fourth", Kid::new([1]).unwrap(), &der)
            .unwrap();
        b.add_spki_der("fifth", Kid::of_certificate(&der), &cert.spki)
            .unwrap();
    });
    assert_eq!((report.loaded, report.duplicates, report.total), (3, 2, 5));
    let found = store.candidates(Kid::of_certificate(&der));
    assert_eq!(found.len(), 2);
    let [bare, certified] = found else { panic!() };
    assert_eq!((certified.origin(), bare.origin()), ("first", "fifth"));
    assert!(certified.certificate().is_some() && bare.certificate().is_none());
}

#[test]
fn a_bare_key_has_no_validity_and_a_certificate_has() {
    let cert = Cert::new(1);
    let (store, _) = load(|b| {
        b.add_certificate_der("a", &cert.der()).unwrap();
        let key = PublicKey::from_spki_der(&p256(2)).unwrap();
        let usage = Usage::Recovery.into();
        b.add_public_key("b", Kid::new(b"k").unwrap(), key, Some("XC"), usage)
            .unwrap();
    });
    let bare = &store.candidates(b"k")[0];
    assert_eq!((bare.validity(), bare.country()), (None, Some("XC")));
    assert!(!bare.usage().allows(Usage::Test));
    let certified = &store.candidates(Kid::of_certificate(&cert.der()))[0];
    let (from, to) = certified.validity().unwrap();
    assert!(from < to);
    assert_eq!(certified.country(), Some("XA"));
}

#[test]
fn kids_may_have_any_length_up_to_255() {
    for length in [0, 1, 3, 6, 7, 9, 255] {
        let kid = Kid::new(vec![7; length]).unwrap();
        let (store, _) = load(|b| {
            b.add_spki_der("k", kid.clone(), &p256(1)).unwrap();
        });
        assert_eq!(store.candidates(vec![7; length]).len(), 1);
        assert!(store.candidates(vec![7; length + 1]).is_empty());
    }
    assert_eq!(Kid::new([7; 256]).unwrap_err().code(), "kid-too-long");
    assert_eq!(Kid::from_base64("§").unwrap_err().code(), "kid-base64");
}

#[test]
fn the_store_is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    shared(&TrustStore::default());
    assert!(TrustStore::default().candidates(b"").is_empty());
}

#[test]
fn a_key_that_no_algorithm_uses_is_kept_and_noted() {
    let mut cert = Cert::new(1);
    cert.spki = p384();
    let (store, report) = load(|b| {
        b.add_certificate_der("c", &cert.der()).unwrap();
        b.add_bytes("s", &p384()).unwrap();
        let jwk = json!({"kty": "EC", "crv": "P-384", "kid": "AAAA",
            "x": URL_SAFE_NO_PAD.encode([9; 48]), "y": URL_SAFE_NO_PAD.encode([9; 48])});
        b.add_jwk("j", jwk.to_string().as_bytes()).unwrap();
    });
    assert_eq!((report.loaded, report.rejected), (3, 0));
    assert_eq!(
        codes(&report),
        [
            (0, "key-unusable", true),
            (0, "kid-missing", true),
            (0, "key-unusable", true),
            (0, "key-unusable", true)
        ]
    );
    for key in store.iter() {
        assert!(
            matches!(key.public_key().kind(), KeyKind::Unsupported { name } if name == "P-384")
        );
        assert_eq!(key.public_key().spki_der(), p384());
    }
}

// -------------------------------------------------------------------- lists

#[test]
fn a_broken_entry_is_named_and_the_others_are_kept() {
    let mut broken = entry(&Cert::new(2));
    broken["rawData"] = json!("MIIB*not base64*");
    let list = json!({"certificates": [
        entry(&Cert::new(1)), broken.clone(), entry(&Cert::new(3)),
        "text", {"kid": 7, "rawData": ""}, {"kid": "AAAA"}, {"kid": "§", "rawData": "AAAA"},
    ]});
    let (_, report) = load_list(ListFormat::Certificates, &list);
    assert_eq!((report.loaded, report.rejected, report.total), (2, 5, 7));
    assert_eq!(
        codes(&report),
        [
            (1, "entry-base64", false),
            (3, "entry-member", false),
            (4, "entry-member", false),
            (5, "entry-member", false),
            (6, "kid-base64", false)
        ]
    );
    let problem = &report.problems[0];
    assert_eq!(problem.kid.as_deref(), broken["kid"].as_str());
    assert_eq!(problem.label, "list");
    assert!(
        problem
            .to_string()
            .ends_with("the member `rawData` is not base64; left out")
    );
}

#[test]
fn a_declared_kid_counts_even_if_it_is_not_the_certificates() {
    let cert = Cert::new(1);
    let mut declared = entry(&cert);
    declared["kid"] = json!(STANDARD_NO_PAD.encode(b"UKNHS1"));
    let mut absent = entry(&Cert::new(2));
    absent.as_object_mut().unwrap().remove("kid");
    let list = json!({"certificates": [declared, absent]});
    let (store, report) = load_list(ListFormat::Certificates, &list);
    assert_eq!(
        codes(&report),
        [(0, "kid-mismatch", true), (1, "kid-missing", true)]
    );
    assert_eq!(store.candidates(b"UKNHS1").len(), 1);
    assert!(
        store
            .candidates(Kid::of_certificate(&cert.der()))
            .is_empty()
    );
    let second = Kid::of_certificate(&Cert::new(2).der());
    assert_eq!(store.candidates(second).len(), 1);
}

#[test]
fn a_gateways_other_certificates_are_not_document_signers() {
    let typed = |seed: u8, kind: &str| {
        let mut value = entry(&Cert::new(seed));
        value["certificateType"] = json!(kind);
        value["country"] = json!("XC");
        value
    };
    let mut untyped = typed(6, "DSC");
    untyped["certificateType"] = json!(null);
    let mut damaged = typed(5, "DSC");
    damaged["thumbprint"] = json!("00".repeat(32));
    let list = json!([
        typed(1, "AUTHENTICATION"),
        typed(2, "UPLOAD"),
        typed(3, "CSCA"),
        typed(4, "DSC"),
        damaged,
        untyped,
    ]);
    let (store, report) = load_list(ListFormat::GatewaySignaturesIgnored, &list);
    assert_eq!((report.loaded, report.rejected, report.total), (2, 4, 6));
    assert_eq!(
        codes(&report),
        [
            (0, "not-a-document-signer", false),
            (1, "not-a-document-signer", false),
            (2, "not-a-document-signer", false),
            (4, "thumbprint-mismatch", true),
            (5, "entry-member", false)
        ]
    );
    // The list's country, not the certificate's.
    assert!(store.iter().all(|key| key.country() == Some("XC")));
}

#[test]
fn a_pem_bundle_may_hold_text_between_its_blocks() {
    let bundle = format!(
        "\u{feff}subject=CN = Signer 1\r\n{}\nBag Attributes: ä\n{}# key\n{}{}-----END NOTHING-----\n",
        Cert::new(1).pem().replace('\n', "\r\n"),
        Cert::new(2).pem(),
        block("PUBLIC KEY", &p256(3)),
        block("PRIVATE KEY", &[0; 40]),
    );
    assert_eq!(ListFormat::detect(bundle.as_bytes()), Some(ListFormat::Pem));
    let (store, report) = load(|b| {
        b.add_pem("bundle", &bundle).unwrap();
    });
    assert_eq!((report.loaded, report.total), (3, 4));
    assert_eq!(
        codes(&report),
        [(2, "kid-missing", true), (3, "pem-label", false)]
    );
    let bare = PublicKey::from_spki_der(&p256(3)).unwrap();
    assert_eq!(store.candidates(Kid::of_public_key(&bare)).len(), 1);
}

#[test]
fn a_pem_block_without_an_end_is_reported() {
    let whole = Cert::new(1).pem();
    let cut = &whole[..whole.len() - 30];
    for (bundle, at) in [
        (format!("{}{cut}", Cert::new(2).pem()), 1),
        (format!("{cut}\n{}", Cert::new(2).pem()), 0),
    ] {
        let (_, report) = load(|b| {
            b.add_pem("bundle", &bundle).unwrap();
        });
        assert_eq!((report.loaded, report.total), (1, 2));
        assert_eq!(codes(&report), [(at, "pem-truncated", false)]);
    }
    let damaged = whole.replace("END CERTIFICATE", "END PUBLIC KEY");
    let (_, report) = load(|b| {
        b.add_pem("bundle", &damaged).unwrap();
    });
    assert_eq!(codes(&report), [(0, "pem-encoding", false)]);
}

// --------------------------------------------------------------------- JWKs

fn coordinates(seed: u8) -> (Vec<u8>, Vec<u8>) {
    let spki = p256(seed);
    let (rest, y) = spki.split_at(spki.len() - 32);
    (rest[rest.len() - 32..].to_vec(), y.to_vec())
}

fn jwk(seed: u8) -> Value {
    let (x, y) = coordinates(seed);
    json!({"kty": "EC", "crv": "P-256", "kid": "tCM87WnaaQE",
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
}

#[test]
fn a_jwk_gives_the_same_key_as_its_spki() {
    let n = [&[0xc5][..], &[0x11; 254], &[0x0f]].concat();
    let rsa = json!({"kty": "RSA", "kid": "not base64!", "n": URL_SAFE_NO_PAD.encode(n),
        "e": "AQAB", "alg": "PS256", "use": "sig"});
    let set = json!({"keys": [jwk(1), rsa, 3]});
    let (store, report) = load_list(ListFormat::JwkSet, &set);
    assert_eq!((report.loaded, report.total), (2, 3));
    assert_eq!(codes(&report), [(2, "entry-member", false)]);
    let kid = Kid::from_base64("tCM87WnaaQE=").unwrap();
    assert_eq!(
        store.candidates(kid)[0].public_key().spki_der(),
        p256(1),
        "the kid is the bytes that the text decodes to"
    );
    assert_eq!(
        *store.candidates(b"not base64!")[0].public_key().kind(),
        KeyKind::Rsa { bits: 2048 }
    );
    // One JWK alone.
    let (_, report) = load_list(ListFormat::Jwk, &jwk(1));
    assert_eq!((report.loaded, report.problems.len()), (1, 0));
}

#[test]
fn a_jwks_certificate_wins_over_its_coordinates() {
    let cert = Cert::new(1);
    let mut key = jwk(2);
    key["crv"] = json!("UNKNOWN CURVE");
    key["x5c"] = json!([STANDARD.encode(cert.der()), "issuer"]);
    key["kid"] = json!(STANDARD.encode(Kid::of_certificate(&cert.der())));
    let (store, report) = load_list(ListFormat::Jwk, &key);
    assert_eq!(report.problems, []);
    let found = store.iter().next().unwrap();
    assert_eq!(found.public_key().spki_der(), p256(1));
    assert_eq!(found.certificate().unwrap().der(), cert.der());

    // A broken certificate isn't passed over.
    key["crv"] = json!("P-256");
    for (x5c, code) in [
        (json!(["MIIB"]), "certificate-encoding"),
        (json!(["*"]), "entry-base64"),
        (json!([7]), "entry-member"),
        (json!("MIIB"), "entry-member"),
    ] {
        key["x5c"] = x5c;
        let (_, report) = load_list(ListFormat::Jwk, &key);
        assert_eq!(codes(&report), [(0, code, false)]);
    }
}

#[test]
fn coordinates_with_a_sign_byte_or_without_zeros_are_repaired_and_noted() {
    // A key whose x begins with a zero.
    let (seed, x, y) = (1..=255)
        .flat_map(|a| (1..=255).map(move |b| (a, b)))
        .find_map(|(a, b)| {
            let mut seed = [a; 32];
            seed[31] = b;
            let key = p256::SecretKey::from_slice(&seed).ok()?.public_key();
            let der = key.to_public_key_der().unwrap().into_vec();
            let point = &der[der.len() - 64..];
            (point[0] == 0).then(|| (der.clone(), point[..32].to_vec(), point[32..].to_vec()))
        })
        .unwrap();
    let signed = [&[0][..], &y].concat();
    let key = json!({"kty": "EC", "crv": "P-256", "kid": "AAAA",
        "x": URL_SAFE_NO_PAD.encode(&x[1..]), "y": URL_SAFE_NO_PAD.encode(signed)});
    let (store, report) = load_list(ListFormat::Jwk, &key);
    assert_eq!(store.iter().next().unwrap().public_key().spki_der(), seed);
    assert_eq!(codes(&report), [(0, "jwk-coordinate-length", true)]);

    let mut long = jwk(1);
    long["x"] = json!(URL_SAFE_NO_PAD.encode([1; 33]));
    let (_, report) = load_list(ListFormat::Jwk, &long);
    assert_eq!(codes(&report), [(0, "key-point", false)]);
}

#[test]
fn what_a_jwk_says_about_itself_is_checked_against_the_key() {
    let with = |name: &str, value: &str| {
        let mut key = jwk(1);
        key[name] = json!(value);
        codes(&load_list(ListFormat::Jwk, &key).1)
    };
    assert_eq!(with("use", "sig"), []);
    assert_eq!(with("alg", "ES256"), []);
    assert_eq!(with("use", "enc"), [(0, "jwk-use", true)]);
    assert_eq!(with("alg", "PS256"), [(0, "jwk-algorithm", true)]);
    assert_eq!(with("kid", ""), [(0, "kid-missing", true)]);
    assert_eq!(with("kty", "OKP"), [(0, "jwk-key-type", false)]);
    assert_eq!(with("crv", "UNKNOWN CURVE"), [(0, "jwk-key-type", false)]);
    assert_eq!(with("x", "*"), [(0, "entry-base64", false)]);
    assert_eq!(with("d", "AAAA"), [(0, "jwk-private-key", false)]);
}

/// RFC 7517 §4.2, §4.3 and the registry "JSON Web Key Parameters".
#[test]
fn a_restriction_of_a_jwk_that_cant_be_kept_allows_nothing() {
    let with = |name: &str, value: serde_json::Value| {
        let mut key = jwk(1);
        key[name] = value;
        codes(&load_list(ListFormat::Jwk, &key).1)
    };
    let refused = [(0, "entry-member", false)];
    for wrong in [json!(5), json!(["sig"]), json!({}), json!(false)] {
        assert_eq!(with("use", wrong), refused);
    }
    for wrong in [
        json!(["encrypt"]),
        json!([]),
        json!("verify"),
        json!(5),
        json!([["verify"]]),
    ] {
        assert_eq!(with("key_ops", wrong), refused);
    }
    assert_eq!(with("key_ops", json!(["verify"])), []);
    assert_eq!(with("key_ops", json!(["sign", "verify"])), []);
    for name in ["exp", "nbf", "revoked", "Exp", " nbf", "REVOKED"] {
        for value in [json!(1), json!("x"), json!({"revoked_at": 1}), json!(false)] {
            assert_eq!(with(name, value), refused, "{name}");
        }
        assert_eq!(with(name, json!(null)), refused, "{name}");
    }
}

// ------------------------------------------------------- forms and limits

#[test]
fn forms_are_told_by_their_marks() {
    for (bytes, format) in [
        (Cert::new(1).der(), Some(ListFormat::CertificateDer)),
        (p256(1), Some(ListFormat::PublicKeyDer)),
        (Cert::new(1).pem().into(), Some(ListFormat::Pem)),
        (
            b" {\"certificates\":[]}".into(),
            Some(ListFormat::Certificates),
        ),
        (b"".into(), None),
        (b"000000".into(), None),
        (b"[]".into(), None),
        (b"[{\"rawData\":\"\"}]".into(), None),
        (b"{\"keys\":{}}".into(), None),
        (b"{\"keys\":[]} trailing".into(), None),
        (b"text -----BEGIN CERTIFICATE-----".into(), None),
        // A signed list is not taken for the list inside it.
        (b"c2ln\n{\"certificates\":[]}".into(), None),
    ] {
        assert_eq!(ListFormat::detect(&bytes), format, "{bytes:?}");
        let added = TrustStore::builder().add_bytes("x", &bytes).is_ok();
        assert_eq!(added, format.is_some(), "{bytes:?}");
    }
}

#[test]
fn an_input_of_another_form_is_refused_as_a_whole() {
    let mut b = TrustStore::builder();
    let unrecognised = b.add_bytes("x", b"hello").unwrap_err();
    assert_eq!(unrecognised, LoadError::Unrecognised);
    let json = b.add_bytes("x", b"{\n\"a\"").unwrap_err();
    assert_eq!(json, LoadError::Json { line: 2, column: 3 });
    for format in [
        ListFormat::Pem,
        ListFormat::Jwk,
        ListFormat::JwkSet,
        ListFormat::Certificates,
        ListFormat::GatewaySignaturesIgnored,
    ] {
        let error = b.add_list("x", format, b"\"text\"").unwrap_err();
        assert_eq!(error.code(), "trust-form", "{format:?}");
    }
    let (store, report) = b.build();
    assert_eq!((store.len(), report), (0, LoadReport::default()));
}

#[test]
fn limits_hold_and_leave_the_builder_as_it_was() {
    let (one, two) = (Cert::new(1), Cert::new(2));
    let mut limits = LoadLimits::default();
    limits.input_bytes = 4_000;
    limits.entries = 2;
    limits.certificate_bytes = one.der().len();
    let mut b = TrustStore::builder().with_limits(limits);
    b.add_certificate_der("one", &one.der()).unwrap();

    let error = b.add_pem("two", two.pem() + &two.pem()).unwrap_err();
    assert_eq!(error, LoadError::TooManyEntries { entries: 3, max: 2 });
    let three = json!({"certificates": [entry(&two), 0, 0]}).to_string();
    let error = b.add_bytes("three", three.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "trust-too-many-entries");
    let error = b.add_bytes("four", &[b' '; 4_001]).unwrap_err();
    assert_eq!(error.code(), "trust-input-too-large");
    let values = format!("{{\"certificates\":[{}0]}}", "0,".repeat(1_500));
    let error = b.add_bytes("five", values.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "trust-too-complex");

    let large = Cert::new(3).with(extension("1.2.3", &[0; 200]));
    b.add_certificate_der("six", &large.der()).unwrap();
    let (store, report) = b.build();
    check_sums(&store, &report);
    assert_eq!((report.loaded, report.total), (1, 2));
    assert_eq!(codes(&report), [(0, "entry-too-large", false)]);
}

// ---------------------------------------------------------- hostile bytes

fn try_all(bytes: &[u8]) {
    let _ = ListFormat::detect(bytes);
    let _ = Dsc::from_der(bytes);
    let mut b = TrustStore::builder();
    let _ = b.add_bytes("x", bytes).is_ok();
    let _ = b.add_pem("x", bytes).is_ok();
    let _ = b.add_jwk("x", bytes).is_ok();
    let _ = b.add_certificate_der("x", bytes).is_ok();
    let _ = b
        .add_list("x", ListFormat::GatewaySignaturesIgnored, bytes)
        .is_ok();
    let (store, report) = b.build();
    check_sums(&store, &report);
    let _ = format!("{store:?} {report:?}");
    for problem in &report.problems {
        let _ = problem.to_string();
    }
}

fn samples() -> Vec<Vec<u8>> {
    let cert = Cert::new(1)
        .with(eku(&["1.3.6.1.4.1.1847.2021.1.1"]))
        .with(extension("2.5.29.19", &[0x30, 3, 1, 1, 0]));
    let mut key = jwk(1);
    key["use"] = json!("sig");
    vec![
        cert.der(),
        p256(1),
        cert.pem().into(),
        json!({"certificates": [entry(&cert)]}).to_string().into(),
        json!([{"kid": "AAAA", "certificateType": "DSC", "rawData": "MAAw"}])
            .to_string()
            .into(),
        json!({"keys": [key.clone()]}).to_string().into(),
        key.to_string().into(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        try_all(&bytes);
    }

    #[test]
    fn mutated_inputs_never_panic(
        sample in proptest::sample::select(samples()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = sample;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        try_all(&bytes);
        try_all(&bytes[..cut.index(bytes.len())]);
    }
}

#[test]
fn a_coordinate_as_long_as_its_list_is_left_out() {
    let long = "A".repeat(200_000);
    let jwk = json!({"kty": "EC", "crv": "P-521", "kid": "AA", "x": long, "y": "AA"}).to_string();
    let mut b = TrustStore::builder();
    b.add_jwk("long", jwk.as_bytes()).unwrap();
    let (store, report) = b.build();
    check_sums(&store, &report);
    assert_eq!(codes(&report), [(0, "entry-too-large", false)]);
}
