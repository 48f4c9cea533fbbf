//! Published lists of several states, opened as documents: the same keys and
//! signatures, whatever is in them.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hcert::Timestamp;
use hcert::trust::{Anchor, DocumentBytes, DocumentFormat, SignedDocument};
use hcert_testkit::published;

fn read(part: &str) -> Vec<u8> {
    std::fs::read(published::find(part)).unwrap()
}

fn anchor(part: &str) -> Anchor {
    Anchor::from_bytes(&read(part)).unwrap()
}

/// Every byte of a content is signed.
fn assert_twins_refused(good: &[u8], opens: impl Fn(&[u8]) -> bool) {
    assert!(opens(good));
    for at in (0..good.len()).step_by(good.len() / 100 + 1) {
        let mut twin = good.to_vec();
        twin[at] ^= 1;
        assert!(!opens(&twin), "byte {at}");
    }
    for length in (0..good.len()).step_by(good.len() / 20 + 1) {
        assert!(!opens(&good[..length]), "cut to {length}");
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_revocation_list_of_the_warn_app_is_opened() {
    let parts = [
        "revocation/cwa-server-chunk.lst",
        "revocation/ubirch-test-revocation-list-public-key.pem",
    ];
    let (list, key) = (read(parts[0]), anchor(parts[1]));
    let document = SignedDocument::open("revocation", &list, &key).unwrap();
    assert_eq!(document.format(), DocumentFormat::CoseSign1);
    assert_eq!(document.issued_at(), None);
    // A map of 14 keys.
    assert_eq!(document.content().len(), 10_122);
    assert_eq!(document.content()[0], 0xae);
    assert_twins_refused(&list, |list| {
        SignedDocument::open("revocation", list, &key).is_ok()
    });
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn germanys_list_is_opened() {
    let folder = "trust-lists/de-prod";
    let list = read(&format!("{folder}/prod-dsc-list.json"));
    let (list, key) = (list, anchor(&format!("{folder}/signing-key.pem")));
    let document = SignedDocument::open("keys", &list, &key).unwrap();
    assert_eq!(document.format(), DocumentFormat::SignatureLine);
    let content: serde_json::Value = serde_json::from_slice(document.content()).unwrap();
    assert_eq!(content["certificates"].as_array().unwrap().len(), 829);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn austrias_list_is_opened() {
    let part = |name: &str| read(&format!("trust-lists/at/{name}"));
    let (list, signature) = (part("trustlist.cbor"), part("trustlist.sig.cose"));
    let key = anchor("trust-lists/at/anchor.der");
    let both = DocumentBytes::from(&list).with_signature(&signature);
    let document = SignedDocument::open("keys", both, &key).unwrap();
    assert_eq!(document.format(), DocumentFormat::CoseOfDigest);
    assert_eq!(document.content(), list);
    assert!(document.issued_at() < document.expires_at());
    assert_twins_refused(&list, |list| {
        let both = DocumentBytes::from(list).with_signature(&signature);
        SignedDocument::open("keys", both, &key).is_ok()
    });
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn switzerlands_and_swedens_lists_are_opened() {
    let root = anchor("trust-lists/ch/root.crt");
    for name in ["keylist.jwt", "updates.jwt"] {
        let list = read(&format!("trust-lists/ch/{name}"));
        let open = |name| SignedDocument::open_under_root("keys", &list, &root, name);
        let document = open("CH01-AppContentCertificate").unwrap();
        assert_eq!(document.format(), DocumentFormat::Jws);
        assert_eq!(open("CH01-Other").unwrap_err().code(), "trust-chain");
        let pinned = SignedDocument::open("keys", &list, &root);
        assert_eq!(pinned.unwrap_err().code(), "trust-chain");
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn a_cms_of_the_network_is_opened() {
    let folder = published::find("gdhcn/cms");
    let chain = std::fs::read_to_string(folder.join("PROD-TNG_TA.chain.pem")).unwrap();
    let blocks: Vec<&str> = chain
        .split_inclusive("-----END CERTIFICATE-----\n")
        .collect();
    let signer = |block: &str| Anchor::from_bytes(block.as_bytes()).unwrap();
    let (signed_by, issued_by) = (signer(blocks[0]), signer(blocks[1]));
    let Anchor::Certificate(own) = &signed_by else {
        panic!("not a certificate");
    };
    let name = own.common_name().unwrap();
    let files = published::json_files(&folder);
    assert_eq!(files.len(), 3);
    for file in files {
        let item = published::read_json(&file).unwrap();
        let cms = item["trustAnchorSignature"].as_str().unwrap();
        let certificate = item["certificateRawData"].as_str().unwrap();
        let document = SignedDocument::open("authority", cms, &signed_by).unwrap();
        assert_eq!(document.format(), DocumentFormat::Cms);
        assert_eq!(BASE64_STANDARD.encode(document.content()), certificate);
        assert!(document.issued_at() > Some(Timestamp::parse("2021-01-01T00:00:00Z").unwrap()));
        let open = |name| SignedDocument::open_under_root("authority", cms, &issued_by, name);
        assert_eq!(open(name).unwrap().content(), document.content());
        assert_eq!(open("Other").unwrap_err().code(), "trust-chain");
        let beside = DocumentBytes::from(b"other").with_signature(cms.as_bytes());
        let other = SignedDocument::open("authority", beside, &signed_by);
        assert_eq!(other.unwrap_err().code(), "cms-content");
    }
}
