//! What is wrong with an entry of a list.

use crate::Timestamp;
use crate::crypto::kid::{Kid, KidError};
use crate::crypto::published::PublishedKey;
use crate::crypto::{CertificateDigest, KeyError, KeyKind};
use crate::envelope::cms::CmsError;
use crate::envelope::x509::CertificateError;
use alloc::format;
use alloc::string::String;

/// What is wrong with one entry, or remarkable about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The certificate can't be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The public key can't be read.
    #[error("the public key: {0}")]
    Key(#[from] KeyError),
    /// The kid can't be read.
    #[error(transparent)]
    Kid(#[from] KidError),
    /// More bytes than [`LoadLimits::certificate_bytes`](super::LoadLimits::certificate_bytes).
    #[error("{bytes} bytes, more than {max}")]
    TooLarge {
        /// The length of the DER.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A member is absent or of the wrong type.
    #[error("the member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A member is not base64.
    #[error("the member `{name}` is not base64")]
    Base64 {
        /// The member's name.
        name: &'static str,
    },
    /// Listed for another purpose (AUTHENTICATION, UPLOAD, CSCA): not a key
    /// that signs health certificates.
    #[error("listed as {certificate_type}, which is not a document signer")]
    NotADocumentSigner {
        /// The type that the list gives.
        certificate_type: String,
    },
    /// A certificate that the list has under more kids than are kept. Nobody
    /// signs them in this form.
    #[error("a certificate that is listed under more than {max} kids")]
    TooManyKids {
        /// The most that are kept beside the certificate's own.
        max: usize,
    },
    /// Kept: no HCERT algorithm can use the key, so that a verdict can say
    /// so where "unknown key" would mislead.
    #[error("no HCERT algorithm uses a key of the kind {kind}")]
    UnusableKey {
        /// What the key is.
        kind: KeyKind,
    },
    /// Kept under the declared kid, which is not the certificate's.
    #[error("the kid {declared} is not the certificate's, which is {computed}")]
    KidMismatch {
        /// The kid of the list.
        declared: Kid,
        /// The first 8 bytes of SHA-256 over the certificate.
        computed: Kid,
    },
    /// Kept under a computed kid: [`Kid::of_certificate`] or
    /// [`Kid::of_public_key`].
    #[error("no kid is declared; {computed} is computed")]
    KidMissing {
        /// The kid under which the key is kept.
        computed: Kid,
    },
    /// Kept: the thumbprint beside the certificate is not its SHA-256.
    #[error("the thumbprint is not the certificate's")]
    ThumbprintMismatch,
    /// The gateway's trust anchor did not sign this CSCA or UPLOAD entry.
    #[error("not signed by the trust anchor: {error}")]
    AnchorSignature {
        /// What is wrong.
        error: CmsError,
    },
    /// No CSCA that the trust anchor signed issued the certificate.
    #[error("no listed CSCA issued the certificate")]
    NotIssued,
    /// The signer of the entry's CMS is no listed UPLOAD certificate of the
    /// country.
    #[error("not uploaded by a listed certificate of the country")]
    NotUploaded,
    /// The CMS of the uploading certificate is wrong.
    #[error("the upload signature: {error}")]
    UploadSignature {
        /// What is wrong.
        error: CmsError,
    },
    /// The certificate of an entry of the gateway does not show that it is what
    /// it is listed as; what a list says of that is not signed. If the caller
    /// knows that it is: [`GatewayRoles`](super::GatewayRoles).
    #[error(
        "listed as {listed}, which its certificate does not show; if you know from elsewhere that \
         it is, say so (SHA-256 {digest})"
    )]
    GatewayRole {
        /// The type that the list gives.
        listed: &'static str,
        /// Which certificate.
        digest: CertificateDigest,
    },
    /// The key usage of the certificate excludes signatures, or can't be read,
    /// or the certificate has a critical extension that is unknown here (RFC
    /// 5280 §4.2).
    #[error("the certificate is not for signatures, or limits its key in an unknown way")]
    NotForSignatures,
    /// Kept: the key usage of the certificate is for signing certificates, and
    /// not for other signatures. Some issuers sign health certificates with such
    /// a key. An entry of the gateway is left out
    /// ([`NotForSignatures`](Self::NotForSignatures)).
    #[error("the certificate's key usage is for signing certificates alone")]
    CertificatesAlone,
    /// An UPLOAD certificate that was not valid when the list was fetched, or
    /// a CSCA that was not valid at any time together with its document
    /// signer.
    #[error("the certificate that signed was valid from {from} to {until}, which is out of time")]
    SignerNotInDate {
        /// Its first second.
        from: Timestamp,
        /// Its last second.
        until: Timestamp,
    },
    /// Kept, with the issuer's country: the entry declares another one, which
    /// nobody signed.
    #[error("declared as of {declared}, issued by {issuer}")]
    CountryMismatch {
        /// The entry's country.
        declared: String,
        /// The country of the CSCA.
        issuer: String,
    },
    /// Kept, as of the participant's country, or of none where the participant's
    /// code is no country's: its certificate names another one.
    #[error("listed for {participant}, with a certificate of {certificate}")]
    ParticipantCountry {
        /// The participant of the WHO's network.
        participant: String,
        /// The country in the certificate's subject.
        certificate: String,
    },
    /// In the list of keys, but not in that of the active ones.
    #[error("the key is not active")]
    Inactive,
    /// The name of another list. Nothing is fetched, and the keys of that
    /// list are not vouched for by this one.
    #[error("a reference to {to}{}, which is not followed", if *elsewhere { ", of another host" } else { "" })]
    Reference {
        /// The name.
        to: String,
        /// Whether it is outside the environment of this list.
        elsewhere: bool,
    },
    /// The name of an entry says another domain, participant, usage or kid
    /// than its members do.
    #[error("the entry's name contradicts its members")]
    IdMismatch,
    /// A JWK of a type or curve that is unknown here (RFC 7518 §6).
    #[error("unknown key type {kty}{}", crv.as_ref().map(|c| format!(", curve {c}")).unwrap_or_default())]
    JwkKeyType {
        /// The member `kty`.
        kty: String,
        /// The member `crv`.
        crv: Option<String>,
    },
    /// A JWK that holds a private key: whoever has the list can sign with it.
    #[error("a private key is in the list")]
    JwkPrivateKey,
    /// Kept: `use` is not `sig` (RFC 7517 §4.2).
    #[error("the key's use is {declared}, not sig")]
    JwkUse {
        /// The member `use`.
        declared: String,
    },
    /// Kept: `alg` is not the algorithm that the key is used with here.
    #[error("the key's algorithm is declared as {declared}")]
    JwkAlgorithm {
        /// The member `alg`.
        declared: String,
    },
    /// Kept: a coordinate is not of 32 bytes (RFC 7518 §6.2.1.2), by a sign
    /// byte or for want of leading zeros.
    #[error("the coordinates have {x} and {y} bytes, not 32")]
    JwkCoordinateLength {
        /// Bytes of `x`.
        x: usize,
        /// Bytes of `y`.
        y: usize,
    },
    /// Anybody can sign with the key, or its maker has it for examples alone:
    /// [`PublishedKey::of`](super::PublishedKey::of).
    #[error("{}: {name}", if *private { "the private key of this key is published" } else { "the key is an example" })]
    PublishedKey {
        /// Whose key it is.
        name: &'static str,
        /// Whether the private half is published.
        private: bool,
    },
    /// A PEM block without an end.
    #[error("the PEM block has no end")]
    PemTruncated,
    /// A PEM block whose lines are not base64, or whose end names another
    /// kind of block.
    #[error("the PEM block is damaged")]
    PemEncoding,
    /// A PEM block that is neither a certificate nor a public key.
    #[error("a PEM block of the kind {label}")]
    PemLabel {
        /// The text between `BEGIN` and the hyphens.
        label: String,
    },
}

impl ProblemKind {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Certificate(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Kid(error) => error.code(),
            Self::TooLarge { .. } => "entry-too-large",
            Self::Member { .. } => "entry-member",
            Self::Base64 { .. } => "entry-base64",
            Self::NotADocumentSigner { .. } => "not-a-document-signer",
            Self::TooManyKids { .. } => "too-many-kids",
            Self::UnusableKey { .. } => "key-unusable",
            Self::KidMismatch { .. } => "kid-mismatch",
            Self::KidMissing { .. } => "kid-missing",
            Self::ThumbprintMismatch => "thumbprint-mismatch",
            Self::AnchorSignature { .. } => "anchor-signature",
            Self::NotIssued => "not-issued",
            Self::NotUploaded => "not-uploaded",
            Self::UploadSignature { .. } => "upload-signature",
            Self::GatewayRole { .. } => "gateway-role",
            Self::NotForSignatures => "not-for-signatures",
            Self::CertificatesAlone => "certificates-alone",
            Self::SignerNotInDate { .. } => "signer-not-in-date",
            Self::CountryMismatch { .. } => "country-mismatch",
            Self::ParticipantCountry { .. } => "participant-country",
            Self::Inactive => "key-inactive",
            Self::Reference { .. } => "reference",
            Self::IdMismatch => "entry-id-mismatch",
            Self::JwkKeyType { .. } => "jwk-key-type",
            Self::JwkPrivateKey => "jwk-private-key",
            Self::JwkUse { .. } => "jwk-use",
            Self::JwkAlgorithm { .. } => "jwk-algorithm",
            Self::JwkCoordinateLength { .. } => "jwk-coordinate-length",
            Self::PublishedKey { .. } => "published-key",
            Self::PemTruncated => "pem-truncated",
            Self::PemEncoding => "pem-encoding",
            Self::PemLabel { .. } => "pem-label",
        }
    }
}

impl From<&'static PublishedKey> for ProblemKind {
    fn from(known: &'static PublishedKey) -> Self {
        Self::PublishedKey {
            name: known.name,
            private: known.private,
        }
    }
}
