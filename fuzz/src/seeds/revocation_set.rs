//! Seeds for revocation sets. The letter before each says what the target
//! takes it for.

use crate::lists::sign::UPLOADER;
use crate::revocation::SIGNED;
use hcert::Timestamp;
use hcert::revocation::{IdentifierKind, Precision, SetBuilder, SetOptions};

use super::{Corpus, Error};

const TARGET: &str = "revocation_set";

/// A set of either mode, signed and unsigned, and entries to make one of.
pub(crate) fn sets(corpus: &mut Corpus) -> Result<(), Error> {
    corpus.add(TARGET, &[b"f", &SIGNED[..]].concat())?;
    for precision in [Precision::Exact, SetOptions::default().precision] {
        let mut options = SetOptions::default();
        options.precision = precision;
        let mut builder = SetBuilder::new(options);
        builder.source("a list", Some(Timestamp::from_seconds(0)))?;
        builder.covers(b"a kid without entries")?;
        for n in 0..40 {
            builder.add(b"12345678", IdentifierKind::Uci, &[n; 16])?;
        }
        builder.add(b"nine byte", IdentifierKind::Signature, &[7; 18])?;
        builder.add_for_any_kid(IdentifierKind::Uci, &[7; 32])?;
        let set = builder.build(Timestamp::from_seconds(0))?;
        // By another key: the target knows what its own has signed.
        let signed = SetBuilder::sign(&set, UPLOADER.signer())?;
        corpus.add(TARGET, &[b"f", &signed[..]].concat())?;
        corpus.add(TARGET, &[b"f", &set[..]].concat())?;
        corpus.add(TARGET, &[b"p", &set[..]].concat())?;
    }
    for length in [40u8, 200] {
        let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
        corpus.add(TARGET, &[b"e\x20", &bytes[..]].concat())?;
    }
    Ok(())
}
