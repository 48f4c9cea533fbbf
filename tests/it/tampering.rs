//! No single-bit flip of a certificate makes another one of it, nor changes
//! who signed it.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hcert::format::Unverified;
use hcert::format::hc1::cose::CoseSign1;
use hcert::issue::Issuer;
use hcert::record::{Holder, Record, Recovery, Test, TestKind, TestResult, Uvci, Vaccination};
use hcert::trust::{Dsc, Kid, TrustStore, TrustStoreBuilder};
use hcert::verify::{Step, Verdict, Verifier};
use hcert::{Date, Limits, PartialDate, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, Raw, RsaSigner, header};
use hcert_testkit::time::Plus as _;
use hcert_testkit::{pki, published};

/// Somebody's certificate, and a time at which it is valid.
struct Sample {
    name: String,
    cose: Vec<u8>,
    dsc: Dsc,
    now: Timestamp,
}

/// Fictitious people of all ages, scripts and kinds of certificate.
fn records() -> Vec<(&'static str, Record)> {
    let date = |text| Date::parse(text).unwrap();
    let people = [
        ("Musterfrau-Gößinger", "Gabriele", "1998-02-26"),
        ("d'Červenková Panklová", "Jiřina-Maria Alena", "1979-04-14"),
        ("Ελευθερίου", "Πηνελόπη", "1950"),
        ("Βραχοπούλου", "Άννα", "1971-11"),
        ("Петрова", "Мария", ""),
        ("O", "", "2021-01-01"),
        ("Ødegård Æbelø", "Søren Åge", "1903-12-31"),
        ("Şahin-Çelik", "İbrahim", "1988-08-08"),
    ];
    let products = [
        ("1119349007", "EU/1/20/1528", "ORG-100030215", 2, 2),
        ("1119305005", "Covishield", "ORG-100001981", 1, 2),
        ("J07BX03", "EU/1/20/1525", "ORG-100001417", 1, 1),
        ("1119349007", "EU/1/20/1507", "ORG-100031184", 3, 3),
    ];
    let mut records = Vec::new();
    for (n, (family, given, born)) in people.into_iter().enumerate() {
        let holder = Holder::new(family, given, PartialDate::parse(born).unwrap()).unwrap();
        let id = |kind: &str| Uvci::from_opaque("XX", &format!("{kind}{n}")).unwrap();
        let (vaccine, product, manufacturer, number, total) = products[n % 4];
        let vaccination = Vaccination::builder()
            .vaccine(vaccine)
            .product(product)
            .manufacturer(manufacturer)
            .dose(number, total)
            .date(date("2021-05-29"))
            .country("XX")
            .issuer("Ministry of Health")
            .id(&id("V"))
            .build();
        records.push((
            "v",
            Record::new(holder.clone(), vaccination.unwrap()).unwrap(),
        ));
        let test = Test::builder()
            .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
            .result(
                [
                    TestResult::Negative,
                    TestResult::Positive,
                    TestResult::Inconclusive,
                ][n % 3],
            )
            .centre("Testing centre 1")
            .country("XX")
            .issuer("Ministry of Health")
            .id(&id("T"));
        let test = match n % 3 {
            0 => test.kind(TestKind::Naat).name("A PCR test"),
            1 => test.kind(TestKind::RapidAntigen).device("1232"),
            _ => test.kind(TestKind::Other("LP217201-5")),
        };
        records.push((
            "t",
            Record::new(holder.clone(), test.build().unwrap()).unwrap(),
        ));
        let recovery = Recovery::builder()
            .first_positive(date("2021-04-21"))
            .valid(date("2021-05-02"), date("2021-10-18"))
            .country("XX")
            .issuer("Ministry of Health")
            .id(&id("R"));
        records.push(("r", Record::new(holder, recovery.build().unwrap()).unwrap()));
    }
    records
}

fn rsa_dsc(signer: &RsaSigner) -> Dsc {
    use p256::pkcs8::{Document, LineEnding};
    let pem = Document::try_from(signer.spki_der().as_slice()).unwrap();
    let pem = pem.to_pem("PUBLIC KEY", LineEnding::LF).unwrap();
    let spec = pki::CertificateSpec {
        subject: "CN=DSC RSA,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 3,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku: &[],
        ca: false,
    };
    let csca = pki::TestKey::new("csca");
    Dsc::from_der(&pki::certificate_over_pem(&spec, &pem, &csca).unwrap()).unwrap()
}

/// 24 by ES256 and 6 by PS256 as issued, and 6 in the forms of the field.
fn fictitious() -> Vec<Sample> {
    let sample = |name: String, cose: Vec<u8>, dsc: &Dsc| Sample {
        name,
        cose,
        dsc: dsc.clone(),
        now: NOW,
    };
    let es256 = issuer("a", &[]);
    let rsa = RsaSigner::new(2048);
    let ps256 = Issuer::new(rsa_dsc(&rsa), &rsa).unwrap();
    let mut samples = Vec::new();
    for (n, (kind, record)) in records().iter().enumerate() {
        let issued = es256.issue(record, VALIDITY).unwrap();
        samples.push(sample(
            format!("ES256 {kind}{n}"),
            issued.cose().to_vec(),
            es256.dsc(),
        ));
        if n % 4 == 0 {
            let issued = ps256.issue(record, VALIDITY).unwrap();
            samples.push(sample(
                format!("PS256 {kind}{n}"),
                issued.cose().to_vec(),
                ps256.dsc(),
            ));
        }
    }
    let id = es256.dsc().kid();
    let kid = Some(id.as_bytes());
    let plain = Raw::new(id.as_bytes());
    let mut untagged = plain.clone();
    untagged.tags = vec![];
    let mut cwt = plain.clone();
    cwt.tags = vec![0xd8, 61, 0xd2];
    let outside = plain.clone().unprotected(header(Some(raw::ES256), kid));
    let mut empty = outside.clone();
    empty.protected = vec![];
    let mut empty_map = outside.clone();
    empty_map.protected = vec![0xa0];
    let kid_outside = plain
        .protected(header(Some(raw::ES256), None))
        .unprotected(header(None, kid));
    for (name, raw) in [
        ("untagged", untagged),
        ("CWT tag", cwt),
        ("both headers", outside),
        ("empty header", empty),
        ("empty map", empty_map),
        ("kid unprotected", kid_outside),
    ] {
        samples.push(sample(name.into(), raw.sign(&signer("a")), es256.dsc()));
    }
    samples
}

/// 14 published certificates that verify: PS256 first, as they are rare, then
/// one a country and kind.
fn published_samples() -> Vec<Sample> {
    let root = published::find("dgc-testdata");
    let files = published::json_files(&root);
    let mut seen = std::collections::BTreeSet::new();
    let mut samples = [Vec::new(), Vec::new()];
    for path in files {
        let Some((sample, rsa)) = vector(&root, &path) else {
            continue;
        };
        let verdict = verifier(&[&sample], |_| {}).verify_parsed(&parse(&sample.cose), sample.now);
        let Some(verified) = verdict.verified() else {
            continue;
        };
        let kind = verified.record().entries()[0].usage();
        if seen.insert((sample.name[..2].to_owned(), kind)) {
            samples[usize::from(!rsa)].push(sample);
        }
    }
    let [mut samples, es256] = samples;
    println!("published: {} PS256, {} ES256", samples.len(), es256.len());
    samples.truncate(4);
    let step = (es256.len() / (14 - samples.len())).max(1);
    samples.extend(es256.into_iter().step_by(step));
    samples.truncate(14);
    samples
}

fn vector(root: &Path, path: &Path) -> Option<(Sample, bool)> {
    let json = published::read_json(path)?;
    let context = json.get("TESTCTX")?;
    let der = context.get("CERTIFICATE")?.as_str()?;
    let der = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, der).ok()?;
    let cose = Unverified::parse(json.get("PREFIX")?.as_str()?, &Limits::default()).ok()?;
    let dsc = Dsc::from_der(&der).ok()?;
    let rsa = dsc.public_key().algorithm() == Some(hcert::crypto::Algorithm::Ps256);
    let sample = Sample {
        name: path.strip_prefix(root).unwrap().display().to_string(),
        cose: cose.cose_bytes().to_vec(),
        dsc,
        now: Timestamp::parse(context.get("VALIDATIONCLOCK")?.as_str()?).ok()?,
    };
    Some((sample, rsa))
}

fn parse(cose: &[u8]) -> Unverified {
    Unverified::from_cose(cose.to_vec(), &Limits::default()).unwrap()
}

fn kid(sample: &Sample) -> Kid {
    parse(&sample.cose).kid().unwrap().clone()
}

/// Trusts the keys of the samples under the kids that they name.
fn verifier(samples: &[&Sample], more: impl FnOnce(&mut TrustStoreBuilder)) -> Verifier {
    let mut builder = TrustStore::builder();
    for sample in samples {
        builder
            .add_certificate_der_as("test", kid(sample), sample.dsc.der())
            .unwrap();
    }
    more(&mut builder);
    Verifier::new(builder.build().0)
}

/// What a flipped certificate must not have changed, if its signature holds.
fn same(original: &Verdict, flipped: &Verdict) -> bool {
    let claims = |v: &Verdict| {
        let c = v.signed_claims().unwrap();
        let times = [c.expires_at(), c.issued_at(), c.not_before()];
        (c.issuer().map(str::to_owned), times, c.payload_json())
    };
    let key = |v: &Verdict| v.signer().unwrap().public_key().clone();
    original.signed_record() == flipped.signed_record()
        && claims(original) == claims(flipped)
        && key(original) == key(flipped)
        && original.outcome() == flipped.outcome()
}

/// Protected header, payload and signature: what a signature is about.
fn signed_parts(cose: &[u8]) -> Option<[Vec<u8>; 3]> {
    let cose = CoseSign1::parse(cose.to_vec(), &Limits::default(), &mut Vec::new()).ok()?;
    Some(
        [
            cose.protected(),
            cose.unverified_payload(),
            cose.signature(),
        ]
        .map(<[u8]>::to_vec),
    )
}

/// Tries every flip, and says how many were tried and how many still verify.
fn flip_each_bit(sample: &Sample, verifier: &Verifier) -> (usize, usize) {
    let original = verifier.verify_parsed(&parse(&sample.cose), sample.now);
    assert!(
        original.verified().is_some(),
        "{}: {original:#?}",
        sample.name
    );
    let parts = signed_parts(&sample.cose);
    let mut cose = sample.cose.clone();
    let mut still = 0;
    for bit in 0..cose.len() * 8 {
        let (byte, mask) = (bit / 8, 1 << (bit % 8));
        cose[byte] ^= mask;
        if let Ok(unverified) = Unverified::from_cose(cose.clone(), &Limits::default()) {
            let verdict = verifier.verify_parsed(&unverified, sample.now);
            if verdict.step(Step::Signature).word() == "passed" {
                let at = format!("{}: bit {bit} of {}", sample.name, cose.len() * 8);
                assert!(same(&original, &verdict), "{at}");
                assert_eq!(signed_parts(&cose), parts, "{at}");
                still += 1;
            } else {
                assert!(verdict.signed_record().is_none() && verdict.verified().is_none());
            }
        }
        cose[byte] ^= mask;
    }
    (cose.len() * 8, still)
}

#[test]
fn no_flip_of_a_bit_changes_content_or_key_under_a_good_signature() {
    let mut samples = fictitious();
    // The rest of the fifty, by another key and at other times.
    let other = issuer("b", &[]);
    for (n, (kind, record)) in records().iter().enumerate().take(14) {
        let mut validity = VALIDITY;
        validity.issued_at = ISSUED.plus(n as i64 * 3600);
        let issued = other.issue(record, validity).unwrap();
        samples.push(Sample {
            name: format!("ES256 b {kind}{n}"),
            cose: issued.cose().to_vec(),
            dsc: other.dsc().clone(),
            now: NOW,
        });
    }
    assert!(samples.len() >= 50, "{} samples", samples.len());
    flip_all(&samples);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn no_flip_of_a_bit_changes_a_published_certificate() {
    let samples = published_samples();
    assert_eq!(samples.len(), 14);
    flip_all(&samples);
}

fn flip_all(samples: &[Sample]) {
    // Whatever kid a flip turns into, there is a trusted key under it.
    let decoy = dsc("decoy", &[]);
    let verifier = verifier(&samples.iter().collect::<Vec<_>>(), |builder| {
        for sample in samples {
            let kid = kid(sample);
            for bit in 0..kid.as_bytes().len() * 8 {
                let mut neighbour = kid.as_bytes().to_vec();
                neighbour[bit / 8] ^= 1 << (bit % 8);
                let neighbour = Kid::new(neighbour).unwrap();
                for dsc in [&decoy, &sample.dsc] {
                    builder
                        .add_certificate_der_as("decoy", neighbour.clone(), dsc.der())
                        .unwrap();
                }
            }
        }
    });
    let (next, totals) = (AtomicUsize::new(0), Mutex::new((0, 0)));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(sample) = samples.get(next.fetch_add(1, Relaxed)) {
                    let (tried, still) = flip_each_bit(sample, &verifier);
                    let mut totals = totals.lock().unwrap();
                    totals.0 += tried;
                    totals.1 += still;
                }
            });
        }
    });
    let (tried, still) = totals.into_inner().unwrap();
    println!(
        "{} certificates, {tried} flips, {still} still verify",
        samples.len()
    );
    // Flips in an unprotected header or a tag leave the signature whole.
    assert!(still > 0, "the test sees no flip that verifies");
}

/// The same from the outside: a text with other characters in it.
#[test]
fn no_change_of_the_text_gives_another_certificate() {
    let issued = issued("a", &vaccination());
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let original = verifier.verify(issued.text(), NOW);
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for at in 0..issued.text().len() {
        for step in [1, 7, 23] {
            let mut text = issued.text().as_bytes().to_vec();
            let digit = alphabet.iter().position(|c| *c == text[at]).unwrap();
            text[at] = alphabet[(digit + step) % 45];
            let verdict = verifier.verify(str::from_utf8(&text).unwrap(), NOW);
            if verdict.verified().is_some() {
                assert!(same(&original, &verdict), "character {at}");
            }
        }
    }
}
