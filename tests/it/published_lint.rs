//! The linter names, for each of the EU's test vectors, at least what an
//! independent implementation saw in its shape.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use std::collections::BTreeMap;

use hcert::lint::{Linter, Report, Severity};
use hcert::trust::Dsc;
use hcert_testkit::published;
use serde_json::Value;

use crate::conformance::vector;

/// How the linter names a class.
#[derive(Clone, Copy)]
enum Named {
    /// One of these codes.
    Finding(&'static [&'static str]),
    /// That code there: `*` stands for the number of the entry.
    At(&'static str, &'static str),
    /// A fact with that value; a conforming shape is no finding.
    Fact(&'static str, &'static str),
    /// The class is about the other fields of the vector's file.
    OfTheFile,
}

use Named::{At, Fact, Finding, OfTheFile};

#[rustfmt::skip]
const CLASSES: &[(&str, Named)] = &[
    ("chain:ok", Fact("payload", "eu-dcc")),
    ("chain:fails-at-prefix", Finding(&["prefix", "prefix-version"])),
    ("chain:fails-at-base45", Finding(&["base45-character", "base45-group"])),
    ("chain:fails-at-zlib", Finding(&["zlib-header", "zlib-damaged", "zlib-cut-off"])),
    ("chain:first-byte-35", Finding(&["zlib-header"])),
    ("chain:first-byte-d2", Finding(&["zlib-header"])),
    ("chain:fails-at-cbor", Finding(&["cbor-malformed", "cbor-cut-off", "cwt-not-claims", "cose-structure", "dcc-not-a-map"])),
    ("cose:none", Finding(&["prefix", "prefix-version", "base45-character", "base45-group", "cbor-malformed", "cbor-cut-off", "cose-structure", "cose-tag"])),
    ("cose:tag18", Fact("tags", "18")),
    ("cose:untagged", Finding(&["cose-untagged"])),
    ("cose:cwt61+18", Finding(&["cose-cwt-tag"])),
    ("cose:unsorted-map", At("cbor-unsorted", "cose")),
    ("protected:unsorted-map", At("cbor-unsorted", "protected")),
    ("cbor:unsorted-map", At("cbor-unsorted", "cwt")),
    ("protected:empty-bstr", Fact("protected-bytes", "0")),
    ("protected:extra:3", At("cose-extra-header", "protected 3")),
    ("alg:ES256", Fact("alg", "ES256")),
    ("alg:PS256", Fact("alg", "PS256")),
    ("algplace:unprotected", Finding(&["alg-unprotected"])),
    ("kid:protected", Fact("kid-at", "protected")),
    ("kid:unprotected", Finding(&["kid-unprotected"])),
    ("kid:both", Finding(&["kid-twice"])),
    ("kid:both-differ", Finding(&["kid-differs"])),
    ("kid:length3", Finding(&["kid-length"])),
    ("siglen:64", Fact("signature-bytes", "64")),
    ("siglen:256", Fact("signature-bytes", "256")),
    ("siglen:384", Fact("signature-bytes", "384")),
    ("siglen:3", Finding(&["signature-length"])),
    ("siglen:96", Finding(&["signature-length"])),
    ("cbor:float64@6", At("claim-float", "iat")),
    ("cbor:float64@4", At("claim-float", "exp")),
    ("claim:iat-float", At("claim-float", "iat")),
    ("claim:exp-float", At("claim-float", "exp")),
    ("claim:iat-float-fractional", At("claim-float", "iat")),
    ("claim:exp-float-fractional", At("claim-float", "exp")),
    ("claim:iss-not-2-letter", Finding(&["iss-form"])),
    ("time:outside-DSC-window", Finding(&["iat-outside-dsc", "exp-outside-dsc"])),
    ("cbor:tag:0@t[0].sc", At("schema-tag", "t[0].sc")),
    ("cbor:tag:0@t[0].dr", At("schema-tag", "t[0].dr")),
    ("cbor:null@v", At("schema-type", "v")),
    ("cbor:null@t", At("schema-type", "t")),
    ("cbor:null@r", At("schema-type", "r")),
    ("match:CBOR~JSON:tags", Finding(&["schema-tag"])),
    ("match:COSE~CBOR:tags", Finding(&["schema-tag"])),
    ("match:COSE~JSON:tags", Finding(&["schema-tag"])),
    ("match:PREFIX~JSON:tags", Finding(&["schema-tag"])),
    ("field:2DCODE spelt _2DCODE", OfTheFile),
    ("field:CBOR field: cbor: stray break", OfTheFile),
    ("ver:1.0.0", Fact("version", "1.0.0")),
    ("ver:1.0.1", Fact("version", "1.0.1")),
    ("ver:1.0.4", Fact("version", "1.0.4")),
    ("ver:1.1.0", Fact("version", "1.1.0")),
    ("ver:1.2.1", Fact("version", "1.2.1")),
    ("ver:1.3.0", Fact("version", "1.3.0")),
    ("type:v", Fact("groups", "v")),
    ("type:t", Fact("groups", "t")),
    ("type:r", Fact("groups", "r")),
    ("type:v+t+r", Fact("groups", "v t r")),
    ("type:", Finding(&["dcc-no-entry"])),
    ("entries:0", Finding(&["dcc-no-entry"])),
    ("entries:2", Finding(&["entries-several"])),
    ("entries:3", Finding(&["entries-several"])),
    ("groups-present:vtr", Finding(&["schema-groups"])),
    ("schema:fails-own-ver", Finding(&["schema-missing", "schema-type", "schema-pattern", "schema-length", "schema-range", "schema-entries", "schema-groups", "schema-format"])),
    ("schema:fails-1.3.3", Finding(&["schema-current", "schema-missing", "schema-type", "schema-pattern", "schema-length", "schema-range", "schema-entries", "schema-groups", "schema-format"])),
    ("schema:format-problem", Finding(&["schema-format"])),
    ("dob:year", At("dob-partial", "dob")),
    ("dob:year-month", At("dob-partial", "dob")),
    ("dob:date-time", At("schema-format", "dob")),
    ("dob:missing", At("schema-missing", "dob")),
    ("dcc:extra:meta", At("member-extra", "meta")),
    ("nam:no-fn", At("name-missing", "nam.fn")),
    ("nam:no-fnt", At("name-missing", "nam.fnt")),
    ("nam:no-gn", At("name-missing", "nam.gn")),
    ("nam:no-gnt", At("name-missing", "nam.gnt")),
    ("ci:no-urn-uvci-prefix", Finding(&["uvci-prefix", "uvci-version"])),
    ("v.dn<1", At("schema-range", "v[*].dn")),
    ("v.sd<1", At("schema-range", "v[*].sd")),
    ("v.dt:date-with-time", At("schema-format", "v[*].dt")),
    ("r.fr:date-with-time", At("schema-format", "r[*].fr")),
    ("r.df:date-with-time", At("schema-format", "r[*].df")),
    ("r.du:date-with-time", At("schema-format", "r[*].du")),
    ("t.sc:fractional-seconds", At("time-fraction", "t[*].sc")),
    ("t.dr:fractional-seconds", At("time-fraction", "t[*].dr")),
    ("t.tc:empty", At("text-empty", "t[*].tc")),
    ("t.tr:empty", At("text-empty", "t[*].tr")),
    ("t.co:empty", At("text-empty", "t[*].co")),
    ("t.ma:empty", At("text-empty", "t[*].ma")),
    ("t.nm:empty", At("text-empty", "t[*].nm")),
    ("v.ma:empty", At("text-empty", "v[*].ma")),
    ("v.mp:empty", At("text-empty", "v[*].mp")),
    ("v.vp:empty", At("text-empty", "v[*].vp")),
    ("v.co:empty", At("text-empty", "v[*].co")),
    ("r.co:empty", At("text-empty", "r[*].co")),
    ("key:secp256r1", Fact("key", "P-256")),
    ("key:secp384r1", Finding(&["dsc-key-type"])),
    ("key:rsa2048", Fact("key", "RSA-2048")),
    ("key:rsa3072", Fact("key", "RSA-3072")),
    ("cert:eku=", Fact("usage", "any")),
    ("cert:eku=t", Fact("usage", "test")),
    ("cert:eku=v", Fact("usage", "vaccination")),
    ("cert:eku=r", Fact("usage", "recovery")),
    ("cert:eku=rtv", Fact("usage", "test, vaccination, recovery")),
    ("cert:eku-legacy-0-arc", Finding(&["dsc-eku-legacy"])),
    ("cert:foreign-eku", Finding(&["dsc-eku-other"])),
    ("cert:clock-outside-validity", Finding(&["dsc-expired", "dsc-not-yet-valid"])),
    // The default of the basic constraints, written out.
    ("certnote:extensions: error parsing asn1 value: ParseError { kind: Enc", Finding(&["dsc-basic-constraints"])),
    // An extended key usage without a purpose.
    ("certnote:extensions: error parsing asn1 value: ParseError { kind: Inv", Finding(&["dsc-eku-empty"])),
];

/// Why the linter names a class for vectors of which the independent
/// implementation does not.
#[rustfmt::skip]
const MORE: &[(&str, &str)] = &[
    ("chain:ok", "Z1, Z2: the text stops at zlib, the field COSE is read; CBO1: the payload is there, in a byte string"),
    ("chain:first-byte-35", "one code for both first bytes"),
    ("chain:first-byte-d2", "one code for both first bytes"),
    ("cbor:unsorted-map", "CBO1: the claims are read, though their payload is not"),
    ("siglen:3", "one code for all wrong lengths"),
    ("siglen:96", "one code for all wrong lengths"),
    ("claim:iat-float", "one code for floats with a fraction and without"),
    ("claim:exp-float", "one code for floats with a fraction and without"),
    ("claim:iat-float-fractional", "one code for floats with a fraction and without"),
    ("claim:exp-float-fractional", "one code for floats with a fraction and without"),
    ("time:outside-DSC-window", "PL 10, twice: iat 2021-01-17 and exp 2021-04-18 lie before notBefore 2021-05-24; \
        the other implementation stops at the clock, which does so, too"),
    ("entries:2", "one code for two and three"),
    ("entries:3", "one code for two and three"),
    ("groups-present:vtr", "CBO1, DGC1: no group, which is not exactly one either"),
    ("schema:fails-own-ver", "PL 11, 12: a date with a time, which the other lists as a format problem alone; \
        CBO1: no map; DGC2: three groups, of which 1.0.x to 1.3.3 want one"),
    ("schema:fails-1.3.3", "what fails the schema of its own version alone has the same codes"),
    ("schema:format-problem", "a partial dob is no date by 1.0.x, which the other lists as a failure instead"),
    ("dob:year", "one code for all partial dates"),
    ("dob:year-month", "one code for all partial dates"),
    ("dob:date-time", "one code for all that is no date: partial ones before 1.1.0"),
    ("dob:missing", "CBO1: no map, so no dob"),
];

impl Named {
    /// Whether the report says so; `None` if it can't.
    fn holds(self, report: &Report) -> Option<bool> {
        let mut findings = report.findings().iter();
        Some(match self {
            Finding(codes) => findings.any(|f| codes.contains(&f.code())),
            At(code, at) => findings.any(|f| f.code() == code && fits(f.at(), at)),
            Fact(name, value) => report.facts().contains(&(name, value.to_owned())),
            OfTheFile => return None,
        })
    }
}

fn fits(at: &str, wanted: &str) -> bool {
    match wanted.split_once("[*]") {
        None => at == wanted,
        Some((start, end)) => at.starts_with(start) && at.ends_with(end),
    }
}

struct Linted {
    path: String,
    report: Report,
    shape: Vec<String>,
}

fn linted() -> Vec<Linted> {
    let root = published::find("dgc-testdata");
    let second = published::find("dgc-testdata/second-opinion.jsonl");
    let second = std::fs::read_to_string(second).unwrap();
    let mut shapes: BTreeMap<String, Vec<String>> = second
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|v| {
            let shape = v["shape"].as_array().unwrap().iter();
            let shape = shape.map(|class| class.as_str().unwrap().to_owned());
            (v["path"].as_str().unwrap().to_owned(), shape.collect())
        })
        .collect();
    let mut all = Vec::new();
    for vector in vector::find(&root).unwrap().vectors {
        let mut linter = Linter::new();
        if let Some(clock) = vector.clock() {
            linter = linter.at_time(clock);
        }
        let der = vector.certificate().map(Result::unwrap);
        let of_certificate = der.as_ref().map(|der| linter.certificate(der));
        if let Some(Ok(dsc)) = der.as_deref().map(Dsc::from_der) {
            linter = linter.with_dsc(dsc);
        }
        let mut report = linter.code(vector.text("PREFIX").unwrap());
        // Where no COSE comes out of the text, the shape is that of the field.
        if report.facts().is_empty()
            && let Some(Ok(cose)) = vector.bytes("COSE")
        {
            report = report.with(linter.cose(&cose));
        }
        all.push(Linted {
            // A code that can't be read says nothing about its certificate.
            report: report.with(of_certificate.unwrap_or_default()),
            shape: shapes.remove(&vector.path).unwrap(),
            path: vector.path,
        });
    }
    assert!(shapes.is_empty(), "without a vector: {:?}", shapes.keys());
    all
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_shape_that_an_independent_implementation_saw_is_named() {
    let all = linted();
    let mut unknown = Vec::new();
    for class in all.iter().flat_map(|linted| &linted.shape) {
        if !CLASSES.iter().any(|(known, _)| known == class) {
            unknown.push(class);
        }
    }
    assert!(unknown.is_empty(), "no mapping for {unknown:?}");

    println!(
        "{:<34} {:>6} {:>6} {:>6} {:>6}",
        "class", "oracle", "named", "missed", "more"
    );
    let (mut missed, mut pairs, mut named) = (Vec::new(), 0, 0);
    for (class, says) in CLASSES {
        let (mut oracle, mut both, mut more) = (0, 0, Vec::new());
        for linted in &all {
            let listed = linted.shape.iter().any(|c| c == class);
            oracle += usize::from(listed);
            match says.holds(&linted.report) {
                Some(true) if listed => both += 1,
                Some(true) => more.push(linted.path.as_str()),
                Some(false) if listed => missed.push((*class, linted.path.as_str())),
                _ => {}
            }
        }
        assert!(oracle > 0, "{class} is in no vector");
        if !matches!(says, OfTheFile) {
            pairs += oracle;
            named += both;
        }
        let shown: String = class.chars().take(34).collect();
        println!(
            "{shown:<34} {oracle:>6} {both:>6} {:>6} {:>6}",
            oracle - both,
            more.len()
        );
        let reason = MORE.iter().find(|(known, _)| known == class);
        assert_eq!(reason.is_some(), !more.is_empty(), "{class}: {more:?}");
        if !more.is_empty() {
            println!("    more: {}", reason.unwrap().1);
        }
    }
    println!("{} vectors, {pairs} classes, {named} named", all.len());
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_finding_has_a_clause_of_its_own() {
    let all = linted();
    let mut counts = BTreeMap::<_, usize>::new();
    for finding in all.iter().flat_map(|linted| linted.report.findings()) {
        assert_ne!(
            finding.clause(),
            "the specification of the payload",
            "{}",
            finding.code()
        );
        *counts
            .entry((finding.severity(), finding.code()))
            .or_default() += 1;
    }
    for ((severity, code), count) in &counts {
        println!("{:<8} {code:<30} {count:>5}", severity.name());
    }
    let clean = |linted: &&Linted| linted.report.count(Severity::Error) == 0;
    println!(
        "{} vectors without an error",
        all.iter().filter(clean).count()
    );
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn no_report_holds_what_a_certificate_says() {
    let certificates = published::dgc_testdata();
    let all = linted();
    for certificate in certificates {
        let linted = all.iter().find(|linted| linted.path == certificate.path);
        let Some(linted) = linted else { continue };
        let report = format!("{:?}", linted.report);
        let said = texts(&certificate.payload);
        for text in said.iter().filter(|text| text.len() > 5) {
            // `1.3.0`, and nothing else that a payload says.
            assert!(!report.contains(text.as_str()), "{}", linted.path);
        }
    }
}

/// All texts in the payload but its version.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The published pictures are drawings of a symbol alone, so the box around
/// all that is dark tells the margin in another way.
#[cfg(feature = "scan")]
#[test]
#[ignore = "needs HCERT_VECTORS"]
fn the_quiet_zone_of_a_drawing_is_the_margin_around_all_that_is_dark() {
    use hcert::qr::{ScanLimits, scan};
    let root = published::find("dgc-testdata");
    let (mut zones, mut modes) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, usize>::new());
    let mut wrong = Vec::new();
    for vector in vector::find(&root).unwrap().vectors {
        let Some(Ok(picture)) = vector.picture() else {
            continue;
        };
        let Ok(codes) = scan(&picture, &ScanLimits::default()) else {
            continue;
        };
        let [code] = &codes[..] else {
            panic!("{}: {} codes", vector.path, codes.len());
        };
        let (left, top, right, bottom, width, height) = dark_box(&picture);
        let side = f64::from(17 + 4 * u32::from(code.version()));
        let margins = [left, top, width - right, height - bottom].map(f64::from);
        let module = f64::from(right - left) / side;
        let margin = margins.into_iter().fold(f64::MAX, f64::min) / module;
        let zone = code.quiet_zone().unwrap();
        *zones.entry(zone).or_default() += 1;
        *modes.entry(format!("{:?}", code.modes())).or_default() += 1;
        assert!(!code.is_reversed() && !code.modes().is_empty());
        // A ring counts if its middle is free.
        let expected = (margin + 0.5).floor().clamp(0.0, 4.0);
        if expected != f64::from(zone) {
            wrong.push((vector.path, zone, margin, module));
        }
    }
    println!("quiet zones {zones:?}, modes {modes:?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Left, top, right, bottom (exclusive) of the dark pixels; width and height.
#[cfg(feature = "scan")]
fn dark_box(picture: &[u8]) -> (u32, u32, u32, u32, u32, u32) {
    let image = image::load_from_memory(picture).unwrap().into_luma_alpha8();
    let (width, height) = image.dimensions();
    let (mut left, mut top, mut right, mut bottom) = (width, height, 0, 0);
    for (x, y, pixel) in image.enumerate_pixels() {
        let [luma, alpha] = pixel.0;
        if luma < 128 && alpha > 127 {
            (left, top) = (left.min(x), top.min(y));
            (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
        }
    }
    (left, top, right, bottom, width, height)
}
