//! What several tests need: fictitious issuers and certificates, and the way
//! to the published data.

use crate::pki::{self, CertificateSpec, TestKey};
use hcert::issue::{Compression, Issued, Issuer, P256Signer, Validity};
use hcert::record::{Holder, Record, Recovery, Test, TestKind, TestResult, Uvci, Vaccination};
use hcert::trust::{Dsc, TrustStore};
use hcert::{Date, PartialDate, Timestamp};

/// 2021-06-01T00:00:00Z.
pub const ISSUED: Timestamp = Timestamp::from_seconds(1_622_505_600);
/// A time at which everything is in time.
pub const NOW: Timestamp = Timestamp::from_seconds(1_625_097_600);
/// 2021-12-01T00:00:00Z.
pub const EXPIRES: Timestamp = Timestamp::from_seconds(1_638_316_800);

/// From [`ISSUED`] to [`EXPIRES`].
pub const VALIDITY: Validity = Validity {
    issued_at: ISSUED,
    expires_at: EXPIRES,
};

/// A time out of a constant of a test.
pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The document signer of the fictitious country XX whose key has that label.
pub fn dsc(label: &str, eku: &[&str]) -> Dsc {
    let spec = CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku,
        ca: false,
    };
    let der = pki::certificate(&spec, &TestKey::new(label), &TestKey::new("csca")).unwrap();
    Dsc::from_der(&der).unwrap()
}

/// The key of that label as a signer.
pub fn signer(label: &str) -> P256Signer {
    P256Signer::from_pkcs8_pem(&TestKey::new(label).pkcs8_pem().unwrap()).unwrap()
}

/// Issues as [`dsc`] of the same label, and compresses fast.
pub fn issuer(label: &str, eku: &[&str]) -> Issuer<P256Signer> {
    let issuer = Issuer::new(dsc(label, eku), signer(label)).unwrap();
    issuer.with_compression(Compression::Fast)
}

/// A store that trusts these and has nothing to report.
pub fn trust(dscs: &[&Dsc]) -> TrustStore {
    let mut builder = TrustStore::builder();
    for dsc in dscs {
        builder.add_certificate_der("test", dsc.der()).unwrap();
    }
    let (store, report) = builder.build();
    assert!(report.problems.is_empty(), "{report:?}");
    store
}

/// Gabriele Musterfrau-Gößinger.
pub fn holder() -> Holder {
    Holder::new(
        "Musterfrau-Gößinger",
        "Gabriele",
        PartialDate::parse("1998-02-26").unwrap(),
    )
    .unwrap()
}

/// An identifier with its checksum.
pub fn uvci() -> Uvci {
    Uvci::from_opaque("XX", "B5921A35D6A0D696421B3E2462178297").unwrap()
}

/// A vaccination, complete.
pub fn vaccination() -> Record {
    let entry = Vaccination::builder()
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(Date::parse("2021-05-29").unwrap())
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci())
        .build();
    Record::new(holder(), entry.unwrap()).unwrap()
}

/// A negative PCR test.
pub fn test() -> Record {
    let entry = Test::builder()
        .kind(TestKind::Naat)
        .name("A PCR test")
        .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
        .result(TestResult::Negative)
        .centre("Testing centre 1")
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci())
        .build();
    Record::new(holder(), entry.unwrap()).unwrap()
}

/// A recovery, within its period at [`NOW`].
pub fn recovery() -> Record {
    let entry = Recovery::builder()
        .first_positive(Date::parse("2021-04-21").unwrap())
        .valid(
            Date::parse("2021-05-02").unwrap(),
            Date::parse("2021-10-18").unwrap(),
        )
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci())
        .build();
    Record::new(holder(), entry.unwrap()).unwrap()
}

/// The record as the key of that label issues it.
pub fn issued(label: &str, record: &Record) -> Issued {
    issuer(label, &[]).issue(record, VALIDITY).unwrap()
}
