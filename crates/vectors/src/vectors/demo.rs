//! A trust list and a certificate to try the programs on, long in force.

use hcert::issue::{Issuer, P256Signer, Validity};
use hcert::record::Record;
use hcert::trust::Dsc;
use hcert::{Timestamp, qr::EcLevel, qr::QrSymbol};
use hcert_testkit::pki::{self, CertificateSpec, EKU_VACCINATION, TestKey};
use serde_json::json;

use super::Error;

/// The files of `test-vectors/demo/`, by name.
pub fn files() -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let (csca, key) = (TestKey::new("demo csca"), TestKey::new("demo dsc"));
    let spec = CertificateSpec {
        subject: "CN=Demo DSC (published key),O=Example,C=XX",
        issuer: "CN=Demo CSCA (published key),O=Example,C=XX",
        serial: 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z")?,
        not_after: Timestamp::parse("2049-12-31T23:59:59Z")?,
        eku: &[EKU_VACCINATION],
        ca: false,
    };
    let dsc = Dsc::from_der(&pki::certificate(&spec, &key, &csca)?)?;
    let trust = json!({"certificates": [{
        "kid": BASE64_STANDARD.encode(dsc.kid().as_bytes()),
        "rawData": BASE64_STANDARD.encode(dsc.der()),
    }]});
    let record = Record::from_json(
        &json!({
            "nam": {"fn": "Musterfrau-Gößinger", "gn": "Gabriele"},
            "dob": "1998-02-26",
            "v": [{
                "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528",
                "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": "2021-05-29",
                "co": "XX", "is": "Ministry of Health of an example country",
                "ci": "URN:UVCI:01:XX:DADFCC47C7334E45A906DB12FD859FB7#1",
            }],
        })
        .to_string(),
    )?;
    let issuer = Issuer::new(dsc, P256Signer::from_pkcs8_pem(&key.pkcs8_pem()?)?)?;
    let validity = Validity {
        issued_at: Timestamp::parse("2021-06-01T00:00:00Z")?,
        expires_at: Timestamp::parse("2049-12-01T00:00:00Z")?,
    };
    let issued = issuer.issue(&record, validity)?;
    let symbol = QrSymbol::encode(issued.text(), EcLevel::Q)?;
    Ok(vec![
        ("demo/trust.json", (trust.to_string() + "\n").into_bytes()),
        (
            "demo/vaccination.txt",
            (issued.text().to_owned() + "\n").into_bytes(),
        ),
        ("demo/vaccination.png", symbol.to_png(4)?),
        (
            "demo/vaccination.svg",
            symbol.to_svg(&Default::default()).into_bytes(),
        ),
    ])
}
