//! Anchors out of bytes.

use super::anchor::{Anchor, AnchorError};
use super::list::format::ListFormat;
use super::store::TrustStore;

impl Anchor {
    /// Reads one certificate or public key: DER, a PEM text with one block, or
    /// a JWK.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AnchorError> {
        let format = ListFormat::detect(bytes).filter(|format| {
            matches!(
                format,
                ListFormat::CertificateDer
                    | ListFormat::PublicKeyDer
                    | ListFormat::Pem
                    | ListFormat::Jwk
            )
        });
        let format = format.ok_or(AnchorError::Unrecognised)?;
        let mut builder = TrustStore::builder().for_an_anchor();
        builder
            .add_list("anchor", format, bytes)
            .map_err(|_| AnchorError::Unrecognised)?;
        let (store, report) = builder.build();
        if report.total > 1 {
            let count = report.total;
            return Err(AnchorError::Several { count });
        }
        match store.iter().next() {
            Some(key) => Ok(match key.certificate() {
                Some(certificate) => Self::Certificate(certificate.clone()),
                None => Self::Key(key.public_key().clone()),
            }),
            None => Err(report
                .problems
                .into_iter()
                .next()
                .map_or(AnchorError::Unrecognised, |p| p.problem.into())),
        }
    }
}
