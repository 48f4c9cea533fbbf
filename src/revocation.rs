//! Which certificates are revoked, known offline.

mod identifier;
pub mod set;

pub use identifier::IdentifierKind;
pub use set::{
    Precision, Progress, RevocationSet, SetBuilder, SetError, SetFormError, SetOptions, SetSource,
    Stage,
};
