//! A country to play with: a document signer, a trust list and certificates.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use hcert::format::hc1::text;
use hcert::issue::{Issuer, P256Signer, Validity};
use hcert::qr::{EcLevel, QrSymbol, SvgOptions};
use hcert::record::{Record, Uvci};
use hcert::trust::{Dsc, Kid};
use hcert::{Date, Timestamp};
use hcert_testkit::pki::{self, CertificateSpec, Error, TestKey};
use hcert_testkit::time::Plus as _;
use serde_json::{Value, json};

const DAY: i64 = 86_400;
const BORN: &str = "1998-02-26";
/// As long as [`BORN`], so that the tampered certificate stays well-formed.
const BORN_TAMPERED: &[u8] = b"1968-02-26";

/// A file of the demonstration.
struct Item {
    name: String,
    bytes: Vec<u8>,
    private: bool,
}

/// What was written.
pub struct Demo {
    pub kid: Kid,
    pub files: Vec<PathBuf>,
}

/// Makes everything with fresh keys, as of `now`, and writes it into
/// `directory`, which is made if it is missing.
pub fn write(directory: &Path, now: Timestamp) -> Result<Demo, Error> {
    let (kid, items) = build(now)?;
    fs::create_dir_all(directory)
        .map_err(|e| format!("{}: {e}; choose another directory", directory.display()))?;
    let taken = items.iter().map(|item| directory.join(&item.name));
    if let Some(path) = taken.into_iter().find(|path| path.exists()) {
        let path = path.display();
        return Err(format!("{path} exists; choose another directory, or remove it").into());
    }
    let mut files = Vec::new();
    for item in &items {
        let path = directory.join(&item.name);
        write_new(&path, item).map_err(|e| format!("{}: {e}", path.display()))?;
        files.push(path);
    }
    Ok(Demo { kid, files })
}

fn write_new(path: &Path, item: &Item) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if item.private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(&item.bytes)
}

fn build(now: Timestamp) -> Result<(Kid, Vec<Item>), Error> {
    let mut items = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| {
        items.push(Item {
            name: name.to_owned(),
            private: name == "key.pem",
            bytes,
        });
    };

    let (csca_key, key) = (TestKey::random(), TestKey::random());
    let csca_name = "CN=Demo CSCA (not for production),O=Demo,C=XX";
    let from = now.plus(-2 * 365 * DAY);
    let csca = CertificateSpec {
        subject: csca_name,
        issuer: csca_name,
        serial: 1,
        not_before: from,
        not_after: now.plus(4 * 365 * DAY),
        eku: &[],
        ca: true,
    };
    let dsc = CertificateSpec {
        subject: "CN=Demo DSC (not for production),O=Demo,C=XX",
        issuer: csca_name,
        serial: 2,
        not_before: from,
        not_after: now.plus(2 * 365 * DAY),
        eku: &[pki::EKU_TEST, pki::EKU_VACCINATION, pki::EKU_RECOVERY],
        ca: false,
    };
    let csca = pki::certificate(&csca, &csca_key, &csca_key)?;
    let dsc = Dsc::from_der(&pki::certificate(&dsc, &key, &csca_key)?)?;
    let key = key.pkcs8_pem()?;
    add("csca.pem", certificate_pem(&csca)?);
    add("dsc.pem", certificate_pem(dsc.der())?);
    add("key.pem", key.clone().into_bytes());
    let kid = dsc.kid();
    let list = json!({"certificates": [{
        "kid": BASE64_STANDARD.encode(kid.as_bytes()),
        "rawData": BASE64_STANDARD.encode(dsc.der()),
    }]});
    add("trust.json", pretty(&list)?);

    let issuer = Issuer::new(dsc, P256Signer::from_pkcs8_pem(&key)?)?;
    let today = now
        .date()
        .ok_or("the clock is outside the years 0 to 9999")?;
    let validity = |begin: i64, end: i64| Validity {
        issued_at: now.plus(begin * DAY),
        expires_at: now.plus(end * DAY),
    };
    let mut certificate = |name: &str, text: &str| -> Result<(), Error> {
        let symbol = QrSymbol::encode(text, EcLevel::Q)?;
        add(&format!("{name}.txt"), format!("{text}\n").into_bytes());
        let svg = symbol.to_svg(&SvgOptions::default());
        add(&format!("{name}.svg"), svg.into_bytes());
        add(&format!("{name}.png"), symbol.to_png(8)?);
        Ok(())
    };
    // What it says happened before it was issued, as in the others.
    let then = now.plus(-400 * DAY);
    let then_today = today.plus_days(-400).ok_or("no such day")?;
    let old_records = records(then_today, then)?;
    let records = records(today, now)?;
    for (name, json) in &records {
        let record = Record::from_json(&json.to_string())?;
        let issued = issuer.issue(&record, validity(0, 365))?;
        certificate(name, issued.text())?;
        if *name == "vaccination" {
            certificate("tampered", &tamper(issued.cose())?)?;
        }
    }
    if let Some((_, json)) = old_records.first() {
        let record = Record::from_json(&json.to_string())?;
        let old = issuer.issue(&record, validity(-400, -35))?;
        certificate("expired", old.text())?;
    }
    for (name, json) in &records {
        add(&format!("{name}.json"), pretty(json)?);
    }
    Ok((kid, items))
}

/// Another date of birth under the same signature.
fn tamper(cose: &[u8]) -> Result<String, Error> {
    let mut cose = cose.to_vec();
    let at = cose
        .windows(BORN.len())
        .position(|window| window == BORN.as_bytes());
    let place = at.and_then(|at| cose.get_mut(at..at + BORN.len()));
    place
        .ok_or("the certificate has no date of birth")?
        .copy_from_slice(BORN_TAMPERED);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&cose)?;
    Ok(text::encode(&zlib.finish()?))
}

fn records(today: Date, now: Timestamp) -> Result<Vec<(&'static str, Value)>, Error> {
    let day = |offset: i32| {
        let day = today.plus_days(offset).ok_or("no such day")?;
        Ok::<_, Error>(day.to_string())
    };
    let id = |opaque: &str| Ok::<_, Error>(Uvci::issued("XX", "DEMO", opaque)?.as_str().to_owned());
    let is = "Demo Ministry of Health";
    let whole = |group: &str, entry: Value| {
        json!({
            "nam": {"fn": "Musterfrau-Gößinger", "gn": "Gabriele"},
            "dob": BORN,
            group: [entry],
        })
    };
    let sampled = now.plus(-5 * 3600).to_string();
    Ok(vec![
        (
            "vaccination",
            whole(
                "v",
                json!({
                    "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528",
                    "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": day(-30)?,
                    "co": "XX", "is": is, "ci": id("B5921A35D6A0D696")?,
                }),
            ),
        ),
        (
            "naat-test",
            whole(
                "t",
                json!({
                    "tg": "840539006", "tt": "LP6464-4", "nm": "Demo PCR kit",
                    "sc": sampled, "tr": "260415000", "tc": "Demo test centre 1",
                    "co": "XX", "is": is, "ci": id("90FA2C6E41D8B703")?,
                }),
            ),
        ),
        (
            "antigen-test",
            whole(
                "t",
                json!({
                    "tg": "840539006", "tt": "LP217198-3", "ma": "1232",
                    "sc": sampled, "tr": "260415000", "tc": "Demo test centre 2",
                    "co": "XX", "is": is, "ci": id("17D0E5A9C3B24F68")?,
                }),
            ),
        ),
        (
            "antibody-test",
            whole(
                "t",
                json!({
                    "tg": "840539006", "tt": "94563-4",
                    "sc": sampled, "tr": "260373001", "tc": "Demo test centre 2",
                    "co": "XX", "is": is, "ci": id("E26B94F1708DA35C")?,
                }),
            ),
        ),
        (
            "recovery",
            whole(
                "r",
                json!({
                    "tg": "840539006", "fr": day(-60)?, "df": day(-49)?, "du": day(120)?,
                    "co": "XX", "is": is, "ci": id("5C8E02B7F61A94D3")?,
                }),
            ),
        ),
    ])
}

fn pretty(value: &Value) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn certificate_pem(der: &[u8]) -> Result<Vec<u8>, Error> {
    use x509_cert::der::{Decode, EncodePem, pem::LineEnding};
    let certificate = x509_cert::Certificate::from_der(der)?;
    Ok(certificate.to_pem(LineEnding::LF)?.into_bytes())
}
