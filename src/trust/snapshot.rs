//! Snapshots: docs/snapshot.md.

mod decode;
mod encode;
pub(super) mod error;

pub(super) use decode::{Keep, detect, open, read, read_payload};

pub use self::error::SnapshotFormError;
use super::chain::Chain;
#[cfg(feature = "issue")]
use super::signed;
use super::signed::SigningError;
use super::store::TrustStore;
use crate::Timestamp;
use crate::crypto::Algorithm;
#[cfg(feature = "issue")]
use crate::crypto::signer::Signer;
use crate::crypto::signer::SignerError;
use alloc::vec::Vec;

/// [`SnapshotView::CONTENT_TYPE`](super::SnapshotView::CONTENT_TYPE).
pub(super) const CONTENT_TYPE: &str = "application/x.hcert-trust-snapshot";
/// The first member of every snapshot.
const FORMAT_NAME: &str = "hcert-trust-snapshot";
/// The version of the format that this crate writes and reads.
const VERSION: u64 = 1;

const MEMBERS: usize = 8;
const MAX_LISTS: usize = 255;
/// What is known of a chain, by the number that stands for it; nothing is
/// written for [`Chain::NotChecked`].
const CHAINS: [Chain; 4] = [
    Chain::Authority,
    Chain::Checked,
    Chain::NoAuthority,
    Chain::Unsupported,
];

/// The keys of the maps.
mod label {
    pub mod list {
        pub const LABEL: u64 = 0;
        pub const FORM: u64 = 1;
        pub const AUTHENTICATED: u64 = 2;
        pub const IDENTITY: u64 = 3;
        pub const ISSUER: u64 = 4;
        pub const ISSUED_AT: u64 = 5;
        pub const EXPIRES_AT: u64 = 6;
        pub const FETCHED_AT: u64 = 7;
        pub const NEWEST_ENTRY: u64 = 8;
        pub const VALID_FOR: u64 = 9;
        pub const SEQUENCE: u64 = 10;
    }
    pub mod key {
        pub const KID: u64 = 0;
        pub const P256: u64 = 1;
        pub const SPKI: u64 = 2;
        pub const ORIGIN: u64 = 3;
        pub const HELD_BY: u64 = 4;
        pub const CERTIFICATE: u64 = 5;
        pub const COUNTRY: u64 = 6;
        pub const USAGE: u64 = 7;
        pub const GDHCN: u64 = 8;
        pub const CHAIN: u64 = 9;
    }
}

/// Why no snapshot was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Keys that the store's [`DenyList`](super::DenyList) speaks of.
    ///
    /// A snapshot holds no denials, so to write these keys would hand out as
    /// trusted what the maker knows to be leaked. Leave them out first, by
    /// [`TrustStore::select`], and hand the deny list on beside the snapshot.
    #[error("{keys} keys are denied: leave them out of the store, or build it without deny list")]
    Denied {
        /// How many.
        keys: usize,
    },
    /// Keys whose certificate [`TrustStore::select`] left out, so that nothing
    /// in the snapshot would limit them. Leave these listings out as well, or
    /// keep those with the certificate.
    #[error("of {keys} keys the certificate was left out, and a listing without it was kept")]
    CertificateLeftOut {
        /// How many.
        keys: usize,
    },
    /// More lists than a snapshot can name.
    #[error("the store was made of {lists} lists, more than {max}")]
    TooManyLists {
        /// How many.
        lists: usize,
        /// The limit.
        max: usize,
    },
    /// No reader takes a time outside of the years 1970 to 9999.
    #[error("the time {time} is not of the years 1970 to 9999")]
    Time {
        /// The time, of the snapshot or of a list.
        time: Timestamp,
    },
    /// The signer could not sign.
    #[error("the signer: {0}")]
    Signer(#[from] SignerError),
    /// ES256 signatures have 64 bytes, `r‖s`; PS256 signatures have some.
    #[error("the signer returned {bytes} bytes, not an {algorithm} signature")]
    SignatureLength {
        /// The signer's algorithm.
        algorithm: Algorithm,
        /// What it returned.
        bytes: usize,
    },
}

impl SnapshotError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Denied { .. } => "snapshot-denied",
            Self::CertificateLeftOut { .. } => "snapshot-certificate-left-out",
            Self::TooManyLists { .. } => "snapshot-too-many-lists",
            Self::Time { .. } => "snapshot-time",
            Self::Signer(error) => error.code(),
            Self::SignatureLength { .. } => "snapshot-signature-length",
        }
    }
}

impl From<SigningError> for SnapshotError {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Signer(error) => Self::Signer(error),
            SigningError::SignatureLength { algorithm, bytes } => {
                Self::SignatureLength { algorithm, bytes }
            }
        }
    }
}

impl TrustStore {
    /// Writes the store as an unsigned [snapshot](super::SnapshotView), made at
    /// that time. Whoever loads it has to
    /// [trust it unsigned](super::TrustStoreBuilder::trust_unsigned_list).
    ///
    /// Whether an authority signed a certificate is found out now
    /// ([`TrustedKey::chain`](super::TrustedKey::chain)): it takes a signature
    /// check a key.
    pub fn to_snapshot(&self, made_at: Timestamp) -> Result<Vec<u8>, SnapshotError> {
        let keys = self.iter().filter(|key| !key.denials().is_empty()).count();
        if keys > 0 {
            return Err(SnapshotError::Denied { keys });
        }
        encode::payload(self, made_at)
    }

    /// Writes the store as a [snapshot](super::SnapshotView) that the key of
    /// `signer` vouches for, to be loaded by
    /// [`add_signed_list`](super::TrustStoreBuilder::add_signed_list).
    ///
    /// ```
    /// use hcert::Timestamp;
    /// use hcert::issue::P256Signer;
    /// use hcert::trust::{Anchor, ListFormat, TrustStore};
    /// # use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
    /// # let secret = p256::SecretKey::from_slice(&[7; 32])?;
    /// # let private_pem = secret.to_pkcs8_pem(LineEnding::LF)?;
    /// # let pem = secret.public_key().to_public_key_pem(LineEnding::LF)?;
    /// # let mut builder = TrustStore::builder();
    /// # builder.add_pem("signers.pem", &pem)?;
    /// # let (store, _) = builder.build();
    /// // Where the lists are fetched:
    /// let signer = P256Signer::from_pkcs8_pem(&private_pem)?;
    /// let made_at = Timestamp::parse("2026-08-22T12:00:00Z")?;
    /// let snapshot = store.to_signed_snapshot(made_at, &signer)?;
    ///
    /// // In the app, which has the public key in it:
    /// let anchor = Anchor::Key(signer.public_key()?);
    /// let mut builder = TrustStore::builder();
    /// builder.add_signed_list("snapshot", ListFormat::Snapshot, &snapshot, &[anchor])?;
    /// assert_eq!(builder.build().0.len(), store.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "issue")]
    pub fn to_signed_snapshot(
        &self,
        made_at: Timestamp,
        signer: &(impl Signer + ?Sized),
    ) -> Result<Vec<u8>, SnapshotError> {
        let payload = self.to_snapshot(made_at)?;
        Ok(signed::sign(CONTENT_TYPE, None, &payload, signer)?)
    }
}
