//! Document signer certificates.

use hcert::trust::{Dsc, EntryProblem, Kid, TrustStore};
use sha2::{Digest, Sha256};

/// Checks one input.
pub fn run(data: &[u8]) {
    let read = Dsc::from_der(data);
    let mut builder = TrustStore::builder();
    builder.add_certificate_der("fuzz", data).unwrap();
    let (store, report) = builder.build();
    assert_eq!(report.total, 1);
    // One that may not sign is read, and no key.
    let refused = |p: &EntryProblem| p.problem.code() == "not-for-signatures";
    let may_sign = !report.problems.iter().any(refused);
    let expected = usize::from(read.is_ok() && may_sign);
    assert_eq!(report.loaded, expected);
    match read {
        Err(error) => {
            let _ = (error.to_string(), error.code());
        }
        Ok(dsc) => {
            let _ = format!("{dsc:?} {:?}", dsc.extended_key_usage());
            assert_eq!(dsc.der(), data);
            let digest = Sha256::digest(data);
            assert_eq!(dsc.digest().as_bytes(), &digest[..]);
            assert_eq!(dsc.kid(), Kid::new(&digest[..8]).unwrap());
            if !may_sign {
                return assert!(store.candidates(dsc.kid()).is_empty());
            }
            let [key] = store.candidates(dsc.kid()) else {
                panic!("not one key")
            };
            assert_eq!(key.validity(), Some((dsc.not_before(), dsc.not_after())));
            assert_eq!(key.usage(), dsc.usage());
        }
    }
}

