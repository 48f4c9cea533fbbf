//! Revocation sets: any bytes are refused or answer; what is built is found,
//! and nobody signs in our name.

use arbitrary::{Arbitrary, Unstructured};
use hcert::Timestamp;
use hcert::revocation::{
    IdentifierKind, Precision, RevocationSet, SetBuilder, SetFormError, SetOptions,
};
use crate::lists::sign::LIST;
use crate::revocation::{KID, SIGNED};
use libfuzzer_sys::Corpus;

#[derive(Debug, Arbitrary)]
struct Entry<'a> {
    kid: &'a [u8],
    kind: u8,
    hash: [u8; 32],
    length: u8,
    any: bool,
}

#[derive(Debug, Arbitrary)]
struct Entries<'a> {
    bits: u8,
    entries: Vec<Entry<'a>>,
}

fn content_id(file: &[u8]) -> [u8; 16] {
    RevocationSet::open_unverified(file).unwrap().content_id()
}

/// All that can be asked of it.
fn ask(set: &RevocationSet<&[u8]>) {
    for kind in IdentifierKind::ALL {
        for hash in [[0; 32], [0xff; 32], [7; 32]] {
            set.contains(KID, kind, &hash);
            set.contains(b"", kind, &hash);
            for kid in set.kids().take(4) {
                assert!(!kid.is_empty());
                set.covers(kid);
                set.contains(kid, kind, &hash);
            }
        }
    }
    let rate = set.false_positive_rate();
    assert!((0.0..=512.0).contains(&rate) && (!set.is_exact() || rate == 0.0));
    assert_eq!(set.tables().map(|(.., n)| n).sum::<u64>(), set.len() as u64);
    let _ = (
        set.sources().count(),
        set.made_at(),
        set.expires_at(),
        format!("{set:?}"),
    );
}

fn build(entries: &Entries<'_>) -> Option<()> {
    let mut options = SetOptions::default();
    options.precision = match entries.bits {
        bits @ 1..=50 => Precision::FalsePositives(0.5f64.powi(bits.into())),
        _ => Precision::Exact,
    };
    let mut builder = SetBuilder::new(options);
    for entry in &entries.entries {
        let kind = IdentifierKind::ALL[usize::from(entry.kind) % IdentifierKind::ALL.len()];
        let hash = entry.hash.get(..entry.length.into()).unwrap_or(&entry.hash);
        let added = match entry.any {
            true => builder.add_for_any_kid(kind, hash),
            false => builder.add(entry.kid, kind, hash),
        };
        let fits = hash.len() >= 4 && (entry.any || (1..=255).contains(&entry.kid.len()));
        assert_eq!(added.is_ok(), fits);
        added.ok()?;
    }
    let bytes = builder.build(Timestamp::from_seconds(0)).unwrap();
    let set = RevocationSet::trust_unsigned(&bytes[..]).unwrap();
    for entry in &entries.entries {
        let kind = IdentifierKind::ALL[usize::from(entry.kind) % IdentifierKind::ALL.len()];
        let kid = if entry.any { KID } else { entry.kid };
        assert!((entry.any || set.covers(kid)) && set.contains(kid, kind, &entry.hash));
    }
    ask(&set);
    Some(())
}

/// Checks one input.
pub fn run(data: &[u8]) -> Corpus {
    match data.split_first() {
        // A file as it stands.
        Some((b'f', file)) => {
            match RevocationSet::open(file, &[LIST.anchor()]) {
                Ok(set) => assert_eq!(set.content_id(), content_id(&SIGNED)),
                Err(_) => assert_ne!(file, &SIGNED[..]),
            }
            if let Ok(set) = RevocationSet::open_unverified(file) {
                ask(&set);
            }
        }
        // What is signed.
        Some((b'p', set)) => match (SetBuilder::sign(set, LIST.signer()), RevocationSet::trust_unsigned(set)) {
            (Ok(file), Ok(unsigned)) => {
                let signed = RevocationSet::open(&file[..], &[LIST.anchor()]).unwrap();
                assert_eq!(signed.content_id(), unsigned.content_id());
                ask(&signed);
            }
            (Err(_), Err(SetFormError::Signed)) => {}
            (Err(a), Err(b)) => assert_eq!(a.code(), b.code()),
            other => panic!("signed and unsigned: {other:?}"),
        },
        Some((b'e', rest)) => {
            let entries = Entries::arbitrary(&mut Unstructured::new(rest));
            return match entries.ok().and_then(|entries| build(&entries)) {
                Some(()) => Corpus::Keep,
                None => Corpus::Reject,
            };
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
}

