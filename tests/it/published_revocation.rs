//! Revocation data that others published: what they say is found in them.
//!
//! Source: cwa-app-android, cwa-server, dgc-bloomfilter and
//! dgca-verifier-app-android (`revocation/`).

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::Limits;
use hcert::format::Unverified;
use hcert::record::ProductCatalogue;
use hcert::revocation::{
    Answer, BloomFilter, Identifier, IdentifierKind, PartitionedList, RevocationError,
    RevocationFormat, RevocationList, RevocationPart, RevocationSource, Slice,
};
use hcert::trust::Anchor;
use hcert_testkit::published::{find, read_json};
use hcert_testkit::text::hex;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(find(&format!("revocation/{name}"))).unwrap()
}

/// Three certificates, three hashes each.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn identifiers_of_the_samples() {
    let path = find("revocation/cwa-RevocationCalculationSampleData.json");
    let samples = read_json(&path).unwrap();
    let mut compared = 0;
    for sample in samples.as_array().unwrap() {
        let text = sample["barcodeData"].as_str().unwrap();
        let certificate = Unverified::parse(text, &Limits::default()).unwrap();
        let (content, _) = certificate.unverified_content(&ProductCatalogue::builtin());
        assert!(content.record().is_ok());
        let all = content.identifiers();
        for (kind, name) in [
            (IdentifierKind::Uci, "expUCI"),
            (IdentifierKind::CountryCodeUci, "expCOUNTRYCODEUCI"),
            (IdentifierKind::Signature, "expSIGNATURE"),
        ] {
            let of_kind = all.iter().filter(|id| id.kind() == kind);
            let ours: Vec<_> = of_kind.map(|id| hex(&id.hash()[..16])).collect();
            let theirs = sample[name].as_str().unwrap();
            assert_eq!(ours, [theirs], "{} {name}", sample["description"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 9);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_signed_list_of_germany() {
    let (list, key) = (
        read("cwa-server-chunk.lst"),
        read("ubirch-test-revocation-list-public-key.pem"),
    );
    let anchor = Anchor::from_bytes(&key).unwrap();
    let read = RevocationList::open("DE", &list, &anchor).unwrap();
    assert_eq!(read.info().format(), RevocationFormat::KidMap);
    assert!(read.info().is_authenticated());
    let groups: Vec<_> = read.groups().collect();
    assert_eq!(groups.len(), 14);
    assert_eq!(read.len(), 586);
    assert_eq!(read.entries().count(), 586);
    let kids: BTreeSet<_> = groups.iter().map(|(kid, ..)| kid.unwrap().len()).collect();
    assert!(kids.contains(&9), "{kids:?}");
    let hashes: BTreeSet<_> = read.entries().map(|(.., hash)| hash.len()).collect();
    assert_eq!(hashes, BTreeSet::from([16, 18]));

    // A prefix of any length is found where it stands, and nowhere else.
    for (kid, kind, hash) in read.entries() {
        let mut whole = [0x5a; 32];
        whole[..hash.len()].copy_from_slice(hash);
        let named = Identifier::new(kind, whole);
        let kid = kid.unwrap();
        assert_eq!(read.answer(kid, None, &named), Answer::Listed);
        whole[hash.len() - 1] ^= 1;
        let other = Identifier::new(kind, whole);
        assert_eq!(read.answer(kid, None, &other), Answer::NotListed);
        assert_eq!(read.answer(b"another", None, &named), Answer::NotListed);
    }

    let unsigned = RevocationList::trust_unsigned("DE", &list).unwrap();
    assert!(!unsigned.info().is_authenticated());
    assert!(unsigned.entries().eq(read.entries()));
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn no_other_bytes_are_the_signed_list() {
    let (list, key) = (
        read("cwa-server-chunk.lst"),
        read("ubirch-test-revocation-list-public-key.pem"),
    );
    let anchor = Anchor::from_bytes(&key).unwrap();
    // Elliptic-curve arithmetic takes its time without optimisation: one bit
    // of each byte, another one each time.
    for (at, bit) in (0..list.len()).zip((0..8).cycle()) {
        let mut flipped = list.clone();
        flipped[at] ^= 1 << bit;
        let read = RevocationList::open("DE", &flipped, &anchor);
        assert!(read.is_err(), "byte {at}, bit {bit}");
    }
    for length in 0..list.len() {
        assert!(RevocationList::open("DE", &list[..length], &anchor).is_err());
        assert!(RevocationList::trust_unsigned("DE", &list[..length]).is_err());
    }
}

/// dgc-bloomfilter, `filter-test.json`: filters as the constructor sizes them,
/// in words of 32 bits; and `testcase1.json`, of an earlier version: one
/// function, and every bit a number.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn bloom_filters_agree() {
    let mut cases = 0;
    for file in ["filter-test", "testcase1"] {
        let path = find(&format!("revocation/dgc-bloomfilter-{file}.json"));
        for case in read_json(&path).unwrap().as_array().unwrap() {
            let numbers = BASE64_STANDARD.decode(case["filter"].as_str().unwrap());
            let numbers: Vec<i32> = serde_json::from_slice(&numbers.unwrap()).unwrap();
            let elements = case["data"].as_array().unwrap();
            let (functions, bits, words) = match file {
                "testcase1" => {
                    let mut words = vec![0; numbers.len().div_ceil(32)];
                    for (at, bit) in numbers.iter().enumerate() {
                        words[at / 32] |= u32::try_from(*bit).unwrap() << (31 - at % 32);
                    }
                    (1, numbers.len(), words)
                }
                _ => {
                    let bits = numbers.len() * 32;
                    let functions = bits as f64 / elements.len() as f64 * 2f64.ln();
                    let words = numbers.iter().map(|n| n.cast_unsigned()).collect();
                    (functions.round() as u8, bits, words)
                }
            };
            let filter = BloomFilter::new(functions, bits as u64, words).unwrap();
            let exists: Vec<u8> = serde_json::from_str(case["exists"].as_str().unwrap()).unwrap();
            for (element, exists) in elements.iter().zip(exists) {
                let element = element.as_str().unwrap();
                let found = filter.might_contain(element.as_bytes());
                assert_eq!(found, exists == 1, "{element} in {case}");
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 7);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_mock_slice_of_the_app() {
    let path = find("revocation/dgca-mock-slice.json");
    let json = read_json(&path).unwrap();
    let content = BASE64_STANDARD.decode(json["content"].as_str().unwrap());
    let content = content.unwrap();
    let slice = Slice::from_bytes(&content).unwrap();
    let Slice::Hashes(hashes) = &slice else {
        panic!("{slice:?}");
    };
    assert_eq!(hashes.len(), 5);
    let digits = str::from_utf8(&content).unwrap();
    for hash in hashes.hashes() {
        assert!(digits.contains(&hex(hash)));
        let mut hash: [u8; 32] = hash.try_into().unwrap();
        assert!(slice.might_contain(&hash));
        hash[31] ^= 1;
        assert!(!slice.might_contain(&hash));
    }
    assert!(Slice::from_bytes(&content[1..]).is_err());
}

/// The app's mock data are not one distribution: the kid is in the mode
/// `VECTOR`, its partitions in all modes, and in the chunks members stand
/// twice.
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_mock_lists_of_the_app() {
    let [lists, partitions, chunks] =
        ["lists", "partitions", "chunks"].map(|name| read(&format!("dgca-mock-{name}.json")));
    let part = |bytes| RevocationPart::trust_unsigned(bytes).unwrap();
    assert_eq!(
        RevocationFormat::detect(&lists),
        Some(RevocationFormat::Partitioned)
    );
    let mut list = PartitionedList::from_lists("EU", part(&lists)).unwrap();
    let kid = BASE64_STANDARD.decode("9cWXDDA52FQ=").unwrap();
    let id = Identifier::of(IdentifierKind::Uci, b"any");
    assert_eq!(list.answer(&kid, None, &id), Answer::NotCovered);
    assert_eq!(list.answer(b"another", None, &id), Answer::NotListed);
    let error = list.add_partitions(&kid, part(&partitions)).unwrap_err();
    assert_eq!(error.code(), "revocation-part");
    let error = list.add_partitions(&kid, part(&chunks)).unwrap_err();
    assert!(matches!(error, RevocationError::DuplicateMember { .. }));
    // Nothing of it was taken.
    assert_eq!(list.answer(&kid, None, &id), Answer::NotCovered);

    // Those of the right mode alone.
    let mut vectors: serde_json::Value = serde_json::from_slice(&partitions).unwrap();
    let all = vectors.as_array_mut().unwrap();
    all.retain(|partition| partition["id"].as_str().unwrap().ends_with("_vector"));
    assert!(!all.is_empty());
    let vectors = vectors.to_string();
    list.add_partitions(&kid, part(vectors.as_bytes())).unwrap();
    assert!(list.missing_slices().count() > 0);
}
