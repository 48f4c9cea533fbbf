use super::Outcome;
use crate::Timestamp;
use crate::crypto::KeyKind;
use crate::envelope::cose::DeclaredAlgorithm;
use crate::format::{ContentError, DecodeError, Deviation};
use crate::record::{HealthLinkError, PayloadKind};
use crate::revocation::IdentifierKind;
use crate::trust::{KeyUsage, Kid, Stale, Usage};
use alloc::format;
use alloc::string::String;
use core::time::Duration;

/// Why a step failed, with what was compared. The texts of the errors never
/// name anything about the holder.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The text is not an HCERT.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The headers name no key.
    #[error("the certificate names no key (kid)")]
    KidMissing,
    /// No key of the trust store has this identifier.
    #[error("no trusted key has the identifier {kid}")]
    UnknownKey {
        /// The identifier that the certificate names.
        kid: Kid,
    },
    /// The headers name no algorithm.
    #[error("the certificate names no algorithm (alg)")]
    AlgMissing,
    /// Neither ES256 nor PS256.
    #[error("{algorithm} is neither ES256 nor PS256")]
    AlgUnsupported {
        /// What the header names.
        algorithm: DeclaredAlgorithm,
    },
    /// No key with this identifier is of the algorithm's type.
    #[error("{algorithm} does not fit a key of type {key}")]
    AlgKeyMismatch {
        /// What the header names.
        algorithm: DeclaredAlgorithm,
        /// The type of the (first) key with the identifier.
        key: KeyKind,
    },
    /// The RSA key is too short to be relied on.
    #[error("the RSA key has {bits} bits, fewer than {minimum}")]
    RsaTooShort {
        /// Its length.
        bits: usize,
        /// What the policy asks for.
        minimum: usize,
    },
    /// No key with this identifier made the signature.
    #[error("the signature does not verify: the certificate was changed, or another key made it")]
    BadSignature,
    /// The trust list that has the key says that it has expired.
    #[error("the trust list {list} expired at {expires_at}; it is {now}")]
    ListExpired {
        /// The label of the list.
        list: String,
        /// The last instant at which it was valid.
        expires_at: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// The trust list that holds the key is older than the policy allows.
    #[error("the trust list {list} is dated {dated}, older than the allowed {} s; it is {now}", .max_age.as_secs())]
    ListTooOld {
        /// The label of the list.
        list: String,
        /// When it was made or fetched.
        dated: Timestamp,
        /// What the policy allows.
        max_age: Duration,
        /// The time of verification.
        now: Timestamp,
    },
    /// The policy limits the age of the list, and nothing says how old it is.
    #[error("the trust list {list} is undated, but its age is limited to {} s", .max_age.as_secs())]
    ListUndated {
        /// The label of the list.
        list: String,
        /// What the policy allows.
        max_age: Duration,
    },
    /// The list was made after the time of verification: the clock is wrong,
    /// or somebody looks back.
    #[error(
        "the trust list {list} is dated {dated}, after the present time {now}: check the clock"
    )]
    ListFromFuture {
        /// The label of the list.
        list: String,
        /// When it was made or fetched, or its newest entry.
        dated: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// A later time than that of verification has been seen already.
    #[error("the clock says {now}, but {seen} was already observed: check the clock")]
    ClockBehind {
        /// The latest time that the trust store knows to have come.
        seen: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// A deny list names the signer's key.
    #[error("the key {kid} is on the deny list{}", .why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    KeyDenied {
        /// The kid.
        kid: Kid,
        /// Why, in the words of the deny list.
        why: Option<String>,
    },
    /// The certificate is on a revocation list.
    #[error("the certificate is revoked: its {identifier} is on the revocation list {list}{}", .dated.map(|at| format!(", dated {at}")).unwrap_or_default())]
    Revoked {
        /// The kind of the identifier; the identifier itself is about one
        /// person.
        identifier: IdentifierKind,
        /// The label of the list.
        list: String,
        /// When the list was made or fetched, if that is known.
        dated: Option<Timestamp>,
    },
    /// The policy requires revocation data, and none at hand says anything
    /// about this certificate.
    #[error("no revocation list at hand covers the certificate, and the policy requires one")]
    RevocationMissing,
    /// The policy requires revocation data of a certain age, and the list that
    /// covers the certificate can't be relied upon.
    #[error("the revocation list {list}: {why}")]
    RevocationStale {
        /// The label of the list.
        list: String,
        /// What is wrong with its age.
        why: Stale,
    },
    /// The document signer certificate has expired.
    #[error("the document signer certificate expired at {not_after}; it is {now}")]
    DscExpired {
        /// Its last instant.
        not_after: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// The document signer certificate is not valid yet.
    #[error("the document signer certificate is valid from {not_before}; it is {now}")]
    DscNotYetValid {
        /// Its first instant.
        not_before: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// The key may not sign this kind of record.
    #[error("the key may sign {allowed}, but the certificate contains a {found}")]
    KeyUsage {
        /// What the key may sign.
        allowed: KeyUsage,
        /// What it signed.
        found: Usage,
    },
    /// The domain for which the WHO's network lists the key is for other
    /// payloads ([`TrustDomains`](super::TrustDomains)).
    #[error("the key is listed for the domain {domain}, which is not for a payload of the kind {}", .payload.code())]
    Domain {
        /// The domain.
        domain: String,
        /// What the key signed.
        payload: PayloadKind,
    },
    /// What the domain is for is not known.
    #[error("the key is listed for the domain {domain}, of which it is not known whether it is for a payload of the kind {}", .payload.code())]
    UnknownDomain {
        /// The domain.
        domain: String,
        /// What the key signed.
        payload: PayloadKind,
    },
    /// There is no `exp`.
    #[error("the certificate has no time of expiry (exp)")]
    ExpMissing,
    /// `exp` is a number, but not a valid time.
    #[error(
        "the time of expiry (exp) is not a valid time (seconds since 1970, up to the year 9999)"
    )]
    ExpUnusable,
    /// The certificate has expired.
    #[error("expired at {expires_at}; it is {now}")]
    Expired {
        /// The last instant at which it was valid.
        expires_at: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// `iat` or `nbf` is a number, but not a valid time.
    #[error("the claim {claim} is not a valid time (seconds since 1970, up to the year 9999)")]
    StartUnusable {
        /// `iat` or `nbf`.
        claim: &'static str,
    },
    /// Issued in the future.
    #[error("issued at {issued_at}, in the future; it is {now}")]
    IssuedInFuture {
        /// When it says that it was issued.
        issued_at: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// The certificate is not valid yet (`nbf`).
    #[error("not valid before {not_before}; it is {now}")]
    NotBefore {
        /// From when it is valid.
        not_before: Timestamp,
        /// The time of verification.
        now: Timestamp,
    },
    /// The record is valid from a later day. The day is about the holder,
    /// so it is not repeated here.
    #[error("the record is not yet valid; it is {now}")]
    RecordNotYetValid {
        /// The time of verification.
        now: Timestamp,
    },
    /// The record says that it is no longer valid.
    #[error("the record is no longer valid; it is {now}")]
    RecordExpired {
        /// The time of verification.
        now: Timestamp,
    },
    /// What it states has no day or disease that could be read, so nothing
    /// tells whether it holds.
    #[error("the record's validity can't be determined: its date or its disease is not known")]
    RecordUndated,
    /// The EU DCC is of another major version than 1, of which no schema was
    /// published, or states one that can't be read: its members could mean
    /// something else.
    #[error("the certificate is of a major version of the DCC schema that is not known")]
    UnknownVersion,
    /// A DDCC is of a version of the core data set that the policy does not
    /// name, or of one that can't be read.
    #[error("the certificate is of a version of the DDCC core data set that is not known")]
    UnknownDdccVersion,
    /// A health link is of a version of its protocol that is not known.
    #[error("the version of the health link's protocol is not known")]
    UnknownLinkVersion,
    /// What it states is about nobody: no name has a letter or a digit, so that
    /// no identity document can be compared with it.
    #[error("the certificate names nobody: there is no name to compare with")]
    HolderUnnamed,
    /// A yellow card names a product that the catalogue of the policy does not
    /// have (smart-icvp, REQ-CC-06).
    #[error("the vaccine product is not in the catalogue")]
    UnknownProduct,
    /// A yellow card of 2024 names a disease that the catalogue of the policy
    /// does not have: nothing tells whether the Regulations set its period.
    #[error("the disease is not in the catalogue")]
    UnknownDisease,
    /// A yellow card is of a version of the template that the policy does not
    /// name, or of none (smart-icvp, REQ-DE-27).
    #[error("the version of the certificate's template is not known")]
    UnknownTemplate,
    /// The signed content can't be read.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The strict policy refuses a departure from the specification.
    #[error("the strict policy refuses: {0}")]
    Deviation(Deviation),
}

impl Reason {
    /// A stable identifier, shared by the examples, the vectors and bindings.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Decode(e) => e.code(),
            Self::KidMissing => "kid-missing",
            Self::UnknownKey { .. } => "unknown-key",
            Self::AlgMissing => "alg-missing",
            Self::AlgUnsupported { .. } => "alg-unsupported",
            Self::AlgKeyMismatch { .. } => "alg-key-mismatch",
            Self::RsaTooShort { .. } => "rsa-too-short",
            Self::BadSignature => "bad-signature",
            Self::ListExpired { .. } => "list-expired",
            Self::ListTooOld { .. } => "list-too-old",
            Self::ListUndated { .. } => "list-undated",
            Self::ListFromFuture { .. } => "list-from-future",
            Self::ClockBehind { .. } => "clock-behind",
            Self::KeyDenied { .. } => "key-denied",
            Self::Revoked { .. } => "revoked",
            Self::RevocationMissing => "revocation-missing",
            Self::RevocationStale { .. } => "revocation-stale",
            Self::DscExpired { .. } => "dsc-expired",
            Self::DscNotYetValid { .. } => "dsc-not-yet-valid",
            Self::KeyUsage { .. } => "key-usage",
            Self::Domain { .. } => "domain-payload",
            Self::UnknownDomain { .. } => "domain-unknown",
            Self::ExpMissing => "exp-missing",
            Self::ExpUnusable => "exp-unusable",
            Self::Expired { .. } => "expired",
            Self::StartUnusable { .. } => "start-unusable",
            Self::IssuedInFuture { .. } => "issued-in-future",
            Self::NotBefore { .. } => "not-before",
            Self::RecordNotYetValid { .. } => "record-not-yet-valid",
            Self::RecordExpired { .. } => "record-expired",
            Self::RecordUndated => "record-undated",
            Self::UnknownVersion => "dcc-version-unknown",
            Self::UnknownDdccVersion => "ddcc-version-unknown",
            Self::UnknownLinkVersion => "link-version-unknown",
            Self::HolderUnnamed => "holder-unnamed",
            Self::UnknownProduct => "product-unknown",
            Self::UnknownDisease => "disease-unknown",
            Self::UnknownTemplate => "template-unknown",
            Self::Content(e) => e.code(),
            Self::Deviation(_) => "strict",
        }
    }

    /// What a certificate is that fails for this reason alone.
    pub fn outcome(&self) -> Outcome {
        match self {
            // Nothing says that it is false; the key or revocation data are
            // not at hand, or their list can't be relied upon, or the payload is of a kind that
            // is not known, or it leaves open what it states.
            Self::KidMissing
            | Self::UnknownKey { .. }
            | Self::ListExpired { .. }
            | Self::ListTooOld { .. }
            | Self::ListUndated { .. }
            | Self::ListFromFuture { .. }
            | Self::ClockBehind { .. }
            | Self::UnknownDomain { .. }
            | Self::RevocationMissing
            | Self::RevocationStale { .. }
            | Self::RecordUndated
            | Self::HolderUnnamed
            | Self::UnknownLinkVersion
            | Self::UnknownVersion
            | Self::UnknownDdccVersion
            | Self::UnknownDisease
            | Self::UnknownTemplate
            | Self::Content(
                ContentError::UnknownPayload
                | ContentError::UnknownGroup(_)
                | ContentError::HealthLink(HealthLinkError::Scheme),
            ) => Outcome::Unascertained,
            Self::KeyDenied { .. } | Self::Revoked { .. } => Outcome::Revoked,
            Self::Expired { .. } | Self::DscExpired { .. } | Self::RecordExpired { .. } => {
                Outcome::Expired
            }
            Self::RecordNotYetValid { .. }
            | Self::DscNotYetValid { .. }
            | Self::IssuedInFuture { .. }
            | Self::NotBefore { .. } => Outcome::NotYetValid,
            _ => Outcome::Invalid,
        }
    }
}

/// Why a step had nothing to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// No revocation data was given to the verifier.
    #[error("not checked: no revocation list was given")]
    NoRevocationData,
    /// The policy is to skip this ([`RevocationPolicy::Skip`](super::RevocationPolicy::Skip)).
    #[error("not checked: the policy skips it")]
    RevocationSkipped,
    /// None of the revocation lists says anything about this certificate.
    #[error("not checked: no revocation list covers the certificate")]
    RevocationNotCovered,
    /// The certificate is not on the revocation lists that cover it, and these
    /// have expired, or were made later than the time of verification.
    #[error("not checked: the revocation list can't be relied upon: {why}")]
    RevocationDataStale {
        /// What is wrong with its age.
        why: Stale,
    },
    /// The caller vouches for the key, without a list.
    #[error("not checked: the key is in no list")]
    NoList,
    /// The list says nothing about its time, and the policy doesn't ask.
    #[error("not checked: the trust list has no date")]
    UndatedList,
    /// The key is trusted without a certificate, so it has no period.
    #[error("not checked: the key came without a certificate")]
    BareKey,
    /// The content, which the step would look at, could not be read.
    #[error("not checked: the content could not be read")]
    NoContent,
    /// What the certificate states is of a kind that is not known, so that
    /// nothing tells whether the key may sign it.
    #[error("not checked: what it states is of a kind not known here")]
    UnknownKind,
}

impl SkipReason {
    /// A stable identifier.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoRevocationData => "no-revocation-data",
            Self::RevocationSkipped => "revocation-skipped",
            Self::RevocationNotCovered => "revocation-not-covered",
            Self::RevocationDataStale { .. } => "revocation-data-stale",
            Self::NoList => "no-list",
            Self::UndatedList => "undated-list",
            Self::BareKey => "bare-key",
            Self::NoContent => "no-content",
            Self::UnknownKind => "unknown-kind",
        }
    }
}
