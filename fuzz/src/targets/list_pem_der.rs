//! Certificates and public keys in DER and PEM: the same key in both.

use hcert::trust::ListFormat::{CertificateDer, Pem, PublicKeyDer};
use crate::lists::{agree, load, samples, unsigned};

/// Checks one input.
pub fn run(data: &[u8]) {
    agree(
        &load(|builder| builder.add_pem("fuzz", data)),
        &unsigned(Pem, data),
    );
    for (format, label) in [
        (CertificateDer, "CERTIFICATE"),
        (PublicKeyDer, "PUBLIC KEY"),
    ] {
        let der = unsigned(format, data);
        let pem = samples::pem(label, data);
        agree(&load(|builder| builder.add_pem("fuzz", &pem)), &der);
        let (store, _) = der.unwrap();
        for key in store.iter() {
            match key.certificate() {
                Some(certificate) => assert_eq!(certificate.der(), data),
                None => assert_eq!(format, PublicKeyDer),
            }
        }
    }
}

