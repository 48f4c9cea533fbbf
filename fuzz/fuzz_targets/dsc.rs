//! Document signer certificates.
#![no_main]

use hcert::trust::{Dsc, Kid, TrustStore};
use sha2::{Digest, Sha256};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let read = Dsc::from_der(data);
    let mut builder = TrustStore::builder();
    builder.add_certificate_der("fuzz", data).unwrap();
    let (store, report) = builder.build();
    assert_eq!(
        (report.total, report.loaded),
        (1, usize::from(read.is_ok()))
    );
    match read {
        Err(error) => {
            let _ = (error.to_string(), error.code());
        }
        Ok(dsc) => {
            let _ = format!("{dsc:?} {:?}", dsc.extended_key_usage());
            assert_eq!(dsc.der(), data);
            let digest = Sha256::digest(data);
            assert_eq!(dsc.sha256(), *digest);
            assert_eq!(dsc.kid(), Kid::new(&digest[..8]).unwrap());
            let [key] = store.candidates(dsc.kid()) else {
                panic!("not one key")
            };
            assert_eq!(key.validity(), Some((dsc.not_before(), dsc.not_after())));
            assert_eq!(key.usage(), dsc.usage());
        }
    }
});
