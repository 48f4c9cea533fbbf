//! What a hostile text costs: a typed error, and little memory.
//!
//! The counting allocator counts by thread, so these tests may run side by
//! side.

use allocation_counter::{AllocationInfo, measure};
use hcert::Limits;
use hcert::format::Unverified;
use hcert::format::hc1::text;
use hcert::verify::{Step, Verdict, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, Raw};

const MIB: u64 = 1024 * 1024;

fn verifier() -> Verifier {
    Verifier::new(trust(&[&dsc("a", &[])]))
}

/// The verdict, and what it took: the input itself was there before.
fn measured(text: &str) -> (Verdict, AllocationInfo) {
    let verifier = verifier();
    let mut verdict = None;
    let info = measure(|| verdict = Some(verifier.verify(text, NOW)));
    (verdict.unwrap(), info)
}

#[track_caller]
fn refused_cheaply(name: &str, text: &str, step: Step, code: &str) {
    let (verdict, info) = measured(text);
    assert_eq!(verdict.step(step).code(), Some(code), "{name}: {verdict:?}");
    assert!(verdict.verified().is_none());
    println!(
        "{name}: {} bytes of text, {} bytes at the peak, {} in all",
        text.len(),
        info.bytes_max,
        info.bytes_total
    );
    assert!(info.bytes_max < MIB, "{name}: {} bytes", info.bytes_max);
}

fn packed(cose: &[u8]) -> String {
    text::encode(&raw::zlib(cose))
}

#[test]
fn the_counter_counts() {
    let info = measure(|| drop(std::hint::black_box(vec![0u8; 3_000_000])));
    assert!(info.bytes_max >= 3_000_000);
    let (verdict, info) = measured(issued("a", &vaccination()).text());
    assert!(verdict.verified().is_some());
    assert!(info.count_total > 0 && info.bytes_max < MIB / 4, "{info:?}");
}

#[test]
fn d6_a_zip_bomb_is_refused_within_a_mebibyte() {
    let bomb = packed(&vec![0; 10 * 1024 * 1024]);
    assert!(
        bomb.len() < 16 * 1024,
        "fits into the longest text that is read"
    );
    refused_cheaply("10 MB of zeros", &bomb, Step::Decode, "zlib-too-large");
    // One that does not shrink that well, and one far above.
    let mixed: Vec<u8> = (0..300_000u32).map(|n| (n / 97 % 7) as u8).collect();
    refused_cheaply(
        "300 kB of a pattern",
        &packed(&mixed),
        Step::Decode,
        "zlib-too-large",
    );
    let huge = packed(&vec![b'A'; 100 * 1024 * 1024]);
    refused_cheaply("100 MB", &huge, Step::Decode, "text-too-long");
    // The same bomb with all limits on texts lifted.
    let mut limits = Limits::default();
    limits.max_text = usize::MAX;
    let mut code = None;
    let info = measure(|| code = Unverified::parse(&huge, &limits).err().map(|e| e.code()));
    assert_eq!(code, Some("zlib-too-large"));
    assert!(info.bytes_max < MIB, "{info:?}");
}

#[test]
fn b8_nesting_is_refused_within_a_mebibyte() {
    let mut wide = Limits::default();
    wide.max_inflated = MIB as usize;
    for (name, head) in [
        ("arrays", &[0x81][..]),
        ("indefinite arrays", &[0x9f]),
        ("maps", &[0xa1, 0x01]),
        ("tags", &[0xc1]),
        ("tags 18", &[0xd2]),
        ("indefinite strings", &[0x5f]),
    ] {
        let nested = head.repeat(100_000);
        // Above the limit of the layer, which is the first to refuse it …
        refused_cheaply(name, &packed(&nested), Step::Decode, "zlib-too-large");
        // … and with that limit out of the way.
        let mut result = None;
        let info = measure(|| result = Some(Unverified::from_cose(nested.clone(), &wide)));
        assert!(result.unwrap().is_err(), "{name}");
        assert!(info.bytes_max < MIB, "{name}: {info:?}");

        // In each place of a COSE_Sign1, as deep as the limits let it come.
        let nested = head.repeat(50_000 / head.len());
        let kid = dsc("a", &[]).kid();
        let good = Raw::new(kid.as_bytes());
        let mut protected = good.clone();
        protected.protected = nested.clone();
        let mut unprotected = good.clone();
        unprotected.unprotected = [&[0xa1, 0x18, 0x63][..], &nested].concat();
        for cose in [&protected, &unprotected] {
            let (verdict, info) = measured(&packed(&cose.with_signature(&[0; 64])));
            assert_eq!(verdict.step(Step::Decode).word(), "failed", "{name}");
            assert!(info.bytes_max < MIB, "{name}: {info:?}");
        }
        let mut payload = good;
        payload.payload = nested;
        let (verdict, info) = measured(&packed(&payload.sign(&signer("a"))));
        assert_eq!(verdict.step(Step::Signature).word(), "passed", "{name}");
        assert_eq!(verdict.step(Step::Content).word(), "failed", "{name}");
        assert!(info.bytes_max < MIB, "{name}: {info:?}");
    }
}

#[test]
fn b8_declared_lengths_are_not_believed() {
    let kid = dsc("a", &[]).kid();
    for major in 2..=5u8 {
        for length in [1u64 << 63, u64::MAX, (1 << 63) - 1, 1 << 32, 1 << 20] {
            let mut item = vec![major << 5 | 27];
            item.extend(length.to_be_bytes());
            let name = format!("major type {major}, length {length}");
            let (verdict, info) = measured(&packed(&item));
            assert_eq!(verdict.step(Step::Decode).word(), "failed", "{name}");
            assert!(info.bytes_max < MIB, "{name}: {info:?}");
            refused_cheaply(
                &name,
                &packed(&[&[0xd2, 0x84, 0x40, 0xa1, 0x18, 0x63][..], &item].concat()),
                Step::Decode,
                "cbor-cut-off",
            );
            let mut payload = Raw::new(kid.as_bytes());
            payload.payload = item.clone();
            let text = packed(&payload.sign(&signer("a")));
            refused_cheaply(&name, &text, Step::Content, "cbor-cut-off");
            // Deep inside a certificate that is right up to there.
            payload.payload = [&[0xa1, 0x39, 0x01, 0x03, 0xa1, 0x01][..], &item].concat();
            let text = packed(&payload.sign(&signer("a")));
            refused_cheaply(&name, &text, Step::Content, "cbor-cut-off");
        }
    }
}

#[test]
fn a_megabyte_of_base45_is_refused_before_it_is_decoded() {
    for body in ["0", "Z", ":", "%20"] {
        let text = format!("HC1:{}", body.repeat(1_000_000 / body.len()));
        refused_cheaply("1 MB of base45", &text, Step::Decode, "text-too-long");
    }
    let text = " ".repeat(1_000_000) + "HC1:U5";
    refused_cheaply("1 MB of blanks", &text, Step::Decode, "text-too-long");
    let (verdict, info) = measured(&format!("HC1:{}", "0".repeat(1_000_000)));
    assert_eq!(verdict.step(Step::Decode).word(), "failed");
    assert!(info.bytes_total < 1024, "{info:?}");
}

/// Many keys, many entries, a long text: signed by a trusted key, as nobody
/// else gets that far.
#[test]
fn what_the_limits_let_in_stays_within_eight_mebibytes() {
    use ciborium::Value;
    let kid = dsc("a", &[]).kid();
    let good = Raw::new(kid.as_bytes());
    let keys = (0..2000).map(|n| (Value::from(n + 100), Value::from(n)));
    let wide = Value::Map(keys.collect());
    let entries = Value::Array(vec![Value::Map(vec![]); 4000]);
    let dcc = raw::with(raw::holder_only(), "v", Some(entries));
    let long = raw::with(raw::dcc(), "dob", Some(Value::from("9".repeat(60_000))));
    for payload in [wide, raw::cwt(dcc), raw::cwt(long)] {
        let text = packed(&good.clone().payload(payload).sign(&signer("a")));
        let (verdict, info) = measured(&text);
        assert_eq!(verdict.step(Step::Signature).word(), "passed");
        println!(
            "{} bytes at the peak, {} deviations",
            info.bytes_max,
            verdict.deviations().len()
        );
        assert!(info.bytes_max < 8 * MIB, "{info:?}");
    }
}

/// Each allocation is time at a gate, and lock contention on a server.
#[test]
fn a_typical_certificate_takes_few_allocations() {
    let verifier = verifier();
    let issued = issued("a", &vaccination());
    let mut verdict = None;
    // The second use of a key makes its tables.
    for _ in 0..2 {
        let verdict = verifier.verify(issued.text(), NOW);
        assert!(verdict.verified().is_some());
    }
    for _ in 0..2 {
        let info = measure(|| verdict = Some(verifier.verify(issued.text(), NOW)));
        assert!(verdict.take().unwrap().verified().is_some());
        println!(
            "{} allocations, {} bytes",
            info.count_total, info.bytes_total
        );
        assert!(info.count_total <= 12, "{info:?}");
    }
}
