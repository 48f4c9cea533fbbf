//! The gateway's array and its CMS signatures.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hcert::trust::{Anchor, ListFormat::Gateway, cms_claimed_signer};
use crate::ISSUER;
use crate::lists::samples::{self, base64};
use crate::lists::{self, Loaded, sign};
use libfuzzer_sys::Corpus;
use serde_json::Value;
use sha2::{Digest, Sha256};

fn signed(list: &[u8]) -> Loaded {
    let loaded = lists::signed(Gateway, list, &[sign::TRUST_ANCHOR.anchor()]);
    if let (Ok((_, report)), Some(json)) = (&loaded, lists::json(list)) {
        assert_eq!(report.total, json.as_array().unwrap().len());
    }
    loaded
}

/// Loads the three certificates that belong together.
static SAMPLE: LazyLock<usize> = LazyLock::new(|| {
    let list = Value::from(samples::GATEWAY.clone()).to_string();
    signed(list.as_bytes()).unwrap().0.len()
});

/// As long as we issued and uploaded one document signer, no other one loads.
fn is_ours(loaded: Loaded) {
    assert_eq!(*SAMPLE, 1);
    if let Ok((store, _)) = loaded {
        for key in store.iter() {
            assert_eq!(key.public_key(), ISSUER.dsc().public_key(), "forged");
            assert_eq!(key.country(), Some("XX"));
        }
    }
}

/// A CMS by itself, for the document signer.
fn check_cms(cms: &[u8]) {
    let content = ISSUER.dsc().der();
    let uploader = sign::UPLOADER.anchor();
    if uploader.verify_cms(cms, content).is_ok() {
        assert!(uploader.verify_cms(cms, &content[1..]).is_err());
        let other = sign::TRUST_ANCHOR.anchor();
        assert!(other.verify_cms(cms, content).is_err());
    }
    if let Ok(signer) = cms_claimed_signer(cms, content) {
        Anchor::Certificate(signer)
            .verify_cms(cms, content)
            .unwrap();
    }
    let entry = with_signature(cms);
    let [root, upload, _] = samples::GATEWAY.clone();
    is_ours(signed(
        Value::from([root, upload, entry]).to_string().as_bytes(),
    ));
}

fn with_signature(cms: &[u8]) -> Value {
    let [_, _, mut entry] = samples::gateway_unsigned();
    entry["signature"] = base64(cms).into();
    entry
}

/// Signs the first entries that have no signature.
fn add_signatures(list: &mut Value) {
    let entries = list.as_array_mut().into_iter().flatten().take(8);
    for entry in entries.filter(|entry| entry.get("signature").is_none()) {
        let text = |name| entry.get(name).and_then(Value::as_str);
        let der = text("rawData").and_then(|raw| BASE64_STANDARD.decode(raw).ok());
        if let Some(der) = der {
            let kind = text("certificateType").unwrap_or_default();
            let cms = samples::cms(kind, &der);
            entry["signature"] = base64(cms).into();
        }
    }
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    let Some((mode, rest)) = data.split_first() else {
        return Corpus::Reject;
    };
    match mode {
        // A list as it stands.
        b'r' => {
            is_ours(signed(rest));
            let _ = lists::unsigned(Gateway, rest);
        }
        // A list that is signed.
        b'c' => {
            let Some(mut list) = lists::json(rest) else {
                let _ = signed(rest);
                return Corpus::Keep;
            };
            add_signatures(&mut list);
            let list = list.to_string();
            let known = lists::unsigned(Gateway, &list);
            match (signed(list.as_bytes()), known) {
                (Ok((store, _)), Ok((known, _))) => {
                    let listed = |kid, key| {
                        let mut same = known.candidates(kid).iter();
                        same.any(|other| other.public_key() == key)
                    };
                    assert!(store.iter().all(|key| listed(key.kid(), key.public_key())));
                }
                (Err(signed), Err(unsigned)) => assert_eq!(signed, unsigned),
                _ => panic!("refused one way, loaded the other"),
            }
        }
        // A certificate instead of one of the three, signed as it should be.
        b'0'..=b'2' => {
            let place = usize::from(mode - b'0');
            let mut list = samples::GATEWAY.clone();
            let (kind, _) = samples::gateway_certificates()[place];
            list[place] = samples::entry(kind, rest);
            is_ours(signed(Value::from(list).to_string().as_bytes()));
        }
        b's' => check_cms(rest),
        // What a CMS signs.
        b't' => {
            let cms = samples::cms_with("DSC", rest);
            let content = ISSUER.dsc().der();
            if sign::UPLOADER.anchor().verify_cms(&cms, content).is_ok() {
                let digest = Sha256::digest(content);
                assert!(rest.windows(32).any(|part| part == &digest[..]));
            }
            check_cms(&cms);
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

