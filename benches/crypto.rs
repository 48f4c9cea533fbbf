//! What verifying an ES256 signature costs with a prepared key and without,
//! and what preparing costs.
//!
//! `cargo bench --bench crypto`. First a table of ratios from rounds in which
//! each takes its turn, then divan's own measurements.

use std::hint::black_box;
use std::sync::{Barrier, LazyLock};
use std::time::{Duration, Instant};

use divan::Bencher;
use hcert::crypto::PublicKey;
use hcert::trust::{KeyUsage, Kid, TrustStore};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256_verify::PreparedKey;
use sha2::{Digest, Sha256};

/// As many issuer keys as the published test data have.
const KEYS: u8 = 71;
const MESSAGE: &[u8] = &[7; 300];

struct Signed {
    /// Nobody prepares this one: a few multiples are made for each use.
    plain: PublicKey,
    /// A trust store does, and finds it.
    stored: PublicKey,
    point: p256_verify::PublicKey,
    prepared: PreparedKey,
    signature: [u8; 64],
}

struct Inputs {
    keys: Vec<Signed>,
    /// Keeps the keys prepared.
    _store: TrustStore,
}

static INPUTS: LazyLock<Option<Inputs>> = LazyLock::new(|| {
    let mut builder = TrustStore::builder();
    let mut keys = Vec::new();
    for n in 0..KEYS {
        let mut secret = [n; 32];
        secret[0] = 1;
        let secret = SigningKey::from_slice(&secret).ok()?;
        let signature: Signature = secret.sign(MESSAGE);
        let point = secret.verifying_key().to_sec1_point(false);
        let (x, y) = ((*point.x()?).into(), (*point.y()?).into());
        let bare = p256_verify::PublicKey::from_sec1_bytes(point.as_bytes()).ok()?;
        let plain = PublicKey::from_p256_coordinates(&x, &y).ok()?;
        let stored = PublicKey::from_p256_coordinates(&x, &y).ok()?;
        let kid = Kid::of_public_key(&stored);
        let added = builder.add_public_key("benchmark", kid, stored.clone(), None, KeyUsage::ANY);
        added.ok()?;
        keys.push(Signed {
            prepared: PreparedKey::new(&bare),
            point: bare,
            signature: signature.to_bytes().into(),
            plain,
            stored,
        });
    }
    let (store, _) = builder.build();
    (store.prepare() == keys.len()).then_some(Inputs {
        keys,
        _store: store,
    })
});

fn plain(signed: &Signed) -> bool {
    let signature = black_box(&signed.signature);
    signed.plain.verify(&[MESSAGE], signature).is_ok()
}

fn stored(signed: &Signed) -> bool {
    let signature = black_box(&signed.signature);
    signed.stored.verify(&[MESSAGE], signature).is_ok()
}

fn prepared(signed: &Signed) -> bool {
    let signature = black_box(&signed.signature);
    let digest = Sha256::digest(MESSAGE).into();
    signed.prepared.verify_digest(&digest, signature).is_ok()
}

fn prepare(signed: &Signed) -> bool {
    PreparedKey::new(black_box(&signed.point)).memory() > 0
}

/// What to measure, with how many keys in rotation.
type Row = (&'static str, fn(&Signed) -> bool, usize);

const ROWS: [Row; 6] = [
    ("plain, 71 keys in rotation", plain, 71),
    ("prepared, one key", prepared, 1),
    ("prepared, 71 keys in rotation", prepared, 71),
    ("prepared by a store, one key", stored, 1),
    ("prepared by a store, 71 keys in rotation", stored, 71),
    ("preparing", prepare, 71),
];

/// A short run of each in turn, again and again: what else the machine does
/// hits all of them, and the least time of each is one without.
fn ratios(inputs: &Inputs, rounds: usize) {
    let mut least = [Duration::MAX; ROWS.len()];
    for round in 0..rounds {
        for (least, (_, run, keys)) in least.iter_mut().zip(ROWS) {
            let keys = inputs.keys.iter().take(keys).cycle().skip(round * 8 % keys);
            let start = Instant::now();
            let good = keys.take(8).all(run);
            *least = start.elapsed().min(*least);
            assert!(good, "what is to be measured does not verify");
        }
    }
    for ((name, ..), time) in ROWS.iter().zip(least) {
        let ratio = time.as_secs_f64() / least[0].as_secs_f64();
        println!("{name}: {:.1?}, ratio {ratio:.3}", time / 8);
    }
}

/// Signatures a second of two threads with one store, over those of one: by
/// the round that other programs disturbed least.
fn threads(inputs: &Inputs, rounds: usize, keys: usize) -> f64 {
    let verify = || {
        let keys = inputs.keys.iter().take(keys).cycle();
        let start = Instant::now();
        assert!(keys.take(40).all(stored));
        start.elapsed()
    };
    let (mut one, mut two) = (Duration::MAX, Duration::MAX);
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let other_thread = scope.spawn(|| {
            let run = |_| {
                start.wait();
                verify()
            };
            (0..rounds).map(run).collect::<Vec<_>>()
        });
        let mut times = Vec::new();
        for _ in 0..rounds {
            start.wait();
            times.push(verify());
        }
        let other = other_thread.join().unwrap_or_default();
        for (time, other) in times.iter().zip(&other) {
            two = two.min(*time.max(other));
        }
    });
    for _ in 0..rounds {
        one = one.min(verify());
    }
    2.0 * one.as_secs_f64() / two.as_secs_f64()
}

#[divan::bench]
fn es256_plain(bencher: Bencher) {
    if let Some(signed) = INPUTS.as_ref().and_then(|inputs| inputs.keys.first()) {
        bencher.bench(|| plain(signed));
    }
}

#[divan::bench]
fn es256_prepared(bencher: Bencher) {
    if let Some(signed) = INPUTS.as_ref().and_then(|inputs| inputs.keys.first()) {
        bencher.bench(|| prepared(signed));
    }
}

#[divan::bench]
fn es256_prepare(bencher: Bencher) {
    if let Some(signed) = INPUTS.as_ref().and_then(|inputs| inputs.keys.first()) {
        bencher.bench(|| prepare(signed));
    }
}

/// With RSA-2048; by aws-lc-rs if the feature of that name is on.
#[divan::bench]
fn ps256(bencher: Bencher) {
    use p256::elliptic_curve::common::getrandom::SysRng;
    use rsa::pkcs8::EncodePublicKey;
    let made = || {
        let secret = rsa::PrivateKey::new(&mut SysRng, 2048).ok()?;
        let padding = rsa::Pss::<Sha256>::new();
        let digest = Sha256::digest(MESSAGE);
        let signature = secret.sign_with_rng(&mut SysRng, padding, &digest).ok()?;
        let spki = secret.to_public_key().to_public_key_der().ok()?;
        let key = PublicKey::from_spki_der(spki.as_bytes()).ok()?;
        key.verify(&[MESSAGE], &signature).ok()?;
        Some((key, signature))
    };
    if let Some((key, signature)) = made() {
        bencher.bench(|| key.verify(&[MESSAGE], black_box(&signature)));
    }
}

fn main() {
    // Without `--bench` the harness is run as a test, once.
    let measured = std::env::args().any(|arg| arg == "--bench");
    match &*INPUTS {
        Some(inputs) => {
            ratios(inputs, if measured { 600 } else { 1 });
            for keys in [1, KEYS.into()] {
                let ratio = threads(inputs, if measured { 600 } else { 1 }, keys);
                println!("two threads, {keys} keys: {ratio:.2} times one");
            }
        }
        None => println!("skipped: the keys can't be made"),
    }
    divan::main();
}
