//! Trust lists: every entry is counted once, and what is loaded is found.
#![no_main]

use std::collections::HashMap;

use hcert::trust::{LoadError, TrustStore, TrustStoreBuilder};

type Add = fn(&mut TrustStoreBuilder, &[u8]) -> Result<(), LoadError>;

const ADD: [Add; 3] = [
    |builder, data| builder.add_bytes("fuzz", data).map(drop),
    |builder, data| builder.add_pem("fuzz", data).map(drop),
    |builder, data| builder.add_jwk("fuzz", data).map(drop),
];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for add in ADD {
        let mut builder = TrustStore::builder();
        if let Err(error) = add(&mut builder, data) {
            let _ = (error.to_string(), error.code());
            assert_eq!(builder.build().1.total, 0, "a refused input left something");
            continue;
        }
        let (store, report) = builder.build();
        assert_eq!(
            report.loaded + report.duplicates + report.rejected,
            report.total
        );
        let left_out = report.problems.iter().filter(|problem| !problem.kept);
        assert_eq!(left_out.count(), report.rejected);
        for problem in &report.problems {
            assert!(problem.position < report.total);
            let _ = (problem.to_string(), problem.problem.code());
        }
        assert_eq!(store.len(), report.loaded);
        let mut kids = HashMap::new();
        for key in store.iter() {
            *kids.entry(key.kid()).or_insert(0) += 1;
        }
        assert_eq!(kids.values().sum::<usize>(), report.loaded);
        for (kid, count) in kids {
            assert_eq!(store.candidates(kid).len(), count);
        }
    }
});
