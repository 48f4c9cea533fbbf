//! How small the zlib stream of a certificate gets, and which QR version
//! follows: 20 typical records, each signed with 10 keys. Prints the tables
//! of `src/issue/compression.md`; the timings go to stderr.
//!
//! `cargo bench --bench compression`

use std::error::Error;
use std::io::Write;
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use flate2::{Compression, write::ZlibEncoder};
use hcert::Timestamp;
use hcert::format::hc1::text;
use hcert::issue::{Issuer, P256Signer, Validity};
use hcert::qr::{EcLevel, QrSymbol};
use hcert::record::Record;
use hcert::trust::Dsc;
use hcert_testkit::pki::{self, CertificateSpec, TestKey};
use hcert_testkit::time::Plus as _;

/// What is particular about the record, and the record. All are fictitious.
const RECORDS: [(&str, &str); 20] = [
    (
        "v, short names",
        r#"{"nam":{"fn":"Li","gn":"Ada"},"dob":"1990-01-02","v":[{"tg":"840539006","vp":"1119349007","mp":"EU/1/20/1528","ma":"ORG-100030215","dn":1,"sd":2,"dt":"2021-03-04","co":"NL","is":"Ministry of Health","ci":"URN:UVCI:01:NL:74827831729545BBA1C279F592F2488A"}]}"#,
    ),
    (
        "v, diacritics",
        r#"{"nam":{"fn":"Müller-Groß","gn":"Jörg François"},"dob":"1964-08-12","v":[{"tg":"840539006","vp":"1119349007","mp":"EU/1/20/1528","ma":"ORG-100030215","dn":2,"sd":2,"dt":"2021-05-29","co":"AT","is":"Ministry of Health, Austria","ci":"URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"}]}"#,
    ),
    (
        "v, long names",
        r#"{"nam":{"fn":"d'Červenková Panklová de la Fuente y Montoya","gn":"Jiřina-Maria Alena Françoise Éléonore"},"dob":"1979-04-14","v":[{"tg":"840539006","vp":"1119305005","mp":"CVnCoV","ma":"ORG-100006270","dn":1,"sd":2,"dt":"2021-05-14","co":"CZ","is":"Ministry of Health of the Czech Republic","ci":"URN:UVCI:01:CZ:47D03BCC010C4D76BFD955FD5AD49D97#5"}]}"#,
    ),
    (
        "v, Greek",
        r#"{"nam":{"fn":"Παπαδοπούλου","gn":"Ελένη"},"dob":"1986-11-30","v":[{"tg":"840539006","vp":"J07BX03","mp":"EU/1/21/1529","ma":"ORG-100001699","dn":1,"sd":1,"dt":"2021-06-18","co":"GR","is":"Hellenic Republic, Ministry of Digital Governance","ci":"URN:UVCI:01:GR:DEMO/9C2F81B3D6E740A5#3"}]}"#,
    ),
    (
        "v, long issuer",
        r#"{"nam":{"fn":"Nowak","gn":"Zofia"},"dob":"1955-12-01","v":[{"tg":"840539006","vp":"1119349007","mp":"EU/1/20/1507","ma":"ORG-100031184","dn":3,"sd":3,"dt":"2021-11-09","co":"PL","is":"Centrum e-Zdrowia, in the name of the Minister of Health of the Republic","ci":"URN:UVCI:01:PL:1/AF2AA5873FAF45DFA826B8A01237BDC4"}]}"#,
    ),
    (
        "v, UVCI with parts",
        r#"{"nam":{"fn":"Example","gn":"Erika"},"dob":"1972","v":[{"tg":"840539006","vp":"1119305005","mp":"EU/1/21/1618","ma":"ORG-100032020","dn":1,"sd":2,"dt":"2022-02-20","co":"DE","is":"Robert Koch-Institut","ci":"URN:UVCI:01DE/IZ12345A/5CWLU12RNOB9RXSEOP6FG8#W"}]}"#,
    ),
    (
        "v, UVCI without prefix",
        r#"{"nam":{"fn":"Rossi","gn":"Maria Giulia"},"dob":"2001-07-07","v":[{"tg":"840539006","vp":"1119349007","mp":"EU/1/20/1528","ma":"ORG-100030215","dn":2,"sd":2,"dt":"2021-04-10","co":"IT","is":"Ministero della Salute","ci":"01ITE7300E1AB2A84C719004F103DCB1F70A#6"}]}"#,
    ),
    (
        "v, one name",
        r#"{"nam":{"fnt":"SUKARNO"},"dob":"1948-03","v":[{"tg":"840539006","vp":"1119349007","mp":"EU/1/20/1507","ma":"ORG-100031184","dn":2,"sd":1,"dt":"2022-01-15","co":"SE","is":"Swedish eHealth Agency","ci":"URN:UVCI:01:SE:EHM/V12907267LAJW#E"}]}"#,
    ),
    (
        "t, NAAT",
        r#"{"nam":{"fn":"Musterfrau","gn":"Gabriele"},"dob":"1998-02-26","t":[{"tg":"840539006","tt":"LP6464-4","nm":"Roche LightCycler qPCR","sc":"2021-02-20T12:34:56Z","tr":"260415000","tc":"Testing center Vienna 1","co":"AT","is":"Ministry of Health, Austria","ci":"URN:UVCI:01:AT:71EE2559DE38C6BF7304FB65A1A451EC#3"}]}"#,
    ),
    (
        "t, NAAT, no name",
        r#"{"nam":{"fn":"Peeters","gn":"Jan"},"dob":"1981-05-05","t":[{"tg":"840539006","tt":"LP6464-4","sc":"2021-08-01T07:15:00Z","tr":"260415000","tc":"Lab 7","co":"BE","is":"Sciensano","ci":"URN:UVCI:01:BE:5HQNBQ7RUWAHLJS8K3PB9YVYB#4"}]}"#,
    ),
    (
        "t, NAAT, long centre",
        r#"{"nam":{"fn":"Østergård-Sørensen","gn":"Bjørn Åge"},"dob":"1969-09-19","t":[{"tg":"840539006","tt":"LP6464-4","nm":"RT-PCR, in-house, E gene and RdRp gene","sc":"2021-07-14T18:45:10Z","tr":"260415000","tc":"Department of Clinical Microbiology, University Hospital, Test centre North","co":"DK","is":"The Danish Health Data Authority","ci":"URN:UVCI:01:DK:B84F1C70E52D49A3#1"}]}"#,
    ),
    (
        "t, antigen",
        r#"{"nam":{"fn":"Virtanen","gn":"Aino"},"dob":"2010-10-10","t":[{"tg":"840539006","tt":"LP217198-3","ma":"1232","sc":"2021-09-30T09:00:00Z","tr":"260415000","tc":"Helsinki 3","co":"FI","is":"Kela","ci":"URN:UVCI:01:FI:DT5IHJGQ8E0LRB2QPHC7O4V3U#G"}]}"#,
    ),
    (
        "t, antigen, long issuer",
        r#"{"nam":{"fn":"Schäfer-Weiß","gn":"Käthe Änne"},"dob":"1939-06-23","t":[{"tg":"840539006","tt":"LP217198-3","ma":"1341","sc":"2022-03-03T16:20:30Z","tr":"260415000","tc":"Apotheke am Marktplatz, Testzelt 2","co":"DE","is":"Beauftragte Stelle im Auftrag des Bundesministeriums für Gesundheit","ci":"URN:UVCI:01DE/A12345678/8F4DX0L9VRY2HC6K1MZQ#T"}]}"#,
    ),
    (
        "t, positive",
        r#"{"nam":{"fn":"O'Brien","gn":"Seán"},"dob":"1992-02-29","t":[{"tg":"840539006","tt":"LP6464-4","nm":"SARS-CoV-2 PCR","sc":"2021-12-24T23:59:59Z","tr":"260373001","tc":"Drive-in 12, Dublin Airport","co":"IE","is":"HSE","ci":"URN:UVCI:01:IE:52346124978654139#7"}]}"#,
    ),
    (
        "t, Greek",
        r#"{"nam":{"fn":"Γεωργίου","gn":"Ανδρέας Νικόλαος"},"dob":"1977-01-17","t":[{"tg":"840539006","tt":"LP217198-3","ma":"2067","sc":"2021-10-10T10:10:10Z","tr":"260415000","tc":"Λευκωσία, Κέντρο 4","co":"CY","is":"Ministry of Health, Cyprus","ci":"URN:UVCI:01:CY:DEMO:7A1E5C93F0B2#K"}]}"#,
    ),
    (
        "r, short names",
        r#"{"nam":{"fn":"Ek","gn":"Bo"},"dob":"1985-05-15","r":[{"tg":"840539006","fr":"2021-01-10","co":"SE","is":"Swedish eHealth Agency","df":"2021-01-21","du":"2021-07-09","ci":"URN:UVCI:01:SE:EHM/C878/123456789ABC#B"}]}"#,
    ),
    (
        "r, diacritics",
        r#"{"nam":{"fn":"Žukauskaitė","gn":"Gabrielė Ūla"},"dob":"1994-12-13","r":[{"tg":"840539006","fr":"2021-04-21","co":"LT","is":"State Enterprise Centre of Registers","df":"2021-05-02","du":"2021-10-18","ci":"URN:UVCI:01:LT:6D5F0A4BB0AD4AE9B47CB1F7E3F63D65#U"}]}"#,
    ),
    (
        "r, long names",
        r#"{"nam":{"fn":"Fernández de Córdoba y Álvarez de Toledo","gn":"María de los Ángeles Inmaculada"},"dob":"1959-03-31","r":[{"tg":"840539006","fr":"2021-06-06","co":"ES","is":"Servicio de Salud de la Comunidad","df":"2021-06-17","du":"2021-12-03","ci":"URN:UVCI:01:ES:0C95F1D27B384E6AA1D0#9"}]}"#,
    ),
    (
        "r, Cyrillic",
        r#"{"nam":{"fn":"Димитрова","gn":"Надежда"},"dob":"1988-08-08","r":[{"tg":"840539006","fr":"2021-02-02","co":"BG","is":"Ministry of Health","df":"2021-02-13","du":"2021-08-01","ci":"URN:UVCI:01:BG:UFR5PLGKU8WDSZK7#0"}]}"#,
    ),
    (
        "r, long issuer",
        r#"{"nam":{"fn":"Dupont","gn":"Jeanne"},"dob":"1966-06-06","r":[{"tg":"840539006","fr":"2021-09-09","co":"FR","is":"Caisse nationale de l'assurance maladie, Direction des systèmes d'information","df":"2021-09-20","du":"2022-03-08","ci":"URN:UVCI:01:FR:W7V2BE46QSBJ#L"}]}"#,
    ),
];
const KEYS: usize = 10;

type Compress = Box<dyn Fn(&[u8]) -> Vec<u8>>;

fn main() -> Result<(), Box<dyn Error>> {
    // cargo test runs the benchmarks as well, without `--bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let mut methods: Vec<(String, Compress)> = Vec::new();
    for level in 0..=9 {
        let name = format!("flate2 level {level}");
        methods.push((name, Box::new(move |bytes| deflate(bytes, level))));
    }
    for n in [15, 50] {
        let name = format!("zopfli, {n} iterations");
        methods.push((name, Box::new(move |bytes| zopfli(bytes, n))));
    }
    methods.push((
        "smallest of flate2 1–9".into(),
        Box::new(|bytes| {
            let all = (1..=9).map(|level| deflate(bytes, level));
            all.min_by_key(Vec::len).unwrap_or_default()
        }),
    ));

    let issuers = (0..KEYS).map(issuer).collect::<Result<Vec<_>, _>>()?;
    // After all that the records state.
    let issued_at = Timestamp::parse("2022-06-01T00:00:00Z")?;
    let validity = Validity {
        issued_at,
        expires_at: issued_at.plus(180 * 86_400),
    };
    // [record][key] → the signed bytes
    let mut signed = Vec::new();
    // The sizes that `issue` itself reaches.
    let mut kept = Vec::new();
    for (name, json) in RECORDS {
        let record = Record::from_json(json).map_err(|e| format!("{name}: {e}"))?;
        for issuer in &issuers {
            let issued = issuer.issue(&record, validity)?;
            kept.push(Size::of_text(issued.text())?);
            signed.push(issued.cose().to_vec());
        }
    }

    let mut results = Vec::new();
    for (name, compress) in &methods {
        let mut sizes = Vec::new();
        let mut spent = Duration::ZERO;
        for cose in &signed {
            let begin = Instant::now();
            let stream = compress(cose);
            spent += begin.elapsed();
            if inflate(&stream)? != *cose {
                return Err(format!("{name} changes the bytes").into());
            }
            sizes.push(Size::of(&stream)?);
        }
        let each = spent / u32::try_from(signed.len())?;
        eprintln!("{name}: {each:.1?} each");
        results.push((name.as_str(), sizes));
    }
    results.push(("what `issue` writes", kept));

    let find = |wanted: &str| {
        let found = results.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, sizes)| sizes).ok_or("no such method")
    };
    let base = find("flate2 level 9")?;
    println!(
        "| method | bytes | characters | version | lower | higher | stored | fixed | dynamic |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, sizes) in &results {
        let pairs = || sizes.iter().zip(base);
        let lower = pairs().filter(|(a, b)| a.version < b.version).count();
        let higher = pairs().filter(|(a, b)| a.version > b.version).count();
        let blocks = |kind| sizes.iter().filter(|s| s.block == kind).count();
        println!(
            "| {name} | {:.1} | {:.1} | {:.2} | {lower} | {higher} | {} | {} | {} |",
            mean(sizes, |s| s.bytes),
            mean(sizes, |s| s.characters),
            mean(sizes, |s| s.version),
            blocks(0),
            blocks(1),
            blocks(2),
        );
    }
    println!();
    println!("| record | signed | flate2 6 | flate2 9 | zopfli 15 | characters | version |");
    println!("|---|---|---|---|---|---|---|");
    for (n, (name, _)) in RECORDS.iter().enumerate() {
        let own = n * KEYS..(n + 1) * KEYS;
        let of = |method| {
            let sizes = find(method)?.get(own.clone());
            sizes.ok_or("too few results")
        };
        let (six, nine) = (of("flate2 level 6")?, of("flate2 level 9")?);
        let zopfli = of("zopfli, 15 iterations")?;
        println!(
            "| {name} | {} | {:.1} | {:.1} | {:.1} | {:.0} → {:.0} | {} → {} |",
            signed.get(n * KEYS).map_or(0, Vec::len),
            mean(six, |s| s.bytes),
            mean(nine, |s| s.bytes),
            mean(zopfli, |s| s.bytes),
            mean(nine, |s| s.characters),
            mean(zopfli, |s| s.characters),
            versions(nine),
            versions(zopfli),
        );
    }
    Ok(())
}

struct Size {
    bytes: usize,
    characters: usize,
    version: usize,
    /// Type of the first deflate block (RFC 1951 §3.2.3).
    block: u8,
}

impl Size {
    fn of(stream: &[u8]) -> Result<Self, Box<dyn Error>> {
        Self::of_text(&text::encode(stream))
    }

    fn of_text(text: &str) -> Result<Self, Box<dyn Error>> {
        let stream = base45::decode(text.trim_start_matches("HC1:"))?;
        Ok(Self {
            bytes: stream.len(),
            characters: text.len(),
            version: QrSymbol::encode(text, EcLevel::Q)?.version().into(),
            block: stream.get(2).ok_or("no block")? >> 1 & 3,
        })
    }
}

fn mean(sizes: &[Size], what: impl Fn(&Size) -> usize) -> f64 {
    sizes.iter().map(what).sum::<usize>() as f64 / sizes.len() as f64
}

/// The versions that occur, lowest to highest.
fn versions(sizes: &[Size]) -> String {
    let all = || sizes.iter().map(|size| size.version);
    match (all().min(), all().max()) {
        (Some(low), Some(high)) if low < high => format!("{low}–{high}"),
        (low, _) => low.unwrap_or_default().to_string(),
    }
}

fn issuer(n: usize) -> Result<Issuer<P256Signer>, Box<dyn Error>> {
    let (key, csca) = (
        TestKey::new(&format!("compression {n}")),
        TestKey::new("csca"),
    );
    let spec = CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z")?,
        not_after: Timestamp::parse("2023-01-01T00:00:00Z")?,
        eku: &[],
        ca: false,
    };
    let dsc = Dsc::from_der(&pki::certificate(&spec, &key, &csca)?)?;
    Ok(Issuer::new(
        dsc,
        P256Signer::from_pkcs8_pem(&key.pkcs8_pem()?)?,
    )?)
}

fn deflate(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(level));
    let _ = zlib.write_all(bytes);
    zlib.finish().unwrap_or_default()
}

fn zopfli(bytes: &[u8], iterations: u64) -> Vec<u8> {
    let options = zopfli::Options {
        iteration_count: NonZeroU64::new(iterations).unwrap_or(NonZeroU64::MIN),
        ..zopfli::Options::default()
    };
    let mut out = Vec::new();
    let _ = zopfli::compress(options, zopfli::Format::Zlib, bytes, &mut out);
    out
}

fn inflate(stream: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let mut out = flate2::write::ZlibDecoder::new(Vec::new());
    out.write_all(stream)?;
    out.finish()
}
