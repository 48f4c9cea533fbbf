//! What the targets and the seeds share: a fictitious issuer, certificates of
//! it, and the check that nothing about their holder shows.

pub mod lists;
pub mod payloads;
pub mod revocation;
pub mod seeds;
pub mod targets;

use std::fmt::{Debug, Display};
use std::io::Write;
use std::sync::LazyLock;

use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use hcert::issue::{Compression, Issuer, P256Signer, Signer, Validity};
use hcert::record::{Holder, Record, Recovery, Test, TestKind, TestResult, Uvci, Vaccination};
use hcert::trust::{Dsc, TrustStore};
use hcert::verify::Verifier;
use hcert::{Date, PartialDate, Timestamp};
use hcert_testkit::pki;

/// The holder's family name in every seed; it must never show.
pub const MARKER: &str = "Quxmarker";

/// 2021-07-01T00:00:00Z.
pub const NOW: Timestamp = Timestamp::from_seconds(1_625_097_600);

/// From a month before [`NOW`] to five months after it.
pub const VALIDITY: Validity = Validity {
    issued_at: Timestamp::from_seconds(1_622_505_600),
    expires_at: Timestamp::from_seconds(1_638_316_800),
};

/// The document signer of the fictitious country XX.
pub static ISSUER: LazyLock<Issuer<P256Signer>> = LazyLock::new(|| {
    let spec = pki::CertificateSpec {
        subject: "CN=DSC,O=Example,C=XX",
        issuer: "CN=CSCA,O=Example,C=XX",
        serial: 1,
        not_before: Timestamp::parse("2021-01-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2023-01-01T00:00:00Z").unwrap(),
        eku: &[],
        ca: false,
    };
    let csca = pki::TestKey::new("fuzz csca");
    let der = pki::certificate(&spec, &pki::TestKey::new("fuzz"), &csca).unwrap();
    let issuer = Issuer::new(Dsc::from_der(&der).unwrap(), SIGNER.clone()).unwrap();
    issuer.with_compression(Compression::Fast)
});

static SIGNER: LazyLock<P256Signer> = LazyLock::new(|| {
    let pem = pki::TestKey::new("fuzz").pkcs8_pem().unwrap();
    P256Signer::from_pkcs8_pem(&pem).unwrap()
});

/// An RSA key to which nobody has the other half, under the kid `rsa-2048`.
pub fn rsa_jwk() -> String {
    let n = "_".repeat(341);
    format!(r#"{{"kty":"RSA","kid":"cnNhLTIwNDg=","e":"AQAB","n":"{n}w"}}"#)
}

/// Trusts the issuer and the RSA key.
pub static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let mut builder = TrustStore::builder();
    builder
        .add_certificate_der("dsc", ISSUER.dsc().der())
        .unwrap();
    builder.add_jwk("rsa", rsa_jwk().as_bytes()).unwrap();
    let (store, report) = builder.build();
    assert_eq!(report.loaded, 2, "{report:?}");
    Verifier::new(store)
});

/// One record of each kind, about the same holder.
pub static RECORDS: LazyLock<[Record; 3]> = LazyLock::new(|| {
    let born = PartialDate::parse("1998-02-26").unwrap();
    let holder = Holder::new(MARKER, "Gabriele", born).unwrap();
    let uvci = Uvci::from_opaque("XX", "B5921A35D6A0D696421B3E2462178297").unwrap();
    let vaccination = Vaccination::builder()
        .vaccine("1119349007")
        .product("EU/1/20/1528")
        .manufacturer("ORG-100030215")
        .dose(2, 2)
        .date(Date::parse("2021-05-29").unwrap())
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci)
        .build()
        .unwrap();
    let test = Test::builder()
        .kind(TestKind::Naat)
        .name("A PCR test")
        .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z").unwrap())
        .result(TestResult::Negative)
        .centre("Testing centre 1")
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci)
        .build()
        .unwrap();
    let recovery = Recovery::builder()
        .first_positive(Date::parse("2021-04-21").unwrap())
        .valid(
            Date::parse("2021-05-02").unwrap(),
            Date::parse("2021-10-18").unwrap(),
        )
        .country("XX")
        .issuer("Ministry of Health")
        .id(&uvci)
        .build()
        .unwrap();
    [
        Record::new(holder.clone(), vaccination).unwrap(),
        Record::new(holder.clone(), test).unwrap(),
        Record::new(holder, recovery).unwrap(),
    ]
});

/// A COSE_Sign1 over any payload, signed by the trusted issuer.
pub fn sign(payload: &[u8]) -> Vec<u8> {
    let header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::ES256)
        .key_id(ISSUER.dsc().kid().as_bytes().to_vec())
        .build();
    CoseSign1Builder::new()
        .protected(header)
        .payload(payload.to_vec())
        .create_signature(b"", |message| SIGNER.sign(message).unwrap())
        .build()
        .to_tagged_vec()
        .unwrap()
}

/// A zlib stream.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// The text around a COSE_Sign1.
pub fn wrap(cose: &[u8]) -> String {
    hcert::format::hc1::text::encode(&deflate(cose))
}

/// Panics if the holder's name shows.
pub fn conceals(shown: impl Debug) {
    find_marker(&format!("{shown:?}"));
}

/// The same for an error, with its `Display`.
pub fn error_conceals(error: &(impl Debug + Display)) {
    find_marker(&format!("{error} {error:?}"));
}

fn find_marker(shown: &str) {
    let shown = shown.to_ascii_lowercase();
    assert!(!shown.contains("quxmarker"), "the holder's name shows");
}
