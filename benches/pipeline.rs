//! What each stage of reading costs, what the whole costs next to the bare
//! signature verification in it and with few or many issuers, and scanning,
//! loading and issuing.
//!
//! `cargo bench --bench pipeline`, with `--features scan` for scanning. The
//! certificate is an Austrian one of dgc-testdata, and the trust list the EU's
//! acceptance environment, if `HCERT_VECTORS` names the directory that holds
//! them; else fictitious ones.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use divan::Bencher;
use hcert::crypto::PublicKey;
use hcert::format::hc1::cose::CoseSign1;
use hcert::format::hc1::cwt::Claims;
use hcert::format::hc1::{cbor, payload, text, zlib};
use hcert::issue::{Compression, Issuer, P256Signer, Validity};
use hcert::record::{Holder, ProductCatalogue, Record, Uvci, Vaccination};
use hcert::trust::{Dsc, TrustStore};
use hcert::verify::{Outcome, Verifier};
use hcert::{Date, Limits, PartialDate, Timestamp};
use hcert_testkit::pki::{self, CertificateSpec, Error, TestKey};
use sha2::{Digest, Sha256};

/// A certificate with all that its stages give.
struct Sample {
    origin: &'static str,
    text: String,
    der: Vec<u8>,
    now: Timestamp,
    compressed: Vec<u8>,
    cose: Vec<u8>,
    payload: Vec<u8>,
    claims: Claims,
    /// The Sig_structure (RFC 9052 §4.4).
    message: Vec<u8>,
    digest: [u8; 32],
    signature: Vec<u8>,
    key: p256_verify::PreparedKey,
    verifier: Verifier,
}

/// What the arithmetic alone takes is what all else is compared with.
fn prepared(key: &PublicKey) -> Option<p256_verify::PreparedKey> {
    let point = key.spki_der().last_chunk()?;
    let key = p256_verify::PublicKey::from_coordinates(point).ok()?;
    Some(p256_verify::PreparedKey::new(&key))
}

impl Sample {
    fn new(origin: &'static str, text: String, der: &[u8], now: Timestamp) -> Result<Self, Error> {
        let limits = Limits::default();
        let compressed = text::decode(&text, &limits, &mut Vec::new())?;
        let cose = zlib::inflate(&compressed, &limits)?;
        let parsed = CoseSign1::parse(cose.clone(), &limits, &mut Vec::new())?;
        let payload = parsed.unverified_payload().to_vec();
        let dsc = Dsc::from_der(der)?;
        let message = coset::sig_structure_data(
            coset::SignatureContext::CoseSign1,
            coset::ProtectedHeader {
                original_data: Some(parsed.protected().to_vec()),
                header: coset::Header::default(),
            },
            None,
            b"",
            &payload,
        );
        let verifier = Verifier::new(store([der])?);
        let outcome = verifier.verify(&text, now).outcome();
        if outcome != Outcome::Valid {
            return Err(format!("the certificate to measure is {outcome}").into());
        }
        Ok(Self {
            origin,
            now,
            digest: Sha256::digest(&message).into(),
            message,
            signature: parsed.signature().to_vec(),
            key: prepared(dsc.public_key()).ok_or("no P-256 key")?,
            claims: Claims::parse_unverified(&payload, &limits, &mut Vec::new())?,
            text,
            der: der.to_vec(),
            compressed,
            cose,
            payload,
            verifier,
        })
    }

    fn published() -> Result<Option<Self>, Error> {
        let Some(folder) = vectors("dgc-testdata/AT/2DCode/raw") else {
            return Ok(None);
        };
        let mut paths: Vec<_> = std::fs::read_dir(folder)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let json: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
            let member = |pointer| json.pointer(pointer).and_then(serde_json::Value::as_str);
            if let (Some(text), Some(der), Some(clock)) = (
                member("/PREFIX"),
                member("/TESTCTX/CERTIFICATE"),
                member("/TESTCTX/VALIDATIONCLOCK"),
            ) {
                let der = BASE64_STANDARD.decode(der)?;
                let now = Timestamp::parse(clock)?;
                return Self::new("AT of dgc-testdata", text.into(), &der, now).map(Some);
            }
        }
        Ok(None)
    }

    fn fictitious() -> Result<Self, Error> {
        let issuer = issuer()?;
        let issued = issuer.issue(&record()?, VALIDITY)?;
        let der = issuer.dsc().der();
        Self::new("fictitious", issued.text().into(), der, VALIDITY.issued_at)
    }
}

fn store<T: AsRef<[u8]>>(ders: impl IntoIterator<Item = T>) -> Result<TrustStore, Error> {
    let mut builder = TrustStore::builder();
    for der in ders {
        builder.add_certificate_der("benchmark", der.as_ref())?;
    }
    Ok(builder.build().0)
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let found = Sample::published().and_then(|found| found.map_or_else(Sample::fictitious, Ok));
    found.unwrap_or_else(|e| fail(&e))
});

fn fail(error: &Error) -> ! {
    eprintln!("pipeline: {error}");
    std::process::exit(1)
}

fn vectors(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("HCERT_VECTORS").map(PathBuf::from);
    let root = root.unwrap_or_else(|| {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors")
    });
    Some(root.join(path)).filter(|path| path.exists())
}

const VALIDITY: Validity = Validity {
    issued_at: Timestamp::from_seconds(1_622_505_600),
    expires_at: Timestamp::from_seconds(1_638_316_800),
};

fn dsc(serial: u32, key: &TestKey) -> Result<Vec<u8>, Error> {
    let spec = CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z")?,
        not_after: Timestamp::parse("2023-01-01T00:00:00Z")?,
        eku: &[],
        ca: false,
    };
    pki::certificate(&spec, key, &TestKey::new("csca"))
}

fn issuer() -> Result<Issuer<P256Signer>, Error> {
    issuer_of(TestKey::new("a"))
}

fn issuer_of(key: TestKey) -> Result<Issuer<P256Signer>, Error> {
    let signer = P256Signer::from_pkcs8_pem(&key.pkcs8_pem()?)?;
    let issuer = Issuer::new(Dsc::from_der(&dsc(1, &key)?)?, signer)?;
    Ok(issuer.with_compression(Compression::Fast))
}

fn record() -> Result<Record, Error> {
    let born = PartialDate::parse("1998-02-26")?;
    let holder = Holder::new("Musterfrau-Gößinger", "Gabriele", born)?;
    let vaccination = Vaccination::builder()
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(Date::parse("2021-05-29")?)
        .country("XX")
        .issuer("Ministry of Health")
        .id(&Uvci::from_opaque(
            "XX",
            "B5921A35D6A0D696421B3E2462178297",
        )?)
        .build()?;
    Ok(Record::new(holder, vaccination)?)
}

#[divan::bench]
fn stage_1_base45(bencher: Bencher) {
    let (sample, limits) = (&*SAMPLE, Limits::default());
    bencher.bench(|| text::decode(black_box(&sample.text), &limits, &mut Vec::new()));
}

#[divan::bench]
fn stage_2_inflate(bencher: Bencher) {
    let (sample, limits) = (&*SAMPLE, Limits::default());
    bencher.bench(|| zlib::inflate(black_box(&sample.compressed), &limits));
}

#[divan::bench]
fn stage_3_cose(bencher: Bencher) {
    let (sample, limits) = (&*SAMPLE, Limits::default());
    bencher
        .with_inputs(|| sample.cose.clone())
        .bench_values(|cose| CoseSign1::parse(cose, &limits, &mut Vec::new()));
}

/// SHA-256 of the Sig_structure.
#[divan::bench]
fn stage_4_digest(bencher: Bencher) {
    let sample = &*SAMPLE;
    bencher.bench(|| Sha256::digest(black_box(&sample.message)));
}

/// What the library behind it takes: the digest and the signature are ready.
#[divan::bench]
fn stage_4_signature_raw(bencher: Bencher) {
    let sample = &*SAMPLE;
    bencher.bench(|| raw(black_box(sample)));
}

/// The guard alone, which is a part of the claims.
#[divan::bench]
fn stage_5_check(bencher: Bencher) {
    let (sample, limits) = (&*SAMPLE, Limits::default());
    bencher.bench(|| cbor::check(black_box(&sample.payload), &limits));
}

#[divan::bench]
fn stage_5_claims(bencher: Bencher) {
    let (sample, limits) = (&*SAMPLE, Limits::default());
    bencher
        .bench(|| Claims::parse_unverified(black_box(&sample.payload), &limits, &mut Vec::new()));
}

#[divan::bench]
fn stage_6_record(bencher: Bencher) {
    let sample = &*SAMPLE;
    bencher.bench(|| {
        payload::read_unverified(
            black_box(&sample.claims),
            &ProductCatalogue::builtin(),
            &mut Vec::new(),
        )
    });
}

#[divan::bench]
fn whole_verify(bencher: Bencher) {
    let sample = &*SAMPLE;
    bencher.bench(|| whole(black_box(sample)));
}

/// The first certificate of a key.
#[divan::bench]
fn whole_verify_cold(bencher: Bencher) {
    let sample = &*SAMPLE;
    let fresh = || Verifier::new(store([&sample.der]).unwrap_or_else(|e| fail(&e)));
    bencher
        .with_inputs(fresh)
        .bench_refs(|verifier| verifier.verify(black_box(&sample.text), sample.now));
}

/// A certificate of each of so many issuers in turn.
#[divan::bench(args = [1, 71, 256])]
fn whole_verify_keys(bencher: Bencher, keys: usize) {
    let made: Result<Vec<_>, Error> = (0..keys)
        .map(|n| {
            let issuer = issuer_of(TestKey::new(&n.to_string()))?;
            let text = issuer.issue(&record()?, VALIDITY)?.text().to_owned();
            Ok((text, issuer.dsc().der().to_vec()))
        })
        .collect();
    let (texts, ders): (Vec<_>, Vec<_>) = made.unwrap_or_else(|e| fail(&e)).into_iter().unzip();
    let verifier = Verifier::new(store(&ders).unwrap_or_else(|e| fail(&e)));
    let verify = |text: &String| verifier.verify(text, VALIDITY.issued_at).outcome();
    let valid = |text: &String| verify(text) == Outcome::Valid;
    assert!(texts.iter().chain(&texts).all(valid));
    let mut texts = texts.iter().cycle();
    bencher.bench_local(|| texts.next().map(verify));
}

/// From the picture of a symbol to its text.
#[cfg(all(feature = "scan", feature = "png"))]
#[divan::bench]
fn scan(bencher: Bencher) {
    use hcert::qr::{EcLevel, QrSymbol, ScanLimits, scan};
    let symbol = QrSymbol::encode(&SAMPLE.text, EcLevel::Q);
    let picture = symbol.and_then(|symbol| symbol.to_png(4));
    let picture = picture.unwrap_or_else(|e| fail(&e.into()));
    let limits = ScanLimits::default();
    let found = scan(&picture, &limits).unwrap_or_else(|e| fail(&e.into()));
    assert!(found.iter().any(|code| code.text() == SAMPLE.text));
    bencher.bench(|| scan(black_box(&picture), &limits));
}

#[divan::bench(args = [Compression::Fast, Compression::Smallest])]
fn issue(bencher: Bencher, compression: Compression) {
    let made = issuer().and_then(|issuer| Ok((issuer.with_compression(compression), record()?)));
    let (issuer, record) = made.unwrap_or_else(|e| fail(&e));
    bencher.bench(|| issuer.issue(black_box(&record), VALIDITY));
}

#[divan::bench]
fn load_trust_list(bencher: Bencher) {
    let list = trust_list().unwrap_or_else(|e| fail(&e)).1;
    bencher.bench(|| {
        let mut builder = TrustStore::builder();
        let added = builder.add_bytes("benchmark", black_box(&list)).is_ok();
        (added, builder.build())
    });
}

/// The published list of 756 signers, or as many made from a hundred.
fn trust_list() -> Result<(&'static str, Vec<u8>), Error> {
    if let Some(path) = vectors("trust-lists/acc-union.json") {
        return Ok(("acc-union.json", std::fs::read(path)?));
    }
    let made: Vec<_> = (0..756)
        .map(|n| Ok(BASE64_STANDARD.encode(dsc(n + 1, &TestKey::new(&format!("{}", n % 100)))?)))
        .collect::<Result<_, Error>>()?;
    let entries: Vec<_> = made
        .iter()
        .map(|der| serde_json::json!({ "rawData": der }))
        .collect();
    let list = serde_json::json!({ "certificates": entries });
    Ok(("fictitious", serde_json::to_vec(&list)?))
}

fn raw(sample: &Sample) -> bool {
    let verified = sample.key.verify_digest(&sample.digest, &sample.signature);
    verified.is_ok()
}

fn whole(sample: &Sample) -> bool {
    sample.verifier.verify(&sample.text, sample.now).outcome() == Outcome::Valid
}

/// One after the other, so that what else the machine does hits both.
fn ratio(rounds: usize) {
    let sample = &*SAMPLE;
    let timed = |f: fn(&Sample) -> bool| {
        let start = Instant::now();
        let good = f(black_box(sample));
        let took = start.elapsed();
        assert!(
            black_box(good),
            "the certificate to measure does not verify"
        );
        took
    };
    let (mut raws, mut wholes) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Neither is always the one that finds the caches warm.
        if round % 2 == 0 {
            raws.push(timed(raw));
            wholes.push(timed(whole));
        } else {
            wholes.push(timed(whole));
            raws.push(timed(raw));
        }
    }
    let (raw, whole) = (median(raws), median(wholes));
    let ratio = whole.as_secs_f64() / raw.as_secs_f64();
    println!(
        "{}: prepared key {raw:.1?}, whole verify {whole:.1?}, ratio {ratio:.3} (median of {rounds} interleaved rounds)",
        sample.origin
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() {
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|arg| arg == "--bench");
    ratio(if measured { 5000 } else { 1 });
    match trust_list() {
        Ok((name, list)) => {
            let mut builder = TrustStore::builder();
            if let Err(e) = builder.add_bytes("benchmark", &list) {
                fail(&e.into());
            }
            println!("trust list {name}: {} keys", builder.build().0.len());
        }
        Err(e) => fail(&e),
    }
    divan::main();
}
