//! Published national lists: their signatures, and what they hold.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hcert::crypto::KeyKind;
use hcert::format::Unverified;
use hcert::trust::{
    Anchor, CmsError, KeyUsage, Kid, ListBytes, ListFormat, LoadError, LoadReport, TrustStore,
    Usage, cms_claimed_signer,
};
use hcert::verify::{Step, StepResult, Verifier};
use hcert::{Limits, Timestamp};
use hcert_testkit::published;
use serde_json::Value;
use sha2::{Digest, Sha256};

fn read(path: impl AsRef<Path>) -> Vec<u8> {
    std::fs::read(path.as_ref()).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

fn anchor(path: impl AsRef<Path>) -> Anchor {
    Anchor::from_bytes(&read(path)).unwrap()
}

fn signed<'a>(
    format: ListFormat,
    bytes: impl Into<ListBytes<'a>>,
    anchor: &Anchor,
) -> Result<(TrustStore, LoadReport), LoadError> {
    let mut builder = TrustStore::builder();
    builder.add_signed_list("list", format, bytes, std::slice::from_ref(anchor))?;
    Ok(builder.build())
}

fn unsigned(format: ListFormat, bytes: &[u8]) -> (TrustStore, LoadReport) {
    let mut builder = TrustStore::builder();
    builder.trust_unsigned_list("list", format, bytes).unwrap();
    builder.build()
}

/// Problems by code and whether the key was kept.
fn summary(report: &LoadReport) -> BTreeMap<(&'static str, bool), usize> {
    let mut counts = BTreeMap::new();
    for problem in &report.problems {
        let key = (problem.problem.code(), problem.kept);
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn counts(report: &LoadReport) -> [usize; 4] {
    [
        report.total,
        report.loaded,
        report.duplicates,
        report.rejected,
    ]
}

fn limited(store: &TrustStore) -> usize {
    store.iter().filter(|k| k.usage() != KeyUsage::ANY).count()
}

fn time(text: &str) -> Option<Timestamp> {
    Some(Timestamp::parse(text).unwrap())
}

/// A bit at the beginning, in the middle and at the end of each range, and
/// cuts: every twin has to be refused.
fn assert_twins_refused(
    good: &[u8],
    ranges: &[std::ops::Range<usize>],
    load: impl Fn(&[u8]) -> Result<(), LoadError>,
) {
    load(good).unwrap();
    for range in ranges {
        let last = range.end - 1;
        for at in [range.start, (range.start + last) / 2, last] {
            let mut twin = good.to_vec();
            twin[at] ^= 1;
            assert!(load(&twin).is_err(), "byte {at} changed");
        }
    }
    for length in [0, 1, good.len() / 2, good.len() - 1] {
        assert!(load(&good[..length]).is_err(), "cut to {length}");
    }
}

fn other_anchor() -> Anchor {
    let pem = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n\
        6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n\
        -----END PUBLIC KEY-----\n";
    Anchor::from_bytes(pem.as_bytes()).unwrap()
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn germanys_lists_verify_and_their_twins_do_not() {
    // Keys for signing certificates alone: Malta's and Latvia's, Georgia's.
    for (folder, file, entries, authorities, newest) in [
        (
            "de-acc",
            "demo-dsc-list.json",
            610,
            2,
            "2023-11-30T22:17:36Z",
        ),
        (
            "de-prod",
            "prod-dsc-list.json",
            829,
            1,
            "2023-11-28T10:23:58Z",
        ),
    ] {
        let folder = published::find(&format!("trust-lists/{folder}"));
        let list = read(folder.join(file));
        let key = anchor(folder.join("signing-key.pem"));
        assert_eq!(ListFormat::detect(&list), Some(ListFormat::German));
        let (store, report) = signed(ListFormat::German, &list, &key).unwrap();
        assert_eq!(counts(&report), [entries, entries, 0, 0]);
        let noted = BTreeMap::from([(("certificates-alone", true), authorities)]);
        assert_eq!(summary(&report), noted);
        let info = &store.lists()[0];
        assert!(info.is_authenticated());
        assert_eq!(info.newest_entry(), time(newest));

        let load = |list: &[u8]| signed(ListFormat::German, list, &key).map(drop);
        assert_twins_refused(&list, &[0..86, 89..list.len()], load);
        // White space that was added on the way is not signed.
        load(&[&list[..], b"\n  "].concat()).unwrap();
        let error = signed(ListFormat::German, &list, &other_anchor()).unwrap_err();
        assert_eq!(error, LoadError::Signature);
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn swedens_list_verifies_and_its_twins_do_not() {
    let folder = published::find("trust-lists/se");
    let list = read(folder.join("trust-list-2022-05-11.jwt"));
    assert_eq!(ListFormat::detect(&list), Some(ListFormat::Swedish));
    // No key was published beside the list: the one in its header is taken,
    // which shows the mechanics and not who signed.
    let parts: Vec<&[u8]> = list.split(|b| *b == b'.').collect();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(parts[0])
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let certificate = STANDARD.decode(header["x5c"][0].as_str().unwrap()).unwrap();
    let key = Anchor::from_bytes(&certificate).unwrap();

    let (store, report) = signed(ListFormat::Swedish, &list, &key).unwrap();
    assert_eq!(counts(&report), [456, 456, 0, 0]);
    assert_eq!(limited(&store), 231);
    let noted = [(("jwk-use", true), 3), (("certificates-alone", true), 1)];
    assert_eq!(summary(&report), BTreeMap::from(noted));
    let info = &store.lists()[0];
    assert_eq!(info.issuer(), Some("https://dgcg.covidbevis.se/tp"));
    assert_eq!(info.issued_at(), time("2022-05-11T08:30:00Z"));
    assert_eq!(info.expires_at(), time("2022-05-12T08:30:00Z"));
    let vaccination = store.candidates(Kid::from_base64("FerMAGQ195s=").unwrap());
    assert_eq!(vaccination[0].usage(), Usage::Vaccination.into());

    let (head, body) = (parts[0].len(), parts[1].len());
    let load = |list: &[u8]| signed(ListFormat::Swedish, list, &key).map(drop);
    // The last character of a part has bits that say nothing.
    let signature = head + body + 2..list.len() - 1;
    assert_twins_refused(&list, &[0..head, head + 1..head + body, signature], load);
    let by_key = Anchor::Key(key.public_key().clone());
    signed(ListFormat::Swedish, &list, &by_key).unwrap();
    let error = signed(ListFormat::Swedish, &list, &other_anchor()).unwrap_err();
    assert_eq!(error, LoadError::Signature);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn switzerlands_lists_verify_and_their_twins_do_not() {
    let folder = published::find("trust-lists/ch");
    let keys = read(folder.join("updates.jwt"));
    let active = read(folder.join("keylist.jwt"));
    let root = anchor(folder.join("root.crt"));
    assert_eq!(ListFormat::detect(&keys), Some(ListFormat::Swiss));
    assert_eq!(ListFormat::detect_companion(&keys), None);
    assert_eq!(
        ListFormat::detect_companion(&active),
        Some(ListFormat::Swiss)
    );
    let load_both = |keys: &[u8], active: &[u8], anchor: &Anchor| {
        let both = ListBytes::from(keys).with_companion(active);
        signed(ListFormat::Swiss, both, anchor)
    };
    let (store, report) = load_both(&keys, &active, &root).unwrap();
    assert_eq!(counts(&report), [131, 131, 0, 0]);
    assert_eq!(summary(&report), BTreeMap::new());
    assert_eq!(store.lists()[0].valid_for(), Some(48 * 3600));
    let rsa =
        |key: &&hcert::trust::TrustedKey| matches!(key.public_key().kind(), KeyKind::Rsa { .. });
    let light = store.iter().filter(|k| k.usage().to_string() == "light");
    assert_eq!((store.iter().filter(rsa).count(), light.count()), (4, 1));
    assert_eq!(limited(&store), 11 + 3 + 3 + 3 + 1);

    for (n, good) in [&keys, &active].into_iter().enumerate() {
        let dots: Vec<usize> = (0..good.len()).filter(|i| good[*i] == b'.').collect();
        let ranges = [
            0..dots[0],
            dots[0] + 1..dots[1],
            dots[1] + 1..good.len() - 1,
        ];
        assert_twins_refused(good, &ranges, |twin| {
            match n {
                0 => load_both(twin, &active, &root),
                _ => load_both(&keys, twin, &root),
            }
            .map(drop)
        });
    }
    assert_eq!(
        load_both(&active, &keys, &root).unwrap_err().code(),
        "trust-form"
    );
    let alone = signed(ListFormat::Swiss, &keys, &root).unwrap_err();
    assert_eq!(alone.code(), "trust-companion");
    let error = load_both(&keys, &active, &other_anchor()).unwrap_err();
    // A bare key, which has no certificates under it.
    assert_eq!(error.code(), "trust-chain");
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn austrias_list_verifies_and_its_twins_do_not() {
    let folder = published::find("trust-lists/at");
    let list = read(folder.join("trustlist.cbor"));
    let signature = read(folder.join("trustlist.sig.cose"));
    let key = anchor(folder.join("anchor.der"));
    assert_eq!(ListFormat::detect(&list), Some(ListFormat::Austrian));
    assert_eq!(
        ListFormat::detect_companion(&signature),
        Some(ListFormat::Austrian)
    );
    let load_both = |list: &[u8], signature: &[u8], anchor: &Anchor| {
        let both = ListBytes::from(list).with_companion(signature);
        signed(ListFormat::Austrian, both, anchor)
    };
    let (store, report) = load_both(&list, &signature, &key).unwrap();
    assert_eq!(counts(&report), [2, 2, 0, 0]);
    assert_eq!(summary(&report), BTreeMap::new());
    // Made with a clock that stood at the epoch.
    let info = &store.lists()[0];
    assert_eq!(info.issued_at(), time("1970-01-01T00:00:00Z"));
    assert_eq!(info.expires_at(), time("1970-01-03T00:00:00Z"));

    let (first, second) = (0..list.len() / 2, list.len() / 2..list.len());
    assert_twins_refused(&list, &[first, second], |twin| {
        load_both(twin, &signature, &key).map(drop)
    });
    // Every single byte of the signature: tag, headers, payload, value.
    for at in 0..signature.len() {
        let mut twin = signature.clone();
        twin[at] ^= 1;
        assert!(load_both(&list, &twin, &key).is_err(), "byte {at}");
        assert!(load_both(&list, &signature[..at], &key).is_err(), "{at}");
    }
    let error = load_both(&list, &signature, &other_anchor()).unwrap_err();
    assert_eq!(error, LoadError::Signature);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn lists_without_a_signature_load_when_that_is_said() {
    for (path, format, expected, limits) in [
        (
            "nl/public_keys.json",
            ListFormat::Dutch,
            [457, 457, 0, 0],
            73,
        ),
        (
            "cwa/default_dsc_list.bin",
            ListFormat::CwaProtobuf,
            [528, 528, 0, 0],
            259,
        ),
        (
            "it/trustlist_it.min.json",
            ListFormat::KeysByKid,
            [849, 849, 0, 0],
            0,
        ),
        (
            "fr/trustlist_fr.min.json",
            ListFormat::KeysByKid,
            [670, 670, 0, 0],
            0,
        ),
        (
            "pl/trustlist_pl.min.json",
            ListFormat::Polish,
            [414, 414, 0, 0],
            173,
        ),
    ] {
        let file = published::find(&format!("trust-lists/{path}"));
        let list = read(file);
        assert_eq!(ListFormat::detect(&list), Some(format), "{path}");
        let (store, report) = unsigned(format, &list);
        assert_eq!(counts(&report), expected, "{path}");
        assert_eq!(limited(&store), limits, "{path}");
        // Georgia's key for signing certificates alone; the others have no
        // certificates, or not that one.
        let noted = match path {
            "cwa/default_dsc_list.bin" => vec![(("certificates-alone", true), 1)],
            _ => vec![],
        };
        assert_eq!(summary(&report), noted.into_iter().collect(), "{path}");
        assert!(!store.lists()[0].is_authenticated());

        let mut builder = TrustStore::builder();
        let error = builder.add_bytes(path, &list).unwrap_err();
        assert_eq!(error.code(), "trust-unsigned", "{path}");
        let error = signed(format, &list, &other_anchor()).unwrap_err();
        assert_eq!(error.code(), "trust-unsigned", "{path}");
    }
}

/// Trust-anchor signatures over national roots of the WHO's network.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_trust_anchor_signed_the_roots() {
    let folder = published::find("gdhcn/cms");
    let chain = String::from_utf8(read(folder.join("PROD-TNG_TA.chain.pem"))).unwrap();
    let blocks: Vec<String> = chain
        .split_inclusive("-----END CERTIFICATE-----\n")
        .map(Into::into)
        .filter(|block: &String| block.contains("BEGIN"))
        .collect();
    let [ta, sign, _root] = blocks.as_slice() else {
        panic!("{} blocks", blocks.len());
    };
    let ta = Anchor::from_bytes(ta.as_bytes()).unwrap();
    let sign = Anchor::from_bytes(sign.as_bytes()).unwrap();
    assert_eq!(
        Anchor::from_bytes(chain.as_bytes()).unwrap_err().code(),
        "anchor-several"
    );
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        seen += 1;
        let item: Value = serde_json::from_slice(&read(&path)).unwrap();
        let der = |name: &str| STANDARD.decode(item[name].as_str().unwrap()).unwrap();
        let (cms, content) = (der("trustAnchorSignature"), der("certificateRawData"));
        ta.verify_cms(&cms, &content).unwrap();
        assert_eq!(sign.verify_cms(&cms, &content), Err(CmsError::Signature));
        let claimed = cms_claimed_signer(&cms, &content).unwrap();
        assert_eq!(Some(&claimed), ta_certificate(&ta));
        // The certificates that come along are not signed; all else is.
        let own = ta_certificate(&ta).unwrap().der();
        let at = cms.windows(own.len()).position(|w| w == own).unwrap();
        let mut accepted = BTreeSet::new();
        for byte in (0..cms.len()).filter(|b| !(at..at + own.len()).contains(b)) {
            let mut twin = cms.clone();
            twin[byte] ^= 1;
            if ta.verify_cms(&twin, &content).is_ok() {
                accepted.insert(byte);
            }
        }
        // Neither in the content, nor in the signed attributes, nor in the
        // signature, which is the last member.
        let content_at = cms.windows(content.len()).position(|w| w == content);
        let content_at = content_at.unwrap();
        let digest = [&[0x04, 0x20], &Sha256::digest(&content)[..]].concat();
        let digest_at = cms.windows(34).position(|w| w == digest).unwrap();
        for range in [
            content_at..content_at + content.len(),
            digest_at - 60..digest_at + 34,
            cms.len() - 70..cms.len(),
        ] {
            assert_eq!(accepted.range(range).next(), None, "{}", path.display());
        }
        for byte in 0..content.len() {
            let mut twin = content.clone();
            twin[byte] ^= 1;
            let error = ta.verify_cms(&cms, &twin).unwrap_err();
            assert_eq!(error, CmsError::Content, "byte {byte}");
        }
        for length in 0..cms.len() {
            assert!(ta.verify_cms(&cms[..length], &content).is_err());
        }
    }
    assert_eq!(seen, 3);
}

fn ta_certificate(anchor: &Anchor) -> Option<&hcert::trust::Dsc> {
    match anchor {
        Anchor::Certificate(certificate) => Some(certificate),
        _ => None,
    }
}

/// Each entry of Germany's lists has the CMS with which its state uploaded it.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_upload_signatures_of_the_field_are_read() {
    for (path, good, sha1) in [
        ("de-acc/demo-dsc-list.json", 608, 1),
        ("de-prod/prod-dsc-list.json", 819, 9),
    ] {
        let path = published::find(&format!("trust-lists/{path}"));
        let file = read(path);
        let json = &file[file.iter().position(|b| *b == b'\n').unwrap()..];
        let list: Value = serde_json::from_slice(json).unwrap();
        let mut outcomes = BTreeMap::<_, usize>::new();
        for entry in list["certificates"].as_array().unwrap() {
            let der = |name: &str| STANDARD.decode(entry[name].as_str().unwrap()).unwrap();
            let (cms, content) = (der("signature"), der("rawData"));
            let outcome = match cms_claimed_signer(&cms, &content) {
                Ok(_) => {
                    let mut twin = content.clone();
                    twin[100] ^= 1;
                    assert!(cms_claimed_signer(&cms, &twin).is_err());
                    ("good", "")
                }
                Err(error) => (error.code(), entry["country"].as_str().unwrap()),
            };
            *outcomes.entry(outcome).or_default() += 1;
        }
        // Norway's digests are SHA-1; Bahrain's certificate is another one.
        let expected = [
            (("cms-algorithm", "NO"), sha1),
            (("cms-signer-missing", "BH"), 1),
            (("good", ""), good),
        ];
        assert_eq!(outcomes, BTreeMap::from(expected));
    }
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn two_acceptance_lists_verify_the_same_vectors() {
    let root = published::find("dgc-testdata");
    let (union, german) = (
        published::find("trust-lists/acc-union.json"),
        published::find("trust-lists/de-acc"),
    );
    let mut builder = TrustStore::builder();
    builder.add_bytes("acc-union", &read(union)).unwrap();
    let union = Verifier::new(builder.build().0);
    let key = anchor(german.join("signing-key.pem"));
    let list = read(german.join("demo-dsc-list.json"));
    let german = Verifier::new(signed(ListFormat::German, &list, &key).unwrap().0);

    let second = std::fs::read_to_string(root.join("second-opinion.jsonl")).unwrap();
    let now = Timestamp::parse("2021-06-01T00:00:00Z").unwrap();
    let (mut both, mut passed) = (0, 0);
    let paths: BTreeSet<String> = second
        .lines()
        .map(|line| {
            let opinion: Value = serde_json::from_str(line).unwrap();
            opinion["path"].as_str().unwrap().to_owned()
        })
        .collect();
    for path in paths {
        let vector = std::fs::read_to_string(root.join(&path)).unwrap();
        let vector: Value = serde_json::from_str(vector.trim_start_matches('\u{feff}')).unwrap();
        let text = vector["PREFIX"].as_str().unwrap_or_default();
        let Ok(unverified) = Unverified::parse(text, &Limits::default()) else {
            continue;
        };
        let Some(kid) = unverified.kid() else {
            continue;
        };
        let keys = |verifier: &Verifier| -> BTreeSet<_> {
            let candidates = verifier.trust().candidates(kid).iter();
            candidates.map(|k| k.public_key().fingerprint()).collect()
        };
        let (a, b) = (keys(&union), keys(&german));
        if a.is_disjoint(&b) {
            continue;
        }
        both += 1;
        let signature = |verifier: &Verifier| {
            let verdict = verifier.verify_parsed(&unverified, now);
            verdict.step(Step::Signature) == &StepResult::Passed
        };
        assert_eq!(signature(&union), signature(&german), "{path}");
        passed += usize::from(signature(&german));
    }
    assert_eq!((both, passed), (241, 241));
}
