//! The seeds, written into `corpus/`: certificates of a fictitious issuer, our
//! own test vectors, and, where `HCERT_VECTORS` names a directory of
//! published test data, what is found there. `corpus/` is never committed.

mod certlogic;
mod lists;
mod recognition;
mod revocation;
mod revocation_set;
mod rules;
mod value_sets;

use std::fs;
use std::path::{Path, PathBuf};

use crate::payloads::{encode, samples};
use crate::{ISSUER, RECORDS, VALIDITY, sign, wrap};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use ciborium::{Value, cbor};
use coset::{CborSerializable, HeaderBuilder, TaggedCborSerializable, iana};
use hcert::Limits;
use hcert::format::hc1::cose::CoseSign1;
use hcert::format::hc1::cwt::Claims;
use hcert::format::hc1::{text, zlib};
use hcert::qr::{EcLevel, QrSymbol};
use hcert::record::PayloadKind;
use sha2::{Digest, Sha256};

pub type Error = Box<dyn std::error::Error>;

/// Writes all of them.
pub fn write() -> Result<(), Error> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = Corpus {
        root: here.join("corpus"),
        written: 0,
    };
    corpus.issued()?;
    corpus.payloads()?;
    corpus.add("dsc", ISSUER.dsc().der())?;
    lists::ours(&mut corpus)?;
    lists::snapshots(&mut corpus)?;
    lists::documents(&mut corpus)?;
    certlogic::ours(&mut corpus)?;
    revocation_set::sets(&mut corpus)?;
    rules::ours(&mut corpus)?;
    value_sets::ours(&mut corpus)?;
    recognition::ours(&mut corpus)?;
    revocation::ours(&mut corpus)?;
    for text in NAMES {
        corpus.add("names", text.as_bytes())?;
    }
    corpus.found(&here.join("../test-vectors"))?;
    if let Some(published) = std::env::var_os("HCERT_VECTORS") {
        let published = PathBuf::from(published);
        corpus.found(&published.join("dgc-testdata"))?;
        lists::published(&mut corpus, &published)?;
        certlogic::published(&mut corpus, &published)?;
        rules::published(&mut corpus, &published)?;
        value_sets::published(&mut corpus, &published)?;
        revocation::published(&mut corpus, &published)?;
    }
    println!("{} seeds in {}", corpus.written, corpus.root.display());
    Ok(())
}

const NAMES: [&str; 12] = [
    "Musterfrau-Gößinger",
    "d'Červenková Panklová",
    "Χαράλαμπος Ουρανία",
    "Ганна Щербакова",
    "Þórður Ægisson",
    "李 小明",
    "محمد",
    "O\u{308}zge\u{327}",
    "URN:UVCI:01:SE:EHM/V12907267LAJW#E",
    "URN:UVCI:V1:XX:B5921A35D6A0D696421B3E2462178297#I",
    "01/LU/ABC123#K",
    "EHM/V12907267LAJW",
];

pub(crate) struct Corpus {
    root: PathBuf,
    written: usize,
}

impl Corpus {
    fn add(&mut self, target: &str, bytes: &[u8]) -> Result<(), Error> {
        let directory = self.root.join(target);
        fs::create_dir_all(&directory)?;
        let digest = Sha256::digest(bytes);
        let name: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
        fs::write(directory.join(name), bytes)?;
        self.written += 1;
        Ok(())
    }

    /// A text, and each stage in it as far as it can be read.
    fn text(&mut self, code: &str) -> Result<(), Error> {
        let limits = Limits::default();
        self.add("chain", code.as_bytes())?;
        self.add("base45", code.as_bytes())?;
        let Ok(compressed) = text::decode(code, &limits, &mut Vec::new()) else {
            return Ok(());
        };
        self.add("inflate", &compressed)?;
        match zlib::inflate(&compressed, &limits) {
            Ok(cose) => self.cose(&cose),
            Err(_) => Ok(()),
        }
    }

    fn cose(&mut self, cose: &[u8]) -> Result<(), Error> {
        let limits = Limits::default();
        self.add("cose", cose)?;
        self.add("chain", cose)?;
        let Ok(message) = CoseSign1::parse(cose.to_vec(), &limits, &mut Vec::new()) else {
            return Ok(());
        };
        self.add("cwt", message.unverified_payload())?;
        self.add("chain", message.unverified_payload())?;
        let Ok(claims) =
            Claims::parse_unverified(message.unverified_payload(), &limits, &mut Vec::new())
        else {
            return Ok(());
        };
        if let Ok(json) = claims.payload_json() {
            self.add("payload", json.as_bytes())?;
        }
        let claims: Value = ciborium::from_reader(message.unverified_payload())?;
        let member = |map: &Value, key: i64| {
            let members = map.as_map()?.iter();
            let mut found = members.filter(|(name, _)| *name == Value::from(key));
            Some(found.next()?.1.clone())
        };
        if let Some(dcc) = member(&claims, -260).and_then(|hcert| member(&hcert, 1)) {
            self.add("payload", &dcc.to_vec().map_err(|e| e.to_string())?)?;
        }
        Ok(())
    }

    fn issued(&mut self) -> Result<(), Error> {
        for record in RECORDS.iter() {
            let issued = ISSUER.issue(record, VALIDITY)?;
            self.text(issued.text())?;
            self.pictures(&issued.qr()?)?;
            for variant in variants(issued.cose())? {
                self.cose(&variant)?;
                self.add("chain", wrap(&variant).as_bytes())?;
            }
        }
        for level in [EcLevel::L, EcLevel::H] {
            self.pictures(&QrSymbol::encode("HC1:6BF+70790T9", level)?)?;
        }
        Ok(())
    }

    /// Each payload of the WHO's network, alone and in signed claims.
    fn payloads(&mut self) -> Result<(), Error> {
        use PayloadKind::{DdccTest, DdccVaccination, HealthLink, Medication, YellowCard};
        for (target, kinds) in [
            ("payload_yellow_card", &[YellowCard][..]),
            ("payload_ddcc", &[DdccVaccination]),
            ("payload_ddcc", &[DdccTest]),
            ("payload_medication", &[Medication]),
            ("payload_health_link", &[HealthLink]),
        ] {
            for sample in samples::of(kinds) {
                self.add(target, &encode(&sample))?;
                let key = kinds[0].claim_key();
                let claims = cbor!({1 => "XX", 4 => VALIDITY.expires_at.seconds(),
                    6 => VALIDITY.issued_at.seconds(), -260 => {key => sample}})?;
                let claims = encode(&claims);
                // `chain` signs claims itself, and takes what is signed of
                // another record for a forgery.
                self.add("chain", &claims)?;
                self.add("cwt", &claims)?;
                self.add("cose", &sign(&claims))?;
            }
        }
        let light = cbor!({"ver" => "1.0.0", "nam" => {"fn" => "Quxmarker", "fnt" => "QUXMARKER"},
            "dob" => "1998-02-26"})?;
        let claims = cbor!({1 => "CH", 4 => VALIDITY.expires_at.seconds(),
            6 => VALIDITY.issued_at.seconds(), -250 => {1 => light}})?;
        self.add("light", &encode(&claims))?;
        self.add("light", &sign(&encode(&claims)))?;
        self.add(
            "payload_health_link",
            &serde_json::to_vec(&samples::link_json())?,
        )
    }

    #[cfg(not(feature = "image"))]
    fn pictures(&mut self, _: &QrSymbol) -> Result<(), Error> {
        Ok(())
    }

    #[cfg(feature = "image")]
    fn pictures(&mut self, symbol: &QrSymbol) -> Result<(), Error> {
        use image::ImageFormat::{Gif, Jpeg, Png, WebP};
        // One pixel a module keeps below what the target lets pass.
        let png = symbol.to_png(1)?;
        self.add("image", &png)?;
        let picture = image::load_from_memory(&png)?.to_rgb8();
        for format in [Png, Jpeg, Gif, WebP] {
            let mut file = std::io::Cursor::new(Vec::new());
            picture.write_to(&mut file, format)?;
            self.add("image", &file.into_inner())?;
        }
        Ok(())
    }

    /// The codes, certificates and pictures in the JSON files of a directory.
    fn found(&mut self, directory: &Path) -> Result<(), Error> {
        for path in files(directory)? {
            let text = fs::read_to_string(&path).unwrap_or_default();
            if let Ok(json) = serde_json::from_str(text.trim_start_matches('\u{feff}')) {
                self.strings(&json)?;
            }
        }
        Ok(())
    }

    fn strings(&mut self, json: &serde_json::Value) -> Result<(), Error> {
        use serde_json::Value as Json;
        match json {
            Json::Array(items) => items.iter().try_for_each(|item| self.strings(item)),
            Json::Object(members) => members.values().try_for_each(|item| self.strings(item)),
            Json::String(text) if text.starts_with("HC1:") => self.text(text),
            Json::String(text) => match BASE64_STANDARD.decode(text).as_deref() {
                Ok(der @ [0x30, 0x82, ..]) => self.add("dsc", der),
                Ok(png @ [0x89, b'P', ..]) => self.add("image", png),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// The same certificate as the field writes it: without the tag, as a CWT,
/// with the headers unprotected, and with a key of another type.
fn variants(cose: &[u8]) -> Result<[Vec<u8>; 4], Error> {
    let text = |e: coset::CoseError| e.to_string();
    let message = coset::CoseSign1::from_tagged_slice(cose).map_err(text)?;
    let mut bare = message.clone();
    bare.unprotected = std::mem::take(&mut bare.protected.header);
    bare.protected = Default::default();
    let mut rsa = message.clone();
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::PS256);
    rsa.protected.header = header.key_id(b"rsa-2048".to_vec()).build();
    rsa.protected.original_data = None;
    rsa.signature = vec![7; 256];
    Ok([
        message.to_vec().map_err(text)?,
        [&[0xd8, 61], cose].concat(),
        bare.to_tagged_vec().map_err(text)?,
        rsa.to_tagged_vec().map_err(text)?,
    ])
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut queue = vec![directory.to_owned()];
    while let Some(path) = queue.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                queue.push(entry?.path());
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}
