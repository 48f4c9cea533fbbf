//! Trust lists: every entry is counted once, and what is loaded is found.
#![no_main]

use std::collections::HashMap;

use std::sync::LazyLock;

use hcert::trust::{
    Anchor, GdhcnAnchor, ListBytes, ListFormat, LoadError, TrustStore, TrustStoreBuilder,
    detect_companion, detect_format,
};
use hcert_fuzz::ISSUER;

use Form::{Anchored, Bytes, Gdhcn, Jwk, Pem, Unsigned};

/// The ways in.
enum Form {
    Bytes,
    Pem,
    Jwk,
    Anchored(ListFormat),
    Unsigned(ListFormat),
    Gdhcn,
}

const SIGNED: [ListFormat; 5] = [
    ListFormat::Gateway,
    ListFormat::German,
    ListFormat::Swedish,
    ListFormat::Swiss,
    ListFormat::Austrian,
];
const UNSIGNED: [ListFormat; 4] = [
    ListFormat::Dutch,
    ListFormat::CwaProtobuf,
    ListFormat::KeysByKid,
    ListFormat::Polish,
];

fn forms() -> impl Iterator<Item = Form> {
    [Bytes, Pem, Jwk, Gdhcn]
        .into_iter()
        .chain(SIGNED.map(Anchored))
        .chain(SIGNED.map(Unsigned))
        .chain(UNSIGNED.map(Unsigned))
}

fn add(builder: &mut TrustStoreBuilder, form: &Form, data: &[u8]) -> Result<(), LoadError> {
    // The forms in two documents get the halves.
    let list = |format: ListFormat| match format.companion_hint() {
        Some(_) => {
            let (list, companion) = data.split_at(data.len() / 2);
            ListBytes::from(list).with_companion(companion)
        }
        None => ListBytes::from(data),
    };
    match form {
        Bytes => builder.add_bytes("fuzz", data),
        Pem => builder.add_pem("fuzz", data),
        Jwk => builder.add_jwk("fuzz", data),
        Gdhcn => builder.add_gdhcn("fuzz", data, &GdhcnAnchor::prod()),
        Anchored(format) => builder.add_signed_list("fuzz", *format, list(*format), &ANCHORS[..]),
        Unsigned(format) => builder.trust_unsigned_list("fuzz", *format, list(*format)),
    }
    .map(drop)
}

static ANCHORS: LazyLock<Vec<Anchor>> =
    LazyLock::new(|| vec![Anchor::Certificate(ISSUER.dsc().clone())]);

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = (detect_format(data), detect_companion(data));
    for form in forms() {
        let mut builder = TrustStore::builder();
        if let Err(error) = add(&mut builder, &form, data) {
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
