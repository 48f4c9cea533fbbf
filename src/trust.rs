//! Who may sign: document signer keys, where they come from, and the store
//! that a verifier looks them up in.
//!
//! A [`TrustStore`] is built from bytes that the caller already holds:
//! certificates, public keys, JWK sets, trust lists. Nothing is fetched. A
//! signed list is checked against an [`Anchor`] that the caller pinned
//! ([`TrustStoreBuilder::add_signed_list`], [`TrustStoreBuilder::add_gdhcn`]);
//! for whatever else is added **nothing proves who made it**: the caller
//! vouches for the bytes. What they held comes back as a [`LoadReport`], in
//! which every entry is counted.
//!
//! A `kid` is a hint of eight bytes, not a name: several keys may share one,
//! so [`TrustStore::candidates`] returns all of them (hcert-spec 1.0.8 §3.3.3).
//!
//! ```
//! use hcert::trust::{KeyUsage, Kid, TrustStore};
//! # use p256::pkcs8::EncodePublicKey;
//! # let pem = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key()
//! #     .to_public_key_pem(Default::default()).unwrap();
//! let mut builder = TrustStore::builder();
//! builder.add_pem("signers.pem", &pem)?;
//! let (store, report) = builder.build();
//!
//! assert_eq!((report.loaded, report.rejected, report.total), (1, 0, 1));
//! for problem in &report.problems {
//!     println!("{problem}"); // signers.pem, entry 0: no kid is declared; …
//! }
//! let key = store.iter().next().unwrap();
//! assert_eq!(store.candidates(key.kid()).len(), 1);
//! assert_eq!(key.usage(), KeyUsage::ANY);
//! assert!(store.candidates(b"unknown!").is_empty());
//! # Ok::<(), hcert::trust::LoadError>(())
//! ```

mod anchor;
mod anchor_bytes;
mod builder;
mod chain;
mod deny;
pub(crate) mod document;
mod edition;
mod error;
pub(crate) mod freshness;
mod json;
mod jwk;
mod jws;
mod key;
mod limits;
mod list;
mod pem;
mod problem;
mod report;
pub(crate) mod signed;
pub(crate) mod snapshot;
mod source;
pub(crate) mod state;
mod store;
pub(crate) mod to_json;
mod usage;
mod view;

pub use crate::crypto::kid::{Kid, KidError};
pub use crate::crypto::published::PublishedKey;
pub use crate::envelope::cms::CmsError;
#[doc(hidden)]
pub use crate::envelope::cms::cms_claimed_signer;
pub use crate::envelope::x509::{CertificateError, Dsc};
pub use crate::record::usage::Usage;
pub use anchor::{Anchor, AnchorError};
pub use builder::TrustStoreBuilder;
pub use chain::Chain;
pub use deny::{Denial, DenyError, DenyList};
#[cfg(feature = "revocation")]
pub(crate) use document::identity as document_identity;
pub use document::{
    DocumentBytes, DocumentError, DocumentFormat, DocumentSigningError, SignedDocument,
};
pub use edition::Edition;
pub use error::LoadError;
pub use freshness::Stale;
pub use key::TrustedKey;
pub use limits::LoadLimits;
pub use list::gdhcn::{Environment, GdhcnAnchor, GdhcnError, GdhcnOrigin, GdhcnUsage};
pub use list::{GatewayRoles, ListBytes, ListFormat, ListInfo, SignerDates};
pub use problem::ProblemKind;
pub use report::{EntryProblem, LoadReport};
pub use signed::SigningError;
pub use snapshot::{SnapshotError, SnapshotFormError};
pub use state::{TrustState, TrustStateError};
pub use store::TrustStore;
pub use usage::KeyUsage;
pub use view::SnapshotView;
