//! The one revocation set that our key signed.

use std::sync::LazyLock;

use hcert::Timestamp;
use hcert::revocation::{IdentifierKind, SetBuilder, SetOptions};

use crate::lists::sign::LIST;

pub const KID: &[u8] = b"12345678";

pub static SIGNED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut builder = SetBuilder::new(SetOptions::default());
    builder.add(KID, IdentifierKind::Uci, &[1; 16]).unwrap();
    let set = builder.build(Timestamp::from_seconds(0)).unwrap();
    SetBuilder::sign(&set, LIST.signer()).unwrap()
});
