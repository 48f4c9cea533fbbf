//! What the linter says: one change of a conforming certificate, one finding.

use std::collections::BTreeSet;

use ciborium::{Value, cbor};
use hcert::format::Unverified;
use hcert::format::hc1::Deviation;
use hcert::lint::{Linter, Report, Severity};
use hcert::record::ProductCatalogue;
use hcert::trust::Dsc;
use hcert::{Limits, Timestamp};
use hcert_testkit::fixtures::*;
use hcert_testkit::pki::{self, CertificateSpec, EKU_TEST, EKU_VACCINATION, TestKey};
use hcert_testkit::raw::{self, ES256, PS256, Raw, RsaSigner, cwt, dcc, encode, header, with};

fn linter() -> Linter {
    Linter::new().with_dsc(dsc("a", &[])).at_time(NOW)
}

fn raw_a() -> Raw {
    Raw::new(dsc("a", &[]).kid().as_bytes())
}

/// Code and place of each finding, without those of the certificate, which
/// every code here shares.
fn found(report: &Report) -> BTreeSet<String> {
    let findings = report.findings().iter().filter(|f| f.at() != "dsc");
    let named = findings.map(|f| format!("{} {}", f.code(), f.at()).trim_end().to_owned());
    named.collect()
}

fn of(cose: &[u8]) -> BTreeSet<String> {
    found(&linter().code(&raw::text(cose)))
}

/// What `changed` adds to the findings of the conforming certificate.
#[track_caller]
fn adds(changed: &Raw, expected: &[&str]) {
    let before = of(&raw_a().sign(&signer("a")));
    let after = of(&changed.sign(&signer("a")));
    let added: Vec<_> = after.difference(&before).map(String::as_str).collect();
    assert_eq!(added, expected);
}

/// Nothing bounds what stands in a payload before it is looked at: on the stack
/// of a thread, 64 KiB of nested items would be the end of the process.
#[test]
fn a_payload_that_is_nested_deeply_is_a_finding_and_no_end() {
    for payload in [
        vec![0x81; 65_000],
        vec![0x9f; 65_000],
        vec![0xc1; 65_000],
        [0xa1, 1].repeat(32_500),
    ] {
        let mut raw = raw_a();
        raw.payload = payload;
        let cose = raw.sign(&signer("a"));
        for report in [linter().cose(&cose), linter().code(&raw::text(&cose))] {
            assert!(found(&report).contains("cbor-too-deep cwt"), "{report:?}");
        }
    }
}

#[test]
fn what_the_issuer_makes_has_nothing_but_notes() {
    for record in [vaccination(), test(), recovery()] {
        let report = linter().code(issued("a", &record).text());
        let grave: Vec<_> = report.findings().iter().collect();
        assert!(
            grave.iter().all(|f| f.severity() == Severity::Note),
            "{grave:?}"
        );
        assert!(report.facts().contains(&("signature", "verifies".into())));
    }
}

#[test]
fn headers() {
    let kid = dsc("a", &[]).kid();
    let kid = kid.as_bytes();
    let only_kid = header(None, Some(kid));
    for (changed, expected) in [
        (
            raw_a()
                .protected(header(Some(ES256), None))
                .unprotected(only_kid.clone()),
            &["kid-unprotected kid"][..],
        ),
        (raw_a().unprotected(only_kid.clone()), &["kid-twice kid"]),
        (
            raw_a().unprotected(header(None, Some(&[0; 8]))),
            &["kid-differs kid", "kid-twice kid"],
        ),
        (
            raw_a().protected(header(Some(ES256), None)),
            &["kid-missing kid"],
        ),
        (
            raw_a().protected(header(Some(ES256), Some(&kid[..3]))),
            &["kid-length kid", "kid-not-of-dsc kid"],
        ),
        (
            raw_a()
                .protected(only_kid.clone())
                .unprotected(header(Some(ES256), None)),
            &["alg-unprotected alg"],
        ),
        (
            raw_a().protected(only_kid),
            &["alg-missing alg", "dsc-alg alg"],
        ),
        (
            raw_a().protected(with(header(Some(ES256), Some(kid)), 5, Some(0.into()))),
            &["cose-extra-header protected 5"],
        ),
        (
            raw_a().unprotected(cbor!({"Musterfrau" => 1}).unwrap()),
            &["cose-extra-header unprotected ?"],
        ),
        (
            Raw {
                tags: vec![],
                ..raw_a()
            },
            &["cose-untagged cose"],
        ),
        (
            Raw {
                tags: vec![0xd8, 61, 0xd2],
                ..raw_a()
            },
            &["cose-cwt-tag cose"],
        ),
    ] {
        adds(&changed, expected);
    }
}

#[test]
fn signatures() {
    let text = |signature: &[u8]| of(&raw_a().with_signature(signature));
    assert!(text(&[7; 64]).contains("signature signature"));
    let der = text(&[7; 70]);
    assert!(der.contains("signature-length signature") && der.contains("signature signature"));

    let rsa = RsaSigner::new(2048);
    let raw = raw_a().protected(header(Some(PS256), Some(&[1; 8])));
    let cose = raw.sign(&rsa);
    let mut store = hcert::trust::TrustStore::builder();
    let kid = hcert::trust::Kid::new([1; 8]).unwrap();
    store.add_spki_der("test", kid, &rsa.spki_der()).unwrap();
    let linter = Linter::new().with_trust(store.build().0);
    let report = linter.cose(&cose);
    let codes = found(&report);
    assert!(codes.contains("alg-secondary alg") && !codes.contains("signature signature"));
    assert!(report.facts().contains(&("signature", "verifies".into())));
    let other = raw.protected(header(Some(PS256), Some(&[2; 8]))).sign(&rsa);
    assert!(found(&linter.cose(&other)).contains("key-unknown kid"));
}

#[test]
fn encoding() {
    let long = |mut cose: Vec<u8>| {
        // The array head in two bytes.
        cose.splice(1..2, [0x98, 4]);
        cose
    };
    let cose = raw_a().sign(&signer("a"));
    assert!(of(&long(cose)).contains("cbor-longer cose"));
    let mut payload = encode(&cwt(dcc()));
    payload[0] = 0xbf;
    payload.push(0xff);
    adds(&Raw { payload, ..raw_a() }, &["cbor-indefinite-length cwt"]);
    let exp = with(cwt(dcc()), 4, Some(Value::Float(EXPIRES.seconds() as f64)));
    assert!(of(&raw_a().payload(exp).sign(&signer("a"))).contains("claim-float exp"));
    // ciborium writes the shortest float, so that a longer one is put in.
    let claims = cbor!({4 => 0.5}).unwrap();
    let mut payload = encode(&claims);
    assert_eq!(payload, [0xa1, 4, 0xf9, 0x38, 0]);
    payload.splice(2.., [0xfa, 0x3f, 0, 0, 0]);
    assert!(of(&Raw { payload, ..raw_a() }.sign(&signer("a"))).contains("cbor-longer-float cwt"));

    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::none());
    let wordy = raw_a().payload(cwt(entry("is", Some("A".repeat(80).into()))));
    std::io::Write::write_all(&mut zlib, &wordy.sign(&signer("a"))).unwrap();
    let stored = hcert::format::hc1::text::encode(&zlib.finish().unwrap());
    assert!(found(&linter().code(&stored)).contains("zlib-level zlib"));
}

#[test]
fn claims() {
    let cwt = |key: i64, value: Option<Value>| raw_a().payload(with(cwt(dcc()), key, value));
    let time = |seconds: i64| Some(Value::from(seconds));
    let (iat, exp) = (ISSUED.seconds(), EXPIRES.seconds());
    let tagged = Value::Tag(1, Box::new(exp.into()));
    // Appended claims are out of order, as in the conforming one the payload's
    // members are.
    for (changed, expected) in [
        (
            cwt(1, Some("".into())),
            &["iss-country iss", "iss-form iss"][..],
        ),
        (cwt(1, Some("YY".into())), &["iss-country iss"]),
        (cwt(4, None), &["exp-missing exp"]),
        (cwt(4, time(exp * 1000)), &["claim-unusable exp"]),
        (cwt(4, time(exp + 100_000_000)), &["exp-outside-dsc exp"]),
        (
            cwt(4, time(iat - 1)),
            &["exp-before-iat exp", "expired exp"],
        ),
        (cwt(4, Some(tagged)), &["claim-tagged exp"]),
        (cwt(5, time(iat)), &["nbf nbf"]),
        (cwt(6, None), &["iat-missing iat"]),
        (cwt(6, time(NOW.seconds() + 1)), &["iat-future iat"]),
        (
            cwt(6, time(1_600_000_000)),
            &["date-after-issue v[0].dt", "iat-outside-dsc iat"],
        ),
        (cwt(7, Some(Value::Bytes(vec![1]))), &["claim-extra 7"]),
        (cwt(-260, None), &["hcert-missing hcert"]),
        (
            cwt(-260, Some(cbor!({1 => dcc(), 9 => 0}).unwrap())),
            &["hcert-extra hcert"],
        ),
    ] {
        adds(&changed, expected);
    }
}

/// The conforming DCC with a member of its vaccination changed.
fn entry(name: &str, value: Option<Value>) -> Value {
    with(
        dcc(),
        "v",
        Some(Value::Array(vec![with(raw::v(), name, value)])),
    )
}

#[test]
fn payload() {
    let text = |text: &str| Some(Value::from(text));
    let names = |names: Value| with(dcc(), "nam", Some(names));
    let two = Value::Array(vec![raw::v(), raw::v()]);
    for (dcc, expected) in [
        (with(dcc(), "ver", text("1.3.3")), &[][..]),
        (with(dcc(), "dob", text("1998-02")), &["dob-partial dob"]),
        (
            with(dcc(), "t", Some(Value::Null)),
            &["schema-groups", "schema-type t"],
        ),
        (
            with(dcc(), "v", Some(two)),
            &["entries-several", "schema-entries v", "uvci-check v[1].ci"],
        ),
        (with(dcc(), "meta", Some(1.into())), &["member-extra meta"]),
        (
            with(dcc(), "Gabriele Musterfrau", Some(1.into())),
            &["member-extra ?"],
        ),
        (with(dcc(), "Gabriele", Some(1.into())), &["member-extra ?"]),
        (
            names(cbor!({"fnt" => "MUSTERFRAU", "fn" => "Musterfrau"}).unwrap()),
            &["name-missing nam.gn", "name-missing nam.gnt"],
        ),
        (
            names(
                cbor!({"fn" => "Gößinger", "fnt" => "GOSSINGER", "gn" => "X", "gnt" => "X"})
                    .unwrap(),
            ),
            &["name-transliteration nam.fnt"],
        ),
        (
            names(
                cbor!({"fn" => "Ганна", "fnt" => "HANNA", "gn" => "山田", "gnt" => "YAMADA"})
                    .unwrap(),
            ),
            &[],
        ),
        (
            entry("dt", text("2021-05-29T10:00:00Z")),
            &["schema-format v[0].dt"],
        ),
        (
            entry("dt", text("2021-06-03")),
            &["date-after-issue v[0].dt"],
        ),
        (entry("ma", text("")), &["text-empty v[0].ma"]),
        (entry("tg", text("123")), &["value-unknown v[0].tg"]),
        (entry("co", text("XXX")), &["country-organisation v[0].co"]),
        (entry("ci", text("01XXABC")), &["uvci-prefix v[0].ci"]),
        (
            entry("ci", text("URN:UVCI:V1:XX:ABC")),
            &["uvci-version v[0].ci"],
        ),
        (
            entry("ci", text("urn:uvci:01:XX:abc")),
            &["uvci-form v[0].ci"],
        ),
        (
            entry("ci", text("URN:UVCI:01:YY:ABC")),
            &["uvci-country v[0].ci"],
        ),
    ] {
        adds(&raw_a().payload(cwt(dcc)), expected);
    }
    // The check character of the conforming one is made up.
    let check = "uvci-check v[0].ci";
    assert!(of(&raw_a().sign(&signer("a"))).contains(check));
    let right = entry("ci", text("URN:UVCI:01:SE:EHM/V12907267LAJW#E"));
    assert!(!of(&raw_a().payload(cwt(right)).sign(&signer("a"))).contains(check));

    let old = with(with(dcc(), "ver", Some("1.0.0".into())), "v", None);
    let half = with(
        with(raw::t(), "ci", Some("URN:UVCI:01:XX:A".into())),
        "sc",
        Some("2021-05-30T10:12:22.5Z".into()),
    );
    let old = with(old, "t", Some(Value::Array(vec![half])));
    adds(&raw_a().payload(cwt(old)), &["time-fraction t[0].sc"]);
    let recovery = with(
        with(raw::r(), "ci", Some("URN:UVCI:01:XX:A".into())),
        "du",
        Some("2021-04-30".into()),
    );
    let recovery = with(
        with(dcc(), "v", None),
        "r",
        Some(Value::Array(vec![recovery])),
    );
    adds(&raw_a().payload(cwt(recovery)), &["period r[0].du"]);
}

#[test]
fn certificates() {
    let spec = |eku, ca| CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku,
        ca,
    };
    let der = |spec: &CertificateSpec<'_>| {
        pki::certificate(spec, &TestKey::new("a"), &TestKey::new("csca")).unwrap()
    };
    let codes = |der: &[u8], at: &str| {
        let report = Linter::new()
            .at_time(Timestamp::parse(at).unwrap())
            .certificate(der);
        let codes = report.findings().iter().map(|f| f.code());
        codes.collect::<BTreeSet<_>>()
    };
    const AT: &str = "2021-07-01T00:00:00Z";
    let usual = BTreeSet::from(["dsc-authority-key", "dsc-subject-key"]);
    let added = |der: &[u8], at: &str| {
        let all = codes(der, at);
        all.difference(&usual).copied().collect::<Vec<_>>()
    };
    assert_eq!(added(&der(&spec(&[EKU_TEST], false)), AT), [""; 0]);
    assert_eq!(added(&der(&spec(&[], false)), AT), ["dsc-eku-none"]);
    let older = ["1.3.6.1.4.1.0.1847.2021.1.2"];
    assert_eq!(added(&der(&spec(&older, false)), AT), ["dsc-eku-legacy"]);
    let signing = ["1.3.6.1.5.5.7.3.3"];
    assert_eq!(added(&der(&spec(&signing, false)), AT), ["dsc-eku-other"]);
    let ca = der(&spec(&[EKU_TEST], true));
    assert_eq!(added(&ca, AT), ["dsc-ca", "dsc-key-usage"]);
    let good = der(&spec(&[EKU_TEST], false));
    assert_eq!(added(&good, "2024-01-01T00:00:00Z"), ["dsc-expired"]);
    assert_eq!(added(&good, "2020-01-01T00:00:00Z"), ["dsc-not-yet-valid"]);
    let nameless = CertificateSpec {
        subject: "CN=DSC",
        issuer: "CN=CSCA",
        ..spec(&[EKU_TEST], false)
    };
    assert_eq!(added(&der(&nameless), AT), ["dsc-country"]);
    assert_eq!(added(b"no certificate", AT), ["certificate-encoding"]);

    // Next to a code.
    let tests_only = Dsc::from_der(&good).unwrap();
    let report = Linter::new()
        .with_dsc(tests_only)
        .code(issued("a", &vaccination()).text());
    assert!(report.findings().iter().any(|f| f.code() == "dsc-usage"));
    let both = dsc("a", &[EKU_TEST, EKU_VACCINATION]);
    let report = Linter::new()
        .with_dsc(both)
        .code(issued("a", &vaccination()).text());
    assert!(report.findings().iter().all(|f| f.code() != "dsc-usage"));
    assert!(found(&report).contains("kid-not-of-dsc kid"));
}

#[test]
fn texts() {
    let code = issued("a", &vaccination());
    let code = code.text();
    for (text, expected) in [
        (code.replace("HC1:", "hc1:"), "prefix"),
        (code.replace("HC1:", "HC2:"), "prefix-version"),
        (
            code.to_lowercase().replace("hc1:", "HC1:"),
            "base45-character",
        ),
        (code[..code.len() - 6].to_owned(), "zlib-cut-off"),
        (format!("{code}\n"), "text-surroundings"),
    ] {
        assert!(
            found(&linter().code(&text)).contains(expected),
            "{expected}"
        );
    }
}

#[test]
fn errors_come_first_and_each_finding_once() {
    let claims = with(cwt(dcc()), 4, None);
    let report = linter().code(&raw::text(&raw_a().payload(claims).sign(&signer("a"))));
    let severities: Vec<_> = report.findings().iter().map(|f| f.severity()).collect();
    assert!(severities.is_sorted() && severities[0] == Severity::Error);
    let twice = report.clone().with(report.clone());
    assert_eq!(twice.findings(), report.findings());
}

/// The published vectors of this project: why one is refused and whatever is
/// read with a deviation is named, and every finding has a rule.
#[test]
fn every_fault_of_the_vectors_is_named() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/test-vectors/hcert.json");
    let file = std::fs::read_to_string(directory).unwrap();
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    let (mut deviations, mut reasons) = (0, 0);
    for vector in file["vectors"].as_array().unwrap() {
        let id = &vector["id"];
        let report = Linter::new().code(vector["input"].as_str().unwrap());
        for finding in report.findings() {
            let code = finding.code();
            assert_ne!(
                finding.clause(),
                "the specification of the payload",
                "{id} {code}"
            );
        }
        let expected = &vector["expected"];
        let also = expected["also"].as_array().unwrap();
        for reason in also.iter().chain([expected]) {
            let code = reason["code"].as_str().unwrap_or_default();
            let wanted = match reason["step"].as_str().unwrap_or_default() {
                "decode" | "content" => code,
                "time" if code.ends_with("-unusable") => "claim-unusable",
                _ if [
                    "alg-missing",
                    "alg-unsupported",
                    "kid-missing",
                    "exp-missing",
                ]
                .contains(&code) =>
                {
                    code
                }
                // These show next to a key and a clock alone.
                _ => continue,
            };
            let mut findings = report.findings().iter();
            let found = findings.any(|f| f.code() == wanted && f.severity() == Severity::Error);
            assert!(found, "{id} {wanted}");
            reasons += 1;
        }
        for deviation in deviations_of(vector["input"].as_str().unwrap()) {
            let (code, at) = (deviation.code(), deviation.at());
            let mut findings = report.findings().iter();
            assert!(
                findings.any(|f| f.code() == code && f.at() == at),
                "{id} {code}"
            );
            deviations += 1;
        }
    }
    assert!(deviations > 50 && reasons > 150, "{deviations} {reasons}");
}

/// What reading gives, without a key.
fn deviations_of(text: &str) -> Vec<Deviation> {
    let Ok(unverified) = Unverified::parse(text, &Limits::default()) else {
        return Vec::new();
    };
    let mut found = unverified.deviations().to_vec();
    let (_, further) = unverified.unverified_content(&ProductCatalogue::builtin());
    found.extend(further);
    found
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_panic(at in 0_usize..600, byte: u8, cut in 0_usize..600) {
        let mut cose = raw_a().sign(&signer("a"));
        let length = cose.len();
        cose[at % length] = byte;
        linter().cose(&cose);
        linter().code(&raw::text(&cose));
        linter().cose(&cose[..cut.min(length)]);
        let mut der = dsc("a", &[EKU_TEST]).der().to_vec();
        let length = der.len();
        der[at % length] = byte;
        linter().certificate(&der);
    }
}

#[cfg(all(feature = "scan", feature = "png"))]
mod symbols {
    use super::*;
    use hcert::qr::{EcLevel, QrSymbol, ScanLimits, ScannedCode, scan};

    fn scanned(png: &[u8]) -> ScannedCode {
        let codes = scan(png, &ScanLimits::default()).unwrap();
        <[_; 1]>::try_from(codes).unwrap()[0].clone()
    }

    fn png(code: &image::GrayImage) -> Vec<u8> {
        let mut out = std::io::Cursor::new(Vec::new());
        code.write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    }

    /// A symbol in byte mode, drawn with so many modules around it.
    fn drawn(code: &qrcode::QrCode, margin: u32, scale: u32, dark: u8, light: u8) -> Vec<u8> {
        let side = code.width() as u32;
        let colors = code.to_colors();
        let full = (side + 2 * margin) * scale;
        png(&image::GrayImage::from_fn(full, full, |x, y| {
            let module = |at: u32| (at / scale).checked_sub(margin).filter(|n| *n < side);
            let is_dark = module(x)
                .zip(module(y))
                .is_some_and(|(x, y)| colors[(y * side + x) as usize] == qrcode::Color::Dark);
            image::Luma([if is_dark { dark } else { light }])
        }))
    }

    #[test]
    fn a_symbol_of_ours_has_no_finding() {
        let code = issued("a", &vaccination());
        for scale in [2, 3, 8] {
            let symbol = code.qr().unwrap();
            let code = scanned(&symbol.to_png(scale).unwrap());
            let report = linter().symbol(&code);
            assert_eq!(report.findings(), [], "scale {scale}");
            for fact in [
                ("qr-mode", "alphanumeric"),
                ("qr-level", "Q"),
                ("qr-quiet-zone", "4"),
            ] {
                assert!(
                    report.facts().contains(&(fact.0, fact.1.into())),
                    "{report:?}"
                );
            }
        }
    }

    #[test]
    fn a_quiet_zone_that_cannot_be_measured_is_not_guessed() {
        let symbol = issued("a", &vaccination()).qr().unwrap();
        let code = scanned(&symbol.to_png(1).unwrap());
        assert_eq!(code.quiet_zone(), None);
        assert_eq!(linter().symbol(&code).findings(), []);
    }

    #[test]
    fn level_mode_version_margin_and_colours_are_seen() {
        let text = issued("a", &vaccination()).text().to_owned();
        let low = QrSymbol::encode(&text, EcLevel::L).unwrap();
        let low = scanned(&low.to_png(4).unwrap());
        assert_eq!(
            found(&linter().symbol(&low)),
            ["qr-level qr".to_owned()].into()
        );

        let version = qrcode::Version::Normal(25);
        let mut bits = qrcode::bits::Bits::new(version);
        bits.push_byte_data(text.as_bytes()).unwrap();
        bits.push_terminator(qrcode::EcLevel::Q).unwrap();
        let bytes = qrcode::QrCode::with_bits(bits, qrcode::EcLevel::Q).unwrap();
        for margin in 0..6 {
            let code = scanned(&drawn(&bytes, margin, 4, 0, 255));
            assert_eq!(code.text(), text);
            assert_eq!(code.quiet_zone(), Some(margin.min(4) as u8));
            let mut expected =
                BTreeSet::from(["qr-mode qr".to_owned(), "qr-version qr".to_owned()]);
            if margin < 4 {
                expected.insert("qr-quiet-zone qr".to_owned());
            }
            assert_eq!(found(&linter().symbol(&code)), expected, "margin {margin}");
        }
        let drawing = drawn(&bytes, 4, 4, 0, 255);
        let mirrored = image::load_from_memory(&drawing).unwrap().fliph();
        let code = scanned(&png(&mirrored.rotate90().into_luma8()));
        assert_eq!(code.quiet_zone(), Some(4));
        assert!(found(&linter().symbol(&code)).contains("qr-mode qr"));
        let code = scanned(&drawn(&bytes, 4, 4, 230, 20));
        assert!(code.is_reversed() && code.quiet_zone() == Some(4));
        assert!(found(&linter().symbol(&code)).contains("qr-reversed qr"));
    }

    #[test]
    fn segments_of_several_modes_are_told() {
        let version = qrcode::Version::Normal(5);
        let mut bits = qrcode::bits::Bits::new(version);
        bits.push_alphanumeric_data(b"HC1:").unwrap();
        bits.push_numeric_data(b"12345").unwrap();
        bits.push_terminator(qrcode::EcLevel::Q).unwrap();
        let code = qrcode::QrCode::with_bits(bits, qrcode::EcLevel::Q).unwrap();
        let code = scanned(&drawn(&code, 4, 4, 0, 255));
        let names: Vec<_> = code.modes().iter().map(|mode| mode.name()).collect();
        assert_eq!(names, ["alphanumeric", "numeric"]);
        assert!(found(&linter().symbol(&code)).contains("qr-segments qr"));
    }
}
