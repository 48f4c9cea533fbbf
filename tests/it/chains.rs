//! Who may vouch for whom: what a certificate lets its key do decides, and
//! what stands unsigned beside it decides nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ciborium::cbor;
use hcert::Timestamp;
use hcert::crypto::CertificateDigest;
use hcert::crypto::PublicKey;
use hcert::issue::{Issuer, Signer as _};
use hcert::revocation::{RevocationSet, SetBuilder, SetOptions};
use hcert::trust::{
    Anchor, AnchorError, CmsError, DocumentBytes, DocumentError, Dsc, GatewayRoles, Kid, ListBytes,
    ListFormat, LoadError, LoadReport, SignedDocument, SignerDates, TrustStore, TrustStoreBuilder,
};
use hcert::verify::{Outcome, Policy, Step, Verifier};
use hcert_testkit::fixtures::at;
use hcert_testkit::lists::gdhcn::PROD;
use hcert_testkit::lists::{
    self, bytes, certificate,
    cms::{Cms, item},
    encode, jws, sign, spec,
};
use hcert_testkit::pki::{self, PUBLISHED, TestKey};
use hcert_testkit::{fixtures, raw};
use p256::ecdsa::Signature;
use p256::pkcs8::ObjectIdentifier;
use p256::pkcs8::der::asn1::{Any, BitString, OctetString};
use p256::pkcs8::der::{Decode, Encode, Tag, TagNumber, Tagged};
use p256::pkcs8::spki::AlgorithmIdentifierRef;
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::ext::Extension;

const CSCA: &str = "CN=CSCA,O=Example,C=XX";
const UPLOAD: &str = "CN=UPLOAD,O=Example,C=XX";
const LEAF: &str = "CN=CH01-AppContentCertificate,C=XX";
const ROOT: &str = "CN=Root,C=XX";
const RULES: &[u8] = br#"[{"Identifier": "GR-XX-0001"}]"#;

const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const BASIC_CONSTRAINTS: u8 = 19;
const KEY_USAGE: u8 = 15;
const SUBJECT_KEY: u8 = 14;
const AUTHORITY_KEY: u8 = 35;
/// Name constraints, which this crate doesn't know.
const UNKNOWN: u8 = 30;

fn key(label: &str) -> Anchor {
    let der = TestKey::new(label).spki_der().unwrap();
    Anchor::Key(PublicKey::from_spki_der(&der).unwrap())
}

fn oid(last: u8) -> ObjectIdentifier {
    ObjectIdentifier::new(&format!("2.5.29.{last}")).unwrap()
}

/// Takes the extension out, and puts another value in its place if there is
/// one.
/// The fields of a certificate that is signed, each as it stands but the
/// extensions.
struct TbsCertificate {
    fields: Vec<Any>,
    extensions: Option<Vec<Extension>>,
}

impl TbsCertificate {
    const SIGNATURE: usize = 2;
    const VALIDITY: usize = 4;
    const EXTENSIONS: Tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(3),
    };

    fn read(tbs: &Any) -> Self {
        let mut fields: Vec<Any> = Vec::from_der(&tbs.to_der().unwrap()).unwrap();
        let last = fields.pop_if(|field| field.tag() == Self::EXTENSIONS);
        let extensions = last.map(|list| Vec::from_der(list.value()).unwrap());
        Self { fields, extensions }
    }

    fn to_der(&self) -> Vec<u8> {
        let mut fields = self.fields.clone();
        fields.extend(self.extensions.as_ref().map(|list| {
            let list = list.to_der().unwrap();
            Any::new(Self::EXTENSIONS, list).unwrap()
        }));
        fields.to_der().unwrap()
    }
}

fn set(tbs: &mut TbsCertificate, last: u8, critical: bool, value: Option<&[u8]>) {
    let extensions = tbs.extensions.get_or_insert_default();
    extensions.retain(|extension| extension.extn_id != oid(last));
    extensions.extend(value.map(|value| Extension {
        extn_id: oid(last),
        critical,
        extn_value: OctetString::new(value).unwrap(),
    }));
}

/// The same certificate but for that, signed by its issuer again.
fn changed(der: &[u8], issuer_key: &str, change: impl Fn(&mut TbsCertificate)) -> Vec<u8> {
    let mut certificate: Vec<Any> = Vec::from_der(der).unwrap();
    let mut tbs = TbsCertificate::read(&certificate[0]);
    change(&mut tbs);
    let signed = tbs.to_der();
    let signature = Signature::from_slice(&sign(issuer_key, &signed)).unwrap();
    let signature = BitString::from_bytes(signature.to_der().as_bytes()).unwrap();
    certificate[0] = Any::from_der(&signed).unwrap();
    certificate[2] = Any::encode_from(&signature).unwrap();
    certificate.to_der().unwrap()
}

/// BIT STRING of one octet.
fn usage(bits: u8) -> [u8; 4] {
    [3, 2, 0, bits]
}

const SIGNATURES: u8 = 0x80;
const CERTIFICATES: u8 = 0x04;
const AGREEMENT: u8 = 0x08;
const CA: &[u8] = &[0x30, 3, 1, 1, 0xff];

fn dsc() -> Vec<u8> {
    certificate("CN=DSC,O=Example,C=XX", "dsc", CSCA, "csca", false)
}

fn csca() -> Vec<u8> {
    certificate(CSCA, "csca", CSCA, "csca", true)
}

fn upload() -> Vec<u8> {
    certificate(UPLOAD, "upload", UPLOAD, "upload", false)
}

fn upload_for(eku: &[&str]) -> Vec<u8> {
    let mut spec = spec(UPLOAD, UPLOAD, false);
    spec.eku = eku;
    let key = TestKey::new("upload");
    pki::certificate(&spec, &key, &key).unwrap()
}

fn trust_anchor() -> Vec<u8> {
    certificate("CN=TA,C=EU", "ta", "CN=TA,C=EU", "ta", false)
}

/// An entry that the trust anchor signed.
fn anchored(kind: &str, der: &[u8]) -> Value {
    item(kind, der, &trust_anchor(), "ta")
}

fn uploaded(der: &[u8], uploader: &[u8]) -> Value {
    item("DSC", der, uploader, "upload")
}

fn digest_of(der: &[u8]) -> CertificateDigest {
    Dsc::from_der(der).unwrap().digest()
}

fn load_at(
    items: &[Value],
    roles: GatewayRoles,
    fetched_at: Option<Timestamp>,
) -> (TrustStore, LoadReport) {
    let list = Value::from(items).to_string();
    let mut given = ListBytes::from(&list);
    if let Some(time) = fetched_at {
        given = given.with_fetched_at(time);
    }
    let mut builder = TrustStore::builder().with_gateway_roles(roles);
    let anchor = [Anchor::from_bytes(&trust_anchor()).unwrap()];
    builder
        .add_signed_list("list", ListFormat::Gateway, given, &anchor)
        .unwrap();
    builder.build()
}

/// How many keys there are, and the problems in the order of the entries.
fn gateway(items: &[Value], roles: GatewayRoles) -> (usize, Vec<&'static str>) {
    let (store, report) = load_at(items, roles, None);
    let problems = report.problems.iter().map(|p| p.problem.code());
    (store.len(), problems.collect())
}

// ------------------------------------------------------------ the EU gateway

#[test]
fn a_certificate_for_tls_that_is_relabelled_upload_vouches_for_nobody() {
    for eku in [
        &[CLIENT_AUTH][..],
        &["1.3.6.1.5.5.7.3.1"],
        &["2.5.29.37.0"],
        &["1.3.6.1.5.5.7.3.4", CLIENT_AUTH],
    ] {
        let tls = upload_for(eku);
        let items = [
            uploaded(&dsc(), &tls),
            anchored("CSCA", &csca()),
            anchored("UPLOAD", &tls),
        ];
        let (keys, problems) = gateway(&items, GatewayRoles::default());
        assert_eq!(keys, 0, "{eku:?}");
        let expected = ["not-uploaded", "not-a-document-signer", "gateway-role"];
        assert_eq!(problems, expected, "{eku:?}");
        // The caller's word counts, under the label that it has.
        let roles = GatewayRoles::default().with_upload(digest_of(&tls));
        assert_eq!(gateway(&items, roles.clone()).0, 1, "{eku:?}");
        let mut labelled = items;
        labelled[2] = anchored("AUTHENTICATION", &tls);
        assert_eq!(gateway(&labelled, roles).0, 0, "{eku:?}");
    }
    // For mails: neither TLS nor an authority.
    let mails = upload_for(&["1.3.6.1.5.5.7.3.4"]);
    let items = [
        uploaded(&dsc(), &mails),
        anchored("CSCA", &csca()),
        anchored("UPLOAD", &mails),
    ];
    assert_eq!(gateway(&items, GatewayRoles::default()).0, 1);
}

#[test]
fn the_message_names_what_the_caller_would_have_to_vouch_for() {
    let tls = upload_for(&[CLIENT_AUTH]);
    let (_, report) = load_at(&[anchored("UPLOAD", &tls)], GatewayRoles::default(), None);
    let message = report.problems[0].to_string();
    let digest: String = digest_of(&tls).to_string();
    assert!(
        message.contains("UPLOAD") && message.contains(&digest),
        "{message}"
    );
}

#[test]
fn an_authority_that_is_relabelled_upload_vouches_for_nobody() {
    // Another CSCA of the state, which is to sign certificates alone.
    let other = certificate(UPLOAD, "upload", UPLOAD, "upload", true);
    let both = changed(&other, "upload", |tbs| {
        set(
            tbs,
            KEY_USAGE,
            true,
            Some(&usage(SIGNATURES | CERTIFICATES)),
        );
    });
    let silent = changed(&other, "upload", |tbs| set(tbs, KEY_USAGE, true, None));
    for authority in [other, both, silent] {
        let items = [
            uploaded(&dsc(), &authority),
            anchored("CSCA", &csca()),
            anchored("UPLOAD", &authority),
        ];
        let (keys, problems) = gateway(&items, GatewayRoles::default());
        let expected = ["not-uploaded", "not-a-document-signer", "gateway-role"];
        assert_eq!((keys, &problems[..]), (0, &expected[..]));
    }
}

#[test]
fn an_upload_certificate_with_the_marks_of_an_authority_issues_nothing() {
    let marked = changed(&csca(), "csca", |tbs| {
        set(
            tbs,
            KEY_USAGE,
            true,
            Some(&usage(SIGNATURES | CERTIFICATES)),
        );
    });
    let silent = changed(&csca(), "csca", |tbs| set(tbs, KEY_USAGE, true, None));
    for unclear in [marked, silent] {
        let items = [
            uploaded(&dsc(), &upload()),
            anchored("CSCA", &unclear),
            anchored("UPLOAD", &upload()),
        ];
        let (keys, problems) = gateway(&items, GatewayRoles::default());
        let expected = ["not-issued", "gateway-role", "not-a-document-signer"];
        assert_eq!((keys, &problems[..]), (0, &expected[..]));
        let roles = GatewayRoles::default().with_csca(digest_of(&unclear));
        assert_eq!(gateway(&items, roles).0, 1);
        // What the caller says is one role, and not a second one.
        let roles = GatewayRoles::default().with_upload(digest_of(&unclear));
        assert_eq!(gateway(&items, roles.clone()).0, 0);
        assert_eq!(gateway(&items, roles.with_csca(digest_of(&unclear))).0, 0);
    }
    // A clear CSCA that the caller knows as an UPLOAD certificate.
    let items = [
        uploaded(&dsc(), &upload()),
        anchored("CSCA", &csca()),
        anchored("UPLOAD", &upload()),
    ];
    assert_eq!(gateway(&items, GatewayRoles::default()).0, 1);
    let roles = GatewayRoles::default().with_upload(digest_of(&csca()));
    assert_eq!(gateway(&items, roles).0, 0);
}

#[test]
fn key_usage_and_critical_extensions_bind_every_certificate_of_the_gateway() {
    let unknown =
        |der: &[u8], key: &str| changed(der, key, |t| set(t, UNKNOWN, true, Some(&[0x30, 0])));
    let known =
        |der: &[u8], key: &str| changed(der, key, |t| set(t, UNKNOWN, false, Some(&[0x30, 0])));
    let used = |der: &[u8], key: &str, bits: u8| {
        changed(der, key, |t| set(t, KEY_USAGE, true, Some(&usage(bits))))
    };
    let broken =
        |der: &[u8], key: &str| changed(der, key, |t| set(t, KEY_USAGE, true, Some(&[3, 0])));
    let with = |dsc: &[u8], csca: &[u8], upload: &[u8]| {
        let items = [
            uploaded(dsc, upload),
            anchored("CSCA", csca),
            anchored("UPLOAD", upload),
        ];
        let (keys, problems) = gateway(&items, GatewayRoles::default());
        (keys, problems[0])
    };
    let (signer, root, uploader) = (dsc(), csca(), upload());
    assert_eq!(with(&signer, &root, &uploader).0, 1);
    assert_eq!(with(&known(&signer, "csca"), &root, &uploader).0, 1);
    assert_eq!(with(&signer, &known(&root, "csca"), &uploader).0, 1);
    assert_eq!(with(&signer, &root, &known(&uploader, "upload")).0, 1);
    for bad in [
        unknown(&signer, "csca"),
        used(&signer, "csca", AGREEMENT),
        broken(&signer, "csca"),
    ] {
        assert_eq!(with(&bad, &root, &uploader), (0, "not-for-signatures"));
    }
    for bad in [
        unknown(&root, "csca"),
        used(&root, "csca", AGREEMENT),
        broken(&root, "csca"),
    ] {
        assert_eq!(with(&signer, &bad, &uploader), (0, "not-issued"));
    }
    for bad in [
        unknown(&uploader, "upload"),
        used(&uploader, "upload", AGREEMENT),
        broken(&uploader, "upload"),
        changed(&uploader, "upload", |t| set(t, KEY_USAGE, true, None)),
    ] {
        assert_eq!(with(&signer, &root, &bad), (0, "not-uploaded"));
    }
    // No word of the caller makes up for an unknown critical extension.
    let bad = unknown(&uploader, "upload");
    let items = [
        uploaded(&signer, &bad),
        anchored("CSCA", &root),
        anchored("UPLOAD", &bad),
    ];
    let roles = GatewayRoles::default().with_upload(digest_of(&bad));
    assert_eq!(gateway(&items, roles).0, 0);
}

fn csca_valid(from: &str, until: &str) -> Vec<u8> {
    let mut spec = spec(CSCA, CSCA, true);
    (spec.not_before, spec.not_after) = (at(from), at(until));
    let key = TestKey::new("csca");
    pki::certificate(&spec, &key, &key).unwrap()
}

#[test]
fn a_document_signer_is_no_longer_valid_than_its_csca() {
    let items = |csca: &[u8]| {
        [
            uploaded(&dsc(), &upload()),
            anchored("CSCA", csca),
            anchored("UPLOAD", &upload()),
        ]
    };
    let (first, last) = ("2021-01-01T00:00:00Z", "2023-01-01T00:00:00Z");
    for (from, until, expected) in [
        (
            "2020-01-01T00:00:00Z",
            "2030-01-01T00:00:00Z",
            (first, last),
        ),
        (
            "2020-01-01T00:00:00Z",
            "2022-01-01T00:00:00Z",
            (first, "2022-01-01T00:00:00Z"),
        ),
        (
            "2022-06-01T00:00:00Z",
            "2030-01-01T00:00:00Z",
            ("2022-06-01T00:00:00Z", last),
        ),
    ] {
        let (store, _) = load_at(
            &items(&csca_valid(from, until)),
            GatewayRoles::default(),
            None,
        );
        let key = store.iter().next().unwrap();
        assert_eq!(key.validity(), Some((at(expected.0), at(expected.1))));
    }
    // Never both.
    let apart = csca_valid("2019-01-01T00:00:00Z", "2020-12-31T00:00:00Z");
    let (keys, problems) = gateway(&items(&apart), GatewayRoles::default());
    assert_eq!((keys, problems[0]), (0, "signer-not-in-date"));
}

#[test]
fn an_upload_certificate_is_judged_when_the_list_was_fetched_or_said_not_to_be() {
    let items = [
        uploaded(&dsc(), &upload()),
        anchored("CSCA", &csca()),
        anchored("UPLOAD", &upload()),
    ];
    let with = |time: Option<&str>| {
        let (store, report) = load_at(&items, GatewayRoles::default(), time.map(at));
        let dates = store.lists()[0].signer_dates();
        let problems = report.problems.iter().map(|p| p.problem.code());
        (store.len(), dates, problems.collect::<Vec<_>>())
    };
    let (keys, dates, _) = with(None);
    assert_eq!((keys, dates), (1, SignerDates::NotJudged));
    assert_eq!(dates.code(), "not-judged");
    let (keys, dates, _) = with(Some("2022-06-01T00:00:00Z"));
    assert_eq!((keys, dates), (1, SignerDates::Judged));
    for outside in ["2020-12-31T23:59:59Z", "2023-01-01T00:00:01Z"] {
        let (keys, _, problems) = with(Some(outside));
        assert_eq!(keys, 0, "{outside}");
        assert_eq!(problems[0], "not-uploaded");
        assert_eq!(problems[2], "signer-not-in-date");
    }
}

#[test]
fn an_entry_costs_one_check_a_signature_whatever_it_names() {
    // Nothing signs the array, so that anybody can repeat what is in it. Many
    // roots and uploaders of one name, each signed by the anchor.
    const SAME: usize = 20;
    const FORGED: usize = 50;
    let labels: Vec<String> = (0..SAME).map(|n| format!("same {n}")).collect();
    let mut items = Vec::new();
    for label in &labels {
        let root = certificate(CSCA, label, CSCA, label, true);
        let uploader = certificate(UPLOAD, label, UPLOAD, label, false);
        items.push(anchored("CSCA", &root));
        items.push(anchored("UPLOAD", &uploader));
    }
    let authorities = items.len();
    // Repeated as they are, they are checked once each, and not held against
    // each signer.
    let repeated = items.clone();
    items.extend(repeated);
    let forged = certificate("CN=DSC,O=Example,C=XX", "dsc", CSCA, "mallory", false);
    items.extend(std::iter::repeat_n(uploaded(&forged, &upload()), FORGED));
    let (store, report) = load_at(&items, GatewayRoles::default(), None);
    assert_eq!(store.len(), 0);
    let entries = 2 * authorities + FORGED;
    assert_eq!(report.total, entries);
    assert_eq!(report.entry_signatures, entries);
}

#[test]
fn no_signature_is_checked_before_what_costs_little() {
    let garbage = |mut item: Value| {
        item["signature"] = json!(STANDARD.encode(b"no CMS"));
        item
    };
    let swapped = |mut item: Value, other: &Value| {
        item["signature"] = other["signature"].clone();
        item
    };
    let tls = upload_for(&[CLIENT_AUTH]);
    let items = [
        garbage(anchored("CSCA", &csca())),
        garbage(anchored("UPLOAD", &upload())),
        swapped(anchored("CSCA", &csca()), &anchored("UPLOAD", &upload())),
        anchored("UPLOAD", &tls),
        anchored("UPLOAD", &csca()),
        anchored("CSCA", &upload()),
        anchored("AUTHENTICATION", &tls),
        anchored("else", &tls),
        uploaded(&dsc(), &upload()),
    ];
    let (store, report) = load_at(&items, GatewayRoles::default(), None);
    assert_eq!((store.len(), report.entry_signatures), (0, 0));

    // With the authorities, two checks: of the CSCA and of the uploader.
    let good = [anchored("CSCA", &csca()), anchored("UPLOAD", &upload())];
    let wrong = changed(&dsc(), "csca", |t| {
        set(t, KEY_USAGE, true, Some(&usage(AGREEMENT)));
    });
    let foreign = certificate(
        "CN=UPLOAD,C=YY",
        "upload",
        "CN=UPLOAD,C=YY",
        "upload",
        false,
    );
    let other = uploaded(&csca(), &upload());
    let bad = [
        garbage(uploaded(&dsc(), &upload())),
        swapped(uploaded(&dsc(), &upload()), &other),
        uploaded(&wrong, &upload()),
        uploaded(&dsc(), &foreign),
        uploaded(
            &certificate("CN=DSC,C=XX", "dsc", ROOT, "csca", false),
            &upload(),
        ),
    ];
    let (store, report) = load_at(&[&good[..], &bad].concat(), GatewayRoles::default(), None);
    assert_eq!((store.len(), report.entry_signatures), (0, 2));
}

#[test]
fn the_issuer_is_the_one_that_the_key_identifier_names() {
    let identified = |der: &[u8], key: &str, id: &[u8]| {
        let value = [&[4, id.len() as u8], id].concat();
        changed(der, key, |t| set(t, SUBJECT_KEY, false, Some(&value)))
    };
    let ours = identified(&csca(), "csca", b"ours");
    let mut newer = spec(CSCA, CSCA, true);
    newer.not_before = at("2021-02-01T00:00:00Z");
    let other = TestKey::new("other");
    let newer = pki::certificate(&newer, &other, &other).unwrap();
    let newer = identified(&newer, "other", b"else");
    let naming = |id: &[u8]| {
        let inner = [&[0x80, id.len() as u8], id].concat();
        let value = [&[0x30, inner.len() as u8], &inner[..]].concat();
        changed(&dsc(), "csca", |t| {
            set(t, AUTHORITY_KEY, false, Some(&value))
        })
    };
    let roots = [
        anchored("CSCA", &ours),
        anchored("CSCA", &newer),
        anchored("UPLOAD", &upload()),
    ];
    for order in [[0, 1, 2], [2, 1, 0]] {
        let with = |dsc: &[u8]| {
            let mut items = vec![uploaded(dsc, &upload())];
            items.extend(order.map(|n| roots[n].clone()));
            gateway(&items, GatewayRoles::default()).0
        };
        assert_eq!(with(&naming(b"ours")), 1);
        // Whose it isn't doesn't become its issuer by trying.
        assert_eq!(with(&naming(b"else")), 0);
    }
}

#[test]
fn a_csca_and_an_upload_certificate_without_a_country_do_not_vouch_for_each_other() {
    let named = |csca: &str, upload: &str| {
        let root = certificate(csca, "csca", csca, "csca", true);
        let uploader = certificate(upload, "upload", upload, "upload", false);
        let signer = certificate("CN=DSC", "dsc", csca, "csca", false);
        gateway(
            &[
                uploaded(&signer, &uploader),
                anchored("CSCA", &root),
                anchored("UPLOAD", &uploader),
            ],
            GatewayRoles::default(),
        )
    };
    // Nothing tells whose uploader it is, not even one that shares a name.
    for (csca, upload) in [
        ("CN=CSCA,O=A", "CN=UP,O=B"),
        ("CN=CSCA,O=A", "CN=UP,O=A"),
        ("CN=CSCA,O=A", "CN=UP,O=A,C=XX"),
        ("CN=CSCA,O=A,C=XX", "CN=UP,O=A"),
        ("CN=CSCA,O=A,C=XX", "CN=UP,O=A,C=YY"),
    ] {
        let (keys, problems) = named(csca, upload);
        assert_eq!((keys, problems[0]), (0, "not-uploaded"), "{csca}, {upload}");
    }
    assert_eq!(named("CN=CSCA,O=A,C=XX", "CN=UP,O=B,C=XX").0, 1);
}

#[test]
fn equal_roots_of_two_countries_vouch_for_neither() {
    // The subject has no country, so the issuer's counts.
    let named = |issuer: &str| certificate("CN=CSCA", "csca", issuer, "above", true);
    let (one, other) = (named("CN=Above,C=XX"), named("CN=Above,C=YY"));
    let uploader = |country: &str| {
        let name = format!("CN=UP,C={country}");
        certificate(&name, "upload", &name, "upload", false)
    };
    let (of_one, of_other) = (uploader("XX"), uploader("YY"));
    let signer = certificate("CN=DSC", "dsc", "CN=CSCA", "csca", false);
    let with = |roots: &[&Vec<u8>], upload: &Vec<u8>| {
        let mut items = vec![uploaded(&signer, upload), anchored("UPLOAD", upload)];
        items.extend(roots.iter().map(|root| anchored("CSCA", root)));
        let (keys, problems) = gateway(&items, GatewayRoles::default());
        (keys, problems[0])
    };
    assert_eq!(with(&[&one], &of_one).0, 1);
    assert_eq!(with(&[&other], &of_other).0, 1);
    assert_eq!(with(&[&one], &of_other), (0, "not-uploaded"));
    for upload in [&of_one, &of_other] {
        assert_eq!(with(&[&one, &other], upload), (0, "not-uploaded"));
        assert_eq!(with(&[&other, &one], upload), (0, "not-uploaded"));
    }
    // Where they agree, either order gives the same.
    let renewed = changed(&one, "above", |tbs| {
        let other = csca_valid("2021-06-01T00:00:00Z", "2022-06-01T00:00:00Z");
        let other = Certificate::from_der(&other).unwrap();
        let validity = other.tbs_certificate().validity();
        tbs.fields[TbsCertificate::VALIDITY] = Any::encode_from(validity).unwrap();
    });
    assert_eq!(with(&[&one, &renewed], &of_one).0, 1);
    assert_eq!(with(&[&renewed, &one], &of_one).0, 1);
}

#[test]
fn the_time_beside_an_entry_of_the_gateway_decides_nothing() {
    let issuer = Issuer::new(Dsc::from_der(&dsc()).unwrap(), fixtures::signer("dsc")).unwrap();
    let issued = issuer.issue(&fixtures::vaccination(), fixtures::VALIDITY);
    let code = issued.unwrap().text().to_owned();
    // Nobody signs it: neither a far future nor a past tells anything.
    let with = |time: &str| {
        let mut signer = uploaded(&dsc(), &upload());
        signer["timestamp"] = time.into();
        let items = [
            signer,
            anchored("CSCA", &csca()),
            anchored("UPLOAD", &upload()),
        ];
        let (store, report) = load_at(&items, GatewayRoles::default(), None);
        assert_eq!(store.lists()[0].newest_entry(), None, "{time}");
        assert_eq!(report.state, Default::default(), "{time}");
        let verdict = Verifier::new(store).verify(&code, fixtures::NOW);
        (verdict.outcome(), verdict.step(Step::TrustList).clone())
    };
    let honest = with("2021-06-01T00:00:00Z");
    assert_eq!(honest.0, Outcome::Valid);
    for time in ["2099-01-01T00:00:00Z", "1999-01-01T00:00:00Z"] {
        assert_eq!(with(time), honest, "{time}");
    }
}

// --------------------------------------------------------- chains to a root

fn root() -> Vec<u8> {
    let root = certificate(ROOT, "root", ROOT, "root", true);
    changed(&root, "root", |t| set(t, BASIC_CONSTRAINTS, true, Some(CA)))
}

fn leaf() -> Vec<u8> {
    certificate("CN=Rules,C=XX", "list", ROOT, "root", false)
}

fn with_x5c(chain: &[Vec<u8>]) -> Vec<u8> {
    let x5c: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
    let header = json!({"alg": "ES256", "x5c": x5c}).to_string();
    jws(&header, std::str::from_utf8(RULES).unwrap(), |m| {
        sign("list", m)
    })
}

fn opened_at(chain: &[Vec<u8>], root: &[u8], time: Option<&str>) -> &'static str {
    let document = with_x5c(chain);
    let mut given = DocumentBytes::from(&document);
    if let Some(time) = time {
        given = given.with_fetched_at(at(time));
    }
    let anchor = Anchor::from_bytes(root).unwrap();
    match SignedDocument::open_under_root("rules", given, &anchor, "Rules") {
        Ok(_) => "opened",
        Err(error) => error.code(),
    }
}

fn opened(chain: &[Vec<u8>], root: &[u8]) -> &'static str {
    opened_at(chain, root, None)
}

#[test]
fn an_issuer_without_key_cert_sign_issues_nothing() {
    assert_eq!(opened(&[leaf()], &root()), "opened");
    for bits in [SIGNATURES, AGREEMENT, 0x02] {
        let root = changed(&root(), "root", |t| {
            set(t, KEY_USAGE, true, Some(&usage(bits)))
        });
        assert_eq!(opened(&[leaf()], &root), "trust-chain", "{bits:#x}");
    }
    // Without the extension there is no limit (RFC 5280 §4.2.1.3).
    let free = changed(&root(), "root", |t| set(t, KEY_USAGE, true, None));
    assert_eq!(opened(&[leaf()], &free), "opened");
    for unreadable in [&[3u8, 0][..], &[3, 1, 0], &[4, 2, 0, 0x84], &[]] {
        let root = changed(&root(), "root", |t| {
            set(t, KEY_USAGE, true, Some(unreadable))
        });
        assert_eq!(opened(&[leaf()], &root), "trust-chain", "{unreadable:?}");
    }
}

#[test]
fn an_unknown_critical_extension_breaks_a_chain_wherever_it_is() {
    let low = certificate("CN=Rules,C=XX", "list", "CN=Middle,C=XX", "middle", false);
    let middle = certificate("CN=Middle,C=XX", "middle", ROOT, "root", true);
    assert_eq!(opened(&[low.clone(), middle.clone()], &root()), "opened");
    let with = |der: &[u8], key: &str, critical| {
        changed(der, key, |t| set(t, UNKNOWN, critical, Some(&[0x30, 0])))
    };
    for critical in [false, true] {
        let expected = if critical { "trust-chain" } else { "opened" };
        let chains = [
            (vec![with(&low, "middle", critical), middle.clone()], root()),
            (vec![low.clone(), with(&middle, "root", critical)], root()),
            (
                vec![low.clone(), middle.clone()],
                with(&root(), "root", critical),
            ),
        ];
        for (n, (chain, root)) in chains.into_iter().enumerate() {
            assert_eq!(opened(&chain, &root), expected, "{n}, {critical}");
        }
    }
}

#[test]
fn a_leaf_that_is_not_for_signatures_signs_nothing() {
    for (bits, expected) in [
        (SIGNATURES, "opened"),
        (0x40, "opened"),
        (AGREEMENT, "trust-chain"),
        (CERTIFICATES, "trust-chain"),
        (0x20, "trust-chain"),
    ] {
        let leaf = changed(&leaf(), "root", |t| {
            set(t, KEY_USAGE, true, Some(&usage(bits)))
        });
        assert_eq!(opened(&[leaf], &root()), expected, "{bits:#x}");
    }
}

#[test]
fn the_two_algorithms_of_a_certificate_are_one() {
    let sha384 = ObjectIdentifier::new("1.2.840.10045.4.3.3").unwrap();
    // Signed as the outer one says.
    let other = changed(&leaf(), "root", |t| {
        let parameters = None;
        let algorithm = AlgorithmIdentifierRef {
            oid: sha384,
            parameters,
        };
        t.fields[TbsCertificate::SIGNATURE] = Any::encode_from(&algorithm).unwrap();
    });
    assert_eq!(opened(&[other], &root()), "trust-chain");
    assert_eq!(
        opened(&[changed(&leaf(), "root", |_| {})], &root()),
        "opened"
    );
}

#[test]
fn a_chain_has_six_certificates_at_most() {
    let of = |length: usize| {
        let name = |n: usize| match n {
            0 => ROOT.to_owned(),
            n => format!("CN=Middle {n},C=XX"),
        };
        let key = |n: usize| match n {
            0 => "root".to_owned(),
            n => format!("middle {n}"),
        };
        let mut chain = Vec::new();
        for n in 1..length {
            let der = certificate(&name(n), &key(n), &name(n - 1), &key(n - 1), true);
            let issuer = key(n - 1);
            chain.push(changed(&der, &issuer, |t| {
                set(t, BASIC_CONSTRAINTS, true, Some(CA))
            }));
        }
        let last = length - 1;
        chain.push(certificate(
            "CN=Rules,C=XX",
            "list",
            &name(last),
            &key(last),
            false,
        ));
        chain.reverse();
        chain
    };
    for (length, expected) in [
        (1, "opened"),
        (2, "opened"),
        (6, "opened"),
        (7, "trust-chain"),
    ] {
        assert_eq!(opened(&of(length), &root()), expected, "{length}");
    }
}

#[test]
fn the_dates_of_a_chain_are_judged_at_the_time_of_fetching() {
    for (time, expected) in [
        (None, "opened"),
        (Some("2022-06-01T00:00:00Z"), "opened"),
        (Some("2020-12-31T23:59:59Z"), "trust-chain"),
        (Some("2023-01-01T00:00:01Z"), "trust-chain"),
    ] {
        assert_eq!(opened_at(&[leaf()], &root(), time), expected, "{time:?}");
    }
    // Of one in between, too.
    let low = certificate("CN=Rules,C=XX", "list", "CN=Middle,C=XX", "middle", false);
    let mut middle = spec("CN=Middle,C=XX", ROOT, true);
    middle.not_after = at("2021-12-31T00:00:00Z");
    let (own, by) = (TestKey::new("middle"), TestKey::new("root"));
    let middle = pki::certificate(&middle, &own, &by).unwrap();
    let chain = [low, middle];
    assert_eq!(
        opened_at(&chain, &root(), Some("2021-06-01T00:00:00Z")),
        "opened"
    );
    assert_eq!(
        opened_at(&chain, &root(), Some("2022-06-01T00:00:00Z")),
        "trust-chain"
    );
}

#[test]
fn switzerlands_signers_are_judged_as_well() {
    let rsa = raw::RsaSigner::new(2048);
    let leaf = |issuer_key: &str| rsa_leaf(&rsa, LEAF, issuer_key);
    let load = |chain: &[Vec<u8>], time: Option<&str>| {
        let x5c: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        let header = json!({"alg": "RS256", "x5c": x5c}).to_string();
        let sign = |payload: Value| jws(&header, &payload.to_string(), |m| rsa.sign_rs256(m));
        let keys = sign(json!({"certs": []}));
        let active = sign(json!({"activeKeyIds": [], "validDuration": 172_800_000}));
        let mut given = ListBytes::from(&keys).with_companion(&active);
        if let Some(time) = time {
            given = given.with_fetched_at(at(time));
        }
        let mut builder = TrustStore::builder();
        let anchor = [Anchor::from_bytes(&root()).unwrap()];
        builder.add_signed_list("ch", ListFormat::Swiss, given, &anchor)?;
        Ok::<_, LoadError>(builder.build().0.lists()[0].signer_dates())
    };
    let good = [leaf("root")];
    assert_eq!(load(&good, None), Ok(SignerDates::NotJudged));
    assert_eq!(
        load(&good, Some("2022-01-01T00:00:00Z")),
        Ok(SignerDates::Judged)
    );
    let late = load(&good, Some("2024-01-01T00:00:00Z")).unwrap_err();
    assert_eq!(late.code(), "trust-chain");
    for value in [usage(AGREEMENT), usage(CERTIFICATES)] {
        let bad = changed(&leaf("root"), "root", |t| {
            set(t, KEY_USAGE, true, Some(&value))
        });
        assert_eq!(load(&[bad], None).unwrap_err().code(), "trust-chain");
    }
    let bad = changed(&leaf("root"), "root", |t| {
        set(t, UNKNOWN, true, Some(&[0x30, 0]))
    });
    assert_eq!(load(&[bad], None).unwrap_err().code(), "trust-chain");
}

#[test]
fn the_common_name_is_demanded_of_every_signer_under_a_root() {
    let text = std::str::from_utf8(RULES).unwrap();
    let jws_by = |signer: &str, header: Value| jws(&header.to_string(), text, |m| sign(signer, m));
    let chain =
        |all: &[&Vec<u8>]| -> Vec<String> { all.iter().map(|d| STANDARD.encode(d)).collect() };
    let form = Cms {
        content: true,
        ..Cms::USUAL
    };
    // The root and leaves that have the demanded name or another one.
    let own = certificate("CN=Rules,C=XX", "root", "CN=Rules,C=XX", "root", true);
    let mail = certificate("CN=Mail,C=XX", "list", ROOT, "root", false);
    let x5c = |all: &[&Vec<u8>]| json!({"alg": "ES256", "x5c": chain(all)});
    let pinned = |der: &[u8]| Anchor::from_bytes(der).unwrap();
    let by_root = |all: &[&Vec<u8>]| jws_by("root", x5c(all));
    let by_leaf = |all: &[&Vec<u8>]| jws_by("list", x5c(all));
    let bare = |signer: &str| jws_by(signer, json!({"alg": "ES256"}));
    for (place, (document, anchor)) in [
        // The root itself signs, with its certificate or without.
        (bare("root"), pinned(&root())),
        (by_root(&[]), pinned(&root())),
        (by_root(&[&root()]), pinned(&root())),
        (by_root(&[&root(), &root()]), pinned(&root())),
        (by_root(&[&root(), &leaf()]), pinned(&root())),
        (form.sign(RULES, &root(), "root"), pinned(&root())),
        // Also if it has the name.
        (bare("root"), pinned(&own)),
        (by_root(&[&own]), pinned(&own)),
        (form.sign(RULES, &own, "root"), pinned(&own)),
        // A key has no name, and issues nothing.
        (bare("root"), key("root")),
        (bare("list"), key("list")),
        (by_leaf(&[&leaf()]), key("list")),
        (by_leaf(&[&leaf()]), key("root")),
        (by_leaf(&[&mail]), key("list")),
        (by_leaf(&[&mail]), key("root")),
        (form.sign(RULES, &leaf(), "list"), key("list")),
        (form.sign(RULES, &mail, "list"), key("list")),
        // The signer pinned, which is no root.
        (bare("list"), pinned(&leaf())),
        (by_leaf(&[&leaf()]), pinned(&leaf())),
        (by_leaf(&[&mail]), pinned(&mail)),
        (form.sign(RULES, &mail, "list"), pinned(&mail)),
    ]
    .into_iter()
    .enumerate()
    {
        let opened = SignedDocument::open_under_root("rules", &document, &anchor, "Rules");
        let code = opened
            .map(|_| "opened")
            .unwrap_or_else(|error| error.code());
        assert_eq!(code, "trust-chain", "{place}");
    }
    assert_eq!(opened(&[leaf()], &root()), "opened");
    assert_eq!(opened(&[leaf(), root()], &root()), "opened");
}

#[test]
fn switzerlands_root_signs_no_list_itself() {
    let rsa = raw::RsaSigner::new(2048);
    let own = rsa_leaf(&rsa, LEAF, "root");
    let mail = rsa_leaf(&rsa, "CN=Mail,C=XX", "root");
    let load = |chain: &[&Vec<u8>], anchor: Anchor| {
        let x5c: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        let mut header = json!({"alg": "RS256"});
        if !x5c.is_empty() {
            header["x5c"] = x5c.into();
        }
        let sign = |payload: Value| {
            jws(&header.to_string(), &payload.to_string(), |m| {
                rsa.sign_rs256(m)
            })
        };
        let keys = sign(json!({"certs": []}));
        let active = sign(json!({"activeKeyIds": [], "validDuration": 172_800_000}));
        let given = ListBytes::from(&keys).with_companion(&active);
        let mut builder = TrustStore::builder();
        let loaded = builder.add_signed_list("ch", ListFormat::Swiss, given, &[anchor]);
        loaded
            .map(|_| "loaded")
            .unwrap_or_else(|error| error.code())
    };
    let pinned = |der: &[u8]| Anchor::from_bytes(der).unwrap();
    assert_eq!(load(&[&own], pinned(&root())), "loaded");
    for (chain, anchor) in [
        (vec![], Anchor::Key(rsa.public_key())),
        (vec![&own], Anchor::Key(rsa.public_key())),
        (vec![&mail], Anchor::Key(rsa.public_key())),
        (vec![], pinned(&own)),
        (vec![&own], pinned(&own)),
        (vec![&mail], pinned(&mail)),
    ] {
        let shown = format!("{} {anchor:?}", chain.len());
        assert_eq!(load(&chain, anchor), "trust-chain", "{shown}");
    }
}

// ----------------------------------------------------------------- strength

fn rsa_leaf(rsa: &raw::RsaSigner, subject: &str, issuer_key: &str) -> Vec<u8> {
    let pem = p256::pkcs8::der::pem::encode_string(
        "PUBLIC KEY",
        p256::pkcs8::LineEnding::LF,
        &rsa.spki_der(),
    );
    let spec = spec(subject, ROOT, false);
    pki::certificate_over_pem(&spec, &pem.unwrap(), &TestKey::new(issuer_key)).unwrap()
}

#[test]
fn a_short_rsa_key_verifies_nothing_in_any_form() {
    let text = std::str::from_utf8(RULES).unwrap();
    for (bits, expected) in [(2048, Ok(())), (1024, Err(()))] {
        let rsa = raw::RsaSigner::new(bits);
        let judged =
            |result: Result<SignedDocument<'_>, DocumentError>| result.map(drop).map_err(drop);
        // Under a pinned root.
        let leaf = STANDARD.encode(rsa_leaf(&rsa, "CN=Rules,C=XX", "root"));
        let pinned_root = Anchor::from_bytes(&root()).unwrap();
        let under_root = |alg: &str| json!({"alg": alg, "x5c": [leaf]}).to_string();
        let ps256 = jws(&under_root("PS256"), text, |m| rsa.sign(m).unwrap());
        let rs256 = jws(&under_root("RS256"), text, |m| rsa.sign_rs256(m));
        for document in [&ps256, &rs256] {
            let opened = SignedDocument::open_under_root("rules", document, &pinned_root, "Rules");
            assert_eq!(judged(opened), expected, "{bits}");
        }
        // Pinned itself.
        let anchor = Anchor::Key(rsa.public_key());
        let open = |document: DocumentBytes<'_>| {
            SignedDocument::open("rules", document, &anchor)
                .map(drop)
                .map_err(drop)
        };
        let ps256 = jws(r#"{"alg":"PS256"}"#, text, |m| rsa.sign(m).unwrap());
        let rs256 = jws(r#"{"alg":"RS256"}"#, text, |m| rsa.sign_rs256(m));
        let header = encode(&cbor!({1 => -37}).unwrap());
        let to_sign = cbor!(["Signature1", bytes(&header), bytes(&[]), bytes(RULES)]).unwrap();
        let signature = rsa.sign(&encode(&to_sign)).unwrap();
        let cose = cbor!([bytes(&header), {}, bytes(RULES), bytes(&signature)]).unwrap();
        let cose = encode(&ciborium::Value::Tag(18, Box::new(cose)));
        let made = at("2021-06-01T00:00:00Z");
        let own = SignedDocument::sign("rules", RULES, made, None, &rsa).unwrap();
        for document in [&ps256, &rs256, &cose, &own] {
            assert_eq!(open(document.into()), expected, "{bits}");
        }
        let beside = rsa.sign_rs256(RULES);
        let beside = DocumentBytes::from(RULES).with_signature(&beside);
        assert_eq!(open(beside), expected, "{bits}");
        // A snapshot.
        let mut builder = TrustStore::builder();
        builder.add_certificate_der("dsc", &dsc()).unwrap();
        let snapshot = builder.build().0.to_signed_snapshot(made, &rsa).unwrap();
        let mut builder = TrustStore::builder();
        let anchors = [Anchor::Key(rsa.public_key())];
        let loaded = builder.add_signed_list("s", ListFormat::Snapshot, &snapshot, &anchors);
        assert_eq!(loaded.map(drop).map_err(drop), expected, "{bits}");
    }
}

#[test]
fn a_published_key_vouches_for_nothing_in_any_form() {
    let text = std::str::from_utf8(RULES).unwrap();
    let made = at("2021-06-01T00:00:00Z");
    let form = Cms {
        content: true,
        ..Cms::USUAL
    };
    // The key and its certificate, which anybody can sign with, and others.
    let published = certificate("CN=Rules,C=XX", PUBLISHED, ROOT, "root", true);
    let pinned = Anchor::Certificate(Dsc::from_der(&published).unwrap());
    for (label, refused) in [(PUBLISHED, true), ("list", false)] {
        let own = certificate("CN=Rules,C=XX", label, "CN=Rules,C=XX", label, false);
        let bare = key(label);
        let named = Anchor::Certificate(Dsc::from_der(&own).unwrap());
        let signer = fixtures::signer(label);
        let codes = |result: Result<(), &'static str>| match (result, refused) {
            (Ok(()), false) | (Err("trust-published-key"), true) => {}
            (other, _) => panic!("{label}: {other:?}"),
        };
        // Documents.
        let header = bytes(&encode(&cbor!({1 => -7}).unwrap()));
        let to_sign = cbor!(["Signature1", header, bytes(&[]), bytes(RULES)]).unwrap();
        let signature = bytes(&sign(label, &encode(&to_sign)));
        let cose = cbor!([header, {}, bytes(RULES), signature]).unwrap();
        let cose = encode(&ciborium::Value::Tag(18, Box::new(cose)));
        let line = lists::german(text, label);
        let jws = jws(r#"{"alg":"ES256"}"#, text, |m| sign(label, m));
        let cms = form.sign(RULES, &own, label);
        let ours = SignedDocument::sign("rules", RULES, made, None, &signer).unwrap();
        let raw = sign(label, RULES);
        for anchor in [&bare, &named] {
            let open = |document: DocumentBytes<'_>| {
                let opened = SignedDocument::open("rules", document, anchor);
                codes(opened.map(drop).map_err(|error| error.code()));
            };
            for document in [&cose, &line, &jws, &cms, &ours] {
                open(document.into());
            }
            open(DocumentBytes::from(RULES).with_signature(&raw));
            let outside = Cms::USUAL.sign(RULES, &own, label);
            open(DocumentBytes::from(RULES).with_signature(&outside));
            let verified = anchor.verify_cms(&cms, RULES);
            assert_eq!(verified.is_err(), refused);
        }
        // Lists, the key alone or beside another one.
        let signed = dsc();
        let listed = [(Kid::of_certificate(&signed), &signed[..])];
        let german = lists::german(&lists::certificates(&listed, "2021-06-01T00:00:00Z"), label);
        let swedish = lists::swedish(&listed, 1_622_505_600, 1_700_000_000, label);
        let austrian = lists::austrian(&listed);
        let beside = lists::austrian_signature(&austrian, 1_622_505_600, 1_700_000_000, label);
        let mut builder = TrustStore::builder();
        builder.add_certificate_der("dsc", &signed).unwrap();
        let store = builder.build().0;
        let snapshot = store.to_signed_snapshot(made, &signer).unwrap();
        let gateway = Value::from(vec![item("CSCA", &csca(), &own, label)]).to_string();
        for anchors in [vec![bare.clone()], vec![key("x"), named.clone()]] {
            for (format, list) in [
                (ListFormat::German, ListBytes::from(&german)),
                (ListFormat::Swedish, ListBytes::from(&swedish)),
                (
                    ListFormat::Austrian,
                    ListBytes::from(&austrian).with_companion(&beside),
                ),
                (ListFormat::Snapshot, ListBytes::from(&snapshot)),
                (ListFormat::Gateway, ListBytes::from(&gateway)),
            ] {
                let mut builder = TrustStore::builder();
                let added = builder.add_signed_list("list", format, list, &anchors);
                codes(added.map(drop).map_err(|error| error.code()));
            }
        }
        // A revocation set.
        let set = SetBuilder::new(SetOptions::default()).build(made).unwrap();
        let set = SetBuilder::sign(&set, &signer).unwrap();
        let opened = RevocationSet::open(&set[..], std::slice::from_ref(&bare));
        let code = opened.map(drop).map_err(|error| error.code());
        let expected = Err("revocation-set-published-key");
        assert_eq!(code, if refused { expected } else { Ok(()) });
    }
    // Chains: as root, between and as signer.
    let document = |chain: &[&Vec<u8>], signer: &str| {
        let x5c: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        let header = json!({"alg": "ES256", "x5c": x5c}).to_string();
        jws(&header, text, |m| sign(signer, m))
    };
    let wide = changed(&root(), "root", |t| {
        set(t, BASIC_CONSTRAINTS, true, Some(CA))
    });
    let root = Anchor::Certificate(Dsc::from_der(&wide).unwrap());
    let middle = certificate("CN=Middle,C=XX", PUBLISHED, ROOT, "root", true);
    let low = certificate("CN=Rules,C=XX", "list", "CN=Middle,C=XX", PUBLISHED, false);
    let signed = certificate("CN=Rules,C=XX", PUBLISHED, ROOT, "root", false);
    let under = certificate("CN=Rules,C=XX", "list", "CN=Rules,C=XX", PUBLISHED, false);
    for (place, (document, anchor)) in [
        (document(&[&signed], PUBLISHED), &root),
        (document(&[&low, &middle], "list"), &root),
        (document(&[&under], "list"), &pinned),
        (form.sign(RULES, &signed, PUBLISHED), &root),
    ]
    .into_iter()
    .enumerate()
    {
        let opened = SignedDocument::open_under_root("rules", &document, anchor, "Rules");
        assert_eq!(opened.unwrap_err().code(), "trust-published-key", "{place}");
    }
}

#[test]
fn a_published_key_is_no_csca_and_no_uploader() {
    let root = certificate(CSCA, PUBLISHED, CSCA, PUBLISHED, true);
    let signer = certificate("CN=DSC,O=Example,C=XX", "dsc", CSCA, PUBLISHED, false);
    let items = [
        uploaded(&signer, &upload()),
        anchored("CSCA", &root),
        anchored("UPLOAD", &upload()),
    ];
    let (keys, problems) = gateway(&items, GatewayRoles::default());
    let expected = ["not-issued", "published-key", "not-a-document-signer"];
    assert_eq!((keys, &problems[..]), (0, &expected[..]));
    let uploader = certificate(UPLOAD, PUBLISHED, UPLOAD, PUBLISHED, false);
    let items = [
        item("DSC", &dsc(), &uploader, PUBLISHED),
        anchored("CSCA", &csca()),
        anchored("UPLOAD", &uploader),
    ];
    let (keys, problems) = gateway(&items, GatewayRoles::default());
    let expected = ["not-uploaded", "not-a-document-signer", "published-key"];
    assert_eq!((keys, &problems[..]), (0, &expected[..]));
}

// --------------------------------------------------------- document signers

/// In each form that has certificates: the keys, and the problems with whether
/// the key was kept.
fn listed(der: &[u8]) -> Vec<(usize, Vec<(&'static str, bool)>)> {
    let listed = [(Kid::of_certificate(der), der)];
    let text = STANDARD.encode(der);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    let jwk = json!({"kty": "EC", "kid": STANDARD.encode(listed[0].0.as_bytes()), "x5c": [text]});
    let time = "2021-06-01T00:00:00Z";
    let certificates = lists::certificates(&listed, time);
    let german = lists::german(&certificates, "list");
    let swedish = lists::swedish(&listed, 1_622_505_600, 1_700_000_000, "list");
    let austrian = lists::austrian(&listed);
    let beside = lists::austrian_signature(&austrian, 1_622_505_600, 1_700_000_000, "list");
    let network = PROD.document(&[PROD.entry("DCC:XXA:DSC", &Dsc::from_der(der).unwrap())]);
    let network = PROD.signed(network).to_string();
    let load = |add: &dyn Fn(&mut TrustStoreBuilder) -> Result<(), LoadError>| {
        let mut builder = TrustStore::builder();
        add(&mut builder).unwrap();
        let (store, report) = builder.build();
        let problems = report.problems.iter().map(|p| (p.problem.code(), p.kept));
        (store.len(), problems.collect())
    };
    let signed = |format, list: ListBytes<'_>| {
        load(&|b| {
            b.add_signed_list("x", format, list, &[key("list")])
                .map(|_| ())
        })
    };
    let network = network.as_bytes();
    vec![
        load(&|b| b.add_certificate_der("x", der).map(|_| ())),
        load(&|b| b.add_pem("x", &pem).map(|_| ())),
        load(&|b| b.add_jwk("x", jwk.to_string().as_bytes()).map(|_| ())),
        load(&|b| b.add_bytes("x", certificates.as_bytes()).map(|_| ())),
        signed(ListFormat::German, ListBytes::from(&german)),
        signed(ListFormat::Swedish, ListBytes::from(&swedish)),
        signed(
            ListFormat::Austrian,
            ListBytes::from(&austrian).with_companion(&beside),
        ),
        load(&|b| b.add_gdhcn("x", network, &PROD.anchor()).map(|_| ())),
    ]
}

#[test]
fn a_document_signer_that_may_not_sign_is_no_key_in_any_list() {
    let with = |last: u8, critical: bool, value: &[u8]| {
        changed(&dsc(), "csca", |t| set(t, last, critical, Some(value)))
    };
    let twice = changed(&dsc(), "csca", |t| {
        set(t, KEY_USAGE, true, Some(&usage(SIGNATURES)));
        let own = t.extensions.as_ref().unwrap().last().unwrap().clone();
        t.extensions.as_mut().unwrap().push(own);
    });
    const ENCIPHERMENT: u8 = 0x20;
    const REVOCATIONS: u8 = 0x02;
    for bad in [
        with(UNKNOWN, true, &[0x30, 0]),
        // inhibitAnyPolicy
        with(54, true, &[2, 1, 0]),
        with(KEY_USAGE, true, &usage(ENCIPHERMENT)),
        with(KEY_USAGE, false, &usage(ENCIPHERMENT)),
        with(KEY_USAGE, true, &usage(AGREEMENT)),
        with(KEY_USAGE, true, &usage(REVOCATIONS)),
        with(KEY_USAGE, true, &usage(0)),
        with(KEY_USAGE, true, &[3, 0]),
        with(KEY_USAGE, true, &[]),
        twice,
    ] {
        for (form, found) in listed(&bad).into_iter().enumerate() {
            let expected = (0, vec![("not-for-signatures", false)]);
            assert_eq!(found, expected, "{form}");
        }
        // Nor does anything issue under it what every verifier refuses.
        let issuer = Issuer::new(Dsc::from_der(&bad).unwrap(), fixtures::signer("a"));
        assert_eq!(issuer.unwrap_err().code(), "not-for-signatures");
    }
    for good in [
        dsc(),
        with(UNKNOWN, false, &[0x30, 0]),
        with(KEY_USAGE, true, &usage(SIGNATURES)),
        with(KEY_USAGE, true, &usage(0x40)),
        with(KEY_USAGE, true, &usage(SIGNATURES | CERTIFICATES)),
        changed(&dsc(), "csca", |t| set(t, KEY_USAGE, true, None)),
    ] {
        for (form, (keys, problems)) in listed(&good).into_iter().enumerate() {
            assert_eq!(keys, 1, "{form}");
            assert!(!problems.contains(&("certificates-alone", true)), "{form}");
        }
    }
}

/// Latvia's published examples are signed by such a key.
#[test]
fn a_key_for_certificates_alone_signs_health_certificates_with_a_note() {
    for bits in [CERTIFICATES, CERTIFICATES | 0x02] {
        let authority = changed(&dsc(), "csca", |t| {
            set(t, KEY_USAGE, true, Some(&usage(bits)));
        });
        for (form, (keys, problems)) in listed(&authority).into_iter().enumerate() {
            assert_eq!(keys, 1, "{form}");
            assert!(problems.contains(&("certificates-alone", true)), "{form}");
        }
    }
}

#[test]
fn what_is_issued_after_the_private_keys_period_is_noted() {
    let time = |tag: u8, time: &str| [&[tag, 15][..], time.as_bytes()].concat();
    let sequence = |parts: &[Vec<u8>]| {
        let content = parts.concat();
        [&[0x30, content.len() as u8][..], &content].concat()
    };
    let (before, after) = ("20210501000000Z", "20210701000000Z");
    let (from, until) = (|t| time(0x80, t), |t| time(0x81, t));
    let verdict = |values: &[Vec<u8>]| {
        let der = changed(&dsc(), "csca", |tbs| {
            let extensions = tbs.extensions.get_or_insert_default();
            extensions.extend(values.iter().map(|value| Extension {
                extn_id: oid(16),
                critical: false,
                extn_value: OctetString::new(&value[..]).unwrap(),
            }));
        });
        let issuer = Issuer::new(Dsc::from_der(&der).unwrap(), fixtures::signer("dsc")).unwrap();
        let issued = issuer.issue(&fixtures::vaccination(), fixtures::VALIDITY);
        let code = issued.unwrap().text().to_owned();
        let mut builder = TrustStore::builder();
        builder.add_certificate_der("dsc", &der).unwrap();
        let store = builder.build().0;
        let strict = Verifier::with_policy(store.clone(), Policy::default().strict());
        let strict = strict.verify(&code, fixtures::NOW).outcome();
        let verifier = Verifier::new(store);
        let verdict = verifier.verify(&code, fixtures::NOW);
        let noted = verdict
            .deviations()
            .iter()
            .any(|d| d.code() == "iat-outside-dsc");
        assert_eq!(verdict.outcome(), Outcome::Valid);
        assert_eq!(strict == Outcome::Valid, !noted);
        noted
    };
    // Issued on the first of June.
    for (value, outside) in [
        (sequence(&[from(before), until(after)]), false),
        (sequence(&[from(before)]), false),
        (sequence(&[until(after)]), false),
        (
            sequence(&[from("20210601000000Z"), until("20210601000000Z")]),
            false,
        ),
        (sequence(&[until(before)]), true),
        (sequence(&[from(after)]), false),
        (sequence(&[from(before), until(before)]), true),
        (sequence(&[from(after), until(before)]), true),
        // What can't be read is no period that anything is in.
        (vec![], true),
        (sequence(&[]), true),
        (sequence(&[until(after), from(before)]), true),
        (sequence(&[time(0x18, before)]), true),
        (sequence(&[from(before), from(before)]), true),
        (sequence(&[from("2021-05-01T000Z")]), true),
        (sequence(&[from("20210532000000Z")]), true),
    ] {
        assert_eq!(verdict(std::slice::from_ref(&value)), outside, "{value:?}");
    }
    assert!(!verdict(&[]));
    let good = sequence(&[from(before), until(after)]);
    assert!(verdict(&[good.clone(), good]), "which one?");
}

// --------------------------------------------------------- ambiguous inputs

#[test]
fn two_signing_times_are_none() {
    let of = |signing_times| Cms {
        content: true,
        signing_time: Some("210601000000Z"),
        signing_times,
        ..Cms::USUAL
    };
    let open = |form: Cms| {
        let cms = form.sign(RULES, &upload(), "upload");
        SignedDocument::open("rules", &cms, &key("upload")).map(|document| document.issued_at())
    };
    assert_eq!(open(of(1)), Ok(Some(at("2021-06-01T00:00:00Z"))));
    assert_eq!(open(of(0)), Ok(None));
    assert_eq!(open(of(2)), Err(DocumentError::Cms(CmsError::Structure)));
}

#[test]
fn a_did_has_one_fragment() {
    let dsc = lists::gdhcn::certificate("signer", "authority", false);
    let entry = PROD.entry("DCC:XXA:DSC", &dsc);
    let load = |entry: Value| {
        let list = PROD.signed(PROD.document(&[entry])).to_string();
        let mut builder = TrustStore::builder();
        builder.add_gdhcn("list", list.as_bytes(), &PROD.anchor())?;
        Ok::<_, LoadError>(builder.build().0.len())
    };
    assert_eq!(load(entry.clone()), Ok(1));
    for name in ["id", "controller"] {
        let mut several = entry.clone();
        let id = several["id"].as_str().unwrap().to_owned();
        several[name] = json!(format!("{id}#AAAA"));
        let error = load(several).unwrap_err();
        assert_eq!(error.code(), "gdhcn-member", "{name}: {error}");
    }
}

/// A DID document, with a member of another form beside.
fn with_member(name: &str, value: Value) -> String {
    let dsc = lists::gdhcn::certificate("signer", "authority", false);
    let mut list = PROD.signed(PROD.document(&[PROD.entry("DCC:XXA:DSC", &dsc)]));
    list[name] = value;
    list.to_string()
}

#[test]
fn what_shows_the_marks_of_two_forms_is_of_neither() {
    let mallory = TestKey::new("mallory").spki_der().unwrap();
    let point = &mallory[mallory.len() - 64..];
    let jwk = json!({"kty": "EC", "crv": "P-256",
        "x": STANDARD.encode(&point[..32]), "y": STANDARD.encode(&point[32..])});
    let alone = jwk.to_string();
    let mut builder = TrustStore::builder();
    builder.add_jwk("jwk", alone.as_bytes()).unwrap();
    assert_eq!(builder.build().0.len(), 1);

    // A genuine list, made a JWK.
    let mut list: Value = serde_json::from_str(&with_member("kty", json!("EC"))).unwrap();
    for (name, value) in jwk.as_object().unwrap() {
        list[name] = value.clone();
    }
    let listed = json!([{"kid": "AAAA", "rawData": STANDARD.encode(dsc())}]);
    let entry = json!({"rawData": "", "certificateType": "DSC", "identyfikatorKlucza": "AAAA"});
    let inputs = [
        list.to_string(),
        with_member("keys", json!([jwk])),
        with_member("certificates", listed.clone()),
        with_member("kty", json!(1)),
        with_member("eu_keys", json!({"AAAA": [{"subjectPk": ""}]})),
        json!({"kty": "EC", "keys": [jwk]}).to_string(),
        json!({"keys": [jwk], "certificates": listed}).to_string(),
        json!({"kty": "EC", "@context": []}).to_string(),
        json!({"kty": "EC", "proof": {}}).to_string(),
        json!({"kty": "EC", "payload": "e30=", "signature": "AAAA"}).to_string(),
        json!({"certificates": [], "AAAA": {"publicKeyPem": ""}}).to_string(),
        json!([entry]).to_string(),
    ];
    for input in &inputs {
        let input = input.as_bytes();
        let mut builder = TrustStore::builder();
        let error = builder.add_bytes("x", input).unwrap_err();
        assert_eq!(error.code(), "trust-ambiguous", "{error}");
        assert_eq!(ListFormat::detect(input), None);
        for format in [
            ListFormat::Jwk,
            ListFormat::JwkSet,
            ListFormat::Certificates,
        ] {
            let error = builder.add_list("x", format, input).unwrap_err();
            assert_eq!(error.code(), "trust-ambiguous");
        }
        let error = builder.add_jwk("x", input).unwrap_err();
        assert_eq!(error.code(), "trust-ambiguous");
        assert_eq!(Anchor::from_bytes(input), Err(AnchorError::Unrecognised));
        assert!(builder.build().0.is_empty());
    }
    let both = json!({"dsc_trust_list": {}, "certs": []}).to_string();
    let both = jws(r#"{"alg":"ES256"}"#, &both, |m| sign("list", m));
    let mut builder = TrustStore::builder();
    assert_eq!(
        builder.add_bytes("x", &both).unwrap_err().code(),
        "trust-ambiguous"
    );
    assert_eq!(ListFormat::detect(&both), None);
}

// ----------------------------------------------------- what messages say

fn own_document() -> Vec<u8> {
    let made = at("2021-06-01T00:00:00Z");
    SignedDocument::sign("rules", RULES, made, None, &fixtures::signer("list")).unwrap()
}

/// The same COSE_Sign1 with a longer head before its protected header, which
/// its signature doesn't cover.
fn longer_head(bytes: &[u8]) -> Vec<u8> {
    let [0xd2, 0x84, 0x58, length, rest @ ..] = bytes else {
        panic!("a head of one byte of length");
    };
    [&[0xd2, 0x84, 0x59, 0, *length], rest].concat()
}

#[test]
fn a_document_with_longer_heads_is_said_not_to_be_deterministic() {
    let longer = longer_head(&own_document());
    let error = SignedDocument::open("rules", &longer, &key("list")).unwrap_err();
    assert_eq!(error.code(), "trust-form");
    let message = error.to_string();
    assert!(message.contains("deterministic CBOR"), "{message}");
    assert!(message.contains("sign it again"), "{message}");
    // Its signature first.
    let error = SignedDocument::open("rules", &longer, &key("other")).unwrap_err();
    assert_eq!(error.code(), "trust-signature");

    let mut builder = TrustStore::builder();
    builder.add_certificate_der("dsc", &dsc()).unwrap();
    let made = at("2021-06-01T00:00:00Z");
    let store = builder.build().0;
    let snapshot = store
        .to_signed_snapshot(made, &fixtures::signer("list"))
        .unwrap();
    let longer = longer_head(&snapshot);
    let mut builder = TrustStore::builder();
    let error = builder.add_bytes("x", &longer).unwrap_err();
    assert_eq!(error.code(), "snapshot-not-deterministic");
    assert_eq!(
        (
            ListFormat::detect(&longer),
            ListFormat::detect_companion(&longer)
        ),
        (None, None)
    );
}

#[test]
fn what_else_is_signed_is_no_half_of_a_list() {
    for document in [own_document(), longer_head(&own_document())] {
        assert_eq!(ListFormat::detect_companion(&document), None);
        let mut builder = TrustStore::builder();
        let error = builder.add_bytes("x", &document).unwrap_err();
        assert_eq!(error.code(), "trust-not-a-list");
        assert!(error.to_string().contains("purpose=rules"), "{error}");
    }
    // Any other COSE_Sign1.
    let other = [0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0, 0x40, 0x40];
    assert_eq!(ListFormat::detect_companion(&other), None);
}

#[test]
fn cbor_of_another_shape_is_not_said_to_be_no_cbor() {
    let list = encode(&cbor!({"c" => 5}).unwrap());
    let mut builder = TrustStore::builder();
    let error = builder
        .trust_unsigned_list("at", ListFormat::Austrian, &list)
        .unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with("not a CBOR map with"), "{message}");
}
