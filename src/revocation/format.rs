//! What forms of revocation lists there are, and how much is read of one.

use super::RevocationError;

/// A form in which revocation lists are handed around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationFormat {
    /// A CBOR map `h'kid ‖ type byte' → [h'hash', …]` in a COSE_Sign1 (ES256),
    /// which Germany's distribution (ubirch) signs and the Corona-Warn-App's
    /// server reads (cwa-server, `DccRevocationListDecoder.java`). It is whole:
    /// a kid that is not there has no revoked certificate. It has no date, so
    /// its age counts from when it was fetched, and an older edition can't be
    /// told from a newer one.
    ///
    /// Hashes are of 16 bytes as a rule; 8 to 32 are read.
    KidMap,
    /// The EU gateway's batches: JSON `{country, expires, kid, hashType,
    /// entries: [{hash}]}`, one or an array of them, each as a CMS when it
    /// comes from the gateway. `hashType` is `SIGNATURE`, `UCI` or
    /// `COUNTRYCODEUCI`, a hash is base64, and the kid `UNKNOWN_KID` stands for
    /// all keys of the country (whom such a batch names is revoked under
    /// whatever key, as a trusted key may have no country). A country is two
    /// capital letters, a kid base64; other spellings are refused. There may be further batches for the same kid,
    /// so nothing is known of whom they don't name, unless the caller says that
    /// these are all ([`RevocationList::with_all_batches`](crate::revocation::RevocationList::with_all_batches)). `expires`
    /// is when the last of their certificates has expired, not until when a
    /// batch can be relied upon, so nothing is made of it.
    Batch,
    /// The same hashes in many documents, so that an app fetches few of them:
    /// a list of kids, for each kid and kind an index, and for each first byte
    /// of a hash (or first two) a chunk. CBOR, each a COSE_Sign1: Germany's
    /// distribution as CovPass reads it (`RevocationListRepository.kt`);
    /// protobuf: the Corona-Warn-App's (cwa-server,
    /// `revocation_{kid_list,kid_type_index,chunk}.proto`), whose signatures
    /// are in the ZIP around it, which is not read here. See
    /// [`SplitList`](super::SplitList).
    Split,
    /// The EU's distribution service (dgca-revocation-distribution-service):
    /// JSON that names partitions and slices by kid and the first hexadecimal
    /// digits of the hash, and the slices, Bloom filters or lists of
    /// shortened hashes. Nothing of it is signed. See
    /// [`PartitionedList`](super::PartitionedList).
    Partitioned,
    /// Italy's list (`get.dgc.gov.it/v1/dgc/drl`; verificac19-sdk,
    /// `service.js`): JSON in chunks, `revokedUcvi` with the SHA-256 of UCIs
    /// in base64, or a `delta` to the version before. Nothing of it is signed.
    /// See [`ItalianList`](super::ItalianList).
    Italian,
    /// This crate's own compact set: [`RevocationSet`](super::RevocationSet).
    Set,
    /// Something else that the caller has made a
    /// [`RevocationSource`](super::RevocationSource).
    Other,
}

impl RevocationFormat {
    /// A stable identifier of the form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KidMap => "kid-map",
            Self::Batch => "batch",
            Self::Split => "split",
            Self::Partitioned => "partitioned",
            Self::Italian => "it",
            Self::Set => "set",
            Self::Other => "other",
        }
    }
}

/// What is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationLimits {
    /// Bytes of one input. 512 MiB by default.
    pub input_bytes: usize,
    /// Bytes of one input in JSON, which needs up to 12 times as much memory
    /// while it is read, and half a MiB. 32 MiB by default: some 900,000
    /// entries of a batch.
    pub json_bytes: usize,
    /// Hashes of one list. 16,777,216 by default.
    pub entries: usize,
}

impl RevocationLimits {
    pub(super) fn check_size(&self, bytes: &[u8]) -> Result<(), RevocationError> {
        let (bytes, max) = (bytes.len(), self.input_bytes);
        match bytes > max {
            true => Err(RevocationError::TooLarge { bytes, max }),
            false => Ok(()),
        }
    }
}

impl Default for RevocationLimits {
    fn default() -> Self {
        Self {
            input_bytes: 512 << 20,
            json_bytes: 32 << 20,
            entries: 1 << 24,
        }
    }
}
