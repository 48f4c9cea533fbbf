//! The lists of the WHO's network. What we write down as the statements of a
//! document, and sign, is what is checked: a good signature is never refused
//! as a wrong one.

use std::sync::LazyLock;

use hcert::trust::{Environment, GdhcnAnchor, GdhcnError, LoadError};
use crate::lists::sign::NETWORK;
use crate::lists::{Loaded, gdhcn, keys, load};
use libfuzzer_sys::Corpus;

static DOCUMENT: LazyLock<String> = LazyLock::new(gdhcn::document);
static PROOF: LazyLock<String> = LazyLock::new(gdhcn::proof);
static SAMPLE: LazyLock<Loaded> = LazyLock::new(|| {
    let list = gdhcn::signed(&DOCUMENT, &PROOF).unwrap();
    add(list.as_bytes(), &gdhcn::anchor())
});

fn add(list: &[u8], anchor: &GdhcnAnchor) -> Loaded {
    let loaded = load(|builder| builder.add_gdhcn("fuzz", list, anchor));
    if let Ok((store, report)) = &loaded {
        for key in store.iter() {
            assert_eq!(key.gdhcn().unwrap().environment(), anchor.environment());
        }
        assert!(report.lists[0].identity().is_some() && report.lists[0].issued_at().is_some());
    }
    loaded
}

/// Signs a document and a proof, and loads them.
fn signed(document: &str, proof: &str) {
    let Some(list) = gdhcn::signed(document, proof) else {
        return;
    };
    if let Err(error) = add(list.as_bytes(), &gdhcn::anchor()) {
        let signature = matches!(error, LoadError::Gdhcn(GdhcnError::Signature));
        assert!(!signature, "other statements than ours");
    }
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    let Some((mode, rest)) = data.split_first() else {
        return Corpus::Reject;
    };
    match (mode, str::from_utf8(rest)) {
        // A list as it stands. The order of its entries is not signed.
        (b'r', _) => {
            let (sample, expected) = SAMPLE.as_ref().unwrap();
            assert_eq!(sample.len(), 2);
            if let Ok((store, report)) = add(rest, &gdhcn::anchor()) {
                assert_eq!(keys(&store), keys(sample), "a forged list");
                assert_eq!(report.lists, expected.lists, "a forged list");
            }
            for pinned in [GdhcnAnchor::prod(), GdhcnAnchor::uat(), GdhcnAnchor::dev()] {
                let _ = add(rest, &pinned);
            }
            let elsewhere = GdhcnAnchor::new(Environment::Dev, NETWORK.public_key());
            assert!(
                add(rest, &elsewhere).is_err(),
                "a list of another environment"
            );
        }
        // A document without its proof, and a proof without its signature.
        (b'd', Ok(document)) => signed(document, &PROOF),
        (b'p', Ok(proof)) => signed(&DOCUMENT, proof),
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

